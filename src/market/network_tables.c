/* Tables of the network: nodes, links, communities. */
#include "market/network.h"

#include "base/check.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 8 };

/* A claim of a whole country names it by its code. */
const char *pp__network_place_name(const pp__network *w, const pp__record *r) {
    const char *country = pp__names_text(&w->m.countries, r->country);
    const char *name =
        pp_column_get_text(pp_table_find(w->m.adoptions, "place"), r->sales->row);
    int whole = country && (w->m.by_country || (name && strcmp(name, country) == 0));
    return whole ? pp__market_country(&w->m, country) : name;
}

typedef struct words {
    const char *name, *text;
} words;

static pp_status put_words(pp_table *table, int64_t row, const words *texts, size_t n,
                           pp_error *err) {
    for (size_t k = 0; k < n; k++) {
        PP_TRY(pp__put_text(table, row, texts[k].name, texts[k].text, err));
    }
    return PP_OK;
}

static const char *region_of_home(const pp__market *m, const char *home) {
    const pp_column *id = pp_table_find(m->country_table, "id");
    const pp_column *region = pp_table_find(m->country_table, "region");
    for (int64_t i = 0; home && i < pp_table_rows(m->country_table); i++) {
        const char *found = pp_column_get_text(id, i);
        if (found && strcmp(found, home) == 0) {
            return pp_column_get_text(region, i);
        }
    }
    return NULL;
}

/* ---- ranks ---- */

static int compare_ints(const void *left, const void *right) {
    return *(const int *)left - *(const int *)right;
}

/* How many of the ascending numbers are above. */
static int count_above(const int *sorted, int n, int value) {
    int low = 0, high = n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] > value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return n - low;
}

typedef struct ranks {
    int *certain, *possible; /* degrees, ascending */
    int n;
} ranks;

static pp_status open_ranks(pp__network *w, int k, ranks *out, pp_error *err) {
    out->n = w->n[k];
    out->certain = pp_arena_alloc(&w->m.arena, out->n + 1, sizeof *out->certain);
    out->possible = pp_arena_alloc(&w->m.arena, out->n + 1, sizeof *out->possible);
    PP_NEED(out->certain && out->possible, err);
    for (int i = 0; i < out->n; i++) {
        out->certain[i] = w->nodes[k][i].degree;
        out->possible[i] = w->nodes[k][i].high;
    }
    qsort(out->certain, (size_t)out->n, sizeof(int), compare_ints);
    qsort(out->possible, (size_t)out->n, sizeof(int), compare_ints);
    return PP_OK;
}

/* Of others that can stand above, itself is one where its own possible degree is above its certain one. */
static int worst_rank(const ranks *r, const pp__node *node) {
    return 1 + count_above(r->possible, r->n, node->degree) - (node->high > node->degree);
}

/* ---- what a row rests on ---- */

/* The adoptions of a number of links. */
static pp_status put_ids(pp__network *w, const int64_t *links, int64_t n, pp_table *table,
                         int64_t row, pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    for (int64_t i = 0; i < n; i++) {
        const pp__link *l = &w->links[links[i]];
        for (int r = 0; r < l->n; r++) {
            pp__market_list(&w->m, &w->m.records[l->records[r]], "adoption", &list);
        }
    }
    pp_status status = pp_buf_check(&list, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "adoptions", list.data, err);
    }
    pp_buf_clear(&list);
    return status;
}

/* ---- nodes ---- */

