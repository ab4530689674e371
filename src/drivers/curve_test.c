/* The joint test: whole histories of the focal variables are exchanged between units, and
   all specifications estimated again. Simonsohn, Simmons & Nelson (2020), "Inference". */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "drivers/curve_run.h"
#include "drivers/curve_shuffle.h"
#include "drivers/curve_watch.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SUBSET_TASK = 0x63757273, ROUND = 8 };

/* ---- statistics ---- */

static int ascending(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double pp__curve_median(int64_t n, double *values) {
    qsort(values, (size_t)n, sizeof *values, ascending);
    return n > 0 ? (values[(n - 1) / 2] + values[n / 2]) / 2 : NAN;
}

/* The normal deviate with the row's p value, on the side of its estimate. */
static double deviate(const pp__curve_row *row) {
    double t = row->estimate / row->std_error;
    return isfinite(row->df)
               ? copysign(qnorm5(pt(-fabs(t), row->df, 1, 1), 0, 1, 0, 1), t)
               : t;
}

void pp__curve_statistics(int64_t n, const pp__curve_row *const *rows, double level,
                          double *space, double out[PP__CURVE_STATISTICS]) {
    double up = 0, down = 0, sum = 0;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        const pp__curve_row *row = rows[i];
        if (row->reason) {
            continue;
        }
        int significant = row->p_value < 1 - level;
        up += significant && row->estimate > 0;
        down += significant && row->estimate < 0;
        sum += deviate(row);
        space[m++] = row->estimate;
    }
    if (m == 0) {
        out[0] = out[1] = out[2] = NAN;
        return;
    }
    out[0] = pp__curve_median(m, space);
    out[1] = fmax(up, down) / (double)m;
    out[2] = sum / sqrt((double)m);
}

/* ---- which specifications ---- */

pp_status pp__curve_test_specs(const pp__curve_plan *plan, pp_arena *arena,
                               int64_t **which, int64_t *m, pp_error *err) {
    int64_t most = plan->options->test_most;
    *m = most > 0 && most < plan->n ? most : plan->n;
    uint64_t *number = pp_arena_alloc(arena, *m, sizeof *number);
    PP_NEED(number, err);
    if (*m < plan->n) {
        pp__curve_draw_numbers(plan->options->seed, SUBSET_TASK, (uint64_t)plan->n, *m,
                               number);
    }
    *which = pp_arena_alloc(arena, *m, sizeof **which);
    PP_NEED(*which, err);
    for (int64_t i = 0; i < *m; i++) {
        (*which)[i] = *m < plan->n ? (int64_t)number[i] : i;
    }
    return PP_OK;
}

/* ---- draws ---- */

typedef struct testing {
    const pp__curve_kit *kit;
    pp__curve_state *state;
    const pp__shuffle *shuffle;
    pp__curve_watch watch;
    const int64_t *which; /* m specifications */
    int64_t m, first;     /* draw of this round */
    pp_status status[ROUND];
    pp_error err[ROUND];
} testing;

static pp_status fit_all(testing *t, const pp__curve_drawn *drawn, pp__curve_row *rows,
                         pp_error *err) {
    pp_status status = PP_OK;
    pp__curve_lean *lean = pp__curve_lean_new(t->kit, drawn);
    PP_NEED(lean, err);
    for (int64_t i = 0; i < t->m && status == PP_OK; i++) {
        pp__curve_spec spec = pp__curve_spec_at(t->kit->plan, t->which[i]);
        status = pp__curve_watch_look(&t->watch, err);
        if (status == PP_OK) {
            status = pp__curve_fit(t->kit, lean, drawn, &spec, &rows[i], err);
        }
    }
    pp__curve_lean_free(lean);
    return status;
}

static pp_status draw_once(testing *t, int64_t draw, pp_error *err) {
    pp__curve_drawn drawn;
    pp_arena arena;
    pp_arena_init(&arena);
    pp__curve_row *rows = pp_calloc(t->m, sizeof *rows);
    double *space = pp_malloc(t->m, sizeof *space);
    const pp__curve_row **list = pp_malloc(t->m, sizeof *list);
    pp_status status = rows && space && list
                           ? pp__shuffle_draw(t->shuffle, draw, &arena, &drawn, err)
                           : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = fit_all(t, &drawn, rows, err);
        pp__shuffle_clear(t->shuffle, &drawn);
    }
    for (int64_t i = 0; status == PP_OK && i < t->m; i++) {
        list[i] = &rows[i];
    }
    if (status == PP_OK) {
        pp__curve_statistics(t->m, list, t->kit->plan->level, space,
                             t->state->statistic + draw * PP__CURVE_STATISTICS);
    }
    for (int64_t i = 0; rows && i < t->m; i++) {
        pp_free(rows[i].reason);
    }
    pp_free(list);
    pp_free(space);
    pp_free(rows);
    pp_arena_clear(&arena);
    return status;
}

static void run_draw(void *payload, int64_t i) {
    testing *t = payload;
    t->status[i] = draw_once(t, t->first + i, &t->err[i]);
}

static pp_status run_round(testing *t, pp_error *err) {
    int64_t left = t->state->draws - t->first, draws = left < ROUND ? left : ROUND;
    pp__curve_watch_run(&t->watch, draws, run_draw, t);
    for (int64_t i = 0; i < draws; i++) {
        if (t->status[i] != PP_OK) {
            if (err) {
                *err = t->err[i];
            }
            return t->status[i];
        }
    }
    t->state->drawn = t->first + draws;
    return PP_OK;
}

static pp_status run_all(testing *t, const pp__curve_job *job, pp_error *err) {
    const char *path = job->kit->plan->options->resume;
    pp__curve_state *state = t->state;
    for (t->first = state->drawn; t->first < state->draws; t->first = state->drawn) {
        double share = (double)t->first / (double)state->draws;
        t->watch.fraction = job->from + (job->to - job->from) * share;
        pp_status status = pp_progress(job->ctx, t->watch.stage, t->watch.fraction, err);
        status = status == PP_OK ? run_round(t, err) : status;
        if (status == PP_E_CANCELLED) {
            pp__curve_keep(path, job->digest, 1, state, NULL);
        }
        PP_TRY(status);
        PP_TRY(
            pp__curve_keep(path, job->digest, state->drawn == state->draws, state, err));
    }
    return PP_OK;
}

pp_status pp__curve_test(const pp__curve_job *job, pp__curve_state *state,
                         pp_error *err) {
    pp__shuffle shuffle;
    pp_arena arena;
    int64_t *which;
    if (state->draws == 0) {
        return PP_OK;
    }
    pp_arena_init(&arena);
    testing *t = pp_calloc(1, sizeof *t);
    pp_status status = t ? pp__shuffle_make(job->kit, job->ctx, &arena, &shuffle, err)
                         : pp_error_set(err, PP_E_MEMORY, "out of memory");
    int made = t && status == PP_OK;
    if (made) {
        pp__curve_watch_begin(&t->watch, job->ctx, "draws");
        t->kit = job->kit;
        t->state = state;
        t->shuffle = &shuffle;
        status = pp__curve_test_specs(job->kit->plan, &arena, &which, &t->m, err);
    }
    if (made && status == PP_OK) {
        t->which = which;
        status = run_all(t, job, err);
    }
    if (made) {
        pp__shuffle_free(&shuffle);
    }
    pp_free(t);
    pp_arena_clear(&arena);
    return status;
}
