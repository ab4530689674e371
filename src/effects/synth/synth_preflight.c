/* Before anything is read from the estimate: what it rests on, and what it could have shown. */
#include "base/check.h"
#include "effects/synth/synth_work.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>

enum { NAMES = 30 };

static pp_status put(pp__synth_work *w, const char *check, double count, double value,
                     const char *detail) {
    pp_table *table = pp_result_find(w->result, "synth_preflight");
    int64_t row;
    PP_NEED(detail, w->err);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "check", check, w->err));
    PP_TRY(pp__put_number(table, row, "count", PP_SHOW_COUNT, count, w->err));
    PP_TRY(pp__put_number(table, row, "value", PP_SHOW_DEFAULT, value, w->err));
    return pp__put_text(table, row, "detail", detail, w->err);
}

static pp_status put_count(pp__synth_work *w, const char *check, int count,
                           const char *detail) {
    return put(w, check, count, NAN, detail);
}

static pp_status put_value(pp__synth_work *w, const char *check, double value,
                           const char *detail) {
    return put(w, check, NAN, value, detail);
}

static const char *list(pp__synth_work *w, const char *const *name, int n) {
    const char *text = "";
    for (int i = 0; i < n && i < NAMES && text; i++) {
        text = pp_arena_printf(&w->arena, "%s%s%s", text, i ? ", " : "", name[i]);
    }
    return n > NAMES && text
               ? pp_arena_printf(&w->arena, "%s and %d more", text, n - NAMES)
               : text;
}

/* ---- units and periods ---- */

static pp_status put_units(pp__synth_work *w) {
    const pp__synth_data *d = &w->d;
    PP_TRY(put_count(w, "treated units", d->treated,
                     list(w, d->name + d->donors, d->treated)));
    PP_TRY(put_count(w, "donors", d->donors, list(w, d->name, d->donors)));
    PP_TRY(put_count(w, "donors left out, as they lack a period", d->n_left_out,
                     list(w, d->left_out, d->n_left_out)));
    return d->n_left_out == 0
               ? PP_OK
               : pp_result_warn(w->result, "left_out", NULL, d->n_left_out, w->err,
                                "donors are not seen in every period and are left out");
}

static pp_status put_periods(pp__synth_work *w) {
    const pp__synth_data *d = &w->d;
    int after = d->periods - d->before;
    PP_TRY(put_count(w, "periods before treatment", d->before,
                     pp_arena_printf(&w->arena, "%.15g to %.15g", d->time[0],
                                     d->time[d->before - 1])));
    PP_TRY(put_count(w, "periods from treatment on", after,
                     pp_arena_printf(&w->arena, "%.15g to %.15g", d->time[d->before],
                                     d->time[d->periods - 1])));
    PP_TRY(put_count(w, "periods in which the treated are not seen", d->n_unseen,
                     list(w, d->unseen, d->n_unseen)));
    return d->before >= PP__SYNTH_FEW_PERIODS
               ? PP_OK
               : pp_result_warn(w->result, "few_periods", NULL, d->before, w->err,
                                "periods before treatment are few: donors can be alike "
                                "in all of them by chance");
}

/* ---- fit ---- */

/* Periods before treatment in which the treated lie beyond all donors. */
static int count_outside(const pp__synth_work *w, const pp__paths *p, const char **which,
                         pp_arena *arena) {
    int n = 0;
    *which = "";
    for (int t = 0; t < p->before && *which; t++) {
        double own = p->y[p->donors * p->periods + t], low = INFINITY, high = -INFINITY;
        for (int i = 0; i < p->donors; i++) {
            low = fmin(low, p->y[i * p->periods + t]);
            high = fmax(high, p->y[i * p->periods + t]);
        }
        if (own < low || own > high) {
            *which = pp_arena_printf(arena, "%s%s%.15g", *which, n++ ? ", " : "",
                                     w->d.time[t]);
        }
    }
    return n;
}

