/* The test of fit of MacKenzie & Bailey (2004): Pearson's statistic over detection
 * histories, and how large it would be if the model were true. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "base/parallel.h"
#include "model/tables.h"
#include "unseen/occupancy.h"

#include <pushpull/random.h>

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_TASK = 0x66697474, CHUNKS = 16 };

/* Which visits of a unit were made, and which of them found something, as bits. */
typedef struct history {
    uint64_t made, found;
    int64_t unit;
} history;

static int compare_histories(const void *a, const void *b) {
    const history *x = a, *y = b;
    int order = (x->made > y->made) - (x->made < y->made);
    order = order ? order : (x->found > y->found) - (x->found < y->found);
    return order ? order : (x->unit > y->unit) - (x->unit < y->unit);
}

/* ---- the statistic ---- */

typedef struct comparing {
    const pp__occupancy *o;
    const double *theta;
    double *found; /* of all visits, to be overwritten */
    history *list; /* of units in the likelihood */
    pp__occupancy_space space;
} comparing;

static int64_t list_histories(const comparing *c, const double *found) {
    const pp__occupancy *o = c->o;
    int64_t n = 0;
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (!o->unit[u].used) {
            continue;
        }
        history *h = &c->list[n++];
        *h = (history){0, 0, u};
        for (int64_t i = o->unit[u].first; i < o->unit[u].last; i++) {
            uint64_t bit = (uint64_t)1 << o->visits.place[i];
            h->made |= bit;
            h->found |= found[i] > 0 ? bit : 0;
        }
    }
    qsort(c->list, (size_t)n, sizeof *c->list, compare_histories);
    return n;
}

/* The probability that a unit has the history of another with the same visits. */
static double chance_of(const comparing *c, int64_t unit, uint64_t found) {
    const pp__occupancy *o = c->o;
    const pp__occupancy_question q = {.absent_in = PP__NEVER_ABSENT, .found = c->found};
    for (int64_t i = o->unit[unit].first; i < o->unit[unit].last; i++) {
        c->found[i] = (double)(found >> o->visits.place[i] & 1);
    }
    pp__occupancy_unit(o, c->theta, unit, &q, &c->space);
    return exp(c->space.out->value);
}

/* Of units that were visited alike; histories that none of them has count with what is
   expected of them, all together. */
static double compare_cohort(const comparing *c, const history *list, int64_t n) {
    double sum = 0, rest = (double)n;
    for (int64_t i = 0, next; i < n; i = next) {
        double expected = 0, observed;
        next = i;
        while (next < n && list[next].found == list[i].found) {
            next++;
        }
        for (int64_t j = 0; j < n; j++) {
            expected += chance_of(c, list[j].unit, list[i].found);
        }
        observed = (double)(next - i);
        sum += (observed - expected) * (observed - expected) / expected;
        rest -= expected;
    }
    return sum + fmax(rest, 0);
}

static double compare(const comparing *c, const double *found) {
    int64_t n = list_histories(c, found);
    double sum = 0;
    for (int64_t i = 0, next; i < n; i = next) {
        next = i;
        while (next < n && c->list[next].made == c->list[i].made) {
            next++;
        }
        sum += compare_cohort(c, c->list + i, next - i);
    }
    return sum;
}

/* ---- replicates ---- */

typedef struct testing {
    const pp__occupancy *o;
    int64_t draws, begin;
    double *statistic; /* draws; NaN: the replicate has no estimates */
    pp_status status[CHUNKS];
} testing;

/* Draws by inversion, so that numbers do not depend on libraries' streams. */
static int draw_state(const pp__occupancy *o, int64_t u, pp_rng *rng) {
    double eta = pp__part_predictor(&o->part[PP__STATE], o->theta, u);
    double x = pp_rng_uniform(rng);
    return o->form == PP__ROYLE_NICHOLS ? (int)qpois(x, exp(eta), 1, 0)
                                        : x < 1 / (1 + exp(-eta));
}

static void simulate(const pp__occupancy *o, pp_rng *rng, double *found) {
    for (int64_t u = 0; u < o->visits.units; u++) {
        int state = o->unit[u].used ? draw_state(o, u, rng) : 0;
        for (int64_t i = o->unit[u].first; i < o->unit[u].last; i++) {
            double eta = pp__part_predictor(&o->part[PP__DETECTION], o->theta, i);
            double missed = pow(1 / (1 + exp(eta)), state);
            found[i] = pp_rng_uniform(rng) > missed;
        }
    }
}

