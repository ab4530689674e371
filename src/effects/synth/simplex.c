#include "effects/synth/simplex.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

typedef struct active {
    int k, n;
    const double *G, *h;
    int *in;           /* n: the weights that may be positive */
    double *w;         /* k */
    double *L, *a, *b; /* n × n; n; n */
    double ridge;
} active;

/* On the active weights: G w = h + m 1, Σ w = 1. */
static int solve(active *s, double *candidate) {
    double sum_a = 0, sum_b = 0;
    for (int i = 0; i < s->n; i++) {
        for (int j = 0; j < s->n; j++) {
            s->L[i + j * s->n] = s->G[s->in[i] + (int64_t)s->in[j] * s->k];
        }
        s->L[i + i * s->n] += s->ridge;
        s->a[i] = s->h[s->in[i]];
        s->b[i] = 1;
    }
    if (pp__cholesky(s->n, s->L, 0) < s->n) {
        return 0;
    }
    pp__forward(s->n, s->L, s->a);
    pp__backward(s->n, s->L, s->a);
    pp__forward(s->n, s->L, s->b);
    pp__backward(s->n, s->L, s->b);
    for (int i = 0; i < s->n; i++) {
        sum_a += s->a[i];
        sum_b += s->b[i];
    }
    for (int i = 0; i < s->n; i++) {
        candidate[i] = s->a[i] + (1 - sum_a) / sum_b * s->b[i];
    }
    return 1;
}

/* Goes from w towards the candidate until a weight would become negative, and drops it. 1: all the way. */
static int advance(active *s, const double *candidate) {
    double step = 1;
    int blocking = -1;
    for (int i = 0; i < s->n; i++) {
        double now = s->w[s->in[i]];
        if (candidate[i] <= 0 && now / (now - candidate[i]) < step) {
            step = now / (now - candidate[i]);
            blocking = i;
        }
    }
    for (int i = 0; i < s->n; i++) {
        double *w = &s->w[s->in[i]];
        *w += step * (candidate[i] - *w);
    }
    if (blocking >= 0) {
        s->w[s->in[blocking]] = 0;
        s->in[blocking] = s->in[--s->n];
    }
    return blocking < 0;
}

/* The weight whose growth would lower the objective most; -1: none would. */
static int find_entry(const active *s, double tolerance) {
    int best = -1;
    double least = -tolerance, level = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < s->k; j++) {
            double slope = -s->h[j];
            for (int i = 0; i < s->n; i++) {
                slope += s->G[j + (int64_t)s->in[i] * s->k] * s->w[s->in[i]];
            }
            if (pass == 0) {
                level += s->w[j] * slope;
            } else if (s->w[j] == 0 && slope - level < least) {
                least = slope - level;
                best = j;
            }
        }
    }
    return best;
}

pp_status pp__simplex_weights(int k, const double *G, const double *h, pp_arena *arena,
                              double *w, pp_error *err) {
    active s = {.k = k, .n = 1, .G = G, .h = h, .w = w};
    double scale = 0, *candidate = pp_arena_alloc(arena, k, sizeof *candidate);
    s.in = pp_arena_alloc(arena, k, sizeof *s.in);
    s.L = pp_arena_alloc(arena, (int64_t)k * k + 2 * k, sizeof *s.L);
    PP_NEED(candidate && s.in ? s.L : NULL, err);
    s.a = s.L + (int64_t)k * k;
    s.b = s.a + k;
    memset(w, 0, (size_t)k * sizeof *w);
    s.in[0] = 0;
    for (int j = 0; j < k; j++) {
        scale += G[j + (int64_t)j * k] / k;
        if (G[j + (int64_t)j * k] - 2 * h[j] <
            G[s.in[0] + (int64_t)s.in[0] * k] - 2 * h[s.in[0]]) {
            s.in[0] = j;
        }
    }
    w[s.in[0]] = 1;
    s.ridge = scale > 0 ? 1e-12 * scale : 1; /* of nothing, any weights are best */
    for (int step = 0; step < 50 * k + 100; step++) {
        int entry;
        do {
            if (!solve(&s, candidate)) {
                PP_FAIL(err, PP_E_ESTIMATION, "the weights have no unique best values");
            }
        } while (!advance(&s, candidate));
        entry = find_entry(&s, 1e-11 * (scale > 0 ? scale : 1));
        if (entry < 0) {
            return PP_OK;
        }
        s.in[s.n++] = entry;
    }
    PP_FAIL(err, PP_E_ESTIMATION, "the search for weights does not end");
}
