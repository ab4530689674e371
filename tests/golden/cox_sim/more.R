# Makes more.csv: weights, offsets, exact ties, robust errors, baselines with errors, tests of
# proportional hazards and concordance, by survival on data.csv. Rscript more.R
library(survival)
d <- read.csv("data.csv")
d$band <- factor(ifelse(d$x3 < -0.5, "low", ifelse(d$x3 < 0.5, "mid", "high")),
                 levels = c("high", "low", "mid"))
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50, timefix = FALSE)
out <- NULL
put <- function(model, quantity, term, value) {
  out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))
}
take <- function(model, fit) {
  put(model, "coef", names(fit$coefficients), fit$coefficients)
  put(model, "se", names(fit$coefficients), sqrt(diag(fit$var)))
  put(model, "loglik", c("null", "fit"), fit$loglik)
  put(model, "score", "_", fit$score)
}
full <- Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(strat)

for (ties in c("efron", "breslow")) {
  take(paste0(ties, "_weights"), coxph(full, d, ties = ties, weights = strat, robust = FALSE,
                                       control = tight))
  take(paste0(ties, "_weights_cl"), coxph(full, d, ties = ties, weights = strat, cluster = id,
                                          control = tight))
  take(paste0(ties, "_robust"), coxph(full, d, ties = ties, cluster = seq_len(nrow(d)), control = tight))
  take(paste0(ties, "_offset"), coxph(Surv(start, stop, event) ~ x1 + x2 + offset(x5 / 2) +
                                        strata(strat), d, ties = ties, control = tight))
  take(paste0(ties, "_time"), coxph(Surv(stop, event) ~ x1 + x2 + factor(band), d, ties = ties,
                                    control = tight))
}
take("exact", coxph(full, d, ties = "exact", control = tight))
take("exact_time", coxph(Surv(stop, event) ~ x1 + x2, d[1:900, ], ties = "exact",
                         control = tight))

for (ties in c("efron", "breslow")) {
  fit <- coxph(full, d, ties = ties, control = tight)
  for (how in c("km", "rank", "identity", "log")) {
    z <- cox.zph(fit, transform = if (how == "log") log else how)$table
    put(paste0("zph_", ties, "_", how), "chisq", rownames(z), z[, "chisq"])
    put(paste0("zph_", ties, "_", how), "df", rownames(z), z[, "df"])
  }
  # survfit's errors are of the cumulative hazard
  s <- survfit(fit, newdata = data.frame(x1 = 0, x2 = 0, x3 = 0, x4 = 0, x5 = 0))
  stratum <- rep(seq_along(s$strata), s$strata)
  for (i in which(s$time %in% c(20, 60, 100) & s$n.event > 0)) {
    at <- sprintf("%d@%d", stratum[i], s$time[i])
    put(paste0("baseline_", ties), "hazard", at, s$cumhaz[i])
    put(paste0("baseline_", ties), "se", at, s$std.err[i])
    put(paste0("baseline_", ties), "at_risk", at, s$n.risk[i])
    put(paste0("baseline_", ties), "events", at, s$n.event[i])
  }
  put(paste0("martingale_", ties), "resid", 1:40, residuals(fit, "martingale")[1:40])
}
z <- cox.zph(coxph(Surv(stop, event) ~ x1 + factor(band), d, control = tight), transform = "km")$table
put("zph_band", "chisq", rownames(z), z[, "chisq"])
put("zph_band", "df", rownames(z), z[, "df"])

keep <- function(name, fit, ...) {
  c <- concordance(fit, timefix = FALSE, ...)
  put(name, "concordance", "_", c$concordance)
  put(name, "se", "_", sqrt(c$var))
  n <- if (is.matrix(c$count)) colSums(c$count) else c$count
  put(name, "count", names(n), n)
}
fit <- coxph(full, d, control = tight)
keep("concordance", fit)
keep("concordance_cl", fit, cluster = d$id)
keep("concordance_time", coxph(Surv(stop, event) ~ x2 + x5, d, control = tight))
keep("concordance_weights", coxph(full, d, weights = strat, robust = FALSE, control = tight))
write.csv(out, "more.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
