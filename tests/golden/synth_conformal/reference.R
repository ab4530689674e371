# The augmented synthetic control and conformal inference, written out independently of Pushpull.
# Rscript reference.R < panel.csv > reference.csv; needs quadprog.
library(quadprog)
d <- read.csv(file("stdin"))
donors <- paste0("u", 1:10)
Y <- sapply(c(donors, "u30"), function(u) { x <- d[d$unit == u, ]; x$y[order(x$period)] })
T0 <- 15; TT <- nrow(Y); k <- length(donors); post <- (T0 + 1):TT
A0 <- Y[, 1:k]; b0 <- Y[, k + 1]
noise <- sd(as.vector(apply(A0[1:T0, ], 2, diff)))
penalty <- c(sdid = (TT - T0)^0.25 * noise, sc = 1e-6 * noise, asc = 1e-6 * noise)

simplex <- function(A, b, zeta, intercept = FALSE) {
  if (intercept) { A <- sweep(A, 2, colMeans(A)); b <- b - mean(b) }
  n <- nrow(A); k <- ncol(A)
  w <- solve.QP(crossprod(A) / n + zeta^2 * diag(k), crossprod(A, b) / n,
                cbind(1, diag(k)), c(1, rep(0, k)), meq = 1)$solution
  pmax(w, 0)
}
ridge <- function(A, b, w, lambda) {
  X <- sweep(A, 1, rowMeans(A))
  as.vector(w + t(X) %*% solve(X %*% t(X) + lambda * diag(nrow(X)), b - A %*% w))
}
errors <- function(A, b, lambdas) t(sapply(seq_len(nrow(A)), function(t) {
  w <- simplex(A[-t, ], b[-t], penalty["asc"])
  sapply(lambdas, function(l) (b[t] - sum(A[t, ] * ridge(A[-t, ], b[-t], w, l)))^2)
}))

out <- NULL
say <- function(model, quantity, term, value)
  out <<- rbind(out, data.frame(model, quantity, term = as.character(term), value = as.numeric(value)))

# ---- augmented ----
augmented <- function(unit, b0) {
  A <- A0[1:T0, ]; b <- b0[1:T0]
  X <- sweep(A, 1, rowMeans(A))
  lambdas <- svd(X)$d[1]^2 * 1e-8^((0:20) / 20)
  E <- errors(A, b, lambdas)
  m <- colMeans(E); best <- which.min(m); se <- sd(E[, best]) / sqrt(T0)
  lambda <- c("1se" = max(lambdas[m <= m[best] + se]), min = lambdas[best], "5" = 5)
  w <- simplex(A, b, penalty["asc"])
  for (rule in names(lambda)) {
    v <- ridge(A, b, w, lambda[rule])
    model <- paste(unit, rule, sep = "_")
    say(model, "lambda", "_", lambda[rule])
    say(model, "estimate", "_", mean((b0 - A0 %*% v)[post]))
    say(model, "weight", donors, v)
  }
  lambda
}
path <- function(unit) { x <- d[d$unit == unit, ]; x$y[order(x$period)] }
for (unit in c("u26", "u27", "u28")) augmented(unit, path(unit))
lambda <- augmented("u30", b0)

# ---- conformal ----
misfit <- function(method, b, rows) {
  A <- A0[rows, ]
  if (method == "did") return(as.vector((b - rowMeans(A)) - mean(b - rowMeans(A))))
  w <- simplex(A, b, penalty[method], method == "sdid")
  if (method == "asc") w <- ridge(A, b, w, lambda["1se"])
  u <- as.vector(b - A %*% w)
  if (method == "sdid") u - mean(u) else u
}
shares <- function(u, sets, own) {
  tie <- 1e-9 * sum(abs(u))
  s <- apply(sets, 2, function(i) sum(abs(u[i]))); v <- apply(sets, 2, function(i) sum(u[i]))
  c(p_value = mean(s >= sum(abs(u[own])) - tie), p_above = mean(v >= sum(u[own]) - tie),
    p_below = mean(v <= sum(u[own]) + tie))
}
blocks <- sapply(0:(TT - 1), function(s) (s + seq_along(post) - 1) %% TT + 1)
every <- combn(TT, length(post))
for (method in c("sdid", "sc", "did", "asc")) {
  u <- misfit(method, b0, 1:TT)
  p <- shares(u, blocks, post); say(method, names(p), "moving_block", p)
  stopifnot(ncol(every) > 10000)
  p <- shares(u, every, post); say(method, names(p), "iid_all", p)
  for (t in post[1:3]) {
    rows <- c(1:T0, t); n <- T0 + 1
    test <- function(theta) {
      u <- misfit(method, b0[rows] - c(rep(0, T0), theta), rows)
      mean(abs(u) >= abs(u[n]) - 1e-9 * sum(abs(u)))
    }
    say(method, "period_p", t, test(0))
    grid <- seq(-60, 60, length.out = 6001)
    accepted <- which(sapply(grid, test) > 0.1)
    edge <- function(inside, outside) {
      for (i in 1:60) { mid <- (inside + outside) / 2; if (test(mid) > 0.1) inside <- mid else outside <- mid }
      inside
    }
    say(method, "period_low", t, edge(grid[min(accepted)], grid[min(accepted) - 1]))
    say(method, "period_high", t, edge(grid[max(accepted)], grid[max(accepted) + 1]))
  }
}
out$value <- sprintf("%.15g", out$value)
write.csv(out, stdout(), row.names = FALSE, quote = FALSE)
