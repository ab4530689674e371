# Matching on history (Imai, Kim & Wang 2023), written out in loops from the paper's equations;
# base R only. Writes panel.csv and reference.csv.
set.seed(20231)
N <- 60; T <- 14
d <- expand.grid(time = 1:T, unit = 1:N)[, 2:1]
d$unit <- sprintf("u%02d", d$unit)
a <- rep(rnorm(N), each = T)
d$x1 <- round(a + rnorm(N * T), 4)
d$x2 <- round(0.5 * a + rnorm(N * T), 4)
d$treated <- 0
for (i in 1:N) {
    rows <- which(d$unit == sprintf("u%02d", i)); s <- 0
    for (k in seq_along(rows)) {
        p <- if (s == 0) plogis(-3.2 + 0.5 * d$x1[rows[k]]) else 0.85
        s <- as.numeric(runif(1) < p)
        d$treated[rows[k]] <- s
    }
}
d$y <- round(a + 0.1 * d$time + 0.6 * d$x1 - 0.3 * d$x2 + 1.2 * d$treated + rnorm(N * T), 4)
d$y[c(37, 200)] <- NA
d$x2[c(411)] <- NA
write.csv(d, "panel.csv", row.names = FALSE, na = "")

L <- 3; F <- 2; m <- 4
units <- sort(unique(d$unit))
M <- function(v) { out <- matrix(NA, N, T); for (r in seq_len(nrow(d))) out[match(d$unit[r], units), d$time[r]] <- d[[v]][r]; out }
Y <- M("y"); D <- M("treated"); X <- list(y = Y, x1 = M("x1"), x2 = M("x2"))

complete <- function(i, t) {
    ok <- TRUE
    for (s in (t - L):(t + F)) if (is.na(Y[i, s])) ok <- FALSE
    for (s in (t - L):(t - 1)) if (is.na(X$x1[i, s]) || is.na(X$x2[i, s])) ok <- FALSE
    ok
}
sets_of <- function(D, whole) {
    sets <- list()
    for (i in 1:N) for (t in 2:T) {
        if (!(D[i, t] == 1 && D[i, t - 1] == 0)) next
        if (t - L < 1 || t + F > T) next
        if (!complete(i, t)) next
        if (whole && any(D[i, t:(t + F)] != 1)) next
        controls <- c()
        for (j in 1:N) {
            if (j == i || D[j, t] != 0 || !all(D[j, (t - L):(t - 1)] == D[i, (t - L):(t - 1)])) next
            if (!complete(j, t)) next
            if (whole && any(D[j, t:(t + F)] != 0)) next
            controls <- c(controls, j)
        }
        if (length(controls)) sets[[length(sets) + 1]] <- list(i = i, t = t, j = controls)
    }
    sets
}
mahalanobis_of <- function(S, vars) {
    out <- c()
    for (j in S$j) {
        total <- 0
        for (l in 1:L) {
            V <- sapply(vars, function(v) X[[v]][, S$t - l])
            V <- V[complete.cases(V), , drop = FALSE]
            C <- solve(cov(V))
            diff <- sapply(vars, function(v) X[[v]][S$i, S$t - l] - X[[v]][j, S$t - l])
            total <- total + sqrt(drop(t(diff) %*% C %*% diff))
        }
        out <- c(out, total / L)
    }
    out
}
propensity <- function(sets, D, vars) {
    seen <- matrix(FALSE, N, T)
    for (S in sets) for (i in c(S$i, S$j)) seen[i, S$t] <- TRUE
    at <- which(seen, arr.ind = TRUE)
    Z <- matrix(NA, nrow(at), 0)
    for (l in 1:L) for (v in vars) Z <- cbind(Z, sapply(seq_len(nrow(at)), function(r) X[[v]][at[r, 1], at[r, 2] - l]))
    fit <- glm.fit(cbind(1, Z), D[at], family = binomial(), control = glm.control(epsilon = 1e-15, maxit = 100))
    p <- matrix(NA, N, T); p[at] <- fit$fitted.values; p
}
nearest <- function(dist) {
    if (length(dist) <= m) return(rep(1 / length(dist), length(dist)))
    w <- as.numeric(dist <= sort(dist)[m]); w / sum(w)
}
ref <- data.frame()
put <- function(model, quantity, term, value) ref <<- rbind(ref, data.frame(model, quantity, term = as.character(term), value = sprintf("%.15g", value)))

