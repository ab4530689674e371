#include "effects/event/stacked.h"

#include "base/check.h"
#include "effects/event/horizons.h"
#include "effects/event/within.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 3 };

/* One cohort, its periods and who is in it: units seen in all of them. */
typedef struct window {
    int cohort, begin, end, base; /* periods [begin, end) */
    int first;                    /* its first column of periods */
    int64_t treated, controls;
} window;

typedef struct work {
    const pp__staggered *s;
    const pp_did_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__stacked *out;
    window *window;
    int n;
    double *at;            /* horizons of all windows but the reference */
    int horizons, columns; /* columns: periods of all windows but their bases */
    double reference;
} work;

static double horizon_at(const pp__staggered *s, const window *w, int period) {
    return s->time[period] - s->first[w->cohort];
}

static int is_weighted(const pp_did_options *o) {
    return !o->stack || strcmp(o->stack, "weighted") == 0;
}

/* ---- windows ---- */

static int is_control(const work *w, const window *v, int cohort) {
    const pp__staggered *s = w->s;
    int notyet = w->options->control && strcmp(w->options->control, "notyet") == 0;
    return cohort == s->cohorts ||
           (notyet && s->first[cohort] > s->first[v->cohort] + w->out->most);
}

static int is_whole(const pp__staggered *s, const window *v, int64_t unit) {
    for (int t = v->begin; t < v->end; t++) {
        if (!pp__within_seen(s, t, unit)) {
            return 0;
        }
    }
    return 1;
}

static int64_t count_units(work *w, const window *v, int cohort) {
    const pp__staggered *s = w->s;
    int64_t n = 0;
    for (int64_t u = s->begin[cohort]; u < s->begin[cohort + 1]; u++) {
        int whole = is_whole(s, v, u);
        n += whole;
        w->out->partial += !whole;
    }
    return n;
}

/* Of the treated units the share in cohorts whose window fits. */
static double share_within(const pp__staggered *s, double before, double after) {
    int64_t n = 0;
    for (int c = 0; c < s->cohorts; c++) {
        if (s->first[c] - before >= s->time[0] &&
            s->first[c] + after <= s->time[s->periods - 1]) {
            n += s->begin[c + 1] - s->begin[c];
        }
    }
    return (double)n / (double)s->begin[s->cohorts];
}

void pp__window_choose(const pp__staggered *s, int most_before, int most_after,
                       int64_t *before, int64_t *after) {
    *before = 1;
    *after = most_after < 1 ? most_after : 1;
    for (int b = 2, a = 2; b <= most_before || a <= most_after;) {
        if (a <= most_after && share_within(s, (double)*before, a) >= 0.5) {
            *after = a++;
        } else {
            a = most_after + 1;
        }
        if (b <= most_before && share_within(s, b, (double)*after) >= 0.5) {
            *before = b++;
        } else {
            b = most_before + 1;
        }
    }
}

/* NULL, or why the cohort has no window. */
static const char *make_window(work *w, int cohort, window *v) {
    const pp__staggered *s = w->s;
    double first = s->first[cohort];
    *v = (window){.cohort = cohort, .begin = s->periods, .base = -1};
    if (first + w->out->least < s->time[0] ||
        first + w->out->most > s->time[s->periods - 1]) {
        return "trimmed: its window reaches beyond the panel";
    }
    for (int t = 0; t < s->periods; t++) {
        double horizon = horizon_at(s, v, t);
        if (horizon >= w->out->least && horizon <= w->out->most) {
            v->begin = t < v->begin ? t : v->begin;
            v->end = t + 1;
            v->base = horizon < 0 ? t : v->base;
        }
    }
    if (v->base < 0 || v->base == v->end - 1) {
        return "trimmed: its window has no period before treatment, or none after";
    }
    v->treated = count_units(w, v, cohort);
    for (int c = 0; c <= s->cohorts; c++) {
        v->controls += is_control(w, v, c) ? count_units(w, v, c) : 0;
    }
    return v->treated == 0    ? "trimmed: none of its units is seen in all of its window"
           : v->controls == 0 ? "trimmed: no clean controls in its window"
                              : NULL;
}

static pp_status find_windows(work *w) {
    const pp__staggered *s = w->s;
    int is_default = w->options->least == 0 && w->options->most == 0;
    int64_t before = -w->options->least, after = w->options->most;
    if (is_default) {
        pp__window_choose(s, WINDOW, WINDOW, &before, &after);
    }
    w->out->least = (double)-before;
    w->out->most = (double)after;
    w->window = pp_arena_alloc(w->arena, s->cohorts, sizeof *w->window);
    w->out->trimmed = pp_arena_zalloc(w->arena, s->cohorts, sizeof *w->out->trimmed);
    PP_NEED(w->window && w->out->trimmed ? w->window : NULL, w->err);
    for (int c = 0; c < s->cohorts; c++) {
        w->out->trimmed[c] = make_window(w, c, &w->window[w->n]);
        if (!w->out->trimmed[c]) {
            window *v = &w->window[w->n++];
            v->first = w->columns;
            w->columns += v->end - v->begin - 1;
        }
        w->out->alone += w->out->trimmed[c] ? s->periods : 0;
    }
    if (w->n > 0) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "no cohort has a window of horizons %g to %g with clean controls",
                 w->out->least, w->out->most);
    pp_error_hint(w->err,
                  "%s: choose another window with least and most, or controls notyet",
                  w->out->trimmed[0]);
    return PP_E_ESTIMATION;
}

