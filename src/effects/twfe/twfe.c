/* The two-way coefficient, what it is made of, and the tables. */
#include "effects/twfe/twfe.h"

#include "base/check.h"
#include "effects/columns.h"
#include "model/effects/absorb.h"
#include "model/fit.h"
#include "model/tables.h"

#include <pushpull/twfe.h>

#include <math.h>

static const char *const type_names[PP__BACON_TYPES] = {
    "treated vs never", "earlier vs later", "later vs earlier", "treated vs always"};

typedef struct work {
    const pp_twfe_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    double level;
    pp__exposure x;
    pp__twfe_cells cells;
    pp__twfe_weights weights;
    pp__bacon_groups groups;
    pp_table *rows; /* of the regression */
    pp_fit *fit;
    pp_result *result;
} work;

/* ---- cells ---- */

static int64_t count_cells(const pp__exposure *x) {
    int64_t n = 0;
    for (int64_t i = 0; i < x->n * x->periods; i++) {
        n += !isnan(x->y[i]) && !isnan(x->d[i]);
    }
    return n;
}

static pp_status list_cells(work *w) {
    const pp__exposure *x = &w->x;
    int64_t n = count_cells(x), at = 0;
    int32_t *unit = pp_arena_alloc(&w->arena, n, sizeof *unit);
    int32_t *time = pp_arena_alloc(&w->arena, n, sizeof *time);
    double *y = pp_arena_alloc(&w->arena, n, sizeof *y);
    double *d = pp_arena_alloc(&w->arena, n, sizeof *d);
    PP_NEED(unit && time && y ? d : NULL, w->err);
    for (int64_t u = 0; u < x->n; u++) {
        for (int t = 0; t < x->periods; t++) {
            int64_t cell = t * x->n + u;
            if (!isnan(x->y[cell]) && !isnan(x->d[cell])) {
                unit[at] = (int32_t)u;
                time[at] = t;
                y[at] = x->y[cell];
                d[at++] = x->d[cell];
            }
        }
    }
    w->cells = (pp__twfe_cells){.n = n, .unit = unit, .time = time, .y = y, .d = d};
    return PP_OK;
}

