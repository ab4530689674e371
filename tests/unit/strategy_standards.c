/* The registry of standards: what is refused, and what binds whom on which day. */
#include "strategy/registry.h"

#include "support/claims.h"
#include "support/registry.h"
#include "support/support.h"

#include <pushpull/io.h>

#include <stdio.h>
#include <string.h>

static pp_gazetteer *gazetteer;

static int set_up(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int tear_down(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

static pp_standards *registry(void) {
    return read_registry(gazetteer);
}

static void the_registry_that_comes_with_it_is_right(void **state) {
    (void)state;
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_check(source_path("data/standards"), gazetteer, NULL, &result,
                                 &err));
    assert_string_equal(cell(result, "standards", "commitment", "unverified"), "22");
    assert_string_equal(cell(result, "standards", "member", "rows"), "28");
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_problems")), 0);
    pp_result_free(result);
}

typedef struct mistake {
    const char *file, *row; /* after what stands there */
    const char *column, *problem;
} mistake;

static void mistakes_are_named_with_file_and_line(void **state) {
    (void)state;
    static const mistake mistakes[] = {
        {"instrument", "x,X,coee,,treaty,binding,export,,open,,,,,,,,,," REGISTRY_CHECKED,
         "body", "no body"},
        {"instrument", "x,X,coe,,treaty,binding,exports,,open,,,,,,,,,," REGISTRY_CHECKED,
         "scope", "does not have this word"},
        {"instrument",
         "x,X,coe,,treaty,binding,export,AU,open,,,,,,,,,," REGISTRY_CHECKED, "covers",
         "no members"},
        {"instrument",
         "x,X,coe,,treaty,binding,export,,open,,,,,,2027,,,," REGISTRY_CHECKED,
         "amendment", "not said"},
        {"instrument",
         "x,X,coe,,treaty,binding,export,,open,,,,,,,adopted,,," REGISTRY_CHECKED,
         "applies_as_amended", "without the date"},
        {"instrument",
         "act,X,coe,,treaty,binding,export,,open,,,,,,,,,," REGISTRY_CHECKED, "id",
         "already"},
        {"provision", "p,acct,1,ban,state,,,," REGISTRY_CHECKED, "instrument",
         "no instrument"},
        {"commitment", "x,treaty,KEX,signed,2012," REGISTRY_CHECKED, "country",
         "not known"},
        {"commitment", "x,treaty,ken,signed,2012," REGISTRY_CHECKED, "country",
         "no members"},
        {"commitment", "x,treaty,KEN,signed,2009-12-31," REGISTRY_CHECKED, "date",
         "before its instrument was opened (2010-05-01)"},
        {"commitment", "x,act,DEU,transposed,2016-03," REGISTRY_CHECKED, "date",
         "before its instrument was approved"},
        {"commitment", "x,treaty,KEN,signed,2012-02-30," REGISTRY_CHECKED, "date", ""},
        {"commitment", "x,treaty,KEN,signed,," REGISTRY_CHECKED, "date", "no date"},
        {"commitment", "x,treaty,KEN,signed,2012,,seen,,2026-11-23,\n", "source",
         "no source"},
        {"commitment", "x,treaty,KEN,signed,2012,,seen,a source,,\n", "checked_on",
         "no checked_on"},
        {"commitment", "x,treaty,KEN,signed,2012,,sure,a source,2026-11-23,\n", "status",
         "does not have this word"},
        {"contribution", ",norm,ZTE,company,editor,,no" REGISTRY_CHECKED, "id", "no id"},
        {"link", "x,zte,norn,2019,ZTE" REGISTRY_CHECKED, "instrument", "no instrument"},
        {"member", "x,EU,FRA,1958,1957" REGISTRY_CHECKED, "to", "ends before it begins"},
        {"member", "x,EU,EU,1958," REGISTRY_CHECKED, "country", "not known"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const mistake *m = &mistakes[i];
        char text[4096];
        int lines = 1, of = 0;
        while (strcmp(registry_files[of], m->file) != 0) {
            of++;
        }
        snprintf(text, sizeof text, "%s%s", registry_texts[of], m->row);
        for (const char *c = registry_texts[of]; *c; c++) {
            lines += *c == '\n';
        }
        pp_standards *s = NULL;
        pp_error err = {0};
        assert_int_equal(
            pp_standards_read(registry_folder(m->file, text), gazetteer, NULL, &s, &err),
            PP_E_INPUT);
        assert_null(s);
        assert_non_null(strstr(err.file, m->file));
        assert_int_equal(err.line, lines);
        assert_string_equal(err.column, m->column);
        assert_non_null(strstr(err.message, m->problem));
    }
}

static void all_mistakes_are_listed(void **state) {
    (void)state;
    const char *wrong = "id,group,country,from,to,status,source,checked_on\n"
                        "m1,EU,DEU,1958,,seen,s,2026\n";
    const char *two = "id,name,type,membership,participation,decision,status,source,"
                      "checked_on,note\ncoe,,tready,,state," REGISTRY_CHECKED;
    pp_result *result = NULL;
    pp_error err = {0};
    assert_int_equal(pp_standards_check(registry_folder("member", wrong), gazetteer, NULL,
                                        &result, &err),
                     PP_E_INPUT);
    assert_string_equal(cell_at(result, "standards_problems", 0, "problem"),
                        "this column is missing");
    assert_string_equal(cell_at(result, "standards_problems", 0, "line"), "1");
    pp_result_free(result);
    assert_int_equal(
        pp_standards_check(registry_folder("body", two), gazetteer, NULL, &result, &err),
        PP_E_INPUT);
    assert_true(pp_table_rows(pp_result_find(result, "standards_problems")) >= 4);
    assert_string_equal(cell_at(result, "standards_problems", 0, "column"), "name");
    assert_string_equal(cell_at(result, "standards_problems", 1, "column"), "type");
    pp_result_free(result);
    assert_int_equal(pp_standards_check("/nowhere", gazetteer, NULL, &result, &err),
                     PP_E_NOT_FOUND);
    assert_null(result);
}

/* The standing of a place towards an instrument; "" without a record. */
static const char *standing(const pp_standards *s, const char *place,
                            const char *instrument_id, const char *at) {
    static char kept[64];
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_binds(s, place, at, &result, &err));
    const pp_table *table = pp_result_find(result, "standards_binds");
    kept[0] = '\0';
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, "instrument"), row),
                   instrument_id) == 0) {
            snprintf(kept, sizeof kept, "%s",
                     pp_column_get_text(pp_table_find(table, "standing"), row));
        }
    }
    pp_result_free(result);
    return kept;
}

