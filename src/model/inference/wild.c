/* The fast wild cluster bootstrap, with the null imposed or not.
 *
 * Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90; Roodman, MacKinnon, Nielsen & Webb
 * (2019), Stata Journal 19; MacKinnon, Nielsen & Webb (2023), J. Econometrics 232.
 *
 * With A = (Z'WZ)⁻¹, q the hypothesis, x = Z A q and s_g the cluster's score under the
 * residuals u + c x / q'Aq, a draw v moves the estimate by Σ v_g q'A s_g, and its score of
 * cluster g, projected by q'A, is v_g q'A s_g − P_g' A Σ v_h s_h with P_g = Σ w x z. No
 * draw touches a row. Fixed effects that cut across clusters are columns more, with the
 * coefficients that they have for x within a cluster in the place of P_g' A.
 */
#include "model/inference/wild.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/inference/covariance_scores.h"
#include "model/inference/wild_draws.h"
#include "model/inference/wild_effects.h"
#include "model/linalg.h"

#include <string.h>

typedef struct wild {
    const pp_fit *fit;
    const pp__clusters *clusters;
    const pp__multipliers *multipliers;
    int restricted;
    int n;
    pp__wild_effects effects;
    int64_t
        width; /* numbers that are kept of a cluster: by column, by level of effects */
    double *S; /* clusters × width: their scores */
    pp__wild_target *target;
    pp__tdraws *out;
    int64_t first_chunk; /* of this round */
    uint8_t *failed;     /* by chunk of this round */
} wild;

/* ---- what is kept of clusters ---- */

/* P = Σ w x z of each cluster, with x = z'b. */
static pp_status sum_products(const wild *w, const double *b, double *P, pp_error *err) {
    const pp_fit *fit = w->fit;
    int64_t n = fit->scores.n;
    double *z = pp_malloc((fit->k + 1) * (int64_t)PP__TILE, sizeof *z);
    PP_NEED(z, err);
    double *x = z + (int64_t)fit->k * PP__TILE;
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        pp__scores_z(fit, begin, rows, z);
        memset(x, 0, PP__TILE * sizeof *x);
        for (int j = 0; j < fit->k; j++) {
            for (int i = 0; i < rows; i++) {
                x[i] += b[j] * z[i + (int64_t)j * PP__TILE];
            }
        }
        for (int i = 0; i < rows; i++) {
            double *sum = P + w->clusters->of[begin + i] * w->width;
            double wx = (fit->scores.weight ? fit->scores.weight[begin + i] : 1) * x[i];
            for (int64_t j = 0; j < fit->k; j++) {
                sum[j] += wx * z[i + j * PP__TILE];
            }
            pp__wild_effects_add(&w->effects, begin + i, wx, sum + fit->k);
        }
    }
    pp_free(z);
    return PP_OK;
}

/* Clusters' scores: by column, and residuals by level of the effects. */
static pp_status sum_scores(wild *w, const pp_context *ctx, pp_arena *arena,
                            pp_error *err) {
    const pp_fit *fit = w->fit;
    int64_t k = fit->k, G = w->clusters->n;
    double *columns;
    w->width = k + w->effects.levels;
    PP_TRY(pp__scores_sum(fit, w->clusters->of, G, ctx, arena, &columns, err));
    w->S = pp_arena_zalloc(arena, G * w->width, sizeof *w->S);
    PP_NEED(w->S, err);
    for (int64_t g = 0; g < G; g++) {
        memcpy(w->S + g * w->width, columns + g * k, (size_t)k * sizeof *columns);
    }
    for (int64_t i = 0; w->effects.n > 0 && i < fit->scores.n; i++) {
        pp__wild_effects_add(&w->effects, i, fit->scores.factor[i],
                             w->S + w->clusters->of[i] * w->width + k);
    }
    return PP_OK;
}

static pp_status prepare_target(wild *w, const double *R, const double *map,
                                pp_arena *arena, pp__wild_target *t, pp_error *err) {
    const pp_fit *fit = w->fit;
    int64_t k = fit->k, G = w->clusters->n;
    double *q = pp_arena_alloc(arena, 2 * k, sizeof *q), *Aq = q + k;
    PP_NEED(q, err);
    t->clusters = G;
    t->width = w->width;
    t->P = pp_arena_zalloc(arena, 2 * G * w->width + 2 * G, sizeof *t->P);
    PP_NEED(t->P, err);
    t->AP = t->P + G * w->width;
    t->a0 = t->AP + G * w->width;
    t->a1 = t->a0 + G;
    for (int64_t j = 0; j < k; j++) {
        q[j] = pp__dot(k, R, map + j * k);
    }
    for (int64_t j = 0; j < k; j++) {
        Aq[j] = pp__dot(k, fit->bread + j * k, q);
    }
    double unit = pp__dot(k, q, Aq);
    PP_TRY(sum_products(w, Aq, t->P, err));
    for (int64_t g = 0; g < G; g++) {
        double *P = t->P + g * w->width;
        for (int64_t j = 0; j < k; j++) {
            t->AP[g * w->width + j] = pp__dot(k, fit->bread + j * k, P);
        }
        if (w->effects.n > 0) {
            double *level = t->AP + g * w->width + k;
            memcpy(level, P + k, (size_t)w->effects.levels * sizeof *level);
            pp__wild_effects_solve(&w->effects, level);
        }
        t->a0[g] = pp__dot(k, Aq, w->S + g * w->width);
        t->a1[g] = pp__dot(k, Aq, P) / unit;
        for (int64_t j = 0; j < w->width; j++) {
            P[j] /= unit;
        }
    }
    return PP_OK;
}

