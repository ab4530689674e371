/* The minimum detectable effect of a design on the data at hand. */
#include "base/check.h"
#include "effects/checks/power.h"
#include "effects/checks/reassign.h"
#include "model/tables.h"

#include <pushpull/mde.h>

#include <math.h>
#include <string.h>

enum { FEWEST = 20, FEW_ASSIGNMENTS = 100, CURVE = 25 };

typedef struct work {
    pp_mde_options o;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__checked c;
    pp__reassignment who;
    pp__staggered flat;      /* the panel without effects */
    pp__staggered_rows rows; /* of it, where it has holes */
    pp__described outcome;   /* in it; `least` is that of the data */
    pp__power *power;        /* of each target */
    pp_result *result;
} work;

static pp_status check_options(pp_mde_options *o, pp_error *err) {
    o->draws = o->draws ? o->draws : 200;
    o->power = o->power > 0 || o->power < 0 ? o->power : 0.8;
    if (o->draws < FEWEST || o->draws > 1000000) {
        PP_FAIL(err, PP_E_ARGUMENT, "draws are %d to 1000000", FEWEST);
    }
    if (!(o->power > 0 && o->power < 1)) {
        PP_FAIL(err, PP_E_ARGUMENT, "the power lies between 0 and 1");
    }
    if (!(o->plausible >= 0 && isfinite(o->plausible))) {
        PP_FAIL(err, PP_E_ARGUMENT, "the largest plausible effect is not negative");
    }
    return PP_OK;
}

/* ---- the panel without effects ---- */

/* The design's effect at a horizon, or the nearest earlier one that there is. */
static double effect_at(const pp__horizons *found, double horizon) {
    double effect = 0;
    for (int i = 0; i < found->n; i++) {
        if (found->horizon[i] >= 0 && found->horizon[i] <= horizon &&
            !isnan(found->effect[i])) {
            effect = found->effect[i];
        }
    }
    return effect;
}

/* What a cohort's outcomes in a period hold of the design's effects. */
static double effect_in(const work *w, int cohort, int period) {
    const pp__staggered *s = &w->c.s;
    double horizon = cohort < s->cohorts ? s->time[period] - s->first[cohort] : -1;
    return horizon >= 0 ? effect_at(&w->c.found, horizon) : 0;
}

static void flatten(const work *w, double *y) {
    const pp__staggered *s = &w->c.s;
    for (int c = 0; c < s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            double effect = effect_in(w, c, t);
            for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
                y[t * s->n + i] -= effect;
            }
        }
    }
}

/* Rows of a period are in the order of units, and these of cohorts. */
static void flatten_rows(const work *w, double *y) {
    const pp__staggered *s = &w->c.s;
    for (int t = 0; t < s->periods; t++) {
        int64_t i = s->rows->begin[t];
        for (int c = 0; c < s->cohorts; c++) {
            double effect = effect_in(w, c, t);
            for (; i < s->rows->begin[t + 1] && s->rows->unit[i] < s->begin[c + 1]; i++) {
                y[i] -= effect;
            }
        }
    }
}

static pp_status take_effects_out(work *w) {
    const pp__staggered *s = &w->c.s;
    int64_t n = s->rows ? s->rows->begin[s->periods] : s->n * s->periods;
    double *y = pp_arena_alloc(&w->arena, n, sizeof *y);
    PP_NEED(y, w->err);
    memcpy(y, s->rows ? s->rows->y : s->y, (size_t)n * sizeof *y);
    w->flat = *s;
    if (s->rows) {
        flatten_rows(w, y);
        w->rows = *s->rows;
        w->rows.y = y;
        w->flat.rows = &w->rows;
    } else {
        flatten(w, y);
        w->flat.y = y;
    }
    return PP_OK;
}

/* ---- the draws ---- */

