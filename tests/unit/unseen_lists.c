/* Several lists: what is known by hand, what must not matter, bad input. */
#include "support/support.h"

#include "unseen/lists_graphs.h"

#include <pushpull/lists.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 400 };

static const char *const NAMES[] = {"a", "b", "c", "d", "e", "f", "g"};

/* ---- tables ---- */

/* Independent lists with chances 0.3, 0.4, …; units on none are rows, too. */
static pp_table *units(int lists, int64_t rows) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c, *region;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int i = 0; i < lists; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, NAMES[i], &c, &err));
        for (int64_t r = 0; r < rows; r++) {
            pp_rng rng;
            pp_rng_init(&rng, 5, (uint64_t)i, (uint64_t)r);
            c->number[r] = pp_rng_uniform(&rng) < 0.3 + 0.1 * (i % 4);
        }
    }
    assert_ok(pp_table_add(table, PP_TEXT, "region", &region, &err));
    for (int64_t r = 0; r < rows; r++) {
        assert_ok(pp_column_set_text(table, region, r, r % 3 ? "south" : "north", &err));
    }
    return table;
}

/* Histories "110" with their counts. */
static pp_table *histories(int lists, int n, const char *const *history,
                           const double *count) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, n, &err));
    for (int i = 0; i <= lists; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, i < lists ? NAMES[i] : "n", &c, &err));
        for (int r = 0; r < n; r++) {
            c->number[r] = i < lists ? history[r][i] - '0' : count[r];
        }
    }
    return table;
}

static pp_result *lists_of(const pp_table *table, pp_lists_options options, int lists,
                           int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    options.lists = options.lists ? options.lists : NAMES;
    options.n_lists = lists;
    assert_ok(
        pp_lists(table, &options, &(pp_context){.threads = threads}, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static int64_t row_of(const pp_result *result, const char *table, const char *column,
                      const char *text) {
    const pp_table *t = pp_result_find(result, table);
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_table_find(t, column)->text[i], text) == 0) {
            return i;
        }
    }
    fail_msg("no %s", text);
    return -1;
}

static void near(double a, double b, double relative) {
    if (!(fabs(a - b) <= relative * fabs(b))) {
        fail_msg("%.15g, expected %.15g", a, b);
    }
}

/* ---- by hand ---- */

static void how_many_graphs(void **state) {
    static const int KNOWN[] = {0, 0, 1, 7, 60, 821, 18153}; /* but the complete one */
    (void)state;
    for (int lists = 2; lists <= PP__MOST_VERTICES; lists++) {
        pp_arena arena;
        pp__graph *graphs;
        pp_error err = {0};
        int n;
        pp_arena_init(&arena);
        assert_ok(pp__graphs_find(lists, &arena, &graphs, &n, &err));
        assert_int_equal(n, KNOWN[lists]);
        pp_arena_clear(&arena);
    }
}

static void how_many_models(void **state) {
    static const double KNOWN[] = {8, 113, 6893};
    (void)state;
    for (int lists = 3; lists <= 5; lists++) {
        pp_table *table = units(lists, UNITS);
        pp_result *r = lists_of(table, (pp_lists_options){0}, lists, 2);
        int64_t row = row_of(r, "lists_summary", "kind", "models");
        assert_true(cell(r, "lists_summary", "count", row) == KNOWN[lists - 3]);
        pp_result_free(r);
        pp_table_free(table);
    }
}

/* 50 and 40 units, 20 on both: Petersen 100, Chapman 98.6; odds ratios multiply what is on
   neither. */
static void two_lists(void **state) {
    static const char *const HISTORY[] = {"10", "01", "11"};
    static const double COUNT[] = {30, 20, 20};
    pp_table *table = histories(2, 3, HISTORY, COUNT);
    pp_result *r = lists_of(table, (pp_lists_options){.freq = "n"}, 2, 1);
    (void)state;
    int64_t mt = row_of(r, "models", "model", "Mt");
    near(cell(r, "models", "estimate", mt), 100, 1e-12);
    near(cell(r, "models", "bias_corrected", mt), 51 * 41 / 21. - 1, 1e-12);
    assert_true(cell(r, "models", "deviance", mt) < 1e-12);
    for (int i = 0; i < 5; i++) {
        double ratio = cell(r, "lists_dependence", "odds_ratio", i);
        near(cell(r, "lists_dependence", "estimate", i), 70 + 30 * ratio, 1e-10);
    }
    assert_null(pp_result_find(r, "loglinear"));
    pp_result_free(r);
    pp_table_free(table);
}

