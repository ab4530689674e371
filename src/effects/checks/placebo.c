/* Outcomes that adoption should not move, and dates before the true ones. */
#include "base/check.h"
#include "effects/checks/checks.h"
#include "effects/event/within.h"
#include "model/tables.h"

#include <pushpull/inference.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

enum { EARLIER = 3 };

/* ---- outcomes ---- */

typedef struct placebo {
    const char *name;
    double estimate, std_error, sd, p, holm;
    int64_t units;
} placebo;

/* What the design cannot carry is a warning, what is not there an error. */
static pp_status estimate_placebo(pp__checks *w, placebo *p) {
    pp_did_options design = w->c.design;
    pp__checked found;
    pp_error reason = {0};
    design.outcome = p->name;
    p->estimate = p->std_error = p->p = NAN;
    pp_status status =
        pp__checked_open(w->data, &design, w->ctx, &w->arena, &found, &reason);
    if (status == PP_E_ESTIMATION) {
        return pp_result_warn(w->result, "placebo_failed", p->name, -1, w->err,
                              "the design cannot be run on this outcome: %s",
                              reason.message);
    }
    if (status != PP_OK) {
        if (w->err) {
            *w->err = reason;
        }
        return status;
    }
    p->estimate = found.found.simple;
    p->std_error = pp__shown_error(w, found.found.simple_error);
    p->sd = pp__outcome_describe(&found.s).sd;
    p->units = found.s.n;
    p->p = 2 * pnorm(-fabs(p->estimate / p->std_error), 0, 1, 1, 0);
    return PP_OK;
}

static pp_status adjust(pp__checks *w, placebo *p, int n) {
    double *value = pp_arena_alloc(&w->arena, 2 * n, sizeof *value);
    PP_NEED(value, w->err);
    for (int i = 0; i < n; i++) {
        value[i] = p[i].p;
    }
    PP_TRY(pp_adjust("holm", value, n, value + n, w->err));
    for (int i = 0; i < n; i++) {
        p[i].holm = value[n + i];
    }
    return PP_OK;
}

static pp_status put_placebo(pp__checks *w, pp_table *table, const placebo *p) {
    int64_t row;
    const pp__named cells[] = {
        {"p_holm", PP_SHOW_P_VALUE, p->holm},
        {"estimate_sd", PP_SHOW_DEFAULT, p->sd > 0 ? p->estimate / p->sd : NAN},
        {"units", PP_SHOW_COUNT, (double)p->units},
    };
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "placebo", p->name, w->err));
    PP_TRY(pp__put_effect(w, table, row, p->estimate, p->std_error));
    PP_TRY(pp__put_p_value(w, table, row, p->estimate, p->std_error));
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

pp_status pp__check_placebo_outcomes(pp__checks *w) {
    pp_table *table;
    int n = 0;
    while (w->o.placebo_outcomes && w->o.placebo_outcomes[n]) {
        n++;
    }
    if (n == 0) {
        return PP_OK;
    }
    placebo *p = pp_arena_zalloc(&w->arena, n, sizeof *p);
    PP_NEED(p, w->err);
    for (int i = 0; i < n; i++) {
        p[i].name = w->o.placebo_outcomes[i];
        PP_TRY(pp_progress(w->ctx, "placebo outcomes", (double)i / n, w->err));
        PP_TRY(estimate_placebo(w, &p[i]));
    }
    PP_TRY(adjust(w, p, n));
    PP_TRY(pp_result_add(w->result, "placebo_outcomes",
                         "Outcomes that adoption should not move", &table, w->err));
    for (int i = 0; i < n; i++) {
        PP_TRY(put_placebo(w, table, &p[i]));
    }
    return PP_OK;
}

/* ---- dates ---- */

static int is_estimator(const pp_did_options *design, const char *name) {
    return design->estimator && strcmp(design->estimator, name) == 0;
}

/* A regression of all rows would learn unit effects and slopes from those after the true dates. */
static pp_status hide_treated(pp__checks *w, pp__staggered *out) {
    const pp__staggered *s = &w->c.s;
    int constant;
    PP_TRY(pp__staggered_within(s, &w->arena, out, &constant, w->err));
    double *y = pp_arena_alloc(&w->arena, s->n * s->periods, sizeof *y);
    PP_NEED(y, w->err);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            int treated = c < s->cohorts && s->time[t] >= s->first[c];
            for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
                y[t * s->n + i] = treated ? NAN : out->y[t * s->n + i];
            }
        }
    }
    out->y = y;
    return PP_OK;
}

