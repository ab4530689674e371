#include "effects/did/group_time.h"

#include "base/check.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

/* ---- which cells there are ---- */

static int is_universal(const pp_did_options *o) {
    return o->base && strcmp(o->base, "universal") == 0;
}

/* The last period that treatment, as anticipated, leaves alone; -1: none. */
static int last_before(const pp__staggered *s, int cohort, int64_t anticipation) {
    int base = -1;
    for (int t = 0; t < s->periods; t++) {
        if (s->time[t] + (double)anticipation < s->first[cohort]) {
            base = t;
        }
    }
    return base;
}

pp__controls pp__find_controls(const pp__staggered *s, const pp_did_options *o,
                               const pp__group_time *cell) {
    int c = s->cohorts, later = cell->time > cell->base ? cell->time : cell->base;
    if (o->control && strcmp(o->control, "notyet") == 0) {
        for (c = 0;
             c < s->cohorts && s->first[c] <= s->time[later] + (double)o->anticipation;) {
            c++;
        }
    }
    int64_t own =
        cell->cohort >= c ? s->begin[cell->cohort + 1] - s->begin[cell->cohort] : 0;
    return (pp__controls){s->begin[c], s->n - s->begin[c] - own, own};
}

static pp_status list_cells(const pp__staggered *s, const pp_did_options *o,
                            pp_arena *arena, pp__influences *out, int64_t *alone,
                            pp_error *err) {
    out->cell = pp_arena_alloc(arena, s->cohorts * s->periods, sizeof *out->cell);
    PP_NEED(out->cell, err);
    *alone = 0;
    for (int g = 0; g < s->cohorts; g++) {
        int before = last_before(s, g, o->anticipation);
        for (int t = is_universal(o) ? 0 : 1; before >= 0 && t < s->periods; t++) {
            int treated = s->time[t] >= s->first[g];
            pp__group_time cell = {
                .cohort = g,
                .time = t,
                .base = treated || is_universal(o) ? before : t - 1,
                .treated = s->begin[g + 1] - s->begin[g],
                .effect = NAN,
            };
            cell.controls = pp__find_controls(s, o, &cell).n;
            cell.reference = cell.base == t;
            if (cell.controls > 0) {
                out->cell[out->cells++] = cell;
            } else {
                ++*alone;
            }
        }
    }
    if (out->cells == 0) {
        int never = s->begin[s->cohorts] < s->n;
        pp_error_set(err, PP_E_ESTIMATION,
                     never ? "no cohort has a period before treatment to compare with"
                           : "no cohort has control units");
        pp_error_hint(
            err, "%s",
            never ? "anticipation takes away all of them: make it shorter"
            : s->cohorts == 1
                ? "all units are first treated in one period, and none is never "
                  "treated"
                : "there are no units that are never treated: compare with "
                  "those not yet treated (control: notyet)");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- one cell ---- */

typedef struct job {
    const pp__staggered *s;
    const pp_did_options *options;
    pp__did_method method;
    pp__influences *out;
    pp_status *status;
    pp_error *err;
} job;

/* The units in a comparison: the cohort's, then the controls. */
static int64_t unit_at(const pp__staggered *s, const pp__group_time *cell,
                       const pp__controls *from, int64_t i) {
    int64_t own = s->begin[cell->cohort], unit;
    if (i < cell->treated) {
        return own + i;
    }
    unit = from->begin + i - cell->treated;
    return unit >= own ? unit + from->own : unit;
}

static pp_status compare(const job *j, const pp__controls *from, pp__group_time *cell,
                         double *influence, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = j->s;
    int64_t m = cell->treated + cell->controls;
    int earlier = cell->time < cell->base ? cell->time : cell->base;
    double *x = pp_arena_alloc(arena, (s->k + 3) * m, sizeof *x);
    PP_NEED(x, err);
    double *change = x + s->k * m, *own = change + m, *weight = own + m;
    for (int64_t i = 0; i < m; i++) {
        int64_t u = unit_at(s, cell, from, i);
        change[i] = s->y[cell->time * s->n + u] - s->y[cell->base * s->n + u];
        for (int c = 0; c < s->k; c++) {
            x[i + c * m] = s->x[c][earlier * s->n + u];
        }
        if (s->weight) {
            weight[i] = s->weight[earlier * s->n + u];
        }
    }
    pp__comparison c = {
        cell->treated, cell->controls, s->k, change, x, s->weight ? weight : NULL};
    pp__compared out = {.wants_overlap = pp__wants_overlap(s, cell)};
    PP_TRY(pp__compare(&c, j->method, arena, own, &out, err));
    pp__take_compared(&out, cell);
    for (int64_t i = 0; i < m && cell->outcome == PP__COMPARED; i++) {
        influence[unit_at(s, cell, from, i)] = own[i] * (double)s->n / (double)m;
    }
    return PP_OK;
}

static void run_cell(void *payload, int64_t index) {
    job *j = payload;
    pp__group_time *cell = &j->out->cell[index];
    double *influence = j->out->of_cell + index * j->s->n;
    pp_arena arena;
    pp_arena_init(&arena);
    memset(influence, 0, (size_t)j->s->n * sizeof *influence);
    if (cell->reference) {
        cell->effect = 0;
    } else {
        pp__controls from = pp__find_controls(j->s, j->options, cell);
        j->status[index] =
            j->s->rows ? pp__compare_cell_rows(j->s, &from, j->method, cell, influence,
                                               &arena, &j->err[index])
                       : compare(j, &from, cell, influence, &arena, &j->err[index]);
    }
    pp_arena_clear(&arena);
}

static pp__did_method method_of(const pp_did_options *o) {
    return !o->method || strcmp(o->method, "dr") == 0 ? PP__DID_DR
           : strcmp(o->method, "reg") == 0            ? PP__DID_REG
                                                      : PP__DID_IPW;
}

pp_status pp__group_time_all(const pp__staggered *s, const pp_did_options *options,
                             const pp_context *ctx, pp_arena *arena, pp__influences *out,
                             int64_t *alone, pp_error *err) {
    *out = (pp__influences){.s = s};
    PP_TRY(list_cells(s, options, arena, out, alone, err));
    out->of_cell = pp_arena_alloc(arena, out->cells * s->n, sizeof *out->of_cell);
    job j = {.s = s, .options = options, .method = method_of(options), .out = out};
    j.status = pp_arena_zalloc(arena, out->cells, sizeof *j.status);
    j.err = pp_arena_zalloc(arena, out->cells, sizeof *j.err);
    PP_NEED(out->of_cell && j.status ? j.err : NULL, err);
    PP_TRY(pp_progress(ctx, "group-time effects", -1, err));
    pp__parallel(ctx, out->cells, run_cell, &j);
    for (int i = 0; i < out->cells; i++) {
        if (j.status[i] != PP_OK) {
            *err = j.err[i];
            return j.status[i];
        }
    }
    return PP_OK;
}
