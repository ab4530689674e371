# Group-time effects of repeated cross-sections, of panels with holes, and with sampling weights: written out in
# base R from Sant'Anna & Zhao (2020, eqs. 2.2, 3.1, 3.4 and the influence functions of their appendix) and
# Callaway & Sant'Anna (2021, secs. 3 and 4), as the packages DRDID and did arrange them (rows normalised by mean
# weight; influences summed by unit; shares of cohorts from units' mean weights, of balanced panels from the first
# period's). Writes data.csv and reference.csv. The influence functions are checked against derivatives by weights.

## ---- data ----
set.seed(20261)
n <- 260; periods <- 1:6
u <- data.frame(id = 1:n, g = sample(c(0, 3, 4, 6), n, TRUE, c(.4, .25, .2, .15)), cl = sample(40, n, TRUE))
u$x0 <- round(rnorm(n) + 0.3 * (u$g > 0), 3)
d <- merge(u, data.frame(period = periods))
d <- d[order(d$id, d$period), ]
d$x <- round(d$x0 + 0.2 * rnorm(nrow(d)), 3)
d$w <- round(exp(rep(rnorm(n, 0, .5), each = 6) + rnorm(nrow(d), 0, .1)), 3)
d$y <- round(rep(rnorm(n), each = 6) + 0.3 * d$period * d$x0 + (d$g > 0 & d$period >= d$g) *
               (1 + 0.4 * (d$period - d$g)) + rnorm(nrow(d)), 4)
keep <- runif(nrow(d)) > 0.12 | d$id %% 3 == 0
d <- d[keep, c("id", "period", "g", "x", "cl", "w", "y")]
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)