static pp_status put_measures(pp__network *w, int k, const pp__node *node,
                              pp_table *table, int64_t row, pp_error *err) {
    const pp__bipartite *net = &w->net;
    int there = node->at >= 0, at = there ? node->at + k * net->n[0] : 0;
    int own = net->n[k], other = net->n[1 - k];
    double most = pp__betweenness_most(own, other);
    double degree =
        there ? (double)(net->start[k][node->at + 1] - net->start[k][node->at]) : NAN;
    double between = there ? w->measures.betweenness[at] : NAN;
    double harmonic = there ? w->measures.harmonic[at] : NAN;
    const pp__named numbers[] = {
        {"degree_share", PP_SHOW_PERCENT, degree / other},
        {"betweenness", PP_SHOW_DEFAULT, between},
        {"betweenness_share", PP_SHOW_PERCENT, most > 0 ? between / most : NAN},
        {"harmonic", PP_SHOW_DEFAULT, harmonic},
        {"harmonic_share", PP_SHOW_PERCENT, harmonic / (other + (own - 1) / 2.0)},
        {"component", PP_SHOW_COUNT, there ? 1.0 + w->measures.component[at] : NAN},
        {"community", PP_SHOW_COUNT,
         there ? 1.0 + w->communities.label[k][node->at] : NAN},
        {"stability", PP_SHOW_PERCENT, there ? w->stability[at] : NAN},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

/* What a link's first record says of its place. */
static const pp__record *record_of(const pp__network *w, int64_t link) {
    return &w->m.records[w->links[link].records[0]];
}

static pp_status put_name(pp__network *w, int k, int node, pp_table *table, int64_t row,
                          pp_error *err) {
    const pp__market *m = &w->m;
    int code = w->nodes[k][node].code;
    const pp__record *r = record_of(w, w->list[k][w->start[k][node]]);
    const char *home = k ? NULL : pp__names_text(&m->suppliers, m->home[code]);
    const words vendor[] = {
        {"node", m->vendors.text[code]},
        {"kind", "vendor"},
        {"name", m->label[code]},
        {"country", home},
        {"region", region_of_home(m, home)},
    };
    const words place[] = {
        {"node", m->places.text[r->place]},
        {"kind", "place"},
        {"name", pp__network_place_name(w, r)},
        {"country", pp__names_text(&m->countries, r->country)},
        {"region", pp__names_text(&m->regions, r->region)},
    };
    return put_words(table, row, k ? place : vendor, 5, err);
}

static pp_status put_node(pp__network *w, int k, int i, const ranks *order,
                          const int *unnamed, pp_table *table, pp_error *err) {
    const pp__node *node = &w->nodes[k][i];
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(put_name(w, k, i, table, row, err));
    const pp__named numbers[] = {
        {"degree", PP_SHOW_COUNT, node->degree},
        {"degree_high", PP_SHOW_COUNT, node->high},
        {"strength", PP_SHOW_COUNT, node->strength},
        {"strength_high", PP_SHOW_COUNT, node->strength_high},
        {"rank", PP_SHOW_COUNT, 1 + count_above(order->certain, order->n, node->degree)},
        {"rank_low", PP_SHOW_COUNT,
         1 + count_above(order->certain, order->n, node->high)},
        {"rank_high", PP_SHOW_COUNT, worst_rank(order, node)},
    };
    PP_TRY(pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err));
    PP_TRY(put_measures(w, k, node, table, row, err));
    PP_TRY(pp__put_number(table, row, "unnamed", PP_SHOW_COUNT,
                          k ? (double)unnamed[node->code] : (double)NAN, err));
    return put_ids(w, w->list[k] + w->start[k][i], w->start[k][i + 1] - w->start[k][i],
                   table, row, err);
}

static pp_status count_unnamed(pp__network *w, int **out, pp_error *err) {
    const pp__market *m = &w->m;
    int *unnamed = pp_arena_zalloc(&w->m.arena, m->places.n + 1, sizeof *unnamed);
    PP_NEED(unnamed, err);
    for (int64_t i = 0; i < m->n; i++) {
        const pp__record *r = &m->records[i];
        unnamed[r->place] +=
            r->vendor < 0 && pp__market_state(m, i, m->last) != PP__NOT_THERE;
    }
    *out = unnamed;
    return PP_OK;
}

/* The first the largest. */
static int compare_nodes(const void *left, const void *right) {
    const pp__node *a = *(pp__node *const *)left, *b = *(pp__node *const *)right;
    if (a->degree != b->degree) {
        return b->degree - a->degree;
    }
    return a->high != b->high ? b->high - a->high : a->code - b->code;
}

static pp_status put_kind(pp__network *w, int k, const int *unnamed, pp_table *table,
                          pp_error *err) {
    ranks order;
    const pp__node **sorted = pp_arena_alloc(&w->m.arena, w->n[k] + 1, sizeof *sorted);
    PP_NEED(sorted, err);
    PP_TRY(open_ranks(w, k, &order, err));
    for (int i = 0; i < w->n[k]; i++) {
        sorted[i] = &w->nodes[k][i];
    }
    qsort(sorted, (size_t)w->n[k], sizeof *sorted, compare_nodes);
    for (int i = 0; i < w->n[k]; i++) {
        PP_TRY(
            put_node(w, k, (int)(sorted[i] - w->nodes[k]), &order, unnamed, table, err));
    }
    return PP_OK;
}

pp_status pp__network_put_nodes(pp__network *w, pp_error *err) {
    pp_table *table;
    int *unnamed = NULL;
    PP_TRY(pp_result_add(w->out, "network_nodes", "Vendors and places", &table, err));
    PP_TRY(count_unnamed(w, &unnamed, err));
    PP_TRY(put_kind(w, 0, unnamed, table, err));
    return put_kind(w, 1, unnamed, table, err);
}

/* ---- links ---- */

/* "facial_recognition urban_surveillance": of the records of a link. */
static pp_status put_families(pp__network *w, const pp__link *l, pp_table *table,
                              int64_t row, pp_error *err) {
    const pp__market *m = &w->m;
    pp_buf list;
    pp_buf_init(&list);
    for (int r = 0; r < l->n; r++) {
        const char *family =
            pp__names_text(&m->families, m->records[l->records[r]].family);
        pp_buf_printf(&list, "%s%s", r ? " " : "", family ? family : "unknown");
    }
    pp_status status = pp_buf_check(&list, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "families", list.data, err);
    }
    pp_buf_clear(&list);
    return status;
}

static double since(const pp__market *m, const pp__link *l, pp__state state) {
    double first = NAN;
    for (int r = 0; r < l->n; r++) {
        first = fmin(first, pp__market_since(m, l->records[r], state));
    }
    return first;
}

