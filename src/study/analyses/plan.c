/* Which actions at which places, within a budget. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/plan.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    pp_study_file file;
    double budget;
    int64_t draws, nodes;
} settings;

static const pp__field fields[] = {
    {"file", PP__PATH, PP__AT(settings, file)},
    {"budget", PP__NUMBER, PP__AT(settings, budget), .low = 0, .high = 1e15},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 10, .high = 10000,
     .number = 100},
    {"nodes", PP__INTEGER, PP__AT(settings, nodes), .low = 1, .high = 100000000,
     .number = 3000},
};
static const pp__section format = PP__FIELDS("the plan", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "a plan by %s",
                  s->file.path ? s->file.written : "the placeholders that come with it");
}

static pp_status run_plan(pp__run *run, const void *payload, pp_result **out,
                          pp_error *err) {
    const settings *s = payload;
    const pp_plan_options options = {s->budget, s->draws, s->nodes,
                                     (uint64_t)run->study->seed};
    const pp_result *profiles;
    const char *path;
    pp_plan_file *plan;
    PP_TRY(pp__run_shipped_file(run, &s->file, "strategy/plan.yml", &path, err));
    PP_TRY(pp_plan_read(path, s->file.path ? s->file.written : NULL, &plan, err));
    pp_status status = pp__run_result_of(run, "profiles", &profiles, err);
    if (status == PP_OK) {
        status = pp_plan(pp_result_find(profiles, "profiles"), plan, &options, run->ctx,
                         out, err);
    }
    pp_plan_free(plan);
    return status;
}

/* ---- findings ---- */

static const char *placeholder_of(const pp_result *result) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, "placeholder") == 0) {
            return pp_result_warning(result, i)->message;
        }
    }
    return NULL;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *t = pp_result_find(result, "plan_totals");
    const char *placeholder = placeholder_of(result);
    pp_buf words;
    (void)payload;
    pp_buf_init(&words);
    if (placeholder) {
        pp_buf_printf(&words, "%s ", placeholder);
    }
    double choices = pp_table_find(t, "choices")->number[0];
    double places = pp_table_find(t, "places")->number[0];
    double part = pp_table_find(t, "reduction")->number[0] /
                  pp_table_find(t, "objective")->number[0];
    pp_buf_printf(
        &words,
        "Under the ranges in the plan file %.0f choice%s in %.0f place%s, for %.0f "
        "of a budget of %.0f, would take away %.1f%% of the objective. In the "
        "draws of costs and effects the plan costs more than the budget in "
        "%.0f%%.",
        choices, choices == 1 ? "" : "s", places, places == 1 ? "" : "s",
        pp_table_find(t, "spent")->number[0], pp_table_find(t, "budget")->number[0],
        isnan(part) ? 0 : 100 * part, 100 * pp_table_find(t, "over_budget")->number[0]);
    pp_buf_add(&words, " Effects of actions are assumptions and no findings.");
    pp_status status = pp__run_describe(run, "plan",
                                        "What could be done where, within a "
                                        "budget?",
                                        NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"plan", "plan_totals", "plan_assumptions", NULL};

const pp__analysis pp__analysis_plan = {
    .name = "plan",
    .command = "plan",
    .title = "A plan within a budget",
    .about =
        "Choices of places and actions that reduce the objective of the plan file most, "
        "by a mixed-integer program. Costs and effects are the user's assumptions, as "
        "ranges, and stand beside the result; nothing here was found in data. The share "
        "says in how many draws of all that is uncertain a choice is in the best plan.",
    .format = &format,
    .describe = describe,
    .run = run_plan,
    .answer = answer,
    .tables = tables,
};
