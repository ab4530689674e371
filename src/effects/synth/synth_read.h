/* From a table to the paths of treated units and donors. */
#ifndef PP_EFFECTS_SYNTH_READ_H
#define PP_EFFECTS_SYNTH_READ_H

#include "effects/synth/synthetic.h"

#include <pushpull/synth.h>

typedef struct pp__synth_data {
    int donors, treated, periods, before;
    const char
        *measure;       /* "Intentional homicides, per 100,000"; NULL: no unit is known */
    const double *time; /* periods */
    const double *y;    /* donors, then treated, × periods: as in pp__paths */
    const char *const *name; /* donors, then treated */
    int n_left_out;
    const char *const *left_out; /* donors that lack a period */
    int n_unseen;
    const char *const *unseen; /* periods in which a treated unit is not seen */
} pp__synth_data;

pp_status pp__synth_read(const pp_table *data, const pp_synth_options *options,
                         const pp_context *ctx, pp_arena *arena, pp__synth_data *out,
                         pp_error *err);

#endif
