/* What needs the fits of two suppliers at once: the difference of their effects, and who
   has whose platforms. */
#include "drivers/democracy.h"

#include "base/check.h"
#include "drivers/holdings.h"
#include "drivers/stacked.h"
#include "model/inference/equivalence.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

/* ---- differences ---- */

static pp_status put_difference(const pp__democracy *d, pp_table *table, int other,
                                const pp__asked_effect *a, const pp__asked_effect *b) {
    const pp__stacked two[2] = {{d->supplier[0].fit, a->gradient},
                                {d->supplier[other].fit, b->gradient}};
    double smallest = d->options->smallest, estimate = a->estimate - b->estimate;
    pp__stack s;
    int64_t row;
    PP_TRY(pp__stack_of(two, d->unit, &s, d->err));
    double error = sqrt(s.variance);
    const pp__equivalence five =
        pp__equivalence_of(estimate, error, -smallest, smallest, INFINITY, 0.05);
    const pp__equivalence half =
        pp__equivalence_of(estimate, error, -smallest, smallest, INFINITY, 0.025);
    PP_TRY(pp_table_append(table, &row, d->err));
    PP_TRY(pp__put_text(table, row, "supplier", d->supplier[0].name, d->err));
    PP_TRY(pp__put_text(table, row, "other", d->supplier[other].name, d->err));
    if (!d->is_number) {
        PP_TRY(pp__put_text(table, row, "level", a->contrast, d->err));
    }
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"p_value", PP_SHOW_P_VALUE, five.p_zero},
        {"conf_low", PP_SHOW_DEFAULT, half.low},
        {"conf_high", PP_SHOW_DEFAULT, half.high},
        {"conf_low_90", PP_SHOW_DEFAULT, five.low},
        {"conf_high_90", PP_SHOW_DEFAULT, five.high},
        {"smallest_effect", PP_SHOW_DEFAULT, smallest},
        {"p_equivalence", PP_SHOW_P_VALUE, five.p_value},
        {"excluded", PP_SHOW_DEFAULT, five.excluded},
        {"units", PP_SHOW_COUNT, (double)s.units},
        {"shared", PP_SHOW_COUNT, (double)s.shared},
        {"correlation", PP_SHOW_DEFAULT, s.covariance / sqrt(s.own[0] * s.own[1])}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, d->err));
    return pp__put_text(table, row, "answer",
                        five.p_value <= 0.05  ? "equivalent"
                        : five.p_zero <= 0.05 ? "different"
                                              : "undetermined",
                        d->err);
}

pp_status pp__democracy_difference(pp__democracy *d) {
    pp_table *table;
    const pp__asked *first = &d->linear[0];
    PP_TRY(pp_result_add(d->result, "democracy_difference",
                         "The factor's effects, one supplier's less another's", &table,
                         d->err));
    for (int other = 1; other < d->n; other++) {
        const pp__asked *second = &d->linear[other];
        for (int i = 0; i < first->n; i++) {
            for (int j = 0; j < second->n; j++) {
                if (strcmp(first->effect[i].contrast, second->effect[j].contrast) == 0) {
                    PP_TRY(put_difference(d, table, other, &first->effect[i],
                                          &second->effect[j]));
                }
            }
        }
    }
    return pp_result_set_note(d->result, "democracy_difference",
                              "The fits are stacked: errors by units, each counted once "
                              "in all fits that it is in.",
                              d->err);
}

/* ---- who has what ---- */

static const char *name_outcome(const pp__democracy *d, int outcome, pp_arena *arena) {
    return outcome == 0 ? "none"
           : outcome == 3
               ? "both"
               : pp_arena_printf(arena, "%s only", d->supplier[outcome - 1].name);
}

