/* Dates of treatment from the names of the treated. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "effects/columns.h"
#include "effects/names.h"

#include <math.h>
#include <string.h>

static const char COLUMN[] = "(first period of treatment)";

typedef struct work {
    const pp_counterfactual_options *options;
    pp__encoding unit;
    double *first; /* of each unit; 0: never */
    pp_arena arena;
    pp_error *err;
} work;

static pp_status list_units(work *w, const char ***out) {
    PP_NEED(*out = pp_arena_alloc(&w->arena, w->unit.n_levels, sizeof **out), w->err);
    for (int32_t u = 0; u < w->unit.n_levels; u++) {
        char space[32];
        const char *name = pp__level_name(&w->unit, u, space);
        PP_NEED((*out)[u] = pp_arena_strdup(&w->arena, name), w->err);
    }
    return PP_OK;
}

static pp_status read_names(work *w) {
    const char *at = w->options->treated, *start, **units;
    size_t length;
    if (isnan(w->options->first)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "the first period of the treated is not given");
    }
    PP_TRY(list_units(w, &units));
    while (pp__names_next(&at, &start, &length)) {
        const char *name = pp_arena_strndup(&w->arena, start, (int64_t)length);
        int32_t u = 0;
        PP_NEED(name, w->err);
        while (u < w->unit.n_levels && strcmp(units[u], name) != 0) {
            u++;
        }
        if (u == w->unit.n_levels) {
            return pp__names_unknown("treated", name, units, u, w->err);
        }
        w->first[u] = w->options->first;
    }
    return PP_OK;
}

static pp_status add_column(work *w, pp_table *table) {
    pp_column *column;
    PP_TRY(pp_table_add(table, PP_NUMBER, COLUMN, &column, w->err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        column->number[i] = w->unit.code[i] >= 0 ? w->first[w->unit.code[i]] : 0;
    }
    return PP_OK;
}

static pp_status find_dates(work *w, const pp_table *data, const pp_context *ctx) {
    const pp_counterfactual_options *o = w->options;
    PP_TRY(
        pp__effects_encode(data, o->unit, "units", 0, ctx, &w->arena, &w->unit, w->err));
    w->first = pp_arena_zalloc(&w->arena, w->unit.n_levels, sizeof *w->first);
    PP_NEED(w->first, w->err);
    return read_names(w);
}

pp_status pp__factor_dates(const pp_table *data, const pp_counterfactual_options *options,
                           const pp_context *ctx, pp_table **out, const char **column,
                           pp_error *err) {
    work w = {.options = options, .err = err};
    pp_table *copy = NULL;
    pp_arena_init(&w.arena);
    pp_status status = find_dates(&w, data, ctx);
    if (status == PP_OK) {
        status = pp_table_copy(data, &copy, err);
    }
    if (status == PP_OK) {
        status = add_column(&w, copy);
    }
    pp_arena_clear(&w.arena);
    if (status != PP_OK) {
        pp_table_free(copy);
        return status;
    }
    *out = copy;
    *column = COLUMN;
    return PP_OK;
}
