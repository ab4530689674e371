/* Counterfactuals by factor models: the whole. */
#include "base/check.h"
#include "effects/factor/factor.h"

#include <math.h>
#include <string.h>

enum {
    MOST_RANK = 5,
    DRAWS = 500,
    FOLDS = 5,
    PLACEBO = 2,
    STEPS = 20000,
    LEAST_COMPLETE = 10
};
static const double TOLERANCE = 1e-11, NEGLIGIBLE = 0.36;

typedef struct work {
    const pp_counterfactual_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__factor_outcome o;
    pp_result *result;
} work;

/* ---- options ---- */

/* The place of a choice; the first one for NULL. */
static pp_status choose(const char *option, const char *value, const char *const *words,
                        int *place, pp_error *err) {
    *place = 0;
    while (value && words[*place] && strcmp(words[*place], value) != 0) {
        ++*place;
    }
    if (words[*place]) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no %s '%s'", option, value);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "one of %s, %s, %s%s%s", words[0], words[1], words[2],
                  words[3] ? ", " : "", words[3] ? words[3] : "");
    return PP_E_ARGUMENT;
}

static pp_status check_numbers(const pp_counterfactual_options *o, pp_error *err) {
    if (o->draws < 0 || o->draws == 1 || o->draws > 100000 || o->folds < 0 ||
        o->folds == 1 || o->folds > 100) {
        PP_FAIL(
            err, PP_E_ARGUMENT,
            "there are 2 to 100000 draws and 2 to 100 folds, or 0 for the usual number");
    }
    if (o->most_rank < 0 || o->most_rank > 100 || o->rank > 100 || o->min_before < 0 ||
        o->min_before > 100000 || o->placebo > 1000) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "ranks lie between 0 and 100; min_before is not negative");
    }
    if (!(o->lambda >= 0) || !(o->bound >= 0) || !(o->level >= 0 && o->level < 1)) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "lambda and bound are not negative, the level lies between 0 and 1");
    }
    return PP_OK;
}

static pp_status check_dates(const pp_counterfactual_options *o, pp_error *err) {
    int ways = (o->cohort != NULL) + (o->treated != NULL) + (o->treatment != NULL);
    if (ways == 1) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "%s says who is treated and when",
                 ways == 0 ? "nothing" : "more than one option");
    pp_error_hint(err, "one of: a column of first periods (cohort), names (treated) with "
                       "their first period, a column of 0 and 1 (treatment)");
    return PP_E_ARGUMENT;
}

static pp_status check_options(work *w) {
    static const char *const methods[] = {"gsynth", "ife", "mc", NULL};
    static const char *const effects[] = {"twoway", "unit", "time", "none", NULL};
    const pp_counterfactual_options *o = w->options;
    int method, effect;
    PP_TRY(choose("method", o->method, methods, &method, w->err));
    PP_TRY(choose("effects", o->effects, effects, &effect, w->err));
    PP_TRY(check_numbers(o, w->err));
    PP_TRY(check_dates(o, w->err));
    w->o.model = (pp__factor_model){.method = (pp__factor_method)method,
                                    .unit_effects = effect == 0 || effect == 1,
                                    .time_effects = effect == 0 || effect == 2,
                                    .rank = o->rank < 0 ? 0 : (int)o->rank,
                                    .lambda = o->lambda,
                                    .tolerance = TOLERANCE,
                                    .most = STEPS};
    w->o.level = o->level > 0 ? o->level : 0.95;
    if (method == PP__MC ? o->rank > 0 : o->lambda > 0) {
        PP_FAIL(w->err, PP_E_ARGUMENT,
                "mc has lambda and no rank, the others a rank and "
                "no lambda");
    }
    return PP_OK;
}

/* ---- errors ---- */

/* Parametric errors rest on controls without gaps: with some, on ten of them at least. */
static int has_enough(const pp__factor_panel *p) {
    int complete = pp__factor_complete(p);
    return complete == p->units - p->treated || complete >= LEAST_COMPLETE;
}

static pp_status refuse_parametric(work *w) {
    const pp__factor_panel *p = &w->o.data.panel;
    if (w->o.model.method != PP__GSYNTH) {
        pp_error_set(w->err, PP_E_ARGUMENT, "parametric errors are those of gsynth");
        pp_error_hint(w->err, "take bootstrap, jackknife or placebo");
        return PP_E_ARGUMENT;
    }
    pp_error_set(w->err, PP_E_ARGUMENT,
                 "parametric errors need controls that are seen in every period: %d of "
                 "%d are, %d are needed",
                 pp__factor_complete(p), p->units - p->treated, LEAST_COMPLETE);
    pp_error_hint(w->err, "a shorter span may have more; factor_preflight of --errors "
                          "bootstrap names the controls with gaps");
    return PP_E_ARGUMENT;
}

