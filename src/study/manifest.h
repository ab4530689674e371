/* Reading a manifest; for the files that verify and replace runs. */
#ifndef PP_STUDY_MANIFEST_H
#define PP_STUDY_MANIFEST_H

#include <pushpull/status.h>

#include <jansson.h>

/* The manifest of a run's folder; the caller gives it back by json_decref. */
pp_status pp__manifest_load(const char *folder, json_t **out, pp_error *err);

typedef struct pp__manifest_file {
    const char *path, *digest; /* path: relative to the folder for outputs */
} pp__manifest_file;

/* Entry `index` of the list "outputs" or "inputs"; PP_E_CORRUPT when it is not whole, or when an
   output lies outside the folder. */
pp_status pp__manifest_file_at(const json_t *manifest, const char *list, size_t index,
                               pp__manifest_file *out, pp_error *err);
size_t pp__manifest_count(const json_t *manifest, const char *list);

#endif
