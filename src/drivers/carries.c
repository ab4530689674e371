#include "drivers/carries.h"

#include "base/check.h"
#include "model/estimator.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- events ---- */

static double count_zeros(const pp_fit *fit) {
    const pp__companions *with = &fit->design->with;
    double zeros = 0;
    for (int64_t i = 0; i < fit->design->n; i++) {
        zeros += with->y[i] == 0 ? (with->frequency ? with->weight[i] : 1) : 0;
    }
    return zeros;
}

int pp__events_count(const pp_fit *fit, double *events, double *parameters) {
    const pp__family *family = fit->estimator->family;
    int binary = family && family->binary && fit->design->with.y;
    *events = (double)fit->events;
    *parameters = fit->k - fit->design->intercept;
    if (fit->events < 0 || (family && !binary)) {
        return 0;
    }
    *events = binary ? fmin(*events, count_zeros(fit)) : *events;
    return 1;
}

static pp_status refuse_events(double events, double parameters, pp_error *err) {
    pp_error_set(err, PP_E_ESTIMATION,
                 "%.0f event%s cannot carry %.0f parameters: what they explain would be "
                 "chance",
                 events, events == 1 ? "" : "s", parameters);
    pp_error_hint(err,
                  "leave terms out: at least %d events a parameter are wanted, and these "
                  "carry %.0f",
                  PP__FEW_EVENTS, fmax(floor(events / PP__FEW_EVENTS), 1));
    return PP_E_ESTIMATION;
}

pp_status pp__carries_events(const pp_fit *fit, pp_error *err) {
    double events, parameters;
    return pp__events_count(fit, &events, &parameters) && parameters > events
               ? refuse_events(events, parameters, err)
               : PP_OK;
}

pp_status pp__carries_check(const pp_fit *fit, pp_error *err) {
    PP_TRY(pp__carries_events(fit, err));
    for (const pp__warning *w = fit->notes.warnings; w; w = w->next) {
        if (strcmp(w->code, "separation") == 0) {
            pp_error_set(err, PP_E_ESTIMATION,
                         "%s predicts the outcome perfectly, in %lld rows: there is no "
                         "finite estimate to share out",
                         w->subject, (long long)w->count);
            pp_error_hint(err, "leave these rows out with a condition, join that level "
                               "with another, or leave the term out");
            return PP_E_ESTIMATION;
        }
    }
    return PP_OK;
}

pp_status pp__carries_warn(const pp_fit *fit, const char *what, pp_result *result,
                           pp_error *err) {
    double events, parameters;
    if (!pp__events_count(fit, &events, &parameters) ||
        events >= PP__FEW_EVENTS * parameters) {
        return PP_OK;
    }
    return pp_result_warn(result, "few_events", NULL, (int64_t)events, err,
                          "%.0f events for %.0f parameters are %.1f each: below %d %s",
                          events, parameters, events / parameters, PP__FEW_EVENTS, what);
}

/* ---- factors without a column ---- */

/* The one value of a column of numbers in the rows in use; NaN when there are several. */
static double only_value(const pp_fit *fit, const char *name) {
    const pp_column *column = pp_table_find(fit->data, name);
    double first = NAN;
    if (!column || column->type != PP_NUMBER) {
        return NAN;
    }
    for (int64_t i = 0; i < fit->design->n; i++) {
        double value = column->number[pp__design_row(fit->design, i)];
        first = i == 0 ? value : first;
        if (value != first) {
            return NAN;
        }
    }
    return first;
}

pp_status pp__carries_refuse(const pp_fit *fit, int term, const char *name,
                             pp_error *err) {
    const pp__term *t = &fit->formula->terms[term];
    const pp__node *node = fit->formula->atoms[t->atom[0]].node;
    double only = t->n == 1 && node->kind == PP__NAME ? only_value(fit, node->text) : NAN;
    char value[32];
    pp_format_number(only, value);
    if (isnan(only)) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "in the %lld rows in use %s does not vary, or other terms determine "
                     "it",
                     (long long)fit->design->n, name);
    } else {
        pp_error_set(err, PP_E_ESTIMATION,
                     "%s is %s in all %lld rows in use: a factor "
                     "that does not vary explains nothing",
                     name, value, (long long)fit->design->n);
    }
    pp_error_hint(err, "leave it out of the formula");
    return PP_E_ESTIMATION;
}
