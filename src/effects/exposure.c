#include "effects/exposure.h"

#include "base/check.h"
#include "effects/columns.h"
#include "model/fit.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct reader {
    const pp_table *data;
    const pp__exposure_columns *columns;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    const double *y, *d;
    pp__encoding time;
    pp_fit *fit;    /* of the covariates; NULL: none */
    int64_t *place; /* of each row: its cell; -1: none */
    pp__exposure *out;
} reader;

static pp_status refuse_unit(const reader *r, int32_t unit, const char *column,
                             const char *problem, const char *hint) {
    char space[32];
    pp_error_set(r->err, PP_E_INPUT, "%s", problem);
    pp_error_locate(r->err, NULL, 0, column, pp__level_name(&r->out->unit, unit, space));
    pp_error_hint(r->err, "%s", hint);
    return PP_E_INPUT;
}

/* ---- columns ---- */

/* Of a first period: 1 from it on. */
static pp_status derive_treatment(reader *r) {
    pp_column *cohort;
    int64_t rows = pp_table_rows(r->data);
    double *d = pp_arena_alloc(r->arena, rows, sizeof *d);
    PP_NEED(d, r->err);
    PP_TRY(pp__effects_column(r->data, r->columns->cohort, "first period of treatment", 1,
                              &cohort, r->err));
    for (int64_t i = 0; i < rows; i++) {
        double g = cohort->number[i];
        int32_t time = r->time.code[i];
        d[i] = !isnan(g) && g != 0 && time >= 0 && r->time.level_value[time] >= g;
    }
    r->d = d;
    return PP_OK;
}

static pp_status read_treatment(reader *r) {
    pp_column *treatment;
    if (!r->columns->treatment && r->columns->cohort) {
        return derive_treatment(r);
    }
    PP_TRY(pp__effects_column(r->data, r->columns->treatment, "treatment", 1, &treatment,
                              r->err));
    r->d = treatment->number;
    return PP_OK;
}

static pp_status read_columns(reader *r) {
    pp_column *outcome;
    pp__exposure *x = r->out;
    PP_TRY(
        pp__effects_column(r->data, r->columns->outcome, "outcome", 1, &outcome, r->err));
    PP_TRY(pp__effects_encode(r->data, r->columns->unit, "units", 0, r->ctx, r->arena,
                              &x->unit, r->err));
    PP_TRY(pp__effects_encode(r->data, r->columns->time, "periods", 1, r->ctx, r->arena,
                              &r->time, r->err));
    r->y = outcome->number;
    PP_TRY(read_treatment(r));
    x->n = x->unit.n_levels;
    x->periods = r->time.n_levels;
    x->time = r->time.level_value;
    x->rows = pp_table_rows(r->data);
    if (x->periods < 2) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there are fewer than two periods");
    }
    return PP_OK;
}

/* Each row's cell; a cell has one row. */
static pp_status place_rows(reader *r) {
    pp__exposure *x = r->out;
    uint8_t *taken = pp_arena_zalloc(r->arena, x->n * x->periods, 1);
    r->place = pp_arena_alloc(r->arena, x->rows, sizeof *r->place);
    PP_NEED(taken && r->place ? taken : NULL, r->err);
    for (int64_t i = 0; i < x->rows; i++) {
        int32_t unit = x->unit.code[i], time = r->time.code[i];
        r->place[i] = unit < 0 || time < 0 ? -1 : time * x->n + unit;
        if (r->place[i] >= 0 && taken[r->place[i]]++) {
            return refuse_unit(r, unit, r->columns->unit, "this unit has a period twice",
                               "one row for each unit and period is expected");
        }
    }
    return PP_OK;
}

/* ---- values ---- */

static pp_status fill(const reader *r, const double *from, double **out) {
    int64_t cells = r->out->n * r->out->periods;
    double *to = pp_arena_alloc(r->arena, cells, sizeof *to);
    PP_NEED(to, r->err);
    for (int64_t i = 0; i < cells; i++) {
        to[i] = NAN;
    }
    for (int64_t i = 0; from && i < r->out->rows; i++) {
        if (r->place[i] >= 0 && isfinite(from[i])) {
            to[r->place[i]] = from[i];
        }
    }
    *out = to;
    return PP_OK;
}

