#include "evidence/agreement_measures.h"

#include "support/support.h"

#include <math.h>
#include <string.h>

static double scratch[64];

/* Codes from text, a row a coder: '1' is 0, '.' missing. */
static pp__ratings ratings(int32_t *codes, const char *const *rows, int coders,
                           const double *values) {
    pp__ratings r = {codes, (int64_t)strlen(rows[0]), coders, 5, values};
    for (int coder = 0; coder < coders; coder++) {
        for (int64_t u = 0; u < r.units; u++) {
            char c = rows[coder][u];
            codes[coder * r.units + u] = c == '.' ? -1 : c - '1';
        }
    }
    return r;
}

static void check(double value, double expected) {
    assert_true(fabs(value - expected) < 5e-4);
}

/* Krippendorff (2011), sections A to D. */
static void krippendorffs_own_examples(void **state) {
    (void)state;
    int32_t codes[64];
    static const double values[] = {1, 2, 3, 4, 5};
    static const char *const many[] = {"123321412...", "1233224125.3", ".3332342251.",
                                       "12332441251."};
    pp__ratings r = ratings(codes, many, 4, values);
    check(pp__krippendorff_alpha(&r, PP__NOMINAL, scratch), 0.743);
    check(pp__krippendorff_alpha(&r, PP__ORDINAL, scratch), 0.815);
    check(pp__krippendorff_alpha(&r, PP__INTERVAL, scratch), 0.849);
    static const char *const binary[] = {"1211111121", "2221121111"};
    r = ratings(codes, binary, 2, NULL);
    check(pp__krippendorff_alpha(&r, PP__NOMINAL, scratch), 0.095);
    static const char *const nominal[] = {"112243335441", "212223335444"};
    r = ratings(codes, nominal, 2, NULL);
    check(pp__krippendorff_alpha(&r, PP__NOMINAL, scratch), 0.692);
}

/* The worked example of ten subjects, fourteen raters and five categories that goes with
   Fleiss's kappa, given as counts. */
static void fleiss_worked_example(void **state) {
    (void)state;
    enum { SUBJECTS = 10, RATERS = 14, CATEGORIES = 5 };
    static const int counts[SUBJECTS][CATEGORIES] = {
        {0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0},
        {2, 2, 8, 1, 1},  {7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2},
        {6, 5, 2, 1, 0},  {0, 2, 2, 3, 7}};
    int32_t codes[SUBJECTS * RATERS];
    for (int u = 0; u < SUBJECTS; u++) {
        int coder = 0;
        for (int c = 0; c < CATEGORIES; c++) {
            for (int i = 0; i < counts[u][c]; i++) {
                codes[coder++ * SUBJECTS + u] = c;
            }
        }
    }
    pp__ratings r = {codes, SUBJECTS, RATERS, CATEGORIES, NULL};
    check(pp__fleiss_kappa(&r, scratch), 0.210);
    check(pp__percent_agreement(&r), 0.378);
}

/* Twenty and fifteen of fifty grants on the diagonal: 0.4; twice a hundred more, with the
   same share of agreement and other margins: 0.1304 and 0.2593. */
static void cohens_kappa_depends_on_the_margins(void **state) {
    (void)state;
    static const int tables[3][4] = {{20, 5, 10, 15}, {45, 15, 25, 15}, {25, 35, 5, 35}};
    static const double kappas[] = {0.4, 0.1304, 0.2593}, shares[] = {0.7, 0.6, 0.6};
    for (int t = 0; t < 3; t++) {
        int32_t codes[200];
        int64_t n = tables[t][0] + tables[t][1] + tables[t][2] + tables[t][3], u = 0;
        for (int cell = 0; cell < 4; cell++) {
            for (int i = 0; i < tables[t][cell]; i++, u++) {
                codes[u] = cell / 2;
                codes[n + u] = cell % 2;
            }
        }
        pp__ratings r = {codes, n, 2, 2, NULL};
        check(pp__cohen_kappa(&r, scratch), kappas[t]);
        check(pp__percent_agreement(&r), shares[t]);
    }
}

static void missing_ratings_are_left_out(void **state) {
    (void)state;
    int32_t codes[64], fewer[64];
    static const char *const with[] = {"11223.1.", "1123.3.."};
    static const char *const without[] = {"1122", "1123"};
    pp__ratings r = ratings(codes, with, 2, NULL), s = ratings(fewer, without, 2, NULL);
    assert_true(pp__percent_agreement(&r) == 0.75);
    assert_true(pp__cohen_kappa(&r, scratch) == pp__cohen_kappa(&s, scratch));
    assert_true(pp__fleiss_kappa(&r, scratch) == pp__fleiss_kappa(&s, scratch));
    assert_true(pp__krippendorff_alpha(&r, PP__NOMINAL, scratch) ==
                pp__krippendorff_alpha(&s, PP__NOMINAL, scratch));
}

static void perfect_agreement_is_one_and_none_is_undefined(void **state) {
    (void)state;
    int32_t codes[64];
    static const double values[] = {1, 2, 3, 4, 5};
    static const char *const perfect[] = {"12345", "12345"},
                             *const constant[] = {"111", "111"},
                             *const empty[] = {"1.", ".1"};
    pp__ratings r = ratings(codes, perfect, 2, values);
    assert_true(pp__cohen_kappa(&r, scratch) == 1 && pp__fleiss_kappa(&r, scratch) == 1);
    for (int metric = PP__NOMINAL; metric <= PP__INTERVAL; metric++) {
        assert_true(pp__krippendorff_alpha(&r, (pp__metric)metric, scratch) == 1);
    }
    r = ratings(codes, constant, 2, values);
    assert_true(pp__percent_agreement(&r) == 1);
    assert_true(isnan(pp__cohen_kappa(&r, scratch)) &&
                isnan(pp__fleiss_kappa(&r, scratch)) &&
                isnan(pp__krippendorff_alpha(&r, PP__NOMINAL, scratch)));
    r = ratings(codes, empty, 2, values);
    assert_true(isnan(pp__percent_agreement(&r)) && isnan(pp__cohen_kappa(&r, scratch)) &&
                isnan(pp__fleiss_kappa(&r, scratch)) &&
                isnan(pp__krippendorff_alpha(&r, PP__INTERVAL, scratch)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(krippendorffs_own_examples),
        cmocka_unit_test(fleiss_worked_example),
        cmocka_unit_test(cohens_kappa_depends_on_the_margins),
        cmocka_unit_test(missing_ratings_are_left_out),
        cmocka_unit_test(perfect_agreement_is_one_and_none_is_undefined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
