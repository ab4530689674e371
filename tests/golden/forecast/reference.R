# Rscript reference.R: data.csv and reference.csv of this folder. R 4.2.2, pROC 1.18.0.
suppressMessages(library(pROC))
set.seed(20200401)
units <- 130; years <- 2001:2014
panel <- do.call(rbind, lapply(1:units, function(u) {
  d <- data.frame(unit = sprintf("u%02d", u), region = c("North", "South", "West")[u %% 3 + 1],
                  year = years, duration = years - 2001)
  d$x1 <- round(rnorm(1) + 0.6 * rnorm(nrow(d)), 4)
  d$x2 <- round(cumsum(rnorm(nrow(d), 0.05, 0.3)), 4)
  h <- plogis(-3.4 + 0.8 * d$x1 - 0.5 * d$x2 + 0.08 * d$duration + 0.5 * (d$region == "West"))
  d$event <- rbinom(nrow(d), 1, h)
  first <- match(1, d$event)
  if (!is.na(first)) d$event[d$year > d$year[first]] <- NA
  if (u %% 17 == 0) d <- d[d$year > 2003, ]            # enters late
  if (u %% 19 == 0) d <- d[d$year < 2011, ]            # leaves
  if (u %% 11 == 0) d$x2[d$year %in% c(2004, 2010)] <- NA
  d
}))
write.csv(panel, "data.csv", row.names = FALSE, na = "")

out <- NULL
put <- function(case, quantity, term, value)
  out <<- rbind(out, data.frame(model = case, quantity = quantity, term = as.character(term),
                                value = sprintf("%.15g", value)))

# glm stops on the deviance: a few more rounds of Fisher's scoring reach the maximum.
mle <- function(f, link, d) {
  fit <- glm(f, binomial(link), d, control = list(epsilon = 1e-14, maxit = 100))
  for (i in 1:12) fit <- glm(f, binomial(link), d, start = coef(fit), control = list(epsilon = 1e-14))
  fit
}
logscore <- function(y, p) -ifelse(y > 0, log(p), log(1 - p))
area <- function(y, p) { # with DeLong's components
  a <- outer(p[y == 1], p[y == 0], function(a, b) (a > b) + 0.5 * (a == b))
  part <- numeric(length(y))
  part[y == 1] <- (rowMeans(a) - mean(a)) / sum(y)
  part[y == 0] <- (colMeans(a) - mean(a)) / sum(1 - y)
  list(auc = mean(a), part = part)
}
clustered <- function(part, g) {
  s <- tapply(part, g, sum); G <- length(s)
  sqrt(G / (G - 1) * sum(s^2))
}

