#include "cli.h"

#include <string.h>

static void add_names(pp_buf *out, const cli_option *options) {
    for (; options && options->name; options++) {
        pp_buf_printf(out, " --%s", options->name);
    }
}

static void add_choices(pp_buf *out, const cli_option *options) {
    for (; options && options->name; options++) {
        if (!options->choices) {
            continue;
        }
        pp_buf_printf(out, "        --%s) COMPREPLY=($(compgen -W \"", options->name);
        cli_choices(options, " ", out);
        pp_buf_add(out, "\" -- \"$word\")); return ;;\n");
    }
}

static void add_bash(pp_buf *out) {
    pp_buf_add(
        out,
        "_pushpull() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local command=${COMP_WORDS[1]}\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"");
    for (const cli_command *c = cli_commands; c->name; c++) {
        pp_buf_printf(out, "%s%s", c == cli_commands ? "" : " ", c->name);
    }
    pp_buf_add(out, "\" -- \"$word\")); return\n    fi\n    case $before in\n");
    add_choices(out, cli_common);
    for (const cli_command *c = cli_commands; c->name; c++) {
        add_choices(out, c->options);
    }
    pp_buf_add(out, "    esac\n    case $word in\n    -*) case $command in\n");
    for (const cli_command *c = cli_commands; c->name; c++) {
        pp_buf_printf(out, "        %s) COMPREPLY=($(compgen -W \"", c->name);
        add_names(out, c->options);
        add_names(out, cli_common);
        pp_buf_add(out, "\" -- \"$word\")) ;;\n");
    }
    pp_buf_add(
        out,
        "        esac ;;\n    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n"
        "}\ncomplete -o filenames -F _pushpull pushpull\n");
}

/* Zsh runs bash's completion by its own compatibility layer: one source for both. */
static void add_zsh(pp_buf *out) {
    pp_buf_add(out, "#compdef pushpull\nautoload -Uz bashcompinit && bashcompinit\n");
    add_bash(out);
}

pp_status cli_completion(const char *shell, pp_buf *out, pp_error *err) {
    if (strcmp(shell, "zsh") == 0) {
        add_zsh(out);
    } else {
        add_bash(out);
    }
    return pp_buf_check(out, err);
}
