#include "effects/checks/checked.h"

#include "base/check.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

const char *pp__target_name(int target) {
    return target == PP__SIMPLE    ? "simple"
           : target == PP__DYNAMIC ? "dynamic"
                                   : "horizon";
}

int pp__targets(const pp__horizons *h) {
    return PP__FIRST_HORIZON + h->n;
}

double pp__target_at(const pp__horizons *h, int target) {
    return target < PP__FIRST_HORIZON ? NAN : h->horizon[target - PP__FIRST_HORIZON];
}

double pp__target_effect(const pp__horizons *h, int target) {
    return target == PP__SIMPLE    ? h->simple
           : target == PP__DYNAMIC ? h->dynamic
                                   : h->effect[target - PP__FIRST_HORIZON];
}

double pp__target_error(const pp__horizons *h, int target) {
    return target == PP__SIMPLE    ? h->simple_error
           : target == PP__DYNAMIC ? h->dynamic_error
                                   : h->std_error[target - PP__FIRST_HORIZON];
}

int pp__target_find(const pp__horizons *h, double horizon) {
    for (int i = 0; i < h->n; i++) {
        if (h->horizon[i] == horizon) {
            return PP__FIRST_HORIZON + i;
        }
    }
    return -1;
}

/* Rows of an outcome with their weights, whichever form the panel has. */
typedef struct rows {
    int64_t n;
    const double *y, *weight;
} rows;

static rows rows_of(const pp__staggered *s) {
    return s->rows ? (rows){s->rows->begin[s->periods], s->rows->y, s->rows->weight}
                   : (rows){s->n * s->periods, s->y, s->weight};
}

static double weight_of(const rows *r, int64_t i) {
    return r->weight ? r->weight[i] : 1;
}

pp__described pp__outcome_describe(const pp__staggered *s) {
    rows r = rows_of(s);
    pp__described d = {0, 0, INFINITY};
    double total = 0, n = 0, square = 0;
    for (int64_t i = 0; i < r.n; i++) {
        total += weight_of(&r, i);
        n += weight_of(&r, i) > 0;
    }
    for (int64_t i = 0; i < r.n; i++) {
        d.mean += weight_of(&r, i) / total * r.y[i];
        d.least = fmin(d.least, r.y[i]);
    }
    for (int64_t i = 0; i < r.n; i++) {
        square += weight_of(&r, i) / total * (r.y[i] - d.mean) * (r.y[i] - d.mean);
    }
    d.sd = sqrt(square * n / (n - 1));
    return d;
}

/* A row of a cross-section is a unit of its own: it has no dates to hand over. */
static pp_status need_panel(const pp_did_options *o, pp_error *err) {
    if (!o->panel || strcmp(o->panel, "crosssection") != 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT,
                 "units that are seen over time are needed, not cross-sections");
    pp_error_locate(err, NULL, 0, "panel", o->panel);
    pp_error_hint(err, "make means of each place and period, one row each, and take them "
                       "as a panel");
    return PP_E_ARGUMENT;
}

pp_status pp__checked_open(const pp_table *data, const pp_did_options *design,
                           const pp_context *ctx, pp_arena *arena, pp__checked *out,
                           pp_error *err) {
    pp__staggered_report report;
    *out = (pp__checked){.design = *design};
    PP_TRY(pp__did_check_options(design, err));
    PP_TRY(need_panel(design, err));
    out->design.draws = 0;
    out->level = design->level > 0 ? design->level : 0.95;
    out->z = qnorm(0.5 + out->level / 2, 0, 1, 1, 0);
    PP_TRY(pp__staggered_read(data, design, ctx, arena, &out->s, &report, err));
    PP_TRY(pp__staggered_estimate(&out->s, &out->design, ctx, arena, &out->found, err));
    if (isnan(out->found.simple) || isnan(out->found.simple_error)) {
        pp_error_set(err, PP_E_ESTIMATION, "the design has no %s on these data",
                     isnan(out->found.simple) ? "estimate" : "standard error");
        pp_error_locate(err, NULL, 0, design->outcome, NULL);
        pp_error_hint(err, "%s",
                      isnan(out->found.simple)
                          ? "see what 'pushpull did' says of its controls and covariates"
                          : "the outcome does not change over time, or there is one "
                            "treated unit and one control");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}
