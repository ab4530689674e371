/* Maximum likelihood of a generalised linear model by Newton's method.
   McCullagh & Nelder (1989), Generalized Linear Models. */
#include "model/glm.h"
#include "base/check.h"
#include "base/parallel.h"
#include "model/bias_effects.h"
#include "model/estimator.h"
#include "model/glm_effects.h"
#include "model/linalg.h"
#include "model/separation.h"

#include <math.h>
#include <string.h>

pp__glm pp__glm_of(const pp__design *d, const pp__family *family, const pp_context *ctx) {
    return (pp__glm){.d = d,
                     .family = family,
                     .y = d->with.y,
                     .prior = d->with.weight,
                     .offset = d->with.offset,
                     .unit = 1,
                     .ctx = ctx};
}

double pp__glm_rows(const pp__glm *g, int64_t begin, int n, const double *eta,
                    double *scratch) {
    const pp__family *family = g->family;
    double *score = g->score + begin, *weight = g->weight + begin, sum = 0;
    if (family->shaped) {
        family->shaped(n, g->y + begin, eta, g->shape, scratch, score, weight);
    } else {
        family->loglik(n, g->y + begin, eta, scratch, score, weight);
    }
    if (g->expected && family->expected_shaped) {
        family->expected_shaped(n, eta, g->shape, weight);
    } else if (g->expected) {
        family->expected(n, eta, weight);
    }
    for (int i = 0; g->prior && i < n; i++) {
        double prior = g->prior[begin + i];
        scratch[i] *= prior;
        score[i] *= prior;
        weight[i] *= prior;
    }
    for (int i = 0; i < n; i++) {
        sum += scratch[i];
    }
    return sum;
}

void pp__glm_predict(const pp__glm *g, int64_t begin, int n, const double *z,
                     double *eta) {
    if (g->offset) {
        memcpy(eta, g->offset + begin, (size_t)n * sizeof *eta);
    } else {
        memset(eta, 0, (size_t)n * sizeof *eta);
    }
    for (int j = 0; j < g->d->k; j++) {
        const double *column = z + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            eta[i] += column[i] * g->theta[j];
        }
    }
}

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const pp__glm *g = payload;
    int k = g->d->k;
    int64_t size = (int64_t)k * PP__TILE;
    double *z = scratch, *wz = z + size, *eta = wz + size;
    const double *score = g->score + begin, *weight = g->weight + begin;
    double *gradient = sums + (int64_t)k * k;
    pp__design_z(g->d, begin, n, z);
    pp__glm_predict(g, begin, n, z, eta);
    gradient[k] += pp__glm_rows(g, begin, n, eta, eta + PP__TILE);
    for (int j = 0; j < k; j++) {
        const double *column = z + (int64_t)j * PP__TILE;
        double *weighted = wz + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            weighted[i] = column[i] * weight[i];
        }
        gradient[j] += pp__dot(n, column, score);
    }
    pp__add_products(k, n, PP__TILE, z, wz, sums);
}

static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    pp__glm *g = payload;
    size_t k = (size_t)g->d->k;
    g->theta = theta;
    pp__pass_run(&g->pass, add_tile, g, g->ctx, g->sums);
    memcpy(information, g->sums, k * k * sizeof *information);
    memcpy(gradient, g->sums + k * k, k * sizeof *gradient);
    return g->sums[k * k + k];
}

/* Σ w (y − from)². */
static double squares_from(const pp__glm *g, double from) {
    double sum = 0;
    for (int64_t i = 0; i < g->d->n; i++) {
        double y = g->y[i] - from;
        sum += (g->prior ? g->prior[i] : 1) * y * y;
    }
    return sum;
}

/* The residual standard deviation, but not below what rounding of y leaves. */
static double residual_deviation(void *payload, double loglik_now) {
    const pp__glm *g = payload;
    double df = fmax(pp__design_count(g->d) - g->d->k, 1);
    double floor_squares = 1e-26 * squares_from(g, 0);
    return sqrt(fmax(fmax(-2 * loglik_now, floor_squares), 1e-300) / df);
}

pp_status pp__glm_prepare(pp__glm *g, pp_arena *arena, pp_error *err) {
    g->score = pp_arena_alloc(arena, g->d->n, sizeof *g->score);
    PP_NEED(g->score, err);
    g->weight = pp_arena_alloc(arena, g->d->n, sizeof *g->weight);
    PP_NEED(g->weight, err);
    return PP_OK;
}

