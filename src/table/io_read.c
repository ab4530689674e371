#include "base/check.h"
#include "table/duck.h"
#include "table/expression.h"
#include "table/io.h"

#include <pushpull/file.h>

#include <string.h>

/* Parquet and JSON. The file can be read, so that what DuckDB calls an input or output
   error is one of its content. */
static pp_status read_by_duckdb(const pp__file *file, const pp_read_options *options,
                                const pp_context *ctx, pp_table **out, pp_error *err) {
    int is_json = file->kind == PP__JSON;
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, is_json ? "FROM read_json(" : "FROM read_parquet(");
    pp__sql_text(&sql, file->path);
    pp_buf_printf(&sql, is_json ? ", sample_size = -1, compression = '%s')" : ")",
                  pp__packing_name(file->packing));
    pp__duck duck;
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__duck_open(&duck, PP__REACH_FILE, file->path, ctx, err);
    }
    if (status == PP_OK) {
        pp__select select = {.sql = sql.data, .options = options};
        status = pp__duck_select(&duck, &select, ctx, out, err);
        if (status == PP_OK && !is_json) {
            status = pp__parquet_describe(&duck, file->path, *out, err);
        }
        pp__duck_close(&duck);
    }
    pp_buf_clear(&sql);
    if (status == PP_E_IO || status == PP_E_INPUT) {
        status = PP_E_INPUT;
        if (err) {
            err->code = status;
        }
        pp_error_hint(err,
                      options->where
                          ? "look at the condition first; else the file is damaged"
                          : "the file was cut off or damaged; fetch or export it again");
    }
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}

int pp__keeps_text(const pp_read_options *options, const char *name) {
    for (int64_t i = 0; options && i < options->n_text_columns; i++) {
        if (strcmp(options->text_columns[i], name) == 0) {
            return 1;
        }
    }
    return options && options->all_text;
}

static pp_status keep_text(pp_table *table, const pp_read_options *options,
                           pp_error *err) {
    for (int i = 0; i < pp_table_columns(table); i++) {
        pp_column *column = pp_table_column(table, i);
        if (pp__keeps_text(options, column->name)) {
            PP_TRY(pp_column_convert(table, column, PP_TEXT, err));
        }
    }
    return PP_OK;
}

/* By number: labels and kinds of missing stay. */
static pp_status keep_rows(pp_table **table, const char *where, const pp_context *ctx,
                           pp_error *err) {
    pp_table *kept = NULL;
    int64_t *rows = NULL, n = 0;
    pp_status status = pp__table_where(*table, where, ctx, &rows, &n, err);
    if (status == PP_OK) {
        status = pp_table_take_rows(*table, rows, n, &kept, err);
    }
    if (status == PP_OK) {
        pp_table_free(*table);
        *table = kept;
    }
    pp_free(rows);
    return status;
}

/* Applies the options to a table that was read whole; frees it on failure. */
static pp_status choose(pp_table **table, const pp_read_options *options,
                        const pp_context *ctx, pp_error *err) {
    pp_status status =
        options->where ? keep_rows(table, options->where, ctx, err) : PP_OK;
    if (status == PP_OK) {
        status = keep_text(*table, options, err);
    }
    if (status != PP_OK) {
        pp_table_free(*table);
        *table = NULL;
    }
    return status;
}

static pp_status read_kind(const pp__file *file, const pp_read_options *options,
                           const pp_context *ctx, pp_table **out, pp_error *err) {
    switch (file->kind) {
    case PP__CSV:
        return pp__read_csv(file, options, ctx, out, err);
    case PP__PARQUET:
    case PP__JSON:
        return read_by_duckdb(file, options, ctx, out, err);
    case PP__XLSX:
        PP_TRY(pp__read_xlsx(file, options, ctx, out, err));
        return choose(out, options, ctx, err);
    default:
        PP_TRY(pp__read_readstat(file, ctx, out, err));
        return choose(out, options, ctx, err);
    }
}

pp_status pp_table_read(const char *path, const pp_read_options *options,
                        const pp_context *ctx, pp_table **out, pp_error *err) {
    static const pp_read_options defaults;
    const pp_read_options *o = options ? options : &defaults;
    pp__file file;
    *out = NULL;
    PP_TRY(pp_file_check_readable(path, err));
    PP_TRY(pp__file_by_name(path, o->format, &file, err));
    PP_TRY(pp__file_check_content(&file, err));
    PP_TRY(pp__file_check_end(&file, err));
    pp_status status = read_kind(&file, o, ctx, out, err);
    if (status != PP_OK && err && !err->file[0]) {
        pp_error_locate(err, path, 0, NULL, NULL);
    }
    return status;
}
