/* What each choice does to the estimates, and which dimension moves them most. */
#include "base/check.h"
#include "drivers/curve_run.h"
#include "drivers/shapley.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

/* Each optional control is a dimension of its own, with and without, as long as all
   subsets of dimensions can be tried. */
enum { MOST_EXACT = 12 };

typedef struct dimension {
    const char *name, *option; /* option: the control; NULL: a list of choices */
    const pp__curve_list *list;
    int kind, bit; /* of pp__curve_dimension; of the subset */
    int n, first;  /* choices; the first of its columns */
} dimension;

enum { MOST = PP__CURVE_DIMENSIONS + PP__MOST_OPTIONAL };

typedef struct work {
    const pp__curve_plan *plan;
    const pp__curve_state *state;
    pp_arena *arena;
    int n, columns;
    dimension *of;
    double *G; /* (columns + 1)²: cross-products of dummies and, last, the estimate */
    double *space;
    pp_error *err;
} work;

static void list_dimensions(work *w) {
    for (int d = 0; d < PP__CURVE_DIMENSIONS; d++) {
        const pp__curve_list *list = &w->plan->list[d];
        for (int i = 0; d == PP__BY_SUBSET && i < list->n; i++) {
            w->of[w->n++] = (dimension){list->name[i], list->name[i], list, d, i, 2, 0};
        }
        if (d != PP__BY_SUBSET && list->n > 1) {
            w->of[w->n++] =
                (dimension){pp__curve_dimension_name[d], NULL, list, d, 0, list->n, 0};
        }
    }
    for (int i = 0; i < w->n; i++) {
        w->of[i].first = w->columns;
        w->columns += w->of[i].n;
    }
}

static int choice_of(const dimension *d, const pp__curve_spec *spec) {
    return d->option ? (int)(spec->subset >> d->bit & 1) : spec->choice[d->kind];
}

static const char *choice_name(const dimension *d, int choice) {
    return d->option ? (choice ? "with" : "without") : d->list->name[choice];
}

/* ---- choices ---- */

static pp_status put_choice(work *w, const dimension *d, int choice, pp_table *t) {
    int64_t n = 0, failed = 0, up = 0, sure_up = 0, sure_down = 0, at;
    for (int64_t i = 0; i < w->state->n; i++) {
        const pp__curve_row *row = &w->state->row[i];
        pp__curve_spec spec = pp__curve_spec_at(w->plan, i);
        if (choice_of(d, &spec) != choice) {
            continue;
        }
        if (row->reason) {
            failed++;
            continue;
        }
        int sure = row->p_value < 1 - w->plan->level;
        up += row->estimate > 0;
        sure_up += sure && row->estimate > 0;
        sure_down += sure && row->estimate < 0;
        w->space[n++] = row->estimate;
    }
    double all = n > 0 ? (double)n : NAN;
    const pp__named cells[] = {
        {"specifications", PP_SHOW_COUNT, (double)(n + failed)},
        {"failed", PP_SHOW_COUNT, (double)failed},
        {"median", PP_SHOW_DEFAULT, pp__curve_median(n, w->space)},
        {"share_positive", PP_SHOW_PERCENT, (double)up / all},
        {"share_significant_positive", PP_SHOW_PERCENT, (double)sure_up / all},
        {"share_significant_negative", PP_SHOW_PERCENT, (double)sure_down / all}};
    PP_TRY(pp_table_append(t, &at, w->err));
    PP_TRY(pp__put_text(t, at, "dimension", d->name, w->err));
    PP_TRY(pp__put_text(t, at, "choice", choice_name(d, choice), w->err));
    PP_TRY(pp__put_numbers(t, at, cells, sizeof cells / sizeof *cells, w->err));
    return PP_OK;
}

/* ---- dimensions ---- */

static void add_products(work *w) {
    int size = w->columns + 1, at[MOST];
    double sum = 0, n = 0;
    for (int64_t i = 0; i < w->state->n; i++) {
        sum += w->state->row[i].reason ? 0 : w->state->row[i].estimate;
        n += !w->state->row[i].reason;
    }
    for (int64_t i = 0; i < w->state->n; i++) {
        double y = w->state->row[i].estimate - sum / n;
        if (w->state->row[i].reason) {
            continue;
        }
        pp__curve_spec spec = pp__curve_spec_at(w->plan, i);
        for (int d = 0; d < w->n; d++) {
            at[d] = w->of[d].first + choice_of(&w->of[d], &spec);
            w->G[w->columns + at[d] * size] += y;
            for (int e = 0; e <= d; e++) {
                w->G[at[d] + at[e] * size]++;
            }
        }
        w->G[size * size - 1] += y * y;
    }
    for (int j = 0; j < size; j++) {
        for (int i = j + 1; i < size; i++) {
            w->G[j + i * size] = w->G[i + j * size];
        }
    }
}

