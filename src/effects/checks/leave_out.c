/* The estimate without each cohort, and without single units. */
#include "base/check.h"
#include "base/parallel.h"
#include "effects/checks/checks.h"
#include "effects/checks/units.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 40, MOST = 10 };

typedef struct left_out {
    const char *name;
    int64_t begin, end; /* units of the panel */
    int is_cohort;
    double estimate, std_error, shift;
} left_out;

typedef struct job {
    pp__checks *w;
    left_out *list;
    pp_status *status;
    pp_error *err;
} job;

/* ---- which units ---- */

typedef struct candidate {
    int64_t unit;
    double weight;
    const char *name;
} candidate;

static int heaviest_first(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight)
                                  : strcmp(x->name, y->name);
}

/* Of each unit on the simple mean. */
static pp_status find_influence(pp__checks *w, const double **out) {
    pp__did_cells cells;
    pp__aggregation all;
    PP_TRY(
        pp__did_cells_estimate(&w->c.s, &w->c.design, w->ctx, &w->arena, &cells, w->err));
    PP_TRY(pp__aggregate(&cells.effects, PP__OVER_ALL, &w->c.design, cells.shares_known,
                         &w->arena, &all, w->err));
    *out = all.influence;
    return PP_OK;
}

static int64_t count_units(const pp__checks *w) {
    int64_t n = w->c.s.n, asked = w->o.units;
    if (asked == 0) {
        asked = n <= FEW ? n : MOST;
    }
    return asked < 0 ? 0 : asked < n ? asked : n;
}

static pp_status choose_units(pp__checks *w, candidate **out) {
    const pp__staggered *s = &w->c.s;
    const double *weight;
    candidate *list = pp_arena_alloc(&w->arena, s->n, sizeof *list);
    PP_NEED(list, w->err);
    if (w->o.size) {
        double *size;
        PP_TRY(pp__units_means(s, w->data, w->c.design.unit, w->o.size, "units' size",
                               w->ctx, &w->arena, &size, w->err));
        weight = size;
    } else {
        PP_TRY(find_influence(w, &weight));
    }
    for (int64_t i = 0; i < s->n; i++) {
        double value = w->o.size ? weight[i] : fabs(weight[i]);
        list[i] = (candidate){i, isnan(value) ? -INFINITY : value, s->name[i]};
    }
    qsort(list, (size_t)s->n, sizeof *list, heaviest_first);
    *out = list;
    return PP_OK;
}

static pp_status list_all(pp__checks *w, left_out **out, int64_t *n) {
    const pp__staggered *s = &w->c.s;
    int64_t units = count_units(w);
    candidate *chosen = NULL;
    left_out *list = pp_arena_zalloc(&w->arena, s->cohorts + units + 1, sizeof *list);
    PP_NEED(list, w->err);
    *n = 0;
    list[(*n)++] = (left_out){.name = "nothing"};
    for (int c = 0; c < s->cohorts; c++) {
        const char *name = pp_arena_printf(&w->arena, "%.15g", s->first[c]);
        PP_NEED(name, w->err);
        list[(*n)++] = (left_out){name, s->begin[c], s->begin[c + 1], 1, 0, 0, 0};
    }
    PP_TRY(units > 0 ? choose_units(w, &chosen) : PP_OK);
    for (int64_t i = 0; i < units; i++) {
        int64_t u = chosen[i].unit;
        list[(*n)++] = (left_out){chosen[i].name, u, u + 1, 0, 0, 0, 0};
    }
    *out = list;
    return PP_OK;
}

/* ---- estimates without them ---- */

/* Clusters are those of the units left. */
static pp_status settle_clusters(pp__staggered *s, pp_arena *arena, pp_error *err) {
    int64_t old = s->cluster ? s->clusters : 0;
    int32_t *code = pp_arena_alloc(arena, old, sizeof *code),
            *cluster = pp_arena_alloc(arena, s->n, sizeof *cluster);
    PP_NEED(code && cluster ? code : NULL, err);
    memset(code, 0xFF, (size_t)old * sizeof *code);
    s->clusters = s->cluster ? 0 : s->n;
    for (int64_t i = 0; s->cluster && i < s->n; i++) {
        int32_t *own = &code[s->cluster[i]];
        *own = *own < 0 ? (int32_t)s->clusters++ : *own;
        cluster[i] = *own;
    }
    s->cluster = s->cluster ? cluster : NULL;
    return PP_OK;
}

/* A level that only the left out had is no covariate. */
static pp_status settle_covariates(pp__staggered *s, pp_arena *arena, pp_error *err) {
    const double *const *all = s->rows ? s->rows->x : s->x;
    int64_t n = s->rows ? s->rows->begin[s->periods] : s->n * s->periods;
    const double **x = pp_arena_alloc(arena, s->k, sizeof *x);
    pp__staggered_rows *rows = pp_arena_zalloc(arena, 1, sizeof *rows);
    int k = 0;
    PP_NEED(x && rows ? x : NULL, err);
    for (int j = 0; j < s->k; j++) {
        int64_t i = 0;
        while (i < n && all[j][i] == 0) {
            i++;
        }
        if (i < n) {
            x[k++] = all[j];
        }
    }
    if (s->rows) {
        *rows = *s->rows;
        rows->x = x;
        s->rows = rows;
    } else {
        s->x = x;
    }
    s->k = k;
    return PP_OK;
}

