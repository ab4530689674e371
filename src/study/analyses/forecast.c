/* Who is next, and how well that could have been told in the past. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/findings.h>
#include <pushpull/forecast.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *model, *covariates, *dates, *cluster;
    int64_t first_origin, last_origin, horizon, draws;
    double smallest_gain;
} settings;

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"first_origin", PP__INTEGER, PP__AT(settings, first_origin), .low = 0, .high = 9999},
    {"last_origin", PP__INTEGER, PP__AT(settings, last_origin), .low = 0, .high = 9999},
    {"horizon", PP__INTEGER, PP__AT(settings, horizon), .low = 1, .high = 20,
     .number = 1},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 100, .high = 1000000,
     .number = 1000},
    {"covariates", PP__CHOICE, PP__AT(settings, covariates), PP__CHOICES("row", "held"),
     .text = "row"},
    {"dates", PP__CHOICE, PP__AT(settings, dates),
     PP__CHOICES("latest", "midpoint", "earliest"), .text = "latest"},
    {"cluster", PP__CHOICE, PP__AT(settings, cluster),
     PP__CHOICES("unit", "time", "none"), .text = "unit"},
    {"smallest_gain", PP__NUMBER, PP__AT(settings, smallest_gain), .low = 0.0001,
     .high = 0.9, .number = 0.02},
};
static const pp__section format = PP__FIELDS("the forecast", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

/* An effect of each year tells nothing of the next; imputed values are none to train on. */
static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const pp_study_model *model = model_of(study, payload);
    const char *field = "analyses.forecast.model";
    int years = model && strcmp(model->baseline, "years") == 0;
    if (!model || (!years && model->impute == 0)) {
        return PP_OK;
    }
    return pp__problem(
        problems, pp__study_line(study, field, NULL), field, model->name, NULL, err,
        years ? "this model has an effect of each year, and none is known of "
                "the next; take one with another baseline"
              : "forecasts are not made with imputed values; take a model "
                "without");
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "forecast of '%s', %d ahead, %d draws", model ? model->name : "",
                  (int)s->horizon, (int)s->draws);
    if (s->first_origin > 0) {
        pp_buf_printf(what, ", judged from %d", (int)s->first_origin);
    }
}

static pp_status run_forecast(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_panel *panel;
    pp_buf formula;
    PP_TRY(pp__run_get_panel(run, model, model->supplier_unknown, model->not_searched,
                             &panel, err));
    pp_model_options estimation = pp__run_model_options(model);
    const pp_forecast_options options = {
        .first_origin = s->first_origin > 0 ? (double)s->first_origin : NAN,
        .last_origin = s->last_origin > 0 ? (double)s->last_origin : NAN,
        .horizon = (int)s->horizon,
        .draws = s->draws,
        .seed = (uint64_t)run->study->seed,
        .status = "outcome",
        .left_out = pp_result_find(panel->report, "left_out"),
        .dates = s->dates,
        .covariates = s->covariates,
        .cluster = s->cluster,
        .smallest_gain = s->smallest_gain};
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status = pp_forecast(formula.data, panel->panel, &estimation, &options, run->ctx,
                             out, err);
    }
    pp_buf_clear(&formula);
    return status;
}

/* The gain over the base rate in the logarithmic score, in the first row of the differences. */
static pp__answer judge(const settings *s, const pp_study_model *model,
                        const pp_result *result) {
    const pp_table *t = pp_result_find(result, "forecast_differences");
    const pp_table *scores = pp_result_find(result, "forecast_scores");
    double gain[5];
    static const char *const NAMES[] = {"estimate", "conf_high", "conf_low",
                                        "conf_high_90", "conf_low_90"};
    for (int i = 0; i < 5; i++) {
        gain[i] = -pp_table_find(t, NAMES[i])->number[0];
    }
    double base = gain[0] + pp_table_find(scores, "log_score")->number[0];
    const pp_effect effect = {.estimate = gain[0],
                              .low = gain[1],
                              .high = gain[2],
                              .low_90 = gain[3],
                              .high_90 = gain[4],
                              .smallest = s->smallest_gain * base};
    pp__answer a = pp__answer_blank();
    a.id = "forecast";
    a.question = "Can it be told better than by the base rate who adopts next?";
    a.factor = "forecast";
    a.scale = "in log score";
    a.hypothesis = pp_hypothesis_name(PP_HYPOTHESIS_POSITIVE);
    a.verdict = pp_verdict_name(pp_verdict_decide(PP_HYPOTHESIS_POSITIVE, &effect));
    a.model = model->name;
    a.estimate = effect.estimate;
    a.std_error = pp_table_find(t, "std_error")->number[0];
    a.conf_low = effect.low;
    a.conf_high = effect.high;
    a.conf_low_90 = effect.low_90;
    a.conf_high_90 = effect.high_90;
    a.smallest_effect = effect.smallest;
    a.units = pp_table_find(t, "clusters")->number[0];
    a.events = pp_table_find(scores, "events")->number[0];
    return a;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp__answer a = judge(payload, model_of(run->study, payload), result);
    pp_buf words;
    pp_buf_init(&words);
    pp_forecast_sentence(result, &words);
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        a.answer = words.data;
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"forecast_scores", "forecast_differences",
                                     "forecast", "forecast_origins", NULL};

const pp__analysis pp__analysis_forecast = {
    .name = "forecast",
    .command = "forecast",
    .title = "Who is next, and how well that could have been told",
    .about = "Countries without a known adoption, by the probability that the model "
             "gives them for "
             "the year after the panel. Before one believes the list, one should look at "
             "how such "
             "lists did: the model is trained to each year alone and forecasts the next, "
             "against "
             "a base rate that knows no country, and against that of the region. The "
             "logarithmic "
             "score punishes probabilities that were far from what happened; the area "
             "under the "
             "curve within origins says only whether those who adopted stood higher in "
             "the list of "
             "their year. \"Undetermined\" is not \"no better\". Dates are those of the "
             "evidence that "
             "there is today: what was found later could not have been known, and a year "
             "in which a "
             "source lists many countries looks like a year in which many adopted. "
             "Countries that "
             "nobody searched, or whose suppliers are unknown, are named and not ranked.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_forecast,
    .answer = answer,
    .tables = tables,
};
