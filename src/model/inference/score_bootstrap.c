/* The score (multiplier) bootstrap of Kline & Santos (2012), J. Econometric Methods 1, 23-41.
 *
 * With A the inverse information and q the coefficient, cluster g moves the estimate by
 * α_g = q'A s_g; a draw v has the numerator Σ v α and the variance Σ (v_g α_g − mean)².
 * Under the hypothesis scores and information are those of the restricted estimates, and
 * what is drawn is the score statistic.
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/estimator.h"
#include "model/inference/bootstrap.h"
#include "model/inference/covariance_scores.h"
#include "model/inference/multipliers.h"
#include "model/inference/tdraws.h"
#include "model/linalg.h"
#include "model/refit.h"

#include <math.h>
#include <string.h>

/* ---- draws ---- */

typedef struct drawing {
    const pp__multipliers *multipliers;
    const double *alpha; /* of each cluster */
    pp__tdraws *out;
    uint8_t *failed; /* of each chunk */
} drawing;

static void draw_chunk(void *payload, int64_t chunk) {
    const drawing *w = payload;
    int64_t begin = chunk * PP__WIDE, G = w->multipliers->groups;
    double sum[PP__WIDE] = {0}, squares[PP__WIDE] = {0};
    double *v = pp_malloc(G * PP__WIDE, sizeof *v);
    w->failed[chunk] = !v;
    if (!v) {
        return;
    }
    pp__multipliers_fill(w->multipliers, begin, v);
    for (int64_t g = 0; g < G; g++) {
        for (int b = 0; b < PP__WIDE; b++) {
            double moved = w->alpha[g] * v[b + g * PP__WIDE];
            sum[b] += moved;
            squares[b] += moved * moved;
        }
    }
    for (int b = 0; b < PP__WIDE && begin + b < w->out->n; b++) {
        w->out->n0[begin + b] = sum[b];
        w->out->q0[begin + b] = squares[b] - sum[b] * sum[b] / (double)G;
    }
    pp_free(v);
}

static pp_status draw(pp__boot *boot, const pp__multipliers *multipliers,
                      const double *alpha, pp__tdraws *out) {
    int64_t chunks = (out->n + PP__WIDE - 1) / PP__WIDE;
    drawing w = {multipliers, alpha, out, pp_calloc(chunks, 1)};
    pp_status status = PP_OK;
    PP_NEED(w.failed, boot->err);
    pp__parallel(boot->ctx, chunks, draw_chunk, &w);
    for (int64_t c = 0; c < chunks; c++) {
        if (w.failed[c]) {
            status = pp_error_set(boot->err, PP_E_MEMORY, "out of memory");
        }
    }
    pp_free(w.failed);
    return status;
}

/* ---- at the estimate ---- */

/* What each cluster's scores S move coefficient j by: row j of map × A × S. Rows of A are
 * those of standardised columns: of an intercept the map is more than a scale. */
static pp_status project(pp__boot *boot, const double *A, const double *S, int j,
                         double *alpha) {
    const pp_fit *fit = boot->fit;
    int64_t k = fit->k;
    double *map = pp_malloc(k * k + k, sizeof *map), *Aq = map + k * k;
    PP_NEED(map, boot->err);
    pp__fit_map(fit, map);
    for (int64_t i = 0; i < k; i++) {
        Aq[i] = 0;
        for (int64_t l = 0; l < k; l++) {
            Aq[i] += A[i + l * k] * map[j + l * k];
        }
    }
    for (int64_t g = 0; g < boot->clusters.n; g++) {
        alpha[g] = pp__dot(k, Aq, S + g * k);
    }
    pp_free(map);
    return PP_OK;
}

/* ---- under the hypothesis ---- */

typedef struct restricted {
    const pp_fit *at; /* the restricted fit */
    double *A;        /* k × k: the inverse of its information on all columns */
    double *S;        /* clusters × k: its scores on all columns */
} restricted;

