#include "model/fit.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"
#include "model/separation.h"
#include "table/expression.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- options ---- */

static pp_status copy_text(pp_fit *fit, const char **text, pp_error *err) {
    if (*text) {
        *text = pp_arena_strdup(&fit->arena, *text);
        PP_NEED(*text, err);
    }
    return PP_OK;
}

static pp_status wrong_option(const char *option, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "option %s is out of range", option);
    pp_error_locate(err, NULL, 0, option, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static pp_status choose_link(pp_fit *fit, pp_error *err) {
    static const pp__link *const LINKS[] = {&pp__link_identity, &pp__link_logit,
                                            &pp__link_probit, &pp__link_cloglog,
                                            &pp__link_log};
    const char *links = fit->estimator->info.links, *wanted = fit->options.link;
    size_t first = strcspn(links, ", ");
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++) {
        const char *name = LINKS[i]->name, *listed = strstr(links, name);
        int chosen = wanted ? listed && strcmp(name, wanted) == 0
                            : strlen(name) == first && listed == links;
        if (chosen) {
            fit->link = LINKS[i];
            fit->options.link = name;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "model '%s' has no link '%s'", fit->options.model,
                 wanted);
    pp_error_locate(err, NULL, 0, "link", wanted);
    pp_error_hint(err, "it has: %s", links);
    return PP_E_ARGUMENT;
}

static pp_status settle_options(pp_fit *fit, const pp_model_options *options,
                                pp_error *err) {
    pp_model_options *o = &fit->options;
    *o = options ? *options : (pp_model_options){0};
    o->vcov = o->vcov ? o->vcov : "iid";
    o->ssc = o->ssc ? o->ssc : "fixest";
    o->level = o->level == 0 ? 0.95 : o->level;
    o->tolerance = o->tolerance == 0 ? 1e-10 : o->tolerance;
    o->max_iterations = o->max_iterations == 0 ? 100 : o->max_iterations;
    if (!(o->level > 0 && o->level < 1)) {
        return wrong_option("level", "a number between 0 and 1", err);
    }
    if (!(o->tolerance > 0 && o->tolerance < 1)) {
        return wrong_option("tolerance", "a number between 0 and 1", err);
    }
    if (o->max_iterations < 0) {
        return wrong_option("max_iterations", "a positive number", err);
    }
    const char **texts[] = {&o->model,       &o->link, &o->vcov,  &o->ssc,
                            &o->unit,        &o->time, &o->where, &o->weights,
                            &o->weight_kind, &o->ties, &o->bias,  &o->interval,
                            &o->information};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        PP_TRY(copy_text(fit, texts[i], err));
    }
    if (o->weight_kind && strcmp(o->weight_kind, "sampling") != 0 &&
        strcmp(o->weight_kind, "frequency") != 0) {
        return wrong_option("weight_kind", "sampling or frequency", err);
    }
    PP_TRY(pp__estimator_find(o->model, &fit->estimator, err));
    PP_TRY(choose_link(fit, err));
    return pp__vcov_parse(o->vcov, o->ssc, &fit->arena, &fit->vcov, err);
}

/* ---- data ---- */

