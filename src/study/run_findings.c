/* The findings table: one row a question, with the verdict of its rule and the bounds
   that unknown suppliers and places not searched leave. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/findings.h>

#include <math.h>
#include <string.h>

/* What is made of unknown suppliers and of places not searched, beside leaving them out.
 */
static const char *const scenarios[][2] = {
    {"not_adopted", "not_adopted"},
    {"adopted", "not_adopted"},
    {"adopted", "adopted"},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static const char *const finding_texts[] = {"id", "question", "answer", "factor"};
static const char *const finding_numbers[] = {
    "estimate",       "std_error",       "conf_low",           "conf_high",
    "conf_low_90",    "conf_high_90",    "bound_low",          "bound_high",
    "bound_conf_low", "bound_conf_high", "bound_same_verdict", "bound_fits",
    "smallest_effect"};
static const char *const finding_words[] = {"scale", "hypothesis", "verdict", "model"};

static pp_status add_columns(pp_table *table, pp_column_type type,
                             const char *const *names, size_t n, pp_error *err) {
    for (size_t i = 0; i < n; i++) {
        PP_TRY(pp_table_add(table, type, names[i], NULL, err));
    }
    return PP_OK;
}

pp_status pp__run_begin_findings(pp__run *run, pp_table **out, pp_error *err) {
    PP_TRY(pp_result_add(run->out, "findings", "Findings", out, err));
    PP_TRY(add_columns(*out, PP_TEXT, finding_texts, 4, err));
    PP_TRY(add_columns(*out, PP_NUMBER, finding_numbers, 13, err));
    PP_TRY(add_columns(*out, PP_TEXT, finding_words, 4, err));
    PP_TRY(pp_table_add(*out, PP_NUMBER, "units", NULL, err));
    pp_table_find(*out, "units")->show = PP_SHOW_COUNT;
    PP_TRY(pp_table_add(*out, PP_NUMBER, "events", NULL, err));
    pp_table_find(*out, "events")->show = PP_SHOW_COUNT;
    return PP_OK;
}

static pp_status put(pp_table *table, const char *column, int64_t row, const char *text,
                     pp_error *err) {
    return pp_column_set_text(table, pp_table_find(table, column), row, text, err);
}

static void put_number(pp_table *table, const char *column, int64_t row, double value) {
    pp_table_find(table, column)->number[row] = value;
}

static double cell(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c && c->type == PP_NUMBER && row < pp_table_rows(table) ? c->number[row] : NAN;
}

static pp_effect effect_of(const pp_result *result, const char *variable,
                           double smallest) {
    int64_t row = pp__run_margin_row(result, variable);
    pp_effect effect = {NAN, NAN, NAN, NAN, NAN, smallest, 0};
    if (row >= 0) {
        const pp_table *margins = pp_result_find(result, "margins");
        effect.estimate = cell(margins, "estimate", row);
        effect.low = cell(margins, "conf_low", row);
        effect.high = cell(margins, "conf_high", row);
        effect.low_90 = cell(margins, "conf_low_90", row);
        effect.high_90 = cell(margins, "conf_high_90", row);
        effect.discrete = isnan(cell(margins, "sd", row));
    }
    return effect;
}

static pp_status put_sentence(pp_table *table, int64_t row, const char *factor,
                              pp_hypothesis hypothesis, const pp_effect *effect,
                              pp_error *err) {
    pp_buf sentence;
    pp_buf_init(&sentence);
    pp_finding_sentence(factor, hypothesis, effect, &sentence);
    pp_status status = pp_buf_check(&sentence, err);
    if (status == PP_OK) {
        status = put(table, "answer", row, sentence.data, err);
    }
    pp_buf_clear(&sentence);
    return status;
}

static pp_status put_words(const pp_study_question *q, pp_table *table, int64_t row,
                           pp_hypothesis hypothesis, const pp_effect *effect,
                           pp_error *err) {
    pp_verdict verdict = pp_verdict_decide(hypothesis, effect);
    PP_TRY(put(table, "id", row, q->name, err));
    PP_TRY(put(table, "question", row, q->question, err));
    PP_TRY(put(table, "factor", row, q->variable, err));
    PP_TRY(put(table, "scale", row,
               effect->discrete ? "probability a year, yes against no"
                                : "probability a year, one standard deviation",
               err));
    PP_TRY(put(table, "hypothesis", row, pp_hypothesis_name(hypothesis), err));
    PP_TRY(put(table, "verdict", row, pp_verdict_name(verdict), err));
    return put(table, "model", row, q->model, err);
}

static void put_effect(pp_table *table, int64_t row, const pp_effect *effect,
                       const pp_result *result) {
    put_number(table, "estimate", row, effect->estimate);
    put_number(table, "conf_low", row, effect->low);
    put_number(table, "conf_high", row, effect->high);
    put_number(table, "conf_low_90", row, effect->low_90);
    put_number(table, "conf_high_90", row, effect->high_90);
    put_number(table, "smallest_effect", row, effect->smallest);
    if (result) {
        const pp_table *model = pp_result_find(result, "model");
        put_number(table, "units", row, cell(model, "units", 0));
        put_number(table, "events", row, cell(model, "events", 0));
    }
}

/* A smallest effect as large as the yearly probability itself would call everything negligible. */
static pp_status warn_of_large_delta(pp__run *run, const pp_study_question *q,
                                     const pp_result *result, pp_error *err) {
    const pp_table *model = result ? pp_result_find(result, "model") : NULL;
    double rate = model ? cell(model, "events", 0) / cell(model, "nobs", 0) : NAN;
    if (!(q->smallest_effect >= rate)) {
        return PP_OK;
    }
    return pp_result_warn(
        run->out, "large_smallest_effect", q->name, -1, err,
        "the smallest effect of interest, %g, is not smaller than the yearly "
        "probability of adoption in the data, about %.2g: 'negligible' means "
        "little there",
        q->smallest_effect, rate);
}

static pp_status answer(pp__run *run, const pp_study_question *q, pp_table *table,
                        pp_error *err) {
    const pp_study_model *model = pp_study_find_model(run->study, q->model);
    const pp_result *result = pp__run_find_fit(run, model)->result;
    pp_effect effect = effect_of(result, q->variable, q->smallest_effect);
    pp_hypothesis hypothesis;
    int64_t row, margin = pp__run_margin_row(result, q->variable);
    PP_TRY(pp_hypothesis_parse(q->hypothesis, &hypothesis, err));
    PP_TRY(warn_of_large_delta(run, q, result, err));
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(put_words(q, table, row, hypothesis, &effect, err));
    PP_TRY(put_sentence(table, row, q->words ? q->words : pp__run_label(run, q->variable),
                        hypothesis, &effect, err));
    put_effect(table, row, &effect, result);
    if (margin >= 0) {
        put_number(table, "std_error", row,
                   cell(pp_result_find(result, "margins"), "std_error", margin));
    }
    return PP_OK;
}

/* How many countries have each outcome under the headline's rule. */
static double outcome_count(const pp_result *adoption, const char *outcome) {
    const pp_table *counts = pp_result_find(adoption, "counts");
    const pp_column *names = pp_table_find(counts, "outcome");
    for (int64_t row = 0; row < pp_table_rows(counts); row++) {
        if (strcmp(pp_column_get_text(names, row), outcome) == 0) {
            return cell(counts, "countries", row);
        }
    }
    return 0;
}

static pp_status answer_who(pp__run *run, pp_table *table, pp_error *err) {
    const char *rule = run->study->panel.outcome;
    const pp_result *adoption = run->adoptions[pp__run_rule_index(run, rule)];
    double adopted = outcome_count(adoption, "adopted");
    double none = outcome_count(adoption, "no_adoption_found");
    double unknown = outcome_count(adoption, "supplier_unknown");
    double unsearched = outcome_count(adoption, "not_searched");
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    const char *sentence = pp_arena_printf(
        &run->arena,
        "Adopters found: %.0f of %.0f countries. Searched without finding one: %.0f. "
        "Platforms "
        "documented, supplier unknown: %.0f. Not searched: %.0f.",
        adopted, adopted + none + unknown + unsearched, none, unknown, unsearched);
    PP_NEED(sentence, err);
    PP_TRY(put(table, "id", row, "adopters", err));
    PP_TRY(put(table, "question", row, "Who has adopted?", err));
    PP_TRY(put(table, "answer", row, sentence, err));
    PP_TRY(put(table, "factor", row, rule, err));
    PP_TRY(put(table, "scale", row, "countries", err));
    PP_TRY(put(table, "verdict", row, "described", err));
    put_number(table, "estimate", row, adopted);
    put_number(table, "bound_low", row, adopted);
    put_number(table, "bound_high", row, adopted + unknown + unsearched);
    return PP_OK;
}

pp__answer pp__answer_blank(void) {
    return (pp__answer){.estimate = NAN,
                        .std_error = NAN,
                        .conf_low = NAN,
                        .conf_high = NAN,
                        .conf_low_90 = NAN,
                        .conf_high_90 = NAN,
                        .smallest_effect = NAN,
                        .units = NAN,
                        .events = NAN};
}

pp_status pp__run_answer(pp__run *run, const pp__answer *a, pp_error *err) {
    const struct {
        const char *column, *text;
    } texts[] = {{"id", a->id},           {"question", a->question},
                 {"answer", a->answer},   {"factor", a->factor},
                 {"scale", a->scale},     {"hypothesis", a->hypothesis},
                 {"verdict", a->verdict}, {"model", a->model}};
    const struct {
        const char *column;
        double value;
    } numbers[] = {{"estimate", a->estimate},
                   {"std_error", a->std_error},
                   {"conf_low", a->conf_low},
                   {"conf_high", a->conf_high},
                   {"conf_low_90", a->conf_low_90},
                   {"conf_high_90", a->conf_high_90},
                   {"smallest_effect", a->smallest_effect},
                   {"units", a->units},
                   {"events", a->events}};
    pp_table *table = pp_result_find(run->out, "findings");
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        PP_TRY(put(table, texts[i].column, row, texts[i].text, err));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        put_number(table, numbers[i].column, row, numbers[i].value);
    }
    return PP_OK;
}