static void signature_is_not_ratification_is_not_force(void **state) {
    (void)state;
    pp_standards *s = registry();
    assert_string_equal(standing(s, "KEN", "treaty", "2012-03-30"), "");
    assert_string_equal(standing(s, "KEN", "treaty", "2012-03"), "signed");
    assert_string_equal(standing(s, "Kenya", "treaty", NULL), "signed");
    assert_string_equal(standing(s, "GHA", "treaty", "2011"), "signed");
    assert_string_equal(standing(s, "GHA", "treaty", "2013"), "ratified_not_in_force");
    assert_string_equal(standing(s, "GHA", "treaty", "2015-01-01"), "in_force");
    assert_string_equal(standing(s, "GHA", "treaty", "2020-07-01"), "withdrawn");
    assert_string_equal(standing(s, "GHA", "treaty", "2022-06"), "withdrawn");
    assert_string_equal(standing(s, "GHA", "treaty", "2022-12-31"), "in_force");
    assert_string_equal(standing(s, "KEN", "norm", "2023"), "adopted_identically");
    assert_string_equal(standing(s, "KEN", "norm", "2024-03"), "superseded");
    assert_string_equal(standing(s, "NGA", "treaty", NULL), "");
    pp_standards_free(s);
}

static void groups_are_expanded_by_membership(void **state) {
    (void)state;
    pp_standards *s = registry();
    assert_string_equal(standing(s, "DEU", "act", "2016-03"), "");
    assert_string_equal(standing(s, "DEU", "act", "2016-04"), "adopted_not_in_force");
    assert_string_equal(standing(s, "DEU", "act", "2018-05-25"), "in_force_not_applied");
    assert_string_equal(standing(s, "DEU", "act", "2018-06-01"), "in_force");
    assert_string_equal(standing(s, "GBR", "act", "2020-01-31"), "in_force");
    assert_string_equal(standing(s, "GBR", "act", "2020-02-01"), "no_longer_covered");
    assert_string_equal(standing(s, "gn:184745", "act", NULL), ""); /* Nairobi: Kenya */
    pp_standards_free(s);
}

