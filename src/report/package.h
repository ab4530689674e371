/* Tables as a Frictionless Data Package: CSV files, and datapackage.json that describes them. */
#ifndef PP_REPORT_PACKAGE_H
#define PP_REPORT_PACKAGE_H

#include <pushpull/context.h>
#include <pushpull/result.h>

#include <jansson.h>

typedef struct pp__resource {
    const char *name, *title; /* the file is `name`.csv */
    const pp_table *table;
    const char *key;      /* the column that identifies a row; NULL: none */
    json_t *foreign_keys; /* taken over, also on failure; NULL: none */
} pp__resource;

/* Writes the table into `folder` and adds its description to the array `resources`. */
pp_status pp__package_add(json_t *resources, const char *folder, const pp__resource *what,
                          const pp_context *ctx, pp_error *err);
/* Writes datapackage.json. */
pp_status pp__package_write(json_t *resources, const char *folder, const char *name,
                            const char *title, pp_error *err);
/* The table `name` of the result: file, content. */
pp_status pp__package_list(const json_t *resources, pp_result *result, const char *name,
                           pp_error *err);

#endif
