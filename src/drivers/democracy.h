/* What the parts of pp_democracy share. */
#ifndef PP_DRIVERS_DEMOCRACY_H
#define PP_DRIVERS_DEMOCRACY_H

#include "drivers/asked.h"
#include "drivers/forms.h"

#include <pushpull/democracy.h>

enum { PP__LEVELS = 3 };

typedef struct pp__democracy {
    const pp_supplier *supplier;
    int n;
    const pp_democracy_options *options;
    const char *unit, *time; /* NULL: not known */
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp_result *result;
    int is_number;         /* 1: neither zeros and ones nor a category */
    double sd;             /* of a number, among the rows of the first fit */
    double at[PP__LEVELS]; /* its 10th, 50th and 90th percentile there */
    pp__cuts cuts;
    pp__asked linear[PP_SUPPLIERS];
} pp__democracy;

/* democracy_forms.c: tables `democracy`, `democracy_forms`, `democracy_regimes`; fills
   `linear`. */
pp_status pp__democracy_forms(pp__democracy *d);
/* democracy_together.c: what needs the fits of two suppliers at once. */
pp_status pp__democracy_difference(pp__democracy *d);
pp_status pp__democracy_outcomes(pp__democracy *d);

#endif
