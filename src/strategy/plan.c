/* The plan: the best choices, how often they stay best, and the tables. */
#include "strategy/plan.h"

#include "base/check.h"
#include "model/tables.h"
#include "strategy/plan_inputs.h"
#include "strategy/segments.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DRAWS = 10000, FEW_NODES = 300 };
static const double SHOWN = 0.05, MORE = 1.1;

typedef struct work {
    const pp_table *profiles;
    const pp_plan_file *plan;
    pp_plan_options options;
    const pp_context *ctx;
    pp_arena arena;
    pp__plan_inputs in;
    pp__plan_program program;
    double *gain, *cost;    /* expected, by choice */
    double *x, *share;      /* the plan; how often in the best */
    double *work, *kept;    /* scratch; the plan of the budget before */
    double *given, *regret; /* by draw; n_regret of them */
    int64_t n_regret, over;
    pp__plan_solution best;
    double difference;
    pp_result *out;
} work;

/* ---- the best plan ---- */

static double middle(const double range[2]) {
    return (range[0] + range[1]) / 2;
}

static pp_status make_room(work *w, pp_error *err) {
    int64_t n = w->in.n + 1, draws = w->options.draws;
    w->gain = pp_arena_zalloc(&w->arena, n, sizeof *w->gain);
    w->cost = pp_arena_zalloc(&w->arena, n, sizeof *w->cost);
    w->x = pp_arena_zalloc(&w->arena, n, sizeof *w->x);
    w->share = pp_arena_zalloc(&w->arena, n, sizeof *w->share);
    w->work = pp_arena_zalloc(&w->arena, n + draws, sizeof *w->work);
    w->kept = pp_arena_zalloc(&w->arena, n, sizeof *w->kept);
    w->given = pp_arena_zalloc(&w->arena, draws, sizeof *w->given);
    w->regret = pp_arena_zalloc(&w->arena, draws, sizeof *w->regret);
    PP_NEED(w->gain && w->cost && w->x && w->share && w->work && w->kept && w->given
                ? w->regret
                : NULL,
            err);
    for (int j = 0; j < w->in.n; j++) {
        for (int64_t d = 0; d < draws; d++) {
            w->gain[j] += pp__plan_gain(&w->in, w->plan, j, d) / (double)draws;
        }
        w->cost[j] = middle(w->plan->actions[w->in.choices[j].action].cost);
    }
    return PP_OK;
}

/* The least budget at which the coverage can be met; NaN: at none. */
static double least_budget(work *w) {
    pp__plan_program *p = &w->program;
    for (int j = 0; j < w->in.n; j++) {
        w->work[j] = -w->cost[j];
    }
    pp__plan_budget(p, INFINITY);
    pp__plan_gains(p, w->work);
    pp__plan_solution s = pp__plan_solve(p, FEW_NODES, w->work);
    return s.feasible ? -s.value : NAN;
}

/* Which of the constraints cannot be met with the others. */
static pp_status say_infeasible(work *w, pp_error *err) {
    double least = least_budget(w);
    if (!isnan(least)) {
        char digits[32];
        pp_format_number(ceil(least), digits);
        pp_error_set(err, PP_E_ARGUMENT, "the budget is too small for the coverage");
        pp_error_locate(err, NULL, 0, "budget", NULL);
        pp_error_hint(err,
                      "at expected costs the least that would do is %s, or lower an "
                      "'at_least'",
                      digits);
        return PP_E_ARGUMENT;
    }
    for (int k = 0; k < w->plan->n_coverage; k++) {
        const pp__coverage *c = &w->plan->coverage[k];
        pp__plan_cover(&w->program, k, 0);
        pp__plan_solution s = pp__plan_solve(&w->program, FEW_NODES, w->work);
        pp__plan_cover(&w->program, k, 1);
        if (s.feasible) {
            pp_error_set(err, PP_E_INPUT,
                         "the coverage '%.80s' cannot be met with the other limits",
                         c->title);
            pp_error_locate(err, c->where.file, c->where.line, "coverage", c->where.sql);
            pp_error_hint(err, "lower its 'at_least', or let actions be done in more "
                               "places");
            return PP_E_INPUT;
        }
    }
    pp_error_set(err, PP_E_INPUT, "several coverages cannot be met at once");
    pp_error_locate(err, w->plan->file, w->plan->coverage[0].where.line, "coverage",
                    NULL);
    pp_error_hint(err, "leave them out and put them back one by one");
    return PP_E_INPUT;
}

