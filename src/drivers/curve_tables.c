/* The curve itself, its summary, what failed, and the joint test. */
#include "base/check.h"
#include "drivers/curve_run.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

typedef struct place {
    double estimate;
    int64_t row;
} place;

static int by_estimate(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->estimate != y->estimate) {
        return x->estimate < y->estimate ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

/* Those with an estimate by size, then those without; gives how many have one. */
static int64_t sort_rows(const pp__curve_state *s, place *places) {
    int64_t n = 0, failed = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (!s->row[i].reason) {
            places[n++] = (place){s->row[i].estimate, i};
        }
    }
    qsort(places, (size_t)n, sizeof *places, by_estimate);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->row[i].reason) {
            places[n + failed++] = (place){NAN, i};
        }
    }
    return n;
}

/* ---- the curve ---- */

typedef struct writing {
    const pp__curve_plan *plan;
    const pp__curve_state *state;
    pp_arena arena;
    pp_table *table;
    pp_column *number[12], *choice[PP__CURVE_DIMENSIONS], *controls, *formula, *status;
    pp_column *with[PP__MOST_OPTIONAL];
    pp_error *err;
} writing;

static const struct {
    const char *name;
    pp_show show;
} NUMBER[] = {{"specification", PP_SHOW_COUNT}, {"rank", PP_SHOW_COUNT},
              {"estimate", PP_SHOW_DEFAULT},    {"std_error", PP_SHOW_DEFAULT},
              {"conf_low", PP_SHOW_DEFAULT},    {"conf_high", PP_SHOW_DEFAULT},
              {"p_value", PP_SHOW_P_VALUE},     {"nobs", PP_SHOW_COUNT},
              {"events", PP_SHOW_COUNT}};
enum { NUMBERS = sizeof NUMBER / sizeof *NUMBER };

static pp_status add_number(writing *w, int i) {
    PP_TRY(pp_table_add(w->table, PP_NUMBER, NUMBER[i].name, &w->number[i], w->err));
    w->number[i]->show = NUMBER[i].show;
    return PP_OK;
}

/* A category whose levels are the dimension's choices, in their order. */
static pp_status add_dimension(writing *w, int d) {
    const pp__curve_list *list = &w->plan->list[d];
    PP_TRY(pp_table_add(w->table, PP_CATEGORY, pp__curve_dimension_name[d], &w->choice[d],
                        w->err));
    for (int i = 0; i < list->n; i++) {
        if (pp_column_level(w->table, w->choice[d], list->name[i], w->err) < 0) {
            return PP_E_MEMORY;
        }
    }
    return PP_OK;
}

static pp_status add_columns(writing *w) {
    PP_TRY(add_number(w, 0));
    PP_TRY(add_number(w, 1));
    for (int d = 0; d < PP__CURVE_DIMENSIONS; d++) {
        int named = d != PP__BY_SET || w->plan->options->n_sets > 0;
        if (pp__curve_dimension_name[d] && named) {
            PP_TRY(add_dimension(w, d));
        }
    }
    PP_TRY(pp_table_add(w->table, PP_TEXT, "controls", &w->controls, w->err));
    for (int i = 0; i < w->plan->optional.n; i++) {
        const char *name = pp_arena_printf(&w->arena, "with %s",
                                           w->plan->term[w->plan->optional.term[i]]);
        PP_NEED(name, w->err);
        PP_TRY(pp_table_add(w->table, PP_NUMBER, name, &w->with[i], w->err));
        w->with[i]->show = PP_SHOW_FLAG;
    }
    for (int i = 2; i < NUMBERS; i++) {
        PP_TRY(add_number(w, i));
    }
    PP_TRY(pp_column_describe(w->table, w->number[2],
                              w->plan->coefficients ? "coefficient"
                                                    : "average marginal effect",
                              NULL, NULL, NULL, w->err));
    PP_TRY(pp_table_add(w->table, PP_CATEGORY, "status", &w->status, w->err));
    return pp_table_add(w->table, PP_TEXT, "formula", &w->formula, w->err);
}

