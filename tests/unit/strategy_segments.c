/* Segments by rules, what is left open, what would move a place; clusters. */
#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/segments.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char RULES[] =
    "rules:\n"
    "  - {name: ended, title: Ended, when: ended = 1, because: It is over.}\n"
    "  - name: early\n"
    "    title: Early\n"
    "    when: outcome = 'adopted' AND (latest_year <= 2012 OR (earliest_year IS NULL "
    "AND "
    "NULL))\n"
    "    because: It was first.\n"
    "  - {name: late, title: Late, when: outcome = 'adopted', because: It came after.}\n"
    "  - {name: risk, title: At risk, when: hazard >= 0.1, because: The model says so.}\n"
    "  - {name: rest, title: The rest, because: Nothing else fits.}\n";

static const char PLACES[] =
    "place_id,name,kind,outcome,ended,earliest_year,latest_year,years_since,hazard,"
    "hazard_low,hazard_high\n"
    "AAA,Aland,country,adopted,false,2008,2010,10,,,\n"
    "BBB,Bland,country,adopted,false,2011,2014,6,,,\n"
    "CCC,Cland,country,adopted,,,2016,4,,,\n"
    "DDD,Dland,country,no_adoption_found,false,,,,0.1,0.05,0.2\n"
    "EEE,Eland,country,no_adoption_found,false,,,,0.01,0.005,0.02\n"
    "FFF,Fland,country,no_adoption_found,false,,,,,,\n";

static pp_table *places_of(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "places.csv", text), NULL, NULL,
                            &table, &err));
    return table;
}

static pp_segment_rules *rules_of(const char *text) {
    pp_segment_rules *rules = NULL;
    pp_error err = {0};
    assert_ok(pp_segment_rules_read_text(text, (int64_t)strlen(text), "rules.yml", &rules,
                                         &err));
    return rules;
}

static pp_result *segments_of(const char *places, const char *text, int draws,
                              int threads) {
    pp_table *table = places_of(places);
    pp_segment_rules *rules = rules_of(text);
    const pp_segments_options options = {.draws = draws, .bootstrap = 12, .seed = 3};
    const pp_context ctx = {.threads = threads};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_segments(table, rules, &options, &ctx, &out, &err));
    pp_segment_rules_free(rules);
    pp_table_free(table);
    return out;
}

static int64_t row_of(const pp_table *table, const char *place, const char *column,
                      const char *word) {
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, "place_id"), i), place) == 0 &&
            (!column ||
             strcmp(pp_column_get_text(pp_table_find(table, column), i), word) == 0)) {
            return i;
        }
    }
    return -1;
}

static double number(const pp_table *table, int64_t row, const char *column) {
    assert_true(row >= 0);
    return pp_table_find(table, column)->number[row];
}

static const char *text(const pp_table *table, int64_t row, const char *column) {
    assert_true(row >= 0);
    const char *words = pp_column_get_text(pp_table_find(table, column), row);
    return words ? words : "";
}

static void the_first_rule_that_holds(void **state) {
    static const char *const expected[] = {"early", "late", "late",
                                           "risk",  "rest", "rest"};
    (void)state;
    pp_result *r = segments_of(PLACES, RULES, 400, 1);
    const pp_table *t = pp_result_find(r, "segments");
    for (int i = 0; i < 6; i++) {
        assert_string_equal(text(t, i, "segment"), expected[i]);
    }
    assert_string_equal(text(t, 2, "open"), "ended, earliest_year");
    assert_string_equal(text(t, 2, "alternatives"),
                        "ended (if facts are found); early (if facts are found)");
    assert_string_equal(text(t, 5, "open"), "hazard");
    assert_null(pp_table_find(t, "cluster"));
    pp_result_free(r);
}

/* By hand: 2011 to 2014 is by 2012 in two years of four; a hazard whose middle is the line is above it in half of
   the draws. */
static void uncertain_facts_give_shares(void **state) {
    (void)state;
    pp_result *r = segments_of(PLACES, RULES, 400, 1);
    const pp_table *t = pp_result_find(r, "segment_probabilities");
    int64_t early = row_of(t, "BBB", "segment", "early");
    int64_t risk = row_of(t, "DDD", "segment", "risk");
    assert_true(fabs(number(t, early, "probability") - 0.5) < 0.1);
    assert_true(number(t, early, "low") == number(t, early, "high"));
    assert_true(fabs(number(t, risk, "probability") - 0.5) < 0.1);
    assert_true(number(t, row_of(t, "AAA", "segment", "early"), "low") == 1);
    int64_t open = row_of(t, "CCC", "segment", "late");
    assert_true(number(t, open, "probability") == 1 && number(t, open, "low") == 0);
    assert_true(number(t, row_of(t, "CCC", "segment", "ended"), "probability") == 0);
    assert_true(number(t, row_of(t, "CCC", "segment", "ended"), "high") == 1);
    assert_int_equal(row_of(t, "EEE", "segment", "risk"), -1);
    t = pp_result_find(r, "segment_rules");
    assert_true(number(t, 3, "places") == 1 && number(t, 3, "places_low") == 0);
    assert_true(number(t, 3, "open") == 1 && number(t, 0, "open") == 1);
    pp_result_free(r);
}

