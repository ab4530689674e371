/* Lists of terms, as people write them. */
#ifndef PP_DRIVERS_LISTS_H
#define PP_DRIVERS_LISTS_H

#include <stddef.h>

/* The next part of a list, without spaces around it; 0 at its end. Parts end at
   `separator` outside of parentheses, backquotes and quotes; empty ones are passed over. */
int pp__part_next(const char **list, char separator, const char **part, size_t *length);

/* Where `separator` first stands outside of them; NULL: nowhere. */
const char *pp__part_find(const char *text, char separator);

#endif
