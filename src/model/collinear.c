/* Linear combinations of earlier columns, found by a Cholesky factorisation of the
 * standardised cross-products that skips what has no pivot. A pivot too small to be
 * trusted is measured again on the residual itself, so that the tolerance is that of R's
 * QR (1e-7) and not its square root.
 */
#include "base/check.h"
#include "model/design.h"
#include "model/linalg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double TOLERANCE = 1e-7, TRUSTED = 1e-8 /* of a squared pivot */;

typedef struct search {
    const pp__design *d;
    int kept;
    int *index;       /* of the kept columns */
    const double *G;  /* cross-products of all */
    double *L;        /* factor of the kept, of order d->k */
    double *weights;  /* of the combination that makes up a column */
    double *residual; /* n, once it is needed */
    pp_arena *arena;
    pp__notes *notes;
    pp_error *err;
    uint8_t *keep;
} search;

/* Solves with the factor of the kept columns, which has leading dimension d->k. */
static void solve_kept(const search *s, double *b) {
    int64_t ld = s->d->k;
    for (int j = 0; j < s->kept; j++) {
        b[j] /= s->L[j + j * ld];
        for (int i = j + 1; i < s->kept; i++) {
            b[i] -= s->L[i + j * ld] * b[j];
        }
    }
}

static void solve_kept_back(const search *s, double *b) {
    int64_t ld = s->d->k;
    for (int j = s->kept - 1; j >= 0; j--) {
        for (int i = j + 1; i < s->kept; i++) {
            b[j] -= s->L[i + j * ld] * b[i];
        }
        b[j] /= s->L[j + j * ld];
    }
}

static void standardised(const pp__design *d, int j, double *out) {
    for (int64_t i = 0; i < d->n; i++) {
        out[i] = (d->x[j][i] - d->center[j]) / d->scale[j];
    }
}

static void subtract(const search *s, int kept, double weight) {
    const pp__design *d = s->d;
    int j = s->index[kept];
    for (int64_t i = 0; i < d->n; i++) {
        s->residual[i] -= weight * (d->x[j][i] - d->center[j]) / d->scale[j];
    }
}

static double times_kept(const search *s, int kept) {
    const pp__design *d = s->d;
    int j = s->index[kept];
    double sum = 0;
    for (int64_t i = 0; i < d->n; i++) {
        sum += s->residual[i] * (d->x[j][i] - d->center[j]) / d->scale[j];
    }
    return sum;
}

/* The squared length of what the kept columns leave of column j, with one step of
   refinement; their combination is left in s->weights. */
static pp_status measure_residual(search *s, int j, double *step, double *out) {
    if (!s->residual) {
        s->residual = pp_arena_alloc(s->arena, s->d->n, sizeof *s->residual);
        PP_NEED(s->residual, s->err);
    }
    standardised(s->d, j, s->residual);
    memset(s->weights, 0, (size_t)s->kept * sizeof *s->weights);
    for (int round = 0; round < 2; round++) {
        for (int m = 0; m < s->kept; m++) {
            step[m] = times_kept(s, m);
        }
        solve_kept(s, step);
        solve_kept_back(s, step);
        for (int m = 0; m < s->kept; m++) {
            subtract(s, m, step[m]);
            s->weights[m] += step[m];
        }
    }
    *out = pp__dot(s->d->n, s->residual, s->residual);
    return PP_OK;
}

/* "a, b and 3 others": the kept columns that have part in the combination. */
static void name_parts(const search *s, char *out, size_t size) {
    enum { NAMED = 4 };
    int parts = 0;
    size_t used = 0;
    out[0] = '\0';
    for (int m = 0; m < s->kept; m++) {
        if (fabs(s->weights[m]) > 1e-6 && ++parts <= NAMED && used < size) {
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", parts > 1 ? ", " : "",
                                 s->d->column[s->index[m]].name);
        }
    }
    if (parts > NAMED && used < size) {
        snprintf(out + used, size - used, " and %d more", parts - NAMED);
    }
}

static pp_status note(const search *s, int j) {
    char parts[240];
    const char *name = s->d->column[j].name;
    name_parts(s, parts, sizeof parts);
    PP_TRY(pp__notes_drop(s->notes, "collinear", "terms", name, 1, s->err));
    return pp__notes_warn(s->notes, "collinear", name, 1, s->err,
                          "%s is a linear combination of %s and is left out", name,
                          parts);
}

/* Among the exogenous columns and those of `role`. What was left out before goes
   unsaid. */
static pp_status search_columns(search *s, pp__role role) {
    int64_t ld = s->d->k;
    double *row = s->weights + ld; /* of the factor, for the column at hand */
    s->kept = 0;
    for (int j = 0; j < s->d->k; j++) {
        pp__role own = pp__design_role(s->d, j);
        if (!s->keep[j] || (own != PP__EXOGENOUS && own != role)) {
            continue;
        }
        for (int m = 0; m < s->kept; m++) {
            row[m] = s->G[s->index[m] + j * ld];
        }
        solve_kept(s, row);
        double whole = s->G[j + j * ld], pivot = whole - pp__dot(s->kept, row, row);
        if (pivot <= TRUSTED * whole) {
            PP_TRY(measure_residual(s, j, row + ld, &pivot));
            s->keep[j] = pivot > TOLERANCE * TOLERANCE * whole;
            if (!s->keep[j]) {
                PP_TRY(note(s, j));
                continue;
            }
        }
        for (int m = 0; m < s->kept; m++) {
            s->L[s->kept + m * ld] = row[m];
        }
        s->L[s->kept + s->kept * ld] = sqrt(pivot);
        s->index[s->kept++] = j;
    }
    return PP_OK;
}

pp_status pp__collinear_remove(pp__design *d, const double *G, pp_arena *arena,
                               pp__notes *notes, pp_error *err) {
    int64_t k = d->k;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    search s = {.d = d, .G = G, .arena = arena, .notes = notes, .err = err};
    s.index = pp_arena_alloc(arena, k, sizeof *s.index);
    s.keep = pp_arena_alloc(arena, k, 1);
    s.weights = pp_arena_alloc(arena, 3 * k, sizeof *s.weights);
    s.L = pp_arena_alloc(arena, k * k, sizeof *s.L);
    if (!s.index || !s.keep || !s.weights || !s.L) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    memset(s.keep, 1, (size_t)k);
    PP_TRY(search_columns(&s, PP__ENDOGENOUS));
    if (d->formula->n_instruments > 0) {
        PP_TRY(search_columns(&s, PP__INSTRUMENT));
    }
    pp__design_select(d, s.keep);
    pp_arena_release(arena, mark);
    return PP_OK;
}