static void facts_that_would_move_a_place(void **state) {
    static const char *const expected[][4] = {
        {"AAA", "latest_year", "late", "above 2012"},
        {"BBB", "latest_year", "early", "2012"},
        {"DDD", "hazard", "rest", "below 0.1"},
        {"EEE", "hazard", "risk", "0.1"},
        {"EEE", "outcome", "late", "adopted"},
        {"FFF", "hazard", "risk", "0.1"},
        {"CCC", "ended", "ended", "1"},
    };
    (void)state;
    pp_result *r = segments_of(PLACES, RULES, 400, 1);
    const pp_table *t = pp_result_find(r, "segment_moves");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        int found = 0;
        for (int64_t row = 0; row < pp_table_rows(t); row++) {
            found |= strcmp(text(t, row, "place_id"), expected[i][0]) == 0 &&
                     strcmp(text(t, row, "fact"), expected[i][1]) == 0 &&
                     strcmp(text(t, row, "would_be"), expected[i][2]) == 0 &&
                     strcmp(text(t, row, "to"), expected[i][3]) == 0;
        }
        if (!found) {
            fail_msg("no move of %s by %s to %s", expected[i][0], expected[i][1],
                     expected[i][2]);
        }
    }
    pp_result_free(r);
}

/* ---- clusters ---- */

static const char CLUSTERS[] = "clusters: {facts: [x, y, w], from: 2, to: 4}\n";

/* Three groups that nobody could miss; `reversed`: the last place first. */
static void write_groups(pp_buf *csv, int n, int reversed) {
    pp_buf_add(csv, "place_id,name,outcome,ended,earliest_year,latest_year,hazard,"
                    "x,y,w\n");
    for (int k = 0; k < n; k++) {
        int i = reversed ? n - 1 - k : k, g = i % 3;
        pp_buf_printf(csv, "P%04d,Place %d,%s,false,2010,2015,0.%d,%d.%02d,%d.%02d,w%d\n",
                      i, i, g == 0 ? "adopted" : "no_adoption_found", g, 10 * g,
                      i * 7 % 100, 5 * (g == 1), i * 13 % 100, g);
    }
}

static pp_result *grouped(int n, int reversed, int threads) {
    char rules[sizeof RULES + sizeof CLUSTERS];
    pp_buf csv;
    pp_buf_init(&csv);
    write_groups(&csv, n, reversed);
    snprintf(rules, sizeof rules, "%s%s", RULES, CLUSTERS);
    pp_result *r = segments_of(csv.data, rules, 10, threads);
    pp_buf_clear(&csv);
    return r;
}

static void clusters_that_are_there_are_found(void **state) {
    (void)state;
    pp_result *r = grouped(90, 0, 1);
    const pp_table *choice = pp_result_find(r, "segment_choice");
    const pp_table *t = pp_result_find(r, "segments");
    for (int64_t i = 0; i < pp_table_rows(choice); i++) {
        assert_true(number(choice, i, "chosen") == (number(choice, i, "clusters") == 3));
    }
    assert_true(number(choice, 1, "stability") > 0.99);
    for (int i = 3; i < 90; i++) {
        assert_true(number(t, i, "cluster") == number(t, i % 3, "cluster"));
        assert_true(number(t, i, "cluster_probability") == 1);
    }
    assert_int_equal(pp_table_rows(pp_result_find(r, "segment_clusters")), 3);
    pp_result_free(r);
}

static void orders_and_threads_change_nothing(void **state) {
    static const char *const columns[] = {"probability", "cluster", "cluster_probability",
                                          "silhouette"};
    (void)state;
    pp_result *a = grouped(61, 0, 1), *b = grouped(61, 1, 3);
    const pp_table *x = pp_result_find(a, "segments"), *y = pp_result_find(b, "segments");
    for (int64_t i = 0; i < 61; i++) {
        assert_string_equal(text(x, i, "segment"), text(y, 60 - i, "segment"));
        for (int k = 0; k < 4; k++) {
            assert_true(number(x, i, columns[k]) == number(y, 60 - i, columns[k]));
        }
    }
    pp_result_free(a);
    pp_result_free(b);
}

static void many_places_are_clustered_by_a_sample(void **state) {
    (void)state;
    pp_result *r = grouped(2100, 0, 2);
    const pp_table *t = pp_result_find(r, "segments");
    int sampled = 0;
    for (int64_t i = 3; i < 2100; i++) {
        assert_true(number(t, i, "cluster") == number(t, i % 3, "cluster"));
    }
    for (int i = 0; i < pp_result_warnings(r); i++) {
        sampled |= strcmp(pp_result_warning(r, i)->code, "clusters_of_sample") == 0;
    }
    assert_true(sampled);
    pp_result_free(r);
}

/* ---- what is refused ---- */

#define LAST "  - {name: rest, title: t, because: b}\n"

