/* Chamberlain's conditional logit: fixed effects of groups are conditioned away.
 *
 * Chamberlain (1980), Review of Economic Studies 47, 225-238. Groups in which the outcome
 * does not vary say nothing and are left out with a count. The observations of robust
 * covariances are the groups, as in Stata.
 */
#include "model/estimators/conditional.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/estimators/identify.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- rows ---- */

/* Stable, by a code of each row of the sample. */
static void sort_by_code(const pp__encoding *encoding, const int64_t *from, int64_t n,
                         int64_t *begin, int64_t *to) {
    memset(begin, 0, (size_t)(encoding->n_levels + 1) * sizeof *begin);
    for (int64_t i = 0; i < n; i++) {
        begin[encoding->code[from[i]] + 1]++;
    }
    for (int32_t l = 0; l < encoding->n_levels; l++) {
        begin[l + 1] += begin[l];
    }
    for (int64_t i = 0; i < n; i++) {
        to[begin[encoding->code[from[i]]]++] = from[i];
    }
}

typedef struct ordering {
    const pp__sample *sample;
    pp_arena *arena;
    int64_t *rows, *room, n;
    const int32_t *code[PP__MAX_GROUPS * PP__TERM_ATOMS]; /* of all rows */
    int codes;
    pp_error *err;
} ordering;

static pp_status order_by(ordering *o, const char *name) {
    pp_column *column;
    pp__encoding encoding;
    PP_TRY(pp_table_require(o->sample->data, name, &column, o->err));
    PP_TRY(
        pp__encode(column, NULL, o->sample->n_rows, NULL, o->arena, &encoding, o->err));
    int64_t *begin = pp_arena_alloc(o->arena, encoding.n_levels + 1, sizeof *begin);
    PP_NEED(begin, o->err);
    sort_by_code(&encoding, o->rows, o->n, begin, o->room);
    int64_t *sorted = o->room;
    o->room = o->rows;
    o->rows = sorted;
    o->code[o->codes++] = encoding.code;
    return PP_OK;
}

static int same_group(const ordering *o, int64_t a, int64_t b) {
    for (int c = 0; c < o->codes; c++) {
        if (o->code[c][a] != o->code[c][b]) {
            return 0;
        }
    }
    return 1;
}

/* Keeps the groups with an outcome that varies, or that is neither 0 nor 1, which is told
   later. */
static pp_status keep_varying(ordering *o, const double *y, pp__notes *notes) {
    int64_t kept = 0, rows = 0, groups = 0;
    for (int64_t begin = 0, end; begin < o->n; begin = end) {
        int varies = 0;
        for (end = begin; end < o->n && same_group(o, o->rows[begin], o->rows[end]);
             end++) {
            varies |= y[end] != y[begin] || (y[end] != 0 && y[end] != 1);
        }
        for (int64_t i = begin; varies && i < end; i++) {
            o->rows[kept++] = o->rows[i];
        }
        rows += varies ? 0 : end - begin;
        groups += !varies;
    }
    o->n = kept;
    PP_TRY(pp__notes_drop(notes, "outcome does not vary in the group", "groups", NULL,
                          groups, o->err));
    return pp__notes_drop(notes, "outcome does not vary in the group", "rows", NULL, rows,
                          o->err);
}

static pp_status begin_with_complete(ordering *o) {
    int64_t *complete;
    PP_TRY(pp__sample_complete_rows(o->sample, o->arena, &complete, &o->n, o->err));
    o->rows = pp_arena_alloc(o->arena, 2 * o->n, sizeof *o->rows);
    PP_NEED(o->rows, o->err);
    o->room = o->rows + o->n;
    for (int64_t i = 0; i < o->n; i++) {
        o->rows[i] = complete ? complete[i] : i;
    }
    return PP_OK;
}

static pp_status select_rows(pp_fit *fit, const pp__sample *sample, int64_t **rows,
                             int64_t *n, pp_error *err) {
    const pp__formula *f = sample->formula;
    ordering o = {.sample = sample, .arena = &fit->arena, .err = err};
    if (f->n_strata == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "a conditional logit needs groups");
        pp_error_locate(err, NULL, 0, "formula", NULL);
        pp_error_hint(err, "write: y ~ x + strata(group)");
        return PP_E_ARGUMENT;
    }
    PP_TRY(begin_with_complete(&o));
    for (int g = f->n_strata - 1; g >= 0; g--) {
        for (int i = f->strata[g].n - 1; i >= 0; i--) {
            PP_TRY(order_by(&o, f->strata[g].name[i]->text));
        }
    }
    double *y = pp_arena_alloc(o.arena, o.n, sizeof *y);
    PP_NEED(y, err);
    PP_TRY(pp__sample_evaluate(sample, f->outcome, o.rows, o.n, y, err));
    PP_TRY(keep_varying(&o, y, &fit->notes));
    *rows = o.rows;
    *n = o.n;
    if (o.n == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "%s varies within no group", f->outcome_label);
    }
    return PP_OK;
}