run <- function(name, D, whole, refinement, vars) {
    sets <- sets_of(D, whole)
    p <- if (startsWith(refinement, "ps")) propensity(sets, D, vars)
    for (k in seq_along(sets)) {
        S <- sets[[k]]
        sets[[k]]$w <- switch(refinement,
            none = rep(1 / length(S$j), length(S$j)),
            mahalanobis = nearest(mahalanobis_of(S, vars)),
            `ps-match` = nearest(abs(p[S$i, S$t] - p[S$j, S$t])),
            `ps-weight` = { o <- p[S$j, S$t] / (1 - p[S$j, S$t]); o / sum(o) })
    }
    put(name, "sets", "_", length(sets))
    put(name, "controls", "_", sum(sapply(sets, function(S) length(S$j))))
    Bi <- rep(0, N); for (S in sets) Bi[S$i] <- Bi[S$i] + 1
    weighted <- rep(FALSE, N)
    for (S in sets) { weighted[S$i] <- TRUE; weighted[S$j[S$w > 0]] <- TRUE }
    mean_A <- mean_C <- rep(0, N)
    errors <- function(A, C, term) {
        theta <- sum(A) / sum(Bi)
        put(name, "estimate", term, theta)
        V <- N * (var(A) - 2 * theta * cov(A, Bi) + theta^2 * var(Bi)) / sum(Bi)^2
        put(name, "unconditional", term, sqrt(V))
        put(name, "centred", term, sqrt(N * var(C - theta * Bi)) / sum(Bi))
        put(name, "conditional", term, sqrt(sum(weighted) * var(A)) / sum(Bi))
    }
    for (f in setdiff((-L):F, -1)) {
        A <- C <- rep(0, N); contaminated <- 0
        for (S in sets) {
            common <- mean(Y[S$j, S$t + f] - Y[S$j, S$t - 1])
            C[S$i] <- C[S$i] + Y[S$i, S$t + f] - Y[S$i, S$t - 1] - common
            A[S$i] <- A[S$i] + Y[S$i, S$t + f] - Y[S$i, S$t - 1]
            for (c in seq_along(S$j)) {
                A[S$j[c]] <- A[S$j[c]] - S$w[c] * (Y[S$j[c], S$t + f] - Y[S$j[c], S$t - 1])
                C[S$j[c]] <- C[S$j[c]] - S$w[c] * (Y[S$j[c], S$t + f] - Y[S$j[c], S$t - 1] - common)
                if (f >= 0) contaminated <- contaminated + S$w[c] * D[S$j[c], S$t + f]
            }
        }
        if (f >= 0) { mean_A <- mean_A + A / (F + 1); mean_C <- mean_C + C / (F + 1) }
        errors(A, C, f)
        put(name, "contaminated", f, contaminated / length(sets))
    }
    errors(mean_A, mean_C, "overall")
    for (v in names(X)) for (l in 1:L) {
        own <- sapply(sets, function(S) X[[v]][S$i, S$t - l])
        refined <- equal <- pool <- c()
        for (S in sets) {
            refined <- c(refined, sum(S$w * X[[v]][S$j, S$t - l]))
            equal <- c(equal, mean(X[[v]][S$j, S$t - l]))
            could <- c()
            for (j in 1:N) if (D[j, S$t - 1] == 0 && D[j, S$t] == 0 && complete(j, S$t) &&
                (!whole || all(D[j, S$t:(S$t + F)] == 0))) could <- c(could, j)
            pool <- c(pool, mean(X[[v]][could, S$t - l]))
        }
        term <- paste0(v, ".", l)
        put(name, "before_matching", term, mean(own - pool) / sd(own))
        put(name, "before_refinement", term, mean(own - equal) / sd(own))
        put(name, "after_refinement", term, mean(own - refined) / sd(own))
    }
}
all <- c("y", "x1", "x2")
run("none", D, FALSE, "none", all)
run("mahalanobis", D, FALSE, "mahalanobis", all)
run("whole", D, TRUE, "mahalanobis", c("x1", "x2"))
run("ps-match", D, FALSE, "ps-match", all)
run("ps-weight", D, FALSE, "ps-weight", all)
run("art", 1 - D, FALSE, "mahalanobis", all)
write.csv(ref, "reference.csv", row.names = FALSE, quote = FALSE)
