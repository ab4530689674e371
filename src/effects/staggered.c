#include "effects/staggered_reader.h"

#include "base/check.h"
#include "effects/columns.h"

#include <math.h>
#include <string.h>

typedef pp__staggered_reader reader;

/* ---- rows ---- */

static pp__row_state state_of(const reader *r, int64_t row, int has_covariates) {
    if (r->unit.code[row] < 0 || r->time.code[row] < 0) {
        return PP__ROW_WITHOUT_PLACE;
    }
    if (!isfinite(r->y[row])) {
        return PP__ROW_WITHOUT_OUTCOME;
    }
    return has_covariates && (!r->weight || isfinite(r->weight[row]))
               ? PP__ROW_COMPLETE
               : PP__ROW_WITHOUT_COVARIATE;
}

static pp_status judge_rows(reader *r, pp__staggered_report *report) {
    int64_t rows = pp_table_rows(r->data);
    r->state = pp_arena_alloc(r->arena, rows, 1);
    PP_NEED(r->state, r->err);
    if (r->fit) {
        r->fit_row = pp_arena_alloc(r->arena, rows, sizeof *r->fit_row);
        PP_NEED(r->fit_row, r->err);
        memset(r->fit_row, 0xFF, (size_t)rows * sizeof *r->fit_row);
    }
    for (int64_t i = 0; r->fit && i < r->fit->design->n; i++) {
        r->fit_row[pp__design_row(r->fit->design, i)] = i;
    }
    for (int64_t i = 0; i < rows; i++) {
        pp__row_state state = state_of(r, i, !r->fit || r->fit_row[i] >= 0);
        r->state[i] = (uint8_t)state;
        report->incomplete_rows += state != PP__ROW_COMPLETE;
        report->no_outcome += state == PP__ROW_WITHOUT_OUTCOME;
        report->no_covariate += state == PP__ROW_WITHOUT_COVARIATE;
    }
    report->rows = rows;
    return PP_OK;
}

/* Variances sum squares of squares: beyond this they are no numbers. */
static pp_status check_outcome(const reader *r) {
    const double most = 1e75;
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        if (r->state[i] == PP__ROW_COMPLETE && fabs(r->y[i]) > most) {
            pp_error_set(r->err, PP_E_INPUT,
                         "the outcome is too large to reckon with: %g", r->y[i]);
            pp_error_locate(r->err, NULL, i + 1, r->options->outcome, NULL);
            pp_error_hint(r->err,
                          "divide the whole column, so that no value is beyond "
                          "%g; or mend this one",
                          most);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status read_weights(reader *r) {
    pp_column *weight;
    double sum = 0;
    if (!r->options->weights) {
        return PP_OK;
    }
    PP_TRY(
        pp__effects_column(r->data, r->options->weights, "weights", 1, &weight, r->err));
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        double w = weight->number[i];
        if (w < 0 || isinf(w)) {
            pp_error_set(r->err, PP_E_INPUT, "a weight is %g", w);
            pp_error_locate(r->err, NULL, i + 1, r->options->weights, NULL);
            pp_error_hint(r->err, "weights are finite and not negative");
            return PP_E_INPUT;
        }
        sum += isnan(w) ? 0 : w;
    }
    if (!(sum > 0)) {
        pp_error_set(r->err, PP_E_INPUT, "no row has a weight above 0");
        pp_error_locate(r->err, NULL, 0, r->options->weights, NULL);
        return PP_E_INPUT;
    }
    r->weight = weight->number;
    return PP_OK;
}

/* ---- units ---- */

const char *pp__reader_name(const reader *r, int32_t unit) {
    char space[32];
    return r->form == PP__CROSSSECTION
               ? pp_arena_printf(r->arena, "row %d", (int)unit + 1)
               : pp_arena_strdup(r->arena, pp__level_name(&r->unit, unit, space));
}

pp_status pp__reader_refuse(const reader *r, int32_t unit, const char *column,
                            const char *problem, const char *hint) {
    const char *name = pp__reader_name(r, unit);
    PP_NEED(name, r->err);
    pp_error_set(r->err, PP_E_INPUT, "unit %s: %s", name, problem);
    pp_error_locate(r->err, NULL, 0, column, NULL);
    pp_error_hint(r->err, "%s", hint);
    return PP_E_INPUT;
}

/* Units of cross-sections are rows. */
static pp_status read_units(reader *r) {
    int64_t rows = pp_table_rows(r->data);
    if (r->form != PP__CROSSSECTION) {
        return pp__effects_encode(r->data, r->options->unit, "units", 0, r->ctx, r->arena,
                                  &r->unit, r->err);
    }
    if (rows > INT32_MAX) {
        PP_FAIL(r->err, PP_E_INPUT, "there are more than %d rows", INT32_MAX);
    }
    r->unit.code = pp_arena_alloc(r->arena, rows, sizeof *r->unit.code);
    PP_NEED(r->unit.code, r->err);
    r->unit.n_levels = (int32_t)rows;
    for (int32_t i = 0; i < r->unit.n_levels; i++) {
        r->unit.code[i] = i;
    }
    return PP_OK;
}

pp_status pp__reader_refuse_twice(const reader *r, int64_t row, int64_t other) {
    const char *name = pp__reader_name(r, r->unit.code[row]);
    PP_NEED(name, r->err);
    pp_error_set(r->err, PP_E_INPUT,
                 "unit %s has the period %.15g twice, in rows %lld and %lld", name,
                 r->time.level_value[r->time.code[row]], (long long)other + 1,
                 (long long)row + 1);
    pp_error_locate(r->err, NULL, 0, r->options->unit, NULL);
    pp_error_hint(r->err, "one row for each unit and period is expected");
    return PP_E_INPUT;
}

/* Rows of cross-sections are independent only where no unit is in several. */
static pp_status count_repeated(const reader *r, pp__staggered_report *report) {
    pp__encoding name;
    if (r->form != PP__CROSSSECTION || r->options->cluster || !r->options->unit) {
        return PP_OK;
    }
    PP_TRY(pp__effects_encode(r->data, r->options->unit, "units", 0, r->ctx, r->arena,
                              &name, r->err));
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        report->repeated += name.code[i] >= 0;
    }
    report->repeated -= name.n_levels;
    return PP_OK;
}

