#include "effects/did/estimate.h"

#include "base/check.h"
#include "effects/choice.h"
#include "effects/event/horizons.h"
#include "effects/event/interaction.h"
#include "effects/event/stacked.h"
#include "effects/event/within.h"

#include <math.h>
#include <string.h>

enum { MOST_DRAWS = 10000000 };

/* ---- the estimators ---- */

typedef pp_status estimate_cells(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__did_cells *out, pp_error *err);

static pp_status by_comparisons(const pp__staggered *s, const pp_did_options *options,
                                const pp_context *ctx, pp_arena *arena,
                                pp__did_cells *out, pp_error *err) {
    return pp__group_time_all(s, options, ctx, arena, &out->effects, &out->alone, err);
}

/* fixest's factor: unit effects lie within the clusters, the periods' and all interactions count. */
static double factor_of_fixest(const pp__influences *e) {
    double clusters = (double)e->s->clusters, rows = (double)e->s->n * e->s->periods;
    double parameters = e->s->periods;
    for (int i = 0; i < e->cells; i++) {
        parameters += !e->cell[i].reference;
    }
    return clusters / (clusters - 1) * (rows - 1) / (rows - parameters);
}

static int has_holes(const pp__staggered *s) {
    for (int64_t i = 0; i < s->n * s->periods; i++) {
        if (isnan(s->y[i])) {
            return 1;
        }
    }
    return 0;
}

static pp_status by_interactions(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__did_cells *out, pp_error *err) {
    pp_did_options implied = *options;
    if (s->k > 1 || s->weight || has_holes(s) || s->begin[s->cohorts] == s->n) {
        return pp__interacted_all(s, ctx, arena, &out->effects, &out->alone,
                                  &out->small_sample, err);
    }
    implied.base = "universal";
    implied.method = "reg";
    PP_TRY(by_comparisons(s, &implied, ctx, arena, out, err));
    out->small_sample = factor_of_fixest(&out->effects);
    return PP_OK;
}

static pp_status by_imputation(const pp__staggered *s, const pp_did_options *options,
                               const pp_context *ctx, pp_arena *arena, pp__did_cells *out,
                               pp_error *err) {
    PP_TRY(pp__imputed_all(s, options, ctx, arena, &out->effects, &out->alone, err));
    return pp__pretrends(s, options, ctx, arena, &out->own, err);
}

static pp_status by_stacks(const pp__staggered *s, const pp_did_options *options,
                           const pp_context *ctx, pp_arena *arena, pp__did_cells *out,
                           pp_error *err) {
    pp__stacked stacked;
    PP_TRY(pp__stacked_all(s, options, ctx, arena, &stacked, err));
    out->effects = stacked.effects;
    out->own = stacked.horizons;
    out->trimmed = stacked.trimmed;
    out->partial = stacked.partial;
    out->alone = stacked.alone;
    return PP_OK;
}

static const struct estimator {
    const char *name;
    estimate_cells *cells;
    int has_choices; /* of method, base and anticipation */
    int has_control;
    int shares_known;
    int is_within; /* a regression with unit effects */
} estimators[] = {
    {"cs", by_comparisons, 1, 1, 0, 0},
    {"sunab", by_interactions, 0, 0, 1, 1},
    {"bjs", by_imputation, 0, 0, 1, 1},
    {"stacked", by_stacks, 0, 1, 1, 1},
};
enum { ESTIMATORS = sizeof estimators / sizeof *estimators };

/* NULL: there is none of this name. */
static const struct estimator *find_estimator(const pp_did_options *o) {
    for (int i = 0; i < ESTIMATORS; i++) {
        if (!o->estimator || strcmp(o->estimator, estimators[i].name) == 0) {
            return &estimators[i];
        }
    }
    return NULL;
}

pp_status pp__did_cells_estimate(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__did_cells *out, pp_error *err) {
    const struct estimator *e = find_estimator(options);
    *out = (pp__did_cells){.shares_known = e->shares_known, .small_sample = 1};
    if (e->is_within) {
        pp__staggered *own = pp_arena_alloc(arena, 1, sizeof *own);
        PP_NEED(own, err);
        PP_TRY(pp__staggered_within(s, arena, own, &out->constant, err));
        s = own;
    }
    return e->cells(s, options, ctx, arena, out, err);
}

pp_status pp__did_aggregate(const pp__did_cells *cells, pp__over over,
                            const pp_did_options *options, pp_arena *arena,
                            pp__aggregation *out, pp_error *err) {
    const pp__influences *e = &cells->effects;
    PP_TRY(pp__aggregate(e, over, options, cells->shares_known, arena, out, err));
    return over == PP__OVER_HORIZONS
               ? pp__horizons_merge(e->s, options, &cells->own, arena, out, err)
               : PP_OK;
}

/* ---- options ---- */

