#include "drivers/subsets.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/estimator.h"
#include "model/glm.h"
#include "model/refit.h"

#include <math.h>
#include <string.h>

/* A log likelihood is flat at its maximum: with a score of this size it is right to 1e-13.
   With the first, of a binary outcome, what the next step would add, half the square of the
   score, is known to 1e-10: the cube of the score, over six, times a skewness below one. */
static const double TOLERANCE = 3e-7, NEAR = 1e-3;

int pp__subsets_plain(const pp_fit *fit) {
    return fit->estimator->estimate == pp__glm_estimate &&
           fit->design->with.n_effects == 0;
}

int pp__measure_fits(const pp_fit *fit, pp__measure measure) {
    const pp__family *family = fit->estimator->family;
    int plain = pp__subsets_plain(fit), linear = isfinite(fit->r2);
    switch (measure) {
    case PP__R2:
        return linear;
    case PP__TJUR:
    case PP__BRIER:
        return plain && family->binary;
    default:
        return !linear && isfinite(fit->null_loglik);
    }
}

/* ---- what predictions explain ---- */

/* By outcome: Σ w, Σ w p; and Σ w (y - p)². */
static void add_predictions(void *payload, int64_t begin, int n, double *sums,
                            double *scratch) {
    const pp__glm *g = payload;
    double *z = scratch, *eta = z + (int64_t)g->d->k * PP__TILE, *mean = eta + PP__TILE;
    pp__design_z(g->d, begin, n, z);
    for (int i = 0; i < n; i++) {
        eta[i] = g->offset ? g->offset[begin + i] : 0;
    }
    for (int j = 0; j < g->d->k; j++) {
        for (int i = 0; i < n; i++) {
            eta[i] += g->theta[j] * z[i + (int64_t)j * PP__TILE];
        }
    }
    g->family->link->response(n, eta, mean, mean + PP__TILE, mean + 2 * PP__TILE);
    for (int i = 0; i < n; i++) {
        double w = g->prior ? g->prior[begin + i] : 1, y = g->y[begin + i];
        int one = y > 0;
        sums[one] += w;
        sums[2 + one] += w * mean[i];
        sums[4] += w * (y - mean[i]) * (y - mean[i]);
    }
}

static pp_status explain_predictions(pp__glm *g, pp__measure measure, pp_arena *arena,
                                     double *value, pp_error *err) {
    pp__pass pass;
    double sums[5];
    PP_TRY(
        pp__pass_init(&pass, g->d->n, 5, (g->d->k + 4) * (int64_t)PP__TILE, arena, err));
    pp__pass_run(&pass, add_predictions, g, NULL, sums);
    double n = sums[0] + sums[1], share = sums[1] / n;
    *value = measure == PP__TJUR ? sums[3] / sums[1] - sums[2] / sums[0]
                                 : 1 - sums[4] / n / (share * (1 - share));
    return PP_OK;
}

static double explain_loglik(const pp_fit *fit, pp__measure measure, double loglik) {
    double null = fit->null_loglik, n = fit->scores.count;
    if (measure == PP__NAGELKERKE) {
        return expm1(2 * (null - loglik) / n) / expm1(2 * null / n);
    }
    return 1 - loglik / null;
}

/* ---- one subset ---- */

static int is_in(const pp__subsets *s, uint64_t set, int j) {
    return s->of_column[j] < 0 || (set >> s->of_column[j] & 1);
}

static pp_status choose_columns(const pp__subsets *s, uint64_t set, pp_arena *arena,
                                pp__design *out, pp_error *err) {
    const pp__design *d = s->fit->design;
    *out = *d;
    out->k = 0;
    out->x = pp_arena_alloc(arena, d->k, sizeof *out->x);
    out->center = pp_arena_alloc(arena, 2 * d->k, sizeof *out->center);
    PP_NEED(out->x && out->center ? out : NULL, err);
    out->scale = out->center + d->k;
    for (int j = 0; j < d->k; j++) {
        if (is_in(s, set, j)) {
            out->x[out->k] = d->x[j];
            out->center[out->k] = d->center[j];
            out->scale[out->k++] = d->scale[j];
        }
    }
    return PP_OK;
}

