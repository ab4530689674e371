/* The tables of a plan: what to do where, as a whole, at other budgets, and what was assumed. */
#include "strategy/plan_work.h"

#include "base/check.h"
#include "model/tables.h"
#include "strategy/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SHOWN = 0.05, MORE = 1.1;

/* Money in its unit; and while the ranges are placeholders, what was made from them says so as its source. */
static pp_status describe(const pp__plan_work *w, pp_table *table, pp_error *err) {
    static const char *const money[] = {"budget", "spent", "cost", "cost_low",
                                        "cost_high"};
    static const char *const made[] = {"reduction", "share"};
    for (size_t k = 0; k < sizeof money / sizeof *money; k++) {
        pp_column *column = pp_table_find(table, money[k]);
        PP_TRY(column ? pp_column_describe(table, column, NULL, w->plan->unit, NULL, NULL,
                                           err)
                      : PP_OK);
    }
    for (size_t k = 0; k < sizeof made / sizeof *made && w->plan->placeholder; k++) {
        pp_column *column = pp_table_find(table, made[k]);
        PP_TRY(column ? pp_column_describe(table, column, NULL, NULL, w->plan->words,
                                           NULL, err)
                      : PP_OK);
    }
    return PP_OK;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts. */
static double quantile(double *x, int64_t n, double q) {
    if (n == 0) {
        return NAN;
    }
    qsort(x, (size_t)n, sizeof *x, by_size);
    return x[(int64_t)floor(q * (double)(n - 1) + 0.5)];
}

static double mean_of(const double *x, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return n ? sum / (double)n : NAN;
}

static pp_status put_choice(pp__plan_work *w, int j, pp_table *table, pp_error *err) {
    const pp__choice *c = &w->in.choices[j];
    const pp__action *a = &w->plan->actions[c->action];
    int64_t row, draws = w->options.draws;
    double *gain = w->work;
    PP_TRY(pp_table_append(table, &row, err));
    const struct {
        const char *column, *text;
    } texts[] = {{"place_id", pp__text_at(w->profiles, "place_id", c->place)},
                 {"name", pp__text_at(w->profiles, "name", c->place)},
                 {"action", a->name},
                 {"title", a->title},
                 {"audience", a->audience}};
    for (int k = 0; k < 5; k++) {
        PP_TRY(pp__put_text(table, row, texts[k].column, texts[k].text, err));
    }
    for (int64_t d = 0; d < draws; d++) {
        gain[d] = pp__plan_gain(&w->in, w->plan, j, d);
    }
    double low = quantile(gain, draws, 0.025), high = quantile(gain, draws, 0.975);
    const pp__named cells[] = {
        {"cost", PP_SHOW_COUNT, w->cost[j]},
        {"cost_low", PP_SHOW_COUNT, a->cost[0]},
        {"cost_high", PP_SHOW_COUNT, a->cost[1]},
        {"reduction", PP_SHOW_DEFAULT, w->gain[j]},
        {"low", PP_SHOW_DEFAULT, low},
        {"high", PP_SHOW_DEFAULT, high},
        {"chosen", PP_SHOW_FLAG, w->x[j]},
        {"share", PP_SHOW_PERCENT, w->share[j]},
    };
    return pp__put_numbers(table, row, cells, 8, err);
}

typedef struct ranked {
    double chosen, key;
    int j;
} ranked;

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->chosen != y->chosen) {
        return x->chosen < y->chosen ? 1 : -1;
    }
    return x->key != y->key ? (x->key < y->key ? 1 : -1) : x->j - y->j;
}

pp_status pp__plan_put_choices(pp__plan_work *w, pp_error *err) {
    pp_table *table;
    ranked *all = pp_arena_alloc(&w->arena, w->in.n + 1, sizeof *all);
    int n = 0;
    PP_NEED(all, err);
    PP_TRY(pp_result_add(w->out, "plan", "What to do where", &table, err));
    for (int j = 0; j < w->in.n; j++) {
        if (w->x[j] == 1 || w->share[j] >= SHOWN) {
            all[n++] = (ranked){w->x[j], w->x[j] == 1 ? w->gain[j] : w->share[j], j};
        }
    }
    qsort(all, (size_t)n, sizeof *all, by_rank);
    for (int i = 0; i < n; i++) {
        PP_TRY(put_choice(w, all[i].j, table, err));
    }
    return describe(w, table, err);
}

