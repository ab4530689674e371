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
#include "model/estimators/identify.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef enum treatment { EFRON, BRESLOW, EXACT } treatment;

typedef struct job {
    pp_fit *fit;
    const pp_context *ctx;
    treatment ties;
    pp_arena scratch;
    pp__cox cox;
    pp__choice_sets exact;
    pp__objective objective;
    pp__beginning beginning;
    pp_error *err;
} job;

static pp_status read_ties(job *j) {
    static const char *const NAMES[] = {"efron", "breslow", "exact"};
    const char *name = j->fit->options.ties ? j->fit->options.ties : NAMES[EFRON];
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            j->ties = (treatment)i;
            return PP_OK;
        }
    }
    pp_error_set(j->err, PP_E_ARGUMENT, "there is no treatment of ties '%s'", name);
    pp_error_locate(j->err, NULL, 0, "ties", name);
    pp_error_hint(j->err, "there are: efron, breslow, exact");
    return PP_E_ARGUMENT;
}

/* ---- the likelihood ---- */

pp_status pp__cox_revisit(const pp_fit *fit, const char *what, pp_arena *arena,
                          const pp_context *ctx, pp__cox *c, double *information,
                          pp_error *err) {
    const pp__design *d = fit->design;
    const char *ties = fit->options.ties;
    int64_t k = fit->k;
    if (fit->estimator->outcome != PP__SPELL || !fit->own) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "there is no %s of model '%s'", what,
                fit->options.model);
    }
    PP_TRY(pp__cox_init(d, ties && strcmp(ties, "efron") != 0, arena, ctx, c, err));
    c->estimates = pp_arena_alloc(arena, 2 * k + k * k, sizeof *c->estimates);
    PP_NEED(c->estimates, err);
    double *gradient = c->estimates + k;
    for (int64_t j = 0; j < k; j++) {
        c->estimates[j] = fit->estimates[j] * d->scale[j];
    }
    pp__cox_loglik(c, c->estimates, gradient, information ? information : gradient + k);
    return PP_OK;
}

static pp_status refuse_robust(const job *j) {
    if (j->ties != EXACT || j->fit->vcov.kind == PP__IID) {
        return PP_OK;
    }
    pp_error_set(j->err, PP_E_UNSUPPORTED,
                 "there are no robust or clustered errors with exact ties");
    pp_error_locate(j->err, NULL, 0, "ties", "exact");
    pp_error_hint(j->err, "use efron, which is close to it");
    return PP_E_UNSUPPORTED;
}

static pp_status prepare(job *j) {
    const pp__design *d = j->fit->design;
    PP_TRY(read_ties(j));
    PP_TRY(refuse_robust(j));
    if (j->ties == EXACT) {
        PP_TRY(pp__risk_sets_find(d, &j->scratch, j->ctx, &j->cox.sets, j->err));
    } else {
        PP_TRY(pp__cox_init(d, j->ties == BRESLOW, &j->scratch, j->ctx, &j->cox, j->err));
    }
    if (j->cox.sets.slots == 0) {
        PP_FAIL(j->err, PP_E_ESTIMATION,
                "there is no event in the %lld rows that can be "
                "used",
                (long long)d->n);
    }
    j->objective =
        (pp__objective){.k = d->k, .loglik = pp__cox_loglik, .payload = &j->cox};
    if (j->ties == EXACT) {
        PP_TRY(pp__cox_exact_sets(&j->cox.sets, &j->scratch, j->ctx, &j->exact, j->err));
        j->objective.loglik = pp__choice_loglik;
        j->objective.payload = &j->exact;
    }
    return pp__beginning_init(&j->beginning, &j->objective, &j->scratch, j->err);
}

/* The terms of a direction, and what to do. */
static pp_status fail_monotone(const job *j, const double *direction) {
    const pp__design *d = j->fit->design;
    double largest = 0;
    pp_buf names;
    pp_buf_init(&names);
    for (int i = 0; i < d->k; i++) {
        largest = fmax(largest, fabs(direction[i]));
    }
    for (int i = 0; i < d->k; i++) {
        if (fabs(direction[i]) > 1e-6 * largest) {
            pp_buf_printf(&names, "%s%s", names.length ? ", " : "", d->column[i].name);
        }
    }
    pp_status status = pp_buf_check(&names, j->err);
    if (status == PP_OK) {
        status = pp_error_set(
            j->err, PP_E_ESTIMATION,
            "the likelihood is monotone: no finite estimate of %s exists", names.data);
        pp_error_hint(j->err, "of those at risk, the events always have the highest (or "
                              "lowest) value: leave the term out, or use more data");
    }
    pp_buf_clear(&names);
    return status;
}

