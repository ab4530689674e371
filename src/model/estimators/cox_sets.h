/* Risk sets: who is at risk when an event happens.
 *
 * A slot is a distinct time of events in a stratum; slots of all strata stand in one line,
 * by stratum and time. A row is at risk in the slots first..end-1 and, when it has an
 * event, in the slot `end`, which is that of the event.
 *
 * Sums over risk sets are made without a subtraction, so that they lose no digits however
 * much has entered and left: the line of slots is halved again and again, and a row is
 * counted where its range first meets a middle: once left of it, in a sum that runs from
 * its first slot to the middle, and once right of it, in a sum that runs back from its
 * last slot to the middle. The level says which halving that is. Rows are sorted by these
 * places once, and cut into pieces of rows that are counted at the same place.
 */
#ifndef PP_MODEL_COX_SETS_H
#define PP_MODEL_COX_SETS_H

#include "model/design.h"

enum {
    PP__RISK_POINT = 0,  /* one slot: a sum of that slot alone */
    PP__RISK_WHOLE = 40, /* from the stratum's first slot: a sum to the stratum's last */
    PP__RISK_NONE = 41,  /* at risk in no slot but that of its event */
    PP__RISK_LEVELS = 42
};

/* Rows in the order of where they are counted. */
typedef struct pp__risk_order {
    int64_t n;
    int32_t *row; /* of the design */
    double *z;    /* standardised, centred by stratum: tiles of k columns of PP__TILE */
    int64_t n_pieces;
    int64_t *begin; /* pieces do not cross tiles: n_pieces + 1 */
    int64_t *tile;  /* the first piece of each tile, and n_pieces */
    int32_t *slot;  /* of each piece: forward its first slot, backward `end` */
    uint8_t *level, *event;
} pp__risk_order;

typedef struct pp__risk_sets {
    const pp__design *d;
    int32_t strata, slots;
    int32_t *stratum_begin; /* strata + 1 slots */
    double *time;           /* of each slot */
    int32_t *stratum;       /* of each slot */
    double *deaths;         /* of each slot: events; frequency weights count */
    double *death_weight;   /* the sum of their weights */
    int32_t *first, *end;   /* of each row of the design; end < first: never at risk */
    uint8_t *event;         /* of each row: 1 when it has an event that counts */
    double *center;         /* k × strata: what is subtracted from x */
    double *offset_center;  /* of each stratum */
    pp__risk_order forward, backward;
    int32_t *entered; /* of each row of the forward order, its place in the backward */
} pp__risk_sets;

/* Of the design's spells, its strata and weights; rows with a weight of zero are in no
   set. A spell that does not end after it begins, or an event other than 0 and 1, is
   PP_E_INPUT with the row. */
pp_status pp__risk_sets_find(const pp__design *d, pp_arena *arena, const pp_context *ctx,
                             pp__risk_sets *out, pp_error *err);

/* The stratum of a row of the design. */
static inline int32_t pp__risk_stratum(const pp__design *d, int64_t row) {
    return d->with.strata.code ? d->with.strata.code[row] : 0;
}

/* The slots' sums over those at risk without an event there, and over those with one.
   Component 0 is the sum of risks, 1..k of risks × z. */
typedef struct pp__risk_sums {
    int components;
    double *pieces_forward, *pieces_backward; /* components × pieces */
    double *risk;                             /* of rows, backward order */
    double *others, *dying;                   /* components × slots */
} pp__risk_sums;

pp_status pp__risk_sums_init(const pp__risk_sets *sets, int components, pp_arena *arena,
                             pp__risk_sums *out, pp_error *err);

/* From sums->risk and the orders' z to `others` and `dying`. */
void pp__risk_sums_gather(const pp__risk_sets *sets, pp__risk_sums *sums,
                          const pp_context *ctx);

#endif