pp_status pp__run_describe(pp__run *run, const char *id, const char *question,
                           const char *scale, pp_buf *words, pp_error *err) {
    pp__answer a = pp__answer_blank();
    PP_TRY(pp_buf_check(words, err));
    a.id = id;
    a.question = question;
    a.answer = words->data;
    a.factor = "adoption";
    a.scale = scale;
    a.verdict = "described";
    return pp__run_answer(run, &a, err);
}

static pp_status add_bounds_table(pp__run *run, pp_table **out, pp_error *err) {
    static const char *const texts[] = {"id", "factor", "model", "supplier_unknown",
                                        "not_searched"};
    static const char *const numbers[] = {"estimate", "conf_low", "conf_high", "units",
                                          "events"};
    PP_TRY(pp_result_add(
        run->out, "bounds",
        "The findings with unknown suppliers and places not searched put in", out, err));
    PP_TRY(add_columns(*out, PP_TEXT, texts, 5, err));
    PP_TRY(add_columns(*out, PP_NUMBER, numbers, 5, err));
    pp_table_find(*out, "units")->show = PP_SHOW_COUNT;
    pp_table_find(*out, "events")->show = PP_SHOW_COUNT;
    return PP_OK;
}

static pp_status add_bound(const pp_study_question *q, const char *const scenario[2],
                           const pp_result *result, pp_table *bounds, pp_error *err) {
    pp_effect effect = effect_of(result, q->variable, q->smallest_effect);
    int64_t row;
    PP_TRY(pp_table_append(bounds, &row, err));
    PP_TRY(put(bounds, "id", row, q->name, err));
    PP_TRY(put(bounds, "factor", row, q->variable, err));
    PP_TRY(put(bounds, "model", row, q->model, err));
    PP_TRY(put(bounds, "supplier_unknown", row, scenario[0], err));
    PP_TRY(put(bounds, "not_searched", row, scenario[1], err));
    put_number(bounds, "estimate", row, effect.estimate);
    put_number(bounds, "conf_low", row, effect.low);
    put_number(bounds, "conf_high", row, effect.high);
    const pp_table *model = pp_result_find(result, "model");
    put_number(bounds, "units", row, cell(model, "units", 0));
    put_number(bounds, "events", row, cell(model, "events", 0));
    return PP_OK;
}

