/* An estimator on the dates of each rule and draw, or from each period of an interval on. */
#include "base/check.h"
#include "base/parallel.h"
#include "effects/columns.h"
#include "effects/uncertain/drawn.h"

#include <math.h>

enum {
    DRAWS = 20,
    MOST_DRAWS = 100000,
    MOST_PERIODS = 1000,
    AT_ONCE = 8,
    DATING_TASK = 0x64617465
};

const char *const pp__dating_names[PP__DATING_RULES] = {"earliest", "midpoint", "latest",
                                                        "drawn"};

/* ---- one trial ---- */

static void try_dates(pp__trials *w, pp__trial *t, pp__dating_rule rule, pp_rng *rng) {
    pp_table *data;
    t->status = pp__dating_apply(&w->dating, rule, rng, &data, &t->units, &t->err);
    if (t->status == PP_OK) {
        t->status =
            w->design->estimate(w->design->payload, data, NAN, &t->result, &t->err);
        pp_table_free(data);
    }
}

static void run_trial(pp__trials *w, int64_t index) {
    pp__trial *t = &w->all[index];
    pp_rng rng;
    if (w->together) {
        t->status = w->design->estimate(w->design->payload, w->dating.data, t->first,
                                        &t->result, &t->err);
        return;
    }
    pp_rng_init(&rng, w->design->seed, DATING_TASK, (uint64_t)index);
    try_dates(w, t, index < PP__DRAWN ? (pp__dating_rule)index : PP__DRAWN, &rng);
}

/* A few at a time, so that a call can be cancelled. */
typedef struct batch {
    pp__trials *w;
    int64_t from;
} batch;

static void run_one(void *payload, int64_t index) {
    batch *b = payload;
    run_trial(b->w, b->from + index);
}

static pp_status run_all(pp__trials *w) {
    int64_t n = w->n_all;
    for (int64_t from = 0; from < n; from += AT_ONCE) {
        batch b = {w, from};
        PP_TRY(pp_progress(w->ctx, "drawing dates", (double)from / (double)n, w->err));
        pp__parallel(w->ctx, from + AT_ONCE < n ? AT_ONCE : n - from, run_one, &b);
    }
    return PP_OK;
}

/* ---- what came of them ---- */

static int is_fatal(pp_status status) {
    return status == PP_E_MEMORY || status == PP_E_INTERNAL || status == PP_E_ARGUMENT ||
           status == PP_E_NOT_FOUND;
}

static pp_status give_error(pp__trials *w, const pp__trial *t) {
    if (w->err) {
        *w->err = t->err;
    }
    return t->status;
}

static pp_status refuse(pp__trials *w) {
    const pp__trial *t = w->drawn;
    while (t->result) {
        t++;
    }
    if (t->status != PP_E_ESTIMATION) {
        return give_error(w, t);
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "in %d of %d %s of the dates nothing can be estimated: %s", w->failed,
                 w->n, w->together ? "periods" : "draws", t->err.message);
    pp_error_hint(w->err, "%s", t->err.hint);
    return PP_E_ESTIMATION;
}

static pp_status judge(pp__trials *w) {
    for (int i = 0; i < w->n_all; i++) {
        if (is_fatal(w->all[i].status)) {
            return give_error(w, &w->all[i]);
        }
    }
    for (int i = 0; i < w->n; i++) {
        w->failed += !w->drawn[i].result;
    }
    return w->n - w->failed < (w->together ? 1 : 2) || 2 * w->failed > w->n ? refuse(w)
                                                                            : PP_OK;
}

/* ---- which trials there are ---- */

/* Of units treated together: those that have dates have this one. */
static pp_status find_interval(pp__trials *w, double *low, double *high) {
    *low = *high = NAN;
    for (int64_t u = 0; u < w->dating.units && isnan(*low) && isnan(*high); u++) {
        *low = w->dating.low[u];
        *high = w->dating.high[u];
    }
    if (isnan(*low) && isnan(*high)) {
        pp_error_set(w->err, PP_E_INPUT, "the treated have no dates");
        pp_error_locate(w->err, NULL, 0, "treated", w->design->columns.together);
        pp_error_hint(w->err, "give the first and the last period in which their "
                              "treatment may have begun");
        return PP_E_INPUT;
    }
    return PP_OK;
}