static int64_t count_places(const pp__plan_work *w, int64_t *choices) {
    int64_t places = 0, last = -1;
    *choices = 0;
    for (int j = 0; j < w->in.n; j++) {
        if (w->x[j] == 1) {
            ++*choices;
            places += w->in.choices[j].place != last;
            last = w->in.choices[j].place;
        }
    }
    return places;
}

pp_status pp__plan_put_totals(pp__plan_work *w, pp_error *err) {
    pp_table *table;
    int64_t row, choices, places = count_places(w, &choices), draws = w->options.draws;
    PP_TRY(pp_result_add(w->out, "plan_totals", "The plan as a whole", &table, err));
    PP_TRY(pp_table_append(table, &row, err));
    double regret = mean_of(w->regret, w->n_regret);
    double low = quantile(w->given, draws, 0.025);
    const pp__named cells[] = {
        {"budget", PP_SHOW_COUNT, w->options.budget},
        {"spent", PP_SHOW_COUNT, pp__plan_sum(w, w->cost)},
        {"choices", PP_SHOW_COUNT, (double)choices},
        {"places", PP_SHOW_COUNT, (double)places},
        {"objective", PP_SHOW_DEFAULT, w->in.total},
        {"reduction", PP_SHOW_DEFAULT, pp__plan_sum(w, w->gain)},
        {"low", PP_SHOW_DEFAULT, low},
        {"high", PP_SHOW_DEFAULT, quantile(w->given, draws, 0.975)},
        {"regret", PP_SHOW_DEFAULT, regret},
        {"regret_high", PP_SHOW_DEFAULT, quantile(w->regret, w->n_regret, 0.95)},
        {"over_budget", PP_SHOW_PERCENT, (double)w->over / (double)draws},
        {"shadow_price", PP_SHOW_DEFAULT, w->best.price},
        {"difference", PP_SHOW_DEFAULT, w->difference},
        {"bound", PP_SHOW_DEFAULT, w->best.bound},
        {"gap", PP_SHOW_PERCENT, w->best.gap},
        {"left_out", PP_SHOW_COUNT, (double)w->in.left_out},
        {"open", PP_SHOW_COUNT, (double)w->in.open},
    };
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return describe(w, table, err);
}

/* What the plan in w->work gives over the draws. */
static void range_of(pp__plan_work *w, double *given, double range[2]) {
    int64_t draws = w->options.draws;
    for (int64_t d = 0; d < draws; d++) {
        given[d] = 0;
        for (int j = 0; j < w->in.n; j++) {
            given[d] +=
                w->work[j] ? w->work[j] * pp__plan_gain(&w->in, w->plan, j, d) : 0;
        }
    }
    range[0] = quantile(given, draws, 0.025);
    range[1] = quantile(given, draws, 0.975);
}

/* Into w->work the best plan at `part` of the budget; a plan found for less money is one for more. */
static pp__plan_solution next_budget(pp__plan_work *w, double part, int64_t nodes,
                                     pp__plan_solution last) {
    double *kept = w->kept;
    pp__plan_budget(&w->program, part * w->options.budget);
    pp__plan_solution s = pp__plan_solve(&w->program, nodes, w->work);
    const pp__plan_solution known = part == 1 ? w->best : last;
    const double *x = part == 1 ? w->x : kept;
    if (s.feasible && known.feasible && known.value >= s.value) {
        s.value = known.value;
        s.bound = fmax(s.value, part == 1 ? fmin(s.bound, known.bound) : s.bound);
        memcpy(w->work, x, (size_t)w->in.n * sizeof *x);
    }
    memcpy(kept, w->work, (size_t)w->in.n * sizeof *kept);
    return s;
}

