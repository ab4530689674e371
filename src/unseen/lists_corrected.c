/* Estimates corrected for bias: Rivest & Levesque 2001, as Rcapture's closedp.bc. */
#include "base/check.h"
#include "unseen/lists_closed.h"

#include <math.h>
#include <string.h>

/* ---- two lists: Chapman; more: Seber (1982), p. 131, with counts moved up ---- */

static void chapman(const pp__histories *h, double *estimate, double *error) {
    double a = pp__histories_size(h, 0), b = pp__histories_size(h, 1);
    double both = pp__histories_both(h, 0, 1);
    *estimate = (a + 1) * (b + 1) / (both + 1) - 1;
    *error = sqrt((a + 1) * (b + 1) * (a - both) * (b - both) /
                  ((both + 2) * (both + 1) * (both + 1)));
}

/* The product of chances not to be listed less the share not listed. */
static double balance(const double *size, int lists, double n, double N) {
    double product = 1;
    for (int i = 0; i < lists; i++) {
        product *= 1 - size[i] / N;
    }
    return product - (1 - n / N);
}

static void correct_by_list(const pp__histories *h, double *estimate, double *error) {
    int t = h->lists;
    double size[PP__MOST_LISTS], n = h->observed + t / 2., low = n, high;
    for (int i = 0; i < t; i++) {
        size[i] = pp__histories_size(h, i) + (t + 2) / (2. * t);
        low = fmax(low, size[i]);
    }
    for (high = 2 * low; balance(size, t, n, high) > 0 && high < 1e15; high *= 2) {
    }
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        balance(size, t, n, middle) > 0 ? (low = middle) : (high = middle);
    }
    double information = 1 / (low - n) + (t - 1) / low;
    for (int i = 0; i < t; i++) {
        information -= 1 / (low - size[i]);
    }
    *estimate = low - t / 2.;
    *error = sqrt(1 / information);
}

static void correct_chao(const pp__histories *h, double *estimate, double *error) {
    double t = h->lists, f1 = pp__histories_times(h, 1), f2 = pp__histories_times(h, 2);
    double a = (t - 1) / t, more = a * f1 * (f1 - 1) / (2 * (f2 + 1));
    *estimate = h->observed + more;
    *error = sqrt(more + a * a * f1 * (f1 - 1) *
                             (f1 * f1 + 4 * f1 * f2 + 3 * f1 - 6 * f2 - 6) /
                             (4 * (f2 + 1) * (f2 + 1) * (f2 + 2)));
}

/* ---- by a fit of counts that are moved ---- */

/* What is added to the counts of cells on 1, 2 and 3 lists; 0: there is no correction. */
static int moves(const pp__closed *closed, double t, double add[4]) {
    if (!closed->by_list && closed->unequal == PP__EQUAL) {
        add[1] = -0.5;
        add[2] = 1;
        return 1;
    }
    if (!closed->by_list) {
        double h1 = pp__closed_unequal(closed->unequal, 1),
               h2 = pp__closed_unequal(closed->unequal, 2),
               h3 = pp__closed_unequal(closed->unequal, 3),
               c = (h2 - 2 * h1) / (h3 - 2 * h2 + h1);
        add[1] = -(1 + c) / 2;
        add[2] = 1 + c;
        add[3] = (1 - c) / 2;
        return 1;
    }
    int poisson = closed->unequal == PP__POISSON,
        darroch = closed->unequal == PP__DARROCH;
    add[1] = poisson ? (2 * t - 5) / (4 * t) : (t - (darroch ? 3 : 2)) / (2 * t);
    add[2] = (poisson ? 3 : darroch ? 4 : 2) / (t * (t - 1));
    add[3] = poisson ? 3 / (2 * t * (t - 1) * (t - 2)) : 0;
    return closed->unequal != PP__GAMMA;
}

static double log_choose(int n, int k) {
    return lgamma(n + 1.) - lgamma(k + 1.) - lgamma(n - k + 1.);
}

/* Without effects of lists the counts of units on k lists say all. */
static pp_status correct_by_fit(const pp__closed *closed, const pp__histories *h,
                                pp_arena *arena, double *estimate, double *error,
                                pp_error *err) {
    double add[4] = {0};
    int counts = !closed->by_list, plain;
    pp__cells model;
    pp__cells_fit fit;
    if (!moves(closed, h->lists, add)) {
        return PP_OK;
    }
    PP_TRY(pp__closed_design(closed, h->lists, counts, arena, &model, &plain, err));
    double *y = pp_arena_zalloc(arena, 2 * (int64_t)model.cells, sizeof *y);
    PP_NEED(y, err);
    double *offset = y + model.cells;
    for (int c = 1; c < model.cells; c++) {
        int times = counts ? c : pp__bits((unsigned)c);
        double count = counts ? pp__histories_times(h, c) : h->count[c];
        y[c] = fmax(0, count + (times <= 3 ? add[times] : 0));
        offset[c] = counts ? log_choose(h->lists, c) : 0;
    }
    model.offset = offset;
    PP_TRY(pp__closed_fit(&model, closed, y, plain, arena, &fit, err));
    if (fit.determined) {
        double unseen = exp(fit.log_zero);
        *estimate = h->observed + unseen;
        *error = sqrt(unseen + unseen * unseen * fit.variance);
    }
    return PP_OK;
}

/* Units first found by each list decline geometrically. */
static pp_status correct_behaviour(const pp__closed *closed, const pp__histories *h,
                                   pp_arena *arena, double *estimate, double *error,
                                   pp_error *err) {
    int skip = closed->behaviour == 2, n = h->lists - skip;
    pp__cells_fit fit;
    double X[2 * PP__MOST_LISTS] = {0}, y[PP__MOST_LISTS] = {0},
                 found[PP__MOST_LISTS] = {0};
    if (n < 3) {
        return PP_OK;
    }
    for (int c = 1; c < h->cells; c++) {
        int i = 0;
        for (; !(c >> i & 1); i++) {
        }
        found[i] += h->count[c];
    }
    for (int i = 0; i < n; i++) {
        X[i] = 1;
        X[n + i] = i;
        y[i] = fmax(0, found[i + skip] + (i == 0 ? 2 : i < 3 ? -1 : 0));
    }
    pp__cells model = {.cells = n, .k = 2, .X = X};
    PP_TRY(pp__cells_estimate(&model, y, arena, &fit, err));
    double decline = exp(fit.beta[1]), N = exp(fit.beta[0]) / (1 - decline);
    if (fit.determined && decline < 1) {
        double a = decline / (1 - decline), *V = fit.V;
        *estimate = N + (skip ? found[0] : 0);
        *error = sqrt(N * N * (V[0] + 2 * a * V[1] + a * a * V[3]) - N);
    }
    return PP_OK;
}

pp_status pp__closed_correct(const pp__closed *closed, const pp__histories *h,
                             pp_arena *arena, double *estimate, double *error,
                             pp_error *err) {
    *estimate = *error = NAN;
    if (closed->behaviour) {
        return correct_behaviour(closed, h, arena, estimate, error, err);
    }
    if (closed->by_list && closed->unequal == PP__EQUAL) {
        h->lists == 2 ? chapman(h, estimate, error) : correct_by_list(h, estimate, error);
        return PP_OK;
    }
    if (!closed->by_list && closed->unequal == PP__CHAO) {
        correct_chao(h, estimate, error);
        return PP_OK;
    }
    return correct_by_fit(closed, h, arena, estimate, error, err);
}
