/* Covariance matrices, on standardised columns: iid, HC0-HC3, one- and two-way clusters.
 *
 * White (1980), Econometrica 48; MacKinnon & White (1985), J. Econometrics 29; Liang &
 * Zeger (1986), Biometrika 73; Cameron, Gelbach & Miller (2011), JBES 29. Small-sample
 * factors as in fixest (G/(G−1)·(n−1)/(n−k), the smallest G of two) or as in sandwich's
 * vcovCL (each component its own G).
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

typedef struct work {
    pp_fit *fit;
    const pp_context *ctx;
    pp_arena *arena;
    double *meat, *scratch; /* k × k */
    pp_error *err;
} work;

static double residual_df(const pp_fit *fit) {
    return fit->scores.count - (double)fit->k - fit->absorbed;
}

/* ---- iid ---- */

static void iid(work *w) {
    pp_fit *fit = w->fit;
    double n = fit->scores.count, factor = 1;
    if (!isnan(fit->sigma)) {
        factor = fit->sigma * fit->sigma;
        fit->small_sample = 1;
    } else if (fit->vcov.ssc == PP__SSC_FIXEST) {
        factor = fit->small_sample = (n - 1) / residual_df(fit);
    } else {
        fit->small_sample = 1;
    }
    for (int64_t i = 0; i < (int64_t)fit->k * fit->k; i++) {
        fit->V[i] = factor * fit->bread[i];
    }
}

/* ---- heteroscedasticity ---- */

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
        h[i] *= fit->scores.weight[begin + i];
    }
}

/* What each row's z is multiplied by, and how many rows fit themselves alone: these have
   no residual to speak of, and count for nothing. */
static double row_factors(const pp_fit *fit, int64_t begin, int n, const double *z,
                          double *h, double *factor) {
    int type = fit->vcov.type;
    double alone = 0;
    memcpy(factor, fit->scores.factor + begin, (size_t)n * sizeof *factor);
    if (type < 2) {
        return 0;
    }
    leverage(fit, begin, n, z, h, h + PP__TILE);
    for (int i = 0; i < n; i++) {
        double left = 1 - h[i];
        int counts = left > 1e-10;
        factor[i] *= counts ? 1 / (type == 2 ? sqrt(left) : left) : 0;
        alone += !counts;
    }
    return alone;
}

/* Adds the squares of scores, and after them the number of rows that fit themselves
 * alone. */
static void add_squares(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const pp_fit *fit = ((const work *)payload)->fit;
    int64_t k = fit->k, size = k * PP__TILE;
    double *scores = scratch, *factor = scratch + size;
    if (fit->scores.matrix) {
        for (int64_t j = 0; j < k; j++) {
            memcpy(scores + j * PP__TILE, fit->scores.matrix + j * fit->scores.n + begin,
                   (size_t)n * sizeof *scores);
        }
    } else {
        pp__design_z(fit->design, begin, n, scores);
        sums[k * k] += row_factors(fit, begin, n, scores, factor + PP__TILE, factor);
        for (int64_t at = 0; at < size; at += PP__TILE) {
            for (int i = 0; i < n; i++) {
                scores[at + i] *= factor[i];
            }
        }
    }
    pp__add_products(fit->k, n, PP__TILE, scores, scores, sums);
}

static pp_status warn_alone(work *w, int64_t rows) {
    return rows == 0
               ? PP_OK
               : pp__notes_warn(&w->fit->notes, "leverage", w->fit->options.vcov, rows,
                                w->err,
                                "%lld rows have a leverage of one and no part in the "
                                "covariance %s",
                                (long long)rows, w->fit->options.vcov);
}

static pp_status robust(work *w) {
    pp_fit *fit = w->fit;
    int64_t k = fit->k, n = fit->scores.n;
    pp__pass pass;
    if (fit->vcov.type >= 2 && fit->scores.matrix) {
        PP_FAIL(w->err, PP_E_UNSUPPORTED, "hc2 and hc3 are not defined for '%s'",
                fit->estimator->info.name);
    }
    double *sums = pp_arena_alloc(w->arena, k * k + 1, sizeof *sums);
    PP_NEED(sums, w->err);
    PP_TRY(pp__pass_init(&pass, n, k * k + 1, (k + 3) * PP__TILE, w->arena, w->err));
    pp__pass_run(&pass, add_squares, w, w->ctx, sums);
    fit->small_sample = fit->vcov.type == 1 ? fit->scores.count / residual_df(fit) : 1;
    for (int64_t i = 0; i < k * k; i++) {
        w->meat[i] = fit->small_sample * sums[i];
    }
    pp__mirror(fit->k, w->meat);
    pp__sandwich(fit->k, fit->bread, w->meat, w->scratch, fit->V);
    return warn_alone(w, (int64_t)sums[k * k]);
}

