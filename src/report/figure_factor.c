/* Counterfactuals by factor models: gaps by horizon, the treated and their counterfactual, and how the rank
   or lambda was chosen. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>

static double number_at(const pp_table *table, const char *name, int64_t row) {
    return pp_table_find(table, name)->number[row];
}

/* 1: there are intervals; placebos of matrix completion give none. */
static int has_intervals(const pp_table *table) {
    int some = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        some |= !isnan(number_at(table, "conf_low", i));
    }
    return some;
}

/* ---- gaps ---- */

pp_status pp_figure_factor_dynamic(const pp_table *table,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err) {
    pp_figure_options own = *options;
    if (!own.title) {
        own.title = "Gaps by time since treatment";
    }
    if (!own.note && !has_intervals(table)) {
        own.note = "No intervals: p values are of groups of controls in the part of the "
                   "treated. Gaps to the left of the dashed line are those of the fit.";
    }
    if (!own.note) {
        own.note = "Thick bars are 95% intervals of each gap, thin lines the band that "
                   "holds for "
                   "all of them at once. Right of the dashed line units are treated. "
                   "Gaps to its "
                   "left are those of the fit, which was made from these periods: they "
                   "are small "
                   "even where the model predicts poorly. Far horizons rest on the few "
                   "units that "
                   "are seen so long.";
    }
    return pp_figure_event_study(table, &own, out, err);
}

/* ---- paths ---- */

static pp_status make_paths(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {
        "horizon", "treated", "counterfactual", "conf_low", "conf_high", "nobs", NULL};
    double before = 0, after = 0, n_before = 0, n_after = 0;
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        double gap =
            number_at(table, "treated", i) - number_at(table, "counterfactual", i);
        int is_after = number_at(table, "horizon", i) >= 0;
        before += is_after ? 0 : fabs(gap);
        after += is_after ? gap : 0;
        n_before += !is_after;
        n_after += is_after;
    }
    pp_buf_printf(
        &draft->alt,
        "The mean outcome of the treated and of their counterfactual by the time "
        "since treatment. Before it the two differ by %.3g in size on average; from "
        "it on the treated lie %.3g %s.",
        before / n_before, fabs(after / n_after), after < 0 ? "below" : "above");
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Mean outcome");
    draft->title = "The treated and their counterfactual";
    draft->note =
        has_intervals(table)
            ? "Means over the treated units that are seen at a horizon; the band is the "
              "95% interval of the counterfactual. Units begin at different times, so "
              "that the far ends are means of few of them."
            : "Means over the treated units that are seen at a horizon, without "
              "intervals. Units begin at different times, so that the far ends are means "
              "of few of them.";
    return PP_OK;
}

pp_status pp_figure_factor_paths(const pp_table *table, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err) {
    return pp__figure_make(make_paths, "factor_paths", table, options, out, err);
}

/* ---- the choice of rank or lambda ---- */

static pp_status make_choice(pp__draft *draft, const pp_table *table, pp_error *err) {
    const char *setting = pp_table_find(table, "rank") ? "rank" : "lambda";
    int is_rank = setting[0] == 'r';
    const char *const kept[] = {setting, "mspe", "chosen", NULL};
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (number_at(table, "chosen", i) > 0) {
            pp_buf_printf(
                &draft->alt,
                "The mean square error of prediction for %lld values of %s; %.3g "
                "was chosen, with %.3g.",
                (long long)pp_table_rows(table), setting, number_at(table, setting, i),
                number_at(table, "mspe", i));
        }
    }
    pp__slot_json(draft, "x",
                  is_rank
                      ? "{\"field\": \"rank\", \"type\": \"quantitative\", \"title\": "
                        "\"Rank: number of factors\", \"axis\": {\"format\": \"d\", "
                        "\"tickMinStep\": 1, \"grid\": false}, \"scale\": {\"nice\": "
                        "false, \"padding\": 18}}"
                      : "{\"field\": \"lambda\", \"type\": \"quantitative\", \"title\": "
                        "\"Lambda: weight of the norm (log scale)\", \"axis\": "
                        "{\"format\": \"~g\", \"grid\": false, \"tickCount\": 6}, "
                        "\"scale\": {\"type\": \"log\", \"nice\": false, "
                        "\"padding\": 18}}");
    draft->title = is_rank ? "How the rank was chosen" : "How lambda was chosen";
    draft->note = "The ring marks the value that was chosen. Errors of predicting "
                  "outcomes without treatment that were held out. A flat "
                  "curve says that the data hardly tell the values apart.";
    return PP_OK;
}

pp_status pp_figure_factor_choice(const pp_table *table, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err) {
    return pp__figure_make(make_choice, "factor_choice", table, options, out, err);
}
