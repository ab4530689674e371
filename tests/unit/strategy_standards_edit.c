/* Changing a registry: what is checked, what is logged, and what an interruption leaves. */
#include "support/claims.h"
#include "support/registry.h"
#include "support/support.h"

#include <pushpull/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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

static pp_standards_edit edit_of(const char *folder, const char *table) {
    return (pp_standards_edit){.folder = folder,
                               .gazetteer = gazetteer,
                               .table = table,
                               .by = "Ada",
                               .reason = "a test",
                               .day = "2026-11-24"};
}

/* The text of a file of the folder, in one of two buffers by turns. */
static const char *text_of(const char *folder, const char *name) {
    static pp_buf texts[2];
    static int turn;
    char path[1024];
    pp_buf *text = &texts[turn = !turn];
    pp_buf_clear(text);
    pp_buf_init(text);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (pp_file_read(path, 0, text, NULL) != PP_OK) {
        return "";
    }
    return text->data;
}

static void a_change_is_checked_written_and_logged(void **state) {
    (void)state;
    const char *folder = registry_folder(NULL, NULL);
    pp_standards_edit edit = edit_of(folder, "commitment");
    const char *const date[] = {"date=2012-04", "note=", NULL};
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_set(&edit, "c1", date, NULL, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_changes")), 1);
    assert_string_equal(cell_at(result, "standards_changes", 0, "old"), "2012-03");
    pp_result_free(result);
    assert_non_null(strstr(text_of(folder, "commitment.csv"), "c1,treaty,KEN,signed,"
                                                              "2012-04,"));
    assert_string_equal(text_of(folder, "changes.csv"),
                        "day,by,reason,table,id,action,column,old,new\n"
                        "2026-11-24,Ada,a test,commitment,c1,set,date,2012-03,2012-04\n");
    assert_ok(pp_standards_set(&edit, "c1", date, NULL, &result, &err)); /* as it is */
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_changes")), 0);
    pp_result_free(result);
    edit.dry_run = 1;
    const char *const other[] = {"date=2013", NULL};
    assert_ok(pp_standards_set(&edit, "c1", other, NULL, &result, &err));
    pp_result_free(result);
    assert_null(strstr(text_of(folder, "commitment.csv"), "2013"));
}

static void what_check_would_refuse_is_not_written(void **state) {
    (void)state;
    const char *folder = registry_folder(NULL, NULL);
    pp_standards_edit edit = edit_of(folder, "commitment");
    const char *const values[][3] = {{"date=2009", NULL},         {"country=KEX", NULL},
                                     {"action=maybe", NULL},      {"source=", NULL},
                                     {"instrument=tready", NULL}, {"id=c2", NULL}};
    pp_result *result = NULL;
    pp_error err = {0};
    char before[4096];
    snprintf(before, sizeof before, "%s", text_of(folder, "commitment.csv"));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_int_equal(pp_standards_set(&edit, "c1", values[i], NULL, &result, &err),
                         PP_E_INPUT);
        assert_null(result);
        assert_true(err.line > 1);
    }
    const char *const unknown[] = {"contry=KEN", NULL}, *const odd[] = {"country", NULL};
    assert_int_equal(pp_standards_set(&edit, "c1", unknown, NULL, &result, &err),
                     PP_E_NOT_FOUND);
    assert_int_equal(pp_standards_set(&edit, "c1", odd, NULL, &result, &err),
                     PP_E_ARGUMENT);
    assert_int_equal(pp_standards_set(&edit, "c9", odd, NULL, &result, &err),
                     PP_E_NOT_FOUND);
    edit.table = "instrument"; /* others refer to it */
    assert_int_equal(pp_standards_remove(&edit, "treaty", NULL, &result, &err),
                     PP_E_INPUT);
    edit.reason = NULL;
    assert_int_equal(pp_standards_remove(&edit, "treaty", NULL, &result, &err),
                     PP_E_ARGUMENT);
    assert_string_equal(text_of(folder, "commitment.csv"), before);
    assert_string_equal(text_of(folder, "changes.csv"), "");
}

