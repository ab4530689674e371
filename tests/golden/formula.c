/* poly(), ns(), bs(), lag() and lead() against R; see tests/golden/formula/how.txt. */
#include "golden/golden.h"

#include "model/basis.h"
#include "model/fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("formula", "data.csv");
    reference = golden_table("formula", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

typedef struct model {
    const char *name, *formula, *weights;
    int coefficients;
} model;

static const model MODELS[] = {
    {"poly", "y ~ poly(x, 3) + z", NULL, 5},
    {"poly raw", "y ~ poly(x, 2, raw = TRUE) + z", NULL, 4},
    {"poly log", "y ~ poly(log(x), degree = 2)", NULL, 3},
    {"ns", "y ~ ns(x, 4) + z", NULL, 6},
    {"ns one", "y ~ ns(x, df = 1)", NULL, 2},
    {"bs", "y ~ bs(x, 5)", NULL, 6},
    {"bs quadratic", "y ~ bs(x, df = 4, degree = 2) + g", NULL, 7},
    {"bs plain", "y ~ bs(x)", NULL, 4},
    {"by group", "y ~ g * poly(x, 2)", NULL, 9},
    {"group only", "y ~ g:ns(x, 2)", NULL, 7},
    {"two", "y ~ poly(x, 2):poly(z, 2)", NULL, 5},
    {"rows repeated", "y ~ poly(x, 2) + ns(z, 3)", "w", 6},
    {"lag", "y ~ x + lag(x, 1) + lag(x, 2) + lead(z)", NULL, 5},
    {"lag inside", "y ~ lag(log(x)) + z", NULL, 3},
    {"lag outside", "y ~ log(lag(x)) + z", NULL, 3},
    {"lag of outcome", "y ~ lag(y)", NULL, 2}};

static pp_model_options options_of(const model *m) {
    return (pp_model_options){.model = "ols",
                              .unit = "unit",
                              .time = "time",
                              .weights = m->weights,
                              .weight_kind = "frequency"};
}

static void coefficients_are_those_of_r(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
        const model *m = &MODELS[i];
        const pp_model_options options = options_of(m);
        pp_error err = {0};
        pp_result *r = NULL;
        pp_fit *fit = golden_fit(data, m->formula, &options);
        assert_ok(pp_fit_result(fit, &r, &err));
        assert_int_equal(golden_compare(r, "coefficients", "estimate", reference, m->name,
                                        "coef", 1e-10),
                         m->coefficients);
        assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                        m->name, "se", 1e-10),
                         m->coefficients);
        assert_int_equal(pp_fit_terms(fit), m->coefficients);
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

static const pp__basis *basis_of(pp_fit **fit, const char *call) {
    char formula[100];
    snprintf(formula, sizeof formula, "y ~ %s", call);
    *fit = golden_fit(data, formula, &(pp_model_options){.model = "ols"});
    return (*fit)->formula->basis[0];
}

static double evaluated(const pp__basis *basis, int part, double x, double *slope) {
    double value = x;
    *slope = 1;
    pp__basis_apply(basis, part, 1, &value, slope);
    return value;
}

/* Within the range and beyond it; slopes by differences. */
static void functions_are_those_of_r(void **state) {
    (void)state;
    pp_table *values = golden_table("formula", "basis.csv");
    const pp_column *name = pp_table_find(values, "basis");
    pp_fit *fit = NULL;
    const pp__basis *basis = NULL;
    for (int64_t i = 0; i < pp_table_rows(values); i++) {
        const char *call = pp_column_get_text(name, i);
        int part = (int)pp_table_find(values, "part")->number[i] - 1;
        double x = pp_table_find(values, "x")->number[i], slope, ignored;
        double expected = pp_table_find(values, "value")->number[i];
        if (!basis || strcmp(basis->label, call) != 0) {
            pp_fit_free(fit);
            basis = basis_of(&fit, call);
        }
        double value = evaluated(basis, part, x, &slope), step = 1e-4;
        assert_true(fabs(value - expected) <= 1e-12 + 1e-10 * fabs(expected));
        double difference = (evaluated(basis, part, x + step, &ignored) -
                             evaluated(basis, part, x - step, &ignored)) /
                            (2 * step);
        int kink = basis->degree == 1 || x == pp_table_find(values, "x")->number[0];
        assert_true(kink || fabs(slope - difference) < 1e-6 * (1 + fabs(slope)));
    }
    pp_fit_free(fit);
    pp_table_free(values);
}

static pp_result *margins_of(const char *formula, const char *link) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = golden_fit(data, formula, &(pp_model_options){.model = link});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_ok(pp_fit_margins(fit, "unit", r, &err));
    pp_fit_free(fit);
    return r;
}

/* The same model in other columns has the same marginal effects. */
static void margins_go_through(void **state) {
    (void)state;
    pp_result *a = margins_of("y ~ z + x + I(x^2) + z:x + z:I(x^2)", "ols");
    pp_result *b = margins_of("y ~ z * poly(x, 2)", "ols");
    const pp_table *expected = pp_result_find(a, "margins");
    const pp_table *actual = pp_result_find(b, "margins");
    assert_int_equal(pp_table_rows(actual), 2);
    for (int64_t i = 0; i < 2; i++) {
        assert_string_equal(pp_table_find(expected, "term")->text[i],
                            pp_table_find(actual, "term")->text[i]);
        assert_near("margin", pp_table_find(actual, "estimate")->number[i],
                    pp_table_find(expected, "estimate")->number[i], 1e-9);
        assert_near("error", pp_table_find(actual, "std_error")->number[i],
                    pp_table_find(expected, "std_error")->number[i], 1e-9);
    }
    pp_result_free(a);
    pp_result_free(b);
}

static void assert_refusal(const char *formula, pp_model_options options,
                           pp_status status) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    options.model = "ols";
    assert_int_equal(pp_model_fit(formula, data, &options, NULL, &fit, &err), status);
    assert_true(err.message[0] != '\0');
}

static void mistakes_are_told(void **state) {
    (void)state;
    const pp_model_options none = {0}, panel = {.unit = "unit", .time = "time"};
    assert_refusal("y ~ lag(x)", none, PP_E_ARGUMENT);
    assert_refusal("y ~ lag(x)", (pp_model_options){.unit = "g", .time = "time"},
                   PP_E_INPUT);
    assert_refusal("y ~ lag(x)", (pp_model_options){.unit = "unit", .time = "g"},
                   PP_E_INPUT);
    assert_refusal("y ~ lag(g)", panel, PP_E_INPUT);
    assert_refusal("y ~ lag(nothing)", panel, PP_E_NOT_FOUND);
    assert_refusal("y ~ poly(w, 20)", none, PP_E_ESTIMATION);
    assert_refusal("y ~ ns(w, 20)", none, PP_E_ESTIMATION);
}

static pp_status fit_all(void *payload, pp_error *err) {
    const pp_model_options options = {
        .model = "ols", .unit = "unit", .time = "time", .weights = "w"};
    pp_fit *fit = NULL;
    (void)payload;
    pp_status status =
        pp_model_fit("y ~ g:poly(x, 2) + ns(z, 3) + bs(lag(x, 2), 4) + lead(log(x))",
                     data, &options, NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    assert_true(fail_every_allocation(fit_all, NULL) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_those_of_r),
        cmocka_unit_test(functions_are_those_of_r), cmocka_unit_test(margins_go_through),
        cmocka_unit_test(mistakes_are_told), cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests(tests, open_case, close_case);
}
