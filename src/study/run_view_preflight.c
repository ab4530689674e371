/* The rows of a pre-flight table that a reader should look at. */
#include "base/check.h"
#include "model/tables.h"
#include "study/run_views.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static const char FEW[] = "few units";

static const char *cell(const pp_table *t, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(t, column);
    const char *text = c ? pp_column_get_text(c, row) : NULL;
    return text ? text : "";
}

static int is_ok(const pp_table *t, int64_t row) {
    return strcmp(cell(t, "verdict", row), "ok") == 0;
}

/* "cohort 2011", whose detail is "few units: errors …: ECU, MLI" */
static int is_small_cohort(const pp_table *t, int64_t row) {
    return strncmp(cell(t, "check", row), "cohort ", 7) == 0 &&
           strncmp(cell(t, "detail", row), FEW, sizeof FEW - 1) == 0;
}

static pp_status put(pp_table *to, const char *label, const char *check, double count,
                     const char *detail, pp_error *err) {
    int64_t at;
    PP_TRY(pp_table_append(to, &at, err));
    PP_TRY(pp__put_text(to, at, "label", label, err));
    PP_TRY(pp__put_text(to, at, "check", check, err));
    PP_TRY(pp__put_number(to, at, "count", PP_SHOW_COUNT, count, err));
    return pp__put_text(to, at, "detail", detail, err);
}

/* "2008: UGA; 2011: ECU, MLI" in one row. */
static pp_status put_cohorts(const pp_table *t, int64_t from, int64_t to,
                             const char *label, pp_table *out, pp_error *err) {
    pp_buf words;
    int n = 0;
    pp_buf_init(&words);
    for (int64_t row = from; row < to; row++) {
        if (is_small_cohort(t, row)) {
            const char *units = strrchr(cell(t, "detail", row), ':');
            pp_buf_printf(&words, "%s%s%s", n++ ? "; " : "", cell(t, "check", row) + 7,
                          units ? units : "");
        }
    }
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK && n > 0) {
        status = put(out, label, "cohorts of few units, whose errors are too small", n,
                     words.data, err);
    }
    pp_buf_clear(&words);
    return status;
}

/* The rows of one outcome end where those of the next begin. */
static int64_t end_of(const pp_table *t, int64_t from) {
    int64_t to = from + 1;
    while (to < pp_table_rows(t) &&
           strcmp(cell(t, "label", from), cell(t, "label", to)) == 0 &&
           strcmp(cell(t, "design", from), cell(t, "design", to)) == 0) {
        to++;
    }
    return to;
}

static int same_row(const pp_table *t, int64_t a, int64_t b) {
    const double *count = pp_table_find(t, "count")->number;
    int same_count = count[a] == count[b] || (isnan(count[a]) && isnan(count[b]));
    return strcmp(cell(t, "check", a), cell(t, "check", b)) == 0 &&
           strcmp(cell(t, "detail", a), cell(t, "detail", b)) == 0 &&
           strcmp(cell(t, "verdict", a), cell(t, "verdict", b)) == 0 &&
           (same_count || is_ok(t, a));
}

static int same_rows(const pp_table *t, int64_t a, int64_t end_a, int64_t b,
                     int64_t end_b) {
    int64_t k = 0;
    while (a + k < end_a && b + k < end_b && same_row(t, a + k, b + k)) {
        k++;
    }
    return a + k == end_a && b + k == end_b;
}

/* An outcome and those after it whose rows are the same. */
static pp_status put_block(const pp_table *t, int64_t from, int64_t to, const char *label,
                           pp_table *out, pp_error *err) {
    const double *count = pp_table_find(t, "count")->number;
    for (int64_t row = from; row < to; row++) {
        if (!is_ok(t, row) && !is_small_cohort(t, row)) {
            PP_TRY(put(out, label, cell(t, "check", row), count[row],
                       cell(t, "detail", row), err));
        }
    }
    return put_cohorts(t, from, to, label, out, err);
}

static pp_status fill(const pp_table *t, pp_table *out, pp_error *err) {
    pp_status status = PP_OK;
    for (int64_t from = 0, next; from < pp_table_rows(t) && status == PP_OK;
         from = next) {
        int64_t to = end_of(t, from);
        pp_buf label;
        pp_buf_init(&label);
        pp_buf_add(&label, cell(t, "label", from));
        for (next = to;
             next < pp_table_rows(t) && same_rows(t, from, to, next, end_of(t, next));
             next = end_of(t, next)) {
            pp_buf_printf(&label, ", %s", cell(t, "label", next));
        }
        status = pp_buf_check(&label, err);
        if (status == PP_OK) {
            status = put_block(t, from, to, label.data ? label.data : "", out, err);
        }
        pp_buf_clear(&label);
    }
    return status;
}

pp_status pp__view_preflight(const pp_table *table, pp_table **out, pp_error *err) {
    PP_TRY(pp_table_new(out, err));
    pp_status status = fill(table, *out, err);
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}
