#include "unseen/misclass_fit.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"
#include "model/newton.h"
#include "model/refit.h"

#include <math.h>
#include <string.h>

/* Rates below this, from where the likelihood rises towards 0, are 0. */
static const double ZERO = 1e-4;
static const double SEARCH_TOLERANCE = 1e-5, AGREE = 1e-4;

/* False positives and false negatives where the search begins. */
static const double STARTS[][PP__RATES] = {
    {0.01, 0.01}, {0.01, 0.3}, {0.1, 0.1}, {0.02, 0.6}, {0.2, 0.02}};
enum { N_STARTS = sizeof STARTS / sizeof *STARTS };

typedef struct work {
    pp_fit *fit;
    const pp_fit *base;
    const pp__misclass_spec *spec;
    pp__misclass_found *found;
    const pp_context *ctx;
    pp_error *err;
} work;

static pp_status maximise(work *w, pp__misclass *m, const double *start, double tolerance,
                          pp__optimum *o) {
    const pp__objective objective = {
        .k = m->k, .loglik = pp__misclass_loglik, .payload = m};
    return pp__newton(&objective, start, tolerance, w->fit->options.max_iterations,
                      &w->fit->arena, w->ctx, o, w->err);
}

void pp__standardised(const pp_fit *fit, double *out) {
    const pp__design *d = fit->design;
    double constant = 0;
    for (int j = 0; j < d->k; j++) {
        out[j] = fit->estimates[j] * d->scale[j];
        constant += fit->estimates[j] * d->center[j];
    }
    if (d->intercept) {
        out[0] += constant;
    }
}

/* ---- the search ---- */

static double logit_of(double p) {
    return log(p / (1 - p));
}

/* Coefficients given the rates of a start, then logistic rates that are so in all rows. */
static pp_status start_at(work *w, const double rate[PP__RATES], double *theta) {
    pp__misclass known = w->found->m, *m = &w->found->m;
    pp__optimum o;
    double value[PP__RATES];
    int at = m->d->k;
    for (int r = 0; r < PP__RATES; r++) {
        if (m->rate[r].m > 0) {
            double other = m->rate[!r].m > 0 ? 0 : m->rate[!r].known;
            value[r] = fmin(rate[r], 0.5 * (1 - other));
            known.rate[r] = (pp__rate){.known = value[r]};
        }
    }
    PP_TRY(pp__misclass_prepare(&known, &w->fit->arena, w->err));
    pp__standardised(w->base, theta);
    PP_TRY(maximise(w, &known, theta, 1e-3, &o));
    memcpy(theta, o.theta, (size_t)m->d->k * sizeof *theta);
    for (int r = 0; r < PP__RATES; r++) {
        int constant = w->spec->of_rates && w->spec->of_rates->intercept;
        for (int j = 0; j < m->rate[r].m; j++, at++) {
            theta[at] = constant && j > 0 ? 0 : logit_of(value[r]);
        }
    }
    return PP_OK;
}

/* The best of the searches that began at several rates, to `best` (m->k). */
static pp_status search(work *w, double *best) {
    pp__misclass *m = &w->found->m;
    double loglik[N_STARTS], highest = -INFINITY;
    double *theta = pp_arena_alloc(&w->fit->arena, m->k, sizeof *theta);
    PP_NEED(theta, w->err);
    for (int s = 0; s < N_STARTS; s++) {
        pp_arena_mark mark = pp_arena_get_mark(&w->fit->arena);
        pp__optimum o;
        PP_TRY(start_at(w, STARTS[s], theta));
        PP_TRY(maximise(w, m, theta, SEARCH_TOLERANCE, &o));
        loglik[s] = o.loglik;
        if (o.loglik > highest) {
            highest = o.loglik;
            memcpy(best, o.theta, (size_t)m->k * sizeof *best);
        }
        pp_arena_release(&w->fit->arena, mark);
    }
    w->found->starts = N_STARTS;
    for (int s = 0; s < N_STARTS; s++) {
        w->found->agreeing += loglik[s] > highest - AGREE;
    }
    return PP_OK;
}

