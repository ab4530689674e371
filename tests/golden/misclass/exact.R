# Refines the reference: Newton on analytic scores, until they are zero to rounding.
d <- read.csv("data.csv"); X <- cbind(1, as.matrix(d[, -1])); y <- d$y
ref <- read.csv("reference.csv"); out <- NULL
for (model in unique(ref$model)) {
  at <- ref[ref$model == model & ref$quantity == "coef", ]
  v <- setNames(at$value, at$term); free0 <- "alpha0" %in% at$term
  cdf <- if (grepl("probit", model)) pnorm else plogis
  pdf <- if (grepl("probit", model)) dnorm else dlogis
  score <- function(v) {
    a0 <- if (free0) v[1] else 0; a1 <- v[1 + free0]; b <- v[-(1:(1 + free0))]
    e <- drop(X %*% b); F <- cdf(e)
    p <- a0 * (1 - F) + (1 - a1) * F; s <- y / p - (1 - y) / (1 - p)
    c(if (free0) sum(s * (1 - F)), sum(-s * F), colSums(s * (1 - a0 - a1) * pdf(e) * X))
  }
  for (i in 1:8) v <- v - solve(numDeriv::jacobian(score, v), score(v))
  se <- sqrt(diag(solve(-numDeriv::jacobian(score, v))))
  out <- rbind(out, data.frame(model, quantity = "coef", term = at$term, value = v),
               data.frame(model, quantity = "se", term = at$term, value = se))
}
out$value <- format(out$value, digits = 16)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
