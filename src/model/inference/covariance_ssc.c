/* Small-sample factors: fixest's defaults (0.14.2: K.fixef = "nonnested", K.exact =
   FALSE, G.df = "min"), sandwich's vcovCL, or none. */
#include "base/check.h"
#include "model/inference/covariance_parts.h"

#include <math.h>

double pp__exact_df(const pp_fit *fit) {
    return fit->scores.count - (double)fit->k - fit->absorbed;
}

/* 1: all rows of each level are in one group; -1: no memory. */
static int is_nested(const pp__grouping *effect, const int32_t *group, int64_t n) {
    int32_t *group_of = pp_calloc(effect->levels, sizeof *group_of);
    int nested = 1;
    if (!group_of) {
        return -1;
    }
    for (int64_t i = 0; nested && i < n; i++) {
        int32_t *own = &group_of[effect->code[i]];
        *own = *own ? *own : group[i] + 1;
        nested = *own == group[i] + 1;
    }
    pp_free(group_of);
    return nested;
}

pp_status pp__effect_nested(pp__covariance_work *w, const pp__grouping *effect,
                            const pp__clustering *groups, int n, int *nested) {
    *nested = 0;
    for (int g = 0; g < n && *nested == 0 && !w->fit->scores.begin; g++) {
        *nested = groups[g].code == effect->code
                      ? 1
                      : is_nested(effect, groups[g].code, w->fit->scores.n);
    }
    if (*nested < 0) {
        PP_FAIL(w->err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

static pp_status effects_that_count(pp__covariance_work *w, const pp__clustering *groups,
                                    int n, double *parameters) {
    const pp__companions *with = &w->fit->design->with;
    int left = with->n_effects;
    *parameters = 1 - with->n_effects;
    for (int e = 0; e < with->n_effects; e++) {
        int nested;
        PP_TRY(pp__effect_nested(w, &with->effect[e], groups, n, &nested));
        left -= nested;
        *parameters += nested ? 1 : with->effect[e].levels;
    }
    *parameters = left > 0 ? *parameters : 1;
    return PP_OK;
}

pp_status pp__counted_df(pp__covariance_work *w, const pp__clustering *groups, int n,
                         double *df) {
    const pp_fit *fit = w->fit;
    double effects = fit->absorbed;
    if (fit->vcov.ssc == PP__SSC_FIXEST && effects > 0) {
        PP_TRY(effects_that_count(w, groups, n, &effects));
    }
    *df = fmax(fit->scores.count - (double)fit->k - effects, 1);
    return PP_OK;
}

double pp__cluster_factor(const pp_fit *fit, int64_t own, int64_t smallest, double df) {
    double g = (double)(fit->vcov.ssc == PP__SSC_SANDWICH ? own : smallest);
    double rows = fit->vcov.type == 0 ? 1 : (fit->scores.count - 1) / df;
    int plain = fit->vcov.ssc == PP__SSC_NONE ||
                (fit->vcov.ssc == PP__SSC_FIXEST && fit->vcov.type == 0);
    return plain ? 1 : g / (g - 1) * rows;
}

double pp__smooth_factor(const pp_fit *fit, int64_t periods, double df) {
    double n = fit->scores.count, t = (double)periods;
    switch (fit->vcov.ssc) {
    case PP__SSC_FIXEST:
        return (n - 1) / df * (periods ? t / (t - 1) : 1);
    case PP__SSC_SANDWICH:
        return n / df;
    default:
        return 1;
    }
}