static pp_status put_hull(pp__synth_work *w) {
    pp__paths paths;
    const char *which;
    PP_TRY(pp__synth_arrange(w, w->own, w->d.treated, -1, &w->arena, &paths, w->err));
    int n = count_outside(w, &paths, &which, &w->arena);
    PP_TRY(put_count(
        w, "periods before treatment in which the treated lie beyond all donors", n,
        which));
    return n == 0 || w->rule.method == PP__SDID || w->rule.method == PP__DID
               ? PP_OK
               : pp_result_warn(w->result, "outside_donors", NULL, n, w->err,
                                "periods before treatment in which the treated lie "
                                "beyond all donors: no weights can match them there");
}

static pp_status put_fit(pp__synth_work *w) {
    const pp__synthetic *s = pp__synth_chosen(w);
    double share = s->rmspe_before / w->scale;
    int exact = pp__synth_fits_exactly(w, s);
    int is_given = w->d.before < PP__SYNTH_FEW_PERIODS && w->d.donors > w->d.before;
    const char *how = share > PP__SYNTH_POOR ? "poor: do not read the estimate"
                      : exact ? "exact, which says nothing of how well they go "
                                "together"
                      : fabs(s->estimate) < 2 * s->rmspe_before
                          ? "the estimate is not twice as large as the misfit"
                      : is_given ? "few periods: so many donors match so few "
                                   "periods by construction"
                                 : "good";
    PP_TRY(put_value(w, "misfit before treatment (root mean square)", s->rmspe_before,
                     pp_arena_printf(&w->arena,
                                     "%.2g of the standard deviation of outcomes: %s",
                                     share, how)));
    if (share > PP__SYNTH_POOR) {
        return pp_result_warn(w->result, "poor_fit", NULL, -1, w->err,
                              "the synthetic control does not run like the treated "
                              "before treatment: the estimate should not be read");
    }
    return exact ? pp_result_warn(w->result, "exact_fit", NULL, -1, w->err,
                                  "the synthetic control agrees with the treated exactly "
                                  "before treatment (%d donors, %d periods): the fit is "
                                  "no evidence, and ratios to it are not given",
                                  w->d.donors, w->d.before)
                 : PP_OK;
}

static pp_status put_penalty(pp__synth_work *w) {
    return w->rule.method == PP__ASC
               ? put_value(w, "ridge penalty", pp__synth_chosen(w)->lambda,
                           w->rule.lambda > 0 ? "as given"
                           : w->rule.least_error
                               ? "of the smallest error left out"
                               : "the largest within a standard error of "
                                 "the smallest error left out")
               : PP_OK;
}

/* ---- what could have been seen ---- */

static pp_status put_power(pp__synth_work *w) {
    double least = 1.0 / (w->placebos + 1), alpha = 1 - w->level;
    pp__synth_rank rank;
    PP_TRY(pp__synth_rank_of(w, w->rule.method, &w->arena, &rank, w->err));
    PP_TRY(
        put_value(w, "smallest p value that placebos allow", least,
                  isnan(rank.told)
                      ? pp_arena_printf(&w->arena, "above %.2g: cannot tell at %.3g %%",
                                        alpha, 100 * alpha)
                      : ""));
    PP_TRY(put_value(
        w, "smallest gap that could have been told", rank.told,
        isnan(rank.told)
            ? "none, however large"
            : pp_arena_printf(&w->arena,
                              "placebos' gaps are below it in %.0f of %d cases; "
                              "smaller effects cannot be told from none",
                              ceil(w->placebos - alpha * (w->placebos + 1)),
                              w->placebos)));
    return isnan(rank.told)
               ? pp_result_warn(w->result, "cannot_tell", NULL, w->placebos, w->err,
                                "placebos are too few: no gap, however large, could be "
                                "told from chance at %.3g %%; %.0f are needed",
                                100 * alpha, ceil(1 / alpha - 1e-9) - 1)
               : PP_OK;
}

pp_status pp__synth_put_preflight(pp__synth_work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "synth_preflight", "What the comparison rests on",
                         &table, w->err));
    PP_TRY(put_power(w));
    PP_TRY(put_units(w));
    PP_TRY(put_periods(w));
    PP_TRY(put_fit(w));
    PP_TRY(put_hull(w));
    return put_penalty(w);
}