static pp_status estimate_without(const pp__checks *w, left_out *l, pp_arena *arena,
                                  pp_error *err) {
    const pp__staggered *s = &w->c.s;
    int *cohort = pp_arena_alloc(arena, s->n, sizeof *cohort);
    pp__staggered rest;
    pp__horizons found;
    PP_NEED(cohort, err);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            cohort[i] = i >= l->begin && i < l->end ? -1 : c;
        }
    }
    PP_TRY(pp__staggered_assign(s, cohort, arena, &rest, err));
    PP_TRY(settle_clusters(&rest, arena, err));
    PP_TRY(settle_covariates(&rest, arena, err));
    PP_TRY(pp__staggered_estimate(&rest, &w->c.design, NULL, arena, &found, err));
    l->estimate = found.simple;
    l->std_error = found.simple_error;
    return PP_OK;
}

static void run_one(void *payload, int64_t index) {
    job *j = payload;
    pp_arena arena;
    pp_arena_init(&arena);
    j->status[index] = estimate_without(j->w, &j->list[index], &arena, &j->err[index]);
    pp_arena_clear(&arena);
}

/* What cannot be estimated without them is missing. */
static pp_status estimate_all(pp__checks *w, left_out *list, int64_t n) {
    const pp__horizons *all = &w->c.found;
    job j = {.w = w, .list = list};
    j.status = pp_arena_zalloc(&w->arena, n, sizeof *j.status);
    j.err = pp_arena_zalloc(&w->arena, n, sizeof *j.err);
    PP_NEED(j.status ? j.err : NULL, w->err);
    for (int64_t i = 0; i < n; i++) {
        list[i].estimate = list[i].std_error = NAN;
    }
    PP_TRY(pp_progress(w->ctx, "leaving out", -1, w->err));
    pp__parallel(w->ctx, n, run_one, &j);
    for (int64_t i = 0; i < n; i++) {
        if (j.status[i] != PP_OK && j.status[i] != PP_E_ESTIMATION) {
            if (w->err) {
                *w->err = j.err[i];
            }
            return j.status[i];
        }
        list[i].shift = (list[i].estimate - all->simple) / all->simple_error;
    }
    return PP_OK;
}

/* ---- the table ---- */

static int excludes_zero(const pp__checks *w, double estimate, double error) {
    return fabs(estimate) > w->c.z * error;
}

static double turns(const pp__checks *w, const left_out *l) {
    const pp__horizons *all = &w->c.found;
    if (isnan(l->estimate) || isnan(l->std_error)) {
        return NAN;
    }
    return l->estimate * all->simple < 0 ||
           excludes_zero(w, l->estimate, l->std_error) !=
               excludes_zero(w, all->simple, all->simple_error);
}

static int farthest_first(const void *a, const void *b) {
    const left_out *x = a, *y = b;
    double dx = isnan(x->shift) ? INFINITY : fabs(x->shift),
           dy = isnan(y->shift) ? INFINITY : fabs(y->shift);
    return dx != dy ? (dx < dy) - (dx > dy) : strcmp(x->name, y->name);
}

static pp_status put_row(pp__checks *w, pp_table *table, const left_out *l) {
    int64_t row, units = l->end - l->begin;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "left_out", l->name, w->err));
    PP_TRY(pp__put_text(table, row, "kind",
                        units == 0     ? "none"
                        : l->is_cohort ? "cohort"
                                       : "unit",
                        w->err));
    PP_TRY(pp__put_number(table, row, "units", PP_SHOW_COUNT, (double)units, w->err));
    PP_TRY(pp__put_effect(w, table, row, l->estimate, l->std_error));
    PP_TRY(pp__put_number(table, row, "shift", PP_SHOW_DEFAULT, l->shift, w->err));
    return pp__put_number(table, row, "turns", PP_SHOW_FLAG, turns(w, l), w->err);
}

pp_status pp__check_leave_out(pp__checks *w) {
    pp_table *table;
    left_out *list = NULL;
    int64_t n = 0, units = 1 + w->c.s.cohorts;
    PP_TRY(list_all(w, &list, &n));
    PP_TRY(estimate_all(w, list, n));
    qsort(list + units, (size_t)(n - units), sizeof *list, farthest_first);
    PP_TRY(pp_result_add(w->result, "leave_out_effect",
                         "The estimate without each cohort, and without single units",
                         &table, w->err));
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(put_row(w, table, &list[i]));
    }
    return pp_result_set_note(
        w->result, "leave_out_effect",
        w->o.size              ? "shift: of the estimate, in its standard errors. "
                                 "Units are the largest."
        : n - units < w->c.s.n ? "shift: of the estimate, in its standard errors. "
                                 "Units are the most influential."
                               : "shift: of the estimate, in its standard errors.",
        w->err);
}
