/* Messages: what is refused, which way findings speak, and what fits where. */
#include "support/claims.h"
#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/messages.h>

#include <stdio.h>
#include <string.h>

#define EVERYONE                                                                         \
    "[mayor, police_chief, regulator, interior_ministry, legislature, head_of_state, "   \
    "civil_society]"
static const char RULES[] =
    "order:\n"
    "  subnational: " EVERYONE "\n"
    "  national: [interior_ministry, head_of_state, mayor, police_chief, regulator, "
    "legislature, civil_society]\n"
    "  both: " EVERYONE "\n"
    "  unknown: " EVERYONE "\n"
    "found: {effect: strong, difference: moderate, none_larger: moderate, cannot_tell: "
    "weak}\n"
    "concerns:\n"
    "  crime:\n"
    "    words: Crime\n"
    "    bears: [{outcome: homicide, better: lower}, {finding: one, better: lower}, "
    "{variable: theft, better: lower}]\n"
    "  cost: {words: Cost}\n";
static const char OFFERS[] =
    "offers:\n"
    "  light: {kind: alternative, words: Better lights, source: {publication: A book}}\n"
    "  audit: {kind: safeguard, words: An audit, source: {publication: B book}}\n";

#define MESSAGE(position)                                                                \
    "    audience: [mayor, interior_ministry]\n"                                         \
    "    position: " position "\n"                                                       \
    "    claim: 'In {name} it is {homicide} per 100,000.'\n"                             \
    "    claim_without: 'It is not known.'\n"                                            \
    "    evidence_for: [{publication: C, says: So it is., grade: moderate}]\n"           \
    "    evidence_against: {none_known: Nobody has looked.}\n"
#define CRIME                                                                            \
    "concern: crime\nmessages:\n  first:\n" MESSAGE(                                     \
        "not_shown") "    alternatives: light\n    safeguards: [audit]\n"                \
                     "    when: [outcome = 'adopted', homicide > 2 OR homicide IS "      \
                     "NULL]\n    priority: "                                             \
                     "3\n"

/* A library of the rules and offers above and one file of messages. */
static const char *library_with(const char *text) {
    const char *folder = fresh_folder();
    write_text(folder, "rules.yml", RULES);
    write_text(folder, "offers.yml", OFFERS);
    write_text(folder, "some.yml", text);
    return folder;
}

static pp_table *ask(const char *sql) {
    pp_table *out = NULL;
    pp_error err = {0};
    assert_ok(pp_table_query(sql, NULL, NULL, 0, 0, NULL, &out, &err));
    return out;
}

static pp_table *profiles(void) {
    return ask("SELECT * FROM (VALUES ('AAA', 'Aland', 'country', 'AAA', 'adopted', "
               "'national', 3.25), ('BBB', 'Bland', 'country', 'BBB', 'adopted', "
               "'subnational', NULL), ('CCC', 'Cland', 'country', 'CCC', 'not_searched', "
               "NULL, 9.0)) t(place_id, name, kind, country, outcome, buyer_level, "
               "homicide) ORDER BY place_id");
}

typedef struct told {
    const char *claim; /* of homicide, in the effects; NULL: the study has none */
    double estimate;
    const char *verdict; /* of the finding about theft; NULL: none */
} told;

static pp_result *choose(const char *library, told study, const char *place,
                         const char *audience) {
    char sql[600];
    pp_message_library *lib = NULL;
    pp_result *out = NULL;
    pp_error err = {0};
    pp_messages_inputs in = {.profiles = profiles()};
    const pp_messages_options options = {place, audience, 0};
    pp_table *effects = NULL, *findings = NULL;
    if (study.claim) {
        snprintf(sql, sizeof sql,
                 "SELECT 'd' AS design, 'homicide' AS outcome, '%s' AS claim, "
                 "%f::DOUBLE AS estimate, 'What is said.' AS sentence",
                 study.claim, study.estimate);
        effects = ask(sql);
    }
    if (study.verdict) {
        snprintf(sql, sizeof sql,
                 "SELECT 'two' AS id, 'theft' AS factor, 'positive' AS hypothesis, '%s' "
                 "AS verdict, %f::DOUBLE AS estimate, 'An answer.' AS answer",
                 study.verdict, study.estimate);
        findings = ask(sql);
    }
    in.effects = effects;
    in.findings = findings;
    assert_ok(pp_messages_read(library, NULL, NULL, &lib, &err));
    assert_ok(pp_messages(lib, &in, &options, NULL, &out, &err));
    pp_messages_free(lib);
    pp_table_free(effects);
    pp_table_free(findings);
    pp_table_free((pp_table *)in.profiles);
    return out;
}

