/* What every check of a design begins with, and the estimates that checks compare. */
#ifndef PP_EFFECTS_CHECKED_H
#define PP_EFFECTS_CHECKED_H

#include "effects/did/estimate.h"

/* Targets: the mean over treated units and periods ("simple"), the mean over horizons from 0 on
   ("dynamic"), then each horizon. */
enum { PP__SIMPLE, PP__DYNAMIC, PP__FIRST_HORIZON };

const char *pp__target_name(int target); /* "simple", "dynamic", "horizon" */
int pp__targets(const pp__horizons *h);
double pp__target_at(const pp__horizons *h, int target); /* the horizon; NaN: overall */
double pp__target_effect(const pp__horizons *h, int target);
double pp__target_error(const pp__horizons *h, int target);
/* The target at a horizon; -1: none. */
int pp__target_find(const pp__horizons *h, double horizon);

typedef struct pp__checked {
    pp__staggered s;
    pp_did_options design; /* errors are analytic */
    pp__horizons found;
    double level, z; /* of intervals; half their width in errors */
} pp__checked;

/* The outcome over rows, with their weights. */
typedef struct pp__described {
    double mean, sd, least;
} pp__described;
pp__described pp__outcome_describe(const pp__staggered *s);

/* Refuses what pp_did refuses, and cross-sections; reads the panel and runs the design on it. */
pp_status pp__checked_open(const pp_table *data, const pp_did_options *design,
                           const pp_context *ctx, pp_arena *arena, pp__checked *out,
                           pp_error *err);

#endif
