/* Clusters of profiles: how many, how stable, and whose place is in which. */
#include "strategy/segments.h"

#include "base/check.h"
#include "base/parallel.h"
#include "strategy/gower.h"
#include "strategy/medoids.h"

#include "model/tables.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AT_ONCE = 2000, SAMPLE = 1000, TASK_CORE = 71, TASK_BOOT = 72 };
static const double WEAK = 0.25; /* Kaufman & Rousseeuw: no structure of substance */

/* One k on one sample. */
typedef struct partition {
    int32_t medoid[PP__MOST_CLUSTERS]; /* of the core */
    int match
        [PP__MOST_CLUSTERS]; /* of each cluster: the one of the sample most like it */
    double jaccard[PP__MOST_CLUSTERS];
} partition;

typedef struct number {
    int k;
    int32_t medoid[PP__MOST_CLUSTERS];
    int32_t *cluster; /* of the core */
    double *silhouette, mean, stability, rand;
} number;

typedef struct work {
    const pp_table *profiles;
    const pp_segment_rules *rules;
    const pp__segments_found *found;
    pp_arena arena;
    pp__gower gower;
    int64_t *order; /* rows by place_id */
    int64_t *core;  /* rows that make the clusters */
    int m;
    double *D;
    int64_t apart;                    /* pairs with nothing in common */
    int32_t built[PP__MOST_CLUSTERS]; /* medoids to start from */
    number numbers[PP__MOST_CLUSTERS];
    int n_numbers, chosen;
    int64_t boots;
    uint64_t seed;
    partition *tries; /* [boot * n_numbers + number] */
    pp_status *status;
} work;

/* ---- the core and its distances ---- */

typedef struct named {
    const char *id;
    int64_t row;
} named;

static int by_id(const void *a, const void *b) {
    return strcmp(((const named *)a)->id, ((const named *)b)->id);
}

static pp_status sort_places(work *w, pp_error *err) {
    int64_t n = pp_table_rows(w->profiles);
    named *all = pp_arena_alloc(&w->arena, n, sizeof *all);
    w->order = pp_arena_alloc(&w->arena, n, sizeof *w->order);
    PP_NEED(all && w->order ? all : NULL, err);
    for (int64_t i = 0; i < n; i++) {
        all[i] = (named){pp__text_at(w->profiles, "place_id", i), i};
    }
    qsort(all, (size_t)n, sizeof *all, by_id);
    for (int64_t i = 0; i < n; i++) {
        w->order[i] = all[i].row;
    }
    return PP_OK;
}

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All places, or a sample of them; in the order of place_id. */
static pp_status choose_core(work *w, pp_error *err) {
    int64_t n = pp_table_rows(w->profiles);
    int64_t *pick = pp_arena_alloc(&w->arena, n, sizeof *pick);
    PP_NEED(pick, err);
    w->m = (int)(n > MOST_AT_ONCE ? SAMPLE : n);
    for (int64_t i = 0; i < n; i++) {
        pick[i] = i;
    }
    pp_rng rng;
    pp_rng_init(&rng, w->seed, TASK_CORE, 0);
    for (int64_t i = 0; i < w->m && n > MOST_AT_ONCE; i++) {
        int64_t j = i + pp_rng_below(&rng, n - i), kept = pick[i];
        pick[i] = pick[j];
        pick[j] = kept;
    }
    qsort(pick, (size_t)w->m, sizeof *pick, by_number);
    for (int i = 0; i < w->m; i++) {
        pick[i] = w->order[pick[i]];
    }
    w->core = pick;
    return PP_OK;
}

static pp_status measure(work *w, pp_error *err) {
    int64_t m = w->m;
    w->D = pp_arena_zalloc(&w->arena, m * m, sizeof *w->D);
    PP_NEED(w->D, err);
    for (int64_t i = 0; i < m; i++) {
        for (int64_t j = 0; j < i; j++) {
            double d = pp__gower_between(&w->gower, w->core[i], w->core[j]);
            w->apart += isnan(d);
            w->D[i * m + j] = w->D[j * m + i] = isnan(d) ? 1 : d;
        }
    }
    return PP_OK;
}

/* ---- one number of clusters ---- */

static double agreement(work *w, const number *a, int32_t *segment, double *table) {
    for (int i = 0; i < w->m; i++) {
        segment[i] = w->found->placing[w->core[i]].segment;
    }
    return pp__adjusted_rand(segment, w->found->n, a->cluster, a->k, w->m, table);
}

