/* Influence of units on combinations of coefficients. */
#include "effects/event/within_rows.h"

#include "base/check.h"
#include "model/pass.h"

#include <math.h>
#include <string.h>

typedef struct spreading {
    const pp__within *w;
    const double *of_score; /* m × k: side by side, of each column's score */
    int m;
    double *influence;
} spreading;

static void add_weighted(int m, const double *of_score, double value, double *out) {
    for (int j = 0; j < m; j++) {
        out[j] += of_score[j] * value;
    }
}

/* As add_score, through the combinations. */
static void spread_unit(const spreading *p, int stack, int cohort, const pp__unit_rows *r,
                        const double *left, double *out) {
    const pp__within *w = p->w;
    const pp__stack *s = &w->stack[stack];
    int k = pp__within_covariates(w);
    for (int i = 0; i < r->n; i++) {
        int at = cohort * w->s->periods + r->period[i];
        double value = r->weight[i] * left[i];
        if (s->level[at] >= 0) {
            add_weighted(p->m, p->of_score + (int64_t)s->level[at] * p->m, value, out);
        }
        if (s->cell[at] >= 0) {
            add_weighted(p->m, p->of_score + (int64_t)s->cell[at] * p->m, value, out);
        }
        for (int j = 0; j < k; j++) {
            add_weighted(p->m, p->of_score + (int64_t)(w->dummies + j) * p->m,
                         value * r->x[i * k + j], out);
        }
    }
}

static void spread_tile(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const spreading *p = payload;
    const pp__within *w = p->w;
    pp__unit_rows r = pp__within_place(w, scratch);
    double *left = scratch + pp__within_space(w), *out = left + w->s->periods;
    int cohort = 0;
    (void)sums;
    for (int64_t unit = begin; unit < begin + n; unit++) {
        cohort = pp__within_cohort(w->s, unit, cohort);
        memset(out, 0, (size_t)p->m * sizeof *out);
        for (int stack = 0; stack < w->stacks; stack++) {
            if (pp__within_find(w, stack, cohort, unit, &r) >= 2) {
                pp__within_residuals(w, stack, cohort, unit, &r, left);
                spread_unit(p, stack, cohort, &r, left, out);
            }
        }
        for (int j = 0; j < p->m; j++) {
            p->influence[j * w->s->n + unit] = out[j];
        }
    }
}

static pp_status spread(const pp__within *w, const double *combination, int m,
                        pp_arena *arena, double *influence, pp_error *err) {
    int64_t k = w->k;
    double *of_score = pp_arena_alloc(arena, k * m + 1, sizeof *of_score);
    PP_NEED(of_score, err);
    for (int64_t a = 0; a < k; a++) {
        for (int j = 0; j < m; j++) {
            double sum = 0;
            for (int64_t b = 0; b < k && !w->dropped[a]; b++) {
                sum += w->dropped[b] ? 0 : w->inverse[b + a * k] * combination[b + j * k];
            }
            of_score[a * m + j] = sum * (double)w->s->n;
        }
    }
    spreading p = {w, of_score, m, influence};
    return pp__pass_rows(w->s->n, pp__within_space(w) + w->s->periods + m, spread_tile,
                         &p, w->ctx, err);
}

pp_status pp__within_influence(const pp__within *w, const double *combination, int m,
                               pp_arena *arena, double *influence, pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    pp_status status = spread(w, combination, m, arena, influence, err);
    pp_arena_release(arena, mark);
    return status;
}

double pp__within_factor(const pp__within *w, int beside) {
    double clusters = (double)w->clusters, rows = (double)w->rows;
    return clusters / (clusters - 1) * (rows - 1) / (rows - w->parameters - beside);
}
