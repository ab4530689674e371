/* Goodman-Bacon (2021), theorem 1: a two-way coefficient as a mean of comparisons of two groups. */
#include "effects/twfe/twfe.h"

#include "base/check.h"

#include <math.h>

typedef struct work {
    const pp__exposure *x;
    pp__bacon_groups *out;
    double *mean; /* groups × periods: of outcomes */
} work;

/* ---- groups ---- */

static int is_complete(const pp__exposure *x, int64_t unit) {
    for (int t = 0; t < x->periods; t++) {
        if (isnan(x->d[t * x->n + unit] + x->y[t * x->n + unit])) {
            return 0;
        }
    }
    return 1;
}

/* The first period of treatment of a unit; -1 where there is no such thing. */
static int first_of(const pp__exposure *x, int64_t unit, const char **why) {
    int first = x->periods;
    for (int t = 0; t < x->periods; t++) {
        double d = x->d[t * x->n + unit];
        if (d != 0 && d != 1) {
            *why = "treatment has other values than 0 and 1";
            return -1;
        }
        if (d == 0 && first < x->periods) {
            *why = "treatment ends in some units";
            return -1;
        }
        first = d == 1 && t < first ? t : first;
    }
    return first;
}

/* Sums of outcomes by first period, then means by group. */
static pp_status form_groups(work *w, pp_arena *arena, pp_error *err) {
    const pp__exposure *x = w->x;
    pp__bacon_groups *g = w->out;
    int T = x->periods;
    int64_t *units = pp_arena_zalloc(arena, T + 1, sizeof *units);
    double *sum = pp_arena_zalloc(arena, (int64_t)(T + 1) * T, sizeof *sum);
    g->first = pp_arena_alloc(arena, T + 1, sizeof *g->first);
    PP_NEED(units && sum ? g->first : NULL, err);
    for (int64_t i = 0; i < x->n; i++) {
        if (!is_complete(x, i)) {
            g->left_out++;
            continue;
        }
        int first = first_of(x, i, &g->why);
        if (first < 0) {
            return PP_OK;
        }
        units[first]++;
        for (int t = 0; t < T; t++) {
            sum[first * T + t] += x->y[t * x->n + i];
        }
    }
    for (int first = 0; first <= T; first++) {
        if (units[first] == 0) {
            continue;
        }
        g->first[g->n] = first;
        units[g->n] = units[first];
        for (int t = 0; t < T; t++) {
            sum[g->n * T + t] = sum[first * T + t] / (double)units[g->n];
        }
        g->n++;
    }
    g->units = units;
    w->mean = sum;
    return PP_OK;
}

/* ---- comparisons ---- */

static double mean_between(const work *w, int group, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
        sum += w->mean[group * w->x->periods + t];
    }
    return sum / (to - from);
}

/* The change of a from from..middle to middle..to, less that of b. */
static double difference(const work *w, int a, int b, int from, int middle, int to) {
    return mean_between(w, a, middle, to) - mean_between(w, a, from, middle) -
           mean_between(w, b, middle, to) + mean_between(w, b, from, middle);
}

static void add(work *w, pp__bacon_type type, int treated, int control, double variance,
                double estimate) {
    pp__bacon_groups *g = w->out;
    g->of[g->comparisons++] = (pp__bacon){
        type, treated, control,
        variance * (double)g->units[treated] * (double)g->units[control], estimate};
}

/* a is treated before b, or b never. */
static void compare(work *w, int a, int b) {
    const pp__bacon_groups *g = w->out;
    int T = w->x->periods, k = g->first[a], l = g->first[b];
    double of_a = (double)(T - k) / T, of_b = (double)(T - l) / T; /* time treated */
    if (k == 0 && l == T) {
        return; /* neither changes */
    }
    if (l == T) {
        add(w, PP__TREATED_VS_NEVER, a, b, of_a * (1 - of_a),
            difference(w, a, b, 0, k, T));
        return;
    }
    if (k == 0) {
        add(w, PP__TREATED_VS_ALWAYS, b, a, of_b * (1 - of_b),
            difference(w, b, a, 0, l, T));
        return;
    }
    add(w, PP__EARLIER_VS_LATER, a, b, (of_a - of_b) * (1 - of_a),
        difference(w, a, b, 0, k, l));
    add(w, PP__LATER_VS_EARLIER, b, a, of_b * (of_a - of_b),
        difference(w, b, a, k, l, T));
}

pp_status pp__bacon_decompose(const pp__exposure *x, pp_arena *arena,
                              pp__bacon_groups *out, pp_error *err) {
    work w = {.x = x, .out = out};
    double total = 0;
    *out = (pp__bacon_groups){0};
    PP_TRY(form_groups(&w, arena, err));
    if (out->why) {
        return PP_OK;
    }
    out->of = pp_arena_alloc(arena, (int64_t)out->n * out->n, sizeof *out->of);
    PP_NEED(out->of, err);
    for (int a = 0; a < out->n; a++) {
        for (int b = a + 1; b < out->n; b++) {
            compare(&w, a, b);
        }
    }
    for (int c = 0; c < out->comparisons; c++) {
        total += out->of[c].weight;
    }
    for (int c = 0; c < out->comparisons; c++) {
        out->of[c].weight /= total;
        out->coefficient += out->of[c].weight * out->of[c].estimate;
    }
    if (out->comparisons == 0) {
        out->why = "no two groups of units seen in every period differ in treatment";
    }
    return PP_OK;
}
