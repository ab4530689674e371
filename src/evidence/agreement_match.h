/* The units that two coders may agree on, and what each of them says of a unit. */
#ifndef PP_EVIDENCE_AGREEMENT_MATCH_H
#define PP_EVIDENCE_AGREEMENT_MATCH_H

#include "evidence/adoption_claims.h"

#include <pushpull/adoption.h>

/* What a unit is: claims of one place that have the same family, status group, or both.
 */
typedef enum pp__matching {
    PP__BY_FAMILY_AND_STATUS,
    PP__BY_FAMILY,
    PP__BY_STATUS,
    PP__MATCHINGS
} pp__matching;
const char *pp__matching_name(pp__matching matching);

typedef struct pp__unit {
    const pp__claim *const *claims[2]; /* of the coders a and b, in order of id */
    int64_t n[2];                      /* either may be 0, not both */
} pp__unit;

typedef struct pp__units {
    pp__unit *rows;
    int64_t n;
} pp__units;

/* The status group of a claim, where suspended and ended are "ended", and denied is
   itself; and its number. */
enum { PP__AGREEMENT_STATUSES = PP__GROUPS + 2 };
const char *pp__agreement_status(const pp__claim *claim);
int pp__agreement_status_number(const pp__claim *claim);

/* Codes of the countries to compare, in order: those of the options; else those where
   both coders made a query, else those where both have a claim. NULL-terminated. */
pp_status pp__overlap(const pp__claims *claims, const pp_agreement_options *options,
                      const char *const coders[2], pp_arena *arena, const char ***out,
                      pp_error *err);

/* Units of the two coders' claims in these countries, in order of place, family and
 * status. */
pp_status pp__units_match(const pp__claims *claims, const char *const *countries,
                          const char *const coders[2], pp__matching matching,
                          pp_arena *arena, pp__units *out, pp_error *err);

#endif