/* Between the full model's coefficients and those of the subset. */
static void gather(const pp__subsets *s, uint64_t set, const double *full, double *part) {
    for (int j = 0, at = 0; j < s->fit->design->k; j++) {
        if (is_in(s, set, j)) {
            part[at++] = full[j];
        }
    }
}

static void scatter(const pp__subsets *s, uint64_t set, const double *part,
                    double *full) {
    for (int j = 0, at = 0; j < s->fit->design->k; j++) {
        full[j] = is_in(s, set, j) ? part[at++] : 0;
    }
}

static double constant_of(const pp__glm *g) {
    double sum = 0;
    for (int64_t i = 0; g->family->constant && i < g->d->n; i++) {
        sum += (g->prior ? g->prior[i] : 1) * g->family->constant(g->y[i]);
    }
    return sum;
}

static double total_squares(const pp__glm *g) {
    double mean = pp__glm_mean(g), sum = 0;
    for (int64_t i = 0; i < g->d->n; i++) {
        double residual = g->y[i] - mean;
        sum += (g->prior ? g->prior[i] : 1) * residual * residual;
    }
    return sum;
}

static int predicts(const pp__subsets *s) {
    return s->measure == PP__TJUR || s->measure == PP__BRIER;
}

/* The model of the design's columns; `o` is at its maximum, or one step short of being there
   with that step taken, so that the likelihood is. */
static pp_status maximise(const pp__subsets *s, pp__glm *g, pp_arena *arena,
                          pp__optimum *o, pp_error *err) {
    int near = g->family->binary && !predicts(s);
    PP_TRY(pp__glm_maximise(g, near ? NEAR : TOLERANCE, s->fit->options.max_iterations,
                            arena, o, err));
    if (!o->converged) {
        PP_FAIL(err, PP_E_ESTIMATION, "a model of some of the factors does not converge");
    }
    for (int j = 0; near && j < g->d->k; j++) {
        o->theta[j] += o->step[j];
    }
    o->loglik += near ? o->score_norm * o->score_norm / 2 : 0;
    g->theta = o->theta;
    return PP_OK;
}

static pp_status explain(const pp__subsets *s, pp__glm *g, double loglik, pp_arena *arena,
                         double *value, pp_error *err) {
    if (predicts(s)) {
        return explain_predictions(g, s->measure, arena, value, err);
    }
    *value = s->measure == PP__R2
                 ? 1 + 2 * loglik / total_squares(g)
                 : explain_loglik(s->fit, s->measure, loglik + constant_of(g));
    return PP_OK;
}

static pp_status glm_value(const pp__subsets *s, uint64_t set, double *start,
                           pp_arena *arena, double *value, pp_error *err) {
    pp__design d;
    pp__optimum o;
    PP_TRY(choose_columns(s, set, arena, &d, err));
    pp__glm g = pp__glm_of(&d, s->fit->estimator->family, NULL);
    double *part = pp_arena_alloc(arena, d.k, sizeof *part);
    PP_NEED(part, err);
    gather(s, set, start, part);
    g.start = part;
    PP_TRY(maximise(s, &g, arena, &o, err));
    PP_TRY(explain(s, &g, o.loglik, arena, value, err));
    scatter(s, set, o.theta, start);
    return PP_OK;
}