static pp_status solve(work *w, pp_error *err) {
    PP_TRY(pp__plan_open(w->plan, w->in.choices, w->in.n, w->in.covers, w->in.places,
                         &w->arena, &w->program, err));
    pp__plan_gains(&w->program, w->gain);
    pp__plan_costs(&w->program, w->cost);
    pp__plan_budget(&w->program, w->options.budget);
    w->best = pp__plan_solve(&w->program, w->options.nodes, w->x);
    if (w->best.feasible) {
        return PP_OK;
    }
    if (w->plan->n_coverage == 0) {
        PP_FAIL(err, PP_E_INTERNAL, "a plan without coverage has no solution");
    }
    return say_infeasible(w, err);
}

/* ---- over the draws ---- */

static double sum_of(const work *w, const double *value) {
    double sum = 0;
    for (int j = 0; j < w->in.n; j++) {
        sum += w->x[j] * value[j];
    }
    return sum;
}

static void draw_values(const work *w, int64_t draw, double *gain, double *cost) {
    for (int j = 0; j < w->in.n; j++) {
        gain[j] = pp__plan_gain(&w->in, w->plan, j, draw);
        cost[j] = w->in.cost[draw * w->plan->n_actions + w->in.choices[j].action];
    }
}

static pp_status redraw(work *w, pp_error *err) {
    double *gain = pp_arena_alloc(&w->arena, w->in.n + 1, sizeof *gain);
    double *cost = pp_arena_alloc(&w->arena, w->in.n + 1, sizeof *cost);
    int64_t draws = w->options.draws, solved = 0;
    PP_NEED(gain && cost ? gain : NULL, err);
    pp__plan_budget(&w->program, w->options.budget);
    for (int64_t d = 0; d < draws; d++) {
        PP_TRY(pp_progress(w->ctx, "plan", 0.3 + 0.7 * (double)d / (double)draws, err));
        draw_values(w, d, gain, cost);
        pp__plan_gains(&w->program, gain);
        pp__plan_costs(&w->program, cost);
        pp__plan_solution s = pp__plan_relax(&w->program, w->work);
        w->given[d] = sum_of(w, gain);
        solved += s.feasible;
        for (int j = 0; j < w->in.n; j++) {
            w->share[j] += s.feasible ? w->work[j] : 0;
        }
        if (sum_of(w, cost) > w->options.budget * (1 + 1e-12)) {
            w->over++;
        } else if (s.feasible) {
            w->regret[w->n_regret++] = fmax(0, s.value - w->given[d]);
        }
    }
    for (int j = 0; j < w->in.n && solved; j++) {
        w->share[j] /= (double)solved;
    }
    return PP_OK;
}

/* ---- the tables ---- */

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

