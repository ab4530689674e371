/* What a plan is made of: objectives of places over draws, which actions can be done where, drawn costs and effects. */
#include "strategy/plan_inputs.h"

#include "base/check.h"
#include "strategy/fact_draws.h"
#include "table/expression.h"

#include <pushpull/io.h>
#include <pushpull/random.h>
#include <pushpull/text.h>

#include <math.h>

enum { ROWS_AT_ONCE = 100000, TASK_ASSUMPTIONS = 73 };

/* ---- the objective ---- */

static pp_status ask(const pp_table *facts, const char *expression, const pp_context *ctx,
                     pp_table **out, pp_error *err) {
    static const char *const name[] = {"facts"};
    const pp_table *tables[] = {facts};
    pp_buf sql;
    PP_TRY(pp__sql_check_expression(expression, err));
    pp_buf_init(&sql);
    pp_buf_printf(&sql, "SELECT CAST((\n%s\n) AS DOUBLE) AS v FROM facts", expression);
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, name, tables, 1, 0, ctx, out, err);
    }
    pp_buf_clear(&sql);
    return status;
}

static pp_status evaluate(const pp_table *facts, const pp__condition *c,
                          const pp_context *ctx, pp_table **out, pp_error *err) {
    *out = NULL;
    pp_status status = ask(facts, c->sql, ctx, out, err);
    if ((status == PP_E_ARGUMENT || status == PP_E_INPUT) && err) {
        err->code = status = PP_E_INPUT;
        pp_error_locate(err, c->file, c->line, c->field, c->sql);
    }
    return status;
}

static pp_status fill(pp__plan_inputs *in, int64_t first, const pp_table *drawn,
                      const pp__condition *c, const pp_context *ctx, pp_error *err) {
    pp_table *values;
    double *to = in->objective + first * in->draws;
    PP_TRY(evaluate(drawn, c, ctx, &values, err));
    pp_status status = PP_OK;
    for (int64_t i = 0; i < pp_table_rows(drawn) && status == PP_OK; i++) {
        double v = pp_table_column(values, 0)->number[i];
        to[i] = isnan(to[i]) ? v : to[i];
        if (v < 0 || isinf(v)) {
            status = pp_error_set(err, PP_E_INPUT,
                                  "the objective of %s is %s, and what is to be reduced "
                                  "is not negative",
                                  pp_column_get_text(pp_table_find(drawn, "place_id"), i),
                                  v < 0 ? "below 0" : "infinite");
            pp_error_locate(err, c->file, c->line, c->field, c->sql);
        }
    }
    pp_table_free(values);
    return status;
}

static pp_status draw_objective(pp__plan_inputs *in, const pp_table *profiles,
                                const pp_plan_file *plan, uint64_t seed,
                                const pp_context *ctx, pp_error *err) {
    const char *const sql[] = {plan->objective.sql, plan->otherwise.sql};
    int64_t block = in->draws < ROWS_AT_ONCE ? ROWS_AT_ONCE / in->draws : 1;
    for (int64_t i = 0; i < in->places * in->draws; i++) {
        in->objective[i] = NAN;
    }
    /* Of all facts, so that an unknown one is an error with suggestions. */
    pp_table *values;
    PP_TRY(evaluate(profiles, &plan->objective, ctx, &values, err));
    pp_table_free(values);
    for (int64_t first = 0; first < in->places; first += block) {
        int64_t n = first + block < in->places ? block : in->places - first;
        pp_table *drawn;
        PP_TRY(pp__facts_draw(profiles, sql, 2, first, n, in->draws, seed, &drawn, err));
        pp_status status = fill(in, first, drawn, &plan->objective, ctx, err);
        if (status == PP_OK && plan->otherwise.sql) {
            status = fill(in, first, drawn, &plan->otherwise, ctx, err);
        }
        pp_table_free(drawn);
        PP_TRY(status);
    }
    return PP_OK;
}

/* ---- choices ---- */

