/* Log-probabilities with their first and second derivatives by the parameters.
 *
 * The likelihood of a unit whose state is not seen is a sum over states. Logs of products
 * add up; logs of sums are mixed: with weights w = softmax(values),
 *     gradient = Σ w g,  Hessian = Σ w (H + g g') - gradient gradient'
 * (Louis 1982, JRSS B 44). From these two steps every model of this room that has hidden
 * states gets exact derivatives.
 */
#ifndef PP_UNSEEN_JET_H
#define PP_UNSEEN_JET_H

#include <stdint.h>

typedef struct pp__jet {
    double value;
    double *gradient; /* k; NULL: not wanted */
    double *hessian;  /* k × k, lower triangle; NULL: not wanted */
} pp__jet;

/* Doubles that one jet needs for `order` 0, 1 or 2. */
int64_t pp__jet_size(int k, int order);
/* Lays n jets out in `space` (n × pp__jet_size). */
void pp__jet_place(int k, int order, int n, double *space, pp__jet *out);

/* The constant `value`. */
void pp__jet_set(int k, pp__jet *jet, double value);
void pp__jet_copy(int k, const pp__jet *from, pp__jet *to);

/* Adds to the jet a log-probability of the linear predictor of `n` parameters that begin at
   `at`, with the regressors z: its value and two derivatives by the predictor. */
typedef struct pp__jet_term {
    double value, slope, curve;
} pp__jet_term;
void pp__jet_add(int k, pp__jet *jet, pp__jet_term term, int at, int n, const double *z);

/* log Σ exp of n jets; those of value -Inf do not count. `out` is none of them. */
void pp__jet_mix(int k, int n, const pp__jet *in, pp__jet *out);

/* log p and log(1 - p) where p is the logistic function of eta. */
pp__jet_term pp__log_logistic(double eta, int yes);

#endif
