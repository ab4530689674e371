/* What fixed effects add to leverages, exactly.
 *
 * With D the dummies of all effects and W the weights h_i = w_i d_i'(D'WD)⁻d_i. The largest
 * effect is eliminated: with p_g the weighted means, in its level g, of the others' dummies
 * r and S = sum w (r - p)(r - p)', h_i = w_i (1 / W_g + (r_i - p_g)'S⁻(r_i - p_g)). S is
 * dense, and any generalised inverse will do. */
#include "base/check.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"

#include <lapack.h>
#include <string.h>

enum { MOST_LEVELS = 2000 };

typedef struct levers {
    const pp_fit *fit;
    const pp__companions *with;
    int largest;
    int64_t levels;                 /* of the others together */
    int64_t offset[PP__MAX_GROUPS]; /* of each of the others */
    int64_t *first, *order;         /* rows of each level of the largest */
    double *S;                      /* levels × levels, then its inverse */
    double *p;                   /* levels: of the group at hand, zeros between groups */
    double *q;                   /* levels: S⁻p */
    int64_t *touched, n_touched; /* where p is not zero */
    double total;                /* weight of the group */
} levers;

static double weight_at(const levers *l, int64_t row) {
    return l->fit->scores.weight ? l->fit->scores.weight[row] : 1;
}

static int64_t level_at(const levers *l, int e, int64_t row) {
    return l->offset[e] + l->with->effect[e].code[row];
}

static pp_status prepare(levers *l, pp__covariance_work *w) {
    const pp__grouping *effect = l->with->effect;
    for (int e = 1; e < l->with->n_effects; e++) {
        l->largest = effect[e].levels > effect[l->largest].levels ? e : l->largest;
    }
    for (int e = 0; e < l->with->n_effects; e++) {
        l->offset[e] = l->levels;
        l->levels += e == l->largest ? 0 : effect[e].levels;
    }
    if (l->levels > MOST_LEVELS) {
        pp_error_set(w->err, PP_E_UNSUPPORTED,
                     "%s needs leverages; beside the largest the fixed effects have %lld "
                     "levels, more than %d",
                     w->fit->options.vcov, (long long)l->levels, MOST_LEVELS);
        pp_error_locate(w->err, NULL, 0, "vcov", w->fit->options.vcov);
        pp_error_hint(w->err, "use hc1 or clusters");
        return PP_E_UNSUPPORTED;
    }
    l->S = pp_arena_zalloc(&w->arena, l->levels * (l->levels + 2), sizeof *l->S);
    PP_NEED(l->S, w->err);
    l->p = l->S + l->levels * l->levels;
    l->q = l->p + l->levels;
    l->touched = pp_arena_alloc(&w->arena, l->levels, sizeof *l->touched);
    PP_NEED(l->touched, w->err);
    return pp__rows_by_group(effect[l->largest].code, effect[l->largest].levels,
                             l->fit->scores.n, &w->arena, &l->first, &l->order, w->err);
}

/* p, what it touches and the total of group g. */
static void open_group(levers *l, int64_t g) {
    l->total = 0;
    l->n_touched = 0;
    for (int64_t i = l->first[g]; i < l->first[g + 1]; i++) {
        double weight = weight_at(l, l->order[i]);
        l->total += weight;
        for (int e = 0; weight > 0 && e < l->with->n_effects; e++) {
            int64_t level = level_at(l, e, l->order[i]);
            if (e == l->largest) {
                continue;
            }
            if (l->p[level] == 0) {
                l->touched[l->n_touched++] = level;
            }
            l->p[level] += weight;
        }
    }
    for (int64_t t = 0; l->total > 0 && t < l->n_touched; t++) {
        l->p[l->touched[t]] /= l->total;
    }
}

static void close_group(levers *l) {
    for (int64_t t = 0; t < l->n_touched; t++) {
        l->p[l->touched[t]] = 0;
    }
}

