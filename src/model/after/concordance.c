/* Harrell's concordance, with its error by the infinitesimal jackknife. Therneau & Atkinson
   (2020), Concordance, vignette of R's survival; trees after Fenwick (1994), Software:
   Practice and Experience 24, 327-336. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/after/frame.h"
#include "model/estimator.h"
#include "model/estimators/cox.h"
#include "model/estimators/radix.h"
#include "model/tables.h"

#include <pushpull/survival.h>

#include <math.h>
#include <string.h>

typedef struct pairs {
    double concordant, discordant, tied_x, tied_y, tied_xy;
} pairs;

typedef struct counting {
    const pp_fit *fit;
    const pp__design *d;
    pp__risk_sets sets;
    int32_t *rank;          /* of each row's risk in its stratum: 1, 2, … */
    int32_t *begin;         /* strata + 1 places of the trees */
    int64_t *enter, *leave; /* the first of the rows that enter or leave before a slot's
                               events; after the slots, those that stay to their stratum's
                               end: slots + strata + 2 */
    int32_t *entering, *leaving;
    double *trees;                /* three of each stratum */
    double *above, *below, *same; /* of each row: weights it is compared with, as who had
                                     the event first (above) or as who had it not */
    pairs *of;                    /* of each stratum */
    pp_error *err;
} counting;

static double weight_of(const counting *c, int64_t row) {
    return c->d->with.weight ? c->d->with.weight[row] : 1;
}

/* Of a stratum: weights by rank of those at risk, of those who had an event, and scratch. */
typedef struct trees {
    double *at_risk, *had, *tied;
    int32_t ranks;
} trees;

/* ---- trees over ranks 1..n ---- */

static void tree_add(double *tree, int32_t n, int32_t rank, double weight) {
    for (; rank <= n; rank += rank & -rank) {
        tree[rank] += weight;
    }
}

static double tree_sum(const double *tree, int32_t rank) {
    double sum = 0;
    for (; rank > 0; rank -= rank & -rank) {
        sum += tree[rank];
    }
    return sum;
}

/* ---- ranks ---- */

static void predict(const counting *c, double *eta) {
    const pp__design *d = c->d;
    for (int64_t i = 0; i < d->n; i++) {
        eta[i] = d->with.offset ? d->with.offset[i] : 0;
    }
    for (int j = 0; j < d->k; j++) {
        for (int64_t i = 0; i < d->n; i++) {
            eta[i] += c->fit->estimates[j] * d->x[j][i];
        }
    }
}

static pp_status find_ranks(counting *c, pp_arena *arena) {
    int64_t n = c->d->n;
    double *eta = pp_arena_alloc(arena, n, sizeof *eta);
    PP_NEED(eta, c->err);
    pp__radix_item *items = pp_arena_alloc(arena, 2 * n, sizeof *items);
    PP_NEED(items, c->err);
    predict(c, eta);
    for (int64_t i = 0; i < n; i++) {
        items[i] = (pp__radix_item){pp__radix_key(eta[i]), (int32_t)i};
    }
    pp__radix_sort(items, items + n, n);
    for (int64_t i = 0; i < n; i++) {
        items[i].key = (uint64_t)pp__risk_stratum(c->d, items[i].index);
    }
    pp__radix_sort(items, items + n, n);
    for (int64_t i = 0; i < n; i++) {
        int32_t row = items[i].index, before = i > 0 ? items[i - 1].index : row;
        int first = i == 0 || items[i].key != items[i - 1].key;
        c->rank[row] = first ? 1 : c->rank[before] + (eta[row] != eta[before]);
        c->begin[items[i].key + 1] = c->rank[row] + 1;
    }
    for (int32_t g = 0; g < c->sets.strata; g++) {
        c->begin[g + 1] += c->begin[g];
    }
    return PP_OK;
}

/* ---- comparisons ---- */

/* What row i, so far without an event, has been compared with, times `sign`. */
static void meet_had(const counting *c, const trees *t, int64_t i, double sign) {
    double all = tree_sum(t->had, t->ranks);
    double lower = tree_sum(t->had, c->rank[i] - 1), upto = tree_sum(t->had, c->rank[i]);
    c->above[i] += sign * (all - upto);
    c->below[i] += sign * lower;
    c->same[i] += sign * (upto - lower);
}

/* Row i has its event: it is compared with those at risk. */
static void meet_at_risk(const counting *c, const trees *t, int64_t i, pairs *of) {
    double w = weight_of(c, i), all = tree_sum(t->at_risk, t->ranks);
    double lower = tree_sum(t->at_risk, c->rank[i] - 1),
           upto = tree_sum(t->at_risk, c->rank[i]);
    c->above[i] += lower;
    c->below[i] += all - upto;
    c->same[i] += upto - lower;
    of->concordant += w * lower;
    of->discordant += w * (all - upto);
    of->tied_x += w * (upto - lower);
}