static void duties_follow_dates_as_written_and_as_amended(void **state) {
    (void)state;
    pp_standards *s = registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_binds(s, "DEU", "2026-09-01", &result, &err));
    assert_string_equal(cell_at(result, "standards_duties", 0, "applies"), "1");
    assert_string_equal(cell_at(result, "standards_duties", 1, "applies"), "0");
    pp_result_free(result);
    pp_standards_free(s);
}

static pp_result *adoptions(void) {
    static const struct {
        const char *country, *outcome;
        double latest;
    } rows[] = {{"DEU", "adopted", 2017},
                {"KEN", "adopted", 2011},
                {"NGA", "adopted", 0},
                {"UGA", "no_adoption_found", 0}};
    static const char *const text[] = {"country", "name", "region", "outcome"};
    pp_result *result = NULL;
    pp_table *table = NULL;
    pp_column *column[4], *earliest, *latest;
    pp_error err = {0};
    assert_ok(pp_result_new("adoption", &result, &err));
    assert_ok(pp_result_add(result, "outcomes", "", &table, &err));
    for (int i = 0; i < 4; i++) {
        assert_ok(pp_table_add(table, PP_TEXT, text[i], &column[i], &err));
    }
    assert_ok(pp_table_add(table, PP_NUMBER, "earliest_year", &earliest, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "latest_year", &latest, &err));
    assert_ok(pp_table_resize(table, 4, &err));
    for (int64_t i = 0; i < 4; i++) {
        assert_ok(pp_column_set_text(table, column[0], i, rows[i].country, &err));
        assert_ok(pp_column_set_text(table, column[3], i, rows[i].outcome, &err));
        if (rows[i].latest > 0) {
            latest->number[i] = rows[i].latest;
        }
    }
    return result;
}

static void a_gap_is_not_known_and_never_no(void **state) {
    (void)state;
    pp_standards *s = registry();
    pp_result *adoption = adoptions(), *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_gaps(s, adoption, NULL, &result, &err));
    const char *const expected[][4] = {
        {"NGA", "not_known", "", ""},
        {"KEN", "signed", "treaty (signed)", "not_known"},
        {"DEU", "in_force", "act (in_force)", "adopted_not_in_force"}};
    static const char *const columns[] = {"country", "standing", "instruments",
                                          "at_adoption"};
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_gaps")), 3);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
            assert_string_equal(cell_at(result, "standards_gaps", i, columns[k]),
                                expected[i][k]);
        }
    }
    assert_string_equal(cell(result, "standards_gaps_totals", "not_known", "adopters"),
                        "1");
    pp_result_free(result);
    pp_result_free(adoption);
    pp_standards_free(s);
}

