#include "effects/event/within_rows.h"

#include "base/check.h"
#include "model/design.h"
#include "model/linalg.h"
#include "model/pass.h"

#include <math.h>
#include <string.h>

/* Columns that others explain to this share of their own variation are dropped. */
#define NEARLY 1e-9

/* ---- the normal equations ---- */

/* In sums: k × k products, k right-hand sides, the weight of complete units by stack and cohort, rows, units. */
typedef struct equations {
    const pp__within *w;
    int products; /* 1: make them; 0: right-hand sides only */
} equations;

static void add(int k, double *M, int a, int b, double value) {
    if (a >= 0 && b >= 0) {
        M[a + (int64_t)b * k] += value;
    }
}

/* The dummies of `n` rows at `period`, less those of their mean, `times` over. */
static void add_dummies(const pp__within *w, int stack, int cohort, const int *period,
                        int n, const double *weights, double times, double *M) {
    const pp__stack *s = &w->stack[stack];
    const int *level = s->level + (int64_t)cohort * w->s->periods,
              *cell = s->cell + (int64_t)cohort * w->s->periods;
    double sum = n;
    for (int i = 0; weights && i < n; i++) {
        sum += weights[i] - 1;
    }
    for (int i = 0; i < n; i++) {
        int a = level[period[i]], b = cell[period[i]];
        double weight = times * (weights ? weights[i] : 1);
        add(w->k, M, a, a, weight);
        add(w->k, M, b, b, weight);
        add(w->k, M, a, b, weight);
        add(w->k, M, b, a, weight);
        for (int j = 0; j < n; j++) {
            double each = weight * (weights ? weights[j] : 1) / sum;
            add(w->k, M, a, level[period[j]], -each);
            add(w->k, M, a, cell[period[j]], -each);
            add(w->k, M, b, level[period[j]], -each);
            add(w->k, M, b, cell[period[j]], -each);
        }
    }
}

static void add_covariates(const pp__within *w, int stack, int cohort,
                           const pp__unit_rows *r, double *M) {
    const pp__stack *s = &w->stack[stack];
    int k = pp__within_covariates(w);
    for (int i = 0; i < r->n; i++) {
        int at = cohort * w->s->periods + r->period[i];
        const double *x = r->x + i * k;
        for (int j = 0; j < k; j++) {
            int own = w->dummies + j;
            double value = r->weight[i] * x[j];
            add(w->k, M, own, s->level[at], value);
            add(w->k, M, s->level[at], own, value);
            add(w->k, M, own, s->cell[at], value);
            add(w->k, M, s->cell[at], own, value);
            for (int l = 0; l < k; l++) {
                add(w->k, M, own, w->dummies + l, value * x[l]);
            }
        }
    }
}

/* To `right` the score of a unit: of the rows' residuals with what the columns have in them. */
static void add_score(const pp__within *w, int stack, int cohort, const pp__unit_rows *r,
                      const double *left, double *right) {
    const pp__stack *s = &w->stack[stack];
    int k = pp__within_covariates(w);
    for (int i = 0; i < r->n; i++) {
        int at = cohort * w->s->periods + r->period[i];
        double value = r->weight[i] * left[i];
        if (s->level[at] >= 0) {
            right[s->level[at]] += value;
        }
        if (s->cell[at] >= 0) {
            right[s->cell[at]] += value;
        }
        for (int j = 0; j < k; j++) {
            right[w->dummies + j] += value * r->x[i * k + j];
        }
    }
}

static void add_unit(const equations *e, int cohort, int64_t unit, pp__unit_rows *r,
                     double *left, double *sums) {
    const pp__within *w = e->w;
    int64_t k = w->k, groups = (int64_t)w->stacks * (w->s->cohorts + 1);
    double *right = sums + k * k, *complete = right + k, *count = complete + groups;
    int used = 0;
    for (int stack = 0; stack < w->stacks; stack++) {
        if (pp__within_find(w, stack, cohort, unit, r) < 2) {
            continue;
        }
        used = 1;
        count[0] += r->n;
        pp__within_residuals(w, stack, cohort, unit, r, left);
        add_score(w, stack, cohort, r, left, right);
        if (r->complete && !w->s->weight) {
            complete[stack * (w->s->cohorts + 1) + cohort] += r->weight[0];
        } else if (e->products) {
            add_dummies(w, stack, cohort, r->period, r->n, r->weight, 1, sums);
        }
        if (e->products) {
            add_covariates(w, stack, cohort, r, sums);
        }
    }
    count[1] += used;
}

