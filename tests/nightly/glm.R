# glm.R PROGRAM DATA: `pushpull fit` against R's own glm() on the same file, live.
argument <- commandArgs(trailingOnly = TRUE)
program <- argument[1]
data <- argument[2]
formula <- "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8"

# The estimates and errors that the program prints as CSV.
fitted_by_program <- function(model) {
  lines <- system2(program, shQuote(c("fit", formula, "--data", data, "--model", model, "--vcov", "iid",
                                      "--table", "coefficients", "--format", "csv")), stdout = TRUE)
  read.csv(text = lines, comment.char = "#")
}

compare <- function(model, reference) {
  ours <- fitted_by_program(model)
  theirs <- coef(summary(reference))
  off <- max(abs(ours$estimate / theirs[, 1] - 1))
  cat(sprintf("%s: coefficients differ by %.1e at most\n", model, off))
  off < 1e-8
}

rows <- read.csv(data)
exact <- glm.control(epsilon = 1e-17, maxit = 200)
same <- c(
  vapply(c("logit", "probit", "cloglog"), function(link)
    compare(link, glm(as.formula(formula), binomial(link), rows, control = exact)), logical(1)),
  compare("ols", lm(as.formula(formula), rows)))
cat(sum(same), "passed,", sum(!same), "failed\n")
quit(status = any(!same))
