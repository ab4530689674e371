/* Intervals and tests by the profile of the penalised likelihood.
   Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419; bounds after Venzon &
   Moolgavkar (1988), Applied Statistics 37, 87-94. */
#include "base/check.h"
#include "model/estimators/firth.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

typedef struct search {
    pp__firth *f;
    const double *contrast;
    double target;    /* of the objective */
    double tolerance; /* on the score */
    int max_iterations;
    const double *best;       /* k: where the objective is largest */
    double *theta, *q, *step; /* k each */
    pp_error *err;
} search;

/* The step to where, by a quadratic approximation, the objective is the target and the
   contrast extreme on that side; gives its length in standard errors. */
static double find_step(search *s, int side) {
    pp__firth *f = s->f;
    int k = f->d->k;
    double *p = s->step;
    pp__firth_curvature(f);
    memcpy(p, f->gradient, (size_t)k * sizeof *p);
    memcpy(s->q, s->contrast, (size_t)k * sizeof *p);
    pp__forward(k, f->curvature, p);
    pp__forward(k, f->curvature, s->q);
    double above = 2 * (f->objective - s->target) + pp__dot(k, p, p);
    double by = side * sqrt(fmax(above, 0) / pp__dot(k, s->q, s->q));
    for (int j = 0; j < k; j++) { /* from the sum, which vanishes, for its last digits */
        p[j] = f->gradient[j] + by * s->contrast[j];
    }
    pp__forward(k, f->curvature, p);
    double length = sqrt(pp__dot(k, p, p));
    pp__backward(k, f->curvature, p);
    return above < 0 ? fmax(length, 1) : length;
}

static void go(search *s, double by) {
    for (int j = 0; j < s->f->d->k; j++) {
        s->theta[j] += by * s->step[j];
    }
}

/* By Newton's method on the bound and the other coefficients together. */
static pp_status find_bound(search *s, int side, double quantile, double *bound) {
    int k = s->f->d->k;
    *bound = NAN;
    memcpy(s->theta, s->best, (size_t)k * sizeof *s->theta);
    if (!pp__firth_visit(s->f, s->theta)) {
        return PP_OK;
    }
    for (int iteration = 0; iteration < s->max_iterations; iteration++) {
        double length = find_step(s, side);
        if (length <= s->tolerance) {
            *bound = pp__dot(k, s->contrast, s->theta);
            return PP_OK;
        }
        double by = fmin(1, 2 * quantile / length);
        go(s, by);
        while (!pp__firth_visit(s->f, s->theta)) {
            go(s, -by / 2);
            by /= 2;
            if (by < 1e-6) {
                return PP_OK;
            }
        }
        PP_TRY(pp_progress(s->f->ctx, "profile", -1, s->err));
    }
    return PP_OK;
}

/* ---- by the contrast ---- */

/* The signed root of twice the fall of the objective where the contrast is `value`; s->theta
   is where the search begins, and what it finds. NaN: not found. */
static pp_status signed_root(search *s, double value, double largest, double *root) {
    pp__firth *f = s->f;
    int k = f->d->k;
    pp__firth_state state;
    *root = NAN;
    if (!pp__firth_visit(f, s->theta)) {
        return PP_OK;
    }
    double shift = value - pp__dot(k, s->contrast, s->theta);
    memcpy(s->step, s->contrast, (size_t)k * sizeof *s->step);
    pp__forward(k, f->factor, s->step);
    double variance = pp__dot(k, s->step, s->step);
    pp__backward(k, f->factor, s->step);
    go(s, shift / variance);
    if (!pp__firth_visit(f, s->theta)) {
        return PP_OK;
    }
    PP_TRY(pp__firth_solve(f, s->contrast, s->tolerance, s->max_iterations, s->theta,
                           &state, s->err));
    if (state.converged) {
        double fall = 2 * (largest - f->objective);
        *root = copysign(sqrt(fmax(fall, 0)), value - pp__dot(k, s->contrast, s->best));
    }
    return PP_OK;
}

/* Slower than find_bound, and sure: outwards until the root is beyond the quantile, then
   by false position (Illinois). */
static pp_status search_bound(search *s, int side, double quantile, double error,
                              double largest, double *bound) {
    int k = s->f->d->k;
    double inner = pp__dot(k, s->contrast, s->best), at_inner = -quantile, outer = inner;
    double at_outer = -quantile, root;
    *bound = NAN;
    memcpy(s->theta, s->best, (size_t)k * sizeof *s->theta);
    for (int step = 0; at_outer < 0; step++) {
        inner = outer;
        at_inner = at_outer;
        outer += side * error * quantile * (step < 4 ? 0.5 : step);
        PP_TRY(signed_root(s, outer, largest, &root));
        at_outer = side * root - quantile;
        if (isnan(root) || step == 40) {
            return PP_OK;
        }
    }
    for (int step = 0; step < 100; step++) {
        double middle = (inner * at_outer - outer * at_inner) / (at_outer - at_inner);
        PP_TRY(signed_root(s, middle, largest, &root));
        double at_middle = side * root - quantile;
        if (isnan(root) || fabs(at_middle) <= s->tolerance) {
            *bound = isnan(root) ? NAN : middle;
            return PP_OK;
        }
        if (at_middle * at_outer < 0) {
            inner = outer;
            at_inner = at_outer;
        } else {
            at_inner /= 2;
        }
        outer = middle;
        at_outer = at_middle;
    }
    return PP_OK;
}

pp_status pp__firth_bounds(pp__firth *f, const double *theta, const double *contrast,
                           double quantile, double tolerance, int max_iterations,
                           pp__firth_profile *out, pp_error *err) {
    int k = f->d->k;
    double *space = pp_malloc(3 * (int64_t)k, sizeof *space);
    PP_NEED(space, err);
    search s = {.f = f,
                .contrast = contrast,
                .tolerance = tolerance,
                .max_iterations = max_iterations,
                .best = theta,
                .theta = space,
                .q = space + k,
                .step = space + 2 * (int64_t)k,
                .err = err};
    pp_status status = PP_OK;
    *out = (pp__firth_profile){NAN, NAN, NAN};
    if (pp__firth_visit(f, theta)) {
        double largest = f->objective, error;
        memcpy(s.q, contrast, (size_t)k * sizeof *s.q);
        pp__forward(k, f->factor, s.q);
        error = sqrt(pp__dot(k, s.q, s.q));
        s.target = largest - quantile * quantile / 2;
        for (int side = -1; side <= 1 && status == PP_OK; side += 2) {
            double *bound = side < 0 ? &out->low : &out->high;
            status = find_bound(&s, side, quantile, bound);
            if (status == PP_OK && isnan(*bound)) {
                status = search_bound(&s, side, quantile, error, largest, bound);
            }
        }
        if (status == PP_OK) {
            memcpy(s.theta, theta, (size_t)k * sizeof *s.theta);
            status = signed_root(&s, 0, largest, &out->root);
        }
    }
    pp_free(space);
    out->root = -out->root;
    return status;
}