static pp_status check_outcome(const pp_fit *fit, const pp__formula *f, pp_error *err) {
    static const char *const FORMS[] = {"y ~ x", "Surv(lo, hi, type = interval) ~ x",
                                        "Surv(start, stop, event) ~ x"};
    if (fit->estimator->outcome != f->kind) {
        const pp__node at = {.position = 1};
        pp__formula_fail(err, PP_E_ARGUMENT, &at,
                         f->kind == PP__VALUE ? "model '%s' needs an outcome of dates"
                                              : "model '%s' has no use for this outcome",
                         fit->options.model);
        if (fit->estimator->outcome == PP__VALUE) {
            pp_error_hint(err, "choose the model '%s'",
                          f->kind == PP__SPELL ? "cox" : "hazard");
        } else {
            pp_error_hint(err, "write: %s", FORMS[fit->estimator->outcome]);
        }
        return PP_E_ARGUMENT;
    }
    for (int a = 0; f->outcome && a < f->n_atoms; a++) {
        const pp__node *node = f->atoms[a].node;
        if (strcmp(f->atoms[a].label, f->outcome_label) == 0 ||
            (f->outcome->kind == PP__NAME && node->kind == PP__NAME &&
             strcmp(node->text, f->outcome->text) == 0)) {
            return pp__formula_fail(err, PP_E_ARGUMENT, node,
                                    "the outcome %s stands on both sides",
                                    f->outcome_label);
        }
    }
    if (f->kind == PP__INTERVAL && !(fit->options.unit && fit->options.time)) {
        pp_error_set(err, PP_E_ARGUMENT, "model '%s' needs the columns of unit and time",
                     fit->options.model);
        pp_error_locate(err, NULL, 0, fit->options.unit ? "time" : "unit", NULL);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* Which models take what this one does not. */
static void hint_models(const pp_fit *fit, unsigned taken, pp_error *err) {
    char names[PP_ERROR_HINT] = "";
    size_t used = 0;
    for (int i = 0; i < pp_model_count(); i++) {
        const char *name = pp_model_get(i)->name;
        const pp_estimator *other;
        if (pp__estimator_find(name, &other, NULL) == PP_OK && (other->takes & taken) &&
            used + strlen(name) + 3 < sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used ? ", " : "", name);
        }
    }
    if (taken == PP__TAKES_EFFECTS && (fit->estimator->takes & PP__TAKES_STRATA)) {
        pp_error_hint(err, "write strata(g) among the terms");
    } else {
        pp_error_hint(err, "models that do: %.300s", names);
    }
}

/* What the formula and the options hold that the estimator does not take. */
static pp_status check_parts(const pp_fit *fit, const pp__formula *f, pp_error *err) {
    const struct {
        unsigned taken;
        int there;
        const char *what;
    } parts[] = {{PP__TAKES_EFFECTS, f->n_effects, "fixed effects"},
                 {PP__TAKES_WEIGHTS, fit->options.weights != NULL, "weights"},
                 {PP__TAKES_OFFSET, f->n_offsets, "offsets"},
                 {PP__TAKES_STRATA, f->n_strata, "strata"},
                 {PP__TAKES_RANDOM, f->n_random, "random intercepts"},
                 {PP__TAKES_INSTRUMENTS, f->n_instruments, "instruments"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].there && !(fit->estimator->takes & parts[i].taken)) {
            pp_error_set(err, PP_E_UNSUPPORTED, "model '%s' does not take %s",
                         fit->options.model, parts[i].what);
            pp_error_locate(err, NULL, 0, "formula", NULL);
            hint_models(fit, parts[i].taken, err);
            return PP_E_UNSUPPORTED;
        }
    }
    return PP_OK;
}

typedef struct needed_columns {
    const pp_column *column[PP__MAX_NEEDED];
    int n;
} needed_columns;

static pp_status need(const pp_table *data, const char *name, int position,
                      needed_columns *out, pp_error *err) {
    pp_column *column;
    pp_status status = pp_table_require(data, name, &column, err);
    if (status != PP_OK && position > 0 && err) {
        err->position = position;
    }
    PP_TRY(status);
    out->column[out->n++] = column;
    return PP_OK;
}

static pp_status need_groups(const pp_table *data, const pp__group *list, int n,
                             needed_columns *out, pp_error *err) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < list[i].n; j++) {
            const pp__node *name = list[i].name[j];
            PP_TRY(need(data, name->text, name->position, out, err));
        }
    }
    return PP_OK;
}

/* The columns beside the formula's terms; that of the weights comes first. */
static pp_status find_needed(const pp_fit *fit, const pp_table *data, needed_columns *out,
                             pp_error *err) {
    const pp__formula *f = fit->formula;
    out->n = 0;
    if (fit->options.weights) {
        PP_TRY(need(data, fit->options.weights, 0, out, err));
        if (out->column[0]->type != PP_NUMBER) {
            pp_error_set(err, PP_E_INPUT, "weights must be numbers");
            pp_error_locate(err, NULL, 0, fit->options.weights, NULL);
            return PP_E_INPUT;
        }
    }
    if (f->kind == PP__INTERVAL) {
        PP_TRY(need(data, fit->options.unit, 0, out, err));
        PP_TRY(need(data, fit->options.time, 0, out, err));
    }
    for (int i = 0; i < fit->vcov.n_columns; i++) {
        PP_TRY(need(data, fit->vcov.column[i], 0, out, err));
    }
    PP_TRY(need_groups(data, f->effect, f->n_effects, out, err));
    PP_TRY(need_groups(data, f->strata, f->n_strata, out, err));
    return need_groups(data, f->random, f->n_random, out, err);
}

