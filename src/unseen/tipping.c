/* How wrong would the record have to be? The whole. */
#include "unseen/tipping.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { COARSE = 6, FINE = 60, MOST_COARSE = 40, MOST_FINE = 400, PART = 24 };
static const double LOWEST = 0.4;

/* The questions that are asked of one model. */
typedef struct model {
    pp__tipping_model m;
    const pp_tipping_question *first;
    int *question, n; /* places among the questions */
    const char **variable;
} model;

/* What one pair gave for one model. */
typedef struct visit {
    pp_status status;
    pp_error err;
} visit;

typedef struct work {
    const pp_tipping_question *question;
    int n;
    const pp_tipping_options *options;
    const pp_context *ctx;
    pp__tipping_grid grid;
    model *models;
    int n_models;
    pp__tipping_answer *answer; /* by question */
    visit *visits;              /* of the model at hand, by pair */
    pp__tipping_effect *space;  /* of the model at hand: pairs × its questions */
    const model *at;
    int64_t done; /* pairs before the part at hand */
    int64_t failed;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

const char *pp__tipping_verdict(const pp_tipping_question *q,
                                const pp__tipping_effect *e) {
    if (isnan(e->estimate)) {
        return NULL;
    }
    if (q->smallest > 0) {
        const pp_effect effect = {e->estimate, e->low,      e->high,    e->low_90,
                                  e->high_90,  q->smallest, e->discrete};
        return pp_verdict_name(pp_verdict_decide(q->hypothesis, &effect));
    }
    return e->low > 0 ? "positive" : e->high < 0 ? "negative" : "no clear sign";
}

/* ---- what is asked ---- */

static pp_status check_options(const pp_tipping_options *o, int n, pp_error *err) {
    if (n < 1) {
        pp_error_set(err, PP_E_ARGUMENT, "no question is asked");
        pp_error_hint(err, "name a variable of the model");
        return PP_E_ARGUMENT;
    }
    const char *wrong = !o->closed                           ? "closed"
                        : !(o->lowest >= 0 && o->lowest < 1) ? "lowest"
                        : o->coarse < 0 || o->coarse == 1 || o->coarse > MOST_COARSE
                            ? "coarse"
                        : o->fine < 0 || o->fine == 1 || o->fine > MOST_FINE ? "fine"
                                                                             : NULL;
    if (!wrong) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT,
                 o->closed ? "option %s is out of range"
                           : "which regimes are %s is not said",
                 wrong);
    pp_error_locate(err, NULL, 0, wrong, NULL);
    pp_error_hint(err, o->closed
                           ? "detection lies between 0 and 1; a grid has 2 to 40 "
                             "steps, its line 2 to 400"
                           : "an SQL condition, such as electoral_democracy < 0.42");
    return PP_E_ARGUMENT;
}

static int same_model(const pp_tipping_question *a, const pp_tipping_question *b) {
    return a->data == b->data && a->model == b->model &&
           strcmp(a->formula, b->formula) == 0;
}

static pp_status group_questions(work *w) {
    w->models = pp_arena_zalloc(&w->arena, w->n, sizeof *w->models);
    w->answer = pp_arena_zalloc(&w->arena, w->n, sizeof *w->answer);
    PP_NEED(w->models && w->answer ? w->answer : NULL, w->err);
    for (int q = 0; q < w->n; q++) {
        int i = 0;
        while (i < w->n_models && !same_model(w->models[i].first, &w->question[q])) {
            i++;
        }
        model *m = &w->models[i];
        if (i == w->n_models) {
            w->n_models++;
            m->first = &w->question[q];
            m->question = pp_arena_alloc(&w->arena, w->n, sizeof *m->question);
            m->variable = pp_arena_alloc(&w->arena, w->n, sizeof *m->variable);
            PP_NEED(m->question && m->variable ? m : NULL, w->err);
        }
        m->question[m->n] = q;
        m->variable[m->n++] = w->question[q].variable;
        w->answer[q].question = &w->question[q];
        w->answer[q].effect =
            pp_arena_zalloc(&w->arena, w->grid.n, sizeof *w->answer[q].effect);
        PP_NEED(w->answer[q].effect, w->err);
    }
    return PP_OK;
}

/* ---- the grid ---- */

static double step_of(double lowest, int i, int steps) {
    return i == 0 ? 1 : round(1e9 * (1 - (1 - lowest) * i / steps)) / 1e9;
}

