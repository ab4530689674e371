#include "base/check.h"
#include "base/parallel.h"
#include "model/estimators/relogit.h"
#include "model/linalg.h"
#include "model/vector.h"

#include <math.h>
#include <string.h>

/* One group at work. Arrays over its rows, and over the points. */
typedef struct group {
    const pp__relogit *r;
    int64_t first, n;
    double sd;
    double *eta, *e, *log1p_e;               /* rows */
    double *residual, *weight, *bend;        /* rows: at the u visited last */
    double *mean_residual, *mean_weight;     /* rows: over the points */
    double *by_u;                            /* rows: the mean of weight × u */
    double *u, *share, *residuals, *weights; /* points */
    double *vectors; /* points × (k + 1): derivatives of ℓ by the parameters */
    double *product; /* rows or points */
} group;

static double total(int64_t n, const double *x) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

static const double *column(const group *g, int j) {
    return g->r->z + g->first + j * g->r->d->n;
}

static void predict(group *g) {
    const pp__relogit *r = g->r;
    memset(g->eta, 0, (size_t)g->n * sizeof *g->eta);
    if (r->offset) {
        memcpy(g->eta, r->offset + g->first, (size_t)g->n * sizeof *g->eta);
    }
    for (int j = 0; j < r->d->k; j++) {
        const double *z = column(g, j);
        for (int64_t i = 0; i < g->n; i++) {
            g->eta[i] += r->theta[j] * z[i];
        }
    }
}

/* ℓ(u); fills the rows' residuals, weights and the derivatives of these. */
static double visit(group *g, double u) {
    const double *y = g->r->y + g->first;
    const double *prior = g->r->prior ? g->r->prior + g->first : NULL;
    double sum = -u * u / 2;
    for (int64_t i = 0; i < g->n; i++) {
        g->e[i] = -fabs(g->eta[i] + g->sd * u);
    }
    pp__exp(g->n, g->e, g->e);
    pp__log1p(g->n, g->e, g->log1p_e);
    for (int64_t i = 0; i < g->n; i++) {
        double at = g->eta[i] + g->sd * u, w = prior ? prior[i] : 1;
        double near = 1 / (1 + g->e[i]), far = g->e[i] * near;
        double p = at < 0 ? far : near, q = at < 0 ? near : far;
        double toward = y[i] > 0 ? at : -at;
        sum += w * ((toward < 0 ? toward : 0) - g->log1p_e[i]);
        g->residual[i] = w * (y[i] > 0 ? q : -p);
        g->weight[i] = w * p * q;
        g->bend[i] = g->weight[i] * (q - p);
    }
    return sum;
}

static double curvature(const group *g) {
    return 1 + g->sd * g->sd * total(g->n, g->weight);
}

/* û by Newton's method on ℓ, which is concave, from where it was; gives ℓ there. */
static double find_mode(group *g, double *mode) {
    enum { MOST_STEPS = 100, MOST_HALVINGS = 30 };
    const double SMALL = 1e-7; /* its square is lost in rounding */
    double u = *mode, value = visit(g, u);
    for (int iteration = 0, last = 0; iteration < MOST_STEPS && !last; iteration++) {
        double H = curvature(g);
        double step = (g->sd * total(g->n, g->residual) - u) / H, there = value;
        last = fabs(step) * sqrt(H) <= SMALL;
        for (int halving = 0; halving < MOST_HALVINGS; halving++, step /= 2) {
            there = visit(g, u + step);
            if (last || there >= value) {
                break;
            }
        }
        u += step;
        value = there;
    }
    *mode = u;
    return value;
}

/* The logarithm of the integral; fills what is meant over the points. */
static double integrate(group *g, double mode, double at_mode, double H) {
    const pp__relogit *r = g->r;
    const double half_log_pi = 0.5723649429247001;
    double sum = 0, spread = sqrt(2 / H);
    memset(g->mean_residual, 0, 3 * (size_t)r->largest * sizeof(double));
    for (int q = 0; q < r->points; q++) {
        double u = g->u[q] = mode + spread * r->node[q];
        double share = g->share[q] = exp(r->log_weight[q] + visit(g, u) - at_mode);
        sum += share;
        g->residuals[q] = total(g->n, g->residual);
        for (int64_t i = 0; i < g->n; i++) {
            g->mean_residual[i] += share * g->residual[i];
        }
        if (r->informed) {
            g->weights[q] = total(g->n, g->weight);
            for (int64_t i = 0; i < g->n; i++) {
                g->mean_weight[i] += share * g->weight[i];
                g->by_u[i] += share * g->weight[i] * u;
            }
            for (int j = 0; j < r->d->k; j++) {
                g->vectors[q + (int64_t)j * r->points] =
                    pp__dot(g->n, g->residual, column(g, j));
            }
        }
    }
    for (int q = 0; q < r->points; q++) {
        g->share[q] /= sum;
    }
    for (int64_t i = 0; i < 3 * r->largest; i++) {
        g->mean_residual[i] /= sum;
    }
    return log(sum) + at_mode - 0.5 * log(H) - half_log_pi;
}

