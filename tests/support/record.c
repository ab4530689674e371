#include "support/record.h"

#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum purpose { TRAITS, MOVES, ADOPTION, REPORTS, VISITS, PURPOSES };
static const double CLOSED_BELOW = 0.42, SHARED = 0.3, MOVING = 0.6;
static const char *const SOURCE[] = {"press", "company", "official", "index"};

typedef struct world {
    const record_making *making;
    uint64_t seed, draw;
} world;

typedef struct unit {
    double push, pull, democracy, effort, visibility;
    int closed, searched;
    int adopted; /* the period; -1: not by the end */
    int report[RECORD_SOURCES], reports;
} unit;

static pp_rng stream(const world *w, enum purpose purpose, int i) {
    pp_rng rng;
    pp_rng_init(&rng, w->seed, w->draw * PURPOSES + purpose, (uint64_t)i);
    return rng;
}

static int periods(const record_making *m) {
    return m->periods > 0 ? m->periods : 1;
}

static double inverse(double eta, int cloglog) {
    return cloglog ? -expm1(-exp(eta)) : 1 / (1 + exp(-eta));
}

/* The probability p with `more` added to its log odds; 0 and 1 stay what they are. */
static double raised(double p, double more) {
    return p <= 0 || p >= 1 ? p : inverse(log(p / (1 - p)) + more, 0);
}

/* ---- the truth ---- */

static void traits(const world *w, int i, unit *u) {
    pp_rng rng = stream(w, TRAITS, i);
    *u = (unit){.adopted = -1};
    u->push = pp_rng_normal(&rng);
    u->pull = SHARED * u->push + sqrt(1 - SHARED * SHARED) * pp_rng_normal(&rng);
    u->democracy = pp_rng_uniform(&rng);
    u->closed = u->democracy < CLOSED_BELOW;
    u->effort = pp_rng_normal(&rng);
    u->visibility = pp_rng_normal(&rng);
    u->searched = pp_rng_uniform(&rng) >= w->making->unsearched;
}

/* Push and pull of the next period, from those of the unit. */
static void moved(const record_making *m, const unit *u, pp_rng *rng, double *push,
                  double *pull) {
    double own = periods(m) > 1 ? sqrt(1 - MOVING * MOVING) : 1;
    double moves = periods(m) > 1 ? MOVING : 0;
    *push = own * u->push + moves * pp_rng_normal(rng);
    *pull = own * u->pull + moves * pp_rng_normal(rng);
}

/* Lives through the periods; push and pull (NULL: not wanted) get those of each. */
static void live(const world *w, int i, unit *u, double *push, double *pull) {
    const record_making *m = w->making;
    pp_rng moves = stream(w, MOVES, i), adopts = stream(w, ADOPTION, i);
    double x = 0, z = 0;
    for (int t = 0; t < periods(m); t++) {
        moved(m, u, &moves, &x, &z);
        double eta =
            m->base + m->push * x + m->pull * z + m->democracy * (u->democracy - 0.5);
        int now = pp_rng_uniform(&adopts) < inverse(eta, m->cloglog);
        u->adopted = u->adopted < 0 && now ? t : u->adopted;
        if (push) {
            push[t] = x;
            pull[t] = z;
        }
    }
    u->push = x;
    u->pull = z;
}

/* ---- the record ---- */

static void report(const world *w, int i, unit *u) {
    const record_making *m = w->making;
    pp_rng rng = stream(w, REPORTS, i);
    double more = m->visibility * u->visibility + m->effort * u->effort;
    for (int s = 0; s < RECORD_SOURCES; s++) {
        const record_kind *kind = &m->source[s];
        double copies = s == RECORD_INDEX && u->report[RECORD_PRESS] ? m->copied : 0;
        double p = raised(u->closed ? kind->closed : kind->open, more + copies);
        p = u->adopted < 0 ? kind->false_positive : p;
        u->report[s] = pp_rng_uniform(&rng) < p;
        u->reports += u->report[s];
    }
}

double record_detection(const record_making *m, int closed) {
    double missed = 1;
    for (int s = 0; s < RECORD_SOURCES; s++) {
        missed *= 1 - (closed ? m->source[s].closed : m->source[s].open);
    }
    return 1 - missed;
}

