#include "effects/columns.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <string.h>

/* What cannot be read as numbers: no rows at all, or a first value that is none. */
static pp_status refuse_text(const pp_column *column, const char *what, int64_t rows,
                             pp_error *err) {
    double number;
    int is_period = strcmp(what, "periods") == 0;
    for (int64_t i = 0; i < rows; i++) {
        const char *text = pp_column_get_text(column, i);
        if (text && !pp_parse_number(text, &number)) {
            pp_error_set(err, PP_E_INPUT, "the %s must be numbers", what);
            pp_error_locate(err, NULL, i + 1, column->name, text);
            pp_error_hint(err, "%s",
                          is_period ? "take the year of each date, or number the periods"
                                    : "mend it, or leave it empty where it is not known");
            return PP_E_INPUT;
        }
    }
    pp_error_set(err, PP_E_INPUT, rows == 0 ? "there are no rows" : "no value is known");
    pp_error_locate(err, NULL, 0, column->name, NULL);
    pp_error_hint(err, "numbers are expected: the %s", what);
    return PP_E_INPUT;
}

pp_status pp__effects_column(const pp_table *data, const char *name, const char *what,
                             int numeric, pp_column **out, pp_error *err) {
    if (!name) {
        PP_FAIL(err, PP_E_ARGUMENT, "the column of the %s is not named", what);
    }
    PP_TRY(pp_table_require(data, name, out, err));
    if (numeric && (*out)->type != PP_NUMBER) {
        return refuse_text(*out, what, pp_table_rows(data), err);
    }
    return PP_OK;
}

pp_status pp__effects_encode(const pp_table *data, const char *name, const char *what,
                             int numeric, const pp_context *ctx, pp_arena *arena,
                             pp__encoding *out, pp_error *err) {
    pp_column *column;
    PP_TRY(pp__effects_column(data, name, what, numeric, &column, err));
    return pp__encode(column, NULL, pp_table_rows(data), ctx, arena, out, err);
}

pp_status pp__effects_covariates(const pp_table *data, const char *outcome,
                                 const char *covariates, const pp_context *ctx,
                                 pp_fit **out, pp_error *err) {
    pp_buf formula;
    *out = NULL;
    if (!covariates) {
        return PP_OK;
    }
    pp_buf_init(&formula);
    pp_buf_printf(&formula, "`%s` ~ %s", outcome, covariates);
    pp_status status = pp_buf_check(&formula, err);
    if (status == PP_OK) {
        status = pp_model_fit(formula.data, data, &(pp_model_options){.model = "ols"},
                              ctx, out, err);
    }
    pp_buf_clear(&formula);
    return status;
}
