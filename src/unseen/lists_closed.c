#include "unseen/lists_closed.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

static const pp__closed MODELS[PP__MOST_CLOSED] = {
    {"M0", "equal chances", 0, 0, PP__EQUAL},
    {"Mt", "by list", 1, 0, PP__EQUAL},
    {"Mh Chao (LB)", "by unit", 0, 0, PP__CHAO},
    {"Mh Poisson2", "by unit", 0, 0, PP__POISSON},
    {"Mh Darroch", "by unit", 0, 0, PP__DARROCH},
    {"Mh Gamma3.5", "by unit", 0, 0, PP__GAMMA},
    {"Mth Chao (LB)", "by list and unit", 1, 0, PP__CHAO},
    {"Mth Poisson2", "by list and unit", 1, 0, PP__POISSON},
    {"Mth Darroch", "by list and unit", 1, 0, PP__DARROCH},
    {"Mth Gamma3.5", "by list and unit", 1, 0, PP__GAMMA},
    {"Mb", "once listed", 0, 1, PP__EQUAL},
    {"Mbh", "once listed", 0, 2, PP__EQUAL}};

static const pp__closed TWO_LISTS[] = {{"M0", "equal chances", 0, 0, PP__EQUAL},
                                       {"Mt", "by list", 1, 0, PP__EQUAL},
                                       {"Mb", "once listed", 0, 1, PP__EQUAL}};

int pp__closed_models(int lists, const pp__closed **out) {
    *out = lists == 2 ? TWO_LISTS : MODELS;
    return lists == 2 ? 3 : PP__MOST_CLOSED;
}

/* ---- design ---- */

double pp__closed_unequal(pp__unequal unequal, double x) {
    return unequal == PP__POISSON   ? exp2(x) - 1
           : unequal == PP__DARROCH ? x * x / 2
                                    : log(3.5) - log(3.5 + x);
}

static int first_list(int history) {
    int i = 0;
    while (!(history >> i & 1)) {
        i++;
    }
    return i;
}

/* The plain columns of one cell beyond the constant: gives how many. */
static int plain_row(const pp__closed *closed, int lists, int counts, int cell,
                     double *x) {
    int times = counts ? cell : pp__bits((unsigned)cell), k = 0;
    if (closed->by_list) {
        for (int i = 0; i < lists; i++) {
            x[k++] = cell >> i & 1;
        }
        return k;
    }
    if (!closed->behaviour) {
        x[k++] = times;
        return k;
    }
    if (closed->behaviour == 2) {
        x[k++] = !(cell & 1);
    }
    x[k++] = cell ? first_list(cell) : lists;
    x[k++] = cell ? times - 1 : 0;
    return k;
}

static int unequal_row(const pp__closed *closed, int lists, int times, double *x) {
    int k = 0;
    if (closed->unequal == PP__CHAO) {
        for (int j = 3; j <= lists; j++) {
            x[k++] = times >= j ? times - j + 1 : 0;
        }
    } else if (closed->unequal != PP__EQUAL) {
        x[k++] = pp__closed_unequal(closed->unequal, times);
    }
    return k;
}

pp_status pp__closed_design(const pp__closed *closed, int lists, int counts,
                            pp_arena *arena, pp__cells *out, int *plain, pp_error *err) {
    int cells = counts ? lists + 1 : 1 << lists;
    double *X = pp_arena_zalloc(arena, (int64_t)cells * 2 * (lists + 2), sizeof *X);
    PP_NEED(X, err);
    *out = (pp__cells){.cells = cells, .first = 1, .X = X, .lists = lists};
    for (int cell = 0; cell < cells; cell++) {
        double x[2 * PP__MOST_LISTS + 4];
        int times = counts ? cell : pp__bits((unsigned)cell);
        *plain = 1 + plain_row(closed, lists, counts, cell, x + 1);
        x[0] = 1;
        out->k = *plain + unequal_row(closed, lists, times, x + *plain);
        for (int j = 0; j < out->k; j++) {
            X[cell + (int64_t)j * cells] = x[j];
        }
    }
    return PP_OK;
}

/* ---- fit ---- */

static int first_negative(const pp__cells *model, const pp__cells_fit *fit, int plain) {
    int j = plain;
    while (j < model->k && !(fit->beta[j] < 0)) {
        j++;
    }
    return j;
}

