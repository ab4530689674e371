#define MATHLIB_STANDALONE
#include "model/tables.h"

#include "base/check.h"
#include "model/estimator.h"

#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

static double quantile(double df, double level) {
    double p = 0.5 + level / 2;
    return isfinite(df) ? qt(p, df, 1, 0) : qnorm5(p, 0, 1, 1, 0);
}

static double p_value(double df, double statistic) {
    double t = -fabs(statistic);
    return 2 * (isfinite(df) ? pt(t, df, 1, 0) : pnorm5(t, 0, 1, 1, 0));
}

double pp__fit_quantile(const pp_fit *fit, double level) {
    return quantile(fit->df, level);
}

double pp__fit_p_value(const pp_fit *fit, double statistic) {
    return p_value(fit->df, statistic);
}

/* ---- cells ---- */

static pp_status column_of(pp_table *table, const char *name, pp_column_type type,
                           pp_column **out, pp_error *err) {
    *out = pp_table_find(table, name);
    return *out ? PP_OK : pp_table_add(table, type, name, out, err);
}

pp_status pp__put_number(pp_table *table, int64_t row, const char *name, pp_show show,
                         double value, pp_error *err) {
    pp_column *column;
    PP_TRY(column_of(table, name, PP_NUMBER, &column, err));
    column->show = show;
    column->number[row] = value;
    return PP_OK;
}

pp_status pp__put_numbers(pp_table *table, int64_t row, const pp__named *numbers,
                          size_t n, pp_error *err) {
    for (size_t i = 0; i < n; i++) {
        PP_TRY(pp__put_number(table, row, numbers[i].name, numbers[i].show,
                              numbers[i].value, err));
    }
    return PP_OK;
}

pp_status pp__put_text(pp_table *table, int64_t row, const char *name, const char *text,
                       pp_error *err) {
    pp_column *column;
    PP_TRY(column_of(table, name, PP_TEXT, &column, err));
    return pp_column_set_text(table, column, row, text, err);
}

/* `own_df`: of this estimate, to be shown; NULL: those of the fit. */
static pp_status put_estimate(const pp_fit *fit, pp_table *table, int64_t row,
                              double estimate, double variance, const double *own_df,
                              pp_error *err) {
    double error = variance >= 0 ? sqrt(variance) : NAN, statistic = estimate / error;
    double df = own_df ? *own_df : fit->df;
    double width = quantile(df, fit->options.level) * error;
    PP_TRY(pp__put_number(table, row, "estimate", PP_SHOW_DEFAULT, estimate, err));
    PP_TRY(pp__put_number(table, row, "std_error", PP_SHOW_DEFAULT, error, err));
    PP_TRY(pp__put_number(table, row, "statistic", PP_SHOW_DEFAULT, statistic, err));
    if (own_df) {
        PP_TRY(pp__put_number(table, row, "df", PP_SHOW_DEFAULT, df, err));
    }
    PP_TRY(pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE, p_value(df, statistic),
                          err));
    PP_TRY(
        pp__put_number(table, row, "conf_low", PP_SHOW_DEFAULT, estimate - width, err));
    return pp__put_number(table, row, "conf_high", PP_SHOW_DEFAULT, estimate + width,
                          err);
}

pp_status pp__put_estimate(const pp_fit *fit, pp_table *table, int64_t row,
                           double estimate, double variance, pp_error *err) {
    return put_estimate(fit, table, row, estimate, variance, NULL, err);
}

/* ---- coefficients ---- */

static pp_status put_interval(const pp_fit *fit, pp_table *table, int64_t row,
                              const pp__interval *own, pp_error *err) {
    double p = pp__fit_p_value(fit, own->statistic);
    PP_TRY(pp__put_number(table, row, "statistic", PP_SHOW_DEFAULT, own->statistic, err));
    PP_TRY(pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE, p, err));
    PP_TRY(pp__put_number(table, row, "conf_low", PP_SHOW_DEFAULT, own->low, err));
    PP_TRY(pp__put_number(table, row, "conf_high", PP_SHOW_DEFAULT, own->high, err));
    return pp__put_text(table, row, "interval", own->kind, err);
}

static pp_status add_coefficients(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "coefficients", "Coefficients", &table, err));
    PP_TRY(pp_table_resize(table, fit->k, err));
    for (int j = 0; j < fit->k; j++) {
        if (fit->equation) {
            PP_TRY(pp__put_text(table, j, "equation", fit->equation[j], err));
        }
        PP_TRY(pp__put_text(table, j, "term", fit->name[j], err));
        PP_TRY(put_estimate(fit, table, j, fit->estimates[j],
                            fit->V[j + (int64_t)j * fit->k],
                            fit->df_of ? &fit->df_of[j] : NULL, err));
        if (fit->interval) {
            PP_TRY(put_interval(fit, table, j, &fit->interval[j], err));
        }
    }
    return PP_OK;
}

