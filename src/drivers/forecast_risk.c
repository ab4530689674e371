/* Who is at risk of a first adoption, and what is on record of it when. */
#include "base/check.h"
#include "drivers/forecast_parts.h"
#include "model/formula.h"
#include "table/expression.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    int32_t unit;
    double time;
    int64_t row;
} place;

typedef struct reading {
    const pp__formula *formula;
    const pp_table *data;
    const pp_model_options *model;
    const pp_forecast_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_result *result;
    pp__risk *out;
    const pp_column *unit, *time;
    uint8_t *chosen; /* rows that `where` leaves; NULL: all */
    place *places;
    int64_t n;
    pp_error *err;
} reading;

static pp_status wrong_row(const reading *r, const pp_column *column, int64_t row,
                           const char *message, const char *hint) {
    char value[32];
    const char *text = value;
    if (column->type == PP_NUMBER) {
        pp_format_number(column->number[row], value);
    } else {
        text = pp_column_get_text(column, row);
    }
    pp_error_set(r->err, PP_E_INPUT, "%s", message);
    pp_error_locate(r->err, NULL, row + 1, column->name, text);
    if (hint) {
        pp_error_hint(r->err, "%s", hint);
    }
    return PP_E_INPUT;
}

/* ---- columns ---- */

static pp_status need_key(const reading *r, const char *what, const char *name,
                          const pp_column **out) {
    pp_column *column;
    if (!name) {
        pp_error_set(r->err, PP_E_ARGUMENT,
                     "a forecast needs the columns of unit and time");
        pp_error_locate(r->err, NULL, 0, what, NULL);
        pp_error_hint(r->err, "name them: --unit iso3 --time year");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_table_require(r->data, name, &column, r->err));
    *out = column;
    return PP_OK;
}

static pp_status need_named(const reading *r, const char *name) {
    pp_column *column;
    return name ? pp_table_require(r->data, name, &column, r->err) : PP_OK;
}

/* The outcome as a column, or the two of its dates. */
static pp_status check_outcome(reading *r) {
    const pp__formula *f = r->formula;
    const pp__node *nodes[] = {f->outcome, f->lo, f->hi};
    if (f->kind == PP__SPELL) {
        pp_error_set(r->err, PP_E_UNSUPPORTED, "spells cannot be forecast");
        pp_error_hint(r->err, "write the outcome as a column of 0 and 1 a period, or as "
                              "Surv(lo, hi, type = interval)");
        return PP_E_UNSUPPORTED;
    }
    for (int i = 0; i < 3; i++) {
        pp_column *column;
        if (nodes[i] && nodes[i]->kind != PP__NAME) {
            return pp__formula_fail(r->err, PP_E_UNSUPPORTED, nodes[i],
                                    "the outcome of a forecast must be a column");
        }
        if (!nodes[i]) {
            continue;
        }
        PP_TRY(pp_table_require(r->data, nodes[i]->text, &column, r->err));
        if (column->type != PP_NUMBER) {
            pp_error_set(r->err, PP_E_INPUT, "the outcome must be a number");
            pp_error_locate(r->err, NULL, 0, column->name, NULL);
            return PP_E_INPUT;
        }
    }
    r->out->lo = f->lo ? f->lo->text : NULL;
    r->out->hi = f->hi ? f->hi->text : NULL;
    return PP_OK;
}

static pp_status check_columns(reading *r) {
    const pp_forecast_options *o = r->options;
    PP_TRY(need_key(r, "unit", r->model->unit, &r->unit));
    PP_TRY(need_key(r, "time", r->model->time, &r->time));
    if (r->time->type != PP_NUMBER) {
        pp_error_set(r->err, PP_E_INPUT, "the time of a forecast must be a number");
        pp_error_locate(r->err, NULL, 0, r->time->name, NULL);
        return PP_E_INPUT;
    }
    PP_TRY(need_named(r, o->name));
    PP_TRY(need_named(r, o->region));
    PP_TRY(need_named(r, o->status));
    return check_outcome(r);
}

