/* Where the estimate stands among those of other dates. */
#include "base/check.h"
#include "effects/checks/checks.h"
#include "effects/checks/power.h"
#include "effects/checks/reassign.h"
#include "model/tables.h"

#include <math.h>

enum { FEW_ASSIGNMENTS = 100 };

/* Draws with a statistic, and how many lie at least as far from zero; those that equal it but for rounding
   are as far. */
typedef struct rank {
    double n, beyond, p;
} rank;

static rank find_rank(const pp__reassigned *drawn, int target, double statistic) {
    rank r = {0};
    for (int64_t d = 0; d < drawn->draws; d++) {
        int64_t at = d * drawn->targets + target;
        double t = drawn->estimate[at] / drawn->std_error[at];
        if (isfinite(t)) {
            r.n++;
            r.beyond += fabs(t) >= fabs(statistic) * (1 - 1e-9);
        }
    }
    r.p = isfinite(statistic) && r.n > 0 ? (r.beyond + 1) / (r.n + 1) : NAN;
    return r;
}

static pp_status put_target(pp__checks *w, pp_table *table, const pp__reassigned *drawn,
                            int target) {
    const pp__horizons *h = &w->c.found;
    double estimate = pp__target_effect(h, target), error = pp__target_error(h, target);
    rank r = find_rank(drawn, target, estimate / error);
    double low = NAN, high = NAN;
    int64_t row;
    if (!isnan(r.p)) {
        pp__wilson(r.p, r.n, w->c.level, &low, &high);
    }
    const pp__named cells[] = {
        {"horizon", PP_SHOW_YEAR, pp__target_at(h, target)},
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"std_error", PP_SHOW_DEFAULT, pp__shown_error(w, error)},
        {"statistic", PP_SHOW_DEFAULT, estimate / error},
    };
    const pp__named shares[] = {
        {"p_randomisation", PP_SHOW_P_VALUE, r.p},
        {"p_low", PP_SHOW_P_VALUE, low},
        {"p_high", PP_SHOW_P_VALUE, high},
        {"draws", PP_SHOW_COUNT, r.n},
    };
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "aggregation", pp__target_name(target), w->err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    PP_TRY(pp__put_p_value(w, table, row, estimate, error));
    return pp__put_numbers(table, row, shares, sizeof shares / sizeof *shares, w->err);
}

static pp_status put_draw(pp__checks *w, pp_table *table, double draw, double estimate,
                          double error) {
    int64_t row;
    const pp__named cells[] = {
        {"draw", PP_SHOW_COUNT, draw},
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"statistic", PP_SHOW_DEFAULT, estimate / error},
    };
    PP_TRY(pp_table_append(table, &row, w->err));
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_draws(pp__checks *w, const pp__reassigned *drawn) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "randomisation_draws",
                         "Estimates with other dates of adoption", &table, w->err));
    PP_TRY(put_draw(w, table, 0, w->c.found.simple, w->c.found.simple_error));
    for (int64_t d = 0; d < drawn->draws; d++) {
        int64_t at = d * drawn->targets + PP__SIMPLE;
        PP_TRY(
            put_draw(w, table, (double)d + 1, drawn->estimate[at], drawn->std_error[at]));
    }
    return PP_OK;
}

static pp_status tell(pp__checks *w, const pp__reassigned *drawn, double assignments) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "randomisation",
                         "The estimate among those of other dates of adoption", &table,
                         w->err));
    for (int k = 0; k < drawn->targets; k++) {
        PP_TRY(put_target(w, table, drawn, k));
    }
    PP_TRY(pp_result_set_note(
        w->result, "randomisation",
        "p_randomisation: how often dates at random give a statistic as far from zero. A "
        "large one says that the data cannot tell these dates from dates at random, and "
        "not that there is nothing to see: 'pushpull mde' tells what could be seen.",
        w->err));
    if (assignments < FEW_ASSIGNMENTS) {
        PP_TRY(pp_result_warn(w->result, "few_assignments", NULL, (int64_t)assignments,
                              w->err,
                              "dates can change hands in few ways: no p value can lie "
                              "much below %.2g",
                              1 / assignments));
    }
    return put_draws(w, drawn);
}

pp_status pp__check_randomisation(pp__checks *w) {
    pp__reassignment who;
    pp__reassigned drawn;
    if (w->o.draws < 0) {
        return PP_OK;
    }
    PP_TRY(pp__reassignment_make(&w->c.s, w->data, &w->c.design, w->o.strata, w->ctx,
                                 &w->arena, &who, w->err));
    PP_TRY(pp__reassign(&who, &w->c.design, &w->c.found, w->o.draws, w->o.seed,
                        "other dates", w->ctx, &w->arena, &drawn, w->err));
    return tell(w, &drawn, who.assignments);
}
