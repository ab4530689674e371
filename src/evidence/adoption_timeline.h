/* The claims of one (place, vendor, family) in time: which spell each belongs to. */
#ifndef PP_EVIDENCE_ADOPTION_TIMELINE_H
#define PP_EVIDENCE_ADOPTION_TIMELINE_H

#include "evidence/adoption_claims.h"

typedef enum pp__event_kind {
    PP__STARTS,   /* a status that began at a date with a known lower bound */
    PP__MENTIONS, /* one known to hold by a date only */
    PP__ENDS
} pp__event_kind;

typedef struct pp__event {
    const pp__claim *claim;
    pp__event_kind kind;
    int64_t day; /* its place in time: a start its first day, the others their last, open:
                    the end */
    int spell;   /* from 0 */
} pp__event;

/* Makes the event of a claim that is no denial; its spell is not known yet. */
pp__event pp__event_of(const pp__claim *claim);

/* Sorts by day, kind and claim and numbers the spells; gives their count. A new spell
   opens with a start whose first day lies after the last possible day of an end: only
   then is it certain that the thing began again. */
int pp__timeline(pp__event *events, int64_t n);

/* How an end and a start of the same spell stand to each other. The interval of the start
   gains the end's upper bound when it has none of its own. */
typedef enum pp__closing {
    PP__CLOSES,
    PP__ORDER_UNKNOWN /* the end may precede what is known of the start: the spell stays
                         open */
} pp__closing;
pp__closing pp__close_spell(pp__interval *start, pp__interval end);

#endif
