#include "effects/uncertain/dating.h"

#include "base/check.h"
#include "effects/columns.h"
#include "effects/names.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

pp__dated pp__date_by_rule(pp__dating_rule rule, double low, double high, double last,
                           double *period) {
    *period = NAN;
    if (isnan(low)) {
        return isnan(high) ? PP__NOT_TREATED : PP__BOUND_ONLY;
    }
    if (low > last) {
        return PP__NOT_TREATED;
    }
    double at = rule == PP__EARLIEST ? low
                : rule == PP__LATEST ? high
                                     : floor((low + high) / 2);
    if (!(at <= last)) {
        return PP__PERHAPS_LATER;
    }
    *period = at;
    return PP__AT_PERIOD;
}

/* ---- reading ---- */

static pp_status refuse(const pp__encoding *unit, int64_t of, const char *column,
                        double value, const char *problem, const char *hint,
                        pp_error *err) {
    char space[32], number[32];
    pp_format_number(value, number);
    const char *name = pp__level_name(unit, (int32_t)of, space);
    pp_error_set(err, PP_E_INPUT, "unit %s: %s", name, problem);
    pp_error_locate(err, NULL, 0, column, isnan(value) ? NULL : number);
    pp_error_hint(err, "%s", hint);
    return PP_E_INPUT;
}

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* One value a unit of a column; NaN everywhere without one. Dates of 0 or infinity are none, as in a
   column of cohorts. */
static pp_status by_unit(const pp_table *data, const char *name, const char *what,
                         int is_date, const pp__encoding *unit, int64_t units,
                         pp_arena *arena, double **out, pp_error *err) {
    pp_column *column = NULL;
    char *seen = pp_arena_zalloc(arena, units + 1, 1);
    double *value = pp_arena_zalloc(arena, units + 1, sizeof *value);
    PP_NEED(seen, err);
    PP_NEED(value, err);
    *out = value;
    if (name) {
        PP_TRY(pp__effects_column(data, name, what, 1, &column, err));
    }
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        int32_t u = unit->code[row];
        double v = column ? column->number[row] : NAN;
        v = is_date && (v == 0 || isinf(v)) ? NAN : v;
        if (u < 0) {
            continue;
        }
        if (seen[u] && !same(value[u], v)) {
            return refuse(unit, u, name, v, "it changes within the unit",
                          "it must be the same in all rows of a unit", err);
        }
        value[u] = v;
        seen[u] = 1;
    }
    return PP_OK;
}