static pp_status find_power(work *w) {
    const pp__horizons *found = &w->c.found;
    int targets = pp__targets(found);
    pp__reassigned drawn;
    PP_TRY(pp__reassign(&w->who, &w->c.design, found, w->o.draws, w->o.seed,
                        "placebo dates", w->ctx, &w->arena, &drawn, w->err));
    PP_NEED(w->power = pp_arena_alloc(&w->arena, targets, sizeof *w->power), w->err);
    for (int k = 0; k < targets; k++) {
        PP_TRY(pp__power_find(drawn.estimate + k, drawn.std_error + k, w->o.draws,
                              targets, w->c.level, w->o.power, &w->arena, &w->power[k],
                              w->err));
    }
    if (isnan(w->power[PP__SIMPLE].mde)) {
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "%lld of %lld draws of other dates have an estimate with an error",
                     (long long)w->power[PP__SIMPLE].draws, (long long)w->o.draws);
        pp_error_hint(w->err,
                      "%d are needed: take more draws, fewer covariates or "
                      "compare with units not yet treated",
                      FEWEST);
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- tables ---- */

/* Infinite: not reached by the draws. */
static double shown(double value) {
    return isinf(value) ? NAN : value;
}

static const char *read_power(const work *w, const pp__power *p) {
    if (!(w->o.plausible > 0) || isnan(p->mde)) {
        return NULL;
    }
    return p->mde_low > w->o.plausible    ? "only an implausibly large effect"
           : p->mde_high > w->o.plausible ? "at the edge of the plausible"
                                          : "an effect as large as plausible";
}

/* A share of the mean says little where the mean is near zero for the outcome's spread, as that of a
   logarithm may be. */
static int has_share(const work *w) {
    const pp__described *outcome = &w->outcome;
    return !w->o.is_log && outcome->least >= 0 && outcome->mean > 0 &&
           outcome->mean >= outcome->sd;
}

static pp_status put_power(work *w, pp_table *table, int64_t row, const pp__power *p) {
    double plausible = w->o.plausible > 0 ? w->o.plausible : NAN;
    double mean = has_share(w) ? w->outcome.mean : NAN, sd = w->outcome.sd;
    const pp__named cells[] = {
        {"mde", PP_SHOW_DEFAULT, shown(p->mde)},
        {"mde_low", PP_SHOW_DEFAULT, p->mde_low},
        {"mde_high", PP_SHOW_DEFAULT, shown(p->mde_high)},
        {"mde_sd", PP_SHOW_DEFAULT, sd > 0 ? shown(p->mde) / sd : NAN},
        {"mde_percent", PP_SHOW_PERCENT, shown(p->mde) / mean},
        {"mde_corrected", PP_SHOW_DEFAULT, shown(p->corrected)},
        {"spread", PP_SHOW_DEFAULT, p->spread},
        {"mean_std_error", PP_SHOW_DEFAULT, p->mean_error},
        {"error_ratio", PP_SHOW_DEFAULT, p->mean_error / p->spread},
        {"size", PP_SHOW_DEFAULT, p->size},
        {"size_low", PP_SHOW_DEFAULT, p->size_low},
        {"size_high", PP_SHOW_DEFAULT, p->size_high},
        {"draws", PP_SHOW_COUNT, (double)p->draws},
        {"plausible", PP_SHOW_DEFAULT, plausible},
        {"power_plausible", PP_SHOW_DEFAULT, pp__power_at(p, plausible)},
    };
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    return pp__put_text(table, row, "could_see", read_power(w, p), w->err);
}

static pp_status put_overall(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "mde_overall",
                         "What could have been seen, over treated units and periods",
                         &table, w->err));
    for (int k = PP__SIMPLE; k <= PP__DYNAMIC; k++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "aggregation", pp__target_name(k), w->err));
        PP_TRY(put_power(w, table, row, &w->power[k]));
    }
    return PP_OK;
}

