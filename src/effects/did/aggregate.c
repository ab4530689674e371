/* Means of group-time effects, and their influence functions. */
#include "effects/did/group_time.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const pp__influences *in;
    const pp_did_options *options;
    int shares_known;
    double *share;  /* of each cohort in all units */
    double *weight; /* of cells in one mean */
    double *
        of_cohort; /* cohorts: what their estimated share adds to the influence of each unit */
} work;

static double horizon(const pp__influences *in, int i) {
    const pp__group_time *c = &in->cell[i];
    return in->s->time[c->time] - in->s->first[c->cohort];
}

static int is_treated(const pp__influences *in, int i) {
    return horizon(in, i) >= 0;
}

/* Cohorts that are seen at least `balance` periods after their first. */
static int is_balanced(const work *w, int i) {
    const pp__staggered *s = w->in->s;
    return w->options->balance < 0 ||
           s->time[s->periods - 1] - s->first[w->in->cell[i].cohort] >=
               (double)w->options->balance;
}

/* Is cell i in the mean at `at`? */
static int belongs(const work *w, pp__over over, double at, int i) {
    const pp__influences *in = w->in;
    if (isnan(in->cell[i].effect)) {
        return 0;
    }
    switch (over) {
    case PP__OVER_HORIZONS:
        return horizon(in, i) == at && is_balanced(w, i);
    case PP__OVER_COHORTS:
        return is_treated(in, i) && in->s->first[in->cell[i].cohort] == at;
    case PP__OVER_PERIODS:
        return is_treated(in, i) && in->s->time[in->cell[i].time] == at;
    default:
        return is_treated(in, i);
    }
}

static double known_weight(const pp__group_time *cell) {
    return cell->weight > 0 ? cell->weight : (double)cell->treated;
}

/* Cells are weighed by their cohort's share, within one cohort alike; where shares are known, by their rows. */
static double weigh(work *w, pp__over over, double at, pp__mean_effect *mean) {
    const pp__influences *in = w->in;
    double sum = 0;
    int last = -1;
    for (int i = 0; i < in->cells; i++) {
        int c = in->cell[i].cohort;
        w->weight[i] = !belongs(w, over, at, i) ? 0
                       : w->shares_known        ? known_weight(&in->cell[i])
                                                : w->share[c];
        sum += w->weight[i];
        if (w->weight[i] > 0 && c != last) {
            mean->cohorts++;
            mean->treated += in->cell[i].treated;
            last = c;
        }
    }
    return sum;
}

/* A mean with estimated shares moves with a unit's own by what its cohort's effects exceed the mean: the
   terms of all shares together cancel. */
static void add_shares(const work *w, double *influence) {
    const pp__staggered *s = w->in->s;
    for (int c = 0; c < s->cohorts; c++) {
        for (int64_t u = s->begin[c]; u < s->begin[c + 1]; u++) {
            influence[u] += w->of_cohort[c] * (s->share ? s->share[u] : 1);
        }
    }
}

static void make_mean(work *w, pp__over over, double at, pp__mean_effect *mean,
                      double *influence) {
    const pp__influences *in = w->in;
    const pp__staggered *s = in->s;
    *mean = (pp__mean_effect){.at = at, .std_error = NAN, .band = NAN};
    double sum = weigh(w, over, at, mean);
    memset(influence, 0, (size_t)s->n * sizeof *influence);
    if (!(sum > 0)) {
        mean->effect = NAN;
        return;
    }
    for (int i = 0; i < in->cells; i++) {
        if (w->weight[i] > 0) {
            const double *own = in->of_cell + i * s->n;
            double weight = w->weight[i] / sum;
            mean->effect += weight * in->cell[i].effect;
            for (int64_t u = 0; u < s->n; u++) {
                influence[u] += weight * own[u];
            }
        }
    }
    if (over == PP__OVER_COHORTS || w->shares_known) {
        return; /* within one cohort the weights are known */
    }
    memset(w->of_cohort, 0, (size_t)s->cohorts * sizeof *w->of_cohort);
    for (int i = 0; i < in->cells; i++) {
        if (w->weight[i] > 0) {
            w->of_cohort[in->cell[i].cohort] += (in->cell[i].effect - mean->effect) / sum;
        }
    }
    add_shares(w, influence);
}

/* ---- which means there are ---- */

static int is_shown(const work *w, pp__over over, double at) {
    const pp_did_options *o = w->options;
    const pp__staggered *s = w->in->s;
    if (over == PP__OVER_HORIZONS && o->balance >= 0 &&
        (at > (double)o->balance ||
         at < (double)o->balance - (s->time[s->periods - 1] - s->time[0]))) {
        return 0;
    }
    if (over == PP__OVER_HORIZONS && (o->least || o->most) &&
        (at < (double)o->least || at > (double)o->most)) {
        return 0;
    }
    for (int i = 0; i < w->in->cells; i++) {
        if (belongs(w, over, at, i)) {
            return 1;
        }
    }
    return 0;
}

