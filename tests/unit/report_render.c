#include "support/support.h"

#include "base/check.h"

#include <pushpull/file.h>
#include <pushpull/render.h>

#include <math.h>
#include <string.h>

/* A small result with one of everything: kinds of column, missing cells, hostile text. */
static pp_status fill_terms(pp_table *t, pp_error *err) {
    static const char *const term[] = {"x_1", "a|b & <c> \x1b[31m", NULL};
    static const double estimate[] = {0.43215, -1.5, NAN}, p[] = {0.0004, 0.25, NAN};
    static const double nobs[] = {123456, 1200, 7}, share[] = {0.125, 0.5, NAN};
    pp_column *terms, *flag, *c;
    PP_TRY(pp_table_add(t, PP_TEXT, "term", &terms, err));
    PP_TRY(pp_table_resize(t, 3, err));
    for (int i = 0; i < 3; i++) {
        PP_TRY(pp_column_set_text(t, terms, i, term[i], err));
    }
    PP_TRY(pp_table_add(t, PP_NUMBER, "estimate", &c, err));
    PP_TRY(pp_column_describe(t, c, "Estimate", "log odds", NULL, NULL, err));
    memcpy(c->number, estimate, sizeof estimate);
    PP_TRY(pp_table_add(t, PP_NUMBER, "p_value", &c, err));
    memcpy(c->number, p, sizeof p);
    c->show = PP_SHOW_P_VALUE;
    PP_TRY(pp_table_add(t, PP_NUMBER, "nobs", &c, err));
    memcpy(c->number, nobs, sizeof nobs);
    c->show = PP_SHOW_COUNT;
    PP_TRY(pp_table_add(t, PP_NUMBER, "share", &c, err));
    memcpy(c->number, share, sizeof share);
    c->show = PP_SHOW_PERCENT;
    PP_TRY(pp_table_add(t, PP_NUMBER, "kept", &flag, err));
    flag->show = PP_SHOW_FLAG;
    flag->number[0] = 1;
    flag->number[1] = 0;
    return PP_OK;
}

static pp_status build(pp_result **out, pp_error *err) {
    pp_table *t;
    PP_TRY(pp_result_new("fit", out, err));
    PP_TRY(pp_result_add(*out, "coefficients", "Coefficients", &t, err));
    PP_TRY(fill_terms(t, err));
    PP_TRY(pp_result_set_note(*out, "coefficients", "Note: 95% intervals.", err));
    PP_TRY(pp_result_warn(*out, "separation", "x_1", 4, err, "left out"));
    return pp_result_note_number(*out, "seed", 7, err);
}

/* The renderings stand in tests/golden/render: read one there before accepting a change
 * of it. */
static void assert_renders(pp_format format, const char *table, int width,
                           const char *golden) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_buf expected, got;
    pp_buf_init(&expected);
    pp_buf_init(&got);
    assert_ok(pp_file_read(source_path(golden), 0, &expected, &err));
    assert_ok(build(&result, &err));
    assert_ok(pp_result_render(result, format, table, width, &got, &err));
    assert_string_equal(got.data, expected.data);
    pp_buf_clear(&expected);
    pp_buf_clear(&got);
    pp_result_free(result);
}

static void every_format_is_exact(void **state) {
    (void)state;
    assert_renders(PP_FORMAT_TEXT, NULL, 0, "tests/golden/render/wide.txt");
    assert_renders(PP_FORMAT_TEXT, "coefficients", 40, "tests/golden/render/split.txt");
    assert_renders(PP_FORMAT_TEXT, NULL, 10, "tests/golden/render/narrow.txt");
    assert_renders(PP_FORMAT_MARKDOWN, NULL, 0, "tests/golden/render/table.md");
    assert_renders(PP_FORMAT_LATEX, NULL, 0, "tests/golden/render/table.tex");
    assert_renders(PP_FORMAT_HTML, NULL, 0, "tests/golden/render/table.html");
    assert_renders(PP_FORMAT_CSV, NULL, 0, "tests/golden/render/table.csv");
    assert_renders(PP_FORMAT_JSON, NULL, 0, "tests/golden/render/table.json");
}

static void assert_column(int n, const double *values, pp_show show,
                          const char *expected) {
    pp_error err = {0};
    pp_table *table;
    pp_column *column;
    pp_buf buf;
    pp_buf_init(&buf);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "v", &column, &err));
    assert_ok(pp_table_resize(table, n, &err));
    memcpy(column->number, values, (size_t)n * sizeof *values);
    column->show = show;
    assert_ok(pp_table_render(table, NULL, PP_FORMAT_MARKDOWN, 0, &buf, &err));
    assert_string_equal(buf.data + strlen("| v |\n| ---: |\n"), expected);
    pp_buf_clear(&buf);
    pp_table_free(table);
}

