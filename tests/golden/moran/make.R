# Moran's I by spdep: a sparse asymmetric matrix with isolates, binary and general weights, both row-standardised.
library(spdep)
set.ZeroPolicyOption(TRUE)
options(digits = 17)
RNGversion("4.0.0")
set.seed(11)
n <- 40
x <- round(rnorm(n), 4)
w <- matrix(0, n, n)
for (i in 1:n) for (j in 1:n) if (i != j && runif(1) < 0.1) w[i, j] <- round(runif(1, 0.1, 3), 3)
w[c(7, 23), ] <- 0
w[, c(7, 23)] <- 0
e <- which(w > 0, arr.ind = TRUE)
e <- e[order(e[, 1], e[, 2]), ]
write.csv(data.frame(from = e[, 1], to = e[, 2], weight = w[e]), "weights.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(unit = 1:n, x = x), "data.csv", row.names = FALSE, quote = FALSE)
l <- mat2listw(w, style = "W")
r <- moran.test(x, l, randomisation = TRUE, zero.policy = TRUE)
s <- moran.test(x, l, randomisation = FALSE, zero.policy = TRUE)
out <- c(statistic = unname(r$estimate[1]), expectation = unname(r$estimate[2]),
         variance_randomisation = unname(r$estimate[3]), variance_normality = unname(s$estimate[3]),
         z = unname(r$statistic), p_value = r$p.value)
write.csv(data.frame(quantity = names(out), value = format(out, digits = 17)), "reference.csv", row.names = FALSE, quote = FALSE)
cat("R", as.character(getRversion()), "spdep", as.character(packageVersion("spdep")), "\n")
set.seed(1); print(moran.mc(x, l, 99999, zero.policy = TRUE)$p.value)
