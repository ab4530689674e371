/* Logit with a random intercept.
   Liu & Pierce (1994), Biometrika 81, 624-629; Pinheiro & Bates (1995), JCGS 4, 12-35. */
#define MATHLIB_STANDALONE
#include "model/estimators/relogit.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/glm.h"
#include "model/linalg.h"
#include "model/newton.h"
#include "model/separation.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

enum { DEFAULT_POINTS = 25, MOST_POINTS = 200, RESPONSE_POINTS = 50 };
static const double SQRT_PI = 1.772453850905516;

/* What `report` needs of the estimation. */
typedef struct kept {
    pp__relogit r;
    double sd, pooled_loglik;
    double *step, *space;      /* k + 1; 2 (k + 1) */
    double *node, *log_weight; /* of the mean response */
} kept;

/* ---- rows ---- */

/* Stable: rows of equal codes keep their order. */
static void sort_by(const pp__encoding *by, int64_t n, int64_t *begin,
                    const int64_t *rows, int64_t *out) {
    memset(begin, 0, (size_t)(by->n_levels + 1) * sizeof *begin);
    for (int64_t i = 0; i < n; i++) {
        begin[by->code[i] + 1]++;
    }
    for (int32_t l = 0; l < by->n_levels; l++) {
        begin[l + 1] += begin[l];
    }
    for (int64_t i = 0; i < n; i++) {
        out[begin[by->code[i]]++] = rows[i];
    }
}

/* The complete rows, those of a group side by side. */
static pp_status select(pp_fit *fit, const pp__sample *sample, int64_t **rows, int64_t *n,
                        pp_error *err) {
    const pp__formula *f = fit->formula;
    if (f->n_random != 1) {
        pp_error_set(err, PP_E_ARGUMENT, "model 'relogit' needs one random intercept");
        pp_error_hint(err, "write: y ~ x + (1 | region)");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp__sample_complete_rows(sample, &fit->arena, rows, n, err));
    int64_t *sorted = pp_arena_alloc(&fit->arena, 2 * *n, sizeof *sorted);
    PP_NEED(sorted, err);
    for (int64_t i = 0; i < *n; i++) {
        sorted[i] = *rows ? (*rows)[i] : i;
    }
    for (int j = f->random[0].n - 1; j >= 0; j--) {
        pp_column *column;
        pp__encoding by;
        PP_TRY(pp_table_require(sample->data, f->random[0].name[j]->text, &column, err));
        PP_TRY(pp__encode(column, sorted, *n, NULL, &fit->arena, &by, err));
        int64_t *begin = pp_malloc(by.n_levels + 1, sizeof *begin);
        PP_NEED(begin, err);
        sort_by(&by, *n, begin, sorted, sorted + *n);
        memcpy(sorted, sorted + *n, (size_t)*n * sizeof *sorted);
        pp_free(begin);
    }
    *rows = sorted;
    return PP_OK;
}

/* ---- estimation ---- */

static pp_status read_points(const pp_fit *fit, int *points, pp_error *err) {
    *points = fit->options.quadrature ? fit->options.quadrature : DEFAULT_POINTS;
    if (*points < 1 || *points > MOST_POINTS) {
        pp_error_set(err, PP_E_ARGUMENT, "option quadrature is out of range");
        pp_error_locate(err, NULL, 0, "quadrature", NULL);
        pp_error_hint(err, "a number of points from 1 (Laplace) to %d", MOST_POINTS);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status check_groups(const pp_fit *fit, pp_error *err) {
    const pp__grouping *random = &fit->design->with.random;
    if (random->levels < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "'%s' has one value only: there are no groups",
                random->label);
    }
    return PP_OK;
}

/* Minus the derivative of the gradient, by central differences of fourth order with these
   steps (k + 1). */
static void differentiate(kept *own, const double *theta, const double *step,
                          double *information) {
    static const double AT[] = {-2, -1, 1, 2}, BY[] = {1, -8, 8, -1};
    int64_t m = own->r.d->k + 1;
    double *at = own->space, *gradient = at + m;
    memset(information, 0, (size_t)(m * m) * sizeof *information);
    for (int64_t j = 0; j < m; j++) {
        for (int s = 0; s < 4; s++) {
            memcpy(at, theta, (size_t)m * sizeof *at);
            at[j] += AT[s] * step[j];
            pp__relogit_loglik(&own->r, at, gradient, NULL);
            for (int64_t i = 0; i < m; i++) {
                information[i + j * m] -= BY[s] * gradient[i] / (12 * step[j]);
            }
        }
    }
    for (int64_t j = 0; j < m; j++) {
        for (int64_t i = j + 1; i < m; i++) {
            double mean = (information[i + j * m] + information[j + i * m]) / 2;
            information[i + j * m] = information[j + i * m] = mean;
        }
    }
}

/* With few points Louis' information is far from that of the quadrature. */
static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    enum { FEW = 8 };
    kept *own = payload;
    if (own->r.points >= FEW) {
        return pp__relogit_loglik(&own->r, theta, gradient, information);
    }
    differentiate(own, theta, own->step, information);
    return pp__relogit_loglik(&own->r, theta, gradient, NULL);
}

