#define MATHLIB_STANDALONE
#include "unseen/lists_loglinear.h"

#include "base/check.h"
#include "model/linalg.h"
#include "model/newton.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 200 };

/* A variance of the log of the missing cell beyond this is that of an estimate that runs
 * off to 0 or to infinity. */
static const double UNDETERMINED = 1e6;

/* Of the decrement, in standard errors. Sums of n counts are exact to n ε, their errors are √n. */
static double tolerance_of(double n) {
    return 1e-11 * fmax(1, sqrt(n) / 100);
}

typedef struct work {
    const pp__cells *m;
    const double *y;
    int k;                        /* terms that are left */
    int *live;                    /* of each cell */
    int *term;                    /* k sets, or columns */
    double *eta, *weight, *score; /* of each cell */
} work;

/* ---- sums over lists ---- */

/* v[h] := the sum over subsets of h. */
static void sum_subsets(int lists, double *v) {
    for (int i = 0; i < lists; i++) {
        for (int h = 0; h < 1 << lists; h++) {
            if (h >> i & 1) {
                v[h] += v[h ^ 1 << i];
            }
        }
    }
}

/* v[h] := the sum over sets that hold h. */
static void sum_supersets(int lists, double *v) {
    for (int i = 0; i < lists; i++) {
        for (int h = 0; h < 1 << lists; h++) {
            if (!(h >> i & 1)) {
                v[h] += v[h | 1 << i];
            }
        }
    }
}

/* ---- the two kinds of design ---- */

static void predict(work *w, const double *beta) {
    const pp__cells *m = w->m;
    memset(w->eta, 0, (size_t)m->cells * sizeof *w->eta);
    for (int j = 0; j < w->k; j++) {
        if (!m->X) {
            w->eta[w->term[j]] = beta[j];
            continue;
        }
        const double *x = m->X + (int64_t)w->term[j] * m->cells;
        for (int h = m->first; h < m->cells; h++) {
            w->eta[h] += x[h] * beta[j];
        }
    }
    if (!m->X) {
        sum_subsets(m->lists, w->eta);
    }
    for (int h = 0; m->offset && h < m->cells; h++) {
        w->eta[h] += m->offset[h];
    }
}

static void accumulate_matrix(const work *w, double *gradient, double *information) {
    const pp__cells *m = w->m;
    for (int j = 0; j < w->k; j++) {
        const double *x = m->X + (int64_t)w->term[j] * m->cells;
        gradient[j] = 0;
        for (int h = m->first; h < m->cells; h++) {
            gradient[j] += x[h] * w->score[h];
        }
        for (int l = 0; l <= j; l++) {
            const double *z = m->X + (int64_t)w->term[l] * m->cells;
            double sum = 0;
            for (int h = m->first; h < m->cells; h++) {
                sum += x[h] * z[h] * w->weight[h];
            }
            information[j + (int64_t)l * w->k] = sum;
        }
    }
}

/* gradient = X' score, information = X' diag(weight) X; spoils score and weight. */
static void accumulate(work *w, double *gradient, double *information) {
    const pp__cells *m = w->m;
    if (m->X) {
        accumulate_matrix(w, gradient, information);
        return;
    }
    sum_supersets(m->lists, w->score);
    sum_supersets(m->lists, w->weight);
    for (int j = 0; j < w->k; j++) {
        gradient[j] = w->score[w->term[j]];
        for (int l = 0; l <= j; l++) {
            information[j + (int64_t)l * w->k] = w->weight[w->term[j] | w->term[l]];
        }
    }
}

static int takes_part(const work *w, int h) {
    return h >= w->m->first && w->live[h];
}

static double loglik(void *payload, const double *beta, double *gradient,
                     double *information) {
    work *w = payload;
    double sum = 0;
    predict(w, beta);
    for (int h = 0; h < w->m->cells; h++) {
        double mu = takes_part(w, h) ? exp(w->eta[h]) : 0;
        sum += takes_part(w, h) ? w->y[h] * w->eta[h] - mu : 0;
        w->score[h] = takes_part(w, h) ? w->y[h] - mu : 0;
        w->weight[h] = mu;
    }
    accumulate(w, gradient, information);
    return sum;
}

/* ---- the fit ---- */

static pp_status open_work(const pp__cells *m, const double *y, pp_arena *arena, work *w,
                           pp_error *err) {
    *w = (work){.m = m, .y = y};
    w->live = pp_arena_alloc(arena, m->cells + m->k, sizeof *w->live);
    w->eta = pp_arena_alloc(arena, 3 * (int64_t)m->cells, sizeof *w->eta);
    PP_NEED(w->live && w->eta ? w->eta : NULL, err);
    w->term = w->live + m->cells;
    w->weight = w->eta + m->cells;
    w->score = w->weight + m->cells;
    return PP_OK;
}

