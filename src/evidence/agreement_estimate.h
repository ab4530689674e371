/* Measures of agreement with their bootstrap intervals. */
#ifndef PP_EVIDENCE_AGREEMENT_ESTIMATE_H
#define PP_EVIDENCE_AGREEMENT_ESTIMATE_H

#include "evidence/agreement_measures.h"

#include <pushpull/context.h>
#include <pushpull/memory.h>

typedef enum pp__measure {
    PP__PERCENT,
    PP__COHEN,
    PP__FLEISS,
    PP__ALPHA,
    PP__MEASURES
} pp__measure;

typedef struct pp__agreement {
    int64_t units; /* with ratings of both coders */
    double estimate[PP__MEASURES], low[PP__MEASURES], high[PP__MEASURES];
} pp__agreement;

typedef struct pp__bootstrap {
    int64_t draws;
    uint64_t seed, task; /* the draw with index i uses the stream (seed, task, i) */
} pp__bootstrap;

/* All measures of two coders' ratings, with 95% percentile intervals (quantiles of type
   7) over units drawn with replacement among those that both rated. Draws in which a
   measure is not defined are left out; if they are more than half, the interval is NaN.
   The same for any number of threads. */
pp_status pp__agreement_estimate(const pp__ratings *ratings, pp__metric metric,
                                 const pp__bootstrap *bootstrap, const pp_context *ctx,
                                 pp__agreement *out, pp_error *err);

#endif
