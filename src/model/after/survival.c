/* Tests of all coefficients of Cox's model, and its martingale residuals. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/after/newdata.h"
#include "model/estimators/cox.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/survival.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

static pp_status put_test(pp_table *table, int64_t row, const char *name,
                          double statistic, int df, pp_error *err) {
    PP_TRY(pp__put_text(table, row, "test", name, err));
    PP_TRY(pp__put_number(table, row, "statistic", PP_SHOW_DEFAULT, statistic, err));
    PP_TRY(pp__put_number(table, row, "df", PP_SHOW_COUNT, df, err));
    return pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE,
                          pchisq(statistic, df, 0, 0), err);
}

/* b' V⁻¹ b, NaN when V is singular. */
static pp_status wald(const pp_fit *fit, double *out, pp_error *err) {
    int64_t k = fit->k;
    double *factor = pp_malloc(k * k + k, sizeof *factor);
    PP_NEED(factor, err);
    double *b = factor + k * k;
    memcpy(factor, fit->V, (size_t)(k * k) * sizeof *factor);
    memcpy(b, fit->estimates, (size_t)k * sizeof *b);
    *out = NAN;
    if (pp__cholesky(fit->k, factor, 1e-14) == fit->k) {
        pp__forward(fit->k, factor, b);
        *out = pp__dot(k, b, b);
    }
    pp_free(factor);
    return PP_OK;
}

pp_status pp__cox_report(const pp_fit *fit, pp_result *result, pp_error *err) {
    const pp__cox_facts *facts = fit->own;
    pp_table *table;
    double w = NAN;
    PP_TRY(wald(fit, &w, err));
    PP_TRY(pp_result_add(result, "tests", "All coefficients are zero", &table, err));
    PP_TRY(pp_table_resize(table, 3, err));
    PP_TRY(put_test(table, 0, "likelihood ratio", 2 * (fit->loglik - fit->null_loglik),
                    fit->k, err));
    PP_TRY(put_test(table, 1, "Wald", w, fit->k, err));
    PP_TRY(put_test(table, 2, "score", facts->score_test, fit->k, err));
    return pp_result_set_note(result, "tests",
                              "The Wald test uses the table's covariance; the others "
                              "hold for independent rows.",
                              err);
}

static pp_status find_martingale(const pp_fit *fit, const pp_context *ctx, double *out,
                                 pp_error *err) {
    const double *weight = fit->design->with.weight;
    pp_arena arena;
    pp__cox c;
    pp_arena_init(&arena);
    pp_status status = pp__cox_revisit(fit, "residual", &arena, ctx, &c, NULL, err);
    for (int64_t i = 0; status == PP_OK && i < fit->design->n; i++) {
        out[i] = c.sets.event[i];
    }
    for (int64_t i = 0; status == PP_OK && i < c.sets.backward.n; i++) {
        int64_t row = c.sets.backward.row[i];
        out[row] -= pp__cox_expected(&c, i) / (weight ? weight[row] : 1);
    }
    pp_arena_clear(&arena);
    return status;
}

pp_status pp__cox_residuals(const pp_fit *fit, const char *ids, const pp_context *ctx,
                            pp_result *result, pp_error *err) {
    pp_table *table;
    pp_column *column;
    PP_TRY(pp_result_add(result, "residuals", "Residuals", &table, err));
    PP_TRY(pp_table_resize(table, fit->design->n, err));
    PP_TRY(pp__put_rows(fit, NULL, ids, table, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "martingale", &column, err));
    return find_martingale(fit, ctx, column->number, err);
}
