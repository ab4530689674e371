/* One specification: the short way, and the full one. */
#ifndef PP_DRIVERS_CURVE_FIT_H
#define PP_DRIVERS_CURVE_FIT_H

#include "drivers/curve_frame.h"
#include "model/estimator.h"
#include "model/glm.h"

typedef struct pp__curve_row {
    double estimate, std_error, df, conf_low, conf_high, p_value;
    int64_t nobs, events; /* events −1: not a 0/1 outcome; nobs −1: not visited yet */
    char *reason;         /* why there is no estimate; NULL: there is one; owned */
} pp__curve_row;

/* What the models and covariances of the plan are, and which can go the short way. */
typedef struct pp__curve_kit {
    const pp__curve_plan *plan;
    const pp__curve_frames *frames;
    const pp_estimator **estimator; /* of each model */
    const char **model, **link;
    pp__vcov *vcov;
    uint8_t *lean_model, *lean_vcov;
    int64_t rows; /* of the largest frame */
    int columns;  /* of all terms, in the frame that has most */
} pp__curve_kit;

pp_status pp__curve_kit_make(const pp__curve_plan *plan, const pp__curve_frames *frames,
                             pp_arena *arena, pp__curve_kit *out, pp_error *err);

/* Focal columns in the place of the data's: a draw. */
typedef struct pp__curve_drawn {
    const pp__curve_block *block; /* frame × focal term (as plan->focus_term) */
    pp_table **table;             /* of each frame, for fits in full; NULL: not wanted */
} pp__curve_drawn;

/* The short way's memory: for any number of specifications, one after the other. */
typedef struct pp__curve_lean pp__curve_lean;
/* `drawn` NULL: the data's own columns. NULL: out of memory. */
pp__curve_lean *pp__curve_lean_new(const pp__curve_kit *kit,
                                   const pp__curve_drawn *drawn);
void pp__curve_lean_free(pp__curve_lean *lean);
/* *done is 0 when the short way is no way for it. */
pp_status pp__curve_lean_fit(pp__curve_lean *lean, const pp__curve_spec *spec,
                             pp__curve_row *row, int *done, pp_error *err);

/* By pp_model_fit. What fails is no error but the row's reason. */
pp_status pp__curve_full_fit(const pp__curve_kit *kit, const pp__curve_drawn *drawn,
                             const pp__curve_spec *spec, pp__curve_row *row,
                             pp_error *err);

/* Whichever serves. */
pp_status pp__curve_fit(const pp__curve_kit *kit, pp__curve_lean *lean,
                        const pp__curve_drawn *drawn, const pp__curve_spec *spec,
                        pp__curve_row *row, pp_error *err);

/* What an estimate and its error say at the plan's level; `sign` turns all of it round. */
void pp__curve_conclude(const pp__curve_plan *plan, double sign, pp__curve_row *row);

/* ---- of the short way: curve_effect.c ---- */

typedef struct pp__curve_fitted {
    pp__glm *glm; /* with theta, score and weight at the maximum */
    const pp__optimum *optimum;
    const pp__curve_plan *plan;
    const pp__vcov *vcov;
    const int32_t *code;          /* of the rows in use; NULL: no clusters */
    int32_t levels;               /* of codes, whether they occur or not */
    int64_t clusters;             /* that occur */
    double *sums;                 /* levels */
    double *gradient, *direction; /* k each */
    double *tile;                 /* (k + 5) × PP__TILE */
    int binary;                   /* the focal variable: 1, it is 0 or 1 in all rows */
    double center, scale; /* by which it was standardised; the design's columns are */
} pp__curve_fitted;

/* The focal variable is column 1. Fills estimate, std_error and df. */
void pp__curve_effect(const pp__curve_fitted *f, pp__curve_row *row);

#endif
