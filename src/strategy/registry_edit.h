/* Changing one file of a registry: read whole, changed in memory, checked whole, written with its log. */
#ifndef PP_STRATEGY_REGISTRY_EDIT_H
#define PP_STRATEGY_REGISTRY_EDIT_H

#include "evidence/map.h"
#include "strategy/registry.h"

typedef struct pp__edit {
    const pp_standards_edit *request;
    const pp_context *ctx;
    int lock;                              /* of the folder; -1: none */
    pp__register of;                       /* the file that changes */
    pp_table *tables[PP__REGISTERS], *log; /* as they will be */
    int64_t n_before;                      /* rows of the file */
    pp__map ids;                           /* of the file's rows, as they were read */
    pp_result *out;
    pp_table *changes; /* of `out`: the rows that `log` has more */
} pp__edit;

/* Locks the folder, ends or undoes an edit that was interrupted, and reads. The caller closes it, also on
   failure. */
pp_status pp__edit_open(pp__edit *edit, const pp_standards_edit *request,
                        const pp_context *ctx, pp_error *err);
void pp__edit_close(pp__edit *edit);
/* The row of an id; PP_E_NOT_FOUND with the nearest. */
pp_status pp__edit_row(const pp__edit *edit, const char *id, int64_t *row, pp_error *err);
/* Sets a cell (NULL: empties it) and logs it when it is another value. */
pp_status pp__edit_set(pp__edit *edit, const char *action, const char *id, int64_t row,
                       const char *column, const char *value, pp_error *err);
/* Logs a row as a whole: `column`, old and new value may be NULL. */
pp_status pp__edit_log(pp__edit *edit, const char *action, const char *id,
                       const char *column, const char *old, const char *fresh,
                       pp_error *err);
/* Checks the whole registry as it would be: PP_E_INPUT for the first mistake. `file` (NULL: none) is where
   rows after the first n_before come from, in order of `rows`. */
pp_status pp__edit_check(pp__edit *edit, const char *file, const int64_t *rows,
                         pp_error *err);
/* Writes file and log, unless nothing has changed. */
pp_status pp__edit_write(pp__edit *edit, pp_error *err);
/* Opens, works, checks, writes and closes. */
typedef pp_status pp__edit_work(pp__edit *edit, void *payload, pp_error *err);
pp_status pp__edit_do(const pp_standards_edit *request, pp__edit_work *work,
                      void *payload, const pp_context *ctx, pp_result **out,
                      pp_error *err);

/* Tables of the seven files; the caller frees them. */
pp_status pp__registry_tables(const char *folder, const pp_context *ctx,
                              pp_table **tables, pp_error *err);
/* Both files appear together: written aside, then moved. An interruption leaves the old ones, or a folder
   aside from which the next pp__registry_recover ends the move. */
pp_status pp__registry_commit(const char *folder, const char *name, const pp_table *table,
                              const pp_table *log, const pp_context *ctx, pp_error *err);
pp_status pp__registry_recover(const char *folder, pp_error *err);

#endif
