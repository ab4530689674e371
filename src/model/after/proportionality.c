/* Whether hazards are proportional. Grambsch & Therneau (1994), Biometrika 81, 515-526; as
   the score test of coefficients that change with time, in survival 3. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimators/cox.h"
#include "model/estimators/radix.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/survival.h>
#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef enum transform { KM, RANK, IDENTITY, LOG } transform;

typedef struct testing {
    const pp_fit *fit;
    const pp__design *d;
    transform transform;
    pp_arena *arena;
    pp__cox cox;
    double *g;                               /* of each slot */
    double *score;                           /* k */
    double *information, *crossed, *squared; /* k × k: weighted by 1, g, g² */
    pp_error *err;
} testing;

static double count_of(const testing *t, int64_t row) {
    return t->d->with.frequency ? t->d->with.weight[row] : 1;
}

/* ---- time ---- */

/* The rows by a time, ascending. */
static pp_status sort_rows(const testing *t, const double *time, pp__radix_item **out) {
    int64_t n = t->d->n;
    *out = pp_arena_alloc(t->arena, 2 * n, sizeof **out);
    PP_NEED(*out, t->err);
    for (int64_t i = 0; i < n; i++) {
        (*out)[i] = (pp__radix_item){pp__radix_key(time[i]), (int32_t)i};
    }
    pp__radix_sort(*out, *out + n, n);
    return PP_OK;
}

/* The transform of each row's end, by one walk over the rows in the order of their ends:
   what is known before rows that end together holds for all of them. */
static pp_status transform_ends(const testing *t, double *out) {
    const pp__companions *with = &t->d->with;
    pp__radix_item *ends, *starts = NULL;
    int64_t n = t->d->n, entered = 0;
    double survival = 1, before = 0, at_risk = 0;
    PP_TRY(sort_rows(t, with->stop, &ends));
    if (with->start) {
        PP_TRY(sort_rows(t, with->start, &starts));
    }
    for (int64_t i = 0; !starts && i < n; i++) {
        at_risk += count_of(t, i);
    }
    for (int64_t begin = 0, end; begin < n; begin = end) {
        double time = with->stop[ends[begin].index], count = 0, deaths = 0;
        for (end = begin; end < n && with->stop[ends[end].index] == time; end++) {
            double own = count_of(t, ends[end].index);
            count += own;
            deaths += with->event[ends[end].index] > 0 ? own : 0;
        }
        while (starts && entered < n && with->start[starts[entered].index] < time) {
            at_risk += count_of(t, starts[entered++].index);
        }
        for (int64_t i = begin; i < end; i++) {
            out[ends[i].index] =
                t->transform == KM ? 1 - survival : before + (count + 1) / 2;
        }
        survival *= 1 - deaths / at_risk;
        before += count;
        at_risk -= count;
    }
    return PP_OK;
}

static pp_status transform_slots(testing *t) {
    const pp__risk_sets *s = &t->cox.sets;
    double sum = 0, deaths = 0;
    double *ends = pp_arena_alloc(t->arena, t->d->n, sizeof *ends);
    PP_NEED(ends, t->err);
    if (t->transform == KM || t->transform == RANK) {
        PP_TRY(transform_ends(t, ends));
    }
    for (int64_t i = 0; i < t->d->n; i++) {
        double stop = t->d->with.stop[i];
        double g = t->transform == IDENTITY ? stop
                   : t->transform == LOG    ? log(stop)
                                            : ends[i];
        if (s->event[i]) {
            t->g[s->end[i]] = g;
            sum += g * count_of(t, i);
            deaths += count_of(t, i);
        }
    }
    if (!isfinite(sum)) {
        PP_FAIL(t->err, PP_E_INPUT, "an event at time zero or before has no logarithm");
    }
    for (int32_t e = 0; e < s->slots; e++) {
        t->g[e] -= sum / deaths;
    }
    return PP_OK;
}

/* ---- the extended model ---- */

static void weigh_observed(testing *t) {
    pp__cox *c = &t->cox;
    const pp__risk_order *o = &c->sets.backward;
    memset(c->observed, 0, (size_t)t->fit->k * sizeof *c->observed);
    for (int64_t i = 0; i < o->n; i++) {
        int64_t row = o->row[i];
        if (c->sets.event[row]) {
            double w = (c->weight ? c->weight[i] : 1) * t->g[c->sets.end[row]];
            const double *z = o->z + i / PP__TILE * t->d->k * PP__TILE + i % PP__TILE;
            for (int64_t j = 0; j < t->d->k; j++) {
                c->observed[j] += w * z[j * PP__TILE];
            }
        }
    }
}

/* `squared` becomes the information on the interactions, that of the coefficients taken
   out. */
