/* Two-stage least squares. With W = [exogenous, instruments] and X = [exogenous,
   endogenous]: X̂ = W (W'W)⁻¹ W'X, b = (X̂'X̂)⁻¹ X̂'y, and scores x̂ (y − x'b). Wooldridge
   (2010), Econometric Analysis of Cross Section and Panel Data, ch. 5. Fixed effects are
   absorbed from all columns first. */
#include "model/estimators/iv.h"

#include "base/check.h"
#include "model/effects/absorb.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Of the squares of a standardised column. */
static const double NOTHING = 1e-14;

typedef struct stages {
    pp_fit *fit;
    pp__iv *iv;
    const pp_context *ctx;
    pp_error *err;
    int64_t n;
    double *work; /* n: the outcome less its offset */
} stages;

/* ---- columns ---- */

static pp_status require_instruments(const pp_fit *fit, pp_error *err) {
    if (fit->formula->n_instruments > 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "model 'iv' needs instruments");
    pp_error_locate(err, NULL, 0, "formula", NULL);
    pp_error_hint(err,
                  "write: y ~ x | endogenous ~ instrument, or with fixed effects y ~ "
                  "x | city | endogenous ~ instrument");
    return PP_E_ARGUMENT;
}

static void count_columns(const pp__design *d, pp__iv *iv) {
    iv->exogenous = iv->endogenous = 0;
    iv->instruments = d->n_instruments;
    for (int j = 0; j < d->k; j++) {
        iv->endogenous += pp__design_role(d, j) == PP__ENDOGENOUS;
    }
    iv->exogenous = d->k - iv->endogenous;
}

static pp_status check_order(const pp__iv *iv, pp_error *err) {
    if (iv->endogenous == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "no endogenous variable is left");
    }
    if (iv->instruments >= iv->endogenous) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ESTIMATION,
                 "not identified: %d endogenous variable%s, %d instrument%s",
                 iv->endogenous, iv->endogenous == 1 ? "" : "s", iv->instruments,
                 iv->instruments == 1 ? "" : "s");
    pp_error_hint(err,
                  "each endogenous variable needs an instrument of its own that is no "
                  "other term of the model and no combination of such");
    return PP_E_ESTIMATION;
}

static pp_status outcome(stages *s) {
    const pp__companions *with = &s->fit->design->with;
    s->work = pp_arena_alloc(&s->fit->arena, s->n, sizeof *s->work);
    PP_NEED(s->work, s->err);
    for (int64_t i = 0; i < s->n; i++) {
        s->work[i] = with->y[i] - (with->offset ? with->offset[i] : 0);
    }
    return PP_OK;
}

/* All columns of the design and the outcome, standardised. */
static pp_status write_columns(stages *s) {
    const pp__design *d = s->fit->design;
    int columns = d->k + d->n_instruments;
    s->iv->column = pp_arena_alloc(&s->fit->arena, columns + 1, sizeof *s->iv->column);
    PP_NEED(s->iv->column, s->err);
    s->iv->name = pp_arena_alloc(&s->fit->arena, columns, sizeof *s->iv->name);
    PP_NEED(s->iv->name, s->err);
    for (int j = 0; j < columns; j++) {
        double *z = pp_arena_alloc(&s->fit->arena, s->n, sizeof *z);
        PP_NEED(z, s->err);
        pp__standardise(s->n, d->x[j], d->center[j], 1 / d->scale[j], z);
        s->iv->column[j] = z;
        s->iv->name[j] = d->column[j].name;
    }
    s->iv->column[columns] = s->work;
    return PP_OK;
}

static pp_status absorb(stages *s) {
    pp_fit *fit = s->fit;
    const pp__companions *with = &fit->design->with;
    int m = fit->design->k + fit->design->n_instruments + 1;
    pp__effects *effects;
    pp__absorber *absorber;
    pp__absorb_report report;
    pp__absorb_column *from = pp_arena_alloc(&fit->arena, m, sizeof *from);
    PP_NEED(from, s->err);
    double **to = pp_arena_alloc(&fit->arena, m, sizeof *to);
    PP_NEED(to, s->err);
    for (int j = 0; j < m; j++) {
        from[j] = (pp__absorb_column){s->iv->column[j], 0, 1};
        to[j] = (double *)(uintptr_t)s->iv->column[j];
    }
    PP_TRY(pp__effects_make(with->effect, with->n_effects, s->n, &fit->arena, s->ctx,
                            &effects, s->err));
    PP_TRY(pp__absorber_make(effects, &fit->arena, s->ctx, &absorber, s->err));
    PP_TRY(pp__absorber_weigh(absorber, with->weight, s->ctx, s->err));
    fit->absorbed = pp__absorber_rank(absorber);
    PP_TRY(pp__absorb(absorber, from, m, fit->options.tolerance, s->ctx, to, &report,
                      s->err));
    fit->converged = report.converged;
    return PP_OK;
}