static double community_of(const pp__network *w, int k, int node) {
    int at = w->nodes[k][node].at;
    return at < 0 ? NAN : 1.0 + w->communities.label[k][at];
}

static pp_status put_edge(pp__network *w, int64_t i, pp_table *table, pp_error *err) {
    const pp__market *m = &w->m;
    const pp__link *l = &w->links[i];
    const pp__record *r = record_of(w, i);
    int64_t row, e = l->edge;
    PP_TRY(pp_table_append(table, &row, err));
    const words texts[] = {
        {"vendor", m->vendors.text[r->vendor]},
        {"vendor_name", m->label[r->vendor]},
        {"place", m->places.text[r->place]},
        {"place_name", pp__network_place_name(w, r)},
        {"country", pp__names_text(&m->countries, r->country)},
        {"region", pp__names_text(&m->regions, r->region)},
    };
    PP_TRY(put_words(table, row, texts, sizeof texts / sizeof *texts, err));
    PP_TRY(put_families(w, l, table, row, err));
    const pp__named numbers[] = {
        {"weight", PP_SHOW_COUNT, l->low},
        {"weight_high", PP_SHOW_COUNT, l->high},
        {"since", PP_SHOW_YEAR, since(m, l, PP__CERTAIN)},
        {"since_low", PP_SHOW_YEAR, since(m, l, PP__POSSIBLE)},
        {"p_disparity", PP_SHOW_P_VALUE, e < 0 ? NAN : w->disparity[e]},
        {"backbone", PP_SHOW_FLAG, e < 0 ? NAN : w->disparity[e] < w->o.alpha},
        {"p_chance", PP_SHOW_P_VALUE, e < 0 ? NAN : w->chance[e]},
        {"specific", PP_SHOW_FLAG, e < 0 ? NAN : w->specific[e]},
        {"vendor_community", PP_SHOW_COUNT, community_of(w, 0, l->vendor)},
        {"place_community", PP_SHOW_COUNT, community_of(w, 1, l->place)},
    };
    PP_TRY(pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err));
    return put_ids(w, &i, 1, table, row, err);
}

pp_status pp__network_put_edges(pp__network *w, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(w->out, "network_edges", "Links of vendors and places", &table,
                         err));
    for (int64_t i = 0; i < w->n_links; i++) {
        PP_TRY(put_edge(w, i, table, err));
    }
    return PP_OK;
}

/* ---- communities ---- */

typedef struct named {
    const char *name;
    int strength;
} named;

static int compare_strengths(const void *left, const void *right) {
    const named *a = left, *b = right;
    return a->strength != b->strength ? b->strength - a->strength
                                      : strcmp(a->name, b->name);
}

static pp_status put_names(pp_table *table, int64_t row, named *all, int n,
                           pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    qsort(all, (size_t)n, sizeof *all, compare_strengths);
    for (int i = 0; i < n && i < NAMES; i++) {
        pp_buf_printf(&list, "%s%s", i ? ", " : "", all[i].name);
    }
    if (n > NAMES) {
        pp_buf_printf(&list, ", and %d more", n - NAMES);
    }
    pp_status status = pp_buf_check(&list, err);
    if (status == PP_OK) {
        status =
            pp__put_text(table, row, "vendor_names", list.data ? list.data : "", err);
    }
    pp_buf_clear(&list);
    return status;
}

static pp_status put_community(pp__network *w, int label, named *all, pp_table *table,
                               pp_error *err) {
    int64_t row;
    int size[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < w->n[k]; i++) {
            const pp__node *node = &w->nodes[k][i];
            if (node->at < 0 || w->communities.label[k][node->at] != label) {
                continue;
            }
            if (k == 0) {
                all[size[0]] =
                    (named){w->m.label[node->code],
                            w->possible ? node->strength_high : node->strength};
            }
            size[k]++;
        }
    }
    PP_TRY(pp_table_append(table, &row, err));
    const pp__named numbers[] = {
        {"community", PP_SHOW_COUNT, label + 1},
        {"vendors", PP_SHOW_COUNT, size[0]},
        {"places", PP_SHOW_COUNT, size[1]},
        {"modularity", PP_SHOW_DEFAULT, w->part[label]},
        {"stability", PP_SHOW_PERCENT, w->whole[label]},
    };
    PP_TRY(pp__put_numbers(table, row, numbers, 3, err));
    PP_TRY(put_names(table, row, all, size[0], err));
    return pp__put_numbers(table, row, numbers + 3, 2, err);
}

pp_status pp__network_put_communities(pp__network *w, pp_error *err) {
    pp_table *table;
    named *all = pp_arena_alloc(&w->m.arena, w->n[0] + 1, sizeof *all);
    PP_NEED(all, err);
    PP_TRY(pp_result_add(w->out, "network_communities", "Communities", &table, err));
    for (int l = 0; l < w->communities.n; l++) {
        PP_TRY(put_community(w, l, all, table, err));
    }
    return PP_OK;
}
