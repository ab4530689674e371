#include "model/separation.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/glm.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Of a row against the row that moves most. */
static const double ZERO = 1e-7;

static int tile_rows(const pp__design *d, int64_t begin) {
    return d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
}

/* z'direction of rows begin..begin+n-1. */
static void multiply(const pp__design *d, const double *direction, int64_t begin, int n,
                     double *out) {
    memset(out, 0, (size_t)n * sizeof *out);
    for (int j = 0; j < d->k; j++) {
        const double *x = d->x[j] + begin, factor = direction[j] / d->scale[j];
        for (int i = 0; i < n; i++) {
            out[i] += factor * (x[i] - d->center[j]);
        }
    }
}

/* ---- exclusion ---- */

static const double SMALL = 0.01; /* of a step that would be about one */

int pp__separation_unlikely(const pp__design *d, const double *step) {
    double change[PP__TILE];
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = tile_rows(d, begin);
        multiply(d, step, begin, n, change);
        for (int i = 0; i < n; i++) {
            if (!(fabs(change[i]) < SMALL)) {
                return 0;
            }
        }
    }
    return 1;
}

/* Scores below this share of the largest are lost in the rounding of the others. */
static const double ROUNDING = 1e-12;

double pp__separation_floor(const pp__glm *g) {
    double largest = 0;
    for (int64_t i = 0; i < g->d->n; i++) {
        largest = fmax(largest, fabs(g->score[i]));
    }
    return ROUNDING * largest;
}

int pp__separation_harmless(const pp__glm *g, int64_t row, double change, double floor) {
    int free_row =
        (g->prior && g->prior[row] == 0) || (g->family->count && g->y[row] > 0);
    double left = fabs(g->score[row]), moved = g->weight[row] * fabs(change);
    return free_row || (left > floor && moved < SMALL * left);
}

int pp__separation_excluded(const pp__glm *g, const double *step) {
    double change[PP__TILE], floor = pp__separation_floor(g);
    for (int64_t begin = 0; begin < g->d->n; begin += PP__TILE) {
        int n = tile_rows(g->d, begin);
        multiply(g->d, step, begin, n, change);
        for (int i = 0; i < n; i++) {
            if (!pp__separation_harmless(g, begin + i, change[i], floor)) {
                return 0;
            }
        }
    }
    return 1;
}

/* ---- search ---- */

typedef struct search {
    const pp__design *d;
    pp__verify_fn *verify;
    void *payload;
    double
        *null_space; /* k × k: the first `nullity` columns leave the other rows alone */
    double *eigenvalues, *work, *tile;
    double *direction; /* k */
    double *product;   /* n */
} search;

static int find_null_space(search *s, const uint8_t *candidate) {
    int k = s->d->k, nullity = 0;
    memset(s->null_space, 0, (size_t)k * (size_t)k * sizeof *s->null_space);
    for (int64_t begin = 0; begin < s->d->n; begin += PP__TILE) {
        int n = tile_rows(s->d, begin);
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

/* Projects `on` and lets the estimator judge what it does to each row. */
static int try_direction(search *s, int nullity, const double *on, uint8_t *separated) {
    int k = s->d->k;
    double largest = 0;
    memset(s->direction, 0, (size_t)k * sizeof *s->direction);
    for (int c = 0; c < nullity; c++) {
        const double *basis = s->null_space + (int64_t)c * k;
        double length = pp__dot(k, basis, on);
        for (int j = 0; j < k; j++) {
            s->direction[j] += length * basis[j];
        }
    }
    for (int64_t begin = 0; begin < s->d->n; begin += PP__TILE) {
        multiply(s->d, s->direction, begin, tile_rows(s->d, begin), s->product + begin);
    }
    for (int64_t i = 0; i < s->d->n; i++) {
        largest = fmax(largest, fabs(s->product[i]));
    }
    return largest > 0 && s->verify(s->payload, s->product, ZERO * largest, separated);
}

static int try_candidates(search *s, const pp__optimum *o, const double *score,
                          double limit, uint8_t *separated) {
    for (int64_t i = 0; i < s->d->n; i++) {
        double scale = s->d->with.weight ? s->d->with.weight[i] : 1;
        separated[i] = fabs(score[i]) < limit * scale || scale == 0;
    }
    int nullity = find_null_space(s, separated);
    return nullity > 0 && (try_direction(s, nullity, o->theta, separated) ||
                           try_direction(s, nullity, o->step, separated));
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
    s->product = pp_arena_alloc(arena, s->d->n, sizeof *s->product);
    PP_NEED(s->product, err);
    return PP_OK;
}

pp_status pp__separation_search(const pp__design *d, const pp__optimum *optimum,
                                const double *score, pp__verify_fn *verify, void *payload,
                                pp_arena *arena, uint8_t **separated, double **direction,
                                pp_error *err) {
    static const double LIMITS[] = {1e-8, 1e-10, 1e-6, 1e-4};
    search s = {.d = d, .verify = verify, .payload = payload};
    *separated = NULL;
    *direction = NULL;
    uint8_t *flags = pp_arena_alloc(arena, d->n, 1);
    PP_NEED(flags, err);
    PP_TRY(allocate(&s, arena, err));
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        if (try_candidates(&s, optimum, score, LIMITS[i], flags)) {
            *separated = flags;
            *direction = s.direction;
            return PP_OK;
        }
    }
    return PP_OK;
}

/* ---- binary outcomes and counts ---- */

static int verify_outcomes(void *payload, const double *product, double zero,
                           uint8_t *separated) {
    const pp__glm *g = payload;
    int any = 0;
    for (int64_t i = 0; i < g->d->n; i++) {
        int absent = g->prior && g->prior[i] == 0;
        int both = g->family->count && g->y[i] > 0; /* must stay where it is */
        double margin = g->y[i] > 0 && !both ? product[i] : -product[i];
        margin = both ? -fabs(margin) : margin;
        if (!absent && margin < -zero) {
            return 0;
        }
        separated[i] = !absent && margin > zero;
        any |= separated[i];
    }
    return any;
}

/* For the search: which rows cannot vanish. */
static void hold_positive(pp__glm *g) {
    for (int64_t i = 0; g->family->count && i < g->d->n; i++) {
        g->score[i] = g->y[i] > 0 ? INFINITY : g->score[i];
    }
}

pp_status pp__separation_look(pp_fit *fit, const pp__glm *fitted, const pp__optimum *at,
                              pp_error *err) {
    const pp__family *family = fitted->family;
    pp__glm g = pp__glm_of(
        fitted->d, family->binary ? pp__estimator_logit.family : family, fitted->ctx);
    pp__optimum o;
    if (!(family->binary || family->count) ||
        (at->converged && pp__separation_excluded(fitted, at->step))) {
        return PP_OK;
    }
    fit->outcome = g.y;
    g.offset = NULL;
    g.shape = fitted->shape;
    PP_TRY(pp__glm_maximise(&g, PP__SEPARATION_TOLERANCE, PP__SEPARATION_ITERATIONS,
                            &fit->arena, &o, err));
    if (pp__separation_excluded(&g, o.step)) {
        return PP_OK;
    }
    hold_positive(&g);
    return pp__separation_search(g.d, &o, g.score, verify_outcomes, &g, &fit->arena,
                                 &fit->separated, &fit->separation, err);
}