static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const equations *e = payload;
    pp__unit_rows r = pp__within_place(e->w, scratch);
    double *left = scratch + pp__within_space(e->w);
    int cohort = 0;
    for (int64_t unit = begin; unit < begin + n; unit++) {
        cohort = pp__within_cohort(e->w->s, unit, cohort);
        add_unit(e, cohort, unit, &r, left, sums);
    }
}

static void add_complete(const pp__within *w, const double *complete, double *M) {
    int groups = w->stacks * (w->s->cohorts + 1);
    for (int g = 0; g < groups; g++) {
        if (complete[g] > 0) {
            add_dummies(w, g / (w->s->cohorts + 1), g % (w->s->cohorts + 1),
                        w->list + (int64_t)g * w->s->periods, w->own[g], NULL,
                        complete[g], M);
        }
    }
}

/* ---- the solution ---- */

/* Columns explained by those before them become those of the identity. */
static void factor(pp__within *w, const double *M, double *L) {
    int64_t k = w->k;
    for (int64_t j = 0; j < k; j++) {
        w->dropped[j] = (uint8_t) !(M[j + j * k] > 0);
        w->parameters -= w->dropped[j];
    }
    for (;;) {
        memcpy(L, M, (size_t)(k * k) * sizeof *L);
        for (int64_t j = 0; j < k; j++) {
            for (int64_t i = 0; i < k; i++) {
                if (w->dropped[i] || w->dropped[j]) {
                    L[i + j * k] = i == j;
                }
            }
        }
        int first = pp__cholesky(w->k, L, NEARLY);
        if (first == w->k) {
            return;
        }
        w->dropped[first] = 1;
        w->parameters--;
    }
}

static void solve(pp__within *w, const double *L, double *right) {
    for (int j = 0; j < w->k; j++) {
        right[j] = w->dropped[j] ? 0 : right[j];
    }
    pp__forward(w->k, L, right);
    pp__backward(w->k, L, right);
    for (int j = 0; j < w->k; j++) {
        w->theta[j] += right[j];
    }
}

static void list_periods(pp__within *w, int *list, int *own) {
    const pp__staggered *s = w->s;
    for (int stack = 0; stack < w->stacks; stack++) {
        for (int c = 0; c <= s->cohorts; c++) {
            int g = stack * (s->cohorts + 1) + c;
            own[g] = 0;
            for (int t = 0; t < s->periods; t++) {
                if (w->stack[stack].used[c * s->periods + t]) {
                    list[(int64_t)g * s->periods + own[g]++] = t;
                }
            }
        }
    }
    w->list = list;
    w->own = own;
}

static int has_gaps(const pp__staggered *s) {
    for (int64_t i = 0; i < s->n * s->periods; i++) {
        if (s->y[i] != s->y[i]) {
            return 1;
        }
    }
    return 0;
}

static pp_status prepare(pp__within *w, pp_arena *arena, pp_error *err) {
    int64_t groups = (int64_t)w->stacks * (w->s->cohorts + 1), k = w->k;
    int *list = pp_arena_alloc(arena, groups * (w->s->periods + 1), sizeof *list);
    w->theta = pp_arena_zalloc(arena, k + 1, sizeof *w->theta);
    w->inverse = pp_arena_alloc(arena, k * k + 1, sizeof *w->inverse);
    w->dropped = pp_arena_zalloc(arena, k + 1, 1);
    PP_NEED(list && w->theta && w->inverse ? w->dropped : NULL, err);
    list_periods(w, list, list + groups * w->s->periods);
    w->gaps = has_gaps(w->s);
    w->parameters = w->k;
    return PP_OK;
}

