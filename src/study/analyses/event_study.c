/* Whether several estimators say the same, in every design of the study. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/eventstudy.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *const *designs;
    const char *estimators;
    int64_t date_draws;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    {"estimators", PP__TEXT, PP__AT(settings, estimators), .nullable = 1},
    PP__DATE_DRAWS(settings, 0),
};
static const pp__section format =
    PP__FIELDS("the event studies", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    pp_buf_printf(what, "event studies of %lld designs by %s",
                  (long long)pp__run_count_designs(study, s->designs),
                  s->estimators ? s->estimators : "cs, sunab, bjs, stacked and twfe");
}

typedef struct chosen {
    const pp_did_options *design;
    pp_event_study_options options;
} chosen;

static pp_status draw(const void *payload, const pp_table *all,
                      const pp_uncertain_options *dates, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    const chosen *c = payload;
    return pp_event_study_uncertain(all, c->design, &c->options, dates, ctx, out, err);
}

static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *options, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    const chosen c = {options, {.estimators = s->estimators}};
    PP_TRY(pp_event_study(design->data, options, &c.options, run->ctx, out, err));
    pp_status status = pp__run_add_drawn(run, design, options->outcome, s->date_draws,
                                         draw, &c, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status run_event_study(pp__run *run, const void *payload, pp_result **out,
                                 pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "event_study", s->designs, one, s, out, err);
}

/* ---- findings ---- */

static const char *text_at(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static double cell(const pp_table *t, const char *column, int64_t row) {
    return pp_table_find(t, column)->number[row];
}

/* Of the pairs of one outcome, from `row` on: how many there are, and the one least likely to agree. */
static int64_t find_worst(const pp_table *t, int64_t *row, int *pairs) {
    int64_t first = *row, worst = -1;
    *pairs = 0;
    for (; *row < pp_table_rows(t) &&
           strcmp(text_at(t, "design", *row), text_at(t, "design", first)) == 0 &&
           strcmp(text_at(t, "outcome", *row), text_at(t, "outcome", first)) == 0;
         ++*row) {
        if (strcmp(text_at(t, "role", *row), "estimate") == 0 &&
            !isnan(cell(t, "p_value", *row))) {
            ++*pairs;
            worst = worst < 0 || cell(t, "p_value", *row) < cell(t, "p_value", worst)
                        ? *row
                        : worst;
        }
    }
    return worst;
}

/* "Rule of law: cs and bjs differ by 0.02 at horizon 3"; p values are times the number of pairs. */
static int tell_outcome(const pp_table *t, int64_t worst, int pairs, pp_buf *apart) {
    char size[32];
    if (cell(t, "p_value", worst) * pairs >= 0.05) {
        return 0;
    }
    pp_format_significant(cell(t, "largest", worst), 2, size);
    pp_buf_printf(apart, "%s%s: %s and %s differ by %s at horizon %.0f",
                  apart->length > 0 ? "; " : "", text_at(t, "label", worst),
                  text_at(t, "estimator", worst), text_at(t, "other", worst), size,
                  cell(t, "at", worst));
    return 1;
}

static int write_answer(const pp_table *t, pp_buf *apart, pp_buf *out) {
    int outcomes = 0, differ = 0;
    for (int64_t row = 0; t && row < pp_table_rows(t);) {
        int pairs;
        int64_t worst = find_worst(t, &row, &pairs);
        if (worst >= 0) {
            outcomes++;
            differ += tell_outcome(t, worst, pairs, apart);
        }
    }
    if (differ == 0) {
        pp_buf_printf(
            out,
            "For %d of %d outcomes the estimators differ by no more than their "
            "errors allow. That they agree does not show that trends would have "
            "been parallel; they would all be wrong together.",
            outcomes, outcomes);
    } else {
        pp_buf_printf(out,
                      "For %d of %d outcomes they differ by more than their errors allow "
                      "(%s): trends before adoption differed, or they rest on different "
                      "countries. An answer that hangs on the choice is none.",
                      differ, outcomes, apart->data);
    }
    return outcomes;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp_buf words, apart;
    (void)payload;
    pp_buf_init(&words);
    pp_buf_init(&apart);
    int n = write_answer(pp_result_find(result, "event_study_agreement"), &apart, &words);
    pp_status status =
        n > 0 ? pp__run_describe(
                    run, "event_study",
                    "Do different estimators say the same of what adoption goes with?",
                    "units of the outcome", &words, err)
              : PP_OK;
    pp_buf_clear(&words);
    pp_buf_clear(&apart);
    return status;
}

static const char *const tables[] = {"event_study_agreement", "estimators", NULL};

const pp__analysis pp__analysis_event_study = {
    .name = "event_study",
    .command = "event-study",
    .title = "Do the estimators agree?",
    .about =
        "The same event study by several estimators that are all right if trends "
        "would have been parallel, and lean on it in different years and countries. "
        "Where they differ by more than their errors, the answer hangs on the choice "
        "and is none. Two-way fixed effects stand beside them as a diagnosis only.",
    .format = &format,
    .describe = describe,
    .run = run_event_study,
    .one = one,
    .answer = answer,
    .tables = tables,
};