static int has_empty(const number *a, int m) {
    int size[PP__MOST_CLUSTERS] = {0}, empty = 0;
    for (int i = 0; i < m; i++) {
        size[a->cluster[i]]++;
    }
    for (int c = 0; c < a->k; c++) {
        empty |= size[c] == 0;
    }
    return empty;
}

/* *fits 0: there are fewer unlike places than clusters. */
static pp_status cluster_core(work *w, int k, int *fits, pp_error *err) {
    number *a = &w->numbers[w->n_numbers];
    int32_t *segment = pp_arena_alloc(&w->arena, w->m, sizeof *segment);
    double *space = pp_arena_alloc(&w->arena, 3 * (int64_t)w->m, sizeof *space);
    double table[PP__MOST_SEGMENTS * PP__MOST_CLUSTERS], sum[PP__MOST_CLUSTERS];
    *a = (number){.k = k};
    a->cluster = pp_arena_alloc(&w->arena, w->m, sizeof *a->cluster);
    a->silhouette = pp_arena_alloc(&w->arena, w->m, sizeof *a->silhouette);
    PP_NEED(segment && space && a->cluster ? a->silhouette : NULL, err);
    memcpy(a->medoid, w->built, sizeof a->medoid);
    pp__medoids_swap(w->D, w->m, k, a->medoid, space);
    for (int i = 0; i < w->m; i++) {
        a->cluster[i] = pp__medoids_nearest(w->D, w->m, i, a->medoid, k);
    }
    *fits = !has_empty(a, w->m);
    pp__silhouettes(w->D, w->m, a->cluster, k, sum, a->silhouette);
    for (int i = 0; i < w->m; i++) {
        a->mean += a->silhouette[i] / w->m;
    }
    a->rand = agreement(w, a, segment, table);
    return PP_OK;
}

/* ---- the bootstrap ---- */

/* Distinct points of a sample of m with replacement, in order. */
static int draw_points(const work *w, int64_t boot, int32_t *point, uint8_t *drawn) {
    pp_rng rng;
    int n = 0;
    pp_rng_init(&rng, w->seed, TASK_BOOT, (uint64_t)boot);
    memset(drawn, 0, (size_t)w->m);
    for (int i = 0; i < w->m; i++) {
        drawn[pp_rng_below(&rng, w->m)] = 1;
    }
    for (int i = 0; i < w->m; i++) {
        if (drawn[i]) {
            point[n++] = i;
        }
    }
    return n;
}

/* Each cluster's greatest Jaccard similarity with one of the sample, over the points drawn. */
static void compare(const work *w, const number *a, const int32_t *point, int n,
                    partition *p) {
    int both[PP__MOST_CLUSTERS][PP__MOST_CLUSTERS] = {{0}};
    int own[PP__MOST_CLUSTERS] = {0}, other[PP__MOST_CLUSTERS] = {0};
    for (int i = 0; i < n; i++) {
        int c = a->cluster[point[i]];
        int d = pp__medoids_nearest(w->D, w->m, point[i], p->medoid, a->k);
        both[c][d]++;
        own[c]++;
        other[d]++;
    }
    for (int c = 0; c < a->k; c++) {
        p->jaccard[c] = own[c] ? 0 : NAN;
        p->match[c] = -1;
        for (int d = 0; d < a->k; d++) {
            double together = own[c] + other[d] - both[c][d];
            double jaccard = together > 0 ? both[c][d] / together : 0;
            if (jaccard > p->jaccard[c]) {
                p->jaccard[c] = jaccard;
                p->match[c] = d;
            }
        }
    }
}

/* What one sample is worked out in. */
typedef struct room {
    int32_t *point;
    uint8_t *drawn;
    double *D, *space;
} room;

static int open_room(room *r, int m) {
    *r = (room){.point = pp_malloc(m, sizeof *r->point),
                .drawn = pp_malloc(m, 1),
                .D = pp_malloc((int64_t)m * m, sizeof *r->D),
                .space = pp_malloc(3 * (int64_t)m, sizeof *r->space)};
    return r->point && r->drawn && r->D && r->space;
}

static void close_room(room *r) {
    pp_free(r->point);
    pp_free(r->drawn);
    pp_free(r->D);
    pp_free(r->space);
}

static void gather(const work *w, room *r, int n) {
    for (int i = 0; i < n; i++) {
        const double *row = w->D + (int64_t)r->point[i] * w->m;
        for (int j = 0; j < n; j++) {
            r->D[(int64_t)i * n + j] = row[r->point[j]];
        }
    }
}