for (link in c("logit", "cloglog")) {
  H <- 3
  f <- event ~ x1 + x2 + duration + region
  known <- complete.cases(panel[, c("event", "x1", "x2")])
  guess <- NULL
  for (t in 2008:2013) {
    train <- panel[known & panel$year <= t, ]
    fit <- mle(f, link, train)
    base <- mean(train$event)
    region <- tapply(train$event, train$region, function(y) (sum(y) + 0.5) / (length(y) + 1))
    for (u in unique(panel$unit)) {
      d <- panel[panel$unit == u, ]
      row <- d[d$year == t + 1, ]
      if (nrow(row) == 0 || is.na(row$event) || is.na(row$x2)) next
      survive <- 1
      for (h in 1:H) {
        ahead <- row
        ahead$duration <- row$duration + h - 1
        survive <- survive * (1 - predict(fit, ahead, type = "response"))
        window <- d$event[d$year > t & d$year <= t + h]
        y <- if (any(window == 1, na.rm = TRUE)) 1
             else if (length(window) == h && !anyNA(window)) 0 else NA
        if (t + h > 2014 || is.na(y)) next
        guess <- rbind(guess, data.frame(unit = u, origin = t, h = h, y = y,
          model = 1 - survive, base_rate = 1 - (1 - base)^h,
          region_only = 1 - (1 - region[[row$region]])^h))
      }
    }
  }
  for (h in 1:H) {
    g <- guess[guess$h == h, ]
    case <- paste0(link, "_", h)
    put(case, "n", "_", nrow(g)); put(case, "events", "_", sum(g$y))
    for (m in c("model", "base_rate", "region_only")) {
      p <- g[[m]]
      ci <- suppressMessages(ci.auc(g$y, p, direction = "<", method = "delong"))
      put(case, "auc_low", m, ci[1]); put(case, "auc", m, ci[2]); put(case, "auc_high", m, ci[3])
      put(case, "brier", m, mean((g$y - p)^2))
      put(case, "log_score", m, mean(logscore(g$y, p)))
      g$logit <- qlogis(p)
      put(case, "calibration_intercept", m,
          coef(mle(y ~ 1 + offset(logit), "logit", g))[[1]])
      put(case, "calibration_slope", m, coef(mle(y ~ logit, "logit", g))[[2]])
      pairs <- won <- 0
      part <- against <- numeric(nrow(g))
      for (i in which(g$y == 1)) for (k in which(g$y == 0 & g$origin == g$origin[i])) {
        w <- (p[i] > p[k]) + 0.5 * (p[i] == p[k])
        part[i] <- part[i] + w; part[k] <- part[k] + w
        against[i] <- against[i] + 1; against[k] <- against[k] + 1
        won <- won + w; pairs <- pairs + 1
      }
      put(case, "auc_within", m, won / pairs)
      away <- ((part - against * won / pairs) / pairs)^2
      n1 <- sum(g$y); n0 <- sum(1 - g$y)
      se <- sqrt(sum(away[g$y == 1]) * n1 / (n1 - 1) + sum(away[g$y == 0]) * n0 / (n0 - 1))
      put(case, "auc_within_low", m, max(won / pairs - qnorm(0.975) * se, 0))
    }
    for (against in c("base_rate", "region_only")) {
      parts <- list(
        log_score = logscore(g$y, g$model) - logscore(g$y, g[[against]]),
        brier = (g$y - g$model)^2 - (g$y - g[[against]])^2)
      a <- area(g$y, g$model); b <- area(g$y, g[[against]])
      for (m in names(parts)) {
        d <- parts[[m]]
        put(case, paste0("difference_", m), against, mean(d))
        put(case, paste0("error_unit_", m), against,
            clustered((d - mean(d)) / length(d), g$unit))
        put(case, paste0("error_time_", m), against,
            clustered((d - mean(d)) / length(d), g$origin))
        put(case, paste0("error_none_", m), against, sd(d) / sqrt(length(d)))
      }
      put(case, "difference_auc", against, a$auc - b$auc)
      put(case, "error_unit_auc", against, clustered(a$part - b$part, g$unit))
      put(case, "error_time_auc", against, clustered(a$part - b$part, g$origin))
      r1 <- suppressMessages(roc(g$y, g$model, direction = "<"))
      r2 <- suppressMessages(roc(g$y, g[[against]], direction = "<"))
      put(case, "error_none_auc", against,
          sqrt(var(r1) + var(r2) - 2 * cov(r1, r2, method = "delong")))
    }
  }
  # The ranking: probability in 2015 and within three years, of the last row with duration run on.
  fit <- mle(f, link, panel[known, ])
  last <- panel[panel$year == 2014 & !is.na(panel$event) & panel$event == 0 & !is.na(panel$x2), ]
  survive <- 1
  for (h in 1:H) {
    last$duration <- 13 + h
    survive <- survive * (1 - predict(fit, last, type = "response"))
    if (h == 1) for (i in seq_len(nrow(last)))
      put(paste0(link, "_rank"), "probability", last$unit[i], 1 - survive[[i]])
  }
  for (i in seq_len(nrow(last))) put(paste0(link, "_rank"), "cumulative", last$unit[i], 1 - survive[[i]])
}
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
