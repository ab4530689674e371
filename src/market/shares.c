/* The shares of actors, with what uncertain dates and unknown actors leave: one pass over the units. */
#include "market/shares.h"

#include "base/check.h"

#include <math.h>

/* Sums over units, the place being one of them where places count: the actor's own, and what is certain and
   possible of all that may be its own. `place`, `place_low`: the last in which it was seen, for certain. */
typedef struct sums {
    double own_low, own_high, ours_low, ours_high;
    int64_t place, place_low;
} sums;

/* Of a home that units of no known actor have. */
typedef struct origin {
    double low, high;
    int64_t place;
} origin;

typedef struct work {
    const pp__market *m;
    pp__by by;
    int actors;
    sums *of;       /* actors + 1: the unknown one first */
    origin *origin; /* suppliers + 1: the unknown one first */
    double low, high;
} work;

static int home_of(const work *w, int actor) {
    return w->by == PP__BY_VENDOR ? w->m->home[actor] : actor;
}

/* ---- units that add up ---- */

/* A unit of no known actor may be of one from an unknown or the same home, and of any whose home is not
   known. */

static void add_units(work *w, const pp__unit_sold *units, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        const pp__unit_sold *u = &units[i];
        sums *own = &w->of[u->actor + 1];
        own->own_low += u->low;
        own->own_high += u->high;
        w->low += u->low;
        w->high += u->high;
        if (u->actor < 0) {
            w->origin[u->home + 1].low += u->low;
            w->origin[u->home + 1].high += u->high;
        }
    }
    for (int a = -1; a < w->actors; a++) {
        sums *s = &w->of[a + 1];
        int home = a < 0 ? -1 : home_of(w, a);
        s->ours_low = s->own_low;
        s->ours_high = s->own_high;
        if (a >= 0) {
            s->ours_low +=
                home < 0 ? w->of[0].own_low : w->origin[0].low + w->origin[home + 1].low;
            s->ours_high += home < 0 ? w->of[0].own_high
                                     : w->origin[0].high + w->origin[home + 1].high;
        }
    }
}

/* ---- places: each counts once for an actor ---- */

static void add_own(work *w, const pp__unit_sold *u, int64_t place, int any_low) {
    sums *own = &w->of[u->actor + 1];
    if (own->place != place) {
        own->place = place;
        own->own_high++;
        own->ours_high++;
        own->ours_low += any_low;
    }
    if (u->low > 0 && own->place_low != place) {
        own->place_low = place;
        own->own_low++;
    }
    if (u->actor < 0) {
        w->origin[u->home + 1].place = place;
    }
}

/* Those that are not in the place, but may be its unknown one. */
static void add_maybe(work *w, int64_t place, int any_low) {
    for (int a = 0; a < w->actors; a++) {
        int home = home_of(w, a);
        int maybe =
            home < 0 || w->origin[0].place == place || w->origin[home + 1].place == place;
        if (maybe && w->of[a + 1].place != place) {
            w->of[a + 1].ours_high++;
            w->of[a + 1].ours_low += any_low;
        }
    }
}

static void add_places(work *w, const pp__unit_sold *units, int64_t n) {
    for (int64_t i = 0; i < n;) {
        int64_t begin = i, place = begin + 1;
        int any_low = 0;
        for (; i < n && units[i].place == units[begin].place; i++) {
            any_low |= units[i].low > 0;
        }
        for (int64_t k = begin; k < i; k++) {
            add_own(w, &units[k], place, any_low);
        }
        if (w->of[0].place == place) {
            add_maybe(w, place, any_low);
        }
        w->low += any_low;
        w->high++;
    }
}

/* ---- shares ---- */

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : NAN;
}

/* Against all that is possible of others; of places, where others stand beside it, of those in which it is
   not for certain. */
static pp__holding sum_up(const work *w, int actor, int places) {
    const sums *s = &w->of[actor + 1];
    double others_high = w->high - (places ? s->own_low : s->own_high);
    double others_low = fmax(w->low - s->ours_low, 0);
    return (pp__holding){
        .actor = actor,
        .certain = s->own_low,
        .possible = s->own_high,
        .share = {ratio(s->own_low, w->low),
                  ratio(s->own_low, s->own_low + fmax(others_high, 0)),
                  ratio(s->ours_high, s->ours_high + others_low)},
    };
}

pp_status pp__holdings_of(const pp__market *m, const pp__unit_sold *units, int64_t n,
                          pp__by by, pp__measure measure, pp_arena *arena,
                          pp__holding *out, int *held, pp_error *err) {
    work w = {.m = m, .by = by, .actors = pp__actors(m, by)};
    w.of = pp_arena_zalloc(arena, w.actors + 1, sizeof *w.of);
    w.origin = pp_arena_zalloc(arena, m->suppliers.n + 1, sizeof *w.origin);
    PP_NEED(w.of && w.origin, err);
    if (measure == PP__PLACES) {
        add_places(&w, units, n);
    } else {
        add_units(&w, units, n);
    }
    *held = 0;
    for (int a = -1; a < w.actors; a++) {
        if (w.of[a + 1].own_high > 0) {
            out[(*held)++] = sum_up(&w, a, measure == PP__PLACES);
        }
    }
    return PP_OK;
}
