/* Donors in the treated units' part, and how the estimate stands among theirs. */
#include "base/check.h"
#include "base/parallel.h"
#include "effects/synth/synth_work.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TASK = 0x73796e74, DRAWS = 200, BATCH = 64 };

static const double POOR = 20; /* times the mean square gap before treatment */

/* ---- designs ---- */

pp_status pp__synth_arrange(const pp__synth_work *w, const int *own, int n, int except,
                            pp_arena *arena, pp__paths *out, pp_error *err) {
    int periods = w->d.periods;
    double *y = pp_arena_zalloc(arena, (int64_t)(w->d.donors + 1) * periods, sizeof *y);
    PP_NEED(y, err);
    *out = (pp__paths){.periods = periods, .before = w->d.before, .treated = n, .y = y};
    for (int i = 0; i < w->d.donors; i++) {
        int is_own = i == except;
        for (int k = 0; k < n; k++) {
            is_own |= own[k] == i;
        }
        if (!is_own) {
            memcpy(y + out->donors++ * periods, w->d.y + i * periods,
                   (size_t)periods * sizeof *y);
        }
    }
    for (int k = 0; k < n; k++) {
        for (int t = 0; t < periods; t++) {
            y[out->donors * periods + t] += w->d.y[own[k] * periods + t] / n;
        }
    }
    return PP_OK;
}

pp_status pp__synth_estimate(const pp__synth_work *w, const int *own, int n, int except,
                             pp__synth_method method, pp_arena *arena, pp__synthetic *out,
                             pp_error *err) {
    pp__paths paths;
    PP_TRY(pp__synth_arrange(w, own, n, except, arena, &paths, err));
    pp__synth_rule rule = w->rule;
    rule.method = method;
    return pp__synthetic_estimate(&paths, &rule, arena, out, err);
}

/* ---- many estimates ---- */

typedef struct batch {
    pp__synth_work *w;
    const pp__synth_job *job;
    pp_status status[BATCH];
    pp_error err[BATCH];
} batch;

/* Gaps are kept; weights, and the room that they took, are not: of a thousand donors they are gigabytes. */
static void run_job(void *payload, int64_t i) {
    batch *b = payload;
    const pp__synth_job *job = &b->job[i];
    double *gap = job->out->gap;
    pp_arena arena;
    pp_arena_init(&arena);
    b->status[i] = pp__synth_estimate(b->w, job->own, job->n, job->except, job->method,
                                      &arena, job->out, &b->err[i]);
    if (b->status[i] == PP_OK) {
        memcpy(gap, job->out->gap, (size_t)b->w->d.periods * sizeof *gap);
    }
    job->out->gap = gap;
    job->out->donor = job->out->period = NULL;
    pp_arena_clear(&arena);
}

pp_status pp__synth_estimate_each(pp__synth_work *w, const char *stage,
                                  const pp__synth_job *jobs, int64_t n) {
    double *gap = pp_arena_alloc(&w->arena, n * w->d.periods, sizeof *gap);
    batch *b = pp_arena_alloc(&w->arena, 1, sizeof *b);
    PP_NEED(b ? gap : NULL, w->err);
    for (int64_t i = 0; i < n; i++) {
        jobs[i].out->gap = gap + i * w->d.periods;
    }
    for (int64_t from = 0; from < n; from += BATCH) {
        int64_t size = n - from < BATCH ? n - from : BATCH;
        *b = (batch){.w = w, .job = jobs + from};
        PP_TRY(pp_progress(w->ctx, stage, (double)from / (double)n, w->err));
        pp__parallel(w->ctx, size, run_job, b);
        for (int64_t i = 0; i < size; i++) {
            if (b->status[i] != PP_OK) {
                *w->err = b->err[i];
                return b->status[i];
            }
        }
    }
    return PP_OK;
}

/* ---- placebos ---- */

/* One treated unit: each donor in turn. Several: random groups of donors. */
static pp_status list_placebos(pp__synth_work *w) {
    int n = w->d.treated, donors = w->d.donors;
    w->placebos = n == 1           ? donors
                  : donors < n + 2 ? 0
                                   : (int)(w->options->draws ? w->options->draws : DRAWS);
    w->group =
        pp_arena_alloc(&w->arena, (int64_t)w->placebos * n + donors, sizeof *w->group);
    PP_NEED(w->group, w->err);
    int *order = w->group + w->placebos * n;
    for (int p = 0; p < w->placebos; p++) {
        pp_rng rng;
        pp_rng_init(&rng, w->options->seed, TASK, (uint64_t)p);
        for (int i = 0; i < donors; i++) {
            order[i] = i;
        }
        for (int k = 0; k < n; k++) {
            int at = n == 1 ? p : k + (int)pp_rng_below(&rng, donors - k);
            int chosen = order[at];
            order[at] = order[k];
            w->group[p * n + k] = order[k] = chosen;
        }
    }
    return PP_OK;
}

