/* Lists of units' names, with commas: "COL, CHL". */
#ifndef PP_EFFECTS_NAMES_H
#define PP_EFFECTS_NAMES_H

#include <pushpull/status.h>

#include <stddef.h>
#include <stdint.h>

/* The next name of a list from `*at` on, without the blanks around it; 0 when there is none. */
int pp__names_next(const char **at, const char **name, size_t *length);
/* 1: `name` is in the list. */
int pp__names_hold(const char *list, const char *name);
/* Refuses a name of a list that no unit has, with the nearest of those there are. */
pp_status pp__names_unknown(const char *option, const char *name,
                            const char *const *units, int64_t n, pp_error *err);

#endif
