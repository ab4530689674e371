#include "effects/did/comparison_fit.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { NEWTON_STEPS = 60 };
static const double COLLINEAR = 1e-12, OVERLAP = 0.999, TRIM = 0.995, LARGEST = 1 - 1e-6;

pp_status pp__comparing_init(pp__comparing *w, int64_t m, int64_t treated, int k,
                             const double *x, const double *weight, pp_arena *arena,
                             pp_error *err) {
    int64_t square = (int64_t)k * k;
    *w = (pp__comparing){.m = m, .treated = treated, .k = k, .x = x, .weight = weight};
    double *rows = pp_arena_zalloc(arena, 4 * m, sizeof *rows);
    double *small = pp_arena_alloc(arena, 2 * square + 3 * (int64_t)k, sizeof *small);
    PP_NEED(rows && small ? small : NULL, err);
    w->propensity = rows;
    w->odds = rows + m;
    w->eta = rows + 2 * m;
    w->trial = rows + 3 * m;
    w->logit = small;
    w->G = small + square;
    w->theta = w->G + square;
    w->space = w->theta + k;
    return PP_OK;
}

/* Σ weight x x' over rows from..to, lower triangle. */
static void add_cross(const pp__comparing *w, int64_t from, int64_t to,
                      const double *weight) {
    int k = w->k;
    for (int j = 0; j < k; j++) {
        for (int l = j; l < k; l++) {
            const double *a = w->x + j * w->m, *b = w->x + l * w->m;
            double sum = 0;
            for (int64_t i = from; i < to; i++) {
                sum += (weight ? weight[i] : 1) * a[i] * b[i];
            }
            w->G[l + j * k] = sum;
        }
    }
}

void pp__comparing_columns(const pp__comparing *w, int64_t from, int64_t to,
                           const double *value, double *out) {
    for (int j = 0; j < w->k; j++) {
        out[j] = pp__dot(to - from, w->x + j * w->m + from, value + from);
    }
}

double pp__comparing_sums(const pp__comparing *w, int64_t from, int64_t to, double *out) {
    for (int j = 0; j < w->k; j++) {
        const double *x = w->x + j * w->m;
        out[j] = 0;
        for (int64_t i = from; i < to; i++) {
            out[j] += pp__comparing_weight(w, i) * x[i];
        }
    }
    return out[0];
}

static void multiply(const pp__comparing *w, const double *theta, double *out) {
    memset(out, 0, (size_t)w->m * sizeof *out);
    for (int j = 0; j < w->k; j++) {
        const double *x = w->x + j * w->m;
        for (int64_t i = 0; i < w->m; i++) {
            out[i] += theta[j] * x[i];
        }
    }
}

/* 1: the inverse of G stands in `inverse`. */
static int invert(const pp__comparing *w, double *inverse) {
    if (pp__cholesky(w->k, w->G, COLLINEAR) < w->k) {
        return 0;
    }
    pp__cholesky_inverse(w->k, w->G, inverse);
    return 1;
}

static void apply(const pp__comparing *w, const double *A, const double *b, double *out) {
    for (int j = 0; j < w->k; j++) {
        out[j] = 0;
        for (int l = 0; l < w->k; l++) {
            out[j] += A[j + l * w->k] * b[l];
        }
    }
}

/* ---- regressions ---- */

int pp__comparing_regress(pp__comparing *w, int64_t from, int64_t to, const double *y,
                          double *inverse, double *fitted) {
    if (to - from < w->k) {
        return 0;
    }
    add_cross(w, from, to, w->weight);
    if (!invert(w, inverse)) {
        return 0;
    }
    for (int64_t i = from; w->weight && i < to; i++) {
        w->trial[i] = w->weight[i] * y[i];
    }
    pp__comparing_columns(w, from, to, w->weight ? w->trial : y, w->space);
    apply(w, inverse, w->space, w->theta);
    multiply(w, w->theta, fitted);
    return 1;
}

void pp__comparing_add_regression(const pp__comparing *w, int64_t from, int64_t to,
                                  const double *y, const double *fitted,
                                  const double *inverse, const double *moment,
                                  double factor, double *influence) {
    apply(w, inverse, moment, w->space);
    for (int64_t i = from; i < to; i++) {
        double product = 0;
        for (int j = 0; j < w->k; j++) {
            product += w->x[i + j * w->m] * w->space[j];
        }
        influence[i] +=
            factor * pp__comparing_weight(w, i) * (y[i] - fitted[i]) * product;
    }
}

