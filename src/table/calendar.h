/* Day numbers to ISO text, in the proleptic Gregorian calendar. */
#ifndef PP_TABLE_CALENDAR_H
#define PP_TABLE_CALENDAR_H

#include <stdint.h>

enum { PP__MOMENT_TEXT = 64 };

/* "2020-01-31" from days since 1970-01-01. */
void pp__format_day(int64_t day, char out[PP__MOMENT_TEXT]);
/* "2020-01-31T10:00:00" from seconds since then. */
void pp__format_moment(int64_t second, char out[PP__MOMENT_TEXT]);

#endif