static double larger_of(double a, double b) {
    return isnan(a) || b > a ? b : a;
}

static double smaller_of(double a, double b) {
    return isnan(a) || b < a ? b : a;
}

static void add_to(pp_table *findings, const char *column, int64_t row, double more) {
    double value = cell(findings, column, row);
    put_number(findings, column, row, (isnan(value) ? 0 : value) + more);
}

/* Widens the bounds of a question's row in `findings` to hold `effect`, and counts whether its
   verdict is that of the row. */
static void widen(const pp_study_question *q, const pp_effect *effect,
                  pp_table *findings) {
    const pp_column *ids = pp_table_find(findings, "id");
    pp_hypothesis hypothesis;
    if (!isfinite(effect->estimate) ||
        pp_hypothesis_parse(q->hypothesis, &hypothesis, NULL) != PP_OK) {
        return;
    }
    const char *verdict = pp_verdict_name(pp_verdict_decide(hypothesis, effect));
    for (int64_t row = 0; row < pp_table_rows(findings); row++) {
        if (strcmp(ids->text[row], q->name) != 0) {
            continue;
        }
        int same = strcmp(verdict, pp_table_find(findings, "verdict")->text[row]) == 0;
        add_to(findings, "bound_same_verdict", row, same);
        add_to(findings, "bound_fits", row, 1);
        put_number(findings, "bound_low", row,
                   smaller_of(cell(findings, "bound_low", row), effect->estimate));
        put_number(findings, "bound_high", row,
                   larger_of(cell(findings, "bound_high", row), effect->estimate));
        put_number(findings, "bound_conf_low", row,
                   smaller_of(cell(findings, "bound_conf_low", row), effect->low));
        put_number(findings, "bound_conf_high", row,
                   larger_of(cell(findings, "bound_conf_high", row), effect->high));
    }
}

