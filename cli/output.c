#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

static int progress_shown;

static int on_terminal(int descriptor) {
    return isatty(descriptor) == 1;
}

/* A line on the terminal, rewritten at most ten times a second. */
static int show_progress(void *payload, const char *stage, double fraction) {
    cli_call *call = payload;
    static struct timespec last;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double since =
        (double)(now.tv_sec - last.tv_sec) + 1e-9 * (double)(now.tv_nsec - last.tv_nsec);
    if (since > 0.1 && !cli_flag(call, "quiet") && on_terminal(STDERR_FILENO)) {
        last = now;
        progress_shown = 1;
        if (fraction >= 0) {
            fprintf(stderr, "\r\033[K%s … %.0f%%", stage, 100 * fraction);
        } else {
            fprintf(stderr, "\r\033[K%s …", stage);
        }
        fflush(stderr);
    }
    return interrupted;
}

static void clear_progress(void) {
    if (progress_shown) {
        fputs("\r\033[K", stderr);
        progress_shown = 0;
    }
}

static void show_log(void *payload, pp_log_level level, const char *message) {
    cli_call *call = payload;
    if (level == PP_LOG_WARNING || (level == PP_LOG_INFO && !cli_flag(call, "quiet"))) {
        clear_progress();
        fprintf(stderr, "%s%s\n", level == PP_LOG_WARNING ? "warning: " : "", message);
    }
}

pp_status cli_context(cli_call *call, pp_error *err) {
    struct sigaction action = {.sa_handler = note_interrupt,
                               .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int threads, all = processors < 1 ? 1 : processors > 256 ? 256 : (int)processors;
    CLI_TRY(cli_int_in(call, "threads", all, 1, 256, &threads, err));
    call->ctx = (pp_context){.threads = threads,
                             .progress = show_progress,
                             .progress_payload = call,
                             .log = show_log,
                             .log_payload = call};
    return PP_OK;
}

int cli_width(void) {
    struct winsize size;
    if (on_terminal(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        return size.ws_col;
    }
    return 0;
}

pp_status cli_put(const char *text, pp_error *err) {
    clear_progress();
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0) {
        return pp_error_set(err, PP_E_IO, "cannot write to standard output: %s",
                            strerror(errno));
    }
    return PP_OK;
}

pp_status cli_print(const cli_call *call, const pp_result *result, pp_error *err) {
    pp_format format = PP_FORMAT_JSON;
    pp_status status = PP_OK;
    if (!cli_flag(call, "json")) {
        status = pp_format_parse(cli_value(call, "format", "text"), &format, err);
    }
    pp_buf out;
    pp_buf_init(&out);
    if (status == PP_OK) {
        status = pp_result_render(result, format, cli_value(call, "table", NULL),
                                  cli_width(), &out, err);
    }
    if (status == PP_OK) {
        status = cli_put(out.data ? out.data : "", err);
    }
    pp_buf_clear(&out);
    return status;
}

void cli_say(const char *format, ...) {
    va_list args;
    clear_progress();
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void cli_print_error(const cli_call *call, const pp_error *err) {
    char text[2048];
    pp_error_format(err, text, sizeof text);
    clear_progress();
    if (call && call->command) {
        fprintf(stderr, "pushpull %s: %s\n", call->command->name, text);
    } else {
        fprintf(stderr, "pushpull: %s\n", text);
    }
}

pp_status cli_finish(const cli_call *call, pp_status status, pp_result *result,
                     pp_error *err) {
    if (result) {
        pp_error printing = {0};
        pp_status printed = cli_print(call, result, &printing);
        if (status == PP_OK && printed != PP_OK) {
            status = printed;
            *err = printing;
        }
    }
    pp_result_free(result);
    return status;
}