double pp__glm_mean(const pp__glm *g) {
    double sum = 0, weights = 0;
    for (int64_t i = 0; i < g->d->n; i++) {
        double prior = g->prior ? g->prior[i] : 1;
        sum += prior * g->y[i];
        weights += prior;
    }
    return sum / weights;
}

double pp__glm_unit(const pp__glm *g) {
    double squares = 0, expected = 0, mean;
    if (!g->family->count || g->family->shaped) {
        return 1;
    }
    mean = pp__glm_mean(g);
    for (int64_t i = 0; i < g->d->n; i++) {
        double prior = g->prior ? g->prior[i] : 1, part = prior * (g->y[i] - mean);
        squares += part * part;
        expected += prior * mean;
    }
    return squares > expected ? sqrt(squares / expected) : 1;
}

static double unit_of_counts(void *payload, double loglik_now) {
    const pp__glm *g = payload;
    (void)loglik_now;
    return g->unit;
}

static pp__objective objective_of(pp__glm *g) {
    g->unit = pp__glm_unit(g);
    return (pp__objective){.k = g->d->k,
                           .loglik = loglik,
                           .unit =
                               g->family->gaussian ? residual_deviation : unit_of_counts,
                           .payload = g};
}

/* ---- the model of a constant ---- */

static void add_constant(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__glm *g = payload;
    double *eta = scratch;
    for (int i = 0; i < n; i++) {
        eta[i] = g->theta[0] + (g->offset ? g->offset[begin + i] : 0);
    }
    sums[0] += pp__glm_rows(g, begin, n, eta, eta + PP__TILE);
    for (int i = 0; i < n; i++) {
        sums[1] += g->score[begin + i];
        sums[2] += g->weight[begin + i];
    }
}

static double constant_loglik(void *payload, const double *theta, double *gradient,
                              double *information) {
    pp__glm *g = payload;
    double sums[3];
    g->theta = theta;
    pp__pass_run(&g->pass, add_constant, g, g->ctx, sums);
    gradient[0] = sums[1];
    information[0] = sums[2];
    return sums[0];
}

pp_status pp__glm_constant(const pp__glm *g, double tolerance, int max_iterations,
                           double *constant, double *loglik_then, pp_error *err) {
    pp__glm null = *g;
    const pp__objective objective = {.k = 1, .loglik = constant_loglik, .payload = &null};
    pp__optimum o;
    pp_arena arena;
    *constant = g->family->link->forward(pp__glm_mean(g));
    pp_arena_init(&arena);
    pp_status status = pp__pass_init(&null.pass, g->d->n, 3, 2 * PP__TILE, &arena, err);
    if (status == PP_OK) {
        status = pp__newton(&objective, constant, tolerance, max_iterations, &arena,
                            g->ctx, &o, err);
    }
    if (status == PP_OK) {
        *constant = o.theta[0];
        *loglik_then = o.loglik;
    }
    pp_arena_clear(&arena);
    return status;
}

/* ---- the whole model ---- */

pp_status pp__glm_maximise(pp__glm *g, double tolerance, int max_iterations,
                           pp_arena *arena, pp__optimum *out, pp_error *err) {
    const pp__objective objective = objective_of(g);
    int64_t k = g->d->k;
    double unused, *start = pp_arena_zalloc(arena, k, sizeof *start);
    PP_NEED(start, err);
    PP_TRY(pp__glm_prepare(g, arena, err));
    PP_TRY(pp__pass_init(&g->pass, g->d->n, k * k + k + 1, (2 * k + 2) * PP__TILE, arena,
                         err));
    g->sums = pp_arena_alloc(arena, g->pass.width, sizeof *g->sums);
    PP_NEED(g->sums, err);
    if (g->start) {
        memcpy(start, g->start, (size_t)k * sizeof *start);
    } else if (g->d->intercept && g->offset) {
        PP_TRY(pp__glm_constant(g, tolerance, max_iterations, start, &unused, err));
    } else if (g->d->intercept) {
        start[0] = g->family->link->forward(pp__glm_mean(g));
    }
    return pp__newton(&objective, start, tolerance, max_iterations, arena, g->ctx, out,
                      err);
}

int pp__glm_can_expect(const pp__glm *g) {
    return g->family->expected || g->family->expected_shaped;
}

