#include "effects/honest/event_study.h"

#include "base/check.h"
#include "effects/columns.h"
#include "model/linalg.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200 };

typedef struct estimate_at {
    double horizon, estimate, variance;
} estimate_at;

typedef struct reading {
    const pp_honest_options *options;
    pp_arena *arena;
    pp_error *err;
    int rows; /* with an estimate, ascending; the reference among them or not */
    estimate_at *row;
    int64_t incomplete;
    const double *horizon, *other, *covariance; /* pairs */
    int64_t pairs;
} reading;

static int by_horizon(const void *a, const void *b) {
    double x = ((const estimate_at *)a)->horizon, y = ((const estimate_at *)b)->horizon;
    return x < y ? -1 : x > y;
}

static pp_status fail_horizon(const reading *r, double horizon, const char *words,
                              const char *hint) {
    char text[32];
    pp_format_number(horizon, text);
    pp_error_set(r->err, PP_E_INPUT, "%s", words);
    pp_error_locate(r->err, NULL, 0, "horizon", text);
    pp_error_hint(r->err, "%s", hint);
    return PP_E_INPUT;
}

/* ---- the two tables ---- */

static pp_status read_estimates(reading *r, const pp_table *table) {
    pp_column *horizon, *estimate;
    int64_t n = pp_table_rows(table);
    PP_TRY(pp__effects_column(table, "horizon", "horizon", 1, &horizon, r->err));
    PP_TRY(pp__effects_column(table, "estimate", "estimate", 1, &estimate, r->err));
    r->row = pp_arena_alloc(r->arena, n + 1, sizeof *r->row);
    PP_NEED(r->row, r->err);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(horizon->number[i]) || !isfinite(estimate->number[i])) {
            r->incomplete++;
        } else if (r->rows < MOST) {
            r->row[r->rows++] =
                (estimate_at){horizon->number[i], estimate->number[i], NAN};
        } else {
            PP_FAIL(r->err, PP_E_INPUT, "there are more than %d estimates", MOST);
        }
    }
    qsort(r->row, (size_t)r->rows, sizeof *r->row, by_horizon);
    for (int i = 1; i < r->rows; i++) {
        if (r->row[i].horizon == r->row[i - 1].horizon) {
            return fail_horizon(r, r->row[i].horizon, "a horizon has two estimates",
                                "one row a horizon; of which estimator?");
        }
    }
    return PP_OK;
}

static pp_status read_pairs(reading *r, const pp_table *table) {
    pp_column *horizon, *other, *covariance;
    PP_TRY(pp__effects_column(table, "horizon", "horizon", 1, &horizon, r->err));
    PP_TRY(pp__effects_column(table, "other", "other horizon", 1, &other, r->err));
    PP_TRY(pp__effects_column(table, "covariance", "covariance", 1, &covariance, r->err));
    r->horizon = horizon->number;
    r->other = other->number;
    r->covariance = covariance->number;
    r->pairs = pp_table_rows(table);
    return PP_OK;
}

static int place_of(const reading *r, double horizon) {
    const estimate_at key = {horizon, 0, 0};
    const estimate_at *at =
        r->rows ? bsearch(&key, r->row, (size_t)r->rows, sizeof *r->row, by_horizon)
                : NULL;
    return at ? (int)(at - r->row) : -1;
}

/* All pairs of horizons that have an estimate, rows × rows; NaN where there is none. */
static pp_status fill_covariance(reading *r, double *V) {
    for (int64_t i = 0; i < (int64_t)r->rows * r->rows; i++) {
        V[i] = NAN;
    }
    for (int64_t p = 0; p < r->pairs; p++) {
        int i = place_of(r, r->horizon[p]), j = place_of(r, r->other[p]);
        double value = r->covariance[p];
        if (i < 0 || j < 0 || !isfinite(value)) {
            continue;
        }
        double known = V[i + j * r->rows];
        if (!isnan(known) &&
            fabs(known - value) > 1e-9 * fmax(fabs(known), fabs(value))) {
            pp_error_set(r->err, PP_E_INPUT,
                         "horizons %g and %g have two covariances: %.6g and %.6g",
                         r->horizon[p], r->other[p], known, value);
            pp_error_locate(r->err, NULL, p + 1, "covariance", NULL);
            pp_error_hint(r->err, "each pair once, or twice with the same number");
            return PP_E_INPUT;
        }
        V[i + j * r->rows] = V[j + i * r->rows] = value;
    }
    for (int i = 0; i < r->rows; i++) {
        r->row[i].variance = V[i + i * r->rows];
    }
    return PP_OK;
}

