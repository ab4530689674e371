#include "effects/honest/restriction.h"

#include "base/check.h"
#include "effects/honest/program.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* ---- differences over the periods, the reference among them ---- */

/* Adds `factor` times delta at period p, 0 to n: zero at the reference, which comes after `pre`. */
static void add_period(const pp__event_study *s, double *row, int p, double factor) {
    if (p != s->pre) {
        row[p - (p > s->pre)] += factor;
    }
}

/* The change, or change of slope, that begins at period p. */
static void add_difference(const pp__event_study *s, double *row, int order, int p,
                           double factor) {
    static const double pattern[2][3] = {{-1, 1, 0}, {1, -2, 1}};
    for (int i = 0; i <= order; i++) {
        add_period(s, row, p + i, factor * pattern[order - 1][i]);
    }
}

static int order_of(const pp__restriction *r) {
    return r->departure == PP__RELATIVE ? 1 : 2;
}

/* Differences that end at the reference or before it. */
static int differences_before(const pp__event_study *s, int order) {
    return s->pre + 1 - order;
}

double pp__largest_before(const pp__event_study *s, int order) {
    double largest = NAN;
    for (int p = 0; p < differences_before(s, order); p++) {
        double row[3] = {0}, sum = 0;
        static const double pattern[2][3] = {{-1, 1, 0}, {1, -2, 1}};
        memcpy(row, pattern[order - 1], sizeof row);
        for (int i = 0; i <= order; i++) {
            sum += p + i == s->pre ? 0 : row[i] * s->estimate[p + i];
        }
        largest = isnan(largest) ? fabs(sum) : fmax(largest, fabs(sum));
    }
    return largest;
}

/* ---- the sets ---- */

int pp__restriction_parts(const pp__restriction *r, const pp__event_study *s) {
    return r->departure == PP__SMOOTH ? 1 : 2 * differences_before(s, order_of(r));
}

static int involves_after(const pp__event_study *s, const double *row) {
    for (int i = s->pre; i < s->n; i++) {
        if (row[i] != 0) {
            return 1;
        }
    }
    return 0;
}

static int is_zero(const pp__event_study *s, const double *row) {
    for (int i = 0; i < s->n; i++) {
        if (row[i] != 0) {
            return 0;
        }
    }
    return 1;
}

/* Both directions of every difference; in part 2 q + 1 the largest before begins at q and is
   positive, in part 2 q negative. */
static int put_differences(const pp__restriction *r, const pp__event_study *s, int part,
                           double m, double *A, double *d) {
    int order = order_of(r), rows = 0, before = differences_before(s, order);
    for (int p = 0; p + order <= s->n; p++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            double *row = A + (int64_t)rows * s->n;
            add_difference(s, row, order, p, sign);
            if (r->departure == PP__SMOOTH) {
                d[rows] = m;
            } else {
                add_difference(s, row, order, part / 2,
                               (part % 2 ? -1 : 1) * (p < before ? 1 : m));
            }
            rows += !is_zero(s, row);
        }
    }
    return rows;
}

static int put_shape(const pp__restriction *r, const pp__event_study *s, double *A) {
    int rows = 0;
    for (int i = s->pre + 1; i <= s->n && r->bias; i++) {
        add_period(s, A + (int64_t)rows++ * s->n, i, -r->bias);
    }
    for (int p = 0; p < s->n && r->monotone; p++) {
        add_difference(s, A + (int64_t)rows++ * s->n, 1, p, -r->monotone);
    }
    return rows;
}

pp_status pp__restriction_make(const pp__restriction *r, const pp__event_study *s,
                               int part, double m, pp_arena *arena, pp__inequalities *out,
                               pp_error *err) {
    int64_t most = 4 * (int64_t)s->n + 2;
    double *A = pp_arena_zalloc(arena, most * s->n, sizeof *A);
    double *d = pp_arena_zalloc(arena, most, sizeof *d);
    out->A = pp_arena_alloc(arena, most * s->n, sizeof *A);
    out->d = pp_arena_alloc(arena, most, sizeof *d);
    PP_NEED(A && d && out->A && out->d ? A : NULL, err);
    int rows = put_differences(r, s, part, m, A, d);
    rows += put_shape(r, s, A + (int64_t)rows * s->n);
    out->rows = 0;
    for (int after = 1; after >= 0; after--) {
        for (int i = 0; i < rows; i++) {
            const double *row = A + (int64_t)i * s->n;
            if (involves_after(s, row) == after) {
                memcpy(out->A + (int64_t)out->rows * s->n, row,
                       (size_t)s->n * sizeof *row);
                out->d[out->rows++] = d[i];
            }
        }
        out->rows_after = after ? out->rows : out->rows_after;
    }
    return PP_OK;
}

/* ---- what is left open ---- */

pp_status pp__identified(const pp__event_study *s, const pp__inequalities *set,
                         pp_arena *arena, double *low, double *high, int *feasible,
                         pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *column = pp_arena_alloc(arena, set->rows + s->post, sizeof *column), most[2];
    PP_NEED(column, err);
    double *c = column + set->rows, middle, error;
    pp__program program;
    pp__program_open(&program, set->rows, s->post);
    for (int i = 0; i < set->rows; i++) {
        double left =
            set->d[i] - pp__dot(s->pre, set->A + (int64_t)i * s->n, s->estimate);
        pp__program_below(&program, i, left);
    }
    for (int k = 0; k < s->post; k++) {
        for (int i = 0; i < set->rows; i++) {
            column[i] = set->A[(int64_t)i * s->n + s->pre + k];
        }
        pp__program_free(&program, k);
        pp__program_column(&program, k, column);
    }
    *feasible = 1;
    for (int side = 0; side < 2; side++) {
        for (int k = 0; k < s->post; k++) {
            c[k] = side ? -s->weight[k] : s->weight[k];
        }
        pp__program_objective(&program, c);
        *feasible &= pp__program_solve(&program, &most[side], NULL) == PP__SOLVED;
    }
    pp__program_close(&program);
    pp_arena_release(arena, mark);
    if (*feasible) {
        pp__event_study_original(s, &middle, &error);
        *low = middle - most[0];
        *high = middle + most[1];
    }
    return PP_OK;
}
