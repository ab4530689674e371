/* The units that have not adopted, by their hazard, with simulated intervals and ranks. */
#include "base/check.h"
#include "base/parallel.h"
#include "drivers/forecast_parts.h"
#include "model/after/explain.h"
#include "model/after/newdata.h"
#include "model/draw.h"
#include "model/inference/resampled.h"
#include "model/tables.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAW_TASK = 0x666f7265, BLOCK = 25, MOST_EXPLAINED = 1000, MOST_DRAWN = 50000000 };

typedef struct ranking {
    pp__forecast *f;
    int32_t *unit; /* n: those ranked */
    int64_t *row;
    int *ahead;
    int64_t n;
    pp__future future;
    double *p;         /* steps × n */
    double *factor;    /* k × k: of the covariance */
    double *next;      /* draws × n: probability in the next period */
    double *within;    /* draws × n: within the horizon; NULL: the same */
    double *rank;      /* draws × n */
    double base, miss; /* of forecasts of the past: NaN, their level was right */
    pp_status *status; /* of blocks */
    pp_arena *arena;
    pp_table *left;
} ranking;

/* ---- who is ranked, and who is not ---- */

static pp_status tell_left(ranking *r, const char *unit, const char *name,
                           const char *region, const char *reason, const char *detail) {
    int64_t at;
    pp_error *err = r->f->err;
    PP_TRY(pp_table_append(r->left, &at, err));
    PP_TRY(pp__put_text(r->left, at, "unit", unit, err));
    PP_TRY(pp__put_text(r->left, at, "name", name, err));
    PP_TRY(pp__put_text(r->left, at, "region", region, err));
    PP_TRY(pp__put_text(r->left, at, "reason", reason, err));
    return pp__put_text(r->left, at, "detail", detail, err);
}

static pp_status leave_unit(ranking *r, int32_t u, const char *reason,
                            const char *detail) {
    const pp__risk *risk = &r->f->risk;
    char key[32], space[32];
    return tell_left(r, pp__level_name(&risk->units, u, key),
                     pp__risk_name(risk, u, space), pp__risk_region(risk, u), reason,
                     detail);
}

static const char *when(ranking *r, const char *words, double time) {
    return pp_arena_printf(r->arena, "%s %.0f", words, time);
}

/* Why the unit is not at risk after the last period; NULL: it is. */
static const char *not_at_risk(ranking *r, int32_t u, const char **detail) {
    const pp__risk *risk = &r->f->risk;
    int64_t begin = risk->begin[u], end = risk->begin[u + 1];
    *detail = "";
    if (risk->outside[u]) {
        return "left out by where";
    }
    if (!isnan(risk->known[u])) {
        *detail = when(r, "on record by", risk->known[u]);
        return isnan(risk->event[u]) ? "adopted, not dated" : "adopted";
    }
    const char *status =
        risk->status && end > begin ? pp_column_get_text(risk->status, end - 1) : NULL;
    if (status && strcmp(status, "no_adoption_found") != 0) {
        return strcmp(status, "supplier_unknown") == 0 ? "supplier unknown"
               : strcmp(status, "not_searched") == 0   ? "never searched"
                                                       : "adopted, not dated";
    }
    if (pp__risk_row(risk, u, risk->last) < 0) {
        *detail = end > begin ? when(r, "its last row is of", risk->time[end - 1]) : "";
        return "no row in the last period";
    }
    return isnan(pp__risk_outcome(risk, u, risk->last, INFINITY))
               ? "not known in the last period"
               : NULL;
}

