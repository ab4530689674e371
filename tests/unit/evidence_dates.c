#include "evidence/dates.h"

#include "support/support.h"

#include <string.h>

static pp__date parse(const char *text) {
    pp__date date = {0};
    pp_error err = {0};
    assert_int_equal(pp__date_parse(text, &date, &err), PP_OK);
    return date;
}

static void check_interval(const char *text, const char *first, const char *last) {
    char out[PP__DATE_TEXT];
    pp__date date = parse(text);
    pp__day_text(pp__date_first_day(date), out);
    assert_string_equal(out, first);
    pp__day_text(pp__date_last_day(date), out);
    assert_string_equal(out, last);
}

static void a_date_stands_for_all_its_days(void **state) {
    (void)state;
    check_interval("2014", "2014-01-01", "2014-12-31");
    check_interval("2014-02", "2014-02-01", "2014-02-28");
    check_interval("2016-02", "2016-02-01", "2016-02-29");
    check_interval("2000-02", "2000-02-01", "2000-02-29");
    check_interval("1900-02", "1900-02-01", "1900-02-28");
    check_interval("2016-02-29", "2016-02-29", "2016-02-29");
    check_interval("2022-03-09", "2022-03-09", "2022-03-09");
}

static void days_are_counted_from_1970(void **state) {
    (void)state;
    assert_int_equal(pp__day_number(1970, 1, 1), 0);
    assert_int_equal(pp__day_number(1969, 12, 31), -1);
    assert_int_equal(pp__day_number(2000, 3, 1), 11017);
    assert_int_equal(pp__day_number(2022, 3, 9), 19060);
}

static void every_day_of_the_period_returns(void **state) {
    (void)state;
    int64_t day = pp__day_number(PP__FIRST_YEAR, 1, 1);
    for (int year = PP__FIRST_YEAR; year <= PP__LAST_YEAR; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= pp__days_in_month(year, month); d++, day++) {
                pp__date back = pp__day_date(day);
                assert_int_equal(pp__day_number(year, month, d), day);
                assert_int_equal(back.year, year);
                assert_int_equal(back.month, month);
                assert_int_equal(back.day, d);
                assert_int_equal(pp__day_year(day), year);
            }
        }
    }
}

typedef struct bad_date {
    const char *text, *message, *hint;
    int position;
} bad_date;

static void errors_are_precise(void **state) {
    (void)state;
    static const bad_date bad[] = {
        {"", "four digits", "YYYY-MM-DD", 1},
        {"201", "four digits", "YYYY-MM-DD", 1},
        {"May 2014", "four digits", "YYYY-MM-DD", 1},
        {"20145", "joined by '-'", "YYYY-MM-DD", 5},
        {"2014/05", "joined by '-'", "YYYY-MM-DD", 5},
        {"2014-5", "month has two digits", "YYYY-MM-DD", 6},
        {"2014-05-", "day has two digits", "YYYY-MM-DD", 9},
        {"2014-05-1", "day has two digits", "YYYY-MM-DD", 9},
        {"2014-05-01 ", "something follows", "YYYY-MM-DD", 11},
        {"2014-00", "no such month", "YYYY-MM-DD", 6},
        {"2014-13", "no such month", "YYYY-MM-DD", 6},
        {"2014-25-12", "no such month", "month stands before the day", 6},
        {"2014-04-31", "no such day", "2014-04 has 30 days", 9},
        {"2015-02-29", "no such day", "2015-02 has 28 days", 9},
        {"2015-02-00", "no such day", "2015-02 has 28 days", 9},
        {"0214-05", "between 1900 and 2100", "YYYY-MM-DD", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pp__date date;
        pp_error err = {0};
        assert_int_equal(pp__date_parse(bad[i].text, &date, &err), PP_E_INPUT);
        assert_non_null(strstr(err.message, bad[i].message));
        assert_non_null(strstr(err.hint, bad[i].hint));
        assert_string_equal(err.value, bad[i].text);
        assert_int_equal(err.position, bad[i].position);
        assert_int_equal(pp__date_parse(bad[i].text, &date, NULL), PP_E_INPUT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_stands_for_all_its_days),
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(every_day_of_the_period_returns),
        cmocka_unit_test(errors_are_precise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
