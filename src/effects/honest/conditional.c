/* H0: there is x with E[y - a theta] - X x <= 0, where y = A beta - d over standard errors. Its dual
   max {g'(y - a theta) : g >= 0, X'g = 0, sum g = 1} has constraints that no theta and no draw changes:
   each program begins at the last one's solution. */
#include "effects/honest/conditional.h"

#include "base/check.h"
#include "effects/honest/bases.h"
#include "model/linalg.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 64, BISECTIONS = 18, CROSSINGS = 60 };
static const double FAR = 20; /* standard errors: nothing is sought beyond */
static const double SAME = 1e-9;

typedef struct moments {
    const pp__event_study *s;
    const pp__test *test;
    pp_arena *arena;
    pp_error *err;
    int rows, nuisances;
    double *A;      /* rows × n, row by row, over standard errors */
    double *y0, *a; /* y at theta: y0 - a theta */
    double *X;      /* rows × nuisances, column by column */
    pp__program dual;
    pp__bases bases;   /* of it */
    pp__piece certain; /* where the statistic is not above zero; low > high: nowhere */
    double critical;   /* least favourable; NaN: not simulated yet */
    double *y, *g, *other, *turn, *q; /* of one test: rows, rows, rows, rows, n */
    int64_t unsolved;
} moments;

/* ---- moments ---- */

/* theta = l'tau: the tau with the largest weight is expressed by theta and the others. */
static void split(moments *m) {
    const double *l = m->s->weight;
    int chosen = 0, column = 0;
    for (int k = 1; k < m->s->post; k++) {
        chosen = fabs(l[k]) > fabs(l[chosen]) ? k : chosen;
    }
    for (int i = 0; i < m->rows; i++) {
        m->a[i] = m->A[(int64_t)i * m->s->n + m->s->pre + chosen] / l[chosen];
    }
    for (int k = 0; k < m->s->post; k++) {
        for (int i = 0; i < m->rows && k != chosen; i++) {
            m->X[i + column * m->rows] =
                m->A[(int64_t)i * m->s->n + m->s->pre + k] - m->a[i] * l[k];
        }
        column += k != chosen;
    }
}

static void standardise(moments *m, const pp__inequalities *set) {
    int n = m->s->n;
    for (int i = 0; i < m->rows; i++) {
        const double *from = set->A + (int64_t)i * n;
        double *row = m->A + (int64_t)i * n;
        double error = sqrt(pp__event_study_product(m->s, from, from));
        for (int j = 0; j < n; j++) {
            row[j] = from[j] / error;
        }
        m->y0[i] = pp__dot(n, row, m->s->estimate) - set->d[i] / error;
    }
}

static pp_status open_dual(moments *m) {
    int64_t k = m->nuisances + 1;
    double *coefficients = pp_arena_alloc(m->arena, k * m->rows, sizeof *coefficients);
    PP_NEED(coefficients, m->err);
    pp__program_open(&m->dual, m->nuisances + 1, m->rows);
    for (int j = 0; j <= m->nuisances; j++) {
        pp__program_equal(&m->dual, j, j == m->nuisances);
    }
    for (int i = 0; i < m->rows; i++) {
        double *column = coefficients + i * k;
        for (int j = 0; j < m->nuisances; j++) {
            column[j] = m->X[i + j * m->rows];
        }
        column[m->nuisances] = 1;
        pp__program_column(&m->dual, i, column);
    }
    return pp__bases_open(&m->bases, &m->dual, coefficients, m->arena, m->err);
}

static pp_status open_moments(moments *m, const pp__event_study *s,
                              const pp__inequalities *set, const pp__test *test,
                              pp_arena *arena, pp_error *err) {
    int64_t rows = set->rows_after, k = s->post - 1;
    *m = (moments){.s = s,
                   .test = test,
                   .arena = arena,
                   .err = err,
                   .rows = (int)rows,
                   .nuisances = (int)k,
                   .certain = {1, 0},
                   .critical = NAN};
    m->A = pp_arena_alloc(arena, rows * (s->n + k + 6) + s->n, sizeof *m->A);
    PP_NEED(m->A, err);
    m->X = m->A + rows * s->n;
    m->y0 = m->X + rows * k;
    m->a = m->y0 + rows;
    m->y = m->a + rows;
    m->g = m->y + rows;
    m->other = m->g + rows;
    m->turn = m->other + rows;
    m->q = m->turn + rows;
    standardise(m, set);
    split(m);
    return open_dual(m);
}

