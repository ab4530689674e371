#include "effects/did/comparison.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { NEWTON_STEPS = 60 };
static const double COLLINEAR = 1e-12, OVERLAP = 0.999, TRIM = 0.995, LARGEST = 1 - 1e-6;

typedef struct work {
    const pp__comparison *c;
    int64_t m;
    int k;
    double *fitted;      /* m: the controls' regression; zeros without */
    double *propensity;  /* m; without weighting all the same */
    double *odds;        /* m: the weight of a control */
    double *ols, *logit; /* k × k: inverses of the cross-products, for sums over units */
    double *theta, *space; /* k each */
} work;

static double at(const work *w, int64_t i, int j) {
    return w->c->x[i + j * w->m];
}

/* Σ weight x x' over units from..to, lower triangle. */
static void add_cross(const work *w, int64_t from, int64_t to, const double *weight,
                      double *G) {
    int k = w->k;
    memset(G, 0, (size_t)(k * k) * sizeof *G);
    for (int j = 0; j < k; j++) {
        for (int l = j; l < k; l++) {
            const double *a = w->c->x + j * w->m, *b = w->c->x + l * w->m;
            double sum = 0;
            for (int64_t i = from; i < to; i++) {
                sum += (weight ? weight[i] : 1) * a[i] * b[i];
            }
            G[l + j * k] = sum;
        }
    }
}

/* Σ value x over units from..to. */
static void add_columns(const work *w, int64_t from, int64_t to, const double *value,
                        double *out) {
    for (int j = 0; j < w->k; j++) {
        out[j] = pp__dot(to - from, w->c->x + j * w->m + from, value + from);
    }
}

static void multiply(const work *w, const double *theta, double *out) {
    memset(out, 0, (size_t)w->m * sizeof *out);
    for (int j = 0; j < w->k; j++) {
        const double *x = w->c->x + j * w->m;
        for (int64_t i = 0; i < w->m; i++) {
            out[i] += theta[j] * x[i];
        }
    }
}

/* 1: G's inverse stands in `inverse`. */
static int invert(const work *w, double *G, double *inverse) {
    if (pp__cholesky(w->k, G, COLLINEAR) < w->k) {
        return 0;
    }
    pp__cholesky_inverse(w->k, G, inverse);
    return 1;
}

static void apply(const work *w, const double *A, const double *b, double *out) {
    for (int j = 0; j < w->k; j++) {
        out[j] = 0;
        for (int l = 0; l < w->k; l++) {
            out[j] += A[j + l * w->k] * b[l];
        }
    }
}

/* ---- the controls' regression ---- */

static int regress(work *w, double *G) {
    int64_t treated = w->c->treated;
    if (w->c->controls < w->k) {
        return 0;
    }
    add_cross(w, treated, w->m, NULL, G);
    if (!invert(w, G, w->ols)) {
        return 0;
    }
    add_columns(w, treated, w->m, w->c->change, w->space);
    apply(w, w->ols, w->space, w->theta);
    multiply(w, w->theta, w->fitted);
    return 1;
}

/* ---- the propensity to be treated, by a logit ---- */

static double logit_loglik(const work *w, const double *eta) {
    double sum = 0;
    for (int64_t i = 0; i < w->m; i++) {
        double e = i < w->c->treated ? -eta[i] : eta[i];
        sum -= e > 0 ? e + log1p(exp(-e)) : log1p(exp(e));
    }
    return sum;
}

/* Scores into `space`, weights into `odds`, propensities; and the inverse information. */
static int linearise(work *w, const double *eta, double *G) {
    for (int64_t i = 0; i < w->m; i++) {
        double p = 1 / (1 + exp(-eta[i]));
        w->propensity[i] = p;
        w->odds[i] = p * (1 - p);
    }
    add_cross(w, 0, w->m, w->odds, G);
    return invert(w, G, w->logit);
}

/* Newton's steps, halved until the likelihood does not fall. */
static int fit_logit(work *w, double *eta, double *trial, double *G) {
    double share = (double)w->c->treated / (double)w->m, *step = w->space + w->k;
    memset(w->theta, 0, (size_t)w->k * sizeof *w->theta);
    w->theta[0] = log(share / (1 - share));
    multiply(w, w->theta, eta);
    double best = logit_loglik(w, eta);
    for (int s = 0; s < NEWTON_STEPS; s++) {
        if (!linearise(w, eta, G)) {
            return 0;
        }
        for (int64_t i = 0; i < w->m; i++) {
            trial[i] = (i < w->c->treated) - w->propensity[i];
        }
        add_columns(w, 0, w->m, trial, w->space);
        apply(w, w->logit, w->space, step);
        double gain = 0;
        for (int j = 0; j < w->k; j++) {
            gain += step[j] * w->space[j];
        }
        if (gain < 1e-26 * (double)w->m) {
            return 1;
        }
        double loglik = -INFINITY, factor = 1;
        for (int halved = 0; halved < 20 && !(loglik >= best - 1e-12 * fabs(best));
             halved++) {
            for (int j = 0; j < w->k; j++) {
                w->theta[j] += (halved ? -factor : factor) * step[j];
            }
            factor /= 2;
            multiply(w, w->theta, trial);
            loglik = logit_loglik(w, trial);
        }
        best = loglik;
        memcpy(eta, trial, (size_t)w->m * sizeof *eta);
    }
    return 1;
}

/* 1: there is overlap, and the controls have their weights. */
static int weigh(work *w, double *eta, double *trial, double *G) {
    if (!fit_logit(w, eta, trial, G)) {
        return 0;
    }
    for (int64_t i = 0; i < w->m; i++) {
        double p = w->propensity[i];
        if (!(p < OVERLAP)) {
            return 0;
        }
        p = p < LARGEST ? p : LARGEST;
        w->odds[i] = p < TRIM ? p / (1 - p) : 0;
    }
    return 1;
}