/* ---- rows ---- */

static pp_status choose(reading *r) {
    int64_t *rows = NULL, n = 0;
    if (!r->model->where) {
        return PP_OK;
    }
    r->chosen = pp_arena_zalloc(r->arena, pp_table_rows(r->data), 1);
    PP_NEED(r->chosen, r->err);
    PP_TRY(pp__table_where(r->data, r->model->where, r->ctx, &rows, &n, r->err));
    for (int64_t i = 0; i < n; i++) {
        r->chosen[rows[i]] = 1;
    }
    pp_free(rows);
    return PP_OK;
}

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->unit != y->unit) {
        return x->unit < y->unit ? -1 : 1;
    }
    return (x->time > y->time) - (x->time < y->time);
}

/* Rows with unit and time, in that order. */
static pp_status order_rows(reading *r) {
    int64_t n = pp_table_rows(r->data), lost = 0;
    PP_TRY(pp__encode(r->unit, NULL, n, NULL, r->arena, &r->out->units, r->err));
    r->places = pp_arena_alloc(r->arena, n, sizeof *r->places);
    PP_NEED(r->places, r->err);
    for (int64_t i = 0; i < n; i++) {
        double t = r->time->number[i];
        if (r->chosen && !r->chosen[i]) {
            continue;
        }
        if (r->out->units.code[i] < 0 || !isfinite(t)) {
            lost++;
            continue;
        }
        if (t != floor(t) || fabs(t) > 1e9) {
            return wrong_row(r, r->time, i,
                             "the time of a forecast must be a whole number", NULL);
        }
        r->places[r->n++] = (place){r->out->units.code[i], t, i};
    }
    qsort(r->places, (size_t)r->n, sizeof *r->places, compare_places);
    for (int64_t i = 1; i < r->n; i++) {
        if (compare_places(&r->places[i - 1], &r->places[i]) == 0) {
            return wrong_row(r, r->unit, r->places[i].row,
                             "two rows of one unit and time",
                             "a forecast needs one row for each unit and period");
        }
    }
    return lost == 0 ? PP_OK
                     : pp_result_warn(r->result, "no_key", NULL, lost, r->err,
                                      "%lld rows without unit or time are left out",
                                      (long long)lost);
}

/* Leaves out what comes after a unit's first event. */
static pp_status end_at_events(reading *r) {
    const pp_column *y = pp_table_find(r->data, r->formula->outcome->text);
    int64_t kept = 0, after = 0;
    int done = 0;
    for (int64_t i = 0; i < r->n; i++) {
        double value = y->number[r->places[i].row];
        if (!isnan(value) && value != 0 && value != 1) {
            return wrong_row(r, y, r->places[i].row, "the outcome must be 0 or 1",
                             "1 in the period of adoption, 0 in those before");
        }
        if (i == 0 || r->places[i].unit != r->places[i - 1].unit) {
            done = 0;
        }
        if (!done) {
            r->places[kept++] = r->places[i];
        } else if (!isnan(value)) {
            after++;
        }
        done |= value == 1;
    }
    r->n = kept;
    return after == 0
               ? PP_OK
               : pp_result_warn(r->result, "after_event", y->name, after, r->err,
                                "%lld rows after a unit's first event are left out: "
                                "only a first adoption is forecast",
                                (long long)after);
}

