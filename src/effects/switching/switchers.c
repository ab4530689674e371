#include "effects/switching/switchers.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

/* A unit's place in the order. */
typedef struct key {
    double base;
    int first, sign;
    int32_t unit;
} key;

/* ---- one unit ---- */

static int seen(const pp__exposure *x, int64_t unit, int t) {
    return !isnan(x->d[t * x->n + unit]);
}

/* Fills the gaps between `from` and `to` and finds the first change. */
static pp__unplaced follow(pp__exposure *x, int from, int to, key *k) {
    double *d = x->d + k->unit, last = d[from * x->n];
    int in_gap = 0;
    k->base = last;
    k->first = x->periods;
    k->sign = 0;
    for (int t = from + 1; t <= to; t++) {
        double *now = &d[t * x->n];
        if (isnan(*now)) {
            *now = last;
            in_gap = 1;
            continue;
        }
        if (k->sign == 0 && *now != k->base) {
            if (in_gap) {
                return PP__UNDATED;
            }
            k->first = t;
            k->sign = *now > k->base ? 1 : -1;
        }
        last = *now;
        in_gap = 0;
    }
    return PP__PLACED;
}

/* Outcomes are of use while the treatment is known and on one side of the first. */
static void cut_outcomes(pp__exposure *x, int from, int to, const key *k,
                         pp__switchers_report *report) {
    const double *d = x->d + k->unit;
    int above = 0, below = 0, changes = 0;
    for (int t = 0; t < x->periods; t++) {
        int inside = t >= from && t <= to;
        if (inside) {
            above |= d[t * x->n] > k->base;
            below |= d[t * x->n] < k->base;
            changes += t > from && d[t * x->n] != d[(t - 1) * x->n];
        }
        if (!inside || (above && below)) {
            x->y[t * x->n + k->unit] = NAN;
        }
    }
    report->more += changes > 1;
    report->crossing += above && below;
}

static pp__unplaced place(pp__exposure *x, key *k, pp__switchers_report *report) {
    int from = 0, to = x->periods - 1;
    while (from < x->periods && !seen(x, k->unit, from)) {
        from++;
    }
    while (to > from && !seen(x, k->unit, to)) {
        to--;
    }
    if (to <= from) {
        return PP__SEEN_ONCE;
    }
    pp__unplaced why = follow(x, from, to, k);
    if (why == PP__PLACED) {
        cut_outcomes(x, from, to, k, report);
    }
    return why;
}

/* ---- the order ---- */

static int compare(const void *left, const void *right) {
    const key *a = left, *b = right;
    if (a->base != b->base) {
        return a->base < b->base ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    if (a->sign != b->sign) {
        return a->sign < b->sign ? -1 : 1;
    }
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

static int same_cohort(const key *a, const key *b) {
    return a->base == b->base && a->first == b->first && a->sign == b->sign;
}

static pp_status form_cohorts(const key *k, pp_arena *arena, pp__switchers *s,
                              pp_error *err) {
    pp__cohort *cohort = pp_arena_alloc(arena, s->n + 1, sizeof *cohort);
    PP_NEED(cohort, err);
    for (int64_t i = 0; i < s->n; i++) {
        if (i == 0 || !same_cohort(&k[i - 1], &k[i])) {
            s->levels += i == 0 || k[i - 1].base != k[i].base;
            cohort[s->cohorts++] = (pp__cohort){.base = k[i].base,
                                                .level = s->levels - 1,
                                                .first = k[i].first,
                                                .sign = k[i].sign,
                                                .begin = i};
        }
        cohort[s->cohorts - 1].end = i + 1;
    }
    for (int c = s->cohorts - 1; c >= 0; c--) {
        int is_last = c == s->cohorts - 1 || cohort[c + 1].level != cohort[c].level;
        cohort[c].stop = is_last ? cohort[c].end : cohort[c + 1].stop;
    }
    s->cohort = cohort;
    return PP_OK;
}

static pp_status reorder(const pp__exposure *x, const key *k, const double *from,
                         pp_arena *arena, const pp__switchers *s, double **out,
                         pp_error *err) {
    double *to = pp_arena_alloc(arena, s->n * s->periods, sizeof *to);
    PP_NEED(to, err);
    for (int t = 0; t < s->periods; t++) {
        for (int64_t i = 0; i < s->n; i++) {
            to[t * s->n + i] = from[t * x->n + k[i].unit];
        }
    }
    *out = to;
    return PP_OK;
}

static pp_status take_values(const pp__exposure *x, const key *k, pp_arena *arena,
                             pp__switchers *s, pp_error *err) {
    int32_t *unit = pp_arena_alloc(arena, s->n, sizeof *unit);
    int32_t *cluster = x->cluster ? pp_arena_alloc(arena, s->n, sizeof *cluster) : NULL;
    s->x = pp_arena_alloc(arena, s->k, sizeof *s->x);
    PP_NEED(unit && s->x && (cluster || !x->cluster) ? unit : NULL, err);
    for (int64_t i = 0; i < s->n; i++) {
        unit[i] = k[i].unit;
        if (cluster) {
            cluster[i] = x->cluster[k[i].unit];
        }
    }
    s->unit = unit;
    s->cluster = cluster;
    PP_TRY(reorder(x, k, x->y, arena, s, &s->y, err));
    PP_TRY(reorder(x, k, x->d, arena, s, &s->d, err));
    for (int j = 0; j < s->k; j++) {
        PP_TRY(reorder(x, k, x->x[j], arena, s, &s->x[j], err));
    }
    return PP_OK;
}

pp_status pp__switchers_find(pp__exposure *x, pp_arena *arena, pp__switchers *out,
                             pp__switchers_report *report, pp_error *err) {
    key *k = pp_arena_alloc(arena, x->n, sizeof *k);
    *report = (pp__switchers_report){0};
    report->why = pp_arena_alloc(arena, x->n, sizeof *report->why);
    PP_NEED(k && report->why ? k : NULL, err);
    *out = (pp__switchers){.periods = x->periods, .k = x->k, .time = x->time};
    for (int64_t i = 0; i < x->n; i++) {
        k[out->n].unit = (int32_t)i;
        report->why[i] = place(x, &k[out->n], report);
        out->n += report->why[i] == PP__PLACED;
    }
    out->clusters = x->cluster ? x->clusters : out->n;
    qsort(k, (size_t)out->n, sizeof *k, compare);
    PP_TRY(form_cohorts(k, arena, out, err));
    return take_values(x, k, arena, out, err);
}
