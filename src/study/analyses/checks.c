/* What would undo the estimates of the study's designs. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/checks.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs, *const *placebo_outcomes;
    int64_t draws, earlier, units;
    const char *strata, *size;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    {"placebo_outcomes", PP__NAMES, PP__AT(settings, placebo_outcomes),
     .refers = PP__TO_VARIABLE},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 1, .high = 1000000,
     .number = 199},
    {"earlier", PP__INTEGER, PP__AT(settings, earlier), .low = 0, .high = 200},
    {"units", PP__INTEGER, PP__AT(settings, units), .low = 0, .high = 1000, .number = 10},
    {"size", PP__TEXT, PP__AT(settings, size), .nullable = 1, .refers = PP__TO_VARIABLE},
    {"strata", PP__TEXT, PP__AT(settings, strata), .nullable = 1},
};
static const pp__section format =
    PP__FIELDS("what would undo it", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    pp_buf_printf(what,
                  "dates at random (%lld draws), placebos and leaving out for %lld "
                  "designs",
                  (long long)s->draws,
                  (long long)pp__run_count_designs(study, s->designs));
}

/* Placebo outcomes are those of a design: they stand with its first outcome. */
static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *options, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    int is_first = strcmp(options->outcome, design->design->outcomes[0]) == 0;
    const pp_checks_options o = {.draws = s->draws,
                                 .strata = s->strata,
                                 .seed = (uint64_t)run->study->seed,
                                 .placebo_outcomes =
                                     is_first ? s->placebo_outcomes : NULL,
                                 .earlier = s->earlier,
                                 .units = s->units ? s->units : -1,
                                 .size = s->size};
    return pp_checks(design->data, options, &o, run->ctx, out, err);
}

static pp_status run_checks(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "checks", s->designs, one, s, out, err);
}

/* ---- findings ---- */

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static const char *text(const pp_table *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(table, column), row);
}

/* How many of an outcome's leave-outs turn it. */
static void tell_left_out(const pp_table *t, const char *design, const char *outcome,
                          pp_buf *out) {
    int n = 0, turned = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(text(t, "outcome", i), outcome) == 0 &&
            strcmp(text(t, "design", i), design) == 0 &&
            strcmp(text(t, "kind", i), "none") != 0) {
            n++;
            turned += cell(t, "turns", i) > 0;
        }
    }
    pp_buf_printf(out, ", %d of %d turn it", turned, n);
}

static int write_answer(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "randomisation"),
                   *left = pp_result_find(result, "leave_out_effect");
    int n = 0;
    pp_buf_add(out,
               "How often dates at random give a mean difference as far from zero, "
               "and how many cohorts or countries turn its sign or its interval when "
               "they are left out: ");
    for (int64_t i = 0; t && i < pp_table_rows(t); i++) {
        if (strcmp(text(t, "aggregation", i), "simple") == 0 &&
            !isnan(cell(t, "p_randomisation", i))) {
            pp_buf_printf(out, "%s%s p = %.2g", n++ ? "; " : "", text(t, "label", i),
                          cell(t, "p_randomisation", i));
            tell_left_out(left, text(t, "design", i), text(t, "outcome", i), out);
        }
    }
    pp_buf_add(out, ". A large p value says that these data cannot tell the dates from "
                    "dates at random.");
    return n;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp_buf words;
    (void)payload;
    pp_buf_init(&words);
    int n = write_answer(result, &words);
    pp_status status =
        n > 0
            ? pp__run_describe(run, "checks", "What would undo what goes with adoption?",
                               "p value", &words, err)
            : PP_OK;
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"checks_words", NULL};

const pp__analysis pp__analysis_checks = {
    .name = "checks",
    .command = "checks",
    .title = "What would undo it",
    .about =
        "The mean difference among those of dates of adoption at random; outcomes that "
        "adoption should not move; dates before the true ones, on untreated years alone; "
        "and the difference without each cohort and without single countries. What "
        "stands "
        "up to all of them may still be no effect: countries do not adopt at random.",
    .format = &format,
    .describe = describe,
    .run = run_checks,
    .one = one,
    .answer = answer,
    .tables = tables,
};
