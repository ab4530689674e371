/* Whether a model forecasts better than the base rate, in words. */
#include <pushpull/forecast.h>

#include "drivers/forecast_parts.h"

#include <math.h>
#include <string.h>

static double number(const pp_table *t, int64_t row, const char *column) {
    const pp_column *c = t ? pp_table_find(t, column) : NULL;
    return c && c->type == PP_NUMBER && row < pp_table_rows(t) ? c->number[row] : NAN;
}

static void add_number(pp_buf *out, double value) {
    char text[32];
    pp_format_fixed(value, 3, text);
    pp_buf_add(out, text);
}

static void add_verdict(const char *verdict, pp_buf *out) {
    if (strcmp(verdict, "better") == 0) {
        pp_buf_add(out,
                   "One period ahead the model forecasts better than the base rate: ");
    } else if (strcmp(verdict, "worse") == 0) {
        pp_buf_add(out,
                   "One period ahead the model forecasts worse than the base rate: ");
    } else if (strcmp(verdict, "no better") == 0) {
        pp_buf_add(out, "One period ahead the model forecasts no better than the base "
                        "rate, since a gain that matters is excluded: ");
    } else {
        pp_buf_add(out, "Whether the model forecasts better than the base rate cannot be "
                        "told, which is not the same as no better: ");
    }
}

static void add_scores(const pp_table *t, pp_buf *out) {
    double low = number(t, 0, "log_score_difference_low");
    pp_buf_add(out, "its log score is ");
    add_number(out, number(t, 0, "log_score"));
    pp_buf_add(out, " against ");
    add_number(out, number(t, 1, "log_score"));
    if (!isnan(low)) {
        pp_buf_add(out, ", a difference of ");
        add_number(out, number(t, 0, "log_score_difference"));
        pp_buf_printf(out, " (%.0f%% interval ", 100 * number(t, 0, "level"));
        add_number(out, low);
        pp_buf_add(out, " to ");
        add_number(out, number(t, 0, "log_score_difference_high"));
        pp_buf_add(out, "; below zero is better)");
    }
    pp_buf_printf(out, ", over %.0f adoptions in %.0f forecasts.", number(t, 0, "events"),
                  number(t, 0, "n"));
}

static void add_order(const pp_table *t, const char *verdict, pp_buf *out) {
    double low = number(t, 0, "auc_within_low"), high = number(t, 0, "auc_within_high");
    if (isnan(low) || isnan(high)) {
        return;
    }
    pp_buf_add(out,
               low > 0.5 ? " Within a period it puts units in a better order than chance"
               : high < 0.5
                   ? " Within a period it puts units in a worse order than chance"
                   : " Within a period its order of units cannot be told from chance");
    pp_buf_add(out, " (area under the ROC curve ");
    add_number(out, number(t, 0, "auc_within"));
    pp_buf_add(out, ", ");
    add_number(out, low);
    pp_buf_add(out, " to ");
    add_number(out, high);
    pp_buf_add(out, ").");
    if (strcmp(verdict, "better") == 0 && !(low > 0.5)) {
        pp_buf_add(out, " What it is better at is when adoptions come, not where.");
    }
}

double pp__forecast_miss(const pp_result *forecast) {
    const pp_table *t = pp_result_find(forecast, "forecast_scores");
    double events = number(t, 0, "events");
    return events < number(t, 0, "expected_low") || events > number(t, 0, "expected_high")
               ? events / number(t, 0, "expected")
               : NAN;
}

/* How many came, beside how many were expected: chance leaves no such gap. */
static void add_level(const pp_result *forecast, const pp_table *t, pp_buf *out) {
    double ratio = pp__forecast_miss(forecast), expected = number(t, 0, "expected");
    if (!isnan(ratio)) {
        pp_buf_printf(out,
                      " Forecasts expected %.*f adoptions, %.0f came: ", expected < 10,
                      expected, number(t, 0, "events"));
        pp_buf_add(out, ratio > 1 ? "their probabilities were far too low."
                                  : "their probabilities were far too high.");
    }
}

/* A slope below one: probabilities lie too far from the base rate. */
static void add_calibration(const pp_table *t, pp_buf *out) {
    const double far = 0.75;
    double slope = number(t, 0, "calibration_slope");
    if (slope < far) {
        pp_buf_add(out, slope < 0
                            ? " Over all periods higher probabilities went with fewer "
                              "adoptions (calibration slope "
                            : " Its probabilities are too extreme (calibration slope ");
        add_number(out, slope);
        pp_buf_add(out, ").");
    }
}

void pp_forecast_sentence(const pp_result *forecast, pp_buf *out) {
    const pp_table *t = pp_result_find(forecast, "forecast_scores");
    if (!t || pp_table_rows(t) < 2) {
        return;
    }
    const char *verdict = pp_column_get_text(pp_table_find(t, "verdict"), 0);
    verdict = verdict ? verdict : "";
    add_verdict(verdict, out);
    add_scores(t, out);
    add_order(t, verdict, out);
    add_level(forecast, t, out);
    add_calibration(t, out);
}
