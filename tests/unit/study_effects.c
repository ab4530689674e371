/* What the report says of outcomes after adoption: no causal verb that is not earned, on the bundled
   study; designs that are wrong are told. */
#include "study/analyses/analysis.h"
#include "support/support.h"

#include <pushpull/run.h>
#include <pushpull/support.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const analyses[] = {
    "mde", "did", "effects", "event_study", "match", "checks", "honest", "twfe", "synth"};
enum { ANALYSES = sizeof analyses / sizeof *analyses };

static const pp__analysis *find(const char *name) {
    const pp__analysis *a;
    for (int i = 0; (a = pp__analysis_get(i)) != NULL; i++) {
        if (strcmp(a->name, name) == 0) {
            return a;
        }
    }
    return NULL;
}

static void accepts(const char *where, const char *text) {
    const char *verb = text ? pp_causal_verb(text) : NULL;
    if (verb) {
        fail_msg("%s has '%s': %s", where, verb, text);
    }
}

static void headings_claim_nothing(void **state) {
    (void)state;
    for (int i = 0; i < ANALYSES; i++) {
        const pp__analysis *a = find(analyses[i]);
        assert_non_null(a);
        accepts(a->name, a->title);
        accepts(a->name, a->about);
    }
}

/* With two outcomes and few draws: what is asked is how they are told. */
static pp_study *bundled(void) {
    static const char *const fewer[] = {"designs.democracy.outcomes=[rule_of_law_civil]",
                                        "designs.democracy.date_draws=4",
                                        "designs.democracy.draws=0",
                                        "designs.homicide.date_draws=4",
                                        "designs.homicide.draws=0",
                                        "designs.democracy.undetected=0.1",
                                        "designs.homicide.undetected=0.1",
                                        "analyses.mde.draws=40",
                                        "analyses.checks.draws=39",
                                        "analyses.checks.units=1",
                                        "analyses.honest.draws=99"};
    pp_error err = {0};
    pp_study *study;
    assert_ok(pp_study_read_with(source_path("data/study/study.yml"), fewer,
                                 sizeof fewer / sizeof *fewer, &study, &err));
    return study;
}

static pp_result *analyse(const pp_study *study, const char *command) {
    pp_error err = {0};
    pp_result *out = NULL;
    pp_context ctx = {.threads = 2};
    pp_run_options options = {.data_folder = build_path("data")};
    assert_ok(pp_study_analyse(study, command, &options, &ctx, &out, &err));
    return out;
}

static const char *text(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

/* Notes and titles of tables, warnings and answers; those that have earned it are compared with the
   claim elsewhere. */
static void words_of(const pp_result *result, const char *command) {
    const pp_table *findings = pp_result_find(result, "findings");
    for (int64_t row = 0; findings && row < pp_table_rows(findings); row++) {
        accepts(command, text(findings, "question", row));
        accepts(command, text(findings, "answer", row));
    }
    for (int i = 0; i < pp_result_tables(result); i++) {
        accepts(command, pp_result_table_title(result, i));
        accepts(command, pp_result_table_note(result, i));
    }
    for (int i = 0; i < pp_result_warnings(result); i++) {
        accepts(command, pp_result_warning(result, i)->message);
    }
}

static void sentences_claim_nothing(void **state) {
    (void)state;
    pp_study *study = bundled();
    for (int i = 0; i < ANALYSES; i++) {
        pp_result *result = analyse(study, find(analyses[i])->command);
        words_of(result, analyses[i]);
        pp_result_free(result);
    }
    pp_study_free(study);
}

/* The claim is that of the rule, of the numbers beside it. */
static void claims_follow_the_rule(void **state) {
    (void)state;
    pp_study *study = bundled();
    pp_result *result = analyse(study, "effects");
    const pp_table *t = pp_result_find(result, "effects_claims");
    assert_int_equal(pp_table_rows(t), 2);
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        double low = pp_table_find(t, "conf_low")->number[row];
        double high = pp_table_find(t, "conf_high")->number[row];
        const char *claim = text(t, "claim", row);
        if (low < 0 && high > 0) {
            assert_true(strcmp(claim, "cannot_tell") == 0 ||
                        strcmp(claim, "none_larger") == 0);
        }
        assert_true(isfinite(pp_table_find(t, "estimate")->number[row]));
        assert_string_equal(text(t, "dates", row), "drawn");
    }
    pp_result_free(result);
    pp_study_free(study);
}

static void refuses(const char *designs, const char *words) {
    pp_error err = {0};
    pp_study *study = NULL;
    char yaml[2000];
    snprintf(yaml, sizeof yaml,
             "pushpull: 1\ntitle: t\nevidence: {claims: c.csv, sources: s.csv}\n"
             "rules: {prc: {}}\npanel: {years: [2005, 2010], indicators: i.csv}\n"
             "designs:\n%s\n",
             designs);
    assert_int_equal(
        pp_study_read_text(yaml, (int64_t)strlen(yaml), "t.yml", ".", &study, &err),
        PP_E_INPUT);
    if (!strstr(err.message, words)) {
        fail_msg("'%s' does not say '%s'", err.message, words);
    }
    assert_true(err.line > 0);
}

static void wrong_designs_are_told(void **state) {
    (void)state;
    refuses("  a: {outcomes: [y], because: so}", "smallest_effect is missing");
    refuses("  a: {outcomes: [y], smallest_effect: 1}", "because is missing");
    refuses("  a: {outcomes: [], smallest_effect: 1, because: so}", "no outcome");
    refuses("  a: {outcomes: [y], smallest_effect: 0, because: so}", "not above 0");
    refuses("  a: {outcomes: [y], smallest_effect: 1, because: so, rule: prk}",
            "no rule is named");
    refuses("  a: {outcomes: [y], smallest_effect: 1, because: so, dates: drawn}",
            "is no value of dates");
    refuses("  a: {outcomes: [y], smallest_effect: 1, because: so, lag: 1}", "is no key");
    refuses("  a: {outcomes: [y], smallest_effect: 1, because: so, undetected: 2}",
            "no probability");
    refuses(
        "  a: {outcomes: [y], smallest_effect: 1, because: so, undetected: occupancy}",
        "no analysis 'occupancy'");
    refuses("  a: {outcomes: [y], smallest_effect: 1, because: so}\n"
            "analyses: {did: {designs: [b]}}",
            "no design is named");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_claim_nothing),
        cmocka_unit_test(sentences_claim_nothing),
        cmocka_unit_test(claims_follow_the_rule),
        cmocka_unit_test(wrong_designs_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
