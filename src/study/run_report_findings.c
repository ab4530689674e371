/* The head of the report: what was asked and what was found. */
#include "base/check.h"
#include "study/analyses/analysis.h"
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
    } else if (scale && strncmp(scale, "share", 5) == 0) {
        pp_format_fixed(100 * value, 0, number);
        snprintf(text, size, "%s%%", number);
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

static pp_status show_finding(const pp_table *findings, int64_t row, const char *anchor,
                              pp_table *shown, pp_error *err) {
    int64_t to;
    PP_TRY(pp_table_append(shown, &to, err));
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
    PP_TRY(pp_column_set_text(shown, pp_table_find(shown, "anchor"), to, anchor, err));
    return show_answer(findings, row, shown, to, err);
}

static pp_status blank_findings(pp_table **out, pp_error *err) {
    static const char *const columns[] = {"question", "answer",    "verdict", "estimate",
                                          "conf_low", "conf_high", "anchor"};
    PP_TRY(pp_table_new(out, err));
    pp_status status = PP_OK;
    for (size_t i = 0; i < sizeof columns / sizeof *columns && status == PP_OK; i++) {
        status = pp_table_add(*out, PP_TEXT, columns[i], NULL, err);
    }
    if (status == PP_OK) {
        status = pp_column_describe(*out, pp_table_find(*out, "estimate"), "Estimate",
                                    NULL, NULL, NULL, err);
    }
    if (status != PP_OK) {
        pp_table_free(*out);
    }
    return status;
}

static pp_status show_stated(const pp_table *findings, int64_t rows, pp_table *shown,
                             pp_error *err) {
    for (int64_t row = 0; row < rows; row++) {
        PP_TRY(show_finding(findings, row, row == 0 ? "record" : "headline", shown, err));
    }
    return PP_OK;
}

/* The answers of the analyses of one part, each with a link to its section. */
static pp_status show_part(pp__run *run, pp__part part, pp_table *shown, pp_error *err) {
    const pp_table *findings = pp_result_find(run->out, "findings");
    for (int i = 0; i < run->n_analyses; i++) {
        const pp__run_analysis *a = &run->analyses[i];
        int64_t end = a->first_answer + a->n_answers;
        for (int64_t row = a->first_answer;
             pp__analysis_part(a->kind) == part && row < end; row++) {
            PP_TRY(show_finding(findings, row, a->kind->name, shown, err));
        }
    }
    return PP_OK;
}

/* Columns of numbers without any: the answers have more room. */
static pp_status drop_blank(pp_table *shown, pp_error *err) {
    static const char *const numbers[] = {"estimate", "conf_low", "conf_high"};
    int has_numbers = 0;
    for (int i = 0; i < 3; i++) {
        for (int64_t row = 0; row < pp_table_rows(shown); row++) {
            has_numbers |=
                pp_column_get_text(pp_table_find(shown, numbers[i]), row) != NULL;
        }
    }
    for (int i = 0; i < 3 && !has_numbers; i++) {
        PP_TRY(pp_table_drop(shown, numbers[i], err));
    }
    return PP_OK;
}

/* Of a part (0: what the study states beforehand, `rows` of them). */
static pp_status add_table(pp__run *run, pp_document *document, pp__part part,
                           int64_t rows, const char *title, const char *note,
                           pp_error *err) {
    pp_table *shown;
    PP_TRY(blank_findings(&shown, err));
    pp_status status =
        part ? show_part(run, part, shown, err)
             : show_stated(pp_result_find(run->out, "findings"), rows, shown, err);
    if (status == PP_OK) {
        status = drop_blank(shown, err);
    }
    if (status == PP_OK && pp_table_rows(shown) > 0) {
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

/* What the analyses answer, part by part, each with a section of its own below. */
static pp_status add_answers(pp__run *run, pp_document *document, pp_error *err) {
    for (pp__part part = PP__PART_RECORD; part < PP__PARTS; part++) {
        PP_TRY(add_table(run, document, part, 0, pp__run_part_title(part), NULL, err));
    }
    return PP_OK;
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
