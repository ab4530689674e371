#include "effects/switching/contrasts.h"

#include "base/check.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
    const pp__switchers *s;
    const pp__residuals *residuals;
    pp__reach reach;
    pp__contrast *out;
    double *influence; /* columns of n */
    double *moment;    /* columns of levels × k */
    int32_t *mark;     /* columns of clusters: who has been counted */
} job;

/* One column at work. */
typedef struct column {
    const job *j;
    pp__contrast *out;
    double *influence, *moment;
    int32_t *mark, stamp;
} column;

/* Between which periods; both sides must also be seen at `until`. */
typedef struct span {
    int base, to, until;
} span;

/* The units of one side. */
typedef struct side {
    int64_t begin, end, n, clusters;
    double sum;
} side;

static int usable(const pp__switchers *s, span p, int64_t i) {
    return !isnan(s->y[p.base * s->n + i] + s->y[p.to * s->n + i] +
                  s->y[p.until * s->n + i]);
}

static double change(const pp__switchers *s, const double *value, span p, int64_t i) {
    return value[p.to * s->n + i] - value[p.base * s->n + i];
}

/* ---- who ---- */

static int64_t first_control(const pp__cohort *g, int until) {
    const pp__cohort *c = g;
    while (c->end < g->stop && c->first <= until) {
        c++;
    }
    return c->first > until ? c->begin : g->stop;
}

/* Seen in every period that is asked for, with somebody unchanged in the last of them. */
static int followed(const column *c, const pp__cohort *g, int64_t i) {
    const pp__switchers *s = c->j->s;
    int last = g->first - 1 + c->j->reach.same;
    int stays = last < s->periods && first_control(g, last) < g->stop;
    for (int t = g->first; stays && t <= last; t++) {
        stays = !isnan(s->y[t * s->n + i]);
    }
    return stays;
}

static int is_counted(const column *c, const pp__cohort *g, span p, int64_t i) {
    return usable(c->j->s, p, i) &&
           (i >= g->end || c->j->reach.same == 0 || followed(c, g, i));
}

/* Adds the clusters of a side that have not been counted under the present stamp. */
static void count_clusters(column *c, const pp__cohort *g, span p, const side *of,
                           int64_t *clusters) {
    const int32_t *cluster = c->j->s->cluster;
    for (int64_t i = of->begin; cluster && i < of->end; i++) {
        if (is_counted(c, g, p, i) && c->mark[cluster[i]] != c->stamp) {
            c->mark[cluster[i]] = c->stamp;
            ++*clusters;
        }
    }
    *clusters += cluster ? 0 : of->n;
}

static side gather(column *c, const pp__cohort *g, span p, int64_t begin, int64_t end) {
    side out = {.begin = begin, .end = end};
    for (int64_t i = begin; i < end; i++) {
        if (is_counted(c, g, p, i)) {
            out.sum += change(c->j->s, c->j->s->y, p, i);
            out.n++;
        }
    }
    c->stamp++;
    count_clusters(c, g, p, &out, &out.clusters);
    return out;
}

/* ---- influence ---- */

/* About which mean a side's changes vary, and the factor for its having been estimated: a side in one
   cluster is taken together with the other. */
static void centre(column *c, const pp__cohort *g, span p, const side *own,
                   const side *other, double *mean, double *factor) {
    int64_t clusters = own->clusters;
    *mean = own->sum / (double)own->n;
    if (clusters < 2) {
        clusters = 0;
        c->stamp++;
        count_clusters(c, g, p, own, &clusters);
        count_clusters(c, g, p, other, &clusters);
        *mean = (own->sum + other->sum) / (double)(own->n + other->n);
    }
    *mean = clusters < 2 ? 0 : *mean;
    *factor = clusters < 2 ? 1 : sqrt((double)clusters / (double)(clusters - 1));
}

static void add_influence(column *c, const pp__cohort *g, span p, const side *own,
                          const side *other, double weight) {
    const pp__switchers *s = c->j->s;
    double mean, factor;
    centre(c, g, p, own, other, &mean, &factor);
    for (int64_t i = own->begin; i < own->end; i++) {
        if (is_counted(c, g, p, i)) {
            c->influence[i] += weight * factor * (change(s, s->y, p, i) - mean);
        }
    }
}

/* By how much the contrast moves with the coefficients of its first treatment. */
static void add_moments(column *c, const pp__cohort *g, span p, const side *treated,
                        const side *controls) {
    const pp__switchers *s = c->j->s;
    double ratio = (double)treated->n / (double)controls->n;
    for (int j = 0; j < s->k; j++) {
        double sum = 0, of_controls = 0;
        for (int64_t i = treated->begin; i < treated->end; i++) {
            sum += is_counted(c, g, p, i) ? change(s, s->x[j], p, i) : 0;
        }
        for (int64_t i = controls->begin; i < controls->end; i++) {
            of_controls += is_counted(c, g, p, i) ? change(s, s->x[j], p, i) : 0;
        }
        c->moment[g->level * s->k + j] += g->sign * (sum - ratio * of_controls);
    }
}

