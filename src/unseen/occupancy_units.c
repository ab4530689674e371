/* Each unit's probability of adoption: by its regressors alone, and given what visits found. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/linalg.h"
#include "model/tables.h"
#include "unseen/occupancy.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

static const double SURE = 0.99;

typedef struct probability {
    double estimate, low, high;
} probability;

typedef struct prediction {
    int64_t unit;
    probability psi, conditional;
} prediction;

typedef struct predicting {
    const pp__occupancy *o;
    double quantile;
    prediction *out;
} predicting;

/* ---- one unit ---- */

/* Adoption, when the log-probability of absence has the gradient g: intervals on the log
   odds, log(expm1(-d)), whose derivative by d is -1 / (1 - exp(d)). */
static probability of_absence(const predicting *p, double d, const double *g) {
    const pp__occupancy *o = p->o;
    int64_t k = o->k;
    double variance = 0, present = -expm1(d), eta = log(expm1(-d));
    if (!(d < 0)) {
        return (probability){0, 0, 0};
    }
    if (d == -INFINITY || !isfinite(eta)) {
        return (probability){1, 1, 1};
    }
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            variance += g[i] * g[j] * o->V[i + j * k];
        }
    }
    double reach = p->quantile * sqrt(fmax(variance, 0)) / present;
    return (probability){present, 1 / (1 + exp(reach - eta)),
                         1 / (1 + exp(-reach - eta))};
}

/* In the last season, from what the unit's states come to at its end. */
static probability of_last(const predicting *p, const pp__occupancy_space *space,
                           double *g) {
    const pp__jet *absent = &space->state[0], *all = space->out;
    for (int j = 0; j < p->o->k; j++) {
        g[j] = absent->gradient[j] - all->gradient[j];
    }
    return of_absence(p, absent->value - all->value, g);
}

static void predict(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const predicting *p = payload;
    const pp__occupancy *o = p->o;
    const pp__occupancy_space space = pp__occupancy_place(o, 1, scratch);
    double *g = scratch + pp__occupancy_size(o, 1);
    (void)sums;
    for (int64_t u = begin; u < begin + n; u++) {
        prediction *out = &p->out[u];
        *out = (prediction){u, {NAN, NAN, NAN}, {NAN, NAN, NAN}};
        if (o->unit[u].why) {
            continue;
        }
        pp__occupancy_question q = {.unseen = 1, .absent_in = PP__NEVER_ABSENT};
        pp__occupancy_unit(o, o->theta, u, &q, &space);
        out->psi = out->conditional = of_last(p, &space, g);
        if (o->unit[u].used) {
            q.unseen = 0;
            pp__occupancy_unit(o, o->theta, u, &q, &space);
            out->conditional = of_last(p, &space, g);
        }
    }
}

/* ---- tables ---- */

static pp_status put_probability(pp_table *table, int64_t row, const char *estimate,
                                 const char *low, const char *high, probability p,
                                 pp_error *err) {
    PP_TRY(pp__put_number(table, row, estimate, PP_SHOW_DEFAULT, p.estimate, err));
    PP_TRY(pp__put_number(table, row, low, PP_SHOW_DEFAULT, p.low, err));
    return pp__put_number(table, row, high, PP_SHOW_DEFAULT, p.high, err);
}

static double visits_of(const pp__occupancy *o, int64_t u) {
    return (double)o->unit[u].made;
}

static pp_status put_units(const pp__occupancy *o, const prediction *p, pp_result *result,
                           pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "occupancy_units", "Units", &table, err));
    PP_TRY(pp_table_resize(table, o->visits.units, err));
    for (int64_t u = 0; u < o->visits.units; u++) {
        PP_TRY(pp__put_text(table, u, "unit", o->visits.unit_name[u], err));
        PP_TRY(pp__put_number(table, u, "visits", PP_SHOW_COUNT, visits_of(o, u), err));
        PP_TRY(pp__put_number(table, u, "detections", PP_SHOW_COUNT,
                              (double)o->unit[u].detections, err));
        PP_TRY(put_probability(table, u, "estimate", "conf_low", "conf_high", p[u].psi,
                               err));
        PP_TRY(put_probability(table, u, "conditional", "conditional_low",
                               "conditional_high", p[u].conditional, err));
        PP_TRY(pp__put_text(table, u, "left_out", o->unit[u].why, err));
    }
    return pp_result_set_note(result, "occupancy_units",
                              "Estimate: the probability of adoption by the regressors "
                              "alone; conditional: given what the visits found.",
                              err);
}

static int by_conditional(const void *a, const void *b) {
    const prediction *x = a, *y = b;
    int order = (x->conditional.estimate < y->conditional.estimate) -
                (x->conditional.estimate > y->conditional.estimate);
    return order ? order : (x->unit > y->unit) - (x->unit < y->unit);
}

/* No visit found anything there: what makes it so sure is the form of the model. */
static pp_status warn_of_certainty(const prediction *p, int64_t n, pp_result *result,
                                   pp_error *err) {
    int64_t sure = 0;
    while (sure < n && p[sure].conditional.estimate > SURE) {
        sure++;
    }
    return sure == 0 ? PP_OK
                     : pp_result_warn(result, "extreme_predictions", NULL, sure, err,
                                      "%lld units without any detection have a "
                                      "probability of adoption above %.0f%%: that rests "
                                      "on the form of the model, and on few units",
                                      (long long)sure, 100 * SURE);
}

static pp_status put_look(const pp__occupancy *o, prediction *p, pp_result *result,
                          pp_error *err) {
    pp_table *table;
    int64_t n = 0;
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (!o->unit[u].why && o->unit[u].detections == 0) {
            p[n++] = p[u];
        }
    }
    qsort(p, (size_t)n, sizeof *p, by_conditional);
    PP_TRY(warn_of_certainty(p, n, result, err));
    PP_TRY(pp_result_add(result, "occupancy_look", "Where to look next", &table, err));
    PP_TRY(pp_table_resize(table, n, err));
    for (int64_t i = 0; i < n; i++) {
        int64_t u = p[i].unit;
        PP_TRY(pp__put_number(table, i, "rank", PP_SHOW_COUNT, (double)i + 1, err));
        PP_TRY(pp__put_text(table, i, "unit", o->visits.unit_name[u], err));
        PP_TRY(put_probability(table, i, "estimate", "conf_low", "conf_high",
                               p[i].conditional, err));
        PP_TRY(pp__put_number(table, i, "psi", PP_SHOW_DEFAULT, p[i].psi.estimate, err));
        PP_TRY(pp__put_number(table, i, "visits", PP_SHOW_COUNT, visits_of(o, u), err));
    }
    return pp_result_set_note(result, "occupancy_look",
                              "Units without any detection, by the probability that "
                              "they have adopted all the same.",
                              err);
}

pp_status pp__occupancy_put_units(const pp__occupancy *o, pp_result *result,
                                  pp_error *err) {
    prediction *p = pp_malloc(o->visits.units, sizeof *p);
    predicting all = {o, qnorm5(0.5 + o->level / 2, 0, 1, 1, 0), p};
    PP_NEED(p, err);
    pp_status status = pp__pass_rows(o->visits.units, pp__occupancy_size(o, 1) + o->k,
                                     predict, &all, o->ctx, err);
    if (status == PP_OK) {
        status = put_units(o, p, result, err);
    }
    if (status == PP_OK) {
        status = put_look(o, p, result, err);
    }
    pp_free(p);
    return status;
}
