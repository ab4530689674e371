/* Statements about effects: grades by rule, what is measured beside them, mistakes. */
#include "support/claims.h"
#include "support/support.h"

#include <pushpull/claims_checked.h>
#include <pushpull/io.h>
#include <pushpull/support.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char GRADES[] =
    "grades: [good, fair, poor]\nrules:\n  - {who: [evaluation], method: controlled, "
    "grade: good, because: Compared.}\n  - {who: police, unit: count, grade: fair, "
    "because: Counted.}\n  - {grade: poor, because: Told.}\n";
static const char HEAD[] =
    "statement_id,place,country,who,name,statement,measure,claimed_change,unit,method,"
    "period_from,period_to,source_id,url,title,publisher,published\n";

/* Homicide 10 up to 2010 and 5 from then on, with a wave of 10 per cent; of UGA no figures. */
static pp_table *indicators(void) {
    pp_table *out = NULL;
    pp_error err = {0};
    assert_ok(
        pp_table_query("SELECT 'KEN' AS iso3, y::DOUBLE AS year, CASE WHEN y > 2010 "
                       "THEN 5 ELSE 10 END * (1 + 0.05 * (y % 2))::DOUBLE AS h "
                       "FROM range(1990, 2021) t(y)",
                       NULL, NULL, 0, 0, NULL, &out, &err));
    return out;
}

static pp_status check(const char *rows, pp_result **out, pp_error *err) {
    const char *folder = fresh_folder();
    char text[4000];
    pp_effect_claims *claims = NULL;
    snprintf(text, sizeof text, "%s%s", HEAD, rows);
    const char *file = write_text(folder, "claims.csv", text);
    pp_status status = pp_effect_claims_read(file, write_text(folder, "g.yml", GRADES),
                                             NULL, NULL, NULL, &claims, err);
    *out = NULL;
    if (status == PP_OK) {
        pp_table *t = indicators();
        status = pp_claims_checked(claims, t, "h", NULL, out, err);
        pp_table_free(t);
    }
    pp_effect_claims_free(claims);
    return status;
}

#define SOURCE ",,http://x,A page,Someone,2020\n"

static void statements_stand_beside_what_is_measured(void **state) {
    (void)state;
    static const char *const verdicts[] = {"seen",       "within_variation",
                                           "not_shown",  "other_measure",
                                           "no_figures", "no_figures"};
    pp_result *r;
    pp_error err = {0};
    assert_ok(
        check("a,Here,KEN,evaluation,,It fell.,homicide,-50,percent,controlled,2010,"
              "2013" SOURCE
              "b,Here,KEN,vendor,,It fell.,homicide,-2,percent,none,2000,2001" SOURCE
              "c,Here,KEN,vendor,,It fell.,homicide,-90,percent,none,2010,2013" SOURCE
              "d,Here,KEN,police,,It fell.,crime,-50,percent,none,2010,2013" SOURCE
              "e,There,UGA,police,,It fell.,homicide,-50,percent,none,2010,2013" SOURCE
              "f,Here,KEN,police,,They say so.,crime,,,none,," SOURCE,
              &r, &err));
    const pp_table *t = pp_result_find(r, "claims_checked");
    assert_int_equal(pp_table_rows(t), 6);
    for (int i = 0; i < 6; i++) {
        if (strcmp(cell_at(r, "claims_checked", i, "verdict"), verdicts[i]) != 0) {
            fail_msg("row %d: %s", i, cell_at(r, "claims_checked", i, "sentence"));
        }
        assert_null(pp_causal_verb(cell_at(r, "claims_checked", i, "sentence")));
    }
    assert_string_equal(cell_at(r, "claims_checked", 0, "grade"), "good");
    assert_string_equal(cell_at(r, "claims_checked", 1, "grade"), "poor");
    assert_string_equal(cell_at(r, "claims_checked", 0, "source"),
                        "Someone: A page, 2020");
    /* (5.25 + 5 + 5.25) / 3 against (10 + 10.5 + 10) / 3 */
    assert_true(fabs(pp_table_find(t, "change")->number[0] - 100 * (15.5 / 30.5 - 1)) <
                1e-9);
    pp_result_free(r);
}