/* ---- clusters ---- */

typedef struct clusters {
    const pp_fit *fit;
    const int32_t *code; /* of each observation */
    int64_t n;
    double *sums; /* n clusters × k */
} clusters;

static void sum_scores(void *payload, int64_t j) {
    const clusters *c = payload;
    const pp__scores *s = &c->fit->scores;
    const pp__design *d = c->fit->design;
    double *sums = c->sums + j * c->n;
    memset(sums, 0, (size_t)c->n * sizeof *sums);
    if (s->matrix) {
        for (int64_t i = 0; i < s->n; i++) {
            sums[c->code[i]] += s->matrix[i + j * s->n];
        }
        return;
    }
    const double *x = d->x[j], center = d->center[j], factor = 1 / d->scale[j];
    for (int64_t i = 0; i < s->n; i++) {
        sums[c->code[i]] += s->factor[i] * ((x[i] - center) * factor);
    }
}

static pp_status add_component(work *w, const pp__component *c, const int32_t *code) {
    pp_fit *fit = w->fit;
    int k = fit->k;
    pp_arena_mark mark = pp_arena_get_mark(w->arena);
    clusters sums = {fit, code, c->clusters, NULL};
    sums.sums = pp_arena_alloc(w->arena, c->clusters * k, sizeof(double));
    PP_NEED(sums.sums, w->err);
    pp__parallel(w->ctx, k, sum_scores, &sums);
    for (int j = 0; j < k; j++) {
        for (int i = j; i < k; i++) {
            double product = pp__dot(c->clusters, sums.sums + i * c->clusters,
                                     sums.sums + j * c->clusters);
            w->meat[i + (int64_t)j * k] += c->sign * c->factor * product;
        }
    }
    pp_arena_release(w->arena, mark);
    return PP_OK;
}

/* The code of each observation; of a unit, that of its rows, which must agree. */
static pp_status observation_codes(work *w, const pp_table *data, const char *name,
                                   int32_t **code, int64_t *levels) {
    const pp_fit *fit = w->fit;
    const pp__design *d = fit->design;
    pp_column *column;
    pp__encoding encoding;
    PP_TRY(pp_table_require(data, name, &column, w->err));
    PP_TRY(pp__encode(column, d->row, d->n, w->arena, &encoding, w->err));
    *code = encoding.code;
    *levels = encoding.n_levels;
    const int64_t *begin = fit->scores.begin;
    for (int64_t u = 0; begin && u < fit->scores.n; u++) {
        for (int64_t i = begin[u]; i < begin[u + 1]; i++) {
            if (encoding.code[i] != encoding.code[begin[u]]) {
                pp_error_set(w->err, PP_E_INPUT, "the cluster varies within a unit");
                pp_error_locate(w->err, NULL, d->row[i] + 1, name, NULL);
                return PP_E_INPUT;
            }
        }
        (*code)[u] = encoding.code[begin[u]]; /* u <= begin[u] */
    }
    if (*levels < 2) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "'%s' has one value only: there are no clusters",
                name);
    }
    return PP_OK;
}

/* Clusters by pairs of codes. */
static pp_status cross_codes(work *w, const int32_t *a, const int32_t *b,
                             int64_t b_levels, int32_t **code, int64_t *levels) {
    int64_t n = w->fit->scores.n;
    pp__encoding encoding;
    pp_column pairs = {.name = (char *)(uintptr_t) "", .type = PP_NUMBER};
    pairs.number = pp_arena_alloc(w->arena, n, sizeof *pairs.number);
    PP_NEED(pairs.number, w->err);
    for (int64_t i = 0; i < n; i++) {
        pairs.number[i] = (double)((int64_t)a[i] * b_levels + b[i]);
    }
    PP_TRY(pp__encode(&pairs, NULL, n, w->arena, &encoding, w->err));
    *code = encoding.code;
    *levels = encoding.n_levels;
    return PP_OK;
}

static double cluster_factor(const pp_fit *fit, int64_t own, int64_t smallest) {
    double n = fit->scores.count;
    double g = (double)(fit->vcov.ssc == PP__SSC_SANDWICH ? own : smallest);
    double rows = fit->vcov.type == 1 ? (n - 1) / residual_df(fit) : 1;
    int plain = fit->vcov.ssc == PP__SSC_NONE ||
                (fit->vcov.ssc == PP__SSC_FIXEST && fit->vcov.type == 0);
    return plain ? 1 : g / (g - 1) * rows;
}

