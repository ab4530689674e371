/* What each design of the study could have seen, before any estimate. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/mde.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs;
    int64_t draws;
    double power;
    const char *strata;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 20, .high = 1000000,
     .number = 200},
    {"power", PP__NUMBER, PP__AT(settings, power), .low = 0.01, .high = 0.99,
     .number = 0.8},
    {"strata", PP__TEXT, PP__AT(settings, strata), .nullable = 1},
};
static const pp__section format =
    PP__FIELDS("what could have been seen", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    pp_buf_printf(what, "minimum detectable effects of %lld designs, %lld draws each",
                  (long long)pp__run_count_designs(study, s->designs),
                  (long long)s->draws);
}

/* As its unit tells: "log(1 + per 100,000)". */
static int is_log(const pp__run *run, const char *outcome) {
    const pp_study_variable *v = pp_study_find_variable(run->study, outcome);
    return v && v->unit && strncmp(v->unit, "log", 3) == 0;
}

static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *options, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    const pp_mde_options o = {.draws = s->draws,
                              .power = s->power,
                              .plausible = design->design->plausible,
                              .strata = s->strata,
                              .seed = (uint64_t)run->study->seed,
                              .is_log = is_log(run, options->outcome)};
    return pp_mde(design->data, options, &o, run->ctx, out, err);
}

static pp_status run_mde(pp__run *run, const void *payload, pp_result **out,
                         pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "mde", s->designs, one, s, out, err);
}

/* ---- findings ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* "Electoral democracy 0.04 (0.15 standard deviations)" */
static void tell_outcome(const pp_table *t, int64_t row, pp_buf *out) {
    char size[32], sd[32];
    pp_format_significant(cell(t, "mde", row), 2, size);
    pp_format_significant(cell(t, "mde_sd", row), 2, sd);
    pp_buf_printf(out, "%s %s (%s standard deviations%s)",
                  pp_column_get_text(pp_table_find(t, "label"), row), size, sd,
                  cell(t, "mde_low", row) > cell(t, "plausible", row)
                      ? "; more than anyone would believe"
                      : "");
}

static int write_answer(const pp_table *t, double power, pp_buf *out) {
    int n = 0;
    pp_buf_add(out, "With these data mean differences of less than the following would "
                    "most likely not have been seen: ");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "aggregation"), i), "simple") ==
                0 &&
            !isnan(cell(t, "mde", i))) {
            pp_buf_add(out, n++ ? "; " : "");
            tell_outcome(t, i, out);
        }
    }
    pp_buf_printf(
        out,
        ". Each of that size would have been seen in %.0f of 100 cases, smaller "
        "ones in fewer; single years since adoption need larger ones.",
        100 * power);
    return n;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    pp_buf words;
    pp_buf_init(&words);
    int n = write_answer(pp_result_find(result, "mde_overall"), s->power, &words);
    pp_status status =
        n > 0 ? pp__run_describe(
                    run, "mde",
                    "What could these data have shown of what adoption goes with?",
                    "units of the outcome", &words, err)
              : PP_OK;
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"mde_overall", NULL};

const pp__analysis pp__analysis_mde = {
    .name = "mde",
    .command = "mde",
    .title = "What could have been seen",
    .about =
        "Before any estimate: how large a difference each design could have seen on "
        "these "
        "data. Estimated differences are taken out of the panel, the dates of adoption "
        "change hands at random among countries, and the design is run on each draw, "
        "with "
        "the real shocks and the real serial correlation. Where a design could only have "
        "seen a difference that nobody would believe, a silent result says nothing; and "
        "where its errors are too small the corrected figure counts.",
    .format = &format,
    .describe = describe,
    .run = run_mde,
    .one = one,
    .answer = answer,
    .tables = tables,
};
