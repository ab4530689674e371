/* Which tables a run gives, and their files. */
#include "base/check.h"
#include "base/file.h"
#include "study/run.h"

#include <pushpull/io.h>
#include <pushpull/render.h>

#include <stdio.h>
#include <string.h>

static pp_status collect_adoption(pp__run *run, pp_error *err) {
    for (int64_t i = 0; i < run->study->n_rules; i++) {
        const char *name = run->study->rules[i].name;
        int is_outcome = strcmp(name, run->study->panel.outcome) == 0;
        const char *prefix = pp_arena_printf(&run->arena, "%s_", name);
        PP_NEED(prefix, err);
        PP_TRY(pp_result_merge(run->out, run->adoptions[i], is_outcome ? NULL : prefix,
                               err));
    }
    return PP_OK;
}

static pp_status collect_fits(pp__run *run, pp_error *err) {
    for (int64_t i = 0; i < run->study->n_models; i++) {
        const pp__run_fit *fit = &run->fits[i];
        if (fit->result) {
            const char *prefix = pp_arena_printf(&run->arena, "%s_", fit->model->name);
            PP_NEED(prefix, err);
            PP_TRY(pp_result_merge(run->out, fit->result, prefix, err));
        }
    }
    return PP_OK;
}

static pp_status collect_panel(pp__run *run, pp_error *err) {
    const pp_study_model *model = pp__run_headline(run);
    const pp__run_panel *panel;
    int64_t n = 0;
    PP_TRY(pp__run_headline_panel(run, &panel, err));
    while (model && model->terms[n]) {
        n++;
    }
    if (model) {
        PP_TRY(pp_panel_losses(panel->panel, model->terms, n, panel->report, err));
    }
    return pp_result_merge(run->out, panel->report, "panel_", err);
}

pp_status pp__run_collect(pp__run *run, pp_error *err) {
    PP_TRY(pp__run_compare(run, err));
    PP_TRY(collect_adoption(run, err));
    PP_TRY(collect_panel(run, err));
    PP_TRY(collect_fits(run, err));
    PP_TRY(pp__run_collect_analyses(run, err));
    if (run->import) {
        PP_TRY(pp_result_merge(run->out, run->import, "evidence_", err));
    }
    return PP_OK;
}

static pp_status write_table(pp__run *run, int index, pp_format format,
                             const char *ending, pp_error *err) {
    pp_buf text;
    char relative[256];
    snprintf(relative, sizeof relative, "tables/%s.%s",
             pp_result_table_name(run->out, index), ending);
    const char *path = pp__run_path(run, relative);
    PP_NEED(path, err);
    pp_buf_init(&text);
    pp_status status =
        pp_table_render(pp_result_table(run->out, index),
                        pp_result_table_title(run->out, index), format, 0, &text, err);
    if (status == PP_OK) {
        status = pp__file_write_part(path, text.data ? text.data : "", text.length, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status write_panel(pp__run *run, pp_error *err) {
    const pp__run_panel *panel;
    const char *path = pp__run_path(run, "panel.parquet");
    PP_NEED(path, err);
    PP_TRY(pp__run_headline_panel(run, &panel, err));
    return pp_table_write(panel->panel, path, run->ctx, err);
}

/* Markdown and LaTeX are for documents, and no document holds thousands of rows. */
pp_status pp__run_write_tables(pp__run *run, pp_error *err) {
    for (int i = 0; i < pp_result_tables(run->out); i++) {
        PP_TRY(write_table(run, i, PP_FORMAT_CSV, "csv", err));
        if (pp_table_rows(pp_result_table(run->out, i)) <= PP_RUN_PROSE_ROWS) {
            PP_TRY(write_table(run, i, PP_FORMAT_MARKDOWN, "md", err));
            PP_TRY(write_table(run, i, PP_FORMAT_LATEX, "tex", err));
        }
    }
    return write_panel(run, err);
}
