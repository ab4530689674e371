# The score bootstrap (Kline & Santos 2012), all 2^12 signs, written out. R 4.2.2, base.
d <- read.csv("data.csv")
formula <- y ~ x1 + x2 + x3 + x4
X <- model.matrix(formula, d)
g <- as.integer(factor(d$region))
V <- as.matrix(expand.grid(rep(list(c(1, -1)), max(g))))
control <- glm.control(epsilon = 1e-15, maxit = 50)
alpha <- function(eta, j) {
    p <- plogis(eta)
    A <- solve(crossprod(X * sqrt(p * (1 - p))))
    drop(rowsum(X * (d$y - p), g) %*% A[, j])
}
p_value <- function(a, t) {
    n <- drop(V %*% a)
    q <- drop(V^2 %*% a^2) - n^2 / length(a)
    mean(abs(n / sqrt(q)) > abs(t) * (1 + 1e-10))
}
out <- NULL
for (null in c(0, 0.2)) for (j in c("x1", "x3")) {
    off <- null * X[, j]
    full <- glm(formula, binomial, d, control = control)
    b <- coef(full)[[j]]
    at <- glm(y ~ . - 1, binomial, data.frame(y = d$y, X[, colnames(X) != j]), offset = off,
        control = control)
    a <- alpha(at$linear.predictors, j)
    t <- sum(a) / sqrt(sum(a^2) - sum(a)^2 / length(a))
    u <- alpha(full$linear.predictors, j)
    out <- rbind(out, data.frame(model = paste0("score_", null), quantity = c("t", "p", "p_unrestricted"),
        term = j, value = c(t, p_value(a, t), p_value(u, (b - null) / sqrt(sum(u^2))))))
}
out$value <- sprintf("%.15g", out$value)
write.csv(out, "score.csv", row.names = FALSE, quote = FALSE)
