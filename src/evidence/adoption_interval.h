/* Intervals of days, either end of which may be open; and what several of them say
 * together. */
#ifndef PP_EVIDENCE_ADOPTION_INTERVAL_H
#define PP_EVIDENCE_ADOPTION_INTERVAL_H

#include <stdint.h>

#define PP__OPEN_LOW  INT64_MIN
#define PP__OPEN_HIGH INT64_MAX

/* The day on which something began lies in lo..hi. */
typedef struct pp__interval {
    int64_t lo, hi;
} pp__interval;

int pp__interval_is_empty(pp__interval a);
pp__interval pp__interval_meet(pp__interval a, pp__interval b);
pp__interval pp__interval_hull(pp__interval a, pp__interval b);

typedef struct pp__reading {
    pp__interval when;
    int strong; /* of high confidence */
} pp__reading;

/* What `n` readings of one beginning say together. Windows (both ends known) date it,
   bounds (one end known) only narrow it. The windows are intersected; where they do not
   meet, those of high confidence are, and where these do not meet either, or there are
   none, the hull of theirs, or of all windows, is taken. Every bound that meets this
   narrows it; one that does not widens it to their hull, unless there are windows of high
   confidence and the bound is not of high confidence. When the bounds leave nothing they
   are left out. `*conflict` is 1 when not everything meets. Order and repetition of the
   readings make no difference. */
pp__interval pp__interval_combine(const pp__reading *readings, int64_t n, int *conflict);

typedef struct pp__first {
    pp__interval when; /* of the earliest of several beginnings */
    int64_t which;     /* the beginning that sets it */
    int by_option;     /* 1: the lower bound would be missing (or is) by `open` alone */
} pp__first;

/* The first of `n` >= 1 beginnings, each with its interval. The upper bound is the least
   of theirs. A beginning with an open lower bound may have been the first always. `open`
   1: then the lower bound is open; 0: only when its upper bound lies before every lower
   bound that is known, so that it must have been the first. Else the lower bound is the
   least that is known. */
pp__first pp__interval_first(const pp__interval *beginnings, int64_t n, int open);

#endif