static pp_status fit_covariates(reader *r) {
    pp_buf formula;
    pp_buf_init(&formula);
    pp_buf_printf(&formula, "`%s` ~ %s", r->columns->outcome, r->columns->covariates);
    pp_status status = pp_buf_check(&formula, r->err);
    if (status == PP_OK) {
        status = pp_model_fit(formula.data, r->data, &(pp_model_options){.model = "ols"},
                              r->ctx, &r->fit, r->err);
    }
    pp_buf_clear(&formula);
    return status;
}

/* Outcomes whose covariates are not there go too. */
static pp_status fill_covariates(reader *r) {
    const pp__design *d = r->fit->design;
    pp__exposure *x = r->out;
    double *y;
    x->x = pp_arena_alloc(r->arena, d->k, sizeof *x->x);
    PP_NEED(x->x, r->err);
    for (int j = d->intercept; j < d->k; j++) {
        PP_TRY(fill(r, NULL, &x->x[x->k]));
        for (int64_t i = 0; i < d->n; i++) {
            int64_t at = r->place[pp__design_row(d, i)];
            if (at >= 0) {
                x->x[x->k][at] = d->x[j][i];
            }
        }
        x->k++;
    }
    PP_TRY(fill(r, NULL, &y));
    for (int64_t i = 0; i < d->n; i++) {
        int64_t at = r->place[pp__design_row(d, i)];
        if (at >= 0) {
            y[at] = x->y[at];
        }
    }
    x->y = y;
    return PP_OK;
}

static pp_status read_clusters(reader *r) {
    pp__exposure *x = r->out;
    pp__encoding encoding;
    x->clusters = x->n;
    if (!r->columns->cluster || strcmp(r->columns->cluster, r->columns->unit) == 0) {
        return PP_OK;
    }
    PP_TRY(pp__effects_encode(r->data, r->columns->cluster, "clusters", 0, r->ctx,
                              r->arena, &encoding, r->err));
    int32_t *cluster = pp_arena_alloc(r->arena, x->n, sizeof *cluster);
    PP_NEED(cluster, r->err);
    memset(cluster, 0xFF, (size_t)x->n * sizeof *cluster);
    for (int64_t i = 0; i < x->rows; i++) {
        int32_t unit = x->unit.code[i], code = encoding.code[i];
        if (unit < 0) {
            continue;
        }
        if (code < 0 || (cluster[unit] >= 0 && cluster[unit] != code)) {
            return refuse_unit(r, unit, r->columns->cluster,
                               "the cluster is missing or changes within this unit",
                               "a unit must be in one cluster");
        }
        cluster[unit] = code;
    }
    x->cluster = cluster;
    x->clusters = encoding.n_levels;
    return PP_OK;
}

static void count_incomplete(reader *r) {
    pp__exposure *x = r->out;
    for (int64_t i = 0; i < x->rows; i++) {
        int64_t at = r->place[i];
        x->incomplete += at < 0 || isnan(x->y[at]) || isnan(x->d[at]);
    }
}

static pp_status read(reader *r) {
    PP_TRY(read_columns(r));
    if (r->columns->covariates) {
        PP_TRY(fit_covariates(r));
    }
    PP_TRY(place_rows(r));
    PP_TRY(fill(r, r->y, &r->out->y));
    PP_TRY(fill(r, r->d, &r->out->d));
    if (r->fit) {
        PP_TRY(fill_covariates(r));
    }
    PP_TRY(read_clusters(r));
    count_incomplete(r);
    return PP_OK;
}

pp_status pp__exposure_read(const pp_table *data, const pp__exposure_columns *columns,
                            const pp_context *ctx, pp_arena *arena, pp__exposure *out,
                            pp_error *err) {
    *out = (pp__exposure){0};
    reader r = {.data = data,
                .columns = columns,
                .ctx = ctx,
                .arena = arena,
                .err = err,
                .out = out};
    pp_status status = read(&r);
    pp_fit_free(r.fit);
    return status;
}
