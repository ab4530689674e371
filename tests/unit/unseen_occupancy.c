/* Occupancy: derivatives, invariances, missing visits, prediction, refusals. */
#include "support/support.h"

#include "support/frames.h"
#include "unseen/occupancy.h"

#include <pushpull/occupancy.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 120, VISITS = 6 };

/* id, x, g (a, b, c), y1..y6 with holes, w1..w6; states change between the pairs of visits. The
   last 20 units were never visited. */
static pp_table *survey(uint64_t seed) {
    static const char *const GROUPS[] = {"a", "b", "c"};
    pp_error err = {0};
    pp_table *t;
    pp_column *x, *g, *id, *y, *w;
    pp_rng rng;
    int adopted[UNITS];
    pp_rng_init(&rng, seed, 1, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, UNITS, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "id", &id, &err));
    assert_ok(pp_table_add(t, PP_NUMBER, "x", &x, &err));
    assert_ok(pp_table_add(t, PP_CATEGORY, "g", &g, &err));
    for (int64_t i = 0; i < UNITS; i++) {
        char name[16];
        snprintf(name, sizeof name, "u%03d", (int)i);
        assert_ok(pp_column_set_text(t, id, i, name, &err));
        assert_ok(pp_column_set_level(t, g, i, GROUPS[i % 3], &err));
        x->number[i] = pp_rng_normal(&rng);
        adopted[i] =
            pp_rng_uniform(&rng) < 1 / (1 + exp(-x->number[i] - 0.4 * (double)(i % 3)));
    }
    for (int j = 1; j <= VISITS; j++) {
        char name[8];
        snprintf(name, sizeof name, "y%d", j);
        assert_ok(pp_table_add(t, PP_NUMBER, name, &y, &err));
        name[0] = 'w';
        assert_ok(pp_table_add(t, PP_NUMBER, name, &w, &err));
        for (int64_t i = 0; i < UNITS; i++) {
            adopted[i] ^= j % 2 && j > 1 && pp_rng_uniform(&rng) < 0.2;
            w->number[i] = pp_rng_normal(&rng);
            int missing = pp_rng_uniform(&rng) < 0.15 || i >= UNITS - 20;
            double p = 1 / (1 + exp(-0.6 * w->number[i]));
            y->number[i] = missing ? NAN : adopted[i] && pp_rng_uniform(&rng) < p;
        }
    }
    return t;
}

static pp_result *occupancy(const pp_table *data, const pp_occupancy_options *options,
                            int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    const pp_context ctx = {.threads = threads};
    assert_ok(pp_occupancy(data, options, &ctx, &result, &err));
    return result;
}

static double at(const pp_result *r, const char *table, const char *column, int64_t row) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

static void assert_same(const pp_result *a, const pp_result *b, const char *table,
                        const char *column, double tolerance) {
    int64_t n = pp_table_rows(pp_result_find(a, table));
    assert_int_equal(n, pp_table_rows(pp_result_find(b, table)));
    for (int64_t i = 0; i < n; i++) {
        double x = at(a, table, column, i), y = at(b, table, column, i);
        if (!(fabs(x - y) <= tolerance * (1 + fabs(y))) && !(isnan(x) && isnan(y))) {
            fail_msg("%s.%s row %d: %.17g is not %.17g", table, column, (int)i, x, y);
        }
    }
}

static const pp_occupancy_options FULL = {
    .visits = "y*", .unit = "id", .state = "x + g", .detect = "w", .starts = 2};
static const pp_occupancy_options FORMS[] = {
    {.visits = "y*", .unit = "id", .state = "x + g", .detect = "w", .starts = 2},
    {.form = "dynamic",
     .visits = "y*",
     .seasons = 3,
     .state = "x",
     .detect = "w",
     .starts = 2,
     .draws = 50},
    {.form = "false-positive",
     .visits = "y*",
     .certain = "y1,y2",
     .state = "x",
     .starts = 2},
    {.form = "royle-nichols", .visits = "y*", .state = "x", .detect = "w", .starts = 2}};
enum { N_FORMS = sizeof FORMS / sizeof *FORMS };

