/* The inside of a table, for the files of this room. */
#ifndef PP_TABLE_TABLE_H
#define PP_TABLE_TABLE_H

#include <pushpull/table.h>

typedef struct level_index level_index;

struct pp_table {
    pp_arena arena; /* names, texts, levels */
    int64_t rows, capacity;
    int n, column_capacity;
    pp_column **columns;
    level_index **indices; /* by column: hash of its levels, made when first needed */
};

/* Bytes of one cell of a column type, and the column's array of values. */
size_t pp__cell_size(pp_column_type type);
void **pp__column_values(pp_column *column);
/* Sets cells first..last-1 missing. */
void pp__column_fill_missing(pp_column *column, int64_t first, int64_t last);
void pp__column_free(pp_column *column);
void pp__level_index_free(level_index *index);
/* Makes room for `capacity` rows, at least as many as there are. */
pp_status pp__table_reserve(pp_table *table, int64_t capacity, pp_error *err);
int pp__table_position(const pp_table *table, const pp_column *column);
/* Copies label, unit, source, licence, show and value labels. */
pp_status pp__column_copy_meta(pp_table *table, pp_column *to, const pp_column *from,
                               pp_error *err);

#endif
