/* Tests of linear hypotheses: Wald, likelihood ratio, score. Engle (1984), Handbook of
   Econometrics II, ch. 13; White (1982), Econometrica 50, for the robust score test. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimator.h"
#include "model/inference/covariance_scores.h"
#include "model/inference/groups.h"
#include "model/inference/restrictions.h"
#include "model/linalg.h"
#include "model/refit.h"
#include "model/tables.h"

#include <pushpull/inference.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct outcome {
    const char *kind;
    double statistic; /* chi2, or F */
    int m;
    double df;              /* of F's denominator; infinity: chi2 */
    double estimate, error; /* of one restriction; NaN */
} outcome;

/* ---- Wald ---- */

/* d'M⁻¹d; -1 when M is singular. */
static double quadratic(int m, double *M, double *d) {
    if (pp__cholesky(m, M, 1e-13) < m) {
        return -1;
    }
    pp__forward(m, M, d);
    return pp__dot(m, d, d);
}

/* The degrees of freedom of one coefficient may be its own. */
static double df_of(const pp_fit *fit, const pp__restrictions *h) {
    double df = fit->df;
    for (int i = 0; fit->df_of && i < h->m; i++) {
        int only = -1;
        for (int j = 0; j < fit->k; j++) {
            only = h->R[i * fit->k + j] == 0 ? only : only < 0 ? j : fit->k;
        }
        if (h->m == 1 && only < fit->k) {
            df = fit->df_of[only];
        }
    }
    return df;
}

static pp_status wald(const pp_fit *fit, const pp__restrictions *h, outcome *out,
                      pp_error *err) {
    int64_t k = fit->k, m = h->m;
    double *M = pp_malloc(m * m + m + k, sizeof *M), *d = M + m * m, *Vr = d + m;
    PP_NEED(M, err);
    for (int64_t i = 0; i < m; i++) {
        d[i] = pp__dot(k, h->R + i * k, fit->estimates) - h->r[i];
        for (int64_t j = 0; j < k; j++) {
            Vr[j] = pp__dot(k, fit->V + j * k, h->R + i * k);
        }
        for (int64_t l = 0; l < m; l++) {
            M[l + i * m] = pp__dot(k, h->R + l * k, Vr);
        }
    }
    if (m == 1) {
        out->estimate = d[0] + h->r[0];
        out->error = sqrt(M[0]);
    }
    double W = quadratic((int)m, M, d);
    pp_free(M);
    if (W < 0) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "the covariance %s has not the rank for %d restrictions",
                     fit->options.vcov, h->m);
        pp_error_hint(err, "there are too few clusters: test fewer restrictions");
        return PP_E_ESTIMATION;
    }
    out->df = df_of(fit, h);
    out->statistic = isfinite(out->df) ? W / (double)m : W;
    return PP_OK;
}

/* ---- estimates under the hypothesis ---- */

/* Each restriction must give one coefficient a value. */
static pp_status find_fixed(const pp_fit *fit, const pp__restrictions *h, uint8_t *keep,
                            double *value, pp_error *err) {
    memset(keep, 1, (size_t)fit->design->k);
    for (int i = 0; i < h->m; i++) {
        const double *R = h->R + (int64_t)i * fit->k;
        int only = -1;
        for (int j = 0; j < fit->k; j++) {
            only = R[j] == 0 ? only : only < 0 ? j : fit->k;
        }
        if (only >= fit->design->k) {
            pp_error_set(err, PP_E_UNSUPPORTED,
                         "this test is of coefficients with given values");
            pp_error_hint(err, "write 'x1 = 0, x2 = 0', or take the Wald test");
            return PP_E_UNSUPPORTED;
        }
        keep[only] = 0;
        value[only] = h->r[i] / R[only];
    }
    return PP_OK;
}

static pp_status fit_restricted(const pp_fit *fit, const pp__restrictions *h,
                                const pp_context *ctx, pp_fit **out, pp_error *err) {
    const pp__design *d = fit->design;
    pp_status status = PP_E_MEMORY;
    int shifted = 0;
    if (fit->k < d->k || fit->equation) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "model '%s' has the Wald test only",
                fit->estimator->info.name);
    }
    uint8_t *keep = pp_malloc(d->k, 1);
    double *value = pp_calloc(d->k + d->n, sizeof *value), *offset = NULL;
    if (!keep || !value) {
        pp_error_set(err, status, "out of memory");
    } else {
        status = find_fixed(fit, h, keep, value, err);
        offset = value + d->k;
        for (int j = 0; j < d->k; j++) {
            shifted |= value[j] != 0;
            for (int64_t i = 0; value[j] != 0 && i < d->n; i++) {
                offset[i] += value[j] * d->x[j][i];
            }
        }
    }
    if (status == PP_OK) {
        status = pp__fit_constrain(fit, keep, shifted ? offset : NULL, ctx, out, err);
    }
    pp_free(keep);
    pp_free(value);
    return status;
}