static void wrong_rules_are_refused_where_they_stand(void **state) {
    static const struct {
        const char *text;
        int line;
        const char *words;
    } wrong[] = {
        {"rules:\n" LAST "  - {name: a, title: t, because: b}\n", 3, "never apply"},
        {"rules:\n  - {name: a, title: t, when: x = 1, because: b}\n", 2,
         "last rule has a condition"},
        {"rules:\n  - {name: a, title: t, when: x = 1, because: b}\n"
         "  - {name: a, title: t, because: b}\n",
         3, "line 2 has this name"},
        {"rules:\n  - {name: A b, title: t, because: b}\n", 2, "no name"},
        {"rules:\n  - {name: a, title: t}\n", 2, "'because' is missing"},
        {"rules:\n  - {name: a, title: t, becuase: b}\n", 2, "no key 'becuase'"},
        {"rules: []\n", 1, "no list of rules"},
        {"clusters: {facts: [a]}\n", 1, "'rules' is missing"},
        {"rules:\n" LAST "clusters: {facts: []}\n", 3, "missing or empty"},
        {"rules:\n" LAST "clusters: {facts: [a], from: 4, to: 3}\n", 3, "above 'to'"},
        {"rules:\n" LAST "clusters: {facts: [a], to: 2.5}\n", 3, "whole number"},
        {"rules:\n" LAST "clusters: {facts: [a], stable: 2}\n", 3, "from 0 to 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pp_segment_rules *rules;
        pp_error err = {0};
        assert_int_equal(pp_segment_rules_read_text(wrong[i].text,
                                                    (int64_t)strlen(wrong[i].text),
                                                    "rules.yml", &rules, &err),
                         PP_E_INPUT);
        assert_null(rules);
        assert_string_equal(err.file, "rules.yml");
        if (err.line != wrong[i].line || !strstr(err.message, wrong[i].words)) {
            fail_msg("line %d: %s", (int)err.line, err.message);
        }
    }
}

static void refuse(const char *places, const char *words, int line) {
    pp_table *table = places_of(places);
    char text_of_rules[sizeof RULES + sizeof CLUSTERS];
    snprintf(text_of_rules, sizeof text_of_rules, "%s%s", RULES, CLUSTERS);
    pp_segment_rules *rules = rules_of(text_of_rules);
    pp_result *out;
    pp_error err = {0};
    assert_int_equal(pp_segments(table, rules, NULL, NULL, &out, &err), PP_E_INPUT);
    assert_null(out);
    if (err.line != line || !strstr(err.message, words)) {
        fail_msg("line %d: %s", (int)err.line, err.message);
    }
    pp_segment_rules_free(rules);
    pp_table_free(table);
}

static void wrong_places_are_refused(void **state) {
    (void)state;
    refuse("place_id,outcome,latest_year,earliest_year,hazard\nA,a,1,1,1\n", "ended", 2);
    refuse(PLACES, "'x'", 10);
    refuse("place_id,ended\nA,true\nA,true\n", "two rows", 0);
    refuse("place_id,ended\n", "no places", 0);
}

static const char SMALL[] =
    "rules:\n"
    "  - {name: risk, title: At risk, when: x >= 3, because: It is above the line.}\n"
    "  - {name: rest, title: The rest, because: Nothing else fits.}\n"
    "clusters: {facts: [x, w], from: 2, to: 2}\n";

static pp_status everything(void *payload, pp_error *err) {
    const pp_segments_options options = {.draws = 2, .bootstrap = 2};
    pp_segment_rules *rules = NULL;
    pp_result *out = NULL;
    pp_status status = pp_segment_rules_read_text(SMALL, (int64_t)strlen(SMALL),
                                                  "rules.yml", &rules, err);
    if (status == PP_OK) {
        status = pp_segments(payload, rules, &options, NULL, &out, err);
    }
    pp_result_free(out);
    pp_segment_rules_free(rules);
    return status;
}

static void memory_may_run_out(void **state) {
    (void)state;
    pp_table *table = places_of("place_id,x,w\nA,1,a\nB,2,a\nC,,b\nD,4,b\n");
    assert_true(fail_every_allocation(everything, table) > 50);
    pp_table_free(table);
}

static void the_shipped_rules_are_read(void **state) {
    pp_segment_rules *rules;
    pp_error err = {0};
    (void)state;
    assert_ok(pp_segment_rules_read(source_path("data/strategy/segments.yml"), NULL,
                                    &rules, &err));
    assert_true(pp_segment_rules_count(rules) >= 7);
    assert_string_equal(pp_segment_rules_name(rules, 0), "not_searched");
    assert_null(pp_segment_rules_name(rules, 99));
    pp_segment_rules_free(rules);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_rule_that_holds),
        cmocka_unit_test(uncertain_facts_give_shares),
        cmocka_unit_test(facts_that_would_move_a_place),
        cmocka_unit_test(clusters_that_are_there_are_found),
        cmocka_unit_test(orders_and_threads_change_nothing),
        cmocka_unit_test(many_places_are_clustered_by_a_sample),
        cmocka_unit_test(wrong_rules_are_refused_where_they_stand),
        cmocka_unit_test(wrong_places_are_refused),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(the_shipped_rules_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
