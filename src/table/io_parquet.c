/* Parquet: writing by DuckDB, with the descriptions of the columns as JSON in the file's
   metadata under the key "pushpull"; and finding them again. */
#include "base/check.h"
#include "base/file.h"
#include "table/duck.h"
#include "table/io.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *describe_column(const pp_column *column) {
    const char *const texts[][2] = {{"label", column->label},
                                    {"unit", column->unit},
                                    {"source", column->source},
                                    {"licence", column->licence}};
    json_t *about = json_object();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i][1]) {
            json_object_set_new(about, texts[i][0], json_string(texts[i][1]));
        }
    }
    return about;
}

static char *describe(const pp_table *table) {
    json_t *columns = json_object();
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        json_t *about = describe_column(column);
        if (json_object_size(about) > 0) {
            json_object_set(columns, column->name, about);
        }
        json_decref(about);
    }
    char *text = json_dumps(columns, JSON_COMPACT);
    json_decref(columns);
    return text;
}

static pp_status add_copy(pp_buf *sql, const pp_table *table, const char *path,
                          pp_error *err) {
    pp_buf_add(sql, "COPY (SELECT ");
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        int is_flag = column->type == PP_NUMBER && column->show == PP_SHOW_FLAG;
        pp_buf_add(sql, i ? ", " : "");
        pp_buf_add(sql, is_flag ? "CAST(" : "");
        pp__sql_name(sql, column->name);
        pp_buf_add(sql, is_flag ? " AS BOOLEAN) AS " : " AS ");
        pp__sql_name(sql, column->name);
    }
    pp_buf_add(sql, " FROM data) TO ");
    pp__sql_text(sql, path);
    pp_buf_add(sql, " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, "
                    "KV_METADATA {pushpull: ");
    char *about = describe(table);
    PP_NEED(about, err);
    pp__sql_text(sql, about);
    free(about);
    pp_buf_add(sql, "})");
    return pp_buf_check(sql, err);
}

static pp_status copy_to(const pp_table *table, const char *path, const pp_context *ctx,
                         pp_error *err) {
    pp_context one = ctx ? *ctx : (pp_context){0};
    one.threads = 1; /* the same bytes at any number */
    pp__duck duck;
    pp_buf sql;
    PP_TRY(pp__duck_open(&duck, PP__REACH_FILE, path, &one, err));
    pp_buf_init(&sql);
    pp_status status = pp__duck_show(&duck, "data", table, err);
    if (status == PP_OK) {
        status = add_copy(&sql, table, path, err);
    }
    if (status == PP_OK) {
        status = pp__duck_run(&duck, sql.data, err);
    }
    pp_buf_clear(&sql);
    pp__duck_close(&duck);
    return status;
}

pp_status pp__write_parquet(const pp_table *table, const pp__file *file,
                            const pp_context *ctx, pp_error *err) {
    if (pp_table_columns(table) == 0) {
        PP_FAIL(err, PP_E_ARGUMENT, "a Parquet file needs at least one column");
    }
    pp__new_file new_file;
    PP_TRY(pp__new_file_open(&new_file, file->path, err));
    return pp__new_file_close(&new_file, copy_to(table, new_file.temporary, ctx, err),
                              err);
}

static pp_status apply(pp_table *table, const char *text, pp_error *err) {
    json_t *columns = json_loads(text, 0, NULL), *about;
    const char *name;
    pp_status status = PP_OK;
    json_object_foreach(columns, name, about) {
        pp_column *column = pp_table_find(table, name);
        if (column && status == PP_OK) {
            status = pp_column_describe(
                table, column, json_string_value(json_object_get(about, "label")),
                json_string_value(json_object_get(about, "unit")),
                json_string_value(json_object_get(about, "source")),
                json_string_value(json_object_get(about, "licence")), err);
        }
    }
    json_decref(columns);
    return status;
}

pp_status pp__parquet_describe(pp__duck *duck, const char *path, pp_table *table,
                               pp_error *err) {
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SELECT decode(value) FROM parquet_kv_metadata(");
    pp__sql_text(&sql, path);
    pp_buf_add(&sql, ") WHERE decode(key) = 'pushpull'");
    pp_table *found = NULL;
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        pp__select select = {.sql = sql.data};
        status = pp__duck_select(duck, &select, NULL, &found, err);
    }
    if (status == PP_OK && pp_table_rows(found) == 1 &&
        pp_table_column(found, 0)->text[0]) {
        status = apply(table, pp_table_column(found, 0)->text[0], err);
    }
    pp_table_free(found);
    pp_buf_clear(&sql);
    return status;
}
