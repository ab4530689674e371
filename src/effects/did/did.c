/* Group-time effects of Callaway & Sant'Anna: the whole. */
#include "base/check.h"
#include "effects/did/preflight.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

typedef struct work {
    const pp_did_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__staggered s;
    pp__staggered_report report;
    pp__did_cells cells;
    pp__aggregation over[4];
    double level, done;
    pp_result *result;
} work;

/* ---- errors ---- */

/* Errors and the band's factor of `n` estimates whose influences stand side by side. */
static pp_status find_errors(work *w, const double *influence, int n, double *std_error,
                             double *factor) {
    *factor = NAN;
    if (pp__staggered_is_lone(&w->s)) {
        for (int i = 0; i < n; i++) {
            std_error[i] = NAN;
        }
        return PP_OK;
    }
    if (w->options->draws == 0) {
        PP_TRY(pp__influence_errors(&w->s, influence, n, &w->arena, std_error, w->err));
        for (int i = 0; i < n; i++) {
            std_error[i] *= sqrt(w->cells.small_sample);
        }
        return PP_OK;
    }
    double from = w->done;
    w->done += 0.2;
    return pp__multiplier(&w->s, influence, n, w->options->draws, w->options->seed,
                          w->level, w->ctx, from, w->done, &w->arena, std_error, factor,
                          w->err);
}

static pp_status put_interval(work *w, pp_table *table, int64_t row, double effect,
                              double std_error, double factor) {
    double z = qnorm(0.5 + w->level / 2, 0, 1, 1, 0);
    const struct {
        const char *name;
        double value;
    } cells[] = {{"estimate", effect},
                 {"std_error", std_error},
                 {"conf_low", effect - z * std_error},
                 {"conf_high", effect + z * std_error},
                 {"band_low", effect - factor * std_error},
                 {"band_high", effect + factor * std_error}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp__put_number(table, row, cells[i].name, PP_SHOW_DEFAULT, cells[i].value,
                              w->err));
    }
    return PP_OK;
}

/* ---- tables ---- */

static pp_status put_means(work *w, pp__over over, const char *name, const char *title,
                           const char *place) {
    pp__aggregation *a = &w->over[over];
    double factor, *std_error = pp_arena_alloc(&w->arena, a->n + 1, sizeof *std_error);
    pp_table *table;
    PP_NEED(std_error, w->err);
    PP_TRY(find_errors(w, a->influence, a->n, std_error, &factor));
    PP_TRY(pp_result_add(w->result, name, title, &table, w->err));
    for (int i = 0; i < a->n; i++) {
        const pp__mean_effect *m = &a->mean[i];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_number(table, row, place, PP_SHOW_YEAR, m->at, w->err));
        PP_TRY(put_interval(w, table, row, m->effect, std_error[i], factor));
        PP_TRY(pp__put_number(table, row, "cohorts", PP_SHOW_COUNT, m->cohorts, w->err));
        PP_TRY(pp__put_number(table, row, "nobs_treated", PP_SHOW_COUNT,
                              (double)m->treated, w->err));
    }
    return PP_OK;
}

/* Analytic, whatever the errors are from. */
static pp_status put_covariance(work *w) {
    const pp__aggregation *a = &w->over[PP__OVER_HORIZONS];
    double *V = pp_arena_alloc(&w->arena, (int64_t)a->n * a->n, sizeof *V);
    pp_table *table;
    int is_lone = pp__staggered_is_lone(&w->s);
    PP_NEED(V, w->err);
    PP_TRY(pp__influence_covariance(&w->s, a->influence, a->n, &w->arena, V, w->err));
    PP_TRY(pp_result_add(w->result, "dynamic_covariance",
                         "Covariance of the effects by time since treatment", &table,
                         w->err));
    for (int i = 0; i < a->n; i++) {
        for (int j = 0; j <= i; j++) {
            double v = V[i + j * a->n] * w->cells.small_sample;
            int64_t row;
            PP_TRY(pp_table_append(table, &row, w->err));
            const pp__named cells[] = {
                {"horizon", PP_SHOW_YEAR, a->mean[i].at},
                {"other", PP_SHOW_YEAR, a->mean[j].at},
                {"covariance", PP_SHOW_DEFAULT, is_lone && v != 0 ? NAN : v}};
            PP_TRY(pp__put_numbers(table, row, cells, 3, w->err));
        }
    }
    return pp_result_set_note(w->result, "dynamic_covariance",
                              "Each pair once; analytic, by influence functions.",
                              w->err);
}

