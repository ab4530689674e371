# Conditional intervals, written out independently: every vertex of the dual by brute force instead of linear
# programs, truncation points as crossings of lines, ends by bisection. Identified sets by Rglpk.
library(Rglpk)
args <- commandArgs(trailingOnly = TRUE)
folder <- args[1]
e <- read.csv(file.path(folder, "estimates.csv"))
v <- read.csv(file.path(folder, "covariance.csv"))
e <- e[order(e$horizon), ]
beta <- e$estimate
n <- nrow(e); np <- sum(e$horizon < -1); nq <- n - np
V <- matrix(NA, n, n)
V[cbind(match(v$horizon, e$horizon), match(v$other, e$horizon))] <- v$covariance
V[upper.tri(V)] <- t(V)[upper.tri(V)]

# Columns: all periods with the reference; it is dropped at the end.
differences <- function(order) {
  D <- diff(diag(n + 1), differences = order)
  D
}
drop_reference <- function(A) A[, -(np + 1), drop = FALSE]
shape <- function(bias, monotone) {
  A <- NULL
  if (bias != 0) A <- rbind(A, -bias * diag(n + 1)[(np + 2):(n + 1), , drop = FALSE])
  if (monotone != 0) A <- rbind(A, -monotone * differences(1))
  A
}
sets <- function(restriction, M, bias = 0, monotone = 0) {
  S <- shape(bias, monotone)
  finish <- function(A, d) {
    A <- drop_reference(rbind(A, S))
    d <- c(d, rep(0, nrow(A) - length(d)))
    keep <- rowSums(A != 0) > 0
    list(A = A[keep, , drop = FALSE], d = d[keep])
  }
  order <- if (restriction == "rm") 1 else 2
  D <- differences(order)
  if (restriction == "sd") return(list(finish(rbind(D, -D), rep(M, 2 * nrow(D)))))
  before <- np + 1 - order
  out <- list()
  for (q in 1:before) for (sign in c(-1, 1)) {
    bound <- c(rep(1, before), rep(M, nrow(D) - before)) %o% (sign * D[q, ])
    out[[length(out) + 1]] <- finish(rbind(D - bound, -D - bound), rep(0, 2 * nrow(D)))
  }
  out
}

vertices <- function(X, sd) {
  M <- length(sd); k <- ncol(X); rows <- rbind(sd, t(X)); out <- NULL
  for (b in combn(M, k + 1, simplify = FALSE)) {
    B <- rows[, b, drop = FALSE]
    if (abs(det(B / max(sd))) < 1e-10) next
    g <- solve(B, c(1, rep(0, k)))
    if (all(g >= -1e-10)) { full <- rep(0, M); full[b] <- pmax(g, 0); out <- cbind(out, full) }
  }
  unique(round(out, 12), MARGIN = 2)
}
moments <- function(set, l) {
  after <- rowSums(set$A[, (np + 1):n, drop = FALSE] != 0) > 0
  A <- set$A[after, , drop = FALSE]; d <- set$d[after]
  j <- which.max(abs(l))
  P <- A[, (np + 1):n, drop = FALSE]
  a <- P[, j] / l[j]
  X <- (P - a %o% l)[, -j, drop = FALSE]
  S <- A %*% V %*% t(A); sd <- sqrt(diag(S))
  G <- if (ncol(X) > 0) vertices(X, sd) else diag(1 / sd)
  list(y = as.vector(A %*% beta - d), a = a, S = S, G = G)
}
accepts <- function(m, theta, alpha = 0.05) {
  y <- m$y - m$a * theta
  values <- as.vector(t(m$G) %*% y)
  i <- which.max(values); eta <- values[i]
  if (eta <= 0) return(TRUE)
  if (eta > 20) return(FALSE)  # nothing is sought beyond
  g <- m$G[, i]; s2 <- as.numeric(t(g) %*% m$S %*% g)
  if (s2 < 1e-14) return(FALSE)
  c <- as.vector(m$S %*% g) / s2
  slope <- as.vector(t(m$G) %*% c); start <- values - slope * eta  # value at x: start + slope x
  gap <- 1 - slope
  lo <- suppressWarnings(max((start / gap)[gap > 1e-9])); hi <- suppressWarnings(min((start / gap)[gap < -1e-9]))
  z <- c(lo, hi, eta) / sqrt(s2)
  up <- function(x) pnorm(x, lower.tail = FALSE)
  (up(z[3]) - up(z[2])) / (up(z[1]) - up(z[2])) >= alpha
}
interval <- function(parts, l) {
  ms <- lapply(parts, moments, l)
  ok <- function(theta) any(sapply(ms, accepts, theta))
  grid <- seq(-2, 2, length.out = 801)
  is <- which(sapply(grid, ok))
  edge <- function(inside, outside) {
    for (i in 1:40) { mid <- (inside + outside) / 2; if (ok(mid)) inside <- mid else outside <- mid }
    inside
  }
  c(edge(grid[min(is)], grid[min(is) - 1]), edge(grid[max(is)], grid[max(is) + 1]))
}
identified <- function(parts, l) {
  low <- Inf; high <- -Inf; post <- (np + 1):n
  for (p in parts) {
    rhs <- p$d - as.vector(p$A[, 1:np, drop = FALSE] %*% beta[1:np])
    ends <- sapply(c(TRUE, FALSE), function(max) {
      s <- Rglpk_solve_LP(l, p$A[, post, drop = FALSE], rep("<=", nrow(p$A)), rhs, max = max,
                          bounds = list(lower = list(ind = 1:nq, val = rep(-Inf, nq))))
      if (s$status == 0) s$optimum else NA
    })
    if (anyNA(ends)) next
    middle <- sum(l * beta[post])
    low <- min(low, middle - ends[1]); high <- max(high, middle - ends[2])
  }
  c(low, high)
}

out <- NULL
put <- function(model, M, l, parts, test = TRUE) {
  message(model, " ", M)
  if (test) { i <- interval(parts, l)
    out <<- rbind(out, data.frame(model, quantity = c("lb", "ub"), term = paste0("M", M), value = i)) }
  d <- identified(parts, l)
  if (all(is.finite(d)))
    out <<- rbind(out, data.frame(model, quantity = c("id_lb", "id_ub"), term = paste0("M", M), value = d))
}
first <- c(1, 0, 0, 0); average <- rep(1 / 4, 4)
for (M in c(0.02, 0.06)) {
  put("sd", M, first, sets("sd", M)); put("sd_mean", M, average, sets("sd", M))
  put("sd_positive", M, first, sets("sd", M, bias = 1))
  put("sd_decreasing", M, first, sets("sd", M, monotone = -1))
}
for (M in c(0.5, 1.5)) {
  put("rm", M, first, sets("rm", M)); put("rm_mean", M, average, sets("rm", M))
  put("rm_negative", M, first, sets("rm", M, bias = -1))
  put("rm_increasing", M, first, sets("rm", M, monotone = 1))
  put("sdrm", M, first, sets("sdrm", M))
  put("sdrm_positive_mean", M, average, sets("sdrm", M, bias = 1))
}
write.csv(format(out, digits = 12), file.path(folder, "exact.csv"), row.names = FALSE, quote = FALSE)
