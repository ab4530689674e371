/* A column's distinct values as codes 0..n_levels-1 in sorted order. */
#ifndef PP_MODEL_ENCODE_H
#define PP_MODEL_ENCODE_H

#include <pushpull/table.h>

typedef struct pp__encoding {
    int32_t *code; /* one a row; -1 missing */
    int32_t n_levels;
    const char **level;  /* of text and categories, by code point; copied */
    double *level_value; /* of numbers */
} pp__encoding;

/* Of the n rows `rows` (NULL: the first n). Only levels that occur count. O(n log n). */
pp_status pp__encode(const pp_column *column, const int64_t *rows, int64_t n,
                     pp_arena *arena, pp__encoding *out, pp_error *err);

/* A level for people; numbers are written into `space`. */
const char *pp__level_name(const pp__encoding *encoding, int32_t level, char space[32]);

#endif
