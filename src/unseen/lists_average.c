#define MATHLIB_STANDALONE
#include "unseen/lists_average.h"

#include "base/check.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- marginal likelihoods ---- */

/* Of the marginal table of the lists in `set`, for each number on no list: only its first
 * cell changes. The prior's 2^-t a cell is 2^-|set| in the margin. */
static void margin_of(const pp__histories *h, unsigned set, int64_t missing,
                      double *count, double *out) {
    double prior = exp2(-pp__bits(set)), sum = 0;
    memset(count, 0, (size_t)h->cells * sizeof *count);
    for (unsigned c = 1; c < (unsigned)h->cells; c++) {
        count[c & set] += h->count[c];
    }
    for (unsigned c = 1; c < (unsigned)h->cells; c++) {
        sum += (c & ~set) == 0 ? lgammafn(count[c] + prior) - lgammafn(prior) : 0;
    }
    for (int64_t m = 0; m <= missing; m++) {
        out[m] = sum + lgammafn(count[0] + (double)m + prior) - lgammafn(prior);
    }
}

/* The multinomial coefficient and the prior 1 / N, which all graphs share. */
static void shared_part(const pp__histories *h, int64_t missing, double *out) {
    for (int64_t m = 0; m <= missing; m++) {
        double N = h->observed + (double)m;
        out[m] = lgammafn(N + 1) - lgammafn((double)m + 1) - log(N);
    }
}

static pp_status find_margins(const pp__histories *h, int64_t missing, pp_arena *arena,
                              double **margin, double **shared, pp_error *err) {
    int64_t width = missing + 1;
    double *count = pp_arena_alloc(arena, h->cells, sizeof *count);
    *margin = pp_arena_alloc(arena, h->cells * width, sizeof **margin);
    *shared = pp_arena_alloc(arena, width, sizeof **shared);
    PP_NEED(count && *margin && *shared ? count : NULL, err);
    for (int set = 0; set < h->cells; set++) {
        margin_of(h, (unsigned)set, missing, count, *margin + set * width);
    }
    shared_part(h, missing, *shared);
    return PP_OK;
}

/* The log of graph and number together, up to a constant. */
static void weigh(const pp__graph *g, int lists, int64_t width, const double *margin,
                  const double *shared, double *out) {
    memcpy(out, shared, (size_t)width * sizeof *out);
    for (int v = 0; v < lists; v++) {
        const double *parents = margin + g->parents[v] * width;
        const double *both = margin + (g->parents[v] | 1 << v) * width;
        for (int64_t m = 0; m < width; m++) {
            out[m] += both[m] - parents[m];
        }
    }
}

static double largest(const double *x, int64_t n) {
    double most = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, x[i]);
    }
    return most;
}

/* Adds a graph: earlier sums are rescaled when it is higher than all before. */
static void add_graph(pp__average *a, int g, const double *log_weight, double observed,
                      double *height) {
    double top = largest(log_weight, a->missing + 1);
    if (top > *height) {
        double scale = exp(*height - top);
        for (int64_t m = 0; m <= a->missing; m++) {
            a->probability[m] *= scale;
        }
        for (int i = 0; i < g; i++) {
            a->weight[i] *= scale;
        }
        *height = top;
    }
    double sum = 0, first = 0;
    for (int64_t m = 0; m <= a->missing; m++) {
        double w = exp(log_weight[m] - *height);
        a->probability[m] += w;
        sum += w;
        first += w * (double)m;
    }
    a->weight[g] = sum;
    a->mean_of[g] = sum > 0 ? observed + first / sum : NAN;
}

/* ---- summary ---- */

static void normalise(pp__average *a, double observed) {
    double sum = 0, first = 0, second = 0;
    for (int64_t m = 0; m <= a->missing; m++) {
        sum += a->probability[m];
    }
    for (int64_t m = 0; m <= a->missing; m++) {
        a->probability[m] /= sum;
        first += a->probability[m] * (double)m;
    }
    for (int64_t m = 0; m <= a->missing; m++) {
        second += a->probability[m] * ((double)m - first) * ((double)m - first);
    }
    for (int g = 0; g < a->graphs; g++) {
        a->weight[g] /= sum;
    }
    a->mean = observed + first;
    a->error = sqrt(second);
}

typedef struct ranked {
    double weight;
    uint64_t cliques;
    int at;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return x->cliques < y->cliques ? -1 : x->cliques > y->cliques;
}

static pp_status rank_graphs(pp__average *a, pp_arena *arena, pp_error *err) {
    ranked *rank = pp_arena_alloc(arena, a->graphs, sizeof *rank);
    a->order = pp_arena_alloc(arena, a->graphs, sizeof *a->order);
    PP_NEED(rank && a->order ? rank : NULL, err);
    for (int g = 0; g < a->graphs; g++) {
        rank[g] = (ranked){a->weight[g], a->graph[g].cliques, g};
    }
    qsort(rank, (size_t)a->graphs, sizeof *rank, compare_ranked);
    for (int g = 0; g < a->graphs; g++) {
        a->order[g] = rank[g].at;
    }
    return PP_OK;
}

pp_status pp__average_graphs(const pp__histories *h, int64_t missing,
                             const pp_context *ctx, pp_arena *arena, pp__average *out,
                             pp_error *err) {
    double *margin, *shared, height = -INFINITY;
    int64_t width = missing + 1;
    *out = (pp__average){.missing = missing};
    PP_TRY(pp__graphs_find(h->lists, arena, &out->graph, &out->graphs, err));
    PP_TRY(find_margins(h, missing, arena, &margin, &shared, err));
    double *space = pp_arena_alloc(arena, width, sizeof *space);
    out->probability = pp_arena_zalloc(arena, width, sizeof *out->probability);
    out->weight = pp_arena_alloc(arena, out->graphs, sizeof *out->weight);
    out->mean_of = pp_arena_alloc(arena, out->graphs, sizeof *out->mean_of);
    PP_NEED(space && out->probability && out->weight && out->mean_of ? space : NULL, err);
    for (int g = 0; g < out->graphs; g++) {
        weigh(&out->graph[g], h->lists, width, margin, shared, space);
        add_graph(out, g, space, h->observed, &height);
        if (g % 1024 == 0) {
            PP_TRY(pp_progress(ctx, "graphs", (double)g / out->graphs, err));
        }
    }
    normalise(out, h->observed);
    return rank_graphs(out, arena, err);
}

int64_t pp__average_quantile(const pp__average *a, double probability) {
    double sum = 0;
    int64_t m = 0;
    for (; m < a->missing; m++) {
        sum += a->probability[m];
        if (sum >= probability) {
            break;
        }
    }
    return m;
}
