#include "table/result.h"

#include "base/check.h"

#include <pushpull/text.h>
#include <pushpull/version.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

pp_status pp_result_new(const char *command, pp_result **out, pp_error *err) {
    *out = NULL;
    pp_result *result = pp_calloc(1, sizeof *result);
    PP_NEED(result, err);
    result->command = pp_arena_strdup(&result->arena, command);
    pp_status status =
        result->command ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = pp_result_note_text(result, "software", "pushpull " PP_VERSION, err);
    }
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}

void pp_result_free(pp_result *result) {
    if (!result) {
        return;
    }
    for (int i = 0; i < result->n_tables; i++) {
        pp_table_free(result->tables[i].table);
    }
    pp_free(result->tables);
    pp_free(result->warnings);
    pp_free(result->notes);
    pp_free(result->inputs);
    pp_arena_clear(&result->arena);
    pp_free(result);
}

const char *pp_result_command(const pp_result *result) {
    return result->command;
}

void *pp__grow(void *items, int n, size_t size) {
    int full = n == 0 || (n >= 4 && (n & (n - 1)) == 0);
    return full ? pp_realloc(items, n ? 2 * (int64_t)n : 4, size) : items;
}

static named_table *find_table(const pp_result *result, const char *name) {
    for (int i = 0; i < result->n_tables; i++) {
        if (strcmp(result->tables[i].name, name) == 0) {
            return &result->tables[i];
        }
    }
    return NULL;
}

pp_status pp_result_take(pp_result *result, const char *name, const char *title,
                         pp_table *table, pp_error *err) {
    if (find_table(result, name)) {
        PP_FAIL(err, PP_E_CONFLICT, "the result has a table '%s' already", name);
    }
    named_table *tables = pp__grow(result->tables, result->n_tables, sizeof *tables);
    PP_NEED(tables, err);
    result->tables = tables;
    named_table *entry = &tables[result->n_tables];
    *entry = (named_table){.table = table};
    entry->name = pp_arena_strdup(&result->arena, name);
    PP_NEED(entry->name, err);
    entry->title = pp_arena_strdup(&result->arena, title ? title : name);
    PP_NEED(entry->title, err);
    result->n_tables++;
    return PP_OK;
}

pp_status pp_result_add(pp_result *result, const char *name, const char *title,
                        pp_table **out, pp_error *err) {
    *out = NULL;
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = pp_result_take(result, name, title, table, err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}

int pp_result_tables(const pp_result *result) {
    return result->n_tables;
}

const char *pp_result_table_name(const pp_result *result, int index) {
    return result->tables[index].name;
}

const char *pp_result_table_title(const pp_result *result, int index) {
    return result->tables[index].title;
}

pp_table *pp_result_table(const pp_result *result, int index) {
    return result->tables[index].table;
}

pp_table *pp_result_find(const pp_result *result, const char *name) {
    named_table *found = find_table(result, name);
    return found ? found->table : NULL;
}

pp_status pp_result_set_note(pp_result *result, const char *name, const char *note,
                             pp_error *err) {
    named_table *found = find_table(result, name);
    if (!found) {
        PP_FAIL(err, PP_E_NOT_FOUND, "the result has no table '%s'", name);
    }
    char *copy = pp_arena_strdup(&result->arena, note);
    PP_NEED(copy, err);
    found->note = copy;
    return PP_OK;
}

const char *pp_result_table_note(const pp_result *result, int index) {
    return result->tables[index].note;
}

pp_status pp_result_set_rule(pp_result *result, const char *name, int64_t row,
                             pp_error *err) {
    named_table *found = find_table(result, name);
    if (!found) {
        PP_FAIL(err, PP_E_NOT_FOUND, "the result has no table '%s'", name);
    }
    found->rule = row;
    return PP_OK;
}

int64_t pp_result_table_rule(const pp_result *result, int index) {
    return result->tables[index].rule;
}

static pp_status add_warning(pp_result *result, const char *code, const char *message,
                             const char *subject, int64_t count, pp_error *err) {
    pp_warning *warnings =
        pp__grow(result->warnings, result->n_warnings, sizeof *warnings);
    PP_NEED(warnings, err);
    result->warnings = warnings;
    pp_warning *w = &warnings[result->n_warnings];
    w->count = count;
    w->code = pp_arena_strdup(&result->arena, code);
    PP_NEED(w->code, err);
    w->message = pp_arena_strdup(&result->arena, message);
    PP_NEED(w->message, err);
    w->subject = subject ? pp_arena_strdup(&result->arena, subject) : NULL;
    if (subject) {
        PP_NEED(w->subject, err);
    }
    result->n_warnings++;
    return PP_OK;
}

pp_status pp_result_warn(pp_result *result, const char *code, const char *subject,
                         int64_t count, pp_error *err, const char *format, ...) {
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return add_warning(result, code, message, subject, count, err);
}

int pp_result_warnings(const pp_result *result) {
    return result->n_warnings;
}

const pp_warning *pp_result_warning(const pp_result *result, int index) {
    return &result->warnings[index];
}

static pp_status merge_table(pp_result *into, const named_table *from, const char *prefix,
                             pp_error *err) {
    const char *name =
        pp_arena_printf(&into->arena, "%s%s", prefix ? prefix : "", from->name);
    PP_NEED(name, err);
    pp_table *copy;
    PP_TRY(pp_table_copy(from->table, &copy, err));
    pp_status status = pp_result_take(into, name, from->title, copy, err);
    if (status != PP_OK) {
        pp_table_free(copy);
        return status;
    }
    PP_TRY(pp_result_set_rule(into, name, from->rule, err));
    return from->note ? pp_result_set_note(into, name, from->note, err) : PP_OK;
}

/* "headline: x6 separates", so that it can be told whose warning it is. */
static pp_status merge_warning(pp_result *into, const pp_warning *w, const char *prefix,
                               pp_error *err) {
    const char *message = w->message;
    if (prefix) {
        int n = (int)strlen(prefix);
        n -= n > 0 && prefix[n - 1] == '_';
        message = pp_arena_printf(&into->arena, "%.*s: %s", n, prefix, w->message);
        PP_NEED(message, err);
    }
    return add_warning(into, w->code, message, w->subject, w->count, err);
}

pp_status pp_result_merge(pp_result *into, const pp_result *from, const char *prefix,
                          pp_error *err) {
    for (int i = 0; i < from->n_tables; i++) {
        PP_TRY(merge_table(into, &from->tables[i], prefix, err));
    }
    for (int i = 0; i < from->n_warnings; i++) {
        PP_TRY(merge_warning(into, &from->warnings[i], prefix, err));
    }
    return PP_OK;
}
