#include "effects/honest/pretest.h"

#include "base/check.h"
#include "model/linalg.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>

static const double SIZE = 0.05;

/* The noncentrality at which the test of `df` has this power. */
static double noncentrality(int df, double power) {
    double critical = qchisq(SIZE, df, 0, 0), low = 0, high = 1;
    while (pnchisq(critical, df, high, 0, 0) < power) {
        high *= 2;
    }
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(pnchisq(critical, df, middle, 0, 0) < power ? &low : &high) = middle;
    }
    return high;
}

pp_status pp__pretest_find(const pp__event_study *s, pp_arena *arena, pp__pretest *out,
                           pp_error *err) {
    static const double powers[2] = {0.5, 0.8};
    int k = s->pre;
    double *L = pp_arena_alloc(arena, (int64_t)k * k + 2 * k, sizeof *L), reach = 0;
    PP_NEED(L, err);
    double *b = L + (int64_t)k * k, *trend = b + k;
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
            L[i + j * k] = s->V[i + (int64_t)j * s->n];
        }
        b[i] = s->estimate[i];
        trend[i] = i - k;
    }
    pp__cholesky(k, L, 0);
    pp__forward(k, L, b);
    pp__forward(k, L, trend);
    out->statistic = pp__dot(k, b, b);
    out->p_value = pchisq(out->statistic, k, 0, 0);
    for (int i = 0; i < s->post; i++) {
        reach += (i + 1) * s->weight[i];
    }
    for (int p = 0; p < 2; p++) {
        out->slope[p] = sqrt(noncentrality(k, powers[p]) / pp__dot(k, trend, trend));
        out->bias[p] = out->slope[p] * reach;
    }
    return PP_OK;
}
