#include "base/check.h"
#include "model/after/newdata.h"
#include "model/after/quality.h"

#include <math.h>

/* What lies below and at one value of p, among ones and among zeros. */
typedef struct step {
    int64_t begin, end; /* in the order */
    double ones, zeros; /* at this value */
} step;

static int next_step(const pp__binary *b, step *s) {
    s->begin = s->end;
    s->ones = s->zeros = 0;
    while (s->end < b->n && b->p[b->order[s->end]] == b->p[b->order[s->begin]]) {
        int64_t i = b->order[s->end++];
        *(b->y[i] > 0 ? &s->ones : &s->zeros) += pp__binary_weight(b, i);
    }
    return s->end > s->begin;
}

void pp__auc(const pp__binary *b, double *auc, double *error) {
    double ones = b->events, zeros = b->total - ones, below_ones = 0, below_zeros = 0;
    double sum = 0, of_ones = 0, of_zeros = 0;
    for (step s = {0}; next_step(b, &s); below_zeros += s.zeros) {
        sum += s.ones * (below_zeros + s.zeros / 2);
    }
    *auc = sum / (ones * zeros);
    below_zeros = 0;
    for (step s = {0}; next_step(b, &s);) {
        double above = (below_zeros + s.zeros / 2) / zeros - *auc;
        double beaten = 1 - (below_ones + s.ones / 2) / ones - *auc;
        of_ones += s.ones * above * above;
        of_zeros += s.zeros * beaten * beaten;
        below_zeros += s.zeros;
        below_ones += s.ones;
    }
    *error = b->counted
                 ? sqrt(of_ones / (ones - 1) / ones + of_zeros / (zeros - 1) / zeros)
                 : NAN;
}

void pp__auc_parts(const pp__binary *b, double auc, double *part) {
    double ones = b->events, zeros = b->total - ones, below_ones = 0, below_zeros = 0;
    for (step s = {0}; next_step(b, &s);) {
        for (int64_t at = s.begin; at < s.end; at++) {
            int64_t i = b->order[at];
            part[i] = b->y[i] > 0 ? ((below_zeros + s.zeros / 2) / zeros - auc) / ones
                                  : (1 - (below_ones + s.ones / 2) / ones - auc) / zeros;
        }
        below_zeros += s.zeros;
        below_ones += s.ones;
    }
}

static pp_status add_columns(pp_table *table, const char *const *names, int n,
                             pp_column **out, pp_error *err) {
    for (int i = 0; i < n; i++) {
        PP_TRY(pp_table_add(table, PP_NUMBER, names[i], &out[i], err));
    }
    return PP_OK;
}

/* From "all are zeros" on: rows with p at or above the threshold are called ones. */
static pp_status add_roc(const pp__binary *b, pp_result *result, pp_error *err) {
    static const char *const names[] = {"threshold", "sensitivity", "specificity"};
    double ones = 0, zeros = 0;
    int64_t points = 1, at;
    pp_table *table;
    pp_column *c[3];
    for (step s = {0}; next_step(b, &s);) {
        points++;
    }
    PP_TRY(pp_result_add(result, "roc", "ROC curve", &table, err));
    PP_TRY(pp_table_resize(table, points, err));
    PP_TRY(add_columns(table, names, 3, c, err));
    at = points - 1;
    for (step s = {0}; next_step(b, &s); at--) {
        c[0]->number[at] = b->p[b->order[s.begin]];
        c[1]->number[at] = 1 - ones / b->events;
        c[2]->number[at] = zeros / (b->total - b->events);
        ones += s.ones;
        zeros += s.zeros;
    }
    c[0]->number[0] = INFINITY;
    c[1]->number[0] = 0;
    c[2]->number[0] = 1;
    return PP_OK;
}

/* Greenhill, Ward & Sacks (2011), American J. Political Science 55, 991-1002. */
static pp_status add_separation(const pp__binary *b, const pp_fit *fit, pp_result *result,
                                pp_error *err) {
    static const char *const names[] = {"rank", "row", "predicted", "observed"};
    pp_table *table;
    pp_column *c[4];
    PP_TRY(pp_result_add(result, "separation_plot", "Separation plot", &table, err));
    PP_TRY(pp_table_resize(table, b->n, err));
    PP_TRY(add_columns(table, names, 4, c, err));
    c[0]->show = c[1]->show = c[3]->show = PP_SHOW_YEAR;
    for (int64_t at = 0; at < b->n; at++) {
        int64_t i = b->order[at];
        c[0]->number[at] = (double)(at + 1);
        c[1]->number[at] = (double)pp__row_number(fit, i);
        c[2]->number[at] = b->p[i];
        c[3]->number[at] = b->y[i];
    }
    return PP_OK;
}

pp_status pp__curves_add(const pp__binary *b, const pp_fit *fit, pp_result *result,
                         pp_error *err) {
    PP_TRY(add_roc(b, result, err));
    return add_separation(b, fit, result, err);
}
