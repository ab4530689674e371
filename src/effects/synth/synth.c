/* Synthetic controls: the whole. */
#include "base/check.h"
#include "effects/synth/synth_work.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

const char *const pp__synth_names[] = {"sdid", "sc", "did", "asc"};

/* ---- options ---- */

static pp_status refuse(pp_error *err, const char *option, const char *value,
                        const char *hint) {
    pp_error_set(err, PP_E_ARGUMENT, "there is no %s '%s'", option, value);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static pp_status read_method(pp__synth_work *w) {
    const char *wanted = w->options->method ? w->options->method : "sdid";
    for (int m = 0; m < PP__SYNTH_METHODS; m++) {
        if (strcmp(pp__synth_names[m], wanted) == 0) {
            w->rule.method = (pp__synth_method)m;
            return PP_OK;
        }
    }
    return refuse(w->err, "method", wanted, "sdid, sc, did or asc");
}

static pp_status read_lambda(pp__synth_work *w) {
    const char *lambda = w->options->lambda;
    if (!lambda || strcmp(lambda, "1se") == 0) {
        return PP_OK;
    }
    w->rule.least_error = strcmp(lambda, "min") == 0;
    if (w->rule.least_error || (pp_parse_number(lambda, &w->rule.lambda) &&
                                w->rule.lambda > 0 && isfinite(w->rule.lambda))) {
        return PP_OK;
    }
    return refuse(w->err, "lambda", lambda, "1se, min or a positive number");
}

static pp_status check_options(pp__synth_work *w) {
    const pp_synth_options *o = w->options;
    PP_TRY(read_method(w));
    PP_TRY(read_lambda(w));
    if (o->draws < 0 || o->draws > 100000 || o->level < 0 || o->level >= 1) {
        PP_FAIL(w->err, PP_E_ARGUMENT,
                "draws lie between 0 and 100000, the level between 0 and 1");
    }
    w->level = o->level > 0 ? o->level : 0.95;
    return PP_OK;
}

/* ---- estimates ---- */

static double spread_before(const pp__synth_data *d) {
    double mean = 0, squares = 0, n = (double)(d->donors + d->treated) * d->before;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < d->donors + d->treated; i++) {
            for (int t = 0; t < d->before; t++) {
                double y = d->y[i * d->periods + t];
                mean += pass ? 0 : y / n;
                squares += pass ? (y - mean) * (y - mean) : 0;
            }
        }
    }
    return sqrt(squares / (n - 1));
}

static pp_status check_changes(const pp__synth_work *w) {
    for (int i = 0; i < w->d.donors; i++) {
        const double *y = w->d.y + i * w->d.periods;
        for (int t = 1; t < w->d.before; t++) {
            if (y[t] != y[t - 1]) {
                return PP_OK;
            }
        }
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "no donor's outcome changes over the %d periods before treatment",
                 w->d.before);
    pp_error_hint(w->err, "nothing tells which donors run like the treated");
    return PP_E_ESTIMATION;
}

static pp_status estimate_all(pp__synth_work *w) {
    PP_TRY(check_changes(w));
    w->own = pp_arena_alloc(&w->arena, w->d.treated, sizeof *w->own);
    PP_NEED(w->own, w->err);
    for (int k = 0; k < w->d.treated; k++) {
        w->own[k] = w->d.donors + k;
    }
    w->scale = spread_before(&w->d);
    for (int m = 0; m < PP__SYNTH_METHODS; m++) {
        PP_TRY(pp__synth_estimate(w, w->own, w->d.treated, -1, (pp__synth_method)m,
                                  &w->arena, &w->real[m], w->err));
    }
    return PP_OK;
}

/* Without each donor that bears weight. */
static pp_status leave_out(pp__synth_work *w) {
    const double *weight = pp__synth_chosen(w)->donor;
    w->without = pp_arena_zalloc(&w->arena, w->d.donors, sizeof *w->without);
    pp__synth_job *jobs = pp_arena_alloc(&w->arena, w->d.donors, sizeof *jobs);
    PP_NEED(w->without ? jobs : NULL, w->err);
    for (int i = 0; i < w->d.donors && w->d.donors > 2; i++) {
        if (weight[i] != 0) {
            pp__synth_without *one = &w->without[w->n_without];
            one->donor = i;
            jobs[w->n_without++] =
                (pp__synth_job){w->own, w->d.treated, i, w->rule.method, &one->s};
        }
    }
    return pp__synth_estimate_each(w, "leaving out donors", jobs, w->n_without);
}

static pp_status run(pp__synth_work *w, const pp_table *data) {
    PP_TRY(check_options(w));
    PP_TRY(pp__synth_read(data, w->options, w->ctx, &w->arena, &w->d, w->err));
    PP_TRY(estimate_all(w));
    PP_TRY(pp__synth_run_placebos(w));
    PP_TRY(leave_out(w));
    PP_TRY(pp_result_new("synth", &w->result, w->err));
    PP_TRY(pp__synth_put_preflight(w));
    PP_TRY(pp__synth_put_estimates(w));
    PP_TRY(pp__synth_put_gaps(w));
    PP_TRY(pp__synth_put_conformal(w));
    PP_TRY(pp__synth_put_weights(w));
    PP_TRY(pp__synth_put_placebos(w));
    PP_TRY(pp__synth_put_backdated(w));
    PP_TRY(pp__synth_put_leave_out(w));
    PP_TRY(pp__synth_put_left_out(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_synth(const pp_table *data, const pp_synth_options *options,
                   const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__synth_work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
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
