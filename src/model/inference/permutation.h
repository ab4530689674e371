/* Rearranged treatments: which row's value each row gets. */
#ifndef PP_MODEL_PERMUTATION_H
#define PP_MODEL_PERMUTATION_H

#include "model/fit.h"

typedef struct pp__permutation {
    int64_t rows;
    int32_t units;
    const int32_t *unit;    /* of each row */
    int64_t *begin, *row;   /* rows of each unit, in their order */
    int32_t *order, *block; /* units sorted by stratum; where each stratum begins */
    int32_t blocks;
    int whole; /* 1: units have as many rows each and exchange them one by one; 0: the value
                  is the same in all rows of a unit */
} pp__permutation;

/* Of units by column `unit` (NULL: rows) within column `strata` (NULL: all). The values
   `value` must be the same within units, or units must have as many rows; a stratum must
   not vary within a unit: else PP_E_INPUT. */
pp_status pp__permutation_make(const pp_fit *fit, const char *unit, const char *strata,
                               const double *value, const pp_context *ctx,
                               pp_arena *arena, pp__permutation *out, pp_error *err);

/* Draw b: `from` (rows), the row whose value each row gets; `space`: units. */
void pp__permutation_draw(const pp__permutation *p, uint64_t seed, int64_t b,
                          int32_t *space, int64_t *from);

#endif
