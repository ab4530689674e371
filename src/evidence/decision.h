/* Decisions: what a person says about a record, recorded like everything else. */
#ifndef PP_EVIDENCE_DECISION_H
#define PP_EVIDENCE_DECISION_H

#include "evidence/record.h"

typedef struct pp__decision {
    const char *action, *kind, *subject, *field, *value, *reason;
} pp__decision;

/* Records and logs it, inside a transaction for writing; `*id` is its number. */
pp_status pp__decision_add(pp_store *store, const pp__decision *decision, int64_t *id,
                           pp_error *err);
/* PP_E_ARGUMENT unless there is a reason of more than white space. */
pp_status pp__decision_needs_reason(const char *reason, pp_error *err);
/* PP_E_NOT_FOUND unless the store has the record whose one-field key is `key`. */
pp_status pp__record_require(pp_store *store, pp__kind kind, const char *key,
                             pp_arena *arena, pp__record *out, pp_error *err);

#endif
