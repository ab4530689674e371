/* Ordered regression: logit, probit, complementary log-log. McCullagh (1980), JRSS B 42,
 * 109-142.
 *
 * P(y <= c) = F(t_c − eta), the cutpoints t ascending. With a = t_c − eta and b = t_{c−1} −
 * eta the likelihood of a row is P = F(a) − F(b), and its derivatives are f(a)/P by a, −f(b)
 * / P by b, f'(a)/P − (f(a)/P)², −f'(b)/P − (f(b)/P)² and f(a) f(b) / P².
 */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimators/categories.h"
#include "model/linalg.h"
#include "model/newton.h"

#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct ologit {
    const pp__design *d;
    const pp__link *link;
    const pp_context *ctx;
    int k, cuts;
    const double *theta; /* k coefficients and the cutpoints */
    double *score;       /* NULL, or n × (k + cuts): those of rows go here */
    pp__pass pass;
    double *sums;
} ologit;

/* ---- one row ---- */

/* F(x), or 1 − F(x): each exact where it is small. */
static double tail(const pp__link *link, double x, int upper) {
    if (link == &pp__link_logit) {
        double e = exp(-fabs(x)), far = e / (1 + e);
        return (x < 0) != upper ? far : 1 / (1 + e);
    }
    if (link == &pp__link_probit) {
        return pnorm5(x, 0, 1, !upper, 0);
    }
    double t = exp(fmin(x, 700));
    return upper ? exp(-t) : -expm1(-t);
}

typedef struct row {
    double P, fa, fb, da, db; /* densities and their derivatives; 0 at the ends */
} row;

static void density(const pp__link *link, double x, double *f, double *slope) {
    double mean;
    link->response(1, &x, &mean, f, slope);
}

static row visit_row(const pp__link *link, const double *cut, int cuts, int category,
                     double eta) {
    row r = {0};
    double a = category < cuts ? cut[category] - eta : INFINITY;
    double b = category > 0 ? cut[category - 1] - eta : -INFINITY;
    if (category < cuts) {
        density(link, a, &r.fa, &r.da);
    }
    if (category > 0) {
        density(link, b, &r.fb, &r.db);
    }
    if (category == cuts) {
        r.P = tail(link, b, 1);
    } else if (category == 0) {
        r.P = tail(link, a, 0);
    } else {
        r.P = b > 0 ? tail(link, b, 1) - tail(link, a, 1)
                    : tail(link, a, 0) - tail(link, b, 0);
    }
    return r;
}

/* ---- the likelihood ---- */

/* Sums: k × k of z, k × cuts of z by cutpoint, cuts × 2 of the cutpoints (diagonal and
   beside it), the gradient, the likelihood. */
static void add_cuts(const ologit *m, int64_t at, int category, double weight,
                     const row *r, double by_a, double by_b, double both, double *tri,
                     double *gradient) {
    double ra = r->fa / r->P, rb = r->fb / r->P;
    int64_t n = m->d->n;
    if (category < m->cuts) {
        tri[category] -= by_a;
        gradient[category] += weight * ra;
    }
    if (category > 0) {
        tri[category - 1] -= by_b;
        gradient[category - 1] -= weight * rb;
    }
    if (category > 0 && category < m->cuts) {
        tri[m->cuts + category - 1] -= both;
    }
    for (int c = 0; m->score && c < m->cuts; c++) {
        m->score[at + (int64_t)(m->k + c) * n] = weight * (c == category       ? ra
                                                           : c == category - 1 ? -rb
                                                                               : 0);
    }
}

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const ologit *m = payload;
    int k = m->k, cuts = m->cuts;
    const int32_t *code = m->d->with.category.code + begin;
    const double *cut = m->theta + k, *offset = m->d->with.offset;
    double *z = scratch, *wz = z + (int64_t)k * PP__TILE;
    double *cross = sums + (int64_t)k * k, *tri = cross + (int64_t)k * cuts;
    double *gradient = tri + 2 * cuts;
    double eta[PP__TILE] = {0}, score[PP__TILE], weight[PP__TILE];
    double at_a[PP__TILE], at_b[PP__TILE];
    pp__design_z(m->d, begin, n, z);
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < n; i++) {
            eta[i] += m->theta[j] * z[i + (int64_t)j * PP__TILE];
        }
    }
    for (int i = 0; i < n; i++) {
        double w = m->d->with.weight ? m->d->with.weight[begin + i] : 1;
        row r = visit_row(m->link, cut, cuts, code[i],
                          eta[i] + (offset ? offset[begin + i] : 0));
        double ra = r.fa / r.P, rb = r.fb / r.P, both = w * ra * rb;
        double by_a = w * (r.da / r.P - ra * ra), by_b = w * (-r.db / r.P - rb * rb);
        score[i] = -w * (ra - rb);
        weight[i] = -(by_a + by_b + 2 * both);
        at_a[i] = by_a + both;
        at_b[i] = by_b + both;
        gradient[k + cuts] += w * log(r.P);
        add_cuts(m, begin + i, code[i], w, &r, by_a, by_b, both, tri, gradient + k);
    }
    for (int j = 0; j < k; j++) {
        const double *zj = z + (int64_t)j * PP__TILE;
        double *to = wz + (int64_t)j * PP__TILE, *by_cut = cross + (int64_t)j * cuts;
        gradient[j] += pp__dot(n, zj, score);
        for (int i = 0; i < n; i++) {
            to[i] = zj[i] * weight[i];
            if (code[i] < cuts) {
                by_cut[code[i]] += at_a[i] * zj[i];
            }
            if (code[i] > 0) {
                by_cut[code[i] - 1] += at_b[i] * zj[i];
            }
        }
        for (int i = 0; m->score && i < n; i++) {
            m->score[begin + i + (int64_t)j * m->d->n] = score[i] * zj[i];
        }
    }
    pp__add_products(k, n, PP__TILE, z, wz, sums);
}

