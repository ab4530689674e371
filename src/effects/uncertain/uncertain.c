/* Differences in differences under several treatments of uncertain dates. */
#include "base/check.h"
#include "base/parallel.h"
#include "effects/columns.h"
#include "effects/did/estimate.h"
#include "effects/uncertain/dating.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 20, MOST_DRAWS = 100000, DATING_TASK = 0x64617465, KINDS = 4 };

static const char *const rule_names[PP__DATING_RULES] = {"earliest", "midpoint", "latest",
                                                         "drawn"};

/* The design with the dates of one rule, or of one draw. */
typedef struct trial {
    pp_result *result; /* NULL: nothing could be estimated */
    pp__dated_units units;
    pp_status status;
    pp_error err;
} trial;

typedef struct work {
    pp__dating dating;
    pp_did_options did;
    const pp_context *ctx;
    int draws, failed;
    double level;
    trial *trial; /* one for each rule but PP__DRAWN, then the draws */
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

/* ---- trials ---- */

static void estimate(work *w, trial *t, pp__dating_rule rule, pp_rng *rng) {
    pp_table *data;
    t->status = pp__dating_apply(&w->dating, rule, rng, &data, &t->units, &t->err);
    if (t->status == PP_OK) {
        t->status = pp_did(data, &w->did, NULL, &t->result, &t->err);
        pp_table_free(data);
    }
}

static void run_trial(void *payload, int64_t index) {
    work *w = payload;
    pp_rng rng;
    pp_rng_init(&rng, w->did.seed, DATING_TASK, (uint64_t)index);
    estimate(w, &w->trial[index], index < PP__DRAWN ? (pp__dating_rule)index : PP__DRAWN,
             &rng);
}

/* A few draws at a time, so that a call can be cancelled. */
typedef struct batch {
    work *w;
    int64_t from;
} batch;

static void run_one(void *payload, int64_t index) {
    batch *b = payload;
    run_trial(b->w, b->from + index);
}

static pp_status run_trials(work *w) {
    int64_t n = PP__DRAWN + w->draws, step = 16;
    for (int64_t from = 0; from < n; from += step) {
        batch b = {w, from};
        PP_TRY(pp_progress(w->ctx, "drawing dates", (double)from / (double)n, w->err));
        pp__parallel(w->ctx, from + step < n ? step : n - from, run_one, &b);
    }
    return PP_OK;
}

static int is_fatal(pp_status status) {
    return status == PP_E_MEMORY || status == PP_E_INTERNAL || status == PP_E_ARGUMENT ||
           status == PP_E_NOT_FOUND;
}

static pp_status give_error(work *w, const trial *t) {
    if (w->err) {
        *w->err = t->err;
    }
    return t->status;
}

static pp_status judge_trials(work *w) {
    for (int i = 0; i < PP__DRAWN + w->draws; i++) {
        const trial *t = &w->trial[i];
        if (is_fatal(t->status)) {
            return give_error(w, t);
        }
        w->failed += i >= PP__DRAWN && !t->result;
    }
    if (w->draws - w->failed < 2 || 2 * w->failed > w->draws) {
        const trial *t = &w->trial[PP__DRAWN];
        for (int i = 0; t->result; i++) {
            t = &w->trial[PP__DRAWN + i];
        }
        if (t->status != PP_E_ESTIMATION) {
            return give_error(w, t);
        }
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "in %d of %d draws of the dates nothing can be estimated: %s",
                     w->failed, w->draws, t->err.message);
        pp_error_hint(w->err, "%s", t->err.hint);
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- pooling ---- */

/* Estimates and variances of one row in all draws that have it: `key` is the row's text or number. */
typedef struct sample {
    int n;
    double *estimate, *variance;
    double lowest, highest;
} sample;

static int64_t find_row(const pp_table *t, const char *column, const char *text,
                        double number) {
    const pp_column *c = pp_table_find(t, column);
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        if (text ? strcmp(pp_column_get_text(c, row), text) == 0
                 : c->number[row] == number) {
            return row;
        }
    }
    return -1;
}

static void add_to(sample *s, const pp_table *t, int64_t row) {
    double estimate = pp_table_find(t, "estimate")->number[row];
    double error = pp_table_find(t, "std_error")->number[row];
    if (isfinite(estimate) && isfinite(error)) {
        s->estimate[s->n] = estimate;
        s->variance[s->n] = error * error;
        s->lowest = fmin(s->lowest, estimate);
        s->highest = fmax(s->highest, estimate);
        s->n++;
    }
}

static void gather(const work *w, const char *table, const char *column, const char *text,
                   double number, sample *s) {
    s->n = 0;
    s->lowest = INFINITY;
    s->highest = -INFINITY;
    for (int i = PP__DRAWN; i < PP__DRAWN + w->draws; i++) {
        const pp_table *t =
            w->trial[i].result ? pp_result_find(w->trial[i].result, table) : NULL;
        int64_t row = t ? find_row(t, column, text, number) : -1;
        if (row >= 0) {
            add_to(s, t, row);
        }
    }
}

static pp_status put_pooled(const work *w, const sample *s, pp_table *table, int64_t row,
                            int with_p) {
    pp_pooled pooled = pp_pool(s->n, s->estimate, s->variance, INFINITY);
    double far = pp__pooled_quantile(&pooled, w->level) * pooled.std_error;
    double near = pp__pooled_quantile(&pooled, 0.9) * pooled.std_error;
    const pp__named numbers[] = {
        {"estimate", 0, pooled.estimate},
        {"std_error", 0, pooled.std_error},
        {"conf_low", 0, pooled.estimate - far},
        {"conf_high", 0, pooled.estimate + far},
        {"conf_low_90", 0, pooled.estimate - near},
        {"conf_high_90", 0, pooled.estimate + near},
        {"missing_information", PP_SHOW_PERCENT, pooled.fmi},
    };
    PP_TRY(pp__put_numbers(table, row, numbers, 7, w->err));
    return with_p ? pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE,
                                   pp__pooled_p_value(&pooled), w->err)
                  : PP_OK;
}

