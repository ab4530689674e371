/* What holds of every table of claims, tried on random ones. */
#include <pushpull/adoption.h>
#include <pushpull/random.h>

#include "support/claims.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 200, ROWS = 30 };

static const char *const chn[] = {"CHN", NULL};
static const char *const any[] = {"*", NULL};
static const pp_adoption_rule prc = {.suppliers = chn};

typedef struct random_claims {
    claim_row rows[2 * ROWS];
    char ids[2 * ROWS][16], dates[ROWS][2][16], stories[ROWS][16];
} random_claims;

static const char *one_of(pp_rng *rng, const char *const *words, int64_t n) {
    return words[pp_rng_below(rng, n)];
}
#define ONE_OF(rng, ...)                                                                 \
    one_of(rng, (const char *const[]){__VA_ARGS__},                                      \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void random_dates(pp_rng *rng, char dates[2][16]) {
    int from = 2008 + (int)pp_rng_below(rng, 10), to = from + (int)pp_rng_below(rng, 3);
    int month = 1 + (int)pp_rng_below(rng, 12);
    int kind = (int)pp_rng_below(rng, 5);
    snprintf(dates[0], 16, kind == 0 || kind == 1 ? "" : "%d", from);
    snprintf(dates[1], 16, kind == 0 || kind == 2 ? "" : "%d-%02d", to, month);
}

static void fill(random_claims *c, uint64_t round) {
    pp_rng rng;
    pp_rng_init(&rng, 7, 1, round);
    for (int i = 0; i < ROWS; i++) {
        snprintf(c->ids[i], 16, "A%03d", i);
        snprintf(c->stories[i], 16, "S%d", (int)pp_rng_below(&rng, ROWS / 2));
        random_dates(&rng, c->dates[i]);
        c->rows[i] = (claim_row){
            .id = c->ids[i],
            .country = ONE_OF(&rng, "KEN", "UGA", "ECU", "SRB"),
            .place = ONE_OF(&rng, NULL, NULL, "North", "South"),
            .vendor = ONE_OF(&rng, "huawei", "huawei", "zte", "unknown"),
            .home = ONE_OF(&rng, "CHN", "CHN", "CHN", "USA", ""),
            .platform =
                ONE_OF(&rng, "cctv_network", "safe_city", "facial_recognition", "other"),
            .status = ONE_OF(&rng, "operational", "operational", "contracted",
                             "announced", "expanded", "ended", "suspended", "denied"),
            .earliest = c->dates[i][0],
            .latest = c->dates[i][1],
            .confidence = ONE_OF(&rng, "low", "medium", "high"),
            .story = c->stories[i],
        };
    }
}

static pp_result *derive(const pp_adoption_rule *rule, const claim_row *rows, size_t n) {
    const search_row searched[] = {{"BRA", 1}, {NULL, 0}};
    pp_table *claims = claims_table(rows, n), *countries = countries_table();
    pp_table *searches = searches_table(searched);
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_adoption_derive(rule, claims, searches, countries, NULL, &result, &err));
    pp_table_free(claims);
    pp_table_free(countries);
    pp_table_free(searches);
    return result;
}

/* Every cell of a table but those of columns that count claims or list them. */
static void check_same(const pp_result *a, const pp_result *b, const char *name,
                       int counts) {
    pp_table *x = pp_result_find(a, name), *y = pp_result_find(b, name);
    assert_int_equal(pp_table_rows(x), pp_table_rows(y));
    for (int j = 0; j < pp_table_columns(x); j++) {
        const char *column = pp_table_column(x, j)->name;
        if (!counts &&
            (strcmp(column, "n_claims") == 0 || strcmp(column, "claims") == 0 ||
             strcmp(column, "ended_by") == 0)) {
            continue;
        }
        for (int64_t i = 0; i < pp_table_rows(x); i++) {
            assert_string_equal(cell_at(a, name, i, column), cell_at(b, name, i, column));
        }
    }
}

