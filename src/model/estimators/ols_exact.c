/* Least squares where columns nearly explain one another: Householder's QR of the
   standardised columns in extended precision. Golub & Van Loan (2013), Matrix Computations,
   5.3. The normal equations square the condition number; with twelve digits lost to it, as
   in NIST's Filip, they have none left, and this has seven more than double precision. */
#include "model/estimators/ols.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/glm.h"

#include <math.h>

/* In place of the variance inflation that a column may have (4 digits of 16), and of the
   numbers that are worth it. */
static const double INFLATION = 1e4;
enum { MOST_NUMBERS = 1 << 20 };

typedef struct problem {
    const pp__design *d;
    int64_t n, k;
    long double
        *A; /* n × k: Householder's vectors below R, whose diagonal is `diagonal` */
    long double *diagonal, *theta;
    long double *b, *root; /* n: the outcome, then its residual; root of the weight */
} problem;

int pp__ols_is_delicate(const pp_fit *fit) {
    const pp__design *d = fit->design;
    double count = pp__design_count(d);
    int delicate = !fit->converged;
    if (d->n < d->k || d->n * (d->k + 3) > MOST_NUMBERS) {
        return 0;
    }
    for (int j = d->intercept; j < d->k; j++) {
        delicate |= fit->bread[j * (d->k + 1)] * count > INFLATION;
    }
    return delicate;
}

static long double standardised(const pp__design *d, int64_t j, int64_t i) {
    return ((long double)d->x[j][i] - d->center[j]) / d->scale[j];
}

static void fill(problem *p) {
    const pp__companions *with = &p->d->with;
    for (int64_t i = 0; i < p->n; i++) {
        p->root[i] = with->weight ? sqrtl(with->weight[i]) : 1;
        p->b[i] = with->offset ? (long double)with->y[i] - with->offset[i] : with->y[i];
        p->b[i] *= p->root[i];
    }
    for (int64_t j = 0; j < p->k; j++) {
        for (int64_t i = 0; i < p->n; i++) {
            p->A[i + j * p->n] = p->root[i] * standardised(p->d, j, i);
        }
    }
}

/* Of the outcome about its mean, or about zero where the model has no constant. */
static double total_squares(const problem *p) {
    long double sum = 0, weights = 0, squares = 0;
    for (int64_t i = 0; i < p->n; i++) {
        sum += p->root[i] * p->b[i];
        weights += p->root[i] * p->root[i];
    }
    long double mean = p->d->intercept ? sum / weights : 0;
    for (int64_t i = 0; i < p->n; i++) {
        long double from = p->b[i] - mean * p->root[i];
        squares += from * from;
    }
    return (double)squares;
}

/* What Householder's vector of column j makes of `to`, from row j on. */
static void reflect(const problem *p, int64_t j, long double *to) {
    const long double *v = p->A + j * p->n;
    long double sum = 0;
    for (int64_t i = j; i < p->n; i++) {
        sum += v[i] * to[i];
    }
    for (int64_t i = j; i < p->n; i++) {
        to[i] -= sum / v[j] * v[i];
    }
}

/* Gives 0 when a column has nothing of its own. */
static int factorise(problem *p) {
    for (int64_t j = 0; j < p->k; j++) {
        long double *v = p->A + j * p->n, squares = 0;
        for (int64_t i = j; i < p->n; i++) {
            squares += v[i] * v[i];
        }
        long double length = copysignl(sqrtl(squares), v[j]);
        if (!(squares > 0)) {
            return 0;
        }
        for (int64_t i = j; i < p->n; i++) {
            v[i] /= length;
        }
        v[j] += 1;
        p->diagonal[j] = -length;
        for (int64_t l = j + 1; l < p->k; l++) {
            reflect(p, j, p->A + l * p->n);
        }
    }
    return 1;
}