/* Not a number where the cutpoints do not ascend: no step is taken there. */
static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    ologit *m = payload;
    int k = m->k, cuts = m->cuts, order = k + cuts;
    for (int c = 1; c < cuts; c++) {
        if (!(theta[k + c] > theta[k + c - 1])) {
            return NAN;
        }
    }
    m->theta = theta;
    pp__pass_run(&m->pass, add_tile, m, m->ctx, m->sums);
    const double *cross = m->sums + (int64_t)k * k, *tri = cross + (int64_t)k * cuts;
    memset(information, 0, (size_t)order * (size_t)order * sizeof *information);
    for (int j = 0; j < k; j++) {
        memcpy(information + (int64_t)j * order, m->sums + (int64_t)j * k,
               (size_t)k * sizeof *information);
        memcpy(information + k + (int64_t)j * order, cross + (int64_t)j * cuts,
               (size_t)cuts * sizeof *information);
    }
    for (int c = 0; c < cuts; c++) {
        information[k + c + (int64_t)(k + c) * order] = tri[c];
        if (c + 1 < cuts) {
            information[k + c + 1 + (int64_t)(k + c) * order] = tri[cuts + c];
        }
    }
    memcpy(gradient, tri + 2 * cuts, (size_t)order * sizeof *gradient);
    return tri[2 * cuts + order];
}

/* ---- the fit ---- */

/* Cutpoints stand against x as it is: t = t of the centred columns + center'b. */
static pp_status map_parameters(pp_fit *fit, int cuts, pp_error *err) {
    const pp__design *d = fit->design;
    int64_t order = d->k + cuts;
    fit->map = pp_arena_zalloc(&fit->arena, order * order, sizeof *fit->map);
    PP_NEED(fit->map, err);
    pp__design_map(d, 0, (int)order, fit->map);
    for (int64_t c = d->k; c < order; c++) {
        fit->map[c + c * order] = 1;
        for (int64_t j = 0; j < d->k; j++) {
            fit->map[c + j * order] = d->center[j] / d->scale[j];
        }
    }
    return PP_OK;
}

static pp_status name_parameters(pp_fit *fit, int cuts, pp_error *err) {
    int k = fit->design->k;
    const char **name = pp_arena_alloc(&fit->arena, k + cuts, sizeof *name);
    PP_NEED(name, err);
    memcpy(name, fit->name, (size_t)k * sizeof *name);
    for (int c = 0; c < cuts; c++) {
        name[k + c] = pp_arena_printf(&fit->arena, "%s|%s", fit->outcome_name[c],
                                      fit->outcome_name[c + 1]);
        PP_NEED(name[k + c], err);
    }
    fit->name = name;
    fit->k = k + cuts;
    return map_parameters(fit, cuts, err);
}

static pp_status prepare(ologit *m, pp_arena *arena, pp_error *err) {
    int64_t k = m->k, cuts = m->cuts;
    PP_TRY(pp__pass_init(&m->pass, m->d->n, k * k + k * cuts + 3 * cuts + k + 1,
                         2 * k * PP__TILE, arena, err));
    m->sums = pp_arena_alloc(arena, m->pass.width, sizeof *m->sums);
    PP_NEED(m->sums, err);
    return PP_OK;
}

