#include "support/frames.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

static const char ROWS[] = "y  w   x    z  region d  k\n"
                           "0 1.5 0.1  1  Asia    1  2010\n"
                           "1 2.0 -1.2 2  Africa  2  2011\n"
                           "0 0.5 0.7  .  Europe  3  2012\n"
                           "1 3.1 1.4  4  Asia    1  2010\n"
                           "0 2.2 -0.3 0  Africa  2  2011\n"
                           "1 1.1 0.9  6  Europe  3  2010\n"
                           "0 0.2 -1.6 7  .       1  2011\n"
                           "1 2.7 0.4  8  Europe  2  2012\n"
                           "0 1.9 1.1  9  Asia    3  2011\n"
                           "1 0.4 -0.8 10 Africa  1  2010\n"
                           "1 0.9 0.2  11 Europe  2  2012\n"
                           "0 2.4 0.6  12 Africa  3  2012\n"
                           "1 1.3 -0.5 13 Asia    1  2011\n";

static pp_table *table;

static const char *ols_terms(const char *formula) {
    static char out[4000];
    pp_result *r = fit_result(formula, table, &(pp_model_options){.model = "ols"});
    strcpy(out, terms_of(r));
    pp_result_free(r);
    return out;
}

static const char *ols_drops(const char *formula) {
    static char out[4000];
    pp_result *r = fit_result(formula, table, &(pp_model_options){.model = "ols"});
    strcpy(out, drops_of(r));
    pp_result_free(r);
    return out;
}

/* Names and coding as model.matrix() of R 4.2 gives them. */
static void columns_are_those_of_r(void **state) {
    (void)state;
    assert_string_equal(ols_terms("w ~ x + region"),
                        "(Intercept) x regionAsia regionEurope");
    assert_string_equal(ols_terms("w ~ region - 1"),
                        "regionAfrica regionAsia regionEurope");
    assert_string_equal(ols_terms("w ~ factor(k)"),
                        "(Intercept) factor(k)2011 factor(k)2012");
    assert_string_equal(ols_terms("w ~ factor(region, ref = \"Asia\")"),
                        "(Intercept) factor(region)Africa factor(region)Europe");
    assert_string_equal(ols_terms("w ~ factor(k, ref = 2011)"),
                        "(Intercept) factor(k)2010 factor(k)2012");
    assert_string_equal(ols_terms("w ~ region*x"),
                        "(Intercept) regionAsia regionEurope x "
                        "regionAsia:x regionEurope:x");
    assert_string_equal(ols_terms("w ~ x:region"),
                        "(Intercept) x:regionAfrica x:regionAsia x:regionEurope");
    assert_string_equal(ols_terms("w ~ x + x:region"),
                        "(Intercept) x x:regionAsia x:regionEurope");
    assert_string_equal(
        ols_terms("w ~ region + factor(k) - 1"),
        "regionAfrica regionAsia regionEurope factor(k)2011 factor(k)2012");
    assert_string_equal(ols_terms("w ~ log(z + 1) + I(x^2) + x:d"),
                        "(Intercept) log(z + 1) I(x^2) x:d");
}

static void reference_levels_are_stated(void **state) {
    (void)state;
    pp_result *r = fit_result("w ~ region + factor(k, ref = 2012)", table,
                              &(pp_model_options){.model = "ols"});
    const pp_table *references = pp_result_find(r, "references");
    const pp_column *reference = pp_table_find(references, "reference");
    assert_string_equal(reference->text[0], "Africa");
    assert_string_equal(reference->text[1], "2012");
    assert_int_equal(number_at(r, "references", "variable", "region", "levels"), 3);
    pp_result_free(r);
}

static void rows_left_out_are_counted(void **state) {
    (void)state;
    assert_string_equal(ols_drops("w ~ x"), "");
    assert_string_equal(ols_drops("w ~ x + z + region"),
                        "missing z rows 1; missing region rows 1; incomplete - rows 2");
    assert_string_equal(ols_drops("w ~ log(z)"),
                        "missing z rows 1; undefined log(z) rows 1; incomplete - rows 2");
    assert_string_equal(ols_drops("log(x) ~ d"),
                        "undefined log(x) rows 5; incomplete - rows 5");
    pp_result *r = fit_result(
        "w ~ x", table, &(pp_model_options){.model = "ols", .vcov = "cluster:region"});
    assert_string_equal(drops_of(r), "missing region rows 1; incomplete - rows 1");
    pp_result_free(r);
}

