# Effects of treatments that change, written out from de Chaisemartin & D'Haultfoeuille (2024), one unit and
# horizon at a time. Rscript reference.R, in this folder: reads data.csv, writes reference.csv.
panel <- read.csv("data.csv")
units <- sort(unique(panel$id)); periods <- sort(unique(panel$t)); T <- length(periods)
cell <- function(name) {
    m <- matrix(NA_real_, length(units), T)
    m[cbind(match(panel$id, units), match(panel$t, periods))] <- panel[[name]]
    m
}

# Per unit: baseline, date and direction of the first change, usable outcomes, filled treatment.
describe <- function(y, d) {
    out <- data.frame(base = NA, first = NA, sign = 0)[rep(1, length(units)), ]
    for (g in seq_along(units)) {
        known <- which(!is.na(d[g, ]))
        stopifnot(length(known) >= 2)
        out$base[g] <- d[g, known[1]]
        change <- known[d[g, known] != out$base[g]]
        out$first[g] <- if (length(change)) change[1] else T + 1
        if (length(change)) {
            out$sign[g] <- sign(d[g, change[1]] - out$base[g])
            stopifnot((change[1] - 1) %in% known)
        }
        for (t in min(known):max(known)) if (is.na(d[g, t])) d[g, t] <- d[g, t - 1]
        for (t in 1:T) {
            seen <- d[g, seq_len(t)]
            both <- any(seen > out$base[g], na.rm = TRUE) && any(seen < out$base[g], na.rm = TRUE)
            if (t < min(known) || t > max(known) || both) y[g, t] <- NA
        }
    }
    list(units = out, y = y, d = d)
}

# Cluster-counted factor and mean of one side; a side in one cluster is taken with the other.
demean <- function(own, other, delta, cluster) {
    pool <- if (length(unique(cluster[own])) < 2) c(own, other) else own
    n <- length(unique(cluster[pool]))
    if (n < 2) return(delta[own])
    sqrt(n / (n - 1)) * (delta[own] - mean(delta[pool]))
}

estimate <- function(y, d, x, cluster, direction, effects, placebos, same) {
    p <- describe(y, d)
    u <- p$units; y <- p$y; d <- p$d; n <- length(units)
    theta_influence <- NULL
    if (length(x)) {
        for (v in seq_along(x)) y[is.na(x[[v]])] <- NA
        K <- length(x)
        theta_influence <- matrix(0, n, K)
        y0 <- y
        for (b in unique(u$base)) {
            rows <- NULL
            for (g in which(u$base == b)) for (t in 2:T) {
                if (t < u$first[g] && !is.na(y0[g, t]) && !is.na(y0[g, t - 1])) {
                    rows <- rbind(rows, c(g, t, y0[g, t] - y0[g, t - 1], sapply(x, function(m) m[g, t] - m[g, t - 1])))
                }
            }
            frame <- as.data.frame(rows)
            names(frame) <- c("g", "t", "dy", paste0("x", seq_len(K)))
            fit <- lm(reformulate(c(paste0("x", seq_len(K)), "factor(t)"), "dy"), frame)
            theta <- coef(fit)[paste0("x", seq_len(K))]
            X <- sapply(paste0("x", seq_len(K)), function(v) resid(lm(reformulate("factor(t)", v), frame)))
            bread <- solve(crossprod(X))
            for (r in seq_len(nrow(frame))) {
                g <- frame$g[r]
                theta_influence[g, ] <- theta_influence[g, ] + bread %*% X[r, ] * resid(fit)[r]
            }
            for (g in which(u$base == b)) y[g, ] <- y0[g, ] - Reduce(`+`, Map(function(m, th) m[g, ] * th, x, theta))
        }
    }
    effect <- function(exposed) {
        l <- abs(exposed)
        pairs <- list(); alone <- 0
        for (b in unique(u$base)) for (F in 2:T) for (s in c(-1, 1)) {
            if (direction != 0 && s != direction) next
            from <- F - 1; to <- from + exposed; until <- from + l
            if (to < 1 || until > T) next
            usable <- function(g) !is.na(y[g, from]) && !is.na(y[g, to]) && !is.na(y[g, until])
            stays <- function(g) same == 0 || (from + same <= T && all(!is.na(y[g, from + 0:same])) &&
                any(u$base == b & u$first > from + same))
            treated <- Filter(function(g) usable(g) && stays(g), which(u$base == b & u$first == F & u$sign == s))
            controls <- Filter(usable, which(u$base == b & u$first > until))
            if (length(treated) && length(controls))
                pairs[[length(pairs) + 1]] <- list(base = b, s = s, F = F, from = from, to = to, treated = treated, controls = controls)
        }
        if (!length(pairs)) return(NULL)
        N <- sum(sapply(pairs, function(p) length(p$treated)))
        value <- 0; dose <- 0; last <- 0; psi <- numeric(n)
        for (p in pairs) {
            delta <- y[, p$to] - y[, p$from]
            for (g in p$treated) {
                value <- value + p$s * (delta[g] - mean(delta[p$controls])) / N
                dose <- dose + abs(sum(d[g, p$F - 1 + seq_len(l)] - p$base)) / N
                last <- last + abs(d[g, p$F - 1 + l] - p$base) / N
            }
            psi[p$treated] <- psi[p$treated] + p$s / N * demean(p$treated, p$controls, delta, cluster)
            psi[p$controls] <- psi[p$controls] - p$s * length(p$treated) / length(p$controls) / N *
                demean(p$controls, p$treated, delta, cluster)
            for (v in seq_along(x)) {
                dx <- x[[v]][, p$to] - x[[v]][, p$from]
                M <- p$s * length(p$treated) / N * (mean(dx[p$treated]) - mean(dx[p$controls]))
                own <- u$base == p$base
                psi[own] <- psi[own] - M * theta_influence[own, v]
            }
        }
        list(exposed = exposed, N = N, value = value, dose = dose, last = last, psi = psi)
    }
    horizons <- c(if (placebos > 0) -(placebos:1), seq_len(effects))
    Filter(Negate(is.null), lapply(horizons, effect))
}

