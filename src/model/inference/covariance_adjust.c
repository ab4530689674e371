#include "model/inference/covariance_adjust.h"

#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const double NOTHING = 1e-10; /* an eigenvalue that is zero but for rounding */

static int64_t square(int64_t k) {
    return k * k;
}

static void gather(const pp__adjust *a, const int64_t *row, int n, double *out) {
    const pp__design *d = a->fit->design;
    for (int j = 0; j < a->k; j++) {
        const double *x = a->z ? a->z[j] : d->x[j];
        double center = a->z ? 0 : d->center[j], factor = a->z ? 1 : 1 / d->scale[j];
        for (int i = 0; i < n; i++) {
            out[i + (int64_t)j * PP__TILE] = (x[row[i]] - center) * factor;
        }
    }
}

static double weight_at(const pp__adjust *a, int64_t row) {
    return a->fit->scores.weight ? a->fit->scores.weight[row] : 1;
}

void pp__adjust_rows(const pp__adjust *a, const int64_t *row, int n, double *x,
                     double *z) {
    int k = a->k;
    gather(a, row, n, x);
    for (int j = 0; j < k; j++) {
        double *out = z + (int64_t)j * PP__TILE;
        memset(out, 0, (size_t)n * sizeof *out);
        for (int l = j; l < k; l++) {
            double c = a->C[l + (int64_t)j * k];
            const double *from = x + (int64_t)l * PP__TILE;
            for (int i = 0; i < n; i++) {
                out[i] += c * from[i];
            }
        }
    }
}

/* out (m × n) = A (m × k) B (k × n), or with A' where A is k × m. */
static void product(int m, int k, int n, const double *A, int turned, const double *B,
                    double *out) {
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < m; i++) {
            double sum = 0;
            for (int64_t l = 0; l < k; l++) {
                sum += (turned ? A[l + i * k] : A[i + l * m]) * B[l + j * k];
            }
            out[i + j * m] = sum;
        }
    }
}

/* out = Q diag(f) Q' of order k. */
static void compose(int k, const double *Q, const double *f, double *out) {
    memset(out, 0, (size_t)square(k) * sizeof *out);
    for (int64_t l = 0; l < k; l++) {
        for (int64_t j = 0; j < k; j++) {
            double right = f[l] * Q[j + l * k];
            for (int64_t i = 0; i < k; i++) {
                out[i + j * k] += Q[i + l * k] * right;
            }
        }
    }
}

/* x to -1/2 or -1; 0 of nothing, which is counted. */
static double inverse_power(int type, double x, int *singular) {
    if (x < NOTHING) {
        (*singular)++;
        return 0;
    }
    return type == 2 ? 1 / sqrt(x) : 1 / x;
}

/* ---- sums over the cluster's rows ---- */

/* To gram[p] (k × k) the sum of weight^p z z' and to moment[p] (k) that of weight^(p-1)
   times the score's factor times z, for the powers p of 0, 1, 2 whose arrays are there.
 */
typedef struct sums {
    double *gram[3], *moment[3];
} sums;

static double power_of(double weight, int p) {
    return p == 0 ? 1 : p == 1 ? weight : weight * weight;
}

static void add_power(const pp__adjust *a, const int64_t *row, int n, int p,
                      const double *z, double *weighted, const sums *out) {
    const pp__scores *s = &a->fit->scores;
    for (int j = 0; j < a->k; j++) {
        const double *from = z + (int64_t)j * PP__TILE;
        double *to = weighted + (int64_t)j * PP__TILE, sum = 0;
        for (int i = 0; i < n; i++) {
            double weight = weight_at(a, row[i]);
            to[i] = from[i] * power_of(weight, p);
            sum += weight > 0 ? s->factor[row[i]] * power_of(weight, p) / weight * from[i]
                              : 0;
        }
        if (out->moment[p]) {
            out->moment[p][j] += sum;
        }
    }
    pp__add_products(a->k, n, PP__TILE, z, weighted, out->gram[p]);
}