static void messages_fit_where_their_conditions_hold(void **state) {
    (void)state;
    pp_result *r = choose(library_with(CRIME), (told){0}, NULL, NULL);
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages")), 4);
    assert_string_equal(cell_at(r, "messages", 0, "audience"), "interior_ministry");
    assert_string_equal(cell_at(r, "messages", 1, "audience"), "mayor");
    assert_string_equal(cell_at(r, "messages", 2, "audience"), "mayor");
    assert_string_equal(cell_at(r, "messages", 0, "text"),
                        "In Aland it is 3.25 per 100,000.");
    assert_string_equal(cell_at(r, "messages", 2, "text"), "It is not known.");
    assert_string_equal(cell_at(r, "messages", 0, "strength"), "moderate");
    assert_string_equal(cell_at(r, "message_texts", 0, "alternatives"),
                        "Better lights (A book)");
    assert_string_equal(cell_at(r, "messages", 0, "fits_because"),
                        "outcome adopted; homicide 3.25");
    assert_string_equal(cell_at(r, "message_texts", 0, "fits_when"),
                        "outcome = 'adopted'; homicide > 2 OR homicide IS NULL");
    assert_non_null(strstr(cell_at(r, "message_texts", 0, "evidence_against"),
                           "None known: Nobody has looked."));
    assert_string_equal(cell_at(r, "message_unfit", 0, "why"),
                        "does not hold: outcome = 'adopted' (outcome not searched)");
    pp_result_free(r);
    r = choose(library_with(CRIME), (told){0}, "aland", "mayor");
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages")), 1);
    pp_result_free(r);
}

static void a_fact_that_is_not_known_does_not_fit(void **state) {
    (void)state;
    pp_result *r = choose(library_with("concern: crime\nmessages:\n  first:\n" MESSAGE(
                              "not_shown") "    when: homicide > 2\n"),
                          (told){0}, "BBB", NULL);
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages")), 0);
    assert_string_equal(cell_at(r, "message_unfit", 0, "why"), "not known: homicide");
    pp_result_free(r);
}

typedef struct speaking {
    const char *position;
    told study;
    const char *side, *strength; /* of the finding ("": not shown); "": nothing fits */
} speaking;