/* Where periods begin below 0 a date of 0 may be that period, or none. */
static pp_status check_zero(const pp_table *data, const char *name, double begin,
                            pp_error *err) {
    pp_column *column;
    if (!name || begin >= 0) {
        return PP_OK;
    }
    PP_TRY(pp_table_require(data, name, &column, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        if (column->number[row] == 0) {
            pp_error_set(err, PP_E_INPUT,
                         "periods begin at %g: a date of 0 may be that period, or none",
                         begin);
            pp_error_locate(err, NULL, row + 1, name, "0");
            pp_error_hint(err, "leave it empty where there is none, and count periods "
                               "from 1");
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status check_units(const pp__dating *d, const pp__encoding *unit,
                             double *probability, const pp_uncertain_options *o,
                             pp_error *err) {
    for (int64_t u = 0; u < d->units; u++) {
        if (d->low[u] > d->high[u]) {
            return refuse(unit, u, o->low, d->low[u],
                          "its first period is after its last",
                          "the first period in which treatment may have begun, then the "
                          "last",
                          err);
        }
        if (isnan(probability[u])) {
            probability[u] = isnan(d->low[u]) && isnan(d->high[u]) ? 0 : 1;
        }
        if (probability[u] < 0 || probability[u] > 1) {
            return refuse(unit, u, o->probability, probability[u],
                          "its probability is not from 0 to 1",
                          "the probability that the unit was treated at all", err);
        }
    }
    return PP_OK;
}

/* Every name of the list must be of a unit. */
static pp_status check_names(const pp__encoding *unit, const char *list, pp_arena *arena,
                             pp_error *err) {
    const char *at = list, *start, **units;
    size_t length;
    units = pp_arena_alloc(arena, unit->n_levels + 1, sizeof *units);
    PP_NEED(units, err);
    for (int32_t u = 0; u < unit->n_levels; u++) {
        char space[32];
        units[u] = pp_arena_strdup(arena, pp__level_name(unit, u, space));
        PP_NEED(units[u], err);
    }
    while (pp__names_next(&at, &start, &length)) {
        const char *name = pp_arena_strndup(arena, start, (int64_t)length);
        int32_t u = 0;
        PP_NEED(name, err);
        while (u < unit->n_levels && strcmp(units[u], name) != 0) {
            u++;
        }
        if (u == unit->n_levels) {
            return pp__names_unknown("treated", name, units, u, err);
        }
    }
    return PP_OK;
}

/* Units that are not in the list have no dates; the others have one interval. */
static pp_status keep_together(const pp__dating *d, const pp__encoding *unit,
                               const char *list, double *low, double *high,
                               pp_error *err) {
    int64_t first = -1;
    for (int64_t u = 0; u < d->units; u++) {
        char space[32];
        if (!pp__names_hold(list, pp__level_name(unit, (int32_t)u, space))) {
            low[u] = high[u] = NAN;
            continue;
        }
        first = first < 0 ? u : first;
        if (!same(low[u], low[first]) || !same(high[u], high[first])) {
            return refuse(unit, u, NULL, NAN,
                          "it is treated together with others, and its dates are not "
                          "theirs",
                          "give all treated units the same first and last period, or "
                          "one unit at a time",
                          err);
        }
    }
    return PP_OK;
}

static pp_status encode(const pp_table *data, const pp__dated_columns *columns,
                        const pp_context *ctx, pp_arena *arena, pp__encoding *unit,
                        pp__dating *out, pp_error *err) {
    pp__encoding time;
    *out = (pp__dating){.data = data, .rows = pp_table_rows(data)};
    PP_TRY(pp__effects_encode(data, columns->unit, "unit", 0, ctx, arena, unit, err));
    out->units = unit->n_levels;
    out->of = unit->code;
    PP_TRY(pp__effects_encode(data, columns->time, "periods", 1, ctx, arena, &time, err));
    out->periods = time.n_levels;
    out->time = time.level_value;
    if (out->periods < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "there are fewer than two periods");
    }
    return PP_OK;
}

pp_status pp__dating_read(const pp_table *data, const pp__dated_columns *columns,
                          const pp_uncertain_options *options, const pp_context *ctx,
                          pp_arena *arena, pp__dating *out, pp_error *err) {
    pp__encoding unit;
    double *low, *high, *probability;
    PP_TRY(encode(data, columns, ctx, arena, &unit, out, err));
    PP_TRY(by_unit(data, options->low, "first possible period", 1, &unit, out->units,
                   arena, &low, err));
    PP_TRY(by_unit(data, options->high, "last possible period", 1, &unit, out->units,
                   arena, &high, err));
    PP_TRY(by_unit(data, options->probability, "probability", 0, &unit, out->units, arena,
                   &probability, err));
    PP_TRY(check_zero(data, options->low, out->time[0], err));
    PP_TRY(check_zero(data, options->high, out->time[0], err));
    if (columns->together) {
        PP_TRY(check_names(&unit, columns->together, arena, err));
        PP_TRY(keep_together(out, &unit, columns->together, low, high, err));
    }
    out->low = low;
    out->high = high;
    out->probability = probability;
    return check_units(out, &unit, probability, options, err);
}

/* ---- dating ---- */

/* What of the interval lies beyond the data counts by the mean distance of periods. */
pp__dated_periods pp__dating_periods(const pp__dating *d, double low, double high) {
    double first = d->time[0], last = d->time[d->periods - 1];
    double step = (last - first) / (d->periods - 1);
    double from = isnan(low) ? first : low, to = isnan(high) ? last + step : high;
    if (to < first) {
        return (pp__dated_periods){0, 1, 0}; /* before the data */
    }
    int begin = 0, end;
    while (begin < d->periods && d->time[begin] < from) {
        begin++;
    }
    for (end = begin; end < d->periods && d->time[end] <= to; end++) {
    }
    double beyond = to > last ? (to - last) / step : 0;
    if (end == begin && beyond <= 0) { /* between two periods */
        return (pp__dated_periods){begin, begin < d->periods, 0};
    }
    return (pp__dated_periods){begin, end - begin, (double)(end - begin) + beyond};
}

/* NaN: after the data. */
static double draw_period(const pp__dating *d, double low, double high, pp_rng *rng) {
    pp__dated_periods p = pp__dating_periods(d, low, high);
    double at = p.length > 0 ? pp_rng_uniform(rng) * p.length : 0;
    return at < p.n ? d->time[p.begin + (int)at] : NAN;
}

typedef enum use { TREATED, NEVER, LEFT_OUT } use;

static use date_unit(const pp__dating *d, int64_t u, pp__dating_rule rule, pp_rng *rng,
                     double *period) {
    double low = d->low[u], high = d->high[u], last = d->time[d->periods - 1];
    *period = NAN;
    if (rule != PP__DRAWN) {
        pp__dated dated = pp__date_by_rule(rule, low, high, last, period);
        return dated == PP__AT_PERIOD     ? TREATED
               : dated == PP__NOT_TREATED ? NEVER
                                          : LEFT_OUT;
    }
    int treated = pp_rng_uniform(rng) < d->probability[u];
    if (!treated) {
        return NEVER;
    }
    if (isnan(low) && isnan(high)) {
        return LEFT_OUT;
    }
    *period = draw_period(d, low, high, rng);
    return isnan(*period) ? NEVER : TREATED;
}

static void date_units(const pp__dating *d, pp__dating_rule rule, pp_rng *rng,
                       double *period, use *used, pp__dated_units *units) {
    *units = (pp__dated_units){0};
    for (int64_t u = 0; u < d->units; u++) {
        used[u] = date_unit(d, u, rule, rng, &period[u]);
        units->treated += used[u] == TREATED;
        units->never += used[u] == NEVER;
        units->left_out += used[u] == LEFT_OUT;
    }
}

static pp_status take(const pp__dating *d, const double *period, const use *used,
                      int64_t *row, pp_table **out, pp_error *err) {
    int64_t n = 0;
    pp_column *cohort;
    for (int64_t i = 0; i < d->rows; i++) {
        if (d->of[i] >= 0 && used[d->of[i]] != LEFT_OUT) {
            row[n++] = i;
        }
    }
    PP_TRY(pp_table_take_rows(d->data, row, n, out, err));
    PP_TRY(pp_table_add(*out, PP_NUMBER, PP__COHORT, &cohort, err));
    for (int64_t i = 0; i < n; i++) {
        cohort->number[i] = period[d->of[row[i]]];
    }
    return PP_OK;
}

pp_status pp__dating_apply(const pp__dating *d, pp__dating_rule rule, pp_rng *rng,
                           pp_table **out, pp__dated_units *units, pp_error *err) {
    double *period = pp_malloc(d->units + 1, sizeof *period);
    use *used = pp_malloc(d->units + 1, sizeof *used);
    int64_t *row = pp_malloc(d->rows + 1, sizeof *row);
    pp_status status = PP_E_MEMORY;
    *out = NULL;
    if (period && used && row) {
        date_units(d, rule, rng, period, used, units);
        status = take(d, period, used, row, out, err);
    } else {
        pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    pp_free(period);
    pp_free(used);
    pp_free(row);
    return status;
}
