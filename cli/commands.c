#include "cli.h"

#include <string.h>

const cli_option cli_common[] = {
    {"help", NULL, "show the help of this command", NULL},
    {"json", NULL, "print the result as one JSON envelope", NULL},
    {"format", "FORMAT", "of the result: text, markdown, latex, html, csv or json",
     "text|markdown|latex|html|csv|json"},
    {"table", "NAME", "print only this table of the result", NULL},
    {"threads", "N", "threads to work on; default: all processors", NULL},
    {"quiet", NULL, "no progress and no remarks on standard error", NULL},
    {"data-folder", "DIR", "where the data that come with pushpull are", NULL},
    {0},
};

static const cli_option help_options[] = {
    {"man", "DIR", "write the man pages into this folder", NULL},
    {"completion", "SHELL", "print the completion for bash or zsh", "bash|zsh"},
    {0},
};

const cli_command cli_commands[] = {
    {"version", "", 0, 0, "print the version", "Prints the version of the program and of its JSON.",
     NULL, NULL, cmd_version},
    {"help", "[COMMAND]", 0, 1, "tell of the commands, or of one",
     "Without an operand lists the commands. It also writes the man pages and the completion.",
     help_options, "pushpull help fit\npushpull help --completion bash > "
                   "/etc/bash_completion.d/pushpull\n",
     cmd_help},
    {0},
};

const cli_command *cli_find(const char *name) {
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}
