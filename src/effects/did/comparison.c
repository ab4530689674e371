/* Comparisons of the changes of units that are seen in both periods. */
#include "effects/did/comparison_fit.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct work {
    pp__comparing fit;
    const double *change;
    double *fitted;          /* m: the controls' regression; zeros without */
    double *ols, *moment;    /* k × k; k */
    double *scratch;         /* m */
    double treated, control; /* sums of weights */
} work;

static double left(const work *w, int64_t i) {
    return w->change[i] - w->fitted[i];
}

/* A weighted mean over units from..to of what the regression leaves. */
static double mean_of(const work *w, int64_t from, int64_t to, const double *weight,
                      double *sum) {
    double total = 0;
    *sum = 0;
    for (int64_t i = from; i < to; i++) {
        double v = weight ? weight[i] : 1;
        *sum += v;
        total += v * left(w, i);
    }
    return total / *sum;
}

/* Influences are for means over all m units: one with weight v in a mean with a sum of weights s moves it
   by m v / s times its deviation. */
static void add_mean(const work *w, int64_t from, int64_t to, const double *weight,
                     double mean, double factor, double *influence) {
    for (int64_t i = from; i < to; i++) {
        influence[i] = factor * (weight ? weight[i] : 1) * (left(w, i) - mean);
    }
}

static void add_regression(const work *w, double factor, double *influence) {
    pp__comparing_add_regression(&w->fit, w->fit.treated, w->fit.m, w->change, w->fitted,
                                 w->ols, w->moment, factor, influence);
}

/* Only a regression: the mean change that the controls' regression leaves of the treated. */
static double by_regression(work *w, double *influence) {
    const pp__comparing *f = &w->fit;
    double effect = mean_of(w, 0, f->treated, f->weight, &w->treated);
    double factor = (double)f->m / w->treated;
    pp__comparing_sums(f, 0, f->treated, w->moment);
    memset(influence + f->treated, 0, (size_t)(f->m - f->treated) * sizeof *influence);
    add_mean(w, 0, f->treated, f->weight, effect, factor, influence);
    add_regression(w, -factor, influence);
    return effect;
}

/* Weighted controls, after the regression if there was one. */
static double by_weighting(work *w, int regressed, double *influence) {
    const pp__comparing *f = &w->fit;
    int64_t treated = f->treated;
    double m = (double)f->m;
    double effect = mean_of(w, 0, treated, f->weight, &w->treated);
    double other = mean_of(w, treated, f->m, f->odds, &w->control);
    add_mean(w, 0, treated, f->weight, effect, m / w->treated, influence);
    add_mean(w, treated, f->m, f->odds, other, -m / w->control, influence);
    for (int64_t i = treated; i < f->m; i++) {
        w->scratch[i] = f->odds[i] * (left(w, i) - other);
    }
    pp__comparing_columns(f, treated, f->m, w->scratch, w->moment);
    pp__comparing_add_propensity(f, w->moment, -m / w->control, influence);
    if (regressed) {
        double *mean = f->theta;
        pp__comparing_columns(f, treated, f->m, f->odds, w->moment);
        pp__comparing_sums(f, 0, treated, mean);
        for (int j = 0; j < f->k; j++) {
            w->moment[j] = m * (w->moment[j] / w->control - mean[j] / w->treated);
        }
        add_regression(w, 1, influence);
    }
    return effect - other;
}

static pp_status open_work(work *w, const pp__comparison *c, pp_arena *arena,
                           pp_error *err) {
    int64_t m = c->treated + c->controls;
    PP_TRY(pp__comparing_init(&w->fit, m, c->treated, c->k, c->x, c->weight, arena, err));
    w->change = c->change;
    w->fitted = pp_arena_zalloc(arena, 2 * m, sizeof *w->fitted);
    w->ols = pp_arena_alloc(arena, (int64_t)c->k * (c->k + 1), sizeof *w->ols);
    PP_NEED(w->fitted && w->ols ? w->ols : NULL, err);
    w->scratch = w->fitted + m;
    w->moment = w->ols + (int64_t)c->k * c->k;
    return PP_OK;
}

pp_status pp__compare(const pp__comparison *c, pp__did_method method, pp_arena *arena,
                      double *influence, pp__compared *out, pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    work w = {0};
    /* Without covariates the three are one. */
    int weighted = method != PP__DID_REG && c->k > 1,
        regressed = method != PP__DID_IPW || c->k == 1;
    PP_TRY(open_work(&w, c, arena, err));
    out->effect = NAN;
    out->outcome = PP__COMPARED;
    out->has_overlap = c->k > 1 && (weighted || out->wants_overlap);
    int overlaps = !out->has_overlap || pp__comparing_weigh(&w.fit);
    out->has_overlap = out->has_overlap && overlaps;
    if (out->has_overlap) {
        pp__comparing_overlap(&w.fit, &out->overlap);
    }
    if (regressed &&
        !pp__comparing_regress(&w.fit, c->treated, w.fit.m, c->change, w.ols, w.fitted)) {
        out->outcome = c->k == 1 ? PP__NO_ROWS : PP__NO_SUPPORT;
    } else if (weighted && !overlaps) {
        out->outcome = PP__NO_OVERLAP;
    } else {
        out->effect = weighted ? by_weighting(&w, regressed, influence)
                               : by_regression(&w, influence);
        out->outcome = isfinite(out->effect) ? PP__COMPARED : PP__NO_ROWS;
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}
