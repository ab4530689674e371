/* Adoption and its detection together: units are countries, a visit is one coder's pass over a
   country, or one list that was read by rule. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/occupancy_data.h"

#include <pushpull/occupancy.h>
#include <pushpull/text.h>

#include <string.h>

typedef struct settings {
    const char *rule, *form;
    const char *const *state, *const *detection, *const *lists;
    int64_t draws, bootstrap, look;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"form", PP__CHOICE, PP__AT(settings, form),
     PP__CHOICES("single", "royle-nichols", "false-positive"), .text = "single"},
    {"state", PP__NAMES, PP__AT(settings, state)},
    {"detection", PP__NAMES, PP__AT(settings, detection), .nullable = 1},
    {"lists", PP__NAMES, PP__AT(settings, lists)},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 2, .high = 1000000,
     .number = 1000},
    {"bootstrap", PP__INTEGER, PP__AT(settings, bootstrap), .low = 0, .high = 100000},
    {"look", PP__INTEGER, PP__AT(settings, look), .low = 1, .high = 100000, .number = 25},
};
static const pp__section format =
    PP__FIELDS("the occupancy model", fields, sizeof(settings));

static const pp_study_rule *rule_of(const pp_study *study, const settings *s) {
    return pp_study_find_rule(study, s->rule ? s->rule : study->panel.outcome);
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_rule *rule = rule_of(study, s);
    pp_buf_printf(what, "%s occupancy of '%s', searches as visits", s->form,
                  rule ? rule->name : "");
}

/* ---- the model ---- */

/* The table of where to look keeps its first rows; all units stand in another. */
static pp_status shorten_look(pp_result *result, int64_t rows, pp_error *err) {
    pp_table *look = pp_result_find(result, "occupancy_look");
    return pp_table_rows(look) > rows ? pp_table_resize(look, rows, err) : PP_OK;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static pp_status put_form(pp_table *forms, const char *form, const pp_result *result,
                          pp_error *err) {
    static const char *const NUMBERS[] = {"units",     "detected", "estimate",
                                          "std_error", "conf_low", "conf_high"};
    int64_t row;
    PP_TRY(pp_table_append(forms, &row, err));
    PP_TRY(pp_column_set_text(forms, pp_table_column(forms, 0), row, form, err));
    for (int i = 0; i < 6; i++) {
        pp_table_find(forms, NUMBERS[i])->number[row] =
            cell(result, "occupancy_total", NUMBERS[i], 0);
    }
    pp_table_find(forms, "aic")->number[row] = cell(result, "model", "aic", 0);
    return PP_OK;
}

static pp_status begin_forms(pp_result *result, pp_table **out, pp_error *err) {
    static const char *const NUMBERS[] = {
        "units", "detected", "estimate", "std_error", "conf_low", "conf_high", "aic"};
    pp_column *column;
    PP_TRY(pp_result_add(result, "occupancy_forms",
                         "If some adopters are harder to find than others", out, err));
    PP_TRY(pp_table_add(*out, PP_TEXT, "form", &column, err));
    for (int i = 0; i < 7; i++) {
        PP_TRY(pp_table_add(*out, PP_NUMBER, NUMBERS[i], &column, err));
        column->show = i < 2 ? PP_SHOW_COUNT : PP_SHOW_DEFAULT;
    }
    return pp_result_set_note(
        result, "occupancy_forms",
        "Expected adopters among the countries that were searched. The form single takes "
        "all adopters of the same variables for equally easy to find; royle-nichols lets "
        "them differ in how much there is to find. AIC compares the two.",
        err);
}

/* The same visits by the form that lets adopters differ; where it has no estimates, without. */
static pp_status add_other_form(const pp_table *data, const pp_occupancy_options *options,
                                const pp_context *ctx, pp_result *result, pp_error *err) {
    pp_occupancy_options other = *options;
    pp_result *differing = NULL;
    pp_table *forms;
    pp_error own = {0};
    other.form = "royle-nichols";
    other.bootstrap = 0;
    pp_status status = pp_occupancy(data, &other, ctx, &differing, &own);
    if (status == PP_E_ESTIMATION) {
        return PP_OK;
    }
    if (status != PP_OK && err) {
        *err = own;
    }
    if (status == PP_OK) {
        status = begin_forms(result, &forms, err);
    }
    if (status == PP_OK) {
        status = put_form(forms, options->form, result, err);
    }
    if (status == PP_OK) {
        status = put_form(forms, other.form, differing, err);
    }
    pp_result_free(differing);
    return status;
}

static pp_status estimate(pp__run *run, const settings *s, const pp__visited_places *p,
                          pp_result **out, pp_error *err) {
    const pp_wide_variable effort = {"effort", p->efforts};
    const pp_occupancy_options options = {.form = s->form,
                                          .visits = p->visits,
                                          .unit = "name",
                                          .visit_variables = &effort,
                                          .n_visit_variables = 1,
                                          .state = p->state_terms,
                                          .detect = p->detection_terms,
                                          .draws = s->draws,
                                          .bootstrap = s->bootstrap,
                                          .seed = (uint64_t)run->study->seed};
    PP_TRY(pp_occupancy(p->data, &options, run->ctx, out, err));
    if (strcmp(s->form, "single") == 0) {
        PP_TRY(add_other_form(p->data, &options, run->ctx, *out, err));
    }
    return shorten_look(*out, s->look, err);
}

/* Countries that are no units though someone searched there. */
static pp_status tell_left_out(const pp_table *left_out, pp_result *result,
                               pp_error *err) {
    const pp_column *from = pp_table_find(left_out, "name");
    int64_t n = pp_table_rows(left_out);
    pp_table *table;
    pp_column *unit, *reason;
    if (n == 0) {
        return PP_OK;
    }
    PP_TRY(
        pp_result_add(result, "occupancy_left_out", "Countries left out", &table, err));
    PP_TRY(pp_table_resize(table, n, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "unit", &unit, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "reason", &reason, err));
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(pp_column_set_text(table, unit, i, pp_column_get_text(from, i), err));
        PP_TRY(pp_column_set_text(table, reason, i, "supplier unknown", err));
    }
    return pp_result_set_note(result, "occupancy_left_out",
                              "Platforms were found in these countries, and nothing says "
                              "whose: neither adopters nor searched in vain.",
                              err);
}