static int solve(moments *m, const double *y, double *value, double *g) {
    if (pp__bases_solve(&m->bases, y, value, g) == PP__SOLVED) {
        return 1;
    }
    m->unsolved++;
    return 0;
}

/* ---- the least favourable critical value ---- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* In the middle of a test: y and g stay. All moments binding: the quantile of the largest mean of noise, in the draws. */
static pp_status simulate(moments *m) {
    double tail = m->test->alpha * (m->test->method == PP__LF ? 1 : PP__FIRST_STAGE);
    int64_t n = m->test->draws, kept = 0;
    double *value = pp_arena_alloc(m->arena, n + 1, sizeof *value);
    PP_NEED(value, m->err);
    for (int64_t b = 0; b < n; b++) {
        for (int i = 0; i < m->rows; i++) {
            m->other[i] = pp__dot(m->s->n, m->A + (int64_t)i * m->s->n,
                                  m->test->noise + b * m->s->n);
        }
        kept += solve(m, m->other, &value[kept], m->turn);
    }
    qsort(value, (size_t)kept, sizeof *value, ascending);
    int64_t rank = (int64_t)ceil((1 - tail) * (double)(kept + 1) - 1e-9);
    m->critical = kept == 0 ? FAR : value[rank < kept ? rank - 1 : kept - 1];
    m->critical = fmax(m->critical, 0);
    return PP_OK;
}

static pp_status need_critical(moments *m) {
    return isnan(m->critical) ? simulate(m) : PP_OK;
}

/* ---- the conditional test ---- */

/* q'beta is the statistic but for a constant. Gives its variance. */
static double find_direction(moments *m) {
    int n = m->s->n;
    memset(m->q, 0, (size_t)n * sizeof *m->q);
    for (int i = 0; i < m->rows; i++) {
        for (int j = 0; j < n && m->g[i] > 0; j++) {
            m->q[j] += m->g[i] * m->A[(int64_t)i * n + j];
        }
    }
    return pp__event_study_product(m->s, m->q, m->q);
}

/* How far the statistic could go to one side, what is independent of it held fixed, with the same
   moments binding: Newton's steps on a convex function that is piecewise linear. */
static double find_limit(moments *m, double statistic, double deviation, int side) {
    double x = statistic + side * 40 * deviation;
    for (int step = 0; step < CROSSINGS; step++) {
        double value, slope, y_at_x = x - statistic;
        for (int i = 0; i < m->rows; i++) {
            m->other[i] = m->y[i] + m->turn[i] * y_at_x;
        }
        if (!solve(m, m->other, &value, m->other)) {
            return NAN;
        }
        slope = pp__dot(m->rows, m->other, m->turn) - 1;
        if (value - x <= SAME * (1 + fabs(x)) || side * slope <= 0) {
            return step == 0 ? (double)side * (double)INFINITY : x;
        }
        x -= (value - x) / slope;
        x = side > 0 ? fmax(x, statistic) : fmin(x, statistic);
    }
    return x;
}

/* P(Z > t | low < Z < high) of the standard normal. */
static double tail_between(double t, double low, double high) {
    double base = pnorm(low, 0, 1, 0, 1);
    double beyond = exp(pnorm(high, 0, 1, 0, 1) - base);
    return fmax(0, exp(pnorm(t, 0, 1, 0, 1) - base) - beyond) / (1 - beyond);
}

