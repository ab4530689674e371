/* The adjusted score of the bias-reduced binary regressions, and its root. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/estimator.h"
#include "model/estimators/firth.h"
#include "model/linalg.h"
#include "model/tile.h"
#include "model/vector.h"

#include <math.h>
#include <string.h>

/* ---- what the links need beside their likelihood ---- */

/* m''/m' and m' (1 − 2m) / (m (1 − m)); W'/W is twice the first less the second. */
static void logit_ratios(int n, const double *eta, double *curve, double *skew) {
    double *e = skew;
    for (int i = 0; i < n; i++) {
        e[i] = -fabs(eta[i]);
    }
    pp__exp(n, e, e);
    for (int i = 0; i < n; i++) {
        double distance = (1 - e[i]) / (1 + e[i]);
        curve[i] = skew[i] = eta[i] < 0 ? distance : -distance;
    }
}

static void probit_ratios(int n, const double *eta, double *curve, double *skew) {
    for (int i = 0; i < n; i++) {
        double value[2], score[2], weight[2];
        const double y[] = {0, 1}, both[] = {eta[i], eta[i]};
        pp__estimator_probit.family->loglik(2, y, both, value, score, weight);
        curve[i] = -eta[i];
        skew[i] = score[0] + score[1];
    }
}

static void cloglog_ratios(int n, const double *eta, double *curve, double *skew) {
    for (int i = 0; i < n; i++) {
        double t = exp(fmin(eta[i], 700)), none = exp(-t);
        curve[i] = 1 - t;
        skew[i] = t > 0 ? -t / expm1(-t) * (2 * none - 1) : 1;
    }
}

static void find_ratios(const pp__firth *f, int n, const double *eta, double *curve,
                        double *skew) {
    const pp__link *link = f->family->link;
    (link == &pp__link_logit    ? logit_ratios
     : link == &pp__link_probit ? probit_ratios
                                : cloglog_ratios)(n, eta, curve, skew);
}

/* ---- two passes over the rows ---- */

/* Loops over whole tiles, whose length the compiler knows, are made vectors of: arrays of
   rows are padded, and z is zero beyond the last row. */
static void fill_tile(const pp__design *d, int64_t begin, int n, double *z) {
    if (n < PP__TILE) {
        memset(z, 0, (size_t)d->k * PP__TILE * sizeof *z);
    }
    pp__design_z(d, begin, n, z);
}

/* The standardised columns, from memory if they are kept there. */
static const double *tile_of(const pp__firth *f, int64_t begin, int n, double *space) {
    if (f->tiles) {
        return f->tiles + begin * f->d->k;
    }
    fill_tile(f->d, begin, n, space);
    return space;
}

/* Scores, weights, information. */
static void weigh_tile(void *payload, int64_t begin, int n, double *sums,
                       double *scratch) {
    pp__firth *f = payload;
    int k = f->d->k;
    const double *w = f->d->with.weight, *offset = f->d->with.offset;
    const double *z = tile_of(f, begin, n, scratch);
    double *wz = scratch + (int64_t)k * PP__TILE;
    double *value = wz + (int64_t)k * PP__TILE;
    double *eta = f->eta + begin, *score = f->score + begin, *weight = f->weight + begin;
    memset(eta, 0, PP__TILE * sizeof *eta);
    if (offset) {
        memcpy(eta, offset + begin, (size_t)n * sizeof *eta);
    }
    pp__tile_combine(k, f->theta, 1, z, eta);
    f->family->loglik(n, f->d->with.y + begin, eta, value, score, weight);
    if (f->family->expected) {
        f->family->expected(n, eta, weight);
    }
    for (int i = 0; w && i < n; i++) {
        value[i] *= w[begin + i];
        score[i] *= w[begin + i];
        weight[i] *= w[begin + i];
    }
    for (int i = 0; i < n; i++) {
        sums[(int64_t)k * k + k] += value[i];
    }
    for (int j = 0; j < k; j++) {
        sums[(int64_t)k * k + j] += pp__dot(n, z + (int64_t)j * PP__TILE, score);
    }
    pp__tile_multiply(k, z, weight, wz);
    pp__add_products(k, n, PP__TILE, z, wz, sums);
}

