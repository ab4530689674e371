#include <pushpull/status.h>
#include <pushpull/version.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct status_row {
    const char *name;
    int exit_code, http_code;
} status_row;

static const status_row statuses[PP_STATUS_COUNT] = {
    [PP_OK] = {"ok", 0, 200},
    [PP_E_ARGUMENT] = {"argument", 2, 400},
    [PP_E_INPUT] = {"input", 3, 422},
    [PP_E_IO] = {"io", 4, 500},
    [PP_E_NOT_FOUND] = {"not_found", 5, 404},
    [PP_E_CONFLICT] = {"conflict", 6, 409},
    [PP_E_CORRUPT] = {"corrupt", 7, 500},
    [PP_E_ESTIMATION] = {"estimation", 8, 422},
    [PP_E_UNSUPPORTED] = {"unsupported", 9, 501},
    [PP_E_CANCELLED] = {"cancelled", 130, 499},
    [PP_E_MEMORY] = {"memory", 70, 503},
    [PP_E_INTERNAL] = {"internal", 70, 500},
};

static const status_row *row_of(pp_status status) {
    unsigned index = (unsigned)status;
    return &statuses[index < PP_STATUS_COUNT ? index : PP_E_INTERNAL];
}

const char *pp_status_name(pp_status status) {
    return row_of(status)->name;
}

int pp_status_exit_code(pp_status status) {
    return row_of(status)->exit_code;
}

int pp_status_http_code(pp_status status) {
    return row_of(status)->http_code;
}

const char *pp_version(void) {
    return PP_VERSION;
}

/* Cuts at a character's start, so that a cut message is still UTF-8. */
static void copy_cut(char *out, size_t size, const char *text) {
    size_t n = text ? strlen(text) : 0;
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    if (n > 0) {
        memcpy(out, text, n);
    }
    out[n] = '\0';
}

pp_status pp_error_set(pp_error *err, pp_status code, const char *format, ...) {
    if (err) {
        char message[2 * PP_ERROR_MESSAGE];
        va_list args;
        va_start(args, format);
        vsnprintf(message, sizeof message, format, args);
        va_end(args);
        memset(err, 0, sizeof *err);
        err->code = code;
        copy_cut(err->message, sizeof err->message, message);
    }
    return code;
}

void pp_error_locate(pp_error *err, const char *file, int64_t line, const char *column,
                     const char *value) {
    if (!err) {
        return;
    }
    if (file) {
        copy_cut(err->file, sizeof err->file, file);
    }
    if (line) {
        err->line = line;
    }
    if (column) {
        copy_cut(err->column, sizeof err->column, column);
    }
    if (value) {
        copy_cut(err->value, sizeof err->value, value);
    }
}

void pp_error_hint(pp_error *err, const char *format, ...) {
    if (!err) {
        return;
    }
    char hint[2 * PP_ERROR_HINT];
    va_list args;
    va_start(args, format);
    vsnprintf(hint, sizeof hint, format, args);
    va_end(args);
    copy_cut(err->hint, sizeof err->hint, hint);
}

void pp_error_format(const pp_error *err, char *out, int64_t size) {
    if (size <= 0) {
        return;
    }
    char where[PP_ERROR_FILE + 64] = "", value[PP_ERROR_VALUE + 16] = "";
    char quoted[PP_ERROR_VALUE + 4];
    char column[PP_ERROR_NAME + 16] = "", position[48] = "";
    if (err->file[0] && err->line > 0) {
        snprintf(where, sizeof where, "%s:%lld: ", err->file, (long long)err->line);
    } else if (err->file[0]) {
        snprintf(where, sizeof where, "%s: ", err->file);
    } else if (err->line > 0) {
        snprintf(where, sizeof where, "row %lld: ", (long long)err->line);
    }
    if (err->column[0]) {
        snprintf(column, sizeof column, "%s: ", err->column);
    }
    snprintf(quoted, sizeof quoted, "'%s'", err->value);
    if (err->value[0] && !strstr(err->message, quoted)) {
        snprintf(value, sizeof value, " (value %s)", quoted);
    }
    if (err->position > 0) {
        snprintf(position, sizeof position, " at character %lld",
                 (long long)err->position);
    }
    char text[PP_ERROR_FILE + PP_ERROR_MESSAGE + PP_ERROR_HINT + 512];
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s", where, column, err->message, position,
             value, err->hint[0] ? "\nhint: " : "", err->hint);
    copy_cut(out, (size_t)size, text);
}