static pp_status put_overall(work *w) {
    static const char *const names[] = {"simple", "dynamic", "group", "calendar"};
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "overall", "Mean effects on the treated", &table,
                         w->err));
    for (int i = 0; i < 4; i++) {
        const pp__aggregation *a = &w->over[i];
        double effect = a->mean[a->n].effect, std_error, factor, z;
        int64_t row;
        PP_TRY(find_errors(w, a->influence + a->n * w->s.n, 1, &std_error, &factor));
        z = effect / std_error;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "aggregation", names[i], w->err));
        PP_TRY(put_interval(w, table, row, effect, std_error, NAN));
        PP_TRY(pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE,
                              2 * pnorm(-fabs(z), 0, 1, 1, 0), w->err));
    }
    PP_TRY(pp_table_drop(table, "band_low", w->err));
    PP_TRY(pp_table_drop(table, "band_high", w->err));
    return pp_result_set_note(w->result, "overall",
                              "simple: over treated units and periods; dynamic: over "
                              "the horizons from 0 on that are shown; group: over "
                              "cohorts; calendar: over periods. Effects of treatment "
                              "only where trends would have "
                              "been parallel without it.",
                              w->err);
}

static pp_status put_cells(work *w) {
    const pp__influences *e = &w->cells.effects;
    double factor, *std_error = pp_arena_alloc(&w->arena, e->cells, sizeof *std_error);
    pp_table *table;
    PP_NEED(std_error, w->err);
    PP_TRY(find_errors(w, e->of_cell, e->cells, std_error, &factor));
    PP_TRY(pp_result_add(w->result, "group_time", "Effects by cohort and period", &table,
                         w->err));
    for (int i = 0; i < e->cells; i++) {
        const pp__group_time *c = &e->cell[i];
        double first = w->s.first[c->cohort], time = w->s.time[c->time];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_number(table, row, "cohort", PP_SHOW_YEAR, first, w->err));
        PP_TRY(pp__put_number(table, row, "time", PP_SHOW_YEAR, time, w->err));
        PP_TRY(pp__put_number(table, row, "horizon", PP_SHOW_YEAR, time - first, w->err));
        PP_TRY(put_interval(w, table, row, c->effect, std_error[i], factor));
        PP_TRY(pp__put_number(table, row, "nobs_treated", PP_SHOW_COUNT,
                              (double)c->treated, w->err));
        PP_TRY(pp__put_number(table, row, "nobs_control", PP_SHOW_COUNT,
                              (double)c->controls, w->err));
        PP_TRY(
            pp__put_number(table, row, "base", PP_SHOW_YEAR, w->s.time[c->base], w->err));
    }
    return PP_OK;
}

/* ---- the pre-test ---- */

/* Effects before treatment, with their influences copied side by side: of cells, or of the estimator's own
   regression. */
static pp_status gather_before(work *w, int *n, double **effect, double **influence) {
    const pp__influences *e = &w->cells.effects;
    const pp__aggregation *own = &w->cells.own;
    int most = own->n > e->cells ? own->n : e->cells;
    *effect = pp_arena_alloc(&w->arena, most, sizeof **effect);
    *influence = pp_arena_alloc(&w->arena, most * w->s.n, sizeof **influence);
    PP_NEED(*effect && *influence ? *effect : NULL, w->err);
    *n = 0;
    for (int i = 0; i < own->n; i++) {
        if (own->mean[i].at < 0 && !own->mean[i].reference) {
            memcpy(*influence + *n * w->s.n, own->influence + i * w->s.n,
                   (size_t)w->s.n * sizeof **influence);
            (*effect)[(*n)++] = own->mean[i].effect;
        }
    }
    if (own->n > 0) {
        return PP_OK;
    }
    for (int i = 0; i < e->cells; i++) {
        const pp__group_time *c = &e->cell[i];
        if (!c->reference && !isnan(c->effect) &&
            w->s.time[c->time] < w->s.first[c->cohort]) {
            memcpy(*influence + *n * w->s.n, e->of_cell + i * w->s.n,
                   (size_t)w->s.n * sizeof **influence);
            (*effect)[(*n)++] = c->effect;
        }
    }
    return PP_OK;
}