static void add_up(const pp__adjust *a, const int64_t *row, int64_t n, double *space,
                   const sums *out) {
    int64_t size = (int64_t)a->k * PP__TILE;
    double *x = space, *z = x + size;
    for (int p = 0; p < 3; p++) {
        if (out->gram[p]) {
            memset(out->gram[p], 0, (size_t)square(a->k) * sizeof(double));
        }
        if (out->moment[p]) {
            memset(out->moment[p], 0, (size_t)a->k * sizeof(double));
        }
    }
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        pp__adjust_rows(a, row + begin, rows, x, z);
        for (int p = 0; p < 3; p++) {
            if (out->gram[p]) {
                add_power(a, row + begin, rows, p, z, x, out);
            }
        }
    }
    for (int p = 0; p < 3; p++) {
        if (out->gram[p]) {
            pp__mirror(a->k, out->gram[p]);
        }
    }
}

/* ---- working covariance inverse to the weights ---- */

/* With Gram matrix G = Q diag(l) Q': Z'(I - ZZ')^p = Q (1 - l)^p Q' Z'. */
static int adjust_plain(const pp__adjust *a, const int64_t *row, int64_t n, double *space,
                        pp__adjusted *out) {
    int k = a->k;
    double *gram = space, *Q = gram + square(k), *root = Q + square(k);
    double *values = root + square(k), *moment = values + k, *work = moment + k;
    add_up(a, row, n, work, &(sums){{NULL, gram, NULL}, {NULL, moment, NULL}});
    memcpy(Q, gram, (size_t)square(k) * sizeof *Q);
    int info = pp__eigen(k, Q, values, work);
    for (int l = 0; l < k; l++) {
        values[l] = inverse_power(a->type, 1 - values[l], &out->singular);
    }
    compose(k, Q, values, root);
    product(k, k, 1, root, 0, moment, out->score);
    product(k, k, k, gram, 0, root, out->F);
    product(k, k, k, root, 0, out->F, out->S);
    return info;
}

/* ---- working covariance of equal variances, with sampling weights ---- */

/* K = Y'Y of Y = [Z, WZ] from the three Gram matrices. */
static void make_K(int64_t k, const double *const gram[3], double *K) {
    for (int64_t j = 0; j < 2 * k; j++) {
        for (int64_t i = 0; i < 2 * k; i++) {
            K[i + j * 2 * k] = gram[i / k + j / k][i % k + j % k * k];
        }
    }
}

/* The middle of (I - H)(I - H)' = I + Y M Y'. */
static double middle(int64_t k, const double *omega, int64_t i, int64_t j) {
    if (i < k && j < k) {
        return omega[i + j * k];
    }
    return i % k == j % k && i / k != j / k ? -1 : 0;
}

/* N of (I + Y M Y')^-1/2 = I + Y N Y', through an orthonormal basis of the columns of Y.
   `K` stays; `N` and three more matrices of 2k follow in `space`. */
static int make_N(const pp__adjust *a, const double *K, double *N, double *space,
                  int *singular) {
    int64_t m = a->m, info;
    double *E = space, *U = E + m * m, *F = U + m * m, *values = F + m * m;
    double *work = values + m;
    memcpy(E, K, (size_t)(m * m) * sizeof *E);
    info = pp__eigen((int)m, E, values, work);
    double least = 1e-14 * values[m - 1];
    for (int64_t l = 0; l < m; l++) { /* F = E root(values) */
        double root = values[l] > least ? sqrt(values[l]) : 0;
        for (int64_t i = 0; i < m; i++) {
            F[i + l * m] = root * E[i + l * m];
            E[i + l * m] = root > 0 ? E[i + l * m] / root : 0;
        }
    }
    for (int64_t j = 0; j < m; j++) { /* N = M F */
        for (int64_t i = 0; i < m; i++) {
            double sum = 0;
            for (int64_t l = 0; l < m; l++) {
                sum += middle(a->k, a->omega, i, l) * F[l + j * m];
            }
            N[i + j * m] = sum;
        }
    }
    product((int)m, (int)m, (int)m, F, 1, N, U); /* F'MF */
    info = info ? info : pp__eigen((int)m, U, values, work);
    for (int64_t l = 0; l < m; l++) {
        values[l] = inverse_power(2, 1 + values[l], singular) - 1;
    }
    product((int)m, (int)m, (int)m, E, 0, U, F);
    compose((int)m, F, values, N);
    return (int)info;
}

