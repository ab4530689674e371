#include "support/support.h"

#include "model/formula.h"

#include <stdio.h>
#include <string.h>

static pp_arena arena;

static pp__formula *parsed(const char *text) {
    pp_error err = {0};
    pp__formula *f = NULL;
    assert_ok(pp__formula_parse(text, &arena, &f, &err));
    return f;
}

/* The terms of a formula as "1 a b a:b". */
static const char *terms(const char *text) {
    static char out[1000];
    const pp__formula *f = parsed(text);
    size_t n = (size_t)snprintf(out, sizeof out, "%s", f->intercept ? "1" : "0");
    for (int t = 0; t < f->n_terms; t++) {
        for (int i = 0; i < f->terms[t].n; i++) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? ":" : " ",
                                  f->atoms[f->terms[t].atom[i]].label);
        }
    }
    return out;
}

static void assert_refused(const char *text, pp_status code, int position) {
    pp_error err = {0};
    pp__formula *f;
    pp_status status = pp__formula_parse(text, &arena, &f, &err);
    if (status != code || err.position != position) {
        fail_msg("'%s' gives %s at %d: %s", text, pp_status_name(status),
                 (int)err.position, err.message);
    }
}

static void terms_are_those_of_r(void **state) {
    (void)state;
    assert_string_equal(terms("y ~ a + b"), "1 a b");
    assert_string_equal(terms("y ~ a*b"), "1 a b a:b");
    assert_string_equal(terms("y ~ a:b + a"), "1 a a:b");
    assert_string_equal(terms("y ~ b + a:b"), "1 b b:a");
    assert_string_equal(terms("y ~ a*b*c - a:b:c"), "1 a b c a:b a:c b:c");
    assert_string_equal(terms("y ~ (a + b):(c + d)"), "1 a:c b:c a:d b:d");
    assert_string_equal(terms("y ~ a + a + a:a"), "1 a");
    assert_string_equal(terms("y ~ a - 1"), "0 a");
    assert_string_equal(terms("y ~ 0 + a"), "0 a");
    assert_string_equal(terms("y ~ -1 + a + 1"), "1 a");
    assert_string_equal(terms("y ~ 1"), "1");
    assert_string_equal(terms("y ~ a - (a + b) + c"), "1 c");
}

static void expressions_are_written_as_r_does(void **state) {
    (void)state;
    assert_string_equal(terms("y~log(x+1)+I(x^2)"), "1 log(x + 1) I(x^2)");
    assert_string_equal(terms("y ~ I( (a+b) * c/d )"), "1 I((a + b) * c/d)");
    assert_string_equal(terms("y ~ I(a - (b - c))"), "1 I(a - (b - c))");
    assert_string_equal(terms("y ~ I(-a^2) + I((-a)^2)"), "1 I(-a^2) I((-a)^2)");
    assert_string_equal(terms("y ~ factor(d, ref='x')"), "1 factor(d, ref = \"x\")");
    assert_string_equal(terms("y ~ `my column` + `plain`"), "1 `my column` plain");
    assert_string_equal(terms("y ~ I(x * 2.50)"), "1 I(x * 2.50)");
}

static void outcomes(void **state) {
    (void)state;
    assert_string_equal(parsed("log(y) ~ x")->outcome_label, "log(y)");
    const pp__formula *f = parsed("Surv(lo, hi, type = interval) ~ x");
    assert_null(f->outcome);
    assert_string_equal(f->lo->text, "lo");
    assert_string_equal(f->hi->text, "hi");
    assert_non_null(parsed("Surv(lo, hi, type=\"interval\") ~ x")->hi);
}

static void mistakes_are_located(void **state) {
    (void)state;
    assert_refused("", PP_E_ARGUMENT, 1);
    assert_refused("~ x", PP_E_ARGUMENT, 1);
    assert_refused("y", PP_E_ARGUMENT, 2);
    assert_refused("y ~", PP_E_ARGUMENT, 4);
    assert_refused("y ~ x +", PP_E_ARGUMENT, 8);
    assert_refused("y ~ x z", PP_E_ARGUMENT, 7);
    assert_refused("y ~ (x", PP_E_ARGUMENT, 7);
    assert_refused("y ~ x)", PP_E_ARGUMENT, 6);
    assert_refused("y ~ log(x, 2)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ lgo(x)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ é §", PP_E_ARGUMENT, 7);
    assert_refused("y ~ x^2", PP_E_ARGUMENT, 6);
    assert_refused("y ~ a/b", PP_E_ARGUMENT, 6);
    assert_refused("y ~ 2", PP_E_ARGUMENT, 5);
    assert_refused("y ~ 1:x", PP_E_ARGUMENT, 6);
    assert_refused("y ~ x > 2", PP_E_ARGUMENT, 7);
    assert_refused("y ~ I(a:b)", PP_E_ARGUMENT, 8);
    assert_refused("y ~ `x", PP_E_ARGUMENT, 5);
    assert_refused("y ~ 1x", PP_E_ARGUMENT, 5);
    assert_refused("y ~ Surv(a, b)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ \xff", PP_E_ARGUMENT, 5);
    assert_refused("y ~ a:b:c:d:e:f:g", PP_E_ARGUMENT, 16);
}

