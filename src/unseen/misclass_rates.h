/* From options to the rates of a misclassified outcome over the rows of a design. */
#ifndef PP_UNSEEN_MISCLASS_RATES_H
#define PP_UNSEEN_MISCLASS_RATES_H

#include "unseen/misclass_fit.h"

#include <pushpull/misclass.h>

/* The fit that knows of no errors, and what the rates need beside it. */
typedef struct pp__misclass_base {
    pp_fit *fit;
    pp_fit *rates;    /* whose design has the columns of the rates; NULL: constant ones */
    pp_table *chosen; /* the rows that `where` left; NULL: the caller's */
    pp_table *subset; /* of them those with all columns of the rates; NULL: all */
    pp__misclass_spec spec;
    pp_arena arena;
} pp__misclass_base;

/* Checks the options and fits; cleared in any case by the caller. */
pp_status pp__misclass_base_init(pp__misclass_base *base, const char *formula,
                                 const pp_table *data, const pp_model_options *model,
                                 const pp_misclass_options *options,
                                 const pp_context *ctx, pp_error *err);
void pp__misclass_base_clear(pp__misclass_base *base);

#endif