static pp_status ratio(const pp_fit *fit, const pp__restrictions *h, const pp_fit *at,
                       outcome *out, pp_error *err) {
    const pp__companions *with = &fit->design->with;
    if (isnan(fit->loglik) || (with->weight && !with->frequency)) {
        pp_error_set(err, PP_E_UNSUPPORTED, "there is no likelihood to compare%s",
                     with->weight ? ": weights are of sampling" : "");
        pp_error_hint(err, "take the Wald test");
        return PP_E_UNSUPPORTED;
    }
    out->statistic = fmax(2 * (fit->loglik - at->loglik), 0);
    out->m = h->m;
    return PP_OK;
}

/* ---- score ---- */

typedef struct score_job {
    const pp_fit *fit, *at;
    const pp__clusters *clusters; /* NULL: by information */
    double *s, *A, *meat, *sums;  /* k; k × k; k × k; clusters × k */
} score_job;

static pp_status gather_scores(const score_job *w, pp_error *err) {
    const pp_fit *fit = w->fit;
    int k = fit->k;
    int64_t size = (int64_t)k * PP__TILE, rows = fit->design->n;
    const double *weight = w->at->scores.weight;
    double *z = pp_malloc(2 * size, sizeof *z), *wz = z + size;
    PP_NEED(z, err);
    for (int64_t begin = 0; begin < rows; begin += PP__TILE) {
        int n = rows - begin < PP__TILE ? (int)(rows - begin) : PP__TILE;
        pp__design_z(fit->design, begin, n, z);
        for (int64_t j = 0; j < k; j++) {
            for (int i = 0; i < n; i++) {
                double x = z[i + j * PP__TILE];
                double score = w->at->scores.factor[begin + i] * x;
                wz[i + j * PP__TILE] = (weight ? weight[begin + i] : 1) * x;
                w->s[j] += score;
                if (w->clusters) {
                    w->sums[w->clusters->of[begin + i] * (int64_t)k + j] += score;
                }
            }
        }
        pp__add_products(k, n, PP__TILE, z, wz, w->A);
    }
    pp_free(z);
    return PP_OK;
}

/* s'As, over the residual variance in a linear model. */
static double by_information(const score_job *w) {
    int k = w->fit->k;
    double sum = 0, scale = 1;
    for (int j = 0; j < k; j++) {
        sum += w->s[j] * pp__dot(k, w->A + (int64_t)j * k, w->s);
    }
    if (!isnan(w->at->sigma)) {
        scale = w->at->deviance / w->at->scores.count;
    }
    return sum / scale;
}

/* The part of As that the hypothesis holds at zero, against its sandwich. */
static double by_clusters(const score_job *w, const pp__restrictions *h, double *scratch,
                          double *M, double *b) {
    int64_t k = w->fit->k, m = h->m;
    for (int64_t g = 0; g < w->clusters->n; g++) {
        const double *s = w->sums + g * k;
        for (int64_t j = 0; j < k; j++) {
            for (int64_t i = 0; i < k; i++) {
                w->meat[i + j * k] += s[i] * s[j];
            }
        }
    }
    double *V = scratch + k * k;
    pp__sandwich((int)k, w->A, w->meat, scratch, V);
    for (int64_t i = 0; i < m; i++) {
        const double *R = h->R + i * k;
        b[i] = 0;
        for (int64_t j = 0; j < k; j++) {
            b[i] += R[j] * pp__dot(k, w->A + j * k, w->s);
        }
        for (int64_t l = 0; l < m; l++) {
            M[l + i * m] = 0;
            for (int64_t j = 0; j < k; j++) {
                M[l + i * m] += R[j] * pp__dot(k, V + j * k, h->R + l * k);
            }
        }
    }
    return quadratic((int)m, M, b);
}

static pp_status find_clusters(const pp_fit *fit, const pp_context *ctx, pp_arena *arena,
                               pp__clusters *out, const pp__clusters **use,
                               pp_error *err) {
    *use = NULL;
    if (fit->vcov.kind == PP__IID) {
        return PP_OK;
    }
    if (fit->vcov.kind != PP__HC &&
        (fit->vcov.kind != PP__CLUSTER || fit->vcov.n_columns > 1)) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "there is no score test under the covariance %s",
                fit->options.vcov);
    }
    *use = out;
    return pp__clusters_find(fit, fit->vcov.kind == PP__HC ? NULL : fit->vcov.column[0],
                             ctx, arena, out, err);
}

