# Reference values of a two-mode network; see how.txt. Run here: Rscript make.R
suppressMessages(library(igraph))
set.seed(20)
rows <- 14; columns <- 40
group <- rep(1:4, length.out = rows); home <- rep(1:4, length.out = columns)
p <- outer(group, home, function(a, b) ifelse(a == b, 0.35, 0.04))
w <- matrix(rbinom(rows * columns, 1, p) * (1 + rpois(rows * columns, 0.6)), rows)
w[14, ] <- 0; w[, 40] <- 0; w[14, 40] <- 2 # a component of its own
w <- w[rowSums(w) > 0, ]; w <- w[, colSums(w) > 0]
edge <- which(w > 0, arr.ind = TRUE)
edge <- edge[order(edge[, 1], edge[, 2]), ]
data <- data.frame(vendor = edge[, 1], place = edge[, 2], weight = w[edge])
write.csv(data, "data.csv", row.names = FALSE, quote = FALSE)

n <- nrow(w); m <- ncol(w); total <- sum(w)
g <- graph_from_edgelist(cbind(edge[, 1], n + edge[, 2]), directed = FALSE)
out <- function(quantity, term, value) data.frame(quantity, term, value)
# harmonic_centrality came with igraph 1.3; the components' numbers are told by size and reach
reference <- rbind(
  out("betweenness", seq_len(n + m), betweenness(g)),
  out("harmonic", seq_len(n + m), harmonic_centrality(g)),
  out("component", seq_len(n + m), components(g)$membership),
  out("degree", seq_len(n + m), degree(g)),
  out("strength", seq_len(n + m), c(rowSums(w), colSums(w))))

# Barber's modularity, from its matrix
label <- c(group[seq_len(n)], home[seq_len(m)])
expected <- outer(rowSums(w), colSums(w)) / total
barber <- function(a, b, resolution) sum((w - resolution * expected) * outer(a, b, "==")) / total
a <- label[seq_len(n)]; b <- label[n + seq_len(m)]
reference <- rbind(reference, out("modularity", c("1", "0.5"), c(barber(a, b, 1), barber(a, b, 0.5))))
# The largest found by 2,000 starts of Barber's own alternation (BRIM) with 2 to 8 communities.
best <- -Inf
for (r in 1:2000) {
  k <- sample(2:8, 1); x <- sample(k, n, TRUE); q <- -Inf
  repeat {
    y <- max.col(t(w - expected) %*% outer(x, 1:k, "=="), "first")
    x <- max.col((w - expected) %*% outer(y, 1:k, "=="), "first")
    new <- barber(x, y, 1)
    if (new <= q + 1e-12) break
    q <- new
  }
  best <- max(best, q)
}
reference <- rbind(reference, out("modularity_found", "1", best))

# Disparity filter at both ends; hypergeometric chance of as many records in common.
alpha <- function(weight, strength, degree) (1 - weight / strength)^(degree - 1)
term <- paste(edge[, 1], edge[, 2])
weight <- w[edge]
own <- alpha(weight, rowSums(w)[edge[, 1]], rowSums(w > 0)[edge[, 1]])
other <- alpha(weight, colSums(w)[edge[, 2]], colSums(w > 0)[edge[, 2]])
chance <- phyper(weight - 1, rowSums(w)[edge[, 1]], total - rowSums(w)[edge[, 1]],
                 colSums(w)[edge[, 2]], lower.tail = FALSE)
reference <- rbind(reference, out("disparity", term, pmin(own, other)), out("chance", term, chance))
# The most betweenness of Borgatti & Everett, as a star of two modes has it
reference <- rbind(reference, out("betweenness_most", "1 6", max(betweenness(graph_from_edgelist(cbind(1, 2:7), directed = FALSE)))))
reference$value <- formatC(reference$value, digits = 17, format = "g")
write.csv(reference, "reference.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "igraph", as.character(packageVersion("igraph")), "\n", sum(weight), nrow(edge), best, "\n")
