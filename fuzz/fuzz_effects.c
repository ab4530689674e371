/* Lists of names, numbers and formulas that the analyses of effects take: the analysis by the first letter of
 * the first line, then four lines of text. Whatever they are, there is an estimate or a refusal with a message. */
#include "target.h"

#include <pushpull/confound.h>
#include <pushpull/counterfactual.h>
#include <pushpull/eventstudy.h>
#include <pushpull/honest.h>
#include <pushpull/matching.h>
#include <pushpull/synth.h>

#include <stdlib.h>
#include <string.h>

enum { UNITS = 9, PERIODS = 7, LINES = 5 };

static pp_table *make_table(void) {
    static const char *const units[UNITS] = {"a", "b", "c d", "e", "f",
                                             "g", "h", "i",   "j"};
    static const char *const names[] = {"t", "g", "d", "y", "x"};
    pp_table *table = NULL;
    pp_column *id, *c[5];
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_resize(table, UNITS * PERIODS, NULL) == PP_OK);
    require(pp_table_add(table, PP_TEXT, "id", &id, NULL) == PP_OK);
    for (int j = 0; j < 5; j++) {
        require(pp_table_add(table, PP_NUMBER, names[j], &c[j], NULL) == PP_OK);
    }
    for (int i = 0; i < UNITS * PERIODS; i++) {
        int u = i / PERIODS, t = i % PERIODS + 1, g = u < 3 ? 5 : u == 3 ? 4 : 0;
        int treated = g > 0 && t >= g;
        const double values[] = {t, g, treated,
                                 treated + 0.3 * u + (u * 7 + t * 5) % 11 * 0.1,
                                 (u * 3 + t * t) % 7};
        require(pp_column_set_text(table, id, i, units[u], NULL) == PP_OK);
        for (int j = 0; j < 5; j++) {
            pp_table_column(table, j + 1)->number[i] = values[j];
        }
    }
    return table;
}

static void cut_lines(char *text, const char *line[LINES]) {
    for (int i = 0; i < LINES; i++) {
        char *end = text + strcspn(text, "\n");
        line[i] = *text ? text : NULL;
        text = *end ? end + 1 : end;
        *end = '\0';
        line[i] = line[i] && *line[i] ? line[i] : NULL;
    }
}

static pp_status bound(const pp_table *data, const char *const line[LINES],
                       pp_result **out, pp_error *err) {
    const pp_did_options design = {
        .outcome = "y", .unit = "id", .time = "t", .cohort = "g", .base = "universal"};
    const pp_honest_options options = {.restriction = line[1],
                                       .at = line[2],
                                       .method = line[3],
                                       .bias = line[4],
                                       .steps = 1,
                                       .draws = 19};
    pp_result *effects = NULL;
    require(pp_did(data, &design, NULL, &effects, NULL) == PP_OK);
    pp_status status = pp_honest(pp_result_find(effects, "dynamic"),
                                 pp_result_find(effects, "dynamic_covariance"), &options,
                                 NULL, out, err);
    pp_result_free(effects);
    return status;
}

static pp_status complete(const pp_table *data, const char *const line[LINES],
                          pp_result **out, pp_error *err) {
    int mc = line[3] && strcmp(line[3], "mc") == 0;
    const pp_counterfactual_options options = {.outcome = "y",
                                               .unit = "id",
                                               .time = "t",
                                               .treated = line[1],
                                               .first = 5,
                                               .covariates = line[2],
                                               .method = line[3],
                                               .errors = line[4],
                                               .rank = !mc,
                                               .lambda = mc ? 0.1 : 0,
                                               .min_before = 3,
                                               .draws = 3,
                                               .placebo = -1};
    return pp_counterfactual(data, &options, NULL, out, err);
}

static pp_status compare(const pp_table *data, const char *const line[LINES],
                         pp_result **out, pp_error *err) {
    const pp_did_options design = {.outcome = "y",
                                   .unit = "id",
                                   .time = "t",
                                   .cohort = "g",
                                   .covariates = line[2],
                                   .control = line[3],
                                   .cluster = line[4]};
    return pp_event_study(data, &design, &(pp_event_study_options){line[1]}, NULL, out,
                          err);
}

static pp_status ask(const pp_table *data, const char *const line[LINES], pp_result **out,
                     pp_error *err) {
    switch (line[0] ? line[0][0] : '\0') {
    case 'b':
        return bound(data, line, out, err);
    case 'e':
        return compare(data, line, out, err);
    case 'f':
        return complete(data, line, out, err);
    case 'm':
        return pp_matching(data,
                           &(pp_matching_options){.outcome = "y",
                                                  .unit = "id",
                                                  .time = "t",
                                                  .cohort = "g",
                                                  .covariates = line[1],
                                                  .refinement = line[2],
                                                  .errors = line[3],
                                                  .quantity = line[4],
                                                  .lags = 2,
                                                  .draws = 3},
                           NULL, out, err);
    case 'u':
        return pp_confound(line[1] ? line[1] : "y ~ d + x + factor(id)", data, NULL,
                           &(pp_confound_options){.treatment = line[2] ? line[2] : "d",
                                                  .benchmarks = line[3],
                                                  .strengths = line[4]},
                           NULL, out, err);
    default:
        return pp_synth(data,
                        &(pp_synth_options){.outcome = "y",
                                            .unit = "id",
                                            .time = "t",
                                            .treated = line[1],
                                            .donors = line[2],
                                            .method = line[3],
                                            .lambda = line[4],
                                            .first = 5,
                                            .draws = 3},
                        NULL, out, err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    const char *line[LINES];
    pp_error err = {0};
    pp_result *result = NULL;
    pp_table *table = make_table();
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    cut_lines(text, line);
    pp_status status = ask(table, line, &result, &err);
    require((status == PP_OK) == (result != NULL));
    require(status == PP_OK ||
            (err.code == status && err.message[0] && status != PP_E_INTERNAL));
    pp_result_free(result);
    pp_table_free(table);
    free(text);
    return 0;
}