/* Narrows the limits to where the first stage of fixed length would have accepted too. */
static void narrow_by_first(const moments *m, double theta, double statistic,
                            double variance, double *low, double *high) {
    const pp__fixed_length *f = m->test->first;
    double turn = pp__event_study_product(m->s, m->q, f->weight) / variance;
    double down = theta - f->half - f->estimate, up = theta + f->half - f->estimate;
    if (turn != 0) {
        *low = fmax(*low, statistic + (turn > 0 ? down : up) / turn);
        *high = fmin(*high, statistic + (turn > 0 ? up : down) / turn);
    }
}

static int passes_first(const moments *m, double theta) {
    const pp__fixed_length *f = m->test->first;
    return m->test->method != PP__HYBRID_FLCI ||
           fabs(theta - f->estimate) <= f->half * (1 + SAME);
}

static double second_stage(const moments *m) {
    double alpha = m->test->alpha, first = PP__FIRST_STAGE * alpha;
    return m->test->method == PP__CONDITIONAL ? alpha : (alpha - first) / (1 - first);
}

static void find_turn(moments *m, double variance) {
    for (int i = 0; i < m->rows; i++) {
        m->turn[i] =
            pp__event_study_product(m->s, m->A + (int64_t)i * m->s->n, m->q) / variance;
    }
}

/* The conditional p value of a statistic whose moments are in m->g; 1 where it cannot be told. */
static double conditional_p(moments *m, double theta, double statistic, double variance,
                            double cap) {
    double deviation = sqrt(variance);
    find_turn(m, variance);
    double low = find_limit(m, statistic, deviation, -1);
    double high = find_limit(m, statistic, deviation, 1);
    if (isnan(low) || isnan(high)) {
        return 1;
    }
    if (m->test->method == PP__HYBRID_FLCI) {
        narrow_by_first(m, theta, statistic, variance, &low, &high);
    }
    high = fmin(high, cap);
    if (!(low < high) || statistic < low || statistic > high) {
        return 1;
    }
    return tail_between(statistic / deviation, low / deviation, high / deviation);
}

static pp_status test_at(moments *m, double theta, int *accepted) {
    double statistic, variance, level = second_stage(m), p;
    *accepted = passes_first(m, theta);
    if (theta >= m->certain.low && theta <= m->certain.high) {
        return PP_OK;
    }
    for (int i = 0; i < m->rows; i++) {
        m->y[i] = m->y0[i] - m->a[i] * theta;
    }
    if (!*accepted || !solve(m, m->y, &statistic, m->g) || statistic <= SAME) {
        return PP_OK;
    }
    if (m->test->method == PP__LF) {
        PP_TRY(need_critical(m));
        *accepted = statistic <= m->critical + SAME;
        return PP_OK;
    }
    variance = find_direction(m);
    if (variance < 1e-12) { /* no noise, and above zero */
        *accepted = 0;
        return PP_OK;
    }
    p = conditional_p(m, theta, statistic, variance, INFINITY);
    *accepted = p >= level;
    if (*accepted && m->test->method == PP__HYBRID_LF) { /* the cap only lowers p */
        PP_TRY(need_critical(m));
        p = conditional_p(m, theta, statistic, variance, m->critical + SAME);
        *accepted = statistic <= m->critical + SAME && p >= level;
    }
    return PP_OK;
}

/* ---- the values that are accepted ---- */

/* Where the statistic is at most c: an interval, by two programs. 0: nowhere. */
static pp_status find_range(moments *m, double c, pp__piece *out, int *found) {
    int columns = 1 + m->nuisances;
    double *objective = pp_arena_zalloc(m->arena, columns + m->rows, sizeof *objective);
    double *column = objective + columns, most[2] = {0};
    pp__program primal;
    PP_NEED(objective, m->err);
    pp__program_open(&primal, m->rows, columns);
    for (int i = 0; i < m->rows; i++) {
        pp__program_below(&primal, i, c - m->y0[i]);
    }
    for (int j = 0; j < columns; j++) {
        const double *from = j == 0 ? m->a : m->X + (int64_t)(j - 1) * m->rows;
        for (int i = 0; i < m->rows; i++) {
            column[i] = -from[i];
        }
        pp__program_free(&primal, j);
        pp__program_column(&primal, j, column);
    }
    *found = 1;
    for (int side = 0; side < 2; side++) {
        objective[0] = side ? 1 : -1;
        pp__program_objective(&primal, objective);
        *found &= pp__program_solve(&primal, &most[side], NULL) == PP__SOLVED;
    }
    pp__program_close(&primal);
    *out = (pp__piece){-most[0], most[1]};
    return PP_OK;
}

