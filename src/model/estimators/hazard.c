/* Discrete-time hazard with interval-censored adoption.
 *
 * Prentice & Gloeckler (1978), Biometrics 34, 57-67; Finkelstein (1986), Biometrics 42,
 * 845-854. With h the hazard of a period and q = −log(1 − h), a unit contributes −Σ q
 * over the periods that it is known to have passed, and log(1 − exp(−Q)), Q = Σ q, over
 * the window in which it adopted. With r = 1 / (exp(Q) − 1) the derivative of the latter
 * by eta is r q', and minus the second derivative −r q'' on the diagonal plus r (1 + r) v
 * v', v = Σ q' x.
 *
 * Where adoption is recorded with probability d < 1 a unit without a record contributes
 * log(1 − d (1 − e^−Q)) over all of its periods. Its derivatives are the same with r = −s,
 * s = d e^−Q / (1 − d (1 − e^−Q)) the probability that it has indeed not adopted.
 */
#include "model/estimators/hazard.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/linalg.h"
#include "model/newton.h"
#include "model/separation.h"

#include <math.h>
#include <string.h>

typedef struct hazard {
    const pp__design *d;
    const pp__link *link;
    const pp_context *ctx;
    int64_t units, *begin,
        *window;   /* first row of each unit and of its window (or its end) */
    int32_t *unit; /* of each row of the design */
    const double *theta;
    double *eta, *q, *slope, *curve; /* by row */
    double *score, *weight; /* by row: derivative, and diagonal of minus the second */
    double *ratio;          /* by unit: |r (1 + r)|^½, 0 without a window */
    double *detected;       /* by unit: the probability that adoption is recorded, 1 of
                               those with a record; NULL: 1 of all */
    double *sums, *turned;  /* units × k; turned: of units without a record negative */
    const double *start;
    pp__pass predict, gather;
    double *totals;
} hazard;

/* ---- the likelihood ---- */

static void predict_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const hazard *h = payload;
    double *eta = h->eta + begin;
    (void)sums;
    pp__design_z(h->d, begin, n, scratch);
    memset(eta, 0, (size_t)n * sizeof *eta);
    for (int j = 0; j < h->d->k; j++) {
        for (int i = 0; i < n; i++) {
            eta[i] += h->theta[j] * scratch[i + (int64_t)j * PP__TILE];
        }
    }
    h->link->survival(n, eta, h->q + begin, h->slope + begin, h->curve + begin);
}

/* log(1 − e^−Q), to full accuracy on both sides. */
static double log_adopted(double Q) {
    return Q < 0.693 ? log(-expm1(-Q)) : log1p(-exp(-Q));
}

/* Where adoption may have gone unrecorded. */
static double visit_silent(hazard *h, int64_t u, double d) {
    double Q = 0;
    for (int64_t i = h->begin[u]; i < h->begin[u + 1]; i++) {
        Q += h->q[i];
    }
    double silence = 1 + d * expm1(-Q), never = d * exp(-Q) / silence;
    h->ratio[u] = sqrt(never * (1 - never));
    for (int64_t i = h->begin[u]; i < h->begin[u + 1]; i++) {
        h->score[i] = -never * h->slope[i];
        h->weight[i] = never * h->curve[i];
    }
    return log(silence);
}

/* The unit's log-likelihood; fills score and weight of its rows and its ratio. */
static double visit_unit(hazard *h, int64_t u) {
    double survived = 0, Q = 0;
    if (h->detected && h->detected[u] < 1) {
        return visit_silent(h, u, h->detected[u]);
    }
    for (int64_t i = h->begin[u]; i < h->window[u]; i++) {
        survived -= h->q[i];
        h->score[i] = -h->slope[i];
        h->weight[i] = h->curve[i];
    }
    h->ratio[u] = 0;
    if (h->window[u] == h->begin[u + 1]) {
        return survived;
    }
    for (int64_t i = h->window[u]; i < h->begin[u + 1]; i++) {
        Q += h->q[i];
    }
    double r = 1 / expm1(Q);
    h->ratio[u] = sqrt(r * (1 + r));
    for (int64_t i = h->window[u]; i < h->begin[u + 1]; i++) {
        h->score[i] = r * h->slope[i];
        h->weight[i] = -r * h->curve[i];
    }
    return survived + log_adopted(Q);
}

