/* Statements about effects in memory. Texts are borrowed from the table and the arena. */
#ifndef PP_STRATEGY_CLAIMS_CHECKED_H
#define PP_STRATEGY_CLAIMS_CHECKED_H

#include <pushpull/claims_checked.h>

typedef struct pp__statement {
    const char *id, *place, *country, *who, *name, *statement, *measure, *unit, *method;
    const char *source, *url, *grade, *because;
    double change, from, to; /* NaN: not said */
} pp__statement;

struct pp_effect_claims {
    pp_arena arena;
    pp_table *table;
    pp__statement *statements;
    int64_t n;
};

/* The same of a table of texts, taken over also on failure, and of the text of a file of grades; lines of
   mistakes are those of rows. */
pp_status pp__effect_claims_take(pp_table *table, const char *grades, int64_t length,
                                 pp_effect_claims **out, pp_error *err);

#endif
