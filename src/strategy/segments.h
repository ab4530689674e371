/* What the parts of the segments share. */
#ifndef PP_STRATEGY_SEGMENTS_H
#define PP_STRATEGY_SEGMENTS_H

#include "strategy/conditions.h"
#include "strategy/rows.h"

#include <pushpull/segments.h>

enum { PP__MOST_SEGMENTS = 40, PP__MOST_CLUSTERS = 12 };

typedef struct pp__segment_rule {
    const char *name, *title, *because;
    pp__condition when;
} pp__segment_rule;

struct pp_segment_rules {
    pp_arena arena;
    const char *file;
    pp__segment_rule *rules;
    int64_t n;
    const char *const *sql;   /* the conditions' texts; NULL: always */
    const char *const *facts; /* of the clusters, NULL-terminated; none: no clusters */
    int64_t facts_line;
    int from, to;
    double stable;
};

/* What the rules make of a place, or of one draw of it. */
typedef struct pp__placing {
    int segment;
    uint64_t open; /* bits of the rules before it whose condition is left open */
} pp__placing;

/* One a row of `facts`; the caller frees *out with pp_free. */
pp_status pp__segments_place(const pp_table *facts, const pp_segment_rules *rules,
                             const pp_context *ctx, pp__placing **out, pp_error *err);

/* Of the facts as they stand, and of their draws. */
typedef struct pp__segments_found {
    int64_t places, draws;
    int n;                        /* segments */
    pp__placing *placing;         /* by place */
    int64_t *hits, *sure, *might; /* [place * n + segment], of `draws` */
    int64_t *counts;              /* places in a segment: [segment * draws + draw] */
} pp__segments_found;

pp_status pp__segments_find(const pp_table *profiles, const pp_segment_rules *rules,
                            int64_t draws, uint64_t seed, const pp_context *ctx,
                            pp_arena *arena, pp__segments_found *out, pp_error *err);

/* Fills `segment_moves`. */
pp_status pp__segments_move(const pp_table *profiles, const pp_segment_rules *rules,
                            const pp__segments_found *found, const pp_context *ctx,
                            pp_table *moves, pp_error *err);

/* Adds `segment_clusters` and `segment_choice`, and the columns of clusters to `segments`. */
pp_status pp__segments_cluster(const pp_table *profiles, const pp_segment_rules *rules,
                               const pp__segments_found *found, int64_t bootstrap,
                               uint64_t seed, const pp_context *ctx, pp_result *result,
                               pp_table *segments, pp_error *err);

#endif
