#include "effects/matching/history.h"

#include "base/check.h"
#include "effects/columns.h"
#include "model/fit.h"

#include <math.h>
#include <string.h>

typedef struct reader {
    const pp_table *data;
    const pp_matching_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__encoding unit, time;
    pp_fit *fit; /* of the covariates; NULL: none */
    pp__history *h;
} reader;

static int64_t cells(const reader *r) {
    return (int64_t)r->h->units * r->h->periods;
}

static double *new_column(const reader *r) {
    double *column = pp_arena_alloc(r->arena, cells(r), sizeof *column);
    for (int64_t i = 0; column && i < cells(r); i++) {
        column[i] = NAN;
    }
    return column;
}

static int64_t cell_of(const reader *r, int64_t row) {
    return r->unit.code[row] < 0 || r->time.code[row] < 0
               ? -1
               : (int64_t)r->unit.code[row] * r->h->periods + r->time.code[row];
}

/* ---- rows ---- */

static pp_status refuse(const reader *r, int64_t row, const char *column,
                        const char *problem, const char *hint) {
    char space[32];
    pp_error_set(r->err, PP_E_INPUT, "unit %s: %s",
                 pp__level_name(&r->unit, r->unit.code[row], space), problem);
    pp_error_locate(r->err, NULL, row + 1, column, NULL);
    pp_error_hint(r->err, "%s", hint);
    return PP_E_INPUT;
}

static pp_status check_rows(reader *r) {
    uint8_t *seen = pp_arena_zalloc(r->arena, cells(r) + 1, 1);
    PP_NEED(seen, r->err);
    r->h->rows = pp_table_rows(r->data);
    for (int64_t i = 0; i < r->h->rows; i++) {
        int64_t at = cell_of(r, i);
        if (at >= 0 && seen[at]++) {
            return refuse(r, i, r->options->unit, "a period stands there twice",
                          "one row for each unit and period is expected");
        }
    }
    return PP_OK;
}