/* ---- boundaries ---- */

/* Takes parameter j of a rate away: it is 0. */
static void drop_rate(work *w, int which, int j, double *theta) {
    pp__misclass_found *f = w->found;
    pp__rate *rate = &f->m.rate[which];
    const double **column = (const double **)rate->column;
    const char **name = (const char **)f->name[which];
    int begin = f->m.d->k + (which == PP__FALSE_NEGATIVE ? f->m.rate[0].m : 0);
    f->zero[which][f->zeros[which]++] = name[j];
    for (int i = j; i + 1 < rate->m; i++) {
        column[i] = column[i + 1];
        name[i] = name[i + 1];
    }
    for (int i = begin + j; i + 1 < f->m.k; i++) {
        theta[i] = theta[i + 1];
    }
    rate->m--;
    f->m.k--;
    rate->known = 0;
}

/* Rates that are no more than rounding go; gives how many did. */
static int drop_zeros(work *w, double below, double *theta) {
    pp__misclass *m = &w->found->m;
    int dropped = 0;
    for (int r = 0; r < PP__RATES; r++) {
        for (int j = m->rate[r].m - 1; j >= 0; j--) {
            int begin = m->d->k + (r == PP__FALSE_NEGATIVE ? m->rate[0].m : 0);
            if (theta[begin + j] < below) {
                drop_rate(w, r, j, theta);
                dropped++;
            }
        }
    }
    return dropped;
}

/* From logistic rates to the rates themselves, and to the maximum. */
static pp_status polish(work *w, double *theta, pp__optimum *o) {
    pp__misclass *m = &w->found->m;
    double tolerance = w->fit->options.tolerance;
    if (!w->spec->of_rates) {
        for (int r = 0; r < PP__RATES; r++) {
            m->rate[r].logistic = 0;
        }
        for (int j = m->d->k; j < m->k; j++) {
            theta[j] = 1 / (1 + exp(-theta[j]));
        }
        drop_zeros(w, ZERO, theta);
    }
    for (;;) {
        PP_TRY(pp__misclass_prepare(m, &w->fit->arena, w->err));
        PP_TRY(maximise(w, m, theta, tolerance, o));
        if (o->converged || w->spec->of_rates) {
            return PP_OK;
        }
        memcpy(theta, o->theta, (size_t)m->k * sizeof *theta);
        if (drop_zeros(w, ZERO / 10, theta) == 0) {
            return PP_OK;
        }
    }
}

/* ---- the fit ---- */

static pp_status keep_scores(work *w, const pp__optimum *o) {
    pp_fit *fit = w->fit;
    pp__misclass *m = &w->found->m;
    int64_t n = m->d->n, k = m->k;
    double *matrix = pp_arena_alloc(&fit->arena, n * k, sizeof *matrix);
    PP_NEED(matrix, w->err);
    double *unused = pp_arena_alloc(&fit->arena, k * k + k, sizeof *unused);
    PP_NEED(unused, w->err);
    m->score = matrix;
    pp__misclass_loglik(m, o->theta, unused, unused + k);
    m->score = NULL;
    fit->scores = (pp__scores){.n = n, .count = pp__design_count(m->d), .matrix = matrix};
    return PP_OK;
}

static pp_status name_parameters(work *w) {
    static const char *const PART[] = {"false_positive", "false_negative"};
    pp_fit *fit = w->fit;
    const pp__misclass_found *f = w->found;
    int k = f->m.d->k;
    const char **name = pp_arena_alloc(&fit->arena, f->m.k, sizeof *name);
    const char **part = pp_arena_alloc(&fit->arena, f->m.k, sizeof *part);
    PP_NEED(name && part ? name : NULL, w->err);
    for (int j = 0; j < k; j++) {
        name[j] = fit->design->column[j].name;
        part[j] = "outcome";
    }
    for (int r = 0; r < PP__RATES; r++) {
        for (int j = 0; j < f->m.rate[r].m; j++, k++) {
            name[k] = f->name[r][j];
            part[k] = PART[r];
        }
    }
    fit->k = k;
    fit->name = name;
    w->found->part = part;
    return PP_OK;
}

