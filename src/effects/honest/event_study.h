/* An event study: estimates about a reference period, and the parameter of interest. */
#ifndef PP_EFFECTS_EVENT_STUDY_H
#define PP_EFFECTS_EVENT_STUDY_H

#include <pushpull/honest.h>
#include <pushpull/memory.h>

/* Everything is in units of the largest standard error, so that tolerances mean the same for any data.
   `pre` estimates before the reference, `post` after it, in order; n = pre + post. */
typedef struct pp__event_study {
    int pre, post, n;
    double reference;
    double unit;
    const double *estimate; /* n */
    const double *V;        /* n × n */
    const double *factor;   /* n × n: L L' = V */
    const double *weight;   /* post: of the parameter of interest */
    int64_t incomplete;     /* rows without an estimate */
} pp__event_study;

/* Everything is in `arena`. */
pp_status pp__event_study_read(const pp_table *estimates, const pp_table *covariance,
                               const pp_honest_options *options, pp_arena *arena,
                               pp__event_study *out, pp_error *err);

/* The parameter as if trends were parallel. */
void pp__event_study_original(const pp__event_study *s, double *estimate,
                              double *std_error);

/* x'V y for vectors of n. */
double pp__event_study_product(const pp__event_study *s, const double *x,
                               const double *y);

#endif