/* ---- order in time ---- */

/* The horizon that has an estimate of zero by definition: named, or without variance, or -1. */
static pp_status find_reference(const reading *r, double *out) {
    *out = r->options->reference != 0 ? r->options->reference : NAN;
    for (int i = 0; i < r->rows && isnan(*out); i++) {
        if (r->row[i].horizon < 0 && r->row[i].estimate == 0 &&
            !(r->row[i].variance > 0)) {
            *out = r->row[i].horizon;
        }
    }
    *out = isnan(*out) ? -1 : *out;
    if (!(*out < 0)) {
        return fail_horizon(r, *out, "the reference period is not before treatment",
                            "a negative horizon, as -1");
    }
    int at = place_of(r, *out);
    if (at >= 0 && (r->row[at].estimate != 0 || r->row[at].variance > 0)) {
        return fail_horizon(
            r, *out, "the reference period has an estimate of its own",
            "all estimates must be differences from one reference period: of did with "
            "the base 'universal'; with a varying base those before treatment are "
            "changes "
            "from one period to the next");
    }
    return PP_OK;
}

/* Estimates without the reference, which must stand in line with them. */
static pp_status order(reading *r, double reference, int *pre, int *place) {
    double step = NAN, last = NAN;
    int n = 0, seen = 0;
    *pre = 0;
    for (int i = 0; i <= r->rows; i++) {
        double next = i < r->rows ? r->row[i].horizon : INFINITY, here;
        if (!seen && next > reference) {
            here = reference; /* not among the rows */
            seen = 1;
            i--;
        } else if (i == r->rows) {
            break;
        } else {
            here = next;
            seen |= here == reference;
            *pre += here < reference;
            if (here != reference) {
                place[n++] = i;
            }
        }
        step = isnan(step) && !isnan(last) ? here - last : step;
        if (!isnan(last) && fabs(here - last - step) > 1e-9 * fabs(step)) {
            pp_error_set(r->err, PP_E_ESTIMATION,
                         "horizons are not consecutive: %g is followed by %g", last,
                         here);
            pp_error_hint(r->err,
                          "bounds are on changes from one period to the next: leave out "
                          "what lies beyond the gap; the reference is %g",
                          reference);
            return PP_E_ESTIMATION;
        }
        last = here;
    }
    return PP_OK;
}

static pp_status check_periods(const reading *r, int pre, int post) {
    if (pre > 0 && post > 0) {
        return PP_OK;
    }
    pp_error_set(r->err, PP_E_ESTIMATION, "there are no estimates %s the reference",
                 pre == 0 ? "before" : "after");
    pp_error_hint(
        r->err, pre == 0
                    ? "departures from parallel trends are measured by those before "
                      "treatment: at least one period before the reference is needed; of "
                      "imputation (bjs) there are none, take cs or sunab"
                    : "at least one period from treatment on is needed");
    return PP_E_ESTIMATION;
}

/* ---- the whole ---- */

/* As of a single treated unit. */
static pp_status check_errors(const reading *r, const int *place, int n) {
    for (int i = 0; i < n; i++) {
        if (!isnan(r->row[place[i]].variance)) {
            return PP_OK;
        }
    }
    pp_error_set(r->err, PP_E_ESTIMATION, "no estimate has an error: bounds need errors");
    pp_error_hint(r->err, "one treated unit, or one cluster of them, says nothing of how "
                          "they vary: compare it with a synthetic control");
    return PP_E_ESTIMATION;
}

