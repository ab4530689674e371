/* The one shape of everything that comes out: named tables, warnings, provenance.
 *
 * Every analysis gives a pp_result; reports, figures, files and `--json` are renderings of it
 * (see render.h) and of nothing else.
 */
#ifndef PUSHPULL_RESULT_H
#define PUSHPULL_RESULT_H

#include <pushpull/table.h>

typedef struct pp_result pp_result;

typedef struct pp_warning {
    const char *code;    /* stable, for programs: "separation" */
    const char *message; /* for people: one line */
    const char *subject; /* the variable, place or file concerned; NULL: none */
    int64_t count;       /* how many it concerns; -1: not counted */
} pp_warning;

/* `command` as on the command line: "fit". */
PP_API pp_status pp_result_new(const char *command, pp_result **out, pp_error *err);
PP_API void pp_result_free(pp_result *result);
PP_API const char *pp_result_command(const pp_result *result);

/* Adds an empty table; the result owns it, `out` is borrowed. Names are identifiers
   (`coefficients`), titles are for people. A taken name is PP_E_CONFLICT. */
PP_API pp_status pp_result_add(pp_result *result, const char *name, const char *title,
                               pp_table **out, pp_error *err);
/* Adds a table and takes it over; on failure the caller still owns it. */
PP_API pp_status pp_result_take(pp_result *result, const char *name, const char *title,
                                pp_table *table, pp_error *err);
PP_API int pp_result_tables(const pp_result *result);
PP_API const char *pp_result_table_name(const pp_result *result, int index);
PP_API const char *pp_result_table_title(const pp_result *result, int index);
PP_API pp_table *pp_result_table(const pp_result *result, int index);
PP_API pp_table *pp_result_find(const pp_result *result, const char *name);
/* A sentence shown under the table by the renderings for people; copied. */
PP_API pp_status pp_result_set_note(pp_result *result, const char *name, const char *note,
                                    pp_error *err);
PP_API const char *pp_result_table_note(const pp_result *result, int index);
/* A line above this row in the renderings for people that can draw it (0: none). */
PP_API pp_status pp_result_set_rule(pp_result *result, const char *name, int64_t row,
                                    pp_error *err);
PP_API int64_t pp_result_table_rule(const pp_result *result, int index);

PP_API pp_status pp_result_warn(pp_result *result, const char *code, const char *subject,
                                int64_t count, pp_error *err, const char *format, ...)
    PP_PRINTF(6, 7);
PP_API int pp_result_warnings(const pp_result *result);
PP_API const pp_warning *pp_result_warning(const pp_result *result, int index);
/* Copies tables (their names prefixed by `prefix`, "headline_"; NULL: none) and warnings of `from`
   (their messages then begin with "headline: "). */
PP_API pp_status pp_result_merge(pp_result *into, const pp_result *from,
                                 const char *prefix, pp_error *err);

/* Provenance: ordered keys with text or number values, and the inputs with their digests. The
   software's version is there from the start. A key given twice keeps the newer value. */
PP_API pp_status pp_result_note_text(pp_result *result, const char *key,
                                     const char *value, pp_error *err);
PP_API pp_status pp_result_note_number(pp_result *result, const char *key, double value,
                                       pp_error *err);
PP_API pp_status pp_result_note_input(pp_result *result, const char *path, pp_error *err);
/* The same under another name: as the user wrote it. */
PP_API pp_status pp_result_note_input_as(pp_result *result, const char *path,
                                         const char *shown, pp_error *err);
PP_API int pp_result_notes(const pp_result *result);
/* `text` is NULL for a number. */
PP_API void pp_result_note(const pp_result *result, int index, const char **key,
                           const char **text, double *number);
PP_API int pp_result_inputs(const pp_result *result);
PP_API void pp_result_input(const pp_result *result, int index, const char **path,
                            const char **digest, int64_t *bytes);

#endif