void pp__glm_expect(pp__glm *g, pp__optimum *o) {
    size_t k = (size_t)g->d->k;
    if (!pp__glm_can_expect(g)) {
        return;
    }
    g->expected = 1;
    loglik(g, o->theta, o->gradient, o->information);
    memcpy(o->factor, o->information, k * k * sizeof *o->factor);
    o->converged &= pp__cholesky(g->d->k, o->factor, 0) == g->d->k;
}

/* ---- the fit ---- */

/* R's logLik.lm: sampling weights are precisions. */
static double gaussian_loglik(const pp_fit *fit, double n, double squares) {
    const double log_2pi = 1.8378770664093453, *weight = fit->design->with.weight;
    double logs = 0;
    for (int64_t i = 0; weight && !fit->design->with.frequency && i < fit->design->n;
         i++) {
        logs += weight[i] > 0 ? log(weight[i]) : 0;
    }
    return (logs - n * (log_2pi + log(squares / n) + 1)) / 2;
}

static void describe_linear(pp_fit *fit, double loglik_now, double null_loglik) {
    double n = fit->scores.count, rss = -2 * loglik_now, tss = -2 * null_loglik;
    fit->sigma = sqrt(rss / (n - fit->k - fit->absorbed));
    fit->r2 = 1 - rss / tss;
    fit->deviance = rss;
    fit->loglik = gaussian_loglik(fit, n, rss);
    fit->null_loglik = gaussian_loglik(fit, n, tss);
    fit->parameters = fit->k + (int)fit->absorbed + 1;
}

enum { SUM_BLOCKS = 64 };

typedef struct summing {
    const pp__companions *with;
    int64_t n;
    double (*function)(double y);
    double sum[SUM_BLOCKS];
} summing;

static void sum_block(void *payload, int64_t block) {
    summing *s = payload;
    const double *y = s->with->y, *weight = s->with->weight;
    int64_t end = s->n * (block + 1) / SUM_BLOCKS;
    double sum = 0;
    for (int64_t i = s->n * block / SUM_BLOCKS; i < end; i++) {
        sum += (weight ? weight[i] : 1) * s->function(y[i]);
    }
    s->sum[block] = sum;
}

/* Σ w f(y); 0 without a function. */
static double sum_of(const pp_fit *fit, double (*function)(double y),
                     const pp_context *ctx) {
    summing s = {.with = &fit->design->with, .n = fit->design->n, .function = function};
    double sum = 0;
    if (function) {
        pp__parallel(ctx, SUM_BLOCKS, sum_block, &s);
    }
    for (int b = 0; function && b < SUM_BLOCKS; b++) {
        sum += s.sum[b];
    }
    return sum;
}

void pp__glm_describe(pp_fit *fit, const pp__family *family, double loglik_now,
                      double null_loglik, const pp_context *ctx) {
    double constant = sum_of(fit, family->constant, ctx);
    fit->scores.count = pp__design_count(fit->design);
    fit->nobs = (int64_t)fit->scores.count;
    fit->outside = fit->outside ? fit->outside : fit->design->with.offset;
    if (family->gaussian) {
        describe_linear(fit, loglik_now, null_loglik);
        return;
    }
    fit->deviance = 2 * (sum_of(fit, family->saturated, ctx) - loglik_now);
    fit->loglik = loglik_now + constant;
    fit->null_loglik = null_loglik + constant;
    fit->parameters = fit->k + (int)fit->absorbed;
}

pp_status pp__glm_estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    const pp__family *family = fit->estimator->family;
    pp__optimum o;
    int bandwidth;
    if (d->with.n_effects > 0) {
        return pp__glm_effects_estimate(fit, ctx, err);
    }
    PP_TRY(pp__bias_read(fit, &bandwidth, err));
    PP_TRY(pp__outcome_check(fit, family, err));
    pp__glm g = pp__glm_of(d, family, ctx);
    PP_TRY(pp__glm_maximise(&g, fit->options.tolerance, fit->options.max_iterations,
                            &fit->arena, &o, err));
    PP_TRY(pp__separation_look(fit, &g, &o, err));
    pp__glm_expect(&g, &o);
    PP_TRY(pp__fit_keep(fit, &o, err));
    fit->scores = (pp__scores){.n = d->n, .factor = g.score, .weight = g.weight};
    pp__glm_describe(fit, family, o.loglik, o.start_loglik, ctx);
    return PP_OK;
}