/* CR2: the score, and b in A W Z = Y b. */
static int root_of_equal(const pp__adjust *a, const double *K, const double *moment,
                         double *space, double *b, pp__adjusted *out) {
    int k = a->k, m = a->m;
    double *N = space, *work = N + square(m), *Ne = work, *lower = Ne + m;
    int info = make_N(a, K, N, work, &out->singular);
    product(m, m, 1, N, 0, moment, Ne);
    for (int64_t j = 0; j < m; j++) { /* Z'WY */
        memcpy(lower + j * k, K + k + j * m, (size_t)k * sizeof *lower);
    }
    product(k, m, 1, lower, 0, Ne, out->score);
    for (int j = 0; j < k; j++) {
        out->score[j] += moment[k + j];
    }
    product(m, m, k, N, 0, K + (int64_t)k * m, b);
    for (int64_t j = 0; j < k; j++) {
        b[k + j + j * m] += 1;
    }
    return info;
}

/* CR3: A W Z = W Z (I - Z'WZ)^-1. */
static int inverse_of_equal(const pp__adjust *a, const double *gram, const double *moment,
                            double *space, double *b, pp__adjusted *out) {
    int k = a->k, m = a->m;
    double *Q = space, *inverse = Q + square(k), *values = inverse + square(k);
    memcpy(Q, gram, (size_t)square(k) * sizeof *Q);
    int info = pp__eigen(k, Q, values, values + k);
    for (int l = 0; l < k; l++) {
        values[l] = inverse_power(3, 1 - values[l], &out->singular);
    }
    compose(k, Q, values, inverse);
    product(k, k, 1, inverse, 0, moment + k, out->score);
    memset(b, 0, (size_t)m * (size_t)k * sizeof *b);
    for (int64_t j = 0; j < k; j++) {
        memcpy(b + k + j * m, inverse + j * k, (size_t)k * sizeof *b);
    }
    return info;
}

static int adjust_equal(const pp__adjust *a, const int64_t *row, int64_t n, double *space,
                        pp__adjusted *out) {
    int k = a->k, m = a->m;
    double *gram = space, *moment = gram + 3 * square(k), *K = moment + m;
    double *b = K + square(m), *work = b + (int64_t)m * k;
    double *grams[3] = {gram, gram + square(k), gram + 2 * square(k)};
    const sums all = {{grams[0], grams[1], grams[2]}, {moment, moment + k, NULL}};
    add_up(a, row, n, work, &all);
    make_K(k, (const double *const *)grams, K);
    int info = a->type == 2 ? root_of_equal(a, K, moment, work, b, out)
                            : inverse_of_equal(a, grams[1], moment, work, b, out);
    product(m, m, k, K, 0, b, out->F);
    product(k, m, k, b, 1, out->F, out->S);
    return info;
}

/* ---- as clubSandwich for generalised linear models ---- */

/* The rows on the scale of the response: z × slope, residuals, working variances. */
typedef struct response {
    double *Z, *residual, *variance; /* n × k, n, n */
} response;

static void read_response(const pp__adjust *a, const int64_t *row, int64_t n,
                          double *space, const response *out) {
    const pp_fit *fit = a->fit;
    int64_t k = a->k;
    double *x = space, *z = x + k * PP__TILE, *eta = z + k * PP__TILE;
    double *mean = eta + PP__TILE, *slope = mean + PP__TILE, *curve = slope + PP__TILE;
    for (int64_t begin = 0; begin < n; begin += PP__TILE) {
        int rows = n - begin < PP__TILE ? (int)(n - begin) : PP__TILE;
        pp__adjust_rows(a, row + begin, rows, x, z);
        for (int i = 0; i < rows; i++) {
            eta[i] = fit->outside ? fit->outside[row[begin + i]] : 0;
            for (int64_t j = 0; j < k; j++) {
                eta[i] += fit->estimates[j] * x[i + j * PP__TILE];
            }
        }
        fit->link->response(rows, eta, mean, slope, curve);
        for (int i = 0; i < rows; i++) {
            double weight = weight_at(a, row[begin + i]);
            double root = 1 / pp__scores_share(fit, row[begin + i]);
            out->variance[begin + i] = slope[i] * slope[i] * root * root / weight;
            out->residual[begin + i] =
                root * fit->scores.factor[row[begin + i]] * slope[i] / weight;
            for (int64_t j = 0; j < k; j++) {
                out->Z[begin + i + j * n] = root * slope[i] * z[i + j * PP__TILE];
            }
        }
    }
}

