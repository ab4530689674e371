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

static pp_status add_ratios(const pp__bias_rows *r, const pp__grouping *group,
                            double *bias, pp_error *err) {
    int64_t k = r->k;
    double *sums = pp_calloc(group->levels * (k + 1), sizeof *sums);
    PP_NEED(sums, err);
    for (int64_t i = 0; i < r->d->n; i++) {
        double *to = sums + group->code[i] * (k + 1);
        for (int64_t j = 0; j < k; j++) {
            to[j] += r->whole[j][i];
        }
        to[k] += r->weight[i];
    }
    for (int64_t g = 0; g < group->levels; g++) {
        const double *from = sums + g * (k + 1);
        for (int64_t j = 0; from[k] > 0 && j < k; j++) {
            bias[j] += from[j] / from[k] / 2;
        }
    }
    pp_free(sums);
    return PP_OK;
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

static pp_status list_rows(const pp_fit *fit, timed_row *rows, pp_error *err) {
    const pp__design *d = fit->design;
    pp_column *time;
    PP_TRY(pp_table_require(fit->data, fit->options.time, &time, err));
    if (time->type != PP_NUMBER) {
        pp_error_set(err, PP_E_INPUT, "time must be a number");
        pp_error_locate(err, NULL, 0, time->name, NULL);
        return PP_E_INPUT;
    }
    for (int64_t i = 0; i < d->n; i++) {
        double at = time->number[pp__design_row(d, i)];
        if (isnan(at)) {
            pp_error_set(err, PP_E_INPUT, "time is missing");
            pp_error_locate(err, NULL, pp__design_row(d, i) + 1, time->name, NULL);
            return PP_E_INPUT;
        }
        rows[i] = (timed_row){d->with.effect[0].code[i], at, i};
    }
    qsort(rows, (size_t)d->n, sizeof *rows, compare_rows);
    return PP_OK;
}

/* Of one group, whose T rows stand in order. */
static void add_lags(const pp__bias_rows *r, const timed_row *rows, int64_t T,
                     int bandwidth, double *bias) {
    double weights = 0;
    for (int64_t t = 0; t < T; t++) {
        weights += r->weight[rows[t].row];
    }
    for (int64_t l = 1; l <= bandwidth && l < T && weights > 0; l++) {
        double factor = (double)T / (double)(T - l) / weights;
        for (int64_t t = l; t < T; t++) {
            int64_t i = rows[t].row;
            double part = factor * r->weight[i] * r->score[rows[t - l].row];
            for (int64_t j = 0; j < r->k; j++) {
                bias[j] += part * r->left[j][i];
            }
        }
    }
}

static pp_status add_all_lags(const pp__bias_rows *r, const pp_fit *fit, int bandwidth,
                              double *bias, pp_error *err) {
    int64_t n = r->d->n, first = 0;
    timed_row *rows = pp_malloc(n, sizeof *rows);
    PP_NEED(rows, err);
    pp_status status = list_rows(fit, rows, err);
    for (int64_t i = 1; status == PP_OK && i <= n; i++) {
        if (i == n || rows[i].group != rows[first].group) {
            add_lags(r, rows + first, i - first, bandwidth, bias);
            first = i;
        }
    }
    pp_free(rows);
    return status;
}

pp_status pp__bias_sum(const pp__bias_rows *r, const pp_fit *fit, int bandwidth,
                       double *bias, pp_error *err) {
    memset(bias, 0, (size_t)r->k * sizeof *bias);
    for (int e = 0; e < r->d->with.n_effects; e++) {
        PP_TRY(add_ratios(r, &r->d->with.effect[e], bias, err));
    }
    return bandwidth > 0 ? add_all_lags(r, fit, bandwidth, bias, err) : PP_OK;
}

/* ---- the correction ---- */

typedef struct correcting {
    pp__glm_effects *m;
    double **whole, **left; /* k columns of n */
} correcting;

void pp__bias_curvature(int n, const double *weight, const double *slope, double *curve) {
    for (int i = 0; i < n; i++) {
        curve[i] = slope[i] > 0 ? weight[i] / slope[i] * curve[i] : 0;
    }
}

static void left_tile(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const correcting *c = payload;
    const pp__glm_effects *m = c->m;
    double mean[PP__TILE], slope[PP__TILE], curve[PP__TILE], eta[PP__TILE];
    (void)sums;
    pp__glm_effects_predict(m, begin, n, eta, scratch);
    m->g->family->link->response(n, eta, mean, slope, curve);
    pp__bias_curvature(n, m->g->weight + begin, slope, curve);
    pp__absorb_tile(m->effects, m->column, m->m, m->coefficients, begin, n, scratch);
    for (int j = 0; j < m->k; j++) {
        const double *from = scratch + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            c->left[j][begin + i] = from[i];
            c->whole[j][begin + i] = from[i] * curve[i];
        }
    }
}

static pp_status allocate_columns(pp_arena *arena, int k, int64_t n, double ***out,
                                  pp_error *err) {
    *out = pp_arena_alloc(arena, k, sizeof **out);
    PP_NEED(*out, err);
    for (int j = 0; j < k; j++) {
        (*out)[j] = pp_arena_alloc(arena, n, sizeof ***out);
        PP_NEED((*out)[j], err);
    }
    return PP_OK;
}

static pp_status find_bias(pp__glm_effects *m, const pp_fit *fit, int bandwidth,
                           double *bias, pp_error *err) {
    correcting c = {.m = m};
    PP_TRY(allocate_columns(m->arena, m->k, m->g->d->n, &c.whole, err));
    PP_TRY(allocate_columns(m->arena, m->k, m->g->d->n, &c.left, err));
    pp__pass_run(&m->products, left_tile, &c, m->g->ctx, m->sums);
    const pp__bias_rows rows = {.d = m->g->d,
                                .k = m->k,
                                .weight = m->g->weight,
                                .score = m->g->score,
                                .whole = (const double *const *)c.whole,
                                .left = (const double *const *)c.left};
    return pp__bias_sum(&rows, fit, bandwidth, bias, err);
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
    double score_norm = m->score_norm;
    pp_arena_mark mark = pp_arena_get_mark(m->arena);
    double *bias = pp_arena_alloc(m->arena, m->k, sizeof *bias);
    PP_NEED(bias, err);
    PP_TRY(find_bias(m, fit, bandwidth, bias, err));
    pp__forward(m->k, m->factor, bias);
    pp__backward(m->k, m->factor, bias);
    for (int j = 0; j < m->k; j++) {
        m->b[j] += bias[j];
    }
    PP_TRY(refit_effects(m, fit, err));
    PP_TRY(pp__glm_effects_visit(m, err));
    m->score_norm = score_norm;
    pp_arena_release(m->arena, mark);
    return PP_OK;
}
