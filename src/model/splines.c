/* Cubic natural splines and B-splines, as R's ns() and bs() make them: inner knots at
   quantiles, the outer ones at the range. de Boor (1978), A Practical Guide to Splines;
   Hastie (1992) in Statistical Models in S, ch. 7. */
#include "base/check.h"
#include "model/basis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ORDER = 32 };

/* ---- knots ---- */

typedef struct place {
    double x, count;
} place;

static int compare(const void *a, const void *b) {
    double x = ((const place *)a)->x, y = ((const place *)b)->x;
    return (x > y) - (x < y);
}

/* The value of rank r (from 0) when each stands for `count` rows. */
static double ranked(const place *sorted, int64_t n, double rank) {
    double below = 0;
    for (int64_t i = 0; i < n; i++) {
        below += sorted[i].count;
        if (rank < below) {
            return sorted[i].x;
        }
    }
    return sorted[n - 1].x;
}

/* R's type 7. */
static double quantile(const place *sorted, int64_t n, double rows, double p) {
    double at = p * (rows - 1), low = floor(at + 4 * 2.220446049250313e-16);
    double share = at - low, left = ranked(sorted, n, low);
    if (fabs(share) < 1e-12) {
        return left;
    }
    return (1 - share) * left + share * ranked(sorted, n, low + 1);
}

static void place_knots(pp__basis *b, const place *sorted, int64_t n) {
    double rows = 0;
    int order = b->degree + 1, inner = b->n_knots - 2 * order;
    for (int64_t i = 0; i < n; i++) {
        rows += sorted[i].count;
    }
    for (int i = 0; i < order; i++) {
        b->knot[i] = sorted[0].x;
        b->knot[order + inner + i] = sorted[n - 1].x;
    }
    for (int i = 0; i < inner; i++) {
        double p = (double)(i + 1) / (double)(inner + 1);
        b->knot[order + i] = quantile(sorted, n, rows, p);
    }
}

/* ---- B-splines ---- */

/* The piece that x is in: knot[i] <= x < knot[i + 1]; beyond the ends, the last one. */
static int piece(const pp__basis *b, double x) {
    int i = b->degree, last = b->n_knots - b->degree - 2;
    while (i < last && x >= b->knot[i + 1]) {
        i++;
    }
    while (i > b->degree && b->knot[i] == b->knot[i + 1]) {
        i--;
    }
    return i;
}

/* The splines of the degree that are not zero in piece i: number i - degree and after. */
static void nonzero(const double *knot, int i, int degree, double x, double *out) {
    double left[MOST_ORDER], right[MOST_ORDER];
    out[0] = 1;
    for (int j = 1; j <= degree; j++) {
        double saved = 0;
        left[j] = x - knot[i + 1 - j];
        right[j] = knot[i + j] - x;
        for (int r = 0; r < j; r++) {
            double term = out[r] / (right[r + 1] + left[j - r]);
            out[r] = saved + right[r + 1] * term;
            saved = left[j - r] * term;
        }
        out[j] = saved;
    }
}

/* All of them in x, with their first (and second) derivatives; gives the number of the
   first. */
static int splines_at(const pp__basis *b, double x, double *value, double *slope) {
    int i = piece(b, x), degree = b->degree;
    double lower[MOST_ORDER];
    nonzero(b->knot, i, degree, x, value);
    nonzero(b->knot, i, degree - 1, x, lower);
    for (int r = 0; r <= degree; r++) {
        const double *knot = b->knot + i - degree + r;
        double before = r > 0 ? lower[r - 1] / (knot[degree] - knot[0]) : 0;
        double after = r < degree ? lower[r] / (knot[degree + 1] - knot[1]) : 0;
        slope[r] = degree * (before - after);
    }
    return i - degree;
}

/* ---- natural splines ---- */

/* Second derivatives of all B-splines at x, an end. */
static void second_derivatives(const pp__basis *b, double x, double *out) {
    int i = piece(b, x), degree = b->degree;
    double lower[MOST_ORDER] = {0}, first[MOST_ORDER] = {0};
    nonzero(b->knot, i, degree - 2, x, lower);
    for (int r = 0; r < degree; r++) {
        const double *knot = b->knot + i - degree + 1 + r;
        double before = r > 0 ? lower[r - 1] / (knot[degree - 1] - knot[0]) : 0;
        double after = r < degree - 1 ? lower[r] / (knot[degree] - knot[1]) : 0;
        first[r] = (degree - 1) * (before - after);
    }
    memset(out, 0, (size_t)(b->n_knots - degree - 1) * sizeof *out);
    for (int r = 0; r <= degree; r++) {
        const double *knot = b->knot + i - degree + r;
        double before = r > 0 ? first[r - 1] / (knot[degree] - knot[0]) : 0;
        double after = r < degree ? first[r] / (knot[degree + 1] - knot[1]) : 0;
        out[i - degree + r] = degree * (before - after);
    }
}

