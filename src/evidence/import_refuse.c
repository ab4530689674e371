/* Why rows are refused. */
#include "base/check.h"
#include "evidence/import.h"
#include "evidence/rows.h"

#include <stdio.h>
#include <stdlib.h>

pp_status pp__import_refuse(pp__import *im, pp__import_rows *rows, int64_t row, int field,
                            const pp__problem *problem, pp_error *err) {
    if (im->n_refusals == im->refusals_capacity) {
        int64_t capacity = im->refusals_capacity ? 2 * im->refusals_capacity : 16;
        pp__refusal *grown = pp_realloc(im->refusals, capacity, sizeof *grown);
        PP_NEED(grown, err);
        im->refusals = grown;
        im->refusals_capacity = capacity;
    }
    pp__refusal *refusal = &im->refusals[im->n_refusals];
    *refusal = (pp__refusal){rows, row, im->n_refusals, field, NULL, NULL};
    refusal->reason = pp_arena_strdup(&im->arena, problem->reason);
    PP_NEED(refusal->reason, err);
    if (problem->suggestion[0]) {
        refusal->suggestion = pp_arena_strdup(&im->arena, problem->suggestion);
        PP_NEED(refusal->suggestion, err);
    }
    im->n_refusals++;
    im->n_refused += rows->rows[row].outcome != PP__REFUSED;
    rows->rows[row].outcome = PP__REFUSED;
    return PP_OK;
}

static int compare(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b) {
    const pp__refusal *x = a, *y = b;
    int order = compare((int64_t)x->rows->kind, (int64_t)y->rows->kind);
    order = order ? order : compare(x->row, y->row);
    order = order ? order : x->field - y->field;
    return order ? order : compare(x->order, y->order);
}

static pp_status list_refusal(pp__import *im, const pp__refusal *refusal,
                              pp_table *refused, pp_error *first, pp_error *err) {
    pp__import_rows *rows = refusal->rows;
    const char *field = pp__entities[rows->kind].fields[refusal->field].name;
    const char *value =
        pp_column_get_text(pp_table_find(rows->table, field), refusal->row);
    int64_t line;
    char number[32];
    PP_TRY(pp__import_line(im, rows, refusal->row, &line, err));
    snprintf(number, sizeof number, "%lld", (long long)line);
    if (refusal == im->refusals) {
        pp_error_set(first, PP_E_INPUT, "%s", refusal->reason);
        pp_error_locate(first, rows->path, line, field, value);
        pp_error_hint(first, "%s", refusal->suggestion ? refusal->suggestion : "");
    }
    const char *values[] = {rows->path, number,          field,
                            value,      refusal->reason, refusal->suggestion};
    return pp__rows_add(refused, values, err);
}

pp_status pp__import_list_refusals(pp__import *im, pp_table *refused, pp_error *first,
                                   pp_error *err) {
    if (im->n_refusals > 1) {
        qsort(im->refusals, (size_t)im->n_refusals, sizeof *im->refusals, by_place);
    }
    for (int64_t i = 0; i < im->n_refusals; i++) {
        PP_TRY(list_refusal(im, &im->refusals[i], refused, first, err));
    }
    return PP_OK;
}
