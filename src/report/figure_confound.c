/* Estimates under unobserved confounders: lines of equal estimates, and confounders as strong as
   covariates. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { BENCHMARKS = 5 };

static const char *text_at(const pp_table *t, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(t, column), row);
    return text ? text : "";
}

static double *numbers(const pp_table *t, const char *column) {
    return pp_table_find(t, column)->number;
}

static int is_contour(const pp_table *t, int64_t row) {
    return strcmp(text_at(t, "kind", row), "contour") == 0;
}

/* All lines, and the first benchmarks. */
static pp_status choose_rows(pp__draft *draft, const pp_table *map, pp_error *err) {
    int64_t n = pp_table_rows(map), kept = 0,
            *rows = pp_arena_alloc(&draft->arena, n + 1, sizeof *rows);
    int begun = 0;
    PP_NEED(rows, err);
    for (int64_t i = 0; i < n; i++) {
        int next = !is_contour(map, i) &&
                   (i == 0 || is_contour(map, i - 1) ||
                    strcmp(text_at(map, "name", i), text_at(map, "name", i - 1)) != 0);
        begun += next;
        if (begun <= BENCHMARKS) {
            rows[kept++] = i;
        }
    }
    return pp_table_take_rows(map, rows, kept, &draft->rows, err);
}

/* The last row of a line. */
static int is_end(const pp_table *t, int64_t i) {
    return is_contour(t, i) &&
           (i + 1 == pp_table_rows(t) || !is_contour(t, i + 1) ||
            strcmp(text_at(t, "name", i), text_at(t, "name", i + 1)) != 0);
}

/* Levels at the right ends of their lines: zero, and those that do not come too close to it, to the last one told
   or to the axis. */
static pp_status label_ends(pp__draft *draft, double most, pp_error *err) {
    pp_table *t = draft->rows;
    double gap = 0.045 * most, last = 0, zero = NAN;
    pp_column *end;
    PP_TRY(pp_table_add(t, PP_TEXT, "end", &end, err));
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (is_end(t, i) && strcmp(text_at(t, "name", i), "zero") == 0) {
            zero = numbers(t, "r2_outcome")[i];
        }
    }
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double at = numbers(t, "r2_outcome")[i];
        int is_zero = at == zero;
        if (is_end(t, i) && (is_zero || (at > last + gap && !(fabs(at - zero) < gap) &&
                                         at < 0.97 * most))) {
            PP_TRY(pp_column_set_text(t, end, i, text_at(t, "name", i), err));
            last = at;
        }
    }
    return PP_OK;
}

static void describe(pp__draft *draft) {
    const pp_table *t = draft->rows;
    pp_buf_printf(
        &draft->alt,
        "Estimates if an unobserved confounder explained these shares of treatment and "
        "outcome.");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (!is_contour(t, i)) {
            pp_buf_printf(&draft->alt, " %.3g times %s: %.3g.", numbers(t, "strength")[i],
                          text_at(t, "name", i), numbers(t, "estimate")[i]);
        }
    }
}

static pp_status make_confound(pp__draft *draft, const pp_table *map, pp_error *err) {
    static const char *const wanted[] = {
        "kind", "name", "strength", "r2_treatment", "r2_outcome", "estimate", NULL};
    pp_column *column;
    double most = 0;
    for (int i = 0; wanted[i]; i++) {
        PP_TRY(pp_table_require(map, wanted[i], &column, err));
    }
    PP_TRY(choose_rows(draft, map, err));
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        most = fmax(most, fmax(numbers(draft->rows, "r2_treatment")[i],
                               numbers(draft->rows, "r2_outcome")[i]));
    }
    PP_TRY(label_ends(draft, most, err));
    describe(draft);
    const char *x = pp_arena_printf(&draft->arena, "[0,%.6g]", 1.1 * most);
    const char *y = pp_arena_printf(&draft->arena, "[0,%.6g]", most);
    PP_NEED(x && y ? x : NULL, err);
    pp__slot_json(draft, "domain_x", x);
    pp__slot_json(draft, "domain_y", y);
    draft->title = "How strong would a confounder have to be?";
    draft->note = "Along a line the estimate is the same; on the thick one it is zero, "
                  "and beyond it the "
                  "sign turns. Points are confounders one, two, … times as strong as a "
                  "covariate, joined; "
                  "the larger, the stronger.";
    return PP_OK;
}

pp_status pp_figure_confound(const pp_table *map, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    return pp__figure_make(make_confound, "confound", map, options, out, err);
}
