# Rscript make.R: writes data.csv (once; see how.txt) and reference.csv.
suppressMessages({ library(sandwich); library(clubSandwich); library(plm) })

simulate <- function() {
  set.seed(20)
  countries <- 30
  d <- expand.grid(year = 2001:2014, country = seq_len(countries))
  d <- d[runif(nrow(d)) > 0.2 | d$year %in% c(2001, 2002), ]
  n <- nrow(d)
  level <- rnorm(countries); shock <- rnorm(14)
  lat <- runif(countries, -60, 75); lon <- runif(countries, -180, 180)
  lon[1:2] <- c(179.5, -179.2); lat[1:2] <- c(12, 13)
  lat[3] <- 89; lat[4] <- 88.5
  d$lat <- round(lat[d$country], 3); d$lon <- round(lon[d$country], 3)
  d$region <- (d$country - 1) %/% 5 + 1
  d$sector <- sample(7, n, TRUE)
  d$x1 <- round(0.7 * level[d$country] + 0.7 * rnorm(n), 4)
  d$x2 <- round(rnorm(n) + 0.3 * shock[d$year - 2000], 4)
  d$x3 <- as.numeric(d$country %% 3 == 0)
  d$w <- round(runif(n, 0.4, 3), 3)
  d$f <- sample(1:3, n, TRUE)
  eta <- 0.5 * d$x1 - 0.4 * d$x2 + 0.3 * d$x3
  d$y <- round(1 + eta + 0.8 * level[d$country] + 0.5 * shock[d$year - 2000] + rnorm(n), 4)
  d$b <- as.numeric(runif(n) < plogis(-0.6 + eta + 0.5 * level[d$country]))
  d$c <- rpois(n, exp(0.2 + 0.4 * eta))
  d[sample(n), c("country", "year", "region", "sector", "lat", "lon", "x1", "x2", "x3",
                 "w", "f", "y", "b", "c")]
}
if (!file.exists("data.csv")) write.csv(simulate(), "data.csv", row.names = FALSE)
d <- read.csv("data.csv")

rows <- NULL
add <- function(model, quantity, value, terms = names(value)) {
  rows <<- rbind(rows, data.frame(model = model, quantity = quantity, term = terms,
                                  value = sprintf("%.15g", value)))
}
errors <- function(model, V, keep = colnames(V)) {
  add(model, "se", setNames(sqrt(diag(V)), colnames(V))[keep])
}
x <- c("(Intercept)", "x1", "x2", "x3")

ols <- lm(y ~ x1 + x2 + x3, d)
wls <- lm(y ~ x1 + x2 + x3, d, weights = w)
logit <- glm(b ~ x1 + x2 + x3, binomial, d, control = list(epsilon = 1e-15, maxit = 50))
probit <- glm(b ~ x1 + x2 + x3, binomial("probit"), d, control = list(epsilon = 1e-15, maxit = 50))
repeated <- d[rep(seq_len(nrow(d)), d$f), ]
frequency <- lm(y ~ x1 + x2 + x3, repeated)
# effects as dummies; x3 does not vary within countries
within <- lm(y ~ x1 + x2 + factor(country), d)
twoway <- lm(y ~ x1 + x2 + factor(country) + factor(year), d)
withinw <- lm(y ~ x1 + x2 + factor(country), d, weights = w)

# ---- CR2 and CR3 with Satterthwaite's degrees of freedom
corrected <- function(name, fit, cluster, keep = x, types = c("CR2", "CR3")) {
  for (type in types) {
    V <- vcovCR(fit, cluster = cluster, type = type)
    t <- coef_test(fit, V, test = "Satterthwaite", coefs = keep)
    errors(paste0(name, "_", type), as.matrix(V), keep)
    add(paste0(name, "_", type), "df", setNames(t$df_Satt, keep))
  }
}
corrected("ols_country", ols, d$country)
corrected("ols_region", ols, d$region)
corrected("wls_country", wls, d$country)
corrected("frequency_country", frequency, repeated$country)
corrected("logit_country", logit, d$country)
corrected("probit_country", probit, d$country)
corrected("within_country", within, d$country, c("x1", "x2"), "CR2")
corrected("within_region", within, d$region, c("x1", "x2"), "CR2")
# years as terms beside absorbed countries
corrected("twoway_country", twoway, d$country, c("x1", "x2"), "CR2")
# two stages: columns of the second stage, residuals of the structural equation
d$x1_hat <- fitted(lm(x1 ~ x2 + x3 + lat, d))
iv <- lm(y ~ x1_hat + x2, d)
iv$residuals <- d$y - drop(cbind(1, d$x1, d$x2) %*% coef(iv))
for (type in c("CR2", "CR3")) {
  V <- as.matrix(vcovCR(iv, cluster = d$country, type = type))
  dimnames(V) <- list(x[1:3], x[1:3])
  errors(paste0("iv_country_", type), V)
}
# with dummies CR3 has no inverse: the columns less their means in countries do
less <- function(v, w = rep(1, nrow(d))) v - ave(v * w, d$country, FUN = sum) / ave(w, d$country, FUN = sum)
m <- data.frame(y = less(d$y), x1 = less(d$x1), x2 = less(d$x2))
demeaned <- lm(y ~ 0 + x1 + x2, m)
corrected("within_country", demeaned, d$country, c("x1", "x2"), "CR3")
corrected("within_region", demeaned, d$region, c("x1", "x2"), "CR3")
# the jackknife itself
left_out <- sapply(unique(d$region), function(g)
  coef(lm(y ~ x1 + x2 + factor(country), d[d$region != g, ]))[c("x1", "x2")] - coef(within)[c("x1", "x2")])