static void where_restricts_the_sample(void **state) {
    (void)state;
    const pp_model_options options = {.model = "ols", .where = "k > 2010"};
    pp_result *r = fit_result("w ~ x", table, &options);
    assert_string_equal(drops_of(r), "where k > 2010 rows 4");
    assert_int_equal(number_at(r, "model", "model", "ols", "nobs"), 9);
    pp_result_free(r);
}

static void where_is_one_expression(void **state) {
    static const char *const WRONG[] = {"k > 2010) or (1 = 1", "k > 2010 -- later",
                                        "k > 2010; select 1", "k >", "kk > 2010"};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const pp_model_options options = {.model = "ols", .where = WRONG[i]};
        pp_error err = {0};
        pp_fit *fit = NULL;
        assert_int_equal(pp_model_fit("w ~ x", table, &options, NULL, &fit, &err),
                         PP_E_ARGUMENT);
        assert_string_equal(err.column, "where");
        assert_true(err.hint[0] != '\0');
    }
}

static void rows_are_told_as_in_all_data(void **state) {
    (void)state;
    const pp_model_options options = {.model = "logit", .where = "k > 2010"};
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_int_equal(pp_model_fit("w ~ x", table, &options, NULL, &fit, &err),
                     PP_E_INPUT);
    assert_int_equal(err.line, 2);
    char text[400];
    pp_error_format(&err, text, sizeof text);
    assert_int_equal(strncmp(text, "row 2: w: ", 10), 0);
}

static void terms_left_out_are_named(void **state) {
    (void)state;
    assert_string_equal(ols_drops("w ~ x + I(2*x - 3) + d"),
                        "collinear I(2 * x - 3) terms 1");
    assert_string_equal(ols_terms("w ~ x + I(2*x - 3) + d"), "(Intercept) x d");
    assert_string_equal(ols_drops("w ~ x + I(0*x + 5)"), "constant I(0 * x + 5) terms 1");
}

static void near_collinearity_is_judged_as_in_r(void **state) {
    (void)state;
    /* R's tolerance of 1e-7, at any origin and unit */
    assert_string_equal(ols_terms("w ~ x + I(x + 1e-5*d)"),
                        "(Intercept) x I(x + 1e-5 * d)");
    assert_string_equal(ols_terms("w ~ x + I(x + 1e-9*d)"), "(Intercept) x");
    assert_string_equal(ols_terms("w ~ I(1e6 + x) + I(1e-8*d)"),
                        "(Intercept) I(1e6 + x) I(1e-8 * d)");
}

static void assert_refused(const char *formula, const pp_model_options *options,
                           pp_status code, const char *column, int position) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(formula, table, options, NULL, &fit, &err);
    if (status != code || strcmp(err.column, column) != 0 || err.position != position) {
        fail_msg("'%s' gives %s, column '%s', position %d: %s", formula,
                 pp_status_name(status), err.column, (int)err.position, err.message);
    }
}

static void mistakes_name_their_column(void **state) {
    (void)state;
    const pp_model_options ols = {.model = "ols"}, logit = {.model = "logit"};
    assert_refused("w ~ x + regoin", &ols, PP_E_NOT_FOUND, "regoin", 9);
    assert_refused("w ~ log(region)", &ols, PP_E_INPUT, "region", 9);
    assert_refused("region ~ x", &ols, PP_E_INPUT, "region", 1);
    assert_refused("w ~ factor(region, ref = 'Oceania')", &ols, PP_E_ARGUMENT, "region",
                   12);
    assert_refused("w ~ x", &logit, PP_E_INPUT, "w", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "lgoit"}, PP_E_ARGUMENT, "model",
                   0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .link = "cloglog"},
                   PP_E_ARGUMENT, "link", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .vcov = "hc7"},
                   PP_E_ARGUMENT, "vcov", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .vcov = "wild:region"},
                   PP_E_UNSUPPORTED, "vcov", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .vcov = "cluster:"},
                   PP_E_ARGUMENT, "vcov", 0);
    assert_refused("y ~ x",
                   &(pp_model_options){.model = "logit", .vcov = "cluster:a+b+c+d+e"},
                   PP_E_ARGUMENT, "vcov", 0);
    assert_refused("y ~ x",
                   &(pp_model_options){.model = "logit", .vcov = "cluster:regio"},
                   PP_E_NOT_FOUND, "regio", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .ssc = "stata"},
                   PP_E_ARGUMENT, "ssc", 0);
    assert_refused("y ~ x", &(pp_model_options){.model = "logit", .level = 95},
                   PP_E_ARGUMENT, "level", 0);
    assert_refused("Surv(x, z, type = interval) ~ w", &logit, PP_E_ARGUMENT, "formula",
                   1);
    assert_refused("y ~ x", &(pp_model_options){.model = "hazard"}, PP_E_ARGUMENT,
                   "formula", 1);
    assert_refused("Surv(x, z, type = interval) ~ w",
                   &(pp_model_options){.model = "hazard"}, PP_E_ARGUMENT, "unit", 0);
}