static pp_status place_rows(reader *r) {
    int64_t rows = pp_table_rows(r->data),
            cells = (int64_t)r->unit.n_levels * r->time.n_levels;
    if (r->form != PP__BALANCED) {
        return PP_OK;
    }
    r->row = pp_arena_alloc(r->arena, cells, sizeof *r->row);
    PP_NEED(r->row, r->err);
    memset(r->row, 0xFF, (size_t)cells * sizeof *r->row);
    for (int64_t i = 0; i < rows; i++) {
        if (r->state[i] != PP__ROW_COMPLETE) {
            continue;
        }
        int64_t *at =
            &r->row[(int64_t)r->unit.code[i] * r->time.n_levels + r->time.code[i]];
        if (*at >= 0) {
            return pp__reader_refuse_twice(r, i, *at);
        }
        *at = i;
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
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->place[u] =
            r->why[u] == PP__KEPT ? begin[find_cohort(s, r->first[u]) + 1]++ : -1;
    }
    s->begin = begin;
    return PP_OK;
}

static pp_status name_units(const reader *r, pp__staggered *s) {
    const char **name = pp_arena_alloc(r->arena, s->n, sizeof *name);
    PP_NEED(name, r->err);
    for (int32_t u = 0; r->form != PP__CROSSSECTION && u < r->unit.n_levels; u++) {
        if (r->place[u] >= 0) {
            PP_NEED(name[r->place[u]] = pp__reader_name(r, u), r->err);
        }
    }
    s->name = r->form == PP__CROSSSECTION ? NULL : name;
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
    PP_NEED(x, r->err);
    s->x = x;
    PP_TRY(gather(r, s, NULL, NULL, &x[s->k++]));
    for (int j = d ? d->intercept : 0; d && j < d->k; j++) {
        PP_TRY(gather(r, s, d->x[j], r->fit_row, &x[s->k++]));
    }
    return PP_OK;
}

/* A unit counts with its weight in the first period. */
static pp_status gather_values(reader *r, pp__staggered *s) {
    if (r->form != PP__BALANCED) {
        return pp__reader_rows(r, s);
    }
    PP_TRY(gather(r, s, r->y, NULL, &s->y));
    if (r->weight) {
        PP_TRY(gather(r, s, r->weight, NULL, &s->weight));
        s->share = s->weight;
    }
    return gather_covariates(r, s);
}

static pp_status gather_clusters(reader *r, pp__staggered *s) {
    pp__encoding encoding;
    s->clusters = s->n;
    if (!r->options->cluster || (r->options->unit && r->form != PP__CROSSSECTION &&
                                 strcmp(r->options->cluster, r->options->unit) == 0)) {
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
        if (at < 0 || r->state[i] != PP__ROW_COMPLETE) {
            continue;
        }
        if (encoding.code[i] < 0 ||
            (cluster[at] >= 0 && cluster[at] != encoding.code[i])) {
            return pp__reader_refuse(r, u, r->options->cluster,
                                     "the cluster is missing or changes within this unit",
                                     "a unit must be in one cluster");
        }
        cluster[at] = encoding.code[i];
    }
    s->cluster = cluster;
    s->clusters = encoding.n_levels;
    return PP_OK;
}

