/* What goes with adoption among countries of the same history, alike before it: every design of the
   study by matching. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/matching.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs;
    const char *refinement, *lagged_outcome, *window;
    int64_t lags, leads, size, date_draws;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    {"refinement", PP__CHOICE, PP__AT(settings, refinement),
     PP__CHOICES("mahalanobis", "ps-match", "ps-weight", "none"), .text = "mahalanobis"},
    {"lagged_outcome", PP__CHOICE, PP__AT(settings, lagged_outcome),
     PP__CHOICES("yes", "no"), .text = "yes"},
    {"window", PP__CHOICE, PP__AT(settings, window), PP__CHOICES("whole", "start"),
     .text = "whole"},
    {"lags", PP__INTEGER, PP__AT(settings, lags), .number = 4, .low = 1, .high = 100},
    {"leads", PP__INTEGER, PP__AT(settings, leads), .number = 4, .low = 0, .high = 100},
    {"size", PP__INTEGER, PP__AT(settings, size), .number = 5, .low = 1, .high = 1000},
    PP__DATE_DRAWS(settings, -1),
};
static const pp__section format = PP__FIELDS("the matching", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    int64_t n = 0;
    while (s->designs && s->designs[n]) {
        n++;
    }
    pp_buf_printf(what, "matching on %lld years of history in %lld designs",
                  (long long)s->lags, (long long)(n > 0 ? n : study->n_designs));
}

static pp_status draw(const void *payload, const pp_table *all,
                      const pp_uncertain_options *dates, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    return pp_matching_uncertain(all, payload, dates, ctx, out, err);
}

static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *did, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    const pp_matching_options options = {.outcome = did->outcome,
                                         .unit = did->unit,
                                         .time = did->time,
                                         .cohort = did->cohort,
                                         .covariates = did->covariates,
                                         .refinement = s->refinement,
                                         .lagged_outcome = s->lagged_outcome,
                                         .window = s->window,
                                         .lags = s->lags,
                                         .leads = s->leads,
                                         .size = s->size,
                                         .seed = did->seed};
    PP_TRY(pp_matching(design->data, &options, run->ctx, out, err));
    pp_status status = pp__run_add_drawn(run, design, did->outcome, s->date_draws, draw,
                                         &options, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status run_match(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "match", s->designs, one, s, out, err);
}

/* ---- findings ---- */

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text ? text : "";
}

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* The largest difference that refinement left of this outcome's sets. */
static double largest_difference(const pp_table *balance, const char *design,
                                 const char *outcome) {
    double most = 0;
    for (int64_t i = 0; i < pp_table_rows(balance); i++) {
        if (strcmp(text_at(balance, "design", i), design) == 0 &&
            strcmp(text_at(balance, "outcome", i), outcome) == 0) {
            most = fmax(most, fabs(number_at(balance, "after_refinement", i)));
        }
    }
    return most;
}

static void write_outcome(const settings *s, const pp_table *overall,
                          const pp_table *balance, int64_t row, pp_buf *out) {
    double estimate = number_at(overall, "estimate", row);
    double most = largest_difference(balance, text_at(overall, "design", row),
                                     text_at(overall, "outcome", row));
    pp_buf_printf(
        out,
        "%s: in the %lld years from adoption on, the change of %.0f adopters is "
        "%.2g %s than that of countries most alike in the %lld years before "
        "(95%% interval %.2g to %.2g); ",
        text_at(overall, "label", row), (long long)s->leads + 1,
        number_at(overall, "nobs_treated", row), fabs(estimate),
        estimate < 0 ? "lower" : "higher", (long long)s->lags,
        number_at(overall, "conf_low", row), number_at(overall, "conf_high", row));
    pp_buf_printf(out,
                  most > 0.2
                      ? "balance is not reached: before adoption they differ by up "
                        "to %.2f standard deviations, and the estimate is in doubt. "
                      : "before adoption they differ by at most %.2f standard "
                        "deviations. ",
                  most);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *overall = pp_result_find(result, "matched_overall");
    const pp_table *balance = pp_result_find(result, "matched_balance");
    pp_buf words;
    if (!overall || !balance) {
        return PP_OK;
    }
    pp_buf_init(&words);
    for (int64_t i = 0; i < pp_table_rows(overall); i++) {
        write_outcome(payload, overall, balance, i, &words);
    }
    pp_buf_add(&words, "An interval that holds zero is no finding of no effect.");
    pp_status status = pp__run_describe(
        run, "match", "What goes with adoption among countries that were alike before?",
        NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"matched_overall", "uncertain_matched_overall",
                                     NULL};

const pp__analysis pp__analysis_match = {
    .name = "match",
    .command = "match",
    .title = "What goes with adoption among countries that were alike before",
    .about =
        "Each country that adopts is compared with countries that had not adopted by "
        "then, "
        "either, refined to those most alike in the outcome and the covariates of the "
        "years "
        "before (Imai, Kim and Wang 2023). What remains is the change since the last "
        "year "
        "before adoption, less theirs. It is what adoption did only if, given all that, "
        "the "
        "two would have run in parallel; where they differed before, look at the balance "
        "first.",
    .format = &format,
    .describe = describe,
    .run = run_match,
    .answer = answer,
    .tables = tables,
};
