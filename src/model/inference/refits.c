#include "model/inference/refits.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/refit.h"

#include <math.h>

typedef struct job {
    const pp_fit *fit;
    const pp__clusters *clusters;
    pp__refit_count *count;
    const void *payload;
    double *estimates;
    int64_t first;     /* of this round */
    pp_status *status; /* of each refit of the round */
    pp__refit_fate *fate;
} job;

static void spread(const job *j, int64_t b, int32_t *times, int32_t *rows) {
    j->count(j->payload, b, times);
    for (int64_t i = 0; i < j->fit->design->n; i++) {
        rows[i] = times[j->clusters->of_row[i]];
    }
}

static pp_status refit_once(const job *j, int64_t b, pp__refit_fate *fate) {
    const pp_fit *fit = j->fit;
    double *out = j->estimates + b * fit->k;
    pp_fit *refit = NULL;
    int32_t *rows = pp_malloc(fit->design->n + j->clusters->n, sizeof *rows);
    if (!rows) {
        return PP_E_MEMORY;
    }
    spread(j, b, rows + fit->design->n, rows);
    pp_status status = pp__fit_reweigh(fit, rows, NULL, &refit, NULL);
    pp_free(rows);
    *fate = PP__REFITTED;
    if (status != PP_OK || !pp__refit_estimates(fit, refit, out)) {
        *fate = PP__NOT_IDENTIFIED;
    } else if (!refit->converged) {
        *fate = PP__NOT_CONVERGED;
    }
    for (int l = 0; *fate != PP__REFITTED && l < fit->k; l++) {
        out[l] = NAN;
    }
    pp_fit_free(refit);
    return status == PP_E_MEMORY || status == PP_E_INTERNAL ? status : PP_OK;
}

static void refit(void *payload, int64_t i) {
    const job *j = payload;
    j->status[i] = refit_once(j, j->first + i, &j->fate[i]);
}

pp_status pp__refits_run(const pp_fit *fit, const pp__clusters *clusters, int64_t n,
                         pp__refit_count *count, const void *payload, const char *stage,
                         const pp_context *ctx, pp_arena *arena, pp__refits *out,
                         pp_error *err) {
    enum { ROUND = 32 };
    pp_status status[ROUND];
    pp__refit_fate fate[ROUND];
    job j = {.fit = fit,
             .clusters = clusters,
             .count = count,
             .payload = payload,
             .status = status,
             .fate = fate};
    *out = (pp__refits){.n = n};
    out->estimates = j.estimates = pp_arena_alloc(arena, n * fit->k, sizeof(double));
    PP_NEED(out->estimates, err);
    for (j.first = 0; j.first < n; j.first += ROUND) {
        int64_t left = n - j.first, round = left < ROUND ? left : ROUND;
        PP_TRY(pp_progress(ctx, stage, (double)j.first / (double)n, err));
        pp__parallel(ctx, round, refit, &j);
        for (int64_t i = 0; i < round; i++) {
            if (status[i] != PP_OK) {
                PP_FAIL(err, status[i], "a refit failed");
            }
            out->fates[fate[i]]++;
        }
    }
    return PP_OK;
}
