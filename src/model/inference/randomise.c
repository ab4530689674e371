/* Randomisation inference under a sharp null: the treatment is assigned anew, outcomes stay.
   Fisher (1935); Rosenbaum (2002), Observational Studies, ch. 2; Young (2019), Quarterly J.
   Economics 134. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/estimator.h"
#include "model/inference/permutation.h"
#include "model/inference/tdraws.h"
#include "model/refit.h"
#include "model/tables.h"

#include <pushpull/inference.h>

#include <math.h>
#include <string.h>

typedef struct randomising {
    const pp_fit *fit;
    const pp_permutation_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    int variable; /* of the design */
    int j;        /* the coefficient */
    int studentised, invertible;
    pp__permutation permutation;
    const double *offset; /* of the null; NULL: zero */
    pp__tdraws draws;
    uint8_t *used;     /* of each draw: 1, it gave an estimate */
    int64_t first;     /* draw of this round */
    pp_status *status; /* of each draw of the round */
} randomising;

/* ---- one draw ---- */

/* The design with other values of the treatment, in the fit's arena. */
static pp_status assign(const randomising *w, const int64_t *from, pp_fit *fit) {
    const pp__design *old = w->fit->design;
    pp_arena *arena = &fit->arena;
    pp__design *d = pp_arena_alloc(arena, 1, sizeof *d);
    PP_NEED(d, NULL);
    *d = *old;
    fit->design = d;
    d->variables = pp_arena_alloc(arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, NULL);
    memcpy(d->variables, old->variables, (size_t)d->n_variables * sizeof *d->variables);
    double *value = pp_arena_alloc(arena, d->n, sizeof *value);
    PP_NEED(value, NULL);
    for (int64_t i = 0; i < d->n; i++) {
        value[i] = old->variables[w->variable].value[from[i]];
    }
    d->variables[w->variable].value = value;
    int64_t columns = d->k + d->n_instruments;
    d->column = pp_arena_alloc(arena, columns, sizeof *d->column);
    PP_NEED(d->column, NULL);
    memcpy(d->column, old->column, (size_t)columns * sizeof *d->column);
    d->k = (int)columns;
    d->n_instruments = 0;
    PP_TRY(pp__design_fill(d, arena, NULL, NULL));
    return pp__design_settle(d, arena, &fit->notes, NULL, NULL);
}

/* The coefficient with `y` for the outcome, and its standard error. */
static pp_status estimate(const randomising *w, pp_fit *fit, const double *y,
                          double *coefficient, double *error) {
    fit->design->with.y = y;
    *coefficient = NAN;
    PP_TRY(pp__fit_reset(fit, NULL));
    PP_TRY(fit->estimator->estimate(fit, NULL, NULL));
    if (fit->separated || !fit->converged) {
        return PP_OK;
    }
    if (error) {
        PP_TRY(pp__covariance(fit, fit->data, NULL, NULL));
    }
    PP_TRY(pp__fit_restore(fit, NULL));
    for (int j = 0; j < fit->k; j++) {
        if (strcmp(fit->name[j], w->fit->name[w->j]) == 0) {
            *coefficient = fit->estimates[j];
            if (error) {
                *error = sqrt(fit->V[j + (int64_t)j * fit->k]);
            }
        }
    }
    return PP_OK;
}

/* With c = estimate − r a linear model's draw is (b − estimate × e) + c e, where b is the
   coefficient and e that of the treatment itself. */
static pp_status draw_fit(const randomising *w, int64_t b, const int64_t *from,
                          pp_fit *fit) {
    const pp__design *old = w->fit->design;
    double coefficient, error = 1, own = 0;
    PP_TRY(assign(w, from, fit));
    if (w->offset) {
        fit->design->with.offset = w->offset;
    }
    PP_TRY(estimate(w, fit, old->with.y, &coefficient, w->studentised ? &error : NULL));
    if (w->invertible && !isnan(coefficient)) {
        PP_TRY(estimate(w, fit, old->variables[w->variable].value, &own, NULL));
    }
    w->used[b] = !isnan(coefficient) && !isnan(own);
    w->draws.n0[b] = (coefficient - own * w->draws.estimate) / error;
    w->draws.n1[b] = own;
    w->draws.q0[b] = 1;
    return PP_OK;
}