/* ---- derivatives ---- */

static double total(const pp__occupancy *o, const double *theta, double *gradient,
                    double *hessian) {
    const pp__occupancy_question all = {.absent_in = PP__NEVER_ABSENT};
    int order = hessian ? 2 : 1;
    double *scratch = pp_malloc(pp__occupancy_size(o, order), sizeof *scratch), sum = 0;
    const pp__occupancy_space space = pp__occupancy_place(o, order, scratch);
    memset(gradient, 0, (size_t)o->k * sizeof *gradient);
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (!o->unit[u].used) {
            continue;
        }
        pp__occupancy_unit(o, theta, u, &all, &space);
        sum += space.out->value;
        for (int j = 0; j < o->k; j++) {
            gradient[j] += space.out->gradient[j];
            for (int i = j; hessian && i < o->k; i++) {
                hessian[i + j * o->k] += space.out->hessian[i + j * o->k];
            }
        }
    }
    pp_free(scratch);
    return sum;
}

static void derivatives(void **state) {
    pp_table *t = survey(1);
    (void)state;
    for (int f = 0; f < N_FORMS; f++) {
        pp_error err = {0};
        pp__occupancy o;
        double theta[16], g[16], up[16], down[16], H[256] = {0};
        assert_ok(pp__occupancy_new(t, &FORMS[f], NULL, &o, &err));
        o.states = o.form == PP__ROYLE_NICHOLS ? 20 : 2;
        for (int j = 0; j < o.k; j++) {
            theta[j] = 0.3 * (j % 3) - 0.2;
        }
        total(&o, theta, g, H);
        for (int j = 0; j < o.k; j++) {
            double h = 1e-5, was = theta[j];
            theta[j] = was + h;
            double above = total(&o, theta, up, NULL);
            theta[j] = was - h;
            double below = total(&o, theta, down, NULL);
            theta[j] = was;
            assert_true(fabs((above - below) / (2 * h) - g[j]) < 1e-5);
            for (int i = j; i < o.k; i++) {
                assert_true(fabs((up[i] - down[i]) / (2 * h) - H[i + j * o.k]) < 1e-5);
            }
        }
        pp__occupancy_clear(&o);
    }
    pp_table_free(t);
}

/* ---- invariances ---- */

static void any_threads(void **state) {
    static const char *const TABLES[][2] = {{"coefficients", "estimate"},
                                            {"coefficients", "std_error"},
                                            {"occupancy_units", "conditional"},
                                            {"occupancy_total", "conf_high"}};
    pp_table *t = survey(2);
    (void)state;
    for (int f = 0; f < N_FORMS; f++) {
        pp_result *one = occupancy(t, &FORMS[f], 1), *four = occupancy(t, &FORMS[f], 4);
        for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
            assert_same(one, four, TABLES[i][0], TABLES[i][1], 0);
        }
        pp_result_free(one);
        pp_result_free(four);
    }
    pp_table_free(t);
}

