/* What may be said of every outcome of the designs: the estimate, what could have been seen, and what
   speaks against calling it an effect. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/tables.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/support.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
};
static const pp__section format =
    PP__FIELDS("what may be said of effects", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    (void)payload;
    pp_buf_printf(what, "what may be said of the outcomes of %lld designs",
                  (long long)study->n_designs);
}

/* ---- what the other analyses have found of an outcome ---- */

/* A table of theirs; NULL: it could not be made. */
static pp_status table_of(pp__run *run, const char *analysis, const pp_study_design *d,
                          const char *outcome, const char *table, const pp_table **out,
                          pp_error *err) {
    const pp__run_outcome *o;
    PP_TRY(pp__run_outcome_of(run, analysis, d, outcome, &o, err));
    *out = o->result ? pp_result_find(o->result, table) : NULL;
    return PP_OK;
}

static double at(const pp_table *t, int64_t row, const char *column) {
    const pp_column *c =
        t && row >= 0 && row < pp_table_rows(t) ? pp_table_find(t, column) : NULL;
    return c ? c->number[row] : NAN;
}

/* The first row in which the columns have these words; -1: none. */
static int64_t row_of(const pp_table *t, const char *column, const char *word,
                      const char *other, const char *other_word) {
    for (int64_t row = 0; t && row < pp_table_rows(t); row++) {
        const char *is = pp_column_get_text(pp_table_find(t, column), row);
        const char *also =
            other ? pp_column_get_text(pp_table_find(t, other), row) : NULL;
        if (is && strcmp(is, word) == 0 &&
            (!other || (also && strcmp(also, other_word) == 0))) {
            return row;
        }
    }
    return -1;
}

typedef struct found {
    pp_support support;
    double std_error, treated, never;
    pp_effect dated; /* with every date at one end of its interval; treated then */
    double dated_error, dated_treated;
    const char *dates; /* "drawn", or the design's own */
} found;

static pp_effect effect_at(const pp_table *t, int64_t row) {
    return (pp_effect){.estimate = at(t, row, "estimate"),
                       .low = at(t, row, "conf_low"),
                       .high = at(t, row, "conf_high"),
                       .low_90 = at(t, row, "conf_low_90"),
                       .high_90 = at(t, row, "conf_high_90")};
}

static pp_status find_estimate(pp__run *run, const pp_study_design *d,
                               const char *outcome, found *f, pp_error *err) {
    const pp_table *drawn, *overall, *pretest;
    PP_TRY(table_of(run, "did", d, outcome, "uncertain_overall", &drawn, err));
    PP_TRY(table_of(run, "did", d, outcome, "overall", &overall, err));
    PP_TRY(table_of(run, "honest", d, outcome, "honest_pretest", &pretest, err));
    const pp_table *t = drawn ? drawn : overall;
    int64_t row = drawn ? row_of(drawn, "aggregation", "simple", "dates", "drawn")
                        : row_of(overall, "aggregation", "simple", NULL, NULL);
    f->dates = drawn ? "drawn" : d->dates;
    int64_t by_rule =
        drawn ? row_of(drawn, "aggregation", "simple", "dates", d->dates) : -1;
    f->dated = effect_at(drawn, by_rule);
    f->dated_error = at(drawn, by_rule, "std_error");
    f->dated_treated = at(drawn, by_rule, "treated");
    f->support.effect = effect_at(t, row);
    f->support.effect.smallest = d->smallest_effect;
    f->std_error = at(t, row, "std_error");
    f->treated = at(t, row, "treated");
    f->never = at(t, row, "never");
    if (!drawn) {
        double far = qnorm5(0.95, 0, 1, 1, 0) * f->std_error;
        f->support.effect.low_90 = f->support.effect.estimate - far;
        f->support.effect.high_90 = f->support.effect.estimate + far;
    }
    f->support.pretest_p = at(pretest, 0, "p_value");
    f->support.pretest_df = at(pretest, 0, "df");
    return PP_OK;
}

