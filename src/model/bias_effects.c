#include "model/bias_effects.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the option ---- */

static pp_status refuse(pp_status code, const char *value, const char *message,
                        const char *hint, pp_error *err) {
    pp_error_set(err, code, "%s", message);
    pp_error_locate(err, NULL, 0, "bias", value);
    pp_error_hint(err, "%s", hint);
    return code;
}

pp_status pp__bias_read(const pp_fit *fit, int *bandwidth, pp_error *err) {
    static const char ANALYTIC[] = "analytic";
    const char *wanted = fit->options.bias;
    size_t length = sizeof ANALYTIC - 1;
    *bandwidth = -1;
    if (!wanted || strcmp(wanted, "none") == 0) {
        return PP_OK;
    }
    int plain = strcmp(wanted, ANALYTIC) == 0, n = 0;
    int numbered = strncmp(wanted, ANALYTIC, length) == 0 && wanted[length] == ':' &&
                   sscanf(wanted + length, ":%d%n", bandwidth, &n) == 1 &&
                   wanted[length + (size_t)n] == 0 && *bandwidth >= 0 && *bandwidth < 100;
    if (!plain && !numbered) {
        return refuse(PP_E_ARGUMENT, wanted, "there is no such correction of bias",
                      "there are: none, analytic, analytic:L with a bandwidth L", err);
    }
    *bandwidth = plain ? 0 : *bandwidth;
    int effects = fit->design->with.n_effects;
    if (!fit->estimator->family->binary || effects < 1 || effects > 2 ||
        strcmp(fit->estimator->info.name, "cloglog") == 0) {
        return refuse(PP_E_UNSUPPORTED, wanted,
                      "the analytical correction is for logit and probit with one or two "
                      "fixed effects",
                      "write: y ~ x | unit + time", err);
    }
    if (*bandwidth > 0 && !fit->options.time) {
        return refuse(PP_E_ARGUMENT, wanted,
                      "a bandwidth needs the order of rows within the first effect",
                      "name the column of time (time)", err);
    }
    return PP_OK;
}

/* ---- sums by group ---- */

typedef struct correcting {
    pp__glm_effects *m;
    const pp_fit *fit;
    double *z;    /* n: half the second derivative's part */
    double *left; /* n × k: what the effects leave of the columns */
    double *bias; /* k */
    double *sums; /* levels of an effect × (k + 1) */
    pp_error *err;
} correcting;

static void predict_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const correcting *c = payload;
    const pp__glm_effects *m = c->m;
    const double *weight = m->g->weight + begin;
    double *eta = scratch + (int64_t)m->k * PP__TILE, *mean = eta + PP__TILE;
    double slope[PP__TILE], curve[PP__TILE];
    (void)sums;
    pp__glm_effects_predict(m, begin, n, eta, scratch);
    m->g->family->link->response(n, eta, mean, slope, curve);
    for (int i = 0; i < n; i++) {
        c->z[begin + i] = slope[i] > 0 ? weight[i] / slope[i] * curve[i] / 2 : 0;
    }
}

static void leave_tile(void *payload, int64_t begin, int n, double *sums,
                       double *scratch) {
    const correcting *c = payload;
    const pp__glm_effects *m = c->m;
    (void)sums;
    pp__absorb_tile(m->effects, m->column, m->m, m->coefficients, begin, n, scratch);
    for (int j = 0; j < m->k; j++) {
        memcpy(c->left + begin + j * m->g->d->n, scratch + (int64_t)j * PP__TILE,
               (size_t)n * sizeof *scratch);
    }
}

/* Adds Σ_g (Σ x̃ of) / Σ w over the groups. */
static void add_group_sums(correcting *c, const pp__grouping *group, const double *of) {
    const pp__glm_effects *m = c->m;
    int64_t n = m->g->d->n, k = m->k;
    memset(c->sums, 0, (size_t)group->levels * (size_t)(k + 1) * sizeof *c->sums);
    for (int64_t i = 0; i < n; i++) {
        double *to = c->sums + group->code[i] * (k + 1);
        for (int64_t j = 0; j < k; j++) {
            to[j] += c->left[i + j * n] * of[i];
        }
        to[k] += m->g->weight[i];
    }
    for (int64_t g = 0; g < group->levels; g++) {
        const double *from = c->sums + g * (k + 1);
        for (int64_t j = 0; from[k] > 0 && j < k; j++) {
            c->bias[j] += from[j] / from[k];
        }
    }
}

/* ---- regressors that answer to the outcome ---- */

typedef struct timed_row {
    int32_t group;
    double time;
    int64_t row;
} timed_row;

static int compare_rows(const void *a, const void *b) {
    const timed_row *x = a, *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return x->time != y->time ? (x->time < y->time ? -1 : 1)
                              : (x->row > y->row) - (x->row < y->row);
}

