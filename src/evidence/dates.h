/* Interval dates: YYYY, YYYY-MM or YYYY-MM-DD, each standing for all of its days.
 *
 * Days are counted from 1970-01-01 in the Gregorian calendar. "2016-02" is the interval
 * from its first day, 2016-02-01, to its last, 2016-02-29.
 */
#ifndef PP_EVIDENCE_DATES_H
#define PP_EVIDENCE_DATES_H

#include <pushpull/status.h>

enum {
    PP__DATE_TEXT = 11, /* "2016-02-29" and the zero */
    PP__FIRST_YEAR = 1900,
    PP__LAST_YEAR = 2100
};

typedef struct pp__date {
    int year;
    int month; /* 1..12; 0: a whole year */
    int day;   /* 1..31; 0: a whole month or year */
} pp__date;

/* PP_E_INPUT says what part is wrong: message, value, position in the text and a hint.
   Nothing but the three forms is taken, and no year outside
   PP__FIRST_YEAR..PP__LAST_YEAR. */
pp_status pp__date_parse(const char *text, pp__date *out, pp_error *err);

/* The first and the last of the days that a date stands for. */
int64_t pp__date_first_day(pp__date date);
int64_t pp__date_last_day(pp__date date);

int pp__is_leap_year(int year);
int pp__days_in_month(int year, int month);
int64_t pp__day_number(int year, int month, int day);
pp__date pp__day_date(int64_t day);
int pp__day_year(int64_t day);
void pp__day_text(int64_t day, char out[PP__DATE_TEXT]); /* ISO: "2016-02-29" */

#endif
