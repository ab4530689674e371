/* Bias-reduced binary regression. */
#include "model/estimators/firth.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/glm.h"
#include "model/linalg.h"
#include "model/separation.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>
#include <math.h>
#include <string.h>

/* What `conclude` and `report` need of the estimation. */
typedef struct kept {
    pp__firth *f;
    double *theta, *contrasts; /* k: standardised estimates; k × k: space */
    double constant;           /* the intercept alone */
    double penalised, penalised_null;
} kept;

/* ---- options ---- */

static const char *const BIASES[] = {"mean", "jeffreys", "median",
                                     "flic", "flac",     "none"};

static pp_status refuse(pp_status code, const char *option, const char *value,
                        const char *hint, pp_error *err) {
    pp_error_set(err, code, "model 'firth' cannot do %s '%s' here", option, value);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "%s", hint);
    return code;
}

static pp_status read_bias(const pp_fit *fit, pp__bias *out, pp_error *err) {
    const char *wanted = fit->options.bias ? fit->options.bias : BIASES[0];
    int which = 0;
    while (which < 6 && strcmp(BIASES[which], wanted) != 0) {
        which++;
    }
    *out = (pp__bias)which;
    if (which == 6) {
        return refuse(PP_E_ARGUMENT, "bias", wanted,
                      "there are: mean, jeffreys, median, flic, flac, none", err);
    }
    int corrected = *out == PP__BIAS_FLIC || *out == PP__BIAS_FLAC;
    if (corrected && fit->link != &pp__link_logit) {
        return refuse(PP_E_UNSUPPORTED, "bias", wanted,
                      "flic and flac are defined for the logit", err);
    }
    if (*out == PP__BIAS_FLIC && (fit->vcov.kind != PP__IID || !fit->design->intercept)) {
        return refuse(PP_E_UNSUPPORTED, "bias", wanted,
                      "flic needs an intercept and has the covariance iid only: flac has "
                      "all",
                      err);
    }
    return PP_OK;
}

static int chosen(const char *option, const char *value) {
    return option && strcmp(option, value) == 0;
}