/* Of the variance of the estimates, the share that the dimensions in `set` explain
   additively: dummies, swept in one by one, those without a pivot passed over. The mean of
   the estimates is zero, and dummies of a dimension sum to the constant. */
static double explained(const work *w, uint64_t set, double *A) {
    int size = w->columns + 1;
    double whole = w->G[size * size - 1];
    memcpy(A, w->G, (size_t)(size * size) * sizeof *A);
    for (int d = 0; d < w->n; d++) {
        int begin = w->of[d].first, end = begin + w->of[d].n;
        for (int p = begin; (set >> d & 1) && p < end; p++) {
            double pivot = A[p + p * size];
            if (pivot <= 1e-9 * w->G[p + p * size] || pivot <= 0) {
                continue;
            }
            for (int j = p + 1; j < size; j++) {
                double factor = A[p + j * size] / pivot;
                for (int i = p + 1; factor != 0 && i < size; i++) {
                    A[i + j * size] -= factor * A[i + p * size];
                }
            }
        }
    }
    return whole > 0 ? 1 - A[size * size - 1] / whole : 0;
}

/* Which players a set of dimensions stands for: with many, the controls are one. */
static uint64_t widen(const work *w, uint64_t set, int together) {
    uint64_t out = 0;
    int player = 0;
    for (int d = 0; d < w->n; d++) {
        int joined = together && w->of[d].option;
        int first = joined && (d == 0 || !w->of[d - 1].option);
        player += d > 0 && (!joined || first);
        out |= (set >> player & 1) << d;
    }
    return out;
}

static pp_status find_shapley(work *w, int together, int players, double *share,
                              double *A) {
    double *value = pp_arena_alloc(w->arena, (int64_t)1 << players, sizeof *value);
    PP_NEED(value, w->err);
    for (uint64_t set = 0; set < (uint64_t)1 << players; set++) {
        value[set] = explained(w, widen(w, set, together), A);
    }
    pp__shapley(players, value, share);
    return PP_OK;
}

static pp_status put_dimension(work *w, pp_table *t, const char *name, int choices,
                               double alone, double share) {
    int64_t row;
    PP_TRY(pp_table_append(t, &row, w->err));
    PP_TRY(pp__put_text(t, row, "dimension", name, w->err));
    PP_TRY(pp__put_number(t, row, "choices", PP_SHOW_COUNT, choices, w->err));
    PP_TRY(pp__put_number(t, row, "eta_squared", PP_SHOW_PERCENT, alone, w->err));
    return pp__put_number(t, row, "shapley", PP_SHOW_PERCENT, share, w->err);
}

static pp_status put_dimensions(work *w, pp_table *t) {
    int64_t size = w->columns + 1;
    int together = w->n > MOST_EXACT, players = 0, player = 0;
    double share[64] = {0}, *A;
    w->G = pp_arena_zalloc(w->arena, 2 * size * size, sizeof *w->G);
    PP_NEED(w->G, w->err);
    A = w->G + size * size;
    add_products(w);
    for (int d = 0; d < w->n; d++) {
        players += !together || !w->of[d].option || d == 0 || !w->of[d - 1].option;
    }
    PP_TRY(find_shapley(w, together, players, share, A));
    for (int d = 0; d < w->n; player++) {
        int end = d + 1, choices = w->of[d].n;
        while (together && w->of[d].option && end < w->n && w->of[end].option) {
            choices += w->of[end++].n;
        }
        double alone = explained(w, widen(w, (uint64_t)1 << player, together), A);
        PP_TRY(put_dimension(w, t, end > d + 1 ? "controls" : w->of[d].name, choices,
                             alone, share[player]));
        d = end;
    }
    return PP_OK;
}

static pp_status put_all(work *w, pp_result *result) {
    pp_table *choices, *dimensions;
    w->of = pp_arena_alloc(w->arena, MOST, sizeof *w->of);
    w->space = pp_arena_alloc(w->arena, w->state->n, sizeof *w->space);
    PP_NEED(w->of && w->space ? w->of : NULL, w->err);
    list_dimensions(w);
    PP_TRY(pp_result_add(result, "curve_choices", "What each choice does", &choices,
                         w->err));
    for (int d = 0; d < w->n; d++) {
        for (int c = 0; c < w->of[d].n; c++) {
            PP_TRY(put_choice(w, &w->of[d], c, choices));
        }
    }
    PP_TRY(pp_result_add(result, "curve_dimensions", "Which choice moves the answer",
                         &dimensions, w->err));
    return w->n > 0 ? put_dimensions(w, dimensions) : PP_OK;
}

pp_status pp__curve_put_choices(const pp__curve_plan *plan, const pp__curve_state *state,
                                pp_result *result, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    work w = {.plan = plan, .state = state, .arena = &arena, .err = err};
    pp_status status = put_all(&w, result);
    pp_arena_clear(&arena);
    return status;
}
