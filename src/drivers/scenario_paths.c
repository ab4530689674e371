#include "drivers/scenario_paths.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/draw.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { PARAMETERS = 0x73636e61, PATHS = 0x73636e62, ROUND = 64 };

typedef struct work {
    pp__paths *p;
    double *L; /* factor of the covariance of the columns' coefficients */
    int64_t first;
    pp_status status[ROUND];
} work;

int64_t pp__paths_width(const pp__paths *p) {
    return (int64_t)PP__ARMS * (p->groups + p->periods);
}

static pp__adoptions adoptions_at(const pp__paths *p, double *values) {
    pp__adoptions a;
    for (int arm = 0; arm < PP__ARMS; arm++) {
        a.total[arm] = values + (int64_t)arm * (p->groups + p->periods);
        a.period[arm] = a.total[arm] + p->groups;
    }
    return a;
}

/* ---- hazards ---- */

/* The hazard of each row of an arm, and its derivative by the linear predictor (NULL: not wanted).
   Rows that are the same in both arms are taken from the first. `scratch`: 4 tiles. */
static void find_hazards(const pp__paths *p, const double *b, int arm, double *hazard,
                         double *slope, double *scratch) {
    const pp__scenario_rows *r = p->rows;
    double *eta = scratch, *mean = eta + PP__TILE, *first = mean + PP__TILE;
    for (int64_t begin = 0; begin < r->n; begin += PP__TILE) {
        int n = r->n - begin < PP__TILE ? (int)(r->n - begin) : PP__TILE;
        for (int i = 0; i < n; i++) {
            const double *x = r->x[arm] + (begin + i) * r->k;
            double sum = r->outside[arm] ? r->outside[arm][begin + i] : 0;
            for (int j = 0; j < r->k; j++) {
                sum += b[j] * x[j];
            }
            eta[i] = sum;
        }
        p->fit->link->response(n, eta, mean, first, first + PP__TILE);
        memcpy(hazard + begin, mean, (size_t)n * sizeof *mean);
        if (slope) {
            memcpy(slope + begin, first, (size_t)n * sizeof *first);
        }
    }
}

/* ---- one unit ---- */

static void count(const pp__paths *p, pp__adoptions *a, int arm, int64_t unit,
                  int32_t period, double adopted) {
    int32_t region = p->rows->region ? p->rows->region[unit] : -1;
    a->total[arm][0] += adopted;
    a->period[arm][period] += adopted;
    if (region >= 0) {
        a->total[arm][1 + region] += adopted;
    }
}

/* Expected adoptions of a unit, and, with a uniform number, the period in which it adopts: the
   first whose survival is not above it. Gives the survival of all its rows. */
static double pass_unit(const pp__paths *p, int arm, int64_t unit, const double *hazard,
                        double luck, pp__adoptions *expected, pp__adoptions *adopted) {
    const pp__scenario_rows *r = p->rows;
    double survival = 1;
    int at_risk = 1;
    for (int64_t i = r->begin[unit]; i < r->begin[unit + 1]; i++) {
        count(p, expected, arm, unit, r->period[i], survival * hazard[i]);
        survival *= 1 - hazard[i];
        if (adopted && at_risk && survival <= luck) {
            count(p, adopted, arm, unit, r->period[i], 1);
            at_risk = 0;
        }
    }
    return survival;
}

/* ---- at the estimates ---- */

/* The gradient of the probability of having adopted, added to `gradient` with a sign. */
static void add_gradient(const pp__paths *p, int arm, int64_t unit, const double *hazard,
                         const double *slope, double survival, double *gradient) {
    const pp__scenario_rows *r = p->rows;
    double sign = arm == PP__CHANGED ? 1 : -1;
    for (int64_t i = r->begin[unit]; i < r->begin[unit + 1]; i++) {
        double left = 1 - hazard[i];
        double factor = left > 0 ? sign * survival * slope[i] / left : 0;
        for (int j = 0; j < r->k; j++) {
            gradient[j] += factor * r->x[arm][i * r->k + j];
        }
    }
}

static double quadratic(const pp_fit *fit, int k, const double *gradient) {
    double sum = 0;
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < k; i++) {
            sum += gradient[i] * fit->V[i + (int64_t)j * fit->k] * gradient[j];
        }
    }
    return sum > 0 ? sum : 0;
}

