#include "base/check.h"
#include "table/io.h"

static pp_status write_kind(const pp_table *table, const pp__file *file,
                            const pp_context *ctx, pp_error *err) {
    switch (file->kind) {
    case PP__CSV:
        return pp__write_csv(table, file, ctx, err);
    case PP__JSON:
        return pp__write_json(table, file, ctx, err);
    case PP__PARQUET:
        return pp__write_parquet(table, file, ctx, err);
    case PP__DTA:
    case PP__SAV:
    case PP__SAS7BDAT:
    case PP__XPT:
        return pp__write_readstat(table, file, ctx, err);
    default:
        pp_error_set(err, PP_E_UNSUPPORTED, "this format is read but not written");
        pp_error_hint(err, "write .csv, .csv.gz, .csv.zst, .json, .parquet, .dta, .sav, "
                           ".sas7bdat or .xpt");
        return PP_E_UNSUPPORTED;
    }
}

pp_status pp_table_write(const pp_table *table, const char *path, const pp_context *ctx,
                         pp_error *err) {
    pp__file file;
    PP_TRY(pp__file_by_name(path, NULL, &file, err));
    pp_status status = write_kind(table, &file, ctx, err);
    if (status != PP_OK) {
        pp_error_locate(err, path, 0, NULL, NULL);
    }
    return status;
}