add("within_region_jackknife", "se", sqrt(rowSums(left_out^2)))

# ---- HC2 and HC3 with weights and effects
for (type in c("HC0", "HC1", "HC2", "HC3")) {
  errors(paste0("wls_", type), vcovHC(wls, type))
  errors(paste0("frequency_", type), vcovHC(frequency, type))
  errors(paste0("within_", type), vcovHC(within, type), c("x1", "x2"))
  errors(paste0("withinw_", type), vcovHC(withinw, type), c("x1", "x2"))
  errors(paste0("twoway_", type), vcovHC(twoway, type), c("x1", "x2"))
}

# ---- three and four ways
ways3 <- ~ country + year + sector
ways4 <- ~ country + year + sector + region
for (type in c("HC0", "HC1")) {
  errors(paste0("ols_ways3_", type), vcovCL(ols, ways3, type = type))
  errors(paste0("logit_ways3_", type), vcovCL(logit, ways3, type = type))
  errors(paste0("ols_ways4_", type), vcovCL(ols, ways4, type = type))
  errors(paste0("wls_country_", type), vcovCL(wls, ~country, type = type))
}

# ---- Driscoll and Kraay
pooled <- plm(y ~ x1 + x2 + x3, d, model = "pooling", index = c("country", "year"))
V <- vcovSCC(pooled, type = "HC0", maxlag = 1)
errors("ols_SCC_1", V); errors("ols_SCC_3", vcovSCC(pooled, type = "HC0", maxlag = 3))
inside <- plm(y ~ x1 + x2, d, model = "within", index = c("country", "year"))
errors("within_SCC_3", vcovSCC(inside, type = "HC0", maxlag = 3))
errors("ols_PL", vcovPL(ols, ~ country + year, lag = "NW1987", aggregate = TRUE, adjust = TRUE))
errors("logit_PL", vcovPL(logit, ~ country + year, lag = "NW1987", aggregate = TRUE, adjust = TRUE))

# ---- Conley: all pairs of rows, haversine, radius 6371.0088 km
conley <- function(fit, km, kernel) {
  s <- estfun(fit); B <- bread(fit) / nobs(fit)
  r <- pi / 180
  lat <- d$lat * r; lon <- d$lon * r
  a <- sin(outer(lat, lat, "-") / 2)^2 +
    outer(cos(lat), cos(lat)) * sin(outer(lon, lon, "-") / 2)^2
  distance <- 2 * 6371.0088 * matrix(asin(pmin(1, sqrt(a))), nrow(a))
  K <- (distance <= km) * (if (kernel == "bartlett") 1 - distance / km else 1)
  B %*% t(s) %*% K %*% s %*% B
}
for (km in c(0.001, 700, 2500, 30000)) for (kernel in c("uniform", "bartlett")) {
  for (name in c("ols", "logit")) {
    V <- conley(get(name), km, kernel)
    dimnames(V) <- list(x, x)
    # the uniform kernel over all pairs has a meat of zero
    if (km < 20000 || kernel == "bartlett") errors(sprintf("%s_conley_%g_%s", name, km, kernel), V)
  }
}

write.csv(rows, "reference.csv", row.names = FALSE, quote = FALSE)
for (p in c("sandwich", "clubSandwich", "plm")) cat(p, as.character(packageVersion(p)), "\n")
cat(R.version.string, "\n")
