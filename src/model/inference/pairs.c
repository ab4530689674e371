/* The pairs bootstrap: whole clusters are drawn with replacement and the model is fitted
   anew. Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90; Efron (1987), JASA 82. */
#include "base/check.h"
#include "model/inference/bootstrap.h"
#include "model/inference/refits.h"
#include "model/inference/resampled.h"
#include "model/tables.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TASK = 0x9a1 };

/* ---- counts ---- */

typedef struct sampling {
    int32_t clusters;
    uint64_t seed;
} sampling;

static void draw_clusters(const void *payload, int64_t b, int32_t *times) {
    const sampling *s = payload;
    pp_rng rng;
    pp_rng_init(&rng, s->seed, TASK, (uint64_t)b);
    memset(times, 0, (size_t)s->clusters * sizeof *times);
    for (int32_t g = 0; g < s->clusters; g++) {
        times[pp_rng_below(&rng, s->clusters)]++;
    }
}

static void leave_one_out(const void *payload, int64_t b, int32_t *times) {
    const sampling *s = payload;
    for (int32_t g = 0; g < s->clusters; g++) {
        times[g] = g != b;
    }
}

/* ---- tables ---- */

static pp_status read_kind(pp__boot *boot, pp__resampled_kind *kind) {
    static const char *const KINDS[] = {"percentile", "bca", "normal"};
    const char *wanted = boot->options->interval;
    for (int i = 0; i < 3; i++) {
        if (!wanted || strcmp(wanted, KINDS[i]) == 0) {
            *kind = (pp__resampled_kind)i;
            return PP_OK;
        }
    }
    pp_error_set(boot->err, PP_E_ARGUMENT, "there is no interval '%s'", wanted);
    pp_error_locate(boot->err, NULL, 0, "interval", wanted);
    pp_error_hint(boot->err, "there are: percentile, bca, normal");
    return PP_E_ARGUMENT;
}

/* Column j of the refits that have it; gives their number. */
static int64_t collect(const pp__refits *refits, int k, int j, double *out) {
    int64_t n = 0;
    for (int64_t b = 0; b < refits->n; b++) {
        double value = refits->estimates[b * k + j];
        if (!isnan(value)) {
            out[n++] = value;
        }
    }
    return n;
}

static pp_status put_coefficient(pp__boot *boot, int at, pp__resampled_kind kind,
                                 const pp__refits *draws, const pp__refits *without,
                                 double *space) {
    const pp_fit *fit = boot->fit;
    int j = boot->index[at];
    double acceleration = 0;
    if (kind == PP__BCA) {
        acceleration = pp__acceleration(space, collect(without, fit->k, j, space));
    }
    int64_t n = collect(draws, fit->k, j, space);
    pp__resampled r = pp__resampled_of(space, n, fit->estimates[j]);
    r.acceleration = acceleration;
    pp__boot_row row = {.estimate = r.estimate, .std_error = r.sd, .draws = n};
    row.statistic = (r.estimate - boot->options->null) / r.sd;
    row.p_value = pp__resampled_p(&r, kind, boot->options->null);
    pp__resampled_interval(&r, kind, boot->level, &row.low, &row.high);
    for (int64_t b = 0; boot->star && b < draws->n; b++) {
        boot->star[at][b] = fabs(draws->estimates[b * fit->k + j] - r.estimate) / r.sd;
    }
    PP_TRY(pp__boot_put(boot, at, &row));
    at += (int)boot->first;
    PP_TRY(pp__put_number(boot->table, at, "bias", PP_SHOW_DEFAULT, r.mean - r.estimate,
                          boot->err));
    return pp__put_number(boot->table, at, "draws", PP_SHOW_COUNT, (double)n, boot->err);
}

static pp_status put_failures(pp__boot *boot, const pp__refits *draws) {
    int64_t failed = draws->fates[PP__NOT_CONVERGED] + draws->fates[PP__NOT_IDENTIFIED];
    PP_TRY(pp__put_number(boot->facts, 0, "not_converged", PP_SHOW_COUNT,
                          (double)draws->fates[PP__NOT_CONVERGED], boot->err));
    PP_TRY(pp__put_number(boot->facts, 0, "not_identified", PP_SHOW_COUNT,
                          (double)draws->fates[PP__NOT_IDENTIFIED], boot->err));
    return failed == 0
               ? PP_OK
               : pp_result_warn(boot->result, "bootstrap_failures", NULL, failed,
                                boot->err,
                                "%lld of %lld draws gave no estimates (not converged: "
                                "%lld, not identified: %lld); the others stand for all",
                                (long long)failed, (long long)draws->n,
                                (long long)draws->fates[PP__NOT_CONVERGED],
                                (long long)draws->fates[PP__NOT_IDENTIFIED]);
}

pp_status pp__boot_pairs(pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    const sampling s = {boot->clusters.n, boot->options->seed};
    pp__resampled_kind kind;
    pp__refits draws, without = {0};
    PP_TRY(read_kind(boot, &kind));
    PP_TRY(pp__refits_run(fit, &boot->clusters, boot->draws, draw_clusters, &s,
                          "bootstrap", boot->ctx, boot->arena, &draws, boot->err));
    if (draws.fates[PP__REFITTED] < 2) {
        PP_FAIL(boot->err, PP_E_ESTIMATION, "%lld of %lld draws gave estimates",
                (long long)draws.fates[PP__REFITTED], (long long)draws.n);
    }
    if (kind == PP__BCA) {
        PP_TRY(pp__refits_run(fit, &boot->clusters, s.clusters, leave_one_out, &s,
                              "jackknife", boot->ctx, boot->arena, &without, boot->err));
    }
    int64_t most = boot->draws > s.clusters ? boot->draws : s.clusters;
    double *space = pp_arena_alloc(boot->arena, most, sizeof *space);
    PP_NEED(space, boot->err);
    for (int i = 0; i < boot->n; i++) {
        PP_TRY(put_coefficient(boot, i, kind, &draws, &without, space));
    }
    PP_TRY(pp__put_text(boot->facts, 0, "interval",
                        kind == PP__BCA      ? "bca"
                        : kind == PP__NORMAL ? "normal"
                                             : "percentile",
                        boot->err));
    return put_failures(boot, &draws);
}
