# Writes data.csv and reference.csv. R 4.2.2, sandwich 3.0-2; the multinomial logit is maximised
# by Newton's method here. Run in this folder: Rscript make.R
library(sandwich)
set.seed(20261123)
G <- 120; Y <- 8
d <- expand.grid(year = 1:Y, unit = 1:G)
u <- rnorm(G)
d$dem <- round(pmin(pmax(plogis(rnorm(G))[d$unit] + rnorm(nrow(d), 0, 0.05), 0.01), 0.99), 3)
d$x <- round(rnorm(nrow(d)) + 0.3 * d$dem, 3)
adopt <- function(eta) {
    e <- as.numeric(runif(nrow(d)) < plogis(eta))
    for (g in 1:G) {
        r <- which(d$unit == g)
        k <- which(e[r] == 1)
        if (length(k) && k[1] < Y) e[r][(k[1] + 1):Y] <- NA
    }
    e
}
d$event_a <- adopt(-2.6 + 1.2 * d$dem + 0.5 * d$x + 0.5 * u[d$unit])
d$event_b <- adopt(-2.2 - 0.4 * d$dem + 0.3 * d$x + 0.5 * u[d$unit])
a <- d[d$unit <= 110, ]            # ten units are not in the first panel
b <- d[d$unit > 5, ]               # five not in the second
ref <- NULL
put <- function(model, quantity, term, value)
    ref <<- rbind(ref, data.frame(model, quantity, term, value = sprintf("%.15g", value)))

meat_by <- function(s, unit) { m <- rowsum(s, unit); crossprod(m) }
slope <- function(b, X, D) {        # mean derivative of plogis(Xb), X's derivative D; with gradient
    p <- plogis(drop(X %*% b)); w <- p * (1 - p); s <- drop(D %*% b)
    list(value = mean(w * s), gradient = colMeans(w * (1 - 2 * p) * s * X + w * D))
}
fit <- function(f, data) glm(f, binomial, data, control = list(epsilon = 1e-15, maxit = 100))
clustered <- function(m, unit) {
    G <- length(unique(unit))
    vcov(m) %*% meat_by(estfun(m), unit) %*% vcov(m) * G / (G - 1)
}
effect <- function(m, V, D, rows, scale, X = model.matrix(m)) {
    e <- slope(coef(m), X[rows, , drop = FALSE], D[rows, , drop = FALSE])
    g <- scale * e$gradient
    list(value = scale * e$value, error = sqrt(drop(t(g) %*% V %*% g)), gradient = g)
}
wald <- function(m, V, which) drop(t(coef(m)[which]) %*% solve(V[which, which]) %*% coef(m)[which])
derivative <- function(X, dem) {    # of the columns of a design by dem
    D <- 0 * X
    for (j in colnames(X)) {
        if (j == "dem") D[, j] <- 1
        if (j == "I(dem^2)") D[, j] <- 2 * dem
        if (grepl(":", j)) D[, j] <- X[, sub(":dem$|^dem:", "", j)]
    }
    D
}
cuts <- c(-Inf, 0.4, 0.6, Inf)
keep <- list()
used <- function(data, y) data[!is.na(data[[y]]), ]
sd1 <- sd(used(a, "event_a")$dem)
at <- quantile(used(a, "event_a")$dem, c(.1, .5, .9))
for (s in c("a", "b")) {
    y <- paste0("event_", s)
    data <- used(get(s), y)
    data$y <- data[[y]]
    data$r <- cut(data$dem, cuts, right = FALSE, labels = 1:3)
    say <- function(form, level, e) {
        put(paste(s, form), "estimate", level, e$value)
        put(paste(s, form), "std_error", level, e$error)
    }
    m <- fit(y ~ dem + x, data); V <- clustered(m, data$unit); X <- model.matrix(m)
    e <- effect(m, V, derivative(X, data$dem), TRUE, sd1)
    say("linear", "_", e)
    S <- rowsum(estfun(m), data$unit) %*% vcov(m) %*% e$gradient
    keep[[s]] <- list(value = e$value, part = setNames(drop(S), rownames(S)))
    m <- fit(y ~ dem + x + I(dem^2), data); V <- clustered(m, data$unit); X <- model.matrix(m)
    say("quadratic", "on average", effect(m, V, derivative(X, data$dem), TRUE, sd1))
    for (i in 1:3) {
        Z <- X; Z[, "dem"] <- at[i]; Z[, "I(dem^2)"] <- at[i]^2
        say("quadratic", c("low", "middle", "high")[i],
            effect(m, V, derivative(Z, at[i]), TRUE, sd1, Z))
    }
    put(paste(s, "quadratic"), "wald", "_", wald(m, V, c("dem", "I(dem^2)")))
    m <- fit(y ~ r + x, data); V <- clustered(m, data$unit); X <- model.matrix(m)
    for (l in 2:3) {
        one <- X; one[, c("r2", "r3")] <- 0; zero <- one; one[, paste0("r", l)] <- 1
        p <- plogis(drop(one %*% coef(m))); q <- plogis(drop(zero %*% coef(m)))
        g <- colMeans(p * (1 - p) * one) - colMeans(q * (1 - q) * zero)
        say("regimes", as.character(l),
            list(value = mean(p) - mean(q), error = sqrt(drop(t(g) %*% V %*% g))))
    }
    put(paste(s, "regimes"), "wald", "_", wald(m, V, c("r2", "r3")))
    m <- fit(y ~ dem + x + r + r:dem, data); V <- clustered(m, data$unit); X <- model.matrix(m)
    colnames(X) <- sub("^dem:(.*)$", "\\1:dem", colnames(X)); D <- derivative(X, data$dem)
    for (l in 1:3) say("within", as.character(l), effect(m, V, D, data$r == l, sd1, X))
}
units <- union(names(keep$a$part), names(keep$b$part))
pa <- keep$a$part[units]; pb <- keep$b$part[units]
pa[is.na(pa)] <- 0; pb[is.na(pb)] <- 0
factor <- length(units) / (length(units) - 1)
put("difference", "estimate", "_", keep$a$value - keep$b$value)
put("difference", "std_error", "_", sqrt(factor * sum((pa - pb)^2)))
put("difference", "correlation", "_", sum(pa * pb) / sqrt(sum(pa^2) * sum(pb^2)))

