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
} pp__comparison;

typedef enum pp__comparable {
    PP__COMPARED,
    PP__NO_SUPPORT, /* the controls' covariates are collinear, or too few */
    PP__NO_OVERLAP  /* some propensity reaches 0.999 */
} pp__comparable;

/* The effect on the treated, and the influence of each unit on it, for means over these units.
   "reg": DRDID's reg_did_panel, "ipw": std_ipw_did_panel, "dr": drdid_panel (Sant'Anna & Zhao 2020, eqs.
   2.2, 3.1 and their influence functions), with propensities of controls from 0.995 on left out.
   Cost: units × k² for each of a few passes. */
pp_status pp__compare(const pp__comparison *c, pp__did_method method, pp_arena *arena,
                      double *effect, double *influence, pp__comparable *outcome,
                      pp_error *err);

#endif
