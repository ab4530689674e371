/* The full way: the fit that anyone gets of this formula; and what both ways share. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "drivers/curve_fit.h"

#include <pushpull/after.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

/* ---- what can go the short way ---- */

static int is_lean_model(const pp_estimator *e, const char *link) {
    int linear = e == &pp__estimator_ols;
    return !link && e->family && !e->family->shaped &&
           (linear || e->estimate == pp__glm_estimate);
}

static int is_lean_vcov(const pp__vcov *v) {
    return v->kind == PP__IID || (v->kind == PP__HC && v->type <= 1) ||
           (v->kind == PP__CLUSTER && v->type <= 1 && v->n_columns == 1);
}

static void measure(pp__curve_kit *kit) {
    for (int i = 0; i < kit->frames->n; i++) {
        const pp__curve_frame *f = &kit->frames->frame[i];
        int columns = 0;
        for (int t = 0; t < kit->plan->n_terms; t++) {
            columns += f->block[t].n;
        }
        kit->rows = f->n > kit->rows ? f->n : kit->rows;
        kit->columns = columns > kit->columns ? columns : kit->columns;
    }
}

pp_status pp__curve_kit_make(const pp__curve_plan *plan, const pp__curve_frames *frames,
                             pp_arena *arena, pp__curve_kit *out, pp_error *err) {
    int models = plan->list[PP__BY_MODEL].n, vcovs = plan->list[PP__BY_VCOV].n;
    *out = (pp__curve_kit){.plan = plan, .frames = frames, .rows = 1};
    out->estimator = pp_arena_alloc(arena, models, sizeof *out->estimator);
    out->model = pp_arena_alloc(arena, 2 * models, sizeof *out->model);
    out->vcov = pp_arena_alloc(arena, vcovs, sizeof *out->vcov);
    out->lean_model = pp_arena_alloc(arena, models + vcovs, 1);
    if (!out->estimator || !out->model || !out->vcov || !out->lean_model) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    out->link = out->model + models;
    out->lean_vcov = out->lean_model + models;
    for (int i = 0; i < models; i++) {
        PP_TRY(pp__curve_model(plan->list[PP__BY_MODEL].value[i], arena, &out->model[i],
                               &out->link[i], err));
        PP_TRY(pp__estimator_find(out->model[i], &out->estimator[i], err));
        out->lean_model[i] = (uint8_t)is_lean_model(out->estimator[i], out->link[i]);
    }
    for (int i = 0; i < vcovs; i++) {
        PP_TRY(pp__vcov_parse(plan->list[PP__BY_VCOV].value[i], plan->options->ssc, arena,
                              &out->vcov[i], err));
        out->lean_vcov[i] = (uint8_t)is_lean_vcov(&out->vcov[i]);
    }
    measure(out);
    return PP_OK;
}

/* ---- what an estimate says ---- */

void pp__curve_conclude(const pp__curve_plan *plan, double sign, pp__curve_row *row) {
    double p = 0.5 + plan->level / 2, t = -fabs(row->estimate / row->std_error);
    int normal = !isfinite(row->df);
    double width =
        (normal ? qnorm5(p, 0, 1, 1, 0) : qt(p, row->df, 1, 0)) * row->std_error;
    row->estimate *= sign;
    row->conf_low = row->estimate - width;
    row->conf_high = row->estimate + width;
    row->p_value = 2 * (normal ? pnorm5(t, 0, 1, 1, 0) : pt(t, row->df, 1, 0));
}

/* ---- the fit ---- */

static pp_status fail_row(pp__curve_row *row, const char *reason, pp_error *err) {
    *row = (pp__curve_row){NAN, NAN, NAN, NAN, NAN, NAN, 0, -1, pp_strdup(reason)};
    return row->reason ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
}

static int64_t find_row(const pp_table *t, const char *term) {
    const pp_column *terms = t ? pp_table_find(t, "term") : NULL;
    for (int64_t i = 0; terms && i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(terms, i), term) == 0) {
            return i;
        }
    }
    return -1;
}