static void draw(void *payload, int64_t i) {
    const randomising *w = payload;
    int64_t rows = w->permutation.rows;
    int64_t *from = pp_malloc(rows, sizeof *from);
    int32_t *space = pp_malloc(w->permutation.units, sizeof *space);
    pp_fit *fit = pp__fit_like(w->fit);
    w->status[i] = PP_E_MEMORY;
    if (from && space && fit) {
        pp__permutation_draw(&w->permutation, w->options->seed, w->first + i, space,
                             from);
        w->status[i] = draw_fit(w, w->first + i, from, fit);
    }
    pp_fit_free(fit);
    pp_free(space);
    pp_free(from);
}

/* Draws that gave nothing go. */
static int64_t keep_used(randomising *w) {
    pp__tdraws *d = &w->draws;
    int64_t kept = 0;
    for (int64_t b = 0; b < d->n; b++) {
        if (w->used[b]) {
            d->n0[kept] = d->n0[b];
            d->n1[kept] = d->n1[b];
            d->q0[kept++] = 1;
        }
    }
    int64_t failed = d->n - kept;
    d->n = kept;
    return failed;
}

static pp_status run(randomising *w) {
    enum { ROUND = 32 };
    pp_status status[ROUND];
    int64_t n = w->draws.n;
    w->status = status;
    for (w->first = 0; w->first < n; w->first += ROUND) {
        int64_t left = n - w->first, round = left < ROUND ? left : ROUND;
        PP_TRY(pp_progress(w->ctx, "permute", (double)w->first / (double)n, w->err));
        pp__parallel(w->ctx, round, draw, w);
        for (int64_t i = 0; i < round; i++) {
            if (status[i] == PP_E_MEMORY || status[i] == PP_E_INTERNAL) {
                PP_FAIL(w->err, status[i], "a draw failed");
            }
        }
    }
    return PP_OK;
}

/* ---- what is asked ---- */

static pp_status wrong(const randomising *w, pp_status code, const char *option,
                       const char *value, const char *message, const char *hint) {
    pp_error_set(w->err, code, "%s", message);
    pp_error_locate(w->err, NULL, 0, option, value);
    pp_error_hint(w->err, "%s", hint);
    return code;
}

static pp_status find_treatment(randomising *w) {
    const pp__design *d = w->fit->design;
    const char *column = w->options->column;
    const char *term = w->options->term ? w->options->term : column;
    w->variable = w->j = -1;
    for (int v = 0; v < d->n_variables; v++) {
        if (d->variables[v].value && strcmp(d->variables[v].name, column) == 0) {
            w->variable = v;
        }
    }
    for (int j = 0; j < w->fit->k; j++) {
        if (strcmp(w->fit->name[j], term) == 0) {
            w->j = j;
        }
    }
    if (w->variable < 0 || d->variables[w->variable].factor.code) {
        return wrong(w, PP_E_NOT_FOUND, "permute", column,
                     "the treatment must be a column of numbers in the formula",
                     "a treatment of categories: make it columns of 0 and 1");
    }
    if (w->j < 0) {
        return wrong(w, PP_E_NOT_FOUND, "permute", term,
                     "the model has no such coefficient",
                     "name the coefficient whose distribution is wanted");
    }
    return PP_OK;
}

static pp_status settle(randomising *w) {
    const pp_permutation_options *o = w->options;
    const pp__design *d = w->fit->design;
    int linear = strcmp(w->fit->estimator->info.name, "ols") == 0;
    PP_TRY(find_treatment(w));
    w->studentised = o->statistic && strcmp(o->statistic, "t") == 0;
    if (o->statistic && !w->studentised && strcmp(o->statistic, "estimate") != 0) {
        return wrong(w, PP_E_ARGUMENT, "statistic", o->statistic,
                     "there is no such statistic", "there are: estimate, t");
    }
    if (o->draws < 0) {
        return wrong(w, PP_E_ARGUMENT, "draws", NULL, "option draws is out of range",
                     "a positive number");
    }
    w->invertible = linear && !w->studentised && !o->term;
    if (o->null != 0 && !w->invertible) {
        if (!(w->fit->estimator->takes & PP__TAKES_OFFSET)) {
            return wrong(w, PP_E_UNSUPPORTED, "null", NULL,
                         "the model takes no offset for a hypothesis other than zero",
                         "test zero");
        }
        double *offset = pp_arena_alloc(w->arena, d->n, sizeof *offset);
        PP_NEED(offset, w->err);
        for (int64_t i = 0; i < d->n; i++) {
            offset[i] = o->null * d->variables[w->variable].value[i] +
                        (d->with.offset ? d->with.offset[i] : 0);
        }
        w->offset = offset;
    }
    return PP_OK;
}

