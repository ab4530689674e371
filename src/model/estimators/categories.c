#include "model/estimators/categories.h"

#include "base/check.h"
#include "model/separation.h"
#include "model/tables.h"

#include <math.h>

static double weight_of(const pp__design *d, int64_t i) {
    return d->with.weight ? d->with.weight[i] : 1;
}

static pp_status name_outcomes(pp_fit *fit, pp_error *err) {
    const pp__encoding *category = &fit->design->with.category;
    fit->outcomes = category->n_levels;
    fit->outcome_name =
        pp_arena_alloc(&fit->arena, fit->outcomes, sizeof *fit->outcome_name);
    PP_NEED(fit->outcome_name, err);
    for (int c = 0; c < fit->outcomes; c++) {
        char space[32];
        fit->outcome_name[c] =
            pp_arena_strdup(&fit->arena, pp__level_name(category, c, space));
        PP_NEED(fit->outcome_name[c], err);
    }
    return PP_OK;
}

pp_status pp__categories_check(pp_fit *fit, pp_error *err) {
    const pp__encoding *category = &fit->design->with.category;
    const char *label = fit->formula->outcome_label;
    if (!category->code) {
        pp_error_set(err, PP_E_ARGUMENT, "the outcome of '%s' must be a column",
                     fit->estimator->info.name);
        pp_error_locate(err, NULL, 0, label, NULL);
        pp_error_hint(err, "make a column of the categories");
        return PP_E_ARGUMENT;
    }
    if (category->n_levels < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "%s has one category only", label);
    }
    if (category->n_levels > PP__MOST_CATEGORIES) {
        pp_error_set(err, PP_E_INPUT, "%s has %d categories, more than %d", label,
                     (int)category->n_levels, PP__MOST_CATEGORIES);
        pp_error_locate(err, NULL, 0, label, NULL);
        pp_error_hint(err, "a number with many values is for 'ols'");
        return PP_E_INPUT;
    }
    fit->scores.count = pp__design_count(fit->design);
    fit->nobs = (int64_t)fit->scores.count;
    return name_outcomes(fit, err);
}

static void count(const pp_fit *fit, double *counts) {
    const pp__design *d = fit->design;
    for (int c = 0; c < fit->outcomes; c++) {
        counts[c] = 0;
    }
    for (int64_t i = 0; i < d->n; i++) {
        counts[d->with.category.code[i]] += weight_of(d, i);
    }
}

double pp__categories_null(const pp_fit *fit) {
    double counts[PP__MOST_CATEGORIES], sum = 0, all = 0;
    count(fit, counts);
    for (int c = 0; c < fit->outcomes; c++) {
        all += counts[c];
    }
    for (int c = 0; c < fit->outcomes; c++) {
        sum += counts[c] > 0 ? counts[c] * log(counts[c] / all) : 0;
    }
    return sum;
}

/* Rows whose scores have vanished. */
static int64_t count_perfect(const pp_fit *fit) {
    const double ROUNDING = 1e-8;
    const pp__scores *s = &fit->scores;
    int64_t perfect = 0;
    for (int64_t i = 0; i < s->n; i++) {
        double largest = 0;
        for (int j = 0; j < fit->k; j++) {
            largest = fmax(largest, fabs(s->matrix[i + j * s->n]));
        }
        perfect += largest <= ROUNDING;
    }
    return perfect;
}

pp_status pp__categories_separation(pp_fit *fit, const double *step, int equations,
                                    pp_error *err) {
    const pp__design *d = fit->design;
    const char *outcome = fit->formula->outcome_label;
    int moves = !fit->converged;
    for (int e = 0; e < equations && d->k > 0; e++) {
        moves |= !pp__separation_unlikely(d, step + (int64_t)e * d->k);
    }
    int64_t perfect = moves ? count_perfect(fit) : 0;
    if (perfect == 0) {
        return PP_OK;
    }
    fit->converged = 0;
    return pp__notes_warn(&fit->notes, "separation", outcome, perfect, err,
                          "%s is predicted perfectly in %lld rows: some estimates are "
                          "infinite",
                          outcome, (long long)perfect);
}

static void describe(pp_fit *fit, double loglik) {
    fit->loglik = loglik;
    fit->deviance = -2 * loglik;
    fit->null_loglik = pp__categories_null(fit);
    fit->parameters = fit->k;
    fit->outside = fit->design->with.offset;
}

pp_status pp__categories_maximise(pp_fit *fit, const pp__objective *objective,
                                  const double *start, const pp_context *ctx,
                                  pp__optimum *o, double **score, pp_error *err) {
    int64_t n = fit->design->n, nobs = fit->nobs;
    PP_TRY(pp__newton(objective, start, fit->options.tolerance,
                      fit->options.max_iterations, &fit->arena, ctx, o, err));
    PP_TRY(pp__fit_keep(fit, o, err));
    fit->nobs = nobs; /* of weighted rows */
    *score = pp_arena_alloc(&fit->arena, n * fit->k, sizeof **score);
    PP_NEED(*score, err);
    fit->scores.n = n;
    fit->scores.matrix = *score;
    describe(fit, o->loglik);
    return PP_OK;
}

pp_status pp__categories_report(const pp_fit *fit, int base, pp_result *result,
                                pp_error *err) {
    double counts[PP__MOST_CATEGORIES], all = 0;
    pp_table *table;
    count(fit, counts);
    for (int c = 0; c < fit->outcomes; c++) {
        all += counts[c];
    }
    PP_TRY(pp_result_add(result, "categories", "Categories of the outcome", &table, err));
    PP_TRY(pp_table_resize(table, fit->outcomes, err));
    for (int c = 0; c < fit->outcomes; c++) {
        PP_TRY(pp__put_text(table, c, "category", fit->outcome_name[c], err));
        PP_TRY(pp__put_number(table, c, "rows", PP_SHOW_COUNT, counts[c], err));
        PP_TRY(pp__put_number(table, c, "share", PP_SHOW_DEFAULT, counts[c] / all, err));
        if (base >= 0) {
            PP_TRY(pp__put_number(table, c, "base", PP_SHOW_FLAG, c == base, err));
        }
    }
    return PP_OK;
}
