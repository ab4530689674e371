#include "analysis.h"

#include <stdio.h>
#include <string.h>

enum { FIGURES = 16, SHOWN = 40 };

int cli_has_data(const cli_call *call) {
    return cli_value(call, "data", NULL) != NULL;
}

/* ---- what is written ---- */

static pp_status write_table(const pp_result *result, int i, const char *folder,
                             pp_error *err) {
    char path[1200];
    pp_buf text;
    pp_buf_init(&text);
    pp_status status =
        pp_table_render(pp_result_table(result, i), NULL, PP_FORMAT_CSV, 0, &text, err);
    if (status == PP_OK) {
        snprintf(path, sizeof path, "%s/%s.csv", folder, pp_result_table_name(result, i));
        status = pp_file_write(path, text.data ? text.data : "", text.length, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status write_figures(cli_call *call, const pp_result *result,
                               const char *folder, pp_error *err) {
    char data[1024], node[1100], path[1200], why[PP_ERROR_MESSAGE] = "";
    pp_figure *figures[FIGURES];
    int n = 0, drawn = 1;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    pp_figure_options options = {.data_folder = data};
    pp_status status = pp_result_figures(result, &options, figures, FIGURES, &n, err);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s.vl.json", folder, figures[i]->name);
        if (status == PP_OK) {
            status = pp_file_write(path, figures[i]->spec,
                                   (int64_t)strlen(figures[i]->spec), err);
        }
        pp_figure_free(figures[i]);
    }
    if (status == PP_OK && n > 0) {
        status = pp_figures_render_twins(cli_find_node(node, sizeof node), NULL, data,
                                         folder, &call->ctx, &drawn, why, err);
    }
    if (status == PP_OK && !drawn) {
        cli_say("note: no SVG or PNG twins of the figures: %s", why);
    }
    return status;
}

/* What is there may be someone's work: only a new folder is written. */
static pp_status write_all(cli_call *call, const pp_result *result, const char *out,
                           pp_error *err) {
    if (pp_file_exists(out)) {
        pp_error_set(err, PP_E_CONFLICT, "the folder is already there");
        pp_error_locate(err, out, 0, "out", NULL);
        pp_error_hint(err, "name a new folder, or take this one away");
        return PP_E_CONFLICT;
    }
    CLI_TRY(pp_file_make_folder(out, err));
    for (int i = 0; i < pp_result_tables(result); i++) {
        if (pp_table_rows(pp_result_table(result, i)) > 0) {
            CLI_TRY(write_table(result, i, out, err));
        }
    }
    CLI_TRY(write_figures(call, result, out, err));
    cli_say("tables and figures: %s", out);
    return PP_OK;
}

/* ---- what is shown ---- */

/* The first rows of each table but the findings, which are told in words; the others are counted. */
static pp_status shorten_table(const pp_result *result, int i, pp_result *to,
                               pp_error *err) {
    const pp_table *table = pp_result_table(result, i);
    const char *name = pp_result_table_name(result, i);
    const char *note = pp_result_table_note(result, i);
    int64_t rows[SHOWN], n = pp_table_rows(table);
    pp_table *part = NULL;
    char title[512];
    for (int r = 0; r < SHOWN; r++) {
        rows[r] = r;
    }
    snprintf(title, sizeof title, "%s", pp_result_table_title(result, i));
    if (n > SHOWN) {
        snprintf(title, sizeof title, "%s (%d of %lld rows; all: --table %s)",
                 pp_result_table_title(result, i), SHOWN, (long long)n, name);
    }
    CLI_TRY(pp_table_take_rows(table, rows, n < SHOWN ? n : SHOWN, &part, err));
    pp_status status = pp_result_take(to, name, title, part, err);
    if (status != PP_OK) {
        pp_table_free(part);
        return status;
    }
    return note ? pp_result_set_note(to, name, note, err) : PP_OK;
}

static pp_status shorten(const pp_result *result, pp_result **out, pp_error *err) {
    CLI_TRY(pp_result_new(pp_result_command(result), out, err));
    pp_status status = PP_OK;
    for (int i = 0; i < pp_result_tables(result) && status == PP_OK; i++) {
        if (strcmp(pp_result_table_name(result, i), "findings") != 0) {
            status = shorten_table(result, i, *out, err);
        }
    }
    for (int i = 0; i < pp_result_warnings(result) && status == PP_OK; i++) {
        const pp_warning *w = pp_result_warning(result, i);
        status =
            pp_result_warn(*out, w->code, w->subject, w->count, err, "%s", w->message);
    }
    return status;
}

/* Answers in words first, where there are some. */
static pp_status show(cli_call *call, const pp_result *result, pp_error *err) {
    pp_result *shown = NULL;
    if (cli_flag(call, "json") || cli_value(call, "format", NULL) ||
        cli_value(call, "table", NULL)) {
        return cli_print(call, result, err);
    }
    const pp_table *findings = pp_result_find(result, "findings");
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = shorten(result, &shown, err);
    if (status == PP_OK && findings && pp_table_rows(findings) > 0) {
        status = pp_findings_render(findings, 100, &text, err);
    }
    if (status == PP_OK && text.data) {
        status = cli_put(text.data, err);
    }
    if (status == PP_OK) {
        status = cli_print(call, shown, err);
    }
    pp_buf_clear(&text);
    pp_result_free(shown);
    return status;
}

pp_status cli_finish_analysis(cli_call *call, pp_status status, pp_result *result,
                              pp_error *err) {
    const char *out = cli_value(call, "out", NULL);
    if (status == PP_OK) {
        status = show(call, result, err);
    }
    if (status == PP_OK && out) {
        status = write_all(call, result, out, err);
    }
    pp_result_free(result);
    return status;
}

/* ---- studies ---- */

static pp_status add_setting(const cli_call *call, const char *value, pp_buf *out,
                             pp_error *err) {
    const char *equals = strchr(value, '='), *dot = strchr(value, '.');
    pp_buf_init(out);
    if (equals && (!dot || dot > equals)) {
        pp_buf_printf(out, "analyses.%s.%s", call->command->name, value);
    } else {
        pp_buf_printf(out, "analyses.%s", value);
    }
    return pp_buf_check(out, err);
}

static pp_status analyse(cli_call *call, const char *const *settings, int64_t n,
                         pp_result **result, pp_error *err) {
    char data[1024];
    pp_study *study = NULL;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    CLI_TRY(pp_study_read_with(call->operands[call->n_operands - 1], settings, n, &study,
                               err));
    pp_run_options options = {.data_folder = data};
    pp_status status =
        pp_study_analyse(study, call->command->name, &options, &call->ctx, result, err);
    pp_study_free(study);
    return status;
}

pp_status cli_analyse_study_with(cli_call *call, const char *const *settings, int64_t n,
                                 pp_error *err) {
    const char *all[2 * CLI_MAX_VALUES];
    pp_buf text[CLI_MAX_VALUES];
    pp_result *result = NULL;
    pp_status status = PP_OK;
    int given = 0;
    int64_t total = 0;
    if (call->n_operands == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "name a study, or a file with --data");
        pp_error_hint(err, "pushpull help %s", call->command->name);
        return PP_E_ARGUMENT;
    }
    for (int i = 0; i < call->n_values && status == PP_OK; i++) {
        if (strcmp(call->values[i].option->name, "with") == 0) {
            status = add_setting(call, call->values[i].value, &text[given], err);
            all[total++] = text[given++].data;
        }
    }
    for (int64_t i = 0; i < n && i < CLI_MAX_VALUES; i++) {
        all[total++] = settings[i];
    }
    if (status == PP_OK) {
        status = analyse(call, all, total, &result, err);
    }
    for (int i = 0; i < given; i++) {
        pp_buf_clear(&text[i]);
    }
    return cli_finish_analysis(call, status, result, err);
}

pp_status cli_analyse_study(cli_call *call, pp_error *err) {
    return cli_analyse_study_with(call, NULL, 0, err);
}