static pp_status take_rows(reading *r) {
    pp__risk *out = r->out;
    int64_t *rows = pp_arena_alloc(r->arena, r->n, sizeof *rows);
    PP_NEED(rows, r->err);
    out->begin = pp_arena_alloc(r->arena, out->units.n_levels + 1, sizeof *out->begin);
    PP_NEED(out->begin, r->err);
    int32_t next = 0;
    for (int64_t i = 0; i < r->n; i++) {
        rows[i] = r->places[i].row;
        while (next <= r->places[i].unit) {
            out->begin[next++] = i;
        }
    }
    while (next <= out->units.n_levels) {
        out->begin[next++] = r->n;
    }
    PP_TRY(pp_table_take_rows(r->data, rows, r->n, &out->data, r->err));
    const pp_forecast_options *o = r->options;
    out->n = r->n;
    out->time = pp_table_find(out->data, r->time->name)->number;
    out->name = pp_table_find(out->data, o->name ? o->name : "name");
    out->region = pp_table_find(out->data, o->region ? o->region : "region");
    out->status = o->status ? pp_table_find(out->data, o->status) : NULL;
    if (r->formula->outcome) {
        out->outcome = pp_table_find(out->data, r->formula->outcome->text)->number;
    }
    return PP_OK;
}

/* ---- dates ---- */

static double date_of(const char *dates, double lo, double hi) {
    if (strcmp(dates, "latest") == 0) {
        return hi;
    }
    return strcmp(dates, "earliest") == 0 ? lo : floor((lo + hi) / 2);
}

static void date_units(reading *r) {
    pp__risk *out = r->out;
    const char *dates = r->options->dates;
    for (int32_t u = 0; u < out->units.n_levels; u++) {
        int64_t begin = out->begin[u], end = out->begin[u + 1];
        out->event[u] = out->known[u] = NAN;
        if (begin < end && out->outcome && out->outcome[end - 1] == 1) {
            out->event[u] = out->known[u] = out->time[end - 1];
        } else if (begin < end && !out->outcome) {
            double lo = pp_table_find(out->data, out->lo)->number[begin];
            double hi = pp_table_find(out->data, out->hi)->number[begin];
            out->known[u] = hi;
            out->event[u] = date_of(dates, lo, hi);
        }
    }
}

/* The periods in which some outcome is known. */
static void find_ends(pp__risk *out) {
    out->first = INFINITY;
    out->last = -INFINITY;
    for (int64_t i = 0; i < out->n; i++) {
        if (!out->outcome || !isnan(out->outcome[i])) {
            out->first = fmin(out->first, out->time[i]);
            out->last = fmax(out->last, out->time[i]);
        }
    }
}

static pp_status check_status(const reading *r) {
    static const char *const WORDS[] = {"no_adoption_found", "adopted",
                                        "supplier_unknown", "not_searched"};
    const pp_column *status =
        r->options->status ? pp_table_find(r->data, r->options->status) : NULL;
    for (int64_t i = 0; status && i < r->n; i++) {
        const char *text = status->type == PP_NUMBER
                               ? "a number"
                               : pp_column_get_text(status, r->places[i].row);
        int known = 0;
        for (size_t w = 0; text && w < sizeof WORDS / sizeof *WORDS; w++) {
            known |= strcmp(text, WORDS[w]) == 0;
        }
        if (text && !known) {
            return wrong_row(r, status, r->places[i].row,
                             "not a word for what is known of a unit",
                             "there are: no_adoption_found, adopted, supplier_unknown, "
                             "not_searched");
        }
    }
    return PP_OK;
}

static pp_status settle(reading *r) {
    pp__risk *out = r->out;
    int32_t units = out->units.n_levels;
    out->event = pp_arena_alloc(r->arena, 2 * (int64_t)units, sizeof *out->event);
    PP_NEED(out->event, r->err);
    out->known = out->event + units;
    out->outside = pp_arena_zalloc(r->arena, units, 1);
    PP_NEED(out->outside, r->err);
    for (int32_t u = 0; r->chosen && u < units; u++) {
        out->outside[u] = out->begin[u] == out->begin[u + 1];
    }
    if (out->region) {
        PP_TRY(
            pp__encode(out->region, NULL, out->n, NULL, r->arena, &out->regions, r->err));
    }
    if (out->n == 0) {
        PP_FAIL(r->err, PP_E_INPUT, "no row has a unit and a time%s",
                r->chosen ? ", and is left by where" : "");
    }
    date_units(r);
    find_ends(out);
    if (!(out->last > out->first)) {
        pp_error_set(r->err, PP_E_INPUT,
                     "the data have outcomes in fewer than two periods: nothing can be "
                     "forecast and compared");
        pp_error_locate(r->err, NULL, 0, r->time->name, NULL);
        return PP_E_INPUT;
    }
    return PP_OK;
}

