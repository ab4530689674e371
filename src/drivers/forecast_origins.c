/* Forecasts from each origin, with what could be known there. */
#include "base/check.h"
#include "drivers/forecast_parts.h"

#include <math.h>
#include <string.h>

typedef struct rolling {
    pp__forecast *f;
    pp__record *out;
    pp__origin *at;
    pp_fit *fit;
    pp_table *data;
    pp__rival rival;
    int32_t *unit; /* n: those at risk that have a row */
    int64_t *row;
    int *ahead;
    int64_t n;
    pp_arena arena; /* of one origin */
} rolling;

/* ---- which origins ---- */

static double count_events(const pp__risk *risk, double until) {
    double events = 0;
    for (int32_t u = 0; u < risk->units.n_levels; u++) {
        int64_t row = pp__risk_row(risk, u, risk->event[u]);
        events += risk->event[u] <= until && row >= 0 && risk->complete[row];
    }
    return events;
}

/* The first period by which half of the adoptions have been. */
static double middle_of_events(const pp__risk *risk) {
    double t = risk->first, all = count_events(risk, risk->last);
    while (t < risk->last - 1 && 2 * count_events(risk, t) < all) {
        t++;
    }
    return t;
}

static pp_status find_origins(pp__forecast *f, pp__record *out) {
    const pp__risk *risk = &f->risk;
    double first = f->options.first_origin, last = f->options.last_origin;
    first = isnan(first) ? middle_of_events(risk) : first;
    last = isnan(last) ? fmax(first, risk->last - 1) : last;
    if (first != floor(first) || last != floor(last) || first < risk->first ||
        last > risk->last - 1 || first > last) {
        pp_error_set(
            f->err, PP_E_ARGUMENT,
            "origins from %.10g to %.10g: the data have outcomes from %.0f to %.0f, "
            "so that an origin can be %.0f to %.0f",
            first, last, risk->first, risk->last, risk->first, risk->last - 1);
        pp_error_locate(f->err, NULL, 0, "origins", NULL);
        pp_error_hint(f->err,
                      "an origin is a period to which the model is trained; the next "
                      "one is forecast");
        return PP_E_ARGUMENT;
    }
    out->origins = (int64_t)(last - first) + 1;
    out->origin = pp_arena_zalloc(&f->arena, out->origins, sizeof *out->origin);
    PP_NEED(out->origin, f->err);
    for (int64_t o = 0; o < out->origins; o++) {
        out->origin[o].time = first + (double)o;
    }
    return PP_OK;
}

/* ---- one origin ---- */

static int is_fatal(pp_status status) {
    return status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL;
}

/* In standard errors of the coefficients: beyond it a forecast could change. */
static const double NEAR_ENOUGH = 1e-6;

/* Training data that carry no model are told of. */
static pp_status estimate(rolling *r) {
    pp__forecast *f = r->f;
    pp_model_options model = f->model;
    pp_error why = {0};
    model.vcov = "iid";
    model.interval = strcmp(model.model, "firth") == 0 ? "wald" : NULL;
    PP_TRY(pp__risk_until(&f->risk, r->at->time, &r->data, f->err));
    pp_status status = pp_model_fit(f->text, r->data, &model, f->ctx, &r->fit, &why);
    if (is_fatal(status)) {
        if (f->err) {
            *f->err = why;
        }
        return status;
    }
    if (status == PP_OK && !r->fit->converged && !(r->fit->score_norm < NEAR_ENOUGH)) {
        r->at->problem = "the estimates do not converge";
    } else if (status != PP_OK) {
        r->at->problem = pp_arena_strdup(&f->arena, why.message);
        PP_NEED(r->at->problem, f->err);
    }
    return PP_OK;
}

/* Units without adoption by the origin, and the row of their covariates. */
static pp_status choose_units(rolling *r) {
    const pp__risk *risk = &r->f->risk;
    int held = strcmp(r->f->options.covariates, "held") == 0;
    int64_t units = risk->units.n_levels;
    r->unit = pp_arena_alloc(&r->arena, units, sizeof *r->unit);
    PP_NEED(r->unit, r->f->err);
    r->row = pp_arena_alloc(&r->arena, units, sizeof *r->row);
    PP_NEED(r->row, r->f->err);
    r->ahead = pp_arena_alloc(&r->arena, units, sizeof *r->ahead);
    PP_NEED(r->ahead, r->f->err);
    for (int32_t u = 0; u < units; u++) {
        double t = r->at->time;
        int64_t row = pp__risk_row(risk, u, held ? t : t + 1);
        if (pp__risk_adopted(risk, u, t) || row < 0) {
            continue;
        }
        if (isnan(pp__risk_outcome(risk, u, t + 1, INFINITY))) {
            r->at->not_known++;
            continue;
        }
        r->unit[r->n] = u;
        r->row[r->n] = row;
        r->ahead[r->n++] = held;
    }
    return PP_OK;
}

/* Whether the unit adopted within `periods` after t; NAN: not known. */
static double outcome_within(const pp__risk *risk, int32_t u, double t, int periods) {
    for (int s = 1; s <= periods; s++) {
        double y = pp__risk_outcome(risk, u, t + s, INFINITY);
        if (y != 0) {
            return y;
        }
    }
    return 0;
}

