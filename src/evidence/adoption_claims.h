/* Claims as structures: read from the table of claims, checked, in order of their ids. */
#ifndef PP_EVIDENCE_ADOPTION_CLAIMS_H
#define PP_EVIDENCE_ADOPTION_CLAIMS_H

#include "evidence/adoption_interval.h"
#include "evidence/adoption_words.h"

#include <pushpull/table.h>

/* Strings are borrowed from the table or the arena; none is NULL but where it says so. */
typedef struct pp__claim {
    const char *id, *place, *place_kind, *country, *coder;
    const char *place_id; /* NULL: pending */
    const char
        *place_key; /* the place_id, or country, kind and name of a pending place */
    const char *place_slug; /* for ids: "nairobi"; "country" when the claim is of a whole
                               country */
    const char *vendor;     /* "unknown" when no firm is named */
    const char *home;       /* "" unknown */
    const char *story;      /* the source when it has no story */
    const char *buyer_level, *purpose;
    pp__platform platform;
    pp__family family;
    pp__claim_status status;
    pp__group group;
    pp__confidence confidence;
    pp__interval when; /* first and last possible day; open where the claim gives none */
} pp__claim;

/* What a claim says of the beginning of its status group: an expansion says only by when
 * it was there. */
pp__reading pp__claim_reading(const pp__claim *claim);

typedef struct pp__claims {
    pp__claim *rows; /* in order of id */
    int64_t n;
} pp__claims;

/* `table` as pp_evidence_claims gives it; a column that is missing altogether is
   PP_E_NOT_FOUND but for place_id, story, coder and stated_purpose. A word, date or
   country that the codebook does not have, an earliest after the latest, and an id given
   twice are PP_E_INPUT with the row. A place has one slug, and two places of one country
   never the same. The rows live in `arena`. */
pp_status pp__claims_read(const pp_table *table, pp_arena *arena, pp__claims *out,
                          pp_error *err);

#endif
