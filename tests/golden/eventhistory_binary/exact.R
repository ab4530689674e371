# Goes on with Fisher scoring from glm's solution until the step vanishes; writes exact.csv (R 4.2.2).
d <- read.csv("data.csv")
f <- y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + year0
X <- model.matrix(f, d)
y <- d$y
out <- NULL
for (link in c("logit", "probit", "cloglog")) {
  family <- binomial(link)
  b <- coef(glm(f, family, d, epsilon = 1e-15, maxit = 100))
  for (i in 1:40) {
    eta <- drop(X %*% b)
    mu <- family$linkinv(eta)
    slope <- family$mu.eta(eta)
    information <- crossprod(X, slope^2 / (mu * (1 - mu)) * X)
    b <- b + drop(solve(information, crossprod(X, (y - mu) * slope / (mu * (1 - mu)))))
  }
  se <- sqrt(diag(solve(information)))
  out <- rbind(out, data.frame(model = link, quantity = "coef", term = names(b), value = b),
               data.frame(model = link, quantity = "se", term = names(b), value = se))
}
out$value <- sprintf("%.15g", out$value)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