/* The line first, then what the coarse grid has beside it. */
static pp_status lay_grid(work *w) {
    const pp_tipping_options *o = w->options;
    double lowest = o->lowest > 0 ? o->lowest : LOWEST;
    int coarse = o->coarse ? o->coarse : COARSE, fine = o->fine ? o->fine : FINE;
    int64_t most = fine + 1 + (int64_t)(coarse + 1) * (coarse + 1);
    w->grid.pair = pp_arena_alloc(&w->arena, most, sizeof *w->grid.pair);
    PP_NEED(w->grid.pair, w->err);
    for (int i = 0; i <= fine; i++) {
        w->grid.pair[w->grid.n++] = (pp__tipping_pair){step_of(lowest, i, fine), 1, 1, 0};
    }
    for (int j = 0; j <= coarse; j++) {
        for (int i = 0; i <= coarse; i++) {
            pp__tipping_pair p = {step_of(lowest, i, coarse), step_of(lowest, j, coarse),
                                  0, 1};
            int64_t at = 0;
            while (at < w->grid.n && !(fabs(w->grid.pair[at].closed - p.closed) < 1e-9 &&
                                       w->grid.pair[at].open == p.open)) {
                at++;
            }
            if (at < w->grid.n) {
                w->grid.pair[at].coarse = 1;
            } else {
                w->grid.pair[w->grid.n++] = p;
            }
        }
    }
    return PP_OK;
}

static void visit_pair(void *payload, int64_t part) {
    work *w = payload;
    int64_t index = w->done + part;
    const model *m = w->at;
    const pp__tipping_pair *p = &w->grid.pair[index];
    pp__tipping_effect *effects = w->space + index * m->n;
    visit *v = &w->visits[index];
    pp_fit *fit = NULL;
    *v = (visit){0};
    v->status = pp__tipping_fit(&m->m, p->closed, p->open, &fit, &v->err);
    if (v->status == PP_OK && !fit->converged) {
        v->status = PP_E_ESTIMATION;
    } else if (v->status == PP_OK) {
        v->status = pp__tipping_effects(fit, m->variable, m->n, effects, &v->err);
    }
    for (int i = 0; i < m->n && v->status != PP_OK; i++) {
        effects[i] = (pp__tipping_effect){NAN, NAN, NAN, NAN, NAN, NAN, 0, 0};
    }
    pp_fit_free(fit);
}

static pp_status check_variables(work *w, const model *m) {
    pp__tipping_effect *effect = w->space;
    PP_TRY(pp__tipping_effects(m->m.fit, m->variable, m->n, effect, w->err));
    for (int i = 0; i < m->n; i++) {
        if (!effect[i].found) {
            pp_error_set(w->err, PP_E_NOT_FOUND, "the model has no one effect of '%s'",
                         m->variable[i]);
            pp_error_locate(w->err, NULL, 0, "focus", m->variable[i]);
            pp_error_hint(w->err, "a variable of the formula that is a number: %s",
                          m->m.fit->formula->text);
            return PP_E_NOT_FOUND;
        }
    }
    return PP_OK;
}

/* All pairs of one model, in parts so that progress can be told and calls cancelled. */
static pp_status visit_model(work *w, model *m, double from, double to) {
    w->at = m;
    w->space = pp_arena_alloc(&w->arena, w->grid.n * m->n, sizeof *w->space);
    w->visits = pp_arena_alloc(&w->arena, w->grid.n, sizeof *w->visits);
    PP_NEED(w->space && w->visits ? w->visits : NULL, w->err);
    PP_TRY(pp__tipping_prepare(m->first->formula, m->first->data, m->first->model,
                               w->options->closed, w->ctx, &w->arena, &m->m, w->err));
    PP_TRY(check_variables(w, m));
    for (w->done = 0; w->done < w->grid.n; w->done += PART) {
        double share = (double)w->done / (double)w->grid.n;
        int64_t left = w->grid.n - w->done;
        PP_TRY(pp_progress(w->ctx, "detection", from + share * (to - from), w->err));
        pp__parallel(w->ctx, left < PART ? left : PART, visit_pair, w);
    }
    for (int64_t i = 0; i < w->grid.n; i++) {
        if (w->visits[i].status != PP_OK && w->visits[i].status != PP_E_ESTIMATION) {
            if (w->err) {
                *w->err = w->visits[i].err;
            }
            return w->visits[i].status;
        }
        w->failed += w->visits[i].status != PP_OK;
        for (int j = 0; j < m->n; j++) {
            w->answer[m->question[j]].effect[i] = w->space[i * m->n + j];
        }
    }
    return PP_OK;
}

/* ---- tables ---- */

