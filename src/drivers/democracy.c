/* One factor asked of several fits side by side. */
#include "drivers/democracy.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked ---- */

static pp_status refuse(const char *option, const char *value, const char *hint,
                        pp_error *err, const char *message) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static pp_status check_options(const pp__democracy *d) {
    const pp_democracy_options *o = d->options;
    if (!o->variable || !*o->variable) {
        return refuse("variable", NULL, "name the factor that is asked about", d->err,
                      "no factor is named");
    }
    if (!(o->smallest > 0 && isfinite(o->smallest))) {
        return refuse("smallest", NULL,
                      "state the smallest effect that matters, as 0.01: without it "
                      "nothing can be called negligible",
                      d->err, "the smallest effect of interest must be above zero");
    }
    if (d->n < 1 || d->n > PP_SUPPLIERS) {
        PP_FAIL(d->err, PP_E_ARGUMENT, "%d suppliers are given, 1 to %d are allowed",
                d->n, PP_SUPPLIERS);
    }
    for (int s = 0; s < d->n; s++) {
        for (int before = 0; before < s; before++) {
            if (strcmp(d->supplier[s].name, d->supplier[before].name) == 0) {
                return refuse("suppliers", d->supplier[s].name, "give each its own name",
                              d->err, "a supplier is named twice");
            }
        }
    }
    return PP_OK;
}

static pp_status check_fits(const pp__democracy *d) {
    for (int s = 0; s < d->n; s++) {
        const pp_fit *fit = d->supplier[s].fit;
        PP_TRY(pp__need_response(fit, "marginal effects", d->err));
        PP_TRY(pp__form_check(fit, d->options->variable, d->err));
    }
    return PP_OK;
}

/* ---- the factor ---- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* As R's quantile, type 7. */
static double quantile(const double *sorted, int64_t n, double p) {
    double place = (double)(n - 1) * p, whole = floor(place);
    int64_t i = (int64_t)whole;
    return i + 1 < n ? sorted[i] + (place - whole) * (sorted[i + 1] - sorted[i])
                     : sorted[n - 1];
}

static pp_status describe(pp__democracy *d) {
    const pp_fit *fit = d->supplier[0].fit;
    const char *variable = d->options->variable;
    int v;
    int32_t reference;
    PP_TRY(pp__variable_find(fit, variable, &v, &reference, d->err));
    PP_TRY(
        pp__asked_of(fit, variable, NULL, 0, d->ctx, &d->arena, &d->linear[0], d->err));
    d->sd = d->linear[0].effect[0].sd;
    d->is_number = isfinite(d->sd);
    if (!d->is_number) {
        return d->options->n_thresholds == 0
                   ? PP_OK
                   : refuse("thresholds", variable,
                            "leave them out: its levels are compared as they are", d->err,
                            "thresholds cut numbers, and this factor has levels already");
    }
    int64_t n = fit->design->n;
    double *sorted = pp_arena_alloc(&d->arena, n, sizeof *sorted);
    PP_NEED(sorted, d->err);
    memcpy(sorted, fit->design->variables[v].value, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    for (int l = 0; l < PP__LEVELS; l++) {
        d->at[l] = quantile(sorted, n, 0.1 + 0.4 * l);
    }
    return pp__cuts_init(d->options->thresholds, d->options->n_thresholds, &d->arena,
                         &d->cuts, d->err);
}

/* ---- the whole ---- */

static pp_status note(const pp__democracy *d) {
    PP_TRY(pp_result_note_text(d->result, "variable", d->options->variable, d->err));
    PP_TRY(pp_result_note_number(d->result, "sd", d->sd, d->err));
    return pp_result_note_number(d->result, "smallest_effect", d->options->smallest,
                                 d->err);
}

static pp_status ask(pp__democracy *d) {
    PP_TRY(check_options(d));
    PP_TRY(check_fits(d));
    const pp_model_options *model = &d->supplier[0].fit->options;
    d->unit = d->options->unit ? d->options->unit : model->unit;
    d->time = d->options->time ? d->options->time : model->time;
    PP_TRY(describe(d));
    PP_TRY(pp_result_new("drivers", &d->result, d->err));
    PP_TRY(pp__democracy_forms(d));
    if (d->unit && d->n > 1) {
        PP_TRY(pp__democracy_difference(d));
    }
    if (d->unit && d->time && d->options->event && d->n > 1) {
        PP_TRY(pp__democracy_outcomes(d));
    }
    return note(d);
}

pp_status pp_democracy(const pp_supplier *suppliers, int n,
                       const pp_democracy_options *options, const pp_context *ctx,
                       pp_result **out, pp_error *err) {
    pp__democracy *d = pp_calloc(1, sizeof *d);
    PP_NEED(d, err);
    d->supplier = suppliers;
    d->n = n;
    d->options = options;
    d->ctx = ctx;
    d->err = err;
    pp_arena_init(&d->arena);
    pp_status status = ask(d);
    if (status == PP_OK) {
        *out = d->result;
    } else {
        pp_result_free(d->result);
    }
    pp_arena_clear(&d->arena);
    pp_free(d);
    return status;
}
