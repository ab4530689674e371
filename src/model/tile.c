/* Loops of known length without aliases, which the compiler makes vectors of. Each exists
   twice, for processors with and without AVX2 and FMA. */
#include "model/tile.h"

#include "model/evaluate.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* Four columns at a time. */
INLINE void combine(int m, const double *by, int64_t stride,
                    const double *restrict columns, double *restrict to) {
    int l = 0;
    for (; l + 4 <= m; l += 4) {
        const double *c = columns + (int64_t)l * PP__TILE;
        double b0 = by[l * stride], b1 = by[(l + 1) * stride];
        double b2 = by[(l + 2) * stride], b3 = by[(l + 3) * stride];
        for (int i = 0; i < PP__TILE; i++) {
            to[i] += b0 * c[i] + b1 * c[i + PP__TILE] +
                     (b2 * c[i + 2 * PP__TILE] + b3 * c[i + 3 * PP__TILE]);
        }
    }
    for (; l < m; l++) {
        const double *c = columns + (int64_t)l * PP__TILE;
        double b = by[l * stride];
        for (int i = 0; i < PP__TILE; i++) {
            to[i] += b * c[i];
        }
    }
}

INLINE void multiply(int m, const double *restrict columns, const double *restrict by,
                     double *restrict to) {
    for (int l = 0; l < m; l++) {
        const double *from = columns + (int64_t)l * PP__TILE;
        double *out = to + (int64_t)l * PP__TILE;
        for (int i = 0; i < PP__TILE; i++) {
            out[i] = from[i] * by[i];
        }
    }
}

INLINE void finish(const double *restrict z, double inverse, double *restrict own,
                   double *restrict norm) {
    for (int i = 0; i < PP__TILE; i++) {
        double x = (z[i] - own[i]) * inverse;
        own[i] = x;
        norm[i] += x * x;
    }
}

INLINE void norms(int k, const double *L, const double *z, double *root, double *norm) {
    memset(norm, 0, PP__TILE * sizeof *norm);
    for (int j = 0; j < k; j++) {
        double *own = root + (int64_t)j * PP__TILE;
        memset(own, 0, PP__TILE * sizeof *own);
        combine(j, L + j, k, root, own);
        finish(z + (int64_t)j * PP__TILE, 1 / L[j + (int64_t)j * k], own, norm);
    }
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,fma")))
WIDE static void combine_wide(int m, const double *by, int64_t stride,
                              const double *columns, double *to) {
    combine(m, by, stride, columns, to);
}

WIDE static void multiply_wide(int m, const double *columns, const double *by,
                               double *to) {
    multiply(m, columns, by, to);
}

WIDE static void norms_wide(int k, const double *L, const double *z, double *root,
                            double *norm) {
    norms(k, L, z, root, norm);
}

static int is_wide(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#define combine_wide  combine
#define multiply_wide multiply
#define norms_wide    norms
static int is_wide(void) {
    return 0;
}
#endif

void pp__tile_combine(int m, const double *by, int64_t stride, const double *columns,
                      double *to) {
    if (is_wide()) {
        combine_wide(m, by, stride, columns, to);
    } else {
        combine(m, by, stride, columns, to);
    }
}

void pp__tile_multiply(int m, const double *columns, const double *by, double *to) {
    if (is_wide()) {
        multiply_wide(m, columns, by, to);
    } else {
        multiply(m, columns, by, to);
    }
}

void pp__tile_norms(int k, const double *L, const double *z, double *root, double *norm) {
    if (is_wide()) {
        norms_wide(k, L, z, root, norm);
    } else {
        norms(k, L, z, root, norm);
    }
}
