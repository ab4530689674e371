#include "unseen/misclass_loglik.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* What the likelihood of a row is a function of: the outcome's linear predictor and those
   of the two rates. */
enum { OUTCOME, PREDICTORS = 3, PAIRS = 6 };

typedef struct tile {
    int n;
    double *column; /* k columns of PP__TILE */
    double *eta, *mean, *slope, *curve;
    double *rate[PP__RATES], *rate_slope[PP__RATES], *rate_curve[PP__RATES];
    double *gradient[PREDICTORS]; /* by each predictor */
    double *information[PAIRS];   /* minus second derivatives, by pair_of */
    double *weighted[PREDICTORS];
} tile;

enum { TILE_VECTORS = 4 + 3 * PP__RATES + 2 * PREDICTORS + PAIRS };

static int pair_of(int u, int v) {
    static const int PAIR[PREDICTORS][PREDICTORS] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
    return PAIR[u][v];
}

static tile lay_out(const pp__misclass *m, int n, double *scratch) {
    tile t = {.n = n, .column = scratch};
    double *next = scratch + (int64_t)m->k * PP__TILE;
    double **vectors[TILE_VECTORS];
    int count = 0;
    vectors[count++] = &t.eta;
    vectors[count++] = &t.mean;
    vectors[count++] = &t.slope;
    vectors[count++] = &t.curve;
    for (int r = 0; r < PP__RATES; r++) {
        vectors[count++] = &t.rate[r];
        vectors[count++] = &t.rate_slope[r];
        vectors[count++] = &t.rate_curve[r];
    }
    for (int u = 0; u < PREDICTORS; u++) {
        vectors[count++] = &t.gradient[u];
        vectors[count++] = &t.weighted[u];
    }
    for (int p = 0; p < PAIRS; p++) {
        vectors[count++] = &t.information[p];
    }
    for (int i = 0; i < count; i++, next += PP__TILE) {
        *vectors[i] = next;
    }
    return t;
}

/* The predictor that column j belongs to. */
static int predictor_of(const pp__misclass *m, int j) {
    int first = j < m->d->k ? 0 : 1;
    return first + (j >= m->d->k + m->rate[PP__FALSE_POSITIVE].m);
}

/* The place of the rate's first parameter. */
static int begin_of(const pp__misclass *m, int which) {
    return m->d->k + (which == PP__FALSE_NEGATIVE ? m->rate[PP__FALSE_POSITIVE].m : 0);
}

void pp__misclass_rate(const pp__misclass *m, int which, int64_t begin, int n,
                       double *rate, double *slope, double *curve) {
    const pp__rate *r = &m->rate[which];
    const double *g = m->theta + begin_of(m, which);
    for (int i = 0; i < n; i++) {
        double value = r->m > 0          ? 0
                       : r->known_of_row ? r->known_of_row[begin + i]
                                         : r->known;
        for (int j = 0; j < r->m; j++) {
            value += g[j] * r->column[j][begin + i];
        }
        double s = r->m > 0, c = 0;
        if (r->m > 0 && r->logistic) {
            double e = exp(-fabs(value)), near = 1 / (1 + e), far = e * near;
            c = near * far * (value < 0 ? near - far : far - near);
            s = near * far;
            value = value < 0 ? far : near;
        }
        rate[i] = value;
        if (slope) {
            slope[i] = s;
            curve[i] = c;
        }
    }
}

static void fill_columns(const pp__misclass *m, int64_t begin, tile *t) {
    pp__design_z(m->d, begin, t->n, t->column);
    for (int r = 0; r < PP__RATES; r++) {
        for (int j = 0; j < m->rate[r].m; j++) {
            memcpy(t->column + (int64_t)(begin_of(m, r) + j) * PP__TILE,
                   m->rate[r].column[j] + begin, (size_t)t->n * sizeof(double));
        }
    }
}

static void predict(const pp__misclass *m, int64_t begin, tile *t) {
    const double *offset = m->d->with.offset;
    for (int i = 0; i < t->n; i++) {
        t->eta[i] = offset ? offset[begin + i] : 0;
    }
    for (int j = 0; j < m->d->k; j++) {
        const double *z = t->column + (int64_t)j * PP__TILE;
        for (int i = 0; i < t->n; i++) {
            t->eta[i] += m->theta[j] * z[i];
        }
    }
    m->link->response(t->n, t->eta, t->mean, t->slope, t->curve);
    for (int r = 0; r < PP__RATES; r++) {
        pp__misclass_rate(m, r, begin, t->n, t->rate[r], t->rate_slope[r],
                          t->rate_curve[r]);
    }
}

