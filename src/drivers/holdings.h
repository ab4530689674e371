/* Who has what: a multinomial logit of whose platforms a unit has by the end of a period. */
#ifndef PP_DRIVERS_HOLDINGS_H
#define PP_DRIVERS_HOLDINGS_H

#include "model/fit.h"

/* none, the first's only, the second's only, both */
enum { PP__HOLDINGS = 4 };

typedef struct pp__holdings {
    pp_table *data;
    pp_fit *fit;                                     /* of the outcome 0..3 */
    int64_t rows[PP__HOLDINGS], units[PP__HOLDINGS]; /* ever in it; of the rows used */
} pp__holdings;

/* From the data of two fits, joined by `unit` and, for the first's rows, `time`; `event` is
   1 in the period of adoption in the data of each. A unit of which one of them does not tell
   the period is left out. `terms` NULL: those of the first fit; errors are clustered by
   unit. To be cleared whatever it gives. */
pp_status pp__holdings_fit(const pp_fit *const two[2], const char *unit, const char *time,
                           const char *event, const char *terms, const pp_context *ctx,
                           pp__holdings *out, pp_error *err);
/* A level of a category, or a value of zeros and ones, in whose rows some outcome never is:
   "region = Oceania", or NULL; `outcome` tells which. */
const char *pp__holdings_cell(const pp__holdings *h, pp_arena *arena, int *outcome);
void pp__holdings_clear(pp__holdings *h);

#endif