/* What unit and period effects leave of the treatment. */
static pp_status find_residual(work *w) {
    pp__twfe_cells *c = &w->cells;
    pp__effects *effects;
    pp__absorber *absorber;
    pp__absorb_report report;
    const pp__grouping by[] = {{"unit", (int32_t *)c->unit, (int32_t)w->x.n},
                               {"time", (int32_t *)c->time, w->x.periods}};
    const pp__absorb_column column = {c->d, 0, 1};
    double *residual = pp_arena_alloc(&w->arena, c->n, sizeof *residual);
    double left = 0, whole = 0;
    PP_NEED(residual, w->err);
    c->residual = residual;
    PP_TRY(pp__effects_make(by, 2, c->n, &w->arena, w->ctx, &effects, w->err));
    PP_TRY(pp__absorber_make(effects, &w->arena, w->ctx, &absorber, w->err));
    PP_TRY(pp__absorber_weigh(absorber, NULL, w->ctx, w->err));
    PP_TRY(pp__absorb(absorber, &column, 1, 1e-14, w->ctx, &residual, &report, w->err));
    for (int64_t i = 0; i < c->n; i++) {
        left += residual[i] * residual[i];
        whole += c->d[i] * c->d[i];
    }
    if (!(left > 1e-16 * whole)) {
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "the treatment does not vary beside units and periods, in %lld rows",
                     (long long)c->n);
        pp_error_locate(
            w->err, NULL, 0,
            w->options->treatment ? w->options->treatment : w->options->cohort, NULL);
        pp_error_hint(w->err, "units must begin or end treatment at different times, or "
                              "some never");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- the coefficient ---- */

static pp_status add_column(work *w, const char *name, double **out) {
    pp_column *column;
    PP_TRY(pp_table_add(w->rows, PP_NUMBER, name, &column, w->err));
    *out = column->number;
    return PP_OK;
}

static pp_status fit_coefficient(work *w) {
    const pp__twfe_cells *c = &w->cells;
    double *y, *d, *unit, *time, *cluster;
    PP_TRY(pp_table_new(&w->rows, w->err));
    PP_TRY(pp_table_resize(w->rows, c->n, w->err));
    PP_TRY(add_column(w, "outcome", &y));
    PP_TRY(add_column(w, "treatment", &d));
    PP_TRY(add_column(w, "unit", &unit));
    PP_TRY(add_column(w, "time", &time));
    PP_TRY(add_column(w, "cluster", &cluster));
    for (int64_t i = 0; i < c->n; i++) {
        y[i] = c->y[i];
        d[i] = c->d[i];
        unit[i] = c->unit[i];
        time[i] = c->time[i];
        cluster[i] = w->x.cluster ? w->x.cluster[c->unit[i]] : c->unit[i];
    }
    const pp_model_options options = {.model = "ols",
                                      .vcov = w->x.cluster ? "cluster:cluster"
                                                           : "cluster:unit",
                                      .level = w->level};
    return pp_model_fit("outcome ~ treatment | unit + time", w->rows, &options, w->ctx,
                        &w->fit, w->err);
}

static double coefficient(const work *w) {
    return pp_fit_estimates(w->fit)[0];
}

/* ---- tables ---- */

static int is_forbidden(pp__bacon_type type) {
    return type == PP__LATER_VS_EARLIER || type == PP__TREATED_VS_ALWAYS;
}

static double forbidden_weight(const work *w) {
    double sum = 0;
    for (int c = 0; c < w->groups.comparisons; c++) {
        sum += is_forbidden(w->groups.of[c].type) ? w->groups.of[c].weight : 0;
    }
    return w->groups.comparisons > 0 ? sum : NAN;
}

static double clusters_of(const work *w) {
    return (double)(w->x.cluster ? w->x.clusters : w->x.n);
}

static pp_status note_coefficient(work *w) {
    const pp__twfe_weights *v = &w->weights;
    double forbidden = forbidden_weight(w);
    const char *mix =
        isnan(forbidden)
            ? "It cannot be taken apart into comparisons of two groups."
            : pp_arena_printf(&w->arena,
                              "%.0f%% of its weight rests on comparisons with units "
                              "that are treated already.",
                              100 * forbidden);
    const char *sign =
        v->negative == 0
            ? "No effect has a negative weight."
            : pp_arena_printf(
                  &w->arena,
                  "%lld of %lld treated cells have negative weights, %.2g in all: with "
                  "effects that differ by a standard deviation of %.3g their mean may be "
                  "zero, %s.",
                  (long long)v->negative, (long long)v->treated, v->negative_sum,
                  v->spread_zero,
                  isnan(v->spread_sign)
                      ? "but they cannot all have the other sign"
                      : pp_arena_printf(
                            &w->arena,
                            "of %.3g they may all have the sign opposite to its own",
                            v->spread_sign));
    PP_NEED(mix && sign ? mix : NULL, w->err);
    const char *note = pp_arena_printf(&w->arena, "%s %s", mix, sign);
    PP_NEED(note, w->err);
    return pp_result_set_note(w->result, "twfe", note, w->err);
}

static pp_status put_coefficient(work *w) {
    const pp__twfe_weights *v = &w->weights;
    double b = coefficient(w), error = sqrt(pp_fit_covariance(w->fit)[0]);
    double q = pp__fit_quantile(w->fit, w->level);
    pp_table *table;
    PP_TRY(pp_result_add(
        w->result, "twfe",
        "A diagnosis, never a result: the coefficient with unit and period effects",
        &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, b},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"conf_low", PP_SHOW_DEFAULT, b - q * error},
        {"conf_high", PP_SHOW_DEFAULT, b + q * error},
        {"p_value", PP_SHOW_P_VALUE, pp__fit_p_value(w->fit, b / error)},
        {"nobs", PP_SHOW_COUNT, (double)w->cells.n},
        {"units", PP_SHOW_COUNT, (double)w->x.n},
        {"periods", PP_SHOW_COUNT, w->x.periods},
        {"clusters", PP_SHOW_COUNT, clusters_of(w)},
        {"forbidden", PP_SHOW_PERCENT, forbidden_weight(w)},
        {"decomposed", PP_SHOW_DEFAULT,
         w->groups.comparisons > 0 ? w->groups.coefficient : NAN},
        {"treated", PP_SHOW_COUNT, (double)v->treated},
        {"negative", PP_SHOW_COUNT, (double)v->negative},
        {"negative_sum", PP_SHOW_DEFAULT, v->negative_sum},
        {"spread_zero", PP_SHOW_DEFAULT, v->spread_zero},
        {"spread_sign", PP_SHOW_DEFAULT, v->spread_sign}};
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err));
    return note_coefficient(w);
}

