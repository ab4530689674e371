/* Is democracy a driver? One factor of a model, asked of the model's adoptions and of others as a
   placebo. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/democracy.h>
#include <pushpull/findings.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *variable, *model, *placebo, *hypothesis, *words;
    const char *const *thresholds, *const *without;
    double smallest;
} settings;

static const pp__field fields[] = {
    {"variable", PP__TEXT, PP__AT(settings, variable), .required = 1,
     .refers = PP__TO_VARIABLE},
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"placebo", PP__TEXT, PP__AT(settings, placebo), .refers = PP__TO_RULE},
    {"words", PP__TEXT, PP__AT(settings, words)},
    {"outcomes_without", PP__NAMES, PP__AT(settings, without)},
    {"thresholds", PP__NAMES, PP__AT(settings, thresholds)},
    {"hypothesis", PP__CHOICE, PP__AT(settings, hypothesis),
     PP__CHOICES("none", "positive", "negative"), .text = "none"},
    {"smallest_effect", PP__NUMBER, PP__AT(settings, smallest), .low = 0, .high = 1e300},
};
static const pp__section format =
    PP__FIELDS("the question of democracy", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

static double smallest_of(const pp_study *study, const settings *s) {
    return s->smallest > 0 ? s->smallest : study->findings.smallest_effect;
}

/* ---- what is wrong ---- */

static int is_listed(const char *const *list, const char *name) {
    for (; list && *list; list++) {
        if (strcmp(*list, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status complain(const pp_study *study, pp__problems *problems,
                          const char *field, const char *value, const char *problem,
                          const char *suggestion, pp_error *err) {
    return pp__problem(problems, pp__study_line(study, field, value), field, value,
                       suggestion, err, "%s", problem);
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    double before = -INFINITY, value;
    if (s->variable && model && !is_listed(model->terms, s->variable)) {
        PP_TRY(complain(study, problems, "analyses.democracy.variable", s->variable,
                        "the model of this analysis has not this variable",
                        "name a model that has it: 'model: ...'", err));
    }
    if (!(smallest_of(study, s) > 0)) {
        PP_TRY(complain(study, problems, "analyses.democracy.smallest_effect", NULL,
                        "no smallest effect is stated",
                        "state it here or under findings: without it nothing can be "
                        "called negligible",
                        err));
    }
    for (const char *const *text = s->thresholds; text && *text; text++) {
        if (!pp_parse_number(*text, &value) || !(value > before) ||
            text - s->thresholds == PP_REGIMES - 1) {
            return complain(study, problems, "analyses.democracy.thresholds", *text,
                            "thresholds must be at most 7 numbers, each above the one "
                            "before",
                            "as in [0.25, 0.5]", err);
        }
        before = value;
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "%s in '%s'%s%s", s->variable ? s->variable : "",
                  model ? model->name : "", s->placebo ? ", placebo " : "",
                  s->placebo ? s->placebo : "");
}

/* ---- the run ---- */

static const char *label_of(const pp_study *study, const char *rule) {
    const pp_study_rule *found = pp_study_find_rule(study, rule);
    return found && found->label ? found->label : rule;
}

static const char *words_of(const pp__run *run, const settings *s) {
    return s->words ? s->words : pp__run_label(run, s->variable);
}

/* The model's terms without those that the multinomial model does without. */
static pp_status outcome_terms(pp__run *run, const settings *s, pp_buf *out,
                               pp_error *err) {
    const pp_study_model *model = model_of(run->study, s);
    int64_t n = 0;
    while (model->terms[n]) {
        n++;
    }
    const char **kept = pp_arena_zalloc(&run->arena, n + 1, sizeof *kept);
    PP_NEED(kept, err);
    for (int64_t i = 0, at = 0; i < n; i++) {
        if (!is_listed(s->without, model->terms[i])) {
            kept[at++] = model->terms[i];
        }
    }
    return pp__run_formula(model, kept, out, err);
}

/* The same model of the adoptions of another rule. */
static pp_status fit_placebo(pp__run *run, const pp_study_model *model, const char *rule,
                             pp_fit **fit, pp_error *err) {
    const pp__run_panel *panel;
    pp_study_model other = *model;
    pp_result *result;
    other.rule = rule;
    PP_TRY(pp__run_get_panel(run, &other, other.supplier_unknown, other.not_searched,
                             &panel, err));
    PP_TRY(pp__run_fit_model(run, &other, panel->panel, fit, &result, err));
    pp_result_free(result);
    return PP_OK;
}

static pp_status ask(pp__run *run, const settings *s, const pp_supplier *suppliers, int n,
                     pp_result **out, pp_error *err) {
    double threshold[PP_REGIMES];
    pp_democracy_options options = {.variable = s->variable,
                                    .smallest = smallest_of(run->study, s),
                                    .thresholds = threshold,
                                    .unit = "unit",
                                    .time = "year",
                                    .event = "event_latest"};
    PP_TRY(pp_hypothesis_parse(s->hypothesis, &options.hypothesis, err));
    for (const char *const *text = s->thresholds; text && *text; text++) {
        if (options.n_thresholds == PP_REGIMES - 1 ||
            !pp_parse_number(*text, &threshold[options.n_thresholds++])) {
            PP_FAIL(err, PP_E_ARGUMENT, "thresholds must be at most 7 numbers");
        }
    }
    pp_buf formula;
    pp_buf_init(&formula);
    pp_status status = outcome_terms(run, s, &formula, err);
    if (status == PP_OK) {
        options.outcome_terms = strchr(formula.data, '~') + 1;
        status = pp_democracy(suppliers, n, &options, run->ctx, out, err);
    }
    pp_buf_clear(&formula);
    return status;
}

static pp_status run_democracy(pp__run *run, const void *payload, pp_result **out,
                               pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_fit *fit;
    pp_fit *placebo = NULL;
    PP_TRY(pp__run_get_fit(run, s->model, &fit, NULL, err));
    if (s->placebo && strcmp(s->placebo, model->rule) == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "the placebo is the model's own rule");
        pp_error_locate(err, NULL, 0, "placebo", s->placebo);
        pp_error_hint(err, "name a rule of other suppliers, as suppliers: ['!CHN']");
        return PP_E_ARGUMENT;
    }
    PP_TRY(s->placebo ? fit_placebo(run, model, s->placebo, &placebo, err) : PP_OK);
    const pp_supplier suppliers[2] = {
        {label_of(run->study, model->rule), fit->fit},
        {s->placebo ? label_of(run->study, s->placebo) : "", placebo}};
    pp_status status = ask(run, s, suppliers, s->placebo ? 2 : 1, out, err);
    pp_fit_free(placebo);
    return status;
}

/* ---- findings ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* Of zeros and ones against each other, not of a standard deviation. */
static int is_discrete(const pp_table *table, int64_t row) {
    const pp_column *level = pp_table_find(table, "level");
    return level && pp_column_get_text(level, row) != NULL;
}

static pp_effect effect_of(const pp_table *table, int64_t row, double smallest) {
    return (pp_effect){.estimate = cell(table, "estimate", row),
                       .low = cell(table, "conf_low", row),
                       .high = cell(table, "conf_high", row),
                       .low_90 = cell(table, "conf_low_90", row),
                       .high_90 = cell(table, "conf_high_90", row),
                       .smallest = smallest,
                       .discrete = is_discrete(table, row)};
}

static pp_status put_answer(pp__run *run, pp__answer *a, const pp_table *table,
                            int64_t row, const pp_effect *e, pp_error *err) {
    a->scale = e->discrete ? "probability a year, yes against no"
                           : "probability a year, one standard deviation";
    a->hypothesis = pp_hypothesis_name(PP_HYPOTHESIS_NONE);
    a->verdict = pp_verdict_name(pp_verdict_decide(PP_HYPOTHESIS_NONE, e));
    a->estimate = e->estimate;
    a->std_error = cell(table, "std_error", row);
    a->conf_low = e->low;
    a->conf_high = e->high;
    a->conf_low_90 = e->low_90;
    a->conf_high_90 = e->high_90;
    a->smallest_effect = e->smallest;
    return pp__run_answer(run, a, err);
}

static int64_t placebo_row(const pp_table *table, const char *supplier) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, "supplier"), row), supplier) ==
            0) {
            return row;
        }
    }
    return -1;
}