static int has_profiles(const pp_fit *fit) {
    for (int j = 0; fit->interval && j < fit->k; j++) {
        if (strcmp(fit->interval[j].kind, "profile") == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status set_note(const pp_fit *fit, pp_result *result, pp_error *err) {
    char level[32];
    pp_buf note;
    pp_format_number(round(1e6 * 100 * fit->options.level) / 1e6, level);
    pp_buf_init(&note);
    pp_buf_printf(&note, "%s", fit->estimator->info.title);
    if (fit->options.bias && strncmp(fit->options.bias, "analytic", 8) == 0) {
        pp_buf_printf(&note, ", corrected for bias (%s)", fit->options.bias);
    }
    if (fit->options.weights) {
        pp_buf_printf(&note, ", %s weights %s",
                      fit->options.weight_kind ? fit->options.weight_kind : "sampling",
                      fit->options.weights);
    }
    pp_buf_printf(&note, ". Covariance: %s; small-sample convention: %s",
                  fit->options.vcov, fit->options.ssc);
    if (isfinite(fit->small_sample)) {
        char factor[32];
        pp_format_fixed(fit->small_sample, 4, factor);
        pp_buf_printf(&note, " (factor %s)", factor);
    }
    if (fit->df_of) {
        pp_buf_printf(&note,
                      "; %s%% intervals from t with each coefficient's own degrees of "
                      "freedom (Satterthwaite).",
                      level);
    } else if (isfinite(fit->df)) {
        pp_buf_printf(&note, "; %s%% intervals from t with %.0f degrees of freedom.",
                      level, fit->df);
    } else {
        pp_buf_printf(&note, "; %s%% intervals from %s.", level,
                      has_profiles(fit) ? "the profile of the likelihood"
                                        : "the normal distribution");
    }
    if (fit->interval && strcmp(fit->interval[fit->k - 1].kind, "profile") == 0) {
        pp_buf_add(&note,
                   " Where interval is profile, bounds, statistic (its signed root) "
                   "and p value are of the likelihood ratio.");
    }
    if (!fit->converged) {
        pp_buf_add(&note, " NOT CONVERGED: do not use these estimates.");
    }
    pp_status status = pp_buf_check(&note, err);
    if (status == PP_OK) {
        status = pp_result_set_note(result, "coefficients", note.data, err);
    }
    pp_buf_clear(&note);
    return status;
}

/* ---- model ---- */

typedef struct fact {
    const char *name;
    pp_show show;
    double value;
} fact;

static double count_or_missing(int64_t n) {
    return n < 0 ? NAN : (double)n;
}

static pp_status put_facts(pp_table *table, const fact *facts, size_t n, pp_error *err) {
    for (size_t i = 0; i < n; i++) {
        PP_TRY(
            pp__put_number(table, 0, facts[i].name, facts[i].show, facts[i].value, err));
    }
    return PP_OK;
}

static pp_status put_sample(const pp_fit *fit, pp_table *table, pp_error *err) {
    double n = fit->units < 0 ? (double)fit->nobs : (double)fit->units;
    double ll = fit->loglik, parameters = fit->parameters;
    int linear = !isnan(fit->sigma);
    const fact facts[] = {
        {"nobs", PP_SHOW_COUNT, (double)fit->nobs},
        {"units", PP_SHOW_COUNT, count_or_missing(fit->units)},
        {"events", PP_SHOW_COUNT, count_or_missing(fit->events)},
        {"parameters", PP_SHOW_COUNT, fit->k},
        {"loglik", PP_SHOW_DEFAULT, ll},
        {"null_loglik", PP_SHOW_DEFAULT, fit->null_loglik},
        {"aic", PP_SHOW_DEFAULT, -2 * ll + 2 * parameters},
        {"bic", PP_SHOW_DEFAULT, -2 * ll + log(n) * parameters},
        {"deviance", PP_SHOW_DEFAULT, fit->deviance},
        {"r2", PP_SHOW_DEFAULT, fit->r2},
        {"pseudo_r2", PP_SHOW_DEFAULT, linear ? NAN : 1 - ll / fit->null_loglik},
        {"sigma", PP_SHOW_DEFAULT, fit->sigma}};
    PP_TRY(put_facts(table, facts, sizeof facts / sizeof *facts, err));
    const fact effects[] = {{"within_r2", PP_SHOW_DEFAULT, fit->within_r2},
                            {"absorbed", PP_SHOW_COUNT, fit->absorbed}};
    return put_facts(table, effects, fit->absorbed > 0 ? 2 : 0, err);
}

static pp_status put_estimation(const pp_fit *fit, pp_table *table, pp_error *err) {
    int64_t clusters = fit->n_components ? fit->component[0].clusters : -1;
    for (int i = 1; i < fit->vcov.n_columns && i < fit->n_components; i++) {
        int64_t own = fit->component[i].clusters;
        clusters = own < clusters ? own : clusters;
    }
    const fact before[] = {{"converged", PP_SHOW_FLAG, fit->converged},
                           {"iterations", PP_SHOW_COUNT, fit->iterations},
                           {"score_norm", PP_SHOW_DEFAULT, fit->score_norm},
                           {"tolerance", PP_SHOW_DEFAULT, fit->options.tolerance}};
    const fact after[] = {{"clusters", PP_SHOW_COUNT, count_or_missing(clusters)},
                          {"small_sample_factor", PP_SHOW_DEFAULT, fit->small_sample},
                          {"df_t", PP_SHOW_COUNT, isfinite(fit->df) ? fit->df : NAN},
                          {"level", PP_SHOW_DEFAULT, fit->options.level}};
    PP_TRY(put_facts(table, before, sizeof before / sizeof *before, err));
    PP_TRY(pp__put_text(table, 0, "covariance", fit->options.vcov, err));
    PP_TRY(pp__put_text(table, 0, "ssc", fit->options.ssc, err));
    PP_TRY(
        pp__put_text(table, 0, "distribution", isfinite(fit->df) ? "t" : "normal", err));
    return put_facts(table, after, sizeof after / sizeof *after, err);
}

static pp_status add_model(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "model", "Model", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(pp__put_text(table, 0, "model", fit->estimator->info.name, err));
    PP_TRY(pp__put_text(table, 0, "link", fit->link->name, err));
    PP_TRY(pp__put_text(table, 0, "outcome", fit->formula->outcome_label, err));
    PP_TRY(pp__put_text(table, 0, "formula", fit->formula->text, err));
    PP_TRY(put_sample(fit, table, err));
    return put_estimation(fit, table, err);
}

/* ---- what was left out ---- */

static pp_status add_dropped(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table;
    pp_column *column;
    PP_TRY(pp_result_add(result, "dropped", "Left out", &table, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "reason", &column, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "subject", &column, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "of", &column, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "count", &column, err));
    for (const pp__drop *drop = fit->notes.drops; drop; drop = drop->next) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_text(table, row, "reason", drop->reason, err));
        PP_TRY(pp__put_text(table, row, "subject", drop->subject, err));
        PP_TRY(pp__put_text(table, row, "of", drop->of, err));
        PP_TRY(
            pp__put_number(table, row, "count", PP_SHOW_COUNT, (double)drop->count, err));
    }
    return PP_OK;
}

static pp_status add_lost_units(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table;
    if (!fit->notes.lost) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(result, "dropped_units", "Units left out or used in part",
                         &table, err));
    for (const pp__lost_unit *lost = fit->notes.lost; lost; lost = lost->next) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_text(table, row, "unit", lost->unit, err));
        PP_TRY(pp__put_text(table, row, "reason", lost->reason, err));
    }
    return PP_OK;
}

