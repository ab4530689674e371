/* Concentration: Herfindahl-Hirschman and the four largest, with their bounds. */
#include "market/shares.h"

#include <math.h>

enum { LARGEST = 4, STEPS = 200 };

typedef struct moments {
    double sum, squares;
} moments;

static void add(moments *m, double x) {
    m->sum += x;
    m->squares += x * x;
}

static double index_of(moments m) {
    return m.sum > 0 ? m.squares / (m.sum * m.sum) : NAN;
}

static double of_sizes(const double *size, int n) {
    moments m = {0, 0};
    for (int v = 0; v < n; v++) {
        add(&m, size[v]);
    }
    return index_of(m);
}

static double sum_unknown(const pp__sellers *s, int possible) {
    double sum = 0;
    for (int64_t i = 0; i < s->n_units; i++) {
        const pp__unit_sold *u = &s->units[i];
        sum += u->actor >= 0 ? 0 : possible ? u->high : u->low;
    }
    return sum;
}

/* ---- the least: all sizes as near to each other as they can be ---- */

static moments clamped(const pp__sellers *s, double size) {
    moments m = {0, 0};
    for (int v = 0; v < s->n; v++) {
        add(&m, fmin(fmax(size, s->holdings[v].certain), s->holdings[v].possible));
    }
    for (int64_t i = 0; i < s->n_units; i++) {
        if (s->units[i].actor < 0) {
            add(&m, fmin(fmax(size, s->units[i].low), s->units[i].high));
        }
    }
    return m;
}

/* The index falls in a size below squares/sum, and rises above it: at its least all are clamped to it. */
static double least(const pp__sellers *s) {
    double low = 0, high = 0;
    for (int v = 0; v < s->n; v++) {
        high = fmax(high, s->holdings[v].possible);
    }
    for (int64_t i = 0; i < s->n_units; i++) {
        high = fmax(high, s->units[i].actor < 0 ? s->units[i].high : 0);
    }
    for (int k = 0; k < STEPS && low < high; k++) {
        double size = low + (high - low) / 2;
        moments m = clamped(s, size);
        if (m.squares > size * m.sum) {
            low = size;
        } else {
            high = size;
        }
    }
    return index_of(clamped(s, high));
}

/* ---- the greatest: unknown ones to one actor, each other at that end which raises it ---- */

static moments without(moments m, double x) {
    return (moments){m.sum - x, m.squares - x * x};
}

static double with(moments m, double x) {
    add(&m, x);
    return index_of(m);
}

/* Moves one actor to the better of its ends; 1: it moved. */
static int choose_end(const pp__holding *h, double *size, moments *m) {
    double before = *size;
    moments rest = without(*m, before);
    double down = with(rest, h->certain), up = with(rest, h->possible);
    *size = isnan(down) || up > down ? h->possible : h->certain;
    *m = rest;
    add(m, *size);
    return *size != before;
}

static double greatest_of(const pp__sellers *s, int taker, double unknown, double *size) {
    moments m = {0, 0};
    int changed = 1;
    for (int v = 0; v < s->n; v++) {
        size[v] = v == taker ? s->holdings[v].possible + unknown : s->holdings[v].certain;
        add(&m, size[v]);
    }
    for (int k = 0; k < STEPS && changed; k++) {
        changed = 0;
        for (int v = 0; v < s->n; v++) {
            changed |= v != taker && choose_end(&s->holdings[v], &size[v], &m);
        }
    }
    return of_sizes(size, s->n);
}

static double greatest(const pp__sellers *s, double *size) {
    double unknown = sum_unknown(s, 1), best = NAN;
    if (s->n == 0) {
        return unknown > 0 ? 1 : NAN;
    }
    for (int v = 0; v < s->n; v++) {
        best = fmax(best, greatest_of(s, v, unknown, size));
    }
    return best;
}

pp__band pp__herfindahl(const pp__sellers *s, double *work) {
    for (int v = 0; v < s->n; v++) {
        work[v] = s->holdings[v].certain;
    }
    double estimate = of_sizes(work, s->n);
    return (pp__band){estimate, least(s), greatest(s, work)};
}

/* ---- the four largest ---- */

/* The sum of the four largest of a·(1-at) + b·at, told apart into a and b. */
static void take_four(const pp__sellers *s, int swap, double at, double *work, double *a,
                      double *b) {
    *a = *b = 0;
    for (int v = 0; v < s->n; v++) {
        const pp__holding *h = &s->holdings[v];
        double x = swap ? h->certain : h->possible, y = swap ? h->possible : h->certain;
        work[v] = x * (1 - at) + y * at;
    }
    for (int k = 0; k < LARGEST && k < s->n; k++) {
        int best = 0;
        for (int v = 1; v < s->n; v++) {
            best = work[v] > work[best] ? v : best;
        }
        const pp__holding *h = &s->holdings[best];
        *a += swap ? h->certain : h->possible;
        *b += swap ? h->possible : h->certain;
        work[best] = -INFINITY;
    }
}

/* The greatest (a + own) / (a + own + others - b) over all four, where others - b is what the rest has:
   fractional programming by Dinkelbach's steps. */
static double four_at(const pp__sellers *s, int swap, double own, double others,
                      double *work) {
    double share = 0;
    for (int k = 0; k < STEPS; k++) {
        double a, b;
        take_four(s, swap, share, work, &a, &b);
        double whole = a + own + others - b;
        double next = whole > 0 ? (a + own) / whole : NAN;
        if (!(next > share)) {
            return k == 0 ? next : share;
        }
        share = next;
    }
    return share;
}

pp__band pp__four_largest(const pp__sellers *s, double *work) {
    double certain = 0, possible = 0, a, b;
    for (int v = 0; v < s->n; v++) {
        certain += s->holdings[v].certain;
        possible += s->holdings[v].possible;
    }
    take_four(s, 1, 0, work, &a, &b);
    double whole = certain + sum_unknown(s, 0);
    return (pp__band){whole > 0 ? a / whole : NAN,
                      four_at(s, 1, 0, possible + sum_unknown(s, 1), work),
                      four_at(s, 0, sum_unknown(s, 1), certain, work)};
}