static void cluster_sample(const work *w, room *r, int n, partition *tries) {
    int32_t built[PP__MOST_CLUSTERS];
    int most = w->numbers[w->n_numbers - 1].k;
    gather(w, r, n);
    pp__medoids_build(r->D, n, most < n ? most : n, built, r->space);
    for (int i = 0; i < w->n_numbers; i++) {
        const number *a = &w->numbers[i];
        partition *p = &tries[i];
        if (n <= a->k) { /* of so few places nothing is learnt */
            for (int c = 0; c < a->k; c++) {
                p->jaccard[c] = NAN;
            }
            continue;
        }
        memcpy(p->medoid, built, sizeof built);
        pp__medoids_swap(r->D, n, a->k, p->medoid, r->space);
        for (int c = 0; c < a->k; c++) {
            p->medoid[c] = r->point[p->medoid[c]];
        }
        compare(w, a, r->point, n, p);
    }
}

static void try_boot(void *payload, int64_t boot) {
    work *w = payload;
    room r;
    w->status[boot] = open_room(&r, w->m) ? PP_OK : PP_E_MEMORY;
    if (w->status[boot] == PP_OK) {
        int n = draw_points(w, boot, r.point, r.drawn);
        cluster_sample(w, &r, n, &w->tries[boot * w->n_numbers]);
    }
    close_room(&r);
}

/* Mean over the samples in which the cluster has a point. */
static double jaccard_of(const work *w, int which, int cluster) {
    double sum = 0;
    int64_t n = 0;
    for (int64_t b = 0; b < w->boots; b++) {
        double one = w->tries[b * w->n_numbers + which].jaccard[cluster];
        n += !isnan(one);
        sum += isnan(one) ? 0 : one;
    }
    return n ? sum / (double)n : NAN;
}

static pp_status resample(work *w, const pp_context *ctx, pp_error *err) {
    w->tries = pp_arena_zalloc(&w->arena, w->boots * w->n_numbers, sizeof *w->tries);
    w->status = pp_arena_zalloc(&w->arena, w->boots, sizeof *w->status);
    PP_NEED(w->tries && w->status ? w : NULL, err);
    pp__parallel(ctx, w->boots, try_boot, w);
    for (int64_t b = 0; b < w->boots; b++) {
        PP_NEED(w->status[b] == PP_OK ? w : NULL, err);
    }
    for (int i = 0; i < w->n_numbers; i++) {
        number *a = &w->numbers[i];
        for (int c = 0; c < a->k; c++) {
            a->stability += jaccard_of(w, i, c) / a->k;
        }
    }
    return PP_OK;
}

static int choose(const work *w, double least) {
    int best = -1;
    for (int i = 0; i < w->n_numbers; i++) {
        const number *a = &w->numbers[i];
        if (a->stability >= least && (best < 0 || a->mean > w->numbers[best].mean)) {
            best = i;
        }
    }
    return best;
}

/* ---- the tables ---- */

static int64_t size_of(const int32_t *cluster, int64_t n, int c) {
    int64_t size = 0;
    for (int64_t i = 0; i < n; i++) {
        size += cluster[i] == c;
    }
    return size;
}

/* rank[c]: the largest is 1; of equal ones that whose medoid comes first. */
static void rank_clusters(const number *a, const int32_t *cluster, int64_t n, int *rank) {
    for (int c = 0; c < a->k; c++) {
        rank[c] = 1;
        for (int d = 0; d < a->k; d++) {
            int64_t x = size_of(cluster, n, c), y = size_of(cluster, n, d);
            rank[c] += y > x || (y == x && a->medoid[d] < a->medoid[c]);
        }
    }
}

/* The nearest of k medoids to any row. */
static int nearest(const work *w, int64_t row, const int32_t *medoid, int k) {
    int best = 0;
    double least = INFINITY;
    for (int c = 0; c < k; c++) {
        double d = w->core[medoid[c]] == row
                       ? 0
                       : pp__gower_between(&w->gower, row, w->core[medoid[c]]);
        d = isnan(d) ? 1 : d;
        if (d < least) {
            least = d;
            best = c;
        }
    }
    return best;
}