/* ---- categories and clusters ---- */

static pp_status put_reference(const pp_fit *fit, pp_table *table, int atom,
                               pp_error *err) {
    const pp__design *d = fit->design;
    const pp__atom *a = &fit->formula->atoms[atom];
    const pp__encoding *factor = &d->variables[a->node->variable].factor;
    char space[32];
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "variable", a->node->text, err));
    PP_TRY(pp__put_text(table, row, "reference",
                        pp__level_name(factor, d->reference[atom], space), err));
    return pp__put_number(table, row, "levels", PP_SHOW_COUNT, factor->n_levels, err);
}

static pp_status add_references(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table = NULL;
    for (int a = 0; a < fit->formula->n_atoms; a++) {
        if (fit->design->reference[a] >= 0) {
            if (!table) {
                PP_TRY(
                    pp_result_add(result, "references", "Reference levels", &table, err));
            }
            PP_TRY(put_reference(fit, table, a, err));
        }
    }
    return PP_OK;
}

static pp_status add_clusters(const pp_fit *fit, pp_result *result, pp_error *err) {
    pp_table *table;
    if (fit->n_components == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(result, "clusters", "Clusters", &table, err));
    PP_TRY(pp_table_resize(table, fit->n_components, err));
    for (int i = 0; i < fit->n_components; i++) {
        const pp__component *c = &fit->component[i];
        PP_TRY(pp__put_text(table, i, "cluster", c->name, err));
        PP_TRY(pp__put_number(table, i, "sign", PP_SHOW_COUNT, c->sign, err));
        PP_TRY(pp__put_number(table, i, "clusters", PP_SHOW_COUNT, (double)c->clusters,
                              err));
        PP_TRY(pp__put_number(table, i, "small_sample_factor", PP_SHOW_DEFAULT, c->factor,
                              err));
    }
    return PP_OK;
}

static pp_status fill(const pp_fit *fit, pp_result *result, pp_error *err) {
    PP_TRY(add_coefficients(fit, result, err));
    PP_TRY(set_note(fit, result, err));
    PP_TRY(add_model(fit, result, err));
    PP_TRY(add_dropped(fit, result, err));
    PP_TRY(add_lost_units(fit, result, err));
    PP_TRY(add_references(fit, result, err));
    PP_TRY(add_clusters(fit, result, err));
    if (fit->estimator->report) {
        PP_TRY(fit->estimator->report(fit, result, err));
    }
    for (const pp__warning *w = fit->notes.warnings; w; w = w->next) {
        PP_TRY(
            pp_result_warn(result, w->code, w->subject, w->count, err, "%s", w->message));
    }
    return PP_OK;
}

pp_status pp_fit_result(const pp_fit *fit, pp_result **out, pp_error *err) {
    pp_result *result;
    PP_TRY(pp_result_new("fit", &result, err));
    pp_status status = fill(fit, result, err);
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}
