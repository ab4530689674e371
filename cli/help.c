#include "cli.h"

#include <string.h>

/* Adds `text` broken at spaces to lines of 80 columns that begin after `indent` spaces.
   Line breaks in `text` stay. */
static void add_wrapped(pp_buf *out, const char *text, int indent, int column) {
    const char *s = text;
    while (*s) {
        int n = (int)strcspn(s, " \n");
        if (column > indent && column + 1 + n > 80) {
            pp_buf_printf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            pp_buf_add_char(out, ' ');
            column++;
        }
        pp_buf_add_bytes(out, s, n);
        column += n;
        s += n;
        if (*s == '\n') {
            pp_buf_printf(out, "\n%*s", indent, "");
            column = indent;
        }
        s += *s != '\0';
    }
    pp_buf_add_char(out, '\n');
}

void cli_help_overview(pp_buf *out) {
    pp_buf_add(out, "pushpull " PP_VERSION
                    ": who adopted which surveillance platforms from whom, and why\n\n"
                    "usage: pushpull COMMAND [OPERAND …] [--OPTION …]\n\n");
    for (const cli_command *c = cli_commands; c->name; c++) {
        pp_buf_printf(out, "  %-11s", c->name);
        add_wrapped(out, c->summary, 13, 13);
    }
    pp_buf_add(
        out,
        "\nStart with 'pushpull demo'. 'pushpull help COMMAND' tells of one command; "
        "'man pushpull'\nof all, with the exit codes.\n");
}

enum { INDENT = 24 };

static void add_models(pp_buf *out) {
    for (int i = 0; i < pp_model_count(); i++) {
        const pp_model_info *model = pp_model_get(i);
        pp_buf_printf(out, "%*s%-9s", INDENT, "", model->name);
        add_wrapped(out, model->title, INDENT + 9, INDENT + 9);
    }
}

static void add_options(pp_buf *out, const cli_option *options) {
    for (; options && options->name; options++) {
        int64_t start = out->length;
        pp_buf_printf(out, "  --%s%s%s", options->name, options->argument ? " " : "",
                      options->argument ? options->argument : "");
        int column = (int)(out->length - start);
        if (column >= INDENT) {
            pp_buf_add_char(out, '\n');
            column = 0;
        }
        pp_buf_printf(out, "%*s", INDENT - column, "");
        add_wrapped(out, options->help, INDENT, INDENT);
        if (options->choices == cli_models) {
            add_models(out);
        }
    }
}

void cli_help_command(const cli_command *command, pp_buf *out) {
    pp_buf_printf(out, "usage: pushpull %s%s%s [--OPTION …]\n\n", command->name,
                  *command->operands ? " " : "", command->operands);
    add_wrapped(out, command->summary, 0, 0);
    pp_buf_add_char(out, '\n');
    add_wrapped(out, command->about, 0, 0);
    if (command->options && command->options->name) {
        pp_buf_add(out, "\noptions:\n");
        add_options(out, command->options);
    }
    pp_buf_add(out, "\noptions of every command:\n");
    add_options(out, cli_common);
    if (command->examples) {
        pp_buf_add(out, "\nexamples:\n");
        for (const char *s = command->examples; *s;) {
            int n = (int)strcspn(s, "\n");
            pp_buf_printf(out, "  %.*s\n", n, s);
            s += n + (s[n] == '\n');
        }
    }
}
