#include "support/support.h"

#include <pushpull/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                             \
    "pushpull: 1\ntitle: A study\nevidence: {claims: claims.csv}\nrules:\n  prc: "       \
    "{suppliers: "                                                                       \
    "CHN}\npanel:\n  years: [2005, 2022]\n  indicators: indicators.csv\n"

static const char full[] =
    "# a comment\n"
    "pushpull: 1\n"
    "title: 'Who: what'\n"
    "seed: 7\n"
    "evidence:\n"
    "  claims: in/claims.csv\n"
    "  sources:\n"
    "  searches: /abs/searches.csv\n"
    "rules:\n"
    "  prc: {suppliers: [CHN], label: From the PRC, exclude: [CHN]}\n"
    "  others: {suppliers: ['!CHN'], statuses: [operational], confidence: medium}\n"
    "panel:\n"
    "  years: [2005, 2022]\n"
    "  exclude: [CHN, HKG]\n"
    "  indicators: indicators.csv\n"
    "variables:\n"
    "  gdp_log: {label: Income (log), unit: ln $}\n"
    "  homicide_log: {sql: 'ln(homicide_rate + 1)', lag: 2}\n"
    "factors:\n"
    "  push: [un_distance, belt_road]\n"
    "  pull: [homicide_log]\n"
    "  controls: [gdp_log, region]\n"
    "models:\n"
    "  headline: {link: cloglog, factors: [push, pull, controls], vcov: hc1}\n"
    "  small: {like: headline, title: Small, without: [region, homicide_log], variables: "
    "[x, gdp_log]}\n"
    "  latest: {like: headline, model: logit, dates: latest, rule: others, "
    "supplier_unknown: adopted}\n"
    "findings:\n"
    "  smallest_effect: 0.01\n"
    "  because: |\n"
    "    One in a hundred.\n"
    "  questions:\n"
    "    distance: {question: Q?, variable: un_distance, hypothesis: negative}\n"
    "    income: {question: I?, variable: gdp_log, hypothesis: none, model: small, "
    "smallest_effect: 0.02}\n"
    "report: {authors: [A, B], profiles: un_distance}\n";

static pp_status read_text(const char *text, pp_study **study, pp_error *err) {
    return pp_study_read_text(text, (int64_t)strlen(text), "study.yml", "here", study,
                              err);
}

static void assert_names(const char *const *names, const char *expected) {
    char joined[200] = "";
    for (; *names; names++) {
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s",
                 joined[0] ? " " : "", *names);
    }
    assert_string_equal(joined, expected);
}

static void everything_is_read(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *s;
    assert_ok(read_text(full, &s, &err));
    assert_string_equal(s->title, "Who: what");
    assert_int_equal(s->seed, 7);
    assert_string_equal(s->evidence.claims.written, "in/claims.csv");
    assert_string_equal(s->evidence.claims.path, "here/in/claims.csv");
    assert_null(s->evidence.sources.path);
    assert_string_equal(s->evidence.searches.path, "/abs/searches.csv");
    assert_int_equal(s->n_rules, 2);
    assert_string_equal(s->rules[0].rule.name, "prc");
    assert_string_equal(s->rules[0].label, "From the PRC");
    assert_names(s->rules[0].rule.excluded, "CHN");
    assert_names(s->rules[1].rule.excluded, "CHN HKG");
    assert_names(s->rules[1].rule.suppliers, "!CHN");
    assert_null(s->rules[0].rule.platforms);
    assert_string_equal(s->rules[1].rule.confidence, "medium");
    assert_string_equal(s->panel.unit, "country");
    assert_string_equal(s->panel.outcome, "prc");
    assert_int_equal(s->panel.years[1], 2022);
    assert_int_equal(s->n_derived, 1);
    assert_string_equal(s->derived[0].name, "homicide_log");
    assert_int_equal(s->derived[0].lag, 2);
    assert_string_equal(s->findings.because, "One in a hundred.");
    assert_string_equal(s->report.title, "Who: what");
    assert_names(s->report.profiles, "un_distance");
    assert_names(s->report.authors, "A B");
    pp_study_free(s);
}

