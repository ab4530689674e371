/* The network of vendors and places made of the records of the market. */
#ifndef PP_MARKET_NETWORK_H
#define PP_MARKET_NETWORK_H

#include "market/bipartite.h"
#include "market/shares.h"

#include <pushpull/network.h>

/* Records of one vendor at one place; nodes are positions in `code`. */
typedef struct pp__link {
    int vendor, place;
    int low,
        high; /* families for certain, and possible ones too, at the end of the last year */
    const int64_t *records;
    int n;
    int64_t edge; /* of the network of the level; -1: not in it */
} pp__link;

typedef struct pp__node {
    int code;         /* of the market's vendors or places */
    int degree, high; /* links for certain; possible ones too */
    int strength, strength_high;
    int at; /* its node in the network of the level; -1: not in it */
} pp__node;

/* Mode 0 are vendors, 1 places. */
typedef struct pp__network {
    pp__market m;
    pp_network_options o; /* every default filled in */
    int possible;         /* the level */
    pp__node *nodes[2];
    int n[2];
    pp__link *links; /* in order of vendor and place; possible ones at least */
    int64_t n_links;
    int64_t *start[2], *list[2]; /* links of node i of mode k: list[k][start[k][i]] on */
    int64_t *order;              /* records, those of one link together */
    pp__bipartite net;           /* of the level */
    pp__measures measures;
    pp__communities communities;
    double *part;               /* modularity by community */
    double *stability, *whole;  /* of nodes of `net`; of communities */
    double *disparity, *chance; /* of edges of `net` */
    unsigned char *specific;    /* of edges of `net` */
    pp_result *out;
} pp__network;

/* Links and nodes, and the network of the level with all that is measured on it. */
pp_status pp__network_link(pp__network *w, pp_error *err);
pp_status pp__network_measure(pp__network *w, const pp_context *ctx, pp_error *err);

/* Tables of the result. */
pp_status pp__network_put_nodes(pp__network *w, pp_error *err);
pp_status pp__network_put_edges(pp__network *w, pp_error *err);
pp_status pp__network_put_communities(pp__network *w, pp_error *err);
pp_status pp__network_put_dependence(pp__network *w, const pp_context *ctx,
                                     pp_error *err);
pp_status pp__network_put_entry(pp__network *w, pp_error *err);

/* Names. */
const char *pp__network_place_name(const pp__network *w, const pp__record *r);

#endif