/* Information (lower triangle) and scores by cluster. */
static pp_status gather(pp__boot *boot, restricted *r) {
    const pp_fit *fit = boot->fit;
    int k = fit->k;
    int64_t size = (int64_t)k * PP__TILE;
    const double *weight = r->at->scores.weight;
    double *z = pp_malloc(2 * size, sizeof *z), *wz = z + size;
    PP_NEED(z, boot->err);
    for (int64_t begin = 0; begin < fit->design->n; begin += PP__TILE) {
        int64_t left = fit->design->n - begin;
        int n = left < PP__TILE ? (int)left : PP__TILE;
        pp__design_z(fit->design, begin, n, z);
        for (int64_t j = 0; j < k; j++) {
            for (int i = 0; i < n; i++) {
                double x = z[i + j * PP__TILE];
                wz[i + j * PP__TILE] = (weight ? weight[begin + i] : 1) * x;
                r->S[boot->clusters.of[begin + i] * (int64_t)k + j] +=
                    r->at->scores.factor[begin + i] * x;
            }
        }
        pp__add_products(k, n, PP__TILE, z, wz, r->A);
    }
    pp_free(z);
    return PP_OK;
}

static pp_status score_statistic(pp__boot *boot, const pp_fit *at, int j, double *alpha) {
    int k = boot->fit->k;
    int64_t size = (int64_t)k * k, G = boot->clusters.n;
    restricted r = {.at = at};
    double *information = pp_calloc(2 * size + G * k, sizeof *information);
    PP_NEED(information, boot->err);
    r.A = information;
    r.S = information + 2 * size;
    pp_status status = gather(boot, &r);
    if (status == PP_OK && pp__cholesky(k, information, 0) < k) {
        status = pp_error_set(boot->err, PP_E_ESTIMATION,
                              "the information is singular under the hypothesis");
    }
    if (status == PP_OK) {
        r.A = information + size;
        pp__cholesky_inverse(k, information, r.A);
        status = project(boot, r.A, r.S, j, alpha);
    }
    pp_free(information);
    return status;
}

/* Fits with coefficient j at `null`, and draws. */
static pp_status draw_restricted(pp__boot *boot, const pp__multipliers *multipliers,
                                 int j, double null, double *alpha, pp__tdraws *out) {
    const pp__design *d = boot->fit->design;
    double *offset = null != 0 ? pp_malloc(d->n, sizeof *offset) : NULL;
    uint8_t *keep = pp_malloc(d->k, 1);
    pp_fit *at = NULL;
    pp_status status = PP_E_MEMORY;
    if (!keep || (null != 0 && !offset)) {
        pp_error_set(boot->err, status, "out of memory");
    } else {
        memset(keep, 1, (size_t)d->k);
        keep[j] = 0;
        for (int64_t i = 0; offset && i < d->n; i++) {
            offset[i] = null * d->x[j][i];
        }
        status = pp__fit_constrain(boot->fit, keep, offset, boot->ctx, &at, boot->err);
    }
    status = status == PP_OK ? score_statistic(boot, at, j, alpha) : status;
    status = status == PP_OK ? draw(boot, multipliers, alpha, out) : status;
    out->estimate = out->variance = 0;
    for (int64_t g = 0; status == PP_OK && g < multipliers->groups; g++) {
        out->estimate += alpha[g];
        out->variance += alpha[g] * alpha[g];
    }
    out->variance -= out->estimate * out->estimate / (double)multipliers->groups;
    pp_fit_free(at);
    pp_free(keep);
    pp_free(offset);
    return status;
}

/* ---- intervals by inversion: a fit for each value that is tried ---- */

typedef struct inversion {
    pp__boot *boot;
    const pp__multipliers *multipliers;
    int j;
    double *alpha, estimate, error;
    pp__tdraws *draws;
} inversion;

static pp_status p_at(inversion *v, double null, double *p) {
    pp_error local = {0};
    pp_error *err = v->boot->err;
    v->boot->err = &local;
    pp_status status =
        draw_restricted(v->boot, v->multipliers, v->j, null, v->alpha, v->draws);
    v->boot->err = err;
    if (status == PP_E_ESTIMATION) { /* so far off that nothing can be fitted */
        *p = 0;
        return PP_OK;
    }
    if (status != PP_OK && err) {
        *err = local;
    }
    *p = status == PP_OK ? pp__tdraws_p(v->draws, 0, v->boot->equal_tails) : NAN;
    return status;
}

static pp_status crossing(inversion *v, double sign, double *out) {
    enum { DOUBLINGS = 8 };
    double alpha = 1 - v->boot->level, inside = 0, outside = v->error, p;
    for (int i = 0;; i++, inside = outside, outside *= 2) {
        PP_TRY(p_at(v, v->estimate + sign * outside, &p));
        if (p <= alpha) {
            break;
        }
        if (i == DOUBLINGS) {
            *out = sign * INFINITY;
            return PP_OK;
        }
    }
    while (outside - inside > 1e-6 * v->error) {
        double middle = (inside + outside) / 2;
        PP_TRY(p_at(v, v->estimate + sign * middle, &p));
        if (p <= alpha) {
            outside = middle;
        } else {
            inside = middle;
        }
        PP_TRY(pp_progress(v->boot->ctx, "bootstrap", -1, v->boot->err));
    }
    *out = v->estimate + sign * outside;
    return PP_OK;
}

