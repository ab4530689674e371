#include "report/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIME_LIMIT_MS = 60000, WAIT_MS = 20 };

const char *pp__program_find(const char *wanted, const char *const *usual) {
    if (wanted) {
        return access(wanted, X_OK) == 0 ? wanted : NULL;
    }
    while (*usual && access(*usual, X_OK) != 0) {
        usual++;
    }
    return *usual;
}

/* The program's own output goes nowhere: what it makes are files. */
static int start(char *const *args, pid_t *pid) {
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
        failed = posix_spawn(pid, args[0], &actions, NULL, args, environment);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

pp_status pp__program_run(char *const *args, const char *stage, const pp_context *ctx,
                          int *code, pp_error *err) {
    const struct timespec pause = {0, WAIT_MS * 1000000L};
    pp_status status = PP_OK;
    pid_t pid;
    int state = 0;
    *code = start(args, &pid) == 0 ? -1 : -2;
    if (*code == -2) {
        return PP_OK;
    }
    for (int waited = 0; waited < TIME_LIMIT_MS; waited += WAIT_MS) {
        pid_t ended = waitpid(pid, &state, WNOHANG);
        if (ended == pid) {
            *code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
            return PP_OK;
        }
        status = pp_progress(ctx, stage, -1, err);
        if (status != PP_OK || (ended < 0 && errno != EINTR)) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &state, 0);
    return status;
}
