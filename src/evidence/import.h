/* An import on its way: the rows of each kind, what they are beside the store, and the
 * report. */
#ifndef PP_EVIDENCE_IMPORT_H
#define PP_EVIDENCE_IMPORT_H

#include "evidence/field.h"
#include "evidence/map.h"
#include "evidence/record.h"

typedef enum pp__outcome {
    PP__NEW,
    PP__UNCHANGED,
    PP__CHANGED,
    PP__REFUSED,
    PP__BLANK, /* a row without any value, as spreadsheets leave them */
    PP__OUTCOMES
} pp__outcome;

typedef struct pp__import_row {
    const char **values;
    const char *key;    /* pp__record_subject; NULL while it cannot be told */
    const char *action; /* in the log: "import", "derive", "resolve" */
    pp__outcome outcome;
    int64_t version; /* in force before */
    int64_t claims;  /* of this import: at a place; of a vendor: with another home */
} pp__import_row;

/* The rows of one kind: from a file, or derived from the claims. */
typedef struct pp__import_rows {
    pp__kind kind;
    const char *path; /* NULL: no file */
    pp_table *table;
    int64_t n, capacity, from_file; /* the first `from_file` rows are those of the file */
    pp__import_row *rows;
    int64_t *lines; /* NULL until a row is refused */
    pp__map keys;   /* from key to row */
    int64_t pending;
} pp__import_rows;

typedef struct pp__refusal {
    pp__import_rows *rows;
    int64_t row, order; /* order: in which it was found */
    int field;
    const char *reason, *suggestion; /* suggestion NULL: none */
} pp__refusal;

typedef struct pp__import {
    pp_store *store;
    const pp_gazetteer *gazetteer;
    const pp_context *ctx;
    pp_arena arena;
    pp__import_rows of[PP__KINDS];
    pp_result *result;
    int dry_run;
    pp__refusal *refusals;
    int64_t n_refusals, refusals_capacity;
    int64_t n_refused; /* rows */
} pp__import;

/* Takes a table of texts over and checks its columns and each field by itself. */
pp_status pp__import_take(pp__import *im, pp__kind kind, pp_table *table, pp_error *err);
/* The same of a file. */
pp_status pp__import_read(pp__import *im, pp__kind kind, const char *path, pp_error *err);
/* Adds a row that is not from the file; `*row` moves with the next. */
pp_status pp__import_add_row(pp__import *im, pp__kind kind, pp__import_row **row,
                             pp_error *err);
/* Notes why a row of a file is refused and marks it. */
pp_status pp__import_refuse(pp__import *im, pp__import_rows *rows, int64_t row, int field,
                            const pp__problem *problem, pp_error *err);
/* Fills the table `refused` in order of file, line and column; gives the first of them as
   an error, located. */
pp_status pp__import_list_refusals(pp__import *im, pp_table *refused, pp_error *first,
                                   pp_error *err);
/* The line of a row in its file. */
pp_status pp__import_line(pp__import *im, pp__import_rows *rows, int64_t row,
                          int64_t *out, pp_error *err);

/* Rows against each other, against other files and against the store. */
pp_status pp__import_check(pp__import *im, pp_error *err);
/* Vendors and places of the claims. */
pp_status pp__import_derive(pp__import *im, pp_error *err);
/* Pending places of earlier imports, which a newer gazetteer may know. */
pp_status pp__import_retry(pp__import *im, pp_error *err);
/* Writes new and changed rows; inside a transaction for writing. */
pp_status pp__import_apply(pp__import *im, int64_t *changes, pp_error *err);
/* The tables `import`, `pending` and `stories`, and the warnings. */
pp_status pp__import_report(pp__import *im, pp_error *err);
void pp__import_clear(pp__import *im);

#endif
