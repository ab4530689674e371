/* Collects what is wrong with a study, so that one reading tells all of it. */
#include "study/study_fields.h"

#include "base/check.h"
#include <pushpull/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    pp_column_type type;
} columns[] = {{"file", PP_TEXT},  {"line", PP_NUMBER},  {"field", PP_TEXT},
               {"value", PP_TEXT}, {"problem", PP_TEXT}, {"suggestion", PP_TEXT}};

pp_status pp__problems_init(pp__problems *problems, const char *file, pp_error *err) {
    pp_column *column;
    problems->file = file;
    PP_TRY(pp_table_new(&problems->table, err));
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        PP_TRY(pp_table_add(problems->table, columns[i].type, columns[i].name, &column,
                            err));
        column->show = columns[i].type == PP_NUMBER ? PP_SHOW_COUNT : PP_SHOW_DEFAULT;
    }
    return PP_OK;
}

static pp_status set(pp__problems *problems, int64_t row, const char *name,
                     const char *text, pp_error *err) {
    return pp_column_set_text(problems->table, pp_table_find(problems->table, name), row,
                              text, err);
}

pp_status pp__problem(pp__problems *problems, int64_t line, const char *field,
                      const char *value, const char *suggestion, pp_error *err,
                      const char *format, ...) {
    char words[PP_ERROR_MESSAGE];
    int64_t row;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    PP_TRY(pp_table_append(problems->table, &row, err));
    pp_table_find(problems->table, "line")->number[row] = (double)line;
    PP_TRY(set(problems, row, "file", problems->file, err));
    PP_TRY(set(problems, row, "field", field, err));
    PP_TRY(set(problems, row, "value", value, err));
    PP_TRY(set(problems, row, "problem", words, err));
    return set(problems, row, "suggestion", suggestion, err);
}

typedef struct place {
    double line;
    int64_t row;
} place;

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->row < y->row ? -1 : 1;
}

pp_status pp__problems_sort(pp__problems *problems, pp_error *err) {
    int64_t n = pp_table_rows(problems->table);
    const double *line = pp_table_find(problems->table, "line")->number;
    place *places = pp_malloc(n, sizeof *places);
    int64_t *rows = pp_malloc(n, sizeof *rows);
    pp_table *sorted = NULL;
    pp_status status = PP_E_MEMORY;
    if (places && rows) {
        for (int64_t i = 0; i < n; i++) {
            places[i] = (place){line[i], i};
        }
        qsort(places, (size_t)n, sizeof *places, compare_places);
        for (int64_t i = 0; i < n; i++) {
            rows[i] = places[i].row;
        }
        status = pp_table_take_rows(problems->table, rows, n, &sorted, err);
    } else {
        pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        pp_table_free(problems->table);
        problems->table = sorted;
    }
    pp_free(places);
    pp_free(rows);
    return status;
}

static const char *text_of(const pp__problems *problems, const char *name) {
    return pp_column_get_text(pp_table_find(problems->table, name), 0);
}

pp_status pp__problems_status(const pp__problems *problems, pp_error *err) {
    int64_t n = pp_table_rows(problems->table);
    const char *suggestion;
    char others[80] = "";
    if (n == 0) {
        return PP_OK;
    }
    suggestion = text_of(problems, "suggestion");
    pp_error_set(err, PP_E_INPUT, "%s", text_of(problems, "problem"));
    pp_error_locate(err, problems->file,
                    (int64_t)pp_table_find(problems->table, "line")->number[0],
                    text_of(problems, "field"), text_of(problems, "value"));
    if (n > 1) {
        snprintf(others, sizeof others, "%s`pushpull check` lists %lld more problem%s",
                 suggestion ? "; " : "", (long long)(n - 1), n == 2 ? "" : "s");
    }
    if (suggestion || n > 1) {
        pp_error_hint(err, "%s%s", suggestion ? suggestion : "", others);
    }
    return PP_E_INPUT;
}

int64_t pp__study_line(const pp_study *study, const char *field, const char *value) {
    const pp__yaml *node = study->tree;
    char part[PP_ERROR_NAME];
    while (*field) {
        size_t length = strcspn(field, ".");
        const pp__yaml *child = NULL;
        if (length < sizeof part) {
            memcpy(part, field, length);
            part[length] = '\0';
            child = pp__yaml_get(node, part);
        }
        if (!child) {
            return node->line;
        }
        node = child;
        field += length + (field[length] == '.');
    }
    if (value && node->kind == PP__YAML_LIST) {
        for (const pp__yaml *item = node->first; item; item = item->next) {
            if (item->text && strcmp(item->text, value) == 0) {
                return item->line;
            }
        }
    }
    return node->line;
}