pp_status pp__closed_fit(pp__cells *model, const pp__closed *closed, const double *y,
                         int plain, pp_arena *arena, pp__cells_fit *out, pp_error *err) {
    PP_TRY(pp__cells_estimate(model, y, arena, out, err));
    if (closed->unequal != PP__CHAO) {
        return PP_OK;
    }
    for (int j; (j = first_negative(model, out, plain)) < model->k;) {
        size_t bytes = (size_t)model->cells * sizeof *model->X;
        double *X = pp_arena_alloc(arena, (int64_t)model->cells * model->k, sizeof *X);
        PP_NEED(X, err);
        memcpy(X, model->X, (size_t)j * bytes);
        memcpy(X + (int64_t)j * model->cells, model->X + (int64_t)(j + 1) * model->cells,
               (size_t)(model->k - j - 1) * bytes);
        model->X = X;
        model->k--;
        PP_TRY(pp__cells_estimate(model, y, arena, out, err));
    }
    return PP_OK;
}

/* ---- Mb, Mbh: what is missing follows from the decline of first listings ---- */

/* sqrt(v' V v - N). */
static double delta_error(const pp__cells_fit *fit, int k, const double *v, double N) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
            sum += v[i] * v[j] * fit->V[i + (int64_t)j * k];
        }
    }
    return sqrt(sum - N);
}

static void behaviour_mb(const pp__cells_fit *fit, int lists, pp__number *out) {
    const double *b = fit->beta;
    double c = exp(b[2]), left = 1 + c - exp(b[1]);
    double N = exp(b[0]) * pow(1 + c, lists) / left;
    const double v[] = {N, N * exp(b[1]) / left, N * (lists * c / (1 + c) - c / left)};
    if (left > 0) {
        out->estimate = N;
        out->error = delta_error(fit, 3, v, N);
    }
}

/* The error is Rcapture's, whose last derivative lacks the factor 1 + odds in its first term. */
static void behaviour_mbh(const pp__cells_fit *fit, int lists, pp__number *out) {
    const double *b = fit->beta;
    double c = exp(b[3]), left = 1 + c - exp(b[2]), odds = exp(b[1] + b[2]) / left;
    double scale = exp(b[0]) * pow(1 + c, lists - 1), N = scale * (1 + odds);
    const double v[] = {N, scale * odds, scale * odds * (1 + exp(b[2]) / left),
                        scale * ((lists - 1) * c / (1 + c) - odds * c / left)};
    if (left > 0) {
        out->estimate = N;
        out->error = delta_error(fit, 4, v, N);
    }
}

static void estimate_behaviour(const pp__closed *closed, const pp__histories *h,
                               const pp__cells_fit *fit, double level, pp__number *out) {
    out->estimate = out->error = out->low = out->high = NAN;
    out->interval = NULL;
    if (fit->determined) {
        closed->behaviour == 1 ? behaviour_mb(fit, h->lists, out)
                               : behaviour_mbh(fit, h->lists, out);
        pp__number_lognormal(h->observed, level, out);
    }
}

/* ---- the whole ---- */

typedef struct refitted {
    const pp__closed *closed;
    int plain;
} refitted;

/* At each N of a profile, eta are set to zero anew. */
static pp_status refit(const void *payload, pp__cells *model, const double *y,
                       pp_arena *arena, pp__cells_fit *out, pp_error *err) {
    const refitted *r = payload;
    return pp__closed_fit(model, r->closed, y, r->plain, arena, out, err);
}

pp_status pp__closed_estimate(const pp__closed *closed, const pp__histories *h,
                              double level, pp_arena *arena, pp__number *out,
                              pp_error *err) {
    refitted r = {.closed = closed};
    pp__cells whole, model;
    pp__cells_fit fit;
    PP_TRY(pp__closed_design(closed, h->lists, 0, arena, &whole, &r.plain, err));
    model = whole;
    *out = pp__number_none(closed->name, closed->kind);
    PP_TRY(pp__closed_fit(&model, closed, h->count, r.plain, arena, &fit, err));
    pp__number_of(h, &fit, level, out);
    PP_TRY(pp__closed_correct(closed, h, arena, &out->corrected, &out->corrected_error,
                              err));
    if (closed->behaviour) {
        estimate_behaviour(closed, h, &fit, level, out);
        return PP_OK;
    }
    return pp__number_profile_cells(&whole, h, refit, &r, level, arena, out, err);
}
