/* Counts by category and region: a table of shaded cells, the most frequent first. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SHOWN = 15, LABEL_COLUMNS = 20 };

typedef struct cross {
    const char **category, **region; /* in the order of display */
    int64_t categories, regions;
    double *count; /* categories × regions, row by row */
    double *total; /* of categories */
} cross;

static int64_t find(const char *const *names, int64_t n, const char *name) {
    int64_t i = 0;
    while (i < n && strcmp(names[i], name) != 0) {
        i++;
    }
    return i;
}

static int64_t add_name(const char **names, int64_t *n, const char *name) {
    int64_t i = find(names, *n, name);
    if (i == *n) {
        names[(*n)++] = name;
    }
    return i;
}

static const char *text_or(const pp_column *column, int64_t row, const char *otherwise) {
    const char *text = pp_column_get_text(column, row);
    return text ? text : otherwise;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Categories by falling total, then by name; "other" always last. */
static void sort_categories(cross *x) {
    for (int64_t i = 1; i < x->categories; i++) {
        for (int64_t j = i; j > 0; j--) {
            int other = strcmp(x->category[j - 1], "other") == 0;
            int swap = other || x->total[j] > x->total[j - 1] ||
                       (x->total[j] == x->total[j - 1] &&
                        strcmp(x->category[j], x->category[j - 1]) < 0);
            if (!swap || strcmp(x->category[j], "other") == 0) {
                break;
            }
            const char *name = x->category[j];
            double total = x->total[j];
            x->category[j] = x->category[j - 1];
            x->total[j] = x->total[j - 1];
            x->category[j - 1] = name;
            x->total[j - 1] = total;
        }
    }
}

static pp_status count_cross(pp_arena *arena, const pp_table *counts,
                             const pp_column *category, const pp_column *count, cross *x,
                             pp_error *err) {
    int64_t rows = pp_table_rows(counts);
    pp_column *region;
    PP_TRY(pp_table_require(counts, "region", &region, err));
    *x = (cross){0};
    PP_NEED(x->category = pp_arena_alloc(arena, rows, sizeof *x->category), err);
    PP_NEED(x->region = pp_arena_alloc(arena, rows, sizeof *x->region), err);
    PP_NEED(x->total = pp_arena_zalloc(arena, rows, sizeof *x->total), err);
    for (int64_t i = 0; i < rows; i++) {
        int64_t k =
            add_name(x->category, &x->categories, text_or(category, i, "unknown"));
        add_name(x->region, &x->regions, text_or(region, i, "none"));
        x->total[k] += isnan(count->number[i]) ? 0 : count->number[i];
    }
    sort_categories(x);
    qsort(x->region, (size_t)x->regions, sizeof *x->region, by_name);
    PP_NEED(x->count =
                pp_arena_zalloc(arena, x->categories * x->regions, sizeof *x->count),
            err);
    for (int64_t i = 0; i < rows; i++) {
        int64_t k = find(x->category, x->categories, text_or(category, i, "unknown"));
        int64_t r = find(x->region, x->regions, text_or(region, i, "none"));
        x->count[k * x->regions + r] += isnan(count->number[i]) ? 0 : count->number[i];
    }
    return PP_OK;
}

/* One row a category, one column a region, and the total. */
static pp_status make_twin(pp__draft *draft, const cross *x, const char *name,
                           const char *label, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_new(&draft->twin, err));
    pp_table *twin = draft->twin;
    PP_TRY(pp_table_resize(twin, x->categories, err));
    PP_TRY(pp_table_add(twin, PP_TEXT, name, &column, err));
    PP_TRY(pp_column_describe(twin, column, label, NULL, NULL, NULL, err));
    for (int64_t k = 0; k < x->categories; k++) {
        PP_TRY(pp_column_set_text(twin, column, k, x->category[k], err));
    }
    for (int64_t r = 0; r < x->regions; r++) {
        PP_TRY(pp_table_add(twin, PP_NUMBER, x->region[r], &column, err));
        column->show = PP_SHOW_COUNT;
        for (int64_t k = 0; k < x->categories; k++) {
            column->number[k] = x->count[k * x->regions + r];
        }
    }
    PP_TRY(pp_table_add(twin, PP_NUMBER, "total", &column, err));
    column->show = PP_SHOW_COUNT;
    memcpy(column->number, x->total, (size_t)x->categories * sizeof *x->total);
    return PP_OK;
}

static pp_status make_readable(pp_arena *arena, cross *x, pp_error *err) {
    for (int64_t k = 0; k < x->categories; k++) {
        PP_NEED(x->category[k] = pp__readable(arena, x->category[k]), err);
    }
    return PP_OK;
}

