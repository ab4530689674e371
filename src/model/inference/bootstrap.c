#include "model/inference/bootstrap.h"

#include "base/check.h"
#include "model/estimator.h"
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

static pp_status choose_terms(pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    const char *term = boot->options->term;
    boot->index = pp_arena_alloc(boot->arena, fit->k, sizeof *boot->index);
    PP_NEED(boot->index, boot->err);
    for (int j = 0; j < fit->k; j++) {
        if (!term || strcmp(fit->name[j], term) == 0) {
            boot->index[boot->n++] = j;
        }
    }
    return boot->n > 0 ? PP_OK : no_term(fit, term, boot->err);
}

/* ---- tables ---- */

pp_status pp__boot_put(pp__boot *boot, int at, const pp__boot_row *row) {
    const pp_fit *fit = boot->fit;
    pp_table *table = boot->table;
    double p = row->p_value;
    double draws = (double)(row->draws > 0 ? row->draws : boot->draws);
    double error = boot->enumerated ? 0 : sqrt(p * (1 - p) / draws);
    const struct {
        const char *name;
        pp_show show;
        double value;
    } cells[] = {{"estimate", PP_SHOW_DEFAULT, row->estimate},
                 {"std_error", PP_SHOW_DEFAULT, row->std_error},
                 {"statistic", PP_SHOW_DEFAULT, row->statistic},
                 {"null", PP_SHOW_DEFAULT, boot->options->null},
                 {"p_value", PP_SHOW_P_VALUE, p},
                 {"p_error", PP_SHOW_DEFAULT, error},
                 {"conf_low", PP_SHOW_DEFAULT, row->low},
                 {"conf_high", PP_SHOW_DEFAULT, row->high}};
    if (fit->equation) {
        PP_TRY(pp__put_text(table, at, "equation", fit->equation[boot->index[at]],
                            boot->err));
    }
    PP_TRY(pp__put_text(table, at, "term", fit->name[boot->index[at]], boot->err));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp__put_number(table, at, cells[i].name, cells[i].show, cells[i].value,
                              boot->err));
    }
    return PP_OK;
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

static pp_status open_tables(pp__boot *boot) {
    pp_result *result = boot->result;
    PP_TRY(pp_result_add(result, "bootstrap", "Bootstrap", &boot->table, boot->err));
    PP_TRY(pp_table_resize(boot->table, boot->n, boot->err));
    PP_TRY(pp_result_add(result, "bootstrap_design", "How it was drawn", &boot->facts,
                         boot->err));
    return pp_table_resize(boot->facts, 1, boot->err);
}

/* ---- wild ---- */

double pp__boot_small_sample(const pp__boot *boot) {
    const pp_fit *fit = boot->fit;
    double clusters = boot->clusters.n;
    double n = fit->scores.count, k = fit->k + fit->absorbed;
    return fit->vcov.ssc == PP__SSC_NONE ? 1
                                         : clusters / (clusters - 1) * (n - 1) / (n - k);
}

static pp_status put_wild(pp__boot *boot, const pp__tdraws *draws) {
    double factor = pp__boot_small_sample(boot);
    for (int i = 0; i < boot->n; i++) {
        const pp__tdraws *d = &draws[i];
        pp__boot_row row = {.estimate = d->estimate,
                            .std_error = sqrt(d->variance * factor)};
        row.statistic = (d->estimate - boot->options->null) / row.std_error;
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
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (is(o->method, METHODS[i].name)) {
            PP_TRY(open_tables(boot));
            PP_TRY(METHODS[i].run(boot));
            return put_design(boot);
        }
    }
    return wrong("method", o->method ? o->method : "", "wild, score, pairs", boot->err);
}

pp_status pp_fit_bootstrap(const pp_fit *fit, const pp_bootstrap_options *options,
                           const pp_context *ctx, pp_result *result, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp__boot boot = {.fit = fit,
                     .options = options,
                     .ctx = ctx,
                     .arena = &arena,
                     .result = result,
                     .err = err};
    pp_status status = run(&boot);
    pp_arena_clear(&arena);
    return status;
}
