# Writes adoptions.csv, ties.csv and reference.csv: an invented market in which vendors are chosen by the model,
# and the conditional logit of survival on choice sets that are put together here, from the definition in
# include/pushpull/lockin.h and by none of the program's code.
library(survival)
set.seed(20261124)
homes <- c("CHN", "CHN", "CHN", "USA", "USA", "FRA", "JPN", "ISR", "CHN", "KOR", "DEU", "USA")
vendors <- sprintf("v%02d", seq_along(homes))
start <- c(rep(1995, 6), 2000, 2000, 2004, 2006, 2008, 2010) # active from
countries <- sprintf("C%02d", 1:48)
years <- 1990:2024
ties <- expand.grid(country = countries, year = years, stringsAsFactors = FALSE)
ties$supplier <- "CHN"
ties$level <- rep(rbinom(length(countries), 4, 0.4), length(years)) + (ties$year > 2010) * rbinom(nrow(ties), 1, 0.3)
ties$finance <- rbinom(nrow(ties), 1, 0.15) * round(rexp(nrow(ties), 1e-6))
tie_of <- function(country, year) {
  own <- ties[ties$country == country & ties$year < year, ]
  c(level = own$level[which.max(own$year)], finance = as.numeric(any(own$finance[own$year >= year - 5] > 0)))
}
log <- NULL
for (v in seq_along(vendors)) # each has sold somewhere, to countries outside the sample
  log <- rbind(log, data.frame(country = "X00", vendor = v, low = start[v], high = start[v]))
plan <- NULL
for (country in countries) {
  year <- 1996 + cumsum(1 + rpois(6, 3))
  plan <- rbind(plan, data.frame(country = country, low = year - rbinom(6, 1, 0.2), high = year))
}
plan <- plan[order(plan$high, plan$low, plan$country), ]
for (i in seq_len(nrow(plan))) {
  p <- plan[i, ]
  own <- log[log$country == p$country & log$high < p$low, ]
  open <- which(start <= p$high)
  t <- tie_of(p$country, p$low)
  sold <- sapply(open, function(v) sum(log$vendor == v & log$country != p$country & log$high < p$low))
  x <- 1.1 * (open %in% own$vendor) + 0.5 * (homes[open] %in% homes[own$vendor]) + 0.4 * log1p(sold) +
    (homes[open] == "CHN") * (0.2 * t["level"] + 0.3 * t["finance"])
  log <- rbind(log, data.frame(country = p$country, vendor = open[sample(length(open), 1, prob = exp(x))],
                               low = p$low, high = p$high))
}
# Each purchase in a place of its own, so that none is the extension of another.
log$place <- sprintf("%s-%03d", log$country, seq_len(nrow(log)))
adoptions <- data.frame(adoption = paste0("a", seq_len(nrow(log))), place_id = log$place, place = log$place,
  country = log$country, family = "urban", vendor = vendors[log$vendor], supplier = homes[log$vendor],
  earliest_year = log$low, latest_year = log$high, ended = "false", ended_earliest = "", ended_latest = "", claims = "")
write.csv(adoptions, "adoptions.csv", row.names = FALSE, quote = FALSE)
write.csv(ties[c("country", "supplier", "year", "level", "finance")], "ties.csv", row.names = FALSE, quote = FALSE)

all <- c(countries, "X00")
write.csv(data.frame(id = all, name = all, region = rep(c("East", "West"), length.out = length(all))), "countries.csv",
          row.names = FALSE, quote = FALSE)

first <- tapply(log$high, log$vendor, min)
rows_of <- function(history) {
  rows <- NULL
  for (i in seq_len(nrow(log))) {
    p <- log[i, ]
    others <- log[-i, ]
    if (!any(others$country == p$country & others$high < p$low)) next
    before <- others[others$country == p$country &
      (if (history == "certain") others$high < p$low else others$low <= p$high), ]
    open <- which(first[as.character(seq_along(vendors))] <= p$high | seq_along(vendors) == p$vendor)
    t <- tie_of(p$country, p$low)
    is_prc <- homes[open] == "CHN"
    rows <- rbind(rows, data.frame(situation = i, country = p$country, chosen = as.numeric(open == p$vendor),
      same_vendor = as.numeric(open %in% before$vendor), same_supplier = as.numeric(homes[open] %in% homes[before$vendor]),
      sold_elsewhere_log = log1p(sapply(open, function(v) sum(others$vendor == v & others$country != p$country & others$high < p$low))),
      finance = is_prc * t["finance"], level = is_prc * t["level"]))
  }
  rows
}
out <- NULL
for (history in c("certain", "possible")) {
  rows <- na.omit(rows_of(history)) # countries outside the sample have no ties
  terms <- c("same_vendor", "same_supplier", "sold_elsewhere_log", "finance", "level")
  fit <- clogit(chosen ~ same_vendor + same_supplier + sold_elsewhere_log + finance + level + strata(situation),
                data = rows, method = "efron", cluster = country, control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 50))
  clusters <- length(unique(rows$country))
  put <- function(quantity, value) data.frame(model = history, quantity = quantity, term = terms, value = sprintf("%.15g", value))
  out <- rbind(out, put("coef", coef(fit)), put("se", sqrt(diag(fit$var) * clusters / (clusters - 1))),
    data.frame(model = history, quantity = "situations", term = "all", value = length(unique(rows$situation))))
}
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
cat("R", as.character(getRversion()), "survival", as.character(packageVersion("survival")), "\n")
print(out)
