/* What an occupancy model of a study is estimated from. */
#ifndef PP_STUDY_ANALYSES_OCCUPANCY_DATA_H
#define PP_STUDY_ANALYSES_OCCUPANCY_DATA_H

#include "study/run.h"

/* The first part is given; the texts are the run's, the table is the caller's. */
typedef struct pp__visited_places {
    const pp_study_rule *rule;
    const char *const *state, *const *detection; /* variables and groups; detection NULL:
                                                    which visit it is */
    const char *const *lists;                    /* coders that are lists */

    const char *state_terms, *detection_terms; /* as formulas */
    const char *visits, *efforts;              /* columns of the data, with commas */
    pp_table *data; /* one row a country: country, name, variables (means of the panel's
                       years), region, subregion, visits, efforts */
    pp_table
        *left_out; /* likewise, the caller's: countries of unknown supplier, where the
                           panel leaves these out */
} pp__visited_places;

/* Each coder of the searches has a visit to the countries searched by that coder, each list to
   every country that anyone searched. It found something where the claims of that coder alone
   make the country an adopter; what counts of unknown supplier is as the study's panel has it.
   Fewer than two visits are PP_E_ESTIMATION, a list without
   claims PP_E_NOT_FOUND. */
pp_status pp__visited_places_make(pp__run *run, pp__visited_places *out, pp_error *err);

#endif
