/* Briefs: what is said of a place, and what each sentence rests on. */
#include "support/claims.h"
#include "support/support.h"

#include <pushpull/brief.h>
#include <pushpull/io.h>

#include <stdio.h>
#include <string.h>

static pp_table *rows(const char *sql) {
    pp_error err = {0};
    pp_table *out;
    assert_ok(pp_table_query(sql, NULL, NULL, 0, 0, NULL, &out, &err));
    return out;
}

static const char profiles_sql[] =
    "SELECT * FROM (VALUES "
    "('AAA', 'Aland', 'country', 'AAA', 'Aland', 'adopted', 2013.0, 2014.0, 3.0, 2.0, "
    "'safe_city', 'huawei', 'subnational', 'crime', 0.8, 0.1, 1.5, -0.2, -0.9, 0.5, "
    "'push', 12.0, 2020.0, 0.75, 0.97), "
    "('BBB', 'B*land', 'country', 'BBB', 'B*land', 'not_searched', NULL, NULL, NULL, "
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL), "
    "('gn:1', 'Atown', 'city', 'AAA', 'Aland', 'adopted', NULL, 2015.0, 2.0, 1.0, "
    "'safe_city', 'unknown', 'subnational', NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL, NULL, NULL, NULL), "
    "('gn:2', 'Atown', 'city', 'AAA', 'Aland', 'adopted', NULL, 2016.0, 1.0, 1.0, "
    "'safe_city', 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL, NULL)) "
    "t(place_id, name, kind, country, country_name, outcome, earliest_year, latest_year, "
    "claims, stories, platforms, vendors, buyer_level, purposes, push, push_low, "
    "push_high, pull, pull_low, pull_high, driver, homicide, homicide_year, "
    "homicide_rank, push_above)";
static const char claims_sql[] =
    "SELECT * FROM (VALUES ('A1', 'AAA', 'AAA', 'S1', 'low', NULL), "
    "('A2', 'AAA', 'AAA', 'S2', 'high', '2013'), ('A3', 'gn:1', 'AAA', 'S1', 'medium', "
    "NULL)) t(claim_id, place_id, country, source_id, confidence, earliest)";
static const char sources_sql[] =
    "SELECT * FROM (VALUES ('S1', 'https://a.example/1', '<b>One</b>', 'Daily', '2015', "
    "'news'), ('S2', 'javascript:alert(1)', 'Two', NULL, NULL, 'think_tank')) "
    "t(source_id, url, title, publisher, published, kind)";
static const char adoptions_sql[] =
    "SELECT * FROM (VALUES ('AAA', 'AAA', 'AAA', 'country', 'huawei', "
    "'urban_surveillance', 'operational', 2013.0, 2014.0, 'high', 2.0, 2.0, 'A1 A2'), "
    "('gn:1', 'AAA', 'Atown', 'city', 'unknown', 'urban_surveillance', 'contracted', "
    "NULL, 2015.0, 'medium', 1.0, 1.0, 'A3')) t(place_id, country, place, place_kind, "
    "vendor, family, status_group, earliest_year, latest_year, confidence, n_claims, "
    "n_stories, claims)";
static const char effects_sql[] =
    "SELECT * FROM (VALUES ('Homicide rate', 'cannot_tell', -0.01, -0.2, 0.2, 0.4), "
    "('Speech', 'none_larger', 0.001, -0.01, 0.01, 0.02)) t(label, claim, estimate, "
    "conf_low, conf_high, detectable)";
static const char messages_sql[] =
    "SELECT * FROM (VALUES ('AAA', 'mayor', 2.0, 'm2', 'cost', 'Second.', 'weak', 'A2'), "
    "('AAA', 'mayor', 3.0, 'm3', 'cost', 'Never said.', 'weak', NULL), "
    "('AAA', 'police_chief', 1.0, 'm1', 'crime', 'First.', 'moderate', NULL)) "
    "t(place_id, audience, \"order\", message, concern, text, strength, claims)";
static const char texts_sql[] =
    "SELECT * FROM (VALUES ('m1', 'Audits', 'A law'), ('m2', 'Lamps; Audits', 'A law'), "
    "('m3', 'Lamps', 'x')) t(message, alternatives, safeguards)";
static const char evidence_sql[] =
    "SELECT * FROM (VALUES "
    "('m1', 'for', 'A weak one.', 'publication', 'Smith 2001', 'weak', NULL, NULL), "
    "('m1', 'for', 'A strong one.', 'publication', 'Jones 2002', 'strong', NULL, NULL), "
    "('m1', 'for', 'Homicide: the data cannot tell whether there is a difference after "
    "adoption: 1 (2 to 3).', 'estimate', 'd/o', 'moderate', 'cannot_tell', NULL), "
    "('m1', 'against', 'Against it.', 'claims', 'x = 1', 'weak', '1 claim', 'A1'), "
    "('m1', 'against', 'And this.', 'standard', 'act', 'weak', NULL, NULL), "
    "('m1', 'against', 'And that.', 'publication', 'Jones 2002', 'weak', NULL, NULL), "
    "('m2', 'against', 'None known.', 'none_known', NULL, NULL, NULL, NULL), "
    "('m2', 'open', 'One. Two. Three.', 'finding', 'f', 'weak', NULL, NULL)) "
    "t(message, side, says, \"from\", ref, grade, found, claims)";