static pp_status extend(testing *t) {
    pp__cox *c = &t->cox;
    int k = t->fit->k;
    int64_t size = (int64_t)k * k;
    double *square = pp_arena_alloc(t->arena, c->sets.slots, sizeof *square);
    PP_NEED(square, t->err);
    double *unused = pp_arena_alloc(t->arena, k, sizeof *unused);
    PP_NEED(unused, t->err);
    for (int32_t e = 0; e < c->sets.slots; e++) {
        square[e] = t->g[e] * t->g[e];
    }
    weigh_observed(t);
    c->slot_weight = t->g;
    pp__cox_loglik(c, c->estimates, t->score, t->crossed);
    c->slot_weight = square;
    pp__cox_loglik(c, c->estimates, unused, t->squared);
    pp__mirror(k, t->crossed);
    if (pp__cholesky(k, t->information, 0) < k) {
        PP_FAIL(t->err, PP_E_ESTIMATION, "the information is singular");
    }
    for (int64_t j = 0; j < size; j += k) {
        pp__forward(k, t->information, t->crossed + j);
    }
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = j; i < k; i++) {
            t->squared[i + j * k] -= pp__dot(k, t->crossed + i * k, t->crossed + j * k);
        }
    }
    return PP_OK;
}

/* ---- tests ---- */

/* Of the columns of a term; −1: of all. */
static pp_status test(testing *t, int term, double *statistic, int *df) {
    int64_t k = t->fit->k, at = 0;
    int64_t *column = pp_arena_alloc(t->arena, k, sizeof *column);
    PP_NEED(column, t->err);
    for (int64_t j = 0; j < k; j++) {
        if (term < 0 || t->d->column[j].term == term) {
            column[at++] = j;
        }
    }
    *df = (int)at;
    double *S = pp_arena_alloc(t->arena, at * at + at, sizeof *S), *u = S + at * at;
    PP_NEED(S, t->err);
    for (int64_t j = 0; j < at; j++) {
        u[j] = t->score[column[j]];
        for (int64_t i = j; i < at; i++) {
            S[i + j * at] = t->squared[column[i] + column[j] * k];
        }
    }
    *statistic = NAN;
    if (pp__cholesky(*df, S, 1e-12) == *df) {
        pp__forward(*df, S, u);
        *statistic = pp__dot(at, u, u);
    }
    return PP_OK;
}

static pp_status put_test(testing *t, pp_table *table, int term, const char *name) {
    int64_t row;
    double statistic = NAN;
    int df = 0;
    PP_TRY(test(t, term, &statistic, &df));
    PP_TRY(pp_table_append(table, &row, t->err));
    PP_TRY(pp__put_text(table, row, "term", name, t->err));
    PP_TRY(pp__put_number(table, row, "statistic", PP_SHOW_DEFAULT, statistic, t->err));
    PP_TRY(pp__put_number(table, row, "df", PP_SHOW_COUNT, df, t->err));
    return pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE,
                          pchisq(statistic, df, 0, 0), t->err);
}

static pp_status put_term(testing *t, pp_table *table, int term) {
    const pp__formula *f = t->fit->formula;
    const pp__term *parts = &f->terms[term];
    pp_buf name;
    pp_buf_init(&name);
    for (int a = 0; a < parts->n; a++) {
        pp_buf_printf(&name, "%s%s", a ? ":" : "", f->atoms[parts->atom[a]].label);
    }
    pp_status status = pp_buf_check(&name, t->err);
    status = status == PP_OK ? put_test(t, table, term, name.data) : status;
    pp_buf_clear(&name);
    return status;
}

static pp_status run(testing *t, const pp_context *ctx, pp_table *table) {
    int64_t k = t->fit->k;
    pp_column *column;
    t->score = pp_arena_alloc(t->arena, 3 * k * k + k, sizeof *t->score);
    PP_NEED(t->score, t->err);
    t->information = t->score + k;
    t->crossed = t->information + k * k;
    t->squared = t->crossed + k * k;
    PP_TRY(pp__cox_revisit(t->fit, "test of proportional hazards", t->arena, ctx, &t->cox,
                           t->information, t->err));
    t->g = pp_arena_alloc(t->arena, t->cox.sets.slots, sizeof *t->g);
    PP_NEED(t->g, t->err);
    PP_TRY(transform_slots(t));
    PP_TRY(extend(t));
    PP_TRY(pp_table_add(table, PP_TEXT, "term", &column, t->err));
    for (int j = 0; j < t->fit->k; j++) {
        if (j == 0 || t->d->column[j].term != t->d->column[j - 1].term) {
            PP_TRY(put_term(t, table, t->d->column[j].term));
        }
    }
    return put_test(t, table, -1, "GLOBAL");
}

static pp_status read_transform(const char *name, transform *out, pp_error *err) {
    static const char *const NAMES[] = {"km", "rank", "identity", "log"};
    for (int i = 0; i < 4; i++) {
        if (!name || strcmp(name, NAMES[i]) == 0) {
            *out = (transform)i;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no transform of time '%s'", name);
    pp_error_locate(err, NULL, 0, "transform", name);
    pp_error_hint(err, "there are: km, rank, identity, log");
    return PP_E_ARGUMENT;
}

pp_status pp_fit_proportionality(const pp_fit *fit, const char *name,
                                 const pp_context *ctx, pp_result *result,
                                 pp_error *err) {
    pp_arena arena;
    pp_table *table;
    testing t = {.fit = fit, .d = fit->design, .arena = &arena, .err = err};
    PP_TRY(read_transform(name, &t.transform, err));
    PP_TRY(pp_result_add(result, "proportional_hazards", "Proportional hazards", &table,
                         err));
    pp_arena_init(&arena);
    pp_status status = run(&t, ctx, table);
    pp_arena_clear(&arena);
    return status;
}
