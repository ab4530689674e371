#include "effects/event/horizons.h"

#include "base/check.h"
#include "effects/event/within.h"

#include <math.h>
#include <string.h>

enum { MOST_LEADS = 5 };

static double horizon_at(const pp__staggered *s, int cohort, int period) {
    return s->time[period] - s->first[cohort];
}

/* ---- which horizons there are ---- */

/* Distinct ones in the order of their distance from treatment: 0, 1, …, or -1, -2, …. */
static int list_horizons(const pp__staggered *s, int before, double *at) {
    int n = 0;
    for (int c = 0; c < s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            double value = horizon_at(s, c, t);
            int place = n;
            for (int i = 0; i < n; i++) {
                place = at[i] == value ? -1 : place;
            }
            if (place < 0 || (value < 0) != before) {
                continue;
            }
            for (n++; place > 0 && fabs(at[place - 1]) > fabs(value); place--) {
                at[place] = at[place - 1];
            }
            at[place] = value;
        }
    }
    return n;
}

static int find_horizon(const double *at, int n, double value) {
    for (int i = 0; i < n; i++) {
        if (at[i] == value) {
            return i;
        }
    }
    return -1;
}

/* ---- the regression ---- */

typedef struct regression {
    const pp__staggered *s;
    pp__within fit;
    pp__plain design;
    double *at; /* horizons with dummies */
    int n;
} regression;

static void fill_cells(regression *r) {
    const pp__staggered *s = r->s;
    int first = r->fit.dummies;
    for (int c = 0; c < s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            int i = find_horizon(r->at, r->n, horizon_at(s, c, t));
            r->design.cell[c * s->periods + t] = i < 0 ? -1 : first + i;
        }
    }
    pp__within_add_cells(&r->fit, r->n);
}

static void count_treated(const regression *r, pp__mean_effect *mean) {
    const pp__staggered *s = r->s;
    for (int c = 0; c < s->cohorts; c++) {
        int64_t seen = 0;
        for (int t = 0; t < s->periods; t++) {
            for (int64_t u = s->begin[c];
                 horizon_at(s, c, t) == mean->at && u < s->begin[c + 1]; u++) {
                seen += pp__within_seen(s, t, u);
            }
        }
        mean->cohorts += seen > 0;
        mean->treated += seen;
    }
}

/* The coefficients of the horizons that are not dropped. */
static pp_status take_horizons(const regression *r, pp_arena *arena, pp__aggregation *out,
                               pp_error *err) {
    const pp__staggered *s = r->s;
    int k = r->fit.k, first = r->fit.dummies - r->n;
    double *combination = pp_arena_zalloc(arena, (int64_t)k * r->n + 1, sizeof(double));
    double scale = sqrt(pp__within_factor(&r->fit, 1));
    out->mean = pp_arena_zalloc(arena, r->n + 2, sizeof *out->mean);
    out->influence = pp_arena_zalloc(arena, (r->n + 2) * s->n, sizeof *out->influence);
    PP_NEED(combination && out->mean ? out->influence : NULL, err);
    out->n = 0;
    for (int i = 0; i < r->n; i++) {
        if (!r->fit.dropped[first + i]) {
            combination[first + i + (int64_t)out->n * k] = scale;
            out->mean[out->n] = (pp__mean_effect){.at = r->at[i],
                                                  .effect = r->fit.theta[first + i],
                                                  .std_error = NAN,
                                                  .band = NAN};
            count_treated(r, &out->mean[out->n++]);
        }
    }
    return pp__within_influence(&r->fit, combination, out->n, arena, out->influence, err);
}

/* ---- the two ---- */

/* Leaves an earlier period to compare with: in some cohort, more periods before treatment than dummies. */
static int count_leads(const pp__staggered *s, const pp_did_options *o, int there) {
    int deepest = 0;
    for (int c = 0; c < s->cohorts; c++) {
        int before = 0;
        for (int t = 0; t < s->periods; t++) {
            before += s->time[t] < s->first[c];
        }
        deepest = before > deepest ? before : deepest;
    }
    int64_t n = o->leads > 0 ? o->leads : MOST_LEADS;
    n = n > deepest - 1 ? deepest - 1 : n;
    return (int)(n > there ? there : n);
}

pp_status pp__pretrends(const pp__staggered *s, const pp_did_options *options,
                        const pp_context *ctx, pp_arena *arena, pp__aggregation *out,
                        pp_error *err) {
    regression r = {.s = s};
    *out = (pp__aggregation){0};
    r.at = pp_arena_alloc(arena, s->cohorts * s->periods, sizeof *r.at);
    PP_NEED(r.at, err);
    r.n = count_leads(s, options, list_horizons(s, 1, r.at));
    if (r.n == 0) {
        return PP_OK;
    }
    PP_TRY(pp__within_plain(&r.fit, s, ctx, arena, &r.design, err));
    for (int c = 0; c < s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            r.design.used[c * s->periods + t] = s->time[t] < s->first[c];
        }
    }
    fill_cells(&r);
    PP_TRY(pp__within_fit(&r.fit, arena, err));
    PP_TRY(take_horizons(&r, arena, out, err));
    pp__horizons_finish(s, out);
    return PP_OK;
}

