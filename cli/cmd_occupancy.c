#include "analysis.h"

#include <string.h>

const cli_option cli_occupancy_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"visits", "COLUMNS",
     "one row a unit: the columns that hold what each visit found (1, 0, empty: no "
     "visit), with commas, or 'v*' for v1, v2, …; season by season",
     NULL},
    {"detected", "COLUMN", "one row a visit: the column that holds what it found", NULL},
    {"unit", "COLUMN", "what names the units; default: the row's number", NULL},
    {"state", "TERMS", "on what adoption hangs, as in a formula: 'x + region'", NULL},
    {"detect", "TERMS",
     "on what detection hangs; beside columns of units the variables of visits, and "
     "'visit', which visit it is",
     NULL},
    {"visit-covariate", "NAME=COLUMNS",
     "a variable with a column for each visit: w=w1,w2,w3 or w='w*'; as often as needed. "
     "A name that --detect has and data only with numbers is found without",
     NULL},
    {"form", "NAME",
     "single (default), dynamic (several seasons), false-positive, royle-nichols",
     "single|dynamic|false-positive|royle-nichols"},
    {"seasons", "N", "dynamic: into how many the visits fall", NULL},
    {"season", "COLUMN", "dynamic, one row a visit: the number of its season", NULL},
    {"season-covariate", "NAME=COLUMNS",
     "a variable with a column for each season, as --visit-covariate", NULL},
    {"colonisation", "TERMS", "dynamic: on what later adoption hangs", NULL},
    {"extinction", "TERMS", "dynamic: on what giving up hangs", NULL},
    {"absorbing", NULL, "dynamic: adoption is for ever", NULL},
    {"false-positive", "TERMS", "on what false reports hang", NULL},
    {"certain", "COLUMNS",
     "visits that report no falsehoods, with commas; one row a visit: a column that is "
     "1 for them",
     NULL},
    {"certainty", "TERMS", "on what it hangs that a detection is certain (2)", NULL},
    {"upper", "N",
     "royle-nichols: where the sum over abundance ends; default: where nothing is left",
     NULL},
    {"vcov", "TOKEN", "iid (default), robust, cluster:COLUMN", NULL},
    {"level", "P", "of intervals; default: 0.95", NULL},
    {"starts", "N", "from which the likelihood is climbed; default: 8", NULL},
    {"draws", "N", "for the interval of the total; default: 1000", NULL},
    {"bootstrap", "N", "replicates of the test of fit; default: none", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

/* ---- NAME=COLUMNS ---- */

typedef struct wide_list {
    const char *option;
    pp_wide_variable variable[CLI_MAX_VALUES];
    char *text[CLI_MAX_VALUES];
    int n;
} wide_list;

static pp_status read_wide(const cli_call *call, wide_list *list, pp_error *err) {
    for (int i = 0; i < call->n_values; i++) {
        const char *value = call->values[i].value;
        const char *equals = value ? strchr(value, '=') : NULL;
        if (strcmp(call->values[i].option->name, list->option) != 0) {
            continue;
        }
        if (!equals || equals == value || !equals[1]) {
            pp_error_set(err, PP_E_ARGUMENT, "a variable needs a name and its columns");
            pp_error_locate(err, NULL, 0, list->option, value);
            pp_error_hint(err, "--%s w=w1,w2,w3", list->option);
            return PP_E_ARGUMENT;
        }
        char *text = pp_strdup(value);
        if (!text) {
            return pp_error_set(err, PP_E_MEMORY, "out of memory");
        }
        text[equals - value] = '\0';
        list->text[list->n] = text;
        list->variable[list->n++] = (pp_wide_variable){text, text + (equals - value) + 1};
    }
    return PP_OK;
}

static void clear_wide(wide_list *list) {
    for (int i = 0; i < list->n; i++) {
        pp_free(list->text[i]);
    }
}

/* ---- the other options ---- */

static pp_status read_numbers(const cli_call *call, pp_occupancy_options *o,
                              pp_error *err) {
    int64_t seed;
    const struct {
        const char *name;
        int *to;
    } whole[] = {{"seasons", &o->seasons}, {"upper", &o->upper}, {"starts", &o->starts}};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        CLI_TRY(cli_int_in(call, whole[i].name, 0, 1, 1000000, whole[i].to, err));
    }
    CLI_TRY(cli_integer_in(call, "draws", 0, 1, INT64_MAX, &o->draws, err));
    CLI_TRY(cli_integer(call, "bootstrap", 0, &o->bootstrap, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number_in(call, "level", 0, 0, 1, &o->level, err);
}

static void read_texts(const cli_call *call, pp_occupancy_options *o) {
    const struct {
        const char *name, **to;
    } texts[] = {{"form", &o->form},
                 {"visits", &o->visits},
                 {"detected", &o->detected},
                 {"season", &o->season},
                 {"unit", &o->unit},
                 {"state", &o->state},
                 {"detect", &o->detect},
                 {"colonisation", &o->colonisation},
                 {"extinction", &o->extinction},
                 {"false-positive", &o->false_positive},
                 {"certainty", &o->certainty},
                 {"certain", &o->certain},
                 {"vcov", &o->vcov}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i].to = cli_value(call, texts[i].name, NULL);
    }
    o->absorbing = cli_flag(call, "absorbing");
}

static pp_status estimate(const cli_call *call, const pp_occupancy_options *options,
                          pp_result **result, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_table *data = NULL;
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = pp_occupancy(data, options, &call->ctx, result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_occupancy(cli_call *call, pp_error *err) {
    wide_list visits = {.option = "visit-covariate"};
    wide_list seasons = {.option = "season-covariate"};
    pp_occupancy_options options = {0};
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    read_texts(call, &options);
    pp_status status = read_numbers(call, &options, err);
    if (status == PP_OK) {
        status = read_wide(call, &visits, err);
    }
    if (status == PP_OK) {
        status = read_wide(call, &seasons, err);
    }
    options.visit_variables = visits.variable;
    options.n_visit_variables = visits.n;
    options.season_variables = seasons.variable;
    options.n_season_variables = seasons.n;
    if (status == PP_OK) {
        status = estimate(call, &options, &result, err);
    }
    clear_wide(&visits);
    clear_wide(&seasons);
    return cli_finish_analysis(call, status, result, err);
}
