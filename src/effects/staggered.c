#include "effects/staggered.h"

#include "base/check.h"
#include "effects/columns.h"
#include "model/fit.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct reader {
    const pp_table *data;
    const pp_did_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    const double *y;
    pp__encoding unit, time;
    pp_fit *fit;          /* of the covariates; NULL: none */
    int64_t *row;         /* of unit u in period t, at u periods + t; -1: none */
    double *first;        /* of unit: the first period of treatment; infinity: never */
    pp__left_out *why;    /* of unit */
    int64_t *place;       /* of unit: its index in the order of cohorts; -1: left out */
    uint8_t *is_complete; /* of row */
} reader;

/* ---- rows ---- */

/* The covariates' design over the rows that have an outcome and all of them. */
static pp_status fit_covariates(reader *r) {
    pp_buf formula;
    if (!r->options->covariates) {
        return PP_OK;
    }
    pp_buf_init(&formula);
    pp_buf_printf(&formula, "`%s` ~ %s", r->options->outcome, r->options->covariates);
    pp_status status = pp_buf_check(&formula, r->err);
    if (status == PP_OK) {
        status = pp_model_fit(formula.data, r->data, &(pp_model_options){.model = "ols"},
                              r->ctx, &r->fit, r->err);
    }
    pp_buf_clear(&formula);
    return status;
}

static pp_status mark_complete(reader *r, pp__staggered_report *report) {
    int64_t rows = pp_table_rows(r->data);
    r->is_complete = pp_arena_zalloc(r->arena, rows, 1);
    PP_NEED(r->is_complete, r->err);
    for (int64_t i = 0; r->fit && i < r->fit->design->n; i++) {
        r->is_complete[pp__design_row(r->fit->design, i)] = 1;
    }
    for (int64_t i = 0; i < rows; i++) {
        r->is_complete[i] =
            (uint8_t)(isfinite(r->y[i]) && r->unit.code[i] >= 0 && r->time.code[i] >= 0 &&
                      (!r->fit || r->is_complete[i]));
        report->incomplete_rows += !r->is_complete[i];
    }
    report->rows = rows;
    return PP_OK;
}

/* ---- units ---- */

static const char *name_unit(const reader *r, int32_t unit) {
    char space[32];
    return pp_arena_strdup(r->arena, pp__level_name(&r->unit, unit, space));
}

static pp_status refuse_unit(const reader *r, int32_t unit, const char *column,
                             const char *problem, const char *hint) {
    char space[32];
    pp_error_set(r->err, PP_E_INPUT, "%s", problem);
    pp_error_locate(r->err, NULL, 0, column, pp__level_name(&r->unit, unit, space));
    pp_error_hint(r->err, "%s", hint);
    return PP_E_INPUT;
}

static pp_status place_rows(reader *r) {
    int64_t rows = pp_table_rows(r->data),
            cells = (int64_t)r->unit.n_levels * r->time.n_levels;
    r->row = pp_arena_alloc(r->arena, cells, sizeof *r->row);
    PP_NEED(r->row, r->err);
    memset(r->row, 0xFF, (size_t)cells * sizeof *r->row);
    for (int64_t i = 0; i < rows; i++) {
        if (!r->is_complete[i]) {
            continue;
        }
        int64_t *at =
            &r->row[(int64_t)r->unit.code[i] * r->time.n_levels + r->time.code[i]];
        if (*at >= 0) {
            return refuse_unit(r, r->unit.code[i], r->options->unit,
                               "this unit has a period twice",
                               "one row for each unit and period is expected");
        }
        *at = i;
    }
    return PP_OK;
}

static double first_period(const reader *r, double value) {
    double last = r->time.level_value[r->time.n_levels - 1];
    return isnan(value) || value == 0 || value > last ? INFINITY : value;
}

static pp_status read_cohorts(reader *r) {
    pp_column *cohort;
    PP_TRY(pp__effects_column(r->data, r->options->cohort, "first period of treatment", 1,
                              &cohort, r->err));
    r->first = pp_arena_alloc(r->arena, r->unit.n_levels, sizeof *r->first);
    PP_NEED(r->first, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->first[u] = NAN;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i];
        double g = first_period(r, cohort->number[i]);
        if (u >= 0 && !isnan(r->first[u]) && r->first[u] != g) {
            return refuse_unit(
                r, u, r->options->cohort,
                "the first period of treatment changes within this unit",
                "write the same period (or nothing, for never) into all rows "
                "of a unit");
        }
        if (u >= 0) {
            r->first[u] = g;
        }
    }
    return PP_OK;
}