/* ---- a coefficient ---- */

static pp_status put_unrestricted(pp__boot *boot, int at, pp__tdraws *draws,
                                  pp__boot_row *row) {
    row->statistic = (row->estimate - boot->options->null) / row->std_error;
    pp__boot_stars(boot, at, draws, boot->options->null);
    row->p_value = pp__tdraws_p(draws, boot->options->null, boot->equal_tails);
    pp__tdraws_interval(draws, boot->level, boot->equal_tails, &row->low, &row->high);
    return pp__boot_put(boot, at, row);
}

static pp_status put_restricted(pp__boot *boot, const pp__multipliers *multipliers,
                                int at, double *alpha, pp__tdraws *draws,
                                pp__boot_row *row) {
    int j = boot->index[at];
    inversion v = {boot, multipliers, j, alpha, row->estimate, row->std_error, draws};
    PP_TRY(draw_restricted(boot, multipliers, j, boot->options->null, alpha, draws));
    row->statistic = draws->estimate / sqrt(draws->variance);
    if (boot->star) {
        pp__tdraws_stars(draws, 0, boot->star[at]);
    }
    row->p_value = pp__tdraws_p(draws, 0, boot->equal_tails);
    row->low = row->high = NAN;
    if (boot->fit->estimator->takes & PP__TAKES_OFFSET) {
        PP_TRY(crossing(&v, -1, &row->low));
        PP_TRY(crossing(&v, 1, &row->high));
    }
    return pp__boot_put(boot, at, row);
}

/* Restricted estimates take scores that are a factor times columns. */
static pp_status check(const pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    int effects = fit->design->with.n_effects > 0;
    int plain = fit->scores.factor && !effects && fit->k == fit->design->k && !fit->map;
    if (fit->scores.n == 0) {
        PP_FAIL(boot->err, PP_E_UNSUPPORTED, "model '%s' has no scores to draw",
                fit->estimator->info.name);
    }
    if (!plain && !boot->options->unrestricted) {
        pp_error_set(boot->err, PP_E_UNSUPPORTED,
                     "the hypothesis cannot be imposed on '%s'%s",
                     fit->estimator->info.name, effects ? " with fixed effects" : "");
        pp_error_hint(boot->err, "draw at the estimate: --unrestricted");
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

pp_status pp__boot_score(pp__boot *boot) {
    const pp_bootstrap_options *o = boot->options;
    const pp_fit *fit = boot->fit;
    int64_t G = boot->clusters.n;
    pp__multipliers multipliers;
    pp__tdraws draws;
    double *S, *alpha;
    PP_TRY(check(boot));
    PP_TRY(pp__multipliers_make(o->weights, boot->clusters.n, boot->draws, o->seed,
                                &multipliers, boot->err));
    boot->draws = multipliers.draws;
    boot->enumerated = multipliers.enumerated;
    PP_TRY(pp__tdraws_make(boot->draws, boot->arena, &draws, boot->err));
    PP_TRY(
        pp__scores_sum(fit, boot->clusters.of, G, boot->ctx, boot->arena, &S, boot->err));
    alpha = pp_arena_alloc(boot->arena, G, sizeof *alpha);
    PP_NEED(alpha, boot->err);
    for (int i = 0; i < boot->n; i++) {
        int j = boot->index[i];
        PP_TRY(pp_progress(boot->ctx, "bootstrap", (double)i / boot->n, boot->err));
        PP_TRY(project(boot, fit->bread, S, j, alpha));
        draws.estimate = fit->estimates[j];
        draws.variance = pp__dot(G, alpha, alpha);
        pp__boot_row row = {.estimate = fit->estimates[j]};
        row.std_error = sqrt(draws.variance * pp__boot_small_sample(boot));
        if (o->unrestricted) {
            PP_TRY(draw(boot, &multipliers, alpha, &draws));
            PP_TRY(put_unrestricted(boot, i, &draws, &row));
        } else {
            PP_TRY(put_restricted(boot, &multipliers, i, alpha, &draws, &row));
        }
    }
    return PP_OK;
}
