#include "drivers/peers_world.h"

#include "base/check.h"
#include "model/formula.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct finding {
    const pp_table *data;
    const pp_peers_options *options;
    const pp_column *unit, *time, *lo, *hi, *event, *country;
    pp__encoding units, times;
    pp_arena *arena;
    pp__world *w;
    pp_error *err;
} finding;

/* ---- which columns ---- */

static pp_status wrong_row(const finding *f, const pp_column *column, int64_t row,
                           const char *message) {
    char value[32] = "";
    const char *text = pp_column_get_text(column, row);
    if (column->type == PP_NUMBER) {
        pp_format_number(column->number[row], value);
    }
    pp_error_set(f->err, PP_E_INPUT, "%s", message);
    pp_error_locate(f->err, NULL, row + 1, column->name, text ? text : value);
    return PP_E_INPUT;
}

static pp_status need_number(const finding *f, const char *name, const pp_column **out) {
    pp_column *column;
    PP_TRY(pp_table_require(f->data, name, &column, f->err));
    if (column->type != PP_NUMBER) {
        pp_error_set(f->err, PP_E_INPUT, "this column must hold numbers");
        pp_error_locate(f->err, NULL, 0, name, NULL);
        return PP_E_INPUT;
    }
    *out = column;
    return PP_OK;
}

/* The name of a plain column in the formula's outcome; else NULL. */
static const char *plain(const pp__node *node) {
    return node && node->kind == PP__NAME ? node->text : NULL;
}

static pp_status find_dates(finding *f, const char *formula) {
    pp__formula *parsed;
    PP_TRY(pp__formula_parse(formula, f->arena, &parsed, f->err));
    const char *lo = f->options->lo ? f->options->lo : plain(parsed->lo);
    const char *hi = f->options->hi ? f->options->hi : plain(parsed->hi);
    if (lo && hi) {
        PP_TRY(need_number(f, lo, &f->lo));
        return need_number(f, hi, &f->hi);
    }
    if (!lo && !hi && plain(parsed->outcome)) {
        return need_number(f, plain(parsed->outcome), &f->event);
    }
    pp_error_set(f->err, PP_E_ARGUMENT, "the dates of adoption are not known");
    pp_error_locate(f->err, NULL, 0, lo ? "hi" : "lo", NULL);
    pp_error_hint(f->err, "name columns of dates, or write an outcome that is a column");
    return PP_E_ARGUMENT;
}

static pp_status find_columns(finding *f, const char *formula,
                              const pp_model_options *model) {
    pp_column *column;
    if (!model || !model->unit || !model->time) {
        pp_error_set(f->err, PP_E_ARGUMENT, "peers need the columns of unit and time");
        pp_error_locate(f->err, NULL, 0, model && model->unit ? "time" : "unit", NULL);
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_table_require(f->data, model->unit, &column, f->err));
    f->unit = column;
    PP_TRY(need_number(f, model->time, &f->time));
    if (f->options->country) {
        PP_TRY(pp_table_require(f->data, f->options->country, &column, f->err));
        f->country = column;
    }
    return find_dates(f, formula);
}

/* ---- units and periods ---- */

static pp_status place_rows(finding *f) {
    pp__world *w = f->w;
    int64_t n = pp_table_rows(f->data), cells = (int64_t)w->own * w->periods;
    w->row = pp_arena_alloc(f->arena, cells, sizeof *w->row);
    PP_NEED(w->row, f->err);
    memset(w->row, -1, (size_t)cells * sizeof *w->row);
    for (int64_t i = 0; i < n; i++) {
        if (w->unit[i] < 0 || w->period[i] < 0) {
            continue;
        }
        int64_t *cell = &w->row[(int64_t)w->unit[i] * w->periods + w->period[i]];
        if (*cell >= 0) {
            return wrong_row(f, f->unit, i, "two rows of one unit and time");
        }
        if (f->time->number[i] != floor(f->time->number[i])) {
            return wrong_row(f, f->time, i, "the time of peers must be a whole number");
        }
        *cell = i;
    }
    return PP_OK;
}

