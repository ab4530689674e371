/* Infinite estimates. Bryson & Johnson (1981), Biometrics 37, 245-249. */
#include "base/check.h"
#include "model/estimators/cox.h"

#include <math.h>
#include <string.h>

pp_status pp__cox_order_init(const pp__risk_sets *sets, pp_arena *arena, pp__cox_order *o,
                             pp_error *err) {
    int64_t slots = sets->slots;
    *o = (pp__cox_order){.sets = sets, .levels = 1};
    while ((int64_t)1 << o->levels <= slots) {
        o->levels++;
    }
    o->highest = pp_arena_alloc(arena, slots * (2 + 2 * o->levels), sizeof *o->highest);
    PP_NEED(o->highest, err);
    o->lowest_event = o->highest + slots;
    o->most = o->lowest_event + slots;
    o->least = o->most + o->levels * slots;
    return PP_OK;
}

/* The level whose two ranges of 2^level slots cover first..end-1. */
static int level_of(int32_t first, int32_t end) {
    return 31 - __builtin_clz((unsigned)(end - first));
}

static void raise(double *to, double value) {
    *to = fmax(*to, value);
}

/* The highest product at risk in each slot: each row is noted over two ranges, which are
   then halved down to single slots. */
static void find_highest(pp__cox_order *o, const double *product) {
    const pp__risk_sets *s = o->sets;
    int64_t slots = s->slots;
    for (int64_t i = 0; i < o->levels * slots; i++) {
        o->most[i] = -INFINITY;
    }
    for (int64_t e = 0; e < slots; e++) {
        o->lowest_event[e] = INFINITY;
    }
    for (int64_t i = 0; i < s->d->n; i++) {
        int32_t first = s->first[i], end = s->end[i];
        if (first < end) {
            int level = level_of(first, end);
            raise(&o->most[first + level * slots], product[i]);
            raise(&o->most[end - (1 << level) + level * slots], product[i]);
        }
        if (s->event[i]) {
            raise(&o->most[end], product[i]);
            o->lowest_event[end] = fmin(o->lowest_event[end], product[i]);
        }
    }
    for (int level = o->levels - 1; level > 0; level--) {
        double *below = o->most + (level - 1) * slots;
        for (int64_t e = 0; e + (1 << level) <= slots; e++) {
            raise(&below[e], o->most[e + level * slots]);
            raise(&below[e + (1 << (level - 1))], o->most[e + level * slots]);
        }
    }
    memcpy(o->highest, o->most, (size_t)slots * sizeof *o->highest);
}

static void spread_highest(pp__cox_order *o) {
    int64_t slots = o->sets->slots;
    memcpy(o->most, o->highest, (size_t)slots * sizeof *o->most);
    memcpy(o->least, o->highest, (size_t)slots * sizeof *o->least);
    for (int level = 1; level < o->levels; level++) {
        const double *most = o->most + (level - 1) * slots,
                     *least = o->least + (level - 1) * slots;
        int64_t half = (int64_t)1 << (level - 1);
        for (int64_t e = 0; e + 2 * half <= slots; e++) {
            o->most[e + level * slots] = fmax(most[e], most[e + half]);
            o->least[e + level * slots] = fmin(least[e], least[e + half]);
        }
    }
}

/* Whether row i stands below the highest somewhere, and wherever it is at risk. */
static int below_somewhere(const pp__cox_order *o, int64_t i, double product,
                           int *everywhere) {
    const pp__risk_sets *s = o->sets;
    int32_t first = s->first[i], end = s->end[i];
    if (first >= end) {
        return 0;
    }
    int level = level_of(first, end);
    int64_t left = first + (int64_t)level * s->slots,
            right = end - (1 << level) + (int64_t)level * s->slots;
    *everywhere = !s->event[i] && product < fmin(o->least[left], o->least[right]);
    return product < fmax(o->most[left], o->most[right]);
}

int pp__cox_order_verify(void *payload, const double *product, double zero,
                         uint8_t *separated) {
    pp__cox_order *o = payload;
    int any = 0;
    find_highest(o, product);
    for (int32_t e = 0; e < o->sets->slots; e++) {
        if (o->lowest_event[e] < o->highest[e] - zero) {
            return 0;
        }
    }
    spread_highest(o);
    o->mixed = 0;
    for (int64_t i = 0; i < o->sets->d->n; i++) {
        int everywhere = 0,
            somewhere = below_somewhere(o, i, product[i] + zero, &everywhere);
        separated[i] = somewhere && everywhere;
        o->mixed |= somewhere && !everywhere;
        any |= somewhere;
    }
    return any;
}