/* Median: what each row adds to the median's bias of original coefficient j, W c (x'v)³ /
   v_j, where v is column j of I⁻¹ and c = m' V' / (6 V) − m'' / (2 m'); `by` holds W c. */
static void find_medians(const pp__firth *f, int n, const double *z, const double *by,
                         double *out) {
    int k = f->d->k;
    for (int j = 0; j < k; j++) {
        const double *v = f->bias_direction + (int64_t)j * k;
        double *own = out + (int64_t)j * PP__TILE, inverse = 1 / f->variance[j];
        memset(own, 0, PP__TILE * sizeof *own);
        pp__tile_combine(k, v, 1, z, own);
        for (int i = 0; i < n; i++) {
            own[i] *= own[i] * own[i] * by[i] * inverse;
        }
    }
}

/* Leverages, and what the scores get. */
static void adjust_tile(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    pp__firth *f = payload;
    int k = f->d->k;
    int64_t size = (int64_t)k * PP__TILE;
    const double *z = tile_of(f, begin, n, scratch);
    double *root = scratch + size, *curve = root + size, *skew = curve + PP__TILE;
    double *by = skew + PP__TILE, *a = f->adjustment + begin, *h = f->leverage + begin;
    pp__tile_norms(k, f->factor, z, root, h);
    for (int i = 0; i < n; i++) {
        h[i] *= f->weight[begin + i];
    }
    memset(by, 0, PP__TILE * sizeof *by);
    find_ratios(f, n, f->eta + begin, curve, skew);
    for (int i = 0; i < n; i++) {
        a[i] = 0.5 * h[i] *
               (f->bias == PP__BIAS_JEFFREYS ? 2 * curve[i] - skew[i] : curve[i]);
        by[i] = f->weight[begin + i] * (1 + h[i]);
    }
    for (int j = 0; j < k; j++) {
        sums[(int64_t)k * k + j] += pp__dot(n, z + (int64_t)j * PP__TILE, a);
    }
    pp__tile_multiply(k, z, by, root);
    pp__add_products(k, n, PP__TILE, z, root, sums);
    if (f->bias == PP__BIAS_MEDIAN) {
        for (int i = 0; i < n; i++) {
            by[i] = f->weight[begin + i] * (skew[i] / 6 - curve[i] / 2);
        }
        find_medians(f, n, z, by, root);
        for (int j = 0; j < k; j++) {
            for (int i = 0; i < n; i++) {
                sums[(int64_t)k * k + k + j] += root[i + (int64_t)j * PP__TILE];
            }
        }
    }
}

/* ---- the adjusted score ---- */

/* Adds I M⁻¹ b to `gradient`: b is the bias of the median by original coefficient. */
static void add_median_bias(const pp__firth *f, const double *bias, double *work,
                            double *gradient) {
    int k = f->d->k;
    double *b = work, *scaled = work + k;
    for (int j = k - 1; j >= 0; j--) { /* M⁻¹: M is an upper triangle */
        b[j] = bias[j];
        for (int l = j + 1; l < k; l++) {
            b[j] -= f->map[j + (int64_t)l * k] * b[l];
        }
        b[j] /= f->map[j + (int64_t)j * k];
    }
    for (int j = 0; j < k; j++) { /* I b = L L' b */
        scaled[j] = pp__dot(k - j, f->factor + j + (int64_t)j * k, b + j);
    }
    for (int j = 0; j < k; j++) {
        for (int l = 0; l <= j; l++) {
            gradient[j] += f->factor[j + (int64_t)l * k] * scaled[l];
        }
    }
}

/* Column j: I⁻¹ times row j of the map, and the variance of that coefficient. */
static void find_bias_directions(pp__firth *f) {
    int k = f->d->k;
    for (int j = 0; j < k; j++) {
        double *v = f->bias_direction + (int64_t)j * k;
        for (int l = 0; l < k; l++) {
            v[l] = f->map[j + (int64_t)l * k];
        }
        pp__forward(k, f->factor, v);
        f->variance[j] = pp__dot(k, v, v);
        pp__backward(k, f->factor, v);
    }
}

