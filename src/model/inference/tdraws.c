#include "model/inference/tdraws.h"

#include "base/check.h"

#include <math.h>

/* Statistics that differ by less, relatively, are equal. */
static const double TIE = 1e-10;

pp_status pp__tdraws_make(int64_t n, pp_arena *arena, pp__tdraws *out, pp_error *err) {
    double *space = pp_arena_zalloc(arena, 5 * n, sizeof *space);
    PP_NEED(space, err);
    *out = (pp__tdraws){.n = n,
                        .n0 = space,
                        .n1 = space + n,
                        .q0 = space + 2 * n,
                        .q1 = space + 3 * n,
                        .q2 = space + 4 * n};
    return PP_OK;
}

/* Squares are compared: no root, no division. */
static double two_tails(const pp__tdraws *d, double c) {
    double bar = c * c * (d->ties ? 1 - 2 * TIE : 1 + 2 * TIE);
    int64_t above = 0;
    for (int64_t b = 0; b < d->n; b++) {
        double t = d->n0[b] + c * d->n1[b];
        double q = d->q0[b] + c * (2 * d->q1[b] + c * d->q2[b]);
        above += t * t * d->variance > bar * q;
    }
    return (double)(above + d->ties) / (double)(d->n + d->ties);
}

static double equal_tails_of(const pp__tdraws *d, double c) {
    double t = c / sqrt(d->variance), slack = TIE * fabs(t);
    int64_t above = 0, below = 0;
    for (int64_t b = 0; b < d->n; b++) {
        double q = d->q0[b] + c * (2 * d->q1[b] + c * d->q2[b]);
        double star = (d->n0[b] + c * d->n1[b]) / sqrt(fmax(q, 0));
        above += star > t + slack;
        below += star < t - slack;
    }
    return fmin(1, 2 * (double)(above < below ? above : below) / (double)d->n);
}

double pp__tdraws_p(const pp__tdraws *d, double r, int equal_tails) {
    return (equal_tails ? equal_tails_of : two_tails)(d, d->estimate - r);
}

/* How far from the estimate, in the direction of `sign`, p falls to `alpha`. */
static double crossing(const pp__tdraws *d, double alpha, int equal_tails, double sign) {
    double se = sqrt(d->variance), inside = 0, outside = se;
    int doublings = 0;
    while (pp__tdraws_p(d, d->estimate + sign * outside, equal_tails) > alpha) {
        inside = outside;
        outside *= 2;
        if (++doublings == 60) {
            return INFINITY;
        }
    }
    for (;;) {
        double middle = inside + (outside - inside) / 2;
        if (middle <= inside || middle >= outside || outside - inside < 1e-14 * outside) {
            return outside;
        }
        if (pp__tdraws_p(d, d->estimate + sign * middle, equal_tails) > alpha) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
}

void pp__tdraws_interval(const pp__tdraws *d, double level, int equal_tails, double *low,
                         double *high) {
    *low = *high = NAN;
    if (d->variance > 0) {
        *low = d->estimate - crossing(d, 1 - level, equal_tails, -1);
        *high = d->estimate + crossing(d, 1 - level, equal_tails, 1);
    }
}

void pp__tdraws_stars(const pp__tdraws *d, double r, double *out) {
    double c = d->estimate - r;
    for (int64_t b = 0; b < d->n; b++) {
        double q = d->q0[b] + c * (2 * d->q1[b] + c * d->q2[b]);
        out[b] = fabs(d->n0[b] + c * d->n1[b]) / sqrt(fmax(q, 0));
    }
}
