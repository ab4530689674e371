/* Reading poly(), ns() and bs(); polynomials. R's functions of these names (stats,
   splines); Kennedy & Gentle (1980), Statistical Computing, 343-344. */
#include "model/basis.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 30 };

int pp__basis_is(const char *function) {
    return strcmp(function, "poly") == 0 || strcmp(function, "ns") == 0 ||
           strcmp(function, "bs") == 0;
}

/* ---- the call ---- */

static pp_status bad_call(const pp__node *call, pp_error *err) {
    pp__formula_fail(err, PP_E_ARGUMENT, call, "%s() is not used so", call->text);
    pp_error_hint(err, "write poly(x, 2), poly(x, 2, raw = TRUE), ns(x, df = 4), "
                       "bs(x, df = 5) or bs(x, df = 5, degree = 2)");
    return PP_E_ARGUMENT;
}

typedef struct arguments {
    int df, degree, raw; /* -1: not said */
} arguments;

static int read_whole(const pp__node *node, int *out) {
    int good = node->kind == PP__NUMBER && node->number == floor(node->number) &&
               node->number >= 1 && node->number <= MOST_COLUMNS && *out < 0;
    *out = good ? (int)node->number : *out;
    return good;
}

static int read_flag(const pp__node *node, int *out) {
    int yes = node->kind == PP__NAME && strcmp(node->text, "TRUE") == 0;
    int no = node->kind == PP__NAME && strcmp(node->text, "FALSE") == 0;
    int good = (yes || no) && *out < 0;
    *out = good ? yes : *out;
    return good;
}

/* One argument behind the first. */
static int read_argument(const pp__node *call, const pp__node *node, arguments *out) {
    int poly = strcmp(call->text, "poly") == 0, bs = strcmp(call->text, "bs") == 0;
    const char *label = node->label ? node->label : poly ? "degree" : "df";
    if (strcmp(label, "degree") == 0 && (poly || bs)) {
        return read_whole(node, &out->degree);
    }
    if (strcmp(label, "df") == 0 && !poly) {
        return read_whole(node, &out->df);
    }
    return strcmp(label, "raw") == 0 && poly && read_flag(node, &out->raw);
}

static pp_status settle(const pp__node *call, const arguments *a, pp__basis *out,
                        pp_error *err) {
    if (strcmp(call->text, "poly") == 0) {
        out->kind = a->raw > 0 ? PP__POLY_RAW : PP__POLY;
        out->columns = out->degree = a->degree < 0 ? 1 : a->degree;
        return PP_OK;
    }
    if (strcmp(call->text, "ns") == 0) {
        out->kind = PP__NATURAL;
        out->degree = 3;
        out->columns = a->df < 0 ? 1 : a->df;
        return PP_OK;
    }
    out->kind = PP__BSPLINE;
    out->degree = a->degree < 0 ? 3 : a->degree;
    out->columns = a->df < 0 ? out->degree : a->df;
    if (out->columns < out->degree) {
        return pp__formula_fail(err, PP_E_ARGUMENT, call,
                                "bs() of degree %d has a df of %d at least", out->degree,
                                out->degree);
    }
    return PP_OK;
}

pp_status pp__basis_read(pp__node *call, pp_arena *arena, pp__basis **out,
                         pp_error *err) {
    arguments a = {-1, -1, -1};
    pp__basis *basis = pp_arena_zalloc(arena, 1, sizeof *basis);
    PP_NEED(basis, err);
    if (!call->first || call->first->label) {
        return bad_call(call, err);
    }
    for (const pp__node *node = call->first->next; node; node = node->next) {
        if (node->label && strcmp(node->label, "knots") == 0) {
            return pp__formula_fail(err, PP_E_UNSUPPORTED, node,
                                    "knots of one's own are not built in; give df");
        }
        if (!read_argument(call, node, &a)) {
            return bad_call(call, err);
        }
    }
    basis->label = pp__formula_write(call, arena);
    PP_NEED(basis->label, err);
    basis->argument = pp_arena_alloc(arena, 1, sizeof *basis->argument);
    PP_NEED(basis->argument, err);
    *basis->argument = *call->first;
    basis->argument->next = NULL;
    *out = basis;
    PP_TRY(pp__formula_arithmetic(basis->argument, err));
    return settle(call, &a, basis, err);
}

