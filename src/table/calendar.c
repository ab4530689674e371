#include "table/calendar.h"

#include <stdio.h>

/* Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. */
void pp__format_day(int64_t day, char out[PP__MOMENT_TEXT]) {
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097, in_era = day - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * in_year + 2) / 153),
        d = (int)(in_year - (153 * month + 2) / 5 + 1);
    int m = month < 10 ? month + 3 : month - 9;
    snprintf(out, PP__MOMENT_TEXT, "%04lld-%02d-%02d",
             (long long)(year + era * 400 + (m <= 2)), m, d);
}

void pp__format_moment(int64_t second, char out[PP__MOMENT_TEXT]) {
    int64_t day = second >= 0 ? second / 86400 : -((86399 - second) / 86400);
    int of_day = (int)(second - day * 86400);
    char date[PP__MOMENT_TEXT];
    pp__format_day(day, date);
    snprintf(out, PP__MOMENT_TEXT, "%.40sT%02d:%02d:%02d", date, of_day / 3600,
             of_day / 60 % 60, of_day % 60);
}
