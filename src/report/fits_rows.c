#include "report/fits_rows.h"

#include "base/check.h"

static pp_status append_column(pp_table *into, const pp_column *from, int64_t first,
                               int64_t rows, pp_error *err) {
    pp_column *to = pp_table_find(into, from->name);
    if (!to) {
        PP_TRY(pp_table_add(into, from->type, from->name, &to, err));
        to->show = from->show;
    }
    for (int64_t i = 0; i < rows; i++) {
        if (to->type == PP_NUMBER) {
            to->number[first + i] = from->number[i];
        } else {
            PP_TRY(pp_column_set_text(into, to, first + i, pp_column_get_text(from, i),
                                      err));
        }
    }
    return PP_OK;
}

pp_status pp__rows_append(pp_table *into, const pp_table *from, const char *key,
                          const char *value, pp_error *err) {
    int64_t first = pp_table_rows(into), rows = pp_table_rows(from);
    pp_column *name;
    PP_TRY(pp_table_resize(into, first + rows, err));
    name = pp_table_find(into, key);
    if (!name) {
        PP_TRY(pp_table_add(into, PP_TEXT, key, &name, err));
    }
    for (int64_t i = 0; i < rows; i++) {
        PP_TRY(pp_column_set_text(into, name, first + i, value, err));
    }
    for (int j = 0; j < pp_table_columns(from); j++) {
        PP_TRY(append_column(into, pp_table_column(from, j), first, rows, err));
    }
    return PP_OK;
}

static pp_status add_fit(const char *name, const pp_result *fit, pp_table *estimates,
                         pp_table *models, pp_result *result, pp_error *err) {
    PP_TRY(pp__rows_append(estimates, pp_result_find(fit, "coefficients"), "fit", name,
                           err));
    PP_TRY(pp__rows_append(models, pp_result_find(fit, "model"), "fit", name, err));
    for (int i = 0; i < pp_result_warnings(fit); i++) {
        const pp_warning *w = pp_result_warning(fit, i);
        PP_TRY(pp_result_warn(result, w->code, w->subject, w->count, err, "%s: %s", name,
                              w->message));
    }
    return PP_OK;
}

pp_status pp__fits_rows(const pp_fit *const *fits, const char *const *names, int n,
                        pp_result *result, pp_error *err) {
    pp_table *estimates, *models;
    PP_TRY(pp_result_add(result, "estimates", "Estimates", &estimates, err));
    PP_TRY(pp_result_add(result, "fits", "Fits", &models, err));
    for (int i = 0; i < n; i++) {
        pp_result *one;
        PP_TRY(pp_fit_result(fits[i], &one, err));
        pp_status status = add_fit(names[i], one, estimates, models, result, err);
        pp_result_free(one);
        PP_TRY(status);
    }
    return PP_OK;
}