static pp__least_squares squares_on(const stages *s, const double *const *x, int k) {
    return (pp__least_squares){
        .n = s->n, .k = k, .x = x, .weight = s->fit->design->with.weight, .ctx = s->ctx};
}

static double weighted_squares(const stages *s, const double *v, double mean) {
    const double *weight = s->fit->design->with.weight;
    double squares = 0;
    for (int64_t i = 0; i < s->n; i++) {
        squares += (weight ? weight[i] : 1) * (v[i] - mean) * (v[i] - mean);
    }
    return squares;
}

/* ---- columns of which the effects leave nothing ---- */

static void forget_column(pp__iv *iv, int columns, int j) {
    for (int i = j; i < columns; i++) {
        iv->column[i] = iv->column[i + 1];
        if (i + 1 < columns) {
            iv->name[i] = iv->name[i + 1];
        }
    }
}

static pp_status note_instrument(stages *s, const char *name) {
    pp__notes *notes = &s->fit->notes;
    PP_TRY(pp__notes_drop(notes, "collinear", "instruments", name, 1, s->err));
    return pp__notes_warn(notes, "collinear", name, 1, s->err,
                          "the instrument %s is explained by the other terms and is left "
                          "out",
                          name);
}

static pp_status remove_instrument(stages *s, int column) {
    pp__iv *iv = s->iv;
    PP_TRY(note_instrument(s, iv->name[column]));
    forget_column(iv, s->fit->k + iv->instruments, column);
    iv->instruments--;
    return PP_OK;
}

/* Of the model's columns, and of the instruments. */
static pp_status remove_explained(stages *s) {
    pp_fit *fit = s->fit;
    pp__iv *iv = s->iv;
    int k = fit->k, columns = k + iv->instruments;
    double weights = 0;
    pp__least_squares ls = squares_on(s, iv->column, k);
    uint8_t *keep = pp_arena_alloc(&fit->arena, k, 1);
    PP_NEED(keep, s->err);
    PP_TRY(pp__least_squares_init(&ls, &fit->arena, s->err));
    for (int64_t i = 0; i < s->n; i++) {
        weights += ls.weight ? ls.weight[i] : 1;
    }
    PP_TRY(pp__explained_remove(fit, ls.G, weights, keep, s->err));
    for (int j = k - 1; j >= 0; j--) {
        if (!keep[j]) {
            forget_column(iv, columns--, j);
        }
    }
    count_columns(fit->design, iv);
    for (int j = fit->k + iv->instruments - 1; j >= fit->k; j--) {
        if (weighted_squares(s, iv->column[j], 0) <= NOTHING * weights) {
            PP_TRY(remove_instrument(s, j));
        }
    }
    return check_order(iv, s->err);
}

/* Of what explains the endogenous, once all that are explained are gone. */
static pp_status prepare_first(stages *s) {
    pp__iv *iv = s->iv;
    for (;;) {
        int columns = iv->exogenous + iv->instruments;
        iv->first_regressor =
            pp_arena_alloc(&s->fit->arena, columns, sizeof *iv->first_regressor);
        PP_NEED(iv->first_regressor, s->err);
        for (int j = 0; j < columns; j++) {
            int from = j < iv->exogenous ? j : j + iv->endogenous;
            iv->first_regressor[j] = iv->column[from];
        }
        iv->first = squares_on(s, iv->first_regressor, columns);
        PP_TRY(pp__least_squares_init(&iv->first, &s->fit->arena, s->err));
        if (iv->first.rank == columns) {
            return PP_OK;
        }
        if (iv->first.rank < iv->exogenous) {
            PP_FAIL(s->err, PP_E_ESTIMATION, "the normal equations are singular");
        }
        PP_TRY(remove_instrument(s, iv->first.rank + iv->endogenous));
        PP_TRY(check_order(iv, s->err));
    }
}

/* ---- stages ---- */