static pp__left_out judge(const reader *r, int32_t unit) {
    const int64_t *row = r->row + (int64_t)unit * r->time.n_levels;
    if (r->first[unit] <= r->time.level_value[0]) {
        return PP__ALWAYS_TREATED;
    }
    for (int32_t t = 0; t < r->time.n_levels; t++) {
        if (row[t] < 0) {
            return PP__NOT_IN_EVERY_PERIOD;
        }
    }
    return PP__KEPT;
}

static pp_status judge_units(reader *r, pp__staggered_report *report) {
    int32_t units = r->unit.n_levels;
    r->why = pp_arena_alloc(r->arena, units, sizeof *r->why);
    report->unit = pp_arena_alloc(r->arena, units, sizeof *report->unit);
    pp__left_out *why = pp_arena_alloc(r->arena, units, sizeof *why);
    PP_NEED(r->why && report->unit ? why : NULL, r->err);
    report->why = why;
    report->units = units;
    for (int32_t u = 0; u < units; u++) {
        r->why[u] = judge(r, u);
        if (r->why[u] != PP__KEPT) {
            PP_NEED(report->unit[report->n] = name_unit(r, u), r->err);
            why[report->n++] = r->why[u];
        }
    }
    return PP_OK;
}

/* ---- the order of cohorts ---- */

static int find_cohort(const pp__staggered *s, double first) {
    int c = 0;
    while (c < s->cohorts && s->first[c] != first) {
        c++;
    }
    return c;
}

static pp_status list_cohorts(reader *r, pp__staggered *s) {
    int32_t periods = r->time.n_levels;
    double *first = pp_arena_alloc(r->arena, r->unit.n_levels + 1, sizeof *first);
    PP_NEED(first, r->err);
    s->first = first;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        double g = r->first[u];
        if (r->why[u] != PP__KEPT || isinf(g) || find_cohort(s, g) < s->cohorts) {
            continue;
        }
        int at = s->cohorts++;
        for (; at > 0 && first[at - 1] > g; at--) {
            first[at] = first[at - 1];
        }
        first[at] = g;
    }
    if (s->cohorts > 64 * periods) {
        PP_FAIL(r->err, PP_E_INPUT,
                "there are %d first periods of treatment in %d periods", s->cohorts,
                (int)periods);
    }
    return PP_OK;
}

static pp_status order_units(reader *r, pp__staggered *s) {
    int64_t *begin = pp_arena_zalloc(r->arena, s->cohorts + 3, sizeof *begin);
    const char **name;
    r->place = pp_arena_alloc(r->arena, r->unit.n_levels, sizeof *r->place);
    PP_NEED(begin && r->place ? begin : NULL, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        if (r->why[u] == PP__KEPT) {
            begin[find_cohort(s, r->first[u]) + 2]++;
            s->n++;
        }
    }
    for (int c = 2; c < s->cohorts + 3; c++) {
        begin[c] += begin[c - 1];
    }
    name = pp_arena_alloc(r->arena, s->n, sizeof *name);
    PP_NEED(name, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->place[u] = -1;
        if (r->why[u] == PP__KEPT) {
            r->place[u] = begin[find_cohort(s, r->first[u]) + 1]++;
            PP_NEED(name[r->place[u]] = name_unit(r, u), r->err);
        }
    }
    s->begin = begin;
    s->name = name;
    return PP_OK;
}

/* ---- values ---- */

static pp_status gather(const reader *r, const pp__staggered *s, const double *from,
                        const int64_t *index, const double **out) {
    double *to = pp_arena_alloc(r->arena, s->n * s->periods, sizeof *to);
    PP_NEED(to, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        for (int t = 0; r->place[u] >= 0 && t < s->periods; t++) {
            int64_t row = r->row[(int64_t)u * s->periods + t];
            to[t * s->n + r->place[u]] = from ? from[index ? index[row] : row] : 1;
        }
    }
    *out = to;
    return PP_OK;
}