static pp_status add_scenario(pp__run *run, const pp_study_model *model,
                              const char *const scenario[2], pp_table *findings,
                              pp_table *bounds, pp_error *err) {
    const pp__run_panel *panel;
    pp_fit *fit;
    pp_result *result;
    PP_TRY(pp__run_get_panel(run, model, scenario[0], scenario[1], &panel, err));
    pp_status status = pp__run_fit_model(run, model, panel->panel, &fit, &result, err);
    if (status == PP_E_ESTIMATION) {
        return pp_result_warn(
            run->out, "bound_failed", model->name, -1, err,
            "no bound for '%s' with unknown suppliers %s and places not "
            "searched %s: it cannot be estimated",
            model->name, scenario[0], scenario[1]);
    }
    const pp_study *study = run->study;
    for (int64_t i = 0; i < study->findings.n_questions && status == PP_OK; i++) {
        const pp_study_question *q = &study->findings.questions[i];
        if (strcmp(q->model, model->name) == 0) {
            pp_effect effect = effect_of(result, q->variable, q->smallest_effect);
            widen(q, &effect, findings);
            status = add_bound(q, scenario, result, bounds, err);
        }
    }
    pp_fit_free(fit);
    pp_result_free(result);
    return status;
}

static int is_asked(const pp_study *study, const pp_study_model *model) {
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        if (strcmp(study->findings.questions[i].model, model->name) == 0) {
            return 1;
        }
    }
    return 0;
}

pp_status pp__run_findings(pp__run *run, pp_error *err) {
    const pp_study *study = run->study;
    pp_table *findings, *bounds;
    PP_TRY(pp__run_begin_findings(run, &findings, err));
    PP_TRY(answer_who(run, findings, err));
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        PP_TRY(answer(run, &study->findings.questions[i], findings, err));
    }
    PP_TRY(add_bounds_table(run, &bounds, err));
    for (int64_t i = 0; i < study->n_models; i++) {
        const pp_study_model *model = &study->models[i];
        for (int s = 0; s < SCENARIOS && is_asked(study, model); s++) {
            PP_TRY(add_scenario(run, model, scenarios[s], findings, bounds, err));
        }
    }
    return PP_OK;
}
