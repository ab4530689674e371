/* Adopters over time, between the earliest and the latest dates that the sources allow.
 */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>

/* "between 52 and 95", or "96". */
static void add_range(pp_buf *alt, double low, double high) {
    if (low == high) {
        pp_buf_printf(alt, "%.0f", low);
    } else {
        pp_buf_printf(alt, "between %.0f and %.0f", low, high);
    }
}

static void describe(pp__draft *draft) {
    const double *year = pp_table_find(draft->rows, "year")->number;
    const double *low = pp_table_find(draft->rows, "low")->number;
    const double *high = pp_table_find(draft->rows, "high")->number;
    int64_t n = pp_table_rows(draft->rows);
    if (n == 0) {
        pp_buf_add(&draft->alt, "An empty chart: there are no years.");
        return;
    }
    pp_buf_printf(&draft->alt, "Lines from %.0f to %.0f. By %.0f ", year[0], year[n - 1],
                  year[n - 1]);
    add_range(&draft->alt, low[n - 1], high[n - 1]);
    pp_buf_printf(&draft->alt, " countries have adopted; by %.0f ", year[n / 2]);
    add_range(&draft->alt, low[n / 2], high[n / 2]);
    pp_buf_add(&draft->alt, ".");
}

static pp_status make_adopters(pp__draft *draft, const pp_table *adopters,
                               pp_error *err) {
    static const char *const kept[] = {"year", "low", "midpoint", "high", NULL};
    PP_TRY(pp__select(adopters, kept, &draft->rows, err));
    draft->title = "Countries that have adopted";
    draft->note = "The band is what uncertain dates leave open: below it every country "
                  "counts at the "
                  "latest date that its sources allow, above it at the earliest.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Countries");
    describe(draft);
    return PP_OK;
}

pp_status pp_figure_adopters(const pp_table *adopters, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    return pp__figure_make(make_adopters, "adopters_over_time", adopters, options, out,
                           err);
}
