#include "effects/synth/simplex.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Changes of the whole set of positive weights, before weights come and go one at a time. */
enum { WHOLE_SETS = 30 };
/* Below this share of the mean square of columns a penalty is too small for such changes to end. */
static const double PENALISED = 1e-4;

typedef struct active {
    int n, k, least, size; /* least: of n and k */
    const double *A, *b;
    double penalty, ridge, scale;
    int *in;       /* size: the weights that may be positive */
    double *w;     /* k */
    double *slope; /* k: of the objective, halved, less its level on the active weights */
    double *rest;  /* n: (b - A w) / n */
    double *G,
        *L; /* least × least: products of active columns, in their order; a factor */
    double *candidate; /* k, as are the next two */
    double *a, *ones;
    double *path; /* n */
} active;

static const double *column(const active *s, int j) {
    return s->A + (int64_t)j * s->n;
}

/* ---- the best weights, were those that are active free ---- */

/* Few active weights: by their products. More than rows: by the products of rows, (r I + X'X)⁻¹ =
   (I - X'(r I + XX')⁻¹ X) / r. */
static int is_wide(const active *s) {
    return s->size > s->n;
}

static void add_to_products(active *s, int at) {
    const double *own = column(s, s->in[at]);
    for (int i = 0; i < s->size; i++) {
        double g = pp__dot(s->n, own, column(s, s->in[i])) / s->n;
        s->G[i + at * s->least] = s->G[at + i * s->least] = g;
    }
}

static int factor(active *s) {
    int n = s->n, order = is_wide(s) ? n : s->size;
    for (int j = 0; j < order && !is_wide(s); j++) {
        memcpy(s->L + j * order, s->G + j * s->least, (size_t)order * sizeof *s->L);
    }
    if (is_wide(s)) {
        memset(s->L, 0, (size_t)n * (size_t)n * sizeof *s->L);
        for (int i = 0; i < s->size; i++) {
            const double *x = column(s, s->in[i]);
            for (int t = 0; t < n; t++) {
                double own = x[t] / n;
                for (int u = t; u < n; u++) {
                    s->L[u + t * n] += own * x[u];
                }
            }
        }
    }
    for (int i = 0; i < order; i++) {
        s->L[i + i * order] += s->ridge;
    }
    return pp__cholesky(order, s->L, 0) == order;
}

/* x := (G + ridge)⁻¹ x over the active weights. */
static void divide(active *s, double *x) {
    if (!is_wide(s)) {
        pp__forward(s->size, s->L, x);
        pp__backward(s->size, s->L, x);
        return;
    }
    memset(s->path, 0, (size_t)s->n * sizeof *s->path);
    for (int i = 0; i < s->size; i++) {
        const double *own = column(s, s->in[i]);
        for (int t = 0; t < s->n; t++) {
            s->path[t] += own[t] * x[i] / s->n;
        }
    }
    pp__forward(s->n, s->L, s->path);
    pp__backward(s->n, s->L, s->path);
    for (int i = 0; i < s->size; i++) {
        x[i] = (x[i] - pp__dot(s->n, column(s, s->in[i]), s->path)) / s->ridge;
    }
}

/* What is left to explain by weights of the active columns, over n. */
static void find_rest(active *s, const double *w) {
    memcpy(s->rest, s->b, (size_t)s->n * sizeof *s->rest);
    for (int i = 0; i < s->size; i++) {
        const double *x = column(s, s->in[i]);
        for (int t = 0; t < s->n; t++) {
            s->rest[t] -= x[t] * w[i];
        }
    }
    for (int t = 0; t < s->n; t++) {
        s->rest[t] /= s->n;
    }
}

/* a := (G + ridge)⁻¹ (X'rest + m - ridge candidate). Of many columns the first part is X'(r I + XX')⁻¹
   rest: the ridge divides nothing that is not of its size. */
