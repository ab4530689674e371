/* Bootstrap t statistics as functions of the hypothesis, their p value and the interval of
 * the hypotheses that they do not reject.
 *
 * With c = estimate − r the statistic of draw b is (n0 + n1 c) / (q0 + 2 q1 c + q2 c²)^½:
 * five numbers a draw hold it for every r, because residuals under the hypothesis are
 * linear in r. MacKinnon, Nielsen & Webb (2023), J. Econometrics 232, sec. 5; Roodman,
 * MacKinnon, Nielsen & Webb (2019), Stata Journal 19, sec. 5.
 */
#ifndef PP_MODEL_TDRAWS_H
#define PP_MODEL_TDRAWS_H

#include <pushpull/memory.h>

typedef struct pp__tdraws {
    int64_t n;
    double *n0, *n1, *q0, *q1, *q2; /* n each */
    double estimate, variance;      /* of the sample, without a small-sample factor */
    int ties; /* 1: draws that equal the sample count as beyond it, and so does the sample
                 itself: the p value of a randomisation */
} pp__tdraws;

pp_status pp__tdraws_make(int64_t n, pp_arena *arena, pp__tdraws *out, pp_error *err);

/* The share of draws whose |t*| is above |t| (draws that equal it but for rounding do not
   count) or, with equal tails, twice the smaller of the shares of t* above and below t. */
double pp__tdraws_p(const pp__tdraws *d, double r, int equal_tails);

/* Where the p value crosses 1 - level on either side of the estimate: the jump itself, to
   rounding. Infinite where it never does. */
void pp__tdraws_interval(const pp__tdraws *d, double level, int equal_tails, double *low,
                         double *high);

/* |t*| of each draw under b = r (n). */
void pp__tdraws_stars(const pp__tdraws *d, double r, double *out);

#endif
