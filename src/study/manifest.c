/* manifest.json: what a run read, what it was told, what it wrote. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/file.h>
#include <pushpull/version.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static pp_status add_file(json_t *list, const char *path, const char *shown,
                          pp_error *err) {
    char digest[PP_DIGEST_HEX];
    struct stat info;
    PP_TRY(pp_digest_file(path, digest, err));
    double bytes = stat(path, &info) == 0 ? (double)info.st_size : -1;
    json_t *entry = json_pack("{s:s, s:s, s:I}", "path", shown, "digest", digest, "bytes",
                              (json_int_t)bytes);
    if (!entry || json_array_append_new(list, entry) != 0) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

/* Lists `folder`/`name``ending` of the run when it was written. */
static pp_status add_output(pp__run *run, json_t *list, const char *folder,
                            const char *name, const char *ending, pp_error *err) {
    char shown[512];
    snprintf(shown, sizeof shown, "%s%s%s", folder, name, ending);
    const char *path = pp__run_path(run, shown);
    PP_NEED(path, err);
    return pp_file_exists(path) ? add_file(list, path, shown, err) : PP_OK;
}

/* Only what a run writes: what else lies in its folder is not ours. */
static pp_status add_outputs(pp__run *run, json_t *list, pp_error *err) {
    static const char *const files[] = {"evidence.db", "panel.parquet", "report.html"};
    static const char *const drawings[] = {".vl.json", ".svg", ".png"};
    static const char *const renderings[] = {".csv", ".md", ".tex"};
    for (int i = 0; i < 3; i++) {
        PP_TRY(add_output(run, list, "", files[i], "", err));
    }
    for (int f = 0; f < run->n_figures; f++) {
        for (int i = 0; i < 3; i++) {
            PP_TRY(add_output(run, list, "figures/", run->figures[f]->name, drawings[i],
                              err));
        }
    }
    for (int t = 0; t < pp_result_tables(run->out); t++) {
        const char *name = pp_result_table_name(run->out, t);
        for (int i = 0; i < 3; i++) {
            PP_TRY(add_output(run, list, "tables/", name, renderings[i], err));
        }
    }
    const pp_table *briefs = pp_result_find(run->out, "briefs");
    for (int64_t i = 0; briefs && i < pp_table_rows(briefs); i++) {
        const char *name = pp_column_get_text(pp_table_find(briefs, "file"), i);
        PP_TRY(add_output(run, list, "briefs/", name, ".html", err));
        PP_TRY(add_output(run, list, "briefs/", name, ".md", err));
    }
    return PP_OK;
}

static pp_status add_inputs(const pp__run *run, json_t *list, pp_error *err) {
    const pp_study *study = run->study;
    const pp_study_file files[] = {study->evidence.claims, study->evidence.sources,
                                   study->evidence.searches, study->evidence.store,
                                   study->panel.indicators};
    PP_TRY(add_file(list, study->file, study->file, err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].path) {
            PP_TRY(add_file(list, files[i].path, files[i].path, err));
        }
    }
    pp_study_file more[PP_STUDY_FILES];
    int n = pp__analysis_files(study, more, PP_STUDY_FILES);
    for (int i = 0; i < n; i++) {
        PP_TRY(add_file(list, more[i].path, more[i].path, err));
    }
    for (const pp__run_input *input = run->inputs; input; input = input->next) {
        PP_TRY(add_file(list, input->path, input->path, err));
    }
    return PP_OK;
}

static json_t *utc_now(void) {
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return json_string(text);
}

static json_t *durations(const pp__run *run) {
    json_t *list = json_object();
    for (int i = 0; list && i < run->n_steps; i++) {
        json_object_set_new(list, run->steps[i].name, json_real(run->steps[i].seconds));
    }
    return list;
}

static pp_status build(pp__run *run, json_t *root, pp_error *err) {
    pp_buf study;
    pp_buf_init(&study);
    json_t *inputs = json_array(), *outputs = json_array();
    pp_status status = pp_file_read(run->study->file, 0, &study, err);
    if (status == PP_OK) {
        status = add_inputs(run, inputs, err);
    }
    if (status == PP_OK) {
        status = add_outputs(run, outputs, err);
    }
    if (status == PP_OK) {
        int failed = 0;
        failed |= json_object_set_new(root, "schema", json_string("pushpull-manifest/1"));
        failed |=
            json_object_set_new(root, "software", json_string("pushpull " PP_VERSION));
        failed |= json_object_set_new(root, "seed", json_integer(run->study->seed));
        failed |= json_object_set(root, "inputs", inputs);
        failed |= json_object_set(root, "outputs", outputs);
        failed |= json_object_set_new(root, "specification", json_string(study.data));
        failed |=
            json_object_set_new(root, "threads", json_integer(pp_threads(run->ctx)));
        failed |= json_object_set_new(root, "rows_in_markdown_and_latex_at_most",
                                      json_integer(PP_RUN_PROSE_ROWS));
        failed |= json_object_set_new(root, "finished", utc_now());
        failed |= json_object_set_new(root, "seconds", durations(run));
        if (failed) {
            status = pp_error_set(err, PP_E_MEMORY, "out of memory");
        }
    }
    json_decref(inputs);
    json_decref(outputs);
    pp_buf_clear(&study);
    return status;
}

pp_status pp__run_manifest(pp__run *run, pp_error *err) {
    const char *path = pp__run_path(run, "manifest.json");
    PP_NEED(path, err);
    json_t *root = json_object();
    pp_status status = root ? build(run, root, err) : PP_E_MEMORY;
    char *text = status == PP_OK
                     ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6))
                     : NULL;
    if (status == PP_OK) {
        status = text ? pp_file_write(path, text, (int64_t)strlen(text), err)
                      : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    free(text);
    json_decref(root);
    return status;
}