static void mistakes_are_named_with_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *row, *column, *problem;
    } wrong[] = {
        {"a,H,KEN,seller,,S.,crime,-5,percent,none,2010,2011" SOURCE, "who", "word"},
        {"a,H,KEN,vendor,,,crime,-5,percent,none,2010,2011" SOURCE, "statement",
         "say it"},
        {"a,H,KEN,vendor,,S.,crime,-5,,none,2010,2011" SOURCE, "unit",
         "without its unit"},
        {"a,H,KEN,vendor,,S.,crime,five,percent,none,2010,2011" SOURCE, "claimed_change",
         "no number"},
        {"a,H,KEN,vendor,,S.,crime,-100,percent,none,2010,2011" SOURCE, "claimed_change",
         "all of it"},
        {"a,H,KEN,vendor,,S.,crime,-5,percent,none,2012,2011" SOURCE, "period_to",
         "before it begins"},
        {"a,H,KEN,vendor,,S.,crime,-5,percent,none,12,2011" SOURCE, "period_from",
         "no year"},
        {"a,H,KEN,vendor,,S.,crime,-5,percent,none,2010,2011,,,,,\n", "source_id",
         "no source"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char rows[1000];
        pp_result *r;
        pp_error err = {0};
        snprintf(rows, sizeof rows,
                 "z,H,KEN,vendor,,S.,crime,-5,percent,none,2010,2011" SOURCE "%s",
                 wrong[i].row);
        assert_int_equal(check(rows, &r, &err), PP_E_INPUT);
        assert_null(r);
        assert_string_equal(err.column, wrong[i].column);
        assert_int_equal(err.line, 3);
        assert_non_null(strstr(err.message, wrong[i].problem));
    }
}

static void statements_are_told_in_words(void **state) {
    (void)state;
    pp_result *r;
    pp_error err = {0};
    pp_buf text;
    assert_ok(check("a,Here,KEN,police,,It fell.,homicide,-50,percent,none,2010,"
                    "2013" SOURCE
                    "b,Here,KEN,police,A Chief,Solved.,cases_solved,12,count,none,2010,"
                    "2013" SOURCE "c,Here,KEN,survey,,Safer.,safety,,,none,," SOURCE,
                    &r, &err));
    assert_string_equal(cell_at(r, "claims_checked", 0, "grade"), "poor");
    assert_string_equal(cell_at(r, "claims_checked", 1, "grade"), "fair");
    pp_buf_init(&text);
    assert_ok(pp_claims_checked_tell(r, 4000, &text, &err));
    assert_non_null(strstr(text.data, "a  Here (KEN), police\n   Said      It fell.\n   "
                                      "Claimed   homicide −50%, 2010 to 2013\n"));
    /* ln(15.5 / 30.5) and 1.96 times the variation, which is the same in all other spans. */
    assert_non_null(strstr(text.data, "went from 10.2 to 5.2 per 100,000, −49% (95% "
                                      "interval −"));
    assert_non_null(strstr(text.data, "b  Here (KEN), A Chief, police\n"));
    assert_non_null(strstr(text.data, "Claimed   cases solved: 12, 2010 to 2013\n"));
    assert_non_null(strstr(text.data, "Claimed   safety, without a figure, without "
                                      "saying between which years\n"));
    pp_buf_clear(&text);
    pp_result_free(r);
}

static pp_status check_two(void *payload, pp_error *err) {
    pp_result *r = NULL;
    pp_effect_claims *claims = NULL;
    const char *const *files = payload;
    pp_status status =
        pp_effect_claims_read(files[0], files[1], NULL, NULL, NULL, &claims, err);
    if (status == PP_OK) {
        status = pp_claims_checked(claims, NULL, "h", NULL, &r, err);
    }
    pp_result_free(r);
    pp_effect_claims_free(claims);
    return status;
}

static void memory_that_runs_out_is_told(void **state) {
    (void)state;
    char text[2000];
    const char *folder = fresh_folder(), *files[2];
    snprintf(text, sizeof text, "%sa,H,KEN,vendor,,S.,crime,-5,percent,none,2010,2011%s",
             HEAD, SOURCE);
    files[0] = write_text(folder, "claims.csv", text);
    files[1] = write_text(folder, "g.yml", GRADES);
    fail_every_allocation(check_two, files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_stand_beside_what_is_measured),
        cmocka_unit_test(statements_are_told_in_words),
        cmocka_unit_test(mistakes_are_named_with_file_and_line),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
