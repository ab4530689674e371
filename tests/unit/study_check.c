#include "support/support.h"

#include <pushpull/file.h>
#include <pushpull/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pp_gazetteer *gazetteer;
static const char *folder;

static int set_up(void **state) {
    (void)state;
    folder = fresh_folder();
    write_text(folder, "claims.csv",
               "claim_id,place,place_kind,country,vendor,vendor_home,platform,status,"
               "earliest,latest,"
               "buyer_level,confidence,source_id,coder\n");
    write_text(folder, "bad.csv", "claim_id,plaice,place_kind\n");
    write_text(folder, "indicators.csv",
               "iso3,year,un_distance,homicide,since,kind\nKEN,2004,1.5,2,,x\nUGA,2004,1,"
               "2,2013,y\n");
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int tear_down(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

static const char good[] =
    "pushpull: 1\n"                                       /* 1 */
    "title: A study\n"                                    /* 2 */
    "evidence: {claims: claims.csv}\n"                    /* 3 */
    "rules:\n"                                            /* 4 */
    "  prc: {suppliers: [CHN], platforms: [safe_city]}\n" /* 5 */
    "panel: {years: [2005, 2022], exclude: [CHN, HKG], indicators: "
    "indicators.csv}\n"                                      /* 6 */
    "variables:\n"                                           /* 7 */
    "  homicide_log: {sql: ln(homicide + 1)}\n"              /* 8 */
    "  belt_road: {sql: 'coalesce(year >= since, false)'}\n" /* 9 */
    "factors:\n"                                             /* 10 */
    "  push: [un_distance, belt_road]\n"                     /* 11 */
    "  pull: [homicide_log, region, kind]\n"                 /* 12 */
    "models:\n"                                              /* 13 */
    "  main: {link: cloglog, factors: [push, pull], where: region <> 'Asia' and "
    "hi > 2}\n"                                                            /* 14 */
    "  late: {model: logit, factors: [push], vcov: 'cluster:country'}\n"   /* 15 */
    "findings:\n"                                                          /* 16 */
    "  smallest_effect: 0.01\n"                                            /* 17 */
    "  because: it is small\n"                                             /* 18 */
    "  questions:\n"                                                       /* 19 */
    "    votes: {question: Q, variable: un_distance, hypothesis: none}\n"; /* 20
                                                                            */

/* `good` with the first `from` replaced. */
static const char *with(const char *from, const char *to) {
    static char text[sizeof good + 400];
    const char *at = strstr(good, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to,
             at + strlen(from));
    return text;
}

static pp_status check_text(const char *text, pp_result **result, pp_error *err) {
    return pp_study_check(write_text(folder, "study.yml", text), gazetteer, NULL, result,
                          err);
}

static const char *cell(const pp_result *result, const char *table, const char *column,
                        int64_t row) {
    const char *text =
        pp_column_get_text(pp_table_find(pp_result_find(result, table), column), row);
    return text ? text : "";
}

static void a_good_study_has_steps_and_no_problems(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r;
    assert_ok(check_text(good, &r, &err));
    assert_int_equal(pp_table_rows(pp_result_find(r, "problems")), 0);
    static const char *const steps[] = {"evidence", "adoption", "panel", "model",
                                        "model",    "findings", "report"};
    assert_int_equal(pp_table_rows(pp_result_find(r, "steps")), 7);
    for (int i = 0; i < 7; i++) {
        assert_string_equal(cell(r, "steps", "step", i), steps[i]);
    }
    assert_string_equal(cell(r, "steps", "inputs", 0), "claims.csv");
    assert_string_equal(
        cell(r, "steps", "what", 2),
        "country by year, 2005 to 2022, lag 1; supplier unknown: out; not searched: "
        "out; without CHN, HKG");
    assert_string_equal(
        cell(r, "steps", "what", 4),
        "logit, latest dates, baseline quadratic, cluster:country: un_distance, "
        "belt_road");
    pp_result_free(r);
}

static const struct {
    const char *from, *to;
    int line;
    const char *field, *value, *problem, *suggestion;
} mistakes[] = {
    {"claims: claims.csv", "claims: clams.csv", 3, "evidence.claims", "clams.csv", "",
     ""},
    {"claims: claims.csv", "claims: bad.csv", 3, "evidence.claims", "bad.csv",
     "no column 'place'", "did you mean 'plaice'?"},
    {"indicators: indicators.csv", "indicators: .", 6, "panel.indicators", ".", "", ""},
    {"indicators: indicators.csv", "indicators: claims.csv", 6, "panel.indicators",
     "claims.csv", "no column 'year'", ""},
    {"[CHN], plat", "[CHM], plat", 5, "rules.prc.suppliers", "CHM",
     "no country has the code", "did you mean"},
    {"[safe_city]", "[safecity]", 5, "rules.prc.platforms", "safecity", "", "safe_city"},
    {"[CHN, HKG]", "[China, HKG]", 6, "panel.exclude", "China", "no country has the code",
     "did you mean 'CHN'?"},
    {"ln(homicide + 1)", "ln(homicid + 1)", 8, "variables.homicide_log.sql",
     "ln(homicid + 1)", "homicid", ""},
    {"ln(homicide + 1)", "ln(homicide +", 8, "variables.homicide_log.sql",
     "ln(homicide +", "syntax error", ""},
    {"belt_road: {sql", "belt_raod: {sql", 11, "factors.push", "belt_road",
     "no indicator and no variable is named 'belt_road'", "did you mean 'belt_raod'?"},
    {"homicide_log: {sql: ln(homicide + 1)}", "homicide_log: {label: x}", 8,
     "variables.homicide_log", "homicide_log", "no indicator and no variable", ""},
    {"[homicide_log, region, kind]", "[]", 12, "factors.pull", "", "this group is empty",
     "list"},
    {"[homicide_log, region, kind]", "[homicide_log, hi]", 12, "factors.pull", "hi",
     "no variable of a model", ""},
    {"link: cloglog", "link: loglog", 14, "models.main.link", "loglog", "no such link",
     "links of hazard"},
    {"model: logit", "model: logti", 15, "models.late.model", "logti", "no such model",
     "did you mean 'logit'?"},
    {"model: logit", "model: logit, link: probit", 15, "models.late.link", "probit",
     "no such link", "links of logit: logit"},
    {"cluster:country", "cluster:contry", 15, "models.late.vcov", "cluster:contry",
     "contry", "did you mean 'country'?"},
    {"cluster:country", "robust", 15, "models.late.vcov", "robust", "", ""},
    {"hi > 2", "hig > 2", 14, "models.main.where", "region <> 'Asia' and hig > 2", "hig",
     ""},
    {"factors: [push], vcov", "vcov", 15, "models.late", "", "no variables",
     "name groups"},
    {"variable: un_distance,", "variable: un_distanec,", 20,
     "findings.questions.votes.variable", "un_distanec",
     "the model 'main' has no variable", "did you mean 'un_distance'?"},
    {"title: A study", "titel: A study", 2, "titel", "titel", "is no key of a study",
     "did you mean 'title'?"},
};

static void mistakes_are_told(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        pp_error err = {0};
        pp_result *r = NULL;
        pp_status status = check_text(with(mistakes[i].from, mistakes[i].to), &r, &err);
        const pp_table *problems = r ? pp_result_find(r, "problems") : NULL;
        int found = 0;
        for (int64_t row = 0; problems && row < pp_table_rows(problems); row++) {
            found =
                found ||
                (pp_table_find(problems, "line")->number[row] == mistakes[i].line &&
                 strcmp(cell(r, "problems", "field", row), mistakes[i].field) == 0 &&
                 strcmp(cell(r, "problems", "value", row), mistakes[i].value) == 0 &&
                 strstr(cell(r, "problems", "problem", row), mistakes[i].problem) &&
                 strstr(cell(r, "problems", "suggestion", row), mistakes[i].suggestion));
        }
        if (status != PP_E_INPUT || !found) {
            failed = 1;
            print_error("%d: '%s' for '%s': %s\n", (int)i, mistakes[i].to,
                        mistakes[i].from, pp_status_name(status));
            for (int64_t row = 0; problems && row < pp_table_rows(problems); row++) {
                print_error("   line %g, field '%s', value '%s', '%s', suggestion '%s'\n",
                            pp_table_find(problems, "line")->number[row],
                            cell(r, "problems", "field", row),
                            cell(r, "problems", "value", row),
                            cell(r, "problems", "problem", row),
                            cell(r, "problems", "suggestion", row));
            }
        }
        pp_result_free(r);
    }
    assert_false(failed);
}

static void every_problem_is_listed_in_order(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r;
    assert_int_equal(
        check_text("title: x\npushpull: 1\nmodles: {}\nevidence: {claims: none.csv}\n"
                   "rules: {prc: {suppliers: CHM}}\npanel: {years: [2005, 2022], "
                   "indicators: none.csv, lag: x}\n",
                   &r, &err),
        PP_E_INPUT);
    const pp_table *problems = pp_result_find(r, "problems");
    static const int lines[] = {3, 4, 5, 6, 6};
    assert_int_equal(pp_table_rows(problems), 5);
    for (int i = 0; i < 5; i++) {
        assert_true(pp_table_find(problems, "line")->number[i] == lines[i]);
    }
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.hint, "4 more problems"));
    assert_true(pp_table_rows(pp_result_find(r, "steps")) >= 3);
    pp_result_free(r);
}