/* Pairs of events at one time. */
static void count_tied(const counting *c, int32_t slot, const trees *t, pairs *of) {
    double *tree = t->tied;
    int32_t ranks = t->ranks;
    double all = 0, square = 0, same = 0;
    const pp__risk_sets *s = &c->sets;
    for (int64_t at = c->leave[slot]; at < c->leave[slot + 1]; at++) {
        int64_t i = c->leaving[at];
        if (s->event[i]) {
            double w = weight_of(c, i);
            same += w * (tree_sum(tree, c->rank[i]) - tree_sum(tree, c->rank[i] - 1));
            tree_add(tree, ranks, c->rank[i], w);
            square += w * w;
            all += w;
        }
    }
    for (int64_t at = c->leave[slot]; at < c->leave[slot + 1]; at++) {
        int64_t i = c->leaving[at];
        if (s->event[i]) {
            tree_add(tree, ranks, c->rank[i], -weight_of(c, i));
        }
    }
    of->tied_xy += same;
    of->tied_y += (all * all - square) / 2 - same;
}

/* Rows leave before the events of a slot, and others enter; then events are compared. */
static void visit_slot(const counting *c, int32_t slot, const trees *t, pairs *of) {
    const pp__risk_sets *s = &c->sets;
    for (int64_t at = c->leave[slot]; at < c->leave[slot + 1]; at++) {
        int64_t i = c->leaving[at];
        if (s->first[i] < s->end[i]) {
            meet_had(c, t, i, 1);
            tree_add(t->at_risk, t->ranks, c->rank[i], -weight_of(c, i));
        }
    }
    for (int64_t at = c->enter[slot]; at < c->enter[slot + 1]; at++) {
        meet_had(c, t, c->entering[at], -1);
        tree_add(t->at_risk, t->ranks, c->rank[c->entering[at]],
                 weight_of(c, c->entering[at]));
    }
    for (int64_t at = c->leave[slot]; at < c->leave[slot + 1]; at++) {
        if (s->event[c->leaving[at]]) {
            meet_at_risk(c, t, c->leaving[at], of);
        }
    }
    count_tied(c, slot, t, of);
    for (int64_t at = c->leave[slot]; at < c->leave[slot + 1]; at++) {
        int64_t i = c->leaving[at];
        if (s->event[i]) {
            tree_add(t->had, t->ranks, c->rank[i], weight_of(c, i));
        }
    }
}

static void visit_stratum(void *payload, int64_t g) {
    const counting *c = payload;
    const pp__risk_sets *s = &c->sets;
    int64_t begin = c->begin[g], size = c->begin[s->strata];
    trees t = {c->trees + begin, c->trees + size + begin, c->trees + 2 * size + begin,
               c->begin[g + 1] - c->begin[g] - 1};
    for (int32_t slot = s->stratum_begin[g]; slot < s->stratum_begin[g + 1]; slot++) {
        visit_slot(c, slot, &t, &c->of[g]);
    }
    for (int64_t at = c->leave[s->slots + g]; at < c->leave[s->slots + g + 1]; at++) {
        meet_had(c, &t, c->leaving[at], 1);
    }
}

/* ---- order ---- */

/* Where row i leaves: the slot before whose events it does, or after its stratum's last. */
static int64_t leaves_at(const pp__risk_sets *s, int64_t i) {
    int32_t g = pp__risk_stratum(s->d, i);
    return s->end[i] < s->stratum_begin[g + 1] ? s->end[i] : (int64_t)s->slots + g;
}

static void order_rows(counting *c) {
    const pp__risk_sets *s = &c->sets;
    for (int64_t i = 0; i < c->d->n; i++) {
        int waits = s->first[i] < s->end[i];
        c->enter[waits ? s->first[i] + 2 : 0]++;
        c->leave[waits || s->event[i] ? leaves_at(s, i) + 2 : 0]++;
    }
    c->enter[0] = c->leave[0] = 0;
    for (int64_t e = 1; e < (int64_t)s->slots + s->strata + 2; e++) {
        c->enter[e] += c->enter[e - 1];
        c->leave[e] += c->leave[e - 1];
    }
    for (int64_t i = 0; i < c->d->n; i++) {
        int waits = s->first[i] < s->end[i];
        if (waits) {
            c->entering[c->enter[s->first[i] + 1]++] = (int32_t)i;
        }
        if (waits || s->event[i]) {
            c->leaving[c->leave[leaves_at(s, i) + 1]++] = (int32_t)i;
        }
    }
}

