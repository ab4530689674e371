/* Stories: sources that are copies of one text.
 *
 * Proposed are sources under one canonical address, and sources whose titles share most
 * words: at least 60 % of the words of both, of five or more, when both are dated to the
 * day and at most three days apart; at least 90% when a date is missing or coarse and
 * the dates do not exclude each other. A person confirms or retracts a proposal by a
 * decision, which holds for the sources it was made about.
 */
#ifndef PP_EVIDENCE_STORY_H
#define PP_EVIDENCE_STORY_H

#include "evidence/map.h"
#include "evidence/record.h"

typedef struct pp__story_source {
    const char *values[PP__MOST_FIELDS]; /* of the source, in force */
    const char *address;                 /* canonical */
    const char *story;  /* "story:AS014"; its own id when it stands alone */
    const char *status; /* "proposed", "confirmed"; NULL when it stands alone */
    int by_title;       /* the story needs its title */
    int64_t parent;     /* union-find: the leader is its own */
    int64_t next, last; /* the next of the story, -1 none; the leader's last */
} pp__story_source;

typedef struct pp__stories {
    pp__story_source *sources; /* in order of id */
    int64_t n;
    pp__map index; /* from source id to position */
} pp__stories;

/* All sources of the store with their stories; memory from `arena` but for the index,
   which is to be cleared after a failure too. */
pp_status pp__stories_read(pp_store *store, pp_arena *arena, pp__stories *out,
                           pp_error *err);
void pp__stories_clear(pp__stories *stories);
/* The ids of the sources of the story that source `leader` leads, separated by spaces. */
pp_status pp__story_members(const pp__stories *stories, int64_t leader, pp_buf *out,
                            pp_error *err);
/* The source that leads "story:AS014"; -1 when there is no such story. */
int64_t pp__story_leader(const pp__stories *stories, const char *story);
/* One row a story that no person has decided on: story, basis, sources, title. */
pp_status pp__stories_proposed(const pp__stories *stories, pp_table *table,
                               pp_error *err);

/* Pairs of sources with near-identical titles (see above); calls `join` for each. */
typedef void pp__join(void *payload, int64_t a, int64_t b);
pp_status pp__title_pairs(const pp__story_source *sources, int64_t n, pp__join *join,
                          void *payload, pp_error *err);

#endif
