/* Cox's proportional hazards.
 *
 * Cox (1972), JRSS B 34, 187-220; ties after Breslow (1974), Biometrics 30, 89-99, and
 * Efron (1977), JASA 72, 557-565; robust errors after Lin & Wei (1989), JASA 84,
 * 1074-1078: the scores are score residuals, so that the sandwich is the sum of squared
 * dfbetas, by row or by cluster.
 */
#include "model/estimators/cox.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static pp_status read_ties(const pp_fit *fit, int *breslow, pp_error *err) {
    const char *ties = fit->options.ties ? fit->options.ties : "efron";
    *breslow = strcmp(ties, "breslow") == 0;
    if (*breslow || strcmp(ties, "efron") == 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no treatment of ties '%s'", ties);
    pp_error_locate(err, NULL, 0, "ties", ties);
    pp_error_hint(err, "there are: efron, breslow");
    return PP_E_ARGUMENT;
}

static pp_status describe(pp_fit *fit, const pp__cox *c, const pp__optimum *o,
                          pp_error *err) {
    double events = 0, rows = 0;
    double *matrix;
    PP_TRY(pp__cox_scores(c, &fit->arena, &matrix, err));
    for (int32_t e = 0; e < c->sets.slots; e++) {
        events += c->sets.deaths[e];
    }
    for (int64_t i = 0; i < c->d->n; i++) {
        rows += c->d->with.frequency ? c->d->with.weight[i] : 1;
    }
    fit->events = (int64_t)events;
    fit->nobs = (int64_t)rows;
    fit->loglik = o->loglik;
    fit->null_loglik = o->start_loglik;
    fit->parameters = fit->k;
    fit->outside = c->d->with.offset;
    fit->scores = (pp__scores){.n = c->d->n, .count = rows, .matrix = matrix};
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    pp_arena scratch;
    pp__cox c;
    pp__optimum o;
    int breslow;
    PP_TRY(read_ties(fit, &breslow, err));
    double *start = pp_arena_zalloc(&fit->arena, fit->k, sizeof *start);
    PP_NEED(start, err);
    pp_arena_init(&scratch);
    pp_status status = pp__cox_init(fit->design, breslow, &scratch, ctx, &c, err);
    if (status == PP_OK) {
        const pp__objective objective = {
            .k = fit->k, .loglik = pp__cox_loglik, .payload = &c};
        status = pp__newton(&objective, start, fit->options.tolerance,
                            fit->options.max_iterations, &fit->arena, ctx, &o, err);
    }
    if (status == PP_OK) {
        status = pp__fit_keep(fit, &o, err);
    }
    if (status == PP_OK) {
        status = describe(fit, &c, &o, err);
    }
    pp_arena_clear(&scratch);
    return status;
}

const pp_estimator pp__estimator_cox = {
    .info = {.name = "cox",
             .title = "Cox proportional hazards",
             .estimand = "h(t | x) = h0(t) exp(x'b), h0 free in each stratum; b are log "
                         "hazard ratios",
             .source = "Cox (1972), JRSS B 34, 187-220; Efron (1977), JASA 72, 557-565",
             .reference = "R survival 3.5-3",
             .links = "identity",
             .use = "Time until an event, with covariates that may change between "
                    "spells; nothing is assumed of how the hazard runs over time.",
             .avoid = "Dates known as intervals, or by the year with many ties (hazard, "
                      "cloglog).",
             .options = "ties: how spells that end together are taken: efron (default), "
                        "breslow, exact",
             .example = "'Surv(duration - 1, duration, event_latest) ~ un_distance_prc + "
                        "gdp_per_capita_log' --data demo-out/panel.parquet --model cox "
                        "--vcov cluster:country",
             .digits = "Coefficients to 1e-8, errors to 1e-6, log likelihood to 1e-10."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET | PP__TAKES_STRATA,
    .outcome = PP__SPELL,
    .constant_free = 1,
    .estimate = estimate};
