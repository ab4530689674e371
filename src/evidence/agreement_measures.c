#include "evidence/agreement_measures.h"

#include <math.h>
#include <string.h>

static int32_t rating(const pp__ratings *r, int64_t unit, int coder) {
    return r->codes[coder * r->units + unit];
}

static int ratings_of(const pp__ratings *r, int64_t unit) {
    int n = 0;
    for (int coder = 0; coder < r->coders; coder++) {
        n += rating(r, unit, coder) >= 0;
    }
    return n;
}

/* Ordered pairs of different coders who gave the unit the same rating. */
static int agreeing_pairs(const pp__ratings *r, int64_t unit) {
    int pairs = 0;
    for (int a = 0; a < r->coders; a++) {
        for (int b = 0; b < r->coders; b++) {
            pairs += a != b && rating(r, unit, a) >= 0 &&
                     rating(r, unit, a) == rating(r, unit, b);
        }
    }
    return pairs;
}

int64_t pp__agreement_scratch(int32_t n_values) {
    return (int64_t)n_values * n_values + 2 * (int64_t)n_values;
}

double pp__percent_agreement(const pp__ratings *r) {
    double sum = 0;
    int64_t units = 0;
    for (int64_t u = 0; u < r->units; u++) {
        int m = ratings_of(r, u);
        if (m >= 2) {
            sum += agreeing_pairs(r, u) / (double)(m * (m - 1));
            units++;
        }
    }
    return units ? sum / (double)units : NAN;
}

static double beyond_chance(double observed, double expected) {
    return expected < 1 ? (observed - expected) / (1 - expected) : NAN;
}

double pp__cohen_kappa(const pp__ratings *r, double *scratch) {
    int32_t k = r->n_values;
    double *first = scratch, *second = scratch + k, both = 0, n = 0;
    memset(scratch, 0, 2 * (size_t)k * sizeof *scratch);
    for (int64_t u = 0; u < r->units; u++) {
        int32_t a = rating(r, u, 0), b = rating(r, u, 1);
        if (a >= 0 && b >= 0) {
            first[a]++;
            second[b]++;
            both += a == b;
            n++;
        }
    }
    double expected = 0;
    for (int32_t c = 0; c < k; c++) {
        expected += first[c] * second[c];
    }
    return n > 0 ? beyond_chance(both / n, expected / (n * n)) : NAN;
}

double pp__fleiss_kappa(const pp__ratings *r, double *scratch) {
    int32_t k = r->n_values;
    double *totals = scratch, observed = 0, units = 0,
           pairs = r->coders * (r->coders - 1.0);
    memset(totals, 0, (size_t)k * sizeof *totals);
    for (int64_t u = 0; u < r->units; u++) {
        if (ratings_of(r, u) == r->coders) {
            observed += agreeing_pairs(r, u) / pairs;
            units++;
            for (int coder = 0; coder < r->coders; coder++) {
                totals[rating(r, u, coder)]++;
            }
        }
    }
    double expected = 0, n = units * r->coders;
    for (int32_t c = 0; c < k; c++) {
        expected += totals[c] * totals[c];
    }
    return units > 0 ? beyond_chance(observed / units, expected / (n * n)) : NAN;
}

/* Coincidences of values within units, each unit's pairs weighted to its number of
 * ratings. */
static void count_coincidences(const pp__ratings *r, double *o) {
    int32_t k = r->n_values;
    memset(o, 0, (size_t)k * (size_t)k * sizeof *o);
    for (int64_t u = 0; u < r->units; u++) {
        int m = ratings_of(r, u);
        for (int a = 0; m >= 2 && a < r->coders; a++) {
            for (int b = 0; b < r->coders; b++) {
                int32_t x = rating(r, u, a), y = rating(r, u, b);
                if (a != b && x >= 0 && y >= 0) {
                    o[x * k + y] += 1.0 / (m - 1);
                }
            }
        }
    }
}

/* The squared difference of two codes, c < d; `below` are the totals of all smaller
 * codes. */
static double difference(const pp__ratings *r, pp__metric metric, const double *total,
                         const double *below, int32_t c, int32_t d) {
    switch (metric) {
    case PP__ORDINAL: {
        double ranks = below[d] + total[d] - below[c] - (total[c] + total[d]) / 2;
        return ranks * ranks;
    }
    case PP__INTERVAL:
        return (r->values[c] - r->values[d]) * (r->values[c] - r->values[d]);
    default:
        return 1;
    }
}

double pp__krippendorff_alpha(const pp__ratings *r, pp__metric metric, double *scratch) {
    int32_t k = r->n_values;
    double *o = scratch, *total = scratch + (int64_t)k * k, *below = total + k, n = 0;
    count_coincidences(r, o);
    for (int32_t c = 0; c < k; c++) {
        below[c] = n;
        total[c] = 0;
        for (int32_t d = 0; d < k; d++) {
            total[c] += o[c * k + d];
        }
        n += total[c];
    }
    double observed = 0, expected = 0;
    for (int32_t c = 0; c < k; c++) {
        for (int32_t d = c + 1; d < k; d++) {
            double delta = difference(r, metric, total, below, c, d);
            observed += o[c * k + d] * delta;
            expected += total[c] * total[d] * delta;
        }
    }
    return expected > 0 ? 1 - (n - 1) * observed / expected : NAN;
}
