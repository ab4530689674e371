/* Mean predictions along one variable. */
#include "base/check.h"
#include "model/after/response.h"
#include "model/estimator.h"
#include "model/tables.h"

#include <math.h>

static pp_status find_number(const pp_fit *fit, const char *name, int *variable,
                             pp_error *err) {
    int32_t reference;
    PP_TRY(pp__variable_find(fit, name, variable, &reference, err));
    if (reference >= 0) {
        pp_error_set(err, PP_E_ARGUMENT, "'%s' is a category and has no values", name);
        pp_error_locate(err, NULL, 0, name, NULL);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status fill(const pp_fit *fit, int variable, const double *values, int64_t n,
                      double *gradient, pp_table *table, pp_error *err) {
    double quantile = pp__fit_quantile(fit, fit->options.level);
    for (int64_t i = 0; i < n; i++) {
        const pp__change set = {PP__SET_VALUE, variable, values[i], 0};
        double mean;
        PP_TRY(pp__mean_response(fit, &set, NULL, &mean, gradient, err));
        double error = sqrt(pp__delta_variance(fit, gradient)), width = quantile * error;
        PP_TRY(pp__put_number(table, i, "value", PP_SHOW_DEFAULT, values[i], err));
        PP_TRY(pp__put_number(table, i, "estimate", PP_SHOW_DEFAULT, mean, err));
        PP_TRY(pp__put_number(table, i, "std_error", PP_SHOW_DEFAULT, error, err));
        PP_TRY(pp__put_number(table, i, "conf_low", PP_SHOW_DEFAULT, mean - width, err));
        PP_TRY(pp__put_number(table, i, "conf_high", PP_SHOW_DEFAULT, mean + width, err));
    }
    return PP_OK;
}

pp_status pp_fit_profile(const pp_fit *fit, const char *variable, const double *values,
                         int64_t n, const char *name, pp_result *result, pp_error *err) {
    int index;
    pp_table *table;
    if (!fit->estimator->respond || fit->outcomes) {
        PP_TRY(pp__need_response(fit, "predictions", err));
    }
    PP_TRY(find_number(fit, variable, &index, err));
    PP_TRY(pp_result_add(result, name, variable, &table, err));
    PP_TRY(pp_table_resize(table, n, err));
    double *gradient = pp_malloc(fit->k, sizeof *gradient);
    PP_NEED(gradient, err);
    pp_status status = fill(fit, index, values, n, gradient, table, err);
    pp_free(gradient);
    return status;
}
