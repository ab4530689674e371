/* Tests of instruments: their F in the first stage, Wu and Hausman's of exogeneity, and
   Sargan's of more instruments than are needed. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimator.h"
#include "model/estimators/iv.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct testing {
    pp_fit *fit;
    pp__iv *iv;
    const pp_context *ctx;
    pp_arena arena; /* until all tests are there */
    pp_error *err;
} testing;

static double chance(double statistic, double df1, double df2) {
    return isfinite(df2) ? pf(statistic, df1, df2, 0, 0) : pchisq(statistic, df1, 0, 0);
}

static void add_test(pp__iv *iv, const char *test, const char *variable,
                     const char *covariance, double statistic, double df1, double df2) {
    iv->tests[iv->n_tests++] = (pp__iv_test){
        test, variable, covariance, statistic, df1, df2, chance(statistic, df1, df2)};
}

/* ---- Wald tests in regressions of their own ---- */

typedef struct regression {
    const pp__least_squares *ls;
    const double *y;
    double *theta, *residual;
    double rss;
} regression;

static pp_status regress(testing *t, const pp__least_squares *ls, const double *y,
                         regression *out) {
    *out = (regression){.ls = ls, .y = y};
    out->theta = pp_arena_alloc(&t->arena, ls->k, sizeof *out->theta);
    PP_NEED(out->theta, t->err);
    out->residual = pp_arena_alloc(&t->arena, ls->n, sizeof *out->residual);
    PP_NEED(out->residual, t->err);
    out->rss = pp__least_squares_solve(ls, y, out->theta, out->residual, NULL);
    return PP_OK;
}

/* A fit of the regression, of which a covariance can be made. */
static pp_status dress(testing *t, const regression *r, pp_fit *as) {
    const pp_fit *fit = t->fit;
    int k = r->ls->k;
    const double *weight = r->ls->weight;
    double *factor = pp_arena_alloc(&t->arena, r->ls->n, sizeof *factor);
    PP_NEED(factor, t->err);
    for (int64_t i = 0; i < r->ls->n; i++) {
        factor[i] = (weight ? weight[i] : 1) * r->residual[i];
    }
    as->estimator = fit->estimator;
    as->vcov = fit->vcov;
    as->options = fit->options;
    as->formula = fit->formula;
    as->data = fit->data;
    as->design = fit->design;
    as->absorbed = fit->absorbed;
    as->k = k;
    as->bread = pp_arena_alloc(&t->arena, (int64_t)k * k, sizeof *as->bread);
    PP_NEED(as->bread, t->err);
    pp__cholesky_inverse(k, r->ls->factor, as->bread);
    as->scores = (pp__scores){.n = r->ls->n,
                              .count = fit->scores.count,
                              .factor = factor,
                              .weight = weight,
                              .z = r->ls->x};
    as->sigma = sqrt(r->rss / (fit->scores.count - k - fit->absorbed));
    return pp__covariance(as, fit->data, t->ctx, t->err);
}

/* (θ'V⁻¹θ)/q of the coefficients from `first` on; NaN where V has no inverse. */
static pp_status wald(testing *t, const double *theta, const double *V, int k, int first,
                      double *out) {
    int q = k - first;
    double *block = pp_arena_alloc(&t->arena, (int64_t)q * q + q, sizeof *block);
    PP_NEED(block, t->err);
    double *b = block + (int64_t)q * q;
    for (int j = 0; j < q; j++) {
        b[j] = theta[first + j];
        for (int i = 0; i < q; i++) {
            block[i + (int64_t)j * q] = V[first + i + (int64_t)(first + j) * k];
        }
    }
    *out = NAN;
    if (pp__cholesky(q, block, 0) == q) {
        pp__forward(q, block, b);
        *out = pp__dot(q, b, b) / q;
    }
    return PP_OK;
}

/* That the coefficients from `first` on are zero, under the fit's covariance. */
static pp_status test_robust(testing *t, const regression *r, int first, const char *test,
                             const char *variable) {
    double statistic;
    pp_fit as = {0};
    if (t->fit->vcov.kind == PP__IID) {
        return PP_OK;
    }
    pp_arena_init(&as.arena);
    pp__notes_init(&as.notes);
    pp_status status = dress(t, r, &as);
    if (status == PP_OK) {
        status = wald(t, r->theta, as.V, r->ls->k, first, &statistic);
    }
    if (status == PP_OK) {
        add_test(t->iv, test, variable, t->fit->options.vcov, statistic, r->ls->k - first,
                 as.df);
    }
    pp__notes_clear(&as.notes);
    pp_arena_clear(&as.arena);
    return status;
}

