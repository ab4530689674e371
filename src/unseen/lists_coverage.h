/* Chao's lower bound as a formula, and estimates from sample coverage. */
#ifndef PP_UNSEEN_LISTS_COVERAGE_H
#define PP_UNSEEN_LISTS_COVERAGE_H

#include "unseen/lists_estimate.h"

enum { PP__COVERAGES = 5 };

/* Chao 1987; sample coverage as if independent, solved, in one step (the last two of three
 * lists or more); Lee & Chao. Errors of all but the first by the delta method. */
pp_status pp__coverage_estimate(const pp__histories *h, double level,
                                pp__number out[PP__COVERAGES], pp_error *err);

/* The coverage: the share of the lists' units that other lists have, too. */
double pp__coverage(const pp__histories *h);

#endif
