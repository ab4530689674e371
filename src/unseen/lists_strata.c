/* The units of each region, or regime, by themselves; and their sum. */
#include "base/check.h"
#include "model/tables.h"
#include "unseen/lists_work.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BY_LIST, LOWER_BOUND, BEST, AVERAGE, STRATUM_MODELS };

static const char *const NAMES[STRATUM_MODELS] = {"Mt", "Mth Chao (LB)",
                                                  "log-linear, best", "Bayesian average"};

typedef struct strata {
    const char *by;
    const char **name; /* sorted */
    int n;
    int32_t *of; /* of each row */
    pp_table *table;
    pp__number total[STRATUM_MODELS]; /* estimate, and the error squared */
    double observed;
    int strata, without[STRATUM_MODELS]; /* strata; those that have no estimate */
} strata;

/* ---- who is in which ---- */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *name_of(const pp_column *column, int64_t row, pp_arena *arena) {
    char number[32];
    if (pp_column_is_missing(column, row)) {
        return "(missing)";
    }
    if (column->type != PP_NUMBER) {
        return pp_column_get_text(column, row);
    }
    pp_format_number(column->number[row], number);
    return pp_arena_strdup(arena, number);
}

static pp_status find_strata(pp__lists *w, const char *by, strata *s) {
    int64_t rows = w->listed.rows;
    pp_column *column;
    PP_TRY(pp_table_require(w->data, by, &column, w->err));
    const char **of_row = pp_arena_alloc(&w->arena, 2 * rows, sizeof *of_row);
    s->of = pp_arena_alloc(&w->arena, rows, sizeof *s->of);
    PP_NEED(of_row && s->of ? of_row : NULL, w->err);
    s->by = by;
    s->name = of_row + rows;
    for (int64_t i = 0; i < rows; i++) {
        of_row[i] = name_of(column, i, &w->arena);
        PP_NEED(of_row[i], w->err);
        s->name[i] = of_row[i];
    }
    qsort(s->name, (size_t)rows, sizeof *s->name, compare_names);
    s->n = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (i == 0 || strcmp(s->name[i], s->name[s->n - 1]) != 0) {
            s->name[s->n++] = s->name[i];
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        const char **at =
            bsearch(&of_row[i], s->name, (size_t)s->n, sizeof *s->name, compare_names);
        s->of[i] = (int32_t)(at - s->name);
    }
    return PP_OK;
}

/* ---- estimates ---- */

static pp_status estimate(pp__lists *w, const pp__histories *h, int model,
                          pp__number *out) {
    const pp__closed *closed;
    int models = pp__closed_models(h->lists, &closed);
    double level = w->options.level;
    *out = pp__number_none(NAMES[model], NULL);
    if (model == BY_LIST || (model == BEST && h->lists == 2) ||
        (model == LOWER_BOUND && models == PP__MOST_CLOSED)) {
        return pp__closed_estimate(&closed[model == LOWER_BOUND ? 6 : 1], h, level,
                                   &w->arena, out, w->err);
    }
    if (model == BEST && h->lists > 2 && h->lists <= PP__MOST_INTERACTING) {
        pp__hierarchy all;
        PP_TRY(pp__hierarchy_estimate(h, 2, level, 1, w->ctx, &w->arena, &all, w->err));
        *out = all.n ? all.number[0] : *out;
    }
    if (model == AVERAGE && h->lists <= PP__MOST_VERTICES) {
        pp__average average;
        PP_TRY(pp__average_graphs(h, pp__lists_missing(w, h), w->ctx, &w->arena, &average,
                                  w->err));
        *out = pp__lists_averaged(&average, h, level);
    }
    return PP_OK;
}

static pp_status put_row(pp__lists *w, strata *s, const char *name, int model,
                         double observed, const pp__number *number, const char *note) {
    int64_t row;
    PP_TRY(pp_table_append(s->table, &row, w->err));
    PP_TRY(pp__put_text(s->table, row, "by", s->by, w->err));
    PP_TRY(pp__put_text(s->table, row, "stratum", name, w->err));
    PP_TRY(pp__put_text(s->table, row, "model", NAMES[model], w->err));
    PP_TRY(pp__put_number(s->table, row, "observed", PP_SHOW_COUNT, observed, w->err));
    PP_TRY(pp__lists_put_number(w, s->table, row, number));
    return pp__put_text(s->table, row, "note", note, w->err);
}