/* ---- derivatives ---- */

/* With A = E ℓ' and B = 1 + (2/H)^½ E ℓ' t over the points, E ∂ℓ + A ∂û − ½ B ∂H / H. */
static void add_gradient(group *g, double mode, double H, double *out) {
    const pp__relogit *r = g->r;
    int k = r->d->k;
    double A = 0, B = 1, by_sd = 0, sd = g->sd, spread = sqrt(2 / H);
    for (int q = 0; q < r->points; q++) {
        double slope = sd * g->residuals[q] - g->u[q];
        A += g->share[q] * slope;
        B += spread * g->share[q] * slope * r->node[q];
        by_sd += g->share[q] * g->u[q] * g->residuals[q];
    }
    visit(g, mode);
    double weights = total(g->n, g->weight), bends = total(g->n, g->bend);
    double mode_sd = (total(g->n, g->residual) - sd * mode * weights) / H;
    double H_sd = 2 * sd * weights + sd * sd * bends * (mode + sd * mode_sd);
    for (int64_t i = 0; i < g->n; i++) { /* as factors of z */
        double moves = -sd * g->weight[i] / H;
        double bent = sd * sd * (g->bend[i] + sd * bends * moves);
        g->product[i] = g->mean_residual[i] + A * moves - 0.5 * B / H * bent;
    }
    for (int j = 0; j < k; j++) {
        out[j] = pp__dot(g->n, g->product, column(g, j));
    }
    out[k] = by_sd + A * mode_sd - 0.5 * B / H * H_sd;
}

/* E(−∂²ℓ); lower triangle of order k + 1. */
static void add_expected(const group *g, double *out) {
    int k = g->r->d->k, m = k + 1;
    for (int j = 0; j < k; j++) {
        const double *z = column(g, j);
        for (int64_t i = 0; i < g->n; i++) {
            g->product[i] = z[i] * g->mean_weight[i];
        }
        for (int l = j; l < k; l++) {
            out[l + (int64_t)j * m] += pp__dot(g->n, g->product, column(g, l));
        }
        out[k + (int64_t)j * m] += pp__dot(g->n, g->by_u, z);
    }
    for (int q = 0; q < g->r->points; q++) {
        out[(int64_t)m * m - 1] += g->share[q] * g->u[q] * g->u[q] * g->weights[q];
    }
}

/* Less Var(∂ℓ). */
static void take_variance(group *g, double *out) {
    int m = g->r->d->k + 1, Q = g->r->points;
    for (int q = 0; q < Q; q++) {
        g->vectors[q + (int64_t)(m - 1) * Q] = g->u[q] * g->residuals[q];
    }
    for (int j = 0; j < m; j++) {
        double *v = g->vectors + (int64_t)j * Q, mean = pp__dot(Q, v, g->share);
        for (int q = 0; q < Q; q++) {
            v[q] -= mean;
        }
    }
    for (int j = 0; j < m; j++) {
        for (int q = 0; q < Q; q++) {
            g->product[q] = g->share[q] * g->vectors[q + (int64_t)j * Q];
        }
        for (int l = j; l < m; l++) {
            out[l + (int64_t)j * m] -=
                pp__dot(Q, g->product, g->vectors + (int64_t)l * Q);
        }
    }
}

/* ---- all groups ---- */

static double visit_group(pp__relogit *r, group *g, int64_t which, double *sums) {
    int64_t m = r->d->k + 1;
    double *gradient = sums + m * m, *own = gradient + m + 1;
    g->first = r->begin[which];
    g->n = r->begin[which + 1] - g->first;
    predict(g);
    double at_mode = find_mode(g, &r->mode[which]);
    double H = r->curvature[which] = curvature(g);
    double value = integrate(g, r->mode[which], at_mode, H);
    if (r->informed) {
        add_expected(g, sums);
        take_variance(g, sums);
    }
    add_gradient(g, r->mode[which], H, own);
    for (int64_t j = 0; j < m; j++) {
        gradient[j] += own[j];
        if (r->score) {
            r->score[which + j * r->groups] = own[j];
        }
    }
    return value;
}

