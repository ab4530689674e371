# Writes exact.csv (R 4.2.2, sandwich 3.0-2): estimates by Fisher scoring that goes on from glm's
# solution until the step vanishes, and hc2 and hc3 of logit and least squares (y on the same terms).
library(sandwich)
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
fits <- list(logit = glm(f, binomial, d, epsilon = 1e-15, maxit = 100), ols = lm(f, d))
for (model in names(fits)) for (type in c("HC2", "HC3")) {
  se <- sqrt(diag(vcovHC(fits[[model]], type = type)))
  out <- rbind(out, data.frame(model = paste0(model, "_", tolower(type)), quantity = "se",
                               term = names(se), value = se))
}
out$value <- sprintf("%.15g", out$value)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
