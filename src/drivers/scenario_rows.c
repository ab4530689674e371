#include "drivers/scenario_rows.h"

#include "base/check.h"
#include "table/expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    int32_t unit, period;
    int64_t row;
} place;

typedef struct reading {
    const pp_fit *fit;
    const pp_table *table[PP__ARMS];
    const pp_scenario_options *options;
    const char *unit, *time;
    pp__scenario_rows *out;
    pp__encoding units, periods, regions; /* over all rows; code NULL: none */
    place *places;                        /* of the rows that both arms predict */
    int64_t *position; /* of each row of the tables among them; -1: left out */
    int64_t all;
    pp_arena *arena;
    pp_error *err;
} reading;

/* ---- keys ---- */

static pp_status encode(reading *r, int arm, const char *name, pp__encoding *out) {
    pp_column *column;
    PP_TRY(pp_table_require(r->table[arm], name, &column, r->err));
    return pp__encode(column, NULL, r->all, NULL, r->arena, out, r->err);
}

static int same_levels(const pp__encoding *a, const pp__encoding *b) {
    int same = a->n_levels == b->n_levels && !a->level == !b->level;
    for (int32_t l = 0; same && l < a->n_levels; l++) {
        same = a->level ? strcmp(a->level[l], b->level[l]) == 0
                        : a->level_value[l] == b->level_value[l];
    }
    return same;
}

/* A key of the rows; it must be the same in both tables. */
static pp_status read_key(reading *r, const char *name, pp__encoding *out) {
    pp__encoding other;
    PP_TRY(encode(r, PP__AS_OBSERVED, name, out));
    PP_TRY(encode(r, PP__CHANGED, name, &other));
    int same = same_levels(out, &other);
    for (int64_t i = 0; same && i < r->all; i++) {
        same = out->code[i] == other.code[i];
    }
    if (!same) {
        pp_error_set(r->err, PP_E_INPUT, "column '%s' is not the same in both tables",
                     name);
        pp_error_hint(r->err,
                      "a scenario changes values, and never which rows there are");
        return PP_E_INPUT;
    }
    return PP_OK;
}

static pp_status read_keys(reading *r) {
    pp_column *time;
    if (!r->unit) {
        return PP_OK;
    }
    if (!r->time) {
        pp_error_set(r->err, PP_E_ARGUMENT, "a scenario of units needs their periods");
        pp_error_locate(r->err, NULL, 0, "time", NULL);
        pp_error_hint(r->err, "name the column of time, or no column of units: then each "
                              "row is a unit of its own");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_table_require(r->table[PP__AS_OBSERVED], r->time, &time, r->err));
    if (time->type != PP_NUMBER) {
        PP_FAIL(r->err, PP_E_INPUT, "the time '%s' must be a number", r->time);
    }
    PP_TRY(read_key(r, r->unit, &r->units));
    PP_TRY(read_key(r, r->time, &r->periods));
    return PP_OK;
}

/* ---- rows in their order ---- */

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->unit != y->unit) {
        return (x->unit > y->unit) - (x->unit < y->unit);
    }
    if (x->period != y->period) {
        return (x->period > y->period) - (x->period < y->period);
    }
    return (x->row > y->row) - (x->row < y->row);
}

static pp_status twice(const reading *r, const place *p) {
    char unit[32], period[32];
    pp_error_set(r->err, PP_E_INPUT, "two rows of one unit and period");
    pp_error_locate(r->err, NULL, p->row + 1, r->unit,
                    pp__level_name(&r->units, p->unit, unit));
    pp_error_hint(r->err, "%s has %s twice", pp__level_name(&r->units, p->unit, unit),
                  pp__level_name(&r->periods, p->period, period));
    return PP_E_INPUT;
}