/* A chunk's space: sums of m² + m + 1, the group's gradient, rows, points. */
static void visit_chunk(void *payload, int64_t chunk) {
    pp__relogit *r = payload;
    int64_t m = r->d->k + 1, Q = r->points, rows = r->largest;
    int64_t begin = chunk * r->groups / r->chunks;
    int64_t end = (chunk + 1) * r->groups / r->chunks;
    double *sums = r->space + chunk * (r->width + r->own);
    double *at = sums + r->width + m;
    group g = {.r = r, .sd = r->theta[m - 1]};
    double **const of_rows[] = {&g.eta,           &g.e,           &g.log1p_e,
                                &g.residual,      &g.weight,      &g.bend,
                                &g.mean_residual, &g.mean_weight, &g.by_u};
    double **const of_points[] = {&g.u, &g.share, &g.residuals, &g.weights};
    for (int i = 0; i < 9; i++, at += rows) {
        *of_rows[i] = at;
    }
    for (int i = 0; i < 4; i++, at += Q) {
        *of_points[i] = at;
    }
    g.vectors = at;
    g.product = at + Q * m;
    memset(sums, 0, (size_t)r->width * sizeof *sums);
    for (int64_t which = begin; which < end; which++) {
        sums[m * m + m] += visit_group(r, &g, which, sums);
    }
}

double pp__relogit_loglik(void *relogit, const double *theta, double *gradient,
                          double *information) {
    pp__relogit *r = relogit;
    size_t m = (size_t)r->d->k + 1;
    double sum = 0;
    r->theta = theta;
    r->informed = information != NULL;
    pp__parallel(r->ctx, r->chunks, visit_chunk, r);
    memset(gradient, 0, m * sizeof *gradient);
    if (information) {
        memset(information, 0, m * m * sizeof *information);
    }
    for (int64_t chunk = 0; chunk < r->chunks; chunk++) {
        const double *sums = r->space + chunk * (r->width + r->own);
        for (size_t i = 0; information && i < m * m; i++) {
            information[i] += sums[i];
        }
        for (size_t j = 0; j < m; j++) {
            gradient[j] += sums[m * m + j];
        }
        sum += sums[m * m + m];
    }
    return sum;
}

/* ---- rows by group ---- */

static void sort_rows(pp__relogit *r) {
    const pp__grouping *random = &r->d->with.random;
    for (int64_t i = 0; i < r->d->n; i++) {
        r->begin[random->code[i] + 1]++;
    }
    for (int64_t g = 0; g < r->groups; g++) {
        int64_t size = r->begin[g + 1];
        r->largest = size > r->largest ? size : r->largest;
        r->begin[g + 1] += r->begin[g];
    }
    for (int64_t i = 0; i < r->d->n; i++) { /* begin[g] runs on to the end of g */
        r->order[r->begin[random->code[i]]++] = i;
    }
    for (int64_t g = r->groups; g > 0; g--) {
        r->begin[g] = r->begin[g - 1];
    }
    r->begin[0] = 0;
}

static void copy(const pp__relogit *r, const double *from, double center, double scale,
                 double *to) {
    for (int64_t i = 0; i < r->d->n; i++) {
        to[i] = (from[r->order[i]] - center) / scale;
    }
}

static pp_status copy_rows(pp__relogit *r, pp_arena *arena, pp_error *err) {
    const pp__design *d = r->d;
    int64_t n = d->n;
    r->z = pp_arena_alloc(arena, n * (d->k + 3), sizeof *r->z);
    PP_NEED(r->z, err);
    for (int64_t j = 0; j < d->k; j++) {
        copy(r, d->x[j], d->center[j], d->scale[j], r->z + j * n);
    }
    r->y = r->z + d->k * n;
    copy(r, d->with.y, 0, 1, r->y);
    if (d->with.weight) {
        r->prior = r->y + n;
        copy(r, d->with.weight, 0, 1, r->prior);
    }
    if (d->with.offset) {
        r->offset = r->y + 2 * n;
        copy(r, d->with.offset, 0, 1, r->offset);
    }
    return PP_OK;
}

pp_status pp__relogit_init(pp__relogit *r, const pp__design *d, int points,
                           const double *node, const double *log_weight,
                           const pp_context *ctx, pp_arena *arena, pp_error *err) {
    enum { MOST_CHUNKS = 32 };
    int64_t m = d->k + 1;
    *r = (pp__relogit){.d = d,
                       .ctx = ctx,
                       .points = points,
                       .node = node,
                       .log_weight = log_weight,
                       .groups = d->with.random.levels};
    r->begin = pp_arena_zalloc(arena, r->groups + 1 + d->n, sizeof *r->begin);
    PP_NEED(r->begin, err);
    r->order = r->begin + r->groups + 1;
    r->mode = pp_arena_zalloc(arena, 2 * r->groups, sizeof *r->mode);
    PP_NEED(r->mode, err);
    r->curvature = r->mode + r->groups;
    sort_rows(r);
    PP_TRY(copy_rows(r, arena, err));
    r->chunks = r->groups < MOST_CHUNKS ? r->groups : MOST_CHUNKS;
    r->width = m * m + m + 1;
    r->own = m + 9 * r->largest + (4 + m) * (int64_t)points +
             (r->largest > points ? r->largest : points);
    r->space = pp_arena_alloc(arena, r->chunks * (r->width + r->own), sizeof *r->space);
    PP_NEED(r->space, err);
    return PP_OK;
}