static void what_is_no_study_gives_no_result(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r;
    assert_int_equal(check_text("a: [", &r, &err), PP_E_INPUT);
    assert_null(r);
    assert_int_equal(pp_study_check("nowhere.yml", NULL, NULL, &r, &err), PP_E_NOT_FOUND);
    assert_null(r);
}

static void assert_passes(const char *path) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_study_check(path, gazetteer, NULL, &r, &err));
    pp_result_free(r);
}

static void ours_have_no_problems(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *s;
    assert_passes(source_path("data/study/study.yml"));
    assert_passes(build_path("share/pushpull/study/study.yml"));
    assert_passes(build_path("share/pushpull/template/study.yml"));
    assert_ok(pp_study_read(source_path("data/study/study.yml"), &s, &err));
    const pp_study_model *m = pp_study_find_model(s, s->findings.headline);
    static const char *const core[] = {
        "un_distance_prc",     "belt_road",      "partnership_prc",    "homicide_log",
        "political_stability", "population_log", "gdp_per_capita_log", "region"};
    for (int i = 0; i < 8; i++) {
        assert_string_equal(m->terms[i], core[i]);
    }
    assert_null(m->terms[8]);
    assert_string_equal(m->model, "hazard");
    assert_string_equal(m->link, "cloglog");
    assert_string_equal(m->dates, "interval");
    pp_study_free(s);
}

