/* Matching on history: the whole, and its tables. */
#include "base/check.h"
#include "effects/choice.h"
#include "effects/matching/balance.h"
#include "effects/matching/estimate.h"
#include "model/tables.h"

#include <pushpull/text.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

enum { FEW_TREATED = 10, MOST_NAMED = 200000 };
static const double LARGE = 0.2;

typedef struct work {
    const pp_matching_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    double level;
    pp__history h;
    pp__sets s;
    pp__balance *balance;
    pp__matched_effects effects;
    pp_result *result;
} work;

static const char *const STATES[PP__SET_STATES] = {
    "used",
    "begins before the lags have passed",
    "less than the leads before the end",
    "treatment, outcome or covariates missing around it",
    "treatment changes again within the leads",
    "no control with this history",
};

/* ---- options ---- */

static pp_status check_options(const pp_matching_options *o, pp_error *err) {
    const struct {
        const char *name, *value, *choices[6];
    } checks[] = {
        {"refinement", o->refinement, {"mahalanobis", "ps-match", "ps-weight", "none"}},
        {"lagged outcome", o->lagged_outcome, {"yes", "no"}},
        {"quantity", o->quantity, {"att", "art"}},
        {"window", o->window, {"start", "whole"}},
        {"errors", o->errors, {"centred", "unconditional", "conditional", "bootstrap"}},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        PP_TRY(pp__check_choice(checks[i].name, checks[i].value, checks[i].choices, err));
    }
    if (o->lags < 0 || o->lags > 1000 || o->leads < 0 || o->leads > 1000 || o->size < 0) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "lags and leads lie between 0 and 1000, and sizes are not negative");
    }
    if (o->draws < 0 || o->draws == 1 || o->draws > 1000000) {
        PP_FAIL(err, PP_E_ARGUMENT, "draws are 2 to a million");
    }
    if (o->level < 0 || o->level >= 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "the level lies between 0 and 1");
    }
    return PP_OK;
}

static int refines_by_outcome(const work *w) {
    const pp_matching_options *o = w->options;
    return (!o->refinement || strcmp(o->refinement, "none") != 0) &&
           (!o->lagged_outcome || strcmp(o->lagged_outcome, "yes") == 0);
}

/* ---- effects ---- */

static pp_status put_estimate(work *w, pp_table *table, int64_t row,
                              const pp__matched_effect *e) {
    int is_lone = w->effects.units_treated == 1;
    double error = is_lone ? NAN : e->std_error;
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, e->estimate},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"conf_low", PP_SHOW_DEFAULT, is_lone ? NAN : e->low},
        {"conf_high", PP_SHOW_DEFAULT, is_lone ? NAN : e->high},
        {"p_value", PP_SHOW_P_VALUE, 2 * pnorm(-fabs(e->estimate / error), 0, 1, 1, 0)},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static int64_t count_periods(const work *w) {
    int64_t n = 0;
    for (int32_t t = 0; t < w->h.periods; t++) {
        int begins = 0;
        for (int64_t i = 0; i < w->s.n; i++) {
            begins |= w->s.set[i].state == PP__SET_USED && w->s.set[i].period == t;
        }
        n += begins;
    }
    return n;
}

