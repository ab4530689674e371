#include "unseen/tipping_fit.h"

#include "base/check.h"
#include "model/after/effects.h"
#include "model/estimator.h"
#include "model/estimators/hazard.h"
#include "model/refit.h"
#include "table/expression.h"
#include "unseen/misclass_fit.h"

#include <math.h>
#include <string.h>

/* ---- the regime of rows ---- */

enum { OPEN, CLOSED };

/* Flags of the rows for which the condition holds, and for which that is unknown. */
static pp_status find_rows(const pp_table *data, const char *condition,
                           const pp_context *ctx, pp_arena *arena, uint8_t **out,
                           pp_error *err) {
    int64_t *rows = NULL, n = 0;
    *out = pp_arena_zalloc(arena, pp_table_rows(data), 1);
    PP_NEED(*out, err);
    pp_status status = pp__table_where(data, condition, ctx, &rows, &n, err);
    if (status != PP_OK) {
        pp_error_locate(err, NULL, 0, "closed", condition);
        if (err && !err->hint[0]) {
            pp_error_hint(err, "an SQL condition, such as electoral_democracy < 0.42");
        }
        return status;
    }
    for (int64_t i = 0; i < n; i++) {
        (*out)[rows[i]] = 1;
    }
    pp_free(rows);
    return PP_OK;
}

/* A unit of the hazard is closed when at least half of its known periods are. */
static pp_status settle_units(pp__tipping_model *m, const uint8_t *unknown,
                              pp_arena *arena, pp_error *err) {
    const pp__design *d = m->fit->design;
    const pp__hazard_rows *rows = m->fit->workspace;
    int64_t n = pp_table_rows(m->fit->data);
    int64_t *balance = pp_arena_zalloc(arena, n, sizeof *balance);
    uint8_t *known = pp_arena_zalloc(arena, n, 1), *seen = pp_arena_zalloc(arena, n, 1);
    PP_NEED(balance && known && seen ? seen : NULL, err);
    for (int64_t i = 0; i < d->n; i++) {
        int64_t row = pp__design_row(d, i);
        int32_t unit = rows->unit[row];
        if (!unknown[row]) {
            balance[unit] += m->closed[row] ? 1 : -1;
            known[unit] = 1;
        }
    }
    for (int64_t i = 0; i < d->n; i++) {
        int64_t row = pp__design_row(d, i);
        int32_t unit = rows->unit[row];
        m->closed[row] = known[unit] && balance[unit] >= 0;
        if (!seen[unit]) {
            seen[unit] = 1;
            m->units[m->closed[row]]++;
            m->recorded[m->closed[row]] += rows->recorded[row];
        }
    }
    return PP_OK;
}

static void count_rows(pp__tipping_model *m) {
    const pp__design *d = m->fit->design;
    for (int64_t i = 0; i < d->n; i++) {
        int64_t row = pp__design_row(d, i);
        m->units[m->closed[row]]++;
        m->recorded[m->closed[row]] += d->with.y[i] > 0;
    }
}

static pp_status find_regimes(pp__tipping_model *m, const char *condition,
                              const pp_context *ctx, pp_arena *arena, pp_error *err) {
    const pp__design *d = m->fit->design;
    uint8_t *unknown;
    char *negated = pp_arena_printf(arena, "(%s) IS NULL", condition);
    PP_NEED(negated, err);
    PP_TRY(find_rows(m->fit->data, condition, ctx, arena, &m->closed, err));
    PP_TRY(find_rows(m->fit->data, negated, ctx, arena, &unknown, err));
    for (int64_t i = 0; i < d->n; i++) {
        m->unknown += unknown[pp__design_row(d, i)];
    }
    if (m->hazard) {
        PP_TRY(settle_units(m, unknown, arena, err));
    } else {
        count_rows(m);
    }
    for (int r = OPEN; r <= CLOSED; r++) {
        if (m->recorded[r] == 0) {
            pp_error_set(err, PP_E_ESTIMATION,
                         "of %lld %s in %s regimes none is a recorded adopter",
                         (long long)m->units[r], m->hazard ? "units" : "rows",
                         r == CLOSED ? "closed" : "open");
            pp_error_locate(err, NULL, 0, "closed", condition);
            pp_error_hint(err, "choose a condition that parts the adopters, such as "
                               "electoral_democracy < 0.42");
            return PP_E_ESTIMATION;
        }
    }
    return PP_OK;
}

/* ---- the fits ---- */

static pp_status check_model(const pp_fit *fit, int *hazard, pp_error *err) {
    const char *name = fit->estimator->info.name;
    *hazard = strcmp(name, "hazard") == 0;
    int binary = strcmp(name, "logit") == 0 || strcmp(name, "probit") == 0 ||
                 strcmp(name, "cloglog") == 0;
    if ((*hazard || binary) && fit->design->with.n_effects == 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_UNSUPPORTED,
                 fit->design->with.n_effects
                     ? "under-detection is not worked out for absorbed effects"
                     : "under-detection is not worked out for model '%s'",
                 name);
    pp_error_hint(err, "hazard, logit, probit or cloglog, with factor() for effects");
    return PP_E_UNSUPPORTED;
}

