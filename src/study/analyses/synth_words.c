/* Cases of synthetic control in words. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/synth_case.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *size(double x, char out[40]) {
    char digits[32];
    pp_format_significant(fabs(x), 3, digits);
    snprintf(out, 40, "%s%s", x < 0 ? "−" : "", digits);
    return out;
}

static const char *text_of(const pp_table *t, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(t, column), row);
    return text ? text : "";
}

static double cell(const pp_table *t, const char *column, int64_t row) {
    return pp_table_find(t, column)->number[row];
}

static void add_gap(const pp__synth_case *c, const pp_table *t, int64_t row,
                    const pp_study_variable *v, pp_buf *out) {
    double e = cell(t, "estimate", row);
    char a[40];
    pp_buf_printf(
        out, "%s: from %.0f to %.0f %s lay on average %s%s%s %s its synthetic control",
        v && v->label ? v->label : c->outcome, c->first, cell(t, "last", row),
        text_of(t, "treated", row), size(fabs(e), a), v && v->unit ? " " : "",
        v && v->unit ? v->unit : "", e < 0 ? "below" : "above");
}

/* What placebos allow to be said of it. */
static void add_verdict(const pp__synth_case *c, const pp_table *t, int64_t row,
                        pp_buf *out) {
    const char *verdict = text_of(t, "verdict", row);
    double n = cell(t, "placebos", row), p = cell(t, "p_value", row);
    double ratio = cell(t, "p_ratio", row);
    char low[40], high[40], told[40];
    size(cell(t, "rank_low", row), low);
    size(cell(t, "rank_high", row), high);
    if (cell(t, "poor_fit", row) > 0) {
        pp_buf_printf(out,
                      ". The two do not run alike before %.0f: the gap cannot be read.",
                      c->first);
    } else if (isnan(cell(t, "told", row))) {
        pp_buf_printf(out,
                      ". With %.0f donors no gap, however large, could be told from "
                      "chance at 5%%: the data cannot tell.",
                      n);
    } else if (strcmp(verdict, "undetermined") == 0) {
        pp_buf_printf(out, ". Of %.0f placebos %.0f are as large in size", n,
                      round(p * (n + 1)) - 1);
        if (!isnan(ratio)) {
            pp_buf_printf(out, ", %.0f in proportion to their misfits before",
                          round(ratio * (n + 1)) - 1);
        }
        pp_buf_printf(out,
                      ": the data cannot tell this gap from none. Only one of more than "
                      "%s could have been told; effects from %s to %s are not ruled out.",
                      size(cell(t, "told", row), told), low, high);
        if (ratio <= 0.05 && p > 0.05) {
            pp_buf_printf(out,
                          " The first count asks whether such a gap is unusual, the "
                          "second whether it is for so close a match before: few "
                          "periods before are matched closely by construction, which "
                          "makes the second small, so the verdict rests on the "
                          "first.");
        }
    } else if (strcmp(verdict, "negligible") == 0 ||
               cell(t, "rank_low", row) * cell(t, "rank_high", row) <= 0) {
        pp_buf_printf(
            out,
            ". By the placebos, any gap is smaller than %s, the smallest that matters.",
            size(c->smallest_effect, told));
    } else {
        pp_buf_printf(out,
                      ", more than %.0f of %.0f placebos show (effects from %s to %s are "
                      "not ruled out).",
                      n + 1 - round(p * (n + 1)), n, low, high);
    }
}

/* How far the gap moves with the year in which it began. */
static void add_dates(const pp__synth_case *c, const pp_table *dates, pp_buf *out) {
    double first = NAN, last = NAN, lowest = INFINITY, highest = -INFINITY;
    double p_lowest = INFINITY, p_highest = -INFINITY;
    char low[40], high[40];
    for (int64_t i = 0; dates && i < pp_table_rows(dates); i++) {
        double e = cell(dates, "estimate", i), p = cell(dates, "p_value", i);
        if (strcmp(text_of(dates, "case", i), c->title) == 0 && !isnan(e)) {
            first = isnan(first) ? cell(dates, "first", i) : first;
            last = cell(dates, "first", i);
            lowest = fmin(lowest, e);
            highest = fmax(highest, e);
            p_lowest = fmin(p_lowest, p);
            p_highest = fmax(p_highest, p);
        }
    }
    if (last > first) {
        pp_buf_printf(out,
                      " Taken to begin in each year from %.0f to %.0f in turn, the gap "
                      "(negative: below) is from %s to %s, and the share of placebos as "
                      "large from %.2f to %.2f.",
                      first, last, size(lowest, low), size(highest, high), p_lowest,
                      p_highest);
    }
}

static const char *write_answer(pp__run *run, const pp__synth_case *c, const pp_table *t,
                                int64_t row, const pp_table *dates) {
    const pp_study_variable *v = pp_study_find_variable(run->study, c->outcome);
    const char *answer = NULL;
    pp_buf words;
    pp_buf_init(&words);
    add_gap(c, t, row, v, &words);
    add_verdict(c, t, row, &words);
    add_dates(c, dates, &words);
    pp_buf_printf(&words, " Caveat: %s", c->caveat);
    if (!words.failed) {
        answer = pp_arena_strndup(&run->arena, words.data, words.length);
    }
    pp_buf_clear(&words);
    return answer;
}

pp_status pp__synth_answer_case(pp__run *run, const pp__synth_case *c,
                                const pp_result *result, int64_t row, pp_error *err) {
    const pp_table *t = pp_result_find(result, "synth_cases");
    pp__answer a = pp__answer_blank();
    a.id = pp_arena_printf(&run->arena, "synth_%s", c->name);
    a.question =
        c->question ? c->question : pp_arena_printf(&run->arena, "%s: a gap?", c->title);
    a.answer = write_answer(run, c, t, row, pp_result_find(result, "synth_dates"));
    PP_NEED(a.id && a.question ? a.answer : NULL, err);
    a.factor = c->title;
    a.scale = c->outcome;
    a.hypothesis = c->hypothesis;
    a.verdict = text_of(t, "verdict", row);
    a.model = c->method;
    a.estimate = cell(t, "estimate", row);
    a.conf_low = cell(t, "rank_low", row);
    a.conf_high = cell(t, "rank_high", row);
    a.conf_low_90 = cell(t, "rank_low_90", row);
    a.conf_high_90 = cell(t, "rank_high_90", row);
    a.smallest_effect = c->smallest_effect;
    a.units = cell(t, "placebos", row) + 1;
    return pp__run_answer(run, &a, err);
}