static pp_status put_budget(pp__plan_work *w, pp_table *table, double budget,
                            double *given, const pp__plan_solution *s, pp_error *err) {
    int64_t row;
    double range[2];
    range_of(w, given, range);
    PP_TRY(pp_table_append(table, &row, err));
    const pp__named cells[] = {
        {"budget", PP_SHOW_COUNT, budget},
        {"reduction", PP_SHOW_DEFAULT, s->feasible ? s->value : NAN},
        {"low", PP_SHOW_DEFAULT, s->feasible ? range[0] : NAN},
        {"high", PP_SHOW_DEFAULT, s->feasible ? range[1] : NAN},
        {"bound", PP_SHOW_DEFAULT, s->feasible ? s->bound : NAN},
        {"shadow_price", PP_SHOW_DEFAULT, s->feasible ? s->price : NAN},
        {"asked", PP_SHOW_FLAG, budget == w->options.budget},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err);
}

pp_status pp__plan_put_frontier(pp__plan_work *w, pp_error *err) {
    static const double parts[] = {0.2, 0.4, 0.6, 0.8, 1,   MORE,
                                   1.2, 1.4, 1.6, 1.8, 2.0, 3.0};
    enum { STEPS = sizeof parts / sizeof *parts };
    pp_table *table;
    pp__plan_solution s = {0};
    double *given = pp_arena_alloc(&w->arena, w->options.draws, sizeof *given);
    PP_NEED(given, err);
    PP_TRY(pp_result_add(w->out, "plan_budget", "What other budgets would reduce", &table,
                         err));
    for (int k = 0; k < STEPS; k++) {
        PP_TRY(pp_progress(w->ctx, "plan", 0.1 + 0.2 * k / STEPS, err));
        int64_t nodes = parts[k] == MORE ? w->options.nodes : PP__FEW_NODES;
        s = next_budget(w, parts[k], nodes, s);
        if (parts[k] == MORE) {
            double gained = s.value - w->best.value;
            w->difference = gained <= 1e-12 * w->best.value
                                ? 0
                                : gained / ((MORE - 1) * w->options.budget);
            continue;
        }
        PP_TRY(put_budget(w, table, parts[k] * w->options.budget, given, &s, err));
    }
    return describe(w, table, err);
}

static pp_status put_assumption(pp_table *table, const char *kind, const char *name,
                                const char *words, double low, double high,
                                pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "kind", kind, err));
    PP_TRY(pp__put_text(table, row, "name", name, err));
    PP_TRY(pp__put_text(table, row, "words", words, err));
    const pp__named cells[] = {{"low", PP_SHOW_DEFAULT, low},
                               {"high", PP_SHOW_DEFAULT, isfinite(high) ? high : NAN}};
    return pp__put_numbers(table, row, cells, 2, err);
}

pp_status pp__plan_put_assumptions(pp__plan_work *w, pp_error *err) {
    const pp_plan_file *f = w->plan;
    pp_table *t;
    PP_TRY(pp_result_add(w->out, "plan_assumptions",
                         "What the plan assumes: the user's, and no finding", &t, err));
    if (f->placeholder) {
        PP_TRY(put_assumption(t, "placeholder", NULL, f->words, NAN, NAN, err));
    }
    PP_TRY(put_assumption(t, "objective", f->title, f->objective.sql, NAN, NAN, err));
    for (int k = 0; k < f->n_actions; k++) {
        const pp__action *a = &f->actions[k];
        const char *unit = f->unit ? f->unit : "money";
        PP_TRY(put_assumption(t, "cost", a->name, unit, a->cost[0], a->cost[1], err));
        PP_TRY(put_assumption(t, "effect", a->name, a->because, a->effect[0],
                              a->effect[1], err));
    }
    for (int k = 0; k < f->n_coverage; k++) {
        const pp__coverage *c = &f->coverage[k];
        PP_TRY(put_assumption(t, "coverage", c->title, c->where.sql, c->least, c->most,
                              err));
    }
    return PP_OK;
}
