#include "model/inference/permutation.h"

#include "base/check.h"
#include "model/inference/groups.h"

#include <pushpull/random.h>

#include <string.h>

enum { TASK = 0x9e2 };

/* Rows by unit. */
static pp_status list_rows(pp__permutation *p, pp_arena *arena, pp_error *err) {
    p->begin = pp_arena_zalloc(arena, (int64_t)p->units + 1, sizeof *p->begin);
    PP_NEED(p->begin, err);
    p->row = pp_arena_alloc(arena, p->rows, sizeof *p->row);
    PP_NEED(p->row, err);
    for (int64_t i = 0; i < p->rows; i++) {
        p->begin[p->unit[i] + 1]++;
    }
    for (int32_t u = 0; u < p->units; u++) {
        p->begin[u + 1] += p->begin[u];
    }
    for (int64_t i = 0; i < p->rows; i++) {
        p->row[p->begin[p->unit[i]]++] = i;
    }
    memmove(p->begin + 1, p->begin, (size_t)p->units * sizeof *p->begin);
    p->begin[0] = 0;
    return PP_OK;
}

static pp_status check_units(pp__permutation *p, const char *unit, const double *value,
                             pp_error *err) {
    int constant = 1, equal = 1;
    for (int32_t u = 0; u < p->units; u++) {
        int64_t first = p->begin[u], end = p->begin[u + 1];
        equal &= end - first == p->begin[1];
        for (int64_t r = first; r < end; r++) {
            constant &= value[p->row[r]] == value[p->row[first]];
        }
    }
    p->whole = !constant;
    if (!constant && !equal) {
        pp_error_set(err, PP_E_INPUT,
                     "the treatment varies within units, and these differ in rows");
        pp_error_locate(err, NULL, 0, unit, NULL);
        pp_error_hint(err,
                      "keep the units that have all rows, or permute by a larger unit");
        return PP_E_INPUT;
    }
    return PP_OK;
}

/* Units by stratum, by counting. */
static pp_status sort_units(pp__permutation *p, const int32_t *stratum_of_row,
                            int32_t strata, const char *name, pp_arena *arena,
                            pp_error *err) {
    p->blocks = strata;
    p->order = pp_arena_alloc(arena, p->units, sizeof *p->order);
    PP_NEED(p->order, err);
    p->block = pp_arena_zalloc(arena, (int64_t)strata + 1, sizeof *p->block);
    PP_NEED(p->block, err);
    for (int64_t i = 0; i < p->rows; i++) {
        int64_t first = p->row[p->begin[p->unit[i]]];
        if (stratum_of_row && stratum_of_row[i] != stratum_of_row[first]) {
            pp_error_set(err, PP_E_INPUT, "the stratum varies within a unit");
            pp_error_locate(err, NULL, 0, name, NULL);
            return PP_E_INPUT;
        }
    }
    for (int32_t u = 0; u < p->units; u++) {
        p->block[(stratum_of_row ? stratum_of_row[p->row[p->begin[u]]] : 0) + 1]++;
    }
    for (int32_t s = 0; s < strata; s++) {
        p->block[s + 1] += p->block[s];
    }
    for (int32_t u = 0; u < p->units; u++) {
        int32_t s = stratum_of_row ? stratum_of_row[p->row[p->begin[u]]] : 0;
        p->order[p->block[s]++] = u;
    }
    memmove(p->block + 1, p->block, (size_t)strata * sizeof *p->block);
    p->block[0] = 0;
    return PP_OK;
}

pp_status pp__permutation_make(const pp_fit *fit, const char *unit, const char *strata,
                               const double *value, const pp_context *ctx,
                               pp_arena *arena, pp__permutation *out, pp_error *err) {
    pp__clusters units, groups = {.n = 1};
    *out = (pp__permutation){.rows = fit->design->n};
    PP_TRY(pp__clusters_find(fit, unit, ctx, arena, &units, err));
    if (strata) {
        PP_TRY(pp__clusters_find(fit, strata, ctx, arena, &groups, err));
    }
    out->units = units.n;
    out->unit = units.of_row;
    PP_TRY(list_rows(out, arena, err));
    PP_TRY(check_units(out, unit, value, err));
    return sort_units(out, groups.of_row, groups.n, strata, arena, err);
}

void pp__permutation_draw(const pp__permutation *p, uint64_t seed, int64_t b,
                          int32_t *space, int64_t *from) {
    pp_rng rng;
    pp_rng_init(&rng, seed, TASK, (uint64_t)b);
    memcpy(space, p->order, (size_t)p->units * sizeof *space);
    for (int32_t s = 0; s < p->blocks; s++) {
        for (int32_t i = p->block[s + 1] - 1; i > p->block[s]; i--) {
            int64_t other = p->block[s] + pp_rng_below(&rng, i - p->block[s] + 1);
            int32_t kept = space[i];
            space[i] = space[other];
            space[other] = kept;
        }
    }
    for (int32_t i = 0; i < p->units; i++) {
        int64_t to = p->begin[p->order[i]], end = p->begin[p->order[i] + 1];
        int64_t source = p->begin[space[i]];
        for (int64_t r = to; r < end; r++) {
            from[p->row[r]] = p->row[source + (p->whole ? r - to : 0)];
        }
    }
}