static void gather_tile(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const hazard *h = payload;
    int k = h->d->k;
    double *wz = scratch + (int64_t)k * PP__TILE, *gradient = sums + (int64_t)k * k;
    pp__design_z(h->d, begin, n, scratch);
    for (int j = 0; j < k; j++) {
        const double *z = scratch + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            wz[i + (int64_t)j * PP__TILE] = h->weight[begin + i] * z[i];
        }
        gradient[j] += pp__dot(n, z, h->score + begin);
    }
    pp__add_products(k, n, PP__TILE, scratch, wz, sums);
}

/* Column j of the units' |r (1 + r)|^½ v. */
static void sum_windows(void *payload, int64_t j) {
    const hazard *h = payload;
    const double *x = h->d->x[j], center = h->d->center[j], scale = h->d->scale[j];
    for (int64_t u = 0; u < h->units; u++) {
        int silent = h->detected && h->detected[u] < 1;
        double sum = 0;
        for (int64_t i = silent ? h->begin[u] : h->window[u]; i < h->begin[u + 1]; i++) {
            sum += h->slope[i] * ((x[i] - center) / scale);
        }
        h->sums[u + j * h->units] = h->ratio[u] * sum;
        h->turned[u + j * h->units] = silent ? -h->ratio[u] * sum : h->ratio[u] * sum;
    }
}

static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    hazard *h = payload;
    int64_t k = h->d->k;
    double sum = 0;
    h->theta = theta;
    pp__pass_run(&h->predict, predict_tile, h, h->ctx, h->totals);
    for (int64_t u = 0; u < h->units; u++) {
        sum += visit_unit(h, u);
    }
    pp__pass_run(&h->gather, gather_tile, h, h->ctx, h->totals);
    pp__parallel(h->ctx, k, sum_windows, h);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = j; i < k; i++) {
            h->totals[i + j * k] +=
                pp__dot(h->units, h->sums + i * h->units, h->turned + j * h->units);
        }
    }
    memcpy(information, h->totals, (size_t)(k * k) * sizeof *information);
    memcpy(gradient, h->totals + k * k, (size_t)k * sizeof *gradient);
    return sum;
}

/* ---- units ---- */

/* A unit that stands there several times, whole after whole, is so many units. */
static void find_units(hazard *h, const pp__hazard_rows *rows) {
    const pp__design *d = h->d;
    int64_t first = -1;
    for (int64_t i = 0; i < d->n; i++) {
        int64_t row = pp__design_row(d, i);
        if (first < 0 || rows->unit[row] != rows->unit[first] || row == first) {
            first = row;
            h->window[h->units] = -1;
            h->begin[h->units++] = i;
        }
        int64_t u = h->units - 1;
        h->unit[i] = (int32_t)u;
        if (rows->in_window[row] && h->window[u] < 0) {
            h->window[u] = i;
        }
    }
    h->begin[h->units] = d->n;
    for (int64_t u = 0; u < h->units; u++) {
        h->window[u] = h->window[u] < 0 ? h->begin[u + 1] : h->window[u];
    }
}

static int64_t count_events(const hazard *h) {
    int64_t events = 0;
    for (int64_t u = 0; u < h->units; u++) {
        events += h->window[u] < h->begin[u + 1];
    }
    return events;
}

static pp_status find_detection(hazard *h, const pp__hazard_rows *rows, pp_arena *arena,
                                pp_error *err) {
    h->detected = pp_arena_alloc(arena, h->units, sizeof *h->detected);
    PP_NEED(h->detected, err);
    for (int64_t u = 0; u < h->units; u++) {
        int64_t row = pp__design_row(h->d, h->begin[u]);
        h->detected[u] = rows->recorded[row] ? 1 : rows->detection[row];
    }
    return PP_OK;
}