/* ---- the effect ---- */

/* A weighted mean over units from..to, and what each adds to its influence, for means over all m. */
static double mean_of(const work *w, int64_t from, int64_t to, const double *weight,
                      double *sum) {
    double total = 0;
    *sum = 0;
    for (int64_t i = from; i < to; i++) {
        double v = weight ? weight[i] : 1;
        *sum += v;
        total += v * (w->c->change[i] - w->fitted[i]);
    }
    return total / *sum;
}

/* What the estimated regression adds: the score of the controls times `moment`, by columns. */
static void add_regression(const work *w, const double *moment, double factor,
                           double *influence) {
    apply(w, w->ols, moment, w->space);
    for (int64_t i = w->c->treated; i < w->m; i++) {
        double product = 0;
        for (int j = 0; j < w->k; j++) {
            product += at(w, i, j) * w->space[j];
        }
        influence[i] += factor * (w->c->change[i] - w->fitted[i]) * product;
    }
}

static void add_propensity(const work *w, const double *moment, double factor,
                           double *influence) {
    apply(w, w->logit, moment, w->space);
    for (int64_t i = 0; i < w->m; i++) {
        double product = 0;
        for (int j = 0; j < w->k; j++) {
            product += at(w, i, j) * w->space[j];
        }
        influence[i] += factor * ((i < w->c->treated) - w->propensity[i]) * product;
    }
}

/* Influences of the means; the estimated parts come after. With n units the mean of the weights is
   their sum / m, so that a unit's influence is m / sum times its deviation. */
static void add_means(const work *w, const double *weight, double treated,
                      double controls, double treated_sum, double control_sum,
                      double *influence) {
    double m = (double)w->m;
    for (int64_t i = 0; i < w->m; i++) {
        double left = w->c->change[i] - w->fitted[i];
        influence[i] = i < w->c->treated ? m / treated_sum * (left - treated)
                                         : -m / control_sum * (weight ? weight[i] : 1) *
                                               (left - controls);
    }
}

/* Only a regression: the mean change that the controls' regression leaves of the treated. */
static double by_regression(work *w, double *influence, double *moment) {
    int64_t treated = w->c->treated;
    double sum, m = (double)w->m;
    double effect = mean_of(w, 0, treated, NULL, &sum);
    for (int j = 0; j < w->k; j++) {
        moment[j] = 0;
        for (int64_t i = 0; i < treated; i++) {
            moment[j] += at(w, i, j);
        }
        moment[j] *= m / sum;
    }
    memset(influence + treated, 0, (size_t)w->c->controls * sizeof *influence);
    for (int64_t i = 0; i < treated; i++) {
        influence[i] = m / sum * (w->c->change[i] - w->fitted[i] - effect);
    }
    add_regression(w, moment, -1, influence);
    return effect;
}

/* Weighted controls, after the regression if there was one. */
static double by_weighting(work *w, int regressed, double *influence, double *moment,
                           double *scratch) {
    int64_t treated = w->c->treated;
    double m = (double)w->m, sum, control_sum;
    double effect = mean_of(w, 0, treated, NULL, &sum);
    double other = mean_of(w, treated, w->m, w->odds, &control_sum);
    add_means(w, w->odds, effect, other, sum, control_sum, influence);
    for (int64_t i = treated; i < w->m; i++) {
        scratch[i] = w->odds[i] * (w->c->change[i] - w->fitted[i] - other);
    }
    add_columns(w, treated, w->m, scratch, moment);
    add_propensity(w, moment, -m / control_sum, influence);
    if (regressed) {
        add_columns(w, treated, w->m, w->odds, moment);
        for (int j = 0; j < w->k; j++) {
            double mean = 0;
            for (int64_t i = 0; i < treated; i++) {
                mean += at(w, i, j);
            }
            moment[j] = m * (moment[j] / control_sum - mean / sum);
        }
        add_regression(w, moment, 1, influence);
    }
    return effect - other;
}

pp_status pp__compare(const pp__comparison *c, pp__did_method method, pp_arena *arena,
                      double *effect, double *influence, pp__comparable *outcome,
                      pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    work w = {.c = c, .m = c->treated + c->controls, .k = c->k};
    int64_t k = c->k;
    /* Without covariates the three are one. */
    int weighted = method != PP__DID_REG && k > 1,
        regressed = method != PP__DID_IPW || k == 1;
    double *rows = pp_arena_zalloc(arena, 5 * w.m, sizeof *rows);
    double *small = pp_arena_alloc(arena, 3 * k * k + 4 * k, sizeof *small);
    PP_NEED(rows && small ? small : NULL, err);
    w.fitted = rows;
    w.propensity = rows + w.m;
    w.odds = rows + 2 * w.m;
    w.ols = small;
    w.logit = small + k * k;
    double *G = small + 2 * k * k, *moment;
    w.theta = G + k * k;
    w.space = w.theta + k;
    moment = w.space + 2 * k;
    *effect = NAN;
    *outcome = PP__COMPARED;
    if (regressed && !regress(&w, G)) {
        *outcome = PP__NO_SUPPORT;
    } else if (weighted && !weigh(&w, rows + 3 * w.m, rows + 4 * w.m, G)) {
        *outcome = PP__NO_OVERLAP;
    } else {
        *effect = weighted
                      ? by_weighting(&w, regressed, influence, moment, rows + 3 * w.m)
                      : by_regression(&w, influence, moment);
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}
