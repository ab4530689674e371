/* The program of a plan, by GLPK: one environment a thread, which is left as it was found. */
#include "strategy/plan.h"

#include "base/check.h"

#include <glpk.h>
#include <math.h>

enum { BUDGET = 1 };

static int add_row(pp__plan_program *p, int count, double least, double most) {
    int row = glp_add_rows(p->lp, 1);
    int type = least > 0 && isfinite(most) ? (least < most ? GLP_DB : GLP_FX)
               : least > 0                 ? GLP_LO
                                           : GLP_UP;
    glp_set_row_bnds(p->lp, row, type, least, most);
    glp_set_mat_row(p->lp, row, count, p->index, p->value);
    return row;
}

static int put(pp__plan_program *p, int count, int choice, double value) {
    p->index[count + 1] = choice + 1;
    p->value[count + 1] = value;
    return count + 1;
}

/* The choice of an action at the place of `from`, whose neighbours have the same place; -1: there is none. */
static int find(const pp__plan_program *p, int from, int action) {
    int64_t place = p->choices[from].place;
    int first = from;
    while (first > 0 && p->choices[first - 1].place == place) {
        first--;
    }
    for (int j = first; j < p->n && p->choices[j].place == place; j++) {
        if (p->choices[j].action == action) {
            return j;
        }
    }
    return -1;
}

static void limit_audiences(pp__plan_program *p) {
    for (int j = 0; j < p->n; j++) {
        int group = p->plan->actions[p->choices[j].action].group, count = 0, first = j;
        for (int k = 0; k < p->plan->n_actions; k++) {
            int other = p->plan->actions[k].group == group ? find(p, j, k) : -1;
            first = other >= 0 && other < first ? other : first;
            count = other >= 0 ? put(p, count, other, 1) : count;
        }
        if (count > 1 && first == j) {
            add_row(p, count, 0, 1);
        }
    }
}

static void require(pp__plan_program *p) {
    for (int j = 0; j < p->n; j++) {
        const pp__action *a = &p->plan->actions[p->choices[j].action];
        for (int k = 0; k < a->n_required; k++) {
            int other = find(p, j, a->required[k]);
            int count = put(p, 0, j, 1);
            count = other >= 0 ? put(p, count, other, -1) : count;
            add_row(p, count, 0, 0);
        }
    }
}

static void limit_actions(pp__plan_program *p) {
    for (int k = 0; k < p->plan->n_actions; k++) {
        int count = 0;
        for (int j = 0; j < p->n; j++) {
            count = p->choices[j].action == k ? put(p, count, j, 1) : count;
        }
        if (count > p->plan->actions[k].places) {
            add_row(p, count, 0, p->plan->actions[k].places);
        }
    }
}

static void cover(pp__plan_program *p, const double *covers, int64_t places) {
    for (int k = 0; k < p->plan->n_coverage; k++) {
        const pp__coverage *c = &p->plan->coverage[k];
        int count = 0;
        for (int j = 0; j < p->n; j++) {
            int in = covers[k * places + p->choices[j].place] == 1;
            count = in ? put(p, count, j, 1) : count;
        }
        p->coverage_rows[k] = add_row(p, count, c->least, c->most);
    }
}

pp_status pp__plan_open(const pp_plan_file *plan, const pp__choice *choices, int n,
                        const double *covers, int64_t places, pp_arena *arena,
                        pp__plan_program *out, pp_error *err) {
    *out = (pp__plan_program){.plan = plan, .choices = choices, .n = n};
    out->index = pp_arena_zalloc(arena, n + 2, sizeof *out->index);
    out->value = pp_arena_zalloc(arena, n + 2, sizeof *out->value);
    out->coverage_rows =
        pp_arena_zalloc(arena, plan->n_coverage, sizeof *out->coverage_rows);
    PP_NEED(out->index && out->value ? out->coverage_rows : NULL, err);
    out->owner = glp_init_env() == 0;
    int before = glp_term_out(GLP_OFF);
    out->lp = glp_create_prob();
    glp_set_obj_dir(out->lp, GLP_MAX);
    glp_add_rows(out->lp, 1);
    int columns = n > 0 ? n : 1; /* GLPK aborts without any */
    glp_add_cols(out->lp, columns);
    for (int j = 0; j < columns; j++) {
        glp_set_col_kind(out->lp, j + 1, GLP_BV);
    }
    pp__plan_budget(out, INFINITY);
    limit_audiences(out);
    require(out);
    limit_actions(out);
    cover(out, covers, places);
    glp_term_out(before);
    return PP_OK;
}

