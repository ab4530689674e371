# Two-way fixed effects taken apart, by lm() on every pair of groups and by quadratic programs. Rscript reference.R, in
# this folder: writes data.csv, doses.csv, reference.csv. R 4.2.2, sandwich, quadprog.
library(sandwich); library(quadprog)
set.seed(20)
T <- 8
first <- c(rep(1, 3), rep(3, 6), rep(4, 5), rep(7, 6), rep(99, 5))
data <- do.call(rbind, lapply(seq_along(first), function(i) {
    t <- 1:T
    data.frame(id = i, t = 2000 + t, d = as.numeric(t >= first[i]), cl = (i - 1) %/% 2,
               g = ifelse(first[i] > T, 0, 2000 + first[i]),
               y = round(i / 5 + 0.2 * t + pmax(0, t - first[i] + 1) * 0.8 + rnorm(T), 6))
}))
doses <- do.call(rbind, lapply(1:20, function(i) {
    d <- sample(c(0, 0, 1, 2, 3), T, TRUE)
    if (i <= 6) d <- cumsum(runif(T) < 0.3)
    data.frame(id = i, t = 1:T, d = d, y = round(i / 5 + 0.1 * d * i + rnorm(T), 6))
}))[-c(3, 17, 40, 41, 99, 120), ]
write.csv(data, "data.csv", row.names = FALSE); write.csv(doses, "doses.csv", row.names = FALSE)

rows <- list()
say <- function(model, quantity, term, value)
    rows[[length(rows) + 1]] <<- data.frame(model, quantity, term, value = sprintf("%.15g", value))

twoway <- function(data) lm(y ~ d + factor(id) + factor(t), data)
# Clustered error with fixest's factor, unit effects lying within the clusters.
error <- function(data, cluster) {
    e <- resid(lm(d ~ factor(id) + factor(t), data)); u <- resid(twoway(data))
    G <- length(unique(cluster)); n <- nrow(data); K <- 1 + length(unique(data$t))
    sqrt(sum(tapply(e * u, cluster, sum)^2) / sum(e^2)^2 * G / (G - 1) * (n - 1) / (n - K))
}

# The least standard deviation of effects with a given coefficient, of mean zero or of the other sign, as programs.
spreads <- function(w, p, b) {
    n <- length(w)
    # variance about the mean: p-weighted; quadprog wants a positive definite matrix
    D <- 2 * (diag(p) - p %o% p) + 1e-11 * diag(n)
    zero <- abs(b) / sqrt(sum(p * (w - 1)^2))
    other <- solve.QP(D, rep(0, n), cbind(p * w, diag(n) * -sign(b)), c(b, rep(0, n)), meq = 1)$solution
    c(zero, sqrt(sum(p * other^2) - sum(p * other)^2))
}

weigh <- function(model, data) {
    b <- coef(twoway(data))["d"]
    e <- resid(lm(d ~ factor(id) + factor(t), data))
    on <- data$d != 0
    W <- data$d[on] * e[on] / sum(data$d * e); p <- data$d[on] / sum(data$d[on])
    say(model, "estimate", "_", b)
    say(model, "std_error", "_", error(data, data$id))
    say(model, "treated", "_", sum(on)); say(model, "negative", "_", sum(W < -1e-14)); say(model, "negative_sum", "_", sum(W[W < 0]))
    s <- spreads(W / p, p, b)
    say(model, "spread_zero", "_", s[1]); say(model, "spread_sign", "_", s[2])
    W
}
W <- weigh("data", data)
cells <- data[data$d != 0, ]
for (g in unique(cells$g)) for (t in unique(cells$t[cells$g == g])) if (g > 2000)
    say("weights", sprintf("%d", g), sprintf("%d", t), sum(W[cells$g == g & cells$t == t]))
say("data", "std_error_clustered", "_", error(data, data$cl))
W <- weigh("doses", doses)
cells <- doses[doses$d != 0, ]
for (i in seq_along(W)) say("dose_weights", sprintf("%d", cells$id[i]), sprintf("%d", cells$t[i]), W[i])

# Every pair of groups as a regression on its own window; weights by the variance of the treatment there.
groups <- sort(unique(first))
pair <- function(type, treated, control, window) {
    sub <- data[first[data$id] %in% c(treated, control) & (data$t - 2000) %in% window, ]
    e <- resid(lm(d ~ factor(id) + factor(t), sub))
    # a share of the variance: of the pair's residual treatment, in all of the panel
    list(type = type, a = treated, b = control, estimate = coef(twoway(sub))["d"], weight = sum(e^2))
}
pairs <- list()
for (k in groups) for (l in groups) if (k < l && !(k == 1 && l == 99)) {
    new <- if (l == 99) list(pair("treated vs never", k, l, 1:T))
           else if (k == 1) list(pair("treated vs always", l, k, 1:T))
           else list(pair("earlier vs later", k, l, 1:(l - 1)), pair("later vs earlier", l, k, k:T))
    pairs <- c(pairs, new)
}
# Residual variances are of windows of their own: theorem 1 weighs them by (n_k + n_l) and their length.
n <- sapply(groups, function(g) sum(first == g)); names(n) <- groups
weight <- function(p) {
    k <- min(p$a, p$b); l <- max(p$a, p$b); D <- function(g) max(0, (T - g + 1) / T)
    nk <- n[as.character(k)] / sum(n); nl <- n[as.character(l)] / sum(n); s <- nk + nl; q <- nk / s
    switch(p$type,
        "treated vs never" = s^2 * q * (1 - q) * D(k) * (1 - D(k)),
        "treated vs always" = s^2 * q * (1 - q) * D(l) * (1 - D(l)),
        "earlier vs later" = (s * (1 - D(l)))^2 * q * (1 - q) * (D(k) - D(l)) / (1 - D(l)) * (1 - D(k)) / (1 - D(l)),
        "later vs earlier" = (s * D(k))^2 * q * (1 - q) * D(l) / D(k) * (D(k) - D(l)) / D(k))
}
V <- mean(resid(lm(d ~ factor(id) + factor(t), data))^2)
total <- 0
for (p in pairs) {
    w <- weight(p) / V; total <- total + w * p$estimate
    control <- if (p$b == 99) "never" else if (p$b == 1) "always" else sprintf("%d", 2000 + p$b)
    term <- sprintf("%d %s", 2000 + p$a, control)
    say("bacon", paste(p$type, "weight"), term, w); say("bacon", paste(p$type, "estimate"), term, p$estimate)
}
stopifnot(abs(total - coef(twoway(data))["d"]) < 1e-10)
write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE, quote = FALSE)