## ---- one comparison ----
logit <- function(D, X, w) {
  f <- suppressWarnings(glm(D ~ X - 1, family = quasibinomial, weights = w, control = glm.control(1e-16, 200)))
  p <- fitted(f)
  list(p = p, inverse = solve(crossprod(X, w * p * (1 - p) * X)))
}
ols <- function(y, X, w, at) {
  inverse <- solve(crossprod(X[at, , drop = FALSE], w[at] * X[at, , drop = FALSE]))
  b <- inverse %*% crossprod(X[at, , drop = FALSE], w[at] * y[at])
  fit <- drop(X %*% b)
  list(fit = fit, influence = (ifelse(at, w * (y - fit), 0) * X) %*% inverse * length(y))
}
rows <- function(y, post, D, X, w, method) {   # repeated cross-sections
  w <- w / mean(w); m <- length(y)
  t1 <- w * D * post; t0 <- w * D * (1 - post); all <- w * D
  mean_of <- function(v, z) { a <- sum(v * z) / sum(v); list(a = a, i = v * (z - a) / mean(v)) }
  moment <- function(v, z = 1) colSums(v * z * X) / sum(v)
  if (method != "reg") {
    ps <- logit(D, X, w); odds <- ps$p / (1 - ps$p); odds[ps$p >= 0.995] <- 0
    of_p <- (w * (D - ps$p) * X) %*% ps$inverse * m
    c1 <- w * (1 - D) * post * odds; c0 <- w * (1 - D) * (1 - post) * odds
  }
  if (method != "ipw") {
    f1 <- ols(y, X, w, D == 0 & post == 1); f0 <- ols(y, X, w, D == 0 & post == 0)
  }
  if (method == "reg") {
    a1 <- mean_of(t1, y); a0 <- mean_of(t0, y); b <- mean_of(all, f1$fit - f0$fit)
    att <- a1$a - a0$a - b$a
    inf <- a1$i - a0$i - b$i - (f1$influence - f0$influence) %*% moment(all)
  } else if (method == "ipw") {
    a1 <- mean_of(t1, y); a0 <- mean_of(t0, y); b1 <- mean_of(c1, y); b0 <- mean_of(c0, y)
    att <- (a1$a - a0$a) - (b1$a - b0$a)
    inf <- a1$i - a0$i - b1$i + b0$i - of_p %*% (moment(c1, y - b1$a) - moment(c0, y - b0$a))
  } else {                                     # all terms of eq. 3.4
    h1 <- ols(y, X, w, D == 1 & post == 1); h0 <- ols(y, X, w, D == 1 & post == 0)
    f <- ifelse(post == 1, f1$fit, f0$fit)
    a1 <- mean_of(t1, y - f); a0 <- mean_of(t0, y - f); b1 <- mean_of(c1, y - f); b0 <- mean_of(c0, y - f)
    e1 <- mean_of(all, h1$fit - f1$fit); e0 <- mean_of(all, h0$fit - f0$fit)
    k1 <- mean_of(t1, h1$fit - f1$fit); k0 <- mean_of(t0, h0$fit - f0$fit)
    att <- (a1$a - a0$a) - (b1$a - b0$a) + (e1$a - k1$a) - (e0$a - k0$a)
    inf <- a1$i - a0$i - b1$i + b0$i + e1$i - k1$i - e0$i + k0$i -
      f1$influence %*% moment(t1) + f0$influence %*% moment(t0) +
      f1$influence %*% moment(c1) - f0$influence %*% moment(c0) -
      of_p %*% (moment(c1, y - f - b1$a) - moment(c0, y - f - b0$a)) +
      (h1$influence - f1$influence) %*% (moment(all) - moment(t1)) -
      (h0$influence - f0$influence) %*% (moment(all) - moment(t0))
  }
  list(att = att, inf = drop(inf))
}
panel <- function(dy, D, X, w, method) {       # units seen in both periods
  w <- w / mean(w); m <- length(dy); t <- w * D
  moment <- function(v, z = 1) colSums(v * z * X) / sum(v)
  mean_of <- function(v, z) { a <- sum(v * z) / sum(v); list(a = a, i = v * (z - a) / mean(v)) }
  f <- if (method == "ipw") list(fit = 0, influence = 0 * X) else ols(dy, X, w, D == 0)
  a <- mean_of(t, dy - f$fit)
  if (method == "reg") return(list(att = a$a, inf = drop(a$i - f$influence %*% moment(t))))
  ps <- logit(D, X, w); odds <- ps$p / (1 - ps$p); odds[ps$p >= 0.995] <- 0
  v <- w * (1 - D) * odds; b <- mean_of(v, dy - f$fit)
  of_p <- (w * (D - ps$p) * X) %*% ps$inverse * m
  list(att = a$a - b$a, inf = drop(a$i - b$i - of_p %*% moment(v, dy - f$fit - b$a) +
                                     f$influence %*% (moment(v) - moment(t))))
}

## ---- the influence functions are derivatives by weights ----
check <- function(estimate, w) {
  m <- length(w); at <- sample(m, 12); inf <- estimate(w)$inf
  slope <- sapply(at, function(i) {
    h <- 1e-5; up <- w; up[i] <- up[i] * (1 + h); down <- w; down[i] <- down[i] * (1 - h)
    (estimate(up)$att - estimate(down)$att) / (2 * h) * m
  })
  stopifnot(max(abs(slope - inf[at])) < 1e-5 * max(1, abs(inf)))
}
s <- d[d$g %in% c(0, 4) & d$period %in% c(3, 5), ]
for (method in c("reg", "ipw", "dr")) {
  check(function(w) rows(s$y, 1 * (s$period == 5), 1 * (s$g == 4), cbind(1, s$x), w, method), s$w)
  z <- s[s$period == 3, ]; z$after <- s$y[s$period == 5][match(z$id, s$id[s$period == 5])]; z <- z[!is.na(z$after), ]
  check(function(w) panel(z$after - z$y, 1 * (z$g == 4), cbind(1, z$x), w, method), z$w)
}

## ---- all cells, and means over them ----
out <- NULL
put <- function(model, quantity, term, value)
  out <<- rbind(out, data.frame(model = model, quantity = quantity, term = term, value = sprintf("%.15g", value)))

