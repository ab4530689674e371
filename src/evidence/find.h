/* What a person may mean by a word: a claim, a source, a vendor or a place. */
#ifndef PP_EVIDENCE_FIND_H
#define PP_EVIDENCE_FIND_H

#include "evidence/inforce.h"

enum { PP__MOST_FOUND = 16 };

typedef struct pp__found {
    const char
        *kind; /* "claim", "source", "story", "vendor", "country", "region", "city" */
    const char *id; /* of a pending place its key */
    const char *name, *country;
    const pp_place *place; /* NULL: no place, or a pending one */
    int64_t claims;        /* in force about it; of claims and sources not counted */
} pp__found;

/* Fills `found` with everything of that name, those with claims alone if any has some (but
   all of several countries); gives the count. `claims` is pp__inforce_claims. */
int pp__find(const pp__inforce *in, const pp_gazetteer *gazetteer, const pp_table *claims,
             const char *what, pp__found found[PP__MOST_FOUND]);
/* 1 when row `i` of `claims` is about what was found. */
int pp__found_has(const pp__found *found, const pp_table *claims, int64_t i);
const char *pp__place_kind_name(pp_place_kind kind);

#endif
