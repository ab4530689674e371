# Event studies by regression, written out with dummies: data.csv and reference.csv. R 4.2.2, base only.
# Errors: clustered by unit (or `area`); fixest's small-sample factor G/(G-1) (N-1)/(N-K), where K does not count
# unit effects, which lie within clusters; none for imputation.
set.seed(20261123)
units <- 60; periods <- 8
d <- expand.grid(t = 1:periods, id = 1:units)
g <- c(0, 4, 5, 7)[1 + (1:units) %% 4]
area <- (1:units - 1) %/% 6
a <- rnorm(units); b <- rnorm(periods)
d$g <- g[d$id]; d$area <- area[d$id]
d$x <- round(rnorm(nrow(d)) + 0.3 * d$t, 3)
d$z <- round(rnorm(units), 3)[d$id]
e <- as.vector(apply(matrix(rnorm(nrow(d)), periods), 2, function(v) stats::filter(v, 0.5, "recursive")))
d$y <- round(a[d$id] + b[d$t] + 0.4 * d$x + ifelse(d$g > 0 & d$t >= d$g, 1 + 0.3 * (d$t - d$g), 0) + e, 4)
gap <- sort(sample(nrow(d), 24))
d$gap <- 0; d$gap[gap] <- 1
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)

out <- NULL
put <- function(model, quantity, term, value)
  out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))

dummies <- function(f) { f <- factor(f); sapply(levels(f), function(l) as.numeric(f == l)) }
cohort <- function(d) ifelse(d$g == 0, Inf, d$g)

# Least squares; the clustered covariance of the coefficients of `keep`, unit effects projected out.
regress <- function(y, X, id, cl, factor = TRUE, weight = rep(1, length(y)), own = id, extra = 0) {
  U <- dummies(own)
  s <- sqrt(weight)
  Q <- qr.Q(qr(U * s))
  R <- function(v) v * s - Q %*% crossprod(Q, v * s)
  Xr <- as.matrix(R(as.matrix(X))); yr <- R(y)
  q <- qr(Xr, tol = 1e-9)
  keep <- sort(q$pivot[seq_len(q$rank)])
  B <- solve(crossprod(Xr[, keep, drop = FALSE]))
  beta <- B %*% crossprod(Xr[, keep, drop = FALSE], yr)
  e <- yr - Xr[, keep, drop = FALSE] %*% beta
  S <- rowsum(Xr[, keep, drop = FALSE] * as.vector(e), cl)
  G <- nrow(S); N <- length(y); K <- length(keep) + 1 + extra
  adjust <- if (factor) G / (G - 1) * (N - 1) / (N - K) else 1
  V <- adjust * B %*% crossprod(S) %*% B
  names(beta) <- colnames(X)[keep]; dimnames(V) <- list(colnames(X)[keep], colnames(X)[keep])
  list(b = drop(beta), V = V, G = G)
}
combine <- function(f, w) c(sum(w * f$b[names(w)]), sqrt(drop(w %*% f$V[names(w), names(w)] %*% w)))
periods_of <- function(d) { D <- dummies(d$t)[, -1]; colnames(D) <- paste0("t", colnames(D)); D }
singles <- function(d) d[ave(d$t, d$id, FUN = length) > 1, ]

# ---- Sun & Abraham ----
sunab <- function(model, d, xs, cl = "id") {
  d <- singles(d)
  g <- cohort(d)
  if (!any(is.infinite(g))) { last <- max(g); d <- d[d$t < last, ]; g <- cohort(d); g[g == last] <- Inf }
  X <- periods_of(d)
  for (c in sort(unique(g[is.finite(g)]))) for (t in sort(unique(d$t))) {
    v <- as.numeric(g == c & d$t == t)
    if (t != c - 1 && any(v > 0)) { X <- cbind(X, v); colnames(X)[ncol(X)] <- paste0("g", c, "_t", t) }
  }
  if (length(xs)) X <- cbind(X, as.matrix(d[xs]))
  f <- regress(d$y, X, d$id, d[[cl]])
  cells <- grep("^g", names(f$b), value = TRUE)
  gc <- as.numeric(sub("g(.*)_t.*", "\\1", cells)); tc <- as.numeric(sub(".*_t", "", cells))
  n <- sapply(seq_along(cells), function(i) sum(g == gc[i] & d$t == tc[i]))
  for (i in seq_along(cells)) { put(model, "cell", cells[i], f$b[cells[i]]); put(model, "cell_se", cells[i], sqrt(f$V[cells[i], cells[i]])) }
  for (h in sort(unique(tc - gc))) {
    at <- tc - gc == h; v <- combine(f, setNames(n[at] / sum(n[at]), cells[at]))
    put(model, "coef", h, v[1]); put(model, "se", h, v[2])
  }
  at <- tc >= gc; v <- combine(f, setNames(n[at] / sum(n[at]), cells[at]))
  put(model, "simple", "_", v[1]); put(model, "simple_se", "_", v[2])
}

