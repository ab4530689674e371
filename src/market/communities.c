/* Communities of two-mode networks. Barber (2007), Physical Review E 76, 066102; Beckett (2016), Royal
   Society Open Science 3, 140536. */
#include "market/bipartite.h"

#include "base/check.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TASK = 0x6d6f6475, ROUNDS = 200 };

/* Two communities and what joining them would add. */
typedef struct pair {
    int a, b;
    double gain;
} pair;

typedef struct search {
    const pp__bipartite *b;
    double resolution;
    int labels; /* there are at most so many: as nodes of the smaller mode */
    int lead;   /* the mode whose labels are set at first */
    int *label[2];
    double *mass[2]; /* strengths of a label's nodes of each mode */
    double *sum;     /* of weights to each label; zero between uses */
    int *touched, *joined;
    pair *pairs, *grouped;
    int64_t *begin; /* of each label in `grouped` */
} search;

static pp_status open_search(search *s, pp_arena *arena, pp_error *err) {
    const pp__bipartite *b = s->b;
    s->lead = b->n[0] <= b->n[1] ? 0 : 1;
    s->labels = b->n[s->lead];
    for (int k = 0; k < 2; k++) {
        s->label[k] = pp_arena_alloc(arena, b->n[k] + 1, sizeof *s->label[k]);
        s->mass[k] = pp_arena_alloc(arena, s->labels + 1, sizeof *s->mass[k]);
        PP_NEED(s->label[k] && s->mass[k], err);
    }
    s->sum = pp_arena_zalloc(arena, s->labels + 1, sizeof *s->sum);
    s->touched = pp_arena_alloc(arena, s->labels + 1, sizeof *s->touched);
    s->joined = pp_arena_alloc(arena, s->labels + 1, sizeof *s->joined);
    s->pairs = pp_arena_alloc(arena, b->edges + 1, sizeof *s->pairs);
    s->grouped = pp_arena_alloc(arena, b->edges + 1, sizeof *s->grouped);
    s->begin = pp_arena_alloc(arena, s->labels + 1, sizeof *s->begin);
    PP_NEED(s->sum && s->touched && s->joined && s->pairs && s->grouped && s->begin, err);
    return PP_OK;
}

static void weigh_labels(search *s, int k) {
    memset(s->mass[k], 0, (size_t)s->labels * sizeof *s->mass[k]);
    for (int i = 0; i < s->b->n[k]; i++) {
        if (s->label[k][i] >= 0) {
            s->mass[k][s->label[k][i]] += s->b->strength[k][i];
        }
    }
}

/* The label of most gain for a node of mode k, given those of the other mode; of equal ones its own,
   else the first. */
static int best_label(search *s, int k, int node) {
    const pp__bipartite *b = s->b;
    int n = 0, best = -1, own = s->label[k][node];
    double most = -INFINITY;
    for (int64_t at = b->start[k][node]; at < b->start[k][node + 1]; at++) {
        int64_t e = b->edge[k][at];
        int label = s->label[1 - k][b->end[1 - k][e]];
        if (label >= 0) {
            s->touched[n] = label;
            n += s->sum[label] == 0;
            s->sum[label] += b->weight[e];
        }
    }
    double each = s->resolution * b->strength[k][node] / b->total;
    for (int i = 0; i < n; i++) {
        int label = s->touched[i];
        double gain = s->sum[label] - each * s->mass[1 - k][label];
        int equal = fabs(gain - most) <= 1e-12 * b->total;
        if (equal ? label == own || (best != own && label < best) : gain > most) {
            best = label;
            most = gain;
        }
        s->sum[label] = 0;
    }
    return best;
}

static int relabel(search *s, int k) {
    int changed = 0;
    for (int i = 0; i < s->b->n[k]; i++) {
        int label = best_label(s, k, i);
        changed |= label != s->label[k][i];
        s->label[k][i] = label;
    }
    weigh_labels(s, k);
    return changed;
}

static void propagate(search *s) {
    for (int round = 0; round < ROUNDS; round++) {
        int changed = relabel(s, 1 - s->lead);
        changed |= relabel(s, s->lead);
        if (!changed) {
            break;
        }
    }
}

