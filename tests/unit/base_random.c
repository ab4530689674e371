#include "support/support.h"

#include "base/parallel.h"

#include <pushpull/random.h>

#include <math.h>

static void streams_repeat_and_differ(void **state) {
    (void)state;
    pp_rng a, b, c;
    pp_rng_init(&a, 1, 2, 3);
    pp_rng_init(&b, 1, 2, 3);
    pp_rng_init(&c, 1, 2, 4);
    int same = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = pp_rng_bits(&a);
        assert_int_equal(x, pp_rng_bits(&b));
        same += x == pp_rng_bits(&c);
    }
    assert_int_equal(same, 0);
}

static void moments_are_right(void **state) {
    (void)state;
    enum { N = 200000 };
    pp_rng rng;
    pp_rng_init(&rng, 42, 0, 0);
    double sum = 0, squares = 0, uniform = 0;
    int64_t below[7] = {0};
    for (int i = 0; i < N; i++) {
        double z = pp_rng_normal(&rng);
        sum += z;
        squares += z * z;
        uniform += pp_rng_uniform(&rng);
        below[pp_rng_below(&rng, 7)]++;
    }
    assert_true(fabs(sum / N) < 0.01);
    assert_true(fabs(squares / N - 1) < 0.02);
    assert_true(fabs(uniform / N - 0.5) < 0.005);
    for (int i = 0; i < 7; i++) {
        assert_true(fabs((double)below[i] / N - 1.0 / 7) < 0.005);
    }
}

static void note_chunk(void *payload, int64_t chunk) {
    ((int *)payload)[chunk]++;
}

static void every_chunk_is_worked_once(void **state) {
    (void)state;
    for (int threads = 0; threads <= 4; threads++) {
        int done[1000] = {0};
        pp_context ctx = {.threads = threads};
        pp__parallel(&ctx, 1000, note_chunk, done);
        for (int i = 0; i < 1000; i++) {
            assert_int_equal(done[i], 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_repeat_and_differ),
        cmocka_unit_test(moments_are_right),
        cmocka_unit_test(every_chunk_is_worked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
