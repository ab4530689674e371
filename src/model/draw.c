#include "model/draw.h"

#include <math.h>
#include <string.h>

void pp__draw_factor(int64_t k, const double *V, double *L) {
    memset(L, 0, (size_t)(k * k) * sizeof *L);
    for (int64_t j = 0; j < k; j++) {
        double pivot = V[j + j * k];
        for (int64_t m = 0; m < j; m++) {
            pivot -= L[j + m * k] * L[j + m * k];
        }
        if (!(pivot > 1e-12 * V[j + j * k])) {
            continue;
        }
        double root = sqrt(pivot);
        for (int64_t i = j; i < k; i++) {
            double rest = V[i + j * k];
            for (int64_t m = 0; m < j; m++) {
                rest -= L[i + m * k] * L[j + m * k];
            }
            L[i + j * k] = rest / root;
        }
    }
}

void pp__draw_normal(pp_rng *rng, int64_t k, const double *mean, const double *L,
                     double *out) {
    memcpy(out, mean, (size_t)k * sizeof *out);
    for (int64_t j = 0; j < k; j++) {
        double z = pp_rng_normal(rng);
        for (int64_t i = j; i < k; i++) {
            out[i] += z * L[i + j * k];
        }
    }
}