static pp_status run_occupancy(pp__run *run, const void *payload, pp_result **out,
                               pp_error *err) {
    const settings *s = payload;
    pp_result *result = NULL;
    pp__visited_places places = {.rule = rule_of(run->study, s),
                                 .state = s->state,
                                 .detection = s->detection,
                                 .lists = s->lists};
    PP_TRY(pp__visited_places_make(run, &places, err));
    pp_status status = estimate(run, s, &places, &result, err);
    if (status == PP_OK) {
        status = tell_left_out(places.left_out, result, err);
    }
    pp_table_free(places.data);
    pp_table_free(places.left_out);
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}

/* ---- in words ---- */

static const char *warning_of(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        const pp_warning *w = pp_result_warning(result, i);
        if (strcmp(w->code, code) == 0) {
            return w->message;
        }
    }
    return NULL;
}

/* A sentence on the other form; "" without one. */
static const char *other_form(pp__run *run, const pp_result *result) {
    char expected[32], low[32], high[32];
    if (!pp_result_find(result, "occupancy_forms")) {
        return "";
    }
    pp_format_fixed(cell(result, "occupancy_forms", "estimate", 1), 0, expected);
    pp_format_fixed(cell(result, "occupancy_forms", "conf_low", 1), 0, low);
    pp_format_fixed(cell(result, "occupancy_forms", "conf_high", 1), 0, high);
    if (cell(result, "occupancy_forms", "conf_low", 1) <=
            cell(result, "occupancy_forms", "detected", 1) &&
        cell(result, "occupancy_forms", "conf_high", 1) >=
            cell(result, "occupancy_forms", "units", 1)) {
        return pp_arena_printf(&run->arena,
                               " If some adopters are harder to find than others of the "
                               "same variables, the data cannot tell how many there are: "
                               "from %s to all %s (Royle-Nichols).",
                               low, high);
    }
    return pp_arena_printf(&run->arena,
                           " If some adopters are harder to find than others of the same "
                           "variables, %s (%s to %s) are expected (Royle-Nichols).",
                           expected, low, high);
}

