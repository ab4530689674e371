/* `pushpull verify DIR`: a run's files against its manifest. */
#include "base/check.h"
#include "study/manifest.h"
#include "study/run.h"

#include <pushpull/file.h>

#include <stdio.h>
#include <string.h>

pp_status pp__manifest_load(const char *folder, json_t **out, pp_error *err) {
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

size_t pp__manifest_count(const json_t *manifest, const char *list) {
    return json_array_size(json_object_get(manifest, list));
}

pp_status pp__manifest_file_at(const json_t *manifest, const char *list, size_t index,
                               pp__manifest_file *out, pp_error *err) {
    const json_t *entry = json_array_get(json_object_get(manifest, list), index);
    out->path = json_string_value(json_object_get(entry, "path"));
    out->digest = json_string_value(json_object_get(entry, "digest"));
    if (!out->path || !*out->path || !out->digest) {
        PP_FAIL(err, PP_E_CORRUPT, "the manifest has an entry without path or digest");
    }
    if (strcmp(list, "outputs") == 0 && (*out->path == '/' || strstr(out->path, ".."))) {
        PP_FAIL(err, PP_E_CORRUPT, "the manifest has an output outside its folder");
    }
    return PP_OK;
}

typedef struct verifying {
    pp_table *differing;
    const char *folder;
    int64_t same, missing, different, gone; /* gone: inputs that are elsewhere now */
} verifying;

static pp_status add_difference(verifying *v, const char *file, const char *role,
                                const char *outcome, pp_error *err) {
    pp_table *t = v->differing;
    int64_t row;
    PP_TRY(pp_table_append(t, &row, err));
    PP_TRY(pp_column_set_text(t, pp_table_find(t, "file"), row, file, err));
    PP_TRY(pp_column_set_text(t, pp_table_find(t, "role"), row, role, err));
    return pp_column_set_text(t, pp_table_find(t, "outcome"), row, outcome, err);
}

/* Inputs may have gone elsewhere since: that is told, and is no failure. */
static pp_status verify_file(verifying *v, const pp__manifest_file *file, int is_output,
                             pp_error *err) {
    const char *role = is_output ? "output" : "input";
    char path[2048], digest[PP_DIGEST_HEX];
    snprintf(path, sizeof path, "%s%s%s", is_output ? v->folder : "",
             is_output ? "/" : "", file->path);
    if (pp_digest_file(path, digest, NULL) != PP_OK) {
        v->missing += is_output;
        v->gone += !is_output;
        return add_difference(v, file->path, role, "missing", err);
    }
    if (strcmp(digest, file->digest) != 0) {
        v->different++;
        return add_difference(v, file->path, role, "differs", err);
    }
    v->same++;
    return PP_OK;
}

static pp_status verify_list(verifying *v, const json_t *manifest, const char *list,
                             const pp_context *ctx, pp_error *err) {
    size_t n = pp__manifest_count(manifest, list);
    for (size_t i = 0; i < n; i++) {
        pp__manifest_file file;
        PP_TRY(pp_progress(ctx, "verifying", (double)i / (double)n, err));
        PP_TRY(pp__manifest_file_at(manifest, list, i, &file, err));
        PP_TRY(verify_file(v, &file, strcmp(list, "outputs") == 0, err));
    }
    return PP_OK;
}

static pp_status add_summary(const verifying *v, pp_table *table, pp_error *err) {
    const struct {
        const char *outcome;
        int64_t files;
    } rows[] = {{"same", v->same},
                {"differs", v->different},
                {"missing", v->missing},
                {"input elsewhere", v->gone}};
    pp_column *outcome, *files;
    PP_TRY(pp_table_add(table, PP_TEXT, "outcome", &outcome, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "files", &files, err));
    files->show = PP_SHOW_COUNT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp_column_set_text(table, outcome, row, rows[i].outcome, err));
        files->number[row] = (double)rows[i].files;
    }
    return PP_OK;
}

static pp_status verify_all(verifying *v, const json_t *manifest, pp_result *result,
                            const pp_context *ctx, pp_error *err) {
    static const char *const columns[] = {"file", "role", "outcome"};
    pp_table *summary;
    PP_TRY(pp_result_add(result, "verify", "Files against the manifest", &summary, err));
    PP_TRY(pp_result_add(result, "differences", "Files that are not as they were",
                         &v->differing, err));
    for (int i = 0; i < 3; i++) {
        PP_TRY(pp_table_add(v->differing, PP_TEXT, columns[i], NULL, err));
    }
    PP_TRY(verify_list(v, manifest, "outputs", ctx, err));
    PP_TRY(verify_list(v, manifest, "inputs", ctx, err));
    PP_TRY(add_summary(v, summary, err));
    if (v->different + v->missing > 0) {
        pp_error_set(err, PP_E_CORRUPT,
                     "%lld files differ from the manifest, %lld are missing",
                     (long long)v->different, (long long)v->missing);
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
    pp_result *result = NULL;
    verifying v = {.folder = folder};
    PP_TRY(pp__manifest_load(folder, &manifest, err));
    pp_status status = pp_result_new("verify", &result, err);
    if (status == PP_OK) {
        status = verify_all(&v, manifest, result, ctx, err);
    }
    json_decref(manifest);
    if (status != PP_OK && status != PP_E_CORRUPT) {
        pp_result_free(result);
        result = NULL;
    }
    *out = result;
    return status;
}
