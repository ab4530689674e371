/* Few or one treated place whose dates are intervals: synthetic controls and factor models. */
#include "base/check.h"
#include "effects/uncertain/drawn.h"

#include <math.h>

static pp_status estimate_synth(const void *payload, const pp_table *data, double first,
                                pp_result **out, pp_error *err) {
    pp_synth_options own = *(const pp_synth_options *)payload;
    own.first = first;
    return pp_synth(data, &own, NULL, out, err);
}

pp_status pp_synth_uncertain(const pp_table *data, const pp_synth_options *synth,
                             const pp_uncertain_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err) {
    static const char *const shown[] = {"p_ratio", "rmspe", "chosen", NULL};
    const pp__dated_design design = {
        .command = "synth",
        .prefix = "uncertain_synth",
        .overall = {.name = "synth", .text = "method", .shown = shown, .by_rank = 1},
        .estimate = estimate_synth,
        .payload = synth,
        .columns = {synth->unit, synth->time, synth->treated},
        .outcome = synth->outcome,
        .seed = synth->seed,
        .level = synth->level};
    return pp__dates_draw(data, &design, options, ctx, out, err);
}

static pp_status estimate_factor(const void *payload, const pp_table *data, double first,
                                 pp_result **out, pp_error *err) {
    pp_counterfactual_options own = *(const pp_counterfactual_options *)payload;
    own.first = first;
    own.cohort = own.treated ? NULL : PP__COHORT;
    return pp_counterfactual(data, &own, NULL, out, err);
}

pp_status pp_counterfactual_uncertain(const pp_table *data,
                                      const pp_counterfactual_options *model,
                                      const pp_uncertain_options *options,
                                      const pp_context *ctx, pp_result **out,
                                      pp_error *err) {
    static const char *const shown[] = {"rmspe", "rank", NULL};
    const pp__dated_design design = {
        .command = "synth",
        .prefix = "uncertain_factor",
        .overall = {.name = "factor_overall", .shown = shown},
        .dynamic = {.name = "factor_dynamic", .number = "horizon"},
        .estimate = estimate_factor,
        .payload = model,
        .columns = {model->unit, model->time, model->treated},
        .outcome = model->outcome,
        .seed = model->seed,
        .level = model->level};
    PP_TRY(pp__dates_refuse_treatment(model->treatment, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}
