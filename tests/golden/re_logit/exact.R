# Maximum likelihood of the random-intercept logit with the integral by the trapezoidal rule on
# a fine grid (exact to rounding for such integrands), Newton's method with the derivatives of
# Fisher's and Louis' identities; and lme4 1.1.31 with Laplace's approximation. R 4.2.2.
d <- read.csv("data.csv")
X <- model.matrix(~ x1 + x2 + x3 + x6, d)
y <- d$y
groups <- split(seq_along(y), d$region)
u <- seq(-9, 9, by = 0.02)
prior <- dnorm(u) * 0.02
k <- ncol(X)
parts <- function(theta) {
  loglik <- 0; gradient <- numeric(k + 1); information <- matrix(0, k + 1, k + 1)
  for (rows in groups) {
    Z <- X[rows, , drop = FALSE]
    eta <- outer(drop(Z %*% theta[1:k]), theta[k + 1] * u, "+")
    value <- colSums(plogis((2 * y[rows] - 1) * eta, log.p = TRUE))
    share <- exp(value - max(value)) * prior
    loglik <- loglik + max(value) + log(sum(share))
    share <- share / sum(share)
    p <- plogis(eta); r <- y[rows] - p; w <- p * (1 - p)
    S <- rbind(crossprod(Z, r), u * colSums(r))
    mean <- drop(S %*% share)
    gradient <- gradient + mean
    E <- matrix(0, k + 1, k + 1)
    E[1:k, 1:k] <- crossprod(Z, drop(w %*% share) * Z)
    E[1:k, k + 1] <- E[k + 1, 1:k] <- crossprod(Z, drop(w %*% (share * u)))
    E[k + 1, k + 1] <- sum(colSums(w) * share * u^2)
    information <- information + E - (S %*% (share * t(S)) - tcrossprod(mean))
  }
  list(loglik = loglik, gradient = gradient, information = information)
}
theta <- c(coef(glm(y ~ X - 1, family = binomial)), 0.6)
repeat {
  p <- parts(theta)
  step <- solve(p$information, p$gradient)
  theta <- theta + drop(step)
  if (max(abs(step)) < 1e-13) break
}
p <- parts(theta)
V <- solve(p$information)
terms <- c(colnames(X), "sd(region)")
out <- rbind(data.frame(model = "exact", quantity = "coef", term = terms, value = theta),
             data.frame(model = "exact", quantity = "se", term = terms, value = sqrt(diag(V))),
             data.frame(model = "exact", quantity = "loglik", term = "_", value = p$loglik))
fit <- lme4::glmer(y ~ x1 + x2 + x3 + x6 + (1 | region), d, family = binomial, nAGQ = 1,
                   control = lme4::glmerControl(tolPwrss = 1e-12, optimizer = "bobyqa",
                                                optCtrl = list(rhoend = 1e-9, maxfun = 1e6)))
modes <- lme4::ranef(lme4::glmer(y ~ x1 + x2 + x3 + x6 + (1 | region), d, family = binomial,
                                 nAGQ = 25, control = lme4::glmerControl(tolPwrss = 1e-12)))
out <- rbind(out,
             data.frame(model = "laplace", quantity = "coef", term = terms,
                        value = c(lme4::fixef(fit), lme4::getME(fit, "theta"))),
             data.frame(model = "laplace", quantity = "loglik", term = "_",
                        value = as.numeric(logLik(fit))),
             data.frame(model = "modes", quantity = "mode", term = rownames(modes$region),
                        value = modes$region[, 1]))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
