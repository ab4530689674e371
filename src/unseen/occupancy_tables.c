/* Coefficients, the model, what detection costs, what was left out. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/tables.h"
#include "unseen/occupancy.h"

#include <Rmath.h>
#include <math.h>

enum { MOST_VISITS = 30 };

static double quantile(const pp__occupancy *o) {
    return qnorm5(0.5 + o->level / 2, 0, 1, 1, 0);
}

/* ---- coefficients ---- */

static pp_status put_coefficient(const pp__occupancy *o, const pp__part *part, int j,
                                 pp_table *table, pp_error *err) {
    int64_t row, at = part->at + j;
    double estimate = o->estimate[at], error = sqrt(o->errors[at + at * o->k]);
    double z = estimate / error, reach = quantile(o) * error;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "part", part->name, err));
    PP_TRY(pp__put_text(table, row, "term", part->design->column[j].name, err));
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"statistic", PP_SHOW_DEFAULT, z},
        {"p_value", PP_SHOW_P_VALUE, 2 * pnorm5(-fabs(z), 0, 1, 1, 0)},
        {"conf_low", PP_SHOW_DEFAULT, estimate - reach},
        {"conf_high", PP_SHOW_DEFAULT, estimate + reach}};
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err);
}

static pp_status put_coefficients(const pp__occupancy *o, pp_result *result,
                                  pp_error *err) {
    pp_table *table;
    PP_TRY(
        pp_result_add(result, "coefficients", "Adoption and its detection", &table, err));
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        for (int j = 0; o->part[p].text && j < o->part[p].k; j++) {
            PP_TRY(put_coefficient(o, &o->part[p], j, table, err));
        }
    }
    return pp_result_set_note(
        result, "coefficients",
        o->form == PP__ROYLE_NICHOLS
            ? "Logs of the mean number to be found; log odds that a visit finds one."
            : "On log odds. Associations, under closure: the state of a unit does not "
              "change between the visits of a season.",
        err);
}

/* ---- the model ---- */

/* The mean of the linear predictor of the visits, and its standard error. */
static double mean_detection(const pp__occupancy *o, double *error) {
    const pp__part *part = &o->part[PP__DETECTION];
    const double *mean = part->mean;
    double eta = 0, variance = 0;
    for (int j = 0; j < part->k; j++) {
        eta += mean[j] * o->theta[part->at + j];
    }
    for (int64_t i = 0; i < part->k; i++) {
        for (int64_t j = 0; j < part->k; j++) {
            variance +=
                mean[i] * mean[j] * o->V[part->at + i + (part->at + j) * (int64_t)o->k];
        }
    }
    *error = sqrt(fmax(variance, 0));
    return eta;
}

static double logistic(double eta) {
    return 1 / (1 + exp(-eta));
}

static pp_status put_model(const pp__occupancy *o, pp_result *result, pp_error *err) {
    pp_table *table;
    double n = (double)o->used, error, unvisited = 0, incomplete = 0;
    int many = o->form == PP__ROYLE_NICHOLS;
    const char *vcov = o->options->vcov;
    for (int64_t u = 0; u < o->visits.units; u++) {
        unvisited += o->unit[u].made == 0;
        incomplete += o->unit[u].made > 0 && !o->unit[u].used;
    }
    PP_TRY(pp_result_add(result, "model", "Model", &table, err));
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(pp__put_text(table, 0, "form", o->options->form ? o->options->form : "single",
                        err));
    const pp__named cells[] = {
        {"units", PP_SHOW_COUNT, n},
        {"unvisited", PP_SHOW_COUNT, unvisited},
        {"incomplete", PP_SHOW_COUNT, incomplete},
        {"visits", PP_SHOW_COUNT, (double)o->visits.n},
        {"seasons", PP_SHOW_COUNT, o->visits.seasons},
        {"detected_units", PP_SHOW_COUNT, (double)o->detected},
        {"detections", PP_SHOW_COUNT, (double)o->detections},
        {"naive", PP_SHOW_DEFAULT, (double)o->detected / n},
        {"parameters", PP_SHOW_COUNT, o->k},
        {"loglik", PP_SHOW_DEFAULT, o->loglik},
        {"aic", PP_SHOW_DEFAULT, 2 * (o->k - o->loglik)},
        {"bic", PP_SHOW_DEFAULT, log(n) * o->k - 2 * o->loglik},
        {"detection", PP_SHOW_DEFAULT, logistic(mean_detection(o, &error))},
        {"upper", PP_SHOW_COUNT, many ? (double)(o->states - 1) : NAN},
        {"truncation", PP_SHOW_DEFAULT, many ? pp__occupancy_beyond(o, o->theta) : NAN},
        {"starts", PP_SHOW_COUNT, o->starts},
        {"best_starts", PP_SHOW_COUNT, o->best_starts},
        {"converged", PP_SHOW_FLAG, (double)o->converged},
        {"score_norm", PP_SHOW_DEFAULT, o->score_norm},
        {"iterations", PP_SHOW_COUNT, o->iterations},
        {"level", PP_SHOW_DEFAULT, o->level}};
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, err));
    return pp__put_text(table, 0, "covariance", vcov ? vcov : "iid", err);
}

