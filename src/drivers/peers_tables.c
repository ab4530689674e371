#include "drivers/peers_tables.h"

#include "base/check.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

pp_status pp__peers_begin(pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(result, "peers", "Adoption among peers", &table, err));
    PP_TRY(pp_result_add(result, "moran", "Are neighbours alike beyond the model?",
                         &table, err));
    return pp_result_add(result, "isolates", "Units without peers", &table, err);
}

/* ---- effects ---- */

/* Over the rows of the fit. */
static void describe(const pp_fit *fit, const double *x, const double *time, double *mean,
                     double *correlation) {
    double sx = 0, st = 0, xx = 0, tt = 0, xt = 0, n = (double)fit->design->n;
    for (int64_t i = 0; i < fit->design->n; i++) {
        int64_t row = pp__design_row(fit->design, i);
        sx += x[row] / n;
        st += time[row] / n;
    }
    for (int64_t i = 0; i < fit->design->n; i++) {
        int64_t row = pp__design_row(fit->design, i);
        double dx = x[row] - sx, dt = time[row] - st;
        xx += dx * dx;
        tt += dt * dt;
        xt += dx * dt;
    }
    *mean = sx;
    *correlation = xx > 0 && tt > 0 ? xt / sqrt(xx * tt) : NAN;
}

static int64_t find_margin(const pp_table *margins, const char *column) {
    for (int64_t i = 0; i < pp_table_rows(margins); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(margins, "term"), i), column) == 0) {
            return i;
        }
    }
    return -1;
}

/* Why an effect is not to be taken at its word. */
static const char *caution(const pp__peers_row *row, double correlation) {
    return row->region_in_model
               ? "the model has the region's own level too: biased downwards (Nickell)"
           : fabs(correlation) >= 0.9 ? "can hardly be told from the course of time"
                                      : NULL;
}

static void tell(pp__peers_told *told, const pp__peers_row *row, double low, double high,
                 double correlation) {
    if (strcmp(row->dates, "latest") == 0 && strcmp(row->model, "alone") == 0) {
        told->n++;
        told->above += low > 0;
        told->below += high < 0;
        told->trend = fmax(told->trend, isnan(correlation) ? 0 : correlation);
    }
}

pp_status pp__peers_put(const pp__peers_row *what, const pp_fit *fit, const char *time,
                        const pp_table *margins, pp__peers_told *told, pp_result *result,
                        pp_error *err) {
    static const char *const COPIED[] = {"estimate",  "std_error",   "conf_low",
                                         "conf_high", "conf_low_90", "conf_high_90",
                                         "p_value",   "sd"};
    enum { COPIES = 8, LOW = 2, HIGH = 3, P_VALUE = 6 };
    pp_table *table = pp_result_find(result, "peers");
    int64_t row, from = find_margin(margins, what->column);
    double mean, correlation, value[COPIES];
    if (from < 0) {
        PP_TRY(
            pp_result_warn(result, "exposure_constant", what->exposure, -1, err,
                           "%s (%s, %s): the exposure does not vary, or not beside the "
                           "other terms: it has no effect to tell of",
                           what->exposure, what->dates, what->model));
    }
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "exposure", what->exposure, err));
    PP_TRY(pp__put_text(table, row, "dates", what->dates, err));
    PP_TRY(pp__put_text(table, row, "model", what->model, err));
    for (int c = 0; c < COPIES; c++) {
        value[c] = from < 0 ? NAN : pp_table_find(margins, COPIED[c])->number[from];
        PP_TRY(pp__put_number(table, row, COPIED[c],
                              c == P_VALUE ? PP_SHOW_P_VALUE : PP_SHOW_DEFAULT, value[c],
                              err));
    }
    describe(fit, pp_table_find(fit->data, what->column)->number,
             pp_table_find(fit->data, time)->number, &mean, &correlation);
    tell(told, what, value[LOW], value[HIGH], correlation);
    const pp__named cells[] = {
        {"mean", PP_SHOW_DEFAULT, mean},
        {"correlation", PP_SHOW_DEFAULT, correlation},
        {"units", PP_SHOW_COUNT, what->units},
        {"events", PP_SHOW_COUNT, fit->events < 0 ? NAN : (double)fit->events},
        {"nobs", PP_SHOW_COUNT, (double)fit->nobs}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return pp__put_text(table, row, "caution", caution(what, correlation), err);
}

