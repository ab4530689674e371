#include "strategy/registry_problems.h"

#include "base/check.h"
#include "evidence/lines.h"
#include "evidence/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

pp_status pp__registry_note(pp__registry_problems *problems, pp__register of, int64_t row,
                            const char *column, const char *value, const char *suggestion,
                            pp_error *err, const char *format, ...) {
    char words[PP_ERROR_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    pp__registry_problem *p = pp_arena_zalloc(&problems->arena, 1, sizeof *p);
    PP_NEED(p, err);
    *p = (pp__registry_problem){.of = of,
                                .row = row,
                                .order = problems->n++,
                                .column = column,
                                .value = value,
                                .next = problems->newest};
    problems->newest = p;
    p->problem = pp_arena_strdup(&problems->arena, words);
    PP_NEED(p->problem, err);
    if (suggestion) {
        p->suggestion = pp_arena_strdup(&problems->arena, suggestion);
        PP_NEED(p->suggestion, err);
    }
    return PP_OK;
}

static int compare(const void *a, const void *b) {
    const pp__registry_problem *x = *(pp__registry_problem *const *)a;
    const pp__registry_problem *y = *(pp__registry_problem *const *)b;
    if (x->of != y->of) {
        return x->of < y->of ? -1 : 1;
    }
    if (x->row != y->row) {
        return x->row < y->row ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

/* The lines of the problems of one file, which stand together. */
static pp_status find_lines(pp__registry_problem **list, int64_t n, int64_t rows,
                            const char *path, pp_error *err) {
    int64_t *lines = pp_malloc(rows, sizeof *lines);
    PP_NEED(lines, err);
    pp_status status = pp__record_lines(path, rows, lines, err);
    for (int64_t i = 0; status == PP_OK && i < n; i++) {
        list[i]->line = list[i]->row < 0 ? 1 : lines[list[i]->row];
    }
    pp_free(lines);
    return status;
}

static const char *path_of(pp_arena *arena, const char *folder, pp__register of) {
    const char *name = pp__register_specs[of].name;
    return folder ? pp_arena_printf(arena, "%s/%s.csv", folder, name)
                  : pp_arena_printf(arena, "%s.csv", name);
}

static pp_status put(pp__registry_problem **list, int64_t n, const pp_standards *s,
                     const char *folder, pp_arena *arena, pp_table *table,
                     pp_error *err) {
    for (int64_t i = 0, end; i < n; i = end) {
        pp__register of = list[i]->of;
        const char *path = path_of(arena, folder, of);
        PP_NEED(path, err);
        for (end = i; end < n && list[end]->of == of; end++) {
        }
        int64_t rows = s->tables[of] ? pp_table_rows(s->tables[of]) : 0;
        PP_TRY(find_lines(list + i, end - i, rows, folder ? path : NULL, err));
        for (int64_t k = i; k < end; k++) {
            const pp__registry_problem *p = list[k];
            const pp__cell cells[] = {
                PP__TEXT_CELL(path),       PP__NUMBER_CELL(p->line),
                PP__TEXT_CELL(p->column),  PP__TEXT_CELL(p->value),
                PP__TEXT_CELL(p->problem), PP__TEXT_CELL(p->suggestion)};
            PP_TRY(pp__rows_add_cells(table, cells, err));
        }
    }
    return PP_OK;
}

pp_status pp__registry_problems_table(const pp__registry_problems *problems,
                                      const pp_standards *s, const char *folder,
                                      pp_table **out, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"file", "File", PP_TEXT, 0},       {"line", "Line", 0, PP_SHOW_COUNT},
        {"column", "Column", PP_TEXT, 0},   {"value", "Value", PP_TEXT, 0},
        {"problem", "Problem", PP_TEXT, 0}, {"suggestion", "Suggestion", PP_TEXT, 0}};
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = pp_table_new(out, err);
    pp__registry_problem **list = pp_malloc(problems->n, sizeof *list);
    if (status == PP_OK && !list) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        int64_t n = 0;
        for (pp__registry_problem *p = problems->newest; p; p = p->next) {
            list[n++] = p;
        }
        qsort(list, (size_t)n, sizeof *list, compare);
        status = pp__rows_begin(*out, columns, 6, err);
        if (status == PP_OK) {
            status = put(list, n, s, folder, &arena, *out, err);
        }
    }
    pp_free(list);
    pp_arena_clear(&arena);
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}

static const char *first_text(const pp_table *problems, const char *name) {
    return pp_column_get_text(pp_table_find(problems, name), 0);
}

pp_status pp__registry_first_problem(const pp_table *problems, pp_error *err) {
    int64_t n = pp_table_rows(problems);
    if (n == 0) {
        return PP_OK;
    }
    const char *suggestion = first_text(problems, "suggestion");
    char others[80] = "";
    pp_error_set(err, PP_E_INPUT, "%s", first_text(problems, "problem"));
    pp_error_locate(err, first_text(problems, "file"),
                    (int64_t)pp_table_find(problems, "line")->number[0],
                    first_text(problems, "column"), first_text(problems, "value"));
    if (n > 1) {
        snprintf(others, sizeof others,
                 "%s'pushpull standards check' lists %lld more problem%s",
                 suggestion ? "; " : "", (long long)(n - 1), n == 2 ? "" : "s");
    }
    if (suggestion || n > 1) {
        pp_error_hint(err, "%s%s", suggestion ? suggestion : "", others);
    }
    return PP_E_INPUT;
}