/* One row: its likelihood, derivatives by the three predictors into the tile. */
static double visit_row(const pp__misclass *m, int64_t row, int i, tile *t) {
    double y = m->d->with.y[row], w = m->d->with.weight ? m->d->with.weight[row] : 1;
    double F = t->mean[i], f = t->slope[i], a0 = t->rate[0][i], a1 = t->rate[1][i];
    double keep = 1 - a0 - a1,
           p = y > 0 ? a0 * (1 - F) + (1 - a1) * F : (1 - a0) * (1 - F) + a1 * F;
    if (!(a0 >= 0 && a1 >= 0 && keep > 0)) {
        return -INFINITY;
    }
    /* of p by the predictors; s is the derivative of the likelihood by p */
    double by[PREDICTORS] = {keep * f, (1 - F) * t->rate_slope[0][i],
                             -F * t->rate_slope[1][i]};
    double second[PAIRS] = {keep * t->curve[i],
                            -f * t->rate_slope[0][i],
                            -f * t->rate_slope[1][i],
                            (1 - F) * t->rate_curve[0][i],
                            0,
                            -F * t->rate_curve[1][i]};
    double s = (y > 0 ? 1 : -1) / fmax(p, 1e-300);
    for (int u = 0; u < PREDICTORS; u++) {
        t->gradient[u][i] = w * s * by[u];
        for (int v = u; v < PREDICTORS; v++) {
            t->information[pair_of(u, v)][i] =
                w * (s * by[u] * s * by[v] - s * second[pair_of(u, v)]);
        }
    }
    return w * log(fmax(p, 1e-300));
}

/* Sums: the lower triangle of the information, the gradient, the likelihood. */
static void add_tile(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const pp__misclass *m = payload;
    int64_t k = m->k, rows = m->d->n;
    tile t = lay_out(m, n, scratch);
    fill_columns(m, begin, &t);
    predict(m, begin, &t);
    double value = 0;
    for (int i = 0; i < n; i++) {
        value += visit_row(m, begin + i, i, &t);
    }
    sums[k * k + k] += value;
    if (!isfinite(value)) {
        return;
    }
    for (int64_t j = 0; j < k; j++) {
        int u = predictor_of(m, (int)j);
        const double *column = t.column + j * PP__TILE;
        sums[k * k + j] += pp__dot(n, column, t.gradient[u]);
        for (int v = 0; v < PREDICTORS; v++) {
            for (int i = 0; i < n; i++) {
                t.weighted[v][i] = column[i] * t.information[pair_of(u, v)][i];
            }
        }
        for (int64_t l = j; l < k; l++) {
            sums[l + j * k] +=
                pp__dot(n, t.column + l * PP__TILE, t.weighted[predictor_of(m, (int)l)]);
        }
        for (int i = 0; m->score && i < n; i++) {
            m->score[begin + i + j * rows] = column[i] * t.gradient[u][i];
        }
    }
}

pp_status pp__misclass_prepare(pp__misclass *m, pp_arena *arena, pp_error *err) {
    m->k = m->d->k + m->rate[PP__FALSE_POSITIVE].m + m->rate[PP__FALSE_NEGATIVE].m;
    int64_t k = m->k, width = k * k + k + 1;
    m->sums = pp_arena_alloc(arena, width, sizeof *m->sums);
    PP_NEED(m->sums, err);
    return pp__pass_init(&m->pass, m->d->n, width, (k + TILE_VECTORS) * PP__TILE, arena,
                         err);
}

double pp__misclass_loglik(void *payload, const double *theta, double *gradient,
                           double *information) {
    pp__misclass *m = payload;
    size_t k = (size_t)m->k;
    m->theta = theta;
    pp__pass_run(&m->pass, add_tile, m, m->ctx, m->sums);
    memcpy(information, m->sums, k * k * sizeof *information);
    memcpy(gradient, m->sums + k * k, k * sizeof *gradient);
    return m->sums[k * k + k];
}
