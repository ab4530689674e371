#include "market/access_rank.h"

#include "base/check.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEN = 10, KEPT = TEN + 1, TASK = 0x61636373, TELL_EVERY = 256 };

static const double ROUNDING = 1e-12; /* sums of decimals that are meant to be equal */

/* ---- the share of weightings ---- */

/* With positive differences u and others v: P(u1..uh, v1..vj) =
   (uh P(u1..uh, v1..vj-1) - vj P(u1..uh-1, v1..vj)) / (uh - vj); 1 without v, 0 without u. */
double pp__simplex_share(const double *d, int n) {
    double share[PP__ACCESS_PARTS + 1], u[PP__ACCESS_PARTS], v[PP__ACCESS_PARTS];
    int above = 0, others = 0;
    for (int i = 0; i < n; i++) {
        if (d[i] > ROUNDING) {
            u[above++] = d[i];
        } else {
            v[others++] = d[i] < -ROUNDING ? d[i] : 0;
        }
    }
    for (int j = 0; j <= others; j++) {
        share[j] = 0;
    }
    for (int h = 0; h < above; h++) {
        share[0] = 1;
        for (int j = 0; j < others; j++) {
            share[j + 1] = (u[h] * share[j] - v[j] * share[j + 1]) / (u[h] - v[j]);
        }
    }
    return above ? share[others] : 0;
}

pp__stability pp__access_compare(const pp__access_place *a, const pp__access_place *b) {
    double above[PP__ACCESS_PARTS], below[PP__ACCESS_PARTS], certain[PP__ACCESS_PARTS],
        possible[PP__ACCESS_PARTS];
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        above[k] = pp__access_middle(a->part[k]) - pp__access_middle(b->part[k]);
        below[k] = -above[k];
        certain[k] = a->part[k].low - b->part[k].high;
        possible[k] = a->part[k].high - b->part[k].low;
    }
    return (pp__stability){pp__simplex_share(above, PP__ACCESS_PARTS),
                           pp__simplex_share(below, PP__ACCESS_PARTS),
                           pp__simplex_share(certain, PP__ACCESS_PARTS),
                           pp__simplex_share(possible, PP__ACCESS_PARTS)};
}

/* ---- ranks ---- */

static int compare_ranked(const void *left, const void *right) {
    const pp__ranked *a = left, *b = right;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return strcmp(a->place->id, b->place->id);
}

static int compare_down(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

/* How many of the values, which fall, are above x. */
static int64_t count_above(const double *falling, int64_t n, double x) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (falling[middle] > x + ROUNDING) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add_up(const pp_access_rules *rules, pp__ranked *r) {
    r->composite = (pp__bounds){0, 0};
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        r->composite.low += rules->weights[k] * r->place->part[k].low;
        r->composite.high += rules->weights[k] * r->place->part[k].high;
    }
    r->middle = pp__access_middle(r->composite);
}

pp_status pp__access_rank(const pp_access_rules *rules, pp__ranked *ranked, int64_t n,
                          pp_error *err) {
    double *values = pp_malloc(3 * n, sizeof *values);
    PP_NEED(values, err);
    double *low = values, *middle = values + n, *high = values + 2 * n;
    for (int64_t i = 0; i < n; i++) {
        add_up(rules, &ranked[i]);
        low[i] = ranked[i].composite.low;
        middle[i] = ranked[i].middle;
        high[i] = ranked[i].composite.high;
    }
    qsort(low, (size_t)n, sizeof *low, compare_down);
    qsort(middle, (size_t)n, sizeof *middle, compare_down);
    qsort(high, (size_t)n, sizeof *high, compare_down);
    for (int64_t i = 0; i < n; i++) {
        pp__ranked *r = &ranked[i];
        int64_t self = r->composite.high > r->composite.low + ROUNDING;
        r->rank = 1 + count_above(middle, n, r->middle);
        r->rank_low = 1 + count_above(low, n, r->composite.high);
        r->rank_high = 1 + count_above(high, n, r->composite.low) - self;
    }
    qsort(ranked, (size_t)n, sizeof *ranked, compare_ranked);
    pp_free(values);
    return PP_OK;
}

/* ---- who leads over all weightings ---- */

enum { LOW, MIDDLE, HIGH, ENDS };

typedef struct leaders {
    pp__ranked *ranked;
    int64_t n;
    double *parts;  /* n × ENDS × parts */
    double *values; /* ENDS × n */
} leaders;

