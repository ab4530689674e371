/* Two files that appear together. Both are written into a folder aside, which is renamed once they are whole:
   from then on the edit is made, and whoever comes next can end the move. */
#include "strategy/registry_edit.h"

#include "base/check.h"

#include <pushpull/file.h>
#include <pushpull/io.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BEING_WRITTEN ".changes-written"
#define READY         ".changes-ready"

static pp_status fail(const char *path, const char *what, pp_error *err) {
    pp_error_set(err, PP_E_IO, "%s: %s", what, strerror(errno));
    pp_error_locate(err, path, 0, NULL, NULL);
    pp_error_hint(err, "see to the folder's permissions and the room on the disk");
    return PP_E_IO;
}

/* Moves the files of `aside` into the folder (or removes them), and it after them. */
static pp_status empty(const char *folder, const char *aside, int keep, pp_error *err) {
    char from[2048], path[2600], to[2600];
    struct dirent *entry;
    pp_status status = PP_OK;
    snprintf(from, sizeof from, "%s/%s", folder, aside);
    DIR *files = opendir(from);
    if (!files) {
        return PP_OK; /* there is none */
    }
    while (status == PP_OK && (entry = readdir(files))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", from, entry->d_name);
        snprintf(to, sizeof to, "%s/%s", folder, entry->d_name);
        if (keep ? rename(path, to) != 0 : unlink(path) != 0) {
            status = fail(path, "cannot move it into place", err);
        }
    }
    closedir(files);
    if (status == PP_OK && rmdir(from) != 0) {
        status = fail(from, "cannot remove it", err);
    }
    return status;
}

pp_status pp__registry_recover(const char *folder, pp_error *err) {
    PP_TRY(empty(folder, READY, 1, err));
    return empty(folder, BEING_WRITTEN, 0, err);
}

pp_status pp__registry_commit(const char *folder, const char *name, const pp_table *table,
                              const pp_table *log, const pp_context *ctx, pp_error *err) {
    char aside[2048], ready[2048], path[2600];
    snprintf(aside, sizeof aside, "%s/" BEING_WRITTEN, folder);
    snprintf(ready, sizeof ready, "%s/" READY, folder);
    PP_TRY(pp_file_make_folder(aside, err));
    snprintf(path, sizeof path, "%s/%s.csv", aside, name);
    PP_TRY(pp_table_write(table, path, ctx, err));
    snprintf(path, sizeof path, "%s/changes.csv", aside);
    PP_TRY(pp_table_write(log, path, ctx, err));
    if (rename(aside, ready) != 0) {
        return fail(ready, "cannot put it in place", err);
    }
    return empty(folder, READY, 1, err);
}
