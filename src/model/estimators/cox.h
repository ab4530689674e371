/* Cox's partial likelihood at one point, with all that is made of it.
 *
 * In a slot with the sums S over those at risk without an event there and D over those
 * with one, Efron's denominators are S + g D, g = 1 − l / d for l = 0..d−1, and Breslow's
 * all S + D. With w the mean weight of the events, the slot's terms are sums over l.
 */
#ifndef PP_MODEL_COX_H
#define PP_MODEL_COX_H

#include "model/estimators/conditional.h"
#include "model/estimators/cox_sets.h"
#include "model/fit.h"
#include "model/newton.h"

#include <pushpull/result.h>

typedef struct pp__cox_terms {
    double *hazard;     /* Σ w / (S + gD): what one at risk expects there */
    double *own_hazard; /* Σ w g / (S + gD): what one with an event there does */
    double *square, *cross, *own_square; /* Σ w g^p / (S + gD)², p = 0, 1, 2 */
    double *passed, *passed_rest; /* slots + 1: the hazards before each slot, added up in
                                     two parts that keep every digit */
} pp__cox_terms;

typedef struct pp__cox {
    const pp__design *d;
    const pp_context *ctx;
    int breslow;
    pp__risk_sets sets;
    pp__risk_sums sums;
    double *estimates;       /* k, of a fit that is visited again */
    double *weight, *offset; /* in the backward order; NULL: none */
    double *observed;        /* k: the sum of events' w z */
    double observed_offset;
    const double *theta;
    const double *slot_weight; /* of what slots contribute; NULL: 1 */
    pp__cox_terms terms;
    pp__pass rows, slots, products;
    double *totals;
} pp__cox;

/* Over d, which must have k > 0 columns or none. */
pp_status pp__cox_init(const pp__design *d, int breslow, pp_arena *arena,
                       const pp_context *ctx, pp__cox *out, pp_error *err);

/* A pp__loglik_fn with a pp__cox for payload. */
double pp__cox_loglik(void *cox, const double *theta, double *gradient,
                      double *information);

/* What row i of the backward order expects in all its slots, times its risk. */
double pp__cox_expected(const pp__cox *cox, int64_t i);

/* The score of each row of the design, n × k, at the point last visited.
   Therneau & Grambsch (2000), Modeling Survival Data, 4.5. */
pp_status pp__cox_scores(const pp__cox *cox, pp_arena *arena, double **out,
                         pp_error *err);

/* The score test of all coefficients; in fit->own. */
typedef struct pp__cox_facts {
    double score_test;
} pp__cox_facts;

/* At the fit's estimates (in original units) once more; `information` (k × k, lower) may
   be NULL. With exact ties the sums are Breslow's. Another model is PP_E_UNSUPPORTED. */
pp_status pp__cox_revisit(const pp_fit *fit, const char *what, pp_arena *arena,
                          const pp_context *ctx, pp__cox *out, double *information,
                          pp_error *err);

/* src/model/after/survival.c: table `tests`. */
pp_status pp__cox_report(const pp_fit *fit, pp_result *result, pp_error *err);
/* Table `residuals`: the rows, and martingale residuals. */
pp_status pp__cox_residuals(const pp_fit *fit, const char *ids, const pp_context *ctx,
                            pp_result *result, pp_error *err);

/* src/model/estimators/cox_exact.c: the slots as choices, for pp__choice_loglik. Ties that
   are too many for it are PP_E_UNSUPPORTED. */
pp_status pp__cox_exact_sets(const pp__risk_sets *sets, pp_arena *arena,
                             const pp_context *ctx, pp__choice_sets *out, pp_error *err);

/* src/model/estimators/cox_monotone.c: a pp__verify_fn. In a direction that separates, the
   rows with an event stand nowhere below others at risk. Rows that stand below them
   wherever they are at risk are marked; `mixed` is 1 when some stand below only at times. */
typedef struct pp__cox_order {
    const pp__risk_sets *sets;
    double *highest, *lowest_event; /* of each slot: among those at risk; of the events */
    double *most, *least;           /* of highest, over 2^l slots: levels × slots */
    int levels, mixed;
} pp__cox_order;
pp_status pp__cox_order_init(const pp__risk_sets *sets, pp_arena *arena,
                             pp__cox_order *out, pp_error *err);
int pp__cox_order_verify(void *order, const double *product, double zero,
                         uint8_t *separated);

#endif
