/* The columns of a design in periods to come: what counts periods counts on, all else is
   held. */
#include "base/check.h"
#include "drivers/forecast_parts.h"
#include "model/after/newdata.h"

#include <math.h>
#include <string.h>

/* 1: the column rises by one from each period of a unit to the next. */
static int counts_periods(const pp__risk *risk, const pp_column *column) {
    int64_t pairs = 0;
    if (column->type != PP_NUMBER) {
        return 0;
    }
    for (int32_t u = 0; u < risk->units.n_levels; u++) {
        for (int64_t i = risk->begin[u] + 1; i < risk->begin[u + 1]; i++) {
            double now = column->number[i], before = column->number[i - 1];
            if (isnan(now) || isnan(before)) {
                continue;
            }
            if (fabs(now - before - (risk->time[i] - risk->time[i - 1])) > 1e-9) {
                return 0;
            }
            pairs++;
        }
    }
    return pairs > 0;
}

/* The columns of `rows` that the model uses and that count periods. */
static int find_counters(const pp__risk *risk, const pp_fit *fit, pp_table *rows,
                         pp_column **out) {
    int n = 0;
    for (int v = 0; v < fit->design->n_variables; v++) {
        const char *name = fit->design->variables[v].name;
        const pp_column *column = pp_table_find(risk->data, name);
        if (column && counts_periods(risk, column)) {
            out[n++] = pp_table_find(rows, name);
        }
    }
    return n;
}

static pp_status refuse_periods(const char *name, pp_error *err) {
    pp_error_set(
        err, PP_E_UNSUPPORTED,
        "the model has an effect of each value of %s, and none is known of the next",
        name);
    pp_error_locate(err, NULL, 0, name, NULL);
    pp_error_hint(err, "let the hazard run with time: duration + I(duration^2), or "
                       "ns(duration, 3)");
    return PP_E_UNSUPPORTED;
}

pp_status pp__future_check(const pp__risk *risk, const pp_fit *fit, pp_error *err) {
    const pp__design *d = fit->design;
    for (int v = 0; v < d->n_variables; v++) {
        const char *name = d->variables[v].name;
        const pp_column *column = pp_table_find(risk->data, name);
        if (!column) {
            pp_error_set(err, PP_E_UNSUPPORTED, "%s cannot be forecast", name);
            pp_error_locate(err, NULL, 0, "formula", NULL);
            pp_error_hint(err, "make a column of it in the data");
            return PP_E_UNSUPPORTED;
        }
        if (d->variables[v].factor.code && counts_periods(risk, column)) {
            return refuse_periods(name, err);
        }
    }
    for (int e = 0; e < fit->formula->n_effects; e++) {
        const pp__group *effect = &fit->formula->effect[e];
        for (int c = 0; c < effect->n; c++) {
            const char *name = effect->name[c]->text;
            if (counts_periods(risk, pp_table_find(risk->data, name))) {
                return refuse_periods(name, err);
            }
        }
    }
    return PP_OK;
}

/* Copies the frame's columns to where period `step` stands. */
static pp_status fill_step(const pp__frame *frame, int step, pp_arena *arena,
                           pp__future *out, pp_error *err) {
    const pp__change as_is = {.kind = PP__AS_IS};
    int64_t k = frame->design.k, n = out->n;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *x = pp_arena_alloc(arena, k * PP__TILE + pp__design_scratch(&frame->design),
                               sizeof *x);
    PP_NEED(x, err);
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        pp__design_change(&frame->design, &as_is, begin, rows, x, NULL, x + k * PP__TILE);
        for (int64_t j = 0; j < out->k; j++) {
            memcpy(out->x + ((int64_t)step * out->k + j) * n + begin, x + j * PP__TILE,
                   (size_t)rows * sizeof *x);
        }
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}

static void keep_missing(pp__future *out, const char *const *missing) {
    for (int64_t i = 0; i < out->n; i++) {
        out->missing[i] = out->missing[i] ? out->missing[i] : missing[i];
    }
}

static pp_status fill_steps(const pp_fit *fit, pp_column *const *counters, int n_counters,
                            pp_arena *arena, pp__future *out, pp_error *err) {
    for (int s = 0; s < out->steps; s++) {
        pp__frame frame;
        const char **missing;
        PP_TRY(pp__frame_new(fit, out->rows, arena, &frame, &missing, err));
        keep_missing(out, missing);
        PP_TRY(fill_step(&frame, s, arena, out, err));
        for (int64_t i = 0; s == 0 && frame.outside && i < out->n; i++) {
            out->outside[i] = frame.outside[i];
        }
        out->outside = frame.outside ? out->outside : NULL;
        for (int c = 0; c < n_counters; c++) {
            for (int64_t i = 0; i < out->n; i++) {
                counters[c]->number[i] += 1;
            }
        }
    }
    /* Back to the first period, whose rows are kept. */
    for (int c = 0; c < n_counters; c++) {
        for (int64_t i = 0; i < out->n; i++) {
            counters[c]->number[i] -= out->steps;
        }
    }
    return PP_OK;
}

pp_status pp__future_make(const pp__risk *risk, const pp_fit *fit, const int64_t *row,
                          const int *ahead, int64_t n, int steps, pp_arena *arena,
                          pp__future *out, pp_error *err) {
    pp_column *counters[PP__MAX_VARIABLES];
    *out = (pp__future){.n = n, .k = pp__regressors(fit), .steps = steps};
    out->missing = pp_arena_zalloc(arena, n, sizeof *out->missing);
    PP_NEED(out->missing, err);
    out->outside = pp_arena_alloc(arena, n, sizeof *out->outside);
    PP_NEED(out->outside, err);
    out->x = pp_arena_alloc(arena, n * out->k * steps, sizeof *out->x);
    PP_NEED(out->x, err);
    PP_TRY(pp_table_take_rows(risk->data, row, n, &out->rows, err));
    int n_counters = find_counters(risk, fit, out->rows, counters);
    for (int c = 0; c < n_counters; c++) {
        for (int64_t i = 0; i < n; i++) {
            counters[c]->number[i] += ahead[i];
        }
    }
    return fill_steps(fit, counters, n_counters, arena, out, err);
}

void pp__future_clear(pp__future *future) {
    pp_table_free(future->rows);
    future->rows = NULL;
}

void pp__future_predict(const pp__future *f, const pp__link *link, const double *b,
                        double *out, double *scratch) {
    int64_t n = f->n;
    double *eta = scratch, *mean = eta + n, *slope = mean + n, *curve = slope + n;
    for (int s = 0; s < f->steps; s++) {
        for (int64_t i = 0; i < n; i++) {
            eta[i] = f->outside ? f->outside[i] : 0;
        }
        for (int j = 0; j < f->k; j++) {
            const double *x = f->x + ((int64_t)s * f->k + j) * n;
            for (int64_t i = 0; i < n; i++) {
                eta[i] += b[j] * x[i];
            }
        }
        link->response((int)n, eta, mean, slope, curve);
        for (int64_t i = 0; i < n; i++) {
            double before = s > 0 ? out[(int64_t)(s - 1) * n + i] : 0;
            out[(int64_t)s * n + i] = before + (1 - before) * mean[i];
        }
    }
}
