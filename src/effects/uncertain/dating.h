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
    const char *unit; /* the column */
    int64_t units, rows;
    const int32_t *of;                      /* rows: the unit; -1: missing */
    const double *low, *high, *probability; /* units */
    int periods;
    const double *time; /* periods, ascending */
} pp__dating;

pp_status pp__dating_read(const pp_table *data, const pp_did_options *did,
                          const pp_uncertain_options *options, const pp_context *ctx,
                          pp_arena *arena, pp__dating *out, pp_error *err);

typedef struct pp__dated_units {
    int64_t treated, never, left_out;
} pp__dated_units;

/* The rows of units that the rule can use, with column PP__COHORT; `rng` for PP__DRAWN. */
#define PP__COHORT "pp_cohort"
pp_status pp__dating_apply(const pp__dating *dating, pp__dating_rule rule, pp_rng *rng,
                           pp_table **out, pp__dated_units *units, pp_error *err);

#endif
