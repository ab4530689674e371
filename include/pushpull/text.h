/* Text building and locale-independent numbers. */
#ifndef PUSHPULL_TEXT_H
#define PUSHPULL_TEXT_H

#include <pushpull/memory.h>

/* A growing byte string, always terminated by a zero. After the first failed allocation every
   further call does nothing and `failed` is set, so that one check at the end is enough. */
typedef struct pp_buf {
    char *data;
    int64_t length;
    int64_t capacity;
    int failed;
} pp_buf;

PP_API void pp_buf_init(pp_buf *buf);
PP_API void pp_buf_clear(pp_buf *buf);
PP_API void pp_buf_add(pp_buf *buf, const char *text);
PP_API void pp_buf_add_bytes(pp_buf *buf, const void *bytes, int64_t length);
PP_API void pp_buf_add_char(pp_buf *buf, char c);
PP_API void pp_buf_printf(pp_buf *buf, const char *format, ...) PP_PRINTF(2, 3);
/* PP_E_MEMORY if any earlier call on `buf` failed. */
PP_API pp_status pp_buf_check(const pp_buf *buf, pp_error *err);

/* The shortest decimal that reads back to the same double ("0.1", "1e-300", "NaN", "Inf");
   `out` must hold 32 bytes. Point and digits do not depend on the locale. */
PP_API void pp_format_number(double value, char out[32]);
/* `digits` significant digits, without trailing zeros after the point being cut. */
PP_API void pp_format_significant(double value, int digits, char out[32]);
/* `decimals` digits after the point. */
PP_API void pp_format_fixed(double value, int decimals, char out[32]);
/* Reads all of `text` as a finite number; 0 when it is not one. */
PP_API int pp_parse_number(const char *text, double *out);
PP_API int pp_parse_integer(const char *text, int64_t *out);

/* Optimal string alignment distance of two UTF-8 strings, in code points, case folded; used for
   "did you mean". Returns `limit` + 1 as soon as the distance is known to exceed `limit`. */
PP_API int pp_text_distance(const char *a, const char *b, int limit);
/* The candidate nearest to `word`, or NULL when none is near enough to suggest. */
PP_API const char *pp_text_nearest(const char *word, const char *const *candidates,
                                   int64_t n);
/* 1 when `text` is valid UTF-8; else `*offset` is the first bad byte. */
PP_API int pp_text_is_utf8(const char *text, int64_t length, int64_t *offset);
PP_API int pp_text_equal_fold(const char *a, const char *b); /* ASCII case folded */

#endif