void pp__plan_close(pp__plan_program *p) {
    if (p->lp) {
        glp_delete_prob(p->lp);
        if (p->owner) {
            glp_free_env();
        }
        p->lp = NULL;
    }
}

void pp__plan_gains(pp__plan_program *p, const double *gain) {
    for (int j = 0; j < p->n; j++) {
        glp_set_obj_coef(p->lp, j + 1, gain[j]);
    }
}

void pp__plan_costs(pp__plan_program *p, const double *cost) {
    int count = 0;
    for (int j = 0; j < p->n; j++) {
        count = cost[j] > 0 ? put(p, count, j, cost[j]) : count;
    }
    glp_set_mat_row(p->lp, BUDGET, count, p->index, p->value);
}

void pp__plan_budget(pp__plan_program *p, double budget) {
    glp_set_row_bnds(p->lp, BUDGET, isfinite(budget) ? GLP_UP : GLP_FR, 0,
                     isfinite(budget) ? budget : 0);
}

void pp__plan_cover(pp__plan_program *p, int coverage, int on) {
    const pp__coverage *c = &p->plan->coverage[coverage];
    int type = !on ? GLP_FR
               : c->least > 0 && isfinite(c->most)
                   ? (c->least < c->most ? GLP_DB : GLP_FX)
               : c->least > 0 ? GLP_LO
                              : GLP_UP;
    glp_set_row_bnds(p->lp, p->coverage_rows[coverage], type, c->least, c->most);
}

/* ---- solving ---- */

static int relax(pp__plan_program *p) {
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    int failed = glp_simplex(p->lp, &how);
    if (failed) { /* a basis that has become singular: from the beginning */
        glp_std_basis(p->lp);
        failed = glp_simplex(p->lp, &how);
    }
    return !failed && glp_get_status(p->lp) == GLP_OPT;
}

pp__plan_solution pp__plan_relax(pp__plan_program *p, double *x) {
    pp__plan_solution s = {0};
    int before = glp_term_out(GLP_OFF);
    s.feasible = relax(p);
    glp_term_out(before);
    if (s.feasible) {
        s.value = s.bound = glp_get_obj_val(p->lp);
        s.price = glp_get_row_dual(p->lp, BUDGET);
        s.proved = 1;
    }
    for (int j = 0; x && j < p->n; j++) {
        x[j] = s.feasible ? glp_get_col_prim(p->lp, j + 1) : 0;
    }
    return s;
}

typedef struct search {
    int64_t nodes, most;
    double gap;
} search;

/* Counts steps and not seconds, so that the same input gives the same plan. */
static void watch(glp_tree *tree, void *payload) {
    search *s = payload;
    if (glp_ios_reason(tree) == GLP_ISELECT && ++s->nodes > s->most) {
        s->gap = glp_ios_mip_gap(tree);
        glp_ios_terminate(tree);
    }
}

/* Cuts of Gomory with pseudo-costs prove in some hundred steps what cover cuts do not in twenty thousand; the
   search is quadratic in open nodes, so a step costs more the later it comes. */
static void set_up(glp_iocp *how, search *state) {
    glp_init_iocp(how);
    how->msg_lev = GLP_MSG_OFF;
    how->mip_gap = PP__PLAN_GAP;
    how->br_tech = GLP_BR_PCH;
    how->gmi_cuts = GLP_ON;
    how->cb_func = watch;
    how->cb_info = state;
}

pp__plan_solution pp__plan_solve(pp__plan_program *p, int64_t nodes, double *x) {
    pp__plan_solution s = pp__plan_relax(p, NULL);
    search state = {.most = nodes};
    glp_iocp how;
    if (!s.feasible) {
        return s;
    }
    set_up(&how, &state);
    int before = glp_term_out(GLP_OFF);
    int ended = glp_intopt(p->lp, &how);
    glp_term_out(before);
    int status = glp_mip_status(p->lp);
    s.feasible = status == GLP_OPT || status == GLP_FEAS;
    s.proved = s.feasible && (status == GLP_OPT || ended == GLP_EMIPGAP);
    s.value = s.feasible ? 0 : NAN;
    for (int j = 0; j < p->n; j++) {
        x[j] = s.feasible ? round(glp_mip_col_val(p->lp, j + 1)) : 0;
        s.value += x[j] == 1 ? glp_get_obj_coef(p->lp, j + 1) : 0;
    }
    s.gap = s.proved ? 0 : state.gap;
    s.bound = s.feasible ? fmax(s.value, fmin(s.bound, s.value + s.gap * fabs(s.value)))
                         : s.bound;
    return s;
}
