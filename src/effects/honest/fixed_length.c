#include "effects/honest/fixed_length.h"

#include "base/check.h"
#include "model/linalg.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

double pp__folded_quantile(double bias, double alpha) {
    double c = bias + qnorm(1 - alpha / 2, 0, 1, 1, 0);
    for (int i = 0; i < 60;
         i++) { /* concave to the right of the bias: Newton converges */
        double outside = pnorm(c - bias, 0, 1, 0, 0) + pnorm(-c - bias, 0, 1, 1, 0);
        double density = dnorm(c - bias, 0, 1, 0) + dnorm(c + bias, 0, 1, 0);
        double step = (outside - alpha) / density;
        c += step;
        if (fabs(step) < 1e-15 * c) {
            break;
        }
    }
    return c;
}

/* ---- the weights as a function of u ---- */

typedef struct trade {
    const pp__event_study *s;
    double m, alpha;
    int k;          /* free u: pre - 1 */
    double slope;   /* u_0: the linear trend is removed */
    double fixed;   /* the part of the worst bias, over m, that no u changes */
    double *H, *h;  /* the variance is u'H u + 2 h'u + constant */
    double *weight; /* n: of u as it is */
    double *u;      /* k */
} trade;

static double at(const double *u, int k, double u0, int i) {
    return i == 0 ? u0 : i <= k ? u[i - 1] : 0;
}

/* Estimate i periods before the reference has the second difference of u there. */
static void set_weights(trade *t, const double *u, double u0, int after) {
    const pp__event_study *s = t->s;
    for (int i = 1; i <= s->pre; i++) {
        t->weight[s->pre - i] =
            at(u, t->k, u0, i - 1) - 2 * at(u, t->k, u0, i) + at(u, t->k, u0, i + 1);
    }
    for (int i = 0; i < s->post; i++) {
        t->weight[s->pre + i] = after ? s->weight[i] : 0;
    }
}

static void find_fixed(trade *t) {
    const pp__event_study *s = t->s;
    t->slope = t->fixed = 0;
    for (int i = 0; i < s->post; i++) {
        double sum = 0;
        for (int j = i; j < s->post; j++) {
            sum += (j + 1 - i) * s->weight[j];
        }
        t->slope = i == 0 ? sum : t->slope;
        t->fixed += fabs(sum);
    }
}

static pp_status open_trade(trade *t, pp_arena *arena, pp_error *err) {
    int n = t->s->n, k = t->k = t->s->pre - 1;
    double *basis = pp_arena_zalloc(arena, (int64_t)(k + 1) * n + k, sizeof *basis);
    t->H = pp_arena_alloc(arena, (int64_t)k * k + 2 * k + n, sizeof *t->H);
    PP_NEED(basis && t->H ? basis : NULL, err);
    t->h = t->H + (int64_t)k * k;
    t->u = t->h + k;
    t->weight = t->u + k;
    find_fixed(t);
    double *unit = basis + (int64_t)(k + 1) * n;
    for (int j = 0; j <= k; j++) { /* of each u alone; last, without any */
        memset(unit, 0, (size_t)k * sizeof *unit);
        if (j < k) {
            unit[j] = 1;
        }
        set_weights(t, unit, j < k ? 0 : t->slope, j == k);
        memcpy(basis + (int64_t)j * n, t->weight, (size_t)n * sizeof *basis);
    }
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
            t->H[i + j * k] = pp__event_study_product(t->s, basis + (int64_t)i * n,
                                                      basis + (int64_t)j * n);
        }
        t->h[i] =
            pp__event_study_product(t->s, basis + (int64_t)i * n, basis + (int64_t)k * n);
        t->u[i] = 0;
    }
    return PP_OK;
}

static double bias_of(const trade *t) {
    double sum = t->fixed;
    for (int i = 0; i < t->k; i++) {
        sum += fabs(t->u[i]);
    }
    return t->m * sum;
}

static double error_of(trade *t) {
    set_weights(t, t->u, t->slope, 1);
    return sqrt(pp__event_study_product(t->s, t->weight, t->weight));
}

/* The slope of the half-length in sum |u| where the path has penalty lambda. */
static double slope_of(trade *t, double lambda) {
    double error = error_of(t), ratio = bias_of(t) / error;
    double c = pp__folded_quantile(ratio, t->alpha), steep = tanh(c * ratio);
    return t->m * steep - (c - ratio * steep) * lambda / error;
}

/* ---- the path: u minimises u'H u / 2 + h'u + lambda sum |u| ---- */

typedef struct path {
    int active;
    int *member;      /* those that are not zero */
    int *sign;        /* k: 0, or of u */
    int last, former; /* who changed last, and its sign before */
    double *L, *p, *q;
} path;

