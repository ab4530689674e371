#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char FORMULA[] = "Surv(lo, hi, type = interval) ~ x1 + x2 + region";

static pp_model_options options(const char *link) {
    return (pp_model_options){
        .model = "hazard", .link = link, .unit = "unit", .time = "year"};
}

static const char *const NUMBERS[] = {"unit", "year", "x1", "x2", "lo", "hi", "event"};
enum { UNIT, YEAR, X1, X2, LO, HI, EVENT };

/* Units over ten years; the event of a unit is known within `width` years; event is 1 in
   its year, 0 before, missing after. About a tenth of x1 is missing. */
static pp_table *units(int n, int width, double missing, uint64_t seed) {
    enum { YEARS = 10 };
    pp_error err = {0};
    pp_table *table = NULL;
    pp_column *c[7], *region;
    pp_rng rng;
    pp_rng_init(&rng, seed, 0, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, (int64_t)n * YEARS, &err));
    for (int i = 0; i < 7; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, NUMBERS[i], &c[i], &err));
    }
    assert_ok(pp_table_add(table, PP_TEXT, "region", &region, &err));
    for (int u = 0; u < n; u++) {
        int adopted = 0;
        char where[] = {(char)('A' + u % 3), '\0'};
        for (int t = 0; t < YEARS; t++) {
            int64_t row = (int64_t)u * YEARS + t;
            double x1 = pp_rng_normal(&rng), x2 = pp_rng_normal(&rng);
            double eta = -2.3 + 0.6 * x1 - 0.5 * x2 + 0.3 * (u % 3);
            int now = !adopted && pp_rng_uniform(&rng) < 1 / (1 + exp(-eta));
            c[UNIT]->number[row] = u;
            c[YEAR]->number[row] = 2000 + t;
            c[X1]->number[row] = pp_rng_uniform(&rng) < missing ? NAN : x1;
            c[X2]->number[row] = x2;
            c[EVENT]->number[row] = adopted ? NAN : (double)now;
            adopted = now ? 2000 + t : adopted;
            assert_ok(pp_column_set_text(table, region, row, where, &err));
        }
        for (int t = 0; adopted && t < YEARS; t++) {
            int64_t row = (int64_t)u * YEARS + t;
            int lo = adopted - (u * 7) % width;
            c[LO]->number[row] = lo < 2000 ? 2000 : lo;
            c[HI]->number[row] = lo + width - 1 > 2009 ? 2009 : lo + width - 1;
            c[HI]->number[row] = fmax(c[HI]->number[row], adopted);
        }
    }
    return table;
}

static void assert_same_estimates(const pp_fit *a, const pp_fit *b, double relative) {
    assert_int_equal(pp_fit_terms(a), pp_fit_terms(b));
    for (int64_t j = 0; j < pp_fit_terms(a); j++) {
        double x = pp_fit_estimates(a)[j], y = pp_fit_estimates(b)[j];
        if (!(fabs(x - y) <= relative * fabs(y))) {
            fail_msg("%s: %.15g and %.15g", pp_fit_term(a, j), x, y);
        }
    }
}

static void assert_same_covariance(const pp_fit *a, const pp_fit *b, double relative) {
    int64_t k = pp_fit_terms(a);
    for (int64_t i = 0; i < k * k; i++) {
        double scale = sqrt(pp_fit_covariance(b)[i / k * (k + 1)] *
                            pp_fit_covariance(b)[i % k * (k + 1)]);
        assert_true(fabs(pp_fit_covariance(a)[i] - pp_fit_covariance(b)[i]) <=
                    relative * scale);
    }
}

/* With intervals of one year it is the binary model of person-years, missing years and
 * all. */
static void intervals_of_one_year_are_the_ordinary_hazard(void **state) {
    (void)state;
    for (int missing = 0; missing < 2; missing++) {
        pp_table *table = units(150, 1, 0.1 * missing, 7);
        for (int link = 0; link < 2; link++) {
            const char *name = link ? "cloglog" : "logit";
            pp_model_options hazard = options(name);
            hazard.vcov = "hc0";
            pp_fit *a = fitted(FORMULA, table, &hazard);
            pp_fit *b = fitted("event ~ x1 + x2 + region", table,
                               &(pp_model_options){.model = name, .vcov = "cr0:unit"});
            assert_same_estimates(a, b, 1e-8);
            assert_true(fabs(pp_fit_loglik(a) - pp_fit_loglik(b)) < 1e-9);
            assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
            if (!link) { /* expected and observed information are the same */
                assert_same_covariance(a, b, 1e-8);
            }
            pp_fit_free(a);
            pp_fit_free(b);
        }
        pp_table_free(table);
    }
}