static pp_status choose_units(ranking *r) {
    const pp__risk *risk = &r->f->risk;
    int32_t units = risk->units.n_levels;
    r->unit = pp_arena_alloc(r->arena, units, sizeof *r->unit);
    PP_NEED(r->unit, r->f->err);
    r->row = pp_arena_alloc(r->arena, units, sizeof *r->row);
    PP_NEED(r->row, r->f->err);
    r->ahead = pp_arena_alloc(r->arena, units, sizeof *r->ahead);
    PP_NEED(r->ahead, r->f->err);
    for (int32_t u = 0; u < units; u++) {
        const char *detail, *reason;
        if (risk->begin[u] == risk->begin[u + 1] && !risk->outside[u]) {
            continue;
        }
        reason = not_at_risk(r, u, &detail);
        PP_NEED(detail, r->f->err);
        if (reason) {
            PP_TRY(leave_unit(r, u, reason, *detail ? detail : NULL));
            continue;
        }
        int64_t next = pp__risk_row(risk, u, risk->last + 1);
        r->unit[r->n] = u;
        r->ahead[r->n] = next < 0;
        r->row[r->n++] = next < 0 ? pp__risk_row(risk, u, risk->last) : next;
    }
    return PP_OK;
}

/* Leaves out those that cannot be predicted. */
static pp_status drop_incomplete(ranking *r) {
    int64_t kept = 0;
    pp__future first;
    pp_status status = pp__future_make(&r->f->risk, r->f->fit, r->row, r->ahead, r->n, 1,
                                       r->arena, &first, r->f->err);
    pp__future_clear(&first);
    PP_TRY(status);
    for (int64_t i = 0; i < r->n; i++) {
        const char *missing = first.missing[i];
        const char *end = missing ? strstr(missing, " is missing") : NULL;
        if (missing) {
            PP_TRY(leave_unit(r, r->unit[i],
                              end ? "missing covariate" : "cannot be predicted",
                              missing));
            continue;
        }
        r->unit[kept] = r->unit[i];
        r->row[kept] = r->row[i];
        r->ahead[kept++] = r->ahead[i];
    }
    r->n = kept;
    return PP_OK;
}

static pp_status add_left_out(ranking *r) {
    const pp_table *from = r->f->options.left_out;
    const pp_column *unit, *name, *reason;
    pp_column *column;
    if (!from) {
        return PP_OK;
    }
    PP_TRY(pp_table_require(from, "unit", &column, r->f->err));
    unit = column;
    PP_TRY(pp_table_require(from, "reason", &column, r->f->err));
    reason = column;
    name = pp_table_find(from, "name");
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        PP_TRY(tell_left(r, pp_column_get_text(unit, i),
                         name ? pp_column_get_text(name, i) : NULL, NULL,
                         pp_column_get_text(reason, i), NULL));
    }
    return PP_OK;
}

/* ---- simulation ---- */

static pp_status find_factor(ranking *r) {
    const pp_fit *fit = r->f->fit;
    int64_t k = r->future.k;
    double *V = pp_arena_alloc(r->arena, 2 * k * k, sizeof *V);
    PP_NEED(V, r->f->err);
    r->factor = V + k * k;
    for (int64_t j = 0; j < k; j++) {
        memcpy(V + j * k, fit->V + j * fit->k, (size_t)k * sizeof *V);
    }
    pp__draw_factor(k, V, r->factor);
    return PP_OK;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One more than how many are higher. `sorted`: n. */
static void rank_all(const double *p, int64_t n, double *sorted, double *rank) {
    memcpy(sorted, p, (size_t)n * sizeof *p);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_numbers);
    for (int64_t i = 0; i < n; i++) {
        int64_t low = 0, high = n; /* the first that is higher */
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            low = sorted[middle] > p[i] ? low : middle + 1;
            high = sorted[middle] > p[i] ? middle : high;
        }
        rank[i] = (double)(n - low + 1);
    }
}

static void draw_once(ranking *r, int64_t draw, double *b, double *p, double *scratch) {
    const pp__future *future = &r->future;
    pp_rng rng;
    pp_rng_init(&rng, r->f->options.seed, DRAW_TASK, (uint64_t)draw);
    pp__draw_normal(&rng, future->k, r->f->fit->estimates, r->factor, b);
    pp__future_predict(future, r->f->fit->link, b, p, scratch);
    memcpy(r->next + draw * r->n, p, (size_t)r->n * sizeof *p);
    if (r->within) {
        memcpy(r->within + draw * r->n, p + (future->steps - 1) * r->n,
               (size_t)r->n * sizeof *p);
    }
    rank_all(p, r->n, scratch, r->rank + draw * r->n);
}

