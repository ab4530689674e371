/* Estimates of the same thing under different dates, pooled. */
#include "base/check.h"
#include "effects/uncertain/drawn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

static const char *text_at(const pp_table *t, const pp__dated_table *from, int64_t row) {
    return from->text ? pp_column_get_text(pp_table_find(t, from->text), row) : NULL;
}

static double number_at(const pp_table *t, const pp__dated_table *from, int64_t row) {
    return from->number ? pp_table_find(t, from->number)->number[row] : NAN;
}

static int same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int same_key(const pp__dated_key *a, const pp__dated_key *b) {
    return same_text(a->text, b->text) &&
           (a->number == b->number || (isnan(a->number) && isnan(b->number)));
}

static pp__dated_key key_at(const pp_table *t, const pp__dated_table *from, int64_t row) {
    return (pp__dated_key){text_at(t, from, row), number_at(t, from, row)};
}

int64_t pp__dated_row(const pp_table *t, const pp__dated_table *from,
                      const pp__dated_key *key) {
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        pp__dated_key own = key_at(t, from, row);
        if (same_key(&own, key)) {
            return row;
        }
    }
    return -1;
}

static const pp_table *table_of(const pp__trial *t, const pp__dated_table *from) {
    return t && t->result ? pp_result_find(t->result, from->name) : NULL;
}

/* Behind those of its text, in the order of numbers; not a second time. */
static void insert(pp__dated_key *key, int *n, pp__dated_key own) {
    int at = *n;
    for (int i = 0; i < *n; i++) {
        if (same_key(&key[i], &own)) {
            return;
        }
        if (same_text(key[i].text, own.text)) {
            at = key[i].number > own.number ? i : i + 1;
            if (at == i) {
                break;
            }
        }
    }
    memmove(key + at + 1, key + at, (size_t)(*n - at) * sizeof *key);
    key[at] = own;
    ++*n;
}

static void insert_all(const pp_table *t, const pp__dated_table *from, pp__dated_key *key,
                       int *n) {
    for (int64_t row = 0; t && row < pp_table_rows(t); row++) {
        insert(key, n, key_at(t, from, row));
    }
}

pp_status pp__dated_keys(pp__trials *w, const pp__dated_table *from, pp__dated_key **out,
                         int *n) {
    int64_t room = 1;
    for (int i = 0; i < w->n_all; i++) {
        const pp_table *t = table_of(&w->all[i], from);
        room += t ? pp_table_rows(t) : 0;
    }
    *n = 0;
    *out = pp_arena_alloc(&w->arena, room, sizeof **out);
    PP_NEED(*out, w->err);
    for (int i = 0; i < w->n_all; i++) {
        insert_all(table_of(&w->all[i], from), from, *out, n);
    }
    return PP_OK;
}

/* ---- samples ---- */

pp_status pp__dated_sample_new(pp__trials *w, pp__dated_sample *out) {
    double *space = pp_arena_alloc(&w->arena, 3 * (int64_t)w->n, sizeof *space);
    PP_NEED(space, w->err);
    *out = (pp__dated_sample){
        .estimate = space, .variance = space + w->n, .share = space + 2 * (int64_t)w->n};
    return PP_OK;
}

static void add(const pp__trial *trial, const pp__dated_table *from, const pp_table *t,
                int64_t row, pp__dated_sample *s) {
    const char *name = from->estimate ? from->estimate : "estimate";
    double estimate = pp_table_find(t, name)->number[row];
    double error = pp_table_find(t, "std_error")->number[row];
    if (!isfinite(estimate)) {
        return;
    }
    s->estimate[s->n] = estimate;
    s->variance[s->n] = isfinite(error) ? error * error : NAN;
    s->share[s->n++] = trial->share;
    if (from->by_rank) {
        double p = pp_table_find(t, "p_value")->number[row];
        s->p += trial->share * p;
        s->p_share += trial->share;
        s->p_lowest = fmin(s->p_lowest, p);
        s->p_highest = fmax(s->p_highest, p);
    }
}

/* Draws without an error are left out where most have one; else none is told. */
static void keep_errors(const pp__trials *w, pp__dated_sample *s) {
    int n = 0, kept = 0;
    for (int i = 0; i < s->n; i++) {
        n += !isnan(s->variance[i]);
    }
    s->has_errors = n >= (w->together ? 1 : 2) && 2 * n >= s->n;
    for (int i = 0; i < s->n && s->has_errors; i++) {
        if (!isnan(s->variance[i])) {
            s->estimate[kept] = s->estimate[i];
            s->variance[kept] = s->variance[i];
            s->share[kept++] = s->share[i];
        }
    }
    s->n = s->has_errors ? kept : s->n;
}

/* They sum to 1. */
static void share_out(pp__dated_sample *s) {
    double of_all = 0;
    for (int i = 0; i < s->n; i++) {
        of_all += s->share[i];
    }
    s->p /= s->p_share;
    for (int i = 0; i < s->n; i++) {
        s->share[i] /= of_all;
        s->lowest = fmin(s->lowest, s->estimate[i]);
        s->highest = fmax(s->highest, s->estimate[i]);
    }
}

void pp__dated_sample_take(const pp__trials *w, const pp__dated_table *from,
                           const pp__dated_key *key, pp__dated_sample *s) {
    s->n = 0;
    s->p = s->p_share = 0;
    s->lowest = s->p_lowest = INFINITY;
    s->highest = s->p_highest = -INFINITY;
    for (int i = 0; i < w->n; i++) {
        const pp_table *t = table_of(&w->drawn[i], from);
        int64_t row = t ? pp__dated_row(t, from, key) : -1;
        if (row >= 0) {
            add(&w->drawn[i], from, t, row, s);
        }
    }
    keep_errors(w, s);
    share_out(s);
}

/* Of infinitely many draws: Rubin's total variance without the part of a finite number. */
static pp_pooled pool_shares(const pp__dated_sample *s) {
    pp_pooled p = {.df = INFINITY};
    for (int i = 0; i < s->n; i++) {
        p.estimate += s->share[i] * s->estimate[i];
        p.within += s->share[i] * s->variance[i];
    }
    for (int i = 0; i < s->n; i++) {
        double d = s->estimate[i] - p.estimate;
        p.between += s->share[i] * d * d;
    }
    p.std_error = sqrt(p.within + p.between);
    p.riv = p.between / p.within;
    p.lambda = p.fmi = p.between / (p.within + p.between);
    return p;
}

pp_pooled pp__dated_sample_pool(const pp__trials *w, const pp__dated_sample *s) {
    return w->together || !s->has_errors
               ? pool_shares(s)
               : pp_pool(s->n, s->estimate, s->variance, INFINITY);
}
