#include "model/effects/gradients.h"

#include "base/check.h"
#include "base/parallel.h"

#include <math.h>
#include <string.h>

enum { SLICE = 1 << 13, PATIENCE = 500 };

typedef struct work {
    const pp__equations *q;
    const pp_context *ctx;
    double *x, *r, *z, *p, *sp;                         /* size × m */
    double *rz, *error, *best, *step, *turn, *products; /* m; error: as reported */
    double *steps, *turns; /* most × m: the numbers of the Lanczos matrix */
    double *slices;        /* sums of slices */
    int64_t n_slices;
    int iterations;
} work;

/* ---- vectors, in slices of levels that are added in order ---- */

typedef struct operation {
    work *w;
    const double *a, *b;
} operation;

static void slice_range(const work *w, int64_t slice, int64_t *begin, int64_t *end) {
    *begin = slice * SLICE;
    *end = *begin + SLICE < w->q->size ? *begin + SLICE : w->q->size;
}

static void multiply_slice(void *payload, int64_t slice) {
    const operation *o = payload;
    int m = o->w->q->m;
    double *sum = o->w->slices + slice * m;
    int64_t begin, end;
    slice_range(o->w, slice, &begin, &end);
    memset(sum, 0, (size_t)m * sizeof *sum);
    for (int64_t i = begin; i < end; i++) {
        for (int j = 0; j < m; j++) {
            sum[j] += o->a[i * m + j] * o->b[i * m + j];
        }
    }
}

static void multiply(work *w, const double *a, const double *b, double *out) {
    operation o = {w, a, b};
    int m = w->q->m;
    pp__parallel(w->ctx, w->n_slices, multiply_slice, &o);
    memset(out, 0, (size_t)m * sizeof *out);
    for (int64_t s = 0; s < w->n_slices; s++) {
        for (int j = 0; j < m; j++) {
            out[j] += w->slices[s * m + j];
        }
    }
}

static void step_slice(void *payload, int64_t slice) {
    work *w = payload;
    int m = w->q->m;
    int64_t begin, end;
    slice_range(w, slice, &begin, &end);
    for (int64_t i = begin; i < end; i++) {
        for (int j = 0; j < m; j++) {
            w->x[i * m + j] += w->step[j] * w->p[i * m + j];
            w->r[i * m + j] -= w->step[j] * w->sp[i * m + j];
        }
    }
}

static void turn_slice(void *payload, int64_t slice) {
    work *w = payload;
    int m = w->q->m;
    int64_t begin, end;
    slice_range(w, slice, &begin, &end);
    for (int64_t i = begin; i < end; i++) {
        for (int j = 0; j < m; j++) {
            w->p[i * m + j] = w->z[i * m + j] + w->turn[j] * w->p[i * m + j];
        }
    }
}

/* ---- the error ---- */

/* How many eigenvalues of the symmetric tridiagonal matrix lie below x (Sturm). */
static int count_below(const double *diagonal, const double *beside, int n, double x) {
    int below = 0;
    double pivot = 1;
    for (int i = 0; i < n; i++) {
        double square = i > 0 ? beside[i - 1] * beside[i - 1] : 0;
        pivot = diagonal[i] - x - square / (pivot == 0 ? 1e-300 : pivot);
        below += pivot < 0;
    }
    return below;
}

