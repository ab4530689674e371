# R 4.2.2, brglm2 0.9. FLAC (Puhr et al. 2017) written out: Firth's leverages as weights of
# pseudo-observations, an indicator of these, maximum likelihood. Robust errors of Firth's logit
# (and with sampling weights and an offset) from the adjusted scores, without factors.
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
robust <- function(model, w, offset) {
  b <- numeric(k)
  for (iteration in 1:500) {
    p <- plogis(drop(X %*% b) + offset)
    V <- solve(crossprod(X, w * p * (1 - p) * X))
    h <- w * p * (1 - p) * rowSums((X %*% V) * X)
    S <- (w * (d$rare - p) + h * (0.5 - p)) * X
    b <- b + drop(V %*% colSums(S))
  }
  out <<- rbind(out,
    data.frame(model, quantity = "coef", term = colnames(X), value = b),
    data.frame(model, quantity = "se", term = colnames(X), value = sqrt(diag(V))),
    data.frame(model, quantity = "se_hc0", term = colnames(X),
               value = sqrt(diag(V %*% crossprod(S) %*% V))),
    data.frame(model, quantity = "se_cr0", term = colnames(X),
               value = sqrt(diag(V %*% crossprod(rowsum(S, d$country)) %*% V))))
}
robust("robust", rep(1, nrow(d)), 0)
robust("weighted", 1 + d$region %% 3, 0.3 * d$z1)
out$value <- sprintf("%.15g", out$value)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
