/* A plan: which actions at which places, within a budget, reduce the user's objective most; and how much hangs
 * on what was assumed.
 *
 * Effects and costs of actions are assumptions of the user, entered as ranges. Nothing here says that an action
 * works. While the file says `placeholder: true` every output carries a warning that its numbers are placeholders.
 */
#ifndef PUSHPULL_PLAN_H
#define PUSHPULL_PLAN_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A plan file, read. In YAML:
 *
 *   placeholder: true          # default; false once every range is the user's own
 *   words: text                # required while it is true: what the outputs say
 *   budget: 1000000            # where none is given otherwise
 *   unit: US dollars
 *   objective:
 *     title: text              # what is to be reduced
 *     of: hazard * exposure    # SQL over the facts of profile.h, not negative; or
 *     weights: {hazard: 0.6, exposure: 0.4} # facts with weights that sum to 1
 *     otherwise: expression    # where facts of it are missing; default: the place is left out, and counted
 *     where: condition         # places that count; default: all
 *   actions:                   # required
 *     - name: evaluation       # small letters, digits, underscores; once
 *       title: text
 *       audience: mayor        # at most one action an audience and place
 *       when: condition        # places where it can be done; default: all
 *       cost: [low, high]      # of one place; not negative
 *       effect: [low, high]    # share of the place's objective that it takes away, 0 to 1
 *       requires: [name, ...]  # actions that must be chosen at the same place
 *       places: 10             # at most so many
 *       because: text          # where the ranges come from
 *   coverage:                  # of choices (place, action)
 *     - title: text
 *       where: condition
 *       at_least: 1            # and at_most: one of both
 */
typedef struct pp_plan_file pp_plan_file;

/* `shown` (NULL: path) names it in errors. PP_E_INPUT with file and line: not the form above, a name twice, an
   unknown action in requires, one of the same audience or one that leads back to itself, a reversed range, a
   negative cost, weights that do not sum to 1, at_least above at_most. */
PP_API pp_status pp_plan_read(const char *path, const char *shown, pp_plan_file **out,
                              pp_error *err);
PP_API pp_status pp_plan_read_text(const char *text, int64_t length, const char *name,
                                   pp_plan_file **out, pp_error *err);
PP_API void pp_plan_free(pp_plan_file *plan);
PP_API int pp_plan_is_placeholder(const pp_plan_file *plan);

typedef struct pp_plan_options {
    double budget; /* 0: that of the file */
    int64_t draws; /* of costs, effects and uncertain facts; 0: 100 */
    int64_t nodes; /* of the search for the best plan; 0: 3000 */
    uint64_t seed;
} pp_plan_options;

/* `profiles`: the table of profile.h, or any with place_id and the facts that the file names. A condition that is open
   for missing facts does not hold; how often that was is counted.

   The plan maximises the expected sum of objective × effect over choices (place, action), which add up, under the
   budget at expected costs, at most one action an audience and place, requires, limits and coverage: a mixed-integer
   program (GLPK), exact within a relative gap of 1e-6 unless the search ended at `nodes` (warning not_proved, with
   the gap). Other budgets get at most 300 nodes; `bound` says what no plan for them can exceed. Draws: costs and
   effects uniform in their ranges, each action one cost and one effect in all places; facts as pp_segments. Each draw's
   best is that of the linear relaxation, in which few choices are split: `share` counts these in part, and regret is
   an upper bound. Regret is the bound less what the plan gives, in draws in which the plan costs no more than the
   budget; over_budget is the share of the others.

   Tables: `plan`: place_id, name, action, title, audience, cost, cost_low, cost_high, reduction, low, high (95 % of draws),
   chosen, share (of draws in which it is in the best plan); chosen ones first, then those with a share of at least
   0.05. `plan_totals` (one row): budget, spent, choices, places, objective (sum of all places), reduction, low, high,
   regret, regret_high (mean and 95 %), over_budget, shadow_price (reduction for one more unit of money: the dual of the
   relaxation), difference (the same between the budget and 1.1 of it), bound (what no plan exceeds), gap, left_out (places
   without an objective), open (conditions left open). `plan_budget` (the frontier): budget, reduction, low, high
   (95 % of draws), bound, shadow_price, asked (the budget of the plan).
   `plan_assumptions`: kind (placeholder, objective, cost, effect, coverage), name, words, low, high.
   Warnings: placeholder, not_proved, left_out, open_conditions, no_choices.

   Errors: PP_E_INPUT with file and line for a wrong condition or expression, coverage that cannot be met (which: found by
   leaving one out at a time), a negative objective; PP_E_ARGUMENT for no budget, one too small for the coverage (with the
   least that would do), and options out of range; PP_E_INPUT for more than 20,000 choices; PP_E_CANCELLED;
   PP_E_MEMORY. The same at any number of threads. Cost: draws × a linear program of places × actions columns. */
PP_API pp_status pp_plan(const pp_table *profiles, const pp_plan_file *plan,
                         const pp_plan_options *options, const pp_context *ctx,
                         pp_result **out, pp_error *err);

#endif