/* The panel with dates moved; of no units where no cohort has a period before. */
static pp_status move_dates(pp__checks *w, double earlier, pp__staggered *out) {
    const pp__staggered *s = &w->c.s;
    pp__staggered moved = *s;
    int *cohort = pp_arena_alloc(&w->arena, s->n, sizeof *cohort), kept = 0;
    double *first = pp_arena_alloc(&w->arena, s->cohorts, sizeof *first);
    PP_NEED(cohort && first ? first : NULL, w->err);
    for (int c = 0; c <= s->cohorts; c++) {
        int fits = c == s->cohorts || s->first[c] - earlier > s->time[0];
        kept += c < s->cohorts && fits;
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            cohort[i] = fits ? c : -1;
        }
        if (c < s->cohorts) {
            first[c] = s->first[c] - earlier;
        }
    }
    if (is_estimator(&w->c.design, "sunab")) {
        PP_TRY(hide_treated(w, &moved));
    }
    moved.first = first;
    *out = (pp__staggered){0};
    return kept > 0 ? pp__staggered_assign(&moved, cohort, &w->arena, out, w->err)
                    : PP_OK;
}

/* Windows of stacks end before the true dates and begin with the period before the placebo ones, so that
   as many cohorts as can be have one; other estimators have no use for horizons. */
static void set_horizons(const pp__staggered *s, double earlier, pp_did_options *design) {
    double step = 0;
    design->least = design->most = 0;
    design->balance = -1;
    if (is_estimator(design, "stacked")) {
        for (int t = 1; t < s->periods; t++) {
            step = fmax(step, s->time[t] - s->time[t - 1]);
        }
        design->least = -(int64_t)ceil(step);
        design->most = (int64_t)earlier - 1;
    }
}

static pp_status put_date(pp__checks *w, pp_table *table, double earlier, double horizon,
                          double estimate, double error) {
    int64_t row;
    const pp__named cells[] = {{"earlier", PP_SHOW_COUNT, earlier},
                               {"horizon", PP_SHOW_YEAR, horizon}};
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    PP_TRY(pp__put_effect(w, table, row, estimate, error));
    return pp__put_p_value(w, table, row, estimate, error);
}

/* Horizons that end before the true dates, and their mean. */
static pp_status put_dates(pp__checks *w, double earlier, const pp__horizons *h) {
    pp_table *table;
    double mean = 0, variance = 0, n = 0;
    PP_TRY(pp_result_add(w->result, "placebo_dates",
                         "Dates before the true ones, on untreated outcomes", &table,
                         w->err));
    for (int i = 0; i < h->n; i++) {
        if (h->horizon[i] < 0 || h->horizon[i] >= earlier || isnan(h->effect[i])) {
            continue;
        }
        PP_TRY(put_date(w, table, earlier, h->horizon[i], h->effect[i], h->std_error[i]));
        mean += h->effect[i];
        n++;
        for (int j = 0; j < h->n; j++) {
            int counts =
                h->horizon[j] >= 0 && h->horizon[j] < earlier && !isnan(h->effect[j]);
            variance += counts ? h->covariance[i + j * h->n] : 0;
        }
    }
    PP_TRY(n > 0 ? put_date(w, table, earlier, NAN, mean / n, sqrt(variance) / n)
                 : PP_OK);
    return pp_result_set_note(w->result, "placebo_dates",
                              "Dates are moved as many periods earlier, and only "
                              "horizons before the true dates are told of: differences "
                              "here are no effects of adoption. The row without a "
                              "horizon is the mean of all.",
                              w->err);
}

pp_status pp__check_placebo_dates(pp__checks *w) {
    pp_did_options design = w->c.design;
    pp__staggered moved = {0};
    pp__horizons found;
    int64_t earlier = w->o.earlier > 0 ? w->o.earlier : EARLIER;
    if (w->o.earlier < 0) {
        return PP_OK;
    }
    PP_TRY(move_dates(w, (double)earlier, &moved));
    while (moved.n == 0 && w->o.earlier == 0 && earlier > 1) {
        PP_TRY(move_dates(w, (double)--earlier, &moved));
    }
    if (moved.n == 0) {
        return pp_result_warn(w->result, "no_placebo_dates", NULL, earlier, w->err,
                              "no cohort has a period before placebo dates so much "
                              "earlier");
    }
    set_horizons(&moved, (double)earlier, &design);
    pp_error reason = {0};
    pp_status status =
        pp__staggered_estimate(&moved, &design, w->ctx, &w->arena, &found, &reason);
    if (status == PP_E_ESTIMATION) {
        return pp_result_warn(w->result, "no_placebo_dates", NULL, earlier, w->err,
                              "the design cannot be run with dates so much earlier: %s",
                              reason.message);
    }
    if (status != PP_OK && w->err) {
        *w->err = reason;
    }
    PP_TRY(status);
    return put_dates(w, (double)earlier, &found);
}