pp_status pp__tipping_prepare(const char *formula, const pp_table *data,
                              const pp_model_options *options, const char *closed,
                              const pp_context *ctx, pp_arena *arena,
                              pp__tipping_model *m, pp_error *err) {
    *m = (pp__tipping_model){0};
    PP_TRY(pp_model_fit(formula, data, options, ctx, &m->fit, err));
    PP_TRY(check_model(m->fit, &m->hazard, err));
    m->start = pp_arena_alloc(arena, m->fit->k, sizeof *m->start);
    PP_NEED(m->start, err);
    pp__standardised(m->fit, m->start);
    return find_regimes(m, closed, ctx, arena, err);
}

/* The probability of each row of the data, or one minus it. */
static double *lay_out(const pp__tipping_model *m, double closed, double open, int by_row,
                       pp_arena *arena) {
    const pp__design *d = m->fit->design;
    int64_t n = by_row ? d->n : pp_table_rows(m->fit->data);
    double *out = pp_arena_alloc(arena, n, sizeof *out);
    for (int64_t i = 0; out && i < n; i++) {
        int64_t row = by_row ? pp__design_row(d, i) : i;
        double detection = m->closed[row] ? closed : open;
        out[i] = by_row ? 1 - detection : detection;
    }
    return out;
}

static pp_status fit_hazard(const pp__tipping_model *m, pp_fit *fit, double closed,
                            double open, pp_error *err) {
    pp__hazard_rows *rows = pp_arena_alloc(&fit->arena, 1, sizeof *rows);
    PP_NEED(rows, err);
    *rows = *(const pp__hazard_rows *)m->fit->workspace;
    rows->detection = lay_out(m, closed, open, 0, &fit->arena);
    PP_NEED(rows->detection, err);
    rows->start = m->start;
    fit->workspace = rows;
    fit->design = m->fit->design;
    PP_TRY(pp__fit_reset(fit, err));
    PP_TRY(fit->estimator->estimate(fit, NULL, err));
    if (fit->separated) {
        PP_FAIL(err, PP_E_ESTIMATION, "the outcome is predicted perfectly");
    }
    PP_TRY(pp__covariance(fit, fit->data, NULL, err));
    PP_TRY(pp__fit_restore(fit, err));
    return pp__covariance_mend(fit, err);
}

static pp_status fit_binary(const pp__tipping_model *m, double closed, double open,
                            pp_fit **out, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp__misclass_spec spec = {.start = m->start};
    spec.rate[PP__FALSE_NEGATIVE].known_of_row = lay_out(m, closed, open, 1, &arena);
    pp_status status = spec.rate[PP__FALSE_NEGATIVE].known_of_row
                           ? pp__misclass_fit(m->fit, &spec, NULL, out, err)
                           : pp_error_set(err, PP_E_MEMORY, "out of memory");
    pp_arena_clear(&arena);
    return status;
}

pp_status pp__tipping_fit(const pp__tipping_model *m, double closed, double open,
                          pp_fit **out, pp_error *err) {
    if (!m->hazard) {
        return fit_binary(m, closed, open, out, err);
    }
    pp_fit *fit = pp__fit_like(m->fit);
    PP_NEED(fit, err);
    pp_status status = fit_hazard(m, fit, closed, open, err);
    if (status != PP_OK) {
        pp_fit_free(fit);
        return status;
    }
    *out = fit;
    return PP_OK;
}

/* ---- effects ---- */

typedef struct wanted {
    const pp_fit *fit;
    const char *const *variable;
    int n;
    pp__tipping_effect *out;
} wanted;

static pp_status take(void *payload, const char *term, const char *contrast, double sd,
                      double estimate, const double *gradient, double variance,
                      pp_error *err) {
    const wanted *w = payload;
    (void)contrast;
    (void)err;
    for (int i = 0; i < w->n; i++) {
        if (strcmp(w->variable[i], term) == 0) {
            pp__tipping_effect *e = &w->out[i];
            double error = sqrt(pp__delta_variance(w->fit, gradient) + variance);
            double wide = pp__fit_quantile(w->fit, 0.95) * error;
            double narrow = pp__fit_quantile(w->fit, 0.9) * error;
            *e = (pp__tipping_effect){estimate,          error,
                                      estimate - wide,   estimate + wide,
                                      estimate - narrow, estimate + narrow,
                                      isnan(sd),         e->found + 1};
        }
    }
    return PP_OK;
}

pp_status pp__tipping_effects(const pp_fit *fit, const char *const *variable, int n,
                              pp__tipping_effect *out, pp_error *err) {
    wanted w = {fit, variable, n, out};
    pp__frame frame;
    memset(out, 0, (size_t)n * sizeof *out);
    pp__frame_used(fit, &frame);
    PP_TRY(pp__effects_each(fit, &frame, 1, NULL, take, &w, err));
    for (int i = 0; i < n; i++) {
        out[i].found = out[i].found == 1;
    }
    return PP_OK;
}