static void draw_block(void *payload, int64_t block) {
    ranking *r = payload;
    int64_t draws = r->f->options.draws, end = (block + 1) * BLOCK;
    int64_t size = r->future.k + r->n * (r->future.steps + 4);
    double *b = pp_malloc(size, sizeof *b);
    r->status[block] = b ? PP_OK : PP_E_MEMORY;
    for (int64_t d = block * BLOCK; b && d < draws && d < end; d++) {
        draw_once(r, d, b, b + r->future.k, b + r->future.k + r->n * r->future.steps);
    }
    pp_free(b);
}

static pp_status simulate(ranking *r) {
    int64_t draws = r->f->options.draws, blocks = (draws + BLOCK - 1) / BLOCK;
    int64_t size = draws * r->n;
    r->status = pp_arena_alloc(r->arena, blocks, sizeof *r->status);
    PP_NEED(r->status, r->f->err);
    r->next =
        pp_arena_alloc(r->arena, size * (r->future.steps > 1 ? 3 : 2), sizeof *r->next);
    PP_NEED(r->next, r->f->err);
    r->rank = r->next + size;
    r->within = r->future.steps > 1 ? r->rank + size : NULL;
    PP_TRY(find_factor(r));
    PP_TRY(pp_progress(r->f->ctx, "ranking", 0.1, r->f->err));
    pp__parallel(r->f->ctx, blocks, draw_block, r);
    for (int64_t b = 0; b < blocks; b++) {
        PP_NEED(r->status[b] == PP_OK ? r : NULL, r->f->err);
    }
    return PP_OK;
}

/* ---- tables ---- */

static void interval(const ranking *r, const double *draws, int64_t i, double estimate,
                     double *t, double *low, double *high) {
    int64_t n = r->f->options.draws;
    for (int64_t d = 0; d < n; d++) {
        t[d] = draws[d * r->n + i];
    }
    pp__resampled all = pp__resampled_of(t, n, estimate);
    pp__resampled_interval(&all, PP__PERCENTILE, r->f->fit->options.level, low, high);
}

static pp_status put_interval(ranking *r, pp_table *t, int64_t at, const char *names[2],
                              pp_show show, double low, double high) {
    PP_TRY(pp__put_number(t, at, names[0], show, low, r->f->err));
    return pp__put_number(t, at, names[1], show, high, r->f->err);
}

static pp_status put_cumulative(ranking *r, pp_table *t, int64_t at, int64_t i,
                                double *space) {
    static const char *NAMES[] = {"cumulative_low", "cumulative_high"};
    int steps = r->future.steps;
    double p = r->p[(steps - 1) * r->n + i], low, high;
    interval(r, r->within, i, p, space, &low, &high);
    PP_TRY(pp__put_number(t, at, "within", PP_SHOW_COUNT, steps, r->f->err));
    PP_TRY(pp__put_number(t, at, "cumulative", PP_SHOW_PERCENT, p, r->f->err));
    return put_interval(r, t, at, NAMES, PP_SHOW_PERCENT, low, high);
}

static pp_status put_unit(ranking *r, pp_table *t, int64_t at, int64_t i, double rank,
                          double *space) {
    static const char *CONF[] = {"conf_low", "conf_high"};
    static const char *RANK[] = {"rank_low", "rank_high"};
    const pp__risk *risk = &r->f->risk;
    pp_error *err = r->f->err;
    char key[32], name[32];
    double low, high;
    PP_TRY(pp__put_number(t, at, "rank", PP_SHOW_COUNT, rank, err));
    PP_TRY(
        pp__put_text(t, at, "unit", pp__level_name(&risk->units, r->unit[i], key), err));
    PP_TRY(pp__put_text(t, at, "name", pp__risk_name(risk, r->unit[i], name), err));
    PP_TRY(pp__put_text(t, at, "region", pp__risk_region(risk, r->unit[i]), err));
    PP_TRY(pp__put_number(t, at, "year", PP_SHOW_YEAR, risk->last + 1, err));
    PP_TRY(pp__put_number(t, at, "probability", PP_SHOW_PERCENT, r->p[i], err));
    interval(r, r->next, i, r->p[i], space, &low, &high);
    PP_TRY(put_interval(r, t, at, CONF, PP_SHOW_PERCENT, low, high));
    interval(r, r->rank, i, rank, space, &low, &high);
    PP_TRY(put_interval(r, t, at, RANK, PP_SHOW_COUNT, floor(low), ceil(high)));
    PP_TRY(pp__put_number(t, at, "ratio", PP_SHOW_DEFAULT, r->p[i] / r->base, err));
    if (!isnan(r->miss)) {
        PP_TRY(pp__put_number(t, at, "past_ratio", PP_SHOW_DEFAULT, r->miss, err));
    }
    return r->within ? put_cumulative(r, t, at, i, space) : PP_OK;
}

