/* Is a value what its field takes? */
#ifndef PP_EVIDENCE_FIELD_H
#define PP_EVIDENCE_FIELD_H

#include "evidence/entities.h"

#include <pushpull/places.h>
#include <pushpull/text.h>

typedef struct pp__problem {
    char reason[160]; /* "" when there is none; follows the value: "is not a date" */
    char suggestion[160];
} pp__problem;

void pp__complain(pp__problem *problem, const char *format, ...) PP_PRINTF(2, 3);
void pp__suggest(pp__problem *problem, const char *format, ...) PP_PRINTF(2, 3);

/* Gives the value as it is recorded (NULL: missing), allocated in `arena`; or tells the
   problem. Without a gazetteer (NULL) codes of countries are checked by their form only.
 */
pp_status pp__field_check(const pp_gazetteer *gazetteer, const pp__field *field,
                          const char *value, pp_arena *arena, const char **out,
                          pp__problem *problem, pp_error *err);
/* What must hold between one field of a claim and the others, as far as they are there. */
void pp__claim_check(const char *const *values, int field, pp__problem *problem);

#endif
