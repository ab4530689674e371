/* The tables of a scenario. */
#include <pushpull/scenario.h>

#include "base/check.h"
#include "drivers/scenario_paths.h"
#include "model/estimator.h"
#include "model/inference/resampled.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    const pp_fit *fit;
    const pp_table *baseline;
    const pp_scenario_options *options;
    pp__scenario_rows rows;
    pp__paths paths;
    double *values; /* draws: of one quantity */
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

/* ---- what can be asked ---- */

static pp_status check_fit(const pp_fit *fit, pp_error *err) {
    const pp_estimator *e = fit->estimator;
    PP_TRY(pp__need_response(fit, "scenario", err));
    if ((e->outcome != PP__INTERVAL && !(e->family && e->family->binary)) || e->respond) {
        pp_error_set(err, PP_E_UNSUPPORTED,
                     "model '%s' has no probability of adopting in a period",
                     e->info.name);
        pp_error_hint(err, "scenarios are of logit, probit, cloglog, firth and hazard");
        return PP_E_UNSUPPORTED;
    }
    if (fit->design->with.n_effects > 0) {
        pp_error_set(err, PP_E_UNSUPPORTED,
                     "the errors of absorbed fixed effects are not known, and a "
                     "scenario needs them");
        pp_error_hint(err, "put them into the formula as factor(...)");
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

static pp_status check_options(const pp_scenario_options *o, pp_error *err) {
    if (o->draws != 0 && (o->draws < 2 || o->draws > 1000000)) {
        pp_error_set(err, PP_E_ARGUMENT, "option draws is out of range");
        pp_error_locate(err, NULL, 0, "draws", NULL);
        pp_error_hint(err, "a number from 2 to 1000000");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static int64_t changed_rows(const pp__scenario_rows *r, int64_t from, int64_t to) {
    int64_t n = 0;
    for (int64_t i = from; i < to; i++) {
        n += r->changed[i];
    }
    return n;
}

static pp_status check_changed(const work *w) {
    pp_buf names;
    if (changed_rows(&w->rows, 0, w->rows.n) > 0) {
        return PP_OK;
    }
    pp_buf_init(&names);
    for (int v = 0; v < w->fit->design->n_variables; v++) {
        int32_t reference;
        if (pp__variable_use(w->fit, v, &reference)) {
            pp_buf_printf(&names, "%s%s", names.length ? ", " : "",
                          w->fit->design->variables[v].name);
        }
    }
    pp_error_set(w->err, PP_E_ARGUMENT,
                 "no term of the model is changed in any of the %lld rows that it can "
                 "predict",
                 (long long)w->rows.n);
    pp_error_hint(w->err, "the model depends on %s", names.data ? names.data : "nothing");
    pp_buf_clear(&names);
    return PP_E_ARGUMENT;
}

/* ---- intervals ---- */

/* Of the sum of entries from..to of the arm's block, or of the difference of both arms
   (arm PP__ARMS). */
static void interval(work *w, const double *drawn, int arm, int from, int to, double *low,
                     double *high) {
    const pp__paths *p = &w->paths;
    int64_t width = pp__paths_width(p), block = p->groups + p->periods;
    for (int64_t d = 0; d < p->draws; d++) {
        const double *all = drawn + d * width;
        double sum = 0;
        for (int j = from; j <= to; j++) {
            sum += arm < PP__ARMS ? all[arm * block + j]
                                  : all[PP__CHANGED * block + j] - all[j];
        }
        w->values[d] = sum;
    }
    pp__resampled r = pp__resampled_of(w->values, p->draws, NAN);
    pp__resampled_interval(&r, PP__PERCENTILE, w->fit->options.level, low, high);
}

/* The four bounds of the difference of entries from..to. */
static pp_status put_bounds(work *w, pp_table *table, int64_t row, int from, int to) {
    static const char *const names[] = {"conf_low", "conf_high", "conf_low_both",
                                        "conf_high_both"};
    const double *drawn[] = {w->paths.drawn_expected, w->paths.drawn_adopted};
    for (int i = 0; i < 2; i++) {
        double low, high;
        interval(w, drawn[i], PP__ARMS, from, to, &low, &high);
        const pp__named cells[] = {{names[2 * i], PP_SHOW_DEFAULT, low},
                                   {names[2 * i + 1], PP_SHOW_DEFAULT, high}};
        PP_TRY(pp__put_numbers(table, row, cells, 2, w->err));
    }
    return PP_OK;
}

/* ---- tables ---- */

static const char NOTE[] =
    "What the model associates with such a change, all else as observed: no effect of an "
    "intervention unless the design of the study gives one. conf: uncertainty of the "
    "parameters; both: of parameters and of outcomes.";

static pp_status put_total(work *w, pp_table *table, int group) {
    const pp__scenario_rows *r = &w->rows;
    char space[32];
    int64_t row, units = 0;
    for (int64_t u = 0; u < r->units; u++) {
        units += group == 0 || r->region[u] == group - 1;
    }
    double baseline = w->paths.expected.total[PP__AS_OBSERVED][group];
    double changed = w->paths.expected.total[PP__CHANGED][group];
    const pp__named cells[] = {{"units", PP_SHOW_COUNT, (double)units},
                               {"baseline", PP_SHOW_DEFAULT, baseline},
                               {"scenario", PP_SHOW_DEFAULT, changed},
                               {"difference", PP_SHOW_DEFAULT, changed - baseline}};
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(
        table, row, "quantity",
        group == 0 ? "all" : pp__level_name(&r->region_names, group - 1, space), w->err));
    PP_TRY(pp__put_numbers(table, row, cells, 4, w->err));
    return put_bounds(w, table, row, group, group);
}

static pp_status put_totals(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "scenario", "Expected adoptions", &table, w->err));
    for (int g = 0; g < w->paths.groups; g++) {
        PP_TRY(put_total(w, table, g));
    }
    return pp_result_set_note(w->result, "scenario", NOTE, w->err);
}

static pp_status put_year(work *w, pp_table *table, int period, double *sums) {
    static const char *const names[] = {"baseline_low", "baseline_high", "scenario_low",
                                        "scenario_high"};
    const pp__paths *p = &w->paths;
    int64_t row;
    double low, high;
    for (int arm = 0; arm < PP__ARMS; arm++) {
        sums[arm] += p->expected.period[arm][period];
    }
    const pp__named cells[] = {
        {"time", PP_SHOW_YEAR, w->rows.period_names.level_value[period]},
        {"baseline", PP_SHOW_DEFAULT, sums[0]},
        {"scenario", PP_SHOW_DEFAULT, sums[1]},
        {"difference", PP_SHOW_DEFAULT, sums[1] - sums[0]}};
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_numbers(table, row, cells, 4, w->err));
    for (int arm = 0; arm < PP__ARMS; arm++) {
        interval(w, p->drawn_adopted, arm, p->groups, p->groups + period, &low, &high);
        const pp__named bounds[] = {{names[2 * arm], PP_SHOW_DEFAULT, low},
                                    {names[2 * arm + 1], PP_SHOW_DEFAULT, high}};
        PP_TRY(pp__put_numbers(table, row, bounds, 2, w->err));
    }
    return put_bounds(w, table, row, p->groups, p->groups + period);
}