static pp_status check_periods(reader *r) {
    const double *time = r->h->time;
    for (int32_t t = 2; t < r->h->periods; t++) {
        double step = time[t] - time[t - 1], first = time[1] - time[0];
        if (fabs(step - first) > 1e-9 * fabs(first)) {
            pp_error_set(r->err, PP_E_INPUT,
                         "periods are not at equal distances: %g, %g, then %g",
                         time[t - 2], time[t - 1], time[t]);
            pp_error_locate(r->err, NULL, 0, r->options->time, NULL);
            pp_error_hint(r->err,
                          "lags and leads count periods: keep a span without gaps, "
                          "or number the periods 1, 2, 3");
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

/* ---- treatment ---- */

static double turned(const reader *r, double treated) {
    const char *quantity = r->options->quantity;
    return quantity && strcmp(quantity, "art") == 0 ? 1 - treated : treated;
}

static pp_status read_treatment(reader *r, double *d) {
    pp_column *column;
    PP_TRY(pp__effects_column(r->data, r->options->treatment, "treatment", 1, &column,
                              r->err));
    for (int64_t i = 0; i < r->h->rows; i++) {
        double value = column->number[i];
        int64_t at = cell_of(r, i);
        if (at < 0 || isnan(value)) {
            continue;
        }
        if (value != 0 && value != 1) {
            return refuse(
                r, i, r->options->treatment, "treatment is neither 0 nor 1",
                "matching on history knows treated and untreated periods only; for "
                "a first period of treatment name it as the cohort");
        }
        d[at] = turned(r, value);
    }
    return PP_OK;
}

static pp_status read_cohort(reader *r, double *d) {
    pp_column *column;
    double *first = pp_arena_alloc(r->arena, r->h->units, sizeof *first);
    PP_NEED(first, r->err);
    PP_TRY(pp__effects_column(r->data, r->options->cohort, "first period of treatment", 1,
                              &column, r->err));
    for (int32_t u = 0; u < r->h->units; u++) {
        first[u] = NAN;
    }
    for (int64_t i = 0; i < r->h->rows; i++) {
        int32_t u = r->unit.code[i];
        double g = column->number[i];
        g = isnan(g) || g == 0 ? INFINITY : g;
        if (u >= 0 && !isnan(first[u]) && first[u] != g) {
            return refuse(
                r, i, r->options->cohort,
                "the first period of treatment changes",
                "write the same period (or nothing, for never) into all rows of a "
                "unit");
        }
        if (u >= 0) {
            first[u] = g;
        }
    }
    for (int64_t i = 0; i < cells(r); i++) {
        d[i] = turned(r, r->h->time[i % r->h->periods] >= first[i / r->h->periods]);
    }
    return PP_OK;
}

static pp_status read_either(reader *r) {
    double *d = new_column(r);
    PP_NEED(d, r->err);
    r->h->d = d;
    if (!r->options->treatment == !r->options->cohort) {
        pp_error_set(r->err, PP_E_ARGUMENT,
                     "one of treatment and cohort must be named, and not both");
        pp_error_hint(r->err, "treatment: a column of zeros and ones; cohort: the first "
                              "period of treatment");
        return PP_E_ARGUMENT;
    }
    return r->options->treatment ? read_treatment(r, d) : read_cohort(r, d);
}

/* ---- what units should resemble each other in ---- */

static pp_status gather(const reader *r, const double *from, const pp__design *design,
                        const double **out) {
    double *to = new_column(r);
    PP_NEED(to, r->err);
    *out = to;
    int64_t n = design ? design->n : r->h->rows;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = cell_of(r, design ? pp__design_row(design, i) : i);
        if (at >= 0 && isfinite(from[i])) {
            to[at] = from[i];
        }
    }
    return PP_OK;
}

static pp_status read_columns(reader *r) {
    const pp__design *design = r->fit ? r->fit->design : NULL;
    int most = design ? design->k + 1 : 1;
    const double **x = pp_arena_alloc(r->arena, most, sizeof *x);
    const char **term = pp_arena_alloc(r->arena, most, sizeof *term);
    pp_column *outcome;
    PP_NEED(x && term ? x : NULL, r->err);
    PP_TRY(
        pp__effects_column(r->data, r->options->outcome, "outcome", 1, &outcome, r->err));
    PP_NEED(term[0] = pp_arena_strdup(r->arena, r->options->outcome), r->err);
    PP_TRY(gather(r, outcome->number, NULL, &x[0]));
    r->h->k = 1;
    for (int j = design ? design->intercept : 0; design && j < design->k; j++) {
        PP_NEED(term[r->h->k] = pp_arena_strdup(r->arena, design->column[j].name),
                r->err);
        PP_TRY(gather(r, design->x[j], design, &x[r->h->k++]));
    }
    r->h->x = x;
    r->h->term = term;
    for (int64_t i = 0; i < r->h->rows; i++) {
        int64_t at = cell_of(r, i);
        int whole = at >= 0 && !isnan(r->h->d[at]);
        for (int j = 0; whole && j < r->h->k; j++) {
            whole = !isnan(x[j][at]);
        }
        r->h->incomplete_rows += !whole;
    }
    return PP_OK;
}

static pp_status name_units(reader *r) {
    const char **name = pp_arena_alloc(r->arena, r->h->units + 1, sizeof *name);
    PP_NEED(name, r->err);
    for (int32_t u = 0; u < r->h->units; u++) {
        char space[32];
        PP_NEED(name[u] = pp_arena_strdup(r->arena, pp__level_name(&r->unit, u, space)),
                r->err);
    }
    r->h->name = name;
    return PP_OK;
}

static pp_status read(reader *r) {
    pp_column *outcome;
    PP_TRY(
        pp__effects_column(r->data, r->options->outcome, "outcome", 1, &outcome, r->err));
    PP_TRY(pp__effects_encode(r->data, r->options->unit, "units", 0, r->ctx, r->arena,
                              &r->unit, r->err));
    PP_TRY(pp__effects_encode(r->data, r->options->time, "periods", 1, r->ctx, r->arena,
                              &r->time, r->err));
    r->h->units = r->unit.n_levels;
    r->h->periods = r->time.n_levels;
    r->h->time = r->time.level_value;
    if (cells(r) == 0) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there are no units or no periods");
    }
    PP_TRY(check_periods(r));
    PP_TRY(check_rows(r));
    PP_TRY(read_either(r));
    PP_TRY(pp__effects_covariates(r->data, r->options->outcome, r->options->covariates,
                                  r->ctx, &r->fit, r->err));
    PP_TRY(read_columns(r));
    return name_units(r);
}

pp_status pp__history_read(const pp_table *data, const pp_matching_options *options,
                           const pp_context *ctx, pp_arena *arena, pp__history *out,
                           pp_error *err) {
    reader r = {.data = data,
                .options = options,
                .ctx = ctx,
                .arena = arena,
                .err = err,
                .h = out};
    *out = (pp__history){0};
    pp_status status = read(&r);
    pp_fit_free(r.fit);
    return status;
}
