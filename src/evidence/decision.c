#include "evidence/decision.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

pp_status pp__decision_needs_reason(const char *reason, pp_error *err) {
    if (reason && reason[strspn(reason, " \t\r\n")]) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "a decision needs a reason");
    pp_error_locate(err, NULL, 0, "reason", NULL);
    pp_error_hint(err, "say in a few words why, for those who read the log");
    return PP_E_ARGUMENT;
}

pp_status pp__decision_add(pp_store *store, const pp__decision *decision, int64_t *id,
                           pp_error *err) {
    char number[24];
    PP_TRY(pp__db_integer(
        store->db, "SELECT coalesce(max(decision_id), 0) + 1 FROM decision", id, err));
    snprintf(number, sizeof number, "%lld", (long long)*id);
    const char *values[PP__MOST_FIELDS] = {
        [DECISION_ID] = number,
        [DECISION_ACTION] = decision->action,
        [DECISION_KIND] = decision->kind,
        [DECISION_SUBJECT] = decision->subject,
        [DECISION_FIELD] = decision->field,
        [DECISION_VALUE] = decision->value,
        [DECISION_REASON] = decision->reason,
    };
    return pp__record_add(store, PP__DECISION, values, 0, "decide", decision->action,
                          err);
}

pp_status pp__record_require(pp_store *store, pp__kind kind, const char *key,
                             pp_arena *arena, pp__record *out, pp_error *err) {
    PP_TRY(pp__record_latest(store, kind, &key, arena, out, err));
    if (out->version == 0) {
        pp_error_set(err, PP_E_NOT_FOUND, "the store has no %s '%s'",
                     pp__entities[kind].name, key);
        pp_error_locate(err, store->path, 0, NULL, key);
        return PP_E_NOT_FOUND;
    }
    return PP_OK;
}
