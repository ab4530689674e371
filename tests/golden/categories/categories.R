# Multinomial and ordered regressions: nnet 7.3-18 (multinom) and MASS 7.3-58.2 (polr), R 4.2.2.
# Both stop early, so that their estimates are taken on by Newton's method with derivatives
# written out here; table `peer` keeps what they say themselves.
set.seed(20)
n <- 700
d <- data.frame(x1 = round(rnorm(n), 3), x2 = round(rnorm(n) + 0.5, 3), g = rep(1:35, 20),
                region = sample(c("A", "B", "C"), n, TRUE), w = sample(1:3, n, TRUE))
eta <- 0.7 * d$x1 - 0.4 * d$x2 + 0.5 * (d$region == "B")
d$kind <- c("none", "plan", "use")[1 + rowSums(rlogis(n) + cbind(eta - 0.5, eta * 0.5 - 1) > 0)]
d$stage <- 1 + rowSums(outer(eta + rlogis(n), c(-0.8, 0.6, 1.9), ">"))
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("data.csv")
out <- NULL
add <- function(model, quantity, term, value) {
  out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))
}
newton <- function(theta, parts) {
  repeat {
    p <- parts(theta)
    step <- drop(solve(p$information, p$gradient))
    theta <- theta + step
    if (max(abs(step)) < 1e-13) return(list(theta = theta, parts = parts(theta)))
  }
}
keep <- function(model, terms, fit) {
  V <- solve(fit$parts$information)
  add(model, "coef", terms, fit$theta)
  add(model, "se", terms, sqrt(diag(V)))
  S <- fit$parts$scores
  add(model, "se_hc0", terms, sqrt(diag(V %*% crossprod(S) %*% V)))
  add(model, "se_cr0", terms, sqrt(diag(V %*% crossprod(rowsum(S, d$g)) %*% V)))
  add(model, "loglik", "_", fit$parts$loglik)
  V
}
# Mean derivative of each probability by x1, and by setting region to B from A, delta method.
effects <- function(model, theta, V, probabilities, names) {
  ask <- function(theta) {
    h <- 1e-5
    up <- d; up$x1 <- d$x1 + h; down <- d; down$x1 <- d$x1 - h
    a <- d; a$region <- "A"; b <- d; b$region <- "B"
    c((colMeans(probabilities(up, theta)) - colMeans(probabilities(down, theta))) / (2 * h),
      colMeans(probabilities(b, theta)) - colMeans(probabilities(a, theta)))
  }
  J <- sapply(seq_along(theta), function(j) {
    e <- replace(numeric(length(theta)), j, 1e-4)
    (8 * (ask(theta + e) - ask(theta - e)) - ask(theta + 2 * e) + ask(theta - 2 * e)) / 12e-4
  })
  terms <- c(paste0(names, ":x1"), paste0(names, ":region"))
  add(model, "ame", terms, ask(theta))
  add(model, "ame_se", terms, sqrt(diag(J %*% V %*% t(J))))
}
matrix_of <- function(d) {
  d$region <- factor(d$region, levels = c("A", "B", "C"))
  model.matrix(~ x1 + x2 + region, d)
}
X <- matrix_of(d)

# ---- multinomial ----
Y <- outer(d$kind, c("plan", "use"), "==") + 0
probability <- function(X, theta) {
  e <- cbind(1, exp(X %*% matrix(theta, ncol = 2)))
  e / rowSums(e)
}
multinomial <- function(w) function(theta) {
  P <- probability(X, theta)
  S <- cbind(w * (Y - P[, 2:3])[, 1] * X, w * (Y - P[, 2:3])[, 2] * X)
  W <- function(e, f) crossprod(X, w * P[, e] * ((e == f) - P[, f]) * X)
  list(loglik = sum(w * log(P[cbind(seq_len(n), match(d$kind, c("none", "plan", "use")))])),
       gradient = colSums(S), scores = S,
       information = rbind(cbind(W(2, 2), W(2, 3)), cbind(W(3, 2), W(3, 3))))
}
terms <- c(paste0("plan:", colnames(X)), paste0("use:", colnames(X)))
peer <- nnet::multinom(kind ~ x1 + x2 + region, d, trace = FALSE, reltol = 1e-14, maxit = 1000)
fit <- newton(c(t(coef(peer))), multinomial(rep(1, n)))
add("multinom", "coef", terms, c(t(coef(peer))))
V <- keep("mlogit", terms, fit)
effects("mlogit", fit$theta, V, function(d, theta) probability(matrix_of(d), theta),
        c("none", "plan", "use"))
keep("mlogit_weights", terms, newton(fit$theta, multinomial(d$w)))

# ---- ordered ----
links <- list(
  logit = list("logistic", plogis, dlogis, function(x) dlogis(x) * (1 - 2 * plogis(x))),
  probit = list("probit", pnorm, dnorm, function(x) -x * dnorm(x)),
  cloglog = list("cloglog", function(x) -expm1(-exp(x)), function(x) exp(x - exp(x)),
                 function(x) exp(x - exp(x)) * (1 - exp(x))))
Z <- X[, -1]
for (name in names(links)) {
  method <- links[[name]][[1]]; F <- links[[name]][[2]]; f <- links[[name]][[3]]
  slope <- links[[name]][[4]]
  at <- function(Z, theta) {
    eta <- drop(Z %*% theta[1:4])
    cut <- c(-Inf, theta[5:7], Inf)
    list(a = cut[d$stage + 1] - eta, b = cut[d$stage] - eta)
  }
  zero <- function(x, where) ifelse(is.finite(where), x, 0)
  ordered_parts <- function(theta) {
    p <- at(Z, theta)
    P <- F(p$a) - F(p$b)
    A <- cbind(-Z, outer(d$stage, 1:3, "==")); B <- cbind(-Z, outer(d$stage - 1, 1:3, "=="))
    fa <- zero(f(p$a), p$a); fb <- zero(f(p$b), p$b)
    G <- fa / P * A - fb / P * B
    list(loglik = sum(log(P)), gradient = colSums(G), scores = G,
         information = crossprod(G) - crossprod(A, zero(slope(p$a), p$a) / P * A) +
           crossprod(B, zero(slope(p$b), p$b) / P * B))
  }
  peer <- MASS::polr(factor(stage) ~ x1 + x2 + region, d, method = method, Hess = TRUE,
                     control = list(reltol = 1e-15, maxit = 1000))
  terms <- c(colnames(Z), "1|2", "2|3", "3|4")
  fit <- newton(c(coef(peer), peer$zeta), ordered_parts)
  add(paste0("polr_", name), "coef", terms, c(coef(peer), peer$zeta))
  model <- paste0("ologit_", name)
  V <- keep(model, terms, fit)
  effects(model, fit$theta, V, function(d, theta) {
    eta <- drop(matrix_of(d)[, -1] %*% theta[1:4])
    t(apply(cbind(0, F(outer(-eta, theta[5:7], "+")), 1), 1, diff))
  }, 1:4)
}
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