static pp_status put_years(work *w) {
    pp_table *table;
    double sums[PP__ARMS] = {0};
    if (!w->rows.period_names.code) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(w->result, "scenario_years", "Expected adoptions over time",
                         &table, w->err));
    for (int t = 0; t < w->paths.periods; t++) {
        PP_TRY(put_year(w, table, t, sums));
    }
    return pp_result_set_note(
        w->result, "scenario_years",
        "Cumulative. Bands of baseline and scenario are of parameters "
        "and outcomes.",
        w->err);
}

typedef struct ranked {
    double size;
    int64_t unit;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->size != y->size) {
        return (x->size < y->size) - (x->size > y->size);
    }
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static pp_status put_unit_words(work *w, pp_table *table, int64_t row, int64_t unit) {
    const pp__scenario_rows *r = &w->rows;
    char space[32];
    const pp_column *name =
        w->options->name ? pp_table_find(w->baseline, w->options->name) : NULL;
    const char *id;
    if (r->unit_names.code) {
        id = pp__level_name(&r->unit_names, r->number[unit], space);
    } else {
        pp_format_number((double)r->row[r->begin[unit]] + 1, space);
        id = space;
    }
    PP_TRY(pp__put_text(table, row, "unit", id, w->err));
    if (name && name->type != PP_NUMBER) {
        PP_TRY(pp__put_text(table, row, "name",
                            pp_column_get_text(name, r->row[r->begin[unit]]), w->err));
    }
    if (r->region) {
        PP_TRY(pp__put_text(table, row, "region",
                            r->region[unit] < 0 ? NULL
                                                : pp__level_name(&r->region_names,
                                                                 r->region[unit], space),
                            w->err));
    }
    return PP_OK;
}