static double half_log_det(const pp__firth *f) {
    double sum = 0;
    for (int j = 0; j < f->d->k; j++) {
        sum += log(f->factor[j + (int64_t)j * f->d->k]);
    }
    return sum;
}

int pp__firth_visit(pp__firth *f, const double *theta) {
    int k = f->d->k;
    size_t square = (size_t)k * (size_t)k;
    f->theta = theta;
    pp__pass_run(&f->weigh, weigh_tile, f, f->ctx, f->sums);
    memcpy(f->factor, f->sums, square * sizeof *f->factor);
    memcpy(f->gradient, f->sums + square, (size_t)k * sizeof *f->gradient);
    f->loglik = f->objective = f->sums[square + (size_t)k];
    if (!isfinite(f->loglik) || pp__cholesky(k, f->factor, 0) < k) {
        return 0;
    }
    f->objective += f->penalised ? half_log_det(f) : 0;
    if (f->bias == PP__BIAS_MEDIAN) {
        find_bias_directions(f);
    }
    if (f->bias != PP__BIAS_NONE) {
        pp__pass_run(&f->adjust, adjust_tile, f, f->ctx, f->sums);
        memcpy(f->augmented, f->sums, square * sizeof *f->augmented);
        for (int j = 0; j < k; j++) {
            f->gradient[j] += f->sums[square + (size_t)j];
        }
    }
    if (f->bias == PP__BIAS_MEDIAN) {
        add_median_bias(f, f->sums + square + k, f->work, f->gradient);
    }
    return isfinite(f->objective);
}

/* ---- its root ---- */

/* What is left of the gradient beside the contrast's multiple, to f->step, and its length
   in the metric of I⁻¹. */
static double find_rest(pp__firth *f, const double *contrast) {
    int k = f->d->k;
    double *q = f->work, *p = f->work + k, by = 0;
    memcpy(p, f->gradient, (size_t)k * sizeof *p);
    if (contrast) {
        memcpy(q, contrast, (size_t)k * sizeof *q);
        pp__forward(k, f->factor, q);
        pp__forward(k, f->factor, p);
        by = pp__dot(k, q, p) / pp__dot(k, q, q);
    }
    for (int j = 0; j < k; j++) {
        p[j] = f->step[j] = f->gradient[j] - (contrast ? by * contrast[j] : 0);
    }
    pp__forward(k, f->factor, p);
    return sqrt(pp__dot(k, p, p));
}

static void solve_with(int k, const double *L, double *b) {
    pp__forward(k, L, b);
    pp__backward(k, L, b);
}

void pp__firth_curvature(pp__firth *f) {
    int k = f->d->k;
    memcpy(f->curvature, f->augmented, (size_t)k * (size_t)k * sizeof *f->curvature);
    if (f->bias == PP__BIAS_NONE || pp__cholesky(k, f->curvature, 0) < k) {
        memcpy(f->curvature, f->factor, (size_t)k * (size_t)k * sizeof *f->curvature);
    }
}

/* From the rest of the gradient to the step, that leaves the contrast as it is. */
static void find_step(pp__firth *f, const double *contrast) {
    int k = f->d->k;
    pp__firth_curvature(f);
    solve_with(k, f->curvature, f->step);
    if (contrast) {
        double *q = f->work;
        memcpy(q, contrast, (size_t)k * sizeof *q);
        solve_with(k, f->curvature, q);
        double by = pp__dot(k, contrast, f->step) / pp__dot(k, contrast, q);
        for (int j = 0; j < k; j++) {
            f->step[j] -= by * q[j];
        }
    }
}

enum { MAX_HALVINGS = 20, PATIENCE = 6 };

/* Moves along f->step: halved until the objective does not fall or, where there is none,
   the score does not grow. Gives the norm there; INFINITY when nothing helps. */