static pp_status find_sensitivity(pp__run *run, const pp_study_design *d,
                                  const char *outcome, found *f, pp_error *err) {
    const pp_table *breakdown, *mde;
    PP_TRY(table_of(run, "honest", d, outcome, "honest_breakdown", &breakdown, err));
    PP_TRY(table_of(run, "mde", d, outcome, "mde_overall", &mde, err));
    int64_t row = row_of(breakdown, "restriction", "rm", NULL, NULL);
    f->support.breakdown = at(breakdown, row, "breakdown");
    if (row >= 0 && isnan(f->support.breakdown)) {
        f->support.breakdown = INFINITY; /* beyond all that were asked for */
    }
    row = row_of(mde, "aggregation", "simple", NULL, NULL);
    double corrected = at(mde, row, "mde_corrected");
    /* Draws of the dates widen errors, and what can be seen with them. */
    double wider = isnan(f->dated_error) ? 1 : f->std_error / f->dated_error;
    f->support.detectable = wider * (isnan(corrected) ? at(mde, row, "mde") : corrected);
    f->support.plausible = d->plausible;
    return PP_OK;
}

static pp_status find_checks(pp__run *run, const pp_study_design *d, const char *outcome,
                             found *f, pp_error *err) {
    const pp_table *chance, *without;
    PP_TRY(table_of(run, "checks", d, outcome, "randomisation", &chance, err));
    PP_TRY(table_of(run, "checks", d, outcome, "leave_out_effect", &without, err));
    f->support.chance_p = at(chance, row_of(chance, "aggregation", "simple", NULL, NULL),
                             "p_randomisation");
    f->support.turned = without ? 0 : NAN;
    double all = at(without, 0, "estimate");
    for (int64_t row = 1; without && row < pp_table_rows(without); row++) {
        f->support.turned += at(without, row, "estimate") * all < 0;
    }
    return PP_OK;
}

/* The same mean by the other estimators, on the same data. */
static pp_status ask_others(pp__run *run, const pp_study_design *d, const char *outcome,
                            found *f, pp_error *err) {
    static const char *const others[] = {"cs", "sunab", "bjs"};
    const pp__run_design *design;
    pp_did_options options;
    PP_TRY(pp__run_get_design(run, d, &design, err));
    PP_TRY(pp__run_design_options(run, d, outcome, &options, err));
    options.covariates = options.method = options.control = NULL;
    options.anticipation = options.draws = 0;
    for (int i = 0; i < 3; i++) {
        pp_error why = {0};
        pp_result *result = NULL;
        options.estimator = others[i];
        options.control = i == 0 ? d->control : NULL;
        if (strcmp(others[i], d->estimator) == 0) {
            continue;
        }
        pp_status status = pp_did(design->data, &options, run->ctx, &result, &why);
        if (status == PP_E_MEMORY || status == PP_E_CANCELLED) {
            if (err) {
                *err = why;
            }
            return status;
        }
        const pp_table *t = result ? pp_result_find(result, "overall") : NULL;
        double low = at(t, 0, "conf_low"), high = at(t, 0, "conf_high");
        f->support.estimators += isfinite(low) && isfinite(high);
        f->support.agree += f->support.effect.estimate < 0 ? high < 0 : low > 0;
        pp_result_free(result);
    }
    return PP_OK;
}

static pp_status find(pp__run *run, const pp_study_design *d, const char *outcome,
                      found *f, pp_error *err) {
    *f = (found){0};
    PP_TRY(find_estimate(run, d, outcome, f, err));
    PP_TRY(find_sensitivity(run, d, outcome, f, err));
    PP_TRY(find_checks(run, d, outcome, f, err));
    return ask_others(run, d, outcome, f, err);
}

/* ---- the table ---- */

typedef struct tables {
    pp_table *claims, *support;
} tables;

