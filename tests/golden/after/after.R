# Makes data.csv and reference.csv: what comes after estimation, by formulas and by the
# packages named in how.txt. Rscript after.R, in this folder.
library(pROC)
library(car)
options(digits = 17)
set.seed(20261123)
n <- 400
r <- c("Africa", "Americas", "Asia", "Europe")
data <- data.frame(
  unit = rep(1:40, each = 10), region = rep(sample(r, 40, TRUE), each = 10),
  x1 = round(rnorm(n), 4), x2 = round(runif(n, 0.2, 4), 4), d = rbinom(n, 1, 0.4),
  e = round(exp(rnorm(n, 1, 0.4)), 4), f = sample(1:3, n, TRUE))
shift <- c(0, 0.5, -0.4, 0.2)[match(data$region, r)]
eta <- -0.7 + 0.8 * data$x1 - 0.3 * data$x2 + 0.5 * data$d + 0.2 * data$x1 * data$x2 + shift
data$y <- rbinom(n, 1, plogis(eta))
data$c <- rpois(n, data$e * exp(-0.5 + 0.3 * data$x1 + 0.4 * data$d + shift))
data$w <- round(1 + data$x1 - 0.5 * log(data$x2) + shift + rnorm(n), 4)
write.csv(data, "data.csv", row.names = FALSE, quote = FALSE)
data <- read.csv("data.csv")
control <- glm.control(epsilon = 1e-15, maxit = 50)
A <- glm(y ~ x1 * x2 + d + region, binomial, data, control = control)
B <- glm(c ~ x1 + d + region + offset(log(e)), poisson, data, control = control)
C <- lm(w ~ x1 + log(x2) + region, data)
W <- suppressWarnings(glm(y ~ x1 + d, binomial, data, weights = f, control = control))

out <- data.frame()
put <- function(model, quantity, term, value) {
  out <<- rbind(out, data.frame(model, quantity, term, value = as.numeric(value)))
}

# ---- margins: analytic gradients; z and dz are the design and its derivative in x ----
inverse <- function(m) family(m)$linkinv
slope <- function(m) family(m)$mu.eta
curve <- function(m, eta) switch(family(m)$link,
  logit = { p <- plogis(eta); p * (1 - p) * (1 - 2 * p) }, log = exp(eta), identity = 0 * eta)
X <- function(m, d) model.matrix(delete.response(terms(m)), d, xlev = m$xlevels)
outside <- function(m, d) if (is.null(m$offset)) rep(0, nrow(d)) else log(d$e)
average <- function(m, d, w = rep(1, nrow(d))) {
  z <- X(m, d); eta <- as.vector(z %*% coef(m)) + outside(m, d); w <- w / sum(w)
  list(value = sum(w * inverse(m)(eta)), gradient = colSums(w * slope(m)(eta) * z))
}
derivative <- function(m, d, dz, w = rep(1, nrow(d))) {
  z <- X(m, d); eta <- as.vector(z %*% coef(m)) + outside(m, d); w <- w / sum(w)
  s <- as.vector(dz %*% coef(m))
  list(value = sum(w * slope(m)(eta) * s),
       gradient = colSums(w * (curve(m, eta) * s * z + slope(m)(eta) * dz)))
}
minus <- function(a, b) list(value = a$value - b$value, gradient = a$gradient - b$gradient)
record <- function(case, m, term, e) {
  put(case, "estimate", term, e$value)
  put(case, "std_error", term, sqrt(e$gradient %*% vcov(m) %*% e$gradient))
}
dA <- function(d) { z <- 0 * X(A, d); z[, "x1"] <- 1; z[, "x1:x2"] <- d$x2; z }
dB <- function(d) { z <- 0 * X(B, d); z[, "x1"] <- 1; z }
set <- function(d, name, value) { d[[name]] <- value; d }
change <- function(m, d, name, to, from, w = rep(1, nrow(d)))
  minus(average(m, set(d, name, to), w), average(m, set(d, name, from), w))
