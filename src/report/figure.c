#include "report/figure.h"

#include "base/check.h"
#include "report/lines.h"
#include "report/renderings.h"

#include <stdio.h>
#include <string.h>

void pp_figure_free(pp_figure *figure) {
    if (figure) {
        pp_free(figure->name);
        pp_free(figure->title);
        pp_free(figure->note);
        pp_free(figure->alt);
        pp_free(figure->spec);
        pp_table_free(figure->table);
        pp_free(figure);
    }
}

static pp__slot *next_slot(pp__draft *draft, const char *name) {
    pp__slot *slot = &draft->slots[draft->n++];
    *slot = (pp__slot){.name = name};
    return slot;
}

void pp__slot_text(pp__draft *draft, const char *name, const char *text) {
    next_slot(draft, name)->text = text;
}

void pp__slot_json(pp__draft *draft, const char *name, const char *json) {
    next_slot(draft, name)->json = json;
}

void pp__slot_number(pp__draft *draft, const char *name, double number) {
    next_slot(draft, name)->number = number;
}

static pp_status copy_column(pp_table *to, const pp_column *from, int64_t rows,
                             pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_add(to, from->type == PP_NUMBER ? PP_NUMBER : PP_TEXT, from->name,
                        &column, err));
    PP_TRY(pp_column_describe(to, column, from->label, from->unit, from->source,
                              from->licence, err));
    column->show = from->show;
    if (from->type == PP_NUMBER) {
        memcpy(column->number, from->number, (size_t)rows * sizeof *from->number);
        return PP_OK;
    }
    for (int64_t i = 0; i < rows; i++) {
        PP_TRY(pp_column_set_text(to, column, i, pp_column_get_text(from, i), err));
    }
    return PP_OK;
}

pp_status pp__select(const pp_table *table, const char *const *columns, pp_table **out,
                     pp_error *err) {
    int64_t rows = pp_table_rows(table);
    pp_table *copy;
    PP_TRY(pp_table_new(&copy, err));
    pp_status status = pp_table_resize(copy, rows, err);
    for (int i = 0; columns[i] && status == PP_OK; i++) {
        pp_column *from;
        status = pp_table_require(table, columns[i], &from, err);
        if (status == PP_OK) {
            status = copy_column(copy, from, rows, err);
        }
    }
    if (status != PP_OK) {
        pp_table_free(copy);
        copy = NULL;
    }
    *out = copy;
    return status;
}