static pp_status other_value(const pp__subsets *s, uint64_t set, pp_arena *arena,
                             double *value, pp_error *err) {
    const pp__design *d = s->fit->design;
    pp_fit *fit;
    uint8_t *keep = pp_arena_alloc(arena, d->k, 1);
    PP_NEED(keep, err);
    int some = 0;
    for (int j = 0; j < d->k; j++) {
        keep[j] = (uint8_t)is_in(s, set, j);
        some |= keep[j];
    }
    if (!some && s->fit->estimator->constant_free && s->measure != PP__R2) {
        *value = 0; /* the null model, which no partial likelihood can fit */
        return PP_OK;
    }
    PP_TRY(pp__fit_constrain(s->fit, keep, NULL, NULL, &fit, err));
    int converged = fit->converged;
    *value =
        s->measure == PP__R2 ? fit->r2 : explain_loglik(s->fit, s->measure, fit->loglik);
    pp_fit_free(fit);
    return converged ? PP_OK
                     : pp_error_set(err, PP_E_ESTIMATION,
                                    "a model of some of the factors does not converge");
}

void pp__subset_begin(const pp__subsets *s, double *start) {
    const pp__design *d = s->fit->design;
    memset(start, 0, (size_t)d->k * sizeof *start);
    if (pp__subsets_plain(s->fit) && d->intercept) {
        pp__glm g = pp__glm_of(d, s->fit->estimator->family, NULL);
        start[0] = g.family->link->forward(pp__glm_mean(&g));
    }
}

pp_status pp__subset_value(const pp__subsets *s, uint64_t set, double *start,
                           pp_arena *arena, double *value, pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    pp_status status = pp__subsets_plain(s->fit)
                           ? glm_value(s, set, start, arena, value, err)
                           : other_value(s, set, arena, value, err);
    pp_arena_release(arena, mark);
    return status;
}

/* ---- all subsets ---- */

enum { BLOCK_BITS = 5, ROUND = 64 };

typedef struct blocks {
    const pp__subsets *s;
    double *value;
    int64_t first;
    int bits;
    pp_status status[ROUND];
    pp_error err[ROUND];
} blocks;

/* 2^bits subsets in the order of Gray's code, so that neighbours differ by one factor and
   each fit begins where the one before ended. */
static pp_status visit_block(const blocks *b, int64_t block, pp_error *err) {
    pp_arena arena;
    int64_t k = b->s->fit->design->k;
    pp_status status = PP_OK;
    pp_arena_init(&arena);
    double *theta = pp_arena_zalloc(&arena, k, sizeof *theta);
    if (theta) {
        pp__subset_begin(b->s, theta);
    } else {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (uint64_t i = 0; status == PP_OK && i < (uint64_t)1 << b->bits; i++) {
        uint64_t set = (uint64_t)block << b->bits | (i ^ i >> 1);
        status = pp__subset_value(b->s, set, theta, &arena, &b->value[set], err);
    }
    pp_arena_clear(&arena);
    return status;
}

static void run_block(void *payload, int64_t chunk) {
    blocks *b = payload;
    b->status[chunk] = visit_block(b, b->first + chunk, &b->err[chunk]);
}

pp_status pp__subset_values(const pp__subsets *s, const pp_context *ctx, double from,
                            double to, double *value, pp_error *err) {
    blocks *b = pp_calloc(1, sizeof *b);
    PP_NEED(b, err);
    pp_status status = PP_OK;
    b->s = s;
    b->value = value;
    b->bits = s->factors < BLOCK_BITS ? s->factors : BLOCK_BITS;
    int64_t count = (int64_t)1 << (s->factors - b->bits);
    for (; b->first < count && status == PP_OK; b->first += ROUND) {
        int64_t n = count - b->first < ROUND ? count - b->first : ROUND;
        double done = (double)b->first / (double)count;
        status = pp_progress(ctx, "decompose", from + (to - from) * done, err);
        if (status != PP_OK) {
            break;
        }
        pp__parallel(ctx, n, run_block, b);
        for (int64_t i = 0; i < n && status == PP_OK; i++) {
            status = b->status[i];
            if (status != PP_OK && err) {
                *err = b->err[i];
            }
        }
    }
    pp_free(b);
    return status;
}