/* The same, with errors that are alike: from V = s² (X'X)⁻¹. */
static pp_status test_iid(testing *t, const regression *r, int first, const char *test,
                          const char *variable) {
    int k = r->ls->k;
    double df = t->fit->scores.count - k - t->fit->absorbed, statistic;
    double *inverse = pp_arena_alloc(&t->arena, (int64_t)k * k, sizeof *inverse);
    PP_NEED(inverse, t->err);
    pp__cholesky_inverse(k, r->ls->factor, inverse);
    PP_TRY(wald(t, r->theta, inverse, k, first, &statistic));
    add_test(t->iv, test, variable, "iid", statistic / (r->rss / df), k - first, df);
    return PP_OK;
}

/* ---- the tests ---- */

/* Staiger & Stock (1997), Econometrica 65: below ten the normal approximation is poor. */
static pp_status warn_weak(testing *t, const char *variable, double F) {
    enum { STRONG = 10 };
    if (!(F < STRONG)) {
        return PP_OK;
    }
    return pp__notes_warn(&t->fit->notes, "weak_instruments", variable, -1, t->err,
                          "the first-stage F of %s is %.3g, below %d: estimates lean to "
                          "those of ols and intervals are too short",
                          variable, F, STRONG);
}

static pp_status test_first_stages(testing *t) {
    pp__iv *iv = t->iv;
    for (int e = 0; e < iv->endogenous; e++) {
        regression r;
        int at = iv->exogenous + e;
        PP_TRY(regress(t, &iv->first, iv->column[at], &r));
        PP_TRY(test_iid(t, &r, iv->exogenous, "first stage F", iv->name[at]));
        PP_TRY(warn_weak(t, iv->name[at], iv->tests[iv->n_tests - 1].statistic));
        PP_TRY(test_robust(t, &r, iv->exogenous, "first stage F", iv->name[at]));
    }
    return PP_OK;
}

/* Whether the residuals of the first stage belong into the equation. */
static pp_status test_exogeneity(testing *t) {
    pp__iv *iv = t->iv;
    regression r;
    int k = t->fit->k, all = k + iv->endogenous;
    const double **x = pp_arena_alloc(&t->arena, all, sizeof *x);
    PP_NEED(x, t->err);
    memcpy(x, iv->column, (size_t)k * sizeof *x);
    for (int e = 0; e < iv->endogenous; e++) {
        x[k + e] = iv->residual[e];
    }
    pp__least_squares ls = iv->second;
    ls.k = all;
    ls.x = x;
    PP_TRY(pp__least_squares_init(&ls, &t->arena, t->err));
    if (ls.rank < all || t->fit->scores.count - all - t->fit->absorbed < 1) {
        return PP_OK;
    }
    PP_TRY(regress(t, &ls, iv->column[k + iv->instruments], &r));
    PP_TRY(test_iid(t, &r, k, "Wu-Hausman", NULL));
    return test_robust(t, &r, k, "Wu-Hausman", NULL);
}

/* N R² of the residuals on all that is exogenous. */
static pp_status test_restrictions(testing *t) {
    pp__iv *iv = t->iv;
    regression r;
    int more = iv->instruments - iv->endogenous;
    if (more == 0) {
        return PP_OK;
    }
    PP_TRY(regress(t, &iv->first, iv->u, &r));
    double share = 1 - r.rss / t->fit->deviance;
    add_test(iv, "Sargan", NULL, "iid", t->fit->scores.count * share, more, INFINITY);
    return PP_OK;
}

pp_status pp__iv_conclude(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    testing t = {.fit = fit, .iv = fit->own, .ctx = ctx, .err = err};
    int most = 2 * t.iv->endogenous + 3;
    t.iv->tests = pp_arena_alloc(&fit->arena, most, sizeof *t.iv->tests);
    PP_NEED(t.iv->tests, err);
    pp_arena_init(&t.arena);
    pp_status status = test_first_stages(&t);
    if (status == PP_OK) {
        status = test_exogeneity(&t);
    }
    if (status == PP_OK) {
        status = test_restrictions(&t);
    }
    pp_arena_clear(&t.arena);
    return status;
}

static pp_status put_test(const pp__iv_test *test, pp_table *table, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "test", test->test, err));
    PP_TRY(pp__put_text(table, row, "variable", test->variable, err));
    PP_TRY(pp__put_text(table, row, "covariance", test->covariance, err));
    PP_TRY(
        pp__put_number(table, row, "statistic", PP_SHOW_DEFAULT, test->statistic, err));
    PP_TRY(pp__put_number(table, row, "df1", PP_SHOW_COUNT, test->df1, err));
    PP_TRY(pp__put_number(table, row, "df2", PP_SHOW_COUNT,
                          isfinite(test->df2) ? test->df2 : NAN, err));
    return pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE, test->p_value, err);
}

pp_status pp__iv_report(const pp_fit *fit, pp_result *result, pp_error *err) {
    const pp__iv *iv = fit->own;
    pp_table *table;
    PP_TRY(pp_result_add(result, "first_stage", "Instruments", &table, err));
    for (int i = 0; i < iv->n_tests; i++) {
        PP_TRY(put_test(&iv->tests[i], table, err));
    }
    return PP_OK;
}