pp_status pp__two_way(const pp__staggered *s, const pp_context *ctx, pp_arena *arena,
                      pp__aggregation *out, pp_error *err) {
    regression r = {.s = s};
    double *before = pp_arena_alloc(arena, 2 * s->cohorts * s->periods, sizeof *before);
    *out = (pp__aggregation){0};
    PP_NEED(before, err);
    int n = list_horizons(s, 1, before);
    r.at = before + s->cohorts * s->periods;
    r.n = list_horizons(s, 0, r.at);
    for (int i = 1; i < n; i++) {
        r.at[r.n++] = before[i];
    }
    PP_TRY(pp__within_plain(&r.fit, s, ctx, arena, &r.design, err));
    fill_cells(&r);
    PP_TRY(pp__within_fit(&r.fit, arena, err));
    PP_TRY(take_horizons(&r, arena, out, err));
    out->mean[out->n] =
        (pp__mean_effect){.at = before[0], .reference = 1, .std_error = NAN, .band = NAN};
    memset(out->influence + out->n * s->n, 0, (size_t)s->n * sizeof *out->influence);
    count_treated(&r, &out->mean[out->n++]);
    pp__horizons_finish(s, out);
    return PP_OK;
}

/* ---- order, and what they are together ---- */

static void exchange(double *a, double *b, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        double value = a[i];
        a[i] = b[i];
        b[i] = value;
    }
}

void pp__horizons_finish(const pp__staggered *s, pp__aggregation *a) {
    double *all = a->influence + a->n * s->n;
    int n = 0;
    for (int i = 1; i < a->n; i++) {
        for (int j = i; j > 0 && a->mean[j - 1].at > a->mean[j].at; j--) {
            pp__mean_effect mean = a->mean[j];
            a->mean[j] = a->mean[j - 1];
            a->mean[j - 1] = mean;
            exchange(a->influence + j * s->n, a->influence + (j - 1) * s->n, s->n);
        }
    }
    memset(all, 0, (size_t)s->n * sizeof *all);
    a->mean[a->n] = (pp__mean_effect){.at = NAN, .std_error = NAN, .band = NAN};
    for (int i = 0; i < a->n; i++) {
        n += a->mean[i].at >= 0;
    }
    for (int i = 0; i < a->n; i++) {
        if (a->mean[i].at >= 0) {
            a->mean[a->n].effect += a->mean[i].effect / n;
            for (int64_t u = 0; u < s->n; u++) {
                all[u] += a->influence[i * s->n + u] / n;
            }
        }
    }
    a->mean[a->n].effect = n > 0 ? a->mean[a->n].effect : NAN;
}

static int has_horizon(const pp__aggregation *a, double at) {
    for (int i = 0; i < a->n; i++) {
        if (a->mean[i].at == at) {
            return 1;
        }
    }
    return 0;
}

static void append(const pp__staggered *s, pp__aggregation *to,
                   const pp__aggregation *from, int i) {
    to->mean[to->n] = from->mean[i];
    memcpy(to->influence + to->n * s->n, from->influence + i * s->n,
           (size_t)s->n * sizeof *to->influence);
    to->n++;
}

static int is_shown(const pp_did_options *o, double at) {
    return (!o->least && !o->most) || (at >= (double)o->least && at <= (double)o->most);
}

pp_status pp__horizons_merge(const pp__staggered *s, const pp_did_options *options,
                             const pp__aggregation *own, pp_arena *arena,
                             pp__aggregation *a, pp_error *err) {
    pp__aggregation both = {0};
    if (own->n == 0) {
        return PP_OK;
    }
    int n = own->n + a->n, effects = !isnan(own->mean[own->n].effect);
    both.mean = pp_arena_alloc(arena, n + 1, sizeof *both.mean);
    both.influence = pp_arena_alloc(arena, (n + 1) * s->n, sizeof *both.influence);
    PP_NEED(both.mean && both.influence ? both.mean : NULL, err);
    for (int i = 0; i < own->n; i++) {
        if (is_shown(options, own->mean[i].at)) {
            append(s, &both, own, i);
        }
    }
    for (int i = 0; i < a->n && !effects; i++) {
        if (!has_horizon(own, a->mean[i].at)) {
            append(s, &both, a, i);
        }
    }
    pp__horizons_finish(s, &both);
    *a = both;
    return PP_OK;
}
