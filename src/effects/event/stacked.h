/* Stacked event studies: of each cohort a window of its own, with clean controls, and all windows in one
   regression. */
#ifndef PP_EFFECTS_STACKED_H
#define PP_EFFECTS_STACKED_H

#include "effects/did/group_time.h"

typedef struct pp__stacked {
    pp__influences effects;   /* of each window for itself, by cohort and period */
    pp__aggregation horizons; /* of the regression on all of them, with fixest's factor */
    const char **trimmed;     /* cohorts: why there is no window; NULL: there is */
    int64_t alone;            /* periods of cohorts that have no window */
    int64_t partial;          /* units in windows that they are not seen in all of */
    double least, most;       /* the window */
} pp__stacked;

/* The longest window of horizons -before to after, within the bounds, that fits into the panel for at least
   half of the treated units; at least -1 to 1 (0 where most_after is 0). */
void pp__window_choose(const pp__staggered *s, int most_before, int most_after,
                       int64_t *before, int64_t *after);

/* The window is options->least to most; both 0: the one chosen within -3 to 3. A cohort whose window reaches beyond the panel is
   trimmed, for else horizons would differ in their cohorts. Controls are never treated, or (notyet) not
   before the window ends. Unit effects by stack; with options->stack "weighted" (NULL) period effects by
   horizon and weights of controls by which each horizon is the mean over treated units (Wing, Freedman &
   Hollingsworth 2024), else period effects by stack and weights of 1 (Cengiz et al. 2019). Errors by unit
   or cluster over all stacks together. */
pp_status pp__stacked_all(const pp__staggered *s, const pp_did_options *options,
                          const pp_context *ctx, pp_arena *arena, pp__stacked *out,
                          pp_error *err);

#endif
