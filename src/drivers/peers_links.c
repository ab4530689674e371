#include "drivers/peers_links.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double RADIUS = 6371.0088; /* km, mean of the Earth (IUGG) */

typedef struct candidate {
    double distance;
    int32_t to;
} candidate;

static int compare_distances(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

static int compare_units(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return (x->to > y->to) - (x->to < y->to);
}

/* Of n candidates the k nearest, and those as near as the last of them, in order of unit. */
static int32_t keep_nearest(candidate *c, int32_t n, int k) {
    qsort(c, (size_t)n, sizeof *c, compare_distances);
    int32_t kept = n < k ? n : k;
    while (kept > 0 && kept < n && c[kept].distance == c[kept - 1].distance) {
        kept++;
    }
    qsort(c, (size_t)kept, sizeof *c, compare_units);
    return kept;
}

/* ---- distances ---- */

/* On a great circle, by the haversine. */
static double kilometres(const pp__peering *p, int32_t i, int32_t j) {
    double dlat = sin((p->latitude[j] - p->latitude[i]) / 2);
    double dlon = sin((p->longitude[j] - p->longitude[i]) / 2);
    double h = dlat * dlat + cos(p->latitude[i]) * cos(p->latitude[j]) * dlon * dlon;
    return 2 * RADIUS * asin(fmin(1, sqrt(h)));
}

static double value_of(const pp__peering *p, int32_t i, int32_t period) {
    return i < p->world->own ? p->value[(int64_t)i * p->world->periods + period] : NAN;
}

/* Units at a known distance; gives their number. Places less than a kilometre apart count as
   one apart. */
static int32_t list_candidates(const pp__peering *p, int32_t i, int32_t period,
                               candidate *out) {
    double km = p->exposure->km;
    int32_t n = 0;
    for (int32_t j = 0; j < p->world->n; j++) {
        double d = p->value ? fabs(value_of(p, i, period) - value_of(p, j, period))
                            : fmax(1, kilometres(p, i, j));
        if (j != i && !isnan(d) && (p->value || km == 0 || d <= km)) {
            out[n++] = (candidate){d, j};
        }
    }
    return n;
}

static double weigh(const pp__peering *p, double distance) {
    double b = p->exposure->bandwidth;
    if (p->nearest > 0) {
        return 1;
    }
    return p->value ? exp(-(distance / b) * (distance / b) / 2) : 1 / distance;
}

static pp_status link_by_distance(const pp__peering *p, int32_t i, int32_t period,
                                  candidate *space, pp__links *out, pp_error *err) {
    int32_t n = list_candidates(p, i, period, space);
    n = p->nearest > 0 ? keep_nearest(space, n, p->nearest) : n;
    for (int32_t c = 0; c < n; c++) {
        double weight = weigh(p, space[c].distance);
        PP_TRY(weight > 0 ? pp__links_add(out, space[c].to, weight, err) : PP_OK);
    }
    return PP_OK;
}

/* ---- groups, and a matrix ---- */

static int are_peers(const pp__peering *p, int32_t a, int32_t b) {
    return a >= 0 && b >= 0 && (p->near ? p->near[a * p->codes + b] : a == b);
}

static pp_status link_by_code(const pp__peering *p, int32_t i, pp__links *out,
                              pp_error *err) {
    for (int32_t j = 0; j < p->world->n; j++) {
        if (j != i && are_peers(p, p->code[i], p->code[j])) {
            PP_TRY(pp__links_add(out, j, 1, err));
        }
    }
    return PP_OK;
}

/* The first edge that is not before (time, from). */
static int64_t find_edge(const pp__peering *p, double time, int32_t from) {
    int64_t low = 0, high = p->n_edges;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const pp__peer_edge *e = &p->edge[middle];
        if (e->time < time || (e->time == time && e->from < from)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static pp_status link_by_matrix(const pp__peering *p, int32_t i, int32_t period,
                                pp__links *out, pp_error *err) {
    double time = p->varies ? p->world->time[period] - 1 : -INFINITY;
    for (int64_t e = find_edge(p, time, i);
         e < p->n_edges && p->edge[e].time == time && p->edge[e].from == i; e++) {
        PP_TRY(pp__links_add(out, p->edge[e].to, p->edge[e].weight, err));
    }
    return PP_OK;
}

int pp__peering_knows(const pp__peering *p, int32_t i, int32_t period) {
    return p->code    ? p->code[i] >= 0
           : p->value ? !isnan(value_of(p, i, period))
                      : !p->latitude || !isnan(p->latitude[i]);
}

static pp_status link_all(const pp__peering *p, int32_t period, candidate *space,
                          pp__links *out, pp_error *err) {
    for (int32_t i = 0; i < p->world->own; i++) {
        PP_TRY(p->code   ? link_by_code(p, i, out, err)
               : p->edge ? link_by_matrix(p, i, period, out, err)
                         : link_by_distance(p, i, period, space, out, err));
        pp__links_end_row(out, i);
    }
    return PP_OK;
}

pp_status pp__peering_links(const pp__peering *p, int32_t period, pp__links *out,
                            pp_error *err) {
    candidate *space = pp_malloc(p->world->n, sizeof *space);
    PP_NEED(space, err);
    pp_status status = pp__links_init(out, p->world->own, err);
    if (status == PP_OK) {
        status = link_all(p, period, space, out, err);
    }
    if (status != PP_OK) {
        pp__links_clear(out);
    }
    pp_free(space);
    return status;
}
