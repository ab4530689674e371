#include "drivers/decompose.h"

#include "base/check.h"
#include "base/parallel.h"
#include "drivers/shapley.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { ORDERS_TASK = 0x6f726472, ROUND = 32 };

typedef struct decomposition {
    const pp__factors *factors;
    pp__subsets subsets;
    const pp_context *ctx;
    double from, to;
    pp__shares *out;
    pp_arena arena;
    pp_error *err;
} decomposition;

/* ---- all subsets ---- */

static pp_status decompose_exactly(decomposition *d) {
    const pp__factors *f = d->factors;
    uint64_t last = ((uint64_t)1 << f->n) - 1;
    double *value = pp_arena_alloc(&d->arena, (int64_t)last + 1, sizeof *value);
    PP_NEED(value, d->err);
    PP_TRY(pp__subset_values(&d->subsets, d->ctx, d->from, d->to, value, d->err));
    pp__shapley(f->n, value, d->out->shapley);
    pp__owen(f->n, f->group, f->n_groups, value, d->out->share, d->out->group);
    d->out->none = value[0];
    d->out->full = value[last];
    d->out->fits = (double)last + 1;
    for (int j = 0; j < f->n; j++) {
        d->out->error[j] = d->out->group_error[j] = NAN;
    }
    return PP_OK;
}

/* ---- sampled orders ---- */

typedef struct sampled {
    const decomposition *d;
    uint64_t seed;
    int64_t first;
    double none, full;
    double added[ROUND][PP__MOST_FACTORS]; /* mean of an order and its reverse */
    pp_status status[ROUND];
    pp_error err[ROUND];
} sampled;

static void shuffle(pp_rng *rng, int n, int *list) {
    for (int i = n - 1; i > 0; i--) {
        int j = (int)pp_rng_below(rng, i + 1), swap = list[i];
        list[i] = list[j];
        list[j] = swap;
    }
}

/* An order in which each group enters together. */
static void draw_order(const pp__factors *f, pp_rng *rng, int *order) {
    int groups[PP__MOST_FACTORS], at = 0;
    for (int g = 0; g < f->n_groups; g++) {
        groups[g] = g;
    }
    shuffle(rng, f->n_groups, groups);
    for (int g = 0; g < f->n_groups; g++) {
        int begin = at;
        for (int j = 0; j < f->n; j++) {
            if (f->group[j] == groups[g]) {
                order[at++] = j;
            }
        }
        shuffle(rng, at - begin, order + begin);
    }
}

static pp_status follow(sampled *s, const int *order, int reverse, pp_arena *arena,
                        double *added, pp_error *err) {
    const decomposition *d = s->d;
    int n = d->factors->n;
    uint64_t set = 0;
    double before = s->none;
    double *theta = pp_arena_zalloc(arena, d->subsets.fit->design->k, sizeof *theta);
    PP_NEED(theta, err);
    pp__subset_begin(&d->subsets, theta);
    for (int i = 0; i < n; i++) {
        int j = order[reverse ? n - 1 - i : i];
        double now = s->full;
        set |= (uint64_t)1 << j;
        if (i < n - 1) {
            PP_TRY(pp__subset_value(&d->subsets, set, theta, arena, &now, err));
        }
        added[j] += (now - before) / 2;
        before = now;
    }
    return PP_OK;
}

static void visit_order(void *payload, int64_t chunk) {
    sampled *s = payload;
    pp_arena arena;
    pp_rng rng;
    int order[PP__MOST_FACTORS];
    pp_arena_init(&arena);
    pp_rng_init(&rng, s->seed, ORDERS_TASK, (uint64_t)(s->first + chunk));
    draw_order(s->d->factors, &rng, order);
    memset(s->added[chunk], 0, sizeof s->added[chunk]);
    s->status[chunk] = PP_OK;
    for (int reverse = 0; reverse < 2 && s->status[chunk] == PP_OK; reverse++) {
        s->status[chunk] =
            follow(s, order, reverse, &arena, s->added[chunk], &s->err[chunk]);
    }
    pp_arena_clear(&arena);
}

