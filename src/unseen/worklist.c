/* The work list: candidates judged, ranked, and put together. */
#include <pushpull/worklist.h>

#include "base/check.h"
#include "model/draw.h"
#include "model/estimator.h"
#include "model/tables.h"
#include "unseen/worklist_together.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS = 0x6e657874 };

static const char *const FIELDS[PP__CODABLE] = {"date", "supplier", "search",
                                                "confirmation"};

typedef struct work {
    const pp_fit *fit;
    const pp_table *panel, *table;
    const pp_worklist_options *options;
    const pp_context *ctx;
    pp__information f;
    pp__refitter refitter; /* its table is NULL without refits */
    const char **variable;
    double doubt, hours[PP__CODABLE];
    int64_t draws;
    double *b;                /* draws × k */
    pp__candidate *candidate; /* by rank, those that can help first */
    int64_t n, useful;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

/* ---- options ---- */

static pp_status check_options(work *w) {
    const pp_worklist_options *o = w->options;
    const double hours[] = {o->hours_date, o->hours_supplier, o->hours_search,
                            o->hours_confirmation};
    static const double defaults[] = {1, 1, 2, 1};
    for (int i = 0; i < PP__CODABLE; i++) {
        if (!(hours[i] >= 0 && hours[i] <= 10000)) {
            PP_FAIL(w->err, PP_E_ARGUMENT, "hours of a %s must be from 0 to 10000",
                    FIELDS[i]);
        }
        w->hours[i] = hours[i] > 0 ? hours[i] : defaults[i];
    }
    if (!(o->doubt >= 0 && o->doubt < 1)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "doubt is a probability below 1");
    }
    if (o->refits < 0 || o->refits > 10000) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "refits must be from 0 to 10000");
    }
    if (o->draws != 0 && (o->draws < 2 || o->draws > 10000)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "draws must be from 2 to 10000");
    }
    w->doubt = o->doubt > 0 ? o->doubt : 0.2;
    w->draws = o->draws ? o->draws : 20;
    return PP_OK;
}

static pp_status check_fit(work *w) {
    if (w->fit->estimator->outcome != PP__INTERVAL) {
        pp_error_set(w->err, PP_E_UNSUPPORTED,
                     "the value of coding needs the hazard for dates known as intervals, "
                     "and this is '%s'",
                     w->fit->estimator->info.name);
        pp_error_hint(w->err, "model: hazard");
        return PP_E_UNSUPPORTED;
    }
    return w->fit->vcov.kind == PP__IID || w->fit->vcov.kind == PP__HC
               ? PP_OK
               : pp_result_warn(w->result, "information_only", w->fit->options.vcov, -1,
                                w->err,
                                "widths are by the information of the likelihood, not by "
                                "the covariance '%s'",
                                w->fit->options.vcov);
}

/* The variables that are asked about: every number of the model when none is named. */
static pp_status find_variables(work *w, int *m) {
    const pp__design *d = w->fit->design;
    const char *const *wanted = w->options->variables;
    int n = 0;
    while (wanted && wanted[n]) {
        n++;
    }
    w->variable = pp_arena_alloc(&w->arena, n + d->n_variables, sizeof *w->variable);
    PP_NEED(w->variable, w->err);
    for (*m = 0; *m < n; ++*m) {
        w->variable[*m] = wanted[*m];
    }
    for (int v = 0; n == 0 && v < d->n_variables; v++) {
        int32_t reference;
        if (pp__variable_use(w->fit, v, &reference) && reference < 0) {
            w->variable[(*m)++] = d->variables[v].name;
        }
    }
    return PP_OK;
}

/* ---- reading candidates ---- */

static pp_status wrong_row(work *w, int64_t row, const char *column, const char *value,
                           const char *problem) {
    pp_error_set(w->err, PP_E_INPUT, "%s", problem);
    pp_error_locate(w->err, NULL, row + 1, column, value);
    return PP_E_INPUT;
}

static const char *text_at(const pp_table *t, const char *name, int64_t row) {
    const pp_column *c = pp_table_find(t, name);
    return c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
}

static double number_at(const pp_table *t, const char *name, int64_t row) {
    const pp_column *c = pp_table_find(t, name);
    return c && c->type == PP_NUMBER ? c->number[row] : NAN;
}