static pp_status prepare(wild *w, const double *R, const pp_context *ctx, pp_arena *arena,
                         pp_error *err) {
    const pp_fit *fit = w->fit;
    int64_t k = fit->k, G = w->clusters->n;
    double *map = pp_arena_alloc(arena, k * k, sizeof *map);
    PP_NEED(map, err);
    pp__fit_map(fit, map);
    PP_TRY(pp__wild_effects_make(fit, w->clusters, arena, &w->effects, err));
    PP_TRY(sum_scores(w, ctx, arena, err));
    w->target = pp_arena_zalloc(arena, w->n, sizeof *w->target);
    PP_NEED(w->target, err);
    for (int i = 0; i < w->n; i++) {
        pp__tdraws *out = &w->out[i];
        PP_TRY(prepare_target(w, R + i * k, map, arena, &w->target[i], err));
        PP_TRY(pp__tdraws_make(w->multipliers->draws, arena, out, err));
        out->estimate = pp__dot(k, R + i * k, fit->estimates);
        out->variance = pp__dot(G, w->target[i].a0, w->target[i].a0);
    }
    return PP_OK;
}

/* ---- draws, PP__WIDE at a time ---- */

static void keep(const pp__wild_sums *s, int64_t begin, pp__tdraws *out) {
    int64_t left = out->n - begin;
    size_t bytes = (size_t)(left < PP__WIDE ? left : PP__WIDE) * sizeof(double);
    memcpy(out->n0 + begin, s->n0, bytes);
    memcpy(out->n1 + begin, s->n1, bytes);
    memcpy(out->q0 + begin, s->q0, bytes);
    memcpy(out->q1 + begin, s->q1, bytes);
    memcpy(out->q2 + begin, s->q2, bytes);
}

static void run_chunk(void *payload, int64_t chunk) {
    const wild *w = payload;
    int64_t G = w->clusters->n, size = w->width * PP__WIDE;
    int64_t begin = (w->first_chunk + chunk) * PP__WIDE;
    double *v = pp_malloc(G * PP__WIDE + 2 * size, sizeof *v);
    w->failed[chunk] = !v;
    if (!v) {
        return;
    }
    double *m0 = v + G * PP__WIDE, *m1 = m0 + size;
    pp__wild_sums s;
    pp__multipliers_fill(w->multipliers, begin, v);
    pp__wild_add(G, w->width, w->S, v, m0);
    for (int i = 0; i < w->n; i++) {
        const pp__wild_target *t = &w->target[i];
        if (w->restricted) {
            pp__wild_add(G, w->width, t->P, v, m1);
        }
        pp__wild_visit(t, v, m0, w->restricted ? m1 : NULL, &s);
        keep(&s, begin, &w->out[i]);
    }
    pp_free(v);
}

/* In rounds, to tell of progress between them. */
static pp_status run(wild *w, const pp_context *ctx, pp_error *err) {
    enum { ROUND = 256 };
    uint8_t failed[ROUND];
    int64_t chunks = (w->multipliers->draws + PP__WIDE - 1) / PP__WIDE;
    w->failed = failed;
    for (w->first_chunk = 0; w->first_chunk < chunks; w->first_chunk += ROUND) {
        int64_t left = chunks - w->first_chunk, n = left < ROUND ? left : ROUND;
        PP_TRY(
            pp_progress(ctx, "bootstrap", (double)w->first_chunk / (double)chunks, err));
        pp__parallel(ctx, n, run_chunk, w);
        for (int64_t c = 0; c < n; c++) {
            PP_NEED(!failed[c], err);
        }
    }
    return PP_OK;
}

pp_status pp__wild(const pp_fit *fit, const pp__clusters *clusters,
                   const pp__multipliers *multipliers, int unrestricted, const double *R,
                   int n, const pp_context *ctx, pp_arena *arena, pp__tdraws *out,
                   pp_error *err) {
    wild w = {.fit = fit,
              .clusters = clusters,
              .multipliers = multipliers,
              .restricted = !unrestricted,
              .n = n,
              .out = out};
    PP_TRY(prepare(&w, R, ctx, arena, err));
    return run(&w, ctx, err);
}
