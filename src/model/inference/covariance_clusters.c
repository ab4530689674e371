/* Clusters in one to four ways: the sum over all intersections of clusterings, with
 * alternating signs.
 *
 * Liang & Zeger (1986), Biometrika 73; Cameron, Gelbach & Miller (2011), JBES 29, eq.
 * 2.13.
 */
#include "base/check.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"

#include <math.h>

static int ways_in(int set) {
    int ways = 0;
    for (; set; set &= set - 1) {
        ways++;
    }
    return ways;
}

/* The clusterings of `set` (a bit each) crossed, and the name of that. */
static pp_status cross_set(pp__covariance_work *w, const pp__clustering *ways, int set,
                           pp__clustering *out) {
    int64_t n = w->fit->scores.n;
    *out = (pp__clustering){0};
    for (int i = 0; set >> i; i++) {
        pp__clustering both;
        if (!(set >> i & 1)) {
            continue;
        }
        if (!out->code) {
            *out = ways[i];
            continue;
        }
        PP_TRY(pp__cluster_cross(out, &ways[i], n, &w->arena, &both, w->err));
        both.name = pp_arena_printf(&w->fit->arena, "%s:%s", out->name, ways[i].name);
        PP_NEED(both.name, w->err);
        *out = both;
    }
    return PP_OK;
}

static pp_status add_component(pp__covariance_work *w, const pp__clustering *groups,
                               double sign, double factor) {
    double *sums;
    PP_TRY(pp__scores_sum(w->fit, groups->code, groups->levels, w->ctx, &w->arena, &sums,
                          w->err));
    return pp__scores_products(w->fit->k, sums, sums, groups->levels, sign * factor,
                               w->ctx, &w->arena, w->meat, w->err);
}

typedef struct ways {
    pp__clustering of[PP__MAX_CLUSTERS];
    int n;
    int64_t smallest;
    double df; /* rows less parameters */
} ways;

static pp_status find_ways(pp__covariance_work *w, ways *out) {
    pp_fit *fit = w->fit;
    out->n = fit->vcov.n_columns;
    out->smallest = INT64_MAX;
    for (int i = 0; i < out->n; i++) {
        PP_TRY(pp__cluster_codes(fit, w->data, fit->vcov.column[i], w->ctx, &w->arena,
                                 &out->of[i], w->err));
        int64_t own = out->of[i].levels;
        out->smallest = own < out->smallest ? own : out->smallest;
    }
    return pp__counted_df(w, out->of, out->n, &out->df);
}

static pp_status add_set(pp__covariance_work *w, const ways *all, int set) {
    pp_fit *fit = w->fit;
    pp__clustering groups;
    pp_arena_mark mark = pp_arena_get_mark(&w->arena);
    PP_TRY(cross_set(w, all->of, set, &groups));
    double factor = pp__cluster_factor(fit, groups.levels, all->smallest, all->df);
    int sign = ways_in(set) % 2 ? 1 : -1;
    fit->component[fit->n_components++] =
        (pp__component){groups.name, sign, groups.levels, factor};
    PP_TRY(add_component(w, &groups, sign, factor));
    pp_arena_release(&w->arena, mark);
    return PP_OK;
}

pp_status pp__covariance_clustered(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    ways all;
    PP_TRY(find_ways(w, &all));
    for (int size = 1; size <= all.n; size++) {
        for (int set = 1; set < 1 << all.n; set++) {
            if (ways_in(set) == size) {
                PP_TRY(add_set(w, &all, set));
            }
        }
    }
    fit->small_sample = fit->component[0].factor;
    for (int i = 1; i < fit->n_components; i++) {
        int equal = fit->component[i].factor == fit->component[0].factor;
        fit->small_sample = equal ? fit->small_sample : NAN;
    }
    if (fit->vcov.ssc == PP__SSC_FIXEST) {
        fit->df = (double)(all.smallest - 1);
    }
    pp__covariance_close(w);
    return pp__covariance_warn_few(w, all.smallest, "clusters");
}
