/* The plan: the best choices, and how often they stay best. */
#include "strategy/plan_work.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>

enum { MOST_DRAWS = 10000 };

/* ---- the best plan ---- */

static double middle(const double range[2]) {
    return (range[0] + range[1]) / 2;
}

static pp_status make_room(pp__plan_work *w, pp_error *err) {
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
static double least_budget(pp__plan_work *w) {
    pp__plan_program *p = &w->program;
    for (int j = 0; j < w->in.n; j++) {
        w->work[j] = -w->cost[j];
    }
    pp__plan_budget(p, INFINITY);
    pp__plan_gains(p, w->work);
    pp__plan_solution s = pp__plan_solve(p, PP__FEW_NODES, w->work);
    return s.feasible ? -s.value : NAN;
}

/* Which of the constraints cannot be met with the others. */
static pp_status say_infeasible(pp__plan_work *w, pp_error *err) {
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
        pp__plan_solution s = pp__plan_solve(&w->program, PP__FEW_NODES, w->work);
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

static pp_status solve(pp__plan_work *w, pp_error *err) {
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

double pp__plan_sum(const pp__plan_work *w, const double *value) {
    double sum = 0;
    for (int j = 0; j < w->in.n; j++) {
        sum += w->x[j] * value[j];
    }
    return sum;
}

static void draw_values(const pp__plan_work *w, int64_t draw, double *gain,
                        double *cost) {
    for (int j = 0; j < w->in.n; j++) {
        gain[j] = pp__plan_gain(&w->in, w->plan, j, draw);
        cost[j] = w->in.cost[draw * w->plan->n_actions + w->in.choices[j].action];
    }
}

static pp_status redraw(pp__plan_work *w, pp_error *err) {
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
        w->given[d] = pp__plan_sum(w, gain);
        solved += s.feasible;
        for (int j = 0; j < w->in.n; j++) {
            w->share[j] += s.feasible ? w->work[j] : 0;
        }
        if (pp__plan_sum(w, cost) > w->options.budget * (1 + 1e-12)) {
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

static pp_status warn(pp__plan_work *w, pp_error *err) {
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

static pp_status check(pp__plan_work *w, pp_error *err) {
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

static pp_status work_through(pp__plan_work *w, pp_error *err) {
    PP_TRY(check(w, err));
    PP_TRY(pp_progress(w->ctx, "plan", 0, err));
    PP_TRY(pp__plan_inputs_make(w->profiles, w->plan, w->options.draws, w->options.seed,
                                w->ctx, &w->arena, &w->in, err));
    PP_TRY(make_room(w, err));
    PP_TRY(solve(w, err));
    PP_TRY(pp_result_new("plan", &w->out, err));
    PP_TRY(pp__plan_put_assumptions(w, err));
    PP_TRY(pp__plan_put_frontier(w, err));
    PP_TRY(redraw(w, err));
    PP_TRY(pp__plan_put_choices(w, err));
    PP_TRY(pp__plan_put_totals(w, err));
    return warn(w, err);
}

pp_status pp_plan(const pp_table *profiles, const pp_plan_file *plan,
                  const pp_plan_options *options, const pp_context *ctx, pp_result **out,
                  pp_error *err) {
    pp__plan_work w = {.profiles = profiles, .plan = plan, .ctx = ctx};
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
