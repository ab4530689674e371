# FLAC (Puhr et al. 2017) written out: Firth's leverages as weights of pseudo-observations,
# an indicator of these, maximum likelihood. R 4.2.2, brglm2 0.9.
library(brglm2)
d <- read.csv("data.csv")
f <- rare ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8
fit <- glm(f, binomial, d, method = "brglmFit", type = "AS_mean", epsilon = 1e-14, maxit = 1000)
X <- model.matrix(f, d)
p <- plogis(drop(X %*% coef(fit)))
w <- p * (1 - p)
h <- w * rowSums((X %*% solve(crossprod(X, w * X))) * X)
Z <- rbind(cbind(X, 0), cbind(X, 1), cbind(X, 1))
y <- c(d$rare, d$rare, 1 - d$rare)
weight <- c(rep(1, nrow(X)), h / 2, h / 2)
b <- c(coef(fit), -sum(h * X %*% coef(fit)) / sum(h))
repeat {
  p <- plogis(drop(Z %*% b))
  step <- solve(crossprod(Z, weight * p * (1 - p) * Z), crossprod(Z, weight * (y - p)))
  b <- b + drop(step)
  if (max(abs(step)) < 1e-13) break
}
p <- plogis(drop(Z %*% b))
se <- sqrt(diag(solve(crossprod(Z, weight * p * (1 - p) * Z))))
k <- ncol(X)
out <- rbind(data.frame(model = "flac", quantity = "coef", term = colnames(X), value = b[1:k]),
             data.frame(model = "flac", quantity = "se", term = colnames(X), value = se[1:k]))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "flac.csv", row.names = FALSE, quote = FALSE)