/* The saturated model: the number missing is a product of counts. */
static void saturated(void **state) {
    static const char *const HISTORY[] = {"100", "010", "001", "110",
                                          "101", "011", "111"};
    static const double COUNT[] = {20, 30, 40, 12, 14, 16, 9};
    pp_table *table = histories(3, 7, HISTORY, COUNT);
    pp_result *r = lists_of(table, (pp_lists_options){.freq = "n"}, 3, 1);
    int64_t row = row_of(r, "loglinear", "model", "[12,13,23]");
    (void)state;
    near(cell(r, "loglinear", "estimate", row), 141 + 20. * 30 * 40 * 9 / (12. * 14 * 16),
         1e-10);
    pp_result_free(r);
    pp_table_free(table);
}

/* A hundred million times as many units: the same share is missing, and nothing stalls. The
   average does not reach so far and has no estimate. */
static void many_units(void **state) {
    static const char *const HISTORY[] = {"100", "010", "001", "110",
                                          "101", "011", "111"};
    static const double COUNT[] = {20, 30, 40, 12, 14, 16, 9};
    double more[7];
    (void)state;
    for (int i = 0; i < 7; i++) {
        more[i] = 1e8 * COUNT[i];
    }
    pp_table *small = histories(3, 7, HISTORY, COUNT);
    pp_table *large = histories(3, 7, HISTORY, more);
    pp_result *a = lists_of(small, (pp_lists_options){.freq = "n"}, 3, 1);
    pp_result *b = lists_of(large, (pp_lists_options){.freq = "n"}, 3, 1);
    for (int64_t i = 0; i < 12; i++) {
        near(cell(b, "models", "estimate", i), 1e8 * cell(a, "models", "estimate", i),
             1e-8);
    }
    assert_true(isnan(
        cell(b, "models", "estimate", row_of(b, "models", "model", "Bayesian average"))));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(small);
    pp_table_free(large);
}

/* ---- what must not matter ---- */

static void rows_and_threads(void **state) {
    static const char *const COLUMNS[] = {"estimate", "std_error", "conf_low",
                                          "conf_high"};
    static const char *const BY[] = {"region"};
    pp_error err = {0};
    pp_lists_options options = {.by = BY, .n_by = 1};
    pp_table *table = units(4, UNITS), *turned;
    int64_t rows[UNITS];
    (void)state;
    for (int64_t i = 0; i < UNITS; i++) {
        rows[i] = UNITS - 1 - i;
    }
    assert_ok(pp_table_take_rows(table, rows, UNITS, &turned, &err));
    pp_result *a = lists_of(table, options, 4, 1), *b = lists_of(turned, options, 4, 4);
    static const char *const TABLES[] = {"models", "loglinear", "lists_strata"};
    for (int t = 0; t < 3; t++) {
        for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, TABLES[t])); i++) {
            for (int c = 0; c < 4; c++) {
                double x = cell(a, TABLES[t], COLUMNS[c], i);
                double y = cell(b, TABLES[t], COLUMNS[c], i);
                assert_true(x == y || (isnan(x) && isnan(y)));
            }
        }
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
    pp_table_free(turned);
}

static void order_of_lists(void **state) {
    static const char *const TURNED[] = {"c", "a", "d", "b"};
    static const char *const MODELS[] = {"M0",
                                         "Mt",
                                         "Mth Chao (LB)",
                                         "Mth Gamma3.5",
                                         "Lee-Chao",
                                         "Coverage, low",
                                         "Bayesian average"};
    pp_table *table = units(4, UNITS);
    pp_result *a = lists_of(table, (pp_lists_options){0}, 4, 1);
    pp_result *b = lists_of(table, (pp_lists_options){.lists = TURNED}, 4, 1);
    (void)state;
    for (int i = 0; i < 7; i++) {
        near(cell(a, "models", "estimate", row_of(a, "models", "model", MODELS[i])),
             cell(b, "models", "estimate", row_of(b, "models", "model", MODELS[i])),
             1e-9);
    }
    near(cell(a, "loglinear", "bic", 3), cell(b, "loglinear", "bic", 3), 1e-11);
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
}