/* Logistic rates have standardised columns too. */
static pp_status set_map(work *w) {
    pp_fit *fit = w->fit;
    int64_t k = fit->k;
    const pp__misclass *m = &w->found->m;
    if (!w->spec->of_rates) {
        return PP_OK;
    }
    fit->map = pp_arena_zalloc(&fit->arena, k * k, sizeof *fit->map);
    PP_NEED(fit->map, w->err);
    pp__design_map(fit->design, 0, fit->k, fit->map);
    for (int r = 0, at = fit->design->k; r < PP__RATES; at += m->rate[r].m, r++) {
        if (m->rate[r].m > 0) {
            pp__design_map(w->spec->of_rates, at, fit->k, fit->map);
        }
    }
    return PP_OK;
}

/* A warm start, or the fit beside it. */
static pp_status estimate_known(work *w, pp__optimum *o) {
    pp__misclass *m = &w->found->m;
    double *theta = pp_arena_alloc(&w->fit->arena, m->k, sizeof *theta);
    PP_NEED(theta, w->err);
    pp__standardised(w->base, theta);
    return maximise(w, m, w->spec->start ? w->spec->start : theta,
                    w->fit->options.tolerance, o);
}

static pp_status copy_spec(work *w) {
    pp__misclass_found *f = w->found;
    for (int r = 0; r < PP__RATES; r++) {
        int m = w->spec->rate[r].m;
        f->m.rate[r] = w->spec->rate[r];
        f->m.rate[r].logistic = m > 0;
        const double **column = pp_arena_alloc(&w->fit->arena, m + 1, sizeof *column);
        const char **name = pp_arena_alloc(&w->fit->arena, 2 * (m + 1), sizeof *name);
        PP_NEED(column && name ? column : NULL, w->err);
        for (int j = 0; j < m; j++) {
            column[j] = w->spec->rate[r].column[j];
            name[j] = w->spec->name[r][j];
        }
        f->m.rate[r].column = column;
        f->name[r] = name;
        f->zero[r] = name + m + 1;
    }
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    work *given = fit->workspace, w = *given;
    pp__optimum o;
    w.ctx = ctx;
    w.err = err;
    w.found = pp_arena_zalloc(&fit->arena, 1, sizeof *w.found);
    PP_NEED(w.found, err);
    fit->own = w.found;
    pp__misclass *m = &w.found->m;
    *m = (pp__misclass){.d = fit->design, .link = fit->link, .ctx = ctx};
    PP_TRY(copy_spec(&w));
    PP_TRY(pp__misclass_prepare(m, &fit->arena, err));
    if (m->k == m->d->k) {
        PP_TRY(estimate_known(&w, &o));
    } else {
        double *theta = pp_arena_alloc(&fit->arena, m->k, sizeof *theta);
        PP_NEED(theta, err);
        PP_TRY(search(&w, theta));
        PP_TRY(polish(&w, theta, &o));
    }
    PP_TRY(name_parameters(&w));
    PP_TRY(set_map(&w));
    PP_TRY(keep_scores(&w, &o));
    double *theta = pp_arena_alloc(&fit->arena, m->k, sizeof *theta);
    PP_NEED(theta, err);
    memcpy(theta, o.theta, (size_t)m->k * sizeof *theta);
    w.found->theta = m->theta = theta;
    PP_TRY(pp__fit_keep(fit, &o, err));
    fit->loglik = o.loglik;
    fit->deviance = -2 * o.loglik;
    fit->null_loglik = w.base->null_loglik;
    fit->events = w.base->events;
    fit->parameters = fit->k;
    return PP_OK;
}

