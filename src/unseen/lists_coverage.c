#include "unseen/lists_coverage.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { CHAO = 0, INDEPENDENT, SOLVED, ONE_STEP, LEE_CHAO };

static const char *const NAMES[PP__COVERAGES] = {
    "Chao 1987", "Coverage, independent", "Coverage, high", "Coverage, low", "Lee-Chao"};
static const char *const KINDS[PP__COVERAGES] = {"by unit", "by list", "coverage",
                                                 "coverage", "by unit"};

/* ---- what the formulas need ---- */

typedef struct counts {
    double n, f[PP__MOST_LISTS + 1]; /* f[k]: on k lists */
    double size[PP__MOST_LISTS];
    double only[PP__MOST_LISTS]; /* on no other list */
    double both[PP__MOST_LISTS][PP__MOST_LISTS];
    double among[PP__MOST_LISTS][PP__MOST_LISTS]; /* on list j, and on no list but j, k */
} counts;

static void count_history(counts *c, int lists, int history, double n) {
    c->n += n;
    c->f[pp__bits((unsigned)history)] += n;
    for (int j = 0; j < lists; j++) {
        if (!(history >> j & 1)) {
            continue;
        }
        c->size[j] += n;
        c->only[j] += history == 1 << j ? n : 0;
        for (int k = 0; k < lists; k++) {
            c->both[j][k] += history >> k & 1 ? n : 0;
            c->among[j][k] += (history & ~(1 << j | 1 << k)) == 0 ? n : 0;
        }
    }
}

static counts count_all(int lists, int cells, const double *count) {
    counts c = {0};
    for (int history = 1; history < cells; history++) {
        if (count[history] > 0) {
            count_history(&c, lists, history, count[history]);
        }
    }
    return c;
}

/* ---- the formulas ---- */

static double coverage_of(const counts *c, int lists) {
    double lacking = 0;
    for (int j = 0; j < lists; j++) {
        lacking += c->only[j] / c->size[j];
    }
    return 1 - lacking / lists;
}

static void chao_1987(const counts *c, pp__number *out) {
    double f1 = c->f[1], f2 = c->f[2], r = f1 / f2;
    if (f2 > 0) {
        out->estimate = c->n + f1 * f1 / (2 * f2);
        out->error = sqrt(f2 * (r * r / 2 + r * r * r + r * r * r * r / 4));
        return;
    }
    out->estimate = c->n + f1 * (f1 - 1) / 2;
    out->error = sqrt(f1 * (f1 - 1) / 2 + f1 * (2 * f1 - 1) * (2 * f1 - 1) / 4 -
                      f1 * f1 * f1 * f1 / (4 * out->estimate));
}

/* N = D / C + sum over pairs of A gamma / (t C), with gamma = N n_jk / (n_j n_k) - 1: solved
 * for N, or from N without gamma. */
static void by_pairs(const counts *c, int lists, double estimate[PP__COVERAGES]) {
    double t = lists, C = coverage_of(c, lists), D = c->n - c->f[1] / t;
    double apart = 0, slope = 0;
    for (int j = 0; j < lists; j++) {
        for (int k = 0; k < lists; k++) {
            if (k != j) {
                apart += c->among[j][k];
                slope += c->among[j][k] * c->both[j][k] / (c->size[j] * c->size[k]);
            }
        }
    }
    double first = D / C, left = 1 - slope / (t * C);
    double next = first + (first * slope - apart) / (t * C);
    estimate[INDEPENDENT] = first;
    estimate[SOLVED] = left > 0 ? (D - apart / t) / C / left : NAN;
    estimate[ONE_STEP] = first + (next * slope - apart) / (t * C);
}

static double lee_chao(const counts *c, int lists) {
    double total = 0, pairs = 0, twice = 0;
    for (int k = 1; k <= lists; k++) {
        total += k * c->f[k];
        twice += k * (k - 1) * c->f[k];
    }
    for (int j = 0; j < lists; j++) {
        for (int k = 0; k < j; k++) {
            pairs += c->size[j] * c->size[k];
        }
    }
    double C = 1 - c->f[1] / total, first = c->n / C;
    return first + c->f[1] / C * fmax(0, first * twice / (2 * pairs) - 1);
}

/* Missing where coverage is zero or a list is empty. */
static void estimate_all(const counts *c, int lists, double estimate[PP__COVERAGES]) {
    by_pairs(c, lists, estimate);
    estimate[LEE_CHAO] = lee_chao(c, lists);
    for (int m = INDEPENDENT; m < PP__COVERAGES; m++) {
        int usable =
            isfinite(estimate[m]) && (lists > 2 || m == INDEPENDENT || m == LEE_CHAO);
        estimate[m] = usable ? fmax(estimate[m], c->n) : NAN;
    }
}

/* ---- errors ---- */

/* The delta method on the counts of histories, multinomial of N units. */
static double error_of(const pp__histories *h, int m, double N, double *count) {
    double squares = 0, sum = 0;
    memcpy(count, h->count, (size_t)h->cells * sizeof *count);
    for (int c = 1; c < h->cells; c++) {
        double y = h->count[c], step = 1e-4 * (y + 1), value[2] = {0, 0};
        for (int side = 0; side < 2 && y > 0; side++) {
            double estimate[PP__COVERAGES];
            count[c] = y + (side ? step : -step);
            counts moved = count_all(h->lists, h->cells, count);
            estimate_all(&moved, h->lists, estimate);
            value[side] = estimate[m];
        }
        double slope = y > 0 ? (value[1] - value[0]) / (2 * step) : 0;
        count[c] = y;
        squares += y * slope * slope;
        sum += y * slope;
    }
    return sqrt(squares - sum * sum / N);
}

pp_status pp__coverage_estimate(const pp__histories *h, double level,
                                pp__number out[PP__COVERAGES], pp_error *err) {
    double estimate[PP__COVERAGES];
    counts c = count_all(h->lists, h->cells, h->count);
    double *space = pp_malloc(h->cells, sizeof *space);
    PP_NEED(space, err);
    estimate_all(&c, h->lists, estimate);
    for (int m = 0; m < PP__COVERAGES; m++) {
        out[m] = pp__number_none(NAMES[m], KINDS[m]);
        if (m == CHAO) {
            chao_1987(&c, &out[m]);
        } else if (isfinite(estimate[m])) {
            out[m].estimate = estimate[m];
            out[m].error = error_of(h, m, estimate[m], space);
        }
        pp__number_lognormal(h->observed, level, &out[m]);
    }
    pp_free(space);
    return PP_OK;
}

double pp__coverage(const pp__histories *h) {
    counts c = count_all(h->lists, h->cells, h->count);
    return coverage_of(&c, h->lists);
}
