#include "model/inference/bootstrap.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/inference/multiple.h"
#include "model/inference/wild.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- options ---- */

static pp_status wrong(const char *option, const char *value, const char *known,
                       pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "there is no %s '%s'", option, value);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "there are: %s", known);
    return PP_E_ARGUMENT;
}

static int is(const char *a, const char *b) {
    return a && strcmp(a, b) == 0;
}

static pp_status settle(pp__boot *boot) {
    const pp_bootstrap_options *o = boot->options;
    boot->level = o->level > 0 ? o->level : boot->fit->options.level;
    boot->draws = o->draws > 0 ? o->draws : is(o->method, "pairs") ? 999 : 9999;
    boot->equal_tails = is(o->tails, "equal");
    if (o->tails && !boot->equal_tails && !is(o->tails, "symmetric")) {
        return wrong("tails", o->tails, "symmetric, equal", boot->err);
    }
    if (!(boot->level < 1) || o->draws < 0 || o->draws > INT32_MAX) {
        pp_error_set(boot->err, PP_E_ARGUMENT, "option %s is out of range",
                     boot->level < 1 ? "draws" : "level");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status no_term(const pp_fit *fit, const char *term, pp_error *err) {
    const char *nearest = pp_text_nearest(term, fit->name, fit->k);
    pp_error_set(err, PP_E_NOT_FOUND, "the model has no coefficient '%s'", term);
    pp_error_locate(err, NULL, 0, "term", term);
    if (nearest) {
        pp_error_hint(err, "did you mean '%s'?", nearest);
    }
    return PP_E_NOT_FOUND;
}

/* Room for what Romano & Wolf's stepdown wants. */
static pp_status keep_draws(pp__boot *boot) {
    boot->t = pp_arena_alloc(boot->arena, boot->n, sizeof *boot->t);
    PP_NEED(boot->t, boot->err);
    boot->star = pp_arena_zalloc(boot->arena, boot->n, sizeof *boot->star);
    PP_NEED(boot->star, boot->err);
    for (int i = 0; i < boot->n; i++) {
        boot->star[i] = pp_arena_alloc(boot->arena, boot->draws, sizeof **boot->star);
        PP_NEED(boot->star[i], boot->err);
    }
    return PP_OK;
}

static pp_status choose_terms(pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    const char *term = boot->options->term;
    boot->index = pp_arena_alloc(boot->arena, fit->k, sizeof *boot->index);
    PP_NEED(boot->index, boot->err);
    for (int j = 0; j < fit->k; j++) {
        if (!term || pp__is_listed(fit->name[j], term)) {
            boot->index[boot->n++] = j;
        }
    }
    return boot->n > 0 ? PP_OK : no_term(fit, term, boot->err);
}

/* ---- tables ---- */

pp_status pp__boot_put(pp__boot *boot, int at, const pp__boot_row *row) {
    const pp_fit *fit = boot->fit;
    pp_table *table = boot->table;
    int64_t line = boot->first + at;
    double p = row->p_value;
    double draws = (double)(row->draws > 0 ? row->draws : boot->draws);
    double error = boot->enumerated ? 0 : sqrt(p * (1 - p) / draws);
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, row->estimate},
                               {"std_error", PP_SHOW_DEFAULT, row->std_error},
                               {"statistic", PP_SHOW_DEFAULT, row->statistic},
                               {"null", PP_SHOW_DEFAULT, boot->options->null},
                               {"p_value", PP_SHOW_P_VALUE, p},
                               {"p_error", PP_SHOW_DEFAULT, error},
                               {"conf_low", PP_SHOW_DEFAULT, row->low},
                               {"conf_high", PP_SHOW_DEFAULT, row->high}};
    if (boot->star) {
        boot->t[at] = fabs(row->statistic);
    }
    if (fit->equation) {
        PP_TRY(pp__put_text(table, line, "equation", fit->equation[boot->index[at]],
                            boot->err));
    }
    PP_TRY(pp__put_text(table, line, "term", fit->name[boot->index[at]], boot->err));
    PP_TRY(pp__put_numbers(table, line, cells, sizeof cells / sizeof *cells, boot->err));
    return PP_OK;
}

/* Few signs make few p values. */
static pp_status warn_few_signs(pp__boot *boot) {
    enum { FEW = 1000 };
    if (!boot->enumerated || boot->draws >= FEW) {
        return PP_OK;
    }
    return pp_result_warn(
        boot->result, "few_signs", boot->options->cluster, boot->clusters.n, boot->err,
        "%d clusters have %lld signs only, of which the sample and its "
        "mirror do not count: p values are steps of %.2g; webb's draw "
        "weights have more",
        (int)boot->clusters.n, (long long)boot->draws, 2 / (double)boot->draws);
}

