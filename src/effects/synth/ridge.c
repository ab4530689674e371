#include "effects/synth/ridge.h"

#include "base/check.h"
#include "effects/synth/simplex.h"
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
        for (int64_t j = 0; j < k; j++) {
            mean += A[t + j * n] / k;
        }
        for (int64_t j = 0; j < k; j++) {
            r->X[t + j * n] = A[t + j * n] - mean;
        }
    }
    memset(r->V, 0, (size_t)n * (size_t)n * sizeof *r->V);
    for (int64_t j = 0; j < k; j++) {
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
    double *path = r->scores + n;
    score(r, misfit);
    memset(path, 0, (size_t)n * sizeof *path);
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < n && lambda > 0; t++) {
            path[t] += r->V[t + i * n] * r->scores[i] / (r->d[i] + lambda);
        }
    }
    for (int64_t j = 0; j < r->k; j++) {
        w[j] += pp__dot(n, r->X + j * n, path);
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

/* Squared errors in period t of weights from the other periods, for each lambda. `w`: those from all
   periods, to begin from. Without row t the ridge is that of all periods less one: with P = (XX' +
   lambda)⁻¹, X_t X'(XX' + lambda)⁻¹ over the others is -P_t / P_tt. */
static pp_status leave_out(const pp__matching *m, const pp__ridge *whole, const double *b,
                           int t, const double *lambda, double *w, double *error,
                           pp_arena *arena, pp_error *err) {
    int n = m->n, k = m->k;
    double *A = pp_arena_alloc(arena, (int64_t)(n - 1) * (k + 1) + n, sizeof *A);
    PP_NEED(A, err);
    double *rest = A + (int64_t)(n - 1) * k, *misfit = rest + n - 1;
    for (int s = 0; s < n - 1; s++) {
        int row = s + (s >= t);
        rest[s] = b[row];
        for (int j = 0; j < k; j++) {
            A[s + (int64_t)j * (n - 1)] = m->A[row + (int64_t)j * n];
        }
    }
    PP_TRY(pp__simplex_weights(n - 1, k, A, rest, m->penalty * m->penalty, 1, arena, w,
                               err));
    pp__matching_misfit(m, b, w, misfit);
    score(whole, misfit);
    for (int l = 0; l < LAMBDAS; l++) {
        double own = 0, others = 0;
        for (int i = 0; i < n; i++) {
            const double *v = whole->V + i * n;
            double share = v[t] / (whole->d[i] + lambda[l]);
            own += share * v[t];
            others += share * (whole->scores[i] - v[t] * misfit[t]);
        }
        error[l] = (misfit[t] + others / own) * (misfit[t] + others / own);
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

pp_status pp__ridge_choose(const pp__matching *m, const pp__ridge *whole, const double *b,
                           const double *w, int one_error, pp_arena *arena,
                           double *lambda, pp_error *err) {
    double grid[LAMBDAS], mean[LAMBDAS], std_error;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *error = pp_arena_alloc(arena, (int64_t)m->n * LAMBDAS + m->k, sizeof *error);
    PP_NEED(error, err);
    double *own = error + (int64_t)m->n * LAMBDAS;
    for (int l = 0; l < LAMBDAS; l++) {
        grid[l] = whole->d[m->n - 1] * pow(SMALLEST, l / (LAMBDAS - 1.0));
    }
    if (!(grid[LAMBDAS - 1] > 0)) { /* donors are all alike: any penalty does */
        *lambda = 1;
        pp_arena_release(arena, mark);
        return PP_OK;
    }
    for (int t = 0; t < m->n; t++) {
        pp_arena_mark period = pp_arena_get_mark(arena);
        memcpy(own, w, (size_t)m->k * sizeof *own);
        PP_TRY(leave_out(m, whole, b, t, grid, own, error + t * LAMBDAS, arena, err));
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
