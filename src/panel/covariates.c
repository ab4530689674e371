#include "panel/covariates.h"

#include "base/check.h"
#include <math.h>
#include <pushpull/text.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

static int compare_keys(const void *a, const void *b) {
    const pp__row_key *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    if (order == 0) {
        order = (x->year > y->year) - (x->year < y->year);
    }
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static pp_status refuse(int64_t row, const char *column, const char *value, pp_error *err,
                        const char *problem) {
    pp_error_set(err, PP_E_INPUT, "%s", problem);
    pp_error_locate(err, NULL, row + 1, column, value);
    return PP_E_INPUT;
}

static pp_status check_unique(const pp__covariates *c, pp_error *err) {
    for (int64_t i = 1; i < c->n_keys; i++) {
        const pp__row_key *a = &c->keys[i - 1], *b = &c->keys[i];
        if (a->year == b->year && strcmp(a->key, b->key) == 0) {
            pp_error_set(err, PP_E_INPUT,
                         "the indicators have %s %d twice, in rows %lld and %lld", b->key,
                         b->year, (long long)a->row + 1, (long long)b->row + 1);
            pp_error_locate(err, NULL, b->row + 1, c->key, b->key);
            pp_error_hint(err, "keep one row for each %s and year", c->key);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status read_keys(pp__covariates *c, pp_arena *arena, pp_error *err) {
    int64_t n = pp_table_rows(c->table);
    pp_column *key, *year;
    PP_TRY(pp_table_require(c->table, c->key, &key, err));
    PP_TRY(pp_table_require(c->table, "year", &year, err));
    if (key->type == PP_NUMBER || year->type != PP_NUMBER) {
        const pp_column *wrong = key->type == PP_NUMBER ? key : year;
        return refuse(-1, wrong->name, NULL, err,
                      wrong == key ? "this column must hold codes"
                                   : "this column must hold years");
    }
    c->keys = pp_arena_alloc(arena, n, sizeof *c->keys);
    PP_NEED(c->keys, err);
    for (int64_t row = 0; row < n; row++) {
        const char *code = pp_column_get_text(key, row);
        double y = year->number[row];
        if (!code) {
            return refuse(row, c->key, NULL, err, "a row of the indicators has no key");
        }
        if (!(y == floor(y) && fabs(y) < 1e6)) {
            return refuse(row, "year", code, err, "a row of the indicators has no year");
        }
        c->keys[row] = (pp__row_key){code, (int)y, row};
    }
    c->n_keys = n;
    qsort(c->keys, (size_t)n, sizeof *c->keys, compare_keys);
    return check_unique(c, err);
}

/* The first key that is not before (key, year). */
static int64_t lower_bound(const pp__covariates *c, const char *key, int year) {
    pp__row_key wanted = {key, year, -1};
    int64_t low = 0, high = c->n_keys;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (compare_keys(&c->keys[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t pp__covariates_row(const pp__covariates *c, const char *key, int year) {
    int64_t i = lower_bound(c, key, year);
    int found =
        i < c->n_keys && c->keys[i].year == year && strcmp(c->keys[i].key, key) == 0;
    return found ? c->keys[i].row : -1;
}

int64_t pp__covariates_count(const pp__covariates *c, const char *key) {
    int64_t first = lower_bound(c, key, -1000000), last = first;
    while (last < c->n_keys && strcmp(c->keys[last].key, key) == 0) {
        last++;
    }
    return last - first;
}

/* ---- which columns the panel keeps ---- */

static const pp_derived *find_derived(const pp_panel_spec *spec, const char *name) {
    for (int64_t i = 0; i < spec->n_derived; i++) {
        if (strcmp(spec->derived[i].name, name) == 0) {
            return &spec->derived[i];
        }
    }
    return NULL;
}

static int is_own(const char *name) {
    static const char *const own[] = {"iso3",   "place_id",  "year",  "name",
                                      "region", "subregion", "pp_row"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(own[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_wanted(const pp_panel_spec *spec, const char *name) {
    if (!spec->variables) {
        return 1;
    }
    for (const char *const *v = spec->variables; *v; v++) {
        if (strcmp(*v, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status choose_kept(const pp_panel_spec *spec, pp_arena *arena,
                             pp__covariates *c, pp_error *err) {
    pp_column *column;
    int n = pp_table_columns(c->table);
    for (const char *const *v = spec->variables; v && *v; v++) {
        PP_TRY(pp_table_require(c->table, *v, &column, err));
    }
    c->kept = pp_arena_alloc(arena, n, sizeof *c->kept);
    PP_NEED(c->kept, err);
    for (int i = 0; i < n; i++) {
        const pp_derived *derived;
        column = pp_table_column(c->table, i);
        if (is_own(column->name) || !is_wanted(spec, column->name)) {
            continue;
        }
        derived = find_derived(spec, column->name);
        c->kept[c->n_kept++] = (pp__covariate){
            column, derived && derived->lag >= 0 ? derived->lag : spec->lag};
    }
    return PP_OK;
}

/* ---- changes ---- */

static pp_status note_changed(const pp_assignment *set, int64_t n, int64_t rows,
                              pp_result *report, pp_error *err) {
    pp_table *table = pp_result_find(report, "changed");
    int64_t row;
    if (!table) {
        PP_TRY(pp_result_add(report, "changed", "What was changed", &table, err));
        PP_TRY(pp_table_add(table, PP_TEXT, "variable", NULL, err));
        PP_TRY(pp_table_add(table, PP_NUMBER, "rows", NULL, err));
        pp_table_find(table, "rows")->show = PP_SHOW_COUNT;
    }
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp_column_set_text(table, pp_table_find(table, "variable"), row,
                                  set[i].column, err));
        pp_table_find(table, "rows")->number[row] = (double)rows;
    }
    return PP_OK;
}

static pp_status change(const pp_panel_spec *spec, const pp_assignment *set, int64_t n,
                        const pp_context *ctx, pp__covariates *c, pp_result *report,
                        pp_error *err) {
    int64_t rows;
    for (int64_t i = 0; i < n; i++) {
        if (is_own(set[i].column)) {
            pp_error_set(err, PP_E_ARGUMENT,
                         "'%s' says which row it is: it is no "
                         "variable that can be changed",
                         set[i].column);
            return PP_E_ARGUMENT;
        }
    }
    PP_TRY(pp_table_update(c->table, set, n, spec->changed_where, ctx, &rows, err));
    return note_changed(set, n, rows, report, err);
}

static pp_status change_indicators(const pp_panel_spec *spec, const pp_context *ctx,
                                   pp_arena *arena, pp__covariates *c, pp_result *report,
                                   pp_error *err) {
    pp_assignment *set = pp_arena_alloc(arena, spec->n_changes, sizeof *set);
    int64_t n = 0;
    PP_NEED(set, err);
    for (int64_t i = 0; i < spec->n_changes; i++) {
        if (!find_derived(spec, spec->changes[i].column)) {
            set[n++] = spec->changes[i];
        }
    }
    return n == 0 ? PP_OK : change(spec, set, n, ctx, c, report, err);
}

static pp_status derive(const pp_panel_spec *spec, const pp_derived *derived,
                        const pp_context *ctx, pp__covariates *c, pp_result *report,
                        pp_error *err) {
    PP_TRY(pp__covariates_derive(c->table, derived, ctx, err));
    for (int64_t i = 0; i < spec->n_changes; i++) {
        if (strcmp(spec->changes[i].column, derived->name) == 0) {
            PP_TRY(change(spec, &spec->changes[i], 1, ctx, c, report, err));
        }
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status build(const pp_panel_spec *spec, const pp_context *ctx, pp_arena *arena,
                       pp__covariates *c, pp_result *report, pp_error *err) {
    PP_TRY(read_keys(c, arena, err));
    PP_TRY(change_indicators(spec, ctx, arena, c, report, err));
    for (int64_t i = 0; i < spec->n_derived; i++) {
        PP_TRY(derive(spec, &spec->derived[i], ctx, c, report, err));
    }
    return choose_kept(spec, arena, c, err);
}

pp_status pp__covariates_build(const pp_panel_spec *spec, const pp_table *indicators,
                               const pp_gazetteer *gazetteer, const pp_context *ctx,
                               pp_arena *arena, pp__covariates *out, pp_result *report,
                               pp_error *err) {
    int cities = spec->unit && strcmp(spec->unit, "city") == 0;
    pp_status status;
    *out = (pp__covariates){0};
    out->key = cities && pp_table_find(indicators, "place_id") ? "place_id" : "iso3";
    PP_TRY(
        pp__covariates_open(indicators, out->key, gazetteer, &out->table, report, err));
    status = build(spec, ctx, arena, out, report, err);
    if (status != PP_OK) {
        pp__covariates_clear(out);
    }
    return status;
}

void pp__covariates_clear(pp__covariates *covariates) {
    pp_table_free(covariates->table);
    covariates->table = NULL;
}
