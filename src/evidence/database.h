/* The engine under a store: the few things that the evidence room asks of a database.
 *
 * One engine a file. The SQL of the room is the same for all engines; parameters are
 * written ?1, ?2, and what differs (the DDL of the migrations, identity, integrity) is
 * the engine's own.
 */
#ifndef PP_EVIDENCE_DATABASE_H
#define PP_EVIDENCE_DATABASE_H

#include <pushpull/evidence.h>

typedef struct pp__engine pp__engine;

/* The first member of an engine's own connection and statement. */
typedef struct pp__db {
    const pp__engine *engine;
} pp__db;
typedef struct pp__statement {
    pp__db *db;
} pp__statement;

typedef enum pp__identity {
    PP__IDENTITY_EMPTY,  /* nothing in it yet */
    PP__IDENTITY_STORE,  /* marked as ours */
    PP__IDENTITY_FOREIGN /* somebody else's */
} pp__identity;

enum { PP__PROBLEM = 300 };

struct pp__engine {
    const char *name;
    /* The statements that lead from version i to i + 1, NULL after the last. */
    const char *const *const *migrations;
    int n_migrations;

    pp_status (*open)(const char *location, pp_store_mode mode, pp__db **out,
                      pp_error *err);
    void (*close)(pp__db *db);
    pp_status (*identify)(pp__db *db, pp__identity *out, int *version, pp_error *err);
    /* Marks the database as a store of this version; inside a transaction. */
    pp_status (*mark)(pp__db *db, int version, pp_error *err);
    /* What must be set once the schema is there, outside a transaction. */
    pp_status (*settle)(pp__db *db, pp_error *err);
    /* The first thing that is broken in the file, "" when nothing is. */
    pp_status (*check)(pp__db *db, int thorough, char problem[PP__PROBLEM],
                       pp_error *err);

    pp_status (*begin)(pp__db *db, int writing, pp_error *err);
    pp_status (*commit)(pp__db *db, pp_error *err);
    void (*rollback)(pp__db *db); /* nothing to do when no transaction is open */
    pp_status (*exec)(pp__db *db, const char *sql, pp_error *err);

    pp_status (*prepare)(pp__db *db, const char *sql, pp__statement **out, pp_error *err);
    void (*finish)(pp__statement *statement); /* NULL is fine */
    /* Parameters count from 1; NULL and NaN bind a null. Texts must live until the last
     * step. */
    pp_status (*bind_text)(pp__statement *s, int index, const char *text, pp_error *err);
    pp_status (*bind_number)(pp__statement *s, int index, double number, pp_error *err);
    pp_status (*bind_integer)(pp__statement *s, int index, int64_t integer,
                              pp_error *err);
    /* `*row` is 1 when there is one. At the end, and on an error, the statement is reset.
     */
    pp_status (*step)(pp__statement *s, int *row, pp_error *err);
    void (*reset)(pp__statement *s); /* also forgets the parameters */
    /* Columns count from 0; what they give lives until the next step. Null: NULL, NaN, 0.
     */
    const char *(*text)(pp__statement *s, int column);
    double (*number)(pp__statement *s, int column);
    int64_t (*integer)(pp__statement *s, int column);
};

extern const pp__engine pp__engine_sqlite;

pp_status pp__db_exec(pp__db *db, const char *sql, pp_error *err);
pp_status pp__db_prepare(pp__db *db, const char *sql, pp__statement **out, pp_error *err);
void pp__finish(pp__statement *s);
pp_status pp__bind_text(pp__statement *s, int index, const char *text, pp_error *err);
pp_status pp__bind_number(pp__statement *s, int index, double number, pp_error *err);
pp_status pp__bind_integer(pp__statement *s, int index, int64_t integer, pp_error *err);
pp_status pp__step(pp__statement *s, int *row, pp_error *err);
/* A step that must not give a row. */
pp_status pp__run(pp__statement *s, pp_error *err);
void pp__reset(pp__statement *s);
const char *pp__text(pp__statement *s, int column);
double pp__number(pp__statement *s, int column);
int64_t pp__integer(pp__statement *s, int column);

/* The integer in the only row and column of a query. */
pp_status pp__db_integer(pp__db *db, const char *sql, int64_t *out, pp_error *err);

#endif
