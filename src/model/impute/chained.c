/* Chained equations: each column in turn given all others.
   van Buuren (2018), Flexible Imputation of Missing Data, ch. 4 and 7. */
#include "base/check.h"
#include "model/impute/impute.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The random intercepts of one column's equation, kept from round to round. */
typedef struct intercepts {
    double *u; /* units */
    double variance, sigma2;
} intercepts;

typedef struct match {
    double predicted;
    int64_t i;
} match;

typedef struct chain {
    const pp__imputation *im;
    double **value; /* n_columns × n */
    pp_rng rng;
    int64_t *row;            /* n: rows with a known outcome, then the others */
    double *x;               /* n × p */
    double *y, *work;        /* of the equation at hand */
    double *estimate, *draw; /* p */
    double *predicted;       /* n × levels */
    match *matches;          /* n */
    int64_t *count;          /* units */
    double *sum;             /* units */
    intercepts *random;      /* by column */
    int *order;              /* columns with missing values, fewest first */
    int n_order;
    pp_error *err;
} chain;

/* ---- the equation of a column ---- */

static void order_rows(chain *c, const pp__imputed *target, int64_t *seen) {
    int64_t first = 0, last = c->im->n;
    for (int64_t i = 0; i < c->im->n; i++) {
        c->row[isnan(target->value[i]) ? --last : first++] = i;
    }
    *seen = first;
}

/* Adds a column, standardised; a constant one is left out. */
static int add_predictor(chain *c, int p, const double *value, double level) {
    int64_t n = c->im->n;
    double *x = c->x + p * n, mean = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        double v = value[c->row[i]];
        x[i] = level < 0 ? v : v == level;
        mean += x[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        x[i] -= mean;
        squares += x[i] * x[i];
    }
    if (!(squares > 1e-26 * (double)n * (mean * mean + 1e-280))) {
        return p;
    }
    double scale = sqrt(squares / (double)n);
    for (int64_t i = 0; i < n; i++) {
        x[i] /= scale;
    }
    return p + 1;
}

/* All other columns and the trend, with a constant first; gives their number. */
static int build_predictors(chain *c, int target) {
    const pp__imputation *im = c->im;
    int p = 1;
    for (int64_t i = 0; i < im->n; i++) {
        c->x[i] = 1;
    }
    for (int v = 0; v < im->n_columns; v++) {
        const pp__imputed *column = &im->column[v];
        if (v == target) {
            continue;
        }
        if (column->kind != PP__CATEGORIES) {
            p = add_predictor(c, p, c->value[v], -1);
        }
        for (int l = 1; column->kind == PP__CATEGORIES && l < column->levels; l++) {
            p = add_predictor(c, p, c->value[v], l);
        }
    }
    for (int d = 0; im->trend && d < im->options.degree; d++) {
        p = add_predictor(c, p, im->trend + d * im->n, -1);
    }
    return p;
}

/* ---- random intercepts ---- */

/* Draws the intercepts given what the rest of the equation leaves of the outcome, and
   their variance given them. */
static void draw_intercepts(chain *c, intercepts *r, const pp__equation *e) {
    const pp__imputation *im = c->im;
    double squares = 0;
    memset(c->count, 0, (size_t)im->units * sizeof *c->count);
    memset(c->sum, 0, (size_t)im->units * sizeof *c->sum);
    for (int64_t i = 0; i < e->n; i++) {
        int32_t u = im->unit[c->row[i]];
        c->count[u]++;
        c->sum[u] += e->y[i] + r->u[u] - pp__predict_row(e, i, c->draw);
    }
    for (int32_t u = 0; u < im->units; u++) {
        double precision = (double)c->count[u] / r->sigma2 + 1 / r->variance;
        double mean = c->sum[u] / r->sigma2 / precision;
        r->u[u] = mean + pp_rng_normal(&c->rng) / sqrt(precision);
        squares += r->u[u] * r->u[u];
    }
    r->variance = squares / (2 * pp__rng_gamma(&c->rng, (im->units - 1) / 2.0));
}

/* The outcome of the equation: the column's values less the unit's intercept. */
static void fill_outcome(chain *c, int target, const intercepts *r, int64_t seen) {
    const double *value = c->im->column[target].value;
    for (int64_t i = 0; i < seen; i++) {
        int64_t row = c->row[i];
        c->y[i] = value[row] - (r ? r->u[c->im->unit[row]] : 0);
    }
}

/* ---- drawing values ---- */

static int compare_matches(const void *a, const void *b) {
    const match *x = a, *y = b;
    return x->predicted != y->predicted
               ? (x->predicted > y->predicted) - (x->predicted < y->predicted)
               : (x->i > y->i) - (x->i < y->i);
}