static const char offers_sql[] =
    "SELECT * FROM (VALUES ('lamps', 'Lamps', 'publication', 'Smith 2001'), "
    "('audits', 'Audits', 'claims', 'x = 1'), ('law', 'A law', 'standard', 'act')) "
    "t(offer, words, \"from\", ref)";
static const char strength_sql[] =
    "SELECT * FROM (VALUES ('m1', 'What it does about crime')) t(message, concern)";

typedef struct fixture {
    pp_table *table[10]; /* that of adoptions goes into the result */
    pp_result *adoption;
    pp_brief_inputs in;
} fixture;

static fixture make(void) {
    static const char *const sql[] = {
        profiles_sql, claims_sql,   sources_sql, adoptions_sql, effects_sql,
        messages_sql, evidence_sql, offers_sql,  strength_sql,  texts_sql};
    fixture f;
    pp_error err = {0};
    for (int i = 0; i < 10; i++) {
        f.table[i] = rows(sql[i]);
    }
    assert_ok(pp_result_new("adoption", &f.adoption, &err));
    assert_ok(pp_result_take(f.adoption, "adoptions", "Adoptions", f.table[3], &err));
    f.table[3] = NULL;
    f.in = (pp_brief_inputs){.profiles = f.table[0],
                             .claims = f.table[1],
                             .sources = f.table[2],
                             .adoption = f.adoption,
                             .effects = f.table[4],
                             .messages = f.table[5],
                             .message_evidence = f.table[6],
                             .message_offers = f.table[7],
                             .message_strength = f.table[8],
                             .message_texts = f.table[9]};
    return f;
}

static void drop(fixture *f) {
    pp_result_free(f->adoption);
    for (int i = 0; i < 10; i++) {
        pp_table_free(f->table[i]);
    }
}

/* The document of one place; static. */
static const char *document(const pp_result *briefs, const char *place,
                            pp_brief_format format) {
    static char text[60000];
    pp_error err = {0};
    pp_buf out;
    pp_buf_init(&out);
    assert_ok(
        pp_brief_render(briefs, place, format, build_path("share/pushpull"), &out, &err));
    assert_true(out.length < (int64_t)sizeof text);
    strcpy(text, out.data);
    pp_buf_clear(&out);
    return text;
}

static void assert_has(const char *text, const char *words) {
    if (!strstr(text, words)) {
        fprintf(stderr, "%s\n", text);
        fail_msg("'%s' is not in the text above", words);
    }
}

static void a_brief_says_what_is_known_with_its_sources(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    const char *text = document(briefs, "AAA", PP_BRIEF_MARKDOWN);
    assert_has(text, "# Brief: Aland\n");
    assert_has(text, "Aland has taken up a safe-city platform from huawei; the first "
                     "began between 2013 and 2014. This rests on 3 claims in 2 "
                     "independent stories.");
    /* The better source of the two comes first. */
    assert_has(text, "in use between 2013 and 2014 (high confidence, 2 claims). \\[1\\] "
                     "\\[2\\]");
    assert_has(text, "1. Two, undated, think tank (claim A2)");
    assert_has(text, "adds +0.8 (0.1 to 1.5)");
    assert_has(text, "What pushes weighs more here; the chance that push adds more is "
                     "97%.");
    assert_has(text, "12 homicides per 100,000 in 2020, more than in 75% of countries.");
    assert_has(text, "**cannot tell** whether anything differs after adoption, which is "
                     "no finding of no effect: Homicide rate −0.01 (−0.2 to 0.2) [0.4].");
    pp_result_free(briefs);
    drop(&f);
}

static void one_message_an_audience_with_what_speaks_against_it(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    const char *text = document(briefs, "AAA", PP_BRIEF_MARKDOWN);
    const char *first = strstr(text, "**To the chief of police**: First. *Evidence: ");
    const char *second = strstr(text, "**To the mayor**: Second. *Evidence: weak.*");
    assert_true(first && second && first < second);
    assert_has(text, "Begin with the chief of police, on what it does about crime; then "
                     "the mayor.");
    assert_null(strstr(text, "Never said"));
    pp_result_free(briefs);
    drop(&f);
}

/* The best two for it, and everything against it, each with its note. */
static void nothing_against_a_message_is_left_out(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    const char *text = document(briefs, "AAA", PP_BRIEF_MARKDOWN);
    assert_has(text,
               "- **For:** A strong one. *(strong)* \\[4\\] Homicide: the data cannot "
               "tell whether there is a difference afterwards (see above). "
               "*(moderate)* \\[3\\] 1 more: `pushpull messages`.");
    assert_has(text, "- **Against:** Against it. *(weak)* \\[2\\] And this. *(weak)* "
                     "\\[5\\] And that. *(weak)* \\[4\\]\n");
    assert_has(text, "- **Against:** None known.\n- **Open:** One. Two. *(weak)* \\[");
    assert_has(text, "\n4. Jones 2002\n");
    assert_has(text, "**In its place:** Audits \\[");
    assert_has(text, "; Lamps \\[");
    assert_has(text, "**Where it stays or comes:** A law \\[5\\].");
    f.in.message_evidence = f.in.message_offers = NULL;
    pp_result_free(briefs);
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    assert_null(strstr(document(briefs, "AAA", PP_BRIEF_MARKDOWN), "**For:**"));
    pp_result_free(briefs);
    drop(&f);
}