/* The information of the quadrature in the place of Louis', and the groups' scores. */
static pp_status settle(pp_fit *fit, kept *own, pp__optimum *o, pp_error *err) {
    int64_t m = fit->k;
    pp__cholesky_inverse(fit->k, o->factor, o->information);
    for (int64_t j = 0; j < m; j++) {
        own->step[j] = 0.01 * sqrt(o->information[j + j * m]);
    }
    differentiate(own, o->theta, own->step, o->information);
    memcpy(o->factor, o->information, (size_t)(m * m) * sizeof *o->factor);
    o->converged &= pp__cholesky(fit->k, o->factor, 0) == fit->k;
    own->r.score = pp_arena_alloc(&fit->arena, m * own->r.groups, sizeof(double));
    PP_NEED(own->r.score, err);
    pp__relogit_loglik(&own->r, o->theta, o->gradient, NULL);
    return PP_OK;
}

static pp_status name_parameters(pp_fit *fit, pp_error *err) {
    int k = fit->design->k;
    const char **name = pp_arena_alloc(&fit->arena, k + 1, sizeof *name);
    PP_NEED(name, err);
    memcpy(name, fit->name, (size_t)k * sizeof *name);
    pp_buf text;
    pp_buf_init(&text);
    pp_buf_printf(&text, "sd(%s)", fit->design->with.random.label);
    pp_status status = pp_buf_check(&text, err);
    name[k] = status == PP_OK ? pp_arena_strdup(&fit->arena, text.data) : NULL;
    pp_buf_clear(&text);
    PP_TRY(status);
    PP_NEED(name[k], err);
    fit->name = name;
    fit->k = k + 1;
    return PP_OK;
}

/* Rows of a group stand side by side unless it is a refit, which has no covariance. */
static void keep_scores(pp_fit *fit, const pp__relogit *r) {
    int sorted = 1;
    for (int64_t i = 0; i < r->d->n; i++) {
        sorted &= r->order[i] == i;
    }
    fit->scores = (pp__scores){.n = r->groups,
                               .count = pp__design_count(fit->design),
                               .matrix = r->score,
                               .begin = sorted ? r->begin : NULL,
                               .once = 1};
    fit->nobs = (int64_t)fit->scores.count;
}