/* ---- strata, populations ---- */

static void strata(void **state) {
    static const char *const BY[] = {"region"};
    pp_table *table = units(3, UNITS);
    pp_lists_options options = {.by = BY, .n_by = 1, .population = 380};
    pp_result *r = lists_of(table, options, 3, 1);
    (void)state;
    /* Mt, the lower bound, the best, the average: of two strata and in total */
    assert_int_equal(pp_table_rows(pp_result_find(r, "lists_strata")), 12);
    near(cell(r, "lists_strata", "observed", 8),
         cell(r, "lists_strata", "observed", 0) + cell(r, "lists_strata", "observed", 4),
         1e-15);
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(r, "models")); i++) {
        assert_true(!(cell(r, "models", "conf_high", i) > 380));
        assert_true(!(cell(r, "models", "estimate", i) > 380));
    }
    pp_result_free(r);
    pp_table_free(table);
}

static void many_lists(void **state) {
    pp_table *table = units(7, UNITS);
    pp_result *r = lists_of(table, (pp_lists_options){0}, 7, 1);
    (void)state;
    assert_null(pp_result_find(r, "loglinear"));
    assert_string_equal(pp_result_warning(r, 1)->code, "many_lists");
    near(cell(r, "models", "estimate", 1), UNITS, 0.05);
    pp_result_free(r);
    pp_table_free(table);
}

/* ---- bad input ---- */

static void refused(const char *history, const double *count, int lists, pp_status status,
                    const char *words) {
    const char *of[8];
    pp_error err = {0};
    pp_result *result = NULL;
    int n = 0;
    char text[8][8];
    for (const char *at = history; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        snprintf(text[n], sizeof text[n], "%.*s", (int)strcspn(at, " "), at);
        of[n] = text[n];
        n++;
    }
    pp_table *table = histories(lists, n, of, count);
    pp_lists_options options = {.lists = NAMES, .n_lists = lists, .freq = "n"};
    assert_int_equal(pp_lists(table, &options, NULL, &result, &err), status);
    if (!strstr(err.message, words)) {
        fail_msg("'%s' lacks '%s'", err.message, words);
    }
    pp_table_free(table);
}

static void bad_input(void **state) {
    static const double COUNT[] = {5, 6, 7, 8}, NEGATIVE[] = {5, -1, 3},
                        HALF[] = {.5, 1, 1}, NONE[] = {0, 0, 0};
    (void)state;
    refused("1 1", COUNT, 1, PP_E_ARGUMENT, "overlaps need two");
    refused("10 01 12", COUNT, 2, PP_E_INPUT, "1 for units that are on it");
    refused("10 01 11", NEGATIVE, 2, PP_E_INPUT, "whole number");
    refused("10 01 11", HALF, 2, PP_E_INPUT, "whole number");
    refused("10 01 11", NONE, 2, PP_E_ESTIMATION, "no unit");
    refused("100 010 110", COUNT, 3, PP_E_ESTIMATION, "'c' holds none");
    refused("10 11", COUNT, 2, PP_E_ESTIMATION, "'a' holds all");
    refused("10 01", COUNT, 2, PP_E_ESTIMATION, "'a' and 'b' do not overlap");
    refused("110 010 001", COUNT, 3, PP_E_ESTIMATION, "'a' and 'c' do not overlap");
    refused("110 011 101", COUNT, 3, PP_E_ESTIMATION, "two lists or more");
}