/* A stratum without an estimate counts with what is listed. */
static void add_to_total(strata *s, int model, double observed,
                         const pp__number *number) {
    int none = isnan(number->estimate);
    s->total[model].estimate += none ? observed : number->estimate;
    s->total[model].error += none ? 0 : number->error * number->error;
    s->without[model] += none;
}

static int has_model(const pp__lists *w, int model) {
    return model == BY_LIST || (w->h.lists > 2 && model == LOWER_BOUND) ||
           (w->h.lists <= PP__MOST_INTERACTING && (w->h.lists > 2 || model == AVERAGE));
}

/* Why there is no estimate, and which lists there are not. */
static const char *note_of(const pp__number *number, const pp__histories *h,
                           const char *left_out, const char *why, pp_arena *arena) {
    const char *none = *why                       ? why
                       : !isnan(number->estimate) ? ""
                       : h->lists == 2            ? "two lists are too few"
                                                  : "these lists do not determine it";
    return left_out ? pp_arena_printf(arena, "empty here: %s%s%s", left_out,
                                      *none ? "; " : "", none)
                    : none;
}

static pp_status put_model(pp__lists *w, strata *s, int stratum, int model,
                           const pp__histories *h, const char *left_out,
                           const char *why) {
    pp__number number = pp__number_none(NULL, NULL);
    PP_TRY(*why ? PP_OK : estimate(w, h, model, &number));
    why = pp__lists_contradicts(w, &number) ? "above the population" : why;
    pp__lists_cap(w, &number);
    add_to_total(s, model, h->observed, &number);
    const char *note = note_of(&number, h, left_out, why, &w->arena);
    PP_NEED(note, w->err);
    return put_row(w, s, s->name[stratum], model, h->observed, &number,
                   *note ? note : NULL);
}

static pp_status put_stratum(pp__lists *w, strata *s, int stratum) {
    pp__histories all, h;
    pp_error why = {0};
    const char *left_out;
    PP_TRY(pp__histories_tally(&w->listed, s->of, stratum, &w->arena, &all, w->err));
    if (all.observed == 0) {
        return PP_OK;
    }
    PP_TRY(pp__histories_drop_empty(&all, &w->arena, &h, &left_out, w->err));
    if (h.lists < 2) {
        pp_error_set(&why, PP_E_ESTIMATION, "all %.0f units are on one list", h.observed);
    } else {
        (void)pp__histories_check(&h, &why);
    }
    s->observed += h.observed;
    s->strata++;
    for (int model = 0; model < STRATUM_MODELS; model++) {
        if (has_model(w, model)) {
            PP_TRY(put_model(w, s, stratum, model, &h, left_out, why.message));
        }
    }
    return PP_OK;
}

static pp_status put_total(pp__lists *w, strata *s, int model) {
    pp__number *total = &s->total[model];
    const char *note = NULL;
    total->error = sqrt(total->error);
    total->low = total->high = NAN;
    pp__number_lognormal(s->observed, w->options.level, total);
    if (pp__lists_contradicts(w, total)) {
        note = "above the population";
    } else if (s->without[model]) {
        note =
            pp_arena_printf(&w->arena,
                            "without an estimate: %d of %d strata; they count with what "
                            "is listed",
                            s->without[model], s->strata);
        PP_NEED(note, w->err);
    }
    pp__lists_cap(w, total);
    return put_row(w, s, "total", model, s->observed, total, note);
}

static pp_status put_by(pp__lists *w, pp_table *table, const char *by) {
    strata s = {.table = table};
    pp_arena_mark mark = pp_arena_get_mark(&w->arena);
    PP_TRY(find_strata(w, by, &s));
    for (int i = 0; i < s.n; i++) {
        pp_arena_mark inner = pp_arena_get_mark(&w->arena);
        PP_TRY(put_stratum(w, &s, i));
        pp_arena_release(&w->arena, inner);
        PP_TRY(pp_progress(w->ctx, "strata", (double)(i + 1) / s.n, w->err));
    }
    for (int model = 0; model < STRATUM_MODELS; model++) {
        PP_TRY(has_model(w, model) ? put_total(w, &s, model) : PP_OK);
    }
    pp_arena_release(&w->arena, mark);
    return PP_OK;
}

pp_status pp__lists_put_strata(pp__lists *w) {
    pp_table *table;
    PP_TRY(
        pp_result_add(w->result, "lists_strata", "Strata by themselves", &table, w->err));
    for (int i = 0; i < w->options.n_by; i++) {
        PP_TRY(put_by(w, table, w->options.by[i]));
    }
    return PP_OK;
}
