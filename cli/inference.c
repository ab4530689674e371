#include "inference.h"

#include <string.h>

/* "wild:country" → the word, and the column (NULL: none). */
static pp_status split(const char *text, const char *option, char *word, size_t size,
                       const char **column, pp_error *err) {
    size_t length = strcspn(text, ":");
    *column = text[length] == ':' ? text + length + 1 : NULL;
    if (length == 0 || length >= size || (*column && !**column)) {
        pp_error_set(err, PP_E_ARGUMENT, "a name and, after ':', a column are wanted");
        pp_error_locate(err, NULL, 0, option, text);
        return PP_E_ARGUMENT;
    }
    memcpy(word, text, length);
    word[length] = '\0';
    return PP_OK;
}

static const char STEPDOWN[] = "romano-wolf";

static int wants_stepdown(const cli_call *call) {
    return strstr(cli_value(call, "adjust", ""), STEPDOWN) != NULL;
}

/* The methods of the list that need no draws. */
static pp_status adjust(const cli_call *call, pp_result *result, pp_error *err) {
    char methods[64];
    size_t used = 0;
    const char *at = cli_value(call, "adjust", "");
    if (wants_stepdown(call) && !cli_value(call, "boot", NULL)) {
        pp_error_set(err, PP_E_ARGUMENT, "romano-wolf needs the draws of a bootstrap");
        pp_error_locate(err, NULL, 0, "adjust", at);
        pp_error_hint(err, "add --boot wild:COLUMN, score:COLUMN or pairs:COLUMN");
        return PP_E_ARGUMENT;
    }
    while (*at) {
        size_t length = strcspn(at, ",");
        int drawn = length == strlen(STEPDOWN) && strncmp(at, STEPDOWN, length) == 0;
        if (!drawn && used + length + 2 < sizeof methods) {
            memcpy(methods + used, at, length);
            methods[used + length] = ',';
            used += length + 1;
        }
        at += length + (at[length] == ',');
    }
    methods[used] = '\0';
    return pp_result_adjust(result, methods, cli_value(call, "only", NULL), err);
}

static pp_status bootstrap(const cli_call *call, const pp_fit *fit, pp_result *result,
                           pp_error *err) {
    const char *boot = cli_value(call, "boot", NULL);
    char method[16];
    int64_t seed;
    pp_bootstrap_options o = {.method = method,
                              .term = cli_value(call, "only", NULL),
                              .weights = cli_value(call, "draw-weights", NULL),
                              .unrestricted = cli_flag(call, "unrestricted"),
                              .interval = cli_value(call, "boot-interval", NULL),
                              .adjust = wants_stepdown(call) ? "romano-wolf" : NULL,
                              .tails = cli_value(call, "tails", NULL)};
    if (!boot) {
        return PP_OK;
    }
    CLI_TRY(split(boot, "boot", method, sizeof method, &o.cluster, err));
    CLI_TRY(cli_number(call, "null", 0, &o.null, err));
    CLI_TRY(cli_integer_in(call, "draws", 0, 1, INT64_MAX, &o.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o.seed = (uint64_t)seed;
    return pp_fit_bootstrap(fit, &o, &call->ctx, result, err);
}

static pp_status permute(const cli_call *call, const pp_fit *fit, pp_result *result,
                         pp_error *err) {
    const char *text = cli_value(call, "permute", NULL);
    char column[256];
    int64_t seed;
    pp_permutation_options o = {.column = column,
                                .term = cli_value(call, "only", NULL),
                                .strata = cli_value(call, "permute-strata", NULL),
                                .statistic = cli_value(call, "permute-statistic", NULL)};
    if (!text) {
        return PP_OK;
    }
    CLI_TRY(split(text, "permute", column, sizeof column, &o.unit, err));
    CLI_TRY(cli_number(call, "null", 0, &o.null, err));
    CLI_TRY(cli_integer_in(call, "draws", 0, 1, INT64_MAX, &o.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o.seed = (uint64_t)seed;
    return pp_fit_permute(fit, &o, &call->ctx, result, err);
}

pp_status cli_inference(const cli_call *call, const pp_fit *fit, pp_result *result,
                        pp_error *err) {
    const char *test = cli_value(call, "test", NULL);
    const char *equivalence = cli_value(call, "equivalence", NULL);
    if (test) {
        CLI_TRY(pp_fit_test(fit, test, cli_value(call, "test-kind", NULL), &call->ctx,
                            result, err));
    }
    if (equivalence) {
        CLI_TRY(pp_fit_equivalence(fit, equivalence, result, err));
    }
    CLI_TRY(bootstrap(call, fit, result, err));
    CLI_TRY(permute(call, fit, result, err));
    return adjust(call, result, err);
}

pp_status cli_no_inference(const cli_call *call, const char *because, pp_error *err) {
    static const char *const OPTIONS[] = {"test", "equivalence", "adjust", "boot",
                                          "permute"};
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        const char *value = cli_value(call, OPTIONS[i], NULL);
        if (value) {
            pp_error_set(err, PP_E_ARGUMENT, "--%s does not go with --%s", OPTIONS[i],
                         because);
            pp_error_locate(err, NULL, 0, OPTIONS[i], value);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}
