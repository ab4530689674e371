#include "base/check.h"
#include "table/duck.h"
#include "table/io.h"

#include <pushpull/file.h>

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
        pp__select select = {.sql = sql.data,
                             .where = options->where,
                             .text_columns = options->text_columns,
                             .n_text_columns = options->n_text_columns,
                             .all_text = options->all_text};
        status = pp__duck_select(&duck, &select, ctx, out, err);
        pp__duck_close(&duck);
    }
    pp_buf_clear(&sql);
    if (status == PP_E_IO || status == PP_E_INPUT) {
        status = PP_E_INPUT;
        if (err) {
            err->code = status;
        }
        pp_error_hint(err, "the file was cut off or damaged; fetch or export it again");
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
    default:
        PP_FAIL(err, PP_E_UNSUPPORTED, "this format is not read");
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
    PP_TRY(pp__file_check_packing(&file, err));
    pp_status status = read_kind(&file, o, ctx, out, err);
    if (status != PP_OK && err && !err->file[0]) {
        pp_error_locate(err, path, 0, NULL, NULL);
    }
    return status;
}