double record_false_positive(const record_making *m) {
    double none = 1;
    for (int s = 0; s < RECORD_SOURCES; s++) {
        none *= 1 - m->source[s].false_positive;
    }
    return 1 - none;
}

/* ---- tables ---- */

static pp_table *rows(int64_t n) {
    pp_error err = {0};
    pp_table *table = NULL;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, n, &err));
    return table;
}

static void set(pp_table *table, const char *name, int64_t row, double value) {
    pp_error err = {0};
    pp_column *column = pp_table_find(table, name);
    if (!column) {
        assert_ok(pp_table_add(table, PP_NUMBER, name, &column, &err));
    }
    column->number[row] = value;
}

static void set_visits(const world *w, int i, const unit *u, pp_table *table) {
    const record_making *m = w->making;
    const record_kind *press = &m->source[RECORD_PRESS];
    pp_rng rng = stream(w, VISITS, i);
    assert_true(m->visits <= RECORD_MAX_VISITS);
    for (int v = 1; v <= m->visits; v++) {
        char visit[] = "visit1", effort[] = "effort1";
        visit[5] = effort[6] = (char)('0' + v);
        double own = pp_rng_normal(&rng), found = pp_rng_uniform(&rng);
        double p = raised(u->closed ? press->closed : press->open,
                          m->visibility * u->visibility + m->effort * own);
        p = u->adopted < 0 ? press->false_positive : p;
        set(table, visit, i, u->searched ? found < p : NAN);
        set(table, effort, i, own);
    }
}

pp_table *record_units(const record_making *m, uint64_t seed, uint64_t draw) {
    const world w = {m, seed, draw};
    pp_table *table = rows(m->units);
    for (int i = 0; i < m->units; i++) {
        unit u;
        traits(&w, i, &u);
        live(&w, i, &u, NULL, NULL);
        report(&w, i, &u);
        set(table, "unit", i, i);
        set(table, "push", i, u.push);
        set(table, "pull", i, u.pull);
        set(table, "democracy", i, u.democracy);
        set(table, "closed", i, u.closed);
        set(table, "effort", i, u.effort);
        set(table, "truth", i, u.adopted >= 0);
        for (int s = 0; s < RECORD_SOURCES; s++) {
            set(table, SOURCE[s], i, u.report[s]);
        }
        set(table, "reports", i, u.reports);
        set(table, "observed", i, u.reports > 0);
        set_visits(&w, i, &u, table);
    }
    return table;
}

/* The period that the record has; -1: none. */
static int recorded(const world *w, int i, const unit *u) {
    pp_rng rng = stream(w, VISITS, w->making->units + i);
    int any = (int)pp_rng_below(&rng, periods(w->making));
    return u->reports == 0 ? -1 : u->adopted >= 0 ? u->adopted : any;
}

static void set_period(pp_table *table, int64_t row, int t, const unit *u, int shown) {
    set(table, "period", row, t);
    set(table, "democracy", row, u->democracy);
    set(table, "closed", row, u->closed);
    set(table, "truth", row, u->adopted >= 0 && u->adopted <= t);
    set(table, "adopted", row, u->adopted < 0 ? NAN : (double)u->adopted);
    set(table, "lo", row, shown < 0 ? NAN : (double)shown);
    set(table, "hi", row, shown < 0 ? NAN : (double)shown);
}

pp_table *record_panel(const record_making *m, uint64_t seed, uint64_t draw) {
    const world w = {m, seed, draw};
    int T = periods(m);
    pp_table *table = rows((int64_t)m->units * T);
    double *push = malloc((size_t)T * sizeof *push),
           *pull = malloc((size_t)T * sizeof *pull);
    assert_true(push && pull);
    for (int i = 0; i < m->units; i++) {
        unit u;
        traits(&w, i, &u);
        live(&w, i, &u, push, pull);
        report(&w, i, &u);
        int shown = recorded(&w, i, &u);
        for (int t = 0; t < T; t++) {
            int64_t row = (int64_t)i * T + t;
            set(table, "unit", row, i);
            set(table, "push", row, push[t]);
            set(table, "pull", row, pull[t]);
            set_period(table, row, t, &u, shown);
        }
    }
    free(push);
    free(pull);
    return table;
}