static pp_status read_candidate(work *w, int64_t row) {
    const char *field = text_at(w->table, "field", row);
    const char *unit = text_at(w->table, "unit", row);
    pp__candidate *c = &w->candidate[w->n];
    int known = 0;
    *c = (pp__candidate){.row = row, .probability = NAN};
    while (field && known < PP__CODABLE && strcmp(FIELDS[known], field) != 0) {
        known++;
    }
    if (!unit || !field || known == PP__CODABLE) {
        return wrong_row(w, row, unit ? "field" : "unit", unit ? field : NULL,
                         "a candidate has a unit and the field date, supplier, search or "
                         "confirmation");
    }
    c->field = (pp__codable)known;
    c->lo = number_at(w->table, "earliest", row);
    c->hi = number_at(w->table, "latest", row);
    c->hours = w->hours[known];
    if (c->lo > c->hi) {
        return wrong_row(w, row, "earliest", unit, "the interval ends before it begins");
    }
    c->unit = pp__information_unit(&w->f, unit);
    w->n++;
    if (c->unit < 0) {
        c->why = "no row of the panel has all covariates of the model";
        return PP_OK;
    }
    return pp__candidate_reveals(&w->f, c, &w->arena, w->err);
}

static pp_status read_candidates(work *w) {
    int64_t n = pp_table_rows(w->table);
    w->candidate = pp_arena_alloc(&w->arena, n, sizeof *w->candidate);
    PP_NEED(w->candidate, w->err);
    for (int64_t row = 0; row < n; row++) {
        PP_TRY(read_candidate(w, row));
    }
    return PP_OK;
}

/* ---- judging ---- */

static pp_status draw_parameters(work *w) {
    int64_t k = w->f.k;
    double *L = pp_arena_alloc(&w->arena, k * (k + w->draws), sizeof *L);
    PP_NEED(L, w->err);
    w->b = L + k * k;
    pp__draw_factor(k, w->fit->V, L);
    for (int64_t d = 0; d < w->draws; d++) {
        pp_rng rng;
        pp_rng_init(&rng, w->options->seed, PARAMETERS, (uint64_t)d);
        pp__draw_normal(&rng, k, w->fit->estimates, L, w->b + d * k);
    }
    return PP_OK;
}

/* The expected reduction of the width of finding v, with these chances. */
static double expected(const work *w, const pp__candidate *c, const double *p, int v) {
    double after = 0, now = w->f.width[v];
    for (int y = 0; y < c->n; y++) {
        after += p[y] * c->width[(int64_t)y * w->f.m + v];
    }
    if (c->shift) { /* the doubt is in the width of now, too */
        double wrong = c->width[w->f.m + v];
        now = sqrt(p[0] * now * now + p[1] * wrong * wrong +
                   p[0] * p[1] * c->shift[v] * c->shift[v]);
    }
    return 1 - after / now;
}

/* In the panel. Of a supplier whose years lie before it the model can say nothing; where they
   reach beyond its end, those who had not adopted by then do not count. */
static double chance_of_adoption(const pp__candidate *c, const double *p) {
    int supplier = c->field == PP__CODE_SUPPLIER;
    int silent = supplier && c->reveal[0].from == c->reveal[0].to;
    return c->field == PP__CODE_DATE || silent ? NAN
           : supplier && c->reveal[0].to < 0   ? p[0] - p[1]
           : c->field == PP__CODE_CONFIRMATION ? p[0]
                                               : 1 - p[c->n - 1];
}

static void judge(const work *w, pp__candidate *c, double *p, double *each) {
    double sum = 0, squares = 0, found = 0;
    int m = w->f.m;
    memset(each, 0, (size_t)m * sizeof *each);
    for (int64_t d = 0; d < w->draws; d++) {
        double mean = 0;
        pp__candidate_chances(&w->f, c, w->b + d * w->f.k, w->doubt, p);
        for (int v = 0; v < m; v++) {
            double reduction = expected(w, c, p, v);
            mean += reduction / m;
            each[v] += reduction / (double)w->draws;
        }
        sum += mean;
        squares += mean * mean;
        found += chance_of_adoption(c, p) / (double)w->draws;
    }
    double n = (double)w->draws, mean = sum / n;
    c->reduction = mean;
    c->error = sqrt(fmax(0, squares / n - mean * mean) / (n - 1));
    c->probability = found;
    for (int v = 0; v < m; v++) {
        if (each[v] > each[c->question]) {
            c->question = v;
        }
    }
    c->best = each[c->question];
}

