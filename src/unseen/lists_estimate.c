#define MATHLIB_STANDALONE
#include "unseen/lists_estimate.h"

#include "base/check.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

pp__number pp__number_none(const char *model, const char *kind) {
    return (pp__number){model, kind, NULL, NAN, NAN, NAN, NAN,
                        NAN,   NAN,  NAN,  NAN, NAN, NAN, NAN};
}

void pp__number_lognormal(double observed, double level, pp__number *out) {
    double unseen = out->estimate - observed, ratio = out->error / unseen;
    double c = exp(qnorm5(0.5 + level / 2, 0, 1, 1, 0) * sqrt(log1p(ratio * ratio)));
    if (unseen > 0 && isfinite(c)) {
        out->low = observed + unseen / c;
        out->high = observed + unseen * c;
        out->interval = "log-normal";
    }
}

void pp__number_of(const pp__histories *h, const pp__cells_fit *fit, double level,
                   pp__number *out) {
    double unseen = exp(fit->log_zero);
    out->deviance = fit->deviance;
    out->df = fit->df;
    out->aic = fit->aic;
    out->bic = fit->bic;
    if (fit->determined) {
        out->estimate = h->observed + unseen;
        out->error = sqrt(unseen + unseen * unseen * fit->variance);
        pp__number_lognormal(h->observed, level, out);
    }
}

/* ---- the profile ---- */

typedef struct profile {
    pp__profile_fn *fit;
    void *payload;
    double observed;
    double height; /* what the log-likelihood is compared with */
    pp_error *err;
} profile;

/* At N = observed + unseen: the log-likelihood, and by the envelope theorem its slope. */
static pp_status look(const profile *p, double unseen, double *loglik, double *slope) {
    double N = p->observed + unseen, log_zero, kernel;
    PP_TRY(p->fit(p->payload, unseen, &log_zero, &kernel, p->err));
    *loglik = lgammafn(N + 1) - lgammafn(unseen + 1) - N * log(N) + kernel + N;
    *slope = digamma(N + 1) - digamma(unseen + 1) - log(N) + log_zero;
    return PP_OK;
}

typedef pp_status level_fn(const profile *p, double unseen, double *value);

static pp_status slope_at(const profile *p, double unseen, double *value) {
    double loglik;
    return look(p, unseen, &loglik, value);
}

static pp_status above_at(const profile *p, double unseen, double *value) {
    double slope;
    PP_TRY(look(p, unseen, value, &slope));
    *value -= p->height;
    return PP_OK;
}

/* The root between a and b, where the function is positive and not positive: false position
 * with halved ends (Illinois). */
static pp_status root(const profile *p, level_fn *f, double a, double b, double *out) {
    double fa, fb, at = a;
    PP_TRY(f(p, a, &fa));
    PP_TRY(f(p, b, &fb));
    for (int i = 0, side = 0; i < 200 && fabs(b - a) > 1e-10 * (1 + fabs(a)); i++) {
        double value;
        at = fa == fb ? (a + b) / 2 : (a * fb - b * fa) / (fb - fa);
        PP_TRY(f(p, at, &value));
        if (fabs(value) < 1e-13) {
            break;
        }
        if ((value > 0) == (fa > 0)) {
            a = at;
            fa = value;
            fb = side == 1 ? fb / 2 : fb;
            side = 1;
        } else {
            b = at;
            fb = value;
            fa = side == 2 ? fa / 2 : fa;
            side = 2;
        }
    }
    *out = at;
    return PP_OK;
}

/* Doubles the distance from `from` until f is not positive; 0: it stays so. */
static pp_status bracket(const profile *p, level_fn *f, double from, double *out,
                         int *found) {
    double step = 1 + from, value = 1;
    *found = 0;
    for (int i = 0; i < 20 && !*found; i++, step *= 2) {
        *out = from + step;
        PP_TRY(f(p, *out, &value));
        *found = value <= 0;
    }
    return PP_OK;
}

/* `top`: the units on no list at the maximum, whose height is p->height + half the quantile. */
static pp_status find_ends(const profile *p, double top, pp__number *out) {
    double value, far, end;
    int found;
    out->low = p->observed;
    PP_TRY(above_at(p, 0, &value));
    if (top > 0 && value < 0) {
        PP_TRY(root(p, above_at, top, 0, &end));
        out->low = p->observed + end;
    }
    PP_TRY(bracket(p, above_at, top, &far, &found));
    out->high = NAN;
    if (found) {
        PP_TRY(root(p, above_at, top, far, &end));
        out->high = p->observed + end;
    }
    return PP_OK;
}

pp_status pp__number_profile(pp__profile_fn *fit, void *payload, double observed,
                             double level, pp__number *out, pp_error *err) {
    profile p = {fit, payload, observed, 0, err};
    double top = 0, far, slope, height;
    int found = 1;
    PP_TRY(slope_at(&p, 0, &slope));
    if (slope > 0) {
        PP_TRY(bracket(&p, slope_at, 0, &far, &found));
        PP_TRY(found ? root(&p, slope_at, 0, far, &top) : PP_OK);
    }
    if (!found) {
        return PP_OK;
    }
    PP_TRY(look(&p, top, &height, &slope));
    p.height = height - qchisq(level, 1, 1, 0) / 2;
    out->multinomial = observed + top;
    out->interval = "profile";
    return find_ends(&p, top, out);
}

/* ---- of log-linear models ---- */

/* The maximum of the Poisson log-likelihood without its constants. */
static double kernel_of(const pp__cells *model, const pp__cells_fit *fit,
                        const double *y) {
    double sum = 0;
    for (int h = model->first; h < model->cells; h++) {
        sum += (y[h] > 0 ? y[h] * log(fit->mu[h]) : 0) - fit->mu[h];
    }
    return sum;
}

typedef struct whole_table {
    const pp__cells *model;
    pp__refit_fn *refit;
    const void *payload;
    double *count;
    pp_arena *arena;
} whole_table;

static pp_status fit_whole(void *payload, double unseen, double *log_zero, double *loglik,
                           pp_error *err) {
    whole_table *w = payload;
    pp__cells model = *w->model;
    pp__cells_fit fit;
    pp_arena_mark mark = pp_arena_get_mark(w->arena);
    model.first = 0;
    w->count[0] = unseen;
    PP_TRY(w->refit ? w->refit(w->payload, &model, w->count, w->arena, &fit, err)
                    : pp__cells_estimate(&model, w->count, w->arena, &fit, err));
    *log_zero = fit.log_zero;
    *loglik = kernel_of(&model, &fit, w->count);
    pp_arena_release(w->arena, mark);
    return PP_OK;
}

pp_status pp__number_profile_cells(const pp__cells *model, const pp__histories *h,
                                   pp__refit_fn *refit, const void *payload, double level,
                                   pp_arena *arena, pp__number *out, pp_error *err) {
    whole_table w = {model, refit, payload, NULL, arena};
    if (isnan(out->estimate)) {
        return PP_OK;
    }
    w.count = pp_arena_alloc(arena, h->cells, sizeof *w.count);
    PP_NEED(w.count, err);
    memcpy(w.count, h->count, (size_t)h->cells * sizeof *w.count);
    return pp__number_profile(fit_whole, &w, h->observed, level, out, err);
}
