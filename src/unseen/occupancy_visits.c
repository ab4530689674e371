/* Visits as the data have them, and data with one row a visit. */
#include "unseen/occupancy_reader.h"

#include "base/check.h"
#include "model/encode.h"

#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>

void pp__visits_clear(pp__visits *v) {
    pp_table_free(v->unit_table);
    pp_table_free(v->visit_table);
    pp_table_free(v->season_table);
    v->unit_table = v->visit_table = v->season_table = NULL;
}

pp_status pp__visits_fail(const pp__visits_reader *r, const char *option,
                          const char *value, const char *message, const char *hint) {
    pp_error_set(r->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(r->err, NULL, 0, option, value);
    pp_error_hint(r->err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* ---- what a visit may have found ---- */

static pp_status wrong_cell(const pp__visits_reader *r, const pp_column *column,
                            int64_t row, const char *value) {
    pp_error_set(r->err, PP_E_INPUT, "a visit finds nothing (0) or something (1%s)",
                 r->most == 2 ? "; for certain, 2" : "");
    pp_error_locate(r->err, NULL, row + 1, column->name, value);
    pp_error_hint(r->err, "leave the cell empty where there was no visit; turn counts "
                          "into 0 and 1 first");
    return PP_E_INPUT;
}

pp_status pp__visits_check(const pp__visits_reader *r, const pp_column *column) {
    char number[32];
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        if (pp_column_is_missing(column, i)) {
            continue;
        }
        if (column->type != PP_NUMBER) {
            return wrong_cell(r, column, i, pp_column_get_text(column, i));
        }
        double y = column->number[i];
        if (y != 0 && y != 1 && !(y == 2 && r->most == 2)) {
            pp_format_number(y, number);
            return wrong_cell(r, column, i, number);
        }
    }
    return PP_OK;
}

/* ---- what both ways share ---- */

pp_status pp__visits_allocate(pp__visits_reader *r, int64_t most) {
    pp__visits *v = r->v;
    v->unit = pp_arena_alloc(r->arena, most, sizeof *v->unit);
    v->season = pp_arena_alloc(r->arena, most, sizeof *v->season);
    v->place = pp_arena_alloc(r->arena, most, sizeof *v->place);
    v->found = pp_arena_alloc(r->arena, most, sizeof *v->found);
    v->certain = pp_arena_zalloc(r->arena, most, 1);
    PP_NEED(v->unit && v->season && v->place && v->found && v->certain ? v : NULL,
            r->err);
    return PP_OK;
}

static pp_status cell_name(const pp__visits_reader *r, const pp_column *column,
                           int64_t row, const char **out) {
    char number[32] = "";
    const char *text = NULL;
    if (column->type == PP_NUMBER) {
        pp_format_number(column->number[row], number);
    } else {
        text = pp_column_get_text(column, row);
    }
    *out = pp_arena_strdup(r->arena, text ? text : number);
    PP_NEED(*out, r->err);
    return PP_OK;
}

pp_status pp__visits_name_units(pp__visits_reader *r, const int64_t *row) {
    pp__visits *v = r->v;
    pp_column *column = NULL;
    v->unit_name = pp_arena_alloc(r->arena, v->units, sizeof *v->unit_name);
    PP_NEED(v->unit_name, r->err);
    if (r->o->unit) {
        PP_TRY(pp_table_require(r->data, r->o->unit, &column, r->err));
    }
    for (int64_t u = 0; u < v->units; u++) {
        int64_t at = row ? row[u] : u;
        if (column) {
            PP_TRY(cell_name(r, column, at, &v->unit_name[u]));
        } else {
            v->unit_name[u] = pp_arena_printf(r->arena, "%lld", (long long)at + 1);
            PP_NEED(v->unit_name[u], r->err);
        }
    }
    return PP_OK;
}

pp_status pp__visits_name_seasons(pp__visits_reader *r) {
    pp__visits *v = r->v;
    v->season_name = pp_arena_alloc(r->arena, v->seasons, sizeof *v->season_name);
    PP_NEED(v->season_name, r->err);
    for (int t = 0; t < v->seasons; t++) {
        v->season_name[t] = pp_arena_printf(r->arena, "%d", t + 1);
        PP_NEED(v->season_name[t], r->err);
    }
    return PP_OK;
}

/* ---- one row a visit ---- */

typedef struct place {
    int32_t unit, season;
    int64_t row;
} place;

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    int order = (x->unit > y->unit) - (x->unit < y->unit);
    order = order ? order : (x->season > y->season) - (x->season < y->season);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* Codes of a column that may not be missing; NULL: all zero. */
static pp_status encode_all(const pp__visits_reader *r, const char *name,
                            pp__encoding *out, pp_column **column) {
    int64_t n = pp_table_rows(r->data);
    PP_TRY(pp_table_require(r->data, name, column, r->err));
    PP_TRY(pp__encode(*column, NULL, n, r->ctx, r->arena, out, r->err));
    for (int64_t i = 0; i < n; i++) {
        if (out->code[i] < 0) {
            pp_error_set(r->err, PP_E_INPUT, "every row needs its %s", name);
            pp_error_locate(r->err, NULL, i + 1, name, NULL);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status order_rows(pp__visits_reader *r, place **out) {
    pp__visits *v = r->v;
    int64_t n = pp_table_rows(r->data);
    pp_column *column;
    pp__encoding units, seasons = {0};
    PP_TRY(encode_all(r, r->o->unit, &units, &column));
    v->units = units.n_levels;
    v->seasons = 1;
    if (r->o->season) {
        PP_TRY(encode_all(r, r->o->season, &seasons, &column));
        if (column->type != PP_NUMBER) {
            return pp__visits_fail(r, "season", r->o->season, "seasons must be numbers",
                                   "number them in their order");
        }
        v->seasons = seasons.n_levels;
        PP_TRY(pp__visits_name_seasons(r));
        for (int t = 0; t < v->seasons; t++) {
            char text[32];
            v->season_name[t] =
                pp_arena_strdup(r->arena, pp__level_name(&seasons, t, text));
            PP_NEED(v->season_name[t], r->err);
        }
    } else {
        PP_TRY(pp__visits_name_seasons(r));
    }
    place *p = pp_arena_alloc(r->arena, n, sizeof *p);
    PP_NEED(p, r->err);
    for (int64_t i = 0; i < n; i++) {
        p[i] = (place){units.code[i], seasons.code ? seasons.code[i] : 0, i};
    }
    qsort(p, (size_t)n, sizeof *p, compare_places);
    *out = p;
    return PP_OK;
}

static pp_status list_long(pp__visits_reader *r, const place *p, int64_t **rows) {
    pp__visits *v = r->v;
    int64_t n = pp_table_rows(r->data);
    pp_column *found, *certain = NULL;
    PP_TRY(pp_table_require(r->data, r->o->detected, &found, r->err));
    PP_TRY(pp__visits_check(r, found));
    if (r->o->certain) {
        PP_TRY(pp_table_require(r->data, r->o->certain, &certain, r->err));
        PP_TRY(pp__visits_check(r, certain));
    }
    PP_TRY(pp__visits_allocate(r, n));
    *rows = pp_arena_alloc(r->arena, n, sizeof **rows);
    PP_NEED(*rows, r->err);
    for (int64_t i = 0, at = 0; i < n; i++, at++) {
        int64_t row = p[i].row;
        at = i > 0 && p[i].unit == p[i - 1].unit ? at : 0;
        if (!pp_column_is_missing(found, row)) {
            v->unit[v->n] = p[i].unit;
            v->season[v->n] = p[i].season;
            v->place[v->n] = (int32_t)at;
            v->found[v->n] = found->number[row];
            v->certain[v->n] = certain && !pp_column_is_missing(certain, row) &&
                               certain->number[row] == 1;
            (*rows)[v->n++] = row;
        }
    }
    return PP_OK;
}

/* A row for each unit and season but the last: the first that data have. */
static pp_status long_seasons(pp__visits_reader *r, const place *p, int64_t n) {
    pp__visits *v = r->v;
    int64_t changes = v->seasons - 1, *rows;
    rows = pp_arena_alloc(r->arena, v->units * changes, sizeof *rows);
    PP_NEED(rows, r->err);
    memset(rows, -1, (size_t)(v->units * changes) * sizeof *rows);
    for (int64_t i = n - 1; i >= 0; i--) {
        if (p[i].season < changes) {
            rows[p[i].unit * changes + p[i].season] = p[i].row;
        }
    }
    for (int64_t i = 0; i < v->units * changes; i++) {
        if (rows[i] < 0) {
            pp_error_set(r->err, PP_E_INPUT, "unit %s has no row in season %s",
                         v->unit_name[i / changes], v->season_name[i % changes]);
            pp_error_locate(r->err, NULL, 0, r->o->season, NULL);
            pp_error_hint(r->err, "add one in which '%s' is empty: no visit was made",
                          r->o->detected);
            return PP_E_INPUT;
        }
    }
    return pp_table_take_rows(r->data, rows, v->units * changes, &v->season_table,
                              r->err);
}

static pp_status read_long(pp__visits_reader *r) {
    pp__visits *v = r->v;
    int64_t n = pp_table_rows(r->data), *rows;
    place *p = NULL;
    v->by_visit = 1;
    PP_TRY(order_rows(r, &p));
    PP_TRY(list_long(r, p, &rows));
    int64_t *first = pp_arena_alloc(r->arena, v->units, sizeof *first);
    PP_NEED(first, r->err);
    for (int64_t i = n - 1; i >= 0; i--) {
        first[p[i].unit] = p[i].row;
    }
    PP_TRY(pp__visits_name_units(r, first));
    PP_TRY(pp_table_take_rows(r->data, first, v->units, &v->unit_table, r->err));
    PP_TRY(pp_table_take_rows(r->data, rows, v->n, &v->visit_table, r->err));
    return v->seasons > 1 ? long_seasons(r, p, n) : PP_OK;
}

/* ---- the whole ---- */

static pp_status check_options(const pp__visits_reader *r) {
    const pp_occupancy_options *o = r->o;
    if ((o->visits != NULL) == (o->detected != NULL)) {
        return pp__visits_fail(
            r, o->visits ? "detected" : "visits", NULL,
            o->visits ? "visits are given in two ways" : "which columns are the visits?",
            "one row a unit: --visits v1,v2,v3; one row a visit: --unit "
            "id --detected y");
    }
    if (o->detected && !o->unit) {
        return pp__visits_fail(r, "unit", NULL, "one row a visit needs the units' column",
                               "--unit id");
    }
    if (o->detected && (o->n_visit_variables || o->n_season_variables || o->seasons)) {
        return pp__visits_fail(r, "detected", o->detected,
                               "columns of visits and seasons are for one row a unit",
                               "with one row a visit variables are columns, and seasons "
                               "come from --season");
    }
    if (o->visits && o->season) {
        return pp__visits_fail(r, "season", o->season,
                               "a column of seasons is for one row a visit",
                               "with one row a unit give their number: --seasons 3");
    }
    return PP_OK;
}

pp_status pp__visits_read(const pp_table *data, const pp_occupancy_options *options,
                          int most, const pp_context *ctx, pp_arena *arena,
                          pp__visits *out, pp_error *err) {
    pp__visits_reader r = {data, options, most, ctx, arena, out, err};
    *out = (pp__visits){0};
    PP_TRY(check_options(&r));
    if (pp_table_rows(data) == 0) {
        return pp_error_set(err, PP_E_INPUT, "the data have no rows");
    }
    return options->visits ? pp__visits_read_wide(&r) : read_long(&r);
}

static int same_cell(const pp_column *a, int64_t i, const pp_column *b, int64_t j) {
    if (pp_column_is_missing(a, i) || pp_column_is_missing(b, j)) {
        return pp_column_is_missing(a, i) == pp_column_is_missing(b, j);
    }
    return a->type == PP_NUMBER
               ? a->number[i] == b->number[j]
               : strcmp(pp_column_get_text(a, i), pp_column_get_text(b, j)) == 0;
}

pp_status pp__visits_constant(const pp__visits *v, const char *name, pp_error *err) {
    const pp_column *of_unit = pp_table_find(v->unit_table, name);
    const pp_column *of_visit = pp_table_find(v->visit_table, name);
    for (int64_t i = 0; v->by_visit && of_unit && of_visit && i < v->n; i++) {
        if (!same_cell(of_unit, v->unit[i], of_visit, i)) {
            pp_error_set(err, PP_E_INPUT, "%s varies between the visits of unit %s", name,
                         v->unit_name[v->unit[i]]);
            pp_error_locate(err, NULL, 0, name, NULL);
            pp_error_hint(err, "adoption can hang only on what is the same in all rows "
                               "of a unit; detection may hang on the rest");
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

void pp__visits_keep(pp__visits *v, const uint8_t *keep) {
    int64_t n = 0;
    for (int64_t i = 0; i < v->n; i++) {
        if (keep[i]) {
            v->unit[n] = v->unit[i];
            v->season[n] = v->season[i];
            v->place[n] = v->place[i];
            v->certain[n] = v->certain[i];
            v->found[n++] = v->found[i];
        }
    }
    v->n = n;
}