/* Share of samples in which a place is with the cluster most like its own. */
static double kept(const work *w, int64_t row, int own) {
    const number *a = &w->numbers[w->chosen];
    int64_t hits = 0, n = 0;
    for (int64_t b = 0; b < w->boots; b++) {
        const partition *p = &w->tries[b * w->n_numbers + w->chosen];
        if (!isnan(p->jaccard[own])) {
            n++;
            hits += nearest(w, row, p->medoid, a->k) == p->match[own];
        }
    }
    return n ? (double)hits / (double)n : NAN;
}

static pp_status put_places(const work *w, const int32_t *cluster, const int *rank,
                            pp_table *segments, pp_error *err) {
    const number *a = &w->numbers[w->chosen];
    for (int64_t row = 0; row < pp_table_rows(w->profiles); row++) {
        const pp__named cells[] = {
            {"cluster", PP_SHOW_COUNT, rank[cluster[row]]},
            {"cluster_probability", PP_SHOW_PERCENT, kept(w, row, cluster[row])},
            {"silhouette", PP_SHOW_DEFAULT, NAN},
        };
        PP_TRY(pp__put_numbers(segments, row, cells, 3, err));
    }
    for (int i = 0; i < w->m; i++) {
        pp_table_find(segments, "silhouette")->number[w->core[i]] = a->silhouette[i];
    }
    return PP_OK;
}

static double mean_silhouette(const work *w, const number *a, int c) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < w->m; i++) {
        n += a->cluster[i] == c;
        sum += a->cluster[i] == c ? a->silhouette[i] : 0;
    }
    return n ? sum / n : NAN;
}

/* The segment that most places of a cluster are in, and their share. */
static int common_segment(const work *w, const int32_t *cluster, int c, double *share) {
    int64_t n[PP__MOST_SEGMENTS] = {0}, all = 0;
    int best = 0;
    for (int64_t i = 0; i < pp_table_rows(w->profiles); i++) {
        n[w->found->placing[i].segment] += cluster[i] == c;
        all += cluster[i] == c;
    }
    for (int s = 1; s < w->found->n; s++) {
        best = n[s] > n[best] ? s : best;
    }
    *share = all ? (double)n[best] / (double)all : NAN;
    return best;
}

static pp_status put_cluster(const work *w, const int32_t *cluster, int c, int rank,
                             pp_table *table, pp_error *err) {
    const number *a = &w->numbers[w->chosen];
    int64_t row, medoid = w->core[a->medoid[c]];
    double share;
    int segment = common_segment(w, cluster, c, &share);
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_number(table, row, "cluster", PP_SHOW_COUNT, rank, err));
    PP_TRY(pp__put_text(table, row, "medoid",
                        pp__text_at(w->profiles, "place_id", medoid), err));
    PP_TRY(pp__put_text(table, row, "medoid_name",
                        pp__text_at(w->profiles, "name", medoid), err));
    const pp__named cells[] = {
        {"places", PP_SHOW_COUNT,
         (double)size_of(cluster, pp_table_rows(w->profiles), c)},
        {"silhouette", PP_SHOW_DEFAULT, mean_silhouette(w, a, c)},
        {"jaccard", PP_SHOW_DEFAULT, jaccard_of(w, w->chosen, c)},
    };
    PP_TRY(pp__put_numbers(table, row, cells, 3, err));
    PP_TRY(pp__put_text(table, row, "segment", w->rules->rules[segment].name, err));
    return pp__put_number(table, row, "segment_share", PP_SHOW_PERCENT, share, err);
}

static pp_status put_choice(const work *w, pp_table *table, pp_error *err) {
    for (int i = 0; i < w->n_numbers; i++) {
        const number *a = &w->numbers[i];
        int64_t row;
        const pp__named cells[] = {
            {"clusters", PP_SHOW_COUNT, a->k},
            {"silhouette", PP_SHOW_DEFAULT, a->mean},
            {"stability", PP_SHOW_DEFAULT, a->stability},
            {"adjusted_rand", PP_SHOW_DEFAULT, a->rand},
            {"chosen", PP_SHOW_FLAG, i == w->chosen},
        };
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_numbers(table, row, cells, 5, err));
    }
    return PP_OK;
}

