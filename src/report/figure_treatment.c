/* What adoption does: event studies. */
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
        if (isnan(column_of(t, "conf_low")[i])) {
            continue; /* the reference */
        }
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
