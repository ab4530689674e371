# Makes data.csv (countries until their first event, from the conditional logit's case) and
# reference.csv: hazards with duration as dummies, a cubic (Carter & Signorino 2010) and natural
# splines (Beck, Katz & Tucker 1998), by glm. Rscript make.R
library(splines)
d <- read.csv("../conditional_logit/data.csv")
d <- d[d$year < 2012, c("country", "year", "y", "x1", "x2")]
d <- do.call(rbind, lapply(split(d, d$country), function(g) {
  first <- g$year[g$y == 1][1]
  g$event <- first
  if (is.na(first)) g else g[g$year <= first, ]
}))
d$t <- d$year - 1999
stopifnot(all(tapply(d$y, d$t, sum) > 0))
write.csv(d, "data.csv", row.names = FALSE, na = "")
forms <- list(dummies = y ~ x1 + x2 + factor(t), cubic = y ~ x1 + x2 + poly(t, 3),
              spline = y ~ x1 + x2 + ns(t, 3))
out <- NULL
for (link in c("logit", "cloglog")) for (how in names(forms)) {
  f <- glm(forms[[how]], binomial(link), d, control = glm.control(1e-15, 100))
  b <- coef(f)
  put <- function(quantity, term, value) out <<- rbind(out, data.frame(
    model = paste0(link, "_", how), quantity, term, value = sprintf("%.15g", value)))
  put("coef", names(b)[1:3], b[1:3])
  put("se", names(b)[1:3], sqrt(diag(vcov(f)))[1:3])
  put("loglik", "_", as.numeric(logLik(f)))
}
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "\n")