static pp_status search_range(moments *m, pp__piece *range, int *found) {
    const pp__test *t = m->test;
    double c = FAR;
    if (t->method == PP__LF || t->method == PP__HYBRID_LF) {
        PP_TRY(need_critical(m));
        c = m->critical;
    }
    if (t->method == PP__HYBRID_FLCI) {
        *range = (pp__piece){t->first->estimate - t->first->half,
                             t->first->estimate + t->first->half};
        *found = 1;
        return PP_OK;
    }
    return find_range(m, c, range, found);
}

/* Between an accepted and a rejected value. */
static pp_status bisect(moments *m, double in, double out, double *edge) {
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = in + (out - in) / 2;
        int accepted;
        PP_TRY(test_at(m, middle, &accepted));
        *(accepted ? &in : &out) = middle;
    }
    *edge = in;
    return PP_OK;
}

static pp_status scan(moments *m, pp__piece range, pp__accepted *out) {
    double step = (range.high - range.low) / (GRID - 1), last = range.low;
    int before = 0, found;
    PP_TRY(find_range(m, 0, &m->certain, &found));
    m->certain = found ? m->certain : (pp__piece){1, 0};
    for (int i = 0; i < GRID; i++) {
        double theta = i == GRID - 1 ? range.high : range.low + i * step, edge;
        int accepted;
        PP_TRY(test_at(m, theta, &accepted));
        if (accepted && !before) {
            out->n += out->n < PP__MOST_PIECES;
            edge = theta;
            if (i > 0) {
                PP_TRY(bisect(m, theta, last, &edge));
            }
            out->piece[out->n - 1].low = edge;
        } else if (!accepted && before) {
            PP_TRY(bisect(m, last, theta, &out->piece[out->n - 1].high));
        }
        if (accepted && i == GRID - 1) {
            out->piece[out->n - 1].high = theta;
        }
        before = accepted;
        last = theta;
    }
    return PP_OK;
}

pp_status pp__accepted_find(const pp__event_study *s, const pp__inequalities *set,
                            const pp__test *test, pp_arena *arena, pp__accepted *out,
                            pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    moments m;
    pp__piece range;
    int found = 0;
    *out = (pp__accepted){0};
    pp_status status = open_moments(&m, s, set, test, arena, err);
    if (status == PP_OK) {
        status = search_range(&m, &range, &found);
    }
    if (status == PP_OK && found && test->method == PP__LF) {
        out->piece[out->n++] = range;
    } else if (status == PP_OK && found) {
        status = scan(&m, range, out);
    }
    out->unsolved = m.unsolved;
    pp__program_close(&m.dual);
    pp_arena_release(arena, mark);
    return status;
}

pp_status pp__accepts(const pp__event_study *s, const pp__inequalities *set,
                      const pp__test *test, double theta, pp_arena *arena, int *accepted,
                      pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    moments m;
    pp_status status = open_moments(&m, s, set, test, arena, err);
    if (status == PP_OK) {
        status = test_at(&m, theta, accepted);
    }
    pp__program_close(&m.dual);
    pp_arena_release(arena, mark);
    return status;
}

int pp__pieces_join(int n, pp__piece *piece) {
    int kept = 0;
    for (int i = 1; i < n; i++) { /* few, by insertion */
        pp__piece own = piece[i];
        int j = i;
        for (; j > 0 && piece[j - 1].low > own.low; j--) {
            piece[j] = piece[j - 1];
        }
        piece[j] = own;
    }
    for (int i = 0; i < n; i++) {
        if (kept > 0 && piece[i].low <= piece[kept - 1].high) {
            piece[kept - 1].high = fmax(piece[kept - 1].high, piece[i].high);
        } else {
            piece[kept++] = piece[i];
        }
    }
    return kept;
}
