/* Peers: exposures by hand, kinds of peers, residuals, isolates, bad input. */
#include "support/frames.h"
#include "support/support.h"

#include "drivers/peers_links.h"
#include "drivers/peers_residuals.h"

#include <pushpull/after.h>
#include <pushpull/peers.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 30, YEARS = 10, ROWS = UNITS * YEARS };
static const char *const REGIONS[] = {"Africa", "Asia", "Europe"};

static double *add(pp_table *t, const char *name) {
    pp_error err = {0};
    pp_column *column;
    assert_ok(pp_table_add(t, PP_NUMBER, name, &column, &err));
    return column->number;
}

/* Units u0..u29; event is missing after it has come; lo is two years before hi. */
static pp_table *panel(void) {
    pp_error err = {0};
    pp_table *t = NULL;
    pp_column *unit, *region;
    pp_rng rng;
    pp_rng_init(&rng, 6, 2, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "unit", &unit, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "region", &region, &err));
    double *year = add(t, "year"), *x = add(t, "x"), *event = add(t, "event");
    double *lo = add(t, "lo"), *hi = add(t, "hi"), *vote = add(t, "vote");
    for (int64_t u = 0; u < UNITS; u++) {
        double date = NAN;
        char name[16];
        snprintf(name, sizeof name, "u%02d", (int)u);
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            assert_ok(pp_column_set_text(t, unit, i, name, &err));
            assert_ok(pp_column_set_text(t, region, i, REGIONS[u % 3], &err));
            year[i] = 2000 + (double)(i % YEARS);
            x[i] = pp_rng_normal(&rng);
            vote[i] = pp_rng_normal(&rng);
            int now = pp_rng_uniform(&rng) < 1 / (1 + exp(2 - x[i]));
            event[i] = isnan(date) ? (double)now : (double)NAN;
            date = isnan(date) && now ? year[i] : date;
        }
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            hi[i] = date;
            lo[i] = fmax(2000, date - 2);
            lo[i] = isnan(date) ? NAN : lo[i];
        }
    }
    return t;
}

/* A ring in which unit 29 has nobody and is nobody's. */
static pp_table *ring(void) {
    pp_error err = {0};
    pp_table *t = NULL;
    pp_column *from, *to;
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, 2 * (UNITS - 1), &err));
    assert_ok(pp_table_add(t, PP_TEXT, "from", &from, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "to", &to, &err));
    double *weight = add(t, "weight");
    for (int u = 0; u < UNITS - 1; u++) {
        char a[16], b[16];
        snprintf(a, sizeof a, "u%02d", u);
        for (int side = 0; side < 2; side++) {
            int64_t row = 2 * u + side;
            snprintf(b, sizeof b, "u%02d", (u + 1 + side * 4) % (UNITS - 1));
            assert_ok(pp_column_set_text(t, from, row, a, &err));
            assert_ok(pp_column_set_text(t, to, row, b, &err));
            weight[row] = 1 + 2 * side;
        }
    }
    return t;
}

static pp_result *looked(const pp_table *data, const char *formula, const char *model,
                         const pp_peers_options *options, int threads) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_model_options m = {.model = model, .unit = "unit", .time = "year"};
    pp_context ctx = {.threads = threads};
    assert_ok(pp_peers(formula, data, &m, options, &ctx, &r, &err));
    return r;
}