/* A sentence on countries of unknown supplier; "" when none is left out. */
static const char *unknown_ones(pp__run *run, const pp_result *result) {
    const pp_table *left_out = pp_result_find(result, "occupancy_left_out");
    int n = left_out ? (int)pp_table_rows(left_out) : 0;
    return n == 0 ? ""
                  : pp_arena_printf(&run->arena,
                                    " %d with platforms of unknown supplier %s left out.",
                                    n, n == 1 ? "is" : "are");
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp__answer a = pp__answer_blank();
    char expected[32], low[32], high[32];
    const char *poor = warning_of(result, "poor_fit");
    const char *other = other_form(run, result);
    const char *unknown = unknown_ones(run, result);
    PP_NEED(other && unknown ? other : NULL, err);
    double seen = cell(result, "occupancy_total", "detected", 0);
    a.estimate = cell(result, "occupancy_total", "estimate", 0);
    a.conf_low = cell(result, "occupancy_total", "conf_low", 0);
    a.conf_high = cell(result, "occupancy_total", "conf_high", 0);
    a.std_error = cell(result, "occupancy_total", "std_error", 0);
    a.units = cell(result, "occupancy_total", "units", 0);
    a.events = seen;
    pp_format_fixed(a.estimate, 0, expected);
    pp_format_fixed(a.conf_low, 0, low);
    pp_format_fixed(a.conf_high, 0, high);
    a.id = "occupancy";
    a.question = "How many countries that were searched have adopted, seen or unseen?";
    a.scale = "countries";
    a.verdict = "described";
    a.model = rule_of(run->study, payload)->name;
    a.answer = pp_arena_printf(
        &run->arena,
        "Of %d countries that were searched and have the variables of the model, %d are "
        "adopters on record and %s (95%% interval %s to %s) are expected, if searches "
        "miss "
        "adopters independently of each other given these variables.%s Searches that "
        "miss "
        "the same countries make the expected number too small.%s%s%s%s",
        (int)a.units, (int)seen, expected, low, high, unknown, other,
        poor ? " The test of fit: " : "", poor ? poor : "", poor ? "." : "");
    PP_NEED(a.answer, err);
    return pp__run_answer(run, &a, err);
}

static const char *const tables[] = {"occupancy_total", "occupancy_forms",
                                     "occupancy_fit",   "coefficients",
                                     "occupancy_look",  NULL};

const pp__analysis pp__analysis_occupancy = {
    .name = "occupancy",
    .command = "occupancy",
    .title = "Occupancy: adopters that no search found",
    .about =
        "A country without a recorded adoption may have one that nobody found. Each "
        "coder's pass over a country is a visit, and so is each list that was read by "
        "rule; countries that nobody searched have no visits and are missing, not zero. "
        "What becomes of countries with platforms of unknown supplier is as in the "
        "panel; "
        "left out, they are no visits in vain. "
        "From countries with several visits the model learns how often a visit misses an "
        "adopter, and so how likely adoption is where all visits found nothing "
        "(MacKenzie and others 2002). Variables are means over the years of the "
        "panel.\n\n"
        "It assumes *closure*: a country has adopted, or not, by the time of every "
        "visit. "
        "A list of 2022 and searches made later break this for late adopters, and what "
        "is hard to find early is taken as rare. It assumes that visits are independent "
        "given the variables, and that nothing is reported falsely. Sources that "
        "draw on the same reports, and adoptions that nobody can see, both make the "
        "number of unseen adopters too small.",
    .format = &format,
    .describe = describe,
    .run = run_occupancy,
    .answer = answer,
    .tables = tables,
};
