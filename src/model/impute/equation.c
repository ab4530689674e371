/* Draws of one equation's parameters from their posterior.
   Rubin (1987), Multiple Imputation for Nonresponse in Surveys, 167, 169-170; White,
   Daniel & Royston (2010), Computational Statistics & Data Analysis 54, 2267-2275. */
#include "base/check.h"
#include "model/impute/impute.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const double RIDGE =
    1e-5; /* of the diagonal, so that collinear columns do no harm */

int64_t pp__equation_work(int64_t n, int p) {
    return (int64_t)p * p + 5 * (int64_t)p + 3 * n;
}

double pp__predict_row(const pp__equation *e, int64_t i, const double *coefficients) {
    double sum = 0;
    for (int j = 0; j < e->p; j++) {
        sum += coefficients[j] * e->x[i + j * e->stride];
    }
    return sum;
}

/* X'WX into the lower triangle of A, X'Wz into b; w NULL: ones. `column` holds n. */
static void normal_equations(const pp__equation *e, const double *w, const double *z,
                             double *column, double *A, double *b) {
    for (int j = 0; j < e->p; j++) {
        const double *xj = e->x + j * e->stride, *weighted = xj;
        if (w) {
            for (int64_t i = 0; i < e->n; i++) {
                column[i] = w[i] * xj[i];
            }
            weighted = column;
        }
        for (int l = j; l < e->p; l++) {
            A[l + (int64_t)j * e->p] = pp__dot(e->n, weighted, e->x + l * e->stride);
        }
        b[j] = pp__dot(e->n, weighted, z);
    }
}

static pp_status factor(int p, double *A, pp_error *err) {
    for (int j = 0; j < p; j++) {
        double *diagonal = &A[j + (int64_t)j * p];
        *diagonal = *diagonal > 0 ? *diagonal * (1 + RIDGE) : 1;
    }
    if (pp__cholesky(p, A, 0) != p) {
        PP_FAIL(err, PP_E_ESTIMATION, "an equation of the imputation cannot be solved");
    }
    return PP_OK;
}

/* draw = estimate + scale × L'⁻¹ z */
static void perturb(pp_rng *rng, int p, const double *L, const double *estimate,
                    double scale, double *draw) {
    for (int j = 0; j < p; j++) {
        draw[j] = pp_rng_normal(rng);
    }
    pp__backward(p, L, draw);
    for (int j = 0; j < p; j++) {
        draw[j] = estimate[j] + scale * draw[j];
    }
}

pp_status pp__draw_linear(const pp__equation *e, double *estimate, double *draw,
                          double *sigma, pp_error *err) {
    double *A = e->work;
    double squares = 0;
    normal_equations(e, NULL, e->y, NULL, A, estimate);
    PP_TRY(factor(e->p, A, err));
    pp__forward(e->p, A, estimate);
    pp__backward(e->p, A, estimate);
    for (int64_t i = 0; i < e->n; i++) {
        double residual = e->y[i] - pp__predict_row(e, i, estimate);
        squares += residual * residual;
    }
    double df = e->n > e->p ? (double)(e->n - e->p) : 1;
    *sigma = sqrt(squares / (2 * pp__rng_gamma(e->rng, df / 2)));
    perturb(e->rng, e->p, A, estimate, *sigma, draw);
    return PP_OK;
}

/* ---- logit ---- */

/* The rows, and beside them 2p rows of each outcome, one standard deviation to either
   side of the mean of one column, which together weigh as much as p + 1 rows. */
typedef struct augmented {
    const pp__equation *e;
    double *mean, *sd;
    double *w, *z, *column; /* n */
    double prior;           /* weight of an added row */
} augmented;

static void measure(augmented *a) {
    const pp__equation *e = a->e;
    double n = (double)e->n;
    for (int j = 0; j < e->p; j++) {
        double sum = 0, squares = 0;
        const double *x = e->x + j * e->stride;
        for (int64_t i = 0; i < e->n; i++) {
            sum += x[i];
        }
        a->mean[j] = sum / n;
        for (int64_t i = 0; i < e->n; i++) {
            squares += (x[i] - a->mean[j]) * (x[i] - a->mean[j]);
        }
        a->sd[j] = sqrt(squares / n);
    }
}

static double logistic(double eta) {
    return 1 / (1 + exp(-eta));
}

/* Adds an augmented pair of rows (outcomes 0 and 1) at mean ± sd of column j. */
static void add_pair(const augmented *a, int j, double side, const double *theta,
                     double *A, double *b) {
    const pp__equation *e = a->e;
    double eta = 0;
    for (int l = 0; l < e->p; l++) {
        eta += theta[l] * (a->mean[l] + (l == j ? side * a->sd[l] : 0));
    }
    double mean = logistic(eta), weight = 2 * a->prior * mean * (1 - mean);
    double score = a->prior * (1 - 2 * mean);
    for (int l = 0; l < e->p; l++) {
        double xl = a->mean[l] + (l == j ? side * a->sd[l] : 0);
        for (int m = l; m < e->p; m++) {
            double xm = a->mean[m] + (m == j ? side * a->sd[m] : 0);
            A[m + (int64_t)l * e->p] += weight * xl * xm;
        }
        b[l] += score * xl;
    }
}

/* Information and score at theta. */
static void logit_equations(augmented *a, const double *theta, double *A, double *b) {
    const pp__equation *e = a->e;
    for (int64_t i = 0; i < e->n; i++) {
        double mean = logistic(pp__predict_row(e, i, theta));
        a->w[i] = fmax(mean * (1 - mean), 1e-12);
        a->z[i] = (e->y[i] - mean) / a->w[i];
    }
    normal_equations(e, a->w, a->z, a->column, A, b);
    for (int j = 0; j < e->p; j++) {
        if (a->sd[j] > 0) {
            add_pair(a, j, 1, theta, A, b);
            add_pair(a, j, -1, theta, A, b);
        }
    }
}

pp_status pp__draw_logit(const pp__equation *e, double *draw, pp_error *err) {
    enum { ROUNDS = 30 };
    int p = e->p;
    double *A = e->work, *step = A + (int64_t)p * p, *theta = step + p;
    augmented a = {.e = e, .mean = theta + p, .sd = theta + 2 * p};
    a.w = theta + 3 * p;
    a.z = a.w + e->n;
    a.column = a.z + e->n;
    a.prior = (p + 1) / (4.0 * p);
    measure(&a);
    memset(theta, 0, (size_t)p * sizeof *theta);
    for (int round = 0; round < ROUNDS; round++) {
        double norm = 0;
        logit_equations(&a, theta, A, step);
        PP_TRY(factor(p, A, err));
        pp__forward(p, A, step);
        norm = pp__dot(p, step, step);
        pp__backward(p, A, step);
        for (int j = 0; j < p; j++) {
            theta[j] += step[j];
        }
        if (norm < 1e-8) {
            break;
        }
    }
    perturb(e->rng, p, A, theta, 1, draw);
    return PP_OK;
}

double pp__rng_gamma(pp_rng *rng, double shape) {
    if (shape < 1) {
        double u = pp_rng_uniform(rng);
        return pp__rng_gamma(rng, shape + 1) * pow(u, 1 / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = pp_rng_normal(rng), v = 1 + c * x;
        if (v > 0) {
            double u = pp_rng_uniform(rng), cubed = v * v * v;
            if (log(u) < x * x / 2 + d - d * cubed + d * log(cubed)) {
                return d * cubed;
            }
        }
    }
}