static void models_are_linked(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *s;
    pp_panel_spec spec;
    const pp_study_model *m;
    assert_ok(read_text(full, &s, &err));
    m = pp_study_find_model(s, "headline");
    assert_names(m->terms, "un_distance belt_road homicide_log gdp_log region");
    assert_string_equal(m->title, "headline");
    assert_string_equal(m->dates, "interval");
    assert_string_equal(m->rule, "prc");
    assert_string_equal(m->supplier_unknown, "out");
    m = pp_study_find_model(s, "small");
    assert_names(m->terms, "un_distance belt_road gdp_log x");
    assert_string_equal(m->link, "cloglog");
    assert_int_equal(m->line, 25);
    m = pp_study_find_model(s, "latest");
    assert_string_equal(m->title, "latest");
    assert_string_equal(m->rule, "others");
    spec = pp_study_panel(s, m);
    assert_string_equal(spec.supplier_unknown, "adopted");
    assert_string_equal(spec.not_searched, "out");
    assert_int_equal(spec.first_year, 2005);
    assert_string_equal(s->findings.questions[0].model, "headline");
    assert_true(s->findings.questions[0].smallest_effect == 0.01);
    assert_true(s->findings.questions[1].smallest_effect == 0.02);
    assert_null(pp_study_find_model(s, "none"));
    assert_non_null(pp_study_find_group(s, "push"));
    assert_non_null(pp_study_find_rule(s, "others"));
    assert_string_equal(pp_study_find_variable(s, "gdp_log")->unit, "ln $");
    pp_study_free(s);
}

/* Text of a study, and what must be said about it: line, field, value, message, hint
 * (their parts). */
