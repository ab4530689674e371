#include "effects/synth/synthetic.h"

#include "base/check.h"
#include "effects/synth/matching.h"
#include "effects/synth/ridge.h"

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

/* Paths before treatment, a unit a column, the treated last. */
static pp_status list_paths(const pp__paths *p, pp_arena *arena, double **out,
                            pp_error *err) {
    double *A = pp_arena_alloc(arena, (int64_t)p->before * (p->donors + 1), sizeof *A);
    PP_NEED(A, err);
    for (int i = 0; i <= p->donors; i++) {
        memcpy(A + i * p->before, p->y + i * p->periods, (size_t)p->before * sizeof *A);
    }
    *out = A;
    return PP_OK;
}

static pp_status augment(const pp__matching *m, const double *b,
                         const pp__synth_rule *rule, pp_arena *arena, pp__synthetic *out,
                         pp_error *err) {
    pp__ridge ridge;
    double *misfit = pp_arena_alloc(arena, m->n, sizeof *misfit);
    PP_NEED(misfit, err);
    out->lambda = rule->lambda;
    PP_TRY(pp__ridge_init(&ridge, m->A, m->n, m->k, arena, err));
    if (!(rule->lambda > 0)) {
        PP_TRY(pp__ridge_choose(m, &ridge, b, out->donor, !rule->least_error, arena,
                                &out->lambda, err));
    }
    pp__matching_misfit(m, b, out->donor, misfit);
    pp__ridge_add(&ridge, out->lambda, misfit, out->donor);
    return PP_OK;
}

static pp_status weigh_donors(const pp__paths *p, const pp__synth_rule *rule,
                              pp_arena *arena, pp__synthetic *out, pp_error *err) {
    double share = pow((double)p->treated * (p->periods - p->before), 0.25);
    int sdid = rule->method == PP__SDID;
    pp__matching m;
    double *A = NULL;
    out->penalty = (sdid ? share : 1e-6) * noise(p);
    PP_TRY(list_paths(p, arena, &A, err));
    double *b = A + (int64_t)p->donors * p->before;
    pp__matching_init(&m, A, p->before, p->donors, out->penalty, sdid);
    PP_TRY(pp__matching_solve(&m, b, 0, arena, out->donor, err));
    return rule->method == PP__ASC ? augment(&m, b, rule, arena, out, err) : PP_OK;
}

static pp_status weigh_periods(const pp__paths *p, pp_arena *arena, double *w,
                               pp_error *err) {
    pp__matching m;
    double *A = pp_arena_alloc(arena, (int64_t)p->donors * (p->before + 1), sizeof *A);
    PP_NEED(A, err);
    for (int i = 0; i < p->donors; i++) {
        for (int t = 0; t < p->before; t++) {
            A[i + t * p->donors] = p->y[i * p->periods + t];
        }
        A[i + p->before * p->donors] = mean_after(p, i);
    }
    pp__matching_init(&m, A, p->donors, p->before, 1e-6 * noise(p), 1);
    return pp__matching_solve(&m, A + (int64_t)p->before * p->donors, 0, arena, w, err);
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

pp_status pp__synthetic_estimate(const pp__paths *p, const pp__synth_rule *rule,
                                 pp_arena *arena, pp__synthetic *out, pp_error *err) {
    int uniform = rule->method == PP__DID || rule->method == PP__SDID;
    out->donor = pp_arena_zalloc(arena, p->donors, sizeof *out->donor);
    out->period = pp_arena_zalloc(arena, p->before, sizeof *out->period);
    out->gap = pp_arena_alloc(arena, p->periods, sizeof *out->gap);
    PP_NEED(out->donor && out->period ? out->gap : NULL, err);
    out->penalty = 0;
    out->lambda = NAN;
    for (int i = 0; i < p->donors; i++) {
        out->donor[i] = 1.0 / p->donors;
    }
    for (int t = 0; t < p->before; t++) {
        out->period[t] = uniform ? 1.0 / p->before : 0;
    }
    if (rule->method != PP__DID) {
        PP_TRY(weigh_donors(p, rule, arena, out, err));
    }
    if (rule->method == PP__SDID) {
        PP_TRY(weigh_periods(p, arena, out->period, err));
    }
    find_gaps(p, out);
    return PP_OK;
}