static void find_change(active *s, double m) {
    for (int i = 0; i < s->size; i++) {
        s->a[i] = m - s->ridge * s->candidate[i];
        if (!is_wide(s)) {
            s->a[i] += pp__dot(s->n, column(s, s->in[i]), s->rest);
        }
    }
    divide(s, s->a);
    if (is_wide(s)) {
        pp__forward(s->n, s->L, s->rest);
        pp__backward(s->n, s->L, s->rest);
        for (int i = 0; i < s->size; i++) {
            s->a[i] += pp__dot(s->n, column(s, s->in[i]), s->rest);
        }
    }
}

/* (G + ridge) w = h + m 1, Σ w = 1: from the candidate as it is to what is left of both. */
static double improve(active *s, double m) {
    double total = 1, sum_a = 0, sum_ones = 0;
    find_rest(s, s->candidate);
    find_change(s, m);
    for (int i = 0; i < s->size; i++) {
        total -= s->candidate[i];
        sum_a += s->a[i];
        sum_ones += s->ones[i];
    }
    double change = (total - sum_a) / sum_ones;
    for (int i = 0; i < s->size; i++) {
        s->candidate[i] += s->a[i] + change * s->ones[i];
    }
    return m + change;
}

static int solve(active *s) {
    if (!factor(s)) {
        return 0;
    }
    for (int i = 0; i < s->size; i++) {
        s->ones[i] = 1;
        s->candidate[i] = 0;
    }
    divide(s, s->ones);
    double m = improve(s, 0);
    if (is_wide(s)) {
        improve(s, m);
    }
    return 1;
}

/* ---- which are active ---- */

static void enter(active *s, int j) {
    s->in[s->size++] = j;
    if (s->size <= s->n) {
        add_to_products(s, s->size - 1);
    }
}

static void leave(active *s, int at) {
    int was_wide = is_wide(s);
    s->in[at] = s->in[--s->size];
    if (was_wide && !is_wide(s)) {
        for (int i = 0; i < s->size; i++) {
            add_to_products(s, i);
        }
    } else if (!is_wide(s) && at < s->size) {
        add_to_products(s, at);
    }
}

/* Goes from w towards the candidate until a weight would become negative, and drops it. Gives its place; -1:
   all the way. */
static int advance(active *s, double *step) {
    int blocking = -1;
    *step = 1;
    for (int i = 0; i < s->size; i++) {
        double now = s->w[s->in[i]], next = s->candidate[i];
        if (next <= 0 && now / (now - next) < *step) {
            *step = now / (now - next);
            blocking = i;
        }
    }
    for (int i = 0; i < s->size; i++) {
        double *w = &s->w[s->in[i]];
        *w += *step * (s->candidate[i] - *w);
    }
    if (blocking >= 0) {
        s->w[s->in[blocking]] = 0;
        leave(s, blocking);
    }
    return blocking;
}

/* Slopes at w, less their mean by weights; rest as find_rest left it. */
static void find_slopes(active *s, const double *candidate) {
    double level = 0;
    find_rest(s, candidate);
    for (int i = 0; i < s->size; i++) {
        int j = s->in[i];
        level += candidate[i] *
                 (s->penalty * candidate[i] - pp__dot(s->n, column(s, j), s->rest));
    }
    for (int j = 0; j < s->k; j++) {
        s->slope[j] = -pp__dot(s->n, column(s, j), s->rest) - level;
    }
}

/* The weight whose growth would lower the objective most; -1: none would. */
static int find_entry(active *s) {
    int best = -1;
    double least = -1e-11 * s->scale;
    for (int i = 0; i < s->size; i++) {
        s->candidate[i] = s->w[s->in[i]];
    }
    find_slopes(s, s->candidate);
    for (int j = 0; j < s->k; j++) {
        if (s->w[j] == 0 && s->slope[j] < least) {
            least = s->slope[j];
            best = j;
        }
    }
    return best;
}

/* ---- beginnings ---- */

/* All weights that would be negative leave, all that would grow enter, until the set stays: the best
   weights, where the penalty is strong; else a beginning. */
