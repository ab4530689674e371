/* Reading and writing files, for the files of this room. */
#ifndef PP_TABLE_IO_H
#define PP_TABLE_IO_H

#include <pushpull/io.h>
#include <pushpull/text.h>

typedef enum pp__kind {
    PP__CSV,
    PP__JSON,
    PP__PARQUET,
    PP__DTA,
    PP__SAV,
    PP__POR,
    PP__SAS7BDAT,
    PP__XPT,
    PP__XLSX,
    PP__KIND_COUNT
} pp__kind;

typedef enum pp__packing { PP__PLAIN, PP__GZIP, PP__ZSTD } pp__packing;

typedef struct pp__file {
    const char *path;
    pp__kind kind;
    pp__packing packing;
} pp__file;

/* What the name's ending says; PP_E_ARGUMENT when it says nothing that we know. */
pp_status pp__file_by_name(const char *path, const char *format, pp__file *out,
                           pp_error *err);
/* Compares with the first bytes: PP_E_INPUT when they are of another kind, or of none. */
pp_status pp__file_check_content(const pp__file *file, pp_error *err);

/* Looks whether a packed file or JSON is whole: DuckDB reads what was cut between rows.
 */
pp_status pp__file_check_end(const pp__file *file, pp_error *err);
const char *pp__packing_name(pp__packing packing); /* as DuckDB calls it */

/* The bytes of a file, unpacked. A read of zero bytes is the end; a packed file that was
   cut off or damaged is PP_E_INPUT. */
typedef struct pp__stream pp__stream;
pp_status pp__stream_open(const char *path, pp__packing packing, pp__stream **out,
                          pp_error *err);
pp_status pp__stream_read(pp__stream *stream, unsigned char *out, int64_t size,
                          int64_t *n, pp_error *err);
void pp__stream_close(pp__stream *stream);

/* CSV, strictly after RFC 4180, record by record. */
typedef struct pp__csv pp__csv;
pp_status pp__csv_open(const pp__file *file, pp__csv **out, pp_error *err);
/* The next record that is not an empty line; `*n` is 0 at the end. The fields live until
   the next call. */
pp_status pp__csv_next(pp__csv *csv, const char *const **fields, int64_t *n,
                       pp_error *err);
char pp__csv_delimiter(const pp__csv *csv);
int64_t pp__csv_line(const pp__csv *csv); /* on which the last record began */
void pp__csv_close(pp__csv *csv);

/* A new file, packed on the way; bytes are gathered in `pending`. */
typedef struct pp__sink pp__sink;
pp_status pp__sink_open(const char *path, pp__packing packing, pp__sink **out,
                        pp_error *err);
pp_buf *pp__sink_pending(pp__sink *sink);
/* Writes `pending` when there is a block of it; call it after each row. */
pp_status pp__sink_flow(pp__sink *sink, pp_error *err);
/* As pp__new_file_close; frees the sink. */
pp_status pp__sink_close(pp__sink *sink, pp_status status, pp_error *err);

/* 1 when the options (NULL: none) want the column to stay text. */
int pp__keeps_text(const pp_read_options *options, const char *name);

pp_status pp__read_csv(const pp__file *file, const pp_read_options *options,
                       const pp_context *ctx, pp_table **out, pp_error *err);
pp_status pp__read_xlsx(const pp__file *file, const pp_read_options *options,
                        const pp_context *ctx, pp_table **out, pp_error *err);
/* Stata, SPSS and SAS. */
pp_status pp__read_readstat(const pp__file *file, const pp_context *ctx, pp_table **out,
                            pp_error *err);

pp_status pp__write_csv(const pp_table *table, const pp__file *file,
                        const pp_context *ctx, pp_error *err);
pp_status pp__write_json(const pp_table *table, const pp__file *file,
                         const pp_context *ctx, pp_error *err);
pp_status pp__write_readstat(const pp_table *table, const pp__file *file,
                             const pp_context *ctx, pp_error *err);
pp_status pp__write_parquet(const pp_table *table, const pp__file *file,
                            const pp_context *ctx, pp_error *err);

#endif
