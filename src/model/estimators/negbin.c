/* Negative binomial (NB2), its dispersion by maximum likelihood.
 *
 * Lawless (1987), Canadian Journal of Statistics 15, 209-225; Hilbe (2011), Negative Binomial
 * Regression, ch. 8. With mean mu = exp(eta) and variance mu + mu² / theta the scores of the
 * coefficients and of theta have no covariance, so that maximising in turn goes straight to
 * the joint maximum; it is over when both scores vanish at the same point.
 */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimator.h"
#include "model/glm_effects.h"
#include "model/linalg.h"
#include "model/separation.h"
#include "model/vector.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

/* ---- rows, given theta ---- */

/* y log(mu / (mu + theta)) + theta log(theta / (mu + theta)). */
static double kernel(double y, double eta, double mu, double theta) {
    double first = mu > 0 ? -y * log1p(theta / mu) : y * (eta - log(theta));
    return first - theta * log1p(mu / theta);
}

static void mean_of(int n, const double *eta, double *mu) {
    for (int i = 0; i < n; i++) {
        mu[i] = eta[i] < 700 ? eta[i] : 700;
    }
    pp__exp(n, mu, mu);
}

static void shaped(int n, const double *y, const double *eta, double theta, double *value,
                   double *score, double *weight) {
    double *mu = weight;
    mean_of(n, eta, mu);
    for (int i = 0; i < n; i++) {
        double sum = mu[i] + theta, share = theta / sum;
        value[i] = kernel(y[i], eta[i], mu[i], theta);
        score[i] = share * (y[i] - mu[i]);
        weight[i] = share * mu[i] * ((y[i] + theta) / sum);
    }
}

static void expected_shaped(int n, const double *eta, double theta, double *weight) {
    mean_of(n, eta, weight);
    for (int i = 0; i < n; i++) {
        weight[i] *= theta / (weight[i] + theta);
    }
}

static double constant(double y) {
    return -lgammafn(y + 1);
}

static const pp__family family = {.link = &pp__link_log,
                                  .count = 1,
                                  .shaped = shaped,
                                  .expected_shaped = expected_shaped,
                                  .constant = constant};

/* ---- theta, given the linear predictors ---- */

typedef struct negbin {
    pp_fit *fit;
    pp__glm g;
    pp__glm_effects m; /* with effects */
    pp__optimum o;     /* without */
    pp_arena_mark mark;
    int effects;
    double *start;            /* k */
    double *eta;              /* n */
    double *dispersion_score; /* n: of log(theta), NULL while searching */
    pp__pass pass;
    pp_error *err;
} negbin;

/* The log-likelihood, and two derivatives by log(theta). */
static void add_shape(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const negbin *b = payload;
    const double *y = b->g.y + begin, *eta = b->eta + begin, theta = b->g.shape;
    double digamma_theta = digamma(theta), trigamma_theta = trigamma(theta);
    double lgamma_theta = lgammafn(theta), *mu = scratch;
    mean_of(n, eta, mu);
    for (int i = 0; i < n; i++) {
        double prior = b->g.prior ? b->g.prior[begin + i] : 1, sum = mu[i] + theta;
        double first = digamma(y[i] + theta) - digamma_theta - log1p(mu[i] / theta) +
                       (mu[i] - y[i]) / sum;
        double second = trigamma(y[i] + theta) - trigamma_theta + 1 / theta - 2 / sum +
                        (y[i] + theta) / (sum * sum);
        sums[0] += prior * (kernel(y[i], eta[i], mu[i], theta) + lgammafn(y[i] + theta) -
                            lgamma_theta);
        sums[1] += prior * theta * first;
        sums[2] += prior * theta * (theta * second + first);
        if (b->dispersion_score) {
            b->dispersion_score[begin + i] = prior * theta * first;
        }
    }
}

static double shape_loglik(void *payload, const double *at, double *gradient,
                           double *information) {
    negbin *b = payload;
    double sums[3];
    b->g.shape = exp(fmin(*at, 40));
    pp__pass_run(&b->pass, add_shape, b, b->g.ctx, sums);
    gradient[0] = sums[1];
    information[0] = -sums[2];
    return sums[0];
}

