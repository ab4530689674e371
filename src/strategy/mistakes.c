#include "strategy/mistakes.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <stdarg.h>
#include <stdio.h>

pp_status pp__mistakes_new(pp_table **out, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"file", "File", PP_TEXT, 0},       {"line", "Line", 0, PP_SHOW_COUNT},
        {"field", "Field", PP_TEXT, 0},     {"value", "Value", PP_TEXT, 0},
        {"problem", "Problem", PP_TEXT, 0}, {"suggestion", "Suggestion", PP_TEXT, 0}};
    PP_TRY(pp_table_new(out, err));
    pp_status status = pp__rows_begin(*out, columns, 6, err);
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp__mistake(pp_table *mistakes, const char *file, int64_t line,
                      const char *field, const char *value, const char *suggestion,
                      pp_error *err, const char *format, ...) {
    char words[PP_ERROR_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    const pp__cell cells[] = {PP__TEXT_CELL(file),  PP__NUMBER_CELL(line),
                              PP__TEXT_CELL(field), PP__TEXT_CELL(value),
                              PP__TEXT_CELL(words), PP__TEXT_CELL(suggestion)};
    return pp__rows_add_cells(mistakes, cells, err);
}

pp_status pp__mistake_of(pp_table *mistakes, pp_status status, const pp_error *why,
                         pp_error *err) {
    if (status != PP_E_INPUT) {
        if (err && status != PP_OK) {
            *err = *why;
        }
        return status;
    }
    return pp__mistake(mistakes, why->file, why->line,
                       why->column[0] ? why->column : NULL,
                       why->value[0] ? why->value : NULL, why->hint[0] ? why->hint : NULL,
                       err, "%s", why->message);
}

static const char *first(const pp_table *mistakes, const char *name) {
    return pp_column_get_text(pp_table_find(mistakes, name), 0);
}

pp_status pp__mistakes_first(const pp_table *mistakes, const char *command,
                             pp_error *err) {
    int64_t n = pp_table_rows(mistakes);
    if (n == 0) {
        return PP_OK;
    }
    const char *suggestion = first(mistakes, "suggestion");
    char others[120] = "";
    pp_error_set(err, PP_E_INPUT, "%s", first(mistakes, "problem"));
    pp_error_locate(err, first(mistakes, "file"),
                    (int64_t)pp_table_find(mistakes, "line")->number[0],
                    first(mistakes, "field"), first(mistakes, "value"));
    if (n > 1) {
        const char *plural = n == 2 ? "" : "s";
        snprintf(others, sizeof others,
                 command ? "%s'%s' lists %lld more problem%s"
                         : "%s%sthere are %lld more problem%s",
                 suggestion ? "; " : "", command ? command : "", (long long)(n - 1),
                 plural);
    }
    if (suggestion || n > 1) {
        pp_error_hint(err, "%s%s", suggestion ? suggestion : "", others);
    }
    return PP_E_INPUT;
}
