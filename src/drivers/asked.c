#include "drivers/asked.h"

#include "base/check.h"
#include "model/after/effects.h"
#include "model/inference/equivalence.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

/* ---- effects ---- */

typedef struct taking {
    const char *variable;
    double sd;
    int k;
    pp_arena *arena;
    pp__asked *out;
} taking;

static pp_status take(void *payload, const char *term, const char *contrast, double sd,
                      double estimate, const double *gradient, double variance,
                      pp_error *err) {
    const taking *t = payload;
    if (strcmp(term, t->variable) != 0) {
        return PP_OK;
    }
    if (t->out->n == PP__MOST_ASKED) {
        PP_FAIL(err, PP_E_ARGUMENT, "'%s' has more than %d levels", term, PP__MOST_ASKED);
    }
    double factor = t->sd > 0 && isfinite(sd) ? t->sd / sd : 1;
    pp__asked_effect *e = &t->out->effect[t->out->n++];
    *e = (pp__asked_effect){.sd = sd * factor,
                            .estimate = factor * estimate,
                            .variance = factor * factor * variance};
    e->contrast = pp_arena_strdup(t->arena, contrast);
    PP_NEED(e->contrast, err);
    e->gradient = pp_arena_alloc(t->arena, t->k, sizeof *e->gradient);
    PP_NEED(e->gradient, err);
    for (int j = 0; j < t->k; j++) {
        e->gradient[j] = factor * gradient[j];
    }
    return PP_OK;
}

pp_status pp__asked_of(const pp_fit *fit, const char *variable, const pp__frame *frame,
                       double sd, const pp_context *ctx, pp_arena *arena, pp__asked *out,
                       pp_error *err) {
    taking t = {variable, sd, fit->k, arena, out};
    pp__frame used;
    int v;
    int32_t reference;
    out->n = 0;
    PP_TRY(pp__variable_find(fit, variable, &v, &reference, err));
    if (!frame) {
        pp__frame_used(fit, &used);
        frame = &used;
    }
    PP_TRY(pp__effects_each(fit, frame, 1, ctx, take, &t, err));
    for (int i = 0; i < out->n; i++) {
        out->effect[i].variance += pp__delta_variance(fit, out->effect[i].gradient);
    }
    return PP_OK;
}

/* ---- cells ---- */

/* Two-sided 5 % and 80 % power: the quantiles at 0.975 and 0.8. */
static const double DETECTABLE = 1.959963984540054 + 0.8416212335729143;

pp_status pp__asked_put(pp_table *table, int64_t row, double estimate, double variance,
                        double df, double smallest, pp_hypothesis hypothesis,
                        pp_error *err) {
    double error = sqrt(variance);
    const pp__equivalence five =
        pp__equivalence_of(estimate, error, -smallest, smallest, df, 0.05);
    const pp__equivalence half =
        pp__equivalence_of(estimate, error, -smallest, smallest, df, 0.025);
    const pp_effect effect = {estimate,  half.low, half.high, five.low,
                              five.high, smallest, 0};
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, estimate},
                               {"std_error", PP_SHOW_DEFAULT, error},
                               {"p_value", PP_SHOW_P_VALUE, five.p_zero},
                               {"conf_low", PP_SHOW_DEFAULT, half.low},
                               {"conf_high", PP_SHOW_DEFAULT, half.high},
                               {"conf_low_90", PP_SHOW_DEFAULT, five.low},
                               {"conf_high_90", PP_SHOW_DEFAULT, five.high},
                               {"smallest_effect", PP_SHOW_DEFAULT, smallest},
                               {"p_equivalence", PP_SHOW_P_VALUE, five.p_value},
                               {"excluded", PP_SHOW_DEFAULT, five.excluded},
                               {"excluded_95", PP_SHOW_DEFAULT, half.excluded},
                               {"detectable", PP_SHOW_DEFAULT, DETECTABLE * error}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return pp__put_text(table, row, "verdict",
                        pp_verdict_name(pp_verdict_decide(hypothesis, &effect)), err);
}