static pp_status keep(pp__record *out, const pp__guess *guess, pp_error *err) {
    if (out->n == out->room) {
        int64_t room = out->room ? 2 * out->room : 1024;
        pp__guess *more = pp_realloc(out->guess, room, sizeof *more);
        PP_NEED(more, err);
        out->guess = more;
        out->room = room;
    }
    out->guess[out->n++] = *guess;
    return PP_OK;
}

static pp_status keep_unit(rolling *r, const double *p, int64_t i, int periods) {
    const pp__risk *risk = &r->f->risk;
    double region = r->rival.region ? pp__rival_region(&r->rival, risk, r->row[i]) : NAN;
    for (int h = 1; h <= periods; h++) {
        pp__guess guess = {.unit = r->unit[i], .horizon = h, .origin = r->at->time};
        guess.observed = outcome_within(risk, r->unit[i], r->at->time, h);
        guess.p[PP__MODEL] = p[(h - 1) * r->n + i];
        guess.p[PP__BASE_RATE] = pp__within(r->rival.base, h);
        guess.p[PP__REGION_ONLY] = pp__within(region, h);
        if (!isnan(guess.observed)) {
            PP_TRY(keep(r->out, &guess, r->f->err));
        }
    }
    return PP_OK;
}

static pp_status predict(rolling *r) {
    const pp__forecast *f = r->f;
    int horizon = f->options.horizon, most = (int)(f->risk.last - r->at->time);
    int periods = horizon < most ? horizon : most;
    pp__future future;
    pp_status status = pp__future_make(&f->risk, r->fit, r->row, r->ahead, r->n, periods,
                                       &r->arena, &future, f->err);
    pp__future_clear(&future);
    PP_TRY(status);
    double *p = pp_arena_alloc(&r->arena, r->n * (periods + 4), sizeof *p);
    PP_NEED(p, f->err);
    pp__future_predict(&future, r->fit->link, r->fit->estimates, p, p + r->n * periods);
    for (int64_t i = 0; i < r->n; i++) {
        if (future.missing[i]) {
            r->at->not_predicted++;
            continue;
        }
        r->at->at_risk++;
        PP_TRY(keep_unit(r, p, i, periods));
    }
    return PP_OK;
}

static pp_status visit(rolling *r) {
    PP_TRY(pp__rival_learn(&r->f->risk, r->at->time, &r->arena, &r->rival, r->f->err));
    r->at->rows = (int64_t)r->rival.rows;
    r->at->events = (int64_t)r->rival.events;
    PP_TRY(estimate(r));
    PP_TRY(choose_units(r));
    if (r->at->problem || r->n == 0) {
        r->at->problem = r->at->problem ? r->at->problem : "no unit is at risk";
        return PP_OK;
    }
    r->at->parameters = r->fit->k;
    return predict(r);
}

static pp_status visit_origin(pp__forecast *f, pp__record *out, int64_t o) {
    rolling r = {.f = f, .out = out, .at = &out->origin[o]};
    pp_arena_init(&r.arena);
    pp_status status = pp_progress(f->ctx, "origins",
                                   0.2 + 0.7 * (double)o / (double)out->origins, f->err);
    status = status == PP_OK ? visit(&r) : status;
    pp_fit_free(r.fit);
    pp_table_free(r.data);
    pp_arena_clear(&r.arena);
    return status;
}

/* ---- all of them ---- */

static pp_status check(pp__forecast *f, const pp__record *out) {
    int64_t failed = 0, lost = 0;
    const char *problem = NULL;
    for (int64_t o = 0; o < out->origins; o++) {
        failed += out->origin[o].problem != NULL;
        lost += out->origin[o].not_predicted;
        problem = out->origin[o].problem ? out->origin[o].problem : problem;
    }
    if (out->n == 0) {
        pp_error_set(f->err, PP_E_ESTIMATION, "no origin has a model: %.150s",
                     problem ? problem : "no unit at risk has its covariates");
        pp_error_hint(f->err,
                      "later origins, fewer terms, or the model firth; periods must "
                      "follow one another as 1, 2, 3");
        return PP_E_ESTIMATION;
    }
    if (failed > 0) {
        PP_TRY(
            pp_result_warn(f->result, "origins_without_model", NULL, failed, f->err,
                           "%lld of %lld origins have no model and are not judged; the "
                           "last because: %s",
                           (long long)failed, (long long)out->origins, problem));
    }
    return lost == 0
               ? PP_OK
               : pp_result_warn(
                     f->result, "not_predicted", NULL, lost, f->err,
                     "%lld units at risk, over all origins, are not judged: they lack a "
                     "covariate, or have a level that is not in the training data "
                     "or had no adoption there (the model firth keeps those)",
                     (long long)lost);
}

pp_status pp__forecast_origins(pp__forecast *f, pp__record *out) {
    *out = (pp__record){0};
    PP_TRY(find_origins(f, out));
    for (int64_t o = 0; o < out->origins; o++) {
        PP_TRY(visit_origin(f, out, o));
    }
    return check(f, out);
}

void pp__record_clear(pp__record *record) {
    pp_free(record->guess);
    record->guess = NULL;
}