static pp_status score(const pp_fit *fit, const pp__restrictions *h, const pp_fit *at,
                       const pp_context *ctx, pp_arena *arena, outcome *out,
                       pp_error *err) {
    int64_t k = fit->k, size = k * k;
    pp__clusters clusters = {0};
    score_job w = {.fit = fit, .at = at};
    int effects = fit->design->with.n_effects > 0;
    if (!at->scores.factor || effects || k != fit->design->k) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "there is no score test for '%s'%s",
                fit->estimator->info.name, effects ? " with fixed effects" : "");
    }
    PP_TRY(find_clusters(fit, ctx, arena, &clusters, &w.clusters, err));
    int64_t m = h->m;
    w.s = pp_arena_zalloc(arena, k + 5 * size + clusters.n * k + m * m + m, sizeof *w.s);
    PP_NEED(w.s, err);
    double *information = w.s + k, *scratch = information + 3 * size;
    w.meat = information + 2 * size;
    w.sums = scratch + 2 * size;
    double *M = w.sums + clusters.n * k;
    w.A = information;
    PP_TRY(gather_scores(&w, err));
    if (pp__cholesky((int)k, information, 0) < k) {
        PP_FAIL(err, PP_E_ESTIMATION, "the information is singular under the hypothesis");
    }
    w.A = information + size;
    pp__cholesky_inverse((int)k, information, w.A);
    out->statistic =
        w.clusters ? by_clusters(&w, h, scratch, M, M + m * m) : by_information(&w);
    return out->statistic >= 0
               ? PP_OK
               : pp_error_set(err, PP_E_ESTIMATION,
                              "the scores have not the rank for %d restrictions", h->m);
}

/* ---- tables ---- */

static pp_status put(const pp_fit *fit, const char *text, const outcome *o,
                     pp_table *table, pp_error *err) {
    int64_t row;
    int F = isfinite(o->df);
    double p = F ? pf(o->statistic, o->m, o->df, 0, 0) : pchisq(o->statistic, o->m, 0, 0);
    double q = F ? qt(0.5 + fit->options.level / 2, o->df, 1, 0)
                 : qnorm5(0.5 + fit->options.level / 2, 0, 1, 1, 0);
    const pp__named cells[] = {
        {"statistic", PP_SHOW_DEFAULT, o->statistic},
        {"df", PP_SHOW_COUNT, o->m},
        {"df_residual", PP_SHOW_DEFAULT, F ? o->df : NAN},
        {"p_value", PP_SHOW_P_VALUE, p},
        {"estimate", PP_SHOW_DEFAULT, o->estimate},
        {"std_error", PP_SHOW_DEFAULT, o->error},
        {"conf_low", PP_SHOW_DEFAULT, o->estimate - q * o->error},
        {"conf_high", PP_SHOW_DEFAULT, o->estimate + q * o->error}};
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "hypothesis", text, err));
    PP_TRY(pp__put_text(table, row, "test", o->kind, err));
    PP_TRY(pp__put_text(table, row, "distribution", F ? "F" : "chi2", err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return PP_OK;
}

static pp_status test_one(const pp_fit *fit, const pp__restrictions *h, const char *kind,
                          const pp_context *ctx, pp_arena *arena, pp_table *table,
                          pp_error *err) {
    outcome o = {.kind = kind, .m = h->m, .df = INFINITY, .estimate = NAN, .error = NAN};
    pp_fit *at = NULL;
    if (strcmp(kind, "wald") == 0) {
        PP_TRY(wald(fit, h, &o, err));
        return put(fit, h->text, &o, table, err);
    }
    PP_TRY(fit_restricted(fit, h, ctx, &at, err));
    pp_status status = strcmp(kind, "lr") == 0 ? ratio(fit, h, at, &o, err)
                                               : score(fit, h, at, ctx, arena, &o, err);
    pp_fit_free(at);
    return status == PP_OK ? put(fit, h->text, &o, table, err) : status;
}

static pp_status check_kind(const char **kind, pp_error *err) {
    static const char *const KINDS[] = {"wald", "lr", "score"};
    for (int i = 0; i < 3; i++) {
        if (!*kind || strcmp(*kind, KINDS[i]) == 0) {
            *kind = KINDS[i];
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no test '%s'", *kind);
    pp_error_locate(err, NULL, 0, "test-kind", *kind);
    pp_error_hint(err, "there are: wald, lr, score");
    return PP_E_ARGUMENT;
}

static pp_status test_all(const pp_fit *fit, const char *hypotheses, const char *kind,
                          const pp_context *ctx, pp_result *result, pp_arena *arena,
                          pp_error *err) {
    pp__restrictions *h;
    pp_table *table = pp_result_find(result, "tests");
    PP_TRY(check_kind(&kind, err));
    PP_TRY(pp__restrictions_parse(fit, hypotheses, arena, &h, err));
    if (!table) {
        PP_TRY(pp_result_add(result, "tests", "Tests of hypotheses", &table, err));
    }
    for (; h; h = h->next) {
        PP_TRY(test_one(fit, h, kind, ctx, arena, table, err));
    }
    return PP_OK;
}

pp_status pp_fit_test(const pp_fit *fit, const char *hypotheses, const char *kind,
                      const pp_context *ctx, pp_result *result, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = test_all(fit, hypotheses, kind, ctx, result, &arena, err);
    pp_arena_clear(&arena);
    return status;
}
