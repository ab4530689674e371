/* Options of designs whose dates are known as intervals. */
#ifndef PP_CLI_DATES_H
#define PP_CLI_DATES_H

#include "cli.h"

#include <pushpull/uncertain.h>

#define CLI_DATES                                                                        \
    {"date-low", "COLUMN",                                                               \
     "in place of one date, dates known as intervals: the first period in which "        \
     "treatment may have begun (synth: or that period itself)",                          \
     NULL},                                                                              \
        {"date-high", "COLUMN", "and the last", NULL},                                   \
        {"probability", "COLUMN",                                                        \
         "that the unit was treated at all; default: 1 with a date", NULL},              \
    {                                                                                    \
        "date-draws", "N", "of uncertain dates; default: 20", NULL                       \
    }

/* 1: the call has such dates. */
int cli_has_dates(const cli_call *call);

/* Reads them; refuses options of `without` (NULL-terminated) beside them, each with its `why`, and without
   them the options that they have. `out` is left empty then. */
typedef struct cli_other_date {
    const char *option, *why; /* why NULL: it says when units were treated, too */
} cli_other_date;
pp_status cli_read_dates(const cli_call *call, const cli_other_date *without,
                         pp_uncertain_options *out, pp_error *err);

/* An end that is no column but a period ("2011") becomes a column of it, where the treated are named. */
pp_status cli_make_dates(const cli_call *call, pp_table *data,
                         pp_uncertain_options *dates, pp_error *err);

#endif
