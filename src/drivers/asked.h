/* One factor asked of a fit: its effects with their gradients, and what they amount to. */
#ifndef PP_DRIVERS_ASKED_H
#define PP_DRIVERS_ASKED_H

#include "model/after/frame.h"

#include <pushpull/verdict.h>

typedef struct pp__asked_effect {
    const char *contrast; /* "dY/dX * SD", "1 - 0", "Asia - Africa" */
    double sd;            /* by which it was multiplied; NaN: by none */
    double estimate, variance;
    double *gradient; /* fit->k */
} pp__asked_effect;

enum { PP__MOST_ASKED = 64 };

typedef struct pp__asked {
    int n;
    pp__asked_effect effect[PP__MOST_ASKED];
} pp__asked;

/* The effects of `variable` over the rows of `frame` (NULL: those used), a number's
   multiplied by `sd` (0: that of the rows used). Texts and gradients are in `arena`. */
pp_status pp__asked_of(const pp_fit *fit, const char *variable, const pp__frame *frame,
                       double sd, const pp_context *ctx, pp_arena *arena, pp__asked *out,
                       pp_error *err);

/* The columns estimate to verdict of `democracy` for one effect. */
pp_status pp__asked_put(pp_table *table, int64_t row, double estimate, double variance,
                        double df, double smallest, pp_hypothesis hypothesis,
                        pp_error *err);

#endif
