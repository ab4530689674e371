#include "support/support.h"

#include <pushpull/text.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void numbers_read_back(void **state) {
    (void)state;
    const double values[] = {
        0,       -0.0,    1,       0.1, -2.5,  1e300, 1e-300, 123456789012345678.0,
        DBL_MIN, DBL_MAX, 1.0 / 3, 100, 65536, 5e-324};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[32];
        double back;
        pp_format_number(values[i], text);
        assert_true(pp_parse_number(text, &back));
        assert_true(back == values[i]);
    }
    char text[32];
    pp_format_number(NAN, text);
    assert_string_equal(text, "NaN");
    pp_format_number(0.1, text);
    assert_string_equal(text, "0.1");
    pp_format_significant(1234.5, 4, text);
    assert_string_equal(text, "1234");
    pp_format_fixed(-0.0001, 2, text);
    assert_string_equal(text, "0.00");
}

/* Short decimals are written without printf, and as printf would. */
static void short_decimals_are_shortest(void **state) {
    (void)state;
    const double scales[] = {1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 3, 7e5, 1.1};
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value =
            (double)(bits >> (20 + i % 40)) / scales[i % 10] * (i % 2 ? 1 : -1);
        char text[32], expected[32];
        pp_format_number(value, text);
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(expected, sizeof expected, "%.*g", digits, value);
            if (strtod(expected, NULL) == value) {
                break;
            }
        }
        if (value == floor(value) && fabs(value) < 1e15) {
            snprintf(expected, sizeof expected, "%.0f", value == 0 ? 0.0 : value);
        }
        assert_string_equal(text, expected);
    }
}

static void only_numbers_are_numbers(void **state) {
    (void)state;
    const char *bad[] = {"",    " 1", "1 ",  "1,5", "0x10", "nan",
                         "inf", "1e", "--1", ".",   "1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double number;
        assert_false(pp_parse_number(bad[i], &number));
    }
    int64_t integer;
    assert_true(pp_parse_integer("-42", &integer));
    assert_int_equal(integer, -42);
    assert_false(pp_parse_integer("4.2", &integer));
    assert_false(pp_parse_integer("99999999999999999999", &integer));
}

static void nearest_word_is_suggested(void **state) {
    (void)state;
    const char *words[] = {"operational", "announced", "contracted"};
    assert_string_equal(pp_text_nearest("opperational", words, 3), "operational");
    assert_string_equal(pp_text_nearest("Anounced", words, 3), "announced");
    assert_null(pp_text_nearest("tomato", words, 3));
    assert_int_equal(pp_text_distance("abcd", "acbd", 3), 1);
    assert_int_equal(pp_text_distance("Zürich", "zurich", 3), 1);
}

static void bad_utf8_is_found(void **state) {
    (void)state;
    int64_t at = -1;
    assert_true(pp_text_is_utf8("Côte d’Ivoire", (int64_t)strlen("Côte d’Ivoire"), &at));
    assert_false(pp_text_is_utf8("C\xf4te", 4, &at));
    assert_int_equal(at, 1);
    assert_false(pp_text_is_utf8("\xed\xa0\x80", 3, &at));
    assert_false(pp_text_is_utf8("\xc0\x80", 2, &at));
}

static void buffer_survives_failure(void **state) {
    (void)state;
    pp_buf buf;
    pp_buf_init(&buf);
    pp_buf_add(&buf, "one");
    fail_allocation(1);
    for (int i = 0; i < 100; i++) {
        pp_buf_printf(&buf, " %d", i);
    }
    fail_allocation(0);
    pp_error err = {0};
    assert_int_equal(pp_buf_check(&buf, &err), PP_E_MEMORY);
    pp_buf_clear(&buf);
}

int main(void) {
    fail_allocation(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(short_decimals_are_shortest),
        cmocka_unit_test(only_numbers_are_numbers),
        cmocka_unit_test(nearest_word_is_suggested),
        cmocka_unit_test(bad_utf8_is_found),
        cmocka_unit_test(buffer_survives_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
