/* Assignments and conditions in SQL from people: read, and tried on a small table. */
#include "target.h"

#include <pushpull/io.h>

#include <string.h>

static pp_table *make_table(void) {
    pp_table *table = NULL;
    pp_column *column;
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_resize(table, 3, NULL) == PP_OK);
    require(pp_table_add(table, PP_NUMBER, "x", &column, NULL) == PP_OK);
    column->number[0] = 1;
    require(pp_table_add(table, PP_TEXT, "word", &column, NULL) == PP_OK);
    require(pp_column_set_text(table, column, 1, "red", NULL) == PP_OK);
    return table;
}

/* "x = x + 1 ? word = 'red'": an assignment, and after a question mark a condition. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1), *where;
    pp_assignment set;
    pp_arena arena;
    pp_error err = {0};
    int64_t rows;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    where = strchr(text, '?');
    if (where) {
        *where++ = '\0';
    }
    pp_arena_init(&arena);
    pp_status status = pp_assignment_parse(text, &arena, &set, &err);
    require(status == PP_OK || (err.code == status && err.message[0]));
    if (status == PP_OK) {
        pp_table *table = make_table();
        status = pp_table_update(table, &set, 1, where, NULL, &rows, &err);
        require(status == PP_OK || (err.code == status && err.message[0]));
        require(pp_table_rows(table) == 3);
        pp_table_free(table);
    }
    pp_arena_clear(&arena);
    free(text);
    return 0;
}