static double decrement_of(double gradient, double information) {
    return information > 0 ? fabs(gradient) / sqrt(information) : INFINITY;
}

/* Maximises over theta from where it is. */
static pp_status find_shape(negbin *b, pp__optimum *o) {
    const pp__objective objective = {.k = 1, .loglik = shape_loglik, .payload = b};
    double at = log(b->g.shape);
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status =
        pp__newton(&objective, &at, b->fit->options.tolerance,
                   b->fit->options.max_iterations, &arena, b->g.ctx, o, b->err);
    if (status == PP_OK) {
        b->g.shape = exp(fmin(o->theta[0], 40));
    }
    pp_arena_clear(&arena);
    return status;
}

/* By the moments of the outcome. */
static double first_shape(const negbin *b) {
    double mean = pp__glm_mean(&b->g), squares = 0, weights = 0;
    for (int64_t i = 0; i < b->g.d->n; i++) {
        double prior = b->g.prior ? b->g.prior[i] : 1, from = b->g.y[i] - mean;
        squares += prior * from * from;
        weights += prior;
    }
    double beyond = squares / weights - mean;
    return beyond > 1e-3 * mean * mean ? mean * mean / beyond : 1e3;
}

/* ---- coefficients, given theta ---- */

static void predict_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    negbin *b = payload;
    (void)sums;
    if (b->effects) {
        pp__glm_effects_predict(&b->m, begin, n, b->eta + begin, scratch);
    } else {
        pp__design_z(b->g.d, begin, n, scratch);
        pp__glm_predict(&b->g, begin, n, scratch, b->eta + begin);
    }
}

static pp_status maximise_plain(negbin *b, int first) {
    const pp_model_options *o = &b->fit->options;
    int iterations = b->o.iterations;
    if (!first) {
        memcpy(b->start, b->o.theta, (size_t)b->g.d->k * sizeof *b->start);
        b->g.start = b->start;
        pp_arena_release(&b->fit->arena, b->mark);
    }
    PP_TRY(pp__glm_maximise(&b->g, o->tolerance, o->max_iterations, &b->fit->arena, &b->o,
                            b->err));
    b->o.iterations += iterations;
    b->g.theta = b->o.theta;
    return first ? pp__separation_look(b->fit, &b->g, &b->o, b->err) : PP_OK;
}

static pp_status maximise_effects(negbin *b, int first) {
    const pp_model_options *o = &b->fit->options;
    if (first) {
        return pp__glm_effects_search(b->fit, &b->g, &b->m, b->err);
    }
    int most = b->m.iterations + o->max_iterations;
    return pp__glm_effects_maximise(&b->m, o->tolerance, most, b->err);
}

static pp_status maximise(negbin *b, int first) {
    pp__pass pass;
    double unused;
    PP_TRY(b->effects ? maximise_effects(b, first) : maximise_plain(b, first));
    if (b->fit->separated) {
        return PP_OK;
    }
    pp_arena_mark mark = pp_arena_get_mark(&b->fit->arena);
    PP_TRY(pp__pass_init(&pass, b->g.d->n, 0, (int64_t)(b->g.d->k + 1) * PP__TILE,
                         &b->fit->arena, b->err));
    pp__pass_run(&pass, predict_tile, b, b->g.ctx, &unused);
    pp_arena_release(&b->fit->arena, mark);
    return PP_OK;
}

/* ---- both ---- */

/* Beyond this the outcome is a Poisson to all digits that matter. */
static const double INFINITE_SHAPE = 1e8;

