/* The rows of a unit in a stack, and what is left of its outcome. */
#include "effects/event/within_rows.h"

#include <math.h>
#include <string.h>

int64_t pp__within_space(const pp__within *w) {
    return 2 * w->s->periods + (int64_t)pp__within_covariates(w) * (w->s->periods + 1);
}

pp__unit_rows pp__within_place(const pp__within *w, double *space) {
    pp__unit_rows r = {.period = (int *)(void *)space};
    r.weight = space + w->s->periods;
    r.x = r.weight + w->s->periods;
    r.xbar = r.x + (int64_t)pp__within_covariates(w) * w->s->periods;
    return r;
}

static void demean_covariates(const pp__within *w, int64_t unit, pp__unit_rows *r) {
    int k = pp__within_covariates(w);
    for (int j = 0; j < k; j++) {
        r->xbar[j] = 0;
        for (int i = 0; i < r->n; i++) {
            r->xbar[j] += r->weight[i] / r->weights *
                          pp__within_covariate(w, j, r->period[i], unit);
        }
        for (int i = 0; i < r->n; i++) {
            r->x[i * k + j] = pp__within_covariate(w, j, r->period[i], unit) - r->xbar[j];
        }
    }
}

int pp__within_find(const pp__within *w, int stack, int cohort, int64_t unit,
                    pp__unit_rows *r) {
    const pp__staggered *s = w->s;
    const pp__stack *k = &w->stack[stack];
    int group = stack * (s->cohorts + 1) + cohort;
    const int *list = w->list + (int64_t)group * s->periods;
    r->n = 0;
    for (int i = 0; i < w->own[group]; i++) {
        if (!w->gaps || pp__within_seen(s, list[i], unit)) {
            r->period[r->n++] = list[i];
        }
    }
    r->complete = r->n == w->own[group];
    if (k->whole && !r->complete) {
        return r->n = 0;
    }
    r->weights = 0;
    for (int i = 0; i < r->n; i++) {
        r->weight[i] = pp__within_row_weight(w, stack, cohort, r->period[i], unit);
        r->weights += r->weight[i];
    }
    demean_covariates(w, unit, r);
    return r->n;
}

static double fitted(const pp__within *w, int stack, int cohort, int period) {
    const pp__stack *k = &w->stack[stack];
    int at = cohort * w->s->periods + period;
    return (k->level[at] >= 0 ? w->theta[k->level[at]] : 0) +
           (k->cell[at] >= 0 ? w->theta[k->cell[at]] : 0);
}

double pp__within_fitted(const pp__within *w, int stack, int cohort, int period,
                         int64_t unit) {
    double sum = fitted(w, stack, cohort, period);
    for (int j = 0; j < pp__within_covariates(w); j++) {
        sum += w->theta[w->dummies + j] * pp__within_covariate(w, j, period, unit);
    }
    return sum;
}

double pp__within_own(const pp__within *w, int stack, int cohort, int64_t unit,
                      int *rows) {
    const pp__staggered *s = w->s;
    int group = stack * (s->cohorts + 1) + cohort;
    const int *list = w->list + (int64_t)group * s->periods;
    double sum = 0, weights = 0;
    *rows = 0;
    for (int i = 0; i < w->own[group]; i++) {
        if (!w->gaps || pp__within_seen(s, list[i], unit)) {
            double weight = pp__within_row_weight(w, stack, cohort, list[i], unit);
            sum += weight * (pp__within_outcome(w, list[i], unit) -
                             pp__within_fitted(w, stack, cohort, list[i], unit));
            weights += weight;
            ++*rows;
        }
    }
    return *rows > 0 ? sum / weights : 0;
}

void pp__within_residuals(const pp__within *w, int stack, int cohort, int64_t unit,
                          const pp__unit_rows *r, double *left) {
    double mean = 0;
    for (int i = 0; i < r->n; i++) {
        left[i] = pp__within_outcome(w, r->period[i], unit) -
                  pp__within_fitted(w, stack, cohort, r->period[i], unit);
        mean += r->weight[i] / r->weights * left[i];
    }
    for (int i = 0; i < r->n; i++) {
        left[i] -= mean;
    }
}
