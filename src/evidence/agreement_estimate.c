#include "evidence/agreement_estimate.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>

enum { CHUNKS = 16 };

/* The work of one call; each chunk of draws has its own room for codes and scratch. */
typedef struct work {
    pp__ratings both; /* units that both rated */
    pp__metric metric;
    const pp__bootstrap *bootstrap;
    int32_t *codes;
    double *scratch;
    double *draws[PP__MEASURES];
} work;

static void measure(const pp__ratings *r, pp__metric metric, double *scratch,
                    double out[PP__MEASURES]) {
    out[PP__PERCENT] = pp__percent_agreement(r);
    out[PP__COHEN] = pp__cohen_kappa(r, scratch);
    out[PP__FLEISS] = pp__fleiss_kappa(r, scratch);
    out[PP__ALPHA] = pp__krippendorff_alpha(r, metric, scratch);
}

static void draw_chunk(void *payload, int64_t chunk) {
    work *w = payload;
    int64_t n = w->both.units, draws = w->bootstrap->draws;
    int32_t *codes = w->codes + chunk * 2 * n;
    double *scratch = w->scratch + chunk * pp__agreement_scratch(w->both.n_values);
    pp__ratings drawn = w->both;
    drawn.codes = codes;
    for (int64_t d = chunk * draws / CHUNKS; d < (chunk + 1) * draws / CHUNKS; d++) {
        pp_rng rng;
        pp_rng_init(&rng, w->bootstrap->seed, w->bootstrap->task, (uint64_t)d);
        for (int64_t i = 0; i < n; i++) {
            int64_t unit = pp_rng_below(&rng, n);
            codes[i] = w->both.codes[unit];
            codes[n + i] = w->both.codes[n + unit];
        }
        double values[PP__MEASURES];
        measure(&drawn, w->metric, scratch, values);
        for (int m = 0; m < PP__MEASURES; m++) {
            w->draws[m][d] = values[m];
        }
    }
}

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, int64_t n, double p) {
    double at = (double)(n - 1) * p;
    int64_t below = (int64_t)at;
    int64_t above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

static void find_interval(double *values, int64_t draws, double *low, double *high) {
    int64_t n = 0;
    for (int64_t i = 0; i < draws; i++) {
        if (!isnan(values[i])) {
            values[n++] = values[i];
        }
    }
    if (n < 1 || 2 * n < draws) {
        *low = *high = NAN;
        return;
    }
    qsort(values, (size_t)n, sizeof *values, by_number);
    *low = quantile(values, n, 0.025);
    *high = quantile(values, n, 0.975);
}

/* The units that both coders rated. */
static pp_status keep_both(const pp__ratings *ratings, pp_arena *arena, pp__ratings *out,
                           pp_error *err) {
    int64_t n = 0, units = ratings->units;
    int32_t *codes = pp_arena_alloc(arena, 2 * units, sizeof *codes);
    PP_NEED(codes, err);
    for (int64_t u = 0; u < units; u++) {
        n += ratings->codes[u] >= 0 && ratings->codes[units + u] >= 0;
    }
    for (int64_t u = 0, i = 0; u < units; u++) {
        if (ratings->codes[u] >= 0 && ratings->codes[units + u] >= 0) {
            codes[i] = ratings->codes[u];
            codes[n + i++] = ratings->codes[units + u];
        }
    }
    *out = *ratings;
    out->codes = codes;
    out->units = n;
    return PP_OK;
}

static pp_status estimate(const pp__ratings *ratings, work *w, pp_arena *arena,
                          const pp_context *ctx, pp__agreement *out, pp_error *err) {
    PP_TRY(keep_both(ratings, arena, &w->both, err));
    int64_t n = w->both.units, draws = w->bootstrap->draws;
    w->codes = pp_arena_alloc(arena, CHUNKS * 2 * n, sizeof *w->codes);
    w->scratch = pp_arena_alloc(arena, CHUNKS * pp__agreement_scratch(w->both.n_values),
                                sizeof *w->scratch);
    PP_NEED(w->codes && w->scratch, err);
    for (int m = 0; m < PP__MEASURES; m++) {
        w->draws[m] = pp_arena_alloc(arena, draws, sizeof **w->draws);
        PP_NEED(w->draws[m], err);
    }
    out->units = n;
    measure(&w->both, w->metric, w->scratch, out->estimate);
    if (n > 0) {
        pp__parallel(ctx, CHUNKS, draw_chunk, w);
    }
    for (int m = 0; m < PP__MEASURES; m++) {
        find_interval(w->draws[m], n > 0 ? draws : 0, &out->low[m], &out->high[m]);
    }
    return PP_OK;
}

pp_status pp__agreement_estimate(const pp__ratings *ratings, pp__metric metric,
                                 const pp__bootstrap *bootstrap, const pp_context *ctx,
                                 pp__agreement *out, pp_error *err) {
    work w = {.metric = metric, .bootstrap = bootstrap};
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = estimate(ratings, &w, &arena, ctx, out, err);
    pp_arena_clear(&arena);
    return status;
}
