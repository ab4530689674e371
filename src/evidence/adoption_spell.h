/* The spells of one country: when it had adopted under a rule. */
#ifndef PP_EVIDENCE_ADOPTION_SPELL_H
#define PP_EVIDENCE_ADOPTION_SPELL_H

#include "evidence/adoption_build.h"

typedef struct pp__spell {
    pp__interval start, end; /* the end is meaningless when censored */
    int censored;            /* 1: not known to have ended */
} pp__spell;

/* A country has adopted as long as one of its `n` adoptions holds. A new spell opens only
   with an adoption that certainly began after every earlier one had ended. `open` as in
   pp__interval_first. `out` has room for n spells and `scratch` for n intervals; gives
   the count. Sorts the adoptions, which are pointers, by their start. */
int64_t pp__spells_of(const pp__adoption **adoptions, int64_t n, int open, pp__spell *out,
                      pp__interval *scratch);

#endif