static const struct {
    const char *text;
    int64_t line;
    const char *field, *value, *message, *hint;
} mistakes[] = {
    {"", 1, "", "", "not a study file", "pushpull init"},
    {"hello", 1, "", "", "not a study file", ""},
    {"- a\n- b\n", 1, "", "", "not a study file", ""},
    {"title: x\n", 1, "pushpull", "", "pushpull is missing from a study",
     "more problems"},
    {"pushpull: 2\n", 1, "pushpull", "2", "must be in 1 to 1", ""},
    {HEAD "modles: {}\n", 9, "modles", "modles", "'modles' is no key of a study",
     "did you mean 'models'?"},
    {HEAD "models:\n  a:\n    lnik: logit\n", 11, "models.a.lnik", "lnik",
     "is no key of a model", "did you mean 'link'?"},
    {HEAD "models:\n  a:\n    dates: lastest\n", 11, "models.a.dates", "lastest",
     "'lastest' is no value of dates", "did you mean 'latest'?"},
    {HEAD "models:\n  a:\n    dates: never\n", 11, "models.a.dates", "never",
     "no value of dates", "one of interval, earliest, latest, midpoint"},
    {HEAD "seed: abc\n", 9, "seed", "abc", "must be a whole number", ""},
    {HEAD "seed: 1.5\n", 9, "seed", "1.5", "must be a whole number", ""},
    {HEAD "seed: -1\n", 9, "seed", "-1", "must be in 0 to", ""},
    {HEAD "seed: [1]\n", 9, "seed", "", "must be a whole number and is a list", ""},
    {HEAD "title: again\n", 9, "", "title", "stands here twice", "already on line 2"},
    {HEAD "report: {title: {a: b}}\n", 9, "report.title", "",
     "must be one text and is a section", ""},
    {HEAD "report: yes\n", 9, "report", "yes", "must be a section with keys of its own",
     ""},
    {HEAD "factors: {push: {a: b}}\n", 9, "factors.push", "", "must be a list: [a, b]",
     ""},
    {HEAD "factors: {push: [a, [b]]}\n", 9, "factors.push", "", "a word of the list", ""},
    {HEAD "factors: [push]\n", 9, "factors", "", "an entry for each name", ""},
    {HEAD "factors: {a-b: [x]}\n", 9, "factors.a-b", "a-b",
     "a name must start with a letter", ""},
    {HEAD "models:\n  b: {like: a}\n", 10, "models.b", "a", "like must name a model", ""},
    {HEAD "models:\n  main: {}\n  b: {like: mian}\n", 11, "models.b", "mian",
     "like must name", "did you mean 'main'?"},
    {HEAD "models:\n  a:\n    rule: prcc\n", 11, "models.a.rule", "prcc",
     "no rule is named 'prcc'", "did you mean 'prc'?"},
    {HEAD "factors: {push: [x]}\nmodels:\n  a:\n    factors:\n    - push\n    - pul\n",
     14, "models.a.factors", "pul", "no group of factors is named 'pul'", ""},
    {HEAD "models:\n  a:\n    variables: [x]\n    without: [y]\n", 12, "models.a.without",
     "y", "no variable of this model", ""},
    {HEAD "models:\n  a:\n    model: logit\n    dates: interval\n", 12, "models.a.dates",
     "interval", "only the hazard model", "earliest, latest or midpoint"},
    {HEAD "models:\n  a:\n    dates: latest\n", 11, "models.a.dates", "latest",
     "takes whole intervals", "cloglog or logit"},
    {HEAD "variables:\n  x: {lag: 2}\n", 10, "variables.x.lag", "",
     "only a variable with sql", ""},
    {HEAD "variables:\n  year: {sql: '1'}\n", 10, "variables.year", "year",
     "makes a column", "another name"},
    {HEAD "findings:\n  headline: a\n", 10, "findings.headline", "a", "no model is named",
     ""},
    {HEAD "models: {a: {}}\nfindings:\n  questions:\n    q: {question: Q, variable: x, "
          "hypothesis: positive}\n",
     10, "findings.smallest_effect", "", "smallest_effect is missing",
     "would not matter"},
    {HEAD "models: {a: {}}\nfindings:\n  smallest_effect: 0.1\n  because: b\n  "
          "questions:\n    q: "
          "{variable: x, hypothesis: maybe}\n",
     14, "findings.questions.q.question", "", "question is missing from a question",
     "1 more"},
    {"pushpull: 1\ntitle: t\nevidence: {}\nrules: {r: {}}\npanel: {years: [2022, 2005], "
     "indicators: i.csv}\n",
     3, "evidence", "", "there is no evidence", ""},
    {"pushpull: 1\ntitle: t\nevidence: {claims: a, store: b}\nrules: {r: {}}\npanel: "
     "{years: "
     "[2022, 2023], indicators: i.csv}\n",
     3, "evidence.store", "b", "not from both", ""},
    {"pushpull: 1\ntitle: t\nevidence: {claims: a}\nrules: {r: {}}\npanel: {years: "
     "[2022, 2005], "
     "indicators: i.csv}\n",
     5, "panel.years", "", "the first year is after the last", "swap"},
    {"pushpull: 1\ntitle: t\nevidence: {claims: a}\nrules: {r: {}}\npanel: {years: 2005, "
     "indicators: i.csv}\n",
     5, "panel.years", "2005", "two years", ""},
    {"pushpull: 1\ntitle: t\nevidence: {claims: a}\nrules: {r: {suppliers: [!CHN]}}\n", 4,
     "", "", "mismatched", "starts with !"},
    {"pushpull: 1\ntitle: t\nevidence: {claims: a}\nrules: {r: {suppliers: !CHN }}\n", 4,
     "", "!CHN", "tags are not part", "needs quotes"},
    {"pushpull: 1\ntitle: &a t\nevidence: *a\n", 2, "", "", "anchors and aliases",
     "like: NAME"},
    {"a: 1\n---\nb: 2\n", 2, "", "", "one YAML document", ""},
    {"a: 1\n? [b]\n: c\n", 2, "", "", "a key must be a word", ""},
    {"a: [b, c\n", 2, "", "", "flow sequence without a closing bracket",
     "close every quote"},
    {"a:\n\tb: 1\n", 2, "", "", "tab character", "indent with spaces"},
    {"title: a: b\n", 1, "", "", "nested block mapping", "in quotes"},
    {"title: caf\xe9\n", 1, "", "", "not UTF-8", "save it as UTF-8"},
    {"a: 1\nb: \"x\\0y\"\n", 2, "", "", "zero byte", ""},
    {"a: [[[[[[[[[[[[[[1]]]]]]]]]]]]]]\n", 1, "", "", "nested too deeply", ""},
};

