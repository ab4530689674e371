#include "drivers/peers_residuals.h"

#include "base/check.h"
#include "model/after/newdata.h"
#include "model/after/predict.h"
#include "model/estimator.h"
#include "model/estimators/hazard.h"

#include <math.h>

/* McCullagh & Nelder (1989), Generalized Linear Models, ch. 2.4. */
static double residual_of(int y, double p, int pearson) {
    double of = y ? p : 1 - p; /* the probability of what happened */
    double size = pearson ? sqrt((1 - of) / of) : sqrt(-2 * log(of));
    return y ? size : -size;
}

/* Rows begin..end-1 of one unit, in which adoption was in window..end-1, or not at all
   (window == end): the sum over the rows up to it divided by their number, on average over
   the rows in which it may have been. */
static double expect(const double *p, int64_t begin, int64_t window, int64_t end,
                     int pearson) {
    double passed = 0, mean = 0, survived = 1, total = 0;
    for (int64_t i = begin; i < end; i++) {
        if (i >= window) {
            double chance = survived * p[i];
            mean += chance * (passed + residual_of(1, p[i], pearson)) /
                    (double)(i - begin + 1);
            total += chance;
            survived *= 1 - p[i];
        }
        passed += residual_of(0, p[i], pearson);
    }
    return window < end ? mean / total : passed / (double)(end - begin);
}

static void of_hazard(const pp_fit *fit, const int32_t *unit, int pearson,
                      const double *p, double *residual) {
    const pp__hazard_rows *rows = fit->workspace;
    int64_t n = fit->design->n;
    for (int64_t begin = 0, end; begin < n; begin = end) {
        int32_t u = unit[pp__row_number(fit, begin) - 1];
        int64_t window = -1;
        for (end = begin; end < n && unit[pp__row_number(fit, end) - 1] == u; end++) {
            int inside = rows->in_window[pp__design_row(fit->design, end)];
            window = inside && window < 0 ? end : window;
        }
        residual[u] = expect(p, begin, window < 0 ? end : window, end, pearson);
    }
}

static void of_outcome(const pp_fit *fit, const int32_t *unit, int32_t units, int pearson,
                       const double *p, double *count, double *residual) {
    for (int64_t i = 0; i < fit->design->n; i++) {
        int32_t u = unit[pp__row_number(fit, i) - 1];
        if (u >= 0) {
            double r = residual_of(fit->design->with.y[i] > 0, p[i], pearson);
            residual[u] = isnan(residual[u]) ? r : residual[u] + r;
            count[u]++;
        }
    }
    for (int32_t u = 0; u < units; u++) {
        residual[u] /= count[u];
    }
}

pp_status pp__unit_residuals(const pp_fit *fit, const int32_t *unit, int32_t units,
                             int pearson, const pp_context *ctx, double *residual,
                             pp_error *err) {
    double *eta, *p;
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = pp__used_predict(fit, ctx, &arena, &eta, &p, err);
    double *count =
        status == PP_OK ? pp_arena_zalloc(&arena, units, sizeof *count) : NULL;
    if (status == PP_OK && !count) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int32_t u = 0; u < units; u++) {
        residual[u] = NAN;
    }
    if (status == PP_OK && fit->estimator->outcome == PP__INTERVAL) {
        of_hazard(fit, unit, pearson, p, residual);
    } else if (status == PP_OK) {
        of_outcome(fit, unit, units, pearson, p, count, residual);
    }
    pp_arena_clear(&arena);
    return status;
}
