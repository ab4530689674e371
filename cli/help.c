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

enum { IN_GROUP = 12, NAME_WIDTH = 18 };

/* In the order of a study and of the report. */
static const struct group {
    const char *title, *commands[IN_GROUP];
} groups[] = {
    {"A study", {"demo", "init", "check", "run", "verify", "export"}},
    {"The record", {"import", "show", "decide", "merge", "agreement"}},
    {"Drivers", {"drivers", "curve", "dates", "peers", "scenario", "forecast"}},
    {"What the record may lack", {"misclass", "tipping", "next", "occupancy", "lists"}},
    {"After adoption",
     {"mde", "effects", "did", "event-study", "match", "synth", "checks", "honest",
      "confound", "twfe"}},
    {"Market and access to data", {"market", "network", "lockin", "access"}},
    {"What can be done",
     {"standards", "profile", "segments", "messages", "claims-checked", "plan", "brief"}},
    {"A file of data", {"fit", "compare", "impute"}},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static const cli_command *find_command(const char *name) {
    const cli_command *c = cli_commands;
    while (c->name && strcmp(c->name, name) != 0) {
        c++;
    }
    return c->name ? c : NULL;
}

static int is_grouped(const char *name) {
    for (int g = 0; g < GROUPS; g++) {
        for (int i = 0; i < IN_GROUP && groups[g].commands[i]; i++) {
            if (strcmp(groups[g].commands[i], name) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

static void add_command(pp_buf *out, const cli_command *command) {
    pp_buf_printf(out, "  %-*s", NAME_WIDTH - 2, command->name);
    add_wrapped(out, command->summary, NAME_WIDTH, NAME_WIDTH);
}

void cli_help_overview(pp_buf *out) {
    pp_buf_add(out, "pushpull " PP_VERSION
                    ": who adopted which surveillance platforms from whom, and why\n\n"
                    "usage: pushpull COMMAND [OPERAND …] [--OPTION …]\n");
    for (int g = 0; g < GROUPS; g++) {
        pp_buf_printf(out, "\n%s:\n", groups[g].title);
        for (int i = 0; i < IN_GROUP && groups[g].commands[i]; i++) {
            const cli_command *command = find_command(groups[g].commands[i]);
            if (command) {
                add_command(out, command);
            }
        }
    }
    pp_buf_add(out, "\nAlso:\n");
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (!is_grouped(c->name)) {
            add_command(out, c);
        }
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
