/* The figures of a run, each from one table of its results. */
#include "base/check.h"
#include "base/file.h"
#include "study/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pp_figure_options figure_options(const pp__run *run, const char *name) {
    return (pp_figure_options){
        .data_folder = run->options->data_folder,
        .name = name,
        .worldview = run->study->report.worldview,
        .first_year = (int)run->study->panel.years[0],
        .last_year = (int)run->study->panel.years[1],
        .delta = run->study->findings.smallest_effect,
    };
}

typedef pp_status figure_maker(const pp_table *table, const pp_figure_options *options,
                               pp_figure **out, pp_error *err);

static pp_status add_figure(pp__run *run, figure_maker *make, const pp_table *table,
                            const pp_figure_options *options, pp_error *err) {
    if (run->n_figures == PP_RUN_FIGURES || !table || pp_table_rows(table) == 0) {
        return PP_OK;
    }
    PP_TRY(make(table, options, &run->figures[run->n_figures], err));
    run->n_figures++;
    return PP_OK;
}

/* Countries by category and region, in the order of columns that the figure wants. */
static pp_status count_by_region(pp__run *run, const pp_table *from, const char *category,
                                 pp_table *to, pp_error *err) {
    int is_vendor = strcmp(category, "vendor") == 0;
    pp_column *what, *where, *count;
    PP_TRY(pp_table_add(to, PP_TEXT, category, &what, err));
    PP_TRY(pp_table_add(to, PP_TEXT, "region", &where, err));
    PP_TRY(pp_table_add(to, PP_NUMBER, "count", &count, err));
    PP_TRY(pp_table_resize(to, pp_table_rows(from), err));
    const pp_column *countries = pp_table_find(from, "countries");
    for (int64_t row = 0; row < pp_table_rows(from); row++) {
        const char *name = pp_column_get_text(pp_table_find(from, category), row);
        const char *region = pp_column_get_text(pp_table_find(from, "region"), row);
        if (name && is_vendor) {
            PP_NEED(name = pp__run_vendor_name(run, name), err);
        }
        PP_TRY(pp_column_set_text(to, what, row, name, err));
        PP_TRY(pp_column_set_text(to, where, row, region, err));
        count->number[row] = countries->number[row];
    }
    return PP_OK;
}

static pp_status region_figure(pp__run *run, const pp_result *adoption, const char *name,
                               const char *category, const char *title, pp_error *err) {
    pp_figure_options options = figure_options(run, name);
    pp_table *counts;
    options.title = title;
    options.axis = "Countries";
    PP_TRY(pp_table_new(&counts, err));
    pp_status status =
        count_by_region(run, pp_result_find(adoption, name), category, counts, err);
    if (status == PP_OK) {
        status = add_figure(run, pp_figure_by_region, counts, &options, err);
    }
    pp_table_free(counts);
    return status;
}

static pp_status evidence_figures(pp__run *run, pp_error *err) {
    const pp_result *adoption =
        run->adoptions[pp__run_rule_index(run, run->study->panel.outcome)];
    pp_figure_options map = figure_options(run, "adoption_map");
    pp_figure_options adopters = figure_options(run, "adopters");
    adopters.note =
        "The band is what uncertain dates leave open: below it every country counts "
        "at the latest date that its sources allow, above it at the earliest; the "
        "middle line takes undated ones at their upper bound. A jump of the lower "
        "lines can be the date of one source that lists many countries.";
    PP_TRY(add_figure(run, pp_figure_adoption_map, pp_result_find(adoption, "outcomes"),
                      &map, err));
    PP_TRY(add_figure(run, pp_figure_adopters,
                      pp_result_find(adoption, "adopters_over_time"), &adopters, err));
    PP_TRY(region_figure(run, adoption, "platforms_by_region", "family",
                         "Countries by platform and region", err));
    return region_figure(run, adoption, "vendors_by_region", "vendor",
                         "Countries by vendor and region", err);
}

