/* Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 5. */
#define MATHLIB_STANDALONE
#include "model/inference/resampled.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

pp__resampled pp__resampled_of(double *t, int64_t n, double estimate) {
    pp__resampled r = {.n = n, .t = t, .estimate = estimate};
    double squares = 0;
    qsort(t, (size_t)n, sizeof *t, ascending);
    for (int64_t i = 0; i < n; i++) {
        r.mean += t[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        squares += (t[i] - r.mean) * (t[i] - r.mean);
    }
    r.sd = n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
    return r;
}

double pp__acceleration(const double *without, int64_t n) {
    double mean = 0, squares = 0, cubes = 0;
    for (int64_t i = 0; i < n; i++) {
        mean += without[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        double d = mean - without[i];
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

static double normal_quantile(double p) {
    return qnorm5(p, 0, 1, 1, 0);
}

/* The draw at (n + 1) p. */
static double order_statistic(const pp__resampled *r, double p) {
    double n = (double)r->n, at = (n + 1) * p;
    int64_t below = (int64_t)floor(at);
    if (below < 1) {
        return r->t[0];
    }
    if (below >= r->n) {
        return r->t[r->n - 1];
    }
    double low = normal_quantile((double)below / (n + 1));
    double high = normal_quantile((double)(below + 1) / (n + 1));
    double share = (normal_quantile(p) - low) / (high - low);
    return r->t[below - 1] + share * (r->t[below] - r->t[below - 1]);
}

/* Efron's corrected probability. */
static double corrected(const pp__resampled *r, double p) {
    int64_t below = 0;
    while (below < r->n && r->t[below] < r->estimate) {
        below++;
    }
    double bias = normal_quantile((double)below / (double)r->n);
    double z = bias + normal_quantile(p);
    return pnorm5(bias + z / (1 - r->acceleration * z), 0, 1, 1, 0);
}

void pp__resampled_interval(const pp__resampled *r, pp__resampled_kind kind, double level,
                            double *low, double *high) {
    double tail = (1 - level) / 2;
    *low = *high = NAN;
    if (r->n < 2) {
        return;
    }
    if (kind == PP__NORMAL) {
        double width = normal_quantile(1 - tail) * r->sd;
        *low = r->estimate - width;
        *high = r->estimate + width;
        return;
    }
    double p = kind == PP__BCA ? corrected(r, tail) : tail;
    double q = kind == PP__BCA ? corrected(r, 1 - tail) : 1 - tail;
    if (!isnan(p) && !isnan(q)) {
        *low = order_statistic(r, p);
        *high = order_statistic(r, q);
    }
}

double pp__resampled_p(const pp__resampled *r, pp__resampled_kind kind, double null) {
    int64_t below = 1, above = 1;
    if (r->n < 2) {
        return NAN;
    }
    if (kind == PP__NORMAL) {
        return 2 * pnorm5(-fabs((r->estimate - null) / r->sd), 0, 1, 1, 0);
    }
    for (int64_t i = 0; i < r->n; i++) {
        below += r->t[i] <= null;
        above += r->t[i] >= null;
    }
    return fmin(1, 2 * (double)(below < above ? below : above) / (double)(r->n + 1));
}
