/* The models of closed populations: M0, Mt, Mh, Mth, Mb, Mbh. */
#ifndef PP_UNSEEN_LISTS_CLOSED_H
#define PP_UNSEEN_LISTS_CLOSED_H

#include "unseen/lists_estimate.h"

enum { PP__MOST_CLOSED = 12 };

typedef enum pp__unequal {
    PP__EQUAL,
    PP__CHAO,
    PP__POISSON,
    PP__DARROCH,
    PP__GAMMA
} pp__unequal;

typedef struct pp__closed {
    const char *name, *kind;
    int by_list, behaviour; /* behaviour: 1: Mb, 2: Mbh */
    pp__unequal unequal;
} pp__closed;

/* The models for so many lists, in Rcapture's order. */
int pp__closed_models(int lists, const pp__closed **out);

/* Estimate, interval and bias-corrected estimate of one. */
pp_status pp__closed_estimate(const pp__closed *closed, const pp__histories *h,
                              double level, pp_arena *arena, pp__number *out,
                              pp_error *err);

/* The estimate corrected for bias, its error; missing where there is none. */
pp_status pp__closed_correct(const pp__closed *closed, const pp__histories *h,
                             pp_arena *arena, double *estimate, double *error,
                             pp_error *err);

/* ---- within ---- */

/* The column of Poisson, Darroch or Gamma for a unit on x lists. */
double pp__closed_unequal(pp__unequal unequal, double x);
/* Fits a design whose first `plain` columns stay; as long as an eta of Chao's is negative, the
 * first such column is taken out of `model`. */
pp_status pp__closed_fit(pp__cells *model, const pp__closed *closed, const double *y,
                         int plain, pp_arena *arena, pp__cells_fit *out, pp_error *err);
/* Columns: 1, `plain` - 1 of lists or behaviour, then heterogeneity, for `cells` cells; cell
 * c is history c, or with `counts` the number of lists c. */
pp_status pp__closed_design(const pp__closed *closed, int lists, int counts,
                            pp_arena *arena, pp__cells *out, int *plain, pp_error *err);

#endif