/* NULL for NULL. */
static pp_status find_column(const pp_table *data, const char *name, pp_column **out,
                             pp_error *err) {
    *out = NULL;
    return name ? pp_table_require(data, name, out, err) : PP_OK;
}

/* ---- estimation ---- */

pp_status pp__fit_keep(pp_fit *fit, const pp__optimum *o, pp_error *err) {
    int64_t k = fit->k;
    fit->estimates = o->theta;
    fit->bread = pp_arena_alloc(&fit->arena, k * k, sizeof *fit->bread);
    PP_NEED(fit->bread, err);
    pp__cholesky_inverse(fit->k, o->factor, fit->bread);
    fit->nobs = fit->design->n;
    fit->score_norm = o->score_norm;
    fit->iterations = o->iterations;
    fit->converged = o->converged;
    return PP_OK;
}

/* Rounds: until no row is separated. */

pp_status pp__fit_reset(pp_fit *fit, pp_error *err) {
    fit->k = fit->design->k;
    fit->name = pp_arena_alloc(&fit->arena, fit->k, sizeof *fit->name);
    PP_NEED(fit->name, err);
    for (int j = 0; j < fit->k; j++) {
        fit->name[j] = fit->design->column[j].name;
    }
    fit->equation = NULL;
    fit->map = NULL;
    fit->absorbed = 0;
    fit->bandwidth = -1;
    fit->outside = NULL;
    fit->separated = NULL;
    fit->separation = NULL;
    fit->outcome = NULL;
    fit->scores = (pp__scores){0};
    fit->units = fit->events = -1;
    fit->loglik = fit->null_loglik = fit->deviance = fit->sigma = fit->r2 = NAN;
    fit->within_r2 = NAN;
    return PP_OK;
}

/* The rows that are used: `list`, or all of them as long as `rows` is NULL. */
typedef struct row_list {
    int64_t n, *rows, *list;
} row_list;

static void leave_out(row_list *r, const uint8_t *out) {
    int64_t left = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (!out[i]) {
            r->list[left++] = r->rows ? r->rows[i] : i;
        }
    }
    r->rows = r->list;
    r->n = left;
}