/* ---- tables ---- */

static pp_status put_units(const work *w, pp_table *table, int64_t row, double treated,
                           double never) {
    PP_TRY(pp__put_number(table, row, "treated", PP_SHOW_COUNT, treated, w->err));
    return pp__put_number(table, row, "never", PP_SHOW_COUNT, never, w->err);
}

static pp_status put_rule(const work *w, int rule, const char *aggregation,
                          pp_table *table) {
    static const char *const copied[] = {"estimate", "std_error", "conf_low", "conf_high",
                                         "p_value"};
    const trial *t = &w->trial[rule];
    int64_t row, from;
    if (!t->result) {
        return PP_OK;
    }
    const pp_table *overall = pp_result_find(t->result, "overall");
    from = find_row(overall, "aggregation", aggregation, 0);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "aggregation", aggregation, w->err));
    PP_TRY(pp__put_text(table, row, "dates", rule_names[rule], w->err));
    for (size_t c = 0; c < sizeof copied / sizeof *copied; c++) {
        const pp_column *column = pp_table_find(overall, copied[c]);
        PP_TRY(pp__put_number(table, row, copied[c], column->show, column->number[from],
                              w->err));
    }
    return put_units(w, table, row, (double)t->units.treated, (double)t->units.never);
}

static pp_status put_drawn(const work *w, const char *aggregation, sample *s,
                           pp_table *table) {
    double treated = 0, never = 0;
    int64_t row;
    gather(w, "overall", "aggregation", aggregation, 0, s);
    if (s->n < 2) {
        return PP_OK;
    }
    for (int i = PP__DRAWN; i < PP__DRAWN + w->draws; i++) {
        treated += (double)w->trial[i].units.treated / w->draws;
        never += (double)w->trial[i].units.never / w->draws;
    }
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "aggregation", aggregation, w->err));
    PP_TRY(pp__put_text(table, row, "dates", rule_names[PP__DRAWN], w->err));
    PP_TRY(put_pooled(w, s, table, row, 1));
    PP_TRY(pp__put_number(table, row, "lowest", 0, s->lowest, w->err));
    PP_TRY(pp__put_number(table, row, "highest", 0, s->highest, w->err));
    return put_units(w, table, row, treated, never);
}

