/* Gower's dissimilarities and k-medoids against R's cluster; see tests/golden/medoids/how.txt. */
#include "golden/golden.h"

#include "strategy/gower.h"
#include "strategy/medoids.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 60 };

static pp_table *data, *reference;
static double D[N * N];

static int open_case(void **state) {
    static const char *const names[] = {"a", "b", "c", "u", "v", NULL};
    pp_error err = {0};
    pp_arena arena;
    pp__gower gower;
    (void)state;
    data = golden_table("medoids", "data.csv");
    reference = golden_table("medoids", "reference.csv");
    assert_int_equal(pp_table_rows(data), N);
    pp_arena_init(&arena);
    assert_ok(pp__gower_open(data, names, &arena, &gower, &err));
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            D[i * N + j] = i == j ? 0 : pp__gower_between(&gower, i, j);
        }
    }
    pp_arena_clear(&arena);
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static void dissimilarities(void **state) {
    (void)state;
    for (int i = 0; i < N; i++) {
        for (int j = i + 1; j < N; j++) {
            char term[32];
            snprintf(term, sizeof term, "%d_%d", i + 1, j + 1);
            assert_near(term, D[i * N + j],
                        golden_value(reference, "gower", "distance", term), 1e-12);
        }
    }
}

static int is_medoid_of_r(const char *model, int32_t medoid) {
    char term[16];
    snprintf(term, sizeof term, "%d", medoid + 1);
    return golden_value(reference, model, "medoid", term) == medoid + 1;
}

static void check_number(int k) {
    int32_t medoid[8], cluster[N], group[N];
    double space[N * 3], sum[8], silhouette[N], table[24];
    char model[16], term[16];
    snprintf(model, sizeof model, "pam%d", k);
    for (int i = 0; i < N; i++) {
        group[i] = i % 3;
    }
    pp__medoids_build(D, N, k, medoid, space);
    double objective = pp__medoids_swap(D, N, k, medoid, space);
    assert_near("objective", objective,
                golden_value(reference, model, "objective", "sum"), 1e-12);
    for (int i = 0; i < N; i++) {
        cluster[i] = pp__medoids_nearest(D, N, i, medoid, k);
    }
    for (int c = 0; c < k; c++) {
        assert_true(is_medoid_of_r(model, medoid[c]));
    }
    pp__silhouettes(D, N, cluster, k, sum, silhouette);
    for (int i = 0; i < N; i++) {
        snprintf(term, sizeof term, "%d", i + 1);
        assert_near(term, silhouette[i],
                    golden_value(reference, model, "silhouette", term), 1e-10);
    }
    assert_near("rand", pp__adjusted_rand(cluster, k, group, 3, N, table),
                golden_value(reference, model, "rand", "g"), 1e-12);
}

static void partitions(void **state) {
    (void)state;
    for (int k = 2; k <= 6; k++) {
        check_number(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(dissimilarities),
                                       cmocka_unit_test(partitions)};
    return cmocka_run_group_tests_name("golden medoids", tests, open_case, close_case);
}