static pp_status search(negbin *b, double *gradient, double *information) {
    enum { MOST_TURNS = 100 };
    pp_fit *fit = b->fit;
    pp__optimum o;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        PP_TRY(maximise(b, turn == 0));
        if (fit->separated) {
            return PP_OK;
        }
        double at = log(b->g.shape);
        fit->loglik = shape_loglik(b, &at, gradient, information);
        double inner = b->effects ? b->m.score_norm : b->o.score_norm;
        int settled = b->effects ? b->m.converged : b->o.converged;
        fit->iterations = b->effects ? b->m.iterations : b->o.iterations;
        fit->score_norm = hypot(inner, decrement_of(*gradient, *information));
        fit->converged = settled && fit->score_norm <= 2 * fit->options.tolerance;
        if (fit->converged || b->g.shape > INFINITE_SHAPE) {
            break;
        }
        PP_TRY(find_shape(b, &o));
    }
    if (b->g.shape <= INFINITE_SHAPE) {
        return PP_OK;
    }
    fit->converged = 0;
    return pp__notes_warn(&fit->notes, "no_overdispersion", NULL, -1, b->err,
                          "the outcome varies no more than a Poisson variable: theta is "
                          "infinite; use poisson");
}

/* The likelihood of a constant, with a theta of its own. */
static pp_status null_model(negbin *b, double *loglik) {
    enum { MOST_TURNS = 50 };
    const pp_model_options *options = &b->fit->options;
    double shape = b->g.shape, eta, unused, last = -INFINITY;
    pp__optimum o;
    b->g.expected = 0;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        PP_TRY(pp__glm_constant(&b->g, options->tolerance, options->max_iterations, &eta,
                                &unused, b->err));
        for (int64_t i = 0; i < b->g.d->n; i++) {
            b->eta[i] = eta + (b->g.offset ? b->g.offset[i] : 0);
        }
        PP_TRY(find_shape(b, &o));
        *loglik = o.loglik;
        if (!b->g.offset || o.loglik - last <= 1e-12 * fabs(last)) {
            break;
        }
        last = o.loglik;
    }
    b->g.shape = shape;
    return PP_OK;
}

/* ---- the fit ---- */

static double deviance_of(const negbin *b) {
    double theta = b->g.shape, sum = 0;
    for (int64_t i = 0; i < b->g.d->n; i++) {
        double y = b->g.y[i], mu = exp(b->eta[i]);
        double best = y > 0 ? kernel(y, log(y), y, theta) : 0;
        sum +=
            (b->g.prior ? b->g.prior[i] : 1) * (best - kernel(y, b->eta[i], mu, theta));
    }
    return 2 * sum;
}

/* Scores of all parameters, by column. */
static pp_status keep_scores(negbin *b) {
    pp_fit *fit = b->fit;
    int64_t n = b->g.d->n, k = b->g.d->k, columns = b->effects ? b->m.m : k;
    double *matrix = pp_arena_alloc(&fit->arena, n * (k + 1), sizeof *matrix);
    PP_NEED(matrix, b->err);
    double *z = pp_arena_alloc(&fit->arena, (columns + 1) * PP__TILE, sizeof *z);
    PP_NEED(z, b->err);
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        if (b->effects) {
            pp__absorb_tile(b->m.effects, b->m.column, b->m.m, b->m.coefficients, begin,
                            rows, z);
        } else {
            pp__design_z(b->g.d, begin, rows, z);
        }
        for (int64_t j = 0; j < k; j++) {
            for (int i = 0; i < rows; i++) {
                matrix[begin + i + j * n] = z[i + j * PP__TILE] * b->g.score[begin + i];
            }
        }
    }
    memcpy(matrix + k * n, b->dispersion_score, (size_t)n * sizeof *matrix);
    fit->scores = (pp__scores){.n = n, .matrix = matrix};
    return PP_OK;
}

static pp_status name_parameters(pp_fit *fit, int64_t k, pp_error *err) {
    const char **name = pp_arena_alloc(&fit->arena, k + 1, sizeof *name);
    PP_NEED(name, err);
    memcpy(name, fit->name, (size_t)k * sizeof *name);
    name[k] = "log(theta)";
    fit->name = name;
    fit->k = (int)k + 1;
    return PP_OK;
}

