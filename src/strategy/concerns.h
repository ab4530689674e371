/* What countries are concerned with, by their adoptions: families of platforms, and stated purposes. */
#ifndef PP_STRATEGY_CONCERNS_H
#define PP_STRATEGY_CONCERNS_H

#include "evidence/map.h"

#include <pushpull/result.h>

enum { PP__MOST_CONCERNS = 64 };

/* One bit a word. Words and countries are borrowed from the tables. */
typedef struct pp__concerns {
    const char *words[PP__MOST_CONCERNS];
    int n;
    pp__map countries; /* to bits */
    pp__map outcomes;  /* country to its row of `outcomes` */
    const pp_column *outcome;
} pp__concerns;

/* `adoption` as pp_adoption_derive gives it. `claims` may be NULL or lack stated_purpose: then families
   only; purposes count of the claims that an adoption rests on. The caller clears `out`, also on failure. */
pp_status pp__concerns_read(const pp_result *adoption, const pp_table *claims,
                            pp__concerns *out, pp_error *err);
void pp__concerns_clear(pp__concerns *concerns);
/* 0: no adoption is on record. */
uint64_t pp__concerns_of(const pp__concerns *concerns, const char *country);
/* "adopted", …; NULL: the country is not among the outcomes. */
const char *pp__concerns_outcome(const pp__concerns *concerns, const char *country);

#endif