/* The table in messages.h. The message's own evidence is moderate. */
static void findings_speak_as_they_are(void **state) {
    (void)state;
    static const speaking cases[] = {
        {"not_shown", {"cannot_tell", -0.1, NULL}, "", "moderate"},
        {"not_shown", {"none_larger", -0.1, NULL}, "", "moderate"},
        {"not_shown", {"difference", -0.1, NULL}, "against", "weak"},
        {"not_shown", {"effect", 0.1, NULL}, "against", ""},
        {"not_shown", {"not_estimated", 0, NULL}, "", "moderate"},
        {"unchanged", {"cannot_tell", -0.1, NULL}, "open", "moderate"},
        {"unchanged", {"none_larger", -0.1, NULL}, "", "moderate"},
        {"unchanged", {"difference", 0.1, NULL}, "against", "weak"},
        {"improves", {"difference", -0.1, NULL}, "", "moderate"},
        {"improves", {"difference", 0.1, NULL}, "against", "weak"},
        {"improves", {"none_larger", -0.1, NULL}, "against", "weak"},
        {"improves", {"cannot_tell", -0.1, NULL}, "open", "moderate"},
        {"worsens", {"effect", 0.1, NULL}, "", "moderate"},
        {"worsens", {"effect", -0.1, NULL}, "against", ""},
        {"improves", {NULL, 0.1, "supported"}, "against", "weak"},
        {"improves", {NULL, -0.1, "contradicted"}, "", "moderate"},
        {"unchanged", {NULL, 0.1, "undetermined"}, "open", "moderate"},
        {"not_shown", {NULL, 0.1, "described"}, "", "moderate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const speaking *c = &cases[i];
        char text[1200];
        snprintf(text, sizeof text, "concern: crime\nmessages:\n  first:\n" MESSAGE("%s"),
                 c->position);
        pp_result *r = choose(library_with(text), c->study, "AAA", "mayor");
        const pp_table *evidence = pp_result_find(r, "message_evidence");
        const char *side = "";
        for (int64_t row = 0; row < pp_table_rows(evidence); row++) {
            if (strcmp(cell_at(r, "message_evidence", row, "added"), "1") == 0) {
                side = cell_at(r, "message_evidence", row, "side");
            }
        }
        assert_string_equal(side, c->side);
        const char *said = pp_table_rows(pp_result_find(r, "messages")) > 0
                               ? cell_at(r, "messages", 0, "strength")
                               : "";
        assert_string_equal(said, c->strength);
        if (strcmp(c->side, "against") == 0 && *c->strength) {
            assert_non_null(strstr(cell_at(r, "messages", 0, "text"),
                                   "A finding of this study speaks against it."));
            assert_non_null(strstr(cell_at(r, "messages", 0, "text"),
                                   "The evidence for this is weak."));
        }
        if (strcmp(c->side, "open") == 0) {
            assert_non_null(strstr(cell_at(r, "messages", 0, "text"), "cannot tell"));
        }
        pp_result_free(r);
    }
}

/* One that the library counts for the message changes sides, and its grade is computed. */
static void findings_of_the_message_change_sides(void **state) {
    (void)state;
    const char *text =
        "concern: crime\nmessages:\n  first:\n    audience: mayor\n    position: "
        "not_shown\n    claim: A.\n    evidence_for: [{estimate: d/homicide}]\n    "
        "evidence_against: {none_known: None.}\n";
    pp_result *r =
        choose(library_with(text), (told){"cannot_tell", 0.1, NULL}, "AAA", NULL);
    assert_string_equal(cell_at(r, "message_evidence", 0, "side"), "for");
    assert_string_equal(cell_at(r, "message_evidence", 0, "grade"), "weak");
    assert_string_equal(cell_at(r, "message_evidence", 0, "says"), "What is said.");
    assert_string_equal(cell_at(r, "messages", 0, "text"),
                        "A. The evidence for this is weak.");
    pp_result_free(r);
    r = choose(library_with(text), (told){"effect", -0.1, NULL}, "AAA", NULL);
    assert_string_equal(cell_at(r, "message_evidence", 0, "side"), "against");
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages")), 0);
    assert_non_null(strstr(cell_at(r, "message_unfit", 0, "why"), "outweighs"));
    pp_result_free(r);
    r = choose(library_with(text), (told){0}, "AAA", NULL);
    assert_string_equal(cell_at(r, "message_evidence", 0, "found"), "not_in_study");
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages")), 0);
    pp_result_free(r);
}

typedef struct mistake {
    const char *text; /* of a message */
    int line;
    const char *problem;
} mistake;

static void mistakes_are_named_with_file_and_line(void **state) {
    (void)state;
#define START                                                                            \
    "concern: crime\nmessages:\n  first:\n    claim: A.\n    position: not_shown\n"
#define TO   "    audience: mayor\n"
#define FOR  "    evidence_for: [{publication: C, says: So., grade: weak}]\n"
#define NONE "    evidence_against: {none_known: None.}\n"
    static const mistake mistakes[] = {
        {START TO NONE, 3, "has no evidence for it"},
        {START TO "    evidence_for: []\n" NONE, 7, "has no evidence for it"},
        {START TO FOR, 3, "does not tell of evidence against it"},
        {START TO FOR "    evidence_against: []\n", 8,
         "does not tell of evidence against"},
        {START TO FOR "    evidence_against: {none_known: }\n", 8, "a text is expected"},
        {START FOR NONE "    audience: [mayor, public]\n", 8, "no such audience"},
        {START FOR NONE, 3, "whom the message is for"},
        {START TO NONE "    evidence_for: [{publication: C, says: So.}]\n", 8,
         "no grade"},
        {START TO NONE "    evidence_for: [{says: So., grade: weak}]\n", 8,
         "not said where this is from"},
        {START TO NONE "    evidence_for: [{estimate: d/homicide, grade: strong}]\n", 8,
         "computed, never written"},
        {START TO NONE "    evidence_for: [{estimate: d/income}]\n", 8,
         "does not bear on"},
        {START TO NONE "    evidence_for: [{claims: statu = 1, says: S., grade: weak}]\n",
         8, "statu"},
        {START TO FOR NONE "    when: homicid > 2\n", 9, "homicid"},
        {START TO FOR NONE "    when: homicide + 2\n", 9, "no condition"},
        {START TO FOR NONE "    strength: strong\n", 9, "no key 'strength'"},
        {START TO FOR NONE "    safeguards: [light]\n", 9, "no safeguard"},
        {START TO FOR NONE "    priority: 11\n", 9, "from 1 to 10"},
        {START TO FOR NONE "    claim_without: 'Of {person}.'\n", 9, "no fact 'person'"},
        {START TO FOR NONE "    claim_without: 'Of {name.'\n", 9, "brace"},
        {"concern: crime\nmessages:\n  first:\n    claim: A.\n" TO FOR NONE, 3,
         "findings bear on this concern"},
        {"concern: weather\nmessages: {}\n", 1, "no concern of rules.yml"},
        {"concern: crime\nmessages: [a\n", 3, ""},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        pp_message_library *lib = NULL;
        pp_error err = {0};
        assert_int_equal(
            pp_messages_read(library_with(mistakes[i].text), NULL, NULL, &lib, &err),
            PP_E_INPUT);
        assert_null(lib);
        if (!strstr(err.message, mistakes[i].problem) || err.line != mistakes[i].line) {
            fail_msg("case %zu: line %lld: %s", i, (long long)err.line, err.message);
        }
        assert_non_null(strstr(err.file, "some.yml"));
    }
}

static void all_mistakes_are_listed(void **state) {
    (void)state;
    pp_result *r = NULL;
    pp_error err = {0};
    const char *folder = library_with("concern: crime\nmessages:\n  first: {claim: A.}\n"
                                      "  second: {claim: 'B {x}.', when: y > 2}\n");
    assert_int_equal(pp_messages_check(folder, NULL, NULL, &r, &err), PP_E_INPUT);
    assert_true(pp_table_rows(pp_result_find(r, "messages_problems")) >= 8);
    assert_non_null(strstr(err.hint, "more problems"));
    pp_result_free(r);
    assert_int_equal(pp_messages_check("/nowhere", NULL, NULL, &r, &err), PP_E_NOT_FOUND);
    assert_null(r);
}

static void the_library_that_comes_with_it_is_right(void **state) {
    (void)state;
    pp_gazetteer *gazetteer = NULL;
    pp_standards *standards = NULL;
    pp_result *r = NULL;
    pp_error err = {0};
    assert_ok(pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, &err));
    assert_ok(pp_standards_read(source_path("data/standards"), gazetteer, NULL,
                                &standards, &err));
    assert_ok(pp_messages_check(source_path("data/messages"), standards, NULL, &r, &err));
    assert_int_equal(pp_table_rows(pp_result_find(r, "messages_problems")), 0);
    assert_true(pp_table_rows(pp_result_find(r, "messages_library")) >= 14);
    pp_result_free(r);
    pp_standards_free(standards);
    pp_gazetteer_free(gazetteer);
}

