/* What would undo an estimate: the whole. */
#include "effects/checks/checks.h"

#include "base/check.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

pp_status pp__put_effect(pp__checks *w, pp_table *table, int64_t row, double estimate,
                         double std_error) {
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"std_error", PP_SHOW_DEFAULT, std_error},
        {"conf_low", PP_SHOW_DEFAULT, estimate - w->c.z * std_error},
        {"conf_high", PP_SHOW_DEFAULT, estimate + w->c.z * std_error},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

pp_status pp__put_p_value(pp__checks *w, pp_table *table, int64_t row, double estimate,
                          double std_error) {
    return pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE,
                          2 * pnorm(-fabs(estimate / std_error), 0, 1, 1, 0), w->err);
}

static pp_status check_options(pp_checks_options *o, pp_error *err) {
    o->draws = o->draws ? o->draws : 199;
    if (o->draws > 1000000 || o->earlier > 1000000 || o->units > 1000000) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "draws, periods earlier and units are at most 1000000");
    }
    return PP_OK;
}

static pp_status check_all(pp__checks *w, const pp_did_options *design) {
    PP_TRY(pp__checked_open(w->data, design, w->ctx, &w->arena, &w->c, w->err));
    PP_TRY(pp_result_new("checks", &w->result, w->err));
    PP_TRY(pp__check_randomisation(w));
    PP_TRY(pp__check_placebo_outcomes(w));
    PP_TRY(pp__check_placebo_dates(w));
    PP_TRY(pp__check_leave_out(w));
    return pp_result_note_number(w->result, "seed", (double)w->o.seed, w->err);
}

pp_status pp_checks(const pp_table *data, const pp_did_options *design,
                    const pp_checks_options *options, const pp_context *ctx,
                    pp_result **out, pp_error *err) {
    pp__checks *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->data = data;
    w->o = *options;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = check_options(&w->o, err);
    if (status == PP_OK) {
        status = check_all(w, design);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}

/* ---- words ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static const char *text(const pp_table *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(table, column), row);
}

static void tell_randomisation(const pp_table *t, pp_buf *out) {
    double p = t ? cell(t, "p_randomisation", 0) : NAN;
    if (!isnan(p)) {
        pp_buf_printf(out,
                      "Of %.0f assignments of the dates at random, %.0f gave a mean "
                      "difference as far from zero (p = %.2g). ",
                      cell(t, "draws", 0), p * (cell(t, "draws", 0) + 1) - 1, p);
    }
}

/* Of cohorts, or of units: who moves the estimate most, and how many turn it. */
static void tell_left_out(const pp_table *t, const char *kind, pp_buf *out) {
    int64_t most = -1, n = 0, turned = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(text(t, "kind", i), kind) != 0 || isnan(cell(t, "shift", i))) {
            continue;
        }
        n++;
        turned += cell(t, "turns", i) > 0;
        if (most < 0 || fabs(cell(t, "shift", i)) > fabs(cell(t, "shift", most))) {
            most = i;
        }
    }
    if (most >= 0) {
        pp_buf_printf(out,
                      "Without the %s %s it moves by %.2g of its standard errors, more "
                      "than without any other of %lld; %lld of these turn%s its sign or "
                      "whether its interval excludes zero. ",
                      kind, text(t, "left_out", most), fabs(cell(t, "shift", most)),
                      (long long)n, (long long)turned, turned == 1 ? "s" : "");
    }
}

static void tell_outcomes(const pp_table *t, double level, pp_buf *out) {
    int64_t n = t ? pp_table_rows(t) : 0, moved = 0;
    for (int64_t i = 0; i < n; i++) {
        moved += cell(t, "p_holm", i) < 1 - level;
    }
    if (n > 0) {
        pp_buf_printf(out, "%lld of %lld placebo outcomes differ%s too. ",
                      (long long)moved, (long long)n, moved == 1 ? "s" : "");
    }
}

static void tell_dates(const pp_table *t, pp_buf *out) {
    int64_t mean = t ? pp_table_rows(t) - 1 : -1;
    if (mean >= 0) {
        pp_buf_printf(
            out,
            "With dates moved %.0f periods earlier, on the time before the true "
            "ones, the mean difference is %.2g (%.2g to %.2g).",
            cell(t, "earlier", mean), cell(t, "estimate", mean),
            cell(t, "conf_low", mean), cell(t, "conf_high", mean));
    }
}

void pp_checks_sentence(const pp_result *result, pp_buf *out) {
    const pp_table *left = pp_result_find(result, "leave_out_effect");
    tell_randomisation(pp_result_find(result, "randomisation"), out);
    tell_left_out(left, "cohort", out);
    tell_left_out(left, "unit", out);
    tell_outcomes(pp_result_find(result, "placebo_outcomes"), 0.95, out);
    tell_dates(pp_result_find(result, "placebo_dates"), out);
    while (out->length > 0 && out->data[out->length - 1] == ' ') {
        out->data[--out->length] = '\0';
    }
}