static void mistakes_are_told(void **state) {
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        pp_error err = {0};
        pp_study *s;
        pp_status status = read_text(mistakes[i].text, &s, &err);
        if (status != PP_E_INPUT || s || err.line != mistakes[i].line ||
            strcmp(err.column, mistakes[i].field) != 0 ||
            strcmp(err.value, mistakes[i].value) != 0 ||
            strcmp(err.file, "study.yml") != 0 ||
            !strstr(err.message, mistakes[i].message) ||
            !strstr(err.hint, mistakes[i].hint)) {
            print_error(
                "%s\nsaid: %d, line %d, field '%s', value '%s', '%s', hint '%s'\n\n",
                mistakes[i].text, status, (int)err.line, err.column, err.value,
                err.message, err.hint);
            failed = 1;
        }
    }
    assert_false(failed);
}

static void hostile_texts_are_refused(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *s;
    size_t n = PP_STUDY_BYTES + 1;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, '[', n);
    assert_int_equal(pp_study_read_text(text, (int64_t)n, "s", ".", &s, &err),
                     PP_E_INPUT);
    assert_non_null(strstr(err.message, "too long"));
    assert_int_equal(pp_study_read_text(text, 100000, "s", ".", &s, &err), PP_E_INPUT);
    assert_non_null(strstr(err.message, "nested too deeply"));
    for (size_t i = 0; i + 1 < n; i += 2) {
        memcpy(text + i, i == 0 ? "[ " : "a,", 2);
    }
    assert_int_equal(pp_study_read_text(text, 100000, "s", ".", &s, &err), PP_E_INPUT);
    assert_non_null(strstr(err.message, "too many values"));
    assert_int_equal(pp_study_read_text("a: b\0c", 6, "s", ".", &s, &err), PP_E_INPUT);
    assert_int_equal(pp_study_read_text("\xff\xfe"
                                        "a\0",
                                        4, "s", ".", &s, &err),
                     PP_E_INPUT);
    assert_non_null(strstr(err.message, "not UTF-8"));
    free(text);
}

static void files_are_found(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *s;
    const char *folder = fresh_folder();
    const char *path = write_text(folder, "study.yml", full);
    char expected[400];
    assert_ok(pp_study_read(path, &s, &err));
    snprintf(expected, sizeof expected, "%s/in/claims.csv", folder);
    assert_string_equal(s->evidence.claims.path, expected);
    assert_string_equal(s->file, path);
    pp_study_free(s);
    assert_int_equal(pp_study_read("nowhere/study.yml", &s, &err), PP_E_NOT_FOUND);
    assert_int_equal(pp_study_read(folder, &s, &err), PP_E_IO);
    pp_study_free(NULL);
}

static pp_status read_it(void *text, pp_error *err) {
    pp_study *s;
    pp_status status = read_text(text, &s, err);
    pp_study_free(s);
    return status == PP_E_INPUT ? PP_OK : status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    char text[sizeof full];
    char wrong[] = HEAD "modles: {}\nfactors: {a: {}}\nlevel: x\n";
    memcpy(text, full, sizeof full);
    assert_true(fail_every_allocation(read_it, text) > 10);
    assert_true(fail_every_allocation(read_it, wrong) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read), cmocka_unit_test(models_are_linked),
        cmocka_unit_test(mistakes_are_told),  cmocka_unit_test(hostile_texts_are_refused),
        cmocka_unit_test(files_are_found),    cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
