/* What a plan is made of. */
#ifndef PP_STRATEGY_PLAN_INPUTS_H
#define PP_STRATEGY_PLAN_INPUTS_H

#include "strategy/plan.h"

typedef struct pp__plan_inputs {
    int64_t places, draws;
    double *objective;     /* [place * draws + draw]; NaN: missing */
    double *cost, *effect; /* [draw * actions + action] */
    pp__choice *choices;   /* by place, then action */
    int n;
    double *covers; /* [coverage * places + place] */
    double total;   /* expected objective of all places that count */
    int64_t left_out, open;
} pp__plan_inputs;

/* All of it in `arena`. */
pp_status pp__plan_inputs_make(const pp_table *profiles, const pp_plan_file *plan,
                               int64_t draws, uint64_t seed, const pp_context *ctx,
                               pp_arena *arena, pp__plan_inputs *out, pp_error *err);
/* What a choice takes away in a draw. */
double pp__plan_gain(const pp__plan_inputs *in, const pp_plan_file *plan, int choice,
                     int64_t draw);

#endif