sums <- function(psi, cluster) as.numeric(tapply(psi, cluster, sum))
wald <- function(columns, cluster) {
    if (!length(columns)) return(NULL)
    S <- sapply(columns, function(c) sums(c$psi, cluster))
    e <- sapply(columns, `[[`, "value")
    sum(e * solve(crossprod(S), e))
}

rows <- list()
say <- function(model, quantity, term, value)
    rows[[length(rows) + 1]] <<- data.frame(model = model, quantity = quantity, term = term, value = sprintf("%.15g", value))
run <- function(model, x = character(), cl = "id", direction = 0, effects = T - 1, placebos = T - 2, same = 0) {
    group <- panel[[cl]][match(units, panel$id)]
    e <- estimate(cell("y"), cell("d"), lapply(x, cell), group, direction, effects, placebos, same)
    for (c in e) {
        term <- sprintf("%d", c$exposed)
        error <- sqrt(sum(sums(c$psi, group)^2))
        say(model, "estimate", term, c$value); say(model, "std_error", term, error)
        say(model, "nobs_treated", term, c$N); say(model, "dose", term, c$dose)
        say(model, "per_dose", term, c$value / c$dose); say(model, "per_dose_error", term, error / c$dose)
    }
    effects <- Filter(function(c) c$exposed > 0, e); before <- Filter(function(c) c$exposed < 0, e)
    total <- sum(sapply(effects, function(c) c$N * c$last))
    say(model, "per_unit", "_", sum(sapply(effects, function(c) c$N * c$value)) / total)
    say(model, "per_unit_error", "_", sqrt(sum(sums(Reduce(`+`, lapply(effects, function(c) c$N * c$psi)), group)^2)) / total)
    if (length(before)) say(model, "wald", "placebos", wald(before, group))
    say(model, "wald", "effects", wald(effects, group))
}
run("plain")
run("in", direction = 1)
run("out", direction = -1)
run("clustered", cl = "cl")
run("same", effects = 3, placebos = 2, same = 3)
run("covariates", x = c("x", "x2"))
run("covariates_clustered", x = c("x", "x2"), cl = "cl", effects = 4, placebos = 2)
write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE, quote = FALSE)