static double cell(const pp_result *r, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

/* ---- exposures ---- */

static double year_of(const pp_table *t, int u) {
    return pp_table_find(t, "hi")->number[u * YEARS];
}

/* By the definition: a quarter of the next unit, three quarters of the fifth one on. */
static void fill_by_hand(pp_table *t, int expected) {
    double *e = add(t, expected ? "hand_expected" : "hand");
    for (int i = 0; i < ROWS; i++) {
        int u = i / YEARS;
        double before = 1999 + i % YEARS;
        for (int side = 0; side < 2 && u < UNITS - 1; side++) {
            double hi = year_of(t, (u + 1 + side * 4) % (UNITS - 1));
            double lo = fmax(2000, hi - 2);
            double share =
                isnan(hi) || before < lo ? 0 : (before - lo + 1) / (hi - lo + 1);
            share = expected ? fmin(share, 1) : before >= hi;
            e[i] = (side ? 0.75 : 0.25) * share + (side ? e[i] : 0);
        }
        e[i] = u == UNITS - 1 ? 0 : e[i];
    }
}

static void by_hand(void **state) {
    pp_table *t = panel(), *w = ring();
    pp_peer_exposure exposure = {.kind = "matrix", .name = "ties", .matrix = w};
    pp_peers_options options = {
        .exposures = &exposure, .n_exposures = 1, .lo = "lo", .hi = "hi"};
    pp_result *r = looked(t, "event ~ x", "logit", &options, 1);
    (void)state;
    assert_int_equal(pp_table_rows(pp_result_find(r, "peers")), 2);
    for (int mode = 0; mode < 2; mode++) {
        pp_error err = {0};
        fill_by_hand(t, mode);
        pp_fit *fit = fitted(mode ? "event ~ hand_expected + x" : "event ~ hand + x", t,
                             &(pp_model_options){.model = "logit"});
        pp_result *own = NULL;
        assert_ok(pp_fit_result(fit, &own, &err));
        assert_ok(pp_fit_margins(fit, "sd", own, &err));
        assert_true(fabs(cell(r, "peers", "estimate", mode) -
                         cell(own, "margins", "estimate", 0)) < 1e-13);
        assert_true(fabs(cell(r, "peers", "std_error", mode) -
                         cell(own, "margins", "std_error", 0)) < 1e-13);
        pp_result_free(own);
        pp_fit_free(fit);
    }
    assert_int_equal(pp_table_rows(pp_result_find(r, "isolates")), 1);
    assert_true(cell(r, "isolates", "periods", 0) == YEARS);
    assert_true(cell(r, "moran", "isolates", 0) == 1);
    pp_result_free(r);
    pp_table_free(t);
    pp_table_free(w);
}

/* Where dates are exact, one way of counting is enough; the outcome alone tells them. */
static void exact_dates(void **state) {
    pp_table *t = panel(), *w = ring();
    pp_peer_exposure exposures[] = {
        {.kind = "matrix", .matrix = w},
        {.kind = "region"},
        {.kind = "votes", .column = "vote", .nearest = 4},
        {.kind = "votes", .name = "kernel", .column = "vote", .bandwidth = 0.5}};
    pp_peers_options options = {.exposures = exposures, .n_exposures = 4};
    pp_result *a = looked(t, "event ~ x", "logit", &options, 1);
    pp_result *b = looked(t, "event ~ x", "logit", &options, 4);
    (void)state;
    assert_int_equal(pp_table_rows(pp_result_find(a, "peers")), 8);
    for (int64_t i = 0; i < 8; i++) {
        assert_true(cell(a, "peers", "estimate", i) == cell(b, "peers", "estimate", i));
    }
    for (int64_t i = 0; i < 4; i++) {
        assert_true(cell(a, "moran", "p_permutation", i) ==
                    cell(b, "moran", "p_permutation", i));
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(t);
    pp_table_free(w);
}

/* Rows in another order are the same world. */
static void any_order(void **state) {
    pp_error err = {0};
    pp_table *t = panel(), *turned = NULL;
    int64_t rows[ROWS];
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        rows[i] = (i * 7) % ROWS;
    }
    assert_ok(pp_table_take_rows(t, rows, ROWS, &turned, &err));
    pp_peer_exposure exposures[] = {{.kind = "region"},
                                    {.kind = "votes", .column = "vote"}};
    pp_peers_options options = {.exposures = exposures, .n_exposures = 2};
    const char *formula = "Surv(lo, hi, type = interval) ~ x";
    pp_result *a = looked(t, formula, "hazard", &options, 1);
    pp_result *b = looked(turned, formula, "hazard", &options, 2);
    assert_int_equal(pp_table_rows(pp_result_find(a, "peers")), 8);
    for (int64_t i = 0; i < 8; i++) {
        assert_true(fabs(cell(a, "peers", "estimate", i) -
                         cell(b, "peers", "estimate", i)) < 1e-13);
    }
    assert_true(cell(a, "moran", "statistic", 1) == cell(b, "moran", "statistic", 1));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(turned);
    pp_table_free(t);
}

/* What units are called does not matter. */
static void any_names(void **state) {
    pp_error err = {0};
    pp_table *t = panel(), *renamed = panel();
    pp_column *unit = pp_table_find(renamed, "unit");
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%02d", (int)(i / YEARS * 7 % UNITS));
        assert_ok(pp_column_set_text(renamed, unit, i, name, &err));
    }
    pp_peer_exposure exposures[] = {{.kind = "region"},
                                    {.kind = "votes", .column = "vote"}};
    pp_peers_options options = {.exposures = exposures, .n_exposures = 2};
    pp_result *a = looked(t, "event ~ x", "logit", &options, 1);
    pp_result *b = looked(renamed, "event ~ x", "logit", &options, 1);
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, "peers")); i++) {
        assert_true(fabs(cell(a, "peers", "estimate", i) -
                         cell(b, "peers", "estimate", i)) < 1e-12);
    }
    assert_true(fabs(cell(a, "moran", "p_value", 1) - cell(b, "moran", "p_value", 1)) <
                1e-12);
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(t);
    pp_table_free(renamed);
}

