/* Coverage of profile intervals of Firth's logit when events are rare. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>

enum { DRAWS = 4000, ROWS = 250 };

static const double BETA[] = {-3.2, 0.7, -0.4};

static pp_table *draw_table(uint64_t draw, double *events) {
    static const char *const names[] = {"y", "x1", "x2"};
    pp_error err = {0};
    pp_table *table = NULL;
    pp_column *c[3];
    pp_rng rng;
    pp_rng_init(&rng, 31, 1, draw);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    for (int j = 0; j < 3; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    *events = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        double x1 = pp_rng_normal(&rng), x2 = pp_rng_uniform(&rng) < 0.5;
        double eta = BETA[0] + BETA[1] * x1 + BETA[2] * x2;
        c[0]->number[i] = pp_rng_uniform(&rng) < 1 / (1 + exp(-eta));
        c[1]->number[i] = x1;
        c[2]->number[i] = x2;
        *events += c[0]->number[i];
    }
    return table;
}

/* About 11 events in 250 rows; a draw without events has no likelihood. */
static void profile_intervals(void **state) {
    static const char *const terms[] = {"(Intercept)", "x1", "x2"};
    const pp_model_options o = {.model = "firth"};
    int64_t covered[3] = {0}, fits = 0;
    double all_events = 0, bias[3] = {0};
    (void)state;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double events;
        pp_table *table = draw_table(draw, &events);
        if (events > 0) {
            pp_result *r = fit_result("y ~ x1 + x2", table, &o);
            for (int j = 0; j < 3; j++) {
                double low = number_at(r, "coefficients", "term", terms[j], "conf_low");
                double high = number_at(r, "coefficients", "term", terms[j], "conf_high");
                assert_true(low < high);
                covered[j] += low <= BETA[j] && BETA[j] <= high;
                bias[j] +=
                    number_at(r, "coefficients", "term", terms[j], "estimate") - BETA[j];
            }
            pp_result_free(r);
            fits++;
            all_events += events;
        }
        pp_table_free(table);
    }
    print_message("%.1f events a draw\n", all_events / (double)fits);
    for (int j = 0; j < 3; j++) {
        double share = (double)covered[j] / (double)fits;
        print_message("firth, %s: %.2f%%, bias %.4f\n", terms[j], 100 * share,
                      bias[j] / (double)fits);
        assert_true(share > 0.935 && share < 0.965);
        assert_true(fabs(bias[j]) / (double)fits < 0.05);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(profile_intervals)};
    return cmocka_run_group_tests_name("simulation firth", tests, NULL, NULL);
}
