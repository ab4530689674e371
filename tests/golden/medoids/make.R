# Gower's dissimilarities, PAM and silhouettes by the package cluster; the adjusted Rand index written out.
library(cluster)
set.seed(6)
n <- 60
g <- rep(1:3, length.out = n)
d <- data.frame(place_id = sprintf("P%02d", 1:n),
                a = round(rnorm(n, 2 * g), 3), b = round(rnorm(n, -g, 1.5), 3),
                c = round(rexp(n), 3),
                u = c("red", "green", "blue")[ifelse(runif(n) < 0.7, g, sample(3, n, TRUE))],
                v = c("yes", "no")[1 + (runif(n) < g / 4)])
for (column in c("a", "b", "c", "u", "v")) d[sample(n, 5), column] <- NA
write.csv(d, "data.csv", row.names = FALSE, na = "", quote = FALSE)
x <- d[-1]
x$u <- factor(x$u); x$v <- factor(x$v)
D <- daisy(x, metric = "gower")
stopifnot(!anyNA(D))
m <- as.matrix(D)
out <- data.frame(model = "gower", quantity = "distance", term = paste0(rep(1:n, each = n), "_", rep(1:n, n)),
                  value = as.vector(m))
out <- out[as.integer(sub("_.*", "", out$term)) < as.integer(sub(".*_", "", out$term)), ]
rand <- function(p, q) {
  t <- table(p, q); two <- function(k) sum(choose(k, 2))
  e <- two(rowSums(t)) * two(colSums(t)) / choose(length(p), 2)
  (two(t) - e) / ((two(rowSums(t)) + two(colSums(t))) / 2 - e)
}
for (k in 2:6) {
  p <- pam(D, k, do.swap = TRUE)
  s <- silhouette(p$clustering, D)
  name <- paste0("pam", k)
  out <- rbind(out,
    data.frame(model = name, quantity = "medoid", term = p$id.med, value = p$id.med),
    data.frame(model = name, quantity = "objective", term = "sum", value = p$objective["swap"] * n),
    data.frame(model = name, quantity = "silhouette", term = 1:n, value = s[, "sil_width"]),
    data.frame(model = name, quantity = "rand", term = "g", value = rand(p$clustering, g)))
}
out$value <- sprintf("%.17g", out$value)
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
writeLines(c(paste("R", getRversion()), paste("cluster", packageVersion("cluster")),
  "daisy(metric = 'gower'), numbers and factors with missing values, equal weights; pam on it, BUILD and SWAP;",
  "silhouette; the adjusted Rand index (Hubert & Arabie 1985) against groups 1, 2, 3 in turn, written out.",
  "All to the last digits that a double holds; there are no ties."), "how.txt")