/* What is known of each unit, and what becomes of it. */
static void coarsening_is_counted_and_named(void **state) {
    (void)state;
    pp_table *table = frame("unit time x  lo hi\n"
                            "none    1 1  .  .\nnone    2 0  .  .\nnone    3 1  .  .\n"
                            "exact   1 0  2  2\nexact   2 1  2  2\nexact   3 1  2  2\n"
                            "wide    1 1  1  3\nwide    2 1  1  3\nwide    3 0  1  3\n"
                            "bound   1 0  .  3\nbound   2 1  .  3\nbound   3 0  .  3\n"
                            "hole    1 1  2  3\nhole    2 .  2  3\nhole    3 1  2  3\n"
                            "badly   1 .  .  2\nbadly   2 1  .  2\nbadly   3 1  .  2\n"
                            "beyond  1 0  2  5\nbeyond  2 1  2  5\nbeyond  3 1  2  5\n"
                            "after   1 1  5  6\nafter   2 0  5  6\nafter   3 0  5  6\n"
                            "early   2 1  1  1\nearly   3 0  1  1\n"
                            "spans   2 1  1  3\nspans   3 1  1  3\n"
                            "first   1 1  1  2\nfirst   2 .  1  2\n"
                            "gap     1 0  4  4\ngap     3 1  4  4\ngap     4 1  4  4\n"
                            "late    1 .  3  3\nlate    2 0  3  3\nlate    3 0  3  3\n");
    pp_model_options o = options("logit");
    o.time = "time";
    pp_result *r = fit_result("Surv(lo, hi, type = interval) ~ x", table, &o);
    assert_string_equal(
        drops_of(r),
        "missing x rows 4; incomplete - rows 4; after adoption - rows 4; "
        "of units or intervals that are not covered - rows 7; "
        "interval not covered by complete rows: used as not adopted before it beyond, "
        "hole "
        "intervals 2; "
        "adopted after the last complete row: used as censored after intervals 1; "
        "adopted before the first row early units 1; "
        "interval begins before the first row spans units 1; "
        "upper bound only, and not all rows up to it are complete badly units 1; "
        "no complete row at risk first units 1");
    assert_int_equal(number_at(r, "model", "model", "hazard", "nobs"), 21);
    assert_int_equal(number_at(r, "model", "model", "hazard", "units"), 9);
    assert_int_equal(number_at(r, "model", "model", "hazard", "events"), 5);
    assert_int_equal(pp_table_rows(pp_result_find(r, "dropped_units")), 7);
    pp_result_free(r);
    pp_table_free(table);
}

/* A unit whose interval is not covered counts as one that was not followed beyond its
 * start. */
static void a_hole_in_the_interval_censors(void **state) {
    (void)state;
    pp_table *a = units(120, 4, 0, 21), *b = units(120, 4, 0, 21);
    double *x1 = pp_table_find(a, "x1")->number, *lo = pp_table_find(b, "lo")->number;
    double *hi = pp_table_find(b, "hi")->number, *x1b = pp_table_find(b, "x1")->number;
    const double *year = pp_table_find(a, "year")->number;
    for (int64_t i = 0; i < pp_table_rows(a); i++) {
        if ((i / 10) % 5 == 0 && !isnan(lo[i]) && hi[i] > lo[i]) {
            x1[i] = year[i] == hi[i] ? NAN : x1[i];
            x1b[i] = year[i] >= lo[i] ? NAN : x1b[i];
            lo[i] = hi[i] = NAN;
        }
    }
    pp_model_options o = options("cloglog");
    pp_fit *fa = fitted(FORMULA, a, &o), *fb = fitted(FORMULA, b, &o);
    assert_int_equal(pp_fit_nobs(fa), pp_fit_nobs(fb));
    assert_same_estimates(fa, fb, 1e-9);
    pp_fit_free(fa);
    pp_fit_free(fb);
    pp_table_free(a);
    pp_table_free(b);
}

static void assert_refused(const char *rows, const char *column, int line) {
    pp_table *table = frame(rows);
    pp_model_options o = options("logit");
    pp_error err = {0};
    pp_fit *fit = NULL;
    o.time = "time";
    pp_status status =
        pp_model_fit("Surv(lo, hi, type = interval) ~ x", table, &o, NULL, &fit, &err);
    if (status != PP_E_INPUT || strcmp(err.column, column) != 0 || err.line != line) {
        fail_msg("%s gives %s, column '%s', row %d: %s", rows, pp_status_name(status),
                 err.column, (int)err.line, err.message);
    }
    pp_table_free(table);
}