static pp_status prepare(hazard *h, const pp__hazard_rows *rows, pp_arena *arena,
                         pp_error *err) {
    int64_t n = h->d->n, k = h->d->k;
    h->begin = pp_arena_alloc(arena, 2 * n + 1, sizeof *h->begin);
    PP_NEED(h->begin, err);
    h->window = h->begin + n + 1;
    h->unit = pp_arena_alloc(arena, n, sizeof *h->unit);
    PP_NEED(h->unit, err);
    find_units(h, rows);
    h->eta = pp_arena_alloc(arena, 6 * n, sizeof *h->eta);
    PP_NEED(h->eta, err);
    h->q = h->eta + n;
    h->slope = h->q + n;
    h->curve = h->slope + n;
    h->score = h->curve + n;
    h->weight = h->score + n;
    h->ratio = pp_arena_alloc(arena, h->units * (2 * k + 1), sizeof *h->ratio);
    PP_NEED(h->ratio, err);
    h->sums = h->ratio + h->units;
    h->turned = rows->detection ? h->sums + h->units * k : h->sums;
    PP_TRY(rows->detection ? find_detection(h, rows, arena, err) : PP_OK);
    h->totals = pp_arena_alloc(arena, k * k + k, sizeof *h->totals);
    PP_NEED(h->totals, err);
    PP_TRY(pp__pass_init(&h->predict, n, 0, k * PP__TILE, arena, err));
    return pp__pass_init(&h->gather, n, k * k + k, 2 * k * PP__TILE, arena, err);
}

/* ---- the fit ---- */

static pp_status maximise(hazard *h, double tolerance, int max_iterations,
                          pp_arena *arena, pp__optimum *out, pp_error *err) {
    double *start = pp_arena_zalloc(arena, h->d->k, sizeof *start);
    PP_NEED(start, err);
    if (h->d->intercept) {
        start[0] = h->link->forward((double)count_events(h) / (double)h->d->n);
    }
    const pp__objective objective = {.k = h->d->k, .loglik = loglik, .payload = h};
    return pp__newton(&objective, h->start ? h->start : start, tolerance, max_iterations,
                      arena, h->ctx, out, err);
}

/* The likelihood of a constant hazard. */
static pp_status null_model(const pp_fit *fit, const hazard *h,
                            const pp__hazard_rows *rows, double *out, pp_error *err) {
    pp_arena arena;
    pp__design constant = *h->d;
    pp__optimum o;
    *out = NAN;
    if (!constant.intercept || rows->detection) {
        return PP_OK;
    }
    constant.k = 1;
    hazard null = {.d = &constant, .link = h->link, .ctx = h->ctx};
    pp_arena_init(&arena);
    pp_status status = prepare(&null, rows, &arena, err);
    if (status == PP_OK) {
        status = maximise(&null, fit->options.tolerance, fit->options.max_iterations,
                          &arena, &o, err);
    }
    *out = status == PP_OK ? o.loglik : NAN;
    pp_arena_clear(&arena);
    return status;
}

/* A direction separates when it lowers the hazard, or leaves it, in all periods known to
   pass, and raises it somewhere, or leaves it somewhere, in each window. */
static int verify(void *payload, const double *product, double zero, uint8_t *separated) {
    const hazard *h = payload;
    int any = 0;
    for (int64_t u = 0; u < h->units; u++) {
        double highest = -INFINITY;
        for (int64_t i = h->begin[u]; i < h->window[u]; i++) {
            if (product[i] > zero) {
                return 0;
            }
            separated[i] = product[i] < -zero;
        }
        for (int64_t i = h->window[u]; i < h->begin[u + 1]; i++) {
            highest = fmax(highest, product[i]);
        }
        if (h->window[u] < h->begin[u + 1] && highest < -zero) {
            return 0;
        }
        for (int64_t i = h->window[u]; i < h->begin[u + 1]; i++) {
            separated[i] = highest > zero || product[i] < -zero;
        }
    }
    for (int64_t i = 0; i < h->d->n; i++) {
        any |= separated[i];
    }
    return any;
}

