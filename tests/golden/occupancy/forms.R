# Writes forms.csv and forms_reference.csv: the other forms, written out from the papers. The
# dynamic likelihood sums over all paths of states, not by a recursion.
# Rscript forms.R, in this folder.
library(numDeriv)
set.seed(42)
n <- 250; T <- 3; J <- 3
x <- round(rnorm(n), 3); u <- round(rnorm(n), 3)
w <- matrix(round(rnorm(n * T * J), 3), n)
z <- matrix(0, n, T)
z[, 1] <- rbinom(n, 1, plogis(-0.5 + x))
for (t in 2:T) z[, t] <- rbinom(n, 1, ifelse(z[, t - 1] == 1, 1 - plogis(-1.5), plogis(-1 + 0.7 * u)))
y <- matrix(rbinom(n * T * J, 1, plogis(0.2 + 0.6 * w)), n) * z[, rep(1:T, each = J)]
y[sample(length(y), 200)] <- NA
y[1, ] <- NA
# False positives: f1, f2 have none; in f3 to f5 a 2 is a detection that is certain.
f <- matrix(0, n, 5)
for (j in 1:5) f[, j] <- rbinom(n, 1, ifelse(z[, 1] == 1, 0.5, if (j > 2) 0.1 else 0))
sure <- matrix(rbinom(n * 5, 1, 0.4), n)
f[, 3:5] <- f[, 3:5] + (f[, 3:5] == 1 & z[, 1] == 1 & sure[, 3:5] == 1)
f[sample(length(f), 80)] <- NA
write.csv(data.frame(x, u, setNames(data.frame(y), paste0("y", 1:9)),
                     setNames(data.frame(w), paste0("w", 1:9)), setNames(data.frame(f), paste0("f", 1:5))),
          "forms.csv", row.names = FALSE, na = "")

b <- function(y, p) ifelse(is.na(y), 1, ifelse(y > 0, p, 1 - p))
paths <- as.matrix(expand.grid(rep(list(0:1), T)))
dynamic <- function(par, absorbing = FALSE) {
  psi <- plogis(par[1] + par[2] * x); g <- plogis(par[3] + par[4] * u)
  e <- if (absorbing) 0 else plogis(par[5])
  d <- par[(if (absorbing) 5:6 else 6:7)]
  p <- plogis(d[1] + d[2] * w)
  total <- 0
  for (k in seq_len(nrow(paths))) {
    s <- paths[k, ]
    like <- ifelse(s[1] == 1, psi, 1 - psi)
    if (s[1] == 0) like <- 1 - psi else like <- psi
    for (t in 2:T) like <- like * (if (s[t - 1] == 0) (if (s[t] == 1) g else 1 - g) else (if (s[t] == 0) e else 1 - e))
    for (t in 1:T) for (j in 1:J) {
      c <- (t - 1) * J + j
      like <- like * (if (s[t] == 1) b(y[, c], p[, c]) else ifelse(is.na(y[, c]) | y[, c] == 0, 1, 0))
    }
    total <- total + like
  }
  -sum(log(total))
}
falsepos <- function(par) {
  psi <- plogis(par[1] + par[2] * x); p11 <- plogis(par[3]); p10 <- plogis(par[4]); c <- plogis(par[5])
  one <- psi; zero <- 1 - psi
  for (j in 1:5) {
    v <- f[, j]
    if (j <= 2) { one <- one * b(v, p11); zero <- zero * ifelse(is.na(v) | v == 0, 1, 0) }
    else {
      one <- one * ifelse(is.na(v), 1, ifelse(v == 0, 1 - p11, ifelse(v == 1, p11 * (1 - c), p11 * c)))
      zero <- zero * ifelse(is.na(v), 1, ifelse(v == 0, 1 - p10, ifelse(v == 1, p10, 0)))
    }
  }
  -sum(log(one + zero))
}
# Royle and Link: nothing certain, the last three visits as 0/1.
royle_link <- function(par) {
  psi <- plogis(par[1] + par[2] * x); p11 <- plogis(par[3]); p10 <- plogis(par[4])
  one <- psi; zero <- 1 - psi
  for (j in 1:5) { v <- pmin(f[, j], 1); one <- one * b(v, p11); zero <- zero * b(v, p10) }
  -sum(log(one + zero))
}
K <- 60
royle_nichols <- function(par) {
  lambda <- exp(par[1] + par[2] * x); r <- plogis(par[3] + par[4] * w[, 1:3])
  total <- 0
  for (N in 0:K) {
    like <- dpois(N, lambda)
    for (j in 1:3) like <- like * b(y[, j], 1 - (1 - r[, j])^N)
    total <- total + like
  }
  -sum(log(total))
}
out <- NULL
add <- function(model, fn, start, names, ...) {
  o <- optim(start, fn, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000), ...)
  est <- o$par
  # Newton steps with accurate derivatives
  for (i in 1:4) est <- est - solve(hessian(fn, est, ...), grad(fn, est, ...))
  se <- sqrt(diag(solve(hessian(fn, est, ...))))
  out <<- rbind(out, data.frame(model, quantity = "coef", term = names, value = est),
                data.frame(model, quantity = "se", term = names, value = se),
                data.frame(model, quantity = "negloglik", term = "_", value = fn(est, ...)))
}
add("dynamic", dynamic, c(-0.5, 1, -1, 0.7, -1.5, 0.2, 0.6),
    c("state (Intercept)", "state x", "colonisation (Intercept)", "colonisation u", "extinction (Intercept)",
      "detection (Intercept)", "detection w"))
add("absorbing", dynamic, c(-0.5, 1, -1, 0.7, 0.2, 0.6),
    c("state (Intercept)", "state x", "colonisation (Intercept)", "colonisation u",
      "detection (Intercept)", "detection w"), absorbing = TRUE)
add("falsepos", falsepos, c(-0.5, 1, 0, -2, -0.4),
    c("state (Intercept)", "state x", "detection (Intercept)", "false_positive (Intercept)", "certainty (Intercept)"))
add("royle_link", royle_link, c(-0.5, 1, 0, -2),
    c("state (Intercept)", "state x", "detection (Intercept)", "false_positive (Intercept)"))
add("royle_nichols", royle_nichols, c(-0.5, 0.5, -0.5, 0.5),
    c("abundance (Intercept)", "abundance x", "detection (Intercept)", "detection w"))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "forms_reference.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "\nnumDeriv", as.character(packageVersion("numDeriv")), "\n")
