/* Exposure part by part: what is known at least, what is open, and the composite with its interval. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 22, PANELS = 5, TOLD = 3 };

static const double WIDTH = 0.88; /* of a panel, in the space from one to the next */

static const struct {
    const char *part, *value, *low, *high, *words;
} panels[PANELS] = {
    {"composite", "composite", "low", "high", "Composite"},
    {"who", "who", "who_low", "who_high", "Who could reach the data"},
    {"home_law", "home_law", "home_law_low", "home_law_high", "Law of the vendor's home"},
    {"own_law", "own_law", "own_law_low", "own_law_high", "What the own law leaves open"},
    {"data", "data", "data_low", "data_high", "Which data"}};

typedef struct candidate {
    int64_t row;
    double high, composite;
} candidate;

/* Those that could be highest first; of equal ones the higher middle, then as the table has them. */
static int compare_candidates(const void *left, const void *right) {
    const candidate *a = left, *b = right;
    if (a->high != b->high) {
        return a->high < b->high ? 1 : -1;
    }
    if (a->composite != b->composite) {
        return a->composite < b->composite ? 1 : -1;
    }
    return a->row < b->row ? -1 : 1;
}

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text ? text : "";
}

static int is_country(const pp_table *table, int64_t row) {
    return strcmp(text_at(table, "kind", row), "country") == 0;
}

static pp_status pick(const pp_table *table, candidate *out, int64_t *n, pp_error *err) {
    int64_t rows = pp_table_rows(table), countries = 0;
    candidate *all = pp_malloc(rows, sizeof *all);
    PP_NEED(all, err);
    for (int64_t i = 0; i < rows; i++) {
        countries += is_country(table, i);
    }
    *n = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (countries < 2 || is_country(table, i)) {
            all[(*n)++] = (candidate){i, at(table, "high", i), at(table, "composite", i)};
        }
    }
    qsort(all, (size_t)*n, sizeof *all, compare_candidates);
    *n = *n < MOST ? *n : MOST;
    memcpy(out, all, (size_t)*n * sizeof *all);
    pp_free(all);
    return PP_OK;
}

static const char *const numbers[] = {"low", "high", "begin", "end", "from", "to", "at"};

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    static const char *const texts[] = {"place", "part", "words"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_bar(pp__draft *draft, const pp_table *table, int64_t from, int panel,
                         pp_error *err) {
    double value = at(table, panels[panel].value, from),
           low = at(table, panels[panel].low, from),
           high = at(table, panels[panel].high, from);
    const double drawn[] = {low,
                            high,
                            panel,
                            panel + WIDTH,
                            panel + WIDTH * low,
                            panel + WIDTH * high,
                            panel + WIDTH * value};
    pp_table *rows = draft->rows;
    int64_t row;
    PP_TRY(pp_table_append(rows, &row, err));
    PP_TRY(pp_column_set_text(rows, pp_table_find(rows, "place"), row,
                              text_at(table, "name", from), err));
    PP_TRY(pp_column_set_text(rows, pp_table_find(rows, "part"), row, panels[panel].part,
                              err));
    PP_TRY(pp_column_set_text(rows, pp_table_find(rows, "words"), row,
                              panels[panel].words, err));
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        pp_table_find(rows, numbers[k])->number[row] = drawn[k];
    }
    return PP_OK;
}

static pp_status require(const pp_table *table, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(table, "name", &column, err));
    PP_TRY(pp_table_require(table, "kind", &column, err));
    for (int k = 0; k < PANELS; k++) {
        PP_TRY(pp_table_require(table, panels[k].value, &column, err));
        PP_TRY(pp_table_require(table, panels[k].low, &column, err));
        PP_TRY(pp_table_require(table, panels[k].high, &column, err));
    }
    return PP_OK;
}

static pp_status make_access(pp__draft *draft, const pp_table *table, pp_error *err) {
    candidate picked[MOST];
    int64_t n, rows[MOST];
    PP_TRY(require(table, err));
    PP_TRY(pick(table, picked, &n, err));
    PP_TRY(open_rows(draft, err));
    pp_buf_printf(
        &draft->alt,
        "Bars for %lld places, part by part. The composite could be highest for",
        (long long)n);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = picked[i].row;
        rows[i] = row;
        for (int panel = 0; panel < PANELS; panel++) {
            PP_TRY(add_bar(draft, table, row, panel, err));
        }
        if (i < TOLD) {
            pp_buf_printf(&draft->alt, "%s %s (%.2f to %.2f)", i ? "," : "",
                          text_at(table, "name", row), at(table, "low", row),
                          at(table, "high", row));
        }
    }
    pp_buf_add(&draft->alt, ".");
    PP_TRY(pp_table_take_rows(table, rows, n, &draft->twin, err));
    const char *places = pp__json_list(&draft->arena, draft->rows, "place");
    PP_NEED(places, err);
    pp__slot_json(draft, "places", places);
    draft->title = "Who could reach the data, and which";
    draft->subtitle =
        "Full: known at least. Dashed: open, at most. Each part from 0 to 1";
    draft->note = "The places whose composite could be highest. Full bars: known at "
                  "least. Dashed: open, at "
                  "most, for what no claim speaks of is not known and never counts as "
                  "no. The dot of the "
                  "composite is the middle of its interval, by the weights of the rules: "
                  "no estimate. All "
                  "values are written judgements, from 0 to 1.";
    return PP_OK;
}

pp_status pp_figure_access(const pp_table *composite, const pp_figure_options *options,
                           pp_figure **out, pp_error *err) {
    return pp__figure_make(make_access, "access", composite, options, out, err);
}
