/* Tables from files and to files.
 *
 * CSV, Parquet and JSON go through DuckDB, streamed chunk by chunk into columns; Stata, SPSS and SAS
 * through ReadStat; Excel workbooks through libzip and expat. The kind is taken from the name and
 * checked against the first bytes.
 *
 *   kind              endings                            read  write
 *   CSV               .csv .tsv .tab .txt, + .gz .zst    yes   yes
 *   JSON              .json .ndjson .jsonl, + .gz .zst   yes   an array of objects
 *   Parquet           .parquet                           yes   yes, columns described
 *   Stata             .dta                               yes   as Stata 14
 *   SPSS              .sav .zsav .por                    yes   .sav .zsav
 *   SAS               .sas7bdat .xpt                     yes   yes; SAS itself reads .xpt best
 *   Excel             .xlsx .xlsm                        yes   no
 *
 * CSV is read strictly: UTF-8, a header, as many fields in each row as in the header, quotes as in
 * RFC 4180, one kind of line end; the most frequent of , ; tab and | in the header parts the cells.
 *
 * Types. In CSV and Excel a column is a number column when every cell that is there is a number, and
 * a flag (PP_SHOW_FLAG) when every one is true or false; anything else is text, kept as written.
 * Empty cells, quoted or not, are missing. NA is missing in columns of numbers, flags and ISO dates
 * (2020-01-31), and text in every other column, where it may be Namibia. Whole numbers with more
 * digits than a double holds are identifiers and stay text. In the other formats the file says what
 * a column is: all numbers come as double, booleans as flags, dates and times as ISO text, lists and
 * objects as their text. Categories are written as text, in .dta and .sav as labelled numbers
 * from 1; they come back as text, or as numbers with value labels.
 *
 * Missing. Stata's and SAS's tags and SPSS's user-defined missing values are in
 * pp_column.missing_kind and survive reading, copying and writing the same format; a format that
 * does not know a kind gets plain missing, and a warning is logged.
 */
#ifndef PUSHPULL_IO_H
#define PUSHPULL_IO_H

#include <pushpull/context.h>
#include <pushpull/table.h>

typedef struct pp_read_options {
    const char
        *format; /* "csv", "parquet", "json", "dta", "sav", "por", "sas7bdat", "xpt",
                               "xlsx"; NULL: by the name's ending */
    const char *sheet;               /* xlsx: its name; NULL: the first */
    const char *where;               /* SQL condition over the columns; NULL: all rows */
    const char *const *text_columns; /* columns to keep as text whatever they look like;
                                        names that the file lacks do no harm */
    int64_t n_text_columns;
    int all_text; /* 1: every column as text, empty cells missing */
} pp_read_options;

/* Rows and columns are in the file's order, whatever the number of threads. Errors carry the file and,
   where it is known, line or row, column, value and what to do: PP_E_INPUT for a file that is not what
   it should be, is cut off or damaged; PP_E_NOT_FOUND for a missing file or sheet; PP_E_IO for a folder
   or a file that may not be read; PP_E_ARGUMENT for a wrong format, ending or condition. The condition
   reaches no other file. Cost: CSV and Parquet read about as fast as DuckDB scans them, in
   ctx->threads threads; memory is that of the columns and some 100 MB. */
PP_API pp_status pp_table_read(const char *path, const pp_read_options *options,
                               const pp_context *ctx, pp_table **out, pp_error *err);

/* Runs one SQL query over tables in memory, each visible under its name. Files are not reachable from
   the query unless `allow_files` is set; nothing is downloaded either way. Numbers are DOUBLE in the
   query and NaN is NULL; text and categories are VARCHAR. It runs on one thread, so that groups and
   sums come out the same each time; rows have an order only after ORDER BY. A wrong query is
   PP_E_ARGUMENT, a value that cannot be computed with PP_E_INPUT. */
PP_API pp_status pp_table_query(const char *sql, const char *const *names,
                                const pp_table *const *tables, int64_t n, int allow_files,
                                const pp_context *ctx, pp_table **out, pp_error *err);

/* One change of a column: "homicide_rate = homicide_rate * 0.8". */
typedef struct pp_assignment {
    const char *column;
    const char *sql; /* an expression over the columns */
} pp_assignment;

/* Reads COLUMN = EXPRESSION, a column that is no plain word in double quotes; the texts are in
   `arena`. What is no assignment, and an expression that does not end where it should, is
   PP_E_ARGUMENT with its position. */
PP_API pp_status pp_assignment_parse(const char *text, pp_arena *arena,
                                     pp_assignment *out, pp_error *err);

/* Sets columns in the rows for which the SQL condition `where` holds (NULL: all), as UPDATE does in SQL:
   every expression and the condition see the values from before. `*rows` is how many rows these are;
   none is no error. A column that is not there is PP_E_NOT_FOUND with the nearest, one that is set
   twice PP_E_ARGUMENT, a value that is infinite or of the other type PP_E_INPUT; the table is then
   unchanged, or partly so after PP_E_INPUT. Reaches no files. */
PP_API pp_status pp_table_update(pp_table *table, const pp_assignment *set, int64_t n,
                                 const char *where, const pp_context *ctx, int64_t *rows,
                                 pp_error *err);

/* Writes by the name's ending. The file appears whole or not at all (written beside it, flushed,
   renamed), missing folders are made, and the same table gives the same bytes. CSV has a header,
   RFC 4180 quoting, "\n" and empty cells for missing; numbers are the shortest that read back the
   same; JSON has null for missing and 1e999 for infinity. What a format cannot hold (a name, a text,
   a number) is an error that names the column. A full disk is PP_E_IO, and the old file stays. */
PP_API pp_status pp_table_write(const pp_table *table, const char *path,
                                const pp_context *ctx, pp_error *err);

#endif
