/* From a table to the columns of the imputation model, and back. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/encode.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static pp_status wrong(const char *option, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "option %s of the imputation is out of range",
                 option);
    pp_error_locate(err, NULL, 0, option, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static int is_one_of(const char *text, const char *a, const char *b) {
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static pp_status settle(const pp_impute_options *given, int64_t n, pp_impute_options *o,
                        pp_error *err) {
    *o = given ? *given : (pp_impute_options){0};
    o->m = o->m == 0 ? 20 : o->m;
    o->method = o->method ? o->method : "chained";
    o->numbers = o->numbers ? o->numbers : "pmm";
    o->degree = o->time ? (o->degree == 0 ? 2 : o->degree) : 0;
    int chained = strcmp(o->method, "chained") == 0;
    o->iterations = o->iterations == 0 ? (chained ? 10 : 1000) : o->iterations;
    o->donors = o->donors == 0 ? 5 : o->donors;
    o->ridge = o->ridge == 0 ? 0.005 * (double)n : o->ridge;
    if (!is_one_of(o->method, "chained", "emb")) {
        return wrong("method", "chained or emb", err);
    }
    if (!is_one_of(o->numbers, "pmm", "normal")) {
        return wrong("numbers", "pmm or normal", err);
    }
    if (o->m < 2 || o->m > 1000) {
        return wrong("m", "a number of imputations from 2 to 1000", err);
    }
    if (o->degree < 0 || o->degree > 5) {
        return wrong("degree", "of the polynomial of time: 1 to 5", err);
    }
    if (o->iterations < 1 || o->iterations > 100000) {
        return wrong("iterations", "1 to 100000", err);
    }
    if (o->donors < 1 || !(o->ridge >= 0)) {
        return wrong(o->donors < 1 ? "donors" : "ridge", "a positive number", err);
    }
    return PP_OK;
}

/* ---- columns ---- */

static int is_zero_one(const double *value, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (!isnan(value[i]) && value[i] != 0 && value[i] != 1) {
            return 0;
        }
    }
    return 1;
}

static pp_status read_category(pp__imputation *im, const pp_column *column,
                               pp__imputed *out, pp_error *err) {
    pp__encoding encoding;
    double *value = pp_arena_alloc(&im->arena, im->n, sizeof *value);
    PP_NEED(value, err);
    PP_TRY(pp__encode(column, NULL, im->n, NULL, &im->arena, &encoding, err));
    for (int64_t i = 0; i < im->n; i++) {
        value[i] = encoding.code[i] < 0 ? NAN : (double)encoding.code[i];
    }
    out->kind = PP__CATEGORIES;
    out->levels = encoding.n_levels;
    out->text = encoding.level;
    out->value = value;
    return PP_OK;
}

static pp_status read_number(pp__imputation *im, const pp_column *column,
                             pp__imputed *out, pp_error *err) {
    double *value = pp_arena_alloc(&im->arena, im->n, sizeof *value);
    PP_NEED(value, err);
    for (int64_t i = 0; i < im->n; i++) {
        value[i] = fabs(column->number[i]) < INFINITY ? column->number[i] : NAN;
    }
    out->value = value;
    out->kind = is_zero_one(value, im->n) ? PP__BINARY_01 : PP__NUMERIC;
    return PP_OK;
}