/* The constant, and the covariates' columns. */
static pp_status gather_covariates(reader *r, pp__staggered *s) {
    const pp__design *d = r->fit ? r->fit->design : NULL;
    const double **x = pp_arena_zalloc(r->arena, d ? d->k + 1 : 1, sizeof *x);
    int64_t *index = NULL;
    PP_NEED(x, r->err);
    s->x = x;
    PP_TRY(gather(r, s, NULL, NULL, &x[s->k++]));
    if (d) {
        index = pp_arena_alloc(r->arena, pp_table_rows(r->data), sizeof *index);
        PP_NEED(index, r->err);
    }
    for (int64_t i = 0; d && i < d->n; i++) {
        index[pp__design_row(d, i)] = i;
    }
    for (int j = d ? d->intercept : 0; d && j < d->k; j++) {
        PP_TRY(gather(r, s, d->x[j], index, &x[s->k++]));
    }
    return PP_OK;
}

static pp_status gather_clusters(reader *r, pp__staggered *s) {
    pp__encoding encoding;
    s->clusters = s->n;
    if (!r->options->cluster || strcmp(r->options->cluster, r->options->unit) == 0) {
        return PP_OK;
    }
    PP_TRY(pp__effects_encode(r->data, r->options->cluster, "clusters", 0, r->ctx,
                              r->arena, &encoding, r->err));
    int32_t *cluster = pp_arena_alloc(r->arena, s->n, sizeof *cluster);
    PP_NEED(cluster, r->err);
    for (int64_t i = 0; i < s->n; i++) {
        cluster[i] = -1;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i];
        int64_t at = u >= 0 ? r->place[u] : -1;
        if (at < 0 || !r->is_complete[i]) {
            continue;
        }
        if (encoding.code[i] < 0 ||
            (cluster[at] >= 0 && cluster[at] != encoding.code[i])) {
            return refuse_unit(r, u, r->options->cluster,
                               "the cluster is missing or changes within this unit",
                               "a unit must be in one cluster");
        }
        cluster[at] = encoding.code[i];
    }
    s->cluster = cluster;
    s->clusters = encoding.n_levels;
    return PP_OK;
}

static pp_status check_sizes(const reader *r, const pp__staggered *s) {
    if (s->periods < 2) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there is one period: changes need two");
    }
    if (s->cohorts == 0) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "no unit that is seen in every period is first treated within them");
        pp_error_hint(r->err,
                      "%lld of %d units have every period; see how treatment is coded",
                      (long long)s->n, (int)r->unit.n_levels);
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status read(reader *r, pp__staggered *s, pp__staggered_report *report) {
    pp_column *outcome;
    PP_TRY(
        pp__effects_column(r->data, r->options->outcome, "outcome", 1, &outcome, r->err));
    r->y = outcome->number;
    PP_TRY(pp__effects_encode(r->data, r->options->unit, "units", 0, r->ctx, r->arena,
                              &r->unit, r->err));
    PP_TRY(pp__effects_encode(r->data, r->options->time, "periods", 1, r->ctx, r->arena,
                              &r->time, r->err));
    s->periods = r->time.n_levels;
    s->time = r->time.level_value;
    if (s->periods == 0) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there are no periods");
    }
    PP_TRY(fit_covariates(r));
    PP_TRY(mark_complete(r, report));
    PP_TRY(place_rows(r));
    PP_TRY(read_cohorts(r));
    PP_TRY(judge_units(r, report));
    PP_TRY(list_cohorts(r, s));
    PP_TRY(order_units(r, s));
    PP_TRY(check_sizes(r, s));
    PP_TRY(gather(r, s, r->y, NULL, &s->y));
    PP_TRY(gather_covariates(r, s));
    return gather_clusters(r, s);
}

pp_status pp__staggered_read(const pp_table *data, const pp_did_options *options,
                             const pp_context *ctx, pp_arena *arena, pp__staggered *out,
                             pp__staggered_report *report, pp_error *err) {
    reader r = {.data = data, .options = options, .ctx = ctx, .arena = arena, .err = err};
    *out = (pp__staggered){0};
    *report = (pp__staggered_report){0};
    pp_status status = read(&r, out, report);
    pp_fit_free(r.fit);
    return status;
}