/* The cutpoints of the shares of the categories. */
static void start_at_shares(const pp_fit *fit, const ologit *m, double *start) {
    const pp__design *d = fit->design;
    double below[PP__MOST_CATEGORIES] = {0}, all = 0, sum = 0;
    for (int64_t i = 0; i < d->n; i++) {
        double w = d->with.weight ? d->with.weight[i] : 1;
        below[d->with.category.code[i]] += w;
        all += w;
    }
    for (int c = 0; c < m->cuts; c++) {
        sum += below[c];
        start[m->k + c] = fit->link->forward(sum / all);
    }
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    pp__optimum o;
    PP_TRY(pp__categories_check(fit, err));
    ologit m = {
        .d = d, .link = fit->link, .ctx = ctx, .k = d->k, .cuts = fit->outcomes - 1};
    PP_TRY(name_parameters(fit, m.cuts, err));
    PP_TRY(prepare(&m, &fit->arena, err));
    const pp__objective objective = {.k = fit->k, .loglik = loglik, .payload = &m};
    double *start = pp_arena_zalloc(&fit->arena, fit->k, sizeof *start);
    PP_NEED(start, err);
    start_at_shares(fit, &m, start);
    PP_TRY(pp__categories_maximise(fit, &objective, start, ctx, &o, &m.score, err));
    m.theta = o.theta;
    pp__pass_run(&m.pass, add_tile, &m, ctx, m.sums);
    return pp__categories_separation(fit, o.step, 1, err);
}

/* ---- response ---- */

static void respond_row(const pp_fit *fit, const pp__responding *r, int i) {
    int k = fit->design->k, cuts = fit->outcomes - 1, o = r->outcome;
    const double *b = fit->estimates;
    double eta = r->outside ? r->outside[i] : 0, slope = 0;
    for (int j = 0; j < k; j++) {
        eta += b[j] * r->x[i + (int64_t)j * PP__TILE];
        slope += r->dx ? b[j] * r->dx[i + (int64_t)j * PP__TILE] : 0;
    }
    row at = visit_row(fit->link, b + k, cuts, o, eta);
    double by_eta = at.fb - at.fa, bend = at.da - at.db;
    r->mean[i] = r->dx ? by_eta * slope : at.P;
    for (int j = 0; j < k; j++) {
        int64_t cell = i + (int64_t)j * PP__TILE;
        r->gradient[cell] = r->dx ? by_eta * r->dx[cell] + bend * slope * r->x[cell]
                                  : by_eta * r->x[cell];
    }
    for (int c = 0; c < cuts; c++) {
        double by_a = r->dx ? -at.da * slope : at.fa;
        double by_b = r->dx ? at.db * slope : -at.fb;
        r->gradient[i + (int64_t)(k + c) * PP__TILE] = c == o       ? by_a
                                                       : c == o - 1 ? by_b
                                                                    : 0;
    }
}

static void respond(const pp_fit *fit, const pp__responding *r) {
    for (int i = 0; i < r->n; i++) {
        respond_row(fit, r, i);
    }
}

static pp_status report(const pp_fit *fit, pp_result *result, pp_error *err) {
    return pp__categories_report(fit, -1, result, err);
}

const pp_estimator pp__estimator_ologit = {
    .info = {.name = "ologit",
             .title = "Ordered regression",
             .estimand =
                 "P(y <= c | x) = F(t_c - x'b), t the cutpoints; with the logit b "
                 "are log odds ratios of a higher category",
             .source = "McCullagh (1980), JRSS B 42, 109-142",
             .reference = "R MASS 7.3-58.2 (polr), iterated to the end",
             .links = "logit, probit, cloglog",
             .use = "An outcome of ordered categories, whose distances mean nothing.",
             .avoid = "Categories without an order (mlogit); effects that differ between "
                      "the cutpoints.",
             .options =
                 "link: logit (default), probit, cloglog. The order is that of "
                 "numbers, of text that of the alphabet: table categories shows it.",
             .example = "'partnership_prc ~ gdp_per_capita_log + un_distance_prc' --data "
                        "demo-out/panel.parquet --model ologit --vcov cluster:country "
                        "--margins",
             .digits = "Coefficients and errors to 1e-8, log likelihood to 1e-10."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .categorical = 1,
    .constant_free = 1,
    .estimate = estimate,
    .respond = respond,
    .report = report};