/* b := R⁻¹ b, and R'⁻¹ b. */
static void solve(const problem *p, long double *b) {
    for (int64_t j = p->k - 1; j >= 0; j--) {
        for (int64_t l = j + 1; l < p->k; l++) {
            b[j] -= p->A[j + l * p->n] * b[l];
        }
        b[j] /= p->diagonal[j];
    }
}

static void solve_transposed(const problem *p, long double *b) {
    for (int64_t j = 0; j < p->k; j++) {
        for (int64_t l = 0; l < j; l++) {
            b[j] -= p->A[l + j * p->n] * b[l];
        }
        b[j] /= p->diagonal[j];
    }
}

/* Solves for what is in b, adds it to theta and leaves the residual in b. */
static void step(problem *p, long double *work) {
    for (int64_t i = 0; i < p->n; i++) {
        work[i] = p->b[i];
    }
    for (int64_t j = 0; j < p->k; j++) {
        reflect(p, j, work);
    }
    solve(p, work);
    for (int64_t j = 0; j < p->k; j++) {
        p->theta[j] += work[j];
        for (int64_t i = 0; i < p->n; i++) {
            p->b[i] -= work[j] * p->root[i] * standardised(p->d, j, i);
        }
    }
}

/* (g' (R'R)⁻¹ g)^½ with g = Z'W(y − Z theta), as everywhere. */
static long double decrement(const problem *p, long double *g) {
    long double squares = 0;
    for (int64_t j = 0; j < p->k; j++) {
        g[j] = 0;
        for (int64_t i = 0; i < p->n; i++) {
            g[j] += p->b[i] * p->root[i] * standardised(p->d, j, i);
        }
    }
    solve_transposed(p, g);
    for (int64_t j = 0; j < p->k; j++) {
        squares += g[j] * g[j];
    }
    return sqrtl(squares);
}

static void fill_bread(const problem *p, long double *column, double *bread) {
    for (int64_t j = 0; j < p->k; j++) {
        for (int64_t i = 0; i < p->k; i++) {
            column[i] = i == j;
        }
        solve_transposed(p, column);
        solve(p, column);
        for (int64_t i = 0; i < p->k; i++) {
            bread[i + j * p->k] = (double)column[i];
        }
    }
}

static pp_status tell(pp_fit *fit, const problem *p, long double *work, double tss,
                      pp_error *err) {
    double rss = 0, *factor = pp_arena_alloc(&fit->arena, p->n, sizeof *factor);
    PP_NEED(factor, err);
    for (int64_t i = 0; i < p->n; i++) {
        factor[i] = (double)(p->root[i] * p->b[i]);
        rss += (double)(p->b[i] * p->b[i]);
    }
    for (int64_t j = 0; j < p->k; j++) {
        fit->estimates[j] = (double)p->theta[j];
    }
    fit->scores.factor = factor;
    fill_bread(p, work, fit->bread);
    pp__glm_describe(fit, fit->estimator->family, -rss / 2, -tss / 2, NULL);
    fit->iterations++;
    fit->score_norm =
        (double)decrement(p, work) / fmax(fit->sigma, 1e-13 * sqrt(tss / (double)p->n));
    fit->converged = fit->score_norm <= fit->options.tolerance;
    return PP_OK;
}

pp_status pp__ols_exactly(pp_fit *fit, pp_error *err) {
    problem p = {.d = fit->design, .n = fit->design->n, .k = fit->design->k};
    pp_status status = PP_OK;
    p.A = pp_calloc(p.n * (p.k + 3) + 2 * p.k, sizeof *p.A);
    PP_NEED(p.A, err);
    p.b = p.A + p.n * p.k;
    p.root = p.b + p.n;
    long double *work = p.root + p.n;
    p.diagonal = work + p.n;
    p.theta = p.diagonal + p.k;
    fill(&p);
    double tss = total_squares(&p);
    if (factorise(&p)) {
        step(&p, work);
        step(&p, work);
        status = tell(fit, &p, work, tss, err);
    }
    pp_free(p.A);
    return status;
}
