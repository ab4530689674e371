/* The pages of the estimators: docs/estimators/NAME.md, and `pushpull help NAME`. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static void add_section(pp_buf *out, const char *heading, const char *text) {
    if (text && *text) {
        pp_buf_printf(out, "\n## %s\n\n%s\n", heading, text);
    }
}

static void add_takes(pp_buf *out, int index) {
    const char *part;
    pp_buf_add(out, "\n## What it takes beside terms\n\n");
    for (int i = 0; (part = pp_model_takes(index, i)); i++) {
        pp_buf_printf(out, "- %s\n", part);
    }
    if (!pp_model_takes(index, 0)) {
        pp_buf_add(out, "Nothing.\n");
    }
}

/* "name: text" lines as a table. */
static void add_options(pp_buf *out, const char *options) {
    if (!options || !*options) {
        return;
    }
    pp_buf_add(out, "\n## Options of its own\n\n| option | what it does |\n|---|---|\n");
    while (*options) {
        size_t length = strcspn(options, "\n"), name = strcspn(options, ":\n");
        const char *text = options + name + strspn(options + name, ": ");
        pp_buf_printf(out, "| `--%.*s` | %.*s |\n", (int)name, options,
                      (int)(options + length - text), text);
        options += length + (options[length] == '\n');
    }
}

static void add_example(pp_buf *out, const pp_model_info *model) {
    pp_buf_printf(out,
                  "\n## Example\n\n```sh\npushpull demo --out demo-out\npushpull fit %s\n"
                  "```\n",
                  model->example);
}

void cli_model_page(int index, pp_buf *out) {
    const pp_model_info *model = pp_model_get(index);
    pp_buf_printf(out, "# %s: %s\n\n", model->name, model->title);
    pp_buf_printf(out, "`--model %s` estimates\n\n    %s\n", model->name,
                  model->estimand);
    add_section(out, "When to use it", model->use);
    add_section(out, "When not", model->avoid);
    add_takes(out, index);
    if (strchr(model->links, ',')) {
        pp_buf_printf(out, "\nLinks (`--link`): %s; the first is the default.\n",
                      model->links);
    }
    add_options(out, model->options);
    add_example(out, model);
    add_section(out, "Sources", model->source);
    pp_buf_printf(out, "\n## Checked against\n\n%s. %s\n", model->reference,
                  model->digits);
    pp_buf_add(out, "\nCovariances, tests and what comes after estimation are the same "
                    "for all models: `pushpull help fit`.\n");
}

int cli_model_find(const char *name) {
    for (int i = 0; i < pp_model_count(); i++) {
        if (strcmp(pp_model_get(i)->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

pp_status cli_models_write(const char *folder, pp_error *err) {
    for (int i = 0; i < pp_model_count(); i++) {
        char path[1200];
        pp_buf page;
        snprintf(path, sizeof path, "%s/%s.md", folder, pp_model_get(i)->name);
        pp_buf_init(&page);
        cli_model_page(i, &page);
        pp_status status = pp_buf_check(&page, err);
        if (status == PP_OK) {
            status = pp_file_write(path, page.data, page.length, err);
        }
        pp_buf_clear(&page);
        if (status != PP_OK) {
            return status;
        }
    }
    return PP_OK;
}