static pp_status put_type(work *w, pp_table *table, pp__bacon_type type) {
    double weight = 0, sum = 0, n = 0;
    int64_t row;
    for (int c = 0; c < w->groups.comparisons; c++) {
        const pp__bacon *b = &w->groups.of[c];
        if (b->type == type) {
            weight += b->weight;
            sum += b->weight * b->estimate;
            n++;
        }
    }
    if (n == 0) {
        return PP_OK;
    }
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "type", type_names[type], w->err));
    const pp__named cells[] = {{"forbidden", PP_SHOW_FLAG, is_forbidden(type)},
                               {"weight", PP_SHOW_DEFAULT, weight},
                               {"estimate", PP_SHOW_DEFAULT, sum / weight},
                               {"comparisons", PP_SHOW_COUNT, n}};
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_types(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "bacon_types", "What is compared with what", &table,
                         w->err));
    for (int type = 0; type < PP__BACON_TYPES; type++) {
        PP_TRY(put_type(w, table, (pp__bacon_type)type));
    }
    return pp_result_set_note(
        w->result, "bacon_types",
        "Goodman-Bacon (2021). Forbidden comparisons take units for controls that are "
        "treated already: they are wrong where effects grow or differ.",
        w->err);
}

static const char *control_name(work *w, int first) {
    return first == 0 ? "always"
           : first == w->x.periods
               ? "never"
               : pp_arena_printf(&w->arena, "%.15g", w->x.time[first]);
}

static pp_status put_comparisons(work *w) {
    const pp__bacon_groups *g = &w->groups;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "bacon", "Every comparison of two groups", &table,
                         w->err));
    for (int c = 0; c < g->comparisons; c++) {
        const pp__bacon *b = &g->of[c];
        const char *control = control_name(w, g->first[b->control]);
        int64_t row;
        PP_NEED(control, w->err);
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "type", type_names[b->type], w->err));
        PP_TRY(pp__put_number(table, row, "forbidden", PP_SHOW_FLAG,
                              is_forbidden(b->type), w->err));
        PP_TRY(pp__put_number(table, row, "cohort", PP_SHOW_YEAR,
                              w->x.time[g->first[b->treated]], w->err));
        PP_TRY(pp__put_text(table, row, "control", control, w->err));
        const pp__named cells[] = {
            {"weight", PP_SHOW_DEFAULT, b->weight},
            {"estimate", PP_SHOW_DEFAULT, b->estimate},
            {"units", PP_SHOW_COUNT,
             (double)(g->units[b->treated] + g->units[b->control])}};
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(w->result, "bacon",
                              "Weights sum to one, weights times estimates to the "
                              "coefficient of units seen in every period.",
                              w->err);
}

static pp_status put_weight(work *w, pp_table *table, const char *unit, double cohort,
                            double time, double weight, double cells, double negative) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(unit ? pp__put_text(table, row, "unit", unit, w->err)
                : pp__put_number(table, row, "cohort", PP_SHOW_YEAR, cohort, w->err));
    const pp__named numbers[] = {{"time", PP_SHOW_YEAR, time},
                                 {"weight", PP_SHOW_DEFAULT, weight},
                                 {"cells", PP_SHOW_COUNT, cells},
                                 {"negative", PP_SHOW_COUNT, negative}};
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, w->err);
}

/* The first period with treatment of each unit that has it from then on; the number of periods:
   never; -1 in all where somebody's ends or it comes in doses. */
static int find_cohorts(const work *w, int *first) {
    const pp__exposure *x = &w->x;
    for (int64_t u = 0; u < x->n; u++) {
        first[u] = x->periods;
    }
    for (int64_t i = 0; i < w->cells.n; i++) {
        double d = w->cells.d[i];
        int *of = &first[w->cells.unit[i]];
        *of = d == 1 && *of == x->periods ? w->cells.time[i] : *of;
        if ((d != 0 && d != 1) || (d == 0 && *of < x->periods)) {
            return 0;
        }
    }
    return 1;
}