static pp_status put_effects(work *w) {
    double periods = (double)count_periods(w);
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "matched_effects",
                         "Effects by periods since treatment", &table, w->err));
    PP_TRY(pp_table_resize(table, w->effects.n, w->err));
    for (int64_t i = 0; i < w->effects.n; i++) {
        const pp__matched_effect *e = &w->effects.effect[i];
        PP_TRY(pp__put_number(table, i, "horizon", PP_SHOW_YEAR, (double)e->horizon,
                              w->err));
        PP_TRY(put_estimate(w, table, i, e));
        const pp__named cells[] = {
            {"band_low", PP_SHOW_DEFAULT, NAN},
            {"band_high", PP_SHOW_DEFAULT, NAN},
            {"cohorts", PP_SHOW_COUNT, periods},
            {"nobs_treated", PP_SHOW_COUNT, (double)w->s.used},
            {"contaminated", PP_SHOW_PERCENT, e->contaminated},
        };
        PP_TRY(pp__put_numbers(table, i, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(
        w->result, "matched_effects",
        refines_by_outcome(w)
            ? "Sets were refined by the outcome before treatment: that effects before it "
              "are small is then made so, and no test. With lagged_outcome 'no' it is "
              "one."
            : "Horizons before -1 are placebos: differences in trends before treatment, "
              "which should be zero.",
        w->err);
}

static pp_status put_overall(work *w) {
    const char *errors = w->options->errors ? w->options->errors : "centred";
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "matched_overall",
                         "Mean effect from the period in which treatment begins on",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(put_estimate(w, table, 0, &w->effects.effect[w->effects.n]));
    PP_TRY(pp__put_number(table, 0, "nobs_treated", PP_SHOW_COUNT, (double)w->s.used,
                          w->err));
    PP_TRY(pp__put_number(table, 0, "units_treated", PP_SHOW_COUNT,
                          (double)w->effects.units_treated, w->err));
    PP_TRY(pp__put_text(table, 0, "errors", errors, w->err));
    return pp_result_set_note(
        w->result, "matched_overall",
        "Of treated observations that have a matched set. Effects of treatment only "
        "where, "
        "given the history, trends would have been parallel without it.",
        w->err);
}

/* ---- balance ---- */

static double largest_imbalance(const work *w, int64_t *beyond) {
    int64_t n = w->h.k * w->s.lags;
    double largest = 0;
    *beyond = 0;
    for (int64_t i = 0; i < n; i++) {
        double size = fabs(w->balance[i].refined);
        largest = size > largest ? size : largest;
        *beyond += size > LARGE;
    }
    return largest;
}

static pp_status put_balance(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "matched_balance",
                         "Were treated and controls alike before treatment?", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, w->h.k * w->s.lags, w->err));
    for (int64_t i = 0; i < w->h.k * w->s.lags; i++) {
        const pp__balance *b = &w->balance[i];
        PP_TRY(pp__put_text(table, i, "term", w->h.term[b->term], w->err));
        const pp__named cells[] = {
            {"lag", PP_SHOW_YEAR, (double)b->lag},
            {"before_matching", PP_SHOW_DEFAULT, b->unmatched},
            {"before_refinement", PP_SHOW_DEFAULT, b->matched},
            {"after_refinement", PP_SHOW_DEFAULT, b->refined},
            {"sd", PP_SHOW_DEFAULT, b->sd},
        };
        PP_TRY(pp__put_numbers(table, i, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(w->result, "matched_balance",
                              "Mean differences in standard deviations of the treated. "
                              "Within 0.1 is good, beyond "
                              "0.2 the sets do not hold this variable equal. Missing "
                              "where the treated do not vary.",
                              w->err);
}

/* ---- sets ---- */

static double nearest(const pp__matched_set *set) {
    double least = NAN;
    for (int64_t c = 0; set->distance && c < set->n; c++) {
        least = set->distance[c] > least ? least : set->distance[c];
    }
    return least;
}

static int64_t count_weighted(const pp__matched_set *set) {
    int64_t n = 0;
    for (int64_t c = 0; c < set->n; c++) {
        n += set->weight[c] > 0;
    }
    return n;
}

static pp_status put_sets(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "matched_sets", "Treated observations and their sets",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, w->s.n, w->err));
    for (int64_t i = 0; i < w->s.n; i++) {
        const pp__matched_set *set = &w->s.set[i];
        PP_TRY(pp__put_text(table, i, "unit", w->h.name[set->unit], w->err));
        PP_TRY(pp__put_number(table, i, "time", PP_SHOW_YEAR, w->h.time[set->period],
                              w->err));
        PP_TRY(pp__put_text(table, i, "status", STATES[set->state], w->err));
        const pp__named cells[] = {
            {"controls", PP_SHOW_COUNT, (double)set->n},
            {"weighted", PP_SHOW_COUNT, (double)count_weighted(set)},
            {"nearest", PP_SHOW_DEFAULT, nearest(set)},
        };
        PP_TRY(pp__put_numbers(table, i, cells, sizeof cells / sizeof *cells, w->err));
    }
    return PP_OK;
}

static pp_status put_control(work *w, pp_table *table, int64_t row,
                             const pp__matched_set *set, int64_t c) {
    PP_TRY(pp__put_text(table, row, "unit", w->h.name[set->unit], w->err));
    PP_TRY(
        pp__put_number(table, row, "time", PP_SHOW_YEAR, w->h.time[set->period], w->err));
    PP_TRY(pp__put_text(table, row, "control", w->h.name[set->control[c]], w->err));
    PP_TRY(pp__put_number(table, row, "weight", PP_SHOW_DEFAULT, set->weight[c], w->err));
    return pp__put_number(table, row, "distance", PP_SHOW_DEFAULT,
                          set->distance ? set->distance[c] : NAN, w->err);
}

static pp_status put_controls(work *w) {
    int64_t rows = 0, row = 0;
    pp_table *table;
    for (int64_t i = 0; i < w->s.n; i++) {
        rows += count_weighted(&w->s.set[i]);
    }
    if (rows > MOST_NAMED) {
        return pp_result_warn(w->result, "controls_not_named", NULL, rows, w->err,
                              "controls with a weight are too many to be named");
    }
    PP_TRY(pp_result_add(w->result, "matched_controls", "Controls and their weights",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, rows, w->err));
    for (int64_t i = 0; i < w->s.n; i++) {
        for (int64_t c = 0; c < w->s.set[i].n; c++) {
            if (w->s.set[i].weight[c] > 0) {
                PP_TRY(put_control(w, table, row++, &w->s.set[i], c));
            }
        }
    }
    return PP_OK;
}

/* ---- what it rests on ---- */

static double count_sets(const work *w, pp__set_state state) {
    double n = 0;
    for (int64_t i = 0; i < w->s.n; i++) {
        n += w->s.set[i].state == state;
    }
    return n;
}

static pp_status put_check(work *w, pp_table *table, const char *check, double count,
                           const char *detail) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "check", check, w->err));
    PP_TRY(pp__put_number(table, row, "count", PP_SHOW_COUNT, count, w->err));
    return pp__put_text(table, row, "detail", detail, w->err);
}