static pp_status put_claim(const found *f, pp_table *table, int64_t row, pp_error *err) {
    const pp_effect *e = &f->support.effect;
    double plausible = f->support.plausible;
    const pp__named numbers[] = {
        {"estimate", 0, e->estimate},
        {"std_error", 0, f->std_error},
        {"conf_low", 0, e->low},
        {"conf_high", 0, e->high},
        {"conf_low_90", 0, e->low_90},
        {"conf_high_90", 0, e->high_90},
        {"smallest_effect", 0, e->smallest},
        {"detectable", 0, f->support.detectable},
        {"plausible", 0, plausible > 0 ? plausible : NAN},
        {"treated", PP_SHOW_COUNT, f->treated},
        {"never", PP_SHOW_COUNT, f->never},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

static pp_status put_support(const found *f, pp_table *table, int64_t row,
                             pp_error *err) {
    const pp_support *s = &f->support;
    const pp__named numbers[] = {
        {"pretest_p", PP_SHOW_P_VALUE, s->pretest_p},
        {"pretest_df", PP_SHOW_COUNT, s->pretest_df},
        {"breakdown", 0, isinf(s->breakdown) ? NAN : s->breakdown},
        {"chance_p", PP_SHOW_P_VALUE, s->chance_p},
        {"others", PP_SHOW_COUNT, s->estimators},
        {"others_beyond_zero", PP_SHOW_COUNT, s->agree},
        {"turned", PP_SHOW_COUNT, s->turned},
        {"dated_estimate", 0, f->dated.estimate},
        {"dated_low", 0, f->dated.low},
        {"dated_high", 0, f->dated.high},
        {"dated_treated", PP_SHOW_COUNT, f->dated_treated},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

/* Where certain dates would have let one say more than the evidence does. */
static void add_dated(const found *f, const pp_study_design *d, pp_buf *out) {
    int beyond = f->dated.low > 0 || f->dated.high < 0;
    int drawn = f->support.effect.low > 0 || f->support.effect.high < 0;
    if (beyond && !drawn) {
        pp_buf_printf(
            out,
            " With every date taken at its %s, of %.0f adopters, it would be %.3g "
            "(%.3g to %.3g): that these dates are known is not what the evidence says.",
            strcmp(d->dates, "midpoint") == 0 ? "middle" : d->dates, f->dated_treated,
            f->dated.estimate, f->dated.low, f->dated.high);
    }
}

static pp_status start_row(pp__run *run, const pp_study_design *d, const char *outcome,
                           pp_table *table, int64_t *row, pp_error *err) {
    PP_TRY(pp_table_append(table, row, err));
    PP_TRY(pp__put_text(table, *row, "design", d->name, err));
    PP_TRY(pp__put_text(table, *row, "outcome", outcome, err));
    return pp__put_text(table, *row, "label", pp__run_label(run, outcome), err);
}

static pp_status put_sentence(pp__run *run, const found *f, const pp_study_design *d,
                              const char *outcome, pp_table *table, int64_t row,
                              pp_error *err) {
    pp_buf words;
    pp_buf_init(&words);
    pp_support_sentence(&f->support, "adoption", pp__run_label(run, outcome), &words);
    add_dated(f, d, &words);
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "sentence", words.data, err);
    }
    pp_buf_clear(&words);
    return status;
}

static pp_status put_rows(pp__run *run, const pp_study_design *d, const char *outcome,
                          const tables *into, pp_error *err) {
    found f;
    int64_t row;
    PP_TRY(find(run, d, outcome, &f, err));
    PP_TRY(start_row(run, d, outcome, into->claims, &row, err));
    PP_TRY(pp__put_text(into->claims, row, "title", d->title, err));
    PP_TRY(pp__put_text(into->claims, row, "claim",
                        pp_claim_name(pp_support_claim(&f.support)), err));
    PP_TRY(pp__put_text(into->claims, row, "dates", f.dates, err));
    PP_TRY(put_claim(&f, into->claims, row, err));
    PP_TRY(put_sentence(run, &f, d, outcome, into->claims, row, err));
    PP_TRY(start_row(run, d, outcome, into->support, &row, err));
    return put_support(&f, into->support, row, err);
}

static int is_wanted(const settings *s, const char *name) {
    const char *const *n = s->designs;
    while (n && *n && strcmp(*n, name) != 0) {
        n++;
    }
    return !n || !s->designs[0] || *n;
}

static pp_status fill(pp__run *run, const settings *s, pp_result *result, pp_error *err) {
    tables into;
    PP_TRY(pp_result_add(result, "effects_claims", "What may be said after adoption",
                         &into.claims, err));
    PP_TRY(
        pp_result_add(result, "effects_support", "What it rests on", &into.support, err));
    PP_TRY(pp_result_set_note(
        result, "effects_support",
        "Of the estimate by one date for each adoption (dated): the p value of "
        "differences "
        "in trends before, the departures from parallel trends that its sign stands "
        "(breakdown, as a multiple of the largest before), how often dates dealt out by "
        "chance "
        "give as large a one, other estimators and how many of them lie beyond zero, and "
        "the "
        "units and cohorts without which its sign turns.",
        err));
    for (int64_t i = 0; i < run->study->n_designs; i++) {
        const pp_study_design *d = &run->study->designs[i];
        const char *const *outcome = d->outcomes;
        for (; is_wanted(s, d->name) && *outcome; outcome++) {
            PP_TRY(put_rows(run, d, *outcome, &into, err));
        }
    }
    return PP_OK;
}

/* A study none of whose outcomes has an estimate has no findings of this kind. */
static pp_status check_any(const pp_table *t, pp_error *err) {
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        if (!isnan(at(t, row, "estimate"))) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ESTIMATION, "no outcome of any design could be estimated");
    pp_error_hint(err, "'pushpull did' on the study says why");
    return PP_E_ESTIMATION;
}

static pp_status run_effects(pp__run *run, const void *payload, pp_result **out,
                             pp_error *err) {
    PP_TRY(pp__run_need_designs(run, err));
    PP_TRY(pp_result_new("effects", out, err));
    pp_status status = fill(run, payload, *out, err);
    if (status == PP_OK) {
        status = check_any(pp_result_find(*out, "effects_claims"), err);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- its rows of the findings ---- */

static const char *text(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static pp_status answer_row(pp__run *run, const pp_table *t, int64_t row, pp_error *err) {
    const pp_study_design *d = pp_study_find_design(run->study, text(t, "design", row));
    pp_hypothesis hypothesis;
    pp_effect effect = effect_at(t, row);
    pp__answer a = pp__answer_blank();
    effect.smallest = d->smallest_effect;
    PP_TRY(pp_hypothesis_parse(d->hypothesis, &hypothesis, err));
    a.id =
        pp_arena_printf(&run->arena, "effects_%s_%s", d->name, text(t, "outcome", row));
    a.question = pp_arena_printf(&run->arena, "%s after adoption: is there a difference?",
                                 text(t, "label", row));
    PP_NEED(a.id, err);
    PP_NEED(a.question, err);
    a.answer = text(t, "sentence", row);
    a.factor = "adoption";
    a.scale = "units of the outcome";
    a.hypothesis = d->hypothesis;
    a.verdict = pp_verdict_name(pp_verdict_decide(hypothesis, &effect));
    a.model = d->name;
    a.estimate = effect.estimate;
    a.std_error = at(t, row, "std_error");
    a.conf_low = effect.low;
    a.conf_high = effect.high;
    a.conf_low_90 = effect.low_90;
    a.conf_high_90 = effect.high_90;
    a.smallest_effect = effect.smallest;
    a.events = at(t, row, "treated");
    a.units = a.events + at(t, row, "never");
    return pp__run_answer(run, &a, err);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *t = pp_result_find(result, "effects_claims");
    (void)payload;
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        PP_TRY(answer_row(run, t, row, err));
    }
    return PP_OK;
}

static const char *const shown[] = {"effects_support",
                                    NULL}; /* its figure has the claims */

const pp__analysis pp__analysis_effects = {
    .name = "effects",
    .command = "effects",
    .title = "After adoption: what may be said",
    .about =
        "Three things are told apart: a difference of this size, none larger than what "
        "would "
        "matter, and that the data cannot tell. The estimate is that of the sections "
        "below, "
        "with uncertain dates drawn and pooled. *Detectable* is the smallest difference "
        "that "
        "these data would have shown four times in five. A difference is called an "
        "effect only "
        "where trends before, departures from them, dates dealt out by chance, other "
        "estimators and every single country allow it; what speaks against it stands in "
        "the "
        "sentence.",
    .format = &format,
    .describe = describe,
    .run = run_effects,
    .answer = answer,
    .tables = shown,
};