static pp_status put_cohort_weights(work *w, pp_table *table, const int *first) {
    int T = w->x.periods;
    double *sum = pp_arena_zalloc(&w->arena, (int64_t)T * T * 3, sizeof *sum);
    PP_NEED(sum, w->err);
    for (int64_t i = 0; i < w->cells.n; i++) {
        if (w->cells.d[i] != 0) {
            double *of = sum + 3 * (first[w->cells.unit[i]] * T + w->cells.time[i]);
            of[0] += w->weights.weight[i];
            of[1]++;
            of[2] += w->weights.weight[i] < 0;
        }
    }
    for (int c = 0; c < T; c++) {
        for (int t = c; t < T; t++) {
            const double *of = sum + 3 * (c * T + t);
            if (of[1] > 0) {
                PP_TRY(put_weight(w, table, NULL, w->x.time[c], w->x.time[t], of[0],
                                  of[1], of[2]));
            }
        }
    }
    return PP_OK;
}

static pp_status put_weights(work *w) {
    int *first = pp_arena_alloc(&w->arena, w->x.n, sizeof *first);
    pp_table *table;
    PP_NEED(first, w->err);
    PP_TRY(pp_result_add(w->result, "twfe_weights",
                         "Which effects the coefficient is a mean of", &table, w->err));
    PP_TRY(
        pp_result_set_note(w->result, "twfe_weights",
                           "De Chaisemartin and D'Haultfoeuille (2020): weights of the "
                           "effects in treated units and periods; they sum to one.",
                           w->err));
    if (find_cohorts(w, first)) {
        return put_cohort_weights(w, table, first);
    }
    for (int64_t i = 0; i < w->cells.n; i++) {
        char space[32];
        double weight = w->weights.weight[i];
        if (w->cells.d[i] != 0) {
            PP_TRY(put_weight(w, table,
                              pp__level_name(&w->x.unit, w->cells.unit[i], space), NAN,
                              w->x.time[w->cells.time[i]], weight, 1, weight < 0));
        }
    }
    return PP_OK;
}

static pp_status tell(work *w) {
    PP_TRY(pp_result_new("twfe", &w->result, w->err));
    PP_TRY(put_coefficient(w));
    if (w->groups.comparisons > 0) {
        if (w->groups.left_out > 0) {
            PP_TRY(pp_result_warn(w->result, "unbalanced", NULL, w->groups.left_out,
                                  w->err,
                                  "units are not seen in every period: the comparisons "
                                  "are those of the others, whose coefficient is %.4g",
                                  w->groups.coefficient));
        }
        PP_TRY(put_types(w));
        PP_TRY(put_comparisons(w));
    } else {
        PP_TRY(pp_result_warn(w->result, "no_decomposition", NULL, -1, w->err,
                              "no decomposition into comparisons of two groups: %s",
                              w->groups.why));
    }
    return put_weights(w);
}

/* ---- the whole ---- */

static pp_status estimate(work *w, const pp_table *data) {
    const pp_twfe_options *o = w->options;
    const pp__exposure_columns columns = {.outcome = o->outcome,
                                          .unit = o->unit,
                                          .time = o->time,
                                          .treatment = o->treatment,
                                          .cohort = o->cohort,
                                          .cluster = o->cluster};
    PP_TRY(pp__exposure_read(data, &columns, w->ctx, &w->arena, &w->x, w->err));
    PP_TRY(list_cells(w));
    PP_TRY(find_residual(w));
    PP_TRY(fit_coefficient(w));
    PP_TRY(pp__twfe_weigh(&w->cells, coefficient(w), &w->arena, &w->weights, w->err));
    return pp__bacon_decompose(&w->x, &w->arena, &w->groups, w->err);
}

pp_status pp_twfe(const pp_table *data, const pp_twfe_options *options,
                  const pp_context *ctx, pp_result **out, pp_error *err) {
    if (options->level < 0 || options->level >= 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "the level lies between 0 and 1");
    }
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    w->level = options->level > 0 ? options->level : 0.95;
    pp_arena_init(&w->arena);
    pp_status status = estimate(w, data);
    if (status == PP_OK) {
        status = tell(w);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_fit_free(w->fit);
    pp_table_free(w->rows);
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