static pp_status take(reading *r, const double *all, const int *place,
                      pp__event_study *s) {
    double *b = pp_arena_alloc(r->arena, s->n, sizeof *b);
    double *V = pp_arena_alloc(r->arena, 2 * (int64_t)s->n * s->n, sizeof *V);
    PP_NEED(b && V ? b : NULL, r->err);
    PP_TRY(check_errors(r, place, s->n));
    double *L = V + (int64_t)s->n * s->n;
    s->unit = 0;
    for (int i = 0; i < s->n; i++) {
        s->unit = fmax(s->unit, r->row[place[i]].variance);
    }
    s->unit = s->unit > 0 ? sqrt(s->unit) : 1;
    for (int i = 0; i < s->n; i++) {
        b[i] = r->row[place[i]].estimate / s->unit;
        for (int j = 0; j < s->n; j++) {
            double value = all[place[i] + place[j] * r->rows];
            if (isnan(value)) {
                pp_error_set(r->err, PP_E_INPUT,
                             "the covariance of horizons %g and %g is missing",
                             r->row[place[i]].horizon, r->row[place[j]].horizon);
                pp_error_hint(r->err, "columns horizon, other, covariance: every pair, "
                                      "each horizon with itself too");
                return PP_E_INPUT;
            }
            V[i + j * s->n] = L[i + j * s->n] = value / s->unit / s->unit;
        }
    }
    int rank = pp__cholesky(s->n, L, 1e-10);
    if (rank < s->n) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "the covariance of the %d estimates is singular, or no covariance: "
                     "horizon %g hangs on those before it",
                     s->n, r->row[place[rank]].horizon);
        pp_error_hint(r->err, "there are fewer clusters than estimates, or few units in "
                              "the cohorts of far horizons: leave far horizons out");
        return PP_E_ESTIMATION;
    }
    for (int j = 1; j < s->n; j++) {
        memset(L + j * s->n, 0, (size_t)j * sizeof *L);
    }
    s->estimate = b;
    s->V = V;
    s->factor = L;
    return PP_OK;
}

static pp_status choose_weights(reading *r, const int *place, pp__event_study *s) {
    const char *at = r->options->at ? r->options->at : "0";
    double wanted, n = 0, *l = pp_arena_zalloc(r->arena, s->post, sizeof *l);
    int mean = strcmp(at, "mean") == 0;
    PP_NEED(l, r->err);
    if (!mean && !pp_parse_number(at, &wanted)) {
        pp_error_set(r->err, PP_E_ARGUMENT, "'%s' is no horizon", at);
        pp_error_locate(r->err, NULL, 0, "at", at);
        pp_error_hint(r->err, "a number of periods since treatment, or mean");
        return PP_E_ARGUMENT;
    }
    for (int k = 0; k < s->post; k++) {
        double horizon = r->row[place[s->pre + k]].horizon;
        l[k] = mean ? horizon >= 0 : horizon == wanted;
        n += l[k];
    }
    if (n == 0) {
        pp_error_set(r->err, PP_E_NOT_FOUND, "there is no estimate at horizon %s",
                     mean ? "0 or later" : at);
        pp_error_locate(r->err, NULL, 0, "at", at);
        pp_error_hint(r->err, "after the reference there are %g to %g",
                      r->row[place[s->pre]].horizon, r->row[place[s->n - 1]].horizon);
        return PP_E_NOT_FOUND;
    }
    for (int k = 0; k < s->post; k++) {
        l[k] /= n;
    }
    s->weight = l;
    return PP_OK;
}

pp_status pp__event_study_read(const pp_table *estimates, const pp_table *covariance,
                               const pp_honest_options *options, pp_arena *arena,
                               pp__event_study *out, pp_error *err) {
    reading r = {.options = options, .arena = arena, .err = err};
    PP_TRY(read_estimates(&r, estimates));
    PP_TRY(read_pairs(&r, covariance));
    double *V = pp_arena_alloc(arena, (int64_t)r.rows * r.rows + 1, sizeof *V);
    int *place = pp_arena_alloc(arena, r.rows + 1, sizeof *place);
    PP_NEED(V && place ? V : NULL, err);
    PP_TRY(fill_covariance(&r, V));
    *out = (pp__event_study){.incomplete = r.incomplete};
    PP_TRY(find_reference(&r, &out->reference));
    PP_TRY(order(&r, out->reference, &out->pre, place));
    out->n = r.rows - (place_of(&r, out->reference) >= 0);
    out->post = out->n - out->pre;
    PP_TRY(check_periods(&r, out->pre, out->post));
    PP_TRY(take(&r, V, place, out));
    return choose_weights(&r, place, out);
}

double pp__event_study_product(const pp__event_study *s, const double *x,
                               const double *y) {
    double sum = 0;
    for (int j = 0; j < s->n; j++) {
        sum += y[j] == 0 ? 0 : y[j] * pp__dot(s->n, x, s->V + (int64_t)j * s->n);
    }
    return sum;
}

void pp__event_study_original(const pp__event_study *s, double *estimate,
                              double *std_error) {
    double variance = 0;
    *estimate = pp__dot(s->post, s->weight, s->estimate + s->pre);
    for (int i = 0; i < s->post; i++) {
        for (int j = 0; j < s->post; j++) {
            variance += s->weight[i] * s->weight[j] *
                        s->V[s->pre + i + (int64_t)(s->pre + j) * s->n];
        }
    }
    *std_error = sqrt(variance);
}
