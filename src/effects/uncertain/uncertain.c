/* Estimators of effects whose dates are intervals: each as its draws need it. */
#include "base/check.h"
#include "effects/did/estimate.h"
#include "effects/uncertain/drawn.h"

pp_status pp__dates_draw(const pp_table *data, const pp__dated_design *design,
                         const pp_uncertain_options *options, const pp_context *ctx,
                         pp_result **out, pp_error *err) {
    pp__trials w = {.design = design, .ctx = ctx, .err = err};
    pp_result *result = NULL;
    pp_arena_init(&w.arena);
    pp_status status = pp__trials_run(&w, data, options);
    if (status == PP_OK) {
        status = pp_result_new(design->command, &result, err);
    }
    if (status == PP_OK) {
        status = pp__trials_tell(&w, result);
    }
    if (status == PP_OK) {
        *out = result;
    } else {
        pp_result_free(result);
    }
    pp__trials_free(&w);
    return status;
}

pp_status pp__dates_refuse_treatment(const char *treatment, pp_error *err) {
    if (!treatment) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT,
                 "dates are intervals here, and treatments of 0 and 1 are not");
    pp_error_locate(err, NULL, 0, "treatment", treatment);
    pp_error_hint(err, "leave the column of treatments out, or the intervals");
    return PP_E_ARGUMENT;
}

/* ---- differences in differences ---- */

static pp_status estimate_did(const void *payload, const pp_table *data, double first,
                              pp_result **out, pp_error *err) {
    (void)first;
    return pp_did(data, payload, NULL, out, err);
}

pp_status pp_did_uncertain(const pp_table *data, const pp_did_options *did,
                           const pp_uncertain_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err) {
    pp_did_options own = *did;
    own.cohort = PP__COHORT;
    own.draws = 0; /* errors of single draws of the dates are analytic */
    const pp__dated_design design = {
        .command = "did",
        .prefix = "uncertain",
        .overall = {.name = "overall", .text = "aggregation"},
        .dynamic = {.name = "dynamic", .number = "horizon"},
        .estimate = estimate_did,
        .payload = &own,
        .columns = {.unit = did->unit, .time = did->time},
        .outcome = did->outcome,
        .weights = did->weights,
        .cluster = did->cluster,
        .seed = did->seed,
        .level = did->level};
    PP_TRY(pp__dates_refuse_treatment(did->treatment, err));
    PP_TRY(pp__did_check_options(&own, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}

/* ---- several estimators side by side ---- */

typedef struct event_study {
    pp_did_options design;
    const pp_event_study_options *options;
} event_study;

static pp_status estimate_event_study(const void *payload, const pp_table *data,
                                      double first, pp_result **out, pp_error *err) {
    const event_study *e = payload;
    (void)first;
    return pp_event_study(data, &e->design, e->options, NULL, out, err);
}

pp_status pp_event_study_uncertain(const pp_table *data, const pp_did_options *did,
                                   const pp_event_study_options *estimators,
                                   const pp_uncertain_options *options,
                                   const pp_context *ctx, pp_result **out,
                                   pp_error *err) {
    event_study own = {*did, estimators};
    own.design.cohort = PP__COHORT;
    const pp__dated_design design = {
        .command = "event_study",
        .prefix = "uncertain_event_study",
        .overall = {.name = "estimators", .text = "estimator", .estimate = "mean_effect"},
        .dynamic = {.name = "event_study", .text = "estimator", .number = "horizon"},
        .estimate = estimate_event_study,
        .payload = &own,
        .columns = {.unit = did->unit, .time = did->time},
        .outcome = did->outcome,
        .weights = did->weights,
        .cluster = did->cluster,
        .seed = did->seed,
        .level = did->level};
    PP_TRY(pp__dates_refuse_treatment(did->treatment, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}

/* ---- treatment as it switches on ---- */

static pp_status estimate_switching(const void *payload, const pp_table *data,
                                    double first, pp_result **out, pp_error *err) {
    (void)first;
    return pp_switching(data, payload, NULL, out, err);
}

pp_status pp_switching_uncertain(const pp_table *data,
                                 const pp_switching_options *switching,
                                 const pp_uncertain_options *options,
                                 const pp_context *ctx, pp_result **out, pp_error *err) {
    pp_switching_options own = *switching;
    own.cohort = PP__COHORT;
    own.draws = 0;
    const pp__dated_design design = {
        .command = "did",
        .prefix = "uncertain_switching",
        .overall = {.name = "switching_overall", .text = "switchers"},
        .dynamic = {.name = "switching_dynamic", .number = "horizon"},
        .estimate = estimate_switching,
        .payload = &own,
        .columns = {.unit = switching->unit, .time = switching->time},
        .outcome = switching->outcome,
        .cluster = switching->cluster,
        .seed = switching->seed,
        .level = switching->level};
    PP_TRY(pp__dates_refuse_treatment(switching->treatment, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}

/* ---- matching on history ---- */

static pp_status estimate_matching(const void *payload, const pp_table *data,
                                   double first, pp_result **out, pp_error *err) {
    (void)first;
    return pp_matching(data, payload, NULL, out, err);
}

pp_status pp_matching_uncertain(const pp_table *data, const pp_matching_options *matching,
                                const pp_uncertain_options *options,
                                const pp_context *ctx, pp_result **out, pp_error *err) {
    pp_matching_options own = *matching;
    own.cohort = PP__COHORT;
    const pp__dated_design design = {
        .command = "match",
        .prefix = "uncertain_matched",
        .overall = {.name = "matched_overall"},
        .dynamic = {.name = "matched_effects", .number = "horizon"},
        .estimate = estimate_matching,
        .payload = &own,
        .columns = {.unit = matching->unit, .time = matching->time},
        .outcome = matching->outcome,
        .seed = matching->seed,
        .level = matching->level};
    PP_TRY(pp__dates_refuse_treatment(matching->treatment, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}

/* ---- a diagnosis ---- */

static pp_status estimate_twfe(const void *payload, const pp_table *data, double first,
                               pp_result **out, pp_error *err) {
    (void)first;
    return pp_twfe(data, payload, NULL, out, err);
}

pp_status pp_twfe_uncertain(const pp_table *data, const pp_twfe_options *twfe,
                            const pp_uncertain_options *options, uint64_t seed,
                            const pp_context *ctx, pp_result **out, pp_error *err) {
    pp_twfe_options own = *twfe;
    own.cohort = PP__COHORT;
    const pp__dated_design design = {.command = "twfe",
                                     .prefix = "uncertain_twfe",
                                     .overall = {.name = "twfe"},
                                     .estimate = estimate_twfe,
                                     .payload = &own,
                                     .columns = {.unit = twfe->unit, .time = twfe->time},
                                     .outcome = twfe->outcome,
                                     .cluster = twfe->cluster,
                                     .seed = seed,
                                     .level = twfe->level};
    PP_TRY(pp__dates_refuse_treatment(twfe->treatment, err));
    return pp__dates_draw(data, &design, options, ctx, out, err);
}
