/* Histories: on which of several lists a unit is. History h has bit i where it is on list i. */
#ifndef PP_UNSEEN_LISTS_HISTORIES_H
#define PP_UNSEEN_LISTS_HISTORIES_H

#include <pushpull/lists.h>
#include <pushpull/memory.h>

enum { PP__MOST_LISTS = 10 };

typedef struct pp__histories {
    int lists, cells; /* 2^lists */
    const char *const *name;
    double *count;           /* of each history; of none: 0 */
    double observed, nobody; /* on a list; on none */
} pp__histories;

/* The tables' rows, checked once. */
typedef struct pp__listed {
    int64_t rows;
    const char *const *name;
    int lists;
    int *history;
    double *times; /* how many units each row stands for */
} pp__listed;

pp_status pp__listed_read(const pp_table *data, const pp_lists_options *options,
                          pp_arena *arena, pp__listed *out, pp_error *err);
/* Of all rows, or of those where stratum[row] == wanted (stratum not NULL). */
pp_status pp__histories_tally(const pp__listed *listed, const int32_t *stratum,
                              int32_t wanted, pp_arena *arena, pp__histories *out,
                              pp_error *err);
/* Without the lists that are empty: `out` is `h` itself where none is. `left_out` (NULL: none
 * was) names them, with commas. */
pp_status pp__histories_drop_empty(const pp__histories *h, pp_arena *arena,
                                   pp__histories *out, const char **left_out,
                                   pp_error *err);
/* PP_E_ESTIMATION, in plain words, where no model can tell anything. */
pp_status pp__histories_check(const pp__histories *h, pp_error *err);

/* Units on list i; on lists i and j; on exactly k lists. */
double pp__histories_size(const pp__histories *h, int i);
double pp__histories_both(const pp__histories *h, int i, int j);
double pp__histories_times(const pp__histories *h, int k);

int pp__bits(unsigned set); /* how many members */

#endif
