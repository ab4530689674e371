/* Exact ties: those with an event at a time as a choice out of those at risk then.
   Cox (1972), JRSS B 34, eq. 12; as `ties = "exact"` in R's survival. */
#include "base/check.h"
#include "model/estimators/cox.h"

#include <string.h>

/* What is too much for one visit, in products, and for the lists of rows. */
static const double MOST_COST = 2e9;
enum { MOST_ROWS = 1 << 28 };

typedef struct listing {
    int64_t *begin, *at;
    int32_t *row, *chosen;
} listing;

static void count_rows(const pp__risk_sets *s, listing *l) {
    for (int64_t i = 0; i < s->d->n; i++) { /* differences, then sums of them */
        if (s->first[i] < s->end[i]) {
            l->begin[s->first[i] + 1]++;
            l->begin[s->end[i] + 1]--;
        }
    }
    int64_t others = 0, rows = 0;
    for (int32_t e = 0; e < s->slots; e++) {
        others += l->begin[e + 1];
        l->chosen[e] = (int32_t)s->deaths[e];
        rows += others + l->chosen[e];
        l->begin[e + 1] = rows;
    }
}

static pp_status check_cost(const pp__risk_sets *s, const listing *l, pp_error *err) {
    double cost = 0, largest = 0;
    int32_t worst = 0;
    for (int32_t e = 0; e < s->slots; e++) {
        double own =
            pp__choice_cost(s->d->k, l->begin[e + 1] - l->begin[e], l->chosen[e]);
        cost += own;
        worst = own > largest ? e : worst;
        largest = own > largest ? own : largest;
    }
    if (cost <= MOST_COST && l->begin[s->slots] <= MOST_ROWS) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_UNSUPPORTED,
                 "exact ties would take %.1e products a step: at time %g %d events are "
                 "tied among %lld at risk",
                 cost, s->time[worst], (int)l->chosen[worst],
                 (long long)(l->begin[worst + 1] - l->begin[worst]));
    pp_error_locate(err, NULL, 0, "ties", "exact");
    pp_error_hint(err, "use efron, which is close to it");
    return PP_E_UNSUPPORTED;
}

static void list_rows(const pp__risk_sets *s, listing *l) {
    memcpy(l->at, l->begin, (size_t)s->slots * sizeof *l->at);
    for (int64_t i = 0; i < s->d->n; i++) {
        if (s->event[i]) {
            l->row[l->at[s->end[i]]++] = (int32_t)i;
        }
    }
    for (int64_t i = 0; i < s->d->n; i++) {
        for (int32_t e = s->first[i]; e < s->end[i]; e++) {
            l->row[l->at[e]++] = (int32_t)i;
        }
    }
}

pp_status pp__cox_exact_sets(const pp__risk_sets *s, pp_arena *arena,
                             const pp_context *ctx, pp__choice_sets *out, pp_error *err) {
    int64_t slots = s->slots;
    listing l;
    if (s->d->with.weight) {
        pp_error_set(err, PP_E_UNSUPPORTED, "exact ties do not take weights");
        pp_error_locate(err, NULL, 0, "weights", NULL);
        pp_error_hint(err, "use efron or breslow");
        return PP_E_UNSUPPORTED;
    }
    l.begin = pp_arena_zalloc(arena, 2 * slots + 2, sizeof *l.begin);
    PP_NEED(l.begin, err);
    l.at = l.begin + slots + 2;
    l.chosen = pp_arena_alloc(arena, slots, sizeof *l.chosen);
    PP_NEED(l.chosen, err);
    count_rows(s, &l);
    PP_TRY(check_cost(s, &l, err));
    l.row = pp_arena_alloc(arena, l.begin[slots], sizeof *l.row);
    PP_NEED(l.row, err);
    list_rows(s, &l);
    *out = (pp__choice_sets){.d = s->d,
                             .n = slots,
                             .begin = l.begin,
                             .row = l.row,
                             .chosen = l.chosen,
                             .ctx = ctx};
    return pp__choice_sets_init(out, arena, err);
}