/* ---- how many visits it takes ---- */

static pp_status put_effort(const pp__occupancy *o, pp_result *result, pp_error *err) {
    double error, eta = mean_detection(o, &error), reach = quantile(o) * error;
    double missed = 1;
    pp_table *table;
    if (o->form == PP__ROYLE_NICHOLS) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(result, "occupancy_effort", "Visits that detect an adopter",
                         &table, err));
    for (int n = 1; n <= MOST_VISITS && missed > 0.01; n++) {
        int64_t row;
        missed = pow(1 - logistic(eta), n);
        const pp__named cells[] = {
            {"visits", PP_SHOW_COUNT, n},
            {"estimate", PP_SHOW_PERCENT, 1 - missed},
            {"conf_low", PP_SHOW_PERCENT, 1 - pow(1 - logistic(eta - reach), n)},
            {"conf_high", PP_SHOW_PERCENT, 1 - pow(1 - logistic(eta + reach), n)}};
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    }
    return pp_result_set_note(result, "occupancy_effort",
                              "The probability that an adopter is detected in so many "
                              "visits of the usual kind.",
                              err);
}

/* ---- what was left out ---- */

static pp_status put_drops(const pp__occupancy *o, int p, pp_table *table,
                           pp_error *err) {
    const pp__part *part = &o->part[p];
    const char *rows = p == PP__STATE      ? "units"
                       : p < PP__DETECTION ? "units and seasons"
                                           : "visits";
    for (const pp__drop *d = part->noted ? part->notes.drops : NULL; d; d = d->next) {
        int64_t row;
        int terms = d->of[0] == 't';
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_text(table, row, "part", part->name, err));
        PP_TRY(pp__put_text(table, row, "reason", d->reason, err));
        PP_TRY(pp__put_text(table, row, "subject", d->subject, err));
        PP_TRY(pp__put_text(table, row, "of", terms ? d->of : rows, err));
        PP_TRY(pp__put_number(table, row, "count", PP_SHOW_COUNT, (double)d->count, err));
    }
    return PP_OK;
}

static pp_status put_dropped(const pp__occupancy *o, pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "dropped", "Left out", &table, err));
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        PP_TRY(put_drops(o, p, table, err));
        const pp__notes *notes = o->part[p].noted ? &o->part[p].notes : NULL;
        for (const pp__warning *w = notes ? notes->warnings : NULL; w; w = w->next) {
            PP_TRY(pp_result_warn(result, w->code, w->subject, w->count, err, "%s: %s",
                                  o->part[p].name, w->message));
        }
    }
    return PP_OK;
}

pp_status pp__occupancy_put_tables(const pp__occupancy *o, pp_result *result,
                                   pp_error *err) {
    PP_TRY(put_coefficients(o, result, err));
    PP_TRY(put_model(o, result, err));
    PP_TRY(pp__occupancy_put_units(o, result, err));
    PP_TRY(pp__occupancy_put_total(o, result, err));
    PP_TRY(put_effort(o, result, err));
    PP_TRY(put_dropped(o, result, err));
    return pp__occupancy_warn(o, result, err);
}
