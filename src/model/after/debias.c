#include "model/after/debias.h"

#include "base/check.h"
#include "model/bias_effects.h"

#include <math.h>
#include <string.h>

typedef struct debias {
    const pp_fit *fit;
    const pp__change *to, *from;
    const pp_context *ctx;
    pp_arena arena;
    double *second, *psi, *left, *z; /* n each */
    double rows;                     /* the sum of weights */
} debias;

static void predict(const debias *b, const pp__change *change, int64_t begin, int n,
                    double *x, double *dx, double *scratch, double *eta, double *slope) {
    const pp_fit *fit = b->fit;
    memset(slope, 0, (size_t)n * sizeof *slope);
    memcpy(eta, fit->outside + begin, (size_t)n * sizeof *eta);
    pp__design_change(fit->design, change, begin, n, x, dx, scratch);
    for (int j = 0; j < fit->design->k; j++) {
        int64_t at = (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            eta[i] += fit->estimates[j] * x[at + i];
            slope[i] += dx ? fit->estimates[j] * dx[at + i] : 0;
        }
    }
}

/* The third derivative of the mean, by differences of the second: to about 1e-12. */
static void third(const pp__link *link, int n, const double *eta, double *out) {
    static const double at[] = {-2, -1, 1, 2}, times[] = {1, -8, 8, -1};
    const double step = 1e-3;
    double moved[PP__TILE], mean[PP__TILE], slope[PP__TILE], curve[PP__TILE];
    memset(out, 0, (size_t)n * sizeof *out);
    for (int d = 0; d < 4; d++) {
        for (int i = 0; i < n; i++) {
            moved[i] = eta[i] + at[d] * step;
        }
        link->response(n, moved, mean, slope, curve);
        for (int i = 0; i < n; i++) {
            out[i] += times[d] / (12 * step) * curve[i];
        }
    }
}

/* Adds sign times the derivatives of the response under a change. */
static void add_change(const debias *b, const pp__change *change, double sign,
                       int64_t begin, int n, double *scratch) {
    int64_t size = (int64_t)b->fit->design->k * PP__TILE;
    int tangent = change->kind == PP__TANGENT;
    double eta[PP__TILE], along[PP__TILE], mean[PP__TILE], slope[PP__TILE],
        curve[PP__TILE], bend[PP__TILE];
    predict(b, change, begin, n, scratch, tangent ? scratch + size : NULL,
            scratch + 2 * size, eta, along);
    b->fit->link->response(n, eta, mean, slope, curve);
    third(b->fit->link, n, eta, bend);
    for (int i = 0; i < n; i++) {
        double first = tangent ? curve[i] * along[i] : slope[i];
        double second = tangent ? bend[i] * along[i] : curve[i];
        b->psi[begin + i] += sign * first;
        b->second[begin + i] += sign * second;
    }
}

static void fill_tile(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const debias *b = payload;
    const pp_fit *fit = b->fit;
    const double *weight = fit->scores.weight + begin, *prior = fit->design->with.weight;
    const pp__change as_is = {.kind = PP__AS_IS};
    double eta[PP__TILE], unused[PP__TILE], mean[PP__TILE], slope[PP__TILE];
    memset(b->psi + begin, 0, (size_t)n * sizeof *b->psi);
    memset(b->second + begin, 0, (size_t)n * sizeof *b->second);
    add_change(b, b->to, 1, begin, n, scratch);
    if (b->from) {
        add_change(b, b->from, -1, begin, n, scratch);
    }
    predict(b, &as_is, begin, n, scratch, NULL,
            scratch + 2 * (int64_t)fit->design->k * PP__TILE, eta, unused);
    fit->link->response(n, eta, mean, slope, b->z + begin);
    pp__bias_curvature(n, weight, slope, b->z + begin);
    for (int i = 0; i < n; i++) {
        double counts = prior ? prior[begin + i] : 1;
        double *psi = &b->psi[begin + i];
        *psi = weight[i] > 0 ? -counts * *psi / weight[i] : 0;
        b->second[begin + i] *= counts;
        sums[0] += counts;
    }
}

static pp_status prepare(debias *b, pp_error *err) {
    const pp__design *d = b->fit->design;
    int64_t scratch = 2 * (int64_t)d->k * PP__TILE + pp__design_scratch(d);
    pp__pass pass;
    b->second = pp_arena_alloc(&b->arena, 4 * d->n, sizeof *b->second);
    PP_NEED(b->second, err);
    b->psi = b->second + d->n;
    b->left = b->psi + d->n;
    b->z = b->left + d->n;
    PP_TRY(pp__pass_init(&pass, d->n, 1, scratch, &b->arena, err));
    pp__pass_run(&pass, fill_tile, b, b->ctx, &b->rows);
    return PP_OK;
}

static pp_status absorb(debias *b, pp_error *err) {
    const pp__design *d = b->fit->design;
    const pp__absorb_column column = {b->psi, 0, 1};
    pp__effects *effects;
    pp__absorber *absorber;
    pp__absorb_report report;
    PP_TRY(pp__effects_make(d->with.effect, d->with.n_effects, d->n, &b->arena, b->ctx,
                            &effects, err));
    PP_TRY(pp__absorber_make(effects, &b->arena, b->ctx, &absorber, err));
    PP_TRY(pp__absorber_weigh(absorber, b->fit->scores.weight, b->ctx, err));
    return pp__absorb(absorber, &column, 1, 1e-10, b->ctx, &b->left, &report, err);
}

static pp_status add_up(debias *b, double *bias, double *variance, pp_error *err) {
    const pp__scores *s = &b->fit->scores;
    int64_t n = b->fit->design->n;
    *variance = 0;
    for (int64_t i = 0; i < n; i++) {
        double explained = b->psi[i] - b->left[i];
        *variance += s->weight[i] * explained * explained;
        b->second[i] += b->z[i] * explained;
        b->left[i] = -b->left[i];
    }
    const double *whole = b->second, *left = b->left;
    const pp__bias_rows rows = {.d = b->fit->design,
                                .k = 1,
                                .weight = s->weight,
                                .score = s->factor,
                                .whole = &whole,
                                .left = &left};
    PP_TRY(pp__bias_sum(&rows, b->fit, b->fit->bandwidth, bias, err));
    *bias /= b->rows;
    *variance /= b->rows * b->rows;
    return PP_OK;
}

pp_status pp__debias_effect(const pp_fit *fit, const pp__change *to,
                            const pp__change *from, const pp_context *ctx, double *bias,
                            double *variance, pp_error *err) {
    debias b = {.fit = fit, .to = to, .from = from, .ctx = ctx};
    *bias = *variance = 0;
    if (fit->bandwidth < 0) {
        return PP_OK;
    }
    pp_arena_init(&b.arena);
    pp_status status = prepare(&b, err);
    status = status == PP_OK ? absorb(&b, err) : status;
    status = status == PP_OK ? add_up(&b, bias, variance, err) : status;
    pp_arena_clear(&b.arena);
    return status;
}
