#include "model/glm_effects.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { MAX_HALVINGS = 40, PATIENCE = 6 };

/* Of what is absorbed, relative to it: far from the optimum and at it. */
static const double LOOSE = 1e-4, TIGHT = 1e-10, ENOUGH = 1e-8;

/* Coefficients feel errors in the effects by their squares alone. */
static const double ORTHOGONAL = 1e3;

/* ---- making ---- */

static pp_status allocate_point(pp__glm_effects *m, pp_error *err) {
    int64_t k = m->k, levels = m->levels;
    m->b = pp_arena_zalloc(m->arena, 3 * k + 2 * k * k, sizeof *m->b);
    PP_NEED(m->b, err);
    m->step = m->b + k;
    m->trial = m->step + k;
    m->information = m->trial + k;
    m->factor = m->information + k * k;
    m->level = pp_arena_zalloc(m->arena, 3 * levels, sizeof *m->level);
    PP_NEED(m->level, err);
    m->level_step = m->level + levels;
    m->level_trial = m->level_step + levels;
    return PP_OK;
}

static pp_status allocate_columns(pp__glm_effects *m, pp_error *err) {
    const pp__design *d = m->g->d;
    m->response = pp_arena_alloc(m->arena, d->n, sizeof *m->response);
    PP_NEED(m->response, err);
    m->coefficients = pp_arena_alloc(m->arena, m->levels * m->m, sizeof(double));
    PP_NEED(m->coefficients, err);
    m->column = pp_arena_alloc(m->arena, m->m, sizeof *m->column);
    PP_NEED(m->column, err);
    for (int j = 0; j < m->k; j++) {
        m->column[j] = (pp__absorb_column){d->x[j], d->center[j], d->scale[j]};
    }
    m->column[m->k] = (pp__absorb_column){m->response, 0, 1};
    return PP_OK;
}

pp_status pp__glm_effects_make(pp__glm *g, pp_arena *arena, pp__glm_effects *m,
                               pp_error *err) {
    const pp__design *d = g->d;
    int64_t tiles = (int64_t)(d->k + 1) * PP__TILE, width = (d->k + 1) * (d->k + 1) + 1;
    *m = (pp__glm_effects){.g = g, .arena = arena, .k = d->k, .m = d->k + 1};
    PP_TRY(pp__glm_prepare(g, arena, err));
    pp__effects *effects;
    PP_TRY(pp__effects_make(d->with.effect, d->with.n_effects, d->n, arena, g->ctx,
                            &effects, err));
    m->effects = effects;
    PP_TRY(pp__absorber_make(m->effects, arena, g->ctx, &m->absorber, err));
    m->levels = pp__effects_levels(m->effects);
    PP_TRY(allocate_point(m, err));
    PP_TRY(allocate_columns(m, err));
    m->sums = pp_arena_alloc(arena, width, sizeof *m->sums);
    PP_NEED(m->sums, err);
    PP_TRY(pp__pass_init(&m->rows, d->n, 1, tiles + 2 * PP__TILE, arena, err));
    return pp__pass_init(&m->products, d->n, width, 2 * tiles, arena, err);
}

/* ---- rows ---- */

/* z'b and the effects, added to eta. */
static void add_predictor(const pp__glm_effects *m, const double *b, const double *level,
                          int64_t begin, int n, double *z, double *eta) {
    const pp__design *d = m->g->d;
    pp__design_z(d, begin, n, z);
    for (int j = 0; j < m->k; j++) {
        const double *column = z + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            eta[i] += b[j] * column[i];
        }
    }
    for (int e = 0; e < d->with.n_effects; e++) {
        const int32_t *code = d->with.effect[e].code + begin;
        const double *of = level + pp__effects_offset(m->effects, e);
        for (int i = 0; i < n; i++) {
            eta[i] += of[code[i]];
        }
    }
}

static void start_from_offset(const pp__glm *g, int64_t begin, int n, double *eta) {
    if (g->offset) {
        memcpy(eta, g->offset + begin, (size_t)n * sizeof *eta);
    } else {
        memset(eta, 0, (size_t)n * sizeof *eta);
    }
}

static void respond(const pp__glm_effects *m, int64_t begin, int n) {
    const double *score = m->g->score + begin, *weight = m->g->weight + begin;
    double *response = m->response + begin;
    for (int i = 0; i < n; i++) {
        response[i] = weight[i] > 0 ? score[i] / weight[i] : 0;
    }
}

static void visit_tile(void *payload, int64_t begin, int n, double *sums,
                       double *scratch) {
    const pp__glm_effects *m = payload;
    double *eta = scratch + (int64_t)m->k * PP__TILE;
    start_from_offset(m->g, begin, n, eta);
    add_predictor(m, m->trial, m->level_trial, begin, n, scratch, eta);
    sums[0] += pp__glm_rows(m->g, begin, n, eta, eta + PP__TILE);
    respond(m, begin, n);
}

/* The likelihood at the trial point. */
static double visit_rows(pp__glm_effects *m) {
    double sum;
    pp__pass_run(&m->rows, visit_tile, m, m->g->ctx, &sum);
    return sum;
}

