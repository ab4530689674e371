/* Binary outcomes that are recorded with errors: the whole. */
#include <pushpull/misclass.h>

#include "base/check.h"
#include "model/tables.h"
#include "unseen/misclass_profile.h"

#include <math.h>
#include <string.h>

static const char *const PART[] = {"false_positive", "false_negative"};

typedef struct work {
    const pp_misclass_options *options;
    const pp_context *ctx;
    pp__misclass_base base;
    pp_fit *fit;
    pp_result *result;
    pp_error *err;
} work;

static const pp__misclass_found *found_of(const work *w) {
    return w->fit->own;
}

/* The mean rate over rows. */
static double mean_rate(const work *w, int which) {
    const pp__misclass *m = &found_of(w)->m;
    double sum = 0, rate[PP__TILE];
    for (int64_t begin = 0; begin < m->d->n; begin += PP__TILE) {
        int n = m->d->n - begin < PP__TILE ? (int)(m->d->n - begin) : PP__TILE;
        pp__misclass_rate(m, which, begin, n, rate, NULL, NULL);
        for (int i = 0; i < n; i++) {
            sum += rate[i] / (double)m->d->n;
        }
    }
    return sum;
}

/* ---- tables ---- */

/* A rate that was not estimated. */
static pp_status put_rate(work *w, pp_table *table, int which, const char *term,
                          const char *kind, double value, double error) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "part", PART[which], w->err));
    PP_TRY(pp__put_text(table, row, "term", term, w->err));
    PP_TRY(pp__put_text(table, row, "kind", kind, w->err));
    PP_TRY(pp__put_number(table, row, "estimate", PP_SHOW_DEFAULT, value, w->err));
    return pp__put_number(table, row, "std_error", PP_SHOW_DEFAULT,
                          error > 0 ? error : NAN, w->err);
}

/* A rate has no p value, and an interval on the logit scale, by the delta method; none where the
   search did not end or the rate is at the end of its range. */
