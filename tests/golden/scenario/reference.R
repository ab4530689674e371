# Rscript reference.R in this folder: expected adoptions under a change, and the delta method, in base R.
d <- read.csv("../shapley/a_risk.csv")
d <- d[order(d$country, d$year), ]
f <- glm(y ~ x1 + x2 + x6 + log(x7 + 10), binomial, d, control = glm.control(epsilon = 1e-14, maxit = 50))
s <- d
pick <- d$region <= 4
s$x1[pick] <- d$x1[pick] * 0.8
s$x7[pick] <- d$x7[pick] + 0.5
V <- vcov(f)
X0 <- model.matrix(formula(f), d); X1 <- model.matrix(formula(f), s)
expected <- function(b, X) {
  h <- plogis(drop(X %*% b))
  S <- ave(1 - h, d$country, FUN = cumprod)
  S0 <- S / (1 - h)
  list(new = S0 * h, S = S, h = h)
}
out <- data.frame()
put <- function(quantity, term, value)
  out <<- rbind(out, data.frame(model = "logit", quantity = quantity, term = term, value = sprintf("%.15g", value)))
b <- coef(f); e0 <- expected(b, X0); e1 <- expected(b, X1)
put("baseline", "all", sum(e0$new)); put("scenario", "all", sum(e1$new))
for (r in sort(unique(d$region))) {
  put("baseline", r, sum(e0$new[d$region == r])); put("scenario", r, sum(e1$new[d$region == r]))
}
for (t in sort(unique(d$year))) {
  put("years_baseline", t, sum(e0$new[d$year <= t])); put("years_scenario", t, sum(e1$new[d$year <= t]))
}
for (u in unique(d$country)[1:20]) {
  at <- d$country == u
  g <- function(X, e) prod(1 - e$h[at]) * colSums(e$h[at] * X[at, , drop = FALSE])
  G <- g(X1, e1) - g(X0, e0)
  put("unit_difference", u, sum(e1$new[at]) - sum(e0$new[at]))
  put("unit_error", u, sqrt(drop(G %*% V %*% G)))
}
# The distribution by parameters, from draws with R's own generator: good to about 1 per cent.
set.seed(1); L <- t(chol(V))
D <- replicate(20000, { bb <- b + drop(L %*% rnorm(length(b))); sum(expected(bb, X1)$new) - sum(expected(bb, X0)$new) })
put("conf_low", "all", quantile(D, 0.025)); put("conf_high", "all", quantile(D, 0.975))
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