static pp_status leave_out_alone(const pp_fit *fit, row_list *rows, pp_error *err) {
    leave_out(rows, fit->design->alone);
    if (rows->n == 0) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "the fixed effects fit every row by themselves");
        pp_error_hint(err, "choose effects whose groups have several rows and "
                           "outcomes that vary");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status leave_out_separated(pp_fit *fit, row_list *rows, pp_error *err) {
    PP_TRY(pp__separation_note(fit->design, fit->outcome, fit->separated, fit->separation,
                               &fit->notes, err));
    leave_out(rows, fit->separated);
    if (rows->n == 0) {
        pp_error_set(err, PP_E_ESTIMATION, "the outcome is predicted perfectly by %s",
                     fit->notes.warnings->subject);
        pp_error_hint(err, "leave that term out, or use more data");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp__sample *sample, int64_t *rows, int64_t n,
                          const pp_context *ctx, pp_error *err) {
    row_list r = {n, rows, rows ? rows : pp_arena_alloc(&fit->arena, n, sizeof *rows)};
    PP_NEED(r.list, err);
    for (int round = 0;; round++) {
        pp__notes_mark mark = pp__notes_get_mark(&fit->notes);
        pp_arena_mark memory = pp_arena_get_mark(&fit->arena);
        pp__design_options design = {
            .first = round == 0,
            .constant_free = fit->estimator->constant_free || fit->formula->n_effects > 0,
            .categorical = fit->estimator->categorical,
            .frequency = fit->options.weight_kind &&
                         strcmp(fit->options.weight_kind, "frequency") == 0,
            .keep_singletons = fit->options.keep_singletons,
            .binary = fit->estimator->family && fit->estimator->family->binary,
            .count = fit->estimator->family && fit->estimator->family->count};
        PP_TRY(pp__design_build(sample, r.rows, r.n, &design, &fit->arena, &fit->notes,
                                ctx, &fit->design, err));
        if (fit->design->alone) {
            PP_TRY(leave_out_alone(fit, &r, err));
            pp_arena_release(&fit->arena, memory);
            continue;
        }
        PP_TRY(pp__fit_reset(fit, err));
        if (fit->k == 0 && !fit->design->centred) {
            PP_FAIL(err, PP_E_ESTIMATION, "there is nothing to estimate");
        }
        PP_TRY(fit->estimator->estimate(fit, ctx, err));
        if (!fit->separated) {
            return PP_OK;
        }
        pp__notes_rewind(&fit->notes, mark);
        PP_TRY(leave_out_separated(fit, &r, err));
    }
}

/* With what is missing most. */
static pp_status no_rows(const pp_fit *fit, pp_error *err) {
    const pp__drop *most = NULL;
    for (const pp__drop *drop = fit->notes.drops; drop; drop = drop->next) {
        most = drop->subject && (!most || drop->count > most->count) ? drop : most;
    }
    pp_error_set(err, PP_E_ESTIMATION, "no row can be used");
    if (most) {
        pp_error_locate(err, NULL, 0, most->subject, NULL);
        pp_error_hint(err, "%s: %lld %s", most->reason, (long long)most->count, most->of);
    }
    return PP_E_ESTIMATION;
}

static pp_status warn_convergence(pp_fit *fit, pp_error *err) {
    if (fit->converged) {
        return PP_OK;
    }
    return pp__notes_warn(
        &fit->notes, "not_converged", NULL, fit->iterations, err,
        "NOT CONVERGED after %d iteration%s: the scaled score is %.2g, not %.2g; "
        "do not use these estimates",
        fit->iterations, fit->iterations == 1 ? "" : "s", fit->score_norm,
        fit->options.tolerance);
}

void pp__fit_map(const pp_fit *fit, double *map) {
    int64_t k = fit->k;
    if (fit->map) {
        memcpy(map, fit->map, (size_t)(k * k) * sizeof *map);
        return;
    }
    memset(map, 0, (size_t)(k * k) * sizeof *map);
    pp__design_map(fit->design, 0, fit->k, map);
    for (int64_t j = fit->design->k; j < k; j++) {
        map[j + j * k] = 1;
    }
}

pp_status pp__fit_restore(pp_fit *fit, pp_error *err) {
    int64_t k = fit->k, size = k * k;
    pp_arena_mark mark = pp_arena_get_mark(&fit->arena);
    double *map = pp_arena_zalloc(&fit->arena, 3 * size + k, sizeof *map);
    PP_NEED(map, err);
    double *V = map + size, *scratch = V + size, *estimates = scratch + size;
    pp__fit_map(fit, map);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            estimates[i] += map[i + j * k] * fit->estimates[j];
        }
    }
    memcpy(fit->estimates, estimates, (size_t)k * sizeof *estimates);
    if (fit->V) {
        pp__sandwich(fit->k, map, fit->V, scratch, V);
        memcpy(fit->V, V, (size_t)size * sizeof *V);
    }
    pp_arena_release(&fit->arena, mark);
    return PP_OK;
}