/* Without convergence the outcome is counted and nothing more is said of it. */
static pp_status put_outcome(pp__democracy *d, const pp__holdings *h, int category,
                             pp_table *table) {
    int outcome = h->fit->outcome_name[category][0] - '0';
    const char *name = name_outcome(d, outcome, &d->arena);
    pp__frame frame;
    pp__asked asked = {.n = 1};
    PP_NEED(name, d->err);
    pp__frame_used(h->fit, &frame);
    frame.outcome = category;
    if (h->fit->converged) {
        PP_TRY(pp__asked_of(h->fit, d->options->variable, &frame, d->sd, d->ctx,
                            &d->arena, &asked, d->err));
    }
    for (int i = 0; i < asked.n; i++) {
        const pp__asked_effect *e = &asked.effect[i];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, d->err));
        PP_TRY(pp__put_text(table, row, "outcome", name, d->err));
        if (!d->is_number) {
            PP_TRY(pp__put_text(table, row, "level", e->contrast, d->err));
        }
        const pp__named counts[] = {{"rows", PP_SHOW_COUNT, (double)h->rows[outcome]},
                                    {"units", PP_SHOW_COUNT, (double)h->units[outcome]}};
        PP_TRY(pp__put_numbers(table, row, counts, 2, d->err));
        if (h->fit->converged) {
            PP_TRY(pp__asked_put(table, row, e->estimate, e->variance, h->fit->df,
                                 d->options->smallest, d->options->hypothesis, d->err));
        }
    }
    return PP_OK;
}

static pp_status warn(const pp__democracy *d, const char *reason) {
    return pp_result_warn(d->result, "outcomes_failed", d->options->event, -1, d->err,
                          "the multinomial model of who has what cannot be estimated: %s",
                          reason);
}

/* Without convergence some terms predict an outcome perfectly: which, where it can be told. */
static pp_status warn_of_separation(pp__democracy *d, const pp__holdings *h) {
    int outcome;
    const char *where = pp__holdings_cell(h, &d->arena, &outcome);
    const char *name = where ? name_outcome(d, outcome, &d->arena) : "";
    const char *reason =
        where ? pp_arena_printf(&d->arena,
                                "no row with %s is '%s', so that there is no finite "
                                "estimate: leave that term out of it",
                                where, name)
              : "some terms predict an outcome perfectly, so that there is no finite "
                "estimate: give it fewer terms";
    PP_NEED(reason && name ? reason : NULL, d->err);
    return warn(d, reason);
}

static pp_status put_outcomes(pp__democracy *d, const pp__holdings *h) {
    pp_table *table;
    int variable;
    int32_t reference;
    pp_error none;
    if (pp__variable_find(h->fit, d->options->variable, &variable, &reference, &none) !=
        PP_OK) {
        return warn(d, "the factor is none of its terms");
    }
    PP_TRY(pp_result_add(d->result, "democracy_outcomes",
                         "Who has whose platforms by the end of a period", &table,
                         d->err));
    for (int c = 0; c < h->fit->outcomes; c++) {
        PP_TRY(put_outcome(d, h, c, table));
    }
    PP_TRY(pp_result_set_note(
        d->result, "democracy_outcomes",
        "Multinomial logit over all units and periods, also those after adoption; "
        "adoptions by the rule of the column of events; errors by unit.",
        d->err));
    return h->fit->converged ? PP_OK : warn_of_separation(d, h);
}

pp_status pp__democracy_outcomes(pp__democracy *d) {
    const pp_fit *const two[2] = {d->supplier[0].fit, d->supplier[1].fit};
    pp__holdings h;
    PP_TRY(pp_progress(d->ctx, "who has what", -1, d->err));
    pp_status status = pp__holdings_fit(two, d->unit, d->time, d->options->event,
                                        d->options->outcome_terms, d->ctx, &h, d->err);
    if (status == PP_OK) {
        status = put_outcomes(d, &h);
    } else if (status == PP_E_ESTIMATION || status == PP_E_INPUT ||
               status == PP_E_UNSUPPORTED) {
        pp_error reason = d->err ? *d->err : (pp_error){0};
        status = warn(d, reason.message);
    }
    pp__holdings_clear(&h);
    return status;
}
