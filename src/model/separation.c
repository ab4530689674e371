#include "model/separation.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/glm.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Margins are judged relative to the largest one. */
static const double ZERO_MARGIN = 1e-7;

static void products(const pp__design *d, const double *direction, double *out) {
    memset(out, 0, (size_t)d->n * sizeof *out);
    for (int j = 0; j < d->k; j++) {
        double factor = direction[j] / d->scale[j];
        for (int64_t i = 0; i < d->n; i++) {
            out[i] += factor * (d->x[j][i] - d->center[j]);
        }
    }
}

int pp__separation_excluded(const pp__design *d, const double *score,
                            const double *weight, const double *step) {
    const double small = 0.01;
    double change[PP__TILE], factor;
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
        memset(change, 0, sizeof change);
        for (int j = 0; j < d->k; j++) {
            const double *x = d->x[j] + begin;
            factor = step[j] / d->scale[j];
            for (int i = 0; i < n; i++) {
                change[i] += factor * (x[i] - d->center[j]);
            }
        }
        for (int i = 0; i < n; i++) {
            if (!(weight[begin + i] * fabs(change[i]) < small * fabs(score[begin + i]))) {
                return 0;
            }
        }
    }
    return 1;
}

typedef struct search {
    const pp__design *d;
    const double *y;
    double *null_space; /* k × k: columns that leave the other rows alone, the first
                           `nullity` */
    double *eigenvalues, *work;
    double *tile;
    double *direction; /* k */
    double *margin;    /* n: (2y − 1) z'direction */
} search;

/* The directions that do not move the rows that are not candidates. */
static int find_null_space(search *s, const uint8_t *candidate) {
    int k = s->d->k, nullity = 0;
    memset(s->null_space, 0, (size_t)k * (size_t)k * sizeof *s->null_space);
    for (int64_t begin = 0; begin < s->d->n; begin += PP__TILE) {
        int n = s->d->n - begin < PP__TILE ? (int)(s->d->n - begin) : PP__TILE;
        pp__design_z(s->d, begin, n, s->tile);
        for (int j = 0; j < k; j++) {
            for (int i = 0; i < n; i++) {
                s->tile[i + (int64_t)j * PP__TILE] *= !candidate[begin + i];
            }
        }
        pp__add_products(k, n, PP__TILE, s->tile, s->tile, s->null_space);
    }
    if (pp__eigen(k, s->null_space, s->eigenvalues, s->work) != 0) {
        return 0;
    }
    while (nullity < k && s->eigenvalues[nullity] <= 1e-12 * (double)s->d->n) {
        nullity++;
    }
    return nullity;
}

static void project(search *s, int nullity, const double *on) {
    int k = s->d->k;
    memset(s->direction, 0, (size_t)k * sizeof *s->direction);
    for (int c = 0; c < nullity; c++) {
        const double *basis = s->null_space + (int64_t)c * k;
        double length = pp__dot(k, basis, on);
        for (int j = 0; j < k; j++) {
            s->direction[j] += length * basis[j];
        }
    }
}

/* 1 when the direction separates; marks the rows whose margin is positive. */
static int verify(search *s, uint8_t *separated) {
    double largest = 0, smallest = 0;
    products(s->d, s->direction, s->margin);
    for (int64_t i = 0; i < s->d->n; i++) {
        s->margin[i] = s->y[i] > 0 ? s->margin[i] : -s->margin[i];
        largest = fmax(largest, s->margin[i]);
        smallest = fmin(smallest, s->margin[i]);
    }
    if (!(largest > 0) || smallest < -ZERO_MARGIN * largest) {
        return 0;
    }
    for (int64_t i = 0; i < s->d->n; i++) {
        separated[i] = s->margin[i] > ZERO_MARGIN * largest;
    }
    return 1;
}

/* Rows whose score has almost vanished are candidates. */
static int try_candidates(search *s, const pp__optimum *o, const double *score,
                          double limit, uint8_t *separated) {
    for (int64_t i = 0; i < s->d->n; i++) {
        separated[i] = fabs(score[i]) < limit;
    }
    int nullity = find_null_space(s, separated);
    if (nullity == 0) {
        return 0;
    }
    project(s, nullity, o->theta);
    if (verify(s, separated)) {
        return 1;
    }
    project(s, nullity, o->step);
    return verify(s, separated);
}

static pp_status allocate(search *s, pp_arena *arena, pp_error *err) {
    int64_t k = s->d->k;
    s->null_space =
        pp_arena_alloc(arena, k * k + k * (PP__TILE + 6), sizeof *s->null_space);
    PP_NEED(s->null_space, err);
    s->eigenvalues = s->null_space + k * k;
    s->work = s->eigenvalues + k;
    s->direction = s->work + 4 * k;
    s->tile = s->direction + k;
    s->margin = pp_arena_alloc(arena, s->d->n, sizeof *s->margin);
    PP_NEED(s->margin, err);
    return PP_OK;
}

pp_status pp__separation_find(const pp__design *d, const double *y, pp_arena *arena,
                              const pp_context *ctx, uint8_t **separated,
                              double **direction, pp_error *err) {
    /* On separated data each iteration moves a vanishing score down by a factor e; these
       end between losing the rest to rounding and mistaking an improbable row for an
       impossible one. */
    static const double LIMITS[] = {1e-8, 1e-10, 1e-6, 1e-4};
    const double tolerance = 1e-6;
    const int iterations = 60;
    pp__optimum o;
    double *score, *weight;
    search s = {.d = d, .y = y};
    *separated = NULL;
    *direction = NULL;
    PP_TRY(pp__glm_maximise(d, pp__estimator_logit.family, y, tolerance, iterations,
                            arena, ctx, &o, &score, &weight, err));
    if (pp__separation_excluded(d, score, weight, o.step)) {
        return PP_OK;
    }
    uint8_t *flags = pp_arena_alloc(arena, d->n, 1);
    PP_NEED(flags, err);
    PP_TRY(allocate(&s, arena, err));
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        if (try_candidates(&s, &o, score, LIMITS[i], flags)) {
            *separated = flags;
            *direction = s.direction;
            return PP_OK;
        }
    }
    return PP_OK;
}