static pp_status maximise(pp_fit *fit, kept *own, const double *pooled, pp__optimum *out,
                          pp_error *err) {
    int k = fit->design->k;
    const pp__objective objective = {.k = k + 1, .loglik = loglik, .payload = own};
    double *start = pp_arena_zalloc(&fit->arena, 4 * (k + 1), sizeof *start);
    PP_NEED(start, err);
    own->step = start + k + 1;
    own->space = own->step + k + 1;
    for (int j = 0; j <= k; j++) {
        own->step[j] = 1e-4;
    }
    memcpy(start, pooled, (size_t)k * sizeof *start);
    start[k] = 0.5;
    PP_TRY(pp__newton(&objective, start, fit->options.tolerance,
                      fit->options.max_iterations, &fit->arena, own->r.ctx, out, err));
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    const pp__family *family = pp__estimator_logit.family;
    int points;
    double *node, *log_weight;
    pp__optimum pooled, o;
    PP_TRY(read_points(fit, &points, err));
    PP_TRY(check_groups(fit, err));
    PP_TRY(pp__outcome_check(fit, family, err));
    pp__glm glm = pp__glm_of(d, family, ctx);
    PP_TRY(pp__glm_maximise(&glm, fit->options.tolerance, fit->options.max_iterations,
                            &fit->arena, &pooled, err));
    PP_TRY(pp__separation_look(fit, &glm, &pooled, err));
    if (fit->separated) {
        return PP_OK;
    }
    kept *own = pp_arena_zalloc(&fit->arena, 1, sizeof *own);
    PP_NEED(own, err);
    PP_TRY(pp__hermite(points, &fit->arena, &node, &log_weight, err));
    PP_TRY(pp__relogit_init(&own->r, d, points, node, log_weight, ctx, &fit->arena, err));
    PP_TRY(pp__hermite(RESPONSE_POINTS, &fit->arena, &own->node, &own->log_weight, err));
    PP_TRY(name_parameters(fit, err));
    PP_TRY(maximise(fit, own, pooled.theta, &o, err));
    if (o.theta[d->k] < 0) { /* u and −u are the same */
        o.theta[d->k] = -o.theta[d->k];
        pp__relogit_loglik(&own->r, o.theta, o.gradient, NULL);
    }
    PP_TRY(settle(fit, own, &o, err));
    PP_TRY(pp__fit_keep(fit, &o, err));
    keep_scores(fit, &own->r);
    own->sd = o.theta[d->k];
    own->pooled_loglik = pooled.loglik;
    fit->workspace = own;
    fit->loglik = o.loglik;
    fit->null_loglik = pooled.start_loglik;
    fit->deviance = -2 * o.loglik;
    fit->parameters = fit->k;
    fit->outside = d->with.offset;
    return PP_OK;
}

/* ---- response ---- */

/* The mean over the groups' distribution: the integral over u, by fixed points. */
static void respond(const pp_fit *fit, const pp__responding *r) {
    const kept *own = fit->workspace;
    int k = fit->k - 1, n = r->n;
    double eta[PP__TILE] = {0}, slope_eta[PP__TILE] = {0}, at[PP__TILE];
    double mean[PP__TILE], slope[PP__TILE], curve[PP__TILE];
    double *by_sd = r->gradient + (int64_t)k * PP__TILE;
    memset(r->mean, 0, (size_t)n * sizeof *r->mean);
    memset(r->gradient, 0, (size_t)fit->k * PP__TILE * sizeof *r->gradient);
    for (int i = 0; r->outside && i < n; i++) {
        eta[i] = r->outside[i];
    }
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < n; i++) {
            int64_t cell = i + (int64_t)j * PP__TILE;
            eta[i] += fit->estimates[j] * r->x[cell];
            slope_eta[i] += r->dx ? fit->estimates[j] * r->dx[cell] : 0;
        }
    }
    for (int q = 0; q < RESPONSE_POINTS; q++) {
        double t = own->node[q], u = M_SQRT2 * t;
        double share = exp(own->log_weight[q] - t * t) / SQRT_PI;
        for (int i = 0; i < n; i++) {
            at[i] = eta[i] + fit->estimates[k] * u;
        }
        fit->link->response(n, at, mean, slope, curve);
        for (int i = 0; i < n; i++) {
            double first = r->dx ? curve[i] * slope_eta[i] : slope[i];
            r->mean[i] += share * (r->dx ? slope[i] * slope_eta[i] : mean[i]);
            by_sd[i] += share * u * first;
            for (int j = 0; j < k; j++) {
                int64_t cell = i + (int64_t)j * PP__TILE;
                r->gradient[cell] +=
                    share * (first * r->x[cell] + (r->dx ? slope[i] * r->dx[cell] : 0));
            }
        }
    }
}

/* ---- tables ---- */

