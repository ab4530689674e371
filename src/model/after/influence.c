/* Leverages, and what one Newton step makes of leaving groups out.
   Pregibon (1981), Annals of Statistics 9, 705-724; Preisser & Qaqish (1996), Biometrika
   83, 551-562. */
#include "model/after/influence.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/after/frame.h"
#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static double weight_of(const pp_fit *fit, int64_t row) {
    return fit->scores.weight ? fit->scores.weight[row] : 1;
}

/* ---- leverages ---- */

typedef struct leverage_job {
    const pp_fit *fit;
    const double *weight; /* NULL: the scores' */
    double *h;
    int k;
} leverage_job;

static void add_leverages(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const leverage_job *job = payload;
    const pp_fit *fit = job->fit;
    double *h = job->h + begin, *product = scratch + (int64_t)job->k * PP__TILE;
    (void)sums;
    pp__scores_z(fit, begin, n, scratch);
    memset(h, 0, (size_t)n * sizeof *h);
    for (int j = 0; j < job->k; j++) {
        memset(product, 0, (size_t)n * sizeof *product);
        for (int l = 0; l < job->k; l++) {
            double b = fit->bread[l + (int64_t)j * fit->k];
            for (int i = 0; i < n; i++) {
                product[i] += b * scratch[i + (int64_t)l * PP__TILE];
            }
        }
        for (int i = 0; i < n; i++) {
            h[i] += product[i] * scratch[i + (int64_t)j * PP__TILE];
        }
    }
    for (int i = 0; i < n; i++) {
        double share = pp__scores_share(fit, begin + i);
        double weight = job->weight ? job->weight[begin + i] : weight_of(fit, begin + i);
        h[i] *= weight * share * share;
    }
}

pp_status pp__leverages(const pp_fit *fit, const double *weight, double *h,
                        const pp_context *ctx, pp_error *err) {
    leverage_job job = {fit, weight, h, pp__regressors(fit)};
    if (!fit->scores.factor && fit->formula->n_effects > 0) {
        for (int64_t i = 0; i < fit->design->n; i++) {
            h[i] = NAN;
        }
        return PP_OK;
    }
    return pp__pass_rows(fit->design->n, (job.k + 1) * (int64_t)PP__TILE, add_leverages,
                         &job, ctx, err);
}

/* ---- groups ---- */

enum { BLOCKS = 32 };

typedef struct steps {
    const pp_fit *fit;
    int64_t groups;
    const double *H, *map; /* k × k */
    const double *sums;    /* of the scores: groups × k, rows side by side */
    int64_t *begin, *row; /* the rows of group g: row[begin[g]] … row[begin[g + 1] - 1] */
    double *space;        /* of each block */
    int64_t size;
    double *out;
} steps;

/* H less what the group's rows are of it, to `left`. */
static void subtract(const steps *s, int64_t g, double *left, double *z, double *wz) {
    int k = s->fit->k;
    memcpy(left, s->H, (size_t)k * (size_t)k * sizeof *left);
    for (int64_t at = s->begin[g]; at < s->begin[g + 1]; at++) {
        double weight = weight_of(s->fit, s->row[at]);
        pp__scores_z(s->fit, s->row[at], 1, z);
        for (int j = 0; j < k; j++) {
            wz[j] = weight * z[(int64_t)j * PP__TILE];
        }
        for (int j = 0; j < k; j++) {
            for (int i = j; i < k; i++) {
                left[i + (int64_t)j * k] -= wz[j] * z[(int64_t)i * PP__TILE];
            }
        }
    }
}

static void step_group(const steps *s, int64_t g, double *space) {
    int k = s->fit->k;
    double *left = space, *step = left + (int64_t)k * k, *wz = step + k, *z = wz + k;
    double *out = s->out + g * k;
    int identified = 1;
    memcpy(step, s->sums + g * k, (size_t)k * sizeof *step);
    if (s->fit->scores.matrix) {
        for (int j = 0; j < k; j++) {
            wz[j] = pp__dot(k, s->fit->bread + (int64_t)j * k, step);
        }
        memcpy(step, wz, (size_t)k * sizeof *step);
    } else {
        subtract(s, g, left, z, wz);
        identified = pp__cholesky(k, left, 1e-12) == k;
        if (identified) {
            pp__forward(k, left, step);
            pp__backward(k, left, step);
        }
    }
    for (int j = 0; j < k; j++) {
        out[j] = identified ? 0 : NAN;
        for (int i = 0; i < k && identified; i++) {
            out[j] += s->map[j + (int64_t)i * k] * step[i];
        }
    }
}

static void step_block(void *payload, int64_t block) {
    const steps *s = payload;
    for (int64_t g = block * s->groups / BLOCKS; g < (block + 1) * s->groups / BLOCKS;
         g++) {
        step_group(s, g, s->space + block * s->size);
    }
}

/* The rows of each group, in order. */
static pp_status sort_rows(steps *s, const int32_t *code, pp_arena *arena,
                           pp_error *err) {
    int64_t n = s->fit->scores.n;
    s->begin = pp_arena_zalloc(arena, s->groups + 2, sizeof *s->begin);
    PP_NEED(s->begin, err);
    s->row = pp_arena_alloc(arena, n, sizeof *s->row);
    PP_NEED(s->row, err);
    for (int64_t i = 0; i < n; i++) {
        s->begin[code[i] + 2]++;
    }
    for (int64_t g = 0; g < s->groups; g++) {
        s->begin[g + 2] += s->begin[g + 1];
    }
    for (int64_t i = 0; i < n; i++) {
        s->row[s->begin[code[i] + 1]++] = i;
    }
    return PP_OK;
}

/* The information, from its inverse. */
static pp_status invert(const pp_fit *fit, double *H, double *factor, pp_error *err) {
    memcpy(factor, fit->bread, (size_t)fit->k * (size_t)fit->k * sizeof *factor);
    if (pp__cholesky(fit->k, factor, 0) != fit->k) {
        PP_FAIL(err, PP_E_ESTIMATION, "the information is singular");
    }
    pp__cholesky_inverse(fit->k, factor, H);
    return PP_OK;
}

static pp_status prepare(steps *s, const int32_t *code, const pp_context *ctx,
                         pp_arena *arena, pp_error *err) {
    int64_t k = s->fit->k;
    double *H = pp_arena_alloc(arena, 3 * k * k, sizeof *H), *sums;
    PP_NEED(H, err);
    double *map = H + k * k;
    PP_TRY(invert(s->fit, H, map + k * k, err));
    pp__fit_map(s->fit, map);
    s->H = H;
    s->map = map;
    PP_TRY(pp__scores_sum(s->fit, code, s->groups, ctx, arena, &sums, err));
    s->sums = sums;
    PP_TRY(sort_rows(s, code, arena, err));
    s->size = k * k + 2 * k + k * PP__TILE;
    s->space = pp_arena_alloc(arena, BLOCKS * s->size, sizeof *s->space);
    PP_NEED(s->space, err);
    return PP_OK;
}

pp_status pp__one_step(const pp_fit *fit, const int32_t *code, int64_t groups,
                       double *out, const pp_context *ctx, pp_error *err) {
    steps s = {.fit = fit, .groups = groups, .out = out};
    pp_arena arena;
    if (!fit->scores.factor && !fit->scores.matrix) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "model '%s' has no scores of rows",
                fit->options.model);
    }
    pp_arena_init(&arena);
    pp_status status = prepare(&s, code, ctx, &arena, err);
    if (status == PP_OK) {
        pp__parallel(ctx, BLOCKS, step_block, &s);
    }
    pp_arena_clear(&arena);
    return status;
}
