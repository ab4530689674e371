/* Comparisons of rows of two periods: repeated cross-sections, and panels with holes.
 *
 * In each period the treated stand against the controls: A = mean of the treated less what stands for their
 * outcome without treatment; the effect is A after less A before. With f the controls' and h the treated's
 * regression in that period, and v the controls' odds of treatment,
 *   reg: A = mean y of the treated then - mean f of the treated of both periods,
 *   ipw: A = mean y of the treated then - mean y of the controls by v,
 *   dr:  A = mean h - f of the treated of both periods - mean y - f of the controls by v:
 * the last is Sant'Anna & Zhao's eq. 3.4, in which the terms of h that are zero by least squares are
 * left out. Influence functions follow from these sums. */
#include "effects/did/comparison_fit.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct work {
    pp__comparing fit;
    pp__did_method method;
    const double *y;
    int64_t begin[5];      /* of the four groups of rows */
    double *f, *h;         /* m: fitted */
    double *scratch;       /* m */
    double *of_f, *of_h;   /* k × k: inverse cross-products */
    double *mean, *moment; /* k each: Σ weight x of the treated of both periods */
    double treated;        /* Σ weight of them */
} work;

static double weight(const work *w, int64_t i) {
    return pp__comparing_weight(&w->fit, i);
}

/* The mean of y less `fitted` (NULL: of y) over rows from..to, with their influences added. */
static double add_mean(const work *w, int64_t from, int64_t to, const double *of_row,
                       const double *fitted, double sign, double *sum,
                       double *influence) {
    double total = 0;
    *sum = 0;
    for (int64_t i = from; i < to; i++) {
        double v = of_row ? of_row[i] : weight(w, i);
        *sum += v;
        total += v * (w->y[i] - (fitted ? fitted[i] : 0));
    }
    double mean = total / *sum, factor = sign * (double)w->fit.m / *sum;
    for (int64_t i = from; i < to; i++) {
        double v = of_row ? of_row[i] : weight(w, i);
        influence[i] += factor * v * (w->y[i] - (fitted ? fitted[i] : 0) - mean);
    }
    return mean;
}

/* The mean of h (NULL: 0) less f over the treated of both periods. */
static double add_fitted(const work *w, const double *h, double sign, double *influence) {
    double total = 0, factor = sign * (double)w->fit.m / w->treated;
    for (int64_t i = 0; i < w->fit.treated; i++) {
        total += weight(w, i) * ((h ? h[i] : 0) - w->f[i]);
    }
    for (int64_t i = 0; i < w->fit.treated; i++) {
        influence[i] +=
            factor * weight(w, i) * ((h ? h[i] : 0) - w->f[i] - total / w->treated);
    }
    return total / w->treated;
}

/* The controls' mean by their odds of what `fitted` (NULL: nothing) leaves; moments of x in it stand in
   `moment`. */
static double add_controls(work *w, int after, const double *fitted, double sign,
                           double *influence) {
    int64_t from = w->begin[2 + after], to = w->begin[3 + after];
    double sum, mean = add_mean(w, from, to, w->fit.odds, fitted, sign, &sum, influence);
    double factor = sign * (double)w->fit.m / sum;
    for (int64_t i = from; i < to; i++) {
        w->scratch[i] = w->fit.odds[i] * (w->y[i] - (fitted ? fitted[i] : 0) - mean);
    }
    pp__comparing_columns(&w->fit, from, to, w->scratch, w->moment);
    pp__comparing_add_propensity(&w->fit, w->moment, factor, influence);
    pp__comparing_columns(&w->fit, from, to, w->fit.odds, w->moment);
    for (int j = 0; j < w->fit.k; j++) {
        w->moment[j] *= (double)w->fit.m / sum;
    }
    return mean;
}

static void add_regression(const work *w, int group, const double *fitted,
                           const double *inverse, const double *moment, double factor,
                           double *influence) {
    pp__comparing_add_regression(&w->fit, w->begin[group], w->begin[group + 1], w->y,
                                 fitted, inverse, moment, factor, influence);
}

