/* The network of vendors and places: its links, and what is measured on it. */
#include "market/network.h"

#include "base/check.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STARTS = 10, DRAWS = 50, MOST_DRAWS = 10000 };

/* ---- links ---- */

/* A record of a named vendor that is at least possible at the end. */
typedef struct held {
    int vendor, place;
    int64_t record;
} held;

static int compare_held(const void *left, const void *right) {
    const held *a = left, *b = right;
    if (a->vendor != b->vendor) {
        return a->vendor - b->vendor;
    }
    if (a->place != b->place) {
        return a->place - b->place;
    }
    return a->record < b->record ? -1 : a->record > b->record;
}

static int64_t hold(const pp__market *m, held *all) {
    int64_t n = 0;
    for (int64_t i = 0; i < m->n; i++) {
        const pp__record *r = &m->records[i];
        if (r->vendor >= 0 && pp__market_state(m, i, m->last) != PP__NOT_THERE) {
            all[n++] = (held){r->vendor, r->place, i};
        }
    }
    qsort(all, (size_t)n, sizeof *all, compare_held);
    return n;
}

static void join(pp__network *w, const held *all, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        pp__link *link = w->n_links ? &w->links[w->n_links - 1] : NULL;
        w->order[i] = all[i].record;
        if (!link || link->vendor != all[i].vendor || link->place != all[i].place) {
            link = &w->links[w->n_links++];
            *link = (pp__link){.vendor = all[i].vendor,
                               .place = all[i].place,
                               .records = &w->order[i],
                               .edge = -1};
        }
        link->n++;
        link->high++;
        link->low += pp__market_state(&w->m, all[i].record, w->m.last) == PP__CERTAIN;
    }
}

/* Nodes are those codes that links have; links then name nodes in place of codes. */
static pp_status number_nodes(pp__network *w, int k, int codes, pp_error *err) {
    int *node = pp_arena_alloc(&w->m.arena, codes + 1, sizeof *node);
    w->nodes[k] = pp_arena_zalloc(&w->m.arena, codes + 1, sizeof *w->nodes[k]);
    PP_NEED(node && w->nodes[k], err);
    memset(node, -1, ((size_t)codes + 1) * sizeof *node);
    for (int64_t i = 0; i < w->n_links; i++) {
        node[k ? w->links[i].place : w->links[i].vendor] = 0;
    }
    for (int c = 0; c < codes; c++) {
        if (node[c] == 0) {
            w->nodes[k][w->n[k]] = (pp__node){.code = c, .at = -1};
            node[c] = w->n[k]++;
        }
    }
    for (int64_t i = 0; i < w->n_links; i++) {
        pp__link *l = &w->links[i];
        int *end = k ? &l->place : &l->vendor;
        *end = node[*end];
        pp__node *at = &w->nodes[k][*end];
        at->degree += l->low > 0;
        at->high++;
        at->strength += l->low;
        at->strength_high += l->high;
    }
    return PP_OK;
}

static pp_status list_links(pp__network *w, int k, pp_error *err) {
    int64_t *start = pp_arena_zalloc(&w->m.arena, w->n[k] + 2, sizeof *start);
    w->list[k] = pp_arena_alloc(&w->m.arena, w->n_links + 1, sizeof *w->list[k]);
    PP_NEED(start && w->list[k], err);
    for (int64_t i = 0; i < w->n_links; i++) {
        start[(k ? w->links[i].place : w->links[i].vendor) + 2]++;
    }
    for (int i = 0; i < w->n[k]; i++) {
        start[i + 2] += start[i + 1];
    }
    for (int64_t i = 0; i < w->n_links; i++) {
        w->list[k][start[(k ? w->links[i].place : w->links[i].vendor) + 1]++] = i;
    }
    w->start[k] = start;
    return PP_OK;
}

pp_status pp__network_link(pp__network *w, pp_error *err) {
    const pp__market *m = &w->m;
    held *all = pp_arena_alloc(&w->m.arena, m->n + 1, sizeof *all);
    w->order = pp_arena_alloc(&w->m.arena, m->n + 1, sizeof *w->order);
    w->links = pp_arena_alloc(&w->m.arena, m->n + 1, sizeof *w->links);
    PP_NEED(all && w->order && w->links, err);
    join(w, all, hold(m, all));
    PP_TRY(number_nodes(w, 0, m->vendors.n, err));
    PP_TRY(number_nodes(w, 1, m->places.n, err));
    PP_TRY(list_links(w, 0, err));
    return list_links(w, 1, err);
}

