/* The adopters of a rule, and which lists of sources have each. */
#ifndef PP_STUDY_ANALYSES_LISTS_EVIDENCE_H
#define PP_STUDY_ANALYSES_LISTS_EVIDENCE_H

#include "study/run.h"

/* A list as study.yml names it: kinds of sources, and publishers. */
typedef struct pp__source_list {
    const char *name;
    int64_t line;
    const char *const *sources;
} pp__source_list;

/* The countries that have adopted by rule `rule`, one row each: country, name, region, then
   each list as 0 and 1. A list has an adopter when a claim of the adoption stands in one of its
   sources; claims of one story count for the source that leads it alone. A publisher's name goes
   before kinds. A word that is neither a kind nor a publisher is PP_E_INPUT. */
pp_status pp__lists_of_evidence(pp__run *run, int64_t rule, const pp__source_list *lists,
                                int64_t n, pp_table **out, pp_error *err);

#endif
