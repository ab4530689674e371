/* Units over periods with a treatment that may begin and end: what matching on history reads. */
#ifndef PP_EFFECTS_HISTORY_H
#define PP_EFFECTS_HISTORY_H

#include <pushpull/matching.h>
#include <pushpull/memory.h>

/* Unit u in period t stands at u periods + t; NaN: missing. */
typedef struct pp__history {
    int32_t units, periods;
    int k;              /* columns to resemble in: the outcome first, then covariates */
    const double *time; /* periods, ascending, at equal distances */
    const double
        *d; /* 1: treated; turned around when the end of treatment is asked for */
    const double *const *x;  /* k */
    const char *const *term; /* k */
    const char *const *name; /* units as people know them */
    int64_t rows, incomplete_rows;
} pp__history;

static inline double pp__history_at(const pp__history *h, const double *column,
                                    int32_t unit, int32_t period) {
    return column[(int64_t)unit * h->periods + period];
}

/* Reads the panel. Everything is in `arena`. */
pp_status pp__history_read(const pp_table *data, const pp_matching_options *options,
                           const pp_context *ctx, pp_arena *arena, pp__history *out,
                           pp_error *err);

#endif