typedef struct ranked {
    double p, rank;
    const char *name;
    int32_t unit;
    int64_t i;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    int by_name;
    if (x->p != y->p) {
        return x->p > y->p ? -1 : 1;
    }
    by_name = x->name && y->name ? strcmp(x->name, y->name) : 0;
    return by_name ? by_name : (x->unit > y->unit) - (x->unit < y->unit);
}

/* By rank; `order` then stands in that order. */
static pp_status order_units(ranking *r, ranked **out) {
    double *space = pp_arena_alloc(r->arena, 2 * r->n, sizeof *space);
    PP_NEED(space, r->f->err);
    ranked *order = pp_arena_alloc(r->arena, r->n, sizeof *order);
    PP_NEED(order, r->f->err);
    rank_all(r->p, r->n, space, space + r->n);
    for (int64_t i = 0; i < r->n; i++) {
        char key[32];
        const char *name =
            pp_arena_strdup(r->arena, pp__risk_name(&r->f->risk, r->unit[i], key));
        PP_NEED(name, r->f->err);
        order[i] = (ranked){r->p[i], space[r->n + i], name, r->unit[i], i};
    }
    qsort(order, (size_t)r->n, sizeof *order, compare_ranked);
    *out = order;
    return PP_OK;
}

typedef struct listing {
    ranking *r;
    pp_table *table;
    int64_t at;
} listing;

static pp_status list_part(void *payload, int64_t i, const pp__part *part,
                           pp_error *err) {
    listing *l = payload;
    const pp__risk *risk = &l->r->f->risk;
    int32_t unit = l->r->unit[i];
    char key[32], name[32];
    PP_TRY(pp_table_append(l->table, &l->at, err));
    PP_TRY(pp__put_text(l->table, l->at, "unit", pp__level_name(&risk->units, unit, key),
                        err));
    PP_TRY(pp__put_text(l->table, l->at, "name", pp__risk_name(risk, unit, name), err));
    return pp__put_part(l->table, l->at, part, err);
}

static pp_status put_contributions(ranking *r, const ranked *order) {
    listing list = {.r = r};
    pp__frame frame;
    const char **missing;
    int64_t n = r->n < MOST_EXPLAINED ? r->n : MOST_EXPLAINED;
    int64_t *rows = pp_arena_alloc(r->arena, n, sizeof *rows);
    PP_NEED(rows, r->f->err);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = order[i].i;
    }
    PP_TRY(pp_result_add(r->f->result, "forecast_contributions",
                         "What each unit's forecast is made of", &list.table, r->f->err));
    PP_TRY(
        pp__frame_new(r->f->fit, r->future.rows, r->arena, &frame, &missing, r->f->err));
    PP_TRY(pp__explain_each(r->f->fit, &frame, rows, n, list_part, &list, r->arena,
                            r->f->err));
    PP_TRY(pp_table_rename(list.table, "term", "factor", r->f->err));
    return pp_result_set_note(
        r->f->result, "forecast_contributions",
        "Parts of the linear predictor: coefficient times value. `difference` is what "
        "sets "
        "the unit apart from the average of the rows that the model was estimated on.",
        r->f->err);
}

