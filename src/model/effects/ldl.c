#include "model/effects/ldl.h"

#include "base/check.h"

#include <string.h>
#include <suitesparse/amd.h>

static const double SINGULAR = 1e-11; /* a pivot, by the weight of its variable */

/* ---- order and structure ---- */

static pp_status find_order(pp__ldl *f, const int32_t *begin, const int32_t *rows,
                            double work, pp_arena *arena, int *cheap, pp_error *err) {
    double info[AMD_INFO];
    f->order = pp_arena_alloc(arena, f->size, sizeof *f->order);
    PP_NEED(f->order, err);
    int status = amd_order(f->size, begin, rows, f->order, NULL, info);
    if (status != AMD_OK && status != AMD_OK_BUT_JUMBLED) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    *cheap = info[AMD_NMULTSUBS_LDL] <= work;
    return PP_OK;
}

/* The matrix in the new order, by columns above the diagonal. */
static pp_status permute(pp__ldl *f, const int32_t *begin, const int32_t *rows,
                         pp_arena *arena, pp_error *err) {
    int32_t size = f->size;
    f->begin = pp_arena_zalloc(arena, 2 * (int64_t)begin[size] + 3 * (int64_t)size + 2,
                               sizeof *f->begin);
    PP_NEED(f->begin, err);
    f->index = f->begin + size + 1;
    f->from = f->index + begin[size];
    int32_t *place = f->from + begin[size], *next = place + size;
    for (int32_t k = 0; k < size; k++) {
        place[f->order[k]] = k;
    }
    for (int32_t j = 0; j < size; j++) {
        for (int32_t p = begin[j]; p < begin[j + 1]; p++) {
            int32_t a = place[j], b = place[rows[p]];
            f->begin[(a > b ? a : b) + 1]++;
        }
    }
    for (int32_t k = 0; k < size; k++) {
        f->begin[k + 1] += f->begin[k];
        next[k] = f->begin[k];
    }
    for (int32_t j = 0; j < size; j++) {
        for (int32_t p = begin[j]; p < begin[j + 1]; p++) {
            int32_t a = place[j], b = place[rows[p]], at = next[a > b ? a : b]++;
            f->index[at] = a > b ? b : a;
            f->from[at] = p;
        }
    }
    return PP_OK;
}

/* The elimination tree, and how many elements each column of L has. */
static pp_status analyse(pp__ldl *f, pp_arena *arena, pp_error *err) {
    int32_t size = f->size;
    f->parent = pp_arena_alloc(arena, 4 * (int64_t)size, sizeof *f->parent);
    PP_NEED(f->parent, err);
    f->flag = f->parent + size;
    f->filled = f->flag + size;
    f->pattern = f->filled + size;
    f->column = pp_arena_zalloc(arena, (int64_t)size + 1, sizeof *f->column);
    PP_NEED(f->column, err);
    for (int32_t k = 0; k < size; k++) {
        f->parent[k] = -1;
        f->flag[k] = k;
        for (int32_t p = f->begin[k]; p < f->begin[k + 1]; p++) {
            for (int32_t i = f->index[p]; f->flag[i] != k; i = f->parent[i]) {
                f->parent[i] = f->parent[i] < 0 ? k : f->parent[i];
                f->column[i + 1]++;
                f->flag[i] = k;
            }
        }
    }
    for (int32_t k = 0; k < size; k++) {
        f->column[k + 1] += f->column[k];
    }
    f->row = pp_arena_alloc(arena, f->column[size], sizeof *f->row);
    PP_NEED(f->row, err);
    f->value = pp_arena_alloc(arena, f->column[size], sizeof *f->value);
    PP_NEED(f->value, err);
    f->inverse_pivot = pp_arena_alloc(arena, 2 * (int64_t)size, sizeof(double));
    PP_NEED(f->inverse_pivot, err);
    f->space = f->inverse_pivot + size;
    return PP_OK;
}

