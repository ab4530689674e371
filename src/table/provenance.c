/* Provenance of a result: notes, and the inputs with their digests. */
#include "base/check.h"
#include "table/result.h"

#include <pushpull/file.h>

#include <string.h>
#include <sys/stat.h>

static pp_status note(pp_result *result, const char *key, const char *text, double number,
                      pp_error *err) {
    char *copy = NULL;
    if (text) {
        copy = pp_arena_strdup(&result->arena, text);
        PP_NEED(copy, err);
    }
    for (int i = 0; i < result->n_notes; i++) {
        if (strcmp(result->notes[i].key, key) == 0) {
            result->notes[i].text = copy;
            result->notes[i].number = number;
            return PP_OK;
        }
    }
    provenance_note *notes = pp__grow(result->notes, result->n_notes, sizeof *notes);
    PP_NEED(notes, err);
    result->notes = notes;
    char *name = pp_arena_strdup(&result->arena, key);
    PP_NEED(name, err);
    notes[result->n_notes++] = (provenance_note){name, copy, number};
    return PP_OK;
}

pp_status pp_result_note_text(pp_result *result, const char *key, const char *value,
                              pp_error *err) {
    return note(result, key, value, 0, err);
}

pp_status pp_result_note_number(pp_result *result, const char *key, double value,
                                pp_error *err) {
    return note(result, key, NULL, value, err);
}

pp_status pp_result_note_input(pp_result *result, const char *path, pp_error *err) {
    return pp_result_note_input_as(result, path, path, err);
}

pp_status pp_result_note_input_as(pp_result *result, const char *path, const char *shown,
                                  pp_error *err) {
    char digest[PP_DIGEST_HEX];
    PP_TRY(pp_digest_file(path, digest, err));
    struct stat info;
    int64_t bytes = stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
    provenance_input *inputs = pp__grow(result->inputs, result->n_inputs, sizeof *inputs);
    PP_NEED(inputs, err);
    result->inputs = inputs;
    provenance_input *input = &inputs[result->n_inputs];
    input->bytes = bytes;
    input->path = pp_arena_strdup(&result->arena, shown);
    PP_NEED(input->path, err);
    input->digest = pp_arena_strdup(&result->arena, digest);
    PP_NEED(input->digest, err);
    result->n_inputs++;
    return PP_OK;
}

int pp_result_notes(const pp_result *result) {
    return result->n_notes;
}

void pp_result_note(const pp_result *result, int index, const char **key,
                    const char **text, double *number) {
    *key = result->notes[index].key;
    *text = result->notes[index].text;
    *number = result->notes[index].number;
}

int pp_result_inputs(const pp_result *result) {
    return result->n_inputs;
}

void pp_result_input(const pp_result *result, int index, const char **path,
                     const char **digest, int64_t *bytes) {
    *path = result->inputs[index].path;
    *digest = result->inputs[index].digest;
    *bytes = result->inputs[index].bytes;
}