# ---- imputation ----
bjs <- function(model, d, xs, cl = "id", leave_out = FALSE, leads = 3) {
  g <- cohort(d); untreated <- d$t < g
  d <- d[d$id %in% unique(d$id[untreated]), ]; g <- cohort(d); untreated <- d$t < g
  Z <- cbind(dummies(d$id), periods_of(d), if (length(xs)) as.matrix(d[xs]))
  Z0 <- Z[untreated, ]; B <- solve(crossprod(Z0)); beta <- B %*% crossprod(Z0, d$y[untreated])
  tau <- drop(d$y - Z %*% beta); clus <- d[[cl]]
  cell <- ifelse(untreated, NA, paste(g, d$t))
  effect <- function(w) { # w: weights of treated rows
    v <- rep(0, nrow(d)); v[!untreated] <- w[!untreated]
    v[untreated] <- -drop(Z0 %*% B %*% crossprod(Z[!untreated, ], w[!untreated]))
    r <- tau
    for (k in unique(na.omit(cell))) {
      rows <- which(cell == k)
      m <- if (leave_out) sapply(rows, function(i) { o <- rows[clus[rows] != clus[i]]; if (length(o)) mean(tau[o]) else NaN }) else mean(tau[rows])
      r[rows] <- tau[rows] - m
    }
    c(sum(w * tau), sqrt(sum(rowsum(ifelse(v == 0, 0, v * r), clus)^2)))
  }
  h <- d$t - g
  for (k in sort(unique(h[!untreated]))) {
    w <- as.numeric(!untreated & h == k); v <- effect(w / sum(w)); put(model, "coef", k, v[1]); put(model, "se", k, v[2])
  }
  w <- as.numeric(!untreated); v <- effect(w / sum(w)); put(model, "simple", "_", v[1]); put(model, "simple_se", "_", v[2])
  u <- d[untreated, ]
  u <- singles(u)
  X <- periods_of(u); L <- sapply(1:leads, function(p) as.numeric(u$t - cohort(u) == -p)); colnames(L) <- paste0("lead", 1:leads)
  X <- cbind(X, L, if (length(xs)) as.matrix(u[xs]))
  f <- regress(u$y, X, u$id, u[[cl]]); at <- colnames(L)
  for (p in 1:leads) { put(model, "coef", -p, f$b[at[p]]); put(model, "se", -p, sqrt(f$V[at[p], at[p]])) }
  W <- drop(f$b[at] %*% solve(f$V[at, at]) %*% f$b[at])
  put(model, "wald", "_", W); put(model, "wald_p", "_", pf(W / leads, leads, f$G - 1, lower.tail = FALSE))
}

# ---- two-way fixed effects ----
twfe <- function(model, d, xs, cl = "id") {
  d <- singles(d); h <- d$t - cohort(d); X <- periods_of(d)
  for (k in sort(unique(h[is.finite(h)]))) if (k != -1) { X <- cbind(X, as.numeric(h == k)); colnames(X)[ncol(X)] <- paste0("h", k) }
  if (length(xs)) X <- cbind(X, as.matrix(d[xs]))
  f <- regress(d$y, X, d$id, d[[cl]])
  for (k in grep("^h", names(f$b), value = TRUE)) { put(model, "coef", sub("h", "", k), f$b[k]); put(model, "se", sub("h", "", k), sqrt(f$V[k, k])) }
}

