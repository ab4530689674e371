#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program, without a slash at its end; 0 when it is not known.
 */
static int program_folder(char *out, size_t size) {
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    if (n <= 0) {
        return 0;
    }
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash) {
        return 0;
    }
    *slash = '\0';
    return 1;
}

pp_status cli_data_folder(const cli_call *call, char *out, int64_t size, pp_error *err) {
    char program[1024];
    const char *given = cli_value(call, "data-folder", getenv("PUSHPULL_DATA"));
    if (given) {
        snprintf(out, (size_t)size, "%s", given);
        if (pp_file_is_folder(out)) {
            return PP_OK;
        }
    } else if (program_folder(program, sizeof program)) {
        snprintf(out, (size_t)size, "%s/share/pushpull", program);
        if (pp_file_is_folder(out)) {
            return PP_OK;
        }
        snprintf(out, (size_t)size, "%s/../share/pushpull", program);
        if (pp_file_is_folder(out)) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_NOT_FOUND, "cannot find the data that come with pushpull");
    pp_error_locate(err, given, 0, NULL, NULL);
    pp_error_hint(err,
                  "name their folder with --data-folder or the variable PUSHPULL_DATA; "
                  "it has the folders study and web");
    return PP_E_NOT_FOUND;
}

const char *cli_find_node(char *out, int64_t size) {
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        snprintf(out, (size_t)size, "%.*s/node", (int)n, path);
        if (access(out, X_OK) == 0 && !pp_file_is_folder(out)) {
            return out;
        }
        path += n + (path[n] == ':');
    }
    return NULL;
}