static double smallest_set(const work *w) {
    double least = NAN;
    for (int64_t i = 0; i < w->s.n; i++) {
        double n = (double)w->s.set[i].n;
        least = w->s.set[i].state != PP__SET_USED || n > least ? least : n;
    }
    return least;
}

static pp_status put_preflight(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "matched_preflight", "What the comparison rests on",
                         &table, w->err));
    PP_TRY(put_check(w, table, "units", w->h.units, NULL));
    PP_TRY(put_check(w, table, "periods", w->h.periods, NULL));
    PP_TRY(put_check(w, table, "rows without outcome, treatment or covariates",
                     (double)w->h.incomplete_rows, NULL));
    PP_TRY(put_check(w, table, "treated observations", (double)w->s.n,
                     "treatment begins within the data"));
    for (int state = PP__SET_USED; state < PP__SET_STATES; state++) {
        const char *name = state == PP__SET_USED
                               ? "with a matched set"
                               : pp_arena_printf(&w->arena, "without: %s", STATES[state]);
        PP_NEED(name, w->err);
        PP_TRY(put_check(w, table, name, count_sets(w, (pp__set_state)state),
                         state == PP__SET_USED ? NULL : "named in 'matched_sets'"));
    }
    PP_TRY(put_check(w, table, "controls in the smallest set", smallest_set(w), NULL));
    int64_t beyond;
    double largest = largest_imbalance(w, &beyond);
    const char *words = pp_arena_printf(&w->arena, "the largest is %.2f", largest);
    PP_NEED(words, w->err);
    PP_TRY(put_check(w, table, "differences beyond 0.2 after refinement", (double)beyond,
                     words));
    return put_check(w, table, "controls left out for missing values",
                     (double)w->s.short_of, "counted once for each set");
}

static pp_status warn(work *w) {
    int64_t beyond;
    double last = w->effects.effect[w->effects.n - 1].contaminated;
    if (largest_imbalance(w, &beyond) > LARGE) {
        PP_TRY(
            pp_result_warn(w->result, "imbalance", NULL, beyond, w->err,
                           "after refinement treated and controls still differ by more "
                           "than 0.2 standard deviations in some lags"));
    }
    if (last > 0.05) {
        PP_TRY(
            pp_result_warn(w->result, "contaminated_controls", NULL, -1, w->err,
                           "%.0f%% of the controls' weight is treated by the last lead: "
                           "the window 'whole' leaves such controls out",
                           100 * last));
    }
    if (w->effects.units_treated < FEW_TREATED) {
        PP_TRY(pp_result_warn(w->result, "few_treated", NULL, w->effects.units_treated,
                              w->err, "few units are treated: %s",
                              w->effects.units_treated == 1
                                  ? "one says nothing of how they vary, and there are no "
                                    "errors"
                                  : "errors are too small"));
    }
    if (w->s.used < w->s.n) {
        PP_TRY(
            pp_result_warn(w->result, "unmatched", NULL, w->s.n - w->s.used, w->err,
                           "treated observations have no matched set and are not in the "
                           "estimate: the table 'matched_sets' names them"));
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status run(work *w, const pp_table *data) {
    PP_TRY(check_options(w->options, w->err));
    w->level = w->options->level > 0 ? w->options->level : 0.95;
    PP_TRY(pp__history_read(data, w->options, w->ctx, &w->arena, &w->h, w->err));
    PP_TRY(pp__sets_find(&w->h, w->options, w->ctx, &w->arena, &w->s, w->err));
    w->balance = pp_arena_alloc(&w->arena, w->h.k * w->s.lags, sizeof *w->balance);
    PP_NEED(w->balance, w->err);
    PP_TRY(pp__balance_find(&w->s, 0, w->ctx, &w->arena, w->balance, w->err));
    PP_TRY(pp__sets_refine(&w->s, w->options, w->ctx, &w->arena, w->err));
    PP_TRY(pp__balance_find(&w->s, 1, w->ctx, &w->arena, w->balance, w->err));
    PP_TRY(pp__matched_estimate(&w->s, w->options, w->level, w->ctx, &w->arena,
                                &w->effects, w->err));
    PP_TRY(pp_result_new("match", &w->result, w->err));
    PP_TRY(put_overall(w));
    PP_TRY(put_effects(w));
    PP_TRY(put_balance(w));
    PP_TRY(put_preflight(w));
    PP_TRY(put_sets(w));
    PP_TRY(put_controls(w));
    PP_TRY(warn(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_matching(const pp_table *data, const pp_matching_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = run(w, data);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