static pp_status first_stage(stages *s) {
    pp__iv *iv = s->iv;
    pp_arena *arena = &s->fit->arena;
    int k = s->fit->k;
    double *theta = pp_arena_alloc(arena, iv->first.k, sizeof *theta);
    PP_NEED(theta, s->err);
    iv->residual = pp_arena_alloc(arena, iv->endogenous, sizeof *iv->residual);
    PP_NEED(iv->residual, s->err);
    iv->projected = pp_arena_alloc(arena, k, sizeof *iv->projected);
    PP_NEED(iv->projected, s->err);
    memcpy(iv->projected, iv->column, (size_t)iv->exogenous * sizeof *iv->column);
    for (int e = 0; e < iv->endogenous; e++) {
        const double *x = iv->column[iv->exogenous + e];
        double *fitted = pp_arena_alloc(arena, 2 * s->n, sizeof *fitted);
        PP_NEED(fitted, s->err);
        iv->residual[e] = fitted + s->n;
        pp__least_squares_solve(&iv->first, x, theta, iv->residual[e], NULL);
        for (int64_t i = 0; i < s->n; i++) {
            fitted[i] = x[i] - iv->residual[e][i];
        }
        iv->projected[iv->exogenous + e] = fitted;
    }
    return PP_OK;
}

static pp_status not_moved(const stages *s, int which) {
    pp_error_set(s->err, PP_E_ESTIMATION,
                 "not identified: the instruments do not move %s apart from the other "
                 "terms",
                 s->fit->name[which]);
    pp_error_hint(s->err, "look for instruments that are related to it");
    return PP_E_ESTIMATION;
}

/* y less x'b: with the variables themselves, not with what the instruments explain. */
static void structural_residual(const stages *s, const double *theta) {
    const pp__iv *iv = s->iv;
    memcpy(iv->u, iv->column[s->fit->k + iv->instruments], (size_t)s->n * sizeof *iv->u);
    for (int j = 0; j < s->fit->k; j++) {
        const double *x = iv->column[j];
        for (int64_t i = 0; i < s->n; i++) {
            iv->u[i] -= theta[j] * x[i];
        }
    }
}

/* X̂'y = X̂'X b is solved, by steps on its own residual X̂'(y − X b), for X̂'X = X̂'X̂. */
static pp_status second_stage(stages *s, double *theta, double *rss) {
    enum { MOST_STEPS = 5 };
    pp_fit *fit = s->fit;
    pp__iv *iv = s->iv;
    iv->second = squares_on(s, iv->projected, fit->k);
    PP_TRY(pp__least_squares_init(&iv->second, &fit->arena, s->err));
    for (int j = iv->exogenous; j < fit->k; j++) {
        double whole = weighted_squares(s, iv->column[j], 0);
        if (iv->second.G[j * (fit->k + 1)] <= NOTHING * whole) {
            return not_moved(s, j);
        }
    }
    if (iv->second.rank < fit->k) {
        return not_moved(s, iv->second.rank);
    }
    double *step = pp_arena_alloc(&fit->arena, fit->k, sizeof *step);
    PP_NEED(step, s->err);
    iv->u = pp_arena_alloc(&fit->arena, s->n, sizeof *iv->u);
    PP_NEED(iv->u, s->err);
    double df = fmax(fit->scores.count - fit->k - fit->absorbed, 1);
    int exact = fit->converged;
    for (fit->iterations = 0;; fit->iterations++) {
        structural_residual(s, theta);
        pp__least_squares_products(&iv->second, iv->u, step);
        pp__forward(fit->k, iv->second.factor, step);
        *rss = weighted_squares(s, iv->u, 0);
        double scale =
            fmax(sqrt(*rss / df), 1e-13 * sqrt(weighted_squares(s, s->work, 0)));
        fit->score_norm = sqrt(pp__dot(fit->k, step, step)) / fmax(scale, 1e-300);
        fit->converged = exact && fit->score_norm <= fit->options.tolerance;
        if ((fit->converged && fit->iterations > 1) || fit->iterations == MOST_STEPS) {
            return PP_OK;
        }
        pp__backward(fit->k, iv->second.factor, step);
        for (int j = 0; j < fit->k; j++) {
            theta[j] += step[j];
        }
    }
}

/* ---- what the fit is told ---- */

/* What the linear predictor has beside x'b: all that is neither it nor the residual. */
static pp_status describe_outside(stages *s, const double *theta) {
    pp_fit *fit = s->fit;
    const pp__design *d = fit->design;
    fit->outside = d->with.offset;
    if (d->with.n_effects == 0) {
        return PP_OK;
    }
    double *outside = pp_arena_alloc(&fit->arena, s->n, sizeof *outside);
    PP_NEED(outside, s->err);
    for (int64_t i = 0; i < s->n; i++) {
        outside[i] = d->with.y[i] - s->iv->u[i];
    }
    for (int j = 0; j < fit->k; j++) {
        double b = theta[j] / d->scale[j];
        for (int64_t i = 0; i < s->n; i++) {
            outside[i] -= b * d->x[j][i];
        }
    }
    fit->outside = outside;
    return PP_OK;
}

