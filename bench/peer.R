# peer.R CASE FILE: the same fit by the other implementation, where it is installed; prints
# "package seconds" (the median of three), or nothing.
arguments <- commandArgs(TRUE)
case <- sub("_(1m|10m)", "", arguments[1])
has <- function(package) requireNamespace(package, quietly = TRUE)
read <- function() {
  if (has("data.table")) as.data.frame(data.table::fread(arguments[2], showProgress = FALSE)) else read.csv(arguments[2])
}
panel <- function(outcome) reformulate("x1 + x2 + x3 + x4 | city + month", outcome)
linked <- function(outcome) reformulate("x1 + x2 | indiv + firm + year", outcome)
spells <- quote(survival::Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + survival::strata(strat))
fits <- list(
  ols = list("fixest", function(d) fixest::feols(panel("y"), d, cluster = ~city)),
  logit = list("fixest", function(d) fixest::feglm(panel("yb"), d, family = binomial(), cluster = ~city)),
  poisson = list("fixest", function(d) fixest::fepois(panel("yc"), d, cluster = ~city)),
  ols3 = list("fixest", function(d) fixest::feols(linked("y"), d, cluster = ~indiv)),
  poisson3 = list("fixest", function(d) fixest::fepois(linked("yc"), d, cluster = ~indiv)),
  cox = list("survival", function(d) survival::coxph(eval(spells), d)),
  cox_cluster = list("survival", function(d) survival::coxph(eval(spells), d, cluster = id)),
  firth = list("logistf", function(d) logistf::logistf(y ~ ., d, pl = FALSE)),
  firth_profile = list("logistf", function(d) logistf::logistf(y ~ ., d, pl = TRUE)),
  curve = list("sandwich", function(d) {
    controls <- c("x2", "x4", "x5", "x6", "z1", "z2", "z3", "z4", "z6", "z7")
    for (set in 0:1023) {
      chosen <- controls[bitwAnd(set, 2^(0:9)) > 0]
      m <- glm(reformulate(c("x1", chosen), "y"), binomial, d)
      v <- sandwich::vcovCL(m, d$country)
    }
  }),
  logit_1000 = list("sandwich", function(d) {
    for (i in 1:1000) {
      m <- glm(y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8, binomial, d)
      v <- sandwich::vcovCL(m, d$country)
    }
  }))
fit <- fits[[case]]
if (!is.null(fit) && has(fit[[1]])) {
  d <- read()
  seconds <- median(replicate(3, system.time(fit[[2]](d))[["elapsed"]]))
  cat(fit[[1]], format(seconds, digits = 4), "\n")
}