pp_status pp__synth_run_placebos(pp__synth_work *w) {
    PP_TRY(list_placebos(w));
    int64_t n = PP__SYNTH_METHODS * (int64_t)w->placebos;
    w->placebo = pp_arena_zalloc(&w->arena, n, sizeof *w->placebo);
    pp__synth_job *jobs = pp_arena_alloc(&w->arena, n, sizeof *jobs);
    PP_NEED(w->placebo ? jobs : NULL, w->err);
    for (int64_t i = 0; i < n; i++) {
        int p = (int)(i / PP__SYNTH_METHODS), m = (int)(i % PP__SYNTH_METHODS);
        jobs[i] = (pp__synth_job){.own = w->group + p * w->d.treated,
                                  .n = w->d.treated,
                                  .except = -1,
                                  .method = (pp__synth_method)m,
                                  .out = &w->placebo[m * w->placebos + p]};
    }
    return pp__synth_estimate_each(w, "placebos", jobs, n);
}

/* ---- ranks ---- */

const pp__synthetic *pp__synth_chosen(const pp__synth_work *w) {
    return &w->real[w->rule.method];
}

int pp__synth_fits_exactly(const pp__synth_work *w, const pp__synthetic *s) {
    return !(s->rmspe_before > 1e-6 * w->scale);
}

double pp__synth_ratio(const pp__synth_work *w, const pp__synthetic *s) {
    return pp__synth_fits_exactly(w, s) ? NAN : s->rmspe_after / s->rmspe_before;
}

int pp__synth_is_poor(const pp__synth_work *w, const pp__synthetic *s) {
    const pp__synthetic *real = pp__synth_chosen(w);
    if (pp__synth_fits_exactly(w, real)) {
        return s->rmspe_before > PP__SYNTH_POOR * w->scale;
    }
    return s->rmspe_before * s->rmspe_before >
           POOR * real->rmspe_before * real->rmspe_before;
}

static int descending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The size that an estimate must exceed so that its rank among n placebos has p <= alpha. */
static double told_at(const double *sizes, int n, double alpha) {
    int k = (int)floor(alpha * (n + 1) + 1e-9);
    return k > 0 ? sizes[k - 1] : NAN;
}

pp_status pp__synth_rank_of(const pp__synth_work *w, pp__synth_method method,
                            pp_arena *arena, pp__synth_rank *out, pp_error *err) {
    const pp__synthetic *placebo = w->placebo + (int)method * w->placebos;
    const pp__synthetic *real = &w->real[method];
    double mean = 0, squares = 0, n = w->placebos, own = pp__synth_ratio(w, real);
    int large = 1, marked = 1, above = 1, below = 1;
    double *sizes = pp_arena_alloc(arena, w->placebos, sizeof *sizes);
    PP_NEED(sizes, err);
    for (int p = 0; p < w->placebos; p++) {
        double e = placebo[p].estimate;
        sizes[p] = fabs(e);
        mean += e / n;
        large += fabs(e) >= fabs(real->estimate);
        above += e >= real->estimate;
        below += e <= real->estimate;
        marked += !(pp__synth_ratio(w, &placebo[p]) < own);
    }
    for (int p = 0; p < w->placebos; p++) {
        squares += (placebo[p].estimate - mean) * (placebo[p].estimate - mean);
    }
    qsort(sizes, (size_t)w->placebos, sizeof *sizes, descending);
    *out = (pp__synth_rank){.std_error = n > 1 ? sqrt(squares / (n - 1)) : NAN,
                            .p_value = n > 0 ? large / (n + 1) : NAN,
                            .p_ratio = n > 0 && !isnan(own) ? marked / (n + 1) : NAN,
                            .p_above = n > 0 ? above / (n + 1) : NAN,
                            .p_below = n > 0 ? below / (n + 1) : NAN,
                            .told = told_at(sizes, w->placebos, 1 - w->level),
                            .told_90 = told_at(sizes, w->placebos, 0.1)};
    return PP_OK;
}
