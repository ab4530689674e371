#include "model/newton.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { MAX_HALVINGS = 40, PATIENCE = 6 };

static pp_status allocate(int k, pp_arena *arena, pp__optimum *o, double **trial,
                          pp_error *err) {
    int64_t vectors = 4, matrices = 2;
    double *space = pp_arena_alloc(arena, vectors * k + matrices * k * k, sizeof *space);
    PP_NEED(space, err);
    *o = (pp__optimum){
        .theta = space, .gradient = space + k, .step = space + 2 * (int64_t)k};
    *trial = space + 3 * (int64_t)k;
    o->information = space + 4 * (int64_t)k;
    o->factor = o->information + (int64_t)k * k;
    return PP_OK;
}

/* Factors the information, with as much added to its diagonal as makes it positive
   definite. Gives 1 when nothing had to be added. */
static int factorise(int k, pp__optimum *o) {
    size_t bytes = (size_t)k * (size_t)k * sizeof(double);
    memcpy(o->factor, o->information, bytes);
    if (pp__cholesky(k, o->factor, 0) == k) {
        return 1;
    }
    double largest = 0;
    for (int j = 0; j < k; j++) {
        largest = fmax(largest, fabs(o->information[j + (int64_t)j * k]));
    }
    for (double ridge = 1e-6; ridge < 1e9; ridge *= 10) {
        memcpy(o->factor, o->information, bytes);
        for (int j = 0; j < k; j++) {
            double *diagonal = &o->factor[j + (int64_t)j * k];
            *diagonal += ridge * (fabs(*diagonal) + 1e-6 * largest);
        }
        if (pp__cholesky(k, o->factor, 0) == k) {
            break;
        }
    }
    return 0;
}

static double find_step(int k, pp__optimum *o) {
    memcpy(o->step, o->gradient, (size_t)k * sizeof *o->step);
    pp__forward(k, o->factor, o->step);
    double decrement = sqrt(pp__dot(k, o->step, o->step));
    pp__backward(k, o->factor, o->step);
    return decrement;
}

/* Moves along the step, halved until the likelihood does not fall; 0 when nothing helps.
 */
static int move(const pp__objective *f, pp__optimum *o, double *trial) {
    double slack = 1e-11 * (fabs(o->loglik) + 1), length = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
        for (int j = 0; j < f->k; j++) {
            trial[j] = o->theta[j] + length * o->step[j];
        }
        double loglik = f->loglik(f->payload, trial, o->gradient, o->information);
        if (loglik >= o->loglik - slack) {
            memcpy(o->theta, trial, (size_t)f->k * sizeof *trial);
            o->loglik = loglik;
            return 1;
        }
    }
    o->loglik = f->loglik(f->payload, o->theta, o->gradient, o->information);
    return 0;
}

static double unit_of(const pp__objective *f, double loglik) {
    return f->unit ? f->unit(f->payload, loglik) : 1;
}

pp_status pp__newton(const pp__objective *f, const double *start, double tolerance,
                     int max_iterations, pp_arena *arena, const pp_context *ctx,
                     pp__optimum *o, pp_error *err) {
    double *trial = NULL, best = INFINITY;
    int stalled = 0;
    PP_TRY(allocate(f->k, arena, o, &trial, err));
    memcpy(o->theta, start, (size_t)f->k * sizeof *start);
    o->loglik = f->loglik(f->payload, o->theta, o->gradient, o->information);
    o->start_loglik = o->loglik;
    if (!isfinite(o->loglik)) {
        PP_FAIL(err, PP_E_ESTIMATION, "the likelihood is not finite at the start");
    }
    for (;;) {
        int definite = factorise(f->k, o);
        o->score_norm = find_step(f->k, o) / unit_of(f, o->loglik);
        o->converged = definite && o->score_norm <= tolerance;
        stalled = o->score_norm < 0.5 * best ? 0 : stalled + (o->score_norm < 1e-6);
        best = fmin(best, o->score_norm);
        if (o->converged || o->iterations == max_iterations || stalled == PATIENCE) {
            return PP_OK;
        }
        if (!move(f, o, trial)) {
            return PP_OK;
        }
        o->iterations++;
        PP_TRY(pp_progress(ctx, "estimate", -1, err));
    }
}
