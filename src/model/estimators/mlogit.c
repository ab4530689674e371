/* Multinomial logit. McFadden (1974), in Zarembka (ed.), Frontiers in Econometrics,
 * 105-142; Agresti (2013), Categorical Data Analysis, ch. 8.1.
 *
 * Each category but the base, the first, has an equation. With p the probabilities and w
 * the weight of a row, the score of equation e is w (1[y = e] − p_e) z, and minus the
 * second derivative by e and f is w p_e (1[e = f] − p_f) z z'.
 */
#include "base/check.h"
#include "model/estimators/categories.h"
#include "model/linalg.h"
#include "model/newton.h"
#include "model/tables.h"
#include "model/vector.h"

#include <math.h>
#include <string.h>

typedef struct mlogit {
    const pp__design *d;
    const pp_context *ctx;
    int k, equations; /* coefficients of an equation */
    const double *theta;
    double *score; /* NULL, or n × k equations: those of rows go here */
    pp__pass pass;
    double *sums;
} mlogit;

/* Blocks of pairs e >= f, one after another. */
static int64_t block_of(int e, int f) {
    return (int64_t)e * (e + 1) / 2 + f;
}

/* Probabilities of the equations' categories, a tile each, from the predictors in their
   place; to `value` the log-likelihood of each row. */
static void find_probabilities(const mlogit *m, int64_t begin, int n, double *p,
                               double *value) {
    const int32_t *code = m->d->with.category.code + begin;
    double largest[PP__TILE], sum[PP__TILE];
    memset(largest, 0, sizeof largest);
    for (int e = 0; e < m->equations; e++) {
        for (int i = 0; i < n; i++) {
            largest[i] = fmax(largest[i], p[i + (int64_t)e * PP__TILE]);
        }
    }
    for (int i = 0; i < n; i++) {
        value[i] = (code[i] ? p[i + (int64_t)(code[i] - 1) * PP__TILE] : 0) - largest[i];
        sum[i] = -largest[i];
    }
    pp__exp(n, sum, sum);
    for (int e = 0; e < m->equations; e++) {
        double *own = p + (int64_t)e * PP__TILE;
        for (int i = 0; i < n; i++) {
            own[i] -= largest[i];
        }
        pp__exp(n, own, own);
        for (int i = 0; i < n; i++) {
            sum[i] += own[i];
        }
    }
    for (int e = 0; e < m->equations; e++) {
        for (int i = 0; i < n; i++) {
            p[i + (int64_t)e * PP__TILE] /= sum[i];
        }
    }
    for (int i = 0; i < n; i++) {
        value[i] -= log(sum[i]);
    }
}

static void add_blocks(const mlogit *m, int n, const double *z, const double *p,
                       const double *weight, double *wz, double *sums) {
    for (int e = 0; e < m->equations; e++) {
        for (int f = 0; f <= e; f++) {
            const double *pe = p + (int64_t)e * PP__TILE, *pf = p + (int64_t)f * PP__TILE;
            double by[PP__TILE];
            for (int i = 0; i < n; i++) {
                by[i] = weight[i] * pe[i] * ((e == f) - pf[i]);
            }
            for (int j = 0; j < m->k; j++) {
                int64_t at = (int64_t)j * PP__TILE;
                for (int i = 0; i < n; i++) {
                    wz[at + i] = z[at + i] * by[i];
                }
            }
            pp__add_products(m->k, n, PP__TILE, z, wz,
                             sums + block_of(e, f) * m->k * m->k);
        }
    }
}

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const mlogit *m = payload;
    int k = m->k, equations = m->equations;
    int64_t blocks = block_of(equations, 0) * k * k;
    double *z = scratch, *wz = z + (int64_t)k * PP__TILE;
    double *p = wz + (int64_t)k * PP__TILE, *value = p + (int64_t)equations * PP__TILE;
    double weight[PP__TILE], *gradient = sums + blocks;
    const int32_t *code = m->d->with.category.code + begin;
    pp__design_z(m->d, begin, n, z);
    memset(p, 0, (size_t)equations * PP__TILE * sizeof *p);
    for (int e = 0; e < equations; e++) {
        for (int j = 0; j < k; j++) {
            double b = m->theta[j + e * k];
            for (int i = 0; i < n; i++) {
                p[i + (int64_t)e * PP__TILE] += b * z[i + (int64_t)j * PP__TILE];
            }
        }
    }
    find_probabilities(m, begin, n, p, value);
    for (int i = 0; i < n; i++) {
        weight[i] = m->d->with.weight ? m->d->with.weight[begin + i] : 1;
        gradient[equations * k] += weight[i] * value[i];
    }
    add_blocks(m, n, z, p, weight, wz, sums);
    for (int e = 0; e < equations; e++) {
        double score[PP__TILE];
        for (int i = 0; i < n; i++) {
            score[i] = weight[i] * ((code[i] == e + 1) - p[i + (int64_t)e * PP__TILE]);
        }
        for (int j = 0; j < k; j++) {
            const double *zj = z + (int64_t)j * PP__TILE;
            gradient[j + e * k] += pp__dot(n, zj, score);
            for (int i = 0; m->score && i < n; i++) {
                m->score[begin + i + (int64_t)(j + e * k) * m->d->n] = score[i] * zj[i];
            }
        }
    }
}

