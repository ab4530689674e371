/* Shares: games with known answers, groups, measures, sampled orders, bad input. */
#include "support/support.h"

#include "drivers/shapley.h"

#include <pushpull/drivers.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The glove game: player 0 has a left glove, 1 and 2 a right one. */
static void gloves(void **state) {
    const double value[8] = {0, 0, 0, 1, 0, 1, 0, 1};
    const int group[3] = {0, 1, 1};
    double share[3], owen[3], groups[2];
    (void)state;
    pp__shapley(3, value, share);
    assert_true(fabs(share[0] - 2. / 3) < 1e-15 && fabs(share[1] - 1. / 6) < 1e-15);
    pp__owen(3, group, 2, value, owen, groups);
    assert_true(fabs(groups[0] - 0.5) < 1e-15 && fabs(owen[0] - 0.5) < 1e-15);
    assert_true(fabs(owen[1] - 0.25) < 1e-15 && fabs(owen[2] - 0.25) < 1e-15);
}

/* ---- on data ---- */

enum { UNITS = 60, YEARS = 10, ROWS = UNITS * YEARS, FACTORS = 22 };

static pp_table *panel(int factors) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    pp_rng rng;
    pp_rng_init(&rng, 4, 2, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "unit", &c, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        c->number[i] = (double)(i / YEARS);
    }
    double *eta = pp_calloc(ROWS, sizeof *eta);
    for (int j = 1; j <= factors; j++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", j);
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
        for (int64_t i = 0; i < ROWS; i++) {
            c->number[i] = pp_rng_normal(&rng);
            eta[i] += c->number[i] / (1 + j);
        }
    }
    assert_ok(pp_table_add(table, PP_NUMBER, "y", &c, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        c->number[i] = pp_rng_uniform(&rng) < 1 / (1 + exp(1 - eta[i]));
    }
    assert_ok(pp_table_add(table, PP_NUMBER, "v", &c, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        c->number[i] = eta[i] + pp_rng_normal(&rng);
    }
    pp_free(eta);
    return table;
}

static pp_result *shares_of(const pp_table *table, const char *formula, const char *model,
                            const pp_drivers_options *options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_drivers(formula, table, &(pp_model_options){.model = model}, options,
                         &ctx, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* Shares of factors sum to their group's, and those of groups to what is explained. */
static void groups_add_up(void **state) {
    static const char *const MEASURES[] = {"mcfadden", "nagelkerke", "tjur", "brier"};
    const pp_driver_group groups[] = {{"push", "x1, x2"}, {"pull", "x4"}};
    pp_table *table = panel(5);
    (void)state;
    for (int m = 0; m < 4; m++) {
        pp_drivers_options options = {
            .groups = groups, .n_groups = 2, .keep = "x5", .measure = MEASURES[m]};
        pp_result *r =
            shares_of(table, "y ~ x1 + x2 + x3 + x4 + x5", "logit", &options, 1);
        const double *e = pp_table_find(pp_result_find(r, "shares"), "estimate")->number;
        assert_int_equal(pp_table_rows(pp_result_find(r, "shares")), 6);
        assert_true(fabs(e[0] - e[1] - e[2]) < 1e-12);
        assert_true(fabs(e[3] - e[4]) < 1e-12);
        double explained =
            cell(r, "decomposition", "full", 0) - cell(r, "decomposition", "none", 0);
        assert_true(fabs(e[0] + e[3] + e[5] - explained) < 1e-12);
        assert_true(cell(r, "decomposition", "none", 0) > 0);
        pp_result_free(r);
    }
    pp_table_free(table);
}

/* With uncorrelated columns the shares of R2 are close to the squared correlations. */
static void linear(void **state) {
    pp_table *table = panel(3);
    pp_result *r = shares_of(table, "v ~ x1 + x2 + x3", "ols", NULL, 2);
    (void)state;
    pp_fit *fit = NULL;
    pp_error err = {0};
    assert_ok(pp_model_fit("v ~ x1 + x2 + x3", table, &(pp_model_options){.model = "ols"},
                           NULL, &fit, &err));
    pp_result *all = NULL;
    assert_ok(pp_fit_result(fit, &all, &err));
    assert_true(fabs(cell(r, "decomposition", "full", 0) - cell(all, "model", "r2", 0)) <
                1e-12);
    assert_true(cell(r, "shares", "estimate", 0) > cell(r, "shares", "estimate", 1));
    pp_result_free(all);
    pp_fit_free(fit);
    pp_result_free(r);
    pp_table_free(table);
}

/* Without any factor there is nothing to fit, and nothing is explained. */
static void partial_likelihoods(void **state) {
    pp_table *table = panel(3);
    pp_result *r = shares_of(table, "y ~ x1 + x2 + x3 + strata(unit)", "clogit", NULL, 1);
    const double *e = pp_table_find(pp_result_find(r, "shares"), "estimate")->number;
    (void)state;
    assert_true(cell(r, "decomposition", "none", 0) == 0);
    assert_true(fabs(e[0] + e[1] + e[2] - cell(r, "model", "pseudo_r2", 0)) < 1e-8);
    pp_result_free(r);
    pp_table_free(table);
}

static void bootstrap_any_threads(void **state) {
    pp_table *table = panel(4);
    pp_drivers_options options = {.draws = 20, .cluster = "unit", .seed = 9};
    pp_result *a = shares_of(table, "y ~ x1 + x2 + x3 + x4", "logit", &options, 1);
    pp_result *b = shares_of(table, "y ~ x1 + x2 + x3 + x4", "logit", &options, 4);
    static const char *const COLUMNS[] = {"estimate", "conf_low", "conf_high"};
    (void)state;
    for (int c = 0; c < 3; c++) {
        for (int64_t i = 0; i < 4; i++) {
            assert_true(cell(a, "shares", COLUMNS[c], i) ==
                        cell(b, "shares", COLUMNS[c], i));
        }
    }
    assert_true(cell(a, "shares", "conf_low", 0) < cell(a, "shares", "estimate", 0));
    assert_true(cell(a, "shares", "conf_high", 0) > cell(a, "shares", "estimate", 0));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
}

/* Intervals from clusters want some: below five there are none, below twenty a warning. */
static void few_clusters(void **state) {
    pp_table *table = panel(3);
    pp_column *big = NULL;
    pp_error err = {0};
    (void)state;
    assert_ok(pp_table_add(table, PP_NUMBER, "big", &big, &err));
    for (int many = 0; many < 2; many++) {
        pp_result *r = NULL;
        pp_drivers_options options = {.draws = 20, .cluster = "big"};
        for (int64_t i = 0; i < pp_table_rows(table); i++) {
            big->number[i] = (double)(i % (many ? 8 : 2));
        }
        pp_status status =
            pp_drivers("y ~ x1 + x2 + x3", table, &(pp_model_options){.model = "logit"},
                       &options, NULL, &r, &err);
        if (!many) {
            assert_int_equal(status, PP_E_ESTIMATION);
            assert_non_null(strstr(err.message, "2 clusters"));
            continue;
        }
        assert_ok(status);
        assert_string_equal(pp_result_warning(r, 0)->code, "few_clusters");
        assert_true(pp_result_warning(r, 0)->count == 8);
        pp_result_free(r);
    }
    pp_table_free(table);
}

/* Beyond twenty factors orders are sampled: they add up, and come near the exact shares
   of the same columns held in fewer factors. */
static void sampled_orders(void **state) {
    char formula[400] = "y ~ x1";
    pp_table *table = panel(FACTORS);
    (void)state;
    for (int j = 2; j <= FACTORS; j++) {
        char term[16];
        snprintf(term, sizeof term, " + x%d", j);
        memcpy(formula + strlen(formula), term, strlen(term) + 1);
    }
    pp_drivers_options options = {.orders = 60, .seed = 3};
    pp_result *r = shares_of(table, formula, "logit", &options, 2);
    double sum = 0;
    for (int64_t i = 0; i < FACTORS; i++) {
        sum += cell(r, "shares", "estimate", i);
    }
    assert_true(fabs(sum - cell(r, "decomposition", "full", 0)) < 1e-10);
    assert_true(cell(r, "decomposition", "exact", 0) == 0);
    assert_true(cell(r, "shares", "std_error", 0) > 0);
    assert_true(cell(r, "shares", "std_error", 0) <
                0.1 * cell(r, "shares", "estimate", 0));
    pp_result_free(r);
    pp_table_free(table);
}

static void interactions(void **state) {
    const pp_driver_group together[] = {{"both", "x1, x2, x1:x2"}};
    const pp_drivers_options grouped = {.groups = together, .n_groups = 1};
    pp_table *table = panel(3);
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        pp_result *r =
            shares_of(table, "y ~ x1*x2 + x3", "logit", apart ? NULL : &grouped, 1);
        assert_int_equal(pp_result_warnings(r), apart);
        pp_result_free(r);
    }
    pp_table_free(table);
}

static void refused(void **state) {
    const pp_driver_group twice[] = {{"push", "x1"}, {"push", "x2"}};
    const pp_driver_group both[] = {{"push", "x1"}, {"pull", "x1"}};
    const pp_driver_group unknown[] = {{"push", "x11"}};
    const struct {
        pp_drivers_options options;
        const char *column;
    } cases[] = {{{.groups = twice, .n_groups = 2}, "group"},
                 {{.groups = both, .n_groups = 2}, "group"},
                 {{.groups = unknown, .n_groups = 1}, "group"},
                 {{.measure = "r2"}, "measure"},
                 {{.measure = "deviance"}, "measure"},
                 {{.keep = "x9"}, "keep"},
                 {{.draws = 9}, "draws"}};
    pp_table *table = panel(3);
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_error err = {0};
        pp_result *result = NULL;
        assert_int_equal(pp_drivers("y ~ x1 + x2 + x3", table,
                                    &(pp_model_options){.model = "logit"},
                                    &cases[c].options, NULL, &result, &err),
                         PP_E_ARGUMENT);
        assert_string_equal(err.column, cases[c].column);
    }
    pp_table_free(table);
}

/* ---- what the data cannot carry ---- */

static pp_status share_out(const pp_table *table, const char *formula, pp_error *err) {
    pp_result *result = NULL;
    pp_status status = pp_drivers(formula, table, &(pp_model_options){.model = "logit"},
                                  NULL, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void not_carried(void **state) {
    pp_table *table = panel(12);
    double *y = pp_table_find(table, "y")->number,
           *x = pp_table_find(table, "x1")->number;
    pp_error err = {0};
    pp_column *c;
    int events = 0;
    (void)state;
    assert_ok(pp_table_add(table, PP_NUMBER, "same", &c, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "late", NULL, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "same")->number[i] = 3;
        pp_table_find(table, "late")->number[i] = i % YEARS > 7 && y[i] == 1;
    }
    assert_int_equal(share_out(table, "y ~ x1 + same", &err), PP_E_ESTIMATION);
    assert_string_equal(err.message,
                        "same is 3 in all 600 rows in use: a factor that does "
                        "not vary explains nothing");
    assert_int_equal(share_out(table, "y ~ x1 + late", &err), PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "late = 1 predicts the outcome perfectly"));
    for (int64_t i = 0; i < ROWS; i++) {
        y[i] = i % 60 == 0 && x[i] > -9;
        events += y[i] > 0;
    }
    assert_int_equal(events, 10);
    assert_int_equal(
        share_out(table, "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11",
                  &err),
        PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "10 events cannot carry 11 parameters"));
    pp_table_free(table);
}

/* Few events are warned of; the effects are those of pp_fit_margins. */
static void effects(void **state) {
    const pp_driver_group groups[] = {{"push", "x1,x2"}};
    const pp_drivers_options options = {.groups = groups, .n_groups = 1, .keep = "x4"};
    pp_table *table = panel(4);
    double *y = pp_table_find(table, "y")->number;
    pp_error err = {0};
    pp_fit *fit = NULL;
    pp_result *margins = NULL;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        y[i] = y[i] > 0 && i % 12 == 0;
    }
    pp_result *r = shares_of(table, "y ~ x1 + x2 + x3 + x4", "logit", &options, 1);
    assert_int_equal(pp_result_warnings(r), 1);
    assert_string_equal(pp_result_warning(r, 0)->code, "few_events");
    assert_int_equal(pp_table_rows(pp_result_find(r, "effects")), 3);
    assert_ok(pp_model_fit("y ~ x1 + x2 + x3 + x4", table,
                           &(pp_model_options){.model = "logit"}, NULL, &fit, &err));
    for (int sd = 0; sd < 2; sd++) {
        assert_ok(pp_result_new("margins", &margins, &err));
        assert_ok(pp_fit_margins(fit, sd ? "sd" : "unit", margins, &err));
        for (int64_t i = 0; i < 3; i++) {
            double own = cell(r, "effects", sd ? "standardised" : "estimate", i);
            double low = cell(r, "effects", sd ? "standardised_low" : "conf_low", i);
            assert_true(fabs(own - cell(margins, "margins", "estimate", i)) < 1e-12);
            assert_true(fabs(low - cell(margins, "margins", "conf_low", i)) < 1e-12);
        }
        pp_result_free(margins);
    }
    pp_fit_free(fit);
    pp_result_free(r);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_drivers_options options = {.draws = 10, .cluster = "unit"};
    pp_status status =
        pp_drivers("y ~ x1 + x2", payload, &(pp_model_options){.model = "logit"},
                   &options, NULL, &result, err);
    if (status == PP_OK) {
        pp_result_free(result);
    }
    return status;
}

static void out_of_memory(void **state) {
    pp_table *table = panel(2);
    (void)state;
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gloves),
                                       cmocka_unit_test(groups_add_up),
                                       cmocka_unit_test(linear),
                                       cmocka_unit_test(partial_likelihoods),
                                       cmocka_unit_test(bootstrap_any_threads),
                                       cmocka_unit_test(few_clusters),
                                       cmocka_unit_test(sampled_orders),
                                       cmocka_unit_test(interactions),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(not_carried),
                                       cmocka_unit_test(effects),
                                       cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests_name("shares", tests, NULL, NULL);
}
