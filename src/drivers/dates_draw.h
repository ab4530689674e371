/* Dates within their intervals: by a rule, or drawn from the model. */
#ifndef PP_DRIVERS_DATES_DRAW_H
#define PP_DRIVERS_DATES_DRAW_H

#include "model/fit.h"

#include <pushpull/text.h>

typedef enum pp__date_rule {
    PP__DATES_INTERVAL,
    PP__DATES_EARLIEST,
    PP__DATES_LATEST,
    PP__DATES_MIDPOINT,
    PP__DATES_IMPUTED,
    PP__DATE_RULES
} pp__date_rule;

/* The windows of a fitted hazard in which adoptions may have been, and what is drawn from. */
typedef struct pp__date_windows {
    const pp_fit *fit;
    const double *time, *eta; /* by row of the data; by row of the design */
    int64_t n;
    int64_t *begin, *end; /* n: rows of the design, more than one each */
    int64_t *window;      /* of each row of the data; -1: none */
    double *factor;       /* k × k: the Cholesky factor of the inverse information */
    double *space;        /* of a draw: k + rows of the design */
} pp__date_windows;

pp_status pp__date_windows_find(const pp_fit *fit, const pp_context *ctx, pp_arena *arena,
                                pp__date_windows *out, pp_error *err);

/* The year of each window (n) in imputation `index`. */
void pp__date_windows_draw(const pp__date_windows *w, uint64_t seed, int64_t index,
                           double *year);

/* A copy of the data of `fit` in which columns lo and hi hold the year that the rule gives;
   units of which it knows none are not in it, and their names are added to `left`. */
pp_status pp__dates_by_rule(const pp_fit *fit, const char *lo, const char *hi,
                            pp__date_rule rule, pp_table **out, pp_buf *left,
                            int64_t *n_left, pp_error *err);

/* Sets lo and hi of `data`, a copy of the data of the fit, to the years of the windows. */
void pp__dates_put(const pp__date_windows *w, const double *year, pp_column *lo,
                   pp_column *hi);

#endif
