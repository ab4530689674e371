/* The store's tables, as SQLite is told of them. */
#ifndef PP_EVIDENCE_SCHEMA_SQLITE_H
#define PP_EVIDENCE_SCHEMA_SQLITE_H

enum { PP__SQLITE_MIGRATIONS = 1 };
/* Statements, NULL at the end of each migration. */
extern const char *const *const pp__sqlite_migrations[PP__SQLITE_MIGRATIONS];

#endif