/* Two lists that hardly overlap want far more units than there are. */
static void contradicted(void **state) {
    static const char *const HISTORY[] = {"10", "01", "11"};
    static const double COUNT[] = {200, 200, 30};
    (void)state;
    pp_table *table = histories(2, 3, HISTORY, COUNT);
    pp_result *r =
        lists_of(table, (pp_lists_options){.freq = "n", .population = 500}, 2, 1);
    int64_t row = row_of(r, "models", "model", "Mt");
    static const char *const MISSING[] = {"estimate", "std_error", "conf_low",
                                          "conf_high"};
    for (int i = 0; i < 4; i++) {
        assert_true(isnan(cell(r, "models", MISSING[i], row)));
    }
    assert_true(cell(r, "models", "capped", row) == 0);
    const pp_warning *warning = NULL;
    for (int i = 0; i < pp_result_warnings(r); i++) {
        const pp_warning *w = pp_result_warning(r, i);
        warning = strcmp(w->code, "contradicted") == 0 ? w : warning;
    }
    assert_non_null(warning);
    assert_non_null(strstr(warning->message, "Mt"));
    pp_result_free(r);
    pp_table_free(table);
}

/* Without interactions a log-linear model is of independent lists. */
static void kinds(void **state) {
    (void)state;
    pp_table *table = units(3, UNITS);
    pp_result *r = lists_of(table, (pp_lists_options){0}, 3, 1);
    const pp_table *models = pp_result_find(r, "models");
    for (int64_t i = 0; i < pp_table_rows(models); i++) {
        const char *name = pp_column_get_text(pp_table_find(models, "model"), i);
        const char *kind = pp_column_get_text(pp_table_find(models, "kind"), i);
        if (strcmp(name, "[1,2,3]") == 0 || strcmp(name, "Coverage, independent") == 0) {
            assert_string_equal(kind, "by list");
        } else if (*name == '[') {
            assert_string_equal(kind, "interacting lists");
        }
    }
    assert_true(pp_table_rows(models) > 0);
    row_of(r, "models", "model", "[1,2,3]");
    pp_result_free(r);
    pp_table_free(table);
}

static void bad_options(void **state) {
    static const char *const TWICE[] = {"a", "b", "a"}, *const GONE[] = {"a", "x"};
    pp_table *table = units(3, UNITS);
    const struct {
        pp_lists_options options;
        pp_status status;
    } BAD[] = {
        {{.lists = TWICE, .n_lists = 3}, PP_E_ARGUMENT},
        {{.lists = GONE, .n_lists = 2}, PP_E_NOT_FOUND},
        {{.lists = NAMES, .n_lists = 3, .freq = "x"}, PP_E_NOT_FOUND},
        {{.lists = NAMES, .n_lists = 3, .by = GONE + 1, .n_by = 1}, PP_E_NOT_FOUND},
        {{.lists = NAMES, .n_lists = 3, .by = NAMES, .n_by = 1}, PP_E_ARGUMENT},
        {{.lists = NAMES, .n_lists = 3, .level = 2}, PP_E_ARGUMENT},
        {{.lists = NAMES, .n_lists = 3, .population = 10}, PP_E_ARGUMENT},
        {{.lists = NAMES, .n_lists = 3, .missing = -1}, PP_E_ARGUMENT}};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        pp_error err = {0};
        pp_result *result = NULL;
        assert_int_equal(pp_lists(table, &BAD[i].options, NULL, &result, &err),
                         BAD[i].status);
        assert_null(result);
    }
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    static const char *const BY[] = {"region"};
    pp_result *result = NULL;
    pp_lists_options options = {
        .lists = NAMES, .n_lists = 3, .by = BY, .n_by = 1, .missing = 50};
    pp_status status = pp_lists(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void allocations(void **state) {
    pp_table *table = units(3, 60);
    (void)state;
    assert_true(fail_every_allocation(work, table) > 20);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_many_graphs), cmocka_unit_test(how_many_models),
        cmocka_unit_test(two_lists),       cmocka_unit_test(saturated),
        cmocka_unit_test(many_units),      cmocka_unit_test(rows_and_threads),
        cmocka_unit_test(order_of_lists),  cmocka_unit_test(strata),
        cmocka_unit_test(many_lists),      cmocka_unit_test(bad_input),
        cmocka_unit_test(contradicted),    cmocka_unit_test(kinds),
        cmocka_unit_test(bad_options),     cmocka_unit_test(allocations)};
    return cmocka_run_group_tests_name("several lists", tests, NULL, NULL);
}
