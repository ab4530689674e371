/* Worlds in which vendors are chosen by the model: does it give back what they were made of, and does the
   randomisation keep its size where nothing is repeated but by chance? */
#include "support/support.h"

#include <pushpull/lockin.h>
#include <pushpull/random.h>
#include <pushpull/table.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    COUNTRIES = 80,
    PURCHASES = 5,
    VENDORS = 8,
    HOMES = 4,
    WORLDS = 1000,
    FIRST = 1990
};

typedef struct truth {
    double vendor, supplier, sold;
} truth;

typedef struct sale {
    int country, vendor, year;
} sale;

typedef struct world {
    pp_table *adoptions, *countries;
    sale sales[VENDORS + COUNTRIES * PURCHASES];
    int n;
} world;

/* The chosen vendor of a purchase, given all before. */
static int choose(const world *w, const truth *b, int country, int year, pp_rng *rng) {
    double weight[VENDORS], sum = 0;
    for (int v = 0; v < VENDORS; v++) {
        int same = 0, home = 0, sold = 0;
        for (int i = 0; i < w->n; i++) {
            const sale *s = &w->sales[i];
            int before = s->year < year;
            same |= before && s->country == country && s->vendor == v;
            home |= before && s->country == country && s->vendor % HOMES == v % HOMES;
            sold += before && s->country != country && s->vendor == v;
        }
        weight[v] = exp(b->vendor * same + b->supplier * home + b->sold * log1p(sold));
        sum += weight[v];
    }
    double at = pp_rng_uniform(rng) * sum;
    int v = 0;
    while (v < VENDORS - 1 && at > weight[v]) {
        at -= weight[v++];
    }
    return v;
}

static void set_text(pp_table *table, const char *column, int64_t row, const char *text) {
    pp_error err = {0};
    assert_ok(pp_column_set_text(table, pp_table_find(table, column), row, text, &err));
}

static void write_sale(world *w, const sale *s) {
    pp_error err = {0};
    pp_table *t = w->adoptions;
    char text[32];
    int64_t row;
    assert_ok(pp_table_append(t, &row, &err));
    snprintf(text, sizeof text, "p%lld", (long long)row);
    set_text(t, "adoption", row, text);
    set_text(t, "place_id", row, text);
    set_text(t, "place", row, text);
    snprintf(text, sizeof text, "C%02d", s->country);
    set_text(t, "country", row, text);
    set_text(t, "family", row, "urban");
    snprintf(text, sizeof text, "v%d", s->vendor);
    set_text(t, "vendor", row, text);
    snprintf(text, sizeof text, "H%d", s->vendor % HOMES);
    set_text(t, "supplier", row, text);
    pp_table_find(t, "earliest_year")->number[row] = s->year;
    pp_table_find(t, "latest_year")->number[row] = s->year;
}

static void open_tables(world *w) {
    static const char *const texts[] = {
        "adoption", "place_id", "place",  "country",        "family",
        "vendor",   "supplier", "claims", "ended_earliest", "ended_latest"};
    static const char *const numbers[] = {"earliest_year", "latest_year", "ended"};
    pp_error err = {0};
    assert_ok(pp_table_new(&w->adoptions, &err));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        assert_ok(pp_table_add(w->adoptions, PP_TEXT, texts[k], NULL, &err));
    }
    for (int k = 0; k < 3; k++) {
        assert_ok(pp_table_add(w->adoptions, PP_NUMBER, numbers[k], NULL, &err));
    }
    assert_ok(pp_table_new(&w->countries, &err));
    assert_ok(pp_table_add(w->countries, PP_TEXT, "id", NULL, &err));
    assert_ok(pp_table_add(w->countries, PP_TEXT, "region", NULL, &err));
    for (int c = 0; c <= COUNTRIES; c++) {
        int64_t row;
        char text[32];
        assert_ok(pp_table_append(w->countries, &row, &err));
        snprintf(text, sizeof text, "C%02d", c);
        set_text(w->countries, "id", row, text);
        set_text(w->countries, "region", row, c % 2 ? "East" : "West");
    }
}

/* Every vendor has sold once, elsewhere; then one purchase of each country every other year. */
static void make_world(world *w, const truth *b, uint64_t task, uint64_t draw) {
    pp_rng rng;
    pp_rng_init(&rng, 7, task, draw);
    w->n = 0;
    open_tables(w);
    for (int v = 0; v < VENDORS; v++) {
        w->sales[w->n++] = (sale){COUNTRIES, v, FIRST};
    }
    for (int k = 0; k < PURCHASES; k++) {
        for (int year = 1; year <= 2; year++) {
            int at = FIRST + 2 * k + year;
            for (int c = 0; c < COUNTRIES; c++) {
                if (c % 4 / 2 == year - 1) {
                    int v = choose(w, b, c, at, &rng);
                    w->sales[w->n++] = (sale){c, v, at};
                }
            }
        }
    }
    for (int i = 0; i < w->n; i++) {
        write_sale(w, &w->sales[i]);
    }
}

static pp_result *lockin_of(world *w, int64_t draws, uint64_t seed) {
    const pp_lockin_options options = {.by = "country", .draws = draws, .seed = seed};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(
        pp_lockin(w->adoptions, NULL, w->countries, NULL, &options, NULL, &out, &err));
    pp_table_free(w->adoptions);
    pp_table_free(w->countries);
    return out;
}

static void recovery(void **state) {
    const truth b = {0.9, 0.4, 0.3};
    const double truths[] = {0.9, 0.4, 0.3};
    static world w;
    double sum[3] = {0};
    int covered[3] = {0};
    (void)state;
    for (int d = 0; d < WORLDS; d++) {
        make_world(&w, &b, 1, (uint64_t)d);
        pp_result *r = lockin_of(&w, 1, 1);
        const pp_table *t = pp_result_find(r, "lockin");
        for (int k = 0; k < 3; k++) {
            sum[k] += pp_table_find(t, "estimate")->number[k];
            covered[k] += pp_table_find(t, "conf_low")->number[k] <= truths[k] &&
                          truths[k] <= pp_table_find(t, "conf_high")->number[k];
        }
        pp_result_free(r);
    }
    for (int k = 0; k < 3; k++) {
        double share = (double)covered[k] / WORLDS, mean = sum[k] / WORLDS;
        print_message("%.1f: mean %.3f, covered %.1f%%\n", truths[k], mean, 100 * share);
        assert_true(fabs(mean - truths[k]) <
                    (k == 2 ? 0.1 : 0.03)); /* fed by its own past */
        assert_true(share > 0.935 && share < 0.965);
    }
}

static void size_of_randomisation(void **state) {
    const truth none = {0, 0, 0};
    static world w;
    int rejected = 0;
    (void)state;
    for (int d = 0; d < WORLDS; d++) {
        make_world(&w, &none, 2, (uint64_t)d);
        pp_result *r = lockin_of(&w, 99, (uint64_t)d);
        rejected +=
            pp_table_find(pp_result_find(r, "lockin_repeats"), "p_value")->number[0] <=
            0.05;
        pp_result_free(r);
    }
    print_message("rejected at 5%%: %.1f%%\n", 100.0 * rejected / WORLDS);
    assert_true(rejected < 0.065 * WORLDS && rejected > 0.02 * WORLDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(recovery),
                                       cmocka_unit_test(size_of_randomisation)};
    return cmocka_run_group_tests_name("simulation lockin", tests, NULL, NULL);
}
