/* DuckDB, for the files of this room: a database in memory, and its results as tables. */
#ifndef PP_TABLE_DUCK_H
#define PP_TABLE_DUCK_H

#include <duckdb.h>
#include <pushpull/io.h>
#include <pushpull/text.h>

typedef struct pp__duck {
    duckdb_database database;
    duckdb_connection connection;
} pp__duck;

typedef enum pp__reach { PP__REACH_NOTHING, PP__REACH_FILE, PP__REACH_ALL } pp__reach;

/* A database in memory with pp_threads(ctx) threads. It downloads and loads nothing, its
   settings are locked, and its SQL reaches no file, the file `path`, or all files. */
pp_status pp__duck_open(pp__duck *duck, pp__reach reach, const char *path,
                        const pp_context *ctx, pp_error *err);
void pp__duck_close(pp__duck *duck);

/* Adds text as an SQL literal ('it''s') or identifier ("a ""b"""). */
void pp__sql_text(pp_buf *sql, const char *text);
void pp__sql_name(pp_buf *sql, const char *name);

/* Sets the error of a failed statement from DuckDB's own words. */
pp_status pp__duck_error(const char *words, pp_error *err);
pp_status pp__duck_run(pp__duck *duck, const char *sql, pp_error *err);

/* A query, the names of its columns (NULL: its own), and what is to be done to them:
   `where` and the columns to be kept as text (NULL: nothing). */
typedef struct pp__select {
    const char *sql;
    const char *const *names;
    const pp_read_options *options;
} pp__select;

/* Runs the query and streams its chunks into a new table: numbers as double, booleans as
   flags, everything else as text, dates and times in ISO form. */
pp_status pp__duck_select(pp__duck *duck, const pp__select *select, const pp_context *ctx,
                          pp_table **out, pp_error *err);

/* Makes `table` visible under `name`; it must outlive the database. */
pp_status pp__duck_show(pp__duck *duck, const char *name, const pp_table *table,
                        pp_error *err);

/* Describes the columns of a Parquet file's table as pp_table_write noted it there. */
pp_status pp__parquet_describe(pp__duck *duck, const char *path, pp_table *table,
                               pp_error *err);

#endif