static pp_status put_all(work *w, pp_result *result, pp_table *segments, pp_error *err) {
    const number *a = &w->numbers[w->chosen];
    int64_t n = pp_table_rows(w->profiles);
    pp_table *clusters, *choice;
    int rank[PP__MOST_CLUSTERS];
    int32_t *cluster = pp_arena_alloc(&w->arena, n, sizeof *cluster);
    PP_NEED(cluster, err);
    for (int64_t row = 0; row < n; row++) {
        cluster[row] = nearest(w, row, a->medoid, a->k);
    }
    for (int i = 0; i < w->m; i++) {
        cluster[w->core[i]] = a->cluster[i];
    }
    rank_clusters(a, cluster, n, rank);
    PP_TRY(put_places(w, cluster, rank, segments, err));
    PP_TRY(pp_result_add(result, "segment_clusters", "Clusters of alike profiles",
                         &clusters, err));
    for (int r = 1; r <= a->k; r++) {
        for (int c = 0; c < a->k; c++) {
            PP_TRY(rank[c] == r ? put_cluster(w, cluster, c, r, clusters, err) : PP_OK);
        }
    }
    PP_TRY(pp_result_add(result, "segment_choice", "How many clusters", &choice, err));
    return put_choice(w, choice, err);
}

static pp_status warn(const work *w, int unstable, pp_result *result, pp_error *err) {
    const number *a = &w->numbers[w->chosen];
    if (w->apart) {
        PP_TRY(pp_result_warn(result, "nothing_in_common", NULL, w->apart, err,
                              "pairs of places have no fact known of both: the clusters "
                              "take them for wholly unlike"));
    }
    if (w->m < pp_table_rows(w->profiles)) {
        PP_TRY(pp_result_warn(result, "clusters_of_sample", NULL, w->m, err,
                              "places, drawn, make the clusters; each other place joins "
                              "the nearest medoid"));
    }
    if (unstable) {
        PP_TRY(pp_result_warn(result, "unstable_clusters", NULL, a->k, err,
                              "clusters, but no number of them is stable under the "
                              "bootstrap: do not rest anything on them"));
    }
    return a->mean > WEAK
               ? PP_OK
               : pp_result_warn(result, "weak_clusters", NULL, -1, err,
                                "the mean silhouette is %.2f: profiles do not fall into "
                                "groups of their own; the rules draw the lines",
                                a->mean);
}

static pp_status check_facts(const work *w, pp_error *err) {
    for (const char *const *name = w->rules->facts; *name; name++) {
        pp_column *column;
        pp_status status = pp_table_require(w->profiles, *name, &column, err);
        if (status != PP_OK) {
            err->code = PP_E_INPUT;
            pp_error_locate(err, w->rules->file, w->rules->facts_line, "facts", *name);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status cluster(work *w, const pp_context *ctx, pp_result *result,
                         pp_table *segments, pp_error *err) {
    int fits = 1;
    PP_TRY(check_facts(w, err));
    PP_TRY(pp__gower_open(w->profiles, w->rules->facts, &w->arena, &w->gower, err));
    PP_TRY(sort_places(w, err));
    PP_TRY(choose_core(w, err));
    PP_TRY(measure(w, err));
    double *space = pp_arena_alloc(&w->arena, w->m, sizeof *space);
    PP_NEED(space, err);
    pp__medoids_build(w->D, w->m, w->rules->to < w->m ? w->rules->to : w->m, w->built,
                      space);
    for (int k = w->rules->from; k <= w->rules->to && k < w->m && fits; k++) {
        PP_TRY(pp_progress(ctx, "clusters", 0.6, err));
        PP_TRY(cluster_core(w, k, &fits, err));
        w->n_numbers += fits;
    }
    if (w->n_numbers == 0) {
        return pp_result_warn(result, "no_clusters", NULL, -1, err,
                              "there are fewer places unlike each other than clusters "
                              "asked for: there are no clusters");
    }
    PP_TRY(pp_progress(ctx, "clusters", 0.7, err));
    PP_TRY(resample(w, ctx, err));
    w->chosen = choose(w, w->rules->stable);
    int unstable = w->chosen < 0;
    w->chosen = unstable ? choose(w, -INFINITY) : w->chosen;
    PP_TRY(put_all(w, result, segments, err));
    return warn(w, unstable, result, err);
}

pp_status pp__segments_cluster(const pp_table *profiles, const pp_segment_rules *rules,
                               const pp__segments_found *found, int64_t bootstrap,
                               uint64_t seed, const pp_context *ctx, pp_result *result,
                               pp_table *segments, pp_error *err) {
    work w = {.profiles = profiles,
              .rules = rules,
              .found = found,
              .boots = bootstrap,
              .seed = seed};
    pp_arena_init(&w.arena);
    pp_status status = cluster(&w, ctx, result, segments, err);
    pp_arena_clear(&w.arena);
    return status;
}
