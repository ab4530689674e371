/* The factors of a model, and the groups that they are in. */
#ifndef PP_DRIVERS_FACTORS_H
#define PP_DRIVERS_FACTORS_H

#include "drivers/subsets.h"

#include <pushpull/drivers.h>

enum { PP__MOST_FACTORS = 64 };

typedef struct pp__factors {
    int n, n_groups;
    int term[PP__MOST_FACTORS];         /* of the formula */
    const char *name[PP__MOST_FACTORS]; /* "x1", "region", "a:b" */
    int group[PP__MOST_FACTORS];
    const char *group_name[PP__MOST_FACTORS]; /* of a factor alone: its own */
} pp__factors;

/* From the fit's formula and the options; texts are allocated in `arena`. */
pp_status pp__factors_find(const pp_fit *fit, const pp_drivers_options *options,
                           pp_arena *arena, pp__factors *out, pp_error *err);

/* The factor of each column of a fit of this model (k flags in `arena`). */
pp_status pp__factors_columns(const pp__factors *f, const pp_fit *fit, pp_arena *arena,
                              int **of_column, pp_error *err);

/* Lists of names with commas, "a, poly(b, 2)": the next name, without spaces around it (0 at
   the end), and whether a name is in a list (NULL: empty). */
int pp__list_next(const char **list, const char **name, size_t *length);
int pp__list_has(const char *list, const char *name);

#endif