static int compare_candidates(const void *a, const void *b) {
    const pp__candidate *x = a, *y = b;
    double left = x->reduction / x->hours, right = y->reduction / y->hours;
    if (!x->why != !y->why) {
        return x->why ? 1 : -1;
    }
    if (!x->why && left != right) {
        return left < right ? 1 : -1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static int64_t most_rows(const work *w) {
    int64_t most = 0;
    for (int64_t u = 0; u < w->f.rows.units; u++) {
        int64_t rows = w->f.rows.begin[u + 1] - w->f.rows.begin[u];
        most = rows > most ? rows : most;
    }
    return most;
}

static void rank(work *w) {
    qsort(w->candidate, (size_t)w->n, sizeof *w->candidate, compare_candidates);
}

/* The first of the list by full refits; then ranked anew. */
static pp_status refit_first(work *w, double *p, double *each) {
    int64_t n = w->options->refits < w->useful ? w->options->refits : w->useful;
    pp__candidate **first = pp_arena_alloc(&w->arena, n, sizeof *first);
    PP_NEED(first, w->err);
    if (n == 0) {
        return PP_OK;
    }
    PP_TRY(
        pp__refitter_open(&w->f, w->panel, w->variable, &w->arena, &w->refitter, w->err));
    for (int64_t i = 0; i < n; i++) {
        first[i] = &w->candidate[i];
    }
    PP_TRY(pp__refit_candidates(&w->refitter, first, n, w->ctx, w->err));
    for (int64_t i = 0; i < n; i++) {
        judge(w, first[i], p, each);
    }
    rank(w);
    return PP_OK;
}

static pp_status judge_all(work *w) {
    double *space =
        pp_arena_alloc(&w->arena, 2 * most_rows(w) + 4 + w->f.m, sizeof *space);
    PP_NEED(space, w->err);
    PP_TRY(draw_parameters(w));
    for (int64_t i = 0; i < w->n; i++) {
        if (!w->candidate[i].why) {
            judge(w, &w->candidate[i], space + w->f.m, space);
            w->useful++;
        }
    }
    rank(w);
    if (w->useful > 0) {
        return refit_first(w, space + w->f.m, space);
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "coding none of %lld candidates can help the model", (long long)w->n);
    pp_error_hint(w->err, "%s",
                  w->n > 0 ? w->candidate[0].why : "there is nothing to code");
    return PP_E_ESTIMATION;
}

/* ---- the list ---- */

static pp_status put_texts(const work *w, pp_table *table, int64_t row,
                           const pp__candidate *c, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        PP_TRY(pp__put_text(table, row, names[i], text_at(w->table, names[i], c->row),
                            w->err));
    }
    return PP_OK;
}

static pp_status put_candidate(const work *w, pp_table *table, int64_t rank) {
    static const char *const before[] = {"unit", "name", "field", "reason"};
    static const char *const after[] = {"claims", "url"};
    const pp__candidate *c = &w->candidate[rank];
    const pp__named value[] = {{"expected_reduction", PP_SHOW_PERCENT, c->reduction},
                               {"simulation_error", PP_SHOW_PERCENT, c->error}};
    const pp__named rest[] = {{"question_reduction", PP_SHOW_PERCENT, c->best},
                              {"hours", PP_SHOW_DEFAULT, c->hours},
                              {"per_hour", PP_SHOW_PERCENT, c->reduction / c->hours},
                              {"probability", PP_SHOW_PERCENT, c->probability},
                              {"earliest", PP_SHOW_YEAR, c->lo},
                              {"latest", PP_SHOW_YEAR, c->hi}};
    const pp__named place = {"rank", PP_SHOW_COUNT, (double)rank + 1};
    PP_TRY(pp__put_numbers(table, rank, &place, 1, w->err));
    PP_TRY(put_texts(w, table, rank, c, before, 4));
    PP_TRY(pp__put_numbers(table, rank, value, 2, w->err));
    PP_TRY(pp__put_text(table, rank, "question", w->variable[c->question], w->err));
    PP_TRY(pp__put_numbers(table, rank, rest, 6, w->err));
    PP_TRY(
        pp__put_text(table, rank, "method", c->refitted ? "refit" : "one step", w->err));
    return put_texts(w, table, rank, c, after, 2);
}

static pp_status put_list(const work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "next", "What to code next", &table, w->err));
    PP_TRY(pp_table_resize(table, w->useful, w->err));
    for (int64_t i = 0; i < w->useful; i++) {
        PP_TRY(put_candidate(w, table, i));
    }
    return pp_result_set_note(
        w->result, "next",
        "Expected reduction of the widths of the findings' intervals, in the order of "
        "reduction for an hour. A value for precision alone: claims that turn out to be "
        "wrong, and what the model leaves out, are worth more than any narrower "
        "interval.",
        w->err);
}