static pp_status find_separation(pp_fit *fit, hazard *h, pp_error *err) {
    pp__optimum o;
    PP_TRY(maximise(h, PP__SEPARATION_TOLERANCE, PP__SEPARATION_ITERATIONS, &fit->arena,
                    &o, err));
    return pp__separation_search(h->d, &o, h->score, verify, h, &fit->arena,
                                 &fit->separated, &fit->separation, err);
}

static pp_status keep_scores(pp_fit *fit, const hazard *h, pp_error *err) {
    const pp__design *d = h->d;
    double *matrix = pp_arena_zalloc(&fit->arena, h->units * d->k, sizeof *matrix);
    PP_NEED(matrix, err);
    for (int64_t j = 0; j < d->k; j++) {
        for (int64_t i = 0; i < d->n; i++) {
            matrix[h->unit[i] + j * h->units] +=
                h->score[i] * ((d->x[j][i] - d->center[j]) / d->scale[j]);
        }
    }
    fit->scores = (pp__scores){
        .n = h->units, .count = (double)h->units, .matrix = matrix, .begin = h->begin};
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__hazard_rows *rows = fit->workspace;
    hazard h = {.d = fit->design, .link = fit->link, .ctx = ctx, .start = rows->start};
    pp__optimum o;
    PP_TRY(prepare(&h, rows, &fit->arena, err));
    fit->units = h.units;
    fit->events = count_events(&h);
    if (fit->events == 0) {
        PP_FAIL(err, PP_E_ESTIMATION,
                "no adoption is left in the %lld units that can be used",
                (long long)h.units);
    }
    PP_TRY(maximise(&h, fit->options.tolerance, fit->options.max_iterations, &fit->arena,
                    &o, err));
    PP_TRY(keep_scores(fit, &h, err));
    if (!o.converged || !pp__separation_unlikely(h.d, o.step)) {
        PP_TRY(find_separation(fit, &h, err));
    }
    PP_TRY(pp__fit_keep(fit, &o, err));
    fit->loglik = o.loglik;
    fit->deviance = -2 * o.loglik;
    fit->parameters = fit->k;
    return fit->separated ? PP_OK : null_model(fit, &h, rows, &fit->null_loglik, err);
}

const pp_estimator pp__estimator_hazard = {
    .info = {.name = "hazard",
             .title = "Interval-censored discrete-time hazard",
             .estimand =
                 "h(t | x) = P(T = t | T >= t, x) = link^-1(x'b), from adoption dates "
                 "known as [lo, hi]",
             .source =
                 "Prentice & Gloeckler (1978), Biometrics 34, 57-67; Finkelstein (1986), "
                 "Biometrics 42, 845-854; duration: Beck, Katz & Tucker (1998), AJPS 42, "
                 "1260-1288; Carter & Signorino (2010), Political Analysis 18, 271-292",
             .reference = "maximum likelihood in R 4.2 (BFGS and Newton)",
             .links = "logit, cloglog",
             .use = "Adoption dates of which only the earliest and the latest year are "
                    "known, or only the latest: the likelihood takes each as an "
                    "interval. How the hazard runs with time at risk stands in the "
                    "formula: factor(duration), poly(duration, 3) or ns(duration, 3).",
             .avoid = "Dates that are all known to the year: logit or cloglog on the "
                      "years at risk are the same model and simpler.",
             .options = "",
             .example =
                 "'Surv(lo, hi, type = interval) ~ ns(duration, 3) + "
                 "un_distance_prc + gdp_per_capita_log' --data "
                 "demo-out/panel.parquet --model hazard --link cloglog --unit unit "
                 "--time year --vcov hc1",
             .digits = "Coefficients to 1e-8, errors to 1e-6, log likelihood to 1e-10."},
    .outcome = PP__INTERVAL,
    .select = pp__hazard_select,
    .estimate = estimate};
