#include "effects/synth/matching.h"

#include "base/check.h"
#include "effects/synth/simplex.h"
#include "model/linalg.h"

static void centre(double *column, int n) {
    double mean = 0;
    for (int i = 0; i < n; i++) {
        mean += column[i] / n;
    }
    for (int i = 0; i < n; i++) {
        column[i] -= mean;
    }
}

pp_status pp__matching_init(pp__matching *m, double *A, int n, int k, double penalty,
                            int intercept, pp_arena *arena, pp_error *err) {
    *m = (pp__matching){
        .n = n, .k = k, .intercept = intercept, .penalty = penalty, .A = A};
    m->G = pp_arena_alloc(arena, (int64_t)k * k, sizeof *m->G);
    PP_NEED(m->G, err);
    for (int j = 0; intercept && j < k; j++) {
        centre(A + j * n, n);
    }
    for (int j = 0; j < k; j++) {
        for (int l = 0; l <= j; l++) {
            double g =
                pp__dot(n, A + j * n, A + l * n) / n + (j == l ? penalty * penalty : 0);
            m->G[l + (int64_t)j * k] = m->G[j + (int64_t)l * k] = g;
        }
    }
    return PP_OK;
}

pp_status pp__matching_solve(const pp__matching *m, double *b, pp_arena *arena, double *w,
                             pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *h = pp_arena_alloc(arena, m->k, sizeof *h);
    PP_NEED(h, err);
    if (m->intercept) {
        centre(b, m->n);
    }
    for (int j = 0; j < m->k; j++) {
        h[j] = pp__dot(m->n, m->A + j * m->n, b) / m->n;
    }
    pp_status status = pp__simplex_weights(m->k, m->G, h, arena, w, err);
    pp_arena_release(arena, mark);
    return status;
}

pp_status pp__matching_solve_without(const pp__matching *m, const double *b, int t,
                                     pp_arena *arena, double *w, pp_error *err) {
    int n = m->n, k = m->k;
    double ridge = m->penalty * m->penalty;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *G = pp_arena_alloc(arena, (int64_t)k * k + k, sizeof *G);
    PP_NEED(G, err);
    double *h = G + (int64_t)k * k;
    for (int j = 0; j < k; j++) {
        const double *a = m->A + j * n;
        for (int l = 0; l < k; l++) {
            double own = j == l ? ridge : 0;
            G[l + j * k] =
                ((m->G[l + j * k] - own) * n - a[t] * m->A[t + l * n]) / (n - 1) + own;
        }
        h[j] = (pp__dot(n, a, b) - a[t] * b[t]) / (n - 1);
    }
    pp_status status = pp__simplex_weights(k, G, h, arena, w, err);
    pp_arena_release(arena, mark);
    return status;
}

void pp__matching_misfit(const pp__matching *m, const double *b, const double *w,
                         double *out) {
    for (int t = 0; t < m->n; t++) {
        out[t] = b[t];
        for (int j = 0; j < m->k; j++) {
            out[t] -= w[j] * m->A[t + j * m->n];
        }
    }
}
