/* Tables from files and to files.
 *
 * CSV (also .gz and .zst), Parquet and JSON go through DuckDB, streamed chunk by chunk into
 * columns; .dta, .sav, .zsav, .por, .sas7bdat and .xpt through ReadStat; .xlsx through libzip and
 * expat. The kind is taken from the name and checked against the first bytes.
 */
#ifndef PUSHPULL_IO_H
#define PUSHPULL_IO_H

#include <pushpull/context.h>
#include <pushpull/table.h>

typedef struct pp_read_options {
    const char *format;     /* "csv", "parquet", "json", "dta", "sav", "sas7bdat", "xpt", "xlsx";
                               NULL: from the name and the first bytes */
    const char *sheet;      /* xlsx: its name; NULL: the first */
    const char *where;      /* SQL condition over the columns; NULL: all rows */
    const char *const *text_columns; /* columns to keep as text whatever they look like */
    int64_t n_text_columns;
    int all_text;           /* 1: every column as text, empty cells missing */
} pp_read_options;

/* Text columns of data files come as text; convert what a model needs as a category. Dates come as
   ISO text, booleans as numbers with PP_SHOW_FLAG. Errors name file, row, column and value. */
PP_API pp_status pp_table_read(const char *path, const pp_read_options *options,
                               const pp_context *ctx, pp_table **out, pp_error *err);

/* Runs one SQL query over tables in memory, each visible under its name. `names[i]` is an SQL
   identifier. Files are not reachable from the query unless `allow_files` is set. */
PP_API pp_status pp_table_query(const char *sql, const char *const *names,
                                const pp_table *const *tables, int64_t n, int allow_files,
                                const pp_context *ctx, pp_table **out, pp_error *err);

/* Writes by the name's ending: .csv, .csv.gz, .csv.zst, .parquet, .json, .dta, .sav, .sas7bdat.
   The file appears whole or not at all. CSV has a header, RFC 4180 quoting, "\n", empty = missing. */
PP_API pp_status pp_table_write(const pp_table *table, const char *path, const pp_context *ctx,
                                pp_error *err);

#endif