static pp_status choose_errors(work *w) {
    static const char *const kinds[] = {"parametric", "bootstrap", "jackknife", "placebo",
                                        NULL};
    const pp__factor_panel *p = &w->o.data.panel;
    int kind, is_gsynth = w->o.model.method == PP__GSYNTH;
    int complete = pp__factor_complete(p) == p->units - p->treated;
    PP_TRY(choose("errors", w->options->errors, kinds, &kind, w->err));
    if (!w->options->errors) {
        int wanted = complete || p->treated < PP__FACTOR_MANY_TREATED;
        kind = is_gsynth && wanted && has_enough(p) ? PP__PARAMETRIC
               : w->o.model.method == PP__MC        ? PP__PLACEBOS
                                                    : PP__BOOTSTRAP;
    }
    w->o.kind = (pp__factor_errors)kind;
    if (kind == PP__PARAMETRIC && !(is_gsynth && has_enough(p))) {
        return refuse_parametric(w);
    }
    return kind == PP__PARAMETRIC && !complete
               ? pp__factor_keep_complete(&w->o.data, &w->arena, w->err)
               : PP_OK;
}

/* ---- rank and lambda ---- */

/* Periods before treatment of the treated unit that has the fewest. */
static int shortest_before(const pp__factor_panel *p) {
    int least = p->periods;
    for (int i = 0; i < p->treated; i++) {
        int n = 0;
        for (int t = 0; t < p->first[i]; t++) {
            n += p->seen[(int64_t)i * p->periods + t];
        }
        least = n < least ? n : least;
    }
    return least;
}

static int smaller(int a, int b) {
    return a < b ? a : b;
}

static pp_status settle_model(work *w) {
    const pp_counterfactual_options *o = w->options;
    const pp__factor_panel *p = &w->o.data.panel;
    int controls = w->o.model.method == PP__GSYNTH ? p->units - p->treated : p->units;
    int most = smaller(shortest_before(p) - 1 - (w->o.model.unit_effects != 0),
                       smaller(controls, p->periods) - 2);
    most = most < 0 ? 0 : most;
    if (w->o.model.method != PP__MC && o->rank > most) {
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "a rank of %lld is asked for; these data carry at most %d",
                     (long long)o->rank, most);
        pp_error_hint(
            w->err,
            "the treated unit with the fewest periods before treatment has %d, "
            "and there are %d controls: ask for a smaller rank, or leave out units "
            "that have fewer periods (min_before)",
            shortest_before(p), controls);
        return PP_E_ESTIMATION;
    }
    if (w->o.model.method == PP__MC ? o->lambda > 0 : o->rank >= 0) {
        return PP_OK;
    }
    most = smaller(most, (int)(o->most_rank > 0 ? o->most_rank : MOST_RANK));
    return pp__factor_choose(p, most, (int)(o->folds > 0 ? o->folds : FOLDS), o->seed,
                             w->ctx, &w->arena, &w->o.model, &w->o.choice, w->err);
}

/* ---- the whole ---- */

static pp_status run(work *w, const pp_table *data) {
    const pp_counterfactual_options *o = w->options;
    pp__factor_outcome *out = &w->o;
    int64_t draws = o->draws > 0 ? o->draws : DRAWS;
    int placebo = o->placebo == 0 ? PLACEBO : (int)o->placebo;
    PP_TRY(check_options(w));
    PP_TRY(pp__factor_read(data, o, out->model.method, w->ctx, &w->arena, &out->data,
                           w->err));
    const pp__factor_panel *p = &out->data.panel;
    PP_TRY(choose_errors(w));
    PP_TRY(settle_model(w));
    PP_TRY(pp__factor_estimate(p, &out->model, NULL, &w->arena, &out->fit, w->err));
    out->mean = pp_arena_alloc(&w->arena, p->means + 1, sizeof *out->mean);
    PP_NEED(out->mean, w->err);
    pp__factor_means(p, out->fit.gap, out->mean);
    out->bound = o->bound > 0 ? o->bound : NEGLIGIBLE * out->data.deviation;
    PP_TRY(pp__factor_resample(p, &out->model, &out->fit, out->kind, draws, o->seed,
                               out->level, w->ctx, &w->arena, &out->draws, w->err));
    PP_TRY(pp__factor_hold_out(p, &out->model, placebo, out->kind, draws, o->seed, w->ctx,
                               &w->arena, &out->placebo, w->err));
    PP_TRY(pp_result_new("synth", &w->result, w->err));
    PP_TRY(pp__factor_tables(out, &w->arena, w->result, w->err));
    return pp_result_note_number(w->result, "seed", (double)o->seed, w->err);
}

pp_status pp_counterfactual(const pp_table *data,
                            const pp_counterfactual_options *options,
                            const pp_context *ctx, pp_result **out, pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    w->o.options = options;
    pp_arena_init(&w->arena);
    pp_status status = run(w, data);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
