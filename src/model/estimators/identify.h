/* Where rows are compared within sets, strata or groups or those at risk together: columns
 * that these comparisons do not identify, and directions in which the likelihood rises for
 * ever. */
#ifndef PP_MODEL_IDENTIFY_H
#define PP_MODEL_IDENTIFY_H

#include "model/fit.h"
#include "model/separation.h"

/* What the likelihood was at zero, where all rows are alike. */
typedef struct pp__beginning {
    const pp__objective *objective;
    double loglik, *gradient, *information; /* k, k × k */
    int known;
} pp__beginning;

pp_status pp__beginning_init(pp__beginning *beginning, const pp__objective *objective,
                             pp_arena *arena, pp_error *err);

/* A pp__loglik_fn with a pp__beginning for payload, which keeps the first visit. */
double pp__beginning_loglik(void *beginning, const double *theta, double *gradient,
                            double *information);

/* g' H⁻¹ g at zero: the score test of all coefficients. */
pp_status pp__beginning_score_test(const pp__beginning *beginning, pp_arena *arena,
                                   double *out, pp_error *err);

/* Takes the columns out of the design that the information at zero, over `events`, leaves
   without an estimate, with a note; *left_out is their number. */
pp_status pp__identify(pp_fit *fit, const pp__beginning *beginning, double events,
                       int *left_out, pp_error *err);

/* 1 when the optimum may be at infinity: it is no optimum yet, its next step is long, or a
   variance (`bread`, k × k) has grown out of proportion since zero. */
pp_status pp__monotone_suspect(const pp__design *d, const pp__beginning *beginning,
                               const pp__optimum *optimum, const double *bread,
                               pp_arena *arena, int *suspect, pp_error *err);

/* Looks for a direction in which the likelihood never falls: among those that the information loses on the way to infinity.
   *separated and *direction are NULL when there is none. */
pp_status pp__monotone_search(const pp__design *d, const pp__beginning *beginning,
                              pp__verify_fn *verify, void *payload, pp_arena *arena,
                              const pp_context *ctx, uint8_t **separated,
                              double **direction, pp_error *err);

#endif
