/* A run works in a folder aside, and its files come into place together, at the end: a run that fails
   or is cancelled leaves the one before it as it was. */
#include "base/check.h"
#include "study/manifest.h"
#include "study/run.h"

#include <pushpull/file.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As rm -r; what cannot be removed stays. Links are removed and not followed. */
static void remove_tree(const char *path) {
    struct stat info;
    if (lstat(path, &info) != 0) {
        return;
    }
    DIR *folder = S_ISDIR(info.st_mode) ? opendir(path) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char child[2048];
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
            remove_tree(child);
        }
    }
    if (folder) {
        closedir(folder);
    }
    remove(path);
}

pp_status pp__run_open_folder(pp__run *run, pp_error *err) {
    run->is_new_folder = !pp_file_exists(run->options->out);
    run->folder = pp_arena_printf(&run->arena, "%s/.pushpull-partial", run->options->out);
    PP_NEED(run->folder, err);
    PP_TRY(pp_file_make_folder(run->options->out, err));
    remove_tree(run->folder);
    return pp_file_make_folder(run->folder, err);
}

void pp__run_drop_folder(pp__run *run) {
    if (run->folder) {
        remove_tree(run->folder);
    }
    if (run->folder && run->is_new_folder) {
        rmdir(run->options->out);
    }
}

/* The digest that the earlier run's manifest holds of an output; NULL when it holds none. */
static const char *known_digest(const json_t *earlier, const char *path) {
    for (size_t i = 0; earlier && i < pp__manifest_count(earlier, "outputs"); i++) {
        pp__manifest_file file;
        if (pp__manifest_file_at(earlier, "outputs", i, &file, NULL) == PP_OK &&
            strcmp(file.path, path) == 0) {
            return file.digest;
        }
    }
    return NULL;
}

/* A journal beside the store that is not empty holds changes that are not in the file yet. */
static int has_journal(const char *store) {
    char journal[2100];
    struct stat info;
    snprintf(journal, sizeof journal, "%s-wal", store);
    return stat(journal, &info) == 0 && info.st_size > 0;
}

static void remove_journals(const pp__run *run) {
    static const char *const suffixes[] = {"-wal", "-shm"};
    for (int i = 0; i < 2; i++) {
        char journal[2048];
        snprintf(journal, sizeof journal, "%s/evidence.db%s", run->options->out,
                 suffixes[i]);
        unlink(journal);
    }
}

/* Only what an earlier run wrote, and nobody has changed since, is replaced: a store with decisions in
   it and a stranger's report.html are not. */
static pp_status check_replaceable(pp__run *run, const json_t *earlier, const char *path,
                                   pp_error *err) {
    char target[2048], digest[PP_DIGEST_HEX];
    snprintf(target, sizeof target, "%s/%s", run->options->out, path);
    if (!pp_file_exists(target)) {
        return PP_OK;
    }
    const char *known = known_digest(earlier, path);
    PP_TRY(pp_digest_file(target, digest, err));
    if (known && strcmp(known, digest) == 0 && !has_journal(target)) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_CONFLICT,
                 known ? "was changed since the run that wrote it; it is not overwritten"
                       : "is there already and is no output of an earlier run");
    pp_error_locate(err, target, 0, NULL, NULL);
    if (strcmp(path, "evidence.db") == 0) {
        pp_error_hint(err,
                      "it may hold decisions: move it, name it in the study file as "
                      "`evidence: {store: …}`, or run into another folder with --out");
    } else {
        pp_error_hint(err, "move it away, or run into another folder with --out");
    }
    return PP_E_CONFLICT;
}

static void remove_earlier(pp__run *run, const json_t *earlier) {
    char target[2048];
    snprintf(target, sizeof target, "%s/manifest.json", run->options->out);
    unlink(target);
    for (size_t i = 0; earlier && i < pp__manifest_count(earlier, "outputs"); i++) {
        pp__manifest_file file;
        char digest[PP_DIGEST_HEX];
        if (pp__manifest_file_at(earlier, "outputs", i, &file, NULL) == PP_OK) {
            snprintf(target, sizeof target, "%s/%s", run->options->out, file.path);
            if (pp_digest_file(target, digest, NULL) == PP_OK &&
                strcmp(digest, file.digest) == 0) {
                unlink(target);
            }
        }
    }
}

static pp_status make_folder_of(const char *path, pp_error *err) {
    char folder[2048];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    *slash = '\0';
    return pp_file_exists(folder) ? PP_OK : pp_file_make_folder(folder, err);
}

static pp_status move_into_place(pp__run *run, const char *path, pp_error *err) {
    char from[2048], to[2048];
    snprintf(from, sizeof from, "%s/%s", run->folder, path);
    snprintf(to, sizeof to, "%s/%s", run->options->out, path);
    PP_TRY(make_folder_of(to, err));
    if (rename(from, to) != 0) {
        pp_error_set(err, PP_E_IO, "cannot put it in place: %s", strerror(errno));
        pp_error_locate(err, to, 0, NULL, NULL);
        return PP_E_IO;
    }
    return PP_OK;
}

static pp_status place(pp__run *run, const json_t *manifest, const json_t *earlier,
                       pp_error *err) {
    size_t n = pp__manifest_count(manifest, "outputs");
    pp__manifest_file file;
    for (size_t i = 0; i < n; i++) {
        PP_TRY(pp__manifest_file_at(manifest, "outputs", i, &file, err));
        PP_TRY(check_replaceable(run, earlier, file.path, err));
    }
    remove_earlier(run, earlier);
    remove_journals(run);
    for (size_t i = 0; i < n; i++) {
        PP_TRY(pp__manifest_file_at(manifest, "outputs", i, &file, err));
        PP_TRY(move_into_place(run, file.path, err));
    }
    return move_into_place(run, "manifest.json", err);
}

pp_status pp__run_place(pp__run *run, pp_error *err) {
    json_t *manifest = NULL, *earlier = NULL;
    pp_status status = pp__manifest_load(run->folder, &manifest, err);
    if (status == PP_OK) {
        pp__manifest_load(run->options->out, &earlier, NULL);
        status = place(run, manifest, earlier, err);
    }
    json_decref(manifest);
    json_decref(earlier);
    return status;
}