/* Rows the other way round, units of x in hundreds, and columns of visits exchanged. */
static void rearranged(void **state) {
    pp_error err = {0};
    pp_table *t = survey(3), *other;
    int64_t rows[UNITS];
    (void)state;
    for (int64_t i = 0; i < UNITS; i++) {
        rows[i] = UNITS - 1 - i;
    }
    assert_ok(pp_table_take_rows(t, rows, UNITS, &other, &err));
    double *x = pp_table_find(other, "x")->number;
    for (int64_t i = 0; i < UNITS; i++) {
        x[i] = 100 * x[i] + 7;
    }
    const pp_wide_variable w = {"v", "w3,w1,w2,w6,w5,w4"};
    pp_occupancy_options swapped = FULL;
    swapped.visits = "y3,y1,y2,y6,y5,y4";
    swapped.visit_variables = &w;
    swapped.n_visit_variables = 1;
    swapped.detect = "v";
    pp_result *a = occupancy(t, &FULL, 1), *b = occupancy(other, &swapped, 1);
    assert_true(fabs(at(a, "model", "loglik", 0) - at(b, "model", "loglik", 0)) < 1e-9);
    assert_true(fabs(at(a, "coefficients", "estimate", 1) -
                     100 * at(b, "coefficients", "estimate", 1)) < 1e-9);
    for (int64_t i = 0; i < UNITS; i++) {
        assert_true(fabs(at(a, "occupancy_units", "conditional", i) -
                         at(b, "occupancy_units", "conditional", UNITS - 1 - i)) < 1e-9);
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(other);
    pp_table_free(t);
}

/* One row a visit, empty ones among them. */
static pp_table *one_row_a_visit(const pp_table *wide) {
    pp_error err = {0};
    int64_t rows[UNITS * VISITS];
    pp_table *t;
    pp_column *y, *w, *season;
    for (int64_t i = 0; i < UNITS * VISITS; i++) {
        rows[i] = i % UNITS;
    }
    assert_ok(pp_table_take_rows(wide, rows, UNITS * VISITS, &t, &err));
    assert_ok(pp_table_add(t, PP_NUMBER, "y", &y, &err));
    assert_ok(pp_table_add(t, PP_NUMBER, "w", &w, &err));
    assert_ok(pp_table_add(t, PP_NUMBER, "year", &season, &err));
    for (int64_t i = 0; i < UNITS * VISITS; i++) {
        char name[8];
        snprintf(name, sizeof name, "y%d", (int)(i / UNITS) + 1);
        y->number[i] = pp_table_find(wide, name)->number[i % UNITS];
        name[0] = 'w';
        w->number[i] = pp_table_find(wide, name)->number[i % UNITS];
        season->number[i] = 2001 + (double)(i / UNITS / 2);
    }
    return t;
}

static void both_shapes(void **state) {
    pp_table *wide = survey(4), *tall = one_row_a_visit(wide);
    (void)state;
    for (int f = 0; f < 2; f++) {
        pp_occupancy_options by_visit = FORMS[f];
        by_visit.visits = NULL;
        by_visit.seasons = 0;
        by_visit.unit = "id";
        by_visit.detected = "y";
        by_visit.season = f ? "year" : NULL;
        pp_result *a = occupancy(wide, &FORMS[f], 1), *b = occupancy(tall, &by_visit, 1);
        assert_same(a, b, "coefficients", "estimate", 1e-9);
        assert_same(a, b, "coefficients", "std_error", 1e-9);
        assert_same(a, b, "occupancy_units", "conditional", 1e-9);
        pp_result_free(a);
        pp_result_free(b);
    }
    pp_table_free(tall);
    pp_table_free(wide);
}

/* ---- what was never visited ---- */

static void unvisited(void **state) {
    pp_error err = {0};
    pp_table *t = survey(5), *visited;
    int64_t rows[UNITS];
    (void)state;
    for (int64_t i = 0; i < UNITS; i++) {
        rows[i] = i;
    }
    assert_ok(pp_table_take_rows(t, rows, UNITS - 20, &visited, &err));
    pp_result *a = occupancy(t, &FULL, 1), *b = occupancy(visited, &FULL, 1);
    assert_same(a, b, "coefficients", "estimate", 1e-10);
    assert_true(at(a, "model", "unvisited", 0) == 20);
    for (int64_t i = UNITS - 20; i < UNITS; i++) {
        double psi = at(a, "occupancy_units", "estimate", i);
        assert_true(psi > 0 && psi < 1);
        assert_true(at(a, "occupancy_units", "conditional", i) == psi);
    }
    /* Of a level that no visited unit has nothing is known. */
    pp_column *g = pp_table_find(t, "g");
    assert_ok(pp_column_set_level(t, g, UNITS - 1, "z", &err));
    pp_result *c = occupancy(t, &FULL, 1);
    assert_same(c, b, "coefficients", "estimate", 1e-10);
    assert_true(isnan(at(c, "occupancy_units", "estimate", UNITS - 1)));
    assert_true(at(c, "occupancy_units", "estimate", UNITS - 2) ==
                at(a, "occupancy_units", "estimate", UNITS - 2));
    const pp_column *why =
        pp_table_find(pp_result_find(c, "occupancy_units"), "left_out");
    assert_string_equal(pp_column_get_text(why, UNITS - 1), "not comparable");
    pp_result_free(a);
    pp_result_free(b);
    pp_result_free(c);
    pp_table_free(visited);
    pp_table_free(t);
}

static void missing_regressors(void **state) {
    pp_table *t = survey(6);
    (void)state;
    pp_table_find(t, "x")->number[3] = NAN;
    pp_table_find(t, "y1")->number[5] = 0;
    pp_table_find(t, "w1")->number[5] = NAN;
    pp_result *r = occupancy(t, &FULL, 1);
    const pp_table *units = pp_result_find(r, "occupancy_units");
    assert_string_equal(pp_column_get_text(pp_table_find(units, "left_out"), 3), "x");
    assert_true(isnan(at(r, "occupancy_units", "conditional", 3)));
    assert_true(at(r, "model", "units", 0) == UNITS - 21);
    assert_string_equal(drops_of(r), "missing x units 1; incomplete - units 1; missing w "
                                     "visits 1; incomplete - visits 1");
    pp_result_free(r);
    pp_table_free(t);
}

/* ---- covariances, the test of fit ---- */

static void clusters_of_one(void **state) {
    pp_table *t = survey(7);
    pp_occupancy_options robust = FULL, cluster = FULL;
    (void)state;
    robust.vcov = "robust";
    cluster.vcov = "cluster:id";
    pp_result *a = occupancy(t, &robust, 1), *b = occupancy(t, &cluster, 1);
    for (int64_t i = 0; i < 6; i++) {
        assert_true(fabs(at(a, "coefficients", "std_error", i) * sqrt(120. / 119) -
                         at(b, "coefficients", "std_error", i)) < 1e-10);
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(t);
}

static void test_of_fit(void **state) {
    pp_table *t = survey(8);
    pp_occupancy_options options = {
        .visits = "y1,y2,y3", .state = "x", .starts = 1, .bootstrap = 60};
    (void)state;
    pp_result *a = occupancy(t, &options, 1), *b = occupancy(t, &options, 3);
    assert_same(a, b, "occupancy_fit", "mean", 0);
    assert_true(at(a, "occupancy_fit", "failed_draws", 0) < 6);
    assert_true(at(a, "occupancy_fit", "p_value", 0) > 0.02);
    assert_true(at(a, "occupancy_fit", "c_hat", 0) > 0.6 &&
                at(a, "occupancy_fit", "c_hat", 0) < 1.7);
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(t);
}

/* ---- refusals ---- */

static void assert_refused(const pp_table *t, const pp_occupancy_options *options,
                           pp_status code, const char *words) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_status status = pp_occupancy(t, options, NULL, &result, &err);
    if (status != code || !strstr(err.message, words)) {
        fail_msg("expected '%s', got %s: %s", words, pp_status_name(status), err.message);
    }
    assert_true(err.hint[0] != '\0' || err.column[0] != '\0');
}

static void set_all(pp_table *t, double value) {
    for (int j = 1; j <= VISITS; j++) {
        char name[8];
        snprintf(name, sizeof name, "y%d", j);
        double *y = pp_table_find(t, name)->number;
        for (int64_t i = 0; i < UNITS; i++) {
            y[i] = isnan(y[i]) ? y[i] : value;
        }
    }
}

static void refused_options(void **state) {
    const struct {
        pp_occupancy_options options;
        pp_status code;
        const char *words;
    } cases[] = {
        {{.visits = NULL}, PP_E_ARGUMENT, "which columns are the visits"},
        {{.visits = "y*", .form = "multi"}, PP_E_ARGUMENT, "no such form"},
        {{.visits = "y*", .absorbing = 1}, PP_E_ARGUMENT, "has no use"},
        {{.visits = "y*", .form = "dynamic"}, PP_E_ARGUMENT, "needs two seasons"},
        {{.visits = "y*", .form = "dynamic", .seasons = 4},
         PP_E_ARGUMENT,
         "equal seasons"},
        {{.visits = "y1,y1"}, PP_E_ARGUMENT, "named twice"},
        {{.visits = "v*"}, PP_E_NOT_FOUND, "no column is this word"},
        {{.visits = "y1,y9"}, PP_E_NOT_FOUND, "y9"},
        {{.visits = "x,y1"}, PP_E_INPUT, "a visit finds nothing (0) or something (1)"},
        {{.visits = "id,y1"}, PP_E_INPUT, "a visit finds"},
        {{.visits = "y*", .state = "x +"}, PP_E_ARGUMENT, ""},
        {{.visits = "y*", .state = "x | g"}, PP_E_ARGUMENT, "terms only"},
        {{.visits = "y*", .state = "q"}, PP_E_NOT_FOUND, "q"},
        {{.visits = "y*", .vcov = "hc9"}, PP_E_ARGUMENT, "no such covariance"},
        {{.visits = "y*", .detected = "x"}, PP_E_ARGUMENT, "in two ways"},
        {{.detected = "y1"}, PP_E_ARGUMENT, "needs the units' column"},
        {{.visits = "y*", .level = 1}, PP_E_ARGUMENT, "out of range"},
        {{.visits = "y1"}, PP_E_ESTIMATION, "no unit was visited twice"},
        {{.visits = "y*", .form = "dynamic", .seasons = 2, .bootstrap = 9},
         PP_E_ARGUMENT,
         "no test of fit"},
        {{.visits = "y*", .form = "false-positive", .certain = "x"},
         PP_E_ARGUMENT,
         "none of the visits"}};
    pp_table *t = survey(9);
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_refused(t, &cases[c].options, cases[c].code, cases[c].words);
    }
    pp_table_free(t);
}