/* ---- groups ---- */

typedef struct clogit {
    pp__choice_sets sets;
    int64_t *begin;
    int32_t *row, *chosen;
    uint8_t *event;
    double *weight;
} clogit;

static pp_status wrong_row(const pp__design *d, int64_t i, const char *name, double value,
                           const char *message, pp_error *err) {
    char text[32];
    pp_format_number(value, text);
    pp_error_set(err, PP_E_INPUT, "%s", message);
    pp_error_locate(err, NULL, pp__design_row(d, i) + 1, name, text);
    return PP_E_INPUT;
}

static pp_status check_row(const pp_fit *fit, int64_t i, int64_t first, pp_error *err) {
    const pp__design *d = fit->design;
    const double *y = d->with.y, *weight = d->with.weight;
    if (y[i] != 0 && y[i] != 1) {
        return wrong_row(d, i, fit->formula->outcome_label, y[i],
                         "the outcome of a binary model must be 0 or 1", err);
    }
    if (weight && weight[i] != weight[first]) {
        return wrong_row(d, i, fit->options.weights, weight[i],
                         "a weight must be the same in all rows of a group", err);
    }
    return PP_OK;
}

/* The rows by group; a refit's design may have them in another order. */
static pp_status find_groups(const pp_fit *fit, clogit *c, int64_t *place,
                             pp_error *err) {
    const pp__design *d = fit->design;
    const pp__grouping *group = &d->with.strata;
    for (int64_t i = 0; i < d->n; i++) {
        place[group->code[i] + 1]++;
    }
    for (int32_t g = 0; g < group->levels; g++) {
        if (place[g + 1] > 0) {
            c->chosen[c->sets.n] = 0;
            c->begin[c->sets.n++] = place[g];
        }
        place[g + 1] += place[g];
    }
    c->begin[c->sets.n] = d->n;
    for (int64_t i = 0; i < d->n; i++) {
        c->row[place[group->code[i]]++] = (int32_t)i;
    }
    for (int64_t set = 0; set < c->sets.n; set++) {
        int64_t first = c->row[c->begin[set]];
        for (int64_t at = c->begin[set]; at < c->begin[set + 1]; at++) {
            int64_t i = c->row[at];
            PP_TRY(check_row(fit, i, first, err));
            c->event[i] = d->with.y[i] > 0;
            c->chosen[set] += c->event[i];
        }
        if (c->weight) {
            c->weight[set] = d->with.weight[first];
        }
    }
    return PP_OK;
}

static pp_status prepare(pp_fit *fit, clogit *c, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    pp_arena *arena = &fit->arena;
    *c = (clogit){.sets = {.d = d, .ctx = ctx}};
    c->begin = pp_arena_alloc(arena, d->n + 1, sizeof *c->begin);
    PP_NEED(c->begin, err);
    c->chosen = pp_arena_alloc(arena, d->n, sizeof *c->chosen);
    PP_NEED(c->chosen, err);
    c->event = pp_arena_alloc(arena, d->n, 1);
    PP_NEED(c->event, err);
    if (d->with.weight) {
        c->weight = pp_arena_alloc(arena, d->n, sizeof *c->weight);
        PP_NEED(c->weight, err);
    }
    c->row = pp_arena_alloc(arena, d->n, sizeof *c->row);
    PP_NEED(c->row, err);
    int64_t *place =
        pp_arena_zalloc(arena, (int64_t)d->with.strata.levels + 1, sizeof *place);
    PP_NEED(place, err);
    PP_TRY(find_groups(fit, c, place, err));
    c->sets.begin = c->begin;
    c->sets.row = c->row;
    c->sets.chosen = c->chosen;
    c->sets.event = c->event;
    c->sets.weight = c->weight;
    return pp__choice_sets_init(&c->sets, arena, err);
}

/* ---- separation ---- */

/* In each group those with the event must not stand below those without. */
static int verify(void *payload, const double *product, double zero, uint8_t *separated) {
    const clogit *c = payload;
    int any = 0;
    for (int64_t set = 0; set < c->sets.n; set++) {
        double lowest = INFINITY, highest = -INFINITY;
        for (int64_t at = c->begin[set]; at < c->begin[set + 1]; at++) {
            int64_t i = c->row[at];
            if (c->event[i]) {
                lowest = fmin(lowest, product[i]);
            } else {
                highest = fmax(highest, product[i]);
            }
        }
        if (lowest < highest - zero) {
            return 0;
        }
        for (int64_t at = c->begin[set]; at < c->begin[set + 1]; at++) {
            int64_t i = c->row[at];
            separated[i] = lowest > highest + zero || product[i] > lowest + zero ||
                           product[i] < highest - zero;
            any |= separated[i];
        }
    }
    return any;
}

