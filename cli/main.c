#include "analysis.h"

#include <signal.h>

int main(int argc, char **argv) {
    cli_call call;
    pp_error err = {0};
    signal(SIGPIPE, SIG_DFL);
    pp_status status = cli_parse(argc, argv, &call, &err);
    status = status == PP_OK ? cli_context(&call, &err) : status;
    if (status == PP_OK) {
        if (cli_flag(&call, "help")) {
            pp_buf text;
            pp_buf_init(&text);
            cli_help_command(call.command, &text);
            status = pp_buf_check(&text, &err);
            status = status == PP_OK ? cli_put(text.data, &err) : status;
            pp_buf_clear(&text);
        } else {
            status = cli_check_analysis(&call, &err);
            status = status == PP_OK ? call.command->run(&call, &err) : status;
        }
    }
    if (status != PP_OK) {
        cli_print_error(&call, &err);
    }
    return pp_status_exit_code(status);
}