static void the_order_of_rows_makes_no_difference(void **state) {
    (void)state;
    static random_claims c;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        fill(&c, round);
        pp_result *a = derive(&prc, c.rows, ROWS);
        pp_rng rng;
        pp_rng_init(&rng, 7, 2, round);
        for (int64_t i = ROWS - 1; i > 0; i--) {
            int64_t j = pp_rng_below(&rng, i + 1);
            claim_row row = c.rows[i];
            c.rows[i] = c.rows[j];
            c.rows[j] = row;
        }
        pp_result *b = derive(&prc, c.rows, ROWS);
        for (int t = 0; t < pp_result_tables(a); t++) {
            check_same(a, b, pp_result_table_name(a, t), 1);
        }
        pp_result_free(a);
        pp_result_free(b);
    }
}

static void further_copies_of_a_story_make_no_difference(void **state) {
    (void)state;
    static random_claims c;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        fill(&c, round);
        pp_result *a = derive(&prc, c.rows, ROWS);
        for (int i = 0; i < ROWS; i++) {
            snprintf(c.ids[ROWS + i], 16, "%s%03d", i % 2 ? "B" : "0", i);
            c.rows[ROWS + i] = c.rows[i];
            c.rows[ROWS + i].id = c.ids[ROWS + i];
        }
        pp_result *b = derive(&prc, c.rows, 2 * ROWS);
        check_same(a, b, "adoptions", 0);
        check_same(a, b, "outcomes", 0);
        check_same(a, b, "spells", 1);
        check_same(a, b, "counts", 1);
        check_same(a, b, "adopters_over_time", 1);
        pp_result_free(a);
        pp_result_free(b);
    }
}

static void check_all_kept(const pp_adoption_rule *narrow, const pp_adoption_rule *wide,
                           const random_claims *c) {
    pp_result *a = derive(narrow, c->rows, ROWS), *b = derive(wide, c->rows, ROWS);
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, "outcomes")); i++) {
        if (strcmp(cell_at(a, "outcomes", i, "outcome"), "adopted") == 0) {
            const char *country = cell_at(a, "outcomes", i, "country");
            assert_string_equal(cell(b, "outcomes", country, "outcome"), "adopted");
        }
    }
    pp_result_free(a);
    pp_result_free(b);
}

static void a_wider_rule_never_loses_an_adopter(void **state) {
    (void)state;
    static const char *const narrow_statuses[] = {"operational", NULL};
    static const char *const statuses[] = {"announced", "contracted", "operational",
                                           "expanded", NULL};
    static const char *const narrow_platforms[] = {"facial_recognition", NULL};
    static const char *const platforms[] = {"facial_recognition", "safe_city", NULL};
    static random_claims c;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        fill(&c, round);
        pp_adoption_rule wider = prc;
        wider.suppliers = any;
        check_all_kept(&prc, &wider, &c);
        pp_adoption_rule narrow = prc;
        narrow.statuses = narrow_statuses;
        check_all_kept(&narrow, &prc, &c);
        wider = prc;
        wider.statuses = statuses;
        check_all_kept(&prc, &wider, &c);
        narrow = prc;
        narrow.confidence = "high";
        check_all_kept(&narrow, &prc, &c);
        narrow = wider = prc;
        narrow.platforms = narrow_platforms;
        wider.platforms = platforms;
        check_all_kept(&narrow, &wider, &c);
    }
}

static void check_order(const pp_result *r, const char *table, const char *from,
                        const char *to) {
    const pp_column *a = pp_table_find(pp_result_find(r, table), from);
    const pp_column *b = pp_table_find(pp_result_find(r, table), to);
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(r, table)); i++) {
        assert_int_equal(a->number[i] > b->number[i], 0);
    }
}

static void intervals_are_in_order(void **state) {
    (void)state;
    static random_claims c;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        fill(&c, round);
        pp_adoption_rule rule = prc;
        rule.undated = round % 2 ? "open" : "bound";
        pp_result *r = derive(&rule, c.rows, ROWS);
        check_order(r, "adoptions", "earliest_year", "latest_year");
        check_order(r, "outcomes", "earliest_year", "latest_year");
        check_order(r, "spells", "start_earliest", "start_latest");
        check_order(r, "spells", "end_earliest", "end_latest");
        check_order(r, "spells", "start_latest", "end_latest");
        check_order(r, "adopters_over_time", "low", "midpoint");
        check_order(r, "adopters_over_time", "midpoint", "high");
        pp_result_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_rows_makes_no_difference),
        cmocka_unit_test(further_copies_of_a_story_make_no_difference),
        cmocka_unit_test(a_wider_rule_never_loses_an_adopter),
        cmocka_unit_test(intervals_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