static pp_status write_row(writing *w, int64_t at, int64_t i, int64_t rank) {
    const pp__curve_row *row = &w->state->row[i];
    pp__curve_spec spec = pp__curve_spec_at(w->plan, i);
    const double number[NUMBERS] = {(double)(spec.number + 1),
                                    rank > 0 ? (double)rank : NAN,
                                    row->estimate,
                                    row->std_error,
                                    row->conf_low,
                                    row->conf_high,
                                    row->p_value,
                                    row->nobs > 0 ? (double)row->nobs : NAN,
                                    row->events >= 0 ? (double)row->events : NAN};
    pp_arena_mark mark = pp_arena_get_mark(&w->arena);
    for (int k = 0; k < NUMBERS; k++) {
        w->number[k]->number[at] = number[k];
    }
    for (int d = 0; d < PP__CURVE_DIMENSIONS; d++) {
        if (w->choice[d]) {
            w->choice[d]->code[at] = spec.choice[d];
        }
    }
    for (int k = 0; k < w->plan->optional.n; k++) {
        w->with[k]->number[at] = (double)(spec.subset >> k & 1);
    }
    const char *controls = pp__curve_controls(w->plan, &spec, &w->arena);
    const char *formula = pp__curve_formula(w->plan, &spec, 0, &w->arena);
    PP_NEED(controls, w->err);
    PP_NEED(formula, w->err);
    PP_TRY(pp_column_set_text(w->table, w->formula, at, formula, w->err));
    PP_TRY(pp_column_set_text(w->table, w->controls, at, controls, w->err));
    PP_TRY(pp_column_set_level(w->table, w->status, at,
                               row->reason ? row->reason : "converged", w->err));
    pp_arena_release(&w->arena, mark);
    return PP_OK;
}

static pp_status write_curve(writing *w, const place *places, int64_t estimated) {
    const char *sort = w->plan->options->sort;
    int by_number = sort && strcmp(sort, "number") == 0;
    PP_TRY(pp_table_resize(w->table, w->state->n, w->err));
    PP_TRY(add_columns(w));
    for (int64_t r = 0; r < w->state->n; r++) {
        int64_t i = places[r].row;
        PP_TRY(write_row(w, by_number ? i : r, i, r < estimated ? r + 1 : 0));
    }
    return PP_OK;
}

/* ---- the summary ---- */

static double share(int64_t count, int64_t of) {
    return of > 0 ? (double)count / (double)of : NAN;
}

static pp_status write_summary(const pp__curve_plan *plan, const pp__curve_state *s,
                               const place *places, int64_t n, pp_table *t,
                               pp_error *err) {
    int64_t up = 0, down = 0, sure_up = 0, sure_down = 0;
    for (int64_t i = 0; i < n; i++) {
        const pp__curve_row *row = &s->row[places[i].row];
        int sure = row->p_value < 1 - plan->level;
        up += row->estimate > 0;
        down += row->estimate < 0;
        sure_up += sure && row->estimate > 0;
        sure_down += sure && row->estimate < 0;
    }
    const pp__named cells[] = {
        {"specifications", PP_SHOW_COUNT, (double)s->n},
        {"of", PP_SHOW_COUNT, (double)plan->total},
        {"failed", PP_SHOW_COUNT, (double)(s->n - n)},
        {"median", PP_SHOW_DEFAULT,
         (places[(n - 1) / 2].estimate + places[n / 2].estimate) / 2},
        {"least", PP_SHOW_DEFAULT, places[0].estimate},
        {"greatest", PP_SHOW_DEFAULT, places[n - 1].estimate},
        {"share_positive", PP_SHOW_PERCENT, share(up, n)},
        {"share_negative", PP_SHOW_PERCENT, share(down, n)},
        {"share_significant_positive", PP_SHOW_PERCENT, share(sure_up, n)},
        {"share_significant_negative", PP_SHOW_PERCENT, share(sure_down, n)},
        {"level", PP_SHOW_DEFAULT, plan->level}};
    PP_TRY(pp_table_resize(t, 1, err));
    PP_TRY(pp__put_numbers(t, 0, cells, sizeof cells / sizeof *cells, err));
    return pp__put_text(t, 0, "scale",
                        plan->coefficients ? "coefficient"
                                           : "average marginal effect of one standard "
                                             "deviation, or of 0 to 1",
                        err);
}

/* ---- failures ---- */

static pp_status write_failures(const pp__curve_plan *plan, const pp__curve_state *s,
                                const place *places, int64_t n, pp_result *result,
                                pp_error *err) {
    pp_table *t;
    if (n == s->n) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(result, "curve_failures", "Specifications without an estimate",
                         &t, err));
    for (int64_t i = n; i < s->n; i++) {
        const char *reason = s->row[places[i].row].reason;
        const pp_column *known = pp_table_find(t, "reason");
        int64_t r = 0, rows = pp_table_rows(t);
        while (r < rows && strcmp(pp_column_get_text(known, r), reason) != 0) {
            r++;
        }
        if (r == rows) {
            uint64_t number = pp__curve_spec_at(plan, places[i].row).number + 1;
            PP_TRY(pp_table_append(t, &r, err));
            PP_TRY(pp__put_text(t, r, "reason", reason, err));
            PP_TRY(pp__put_number(t, r, "specifications", PP_SHOW_COUNT, 0, err));
            PP_TRY(pp__put_number(t, r, "example", PP_SHOW_COUNT, (double)number, err));
        }
        pp_table_find(t, "specifications")->number[r]++;
    }
    return pp_result_warn(result, "failed_specifications", NULL, s->n - n, err,
                          "%lld of %lld specifications gave no estimate; shares are of "
                          "the others, and the reasons stand in curve_failures",
                          (long long)(s->n - n), (long long)s->n);
}

