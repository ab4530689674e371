/* Many refits of one fit, on all threads. */
#ifndef PP_MODEL_REFITS_H
#define PP_MODEL_REFITS_H

#include "model/inference/groups.h"

/* Why a refit gave nothing. */
typedef enum pp__refit_fate {
    PP__REFITTED,
    PP__NOT_CONVERGED,
    PP__NOT_IDENTIFIED, /* nothing to estimate, a category gone, predicted perfectly */
    PP__REFIT_FATES
} pp__refit_fate;

typedef struct pp__refits {
    int64_t n;
    double *estimates; /* n × k, a refit's side by side; NaN where it gave none */
    int64_t fates[PP__REFIT_FATES];
} pp__refits;

/* How often each cluster counts in refit b: `times`, one number a cluster. */
typedef void pp__refit_count(const void *payload, int64_t b, int32_t *times);

/* Refits 0..n-1, each on one thread, in rounds between which progress is told. The same
   bits at any number of threads. Errors: PP_E_MEMORY, PP_E_CANCELLED. */
pp_status pp__refits_run(const pp_fit *fit, const pp__clusters *clusters, int64_t n,
                         pp__refit_count *count, const void *payload, const char *stage,
                         const pp_context *ctx, pp_arena *arena, pp__refits *out,
                         pp_error *err);

#endif