/* ---- the sums ---- */

static void add_doses(column *c, const pp__cohort *g, span p, const side *treated) {
    const pp__switchers *s = c->j->s;
    int last = g->first - 1 + abs(c->out->exposed);
    for (int64_t i = treated->begin; i < treated->end; i++) {
        if (is_counted(c, g, p, i)) {
            for (int t = g->first; t <= last; t++) {
                c->out->dose += fabs(s->d[t * s->n + i] - g->base);
            }
            c->out->last += fabs(s->d[last * s->n + i] - g->base);
        }
    }
}

static void add_cohort(column *c, const pp__cohort *g) {
    int l = abs(c->out->exposed), base = g->first - 1;
    span p = {base, base + c->out->exposed, base + l};
    if (p.to < 0 || p.until >= c->j->s->periods) {
        return;
    }
    side treated = gather(c, g, p, g->begin, g->end);
    if (treated.n == 0) {
        return;
    }
    side controls = gather(c, g, p, first_control(g, p.until), g->stop);
    if (controls.n == 0) {
        c->out->alone += treated.n;
        return;
    }
    double ratio = (double)treated.n / (double)controls.n;
    c->out->cohorts++;
    c->out->treated += treated.n;
    c->out->controls += controls.n;
    c->out->single += treated.clusters < 2;
    c->out->effect += g->sign * (treated.sum - ratio * controls.sum);
    add_doses(c, g, p, &treated);
    add_influence(c, g, p, &treated, &controls, g->sign);
    add_influence(c, g, p, &controls, &treated, -g->sign * ratio);
    add_moments(c, g, p, &treated, &controls);
}

static void correct(column *c) {
    const pp__switchers *s = c->j->s;
    for (int a = 0; a < s->cohorts && s->k > 0; a++) {
        const pp__cohort *g = &s->cohort[a];
        for (int j = 0; j < s->k; j++) {
            double moment = c->moment[g->level * s->k + j];
            for (int64_t i = g->begin; i < g->end; i++) {
                c->influence[i] -= moment * c->j->residuals->influence[j * s->n + i];
            }
        }
    }
}

/* From sums over units to means. */
static void divide(column *c) {
    pp__contrast *o = c->out;
    double n = (double)o->treated;
    if (o->treated == 0) {
        o->effect = o->dose = o->last = NAN;
        return;
    }
    o->effect /= n;
    o->dose /= n;
    o->last /= n;
    for (int64_t i = 0; i < c->j->s->n; i++) {
        c->influence[i] *= (double)c->j->s->n / n;
    }
}

static void make_column(void *payload, int64_t index) {
    const job *j = payload;
    const pp__switchers *s = j->s;
    column c = {.j = j,
                .out = &j->out[index],
                .influence = j->influence + index * s->n,
                .moment = j->moment + index * s->levels * s->k,
                .mark = s->cluster ? j->mark + index * s->clusters : NULL};
    for (int g = 0; g < s->cohorts; g++) {
        int sign = s->cohort[g].sign;
        if (sign != 0 && (j->reach.sign == 0 || j->reach.sign == sign)) {
            add_cohort(&c, &s->cohort[g]);
        }
    }
    correct(&c);
    divide(&c);
}

pp_status pp__contrasts_make(const pp__switchers *s, const pp__residuals *residuals,
                             pp__reach reach, const int *exposed, int columns,
                             const pp_context *ctx, pp_arena *arena, pp__contrast *out,
                             double *influence, pp_error *err) {
    job j = {.s = s,
             .residuals = residuals,
             .reach = reach,
             .out = out,
             .influence = influence};
    j.moment =
        pp_arena_zalloc(arena, (int64_t)columns * s->levels * s->k, sizeof(double));
    j.mark =
        pp_arena_zalloc(arena, s->cluster ? columns * s->clusters : 0, sizeof *j.mark);
    PP_NEED(j.moment && j.mark ? j.moment : NULL, err);
    memset(influence, 0, (size_t)(columns * s->n) * sizeof *influence);
    for (int c = 0; c < columns; c++) {
        out[c] = (pp__contrast){.exposed = exposed[c]};
    }
    PP_TRY(pp_progress(ctx, "comparing changes", 0.3, err));
    pp__parallel(ctx, columns, make_column, &j);
    return PP_OK;
}

int pp__has_controls(const pp__switchers *s, const pp__cohort *g) {
    span p = {g->first - 1, g->first, g->first};
    for (int64_t i = first_control(g, p.until); i < g->stop; i++) {
        if (usable(s, p, i)) {
            return 1;
        }
    }
    return 0;
}