static pp_status put_design(pp__boot *boot) {
    const pp_bootstrap_options *o = boot->options;
    pp_table *table = boot->facts;
    pp_error *err = boot->err;
    int multiplied = !is(o->method, "pairs");
    PP_TRY(pp__put_text(table, 0, "method", o->method, err));
    PP_TRY(pp__put_number(table, 0, "restricted", PP_SHOW_FLAG,
                          multiplied ? !o->unrestricted : NAN, err));
    PP_TRY(pp__put_text(table, 0, "cluster", o->cluster, err));
    PP_TRY(pp__put_number(table, 0, "clusters", PP_SHOW_COUNT, boot->clusters.n, err));
    PP_TRY(pp__put_text(table, 0, "weights",
                        !multiplied  ? NULL
                        : o->weights ? o->weights
                                     : "rademacher",
                        err));
    PP_TRY(pp__put_number(table, 0, "draws", PP_SHOW_COUNT, (double)boot->draws, err));
    PP_TRY(pp__put_number(table, 0, "enumerated", PP_SHOW_FLAG, boot->enumerated, err));
    PP_TRY(
        pp__put_text(table, 0, "tails", boot->equal_tails ? "equal" : "symmetric", err));
    PP_TRY(pp__put_number(table, 0, "seed", PP_SHOW_DEFAULT, (double)o->seed, err));
    return pp__put_number(table, 0, "level", PP_SHOW_DEFAULT, boot->level, err);
}

/* The tables of the first fit are those of all. */
static pp_status open_tables(pp__boot *boot) {
    pp_result *result = boot->result;
    boot->table = pp_result_find(result, "bootstrap");
    boot->facts = pp_result_find(result, "bootstrap_design");
    if (!boot->table) {
        PP_TRY(pp_result_add(result, "bootstrap", "Bootstrap", &boot->table, boot->err));
        PP_TRY(pp_result_add(result, "bootstrap_design", "How it was drawn", &boot->facts,
                             boot->err));
        PP_TRY(pp_table_resize(boot->facts, 1, boot->err));
    }
    boot->first = pp_table_rows(boot->table);
    return pp_table_resize(boot->table, boot->first + boot->n, boot->err);
}

/* ---- wild ---- */

double pp__boot_small_sample(const pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    double clusters = boot->clusters.n;
    double n = fit->scores.count, k = fit->k + fit->absorbed;
    return fit->vcov.ssc == PP__SSC_NONE ? 1
                                         : clusters / (clusters - 1) * (n - 1) / (n - k);
}

void pp__boot_stars(pp__boot *boot, int at, const pp__tdraws *draws, double null) {
    double root = sqrt(pp__boot_small_sample(boot));
    if (boot->star) {
        pp__tdraws_stars(draws, null, boot->star[at]);
        for (int64_t b = 0; b < draws->n; b++) {
            boot->star[at][b] /= root;
        }
    }
}

static pp_status put_wild(pp__boot *boot, const pp__tdraws *draws) {
    double factor = pp__boot_small_sample(boot);
    for (int i = 0; i < boot->n; i++) {
        const pp__tdraws *d = &draws[i];
        pp__boot_row row = {.estimate = d->estimate,
                            .std_error = sqrt(d->variance * factor)};
        row.statistic = (d->estimate - boot->options->null) / row.std_error;
        pp__boot_stars(boot, i, d, boot->options->null);
        row.p_value = pp__tdraws_p(d, boot->options->null, boot->equal_tails);
        pp__tdraws_interval(d, boot->level, boot->equal_tails, &row.low, &row.high);
        PP_TRY(pp__boot_put(boot, i, &row));
    }
    return PP_OK;
}

static pp_status wild(pp__boot *boot) {
    const pp_bootstrap_options *o = boot->options;
    const pp_fit *fit = boot->fit;
    pp__multipliers multipliers;
    if (strcmp(fit->estimator->info.name, "ols") != 0) {
        pp_error_set(boot->err, PP_E_UNSUPPORTED,
                     "the wild bootstrap is for ols and not for '%s'",
                     fit->estimator->info.name);
        pp_error_hint(boot->err, "the score bootstrap is its like for other models");
        return PP_E_UNSUPPORTED;
    }
    PP_TRY(pp__multipliers_make(o->weights, boot->clusters.n, boot->draws, o->seed,
                                &multipliers, boot->err));
    boot->draws = multipliers.draws;
    boot->enumerated = multipliers.enumerated;
    double *R = pp_arena_zalloc(boot->arena, (int64_t)boot->n * fit->k, sizeof *R);
    PP_NEED(R, boot->err);
    for (int i = 0; i < boot->n; i++) {
        R[i * fit->k + boot->index[i]] = 1;
    }
    pp__tdraws *draws = pp_arena_alloc(boot->arena, boot->n, sizeof *draws);
    PP_NEED(draws, boot->err);
    PP_TRY(pp__wild(fit, &boot->clusters, &multipliers, o->unrestricted, R, boot->n,
                    boot->ctx, boot->arena, draws, boot->err));
    return put_wild(boot, draws);
}

/* ---- any ---- */

