/* Heteroscedasticity: HC0 to HC3.
   White (1980), Econometrica 48; MacKinnon & White (1985), J. Econometrics 29. */
#include "base/check.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* n rows of z (tile) to the share of each row in its own fit. */
static void leverage(const pp_fit *fit, int64_t begin, int n, const double *z, double *h,
                     double *product) {
    int k = fit->k;
    memset(h, 0, (size_t)n * sizeof *h);
    for (int j = 0; j < k; j++) {
        memset(product, 0, (size_t)n * sizeof *product);
        for (int l = 0; l < k; l++) {
            double b = fit->bread[l + (int64_t)j * k];
            for (int i = 0; i < n; i++) {
                product[i] += b * z[i + (int64_t)l * PP__TILE];
            }
        }
        for (int i = 0; i < n; i++) {
            h[i] += product[i] * z[i + (int64_t)j * PP__TILE];
        }
    }
    for (int i = 0; i < n; i++) {
        double share = pp__scores_share(fit, begin + i);
        double weight = fit->scores.weight ? fit->scores.weight[begin + i] : 1;
        h[i] *= weight * share * share;
    }
}

typedef struct job {
    const pp_fit *fit;
    double *effects; /* their part of leverages; NULL: none */
} job;

/* Divides the scores by what the leverages leave, and counts the rows that fit themselves
   alone: these have no residual to speak of, and count for nothing. */
static double correct(const job *w, int64_t begin, int n, double *scores,
                      double *scratch) {
    const pp_fit *fit = w->fit;
    double *z = scratch, *h = z + (int64_t)fit->k * PP__TILE, alone = 0;
    pp__scores_z(fit, begin, n, z);
    leverage(fit, begin, n, z, h, h + PP__TILE);
    for (int i = 0; i < n; i++) {
        double left = 1 - h[i] - (w->effects ? w->effects[begin + i] : 0);
        int counts = left > 1e-10;
        h[i] = counts ? 1 / (fit->vcov.type == 2 ? sqrt(left) : left) : 0;
        alone += !counts;
    }
    for (int64_t at = 0; at < (int64_t)fit->k * PP__TILE; at += PP__TILE) {
        for (int i = 0; i < n; i++) {
            scores[at + i] *= h[i];
        }
    }
    return alone;
}

/* Adds the squares of scores, and after them the number of rows that fit themselves
 * alone. */
static void add_squares(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const job *w = payload;
    const pp_fit *fit = w->fit;
    int64_t k = fit->k, size = k * PP__TILE;
    const pp__companions *with = &fit->design->with;
    pp__scores_tile(fit, begin, n, scratch);
    if (fit->vcov.type >= 2) {
        sums[k * k] += correct(w, begin, n, scratch, scratch + size);
    }
    for (int64_t at = 0; with->weight && with->frequency && at < size; at += PP__TILE) {
        for (int i = 0; i < n; i++) {
            scratch[at + i] *= pp__scores_share(fit, begin + i);
        }
    }
    pp__add_products(fit->k, n, PP__TILE, scratch, scratch, sums);
}

static pp_status warn_alone(pp__covariance_work *w, int64_t rows) {
    return rows == 0
               ? PP_OK
               : pp__notes_warn(&w->fit->notes, "leverage", w->fit->options.vcov, rows,
                                w->err,
                                "%lld rows have a leverage of one and no part in the "
                                "covariance %s",
                                (long long)rows, w->fit->options.vcov);
}

pp_status pp__covariance_robust(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    int64_t k = fit->k, n = fit->scores.n;
    double df;
    pp__pass pass;
    if (fit->vcov.type >= 2 && fit->scores.matrix) {
        PP_FAIL(w->err, PP_E_UNSUPPORTED, "hc2 and hc3 are not defined for '%s'",
                fit->estimator->info.name);
    }
    job own = {.fit = fit};
    PP_TRY(fit->vcov.type >= 2 ? pp__effects_leverage(w, &own.effects) : PP_OK);
    double *sums = pp_arena_alloc(&w->arena, k * k + 1, sizeof *sums);
    PP_NEED(sums, w->err);
    PP_TRY(pp__pass_init(&pass, n, k * k + 1, (2 * k + 2) * PP__TILE, &w->arena, w->err));
    pp__pass_run(&pass, add_squares, &own, w->ctx, sums);
    PP_TRY(pp__counted_df(w, NULL, 0, &df));
    fit->small_sample = fit->vcov.type == 1 ? fit->scores.count / df : 1;
    for (int64_t i = 0; i < k * k; i++) {
        w->meat[i] = fit->small_sample * sums[i];
    }
    pp__covariance_close(w);
    return warn_alone(w, (int64_t)sums[k * k]);
}