static pp_status name_covariates(reader *r, pp__staggered *s) {
    const pp__design *d = r->fit ? r->fit->design : NULL;
    const char **name = pp_arena_zalloc(r->arena, d ? d->k + 1 : 1, sizeof *name);
    PP_NEED(name, r->err);
    s->x_name = name;
    for (int j = d ? d->intercept : 0; d && j < d->k; j++) {
        PP_NEED(*++name = pp_arena_strdup(r->arena, d->column[j].name), r->err);
    }
    return PP_OK;
}

static pp_status check_sizes(const reader *r, const pp__staggered *s,
                             const pp__staggered_report *report) {
    if (s->periods < 2) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there is one period: changes need two");
    }
    if (r->unit.n_levels == 1) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "there is one unit: nobody to compare it with");
        pp_error_locate(r->err, NULL, 0, r->options->unit, NULL);
        pp_error_hint(r->err, "rows of units that are not treated, or later, are needed");
        return PP_E_ESTIMATION;
    }
    if (s->cohorts == 0 && report->never_later > 0) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "nothing is seen of treatment: no unit%s is first treated after %g "
                     "and by %g, where the data end, and %lld later",
                     r->form == PP__BALANCED ? " that is seen in every period" : "",
                     s->time[0], s->time[s->periods - 1], (long long)report->never_later);
        pp_error_hint(r->err, "data of later periods are needed");
        return PP_E_ESTIMATION;
    }
    if (s->cohorts == 0) {
        int balanced = r->form == PP__BALANCED;
        if (report->always_treated > 0 && report->always_treated == report->units) {
            pp_error_set(r->err, PP_E_ESTIMATION,
                         "all %lld units are treated from the first period, %.15g, on",
                         (long long)report->units, s->time[0]);
            pp_error_hint(r->err,
                          "periods before treatment and units that are not treated "
                          "are needed; see how treatment is coded");
            return PP_E_ESTIMATION;
        }
        pp_error_set(r->err, PP_E_ESTIMATION, "no unit%s is first treated after %g",
                     balanced ? " that is seen in every period" : "", s->time[0]);
        pp_error_hint(r->err, "%lld of %d units %s; see how treatment is coded%s",
                      (long long)s->n, (int)r->unit.n_levels,
                      balanced ? "have every period" : "are seen before they are treated",
                      balanced && s->n < r->unit.n_levels
                          ? ", or allow holes in the panel (panel: unbalanced)"
                          : "");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status read(reader *r, pp__staggered *s, pp__staggered_report *report) {
    pp_column *outcome;
    PP_TRY(
        pp__effects_column(r->data, r->options->outcome, "outcome", 1, &outcome, r->err));
    r->y = outcome->number;
    PP_TRY(read_units(r));
    PP_TRY(pp__effects_encode(r->data, r->options->time, "periods", 1, r->ctx, r->arena,
                              &r->time, r->err));
    s->periods = r->time.n_levels;
    s->time = r->time.level_value;
    if (s->periods == 0) {
        PP_FAIL(r->err, PP_E_ESTIMATION, "there are no periods");
    }
    PP_TRY(read_weights(r));
    PP_TRY(pp__effects_covariates(r->data, r->options->outcome, r->options->covariates,
                                  r->ctx, &r->fit, r->err));
    PP_TRY(judge_rows(r, report));
    PP_TRY(check_outcome(r));
    PP_TRY(count_repeated(r, report));
    PP_TRY(place_rows(r));
    PP_TRY(pp__reader_cohorts(r, report));
    PP_TRY(pp__reader_losses(r, report));
    PP_TRY(list_cohorts(r, s));
    PP_TRY(order_units(r, s));
    PP_TRY(name_units(r, s));
    PP_TRY(check_sizes(r, s, report));
    PP_TRY(gather_values(r, s));
    PP_TRY(name_covariates(r, s));
    return gather_clusters(r, s);
}

static pp__panel_form form_of(const pp_did_options *o) {
    return !o->panel || strcmp(o->panel, "balanced") == 0 ? PP__BALANCED
           : strcmp(o->panel, "unbalanced") == 0          ? PP__UNBALANCED
                                                          : PP__CROSSSECTION;
}

pp_status pp__staggered_read(const pp_table *data, const pp_did_options *options,
                             const pp_context *ctx, pp_arena *arena, pp__staggered *out,
                             pp__staggered_report *report, pp_error *err) {
    reader r = {.data = data, .options = options, .ctx = ctx, .arena = arena, .err = err};
    r.form = form_of(options);
    *out = (pp__staggered){0};
    *report = (pp__staggered_report){0};
    pp_status status = read(&r, out, report);
    pp_fit_free(r.fit);
    return status;
}