static pp_status put_unit(work *w, pp_table *table, int64_t row, int64_t unit) {
    const pp__paths *p = &w->paths;
    const int64_t *begin = w->rows.begin + unit;
    double baseline = p->unit[0][unit], changed = p->unit[1][unit];
    double width = pp__fit_quantile(w->fit, w->fit->options.level) * p->unit_error[unit];
    const pp__named cells[] = {
        {"rows_changed", PP_SHOW_COUNT,
         (double)changed_rows(&w->rows, begin[0], begin[1])},
        {"baseline", PP_SHOW_DEFAULT, baseline},
        {"scenario", PP_SHOW_DEFAULT, changed},
        {"difference", PP_SHOW_DEFAULT, changed - baseline},
        {"conf_low", PP_SHOW_DEFAULT, changed - baseline - width},
        {"conf_high", PP_SHOW_DEFAULT, changed - baseline + width}};
    PP_TRY(put_unit_words(w, table, row, unit));
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_units(work *w) {
    pp_table *table;
    const pp__scenario_rows *r = &w->rows;
    int64_t n = 0;
    ranked *order = pp_arena_alloc(&w->arena, r->units, sizeof *order);
    PP_NEED(order, w->err);
    for (int64_t u = 0; u < r->units; u++) {
        if (changed_rows(r, r->begin[u], r->begin[u + 1]) > 0) {
            order[n++] = (ranked){fabs(w->paths.unit[1][u] - w->paths.unit[0][u]), u};
        }
    }
    qsort(order, (size_t)n, sizeof *order, compare_ranked);
    PP_TRY(
        pp_result_add(w->result, "scenario_units", "Who changes most", &table, w->err));
    PP_TRY(pp_table_resize(table, n, w->err));
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(put_unit(w, table, i, order[i].unit));
    }
    return pp_result_set_note(w->result, "scenario_units",
                              "Probability of having adopted by the unit's last row.",
                              w->err);
}

/* ---- the range of the data ---- */

typedef struct range {
    double low, high, to_low, to_high;
    int64_t changed, outside, units;
} range;

static range find_range(const work *w, int v) {
    const pp__scenario_rows *r = &w->rows;
    const pp__design *d = w->fit->design;
    const double *data = d->variables[v].value;
    const double *from = r->frame[0].design.variables[v].value;
    const double *to = r->frame[1].design.variables[v].value;
    range found = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0, 0, 0};
    for (int64_t i = 0; i < d->n; i++) {
        found.low = fmin(found.low, data[i]);
        found.high = fmax(found.high, data[i]);
    }
    for (int64_t u = 0; u < r->units; u++) {
        int64_t before = found.outside;
        for (int64_t i = r->begin[u]; i < r->begin[u + 1]; i++) {
            double value = to[r->row[i]];
            if (value == from[r->row[i]]) {
                continue;
            }
            found.changed++;
            found.to_low = fmin(found.to_low, value);
            found.to_high = fmax(found.to_high, value);
            found.outside += value < found.low || value > found.high;
        }
        found.units += found.outside > before;
    }
    return found;
}

static pp_status warn_of_range(work *w, const char *name, const range *f) {
    char low[32], high[32];
    pp_format_significant(f->low, 4, low);
    pp_format_significant(f->high, 4, high);
    return pp_result_warn(
        w->result, "extrapolation", name, f->outside, w->err,
        "%lld of %lld changed rows (%lld units) have values of %s "
        "outside the data's %s to %s: there the model is carried on, not "
        "observed",
        (long long)f->outside, (long long)f->changed, (long long)f->units, name, low,
        high);
}

static pp_status put_range(work *w, pp_table *table, int v) {
    const char *name = w->fit->design->variables[v].name;
    range f = find_range(w, v);
    int64_t row;
    if (f.changed == 0) {
        return PP_OK;
    }
    const pp__named cells[] = {{"rows_changed", PP_SHOW_COUNT, (double)f.changed},
                               {"low", PP_SHOW_DEFAULT, f.low},
                               {"high", PP_SHOW_DEFAULT, f.high},
                               {"scenario_low", PP_SHOW_DEFAULT, f.to_low},
                               {"scenario_high", PP_SHOW_DEFAULT, f.to_high},
                               {"rows_outside", PP_SHOW_COUNT, (double)f.outside},
                               {"units_outside", PP_SHOW_COUNT, (double)f.units}};
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "variable", name, w->err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    return f.outside == 0 ? PP_OK : warn_of_range(w, name, &f);
}

static pp_status put_ranges(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "scenario_range", "The range of what was changed",
                         &table, w->err));
    for (int v = 0; v < w->fit->design->n_variables; v++) {
        int32_t reference;
        if (pp__variable_use(w->fit, v, &reference) &&
            w->fit->design->variables[v].value) {
            PP_TRY(put_range(w, table, v));
        }
    }
    return PP_OK;
}

/* ---- what was simulated ---- */

/* Units of the fit whose outcome is 1 in more than one row. */
static pp_status count_recurrent(work *w, const char *unit, int64_t *n) {
    const pp__design *d = w->fit->design;
    pp__encoding units;
    *n = 0;
    if (!unit || !d->with.y || w->fit->estimator->outcome == PP__INTERVAL ||
        !pp_table_find(w->fit->data, unit)) {
        return PP_OK;
    }
    PP_TRY(pp__group_rows(w->fit, unit, &w->arena, &units, w->err));
    int32_t *ones = pp_arena_zalloc(&w->arena, units.n_levels, sizeof *ones);
    PP_NEED(ones, w->err);
    for (int64_t i = 0; i < d->n; i++) {
        *n += units.code[i] >= 0 && d->with.y[i] == 1 && ++ones[units.code[i]] == 2;
    }
    return PP_OK;
}