static double move(pp__firth *f, const double *contrast, double norm, double *theta) {
    int k = f->d->k;
    double before = f->objective, slack = 1e-11 * (fabs(before) + 1), length = 1;
    memcpy(f->direction, f->step, (size_t)k * sizeof *f->direction);
    for (int halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
        for (int j = 0; j < k; j++) {
            f->trial[j] = theta[j] + length * f->direction[j];
        }
        if (pp__firth_visit(f, f->trial)) {
            double there = find_rest(f, contrast);
            int better = f->penalised || f->bias == PP__BIAS_NONE
                             ? f->objective >= before - slack
                             : there <= norm * (1 + 1e-9) || there < 1e-7;
            if (better) {
                memcpy(theta, f->trial, (size_t)k * sizeof *theta);
                return there;
            }
        }
    }
    pp__firth_visit(f, theta);
    return INFINITY;
}

pp_status pp__firth_solve(pp__firth *f, const double *contrast, double tolerance,
                          int max_iterations, double *theta, pp__firth_state *out,
                          pp_error *err) {
    double best = INFINITY;
    int stalled = 0;
    *out = (pp__firth_state){INFINITY, 0, 0};
    if (!pp__firth_visit(f, theta)) {
        PP_FAIL(err, PP_E_ESTIMATION, "the likelihood is not finite at the start");
    }
    out->norm = find_rest(f, contrast);
    for (;;) {
        out->converged = out->norm <= tolerance;
        stalled = out->norm < 0.5 * best ? 0 : stalled + (out->norm < 1e-6);
        best = fmin(best, out->norm);
        if (out->converged || out->iterations == max_iterations || stalled == PATIENCE) {
            return PP_OK;
        }
        find_step(f, contrast);
        double norm = move(f, contrast, out->norm, theta);
        if (!isfinite(norm)) {
            return PP_OK;
        }
        out->norm = norm;
        out->iterations++;
        PP_TRY(pp_progress(f->ctx, "estimate", -1, err));
    }
}

pp_status pp__firth_intercept(pp__firth *f, double tolerance, int max_iterations,
                              double *theta, pp__firth_state *out, pp_error *err) {
    *out = (pp__firth_state){INFINITY, 0, 0};
    for (; pp__firth_visit(f, theta); out->iterations++) {
        double root = f->factor[0], step = f->gradient[0] / (root * root);
        out->norm = fabs(step) * root;
        out->converged = out->norm <= tolerance;
        if (out->converged || out->iterations == max_iterations) {
            return PP_OK;
        }
        theta[0] += fmax(-2, fmin(2, step));
        PP_TRY(pp_progress(f->ctx, "estimate", -1, err));
    }
    return PP_OK;
}

/* ---- scores of rows ---- */

typedef struct median_rows {
    pp__firth *f;
    double *matrix, *spread; /* n × k, and k × k: I M⁻¹ */
} median_rows;

static void median_tile(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const median_rows *m = payload;
    const pp__firth *f = m->f;
    int k = f->d->k;
    const double *z = tile_of(f, begin, n, scratch);
    double *bias = scratch + (int64_t)k * PP__TILE;
    double *curve = bias + (int64_t)k * PP__TILE, *skew = curve + PP__TILE;
    double *by = skew + PP__TILE;
    (void)sums;
    find_ratios(f, n, f->eta + begin, curve, skew);
    for (int i = 0; i < n; i++) {
        by[i] = f->weight[begin + i] * (skew[i] / 6 - curve[i] / 2);
    }
    find_medians(f, n, z, by, bias);
    for (int j = 0; j < k; j++) {
        double *out = m->matrix + begin + (int64_t)j * f->d->n;
        for (int i = 0; i < n; i++) {
            out[i] = f->score[begin + i] * z[i + (int64_t)j * PP__TILE];
        }
        for (int l = 0; l < k; l++) {
            double share = m->spread[j + (int64_t)l * k];
            for (int i = 0; i < n; i++) {
                out[i] += share * bias[i + (int64_t)l * PP__TILE];
            }
        }
    }
}

