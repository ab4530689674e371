/* The inside of a store: its connection, its transaction, its log and its records. */
#ifndef PP_EVIDENCE_STORE_H
#define PP_EVIDENCE_STORE_H

#include "evidence/database.h"
#include "evidence/entities.h"

#include <pushpull/file.h>

enum { PP__TIME = 21 }; /* "2026-02-01T12:00:00Z" and the zero */

typedef struct pp__record_sql {
    pp__statement *latest, *imported, *add_head, *add_version;
} pp__record_sql;

struct pp_store {
    pp__db *db;
    char *path;
    pp__statement *add_entry;
    pp__record_sql sql[PP__KINDS];
    /* The transaction for writing that is open. */
    char *author;
    char at[PP__TIME];
    int timeless;             /* the log's entries carry no time */
    int64_t seq;              /* of the log's last entry */
    char hash[PP_DIGEST_HEX]; /* of the log's last entry */
};

/* Begins a transaction for writing. Every change in it is logged under one author and one
 * time. */
pp_status pp__store_begin(pp_store *store, const char *author, pp_error *err);
pp_status pp__store_commit(pp_store *store, pp_error *err);
/* Begins one for reading, so that several queries see the same state; ends by
 * pp__store_rollback. */
pp_status pp__store_begin_reading(pp_store *store, pp_error *err);
void pp__store_rollback(pp_store *store);

typedef struct pp__entry {
    int64_t seq, version;
    const char *at, *author, *action, *entity, *subject, *digest, *detail, *previous,
        *hash;
} pp__entry;

/* The hash of an entry over all its other fields. */
void pp__entry_hash(const pp__entry *entry, char out[PP_DIGEST_HEX]);
/* Adds an entry to the log; the fields that chain it are filled in. */
pp_status pp__log_append(pp_store *store, const char *action, const char *entity,
                         const char *subject, int64_t version, const char *digest,
                         const char *detail, pp_error *err);
/* Walks the log. `problem` is "" when the chain holds, else says which entry breaks it.
 */
pp_status pp__log_check(pp_store *store, int64_t *entries, char head[PP_DIGEST_HEX],
                        char problem[PP__PROBLEM], pp_error *err);

#endif
