#include "drivers/stacked.h"

#include "base/check.h"
#include "model/after/frame.h"
#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a unit adds to an effect: its part of gradient' map bread score. */
typedef struct part {
    const char *unit;
    double value;
} part;

typedef struct parts {
    part *at;
    int64_t n;
} parts;

static int by_unit(const void *a, const void *b) {
    return strcmp(((const part *)a)->unit, ((const part *)b)->unit);
}

/* bread map' gradient: by it a score in standardised columns is an effect. */
static pp_status weigh(const pp__stacked *s, pp_arena *arena, double **out,
                       pp_error *err) {
    int64_t k = s->fit->k;
    double *map = pp_arena_zalloc(arena, k * k + 2 * k, sizeof *map);
    PP_NEED(map, err);
    double *g = map + k * k;
    *out = g + k;
    pp__fit_map(s->fit, map);
    for (int64_t j = 0; j < k; j++) {
        g[j] = pp__dot(k, map + j * k, s->gradient);
    }
    for (int64_t j = 0; j < k; j++) {
        (*out)[j] = pp__dot(k, s->fit->bread + j * k, g);
    }
    return PP_OK;
}

static pp_status name_parts(const pp__encoding *units, pp_arena *arena, parts *out,
                            pp_error *err) {
    out->n = units->n_levels;
    out->at = pp_arena_zalloc(arena, out->n, sizeof *out->at);
    PP_NEED(out->at, err);
    for (int32_t l = 0; l < units->n_levels; l++) {
        char space[32];
        out->at[l].unit = pp_arena_strdup(arena, pp__level_name(units, l, space));
        PP_NEED(out->at[l].unit, err);
    }
    return PP_OK;
}

static pp_status find_parts(const pp__stacked *s, const char *unit, pp_arena *arena,
                            parts *out, pp_error *err) {
    const pp_fit *fit = s->fit;
    const int64_t *begin = fit->scores.begin;
    pp__encoding units;
    double *weight = NULL;
    PP_TRY(pp__group_rows(fit, unit, arena, &units, err));
    PP_TRY(name_parts(&units, arena, out, err));
    PP_TRY(weigh(s, arena, &weight, err));
    double *tile = pp_arena_alloc(arena, (int64_t)fit->k * PP__TILE, sizeof *tile);
    PP_NEED(tile, err);
    for (int64_t first = 0; first < fit->scores.n; first += PP__TILE) {
        int64_t left = fit->scores.n - first;
        int n = left < PP__TILE ? (int)left : PP__TILE;
        pp__scores_tile(fit, first, n, tile);
        for (int i = 0; i < n; i++) {
            int32_t code = units.code[begin ? begin[first + i] : first + i];
            for (int64_t j = 0; code >= 0 && j < fit->k; j++) {
                out->at[code].value += weight[j] * tile[i + j * PP__TILE];
            }
        }
    }
    qsort(out->at, (size_t)out->n, sizeof *out->at, by_unit);
    return PP_OK;
}

/* Units of both lists in turn; a unit of one of them adds nothing to the other's effect. */
static void add_units(const parts *a, const parts *b, pp__stack *out) {
    int64_t i = 0, j = 0;
    while (i < a->n || j < b->n) {
        int order = i == a->n ? 1 : j == b->n ? -1 : by_unit(&a->at[i], &b->at[j]);
        double x = order <= 0 ? a->at[i].value : 0, y = order >= 0 ? b->at[j].value : 0;
        i += order <= 0;
        j += order >= 0;
        out->units++;
        out->shared += order == 0;
        out->variance += (x - y) * (x - y);
        out->own[0] += x * x;
        out->own[1] += y * y;
        out->covariance += x * y;
    }
}

static pp_status stack(const pp__stacked two[2], const char *unit, pp_arena *arena,
                       pp__stack *out, pp_error *err) {
    parts list[2];
    for (int s = 0; s < 2; s++) {
        PP_TRY(find_parts(&two[s], unit, arena, &list[s], err));
    }
    add_units(&list[0], &list[1], out);
    if (out->units < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "one unit tells nothing of how units differ");
    }
    double factor = (double)out->units / (double)(out->units - 1);
    out->variance *= factor;
    out->own[0] *= factor;
    out->own[1] *= factor;
    out->covariance *= factor;
    return PP_OK;
}

pp_status pp__stack_of(const pp__stacked two[2], const char *unit, pp__stack *out,
                       pp_error *err) {
    pp_arena arena;
    *out = (pp__stack){0};
    pp_arena_init(&arena);
    pp_status status = stack(two, unit, &arena, out, err);
    pp_arena_clear(&arena);
    return status;
}
