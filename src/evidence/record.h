/* Records and their versions. A record is an array of texts in the order of its entity's
 * fields, NULL where a value is missing; numbers are texts in the form of
 * pp_format_number.
 */
#ifndef PP_EVIDENCE_RECORD_H
#define PP_EVIDENCE_RECORD_H

#include "evidence/store.h"

typedef struct pp__record {
    int64_t version; /* 0: there is no such record */
    const char *values[PP__MOST_FIELDS];
} pp__record;

/* Over all fields but the key, so that records of the same content have the same digest.
 */
void pp__record_digest(const pp__entity *entity, const char *const *values,
                       char out[PP_DIGEST_HEX]);
/* The key for people and for the log: its fields joined by "/". */
const char *pp__record_subject(const pp__entity *entity, const char *const *values,
                               pp_arena *arena);

/* The version in force; `key` has n_key values. */
pp_status pp__record_latest(pp_store *store, pp__kind kind, const char *const *key,
                            pp_arena *arena, pp__record *out, pp_error *err);
/* Version and digest of what came last by an import (0 and "": none did), and the version
 * in force. */
pp_status pp__record_imported(pp_store *store, pp__kind kind, const char *const *key,
                              int64_t *version, char digest[PP_DIGEST_HEX],
                              int64_t *in_force, pp_error *err);
/* Adds a version that follows `version` (0: the first) and logs it under `action`. */
pp_status pp__record_add(pp_store *store, pp__kind kind, const char *const *values,
                         int64_t version, const char *action, const char *detail,
                         pp_error *err);
/* "latest: 2016 -> 2017-03; note: none -> Signed": what a version changes in the one
 * before it. */
pp_status pp__record_difference(const pp__entity *entity, const char *const *before,
                                const char *const *after, pp_buf *out, pp_error *err);
/* Reads the fields of the statement's row from `column` on. */
pp_status pp__record_read(const pp__entity *entity, pp__statement *s, int column,
                          pp_arena *arena, const char **values, pp_error *err);
/* "a, b, c" for the first `n` fields, each after `prefix`. */
void pp__record_columns(const pp__entity *entity, const char *prefix, int n, pp_buf *out);

#endif