/* The same question of the placebo: what goes with both is not about the first alone. */
static pp_status answer_placebo(pp__run *run, const settings *s, const pp_result *result,
                                pp_error *err) {
    const pp_table *table = pp_result_find(result, "democracy");
    const char *label = label_of(run->study, s->placebo);
    const char *factor = words_of(run, s);
    int64_t row = placebo_row(table, label);
    if (row < 0) {
        return PP_OK;
    }
    pp_effect e = effect_of(table, row, smallest_of(run->study, s));
    pp__answer a = pp__answer_blank();
    pp_buf words;
    a.id = "democracy_placebo";
    a.factor = s->variable;
    a.model = model_of(run->study, s)->name;
    a.question = pp_arena_printf(&run->arena, "%s: unrelated to %s?", label, factor);
    PP_NEED(a.question, err);
    pp_buf_init(&words);
    pp_finding_sentence(factor, PP_HYPOTHESIS_NONE, &e, &words);
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        a.answer = words.data;
        status = put_answer(run, &a, table, row, &e, err);
    }
    pp_buf_clear(&words);
    return status;
}

/* "+0.15", with a minus sign that is one. */
static const char *points(pp_arena *arena, double value) {
    const char *text =
        pp_arena_printf(arena, "%s%.2f", value < 0 ? "−" : "+", 100 * fabs(value));
    return text ? text : "";
}