static pp_status look_for_infinity(job *j) {
    pp_fit *fit = j->fit;
    pp__cox_order order;
    PP_TRY(pp__cox_order_init(&j->cox.sets, &j->scratch, &order, j->err));
    PP_TRY(pp__monotone_search(fit->design, &j->beginning, pp__cox_order_verify, &order,
                               &fit->arena, j->ctx, &fit->separated, &fit->separation,
                               j->err));
    fit->outcome = fit->design->with.event;
    return fit->separated && order.mixed ? fail_monotone(j, fit->separation) : PP_OK;
}

/* ---- the fit ---- */

static pp_status describe(job *j, const pp__optimum *o) {
    pp_fit *fit = j->fit;
    const pp__design *d = fit->design;
    double events = 0, *matrix = NULL;
    if (j->ties != EXACT) {
        PP_TRY(pp__cox_scores(&j->cox, &fit->arena, &matrix, j->err));
    }
    for (int32_t e = 0; e < j->cox.sets.slots; e++) {
        events += j->cox.sets.deaths[e];
    }
    pp__cox_facts *facts = pp_arena_alloc(&fit->arena, 1, sizeof *facts);
    PP_NEED(facts, j->err);
    PP_TRY(
        pp__beginning_score_test(&j->beginning, &fit->arena, &facts->score_test, j->err));
    fit->own = facts;
    fit->events = (int64_t)events;
    fit->nobs = (int64_t)pp__design_count(d);
    fit->loglik = o->loglik;
    fit->null_loglik = o->start_loglik;
    fit->parameters = fit->k;
    fit->outside = d->with.offset;
    fit->scores = (pp__scores){.n = d->n, .count = pp__design_count(d), .matrix = matrix};
    return PP_OK;
}

static pp_status maximise(job *j, int *left_out) {
    pp_fit *fit = j->fit;
    pp__optimum o;
    int suspect;
    const pp__objective objective = {
        .k = fit->k, .loglik = pp__beginning_loglik, .payload = &j->beginning};
    double *start = pp_arena_zalloc(&fit->arena, fit->k, sizeof *start);
    PP_NEED(start, j->err);
    PP_TRY(pp__newton(&objective, start, fit->options.tolerance,
                      fit->options.max_iterations, &fit->arena, j->ctx, &o, j->err));
    PP_TRY(pp__identify(fit, &j->beginning, j->cox.sets.slots, left_out, j->err));
    if (*left_out > 0) {
        return PP_OK;
    }
    PP_TRY(pp__fit_keep(fit, &o, j->err));
    PP_TRY(describe(j, &o));
    PP_TRY(pp__monotone_suspect(fit->design, &j->beginning, &o, fit->bread, &fit->arena,
                                &suspect, j->err));
    return suspect ? look_for_infinity(j) : PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    int left_out = 1;
    pp_status status = PP_OK;
    while (status == PP_OK && left_out > 0) {
        job j = {.fit = fit, .ctx = ctx, .err = err};
        pp_arena_init(&j.scratch);
        status = prepare(&j);
        status = status == PP_OK ? maximise(&j, &left_out) : status;
        pp_arena_clear(&j.scratch);
    }
    return status;
}

const pp_estimator pp__estimator_cox = {
    .info = {.name = "cox",
             .title = "Cox proportional hazards",
             .estimand = "h(t | x) = h0(t) exp(x'b), h0 free in each stratum; b are log "
                         "hazard ratios",
             .source = "Cox (1972), JRSS B 34, 187-220; Efron (1977), JASA 72, 557-565",
             .reference = "R survival 3.5-3",
             .links = "log",
             .use = "Time until an event, with covariates that may change between "
                    "spells; nothing is assumed of how the hazard runs over time.",
             .avoid = "Dates known as intervals, or by the year with many ties (hazard, "
                      "cloglog).",
             .options = "ties: how spells that end together are taken: efron (default), "
                        "breslow, exact",
             .example = "'Surv(duration - 1, duration, event_latest) ~ un_distance_prc + "
                        "gdp_per_capita_log' --data demo-out/panel.parquet --model cox "
                        "--vcov cluster:country",
             .digits = "Coefficients and errors to 1e-9, log likelihood to 1e-12."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET | PP__TAKES_STRATA,
    .outcome = PP__SPELL,
    .constant_free = 1,
    .estimate = estimate,
    .report = pp__cox_report};
