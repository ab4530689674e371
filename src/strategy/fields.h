/* Values of the YAML files of strategy, with errors that say where. */
#ifndef PP_STRATEGY_FIELDS_H
#define PP_STRATEGY_FIELDS_H

#include "base/yaml.h"

/* Each refuses with file, line and what was expected; texts stay in the tree's arena. */

/* `map` is a map, and has no other keys than these (NULL-terminated). */
pp_status pp__fields_check(const pp__yaml *map, const char *file, const char *what,
                           const char *const *keys, pp_error *err);
/* A text that is not empty; NULL where the key is missing and not `required`. */
pp_status pp__fields_text(const pp__yaml *map, const char *key, const char *file,
                          int required, const char **out, pp_error *err);
/* The same of small letters, digits and underscores. */
pp_status pp__fields_name(const pp__yaml *map, const char *key, const char *file,
                          const char **out, pp_error *err);
/* A number from low to high; *out stays where the key is missing. */
pp_status pp__fields_number(const pp__yaml *map, const char *key, const char *file,
                            double low, double high, double *out, pp_error *err);
/* [low, high], or one number that is both; required. */
pp_status pp__fields_range(const pp__yaml *map, const char *key, const char *file,
                           double low, double high, double out[2], pp_error *err);
/* true or false; *out stays where the key is missing. */
pp_status pp__fields_flag(const pp__yaml *map, const char *key, const char *file,
                          int *out, pp_error *err);
/* A list of texts, or one, NULL-terminated in `arena`; empty where the key is missing. */
pp_status pp__fields_list(const pp__yaml *map, const char *key, const char *file,
                          pp_arena *arena, const char *const **out, pp_error *err);

#endif
