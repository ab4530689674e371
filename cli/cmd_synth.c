#include "analysis.h"
#include "counterfactual.h"
#include "dates.h"

#include <math.h>
#include <string.h>

const cli_option cli_synth_options[] = {
    {"data", "FILE",
     "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel: one row a unit and period", NULL},
    {"outcome", "COLUMN", "what may be affected", NULL},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, numbers", NULL},
    {"treated", "UNITS", "the treated units, with commas", NULL},
    {"first", "PERIOD", "their first period of treatment", NULL},
    {"donors", "UNITS", "control units, with commas; default: all others", NULL},
    {"where", "SQL", "keep only the rows for which this holds: \"region = 'Americas'\"",
     NULL},
    {"method", "NAME",
     "of gaps, weights and placebos: sdid (default), synthetic difference in "
     "differences; sc, synthetic control; asc, that augmented by a ridge; did. Factor "
     "models: gsynth, generalised synthetic control; ife, factors of all that is not "
     "treated; mc, matrix completion",
     "sdid|sc|asc|did|gsynth|ife|mc"},
    {"lambda", "L",
     "penalty of asc: 1se (default) or min, by leaving out periods; or a number. Weight "
     "of "
     "the norm of mc: a number; default: by cross-validation",
     NULL},
    CLI_FACTOR_OPTIONS,
    CLI_DATES,
    {"draws", "N",
     "with several treated units: random placebo groups; default: 200. Factor models: of "
     "the bootstrap; default: 500",
     NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status check_call(const cli_call *call, pp_error *err) {
    int is_dated = cli_has_dates(call) || cli_value(call, "first", NULL) ||
                   cli_value(call, "cohort", NULL) || cli_value(call, "treatment", NULL);
    if (is_dated) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "the first period of treatment is missing: --first");
    pp_error_hint(
        err, "pushpull synth --data FILE --outcome y --unit id --time year "
             "--treated ECU --first 2012; of factor models also --cohort or --treatment");
    return PP_E_ARGUMENT;
}

static pp_status read_options(const cli_call *call, pp_synth_options *o, pp_error *err) {
    int64_t seed;
    *o = (pp_synth_options){
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .treated = cli_value(call, "treated", NULL),
        .donors = cli_value(call, "donors", NULL),
        .method = cli_value(call, "method", NULL),
        .lambda = cli_value(call, "lambda", NULL),
    };
    CLI_TRY(cli_number(call, "first", NAN, &o->first, err));
    CLI_TRY(cli_integer(call, "draws", 0, &o->draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    CLI_TRY(cli_number_in(call, "level", 0, 0, 1, &o->level, err));
    return PP_OK;
}

static pp_status run_synth(const cli_call *call, const pp_table *data,
                           const pp_uncertain_options *dates, pp_result **out,
                           pp_error *err) {
    pp_synth_options options;
    CLI_TRY(read_options(call, &options, err));
    if (!options.treated || (isnan(options.first) && !cli_has_dates(call))) {
        pp_error_set(err, PP_E_ARGUMENT, "--treated or --first is missing");
        pp_error_hint(err,
                      "this method takes units that were treated together; columns of "
                      "dates are for gsynth, ife and mc");
        return PP_E_ARGUMENT;
    }
    return cli_has_dates(call)
               ? pp_synth_uncertain(data, &options, dates, &call->ctx, out, err)
               : pp_synth(data, &options, &call->ctx, out, err);
}

/* Methods that are analyses of their own; all others are pp_synth's. */
static const struct {
    const char *method;
    pp_status (*run)(const cli_call *call, const pp_table *data,
                     const pp_uncertain_options *dates, pp_result **out, pp_error *err);
} OTHERS[] = {{"gsynth", cli_counterfactual},
              {"ife", cli_counterfactual},
              {"mc", cli_counterfactual},
              {NULL, run_synth}};

static int method_of(const cli_call *call) {
    const char *method = cli_value(call, "method", "sdid");
    int i = 0;
    while (OTHERS[i].method && strcmp(OTHERS[i].method, method) != 0) {
        i++;
    }
    return i;
}

/* Options that not all methods have. */
static const struct {
    const char *option, *methods;
} OWNED[] = {{"cohort", "gsynth, ife, mc"},
             {"treatment", "gsynth, ife, mc"},
             {"covariates", "gsynth, ife, mc"},
             {"effects", "gsynth, ife, mc"},
             {"rank", "gsynth, ife"},
             {"most-rank", "gsynth, ife"},
             {"folds", "ife, mc"},
             {"min-before", "gsynth, ife, mc"},
             {"errors", "gsynth, ife, mc"},
             {"placebo", "gsynth, ife, mc"},
             {"bound", "gsynth, ife, mc"},
             {"lambda", "asc, mc"}};

static int has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word)) {
        int begins = at == list || at[-1] == ' ';
        if (begins && (at[length] == ',' || at[length] == '\0')) {
            return 1;
        }
    }
    return 0;
}

static pp_status check_owned(const cli_call *call, pp_error *err) {
    const char *method = cli_value(call, "method", "sdid");
    for (size_t i = 0; i < sizeof OWNED / sizeof *OWNED; i++) {
        if (cli_value(call, OWNED[i].option, NULL) &&
            !has_word(OWNED[i].methods, method)) {
            pp_error_set(err, PP_E_ARGUMENT, "--%s is no option of the method %s",
                         OWNED[i].option, method);
            pp_error_hint(err, "it is one of: %s", OWNED[i].methods);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

static const cli_other_date other_dates[] = {
    {"first", NULL}, {"cohort", NULL}, {"treatment", NULL}, {0}};

static pp_status analyse_file(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_read_options reading = {.where = cli_value(call, "where", NULL)};
    pp_uncertain_options dates;
    pp_table *data = NULL;
    pp_result *result = NULL;
    CLI_TRY(check_owned(call, err));
    CLI_TRY(check_call(call, err));
    CLI_TRY(cli_read_dates(call, other_dates, &dates, err));
    pp_status status = pp_table_read(path, &reading, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = cli_make_dates(call, data, &dates, err);
    }
    if (status == PP_OK) {
        status = OTHERS[method_of(call)].run(call, data, &dates, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}

pp_status cmd_synth(cli_call *call, pp_error *err) {
    return cli_has_data(call) ? analyse_file(call, err) : cli_analyse_study(call, err);
}
