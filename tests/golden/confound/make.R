# Sensitivity to confounders, written out from the formulas of Cinelli & Hazlett (2020) and Oster (2019);
# base R only. Writes data.csv and reference.csv.
set.seed(77)
n <- 400
g <- sample(c("a", "b", "c", "e"), n, TRUE)
x1 <- round(rnorm(n), 4); x2 <- round(0.4 * x1 + rnorm(n), 4); x3 <- rbinom(n, 1, 0.5)
d <- round(0.5 * x1 + 0.3 * x2 + (g == "b") + rnorm(n), 4)
y <- round(0.25 * d + 0.6 * x1 + 0.2 * x2 - 0.3 * x3 + 0.5 * (g == "c") + rnorm(n), 4)
y[c(3, 50)] <- NA
write.csv(data.frame(y, d, x1, x2, x3, g), "data.csv", row.names = FALSE, na = "")
all <- data.frame(y, d, x1, x2, x3, g); D <- all[complete.cases(all), ]
ref <- data.frame()
put <- function(quantity, term, value) ref <<- rbind(ref, data.frame(model = "confound", quantity, term, value = sprintf("%.15g", value)))

full <- lm(y ~ d + x1 + x2 + x3 + factor(g), D)
est <- coef(full)[["d"]]; se <- sqrt(vcov(full)["d", "d"]); df <- full$df.residual
f <- abs(est / se) / sqrt(df)
rv <- function(f) 0.5 * (sqrt(f^4 + 4 * f^2) - f^2)
crit <- abs(qt(0.05 / 2, df - 1)) / sqrt(df - 1)
put("estimate", "_", est); put("std_error", "_", se); put("df", "_", df)
put("partial_r2", "_", f^2 / (1 + f^2)); put("rv", "_", rv(f))
put("rv_half", "_", rv(f / 2))
put("rv_alpha", "_", if (f > crit && f > 1 / crit) (f^2 - crit^2) / (1 + f^2) else rv(max(f - crit, 0)))
for (r in c(1, 0.5)) put("extreme", as.character(r), (f^2 / r) / (1 + f^2 / r))
rss <- function(formula) sum(resid(lm(formula, D))^2)
without <- list(x1 = "x2 + x3 + factor(g)", x2 = "x1 + x3 + factor(g)", x3 = "x1 + x2 + factor(g)", `factor(g)` = "x1 + x2 + x3")
for (b in names(without)) {
    ry <- (rss(as.formula(paste("y ~ d +", without[[b]]))) - rss(y ~ d + x1 + x2 + x3 + factor(g))) / rss(as.formula(paste("y ~ d +", without[[b]])))
    rd <- (rss(as.formula(paste("d ~", without[[b]]))) - rss(d ~ x1 + x2 + x3 + factor(g))) / rss(as.formula(paste("d ~", without[[b]])))
    for (k in 1:3) {
        r2d <- k * rd / (1 - rd)
        r2z <- k * rd^2 / ((1 - k * rd) * (1 - rd))
        r2y <- min(((sqrt(k) + sqrt(r2z)) / sqrt(1 - r2z))^2 * ry / (1 - ry), 1)
        bias <- se * sqrt(r2y * r2d / (1 - r2d)) * sqrt(df)
        adj <- sign(est) * (abs(est) - bias)
        adjse <- se * sqrt((1 - r2y) / (1 - r2d)) * sqrt(df / (df - 1))
        term <- paste0(b, ".", k)
        put("r2_treatment", term, r2d); put("r2_outcome", term, r2y)
        put("bound_estimate", term, adj); put("bound_error", term, adjse)
        put("bound_low", term, adj - qt(0.975, df - 1) * adjse)
    }
}
short <- lm(y ~ d, D); b0 <- coef(short)[["d"]]; R0 <- summary(short)$r.squared; Rt <- summary(full)$r.squared
syy <- var(D$y); sxx <- var(D$d); tx <- var(resid(lm(d ~ x1 + x2 + x3 + factor(g), D)))
bias_of <- function(delta, nu, R) { # the cubic of Oster's proposition 2 in nu = beta controlled - beta
    (delta - 1) * (tx * sxx - tx^2) * nu^3 + tx * (b0 - est) * sxx * (delta - 2) * nu^2 +
        (delta * (R - Rt) * syy * (sxx - tx) - (Rt - R0) * syy * tx - sxx * tx * (b0 - est)^2) * nu +
        delta * (R - Rt) * syy * (b0 - est) * sxx
}
for (R in c(min(1.3 * Rt, 1), 1)) {
    term <- if (R == 1) "1" else "1.3"
    # linear in delta: solved from two of its values
    at0 <- bias_of(0, est, R); at1 <- bias_of(1, est, R)
    put("delta", term, -at0 / (at1 - at0))
    # quadratic in nu at delta 1: from three of its values
    c0 <- bias_of(1, 0, R); p <- bias_of(1, 1, R) - c0; m <- bias_of(1, -1, R) - c0
    a <- (p + m) / 2; b <- (p - m) / 2
    nu <- (-b + c(-1, 1) * sqrt(b^2 - 4 * a * c0)) / (2 * a)
    nu <- nu[order(sign(nu) != sign(b0 - est))] # assumption 3: on the side to which covariates moved it
    put("beta_star", term, est - nu[1]); put("other_root", term, est - nu[2])
}
robust <- { X <- model.matrix(full); e <- resid(full); B <- solve(crossprod(X)); V <- B %*% crossprod(X * e) %*% B * nrow(X) / df; sqrt(V["d", "d"]) }
put("robust_error", "_", robust)
write.csv(ref, "reference.csv", row.names = FALSE, quote = FALSE)
