# Fernández-Val & Weidner (2016), example 1 and section 4, written out with dummies and dense
# matrices; R 4.2.2, base only. Rscript make.R writes data.csv and reference.csv.
set.seed(11)
N <- 50; T <- 10
d <- expand.grid(time = 1:T, unit = 1:N)
a <- rnorm(N)[d$unit]; g <- rnorm(T, sd = 0.5)[d$time]
d$x1 <- rnorm(N * T) + 0.4 * a
d$x2 <- as.numeric(runif(N * T) < 0.4)
d$y <- as.numeric(0.8 * d$x1 - 0.5 * d$x2 + a + g + rlogis(N * T) > 0)
d <- d[runif(nrow(d)) < 0.9, ]                      # unbalanced
d <- d[sample(nrow(d)), c("unit", "time", "y", "x1", "x2")]
d$x1 <- round(d$x1, 4)
write.csv(d, "data.csv", row.names = FALSE)

repeat {                                            # units and times that vary
    keep <- ave(d$y, d$unit, FUN = function(v) mean(v) * (1 - mean(v))) > 0 &
        ave(d$y, d$time, FUN = function(v) mean(v) * (1 - mean(v))) > 0
    if (all(keep)) break
    d <- d[keep, ]
}
# glm.fit stops on the deviance, too early for the last digits: on it goes
climb <- function(X, family, offset = NULL) {
    fit <- glm.fit(X, d$y, family = family, offset = offset, control = glm.control(1e-15, 100))
    for (i in 1:30)
        fit <- glm.fit(X, d$y, family = family, offset = offset, start = coef(fit),
                       control = glm.control(1e-300, 2))
    fit
}

correct <- function(link, effects, L) {
    family <- binomial(link)
    D <- model.matrix(reformulate(paste0("factor(", effects, ")"), intercept = TRUE), d)
    X <- as.matrix(d[, c("x1", "x2")])
    beta <- coef(climb(cbind(X, D), family))[1:2]
    pieces <- function(beta) {
        fit <- climb(D, family, as.vector(X %*% beta))
        eta <- fit$linear.predictors
        F <- family$linkinv(eta); f <- family$mu.eta(eta)
        f1 <- if (link == "logit") f * (1 - 2 * F) else -eta * f
        f2 <- if (link == "logit") f * (1 - 6 * F * (1 - F)) else (eta^2 - 1) * f
        h <- f / (F * (1 - F)); w <- h * f
        project <- function(M) D %*% solve(crossprod(D, w * D), crossprod(D, w * M))
        MX <- X - project(X)
        list(eta = eta, F = F, f = f, f1 = f1, f2 = f2, h = h, w = w, z = h * f1,
             v = h * (d$y - F), MX = MX, H = crossprod(MX, w * MX), project = project)
    }
    spectral <- function(M, p) {                    # of the first effect, in order of time
        total <- 0
        for (u in unique(d[[effects[1]]])) {
            rows <- which(d[[effects[1]]] == u); rows <- rows[order(d$time[rows])]
            n <- length(rows); part <- 0
            for (l in seq_len(min(L, n - 1)))
                part <- part + n / (n - l) *
                    colSums(M[rows[(l + 1):n], , drop = FALSE] * p$v[rows[1:(n - l)]])
            total <- total + part / sum(p$w[rows])
        }
        total
    }
    grouped <- function(M, p) {
        total <- 0
        for (e in effects) total <- total + colSums(rowsum(M, d[[e]]) / as.vector(rowsum(p$w, d[[e]])))
        total
    }
    p <- pieces(beta)
    b <- grouped(p$MX * p$z, p) / 2
    if (L > 0) b <- b + spectral(p$MX * p$w, p)
    corrected <- beta + solve(p$H, b)
    q <- pieces(corrected)
    se <- sqrt(diag(solve(q$H)))
    # average effects: x1 a derivative, x2 a change from 0 to 1
    eta0 <- q$eta - X[, 2] * corrected[2]; eta1 <- eta0 + corrected[2]
    dens <- function(e) family$mu.eta(e)
    slope <- function(e) if (link == "logit") { P <- plogis(e); dlogis(e) * (1 - 2 * P) } else -e * dnorm(e)
    n <- nrow(d)
    Delta <- cbind(corrected[1] * q$f, family$linkinv(eta1) - family$linkinv(eta0))
    Delta1 <- cbind(corrected[1] * q$f1, dens(eta1) - dens(eta0))
    Delta2 <- cbind(corrected[1] * q$f2, slope(eta1) - slope(eta0))
    Psi <- -Delta1 / q$w; PPsi <- q$project(Psi); MPsi <- Psi - PPsi
    bias <- grouped(Delta2 + PPsi * q$z, q) / 2 / n
    if (L > 0) bias <- bias - spectral(MPsi * q$w, q) / n
    ape <- colMeans(Delta) - bias
    PX <- X - q$MX
    J <- cbind(colSums(q$MX * Delta1[, 1]), 0); J[1, 1] <- J[1, 1] + sum(q$f)
    J[, 2] <- c(sum(X[, 1] * Delta1[, 2]), sum(dens(eta1))) - colSums(PX * Delta1[, 2])
    # variance given the sample, information for squares of scores
    A <- q$MX %*% solve(q$H) %*% J - PPsi
    ape_se <- sqrt(diag(crossprod(A, q$w * A))) / n
    name <- paste0(link, "_", paste(effects, collapse = "+"), "_", L)
    rbind(data.frame(model = name, quantity = "coef", term = c("x1", "x2"), value = corrected),
          data.frame(model = name, quantity = "se", term = c("x1", "x2"), value = se),
          data.frame(model = name, quantity = "raw", term = c("x1", "x2"), value = beta),
          data.frame(model = name, quantity = "ape", term = c("x1", "x2"), value = ape),
          data.frame(model = name, quantity = "ape_se", term = c("x1", "x2"), value = ape_se))
}
out <- NULL
for (link in c("logit", "probit"))
    for (L in c(0, 2))
        for (effects in list("unit", c("unit", "time"))) out <- rbind(out, correct(link, effects, L))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
