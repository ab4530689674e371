/* Evidence and panel as a Frictionless Data Package (specs.frictionlessdata.io, version
 * 1). */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/file.h>
#include <pushpull/io.h>
#include <pushpull/version.h>

#include <jansson.h>
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

/* Which column identifies a row, and which refer to other files. */
static void set_keys(json_t *schema, const char *name) {
    static const char *const keys[][2] = {{"claims", "claim_id"},
                                          {"sources", "source_id"},
                                          {"vendors", "vendor"},
                                          {"adoptions", "adoption"},
                                          {"outcomes", "country"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i][0], name) == 0) {
            json_object_set_new(schema, "primaryKey", json_string(keys[i][1]));
        }
    }
    if (strcmp(name, "claims") == 0) {
        json_object_set_new(
            schema, "foreignKeys",
            json_pack("[{s:s, s:{s:s, s:s}}, {s:s, s:{s:s, s:s}}]", "fields", "source_id",
                      "reference", "resource", "sources", "fields", "source_id", "fields",
                      "vendor", "reference", "resource", "vendors", "fields", "vendor"));
    }
}

static pp_status add_resource(pp__run *run, json_t *resources, const char *name,
                              const char *title, const pp_table *table, pp_error *err) {
    char file[128], digest[PP_DIGEST_HEX];
    snprintf(file, sizeof file, "%s.csv", name);
    const char *path = pp__run_path(run, file);
    PP_NEED(path, err);
    PP_TRY(pp_table_write(table, path, run->ctx, err));
    PP_TRY(pp_digest_file(path, digest, err));
    json_t *schema = schema_of(table);
    set_keys(schema, name);
    json_t *resource =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", name, "title",
                  title, "path", file, "profile", "tabular-data-resource", "format",
                  "csv", "encoding", "utf-8", "blake2b_256", digest, "schema", schema);
    set_credits(resource, table);
    if (!resource || json_array_append_new(resources, resource) != 0) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

static pp_status add_resources(pp__run *run, json_t *resources, pp_error *err) {
    const pp__run_panel *panel;
    PP_TRY(pp__run_headline_panel(run, &panel, err));
    const pp_result *adoption = run->adoptions[pp__run_rule_index(run, panel->rule)];
    PP_TRY(add_resource(run, resources, "claims", "Claims in force", run->claims, err));
    PP_TRY(add_resource(run, resources, "sources", "Sources of the claims", run->sources,
                        err));
    PP_TRY(add_resource(run, resources, "searches", "Searches made", run->searches, err));
    PP_TRY(add_resource(run, resources, "vendors", "Vendors", run->vendors, err));
    PP_TRY(add_resource(run, resources, "adoptions", "Adoptions derived from the claims",
                        pp_result_find(adoption, "adoptions"), err));
    PP_TRY(add_resource(run, resources, "outcomes", "Outcome of each country",
                        pp_result_find(adoption, "outcomes"), err));
    PP_TRY(add_resource(run, resources, "indicators", "Indicators by country and year",
                        run->indicators, err));
    return add_resource(run, resources, "panel", "The headline's panel", panel->panel,
                        err);
}

static pp_status write_package(pp__run *run, json_t *resources, pp_error *err) {
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:s, s:O}", "profile", "tabular-data-package", "name",
                  "pushpull-export", "title", run->study->title, "created_by",
                  "pushpull " PP_VERSION, "resources", resources);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    const char *path = pp__run_path(run, "datapackage.json");
    pp_status status = text && path
                           ? pp_file_write(path, text, (int64_t)strlen(text), err)
                           : pp_error_set(err, PP_E_MEMORY, "out of memory");
    free(text);
    json_decref(root);
    return status;
}

static pp_status list_resources(pp__run *run, const json_t *resources, pp_error *err) {
    pp_table *table;
    pp_column *name, *title;
    PP_TRY(pp_result_add(run->out, "export", "Files written", &table, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "file", &name, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "content", &title, err));
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *r = json_array_get(resources, i);
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp_column_set_text(table, name, row,
                                  json_string_value(json_object_get(r, "path")), err));
        PP_TRY(pp_column_set_text(table, title, row,
                                  json_string_value(json_object_get(r, "title")), err));
    }
    return PP_OK;
}

pp_status pp_study_export(const pp_study *study, const pp_run_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err) {
    *out = NULL;
    pp__run run = {.study = study,
                   .options = options,
                   .ctx = ctx,
                   .store = ":memory:",
                   .folder = options->out};
    json_t *resources = json_array();
    pp_status status = pp_file_make_folder(options->out, err);
    if (status == PP_OK) {
        status = pp_result_new("export", &run.out, err);
    }
    if (status == PP_OK) {
        status = pp__run_evidence(&run, err);
    }
    if (status == PP_OK) {
        status = add_resources(&run, resources, err);
    }
    if (status == PP_OK) {
        status = write_package(&run, resources, err);
    }
    if (status == PP_OK) {
        status = list_resources(&run, resources, err);
    }
    if (status == PP_OK) {
        *out = run.out;
        run.out = NULL;
    }
    json_decref(resources);
    pp__run_clear(&run);
    return status;
}
