/* The head of the report: what was asked and what was found. */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/findings.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Numbers as people read them: points a year, countries, or as they are; "" where there is none. */
static void spell_number(const pp_table *findings, const char *column, int64_t row,
                         char *text, size_t size) {
    const char *scale = pp_column_get_text(pp_table_find(findings, "scale"), row);
    double value = pp_table_find(findings, column)->number[row];
    int is_estimate = strcmp(column, "estimate") == 0;
    char number[32];
    *text = '\0';
    if (isnan(value)) {
        return;
    }
    if (scale && strncmp(scale, "probability", 11) == 0) {
        pp_format_fixed(100 * fabs(value), 2, number);
        snprintf(text, size, "%s%s%s", value < 0 ? "−" : "+", number,
                 is_estimate ? " points" : "");
    } else if (scale && strcmp(scale, "countries") == 0) {
        pp_format_fixed(value, 0, number);
        snprintf(text, size, "%s%s", number, is_estimate ? " countries" : "");
    } else {
        pp_format_significant(value, 3, number);
        snprintf(text, size, "%s", number);
    }
}

/* The answer, with what unknown suppliers and places not searched would make of it. */
static pp_status show_answer(const pp_table *findings, int64_t row, pp_table *shown,
                             int64_t to, pp_error *err) {
    const char *answer = pp_column_get_text(pp_table_find(findings, "answer"), row);
    pp_buf text;
    pp_buf_init(&text);
    pp_buf_printf(&text, "%s ", answer ? answer : "");
    pp_finding_bounds(findings, row, &text);
    pp_status status = pp_buf_check(&text, err);
    if (status == PP_OK) {
        status =
            pp_column_set_text(shown, pp_table_find(shown, "answer"), to, text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status show_finding(const pp_table *findings, int64_t row, pp_table *shown,
                              int64_t to, pp_error *err) {
    static const char *const texts[] = {"question", "verdict"};
    static const char *const numbers[] = {"estimate", "conf_low", "conf_high"};
    for (int i = 0; i < 2; i++) {
        const char *text = pp_column_get_text(pp_table_find(findings, texts[i]), row);
        PP_TRY(pp_column_set_text(shown, pp_table_find(shown, texts[i]), to, text, err));
    }
    for (int i = 0; i < 3; i++) {
        char text[160];
        spell_number(findings, numbers[i], row, text, sizeof text);
        PP_TRY(pp_column_set_text(shown, pp_table_find(shown, numbers[i]), to,
                                  *text ? text : NULL, err));
    }
    return show_answer(findings, row, shown, to, err);
}

/* Rows from..to-1 of the findings. */
static pp_status show_findings(const pp_table *findings, int64_t from, int64_t to,
                               pp_table *shown, pp_error *err) {
    static const char *const columns[] = {"question", "answer",   "verdict",
                                          "estimate", "conf_low", "conf_high"};
    PP_TRY(pp_table_resize(shown, to - from, err));
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_add(shown, PP_TEXT, columns[i], NULL, err));
    }
    PP_TRY(pp_column_describe(shown, pp_table_find(shown, "estimate"), "Estimate", NULL,
                              NULL, NULL, err));
    for (int64_t row = from; row < to; row++) {
        PP_TRY(show_finding(findings, row, shown, row - from, err));
    }
    return PP_OK;
}

static pp_status add_table(pp__run *run, pp_document *document, int64_t from, int64_t to,
                           const char *title, const char *note, pp_error *err) {
    pp_table *shown;
    PP_TRY(pp_table_new(&shown, err));
    pp_status status =
        show_findings(pp_result_find(run->out, "findings"), from, to, shown, err);
    if (status == PP_OK) {
        status = pp_document_findings(document, shown, title, note, err);
    }
    pp_table_free(shown);
    return status;
}

/* Who has adopted, and the questions that the study states beforehand. */
static int64_t stated_rows(const pp__run *run) {
    return 1 + run->study->findings.n_questions;
}

static pp_status add_stated(pp__run *run, pp_document *document, pp_error *err) {
    int64_t rows = stated_rows(run);
    if (run->study->findings.n_questions == 0) {
        return add_table(run, document, 0, rows, "Findings", NULL, err);
    }
    char delta[32];
    pp_format_significant(100 * run->study->findings.smallest_effect, 2, delta);
    const char *note = pp_arena_printf(&run->arena,
                                       "Points are differences in the yearly probability "
                                       "of a first adoption, in percentage "
                                       "points, for one standard deviation of the factor "
                                       "(for yes and no: yes against no), with "
                                       "95%% intervals. Negligible: the 90%% interval "
                                       "lies within ±%s points. Supported or "
                                       "contradicted: the 95%% interval lies beyond "
                                       "zero. Else undetermined: the data cannot "
                                       "tell. Verdicts are not corrected for the number "
                                       "of questions. These are associations; "
                                       "none of them shows a cause.",
                                       delta);
    PP_NEED(note, err);
    return add_table(run, document, 0, rows, "Findings", note, err);
}

/* What the analyses answer, each with a section of its own below. */
static pp_status add_answers(pp__run *run, pp_document *document, pp_error *err) {
    int64_t rows = pp_table_rows(pp_result_find(run->out, "findings"));
    return rows > stated_rows(run)
               ? add_table(run, document, stated_rows(run), rows,
                           "What the analyses answer",
                           "Each has a section below, with what it assumes.", err)
               : PP_OK;
}

pp_status pp__run_report_findings(pp__run *run, pp_document *document, pp_error *err) {
    PP_TRY(add_stated(run, document, err));
    if (run->study->findings.n_questions > 0 && run->study->findings.because) {
        PP_TRY(pp_document_callout(document, PP_CALLOUT_NOTE,
                                   "Why this is the smallest effect of interest",
                                   run->study->findings.because, err));
    }
    if (run->study->findings.n_questions > 0 && run->study->report.note) {
        PP_TRY(pp_document_callout(document, PP_CALLOUT_CAUTION, "Read this first",
                                   run->study->report.note, err));
    }
    return add_answers(run, document, err);
}
