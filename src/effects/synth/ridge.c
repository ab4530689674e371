#include "effects/synth/ridge.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { LAMBDAS = 21 };
static const double SMALLEST = 1e-8;

pp_status pp__ridge_init(pp__ridge *r, const double *A, int n, int k, pp_arena *arena,
                         pp_error *err) {
    *r = (pp__ridge){.n = n, .k = k};
    r->X = pp_arena_alloc(arena, (int64_t)n * k, sizeof *r->X);
    r->V = pp_arena_alloc(arena, (int64_t)n * n, sizeof *r->V);
    r->d = pp_arena_alloc(arena, 6 * n, sizeof *r->d);
    PP_NEED(r->X && r->V ? r->d : NULL, err);
    r->scores = r->d + n;
    for (int t = 0; t < n; t++) {
        double mean = 0;
        for (int j = 0; j < k; j++) {
            mean += A[t + j * n] / k;
        }
        for (int j = 0; j < k; j++) {
            r->X[t + j * n] = A[t + j * n] - mean;
        }
    }
    memset(r->V, 0, (size_t)n * (size_t)n * sizeof *r->V);
    for (int j = 0; j < k; j++) {
        for (int t = 0; t < n; t++) {
            for (int s = t; s < n; s++) {
                r->V[s + t * n] += r->X[s + j * n] * r->X[t + j * n];
            }
        }
    }
    if (pp__eigen(n, r->V, r->d, r->scores) != 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "the donors' paths cannot be taken apart");
    }
    for (int t = 0; t < n; t++) {
        r->d[t] = fmax(r->d[t], 0);
    }
    return PP_OK;
}

/* V'misfit. */
static void score(const pp__ridge *r, const double *misfit) {
    for (int i = 0; i < r->n; i++) {
        r->scores[i] = pp__dot(r->n, r->V + i * r->n, misfit);
    }
}

void pp__ridge_add(const pp__ridge *r, double lambda, const double *misfit, double *w) {
    int n = r->n;
    score(r, misfit);
    for (int j = 0; j < r->k; j++) {
        for (int i = 0; i < n && lambda > 0; i++) {
            w[j] += pp__dot(n, r->X + j * n, r->V + i * n) * r->scores[i] /
                    (r->d[i] + lambda);
        }
    }
}

void pp__ridge_reduce(const pp__ridge *r, double lambda, double *misfit) {
    score(r, misfit);
    memset(misfit, 0, (size_t)r->n * sizeof *misfit);
    for (int i = 0; i < r->n; i++) {
        double left = r->scores[i] * lambda / (r->d[i] + lambda);
        for (int t = 0; t < r->n && lambda > 0; t++) {
            misfit[t] += left * r->V[t + i * r->n];
        }
    }
}

/* ---- the penalty ---- */

/* Squared errors in period t of weights from the other periods, for each lambda. */
static pp_status leave_out(const pp__matching *m, const double *b, int t,
                           const double *lambda, double *error, pp_arena *arena,
                           pp_error *err) {
    int n = m->n - 1, k = m->k;
    pp__ridge r;
    double *A = pp_arena_alloc(arena, (int64_t)n * k + 2 * n + k, sizeof *A);
    PP_NEED(A, err);
    double *misfit = A + (int64_t)n * k, *own = misfit + n, *w = own + n;
    PP_TRY(pp__matching_solve_without(m, b, t, arena, w, err));
    double left = b[t], mean = 0;
    for (int j = 0; j < k; j++) {
        left -= w[j] * m->A[t + j * m->n];
        mean += m->A[t + j * m->n] / k;
    }
    for (int s = 0; s < n; s++) {
        int row = s + (s >= t);
        misfit[s] = b[row];
        for (int j = 0; j < k; j++) {
            A[s + j * n] = m->A[row + j * m->n];
            misfit[s] -= w[j] * A[s + j * n];
        }
    }
    PP_TRY(pp__ridge_init(&r, A, n, k, arena, err));
    for (int s = 0; s < n; s++) {
        own[s] = 0;
        for (int j = 0; j < k; j++) {
            own[s] += r.X[s + j * n] * (m->A[t + j * m->n] - mean);
        }
    }
    score(&r, misfit);
    for (int l = 0; l < LAMBDAS; l++) {
        double rest = left;
        for (int i = 0; i < n; i++) {
            rest -= pp__dot(n, r.V + i * n, own) * r.scores[i] / (r.d[i] + lambda[l]);
        }
        error[l] = rest * rest;
    }
    return PP_OK;
}

/* Of errors, periods × lambdas: their means, and at the smallest mean its standard error. */
static int find_best(const double *error, int periods, double *mean, double *std_error) {
    int best = 0;
    double squares = 0;
    for (int l = 0; l < LAMBDAS; l++) {
        mean[l] = 0;
        for (int t = 0; t < periods; t++) {
            mean[l] += error[l + t * LAMBDAS] / periods;
        }
        best = mean[l] < mean[best] ? l : best;
    }
    for (int t = 0; t < periods; t++) {
        double d = error[best + t * LAMBDAS] - mean[best];
        squares += d * d;
    }
    *std_error = sqrt(squares / (periods - 1) / periods);
    return best;
}

pp_status pp__ridge_choose(const pp__matching *m, const double *b, int one_error,
                           pp_arena *arena, double *lambda, pp_error *err) {
    double grid[LAMBDAS], mean[LAMBDAS], std_error;
    pp__ridge whole;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *error = pp_arena_alloc(arena, (int64_t)m->n * LAMBDAS, sizeof *error);
    PP_NEED(error, err);
    PP_TRY(pp__ridge_init(&whole, m->A, m->n, m->k, arena, err));
    for (int l = 0; l < LAMBDAS; l++) {
        grid[l] = whole.d[m->n - 1] * pow(SMALLEST, l / (LAMBDAS - 1.0));
    }
    if (!(grid[LAMBDAS - 1] > 0)) { /* donors are all alike: any penalty does */
        *lambda = 1;
        pp_arena_release(arena, mark);
        return PP_OK;
    }
    for (int t = 0; t < m->n; t++) {
        pp_arena_mark period = pp_arena_get_mark(arena);
        PP_TRY(leave_out(m, b, t, grid, error + t * LAMBDAS, arena, err));
        pp_arena_release(arena, period);
    }
    int best = find_best(error, m->n, mean, &std_error), chosen = best;
    for (int l = best; one_error && l >= 0; l--) {
        chosen = mean[l] <= mean[best] + std_error ? l : chosen;
    }
    *lambda = grid[chosen];
    pp_arena_release(arena, mark);
    return PP_OK;
}