/* Each row halfway between its outcome and the mean; the response is what the whole linear
   predictor should be. Adds up the weights. */
static void start_tile(void *payload, int64_t begin, int n, double *sums,
                       double *scratch) {
    const pp__glm_effects *m = payload;
    const double *y = m->g->y + begin, mean = m->mean;
    double *eta = scratch, *offset = eta + PP__TILE;
    double last = NAN, forward = NAN;
    for (int i = 0; i < n; i++) {
        if (y[i] != last) {
            last = y[i];
            forward = m->g->family->link->forward((last + mean) / 2);
        }
        eta[i] = forward;
    }
    pp__glm_rows(m->g, begin, n, eta, offset);
    respond(m, begin, n);
    start_from_offset(m->g, begin, n, offset);
    for (int i = 0; i < n; i++) {
        sums[0] += m->g->weight[begin + i];
        m->response[begin + i] += eta[i] - offset[i];
    }
}

/* ---- steps ---- */

static void product_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__glm_effects *m = payload;
    const double *weight = m->g->weight + begin, *response = m->response + begin;
    double *left = scratch, *weighted = left + (int64_t)m->m * PP__TILE, taken = 0;
    pp__absorb_tile(m->effects, m->column, m->m, m->coefficients, begin, n, left);
    for (int j = 0; j < m->m; j++) {
        const double *from = left + (int64_t)j * PP__TILE;
        double *to = weighted + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            to[i] = weight[i] * from[i];
        }
    }
    pp__add_products(m->m, n, PP__TILE, left, weighted, sums);
    const double *rest = left + (int64_t)m->k * PP__TILE;
    for (int i = 0; i < n; i++) {
        double part = response[i] - rest[i];
        taken += weight[i] * part * part;
    }
    sums[m->m * m->m] += taken;
}

/* `within`: the error that is had, relative to the columns. */
static pp_status absorb(pp__glm_effects *m, double tolerance, double *within,
                        pp_error *err) {
    pp__absorb_report report;
    PP_TRY(pp__absorber_weigh(m->absorber, m->g->weight, m->g->ctx, err));
    PP_TRY(pp__absorb_solve(m->absorber, m->column, m->m, tolerance, m->g->ctx,
                            m->coefficients, &report, err));
    *within = report.error;
    pp__pass_run(&m->products, product_tile, m, m->g->ctx, m->sums);
    return PP_OK;
}

static int factorise(pp__glm_effects *m) {
    for (int j = 0; j < m->k; j++) {
        for (int i = j; i < m->k; i++) {
            m->information[i + (int64_t)j * m->k] = m->sums[i + (int64_t)j * m->m];
        }
    }
    memcpy(m->factor, m->information,
           (size_t)m->k * (size_t)m->k * sizeof *m->information);
    return pp__cholesky(m->k, m->factor, 0) == m->k;
}

/* The step of both parts, and their decrements; 0 when columns are collinear. */
static int find_step(pp__glm_effects *m) {
    const double *coefficients = m->coefficients;
    int k = m->k, definite = factorise(m);
    for (int j = 0; j < k; j++) {
        m->step[j] = definite ? m->sums[k + (int64_t)j * m->m] : 0;
    }
    if (definite) {
        pp__forward(k, m->factor, m->step);
    }
    m->score_norm = sqrt(pp__dot(k, m->step, m->step)) / m->g->unit;
    if (definite) {
        pp__backward(k, m->factor, m->step);
    }
    m->effects_norm = sqrt(m->sums[m->m * m->m]) / m->g->unit;
    for (int64_t l = 0; l < m->levels; l++) {
        const double *of = coefficients + l * m->m;
        m->level_step[l] = of[k] - pp__dot(k, of, m->step);
    }
    return definite;
}

pp_status pp__glm_effects_regress(pp__glm_effects *m, double tolerance, int *definite,
                                  pp_error *err) {
    double within;
    PP_TRY(absorb(m, tolerance, &within, err));
    *definite = find_step(m);
    return PP_OK;
}

void pp__glm_effects_change(const pp__glm_effects *m, int64_t begin, int n,
                            double *change, double *scratch) {
    memset(change, 0, (size_t)n * sizeof *change);
    add_predictor(m, m->step, m->level_step, begin, n, scratch, change);
}

void pp__glm_effects_predict(const pp__glm_effects *m, int64_t begin, int n, double *eta,
                             double *scratch) {
    start_from_offset(m->g, begin, n, eta);
    add_predictor(m, m->b, m->level, begin, n, scratch, eta);
}

static void set_trial(pp__glm_effects *m, double length) {
    for (int j = 0; j < m->k; j++) {
        m->trial[j] = m->b[j] + length * m->step[j];
    }
    for (int64_t l = 0; l < m->levels; l++) {
        m->level_trial[l] = m->level[l] + length * m->level_step[l];
    }
}

static void accept(pp__glm_effects *m, double loglik) {
    memcpy(m->b, m->trial, (size_t)m->k * sizeof *m->b);
    memcpy(m->level, m->level_trial, (size_t)m->levels * sizeof *m->level);
    m->loglik = loglik;
}

