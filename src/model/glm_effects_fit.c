/* The fit of a generalised linear model with absorbed effects. */
#include "base/check.h"
#include "model/bias_effects.h"
#include "model/estimator.h"
#include "model/glm_effects.h"
#include "model/separation_effects.h"

typedef struct keeping {
    const pp__glm_effects *m;
    double *outside;
} keeping;

/* What the linear predictor has beside x'b. */
static void keep_tile(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const keeping *keep = payload;
    const pp__glm_effects *m = keep->m;
    const pp__design *d = m->g->d;
    double *outside = keep->outside + begin, constant = 0;
    (void)sums;
    (void)scratch;
    for (int j = 0; j < m->k; j++) {
        constant -= d->center[j] / d->scale[j] * m->b[j];
    }
    pp__absorb_row_effects(m->effects, m->level, begin, n, outside);
    for (int i = 0; i < n; i++) {
        outside[i] += constant + (m->g->offset ? m->g->offset[begin + i] : 0);
    }
}

pp_status pp__glm_effects_outside(pp__glm_effects *m, pp_fit *fit, pp_error *err) {
    keeping keep = {.m = m};
    keep.outside = pp_arena_alloc(&fit->arena, m->g->d->n, sizeof *keep.outside);
    PP_NEED(keep.outside, err);
    pp__pass_run(&m->products, keep_tile, &keep, m->g->ctx, m->sums);
    fit->outside = keep.outside;
    fit->absorbed = pp__absorber_rank(m->absorber);
    return PP_OK;
}

static pp_status keep_model(pp__glm_effects *m, pp_fit *fit, pp_error *err) {
    pp__absorbed *within = pp_arena_alloc(&fit->arena, 1, sizeof *within);
    PP_NEED(within, err);
    *within = (pp__absorbed){m->effects, m->column, m->m, m->coefficients};
    const pp__optimum o = {.theta = m->b,
                           .factor = m->factor,
                           .score_norm = m->score_norm,
                           .iterations = m->iterations,
                           .converged = m->converged};
    PP_TRY(pp__fit_keep(fit, &o, err));
    fit->scores = (pp__scores){
        .n = m->g->d->n, .factor = m->g->score, .weight = m->g->weight, .within = within};
    return pp__glm_effects_outside(m, fit, err);
}

/* Only a refit meets groups without variation here: its counts of rows have made them. */
static pp_status find_constant_groups(pp_fit *fit, const pp__glm *g, pp_error *err) {
    return pp__constant_groups_find(fit->design, g->family->binary, &fit->arena, NULL,
                                    pp__notes_get_mark(&fit->notes), g->ctx,
                                    &fit->separated, err);
}

pp_status pp__glm_effects_open(pp__glm *g, pp_fit *fit, pp__glm_effects *m,
                               pp_error *err) {
    int explained = 1;
    while (explained) {
        pp_arena_mark mark = pp_arena_get_mark(&fit->arena);
        PP_TRY(pp__glm_effects_make(g, &fit->arena, m, err));
        PP_TRY(pp__glm_effects_begin(m, fit, &explained, err));
        if (explained) {
            pp_arena_release(&fit->arena, mark);
        }
    }
    return PP_OK;
}

pp_status pp__glm_effects_search(pp_fit *fit, pp__glm *g, pp__glm_effects *m,
                                 pp_error *err) {
    enum { EARLY = 25 };
    int max_iterations = fit->options.max_iterations;
    double tolerance = fit->options.tolerance;
    PP_TRY(find_constant_groups(fit, g, err));
    if (fit->separated) {
        return PP_OK;
    }
    PP_TRY(pp__glm_effects_open(g, fit, m, err));
    PP_TRY(pp__glm_effects_maximise(
        m, tolerance, max_iterations < EARLY ? max_iterations : EARLY, err));
    PP_TRY(pp__separation_rectify(m, fit, err));
    if (!fit->separated && !m->converged && m->iterations == EARLY) {
        PP_TRY(pp__glm_effects_maximise(m, tolerance, max_iterations, err));
    }
    return PP_OK;
}

pp_status pp__glm_effects_estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__family *family = fit->estimator->family;
    pp__glm g = pp__glm_of(fit->design, family, ctx);
    pp__glm_effects m;
    int bandwidth;
    PP_TRY(pp__bias_read(fit, &bandwidth, err));
    PP_TRY(pp__outcome_check(fit, family, err));
    PP_TRY(pp__glm_effects_search(fit, &g, &m, err));
    if (fit->separated) {
        return PP_OK;
    }
    if (pp__glm_can_expect(&g)) {
        g.expected = 1;
        PP_TRY(pp__glm_effects_visit(&m, err));
    }
    if (bandwidth >= 0) {
        PP_TRY(pp__bias_correct(&m, fit, bandwidth, err));
        fit->bandwidth = bandwidth;
    }
    PP_TRY(keep_model(&m, fit, err));
    pp__glm_describe(fit, family, m.loglik, m.null_loglik, ctx);
    return PP_OK;
}
