/* A design under other dates of adoption: cohorts change hands among units, their sizes stay. */
#ifndef PP_EFFECTS_REASSIGN_H
#define PP_EFFECTS_REASSIGN_H

#include "effects/checks/checked.h"

/* Who may change places with whom. Where cohorts do not vary within the panel's clusters, whole
   clusters change hands. */
typedef struct pp__reassignment {
    const pp__staggered *s;
    int64_t parties;      /* units, or clusters */
    const int32_t *party; /* of each unit */
    const int *cohort;    /* of each party */
    int32_t blocks;       /* strata; parties of a block stand side by side */
    const int64_t *order, *block;
    double
        assignments; /* how many different ones there are; infinite when too many to count */
} pp__reassignment;

/* `strata`: a column of `data`, constant within units (and within clusters that change hands as a whole);
   NULL: all may change with all. */
pp_status pp__reassignment_make(const pp__staggered *s, const pp_table *data,
                                const pp_did_options *options, const char *strata,
                                const pp_context *ctx, pp_arena *arena,
                                pp__reassignment *out, pp_error *err);

/* Estimates and errors of `draws` reassignments for the targets of `like`, of draw d and target j at
   d targets + j; NaN where a draw has none. The same at any number of threads. */
typedef struct pp__reassigned {
    int targets;
    int64_t draws;
    double *estimate, *std_error;
} pp__reassigned;

/* Cost: `draws` runs of the design. */
pp_status pp__reassign(const pp__reassignment *r, const pp_did_options *options,
                       const pp__horizons *like, int64_t draws, uint64_t seed,
                       const char *stage, const pp_context *ctx, pp_arena *arena,
                       pp__reassigned *out, pp_error *err);

#endif
