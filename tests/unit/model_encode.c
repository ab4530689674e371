#include "support/support.h"

#include "model/encode.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 200000 };

static double values[N];
static int64_t backwards[N];

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Against sorting and searching. */
static void check_numbers(const int64_t *rows, int threads) {
    static double sorted[N];
    pp_arena arena;
    pp_error err = {0};
    pp__encoding e;
    pp_column column = {.name = "x", .type = PP_NUMBER, .number = values};
    const pp_context ctx = {.threads = threads};
    int64_t n = 0, levels = 0;
    for (int64_t i = 0; i < N; i++) {
        if (!isnan(values[i])) {
            sorted[n++] = values[i];
        }
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    for (int64_t i = 0; i < n; i++) {
        if (levels == 0 || sorted[i] != sorted[levels - 1]) {
            sorted[levels++] = sorted[i];
        }
    }
    pp_arena_init(&arena);
    assert_ok(pp__encode(&column, rows, N, &ctx, &arena, &e, &err));
    assert_int_equal(e.n_levels, levels);
    assert_memory_equal(e.level_value, sorted, (size_t)levels * sizeof *sorted);
    for (int64_t i = 0; i < N; i++) {
        double x = values[rows ? rows[i] : i];
        assert_true(isnan(x) ? e.code[i] == -1
                             : e.code[i] >= 0 && e.level_value[e.code[i]] == x);
    }
    pp_arena_clear(&arena);
}

static void fill(double scale, double offset, int whole) {
    pp_rng rng;
    pp_rng_init(&rng, 1, 0, 0);
    for (int64_t i = 0; i < N; i++) {
        double x = offset + scale * pp_rng_uniform(&rng);
        values[i] = i % 97 == 0 ? NAN : whole ? floor(x) : x;
        backwards[i] = N - 1 - i;
    }
}

static void numbers_of_any_kind(void **state) {
    static const struct {
        double scale, offset;
        int whole;
    } kinds[] = {{120, 1, 1}, {50000, -20000, 1}, {1e15, 0, 1}, {1, -0.5, 0}, {0, 3, 1}};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        fill(kinds[k].scale, kinds[k].offset, kinds[k].whole);
        for (int threads = 1; threads <= 4; threads *= 2) {
            check_numbers(NULL, threads);
            check_numbers(backwards, threads);
        }
    }
}

static void zero_has_no_sign(void **state) {
    (void)state;
    fill(0, 0.5, 0);
    values[1] = 0.0;
    values[2] = -0.0;
    check_numbers(NULL, 1);
}

static void words_and_categories_agree(void **state) {
    static const char *const WORDS[] = {"Ghana", "Chad", "Benin", "Mali", "Chad"};
    static const char *labels[] = {"Ghana", "Chad", "Benin", "Mali", "Chad", "Togo"};
    static const char *text[N];
    static int32_t code[N];
    (void)state;
    pp_arena arena;
    pp_error err = {0};
    pp__encoding a, b;
    for (int64_t i = 0; i < N; i++) {
        code[i] = (int32_t)(i * i % 7) - 1;
        code[i] = code[i] > 4 ? 0 : code[i];
        text[i] = code[i] < 0 ? NULL : WORDS[code[i]];
    }
    pp_column words = {.name = "w", .type = PP_TEXT, .text = (void *)text};
    pp_column categories = {.name = "c",
                            .type = PP_CATEGORY,
                            .code = code,
                            .levels = (void *)labels,
                            .n_levels = 6};
    const pp_context ctx = {.threads = 3};
    pp_arena_init(&arena);
    assert_ok(pp__encode(&words, NULL, N, &ctx, &arena, &a, &err));
    assert_ok(pp__encode(&categories, NULL, N, &ctx, &arena, &b, &err));
    assert_memory_equal(a.code, b.code, sizeof code);
    assert_int_equal(a.n_levels, b.n_levels);
    for (int32_t l = 0; l < a.n_levels; l++) {
        assert_string_equal(a.level[l], b.level[l]);
        assert_true(l == 0 || strcmp(a.level[l - 1], a.level[l]) < 0);
    }
    pp_arena_clear(&arena);
}

static void pairs_are_told_apart(int32_t a_levels, int32_t b_levels) {
    static int32_t a[N], b[N], out[N];
    pp_error err = {0};
    pp_rng rng;
    int64_t levels;
    pp_rng_init(&rng, 7, 0, 0);
    for (int64_t i = 0; i < N; i++) {
        a[i] = (int32_t)pp_rng_below(&rng, a_levels);
        b[i] = (int32_t)pp_rng_below(&rng, b_levels);
        values[i] = (double)a[i] * b_levels + b[i];
    }
    assert_ok(pp__encode_pairs(a, a_levels, b, b_levels, N, out, &levels, &err));
    pp_column column = {.name = "x", .type = PP_NUMBER, .number = values};
    pp_arena arena;
    pp__encoding e;
    pp_arena_init(&arena);
    assert_ok(pp__encode(&column, NULL, N, NULL, &arena, &e, &err));
    assert_int_equal(levels, e.n_levels);
    assert_memory_equal(out, e.code, sizeof out);
    pp_arena_clear(&arena);
}

static void pairs_few_and_many(void **state) {
    (void)state;
    pairs_are_told_apart(10, 7);
    pairs_are_told_apart(40000, 30000);
    pairs_are_told_apart(1, 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_of_any_kind),
                                       cmocka_unit_test(zero_has_no_sign),
                                       cmocka_unit_test(words_and_categories_agree),
                                       cmocka_unit_test(pairs_few_and_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
