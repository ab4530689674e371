/* From claims to adoptions: one a (place, vendor, platform family, status group, spell).
 */
#ifndef PP_EVIDENCE_ADOPTION_BUILD_H
#define PP_EVIDENCE_ADOPTION_BUILD_H

#include "evidence/adoption_conflict.h"
#include "evidence/adoption_rule.h"

typedef enum pp__dating {
    PP__DATED_WINDOW, /* both ends known */
    PP__DATED_FROM,   /* no upper bound but the date of the record */
    PP__DATED_BY,     /* an upper bound only */
    PP__DATED_NEVER   /* no date at all: by the date of the record */
} pp__dating;
const char *pp__dating_name(pp__dating dating);

typedef struct pp__adoption {
    const char *id; /* "KEN/nairobi/huawei/urban_surveillance/operational" */
    const pp__claim *first_claim; /* for place, country and vendor */
    pp__family family;
    pp__group group;
    pp__confidence confidence; /* the highest */
    pp__interval start;        /* its upper bound is never open */
    pp__dating dating;
    int ended, ended_only; /* ended_only: no claim is of its beginning */
    pp__interval end;
    int64_t n_claims, n_stories;
    const char *claims, *ended_by; /* ids, space separated; ended_by NULL: none */
    const char *conflict;          /* kinds, comma separated; NULL: none */
} pp__adoption;

typedef struct pp__adoptions {
    pp__adoption *rows; /* in order of id */
    int64_t n;
    pp__conflicts conflicts;
    int64_t record_day; /* the latest day that a claim of a beginning gives: the date of
                           the record */
} pp__adoptions;

pp_status pp__adoptions_build(const pp__rule *rule, const pp__claims *claims,
                              pp_arena *arena, pp__adoptions *out, pp_error *err);

/* How many different strings there are; sorts them. */
int64_t pp__count_distinct(const char **texts, int64_t n);

#endif