/* Units outside the data adopt too, and are nobody's row. */
static void others_count(void **state) {
    pp_error err = {0};
    pp_table *t = panel(), *others = frame("unit region lo hi\n"
                                           "z1 Asia . 1995\n"
                                           "z2 Asia 1990 1990\n"
                                           "u01 Asia 1900 1900\n");
    pp_peer_exposure exposure = {.kind = "region"};
    pp_peers_options options = {.exposures = &exposure, .n_exposures = 1};
    (void)state;
    pp_result *a = looked(t, "event ~ x", "logit", &options, 1);
    options.others = others;
    pp_result *b = looked(t, "event ~ x", "logit", &options, 1);
    assert_true(cell(b, "peers", "mean", 0) > cell(a, "peers", "mean", 0) + 0.03);
    assert_true(cell(b, "peers", "nobs", 0) == cell(a, "peers", "nobs", 0));
    assert_true(cell(b, "moran", "units", 0) == UNITS);
    pp_result_free(a);
    pp_result_free(b);
    (void)err;
    pp_table_free(others);
    pp_table_free(t);
}

/* ---- places ---- */

static void borders_and_distance(void **state) {
    pp_error err = {0};
    pp_gazetteer *gazetteer = NULL;
    pp_arena arena;
    pp_table *t = frame("unit year x event\n"
                        "KEN 2000 1 0\nUGA 2000 2 1\nTZA 2000 3 0\nNZL 2000 1 0\n"
                        "DEU 2000 2 0\nFRA 2000 3 1\n");
    pp_model_options model = {.unit = "unit", .time = "year"};
    pp__world world;
    pp__peering borders, near;
    pp__links links;
    (void)state;
    pp_arena_init(&arena);
    assert_ok(pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, &err));
    pp_peers_options options = {.gazetteer = gazetteer};
    const pp_peer_exposure land = {.kind = "borders"};
    const pp_peer_exposure nearby = {.kind = "distance", .km = 2000};
    assert_ok(pp__world_find(t, "event ~ x", &model, &options, &arena, &world, &err));
    assert_ok(pp__peering_find(&world, &land, &options, &arena, &borders, &err));
    assert_ok(pp__peering_links(&borders, 0, &links, &err));
    /* DEU FRA KEN NZL TZA UGA, in that order */
    assert_int_equal(links.to[links.begin[0]], 1);
    assert_int_equal(links.begin[3] - links.begin[2], 2);
    assert_int_equal(links.begin[4], links.begin[3]);
    assert_true(links.weight[links.begin[2]] == 0.5);
    pp__links_clear(&links);
    assert_ok(pp__peering_find(&world, &nearby, &options, &arena, &near, &err));
    assert_ok(pp__peering_links(&near, 0, &links, &err));
    assert_int_equal(links.begin[4], links.begin[3]);
    assert_int_equal(links.to[links.begin[0]], 1);
    assert_true(links.weight[links.begin[0]] == 1);
    assert_int_equal(links.begin[3] - links.begin[2], 2);
    pp__links_clear(&links);
    pp_gazetteer_free(gazetteer);
    pp_arena_clear(&arena);
    pp_table_free(t);
}

/* ---- residuals ---- */

/* A date known to the year gives what the binary model gives, which are R's residuals. */
static void residuals(void **state) {
    pp_error err = {0};
    pp_table *t = panel();
    int32_t unit[ROWS];
    double binary[UNITS], hazard[UNITS], by_hand[UNITS] = {0}, rows[UNITS] = {0};
    pp_result *r = NULL;
    (void)state;
    memcpy(pp_table_find(t, "lo")->number, pp_table_find(t, "hi")->number,
           ROWS * sizeof(double));
    for (int i = 0; i < ROWS; i++) {
        unit[i] = i / YEARS;
    }
    pp_fit *logit = fitted("event ~ x", t, &(pp_model_options){.model = "logit"});
    pp_fit *dates =
        fitted("Surv(lo, hi, type = interval) ~ x", t,
               &(pp_model_options){.model = "hazard", .unit = "unit", .time = "year"});
    assert_ok(pp_fit_result(logit, &r, &err));
    assert_ok(pp_fit_residuals(logit, NULL, NULL, r, &err));
    const pp_table *all = pp_result_find(r, "residuals");
    for (int64_t i = 0; i < pp_table_rows(all); i++) {
        int u = unit[(int)pp_table_find(all, "row")->number[i] - 1];
        by_hand[u] += pp_table_find(all, "deviance")->number[i];
        rows[u]++;
    }
    assert_ok(pp__unit_residuals(logit, unit, UNITS, 0, NULL, binary, &err));
    assert_ok(pp__unit_residuals(dates, unit, UNITS, 0, NULL, hazard, &err));
    for (int u = 0; u < UNITS; u++) {
        assert_true(fabs(binary[u] - by_hand[u] / rows[u]) < 1e-13);
        assert_true(fabs(binary[u] - hazard[u]) < 1e-8);
    }
    pp_result_free(r);
    pp_fit_free(logit);
    pp_fit_free(dates);
    pp_table_free(t);
}

