/* manifest.json: what a run read, what it was told, what it wrote. */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/file.h>
#include <pushpull/version.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
    return PP_OK;
}

static pp_status add_inputs(const pp_study *study, json_t *list, pp_error *err) {
    const pp_study_file files[] = {study->evidence.claims, study->evidence.sources,
                                   study->evidence.searches, study->evidence.store,
                                   study->panel.indicators};
    PP_TRY(add_file(list, study->file, study->file, err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].path) {
            PP_TRY(add_file(list, files[i].path, files[i].path, err));
        }
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
        status = add_inputs(run->study, inputs, err);
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

typedef struct verifying {
    pp_table *table;
    const char *folder;
    int64_t wrong;
} verifying;

static pp_status add_outcome(verifying *v, const char *file, const char *role,
                             const char *outcome, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(v->table, &row, err));
    PP_TRY(pp_column_set_text(v->table, pp_table_find(v->table, "file"), row, file, err));
    PP_TRY(pp_column_set_text(v->table, pp_table_find(v->table, "role"), row, role, err));
    return pp_column_set_text(v->table, pp_table_find(v->table, "outcome"), row, outcome,
                              err);
}

/* Inputs may have gone elsewhere since: that is told, and is no failure. */
static pp_status verify_entry(verifying *v, const json_t *entry, const char *role,
                              pp_error *err) {
    const char *shown = json_string_value(json_object_get(entry, "path"));
    const char *expected = json_string_value(json_object_get(entry, "digest"));
    if (!shown || !expected) {
        PP_FAIL(err, PP_E_CORRUPT, "the manifest has an entry without path or digest");
    }
    int is_output = strcmp(role, "output") == 0;
    char path[2048], digest[PP_DIGEST_HEX];
    snprintf(path, sizeof path, "%s%s%s", is_output ? v->folder : "",
             is_output ? "/" : "", shown);
    pp_status status = pp_digest_file(path, digest, NULL);
    const char *outcome = status != PP_OK                 ? "missing"
                          : strcmp(digest, expected) == 0 ? "same"
                                                          : "differs";
    v->wrong += strcmp(outcome, "differs") == 0 || (is_output && status != PP_OK);
    return add_outcome(v, shown, role, outcome, err);
}

static pp_status verify_list(verifying *v, const json_t *list, const char *role,
                             const pp_context *ctx, pp_error *err) {
    if (!json_is_array(list)) {
        PP_FAIL(err, PP_E_CORRUPT, "the manifest has no list of %ss", role);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        PP_TRY(pp_progress(ctx, "verifying", (double)i / (double)json_array_size(list),
                           err));
        PP_TRY(verify_entry(v, json_array_get(list, i), role, err));
    }
    return PP_OK;
}

static pp_status load_manifest(const char *folder, json_t **out, pp_error *err) {
    char path[2048];
    pp_buf text;
    json_error_t problem;
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    pp_buf_init(&text);
    pp_status status = pp_file_read(path, 64 << 20, &text, err);
    if (status == PP_E_NOT_FOUND) {
        pp_error_hint(err, "name the folder of a finished run: it has a manifest.json");
    } else if (status == PP_OK) {
        *out =
            json_loadb(text.data, (size_t)text.length, JSON_REJECT_DUPLICATES, &problem);
        if (!*out) {
            status =
                pp_error_set(err, PP_E_CORRUPT, "is not valid JSON: %s", problem.text);
            pp_error_locate(err, path, problem.line, NULL, NULL);
        }
    }
    pp_buf_clear(&text);
    return status;
}

static int is_below(const char *path) {
    return path && *path && *path != '/' && !strstr(path, "..");
}

pp_status pp__run_forget(const char *folder, pp_error *err) {
    char path[2048];
    json_t *manifest = NULL;
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    if (!pp_file_exists(path)) {
        return PP_OK;
    }
    if (load_manifest(folder, &manifest, NULL) == PP_OK) {
        const json_t *outputs = json_object_get(manifest, "outputs");
        for (size_t i = 0; i < json_array_size(outputs); i++) {
            const json_t *entry = json_array_get(outputs, i);
            const char *shown = json_string_value(json_object_get(entry, "path"));
            char old[2048];
            snprintf(old, sizeof old, "%s/%s", folder, is_below(shown) ? shown : "");
            if (is_below(shown) && !pp_file_is_folder(old)) {
                unlink(old);
            }
        }
    }
    json_decref(manifest);
    if (unlink(path) != 0) {
        pp_error_set(err, PP_E_IO, "cannot replace an earlier run");
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err,
                      "look at the folder's permissions, or name another with --out");
        return PP_E_IO;
    }
    return PP_OK;
}

static pp_status verify_all(verifying *v, const json_t *manifest, const pp_context *ctx,
                            pp_error *err) {
    PP_TRY(pp_table_add(v->table, PP_TEXT, "file", NULL, err));
    PP_TRY(pp_table_add(v->table, PP_TEXT, "role", NULL, err));
    PP_TRY(pp_table_add(v->table, PP_TEXT, "outcome", NULL, err));
    PP_TRY(verify_list(v, json_object_get(manifest, "outputs"), "output", ctx, err));
    PP_TRY(verify_list(v, json_object_get(manifest, "inputs"), "input", ctx, err));
    if (v->wrong) {
        pp_error_set(err, PP_E_CORRUPT,
                     "%lld files differ from the manifest or are missing",
                     (long long)v->wrong);
        pp_error_locate(err, v->folder, 0, NULL, NULL);
        pp_error_hint(err, "run the study again, or look at the files that differ");
        return PP_E_CORRUPT;
    }
    return PP_OK;
}

pp_status pp_run_verify(const char *folder, const pp_context *ctx, pp_result **out,
                        pp_error *err) {
    *out = NULL;
    json_t *manifest = NULL;
    PP_TRY(load_manifest(folder, &manifest, err));
    verifying v = {.folder = folder};
    pp_result *result = NULL;
    pp_status status = pp_result_new("verify", &result, err);
    if (status == PP_OK) {
        status =
            pp_result_add(result, "verify", "Files against the manifest", &v.table, err);
    }
    if (status == PP_OK) {
        status = verify_all(&v, manifest, ctx, err);
    }
    json_decref(manifest);
    if (status != PP_OK && status != PP_E_CORRUPT) {
        pp_result_free(result);
        result = NULL;
    }
    *out = result;
    return status;
}