static int change_whole_sets(active *s) {
    int changed = 1;
    for (int round = 0; round < WHOLE_SETS && changed; round++) {
        if (!solve(s)) {
            return 0;
        }
        find_slopes(s, s->candidate);
        memset(s->w, 0, (size_t)s->k * sizeof *s->w);
        int size = s->size;
        changed = s->size = 0;
        for (int i = 0; i < size; i++) {
            s->w[s->in[i]] = s->candidate[i];
            changed |= s->candidate[i] <= 0;
        }
        for (int j = 0; j < s->k; j++) {
            int enters = s->w[j] == 0 && s->slope[j] < -1e-11 * s->scale;
            if (s->w[j] > 0 || enters) {
                enter(s, j);
            }
            changed |= enters;
        }
    }
    return 1;
}

/* Active are the weights above zero, made to sum to one. 0: there are none. */
static int begin_from(active *s) {
    double sum = 0;
    s->size = 0;
    for (int j = 0; j < s->k; j++) {
        s->w[j] = s->w[j] > 0 ? s->w[j] : 0;
        sum += s->w[j];
    }
    for (int j = 0; j < s->k; j++) {
        if (s->w[j] > 0) {
            s->w[j] /= sum;
            enter(s, j);
        }
    }
    return s->size > 0;
}

static void begin_at_best(active *s) {
    int best = 0;
    double least = INFINITY;
    for (int j = 0; j < s->k; j++) {
        const double *x = column(s, j);
        double value = pp__dot(s->n, x, x) - 2 * pp__dot(s->n, x, s->b);
        if (value < least) {
            least = value;
            best = j;
        }
    }
    memset(s->w, 0, (size_t)s->k * sizeof *s->w);
    s->w[best] = 1;
    begin_from(s);
}

/* ---- the whole ---- */

static pp_status run(active *s, pp_error *err) {
    for (int step = 0; step < 50 * s->k + 100; step++) {
        int newest = s->size - 1, blocking = 0;
        double moved = 1;
        for (int first = 1; blocking >= 0; first = 0) {
            if (!solve(s)) {
                PP_FAIL(err, PP_E_ESTIMATION, "the weights have no unique best values");
            }
            blocking = advance(s, &moved);
            if (step > 0 && first && blocking == newest && !(moved > 0)) {
                return PP_OK; /* what entered leaves at once: no more than rounding */
            }
        }
        int entry = find_entry(s);
        if (entry < 0) {
            return PP_OK;
        }
        enter(s, entry);
    }
    PP_FAIL(err, PP_E_ESTIMATION, "the search for weights does not end");
}

static pp_status allocate(active *s, pp_arena *arena, pp_error *err) {
    int64_t n = s->n, k = s->k;
    s->least = s->n < s->k ? s->n : s->k;
    int64_t products = (int64_t)s->least * s->least;
    s->in = pp_arena_alloc(arena, k, sizeof *s->in);
    s->slope = pp_arena_alloc(arena, 4 * k + 2 * n + 2 * products, sizeof *s->slope);
    PP_NEED(s->in ? s->slope : NULL, err);
    s->candidate = s->slope + k;
    s->a = s->candidate + k;
    s->ones = s->a + k;
    s->rest = s->ones + k;
    s->path = s->rest + n;
    s->G = s->path + n;
    s->L = s->G + products;
    return PP_OK;
}

pp_status pp__simplex_weights(int n, int k, const double *A, const double *b,
                              double penalty, int begun, pp_arena *arena, double *w,
                              pp_error *err) {
    active s = {.n = n, .k = k, .A = A, .b = b, .w = w, .penalty = penalty};
    pp_arena_mark mark = pp_arena_get_mark(arena);
    PP_TRY(allocate(&s, arena, err));
    double squares = pp__dot((int64_t)n * k, A, A) / n / k;
    s.scale =
        squares + penalty > 0 ? squares + penalty : 1; /* of nothing, any are best */
    s.ridge = penalty + (squares + penalty > 0 ? 1e-12 * s.scale : 1);
    if (!begun || !begin_from(&s)) {
        begin_at_best(&s);
        if (penalty > PENALISED * squares && !(change_whole_sets(&s) && begin_from(&s))) {
            begin_at_best(&s);
        }
    }
    pp_status status = run(&s, err);
    pp_arena_release(arena, mark);
    return status;
}
