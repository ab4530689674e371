#include "model/least_squares.h"

#include "base/check.h"
#include "model/evaluate.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Of a squared pivot: what R's QR takes for zero. */
static const double TOLERANCE = 1e-14;

typedef struct job {
    const pp__least_squares *ls;
    const double *y, *theta;
    double *residual;
} job;

static void weigh(const double *weight, int64_t begin, int n, const double *from,
                  double *to) {
    for (int i = 0; i < n; i++) {
        to[i] = weight ? weight[begin + i] * from[i] : from[i];
    }
}

static void add_products(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__least_squares *ls = ((const job *)payload)->ls;
    double *weighted = scratch + (int64_t)ls->k * PP__TILE;
    for (int j = 0; j < ls->k; j++) {
        memcpy(scratch + (int64_t)j * PP__TILE, ls->x[j] + begin,
               (size_t)n * sizeof *scratch);
        weigh(ls->weight, begin, n, ls->x[j] + begin, weighted + (int64_t)j * PP__TILE);
    }
    pp__add_products(ls->k, n, PP__TILE, scratch, weighted, sums);
}

pp_status pp__least_squares_init(pp__least_squares *ls, pp_arena *arena, pp_error *err) {
    int64_t k = ls->k, size = k * k;
    job all = {.ls = ls};
    ls->G = pp_arena_alloc(arena, 2 * size, sizeof *ls->G);
    PP_NEED(ls->G, err);
    ls->factor = ls->G + size;
    PP_TRY(pp__pass_init(&ls->pass, ls->n, size + 1, (2 * k + 2) * PP__TILE, arena, err));
    ls->sums = pp_arena_alloc(arena, size + 1, sizeof *ls->sums);
    PP_NEED(ls->sums, err);
    pp__pass_run(&ls->pass, add_products, &all, ls->ctx, ls->sums);
    memcpy(ls->G, ls->sums, (size_t)size * sizeof *ls->sums);
    pp__mirror(ls->k, ls->G);
    memcpy(ls->factor, ls->G, (size_t)size * sizeof *ls->G);
    ls->rank = pp__cholesky(ls->k, ls->factor, TOLERANCE);
    return PP_OK;
}

/* To the residual y − X theta, and to the sums X'W times it and its squares. */
static void residual_tile(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const job *j = payload;
    const pp__least_squares *ls = j->ls;
    double *residual = j->residual ? j->residual + begin : scratch + PP__TILE;
    memcpy(residual, j->y + begin, (size_t)n * sizeof *residual);
    for (int c = 0; j->theta && c < ls->k; c++) {
        const double *x = ls->x[c] + begin, b = j->theta[c];
        for (int i = 0; i < n; i++) {
            residual[i] -= b * x[i];
        }
    }
    weigh(ls->weight, begin, n, residual, scratch);
    for (int c = 0; c < ls->k; c++) {
        sums[c] += pp__dot(n, ls->x[c] + begin, scratch);
    }
    sums[ls->k] += pp__dot(n, residual, scratch);
}

static double residuals(const job *j) {
    pp__pass pass = j->ls->pass;
    pass.width = j->ls->k + 1;
    pp__pass_run(&pass, residual_tile, (void *)(uintptr_t)j, j->ls->ctx, j->ls->sums);
    return j->ls->sums[j->ls->k];
}

void pp__least_squares_products(const pp__least_squares *ls, const double *v,
                                double *to) {
    const job j = {.ls = ls, .y = v};
    residuals(&j);
    memcpy(to, ls->sums, (size_t)ls->k * sizeof *to);
}

double pp__least_squares_solve(const pp__least_squares *ls, const double *y,
                               double *theta, double *residual, double *decrement) {
    enum { STEPS = 2 };
    job j = {.ls = ls, .y = y, .residual = residual};
    double squares = residuals(&j);
    memset(theta, 0, (size_t)ls->k * sizeof *theta);
    for (int step = 0; step < STEPS; step++) {
        pp__forward(ls->k, ls->factor, ls->sums);
        pp__backward(ls->k, ls->factor, ls->sums);
        for (int c = 0; c < ls->k; c++) {
            theta[c] += ls->sums[c];
        }
        j.theta = theta;
        squares = residuals(&j);
    }
    if (decrement) {
        pp__forward(ls->k, ls->factor, ls->sums);
        *decrement = sqrt(pp__dot(ls->k, ls->sums, ls->sums));
    }
    return squares;
}
