#include "analysis.h"
#include "model.h"

#include <math.h>

const cli_option cli_peers_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "NAME", "logit (default), probit, cloglog or hazard",
     "logit|probit|cloglog|hazard"},
    {"link", "NAME", "of hazard: logit (default) or cloglog", "logit|cloglog"},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, whole numbers", NULL},
    {"matrix", "FILE", "weights between units: from, to, weight and perhaps year", NULL},
    {"borders", NULL, "peers across a land border; units are codes of countries", NULL},
    {"distance", NULL, "peers by 1 / km between countries or cities", NULL},
    {"region", "COLUMN", "peers with the same value of this column", NULL},
    {"votes", "COLUMN", "peers with near values of this column in the same period", NULL},
    {"km", "X", "distance: no further than this", NULL},
    {"nearest", "N", "so many nearest, for distance and votes (default: 10)", NULL},
    {"country", "COLUMN", "the country's code (KEN); default: the unit", NULL},
    {"lo", "COLUMN", "first and last period in which adoption may have been", NULL},
    {"hi", "COLUMN", "default: those of the formula, or where the outcome is 1", NULL},
    {"residual", "KIND", "for Moran's I: deviance (default) or pearson",
     "deviance|pearson"},
    {"permutations", "N", "of Moran's I; default: 999", NULL},
    {"vcov", "TOKEN", "covariance: iid (default), hc0, hc1, cluster:g, …", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

enum { KINDS = 5 };

typedef struct request {
    cli_call *call;
    pp_peer_exposure exposure[KINDS];
    pp_peers_options options;
    pp_model_options model;
    pp_table *data, *matrix;
    pp_gazetteer *gazetteer;
} request;

static void add_exposure(request *r, const char *kind, const char *column, int nearest) {
    r->exposure[r->options.n_exposures++] = (pp_peer_exposure){
        .kind = kind, .column = column, .matrix = r->matrix, .nearest = nearest};
}

/* In the order of the options. */
static pp_status read_exposures(request *r, pp_error *err) {
    const cli_call *call = r->call;
    const char *region = cli_value(call, "region", NULL);
    const char *votes = cli_value(call, "votes", NULL);
    int nearest;
    double km;
    CLI_TRY(cli_int_in(call, "nearest", 0, 1, 1000000, &nearest, err));
    CLI_TRY(cli_number_in(call, "km", 0, 0, INFINITY, &km, err));
    if (r->matrix) {
        add_exposure(r, "matrix", NULL, 0);
    }
    if (cli_flag(call, "borders")) {
        add_exposure(r, "borders", NULL, 0);
    }
    if (cli_flag(call, "distance")) {
        add_exposure(r, "distance", NULL, nearest);
        r->exposure[r->options.n_exposures - 1].km = km;
    }
    if (region) {
        add_exposure(r, "region", region, 0);
    }
    if (votes) {
        add_exposure(r, "votes", votes, nearest);
    }
    if (r->options.n_exposures > 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "it is not said who is whose peer");
    pp_error_hint(err,
                  "one or more of --matrix, --borders, --distance, --region, --votes");
    return PP_E_ARGUMENT;
}

static pp_status read_options(request *r, pp_error *err) {
    const cli_call *call = r->call;
    int64_t seed;
    CLI_TRY(
        cli_int_in(call, "permutations", 0, 1, 1000000, &r->options.permutations, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    CLI_TRY(cli_model_options(call, &r->model, err));
    r->model.model = cli_value(call, "model", "logit");
    r->options.exposures = r->exposure;
    r->options.country = cli_value(call, "country", NULL);
    r->options.lo = cli_value(call, "lo", NULL);
    r->options.hi = cli_value(call, "hi", NULL);
    r->options.residual = cli_value(call, "residual", NULL);
    r->options.seed = (uint64_t)seed;
    return read_exposures(r, err);
}

static pp_status read_files(request *r, pp_error *err) {
    const cli_call *call = r->call;
    const char *path = cli_value(call, "data", NULL);
    const char *matrix = cli_value(call, "matrix", NULL);
    char data[1024];
    if (!path) {
        pp_error_set(err, PP_E_ARGUMENT, "--data is missing");
        pp_error_hint(err, "of a study: pushpull drivers STUDY");
        return PP_E_ARGUMENT;
    }
    CLI_TRY(pp_table_read(path, NULL, &call->ctx, &r->data, err));
    if (matrix) {
        CLI_TRY(pp_table_read(matrix, NULL, &call->ctx, &r->matrix, err));
    }
    if (cli_flag(call, "borders") || cli_flag(call, "distance")) {
        CLI_TRY(cli_data_folder(call, data, sizeof data, err));
        CLI_TRY(pp_gazetteer_open(data, &r->gazetteer, err));
        r->options.gazetteer = r->gazetteer;
    }
    return PP_OK;
}

static pp_status look(request *r, pp_result **result, pp_error *err) {
    const char *matrix = cli_value(r->call, "matrix", NULL);
    CLI_TRY(read_files(r, err));
    CLI_TRY(read_options(r, err));
    CLI_TRY(pp_peers(r->call->operands[0], r->data, &r->model, &r->options, &r->call->ctx,
                     result, err));
    CLI_TRY(pp_result_note_input(*result, cli_value(r->call, "data", NULL), err));
    return matrix ? pp_result_note_input(*result, matrix, err) : PP_OK;
}

pp_status cmd_peers(cli_call *call, pp_error *err) {
    request r = {.call = call};
    pp_result *result = NULL;
    pp_status status = look(&r, &result, err);
    if (status != PP_OK) {
        pp_result_free(result);
        result = NULL;
    }
    pp_table_free(r.data);
    pp_table_free(r.matrix);
    pp_gazetteer_free(r.gazetteer);
    return cli_finish_analysis(call, status, result, err);
}
