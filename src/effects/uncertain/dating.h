/* From dates that are known as intervals to cohorts: by a rule, or drawn. */
#ifndef PP_EFFECTS_DATING_H
#define PP_EFFECTS_DATING_H

#include <pushpull/memory.h>

#include <pushpull/random.h>
#include <pushpull/uncertain.h>

typedef enum pp__dating_rule {
    PP__EARLIEST,
    PP__MIDPOINT,
    PP__LATEST,
    PP__DRAWN,
    PP__DATING_RULES
} pp__dating_rule;

/* What a rule makes of the interval low..high (NaN as in pp_uncertain_options). */
typedef enum pp__dated {
    PP__AT_PERIOD,
    PP__NOT_TREATED,
    PP__BOUND_ONLY,   /* an upper bound says nothing of when */
    PP__PERHAPS_LATER /* dated after the data, but it may be within */
} pp__dated;

/* `rule` is none but PP__DRAWN; `period` NaN unless PP__AT_PERIOD. */
pp__dated pp__date_by_rule(pp__dating_rule rule, double low, double high, double last,
                           double *period);

/* What is known of the units of a table. */
typedef struct pp__dating {
    const pp_table *data;
    int64_t units, rows;
    const int32_t *of;                      /* rows: the unit; -1: missing */
    const double *low, *high, *probability; /* units */
    int periods;
    const double *time; /* periods, ascending */
} pp__dating;

/* Where they stand. */
typedef struct pp__dated_columns {
    const char *unit, *time;
    const char *
        together; /* names, with commas, of the only units with dates, which must have the same:
                             they were treated together; NULL: each has its own */
} pp__dated_columns;

pp_status pp__dating_read(const pp_table *data, const pp__dated_columns *columns,
                          const pp_uncertain_options *options, const pp_context *ctx,
                          pp_arena *arena, pp__dating *out, pp_error *err);

/* The periods in which treatment may begin by an interval (NaN as in pp_uncertain_options): `n` from `begin`
   on, each as likely as the others. What `length` has beyond n lies after the data; 0: there is
   nothing to draw. */
typedef struct pp__dated_periods {
    int begin, n;
    double length;
} pp__dated_periods;
pp__dated_periods pp__dating_periods(const pp__dating *dating, double low, double high);

typedef struct pp__dated_units {
    int64_t treated, never, left_out;
} pp__dated_units;

/* The rows of units that the rule can use, with column PP__COHORT; `rng` for PP__DRAWN. */
#define PP__COHORT "pp_cohort"
pp_status pp__dating_apply(const pp__dating *dating, pp__dating_rule rule, pp_rng *rng,
                           pp_table **out, pp__dated_units *units, pp_error *err);

#endif
