/* Cells of panels with holes and of repeated cross-sections. */
#include "effects/did/group_time.h"

#include "base/check.h"

#include <string.h>

/* The first row of a period from `unit` on. */
static int64_t find_row(const pp__staggered_rows *rows, int period, int64_t unit) {
    int64_t low = rows->begin[period], high = rows->begin[period + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows->unit[middle] < unit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Rows [from, to) of a period, of units [begin, end). */
typedef struct span {
    int64_t from, to;
} span;

static span find_span(const pp__staggered *s, int period, int64_t begin, int64_t end) {
    span own = {find_row(s->rows, period, begin), find_row(s->rows, period, end)};
    return own.to < own.from ? (span){own.from, own.from} : own;
}

enum { TREATED_BEFORE, TREATED_AFTER, CONTROLS_BEFORE, CONTROLS_AFTER, SPANS = 6 };

/* The four groups of a comparison; controls lie on both sides of the cohort. */
typedef struct gathered {
    span span[SPANS];
    int group[SPANS];
    int64_t n[4], m;
} gathered;

static void find_rows(const pp__staggered *s, const pp__controls *from,
                      const pp__group_time *cell, gathered *g) {
    int64_t own = s->begin[cell->cohort], end = s->begin[cell->cohort + 1];
    int64_t left = from->own ? own : s->n, right = from->own ? end : s->n;
    const int period[] = {cell->base, cell->time};
    int k = 0;
    for (int after = 0; after < 2; after++) {
        g->group[k] = TREATED_BEFORE + after;
        g->span[k++] = find_span(s, period[after], own, end);
    }
    for (int after = 0; after < 2; after++) {
        g->group[k] = g->group[k + 1] = CONTROLS_BEFORE + after;
        g->span[k++] = find_span(s, period[after], from->begin, left);
        g->span[k++] = find_span(s, period[after], right, s->n);
    }
    for (k = 0; k < SPANS; k++) {
        int64_t n = g->span[k].to - g->span[k].from;
        g->n[g->group[k]] += n;
        g->m += n;
    }
}

static void copy(const gathered *g, const double *from, double *to) {
    for (int k = 0; k < SPANS; k++) {
        int64_t n = g->span[k].to - g->span[k].from;
        memcpy(to, from + g->span[k].from, (size_t)n * sizeof *to);
        to += n;
    }
}

static void add_influences(const pp__staggered *s, const gathered *g, const double *own,
                           double *influence) {
    double factor = (double)s->n / (double)g->m;
    for (int k = 0; k < SPANS; k++) {
        for (int64_t r = g->span[k].from; r < g->span[k].to; r++) {
            influence[s->rows->unit[r]] += factor * *own++;
        }
    }
}

pp_status pp__compare_cell_rows(const pp__staggered *s, const pp__controls *from,
                                pp__did_method method, pp__group_time *cell,
                                double *influence, pp_arena *arena, pp_error *err) {
    gathered g = {0};
    find_rows(s, from, cell, &g);
    cell->treated = g.n[TREATED_AFTER];
    cell->controls = g.n[CONTROLS_AFTER];
    if (!g.n[TREATED_BEFORE] || !g.n[TREATED_AFTER] || !g.n[CONTROLS_BEFORE] ||
        !g.n[CONTROLS_AFTER]) {
        cell->outcome = PP__NO_ROWS;
        return PP_OK;
    }
    double *x = pp_arena_alloc(arena, (s->k + 3) * g.m, sizeof *x);
    PP_NEED(x, err);
    double *y = x + s->k * g.m, *own = y + g.m, *weight = own + g.m;
    copy(&g, s->rows->y, y);
    for (int c = 0; c < s->k; c++) {
        copy(&g, s->rows->x[c], x + c * g.m);
    }
    if (s->rows->weight) {
        copy(&g, s->rows->weight, weight);
    }
    pp__rows_comparison c = {.k = s->k, .y = y, .x = x};
    c.weight = s->rows->weight ? weight : NULL;
    memcpy(c.n, g.n, sizeof c.n);
    pp__compared out = {.wants_overlap = pp__wants_overlap(s, cell)};
    PP_TRY(pp__compare_rows(&c, method, arena, own, &out, err));
    pp__take_compared(&out, cell);
    if (cell->outcome == PP__COMPARED) {
        add_influences(s, &g, own, influence);
    }
    return PP_OK;
}
