/* The share of one actor, with what uncertain dates and unknown actors leave. */
#include "market/shares.h"

#include <math.h>

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : NAN;
}

/* Sums over units: of the actor's own, of those that may be its own, of all others. */
typedef struct sums {
    double own_low, own_high, ours, others_low, others_high, total_low;
} sums;

static pp__holding sum_up(const sums *s, int actor) {
    return (pp__holding){
        .actor = actor,
        .certain = s->own_low,
        .possible = s->own_high,
        .share = {ratio(s->own_low, s->total_low),
                  ratio(s->own_low, s->own_low + s->others_high),
                  ratio(s->ours, s->ours + s->others_low)},
    };
}

static pp__holding of_sums(const pp__market *m, const pp__unit_sold *units, int64_t n,
                           pp__by by, int actor) {
    sums s = {0};
    for (int64_t i = 0; i < n; i++) {
        const pp__unit_sold *u = &units[i];
        int own = u->actor == actor, ours = own || pp__may_be(m, by, u, actor);
        s.own_low += own ? u->low : 0;
        s.own_high += own ? u->high : 0;
        s.ours += ours ? u->high : 0;
        s.others_low += ours ? 0 : u->low;
        s.others_high += own ? 0 : u->high;
        s.total_low += u->low;
    }
    return sum_up(&s, actor);
}

/* A place counts once for each actor that it has: those of others matter only where the actor is not. */
static pp__holding of_places(const pp__market *m, const pp__unit_sold *units, int64_t n,
                             pp__by by, int actor) {
    sums s = {0};
    for (int64_t i = 0; i < n;) {
        int place = units[i].place, own_low = 0, own_high = 0, ours = 0, any_low = 0;
        for (; i < n && units[i].place == place; i++) {
            const pp__unit_sold *u = &units[i];
            int own = u->actor == actor;
            own_low |= own && u->low > 0;
            own_high |= own;
            ours |= own || pp__may_be(m, by, u, actor);
            any_low |= u->low > 0;
        }
        s.own_low += own_low;
        s.own_high += own_high;
        s.ours += ours;
        s.others_low += !ours && any_low;
        s.others_high += !own_low;
        s.total_low += any_low;
    }
    return sum_up(&s, actor);
}

pp__holding pp__holding_of(const pp__market *m, const pp__unit_sold *units, int64_t n,
                           pp__by by, pp__measure measure, int actor) {
    return measure == PP__PLACES ? of_places(m, units, n, by, actor)
                                 : of_sums(m, units, n, by, actor);
}
