/* The fast wild cluster bootstrap, with the null imposed or not.
 *
 * Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90; Roodman, MacKinnon, Nielsen & Webb
 * (2019), Stata Journal 19; MacKinnon, Nielsen & Webb (2023), J. Econometrics 232.
 *
 * With A = (Z'WZ)⁻¹, q the hypothesis, x = Z A q and s_g the cluster's score under the
 * residuals u + c x / q'Aq, a draw v moves the estimate by Σ v_g q'A s_g, and its score of
 * cluster g, projected by q'A, is v_g q'A s_g − P_g' A Σ v_h s_h with P_g = Σ w x z. No
 * draw touches a row.
 */
#include "model/inference/wild.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <string.h>

typedef struct target {
    double unit;     /* q'Aq */
    double *P, *AP;  /* clusters × width */
    double *a0, *a1; /* clusters: q'A s_g = a0 + c a1 */
} target;

typedef struct wild {
    const pp_fit *fit;
    const pp__clusters *clusters;
    const pp__multipliers *multipliers;
    int restricted;
    int n;
    int64_t width; /* numbers that are kept of a cluster */
    double *S;     /* clusters × width: their scores */
    target *target;
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
            double wx = fit->scores.weight[begin + i] * x[i];
            for (int64_t j = 0; j < fit->k; j++) {
                sum[j] += wx * z[i + j * PP__TILE];
            }
        }
    }
    pp_free(z);
    return PP_OK;
}

static pp_status prepare_target(wild *w, const double *R, const double *map,
                                pp_arena *arena, target *t, pp_error *err) {
    const pp_fit *fit = w->fit;
    int64_t k = fit->k, G = w->clusters->n;
    double *q = pp_arena_alloc(arena, 2 * k, sizeof *q), *Aq = q + k;
    PP_NEED(q, err);
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
    t->unit = pp__dot(k, q, Aq);
    PP_TRY(sum_products(w, Aq, t->P, err));
    for (int64_t g = 0; g < G; g++) {
        double *P = t->P + g * w->width;
        for (int64_t j = 0; j < k; j++) {
            t->AP[g * w->width + j] = pp__dot(k, fit->bread + j * k, P);
        }
        t->a0[g] = pp__dot(k, Aq, w->S + g * w->width);
        t->a1[g] = pp__dot(k, Aq, P) / t->unit;
        for (int64_t j = 0; j < w->width; j++) {
            P[j] /= t->unit;
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
    w->width = k;
    w->target = pp_arena_zalloc(arena, w->n, sizeof *w->target);
    PP_NEED(w->target, err);
    PP_TRY(pp__scores_sum(fit, w->clusters->of, G, ctx, arena, &w->S, err));
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

/* out[j] += Σ_g rows[g][j] v[g], each of them PP__WIDE numbers. */
static void add_up(int64_t groups, int64_t width, const double *rows, const double *v,
                   double *out) {
    for (int64_t g = 0; g < groups; g++) {
        const double *vg = v + g * PP__WIDE;
        for (int64_t j = 0; j < width; j++) {
            double s = rows[g * width + j], *o = out + j * PP__WIDE;
            for (int b = 0; b < PP__WIDE; b++) {
                o[b] += s * vg[b];
            }
        }
    }
}

/* Cluster g's projected score: a v_g − AP_g' m. */
static void project(int64_t width, double a, const double *AP, const double *vg,
                    const double *m, double *out) {
    for (int b = 0; b < PP__WIDE; b++) {
        out[b] = a * vg[b];
    }
    for (int64_t j = 0; j < width; j++) {
        double s = AP[j];
        for (int b = 0; b < PP__WIDE; b++) {
            out[b] -= s * m[j * PP__WIDE + b];
        }
    }
}

typedef struct sums {
    double n0[PP__WIDE], n1[PP__WIDE], q0[PP__WIDE], q1[PP__WIDE], q2[PP__WIDE];
} sums;

static void visit_target(const wild *w, const target *t, const double *v,
                         const double *m0, const double *m1, sums *s) {
    double d0[PP__WIDE], d1[PP__WIDE];
    memset(s, 0, sizeof *s);
    for (int64_t g = 0; g < w->clusters->n; g++) {
        const double *vg = v + g * PP__WIDE, *AP = t->AP + g * w->width;
        project(w->width, t->a0[g], AP, vg, m0, d0);
        for (int b = 0; b < PP__WIDE; b++) {
            s->n0[b] += t->a0[g] * vg[b];
            s->q0[b] += d0[b] * d0[b];
        }
        if (!w->restricted) {
            continue;
        }
        project(w->width, t->a1[g], AP, vg, m1, d1);
        for (int b = 0; b < PP__WIDE; b++) {
            s->n1[b] += t->a1[g] * vg[b];
            s->q1[b] += d0[b] * d1[b];
            s->q2[b] += d1[b] * d1[b];
        }
    }
}

static void keep(const sums *s, int64_t begin, pp__tdraws *out) {
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
    sums s;
    pp__multipliers_fill(w->multipliers, begin, v);
    memset(m0, 0, (size_t)size * sizeof *m0);
    add_up(G, w->width, w->S, v, m0);
    for (int i = 0; i < w->n; i++) {
        if (w->restricted) {
            memset(m1, 0, (size_t)size * sizeof *m1);
            add_up(G, w->width, w->target[i].P, v, m1);
        }
        visit_target(w, &w->target[i], v, m0, m1, &s);
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