static int compare_gains(const void *left, const void *right) {
    const pair *x = left, *y = right;
    if (x->gain != y->gain) {
        return x->gain < y->gain ? 1 : -1;
    }
    return x->a != y->a ? x->a - y->a : x->b - y->b;
}

/* Edges between communities, as pairs of which the first is the smaller label, those of one first together. */
static int64_t group_by_first(search *s) {
    const pp__bipartite *b = s->b;
    int64_t n = 0, at = 0;
    memset(s->begin, 0, ((size_t)s->labels + 1) * sizeof *s->begin);
    for (int64_t e = 0; e < b->edges; e++) {
        int x = s->label[0][b->end[0][e]], y = s->label[1][b->end[1][e]];
        if (x != y) {
            s->pairs[n++] = (pair){x < y ? x : y, x < y ? y : x, b->weight[e]};
            s->begin[x < y ? x : y]++;
        }
    }
    for (int l = 0; l < s->labels; l++) {
        int64_t size = s->begin[l];
        s->begin[l] = at;
        at += size;
    }
    for (int64_t i = 0; i < n; i++) {
        s->grouped[s->begin[s->pairs[i].a]++] = s->pairs[i];
    }
    return n;
}

/* Pairs of communities with edges between them, and what joining each would add. */
static int64_t find_pairs(search *s) {
    const pp__bipartite *b = s->b;
    int64_t n = group_by_first(s), m = 0;
    for (int64_t i = 0, j; i < n; i = j) {
        int touched = 0;
        for (j = i; j < n && s->grouped[j].a == s->grouped[i].a; j++) {
            const pair *p = &s->grouped[j];
            s->touched[touched] = p->b;
            touched += s->sum[p->b] == 0;
            s->sum[p->b] += p->gain;
        }
        for (int t = 0; t < touched; t++) {
            s->pairs[m++] = (pair){s->grouped[i].a, s->touched[t], s->sum[s->touched[t]]};
            s->sum[s->touched[t]] = 0;
        }
    }
    for (int64_t i = 0; i < m; i++) {
        pair *p = &s->pairs[i];
        double expected =
            s->mass[0][p->a] * s->mass[1][p->b] + s->mass[0][p->b] * s->mass[1][p->a];
        p->gain -= s->resolution * expected / b->total;
    }
    qsort(s->pairs, (size_t)m, sizeof *s->pairs, compare_gains);
    return m;
}

/* Joins those pairs that gain, the best first and each community once: gains of pairs without a common
   community add up. */
static int join(search *s) {
    int64_t n = find_pairs(s);
    int any = 0;
    for (int l = 0; l < s->labels; l++) {
        s->joined[l] = -1;
    }
    for (int64_t i = 0; i < n && s->pairs[i].gain > 1e-9 * s->b->total; i++) {
        const pair *p = &s->pairs[i];
        if (s->joined[p->a] < 0 && s->joined[p->b] < 0) {
            s->joined[p->a] = s->joined[p->b] = p->a;
            any = 1;
        }
    }
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < s->b->n[k]; i++) {
            int label = s->label[k][i];
            if (label >= 0 && s->joined[label] >= 0) {
                s->label[k][i] = s->joined[label];
            }
        }
        weigh_labels(s, k);
    }
    return any;
}

static double modularity_of(const search *s) {
    const pp__bipartite *b = s->b;
    double q = 0;
    for (int64_t e = 0; e < b->edges; e++) {
        q += s->label[0][b->end[0][e]] == s->label[1][b->end[1][e]] ? b->weight[e] : 0;
    }
    for (int l = 0; l < s->labels; l++) {
        q -= s->resolution * s->mass[0][l] * s->mass[1][l] / b->total;
    }
    return q / b->total;
}

