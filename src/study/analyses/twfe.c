/* What a coefficient with country and year effects is made of, in every design of the study: a diagnosis. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/twfe.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs;
    int64_t date_draws;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    PP__DATE_DRAWS(settings, -1),
};
static const pp__section format =
    PP__FIELDS("the diagnosis of two-way fixed effects", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    int64_t n = 0;
    while (s->designs && s->designs[n]) {
        n++;
    }
    pp_buf_printf(what, "two-way fixed effects of %lld designs taken apart",
                  (long long)(n > 0 ? n : study->n_designs));
}

typedef struct chosen {
    pp_twfe_options options;
    uint64_t seed;
} chosen;

static pp_status draw(const void *payload, const pp_table *all,
                      const pp_uncertain_options *dates, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    const chosen *c = payload;
    return pp_twfe_uncertain(all, &c->options, dates, c->seed, ctx, out, err);
}

/* Dates drawn, and words. */
static pp_status add(pp__run *run, const pp__run_design *design, const settings *s,
                     const chosen *c, pp_result *result, pp_error *err) {
    PP_TRY(pp__run_add_drawn(run, design, c->options.outcome, s->date_draws, draw, c,
                             result, err));
    return pp_result_set_note(result, "twfe",
                              "forbidden: the share of the weight that rests on "
                              "comparisons with countries that had adopted already; "
                              "spread_zero, spread_sign: the least standard deviation of "
                              "effects with which their mean may be zero, and all may "
                              "have the other sign.",
                              err);
}

static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *did, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    const chosen c = {.options = {.outcome = did->outcome,
                                  .unit = did->unit,
                                  .time = did->time,
                                  .cohort = did->cohort,
                                  .cluster = did->cluster,
                                  .level = did->level},
                      .seed = did->seed};
    PP_TRY(pp_twfe(design->data, &c.options, run->ctx, out, err));
    pp_status status = add(run, design, s, &c, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status run_twfe(pp__run *run, const void *payload, pp_result **out,
                          pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "twfe", s->designs, one, s, out, err);
}

/* ---- findings ---- */

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* Outcomes of a design that are seen in the same countries and years have the same weights. */
static int is_new(const pp_table *t, int64_t row) {
    const pp_column *design = pp_table_find(t, "design");
    return row == 0 ||
           strcmp(pp_column_get_text(design, row), pp_column_get_text(design, row - 1)) !=
               0 ||
           number_at(t, "negative_sum", row) != number_at(t, "negative_sum", row - 1);
}

/* The spread as a multiple of the coefficient does not hang on the outcome. */
static void write_weights(const pp_table *t, int64_t row, pp_buf *out) {
    const char *design = pp_column_get_text(pp_table_find(t, "design"), row);
    double forbidden = number_at(t, "forbidden", row);
    double negative = number_at(t, "negative", row);
    pp_buf_printf(out, "Design %s: ", design);
    if (!isnan(forbidden)) {
        pp_buf_printf(out,
                      "%.0f%% of the weight rests on comparisons with countries that "
                      "had adopted already; ",
                      100 * forbidden);
    }
    if (negative == 0) {
        pp_buf_add(out, "no country-year has a negative weight, so that the sign cannot "
                        "come of the weights. ");
        return;
    }
    pp_buf_printf(out,
                  "%.0f of %.0f country-years after adoption have a negative weight, and "
                  "the mean effect may be zero or of the other sign once effects differ "
                  "by a standard deviation of %.2g times the coefficient. ",
                  negative, number_at(t, "treated", row),
                  number_at(t, "spread_zero", row) / fabs(number_at(t, "estimate", row)));
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *t = pp_result_find(result, "twfe");
    pp_buf words;
    (void)payload;
    if (!t) {
        return PP_OK;
    }
    pp_buf_init(&words);
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (is_new(t, i)) {
            write_weights(t, i, &words);
        }
    }
    pp_buf_add(&words, "A diagnosis of the method, and no result about adoption.");
    pp_status status = pp__run_describe(
        run, "twfe", "Could a regression with country and year effects be trusted here?",
        NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"twfe", NULL};

const pp__analysis pp__analysis_twfe = {
    .name = "twfe",
    .command = "twfe",
    .title = "A diagnosis: what a regression with country and year effects would rest on",
    .about =
        "Many studies put adoption into a regression with country and year effects. Its "
        "coefficient is a mean of comparisons of two groups, and some of them take "
        "countries "
        "for controls that had adopted already (Goodman-Bacon 2021); of some effects it "
        "takes "
        "negative multiples (de Chaisemartin and D'Haultfoeuille 2020). This tells how "
        "far "
        "that goes here. It is no result about adoption.",
    .format = &format,
    .describe = describe,
    .run = run_twfe,
    .one = one,
    .answer = answer,
    .tables = tables,
};