/* The focal variable's row of `margins` or `coefficients`. */
static pp_status read_effect(const pp__curve_plan *plan, const pp_fit *fit,
                             const pp_result *result, const char *term, double sign,
                             pp__curve_row *row, pp_error *err) {
    const pp_table *t =
        pp_result_find(result, plan->coefficients ? "coefficients" : "margins");
    int64_t at = find_row(t, term);
    if (fit->outcomes > 0) {
        return fail_row(row, "the model has an effect for each category", err);
    }
    if (at < 0) {
        return fail_row(row, "the focal variable does not vary, or is collinear", err);
    }
    double low = pp_table_find(t, "conf_low")->number[at];
    double high = pp_table_find(t, "conf_high")->number[at];
    *row = (pp__curve_row){.estimate = sign * pp_table_find(t, "estimate")->number[at],
                           .std_error = pp_table_find(t, "std_error")->number[at],
                           .df = fit->df,
                           .conf_low = sign > 0 ? low : -high,
                           .conf_high = sign > 0 ? high : -low,
                           .p_value = pp_table_find(t, "p_value")->number[at],
                           .nobs = fit->nobs,
                           .events = fit->events};
    return isfinite(row->estimate) && isfinite(row->std_error)
               ? PP_OK
               : fail_row(row, "the effect or its error is not finite", err);
}

static pp_status read_fit(const pp__curve_plan *plan, const pp__curve_spec *spec,
                          const pp_fit *fit, pp_arena *arena, pp__curve_row *row,
                          pp_error *err) {
    pp_result *result;
    const char *term =
        pp__curve_plain(plan->term[pp__curve_focus_term(plan, spec)], arena);
    PP_NEED(term, err);
    if (!fit->converged) {
        return fail_row(row, "not converged", err);
    }
    PP_TRY(pp_fit_result(fit, &result, err));
    pp_status status =
        plan->coefficients ? PP_OK : pp_fit_margins(fit, "sd", result, err);
    if (status == PP_OK) {
        double sign = plan->sign[spec->choice[PP__BY_FOCUS]];
        status = read_effect(plan, fit, result, term, sign, row, err);
    }
    pp_result_free(result);
    return status;
}

/* What the fit cannot do is the row's reason; memory and cancelling are errors. */
static pp_status settle(pp_status status, const pp_error *why, pp__curve_row *row,
                        pp_error *err) {
    if (status == PP_OK) {
        return PP_OK;
    }
    if (status == PP_E_MEMORY || status == PP_E_INTERNAL || status == PP_E_CANCELLED) {
        return pp_error_set(err, status, "%s", why->message);
    }
    return fail_row(row, why->message, err);
}

static const pp_table *table_of(const pp__curve_kit *kit, const pp__curve_drawn *drawn,
                                const pp__curve_frame *frame) {
    const pp_table *own =
        drawn && drawn->table ? drawn->table[frame - kit->frames->frame] : NULL;
    return own ? own : frame->common_table ? frame->common_table : frame->table;
}

pp_status pp__curve_full_fit(const pp__curve_kit *kit, const pp__curve_drawn *drawn,
                             const pp__curve_spec *spec, pp__curve_row *row,
                             pp_error *err) {
    const pp__curve_plan *plan = kit->plan;
    const pp_curve_options *o = plan->options;
    int model = spec->choice[PP__BY_MODEL];
    const pp_model_options options = {
        .model = kit->model[model],
        .link = kit->link[model],
        .vcov = plan->list[PP__BY_VCOV].value[spec->choice[PP__BY_VCOV]],
        .ssc = o->ssc,
        .unit = o->unit,
        .time = o->time,
        .level = plan->level};
    pp_arena arena;
    pp_fit *fit = NULL;
    pp_error why = {0};
    pp_arena_init(&arena);
    const char *formula = pp__curve_formula(plan, spec, 1, &arena);
    const pp_table *table = table_of(kit, drawn, pp__curve_frame_of(kit->frames, spec));
    pp_status status =
        formula ? pp_model_fit(formula, table, &options, NULL, &fit, &why) : PP_E_MEMORY;
    if (status == PP_OK) {
        status = read_fit(plan, spec, fit, &arena, row, &why);
    }
    pp_fit_free(fit);
    pp_arena_clear(&arena);
    return settle(status, &why, row, err);
}

pp_status pp__curve_fit(const pp__curve_kit *kit, pp__curve_lean *lean,
                        const pp__curve_drawn *drawn, const pp__curve_spec *spec,
                        pp__curve_row *row, pp_error *err) {
    int done;
    *row = (pp__curve_row){.nobs = -1};
    PP_TRY(pp__curve_lean_fit(lean, spec, row, &done, err));
    if (done) {
        pp__curve_conclude(kit->plan, kit->plan->sign[spec->choice[PP__BY_FOCUS]], row);
        return PP_OK;
    }
    int *term = pp_malloc(kit->plan->n_terms + 1, sizeof *term);
    PP_NEED(term, err);
    int n = pp__curve_spec_terms(kit->plan, spec, term);
    pp_free(term);
    return n == 0 ? fail_row(row, "the focal variable is among the controls", err)
                  : pp__curve_full_fit(kit, drawn, spec, row, err);
}
