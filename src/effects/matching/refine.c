#include "base/check.h"
#include "effects/matching/sets.h"
#include "model/draw.h"
#include "model/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum method { NEAREST, NEAREST_PROPENSITY, BY_ODDS } method;

typedef struct work {
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__sets *s;
    method method;
    int first, k; /* columns first..first+k-1 count: with the outcome, or without */
    int64_t size;
    double *z; /* k columns of units × periods: whitened by the period's covariance */
    double *propensity; /* units × periods */
    double *space;      /* a place for every pair */
    int64_t *begin;     /* of each set, in `space` */
} work;

static int64_t cells(const work *w) {
    return (int64_t)w->s->h->units * w->s->h->periods;
}

/* ---- Mahalanobis distances ---- */

static int is_seen(const work *w, int64_t at) {
    for (int j = 0; j < w->k; j++) {
        if (isnan(w->s->h->x[w->first + j][at])) {
            return 0;
        }
    }
    return 1;
}

/* The covariance of the columns over all units that are seen in the period. */
static void find_covariance(const work *w, int32_t period, double *mean, double *V) {
    const pp__history *h = w->s->h;
    double n = 0;
    memset(mean, 0, (size_t)w->k * sizeof *mean);
    memset(V, 0, (size_t)(w->k * w->k) * sizeof *V);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t u = 0; u < h->units; u++) {
            int64_t at = (int64_t)u * h->periods + period;
            if (!is_seen(w, at)) {
                continue;
            }
            n += !pass;
            for (int j = 0; j < w->k; j++) {
                double a = h->x[w->first + j][at] - (pass ? mean[j] : 0);
                mean[j] += pass ? 0 : a;
                for (int l = j; pass && l < w->k; l++) {
                    V[l + j * w->k] += a * (h->x[w->first + l][at] - mean[l]) / (n - 1);
                }
            }
        }
        for (int j = 0; !pass && j < w->k; j++) {
            mean[j] /= n;
        }
    }
}

/* z := L⁻¹ x; a column that those before it explain says nothing new. */
static void whiten(const work *w, const double *L, int64_t at) {
    for (int j = 0; j < w->k; j++) {
        double rest = w->s->h->x[w->first + j][at];
        for (int l = 0; l < j; l++) {
            rest -= L[j + l * w->k] * w->z[l * cells(w) + at];
        }
        w->z[j * cells(w) + at] = L[j + j * w->k] > 0 ? rest / L[j + j * w->k] : 0 * rest;
    }
}

static pp_status whiten_all(work *w) {
    const pp__history *h = w->s->h;
    int64_t k = w->k;
    double *V = pp_arena_alloc(w->arena, 2 * k * k + k, sizeof *V);
    w->z = pp_arena_alloc(w->arena, k * cells(w), sizeof *w->z);
    PP_NEED(V && w->z ? V : NULL, w->err);
    for (int32_t t = 0; t < h->periods; t++) {
        double *L = V + k * k;
        find_covariance(w, t, L + k * k, V);
        pp__draw_factor(k, V, L);
        for (int32_t u = 0; u < h->units; u++) {
            whiten(w, L, (int64_t)u * h->periods + t);
        }
    }
    return PP_OK;
}

/* The mean over lags of the distances of two units. */
static double distance(const work *w, int32_t a, int32_t b, int32_t period) {
    int64_t periods = w->s->h->periods;
    double sum = 0;
    for (int64_t t = period - w->s->lags; t < period; t++) {
        double square = 0;
        for (int j = 0; j < w->k; j++) {
            const double *z = w->z + j * cells(w);
            double d = z[a * periods + t] - z[b * periods + t];
            square += d * d;
        }
        sum += sqrt(square);
    }
    return sum / (double)w->s->lags;
}

