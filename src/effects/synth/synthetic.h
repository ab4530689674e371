/* Synthetic controls on one matrix of outcomes. */
#ifndef PP_EFFECTS_SYNTHETIC_H
#define PP_EFFECTS_SYNTHETIC_H

#include <pushpull/memory.h>

typedef enum pp__synth_method {
    PP__SDID,
    PP__SC,
    PP__DID,
    PP__ASC,
    PP__SYNTH_METHODS
} pp__synth_method;

/* Units × periods, unit i at y + i periods: donors first, then one row, the mean of `treated` units. */
typedef struct pp__paths {
    int donors, periods, before, treated;
    const double *y;
} pp__paths;

/* How much weights are held back: of "asc", `lambda` if positive, else by cross-validation. */
typedef struct pp__synth_rule {
    pp__synth_method method;
    double lambda;
    int least_error; /* 1: that of the smallest error, 0: one standard error from it */
} pp__synth_rule;

typedef struct pp__synthetic {
    double estimate;
    double rmspe_before, rmspe_after; /* of the gaps */
    double penalty;                   /* of donors' weights */
    double lambda;                    /* of "asc"; else NaN */
    double *donor;                    /* donors: weights */
    double *period;                   /* before: weights */
    double *
        gap; /* periods: treated less synthetic, less the weighted mean before ("sc": as it is) */
} pp__synthetic;

/* synthdid 0.0.9's synthdid_estimate, sc_estimate and did_estimate, with its penalties; augsynth's ridge
   on top of that sc_estimate. */
pp_status pp__synthetic_estimate(const pp__paths *paths, const pp__synth_rule *rule,
                                 pp_arena *arena, pp__synthetic *out, pp_error *err);

#endif