/* The rows of the fit's condition, as it holds before the change; NULL: all. */
static pp_status find_included(reading *r, uint8_t **included) {
    const char *where = r->fit->options.where;
    int64_t *rows, n;
    *included = NULL;
    if (!where) {
        return PP_OK;
    }
    *included = pp_arena_zalloc(r->arena, r->all, 1);
    PP_NEED(*included, r->err);
    PP_TRY(pp__table_where(r->table[PP__AS_OBSERVED], where, NULL, &rows, &n, r->err));
    for (int64_t i = 0; i < n; i++) {
        (*included)[rows[i]] = 1;
    }
    pp_free(rows);
    return PP_OK;
}

static pp_status order_rows(reading *r) {
    const char **missing[PP__ARMS];
    uint8_t *included;
    pp__scenario_rows *o = r->out;
    for (int a = 0; a < PP__ARMS; a++) {
        PP_TRY(pp__frame_new(r->fit, r->table[a], r->arena, &o->frame[a], &missing[a],
                             r->err));
    }
    PP_TRY(find_included(r, &included));
    r->places = pp_arena_alloc(r->arena, r->all, sizeof *r->places);
    PP_NEED(r->places, r->err);
    for (int64_t i = 0; i < r->all; i++) {
        if (included && !included[i]) {
            continue;
        }
        int32_t unit = r->unit ? r->units.code[i] : (int32_t)i;
        int32_t period = r->time && r->unit ? r->periods.code[i] : 0;
        if (missing[PP__AS_OBSERVED][i] || missing[PP__CHANGED][i] || unit < 0 ||
            period < 0) {
            o->rows_left_out++;
        } else {
            r->places[o->n++] = (place){unit, period, i};
        }
    }
    if (o->n == 0) {
        pp_error_set(r->err, PP_E_ESTIMATION, "none of the %lld rows can be predicted",
                     (long long)r->all);
        pp_error_hint(r->err, "%s",
                      r->all > 0 && missing[0][0] ? missing[0][0] : "see `predictions`");
        return PP_E_ESTIMATION;
    }
    qsort(r->places, (size_t)o->n, sizeof *r->places, compare_places);
    for (int64_t i = 1; r->unit && i < o->n; i++) {
        if (r->places[i].unit == r->places[i - 1].unit &&
            r->places[i].period == r->places[i - 1].period) {
            return twice(r, &r->places[i]);
        }
    }
    return PP_OK;
}

/* ---- units ---- */

static pp_status find_units(reading *r) {
    pp__scenario_rows *o = r->out;
    int32_t known = r->unit ? r->units.n_levels : (int32_t)r->all, last = 0;
    o->row = pp_arena_alloc(r->arena, o->n, sizeof *o->row);
    PP_NEED(o->row, r->err);
    o->period = pp_arena_alloc(r->arena, 2 * o->n, sizeof *o->period);
    PP_NEED(o->period, r->err);
    o->number = o->period + o->n;
    o->begin = pp_arena_alloc(r->arena, o->n + 1 + r->all, sizeof *o->begin);
    PP_NEED(o->begin, r->err);
    r->position = o->begin + o->n + 1;
    for (int64_t i = 0; i < r->all; i++) {
        r->position[i] = -1;
    }
    for (int64_t i = 0; i < o->n; i++) {
        const place *p = &r->places[i];
        o->row[i] = p->row;
        r->position[p->row] = i;
        o->period[i] = p->period;
        last = p->period > last ? p->period : last;
        if (i == 0 || p->unit != p[-1].unit) {
            o->number[o->units] = p->unit;
            o->begin[o->units++] = i;
        }
    }
    o->begin[o->units] = o->n;
    o->units_left_out = known - o->units;
    for (int64_t u = 0; u < o->units; u++) {
        o->units_end_early += o->period[o->begin[u + 1] - 1] < last;
    }
    o->unit_names = r->units;
    o->period_names = r->periods;
    return PP_OK;
}