static void draw_weights(pp_rng *rng, double *w) {
    double sum = 0;
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        sum += w[k] = -log(pp_rng_uniform(rng));
    }
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        w[k] /= sum;
    }
}

/* The KEPT largest, falling; -inf where there are fewer. */
static void keep_largest(const double *values, int64_t n, double *kept) {
    for (int k = 0; k < KEPT; k++) {
        kept[k] = -INFINITY;
    }
    for (int64_t i = 0; i < n; i++) {
        int k = KEPT;
        if (values[i] <= kept[KEPT - 1]) {
            continue;
        }
        for (; k > 0 && values[i] > kept[k - 1]; k--) {
            if (k < KEPT) {
                kept[k] = kept[k - 1];
            }
        }
        kept[k] = values[i];
    }
}

/* Fewer than ten others are above `mine`, where `own` is one's own value among those kept. */
static int is_in_ten(const double *kept, double own, double mine) {
    double tenth = own >= kept[TEN - 1] ? kept[TEN] : kept[TEN - 1];
    return mine >= tenth - ROUNDING;
}

static void count_draw(leaders *l, pp_rng *rng) {
    double w[PP__ACCESS_PARTS], kept[ENDS][KEPT];
    draw_weights(rng, w);
    for (int64_t i = 0; i < l->n; i++) {
        for (int e = 0; e < ENDS; e++) {
            const double *part = &l->parts[(i * ENDS + e) * PP__ACCESS_PARTS];
            double sum = 0;
            for (int k = 0; k < PP__ACCESS_PARTS; k++) {
                sum += w[k] * part[k];
            }
            l->values[e * l->n + i] = sum;
        }
    }
    for (int e = 0; e < ENDS; e++) {
        keep_largest(l->values + e * l->n, l->n, kept[e]);
    }
    for (int64_t i = 0; i < l->n; i++) {
        double low = l->values[LOW * l->n + i], middle = l->values[MIDDLE * l->n + i],
               high = l->values[HIGH * l->n + i];
        l->ranked[i].first += middle >= kept[MIDDLE][0] - ROUNDING;
        l->ranked[i].ten += is_in_ten(kept[MIDDLE], middle, middle);
        l->ranked[i].ten_low += is_in_ten(kept[HIGH], high, low);
        l->ranked[i].ten_high += is_in_ten(kept[LOW], low, high);
    }
}

static pp_status run_draws(leaders *l, const pp_access_options *o, const pp_context *ctx,
                           pp_error *err) {
    for (int64_t i = 0; i < l->n; i++) {
        for (int k = 0; k < PP__ACCESS_PARTS; k++) {
            pp__bounds b = l->ranked[i].place->part[k];
            double *at = &l->parts[i * ENDS * PP__ACCESS_PARTS + k];
            at[LOW * PP__ACCESS_PARTS] = b.low;
            at[MIDDLE * PP__ACCESS_PARTS] = pp__access_middle(b);
            at[HIGH * PP__ACCESS_PARTS] = b.high;
        }
    }
    for (int64_t d = 0; d < o->draws; d++) {
        pp_rng rng;
        if (d % TELL_EVERY == 0) {
            PP_TRY(pp_progress(ctx, "weightings", (double)d / (double)o->draws, err));
        }
        pp_rng_init(&rng, o->seed, TASK, (uint64_t)d);
        count_draw(l, &rng);
    }
    for (int64_t i = 0; i < l->n; i++) {
        pp__ranked *r = &l->ranked[i];
        double *shares[] = {&r->first, &r->ten, &r->ten_low, &r->ten_high};
        for (int k = 0; k < 4; k++) {
            *shares[k] /= (double)o->draws;
        }
    }
    return PP_OK;
}

pp_status pp__access_lead(pp__ranked *ranked, int64_t n, const pp_access_options *options,
                          const pp_context *ctx, pp_error *err) {
    leaders l = {.ranked = ranked, .n = n};
    l.parts = pp_malloc(n * ENDS * (PP__ACCESS_PARTS + 1), sizeof *l.parts);
    PP_NEED(l.parts, err);
    l.values = l.parts + n * ENDS * PP__ACCESS_PARTS;
    pp_status status = run_draws(&l, options, ctx, err);
    pp_free(l.parts);
    return status;
}
