/* What would undo an estimate: the whole. */
#include "effects/checks/checks.h"

#include "base/check.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

double pp__shown_error(const pp__checks *w, double std_error) {
    return pp__staggered_is_lone(&w->c.s) ? NAN : std_error;
}

pp_status pp__put_effect(pp__checks *w, pp_table *table, int64_t row, double estimate,
                         double std_error) {
    std_error = pp__shown_error(w, std_error);
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
    return pp__put_number(
        table, row, "p_value", PP_SHOW_P_VALUE,
        2 * pnorm(-fabs(estimate / pp__shown_error(w, std_error)), 0, 1, 1, 0), w->err);
}

/* ---- words ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static const char *text(const pp_table *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(table, column), row);
}

static void tell_randomisation(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "randomisation");
    double p = t ? cell(t, "p_randomisation", 0) : NAN;
    if (!isnan(p)) {
        double n = cell(t, "draws", 0);
        pp_buf_printf(out,
                      "Of %.0f assignments of the dates at random, %.0f gave a mean "
                      "difference as far from zero in its errors (p = %.2g).",
                      n, p * (n + 1) - 1, p);
    }
}

/* Of cohorts, or of units: who moves the estimate most, and how many turn it. */
static void tell_left_out(const pp_result *result, const char *kind, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "leave_out_effect");
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
                      "Without the %s %s the estimate moves by %.2g of its standard "
                      "errors, more than without any other of %lld; ",
                      kind, text(t, "left_out", most), fabs(cell(t, "shift", most)),
                      (long long)n);
        if (turned > 0) {
            pp_buf_printf(out, "%lld of these turn%s", (long long)turned,
                          turned == 1 ? "s" : "");
        } else {
            pp_buf_add(out, "none of these turns");
        }
        pp_buf_add(out, " its sign or whether its interval excludes zero.");
    }
}

static void tell_cohorts(const pp_result *result, pp_buf *out) {
    tell_left_out(result, "cohort", out);
}

static void tell_units(const pp_result *result, pp_buf *out) {
    tell_left_out(result, "unit", out);
}

static void tell_outcomes(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "placebo_outcomes");
    int64_t n = t ? pp_table_rows(t) : 0, moved = 0;
    for (int64_t i = 0; i < n; i++) {
        moved += cell(t, "p_holm", i) < 0.05;
    }
    if (n > 0) {
        pp_buf_printf(out, "Of %lld outcomes that adoption should not move, ",
                      (long long)n);
        if (moved > 0) {
            pp_buf_printf(out, "%lld differ%s", (long long)moved, moved == 1 ? "s" : "");
        } else {
            pp_buf_add(out, "none is seen to differ");
        }
        pp_buf_add(out, " (p < 0.05 for all together).");
    }
}

static void tell_dates(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "placebo_dates");
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

static const struct {
    const char *check;
    void (*tell)(const pp_result *result, pp_buf *out);
} told[] = {
    {"dates at random", tell_randomisation}, {"placebo dates", tell_dates},
    {"placebo outcomes", tell_outcomes},     {"without each cohort", tell_cohorts},
    {"without single units", tell_units},
};
enum { TOLD = sizeof told / sizeof *told };

static pp_status put_words(pp__checks *w, pp_table *table) {
    pp_buf words;
    pp_status status = PP_OK;
    pp_buf_init(&words);
    for (int i = 0; i < TOLD && status == PP_OK; i++) {
        int64_t row, begin = words.length;
        told[i].tell(w->result, &words);
        status = pp_buf_check(&words, w->err);
        if (status == PP_OK && words.length > begin) {
            status = pp_table_append(table, &row, w->err);
            status = status ? status
                            : pp__put_text(table, row, "check", told[i].check, w->err);
            status = status
                         ? status
                         : pp__put_text(table, row, "words", words.data + begin, w->err);
        }
    }
    pp_buf_clear(&words);
    return status;
}

void pp_checks_sentence(const pp_result *result, pp_buf *out) {
    const pp_table *words = pp_result_find(result, "checks_words");
    for (int64_t i = 0; i < pp_table_rows(words); i++) {
        pp_buf_printf(out, "%s%s", i ? " " : "", text(words, "words", i));
    }
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
    pp_table *words;
    PP_TRY(pp_result_new("checks", &w->result, w->err));
    PP_TRY(pp_result_add(w->result, "checks_words", "In words", &words, w->err));
    PP_TRY(pp__check_randomisation(w));
    PP_TRY(pp__check_placebo_outcomes(w));
    PP_TRY(pp__check_placebo_dates(w));
    PP_TRY(pp__check_leave_out(w));
    PP_TRY(put_words(w, words));
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
