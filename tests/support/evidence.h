/* Small stores for tests. */
#ifndef PP_TESTS_EVIDENCE_H
#define PP_TESTS_EVIDENCE_H

#include "support/support.h"

#include <pushpull/evidence.h>

/* Headers of the codebook's files. */
extern const char claims_header[], sources_header[], searches_header[], vendors_header[];

/* Imports texts that are rows of CSV below those headers; NULL: no such file. */
typedef struct rows_of_study {
    const char *claims, *sources, *searches, *vendors;
    int dry_run;
} rows_of_study;
pp_status import_rows(pp_store *store, const pp_gazetteer *gazetteer,
                      const rows_of_study *rows, pp_result **out, pp_error *err);
/* The same with whole texts, headers included. */
pp_status import_texts(pp_store *store, const pp_gazetteer *gazetteer,
                       const rows_of_study *texts, pp_result **out, pp_error *err);

/* A new store in memory with three claims, imported from tables in memory: quick enough
   to be done once for each allocation that may fail. */
pp_status open_store_of_tables(pp_store **out, pp_error *err);

/* Three claims of two sources about two places: enough to decide and to merge. */
extern const rows_of_study small_study;

/* The text or number of a cell as text; "-" when missing. Static buffers, eight in turn.
 */
const char *at(const pp_table *table, const char *column, int64_t row);
/* A cell of the row whose column `key` is `value`; "no row" when there is none. */
const char *at_key(const pp_table *table, const char *key, const char *value,
                   const char *column);
/* The count in table `import` of a result. */
int counted(const pp_result *result, const char *kind, const char *outcome);
/* 1 when the result has a warning of that code. */
int has_warning(const pp_result *result, const char *code);
/* The rows of the log. */
int64_t log_entries(pp_store *store);
/* Verifies and fails the test when something does not hold. */
void assert_verifies(pp_store *store);

#endif