/* ---- weights ---- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The same for all that are as near as the last one taken. */
static void take_nearest(const work *w, pp__matched_set *set, double *sorted) {
    int64_t taken = 0;
    double farthest = INFINITY;
    if (set->n > w->size) {
        memcpy(sorted, set->distance, (size_t)set->n * sizeof *sorted);
        qsort(sorted, (size_t)set->n, sizeof *sorted, ascending);
        farthest = sorted[w->size - 1] * (1 + 1e-9);
    }
    for (int64_t i = 0; i < set->n; i++) {
        taken += set->distance[i] <= farthest;
    }
    for (int64_t i = 0; i < set->n; i++) {
        set->weight[i] = set->distance[i] <= farthest ? 1 / (double)taken : 0;
    }
}

static void weigh_by_odds(const work *w, pp__matched_set *set) {
    double sum = 0;
    for (int64_t i = 0; i < set->n; i++) {
        double p = pp__history_at(w->s->h, w->propensity, set->control[i], set->period);
        sum += set->weight[i] = p / (1 - p);
    }
    for (int64_t i = 0; i < set->n; i++) {
        set->weight[i] /= sum;
    }
}

static void refine_sets(void *payload, int64_t begin, int64_t end) {
    const work *w = payload;
    const pp__history *h = w->s->h;
    for (int64_t i = begin; i < end; i++) {
        pp__matched_set *set = &w->s->set[i];
        if (set->state != PP__SET_USED) {
            continue;
        }
        for (int64_t c = 0; c < set->n; c++) {
            set->distance[c] =
                w->propensity
                    ? fabs(pp__history_at(h, w->propensity, set->unit, set->period) -
                           pp__history_at(h, w->propensity, set->control[c], set->period))
                    : distance(w, set->unit, set->control[c], set->period);
        }
        if (w->method == BY_ODDS) {
            weigh_by_odds(w, set);
        } else {
            take_nearest(w, set, w->space + w->begin[i]);
        }
    }
}

static pp_status make_space(work *w) {
    int64_t at = 0;
    double *distances = pp_arena_alloc(w->arena, w->s->pairs, sizeof *distances);
    w->space = pp_arena_alloc(w->arena, w->s->pairs, sizeof *w->space);
    w->begin = pp_arena_alloc(w->arena, w->s->n, sizeof *w->begin);
    PP_NEED(distances && w->space ? w->begin : NULL, w->err);
    for (int64_t i = 0; i < w->s->n; i++) {
        w->begin[i] = at;
        w->s->set[i].distance = distances + at;
        at += w->s->set[i].n;
    }
    return PP_OK;
}

pp_status pp__sets_refine(pp__sets *s, const pp_matching_options *options,
                          const pp_context *ctx, pp_arena *arena, pp_error *err) {
    const char *name = options->refinement ? options->refinement : "mahalanobis";
    work w = {.ctx = ctx, .arena = arena, .err = err, .s = s};
    if (strcmp(name, "none") == 0) {
        return PP_OK;
    }
    w.method = strcmp(name, "ps-match") == 0    ? NEAREST_PROPENSITY
               : strcmp(name, "ps-weight") == 0 ? BY_ODDS
                                                : NEAREST;
    w.first = options->lagged_outcome && strcmp(options->lagged_outcome, "no") == 0;
    w.k = s->h->k - w.first;
    w.size = options->size ? options->size : 5;
    if (w.k == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "there is nothing to refine the sets by");
        pp_error_hint(
            err, "name covariates, keep the lagged outcome, or ask for no refinement");
        return PP_E_ARGUMENT;
    }
    PP_TRY(make_space(&w));
    if (w.method == NEAREST) {
        PP_TRY(whiten_all(&w));
    } else {
        w.propensity = pp_arena_alloc(arena, cells(&w), sizeof *w.propensity);
        PP_NEED(w.propensity, err);
        PP_TRY(pp__sets_propensity(s, w.first, ctx, arena, w.propensity, err));
    }
    pp__over_rows(s->n, refine_sets, &w, ctx);
    return PP_OK;
}
