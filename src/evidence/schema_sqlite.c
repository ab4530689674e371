/* The store's tables. What is recorded stands in tables of versions that can only grow,
 * each row tied to the entry of the log that brought it; a head table beside each says
 * which version is in force. A migration that has been released is never edited: add the
 * next one.
 */
#include "evidence/schema_sqlite.h"

#include <stddef.h>

#define APPEND_ONLY(table)                                                               \
    "CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table                         \
    " BEGIN SELECT RAISE(ABORT, '" table " can only be added to'); END;"                 \
    "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table                         \
    " BEGIN SELECT RAISE(ABORT, '" table " can only be added to'); END;"

#define HEAD_ONLY_FORWARD(table)                                                         \
    "CREATE TRIGGER " table "_forward BEFORE UPDATE ON " table                           \
    " WHEN NEW.version <> OLD.version + 1"                                               \
    " BEGIN SELECT RAISE(ABORT, '" table ": a version follows the one before'); END;"    \
    "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table                         \
    " BEGIN SELECT RAISE(ABORT, '" table ": nothing is deleted'); END;"

/* The columns that every table of versions has after its key. */
#define VERSION                                                                          \
    " version INTEGER NOT NULL CHECK (version >= 1),"                                    \
    " seq INTEGER NOT NULL UNIQUE REFERENCES log (seq), digest TEXT NOT NULL,"

static const char *const first[] = {
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL,"
    " action TEXT NOT NULL, entity TEXT NOT NULL, subject TEXT NOT NULL,"
    " version INTEGER NOT NULL, digest TEXT NOT NULL, detail TEXT,"
    " previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT",
    "CREATE INDEX log_subject ON log (entity, subject)",

    "CREATE TABLE source (source_id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE source_version (source_id TEXT NOT NULL REFERENCES source," VERSION
    " url TEXT NOT NULL, title TEXT, publisher TEXT, published TEXT, kind TEXT NOT NULL,"
    " language TEXT, PRIMARY KEY (source_id, version)) STRICT",

    "CREATE TABLE vendor (vendor TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE vendor_version (vendor TEXT NOT NULL REFERENCES vendor," VERSION
    " name TEXT, home TEXT, parent TEXT, aliases TEXT,"
    " PRIMARY KEY (vendor, version)) STRICT",

    "CREATE TABLE place (country TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
    " version INTEGER NOT NULL, PRIMARY KEY (country, kind, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE place_version (country TEXT NOT NULL, kind TEXT NOT NULL,"
    " name TEXT NOT NULL," VERSION " place_id TEXT,"
    " PRIMARY KEY (country, kind, name, version),"
    " FOREIGN KEY (country, kind, name) REFERENCES place) STRICT",

    "CREATE TABLE search (country TEXT NOT NULL, coder TEXT NOT NULL,"
    " version INTEGER NOT NULL, PRIMARY KEY (country, coder)) STRICT, WITHOUT ROWID",
    "CREATE TABLE search_version (country TEXT NOT NULL, coder TEXT NOT NULL," VERSION
    " targeted_queries_at_least INTEGER NOT NULL, claims_found INTEGER NOT NULL,"
    " PRIMARY KEY (country, coder, version),"
    " FOREIGN KEY (country, coder) REFERENCES search) STRICT",

    "CREATE TABLE claim (claim_id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE claim_version (claim_id TEXT NOT NULL REFERENCES claim," VERSION
    " place TEXT NOT NULL, place_kind TEXT NOT NULL, country TEXT NOT NULL,"
    " vendor TEXT REFERENCES vendor, vendor_home TEXT, platform TEXT NOT NULL,"
    " status TEXT NOT NULL, earliest TEXT, latest TEXT, financing TEXT NOT NULL,"
    " amount_usd REAL, buyer_level TEXT NOT NULL, buyer TEXT,"
    " stated_purpose TEXT NOT NULL, confidence TEXT NOT NULL,"
    " source_id TEXT NOT NULL REFERENCES source, coder TEXT NOT NULL, note TEXT,"
    " PRIMARY KEY (claim_id, version),"
    " FOREIGN KEY (country, place_kind, place) REFERENCES place (country, kind, name))"
    " STRICT",
    "CREATE INDEX claim_version_digest ON claim_version (digest)",
    "CREATE INDEX claim_version_place ON claim_version (country, place_kind, place)",

    "CREATE TABLE decision (decision_id INTEGER NOT NULL," VERSION
    " action TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, field TEXT,"
    " value TEXT, reason TEXT NOT NULL, PRIMARY KEY (decision_id, version)) STRICT",
    "CREATE INDEX decision_subject ON decision (kind, subject, action)",

    /* A later merge of the same record stands in for an earlier one; into itself undoes
       it. */
    "CREATE VIEW merged AS SELECT kind, subject, value AS target FROM decision AS d"
    " WHERE action = 'merge' AND value <> subject AND decision_id ="
    " (SELECT max(decision_id) FROM decision AS e WHERE e.action = 'merge'"
    " AND e.kind = d.kind AND e.subject = d.subject)",
    "CREATE VIEW retracted AS SELECT kind, subject FROM decision AS d"
    " WHERE action = 'retract' AND decision_id ="
    " (SELECT max(decision_id) FROM decision AS e"
    " WHERE e.action IN ('retract', 'restore', 'confirm')"
    " AND e.kind = d.kind AND e.subject = d.subject)",

    APPEND_ONLY("log"), APPEND_ONLY("source_version"), APPEND_ONLY("vendor_version"),
    APPEND_ONLY("place_version"), APPEND_ONLY("search_version"),
    APPEND_ONLY("claim_version"), APPEND_ONLY("decision"), HEAD_ONLY_FORWARD("source"),
    HEAD_ONLY_FORWARD("vendor"), HEAD_ONLY_FORWARD("place"), HEAD_ONLY_FORWARD("search"),
    HEAD_ONLY_FORWARD("claim"), NULL};

const char *const *const pp__sqlite_migrations[PP__SQLITE_MIGRATIONS] = {first};