/* Running means and sums of squares. */
static void add_order(const pp__factors *f, const double *added, double n,
                      double *squares, double *group_squares, pp__shares *out) {
    double group[PP__MOST_FACTORS] = {0};
    for (int j = 0; j < f->n; j++) {
        double d = added[j] - out->share[j];
        out->share[j] += d / n;
        squares[j] += d * (added[j] - out->share[j]);
        group[f->group[j]] += added[j];
    }
    for (int g = 0; g < f->n_groups; g++) {
        double d = group[g] - out->group[g];
        out->group[g] += d / n;
        group_squares[g] += d * (group[g] - out->group[g]);
    }
}

static pp_status find_ends(sampled *s, pp_error *err) {
    const pp__subsets *subsets = &s->d->subsets;
    pp_arena arena;
    pp_arena_init(&arena);
    double *theta = pp_arena_zalloc(&arena, subsets->fit->design->k, sizeof *theta);
    pp_status status = theta ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        pp__subset_begin(subsets, theta);
        status = pp__subset_value(subsets, 0, theta, &arena, &s->none, err);
    }
    if (status == PP_OK) {
        uint64_t all =
            subsets->factors == 64 ? ~(uint64_t)0 : ((uint64_t)1 << subsets->factors) - 1;
        status = pp__subset_value(subsets, all, theta, &arena, &s->full, err);
    }
    pp_arena_clear(&arena);
    return status;
}

static pp_status sample(decomposition *d, sampled *s, int64_t orders) {
    double squares[PP__MOST_FACTORS] = {0}, group_squares[PP__MOST_FACTORS] = {0};
    PP_TRY(find_ends(s, d->err));
    for (s->first = 0; s->first < orders; s->first += ROUND) {
        int64_t n = orders - s->first < ROUND ? orders - s->first : ROUND;
        double done = (double)s->first / (double)orders;
        PP_TRY(
            pp_progress(d->ctx, "decompose", d->from + (d->to - d->from) * done, d->err));
        pp__parallel(d->ctx, n, visit_order, s);
        for (int64_t i = 0; i < n; i++) {
            if (s->status[i] != PP_OK) {
                if (d->err) {
                    *d->err = s->err[i];
                }
                return s->status[i];
            }
            add_order(d->factors, s->added[i], (double)(s->first + i + 1), squares,
                      group_squares, d->out);
        }
    }
    double n = (double)orders;
    for (int j = 0; j < d->factors->n; j++) {
        d->out->error[j] = sqrt(squares[j] / (n * (n - 1)));
        d->out->group_error[j] = sqrt(group_squares[j] / (n * (n - 1)));
        d->out->shapley[j] =
            d->factors->n_groups == d->factors->n ? d->out->share[j] : NAN;
    }
    d->out->none = s->none;
    d->out->full = s->full;
    d->out->fits = 2 * n * (d->factors->n - 1) + 2;
    return PP_OK;
}

static pp_status decompose_by_orders(decomposition *d, int64_t orders, uint64_t seed) {
    sampled *s = pp_calloc(1, sizeof *s);
    PP_NEED(s, d->err);
    s->d = d;
    s->seed = seed;
    pp_status status = sample(d, s, orders);
    pp_free(s);
    return status;
}

pp_status pp__decompose(const pp_fit *fit, const pp__factors *factors,
                        pp__measure measure, int64_t orders, uint64_t seed,
                        const pp_context *ctx, double from, double to, pp__shares *out,
                        pp_error *err) {
    decomposition d = {.factors = factors, .ctx = ctx, .from = from, .to = to};
    d.out = out;
    d.err = err;
    *out = (pp__shares){0};
    pp_arena_init(&d.arena);
    d.subsets = (pp__subsets){.fit = fit, .measure = measure, .factors = factors->n};
    pp_status status =
        pp__factors_columns(factors, fit, &d.arena, &d.subsets.of_column, err);
    if (status == PP_OK) {
        status = factors->n <= PP__MOST_EXACT ? decompose_exactly(&d)
                                              : decompose_by_orders(&d, orders, seed);
    }
    pp_arena_clear(&d.arena);
    return status;
}