static pp_status put_horizons(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "mde", "What could have been seen at each horizon",
                         &table, w->err));
    for (int k = PP__FIRST_HORIZON; k < pp__targets(&w->c.found); k++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_number(table, row, "horizon", PP_SHOW_YEAR,
                              pp__target_at(&w->c.found, k), w->err));
        PP_TRY(put_power(w, table, row, &w->power[k]));
    }
    return pp_result_set_note(
        w->result, "mde",
        "mde: the effect that this design would have seen with the stated power. Smaller "
        "ones may be there and were most likely not seen. Where error_ratio is well "
        "below "
        "one the design's errors are too small: read mde_corrected.",
        w->err);
}

static pp_status put_curve(work *w, pp_table *table, int target) {
    const pp__power *p = &w->power[target];
    for (int i = 0; i <= CURVE && isfinite(p->mde); i++) {
        double effect = 2 * p->mde * i / CURVE;
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "aggregation", pp__target_name(target), w->err));
        PP_TRY(pp__put_number(table, row, "horizon", PP_SHOW_YEAR,
                              pp__target_at(&w->c.found, target), w->err));
        PP_TRY(pp__put_number(table, row, "effect", PP_SHOW_DEFAULT, effect, w->err));
        PP_TRY(pp__put_number(table, row, "power", PP_SHOW_DEFAULT,
                              pp__power_at(p, effect), w->err));
    }
    return PP_OK;
}

static pp_status put_curves(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "mde_power", "Power against effects of each size",
                         &table, w->err));
    for (int k = 0; k < pp__targets(&w->c.found); k++) {
        if (k < PP__FIRST_HORIZON || pp__target_at(&w->c.found, k) >= 0) {
            PP_TRY(put_curve(w, table, k));
        }
    }
    return PP_OK;
}

