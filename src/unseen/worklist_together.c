#include "unseen/worklist_together.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TOGETHER = 0x6e657875, ONE_STEP_FACTOR = 10 };

typedef struct job {
    const pp__together *t;
    int64_t n, most_rows;
    double *now;   /* m: variances now, with what doubted claims add */
    double *width; /* draws × m; NaN: not to be had */
    pp_status *status;
    pp_error *err;
} job;

static int choose(const pp__candidate *c, const double *p, double luck) {
    int y = 0;
    for (double sum = p[0]; y + 1 < c->n && luck > sum; sum += p[y]) {
        y++;
    }
    return y;
}

/* What each of the first n reveals: -1 where its unit is in it already. */
static void draw_reveals(const job *j, int64_t draw, uint8_t *taken, double *p, int *y) {
    const pp__together *t = j->t;
    for (int64_t i = 0; i < j->n; i++) {
        const pp__candidate *c = &t->candidate[i];
        pp_rng rng;
        y[i] = -1;
        if (taken[c->unit]++) {
            continue;
        }
        pp_rng_init(&rng, t->seed, (uint64_t)TOGETHER << 32 | (uint64_t)draw,
                    (uint64_t)c->row);
        pp__candidate_chances(t->f, c, t->b + draw % t->draws * t->f->k, t->doubt, p);
        y[i] = choose(c, p, pp_rng_uniform(&rng));
    }
}

static int by_one_step(const job *j, const int *y, double *space, double *width) {
    const pp__information *f = j->t->f;
    size_t size = (size_t)f->k * (size_t)f->k;
    double *I = space, *B = I + size;
    memcpy(I, f->I, size * sizeof *I);
    memcpy(B, f->B, size * sizeof *B);
    for (int64_t i = 0; i < j->n; i++) {
        const pp__candidate *c = &j->t->candidate[i];
        if (y[i] >= 0) {
            pp__part_add(f, &c->now, -1, I, B, NULL);
            pp__part_add(f, &c->reveal[y[i]].part, 1, I, B, NULL);
        }
    }
    return pp__information_widths(f, I, B, NULL, B + size, width, NULL);
}

static pp_status reveal(const job *j, int64_t draw, pp_arena *arena, pp_error *err) {
    const pp__information *f = j->t->f;
    double *width = j->width + draw * f->m;
    uint8_t *taken = pp_arena_zalloc(arena, f->rows.units, 1);
    PP_NEED(taken, err);
    int *y = pp_arena_alloc(arena, j->n, sizeof *y);
    PP_NEED(y, err);
    double *space = pp_arena_alloc(
        arena, 2 * j->most_rows + 4 + 5 * (int64_t)f->k * (f->k + 1), sizeof *space);
    PP_NEED(space, err);
    draw_reveals(j, draw, taken, space, y);
    int done = 0;
    if (j->t->refitter) {
        PP_TRY(pp__refit_together(j->t->refitter, j->t->candidate, y, j->n, width, NULL,
                                  &done, err));
    } else {
        done = by_one_step(j, y, space + 2 * j->most_rows + 4, width);
    }
    for (int v = 0; !done && v < f->m; v++) {
        width[v] = NAN;
    }
    return PP_OK;
}

static void run_draw(void *payload, int64_t draw) {
    const job *j = payload;
    pp_arena arena;
    pp_arena_init(&arena);
    j->status[draw] = reveal(j, draw, &arena, &j->err[draw]);
    pp_arena_clear(&arena);
}

/* ---- the mean over draws ---- */

static void sum_up(const job *j, int64_t draws, double *mean, double *error) {
    int m = j->t->f->m;
    double done = 0;
    memset(mean, 0, (size_t)(m + 1) * sizeof *mean);
    memset(error, 0, (size_t)(m + 1) * sizeof *error);
    for (int64_t d = 0; d < draws; d++) {
        double all = 0;
        if (isnan(j->width[d * m])) {
            continue;
        }
        for (int v = 0; v < m; v++) {
            double reduction = 1 - j->width[d * m + v] / sqrt(j->now[v]);
            mean[v] += reduction;
            error[v] += reduction * reduction;
            all += reduction / m;
        }
        mean[m] += all;
        error[m] += all * all;
        done++;
    }
    for (int v = 0; v <= m; v++) {
        mean[v] /= done;
        error[v] = sqrt(fmax(0, error[v] / done - mean[v] * mean[v]) / (done - 1));
    }
}

static void begin(job *j) {
    const pp__together *t = j->t;
    const int64_t *rows = t->f->rows.begin;
    double variance = t->doubt * (1 - t->doubt);
    for (int64_t u = 0; u < t->f->rows.units; u++) {
        j->most_rows =
            rows[u + 1] - rows[u] > j->most_rows ? rows[u + 1] - rows[u] : j->most_rows;
    }
    for (int v = 0; v < t->f->m; v++) {
        j->now[v] = t->f->width[v] * t->f->width[v];
        for (int64_t i = 0; i < j->n; i++) {
            const double *shift = t->candidate[i].shift;
            j->now[v] += shift ? variance * shift[v] * shift[v] : 0;
        }
    }
}

pp_status pp__together_run(const pp__together *t, int64_t n, const pp_context *ctx,
                           double *mean, double *error, pp_error *err) {
    int64_t draws = t->refitter ? t->draws : ONE_STEP_FACTOR * t->draws, m = t->f->m;
    job j = {.t = t, .n = n};
    j.now = pp_malloc(m + draws * m, sizeof *j.now);
    j.status = pp_calloc(draws, sizeof *j.status);
    j.err = pp_calloc(draws, sizeof *j.err);
    pp_status status = j.now && j.status && j.err
                           ? pp_progress(ctx, "next", -1, err)
                           : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        j.width = j.now + m;
        begin(&j);
        pp__parallel(ctx, draws, run_draw, &j);
    }
    for (int64_t d = 0; d < draws && status == PP_OK; d++) {
        status = j.status[d];
        if (status != PP_OK && err) {
            *err = j.err[d];
        }
    }
    if (status == PP_OK) {
        sum_up(&j, draws, mean, error);
    }
    pp_free(j.now);
    pp_free(j.status);
    pp_free(j.err);
    return status;
}
