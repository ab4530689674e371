/* Residuals and leverages. McCullagh & Nelder (1989), Generalized Linear Models, ch. 2.4;
   Cook (1977), Technometrics 19, 15-18. */
#include "base/check.h"
#include "model/after/family.h"
#include "model/after/influence.h"
#include "model/after/newdata.h"
#include "model/estimator.h"
#include "model/estimators/cox.h"

#include <pushpull/after.h>

#include <math.h>

enum { RESPONSE, PEARSON, DEVIANCE, WORKING, LEVERAGE, COOK, COLUMNS };

static const char *const NAMES[] = {"response", "pearson",  "deviance",
                                    "working",  "leverage", "cook"};

/* All but leverage and distance; the information weight stands in for the distance. */
static void fill_row(const pp_fit *fit, const pp__family *family, double eta, int64_t i,
                     pp_column **column) {
    const pp__companions *with = &fit->design->with;
    double w = with->weight ? with->weight[i] : 1, y = with->y[i];
    pp__row_fit row;
    pp__row_of(fit, family, y, eta, &row);
    double residual = y - row.mean;
    column[RESPONSE]->number[i] = residual;
    column[PEARSON]->number[i] = sqrt(w / row.variance) * residual;
    column[DEVIANCE]->number[i] = copysign(sqrt(w * row.deviance), residual);
    column[WORKING]->number[i] = residual / row.slope;
    column[COOK]->number[i] = w * row.slope * row.slope / row.variance;
}

static void fill_distance(const pp_fit *fit, const pp__family *family, int64_t i,
                          pp_column **column) {
    double h = column[LEVERAGE]->number[i], pearson = column[PEARSON]->number[i];
    double dispersion = family->gaussian ? fit->sigma * fit->sigma : 1;
    column[COOK]->number[i] =
        pearson * pearson * h / ((1 - h) * (1 - h) * dispersion * pp__regressors(fit));
}

static pp_status fill(const pp_fit *fit, const pp__family *family, const char *ids,
                      const pp_context *ctx, pp_arena *arena, pp_table *table,
                      pp_error *err) {
    pp_column *column[COLUMNS], *observed, *fitted;
    double *eta, *mean;
    int64_t n = fit->design->n;
    PP_TRY(pp_table_resize(table, n, err));
    PP_TRY(pp__put_rows(fit, NULL, ids, table, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "observed", &observed, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "fitted", &fitted, err));
    for (int c = 0; c < COLUMNS; c++) {
        PP_TRY(pp_table_add(table, PP_NUMBER, NAMES[c], &column[c], err));
    }
    PP_TRY(pp__used_predict(fit, ctx, arena, &eta, &mean, err));
    for (int64_t i = 0; i < n; i++) {
        observed->number[i] = fit->design->with.y[i];
        fitted->number[i] = mean[i];
        fill_row(fit, family, eta[i], i, column);
    }
    PP_TRY(pp__leverages(fit, column[COOK]->number, column[LEVERAGE]->number, ctx, err));
    for (int64_t i = 0; i < n; i++) {
        fill_distance(fit, family, i, column);
    }
    return PP_OK;
}

pp_status pp_fit_residuals(const pp_fit *fit, const char *ids, const pp_context *ctx,
                           pp_result *result, pp_error *err) {
    const pp__family *family = pp__fit_family(fit);
    pp_arena arena;
    pp_table *table;
    if (fit->estimator->outcome == PP__SPELL) {
        return pp__cox_residuals(fit, ids, ctx, result, err);
    }
    if (!family) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "there are no residuals for model '%s'",
                fit->options.model);
    }
    PP_TRY(pp_result_add(result, "residuals", "Residuals", &table, err));
    pp_arena_init(&arena);
    pp_status status = fill(fit, family, ids, ctx, &arena, table, err);
    pp_arena_clear(&arena);
    return status;
}
