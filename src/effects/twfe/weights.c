/* De Chaisemartin & D'Haultfœuille (2020): weights of effects in a two-way coefficient. */
#include "effects/twfe/twfe.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

/* Rounding does not make a weight negative. */
static const double ZERO = 1e-12;

/* A treated cell: its share in all that was given, and its weight by that share. */
typedef struct share {
    double p, w;
} share;

static int descending(const void *left, const void *right) {
    const share *a = left, *b = right;
    return a->w > b->w ? -1 : a->w < b->w;
}

/* The least spread of effects that have a mean of zero and this coefficient. */
static double spread_zero(const share *s, int64_t n, double coefficient) {
    double variance = 0;
    for (int64_t i = 0; i < n; i++) {
        variance += s[i].p * (s[i].w - 1) * (s[i].w - 1);
    }
    return fabs(coefficient) / sqrt(variance);
}

/* And of effects that all have the other sign: those of the lowest weights carry it (Corollary 1). */
static double spread_sign(share *s, int64_t n, double coefficient) {
    double P = 0, S = 0, T = 0, found = NAN;
    qsort(s, (size_t)n, sizeof *s, descending);
    for (int64_t i = n - 1; i >= 0; i--) {
        P += s[i].p;
        S += s[i].p * s[i].w;
        T += s[i].p * s[i].w * s[i].w;
        if (P < 1 - ZERO && s[i].w < -S / (1 - P)) {
            found = fabs(coefficient) / sqrt(T + S * S / (1 - P));
        }
    }
    return found;
}

pp_status pp__twfe_weigh(const pp__twfe_cells *cells, double coefficient, pp_arena *arena,
                         pp__twfe_weights *out, pp_error *err) {
    share *s = pp_arena_alloc(arena, cells->n, sizeof *s);
    double sum = 0, dose = 0;
    *out = (pp__twfe_weights){.spread_zero = NAN, .spread_sign = NAN};
    out->weight = pp_arena_zalloc(arena, cells->n, sizeof *out->weight);
    PP_NEED(s && out->weight ? s : NULL, err);
    for (int64_t i = 0; i < cells->n; i++) {
        sum += cells->d[i] * cells->residual[i];
        dose += cells->d[i];
    }
    for (int64_t i = 0; i < cells->n; i++) {
        if (cells->d[i] == 0) {
            continue;
        }
        double weight = cells->d[i] * cells->residual[i] / sum, p = cells->d[i] / dose;
        out->weight[i] = weight;
        if (weight < -ZERO / (double)cells->n) {
            out->negative++;
            out->negative_sum += weight;
        }
        s[out->treated++] = (share){p, weight / p};
    }
    if (out->negative > 0) {
        out->spread_zero = spread_zero(s, out->treated, coefficient);
        out->spread_sign = spread_sign(s, out->treated, coefficient);
    }
    return PP_OK;
}