/* B = D (V - ZZ') D with D = V^½. */
static void make_B(int64_t n, int64_t k, const response *r, double *B) {
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = j; i < n; i++) {
            double sum = i == j ? r->variance[i] : 0;
            for (int64_t l = 0; l < k; l++) {
                sum -= r->Z[i + l * n] * r->Z[j + l * n];
            }
            B[i + j * n] = sum * sqrt(r->variance[i] * r->variance[j]);
        }
    }
}

/* Y = A W Z with A = D B^-1/2 D, where W = 1 / V. */
static int make_Y(int64_t n, int64_t k, const response *r, double *B, double *work,
                  double *Y, int *singular) {
    double *values = work, *part = values + n;
    make_B(n, k, r, B);
    int info = pp__eigen((int)n, B, values, part);
    double scale = fabs(values[n - 1]);
    for (int64_t l = 0; l < n; l++) {
        values[l] = inverse_power(2, values[l] / scale, singular) / sqrt(scale);
    }
    memset(Y, 0, (size_t)(n * k) * sizeof *Y);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < n; i++) {
            part[i] = r->Z[i + j * n] / sqrt(r->variance[i]);
        }
        for (int64_t l = 0; l < n; l++) {
            double c = values[l] * pp__dot(n, B + l * n, part);
            for (int64_t i = 0; i < n; i++) {
                Y[i + j * n] += c * B[i + l * n];
            }
        }
        for (int64_t i = 0; i < n; i++) {
            Y[i + j * n] *= sqrt(r->variance[i]);
        }
    }
    return info;
}

static int adjust_response(const pp__adjust *a, const int64_t *row, int64_t n,
                           double *space, pp__adjusted *out) {
    int64_t k = a->k;
    response r = {space, space + n * k, space + n * k + n};
    double *Y = r.variance + n, *B = Y + n * k, *work = B + n * n;
    read_response(a, row, n, work, &r);
    int info = make_Y(n, k, &r, B, work, Y, &out->singular);
    for (int64_t j = 0; j < k; j++) {
        const double *y = Y + j * n;
        out->score[j] = pp__dot(n, y, r.residual);
        for (int64_t i = 0; i < k; i++) {
            out->F[i + j * k] = pp__dot(n, r.Z + i * n, y);
        }
        for (int64_t i = 0; i < n; i++) {
            work[i] = y[i] * r.variance[i];
        }
        for (int64_t i = 0; i < k; i++) {
            out->S[i + j * k] = pp__dot(n, work, Y + i * n);
        }
    }
    return info;
}

/* ---- any ---- */

int64_t pp__adjust_space(const pp__adjust *a, int64_t most_rows) {
    int64_t k = a->k, m = a->m, n = most_rows, tiles = (2 * k + 4) * PP__TILE;
    switch (a->how) {
    case PP__ADJUST_PLAIN:
        return 3 * k * k + 6 * k + tiles;
    case PP__ADJUST_EQUAL:
        return 3 * k * k + 5 * m * m + m * k + 7 * m + tiles;
    default:
        return 2 * n * k + 2 * n + n * n + 6 * n + tiles;
    }
}

int pp__adjust_cluster(const pp__adjust *a, const int64_t *row, int64_t n, double *space,
                       pp__adjusted *out) {
    out->singular = 0;
    switch (a->how) {
    case PP__ADJUST_PLAIN:
        return adjust_plain(a, row, n, space, out);
    case PP__ADJUST_EQUAL:
        return adjust_equal(a, row, n, space, out);
    default:
        return adjust_response(a, row, n, space, out);
    }
}
