/* Adoption through the risk sets of both arms: expected, and simulated. */
#ifndef PP_DRIVERS_SCENARIO_PATHS_H
#define PP_DRIVERS_SCENARIO_PATHS_H

#include "drivers/scenario_rows.h"

/* Adopters by group and arm, and by period (not cumulative). */
typedef struct pp__adoptions {
    double *total[PP__ARMS];  /* 1 + regions: all, then each */
    double *period[PP__ARMS]; /* periods */
} pp__adoptions;

typedef struct pp__paths {
    const pp_fit *fit;
    const pp__scenario_rows *rows;
    int64_t draws;
    uint64_t seed;
    int groups, periods;    /* groups: 1 + regions */
    pp__adoptions expected; /* at the estimates */
    double *unit[PP__ARMS]; /* of each unit: the probability of having adopted */
    double *unit_error;     /* of their difference, by the delta method */
    /* draws × pp__paths_width: of each arm the groups, then the periods */
    double *drawn_expected, *drawn_adopted;
} pp__paths;

int64_t pp__paths_width(const pp__paths *p);
/* Fills the rest, from fit to seed; everything lives in `arena`. */
pp_status pp__paths_run(pp__paths *p, const pp_context *ctx, pp_arena *arena,
                        pp_error *err);

#endif
