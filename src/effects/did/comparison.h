/* One comparison: the changes of treated units less those of controls, with covariates. */
#ifndef PP_EFFECTS_COMPARISON_H
#define PP_EFFECTS_COMPARISON_H

#include <pushpull/memory.h>

typedef enum pp__did_method { PP__DID_DR, PP__DID_REG, PP__DID_IPW } pp__did_method;

/* Treated units first, then controls; column j of x at x + j (treated + controls). */
typedef struct pp__comparison {
    int64_t treated, controls;
    int k;
    const double *change, *x;
    const double *weight; /* NULL: 1 each */
} pp__comparison;

/* The same of rows of two periods: treated in the base and in the other, then controls likewise. */
typedef struct pp__rows_comparison {
    int64_t n[4]; /* rows of the four: none is 0 */
    int k;
    const double *y, *x;
    const double *weight; /* NULL: 1 each */
} pp__rows_comparison;

typedef enum pp__comparable {
    PP__COMPARED,
    PP__NO_SUPPORT,  /* the controls' covariates are collinear, or too few */
    PP__FEW_TREATED, /* or those of the treated, where they have a regression */
    PP__NO_OVERLAP,  /* some propensity reaches 0.999 */
    PP__NO_ROWS /* nobody of the treated or of the controls, or none with a weight, in a period */
} pp__comparable;

/* Propensities: their ranges, and the share of the treated outside the controls' range. */
typedef struct pp__overlap {
    double treated_low, treated_high, control_low, control_high, beyond;
} pp__overlap;

/* What came out. */
typedef struct pp__compared {
    double effect; /* NaN unless PP__COMPARED */
    pp__comparable outcome;
    int wants_overlap; /* comes in: 1: give the overlap, also where the method has no propensities */
    int has_overlap; /* 0: there are no covariates, or the logit was not found */
    pp__overlap overlap;
} pp__compared;

/* The effect on the treated, and the influence of each unit on it, for means over these units.
   "reg": DRDID's reg_did_panel, "ipw": std_ipw_did_panel, "dr": drdid_panel (Sant'Anna & Zhao 2020, eqs.
   2.2, 3.1 and their influence functions), with propensities of controls from 0.995 on left out.
   Cost: units × k² for each of a few passes. */
pp_status pp__compare(const pp__comparison *c, pp__did_method method, pp_arena *arena,
                      double *influence, pp__compared *out, pp_error *err);

/* src/effects/did/comparison_rows.c: by rows: reg_did_rc, std_ipw_did_rc and drdid_rc, the locally efficient
   one (Sant'Anna & Zhao 2020, eqs. 2.2, 3.4), whose regressions are also of the treated. */
pp_status pp__compare_rows(const pp__rows_comparison *c, pp__did_method method,
                           pp_arena *arena, double *influence, pp__compared *out,
                           pp_error *err);

#endif