/* ---- the network of the level ---- */

static pp_status open_net(pp__network *w, pp_error *err) {
    pp__bipartite *net = &w->net;
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < w->n[k]; i++) {
            pp__node *node = &w->nodes[k][i];
            node->at = w->possible || node->degree > 0 ? net->n[k]++ : -1;
        }
        net->end[k] = pp_arena_alloc(&w->m.arena, w->n_links + 1, sizeof *net->end[k]);
        PP_NEED(net->end[k], err);
    }
    PP_NEED(net->weight = pp_arena_alloc(&w->m.arena, w->n_links + 1, sizeof(double)),
            err);
    for (int64_t i = 0; i < w->n_links; i++) {
        pp__link *l = &w->links[i];
        int weight = w->possible ? l->high : l->low;
        if (weight > 0) {
            net->end[0][net->edges] = w->nodes[0][l->vendor].at;
            net->end[1][net->edges] = w->nodes[1][l->place].at;
            net->weight[net->edges] = weight;
            l->edge = net->edges++;
        }
    }
    return pp__bipartite_index(net, &w->m.arena, err);
}

static int compare_numbers(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Benjamini & Hochberg: all p values up to the largest that is at most alpha times its rank over n. */
static pp_status find_backbone(pp__network *w, pp_error *err) {
    int64_t n = w->net.edges;
    w->disparity = pp_arena_alloc(&w->m.arena, n + 1, sizeof *w->disparity);
    w->chance = pp_arena_alloc(&w->m.arena, n + 1, sizeof *w->chance);
    w->specific = pp_arena_zalloc(&w->m.arena, n + 1, sizeof *w->specific);
    double *sorted = pp_arena_alloc(&w->m.arena, n + 1, sizeof *sorted), most = -1;
    PP_NEED(w->disparity && w->chance && w->specific && sorted, err);
    pp__bipartite_backbone(&w->net, w->disparity, w->chance);
    memcpy(sorted, w->chance, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_numbers);
    for (int64_t i = 0; i < n; i++) {
        most = sorted[i] <= w->o.alpha * (double)(i + 1) / (double)n ? sorted[i] : most;
    }
    for (int64_t i = 0; i < n; i++) {
        w->specific[i] = w->chance[i] <= most;
    }
    return PP_OK;
}

static pp_status find_communities(pp__network *w, const pp_context *ctx, pp_error *err) {
    pp__communities *c = &w->communities;
    int nodes = w->net.n[0] + w->net.n[1];
    PP_TRY(pp__communities_find(&w->net, w->o.resolution, STARTS, w->o.seed, 0,
                                &w->m.arena, c, err));
    double *work = pp_arena_alloc(&w->m.arena, 2 * c->n + 1, sizeof *work);
    w->part = pp_arena_zalloc(&w->m.arena, c->n + 1, sizeof *w->part);
    w->whole = pp_arena_zalloc(&w->m.arena, c->n + 1, sizeof *w->whole);
    w->stability = pp_arena_zalloc(&w->m.arena, nodes + 1, sizeof *w->stability);
    PP_NEED(work && w->part && w->whole && w->stability, err);
    pp__modularity(&w->net, w->o.resolution, c, w->part, work);
    return pp__communities_stability(&w->net, w->o.resolution, c, w->o.draws, w->o.seed,
                                     ctx, w->stability, w->whole, err);
}

pp_status pp__network_measure(pp__network *w, const pp_context *ctx, pp_error *err) {
    PP_TRY(open_net(w, err));
    PP_TRY(pp__bipartite_measure(&w->net, ctx, &w->m.arena, &w->measures, err));
    PP_TRY(find_backbone(w, err));
    return find_communities(w, ctx, err);
}

/* ---- options ---- */

static pp_status refuse(pp_error *err, const char *option, const char *hint) {
    pp_error_set(err, PP_E_ARGUMENT, "the %s of a network is none that it can have",
                 option);
    pp_error_locate(err, NULL, 0, option, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static int is_word(const char *word, const char *one, const char *other) {
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

static pp_status read_options(pp__network *w, const pp_network_options *given,
                              pp_error *err) {
    static const pp_network_options none = {0};
    pp_network_options *o = &w->o;
    *o = given ? *given : none;
    o->unit = o->unit ? o->unit : "place";
    o->level = o->level ? o->level : "certain";
    o->alpha = o->alpha == 0 ? 0.05 : o->alpha;
    o->resolution = o->resolution == 0 ? 1 : o->resolution;
    o->draws = o->draws == 0 ? DRAWS : o->draws;
    if (!is_word(o->unit, "place", "country")) {
        return refuse(err, "unit", "place, or country");
    }
    if (!is_word(o->level, "certain", "possible")) {
        return refuse(err, "level", "certain, or possible");
    }
    if (!(o->alpha > 0 && o->alpha < 1)) {
        return refuse(err, "alpha", "a probability between 0 and 1: 0.05");
    }
    if (!(o->resolution > 0 && o->resolution <= 100)) {
        return refuse(err, "resolution", "above 0 and up to 100; 1 is the modularity");
    }
    if (o->draws < 1 || o->draws > MOST_DRAWS) {
        return refuse(err, "draws", "1 to 10,000");
    }
    w->possible = strcmp(o->level, "possible") == 0;
    w->m.by_country = strcmp(o->unit, "country") == 0;
    return PP_OK;
}

/* ---- the result ---- */

static int joined_only_by_links(const pp__network *w) {
    return w->communities.n > 0 && w->communities.n == w->measures.components;
}

/* Places of which every record is of an unnamed vendor. */
static int64_t count_unnamed(const pp__market *m) {
    int64_t n = 0;
    for (int64_t i = 0, j; i < m->n; i = j) {
        int named = 0, any = 0;
        for (j = i; j < m->n && m->records[j].place == m->records[i].place; j++) {
            int there = pp__market_state(m, j, m->last) != PP__NOT_THERE;
            any |= there;
            named |= there && m->records[j].vendor >= 0;
        }
        n += any && !named;
    }
    return n;
}

static pp_status add_notes(pp__network *w, pp_error *err) {
    int64_t unnamed = count_unnamed(&w->m);
    const pp__communities *c = &w->communities;
    if (unnamed) {
        PP_TRY(pp_result_warn(w->out, "unnamed_places", NULL, unnamed, err,
                              "places have records of unnamed vendors only: they are "
                              "in no link, and in the tables of dependence"));
    }
    if (joined_only_by_links(w)) {
        PP_TRY(pp_result_warn(w->out, "one_community_each", NULL, c->n, err,
                              "communities are the components of the network: nodes "
                              "share one when any path links them, and for no more"));
    }
    PP_TRY(pp_result_note_text(w->out, "unit", w->o.unit, err));
    PP_TRY(pp_result_note_text(w->out, "level", w->o.level, err));
    PP_TRY(pp_result_note_number(w->out, "modularity", c->modularity, err));
    PP_TRY(pp_result_note_number(w->out, "communities", c->n, err));
    return pp_result_note_number(w->out, "components", w->measures.components, err);
}

static pp_status tell(pp__network *w, const pp_network_options *options,
                      const pp_context *ctx, pp_error *err) {
    PP_TRY(read_options(w, options, err));
    if (pp_table_rows(w->m.adoptions) == 0) {
        return pp__market_empty("make a network of", err);
    }
    const pp_market_options years = {.first = w->o.first, .last = w->o.last};
    PP_TRY(pp_progress(ctx, "network", 0, err));
    PP_TRY(pp__market_read(&w->m, NULL, err));
    PP_TRY(pp__market_records(&w->m, &years, err));
    PP_TRY(pp__network_link(w, err));
    PP_TRY(pp__network_measure(w, ctx, err));
    PP_TRY(pp_result_new("network", &w->out, err));
    PP_TRY(pp__network_put_nodes(w, err));
    PP_TRY(pp__network_put_edges(w, err));
    PP_TRY(pp__network_put_communities(w, err));
    PP_TRY(pp__network_put_dependence(w, ctx, err));
    PP_TRY(pp__network_put_entry(w, err));
    return add_notes(w, err);
}

pp_status pp_network(const pp_table *adoptions, const pp_table *vendors,
                     const pp_table *countries, const pp_network_options *options,
                     const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__network w = {.m = {.adoptions = adoptions,
                           .vendor_table = vendors,
                           .country_table = countries}};
    *out = NULL;
    pp_arena_init(&w.m.arena);
    pp_status status = tell(&w, options, ctx, err);
    pp_arena_clear(&w.m.arena);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
