/* The rows of one sample of one table, with the columns of every term, outcome and cluster
 * over them: made once, used by all specifications.
 */
#ifndef PP_DRIVERS_CURVE_FRAME_H
#define PP_DRIVERS_CURVE_FRAME_H

#include "drivers/curve_plan.h"

/* The columns of a term over all rows of the frame. Which columns a category has is the
   frame's; in fewer rows some are constant or collinear, and are left out there. */
typedef struct pp__curve_block {
    int n;
    const double **x;      /* n columns; NaN where the term is missing */
    const uint64_t *here;  /* a bit a row: the term is there */
    int plain;             /* 1: none of its columns depends on which rows are used */
    uint64_t *holds_focus; /* a bit for each focal variable (by 64): it is in the term */
} pp__curve_block;

typedef struct pp__curve_codes {
    const int32_t *code; /* of each row; -1: missing */
    int32_t levels;
    const uint64_t *here;
} pp__curve_codes;

typedef struct pp__curve_outcome {
    const double *y;
    const uint64_t *here;
    int lean;          /* 1: a value, as generalised linear models want it */
    int binary, count; /* 1: all of its values are 0 or 1; are not negative */
} pp__curve_outcome;

typedef struct pp__curve_frame {
    const pp__curve_plan *plan;
    const pp_table *table; /* the rows, with lags as columns `lag(x, 1)` */
    pp_table *owned;       /* NULL: the table is the caller's */
    int64_t n, words;
    const int64_t *origin;      /* of each row its place in the data; NULL: the same */
    pp__curve_block *block;     /* of each term */
    pp__curve_outcome *outcome; /* of each outcome */
    pp__curve_codes *cluster;   /* of each covariance; code NULL: it has no clusters */
    const uint64_t *common;     /* rows that all specifications share; NULL: not asked */
    pp_table *common_table;     /* these alone; owned */
} pp__curve_frame;

/* Frames stand by rule, then sample. The caller clears each, also after an error. */
typedef struct pp__curve_frames {
    int n;
    pp__curve_frame *frame;
} pp__curve_frames;

pp_status pp__curve_frames_make(const pp__curve_plan *plan, const pp_context *ctx,
                                pp_arena *arena, pp__curve_frames *out, pp_error *err);
void pp__curve_frames_clear(pp__curve_frames *frames);

static inline const pp__curve_frame *pp__curve_frame_of(const pp__curve_frames *frames,
                                                        const pp__curve_spec *spec) {
    int samples = frames->frame->plan->list[PP__BY_SAMPLE].n;
    return &frames->frame[spec->choice[PP__BY_RULE] * samples +
                          spec->choice[PP__BY_SAMPLE]];
}

static inline int pp__bit(const uint64_t *bits, int64_t i) {
    return (int)(bits[i >> 6] >> (i & 63) & 1);
}
static inline void pp__set_bit(uint64_t *bits, int64_t i) {
    bits[i >> 6] |= (uint64_t)1 << (i & 63);
}

#endif
