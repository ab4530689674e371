#include "analysis.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIGURES = 16, SHOWN = 40, LONGEST_LIST = 100 };

int cli_has_data(const cli_call *call) {
    return cli_value(call, "data", NULL) != NULL;
}

static pp_status refuse(const char *option, const char *value, const char *hint,
                        const char *problem, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "--%s %s", option, problem);
    pp_error_locate(err, NULL, 0, NULL, *value ? value : NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* ---- what is written ---- */

/* The nearest folder above that is there. */
static void find_above(const char *path, char *above, size_t size) {
    snprintf(above, size, "%s", path);
    while (*above && !pp_file_exists(above)) {
        char *slash = strrchr(above, '/');
        above[slash ? slash - above + (slash == above && slash[1]) : 0] = '\0';
    }
    if (!*above) {
        snprintf(above, size, ".");
    }
}

/* What is there may be someone's work: only a new folder is written. */
static pp_status check_out(const char *out, pp_error *err) {
    char above[1024];
    if (pp_file_exists(out)) {
        pp_error_set(err, PP_E_CONFLICT, "the folder is already there");
        pp_error_locate(err, out, 0, "out", NULL);
        pp_error_hint(err, "name a new folder, or take this one away");
        return PP_E_CONFLICT;
    }
    find_above(out, above, sizeof above);
    if (!pp_file_is_folder(above) || access(above, W_OK | X_OK) != 0) {
        pp_error_set(err, PP_E_IO, "the folder cannot be made: %s",
                     pp_file_is_folder(above) ? "the one above is not yours to write in"
                                              : "there is a file above it");
        pp_error_locate(err, out, 0, "out", NULL);
        pp_error_hint(err, "name a new folder in one that you may write in");
        return PP_E_IO;
    }
    return PP_OK;
}

static int is_analysis(const cli_command *command) {
    for (const cli_option *o = command->options; o && o->name; o++) {
        if (strcmp(o->name, "with") == 0) {
            return 1;
        }
    }
    return 0;
}

pp_status cli_check_analysis(const cli_call *call, pp_error *err) {
    const char *with = cli_value(call, "with", NULL), *out = cli_value(call, "out", NULL);
    if (!is_analysis(call->command)) {
        return PP_OK;
    }
    if (cli_has_data(call) && with) {
        return refuse("with", with, "give the option itself, or name a study",
                      "is of studies, and does not go with --data", err);
    }
    if (cli_has_data(call) && call->command->least == 0 && call->n_operands > 0) {
        return refuse("data", cli_value(call, "data", ""), "leave one of them out",
                      "does not go with a study", err);
    }
    return out ? check_out(out, err) : PP_OK;
}

pp_status cli_print_told(const cli_call *call, const pp_result *result, cli_tell *tell,
                         pp_error *err) {
    pp_buf text;
    if (cli_flag(call, "json") || cli_value(call, "format", NULL) ||
        cli_value(call, "table", NULL)) {
        return cli_print(call, result, err);
    }
    pp_buf_init(&text);
    pp_status status = tell(result, cli_width(), &text, err);
    if (status == PP_OK) {
        status = cli_put(text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

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

static pp_status write_all(cli_call *call, const pp_result *result, const char *out,
                           pp_error *err) {
    CLI_TRY(check_out(out, err));
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

/* Lists of ids on which a row rests are long where much is known: the first ones, and how many there are. */
static pp_status clip_list(pp_table *table, pp_column *column, int64_t row,
                           pp_error *err) {
    const char *text = pp_column_get_text(column, row);
    if (!text || strlen(text) <= LONGEST_LIST) {
        return PP_OK;
    }
    size_t end = LONGEST_LIST;
    while (end > 0 && text[end] != ' ') {
        end--;
    }
    int more = 0;
    for (const char *at = text + end; *at; at++) {
        more += *at == ' ';
    }
    char short_text[LONGEST_LIST + 40];
    snprintf(short_text, sizeof short_text, "%.*s … and %d more", (int)end, text, more);
    return end == 0 ? PP_OK : pp_column_set_text(table, column, row, short_text, err);
}

static pp_status clip_lists(pp_table *table, pp_error *err) {
    static const char *const lists[] = {"claims", "adoptions"};
    for (int k = 0; k < 2; k++) {
        pp_column *column = pp_table_find(table, lists[k]);
        for (int64_t row = 0;
             column && column->type != PP_NUMBER && row < pp_table_rows(table); row++) {
            CLI_TRY(clip_list(table, column, row, err));
        }
    }
    return PP_OK;
}

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
    pp_status status = clip_lists(part, err);
    if (status == PP_OK) {
        status = pp_result_take(to, name, title, part, err);
    }
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

pp_status cli_write_analysis(cli_call *call, const pp_result *result, pp_error *err) {
    const char *out = cli_value(call, "out", NULL);
    return out ? write_all(call, result, out, err) : PP_OK;
}

pp_status cli_finish_analysis(cli_call *call, pp_status status, pp_result *result,
                              pp_error *err) {
    if (status == PP_OK) {
        status = show(call, result, err);
    }
    if (status == PP_OK) {
        status = cli_write_analysis(call, result, err);
    }
    pp_result_free(result);
    return status;
}

/* ---- studies ---- */

static int is_in(const char *const *names, const char *name) {
    while (names && *names && strcmp(*names, name) != 0) {
        names++;
    }
    return names && *names;
}

static int is_common(const cli_option *option) {
    const cli_option *common = cli_common;
    while (common->name && common != option) {
        common++;
    }
    return common->name != NULL;
}

/* An option without effect is a mistake of the one who gives it. */
static pp_status check_options(const cli_call *call, const char *const *taken,
                               pp_error *err) {
    static const char *const always[] = {"with", "out", NULL};
    for (int i = 0; i < call->n_values; i++) {
        const cli_option *option = call->values[i].option;
        if (!is_common(option) && !is_in(always, option->name) &&
            !is_in(taken, option->name)) {
            return refuse(
                option->name, call->values[i].value,
                "of a study: --with KEY=VALUE (see analyses: in the study file)",
                "goes with --data, not with a study", err);
        }
    }
    return PP_OK;
}

static int names_analysis(const char *name, size_t length) {
    const char *analysis;
    for (int i = 0; (analysis = pp_study_analysis_name(i)); i++) {
        if (strlen(analysis) == length && strncmp(analysis, name, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* "designs.democracy.dates=earliest" stands as it is;
   "draws=5" and "hours.search=3" are of the command's own analysis; "peers.km=500" says its own, and
   so must all where the command has several. */
static pp_status add_setting(const cli_call *call, const char *value, pp_buf *out,
                             pp_error *err) {
    char command[64];
    size_t head = strcspn(value, ".=");
    snprintf(command, sizeof command, "%s", call->command->name);
    for (char *at = command; *at; at++) {
        *at = *at == '-' ? '_' : *at; /* event-study is event_study there */
    }
    int own = value[head] == '=' || (value[head] == '.' && !names_analysis(value, head) &&
                                     names_analysis(command, strlen(command)));
    pp_buf_init(out);
    if (strncmp(value, "designs.", 8) == 0) {
        pp_buf_add(out, value);
        return pp_buf_check(out, err);
    }
    pp_buf_printf(out, "analyses.%s%s%s", own ? command : "", own ? "." : "", value);
    return pp_buf_check(out, err);
}

/* A mistake that is not in the file is in what was given in its place. */
static pp_status read_study(const char *path, const char *const *settings, int64_t n,
                            pp_study **out, pp_error *err) {
    pp_study *plain = NULL;
    pp_error ignored = {0};
    pp_status status = pp_study_read_with(path, settings, n, out, err);
    if (status == PP_E_INPUT && n > 0 && pp_study_read(path, &plain, &ignored) == PP_OK) {
        snprintf(err->file, sizeof err->file, "--with");
        err->line = 0;
    }
    pp_study_free(plain);
    return status;
}

static pp_status analyse(cli_call *call, const char *const *settings, int64_t n,
                         pp_result **result, pp_error *err) {
    char data[1024];
    pp_study *study = NULL;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    CLI_TRY(read_study(call->operands[call->n_operands - 1], settings, n, &study, err));
    pp_run_options options = {.data_folder = data};
    pp_status status =
        pp_study_analyse(study, call->command->name, &options, &call->ctx, result, err);
    pp_study_free(study);
    return status;
}

static pp_status check_study(const cli_call *call, const char *const *taken,
                             pp_error *err) {
    if (call->n_operands == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "name a study, or a file with --data");
        pp_error_hint(err, "pushpull help %s", call->command->name);
        return PP_E_ARGUMENT;
    }
    return check_options(call, taken, err);
}

pp_status cli_study_result(cli_call *call, const char *const *taken,
                           const char *const *settings, int64_t n, pp_result **result,
                           pp_error *err) {
    const char *all[2 * CLI_MAX_VALUES];
    pp_buf text[CLI_MAX_VALUES];
    pp_status status = check_study(call, taken, err);
    int given = 0;
    int64_t total = 0;
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
        status = analyse(call, all, total, result, err);
    }
    for (int i = 0; i < given; i++) {
        pp_buf_clear(&text[i]);
    }
    return status;
}

pp_status cli_analyse_study_with(cli_call *call, const char *const *taken,
                                 const char *const *settings, int64_t n, pp_error *err) {
    pp_result *result = NULL;
    pp_status status = cli_study_result(call, taken, settings, n, &result, err);
    return cli_finish_analysis(call, status, result, err);
}

pp_status cli_analyse_study(cli_call *call, pp_error *err) {
    return cli_analyse_study_with(call, NULL, NULL, 0, err);
}
