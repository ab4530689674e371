#include "effects/synth/synthetic.h"

#include "base/check.h"
#include "effects/synth/simplex.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* The standard deviation of donors' changes from period to period before treatment. */
static double noise(const pp__paths *p) {
    double sum = 0, squares = 0, n = (double)p->donors * (p->before - 1);
    for (int i = 0; i < p->donors; i++) {
        for (int t = 1; t < p->before; t++) {
            const double *y = p->y + i * p->periods + t;
            sum += y[0] - y[-1];
        }
    }
    for (int i = 0; i < p->donors; i++) {
        for (int t = 1; t < p->before; t++) {
            const double *y = p->y + i * p->periods + t;
            double d = y[0] - y[-1] - sum / n;
            squares += d * d;
        }
    }
    return sqrt(squares / (n - 1));
}

static double mean_after(const pp__paths *p, int unit) {
    double sum = 0;
    for (int t = p->before; t < p->periods; t++) {
        sum += p->y[unit * p->periods + t];
    }
    return sum / (p->periods - p->before);
}

static void centre(double *column, int n) {
    double mean = 0;
    for (int i = 0; i < n; i++) {
        mean += column[i] / n;
    }
    for (int i = 0; i < n; i++) {
        column[i] -= mean;
    }
}

/* Weights w on the simplex that minimise |A w - b|² / n + penalty² |w|²; A: n × k, b behind it; an
   intercept takes out the means of columns. */
static pp_status fit_weights(double *A, int n, int k, double penalty, int intercept,
                             pp_arena *arena, double *w, pp_error *err) {
    double *G = pp_arena_alloc(arena, k * k + k, sizeof *G), *h = G + k * k;
    PP_NEED(G, err);
    for (int j = 0; intercept && j <= k; j++) {
        centre(A + j * n, n);
    }
    for (int j = 0; j < k; j++) {
        for (int l = 0; l < k; l++) {
            G[l + j * k] =
                pp__dot(n, A + j * n, A + l * n) / n + (j == l ? penalty * penalty : 0);
        }
        h[j] = pp__dot(n, A + j * n, A + k * n) / n;
    }
    return pp__simplex_weights(k, G, h, arena, w, err);
}

static pp_status weigh_donors(const pp__paths *p, pp__synth_method method,
                              pp_arena *arena, double *w, pp_error *err) {
    double share = pow((double)p->treated * (p->periods - p->before), 0.25);
    double penalty = (method == PP__SDID ? share : 1e-6) * noise(p);
    double *A = pp_arena_alloc(arena, p->before * (p->donors + 1), sizeof *A);
    PP_NEED(A, err);
    for (int i = 0; i <= p->donors; i++) {
        memcpy(A + i * p->before, p->y + i * p->periods, (size_t)p->before * sizeof *A);
    }
    return fit_weights(A, p->before, p->donors, penalty, method == PP__SDID, arena, w,
                       err);
}

static pp_status weigh_periods(const pp__paths *p, pp_arena *arena, double *w,
                               pp_error *err) {
    double *A = pp_arena_alloc(arena, p->donors * (p->before + 1), sizeof *A);
    PP_NEED(A, err);
    for (int i = 0; i < p->donors; i++) {
        for (int t = 0; t < p->before; t++) {
            A[i + t * p->donors] = p->y[i * p->periods + t];
        }
        A[i + p->before * p->donors] = mean_after(p, i);
    }
    return fit_weights(A, p->donors, p->before, 1e-6 * noise(p), 1, arena, w, err);
}

static double root_mean_square(const double *x, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
        sum += x[t] * x[t] / (to - from);
    }
    return sqrt(sum);
}

static void find_gaps(const pp__paths *p, pp__synthetic *out) {
    double level = 0;
    for (int t = 0; t < p->periods; t++) {
        out->gap[t] = p->y[p->donors * p->periods + t];
        for (int i = 0; i < p->donors; i++) {
            out->gap[t] -= out->donor[i] * p->y[i * p->periods + t];
        }
    }
    for (int t = 0; t < p->before; t++) {
        level += out->period[t] * out->gap[t];
    }
    out->estimate = -level;
    for (int t = 0; t < p->periods; t++) {
        out->estimate += t < p->before ? 0 : out->gap[t] / (p->periods - p->before);
        out->gap[t] -= level;
    }
    out->rmspe_before = root_mean_square(out->gap, 0, p->before);
    out->rmspe_after = root_mean_square(out->gap, p->before, p->periods);
}

pp_status pp__synthetic_estimate(const pp__paths *p, pp__synth_method method,
                                 pp_arena *arena, pp__synthetic *out, pp_error *err) {
    out->donor = pp_arena_zalloc(arena, p->donors, sizeof *out->donor);
    out->period = pp_arena_zalloc(arena, p->before, sizeof *out->period);
    out->gap = pp_arena_alloc(arena, p->periods, sizeof *out->gap);
    PP_NEED(out->donor && out->period ? out->gap : NULL, err);
    for (int i = 0; i < p->donors; i++) {
        out->donor[i] = 1.0 / p->donors;
    }
    for (int t = 0; t < p->before; t++) {
        out->period[t] = method == PP__SC ? 0 : 1.0 / p->before;
    }
    if (method != PP__DID) {
        PP_TRY(weigh_donors(p, method, arena, out->donor, err));
    }
    if (method == PP__SDID) {
        PP_TRY(weigh_periods(p, arena, out->period, err));
    }
    find_gaps(p, out);
    return PP_OK;
}
