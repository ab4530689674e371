/* The log of every change: each entry carries the hash of the one before. */
#include "base/check.h"
#include "evidence/digest.h"
#include "evidence/store.h"

#include <stdio.h>
#include <string.h>

/* What the first entry names as the one before. */
static const char nothing[PP_DIGEST_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

void pp__entry_hash(const pp__entry *entry, char out[PP_DIGEST_HEX]) {
    pp__digest digest;
    pp__digest_begin(&digest);
    pp__digest_integer(&digest, entry->seq);
    pp__digest_text(&digest, entry->at);
    pp__digest_text(&digest, entry->author);
    pp__digest_text(&digest, entry->action);
    pp__digest_text(&digest, entry->entity);
    pp__digest_text(&digest, entry->subject);
    pp__digest_integer(&digest, entry->version);
    pp__digest_text(&digest, entry->digest);
    pp__digest_text(&digest, entry->detail);
    pp__digest_text(&digest, entry->previous);
    pp__digest_end(&digest, out);
}

static pp_status insert_entry(pp_store *store, const pp__entry *e, pp_error *err) {
    if (!store->add_entry) {
        PP_TRY(
            pp__db_prepare(store->db,
                           "INSERT INTO log (seq, at, author, action, entity, subject, "
                           "version, digest, detail, previous, hash) VALUES "
                           "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                           &store->add_entry, err));
    }
    pp__statement *s = store->add_entry;
    const char *texts[] = {e->at, e->author, e->action, e->entity, e->subject};
    PP_TRY(pp__bind_integer(s, 1, e->seq, err));
    for (int i = 0; i < 5; i++) {
        PP_TRY(pp__bind_text(s, 2 + i, texts[i], err));
    }
    PP_TRY(pp__bind_integer(s, 7, e->version, err));
    PP_TRY(pp__bind_text(s, 8, e->digest, err));
    PP_TRY(pp__bind_text(s, 9, e->detail, err));
    PP_TRY(pp__bind_text(s, 10, e->previous, err));
    PP_TRY(pp__bind_text(s, 11, e->hash, err));
    return pp__run(s, err);
}

pp_status pp__log_append(pp_store *store, const char *action, const char *entity,
                         const char *subject, int64_t version, const char *digest,
                         const char *detail, pp_error *err) {
    char hash[PP_DIGEST_HEX];
    pp__entry entry = {.seq = store->seq + 1,
                       .version = version,
                       .at = store->at,
                       .author = store->author,
                       .action = action,
                       .entity = entity,
                       .subject = subject,
                       .digest = digest,
                       .detail = detail,
                       .previous = store->seq ? store->hash : nothing,
                       .hash = hash};
    pp__entry_hash(&entry, hash);
    PP_TRY(insert_entry(store, &entry, err));
    store->seq = entry.seq;
    memcpy(store->hash, hash, sizeof hash);
    return PP_OK;
}

static void check_entry(const pp__entry *entry, int64_t expected, const char *previous,
                        char problem[PP__PROBLEM]) {
    char hash[PP_DIGEST_HEX];
    pp__entry_hash(entry, hash);
    if (entry->seq != expected) {
        snprintf(problem, PP__PROBLEM, "entry %lld is missing", (long long)expected);
    } else if (!entry->hash || strcmp(hash, entry->hash) != 0) {
        snprintf(problem, PP__PROBLEM,
                 "entry %lld (%s %s) was changed after it was written",
                 (long long)expected, entry->entity, entry->subject);
    } else if (strcmp(entry->previous, previous) != 0) {
        snprintf(problem, PP__PROBLEM, "entry %lld does not follow the one before it",
                 (long long)expected);
    }
}

static const char *text_or_empty(pp__statement *s, int column) {
    const char *text = pp__text(s, column);
    return text ? text : "";
}

pp_status pp__log_check(pp_store *store, int64_t *entries, char head[PP_DIGEST_HEX],
                        char problem[PP__PROBLEM], pp_error *err) {
    pp__statement *s;
    PP_TRY(pp__db_prepare(
        store->db,
        "SELECT seq, version, at, author, action, entity, subject, digest, "
        "detail, previous, hash FROM log ORDER BY seq",
        &s, err));
    *entries = 0;
    problem[0] = '\0';
    memcpy(head, nothing, sizeof nothing);
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row && !problem[0]) {
        pp__entry entry = {.seq = pp__integer(s, 0),
                           .version = pp__integer(s, 1),
                           .at = text_or_empty(s, 2),
                           .author = text_or_empty(s, 3),
                           .action = text_or_empty(s, 4),
                           .entity = text_or_empty(s, 5),
                           .subject = text_or_empty(s, 6),
                           .digest = text_or_empty(s, 7),
                           .detail = pp__text(s, 8),
                           .previous = text_or_empty(s, 9),
                           .hash = text_or_empty(s, 10)};
        check_entry(&entry, *entries + 1, head, problem);
        if (!problem[0]) {
            ++*entries;
            memcpy(head, entry.hash, PP_DIGEST_HEX);
        }
    }
    pp__finish(s);
    return status;
}