const char *pp__words(pp_arena *arena, const char *code) {
    char *words = pp_arena_strdup(arena, code);
    for (char *c = words; c && *c; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return words;
}

char *pp__capitalise(char *text) {
    if (*text >= 'a' && *text <= 'z') {
        *text = (char)(*text - 'a' + 'A');
    }
    return text;
}

const char *pp__readable(pp_arena *arena, const char *code) {
    char *words = pp_arena_strdup(arena, code);
    if (!words || strpbrk(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        return words;
    }
    for (char *c = words; *c; c++) {
        *c = *c == '_' || *c == '-' ? ' ' : *c;
    }
    return pp__capitalise(words);
}

const char *pp__two_lines(pp_arena *arena, const char *text, int width) {
    int total = pp__text_width(text, strlen(text));
    const char *rest;
    if (total <= width) {
        return pp_arena_strdup(arena, text);
    }
    width = total / 2 + 3 > width ? total / 2 + 3 : width;
    size_t bytes = pp__first_line(text, width, &rest);
    return *rest ? pp_arena_printf(arena, "%.*s\n%s", (int)bytes, text, rest)
                 : pp_arena_strdup(arena, text);
}

static int is_first(const pp_column *column, int64_t row) {
    const char *text = pp_column_get_text(column, row);
    for (int64_t i = 0; i < row; i++) {
        const char *other = pp_column_get_text(column, i);
        if (text && other && strcmp(text, other) == 0) {
            return 0;
        }
    }
    return text != NULL;
}

const char *pp__json_list(pp_arena *arena, const pp_table *rows, const char *column) {
    const pp_column *from = pp_table_find(rows, column);
    int written = 0;
    pp_buf list;
    pp_buf_init(&list);
    pp_buf_add_char(&list, '[');
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        if (is_first(from, i)) {
            pp_buf_add(&list, written++ ? "," : "");
            pp__add_json_string(&list, pp_column_get_text(from, i));
        }
    }
    pp_buf_add_char(&list, ']');
    const char *copy =
        list.failed ? NULL : pp_arena_strndup(arena, list.data, list.length);
    pp_buf_clear(&list);
    return copy;
}

/* Fills the template into `spec`. */
static pp_status fill_spec(pp__draft *draft, pp_buf *spec, pp_error *err) {
    const char *folder = draft->options->data_folder;
    char file[128];
    pp_buf text, theme;
    pp_buf_init(&text);
    pp_buf_init(&theme);
    snprintf(file, sizeof file, "figures/%s.vl.json", draft->template_name);
    pp_status status = pp__web_file(folder, file, &text, err);
    if (status == PP_OK) {
        status = pp__web_file(folder, "figures/theme-light.json", &theme, err);
    }
    if (status == PP_OK) {
        pp__slot_json(draft, "config", theme.data ? theme.data : "{}");
        pp__slot_text(draft, "alt", draft->alt.data);
        pp__slot_text(draft, "title", draft->title);
        pp__slot_text(draft, "subtitle", draft->subtitle);
        next_slot(draft, "rows")->rows = draft->rows;
        status = pp__template_fill(text.data ? text.data : "", file, draft->slots,
                                   draft->n, spec, err);
    }
    pp_buf_clear(&text);
    pp_buf_clear(&theme);
    return status;
}

static const char *chosen(const char *given, const char *otherwise) {
    return given ? given : otherwise;
}

/* Moves what the draft holds into the figure. */
static pp_status finish(pp__draft *draft, pp_figure *figure, pp_error *err) {
    const pp_figure_options *options = draft->options;
    pp_buf spec;
    draft->title = chosen(options->title, draft->title);
    draft->subtitle = chosen(options->subtitle, draft->subtitle);
    draft->note = chosen(options->note, draft->note);
    PP_TRY(pp_buf_check(&draft->alt, err));
    if (!draft->twin) {
        PP_TRY(pp_table_copy(draft->rows, &draft->twin, err));
    }
    pp_buf_init(&spec);
    pp_status status = fill_spec(draft, &spec, err);
    if (status != PP_OK) {
        pp_buf_clear(&spec);
        return status;
    }
    figure->spec = spec.data;
    PP_NEED(figure->name = pp_strdup(chosen(options->name, draft->template_name)), err);
    PP_NEED(figure->title = pp_strdup(draft->title), err);
    PP_NEED(figure->alt = pp_strdup(draft->alt.data), err);
    if (draft->note) {
        PP_NEED(figure->note = pp_strdup(draft->note), err);
    }
    figure->table = draft->twin;
    draft->twin = NULL;
    return PP_OK;
}

pp_status pp__figure_make(pp__figure_maker *make, const char *template_name,
                          const pp_table *table, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    pp__draft draft = {
        .options = options, .template_name = template_name, .subtitle = ""};
    pp_figure *figure = pp_calloc(1, sizeof *figure);
    *out = NULL;
    PP_NEED(figure, err);
    pp_arena_init(&draft.arena);
    pp_buf_init(&draft.alt);
    pp_status status = make(&draft, table, err);
    if (status == PP_OK) {
        status = finish(&draft, figure, err);
    }
    if (status == PP_OK) {
        *out = figure;
    } else {
        pp_figure_free(figure);
    }
    pp_table_free(draft.rows);
    pp_table_free(draft.twin);
    pp_buf_clear(&draft.alt);
    pp_arena_clear(&draft.arena);
    return status;
}
