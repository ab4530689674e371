/* Tables as a Frictionless Data Package (specs.frictionlessdata.io, version 1). */
#include "report/package.h"

#include "base/check.h"

#include <pushpull/file.h>
#include <pushpull/io.h>
#include <pushpull/version.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *field_type(const pp_column *column) {
    if (column->type != PP_NUMBER) {
        return "string";
    }
    return column->show == PP_SHOW_FLAG                                    ? "boolean"
           : column->show == PP_SHOW_COUNT || column->show == PP_SHOW_YEAR ? "integer"
                                                                           : "number";
}

static void set_text(json_t *object, const char *key, const char *text) {
    if (text) {
        json_object_set_new(object, key, json_string(text));
    }
}

static json_t *field_of(const pp_column *column) {
    json_t *field = json_object();
    set_text(field, "name", column->name);
    set_text(field, "type", field_type(column));
    set_text(field, "title", column->label);
    set_text(field, "unit", column->unit);
    set_text(field, "source", column->source);
    set_text(field, "licence", column->licence);
    if (strcmp(field_type(column), "boolean") == 0) {
        json_object_set_new(field, "trueValues", json_pack("[s]", "1"));
        json_object_set_new(field, "falseValues", json_pack("[s]", "0"));
    }
    return field;
}

/* Adds {key: text} to `list` unless it is there already. */
static void add_once(json_t *list, const char *key, const char *text) {
    for (size_t i = 0; text && i < json_array_size(list); i++) {
        const char *known =
            json_string_value(json_object_get(json_array_get(list, i), key));
        if (known && strcmp(known, text) == 0) {
            return;
        }
    }
    if (text) {
        json_array_append_new(list, json_pack("{s:s}", key, text));
    }
}

/* Who published the columns and under which licences, as the package tells it. */
static void set_credits(json_t *resource, const pp_table *table) {
    json_t *sources = json_array(), *licences = json_array();
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        add_once(sources, "title", column->source);
        add_once(licences, "name", column->licence);
    }
    if (json_array_size(sources) > 0) {
        json_object_set(resource, "sources", sources);
    }
    if (json_array_size(licences) > 0) {
        json_object_set(resource, "licenses", licences);
    }
    json_decref(sources);
    json_decref(licences);
}

static json_t *schema_of(const pp_table *table) {
    json_t *fields = json_array();
    for (int i = 0; i < pp_table_columns(table); i++) {
        json_array_append_new(fields, field_of(pp_table_column(table, i)));
    }
    return json_pack("{s:o, s:[s]}", "fields", fields, "missingValues", "");
}

static pp_status write_table(const char *folder, const char *file, const pp_table *table,
                             const pp_context *ctx, char digest[PP_DIGEST_HEX],
                             pp_error *err) {
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    PP_TRY(pp_table_write(table, path, ctx, err));
    return pp_digest_file(path, digest, err);
}

pp_status pp__package_add(json_t *resources, const char *folder, const pp__resource *what,
                          const pp_context *ctx, pp_error *err) {
    char file[128], digest[PP_DIGEST_HEX];
    snprintf(file, sizeof file, "%s.csv", what->name);
    pp_status status = write_table(folder, file, what->table, ctx, digest, err);
    json_t *schema = status == PP_OK ? schema_of(what->table) : NULL;
    if (status == PP_OK && what->key) {
        json_object_set_new(schema, "primaryKey", json_string(what->key));
    }
    if (status == PP_OK && what->foreign_keys) {
        json_object_set(schema, "foreignKeys", what->foreign_keys);
    }
    json_decref(what->foreign_keys);
    PP_TRY(status);
    json_t *resource =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", what->name, "title",
                  what->title, "path", file, "profile", "tabular-data-resource", "format",
                  "csv", "encoding", "utf-8", "blake2b_256", digest, "schema", schema);
    set_credits(resource, what->table);
    if (!resource || json_array_append_new(resources, resource) != 0) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

pp_status pp__package_write(json_t *resources, const char *folder, const char *name,
                            const char *title, pp_error *err) {
    char path[2048];
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:O}", "profile", "tabular-data-package", "name", name,
        "title", title, "created_by", "pushpull " PP_VERSION, "resources", resources);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    snprintf(path, sizeof path, "%s/datapackage.json", folder);
    pp_status status = text ? pp_file_write(path, text, (int64_t)strlen(text), err)
                            : pp_error_set(err, PP_E_MEMORY, "out of memory");
    free(text);
    json_decref(root);
    return status;
}

pp_status pp__package_list(const json_t *resources, pp_result *result, const char *name,
                           pp_error *err) {
    pp_table *table;
    pp_column *file, *content;
    PP_TRY(pp_result_add(result, name, "Files written", &table, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "file", &file, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "content", &content, err));
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *r = json_array_get(resources, i);
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp_column_set_text(table, file, row,
                                  json_string_value(json_object_get(r, "path")), err));
        PP_TRY(pp_column_set_text(table, content, row,
                                  json_string_value(json_object_get(r, "title")), err));
    }
    return PP_OK;
}