/* The smallest eigenvalue of M⁻¹S that the iteration of column j has seen. */
static double smallest_eigenvalue(const work *w, int j, double *diagonal,
                                  double *beside) {
    int m = w->q->m, n = 0;
    for (; n < w->iterations && w->steps[n * m + j] > 0; n++) {
        double before = n > 0 ? w->turns[(n - 1) * m + j] / w->steps[(n - 1) * m + j] : 0;
        diagonal[n] = 1 / w->steps[n * m + j] + before;
        beside[n] = sqrt(w->turns[n * m + j]) / w->steps[n * m + j];
    }
    double low = 0, high = n > 0 ? diagonal[0] : 1;
    for (int i = 0; n > 0 && i < 40 && high - low > 1e-3 * high; i++) {
        double middle = (low + high) / 2;
        if (count_below(diagonal, beside, n, middle) > 0) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return n > 0 ? high : 1;
}

static double plain_error(const work *w, int j) {
    double norm = w->q->norm[j];
    return norm > 0 && w->rz[j] > 0 ? sqrt(w->rz[j] / norm) : 0;
}

/* Whether all columns are within the tolerance; their errors are bounded in w->error. */
static int is_solved(work *w, double *space) {
    const pp__equations *q = w->q;
    int solved = 1;
    for (int j = 0; j < q->m; j++) {
        w->error[j] = plain_error(w, j);
        solved &= w->error[j] <= q->tolerance;
    }
    for (int j = 0; solved && j < q->m; j++) {
        double smallest = smallest_eigenvalue(w, j, space, space + q->most + 1);
        w->error[j] /= sqrt(smallest < 1 ? smallest : 1);
        solved &= w->error[j] <= q->tolerance;
    }
    return solved;
}

/* ---- the iteration ---- */

static pp_status prepare(work *w, double *right, double *x, pp_arena *arena,
                         pp_error *err) {
    const pp__equations *q = w->q;
    int64_t size = q->size * q->m, m = q->m;
    w->n_slices = (q->size + SLICE - 1) / SLICE;
    w->z = pp_arena_alloc(arena, 3 * size, sizeof *w->z);
    PP_NEED(w->z, err);
    int64_t small = m * (6 + 2 * ((int64_t)q->most + 1) + w->n_slices);
    w->rz = pp_arena_zalloc(arena, small, sizeof *w->rz);
    PP_NEED(w->rz, err);
    w->p = w->z + size;
    w->sp = w->p + size;
    w->x = x;
    w->r = right;
    w->error = w->rz + m;
    w->best = w->error + m;
    w->step = w->best + m;
    w->turn = w->step + m;
    w->products = w->turn + m;
    w->steps = w->products + m;
    w->turns = w->steps + m * ((int64_t)q->most + 1);
    w->slices = w->turns + m * ((int64_t)q->most + 1);
    memset(x, 0, (size_t)size * sizeof *x);
    return PP_OK;
}

static pp_status advance(work *w, pp_error *err) {
    const pp__equations *q = w->q;
    int m = q->m;
    PP_TRY(q->times(q->payload, m, w->p, w->sp, err));
    multiply(w, w->p, w->sp, w->products);
    for (int j = 0; j < m; j++) {
        /* a column that rounding has ended stands still */
        int moves = plain_error(w, j) > 1e-17 && w->products[j] > 0;
        w->step[j] = moves ? w->rz[j] / w->products[j] : 0;
        w->steps[(int64_t)w->iterations * m + j] = w->step[j];
    }
    pp__parallel(w->ctx, w->n_slices, step_slice, w);
    PP_TRY(q->precondition(q->payload, m, w->r, w->z, err));
    multiply(w, w->r, w->z, w->products);
    for (int j = 0; j < m; j++) {
        w->turn[j] = w->step[j] > 0 ? w->products[j] / w->rz[j] : 0;
        w->turns[(int64_t)w->iterations * m + j] = fmax(w->turn[j], 0);
        w->rz[j] = w->products[j];
    }
    pp__parallel(w->ctx, w->n_slices, turn_slice, w);
    w->iterations++;
    return PP_OK;
}

static double largest(const double *values, int n) {
    double most = 0;
    for (int j = 0; j < n; j++) {
        most = fmax(most, values[j]);
    }
    return most;
}

pp_status pp__gradients(const pp__equations *q, double *right, double *x, pp_arena *arena,
                        const pp_context *ctx, pp__absorb_report *report, pp_error *err) {
    work w = {.q = q, .ctx = ctx};
    pp_arena_mark mark = pp_arena_get_mark(arena);
    PP_TRY(prepare(&w, right, x, arena, err));
    double *space = pp_arena_alloc(arena, 2 * ((int64_t)q->most + 1), sizeof *space);
    PP_NEED(space, err);
    PP_TRY(q->precondition(q->payload, q->m, w.r, w.z, err));
    multiply(&w, w.r, w.z, w.rz);
    memcpy(w.p, w.z, (size_t)(q->size * q->m) * sizeof *w.p);
    double best = INFINITY;
    int since = 0;
    while (!(report->converged = is_solved(&w, space)) && w.iterations < q->most &&
           since < PATIENCE) {
        PP_TRY(pp_progress(ctx, "fixed effects", -1, err));
        PP_TRY(advance(&w, err));
        double now = largest(w.error, q->m);
        since = now < best ? 0 : since + 1;
        best = fmin(best, now);
    }
    report->error = largest(w.error, q->m);
    report->iterations = w.iterations;
    pp_arena_release(arena, mark);
    return PP_OK;
}