static void describe_sample(randomising *w) {
    const pp_fit *fit = w->fit;
    pp__tdraws *d = &w->draws;
    double error = sqrt(fit->V[w->j + (int64_t)w->j * fit->k]);
    d->estimate = fit->estimates[w->j];
    d->variance = 1;
    d->ties = 1;
    if (!w->invertible) { /* the draws are of the hypothesis alone */
        d->estimate -= w->options->null;
        d->estimate /= w->studentised ? error : 1;
    }
}

/* ---- tables ---- */

static pp_status put(randomising *w, pp_result *result, int64_t failed) {
    const pp_permutation_options *o = w->options;
    const pp_fit *fit = w->fit;
    const pp__tdraws *d = &w->draws;
    pp_table *table;
    double level = o->level > 0 ? o->level : fit->options.level, low = NAN, high = NAN;
    double p = pp__tdraws_p(d, w->invertible ? o->null : 0, 0);
    if (w->invertible) {
        pp__tdraws_interval(d, level, 0, &low, &high);
    }
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, fit->estimates[w->j]},
        {"null", PP_SHOW_DEFAULT, o->null},
        {"p_value", PP_SHOW_P_VALUE, p},
        {"p_error", PP_SHOW_DEFAULT, sqrt(p * (1 - p) / (double)d->n)},
        {"conf_low", PP_SHOW_DEFAULT, low},
        {"conf_high", PP_SHOW_DEFAULT, high},
        {"draws", PP_SHOW_COUNT, (double)d->n},
        {"failed", PP_SHOW_COUNT, (double)failed},
        {"units", PP_SHOW_COUNT, w->permutation.units},
        {"seed", PP_SHOW_DEFAULT, (double)o->seed},
        {"level", PP_SHOW_DEFAULT, level}};
    PP_TRY(pp_result_add(result, "randomisation", "Randomisation", &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(pp__put_text(table, 0, "term", fit->name[w->j], w->err));
    PP_TRY(
        pp__put_text(table, 0, "statistic", w->studentised ? "t" : "estimate", w->err));
    PP_TRY(pp__put_text(table, 0, "unit", o->unit, w->err));
    PP_TRY(pp__put_text(table, 0, "strata", o->strata, w->err));
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err));
    return failed == 0
               ? PP_OK
               : pp_result_warn(result, "permutation_failures", NULL, failed, w->err,
                                "%lld assignments gave no estimate", (long long)failed);
}

static pp_status randomise(randomising *w, pp_result *result) {
    const pp_permutation_options *o = w->options;
    const double *value;
    int64_t draws = o->draws > 0 ? o->draws : 1999;
    PP_TRY(settle(w));
    value = w->fit->design->variables[w->variable].value;
    PP_TRY(pp__permutation_make(w->fit, o->unit, o->strata, value, w->ctx, w->arena,
                                &w->permutation, w->err));
    PP_TRY(pp__tdraws_make(draws, w->arena, &w->draws, w->err));
    w->used = pp_arena_zalloc(w->arena, draws, 1);
    PP_NEED(w->used, w->err);
    describe_sample(w);
    PP_TRY(run(w));
    int64_t failed = keep_used(w);
    if (w->draws.n == 0) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "no assignment gave an estimate");
    }
    return put(w, result, failed);
}

pp_status pp_fit_permute(const pp_fit *fit, const pp_permutation_options *options,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    randomising w = {
        .fit = fit, .options = options, .ctx = ctx, .arena = &arena, .err = err};
    pp_status status = randomise(&w, result);
    pp_arena_clear(&arena);
    return status;
}