static pp_status check_choice(const char *name, const char *option, const char *first,
                              const char *second, pp_error *err) {
    if (option && !chosen(option, first) && !chosen(option, second)) {
        pp_error_set(err, PP_E_ARGUMENT, "option %s is '%s'", name, option);
        pp_error_locate(err, NULL, 0, name, option);
        pp_error_hint(err, "there are: %s, %s", first, second);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* ---- estimation ---- */

/* The likelihood of a constant, which is where theta is then. */
static pp_status null_model(pp_fit *fit, kept *own, pp_error *err) {
    const pp__companions *with = &fit->design->with;
    pp__firth plain = *own->f;
    pp__firth_state state;
    double ones = 0, all = 0;
    plain.bias = PP__BIAS_NONE;
    plain.penalised = 0;
    if (!fit->design->intercept) {
        return PP_OK;
    }
    for (int64_t i = 0; i < fit->design->n; i++) {
        double w = with->weight ? with->weight[i] : 1;
        ones += w * with->y[i];
        all += w;
    }
    own->theta[0] = fit->link->forward(ones / all);
    PP_TRY(pp__firth_intercept(&plain, fit->options.tolerance,
                               fit->options.max_iterations, own->theta, &state, err));
    fit->null_loglik = state.converged ? plain.loglik : NAN;
    own->constant = own->theta[0];
    return PP_OK;
}

/* The same penalised by all columns. */
static pp_status penalised_null(const pp_fit *fit, kept *own, pp_error *err) {
    pp__firth_state state;
    double *theta = own->contrasts;
    own->penalised_null = NAN;
    if (!own->f->penalised || !fit->design->intercept) {
        return PP_OK;
    }
    memset(theta, 0, (size_t)fit->k * sizeof *theta);
    theta[0] = own->constant;
    PP_TRY(pp__firth_intercept(own->f, fit->options.tolerance,
                               fit->options.max_iterations, theta, &state, err));
    own->penalised_null = state.converged ? own->f->objective : NAN;
    return PP_OK;
}

/* Plain maximum likelihood may have no finite estimate. */
static pp_status find_separation(pp_fit *fit, pp__firth *f, const pp__firth_state *state,
                                 pp_error *err) {
    pp__glm glm = pp__glm_of(f->d, f->family, f->ctx);
    pp__optimum o = {.step = f->step, .converged = state->converged};
    glm.score = f->score;
    glm.weight = f->weight;
    memcpy(f->step, f->gradient, (size_t)f->d->k * sizeof *f->step);
    pp__forward(f->d->k, f->factor, f->step);
    pp__backward(f->d->k, f->factor, f->step);
    return pp__separation_look(fit, &glm, &o, err);
}

static pp_status correct(pp_fit *fit, pp__firth *f, double *theta, pp__firth_state *state,
                         pp_error *err) {
    int64_t n = f->d->n;
    pp__firth_state second = *state;
    if (f->bias == PP__BIAS_FLIC) {
        PP_TRY(pp__firth_flic(f, fit->options.tolerance, fit->options.max_iterations,
                              theta, &second, err));
    } else if (f->bias == PP__BIAS_FLAC) {
        double *scores = pp_arena_alloc(&fit->arena, n * f->d->k, sizeof *scores);
        PP_NEED(scores, err);
        PP_TRY(pp__firth_flac(f, fit->options.tolerance, fit->options.max_iterations,
                              theta, fit->bread, scores, &second, err));
        fit->scores.matrix = scores;
        if (!pp__firth_visit(f, theta)) {
            second.converged = 0;
        }
    }
    state->norm = fmax(state->norm, second.norm);
    state->converged &= second.converged;
    return PP_OK;
}

/* The rows' share of the adjusted score. */
static pp_status keep_scores(pp_fit *fit, pp__firth *f, pp_error *err) {
    int64_t n = f->d->n, k = f->d->k;
    fit->scores.n = n;
    if (f->bias == PP__BIAS_FLAC) {
        return PP_OK;
    }
    double *factor =
        pp_arena_alloc(&fit->arena, 2 * n, sizeof *factor); /* profiles use f */
    PP_NEED(factor, err);
    for (int64_t i = 0; f->bias != PP__BIAS_NONE && i < n; i++) {
        f->score[i] += f->adjustment[i];
    }
    if (f->bias == PP__BIAS_MEDIAN) {
        double *matrix = pp_arena_alloc(&fit->arena, n * k, sizeof *matrix);
        PP_NEED(matrix, err);
        fit->scores.matrix = matrix;
        return pp__firth_median_scores(f, matrix, err);
    }
    memcpy(factor, f->score, (size_t)n * sizeof *factor);
    memcpy(factor + n, f->weight, (size_t)n * sizeof *factor);
    fit->scores.factor = factor;
    fit->scores.weight = factor + n;
    return PP_OK;
}

static void keep_inverse(pp_fit *fit, pp__firth *f) {
    if (f->bias == PP__BIAS_FLAC) {
        return;
    }
    if (chosen(fit->options.information, "augmented")) {
        pp__firth_curvature(f);
        pp__cholesky_inverse(fit->k, f->curvature, fit->bread);
    } else {
        pp__cholesky_inverse(fit->k, f->factor, fit->bread);
    }
}

static pp_status allocate(pp_fit *fit, pp__bias bias, const pp_context *ctx, kept **out,
                          pp_error *err) {
    int64_t k = fit->k;
    kept *own = pp_arena_zalloc(&fit->arena, 1, sizeof *own);
    PP_NEED(own, err);
    own->theta = pp_arena_zalloc(&fit->arena, 2 * k + 2 * k * k, sizeof *own->theta);
    PP_NEED(own->theta, err);
    own->contrasts = own->theta + k;
    fit->estimates = own->contrasts + k * k;
    fit->bread = fit->estimates + k;
    *out = own;
    return pp__firth_new(fit, bias, ctx, &fit->arena, &own->f, err);
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    pp__bias bias;
    pp__firth_state state;
    kept *own = NULL;
    PP_TRY(read_bias(fit, &bias, err));
    PP_TRY(check_choice("interval", fit->options.interval, "profile", "wald", err));
    PP_TRY(check_choice("information", fit->options.information, "expected", "augmented",
                        err));
    PP_TRY(allocate(fit, bias, ctx, &own, err));
    PP_TRY(pp__outcome_check(fit, own->f->family, err));
    fit->scores.count = pp__design_count(fit->design);
    fit->nobs = (int64_t)fit->scores.count;
    PP_TRY(null_model(fit, own, err));
    PP_TRY(pp__firth_solve(own->f, NULL, fit->options.tolerance,
                           fit->options.max_iterations, own->theta, &state, err));
    own->penalised = own->f->penalised ? own->f->objective : NAN;
    if (bias == PP__BIAS_NONE) {
        PP_TRY(find_separation(fit, own->f, &state, err));
    }
    memcpy(fit->estimates, own->theta, (size_t)fit->k * sizeof *fit->estimates);
    PP_TRY(correct(fit, own->f, fit->estimates, &state, err));
    fit->loglik = own->f->loglik;
    fit->deviance = -2 * fit->loglik;
    fit->parameters = fit->k;
    fit->score_norm = state.norm;
    fit->iterations = state.iterations;
    fit->converged = state.converged;
    fit->outside = fit->design->with.offset;
    fit->workspace = own;
    keep_inverse(fit, own->f);
    return keep_scores(fit, own->f, err);
}

/* ---- intervals ---- */

static int has_profile(const pp_fit *fit, const pp__firth *f) {
    return fit->vcov.kind == PP__IID && f->bias != PP__BIAS_FLAC &&
           (f->penalised || f->bias == PP__BIAS_NONE);
}

static pp__interval wald(const pp_fit *fit, int j) {
    double error = sqrt(fit->V[j + (int64_t)j * fit->k]);
    double width = pp__fit_quantile(fit, fit->options.level) * error,
           b = fit->estimates[j];
    return (pp__interval){"wald", b - width, b + width, b / error};
}

static pp_status profiles(pp_fit *fit, kept *own, pp__interval *interval, pp_error *err) {
    int64_t k = fit->k;
    int first = own->f->bias == PP__BIAS_FLIC;
    const pp__firth_search how = {pp__fit_quantile(fit, fit->options.level),
                                  fit->options.tolerance, fit->options.max_iterations};
    pp__firth_profile *found = pp_arena_alloc(&fit->arena, k, sizeof *found);
    PP_NEED(found, err);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t l = 0; l < k; l++) {
            own->contrasts[l + j * k] = own->f->map[j + l * k];
        }
    }
    PP_TRY(
        pp__firth_profiles(own->f, own->theta, own->contrasts, first, &how, found, err));
    for (int64_t j = first; j < k; j++) {
        interval[j] =
            (pp__interval){"profile", found[j].low, found[j].high, found[j].root};
        if (isnan(found[j].low) || isnan(found[j].high) || isnan(found[j].root)) {
            PP_TRY(pp__notes_warn(&fit->notes, "profile", fit->name[j], 1, err,
                                  "no end of the profile of %s was found", fit->name[j]));
        }
    }
    return PP_OK;
}

