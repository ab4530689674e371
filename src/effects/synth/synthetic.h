/* Synthetic controls on one matrix of outcomes. */
#ifndef PP_EFFECTS_SYNTHETIC_H
#define PP_EFFECTS_SYNTHETIC_H

#include <pushpull/memory.h>

typedef enum pp__synth_method {
    PP__SDID,
    PP__SC,
    PP__DID,
    PP__SYNTH_METHODS
} pp__synth_method;

/* Units × periods, unit i at y + i periods: donors first, then one row, the mean of `treated` units. */
typedef struct pp__paths {
    int donors, periods, before, treated;
    const double *y;
} pp__paths;

typedef struct pp__synthetic {
    double estimate;
    double rmspe_before, rmspe_after; /* of the gaps */
    double *donor;                    /* donors: weights */
    double *period;                   /* before: weights */
    double *
        gap; /* periods: treated less synthetic, less the weighted mean before ("sc": as it is) */
} pp__synthetic;

/* synthdid 0.0.9's synthdid_estimate, sc_estimate and did_estimate, with its penalties. */
pp_status pp__synthetic_estimate(const pp__paths *paths, pp__synth_method method,
                                 pp_arena *arena, pp__synthetic *out, pp_error *err);

#endif