static void mistakes_are_located(void **state) {
    static const char SURV[] = "Surv(lo, hi, type = interval)";
    (void)state;
    assert_refused("unit time x lo hi\na 1 0 3 2\na 2 1 3 2", SURV, 1);
    assert_refused("unit time x lo hi\na 1 0 1 2\na 2 1 1 1", SURV, 2);
    assert_refused("unit time x lo hi\na 1 0 1 2\na 2 1 . 2", SURV, 2);
    assert_refused("unit time x lo hi\na 1 0 1 .\na 2 1 1 .", SURV, 1);
    assert_refused("unit time x lo hi\na 1 0 1 1.5\na 2 1 1 1.5", SURV, 1);
    assert_refused("unit time x lo hi\na 1 0 . .\na 1 1 . .", "unit", 2);
    assert_refused("unit time x lo hi\na 1 0 . .\na 1.5 1 . .", "time", 2);
    assert_refused("unit time x lo hi\na one 0 . .\na two 1 . .", "time", 0);
}

static void separation_is_named(void **state) {
    (void)state;
    pp_table *table = units(150, 3, 0.05, 5);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (pp_table_find(table, "region")->text[i][0] == 'B') {
            pp_table_find(table, "lo")->number[i] =
                pp_table_find(table, "hi")->number[i] = NAN;
        }
    }
    for (int link = 0; link < 2; link++) {
        pp_model_options o = options(link ? "cloglog" : "logit");
        pp_result *r = fit_result(FORMULA, table, &o);
        assert_string_equal(terms_of(r), "(Intercept) x1 x2 regionC");
        assert_int_equal(number_at(r, "model", "model", "hazard", "converged"), 1);
        assert_string_equal(pp_result_warning(r, 0)->code, "separation");
        assert_string_equal(pp_result_warning(r, 0)->subject, "region = B");
        o.where = "region <> 'B'";
        pp_result *s = fit_result(FORMULA, table, &o);
        assert_true(fabs(number_at(r, "coefficients", "term", "x1", "estimate") -
                         number_at(s, "coefficients", "term", "x1", "estimate")) < 1e-9);
        pp_result_free(r);
        pp_result_free(s);
    }
    pp_table_free(table);
}

static void certain_adoption_is_separation_too(void **state) {
    (void)state;
    pp_table *table = units(150, 3, 0, 6);
    double *x1 = pp_table_find(table, "x1")->number;
    const double *lo = pp_table_find(table, "lo")->number,
                 *hi = pp_table_find(table, "hi")->number;
    const double *year = pp_table_find(table, "year")->number;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        x1[i] = (i / 10) % 4 == 0 && year[i] >= lo[i] && year[i] <= hi[i];
    }
    pp_model_options o = options("logit");
    pp_result *r = fit_result(FORMULA, table, &o);
    assert_string_equal(terms_of(r), "(Intercept) x2 regionB regionC");
    assert_string_equal(pp_result_warning(r, 0)->subject, "x1 = 1");
    pp_result_free(r);
    pp_table_free(table);
}

static void clusters_are_of_units(void **state) {
    (void)state;
    pp_table *table = units(150, 3, 0.05, 9);
    pp_model_options o = options("logit");
    o.vcov = "cluster:region";
    pp_fit *fit = fitted(FORMULA, table, &o);
    pp_fit_free(fit);
    o.vcov = "hc0";
    pp_fit *a = fitted(FORMULA, table, &o);
    o.vcov = "cr0:unit";
    pp_fit *b = fitted(FORMULA, table, &o);
    assert_same_covariance(a, b, 1e-12);
    pp_fit_free(a);
    pp_fit_free(b);
    pp_error err = {0};
    o.vcov = "cluster:year";
    assert_int_equal(pp_model_fit(FORMULA, table, &o, NULL, &fit, &err), PP_E_INPUT);
    assert_string_equal(err.column, "year");
    o.vcov = "hc3";
    assert_int_equal(pp_model_fit(FORMULA, table, &o, NULL, &fit, &err),
                     PP_E_UNSUPPORTED);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_one_year_are_the_ordinary_hazard),
        cmocka_unit_test(coarsening_is_counted_and_named),
        cmocka_unit_test(a_hole_in_the_interval_censors),
        cmocka_unit_test(mistakes_are_located),
        cmocka_unit_test(separation_is_named),
        cmocka_unit_test(certain_adoption_is_separation_too),
        cmocka_unit_test(clusters_are_of_units)};
    return cmocka_run_group_tests_name("model_hazard", tests, NULL, NULL);
}
