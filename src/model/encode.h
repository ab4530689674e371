/* A column's distinct values as codes 0..n_levels-1 in sorted order. */
#ifndef PP_MODEL_ENCODE_H
#define PP_MODEL_ENCODE_H

#include <pushpull/context.h>
#include <pushpull/table.h>

typedef struct pp__encoding {
    int32_t *code; /* one a row; -1 missing */
    int32_t n_levels;
    const char **level;  /* of text and categories, by code point; copied */
    double *level_value; /* of numbers */
} pp__encoding;

/* Of the n rows `rows` (NULL: the first n). Only levels that occur count. O(n), and O(L
   log L) for L levels; on several threads for categories and for whole numbers that lie
   close together. */
pp_status pp__encode(const pp_column *column, const int64_t *rows, int64_t n,
                     const pp_context *ctx, pp_arena *arena, pp__encoding *out,
                     pp_error *err);

/* src/model/encode_hash.c: the same for text and for any numbers, into out->code, which
   is there, and the levels. */
pp_status pp__encode_by_hash(const pp_column *column, const int64_t *rows, int64_t n,
                             pp_arena *arena, pp__encoding *out, pp_error *err);

/* src/model/cross.c: pairs of codes (none missing) as codes of their own in the order of
   (a, b). `out` may be a or b. O(n + levels). */
pp_status pp__encode_pairs(const int32_t *a, int64_t a_levels, const int32_t *b,
                           int64_t b_levels, int64_t n, int32_t *out, int64_t *levels,
                           pp_error *err);

/* A level for people; numbers are written into `space`. */
const char *pp__level_name(const pp__encoding *encoding, int32_t level, char space[32]);

#endif
