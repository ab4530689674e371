/* The regressions that sensitivity to confounders rests on. */
#ifndef PP_EFFECTS_REGRESSIONS_H
#define PP_EFFECTS_REGRESSIONS_H

#include "effects/confound/strength.h"
#include "model/fit.h"

typedef struct pp__benchmark {
    const char *name;          /* a term as R writes it */
    double treatment, outcome; /* its partial R² with them */
} pp__benchmark;

typedef struct pp__regressions {
    const char *outcome;
    double estimate, std_error, df;
    double robust_error; /* NaN: the classical one is what was asked for */
    const char *covariance;
    pp__oster oster;
    int n;
    pp__benchmark *benchmark; /* every other term */
} pp__regressions;

pp_status pp__regressions_run(const char *formula, const pp_table *data,
                              const pp_model_options *model, const char *treatment,
                              const pp_context *ctx, pp_arena *arena,
                              pp__regressions *out, pp_error *err);

#endif