static pp_status find_components(work *w, const pp_table *data, int32_t *codes[3]) {
    pp_fit *fit = w->fit;
    int ways = fit->vcov.n_clusters;
    pp__component *c = fit->component;
    int64_t smallest = INT64_MAX;
    for (int i = 0; i < ways; i++) {
        c[i] = (pp__component){.name = fit->vcov.cluster[i], .sign = 1};
        PP_TRY(observation_codes(w, data, c[i].name, &codes[i], &c[i].clusters));
        smallest = c[i].clusters < smallest ? c[i].clusters : smallest;
    }
    fit->n_components = ways;
    if (ways == 2) {
        c[2] = (pp__component){.sign = -1};
        c[2].name = pp_arena_printf(w->arena, "%s:%s", c[0].name, c[1].name);
        PP_NEED(c[2].name, w->err);
        PP_TRY(
            cross_codes(w, codes[0], codes[1], c[1].clusters, &codes[2], &c[2].clusters));
        fit->n_components = 3;
    }
    fit->small_sample = NAN;
    int equal = 1;
    for (int i = 0; i < fit->n_components; i++) {
        c[i].factor = cluster_factor(fit, c[i].clusters, smallest);
        equal &= c[i].factor == c[0].factor;
    }
    fit->small_sample = equal ? c[0].factor : NAN;
    if (fit->vcov.ssc == PP__SSC_FIXEST) {
        fit->df = (double)(smallest - 1);
    }
    if (smallest > fit->k) {
        return PP_OK;
    }
    return pp__notes_warn(
        &fit->notes, "few_clusters", fit->options.vcov, smallest, w->err,
        "%lld clusters are too few for %d coefficients: the covariance is "
        "singular and its errors are too small",
        (long long)smallest, fit->k);
}

static pp_status clustered(work *w, const pp_table *data) {
    pp_fit *fit = w->fit;
    int32_t *codes[3] = {NULL, NULL, NULL};
    memset(w->meat, 0, (size_t)fit->k * (size_t)fit->k * sizeof *w->meat);
    PP_TRY(find_components(w, data, codes));
    for (int i = 0; i < fit->n_components; i++) {
        PP_TRY(add_component(w, &fit->component[i], codes[i]));
    }
    pp__mirror(fit->k, w->meat);
    pp__sandwich(fit->k, fit->bread, w->meat, w->scratch, fit->V);
    return PP_OK;
}

pp_status pp__covariance(pp_fit *fit, const pp_table *data, const pp_context *ctx,
                         pp_error *err) {
    int64_t count = (int64_t)fit->k * fit->k;
    work w = {.fit = fit, .ctx = ctx, .arena = &fit->arena, .err = err};
    fit->V = pp_arena_alloc(w.arena, 3 * count, sizeof *fit->V);
    PP_NEED(fit->V, err);
    w.meat = fit->V + count;
    w.scratch = w.meat + count;
    fit->df = fit->estimator->student ? residual_df(fit) : INFINITY;
    if (residual_df(fit) < 1) {
        PP_FAIL(err, PP_E_ESTIMATION, "%lld observation%s too few for %d coefficient%s",
                (long long)fit->scores.n, fit->scores.n == 1 ? " is" : "s are", fit->k,
                fit->k == 1 ? "" : "s");
    }
    if (fit->vcov.kind == PP__IID) {
        iid(&w);
    } else {
        PP_TRY(fit->vcov.kind == PP__HC ? robust(&w) : clustered(&w, data));
    }
    if (!fit->estimator->student) {
        fit->df = INFINITY;
    }
    return PP_OK;
}

/* Negative eigenvalues are set to zero, in the units of the variables as they are. */
pp_status pp__covariance_mend(pp_fit *fit, pp_error *err) {
    int64_t k = fit->k;
    if (fit->n_components < 2) {
        return PP_OK;
    }
    double *vectors = pp_arena_alloc(&fit->arena, k * k + 5 * k, sizeof *vectors);
    PP_NEED(vectors, err);
    double *values = vectors + k * k, *space = values + k;
    memcpy(vectors, fit->V, (size_t)(k * k) * sizeof *vectors);
    if (pp__eigen(fit->k, vectors, values, space) != 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "the covariance has no eigenvalues");
    }
    if (values[0] >= -1e-14 * values[k - 1]) {
        return PP_OK;
    }
    int fixed = fit->vcov.ssc == PP__SSC_FIXEST;
    for (int64_t l = 0; fixed && values[l] < 0; l++) {
        for (int64_t j = 0; j < k; j++) {
            for (int64_t i = 0; i < k; i++) {
                fit->V[i + j * k] -= values[l] * vectors[i + l * k] * vectors[j + l * k];
            }
        }
    }
    return pp__notes_warn(&fit->notes, "covariance", fit->options.vcov, -1, err,
                          "the two-way covariance is not positive semidefinite%s",
                          fixed ? "; its negative eigenvalues were set to zero" : "");
}
