/* What one analysis of lists works on. */
#ifndef PP_UNSEEN_LISTS_WORK_H
#define PP_UNSEEN_LISTS_WORK_H

#include "unseen/lists_average.h"
#include "unseen/lists_closed.h"
#include "unseen/lists_coverage.h"
#include "unseen/lists_hierarchy.h"

enum { PP__MOST_NUMBERS = PP__MOST_CLOSED + PP__COVERAGES + 2 };

typedef struct pp__lists {
    pp_lists_options options; /* with defaults filled in */
    const pp_context *ctx;
    const pp_table *data;
    pp__listed listed;
    pp__histories h;
    pp__number number[PP__MOST_NUMBERS];
    int n;
    pp__hierarchy hierarchy; /* models 0: too many lists */
    pp__average average;     /* graphs 0: too many lists */
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} pp__lists;

/* The most units on no list that an average over `h` thinks of. */
int64_t pp__lists_missing(const pp__lists *w, const pp__histories *h);
pp__number pp__lists_averaged(const pp__average *a, const pp__histories *h, double level);
/* 1: all of the interval is above the population. */
int pp__lists_contradicts(const pp__lists *w, const pp__number *number);
/* Ends estimate and interval at the population; 1 when the estimate was beyond. What
   contradicts the population is missing. */
int pp__lists_cap(const pp__lists *w, pp__number *number);

/* The lists in `set` with " + " between them; NULL: no memory. */
const char *pp__lists_names(const pp__histories *h, int set, pp_arena *arena);

/* One table or two each. */
pp_status pp__lists_put_models(pp__lists *w);
pp_status pp__lists_put_loglinear(pp__lists *w);
pp_status pp__lists_put_summary(pp__lists *w);
pp_status pp__lists_put_histories(pp__lists *w);
pp_status pp__lists_put_average(pp__lists *w);
pp_status pp__lists_put_dependence(pp__lists *w);
pp_status pp__lists_put_strata(pp__lists *w);

/* estimate, std_error, conf_low, conf_high. */
pp_status pp__lists_put_number(pp__lists *w, pp_table *table, int64_t row,
                               const pp__number *number);

#endif