/* Start 0: every node of the lead its own label; others: labels at random. */
static void set_labels(search *s, int start, uint64_t seed, uint64_t index) {
    const pp__bipartite *b = s->b;
    pp_rng rng;
    pp_rng_init(&rng, seed, TASK, index * 64 + (uint64_t)start);
    int64_t n = start == 0 ? s->labels : 2 + pp_rng_below(&rng, s->labels);
    for (int i = 0; i < b->n[s->lead]; i++) {
        int label = start == 0 ? i : (int)pp_rng_below(&rng, n) % s->labels;
        s->label[s->lead][i] = b->strength[s->lead][i] > 0 ? label : -1;
    }
    for (int i = 0; i < b->n[1 - s->lead]; i++) {
        s->label[1 - s->lead][i] = -1;
    }
    weigh_labels(s, s->lead);
}

static double climb(search *s) {
    propagate(s);
    for (int round = 0; round < ROUNDS && join(s); round++) {
        propagate(s);
    }
    return modularity_of(s);
}

/* ---- numbers of communities: the largest first ---- */

typedef struct sized {
    int label, size, first;
} sized;

static int compare_sizes(const void *left, const void *right) {
    const sized *a = left, *b = right;
    return a->size != b->size ? b->size - a->size : a->first - b->first;
}

static pp_status number(const pp__bipartite *b, int labels, pp_arena *arena,
                        pp__communities *c, pp_error *err) {
    sized *all = pp_arena_zalloc(arena, labels + 1, sizeof *all);
    int *to = pp_arena_alloc(arena, labels + 1, sizeof *to);
    PP_NEED(all && to, err);
    for (int l = 0; l < labels; l++) {
        all[l] = (sized){l, 0, b->n[0] + b->n[1]};
    }
    for (int k = 1; k >= 0; k--) {
        for (int i = b->n[k] - 1; i >= 0; i--) {
            if (c->label[k][i] >= 0) {
                all[c->label[k][i]].size++;
                all[c->label[k][i]].first = k * b->n[0] + i;
            }
        }
    }
    qsort(all, (size_t)labels, sizeof *all, compare_sizes);
    c->n = 0;
    for (int l = 0; l < labels; l++) {
        to[all[l].label] = l;
        c->n += all[l].size > 0;
    }
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < b->n[k]; i++) {
            c->label[k][i] = c->label[k][i] < 0 ? -1 : to[c->label[k][i]];
        }
    }
    return PP_OK;
}

pp_status pp__communities_find(const pp__bipartite *b, double resolution, int starts,
                               uint64_t seed, uint64_t index, pp_arena *arena,
                               pp__communities *out, pp_error *err) {
    search s = {.b = b, .resolution = resolution};
    double best = -INFINITY;
    PP_TRY(open_search(&s, arena, err));
    for (int k = 0; k < 2; k++) {
        out->label[k] = pp_arena_alloc(arena, b->n[k] + 1, sizeof *out->label[k]);
        PP_NEED(out->label[k], err);
        memset(out->label[k], -1, ((size_t)b->n[k] + 1) * sizeof *out->label[k]);
    }
    for (int start = 0; b->edges > 0 && start < starts; start++) {
        set_labels(&s, start, seed, index);
        double q = climb(&s);
        if (q <= best + 1e-12) {
            continue;
        }
        best = q;
        for (int k = 0; k < 2; k++) {
            memcpy(out->label[k], s.label[k], (size_t)b->n[k] * sizeof *out->label[k]);
        }
    }
    out->modularity = b->edges > 0 ? best : NAN;
    return number(b, s.labels, arena, out, err);
}

double pp__modularity(const pp__bipartite *b, double resolution, const pp__communities *c,
                      double *part, double *work) {
    double *mass[2] = {work, work + c->n}, q = 0;
    memset(work, 0, 2 * (size_t)c->n * sizeof *work);
    memset(part, 0, (size_t)c->n * sizeof *part);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < b->n[k]; i++) {
            if (c->label[k][i] >= 0) {
                mass[k][c->label[k][i]] += b->strength[k][i];
            }
        }
    }
    for (int64_t e = 0; e < b->edges; e++) {
        int label = c->label[0][b->end[0][e]];
        part[label] += label == c->label[1][b->end[1][e]] ? b->weight[e] : 0;
    }
    for (int l = 0; l < c->n; l++) {
        part[l] = (part[l] - resolution * mass[0][l] * mass[1][l] / b->total) / b->total;
        q += part[l];
    }
    return q;
}
