/* Holm (1979), Scand. J. Statistics 6; Hochberg (1988), Biometrika 75; Benjamini & Hochberg
   (1995), JRSS B 57; Romano & Wolf (2005), Econometrica 73. */
#include "model/inference/multiple.h"

#include "base/check.h"
#include "model/tables.h"

#include <pushpull/inference.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ranked {
    double value;
    int64_t index;
} ranked;

static int ascending(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) {
        return x->value > y->value ? 1 : -1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

static ranked *rank(int64_t n, const double *values, double sign) {
    ranked *order = pp_malloc(n, sizeof *order);
    for (int64_t i = 0; order && i < n; i++) {
        order[i] = (ranked){sign * values[i], i};
    }
    if (order) {
        qsort(order, (size_t)n, sizeof *order, ascending);
    }
    return order;
}

/* ---- from p values alone ---- */

enum { HOLM, HOCHBERG, BH, METHODS };
static const char *const NAMES[METHODS] = {"holm", "hochberg", "bh"};

/* From the smallest up (Holm) each is at least the one before; from the largest down the
   others are at most the one after. */
static void adjust(int method, int64_t n, const ranked *order, double *out) {
    double bound = method == HOLM ? 0 : 1;
    for (int64_t step = 0; step < n; step++) {
        int64_t i = method == HOLM ? step : n - 1 - step;
        double left = (double)(n - i), p = order[i].value;
        p *= method == BH ? (double)n / (double)(i + 1) : left;
        bound = method == HOLM ? fmax(bound, p) : fmin(bound, p);
        out[order[i].index] = fmin(bound, 1);
    }
}

static pp_status find_method(const char *name, size_t length, int *method,
                             pp_error *err) {
    for (*method = 0; *method < METHODS; ++*method) {
        if (strlen(NAMES[*method]) == length &&
            strncmp(name, NAMES[*method], length) == 0) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no such adjustment");
    pp_error_locate(err, NULL, 0, "adjust", name);
    pp_error_hint(err, "there are: holm, hochberg, bh; and romano-wolf of a bootstrap");
    return PP_E_ARGUMENT;
}

pp_status pp_adjust(const char *method, const double *p, int64_t n, double *out,
                    pp_error *err) {
    int which;
    int64_t present = 0;
    PP_TRY(find_method(method, strlen(method), &which, err));
    double *kept = pp_malloc(2 * n, sizeof *kept), *adjusted = kept + n;
    PP_NEED(kept, err);
    for (int64_t i = 0; i < n; i++) {
        out[i] = NAN;
        if (!isnan(p[i])) {
            kept[present++] = p[i];
        }
    }
    ranked *order = rank(present, kept, 1);
    if (!order) {
        pp_free(kept);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    adjust(which, present, order, adjusted);
    for (int64_t i = 0, at = 0; i < n; i++) {
        if (!isnan(p[i])) {
            out[i] = adjusted[at++];
        }
    }
    pp_free(order);
    pp_free(kept);
    return PP_OK;
}

/* Rows of the family, by `terms` (";" between; NULL: all but the intercept). */
static int is_member(const char *name, const char *terms) {
    if (!terms) {
        return !name || strcmp(name, "(Intercept)") != 0;
    }
    return name && pp__is_listed(name, terms);
}

int pp__is_listed(const char *name, const char *list) {
    size_t length = strlen(name);
    for (const char *at = list; *at;) {
        at += strspn(at, " ;");
        size_t n = strcspn(at, ";"), used = n;
        while (n > 0 && at[n - 1] == ' ') {
            n--;
        }
        if (n == length && strncmp(at, name, n) == 0) {
            return 1;
        }
        at += used;
    }
    return 0;
}

static pp_status adjust_column(pp_table *table, const char *terms, int method,
                               pp_error *err) {
    int64_t n = pp_table_rows(table);
    const pp_column *term = pp_table_find(table, "term");
    char name[32] = "p_";
    double *p = pp_malloc(2 * n, sizeof *p), *out = p + n;
    PP_NEED(p, err);
    for (int64_t i = 0; i < n; i++) {
        int in = !term || is_member(pp_column_get_text(term, i), terms);
        p[i] = in ? pp_table_find(table, "p_value")->number[i] : NAN;
    }
    memcpy(name + 2, NAMES[method], strlen(NAMES[method]) + 1);
    pp_status status = pp_adjust(NAMES[method], p, n, out, err);
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        status = pp__put_number(table, i, name, PP_SHOW_P_VALUE, out[i], err);
    }
    pp_free(p);
    return status;
}

pp_status pp_result_adjust(pp_result *result, const char *methods, const char *terms,
                           pp_error *err) {
    static const char *const TABLES[] = {"coefficients", "tests", "bootstrap"};
    for (const char *at = methods; *at;) {
        int method;
        size_t length = strcspn(at, ",");
        PP_TRY(find_method(at, length, &method, err));
        for (int t = 0; t < 3; t++) {
            pp_table *table = pp_result_find(result, TABLES[t]);
            if (table) {
                PP_TRY(adjust_column(table, terms, method, err));
            }
        }
        at += length + (at[length] == ',');
    }
    return PP_OK;
}

/* ---- from draws ---- */

/* Statistics that differ by less, relatively, are equal. */
static const double TIE = 1e-10;

pp_status pp__romano_wolf(int64_t n, int64_t draws, const double *t,
                          const double *const *star, int counted, double *out,
                          pp_error *err) {
    ranked *order = rank(n, t, -1);
    double *highest = order ? pp_malloc(draws, sizeof *highest) : NULL;
    double bound = 0;
    if (!highest) {
        pp_free(order);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t b = 0; b < draws; b++) {
        highest[b] = -INFINITY;
    }
    /* From the smallest statistic on, the maximum over those not larger. */
    for (int64_t i = n - 1; i >= 0; i--) {
        int64_t own = order[i].index, beyond = 0;
        for (int64_t b = 0; b < draws; b++) {
            highest[b] = fmax(highest[b], star[own][b]);
            beyond += highest[b] >= t[own] * (1 - TIE);
        }
        out[own] = (double)(beyond + !counted) / (double)(draws + !counted);
    }
    for (int64_t i = 0; i < n; i++) {
        double *p = &out[order[i].index];
        *p = bound = fmax(bound, *p);
    }
    pp_free(highest);
    pp_free(order);
    return PP_OK;
}
