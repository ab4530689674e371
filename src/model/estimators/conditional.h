/* The likelihood of which rows of a set have the event, given how many do: of a group in
 * Chamberlain's conditional logit, of those at risk at one time in Cox's model with exact
 * ties.
 *
 * With c any constant and p = c r / (1 + c r) for a row of risk r = exp(z'b), the sum over
 * all ways to choose d of the set's rows, of the products of their risks, is c^−d Π (1 +
 * c r) times the probability that d of independent events with probabilities p happen. That
 * probability and its derivatives follow row by row from a recursion (Howard 1972, JRSS B
 * 34, 210-211; Gail, Lubin & Rubinstein 1981, Biometrika 68, 703-707), here of averages,
 * which can neither overflow nor cancel. c is such that d are expected.
 */
#ifndef PP_MODEL_CONDITIONAL_H
#define PP_MODEL_CONDITIONAL_H

#include "model/design.h"

typedef struct pp__choice_sets {
    const pp__design *d;
    int64_t n;
    const int64_t *begin;  /* n + 1 */
    const int32_t *row;    /* rows of the design, set by set, those with the event first;
                              NULL: the rows in their order */
    const int32_t *chosen; /* of each set: how many have the event */
    const uint8_t *event;  /* of each row of the design; NULL: the first `chosen` */
    const double *weight;  /* of each set; NULL: 1 */
    double *scores;        /* n × k: each set's gradient; NULL: not wanted */
    const pp_context *ctx;
    int64_t chunks, *chunk; /* sets by chunks of about the same work */
    double *space;
    int64_t space_of_chunk;
} pp__choice_sets;

/* What one visit costs: products and sums. */
double pp__choice_cost(int k, int64_t rows, int64_t chosen);

/* The caller has set d, n, begin, row, chosen, event, weight and ctx. */
pp_status pp__choice_sets_init(pp__choice_sets *sets, pp_arena *arena, pp_error *err);

/* A pp__loglik_fn with pp__choice_sets for payload. */
double pp__choice_loglik(void *sets, const double *theta, double *gradient,
                         double *information);

#endif