all_of <- function(case, m, d, dz, w = rep(1, nrow(d))) {
  record(case, m, "x1", derivative(m, d, dz, w))
  record(case, m, "d", change(m, d, "d", 1, 0, w))
  if ("region" %in% all.vars(formula(m)))
    record(case, m, "Asia", change(m, d, "region", "Asia", "Africa", w))
}
means <- data[1, ]
for (v in c("x1", "x2", "d", "e")) means[[v]] <- mean(data[[v]])
means$region <- names(which.max(table(data$region)))
all_of("A", A, data, dA(data))
all_of("A means", A, means, dA(means))
for (g in r) {
  part <- data[data$region == g, ]
  record(paste("A by", g), A, "x1", derivative(A, part, dA(part)))
  if (g != "Africa") {
    base <- data[data$region == "Africa", ]
    record(paste("A", g, "- Africa"), A, "x1",
           minus(derivative(A, part, dA(part)), derivative(A, base, dA(base))))
    record(paste("A", g, "- Africa"), A, "d",
           minus(change(A, part, "d", 1, 0), change(A, base, "d", 1, 0)))
  }
}
for (v in c(0.5, 3)) {
  there <- set(data, "x2", v)
  record(paste("A x2 =", v), A, "x1", derivative(A, there, dA(there)))
}
high <- set(data, "x2", 3); low <- set(data, "x2", 0.5)
record("A x2 = 3 - x2 = 0.5", A, "x1", minus(derivative(A, high, dA(high)), derivative(A, low, dA(low))))
all_of("B", B, data, dB(data))
zW <- 0 * X(W, data); zW[, "x1"] <- 1
all_of("W", W, data, zW, data$f)

# Fixed effects of region absorbed: they follow the coefficients, so that gradients are total
# derivatives, and errors are of the other coefficients alone.
Fd <- glm(y ~ x1 * x2 + d + region, binomial, data, control = control)
slopes <- !grepl("Intercept|region", names(coef(Fd)))
follow <- vcov(Fd)[!slopes, slopes] %*% solve(vcov(Fd)[slopes, slopes])
record_absorbed <- function(case, term, e) {
  g <- e$gradient[slopes] + t(follow) %*% e$gradient[!slopes]
  put(case, "estimate", term, e$value)
  put(case, "std_error", term, sqrt(t(g) %*% vcov(Fd)[slopes, slopes] %*% g))
}
record_absorbed("F", "x1", derivative(Fd, data, dA(data)))
record_absorbed("F", "d", change(Fd, data, "d", 1, 0))
part <- data[data$region == "Asia", ]
record_absorbed("F by Asia", "x1", derivative(Fd, part, dA(part)))
record_absorbed("F by Asia", "d", change(Fd, part, "d", 1, 0))

# ---- predictions: rows 1 to 3, response and link, intervals on the link ----
for (m in c("A", "B", "C")) {
  fit <- get(m); d <- data[1:3, ]
  p <- predict(fit, d, se.fit = TRUE)
  q <- if (m == "C") qt(0.975, fit$df.residual) else qnorm(0.975)
  inv <- if (m == "C") identity else inverse(fit)
  s <- if (m == "C") rep(1, 3) else slope(fit)(p$fit)
  for (i in 1:3) {
    put(m, "link", i, p$fit[i]); put(m, "link_error", i, p$se.fit[i])
    put(m, "response", i, inv(p$fit[i])); put(m, "response_error", i, s[i] * p$se.fit[i])
    put(m, "low", i, inv(p$fit[i] - q * p$se.fit[i]))
    put(m, "high", i, inv(p$fit[i] + q * p$se.fit[i]))
  }
}