static void what_is_missing_is_said_and_is_never_no(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    f.in.effects = f.in.messages = NULL;
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    const char *text = document(briefs, "BBB", PP_BRIEF_MARKDOWN);
    assert_has(text, "# Brief: B");
    assert_has(text, "Nobody has searched B\\*land yet.");
    assert_has(text, "What drives adoption here cannot be told");
    assert_has(text, "The study has not asked what adoption does.");
    assert_has(text, "No source says who buys here");
    assert_has(text, "The study has no registry of standards.");
    assert_null(strstr(text, "no effect"));
    pp_result_free(briefs);
    drop(&f);
}

static void what_comes_from_data_cannot_become_markup(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    const char *page = document(briefs, "AAA", PP_BRIEF_HTML);
    assert_has(page, "<sup><a href=\"#n1\">1</a></sup>");
    assert_has(page, "&lt;b&gt;One&lt;/b&gt;");
    assert_has(page, "href=\"https://a.example/1\"");
    assert_null(strstr(page, "href=\"javascript"));
    assert_null(strstr(page, "<script"));
    const char *text = document(briefs, "AAA", PP_BRIEF_MARKDOWN);
    assert_has(text, "Daily: \\<b\\>One\\</b\\>, 2015");
    assert_null(strstr(text, "<javascript"));
    assert_has(document(briefs, "BBB", PP_BRIEF_HTML), "Nobody has searched B*land");
    pp_result_free(briefs);
    drop(&f);
}

static void places_are_countries_and_the_best_documented_cities(void **state) {
    (void)state;
    static const char *const nowhere[] = {"AAA", "CCC", NULL};
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    assert_ok(pp_briefs(&f.in, &(pp_brief_options){.cities = 1}, NULL, &briefs, &err));
    const pp_table *t = pp_result_find(briefs, "briefs");
    assert_int_equal(pp_table_rows(t), 3);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "place_id"), 2), "gn:1");
    pp_result_free(briefs);
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    t = pp_result_find(briefs, "briefs");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "file"), 2), "AAA-atown");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "file"), 3),
                        "AAA-atown-gn-2");
    pp_result_free(briefs);
    assert_int_equal(
        pp_briefs(&f.in, &(pp_brief_options){.places = nowhere}, NULL, &briefs, &err),
        PP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "CCC"));
    assert_int_equal(
        pp_briefs(&f.in, &(pp_brief_options){.messages = 99}, NULL, &briefs, &err),
        PP_E_ARGUMENT);
    drop(&f);
}

static pp_status write_one(void *payload, pp_error *err) {
    fixture *f = payload;
    pp_result *briefs;
    pp_status status = pp_briefs(&f->in, NULL, NULL, &briefs, err);
    pp_buf out;
    pp_buf_init(&out);
    if (status == PP_OK) {
        status = pp_brief_render(briefs, "AAA", PP_BRIEF_HTML,
                                 build_path("share/pushpull"), &out, err);
    }
    pp_buf_clear(&out);
    pp_result_free(briefs);
    return status;
}

static void memory_that_is_out_leaves_nothing_behind(void **state) {
    (void)state;
    fixture f = make();
    fail_every_allocation(write_one, &f);
    drop(&f);
}

static void files_are_written_by_their_endings(void **state) {
    (void)state;
    fixture f = make();
    pp_result *briefs;
    pp_error err = {0};
    char path[600];
    assert_ok(pp_briefs(&f.in, NULL, NULL, &briefs, &err));
    snprintf(path, sizeof path, "%s/a.md", fresh_folder());
    assert_ok(
        pp_brief_write(briefs, "AAA", path, build_path("share/pushpull"), NULL, &err));
    snprintf(path, sizeof path, "%s/a.txt", fresh_folder());
    assert_int_equal(
        pp_brief_write(briefs, "AAA", path, build_path("share/pushpull"), NULL, &err),
        PP_E_ARGUMENT);
    assert_int_equal(pp_brief_write(briefs, "ZZZ", "a.md", NULL, NULL, &err),
                     PP_E_NOT_FOUND);
    pp_result_free(briefs);
    drop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_brief_says_what_is_known_with_its_sources),
        cmocka_unit_test(one_message_an_audience_with_what_speaks_against_it),
        cmocka_unit_test(nothing_against_a_message_is_left_out),
        cmocka_unit_test(what_is_missing_is_said_and_is_never_no),
        cmocka_unit_test(what_comes_from_data_cannot_become_markup),
        cmocka_unit_test(places_are_countries_and_the_best_documented_cities),
        cmocka_unit_test(memory_that_is_out_leaves_nothing_behind),
        cmocka_unit_test(files_are_written_by_their_endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
