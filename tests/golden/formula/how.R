# R 4.2.2, packages stats and splines. Makes data.csv, reference.csv and basis.csv:
#   Rscript how.R
library(splines)
options(digits = 17)
set.seed(20)
units <- 20
d <- expand.grid(time = 2001:2006, unit = 1:units)
d <- d[!(d$unit %% 5 == 0 & d$time == 2003), ]      # gaps
d$x <- round(rgamma(nrow(d), 2) * 3, 3)
d$z <- round(runif(nrow(d), -1, 1), 3)
d$g <- c("a", "b", "c")[1 + d$unit %% 3]
d$y <- round(sin(d$x / 3) + d$z * (d$g == "b") + rnorm(nrow(d)), 3)
d$w <- 1 + rpois(nrow(d), 1)
at <- function(v, k) v[match(paste(d$unit, d$time - k), paste(d$unit, d$time))]
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)

rows <- list()
keep <- function(model, quantity, term, value)
    rows[[length(rows) + 1]] <<- data.frame(model, quantity, term, value = sprintf("%.17g", value))
fit <- function(name, formula, data = d) {
    m <- lm(formula, data)
    s <- summary(m)$coefficients
    for (t in rownames(s)) {
        keep(name, "coef", t, s[t, 1])
        keep(name, "se", t, s[t, 2])
    }
}
fit("poly", y ~ poly(x, 3) + z)
fit("poly raw", y ~ poly(x, 2, raw = TRUE) + z)
fit("poly log", y ~ poly(log(x), degree = 2))
fit("ns", y ~ ns(x, 4) + z)
fit("ns one", y ~ ns(x, df = 1))
fit("bs", y ~ bs(x, 5))
fit("bs quadratic", y ~ bs(x, df = 4, degree = 2) + g)
fit("bs plain", y ~ bs(x))
fit("by group", y ~ g * poly(x, 2))
fit("group only", y ~ g:ns(x, 2))
fit("two", y ~ poly(x, 2):poly(z, 2))
fit("rows repeated", y ~ poly(x, 2) + ns(z, 3), d[rep(seq_len(nrow(d)), d$w), ])
d$x1 <- at(d$x, 1); d$x2 <- at(d$x, 2); d$zm <- at(d$z, -1); d$lx <- at(log(d$x), 1)
m <- function(name, formula, from, to) {
    s <- summary(lm(formula, d))$coefficients
    rownames(s)[match(from, rownames(s))] <- to
    for (t in rownames(s)) { keep(name, "coef", t, s[t, 1]); keep(name, "se", t, s[t, 2]) }
}
m("lag", y ~ x + x1 + x2 + zm, c("x1", "x2", "zm"), c("lag(x, 1)", "lag(x, 2)", "lead(z)"))
m("lag inside", y ~ lx + z, "lx", "lag(log(x))")
m("lag outside", y ~ I(log(x1)) + z, "I(log(x1))", "log(lag(x))")
d$y1 <- at(d$y, 1)
m("lag of outcome", y ~ y1, "y1", "lag(y)")
write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE)

# The functions themselves, within and beyond the range, with derivatives of the natural
# spline by its own B-splines.
points <- c(seq(min(d$x), max(d$x), length.out = 21), min(d$x) - 0.5, max(d$x) + 2)
b <- list()
put <- function(name, basis) {
    p <- predict(basis, points)
    for (j in seq_len(ncol(p)))
        b[[length(b) + 1]] <<- data.frame(basis = name, part = j, x = sprintf("%.17g", points),
                                          value = sprintf("%.17g", p[, j]))
}
suppressWarnings({
    put("poly(x, 5)", poly(d$x, 5)); put("ns(x, 4)", ns(d$x, 4)); put("ns(x, 7)", ns(d$x, 7))
    put("bs(x, 6)", bs(d$x, 6)); put("bs(x, df = 3, degree = 1)", bs(d$x, df = 3, degree = 1))
})
write.csv(do.call(rbind, b), "basis.csv", row.names = FALSE)