static void a_leverage_of_one_is_said(void **state) {
    (void)state;
    pp_table *own = frame("w x r\n1 1 a\n2 3 a\n2 4 b\n5 6 b\n4 7 a\n9 2 c\n3 3 b");
    pp_result *r = fit_result("w ~ x + factor(r)", own,
                              &(pp_model_options){.model = "ols", .vcov = "hc3"});
    assert_int_equal(pp_result_warnings(r), 1);
    assert_string_equal(pp_result_warning(r, 0)->code, "leverage");
    assert_int_equal(pp_result_warning(r, 0)->count, 1);
    assert_true(number_at(r, "coefficients", "term", "x", "std_error") > 0);
    pp_result_free(r);
    pp_table_free(own);
}

static void too_little_data_is_said(void **state) {
    (void)state;
    const pp_model_options ols = {.model = "ols"}, logit = {.model = "logit"};
    assert_refused("w ~ factor(x)", &ols, PP_E_INPUT, "x", 0);
    assert_refused("w ~ w + x", &ols, PP_E_ARGUMENT, "formula", 5);
    assert_refused("w ~ log(-1 - x^2)", &ols, PP_E_ESTIMATION, "log(-1 - x^2)", 0);
    assert_refused("I(y*0) ~ x", &logit, PP_E_ESTIMATION, "", 0);
    assert_refused("w ~ 0", &ols, PP_E_ARGUMENT, "", 0);
    assert_refused("w ~ d + I(x * 1e200)", &ols, PP_E_INPUT, "I(x * 1e200)", 0);
}

static const char *only_warning(const char *formula, const pp_table *own) {
    static char out[400];
    pp_result *r = fit_result(formula, own, &(pp_model_options){.model = "ols"});
    assert_int_equal(pp_result_warnings(r), 1);
    strcpy(out, pp_result_warning(r, 0)->message);
    pp_result_free(r);
    return out;
}

static void text_as_a_factor_is_said(void **state) {
    (void)state;
    assert_string_equal(only_warning("w ~ x + region", table),
                        "region is text and was taken as a factor with 3 levels");
    pp_table *own = frame("w x\n1 1\n2 1\n2 2\n5 2\n4 1\n9 2,000\n3 1\n4 2");
    assert_string_equal(only_warning("w ~ x", own),
                        "x is text and was taken as a factor with 3 levels; x would be "
                        "numbers but for '2,000' in row 6");
    pp_table_free(own);
    own = frame("w x\n1 NA\n2 ZA\n2 NA\n5 ZA\n4 ZA");
    assert_non_null(strstr(only_warning("w ~ factor(x)", own),
                           "'NA' in row 1 of x is taken as a level"));
    pp_table_free(own);
    own = frame("w x\n1 1\n2 2\n2 3\n5 4\n4 5\n9 2,000\n3 7\n4 8");
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_int_equal(
        pp_model_fit("w ~ x", own, &(pp_model_options){.model = "ols"}, NULL, &fit, &err),
        PP_E_INPUT);
    assert_string_equal(err.message, "as a factor it has 8 levels in 8 rows");
    assert_string_equal(err.hint, "x would be numbers but for '2,000' in row 6");
    pp_table_free(own);
}

static int open_table(void **state) {
    (void)state;
    table = frame(ROWS);
    return 0;
}

static int close_table(void **state) {
    (void)state;
    pp_table_free(table);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_those_of_r),
        cmocka_unit_test(reference_levels_are_stated),
        cmocka_unit_test(rows_left_out_are_counted),
        cmocka_unit_test(where_restricts_the_sample),
        cmocka_unit_test(where_is_one_expression),
        cmocka_unit_test(rows_are_told_as_in_all_data),
        cmocka_unit_test(terms_left_out_are_named),
        cmocka_unit_test(near_collinearity_is_judged_as_in_r),
        cmocka_unit_test(mistakes_name_their_column),
        cmocka_unit_test(a_leverage_of_one_is_said),
        cmocka_unit_test(too_little_data_is_said),
        cmocka_unit_test(text_as_a_factor_is_said)};
    return cmocka_run_group_tests_name("model_design", tests, open_table, close_table);
}
