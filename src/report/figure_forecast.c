/* Who is next, and how forecasts of the past did: a ranking, a separation plot, a calibration
   curve. */
#include "report/figure.h"

#include "base/check.h"
#include "model/after/quality.h"

#include <math.h>

enum { SHOWN = 25, NAMED = 3 };

static const double *column_of(const pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

/* ---- the ranking ---- */

static pp_status take_first(const pp_table *table, int64_t most, pp_table **out,
                            pp_error *err) {
    int64_t rows[SHOWN], n = pp_table_rows(table) < most ? pp_table_rows(table) : most;
    for (int64_t i = 0; i < n; i++) {
        rows[i] = i;
    }
    return pp_table_take_rows(table, rows, n, out, err);
}

/* "1. Oman", and "rank 1 to 9". */
static pp_status name_ranks(pp__draft *draft, pp_error *err) {
    pp_table *t = draft->rows;
    pp_column *label, *ranks;
    PP_TRY(pp_table_add(t, PP_TEXT, "label", &label, err));
    PP_TRY(pp_table_add(t, PP_TEXT, "ranks", &ranks, err));
    const pp_column *name = pp_table_find(t, "name");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *unit = pp_column_get_text(name, i);
        const char *text = pp_arena_printf(&draft->arena, "%.0f. %s",
                                           column_of(t, "rank")[i], unit ? unit : "");
        PP_NEED(text, err);
        PP_TRY(pp_column_set_text(t, label, i, text, err));
        text = pp_arena_printf(&draft->arena, "rank %.0f to %.0f",
                               column_of(t, "rank_low")[i], column_of(t, "rank_high")[i]);
        PP_NEED(text, err);
        PP_TRY(pp_column_set_text(t, ranks, i, text, err));
    }
    return PP_OK;
}

static void describe_ranking(pp__draft *draft, double base) {
    const pp_table *t = draft->rows;
    const pp_column *name = pp_table_find(t, "name");
    pp_buf_printf(&draft->alt,
                  "The units most likely to adopt next, in order, each with an interval. "
                  "First are");
    for (int64_t i = 0; i < pp_table_rows(t) && i < NAMED; i++) {
        const char *unit = pp_column_get_text(name, i);
        pp_buf_printf(&draft->alt, "%s %s with %.0f%% (%.0f%% to %.0f%%)", i ? "," : "",
                      unit ? unit : "", 100 * column_of(t, "probability")[i],
                      100 * column_of(t, "conf_low")[i],
                      100 * column_of(t, "conf_high")[i]);
    }
    pp_buf_printf(&draft->alt, ". A line stands at the base rate, %.1f%%.", 100 * base);
}

static const char RANKING[] = "Points are probabilities given that the model holds, bars "
                              "their intervals from what is "
                              "uncertain in its coefficients, with the interval of the "
                              "rank. The dashed line is the "
                              "base rate. At most 25 units are drawn; the table has all.";

/* How to read it, with what is known of forecasts of the past; NULL: no memory. */
static const char *note_ranking(pp__draft *draft, const pp_table *table) {
    const pp_column *past = pp_table_find(table, "past_ratio");
    if (!past) {
        return RANKING;
    }
    pp_buf_printf(&draft->alt,
                  " Forecasts of the past were far too %s: for each adoption that they "
                  "expected, %.2g came.",
                  past->number[0] > 1 ? "low" : "high", past->number[0]);
    return pp_arena_printf(
        &draft->arena,
        "Probabilities of this kind were far too %s in the past: for "
        "each adoption expected, %.2g came. Do not take these for chances. %s",
        past->number[0] > 1 ? "low" : "high", past->number[0], RANKING);
}

static pp_status make_ranking(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"rank",        "name",     "region",    "year",
                                       "probability", "conf_low", "conf_high", "rank_low",
                                       "rank_high",   NULL};
    pp_table *first;
    PP_TRY(take_first(table, SHOWN, &first, err));
    pp_status status = pp__select(first, kept, &draft->rows, err);
    pp_table_free(first);
    PP_TRY(status);
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    PP_TRY(name_ranks(draft, err));
    double base = column_of(table, "probability")[0] / column_of(table, "ratio")[0];
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    const char *axis =
        pp_arena_printf(&draft->arena, "Probability of a first adoption in %.0f",
                        column_of(table, "year")[0]);
    PP_NEED(axis, err);
    pp__slot_json(draft, "labels", labels);
    pp__slot_number(draft, "base", base);
    pp__slot_text(draft, "axis", draft->options->axis ? draft->options->axis : axis);
    describe_ranking(draft, base);
    draft->title = "Who is next";
    draft->note = note_ranking(draft, table);
    PP_NEED(draft->note, err);
    return PP_OK;
}

pp_status pp_figure_forecast_ranking(const pp_table *table,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err) {
    return pp__figure_make(make_ranking, "forecast_ranking", table, options, out, err);
}

/* ---- the separation plot ---- */

