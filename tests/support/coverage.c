#include "support/coverage.h"

#include "support/frames.h"
#include "support/support.h"

double *coverage_column(pp_table *table, const char *name) {
    pp_column *c = pp_table_find(table, name);
    if (!c) {
        pp_error err = {0};
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    }
    return c->number;
}

static void count(const coverage_setting *s, const double truth[2], pp_rng *rng,
                  int covered[2]) {
    static const char *const terms[] = {"x1", "x2"};
    pp_error err = {0};
    pp_table *table = NULL;
    pp_result *r = NULL;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, s->rows, &err));
    s->draw(table, rng);
    pp_fit *fit = fitted(s->formula, table, &s->options);
    assert_ok(pp_fit_result(fit, &r, &err));
    for (int j = 0; j < 2; j++) {
        double low = number_at(r, "coefficients", "term", terms[j], "conf_low");
        double high = number_at(r, "coefficients", "term", terms[j], "conf_high");
        covered[j] += low <= truth[j] && truth[j] <= high;
    }
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

void assert_coverage(const coverage_setting *s, const double truth[2], int draws,
                     uint64_t task) {
    int covered[2] = {0, 0};
    for (int draw = 0; draw < draws; draw++) {
        pp_rng rng;
        pp_rng_init(&rng, 20, task, (uint64_t)draw);
        count(s, truth, &rng, covered);
    }
    for (int j = 0; j < 2; j++) {
        double share = (double)covered[j] / draws;
        print_message("%s, x%d: %.2f%%\n", s->name, j + 1, 100 * share);
        assert_true(share > 0.935 && share < 0.965);
    }
}
