/* What adoption does: event studies; a treated unit, its synthetic control and placebos. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>

static const double *column_of(const pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

/* ---- the event study ---- */

static void describe_horizons(pp__draft *draft) {
    const pp_table *t = draft->rows;
    pp_buf_printf(&draft->alt,
                  "Effects by the time since treatment, with 95%% intervals:");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        pp_buf_printf(&draft->alt, "%s %.0f: %.3g (%.3g to %.3g)", i ? ";" : "",
                      column_of(t, "horizon")[i], column_of(t, "estimate")[i],
                      column_of(t, "conf_low")[i], column_of(t, "conf_high")[i]);
    }
    pp_buf_add(&draft->alt, ".");
}

static pp_status make_event_study(pp__draft *draft, const pp_table *table,
                                  pp_error *err) {
    static const char *const kept[] = {"horizon",   "estimate",     "conf_low",
                                       "conf_high", "band_low",     "band_high",
                                       "cohorts",   "nobs_treated", NULL};
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    describe_horizons(draft);
    draft->title = "Effects by time since treatment";
    draft->note = "Thick bars are 95% intervals of each effect, thin lines the band that "
                  "holds for all of "
                  "them at once (where draws were asked for). Right of the dashed line "
                  "units are treated; "
                  "effects to its left should be zero, if trends are parallel. Far "
                  "horizons rest on the "
                  "few cohorts that are seen so long.";
    return PP_OK;
}

pp_status pp_figure_event_study(const pp_table *table, const pp_figure_options *options,
                                pp_figure **out, pp_error *err) {
    return pp__figure_make(make_event_study, "event_study", table, options, out, err);
}

/* ---- synthetic controls ---- */

static pp_status make_paths(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"time", "treated", "synthetic",
                                       "gap",  "after",   NULL};
    double first = NAN, gap = 0, n = 0;
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (column_of(table, "after")[i] > 0) {
            first = isnan(first) ? column_of(table, "time")[i] : first;
            gap += column_of(table, "gap")[i];
            n++;
        }
    }
    pp__slot_number(draft, "first", first);
    pp_buf_printf(
        &draft->alt,
        "The outcome of the treated and of their synthetic control over %lld periods. "
        "From %.0f on the treated lie %.3g %s on average.",
        (long long)pp_table_rows(table), first, fabs(gap / n),
        gap < 0 ? "below" : "above");
    draft->title = "The treated and their synthetic control";
    draft->note =
        "Before the dashed line the two should run alike; after it their gap is the "
        "estimate, together with everything else that happened to the treated then.";
    return PP_OK;
}

pp_status pp_figure_synth_paths(const pp_table *table, const pp_figure_options *options,
                                pp_figure **out, pp_error *err) {
    return pp__figure_make(make_paths, "synth_paths", table, options, out, err);
}

static pp_status make_placebos(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"unit", "time", "gap", "treated", NULL};
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    pp_buf_printf(
        &draft->alt,
        "Gaps to the synthetic control: the treated against units that were not treated, "
        "each in its part; %lld unit-periods. The table has all of them.",
        (long long)pp_table_rows(table));
    draft->title = "The gap among those of placebos";
    draft->note =
        "The dark line is the treated, pale lines are control units in its part. An "
        "effect "
        "shows where the dark line leaves the pale ones after treatment and not before.";
    return PP_OK;
}

pp_status pp_figure_synth_placebos(const pp_table *table,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err) {
    return pp__figure_make(make_placebos, "synth_placebos", table, options, out, err);
}