static pp_status list_missing(pp__imputation *im, pp__imputed *c, pp_error *err) {
    c->missing = pp_arena_alloc(&im->arena, im->n, sizeof *c->missing);
    PP_NEED(c->missing, err);
    for (int64_t i = 0; i < im->n; i++) {
        if (isnan(c->value[i])) {
            c->missing[c->n_missing++] = i;
        }
    }
    if (c->n_missing == im->n || (c->n_missing && c->levels > PP__MAX_LEVELS)) {
        pp_error_set(err, PP_E_ESTIMATION,
                     c->n_missing == im->n ? "a column has no value to impute from"
                                           : "a category of more than %d levels cannot "
                                             "be imputed",
                     PP__MAX_LEVELS);
        pp_error_locate(err, NULL, 0, c->name, NULL);
        pp_error_hint(err, "leave it out of the imputation model");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status add_column(pp__imputation *im, const pp_column *column, int of_data,
                            pp_error *err) {
    pp__imputed c = {
        .column = of_data ? column : NULL, .name = column->name, .levels = 1};
    for (int v = 0; v < im->n_columns; v++) {
        if (strcmp(im->column[v].name, c.name) == 0) {
            return PP_OK;
        }
    }
    if (im->n_columns == PP__MAX_IMPUTED) {
        PP_FAIL(err, PP_E_ARGUMENT, "more than %d columns in the imputation model",
                PP__MAX_IMPUTED);
    }
    PP_TRY(column->type == PP_NUMBER ? read_number(im, column, &c, err)
                                     : read_category(im, column, &c, err));
    PP_TRY(list_missing(im, &c, err));
    if (c.levels <= PP__MAX_LEVELS) {
        im->column[im->n_columns++] = c;
    }
    return PP_OK;
}

/* ---- the panel ---- */

static pp_status read_unit(pp__imputation *im, const pp_table *data, pp_error *err) {
    pp_column *column;
    pp__encoding encoding;
    PP_TRY(pp_table_require(data, im->options.unit, &column, err));
    PP_TRY(pp__encode(column, NULL, im->n, NULL, &im->arena, &encoding, err));
    im->units = encoding.n_levels + 1; /* the last: rows without a unit */
    for (int64_t i = 0; i < im->n; i++) {
        encoding.code[i] = encoding.code[i] < 0 ? encoding.n_levels : encoding.code[i];
    }
    im->unit = encoding.n_levels > 1 ? encoding.code : NULL;
    return PP_OK;
}

/* Legendre's polynomials of time on [-1, 1]: no two of them alike. */
static void fill_trend(const pp__imputation *im, double low, double high) {
    int64_t n = im->n;
    for (int64_t i = 0; i < n; i++) {
        double t = isnan(im->time[i]) || high == low
                       ? 0
                       : 2 * (im->time[i] - low) / (high - low) - 1;
        double before = 1, now = t;
        for (int d = 0; d < im->options.degree; d++) {
            im->trend[i + d * n] = now;
            double next = ((2 * d + 3) * t * now - (d + 1) * before) / (d + 2);
            before = now;
            now = next;
        }
    }
}

static pp_status read_time(pp__imputation *im, const pp_table *data, pp_error *err) {
    pp_column *column;
    double low = INFINITY, high = -INFINITY;
    PP_TRY(pp_table_require(data, im->options.time, &column, err));
    if (column->type != PP_NUMBER) {
        pp_error_set(err, PP_E_INPUT, "the time of an imputation must be a number");
        pp_error_locate(err, NULL, 0, column->name, NULL);
        return PP_E_INPUT;
    }
    im->time = column->number;
    im->trend = pp_arena_alloc(&im->arena, im->n * im->options.degree, sizeof *im->trend);
    PP_NEED(im->trend, err);
    for (int64_t i = 0; i < im->n; i++) {
        low = fmin(low, im->time[i]);
        high = fmax(high, im->time[i]);
    }
    fill_trend(im, low, high);
    return PP_OK;
}

typedef struct place {
    int32_t unit;
    double time;
    int64_t row;
} place;

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->unit != y->unit) {
        return (x->unit > y->unit) - (x->unit < y->unit);
    }
    return (x->time > y->time) - (x->time < y->time);
}

/* The rows of the unit one period before and after. */
static pp_status link_periods(pp__imputation *im, pp_error *err) {
    int64_t n = im->n, count = 0;
    im->before = pp_arena_alloc(&im->arena, 2 * n, sizeof *im->before);
    place *places = pp_arena_alloc(&im->arena, n, sizeof *places);
    PP_NEED(im->before && places ? places : NULL, err);
    im->after = im->before + n;
    for (int64_t i = 0; i < n; i++) {
        im->before[i] = im->after[i] = -1;
        if (!isnan(im->time[i])) {
            places[count++] = (place){im->unit[i], im->time[i], i};
        }
    }
    qsort(places, (size_t)count, sizeof *places, compare_places);
    for (int64_t i = 1; i < count; i++) {
        if (places[i].unit == places[i - 1].unit &&
            places[i].time == places[i - 1].time + 1) {
            im->before[places[i].row] = places[i - 1].row;
            im->after[places[i - 1].row] = places[i].row;
        }
    }
    return PP_OK;
}

static pp_status init(const pp_table *data, const pp_impute_options *options,
                      const char *const *names, int n_names, const pp_column *extra,
                      int n_extra, pp__imputation *im, pp_error *err) {
    im->n = pp_table_rows(data);
    PP_TRY(settle(options, im->n, &im->options, err));
    if (im->n < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "there are too few rows to impute from");
    }
    for (int i = 0; i < n_names; i++) {
        pp_column *column;
        PP_TRY(pp_table_require(data, names[i], &column, err));
        int index = (im->options.unit && strcmp(names[i], im->options.unit) == 0) ||
                    (im->options.time && strcmp(names[i], im->options.time) == 0);
        PP_TRY(index ? PP_OK : add_column(im, column, 1, err));
    }
    for (int i = 0; i < n_extra; i++) {
        PP_TRY(add_column(im, &extra[i], 0, err));
    }
    PP_TRY(im->options.unit ? read_unit(im, data, err) : PP_OK);
    PP_TRY(im->options.time ? read_time(im, data, err) : PP_OK);
    return im->options.lags && im->unit && im->time ? link_periods(im, err) : PP_OK;
}

