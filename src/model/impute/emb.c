/* Expectation-maximisation with bootstrapping.
   Honaker & King (2010), American J. Political Science 54, 561-581; Dempster, Laird &
   Rubin (1977), JRSS B 39, 1-38. */
#include "model/impute/emb.h"
#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- patterns ---- */

typedef struct sortable {
    const uint8_t *mask; /* p flags of what is missing */
    int p;
    int64_t row;
} sortable;

static int compare_masks(const void *a, const void *b) {
    const sortable *x = a, *y = b;
    int order = memcmp(x->mask, y->mask, (size_t)x->p);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void note_pattern(pp__joint *j, const uint8_t *mask, int64_t begin) {
    pp__pattern *last = &j->pattern[j->n_patterns++];
    last->begin = begin;
    last->n_missing = last->n_seen = 0;
    for (int v = 0; v < j->p; v++) {
        if (mask[v]) {
            last->missing[last->n_missing++] = v;
        } else {
            last->seen[last->n_seen++] = v;
        }
    }
}

pp_status pp__joint_patterns(pp__joint *j, pp_arena *arena, pp_error *err) {
    int64_t n = j->n;
    int p = j->p;
    uint8_t *mask = pp_arena_alloc(arena, n * p, 1);
    sortable *order = pp_arena_alloc(arena, n, sizeof *order);
    j->row = pp_arena_alloc(arena, n, sizeof *j->row);
    j->pattern = pp_arena_alloc(arena, n + 1, sizeof *j->pattern);
    PP_NEED(mask && order && j->row && j->pattern ? mask : NULL, err);
    for (int64_t i = 0; i < n; i++) {
        for (int v = 0; v < p; v++) {
            mask[i * p + v] = (uint8_t)(isnan(j->x[i + v * n]) != 0);
        }
        order[i] = (sortable){mask + i * p, p, i};
    }
    qsort(order, (size_t)n, sizeof *order, compare_masks);
    for (int64_t i = 0; i < n; i++) {
        j->row[i] = order[i].row;
        if (i == 0 || memcmp(order[i].mask, order[i - 1].mask, (size_t)p) != 0) {
            pp__pattern *new = &j->pattern[j->n_patterns];
            new->missing = pp_arena_alloc(arena, p, sizeof *new->missing);
            new->seen = pp_arena_alloc(arena, p, sizeof *new->seen);
            PP_NEED(new->missing &&new->seen ? new : NULL, err);
            note_pattern(j, order[i].mask, i);
        }
    }
    j->pattern[j->n_patterns].begin = n;
    return PP_OK;
}

/* ---- the normal given what is seen ---- */

/* The regression of what is missing on what is seen: B (missing × seen) and the residual
   covariance C. */
static pp_status condition(const pp__joint *j, const pp__pattern *t, const double *sigma,
                           pp__conditional *out, pp_error *err) {
    int s = t->n_seen, m = t->n_missing, p = j->p;
    for (int a = 0; a < s; a++) {
        for (int b = 0; b < s; b++) {
            out->L[b + a * (int64_t)s] = sigma[t->seen[b] + t->seen[a] * (int64_t)p];
        }
    }
    if (pp__cholesky(s, out->L, 1e-12) != s) {
        PP_FAIL(
            err, PP_E_ESTIMATION,
            "columns of the imputation model are linear combinations of each other; a "
            "larger ridge would help");
    }
    for (int a = 0; a < m; a++) {
        double *row = out->B + a * (int64_t)s;
        for (int b = 0; b < s; b++) {
            row[b] = sigma[t->seen[b] + t->missing[a] * (int64_t)p];
        }
        pp__forward(s, out->L, row);
        for (int c = 0; c <= a; c++) {
            double covariance = sigma[t->missing[a] + t->missing[c] * (int64_t)p] -
                                pp__dot(s, row, out->B + c * (int64_t)s);
            out->C[a + c * (int64_t)m] = out->C[c + a * (int64_t)m] = covariance;
        }
    }
    for (int a = 0; a < m; a++) {
        pp__backward(s, out->L, out->B + a * (int64_t)s);
    }
    return PP_OK;
}

/* The row with its missing values at their expectation. */
static void expect_row(const pp__joint *j, const pp__pattern *t, const pp__conditional *c,
                       const double *mu, int64_t row, double *out) {
    for (int b = 0; b < t->n_seen; b++) {
        int v = t->seen[b];
        out[v] = j->x[row + v * j->n];
        c->deviation[b] = out[v] - mu[v];
    }
    for (int a = 0; a < t->n_missing; a++) {
        out[t->missing[a]] = mu[t->missing[a]] + pp__dot(t->n_seen, c->deviation,
                                                         c->B + a * (int64_t)t->n_seen);
    }
}

/* ---- expectation and maximisation ---- */

static void add_row(const pp__joint *j, double weight, const double *x, double *sum,
                    double *products) {
    for (int a = 0; a < j->p; a++) {
        double w = weight * x[a];
        sum[a] += w;
        for (int b = a; b < j->p; b++) {
            products[b + a * (int64_t)j->p] += w * x[b];
        }
    }
}

static pp_status add_pattern(const pp__joint *j, int which, const double *mu,
                             const double *sigma, const double *weight, pp__em *em,
                             pp_error *err) {
    const pp__pattern *t = &j->pattern[which];
    double total = 0;
    PP_TRY(condition(j, t, sigma, &em->conditional, err));
    for (int64_t i = t->begin; i < t[1].begin; i++) {
        double w = weight[j->row[i]];
        if (w > 0) {
            expect_row(j, t, &em->conditional, mu, j->row[i], em->expected);
            add_row(j, w, em->expected, em->sum, em->products);
            total += w;
        }
    }
    for (int a = 0; a < t->n_missing; a++) {
        for (int b = 0; b < t->n_missing; b++) {
            if (t->missing[b] >= t->missing[a]) {
                em->products[t->missing[b] + t->missing[a] * (int64_t)j->p] +=
                    total * em->conditional.C[b + a * (int64_t)t->n_missing];
            }
        }
    }
    return PP_OK;
}

/* New parameters; gives the largest change. */
static double maximise(const pp__joint *j, double ridge, const pp__em *em, double total,
                       double *mu, double *sigma) {
    double change = 0;
    int p = j->p;
    for (int a = 0; a < p; a++) {
        double mean = em->sum[a] / total;
        change = fmax(change, fabs(mean - mu[a]));
        mu[a] = mean;
    }
    for (int a = 0; a < p; a++) {
        for (int b = a; b < p; b++) {
            double now = em->products[b + a * (int64_t)p] - total * mu[a] * mu[b];
            now = (now + (a == b ? ridge : 0)) / (total + ridge);
            change = fmax(change, fabs(now - sigma[b + a * (int64_t)p]));
            sigma[b + a * (int64_t)p] = sigma[a + b * (int64_t)p] = now;
        }
    }
    return change;
}

pp_status pp__em_run(const pp__joint *j, const double *weight, double ridge,
                     int iterations, pp__em *em, double *mu, double *sigma,
                     pp_error *err) {
    static const double TOLERANCE = 1e-6; /* on standardised columns */
    size_t p = (size_t)j->p;
    double total = 0, change = INFINITY;
    for (int64_t i = 0; i < j->n; i++) {
        total += weight[i];
    }
    memset(mu, 0, p * sizeof *mu);
    memset(sigma, 0, p * p * sizeof *sigma);
    for (size_t v = 0; v < p; v++) {
        sigma[v + v * p] = 1;
    }
    for (int step = 0; step < iterations && change > TOLERANCE; step++) {
        memset(em->sum, 0, p * sizeof *em->sum);
        memset(em->products, 0, p * p * sizeof *em->products);
        for (int t = 0; t < j->n_patterns; t++) {
            PP_TRY(add_pattern(j, t, mu, sigma, weight, em, err));
        }
        change = maximise(j, ridge, em, total, mu, sigma);
    }
    if (change > TOLERANCE) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "emb has not converged after %d steps (last change %.2g)",
                     iterations, change);
        pp_error_hint(err, "a larger ridge, more iterations or fewer columns");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

pp_status pp__em_new(const pp__joint *j, pp_arena *arena, pp__em *em, pp_error *err) {
    int64_t p = j->p;
    double *space = pp_arena_alloc(arena, 4 * p * p + 3 * p, sizeof *space);
    PP_NEED(space, err);
    em->products = space;
    em->conditional = (pp__conditional){space + p * p, space + 2 * p * p,
                                        space + 3 * p * p, space + 4 * p * p};
    em->sum = space + 4 * p * p + p;
    em->expected = em->sum + p;
    return PP_OK;
}

/* ---- draws ---- */

static pp_status draw_pattern(const pp__joint *j, int which, const double *mu,
                              const double *sigma, pp__em *em, pp_rng *rng, double *drawn,
                              pp_error *err) {
    const pp__pattern *t = &j->pattern[which];
    int m = t->n_missing;
    double *z = em->sum;
    if (m == 0) {
        return PP_OK;
    }
    PP_TRY(condition(j, t, sigma, &em->conditional, err));
    for (int a = 0; a < m; a++) { /* rounding must not make it indefinite */
        em->conditional.C[a + a * (int64_t)m] += 1e-10;
    }
    if (pp__cholesky(m, em->conditional.C, 0) != m) {
        PP_FAIL(err, PP_E_ESTIMATION, "the imputation model is degenerate");
    }
    for (int64_t i = t->begin; i < t[1].begin; i++) {
        int64_t row = j->row[i];
        expect_row(j, t, &em->conditional, mu, row, em->expected);
        for (int a = 0; a < m; a++) {
            z[a] = pp_rng_normal(rng);
        }
        for (int a = 0; a < m; a++) {
            double value = em->expected[t->missing[a]];
            for (int b = 0; b <= a; b++) {
                value += em->conditional.C[a + b * (int64_t)m] * z[b];
            }
            drawn[row + t->missing[a] * j->n] = value;
        }
    }
    return PP_OK;
}

static pp_status impute(const pp__imputation *im, pp__joint *j, pp_rng *rng,
                        pp_arena *arena, pp__completed *out, pp_error *err) {
    pp__em em;
    int64_t n = im->n, p;
    PP_TRY(pp__joint_build(im, j, arena, err));
    PP_TRY(pp__joint_patterns(j, arena, err));
    PP_TRY(pp__em_new(j, arena, &em, err));
    p = j->p;
    double *mu = pp_arena_alloc(arena, p + p * p + n, sizeof *mu);
    double *drawn = pp_arena_alloc(arena, n * p, sizeof *drawn);
    PP_NEED(mu && drawn ? mu : NULL, err);
    double *sigma = mu + p, *weight = sigma + p * p;
    memset(weight, 0, (size_t)n * sizeof *weight);
    for (int64_t i = 0; i < n; i++) {
        weight[pp_rng_below(rng, n)]++;
    }
    PP_TRY(pp__em_run(j, weight, im->options.ridge, im->options.iterations, &em, mu,
                      sigma, err));
    memcpy(drawn, j->x, (size_t)(n * p) * sizeof *drawn);
    for (int t = 0; t < j->n_patterns; t++) {
        PP_TRY(draw_pattern(j, t, mu, sigma, &em, rng, drawn, err));
    }
    pp__joint_finish(im, j, drawn, rng, out);
    return PP_OK;
}

pp_status pp__emb(const pp__imputation *im, int copy, pp__completed *out, pp_error *err) {
    pp_arena arena;
    pp__joint j = {0};
    pp_rng rng;
    pp_arena_init(&arena);
    pp_rng_init(&rng, im->options.seed, PP__EMB_TASK, (uint64_t)copy);
    pp_status status = impute(im, &j, &rng, &arena, out, err);
    pp_arena_clear(&arena);
    return status;
}