static pp_status put_overall(work *w, sample *s) {
    static const char *const aggregation[KINDS] = {"simple", "dynamic", "group",
                                                   "calendar"};
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "uncertain_overall",
                         "Mean effects under several treatments of the dates", &table,
                         w->err));
    for (int k = 0; k < KINDS; k++) {
        for (int rule = 0; rule < PP__DRAWN; rule++) {
            PP_TRY(put_rule(w, rule, aggregation[k], table));
        }
        PP_TRY(put_drawn(w, aggregation[k], s, table));
    }
    return pp_result_set_note(
        w->result, "uncertain_overall",
        "earliest, midpoint, latest: every date at that end of its interval. drawn: "
        "dates, and "
        "whether there was a treatment at all, drawn and pooled by Rubin's rules; lowest "
        "and "
        "highest are of single draws.",
        w->err);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The horizons of all draws, each once, ascending. */
static pp_status list_horizons(work *w, double **out, int *n) {
    int64_t room = 0;
    for (int i = PP__DRAWN; i < PP__DRAWN + w->draws; i++) {
        const pp_result *r = w->trial[i].result;
        room += r ? pp_table_rows(pp_result_find(r, "dynamic")) : 0;
    }
    double *at = pp_arena_alloc(&w->arena, room + 1, sizeof *at);
    PP_NEED(at, w->err);
    int64_t found = 0;
    for (int i = PP__DRAWN; i < PP__DRAWN + w->draws; i++) {
        const pp_result *r = w->trial[i].result;
        const pp_table *t = r ? pp_result_find(r, "dynamic") : NULL;
        for (int64_t row = 0; t && row < pp_table_rows(t); row++) {
            at[found++] = pp_table_find(t, "horizon")->number[row];
        }
    }
    qsort(at, (size_t)found, sizeof *at, ascending);
    *n = 0;
    for (int64_t i = 0; i < found; i++) {
        if (*n == 0 || at[i] > at[*n - 1]) {
            at[(*n)++] = at[i];
        }
    }
    *out = at;
    return PP_OK;
}

static pp_status put_dynamic(work *w, sample *s) {
    pp_table *table;
    double *horizon = NULL;
    int n = 0;
    PP_TRY(list_horizons(w, &horizon, &n));
    PP_TRY(pp_result_add(w->result, "uncertain_dynamic",
                         "Effects by time since treatment, dates drawn", &table, w->err));
    for (int h = 0; h < n; h++) {
        int64_t row;
        gather(w, "dynamic", "horizon", NULL, horizon[h], s);
        if (s->n < 2 || 2 * s->n < w->draws) {
            continue;
        }
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_number(table, row, "horizon", PP_SHOW_YEAR, horizon[h], w->err));
        PP_TRY(put_pooled(w, s, table, row, 0));
        PP_TRY(pp__put_number(table, row, "draws", PP_SHOW_COUNT, s->n, w->err));
    }
    return PP_OK;
}

static pp_status put_draw(const work *w, int draw, pp_table *table) {
    const trial *t = &w->trial[PP__DRAWN + draw];
    const pp_table *overall = t->result ? pp_result_find(t->result, "overall") : NULL;
    for (int64_t from = 0; overall && from < pp_table_rows(overall); from++) {
        int64_t row;
        const pp__named numbers[] = {
            {"estimate", 0, pp_table_find(overall, "estimate")->number[from]},
            {"std_error", 0, pp_table_find(overall, "std_error")->number[from]},
            {"treated", PP_SHOW_COUNT, (double)t->units.treated},
            {"never", PP_SHOW_COUNT, (double)t->units.never},
            {"left_out", PP_SHOW_COUNT, (double)t->units.left_out},
        };
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_number(table, row, "draw", PP_SHOW_COUNT, draw + 1, w->err));
        PP_TRY(pp__put_text(
            table, row, "aggregation",
            pp_column_get_text(pp_table_find(overall, "aggregation"), from), w->err));
        PP_TRY(pp__put_numbers(table, row, numbers, 5, w->err));
    }
    return PP_OK;
}