/* ---- the propensity to be treated, by a logit ---- */

static double loglik(const pp__comparing *w, const double *eta) {
    double sum = 0;
    for (int64_t i = 0; i < w->m; i++) {
        double e = i < w->treated ? -eta[i] : eta[i];
        sum -= pp__comparing_weight(w, i) * (e > 0 ? e + log1p(exp(-e)) : log1p(exp(e)));
    }
    return sum;
}

/* Propensities, and the inverse information. */
static int linearise(pp__comparing *w, const double *eta) {
    for (int64_t i = 0; i < w->m; i++) {
        double p = 1 / (1 + exp(-eta[i]));
        w->propensity[i] = p;
        w->odds[i] = pp__comparing_weight(w, i) * p * (1 - p);
    }
    add_cross(w, 0, w->m, w->odds);
    return invert(w, w->logit);
}

/* A step along `step`, halved until the likelihood does not fall. */
static double search(pp__comparing *w, const double *step, double best) {
    double now = -INFINITY, factor = 1;
    for (int halved = 0; halved < 20 && !(now >= best - 1e-12 * fabs(best)); halved++) {
        for (int j = 0; j < w->k; j++) {
            w->theta[j] += (halved ? -factor : factor) * step[j];
        }
        factor /= 2;
        multiply(w, w->theta, w->trial);
        now = loglik(w, w->trial);
    }
    memcpy(w->eta, w->trial, (size_t)w->m * sizeof *w->eta);
    return now;
}

static int fit_logit(pp__comparing *w) {
    double *step = w->space + w->k, treated = 0, all = 0;
    for (int64_t i = 0; i < w->m; i++) {
        treated += i < w->treated ? pp__comparing_weight(w, i) : 0;
        all += pp__comparing_weight(w, i);
    }
    memset(w->theta, 0, (size_t)w->k * sizeof *w->theta);
    w->theta[0] = log(treated / (all - treated));
    multiply(w, w->theta, w->eta);
    double best = loglik(w, w->eta);
    for (int s = 0; s < NEWTON_STEPS; s++) {
        if (!linearise(w, w->eta)) {
            return 0;
        }
        for (int64_t i = 0; i < w->m; i++) {
            w->trial[i] =
                pp__comparing_weight(w, i) * ((i < w->treated) - w->propensity[i]);
        }
        pp__comparing_columns(w, 0, w->m, w->trial, w->space);
        apply(w, w->logit, w->space, step);
        if (pp__dot(w->k, step, w->space) < 1e-26 * all) {
            return 1;
        }
        best = search(w, step, best);
    }
    return 1;
}

int pp__comparing_weigh(pp__comparing *w) {
    if (!fit_logit(w)) {
        return 0;
    }
    for (int64_t i = 0; i < w->m; i++) {
        double p = w->propensity[i];
        if (!(p < OVERLAP)) {
            return 0;
        }
        p = p < LARGEST ? p : LARGEST;
        w->odds[i] = p < TRIM ? pp__comparing_weight(w, i) * p / (1 - p) : 0;
    }
    return 1;
}

void pp__comparing_add_propensity(const pp__comparing *w, const double *moment,
                                  double factor, double *influence) {
    apply(w, w->logit, moment, w->space);
    for (int64_t i = 0; i < w->m; i++) {
        double product = 0;
        for (int j = 0; j < w->k; j++) {
            product += w->x[i + j * w->m] * w->space[j];
        }
        influence[i] += factor * pp__comparing_weight(w, i) *
                        ((i < w->treated) - w->propensity[i]) * product;
    }
}

void pp__comparing_overlap(const pp__comparing *w, pp__overlap *out) {
    int64_t beyond = 0;
    *out = (pp__overlap){INFINITY, -INFINITY, INFINITY, -INFINITY, 0};
    for (int64_t i = 0; i < w->m; i++) {
        double p = w->propensity[i];
        double *low = i < w->treated ? &out->treated_low : &out->control_low,
               *high = i < w->treated ? &out->treated_high : &out->control_high;
        *low = fmin(*low, p);
        *high = fmax(*high, p);
    }
    for (int64_t i = 0; i < w->treated; i++) {
        beyond +=
            w->propensity[i] < out->control_low || w->propensity[i] > out->control_high;
    }
    out->beyond = (double)beyond / (double)w->treated;
}
