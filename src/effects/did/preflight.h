/* What a difference in differences rests on, in plain words. */
#ifndef PP_EFFECTS_PREFLIGHT_H
#define PP_EFFECTS_PREFLIGHT_H

#include "effects/did/estimate.h"

#include <pushpull/result.h>

typedef struct pp__preflight {
    const pp_did_options *options;
    const pp__staggered *s;
    const pp__staggered_report *report;
    const pp__did_cells *cells;
    pp_result *result;
    pp_error *err;
} pp__preflight;

/* Tables `preflight`, `left_out` and, where there are some, `reversals`; and warnings of what a reader of
   the effects must know. */
pp_status pp__preflight_put(const pp__preflight *p);

#endif