/* Leaves out terms without counts, and their cells; gives the sum of all counts. */
static double find_live(work *w) {
    double total = 0;
    const pp__cells *m = w->m;
    double *sum = w->score, *dead = w->weight;
    for (int h = 0; h < m->cells; h++) {
        sum[h] = h >= m->first ? w->y[h] : 0;
        total += sum[h];
        dead[h] = 0;
    }
    if (!m->X) {
        sum_supersets(m->lists, sum);
        for (int j = 0; j < m->k; j++) {
            dead[m->term[j]] = sum[m->term[j]] > 0 ? 0 : 1;
        }
        sum_subsets(m->lists, dead);
    }
    for (int h = 0; h < m->cells; h++) {
        w->live[h] = dead[h] == 0;
    }
    for (int j = 0; j < m->k; j++) {
        if (m->X || w->live[m->term[j]]) {
            w->term[w->k++] = m->X ? j : m->term[j];
        }
    }
    return total;
}

/* One step of least squares on the logs of the counts. */
static void start_at(work *w, double *beta, double *information) {
    const pp__cells *m = w->m;
    double mean = 0;
    for (int h = 0; h < m->cells; h++) {
        double y = takes_part(w, h) ? w->y[h] + 0.1 : 0;
        double offset = m->offset ? m->offset[h] : 0;
        w->weight[h] = y;
        w->score[h] = y > 0 ? y * (log(y) - offset) : 0;
        mean += y / m->cells;
    }
    accumulate(w, beta, information);
    if (pp__cholesky(w->k, information, 1e-12) == w->k) {
        pp__forward(w->k, information, beta);
        pp__backward(w->k, information, beta);
        return;
    }
    memset(beta, 0, (size_t)w->k * sizeof *beta);
    beta[0] = log(mean);
}

static void describe(work *w, pp__cells_fit *fit) {
    const pp__cells *m = w->m;
    double n = 0;
    int cells = m->cells - m->first;
    for (int h = m->first; h < m->cells; h++) {
        double y = w->y[h], mu = fit->mu[h];
        fit->deviance += 2 * ((y > 0 ? y * log(y / mu) : 0) - (y - mu));
        fit->loglik += (mu > 0 ? y * log(mu) : 0) - mu - lgammafn(y + 1);
        n += y;
    }
    fit->deviance = fmax(0, fit->deviance);
    fit->df = cells - m->k;
    fit->aic = -2 * fit->loglik + 2 * m->k;
    fit->bic = -2 * fit->loglik + log(fmax(n, 1)) * m->k;
}

static pp_status finish(work *w, const pp__optimum *o, pp_arena *arena,
                        pp__cells_fit *fit, pp_error *err) {
    const pp__cells *m = w->m;
    int k = w->k;
    double *first = pp_arena_zalloc(arena, k, sizeof *first);
    fit->beta = pp_arena_alloc(arena, m->k, sizeof *fit->beta);
    fit->mu = pp_arena_alloc(arena, m->cells, sizeof *fit->mu);
    PP_NEED(first && fit->beta && fit->mu ? first : NULL, err);
    for (int j = 0, at = 0; j < m->k; j++) {
        int left = m->X || w->live[m->term[j]];
        fit->beta[j] = left ? o->theta[at++] : NAN;
    }
    predict(w, o->theta);
    for (int h = 0; h < m->cells; h++) {
        fit->mu[h] = w->live[h] ? exp(w->eta[h]) : 0;
    }
    first[0] = 1;
    pp__forward(k, o->factor, first);
    fit->variance = pp__dot(k, first, first);
    fit->log_zero = o->theta[0];
    fit->determined = o->converged && fit->variance < UNDETERMINED;
    if (m->X) {
        fit->V = pp_arena_alloc(arena, (int64_t)k * k, sizeof *fit->V);
        PP_NEED(fit->V, err);
        pp__cholesky_inverse(k, o->factor, fit->V);
    }
    describe(w, fit);
    return PP_OK;
}

pp_status pp__cells_estimate(const pp__cells *model, const double *y, pp_arena *arena,
                             pp__cells_fit *out, pp_error *err) {
    work w;
    pp__optimum optimum;
    *out = (pp__cells_fit){0};
    PP_TRY(open_work(model, y, arena, &w, err));
    double total = find_live(&w);
    double *start = pp_arena_alloc(arena, w.k + (int64_t)w.k * w.k, sizeof *start);
    PP_NEED(start, err);
    start_at(&w, start, start + w.k);
    pp__objective objective = {.k = w.k, .loglik = loglik, .payload = &w};
    PP_TRY(pp__newton(&objective, start, tolerance_of(total), MAX_ITERATIONS, arena, NULL,
                      &optimum, err));
    return finish(&w, &optimum, arena, out, err);
}
