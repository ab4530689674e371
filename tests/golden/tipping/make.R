# Hazards of dates where adoption may go unrecorded, by direct maximisation: a unit without
# a record gives log(1 - d (1 - S(end))). R 4.2.2, numDeriv 2016.8-1.1.
set.seed(7)
units <- 300; years <- 10
unit <- rep(1:units, each = years); year <- rep(2001:(2000 + years), units)
d <- rep(round(runif(units), 3), each = years)
x <- round(rnorm(units * years) + 0.5 * rep(rnorm(units), each = years), 3)
h <- plogis(-2.6 + 0.7 * x - 1.2 * (d - 0.5))
lo <- hi <- rep(NA, length(unit))
for (u in 1:units) {
  at <- which(unit == u); t <- which(runif(years) < h[at])[1]
  seen <- runif(1) < (if (d[at[1]] < 0.4) 0.5 else 0.9)
  if (!is.na(t) && seen) {
    hi[at] <- min(t + sample(0:1, 1), years) + 2000
    lo[at] <- if (runif(1) < 0.2) NA else t + 2000
  }
}
write.csv(data.frame(unit, year, lo, hi, x, d), "data.csv", row.names = FALSE, quote = FALSE, na = "")
X <- cbind(1, x, d)
loglik <- function(b, closed, open, link) {
  eta <- drop(X %*% b)
  q <- if (link == "logit") log1p(exp(eta)) else exp(eta)
  sum(sapply(1:units, function(u) {
    at <- which(unit == u); D <- if (d[at[1]] < 0.4) closed else open
    if (is.na(hi[at[1]])) return(log(1 - D + D * exp(-sum(q[at]))))
    before <- if (is.na(lo[at[1]])) rep(FALSE, years) else year[at] < lo[at[1]]
    within <- !before & year[at] <= hi[at[1]]
    -sum(q[at][before]) + log(-expm1(-sum(q[at][within])))
  }))
}
out <- NULL
for (link in c("logit", "cloglog")) for (pair in list(c(1, 1), c(0.5, 0.9), c(0.3, 1))) {
  f <- function(b) loglik(b, pair[1], pair[2], link)
  b <- optim(c(-2, 0, 0), f, method = "BFGS", control = list(fnscale = -1, reltol = 1e-14))$par
  for (i in 1:4) b <- b - solve(numDeriv::hessian(f, b), numDeriv::grad(f, b))
  se <- sqrt(diag(solve(-numDeriv::hessian(f, b))))
  eta <- drop(X %*% b)
  model <- paste(link, pair[1], pair[2], sep = "_")
  # average marginal effect of a standard deviation, over the periods in the likelihood
  used <- is.na(hi) | year <= hi
  slope <- if (link == "logit") dlogis(eta) else exp(eta - exp(eta))
  ame <- sd(x[used]) * mean(slope[used]) * b[2]
  term <- c("(Intercept)", "x", "d")
  out <- rbind(out, data.frame(model, quantity = "coef", term, value = b),
               data.frame(model, quantity = "se", term, value = se),
               data.frame(model, quantity = "ame", term = "x", value = ame),
               data.frame(model, quantity = "loglik", term = "_", value = f(b)))
}
out$value <- signif(out$value, 15)
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