static pp_status test(pp__plan_inputs *in, const pp_table *profiles,
                      const pp_plan_file *plan, pp_arena *arena, const pp_context *ctx,
                      double **holds, pp_error *err) {
    int n = 1 + plan->n_actions + plan->n_coverage;
    pp__condition *all = pp_arena_alloc(arena, n, sizeof *all);
    PP_NEED(all, err);
    all[0] = plan->where;
    for (int k = 0; k < plan->n_actions; k++) {
        all[1 + k] = plan->actions[k].when;
    }
    for (int k = 0; k < plan->n_coverage; k++) {
        all[1 + plan->n_actions + k] = plan->coverage[k].where;
    }
    PP_TRY(pp__conditions_test(profiles, all, n, ctx, holds, err));
    for (int64_t i = 0; i < n * in->places; i++) {
        in->open += isnan((*holds)[i]);
    }
    return PP_OK;
}

static double mean_of(const double *x, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / (double)n;
}

static pp_status choose(pp__plan_inputs *in, const pp_plan_file *plan,
                        const double *holds, pp_arena *arena, pp_error *err) {
    for (int64_t i = 0; i < in->places; i++) {
        double mean = mean_of(in->objective + i * in->draws, in->draws);
        int counts = holds[i] == 1;
        in->left_out += counts && isnan(mean);
        in->total += counts && !isnan(mean) ? mean : 0;
        for (int k = 0; k < plan->n_actions && counts && mean > 0; k++) {
            if (holds[(1 + k) * in->places + i] == 1) {
                if (in->n == PP__MOST_CHOICES) {
                    pp_error_set(err, PP_E_INPUT,
                                 "there are more than %d choices of places and actions",
                                 PP__MOST_CHOICES);
                    pp_error_locate(err, plan->file, 0, "where", NULL);
                    pp_error_hint(err, "narrow the objective's 'where' or the actions' "
                                       "'when'");
                    return PP_E_INPUT;
                }
                in->choices[in->n++] = (pp__choice){i, k};
            }
        }
    }
    int64_t cells = plan->n_coverage * in->places;
    in->covers = pp_arena_alloc(arena, cells, sizeof *in->covers);
    PP_NEED(in->covers, err);
    for (int64_t i = 0; i < cells; i++) {
        in->covers[i] = holds[(1 + plan->n_actions) * in->places + i];
    }
    return PP_OK;
}

/* ---- costs and effects ---- */

static double within(const double range[2], double u) {
    return range[0] + u * (range[1] - range[0]);
}

static void draw_assumptions(pp__plan_inputs *in, const pp_plan_file *plan,
                             uint64_t seed) {
    for (int64_t d = 0; d < in->draws; d++) {
        pp_rng rng;
        pp_rng_init(&rng, seed, TASK_ASSUMPTIONS, (uint64_t)d);
        for (int k = 0; k < plan->n_actions; k++) {
            const pp__action *a = &plan->actions[k];
            in->cost[d * plan->n_actions + k] = within(a->cost, pp_rng_uniform(&rng));
            in->effect[d * plan->n_actions + k] = within(a->effect, pp_rng_uniform(&rng));
        }
    }
}

pp_status pp__plan_inputs_make(const pp_table *profiles, const pp_plan_file *plan,
                               int64_t draws, uint64_t seed, const pp_context *ctx,
                               pp_arena *arena, pp__plan_inputs *out, pp_error *err) {
    double *holds;
    int64_t places = pp_table_rows(profiles);
    int64_t most = places * plan->n_actions;
    *out = (pp__plan_inputs){.places = places, .draws = draws};
    out->objective = pp_arena_alloc(arena, places * draws, sizeof *out->objective);
    out->cost = pp_arena_alloc(arena, draws * plan->n_actions, sizeof *out->cost);
    out->effect = pp_arena_alloc(arena, draws * plan->n_actions, sizeof *out->effect);
    out->choices = pp_arena_alloc(
        arena, most < PP__MOST_CHOICES ? most : PP__MOST_CHOICES, sizeof *out->choices);
    PP_NEED(out->objective && out->cost && out->effect ? out->choices : NULL, err);
    PP_TRY(draw_objective(out, profiles, plan, seed, ctx, err));
    PP_TRY(test(out, profiles, plan, arena, ctx, &holds, err));
    pp_status status = choose(out, plan, holds, arena, err);
    pp_free(holds);
    draw_assumptions(out, plan, seed);
    return status;
}

double pp__plan_gain(const pp__plan_inputs *in, const pp_plan_file *plan, int choice,
                     int64_t draw) {
    const pp__choice *c = &in->choices[choice];
    return in->objective[c->place * in->draws + draw] *
           in->effect[draw * plan->n_actions + c->action];
}
