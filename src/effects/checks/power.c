#include "effects/checks/power.h"

#include "base/check.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>

enum { FEWEST = 20 };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest value that at least `share` of the n ascending ones do not exceed. */
static double quantile(const double *value, int64_t n, double share) {
    int64_t at = (int64_t)ceil(share * (double)n - 1e-9) - 1;
    return at >= n ? INFINITY : value[at < 0 ? 0 : at];
}

void pp__wilson(double share, double n, double level, double *low, double *high) {
    double z = qnorm(0.5 + level / 2, 0, 1, 1, 0), scale = 1 + z * z / n;
    double middle = (share + z * z / (2 * n)) / scale;
    double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale;
    *low = fmax(0, middle - half);
    *high = fmin(1, middle + half);
}

/* Draws with numbers, side by side: estimates, then errors. */
static int64_t keep(const double *estimate, const double *std_error, int64_t draws,
                    int64_t stride, double *to) {
    int64_t n = 0;
    for (int64_t d = 0; d < draws; d++) {
        double e = estimate[d * stride], s = std_error[d * stride];
        if (isfinite(e) && isfinite(s) && s > 0) {
            to[n] = e;
            to[draws + n++] = s;
        }
    }
    return n;
}

static void describe(const double *e, const double *s, double z, double level,
                     pp__power *out) {
    double n = (double)out->draws, mean = 0, square = 0, beyond = 0;
    out->mean_error = 0;
    for (int64_t d = 0; d < out->draws; d++) {
        mean += e[d] / n;
        out->mean_error += s[d] / n;
        beyond += fabs(e[d]) > z * s[d];
    }
    for (int64_t d = 0; d < out->draws; d++) {
        square += (e[d] - mean) * (e[d] - mean);
    }
    out->spread = sqrt(square / (n - 1));
    out->size = beyond / n;
    pp__wilson(out->size, n, level, &out->size_low, &out->size_high);
}

static void find_turns(const double *e, const double *s, int64_t n, double critical,
                       double *turns) {
    for (int64_t d = 0; d < n; d++) {
        turns[2 * d] = critical * s[d] - e[d];
        turns[2 * d + 1] = critical * s[d] + e[d];
    }
    qsort(turns, (size_t)(2 * n), sizeof *turns, ascending);
}

/* Of the power at the effect, as the two directions of a draw hang together. */
static double error_of_power(const double *e, const double *s, int64_t n, double critical,
                             double effect) {
    double mean = 0, square = 0;
    for (int64_t d = 0; d < n; d++) {
        double seen = 0.5 * (critical * s[d] - e[d] <= effect) +
                      0.5 * (critical * s[d] + e[d] <= effect);
        mean += seen / (double)n;
        square += seen * seen / (double)n;
    }
    return sqrt(fmax(0, square - mean * mean) / (double)(n - 1));
}

static double size_corrected(const double *e, const double *s, int64_t n, double level,
                             double power, double *space) {
    for (int64_t d = 0; d < n; d++) {
        space[d] = fabs(e[d]) / s[d];
    }
    qsort(space, (size_t)n, sizeof *space, ascending);
    double critical = quantile(space, n, level * (double)(n + 1) / (double)n);
    if (isinf(critical)) {
        return INFINITY;
    }
    find_turns(e, s, n, critical, space);
    return fmax(0, quantile(space, 2 * n, power));
}

pp_status pp__power_find(const double *estimate, const double *std_error, int64_t draws,
                         int64_t stride, double level, double power, pp_arena *arena,
                         pp__power *out, pp_error *err) {
    double z = qnorm(0.5 + level / 2, 0, 1, 1, 0);
    double *kept = pp_arena_alloc(arena, 6 * draws, sizeof *kept);
    PP_NEED(kept, err);
    double *e = kept, *s = kept + draws, *space = kept + 4 * draws;
    *out = (pp__power){.turns = kept + 2 * draws};
    out->draws = keep(estimate, std_error, draws, stride, kept);
    if (out->draws < FEWEST) {
        *out = (pp__power){out->draws, NAN, NAN, NAN, NAN,       NAN,
                           NAN,        NAN, NAN, NAN, out->turns};
        return PP_OK;
    }
    describe(e, s, z, level, out);
    find_turns(e, s, out->draws, z, out->turns);
    out->mde = fmax(0, quantile(out->turns, 2 * out->draws, power));
    double error = z * error_of_power(e, s, out->draws, z, out->mde);
    out->mde_low = fmax(0, quantile(out->turns, 2 * out->draws, power - error));
    out->mde_high = fmax(0, quantile(out->turns, 2 * out->draws, power + error));
    out->corrected = size_corrected(e, s, out->draws, level, power, space);
    return PP_OK;
}

double pp__power_at(const pp__power *p, double effect) {
    int64_t low = 0, high = 2 * p->draws;
    if (isnan(p->mde) || isnan(effect)) {
        return NAN;
    }
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (p->turns[middle] <= effect) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (double)low / (double)(2 * p->draws);
}
