#include "drivers/shares_effects.h"

#include "base/check.h"
#include "model/after/effects.h"
#include "model/estimator.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

typedef struct effects {
    const pp_fit *fit;
    const pp__factors *factors;
    int named;
    pp_table *table;
} effects;

/* The first factor that the variable of this name is part of; -1: it has no share. */
static int factor_of(const effects *e, const char *name) {
    const pp__formula *formula = e->fit->formula;
    const pp__design *d = e->fit->design;
    int v = 0;
    while (v < d->n_variables && strcmp(d->variables[v].name, name) != 0) {
        v++;
    }
    for (int j = 0; j < e->factors->n; j++) {
        const pp__term *term = &formula->terms[e->factors->term[j]];
        for (int i = 0; i < term->n; i++) {
            if (pp__mentions(formula->atoms[term->atom[i]].node, v)) {
                return j;
            }
        }
    }
    return -1;
}

static pp_status take(void *payload, const char *term, const char *contrast, double sd,
                      double estimate, const double *gradient, double variance,
                      pp_error *err) {
    const effects *e = payload;
    int factor = factor_of(e, term), group;
    double unit = isfinite(sd) && sd > 0 ? 1 / sd : 1;
    int64_t row;
    if (factor < 0) {
        return PP_OK;
    }
    variance += pp__delta_variance(e->fit, gradient);
    double width = pp__fit_quantile(e->fit, e->fit->options.level) * sqrt(variance);
    group = e->factors->group[factor];
    PP_TRY(pp_table_append(e->table, &row, err));
    PP_TRY(pp__put_text(e->table, row, "group",
                        group < e->named ? e->factors->group_name[group] : NULL, err));
    PP_TRY(pp__put_text(e->table, row, "term", term, err));
    PP_TRY(
        pp__put_text(e->table, row, "contrast", isfinite(sd) ? "dY/dX" : contrast, err));
    PP_TRY(pp__put_estimate(e->fit, e->table, row, estimate * unit,
                            variance * unit * unit, err));
    const struct {
        const char *name;
        double value;
    } cells[] = {{"sd", sd},
                 {"standardised", estimate},
                 {"standardised_low", estimate - width},
                 {"standardised_high", estimate + width}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp__put_number(e->table, row, cells[i].name, PP_SHOW_DEFAULT,
                              cells[i].value, err));
    }
    return PP_OK;
}

pp_status pp__shares_effects(const pp_fit *fit, const pp__factors *factors, int named,
                             const pp_context *ctx, pp_result *result, pp_error *err) {
    effects e = {fit, factors, named, NULL};
    pp__frame used;
    pp_error none;
    if (!fit->estimator->respond &&
        pp__need_response(fit, "marginal effects", &none) != PP_OK) {
        return PP_OK;
    }
    if (fit->outcomes > 0) {
        return PP_OK; /* an effect on each category: not one number */
    }
    pp__frame_used(fit, &used);
    PP_TRY(pp_result_add(result, "effects", "Average marginal effects of the factors",
                         &e.table, err));
    PP_TRY(pp__effects_each(fit, &used, 1, ctx, take, &e, err));
    return pp_result_set_note(
        result, "effects",
        "Estimates are of one unit of the factor, standardised ones of one standard "
        "deviation; of zeros and ones and of categories both are of one level against "
        "another.",
        err);
}