static pp_status check_estimator(const pp_did_options *o, pp_error *err) {
    const char *names[ESTIMATORS + 1] = {0};
    for (int i = 0; i < ESTIMATORS; i++) {
        names[i] = estimators[i].name;
    }
    PP_TRY(pp__check_choice("estimator", o->estimator, names, err));
    const struct estimator *e = find_estimator(o);
    int is_cross = o->panel && strcmp(o->panel, "crosssection") == 0;
    const char *strange = !e->has_choices && o->method          ? "method"
                          : e->is_within && is_cross            ? "panel: crosssection"
                          : o->weights && e->cells == by_stacks ? "weights"
                          : !e->has_choices && o->base          ? "base"
                          : !e->has_choices && o->anticipation  ? "anticipation"
                          : !e->has_control && o->control       ? "control"
                          : o->stack && e->cells != by_stacks   ? "stack"
                          : o->leave_out && e->cells != by_imputation ? "leave-out"
                          : o->leads && e->cells != by_imputation     ? "leads"
                                                                      : NULL;
    if (strange) {
        pp_error_set(err, PP_E_ARGUMENT, "the estimator '%s' has no option %s", e->name,
                     strange);
        pp_error_locate(err, NULL, 0, strange, NULL);
        pp_error_hint(err, "leave it out, or take another estimator");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

pp_status pp__did_check_options(const pp_did_options *o, pp_error *err) {
    PP_TRY(check_estimator(o, err));
    PP_TRY(pp__check_choice(
        "panel", o->panel,
        (const char *const[]){"balanced", "unbalanced", "crosssection", NULL}, err));
    PP_TRY(pp__check_choice("method", o->method,
                            (const char *const[]){"dr", "reg", "ipw", NULL}, err));
    PP_TRY(pp__check_choice("control", o->control,
                            (const char *const[]){"never", "notyet", NULL, NULL}, err));
    PP_TRY(pp__check_choice("stack", o->stack,
                            (const char *const[]){"weighted", "unweighted", NULL, NULL},
                            err));
    PP_TRY(pp__check_choice(
        "base", o->base, (const char *const[]){"varying", "universal", NULL, NULL}, err));
    if (o->leads < 0) {
        PP_FAIL(err, PP_E_ARGUMENT, "leads are not negative");
    }
    if (o->anticipation < 0) {
        PP_FAIL(err, PP_E_ARGUMENT, "anticipation is not negative");
    }
    if (o->draws < 0 || o->draws == 1 || o->draws > MOST_DRAWS) {
        pp_error_set(err, PP_E_ARGUMENT, "draws are 0 or at least 2, not %lld",
                     (long long)o->draws);
        pp_error_locate(err, NULL, 0, "draws", NULL);
        pp_error_hint(err,
                      "from 2 to %d, better 1000 or more; leave it out for analytic "
                      "errors",
                      MOST_DRAWS);
        return PP_E_ARGUMENT;
    }
    if (o->least > o->most) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "the first horizon, %lld, is after the last, %lld",
                     (long long)o->least, (long long)o->most);
        pp_error_locate(err, NULL, 0, "least", NULL);
        pp_error_hint(err,
                      "name both, least and most: where one is named the other is 0");
        return PP_E_ARGUMENT;
    }
    if (o->level < 0 || o->level >= 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "the level lies between 0 and 1");
    }
    return PP_OK;
}

/* ---- effects by horizon ---- */

static pp_status put_horizons(const pp__did_cells *cells, const pp__aggregation *a,
                              pp_arena *arena, pp__horizons *out, pp_error *err) {
    int n = a->n;
    double *number = pp_arena_alloc(arena, 3 * n + n * n, sizeof *number);
    PP_NEED(number, err);
    double *horizon = number, *effect = horizon + n, *error = effect + n, *V = error + n;
    PP_TRY(pp__influence_covariance(cells->effects.s, a->influence, n, arena, V, err));
    for (int i = 0; i < n * n; i++) {
        V[i] *= cells->small_sample;
    }
    for (int i = 0; i < n; i++) {
        horizon[i] = a->mean[i].at;
        effect[i] = a->mean[i].effect;
        error[i] = V[i + i * n] > 0 ? sqrt(V[i + i * n]) : NAN;
    }
    out->n = n;
    out->horizon = horizon;
    out->effect = effect;
    out->std_error = error;
    out->covariance = V;
    return PP_OK;
}

static pp_status put_mean(const pp__did_cells *cells, const pp__aggregation *a,
                          pp_arena *arena, double *effect, double *error, pp_error *err) {
    const pp__staggered *s = cells->effects.s;
    *effect = a->mean[a->n].effect;
    PP_TRY(pp__influence_errors(s, a->influence + a->n * s->n, 1, arena, error, err));
    *error *= sqrt(cells->small_sample);
    return PP_OK;
}

pp_status pp__staggered_estimate(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__horizons *out, pp_error *err) {
    pp__did_cells cells;
    pp__aggregation all, horizons;
    *out = (pp__horizons){0};
    PP_TRY(pp__did_cells_estimate(s, options, ctx, arena, &cells, err));
    PP_TRY(pp__did_aggregate(&cells, PP__OVER_ALL, options, arena, &all, err));
    PP_TRY(pp__did_aggregate(&cells, PP__OVER_HORIZONS, options, arena, &horizons, err));
    PP_TRY(put_mean(&cells, &all, arena, &out->simple, &out->simple_error, err));
    PP_TRY(put_mean(&cells, &horizons, arena, &out->dynamic, &out->dynamic_error, err));
    return put_horizons(&cells, &horizons, arena, out, err);
}
