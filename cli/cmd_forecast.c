#include "analysis.h"
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const cli_option cli_forecast_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "NAME", "logit (default), probit, cloglog, firth or hazard",
     "logit|probit|cloglog|firth|hazard"},
    {"link", "NAME", "of hazard and firth; default: logit", "logit|probit|cloglog"},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, whole numbers", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"vcov", "KIND", "covariance that intervals and ranks are drawn from; default: iid",
     NULL},
    {"origins", "FIRST..LAST",
     "train to each of these periods and forecast the next; default: from where half of "
     "the adoptions have been",
     NULL},
    {"horizon", "N", "periods ahead; default: 1", NULL},
    {"draws", "N", "of coefficients, for intervals and ranks; default: 1000", NULL},
    {"covariates", "WHEN",
     "of forecasts that are judged: row (default), of the period forecast; held, of the "
     "origin",
     "row|held"},
    {"dates", "WHICH",
     "hazard: the date of an interval that counts when forecasts are judged; default: "
     "latest",
     "latest|midpoint|earliest"},
    {"cluster", "WHAT", "of differences between scores; default: unit", "unit|time|none"},
    {"smallest-gain", "SHARE", "of the other's score, that would matter; default: 0.02",
     NULL},
    {"name", "COLUMN", "names of units; default: name, where there is one", NULL},
    {"region", "COLUMN", "their regions; default: region, where there is one", NULL},
    {"status", "COLUMN",
     "what is known of a unit: no_adoption_found, adopted, supplier_unknown or "
     "not_searched; only the first are ranked",
     NULL},
    {"bins", "N", "of the calibration; default: 10", NULL},
    {"bias", "METHOD", "of firth: mean (default), jeffreys, median, flic, flac or none",
     NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    {"tol", "X", "largest score at which the fit has converged", NULL},
    {"max-iterations", "N", "give up after so many; default 100", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

/* --origins 2012..2020; either end may be left out. */
static pp_status read_origins(const cli_call *call, pp_forecast_options *options,
                              pp_error *err) {
    const char *text = cli_value(call, "origins", NULL);
    const char *dots = text ? strstr(text, "..") : NULL;
    char first[64] = "";
    options->first_origin = options->last_origin = NAN;
    if (!text) {
        return PP_OK;
    }
    size_t length = dots ? (size_t)(dots - text) : strlen(text);
    if (length < sizeof first) {
        snprintf(first, sizeof first, "%.*s", (int)length, text);
    }
    const char *last = dots ? dots + 2 : "";
    int good = length < sizeof first && (*first || *last);
    good = good && (!*first || pp_parse_number(first, &options->first_origin));
    good = good && (!*last || pp_parse_number(last, &options->last_origin));
    if (!good) {
        pp_error_set(err, PP_E_ARGUMENT, "--origins must be a range of periods");
        pp_error_locate(err, NULL, 0, "origins", text);
        pp_error_hint(err, "--origins 2012..2020, or --origins 2012.. to the last");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status read_options(const cli_call *call, pp_forecast_options *options,
                              pp_error *err) {
    int64_t seed;
    CLI_TRY(read_origins(call, options, err));
    CLI_TRY(cli_int_in(call, "horizon", 1, 1, 1000, &options->horizon, err));
    CLI_TRY(cli_integer_in(call, "draws", 0, 1, INT64_MAX, &options->draws, err));
    CLI_TRY(cli_int_in(call, "bins", 0, 1, 100000, &options->bins, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    CLI_TRY(cli_number_in(call, "smallest-gain", 0, 0, INFINITY, &options->smallest_gain,
                          err));
    options->seed = (uint64_t)seed;
    options->name = cli_value(call, "name", NULL);
    options->region = cli_value(call, "region", NULL);
    options->status = cli_value(call, "status", NULL);
    options->dates = cli_value(call, "dates", NULL);
    options->covariates = cli_value(call, "covariates", NULL);
    options->cluster = cli_value(call, "cluster", NULL);
    return PP_OK;
}

static pp_status forecast(const cli_call *call, pp_result **result, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_model_options model = {0};
    pp_forecast_options options = {0};
    pp_table *data = NULL;
    CLI_TRY(cli_model_options(call, &model, err));
    CLI_TRY(read_options(call, &options, err));
    CLI_TRY(pp_table_read(path, NULL, &call->ctx, &data, err));
    model.model = cli_value(call, "model", "logit");
    pp_status status =
        pp_forecast(call->operands[0], data, &model, &options, &call->ctx, result, err);
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_forecast(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = forecast(call, &result, err);
    return cli_finish_analysis(call, status, result, err);
}
