#include "evidence/dates.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

int pp__is_leap_year(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int pp__days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && pp__is_leap_year(year) ? 29 : days[month - 1];
}

/* Days before 1 January of `year`, counted from 1 January of year 1. */
static int64_t days_before_year(int year) {
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

static const int epoch_year = 1970;

int64_t pp__day_number(int year, int month, int day) {
    int64_t number = days_before_year(year) - days_before_year(epoch_year);
    for (int m = 1; m < month; m++) {
        number += pp__days_in_month(year, m);
    }
    return number + day - 1;
}

pp__date pp__day_date(int64_t day) {
    int64_t since_year_one = day + days_before_year(epoch_year);
    int year = (int)(since_year_one / 366) + 1; /* at most a few years early */
    while (days_before_year(year + 1) <= since_year_one) {
        year++;
    }
    int left = (int)(since_year_one - days_before_year(year));
    int month = 1;
    while (left >= pp__days_in_month(year, month)) {
        left -= pp__days_in_month(year, month);
        month++;
    }
    return (pp__date){year, month, left + 1};
}

int pp__day_year(int64_t day) {
    return pp__day_date(day).year;
}

void pp__day_text(int64_t day, char out[PP__DATE_TEXT]) {
    pp__date d = pp__day_date(day);
    snprintf(out, PP__DATE_TEXT, "%04u-%02u-%02u", (unsigned)d.year % 10000,
             (unsigned)d.month % 100, (unsigned)d.day % 100);
}

int64_t pp__date_first_day(pp__date date) {
    return pp__day_number(date.year, date.month ? date.month : 1,
                          date.day ? date.day : 1);
}

int64_t pp__date_last_day(pp__date date) {
    int month = date.month ? date.month : 12;
    int day = date.day ? date.day : pp__days_in_month(date.year, month);
    return pp__day_number(date.year, month, day);
}

/* The number of exactly `digits` digits at `*at`, -1 when they are not there. */
static int take_digits(const char *text, int *at, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (text[*at] < '0' || text[*at] > '9') {
            return -1;
        }
        value = value * 10 + (text[*at] - '0');
    }
    return value;
}

static pp_status wrong(pp_error *err, const char *text, int at, const char *message,
                       const char *hint) {
    pp_error_set(err, PP_E_INPUT, "%s", message);
    pp_error_locate(err, NULL, 0, NULL, text);
    pp_error_hint(err, "%s", hint);
    if (err) {
        err->position = at + 1;
    }
    return PP_E_INPUT;
}

static const char forms[] = "write YYYY, YYYY-MM or YYYY-MM-DD";

/* One more part, "-NN", unless the text ends here; `*value` stays 0 then. */
static pp_status take_part(const char *text, int *at, const char *message, int *value,
                           pp_error *err) {
    if (text[*at] == '\0') {
        return PP_OK;
    }
    if (text[*at] != '-') {
        return wrong(err, text, *at, "not a date: parts are joined by '-'", forms);
    }
    int start = ++*at;
    *value = take_digits(text, at, 2);
    if (*value < 0) {
        return wrong(err, text, start, message, forms);
    }
    return PP_OK;
}

static pp_status check_month(const char *text, pp__date d, pp_error *err) {
    if (text[4] == '\0' || (d.month >= 1 && d.month <= 12)) {
        return PP_OK;
    }
    int swapped = d.month > 12 && d.day >= 1 && d.day <= 12;
    return wrong(err, text, 5, "there is no such month",
                 swapped ? "the month stands before the day: YYYY-MM-DD" : forms);
}

static pp_status check_day(const char *text, pp__date d, pp_error *err) {
    if (text[4] == '\0' || text[7] == '\0') {
        return PP_OK;
    }
    int last = pp__days_in_month(d.year, d.month);
    if (d.day >= 1 && d.day <= last) {
        return PP_OK;
    }
    char hint[64];
    snprintf(hint, sizeof hint, "%.7s has %d days", text, last);
    return wrong(err, text, 8, "there is no such day", hint);
}

pp_status pp__date_parse(const char *text, pp__date *out, pp_error *err) {
    pp__date d = {0};
    int at = 0;
    d.year = take_digits(text, &at, 4);
    if (d.year < 0) {
        return wrong(err, text, 0, "not a date: it starts with a year of four digits",
                     forms);
    }
    PP_TRY(take_part(text, &at, "a month has two digits", &d.month, err));
    PP_TRY(take_part(text, &at, "a day has two digits", &d.day, err));
    if (text[at] != '\0') {
        return wrong(err, text, at, "not a date: something follows it", forms);
    }
    if (d.year < PP__FIRST_YEAR || d.year > PP__LAST_YEAR) {
        char message[64];
        snprintf(message, sizeof message, "the year is not between %d and %d",
                 PP__FIRST_YEAR, PP__LAST_YEAR);
        return wrong(err, text, 0, message, forms);
    }
    PP_TRY(check_month(text, d, err));
    PP_TRY(check_day(text, d, err));
    *out = d;
    return PP_OK;
}