pp_status pp__ldl_make(int32_t size, const int32_t *begin, const int32_t *rows,
                       double work, pp_arena *arena, pp__ldl **out, pp_error *err) {
    int cheap = 0;
    pp__ldl *f = pp_arena_zalloc(arena, 1, sizeof *f);
    PP_NEED(f, err);
    *out = NULL;
    f->size = size;
    PP_TRY(find_order(f, begin, rows, work, arena, &cheap, err));
    if (!cheap) {
        return PP_OK;
    }
    PP_TRY(permute(f, begin, rows, arena, err));
    PP_TRY(analyse(f, arena, err));
    *out = f;
    return PP_OK;
}

/* ---- numbers ---- */

/* The places of row k of L, ascending in the tree, from `top` in f->pattern; the row's
   elements are spread over f->space. */
static int32_t spread_row(pp__ldl *f, int32_t k, const double *lower) {
    int32_t top = f->size;
    f->flag[k] = k;
    for (int32_t p = f->begin[k]; p < f->begin[k + 1]; p++) {
        int32_t length = 0;
        f->space[f->index[p]] += lower[f->from[p]];
        for (int32_t i = f->index[p]; f->flag[i] != k; i = f->parent[i]) {
            f->pattern[length++] = i;
            f->flag[i] = k;
        }
        while (length > 0) {
            f->pattern[--top] = f->pattern[--length];
        }
    }
    return top;
}

static double eliminate(pp__ldl *f, int32_t k, int32_t i, double pivot) {
    double y = f->space[i], l = y * f->inverse_pivot[i];
    int64_t begin = f->column[i], end = begin + f->filled[i];
    f->space[i] = 0;
    for (int64_t p = begin; p < end; p++) {
        f->space[f->row[p]] -= f->value[p] * y;
    }
    f->row[end] = k;
    f->value[end] = l;
    f->filled[i]++;
    return pivot - l * y;
}

void pp__ldl_factor(pp__ldl *f, const double *lower, const double *diagonal,
                    const double *weight) {
    f->rank = 0;
    memset(f->filled, 0, (size_t)f->size * sizeof *f->filled);
    memset(f->space, 0, (size_t)f->size * sizeof *f->space);
    for (int32_t k = 0; k < f->size; k++) {
        f->flag[k] = -1;
    }
    for (int32_t k = 0; k < f->size; k++) {
        double pivot = diagonal[f->order[k]];
        for (int32_t at = spread_row(f, k, lower); at < f->size; at++) {
            pivot = eliminate(f, k, f->pattern[at], pivot);
        }
        int kept = pivot > SINGULAR * weight[f->order[k]];
        f->inverse_pivot[k] = kept ? 1 / pivot : 0;
        f->rank += kept;
    }
}

void pp__ldl_solve(const pp__ldl *f, int m, const double *x, double *out, double *space) {
    size_t width = (size_t)m * sizeof *x;
    for (int32_t k = 0; k < f->size; k++) {
        memcpy(space + (int64_t)k * m, x + (int64_t)f->order[k] * m, width);
    }
    for (int32_t k = 0; k < f->size; k++) {
        const double *from = space + (int64_t)k * m;
        for (int64_t p = f->column[k]; p < f->column[k + 1]; p++) {
            double *to = space + (int64_t)f->row[p] * m, l = f->value[p];
            for (int j = 0; j < m; j++) {
                to[j] -= l * from[j];
            }
        }
    }
    for (int32_t k = f->size - 1; k >= 0; k--) {
        double *to = space + (int64_t)k * m;
        for (int j = 0; j < m; j++) {
            to[j] *= f->inverse_pivot[k];
        }
        for (int64_t p = f->column[k]; p < f->column[k + 1]; p++) {
            const double *from = space + (int64_t)f->row[p] * m;
            double l = f->inverse_pivot[k] > 0 ? f->value[p] : 0;
            for (int j = 0; j < m; j++) {
                to[j] -= l * from[j];
            }
        }
        memcpy(out + (int64_t)f->order[k] * m, to, width);
    }
}