pp_status pp__risk_read(const pp__formula *formula, const pp_table *data,
                        const pp_model_options *model, const pp_forecast_options *options,
                        const pp_context *ctx, pp_arena *arena, pp_result *result,
                        pp__risk *out, pp_error *err) {
    reading r = {.formula = formula, .data = data, .model = model, .options = options};
    r.ctx = ctx;
    r.arena = arena;
    r.result = result;
    r.out = out;
    r.err = err;
    PP_TRY(check_columns(&r));
    PP_TRY(choose(&r));
    PP_TRY(order_rows(&r));
    PP_TRY(check_status(&r));
    PP_TRY(formula->outcome ? end_at_events(&r) : PP_OK);
    PP_TRY(take_rows(&r));
    return settle(&r);
}

/* ---- asking ---- */

int64_t pp__risk_row(const pp__risk *risk, int32_t unit, double time) {
    int64_t low = risk->begin[unit], high = risk->begin[unit + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (risk->time[middle] == time) {
            return middle;
        }
        low = risk->time[middle] < time ? middle + 1 : low;
        high = risk->time[middle] < time ? high : middle;
    }
    return -1;
}

double pp__risk_outcome(const pp__risk *risk, int32_t unit, double time, double now) {
    int64_t row = pp__risk_row(risk, unit, time);
    if (row < 0) {
        return NAN;
    }
    if (risk->outcome) {
        return risk->outcome[row];
    }
    if (!(risk->known[unit] <= now)) {
        return 0;
    }
    double event = risk->event[unit];
    return isnan(event) || time > event ? NAN : time == event;
}

int pp__risk_adopted(const pp__risk *risk, int32_t unit, double time) {
    /* Adopted at a time that the rule of dates does not give: not known to be at risk. */
    return risk->event[unit] <= time ||
           (!isnan(risk->known[unit]) && isnan(risk->event[unit]));
}

pp_status pp__risk_until(const pp__risk *risk, double origin, pp_table **out,
                         pp_error *err) {
    int64_t n = 0, *rows = pp_malloc(risk->n, sizeof *rows);
    int32_t *unit = pp_malloc(risk->n, sizeof *unit);
    pp_status status =
        rows && unit ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    for (int32_t u = 0; status == PP_OK && u < risk->units.n_levels; u++) {
        for (int64_t i = risk->begin[u]; i < risk->begin[u + 1]; i++) {
            if (risk->time[i] <= origin) {
                unit[n] = u;
                rows[n++] = i;
            }
        }
    }
    if (status == PP_OK) {
        status = pp_table_take_rows(risk->data, rows, n, out, err);
    }
    for (int64_t i = 0; status == PP_OK && risk->hi && i < n; i++) {
        if (risk->known[unit[i]] > origin) {
            pp_table_find(*out, risk->lo)->number[i] = NAN;
            pp_table_find(*out, risk->hi)->number[i] = NAN;
        }
    }
    pp_free(rows);
    pp_free(unit);
    return status;
}

static const char *last_text(const pp__risk *risk, const pp_column *column,
                             int32_t unit) {
    int64_t end = risk->begin[unit + 1];
    return column && column->type != PP_NUMBER && end > risk->begin[unit]
               ? pp_column_get_text(column, end - 1)
               : NULL;
}

const char *pp__risk_name(const pp__risk *risk, int32_t unit, char space[32]) {
    const char *name = last_text(risk, risk->name, unit);
    return name ? name : pp__level_name(&risk->units, unit, space);
}

const char *pp__risk_region(const pp__risk *risk, int32_t unit) {
    return last_text(risk, risk->region, unit);
}
