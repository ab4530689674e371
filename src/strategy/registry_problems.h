/* What is wrong with a registry, collected so that one reading tells all of it. */
#ifndef PP_STRATEGY_REGISTRY_PROBLEMS_H
#define PP_STRATEGY_REGISTRY_PROBLEMS_H

#include "strategy/registry.h"

typedef struct pp__registry_problem {
    pp__register of;
    int64_t row, line, order; /* row -1: the header; order: in which it was found */
    const char *column, *value, *problem, *suggestion; /* NULL: none; but the problem */
    struct pp__registry_problem *next;
} pp__registry_problem;

typedef struct pp__registry_problems {
    pp_arena arena;
    pp__registry_problem *newest;
    int64_t n;
} pp__registry_problems;

/* `suggestion` is copied; `value` is borrowed until the table is made. */
pp_status pp__registry_note(pp__registry_problems *problems, pp__register of, int64_t row,
                            const char *column, const char *value, const char *suggestion,
                            pp_error *err, const char *format, ...) PP_PRINTF(8, 9);
/* As a table, in order of file and line: see pp_standards_check. */
pp_status pp__registry_problems_table(const pp__registry_problems *problems,
                                      const pp_standards *s, const char *folder,
                                      pp_table **out, pp_error *err);
/* PP_OK without any problem; else the first as an error, the others counted. */
pp_status pp__registry_first_problem(const pp_table *problems, pp_error *err);

#endif