/* Halves the step until the likelihood does not fall; 0 when nothing helps. */
static int move(pp__glm_effects *m) {
    double slack = 1e-11 * (fabs(m->loglik) + 1), length = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
        set_trial(m, length);
        double loglik = visit_rows(m);
        if (loglik >= m->loglik - slack) {
            accept(m, loglik);
            return 1;
        }
    }
    set_trial(m, 0);
    m->loglik = visit_rows(m);
    return 0;
}

/* ---- the whole ---- */

/* G, whole, of the columns alone. */
static void copy_products(const pp__glm_effects *m, double *G) {
    for (int64_t j = 0; j < m->k; j++) {
        for (int64_t i = j; i < m->k; i++) {
            G[i + j * m->k] = G[j + i * m->k] = m->sums[i + j * m->m];
        }
    }
}

static pp_status remove_explained(pp__glm_effects *m, pp_fit *fit, double weights,
                                  pp_error *err) {
    uint8_t *keep = pp_arena_alloc(m->arena, m->k, 1);
    PP_NEED(keep, err);
    double *G = pp_arena_alloc(m->arena, (int64_t)m->k * m->k, sizeof *G);
    PP_NEED(G, err);
    copy_products(m, G);
    return pp__explained_remove(fit, G, weights, keep, err);
}

pp_status pp__glm_effects_begin(pp__glm_effects *m, pp_fit *fit, int *explained,
                                pp_error *err) {
    double weights, within;
    m->mean = pp__glm_mean(m->g);
    m->g->unit = pp__glm_unit(m->g);
    pp__pass_run(&m->rows, start_tile, m, m->g->ctx, &weights);
    PP_TRY(absorb(m, ENOUGH, &within, err));
    PP_TRY(remove_explained(m, fit, weights, err));
    *explained = fit->k < m->k;
    find_step(m);
    return PP_OK;
}

/* By the first step; where that is no better than a constant, from the constant. */
static pp_status start(pp__glm_effects *m, double tolerance, int max_iterations,
                       pp_error *err) {
    double constant;
    PP_TRY(pp__glm_constant(m->g, tolerance, max_iterations, &constant, &m->null_loglik,
                            err));
    set_trial(m, 1);
    double loglik = visit_rows(m);
    if (!(loglik >= m->null_loglik)) {
        int64_t end = m->g->d->with.effect[0].levels;
        double *first = m->level_trial + pp__effects_offset(m->effects, 0);
        memset(m->trial, 0, (size_t)m->k * sizeof *m->trial);
        memset(m->level_trial, 0, (size_t)m->levels * sizeof *m->level_trial);
        for (int64_t l = 0; l < end; l++) {
            first[l] = constant;
        }
        loglik = visit_rows(m);
    }
    accept(m, loglik);
    m->started = 1;
    return PP_OK;
}

/* The next step is expected to be as wrong as the square of the last was large. */
static double absorb_within(const pp__glm_effects *m, double norm) {
    double change = norm / sqrt(pp__design_count(m->g->d));
    return fmin(fmax(0.1 * change * change, TIGHT), LOOSE);
}

static int is_converged(const pp__glm_effects *m, double tolerance) {
    return m->score_norm <= tolerance && m->effects_norm <= ORTHOGONAL * tolerance;
}

/* The step at the current point, and whether it is the end: which it is only when the
   absorption is as good as that. */
static pp_status look_ahead(pp__glm_effects *m, double norm, double tolerance,
                            pp_error *err) {
    double within;
    PP_TRY(absorb(m, absorb_within(m, norm), &within, err));
    int definite = find_step(m);
    if (definite && is_converged(m, tolerance) && within > ENOUGH) {
        PP_TRY(absorb(m, TIGHT, &within, err));
        definite = find_step(m);
    }
    m->converged = definite && within <= ENOUGH && is_converged(m, tolerance);
    return PP_OK;
}

pp_status pp__glm_effects_maximise(pp__glm_effects *m, double tolerance,
                                   int max_iterations, pp_error *err) {
    double best = INFINITY, norm = INFINITY;
    int stalled = 0;
    if (m->started) {
        set_trial(m, 0);
        m->loglik = visit_rows(m);
    } else {
        PP_TRY(start(m, tolerance, max_iterations, err));
        m->iterations++;
    }
    for (;;) {
        PP_TRY(look_ahead(m, norm, tolerance, err));
        norm = hypot(m->score_norm, m->effects_norm);
        stalled = norm < 0.5 * best ? 0 : stalled + (norm < 1e-3);
        best = fmin(best, norm);
        if (m->converged || m->iterations >= max_iterations || stalled == PATIENCE) {
            return PP_OK;
        }
        if (!move(m)) {
            return PP_OK;
        }
        m->iterations++;
        PP_TRY(pp_progress(m->g->ctx, "estimate", -1, err));
    }
}

pp_status pp__glm_effects_visit(pp__glm_effects *m, pp_error *err) {
    double within;
    set_trial(m, 0);
    m->loglik = visit_rows(m);
    PP_TRY(absorb(m, TIGHT, &within, err));
    m->converged &= find_step(m) && within <= ENOUGH;
    return PP_OK;
}
