/* Driscoll & Kraay (1998), Review of Economics and Statistics 80, 549-560: the scores of
 * each period are summed over all units, and these sums may go together over some periods,
 * with Bartlett's weights (Newey & West 1987). Periods are consecutive as they are in the
 * data, as in fixest and plm: a year that is nowhere is no lag.
 */
#include "base/check.h"
#include "model/encode.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"

#include <math.h>
#include <string.h>

/* To each period the sum over lags -L..L of weight × sums. */
static void smooth(const double *sums, int64_t periods, int64_t k, int64_t lag,
                   double *out) {
    memset(out, 0, (size_t)(periods * k) * sizeof *out);
    for (int64_t t = 0; t < periods; t++) {
        for (int64_t s = t > lag ? t - lag : 0; s <= t + lag && s < periods; s++) {
            double apart = (double)(s > t ? s - t : t - s);
            double weight = 1 - apart / (double)(lag + 1);
            for (int64_t j = 0; j < k; j++) {
                out[t * k + j] += weight * sums[s * k + j];
            }
        }
    }
}

static pp_status find_periods(pp__covariance_work *w, pp__clustering *out) {
    pp_fit *fit = w->fit;
    pp_column *column;
    pp__encoding encoding;
    if (fit->scores.begin) {
        PP_FAIL(w->err, PP_E_UNSUPPORTED,
                "'%s' needs observations of one period; those of '%s' are units",
                fit->options.vcov, fit->estimator->info.name);
    }
    PP_TRY(pp_table_require(w->data, fit->vcov.column[0], &column, w->err));
    PP_TRY(pp__encode(column, fit->design->row_of, fit->design->n, w->ctx, &w->arena,
                      &encoding, w->err));
    *out = (pp__clustering){fit->vcov.column[0], encoding.code, encoding.n_levels};
    if (out->levels < 2) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "'%s' has one value only: there are no periods",
                out->name);
    }
    return PP_OK;
}

/* floor(T^¼), unless the token says; the token then says it too. */
static pp_status settle_lag(pp__covariance_work *w, int64_t periods) {
    pp_fit *fit = w->fit;
    if (fit->vcov.lag >= 0) {
        return PP_OK;
    }
    fit->vcov.lag = (int)floor(pow((double)periods, 0.25) + 1e-9);
    fit->options.vcov =
        pp_arena_printf(&fit->arena, "%s:%d", fit->options.vcov, fit->vcov.lag);
    PP_NEED(fit->options.vcov, w->err);
    return PP_OK;
}

pp_status pp__covariance_in_time(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    pp__clustering periods;
    double *sums, *smoothed, df;
    PP_TRY(find_periods(w, &periods));
    PP_TRY(settle_lag(w, periods.levels));
    PP_TRY(pp__counted_df(w, &periods, 1, &df));
    PP_TRY(pp__scores_sum(fit, periods.code, periods.levels, w->ctx, &w->arena, &sums,
                          w->err));
    smoothed =
        pp_arena_alloc(&w->arena, (int64_t)periods.levels * fit->k, sizeof *smoothed);
    PP_NEED(smoothed, w->err);
    smooth(sums, periods.levels, fit->k, fit->vcov.lag, smoothed);
    fit->small_sample = pp__smooth_factor(fit, periods.levels, df);
    PP_TRY(pp__scores_products(fit->k, sums, smoothed, periods.levels, fit->small_sample,
                               w->ctx, &w->arena, w->meat, w->err));
    fit->component[0] =
        (pp__component){periods.name, 1, periods.levels, fit->small_sample};
    fit->n_components = 1;
    if (fit->vcov.ssc == PP__SSC_FIXEST) {
        fit->df = (double)(periods.levels - 1);
    }
    pp__covariance_close(w);
    return pp__covariance_warn_few(w, periods.levels, "periods");
}