/* On the segment u = p - lambda q for the members. */
static void solve_segment(const trade *t, path *a) {
    for (int i = 0; i < a->active; i++) {
        for (int j = 0; j < a->active; j++) {
            a->L[i + j * a->active] = t->H[a->member[i] + a->member[j] * t->k];
        }
        a->p[i] = -t->h[a->member[i]];
        a->q[i] = a->sign[a->member[i]];
    }
    pp__cholesky(a->active, a->L, 0);
    pp__forward(a->active, a->L, a->p);
    pp__backward(a->active, a->L, a->p);
    pp__forward(a->active, a->L, a->q);
    pp__backward(a->active, a->L, a->q);
}

static void move_to(trade *t, const path *a, double lambda) {
    memset(t->u, 0, (size_t)t->k * sizeof *t->u);
    for (int i = 0; i < a->active; i++) {
        double u = a->p[i] - lambda * a->q[i];
        t->u[a->member[i]] = u * a->sign[a->member[i]] > 0 ? u : 0;
    }
}

/* Where the segment ends: a member becomes zero, or another one joins. */
static double find_end(const trade *t, const path *a, double from, int *who, int *sign) {
    double end = 0, below = from * (1 - 1e-12);
    *who = -1;
    for (int i = 0; i < a->active; i++) {
        double lambda = a->p[i] / a->q[i];
        if (a->member[i] != a->last && lambda > end && lambda < below) {
            end = lambda;
            *who = a->member[i];
            *sign = 0;
        }
    }
    for (int j = 0; j < t->k; j++) {
        double r = -t->h[j], slope = 0;
        for (int i = 0; i < a->active; i++) {
            r -= t->H[j + a->member[i] * t->k] * a->p[i];
            slope += t->H[j + a->member[i] * t->k] * a->q[i];
        }
        for (int side = -1; side <= 1 && a->sign[j] == 0; side += 2) {
            double lambda = r / (side - slope);
            if ((j != a->last || side != a->former) && lambda > end && lambda < below) {
                end = lambda;
                *who = j;
                *sign = side;
            }
        }
    }
    return end;
}

static void change_members(const trade *t, path *a, int who, int sign) {
    a->last = who;
    a->former = a->sign[who];
    a->sign[who] = sign;
    a->active = 0;
    for (int j = 0; j < t->k; j++) {
        if (a->sign[j] != 0) {
            a->member[a->active++] = j;
        }
    }
}

/* The length falls from the beginning of the segment: to its minimum there, or to the end (0). */
static int minimise_within(trade *t, const path *a, double from, double to) {
    double low = to, high = from;
    move_to(t, a, to);
    if (slope_of(t, to) <= 0) {
        return 0;
    }
    for (int i = 0; i < 100 && low < high; i++) {
        double middle = low + (high - low) / 2;
        move_to(t, a, middle);
        *(slope_of(t, middle) > 0 ? &low : &high) = middle;
    }
    return 1;
}

static pp_status minimise(trade *t, pp_arena *arena, pp_error *err) {
    int k = t->k, who = -1, sign = 0;
    double from = 0;
    path a = {.member = pp_arena_alloc(arena, k + 1, sizeof *a.member),
              .sign = pp_arena_zalloc(arena, k + 1, sizeof *a.sign),
              .L = pp_arena_alloc(arena, (int64_t)k * k + 2 * k + 1, sizeof *a.L)};
    PP_NEED(a.member && a.sign && a.L ? a.L : NULL, err);
    a.p = a.L + (int64_t)k * k;
    a.q = a.p + k;
    for (int j = 0; j < k; j++) {
        if (fabs(t->h[j]) > from) {
            from = fabs(t->h[j]);
            who = j;
            sign = t->h[j] > 0 ? -1 : 1;
        }
    }
    for (int step = 0; step < 50 * k && who >= 0 && slope_of(t, from) < 0; step++) {
        change_members(t, &a, who, sign);
        solve_segment(t, &a);
        double to = find_end(t, &a, from, &who, &sign);
        if (minimise_within(t, &a, from, to)) {
            break;
        }
        from = to;
    }
    return PP_OK;
}

pp_status pp__fixed_length_find(const pp__event_study *s, double m, double alpha,
                                pp_arena *arena, pp__fixed_length *out, pp_error *err) {
    trade t = {.s = s, .m = m, .alpha = alpha};
    PP_TRY(open_trade(&t, arena, err));
    PP_TRY(minimise(&t, arena, err));
    out->std_error = error_of(&t);
    out->bias = bias_of(&t);
    out->weight = t.weight;
    out->estimate = pp__dot(s->n, t.weight, s->estimate);
    out->half = out->std_error * pp__folded_quantile(out->bias / out->std_error, alpha);
    return PP_OK;
}
