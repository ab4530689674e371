/* The grid of assumed detection that the files of tipping points share. */
#ifndef PP_UNSEEN_TIPPING_H
#define PP_UNSEEN_TIPPING_H

#include "unseen/tipping_fit.h"

#include <pushpull/tipping.h>

/* A pair of probabilities. Those with `fine` stand on the line where open regimes hide
   nothing, those with `coarse` on the grid over both. */
typedef struct pp__tipping_pair {
    double closed, open;
    int fine, coarse;
} pp__tipping_pair;

typedef struct pp__tipping_grid {
    pp__tipping_pair *pair;
    int64_t n;
} pp__tipping_grid;

/* A question with its effect at each pair; NaN where there is none. */
typedef struct pp__tipping_answer {
    const pp_tipping_question *question;
    pp__tipping_effect *effect;
} pp__tipping_answer;

/* "supported", …; without a smallest effect "positive", "negative", "no clear sign". NULL
   where there is no estimate. */
const char *pp__tipping_verdict(const pp_tipping_question *question,
                                const pp__tipping_effect *effect);

/* src/unseen/tipping_points.c: adds the rows of one question to table `tipping_points`. */
pp_status pp__tipping_points(const pp__tipping_grid *grid,
                             const pp__tipping_answer *answer, pp_table *table,
                             pp_error *err);

#endif
