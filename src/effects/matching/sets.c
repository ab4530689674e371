#include "effects/matching/sets.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const int64_t MOST_PAIRS = 50000000;

static double treated_at(const pp__history *h, int32_t unit, int64_t period) {
    return h->d[(int64_t)unit * h->periods + period];
}

int pp__sets_complete(const pp__sets *s, int32_t unit, int32_t period) {
    const pp__history *h = s->h;
    for (int64_t t = period - s->lags; t <= period + s->leads; t++) {
        int64_t at = (int64_t)unit * h->periods + t;
        if (isnan(h->x[0][at]) || ((t <= period || s->whole) && isnan(h->d[at]))) {
            return 0;
        }
        for (int j = 1; t < period && j < h->k; j++) {
            if (isnan(h->x[j][at])) {
                return 0;
            }
        }
    }
    return 1;
}

/* Treatment is `value` in the period, and through the leads where that is wanted. */
static int stays(const pp__sets *s, int32_t unit, int32_t period, double value) {
    for (int64_t t = period; t <= period + (s->whole ? s->leads : 0); t++) {
        if (treated_at(s->h, unit, t) != value) {
            return 0;
        }
    }
    return 1;
}

int pp__sets_could_control(const pp__sets *s, int32_t unit, int32_t period) {
    return treated_at(s->h, unit, period - 1) == 0 && stays(s, unit, period, 0) &&
           pp__sets_complete(s, unit, period);
}

static int same_history(const pp__sets *s, int32_t a, int32_t b, int32_t period) {
    for (int64_t t = period - s->lags; t < period; t++) {
        if (treated_at(s->h, a, t) != treated_at(s->h, b, t)) {
            return 0;
        }
    }
    return 1;
}

static pp__set_state judge(const pp__sets *s, int32_t unit, int32_t period) {
    if (period < s->lags) {
        return PP__SET_NO_HISTORY;
    }
    if (period + s->leads >= s->h->periods) {
        return PP__SET_ENDS;
    }
    if (!pp__sets_complete(s, unit, period)) {
        return PP__SET_MISSING;
    }
    return stays(s, unit, period, 1) ? PP__SET_USED : PP__SET_STOPS;
}

static int begins(const pp__history *h, int32_t unit, int32_t period) {
    return period > 0 && treated_at(h, unit, period) == 1 &&
           treated_at(h, unit, period - 1) == 0;
}

static pp_status list_events(pp__sets *s, pp_arena *arena, pp_error *err) {
    const pp__history *h = s->h;
    for (int pass = 0; pass < 2; pass++) {
        if (pass) {
            s->set = pp_arena_zalloc(arena, s->n + 1, sizeof *s->set);
            PP_NEED(s->set, err);
            s->n = 0;
        }
        for (int32_t u = 0; u < h->units; u++) {
            for (int32_t t = 1; t < h->periods; t++) {
                if (begins(h, u, t) && pass) {
                    s->set[s->n] = (pp__matched_set){
                        .unit = u, .period = t, .state = judge(s, u, t)};
                }
                s->n += begins(h, u, t);
            }
        }
    }
    return PP_OK;
}

/* Controls into `list`; gives their number. */
static int64_t list_controls(pp__sets *s, const pp__matched_set *set, int32_t *list) {
    int64_t n = 0;
    for (int32_t u = 0; u < s->h->units; u++) {
        if (u == set->unit || !same_history(s, u, set->unit, set->period) ||
            treated_at(s->h, u, set->period) != 0) {
            continue;
        }
        if (pp__sets_could_control(s, u, set->period)) {
            list[n++] = u;
        } else {
            s->short_of += !pp__sets_complete(s, u, set->period);
        }
    }
    return n;
}

static pp_status fill_set(pp__sets *s, pp__matched_set *set, int32_t *list,
                          pp_arena *arena, pp_error *err) {
    set->n = list_controls(s, set, list);
    s->pairs += set->n;
    if (s->pairs > MOST_PAIRS) {
        pp_error_set(err, PP_E_UNSUPPORTED,
                     "the matched sets hold more than %lld pairs of treated and controls",
                     (long long)MOST_PAIRS);
        pp_error_hint(err, "match a random part of the units, or ask for more lags");
        return PP_E_UNSUPPORTED;
    }
    if (set->n == 0) {
        set->state = PP__SET_EMPTY;
        return PP_OK;
    }
    set->control = pp_arena_alloc(arena, set->n, sizeof *set->control);
    set->weight = pp_arena_alloc(arena, set->n, sizeof *set->weight);
    PP_NEED(set->control && set->weight ? set : NULL, err);
    memcpy(set->control, list, (size_t)set->n * sizeof *list);
    for (int64_t i = 0; i < set->n; i++) {
        set->weight[i] = 1 / (double)set->n;
    }
    s->used++;
    return PP_OK;
}

static int64_t count(const pp__sets *s, pp__set_state state) {
    int64_t n = 0;
    for (int64_t i = 0; i < s->n; i++) {
        n += s->set[i].state == state;
    }
    return n;
}

static pp_status refuse_nothing(const pp__sets *s, pp_error *err) {
    if (s->n == 0) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "in no unit does treatment begin within the data");
        pp_error_hint(err, "%d units over %d periods; see how treatment is coded",
                      (int)s->h->units, (int)s->h->periods);
        return PP_E_ESTIMATION;
    }
    pp_error_set(
        err, PP_E_ESTIMATION,
        "none of %lld treated observations has a matched set: %lld begin before %lld "
        "periods have passed, %lld less than %lld periods before the end, %lld lack "
        "values, %lld change again within the leads, %lld have no control",
        (long long)s->n, (long long)count(s, PP__SET_NO_HISTORY), (long long)s->lags,
        (long long)count(s, PP__SET_ENDS), (long long)s->leads,
        (long long)count(s, PP__SET_MISSING), (long long)count(s, PP__SET_STOPS),
        (long long)count(s, PP__SET_EMPTY));
    pp_error_hint(err, "ask for fewer lags or leads");
    return PP_E_ESTIMATION;
}

pp_status pp__sets_find(const pp__history *h, const pp_matching_options *options,
                        const pp_context *ctx, pp_arena *arena, pp__sets *out,
                        pp_error *err) {
    *out = (pp__sets){.h = h,
                      .lags = options->lags ? options->lags : 4,
                      .leads = options->leads,
                      .whole = options->window && strcmp(options->window, "whole") == 0};
    int32_t *list = pp_arena_alloc(arena, h->units, sizeof *list);
    PP_NEED(list, err);
    PP_TRY(list_events(out, arena, err));
    for (int64_t i = 0; i < out->n; i++) {
        if (out->set[i].state == PP__SET_USED) {
            PP_TRY(fill_set(out, &out->set[i], list, arena, err));
        }
        PP_TRY(pp_progress(ctx, "matched sets", (double)(i + 1) / (double)out->n, err));
    }
    return out->used ? PP_OK : refuse_nothing(out, err);
}