/* Windows of irregular periods need not have the same horizons; the reference is that of most. */
static pp_status list_horizons(work *w) {
    const pp__staggered *s = w->s;
    w->at = pp_arena_alloc(w->arena, (int64_t)w->n * s->periods, sizeof *w->at);
    PP_NEED(w->at, w->err);
    w->reference = -INFINITY;
    for (int i = 0; i < w->n; i++) {
        w->reference =
            fmax(w->reference, horizon_at(s, &w->window[i], w->window[i].base));
    }
    for (int i = 0; i < w->n; i++) {
        for (int t = w->window[i].begin; t < w->window[i].end; t++) {
            double value = horizon_at(s, &w->window[i], t);
            int known = value == w->reference;
            for (int j = 0; j < w->horizons; j++) {
                known |= w->at[j] == value;
            }
            if (!known) {
                w->at[w->horizons++] = value;
            }
        }
    }
    return PP_OK;
}

/* Its place among the horizons; -1: the reference. */
static int find_horizon(const work *w, double value) {
    for (int i = 0; i < w->horizons; i++) {
        if (w->at[i] == value) {
            return i;
        }
    }
    return -1;
}

/* ---- the regressions ---- */

/* Windows with dummies by horizon, or of each for itself. */
typedef struct regression {
    pp__within fit;
    int first;  /* the first column of cells */
    int single; /* 1: every window has its own dummies */
} regression;

static int own_column(const window *v, int t) {
    return t == v->base ? -1 : v->first + t - v->begin - (t > v->base);
}

static int level_column(const work *w, const regression *r, int i, int t) {
    const window *v = &w->window[i];
    if (!r->single && is_weighted(w->options)) {
        return find_horizon(w, horizon_at(w->s, v, t));
    }
    return own_column(v, t);
}

static int cell_column(const work *w, const regression *r, int i, int t) {
    const window *v = &w->window[i];
    int at = r->single ? own_column(v, t) : find_horizon(w, horizon_at(w->s, v, t));
    return at < 0 ? -1 : r->first + at;
}

static pp_status fill_stack(const work *w, const regression *r, int i, pp__stack *stack) {
    const pp__staggered *s = w->s;
    const window *v = &w->window[i];
    int64_t cells = (int64_t)(s->cohorts + 1) * s->periods;
    int *level = pp_arena_alloc(w->arena, 2 * cells, sizeof *level),
        *cell = level + cells;
    uint8_t *used = pp_arena_zalloc(w->arena, cells, 1);
    double *weight = pp_arena_alloc(w->arena, s->cohorts + 1, sizeof *weight);
    PP_NEED(level && used ? weight : NULL, w->err);
    memset(level, 0xFF, (size_t)(2 * cells) * sizeof *level);
    for (int c = 0; c <= s->cohorts; c++) {
        weight[c] = 1;
        for (int t = v->begin; t < v->end; t++) {
            used[c * s->periods + t] = c == v->cohort || is_control(w, v, c);
            level[c * s->periods + t] = level_column(w, r, i, t);
            cell[c * s->periods + t] = c == v->cohort ? cell_column(w, r, i, t) : -1;
        }
    }
    *stack = (pp__stack){
        .level = level, .cell = cell, .used = used, .weight = weight, .whole = 1};
    return PP_OK;
}

/* Controls weigh so that a window's weigh among all controls what its treated do among all treated. */
static void weigh_stacks(const work *w, const pp__stack *stack) {
    double treated = 0, controls = 0;
    for (int i = 0; i < w->n; i++) {
        treated += (double)w->window[i].treated;
        controls += (double)w->window[i].controls;
    }
    for (int i = 0; i < w->n; i++) {
        const window *v = &w->window[i];
        double *weight = (double *)(uintptr_t)stack[i].weight;
        for (int c = 0; c <= w->s->cohorts; c++) {
            weight[c] = c == v->cohort ? 1
                                       : (double)v->treated / treated /
                                             ((double)v->controls / controls);
        }
    }
}

