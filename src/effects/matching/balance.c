#include "effects/matching/balance.h"

#include "base/check.h"
#include "model/pass.h"

#include <math.h>

typedef struct work {
    const pp__sets *s;
    int refined;
    double *
        pool; /* of each period: the mean of one column, at one lag, of possible controls */
    uint8_t *could; /* of unit and period: it could be a control then */
} work;

/* What a period's possible controls had on average, `lag` periods before. */
static double mean_of_pool(const work *w, const double *x, int32_t period, int64_t lag) {
    const pp__history *h = w->s->h;
    double sum = 0, n = 0;
    for (int32_t u = 0; u < h->units; u++) {
        int64_t at = (int64_t)u * h->periods + period;
        if (w->could[at]) {
            sum += x[at - lag];
            n++;
        }
    }
    return sum / n;
}

static double mean_of_set(const pp__history *h, const pp__matched_set *set,
                          const double *x, int64_t lag) {
    double sum = 0;
    for (int64_t c = 0; c < set->n; c++) {
        sum +=
            set->weight[c] * x[(int64_t)set->control[c] * h->periods + set->period - lag];
    }
    return sum;
}

static double own_value(const pp__history *h, const pp__matched_set *set, const double *x,
                        int64_t lag) {
    return x[(int64_t)set->unit * h->periods + set->period - lag];
}

static double find_sd(const pp__sets *s, const double *x, int64_t lag) {
    double mean = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < s->n; i++) {
            if (s->set[i].state == PP__SET_USED) {
                double v = own_value(s->h, &s->set[i], x, lag);
                mean += pass ? 0 : v / (double)s->used;
                squares += pass ? (v - mean) * (v - mean) : 0;
            }
        }
    }
    double sd = sqrt(squares / (double)(s->used - 1));
    return sd > 1e-12 * fabs(mean) ? sd : NAN;
}

static void compare(const work *w, pp__balance *b) {
    const pp__history *h = w->s->h;
    const double *x = h->x[b->term];
    double unmatched = 0, within = 0;
    for (int32_t t = 0; !w->refined && t < h->periods; t++) {
        w->pool[t] = t < w->s->lags || t + w->s->leads >= h->periods
                         ? NAN
                         : mean_of_pool(w, x, t, b->lag);
    }
    for (int64_t i = 0; i < w->s->n; i++) {
        const pp__matched_set *set = &w->s->set[i];
        if (set->state != PP__SET_USED) {
            continue;
        }
        double own = own_value(h, set, x, b->lag);
        within += own - mean_of_set(h, set, x, b->lag);
        unmatched += w->refined ? 0 : own - w->pool[set->period];
    }
    double units = b->sd * (double)w->s->used;
    b->refined = within / units;
    if (!w->refined) {
        b->matched = b->refined;
        b->unmatched = unmatched / units;
    }
}

static void mark_pool(void *payload, int64_t begin, int64_t end) {
    const work *w = payload;
    const pp__history *h = w->s->h;
    for (int64_t u = begin; u < end; u++) {
        for (int64_t t = w->s->lags; t + w->s->leads < h->periods; t++) {
            w->could[u * h->periods + t] =
                (uint8_t)pp__sets_could_control(w->s, (int32_t)u, (int32_t)t);
        }
    }
}

pp_status pp__balance_find(const pp__sets *s, int refined, const pp_context *ctx,
                           pp_arena *arena, pp__balance *out, pp_error *err) {
    const pp__history *h = s->h;
    work w = {.s = s, .refined = refined};
    if (!refined) {
        w.pool = pp_arena_alloc(arena, h->periods, sizeof *w.pool);
        w.could = pp_arena_zalloc(arena, (int64_t)h->units * h->periods, 1);
        PP_NEED(w.pool && w.could ? w.pool : NULL, err);
        pp__over_rows(h->units, mark_pool, &w, ctx);
    }
    for (int j = 0; j < h->k; j++) {
        for (int64_t lag = s->lags; lag >= 1; lag--) {
            pp__balance *b = &out[j * s->lags + s->lags - lag];
            if (!refined) {
                *b = (pp__balance){.term = j, .lag = lag, .sd = find_sd(s, h->x[j], lag)};
            }
            compare(&w, b);
        }
    }
    return PP_OK;
}
