/* Linear programs, by GLPK. */
#ifndef PP_EFFECTS_PROGRAM_H
#define PP_EFFECTS_PROGRAM_H

#include <pushpull/status.h>

typedef struct pp__program {
    struct glp_prob *lp;
    int rows, columns;
    int owner; /* 1: this thread had no environment of GLPK before */
} pp__program;

typedef enum pp__solved {
    PP__SOLVED,
    PP__INFEASIBLE,
    PP__UNBOUNDED,
    PP__UNSOLVED
} pp__solved;

/* Maximises c'x subject to A x = b or A x <= b. Programs of one thread are closed in the reverse order
   of their opening; one that is all zero may be closed. */
void pp__program_open(pp__program *p, int rows, int columns);
void pp__program_close(pp__program *p);
/* Rows and columns count from 0. A new row is <= 0, a new column not negative. */
void pp__program_equal(pp__program *p, int row, double bound);
void pp__program_below(pp__program *p, int row, double bound);
void pp__program_free(pp__program *p, int column);
/* `coefficient` of each row; once a column. */
void pp__program_column(pp__program *p, int column, const double *coefficient);
void pp__program_objective(pp__program *p, const double *c);

/* `x` has room for all columns, or is NULL. Begins where the last solution ended. */
pp__solved pp__program_solve(pp__program *p, double *value, double *x);
/* The basic columns of the last solution, then the others, into `column`; gives how many are basic. */
int pp__program_basis(const pp__program *p, int *column);

#endif
