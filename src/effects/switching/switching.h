/* The whole analysis between its parts. */
#ifndef PP_EFFECTS_SWITCHING_H
#define PP_EFFECTS_SWITCHING_H

#include "effects/staggered.h"
#include "effects/switching/contrasts.h"

#include <pushpull/switching.h>

enum { PP__DIRECTIONS = 3 };

/* The mean effect of a unit of treatment. */
typedef struct pp__per_unit {
    const char *switchers;
    int64_t treated; /* unit-periods */
    double effect, std_error, dose;
} pp__per_unit;

typedef struct pp__switching {
    const pp_switching_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    double level;
    pp__exposure x;
    pp__switchers s;
    pp__switchers_report report;
    pp__residuals residuals;
    pp__staggered units;   /* their number and clusters, for errors */
    int columns, placebos; /* placebos first, the furthest before all */
    pp__contrast *contrast;
    double *influence, *std_error; /* of columns */
    double band;                   /* the factor of the simultaneous band; NaN: none */
    int64_t alone;     /* units that change and have nobody to be compared with */
    uint8_t *is_alone; /* their cohorts */
    int directions;
    pp__per_unit per_unit[PP__DIRECTIONS];
    pp_result *result;
} pp__switching;

/* src/effects/switching/tables.c */
pp_status pp__switching_tell(pp__switching *w);

#endif