static pp_status put_panel(work *w) {
    pp_table *table;
    const pp__named cells[] = {
        {"units", PP_SHOW_COUNT, (double)w->c.s.n},
        {"periods", PP_SHOW_COUNT, w->c.s.periods},
        {"outcome_mean", PP_SHOW_DEFAULT, w->outcome.mean},
        {"outcome_sd", PP_SHOW_DEFAULT, w->outcome.sd},
        {"assignments", PP_SHOW_COUNT, shown(w->who.assignments)},
    };
    PP_TRY(pp_result_add(w->result, "mde_panel",
                         "The panel with the estimated effects taken out", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    return pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status warn(work *w) {
    const pp__power *p = &w->power[PP__SIMPLE];
    if (w->o.plausible > 0 && p->mde_low > w->o.plausible) {
        PP_TRY(
            pp_result_warn(w->result, "implausible", w->c.design.outcome, -1, w->err,
                           "this design could only have seen an implausibly large "
                           "effect on these data: %.3g, where at most %.3g is plausible",
                           p->mde, w->o.plausible));
    }
    if (p->size_low > 1 - w->c.level) {
        PP_TRY(pp_result_warn(
            w->result, "errors_too_small", w->c.design.outcome, -1, w->err,
            "where there is nothing to see, %.0f%% of its intervals exclude zero: its "
            "errors are too small on these data",
            100 * p->size));
    }
    if (w->who.assignments < FEW_ASSIGNMENTS) {
        PP_TRY(pp_result_warn(w->result, "few_assignments", NULL,
                              (int64_t)w->who.assignments, w->err,
                              "dates can change hands in few ways: draws repeat each "
                              "other, and their share tells little"));
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status check_treated(const work *w) {
    if (!pp__staggered_is_lone(&w->c.s)) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "%lld treated unit%s in one cluster: how it varies cannot be seen, and "
                 "the design has no errors by which an effect would be told",
                 (long long)w->c.s.begin[w->c.s.cohorts],
                 w->c.s.begin[w->c.s.cohorts] == 1 ? "" : "s");
    pp_error_hint(w->err,
                  "compare it with synthetic controls: 'pushpull synth' tells how "
                  "large a gap would have been told from placebos");
    return PP_E_ESTIMATION;
}

static pp_status simulate(work *w, const pp_table *data, const pp_did_options *design) {
    PP_TRY(pp__checked_open(data, design, w->ctx, &w->arena, &w->c, w->err));
    PP_TRY(check_treated(w));
    PP_TRY(take_effects_out(w));
    PP_TRY(pp__reassignment_make(&w->flat, data, &w->c.design, w->o.strata, w->ctx,
                                 &w->arena, &w->who, w->err));
    w->outcome = pp__outcome_describe(&w->flat);
    w->outcome.least = pp__outcome_describe(&w->c.s).least;
    return find_power(w);
}

/* One sentence, in a table so that a study shows that of each outcome. */
static pp_status put_words(work *w, pp_table *table) {
    pp_buf words;
    pp_buf_init(&words);
    pp_mde_sentence(w->result, NULL, &words);
    pp_status status = pp_buf_check(&words, w->err);
    if (status == PP_OK) {
        status = pp_table_resize(table, 1, w->err);
    }
    if (status == PP_OK) {
        status = pp__put_text(table, 0, "words", words.data, w->err);
    }
    pp_buf_clear(&words);
    return status;
}

static pp_status tell(work *w) {
    pp_table *words;
    PP_TRY(pp_result_new("mde", &w->result, w->err));
    PP_TRY(pp_result_add(w->result, "mde_words", "In words", &words, w->err));
    PP_TRY(put_overall(w));
    PP_TRY(put_horizons(w));
    PP_TRY(put_curves(w));
    PP_TRY(put_panel(w));
    PP_TRY(put_words(w, words));
    PP_TRY(warn(w));
    PP_TRY(pp_result_note_number(w->result, "seed", (double)w->o.seed, w->err));
    return pp_result_note_number(w->result, "power", w->o.power, w->err);
}

pp_status pp_mde(const pp_table *data, const pp_did_options *design,
                 const pp_mde_options *options, const pp_context *ctx, pp_result **out,
                 pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->o = *options;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = check_options(&w->o, err);
    if (status == PP_OK) {
        status = simulate(w, data, design);
    }
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

/* ---- words ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static void tell_size(const pp_table *table, int64_t row, const char *unit, pp_buf *out) {
    char number[32];
    double percent = cell(table, "mde_percent", row);
    pp_format_significant(cell(table, "mde", row), 2, number);
    pp_buf_printf(out, "%s%s%s", number, unit ? " " : "", unit ? unit : "");
    pp_format_significant(cell(table, "mde_sd", row), 2, number);
    pp_buf_printf(out, " (%s standard deviations of the outcome", number);
    if (!isnan(percent)) {
        pp_format_significant(100 * percent, 2, number);
        pp_buf_printf(out, ", %s per cent of its mean", number);
    }
    pp_buf_add(out, ")");
}

/* The horizon from 0 on where least can be seen. */
static int64_t blindest(const pp_table *t) {
    int64_t found = -1;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (cell(t, "horizon", i) >= 0 && !isnan(cell(t, "mde", i)) &&
            (found < 0 || cell(t, "mde", i) > cell(t, "mde", found))) {
            found = i;
        }
    }
    return found;
}

void pp_mde_sentence(const pp_result *result, const char *unit, pp_buf *out) {
    const pp_table *overall = pp_result_find(result, "mde_overall"),
                   *horizons = pp_result_find(result, "mde");
    int64_t worst = blindest(horizons);
    double plausible = cell(overall, "plausible", 0);
    if (cell(overall, "mde_low", 0) > plausible) {
        pp_buf_printf(out,
                      "This design could only have seen an implausibly large effect (at "
                      "most %.3g is plausible). ",
                      plausible);
    }
    if (isnan(cell(overall, "mde", 0))) {
        pp_buf_add(out, "The draws do not tell how small a difference could be seen.");
        return;
    }
    pp_buf_add(out, "With these data a mean difference of less than ");
    tell_size(overall, 0, unit, out);
    pp_buf_add(out, " would most likely not have been seen");
    if (worst >= 0) {
        pp_buf_printf(out, "; at horizon %.0f, one of less than ",
                      cell(horizons, "horizon", worst));
        tell_size(horizons, worst, unit, out);
    }
    pp_buf_add(out, ".");
}