/* The trial from the first period on that is not before the rule's date. */
static const pp__trial *trial_of(const pp__trials *w, pp__dating_rule rule, double low,
                                 double high) {
    double at, last = w->dating.time[w->dating.periods - 1];
    if (pp__date_by_rule(rule, low, high, last, &at) != PP__AT_PERIOD) {
        return NULL;
    }
    for (int i = 0; i < w->n; i++) {
        if (w->drawn[i].first >= at) {
            return &w->drawn[i];
        }
    }
    return &w->drawn[w->n - 1];
}

static pp_status check_periods(const pp__trials *w, int n) {
    if (n > 0 && n <= MOST_PERIODS) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "%d periods of the data lie in the interval of the dates", n);
    pp_error_hint(w->err, "between 1 and %d are needed; the data have %g to %g",
                  MOST_PERIODS, w->dating.time[0], w->dating.time[w->dating.periods - 1]);
    return PP_E_ESTIMATION;
}

static pp_status list_periods(pp__trials *w) {
    double low, high;
    PP_TRY(find_interval(w, &low, &high));
    pp__dated_periods p = pp__dating_periods(&w->dating, low, high);
    PP_TRY(check_periods(w, p.n));
    w->all = w->drawn = pp_arena_zalloc(&w->arena, p.n, sizeof *w->all);
    PP_NEED(w->all, w->err);
    w->n = w->n_all = p.n;
    for (int i = 0; i < p.n; i++) {
        w->all[i].first = w->dating.time[p.begin + i];
        w->all[i].share = p.length > 0 ? 1 / p.length : 1;
    }
    for (int rule = 0; rule < PP__DRAWN; rule++) {
        w->rule[rule] = trial_of(w, (pp__dating_rule)rule, low, high);
    }
    return PP_OK;
}

static pp_status list_draws(pp__trials *w, int64_t draws) {
    w->all = pp_arena_zalloc(&w->arena, PP__DRAWN + draws, sizeof *w->all);
    PP_NEED(w->all, w->err);
    w->n = (int)draws;
    w->n_all = PP__DRAWN + w->n;
    w->drawn = w->all + PP__DRAWN;
    for (int i = 0; i < w->n_all; i++) {
        w->all[i].first = NAN;
        w->all[i].share = 1;
    }
    for (int rule = 0; rule < PP__DRAWN; rule++) {
        w->rule[rule] = &w->all[rule];
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status check_options(pp__trials *w, const pp_uncertain_options *o,
                               int64_t *draws) {
    *draws = o->draws ? o->draws : DRAWS;
    if (o->draws < 0 || o->draws > MOST_DRAWS || *draws < 2) {
        pp_error_set(w->err, PP_E_ARGUMENT, "option draws is out of range");
        pp_error_locate(w->err, NULL, 0, "draws", NULL);
        pp_error_hint(w->err, "a number from 2 to %d", MOST_DRAWS);
        return PP_E_ARGUMENT;
    }
    if (!o->low || !o->high) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "one end of the intervals of dates is missing");
        pp_error_hint(w->err, "name the columns of the first and of the last period in "
                              "which treatment may have begun");
        return PP_E_ARGUMENT;
    }
    if (w->together && o->probability) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "the effect on units that are named is one of their treatment, "
                     "which then has no probability");
        pp_error_locate(w->err, NULL, 0, "probability", o->probability);
        pp_error_hint(w->err, "leave the probability out");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* Before any trial, for trials have a column of their own. */
static pp_status check_columns(const pp__trials *w, const pp_table *data) {
    const pp__dated_design *d = w->design;
    const char *const names[] = {d->outcome, d->weights, d->cluster};
    pp_column *found;
    for (int i = 0; i < 3; i++) {
        if (i == 0 || names[i]) {
            PP_TRY(pp__effects_column(data, names[i], i ? "design" : "outcome", i < 2,
                                      &found, w->err));
        }
    }
    return PP_OK;
}

pp_status pp__trials_run(pp__trials *w, const pp_table *data,
                         const pp_uncertain_options *options) {
    int64_t draws;
    w->together = w->design->columns.together != NULL;
    w->level = w->design->level > 0 ? w->design->level : 0.95;
    PP_TRY(check_options(w, options, &draws));
    PP_TRY(check_columns(w, data));
    PP_TRY(pp__dating_read(data, &w->design->columns, options, w->ctx, &w->arena,
                           &w->dating, w->err));
    PP_TRY(w->together ? list_periods(w) : list_draws(w, draws));
    PP_TRY(run_all(w));
    return judge(w);
}

void pp__trials_free(pp__trials *w) {
    for (int i = 0; w->all && i < w->n_all; i++) {
        pp_result_free(w->all[i].result);
    }
    pp_arena_clear(&w->arena);
}