static pp_status put_pair(work *w, pp_table *table, int64_t row,
                          const pp__tipping_answer *a, int64_t at) {
    const pp__tipping_pair *p = &w->grid.pair[at];
    const pp__tipping_effect *e = &a->effect[at];
    const pp_tipping_question *q = a->question;
    PP_TRY(pp__put_text(table, row, "question", q->name, w->err));
    PP_TRY(pp__put_text(table, row, "label", q->label ? q->label : q->variable, w->err));
    PP_TRY(pp__put_text(table, row, "variable", q->variable, w->err));
    const pp__named facts[] = {
        {"detection_closed", PP_SHOW_DEFAULT, p->closed},
        {"detection_open", PP_SHOW_DEFAULT, p->open},
        {"missed_closed", PP_SHOW_PERCENT, round(1e9 * (1 - p->closed)) / 1e9},
        {"estimate", PP_SHOW_DEFAULT, e->estimate},
        {"std_error", PP_SHOW_DEFAULT, e->std_error},
        {"conf_low", PP_SHOW_DEFAULT, e->low},
        {"conf_high", PP_SHOW_DEFAULT, e->high},
        {"conf_low_90", PP_SHOW_DEFAULT, e->low_90},
        {"conf_high_90", PP_SHOW_DEFAULT, e->high_90},
        {"smallest_effect", PP_SHOW_DEFAULT, q->smallest > 0 ? q->smallest : NAN},
        {"converged", PP_SHOW_FLAG, !isnan(e->estimate)}};
    PP_TRY(pp__put_numbers(table, row, facts, sizeof facts / sizeof *facts, w->err));
    return pp__put_text(table, row, "verdict", pp__tipping_verdict(q, e), w->err);
}

static pp_status put_effects(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "tipping",
                         "Effects if the record misses adoptions, by regime", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, w->grid.n * w->n, w->err));
    for (int q = 0; q < w->n; q++) {
        for (int64_t i = 0; i < w->grid.n; i++) {
            PP_TRY(put_pair(w, table, q * w->grid.n + i, &w->answer[q], i));
        }
    }
    return pp_result_set_note(
        w->result, "tipping",
        "Average marginal effects of a standard deviation (of 0/1 variables: of 1 "
        "against "
        "0) if adoptions in closed and in open regimes were recorded with these "
        "probabilities. The probabilities are assumptions; the data cannot tell them.",
        w->err);
}

static pp_status put_points(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "tipping_points",
                         "How wrong the record would have to be", &table, w->err));
    for (int q = 0; q < w->n; q++) {
        PP_TRY(pp__tipping_points(&w->grid, &w->answer[q], table, w->err));
    }
    return PP_OK;
}

static pp_status put_regimes(work *w) {
    static const char *const REGIME[] = {"open", "closed"};
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "tipping_regimes", "Regimes and their record", &table,
                         w->err));
    for (int i = 0; i < w->n_models; i++) {
        const pp__tipping_model *m = &w->models[i].m;
        for (int r = 0; r < 2; r++) {
            int64_t row;
            double units = (double)m->units[r], recorded = (double)m->recorded[r];
            PP_TRY(pp_table_append(table, &row, w->err));
            PP_TRY(pp__put_text(table, row, "model", m->fit->formula->text, w->err));
            PP_TRY(pp__put_text(table, row, "regime", REGIME[r], w->err));
            PP_TRY(pp__put_number(table, row, "units", PP_SHOW_COUNT, units, w->err));
            PP_TRY(
                pp__put_number(table, row, "recorded", PP_SHOW_COUNT, recorded, w->err));
            PP_TRY(pp__put_number(table, row, "share", PP_SHOW_PERCENT, recorded / units,
                                  w->err));
        }
        if (m->unknown > 0) {
            PP_TRY(pp_result_warn(w->result, "regime_unknown", w->options->closed,
                                  m->unknown, w->err,
                                  "of %lld rows it is not known whether '%s'; units of "
                                  "which nothing is known count as open",
                                  (long long)m->unknown, w->options->closed));
        }
    }
    return PP_OK;
}

static pp_status tell(work *w) {
    PP_TRY(pp_result_new("tipping", &w->result, w->err));
    PP_TRY(put_points(w));
    PP_TRY(put_effects(w));
    PP_TRY(put_regimes(w));
    if (w->failed > 0) {
        PP_TRY(pp_result_warn(w->result, "tipping_failed", NULL, w->failed, w->err,
                              "%lld of %lld pairs of probabilities gave no estimates",
                              (long long)w->failed,
                              (long long)(w->grid.n * w->n_models)));
    }
    return pp_result_note_text(w->result, "closed", w->options->closed, w->err);
}

/* ---- the whole ---- */

static pp_status answer_all(work *w) {
    PP_TRY(check_options(w->options, w->n, w->err));
    PP_TRY(lay_grid(w));
    PP_TRY(group_questions(w));
    for (int i = 0; i < w->n_models; i++) {
        double n = w->n_models;
        PP_TRY(visit_model(w, &w->models[i], i / n, (i + 1) / n));
    }
    return tell(w);
}

pp_status pp_tipping(const pp_tipping_question *questions, int n_questions,
                     const pp_tipping_options *options, const pp_context *ctx,
                     pp_result **out, pp_error *err) {
    static const pp_tipping_options NONE;
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->question = questions;
    w->n = n_questions;
    w->options = options ? options : &NONE;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = answer_all(w);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    for (int i = 0; i < w->n_models; i++) {
        pp_fit_free(w->models[i].m.fit);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
