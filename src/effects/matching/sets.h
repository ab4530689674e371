/* Treated observations and the units that were treated alike before. */
#ifndef PP_EFFECTS_SETS_H
#define PP_EFFECTS_SETS_H

#include "effects/matching/history.h"

typedef enum pp__set_state {
    PP__SET_USED,
    PP__SET_NO_HISTORY, /* it begins before `lags` periods have passed */
    PP__SET_ENDS,       /* the data end before the last lead */
    PP__SET_MISSING,    /* treatment, outcome or covariates of the window */
    PP__SET_STOPS,      /* treatment changes again within the leads */
    PP__SET_EMPTY,      /* no unit has this history and stays untreated */
    PP__SET_STATES
} pp__set_state;

typedef struct pp__matched_set {
    int32_t unit, period; /* treated, and when it begins */
    pp__set_state state;
    int64_t n;
    int32_t *control; /* n, ascending */
    double *weight;   /* n: they sum to one */
    double *distance; /* n; NULL: controls are not told apart */
} pp__matched_set;

typedef struct pp__sets {
    const pp__history *h;
    int64_t lags, leads;
    int whole; /* 1: treatment must stay as it is through the leads */
    int64_t n, used;
    pp__matched_set *set; /* n, by unit and period; weights are equal at first */
    int64_t pairs;        /* controls of all sets */
    int64_t short_of;     /* controls of the same history left out for what they lack */
} pp__sets;

/* 1: the unit has what a set wants around this period. */
int pp__sets_complete(const pp__sets *s, int32_t unit, int32_t period);
/* 1: the unit could be a control of a treatment that begins then, whatever its history. */
int pp__sets_could_control(const pp__sets *s, int32_t unit, int32_t period);

/* Finds all treated observations and their sets. */
pp_status pp__sets_find(const pp__history *h, const pp_matching_options *options,
                        const pp_context *ctx, pp_arena *arena, pp__sets *out,
                        pp_error *err);

/* src/effects/matching/refine.c: weights of controls, and their distances. */
pp_status pp__sets_refine(pp__sets *s, const pp_matching_options *options,
                          const pp_context *ctx, pp_arena *arena, pp_error *err);
/* src/effects/matching/propensity.c: the propensity of treatment of unit u in period t, at u periods + t,
   where it is in a set. PP_E_ESTIMATION where some have none that is finite. */
pp_status pp__sets_propensity(const pp__sets *s, int first, const pp_context *ctx,
                              pp_arena *arena, double *propensity, pp_error *err);

#endif