/* ---- claims ---- */

#define RESTS_ON_CLAIMS                                                                  \
    "concern: cost\nmessages:\n  first:\n    audience: mayor\n    claim: A.\n    "       \
    "evidence_for: [{claims: status = 'suspended', says: Some., grade: weak}]\n    "     \
    "evidence_against: {none_known: None.}\n"

static pp_table *three_claims(void) {
    return ask("SELECT * FROM (VALUES ('A1', 'AAA', 'AAA', 'suspended'), ('A2', 'gn:1', "
               "'AAA', 'suspended'), ('A3', 'AAA', 'AAA', 'operational'), ('A4', 'BBB', "
               "'BBB', 'suspended')) t(claim_id, place_id, country, status)");
}

/* For a country those of its cities too. */
static void claims_are_those_of_the_place(void **state) {
    (void)state;
    pp_message_library *lib = NULL;
    pp_result *out = NULL;
    pp_error err = {0};
    pp_table *places = ask("SELECT * FROM (VALUES ('AAA', 'Aland'), ('gn:1', 'Atown'), "
                           "('CCC', 'Cland')) t(place_id, name) ORDER BY place_id");
    pp_table *claims = three_claims();
    const pp_messages_inputs in = {.profiles = places, .claims = claims};
    assert_ok(pp_messages_read(library_with(RESTS_ON_CLAIMS), NULL, NULL, &lib, &err));
    assert_ok(pp_messages(lib, &in, &(pp_messages_options){0}, NULL, &out, &err));
    assert_string_equal(cell_at(out, "messages", 0, "claims"), "A1 A2");
    assert_true(pp_column_is_missing(
        pp_table_find(pp_result_find(out, "messages"), "claims"), 1));
    assert_string_equal(cell_at(out, "messages", 2, "claims"), "A2");
    assert_string_equal(cell_at(out, "message_evidence", 0, "claims"), "A1 A2 A4");
    pp_result_free(out);
    pp_messages_free(lib);
    pp_table_free(claims);
    pp_table_free(places);
}

