# The curve by a loop: Rscript curve.R, in this folder. R 4.2.2, sandwich 3.0-2.
d <- read.csv("../eventhistory_binary/data.csv")
d$x5[d$country %% 7 == 0] <- NA # each specification has rows of its own
d$x2[d$year == 2003] <- NA
samples <- list(all = rep(TRUE, nrow(d)), late = d$year >= 2006)
controls <- c("x3", "x4", "x5")
links <- list(logit = binomial(), probit = binomial("probit"), lpm = gaussian())
out <- NULL
for (sample in names(samples)) for (model in names(links)) for (focus in c("x1", "x2", "x6")) for (set in 0:7) {
  chosen <- controls[bitwAnd(set, c(1, 2, 4)) > 0]
  formula <- paste("y ~", paste(c(focus, chosen), collapse = " + "))
  link <- links[[model]]
  fit <- glm(as.formula(formula), link, d[samples[[sample]], ], epsilon = 1e-15, maxit = 100)
  frame <- model.frame(fit); X <- model.matrix(fit); b <- coef(fit); x <- frame[[focus]]
  V <- sandwich::vcovCL(fit, d$country[as.integer(rownames(frame))], type = "HC1", cadjust = TRUE)
  slope <- function(eta) if (model == "lpm") rep(1, length(eta)) else link$mu.eta(eta)
  curve <- function(eta) switch(model, lpm = 0 * eta, probit = -eta * dnorm(eta),
                                logit = dlogis(eta) * (1 - 2 * plogis(eta)))
  if (all(x %in% 0:1)) {
    one <- zero <- X; one[, focus] <- 1; zero[, focus] <- 0
    effect <- mean(link$linkinv(one %*% b) - link$linkinv(zero %*% b))
    g <- colMeans(drop(slope(one %*% b)) * one - drop(slope(zero %*% b)) * zero)
  } else {
    eta <- drop(X %*% b)
    effect <- sd(x) * mean(slope(eta)) * b[[focus]]
    g <- sd(x) * (b[[focus]] * colMeans(curve(eta) * X) + mean(slope(eta)) * (colnames(X) == focus))
  }
  out <- rbind(out, data.frame(formula, model, sample, estimate = effect,
                               std_error = sqrt(drop(t(g) %*% V %*% g)), nobs = nrow(X)))
}
out[c("estimate", "std_error")] <- lapply(out[c("estimate", "std_error")], format, digits = 16)
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