static pp_status conclude(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    kept *own = fit->workspace;
    const char *wanted = fit->options.interval;
    int profiled = has_profile(fit, own->f) && !chosen(wanted, "wald");
    if (chosen(wanted, "profile") && !profiled) {
        return refuse(PP_E_UNSUPPORTED, "interval", wanted,
                      "profiles go with the covariance iid, and with bias jeffreys, none "
                      "and, for the logit, mean and flic",
                      err);
    }
    pp__interval *interval = pp_arena_alloc(&fit->arena, fit->k, sizeof *interval);
    PP_NEED(interval, err);
    own->f->ctx = ctx;
    for (int j = 0; j < fit->k; j++) {
        interval[j] = wald(fit, j);
    }
    fit->interval = interval;
    PP_TRY(penalised_null(fit, own, err));
    return profiled ? profiles(fit, own, interval, err) : PP_OK;
}

/* ---- the table of penalised likelihoods ---- */

/* What was done, and which of the two definitions the errors have. */
static pp_status add_method(const pp_fit *fit, const kept *own, pp_result *result,
                            pp_error *err) {
    int augmented = chosen(fit->options.information, "augmented");
    pp_table *table;
    PP_TRY(pp_result_add(result, "bias", "Bias reduction", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(pp__put_text(table, 0, "bias", BIASES[own->f->bias], err));
    return pp__put_text(table, 0, "information",
                        own->f->bias == PP__BIAS_FLAC ? "of the augmented data"
                        : augmented                   ? "augmented: X'W(1 + h)X"
                                                      : "expected: X'WX",
                        err);
}

static pp_status report(const pp_fit *fit, pp_result *result, pp_error *err) {
    const kept *own = fit->workspace;
    pp_table *table;
    PP_TRY(add_method(fit, own, result, err));
    if (!own->f->penalised) {
        return PP_OK;
    }
    double fall = 2 * (own->penalised - own->penalised_null), df = fit->k - 1;
    double log_scale = 0; /* the determinant is that of the columns as they are */
    for (int j = 0; j < fit->k; j++) {
        log_scale += log(fit->design->scale[j]);
    }
    PP_TRY(pp_result_add(result, "penalised", "Penalised likelihood", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    const struct {
        const char *name;
        double value;
    } facts[] = {{"penalised_loglik", own->penalised + log_scale},
                 {"null_penalised_loglik", own->penalised_null + log_scale},
                 {"lr_statistic", fall},
                 {"df", df},
                 {"p_value", pchisq(fall, df, 0, 0)}};
    for (int i = 0; i < 5; i++) {
        PP_TRY(pp__put_number(table, 0, facts[i].name,
                              i == 3   ? PP_SHOW_COUNT
                              : i == 4 ? PP_SHOW_P_VALUE
                                       : PP_SHOW_DEFAULT,
                              facts[i].value, err));
    }
    return PP_OK;
}

const pp_estimator pp__estimator_firth = {
    .info = {.name = "firth",
             .title = "Bias-reduced binary regression",
             .estimand = "P(y = 1 | x) = link^-1(x'b), b with reduced bias: finite under "
                         "separation",
             .source =
                 "Firth (1993), Biometrika 80, 27-38; Kosmidis & Firth (2009), "
                 "Biometrika 96, 793-804, and (2021), Biometrika 108, 71-82; Kenne "
                 "Pagui, Salvan & Sartori (2017), Biometrika 104, 923-938; Heinze & "
                 "Schemper (2002), Statistics in Medicine 21, 2409-2419; Puhr et al. "
                 "(2017), Statistics in Medicine 36, 2302-2317",
             .reference = "R logistf 1.26.1, brglm2 0.9",
             .links = "logit, probit, cloglog",
             .use = "Rare events, few rows, or separation: estimates are finite and "
                    "nearly without bias, intervals by the profile of the penalised "
                    "likelihood.",
             .avoid = "Large samples with many events, where it gives what logit gives. "
                      "Predicted probabilities are too high on average unless `--bias "
                      "flic` or `flac`.",
             .options = "bias: mean (default: bias reduction by adjusted scores), "
                        "jeffreys, median, flic, flac, none\n"
                        "interval: profile (default, where it exists) or wald\n"
                        "information: of standard errors: expected (default, as brglm2) "
                        "or augmented (as logistf)",
             .example =
                 "'event_latest ~ duration + un_distance_prc + gdp_per_capita_log' "
                 "--data demo-out/panel.parquet --model firth",
             .digits = "Coefficients to 1e-8, profile bounds to 1e-7."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = estimate,
    .conclude = conclude,
    .report = report};