/* Folds what is beyond the most frequent into one last category. */
static void fold_rest(cross *x) {
    int64_t kept = MOST_SHOWN;
    if (x->categories <= kept + 1) {
        return;
    }
    for (int64_t k = kept + 1; k < x->categories; k++) {
        for (int64_t r = 0; r < x->regions; r++) {
            x->count[kept * x->regions + r] += x->count[k * x->regions + r];
        }
        x->total[kept] += x->total[k];
    }
    x->category[kept] = "Other";
    x->categories = kept + 1;
}

static pp_status make_rows(pp__draft *draft, const cross *x, pp_error *err) {
    static const char *const numbers[] = {"count", "rank", "largest"};
    pp_column *label, *region, *column[3];
    double largest = 0;
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_resize(draft->rows, x->categories * x->regions, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "label", &label, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "region", &region, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], &column[k], err));
    }
    for (int64_t i = 0; i < x->categories * x->regions; i++) {
        largest = fmax(largest, x->count[i]);
    }
    for (int64_t i = 0; i < x->categories * x->regions; i++) {
        int64_t k = i / x->regions;
        const char *lines = pp__two_lines(&draft->arena, x->category[k], LABEL_COLUMNS);
        PP_NEED(lines, err);
        PP_TRY(pp_column_set_text(draft->rows, label, i, lines, err));
        PP_TRY(
            pp_column_set_text(draft->rows, region, i, x->region[i % x->regions], err));
        column[0]->number[i] = x->count[i];
        column[1]->number[i] = (double)k;
        column[2]->number[i] = largest;
    }
    return PP_OK;
}

static void describe(pp__draft *draft, const cross *x, const char *counted) {
    pp_buf_printf(&draft->alt,
                  "Shaded table of %s in %lld regions. The most frequent: ", counted,
                  (long long)x->regions);
    for (int64_t k = 0; k < x->categories && k < 3; k++) {
        const double *count = x->count + k * x->regions;
        int64_t most = 0;
        for (int64_t r = 1; r < x->regions; r++) {
            most = count[r] > count[most] ? r : most;
        }
        pp_buf_printf(&draft->alt, "%s%s %.0f, of them %.0f in %s", k > 0 ? "; " : "",
                      x->category[k], x->total[k], count[most], x->region[most]);
    }
    pp_buf_add(&draft->alt, ".");
}

/* The first column of words that is not the region, and the first of numbers. */
static pp_status choose_columns(const pp_table *counts, const pp_column **category,
                                const pp_column **count, pp_error *err) {
    *category = *count = NULL;
    for (int j = 0; j < pp_table_columns(counts); j++) {
        const pp_column *column = pp_table_column(counts, j);
        int is_number = column->type == PP_NUMBER;
        if (is_number && !*count) {
            *count = column;
        } else if (!is_number && !*category && strcmp(column->name, "region") != 0) {
            *category = column;
        }
    }
    if (!*category || !*count) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "counts by region need a column of words and one of numbers");
    }
    return PP_OK;
}

static pp_status make_regions(pp__draft *draft, const pp_table *counts, pp_error *err) {
    const pp_column *category, *count;
    cross x;
    PP_TRY(choose_columns(counts, &category, &count, err));
    PP_TRY(count_cross(&draft->arena, counts, category, count, &x, err));
    PP_TRY(make_readable(&draft->arena, &x, err));
    const char *label = category->label ? category->label : category->name;
    const char *counted = draft->options->axis ? draft->options->axis
                          : count->label       ? count->label
                                               : count->name;
    PP_TRY(make_twin(draft, &x, category->name, label, err));
    fold_rest(&x);
    PP_TRY(make_rows(draft, &x, err));
    describe(draft, &x, counted);
    draft->note = x.categories > MOST_SHOWN ? "Darker is more. The most frequent are "
                                              "shown, the rest is in the last row; the "
                                              "table has all."
                                            : "Darker is more.";
    char *title = pp_arena_printf(&draft->arena, "%s by region", label);
    PP_NEED(title, err);
    draft->title = pp__capitalise(title);
    const char *regions = pp__json_list(&draft->arena, draft->rows, "region");
    PP_NEED(regions, err);
    pp__slot_json(draft, "regions", regions);
    pp__slot_text(draft, "category", label);
    pp__slot_text(draft, "counted", counted);
    return PP_OK;
}

pp_status pp_figure_by_region(const pp_table *counts, const pp_figure_options *options,
                              pp_figure **out, pp_error *err) {
    return pp__figure_make(make_regions, "by_region", counts, options, out, err);
}