static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    mlogit *m = payload;
    int k = m->k;
    int64_t order = (int64_t)k * m->equations;
    int64_t blocks = block_of(m->equations, 0) * k * k;
    m->theta = theta;
    pp__pass_run(&m->pass, add_tile, m, m->ctx, m->sums);
    for (int e = 0; e < m->equations; e++) {
        for (int f = 0; f <= e; f++) {
            double *block = m->sums + block_of(e, f) * k * k;
            pp__mirror(k, block);
            for (int j = 0; j < k; j++) {
                memcpy(information + (int64_t)e * k + (f * k + j) * order,
                       block + (int64_t)j * k, (size_t)k * sizeof *block);
            }
        }
    }
    memcpy(gradient, m->sums + blocks, (size_t)order * sizeof *gradient);
    return m->sums[blocks + order];
}

/* ---- the fit ---- */

static pp_status name_parameters(pp_fit *fit, int equations, pp_error *err) {
    int k = fit->design->k;
    const char **name =
        pp_arena_alloc(&fit->arena, 2 * (int64_t)k * equations, sizeof *name);
    PP_NEED(name, err);
    const char **equation = name + (int64_t)k * equations;
    fit->map = pp_arena_zalloc(&fit->arena, (int64_t)k * k * equations * equations,
                               sizeof *fit->map);
    PP_NEED(fit->map, err);
    for (int e = 0; e < equations; e++) {
        for (int j = 0; j < k; j++) {
            name[j + e * k] = fit->design->column[j].name;
            equation[j + e * k] = fit->outcome_name[e + 1];
        }
        pp__design_map(fit->design, e * k, k * equations, fit->map);
    }
    fit->name = name;
    fit->equation = equation;
    fit->k = k * equations;
    return PP_OK;
}

static pp_status prepare(mlogit *m, pp_arena *arena, pp_error *err) {
    int64_t k = m->k, equations = m->equations;
    PP_TRY(pp__pass_init(&m->pass, m->d->n,
                         block_of(m->equations, 0) * k * k + k * equations + 1,
                         (2 * k + equations + 1) * PP__TILE, arena, err));
    m->sums = pp_arena_alloc(arena, m->pass.width, sizeof *m->sums);
    PP_NEED(m->sums, err);
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    pp__optimum o;
    PP_TRY(pp__categories_check(fit, err));
    mlogit m = {.d = d, .ctx = ctx, .k = d->k, .equations = fit->outcomes - 1};
    PP_TRY(name_parameters(fit, m.equations, err));
    PP_TRY(prepare(&m, &fit->arena, err));
    const pp__objective objective = {.k = fit->k, .loglik = loglik, .payload = &m};
    double *start = pp_arena_zalloc(&fit->arena, fit->k, sizeof *start);
    PP_NEED(start, err);
    PP_TRY(pp__categories_maximise(fit, &objective, start, ctx, &o, &m.score, err));
    m.theta = o.theta;
    pp__pass_run(&m.pass, add_tile, &m, ctx, m.sums);
    return pp__categories_separation(fit, o.step, m.equations, err);
}

/* ---- response ---- */