static pp_status run(pp__boot *boot) {
    const pp_bootstrap_options *o = boot->options;
    static const struct {
        const char *name;
        pp_status (*run)(pp__boot *boot);
    } METHODS[] = {{"wild", wild}, {"score", pp__boot_score}, {"pairs", pp__boot_pairs}};
    PP_TRY(settle(boot));
    PP_TRY(choose_terms(boot));
    PP_TRY(pp__clusters_find(boot->fit, o->cluster, boot->ctx, boot->arena,
                             &boot->clusters, boot->err));
    if (o->adjust) {
        PP_TRY(keep_draws(boot));
    }
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (is(o->method, METHODS[i].name)) {
            PP_TRY(open_tables(boot));
            PP_TRY(METHODS[i].run(boot));
            PP_TRY(warn_few_signs(boot));
            return put_design(boot);
        }
    }
    return wrong("method", o->method ? o->method : "", "wild, score, pairs", boot->err);
}

/* ---- several fits ---- */

/* Draws of two fits go together when their clusters are the same, row by row. */
static pp_status check_rows(const pp__boot *a, const pp__boot *b) {
    int same = a->fit->design->n == b->fit->design->n && a->clusters.n == b->clusters.n &&
               a->draws == b->draws;
    for (int64_t i = 0; same && i < a->fit->design->n; i++) {
        same = a->clusters.of_row[i] == b->clusters.of_row[i];
    }
    if (!same) {
        pp_error_set(a->err, PP_E_ARGUMENT,
                     "draws of several fits go together only on the same rows");
        pp_error_hint(a->err, "leave out the rows that one of them lacks");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static int is_intercept(const pp__boot *boot, int at) {
    return strcmp(boot->fit->name[boot->index[at]], "(Intercept)") == 0;
}

/* Over all coefficients of all fits but the intercepts, unless these are asked for. */
static pp_status step_down(pp__boot *boots, int n_fits) {
    pp__boot *first = &boots[0];
    int64_t n = 0, most = pp_table_rows(first->table);
    double *t = pp_arena_alloc(first->arena, 2 * most, sizeof *t), *p = t + most;
    PP_NEED(t, first->err);
    const double **star = pp_arena_alloc(first->arena, most, sizeof *star);
    PP_NEED(star, first->err);
    for (int f = 0; f < n_fits; f++) {
        PP_TRY(check_rows(first, &boots[f]));
        for (int i = 0; i < boots[f].n; i++) {
            if (boots[f].options->term || !is_intercept(&boots[f], i)) {
                t[n] = boots[f].t[i];
                star[n++] = boots[f].star[i];
            }
        }
    }
    PP_TRY(pp__romano_wolf(n, first->draws, t, star, first->enumerated, p, first->err));
    n = 0;
    for (int f = 0; f < n_fits; f++) {
        for (int i = 0; i < boots[f].n; i++) {
            int in = boots[f].options->term || !is_intercept(&boots[f], i);
            PP_TRY(pp__put_number(first->table, boots[f].first + i, "p_romano_wolf",
                                  PP_SHOW_P_VALUE, in ? p[n] : NAN, first->err));
            n += in;
        }
    }
    return PP_OK;
}

static pp_status name_fit(pp__boot *boot, int number) {
    for (int i = 0; i < boot->n; i++) {
        PP_TRY(pp__put_number(boot->table, boot->first + i, "fit", PP_SHOW_COUNT, number,
                              boot->err));
    }
    return PP_OK;
}

static pp_status run_all(pp__boot *boots, int n) {
    const char *adjust = boots[0].options->adjust;
    if (adjust && strcmp(adjust, "romano-wolf") != 0) {
        return wrong("adjust", adjust, "romano-wolf", boots[0].err);
    }
    for (int f = 0; f < n; f++) {
        PP_TRY(run(&boots[f]));
        if (n > 1) {
            PP_TRY(name_fit(&boots[f], f + 1));
        }
    }
    return adjust ? step_down(boots, n) : PP_OK;
}

pp_status pp_fits_bootstrap(const pp_fit *const *fits, int n,
                            const pp_bootstrap_options *options, const pp_context *ctx,
                            pp_result *result, pp_error *err) {
    pp_arena arena;
    pp__boot *boots = pp_calloc(n, sizeof *boots);
    PP_NEED(boots, err);
    pp_arena_init(&arena);
    for (int f = 0; f < n; f++) {
        boots[f] = (pp__boot){.fit = fits[f],
                              .options = options,
                              .ctx = ctx,
                              .arena = &arena,
                              .result = result,
                              .err = err};
    }
    pp_status status = run_all(boots, n);
    pp_arena_clear(&arena);
    pp_free(boots);
    return status;
}

pp_status pp_fit_bootstrap(const pp_fit *fit, const pp_bootstrap_options *options,
                           const pp_context *ctx, pp_result *result, pp_error *err) {
    return pp_fits_bootstrap(&fit, 1, options, ctx, result, err);
}
