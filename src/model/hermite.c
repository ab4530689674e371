/* Gauss–Hermite quadrature: nodes as eigenvalues (Golub & Welsch 1969, Math. Comp. 23),
   then polished; weights by the Hermite functions, which do not underflow. */
#include "base/check.h"
#include "model/estimators/relogit.h"
#include "model/linalg.h"

#include <math.h>

static const double FIRST = 0.7511255444649425; /* π^−¼ */

/* The orthonormal Hermite functions of order n and n − 1 at t, and the sum of squares of
   those below n. */
static double functions(int n, double t, double *before, double *squares) {
    double last = 0, now = FIRST * exp(-t * t / 2);
    *squares = 0;
    for (int j = 0; j < n; j++) {
        double next = sqrt(2.0 / (j + 1)) * t * now - sqrt((double)j / (j + 1)) * last;
        *squares += now * now;
        last = now;
        now = next;
    }
    *before = last;
    return now;
}

static double polish(int n, double t) {
    double before, squares;
    for (int step = 0; step < 3; step++) {
        double now = functions(n, t, &before, &squares);
        double slope = sqrt(2.0 * n) * before - t * now;
        t -= slope == 0 ? 0 : now / slope;
    }
    return t;
}

pp_status pp__hermite(int points, pp_arena *arena, double **node, double **log_weight,
                      pp_error *err) {
    int64_t n = points;
    double *out = pp_arena_alloc(arena, 2 * n, sizeof *out);
    PP_NEED(out, err);
    double *A = pp_calloc(n * n + 4 * n, sizeof *A);
    PP_NEED(A, err);
    for (int64_t j = 1; j < n; j++) {
        A[j + (j - 1) * n] = sqrt((double)j / 2);
    }
    int failed = pp__eigen(points, A, out, A + n * n);
    pp_free(A);
    if (failed) {
        PP_FAIL(err, PP_E_ESTIMATION, "no quadrature of %d points was found", points);
    }
    for (int64_t q = 0; q < n; q++) {
        double before, squares;
        out[q] = n % 2 == 1 && q == n / 2 ? 0 : polish(points, out[q]);
        functions(points, out[q], &before, &squares);
        out[n + q] = -log(squares);
    }
    *node = out;
    *log_weight = out + n;
    return PP_OK;
}
