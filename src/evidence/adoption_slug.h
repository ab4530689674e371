/* Short readable names of places, for the ids of adoptions. */
#ifndef PP_EVIDENCE_ADOPTION_SLUG_H
#define PP_EVIDENCE_ADOPTION_SLUG_H

#include "evidence/adoption_claims.h"

/* "São Paulo" → "sao-paulo"; letters of other scripts stay. NULL when memory is out. */
char *pp__slug(pp_arena *arena, const char *text);

/* Gives every place one slug, that of its claim with the first id, and adds the place's
   key where two places of a country would share one. */
pp_status pp__slugs_settle(pp__claim *claims, int64_t n, pp_arena *arena, pp_error *err);

#endif
