#include "drivers/holdings.h"

#include "base/check.h"
#include "model/after/frame.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const OUTCOME = "pp_holding";

/* ---- when each unit of a table adopted ---- */

typedef struct history {
    const char *unit;
    double adopted; /* the period; infinite: not within the data */
    int known;      /* 0: the event is missing in all of its rows */
} history;

typedef struct histories {
    history *at;
    int64_t n;
} histories;

static int by_unit(const void *a, const void *b) {
    return strcmp(((const history *)a)->unit, ((const history *)b)->unit);
}

static pp_status require_number(const pp_table *data, const char *name,
                                const pp_column **out, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(data, name, &column, err));
    if (column->type != PP_NUMBER) {
        pp_error_set(err, PP_E_INPUT, "column '%s' must be numbers", name);
        pp_error_locate(err, NULL, 0, name, NULL);
        return PP_E_INPUT;
    }
    *out = column;
    return PP_OK;
}

static pp_status name_histories(const pp__encoding *units, pp_arena *arena,
                                histories *out, pp_error *err) {
    out->n = units->n_levels;
    out->at = pp_arena_alloc(arena, out->n, sizeof *out->at);
    PP_NEED(out->at, err);
    for (int32_t l = 0; l < units->n_levels; l++) {
        char space[32];
        out->at[l] = (history){.adopted = INFINITY};
        out->at[l].unit = pp_arena_strdup(arena, pp__level_name(units, l, space));
        PP_NEED(out->at[l].unit, err);
    }
    return PP_OK;
}

static pp_status find_histories(const pp_table *data, const char *unit, const char *time,
                                const char *event, pp_arena *arena, histories *out,
                                pp_error *err) {
    pp_column *unit_column;
    const pp_column *when, *what;
    pp__encoding units;
    int64_t n = pp_table_rows(data);
    PP_TRY(pp_table_require(data, unit, &unit_column, err));
    PP_TRY(require_number(data, time, &when, err));
    PP_TRY(require_number(data, event, &what, err));
    PP_TRY(pp__encode(unit_column, NULL, n, NULL, arena, &units, err));
    PP_TRY(name_histories(&units, arena, out, err));
    for (int64_t i = 0; i < n; i++) {
        if (units.code[i] >= 0 && !isnan(what->number[i])) {
            history *h = &out->at[units.code[i]];
            h->known = 1;
            if (what->number[i] > 0 && when->number[i] < h->adopted) {
                h->adopted = when->number[i];
            }
        }
    }
    qsort(out->at, (size_t)out->n, sizeof *out->at, by_unit);
    return PP_OK;
}

static const history *find(const histories *list, const char *unit) {
    const history wanted = {.unit = unit};
    return unit ? bsearch(&wanted, list->at, (size_t)list->n, sizeof wanted, by_unit)
                : NULL;
}

/* ---- the outcome of each row of the first ---- */

static const char *unit_at(const pp_column *column, int64_t row, char space[32]) {
    if (column->type != PP_NUMBER) {
        return pp_column_get_text(column, row);
    }
    pp_format_number(column->number[row], space);
    return isnan(column->number[row]) ? NULL : space;
}

static pp_status put_outcome(pp_table *data, const histories list[2], const char *unit,
                             const char *time, pp_error *err) {
    pp_column *out;
    PP_TRY(pp_table_add(data, PP_NUMBER, OUTCOME, &out, err));
    const pp_column *units = pp_table_find(data, unit), *when = pp_table_find(data, time);
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        char space[32];
        const char *name = unit_at(units, i, space);
        const history *a = find(&list[0], name), *b = find(&list[1], name);
        if (a && b && a->known && b->known && !isnan(when->number[i])) {
            out->number[i] =
                (when->number[i] >= a->adopted) + 2 * (when->number[i] >= b->adopted);
        }
    }
    return PP_OK;
}

static void count(pp__holdings *h, const pp__encoding *units, uint8_t *seen) {
    const pp__design *d = h->fit->design;
    const double *outcome = pp_table_find(h->data, OUTCOME)->number;
    for (int64_t i = 0; i < d->n; i++) {
        int o = (int)outcome[pp__design_row(d, i)];
        uint8_t bit = (uint8_t)(1 << o);
        h->rows[o]++;
        h->units[o] += !(seen[units->code[i]] & bit);
        seen[units->code[i]] |= bit;
    }
}