static const pp_estimator misclass = {
    .info = {.name = "misclass",
             .title = "Binary outcome that is recorded with errors",
             .links = "logit, probit, cloglog"},
    .outcome = PP__VALUE,
    .estimate = estimate};

/* ---- known rates that are estimates themselves ---- */

/* The change of the estimates with a known rate, db/da = -I_bb⁻¹ I_ba, times its error: to `out`
   (k). The cross information is that of the model with this rate free, at its value. */
static pp_status slope_by_rate(work *w, int which, double *out) {
    pp_fit *fit = w->fit;
    const pp__misclass_found *f = fit->own;
    pp__misclass with = f->m;
    int64_t n = fit->design->n, k = fit->k, wide = k + 1;
    int64_t at = which == PP__FALSE_POSITIVE ? fit->design->k : k;
    double *space =
        pp_arena_alloc(&fit->arena, n + wide * wide + 3 * wide, sizeof *space);
    PP_NEED(space, w->err);
    double *information = space + n, *theta = information + wide * wide;
    double *gradient = theta + wide, *cross = gradient + wide;
    const double *column[1] = {space};
    for (int64_t i = 0; i < n; i++) {
        space[i] = 1;
    }
    for (int64_t j = 0, i = 0; j < wide; j++) {
        theta[j] = j == at ? w->spec->rate[which].known : f->theta[i++];
    }
    with.rate[which] = (pp__rate){.m = 1, .column = column};
    PP_TRY(pp__misclass_prepare(&with, &fit->arena, w->err));
    pp__misclass_loglik(&with, theta, gradient, information);
    pp__mirror((int)wide, information);
    for (int64_t j = 0, i = 0; j < wide; j++) {
        if (j != at) {
            cross[i++] = information[j + at * wide];
        }
    }
    for (int64_t j = 0; j < k; j++) {
        out[j] = -w->spec->std_error[which] * pp__dot(k, fit->bread + j * k, cross);
    }
    return PP_OK;
}

/* Adds (db/da)² var(a) to the covariance for each known rate that has an error. */
static pp_status add_known_error(work *w) {
    pp_fit *fit = w->fit;
    int64_t k = fit->k;
    double *slope = pp_arena_alloc(&fit->arena, k, sizeof *slope);
    PP_NEED(slope, w->err);
    for (int r = 0; r < PP__RATES; r++) {
        if (w->spec->std_error[r] <= 0 || w->spec->rate[r].m > 0) {
            continue;
        }
        PP_TRY(slope_by_rate(w, r, slope));
        for (int64_t j = 0; j < k; j++) {
            for (int64_t i = 0; i < k; i++) {
                fit->V[i + j * k] += slope[i] * slope[j];
            }
        }
    }
    return PP_OK;
}

static pp_status run(work *w) {
    pp_fit *fit = w->fit;
    fit->estimator = &misclass;
    fit->design = w->base->design;
    fit->workspace = w;
    PP_TRY(pp__fit_reset(fit, w->err));
    PP_TRY(misclass.estimate(fit, w->ctx, w->err));
    fit->workspace = NULL;
    fit->outside = w->base->outside;
    PP_TRY(pp__covariance(fit, fit->data, w->ctx, w->err));
    PP_TRY(add_known_error(w));
    PP_TRY(pp__fit_restore(fit, w->err));
    return pp__covariance_mend(fit, w->err);
}

pp_status pp__misclass_fit(const pp_fit *base, const pp__misclass_spec *spec,
                           const pp_context *ctx, pp_fit **out, pp_error *err) {
    pp_fit *fit = pp__fit_like(base);
    PP_NEED(fit, err);
    work w = {.fit = fit, .base = base, .spec = spec, .ctx = ctx, .err = err};
    pp_status status = run(&w);
    if (status != PP_OK) {
        pp_fit_free(fit);
        return status;
    }
    *out = fit;
    return PP_OK;
}
