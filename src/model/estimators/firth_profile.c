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
    double quantile, tolerance; /* the latter on the score */
    int max_iterations;
    const double *best;     /* k: where the objective is largest */
    double *factor;         /* k × k: Cholesky factor of the curvature there */
    double largest, target; /* of the objective */
    /* Of the contrast at `best`: its value, standard error, and the way (k) along which it
       grows by one error and the objective falls least. */
    double value, error, *way;
    double *low, *high, *theta, *q, *step; /* k each */
    pp_error *err;
} search;

/* to = from + by × way. */
static void set(const search *s, double *to, const double *from, double by,
                const double *way) {
    for (int j = 0; j < s->f->d->k; j++) {
        to[j] = from[j] + by * way[j];
    }
}

/* ---- bounds ---- */

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
    set(s, p, f->gradient, by, s->contrast); /* the sum vanishes: its last digits count */
    pp__forward(k, f->curvature, p);
    double length = sqrt(pp__dot(k, p, p));
    pp__backward(k, f->curvature, p);
    return above < 0 ? fmax(length, 1) : length;
}

/* By Newton's method on the bound and the other coefficients together, from `theta`, which
   is moved there. */
static pp_status find_bound(search *s, int side, double *theta, double *bound) {
    *bound = NAN;
    int there = pp__firth_visit(s->f, theta);
    for (int iteration = 0; there && iteration < s->max_iterations; iteration++) {
        double length = find_step(s, side), by = fmin(1, 2 * s->quantile / length);
        if (length <= s->tolerance) {
            *bound = pp__dot(s->f->d->k, s->contrast, theta);
            return PP_OK;
        }
        for (there = 0; !there && by > 1e-6; by /= 2) {
            set(s, s->theta, theta, by, s->step);
            there = pp__firth_visit(s->f, s->theta);
        }
        memcpy(theta, s->theta, (size_t)s->f->d->k * sizeof *theta);
        PP_TRY(pp_progress(s->f->ctx, "profile", -1, s->err));
    }
    return PP_OK;
}

/* ---- by the contrast ---- */

/* The signed root of twice the fall of the objective where the contrast is `value`; s->theta
   is where the search begins, and what it finds. NaN: not found. */
static pp_status signed_root(search *s, double value, double *root) {
    pp__firth_state state;
    *root = NAN;
    set(s, s->theta, s->theta,
        (value - pp__dot(s->f->d->k, s->contrast, s->theta)) / s->error, s->way);
    if (!pp__firth_visit(s->f, s->theta)) {
        return PP_OK;
    }
    PP_TRY(pp__firth_solve(s->f, s->contrast, s->tolerance, s->max_iterations, s->theta,
                           &state, s->err));
    if (state.converged) {
        *root =
            copysign(sqrt(fmax(2 * (s->largest - s->f->objective), 0)), value - s->value);
    }
    return PP_OK;
}

/* Slower than find_bound, and sure: outwards until the root is beyond the quantile, then
   by false position (Illinois). */
static pp_status search_bound(search *s, int side, double *bound) {
    double inner = s->value, at_inner = -s->quantile, outer = inner,
           at_outer = -s->quantile, root;
    *bound = NAN;
    memcpy(s->theta, s->best, (size_t)s->f->d->k * sizeof *s->theta);
    for (int step = 0; at_outer < 0; step++) {
        inner = outer;
        at_inner = at_outer;
        outer += side * s->error * s->quantile * (step < 4 ? 0.5 : step);
        PP_TRY(signed_root(s, outer, &root));
        at_outer = side * root - s->quantile;
        if (isnan(root) || step == 40) {
            return PP_OK;
        }
    }
    for (int step = 0; step < 100; step++) {
        double middle = (inner * at_outer - outer * at_inner) / (at_outer - at_inner);
        PP_TRY(signed_root(s, middle, &root));
        double at_middle = side * root - s->quantile;
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

/* ---- one coefficient ---- */

static void choose(search *s, const double *contrast) {
    int k = s->f->d->k;
    s->contrast = contrast;
    s->value = pp__dot(k, contrast, s->best);
    memcpy(s->way, contrast, (size_t)k * sizeof *s->way);
    pp__forward(k, s->factor, s->way);
    s->error = sqrt(pp__dot(k, s->way, s->way));
    pp__backward(k, s->factor, s->way);
    for (int j = 0; j < k; j++) {
        s->way[j] /= s->error;
    }
}

/* Where the other coefficients may be when the contrast is zero: on the parabola through
   the best and both bounds, if these are found and not far. */
static void guess_at_zero(search *s, const pp__firth_profile *found) {
    double l = found->low, b = s->value, h = found->high;
    int near = fabs(b) < 3 * (h - l);
    memcpy(s->theta, s->best, (size_t)s->f->d->k * sizeof *s->theta);
    for (int j = 0; near && j < s->f->d->k; j++) {
        s->theta[j] = s->low[j] * (b * h) / ((l - b) * (l - h)) +
                      s->best[j] * (l * h) / ((b - l) * (b - h)) +
                      s->high[j] * (l * b) / ((h - l) * (h - b));
    }
}

static pp_status profile(search *s, pp__firth_profile *out) {
    double root;
    set(s, s->low, s->best, -s->quantile, s->way);
    PP_TRY(find_bound(s, -1, s->low, &out->low));
    set(s, s->high, isnan(out->low) ? s->best : s->low,
        (isnan(out->low) ? 1 : 2) * s->quantile, s->way);
    PP_TRY(find_bound(s, 1, s->high, &out->high));
    guess_at_zero(s, out);
    PP_TRY(signed_root(s, 0, &root));
    out->root = -root;
    if (isnan(out->low)) {
        PP_TRY(search_bound(s, -1, &out->low));
    }
    return isnan(out->high) ? search_bound(s, 1, &out->high) : PP_OK;
}

pp_status pp__firth_profiles(pp__firth *f, const double *theta, const double *contrasts,
                             int first, const pp__firth_search *how,
                             pp__firth_profile *out, pp_error *err) {
    int64_t k = f->d->k;
    double *space = pp_malloc(k * k + 6 * k, sizeof *space);
    PP_NEED(space, err);
    search s = {.f = f,
                .quantile = how->quantile,
                .tolerance = how->tolerance,
                .max_iterations = how->max_iterations,
                .best = theta,
                .factor = space,
                .err = err};
    s.way = space + k * k;
    s.low = s.way + k;
    s.high = s.low + k;
    s.theta = s.high + k;
    s.q = s.theta + k;
    s.step = s.q + k;
    pp_status status = PP_OK;
    int there = pp__firth_visit(f, theta);
    if (there) {
        pp__firth_curvature(f);
        memcpy(s.factor, f->curvature, (size_t)(k * k) * sizeof *s.factor);
        s.largest = f->objective;
        s.target = s.largest - s.quantile * s.quantile / 2;
    }
    for (int64_t j = first; j < k && status == PP_OK; j++) {
        out[j] = (pp__firth_profile){NAN, NAN, NAN};
        choose(&s, contrasts + j * k);
        status = there ? profile(&s, &out[j]) : PP_OK;
    }
    pp_free(space);
    return status;
}
