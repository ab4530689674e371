# Interactive fixed effects and matrix completion, written out with svd() and plain loops.
tolerance <- 1e-13

read <- function(file) {
  d <- read.csv(file); d <- d[order(d$unit, d$time), ]
  u <- sort(unique(d$unit)); t <- sort(unique(d$time))
  at <- cbind(match(d$unit, u), match(d$time, t))
  put <- function(v) { m <- matrix(NA_real_, length(u), length(t)); m[at] <- v; m }
  cohort <- tapply(d$cohort, d$unit, max)[u]
  list(y = put(d$y), x = list(put(d$x1), put(d$x2)), cohort = as.numeric(cohort), unit = u, time = t)
}

# Effects of a complete matrix: the mean, rows, columns.
centre <- function(W, unit, time) {
  m <- mean(W)
  a <- if (unit) rowMeans(W) - m else numeric(nrow(W))
  b <- if (time) colMeans(W) - m else numeric(ncol(W))
  list(m = m, a = a, b = b, rest = W - m - outer(a, b, "+"))
}

low <- function(E, rank, threshold) {
  s <- svd(E)
  d <- if (is.na(rank)) pmax(s$d - threshold, 0) else ifelse(seq_along(s$d) <= rank, s$d, 0)
  list(L = s$u %*% (d * t(s$v)), rank = sum(d > 0), v = s$v)
}

# Least squares of what is seen (EM), factors by rank or threshold; x: list of matrices.
fit <- function(y, seen, x, rank, threshold = 0, unit = TRUE, time = TRUE) {
  k <- length(x)
  for (j in seq_len(k)) x[[j]][is.na(x[[j]])] <- 0
  xc <- lapply(x, function(m) centre(m, unit, time)$rest)
  X <- if (k) sapply(xc, c) else NULL
  start <- function() {                       # the additive fit, by least squares on dummies
    d <- data.frame(y = y[seen], u = factor(row(y)[seen]), t = factor(col(y)[seen]))
    for (j in seq_len(k)) d[[paste0("x", j)]] <- x[[j]][seen]
    terms <- c(if (unit) "u", if (time) "t", if (k) paste0("x", seq_len(k)), "1")
    m <- lm(reformulate(terms, "y"), d)
    all <- data.frame(u = factor(c(row(y)), levels = levels(d$u)), t = factor(c(col(y)), levels = levels(d$t)))
    for (j in seq_len(k)) all[[paste0("x", j)]] <- c(x[[j]])
    list(fit = matrix(predict(m, all), nrow(y)), beta = if (k) coef(m)[paste0("x", seq_len(k))] else NULL)
  }
  s <- start(); beta <- s$beta; f <- s$fit
  xb <- if (k) Reduce(`+`, Map(`*`, x, beta)) else 0
  for (i in 1:500000) {
    Z <- ifelse(seen, y, f)
    W <- centre(Z - xb, unit, time)
    L <- low(W$rest, rank, threshold)
    if (k) {
      beta <- solve(crossprod(X), crossprod(X, c(Z - L$L)))
      xb <- Reduce(`+`, Map(`*`, x, beta))
    }
    e <- centre(Z - xb - L$L, unit, time)
    new <- xb + e$m + outer(e$a, e$b, "+") + L$L
    change <- max(abs(new - f)); f <- new
    if (change < tolerance && i > 3) break
  }
  list(fit = f, beta = beta, xb = xb, m = e$m, a = e$a, b = e$b, L = L$L, rank = L$rank, F = L$v, steps = i)
}

gsynth <- function(p, x, rank, unit = TRUE, time = TRUE) {
  co <- p$cohort == 0; tr <- which(!co); seen <- !is.na(p$y)
  core <- fit(p$y[co, ], seen[co, ], lapply(x, function(m) m[co, ]), rank, 0, unit, time)
  B <- cbind(core$F[, seq_len(rank), drop = FALSE] * sqrt(ncol(p$y)), if (unit) rep(1, ncol(p$y)))
  gap <- matrix(NA_real_, length(tr), ncol(p$y)); squares <- n <- 0
  for (i in seq_along(tr)) {
    e <- p$y[tr[i], ] - core$m - core$b
    for (j in seq_along(x)) e <- e - core$beta[j] * x[[j]][tr[i], ]
    pre <- which(p$time < p$cohort[tr[i]] & seen[tr[i], ])
    predict <- function(use, at) if (ncol(B)) drop(B[at, , drop = FALSE] %*% qr.solve(B[use, , drop = FALSE], e[use])) else 0 * at
    gap[i, ] <- e - predict(pre, seq_along(e))
    for (t in pre) { squares <- squares + (e[t] - predict(setdiff(pre, t), t))^2; n <- n + 1 }
  }
  list(gap = gap, beta = core$beta, mspe = squares / n, steps = core$steps)
}

joint <- function(p, x, rank, lambda = NA) {
  treated <- outer(p$cohort, p$time, function(g, t) g > 0 & t >= g)
  seen <- !is.na(p$y) & !treated
  core <- fit(p$y, seen, x, rank, lambda * sum(seen) / 2)
  list(gap = (p$y - core$fit)[p$cohort > 0, ], beta = core$beta, rank = core$rank, steps = core$steps)
}

rows <- NULL
add <- function(model, p, r) {
  tr <- which(p$cohort > 0)
  horizon <- outer(-p$cohort[tr], p$time, "+"); g <- r$gap
  out <- rbind(
    data.frame(term = "overall", quantity = "estimate", value = mean(g[horizon >= 0], na.rm = TRUE)),
    do.call(rbind, lapply(sort(unique(c(horizon))), function(h)
      data.frame(term = paste0("h", h), quantity = "estimate", value = mean(g[horizon == h], na.rm = TRUE)))))
  if (length(r$beta)) out <- rbind(out, data.frame(term = paste0("x", seq_along(r$beta)), quantity = "beta", value = c(r$beta)))
  if (!is.null(r$mspe)) out <- rbind(out, data.frame(term = "overall", quantity = "mspe", value = r$mspe))
  if (!is.null(r$rank)) out <- rbind(out, data.frame(term = "overall", quantity = "rank", value = r$rank))
  out <- out[is.finite(out$value), ]
  cat(model, r$steps, "\n")
  rows <<- rbind(rows, cbind(model = model, out))
}
panel <- read("panel.csv"); gaps <- read("gaps.csv")
for (r in 0:4) add(paste0("gsynth_x_", r), panel, gsynth(panel, panel$x, r))
for (r in c(1, 3)) add(paste0("gsynth_", r), panel, gsynth(panel, list(), r))
add("gsynth_unit", panel, gsynth(panel, panel$x, 2, TRUE, FALSE))
add("gsynth_time", panel, gsynth(panel, panel$x, 2, FALSE, TRUE))
add("gsynth_none", panel, gsynth(panel, panel$x, 2, FALSE, FALSE))
add("gsynth_gaps", gaps, gsynth(gaps, gaps$x, 2))
add("ife_x_2", panel, joint(panel, panel$x, 2))
add("ife_gaps", gaps, joint(gaps, list(), 1))
add("mc_x", panel, joint(panel, panel$x, NA, 0.01))
add("mc_gaps", gaps, joint(gaps, list(), NA, 0.03))
rows$value <- sprintf("%.15g", rows$value)
write.csv(rows, "reference.csv", row.names = FALSE, quote = FALSE)
