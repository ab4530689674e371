#include "effects/event/interaction.h"

#include "base/check.h"
#include "effects/event/within.h"

#include <math.h>

typedef struct work {
    const pp__staggered *s;
    pp__within fit;
    pp__plain design;
    int treated; /* cohorts with cells: all, or all but the last */
    double end;  /* the first period that is left out */
    pp__influences *out;
} work;

static int64_t count_seen(const pp__staggered *s, int cohort, int period) {
    int64_t n = 0;
    for (int64_t u = s->begin[cohort]; u < s->begin[cohort + 1]; u++) {
        n += pp__within_seen(s, period, u);
    }
    return n;
}

static double sum_weights(const pp__staggered *s, int cohort, int period) {
    double sum = 0;
    for (int64_t u = s->begin[cohort]; u < s->begin[cohort + 1]; u++) {
        sum += pp__within_seen(s, period, u) ? pp__within_weight(s, period, u) : 0;
    }
    return sum;
}

/* Later periods tell nothing without a control. */
static void leave_out_end(work *w, int64_t *alone) {
    const pp__staggered *s = w->s;
    for (int c = 0; c <= s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            w->design.used[c * s->periods + t] = s->time[t] < w->end;
            *alone += c < s->cohorts && s->time[t] >= w->end;
        }
    }
}

static pp_status list_cells(work *w, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = w->s;
    pp__influences *out = w->out;
    int first = w->fit.dummies, columns = 0;
    out->cell = pp_arena_alloc(arena, s->cohorts * s->periods, sizeof *out->cell);
    PP_NEED(out->cell, err);
    for (int g = 0; g < w->treated; g++) {
        int base = 0;
        while (base + 1 < s->periods && s->time[base + 1] < s->first[g]) {
            base++;
        }
        for (int t = 0; t < s->periods && s->time[t] < w->end; t++) {
            pp__group_time cell = {.cohort = g,
                                   .time = t,
                                   .base = base,
                                   .reference = t == base,
                                   .treated = count_seen(s, g, t),
                                   .controls = count_seen(s, w->treated, t)};
            if (cell.treated == 0) {
                continue;
            }
            cell.weight = sum_weights(s, g, t);
            if (!cell.reference) {
                w->design.cell[g * s->periods + t] = first + columns++;
            }
            out->cell[out->cells++] = cell;
        }
    }
    pp__within_add_cells(&w->fit, columns);
    return PP_OK;
}

static pp_status take_cells(work *w, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = w->s;
    pp__influences *out = w->out;
    int64_t k = w->fit.k;
    double *combination = pp_arena_zalloc(arena, k * out->cells + 1, sizeof *combination);
    out->of_cell = pp_arena_alloc(arena, out->cells * s->n, sizeof *out->of_cell);
    PP_NEED(combination && out->of_cell ? combination : NULL, err);
    for (int i = 0; i < out->cells; i++) {
        pp__group_time *cell = &out->cell[i];
        int column = w->design.cell[cell->cohort * s->periods + cell->time];
        if (column >= 0 && w->fit.dropped[column]) {
            cell->effect = NAN;
            cell->outcome = PP__NO_SUPPORT;
        } else if (column >= 0) {
            cell->effect = w->fit.theta[column];
            combination[column + i * k] = 1;
        }
    }
    return pp__within_influence(&w->fit, combination, out->cells, arena, out->of_cell,
                                err);
}

pp_status pp__interacted_all(const pp__staggered *s, const pp_context *ctx,
                             pp_arena *arena, pp__influences *out, int64_t *alone,
                             double *factor, pp_error *err) {
    work w = {.s = s, .out = out, .treated = s->cohorts, .end = INFINITY};
    *out = (pp__influences){.s = s};
    *alone = 0;
    if (s->begin[s->cohorts] == s->n) {
        w.end = s->first[--w.treated];
    }
    if (w.treated == 0) {
        pp_error_set(err, PP_E_ESTIMATION, "no cohort has control units");
        pp_error_hint(err, "all units are first treated in one period, and none is never "
                           "treated");
        return PP_E_ESTIMATION;
    }
    PP_TRY(pp__within_plain(&w.fit, s, ctx, arena, &w.design, err));
    leave_out_end(&w, alone);
    PP_TRY(list_cells(&w, arena, err));
    PP_TRY(pp_progress(ctx, "interactions", 0, err));
    PP_TRY(pp__within_fit(&w.fit, arena, err));
    PP_TRY(take_cells(&w, arena, err));
    *factor = pp__within_factor(&w.fit, 1);
    return pp_progress(ctx, "interactions", 1, err);
}
