#include "cli.h"

#include <stdio.h>
#include <string.h>

/* Escapes what roff would take for its own. */
static void add_roff(pp_buf *out, const char *text) {
    for (const char *s = text; *s; s++) {
        if (*s == '\\') {
            pp_buf_add(out, "\\e");
        } else if (*s == '-') {
            pp_buf_add(out, "\\-");
        } else if ((*s == '.' || *s == '\'') && (s == text || s[-1] == '\n')) {
            pp_buf_add(out, "\\&");
            pp_buf_add_char(out, *s);
        } else if (*s == '\n' && s[1] == '\n') {
            pp_buf_add(out, "\n.PP\n");
            s++;
        } else {
            pp_buf_add_char(out, *s);
        }
    }
}

static void add_header(pp_buf *out, const char *name, const char *summary) {
    pp_buf_printf(out,
                  ".TH PUSHPULL%s%s 1 \"\" \"pushpull " PP_VERSION "\" \"Pushpull\"\n",
                  *name ? "\\-" : "", name);
    pp_buf_printf(out, ".SH NAME\npushpull%s%s \\- ", *name ? "\\-" : "", name);
    add_roff(out, summary);
    pp_buf_add(out, "\n.SH SYNOPSIS\n");
}

static void add_models(pp_buf *out) {
    for (int i = 0; i < pp_model_count(); i++) {
        const pp_model_info *model = pp_model_get(i);
        pp_buf_printf(out, ".br\n\\fB%s\\fR: ", model->name);
        add_roff(out, model->title);
        pp_buf_add_char(out, '\n');
    }
}

static void add_options(pp_buf *out, const cli_option *options) {
    for (; options && options->name; options++) {
        pp_buf_printf(out, ".TP\n\\fB\\-\\-%s\\fR", options->name);
        if (options->argument) {
            pp_buf_printf(out, " \\fI%s\\fR", options->argument);
        }
        pp_buf_add_char(out, '\n');
        add_roff(out, options->help);
        pp_buf_add_char(out, '\n');
        if (options->choices == cli_models) {
            add_models(out);
        }
    }
}

static const char *const exit_meanings[PP_STATUS_COUNT] = {
    [PP_OK] = "all went well",
    [PP_E_ARGUMENT] = "an option or operand is wrong",
    [PP_E_INPUT] = "the content of a file is wrong; nothing was changed",
    [PP_E_IO] = "a file could not be read or written",
    [PP_E_NOT_FOUND] = "there is no such file, column, place or record",
    [PP_E_CONFLICT] = "it is there already, or somebody else is writing",
    [PP_E_CORRUPT] = "a store, a log or a run does not verify",
    [PP_E_ESTIMATION] = "the model cannot be estimated on these data",
    [PP_E_UNSUPPORTED] = "known, but not built into this version",
    [PP_E_CANCELLED] = "stopped by the user",
    [PP_E_MEMORY] = "memory is out",
    [PP_E_INTERNAL] = "a mistake in pushpull: please report it",
};

static void add_exit_codes(pp_buf *out) {
    pp_buf_add(out, ".SH EXIT STATUS\n");
    for (int s = 0; s < PP_STATUS_COUNT; s++) {
        pp_buf_printf(out, ".TP\n%d\n%s\n", pp_status_exit_code((pp_status)s),
                      exit_meanings[s]);
    }
}

static void page_of(const cli_command *command, pp_buf *out) {
    add_header(out, command->name, command->summary);
    pp_buf_printf(out, "\\fBpushpull %s\\fR %s [\\fIoptions\\fR]\n.SH DESCRIPTION\n",
                  command->name, command->operands);
    add_roff(out, command->about);
    pp_buf_add(out, "\n.SH OPTIONS\n");
    add_options(out, command->options);
    add_options(out, cli_common);
    if (command->examples) {
        pp_buf_add(out, ".SH EXAMPLES\n.nf\n");
        add_roff(out, command->examples);
        pp_buf_add(out, ".fi\n");
    }
    add_exit_codes(out);
    pp_buf_add(out, ".SH SEE ALSO\n\\fBpushpull\\fR(1)\n");
}

static void main_page(pp_buf *out) {
    add_header(out, "", "who adopted which surveillance platforms from whom, and why");
    pp_buf_add(
        out,
        "\\fBpushpull\\fR \\fICOMMAND\\fR [\\fIoperands\\fR] [\\fIoptions\\fR]\n"
        ".SH DESCRIPTION\nPushpull analyses the worldwide spread of public\\-security "
        "and surveillance platforms, from sourced claims to a report. It contains "
        "no such technology.\n.SH COMMANDS\n");
    for (const cli_command *c = cli_commands; c->name; c++) {
        pp_buf_printf(out, ".TP\n\\fB%s\\fR %s\n", c->name, c->operands);
        add_roff(out, c->summary);
        pp_buf_add_char(out, '\n');
    }
    pp_buf_add(out, ".SH COMMON OPTIONS\n");
    add_options(out, cli_common);
    pp_buf_add(
        out,
        ".SH ENVIRONMENT\n.TP\n\\fBPUSHPULL_DATA\\fR\nthe folder of the data that come "
        "with pushpull, when it is not beside the program\n");
    add_exit_codes(out);
}

static pp_status write_page(const char *folder, const char *name, pp_buf *page,
                            pp_error *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/pushpull%s%s.1", folder, *name ? "-" : "", name);
    pp_status status = pp_buf_check(page, err);
    status =
        status == PP_OK ? pp_file_write(path, page->data, page->length, err) : status;
    pp_buf_clear(page);
    return status;
}

pp_status cli_man_write(const char *folder, pp_error *err) {
    pp_buf page;
    pp_buf_init(&page);
    main_page(&page);
    pp_status status = write_page(folder, "", &page, err);
    for (const cli_command *c = cli_commands; c->name && status == PP_OK; c++) {
        page_of(c, &page);
        status = write_page(folder, c->name, &page, err);
    }
    return status;
}
