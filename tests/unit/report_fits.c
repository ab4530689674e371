/* Several fits in one table. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/compare.h>
#include <pushpull/file.h>
#include <pushpull/render.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 200 };

typedef struct pair {
    pp_table *data;
    pp_fit *fit[2];
} pair;

static pair two_fits(void) {
    const pp_model_options ols = {.model = "ols"};
    const pp_model_options logit = {.model = "logit", .vcov = "cluster:group"};
    pair p = {.data = random_frame(ROWS, 5)};
    p.fit[0] = fitted("w ~ x1 + x2", p.data, &ols);
    p.fit[1] = fitted("y ~ x1 + d", p.data, &logit);
    return p;
}

static void free_pair(pair *p) {
    pp_fit_free(p->fit[0]);
    pp_fit_free(p->fit[1]);
    pp_table_free(p->data);
}

static pp_status tabulate(const pair *p, const pp_fits_options *options, pp_result **out,
                          pp_error *err) {
    static const char *const names[] = {"linear", "binary"};
    pp_status status = pp_result_new("compare", out, err);
    if (status == PP_OK) {
        status =
            pp_fits_table((const pp_fit *const *)p->fit, names, 2, options, *out, err);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_result *table_of(const pair *p, const pp_fits_options *options) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(tabulate(p, options, &r, &err));
    return r;
}

/* The cell of the first row with this label. */
static const char *cell(const pp_result *r, const char *label, const char *fit,
                        int below) {
    const pp_table *t = pp_result_find(r, "models");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_table_find(t, "term")->text[i], label) == 0) {
            return pp_table_find(t, fit)->text[i + below];
        }
    }
    fail_msg("no row %s", label);
    return NULL;
}

static void texts_are_the_numbers(void **state) {
    (void)state;
    pair p = two_fits();
    pp_result *r = table_of(&p, NULL);
    char expected[64], number[32];
    const double *b = pp_fit_estimates(p.fit[0]), *V = pp_fit_covariance(p.fit[0]);
    pp_format_fixed(b[1], 3, number);
    assert_string_equal(cell(r, "x1", "linear", 0), number);
    pp_format_fixed(sqrt(V[4]), 3, number);
    snprintf(expected, sizeof expected, "(%s)", number);
    assert_string_equal(cell(r, "x1", "linear", 1), expected);
    assert_string_equal(cell(r, "d", "linear", 0), "");
    assert_string_equal(cell(r, "Outcome", "binary", 0), "y");
    assert_string_equal(cell(r, "Covariance", "binary", 0), "cluster:group");
    assert_string_equal(cell(r, "Observations", "linear", 0), "200");
    assert_string_equal(cell(r, "R\xc2\xb2", "binary", 0), "");
    assert_int_equal(pp_table_rows(pp_result_find(r, "estimates")), 6);
    assert_true(pp_table_find(pp_result_find(r, "estimates"), "estimate")->number[1] ==
                b[1]);
    assert_int_equal(pp_table_rows(pp_result_find(r, "fits")), 2);
    pp_result_free(r);
    free_pair(&p);
}

static void labels_order_rename_and_leave_out(void **state) {
    (void)state;
    pair p = two_fits();
    pp_table *labels = frame("term label\nd Door\nx2 Exposure\nx1 .\nunknown Nothing");
    pp_fits_options o = {.labels = labels, .below = "none", .stars = 1, .decimals = 1};
    pp_result *r = table_of(&p, &o);
    const pp_table *t = pp_result_find(r, "models");
    const char *const *term = pp_table_find(t, "term")->text;
    assert_string_equal(term[0], "Door");
    assert_string_equal(term[1], "Exposure");
    assert_string_equal(term[2], "(Intercept)");
    assert_string_equal(term[3], "Outcome");
    assert_int_equal(pp_result_table_rule(r, 0), 3);
    assert_non_null(strstr(cell(r, "Exposure", "linear", 0), "***"));
    pp_result_free(r);
    pp_table_free(labels);
    free_pair(&p);
}

static void refusals(void **state) {
    static const char *const twice[] = {"same", "same"};
    (void)state;
    pair p = two_fits();
    const pp_fit *const *fits = (const pp_fit *const *)p.fit;
    pp_fits_options o = {.below = "colour"};
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_result_new("compare", &r, &err));
    assert_int_equal(pp_fits_table(fits, NULL, 2, &o, r, &err), PP_E_ARGUMENT);
    o = (pp_fits_options){.decimals = 11};
    assert_int_equal(pp_fits_table(fits, NULL, 2, &o, r, &err), PP_E_ARGUMENT);
    assert_int_equal(pp_fits_table(fits, NULL, 0, NULL, r, &err), PP_E_ARGUMENT);
    o = (pp_fits_options){.labels = p.data};
    assert_int_equal(pp_fits_table(fits, NULL, 2, &o, r, &err), PP_E_NOT_FOUND);
    pp_result_free(r);
    assert_ok(pp_result_new("compare", &r, &err));
    assert_int_equal(pp_fits_table(fits, twice, 2, NULL, r, &err), PP_E_CONFLICT);
    assert_int_equal(
        pp_result_write_docx(r, "models", "/no/pandoc", "x.docx", NULL, &err),
        PP_E_UNSUPPORTED);
    pp_result_free(r);
    free_pair(&p);
}

static void a_document_of_word(void **state) {
    (void)state;
    pair p = two_fits();
    pp_error err = {0};
    pp_result *r = table_of(&p, NULL);
    char path[300];
    snprintf(path, sizeof path, "%s/table.docx", fresh_folder());
    pp_status status = pp_result_write_docx(r, "models", NULL, path, NULL, &err);
    if (status != PP_E_UNSUPPORTED) { /* pandoc is here */
        assert_ok(status);
        assert_ok(pp_file_check_readable(path, &err));
        strcat(path, ".html");
        assert_false(pp_file_exists(path));
    }
    pp_result_free(r);
    free_pair(&p);
}

static pp_status tabulate_and_render(void *payload, pp_error *err) {
    static const pp_format formats[] = {PP_FORMAT_TEXT, PP_FORMAT_LATEX, PP_FORMAT_HTML};
    pp_result *r = NULL;
    pp_buf out;
    pp_buf_init(&out);
    pp_status status = tabulate(payload, NULL, &r, err);
    for (int i = 0; i < 3 && status == PP_OK; i++) {
        status = pp_result_render(r, formats[i], "models", 60, &out, err);
    }
    pp_buf_clear(&out);
    pp_result_free(r);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    pair p = two_fits();
    assert_true(fail_every_allocation(tabulate_and_render, &p) > 30);
    free_pair(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_the_numbers),
        cmocka_unit_test(labels_order_rename_and_leave_out), cmocka_unit_test(refusals),
        cmocka_unit_test(a_document_of_word), cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("report fits", tests, NULL, NULL);
}