static pp_status fit_table(pp_fit *fit, const char *formula, const pp_table *data,
                           const pp_context *ctx, pp_error *err) {
    pp__formula *f;
    pp__sample *sample;
    needed_columns needed;
    pp_column *unit, *time;
    int64_t *rows, n;
    PP_TRY(pp__formula_parse(formula, &fit->arena, &f, err));
    fit->formula = f;
    fit->data = data;
    PP_TRY(check_outcome(fit, f, err));
    PP_TRY(check_parts(fit, f, err));
    PP_TRY(find_needed(fit, data, &needed, err));
    PP_TRY(find_column(data, fit->options.unit, &unit, err));
    PP_TRY(find_column(data, fit->options.time, &time, err));
    PP_TRY(pp__sample_new(f, data, unit, time, needed.column, needed.n,
                          fit->estimator->categorical, ctx, &fit->arena, &fit->notes,
                          &sample, err));
    sample->weight = fit->options.weights ? needed.column[0] : NULL;
    sample->origin = fit->origin;
    PP_TRY(pp__sample_leave_out_weightless(sample, &fit->notes, err));
    if (fit->estimator->select) {
        PP_TRY(fit->estimator->select(fit, sample, &rows, &n, err));
    } else {
        PP_TRY(pp__sample_complete_rows(sample, &fit->arena, &rows, &n, err));
    }
    PP_TRY(n > 0 ? estimate(fit, sample, rows, n, ctx, err) : no_rows(fit, err));
    PP_TRY(pp__covariance(fit, data, ctx, err));
    PP_TRY(pp__fit_restore(fit, err));
    PP_TRY(pp__covariance_mend(fit, err));
    if (fit->estimator->conclude) {
        PP_TRY(fit->estimator->conclude(fit, ctx, err));
    }
    return warn_convergence(fit, err);
}

static pp_status choose_rows(pp_fit *fit, const pp_table *data, const pp_context *ctx,
                             int64_t **rows, int64_t *n, pp_error *err) {
    pp_status status = pp__table_where(data, fit->options.where, ctx, rows, n, err);
    if (status == PP_E_ARGUMENT) {
        pp_error_locate(err, NULL, 0, "where", fit->options.where);
        if (err && !err->hint[0]) {
            pp_error_hint(err, "write an SQL condition over the columns: year >= 2005 "
                               "AND region = 'Africa'");
        }
    }
    return status;
}

/* Rows are told by their place in all of the data. */
static pp_status fit_where(pp_fit *fit, const char *formula, const pp_table *data,
                           const pp_context *ctx, pp_error *err) {
    int64_t n = 0;
    PP_TRY(choose_rows(fit, data, ctx, &fit->origin, &n, err));
    PP_TRY(pp_table_take_rows(data, fit->origin, n, &fit->owned, err));
    PP_TRY(pp__notes_drop(&fit->notes, "where", "rows", fit->options.where,
                          pp_table_rows(data) - n, err));
    pp_status status = fit_table(fit, formula, fit->owned, ctx, err);
    if (status != PP_OK && err && err->line > 0) {
        err->line = fit->origin[err->line - 1] + 1;
    }
    return status;
}

pp_status pp_model_fit(const char *formula, const pp_table *data,
                       const pp_model_options *options, const pp_context *ctx,
                       pp_fit **out, pp_error *err) {
    pp_fit *fit = pp_calloc(1, sizeof *fit);
    PP_NEED(fit, err);
    pp_arena_init(&fit->arena);
    pp__notes_init(&fit->notes);
    pp_status status = settle_options(fit, options, err);
    if (status == PP_OK && pp_table_rows(data) == 0) {
        status = pp_error_set(err, PP_E_INPUT, "the data have no rows");
    }
    if (status == PP_OK) {
        status =
            (fit->options.where ? fit_where : fit_table)(fit, formula, data, ctx, err);
    }
    if (status != PP_OK) {
        pp_fit_free(fit);
        return status;
    }
    *out = fit;
    return PP_OK;
}

void pp_fit_free(pp_fit *fit) {
    if (fit) {
        pp_arena_clear(&fit->arena);
        pp__notes_clear(&fit->notes);
        pp_table_free(fit->owned);
        pp_free(fit->origin);
        pp_free(fit);
    }
}

/* ---- what a fit tells ---- */

int64_t pp_fit_terms(const pp_fit *fit) {
    return fit->k;
}

const char *pp_fit_term(const pp_fit *fit, int64_t index) {
    return index >= 0 && index < fit->k ? fit->name[index] : NULL;
}

const double *pp_fit_estimates(const pp_fit *fit) {
    return fit->estimates;
}

const double *pp_fit_covariance(const pp_fit *fit) {
    return fit->V;
}

double pp_fit_loglik(const pp_fit *fit) {
    return fit->loglik;
}

int64_t pp_fit_nobs(const pp_fit *fit) {
    return fit->nobs;
}
