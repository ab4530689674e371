#include "after.h"
#include "inference.h"
#include "model.h"
#include "survival.h"

#include <string.h>

/* What an option is about. Given without it, it would change nothing, in silence. */
typedef struct dependence {
    const char *option, *on, * or ; /* options; `or` NULL: none */
} dependence;

static const dependence DEPENDENCES[] = {{"bins", "quality", "curves"},
                                         {"draws", "boot", "permute"},
                                         {"null", "boot", "permute"},
                                         {"draw-weights", "boot", NULL},
                                         {"unrestricted", "boot", NULL},
                                         {"tails", "boot", NULL},
                                         {"boot-interval", "boot", NULL},
                                         {"permute-strata", "permute", NULL},
                                         {"permute-statistic", "permute", NULL},
                                         {"test-kind", "test", NULL},
                                         {"weight-kind", "weights", NULL},
                                         {"influence-term", "influence", NULL},
                                         {"influence-top", "influence", NULL},
                                         {"one-step", "influence", NULL},
                                         {"impute-with", "impute", NULL},
                                         {"impute-method", "impute", NULL},
                                         {"impute-numbers", "impute", NULL},
                                         {"impute-lags", "impute", NULL},
                                         {"impute-iterations", "impute", NULL}};

static const dependence OF_MODELS[] = {{"ties", "cox", NULL},
                                       {"quadrature", "relogit", NULL},
                                       {"interval", "firth", NULL},
                                       {"information", "firth", NULL}};

static int given(const cli_call *call, const char *option) {
    return option && (cli_flag(call, option) || cli_value(call, option, NULL));
}

static pp_status check_options(const cli_call *call, pp_error *err) {
    const char *model = cli_value(call, "model", "ols");
    for (size_t i = 0; i < sizeof DEPENDENCES / sizeof *DEPENDENCES; i++) {
        const dependence *d = &DEPENDENCES[i];
        if (given(call, d->option) && !given(call, d->on) && !given(call, d->or)) {
            pp_error_set(err, PP_E_ARGUMENT, "--%s does nothing without --%s", d->option,
                         d->on);
            return PP_E_ARGUMENT;
        }
    }
    for (size_t i = 0; i < sizeof OF_MODELS / sizeof *OF_MODELS; i++) {
        const dependence *d = &OF_MODELS[i];
        if (given(call, d->option) && strcmp(model, d->on) != 0) {
            pp_error_set(err, PP_E_ARGUMENT, "--%s is for --model %s and not for '%s'",
                         d->option, d->on, model);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

static pp_status fit_result(const cli_call *call, const pp_fit *fit, pp_result **out,
                            pp_error *err) {
    pp_status status = pp_fit_result(fit, out, err);
    if (status == PP_OK) {
        status = cli_after(call, fit, *out, err);
    }
    if (status == PP_OK) {
        status = cli_survival(call, fit, *out, err);
    }
    if (status == PP_OK) {
        status = cli_inference(call, fit, *out, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*out, cli_value(call, "data", ""), err);
    }
    return status;
}

static pp_status fit_once(const cli_call *call, const pp_table *data,
                          const pp_model_options *options, pp_result **out,
                          pp_error *err) {
    pp_fit *fit = NULL;
    pp_status status =
        pp_model_fit(call->operands[0], data, options, &call->ctx, &fit, err);
    if (status == PP_OK) {
        status = fit_result(call, fit, out, err);
    }
    pp_fit_free(fit);
    return status;
}

/* On imputed copies of the data. */
static pp_status fit_pooled(const cli_call *call, const pp_table *data,
                            const pp_model_options *options, pp_result **out,
                            pp_error *err) {
    pp_impute_options impute;
    const char *margins =
        cli_flag(call, "margins") ? cli_value(call, "scale", "unit") : NULL;
    pp_status status = cli_after_pooled(call, err);
    if (status == PP_OK) {
        status = cli_no_inference(call, "impute", err);
    }
    if (status == PP_OK) {
        status = cli_impute_options(call, &impute, err);
    }
    if (status == PP_OK) {
        status = pp_model_fit_imputed(call->operands[0], data, options, &impute, margins,
                                      &call->ctx, out, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*out, cli_value(call, "data", ""), err);
    }
    return status;
}

pp_status cmd_fit(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    if (!path) {
        pp_error_set(err, PP_E_ARGUMENT, "--data is missing");
        pp_error_hint(err, "pushpull fit 'y ~ x' --data FILE");
        return PP_E_ARGUMENT;
    }
    pp_model_options options = {0};
    pp_table *data = NULL;
    pp_result *result = NULL;
    pp_status status = check_options(call, err);
    if (status == PP_OK) {
        status = cli_model_options(call, &options, err);
    }
    if (status == PP_OK) {
        status = pp_table_read(path, NULL, &call->ctx, &data, err);
    }
    if (status == PP_OK) {
        status = (cli_value(call, "impute", NULL) ? fit_pooled : fit_once)(
            call, data, &options, &result, err);
    }
    if (status == PP_OK) {
        cli_cry_not_converged(result);
    }
    pp_table_free(data);
    return cli_finish(call, status,
                      status == PP_OK ? result : (pp_result_free(result), NULL), err);
}