static pp_status note_forecast(ranking *r) {
    const pp_table *scores = pp_result_find(r->f->result, "forecast_scores");
    const char *verdict = pp_column_get_text(pp_table_find(scores, "verdict"), 0);
    int better = verdict && strcmp(verdict, "better") == 0;
    pp_buf note;
    pp_buf_init(&note);
    pp_buf_add(&note, better ? ""
                             : "Such forecasts are not known to be better than the base "
                               "rate: see forecast_scores before believing them. ");
    if (!isnan(r->miss)) {
        pp_buf_printf(
            &note,
            "Forecasts of the past were far too %s: for each adoption that they "
            "expected, %.2g came (past_ratio). Do not take these for chances. ",
            r->miss > 1 ? "low" : "high", r->miss);
    }
    pp_buf_add(
        &note,
        "Probability of a first adoption in the period after the data, given none "
        "before, and given that the model holds. Intervals and ranks are simulated "
        "from the covariance of the coefficients. Covariates are those of the unit's "
        "last row. `ratio`: to the share of all periods at risk that had an adoption.");
    pp_status status = pp_buf_check(&note, r->f->err);
    if (status == PP_OK) {
        status = pp_result_set_note(r->f->result, "forecast", note.data, r->f->err);
    }
    pp_buf_clear(&note);
    return status;
}

static pp_status put_forecast(ranking *r, const ranked *order) {
    pp_table *table;
    double *space = pp_arena_alloc(r->arena, r->f->options.draws, sizeof *space);
    PP_NEED(space, r->f->err);
    PP_TRY(pp_result_add(r->f->result, "forecast", "Who is next", &table, r->f->err));
    PP_TRY(pp_table_resize(table, r->n, r->f->err));
    for (int64_t at = 0; at < r->n; at++) {
        PP_TRY(put_unit(r, table, at, order[at].i, order[at].rank, space));
    }
    return note_forecast(r);
}

static pp_status rank(ranking *r) {
    pp__rival rival;
    ranked *order = NULL;
    double *scratch;
    int steps = r->f->options.horizon;
    PP_TRY(choose_units(r));
    PP_TRY(drop_incomplete(r));
    PP_TRY(add_left_out(r));
    if (r->n == 0) {
        return pp_result_warn(
            r->f->result, "none_ranked", NULL, -1, r->f->err,
            "no unit is ranked: all have adopted, or cannot be predicted; "
            "forecast_not_ranked says why");
    }
    if (r->f->options.draws > MOST_DRAWN / r->n) {
        pp_error_set(r->f->err, PP_E_ARGUMENT, "%lld draws of %lld units are too many",
                     (long long)r->f->options.draws, (long long)r->n);
        pp_error_locate(r->f->err, NULL, 0, "draws", NULL);
        pp_error_hint(r->f->err, "at most %lld of so many units",
                      (long long)(MOST_DRAWN / r->n));
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp__future_make(&r->f->risk, r->f->fit, r->row, r->ahead, r->n, steps,
                           r->arena, &r->future, r->f->err));
    r->p = pp_arena_alloc(r->arena, r->n * (steps + 4), sizeof *r->p);
    PP_NEED(r->p, r->f->err);
    scratch = r->p + r->n * steps;
    pp__future_predict(&r->future, r->f->fit->link, r->f->fit->estimates, r->p, scratch);
    PP_TRY(pp__rival_learn(&r->f->risk, r->f->risk.last, r->arena, &rival, r->f->err));
    r->base = rival.base;
    PP_TRY(simulate(r));
    PP_TRY(order_units(r, &order));
    PP_TRY(put_forecast(r, order));
    return put_contributions(r, order);
}

pp_status pp__forecast_rank(pp__forecast *f) {
    ranking r = {.f = f, .arena = &f->arena, .miss = pp__forecast_miss(f->result)};
    pp_status status = pp_table_new(&r.left, f->err);
    if (status == PP_OK) {
        status = rank(&r);
    }
    if (status == PP_OK) {
        status = pp_result_take(f->result, "forecast_not_ranked",
                                "Units that are not ranked, and why", r.left, f->err);
    }
    if (status != PP_OK) {
        pp_table_free(r.left);
    }
    pp__future_clear(&r.future);
    return status;
}
