/* What covariates explain of the changes of units whose treatment has not changed yet. */
#include "effects/switching/contrasts.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const double COLLINEAR = 1e-10, ROUNDING = 1e-20; /* of squares */

/* One first treatment: the changes from one period to the next of its units before theirs. */
typedef struct sample {
    const pp__cohort *from, *to;
    int64_t n;
    int64_t *unit;
    int *period;
    double *v; /* k + 1 columns of n, the outcome's last, about the means of periods */
    int kept, *keep; /* covariates whose coefficients can be told */
    double *theta;   /* kept */
    double *inverse; /* kept × kept */
} sample;

/* ---- the changes ---- */

static int64_t count_changes(const pp__switchers *s, const sample *p) {
    int64_t n = 0;
    for (const pp__cohort *g = p->from; g < p->to; g++) {
        int last = g->first < s->periods ? g->first : s->periods;
        n += (g->end - g->begin) * (last - 1);
    }
    return n;
}

static void add_change(const pp__switchers *s, sample *p, int64_t room, int t,
                       int64_t i) {
    int64_t now = t * s->n + i, before = now - s->n;
    if (isnan(s->y[now] - s->y[before])) {
        return;
    }
    for (int j = 0; j <= s->k; j++) {
        const double *value = j < s->k ? s->x[j] : s->y;
        p->v[j * room + p->n] = value[now] - value[before];
    }
    p->unit[p->n] = i;
    p->period[p->n++] = t;
}

/* Columns are `room` apart. */
static pp_status gather(const pp__switchers *s, sample *p, int64_t room, pp_arena *arena,
                        pp_error *err) {
    p->unit = pp_arena_alloc(arena, room, sizeof *p->unit);
    p->period = pp_arena_alloc(arena, room, sizeof *p->period);
    p->v = pp_arena_alloc(arena, room * (s->k + 1), sizeof *p->v);
    PP_NEED(p->unit && p->period ? p->v : NULL, err);
    for (const pp__cohort *g = p->from; g < p->to; g++) {
        for (int t = 1; t < g->first && t < s->periods; t++) {
            for (int64_t i = g->begin; i < g->end; i++) {
                add_change(s, p, room, t, i);
            }
        }
    }
    return PP_OK;
}

/* What does not vary between the units of a period is rounding, and goes. */
static void centre(const pp__switchers *s, sample *p, double *column, double *sum,
                   double *count) {
    double whole = pp__dot(p->n, column, column);
    memset(sum, 0, (size_t)s->periods * sizeof *sum);
    memset(count, 0, (size_t)s->periods * sizeof *count);
    for (int64_t r = 0; r < p->n; r++) {
        sum[p->period[r]] += column[r];
        count[p->period[r]]++;
    }
    for (int64_t r = 0; r < p->n; r++) {
        column[r] -= sum[p->period[r]] / count[p->period[r]];
    }
    if (pp__dot(p->n, column, column) <= ROUNDING * whole) {
        memset(column, 0, (size_t)p->n * sizeof *column);
    }
}

/* ---- the coefficients ---- */

static const double *column_of(const sample *p, int64_t room, int kept) {
    return p->v + p->keep[kept] * room;
}

/* The factor of the kept covariates' products, or 0 where the last of them adds nothing. */
static int factor(const sample *p, int64_t room, double *L) {
    for (int a = 0; a < p->kept; a++) {
        for (int b = 0; b <= a; b++) {
            L[a + b * p->kept] =
                pp__dot(p->n, column_of(p, room, a), column_of(p, room, b));
        }
    }
    return pp__cholesky(p->kept, L, COLLINEAR) == p->kept;
}

static pp_status solve(const pp__switchers *s, sample *p, int64_t room, pp_arena *arena,
                       pp_error *err) {
    double *L = pp_arena_alloc(arena, s->k * s->k, sizeof *L);
    p->keep = pp_arena_alloc(arena, s->k, sizeof *p->keep);
    p->theta = pp_arena_alloc(arena, s->k, sizeof *p->theta);
    p->inverse = pp_arena_alloc(arena, s->k * s->k, sizeof *p->inverse);
    PP_NEED(L && p->keep && p->theta ? p->inverse : NULL, err);
    for (int j = 0; j < s->k && p->n > s->periods + p->kept + 1; j++) {
        p->keep[p->kept++] = j;
        p->kept -= !factor(p, room, L);
    }
    if (p->kept == 0) {
        return PP_OK;
    }
    factor(p, room, L);
    for (int a = 0; a < p->kept; a++) {
        p->theta[a] = pp__dot(p->n, column_of(p, room, a), p->v + s->k * room);
    }
    pp__forward(p->kept, L, p->theta);
    pp__backward(p->kept, L, p->theta);
    pp__cholesky_inverse(p->kept, L, p->inverse);
    return PP_OK;
}

/* ---- what follows ---- */

static void add_influence(const pp__switchers *s, const sample *p, int64_t room,
                          double *influence) {
    for (int64_t r = 0; r < p->n; r++) {
        double residual = p->v[s->k * room + r];
        for (int a = 0; a < p->kept; a++) {
            residual -= p->theta[a] * column_of(p, room, a)[r];
        }
        for (int a = 0; a < p->kept; a++) {
            double sum = 0;
            for (int b = 0; b < p->kept; b++) {
                sum += p->inverse[a + b * p->kept] * column_of(p, room, b)[r];
            }
            influence[p->keep[a] * s->n + p->unit[r]] += sum * residual;
        }
    }
}

static void take_out(pp__switchers *s, const sample *p) {
    for (int t = 0; t < s->periods; t++) {
        for (int64_t i = p->from->begin; i < p->from->stop; i++) {
            for (int a = 0; a < p->kept; a++) {
                s->y[t * s->n + i] -= p->theta[a] * s->x[p->keep[a]][t * s->n + i];
            }
        }
    }
}

static pp_status treat(pp__switchers *s, sample *p, pp_arena *arena, pp__residuals *out,
                       pp_error *err) {
    int64_t room = count_changes(s, p);
    double *sum = pp_arena_alloc(arena, 2 * s->periods, sizeof *sum);
    PP_NEED(sum, err);
    PP_TRY(gather(s, p, room, arena, err));
    for (int j = 0; j <= s->k; j++) {
        centre(s, p, p->v + j * room, sum, sum + s->periods);
    }
    PP_TRY(solve(s, p, room, arena, err));
    out->unsupported += p->kept < s->k;
    add_influence(s, p, room, out->influence);
    take_out(s, p);
    return PP_OK;
}

pp_status pp__residuals_take(pp__switchers *s, pp_arena *arena, pp__residuals *out,
                             pp_error *err) {
    *out = (pp__residuals){.k = s->k};
    out->influence = pp_arena_zalloc(arena, s->k * s->n, sizeof *out->influence);
    PP_NEED(out->influence, err);
    for (int c = 0; c < s->cohorts && s->k > 0;) {
        sample p = {.from = &s->cohort[c]};
        while (c < s->cohorts && s->cohort[c].level == p.from->level) {
            c++;
        }
        p.to = s->cohort + c;
        if (p.to - p.from > 1) { /* else nothing is compared */
            pp_arena_mark mark = pp_arena_get_mark(arena);
            PP_TRY(treat(s, &p, arena, out, err));
            pp_arena_release(arena, mark);
        }
    }
    return PP_OK;
}
