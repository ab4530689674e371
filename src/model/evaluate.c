#include "model/evaluate.h"

#include "model/basis.h"

#include <math.h>
#include <string.h>

struct pp__function {
    const char *name;
    double (*value)(double);
    double (*slope)(double x, double value);
};

static double slope_log(double x, double value) {
    (void)value;
    return 1 / x;
}

static double slope_log1p(double x, double value) {
    (void)value;
    return 1 / (1 + x);
}

static double slope_exp(double x, double value) {
    (void)x;
    return value;
}

static double slope_sqrt(double x, double value) {
    (void)x;
    return 0.5 / value;
}

static double slope_abs(double x, double value) {
    (void)value;
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

static const pp__function FUNCTIONS[] = {{"log", log, slope_log},
                                         {"log1p", log1p, slope_log1p},
                                         {"exp", exp, slope_exp},
                                         {"sqrt", sqrt, slope_sqrt},
                                         {"abs", fabs, slope_abs}};

const pp__function *pp__function_find(const char *name) {
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
        if (strcmp(FUNCTIONS[i].name, name) == 0) {
            return &FUNCTIONS[i];
        }
    }
    return NULL;
}

static void fill(double *out, int n, double value) {
    for (int i = 0; i < n; i++) {
        out[i] = value;
    }
}

static void evaluate_name(const pp__node *node, const pp__variable *variables,
                          const pp__change *change, int64_t begin, int n, double *value,
                          double *slope) {
    const pp__variable *v = &variables[node->variable];
    int changed = change->kind != PP__AS_IS && change->variable == node->variable;
    if (changed && change->kind == PP__SET_VALUE) {
        fill(value, n, change->value);
    } else if (changed && change->kind == PP__SET_LEVEL) {
        fill(value, n, v->factor.level_value[change->level]);
    } else {
        memcpy(value, v->value + begin, (size_t)n * sizeof *value);
    }
    if (slope) {
        fill(slope, n, changed ? 1 : 0);
    }
}

static void raise(double *a, double *da, const double *b, const double *db, int n) {
    for (int i = 0; i < n; i++) {
        double power = pow(a[i], b[i]);
        if (da) {
            double through_base = da[i] == 0 ? 0 : b[i] * pow(a[i], b[i] - 1) * da[i];
            double through_exponent = db[i] == 0 ? 0 : power * log(a[i]) * db[i];
            da[i] = through_base + through_exponent;
        }
        a[i] = power;
    }
}

/* a := a op b, with the derivatives when they are wanted. */
static void combine(char op, double *a, double *da, const double *b, const double *db,
                    int n) {
    switch (op) {
    case '+':
    case '-': {
        double sign = op == '+' ? 1 : -1;
        for (int i = 0; i < n; i++) {
            a[i] += sign * b[i];
        }
        for (int i = 0; da && i < n; i++) {
            da[i] += sign * db[i];
        }
        break;
    }
    case '*':
        for (int i = 0; da && i < n; i++) {
            da[i] = da[i] * b[i] + a[i] * db[i];
        }
        for (int i = 0; i < n; i++) {
            a[i] *= b[i];
        }
        break;
    case '/':
        for (int i = 0; i < n; i++) {
            a[i] /= b[i];
        }
        for (int i = 0; da && i < n; i++) {
            da[i] = (da[i] - a[i] * db[i]) / b[i];
        }
        break;
    default:
        raise(a, da, b, db, n);
    }
}

void pp__evaluate(const pp__node *node, const pp__variable *variables,
                  const pp__change *change, int64_t begin, int n, double *value,
                  double *slope, double *scratch) {
    if (node->kind == PP__NUMBER) {
        fill(value, n, node->number);
        if (slope) {
            fill(slope, n, 0);
        }
        return;
    }
    if (node->kind == PP__NAME) {
        evaluate_name(node, variables, change, begin, n, value, slope);
        return;
    }
    pp__evaluate(node->first, variables, change, begin, n, value, slope, scratch);
    if (node->kind == PP__BINARY) {
        double *right = scratch, *right_slope = slope ? scratch + PP__TILE : NULL;
        pp__evaluate(node->first->next, variables, change, begin, n, right, right_slope,
                     scratch + 2 * PP__TILE);
        combine(node->op, value, slope, right, right_slope, n);
        return;
    }
    if (node->kind == PP__NEGATE) {
        for (int i = 0; i < n; i++) {
            value[i] = -value[i];
        }
        for (int i = 0; slope && i < n; i++) {
            slope[i] = -slope[i];
        }
        return;
    }
    if (node->basis) {
        pp__basis_apply(node->basis, node->part, n, value, slope);
        return;
    }
    const pp__function *f = pp__function_find(node->text);
    for (int i = 0; f && i < n; i++) { /* I() changes nothing */
        double x = value[i];
        value[i] = f->value(x);
        if (slope) {
            slope[i] = slope[i] == 0 ? 0 : slope[i] * f->slope(x, value[i]);
        }
    }
}
