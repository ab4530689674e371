/* SVG and PNG twins of figures, drawn by Node and Vega in a process of its own. */
#include "base/check.h"

#include <pushpull/figure.h>
#include <pushpull/file.h>
#include <pushpull/text.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIME_LIMIT_MS = 60000, WAIT_MS = 20 };

static const char *find_node(const char *node) {
    static const char *const usual[] = {"/usr/bin/node", "/usr/local/bin/node",
                                        "/opt/homebrew/bin/node"};
    if (node) {
        return access(node, X_OK) == 0 ? node : NULL;
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (access(usual[i], X_OK) == 0) {
            return usual[i];
        }
    }
    return NULL;
}

/* The program's own output goes nowhere: what it draws are files. */
static int start(const char *node, const char *script, const char *folder,
                 const char *modules, pid_t *pid) {
    char *const args[] = {(char *)node, (char *)script, (char *)folder, (char *)modules,
                          NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) {
        return failed;
    }
    for (int fd = 0; fd <= 2 && !failed; fd++) {
        failed = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
                                                  fd == 0 ? O_RDONLY : O_WRONLY, 0);
    }
    if (!failed) {
        failed = posix_spawn(pid, node, &actions, NULL, args, environment);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Waits for the end, the time limit or a cancel. `*code` is the exit status, -1: killed.
 */
static pp_status await_end(pid_t pid, const pp_context *ctx, int *code, pp_error *err) {
    const struct timespec pause = {0, WAIT_MS * 1000000L};
    pp_status status = PP_OK;
    int state = 0;
    *code = -1;
    for (int waited = 0; waited < TIME_LIMIT_MS; waited += WAIT_MS) {
        pid_t ended = waitpid(pid, &state, WNOHANG);
        if (ended == pid) {
            *code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
            return PP_OK;
        }
        status = pp_progress(ctx, "drawing figures", -1, err);
        if (status != PP_OK || (ended < 0 && errno != EINTR)) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &state, 0);
    return status;
}

static void say(char *why, const char *text) {
    if (why) {
        snprintf(why, PP_ERROR_MESSAGE, "%s", text);
    }
}

static pp_status draw(const char *node, const char *script, const char *folder,
                      const char *modules, const pp_context *ctx, int *drawn, char *why,
                      pp_error *err) {
    pid_t pid;
    int code;
    if (start(node, script, folder, modules, &pid) != 0) {
        say(why, "Node could not be started");
        return PP_OK;
    }
    PP_TRY(await_end(pid, ctx, &code, err));
    *drawn = code == 0;
    if (code != 0) {
        say(why, code < 0 ? "Node was stopped after a minute or ended by itself"
                          : "Node could not draw every figure");
    }
    return PP_OK;
}

pp_status pp_figures_render_twins(const char *node, const char *modules,
                                  const char *data_folder, const char *folder,
                                  const pp_context *ctx, int *drawn, char *why,
                                  pp_error *err) {
    pp_buf script;
    *drawn = 0;
    if (!pp_file_is_folder(folder)) {
        pp_error_set(err, PP_E_NOT_FOUND, "there is no such folder of figures");
        pp_error_locate(err, folder, 0, NULL, NULL);
        return PP_E_NOT_FOUND;
    }
    pp_buf_init(&script);
    pp_buf_printf(&script, "%s/web/figures.mjs", data_folder);
    pp_status status = pp_buf_check(&script, err);
    node = find_node(node);
    if (status == PP_OK && !node) {
        say(why, "Node was not found");
    } else if (status == PP_OK && !pp_file_exists(script.data)) {
        say(why, "the drawing script is not installed");
    } else if (status == PP_OK) {
        status = draw(node, script.data, folder, modules, ctx, drawn, why, err);
    }
    pp_buf_clear(&script);
    return status;
}
