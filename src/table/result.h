/* The inside of a result, for the files of this room. */
#ifndef PP_TABLE_RESULT_H
#define PP_TABLE_RESULT_H

#include <pushpull/result.h>

typedef struct named_table {
    char *name, *title, *note;
    int64_t rule;
    pp_table *table;
} named_table;

typedef struct provenance_note {
    char *key, *text;
    double number;
} provenance_note;

typedef struct provenance_input {
    char *path, *digest;
    int64_t bytes;
} provenance_input;

struct pp_result {
    pp_arena arena;
    char *command;
    int n_tables, n_warnings, n_notes, n_inputs;
    named_table *tables;
    pp_warning *warnings;
    provenance_note *notes;
    provenance_input *inputs;
};

/* Makes room for one more of `n` items of an array that doubles; NULL when memory is out. */
void *pp__grow(void *items, int n, size_t size);

#endif
