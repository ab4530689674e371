/* Columns that an option names: "v1, v2, v3", or "v*" for all that are a word and a number. */
#ifndef PP_UNSEEN_COLUMN_LIST_H
#define PP_UNSEEN_COLUMN_LIST_H

#include <pushpull/table.h>

typedef struct pp__column_list {
    int n;
    const pp_column **column;
} pp__column_list;

/* "v*" gives v1, v2, … v10 by their numbers. Errors name the option: PP_E_NOT_FOUND,
   PP_E_ARGUMENT for none and for a column named twice. */
pp_status pp__column_list_read(const pp_table *data, const char *text, const char *option,
                               pp_arena *arena, pp__column_list *out, pp_error *err);

#endif