static pp_status warn(work *w) {
    const pp__scenario_rows *r = &w->rows;
    const char *unit = w->options->unit ? w->options->unit : w->fit->options.unit;
    int64_t recurrent, all = r->n + r->rows_left_out;
    PP_TRY(count_recurrent(w, unit, &recurrent));
    if (recurrent > 0) {
        PP_TRY(pp_result_warn(w->result, "recurrent", unit, recurrent, w->err,
                              "the outcome is 1 more than once in %lld units: the paths "
                              "stop at the first, as for an adoption that stays",
                              (long long)recurrent));
    }
    if (r->rows_left_out > 0) {
        PP_TRY(pp_result_warn(
            w->result, "left_out", NULL, r->rows_left_out, w->err,
            "%lld of %lld rows cannot be predicted and pass without a hazard; %lld units "
            "have no other rows and are left out",
            (long long)r->rows_left_out, (long long)all, (long long)r->units_left_out));
    }
    return 4 * r->units_end_early < r->units
               ? PP_OK
               : pp_result_warn(w->result, "ends_early", NULL, r->units_end_early, w->err,
                                "%lld of %lld units have no rows in the last period, and "
                                "adopt by their own last row or not at all: where rows "
                                "end with adoption, expected adoptions are too few",
                                (long long)r->units_end_early, (long long)r->units);
}

static pp_status put_simulation(work *w) {
    const pp__scenario_rows *r = &w->rows;
    pp_table *table;
    int64_t units = 0;
    for (int64_t u = 0; u < r->units; u++) {
        units += changed_rows(r, r->begin[u], r->begin[u + 1]) > 0;
    }
    const pp__named cells[] = {
        {"draws", PP_SHOW_COUNT, (double)w->paths.draws},
        {"seed", PP_SHOW_YEAR, (double)w->paths.seed},
        {"units", PP_SHOW_COUNT, (double)r->units},
        {"units_changed", PP_SHOW_COUNT, (double)units},
        {"units_left_out", PP_SHOW_COUNT, (double)r->units_left_out},
        {"units_end_early", PP_SHOW_COUNT, (double)r->units_end_early},
        {"rows", PP_SHOW_COUNT, (double)r->n},
        {"rows_changed", PP_SHOW_COUNT, (double)changed_rows(r, 0, r->n)},
        {"rows_left_out", PP_SHOW_COUNT, (double)r->rows_left_out}};
    PP_TRY(pp_result_add(w->result, "scenario_simulation", "What was simulated", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(pp__put_text(table, 0, "model", w->fit->options.model, w->err));
    PP_TRY(pp__put_text(table, 0, "formula", w->fit->formula->text, w->err));
    return pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status run(work *w, const pp_table *changed, const pp_context *ctx) {
    PP_TRY(check_fit(w->fit, w->err));
    PP_TRY(check_options(w->options, w->err));
    PP_TRY(pp__scenario_read(w->fit, w->baseline, changed, w->options, &w->arena,
                             &w->rows, w->err));
    PP_TRY(check_changed(w));
    w->paths = (pp__paths){.fit = w->fit,
                           .rows = &w->rows,
                           .draws = w->options->draws ? w->options->draws : 1000,
                           .seed = w->options->seed};
    w->values = pp_arena_alloc(&w->arena, w->paths.draws, sizeof *w->values);
    PP_NEED(w->values, w->err);
    PP_TRY(pp__paths_run(&w->paths, ctx, &w->arena, w->err));
    PP_TRY(pp_result_note_number(w->result, "seed", (double)w->paths.seed, w->err));
    PP_TRY(put_totals(w));
    PP_TRY(put_years(w));
    PP_TRY(put_units(w));
    PP_TRY(put_ranges(w));
    PP_TRY(put_simulation(w));
    return warn(w);
}

pp_status pp_scenario(const pp_fit *fit, const pp_table *baseline,
                      const pp_table *changed, const pp_scenario_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_scenario_options defaults = {0};
    work w = {.fit = fit,
              .baseline = baseline,
              .options = options ? options : &defaults,
              .err = err};
    *out = NULL;
    PP_TRY(pp_result_new("scenario", &w.result, err));
    pp_arena_init(&w.arena);
    pp_status status = run(&w, changed, ctx);
    pp_arena_clear(&w.arena);
    if (status == PP_OK) {
        *out = w.result;
    } else {
        pp_result_free(w.result);
    }
    return status;
}