static double weighted_mean(const stages *s, const double *v) {
    const double *weight = s->fit->design->with.weight;
    double sum = 0, weights = 0;
    for (int64_t i = 0; i < s->n; i++) {
        double w = weight ? weight[i] : 1;
        sum += w * v[i];
        weights += w;
    }
    return sum / weights;
}

static pp_status describe(stages *s, double *theta, double rss, double tss) {
    pp_fit *fit = s->fit;
    const pp__iv *iv = s->iv;
    const double *weight = fit->design->with.weight;
    double *factor = pp_arena_alloc(&fit->arena, s->n, sizeof *factor);
    PP_NEED(factor, s->err);
    for (int64_t i = 0; i < s->n; i++) {
        factor[i] = (weight ? weight[i] : 1) * iv->u[i];
    }
    fit->bread =
        pp_arena_alloc(&fit->arena, (int64_t)fit->k * fit->k, sizeof *fit->bread);
    PP_NEED(fit->bread, s->err);
    pp__cholesky_inverse(fit->k, iv->second.factor, fit->bread);
    fit->estimates = theta;
    fit->scores.n = s->n;
    fit->scores.factor = factor;
    fit->scores.weight = weight;
    fit->scores.z = iv->projected;
    fit->nobs = (int64_t)fit->scores.count;
    fit->sigma = sqrt(rss / (fit->scores.count - fit->k - fit->absorbed));
    fit->deviance = rss;
    fit->r2 = 1 - rss / tss;
    fit->parameters = fit->k + (int)fit->absorbed + 1;
    return describe_outside(s, theta);
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    stages s = {.fit = fit, .ctx = ctx, .err = err, .n = fit->design->n};
    double rss = 0, tss, *theta;
    PP_TRY(require_instruments(fit, err));
    s.iv = pp_arena_zalloc(&fit->arena, 1, sizeof *s.iv);
    PP_NEED(s.iv, err);
    fit->own = s.iv;
    count_columns(fit->design, s.iv);
    PP_TRY(check_order(s.iv, err));
    fit->scores.count = pp__design_count(fit->design);
    fit->converged = 1;
    PP_TRY(outcome(&s));
    tss = weighted_squares(&s, s.work,
                           fit->design->centred ? weighted_mean(&s, s.work) : 0);
    PP_TRY(write_columns(&s));
    if (fit->design->with.n_effects > 0) {
        PP_TRY(absorb(&s));
        PP_TRY(remove_explained(&s));
    }
    theta = pp_arena_zalloc(&fit->arena, fit->k, sizeof *theta);
    PP_NEED(theta, err);
    PP_TRY(prepare_first(&s));
    PP_TRY(first_stage(&s));
    PP_TRY(second_stage(&s, theta, &rss));
    return describe(&s, theta, rss, tss);
}

const pp_estimator pp__estimator_iv = {
    .info =
        {.name = "iv",
         .title = "Two-stage least squares",
         .estimand = "E(z (y - x'b)) = 0 for instruments z; with one instrument of 0 "
                     "and 1 and effects that differ, the mean effect on those whom it "
                     "moves",
         .source = "Wooldridge (2010), Econometric Analysis of Cross Section and Panel "
                   "Data, ch. 5; Wu (1973); Hausman (1978); Sargan (1958)",
         .reference = "R AER 1.2-10 (ivreg), sandwich 3.0-2",
         .links = "identity",
         .use = "A covariate that the errors are related to, and variables that move it "
                "and reach the outcome in no other way. Table first_stage has the F of "
                "the instruments for each endogenous variable, iid and under the "
                "covariance of the fit, the Wu-Hausman test of exogeneity and, with "
                "more instruments than endogenous variables, Sargan's test.",
         .avoid = "Weak instruments (a first-stage F of ten or less): estimates then "
                  "lean to those of ols, and intervals are too short.",
         .options = "",
         .example = "'homicide_log ~ liberal_democracy | gdp_per_capita_log ~ "
                    "un_distance_prc' --data demo-out/panel.parquet --model iv --vcov "
                    "cluster:country",
         .digits = "Coefficients and tests to 1e-8, errors to 1e-8."},
    .takes =
        PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET | PP__TAKES_INSTRUMENTS,
    .student = 1,
    .estimate = estimate,
    .conclude = pp__iv_conclude,
    .report = pp__iv_report};