static void several_columns_are_several_terms(void **state) {
    (void)state;
    assert_string_equal(terms("y ~ poly(x, 2)"), "1 poly(x, 2)1 poly(x, 2)2");
    assert_string_equal(terms("y ~ poly(x)"), "1 poly(x)");
    assert_string_equal(terms("y ~ ns(x,df=1) + bs(log(x))"),
                        "1 ns(x, df = 1) bs(log(x))1 bs(log(x))2 bs(log(x))3");
    assert_string_equal(terms("y ~ z*poly(x, 2, raw = TRUE) - z:poly(x, 2, raw=TRUE)"),
                        "1 z poly(x, 2, raw = TRUE)1 poly(x, 2, raw = TRUE)2");
    assert_string_equal(terms("y ~ z:poly(x, 2) + poly(x, 2)"),
                        "1 poly(x, 2)1 poly(x, 2)2 z:poly(x, 2)1 z:poly(x, 2)2");
    assert_string_equal(terms("y ~ lag(x) + log(lead(x, 2))"),
                        "1 lag(x) log(lead(x, 2))");
}

static void functions_of_several_arguments_are_checked(void **state) {
    (void)state;
    assert_refused("y ~ poly()", PP_E_ARGUMENT, 5);
    assert_refused("y ~ poly(x, 0)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ poly(x, 2.5)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ poly(x, 2, 3)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ poly(x, df = 2)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ ns(x, raw = TRUE)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ bs(x, 2)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ bs(factor(x), 4)", PP_E_ARGUMENT, 8);
    assert_refused("y ~ log(poly(x, 2))", PP_E_ARGUMENT, 9);
    assert_refused("poly(y, 2) ~ x", PP_E_ARGUMENT, 1);
    assert_refused("y ~ lag(x, z)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ lag(x, 1, 2)", PP_E_ARGUMENT, 5);
    assert_refused("y ~ lag()", PP_E_ARGUMENT, 5);
}

static void what_comes_later_is_said(void **state) {
    (void)state;
    assert_refused("y ~ x + (z | region)", PP_E_UNSUPPORTED, 10);
    assert_refused("y ~ bs(x, knots = 3)", PP_E_UNSUPPORTED, 19);
    assert_refused("y ~ .", PP_E_UNSUPPORTED, 5);
}

static void size_is_limited(void **state) {
    (void)state;
    static char text[30000];
    strcpy(text, "y ~ ");
    memset(text + 4, '(', 20000);
    assert_refused(text, PP_E_ARGUMENT, 0);
    text[1000] = '\0';
    assert_refused(text, PP_E_ARGUMENT, 69);
    strcpy(text, "y ~ I(x");
    for (int i = 0; i < 5000; i++) {
        strcat(text, "+x");
    }
    strcat(text, ")");
    assert_refused(text, PP_E_ARGUMENT, 2008);
}

static pp_status parse_once(void *payload, pp_error *err) {
    pp_arena own;
    pp__formula *f;
    pp_arena_init(&own);
    pp_status status = pp__formula_parse(payload, &own, &f, err);
    pp_arena_clear(&own);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    char text[2000] =
        "Surv(lo, hi, type = interval) ~ (a + b + c)*(d + log(e)) + factor(`f g`)";
    for (int i = 0; i < 40; i++) {
        snprintf(text + strlen(text), 20, " + I(x%d^2)", i);
    }
    assert_true(fail_every_allocation(parse_once, text) > 3);
}

static int open_arena(void **state) {
    (void)state;
    pp_arena_init(&arena);
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    pp_arena_clear(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_those_of_r),
        cmocka_unit_test(expressions_are_written_as_r_does),
        cmocka_unit_test(outcomes),
        cmocka_unit_test(mistakes_are_located),
        cmocka_unit_test(several_columns_are_several_terms),
        cmocka_unit_test(functions_of_several_arguments_are_checked),
        cmocka_unit_test(what_comes_later_is_said),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("model_formula", tests, open_arena, close_arena);
}