static int list_places(const work *w, pp__over over, double *at) {
    int n = 0;
    for (int i = 0; i < w->in->cells; i++) {
        const pp__group_time *c = &w->in->cell[i];
        double value = over == PP__OVER_HORIZONS  ? horizon(w->in, i)
                       : over == PP__OVER_COHORTS ? w->in->s->first[c->cohort]
                                                  : w->in->s->time[c->time];
        int place = n;
        for (int k = 0; k < n; k++) {
            place = at[k] == value ? -1 : place;
        }
        if (place < 0 || !is_shown(w, over, value)) {
            continue;
        }
        for (n++; place > 0 && at[place - 1] > value; place--) {
            at[place] = at[place - 1];
        }
        at[place] = value;
    }
    return n;
}

static int cohort_at(const pp__staggered *s, double first) {
    int c = 0;
    while (s->first[c] != first) {
        c++;
    }
    return c;
}

/* The overall: of horizons from 0 on and of periods alike, of cohorts by their shares. */
static void make_overall(work *w, pp__over over, pp__aggregation *out) {
    const pp__staggered *s = w->in->s;
    pp__mean_effect *all = &out->mean[out->n];
    double *influence = out->influence + out->n * s->n, sum = 0;
    *all = (pp__mean_effect){.at = NAN, .std_error = NAN, .band = NAN};
    memset(influence, 0, (size_t)s->n * sizeof *influence);
    for (int k = 0; k < out->n; k++) {
        const pp__mean_effect *m = &out->mean[k];
        w->weight[k] = over == PP__OVER_HORIZONS && m->at < 0 ? 0
                       : over == PP__OVER_COHORTS ? w->share[cohort_at(s, m->at)]
                                                  : 1;
        sum += w->weight[k];
    }
    if (!(sum > 0)) {
        all->effect = NAN;
        return;
    }
    for (int k = 0; k < out->n; k++) {
        const double *own = out->influence + k * s->n;
        double weight = w->weight[k] / sum;
        all->effect += weight * out->mean[k].effect;
        for (int64_t u = 0; u < s->n; u++) {
            influence[u] += weight * own[u];
        }
    }
    if (over != PP__OVER_COHORTS || w->shares_known) {
        return;
    }
    memset(w->of_cohort, 0, (size_t)s->cohorts * sizeof *w->of_cohort);
    for (int k = 0; k < out->n; k++) {
        int c = cohort_at(s, out->mean[k].at);
        w->of_cohort[c] = (out->mean[k].effect - all->effect) / sum;
    }
    add_shares(w, influence);
}

pp_status pp__aggregate(const pp__influences *in, pp__over over,
                        const pp_did_options *options, int shares_known, pp_arena *arena,
                        pp__aggregation *out, pp_error *err) {
    const pp__staggered *s = in->s;
    work w = {.in = in, .options = options, .shares_known = shares_known};
    double *at = pp_arena_alloc(arena, in->cells, sizeof *at);
    w.share = pp_arena_alloc(arena, s->cohorts, sizeof *w.share);
    w.weight = pp_arena_alloc(arena, in->cells, sizeof *w.weight);
    w.of_cohort = pp_arena_alloc(arena, s->cohorts, sizeof *w.of_cohort);
    PP_NEED(at && w.share && w.weight ? w.of_cohort : NULL, err);
    for (int c = 0; c < s->cohorts; c++) {
        double sum = 0;
        for (int64_t u = s->begin[c]; s->share && u < s->begin[c + 1]; u++) {
            sum += s->share[u];
        }
        w.share[c] =
            (s->share ? sum : (double)(s->begin[c + 1] - s->begin[c])) / (double)s->n;
    }
    out->n = over == PP__OVER_ALL ? 0 : list_places(&w, over, at);
    out->mean = pp_arena_alloc(arena, out->n + 1, sizeof *out->mean);
    out->influence = pp_arena_alloc(arena, (out->n + 1) * s->n, sizeof *out->influence);
    PP_NEED(out->mean && out->influence ? out->influence : NULL, err);
    for (int k = 0; k < out->n; k++) {
        make_mean(&w, over, at[k], &out->mean[k], out->influence + k * s->n);
    }
    if (over == PP__OVER_ALL) {
        make_mean(&w, over, NAN, out->mean, out->influence);
    } else {
        make_overall(&w, over, out);
    }
    return PP_OK;
}
