/* Absorbing fixed effects: what is left is orthogonal to every level, in every regime. */
#include "support/support.h"

#include "model/effects/absorb.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3 };

/* A sample: effects, columns, weights. */
typedef struct sample {
    int64_t n;
    int n_effects;
    pp__grouping effect[PP__MAX_GROUPS];
    double *value[COLUMNS], *weight;
    pp_arena arena;
} sample;

typedef enum design { RANDOM, CHAIN } design;

static void drop_empty_levels(pp__grouping *g, int64_t n) {
    int32_t *name = calloc((size_t)g->levels, sizeof *name), next = 0;
    for (int64_t i = 0; i < n; i++) {
        name[g->code[i]] = 1;
    }
    for (int32_t l = 0; l < g->levels; l++) {
        name[l] = name[l] ? next++ : -1;
    }
    for (int64_t i = 0; i < n; i++) {
        g->code[i] = name[g->code[i]];
    }
    g->levels = next;
    free(name);
}

/* RANDOM: levels drawn; CHAIN: each level of the second effect shares levels of the first
   with its neighbours only, the worst connected of graphs. */
static sample make_sample(int64_t n, int n_effects, const int32_t *levels, design kind,
                          uint64_t seed) {
    sample s = {.n = n, .n_effects = n_effects};
    pp_rng rng;
    pp_rng_init(&rng, seed, 0, 0);
    pp_arena_init(&s.arena);
    for (int e = 0; e < n_effects; e++) {
        s.effect[e].levels = levels[e];
        s.effect[e].code = pp_arena_alloc(&s.arena, n, sizeof(int32_t));
        for (int64_t i = 0; i < n; i++) {
            s.effect[e].code[i] = kind == CHAIN && e < 2
                                      ? (int32_t)((i + e) * levels[e] / (n + 1))
                                      : (int32_t)pp_rng_below(&rng, levels[e]);
        }
        drop_empty_levels(&s.effect[e], n);
    }
    s.weight = pp_arena_alloc(&s.arena, n, sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        s.weight[i] = pp_rng_uniform(&rng) + 0.1;
    }
    for (int j = 0; j < COLUMNS; j++) {
        s.value[j] = pp_arena_alloc(&s.arena, n, sizeof(double));
        for (int64_t i = 0; i < n; i++) {
            s.value[j][i] = pp_rng_normal(&rng) + 0.01 * (double)s.effect[0].code[i];
        }
    }
    return s;
}

static pp__absorber *absorber_of(sample *s, const double *weight, const pp_context *ctx) {
    pp_error err = {0};
    pp__effects *effects;
    pp__absorber *a;
    assert_ok(
        pp__effects_make(s->effect, s->n_effects, s->n, &s->arena, ctx, &effects, &err));
    assert_ok(pp__absorber_make(effects, &s->arena, ctx, &a, &err));
    assert_ok(pp__absorber_weigh(a, weight, ctx, &err));
    return a;
}

static double *absorbed_in(sample *s, pp__absorber *a, const pp_context *ctx,
                           int *iterations) {
    pp_error err = {0};
    pp__absorb_column column[COLUMNS];
    pp__absorb_report report;
    double *out[COLUMNS], *left = pp_arena_alloc(&s->arena, s->n * COLUMNS, sizeof *left);
    for (int j = 0; j < COLUMNS; j++) {
        column[j] = (pp__absorb_column){s->value[j], 0.5 * j, 1 + j};
        out[j] = left + j * s->n;
    }
    assert_ok(pp__absorb(a, column, COLUMNS, 1e-11, ctx, out, &report, &err));
    assert_true(report.converged);
    assert_true(report.error <= 1e-11);
    *iterations = report.iterations;
    return left;
}

static double *absorbed(sample *s, pp__absorber *a, const pp_context *ctx) {
    int iterations;
    return absorbed_in(s, a, ctx, &iterations);
}

/* The sums over each level are zero, against what they are sums of. */
static void assert_orthogonal(const sample *s, const double *weight, const double *left) {
    for (int e = 0; e < s->n_effects; e++) {
        for (int j = 0; j < COLUMNS; j++) {
            double *sum = calloc((size_t)s->effect[e].levels, sizeof *sum);
            for (int64_t i = 0; i < s->n; i++) {
                sum[s->effect[e].code[i]] +=
                    (weight ? weight[i] : 1) * left[i + j * s->n];
            }
            for (int32_t l = 0; l < s->effect[e].levels; l++) {
                assert_true(fabs(sum[l]) < 1e-7);
            }
            free(sum);
        }
    }
}