/* ---- unlike places ---- */

static const char UNLIKE[] =
    "SELECT * FROM (VALUES "
    "('PULL', 'Pullcity', 'city', 'Pulland', 'adopted', 'subnational', 'pull', 6, 1, 0, "
    "20.0, 0.9, 'in_force', 'zte,huawei,unknown', 'zte'), "
    "('PUSH', 'Pushland', 'country', 'Pushland', 'adopted', 'national', 'push', 6, 0, 1, "
    "1.0, 0.1, 'not_known', 'huawei', 'huawei'), "
    "('EARLY', 'Earlyland', 'country', 'Earlyland', 'adopted', 'national', 'unclear', "
    "14, 0, 0, 1.0, 0.1, 'in_force', 'huawei', 'huawei'), "
    "('NONE', 'Noneland', 'country', 'Noneland', 'no_adoption_found', NULL, 'unclear', "
    "NULL, NULL, NULL, 1.0, 0.1, 'not_known', NULL, NULL)) t(place_id, name, kind, "
    "country_name, outcome, buyer_level, leaning, years_since, purpose_crime, "
    "finance_supplier, homicide, homicide_rank, protection, vendors, largest_vendor)";

/* The shipped library for the places above. */
static pp_result *choose_unlike(void) {
    pp_message_library *lib = NULL;
    pp_result *out = NULL;
    pp_error err = {0};
    char sql[2500];
    snprintf(sql, sizeof sql,
             "SELECT *, NULL::DOUBLE AS homicide_year, NULL::DOUBLE AS face_recognition, "
             "0.9 AS dependence_low, place_id AS country, 2015 AS latest_year FROM (%s)",
             UNLIKE);
    pp_table *places = ask(sql);
    pp_table *vendors = ask("SELECT * FROM (VALUES ('huawei', 'Huawei'), ('zte', 'ZTE')) "
                            "t(vendor, name)");
    const pp_messages_inputs in = {.profiles = places, .vendors = vendors};
    assert_ok(pp_messages_read(source_path("data/messages"), NULL, NULL, &lib, &err));
    assert_ok(pp_messages(lib, &in, &(pp_messages_options){0}, NULL, &out, &err));
    pp_messages_free(lib);
    pp_table_free(places);
    pp_table_free(vendors);
    return out;
}

/* Whether a message is for an audience of a place; NULL: any. */
static int says(const pp_result *r, const char *place, const char *audience,
                const char *message) {
    int n = 0;
    for (int64_t row = 0; row < pp_table_rows(pp_result_find(r, "messages")); row++) {
        n += strcmp(cell_at(r, "messages", row, "place_id"), place) == 0 &&
             (!audience ||
              strcmp(cell_at(r, "messages", row, "audience"), audience) == 0) &&
             (!message || strcmp(cell_at(r, "messages", row, "message"), message) == 0);
    }
    return n;
}

static void unlike_places_are_told_other_things(void **state) {
    (void)state;
    static const char *const places[] = {"PULL", "PUSH", "EARLY", "NONE"};
    static const char *const only[] = {"begin_from_the_problem", "one_offer_among_others",
                                       "old_enough_to_judge", "ask_before_purchase"};
    pp_result *r = choose_unlike();
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) {
            assert_int_equal(says(r, places[i], NULL, only[k]) > 0, i == k);
        }
    }
    pp_result_free(r);
}

