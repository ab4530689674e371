# R 4.2.2; AER 1.2-10 (ivreg, its diagnostics), sandwich 3.0-2. Makes data.csv and reference.csv:
#   Rscript how.R
suppressMessages(library(AER)); library(sandwich)
options(digits = 17)
set.seed(4)
n <- 400
d <- data.frame(g = rep(1:40, each = 10), t = rep(1:10, 40))
d$z1 <- rnorm(n); d$z2 <- rnorm(n); d$z3 <- runif(n); d$x1 <- rnorm(n)
a <- rnorm(40)[d$g]; v <- rnorm(n); v2 <- rnorm(n)
d$d1 <- 0.6 * d$z1 - 0.4 * d$z2 + 0.3 * d$x1 + a + v
d$d2 <- 0.5 * d$z3 + 0.5 * d$z2 + 0.4 * v2 - 0.2 * a
d$y <- 1 + d$d1 - 0.5 * d$d2 + 0.7 * d$x1 + 2 * a + 0.8 * v + 0.3 * v2 + rnorm(n)
d$w <- round(runif(n, 0.5, 3), 2); d$f <- 1 + rpois(n, 0.7)
d <- round(d, 4)
write.csv(d, "data.csv", row.names = FALSE)
rows <- list()
keep <- function(model, quantity, term, value)
    rows[[length(rows) + 1]] <<- data.frame(model, quantity, term, value = sprintf("%.17g", value))
coefs <- function(name, m, terms, suffix, V) {
    for (t in terms) keep(name, paste0("se", suffix), t, sqrt(V[t, t]))
}
tests <- function(name, s, variables, suffix) {
    D <- s$diagnostics
    weak <- grep("^Weak", rownames(D))
    for (i in seq_along(weak)) {
        keep(name, paste0("F", suffix), variables[i], D[weak[i], "statistic"])
        keep(name, paste0("Fdf2", suffix), variables[i], D[weak[i], "df2"])
    }
    keep(name, paste0("Wu", suffix), "Wu-Hausman", D["Wu-Hausman", "statistic"])
    keep(name, paste0("Wudf2", suffix), "Wu-Hausman", D["Wu-Hausman", "df2"])
    if (!is.na(D["Sargan", "statistic"]))
        keep(name, "Sargan", "Sargan", D["Sargan", "statistic"])
}
case <- function(name, formula, terms, variables, data = d, weights = NULL) {
    data$.w <- if (is.null(weights)) NULL else data[[weights]]
    m <- if (is.null(weights)) ivreg(formula, data = data) else ivreg(formula, data = data, weights = .w)
    for (t in terms) keep(name, "coef", t, coef(m)[t])
    keep(name, "sigma", "sigma", m$sigma)
    coefs(name, m, terms, "", vcov(m))
    coefs(name, m, terms, "HC1", vcovHC(m, "HC1"))
    coefs(name, m, terms, "CL", vcovCL(m, data$g, type = "HC1"))
    tests(name, summary(m, diagnostics = TRUE), variables, "")
    tests(name, summary(m, vcov. = function(x) vcovHC(x, "HC1"), diagnostics = TRUE), variables, "HC1")
    invisible(m)
}
m <- case("just", y ~ d1 + x1 | z1 + x1, c("(Intercept)", "d1", "x1"), "d1")
keep("just", "r2", "r2", summary(m)$r.squared)
case("over", y ~ d1 + x1 | z1 + z2 + x1, c("(Intercept)", "d1", "x1"), "d1")
case("two", y ~ d1 + d2 + x1 | z1 + z2 + z3 + x1, c("(Intercept)", "d1", "d2", "x1"), c("d1", "d2"))
case("weighted", y ~ d1 + x1 | z1 + z2 + x1, c("(Intercept)", "d1", "x1"), "d1", weights = "w")
r <- d[rep(seq_len(n), d$f), ]
case("rows repeated", y ~ d1 + x1 | z1 + z2 + x1, c("(Intercept)", "d1", "x1"), "d1", data = r)
case("effects", y ~ d1 + x1 + factor(g) + factor(t) | z1 + z2 + x1 + factor(g) + factor(t), c("d1", "x1"), "d1")
case("effects weighted", y ~ d1 + d2 + factor(g) | z1 + z2 + z3 + factor(g), c("d1", "d2"), c("d1", "d2"), weights = "w")
write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE)