static void numbers_have_sensible_digits(void **state) {
    (void)state;
    assert_column(2, (double[]){0.5, 0.25}, PP_SHOW_DEFAULT, "| 0.50 |\n| 0.25 |\n");
    assert_column(2, (double[]){1234.5678, 2}, PP_SHOW_DEFAULT, "| 1234.6 |\n| 2.0 |\n");
    assert_column(2, (double[]){123.456, 0.0123456}, PP_SHOW_DEFAULT,
                  "| 123.456 |\n| 0.012 |\n");
    assert_column(3, (double[]){0.4321987, 1.2e-9, -0.0}, PP_SHOW_DEFAULT,
                  "| 0.4322 |\n| 1.20e-09 |\n| 0.0000 |\n");
    assert_column(2, (double[]){INFINITY, -2e20}, PP_SHOW_DEFAULT,
                  "| Inf |\n| -2.00e+20 |\n");
    assert_column(2, (double[]){2005, 2022.5}, PP_SHOW_YEAR, "| 2005.0 |\n| 2022.5 |\n");
    assert_column(2, (double[]){9999, 1}, PP_SHOW_COUNT, "| 9999 |\n| 1 |\n");
    assert_column(1, (double[]){-1234567}, PP_SHOW_COUNT,
                  "| -1\xe2\x80\xaf"
                  "234\xe2\x80\xaf"
                  "567 |\n");
    assert_column(2, (double[]){0.25, 1}, PP_SHOW_PERCENT, "| 25% |\n| 100% |\n");
    assert_column(2, (double[]){1, 0.00099}, PP_SHOW_P_VALUE,
                  "| 1.000 |\n| \\<0.001 |\n");
}

static void numbers_in_text_are_set_as_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cells[] = {
        {"-5.2 [-10.0, -0.3]", "\xe2\x88\x92"
                               "5.2 [\xe2\x88\x92"
                               "10.0,\xc2\xa0\xe2\x88\x92"
                               "0.3]"},
        {"2019-05-01", "2019-05-01"},
        {"from -3 to -2", "from -3 to -2"},
    };
    pp_error err = {0};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        pp_table *table;
        pp_column *column;
        pp_buf buf;
        pp_buf_init(&buf);
        assert_ok(pp_table_new(&table, &err));
        assert_ok(pp_table_add(table, PP_TEXT, "v", &column, &err));
        assert_ok(pp_table_resize(table, 1, &err));
        assert_ok(pp_column_set_text(table, column, 0, cells[i].text, &err));
        assert_ok(pp_table_render(table, NULL, PP_FORMAT_HTML, 0, &buf, &err));
        assert_non_null(strstr(buf.data, cells[i].expected));
        pp_buf_clear(&buf);
        pp_table_free(table);
    }
}

static void subjects_are_named_once(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *result;
    pp_buf buf;
    pp_buf_init(&buf);
    assert_ok(pp_result_new("fit", &result, &err));
    assert_ok(pp_result_warn(result, "a", "x = 1", 36, &err, "x = 1 predicts all"));
    assert_ok(pp_result_warn(result, "b", "x", -1, &err, "max is left out"));
    assert_ok(pp_result_render(result, PP_FORMAT_TEXT, NULL, 0, &buf, &err));
    assert_string_equal(buf.data, "\nWarnings\n"
                                  "  ! a: x = 1 predicts all (36)\n"
                                  "  ! b: max is left out (x)\n");
    pp_buf_clear(&buf);
    pp_result_free(result);
}

static void wrong_requests_are_named(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *result = NULL;
    pp_format format;
    pp_buf buf;
    pp_buf_init(&buf);
    assert_int_equal(pp_format_parse("xml", &format, &err), PP_E_ARGUMENT);
    assert_string_equal(err.value, "xml");
    assert_ok(build(&result, &err));
    assert_int_equal(pp_result_render(result, PP_FORMAT_TEXT, "nothing", 0, &buf, &err),
                     PP_E_NOT_FOUND);
    assert_string_equal(err.hint, "its tables are: coefficients");
    pp_buf_clear(&buf);
    pp_result_free(result);
}

static pp_status render_all(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_buf buf;
    pp_buf_init(&buf);
    pp_status status = build(&result, err);
    for (int format = PP_FORMAT_TEXT; status == PP_OK && format <= PP_FORMAT_JSON;
         format++) {
        status = pp_result_render(result, (pp_format)format, payload, 40, &buf, err);
    }
    pp_buf_clear(&buf);
    pp_result_free(result);
    return status;
}

static void no_allocation_failure_leaks(void **state) {
    (void)state;
    assert_true(fail_every_allocation(render_all, NULL) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_exact),
        cmocka_unit_test(numbers_have_sensible_digits),
        cmocka_unit_test(numbers_in_text_are_set_as_numbers),
        cmocka_unit_test(subjects_are_named_once),
        cmocka_unit_test(wrong_requests_are_named),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