static void the_calendar_tells_both_readings(void **state) {
    (void)state;
    pp_standards *s = registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_calendar(s, "DEU", "2026-01-01", 1, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_calendar")), 2);
    assert_string_equal(cell_at(result, "standards_calendar", 0, "reading"),
                        "as_written");
    assert_string_equal(cell_at(result, "standards_calendar", 1, "date"), "2027-01-01");
    pp_result_free(result);
    assert_ok(pp_standards_calendar(s, "NGA", "2016", 20, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_calendar")), 0);
    pp_result_free(result);
    assert_ok(pp_standards_calendar(s, NULL, "2024-02-29", 1, &result, &err));
    assert_string_equal(cell_at(result, "standards_calendar", 0, "event"), "superseded");
    pp_result_free(result);
    pp_standards_free(s);
}

static void arenas_are_counted(void **state) {
    (void)state;
    pp_standards *s = registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_arenas(s, &result, &err));
    assert_string_equal(cell_at(result, "standards_arenas", 2, "body"), "ieee");
    assert_string_equal(cell_at(result, "standards_arenas", 2, "arena"),
                        "company_driven");
    assert_string_equal(cell_at(result, "standards_arenas", 2, "leaked"), "1");
    assert_string_equal(cell_at(result, "standards_arenas", 0, "commitments"), "5");
    pp_result_free(result);
    pp_standards_free(s);
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    pp_standards *s = registry();
    pp_result *result = NULL, *none = NULL;
    pp_error err = {0};
    assert_int_equal(pp_standards_binds(s, "Kenia Land", NULL, &result, &err),
                     PP_E_NOT_FOUND);
    assert_int_equal(pp_standards_binds(s, "KEN", "20-1", &result, &err), PP_E_ARGUMENT);
    assert_int_equal(pp_standards_calendar(s, NULL, NULL, 0, &result, &err),
                     PP_E_ARGUMENT);
    assert_ok(pp_result_new("adoption", &none, &err));
    assert_int_equal(pp_standards_gaps(s, none, NULL, &result, &err), PP_E_NOT_FOUND);
    assert_null(result);
    pp_result_free(none);
    pp_standards_free(s);
}

typedef struct all_of_it {
    pp_table *tables[PP__REGISTERS];
    pp_result *adoption;
} all_of_it;

static pp_status views(const pp_standards *s, const pp_result *adoption, pp_error *err) {
    pp_result *result = NULL;
    pp_status status = pp_standards_binds(s, "DEU", NULL, &result, err);
    pp_result_free(result);
    if (status == PP_OK) {
        status = pp_standards_gaps(s, adoption, NULL, &result, err);
        pp_result_free(result);
    }
    if (status == PP_OK) {
        status = pp_standards_calendar(s, NULL, "2010", 30, &result, err);
        pp_result_free(result);
    }
    if (status == PP_OK) {
        status = pp_standards_arenas(s, &result, err);
        pp_result_free(result);
    }
    return status;
}

static pp_status work(void *payload, pp_error *err) {
    const all_of_it *all = payload;
    pp_table *tables[PP__REGISTERS] = {0}, *problems = NULL;
    pp_standards *s = NULL;
    for (int i = 0; i < PP__REGISTERS; i++) {
        pp_status status = pp_table_copy(all->tables[i], &tables[i], err);
        if (status != PP_OK) {
            for (int k = 0; k < i; k++) {
                pp_table_free(tables[k]);
            }
            return status;
        }
    }
    pp_status status = pp__standards_take(tables, NULL, gazetteer, &s, &problems, err);
    pp_table_free(problems);
    if (status == PP_OK) {
        status = views(s, all->adoption, err);
    }
    pp_standards_free(s);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    static const pp_read_options as_text = {.all_text = 1};
    all_of_it all = {.adoption = adoptions()};
    const char *wrong = "id,group,country,from,to,status,source,checked_on,note\n"
                        "m1,EU,DEX,1958,1957" REGISTRY_CHECKED;
    const char *folder = registry_folder("member", wrong);
    pp_error err = {0};
    for (int i = 0; i < PP__REGISTERS; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s.csv", folder, registry_files[i]);
        assert_ok(pp_table_read(path, &as_text, NULL, &all.tables[i], &err));
    }
    assert_true(fail_every_allocation(work, &all) > 100);
    for (int i = 0; i < PP__REGISTERS; i++) {
        pp_table_free(all.tables[i]);
    }
    pp_result_free(all.adoption);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registry_that_comes_with_it_is_right),
        cmocka_unit_test(mistakes_are_named_with_file_and_line),
        cmocka_unit_test(all_mistakes_are_listed),
        cmocka_unit_test(signature_is_not_ratification_is_not_force),
        cmocka_unit_test(groups_are_expanded_by_membership),
        cmocka_unit_test(duties_follow_dates_as_written_and_as_amended),
        cmocka_unit_test(a_gap_is_not_known_and_never_no),
        cmocka_unit_test(the_calendar_tells_both_readings),
        cmocka_unit_test(arenas_are_counted),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
