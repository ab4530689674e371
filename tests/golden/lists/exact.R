# The same log-linear models by glm, iterated to the end: Rcapture stops glm at its default tolerance, after which standard
# errors are some 1e-5 short. Also corrected counts (Rivest & Levesque 2001) where Rcapture needs a fit. R 4.2.2.
d <- read.csv("lists.csv"); X <- as.matrix(d[, 1:4]); y <- d$freq; n <- sum(y); t <- 4
k <- rowSums(X); first <- apply(X, 1, function(r) which(r == 1)[1])
fit <- function(y, M, offset = NULL) glm.fit(cbind(1, M), y, family = poisson(), offset = offset,
                                             control = glm.control(epsilon = 1e-15, maxit = 500))
V <- function(f) chol2inv(f$qr$qr[seq_len(f$rank), seq_len(f$rank), drop = FALSE])
out <- NULL
put <- function(model, quantity, term, value)
  out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))
N <- function(model, name, f) {
  e <- exp(f$coef[1]); put(model, "abundance", name, n + e); put(model, "stderr", name, sqrt(e + e^2 * V(f)[1, 1]))
  put(model, "deviance", name, f$deviance)
}
chao <- function(k) sapply(3:t, function(j) pmax(k - j + 1, 0))
het <- list("Poisson2" = function(k) 2^k - 1, "Darroch" = function(k) k^2 / 2, "Gamma3.5" = function(k) log(3.5) - log(3.5 + k))
N("exact", "M0", fit(y, k)); N("exact", "Mt", fit(y, X))
N("exact", "Mh Chao (LB)", fit(y, cbind(k, chao(k)))); N("exact", "Mth Chao (LB)", fit(y, cbind(X, chao(k))))
for (h in names(het)) { N("exact", paste("Mh", h), fit(y, cbind(k, het[[h]](k)))); N("exact", paste("Mth", h), fit(y, cbind(X, het[[h]](k)))) }
N("exact", "[12,3,4]", fit(y, cbind(X, X[, 1] * X[, 2])))
f <- fit(y, cbind(first - 1, k - 1)); b <- f$coef; c <- exp(b[3]); l <- 1 + c - exp(b[2]); e <- exp(b[1]) * (1 + c)^t / l
put("exact", "abundance", "Mb", e); v <- e * c(1, exp(b[2]) / l, t * c / (1 + c) - c / l)
put("exact", "stderr", "Mb", sqrt(t(v) %*% V(f) %*% v - e))
# corrected
fk <- tapply(y, k, sum); o <- lchoose(t, 1:t)
add <- function(f, a) { f[seq_along(a)] <- f[seq_along(a)] + a; pmax(0, f) }
N("corrected", "M0", fit(add(fk, c(-.5, 1)), 1:t, o))
for (h in names(het)) { g <- het[[h]]; cc <- (g(2) - 2 * g(1)) / (g(3) - 2 * g(2) + g(1))
  N("corrected", paste("Mh", h), fit(add(fk, c(-(1 + cc) / 2, 1 + cc, (1 - cc) / 2)), cbind(1:t, g(1:t)), o)) }
cells <- function(a) pmax(0, y + a[k])
N("corrected", "Mth Chao (LB)", fit(cells(c((t - 2) / (2 * t), 2 / (t * (t - 1)), 0, 0)), cbind(X, chao(k))))
N("corrected", "Mth Poisson2", fit(cells(c((2 * t - 5) / (4 * t), 3 / (t * (t - 1)), 3 / (2 * t * (t - 1) * (t - 2)), 0)), cbind(X, het$Poisson2(k))))
N("corrected", "Mth Darroch", fit(cells(c((t - 3) / (2 * t), 4 / (t * (t - 1)), 0, 0)), cbind(X, het$Darroch(k))))
write.csv(out, "exact.csv", row.names = FALSE, quote = 3)