/* S, its lower triangle. */
static void add_group(levers *l, int64_t g) {
    open_group(l, g);
    for (int64_t i = l->first[g]; i < l->first[g + 1]; i++) {
        double weight = weight_at(l, l->order[i]);
        for (int a = 0; a < l->with->n_effects; a++) {
            for (int b = 0; b < l->with->n_effects; b++) {
                int64_t row = level_at(l, a, l->order[i]);
                int64_t column = level_at(l, b, l->order[i]);
                if (a != l->largest && b != l->largest && row >= column) {
                    l->S[row + column * l->levels] += weight;
                }
            }
        }
    }
    for (int64_t s = 0; s < l->n_touched; s++) {
        for (int64_t t = 0; t < l->n_touched; t++) {
            int64_t row = l->touched[s], column = l->touched[t];
            if (row >= column) {
                l->S[row + column * l->levels] -= l->total * l->p[row] * l->p[column];
            }
        }
    }
    close_group(l);
}

/* A generalised inverse: of a block of full rank, zeros elsewhere. */
static pp_status invert(levers *l, pp__covariance_work *w) {
    lapack_int n = (lapack_int)l->levels, rank = 0, info = 0;
    double tolerance = -1;
    lapack_int *pivot = pp_arena_alloc(&w->arena, n, sizeof *pivot);
    PP_NEED(pivot, w->err);
    double *space = pp_arena_alloc(&w->arena, 2 * l->levels, sizeof *space);
    PP_NEED(space, w->err);
    double *inverse = pp_arena_zalloc(&w->arena, l->levels * l->levels, sizeof *inverse);
    PP_NEED(inverse, w->err);
    for (int64_t i = 0; i < n; i++) {
        tolerance = l->S[i * (n + 1)] > tolerance ? l->S[i * (n + 1)] : tolerance;
    }
    tolerance *= 1e-11;
    LAPACK_dpstrf("L", &n, l->S, &n, pivot, &rank, &tolerance, space, &info);
    if (rank > 0) {
        LAPACK_dpotri("L", &rank, l->S, &n, &info);
    }
    for (int64_t j = 0; j < rank; j++) {
        for (int64_t i = j; i < rank; i++) {
            int64_t row = pivot[i] - 1, column = pivot[j] - 1;
            inverse[row + column * n] = inverse[column + row * n] = l->S[i + j * n];
        }
    }
    l->S = inverse;
    return PP_OK;
}

static double quadratic(const levers *l, int64_t row) {
    double sum = 0;
    for (int a = 0; a < l->with->n_effects; a++) {
        int64_t level = level_at(l, a, row);
        if (a == l->largest) {
            continue;
        }
        sum -= 2 * l->q[level];
        for (int b = 0; b < l->with->n_effects; b++) {
            sum += b == l->largest ? 0 : l->S[level + level_at(l, b, row) * l->levels];
        }
    }
    return sum;
}

static void lever_group(levers *l, int64_t g, double *h) {
    double pSp = 0;
    open_group(l, g);
    for (int64_t s = 0; s < l->n_touched; s++) {
        double sum = 0;
        for (int64_t t = 0; t < l->n_touched; t++) {
            sum += l->S[l->touched[s] + l->touched[t] * l->levels] * l->p[l->touched[t]];
        }
        l->q[l->touched[s]] = sum;
        pSp += sum * l->p[l->touched[s]];
    }
    for (int64_t i = l->first[g]; i < l->first[g + 1]; i++) {
        int64_t row = l->order[i];
        double weight = weight_at(l, row), share = pp__scores_share(l->fit, row);
        h[row] = weight > 0
                     ? weight * share * share * (1 / l->total + pSp + quadratic(l, row))
                     : 0;
    }
    close_group(l);
}

pp_status pp__effects_leverage(pp__covariance_work *w, double **out) {
    levers l = {.fit = w->fit, .with = &w->fit->design->with};
    *out = NULL;
    if (l.with->n_effects == 0) {
        return PP_OK;
    }
    PP_TRY(prepare(&l, w));
    *out = pp_arena_alloc(&w->arena, w->fit->scores.n, sizeof **out);
    PP_NEED(*out, w->err);
    int64_t groups = l.with->effect[l.largest].levels;
    for (int64_t g = 0; l.levels > 0 && g < groups; g++) {
        add_group(&l, g);
    }
    PP_TRY(l.levels > 0 ? invert(&l, w) : PP_OK);
    for (int64_t g = 0; g < groups; g++) {
        lever_group(&l, g, *out);
    }
    return PP_OK;
}