static pp_status put_without(const work *w) {
    static const char *const names[] = {"unit", "name", "field"};
    pp_table *table;
    if (w->useful == w->n) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(w->result, "next_without", "What cannot help this model", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, w->n - w->useful, w->err));
    for (int64_t i = w->useful; i < w->n; i++) {
        PP_TRY(put_texts(w, table, i - w->useful, &w->candidate[i], names, 3));
        PP_TRY(pp__put_text(table, i - w->useful, "why", w->candidate[i].why, w->err));
    }
    return PP_OK;
}

/* ---- several together ---- */

static double hours_of(const work *w, int64_t n) {
    double hours = 0;
    for (int64_t i = 0; i < n; i++) {
        hours += w->candidate[i].hours;
    }
    return hours;
}

static pp_status put_together(const work *w, pp_table *table, int64_t n,
                              const double *mean, const double *error) {
    double factor =
        isfinite(w->fit->small_sample) && w->f.robust ? sqrt(w->fit->small_sample) : 1;
    double quantile = pp__fit_quantile(w->fit, w->fit->options.level);
    for (int v = w->f.m; v >= 0; v--) {
        int64_t row;
        const pp__named cells[] = {
            {"coded", PP_SHOW_COUNT, (double)n},
            {"hours", PP_SHOW_DEFAULT, hours_of(w, n)},
            {"width", PP_SHOW_DEFAULT,
             v < w->f.m ? 2 * quantile * factor * w->f.width[v] : NAN},
            {"expected_reduction", PP_SHOW_PERCENT, mean[v]},
            {"simulation_error", PP_SHOW_PERCENT, error[v]}};
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_numbers(table, row, cells, 2, w->err));
        PP_TRY(pp__put_text(table, row, "question", v < w->f.m ? w->variable[v] : "all",
                            w->err));
        PP_TRY(pp__put_numbers(table, row, cells + 2, 3, w->err));
    }
    return PP_OK;
}

static pp_status put_totals(work *w) {
    static const int64_t first[] = {5, 10, 20, 50, INT64_MAX};
    const pp__together t = {&w->f,
                            w->candidate,
                            w->b,
                            w->draws,
                            w->doubt,
                            w->options->seed,
                            w->refitter.wide ? &w->refitter : NULL};
    pp_table *table;
    double *mean = pp_arena_alloc(&w->arena, 2 * ((int64_t)w->f.m + 1), sizeof *mean);
    PP_NEED(mean, w->err);
    PP_TRY(pp_result_add(w->result, "next_totals", "If the first of them were coded",
                         &table, w->err));
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        int64_t n = first[i] < w->useful ? first[i] : w->useful;
        double *error = mean + w->f.m + 1;
        PP_TRY(pp__together_run(&t, n, w->ctx, mean, error, w->err));
        PP_TRY(put_together(w, table, n, mean, error));
        if (n == w->useful) {
            break;
        }
    }
    return pp_result_set_note(
        w->result, "next_totals",
        "What they reveal is drawn together; a place that stands in "
        "the list twice is coded once.",
        w->err);
}

/* ---- the whole ---- */

static pp_status run(work *w) {
    const char *unit = w->options->unit ? w->options->unit : w->fit->options.unit;
    const char *time = w->options->time ? w->options->time : w->fit->options.time;
    int m = 0;
    PP_TRY(check_options(w));
    PP_TRY(check_fit(w));
    PP_TRY(find_variables(w, &m));
    PP_TRY(pp__information_of(w->fit, w->panel, unit, time, w->variable, m, w->ctx,
                              &w->arena, &w->f, w->err));
    PP_TRY(read_candidates(w));
    PP_TRY(judge_all(w));
    PP_TRY(pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err));
    PP_TRY(put_list(w));
    PP_TRY(put_totals(w));
    return put_without(w);
}

pp_status pp_worklist(const pp_fit *fit, const pp_table *panel,
                      const pp_table *candidates, const pp_worklist_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_worklist_options defaults = {0};
    work w = {.fit = fit,
              .panel = panel,
              .table = candidates,
              .options = options ? options : &defaults,
              .ctx = ctx,
              .err = err};
    *out = NULL;
    PP_TRY(pp_result_new("next", &w.result, err));
    pp_arena_init(&w.arena);
    pp_status status = run(&w);
    pp__refitter_clear(&w.refitter);
    pp_arena_clear(&w.arena);
    if (status == PP_OK) {
        *out = w.result;
    } else {
        pp_result_free(w.result);
    }
    return status;
}
