# Maximum likelihood of a joint normal with missing values, by EM run to the end (R 4.2.2, base only).
# standardise with the divisor n of the observed rows, as the program does
raw <- as.matrix(read.csv("original.csv"))
d <- raw
n <- nrow(d); p <- ncol(d)
for (j in 1:p) {
  x <- raw[, j]; m <- mean(x, na.rm = TRUE); s <- sqrt(mean((x - m)^2, na.rm = TRUE))
  d[, j] <- (x - m) / s
}
mu <- rep(0, p); S <- diag(p)
repeat {
  A <- matrix(0, p, p); b <- rep(0, p)
  for (i in 1:n) {
    o <- !is.na(d[i, ]); x <- d[i, ]; C <- matrix(0, p, p)
    if (any(!o)) {
      B <- S[!o, o, drop = FALSE] %*% solve(S[o, o])
      x[!o] <- mu[!o] + B %*% (d[i, o] - mu[o])
      C[!o, !o] <- S[!o, !o] - B %*% S[o, !o, drop = FALSE]
    }
    b <- b + x; A <- A + tcrossprod(x) + C
  }
  mu2 <- b / n; S2 <- A / n - tcrossprod(mu2)
  change <- max(abs(mu2 - mu), abs(S2 - S)); mu <- mu2; S <- S2
  if (change < 1e-14) break
}
out <- rbind(data.frame(row = colnames(raw), column = "mean", value = mu),
             data.frame(row = rep(colnames(raw), p), column = rep(colnames(raw), each = p), value = c(S)))
out$value <- format(out$value, digits = 15)
write.csv(out, "em.csv", row.names = FALSE, quote = FALSE)
