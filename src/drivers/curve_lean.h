/* The state of the short way: rows, columns, and the model at hand. */
#ifndef PP_DRIVERS_CURVE_LEAN_H
#define PP_DRIVERS_CURVE_LEAN_H

#include "drivers/curve_fit.h"
#include "drivers/curve_newton.h"

enum { PP__GATHERED = 1, PP__DUMMY = 2 }; /* a dummy is 0 or 1 in all rows */

struct pp__curve_lean {
    const pp__curve_kit *kit;
    const pp__curve_drawn *drawn;
    pp_arena arena, scratch;
    pp_arena_mark empty; /* of scratch */

    /* The rows in use. */
    const pp__curve_frame *frame;
    uint64_t *bits, *wanted;
    int64_t *row, n;
    int outcome, vcov, model; /* whose values are gathered; −1: none */
    double *y;
    int32_t *code;
    int64_t clusters, events;
    int varies;

    /* Columns in these rows: after the constant those of each term. */
    int *first;     /* of each term */
    double *x;      /* columns × rows, standardised */
    uint8_t *there; /* of each column: 0, not gathered in these rows */
    double *center, *scale, *theta;

    /* The model at hand. */
    int *column; /* its columns, and as much room */
    int *term, n_terms;
    pp__design d;
    pp__curve_newton newton;
    int quick; /* 1: the last fit is the newton's */
    double *start, *sums, *vectors, *tile;
};

/* src/drivers/curve_gather.c: in this order; each keeps what has not changed. */
void pp__lean_enter_frame(pp__curve_lean *lean, const pp__curve_frame *frame);
void pp__lean_choose_rows(pp__curve_lean *lean, const pp__curve_spec *spec);
void pp__lean_gather_outcome(pp__curve_lean *lean, int outcome);
void pp__lean_gather_codes(pp__curve_lean *lean, int vcov);
/* The design of lean->term; 0 when the focal variable does not vary or a column is beyond
   computing. */
int pp__lean_assemble(pp__curve_lean *lean);
void pp__lean_push_column(pp__curve_lean *lean, int column);

#endif