static pp_status put_draws(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "uncertain_draws", "Draw by draw", &table, w->err));
    for (int draw = 0; draw < w->draws; draw++) {
        PP_TRY(put_draw(w, draw, table));
    }
    return PP_OK;
}

static pp_status warn(const work *w) {
    for (int rule = 0; rule < PP__DRAWN; rule++) {
        const trial *t = &w->trial[rule];
        if (!t->result) {
            PP_TRY(pp_result_warn(w->result, "rule_failed", rule_names[rule], -1, w->err,
                                  "%s dates give no estimate: %s", rule_names[rule],
                                  t->err.message));
        }
    }
    return w->failed > 0 ? pp_result_warn(w->result, "draws_failed", NULL, w->failed,
                                          w->err, "draws of the dates give no estimate")
                         : PP_OK;
}

static pp_status tell(work *w) {
    sample s = {.estimate = pp_arena_alloc(&w->arena, w->draws, sizeof(double)),
                .variance = pp_arena_alloc(&w->arena, w->draws, sizeof(double))};
    PP_NEED(s.estimate && s.variance ? s.estimate : NULL, w->err);
    PP_TRY(pp_result_new("did", &w->result, w->err));
    PP_TRY(put_overall(w, &s));
    PP_TRY(put_dynamic(w, &s));
    PP_TRY(put_draws(w));
    PP_TRY(warn(w));
    return pp_result_note_number(w->result, "seed", (double)w->did.seed, w->err);
}

/* ---- the whole ---- */

static pp_status check_options(work *w, const pp_uncertain_options *o) {
    w->draws = o->draws ? (int)o->draws : DRAWS;
    if (o->draws < 0 || o->draws > MOST_DRAWS || w->draws < 2) {
        pp_error_set(w->err, PP_E_ARGUMENT, "option draws is out of range");
        pp_error_locate(w->err, NULL, 0, "draws", NULL);
        pp_error_hint(w->err, "a number from 2 to %d", MOST_DRAWS);
        return PP_E_ARGUMENT;
    }
    if (w->did.treatment) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "dates are intervals here, and treatments of 0 and 1 are not");
        pp_error_locate(w->err, NULL, 0, "treatment", w->did.treatment);
        pp_error_hint(w->err, "leave the column of treatments out, or the intervals");
        return PP_E_ARGUMENT;
    }
    return pp__did_check_options(&w->did, w->err);
}

/* Before any draw, for draws have a column of their own. */
static pp_status check_columns(const work *w, const pp_table *data) {
    const pp_did_options *o = &w->did;
    const char *const names[] = {o->outcome, o->weights, o->cluster};
    pp_column *found;
    for (int i = 0; i < 3; i++) {
        if (i == 0 || names[i]) {
            PP_TRY(pp__effects_column(data, names[i], i ? "design" : "outcome", i < 2,
                                      &found, w->err));
        }
    }
    return PP_OK;
}

static pp_status work_through(work *w, const pp_table *data,
                              const pp_uncertain_options *options) {
    PP_TRY(check_options(w, options));
    PP_TRY(check_columns(w, data));
    PP_TRY(
        pp__dating_read(data, &w->did, options, w->ctx, &w->arena, &w->dating, w->err));
    w->trial = pp_arena_zalloc(&w->arena, PP__DRAWN + w->draws, sizeof *w->trial);
    PP_NEED(w->trial, w->err);
    PP_TRY(run_trials(w));
    PP_TRY(judge_trials(w));
    return tell(w);
}

pp_status pp_did_uncertain(const pp_table *data, const pp_did_options *did,
                           const pp_uncertain_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err) {
    work w = {.did = *did, .ctx = ctx, .err = err};
    w.did.cohort = PP__COHORT;
    w.did.draws = 0; /* errors of single draws of the dates are analytic */
    w.level = did->level > 0 ? did->level : 0.95;
    pp_arena_init(&w.arena);
    pp_status status = work_through(&w, data, options);
    for (int i = 0; w.trial && i < PP__DRAWN + w.draws; i++) {
        pp_result_free(w.trial[i].result);
    }
    if (status == PP_OK) {
        *out = w.result;
    } else {
        pp_result_free(w.result);
    }
    pp_arena_clear(&w.arena);
    return status;
}