/* In percentage points, as the findings are told. */
static void scale_to_points(pp_table *effects) {
    static const char *const columns[] = {"estimate",  "std_error",   "conf_low",
                                          "conf_high", "conf_low_90", "conf_high_90"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double *values = pp_table_find(effects, columns[i])->number;
        for (int64_t row = 0; row < pp_table_rows(effects); row++) {
            values[row] *= 100;
        }
    }
}

/* The headline's margins with the words and the group of each factor. */
static pp_status label_effects(pp__run *run, pp_table *effects, pp_error *err) {
    pp_column *label, *group;
    const pp_column *term = pp_table_find(effects, "term");
    PP_TRY(pp_table_add(effects, PP_TEXT, "label", &label, err));
    PP_TRY(pp_table_add(effects, PP_TEXT, "group", &group, err));
    for (int64_t row = 0; row < pp_table_rows(effects); row++) {
        const char *name = pp_column_get_text(term, row);
        PP_TRY(pp_column_set_text(effects, label, row, pp__run_label(run, name), err));
        PP_TRY(pp_column_set_text(effects, group, row, pp__run_group(run, name), err));
    }
    return PP_OK;
}

/* Rows of the margins whose term is a factor of the study and a number: regions and the
   baseline are in the tables. */
static pp_status factor_effects(pp__run *run, const pp_table *margins, pp_table **out,
                                pp_error *err) {
    int64_t n = 0, *rows = pp_malloc(pp_table_rows(margins), sizeof *rows);
    PP_NEED(rows, err);
    const pp_column *term = pp_table_find(margins, "term");
    for (int64_t row = 0; row < pp_table_rows(margins); row++) {
        const char *name = pp_column_get_text(term, row);
        if (name && *pp__run_group(run, name) && strcmp(name, "region") != 0) {
            rows[n++] = row;
        }
    }
    pp_status status = pp_table_take_rows(margins, rows, n, out, err);
    pp_free(rows);
    return status;
}

