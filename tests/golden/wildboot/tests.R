# Tests of hypotheses on data.csv, written out or by anova. R 4.2.2, base.
d <- read.csv("data.csv")
d$region <- factor(d$region)
out <- NULL
add <- function(model, quantity, term, value)
    out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))
control <- glm.control(epsilon = 1e-15, maxit = 50)
wald <- function(b, V, R, r) {
    e <- R %*% b - r
    drop(t(e) %*% solve(R %*% V %*% t(R), e))
}
full <- glm(y ~ x1 + x2 + x3 + x4 + region, binomial, d, control = control)
b <- coef(full); V <- vcov(full); k <- length(b)
unit <- function(...) { R <- matrix(0, 1, k, dimnames = list(NULL, names(b))); for (i in list(...)) R[, i[[1]]] <- i[[2]]; R }
add("logit", "wald", "x1 = 0.3, x3 = 0", wald(b, V, rbind(unit(list("x1", 1)), unit(list("x3", 1))), c(.3, 0)))
add("logit", "wald", "2*x1 - x2/4 = 0.5", wald(b, V, unit(list("x1", 2), list("x2", -.25)), .5))
add("logit", "wald", "factor(region)", wald(b, V, cbind(matrix(0, 11, 5), diag(11)), 0))
small <- glm(y ~ x1 + x2 + x3 + x4, binomial, d, control = control)
shifted <- glm(y ~ x2 + x4 + region + offset(0.3 * x1), binomial, d, control = control)
add("logit", "lr", "factor(region)", small$deviance - full$deviance)
add("logit", "lr", "x1 = 0.3, x3 = 0", shifted$deviance - full$deviance)
add("logit", "score", "factor(region)", anova(small, full, test = "Rao")$Rao[2])
robust <- function(at, X, J, g) { # White (1982)
    p <- at$fitted.values
    A <- solve(crossprod(X * sqrt(p * (1 - p))))
    s <- rowsum(X * (d$y - p), g)
    e <- (A %*% colSums(s))[J]
    drop(t(e) %*% solve((A %*% crossprod(s) %*% A)[J, J], e))
}
J <- match(c("x1", "x3"), names(b))
add("logit_hc", "score", "x1 = 0.3, x3 = 0", robust(shifted, model.matrix(full), J, seq_len(nrow(d))))
add("logit_cluster", "score", "x1 = 0.3, x3 = 0", robust(shifted, model.matrix(full), J, d$country))
lin <- lm(y ~ x1 + x2 + x3 + x4 + region, d)
less <- lm(y ~ x1 + x2 + x3 + x4, d)
add("ols", "wald", "factor(region)", anova(less, lin)$F[2])
add("ols", "lr", "factor(region)", 2 * as.numeric(logLik(lin) - logLik(less)))
u <- residuals(less)
add("ols", "score", "factor(region)", nrow(d) * (1 - sum(residuals(lm(u ~ model.matrix(lin)))^2) / sum(u^2)))
write.csv(out, "exact.csv", row.names = FALSE)
