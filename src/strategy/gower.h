/* How unlike two rows are, by Gower (1971). */
#ifndef PP_STRATEGY_GOWER_H
#define PP_STRATEGY_GOWER_H

#include <pushpull/table.h>

typedef struct pp__gower_column {
    const double *number; /* NULL: words */
    const int32_t *code;
    double range; /* of the numbers that are there; 0: all are the same */
} pp__gower_column;

typedef struct pp__gower {
    pp__gower_column *columns;
    int n;
} pp__gower;

/* Of columns that the table has (NULL-terminated); numbers are compared in units of their range, words by
   whether they differ. Lives in `arena`, and reads `table`. */
pp_status pp__gower_open(const pp_table *table, const char *const *names, pp_arena *arena,
                         pp__gower *out, pp_error *err);
/* 0 to 1, over the columns that both rows have; NaN where there is none. */
double pp__gower_between(const pp__gower *g, int64_t a, int64_t b);

#endif
