/* GLPK has an environment for each thread; we leave none behind, and none of the caller's is freed. */
#include "effects/honest/program.h"

#include <glpk.h>
#include <math.h>

enum { MOST_ROWS = 1024 };

void pp__program_open(pp__program *p, int rows, int columns) {
    p->owner = glp_init_env() == 0;
    p->rows = rows;
    p->columns = columns;
    p->lp = glp_create_prob();
    glp_set_obj_dir(p->lp, GLP_MAX);
    glp_add_rows(p->lp, rows);
    glp_add_cols(p->lp, columns);
    for (int i = 0; i < rows; i++) {
        pp__program_below(p, i, 0);
    }
    for (int j = 0; j < columns; j++) {
        glp_set_col_bnds(p->lp, j + 1, GLP_LO, 0, 0);
    }
}

void pp__program_close(pp__program *p) {
    if (p->lp) {
        glp_delete_prob(p->lp);
        if (p->owner) {
            glp_free_env();
        }
        p->lp = NULL;
    }
}

void pp__program_equal(pp__program *p, int row, double bound) {
    glp_set_row_bnds(p->lp, row + 1, GLP_FX, bound, bound);
}

void pp__program_below(pp__program *p, int row, double bound) {
    glp_set_row_bnds(p->lp, row + 1, GLP_UP, 0, bound);
}

void pp__program_free(pp__program *p, int column) {
    glp_set_col_bnds(p->lp, column + 1, GLP_FR, 0, 0);
}

void pp__program_column(pp__program *p, int column, const double *coefficient) {
    int index[MOST_ROWS + 1], n = 0;
    double value[MOST_ROWS + 1];
    for (int i = 0; i < p->rows && i < MOST_ROWS; i++) {
        if (coefficient[i] != 0) {
            n++;
            index[n] = i + 1;
            value[n] = coefficient[i];
        }
    }
    glp_set_mat_col(p->lp, column + 1, n, index, value);
}

void pp__program_objective(pp__program *p, const double *c) {
    for (int j = 0; j < p->columns; j++) {
        glp_set_obj_coef(p->lp, j + 1, c[j]);
    }
}

static int optimise(pp__program *p) {
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.tol_bnd = how.tol_dj = 1e-9;
    int failed = glp_simplex(p->lp, &how);
    if (failed) { /* a basis that has become singular: from the beginning */
        glp_std_basis(p->lp);
        failed = glp_simplex(p->lp, &how);
    }
    return failed;
}

pp__solved pp__program_solve(pp__program *p, double *value, double *x) {
    int before = glp_term_out(GLP_OFF), failed = optimise(p);
    glp_term_out(before);
    if (failed) {
        return PP__UNSOLVED;
    }
    int status = glp_get_status(p->lp);
    if (status != GLP_OPT) {
        return status == GLP_UNBND                            ? PP__UNBOUNDED
               : status == GLP_NOFEAS || status == GLP_INFEAS ? PP__INFEASIBLE
                                                              : PP__UNSOLVED;
    }
    *value = glp_get_obj_val(p->lp);
    for (int j = 0; x && j < p->columns; j++) {
        x[j] = glp_get_col_prim(p->lp, j + 1);
    }
    return PP__SOLVED;
}

int pp__program_basis(const pp__program *p, int *column) {
    int n = 0, basic = 0;
    for (int wanted = 1; wanted >= 0; wanted--) {
        for (int j = 0; j < p->columns; j++) {
            int is_basic = glp_get_col_stat(p->lp, j + 1) == GLP_BS;
            basic += wanted && is_basic;
            if (is_basic == wanted) {
                column[n++] = j;
            }
        }
    }
    return basic;
}
