/* Status codes and the caller-owned error.
 *
 * Every function that can fail returns a pp_status and takes, last, a pointer to a pp_error
 * that the caller owns; NULL is fine when the details do not matter. On PP_OK the error is
 * untouched. A pp_error holds no pointers: it is copied by assignment and needs no clearing.
 */
#ifndef PUSHPULL_STATUS_H
#define PUSHPULL_STATUS_H

#include <stdint.h>

#if defined(__GNUC__)
#define PP_API               __attribute__((visibility("default")))
#define PP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PP_USERESULT         __attribute__((warn_unused_result))
#else
#define PP_API
#define PP_PRINTF(fmt, args)
#define PP_USERESULT
#endif

typedef enum pp_status {
    PP_OK = 0,
    PP_E_ARGUMENT,   /* an option or argument is wrong: exit 2, HTTP 400 */
    PP_E_INPUT,      /* a file's content is wrong: exit 3, HTTP 422 */
    PP_E_IO,         /* reading or writing failed: exit 4, HTTP 500 */
    PP_E_NOT_FOUND,  /* no such file, column, place or claim: exit 5, HTTP 404 */
    PP_E_CONFLICT,   /* it is there already, or was changed meanwhile: exit 6, HTTP 409 */
    PP_E_CORRUPT,    /* a store, log or manifest does not verify: exit 7, HTTP 500 */
    PP_E_ESTIMATION, /* the model cannot be estimated on these data: exit 8, HTTP 422 */
    PP_E_UNSUPPORTED, /* known but not built in here: exit 9, HTTP 501 */
    PP_E_CANCELLED,   /* the progress callback asked to stop: exit 130, HTTP 499 */
    PP_E_MEMORY,      /* an allocation failed: exit 70, HTTP 503 */
    PP_E_INTERNAL,    /* a mistake of ours: exit 70, HTTP 500 */
    PP_STATUS_COUNT
} pp_status;

enum {
    PP_ERROR_MESSAGE = 400,
    PP_ERROR_FILE = 256,
    PP_ERROR_NAME = 64,
    PP_ERROR_VALUE = 120,
    PP_ERROR_HINT = 400
};

typedef struct pp_error {
    pp_status code;
    char message[PP_ERROR_MESSAGE]; /* one factual line, no full stop at its end */
    char file[PP_ERROR_FILE];       /* "" when no file is concerned */
    int64_t line;                   /* 1-based line (text) or row (tables); 0 unknown */
    char column[PP_ERROR_NAME];     /* column, field or option; "" unknown */
    char value[PP_ERROR_VALUE];     /* the offending value, cut to fit; "" unknown */
    int64_t position;         /* 1-based character in a formula or line; 0 unknown */
    char hint[PP_ERROR_HINT]; /* what to do; "" when there is nothing to add */
} pp_error;

/* The name of a status ("input"), the command line's exit code and the server's HTTP code. */
PP_API const char *pp_status_name(pp_status status);
PP_API int pp_status_exit_code(pp_status status);
PP_API int pp_status_http_code(pp_status status);

/* Sets code and message, clears every other field, and returns `code`. `err` may be NULL. */
PP_API pp_status pp_error_set(pp_error *err, pp_status code, const char *format, ...)
    PP_PRINTF(3, 4);

/* Add to an error that was set: where it happened, and what to do. NULL or 0 leaves a field. */
PP_API void pp_error_locate(pp_error *err, const char *file, int64_t line,
                            const char *column, const char *value);
PP_API void pp_error_hint(pp_error *err, const char *format, ...) PP_PRINTF(2, 3);

/* Writes "file:line: column: message (value 'v')\nhint: ..." into `out`, cut to `size`; without
   a file "row N: ", since it is a table's row then. */
PP_API void pp_error_format(const pp_error *err, char *out, int64_t size);

#endif
