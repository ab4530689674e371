/* What each treatment of dates answers, side by side. */
#ifndef PP_DRIVERS_DATES_TABLES_H
#define PP_DRIVERS_DATES_TABLES_H

#include "drivers/dates_draw.h"

typedef struct pp__dates_answer {
    double estimate, std_error, low, high, low_90, high_90, fmi; /* NaN: not known */
} pp__dates_answer;

/* Answers of one kind: marginal effects, or coefficients. */
typedef struct pp__dates_sheet {
    int64_t n;
    const char **term, **contrast;            /* n; contrast NULL: has none */
    const char **label;                       /* n: of the variable; NULL: none */
    double *sd;                               /* n: of a number, by which it changes */
    pp__dates_answer *answer[PP__DATE_RULES]; /* n each */
    double *estimate, *variance;              /* of imputations: n × m, by term */
} pp__dates_sheet;

enum { PP__DATES_EFFECTS, PP__DATES_COEFFICIENTS, PP__DATES_SHEETS };

typedef struct pp__dates_told {
    pp__dates_sheet sheet[PP__DATES_SHEETS];
    const pp_table *rows; /* over which effects are averaged */
    int m, draws;         /* imputations wanted, and kept */
    int fitted[PP__DATE_RULES];
    double events[PP__DATE_RULES], units[PP__DATE_RULES];
    int64_t left; /* units without an earliest date or a middle */
} pp__dates_told;

/* Terms are those of `result`, the interval model's with its margins; of effects only those
   of the list `terms` (NULL: all). `used`: the rows of that model. */
pp_status pp__dates_begin(pp__dates_told *told, const pp_result *result,
                          const pp_table *used, const char *terms, int m, pp_arena *arena,
                          pp_error *err);
/* The answers of a rule, or of one imputation (number told->draws, which it raises). */
pp_status pp__dates_keep(pp__dates_told *told, int rule, const pp_fit *fit,
                         const pp_context *ctx, pp_error *err);
pp_status pp__dates_keep_draw(pp__dates_told *told, const pp_fit *fit,
                              const pp_context *ctx, pp_error *err);
/* Pools the imputations; fewer than two are no answer. */
void pp__dates_pool(pp__dates_told *told, double level);

/* src/drivers/dates_tables.c */
pp_status pp__dates_put_tables(const pp__dates_told *told, const char *const *rules,
                               pp_result *result, pp_error *err);

#endif