/* Rows of one period ahead. */
static pp_status next_period(const pp_table *table, pp_table **out, pp_error *err) {
    pp_column *needed;
    PP_TRY(pp_table_require(table, "horizon", &needed, err));
    PP_TRY(pp_table_require(table, "predicted", &needed, err));
    int64_t n = 0, *rows = pp_malloc(pp_table_rows(table), sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (column_of(table, "horizon")[i] == 1) {
            rows[n++] = i;
        }
    }
    pp_status status = pp_table_take_rows(table, rows, n, out, err);
    pp_free(rows);
    return status;
}

static pp_status order_rows(const pp_table *table, pp_table **out, pp_error *err) {
    int64_t n = pp_table_rows(table), *rows = pp_malloc(n, sizeof *rows);
    PP_NEED(rows, err);
    pp_status status = pp__order_ascending(column_of(table, "predicted"), n, rows, err);
    if (status == PP_OK) {
        status = pp_table_take_rows(table, rows, n, out, err);
    }
    pp_free(rows);
    return status;
}

static pp_status number_rows(pp__draft *draft, pp_error *err) {
    pp_column *before, *rank;
    PP_TRY(pp_table_add(draft->rows, PP_NUMBER, "before", &before, err));
    PP_TRY(pp_table_add(draft->rows, PP_NUMBER, "rank", &rank, err));
    double expected = 0, events = 0, n = (double)pp_table_rows(draft->rows), upper = 0;
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        double y = column_of(draft->rows, "observed")[i];
        before->number[i] = (double)i;
        rank->number[i] = (double)(i + 1);
        expected += column_of(draft->rows, "predicted")[i];
        events += y;
        upper += (double)(i + 1) > n / 2 ? y : 0;
    }
    pp__slot_number(draft, "expected", n - expected);
    pp__slot_number(draft, "all", n);
    pp_buf_printf(
        &draft->alt,
        "%.0f forecasts of one period ahead, from the lowest probability to the "
        "highest, with a stripe for each of %.0f adoptions: %.0f of them are in the "
        "upper half. The forecasts expected %.1f.",
        n, events, upper, expected);
    return PP_OK;
}

static pp_status make_separation(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"name", "year", "predicted", "observed", NULL};
    pp_table *next = NULL, *ordered = NULL;
    PP_TRY(next_period(table, &next, err));
    pp_status status = order_rows(next, &ordered, err);
    pp_table_free(next);
    PP_TRY(status);
    status = pp__select(ordered, kept, &draft->rows, err);
    if (status == PP_OK) {
        status = pp__select(ordered, kept, &draft->twin, err);
    }
    pp_table_free(ordered);
    PP_TRY(status);
    PP_TRY(number_rows(draft, err));
    pp__slot_text(draft, "axis", "Forecasts, from the lowest probability to the highest");
    draft->title = "Did those with high forecasts adopt?";
    draft->note =
        "A separation plot: a stripe for each adoption, the line is what was "
        "forecast. Forecasts that separate well have the stripes on the right, and as "
        "many of them as stand to the right of the triangle.";
    return PP_OK;
}

pp_status pp_figure_forecast_separation(const pp_table *table,
                                        const pp_figure_options *options, pp_figure **out,
                                        pp_error *err) {
    return pp__figure_make(make_separation, "forecast_separation", table, options, out,
                           err);
}

/* ---- the calibration curve ---- */

static pp_status make_calibration(pp__draft *draft, const pp_table *table,
                                  pp_error *err) {
    static const char *const kept[] = {"bin",      "rows",      "predicted", "observed",
                                       "conf_low", "conf_high", NULL};
    pp_table *next = NULL;
    PP_TRY(next_period(table, &next, err));
    pp_status status = pp__select(next, kept, &draft->rows, err);
    pp_table_free(next);
    PP_TRY(status);
    const pp_table *t = draft->rows;
    int64_t n = pp_table_rows(t), below = 0, above = 0;
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        double p = column_of(t, "predicted")[i];
        most = fmax(most, fmax(p, 0));
        below += column_of(t, "conf_high")[i] < p;
        above += column_of(t, "conf_low")[i] > p;
    }
    pp__slot_number(draft, "most", most);
    pp_buf_printf(
        &draft->alt,
        "Shares that adopted against what was forecast, in %lld groups of forecasts "
        "of equal size, each with an interval. In %lld groups more adopted than "
        "forecast, beyond the interval, and in %lld fewer.",
        (long long)n, (long long)above, (long long)below);
    draft->title = "Were the probabilities right?";
    draft->note =
        "Points on the dashed line are right on average. Bars are intervals of the "
        "share (Wilson), as if forecasts were independent.";
    return PP_OK;
}

pp_status pp_figure_forecast_calibration(const pp_table *table,
                                         const pp_figure_options *options,
                                         pp_figure **out, pp_error *err) {
    return pp__figure_make(make_calibration, "forecast_calibration", table, options, out,
                           err);
}
