/* Loading, freeing and looking things up. */
#include "study/study_check.h"

#include "base/check.h"
#include <pushpull/file.h>
#include <pushpull/text.h>
#include <string.h>

void pp_study_free(pp_study *study) {
    if (study) {
        pp_arena arena = study->arena;
        pp_arena_clear(&arena);
        pp_free(study);
    }
}

_Static_assert((int)PP_STUDY_BYTES == (int)PP__YAML_BYTES &&
                   (int)PP_STUDY_DEPTH == (int)PP__YAML_DEPTH &&
                   (int)PP_STUDY_NODES == (int)PP__YAML_NODES,
               "the limits that study.h tells are those of YAML files");

static pp_status fill(pp_study *study, const char *text, int64_t length, const char *name,
                      const char *folder, const pp__study_settings *settings,
                      pp__problems *problems, pp_error *err) {
    pp__yaml *tree;
    study->file = pp_arena_strdup(&study->arena, name);
    study->folder = pp_arena_strdup(&study->arena, folder);
    PP_NEED(study->file, err);
    PP_NEED(study->folder, err);
    const pp__yaml_source source = {study->file, "study file",
                                    "`pushpull init NAME` makes one to start from"};
    PP_TRY(pp__yaml_parse(text, length, &source, &study->arena, &tree, err));
    for (int64_t i = 0; settings && i < settings->n; i++) {
        PP_TRY(pp__study_set(tree, settings->text[i], &study->arena, err));
    }
    study->tree = tree;
    PP_TRY(pp__study_fill(study, problems, err));
    PP_TRY(pp__study_link(study, problems, err));
    return pp__problems_sort(problems, err);
}

pp_status pp__study_load(const char *text, int64_t length, const char *name,
                         const char *folder, const pp__study_settings *settings,
                         pp__problems *problems, pp_study **out, pp_error *err) {
    pp_study *study = pp_calloc(1, sizeof *study);
    pp_status status;
    *out = NULL;
    PP_NEED(study, err);
    pp_arena_init(&study->arena);
    status = fill(study, text, length, name, folder, settings, problems, err);
    if (status != PP_OK) {
        pp_study_free(study);
        return status;
    }
    *out = study;
    return PP_OK;
}

static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder;
    if (!slash) {
        return pp_strdup(".");
    }
    folder = pp_strdup(path);
    if (folder) {
        folder[slash == path ? 1 : slash - path] = '\0';
    }
    return folder;
}

pp_status pp__study_load_file(const char *path, const pp__study_settings *settings,
                              pp__problems *problems, pp_study **out, pp_error *err) {
    char *folder = folder_of(path);
    pp_status status;
    pp_buf text;
    *out = NULL;
    PP_NEED(folder, err);
    pp_buf_init(&text);
    status = pp_file_read(path, PP_STUDY_BYTES, &text, err);
    if (status == PP_OK) {
        status = pp__study_load(text.data ? text.data : "", text.length, path, folder,
                                settings, problems, out, err);
    }
    pp_buf_clear(&text);
    pp_free(folder);
    return status;
}