/* The template's lines that are commented out are a study, too. */
static void the_templates_models_work(void **state) {
    (void)state;
    pp_error err = {0};
    pp_buf text, whole;
    pp_buf_init(&text);
    pp_buf_init(&whole);
    assert_ok(
        pp_file_read(build_path("share/pushpull/template/study.yml"), 0, &text, &err));
    int in_models = 0;
    for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n")) {
        in_models = (in_models || strcmp(line, "# models:") == 0) && line[0] == '#';
        pp_buf_printf(&whole, "%s\n", in_models && line[1] == ' ' ? line + 2 : line);
    }
    assert_non_null(strstr(whole.data, "\nmodels:"));
    char path[500];
    snprintf(path, sizeof path, "%s/template", folder);
    static const char *const files[] = {"claims.csv", "sources.csv", "searches.csv",
                                        "indicators.csv"};
    for (int i = 0; i < 4; i++) {
        char from[200], to[600];
        pp_buf bytes;
        pp_buf_init(&bytes);
        snprintf(from, sizeof from, "share/pushpull/template/%s", files[i]);
        snprintf(to, sizeof to, "%s/%s", path, files[i]);
        assert_ok(pp_file_read(build_path(from), 0, &bytes, &err));
        assert_ok(pp_file_write(to, bytes.data, bytes.length, &err));
        pp_buf_clear(&bytes);
    }
    assert_passes(write_text(path, "study.yml", whole.data));
    pp_buf_clear(&text);
    pp_buf_clear(&whole);
}

static pp_status check_again(void *path, pp_error *err) {
    pp_result *r;
    pp_status status = pp_study_check(path, NULL, NULL, &r, err);
    pp_result_free(r);
    return status == PP_E_INPUT ? PP_OK : status;
}

/* Each turn opens files, so that this study has few of them; the panel's tests have the
 * SQL. */
static void allocations_may_fail(void **state) {
    (void)state;
    char path[500];
    const char text[] =
        "pushpull: 1\ntitle: t\nevidence: {claims: none.csv}\nrules: {prc: {}}\npanel: "
        "{years: [2005, 2006], indicators: indicators.csv}\nfactors: {a: [kind, "
        "homicide]}\n"
        "models: {m: {factors: a, vcov: 'cluster:kind'}}\n";
    snprintf(path, sizeof path, "%s", write_text(folder, "study.yml", text));
    assert_true(fail_every_allocation(check_again, path) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_study_has_steps_and_no_problems),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(every_problem_is_listed_in_order),
        cmocka_unit_test(what_is_no_study_gives_no_result),
        cmocka_unit_test(ours_have_no_problems),
        cmocka_unit_test(the_templates_models_work),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