static pp_status answer_difference(pp__run *run, const settings *s,
                                   const pp_result *result, pp_error *err) {
    const pp_table *table = pp_result_find(result, "democracy_difference");
    const char *factor = words_of(run, s);
    if (!table || pp_table_rows(table) == 0) {
        return PP_OK;
    }
    pp_effect e = effect_of(table, 0, smallest_of(run->study, s));
    pp_verdict verdict = pp_verdict_decide(PP_HYPOTHESIS_NONE, &e);
    pp__answer a = pp__answer_blank();
    a.id = "democracy_difference";
    a.factor = s->variable;
    a.model = model_of(run->study, s)->name;
    a.question = pp_arena_printf(
        &run->arena, "Does %s go with both in the same way: \"%s\" and \"%s\"?", factor,
        label_of(run->study, model_of(run->study, s)->rule),
        label_of(run->study, s->placebo));
    a.answer = pp_arena_printf(
        &run->arena,
        "%s: the effects differ by %s points a year (95%% interval %s to %s); "
        "differences "
        "beyond ±%.2f points are excluded at 5%%.",
        verdict == PP_SUPPORTED      ? "In the same way, as far as it matters"
        : verdict == PP_CONTRADICTED ? "Not in the same way"
                                     : "The data cannot tell",
        points(&run->arena, e.estimate), points(&run->arena, e.low),
        points(&run->arena, e.high), 100 * cell(table, "excluded", 0));
    PP_NEED(a.question && a.answer ? a.answer : NULL, err);
    a.units = cell(table, "units", 0);
    return put_answer(run, &a, table, 0, &e, err);
}

/* The first row of a form of the first supplier, `skip` rows on; -1: there is none. */
static int64_t form_row(const pp_table *table, const char *form, int64_t skip) {
    const pp_column *forms = pp_table_find(table, "form");
    const pp_column *suppliers = pp_table_find(table, "supplier");
    const char *first = pp_table_rows(table) > 0 ? pp_column_get_text(suppliers, 0) : "";
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (strcmp(pp_column_get_text(forms, row), form) == 0 &&
            strcmp(pp_column_get_text(suppliers, row), first) == 0 && skip-- == 0) {
            return row;
        }
    }
    return -1;
}

/* "+12.66 points at 0.18 (95% interval +2.27 to +23.05)" */
static const char *slope_at(pp__run *run, const pp_table *table, int64_t row) {
    pp_arena *arena = &run->arena;
    const char *level = pp_column_get_text(pp_table_find(table, "level"), row);
    return pp_arena_printf(arena, "%s points %s (95%% interval %s to %s)",
                           points(arena, cell(table, "estimate", row)),
                           level ? level : "",
                           points(arena, cell(table, "conf_low", row)),
                           points(arena, cell(table, "conf_high", row)));
}

/* An average near zero may hide a rise and a fall: the quadratic form says whether the line does. Not
   judged: it was not asked beforehand. Rows: on average, low, middle, high. */
static pp_status answer_bend(pp__run *run, const settings *s, const pp_result *result,
                             pp_error *err) {
    const pp_table *table = pp_result_find(result, "democracy");
    const pp_table *forms = pp_result_find(result, "democracy_forms");
    int64_t form = form_row(forms, "quadratic", 0);
    int64_t low = form_row(table, "quadratic", 1), high = form_row(table, "quadratic", 3);
    if (form < 0 || low < 0 || high < 0 || isnan(cell(forms, "p_beyond", form))) {
        return PP_OK;
    }
    double p = cell(forms, "p_beyond", form);
    pp__answer a = pp__answer_blank();
    a.id = "democracy_bend";
    a.factor = s->variable;
    a.model = model_of(run->study, s)->name;
    a.verdict = "described";
    a.events = cell(forms, "events", form);
    const char *at_low = slope_at(run, table, low), *at_high = slope_at(run, table, high);
    PP_NEED(at_low && at_high ? at_low : NULL, err);
    a.question =
        pp_arena_printf(&run->arena, "Does the relation with %s bend?", words_of(run, s));
    a.answer =
        pp_arena_printf(&run->arena,
                        "%s (p = %.2g). With one standard deviation more go %s and %s. "
                        "Over %.0f adoptions, and not a question asked beforehand.",
                        p < 0.05 ? "A curve fits better than a line, so that the average "
                                   "above can hide a rise "
                                   "and a fall"
                                 : "The data cannot tell a curve from a line",
                        p, at_low, at_high, a.events);
    PP_NEED(a.question && a.answer ? a.answer : NULL, err);
    return pp__run_answer(run, &a, err);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *difference = pp_result_find(result, "democracy_difference");
    PP_TRY(answer_bend(run, s, result, err));
    if (!difference || pp_table_rows(difference) != 1) {
        return PP_OK; /* no placebo, or a category: no one effect */
    }
    PP_TRY(answer_placebo(run, s, result, err));
    return answer_difference(run, s, result, err);
}

static const char *const tables[] = {"democracy_regimes", NULL};

const pp__analysis pp__analysis_democracy = {
    .name = "democracy",
    .command = "drivers",
    .title = "Is democracy a driver?",
    .about =
        "The factor's average marginal effect on adoption, for these suppliers and, as a "
        "placebo, for "
        "others: what goes with adoption from anywhere says nothing about these. That a "
        "factor does not "
        "matter is shown by its 90% interval lying within the zone of effects too small "
        "to matter, and by "
        "nothing less; where it does not, the table says how large an effect the data "
        "exclude.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_democracy,
    .answer = answer,
    .tables = tables,
};
