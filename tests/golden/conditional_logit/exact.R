# Makes exact.csv: the conditional logit with its gradient taken to zero, and errors clustered by
# country (sums of the groups' scores), by a recursion of its own. Rscript exact.R
library(survival)
d <- read.csv("data.csv")
v <- paste0("x", 1:8)
groups <- Filter(function(g) length(unique(g$y)) > 1, split(d, d$country))
visit <- function(b, g) { # log-likelihood and score of a group
  z <- as.matrix(g[v]); r <- exp(drop(z %*% b)); n <- sum(g$y)
  P <- c(1, rep(0, n)); G <- matrix(0, n + 1, 8)
  for (i in seq_along(r)) for (j in n:1 + 1) {
    G[j, ] <- G[j, ] + r[i] * (G[j - 1, ] + z[i, ] * P[j - 1])
    P[j] <- P[j] + r[i] * P[j - 1]
  }
  list(loglik = sum(drop(z %*% b)[g$y == 1]) - log(P[n + 1]),
       score = colSums(z[g$y == 1, , drop = FALSE]) - G[n + 1, ] / P[n + 1])
}
fit <- clogit(reformulate(c(v, "strata(country)"), "y"), d, method = "exact")
b <- coef(fit)
for (i in 1:6) b <- b + drop(vcov(fit) %*% rowSums(sapply(groups, function(g) visit(b, g)$score)))
scores <- t(sapply(groups, function(g) visit(b, g)$score))
V <- vcov(fit)
region <- sapply(groups, function(g) g$country[1] %% 12)
by_region <- rowsum(scores, region)
out <- rbind(data.frame(model = "exact", quantity = "coef", term = v, value = b),
             data.frame(model = "cr0_country", quantity = "se", term = v,
                        value = sqrt(diag(V %*% crossprod(scores) %*% V))),
             data.frame(model = "cr0_region", quantity = "se", term = v,
                        value = sqrt(diag(V %*% crossprod(by_region) %*% V))),
             data.frame(model = "exact", quantity = "loglik", term = "fit",
                        value = sum(sapply(groups, function(g) visit(b, g)$loglik))))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "exact.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