static pp_status fit_stacks(const work *w, regression *r) {
    pp__stack *stack = pp_arena_alloc(w->arena, w->n, sizeof *stack);
    PP_NEED(stack, w->err);
    r->first = r->single || !is_weighted(w->options) ? w->columns : w->horizons;
    r->fit = (pp__within){.s = w->s, .ctx = w->ctx, .stack = stack, .stacks = w->n};
    r->fit.dummies = r->first + (r->single ? w->columns : w->horizons);
    r->fit.k = r->fit.dummies + w->s->k - 1;
    for (int i = 0; i < w->n; i++) {
        PP_TRY(fill_stack(w, r, i, &stack[i]));
    }
    if (!r->single && is_weighted(w->options)) {
        weigh_stacks(w, stack);
    }
    return pp__within_fit(&r->fit, w->arena, w->err);
}

/* ---- by horizon ---- */

static pp__mean_effect describe_horizon(const work *w, double at) {
    pp__mean_effect mean = {.at = at, .std_error = NAN, .band = NAN};
    for (int i = 0; i < w->n; i++) {
        const window *v = &w->window[i];
        for (int t = v->begin; t < v->end; t++) {
            if (horizon_at(w->s, v, t) == at) {
                mean.cohorts++;
                mean.treated += v->treated;
            }
        }
    }
    return mean;
}

static pp_status take_horizons(const work *w, const regression *r, double factor) {
    const pp__staggered *s = w->s;
    pp__aggregation *a = &w->out->horizons;
    int64_t k = r->fit.k;
    int n = w->horizons;
    double *combination = pp_arena_zalloc(w->arena, k * (n + 1), sizeof *combination);
    a->mean = pp_arena_alloc(w->arena, n + 2, sizeof *a->mean);
    a->influence = pp_arena_alloc(w->arena, (n + 2) * s->n, sizeof *a->influence);
    PP_NEED(combination && a->mean ? a->influence : NULL, w->err);
    a->n = n + 1;
    for (int i = 0; i < n; i++) {
        int column = r->first + i;
        a->mean[i] = describe_horizon(w, w->at[i]);
        a->mean[i].effect = r->fit.dropped[column] ? NAN : r->fit.theta[column];
        combination[column + i * k] = sqrt(factor);
    }
    a->mean[n] = describe_horizon(w, w->reference);
    a->mean[n].reference = 1;
    PP_TRY(pp__within_influence(&r->fit, combination, n + 1, w->arena, a->influence,
                                w->err));
    pp__horizons_finish(s, a);
    return PP_OK;
}

/* ---- by cohort and period ---- */

static pp_status take_cells(const work *w, const regression *r, double factor) {
    const pp__staggered *s = w->s;
    pp__influences *out = &w->out->effects;
    int64_t k = r->fit.k;
    *out = (pp__influences){.s = s};
    out->cell = pp_arena_alloc(w->arena, w->n * s->periods, sizeof *out->cell);
    PP_NEED(out->cell, w->err);
    for (int i = 0; i < w->n; i++) {
        const window *v = &w->window[i];
        for (int t = v->begin; t < v->end; t++) {
            int column = cell_column(w, r, i, t);
            out->cell[out->cells++] =
                (pp__group_time){.cohort = v->cohort,
                                 .time = t,
                                 .base = v->base,
                                 .reference = column < 0,
                                 .treated = v->treated,
                                 .controls = v->controls,
                                 .effect = column < 0 ? 0 : r->fit.theta[column]};
        }
    }
    double *combination =
        pp_arena_zalloc(w->arena, k * out->cells + 1, sizeof *combination);
    out->of_cell = pp_arena_alloc(w->arena, out->cells * s->n, sizeof *out->of_cell);
    PP_NEED(combination && out->of_cell ? combination : NULL, w->err);
    for (int i = 0, at = 0; i < w->n; i++) {
        for (int t = w->window[i].begin; t < w->window[i].end; t++, at++) {
            int column = cell_column(w, r, i, t);
            if (column >= 0) {
                combination[column + at * k] = sqrt(factor);
            }
        }
    }
    return pp__within_influence(&r->fit, combination, out->cells, w->arena, out->of_cell,
                                w->err);
}

pp_status pp__stacked_all(const pp__staggered *s, const pp_did_options *options,
                          const pp_context *ctx, pp_arena *arena, pp__stacked *out,
                          pp_error *err) {
    work w = {.s = s, .options = options, .ctx = ctx, .arena = arena, .err = err};
    regression all = {0}, single = {.single = 1};
    *out = (pp__stacked){0};
    w.out = out;
    PP_TRY(find_windows(&w));
    PP_TRY(list_horizons(&w));
    PP_TRY(pp_progress(ctx, "stacks", 0, err));
    PP_TRY(fit_stacks(&w, &all));
    double factor = pp__within_factor(&all.fit, 1);
    PP_TRY(take_horizons(&w, &all, factor));
    PP_TRY(fit_stacks(&w, &single));
    PP_TRY(take_cells(&w, &single, factor));
    return pp_progress(ctx, "stacks", 1, err);
}