/* A study with problems is no study to its caller. */
static pp_status finish(pp_status status, pp__problems *problems, pp_study **out,
                        pp_error *err) {
    if (status == PP_OK) {
        status = pp__problems_status(problems, err);
    }
    pp_table_free(problems->table);
    if (status != PP_OK) {
        pp_study_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp_study_read(const char *path, pp_study **out, pp_error *err) {
    return pp_study_read_with(path, NULL, 0, out, err);
}

pp_status pp_study_read_with(const char *path, const char *const *settings, int64_t n,
                             pp_study **out, pp_error *err) {
    pp__study_settings with = {settings, n};
    pp__problems problems = {0};
    pp_status status = pp__problems_init(&problems, path, err);
    *out = NULL;
    if (status == PP_OK) {
        status = pp__study_load_file(path, &with, &problems, out, err);
    }
    return finish(status, &problems, out, err);
}

pp_status pp_study_read_text(const char *text, int64_t length, const char *name,
                             const char *folder, pp_study **out, pp_error *err) {
    pp__problems problems = {0};
    pp_status status = pp__problems_init(&problems, name, err);
    *out = NULL;
    if (status == PP_OK) {
        status = pp__study_load(text, length, name, folder, NULL, &problems, out, err);
    }
    return finish(status, &problems, out, err);
}

/* `entries` begin with their name; NULL when none has it. */
static const void *find(const void *entries, int64_t n, size_t size, const char *name) {
    for (int64_t i = 0; name && i < n; i++) {
        const char *entry = (const char *)entries + (size_t)i * size, *its_name;
        memcpy(&its_name, entry, sizeof its_name);
        if (strcmp(its_name, name) == 0) {
            return entry;
        }
    }
    return NULL;
}

const pp_study_rule *pp_study_find_rule(const pp_study *study, const char *name) {
    return find(study->rules, study->n_rules, sizeof *study->rules, name);
}

const pp_study_variable *pp_study_find_variable(const pp_study *study, const char *name) {
    return find(study->variables, study->n_variables, sizeof *study->variables, name);
}

const pp_study_group *pp_study_find_group(const pp_study *study, const char *name) {
    return find(study->factors, study->n_factors, sizeof *study->factors, name);
}

const pp_study_model *pp_study_find_model(const pp_study *study, const char *name) {
    return find(study->models, study->n_models, sizeof *study->models, name);
}

const pp_study_design *pp_study_find_design(const pp_study *study, const char *name) {
    return find(study->designs, study->n_designs, sizeof *study->designs, name);
}

pp_panel_spec pp_study_panel(const pp_study *study, const pp_study_model *model) {
    const pp_study_rule *rule =
        pp_study_find_rule(study, model ? model->rule : study->panel.outcome);
    return (pp_panel_spec){
        .unit = study->panel.unit,
        .city_population = study->panel.city_population,
        .first_year = (int)study->panel.years[0],
        .last_year = (int)study->panel.years[1],
        .excluded = study->panel.exclude,
        .lag = (int)study->panel.lag,
        .derived = study->derived,
        .n_derived = study->n_derived,
        .supplier_unknown =
            model ? model->supplier_unknown : study->panel.supplier_unknown,
        .not_searched = model ? model->not_searched : study->panel.not_searched,
        .undated = rule ? rule->rule.undated : NULL,
    };
}

pp_panel_spec pp_study_design_panel(const pp_study *study,
                                    const pp_study_design *design) {
    const pp_study_rule *rule = pp_study_find_rule(study, design->rule);
    pp_panel_spec spec = pp_study_panel(study, NULL);
    spec.first_year = (int)design->years[0];
    spec.last_year = (int)design->years[1];
    spec.lag = 0;
    spec.undated = rule ? rule->rule.undated : NULL;
    return spec;
}

static pp_status check(const char *path, const pp_gazetteer *gazetteer,
                       const pp_context *ctx, pp__problems *problems, pp_result *result,
                       pp_error *err) {
    pp_study *study;
    pp_status status;
    PP_TRY(pp__study_load_file(path, NULL, problems, &study, err));
    status = pp__study_find_problems(study, gazetteer, ctx, problems, err);
    if (status == PP_OK) {
        status = pp__problems_sort(problems, err);
    }
    if (status == PP_OK) {
        status =
            pp_result_take(result, "problems", "What is wrong", problems->table, err);
    }
    if (status == PP_OK) {
        problems->owned = 1;
        status = pp__study_list_steps(study, result, err);
    }
    pp_study_free(study);
    return status;
}

pp_status pp_study_check(const char *path, const pp_gazetteer *gazetteer,
                         const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__problems problems = {0};
    pp_status status;
    *out = NULL;
    PP_TRY(pp_result_new("check", out, err));
    status = pp__problems_init(&problems, path, err);
    if (status == PP_OK) {
        status = check(path, gazetteer, ctx, &problems, *out, err);
    }
    if (!problems.owned) {
        pp_table_free(problems.table);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
        return status;
    }
    return pp__problems_status(&problems, err);
}