static pp_status add_variance(const pp_fit *fit, const kept *own, pp_result *result,
                              pp_error *err) {
    const double residual = M_PI * M_PI / 3; /* of a logistic variable */
    double variance = own->sd * own->sd, lr = 2 * (fit->loglik - own->pooled_loglik);
    double error = sqrt(fit->V[(int64_t)fit->k * fit->k - 1]);
    double p = lr > 0 ? 0.5 * pchisq(lr, 1, 0, 0) : 1;
    const pp__named facts[] = {{"groups", PP_SHOW_COUNT, (double)own->r.groups},
                               {"sd", PP_SHOW_DEFAULT, own->sd},
                               {"std_error", PP_SHOW_DEFAULT, error},
                               {"variance", PP_SHOW_DEFAULT, variance},
                               {"icc", PP_SHOW_DEFAULT, variance / (variance + residual)},
                               {"lr_statistic", PP_SHOW_DEFAULT, fmax(lr, 0)},
                               {"p_value", PP_SHOW_P_VALUE, p},
                               {"points", PP_SHOW_COUNT, own->r.points}};
    pp_table *table;
    PP_TRY(pp_result_add(result, "random", "Random intercept", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(pp__put_text(table, 0, "group", fit->design->with.random.label, err));
    PP_TRY(pp__put_numbers(table, 0, facts, sizeof facts / sizeof *facts, err));
    return pp_result_set_note(
        result, "random",
        "icc: variance / (variance + pi^2/3). The p value of sd = 0 "
        "is by the mixture of chi-squared with 0 and 1 degrees of "
        "freedom.",
        err);
}

/* A group's name: the values of its columns in one of its rows. */
static pp_status put_group(const pp_fit *fit, int64_t row, pp_table *table, int64_t at,
                           pp_error *err) {
    const pp__group *random = &fit->formula->random[0];
    pp_buf name;
    pp_buf_init(&name);
    pp_status status = PP_OK;
    for (int j = 0; j < random->n && status == PP_OK; j++) {
        pp_column *column;
        status = pp_table_require(fit->data, random->name[j]->text, &column, err);
        pp_buf_add(&name, j ? ":" : "");
        if (status == PP_OK && column->type == PP_NUMBER) {
            char space[32];
            pp_format_number(column->number[row], space);
            pp_buf_add(&name, space);
        } else if (status == PP_OK) {
            pp_buf_add(&name, pp_column_get_text(column, row));
        }
    }
    status = status == PP_OK ? pp_buf_check(&name, err) : status;
    status = status == PP_OK ? pp__put_text(table, at, "group", name.data, err) : status;
    pp_buf_clear(&name);
    return status;
}

static pp_status add_modes(const pp_fit *fit, const kept *own, pp_result *result,
                           pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "random_effects", "Modes of the random intercepts",
                         &table, err));
    PP_TRY(pp_table_resize(table, own->r.groups, err));
    for (int64_t g = 0; g < own->r.groups; g++) {
        int64_t row = pp__design_row(fit->design, own->r.order[own->r.begin[g]]);
        PP_TRY(put_group(fit, row, table, g, err));
        PP_TRY(pp__put_number(table, g, "rows", PP_SHOW_COUNT,
                              (double)(own->r.begin[g + 1] - own->r.begin[g]), err));
        PP_TRY(pp__put_number(table, g, "mode", PP_SHOW_DEFAULT, own->sd * own->r.mode[g],
                              err));
        PP_TRY(pp__put_number(table, g, "conditional_sd", PP_SHOW_DEFAULT,
                              own->sd / sqrt(own->r.curvature[g]), err));
    }
    return PP_OK;
}

static pp_status report(const pp_fit *fit, pp_result *result, pp_error *err) {
    PP_TRY(add_variance(fit, fit->workspace, result, err));
    return add_modes(fit, fit->workspace, result, err);
}

const pp_estimator pp__estimator_relogit = {
    .info = {.name = "relogit",
             .title = "Logit with a random intercept",
             .estimand = "P(y = 1 | x, a) = 1 / (1 + exp(-x'b - a)), a normal by group "
                         "with mean zero; b are log odds ratios within a group",
             .source = "Liu & Pierce (1994), Biometrika 81, 624-629; Pinheiro & Bates "
                       "(1995), JCGS 4, 12-35",
             .reference = "R lme4 1.1.31 (glmer, nAGQ = 25); trapezoidal quadrature",
             .links = "logit",
             .use = "Places within regions: what regions have in common and no covariate "
                    "tells, with few rows in each.",
             .avoid = "Intercepts that go with the covariates (fixed effects, clogit); "
                      "few groups.",
             .options = "quadrature: points; default 25, 1 is Laplace's approximation",
             .example =
                 "'event_latest ~ duration + un_distance_prc + gdp_per_capita_log "
                 "+ (1 | subregion)' --data demo-out/panel.parquet --model relogit",
             .digits = "Coefficients to 1e-10, errors to 1e-8, log likelihood to 1e-12 "
                       "against a fine quadrature; glmer to 1e-6."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET | PP__TAKES_RANDOM,
    .select = select,
    .estimate = estimate,
    .respond = respond,
    .report = report};
