/* What the outcome of a generalised linear model may be, and what it counts. */
#include "base/check.h"
#include "model/glm.h"

#include <pushpull/text.h>

#include <math.h>

/* How to make 0 and 1 of an outcome that has two other values. */
static void hint_recode(const char *name, const double *y, int64_t n, pp_error *err) {
    double low = y[0], high = y[0];
    int two = 1;
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, y[i]);
        high = fmax(high, y[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        two &= y[i] == low || y[i] == high;
    }
    char a[32], b[32];
    pp_format_number(low, a);
    pp_format_number(high, b);
    if (two && high - low == 1) {
        pp_error_hint(err, "its values are %s and %s: write I(%s - %s) in its place", a,
                      b, name, a);
    } else {
        pp_error_hint(err, "make a column of 0 and 1; rows that are neither can be left "
                           "out with a condition (where)");
    }
}

static pp_status wrong_value(const pp_fit *fit, int64_t i, const char *message,
                             pp_error *err) {
    char value[32];
    pp_format_number(fit->design->with.y[i], value);
    pp_error_set(err, PP_E_INPUT, "%s", message);
    pp_error_locate(err, NULL, pp__design_row(fit->design, i) + 1,
                    fit->formula->outcome_label, value);
    return PP_E_INPUT;
}

static pp_status check_values(const pp_fit *fit, const pp__family *family,
                              pp_error *err) {
    const double *y = fit->design->with.y;
    for (int64_t i = 0; i < fit->design->n; i++) {
        if (family->binary && y[i] != 0 && y[i] != 1) {
            wrong_value(fit, i, "the outcome of a binary model must be 0 or 1", err);
            hint_recode(fit->formula->outcome_label, y, fit->design->n, err);
            return PP_E_INPUT;
        }
        if (family->count && y[i] < 0) {
            return wrong_value(fit, i, "the outcome of a count model must be 0 or more",
                               err);
        }
    }
    return PP_OK;
}

pp_status pp__outcome_check(pp_fit *fit, const pp__family *family, pp_error *err) {
    const pp__companions *with = &fit->design->with;
    double positive = 0, all = 0, rows = pp__design_count(fit->design);
    if (!family->binary && !family->count) {
        return PP_OK;
    }
    PP_TRY(check_values(fit, family, err));
    for (int64_t i = 0; i < fit->design->n; i++) {
        double counts = !with->weight     ? 1
                        : with->frequency ? with->weight[i]
                                          : with->weight[i] > 0;
        positive += with->y[i] > 0 ? counts : 0;
        all += counts;
    }
    if (family->binary) {
        fit->events = (int64_t)positive;
    }
    if (positive == 0 || (family->binary && positive == all)) {
        PP_FAIL(err, PP_E_ESTIMATION, "%s is %d in all of the %lld rows that can be used",
                fit->formula->outcome_label, positive > 0, (long long)rows);
    }
    return PP_OK;
}