# Who has what by the end of a year.
first <- function(data, y) tapply(seq_len(nrow(data)), data$unit, function(r)
    min(c(Inf, data$year[r][which(data[[y]][r] == 1)])))
fa <- first(a, "event_a"); fb <- first(b, "event_b")
h <- a[as.character(a$unit) %in% names(fb), ]
h$has <- as.numeric(h$year >= fa[as.character(h$unit)]) + 2 * as.numeric(h$year >= fb[as.character(h$unit)])
X <- cbind(1, h$dem, h$x); k <- 3; E <- 3
prob <- function(B) { e <- cbind(1, exp(X %*% matrix(B, k))); e / rowSums(e) }
score <- function(P) do.call(cbind, lapply(1:E, function(e) ((h$has == e) - P[, e + 1]) * X))
B <- rep(0, k * E)
for (i in 1:60) {
    P <- prob(B)
    H <- matrix(0, k * E, k * E)
    for (e in 1:E) for (f in 1:E)
        H[(e - 1) * k + 1:k, (f - 1) * k + 1:k] <-
            crossprod(X * (P[, e + 1] * ((e == f) - P[, f + 1])), X)
    B <- B + solve(H, colSums(score(P)))
}
P <- prob(B); I <- solve(H); n <- nrow(h); G <- length(unique(h$unit))
V <- I %*% meat_by(score(P), h$unit) %*% I * G / (G - 1) * (n - 1) / (n - k * E)
s <- c(0, B[c(2, 5, 8)])
ame <- function(B) { P <- prob(B); s <- c(0, B[c(2, 5, 8)]); colMeans(P * sweep(-matrix(P %*% s, n, 4), 2, -s)) }
for (o in 1:4) {
    bar <- drop(P %*% s); ahead <- s[o] - bar
    g <- unlist(lapply(1:E, function(e) {
        gap <- (e + 1 == o) - P[, e + 1]
        by_x <- gap * ahead - P[, e + 1] * (s[e + 1] - bar)
        colMeans(P[, o] * (by_x * X + outer(gap, c(0, 1, 0))))
    }))
    put("holding", "estimate", as.character(o - 1), sd1 * ame(B)[o])
    put("holding", "std_error", as.character(o - 1), sd1 * sqrt(drop(t(g) %*% V %*% g)))
    put("holding", "rows", as.character(o - 1), sum(h$has == o - 1))
    put("holding", "units", as.character(o - 1), length(unique(h$unit[h$has == o - 1])))
}
write.csv(d, "data.csv", row.names = FALSE, na = "", quote = FALSE)
write.csv(ref, "reference.csv", row.names = FALSE, quote = FALSE)