pp_status pp__firth_median_scores(pp__firth *f, double *matrix, pp_error *err) {
    int64_t k = f->d->k;
    pp_arena arena;
    pp__pass pass;
    pp_arena_init(&arena);
    pp_status status =
        pp__pass_init(&pass, f->d->n, 0, (2 * k + 3) * PP__TILE, &arena, err);
    double *spread =
        status == PP_OK ? pp_arena_zalloc(&arena, k * k + k, sizeof *spread) : NULL;
    if (spread) {
        double *unit = spread + k * k;
        for (int64_t j = 0; j < k; j++) {
            unit[j] = 1;
            add_median_bias(f, unit, f->work, spread + j * k);
            unit[j] = 0;
        }
        median_rows rows = {f, matrix, spread};
        pp__pass_run(&pass, median_tile, &rows, f->ctx, spread);
    } else if (status == PP_OK) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_arena_clear(&arena);
    return status;
}

/* ---- memory ---- */

static void make_tile(void *payload, int64_t t) {
    const pp__firth *f = payload;
    int64_t begin = t * PP__TILE, n = f->d->n - begin;
    fill_tile(f->d, begin, n < PP__TILE ? (int)n : PP__TILE, f->tiles + begin * f->d->k);
}

static pp_status keep_tiles(pp__firth *f, int64_t padded, pp_arena *arena,
                            pp_error *err) {
    const int64_t MOST = 1 << 25;
    if (padded * f->d->k > MOST) {
        return PP_OK;
    }
    f->tiles = pp_arena_alloc(arena, padded * f->d->k, sizeof *f->tiles);
    PP_NEED(f->tiles, err);
    pp__parallel(f->ctx, padded / PP__TILE, make_tile, f);
    return PP_OK;
}

static pp_status allocate(pp__firth *f, pp_arena *arena, pp_error *err) {
    int64_t n = f->d->n, k = f->d->k, median = f->bias == PP__BIAS_MEDIAN;
    int64_t padded = (n + PP__TILE - 1) / PP__TILE * PP__TILE;
    f->eta = pp_arena_zalloc(arena, 5 * padded, sizeof *f->eta);
    PP_NEED(f->eta, err);
    f->score = f->eta + padded;
    f->weight = f->score + padded;
    f->leverage = f->weight + padded;
    f->adjustment = f->leverage + padded;
    PP_TRY(keep_tiles(f, padded, arena, err));
    f->factor = pp_arena_zalloc(arena, 5 * k * k + 9 * k + 1, sizeof *f->factor);
    PP_NEED(f->factor, err);
    f->augmented = f->factor + k * k;
    f->curvature = f->augmented + k * k;
    f->bias_direction = f->curvature + k * k;
    f->sums = f->bias_direction + k * k; /* k² + 2 k + 1 */
    f->gradient = f->sums + k * k + 2 * k + 1;
    f->step = f->gradient + k;
    f->direction = f->step + k;
    f->trial = f->direction + k;
    f->variance = f->trial + k;
    f->work = f->variance + k;
    PP_TRY(
        pp__pass_init(&f->weigh, n, k * k + k + 1, (2 * k + 1) * PP__TILE, arena, err));
    return pp__pass_init(&f->adjust, n, k * k + k + median * k, (2 * k + 3) * PP__TILE,
                         arena, err);
}

pp_status pp__firth_new(const pp_fit *fit, pp__bias bias, const pp_context *ctx,
                        pp_arena *arena, pp__firth **out, pp_error *err) {
    static const pp_estimator *const BINARY[] = {
        &pp__estimator_logit, &pp__estimator_probit, &pp__estimator_cloglog};
    pp__firth *f = pp_arena_zalloc(arena, 1, sizeof *f);
    PP_NEED(f, err);
    *f = (pp__firth){.d = fit->design, .bias = bias, .ctx = ctx};
    for (int i = 0; i < 3; i++) {
        if (BINARY[i]->family->link == fit->link) {
            f->family = BINARY[i]->family;
        }
    }
    f->penalised =
        bias == PP__BIAS_JEFFREYS || (fit->link == &pp__link_logit &&
                                      bias != PP__BIAS_MEDIAN && bias != PP__BIAS_NONE);
    double *map = pp_arena_zalloc(arena, (int64_t)f->d->k * f->d->k, sizeof *map);
    PP_NEED(map, err);
    pp__design_map(f->d, 0, f->d->k, map);
    f->map = map;
    PP_TRY(allocate(f, arena, err));
    *out = f;
    return PP_OK;
}
