/* Who is treated and who may be a donor in a case of synthetic control, by the record of adoptions. */
#ifndef PP_STUDY_ANALYSES_SYNTH_DONORS_H
#define PP_STUDY_ANALYSES_SYNTH_DONORS_H

#include "study/analyses/synth_case.h"

#include <pushpull/synth.h>

/* By the last year of the data. */
typedef enum pp__synth_adopted {
    PP__NOT_ADOPTED, /* searched, and nothing found by then */
    PP__MAY_HAVE,    /* no date or supplier that settles it, or nobody searched */
    PP__HAS_ADOPTED,
    PP__NO_FIGURES, /* of the outcome: no donor */
    PP__ADOPTED_KINDS
} pp__synth_adopted;

typedef struct pp__synth_place {
    const char *name;
    pp__synth_adopted adopted;
    double year; /* of an adoption that is certain by the last year; else NaN */
} pp__synth_place;

typedef struct pp__synth_pool {
    pp_table *data;      /* unit (names), year, the outcome; owned by the caller */
    const char *treated; /* names, with commas */
    double low,
        high; /* by the rule: the interval that holds those of all treated; NaN as in uncertain.h */
    int last; /* the last year */
    int n;
    pp__synth_place *place; /* that could be donors */
} pp__synth_pool;

pp_status pp__synth_gather(pp__run *run, const pp__synth_case *c, pp__synth_pool *out,
                           pp_error *err);
/* The names of those of the kinds wanted, with commas, adopters with their years if `dated`; `among`
   (NULL: any): only those in its column `name`. `n` may be NULL. NULL: no memory. */
const char *pp__synth_names_of(const pp__synth_pool *pool, const int wanted[], int dated,
                               const pp_table *among, pp_arena *arena, int *n);

/* synth_dates.c: adds the estimate from each year on in which the case may have begun, where that is not one. */
pp_status pp__synth_date_case(pp__run *run, const pp__synth_case *c,
                              const pp__synth_pool *pool, const pp_synth_options *options,
                              pp_result *result, pp_error *err);

#endif