static void refused_data(void **state) {
    const pp_occupancy_options plain = {.visits = "y*", .state = "x"};
    pp_table *t = survey(10);
    (void)state;
    set_all(t, 0);
    assert_refused(t, &plain, PP_E_ESTIMATION, "found anything");
    double *y1 = pp_table_find(t, "y1")->number;
    y1[0] = 1;
    assert_refused(t, &plain, PP_E_ESTIMATION, "too few detections: 1 units");
    set_all(t, 1);
    assert_refused(t, &plain, PP_E_ESTIMATION, "every visit found something");
    pp_table_find(t, "y2")->number[0] = 0;
    assert_refused(t, &plain, PP_E_ESTIMATION, "have a detection");
    pp_table_free(t);
}

/* Nobody in group c was ever found, and everyone in the others. */
static void refused_boundaries(void **state) {
    const pp_occupancy_options options = {.visits = "y*", .state = "g", .starts = 2};
    pp_table *t = survey(11);
    pp_error err = {0};
    pp_result *result = NULL;
    (void)state;
    for (int j = 1; j <= VISITS; j++) {
        char name[8];
        snprintf(name, sizeof name, "y%d", j);
        for (int64_t i = 2; i < UNITS; i += 3) {
            double *y = pp_table_find(t, name)->number;
            y[i] = isnan(y[i]) ? y[i] : 0;
        }
    }
    assert_int_equal(pp_occupancy(t, &options, NULL, &result, &err), PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "state is separated by gc"));
    pp_table_free(t);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    const pp_occupancy_options options = {.visits = "y*",
                                          .unit = "id",
                                          .state = "x + g",
                                          .detect = "w",
                                          .vcov = "cluster:g",
                                          .starts = 1,
                                          .draws = 5,
                                          .bootstrap = 2};
    pp_status status = pp_occupancy(payload, &options, NULL, &result, err);
    if (status == PP_OK) {
        pp_result_free(result);
    }
    return status;
}

static void out_of_memory(void **state) {
    pp_table *t = survey(12);
    (void)state;
    fail_every_allocation(work, t);
    pp_table_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives),        cmocka_unit_test(any_threads),
        cmocka_unit_test(rearranged),         cmocka_unit_test(both_shapes),
        cmocka_unit_test(unvisited),          cmocka_unit_test(missing_regressors),
        cmocka_unit_test(clusters_of_one),    cmocka_unit_test(test_of_fit),
        cmocka_unit_test(refused_options),    cmocka_unit_test(refused_data),
        cmocka_unit_test(refused_boundaries), cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests_name("occupancy", tests, NULL, NULL);
}
