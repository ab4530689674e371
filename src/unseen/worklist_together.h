/* Several candidates coded together. */
#ifndef PP_UNSEEN_WORKLIST_TOGETHER_H
#define PP_UNSEEN_WORKLIST_TOGETHER_H

#include "unseen/worklist_refit.h"

typedef struct pp__together {
    const pp__information *f;
    const pp__candidate *candidate; /* by rank */
    const double *b;                /* draws × k: parameters */
    int64_t draws;                  /* of parameters */
    double doubt;
    uint64_t seed;
    const pp__refitter *refitter; /* NULL: by one step, with ten times as many draws */
} pp__together;

/* Draws what the first n reveal together; a unit that is in it twice is coded once, by the
   first. `mean` and `error` (m + 1 each): the expected reduction of each finding's width,
   and last of their mean, with the simulation's error. */
pp_status pp__together_run(const pp__together *t, int64_t n, const pp_context *ctx,
                           double *mean, double *error, pp_error *err);

#endif