static pp_status find_units(finding *f) {
    pp__world *w = f->w;
    int64_t n = pp_table_rows(f->data);
    PP_TRY(pp__encode(f->unit, NULL, n, NULL, f->arena, &f->units, f->err));
    PP_TRY(pp__encode(f->time, NULL, n, NULL, f->arena, &f->times, f->err));
    w->unit = f->units.code;
    w->period = f->times.code;
    w->own = f->units.n_levels;
    w->periods = f->times.n_levels;
    w->time = f->times.level_value;
    int64_t most = w->own + (f->options->others ? pp_table_rows(f->options->others) : 0);
    w->id = pp_arena_zalloc(f->arena, 2 * most, sizeof *w->id);
    PP_NEED(w->id, f->err);
    w->country = w->id + most;
    w->lo = pp_arena_alloc(f->arena, 2 * most, sizeof *w->lo);
    PP_NEED(w->lo, f->err);
    w->hi = w->lo + most;
    w->other = pp_arena_alloc(f->arena, most, sizeof *w->other);
    PP_NEED(w->other, f->err);
    for (int32_t u = 0; u < w->own; u++) {
        char space[32];
        w->id[u] = pp_arena_strdup(f->arena, pp__level_name(&f->units, u, space));
        PP_NEED(w->id[u], f->err);
        w->other[u] = -1;
        w->lo[u] = w->hi[u] = NAN;
    }
    w->n = w->own;
    return place_rows(f);
}

/* ---- dates ---- */

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static pp_status read_intervals(finding *f) {
    pp__world *w = f->w;
    uint8_t *seen = pp_arena_zalloc(f->arena, w->own, 1);
    PP_NEED(seen, f->err);
    for (int64_t i = 0; i < pp_table_rows(f->data); i++) {
        int32_t u = w->unit[i];
        double lo = f->lo->number[i], hi = f->hi->number[i];
        if (u < 0) {
            continue;
        }
        if (seen[u] && !(same(w->lo[u], lo) && same(w->hi[u], hi))) {
            return wrong_row(f, f->hi, i,
                             "the interval must be the same in all rows of a unit");
        }
        if (lo > hi) {
            return wrong_row(f, f->lo, i, "the interval ends before it begins");
        }
        seen[u] = 1;
        w->lo[u] = lo;
        w->hi[u] = hi;
    }
    return PP_OK;
}

static void read_events(finding *f) {
    pp__world *w = f->w;
    for (int64_t i = 0; i < pp_table_rows(f->data); i++) {
        int32_t u = w->unit[i];
        if (u >= 0 && w->period[i] >= 0 && f->event->number[i] == 1) {
            w->hi[u] = w->lo[u] =
                fmin(f->time->number[i], isnan(w->hi[u]) ? INFINITY : w->hi[u]);
        }
    }
}

static pp_status add_others(finding *f) {
    const pp_table *others = f->options->others;
    pp__world *w = f->w;
    pp_column *unit, *lo, *hi;
    if (!others) {
        return PP_OK;
    }
    PP_TRY(pp_table_require(others, "unit", &unit, f->err));
    PP_TRY(pp_table_require(others, "lo", &lo, f->err));
    PP_TRY(pp_table_require(others, "hi", &hi, f->err));
    for (int64_t i = 0; i < pp_table_rows(others); i++) {
        const char *id = pp_column_get_text(unit, i);
        int known = !id;
        for (int32_t u = 0; u < w->own && !known; u++) {
            known = strcmp(w->id[u], id) == 0;
        }
        if (!known) {
            w->id[w->n] = w->country[w->n] = id;
            w->lo[w->n] = lo->number[i];
            w->hi[w->n] = hi->number[i];
            w->other[w->n++] = i;
        }
    }
    return PP_OK;
}

static void find_countries(finding *f) {
    pp__world *w = f->w;
    for (int32_t u = 0; u < w->own; u++) {
        w->country[u] = f->country ? NULL : w->id[u];
    }
    for (int64_t i = 0; f->country && i < pp_table_rows(f->data); i++) {
        if (w->unit[i] >= 0 && !w->country[w->unit[i]]) {
            w->country[w->unit[i]] = pp_column_get_text(f->country, i);
        }
    }
}

pp_status pp__world_find(const pp_table *data, const char *formula,
                         const pp_model_options *model, const pp_peers_options *options,
                         pp_arena *arena, pp__world *out, pp_error *err) {
    finding f = {.data = data, .options = options, .arena = arena, .w = out, .err = err};
    *out = (pp__world){.data = data, .exact = 1};
    PP_TRY(find_columns(&f, formula, model));
    PP_TRY(find_units(&f));
    if (f.event) {
        read_events(&f);
    } else {
        PP_TRY(read_intervals(&f));
    }
    PP_TRY(add_others(&f));
    find_countries(&f);
    for (int32_t u = 0; u < out->n; u++) {
        out->exact &= isnan(out->hi[u]) || out->lo[u] == out->hi[u];
    }
    return PP_OK;
}

double pp__world_adopted(const pp__world *w, int32_t j, double time, int expected) {
    double lo = isnan(w->lo[j]) ? fmin(w->time[0], w->hi[j]) : w->lo[j], hi = w->hi[j];
    if (isnan(hi) || time >= hi) {
        return !isnan(hi);
    }
    return expected && time >= lo ? (time - lo + 1) / (hi - lo + 1) : 0;
}
