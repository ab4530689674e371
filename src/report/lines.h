/* Widths of text on a terminal, and where to break it. */
#ifndef PP_REPORT_LINES_H
#define PP_REPORT_LINES_H

#include <pushpull/text.h>

#include <stddef.h>

/* Terminal columns of the first `bytes` bytes of clean UTF-8. */
int pp__text_width(const char *text, size_t bytes);

/* Columns of the longest part that must not be broken. */
int pp__longest_word(const char *text);

/* The bytes of the first line of `text` within `width` columns (at least one character),
   without the blanks at its end; `*next` is where the following line starts. Words longer
   than `width` are broken, none is cut. */
size_t pp__first_line(const char *text, int width, const char **next);

/* Adds `text`, wrapped to `width` columns (of text at least 20), under a first line that starts with `lead`. */
void pp__add_wrapped(pp_buf *out, const char *lead, const char *text, int width);

#endif
