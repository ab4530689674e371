/* A design over some of its own rows, each as often as wanted, for refits. */
#ifndef PP_MODEL_TAKE_H
#define PP_MODEL_TAKE_H

#include "model/design.h"

typedef struct pp__taking {
    int64_t n;
    const int64_t *row;  /* n rows of the design */
    const int32_t *copy; /* of each, which copy it is: strata and the groups of random
                            intercepts are told apart by it; NULL: they stay as they are */
} pp__taking;

/* Standardises anew and leaves out, with a note, columns that are constant or combinations
   of others among these rows. Groups are numbered without gaps; a category of the outcome
   that is in none of the rows is PP_E_ESTIMATION. */
pp_status pp__design_take(const pp__design *d, const pp__taking *taking, pp_arena *arena,
                          pp__notes *notes, const pp_context *ctx, pp__design **out,
                          pp_error *err);

#endif
