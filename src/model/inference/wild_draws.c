/* Each function exists twice, for processors with and without AVX2. */
#include "model/inference/wild_draws.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* Four doubles, wherever they lie. */
typedef double lane __attribute__((vector_size(32), aligned(8), may_alias));
enum { LANE = 4, ADD = 8 * LANE, VISIT = 2 * LANE };

INLINE const lane *lanes(const double *x) {
    return (const lane *)x;
}

/* ADD draws of one column. */
INLINE void add_block(int64_t clusters, int64_t width, const double *row, const double *v,
                      double *out) {
    lane sum[ADD / LANE];
    memset(sum, 0, sizeof sum);
    for (int64_t g = 0; g < clusters; g++, row += width, v += PP__WIDE) {
        for (int l = 0; l < ADD / LANE; l++) {
            sum[l] += *row * lanes(v)[l];
        }
    }
    memcpy(out, sum, sizeof sum);
}

INLINE void add_all(int64_t clusters, int64_t width, const double *rows, const double *v,
                    double *out) {
    for (int64_t j = 0; j < width; j++) {
        for (int b = 0; b < PP__WIDE; b += ADD) {
            add_block(clusters, width, rows + j, v + b, out + j * PP__WIDE + b);
        }
    }
}

/* The projected scores of cluster g: (a v_g − AP_g' m) for VISIT draws. */
INLINE void project(int64_t width, double a, const double *AP, const double *v,
                    const double *m, lane d[2]) {
    lane first = a * lanes(v)[0], second = a * lanes(v)[1];
    for (int64_t j = 0; j < width; j++, m += PP__WIDE) {
        first -= AP[j] * lanes(m)[0];
        second -= AP[j] * lanes(m)[1];
    }
    d[0] = first;
    d[1] = second;
}

INLINE void visit_block(const pp__wild_target *t, const double *v, const double *m0,
                        const double *m1, int b, pp__wild_sums *out) {
    lane n0[2] = {{0}}, n1[2] = {{0}}, q0[2] = {{0}}, q1[2] = {{0}}, q2[2] = {{0}};
    lane d0[2], d1[2];
    for (int64_t g = 0; g < t->clusters; g++, v += PP__WIDE) {
        const double *AP = t->AP + g * t->width;
        project(t->width, t->a0[g], AP, v, m0, d0);
        for (int l = 0; l < 2; l++) {
            n0[l] += t->a0[g] * lanes(v)[l];
            q0[l] += d0[l] * d0[l];
        }
        if (m1) {
            project(t->width, t->a1[g], AP, v, m1, d1);
            for (int l = 0; l < 2; l++) {
                n1[l] += t->a1[g] * lanes(v)[l];
                q1[l] += d0[l] * d1[l];
                q2[l] += d1[l] * d1[l];
            }
        }
    }
    memcpy(out->n0 + b, n0, sizeof n0);
    memcpy(out->n1 + b, n1, sizeof n1);
    memcpy(out->q0 + b, q0, sizeof q0);
    memcpy(out->q1 + b, q1, sizeof q1);
    memcpy(out->q2 + b, q2, sizeof q2);
}

INLINE void visit_all(const pp__wild_target *t, const double *v, const double *m0,
                      const double *m1, pp__wild_sums *out) {
    for (int b = 0; b < PP__WIDE; b += VISIT) {
        visit_block(t, v + b, m0 + b, m1 ? m1 + b : NULL, b, out);
    }
}

#if defined(__x86_64__)
#define WIDER __attribute__((target("avx2")))

WIDER static void add_wider(int64_t clusters, int64_t width, const double *rows,
                            const double *v, double *out) {
    add_all(clusters, width, rows, v, out);
}

WIDER static void visit_wider(const pp__wild_target *t, const double *v, const double *m0,
                              const double *m1, pp__wild_sums *out) {
    visit_all(t, v, m0, m1, out);
}

static int is_wider(void) {
    return __builtin_cpu_supports("avx2");
}
#else
#define add_wider   add_all
#define visit_wider visit_all

static int is_wider(void) {
    return 0;
}
#endif

void pp__wild_add(int64_t clusters, int64_t width, const double *rows, const double *v,
                  double *out) {
    if (is_wider()) {
        add_wider(clusters, width, rows, v, out);
    } else {
        add_all(clusters, width, rows, v, out);
    }
}

void pp__wild_visit(const pp__wild_target *t, const double *v, const double *m0,
                    const double *m1, pp__wild_sums *out) {
    if (is_wider()) {
        visit_wider(t, v, m0, m1, out);
    } else {
        visit_all(t, v, m0, m1, out);
    }
}