static const struct {
    int64_t n;
    int n_effects;
    int32_t levels[4];
    design kind;
} SAMPLES[] = {{500, 1, {40}, RANDOM},           {2000, 2, {300, 12}, RANDOM},
               {2000, 2, {12, 300}, RANDOM},     {3000, 2, {1500, 1400}, RANDOM},
               {3000, 2, {700, 600}, CHAIN},     {4000, 3, {900, 300, 20}, RANDOM},
               {4000, 3, {900, 300, 20}, CHAIN}, {3000, 4, {5, 400, 60, 7}, RANDOM}};

enum { N_SAMPLES = sizeof SAMPLES / sizeof *SAMPLES };

static sample sample_at(int i, uint64_t seed) {
    return make_sample(SAMPLES[i].n, SAMPLES[i].n_effects, SAMPLES[i].levels,
                       SAMPLES[i].kind, seed);
}

static void orthogonal_to_levels(void **state) {
    (void)state;
    for (int i = 0; i < N_SAMPLES; i++) {
        sample s = sample_at(i, 1);
        pp_context ctx = {.threads = 2};
        assert_orthogonal(&s, NULL, absorbed(&s, absorber_of(&s, NULL, &ctx), &ctx));
        assert_orthogonal(&s, s.weight,
                          absorbed(&s, absorber_of(&s, s.weight, &ctx), &ctx));
        pp_arena_clear(&s.arena);
    }
}

/* Rows without weight are as if they were not there. */
static void rows_without_weight(void **state) {
    (void)state;
    for (int i = 0; i < N_SAMPLES; i++) {
        sample s = sample_at(i, 2);
        for (int64_t row = 0; row < s.n; row++) {
            int out = row % 3 == 0 || s.effect[0].code[row] < 3;
            s.weight[row] = out ? 0 : 1;
        }
        pp__absorber *a = absorber_of(&s, s.weight, NULL);
        assert_orthogonal(&s, s.weight, absorbed(&s, a, NULL));
        sample left = s;
        left.n = 0;
        pp_arena_init(&left.arena);
        for (int e = 0; e < s.n_effects; e++) {
            left.effect[e].code = pp_arena_alloc(&left.arena, s.n, sizeof(int32_t));
        }
        for (int64_t row = 0; row < s.n; row++) {
            for (int e = 0; s.weight[row] > 0 && e < s.n_effects; e++) {
                left.effect[e].code[left.n] = s.effect[e].code[row];
            }
            left.n += s.weight[row] > 0;
        }
        for (int e = 0; e < s.n_effects; e++) {
            drop_empty_levels(&left.effect[e], left.n);
        }
        assert_true(pp__absorber_rank(a) ==
                    pp__absorber_rank(absorber_of(&left, NULL, NULL)));
        pp_arena_clear(&left.arena);
        pp_arena_clear(&s.arena);
    }
}

/* The rank of the dummies of two effects, by elimination. */
static double dense_rank(const sample *s) {
    int64_t k = 0, first[PP__MAX_GROUPS];
    for (int e = 0; e < s->n_effects; e++) {
        first[e] = k;
        k += s->effect[e].levels;
    }
    double *A = calloc((size_t)(k * k), sizeof *A), rank = 0;
    for (int64_t i = 0; i < s->n; i++) {
        for (int e = 0; e < s->n_effects; e++) {
            for (int f = 0; f < s->n_effects; f++) {
                A[(first[e] + s->effect[e].code[i]) * k + first[f] +
                  s->effect[f].code[i]] += 1;
            }
        }
    }
    for (int64_t p = 0; p < k; p++) {
        if (A[p * k + p] < 1e-8) {
            continue;
        }
        rank++;
        for (int64_t i = p + 1; i < k; i++) {
            double factor = A[i * k + p] / A[p * k + p];
            for (int64_t j = p; factor != 0 && j < k; j++) {
                A[i * k + j] -= factor * A[p * k + j];
            }
        }
    }
    free(A);
    return rank;
}

static void rank_of_dummies(void **state) {
    (void)state;
    static const int32_t levels[] = {70, 60};
    for (int kind = RANDOM; kind <= CHAIN; kind++) {
        sample s = make_sample(90, 2, levels, (design)kind, 7);
        assert_true(pp__absorber_rank(absorber_of(&s, NULL, NULL)) == dense_rank(&s));
        pp_arena_clear(&s.arena);
    }
}

/* Regions that few rows join, with too much fill for an exact factor: the approximate one
   keeps the iteration short, with the same bits at any number of threads. */