/* ---- polynomials ---- */

/* One step of the recurrence, with the derivatives when they are wanted. */
static double next_value(const pp__basis *b, int j, double x, double now, double before) {
    return (x - b->alpha[j]) * now - (j > 0 ? b->norm[j] / b->norm[j - 1] * before : 0);
}

static double orthogonal_value(const pp__basis *b, int degree, double x, double *slope) {
    double before = 0, now = 1, slope_before = 0, slope_now = 0;
    for (int j = 0; j < degree; j++) {
        double value = next_value(b, j, x, now, before);
        double slope_next = now + next_value(b, j, x, slope_now, slope_before);
        before = now;
        now = value;
        slope_before = slope_now;
        slope_now = slope_next;
    }
    double length = sqrt(b->norm[degree]);
    *slope = slope_now / length;
    return now / length;
}

/* p[degree] before it is brought to length one. */
static double monic_value(const pp__basis *b, int degree, double x) {
    double before = 0, now = 1;
    for (int j = 0; j < degree; j++) {
        double value = next_value(b, j, x, now, before);
        before = now;
        now = value;
    }
    return now;
}

/* Values that are fewer than the degree leave a polynomial that is zero in all of them. */
static pp_status too_few_values(const pp__basis *b, pp_error *err) {
    pp_error_set(err, PP_E_ESTIMATION, "%s: the argument has too few distinct values",
                 b->label);
    pp_error_hint(err, "take a lower degree or df");
    return PP_E_ESTIMATION;
}

/* The center, and the spread about it, of the distribution with weights p[j]². */
static void weigh(const pp__basis *b, int j, const double *x, const double *count,
                  int64_t n, double origin, double *mean, double *squares) {
    double sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        double p = monic_value(b, j, x[i]), w = (count ? count[i] : 1) * p * p;
        total += w;
        sum += w * (x[i] - origin);
    }
    *mean = origin + sum / total;
    *squares = total;
}

static pp_status make_orthogonal(pp__basis *b, const double *x, const double *count,
                                 int64_t n, pp_arena *arena, pp_error *err) {
    double spread = 0, rows = 0;
    b->alpha = pp_arena_alloc(arena, b->degree + 1, sizeof *b->alpha);
    PP_NEED(b->alpha, err);
    b->norm = pp_arena_alloc(arena, b->degree + 1, sizeof *b->norm);
    PP_NEED(b->norm, err);
    weigh(b, 0, x, count, n, x[0], &b->alpha[0], &rows);
    for (int64_t i = 0; i < n; i++) {
        spread = fmax(spread, fabs(x[i] - b->alpha[0]));
    }
    for (int j = 0; j <= b->degree; j++) {
        weigh(b, j, x, count, n, b->alpha[0], &b->alpha[j], &b->norm[j]);
        double possible = rows * pow(spread, 2.0 * j);
        if (!(b->norm[j] > 1e-22 * possible) || !isfinite(b->norm[j])) {
            return too_few_values(b, err);
        }
    }
    return PP_OK;
}

/* ---- all kinds ---- */

pp_status pp__basis_make(pp__basis *b, double *x, const double *count, int64_t n,
                         pp_arena *arena, pp_error *err) {
    if (b->kind == PP__POLY) {
        PP_TRY(make_orthogonal(b, x, count, n, arena, err));
    } else if (b->kind != PP__POLY_RAW) {
        PP_TRY(pp__spline_make(b, x, count, n, arena, err));
    }
    b->ready = 1;
    return PP_OK;
}

static double value_of(const pp__basis *b, int part, double x, double *slope) {
    switch (b->kind) {
    case PP__POLY:
        return orthogonal_value(b, part + 1, x, slope);
    case PP__POLY_RAW: {
        double power = 1;
        for (int i = 0; i < part; i++) {
            power *= x;
        }
        *slope = (part + 1) * power;
        return power * x;
    }
    default:
        return pp__spline_value(b, part, x, slope);
    }
}

void pp__basis_apply(const pp__basis *b, int part, int n, double *x, double *slope) {
    for (int i = 0; b->ready && i < n; i++) {
        double derivative;
        x[i] = value_of(b, part, x[i], &derivative);
        if (slope) {
            slope[i] = slope[i] == 0 ? 0 : slope[i] * derivative;
        }
    }
}
