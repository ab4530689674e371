#include "effects/checks/units.h"

#include "base/check.h"
#include "effects/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct named {
    const char *name;
    int64_t unit;
} named;

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* For each level of the unit's column its place in the panel; -1: left out. */
static pp_status find_units(const pp__staggered *s, const pp__encoding *unit,
                            pp_arena *arena, int64_t **out, pp_error *err) {
    named *list = pp_arena_alloc(arena, s->n, sizeof *list);
    int64_t *place = pp_arena_alloc(arena, unit->n_levels, sizeof *place);
    PP_NEED(list && place ? list : NULL, err);
    for (int64_t i = 0; i < s->n; i++) {
        list[i] = (named){s->name[i], i};
    }
    qsort(list, (size_t)s->n, sizeof *list, by_name);
    for (int32_t u = 0; u < unit->n_levels; u++) {
        char space[32];
        named key = {pp__level_name(unit, u, space), 0};
        const named *found = bsearch(&key, list, (size_t)s->n, sizeof *list, by_name);
        place[u] = found ? found->unit : -1;
    }
    *out = place;
    return PP_OK;
}

pp_status pp__units_codes(const pp__staggered *s, const pp_table *data, const char *unit,
                          const char *column, const char *what, const pp_context *ctx,
                          pp_arena *arena, const int32_t **out, int32_t *n_codes,
                          pp_error *err) {
    pp__encoding units, values;
    int64_t *place;
    int32_t *code = pp_arena_alloc(arena, s->n, sizeof *code);
    PP_NEED(code, err);
    PP_TRY(pp__effects_encode(data, unit, "units", 0, ctx, arena, &units, err));
    PP_TRY(pp__effects_encode(data, column, what, 0, ctx, arena, &values, err));
    PP_TRY(find_units(s, &units, arena, &place, err));
    memset(code, 0xFF, (size_t)s->n * sizeof *code);
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        int64_t i = units.code[row] < 0 ? -1 : place[units.code[row]];
        if (i < 0) {
            continue;
        }
        if (values.code[row] < 0 || (code[i] >= 0 && code[i] != values.code[row])) {
            pp_error_set(err, PP_E_INPUT, "the %s is missing or changes within this unit",
                         what);
            pp_error_locate(err, NULL, 0, column, s->name[i]);
            pp_error_hint(err, "write the same value into all rows of a unit");
            return PP_E_INPUT;
        }
        code[i] = values.code[row];
    }
    *out = code;
    *n_codes = values.n_levels;
    return PP_OK;
}

pp_status pp__units_means(const pp__staggered *s, const pp_table *data, const char *unit,
                          const char *column, const char *what, const pp_context *ctx,
                          pp_arena *arena, double **out, pp_error *err) {
    pp__encoding units;
    pp_column *values;
    int64_t *place, *count = pp_arena_zalloc(arena, s->n, sizeof *count);
    double *mean = pp_arena_zalloc(arena, s->n, sizeof *mean);
    PP_NEED(count && mean ? mean : NULL, err);
    PP_TRY(pp__effects_encode(data, unit, "units", 0, ctx, arena, &units, err));
    PP_TRY(pp__effects_column(data, column, what, 1, &values, err));
    PP_TRY(find_units(s, &units, arena, &place, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        int64_t i = units.code[row] < 0 ? -1 : place[units.code[row]];
        if (i >= 0 && isfinite(values->number[row])) {
            mean[i] += values->number[row];
            count[i]++;
        }
    }
    for (int64_t i = 0; i < s->n; i++) {
        mean[i] = count[i] > 0 ? mean[i] / (double)count[i] : NAN;
    }
    *out = mean;
    return PP_OK;
}
