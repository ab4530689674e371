#include "effects/checks/checked.h"

#include "base/check.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>

const char *pp__target_name(int target) {
    return target == PP__SIMPLE    ? "simple"
           : target == PP__DYNAMIC ? "dynamic"
                                   : "horizon";
}

int pp__targets(const pp__horizons *h) {
    return PP__FIRST_HORIZON + h->n;
}

double pp__target_at(const pp__horizons *h, int target) {
    return target < PP__FIRST_HORIZON ? NAN : h->horizon[target - PP__FIRST_HORIZON];
}

double pp__target_effect(const pp__horizons *h, int target) {
    return target == PP__SIMPLE    ? h->simple
           : target == PP__DYNAMIC ? h->dynamic
                                   : h->effect[target - PP__FIRST_HORIZON];
}

double pp__target_error(const pp__horizons *h, int target) {
    return target == PP__SIMPLE    ? h->simple_error
           : target == PP__DYNAMIC ? h->dynamic_error
                                   : h->std_error[target - PP__FIRST_HORIZON];
}

int pp__target_find(const pp__horizons *h, double horizon) {
    for (int i = 0; i < h->n; i++) {
        if (h->horizon[i] == horizon) {
            return PP__FIRST_HORIZON + i;
        }
    }
    return -1;
}

pp_status pp__checked_open(const pp_table *data, const pp_did_options *design,
                           const pp_context *ctx, pp_arena *arena, pp__checked *out,
                           pp_error *err) {
    pp__staggered_report report;
    *out = (pp__checked){.design = *design};
    PP_TRY(pp__did_check_options(design, err));
    PP_TRY(pp__did_need_balanced(design, err));
    out->design.draws = 0;
    out->level = design->level > 0 ? design->level : 0.95;
    out->z = qnorm(0.5 + out->level / 2, 0, 1, 1, 0);
    PP_TRY(pp__staggered_read(data, design, ctx, arena, &out->s, &report, err));
    PP_TRY(pp__staggered_estimate(&out->s, &out->design, ctx, arena, &out->found, err));
    if (isnan(out->found.simple) || isnan(out->found.simple_error)) {
        pp_error_set(err, PP_E_ESTIMATION, "the design has no %s on these data",
                     isnan(out->found.simple) ? "estimate" : "standard error");
        pp_error_locate(err, NULL, 0, design->outcome, NULL);
        pp_error_hint(err, "%s",
                      isnan(out->found.simple)
                          ? "see what 'pushpull did' says of its controls and covariates"
                          : "the outcome does not change over time, or there is one "
                            "treated unit and one control");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}