/* A unit's region is that of its first row that has one. */
static pp_status find_regions(reading *r) {
    pp__scenario_rows *o = r->out;
    if (!r->options->region) {
        return PP_OK;
    }
    PP_TRY(encode(r, PP__AS_OBSERVED, r->options->region, &r->regions));
    o->region_names = r->regions;
    o->region = pp_arena_alloc(r->arena, o->units, sizeof *o->region);
    PP_NEED(o->region, r->err);
    for (int64_t u = 0; u < o->units; u++) {
        int64_t i = o->begin[u];
        while (i + 1 < o->begin[u + 1] && r->regions.code[o->row[i]] < 0) {
            i++;
        }
        o->region[u] = r->regions.code[o->row[i]];
    }
    return PP_OK;
}

/* ---- columns ---- */

static pp_status fill_columns(reading *r, int arm) {
    const pp__change as_is = {.kind = PP__AS_IS};
    pp__scenario_rows *o = r->out;
    const pp__design *d = &o->frame[arm].design;
    double *tile = pp_arena_alloc(
        r->arena, (int64_t)d->k * PP__TILE + pp__design_scratch(d), sizeof *tile);
    PP_NEED(tile, r->err);
    o->x[arm] = pp_arena_alloc(r->arena, o->n * o->k, sizeof *o->x[arm]);
    PP_NEED(o->x[arm], r->err);
    for (int64_t begin = 0; begin < r->all; begin += PP__TILE) {
        int n = r->all - begin < PP__TILE ? (int)(r->all - begin) : PP__TILE;
        pp__design_change(d, &as_is, begin, n, tile, NULL,
                          tile + (int64_t)d->k * PP__TILE);
        for (int i = 0; i < n; i++) {
            int64_t at = r->position[begin + i];
            for (int j = 0; at >= 0 && j < o->k; j++) {
                o->x[arm][at * o->k + j] = tile[i + (int64_t)j * PP__TILE];
            }
        }
    }
    if (o->frame[arm].outside) {
        o->outside[arm] = pp_arena_alloc(r->arena, o->n, sizeof(double));
        PP_NEED(o->outside[arm], r->err);
        for (int64_t i = 0; i < o->n; i++) {
            o->outside[arm][i] = o->frame[arm].outside[o->row[i]];
        }
    }
    return PP_OK;
}

static pp_status find_changes(reading *r) {
    pp__scenario_rows *o = r->out;
    o->changed = pp_arena_zalloc(r->arena, o->n, 1);
    PP_NEED(o->changed, r->err);
    for (int64_t i = 0; i < o->n; i++) {
        const double *a = o->x[PP__AS_OBSERVED] + i * o->k,
                     *b = o->x[PP__CHANGED] + i * o->k;
        for (int j = 0; j < o->k; j++) {
            o->changed[i] |= a[j] != b[j];
        }
        if (o->outside[0]) {
            o->changed[i] |= o->outside[0][i] != o->outside[1][i];
        }
    }
    return PP_OK;
}

pp_status pp__scenario_read(const pp_fit *fit, const pp_table *baseline,
                            const pp_table *changed, const pp_scenario_options *options,
                            pp_arena *arena, pp__scenario_rows *out, pp_error *err) {
    *out = (pp__scenario_rows){.k = pp__regressors(fit)};
    reading r = {.fit = fit,
                 .table = {baseline, changed},
                 .options = options,
                 .unit = options->unit ? options->unit : fit->options.unit,
                 .time = options->time ? options->time : fit->options.time,
                 .out = out,
                 .all = pp_table_rows(baseline),
                 .arena = arena,
                 .err = err};
    if (pp_table_rows(changed) != r.all) {
        PP_FAIL(err, PP_E_INPUT, "the tables have %lld and %lld rows", (long long)r.all,
                (long long)pp_table_rows(changed));
    }
    if (r.all == 0 || r.all > INT32_MAX) {
        PP_FAIL(err, PP_E_INPUT, "a scenario of %lld rows cannot be made",
                (long long)r.all);
    }
    PP_TRY(read_keys(&r));
    PP_TRY(order_rows(&r));
    PP_TRY(find_units(&r));
    PP_TRY(find_regions(&r));
    PP_TRY(fill_columns(&r, PP__AS_OBSERVED));
    PP_TRY(fill_columns(&r, PP__CHANGED));
    return find_changes(&r);
}