/* A of one period, with `sign` in front. */
static double add_period(work *w, int after, double *influence) {
    double sign = after ? 1 : -1, sum, A;
    double treated = sign * (double)w->fit.m / w->treated;
    int controls = 2 + after;
    if (w->method == PP__DID_DR) {
        A = add_fitted(w, w->h, sign, influence);
        A -= add_controls(w, after, w->f, -sign, influence);
        add_regression(w, after, w->h, w->of_h, w->mean, treated, influence);
        add_regression(w, controls, w->f, w->of_f, w->moment, sign, influence);
        add_regression(w, controls, w->f, w->of_f, w->mean, -treated, influence);
        return sign * A;
    }
    A = add_mean(w, w->begin[after], w->begin[after + 1], NULL, NULL, sign, &sum,
                 influence);
    if (w->method == PP__DID_IPW) {
        return sign * (A - add_controls(w, after, NULL, -sign, influence));
    }
    A += add_fitted(w, NULL, sign, influence);
    add_regression(w, controls, w->f, w->of_f, w->mean, -treated, influence);
    return sign * A;
}

static int regress(work *w, int group, double *inverse, double *fitted) {
    return pp__comparing_regress(&w->fit, w->begin[group], w->begin[group + 1], w->y,
                                 inverse, fitted);
}

static pp__comparable compare(work *w, double *influence, double *effect) {
    *effect = 0;
    memset(influence, 0, (size_t)w->fit.m * sizeof *influence);
    w->treated = pp__comparing_sums(&w->fit, 0, w->fit.treated, w->mean);
    for (int after = 0; after < 2; after++) {
        if (w->method != PP__DID_IPW && !regress(w, 2 + after, w->of_f, w->f)) {
            return w->fit.k == 1 ? PP__NO_ROWS : PP__NO_SUPPORT;
        }
        if (w->method == PP__DID_DR && !regress(w, after, w->of_h, w->h)) {
            return PP__FEW_TREATED;
        }
        *effect += add_period(w, after, influence);
    }
    return isfinite(*effect) ? PP__COMPARED : PP__NO_ROWS;
}

static pp_status open_work(work *w, const pp__rows_comparison *c, pp__did_method method,
                           pp_arena *arena, pp_error *err) {
    int64_t square = (int64_t)c->k * c->k;
    for (int g = 0; g < 4; g++) {
        w->begin[g + 1] = w->begin[g] + c->n[g];
    }
    PP_TRY(pp__comparing_init(&w->fit, w->begin[4], w->begin[2], c->k, c->x, c->weight,
                              arena, err));
    w->method = c->k == 1 ? PP__DID_REG : method;
    w->y = c->y;
    w->f = pp_arena_alloc(arena, 3 * w->fit.m, sizeof *w->f);
    w->of_f = pp_arena_alloc(arena, 2 * square + 2 * (int64_t)c->k, sizeof *w->of_f);
    PP_NEED(w->f && w->of_f ? w->f : NULL, err);
    w->h = w->f + w->fit.m;
    w->scratch = w->h + w->fit.m;
    w->of_h = w->of_f + square;
    w->mean = w->of_h + square;
    w->moment = w->mean + c->k;
    return PP_OK;
}

pp_status pp__compare_rows(const pp__rows_comparison *c, pp__did_method method,
                           pp_arena *arena, double *influence, pp__compared *out,
                           pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    work w = {0};
    PP_TRY(open_work(&w, c, method, arena, err));
    int weighted = w.method != PP__DID_REG;
    out->effect = NAN;
    out->has_overlap =
        c->k > 1 && (weighted || out->wants_overlap) && pp__comparing_weigh(&w.fit);
    if (out->has_overlap) {
        pp__comparing_overlap(&w.fit, &out->overlap);
    }
    if (weighted && !out->has_overlap) {
        out->outcome = PP__NO_OVERLAP;
    } else {
        out->outcome = compare(&w, influence, &out->effect);
    }
    if (out->outcome != PP__COMPARED) {
        out->effect = NAN;
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}