static void weakly_joined(void **state) {
    enum { N = 60000, REGION = 500 };
    static const int32_t levels[] = {12000, 6000, 3000};
    (void)state;
    sample s = make_sample(N, 3, levels, RANDOM, 5);
    pp_rng rng;
    pp_rng_init(&rng, 6, 0, 0);
    for (int64_t i = 0; i < N; i++) {
        int stays = pp_rng_uniform(&rng) < 0.999;
        int32_t region = stays ? s.effect[0].code[i] % 6 : (int32_t)pp_rng_below(&rng, 6);
        s.effect[1].code[i] = region * 2 * REGION + s.effect[1].code[i] % (2 * REGION);
        s.effect[2].code[i] = region * REGION + s.effect[2].code[i] % REGION;
    }
    double *left[3];
    for (int t = 0; t < 3; t++) {
        const pp_context ctx = {.threads = 1 << t};
        pp__absorber *a = absorber_of(&s, s.weight, &ctx);
        int iterations;
        left[t] = absorbed_in(&s, a, &ctx, &iterations);
        assert_in_range(iterations, 3, 60);
        assert_true(pp__absorber_rank(a) ==
                    s.effect[0].levels + s.effect[1].levels + s.effect[2].levels - 2);
    }
    assert_orthogonal(&s, s.weight, left[0]);
    assert_memory_equal(left[0], left[1], N * COLUMNS * sizeof(double));
    assert_memory_equal(left[0], left[2], N * COLUMNS * sizeof(double));
    pp_arena_clear(&s.arena);
}

/* The same bits at any number of threads, and close to them in another order of rows. */
static void threads_and_order(void **state) {
    (void)state;
    static const int32_t levels[] = {4000, 3000, 15};
    for (int n_effects = 1; n_effects <= 3; n_effects++) {
        sample s = make_sample(70000, n_effects, levels, CHAIN, 3);
        const pp_context one = {.threads = 1}, two = {.threads = 2},
                         four = {.threads = 4};
        double *a = absorbed(&s, absorber_of(&s, s.weight, &one), &one);
        double *b = absorbed(&s, absorber_of(&s, s.weight, &two), &two);
        double *c = absorbed(&s, absorber_of(&s, s.weight, &four), &four);
        size_t size = (size_t)s.n * COLUMNS * sizeof *a;
        assert_memory_equal(a, b, size);
        assert_memory_equal(a, c, size);
        sample turned = s;
        pp_arena_init(&turned.arena);
        for (int e = 0; e < n_effects; e++) {
            turned.effect[e].code = pp_arena_alloc(&s.arena, s.n, sizeof(int32_t));
            for (int64_t i = 0; i < s.n; i++) {
                turned.effect[e].code[i] = s.effect[e].code[s.n - 1 - i];
            }
        }
        for (int j = 0; j < COLUMNS; j++) {
            turned.value[j] = pp_arena_alloc(&s.arena, s.n, sizeof(double));
            for (int64_t i = 0; i < s.n; i++) {
                turned.value[j][i] = s.value[j][s.n - 1 - i];
            }
        }
        double *d = absorbed(&turned, absorber_of(&turned, NULL, &two), &two);
        double *e = absorbed(&s, absorber_of(&s, NULL, &two), &two);
        for (int64_t i = 0; i < s.n; i++) {
            assert_true(fabs(d[i] - e[s.n - 1 - i]) < 1e-7);
        }
        pp_arena_clear(&turned.arena);
        pp_arena_clear(&s.arena);
    }
}

static pp_status absorb_once(void *payload, pp_error *err) {
    const sample *s = payload;
    pp_arena arena;
    pp__effects *effects;
    pp__absorber *a;
    pp__absorb_report report;
    pp__absorb_column column = {s->value[0], 0, 1};
    pp_arena_init(&arena);
    double *out = pp_arena_alloc(&arena, s->n, sizeof *out);
    pp_status status =
        out ? pp__effects_make(s->effect, s->n_effects, s->n, &arena, NULL, &effects, err)
            : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = pp__absorber_make(effects, &arena, NULL, &a, err);
    }
    if (status == PP_OK) {
        status = pp__absorber_weigh(a, s->weight, NULL, err);
    }
    if (status == PP_OK) {
        status = pp__absorb(a, &column, 1, 1e-8, NULL, &out, &report, err);
    }
    pp_arena_clear(&arena);
    return status;
}

static void no_memory(void **state) {
    static const int32_t levels[][2] = {{2500, 1500}, {900, 30}, {1500, 1000}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        sample s = make_sample(6000, 2, levels[i], i == 2 ? CHAIN : RANDOM, 8);
        assert_true(fail_every_allocation(absorb_once, &s) > 2);
        pp_arena_clear(&s.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_to_levels), cmocka_unit_test(rows_without_weight),
        cmocka_unit_test(rank_of_dummies),      cmocka_unit_test(weakly_joined),
        cmocka_unit_test(threads_and_order),    cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
