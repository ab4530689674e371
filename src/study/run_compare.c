/* One table of the factors over all models, so that the headline stands beside its
 * alternatives. */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {"model", "title", "term",
                                    "label", "group", "contrast"};
static const char *const numbers[] = {"estimate",  "std_error",   "conf_low",
                                      "conf_high", "conf_low_90", "conf_high_90"};

static pp_status add_row(pp__run *run, const pp__run_fit *fit, const pp_table *margins,
                         int64_t from, pp_table *to, pp_error *err) {
    const char *term = pp_column_get_text(pp_table_find(margins, "term"), from);
    const char *contrast = pp_column_get_text(pp_table_find(margins, "contrast"), from);
    const char *const words[] = {
        fit->model->name,         fit->model->title,        term,
        pp__run_label(run, term), pp__run_group(run, term), contrast};
    int64_t row;
    PP_TRY(pp_table_append(to, &row, err));
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_column_set_text(to, pp_table_find(to, texts[i]), row, words[i], err));
    }
    for (int i = 0; i < 6; i++) {
        pp_table_find(to, numbers[i])->number[row] =
            pp_table_find(margins, numbers[i])->number[from];
    }
    return PP_OK;
}

/* In `sensitivity`: title, events, events_per_parameter, then the effects. */
enum { FIRST_EFFECT = 3 };

/* "-5.2 [-10.0, -0.3]" in percentage points. */
static pp_status put_effect(pp_table *table, pp_column *column, int64_t to,
                            const pp_table *margins, int64_t from, pp_error *err) {
    static const char *const parts[] = {"estimate", "conf_low", "conf_high"};
    char number[3][32], text[128];
    for (int i = 0; i < 3; i++) {
        pp_format_fixed(100 * pp_table_find(margins, parts[i])->number[from], 1,
                        number[i]);
    }
    snprintf(text, sizeof text, "%s [%s, %s]", number[0], number[1], number[2]);
    return pp_column_set_text(table, column, to, text, err);
}

/* One column for each variable that a question asks for. */
static pp_status add_question_columns(pp__run *run, pp_table *table, pp_error *err) {
    for (int64_t q = 0; q < run->study->findings.n_questions; q++) {
        const char *variable = run->study->findings.questions[q].variable;
        pp_column *column;
        if (!pp_table_find(table, variable)) {
            PP_TRY(pp_table_add(table, PP_TEXT, variable, &column, err));
            PP_TRY(pp_column_describe(table, column, pp__run_label(run, variable), NULL,
                                      NULL, NULL, err));
        }
    }
    return PP_OK;
}

/* Adoptions, and how many of them there are for each parameter. */
static void put_counts(const pp_table *model, pp_table *table, int64_t row) {
    const pp_column *events = pp_table_find(model, "events");
    const pp_column *parameters = pp_table_find(model, "parameters");
    if (events && parameters) {
        pp_table_find(table, "events")->number[row] = events->number[0];
        pp_table_find(table, "events_per_parameter")->number[row] =
            round(10 * events->number[0] / parameters->number[0]) / 10;
    }
}

static pp_status add_model(const pp__run_fit *fit, pp_table *table, pp_error *err) {
    const pp_table *margins = fit->result ? pp_result_find(fit->result, "margins") : NULL;
    const pp_table *model = fit->result ? pp_result_find(fit->result, "model") : NULL;
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp_column_set_text(table, pp_table_find(table, "title"), row,
                              fit->model->title, err));
    if (model) {
        put_counts(model, table, row);
    }
    for (int i = FIRST_EFFECT; i < pp_table_columns(table); i++) {
        pp_column *column = pp_table_column(table, i);
        int64_t from = pp__run_margin_row(fit->result, column->name);
        if (from >= 0) {
            PP_TRY(put_effect(table, column, row, margins, from, err));
        }
    }
    return PP_OK;
}

static pp_status add_sensitivity(pp__run *run, pp_error *err) {
    pp_table *table;
    pp_column *title, *count;
    PP_TRY(pp_result_add(run->out, "sensitivity",
                         "Effects in percentage points a year, model by model", &table,
                         err));
    PP_TRY(pp_table_add(table, PP_TEXT, "title", &title, err));
    PP_TRY(pp_column_describe(table, title, "Model", NULL, NULL, NULL, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "events", &count, err));
    PP_TRY(pp_column_describe(table, count, "Adoptions", NULL, NULL, NULL, err));
    count->show = PP_SHOW_COUNT;
    PP_TRY(pp_table_add(table, PP_NUMBER, "events_per_parameter", &count, err));
    PP_TRY(pp_column_describe(table, count, "per parameter", NULL, NULL, NULL, err));
    PP_TRY(add_question_columns(run, table, err));
    for (int64_t m = 0; m < run->study->n_models; m++) {
        PP_TRY(add_model(&run->fits[m], table, err));
    }
    return pp_result_set_note(
        run->out, "sensitivity",
        "Average marginal effect of one standard deviation, or of yes "
        "against no, with its 95% interval.",
        err);
}

pp_status pp__run_compare(pp__run *run, pp_error *err) {
    pp_table *table;
    if (run->study->n_models == 0) {
        return PP_OK;
    }
    PP_TRY(add_sensitivity(run, err));
    PP_TRY(pp_result_add(run->out, "comparison",
                         "Average marginal effects of the factors, model by model",
                         &table, err));
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_add(table, PP_TEXT, texts[i], NULL, err));
    }
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_add(table, PP_NUMBER, numbers[i], NULL, err));
    }
    for (int64_t m = 0; m < run->study->n_models; m++) {
        const pp__run_fit *fit = &run->fits[m];
        const pp_table *margins =
            fit->result ? pp_result_find(fit->result, "margins") : NULL;
        for (int64_t row = 0; margins && row < pp_table_rows(margins); row++) {
            const char *term = pp_column_get_text(pp_table_find(margins, "term"), row);
            if (term && *pp__run_group(run, term)) {
                PP_TRY(add_row(run, fit, margins, row, table, err));
            }
        }
    }
    return PP_OK;
}