static pp_status put_choice(work *w, int j, pp_table *table, pp_error *err) {
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

static pp_status put_choices(work *w, pp_error *err) {
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
    return PP_OK;
}

static int64_t count_places(const work *w, int64_t *choices) {
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

static pp_status put_totals(work *w, pp_error *err) {
    pp_table *table;
    int64_t row, choices, places = count_places(w, &choices), draws = w->options.draws;
    PP_TRY(pp_result_add(w->out, "plan_totals", "The plan as a whole", &table, err));
    PP_TRY(pp_table_append(table, &row, err));
    double regret = mean_of(w->regret, w->n_regret);
    double low = quantile(w->given, draws, 0.025);
    const pp__named cells[] = {
        {"budget", PP_SHOW_COUNT, w->options.budget},
        {"spent", PP_SHOW_COUNT, sum_of(w, w->cost)},
        {"choices", PP_SHOW_COUNT, (double)choices},
        {"places", PP_SHOW_COUNT, (double)places},
        {"objective", PP_SHOW_DEFAULT, w->in.total},
        {"reduction", PP_SHOW_DEFAULT, sum_of(w, w->gain)},
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
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err);
}

/* What the plan in w->work gives over the draws. */
static void range_of(work *w, double *given, double range[2]) {
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
static pp__plan_solution next_budget(work *w, double part, int64_t nodes,
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

static pp_status put_budget(work *w, pp_table *table, double budget, double *given,
                            const pp__plan_solution *s, pp_error *err) {
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
        {"asked", PP_SHOW_FLAG, budget == w->options.budget},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err);
}

static pp_status put_frontier(work *w, pp_error *err) {
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
        int64_t nodes = parts[k] == MORE ? w->options.nodes : FEW_NODES;
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
    return PP_OK;
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

static pp_status put_assumptions(work *w, pp_error *err) {
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

static pp_status warn(work *w, pp_error *err) {
    if (w->plan->placeholder) {
        PP_TRY(
            pp_result_warn(w->out, "placeholder", NULL, -1, err, "%s", w->plan->words));
    }
    if (w->in.n == 0) {
        PP_TRY(pp_result_warn(w->out, "no_choices", NULL, -1, err,
                              "no action can be done at any place with an objective"));
    }
    if (w->in.left_out) {
        PP_TRY(pp_result_warn(w->out, "left_out", NULL, w->in.left_out, err,
                              "places are left out: facts of their objective are not "
                              "known"));
    }
    if (w->in.open) {
        PP_TRY(pp_result_warn(w->out, "open_conditions", NULL, w->in.open, err,
                              "times a condition was left open by missing facts, and "
                              "counted as not holding"));
    }
    return w->best.proved
               ? PP_OK
               : pp_result_warn(w->out, "not_proved", NULL, -1, err,
                                "the search ended before its limit: a plan may be better "
                                "by at most %.2g%%",
                                100 * w->best.gap);
}

/* ---- the whole ---- */

static pp_status check(work *w, pp_error *err) {
    pp_plan_options *o = &w->options;
    pp_column *ids;
    o->draws = o->draws ? o->draws : 100;
    o->nodes = o->nodes ? o->nodes : 3000;
    o->budget = o->budget != 0 ? o->budget : w->plan->budget;
    if (o->draws < 1 || o->draws > MOST_DRAWS || o->nodes < 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "draws are from 1 to %d, nodes from 1", MOST_DRAWS);
    }
    if (!(o->budget > 0) || !isfinite(o->budget)) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no budget above 0");
        pp_error_locate(err, NULL, 0, "budget", NULL);
        pp_error_hint(err, "--budget 1000000, or 'budget' in the plan file");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_table_require(w->profiles, "place_id", &ids, err));
    if (pp_table_rows(w->profiles) == 0) {
        PP_FAIL(err, PP_E_INPUT, "there are no places to plan for");
    }
    return PP_OK;
}

static pp_status work_through(work *w, pp_error *err) {
    PP_TRY(check(w, err));
    PP_TRY(pp_progress(w->ctx, "plan", 0, err));
    PP_TRY(pp__plan_inputs_make(w->profiles, w->plan, w->options.draws, w->options.seed,
                                w->ctx, &w->arena, &w->in, err));
    PP_TRY(make_room(w, err));
    PP_TRY(solve(w, err));
    PP_TRY(pp_result_new("plan", &w->out, err));
    PP_TRY(put_assumptions(w, err));
    PP_TRY(put_frontier(w, err));
    PP_TRY(redraw(w, err));
    PP_TRY(put_choices(w, err));
    PP_TRY(put_totals(w, err));
    return warn(w, err);
}

pp_status pp_plan(const pp_table *profiles, const pp_plan_file *plan,
                  const pp_plan_options *options, const pp_context *ctx, pp_result **out,
                  pp_error *err) {
    work w = {.profiles = profiles, .plan = plan, .ctx = ctx};
    *out = NULL;
    w.options = options ? *options : (pp_plan_options){0};
    pp_arena_init(&w.arena);
    pp_status status = work_through(&w, err);
    pp__plan_close(&w.program);
    pp_arena_clear(&w.arena);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