static pp_status bound_rate(work *w, pp_table *table, int j) {
    double rate = w->fit->estimates[j], variance = w->fit->V[j + (int64_t)j * w->fit->k];
    int inside = w->fit->converged && rate > 0 && rate < 1 && variance >= 0;
    double half = pp__fit_quantile(w->fit, w->fit->options.level) * sqrt(variance) /
                  (rate * (1 - rate));
    double center = log(rate / (1 - rate));
    const pp__named cells[] = {
        {"statistic", PP_SHOW_DEFAULT, NAN},
        {"p_value", PP_SHOW_P_VALUE, NAN},
        {"conf_low", PP_SHOW_DEFAULT, inside ? 1 / (1 + exp(half - center)) : NAN},
        {"conf_high", PP_SHOW_DEFAULT, inside ? 1 / (1 + exp(-half - center)) : NAN}};
    return pp__put_numbers(table, j, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status extend_coefficients(work *w) {
    pp_table *table = pp_result_find(w->result, "coefficients");
    const pp__misclass_found *f = found_of(w);
    PP_TRY(pp_table_rename(table, "equation", "part", w->err));
    for (int j = 0; j < w->fit->k; j++) {
        double naive = j < w->base.fit->k ? w->base.fit->estimates[j] : NAN;
        PP_TRY(pp__put_text(table, j, "kind", "estimated", w->err));
        PP_TRY(pp__put_number(table, j, "uncorrected", PP_SHOW_DEFAULT, naive, w->err));
        if (j >= w->base.fit->k && !w->base.spec.of_rates) {
            PP_TRY(bound_rate(w, table, j));
        }
    }
    for (int r = 0; r < PP__RATES; r++) {
        for (int j = f->zeros[r] - 1; j >= 0; j--) {
            PP_TRY(put_rate(w, table, r, f->zero[r][j], "boundary", 0, 0));
        }
        if (w->base.spec.rate[r].m == 0) {
            PP_TRY(put_rate(w, table, r, "rate", "known", w->base.spec.rate[r].known,
                            w->base.spec.std_error[r]));
        }
    }
    return pp_result_set_note(
        w->result, "coefficients",
        "Part outcome: coefficients of the true outcome; uncorrected: of the same model "
        "if the record had no errors. False positives: the record says 1 where the truth "
        "is 0; false negatives: it says 0 where the truth is 1.",
        w->err);
}

static pp_status extend_model(work *w) {
    pp_table *table = pp_result_find(w->result, "model");
    const pp__misclass_found *f = found_of(w);
    const pp__named facts[] = {
        {"false_positive", PP_SHOW_DEFAULT, mean_rate(w, PP__FALSE_POSITIVE)},
        {"false_negative", PP_SHOW_DEFAULT, mean_rate(w, PP__FALSE_NEGATIVE)},
        {"starts", PP_SHOW_COUNT, f->starts > 0 ? f->starts : 1},
        {"agreeing_starts", PP_SHOW_COUNT, f->starts > 0 ? f->agreeing : 1},
        {"naive_loglik", PP_SHOW_DEFAULT, w->base.fit->loglik}};
    PP_TRY(pp__put_numbers(table, 0, facts, sizeof facts / sizeof *facts, w->err));
    return PP_OK;
}

/* ---- warnings ---- */

static pp_status warn_of_boundaries(work *w) {
    const pp__misclass_found *f = found_of(w);
    for (int r = 0; r < PP__RATES; r++) {
        for (int j = 0; j < f->zeros[r]; j++) {
            PP_TRY(pp_result_warn(w->result, "boundary", f->zero[r][j], -1, w->err,
                                  "the rate of false %s%s%s is estimated as 0, the end "
                                  "of its range: errors "
                                  "of the rest are those with this rate known to be 0",
                                  r == PP__FALSE_POSITIVE ? "positives" : "negatives",
                                  w->options->rates_by ? " in " : "",
                                  w->options->rates_by ? f->zero[r][j] : ""));
        }
    }
    return PP_OK;
}

static pp_status warn_of_convergence(work *w) {
    if (w->fit->converged) {
        return PP_OK;
    }
    return pp_result_warn(
        w->result, "not_converged", NULL, w->fit->iterations, w->err,
        "NOT CONVERGED: the data do not settle coefficients and error rates together; "
        "do not use these estimates, read the profile or give the rates");
}

static pp_status warn_of_rates(work *w) {
    const pp__design *d = w->base.fit->design;
    double ones = 0;
    for (int64_t i = 0; i < d->n; i++) {
        ones += d->with.y[i];
    }
    double zeros = (double)d->n - ones, events = fmin(ones, zeros);
    const double bound[] = {ones / (double)d->n, zeros / (double)d->n};
    for (int r = 0; r < PP__RATES; r++) {
        const pp__rate *rate = &w->base.spec.rate[r];
        if (rate->m == 0 && rate->known >= bound[r] && rate->known > 0) {
            PP_TRY(pp_result_warn(
                w->result, "rates_impossible", PART[r], -1, w->err,
                "false %s of %g cannot be: only %.3g of the outcomes are %d",
                r == PP__FALSE_POSITIVE ? "positives" : "negatives", rate->known,
                bound[r], r == PP__FALSE_POSITIVE));
        }
    }
    if (events < 10 * w->fit->k) {
        return pp_result_warn(w->result, "few_events", NULL, (int64_t)events, w->err,
                              "%.0f events for %d parameters: fewer than 10 each, and "
                              "error rates want many more",
                              events, w->fit->k);
    }
    return PP_OK;
}

/* ---- the whole ---- */

/* What is said of the rows and terms of the fit without errors holds for this one; of its
   covariance each speaks for itself. */
static pp_status hand_over_notes(work *w) {
    const pp__notes *from = &w->base.fit->notes;
    pp__notes *to = &w->fit->notes;
    for (const pp__drop *d = from->drops; d; d = d->next) {
        PP_TRY(pp__notes_drop(to, d->reason, d->of, d->subject, d->count, w->err));
    }
    for (const pp__warning *n = from->warnings; n; n = n->next) {
        if (strcmp(n->code, "few_clusters") != 0 && strcmp(n->code, "covariance") != 0) {
            PP_TRY(pp__notes_warn(to, n->code, n->subject, n->count, w->err, "%s",
                                  n->message));
        }
    }
    return PP_OK;
}

static pp_status tell(work *w) {
    pp_result *fit;
    PP_TRY(hand_over_notes(w));
    PP_TRY(pp_result_new("misclass", &w->result, w->err));
    w->fit->equation = found_of(w)->part; /* for the table alone: the response has one */
    PP_TRY(pp_fit_result(w->fit, &fit, w->err));
    w->fit->equation = NULL;
    pp_status status = pp_result_merge(w->result, fit, NULL, w->err);
    pp_result_free(fit);
    PP_TRY(status);
    PP_TRY(pp_fit_margins(w->fit, NULL, w->result, w->err));
    PP_TRY(extend_coefficients(w));
    PP_TRY(extend_model(w));
    PP_TRY(warn_of_convergence(w));
    PP_TRY(warn_of_boundaries(w));
    PP_TRY(warn_of_rates(w));
    return w->options->no_profile ? PP_OK
                                  : pp__misclass_profile(&w->base, w->fit, w->options,
                                                         w->ctx, w->result, w->err);
}

pp_status pp_misclass(const char *formula, const pp_table *data,
                      const pp_model_options *model, const pp_misclass_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_misclass_options NONE;
    static const pp_model_options PLAIN;
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options ? options : &NONE;
    w->ctx = ctx;
    w->err = err;
    pp_status status = pp__misclass_base_init(
        &w->base, formula, data, model ? model : &PLAIN, w->options, ctx, err);
    if (status == PP_OK) {
        status = pp__misclass_fit(w->base.fit, &w->base.spec, ctx, &w->fit, err);
    }
    if (status == PP_OK) {
        status = tell(w);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_fit_free(w->fit);
    pp__misclass_base_clear(&w->base);
    pp_free(w);
    return status;
}