static int has_rows(const pp__within *w, int cohort, int64_t unit) {
    const pp__staggered *s = w->s;
    for (int stack = 0; stack < w->stacks; stack++) {
        int group = stack * (s->cohorts + 1) + cohort, n = 0;
        for (int i = 0; i < w->own[group]; i++) {
            n += pp__within_seen(s, w->list[(int64_t)group * s->periods + i], unit);
        }
        if (n >= 2 && (!w->stack[stack].whole || n == w->own[group])) {
            return 1;
        }
    }
    return 0;
}

static pp_status count_clusters(pp__within *w, pp_arena *scratch, pp_error *err) {
    const pp__staggered *s = w->s;
    w->clusters = w->units;
    if (!s->cluster) {
        return PP_OK;
    }
    uint8_t *there = pp_arena_zalloc(scratch, s->clusters, 1);
    PP_NEED(there, err);
    w->clusters = 0;
    for (int64_t u = 0, cohort = 0; u < s->n; u++) {
        cohort = pp__within_cohort(s, u, (int)cohort);
        if (!there[s->cluster[u]] && has_rows(w, (int)cohort, u)) {
            there[s->cluster[u]] = 1;
            w->clusters++;
        }
    }
    return PP_OK;
}

static pp_status fit(pp__within *w, pp_arena *scratch, pp_error *err) {
    int64_t k = w->k, groups = (int64_t)w->stacks * (w->s->cohorts + 1);
    equations e = {w, 1};
    pp__pass pass;
    PP_TRY(pp__pass_init(&pass, w->s->n, k * k + k + groups + 2,
                         pp__within_space(w) + w->s->periods, scratch, err));
    double *sums = pp_arena_alloc(scratch, pass.width, sizeof *sums),
           *L = pp_arena_alloc(scratch, k * k + 1, sizeof *L);
    PP_NEED(sums && L ? L : NULL, err);
    pp__pass_run(&pass, add_tile, &e, w->ctx, sums);
    add_complete(w, sums + k * k + k, sums);
    w->rows = (int64_t)sums[k * k + k + groups];
    w->units = (int64_t)sums[k * k + k + groups + 1];
    factor(w, sums, L);
    pp__cholesky_inverse(w->k, L, w->inverse);
    solve(w, L, sums + k * k);
    e.products = 0; /* once more, upon what is left */
    pp__pass_run(&pass, add_tile, &e, w->ctx, sums);
    solve(w, L, sums + k * k);
    return count_clusters(w, scratch, err);
}

pp_status pp__within_fit(pp__within *w, pp_arena *arena, pp_error *err) {
    PP_TRY(prepare(w, arena, err));
    if (w->k == 0) {
        return PP_OK;
    }
    pp_arena scratch;
    pp_arena_init(&scratch);
    pp_status status = fit(w, &scratch, err);
    pp_arena_clear(&scratch);
    return status;
}

/* ---- designs ---- */

pp_status pp__within_plain(pp__within *w, const pp__staggered *s, const pp_context *ctx,
                           pp_arena *arena, pp__plain *out, pp_error *err) {
    int64_t cells = (int64_t)(s->cohorts + 1) * s->periods;
    int *level = pp_arena_alloc(arena, cells, sizeof *level);
    pp__stack *stack = pp_arena_zalloc(arena, 1, sizeof *stack);
    out->cell = pp_arena_alloc(arena, cells, sizeof *out->cell);
    out->used = pp_arena_alloc(arena, cells, 1);
    PP_NEED(level && stack && out->cell ? out->used : NULL, err);
    for (int64_t i = 0; i < cells; i++) {
        level[i] = (int)(i % s->periods) - 1;
        out->cell[i] = -1;
        out->used[i] = 1;
    }
    *stack = (pp__stack){.level = level, .cell = out->cell, .used = out->used};
    *w = (pp__within){.s = s, .ctx = ctx, .stack = stack, .stacks = 1};
    w->dummies = s->periods - 1;
    w->k = w->dummies + s->k - 1;
    return PP_OK;
}

void pp__within_add_cells(pp__within *w, int cells) {
    w->dummies += cells;
    w->k += cells;
}