static pp_status list_rows(const correcting *c, timed_row *rows) {
    const pp__design *d = c->m->g->d;
    pp_column *time;
    PP_TRY(pp_table_require(c->fit->data, c->fit->options.time, &time, c->err));
    if (time->type != PP_NUMBER) {
        pp_error_set(c->err, PP_E_INPUT, "time must be a number");
        pp_error_locate(c->err, NULL, 0, time->name, NULL);
        return PP_E_INPUT;
    }
    for (int64_t i = 0; i < d->n; i++) {
        double at = time->number[pp__design_row(d, i)];
        if (isnan(at)) {
            pp_error_set(c->err, PP_E_INPUT, "time is missing");
            pp_error_locate(c->err, NULL, pp__design_row(d, i) + 1, time->name, NULL);
            return PP_E_INPUT;
        }
        rows[i] = (timed_row){d->with.effect[0].code[i], at, i};
    }
    qsort(rows, (size_t)d->n, sizeof *rows, compare_rows);
    return PP_OK;
}

/* Of one group, whose T rows stand in order. */
static void add_lags(correcting *c, const timed_row *rows, int64_t T, int bandwidth) {
    const pp__glm *g = c->m->g;
    double weights = 0;
    for (int64_t t = 0; t < T; t++) {
        weights += g->weight[rows[t].row];
    }
    for (int64_t l = 1; l <= bandwidth && l < T && weights > 0; l++) {
        double factor = (double)T / (double)(T - l) / weights;
        for (int64_t t = l; t < T; t++) {
            int64_t i = rows[t].row;
            double part = factor * g->weight[i] * g->score[rows[t - l].row];
            for (int64_t j = 0; j < c->m->k; j++) {
                c->bias[j] += part * c->left[i + j * g->d->n];
            }
        }
    }
}

static pp_status add_all_lags(correcting *c, int bandwidth) {
    int64_t n = c->m->g->d->n, first = 0;
    timed_row *rows = pp_malloc(n, sizeof *rows);
    PP_NEED(rows, c->err);
    pp_status status = list_rows(c, rows);
    for (int64_t i = 1; status == PP_OK && i <= n; i++) {
        if (i == n || rows[i].group != rows[first].group) {
            add_lags(c, rows + first, i - first, bandwidth);
            first = i;
        }
    }
    pp_free(rows);
    return status;
}

/* ---- the correction ---- */

static pp_status find_bias(correcting *c, int bandwidth) {
    pp__glm_effects *m = c->m;
    const pp__companions *with = &m->g->d->with;
    double unused;
    int64_t levels = 0;
    c->z = pp_arena_alloc(m->arena, m->g->d->n, sizeof *c->z);
    PP_NEED(c->z, c->err);
    c->left = pp_arena_alloc(m->arena, m->g->d->n * m->k, sizeof *c->left);
    PP_NEED(c->left, c->err);
    for (int e = 0; e < with->n_effects; e++) {
        levels = with->effect[e].levels > levels ? with->effect[e].levels : levels;
    }
    c->sums = pp_arena_alloc(m->arena, levels * (m->k + 1), sizeof *c->sums);
    PP_NEED(c->sums, c->err);
    pp__pass_run(&m->rows, predict_tile, c, m->g->ctx, &unused);
    pp__pass_run(&m->products, leave_tile, c, m->g->ctx, m->sums);
    for (int e = 0; e < with->n_effects; e++) {
        add_group_sums(c, &with->effect[e], c->z);
    }
    return bandwidth > 0 ? add_all_lags(c, bandwidth) : PP_OK;
}

/* The effects given the coefficients: a model with nothing but effects, and the rest as its
   offset. */
static pp_status refit_effects(pp__glm_effects *m, const pp_fit *fit, pp_error *err) {
    pp__design alone = *m->g->d;
    pp__glm g = *m->g;
    pp__glm_effects effects;
    int64_t n = alone.n;
    double *offset = pp_arena_zalloc(m->arena, n, sizeof *offset);
    PP_NEED(offset, err);
    for (int64_t i = 0; i < n; i++) {
        offset[i] = g.offset ? g.offset[i] : 0;
        for (int j = 0; j < m->k; j++) {
            offset[i] += m->b[j] * ((alone.x[j][i] - alone.center[j]) / alone.scale[j]);
        }
    }
    alone.k = 0;
    g.d = &alone;
    g.offset = offset;
    g.expected = 0;
    PP_TRY(pp__glm_effects_make(&g, m->arena, &effects, err));
    memcpy(effects.level, m->level, (size_t)m->levels * sizeof *m->level);
    effects.started = 1;
    PP_TRY(pp__glm_effects_maximise(&effects, fit->options.tolerance,
                                    fit->options.max_iterations, err));
    memcpy(m->level, effects.level, (size_t)m->levels * sizeof *m->level);
    m->converged &= effects.converged;
    return PP_OK;
}

pp_status pp__bias_correct(pp__glm_effects *m, const pp_fit *fit, int bandwidth,
                           pp_error *err) {
    correcting c = {.m = m, .fit = fit, .err = err};
    double score_norm = m->score_norm;
    pp_arena_mark mark = pp_arena_get_mark(m->arena);
    c.bias = pp_arena_zalloc(m->arena, m->k, sizeof *c.bias);
    PP_NEED(c.bias, err);
    PP_TRY(find_bias(&c, bandwidth));
    pp__forward(m->k, m->factor, c.bias);
    pp__backward(m->k, m->factor, c.bias);
    for (int j = 0; j < m->k; j++) {
        m->b[j] += c.bias[j];
    }
    PP_TRY(refit_effects(m, fit, err));
    PP_TRY(pp__glm_effects_visit(m, err));
    m->score_norm = score_norm;
    pp_arena_release(m->arena, mark);
    return PP_OK;
}
