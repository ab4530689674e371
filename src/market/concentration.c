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
    for (int k = 0; k < STEPS && high - low > 1e-14 * high; k++) {
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

/* ---- the greatest ----

   The index is q/s², of the sum s and the sum of squares q of all sizes. Its root |x|/Σx is quasi-convex, so
   that over sizes between certain and possible, and unknown ones that go to anyone, it is greatest at ends.
   A size above q/s raises it as it grows, and the largest is never below q/s; of equal sums, more squares
   come of moving from a smaller to a larger: so one actor, the taker, has all that is possible for it and
   all unknown ones. The others move (s, q) by (d, 2 M d) each, d the width and M the middle of its range.
   All points that they reach together lie below the concave chain of those steps, the highest M first;
   q/s² rises with q, so that its greatest on the chain bounds it from above. Where that is a corner of the
   chain it is the greatest itself; within a step, it exceeds the greatest by less than that one
   actor's range makes. */

static double middle(const pp__holding *h) {
    return (h->certain + h->possible) / 2;
}

static void order_by_middle(const pp__sellers *s, int *order) {
    for (int v = 0; v < s->n; v++) {
        int at = v;
        for (; at > 0 && middle(&s->holdings[order[at - 1]]) < middle(&s->holdings[v]);
             at--) {
            order[at] = order[at - 1];
        }
        order[at] = v;
    }
}

/* The greatest q/s² from the corner m, over a step of width d and slope 2 M: at its end, or where it is level
   in between. */
static double along_step(moments m, const pp__holding *h) {
    double d = h->possible - h->certain, slope = h->certain + h->possible;
    moments end = {m.sum + d, m.squares + slope * d};
    double level = 2 * (m.sum - m.squares / slope);
    if (d > 0 && level > m.sum && level < end.sum) {
        end = (moments){level, m.squares + slope * (level - m.sum)};
    }
    return index_of(end);
}

static double greatest_of(const pp__sellers *s, int taker, double unknown,
                          const int *order) {
    moments m = {0, 0};
    add(&m, s->holdings[taker].possible + unknown);
    for (int v = 0; v < s->n; v++) {
        add(&m, v == taker ? 0 : s->holdings[v].certain);
    }
    double best = index_of(m);
    for (int k = 0; k < s->n; k++) {
        const pp__holding *h = &s->holdings[order[k]];
        if (order[k] != taker && h->possible > h->certain) {
            best = fmax(best, along_step(m, h));
            m.sum += h->possible - h->certain;
            m.squares += (h->possible - h->certain) * (h->possible + h->certain);
        }
    }
    return best;
}

static double greatest(const pp__sellers *s, int *order) {
    double unknown = sum_unknown(s, 1), best = NAN;
    if (s->n == 0) {
        return unknown > 0 ? 1 : NAN;
    }
    order_by_middle(s, order);
    for (int v = 0; v < s->n; v++) {
        best = fmax(best, greatest_of(s, v, unknown, order));
    }
    return isnan(best) ? best : fmin(best, 1);
}

pp__band pp__herfindahl(const pp__sellers *s, double *work, int *order) {
    for (int v = 0; v < s->n; v++) {
        work[v] = s->holdings[v].certain;
    }
    double estimate = of_sizes(work, s->n);
    return (pp__band){estimate, least(s), greatest(s, order)};
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
