/* What claims do not agree on, listed beside the adoptions. */
#ifndef PP_EVIDENCE_ADOPTION_CONFLICT_H
#define PP_EVIDENCE_ADOPTION_CONFLICT_H

#include "evidence/adoption_interval.h"

#include <pushpull/memory.h>

typedef struct pp__conflict {
    const char *country;
    const char *adoption; /* NULL: of the country, as no adoption came of the claims */
    const char *kind, *detail, *claims;
} pp__conflict;

typedef struct pp__conflicts {
    pp__conflict *rows;
    int64_t n, capacity;
} pp__conflicts;

/* Adds one; `detail` is formatted, the other texts are borrowed. `claims` NULL, from an
   allocation that failed, is PP_E_MEMORY. */
pp_status pp__conflict_add(pp__conflicts *list, pp_arena *arena,
                           const pp__conflict *conflict, pp_error *err,
                           const char *detail, ...) PP_PRINTF(5, 6);
/* By country, adoption, kind and claims. */
void pp__conflicts_sort(pp__conflicts *list);

/* Adds `kind` to the comma separated `*kinds` (NULL: none yet) unless it is there. */
pp_status pp__kinds_add(const char **kinds, const char *kind, pp_arena *arena,
                        pp_error *err);

/* "by 2013-09-30", "from 2014-01-01 to 2014-12-31", "not before 2019-01-01", "at no known
 * date". */
typedef struct pp__interval_words {
    char text[48];
} pp__interval_words;
pp__interval_words pp__interval_say(pp__interval when);

#endif