# ---- residuals and influence ----
# One step (Pregibon 1981). R's dfbeta is the same for lm; of a glm it takes deviance residuals.
step <- function(m, i) {
  if (!inherits(m, "glm")) return(dfbeta(m)[i, "x1"])
  z <- model.matrix(m)
  (solve(crossprod(z * sqrt(m$weights)), z[i, ]) * m$weights[i] *
    residuals(m, "working")[i] / (1 - hatvalues(m)[i]))["x1"]
}
for (m in c("A", "B", "C")) {
  fit <- get(m); rows <- c(1, 17, 400)
  for (t in c("response", "pearson", "deviance", "working"))
    for (i in rows) put(m, t, i, residuals(fit, type = t)[i])
  for (i in rows) {
    put(m, "leverage", i, hatvalues(fit)[i]); put(m, "cook", i, cooks.distance(fit)[i])
    put(m, "dfbeta", i, step(fit, i))
  }
  for (g in c(1, 7, 40)) {
    z <- model.matrix(fit); own <- data$unit == g
    weight <- if (m == "C") rep(1, n) else fit$weights
    score <- z * (weight * if (m == "C") residuals(fit) else residuals(fit, "working"))
    left <- solve(crossprod(z * sqrt(weight)) - crossprod(z[own, ] * sqrt(weight[own])))
    put(m, "one_step", g, (left %*% colSums(score[own, ]))[2])
    without <- update(fit, data = data[!own, ])
    put(m, "left_out", g, coef(without)["x1"])
    put(m, "left_out_error", g, sqrt(vcov(without)["x1", "x1"]))
  }
}

# ---- quality ----
p <- fitted(A); y <- data$y
curve_of <- roc(y, p, quiet = TRUE, direction = "<")
put("A", "auc", "all", auc(curve_of)); put("A", "auc_error", "all", sqrt(var(curve_of, method = "delong")))
put("A", "brier", "all", mean((p - y)^2))
put("A", "log_score", "all", -mean(y * log(p) + (1 - y) * log(1 - p)))
bin <- ceiling(10 * rank(p, ties.method = "first") / n)
share <- ave(y, bin); mean_p <- ave(p, bin)
put("A", "reliability", "all", mean((mean_p - share)^2))
put("A", "resolution", "all", mean((share - mean(y))^2))
put("A", "uncertainty", "all", mean(y) * (1 - mean(y)))
P <- glm(y ~ x1 * x2 + d + region, binomial(probit), data, control = control)
lp <- qlogis(fitted(P))
put("P", "calibration_slope", "all", coef(glm(y ~ lp, binomial, control = control))[2])
put("P", "calibration_intercept", "all", coef(glm(y ~ offset(lp), binomial, control = control)))
l <- as.numeric(logLik(A)); l0 <- as.numeric(logLik(glm(y ~ 1, binomial, data, control = control)))
put("A", "mcfadden", "all", 1 - l / l0)
put("A", "cox_snell", "all", 1 - exp(2 * (l0 - l) / n))
put("A", "nagelkerke", "all", (1 - exp(2 * (l0 - l) / n)) / (1 - exp(2 * l0 / n)))
put("A", "tjur", "all", mean(p[y == 1]) - mean(p[y == 0]))
k <- attr(logLik(A), "df")
put("A", "aic", "all", AIC(A)); put("A", "bic", "all", BIC(A)); put("A", "aicc", "all", AIC(A) + 2 * k * (k + 1) / (n - k - 1))
k <- attr(logLik(C), "df")
put("C", "aicc", "all", AIC(C) + 2 * k * (k + 1) / (n - k - 1))
for (m in c("B", "C")) {
  v <- vif(get(m))
  for (t in rownames(v)) { put(m, "gvif", t, v[t, 1]); put(m, "gvif_scaled", t, v[t, 3]) }
}
write.csv(format(out, digits = 16, trim = TRUE), "reference.csv", row.names = FALSE, quote = FALSE)
writeLines(c(
  "data: simulated by after.R. A logit, B Poisson with offset, C linear, P probit, W logit with frequency weights f.",
  "reference: after.R. Margins, differences and one-step influence by their formulas (analytic gradients, iid",
  "covariance without small-sample factor); predictions, residuals, leverages, Cook's distances and row dfbeta by stats",
  "(predict, residuals, hatvalues, cooks.distance, of lm dfbeta); clusters left out by refits; AUC and its error by pROC",
  "(DeLong), GVIF by car::vif; the rest by formula.",
  paste0(R.version.string, "; pROC ", packageVersion("pROC"), "; car ", packageVersion("car")),
  "glm epsilon 1e-15: coefficients to about 1e-13. Asserted at 1e-8 relative."), "how.txt")
