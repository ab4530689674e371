/* A linear program that is solved again and again with other objectives: an optimal basis that is known
   and still optimal saves the solver. */
#ifndef PP_EFFECTS_BASES_H
#define PP_EFFECTS_BASES_H

#include "effects/honest/program.h"

#include <pushpull/memory.h>

typedef struct pp__basis pp__basis;

typedef struct pp__bases {
    pp__program *program; /* rows are equalities, columns not negative */
    const double *A;      /* its coefficients, rows × columns, column by column */
    double *scratch;      /* rows × columns */
    pp__basis *known;     /* room for some */
    int *order;           /* of all places, the one used last first; `n` are known */
    int n;
} pp__bases;

pp_status pp__bases_open(pp__bases *b, pp__program *program, const double *A,
                         pp_arena *arena, pp_error *err);

/* Maximises c'x; as pp__program_solve, with room in `x`, which may be `c`. */
pp__solved pp__bases_solve(pp__bases *b, const double *c, double *value, double *x);

#endif