/* ---- bad input ---- */

static void assert_refused(const pp_peers_options *options, const char *formula,
                           pp_status wanted, const char *words) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *t = panel();
    pp_model_options model = {.model = "logit", .unit = "unit", .time = "year"};
    assert_int_equal(pp_peers(formula, t, &model, options, NULL, &r, &err), wanted);
    if (!strstr(err.message, words)) {
        fail_msg("'%s' is not in '%s'", words, err.message);
    }
    pp_table_free(t);
}

static void refuse_exposure(pp_peer_exposure exposure, pp_status wanted,
                            const char *words) {
    pp_peers_options options = {.exposures = &exposure, .n_exposures = 1};
    assert_refused(&options, "event ~ x", wanted, words);
}

static void bad_input(void **state) {
    pp_table *twice = frame("from to weight\nu01 u02 1\nu01 u02 2\n");
    pp_table *self = frame("from to weight\nu01 u01 1\n");
    pp_table *negative = frame("from to weight\nu01 u02 -1\n");
    pp_table *strange = frame("from to weight\na b 1\n");
    (void)state;
    refuse_exposure((pp_peer_exposure){.kind = "friends"}, PP_E_ARGUMENT, "friends");
    refuse_exposure((pp_peer_exposure){.kind = "matrix"}, PP_E_ARGUMENT, "missing");
    refuse_exposure((pp_peer_exposure){.kind = "matrix", .matrix = twice}, PP_E_INPUT,
                    "twice");
    refuse_exposure((pp_peer_exposure){.kind = "matrix", .matrix = self}, PP_E_INPUT,
                    "its own peer");
    refuse_exposure((pp_peer_exposure){.kind = "matrix", .matrix = negative}, PP_E_INPUT,
                    "zero or more");
    refuse_exposure((pp_peer_exposure){.kind = "matrix", .matrix = strange},
                    PP_E_ESTIMATION, "no unit has a peer");
    refuse_exposure((pp_peer_exposure){.kind = "votes"}, PP_E_ARGUMENT, "positions");
    refuse_exposure((pp_peer_exposure){.kind = "votes", .column = "region"},
                    PP_E_ARGUMENT, "numbers");
    refuse_exposure((pp_peer_exposure){.kind = "region", .column = "continent"},
                    PP_E_NOT_FOUND, "continent");
    refuse_exposure((pp_peer_exposure){.kind = "borders"}, PP_E_ARGUMENT, "gazetteer");
    refuse_exposure((pp_peer_exposure){.kind = "region", .name = "a b"}, PP_E_ARGUMENT,
                    "letters");
    assert_refused(NULL, "event ~ x", PP_E_ARGUMENT, "between 1 and 16");
    pp_table_free(twice);
    pp_table_free(self);
    pp_table_free(negative);
    pp_table_free(strange);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *r = NULL;
    pp_table *const *tables = payload;
    pp_peer_exposure exposures[] = {{.kind = "matrix", .matrix = tables[1]},
                                    {.kind = "votes", .column = "vote", .nearest = 3}};
    pp_peers_options options = {
        .exposures = exposures, .n_exposures = 2, .permutations = 9};
    pp_model_options model = {.model = "logit", .unit = "unit", .time = "year"};
    pp_status status = pp_peers("event ~ x", tables[0], &model, &options, NULL, &r, err);
    if (status == PP_OK) {
        pp_result_free(r);
    }
    return status;
}

static void failing_memory(void **state) {
    pp_table *tables[] = {panel(), ring()};
    (void)state;
    assert_true(fail_every_allocation(work, tables) > 100);
    pp_table_free(tables[0]);
    pp_table_free(tables[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),       cmocka_unit_test(exact_dates),
        cmocka_unit_test(any_order),     cmocka_unit_test(any_names),
        cmocka_unit_test(others_count),  cmocka_unit_test(borders_and_distance),
        cmocka_unit_test(residuals),     cmocka_unit_test(bad_input),
        cmocka_unit_test(failing_memory)};
    return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
