#include "model/after/effects.h"

#include "base/check.h"
#include "model/after/debias.h"

#include <pushpull/text.h>

#include <math.h>

typedef struct work {
    const pp_fit *fit;
    const pp__frame *frame;
    int by_sd;
    const pp_context *ctx;
    pp__effect_fn *take;
    void *payload;
    double *gradient, *other; /* k each */
    pp_error *err;
} work;

/* ---- numbers ---- */

/* Over the rows used; weighted: with frequencies as if rows were repeated. */
static double standard_deviation(const double *x, const pp__design *d) {
    const double *weight = d->with.weight;
    double mean = 0, squares = 0, count = 0, rows = 0;
    for (int64_t i = 0; i < d->n; i++) {
        double w = weight ? weight[i] : 1;
        mean += w * x[i];
        count += w;
        rows += w > 0;
    }
    mean /= count;
    for (int64_t i = 0; i < d->n; i++) {
        squares += (weight ? weight[i] : 1) * (x[i] - mean) * (x[i] - mean);
    }
    double n = d->with.frequency ? count : rows;
    return n > 1 ? sqrt(squares / count * (n / (n - 1))) : NAN;
}

static int is_binary(const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (x[i] != 0 && x[i] != 1) {
            return 0;
        }
    }
    return 1;
}

/* Of means over all rows used, when the bias of fixed effects was corrected. */
static pp_status correct(const work *w, const pp__change *to, const pp__change *from,
                         double *bias, double *variance) {
    int all = w->frame->design.variables == w->fit->design->variables &&
              !w->frame->source && !w->frame->projection;
    return all ? pp__debias_effect(w->fit, to, from, w->ctx, bias, variance, w->err)
               : PP_OK;
}

/* The mean response under `to` less that under `from`. */
static pp_status contrast(const work *w, const char *term, const char *name,
                          const pp__change *to, const pp__change *from) {
    double high, low;
    PP_TRY(pp__frame_response(w->fit, w->frame, to, w->ctx, &high, w->gradient, w->err));
    PP_TRY(pp__frame_response(w->fit, w->frame, from, w->ctx, &low, w->other, w->err));
    for (int j = 0; j < w->fit->k; j++) {
        w->gradient[j] -= w->other[j];
    }
    double bias = 0, variance = 0;
    PP_TRY(correct(w, to, from, &bias, &variance));
    return w->take(w->payload, term, name, NAN, high - low - bias, w->gradient, variance,
                   w->err);
}

static pp_status effect_of_number(const work *w, int v) {
    const pp_fit *fit = w->fit;
    const pp__variable *variable = &fit->design->variables[v];
    if (is_binary(variable->value, fit->design->n)) {
        const pp__change to = {PP__SET_VALUE, v, 1, 0}, from = {PP__SET_VALUE, v, 0, 0};
        return contrast(w, variable->name, "1 - 0", &to, &from);
    }
    const pp__change tangent = {.kind = PP__TANGENT, .variable = v};
    double slope, sd = NAN, factor = 1;
    PP_TRY(
        pp__frame_response(fit, w->frame, &tangent, w->ctx, &slope, w->gradient, w->err));
    if (w->by_sd) {
        factor = sd = standard_deviation(variable->value, fit->design);
    }
    for (int j = 0; j < fit->k; j++) {
        w->gradient[j] *= factor;
    }
    double bias = 0, variance = 0;
    PP_TRY(correct(w, &tangent, NULL, &bias, &variance));
    return w->take(w->payload, variable->name, w->by_sd ? "dY/dX * SD" : "dY/dX", sd,
                   factor * (slope - bias), w->gradient, factor * factor * variance,
                   w->err);
}

/* ---- categories ---- */

static pp_status effects_of_levels(const work *w, int v, int32_t reference) {
    const pp__variable *variable = &w->fit->design->variables[v];
    const pp__encoding *factor = &variable->factor;
    const pp__change from = {PP__SET_LEVEL, v, 0, reference};
    char level_space[32], reference_space[32];
    const char *base = pp__level_name(factor, reference, reference_space);
    for (int32_t l = 0; l < factor->n_levels; l++) {
        if (l == reference) {
            continue;
        }
        const pp__change to = {PP__SET_LEVEL, v, 0, l};
        pp_buf name;
        pp_buf_init(&name);
        pp_buf_printf(&name, "%s - %s", pp__level_name(factor, l, level_space), base);
        pp_status status = pp_buf_check(&name, w->err);
        if (status == PP_OK) {
            status = contrast(w, variable->name, name.data, &to, &from);
        }
        pp_buf_clear(&name);
        PP_TRY(status);
    }
    return PP_OK;
}

pp_status pp__effects_each(const pp_fit *fit, const pp__frame *frame, int by_sd,
                           const pp_context *ctx, pp__effect_fn *take, void *payload,
                           pp_error *err) {
    work w = {.fit = fit, .frame = frame, .by_sd = by_sd, .ctx = ctx};
    w.take = take;
    w.payload = payload;
    w.err = err;
    w.gradient = pp_malloc(2 * (int64_t)fit->k, sizeof *w.gradient);
    PP_NEED(w.gradient, err);
    w.other = w.gradient + fit->k;
    pp_status status = PP_OK;
    for (int v = 0; v < fit->design->n_variables && status == PP_OK; v++) {
        int32_t reference;
        if (pp__variable_use(fit, v, &reference)) {
            status = reference >= 0 ? effects_of_levels(&w, v, reference)
                                    : effect_of_number(&w, v);
        }
    }
    pp_free(w.gradient);
    return status;
}