/* ---- the fit ---- */

static pp_status keep_scores(pp_fit *fit, clogit *c, const pp__optimum *o,
                             pp_error *err) {
    int64_t k = fit->k;
    double *scores =
        pp_arena_alloc(&fit->arena, c->sets.n * k + k * k + k, sizeof *scores);
    PP_NEED(scores, err);
    double *gradient = scores + c->sets.n * k;
    c->sets.scores = scores;
    pp__choice_loglik(&c->sets, o->theta, gradient, gradient + k);
    fit->scores = (pp__scores){.n = c->sets.n,
                               .count = pp__design_count(fit->design),
                               .matrix = scores,
                               .begin = c->begin};
    return PP_OK;
}

static double count_events(const clogit *c, int frequency) {
    double events = 0;
    for (int64_t set = 0; set < c->sets.n; set++) {
        events += c->chosen[set] * (frequency ? c->weight[set] : 1);
    }
    return events;
}

static pp_status maximise(pp_fit *fit, clogit *c, const pp__beginning *b,
                          const pp_context *ctx, pp_error *err) {
    pp__optimum o;
    int suspect;
    const pp__objective objective = {
        .k = fit->k, .loglik = pp__beginning_loglik, .payload = (void *)(uintptr_t)b};
    double *start = pp_arena_zalloc(&fit->arena, fit->k, sizeof *start);
    PP_NEED(start, err);
    PP_TRY(pp__newton(&objective, start, fit->options.tolerance,
                      fit->options.max_iterations, &fit->arena, ctx, &o, err));
    PP_TRY(pp__fit_keep(fit, &o, err));
    PP_TRY(
        pp__monotone_suspect(fit->design, b, &o, fit->bread, &fit->arena, &suspect, err));
    if (suspect) {
        PP_TRY(pp__monotone_search(fit->design, b, verify, c, &fit->arena, ctx,
                                   &fit->separated, &fit->separation, err));
    }
    PP_TRY(keep_scores(fit, c, &o, err));
    fit->units = c->sets.n;
    fit->nobs = (int64_t)pp__design_count(fit->design);
    fit->events = (int64_t)count_events(c, fit->design->with.frequency);
    fit->loglik = o.loglik;
    fit->null_loglik = o.start_loglik;
    fit->deviance = -2 * o.loglik;
    fit->parameters = fit->k;
    fit->outside = fit->design->with.offset;
    fit->outcome = fit->design->with.y;
    return PP_OK;
}

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    for (;;) {
        clogit c;
        pp__beginning b;
        int left_out;
        PP_TRY(prepare(fit, &c, ctx, err));
        const pp__objective objective = {
            .k = fit->k, .loglik = pp__choice_loglik, .payload = &c.sets};
        PP_TRY(pp__beginning_init(&b, &objective, &fit->arena, err));
        double *zero = pp_arena_zalloc(&fit->arena, fit->k * (fit->k + 2), sizeof *zero);
        PP_NEED(zero, err);
        pp__beginning_loglik(&b, zero, zero + fit->k, zero + 2 * (int64_t)fit->k);
        PP_TRY(pp__identify(fit, &b, count_events(&c, fit->design->with.frequency),
                            &left_out, err));
        if (left_out == 0) {
            return maximise(fit, &c, &b, ctx, err);
        }
    }
}

const pp_estimator pp__estimator_clogit = {
    .info =
        {.name = "clogit",
         .title = "Conditional logit",
         .estimand = "P(y = 1 | x, group) = 1 / (1 + exp(-a - x'b)), with an intercept "
                     "a of each group that is not estimated; b are log odds ratios",
         .source = "Chamberlain (1980), Review of Economic Studies 47, 225-238",
         .reference = "R survival 3.5-3: clogit(method = \"exact\")",
         .links = "logit",
         .use = "Binary outcomes with effects of many small groups, as places over a few "
                "years, that a dummy for each would bias.",
         .avoid = "Groups that are large (logit with absorbed effects is close to it and "
                  "gives marginal effects); groups without variation say nothing.",
         .options = "",
         .example = "'event_latest ~ un_distance_prc + gdp_per_capita_log + "
                    "strata(year)' --data "
                    "demo-out/panel.parquet --model clogit",
         .digits = "Coefficients and errors to 1e-8, log likelihood to 1e-12."},
    .takes = PP__TAKES_WEIGHTS | PP__TAKES_OFFSET | PP__TAKES_STRATA,
    .constant_free = 1,
    .select = select_rows,
    .estimate = estimate};
