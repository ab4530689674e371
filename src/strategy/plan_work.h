/* A plan being made: what its solution and its tables share. */
#ifndef PP_STRATEGY_PLAN_WORK_H
#define PP_STRATEGY_PLAN_WORK_H

#include "strategy/plan_inputs.h"

enum { PP__FEW_NODES = 300 }; /* of searches other than that for the plan itself */

typedef struct pp__plan_work {
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
} pp__plan_work;

/* What chosen choices give at their `value`s. */
double pp__plan_sum(const pp__plan_work *w, const double *value);

/* ---- plan_tables.c ---- */

/* Solves for other budgets, and leaves w->difference. */
pp_status pp__plan_put_frontier(pp__plan_work *w, pp_error *err);
pp_status pp__plan_put_choices(pp__plan_work *w, pp_error *err);
pp_status pp__plan_put_totals(pp__plan_work *w, pp_error *err);
pp_status pp__plan_put_assumptions(pp__plan_work *w, pp_error *err);

#endif
