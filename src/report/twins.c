/* SVG and PNG twins of figures, drawn by Node and Vega in a process of its own. */
#include "base/check.h"
#include "report/process.h"

#include <pushpull/figure.h>
#include <pushpull/file.h>
#include <pushpull/text.h>

#include <stdio.h>

static const char *const USUAL[] = {"/usr/bin/node", "/usr/local/bin/node",
                                    "/opt/homebrew/bin/node", NULL};

static void say(char *why, const char *text) {
    if (why) {
        snprintf(why, PP_ERROR_MESSAGE, "%s", text);
    }
}

static pp_status draw(const char *node, const char *script, const char *folder,
                      const char *modules, const pp_context *ctx, int *drawn, char *why,
                      pp_error *err) {
    char *const args[] = {(char *)(uintptr_t)node, (char *)(uintptr_t)script,
                          (char *)(uintptr_t)folder, (char *)(uintptr_t)modules, NULL};
    int code;
    PP_TRY(pp__program_run(args, "drawing figures", ctx, &code, err));
    if (code == -2) {
        say(why, "Node could not be started");
        return PP_OK;
    }
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
    node = pp__program_find(node, USUAL);
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
