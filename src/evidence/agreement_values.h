/* The variables of agreement: what each coder says of a unit. */
#ifndef PP_EVIDENCE_AGREEMENT_VALUES_H
#define PP_EVIDENCE_AGREEMENT_VALUES_H

#include "evidence/agreement_match.h"
#include "evidence/agreement_measures.h"

typedef struct pp__value {
    const char *text; /* NULL: missing */
    double number; /* in order, for ordinal variables; on the scale, for interval ones */
} pp__value;

typedef pp__value pp__reads(const pp__claim *claim);

typedef struct pp__variable {
    const char *name;
    pp__matching matching;
    pp__metric metric;
    pp__reads *read; /* NULL: the year of an end of the interval */
    int latest;      /* of years: 0 the earliest, 1 the latest */
} pp__variable;

extern const pp__variable pp__variables[];
extern const int pp__n_variables;

/* One variable as two coders give it, for some units. */
typedef struct pp__coded {
    pp__ratings ratings;
    const pp__unit **units; /* ratings.units of them; NULL: cells of a grid */
    pp__value *values;      /* as ratings.codes */
} pp__coded;

/* Of the units that both coders have. A coder's value is what most of their claims of the
   unit say; of equally many that of the most confident claim, then the first word.
   "unknown" is missing: a source that is silent does not disagree. Years are those of the
   interval that the coder's claims give together. */
pp_status pp__code_variable(const pp__variable *variable, const pp__units *units,
                            pp_arena *arena, pp__coded *out, pp_error *err);

/* Whether both found a unit that either found; the second coder's code is 1 when not.
   Only the share of agreement means anything, as nobody codes what is not there. */
pp_status pp__code_found(const pp__units *units, pp_arena *arena, pp__coded *out,
                         pp_error *err);

/* Whether the intervals of both meet, for the units of both, coded as pp__code_found
 * does. */
pp_status pp__code_meeting(const pp__units *units, pp_arena *arena, pp__coded *out,
                           pp_error *err);

/* Found or not by either coder, over the grid of every place with every family and every
   status that some claim has: 1 found, 0 not. Its size sets what is expected by chance.
 */
pp_status pp__code_grid(const pp__units *units, pp_arena *arena, pp__coded *out,
                        pp_error *err);

#endif
