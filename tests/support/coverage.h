/* How often intervals hold the truth. */
#ifndef PP_TESTS_COVERAGE_H
#define PP_TESTS_COVERAGE_H

#include <pushpull/model.h>
#include <pushpull/random.h>

typedef struct coverage_setting {
    const char *name, *formula;
    pp_model_options options;
    void (*draw)(pp_table *table, pp_rng *rng);
    int64_t rows;
} coverage_setting;

/* A column of numbers, added when it is not there. */
double *coverage_column(pp_table *table, const char *name);

/* Asserts that the 95% intervals of x1 and x2 hold truth[0] and truth[1] in 93.5 to 96.5
   of a hundred samples; `task` numbers their streams. */
void assert_coverage(const coverage_setting *setting, const double truth[2], int draws,
                     uint64_t task);

#endif