/* With s_e the slope of predictor e, the derivative of p_o is p_o (s_o − Σ p_e s_e). */
static void respond_row(const pp_fit *fit, const pp__responding *r, int i) {
    int k = fit->design->k, equations = fit->outcomes - 1;
    double p[PP__MOST_CATEGORIES] = {0}, s[PP__MOST_CATEGORIES] = {0};
    double largest = 0, sum = 0, mean_slope = 0;
    for (int e = 0; e < equations; e++) {
        for (int j = 0; j < k; j++) {
            double b = fit->estimates[j + e * k];
            p[e + 1] += b * r->x[i + (int64_t)j * PP__TILE];
            s[e + 1] += r->dx ? b * r->dx[i + (int64_t)j * PP__TILE] : 0;
        }
        largest = fmax(largest, p[e + 1]);
    }
    for (int c = 0; c <= equations; c++) {
        p[c] = exp(p[c] - largest);
        sum += p[c];
    }
    for (int c = 0; c <= equations; c++) {
        p[c] /= sum;
        mean_slope += p[c] * s[c];
    }
    int o = r->outcome;
    double ahead = s[o] - mean_slope;
    r->mean[i] = r->dx ? p[o] * ahead : p[o];
    for (int e = 0; e < equations; e++) {
        double gap = (e + 1 == o) - p[e + 1];
        double by_x = r->dx ? gap * ahead - p[e + 1] * (s[e + 1] - mean_slope) : gap;
        for (int j = 0; j < k; j++) {
            int64_t cell = i + (int64_t)j * PP__TILE;
            r->gradient[i + (int64_t)(j + e * k) * PP__TILE] =
                p[o] * (by_x * r->x[cell] + (r->dx ? gap * r->dx[cell] : 0));
        }
    }
}

static void respond(const pp_fit *fit, const pp__responding *r) {
    for (int i = 0; i < r->n; i++) {
        respond_row(fit, r, i);
    }
}

/* ---- tables ---- */

static pp_status report(const pp_fit *fit, pp_result *result, pp_error *err) {
    double quantile = pp__fit_quantile(fit, fit->options.level);
    pp_table *table;
    PP_TRY(pp__categories_report(fit, 0, result, err));
    PP_TRY(pp_result_add(result, "relative_risks", "Relative risk ratios, exp(b)", &table,
                         err));
    PP_TRY(pp_table_resize(table, fit->k, err));
    for (int j = 0; j < fit->k; j++) {
        double b = fit->estimates[j], width = quantile * sqrt(fit->V[j * (fit->k + 1)]);
        PP_TRY(pp__put_text(table, j, "equation", fit->equation[j], err));
        PP_TRY(pp__put_text(table, j, "base", fit->outcome_name[0], err));
        PP_TRY(pp__put_text(table, j, "term", fit->name[j], err));
        PP_TRY(pp__put_number(table, j, "ratio", PP_SHOW_DEFAULT, exp(b), err));
        PP_TRY(
            pp__put_number(table, j, "conf_low", PP_SHOW_DEFAULT, exp(b - width), err));
        PP_TRY(
            pp__put_number(table, j, "conf_high", PP_SHOW_DEFAULT, exp(b + width), err));
    }
    return PP_OK;
}

const pp_estimator pp__estimator_mlogit = {
    .info = {.name = "mlogit",
             .title = "Multinomial logit",
             .estimand =
                 "P(y = c | x) proportional to exp(x'b_c), b of the first category "
                 "zero; exp(b) are relative risk ratios",
             .source = "McFadden (1974), in Frontiers in Econometrics, 105-142; Agresti "
                       "(2013), Categorical Data Analysis, ch. 8.1",
             .reference = "R nnet 7.3-18 (multinom), iterated to the end",
             .links = "logit",
             .use = "An outcome of several categories without an order.",
             .avoid = "Ordered categories (ologit); two categories (logit).",
             .options = "The base is the first category in sorted order.",
             .example = "'region ~ gdp_per_capita_log + un_distance_prc' --data "
                        "demo-out/panel.parquet --model mlogit --vcov cluster:country "
                        "--margins",
             .digits = "Coefficients and errors to 1e-8, log likelihood to 1e-10."},
    .takes = PP__TAKES_WEIGHTS,
    .categorical = 1,
    .estimate = estimate,
    .respond = respond,
    .report = report};