static pp_status at_estimates(pp__paths *p, pp_arena *arena, pp_error *err) {
    const pp__scenario_rows *r = p->rows;
    double *expected = pp_arena_zalloc(arena, pp__paths_width(p), sizeof *expected);
    PP_NEED(expected, err);
    double *hazard =
        pp_arena_alloc(arena, 4 * r->n + 4 * PP__TILE + r->k, sizeof *hazard);
    PP_NEED(hazard, err);
    double *slope = hazard + 2 * r->n, *scratch = slope + 2 * r->n;
    double *gradient = scratch + 4 * PP__TILE;
    p->unit[0] = pp_arena_alloc(arena, 3 * r->units, sizeof *p->unit[0]);
    PP_NEED(p->unit[0], err);
    p->unit[1] = p->unit[0] + r->units;
    p->unit_error = p->unit[1] + r->units;
    p->expected = adoptions_at(p, expected);
    for (int arm = 0; arm < PP__ARMS; arm++) {
        find_hazards(p, p->fit->estimates, arm, hazard + arm * r->n, slope + arm * r->n,
                     scratch);
    }
    for (int64_t u = 0; u < r->units; u++) {
        memset(gradient, 0, (size_t)r->k * sizeof *gradient);
        for (int arm = 0; arm < PP__ARMS; arm++) {
            const double *h = hazard + arm * r->n;
            double survival = pass_unit(p, arm, u, h, 0, &p->expected, NULL);
            p->unit[arm][u] = 1 - survival;
            add_gradient(p, arm, u, h, slope + arm * r->n, survival, gradient);
        }
        p->unit_error[u] = sqrt(quadratic(p->fit, r->k, gradient));
    }
    return PP_OK;
}

/* ---- draws ---- */

static void draw_once(const work *w, int64_t draw, double *space) {
    pp__paths *p = w->p;
    const pp__scenario_rows *r = p->rows;
    int64_t width = pp__paths_width(p);
    double *b = space, *hazard = b + r->k, *scratch = hazard + 2 * r->n;
    pp__adoptions expected = adoptions_at(p, p->drawn_expected + draw * width);
    pp__adoptions adopted = adoptions_at(p, p->drawn_adopted + draw * width);
    pp_rng rng;
    pp_rng_init(&rng, p->seed, PARAMETERS, (uint64_t)draw);
    pp__draw_normal(&rng, r->k, p->fit->estimates, w->L, b);
    for (int arm = 0; arm < PP__ARMS; arm++) {
        find_hazards(p, b, arm, hazard + arm * r->n, NULL, scratch);
    }
    for (int64_t u = 0; u < r->units; u++) {
        pp_rng_init(&rng, p->seed, (uint64_t)PATHS << 32 | (uint64_t)draw,
                    (uint64_t)r->number[u]);
        double luck = pp_rng_uniform(&rng);
        for (int arm = 0; arm < PP__ARMS; arm++) {
            pass_unit(p, arm, u, hazard + arm * r->n, luck, &expected, &adopted);
        }
    }
}

static void run_draw(void *payload, int64_t chunk) {
    work *w = payload;
    const pp__scenario_rows *r = w->p->rows;
    double *space = pp_malloc(r->k + 2 * r->n + 4 * PP__TILE, sizeof *space);
    w->status[chunk] = space ? PP_OK : PP_E_MEMORY;
    if (space) {
        draw_once(w, w->first + chunk, space);
    }
    pp_free(space);
}

static pp_status run_draws(work *w, const pp_context *ctx, pp_error *err) {
    pp__paths *p = w->p;
    for (; w->first < p->draws; w->first += ROUND) {
        int64_t n = p->draws - w->first < ROUND ? p->draws - w->first : ROUND;
        PP_TRY(pp_progress(ctx, "scenario", (double)w->first / (double)p->draws, err));
        pp__parallel(ctx, n, run_draw, w);
        for (int64_t i = 0; i < n; i++) {
            PP_NEED(w->status[i] == PP_OK ? w : NULL, err);
        }
    }
    return PP_OK;
}

pp_status pp__paths_run(pp__paths *p, const pp_context *ctx, pp_arena *arena,
                        pp_error *err) {
    const pp__scenario_rows *r = p->rows;
    int64_t k = r->k, width;
    p->groups = 1 + (r->region ? r->region_names.n_levels : 0);
    p->periods = r->period_names.code ? r->period_names.n_levels : 1;
    width = pp__paths_width(p);
    PP_TRY(at_estimates(p, arena, err));
    work w = {.p = p, .L = pp_arena_alloc(arena, 2 * k * k, sizeof(double))};
    PP_NEED(w.L, err);
    for (int64_t j = 0; j < k; j++) {
        memcpy(w.L + k * k + j * k, p->fit->V + j * p->fit->k, (size_t)k * sizeof *w.L);
    }
    pp__draw_factor(k, w.L + k * k, w.L);
    p->drawn_expected = pp_arena_zalloc(arena, p->draws * width, sizeof(double));
    PP_NEED(p->drawn_expected, err);
    p->drawn_adopted = pp_arena_zalloc(arena, p->draws * width, sizeof(double));
    PP_NEED(p->drawn_adopted, err);
    return run_draws(&w, ctx, err);
}
