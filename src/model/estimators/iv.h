/* Two-stage least squares: what the estimator keeps for its tests. */
#ifndef PP_MODEL_IV_H
#define PP_MODEL_IV_H

#include "model/fit.h"
#include "model/least_squares.h"

/* One line of table `first_stage`. */
typedef struct pp__iv_test {
    const char *test, *variable, *covariance;
    double statistic, df1, df2, p_value; /* df2 infinite: chi-squared */
} pp__iv_test;

/* Columns are standardised, and what the fixed effects leave of them. */
typedef struct pp__iv {
    int exogenous, endogenous, instruments;
    const double **column;          /* these, in turn, and the outcome */
    const double **regressor;       /* exogenous, endogenous */
    const double **first_regressor; /* exogenous, instruments */
    const double **projected;       /* exogenous, fitted endogenous */
    double **residual;              /* of the first stage: one an endogenous variable */
    const char **name;              /* of the columns */
    pp__least_squares first, second;
    double *u; /* n: y less what regressors explain; without weights */
    int n_tests;
    pp__iv_test *tests;
} pp__iv;

/* src/model/estimators/iv_tests.c: fills iv->tests, once the fit is complete. */
pp_status pp__iv_conclude(pp_fit *fit, const pp_context *ctx, pp_error *err);
pp_status pp__iv_report(const pp_fit *fit, pp_result *result, pp_error *err);

#endif