pp_status pp__imputation_init(const pp_table *data, const pp_impute_options *options,
                              const char *const *names, int n_names,
                              const pp_column *extra, int n_extra, pp__imputation *im,
                              pp_error *err) {
    *im = (pp__imputation){0};
    pp_arena_init(&im->arena);
    pp_status status = init(data, options, names, n_names, extra, n_extra, im, err);
    if (status != PP_OK) {
        pp__imputation_clear(im);
    }
    return status;
}

void pp__imputation_clear(pp__imputation *im) {
    pp_arena_clear(&im->arena);
}

/* ---- all copies ---- */

typedef struct job {
    const pp__imputation *im;
    pp__completed *copy;
    int first;
} job;

static pp_status new_copy(const pp__imputation *im, pp__completed *c, pp_error *err) {
    c->value = pp_calloc(im->n_columns, sizeof *c->value);
    PP_NEED(c->value, err);
    for (int v = 0; v < im->n_columns; v++) {
        c->value[v] = pp_malloc(im->n, sizeof **c->value);
        PP_NEED(c->value[v], err);
    }
    int64_t means = strcmp(im->options.method, "emb") == 0
                        ? 0
                        : (int64_t)im->options.iterations * im->n_columns;
    c->round_mean = pp_malloc(means, sizeof *c->round_mean);
    PP_NEED(c->round_mean, err);
    return PP_OK;
}

static void impute_copy(void *payload, int64_t chunk) {
    const job *j = payload;
    int index = j->first + (int)chunk;
    pp__completed *c = &j->copy[index];
    int emb = strcmp(j->im->options.method, "emb") == 0;
    c->status = new_copy(j->im, c, &c->err);
    if (c->status == PP_OK) {
        c->status = (emb ? pp__emb : pp__chained)(j->im, index, c, &c->err);
    }
}

pp_status pp__impute_all(pp__imputation *im, const pp_context *ctx, pp__completed *copy,
                         pp_error *err) {
    int m = im->options.m, step = pp_threads(ctx) > 0 ? pp_threads(ctx) : 1;
    for (int first = 0; first < m; first += step) {
        int count = m - first < step ? m - first : step;
        job j = {im, copy, first};
        PP_TRY(pp_progress(ctx, "impute", (double)first / m, err));
        pp__parallel(ctx, count, impute_copy, &j);
        for (int i = first; i < first + count; i++) {
            if (copy[i].status != PP_OK) {
                if (err) {
                    *err = copy[i].err;
                }
                return copy[i].status;
            }
        }
    }
    return PP_OK;
}

void pp__completed_clear(const pp__imputation *im, pp__completed *copy, int m) {
    for (int i = 0; copy && i < m; i++) {
        for (int v = 0; copy[i].value && v < im->n_columns; v++) {
            pp_free(copy[i].value[v]);
        }
        pp_free(copy[i].value);
        pp_free(copy[i].round_mean);
    }
}

/* ---- back to tables ---- */

static pp_status put_values(pp_table *table, const pp__imputed *c, const double *value,
                            pp_error *err) {
    pp_column *column = pp_table_find(table, c->name);
    for (int64_t m = 0; m < c->n_missing; m++) {
        int64_t row = c->missing[m];
        if (column->type == PP_NUMBER) {
            column->number[row] = value[row];
            continue;
        }
        const char *level = c->text[(int32_t)value[row]];
        PP_TRY(column->type == PP_TEXT
                   ? pp_column_set_text(table, column, row, level, err)
                   : pp_column_set_level(table, column, row, level, err));
    }
    return PP_OK;
}

pp_status pp__imputation_table(const pp__imputation *im, const pp_table *data,
                               const pp__completed *copy, pp_table **out, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_table_copy(data, &table, err));
    for (int v = 0; v < im->n_columns; v++) {
        const pp__imputed *c = &im->column[v];
        pp_status status = c->column ? put_values(table, c, copy->value[v], err) : PP_OK;
        if (status != PP_OK) {
            pp_table_free(table);
            return status;
        }
    }
    *out = table;
    return PP_OK;
}
