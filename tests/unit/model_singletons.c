#include "support/support.h"

#include "model/design.h"

#include <pushpull/random.h>

#include <string.h>

enum { N = 60, EFFECTS = 3 };

static pp__design design;
static int32_t codes[EFFECTS][N];
static double weights[N];
static int64_t noted[EFFECTS];

static void draw(uint64_t seed, int32_t levels) {
    pp_rng rng;
    pp_rng_init(&rng, seed, 0, 0);
    static const char *const LABELS[] = {"a", "b", "a^b"};
    memset(&design, 0, sizeof design);
    design.n = N;
    design.with.n_effects = EFFECTS;
    for (int e = 0; e < EFFECTS; e++) {
        for (int i = 0; i < N; i++) {
            codes[e][i] = (int32_t)(pp_rng_uniform(&rng) * levels);
        }
        design.with.effect[e] = (pp__grouping){LABELS[e], codes[e], levels};
    }
}

static uint8_t *found(pp_arena *arena) {
    pp_error err = {0};
    pp__notes notes;
    uint8_t *alone;
    pp__notes_init(&notes);
    assert_ok(pp__singletons_find(&design, arena, &notes, NULL, &alone, &err));
    memset(noted, 0, sizeof noted);
    for (const pp__drop *drop = notes.drops; drop; drop = drop->next) {
        for (int e = 0; e < EFFECTS; e++) {
            if (strcmp(drop->subject, design.with.effect[e].label) == 0) {
                noted[e] = drop->count;
            }
        }
    }
    pp__notes_clear(&notes);
    return alone;
}

/* By looking at all pairs of rows until nothing changes. */
static int64_t slowly(uint8_t *out) {
    int64_t left_out = 0;
    memset(out, 0, N);
    for (int changed = 1; changed;) {
        changed = 0;
        for (int i = 0; i < N; i++) {
            for (int e = 0; e < EFFECTS && !out[i]; e++) {
                int together = 0;
                for (int j = 0; j < N; j++) {
                    together += !out[j] && codes[e][j] == codes[e][i];
                }
                if (together == 1 && !(design.with.frequency && weights[i] > 1)) {
                    out[i] = 1;
                    left_out++;
                    changed = 1;
                }
            }
        }
    }
    return left_out;
}

static void compare(int64_t *most) {
    pp_arena arena;
    uint8_t expected[N];
    pp_arena_init(&arena);
    int64_t count = slowly(expected);
    const uint8_t *alone = found(&arena);
    assert_int_equal(alone != NULL, count > 0);
    if (alone) {
        assert_memory_equal(alone, expected, N);
    }
    assert_int_equal(noted[0] + noted[1] + noted[2], count);
    *most = count > *most ? count : *most;
    pp_arena_clear(&arena);
}

static void chains_are_followed_to_the_end(void **state) {
    (void)state;
    int64_t most = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        draw(seed, 5 + (int32_t)(seed % 50));
        compare(&most);
    }
    assert_int_equal(most, N);
}

static void a_row_that_counts_for_several_is_not_alone(void **state) {
    (void)state;
    int64_t most = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        draw(seed, 30);
        for (int i = 0; i < N; i++) {
            weights[i] = 1 + i % 2;
        }
        design.with.weight = weights;
        design.with.frequency = 1;
        compare(&most);
    }
    assert_true(most > 0 && most <= N / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_followed_to_the_end),
        cmocka_unit_test(a_row_that_counts_for_several_is_not_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