static pp_status effects_figure(pp__run *run, pp_error *err) {
    const pp__run_fit *fit = pp__run_headline_fit(run);
    const pp_table *margins = fit ? pp_result_find(fit->result, "margins") : NULL;
    if (!margins) {
        return PP_OK;
    }
    pp_table *effects = NULL;
    pp_figure_options options = figure_options(run, "effects");
    options.title = "Push, pull and controls in the headline model";
    options.axis =
        "Percentage points a year, for one standard deviation or yes against no";
    options.delta *= 100;
    pp_status status = factor_effects(run, margins, &effects, err);
    if (status == PP_OK) {
        status = label_effects(run, effects, err);
    }
    if (status == PP_OK) {
        scale_to_points(effects);
        status = add_figure(run, pp_figure_coefficients, effects, &options, err);
    }
    pp_table_free(effects);
    return status;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { GRID = 21 };

/* From the 5th to the 95th percentile; the values themselves where there are only a few.
 */
static int64_t grid_of(const pp_column *column, int64_t rows, double grid[GRID]) {
    double *values = pp_malloc(rows, sizeof *values);
    int64_t n = 0, distinct = 0;
    for (int64_t row = 0; values && row < rows; row++) {
        if (isfinite(column->number[row])) {
            values[n++] = column->number[row];
        }
    }
    if (n > 0) {
        qsort(values, (size_t)n, sizeof *values, by_value);
        for (int64_t i = 0; i < n && distinct <= GRID; i++) {
            if (i == 0 || values[i] != values[i - 1]) {
                if (distinct < 8) {
                    grid[distinct] = values[i];
                }
                distinct++;
            }
        }
        if (distinct > 8) {
            double low = values[n / 20], high = values[n - 1 - n / 20];
            for (distinct = 0; distinct < GRID; distinct++) {
                grid[distinct] = low + (high - low) * (double)distinct / (GRID - 1);
            }
        }
    }
    pp_free(values);
    return distinct;
}

/* Appends the profile of one variable to `all`: variable (its words), value, estimate,
 * interval. */
static pp_status append_profile(pp__run *run, const char *variable,
                                const pp_table *profile, pp_table *all, pp_error *err) {
    static const char *const numbers[] = {"value", "estimate", "conf_low", "conf_high"};
    for (int64_t i = 0; i < pp_table_rows(profile); i++) {
        int64_t row;
        PP_TRY(pp_table_append(all, &row, err));
        PP_TRY(pp_column_set_text(all, pp_table_find(all, "variable"), row,
                                  pp__run_label(run, variable), err));
        for (int j = 0; j < 4; j++) {
            pp_table_find(all, numbers[j])->number[row] =
                pp_table_find(profile, numbers[j])->number[i];
        }
    }
    return PP_OK;
}

static pp_status add_profile(pp__run *run, const pp_fit *fit, const pp_table *panel,
                             const char *variable, pp_result *scratch, pp_table *all,
                             pp_error *err) {
    const pp_column *column = pp_table_find(panel, variable);
    double grid[GRID];
    int64_t n = column && column->type == PP_NUMBER
                    ? grid_of(column, pp_table_rows(panel), grid)
                    : 0;
    if (n < 2) {
        return PP_OK;
    }
    PP_TRY(pp_fit_profile(fit, variable, grid, n, variable, scratch, err));
    return append_profile(run, variable, pp_result_find(scratch, variable), all, err);
}

static pp_status profile_table(pp__run *run, pp_table *all, pp_error *err) {
    static const char *const numbers[] = {"value", "estimate", "conf_low", "conf_high"};
    const pp_fit *fit = pp__run_headline_fit(run)->fit;
    const pp__run_panel *panel;
    pp_result *scratch;
    PP_TRY(pp_table_add(all, PP_TEXT, "variable", NULL, err));
    for (int i = 0; i < 4; i++) {
        PP_TRY(pp_table_add(all, PP_NUMBER, numbers[i], NULL, err));
    }
    PP_TRY(pp__run_headline_panel(run, &panel, err));
    PP_TRY(pp_result_new("profiles", &scratch, err));
    pp_status status = PP_OK;
    const char *const *names = run->study->report.profiles;
    for (; *names && status == PP_OK; names++) {
        status = add_profile(run, fit, panel->panel, *names, scratch, all, err);
    }
    pp_result_free(scratch);
    return status;
}

static pp_status profiles_figure(pp__run *run, pp_error *err) {
    const pp__run_fit *headline = pp__run_headline_fit(run);
    pp_table *all;
    if (!headline || !headline->fit) { /* an imputed model has none to predict from */
        return PP_OK;
    }
    PP_TRY(pp_result_add(run->out, "factor_profiles",
                         "Predicted yearly probability of adoption against each factor",
                         &all, err));
    PP_TRY(profile_table(run, all, err));
    pp_figure_options options = figure_options(run, "profiles");
    return add_figure(run, pp_figure_profiles, all, &options, err);
}

static pp_status write_figure(pp__run *run, const pp_figure *figure, pp_error *err) {
    char relative[256];
    snprintf(relative, sizeof relative, "figures/%s.vl.json", figure->name);
    const char *path = pp__run_path(run, relative);
    PP_NEED(path, err);
    return pp__file_write_part(path, figure->spec, (int64_t)strlen(figure->spec), err);
}

static pp_status draw_twins(pp__run *run, pp_error *err) {
    const char *folder = pp__run_path(run, "figures");
    char why[PP_ERROR_MESSAGE] = "";
    int drawn = 0;
    PP_NEED(folder, err);
    if (!run->options->node || run->n_figures == 0) {
        return PP_OK;
    }
    PP_TRY(pp_figures_render_twins(run->options->node, NULL, run->options->data_folder,
                                   folder, run->ctx, &drawn, why, err));
    return drawn ? PP_OK
                 : pp_result_warn(run->out, "no_twins", NULL, -1, err,
                                  "no SVG or PNG twins of the figures: %s", why);
}

pp_status pp__run_figures(pp__run *run, pp_error *err) {
    PP_TRY(evidence_figures(run, err));
    PP_TRY(effects_figure(run, err));
    PP_TRY(profiles_figure(run, err));
    PP_TRY(pp__run_analysis_figures(run, err));
    for (int i = 0; i < run->n_figures; i++) {
        PP_TRY(write_figure(run, run->figures[i], err));
    }
    return draw_twins(run, err);
}
