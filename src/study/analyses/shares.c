/* Push against pull: how much of what a model explains each factor, and each of the study's groups,
   accounts for. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/drivers.h>

#include <string.h>

typedef struct settings {
    const char *model, *measure;
    int64_t draws;
} settings;

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"measure", PP__CHOICE, PP__AT(settings, measure),
     PP__CHOICES("mcfadden", "nagelkerke", "tjur", "brier", "r2"), .text = "mcfadden"},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 0, .high = 1000000},
};
static const pp__section format = PP__FIELDS("the shares", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "shares of %s in '%s', %d draws", s->measure,
                  model ? model->name : "", (int)s->draws);
}

/* Fewer draws make no interval. */
static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    static const char field[] = "analyses.shares.draws";
    const settings *s = payload;
    return s->draws == 0 || s->draws >= 10
               ? PP_OK
               : pp__problem(problems, pp__study_line(study, field, NULL), field, NULL,
                             "0: no intervals", err, "draws must be 0, or 10 and more");
}

static int has_term(const pp_study_model *model, const char *name) {
    for (const char *const *term = model->terms; *term; term++) {
        if (strcmp(*term, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The variables of one of the study's groups that are in the model, with commas. */
static const char *list_group(pp__run *run, const pp_study_group *group,
                              const pp_study_model *model) {
    const char *list = "";
    for (const char *const *name = group->variables; list && *name; name++) {
        if (has_term(model, *name)) {
            list = pp_arena_printf(&run->arena, "%s%s%s", list, *list ? "," : "", *name);
        }
    }
    return list;
}

static pp_status find_groups(pp__run *run, const pp_study_model *model,
                             pp_drivers_options *options, pp_error *err) {
    const pp_study *study = run->study;
    pp_driver_group *groups =
        pp_arena_zalloc(&run->arena, study->n_factors, sizeof *groups);
    PP_NEED(groups, err);
    options->groups = groups;
    for (const char *const *name = model->factors; *name; name++) {
        const pp_study_group *group = pp_study_find_group(study, *name);
        const char *list = list_group(run, group, model);
        PP_NEED(list, err);
        if (*list) {
            groups[options->n_groups++] = (pp_driver_group){*name, list};
        }
    }
    return PP_OK;
}

static pp_status add_labels(pp__run *run, pp_result *result, pp_error *err) {
    pp_table *effects = pp_result_find(result, "effects");
    PP_TRY(pp__run_put_labels(run, pp_result_find(result, "shares"), "factor", err));
    return effects ? pp__run_put_labels(run, effects, "term", err) : PP_OK;
}

static pp_status run_shares(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_fit *fit;
    const pp_table *panel;
    pp_buf formula;
    PP_TRY(pp__run_get_fit(run, s->model, &fit, &panel, err));
    pp_model_options estimation = pp__run_model_options(model);
    pp_drivers_options options = {.keep = pp__run_baseline(model),
                                  .measure = s->measure,
                                  .draws = s->draws,
                                  .cluster = "unit",
                                  .seed = (uint64_t)run->study->seed};
    PP_TRY(find_groups(run, model, &options, err));
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status =
            pp_drivers(formula.data, panel, &estimation, &options, run->ctx, out, err);
    }
    pp_buf_clear(&formula);
    if (status == PP_OK) {
        status = add_labels(run, *out, err);
        if (status != PP_OK) {
            pp_result_free(*out);
            *out = NULL;
        }
    }
    return status;
}

static const char *const tables[] = {NULL}; /* its figure has them */

const pp__analysis pp__analysis_shares = {
    .name = "shares",
    .command = "drivers",
    .title = "Push against pull: what each factor accounts for",
    .about = "Of what the model explains beyond its baseline of time, each factor's "
             "share is the mean of "
             "what it adds over all orders in which the factors may enter (Shapley "
             "values; within "
             "groups Owen values). Shares tell what goes together with adoption, and no "
             "causes.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_shares,
    .tables = tables,
};
