/* Moran's I. Moran (1950), Biometrika 37, 17-23; Cliff & Ord (1981), Spatial Processes:
   Models and Applications, ch. 1.5 and 2.3. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "base/parallel.h"
#include "drivers/links.h"

#include <pushpull/random.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

enum { TASK = 0x6d6f7261, CHUNKS = 32 };

typedef struct moran {
    const pp__links *links;
    double *z; /* x less its mean */
    double n;  /* linked units */
    double s0, s1, s2, squares, fourths;
    double statistic;
    uint64_t seed;
    int permutations;
    int32_t *order;        /* CHUNKS × rows */
    int64_t above[CHUNKS]; /* permutations at least as high */
} moran;

/* The weight of unit `to` in row i; 0: none. */
static double weight_of(const pp__links *l, int32_t i, int32_t to) {
    int64_t low = l->begin[i], high = l->begin[i + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (l->to[middle] < to) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < l->begin[i + 1] && l->to[low] == to ? l->weight[low] : 0;
}

/* S0, S1, S2 of Cliff & Ord; `sums` has room for the sums of rows and of columns. */
static void sum_weights(moran *m, double *sums) {
    const pp__links *l = m->links;
    double *column = sums + l->rows;
    for (int32_t i = 0; i < l->rows; i++) {
        m->n += l->begin[i + 1] > l->begin[i];
        for (int64_t e = l->begin[i]; e < l->begin[i + 1]; e++) {
            double w = l->weight[e];
            sums[i] += w;
            column[l->to[e]] += w;
            m->s1 += w * (w + weight_of(l, l->to[e], i));
        }
    }
    for (int32_t i = 0; i < l->rows; i++) {
        m->s0 += sums[i];
        m->s2 += (sums[i] + column[i]) * (sums[i] + column[i]);
    }
}

static void centre(moran *m, const double *x) {
    int32_t rows = m->links->rows;
    double mean = 0;
    for (int32_t i = 0; i < rows; i++) {
        mean += x[i] / rows;
    }
    for (int32_t i = 0; i < rows; i++) {
        double z = x[i] - mean;
        m->z[i] = z;
        m->squares += z * z;
        m->fourths += z * z * z * z;
    }
}

/* Of z in the order of `from`; NULL: as it stands. */
static double statistic_of(const moran *m, const int32_t *from) {
    const pp__links *l = m->links;
    double sum = 0;
    for (int32_t i = 0; i < l->rows; i++) {
        double lagged = 0;
        for (int64_t e = l->begin[i]; e < l->begin[i + 1]; e++) {
            lagged += l->weight[e] * m->z[from ? from[l->to[e]] : l->to[e]];
        }
        sum += lagged * m->z[from ? from[i] : i];
    }
    return m->n / m->s0 * sum / m->squares;
}

static void permute_chunk(void *payload, int64_t chunk) {
    moran *m = payload;
    int32_t rows = m->links->rows, *order = m->order + chunk * rows;
    for (int p = (int)chunk; p < m->permutations; p += CHUNKS) {
        pp_rng rng;
        pp_rng_init(&rng, m->seed, TASK, (uint64_t)p);
        for (int32_t i = 0; i < rows; i++) {
            order[i] = i;
        }
        for (int32_t i = rows - 1; i > 0; i--) {
            int32_t other = (int32_t)pp_rng_below(&rng, (int64_t)i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        m->above[chunk] += statistic_of(m, order) >= m->statistic;
    }
}

static double permute(moran *m, const pp_context *ctx) {
    int64_t above = 0;
    pp__parallel(ctx, CHUNKS, permute_chunk, m);
    for (int c = 0; c < CHUNKS; c++) {
        above += m->above[c];
    }
    return (double)(above + 1) / (m->permutations + 1);
}

static void find_moments(const moran *m, pp__moran *out) {
    double n = m->n, nn = n * n, s00 = m->s0 * m->s0;
    double kurtosis = m->links->rows * m->fourths / (m->squares * m->squares);
    double expected = -1 / (n - 1);
    double random = n * (m->s1 * (nn - 3 * n + 3) - n * m->s2 + 3 * s00) -
                    kurtosis * (m->s1 * (nn - n) - 2 * n * m->s2 + 6 * s00);
    out->expectation = expected;
    out->normal_variance =
        (nn * m->s1 - n * m->s2 + 3 * s00) / (s00 * (nn - 1)) - expected * expected;
    out->random_variance =
        random / ((n - 1) * (n - 2) * (n - 3) * s00) - expected * expected;
    out->z = (m->statistic - expected) / sqrt(out->random_variance);
    out->p_value = pnorm5(out->z, 0, 1, 0, 0);
}

static pp_status compute(moran *m, const double *x, const pp_context *ctx, pp__moran *out,
                         pp_arena *arena, pp_error *err) {
    int64_t rows = m->links->rows;
    double *space = pp_arena_zalloc(arena, 3 * rows, sizeof *space);
    PP_NEED(space, err);
    m->z = space + 2 * rows;
    m->order =
        pp_arena_alloc(arena, m->permutations ? CHUNKS * rows : 1, sizeof *m->order);
    PP_NEED(m->order, err);
    sum_weights(m, space);
    centre(m, x);
    out->units = (int32_t)rows;
    out->isolates = (int32_t)(rows - (int64_t)m->n);
    if (m->n < 4 || !(m->squares > 0)) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "Moran's I needs four linked units that differ");
        pp_error_hint(err, "%lld units, of which %d have no links", (long long)rows,
                      (int)out->isolates);
        return PP_E_ESTIMATION;
    }
    out->statistic = m->statistic = statistic_of(m, NULL);
    find_moments(m, out);
    out->permutation = m->permutations > 0 ? permute(m, ctx) : NAN;
    return PP_OK;
}

pp_status pp__moran_of(const pp__links *links, const double *x, int permutations,
                       uint64_t seed, const pp_context *ctx, pp__moran *out,
                       pp_error *err) {
    moran m = {.links = links, .seed = seed, .permutations = permutations};
    pp_arena arena;
    *out = (pp__moran){0};
    pp_arena_init(&arena);
    pp_status status = compute(&m, x, ctx, out, &arena, err);
    pp_arena_clear(&arena);
    return status;
}
