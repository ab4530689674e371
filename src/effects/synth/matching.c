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

void pp__matching_init(pp__matching *m, double *A, int n, int k, double penalty,
                       int intercept) {
    *m = (pp__matching){
        .n = n, .k = k, .intercept = intercept, .penalty = penalty, .A = A};
    for (int j = 0; intercept && j < k; j++) {
        centre(A + (int64_t)j * n, n);
    }
}

pp_status pp__matching_solve(const pp__matching *m, double *b, int begun, pp_arena *arena,
                             double *w, pp_error *err) {
    if (m->intercept) {
        centre(b, m->n);
    }
    return pp__simplex_weights(m->n, m->k, m->A, b, m->penalty * m->penalty, begun, arena,
                               w, err);
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
