/* Who is whose peer, by each kind of exposure. */
#ifndef PP_DRIVERS_PEERS_LINKS_H
#define PP_DRIVERS_PEERS_LINKS_H

#include "drivers/links.h"
#include "drivers/peers_world.h"

typedef struct pp__peer_edge {
    double time; /* of the weights; -infinity: they always hold */
    int32_t from, to;
    double weight;
    int64_t row; /* of the matrix */
} pp__peer_edge;

/* What the peers of one exposure are found from. */
typedef struct pp__peering {
    const pp__world *world;
    const pp_peer_exposure *exposure;
    int nearest;
    int varies;                   /* 1: from period to period */
    int32_t *code, codes;         /* of units: country or region, -1 unknown */
    uint8_t *near;                /* codes × codes: countries that share a border */
    double *latitude, *longitude; /* of units, radians; NaN unknown */
    double *value;                /* own × periods */
    pp__peer_edge *edge;          /* by time, from, to */
    int64_t n_edges;
} pp__peering;

/* src/drivers/peers_find.c. Everything is allocated in `arena`. */
pp_status pp__peering_find(const pp__world *world, const pp_peer_exposure *exposure,
                           const pp_peers_options *options, pp_arena *arena,
                           pp__peering *out, pp_error *err);

/* 1: it is known where unit i stands, and so who its peers are. Of a matrix it always is. */
int pp__peering_knows(const pp__peering *p, int32_t i, int32_t period);

/* The links of the data's units in one period. */
pp_status pp__peering_links(const pp__peering *p, int32_t period, pp__links *out,
                            pp_error *err);

#endif