static pp_status prepare(counting *c, pp_arena *arena, const pp_context *ctx) {
    int64_t n = c->d->n;
    PP_TRY(pp__risk_sets_find(c->d, arena, ctx, &c->sets, c->err));
    int64_t places = (int64_t)c->sets.slots + c->sets.strata + 2;
    c->rank = pp_arena_alloc(arena, 3 * n, sizeof *c->rank);
    PP_NEED(c->rank, c->err);
    c->entering = c->rank + n;
    c->leaving = c->entering + n;
    c->begin = pp_arena_zalloc(arena, (int64_t)c->sets.strata + 1, sizeof *c->begin);
    PP_NEED(c->begin, c->err);
    c->enter = pp_arena_zalloc(arena, 2 * places, sizeof *c->enter);
    PP_NEED(c->enter, c->err);
    c->leave = c->enter + places;
    c->above = pp_arena_zalloc(arena, 3 * n, sizeof *c->above);
    PP_NEED(c->above, c->err);
    c->below = c->above + n;
    c->same = c->below + n;
    c->of = pp_arena_zalloc(arena, c->sets.strata, sizeof *c->of);
    PP_NEED(c->of, c->err);
    PP_TRY(find_ranks(c, arena));
    c->trees =
        pp_arena_zalloc(arena, 3 * (int64_t)c->begin[c->sets.strata], sizeof *c->trees);
    PP_NEED(c->trees, c->err);
    order_rows(c);
    pp__parallel(ctx, c->sets.strata, visit_stratum, c);
    return PP_OK;
}

/* ---- the result ---- */

/* Sums over clusters when the fit has any. */
static pp_status squared_influence(const counting *c, const pairs *all, pp_arena *arena,
                                   double *out) {
    const pp_fit *fit = c->fit;
    double comparable = all->concordant + all->discordant + all->tied_x;
    double somers = (all->concordant - all->discordant) / comparable;
    int64_t n = c->d->n, groups = n;
    pp__encoding cluster = {0};
    if (fit->vcov.kind == PP__CLUSTER) {
        PP_TRY(pp__group_rows(fit, fit->vcov.column[0], arena, &cluster, c->err));
        groups = cluster.n_levels;
    }
    double *sum = pp_arena_zalloc(arena, groups, sizeof *sum);
    PP_NEED(sum, c->err);
    for (int64_t i = 0; i < n; i++) {
        double difference = c->above[i] - c->below[i];
        double count = c->above[i] + c->below[i] + c->same[i];
        sum[cluster.code ? cluster.code[i] : i] +=
            weight_of(c, i) * (difference - somers * count) / comparable;
    }
    *out = 0;
    for (int64_t g = 0; g < groups; g++) {
        *out += sum[g] * sum[g];
    }
    return PP_OK;
}

static pp_status put(const counting *c, pp_arena *arena, pp_table *table) {
    pairs all = {0};
    double square = 0;
    for (int32_t g = 0; g < c->sets.strata; g++) {
        const pairs *of = &c->of[g];
        all.concordant += of->concordant;
        all.discordant += of->discordant;
        all.tied_x += of->tied_x;
        all.tied_y += of->tied_y;
        all.tied_xy += of->tied_xy;
    }
    PP_TRY(squared_influence(c, &all, arena, &square));
    double comparable = all.concordant + all.discordant + all.tied_x;
    const struct {
        const char *name;
        double value;
    } cells[] = {{"concordance", (all.concordant + all.tied_x / 2) / comparable},
                 {"std_error", sqrt(square) / 2},
                 {"concordant", all.concordant},
                 {"discordant", all.discordant},
                 {"tied_x", all.tied_x},
                 {"tied_y", all.tied_y},
                 {"tied_xy", all.tied_xy}};
    PP_TRY(pp_table_resize(table, 1, c->err));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp__put_number(table, 0, cells[i].name,
                              i < 2 ? PP_SHOW_DEFAULT : PP_SHOW_COUNT, cells[i].value,
                              c->err));
    }
    return PP_OK;
}

pp_status pp_fit_concordance(const pp_fit *fit, const pp_context *ctx, pp_result *result,
                             pp_error *err) {
    pp_arena arena;
    pp_table *table;
    counting c = {.fit = fit, .d = fit->design, .err = err};
    if (fit->estimator->outcome != PP__SPELL) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "there is no concordance of model '%s'",
                fit->options.model);
    }
    PP_TRY(pp_result_add(result, "concordance", "Concordance", &table, err));
    pp_arena_init(&arena);
    pp_status status = prepare(&c, &arena, ctx);
    status = status == PP_OK ? put(&c, &arena, table) : status;
    pp_arena_clear(&arena);
    return status;
}
