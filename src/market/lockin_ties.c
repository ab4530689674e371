/* Ties of countries to suppliers, sorted so that those of one pair stand together by year. */
#include "market/lockin.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

static int compare_pairs(const pp__tie_row *a, const pp__tie_row *b) {
    return a->supplier != b->supplier ? a->supplier - b->supplier
                                      : a->country - b->country;
}

static int compare_rows(const void *left, const void *right) {
    const pp__tie_row *a = left, *b = right;
    int order = compare_pairs(a, b);
    return order ? order : (a->year > b->year) - (a->year < b->year);
}

static pp_status check_columns(const pp__lockin *l, pp_error *err) {
    static const char *const needed[] = {"country", "supplier", "year"};
    pp_column *column;
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_require(l->ties, needed[k], &column, err));
    }
    for (int t = 0; t < l->options->n_ties; t++) {
        PP_TRY(pp_table_require(l->ties, l->options->ties[t].column, &column, err));
    }
    return PP_OK;
}

pp_status pp__ties_read(pp__lockin *l, pp_error *err) {
    const pp__market *m = &l->m;
    l->has_ties = pp_arena_zalloc(&l->m.arena, m->suppliers.n + 1, 1);
    PP_NEED(l->has_ties, err);
    if (!l->ties) {
        return PP_OK;
    }
    PP_TRY(check_columns(l, err));
    int64_t n = pp_table_rows(l->ties);
    l->tie_rows = pp_arena_alloc(&l->m.arena, n + 1, sizeof *l->tie_rows);
    PP_NEED(l->tie_rows, err);
    for (int64_t i = 0; i < n; i++) {
        pp__tie_row row = {.country = pp__names_find(
                               &m->countries, pp__market_text(l->ties, "country", i)),
                           .supplier = pp__names_find(
                               &m->suppliers, pp__market_text(l->ties, "supplier", i)),
                           .year = pp__market_number(l->ties, "year", i)};
        for (int t = 0; t < l->options->n_ties; t++) {
            row.value[t] = pp__market_number(l->ties, l->options->ties[t].column, i);
        }
        if (row.supplier >= 0) {
            l->has_ties[row.supplier] = 1;
            if (row.country >= 0 && isfinite(row.year)) {
                l->tie_rows[l->n_tie_rows++] = row;
            }
        }
    }
    qsort(l->tie_rows, (size_t)l->n_tie_rows, sizeof *l->tie_rows, compare_rows);
    return PP_OK;
}

/* The first row of a pair, or of what comes after it. */
static int64_t first_of(const pp__lockin *l, const pp__tie_row *pair) {
    int64_t low = 0, high = l->n_tie_rows;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (compare_pairs(&l->tie_rows[middle], pair) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

double pp__tie_value(const pp__lockin *l, int tie, int country, int supplier,
                     double year) {
    const pp__tie_row pair = {.country = country, .supplier = supplier};
    int any = 0, figures = 0;
    double newest = NAN;
    if (!l->has_ties[supplier]) {
        return 0;
    }
    for (int64_t i = first_of(l, &pair); i < l->n_tie_rows; i++) {
        const pp__tie_row *row = &l->tie_rows[i];
        double value = row->value[tie];
        if (compare_pairs(row, &pair) != 0 || !(row->year < year)) {
            break;
        }
        if (isnan(value)) {
            continue;
        }
        newest = value;
        figures += row->year >= year - l->options->window;
        any |= row->year >= year - l->options->window && value > 0;
    }
    if (!l->options->ties[tie].any) {
        return newest;
    }
    return figures ? (double)any : (double)NAN;
}