static void rows_come_and_go(void **state) {
    (void)state;
    const char *folder = registry_folder(NULL, NULL);
    pp_standards_edit edit = edit_of(folder, "link");
    const char *const row[] = {"id=l2",         "vendor=dahua",    "instrument=act",
                               "date=2020",     "listed_as=D",     "status=seen",
                               "source=a page", "checked_on=2026", NULL};
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_add(&edit, row, NULL, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_changes")), 8);
    pp_result_free(result);
    assert_int_equal(pp_standards_add(&edit, row, NULL, &result, &err), PP_E_CONFLICT);
    assert_int_equal(pp_standards_add(&edit, row + 1, NULL, &result, &err),
                     PP_E_ARGUMENT);
    assert_ok(pp_standards_remove(&edit, "l1", NULL, &result, &err));
    assert_string_equal(cell_at(result, "standards_changes", 1, "old"), "zte");
    pp_result_free(result);
    assert_null(strstr(text_of(folder, "link.csv"), "l1,"));
    assert_non_null(strstr(text_of(folder, "link.csv"), "l2,dahua,act,2020,D,seen"));
}

static void an_import_is_all_or_nothing(void **state) {
    (void)state;
    static const char head[] = "id,group,country,from,to,status,source,checked_on,note\n";
    const char *folder = registry_folder(NULL, NULL);
    pp_standards_edit edit = edit_of(folder, "member");
    pp_result *result = NULL;
    pp_error err = {0};
    char file[1024], text[1024];
    snprintf(file, sizeof file, "%s/rows.csv", folder);
    snprintf(text, sizeof text, "%s%s%s", head, "m1,EU,DEU,1958-01-01," REGISTRY_CHECKED,
             "m3,EU,FRA,1958," REGISTRY_CHECKED "m4,EU,FRX,1958," REGISTRY_CHECKED);
    write_text(folder, "rows.csv", text);
    assert_int_equal(pp_standards_import(&edit, file, NULL, &result, &err), PP_E_INPUT);
    assert_string_equal(err.file, file);
    assert_int_equal(err.line, 4);
    assert_null(strstr(text_of(folder, "member.csv"), "m3"));
    snprintf(text, sizeof text, "%s%s%s", head, "m1,EU,DEU,1958-01-01," REGISTRY_CHECKED,
             "m3,EU,FRA,1958," REGISTRY_CHECKED);
    write_text(folder, "rows.csv", text);
    assert_ok(pp_standards_import(&edit, file, NULL, &result, &err));
    assert_string_equal(cell(result, "standards_import", "added", "rows"), "1");
    assert_string_equal(cell(result, "standards_import", "there already", "rows"), "1");
    pp_result_free(result);
    snprintf(text, sizeof text, "%s%s", head, "m3,EU,FRA,1957," REGISTRY_CHECKED);
    write_text(folder, "rows.csv", text);
    assert_int_equal(pp_standards_import(&edit, file, NULL, &result, &err),
                     PP_E_CONFLICT);
    assert_string_equal(err.column, "from");
    write_text(folder, "rows.csv", "id,group\nm5,EU\n");
    assert_int_equal(pp_standards_import(&edit, file, NULL, &result, &err), PP_E_INPUT);
}

static void an_interruption_is_ended_or_undone(void **state) {
    (void)state;
    const char *folder = registry_folder(NULL, NULL);
    const char *const note[] = {"note=again", NULL};
    pp_standards_edit edit = edit_of(folder, "commitment");
    pp_result *result = NULL;
    pp_error err = {0};
    char aside[1024];
    snprintf(aside, sizeof aside, "%s/.changes-written", folder); /* not whole */
    assert_ok(pp_file_make_folder(aside, &err));
    write_text(aside, "commitment.csv", "id,instr");
    snprintf(aside, sizeof aside, "%s/.changes-ready", folder); /* made, not moved */
    assert_ok(pp_file_make_folder(aside, &err));
    write_text(aside, "changes.csv",
               "day,by,reason,table,id,action,column,old,new\n"
               "2026-11-23,Bo,earlier,link,l1,set,note,,x\n");
    assert_ok(pp_standards_set(&edit, "c1", note, NULL, &result, &err));
    pp_result_free(result);
    assert_false(pp_file_exists(aside));
    const char *log = text_of(folder, "changes.csv");
    assert_non_null(strstr(log, "Bo,earlier"));
    assert_non_null(strstr(log, "set,note,,again"));
}

static void one_change_at_a_time(void **state) {
    (void)state;
    const char *folder = registry_folder(NULL, NULL);
    const char *const note[] = {"note=x", NULL};
    pp_standards_edit edit = edit_of(folder, "commitment");
    pp_result *result = NULL;
    pp_error err = {0};
    int other = open(folder, O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(pp_standards_set(&edit, "c1", note, NULL, &result, &err),
                     PP_E_CONFLICT);
    close(other);
    assert_ok(pp_standards_set(&edit, "c1", note, NULL, &result, &err));
    pp_result_free(result);
}

static void a_package_is_a_registry_again(void **state) {
    (void)state;
    pp_standards *s = read_registry(gazetteer), *again = NULL;
    const char *folder = fresh_folder();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_export(s, folder, NULL, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_export")), 7);
    pp_result_free(result);
    assert_non_null(
        strstr(text_of(folder, "datapackage.json"), "\"primaryKey\": \"id\""));
    assert_ok(pp_standards_read(folder, gazetteer, NULL, &again, &err));
    assert_ok(pp_standards_export(again, NULL, NULL, &result, &err));
    assert_int_equal(pp_table_rows(pp_result_find(result, "standards_commitment")), 6);
    pp_result_free(result);
    pp_standards_free(again);
    pp_standards_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_checked_written_and_logged),
        cmocka_unit_test(what_check_would_refuse_is_not_written),
        cmocka_unit_test(rows_come_and_go),
        cmocka_unit_test(an_import_is_all_or_nothing),
        cmocka_unit_test(an_interruption_is_ended_or_undone),
        cmocka_unit_test(one_change_at_a_time),
        cmocka_unit_test(a_package_is_a_registry_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