/* Householder's vector of column `l` in place, as LINPACK's dqrdc has it. */
static void reflect(double *column, int l, int m) {
    double squares = 0;
    for (int i = l; i < m; i++) {
        squares += column[i] * column[i];
    }
    double length = copysign(sqrt(squares), column[l]);
    for (int i = l; i < m; i++) {
        column[i] /= length;
    }
    column[l] += 1;
}

static void apply_reflection(const double *column, int l, int m, double *to) {
    double sum = 0;
    for (int i = l; i < m; i++) {
        sum += column[i] * to[i];
    }
    for (int i = l; i < m; i++) {
        to[i] -= sum / column[l] * column[i];
    }
}

/* What combinations of the B-splines without the first have no second derivative at the
   ends: the last columns of Q, where Q R are those derivatives. */
static pp_status combine(pp__basis *b, pp_arena *arena, pp_error *err) {
    int m = b->columns + 2;
    double *ends = pp_arena_alloc(arena, 3 * ((int64_t)m + 1), sizeof *ends);
    PP_NEED(ends, err);
    double *start = ends + 1, *end = start + m + 1, *unit = end + m + 1;
    b->combined = pp_arena_alloc(arena, (int64_t)m * b->columns, sizeof *b->combined);
    PP_NEED(b->combined, err);
    second_derivatives(b, b->knot[0], start - 1);
    second_derivatives(b, b->knot[b->n_knots - 1], end - 1);
    reflect(start, 0, m);
    apply_reflection(start, 0, m, end);
    reflect(end, 1, m);
    for (int i = 0; i < m; i++) {
        memset(unit, 0, (size_t)m * sizeof *unit);
        unit[i] = 1;
        apply_reflection(start, 0, m, unit);
        apply_reflection(end, 1, m, unit);
        for (int c = 0; c < b->columns; c++) {
            b->combined[i + c * m] = unit[c + 2];
        }
    }
    return PP_OK;
}

static double natural_value(const pp__basis *b, int part, double x, double *slope) {
    double values[MOST_ORDER], slopes[MOST_ORDER], low = b->knot[0];
    double high = b->knot[b->n_knots - 1], inside = x < low ? low : x > high ? high : x;
    int m = b->columns + 2, first = splines_at(b, inside, values, slopes);
    double value = 0;
    *slope = 0;
    for (int r = 0; r <= b->degree; r++) {
        int spline = first + r - 1;
        double weight = spline < 0 ? 0 : b->combined[spline + part * m];
        value += weight * values[r];
        *slope += weight * slopes[r];
    }
    return value + *slope * (x - inside);
}

/* ---- both ---- */

static pp_status check_pieces(const pp__basis *b, pp_error *err) {
    for (int i = b->degree; i + 1 < b->n_knots - b->degree; i++) {
        if (!(b->knot[i] < b->knot[i + 1])) {
            pp_error_set(err, PP_E_ESTIMATION,
                         "%s: the argument has too few distinct values for its knots",
                         b->label);
            pp_error_hint(err, "take a lower df");
            return PP_E_ESTIMATION;
        }
    }
    return PP_OK;
}

pp_status pp__spline_make(pp__basis *b, double *x, const double *count, int64_t n,
                          pp_arena *arena, pp_error *err) {
    int natural = b->kind == PP__NATURAL, order = b->degree + 1;
    b->n_knots = 2 * order + b->columns - (natural ? 1 : b->degree);
    b->knot = pp_arena_alloc(arena, b->n_knots, sizeof *b->knot);
    PP_NEED(b->knot, err);
    place *sorted = pp_malloc(n, sizeof *sorted);
    PP_NEED(sorted, err);
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = (place){x[i], count ? count[i] : 1};
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    place_knots(b, sorted, n);
    pp_free(sorted);
    PP_TRY(check_pieces(b, err));
    return natural ? combine(b, arena, err) : PP_OK;
}

double pp__spline_value(const pp__basis *b, int part, double x, double *slope) {
    double values[MOST_ORDER], slopes[MOST_ORDER];
    if (b->kind == PP__NATURAL) {
        return natural_value(b, part, x, slope);
    }
    int at = part + 1 - splines_at(b, x, values, slopes);
    *slope = at < 0 || at > b->degree ? 0 : slopes[at];
    return at < 0 || at > b->degree ? 0 : values[at];
}
