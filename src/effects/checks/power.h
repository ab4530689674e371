/* What a design could see, from its estimates where there is nothing to see. */
#ifndef PP_EFFECTS_POWER_H
#define PP_EFFECTS_POWER_H

#include <pushpull/memory.h>

/* An added effect shifts an estimate and leaves its error: each draw turns significant at a size of the
   effect that is known, upwards and downwards, and power is the share of draws (in both directions) that
   have turned. Effects count as seen where the interval excludes zero on their side. */
typedef struct pp__power {
    int64_t draws;             /* that have an estimate and an error */
    double spread, mean_error; /* sd of the estimates; mean of their errors */
    double size, size_low,
        size_high; /* share of intervals without zero; Wilson's interval */
    double mde, mde_low,
        mde_high;     /* with its Monte Carlo interval; infinite: not reached */
    double corrected; /* with the critical value that makes the size right */
    double *turns;    /* 2 draws, ascending: where each turns */
} pp__power;

/* Of `draws` estimates and errors that stand `stride` apart (NaN: none); `level` of the design's
   intervals and of the Monte Carlo ones. Fewer than 20 with numbers: all is NaN. */
pp_status pp__power_find(const double *estimate, const double *std_error, int64_t draws,
                         int64_t stride, double level, double power, pp_arena *arena,
                         pp__power *out, pp_error *err);

/* The power against an effect of this size. */
double pp__power_at(const pp__power *p, double effect);

/* Wilson's interval for a share of n. */
void pp__wilson(double share, double n, double level, double *low, double *high);

#endif
