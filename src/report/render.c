#include "report/renderings.h"

#include "base/check.h"

#include <ctype.h>
#include <string.h>

static const char *const format_names[] = {"text", "markdown", "latex",
                                           "html", "csv",      "json"};
enum { FORMATS = sizeof format_names / sizeof *format_names };

pp_status pp_format_parse(const char *name, pp_format *out, pp_error *err) {
    for (int i = 0; i < FORMATS; i++) {
        if (strcmp(name, format_names[i]) == 0) {
            *out = (pp_format)i;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "unknown format");
    pp_error_locate(err, NULL, 0, "format", name);
    pp_error_hint(err, "one of text, markdown, latex, html, csv, json");
    return PP_E_ARGUMENT;
}

/* What stands around a table. */
typedef struct frame {
    const char *title, *note;
    int64_t rule;
} frame;

static pp_status sheet_init(pp__sheet *sheet, const pp_table *table, const frame *around,
                            pp_error *err) {
    *sheet = (pp__sheet){.rule = around->rule};
    PP_TRY(pp__cells_init(&sheet->cells, table, err));
    pp_arena *arena = &sheet->cells.arena;
    if ((around->title && !(sheet->title = pp__clean_text(arena, around->title))) ||
        (around->note && !(sheet->note = pp__clean_text(arena, around->note)))) {
        pp__cells_clear(&sheet->cells);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

static pp_status render_table(const pp_table *table, const frame *around,
                              pp_format format, int width, pp_buf *out, pp_error *err) {
    pp__sheet sheet;
    pp_status status = PP_OK;
    if (format == PP_FORMAT_CSV) {
        pp__render_csv(table, out);
        return PP_OK;
    }
    PP_TRY(sheet_init(&sheet, table, around, err));
    switch (format) {
    case PP_FORMAT_MARKDOWN:
        pp__render_markdown(&sheet, out);
        break;
    case PP_FORMAT_LATEX:
        pp__render_latex(&sheet, out);
        break;
    case PP_FORMAT_HTML:
        pp__render_html(&sheet, out);
        break;
    default:
        status = pp__render_text(&sheet, width, out, err);
    }
    pp__cells_clear(&sheet.cells);
    return status;
}

pp_status pp_table_render(const pp_table *table, const char *title, pp_format format,
                          int width, pp_buf *out, pp_error *err) {
    if (format == PP_FORMAT_JSON) {
        pp__add_json_rows(out, table);
        pp_buf_add_char(out, '\n');
    } else {
        const frame around = {.title = title};
        PP_TRY(render_table(table, &around, format, width, out, err));
    }
    return pp_buf_check(out, err);
}

static int is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

const char *pp__warning_subject(const pp_warning *warning) {
    const char *subject = warning->subject ? warning->subject : "";
    size_t length = strlen(subject);
    const char *at = length > 0 ? strstr(warning->message, subject) : NULL;
    for (; at; at = strstr(at + 1, subject)) {
        if ((at == warning->message || !is_word(at[-1])) && !is_word(at[length])) {
            return "";
        }
    }
    return subject;
}

/* "code: message (subject, 12)" */
static const char *warning_line(pp_arena *arena, const pp_warning *warning) {
    const char *subject = pp__warning_subject(warning);
    const char *comma = *subject && warning->count >= 0 ? ", " : "";
    char count[32] = "";
    if (warning->count >= 0) {
        pp_format_number((double)warning->count, count);
    }
    const char *line =
        *subject || *count
            ? pp_arena_printf(arena, "%s: %s (%s%s%s)", warning->code, warning->message,
                              subject, comma, count)
            : pp_arena_printf(arena, "%s: %s", warning->code, warning->message);
    return line ? pp__clean_text(arena, line) : NULL;
}

static pp_status render_warnings(const pp_result *result, pp_format format, int width,
                                 pp_buf *out, pp_error *err) {
    int n = pp_result_warnings(result);
    pp_arena arena;
    pp_arena_init(&arena);
    const char **line = pp_arena_alloc(&arena, n, sizeof *line);
    int failed = !line;
    for (int i = 0; i < n && !failed; i++) {
        line[i] = warning_line(&arena, pp_result_warning(result, i));
        failed = !line[i];
    }
    if (failed) {
        pp_arena_clear(&arena);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_add_char(out, '\n');
    switch (format) {
    case PP_FORMAT_MARKDOWN:
        pp__list_markdown(line, n, out);
        break;
    case PP_FORMAT_LATEX:
        pp__list_latex(line, n, out);
        break;
    case PP_FORMAT_HTML:
        pp__list_html(line, n, out);
        break;
    default:
        pp__list_text(line, n, width, out);
    }
    pp_arena_clear(&arena);
    return PP_OK;
}

static pp_status no_such_table(const pp_result *result, const char *name, pp_error *err) {
    pp_buf names;
    pp_buf_init(&names);
    for (int i = 0; i < pp_result_tables(result); i++) {
        pp_buf_add(&names, i > 0 ? ", " : "");
        pp_buf_add(&names, pp_result_table_name(result, i));
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the result of '%s' has no such table",
                 pp_result_command(result));
    pp_error_locate(err, NULL, 0, "table", name);
    if (names.length > 0) {
        pp_error_hint(err, "its tables are: %s", names.data);
    }
    pp_buf_clear(&names);
    return PP_E_NOT_FOUND;
}

/* At a terminal an empty table among others is left out, unless it is asked for. */
static int is_shown(const pp_result *result, int index, pp_format format,
                    const char *table) {
    if (table) {
        return strcmp(table, pp_result_table_name(result, index)) == 0;
    }
    return format != PP_FORMAT_TEXT || pp_result_tables(result) == 1 ||
           pp_table_rows(pp_result_table(result, index)) > 0;
}

pp_status pp_result_render(const pp_result *result, pp_format format, const char *table,
                           int width, pp_buf *out, pp_error *err) {
    int n = pp_result_tables(result), written = 0;
    if (table && !pp_result_find(result, table)) {
        return no_such_table(result, table, err);
    }
    if (format == PP_FORMAT_JSON) {
        pp__render_json(result, table, out);
        return pp_buf_check(out, err);
    }
    if (format == PP_FORMAT_HTML) {
        pp__style_html(out);
    }
    for (int i = 0; i < n; i++) {
        const char *name = pp_result_table_name(result, i);
        if (!is_shown(result, i, format, table)) {
            continue;
        }
        pp_buf_add(out, written++ ? "\n" : "");
        if (format == PP_FORMAT_CSV && !table && n > 1) {
            pp_buf_printf(out, "# %s\n", name);
        }
        const frame around = {pp_result_table_title(result, i),
                              pp_result_table_note(result, i),
                              pp_result_table_rule(result, i)};
        PP_TRY(
            render_table(pp_result_table(result, i), &around, format, width, out, err));
    }
    if (format != PP_FORMAT_CSV && pp_result_warnings(result) > 0) {
        PP_TRY(render_warnings(result, format, width, out, err));
    }
    return pp_buf_check(out, err);
}
