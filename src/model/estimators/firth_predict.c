/* Firth's logit with predictions that are right in the mean: FLIC and FLAC. */
#include "base/check.h"
#include "model/estimators/firth.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

pp_status pp__firth_flic(pp__firth *f, double tolerance, int max_iterations,
                         double *theta, pp__firth_state *out, pp_error *err) {
    pp__firth plain = *f;
    plain.bias = PP__BIAS_NONE;
    plain.penalised = 0;
    return pp__firth_intercept(&plain, tolerance, max_iterations, theta, out, err);
}

/* ---- FLAC ---- */

/* Coefficients, and last that of the indicator of pseudo-observations. */
typedef struct augmented {
    const pp__firth *f;
    const double *leverage; /* as Firth's estimates have it: weights of the pseudo-rows */
    const double *theta;
    double *score; /* of rows: of the observation and its pseudo-observation together */
    double *pseudo;
    pp__pass pass;
    double *sums;
} augmented;

static double logistic(double eta) {
    double e = exp(-fabs(eta));
    return eta < 0 ? e / (1 + e) : 1 / (1 + e);
}

/* log p when toward is its logit. */
static double log_logistic(double toward) {
    return fmin(toward, 0) - log1p(exp(-fabs(toward)));
}

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    augmented *a = payload;
    const pp__design *d = a->f->d;
    int k = d->k, m = k + 1;
    double *z = scratch, *wz = z + (int64_t)m * PP__TILE;
    double *eta = wz + (int64_t)m * PP__TILE, *own = z + (int64_t)k * PP__TILE;
    double *gradient = sums + (int64_t)m * m;
    pp__design_z(d, begin, n, z);
    memset(eta, 0, (size_t)n * sizeof *eta);
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < n; i++) {
            eta[i] += a->theta[j] * z[i + (int64_t)j * PP__TILE];
        }
    }
    for (int i = 0; i < n; i++) {
        int64_t row = begin + i;
        double w = d->with.weight ? d->with.weight[row] : 1, h = a->leverage[row];
        double at = eta[i] + (d->with.offset ? d->with.offset[row] : 0);
        double p = logistic(at), q = logistic(at + a->theta[k]);
        double weight = w * p * (1 - p), pseudo = h * q * (1 - q);
        a->pseudo[row] = h * (0.5 - q);
        a->score[row] = w * (d->with.y[row] - p) + a->pseudo[row];
        gradient[m] +=
            w * log_logistic(d->with.y[row] > 0 ? at : -at) +
            h / 2 * (log_logistic(at + a->theta[k]) + log_logistic(-at - a->theta[k]));
        gradient[k] += a->pseudo[row];
        own[i] = pseudo;
        eta[i] = weight + pseudo;
        sums[(int64_t)m * m - 1] += pseudo;
    }
    for (int j = 0; j < k; j++) {
        const double *from = z + (int64_t)j * PP__TILE;
        double *to = wz + (int64_t)j * PP__TILE;
        gradient[j] += pp__dot(n, from, a->score + begin);
        sums[k + (int64_t)j * m] += pp__dot(n, from, own);
        for (int i = 0; i < n; i++) {
            to[i] = from[i] * eta[i];
        }
        for (int i = 0; i <= j; i++) {
            sums[j + (int64_t)i * m] += pp__dot(n, z + (int64_t)i * PP__TILE, to);
        }
    }
}

static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    augmented *a = payload;
    size_t m = (size_t)a->f->d->k + 1;
    a->theta = theta;
    pp__pass_run(&a->pass, add_tile, a, a->f->ctx, a->sums);
    memcpy(information, a->sums, m * m * sizeof *information);
    memcpy(gradient, a->sums + m * m, m * sizeof *gradient);
    return a->sums[m * m + m];
}

/* The pseudo-observations' coefficient is taken out of the rows' scores. */
static void fill_scores(const augmented *a, const pp__optimum *o, double *scores) {
    const pp__design *d = a->f->d;
    int64_t k = d->k, m = k + 1;
    for (int64_t j = 0; j < k; j++) {
        double share = o->information[k + j * m] / o->information[m * m - 1];
        for (int64_t i = 0; i < d->n; i++) {
            scores[i + j * d->n] =
                a->score[i] * ((d->x[j][i] - d->center[j]) / d->scale[j]) -
                a->pseudo[i] * share;
        }
    }
}

/* Where the pseudo-observations, half of which are ones, begin. */
static double mean_pseudo(const pp__firth *f) {
    double sum = pp__dot(f->d->n, f->leverage, f->eta), weight = 0;
    for (int64_t i = 0; i < f->d->n; i++) {
        weight += f->leverage[i];
    }
    return -sum / weight;
}

static pp_status maximise(augmented *a, double tolerance, int max_iterations,
                          pp_arena *arena, double *theta, double *inverse, double *scores,
                          pp__firth_state *out, pp_error *err) {
    int64_t n = a->f->d->n, k = a->f->d->k, m = k + 1;
    pp__objective objective = {.k = (int)m, .loglik = loglik, .payload = a};
    pp__optimum o;
    double *start = pp_arena_zalloc(arena, m + m * m + 2 * n, sizeof *start);
    PP_NEED(start, err);
    double *whole = start + m;
    a->score = whole + m * m;
    a->pseudo = a->score + n;
    PP_TRY(pp__pass_init(&a->pass, n, m * m + m + 1, (2 * m + 1) * PP__TILE, arena, err));
    a->sums = pp_arena_alloc(arena, a->pass.width, sizeof *a->sums);
    PP_NEED(a->sums, err);
    memcpy(start, theta, (size_t)k * sizeof *start);
    start[k] = mean_pseudo(a->f);
    PP_TRY(pp__newton(&objective, start, tolerance, max_iterations, arena, a->f->ctx, &o,
                      err));
    memcpy(theta, o.theta, (size_t)k * sizeof *theta);
    pp__cholesky_inverse((int)m, o.factor, whole);
    for (int64_t j = 0; j < k; j++) {
        memcpy(inverse + j * k, whole + j * m, (size_t)k * sizeof *inverse);
    }
    fill_scores(a, &o, scores);
    *out = (pp__firth_state){o.score_norm, o.iterations, o.converged};
    return PP_OK;
}

pp_status pp__firth_flac(pp__firth *f, double tolerance, int max_iterations,
                         double *theta, double *inverse, double *scores,
                         pp__firth_state *out, pp_error *err) {
    augmented a = {.f = f, .leverage = f->leverage};
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status =
        maximise(&a, tolerance, max_iterations, &arena, theta, inverse, scores, out, err);
    pp_arena_clear(&arena);
    return status;
}
