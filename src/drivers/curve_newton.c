#include "drivers/curve_newton.h"

#include "model/linalg.h"
#include "model/tile.h"
#include "model/vector.h"

#include <math.h>
#include <string.h>

enum { MOST = 25, PATIENCE = 3 };

/* The logit's, without its likelihood. */
static void logit_rows(int n, const double *y, const double *eta, double *e,
                       double *score, double *weight) {
    for (int i = 0; i < n; i++) {
        e[i] = -fabs(eta[i]);
    }
    pp__exp(n, e, e);
    for (int i = 0; i < n; i++) {
        double near = 1 / (1 + e[i]), far = e[i] * near;
        double toward = y[i] > 0 ? eta[i] : -eta[i], missed = toward < 0 ? near : far;
        score[i] = y[i] > 0 ? missed : -missed;
        weight[i] = far * near;
    }
}

static void visit_rows(pp__curve_newton *w, int64_t begin, int n, int expected,
                       const double *eta, double *value) {
    double *score = w->score + begin, *weight = w->weight + begin;
    if (w->family->binary && w->family->link == &pp__link_logit) {
        logit_rows(n, w->y + begin, eta, value, score, weight);
        return;
    }
    w->family->loglik(n, w->y + begin, eta, value, score, weight);
    for (int i = 0; w->family->gaussian && i < n; i++) {
        w->loglik += value[i];
    }
    if (expected) {
        w->family->expected(n, eta, weight);
    }
}

static void visit(pp__curve_newton *w, int expected) {
    int k = w->k;
    double *eta = w->space + (int64_t)k * PP__TILE, *value = eta + PP__TILE;
    memset(w->gradient, 0, (size_t)k * sizeof *w->gradient);
    memset(w->information, 0, (size_t)(k * k) * sizeof *w->information);
    w->loglik = 0;
    for (int64_t begin = 0; begin < w->n; begin += PP__TILE) {
        const double *z = w->tiles + begin * k;
        int n = w->n - begin < PP__TILE ? (int)(w->n - begin) : PP__TILE;
        memset(eta, 0, PP__TILE * sizeof *eta);
        pp__tile_combine(k, w->theta, 1, z, eta);
        visit_rows(w, begin, n, expected, eta, value);
        pp__tile_multiply(k, z, w->weight + begin, w->space);
        pp__add_products(k, n, PP__TILE, z, w->space, w->information);
        for (int j = 0; j < k; j += 4) {
            pp__products(n, PP__TILE, z + (int64_t)j * PP__TILE, w->score + begin,
                         k - j < 4 ? k - j : 4, w->gradient + j);
        }
    }
}

static int factorise(pp__curve_newton *w) {
    memcpy(w->factor, w->information, (size_t)(w->k * w->k) * sizeof *w->factor);
    return pp__cholesky(w->k, w->factor, 0) == w->k;
}

/* The Newton decrement, in standard deviations of a linear model's residual. */
static double find_step(pp__curve_newton *w) {
    memcpy(w->step, w->gradient, (size_t)w->k * sizeof *w->step);
    pp__forward(w->k, w->factor, w->step);
    double norm = sqrt(pp__dot(w->k, w->step, w->step));
    pp__backward(w->k, w->factor, w->step);
    return w->family->gaussian ? norm / sqrt(-2 * w->loglik / (double)(w->n - w->k))
                               : norm;
}

int pp__curve_newton_run(pp__curve_newton *w, double tolerance) {
    double best = INFINITY;
    for (int visits = 0, worse = 0; visits < MOST; visits++) {
        visit(w, 0);
        if (!factorise(w)) {
            return 0;
        }
        double norm = find_step(w);
        worse += !(norm < best);
        best = fmin(best, norm);
        if (norm <= tolerance || !isfinite(norm) || worse == PATIENCE) {
            return norm <= tolerance;
        }
        for (int j = 0; j < w->k; j++) {
            w->theta[j] += w->step[j];
        }
    }
    return 0;
}

int pp__curve_newton_expect(pp__curve_newton *w) {
    if (!w->family->expected) {
        return 1;
    }
    visit(w, 1);
    return factorise(w);
}
