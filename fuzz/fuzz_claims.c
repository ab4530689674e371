/* Import: rows of sources, claims, searches and vendors, whatever is in their cells. Each
 * line is a row, its first character says of what, "," stands between the cells. What is
 * accepted must change nothing when it comes a second time, and the store must verify;
 * what is refused must say why.
 */
#include "target.h"

#include "evidence/import.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    char letter;
    pp__kind kind;
} letters[] = {{'s', PP__SOURCE}, {'c', PP__CLAIM}, {'q', PP__SEARCH}, {'v', PP__VENDOR}};
enum { LETTERS = sizeof letters / sizeof *letters };

static pp_table *new_table(pp__kind kind) {
    pp_table *table;
    pp_column *column;
    require(pp_table_new(&table, NULL) == PP_OK);
    for (int i = 0; i < pp__entities[kind].n; i++) {
        require(pp_table_add(table, PP_TEXT, pp__entities[kind].fields[i].name, &column,
                             NULL) == PP_OK);
    }
    return table;
}

/* Cuts `line` at its commas into one more row. */
static void add_row(pp_table *table, char *line) {
    int64_t row;
    require(pp_table_append(table, &row, NULL) == PP_OK);
    for (int i = 0; i < pp_table_columns(table) && line; i++) {
        char *end = strchr(line, ',');
        if (end) {
            *end = '\0';
        }
        require(pp_column_set_text(table, pp_table_column(table, i), row,
                                   *line ? line : NULL, NULL) == PP_OK);
        line = end ? end + 1 : NULL;
    }
}

static void take_lines(pp__import *im, const char *text) {
    pp_table *tables[LETTERS];
    char *copy = strdup(text), *rest = NULL;
    require(copy != NULL);
    for (int i = 0; i < LETTERS; i++) {
        tables[i] = new_table(letters[i].kind);
    }
    for (char *line = strtok_r(copy, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        for (int i = 0; i < LETTERS; i++) {
            if (line[0] == letters[i].letter) {
                add_row(tables[i], line + 1);
            }
        }
    }
    for (int i = 0; i < LETTERS; i++) {
        require(pp__import_take(im, letters[i].kind, tables[i], NULL) == PP_OK);
    }
    free(copy);
}

/* Imports inside the transaction that is open; gives the number of changes, -1 when rows
 * are refused. */
static int64_t import(pp_store *store, const char *text) {
    pp__import im = {.store = store};
    int64_t changes = 0;
    for (int kind = 0; kind < PP__KINDS; kind++) {
        im.of[kind].kind = (pp__kind)kind;
    }
    require(pp_result_new("import", &im.result, NULL) == PP_OK);
    take_lines(&im, text);
    require(pp__import_check(&im, NULL) == PP_OK);
    require(pp__import_derive(&im, NULL) == PP_OK);
    if (im.n_refused == 0) {
        require(pp__import_apply(&im, &changes, NULL) == PP_OK);
    } else {
        require(im.n_refusals > 0 && im.refusals[0].reason[0]);
        changes = -1;
    }
    require(pp__import_report(&im, NULL) == PP_OK);
    pp__import_clear(&im);
    return changes;
}

static void verify(pp_store *store) {
    int64_t entries;
    char head[PP_DIGEST_HEX], problem[PP__PROBLEM];
    require(pp__log_check(store, &entries, head, problem, NULL) == PP_OK && !problem[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static pp_store *store;
    if (!store) {
        require(pp_store_open(":memory:", PP_STORE_CREATE, &store, NULL) == PP_OK);
    }
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    require(pp__store_begin(store, "fuzz", NULL) == PP_OK);
    if (import(store, text) > 0) {
        require(import(store, text) == 0);
        verify(store);
    }
    pp__store_rollback(store);
    free(text);
    return 0;
}