# ---- stacks ----
# Clean controls: not treated within the window (with `notyet`; else never). Unit effects by stack.
stacked <- function(model, d, xs, pre, post, control, weighted, cl = "id") {
  g <- cohort(d); first <- min(d$t); last <- max(d$t); all <- NULL
  for (c in sort(unique(g[is.finite(g)]))) {
    if (c - pre < first || c + post > last) next
    window <- d$t >= c - pre & d$t <= c + post
    clean <- if (control == "never") is.infinite(g) else g > c + post
    s <- d[window & (g == c | clean), ]
    s <- s[ave(s$t, s$id, FUN = length) == pre + post + 1, ]
    if (!any(cohort(s) != c) || !any(cohort(s) == c)) next
    s$stack <- c; s$e <- s$t - c; s$D <- as.numeric(cohort(s) == c); all <- rbind(all, s)
  }
  own <- paste(all$stack, all$id)
  per <- tapply(all$D, all$stack, function(v) sum(v) / (pre + post + 1)); con <- tapply(1 - all$D, all$stack, function(v) sum(v) / (pre + post + 1))
  k <- as.character(all$stack)
  w <- if (weighted) ifelse(all$D == 1, 1, (per[k] / sum(per)) / (con[k] / sum(con))) else rep(1, nrow(all))
  time <- if (weighted) all$e else paste(all$stack, all$e)
  X <- dummies(time); X <- X[, -match(if (weighted) "-1" else paste(unique(all$stack), -1), colnames(X)), drop = FALSE]
  colnames(X) <- paste0("l", seq_len(ncol(X)))
  for (h in setdiff(-pre:post, -1)) { X <- cbind(X, as.numeric(all$e == h) * all$D); colnames(X)[ncol(X)] <- paste0("h", h) }
  if (length(xs)) X <- cbind(X, as.matrix(all[xs]))
  f <- regress(all$y, X, all$id, all[[cl]], weight = w, own = own)
  at <- grep("^h", names(f$b), value = TRUE)
  for (h in at) { put(model, "coef", sub("h", "", h), f$b[h]); put(model, "se", sub("h", "", h), sqrt(f$V[h, h])) }
  after <- at[as.numeric(sub("h", "", at)) >= 0]; v <- combine(f, setNames(rep(1 / length(after), length(after)), after))
  put(model, "dynamic", "_", v[1]); put(model, "dynamic_se", "_", v[2])
  before <- setdiff(at, after)
  W <- drop(f$b[before] %*% solve(f$V[before, before]) %*% f$b[before]); put(model, "wald", "_", W)
  if (weighted && !length(xs)) { # the same by means: cohorts' effects, weighed by their sizes
    for (h in setdiff(-pre:post, -1)) {
      effect <- sapply(names(per), function(k) { s <- all[all$stack == k, ]; m <- function(D, e) mean(s$y[s$D == D & s$e == e]); m(1, h) - m(1, -1) - m(0, h) + m(0, -1) })
      stopifnot(abs(sum(per * effect) / sum(per) - f$b[paste0("h", h)]) < 1e-10)
    }
  }
}

n <- d[d$gap == 0, ]; treated <- d[d$g > 0, ]
sunab("sunab_x", d, "x"); sunab("sunab_x_area", d, "x", "area"); sunab("sunab_gaps", n, NULL); sunab("sunab_gaps_x", n, "x")
sunab("sunab_treated", treated, NULL)
bjs("bjs", d, NULL); bjs("bjs_area", d, NULL, "area"); bjs("bjs_x", d, "x"); bjs("bjs_gaps", n, NULL); bjs("bjs_gaps_x", n, "x")
bjs("bjs_leaveout", d, NULL, leave_out = TRUE); bjs("bjs_leaveout_area", d, NULL, "area", TRUE); bjs("bjs_leaveout_gaps_x", n, "x", leave_out = TRUE)
twfe("twfe", d, NULL); twfe("twfe_gaps_x", n, "x")
for (control in c("never", "notyet")) for (weighted in c(TRUE, FALSE)) {
  name <- paste("stacked", control, if (weighted) "weighted" else "unweighted", sep = "_")
  stacked(name, d, NULL, 2, 1, control, weighted)
  stacked(paste0(name, "_x"), d, "x", 2, 1, control, weighted)
  stacked(paste0(name, "_gaps"), n, NULL, 2, 1, control, weighted)
}
stacked("stacked_area", d, NULL, 2, 1, "notyet", TRUE, "area")
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
