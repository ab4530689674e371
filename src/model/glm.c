/* Maximum likelihood of a generalised linear model by Newton's method.
   McCullagh & Nelder (1989), Generalized Linear Models. */
#include "model/glm.h"
#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"
#include "model/separation.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const pp__glm *g = payload;
    int k = g->d->k;
    double *z = scratch, *wz = z + (int64_t)k * PP__TILE,
           *eta = wz + (int64_t)k * PP__TILE;
    double *score = g->score + begin, *weight = g->weight + begin;
    double *gradient = sums + (int64_t)k * k;
    pp__design_z(g->d, begin, n, z);
    memset(eta, 0, (size_t)n * sizeof *eta);
    for (int j = 0; j < k; j++) {
        const double *column = z + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            eta[i] += column[i] * g->theta[j];
        }
    }
    gradient[k] += g->family->loglik(n, g->y + begin, eta, score, weight);
    if (g->expected) {
        g->family->expected(n, eta, weight);
    }
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

/* The residual standard deviation, but not below what rounding of y leaves. */
static double residual_deviation(void *payload, double loglik_now) {
    const pp__glm *g = payload;
    int64_t df = g->d->n > g->d->k ? g->d->n - g->d->k : 1;
    double squares = pp__dot(g->d->n, g->y, g->y), floor_squares = 1e-26 * squares;
    return sqrt(fmax(fmax(-2 * loglik_now, floor_squares), 1e-300) / (double)df);
}

static pp_status prepare(pp__glm *g, pp_arena *arena, pp_error *err) {
    int64_t n = g->d->n, k = g->d->k;
    g->score = pp_arena_alloc(arena, n, sizeof *g->score);
    PP_NEED(g->score, err);
    g->weight = pp_arena_alloc(arena, n, sizeof *g->weight);
    PP_NEED(g->weight, err);
    PP_TRY(pp__pass_init(&g->pass, n, k * k + k + 1, (2 * k + 1) * PP__TILE, arena, err));
    g->sums = pp_arena_alloc(arena, g->pass.width, sizeof *g->sums);
    PP_NEED(g->sums, err);
    return PP_OK;
}

static double mean_of(const double *y, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += y[i];
    }
    return sum / (double)n;
}

pp_status pp__glm_maximise(pp__glm *g, double tolerance, int max_iterations,
                           pp_arena *arena, pp__optimum *out, pp_error *err) {
    const pp__objective objective = {g->d->k, loglik,
                                     g->family->gaussian ? residual_deviation : NULL, g};
    double *start = pp_arena_zalloc(arena, g->d->k, sizeof *start);
    PP_NEED(start, err);
    if (g->d->intercept) {
        start[0] = g->family->link->forward(mean_of(g->y, g->d->n));
    }
    PP_TRY(prepare(g, arena, err));
    return pp__newton(&objective, start, tolerance, max_iterations, arena, g->ctx, out,
                      err);
}

void pp__glm_expect(pp__glm *g, pp__optimum *o) {
    size_t k = (size_t)g->d->k;
    if (!g->family->expected) {
        return;
    }
    g->expected = 1;
    loglik(g, o->theta, o->gradient, o->information);
    memcpy(o->factor, o->information, k * k * sizeof *o->factor);
    o->converged &= pp__cholesky(g->d->k, o->factor, 0) == g->d->k;
}

/* ---- the fit ---- */

/* How to make 0 and 1 of an outcome that has two other values. */
static void hint_recode(const char *name, const double *y, int64_t n, pp_error *err) {
    double low = y[0], high = y[0];
    int two = 1;
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, y[i]);
        high = fmax(high, y[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        two &= y[i] == low || y[i] == high;
    }
    char a[32], b[32];
    pp_format_number(low, a);
    pp_format_number(high, b);
    if (two && high - low == 1) {
        pp_error_hint(err, "its values are %s and %s: write I(%s - %s) in its place", a,
                      b, name, a);
    } else {
        pp_error_hint(err, "make a column of 0 and 1; rows that are neither can be left "
                           "out with a condition (where)");
    }
}

static pp_status check_binary(pp_fit *fit, const double *y, pp_error *err) {
    const pp__design *d = fit->design;
    int64_t ones = 0;
    for (int64_t i = 0; i < d->n; i++) {
        ones += y[i] == 1;
        if (y[i] != 0 && y[i] != 1) {
            char value[32];
            pp_format_number(y[i], value);
            pp_error_set(err, PP_E_INPUT, "the outcome of a binary model must be 0 or 1");
            pp_error_locate(err, NULL, d->row[i] + 1, fit->formula->outcome_label, value);
            hint_recode(fit->formula->outcome_label, y, d->n, err);
            return PP_E_INPUT;
        }
    }
    fit->events = ones;
    if (ones == 0 || ones == d->n) {
        PP_FAIL(err, PP_E_ESTIMATION, "%s is %d in all of the %lld rows that can be used",
                fit->formula->outcome_label, ones > 0, (long long)d->n);
    }
    return PP_OK;
}

static void describe_linear(pp_fit *fit, const pp__optimum *o) {
    const double log_2pi = 1.8378770664093453;
    double n = (double)fit->design->n, rss = -2 * o->loglik, tss = -2 * o->start_loglik;
    fit->sigma = sqrt(rss / (n - fit->k));
    fit->r2 = 1 - rss / tss;
    fit->deviance = rss;
    fit->loglik = -n / 2 * (log_2pi + log(rss / n) + 1);
    fit->null_loglik = -n / 2 * (log_2pi + log(tss / n) + 1);
    fit->parameters = fit->k + 1;
}

static void describe_likelihood(pp_fit *fit, const pp__optimum *o) {
    fit->deviance = -2 * o->loglik;
    fit->loglik = o->loglik;
    fit->null_loglik = o->start_loglik;
    fit->parameters = fit->k;
}

pp_status pp__glm_estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    const pp__family *family = fit->estimator->family;
    const double *y = d->with.y;
    if (family->binary) {
        PP_TRY(check_binary(fit, y, err));
    }
    pp__glm g = {.d = d, .family = family, .y = y, .ctx = ctx};
    pp__optimum o;
    PP_TRY(pp__glm_maximise(&g, fit->options.tolerance, fit->options.max_iterations,
                            &fit->arena, &o, err));
    if (family->binary &&
        !(o.converged && pp__separation_excluded(d, g.score, g.weight, o.step))) {
        PP_TRY(pp__separation_find(d, y, &fit->arena, ctx, &fit->separated,
                                   &fit->separation, err));
        fit->outcome = y;
    }
    pp__glm_expect(&g, &o);
    PP_TRY(pp__fit_keep(fit, &o, err));
    fit->scores = (pp__scores){
        .n = d->n, .count = (double)d->n, .factor = g.score, .weight = g.weight};
    if (family->gaussian) {
        describe_linear(fit, &o);
    } else {
        describe_likelihood(fit, &o);
    }
    return PP_OK;
}