/* The expected information has no part between coefficients and theta. */
static pp_status keep(negbin *b, double information) {
    pp_fit *fit = b->fit;
    int64_t k = b->g.d->k, m = k + 1;
    const double *theta = b->effects ? b->m.b : b->o.theta;
    const double *factor = b->effects ? b->m.factor : b->o.factor;
    fit->estimates = pp_arena_zalloc(&fit->arena, m + m * m + k * k, sizeof(double));
    PP_NEED(fit->estimates, b->err);
    fit->bread = fit->estimates + m;
    double *inverse = fit->bread + m * m;
    pp__cholesky_inverse((int)k, factor, inverse);
    for (int64_t j = 0; j < k; j++) {
        fit->estimates[j] = theta[j];
        memcpy(fit->bread + j * m, inverse + j * k, (size_t)k * sizeof *inverse);
    }
    fit->estimates[k] = log(b->g.shape);
    fit->bread[m * m - 1] = 1 / information;
    return name_parameters(fit, k, b->err);
}

static pp_status prepare(negbin *b) {
    pp_fit *fit = b->fit;
    int64_t n = fit->design->n;
    b->eta = pp_arena_alloc(&fit->arena, n, sizeof *b->eta);
    PP_NEED(b->eta, b->err);
    b->start = pp_arena_alloc(&fit->arena, fit->design->k, sizeof *b->start);
    PP_NEED(b->start, b->err);
    PP_TRY(pp__pass_init(&b->pass, n, 3, PP__TILE, &fit->arena, b->err));
    b->g.shape = first_shape(b);
    b->mark = pp_arena_get_mark(&fit->arena);
    return PP_OK;
}

static pp_status finish(negbin *b, double information) {
    pp_fit *fit = b->fit;
    double gradient, at = log(b->g.shape), null_loglik;
    b->dispersion_score =
        pp_arena_alloc(&fit->arena, b->g.d->n, sizeof *b->dispersion_score);
    PP_NEED(b->dispersion_score, b->err);
    double loglik = shape_loglik(b, &at, &gradient, &information);
    if (b->effects) {
        b->g.expected = 1;
        PP_TRY(pp__glm_effects_visit(&b->m, b->err));
        PP_TRY(pp__glm_effects_outside(&b->m, fit, b->err));
    } else {
        pp__glm_expect(&b->g, &b->o);
    }
    double deviance = deviance_of(b);
    PP_TRY(keep_scores(b));
    PP_TRY(keep(b, information));
    b->dispersion_score = NULL;
    PP_TRY(null_model(b, &null_loglik));
    pp__glm_describe(fit, &family, loglik, null_loglik, b->g.ctx);
    fit->deviance = deviance;
    if (b->g.shape > INFINITE_SHAPE) { /* nothing of it is left but rounding */
        fit->loglik = NAN;
    }
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    negbin b = {.fit = fit, .g = pp__glm_of(fit->design, &family, ctx), .err = err};
    double gradient, information;
    b.effects = fit->design->with.n_effects > 0;
    PP_TRY(pp__outcome_check(fit, &family, err));
    PP_TRY(prepare(&b));
    PP_TRY(search(&b, &gradient, &information));
    return fit->separated ? PP_OK : finish(&b, information);
}

const pp_estimator pp__estimator_negbin = {
    .info = {.name = "negbin",
             .title = "Negative binomial",
             .estimand = "E(y | x) = exp(x'b) = mu, Var(y | x) = mu + mu^2 / theta",
             .source = "Lawless (1987), Canadian Journal of Statistics 15, 209-225",
             .reference = "R MASS::glm.nb 7.3-58, fixest::fenegbin 0.14.2",
             .links = "log",
             .use = "Counts that vary more than their mean, when the distribution itself "
                    "is of interest: predictions, likelihoods, theta.",
             .avoid = "Effects on means alone: poisson with robust errors needs no "
                      "distribution. Outcomes that vary less than their mean.",
             .example = "'population ~ gdp_per_capita_log + urban_share' --data "
                        "demo-out/panel.parquet --model negbin --where 'year = 2019'",
             .digits = "Coefficients 1e-8, errors 1e-6, theta 1e-8 (glm.nb); with fixed "
                       "effects 1e-5, the digits of fenegbin."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = estimate};
