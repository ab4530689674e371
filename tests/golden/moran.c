/* Moran's I against spdep; see tests/golden/moran/how.txt. */
#include "golden/golden.h"

#include "drivers/links.h"

#include <math.h>
#include <string.h>

static double wanted(const pp_table *reference, const char *quantity) {
    const pp_column *name = pp_table_find(reference, "quantity");
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        if (strcmp(pp_column_get_text(name, i), quantity) == 0) {
            return pp_table_find(reference, "value")->number[i];
        }
    }
    fail_msg("no %s", quantity);
    return NAN;
}

static void read_links(const pp_table *weights, int32_t rows, pp__links *links) {
    const double *from = pp_table_find(weights, "from")->number;
    const double *to = pp_table_find(weights, "to")->number;
    const double *weight = pp_table_find(weights, "weight")->number;
    pp_error err = {0};
    int64_t e = 0;
    assert_ok(pp__links_init(links, rows, &err));
    for (int32_t i = 0; i < rows; i++) {
        for (; e < pp_table_rows(weights) && from[e] == i + 1; e++) {
            assert_ok(pp__links_add(links, (int32_t)to[e] - 1, weight[e], &err));
        }
        pp__links_end_row(links, i);
    }
}

static void spdep(void **state) {
    pp_error err = {0};
    pp_table *data = golden_table("moran", "data.csv");
    pp_table *weights = golden_table("moran", "weights.csv");
    pp_table *reference = golden_table("moran", "reference.csv");
    pp__links links;
    pp__moran m;
    (void)state;
    read_links(weights, (int32_t)pp_table_rows(data), &links);
    assert_ok(pp__moran_of(&links, pp_table_find(data, "x")->number, 99999, 1,
                           &(pp_context){.threads = 2}, &m, &err));
    const struct {
        const char *name;
        double value;
    } facts[] = {{"statistic", m.statistic},
                 {"expectation", m.expectation},
                 {"variance_randomisation", m.random_variance},
                 {"variance_normality", m.normal_variance},
                 {"z", m.z},
                 {"p_value", m.p_value}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        assert_near(facts[i].name, facts[i].value, wanted(reference, facts[i].name),
                    1e-13);
    }
    assert_int_equal(m.units, 40);
    assert_int_equal(m.isolates, 3); /* one is linked to and has no links of its own */
    assert_true(fabs(m.permutation - 0.12439) < 0.003);
    pp__links_clear(&links);
    pp_table_free(data);
    pp_table_free(weights);
    pp_table_free(reference);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(spdep)};
    return cmocka_run_group_tests_name("golden moran", tests, NULL, NULL);
}