run <- function(model, form, method, covariates, weights, control, cluster = NULL) {
  z <- d; z$one <- z$id
  if (form == "balanced") z <- z[z$id %in% names(which(table(z$id) == 6)), ]
  if (form == "crosssection") z$one <- seq_len(nrow(z))
  z$v <- if (weights) z$w else 1
  ids <- sort(unique(z$one)); n <- length(ids)
  first <- z$g[match(ids, z$one)]; cl <- z$cl[match(ids, z$one)]
  own <- if (form == "balanced") z$v[z$period == 1] else as.numeric(tapply(z$v, z$one, mean))
  cells <- NULL; inf <- NULL
  for (g in c(3, 4, 6)) for (t in 2:6) {
    base <- if (t >= g) g - 1 else t - 1
    control_unit <- if (control == "never") z$g == 0 else (z$g == 0 | z$g > t) & z$g != g
    s <- z[(z$g == g | control_unit) & z$period %in% c(base, t), ]
    if (form == "balanced") {
      b <- s[s$period == base, ]; a <- s[s$period == t, ]; stopifnot(a$id == b$id)
      X <- if (covariates) cbind(1, b$x) else matrix(1, nrow(b), 1)
      e <- panel(a$y - b$y, 1 * (b$g == g), X, b$v, method); s <- b
    } else {
      X <- if (covariates) cbind(1, s$x) else matrix(1, nrow(s), 1)
      e <- rows(s$y, 1 * (s$period == t), 1 * (s$g == g), X, s$v, method)
    }
    i <- numeric(n); sums <- tapply(e$inf, s$one, sum); i[match(as.numeric(names(sums)), ids)] <- sums
    inf <- cbind(inf, i * n / nrow(s)); cells <- rbind(cells, data.frame(g = g, t = t, att = e$att))
  }
  se <- function(i) {
    sums <- if (is.null(cluster)) i else tapply(i, cl, sum)
    sqrt(sum(sums^2)) / n
  }
  for (k in seq_len(nrow(cells))) {
    term <- sprintf("g%d_t%d", cells$g[k], cells$t[k])
    put(model, "att", term, cells$att[k]); put(model, "se", term, se(inf[, k]))
  }
  share <- sapply(c(3, 4, 6), function(g) mean(own * (first == g)))
  pg <- share[match(cells$g, c(3, 4, 6))]
  mean_of <- function(k, att, p, i, groups) {  # weights p are estimated, from units of `groups`
    S <- sum(p[k]); one <- sapply(k, function(j) own * (first == groups[j]) - p[j])
    wif <- one / S - rowSums(one) %o% (p[k] / S^2)
    list(att = sum(att[k] * p[k]) / S, inf = drop(i[, k, drop = FALSE] %*% (p[k] / S)) + drop(wif %*% att[k]))
  }
  after <- which(cells$t >= cells$g)
  a <- mean_of(after, cells$att, pg, inf, cells$g)
  put(model, "att", "simple", a$att); put(model, "se", "simple", se(a$inf))
  for (h in -4:3) {
    a <- mean_of(which(cells$t - cells$g == h), cells$att, pg, inf, cells$g)
    put(model, "att", sprintf("h%d", h), a$att); put(model, "se", sprintf("h%d", h), se(a$inf))
  }
  of_group <- sapply(c(3, 4, 6), function(g) mean(cells$att[after][cells$g[after] == g]))
  i_group <- sapply(c(3, 4, 6), function(g) rowMeans(inf[, after[cells$g[after] == g], drop = FALSE]))
  a <- mean_of(1:3, of_group, share, i_group, c(3, 4, 6))
  put(model, "att", "group", a$att); put(model, "se", "group", se(a$inf))
}
for (form in c("unbalanced", "crosssection", "balanced")) for (weights in c(FALSE, TRUE)) {
  if (form == "balanced" && !weights) next
  name <- function(...) paste(form, ..., if (weights) "w" else "1", sep = "_")
  for (method in c("reg", "ipw", "dr")) {
    run(name(method, "x", "never"), form, method, TRUE, weights, "never")
    run(name(method, "x", "notyet"), form, method, TRUE, weights, "notyet")
  }
  run(name("reg", "none", "notyet"), form, "reg", FALSE, weights, "notyet")
  run(name("dr", "x", "never", "cl"), form, "dr", TRUE, weights, "never", "cl")
}
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
