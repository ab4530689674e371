/* How far trends may depart from parallel before the estimates of the designs lose their sign. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <pushpull/honest.h>

#include <string.h>

enum { STEPS = 4 }; /* of M: 0, a half, 1, … */

typedef struct settings {
    const char *const *designs;
    const char *restriction, *at;
    int64_t draws;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
    {"restriction", PP__TEXT, PP__AT(settings, restriction), .text = "rm,sd"},
    {"at", PP__TEXT, PP__AT(settings, at), .text = "mean"},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 19, .high = 1000000,
     .number = 199},
};
static const pp__section format =
    PP__FIELDS("the bounds on departures from parallel trends", fields, sizeof(settings));

/* A list of words that pp_honest has. */
static int is_known(const char *list) {
    static const char *const words[] = {"rm", "sd", "sdrm"};
    while (*list) {
        size_t length = strcspn(list, ","), i = 0;
        while (i < 3 &&
               (strlen(words[i]) != length || strncmp(words[i], list, length) != 0)) {
            i++;
        }
        if (i == 3) {
            return 0;
        }
        list += length + (list[length] == ',');
    }
    return 1;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    static const char field[] = "analyses.honest.restriction";
    const settings *s = payload;
    return is_known(s->restriction)
               ? PP_OK
               : pp__problem(problems, pp__study_line(study, field, NULL), field,
                             s->restriction, "rm, sd, sdrm, or several with commas", err,
                             "there is no such restriction");
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "bounds by %s at horizon %s", s->restriction, s->at);
}

/* Of estimates that are all differences from the last period before adoption; imputation and stacking
   have none of these. */
static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *given, const void *payload, pp_result **out,
                     pp_error *err) {
    const settings *s = payload;
    pp_did_options options = *given;
    pp_result *effects = NULL;
    int sunab = options.estimator && strcmp(options.estimator, "sunab") == 0;
    options.estimator = sunab ? "sunab" : "cs";
    options.base = sunab ? NULL : "universal";
    PP_TRY(pp_did(design->data, &options, run->ctx, &effects, err));
    pp_honest_options bounds = {.restriction = s->restriction,
                                .at = s->at,
                                .steps = STEPS,
                                .draws = s->draws,
                                .seed = (uint64_t)run->study->seed};
    pp_status status = pp_honest(pp_result_find(effects, "dynamic"),
                                 pp_result_find(effects, "dynamic_covariance"), &bounds,
                                 run->ctx, out, err);
    pp_result_free(effects);
    return status;
}

static pp_status run_honest(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "honest", s->designs, one, s, out, err);
}

/* What the table says of relative magnitudes, outcome by outcome. */
static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *t = pp_result_find(result, "honest_breakdown");
    const char *words = NULL;
    (void)payload;
    for (int64_t i = 0; t && i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "restriction"), i), "rm") == 0) {
            words = pp_arena_printf(&run->arena, "%s%s%s: %s", words ? words : "",
                                    words ? "; " : "",
                                    pp_column_get_text(pp_table_find(t, "label"), i),
                                    pp_column_get_text(pp_table_find(t, "words"), i));
            PP_NEED(words, err);
        }
    }
    pp__answer a = pp__answer_blank();
    a.id = "honest";
    a.question =
        "How far may trends depart from parallel before the estimates lose their sign?";
    a.verdict = "described";
    a.answer = words;
    return words ? pp__run_answer(run, &a, err) : PP_OK;
}

static const char *const tables[] = {"honest_breakdown", "honest_pretest", NULL};

const pp__analysis pp__analysis_honest = {
    .name = "honest",
    .command = "honest",
    .title = "If trends were not parallel",
    .about =
        "How far the difference in trends may depart from parallel after adoption, "
        "compared with how far it did before, until the interval of the estimate holds "
        "zero (Rambachan and Roth 2023). A value of 1 says: the sign stays as long as "
        "trends are no further from parallel from one year to the next than they were at "
        "worst before adoption.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_honest,
    .one = one,
    .answer = answer,
    .tables = tables,
};