/* The right-hand side of the first fit's formula, on the new outcome. */
static pp_status fit_outcome(const pp_fit *first, const char *unit, const char *terms,
                             const pp_context *ctx, pp_arena *arena, pp__holdings *h,
                             pp_error *err) {
    const pp__formula *f = first->formula;
    if (!terms && (f->n_effects || f->n_strata || f->n_random || f->n_instruments ||
                   f->n_offsets)) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "the multinomial logit has terms alone, and '%.200s' more", f->text);
    }
    terms = terms ? terms : strchr(f->text, '~') + 1;
    const char *formula = pp_arena_printf(arena, "%s ~ %s", OUTCOME, terms);
    const char *vcov = pp_arena_printf(arena, "cluster:%s", unit);
    PP_NEED(formula && vcov ? formula : NULL, err);
    const pp_model_options options = {.model = "mlogit", .vcov = vcov};
    return pp_model_fit(formula, h->data, &options, ctx, &h->fit, err);
}

static pp_status work(const pp_fit *const two[2], const char *unit, const char *time,
                      const char *event, const char *terms, const pp_context *ctx,
                      pp_arena *arena, pp__holdings *h, pp_error *err) {
    histories list[2];
    pp__encoding units;
    for (int s = 0; s < 2; s++) {
        PP_TRY(find_histories(two[s]->data, unit, time, event, arena, &list[s], err));
    }
    PP_TRY(pp_table_copy(two[0]->data, &h->data, err));
    PP_TRY(put_outcome(h->data, list, unit, time, err));
    PP_TRY(fit_outcome(two[0], unit, terms, ctx, arena, h, err));
    PP_TRY(pp__group_rows(h->fit, unit, arena, &units, err));
    uint8_t *seen = pp_arena_zalloc(arena, units.n_levels, 1);
    PP_NEED(seen, err);
    count(h, &units, seen);
    return PP_OK;
}

pp_status pp__holdings_fit(const pp_fit *const two[2], const char *unit, const char *time,
                           const char *event, const char *terms, const pp_context *ctx,
                           pp__holdings *out, pp_error *err) {
    pp_arena arena;
    *out = (pp__holdings){0};
    pp_arena_init(&arena);
    pp_status status = work(two, unit, time, event, terms, ctx, &arena, out, err);
    pp_arena_clear(&arena);
    return status;
}

/* ---- what predicts perfectly ---- */

/* The outcome that never is where the variable has this level or value; -1: each is. */
static int absent(const pp__holdings *h, const pp__variable *v, int32_t level) {
    const pp__design *d = h->fit->design;
    const double *outcome = pp_table_find(h->data, OUTCOME)->number;
    int64_t count[PP__HOLDINGS] = {0}, rows = 0;
    for (int64_t i = 0; i < d->n; i++) {
        if (!v->factor.code && v->value[i] != 0 && v->value[i] != 1) {
            return -1;
        }
        int here = v->factor.code ? v->factor.code[i] == level : v->value[i] == level;
        count[(int)outcome[pp__design_row(d, i)]] += here;
        rows += here;
    }
    for (int o = 0; rows > 0 && o < PP__HOLDINGS; o++) {
        if (count[o] == 0 && h->rows[o] > 0) {
            return o;
        }
    }
    return -1;
}

const char *pp__holdings_cell(const pp__holdings *h, pp_arena *arena, int *outcome) {
    const pp__design *d = h->fit->design;
    for (int i = 0; i < d->n_variables; i++) {
        const pp__variable *v = &d->variables[i];
        int32_t reference, levels = v->factor.code ? v->factor.n_levels : 2;
        for (int32_t l = 0; pp__variable_use(h->fit, i, &reference) && l < levels; l++) {
            char space[32] = {(char)('0' + l), '\0'};
            const char *name =
                v->factor.code ? pp__level_name(&v->factor, l, space) : space;
            *outcome = v->factor.code || v->value ? absent(h, v, l) : -1;
            if (*outcome >= 0) {
                return pp_arena_printf(arena, "%s = %s", v->name, name);
            }
        }
    }
    return NULL;
}

void pp__holdings_clear(pp__holdings *h) {
    pp_fit_free(h->fit);
    pp_table_free(h->data);
    *h = (pp__holdings){0};
}