static pp_status put_pretest(work *w) {
    double *effect, *influence, statistic, clusters = (double)w->s.clusters;
    pp_table *table;
    int n = 0, is_regression = w->cells.own.n > 0;
    PP_TRY(gather_before(w, &n, &effect, &influence));
    PP_TRY(
        pp__influence_wald(&w->s, effect, influence, n, &w->arena, &statistic, w->err));
    statistic = pp__staggered_is_lone(&w->s) ? NAN : statistic;
    PP_TRY(pp_result_add(w->result, "pretest", "Are all effects before treatment zero?",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(pp__put_number(table, 0, "statistic", PP_SHOW_DEFAULT, statistic, w->err));
    PP_TRY(pp__put_number(table, 0, "df", PP_SHOW_COUNT, n, w->err));
    PP_TRY(pp__put_number(table, 0, "df2", PP_SHOW_COUNT,
                          is_regression ? clusters - 1 : NAN, w->err));
    PP_TRY(pp__put_number(table, 0, "p_value", PP_SHOW_P_VALUE,
                          isnan(statistic) ? NAN
                          : is_regression  ? pf(statistic / n, n, clusters - 1, 0, 0)
                                           : pchisq(statistic, n, 0, 0),
                          w->err));
    return pp_result_set_note(w->result, "pretest",
                              isnan(statistic)
                                  ? "It cannot be made: there are no earlier periods, or "
                                    "fewer clusters than effects."
                                  : "A large p value is no evidence of parallel trends: "
                                    "see how large a difference in "
                                    "trends the intervals before treatment leave open.",
                              w->err);
}

/* ---- the whole ---- */

/* Horizons with the same cohorts in all of them need a cohort that is seen so long. */
static pp_status check_balance(const work *w) {
    double longest = w->s.time[w->s.periods - 1] - w->s.first[0];
    if ((double)w->options->balance <= longest) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "no cohort is seen %lld periods after its first",
                 (long long)w->options->balance);
    pp_error_locate(w->err, NULL, 0, "balance", NULL);
    pp_error_hint(w->err, "at most %g", longest);
    return PP_E_ESTIMATION;
}

static pp_status check_shown(const work *w) {
    const pp_did_options *o = w->options;
    const pp__staggered *s = &w->s;
    if (w->over[PP__OVER_HORIZONS].n > 0) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION, "no estimate has a horizon of %lld to %lld",
                 (long long)o->least, (long long)o->most);
    pp_error_locate(w->err, NULL, 0, "least", NULL);
    pp_error_hint(w->err, "these data have horizons from %g to %g at most",
                  s->time[0] - s->first[s->cohorts - 1],
                  s->time[s->periods - 1] - s->first[0]);
    return PP_E_ESTIMATION;
}

static pp_status estimate(work *w, const pp_table *data) {
    PP_TRY(pp__staggered_read(data, w->options, w->ctx, &w->arena, &w->s, &w->report,
                              w->err));
    PP_TRY(check_balance(w));
    PP_TRY(
        pp__did_cells_estimate(&w->s, w->options, w->ctx, &w->arena, &w->cells, w->err));
    for (int over = PP__OVER_ALL; over <= PP__OVER_PERIODS; over++) {
        PP_TRY(pp__did_aggregate(&w->cells, (pp__over)over, w->options, &w->arena,
                                 &w->over[over], w->err));
    }
    return check_shown(w);
}

static pp_status warn_of_method(work *w) {
    return !w->options->method || w->options->covariates
               ? PP_OK
               : pp_result_warn(w->result, "unused_method", w->options->method, 1, w->err,
                                "the method changes nothing: there are no covariates");
}

static pp_status tell(work *w) {
    PP_TRY(pp_result_new("did", &w->result, w->err));
    PP_TRY(pp__preflight_put(&(pp__preflight){.options = w->options,
                                              .s = &w->s,
                                              .report = &w->report,
                                              .cells = &w->cells,
                                              .result = w->result,
                                              .err = w->err}));
    PP_TRY(warn_of_method(w));
    PP_TRY(put_overall(w));
    PP_TRY(put_means(w, PP__OVER_HORIZONS, "dynamic", "Effects by time since treatment",
                     "horizon"));
    PP_TRY(put_means(w, PP__OVER_COHORTS, "group", "Effects by cohort", "cohort"));
    PP_TRY(put_means(w, PP__OVER_PERIODS, "calendar", "Effects by period", "time"));
    PP_TRY(put_cells(w));
    PP_TRY(put_pretest(w));
    PP_TRY(put_covariance(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_did(const pp_table *data, const pp_did_options *options,
                 const pp_context *ctx, pp_result **out, pp_error *err) {
    PP_TRY(pp__did_check_options(options, err));
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    w->level = options->level > 0 ? options->level : 0.95;
    pp_arena_init(&w->arena);
    pp_status status = estimate(w, data);
    if (status == PP_OK) {
        status = tell(w);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