static pp_status prepare(const pp__occupancy *o, pp_arena *arena, comparing *c,
                         double **simulated, pp_error *err) {
    int64_t n = o->visits.n;
    double *space =
        pp_arena_alloc(arena, 2 * n + pp__occupancy_size(o, 0), sizeof *space);
    PP_NEED(space, err);
    *c = (comparing){.o = o, .theta = o->theta, .found = space};
    *simulated = space + n;
    c->space = pp__occupancy_place(o, 0, space + 2 * n);
    c->list = pp_arena_alloc(arena, o->used, sizeof *c->list);
    PP_NEED(c->list, err);
    return PP_OK;
}

/* A replicate whose likelihood has no peak is left out. */
static pp_status replicate(const testing *t, int64_t draw, pp_arena *arena,
                           pp_error *err) {
    const pp__occupancy *o = t->o;
    comparing c;
    pp_rng rng;
    double *found, *theta;
    int converged;
    t->statistic[draw] = NAN;
    PP_TRY(prepare(o, arena, &c, &found, err));
    pp_rng_init(&rng, o->options->seed, TEST_TASK, (uint64_t)draw);
    simulate(o, &rng, found);
    PP_TRY(pp__occupancy_refit(o, found, o->theta, arena, &theta, &converged, err));
    c.theta = theta;
    t->statistic[draw] = converged ? compare(&c, found) : NAN;
    return PP_OK;
}

static void replicate_chunk(void *payload, int64_t chunk) {
    testing *t = payload;
    pp_arena arena;
    if (t->begin + chunk >= t->draws) {
        return;
    }
    pp_arena_init(&arena);
    pp_status status = replicate(t, t->begin + chunk, &arena, NULL);
    t->status[chunk] = status == PP_E_ESTIMATION ? PP_OK : status;
    pp_arena_clear(&arena);
}

static pp_status replicate_all(testing *t, pp_error *err) {
    for (t->begin = 0; t->begin < t->draws; t->begin += CHUNKS) {
        PP_TRY(pp_progress(t->o->ctx, "bootstrap", (double)t->begin / (double)t->draws,
                           err));
        pp__parallel(t->o->ctx, CHUNKS, replicate_chunk, t);
        for (int i = 0; i < CHUNKS; i++) {
            if (t->status[i] != PP_OK) {
                PP_FAIL(err, t->status[i], "a replicate failed");
            }
        }
    }
    return PP_OK;
}

/* ---- the table ---- */

static pp_status put_test(const testing *t, double statistic, pp_result *result,
                          pp_error *err) {
    double sum = 0, above = 0, n = 0;
    pp_table *table;
    for (int64_t d = 0; d < t->draws; d++) {
        if (!isnan(t->statistic[d])) {
            sum += t->statistic[d];
            above += t->statistic[d] >= statistic;
            n++;
        }
    }
    double c_hat = statistic * n / sum, p = (above + 1) / (n + 1);
    const pp__named cells[] = {{"statistic", PP_SHOW_DEFAULT, statistic},
                               {"draws", PP_SHOW_COUNT, (double)t->draws},
                               {"failed_draws", PP_SHOW_COUNT, (double)t->draws - n},
                               {"mean", PP_SHOW_DEFAULT, sum / n},
                               {"c_hat", PP_SHOW_DEFAULT, c_hat},
                               {"p_value", PP_SHOW_P_VALUE, p}};
    PP_TRY(pp_result_add(result, "occupancy_fit", "Does the model fit?", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, err));
    if (p < 0.05) {
        PP_TRY(pp_result_warn(result, "poor_fit", NULL, -1, err,
                              "the histories of visits do not fit the model (c-hat %.1f, "
                              "p = %.3f): visits depend on each other, or some adopters "
                              "are harder to find; both make the unseen too few and "
                              "intervals too short",
                              c_hat, p));
    }
    return pp_result_set_note(result, "occupancy_fit",
                              "A c-hat well above 1 speaks of visits that depend on each "
                              "other or of adopters that are not equally hard to find; "
                              "intervals are then too short by about its root.",
                              err);
}

pp_status pp__occupancy_test_fit(const pp__occupancy *o, pp_result *result,
                                 pp_error *err) {
    testing t = {.o = o, .draws = o->options->bootstrap};
    comparing c;
    double *scratch;
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = prepare(o, &arena, &c, &scratch, err);
    t.statistic = pp_arena_alloc(&arena, t.draws, sizeof *t.statistic);
    if (status == PP_OK && !t.statistic) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        status = replicate_all(&t, err);
    }
    if (status == PP_OK) {
        status = put_test(&t, compare(&c, o->visits.found), result, err);
    }
    pp_arena_clear(&arena);
    return status;
}