/* ---- isolates, Moran's I ---- */

pp_status pp__peers_put_isolates(const pp__world *world, const char *name,
                                 const int32_t *alone, pp_result *result, pp_error *err) {
    pp_table *table = pp_result_find(result, "isolates");
    int64_t units = 0, row;
    for (int32_t i = 0; i < world->own; i++) {
        if (alone[i] == 0) {
            continue;
        }
        units++;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_text(table, row, "exposure", name, err));
        PP_TRY(pp__put_text(table, row, "unit", world->id[i], err));
        PP_TRY(pp__put_number(table, row, "periods", PP_SHOW_COUNT, alone[i], err));
    }
    return units == 0
               ? PP_OK
               : pp_result_warn(result, "isolates", name, units, err,
                                "%s: %lld unit%s no peers in some or all periods; the "
                                "exposure is 0 there, and table isolates names them",
                                name, (long long)units, units == 1 ? " has" : "s have");
}

pp_status pp__peers_put_moran(const char *name, const char *residual, const pp__moran *m,
                              int permutations, pp_result *result, pp_error *err) {
    pp_table *table = pp_result_find(result, "moran");
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "weights", name, err));
    PP_TRY(pp__put_text(table, row, "residual", residual ? residual : "deviance", err));
    const pp__named cells[] = {
        {"units", PP_SHOW_COUNT, m->units},
        {"isolates", PP_SHOW_COUNT, m->isolates},
        {"statistic", PP_SHOW_DEFAULT, m->statistic},
        {"expectation", PP_SHOW_DEFAULT, m->expectation},
        {"variance_normality", PP_SHOW_DEFAULT, m->normal_variance},
        {"variance_randomisation", PP_SHOW_DEFAULT, m->random_variance},
        {"z", PP_SHOW_DEFAULT, m->z},
        {"p_value", PP_SHOW_P_VALUE, m->p_value},
        {"p_permutation", PP_SHOW_P_VALUE, m->permutation},
        {"permutations", PP_SHOW_COUNT, permutations}};
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err);
}

/* ---- words ---- */

pp_status pp__peers_say(const pp__peers_told *told, pp_result *result, pp_error *err) {
    char trend[32];
    pp_buf text;
    pp_buf_init(&text);
    pp_format_fixed(told->trend, 2, trend);
    pp_buf_printf(
        &text,
        "Average marginal effects of one standard deviation of the share of peers "
        "that had adopted the year before. Of %d exposures, each alone in the "
        "model with certain adoptions, the 95%% intervals of %d lie above zero, of "
        "%d below, and of %d they hold zero. Peers that adopt together may imitate "
        "each other, or meet the same causes and the same sellers: this cannot "
        "tell these apart. Exposures grow as adoption spreads (correlation with "
        "time up to %s), so that much hangs on how the model treats time.",
        told->n, told->above, told->below, told->n - told->above - told->below, trend);
    pp_status status = pp_buf_check(&text, err);
    if (status == PP_OK) {
        status = pp_result_set_note(result, "peers", text.data, err);
    }
    pp_buf_clear(&text);
    PP_TRY(status);
    return pp_result_set_note(
        result, "moran",
        "Of the mean residuals of units in the model without exposures. p values are "
        "one-sided, neighbours are alike, and approximate, as residuals of a fitted "
        "model "
        "are not exchangeable. A high p value is no evidence that there is no diffusion.",
        err);
}
