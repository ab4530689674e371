/* From adoptions to countries: what is known of each, and its spells. */
#ifndef PP_EVIDENCE_ADOPTION_COUNTRY_H
#define PP_EVIDENCE_ADOPTION_COUNTRY_H

#include "evidence/adoption_build.h"

typedef enum pp__outcome {
    PP__ADOPTED,
    PP__NO_ADOPTION_FOUND,
    PP__SUPPLIER_UNKNOWN,
    PP__NOT_SEARCHED,
    PP__OUTCOMES
} pp__outcome;
const char *pp__outcome_name(pp__outcome outcome);

typedef struct pp__country {
    const char *id;
    const char *name, *region; /* NULL: not in the table of countries */
    pp__outcome outcome;
    const pp__adoption *adoptions; /* n_adoptions of them */
    int64_t n_adoptions;
    pp__interval start; /* of the first adoption, or of the first of unknown supplier */
    const pp__adoption *first; /* the adoption that sets it */
    int by_option;             /* its lower bound depends on the rule's `undated` */
    int64_t n_claims,
        n_stories;        /* of the outcome: under the rule, or of an unknown supplier */
    const char *conflict; /* kinds, comma separated; NULL: none */
    int searched;
    int listed, former; /* in the table of countries; and there no longer a country */
    int64_t any_claims; /* of whatever kind */
} pp__country;

typedef struct pp__countries {
    pp__country *rows; /* in order of id */
    int64_t n;
} pp__countries;

/* Every country of the table that the rule does not exclude, former ones (with a to_year,
   or the status "former") only when there are claims of them; and countries that only the
   claims know. */
pp_status pp__countries_build(const pp__rule *rule, const pp__claims *claims,
                              const pp__adoptions *adoptions, const pp_table *searches,
                              const pp_table *table, pp_arena *arena, pp__countries *out,
                              pp_error *err);
pp__country *pp__country_find(const pp__countries *countries, const char *id);

#endif
