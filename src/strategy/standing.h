/* Where a country stands towards an instrument on a day. */
#ifndef PP_STRATEGY_STANDING_H
#define PP_STRATEGY_STANDING_H

#include "strategy/registry.h"

/* The furthest first; PP__NOT_KNOWN: there is no record. */
typedef enum pp__standing_kind {
    PP__IN_FORCE,
    PP__IN_FORCE_UNDATED,
    PP__NOT_APPLIED,
    PP__RATIFIED,
    PP__ADOPTED,
    PP__SIGNED,
    PP__ENDORSED,
    PP__ADOPTED_IDENTICALLY,
    PP__TRANSPOSED,
    PP__VOLUNTARY,
    PP__SUPERSEDED,
    PP__WITHDRAWN,
    PP__NO_LONGER_COVERED,
    PP__NOT_KNOWN,
    PP__STANDINGS
} pp__standing_kind;

extern const char *const pp__standing_words[PP__STANDINGS];

typedef struct pp__standing {
    pp__standing_kind kind;
    const char *by; /* "commitment", "own" or a group; NULL: nothing */
    const pp__span *signing, *ratified, *endorsed; /* NULL: none */
    const pp__span *in_force, *applies, *withdrew;
    int unverified;
    const char *source; /* NULL: nothing is known */
} pp__standing;

/* Commitments, and what the instrument covers. O(commitments to the instrument). */
pp__standing pp__stands(const pp_standards *s, const pp__instrument *instrument,
                        const char *country, int64_t day);
/* 1 when `a` reaches further than `b`, or as far by records that were seen where those of `b` were not. */
int pp__is_further(const pp__standing *a, const pp__standing *b);
/* src/strategy/standards_gaps.c: the furthest among binding instruments of data protection. */
pp__standing pp__furthest_protection(const pp_standards *s, const char *country,
                                     int64_t day);
/* 1 for the kinds that bind. */
int pp__standing_binds(pp__standing_kind kind);
/* The date from which something applies: as amended where that is adopted, else as written. */
const pp__span *pp__applies_from(const pp__span *written, const pp__span *amended,
                                 const char *amendment);
/* 1 when the date is there and is over by the day. */
int pp__is_past(const pp__span *date, int64_t day);
/* 1 for what binds and is about the protection of data. */
int pp__protects(const pp__instrument *in);
/* The furthest standing among the laws on data protection of the country's own; `law`: which it is, NULL
   when none is on record. */
pp__standing pp__own_protection(const pp_standards *s, const char *country, int64_t day,
                                const pp__instrument **law);
/* The note `at` of a result. */
pp_status pp__note_day(pp_result *result, int64_t day, pp_error *err);
/* A table of what pp_adoption_derive gives. */
pp_status pp__adoption_table(const pp_result *adoption, const char *name,
                             const pp_table **out, pp_error *err);

#endif