static pp_status put_all(writing *w, place *places, pp_result *result) {
    pp_error *err = w->err;
    pp_table *summary;
    int64_t n = sort_rows(w->state, places);
    if (n == 0) {
        pp_error_set(err, PP_E_ESTIMATION, "no specification has an estimate");
        pp_error_hint(err, "the first says: %.300s", w->state->row[0].reason);
        return PP_E_ESTIMATION;
    }
    PP_TRY(pp_result_add(result, "curve_summary", "The curve in numbers", &summary, err));
    PP_TRY(write_summary(w->plan, w->state, places, n, summary, err));
    PP_TRY(pp_result_add(result, "curve", "Specifications", &w->table, err));
    PP_TRY(write_curve(w, places, n));
    return write_failures(w->plan, w->state, places, n, result, err);
}

pp_status pp__curve_put(const pp__curve_plan *plan, const pp__curve_state *state,
                        pp_result *result, pp_error *err) {
    writing w = {.plan = plan, .state = state, .err = err};
    place *places = pp_malloc(state->n, sizeof *places);
    PP_NEED(places, err);
    pp_arena_init(&w.arena);
    pp_status status = put_all(&w, places, result);
    pp_arena_clear(&w.arena);
    pp_free(places);
    return status;
}

/* ---- the joint test ---- */

static pp_status put_statistic(const pp__curve_state *s, int k, double observed,
                               int64_t specs, double *space, pp_table *t, pp_error *err) {
    static const char *const NAME[] = {"median", "share significant", "Stouffer Z"};
    int64_t n = 0, row;
    double extreme = 0;
    for (int64_t b = 0; b < s->drawn; b++) {
        double drawn = s->statistic[b * PP__CURVE_STATISTICS + k];
        if (!isnan(drawn)) {
            extreme += fabs(drawn) >= fabs(observed) * (1 - 1e-12);
            space[n++] = drawn;
        }
    }
    double middle = pp__curve_median(n, space);
    PP_TRY(pp_table_append(t, &row, err));
    PP_TRY(pp__put_text(t, row, "statistic", NAME[k], err));
    PP_TRY(pp__put_number(t, row, "observed", PP_SHOW_DEFAULT, observed, err));
    PP_TRY(pp__put_number(t, row, "null_median", PP_SHOW_DEFAULT, middle, err));
    PP_TRY(pp__put_number(t, row, "p_value", PP_SHOW_P_VALUE,
                          n > 0 ? (1 + extreme) / (1 + (double)n) : NAN, err));
    PP_TRY(pp__put_number(t, row, "draws", PP_SHOW_COUNT, (double)n, err));
    PP_TRY(pp__put_number(t, row, "failed_draws", PP_SHOW_COUNT, (double)(s->drawn - n),
                          err));
    return pp__put_number(t, row, "specifications", PP_SHOW_COUNT, (double)specs, err);
}

static pp_status put_test(const pp__curve_plan *plan, const pp__curve_state *s,
                          pp_arena *arena, pp_table *t, pp_error *err) {
    int64_t *which, m;
    double observed[PP__CURVE_STATISTICS];
    PP_TRY(pp__curve_test_specs(plan, arena, &which, &m, err));
    const pp__curve_row **list = pp_arena_alloc(arena, m, sizeof *list);
    double *space = pp_arena_alloc(arena, m > s->drawn ? m : s->drawn, sizeof *space);
    PP_NEED(list && space ? list : NULL, err);
    for (int64_t i = 0; i < m; i++) {
        list[i] = &s->row[which[i]];
    }
    pp__curve_statistics(m, list, plan->level, space, observed);
    for (int k = 0; k < PP__CURVE_STATISTICS; k++) {
        PP_TRY(put_statistic(s, k, observed[k], m, space, t, err));
    }
    return PP_OK;
}

pp_status pp__curve_put_test(const pp__curve_plan *plan, const pp__curve_state *state,
                             pp_result *result, pp_error *err) {
    pp_table *t;
    pp_arena arena;
    if (state->draws == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(result, "curve_test",
                         "Are all specifications together compatible with no effect?", &t,
                         err));
    pp_arena_init(&arena);
    pp_status status = put_test(plan, state, &arena, t, err);
    pp_arena_clear(&arena);
    PP_TRY(status);
    return pp_result_set_note(
        result, "curve_test",
        "P values: the share of draws, in which units exchanged the "
        "histories of their focal variables, that are as extreme.",
        err);
}
