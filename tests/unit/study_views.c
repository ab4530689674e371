/* Tables as the report shows them: rows, columns, words. */
#include "support/support.h"

#include "study/run_views.h"

#include <pushpull/io.h>

#include <string.h>

static pp_table *read_text(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "table.csv", text), NULL, NULL,
                            &table, &err));
    return table;
}

static pp_table *view(const char *name, const char *text, const char **title) {
    const char *note = "its own note";
    pp_error err = {0};
    pp_table *table = read_text(text), *out = NULL;
    *title = "its own";
    assert_ok(pp__view_of(name, table, title, &note, &out, &err));
    pp_table_free(table);
    return out;
}

static void check(const pp_table *t, int64_t row, const char *column, const char *words) {
    const pp_column *c = pp_table_find(t, column);
    assert_non_null(c);
    assert_true(row < pp_table_rows(t));
    const char *text = pp_column_get_text(c, row);
    assert_string_equal(text ? text : "", words);
}

static void other_tables_have_none(void **state) {
    (void)state;
    const char *title;
    assert_null(view("no_such_table", "label,x\na,1\n", &title));
    assert_string_equal(title, "its own");
}

/* One aggregation, an interval with two digits of its smaller side, columns without values left out. */
static void intervals_are_one_cell(void **state) {
    (void)state;
    const char *title;
    pp_table *t =
        view("overall",
             "label,aggregation,estimate,conf_low,conf_high,std_error,p_value\n"
             "Homicide,dynamic,9,8,10,1,\nHomicide,simple,0.12345,-0.05,0.3,0.09,\n"
             "Democracy,simple,1234.5,1100,1400,70,\nOther,simple,2,,,,\n",
             &title);
    assert_int_equal(pp_table_rows(t), 3);
    check(t, 0, "estimate", "0.12 [-0.05, 0.30]");
    check(t, 1, "estimate", "1234 [1100, 1400]");
    check(t, 2, "estimate", "2.0");
    assert_null(pp_table_find(t, "p_value"));
    assert_null(pp_table_find(t, "aggregation"));
    assert_string_equal(pp_table_find(t, "estimate")->label,
                        "Mean difference [95% interval]");
    assert_true(strcmp(title, "its own") != 0);
    pp_table_free(t);
}

/* Codes as words, a name once, and rows of the outcome's first estimator only. */
static void codes_are_words(void **state) {
    (void)state;
    const char *title;
    pp_table *t = view("event_study_agreement",
                       "label,estimator,other,mean_difference,std_error\n"
                       "A,cs,sunab,0.1,0.2\nA,cs,bjs,0.2,0.2\nA,sunab,bjs,0.3,0.2\n"
                       "B,sunab,magic,0.4,0.2\n",
                       &title);
    assert_int_equal(pp_table_rows(t), 3);
    check(t, 0, "label", "A");
    check(t, 1, "label", "");
    check(t, 2, "label", "B");
    check(t, 0, "estimator", "Callaway and Sant'Anna");
    check(t, 1, "other", "Borusyak, Jaravel and Spiess");
    check(t, 2, "other", "magic");
    assert_null(pp_table_find(t, "largest"));
    pp_table_free(t);
}

/* A case is named where there are several. */
static void cases_are_named_if_several(void **state) {
    (void)state;
    const char *title;
    pp_table *one =
        view("backdated", "case,first,estimate\nx,2000,0.5\nx,2001,0.4\n", &title);
    assert_null(pp_table_find(one, "case"));
    pp_table_free(one);
    pp_table *two =
        view("backdated", "case,first,estimate\nx,2000,0.5\ny,2001,0.4\n", &title);
    check(two, 1, "case", "y");
    pp_table_free(two);
}

/* Only what is chosen, columns in their order whichever has a value first, codes and slugs in words. */
static void the_plan_is_what_was_chosen(void **state) {
    (void)state;
    const char *title;
    pp_table *t =
        view("plan",
             "place_id,name,title,audience,cost,reduction,low,high,chosen,share\n"
             "KEN,Kenya,A law,,4000,0.2,0.1,0.3,1,0.5\n"
             "KEN,Kenya,Clauses,head_of_state,5000,0.1,0,0.2,1,0.4\n"
             "UGA,Uganda,A law,legislature,4000,0.1,0,0.2,0,0.1\n",
             &title);
    assert_int_equal(pp_table_rows(t), 2);
    check(t, 1, "name", "");
    check(t, 1, "audience", "head of state");
    check(t, 0, "reduction", "0.20 [0.10, 0.30]");
    assert_string_equal(pp_table_column(t, 2)->name, "audience");
    assert_null(pp_table_find(t, "place_id"));
    pp_table_free(t);
    t = view("bounds",
             "factor,supplier_unknown,not_searched,estimate,conf_low,conf_high,units\n"
             "x,not_adopted,adopted,-0.0179,-0.035,-0.00069,128\n",
             &title);
    check(t, 0, "estimate", "-1.8 [-3.5, -0.1]");
    check(t, 0, "supplier_unknown", "not adopted");
    pp_table_free(t);
    assert_int_equal(pp__view_most("forecast"), 20);
    assert_int_equal(pp__view_most("no_such_table"), 0);
}

/* What is well is left out, small cohorts are one row, and outcomes that say the same are told together. */
static void preflight_is_short(void **state) {
    (void)state;
    const char *title;
    pp_table *t =
        view("preflight",
             "label,design,check,count,verdict,detail\n"
             "A,d,units,170,ok,\nA,d,gaps,,look,two years\n"
             "A,d,cohort 2008,1,look,few units: errors too small: UGA\n"
             "A,d,cohort 2011,2,look,\"few units: errors too small: ECU, MLI\"\n"
             "B,d,units,168,ok,\nB,d,gaps,,look,two years\n"
             "B,d,cohort 2008,1,look,few units: errors too small: UGA\n"
             "B,d,cohort 2011,2,look,\"few units: errors too small: ECU, MLI\"\n"
             "C,d,units,90,look,few\n",
             &title);
    assert_int_equal(pp_table_rows(t), 3);
    check(t, 0, "label", "A, B");
    check(t, 0, "detail", "two years");
    check(t, 1, "label", "");
    check(t, 1, "detail", "2008: UGA; 2011: ECU, MLI");
    assert_true(pp_table_find(t, "count")->number[1] == 2);
    check(t, 2, "label", "C");
    check(t, 2, "check", "units");
    pp_table_free(t);
}

static pp_status make_view(void *payload, pp_error *err) {
    const char *title = NULL, *note = NULL;
    pp_table *out = NULL;
    pp_status status = pp__view_of("preflight", payload, &title, &note, &out, err);
    pp_table_free(out);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table =
        read_text("label,design,check,count,verdict,detail\nA,d,gaps,,look,two years\n"
                  "A,d,cohort 2008,1,look,few units: errors too small: UGA\n");
    assert_true(fail_every_allocation(make_view, table) > 5);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_tables_have_none),
        cmocka_unit_test(intervals_are_one_cell),
        cmocka_unit_test(codes_are_words),
        cmocka_unit_test(cases_are_named_if_several),
        cmocka_unit_test(the_plan_is_what_was_chosen),
        cmocka_unit_test(preflight_is_short),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