/* One of the `donors` sorted matches that are nearest to `wanted`. */
static int64_t choose_donor(chain *c, int64_t seen, double wanted) {
    int64_t low = 0, high = seen;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (c->matches[middle].predicted < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    int64_t donors = c->im->options.donors < seen ? c->im->options.donors : seen;
    int64_t chosen = pp_rng_below(&c->rng, donors);
    int64_t left = low - 1, right = low, at = left;
    for (int64_t k = 0; k <= chosen; k++) {
        int take_left =
            right >= seen || (left >= 0 && wanted - c->matches[left].predicted <=
                                               c->matches[right].predicted - wanted);
        at = take_left ? left-- : right++;
    }
    return c->matches[at].i;
}

static double intercept_of(const chain *c, const intercepts *r, int64_t i) {
    return r ? r->u[c->im->unit[c->row[i]]] : 0;
}

static void match_means(chain *c, int target, const pp__equation *e,
                        const intercepts *r) {
    const double *known = c->im->column[target].value;
    const double *coefficients = r ? c->draw : c->estimate;
    for (int64_t i = 0; i < e->n; i++) {
        c->matches[i] = (match){
            pp__predict_row(e, i, coefficients) + intercept_of(c, r, i), c->row[i]};
    }
    qsort(c->matches, (size_t)e->n, sizeof *c->matches, compare_matches);
    for (int64_t i = e->n; i < e->stride; i++) {
        double wanted = pp__predict_row(e, i, c->draw) + intercept_of(c, r, i);
        c->value[target][c->row[i]] = known[choose_donor(c, e->n, wanted)];
    }
}

static pp_status impute_number(chain *c, int target, pp__equation *e) {
    intercepts *r = c->im->unit ? &c->random[target] : NULL;
    double sigma;
    fill_outcome(c, target, r, e->n);
    PP_TRY(pp__draw_linear(e, c->estimate, c->draw, &sigma, c->err));
    if (r) {
        r->sigma2 = fmax(sigma * sigma, 1e-300);
        draw_intercepts(c, r, e);
    }
    if (strcmp(c->im->options.numbers, "normal") != 0) {
        match_means(c, target, e, r);
        return PP_OK;
    }
    for (int64_t i = e->n; i < e->stride; i++) {
        c->value[target][c->row[i]] = pp__predict_row(e, i, c->draw) +
                                      intercept_of(c, r, i) +
                                      sigma * pp_rng_normal(&c->rng);
    }
    return PP_OK;
}

static pp_status impute_binary(chain *c, int target, pp__equation *e) {
    fill_outcome(c, target, NULL, e->n);
    PP_TRY(pp__draw_logit(e, c->draw, c->err));
    for (int64_t i = e->n; i < e->stride; i++) {
        double probability = 1 / (1 + exp(-pp__predict_row(e, i, c->draw)));
        c->value[target][c->row[i]] = pp_rng_uniform(&c->rng) < probability;
    }
    return PP_OK;
}

/* The donor nearest in the predicted probabilities of all levels but the first. */
static int64_t nearest_profile(chain *c, const pp__equation *e, int levels, int64_t i) {
    int64_t donors = c->im->options.donors < e->n ? c->im->options.donors : e->n;
    for (int64_t k = 0; k < e->n; k++) {
        double distance = 0;
        for (int l = 0; l < levels - 1; l++) {
            double d = c->predicted[k + l * e->stride] - c->predicted[i + l * e->stride];
            distance += d * d;
        }
        c->matches[k] = (match){distance, c->row[k]};
    }
    for (int64_t k = 0; k < donors; k++) { /* the nearest come first */
        int64_t best = k;
        for (int64_t j = k + 1; j < e->n; j++) {
            best = c->matches[j].predicted < c->matches[best].predicted ? j : best;
        }
        match swap = c->matches[k];
        c->matches[k] = c->matches[best];
        c->matches[best] = swap;
    }
    return c->matches[pp_rng_below(&c->rng, donors)].i;
}

static pp_status impute_category(chain *c, int target, pp__equation *e) {
    const pp__imputed *column = &c->im->column[target];
    double sigma;
    for (int l = 1; l < column->levels; l++) {
        double *predicted = c->predicted + (l - 1) * e->stride;
        for (int64_t i = 0; i < e->n; i++) {
            c->y[i] = column->value[c->row[i]] == l;
        }
        PP_TRY(pp__draw_linear(e, c->estimate, c->draw, &sigma, c->err));
        for (int64_t i = 0; i < e->stride; i++) {
            predicted[i] = pp__predict_row(e, i, i < e->n ? c->estimate : c->draw);
        }
    }
    for (int64_t i = e->n; i < e->stride; i++) {
        c->value[target][c->row[i]] =
            column->value[nearest_profile(c, e, column->levels, i)];
    }
    return PP_OK;
}

/* ---- rounds ---- */

static pp_status impute_column(chain *c, int target) {
    pp__equation e = {.stride = c->im->n, .x = c->x, .y = c->y, .rng = &c->rng};
    e.work = c->work;
    order_rows(c, &c->im->column[target], &e.n);
    e.p = build_predictors(c, target);
    switch (c->im->column[target].kind) {
    case PP__BINARY_01:
        return impute_binary(c, target, &e);
    case PP__CATEGORIES:
        return impute_category(c, target, &e);
    default:
        return impute_number(c, target, &e);
    }
}

static void record_means(const chain *c, double *mean) {
    for (int v = 0; v < c->im->n_columns; v++) {
        const pp__imputed *column = &c->im->column[v];
        double sum = 0;
        for (int64_t m = 0; m < column->n_missing; m++) {
            sum += c->value[v][column->missing[m]];
        }
        mean[v] = column->n_missing ? sum / (double)column->n_missing : NAN;
    }
}

/* Begins with values drawn from those that are known. */
static void begin(chain *c) {
    for (int v = 0; v < c->im->n_columns; v++) {
        const pp__imputed *column = &c->im->column[v];
        int64_t seen;
        memcpy(c->value[v], column->value, (size_t)c->im->n * sizeof **c->value);
        if (column->n_missing == 0) {
            continue;
        }
        order_rows(c, column, &seen);
        for (int64_t m = 0; m < column->n_missing; m++) {
            c->value[v][column->missing[m]] =
                column->value[c->row[pp_rng_below(&c->rng, seen)]];
        }
        int place = c->n_order++;
        while (place > 0 &&
               c->im->column[c->order[place - 1]].n_missing > column->n_missing) {
            c->order[place] = c->order[place - 1];
            place--;
        }
        c->order[place] = v;
    }
}

static void begin_intercepts(chain *c, double *u) {
    for (int o = 0; c->im->unit && o < c->n_order; o++) {
        intercepts *r = &c->random[c->order[o]];
        const pp__imputed *column = &c->im->column[c->order[o]];
        double mean = 0, squares = 0, known = (double)(c->im->n - column->n_missing);
        for (int64_t i = 0; i < c->im->n; i++) {
            mean += isnan(column->value[i]) ? 0 : column->value[i] / known;
        }
        for (int64_t i = 0; i < c->im->n; i++) {
            double d = isnan(column->value[i]) ? 0 : column->value[i] - mean;
            squares += d * d;
        }
        r->u = u + (int64_t)o * c->im->units;
        r->variance = r->sigma2 = fmax(squares / known / 2, 1e-300);
    }
}

static int count_predictors(const pp__imputation *im, int *most_levels) {
    int p = 1 + im->options.degree;
    *most_levels = 2;
    for (int v = 0; v < im->n_columns; v++) {
        int levels = im->column[v].levels;
        p += levels > 2 ? levels - 1 : 1;
        *most_levels = levels > *most_levels ? levels : *most_levels;
    }
    return p;
}

static pp_status allocate(chain *c, pp_arena *arena) {
    const pp__imputation *im = c->im;
    int64_t n = im->n;
    int levels, p = count_predictors(im, &levels);
    int64_t units = im->unit ? im->units : 0;
    c->row = pp_arena_alloc(arena, n, sizeof *c->row);
    c->x = pp_arena_alloc(arena, n * p, sizeof *c->x);
    c->y = pp_arena_alloc(arena, n + 2 * p, sizeof *c->y);
    c->work = pp_arena_alloc(arena, pp__equation_work(n, p), sizeof *c->work);
    c->predicted = pp_arena_alloc(arena, n * levels, sizeof *c->predicted);
    c->matches = pp_arena_alloc(arena, n, sizeof *c->matches);
    c->count = pp_arena_alloc(arena, units, sizeof *c->count);
    c->sum = pp_arena_alloc(arena, units, sizeof *c->sum);
    c->random = pp_arena_zalloc(arena, im->n_columns, sizeof *c->random);
    c->order = pp_arena_alloc(arena, im->n_columns, sizeof *c->order);
    if (!c->row || !c->x || !c->y || !c->work || !c->predicted || !c->matches ||
        !c->count || !c->sum || !c->random || !c->order) {
        PP_FAIL(c->err, PP_E_MEMORY, "out of memory");
    }
    c->estimate = c->y + n;
    c->draw = c->estimate + p;
    return PP_OK;
}

static pp_status run(chain *c, pp__completed *out, pp_arena *arena) {
    const pp__imputation *im = c->im;
    PP_TRY(allocate(c, arena));
    begin(c);
    double *u = pp_arena_zalloc(arena, (int64_t)c->n_order * im->units, sizeof *u);
    PP_NEED(u, c->err);
    begin_intercepts(c, u);
    for (int round = 0; round < im->options.iterations; round++) {
        for (int o = 0; o < c->n_order; o++) {
            PP_TRY(impute_column(c, c->order[o]));
        }
        record_means(c, out->round_mean + (int64_t)round * im->n_columns);
    }
    return PP_OK;
}

pp_status pp__chained(const pp__imputation *im, int copy, pp__completed *out,
                      pp_error *err) {
    pp_arena arena;
    chain c = {.im = im, .value = out->value, .err = err};
    pp_arena_init(&arena);
    pp_rng_init(&c.rng, im->options.seed, PP__CHAINED_TASK, (uint64_t)copy);
    pp_status status = run(&c, out, &arena);
    pp_arena_clear(&arena);
    return status;
}
