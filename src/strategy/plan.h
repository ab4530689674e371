/* What the parts of the plan share. */
#ifndef PP_STRATEGY_PLAN_H
#define PP_STRATEGY_PLAN_H

#include "strategy/conditions.h"

#include <pushpull/plan.h>

enum { PP__MOST_ACTIONS = 60, PP__MOST_CHOICES = 20000 };
#define PP__PLAN_GAP 1e-6 /* relative; a plan within it of its bound counts as proved */

typedef struct pp__action {
    const char *name, *title, *audience, *because;
    pp__condition when;
    double cost[2], effect[2], places; /* places: at most */
    const char *const *requires;
    int n_required, required[PP__MOST_ACTIONS];
    int group; /* the first action of the same audience */
} pp__action;

typedef struct pp__coverage {
    const char *title;
    pp__condition where;
    double least, most;
} pp__coverage;

struct pp_plan_file {
    pp_arena arena;
    const char *file;
    int placeholder;
    const char *words, *unit, *title;
    double budget; /* 0: none */
    pp__condition where, objective, otherwise;
    pp__action *actions;
    int n_actions;
    pp__coverage *coverage;
    int n_coverage;
};

typedef struct pp__choice {
    int64_t place;
    int action;
} pp__choice;

/* The program of a plan; what of it changes is set before each solution. */
typedef struct pp__plan_program {
    struct glp_prob *lp;
    int owner;
    const pp_plan_file *plan;
    const pp__choice *choices;
    int n;
    int *index;
    double *value;      /* n + 1 each, for rows */
    int *coverage_rows; /* by coverage; 0: none */
} pp__plan_program;

/* `covers`: [coverage * places + place] 1 where it holds. Programs live in `arena`; close each. */
pp_status pp__plan_open(const pp_plan_file *plan, const pp__choice *choices, int n,
                        const double *covers, int64_t places, pp_arena *arena,
                        pp__plan_program *out, pp_error *err);
void pp__plan_close(pp__plan_program *p);
/* Of each choice. */
void pp__plan_gains(pp__plan_program *p, const double *gain);
void pp__plan_costs(pp__plan_program *p, const double *cost);
void pp__plan_budget(pp__plan_program *p, double budget); /* INFINITY: none */
/* Leaves one coverage out, or puts it back. */
void pp__plan_cover(pp__plan_program *p, int coverage, int on);

typedef struct pp__plan_solution {
    int feasible;
    double value, price, gap; /* price: the dual of the budget; gap: 0 where proved */
    double bound;             /* no plan is better: of the search, or of the relaxation */
    int proved;
} pp__plan_solution;

/* The relaxation: x from 0 to 1. */
pp__plan_solution pp__plan_relax(pp__plan_program *p, double *x);
/* The best plan, x 0 or 1, in at most `nodes` steps of the search. */
pp__plan_solution pp__plan_solve(pp__plan_program *p, int64_t nodes, double *x);

#endif