static void every_audience_is_told_something(void **state) {
    (void)state;
    static const char *const places[] = {"PULL", "PUSH", "EARLY", "NONE"};
    static const char *const audiences[] = {
        "head_of_state", "interior_ministry", "mayor",        "police_chief",
        "regulator",     "legislature",       "civil_society"};
    pp_result *r = choose_unlike();
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 7; k++) {
            if (!says(r, places[i], audiences[k], NULL)) {
                fail_msg("nothing for %s of %s", audiences[k], places[i]);
            }
        }
    }
    pp_result_free(r);
}

static void vendors_are_named_and_each_message_rests_on_one_row(void **state) {
    (void)state;
    pp_error err = {0};
    pp_buf text;
    pp_result *r = choose_unlike();
    pp_buf_init(&text);
    assert_ok(pp_messages_tell(r, 4000, &text, &err));
    assert_non_null(
        strstr(text.data, "on record in Pullcity: ZTE, Huawei and a vendor that"));
    assert_non_null(strstr(text.data, "from one vendor, ZTE."));
    assert_non_null(strstr(text.data, "In its place  Police work directed at"));
    assert_non_null(strstr(text.data, "   - as above: "));
    assert_int_equal(pp_table_rows(pp_result_find(r, "message_texts")),
                     pp_table_rows(pp_result_find(r, "message_strength")));
    pp_buf_clear(&text);
    pp_result_free(r);
    assert_ok(pp_result_new("other", &r, &err));
    pp_buf_init(&text);
    assert_int_equal(pp_messages_tell(r, 0, &text, &err), PP_E_ARGUMENT);
    pp_buf_clear(&text);
    pp_result_free(r);
}

static void wrong_questions_are_refused(void **state) {
    (void)state;
    pp_message_library *lib = NULL;
    pp_result *out = NULL;
    pp_error err = {0};
    pp_table *places = profiles();
    const pp_messages_inputs in = {.profiles = places};
    assert_ok(pp_messages_read(library_with(CRIME), NULL, NULL, &lib, &err));
    assert_int_equal(pp_messages(lib, &in, &(pp_messages_options){.place = "Atlantis"},
                                 NULL, &out, &err),
                     PP_E_NOT_FOUND);
    assert_int_equal(pp_messages(lib, &in, &(pp_messages_options){.audience = "mayors"},
                                 NULL, &out, &err),
                     PP_E_ARGUMENT);
    assert_non_null(strstr(err.hint, "'mayor'"));
    assert_int_equal(
        pp_messages(lib, &in, &(pp_messages_options){.most = -1}, NULL, &out, &err),
        PP_E_ARGUMENT);
    pp_messages_free(lib);
    pp_table_free(places);
}

typedef struct scarce {
    const char *folder;
    pp_messages_inputs in;
} scarce;

static pp_status read_and_choose(void *payload, pp_error *err) {
    const scarce *s = payload;
    pp_message_library *lib = NULL;
    pp_result *out = NULL;
    pp_status status = pp_messages_read(s->folder, NULL, NULL, &lib, err);
    if (status == PP_OK) {
        status = pp_messages(lib, &s->in, &(pp_messages_options){0}, NULL, &out, err);
    }
    pp_result_free(out);
    pp_messages_free(lib);
    return status;
}

static void memory_that_runs_out_is_told(void **state) {
    (void)state;
    pp_table *places = profiles();
    pp_table *claims = three_claims();
    scarce s = {library_with(RESTS_ON_CLAIMS "    when: outcome = 'adopted'\n"),
                {.profiles = places, .claims = claims}};
    fail_every_allocation(read_and_choose, &s);
    pp_table_free(claims);
    pp_table_free(places);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_fit_where_their_conditions_hold),
        cmocka_unit_test(a_fact_that_is_not_known_does_not_fit),
        cmocka_unit_test(findings_speak_as_they_are),
        cmocka_unit_test(findings_of_the_message_change_sides),
        cmocka_unit_test(mistakes_are_named_with_file_and_line),
        cmocka_unit_test(all_mistakes_are_listed),
        cmocka_unit_test(the_library_that_comes_with_it_is_right),
        cmocka_unit_test(claims_are_those_of_the_place),
        cmocka_unit_test(unlike_places_are_told_other_things),
        cmocka_unit_test(every_audience_is_told_something),
        cmocka_unit_test(vendors_are_named_and_each_message_rests_on_one_row),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
