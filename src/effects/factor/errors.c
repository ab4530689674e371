/* Errors by resampling. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PREDICT = 0x70726564, DRAW = 0x66646177, BATCH = 64 };

typedef struct job {
    const pp__factor_panel *p;
    pp__factor_model model;
    const pp__factor_fit *fit;
    pp__factor_errors kind;
    uint64_t seed;
    int64_t from; /* of the batch */
    int64_t draws;
    int columns;
    int cohorts, *first, *cohort; /* distinct first periods; of each treated unit */
    double *prediction;           /* draws × cohorts × periods: errors */
    double *value;                /* draws × columns */
    pp_status *status;
    pp_error *fault;
} job;

/* ---- panels made of units of the panel ---- */

typedef struct sample {
    pp__factor_panel panel;
    double *y;
    uint8_t *seen;
    int *first;
    pp__lowrank start;
} sample;

static pp_status make_room(const job *j, int units, int treated, pp_arena *arena,
                           sample *out, pp_error *err) {
    const pp__factor_panel *p = j->p;
    int64_t cells = (int64_t)units * p->periods, own = (int64_t)treated * p->periods;
    double **x = pp_arena_alloc(arena, p->k, sizeof *x);
    out->y = pp_arena_alloc(arena, cells * (2 + p->k), sizeof *out->y);
    out->seen = pp_arena_alloc(arena, cells + own, 1);
    out->first = pp_arena_alloc(arena, treated + own, sizeof *out->first);
    PP_NEED(x && out->y && out->seen ? out->first : NULL, err);
    for (int k = 0; k < p->k; k++) {
        x[k] = out->y + cells * (2 + k);
    }
    out->panel = *p;
    out->panel.units = units;
    out->panel.treated = treated;
    out->panel.y = out->y;
    out->panel.seen = out->seen;
    out->panel.x = (const double *const *)x;
    out->panel.first = out->first;
    out->panel.of = out->first + treated;
    out->panel.in_all = out->seen + cells;
    out->start = (pp__lowrank){.fit = out->y + cells, .beta = j->fit->core.beta};
    return PP_OK;
}

/* Row i of the sample is unit u of the panel. */
static void copy_unit(const job *j, int i, int u, sample *s) {
    const pp__factor_panel *p = j->p;
    int64_t n = p->periods, to = i * n, from = u * n;
    memcpy(s->y + to, p->y + from, (size_t)n * sizeof *s->y);
    memcpy(s->seen + to, p->seen + from, (size_t)n);
    for (int k = 0; k < p->k; k++) {
        memcpy(s->y + (2 + k) * s->panel.units * n + to, p->x[k] + from,
               (size_t)n * sizeof *s->y);
    }
    if (i < s->panel.treated && u < p->treated) {
        s->first[i] = p->first[u];
        memcpy(s->first + s->panel.treated + to, p->of + from,
               (size_t)n * sizeof *s->first);
        memcpy(s->seen + s->panel.units * n + to, p->in_all + from, (size_t)n);
    }
    /* The fit of gsynth has rows of the controls only. */
    int skipped = j->model.method == PP__GSYNTH;
    int64_t row = i - (skipped ? s->panel.treated : 0),
            own = u - (skipped ? p->treated : 0);
    if (row >= 0 && own >= 0) {
        memcpy(s->start.fit + row * n, j->fit->core.fit + own * n,
               (size_t)n * sizeof *s->y);
    }
}

static int is_covered(const sample *s, pp_arena *arena, pp_error *err,
                      pp_status *status) {
    const pp__factor_panel *p = &s->panel;
    uint8_t *seen = pp_arena_alloc(arena, (int64_t)p->units * p->periods, 1);
    int covered = 1;
    if (!seen) {
        *status = pp_error_set(err, PP_E_MEMORY, "out of memory");
        return 0;
    }
    pp__factor_untreated(p, seen);
    for (int t = 0; t < p->periods; t++) {
        int n = 0;
        for (int i = 0; i < p->units; i++) {
            n += seen[(int64_t)i * p->periods + t];
        }
        covered &= n > 0;
    }
    return covered;
}

static pp_status measure(const job *j, const sample *s, pp_arena *arena, double *value,
                         pp_error *err) {
    pp__factor_fit fit;
    PP_TRY(pp__factor_estimate(&s->panel, &j->model, &s->start, arena, &fit, err));
    pp__factor_means(&s->panel, fit.gap, value);
    memcpy(value + s->panel.means + 1, fit.core.beta, (size_t)s->panel.k * sizeof *value);
    return PP_OK;
}

static double *row_of(const job *j, int64_t d) {
    return j->value + d * j->columns;
}

/* ---- units drawn, or left out ---- */

static pp_status draw_units(const job *j, int64_t d, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = j->p;
    pp_status status = PP_OK;
    pp_rng rng;
    sample s;
    pp_rng_init(&rng, j->seed, DRAW, (uint64_t)d);
    PP_TRY(make_room(j, p->units, p->treated, arena, &s, err));
    for (int i = 0; i < p->units; i++) {
        int begin = i < p->treated ? 0 : p->treated;
        int n = i < p->treated ? p->treated : p->units - p->treated;
        copy_unit(j, i, begin + (int)pp_rng_below(&rng, n), &s);
    }
    if (!is_covered(&s, arena, err, &status)) {
        return status;
    }
    return measure(j, &s, arena, row_of(j, d), err);
}

static pp_status leave_unit(const job *j, int64_t d, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = j->p;
    pp_status status = PP_OK;
    sample s;
    if (d < p->treated && p->treated == 1) {
        return PP_OK;
    }
    PP_TRY(make_room(j, p->units - 1, p->treated - (d < p->treated), arena, &s, err));
    for (int i = 0; i < s.panel.units; i++) {
        copy_unit(j, i, i + (i >= d), &s);
    }
    if (!is_covered(&s, arena, err, &status)) {
        return status;
    }
    return measure(j, &s, arena, row_of(j, d), err);
}

/* ---- controls in the part of the treated ---- */

/* As many as are treated, with their first periods, among the controls that are left; the treated are out.
   One treated unit: each control in turn. */
static pp_status replace_treated(const job *j, int64_t d, pp_arena *arena,
                                 pp_error *err) {
    const pp__factor_panel *p = j->p;
    int controls = p->units - p->treated, n = p->periods;
    pp_status status = PP_OK;
    pp_rng rng;
    sample s;
    int *order = pp_arena_alloc(arena, controls, sizeof *order);
    PP_NEED(order, err);
    PP_TRY(make_room(j, controls, p->treated, arena, &s, err));
    pp_rng_init(&rng, j->seed, DRAW, (uint64_t)d);
    for (int i = 0; i < controls; i++) {
        order[i] = i;
    }
    for (int i = 0; i < p->treated; i++) {
        int at = p->treated == 1 ? (int)d : i + (int)pp_rng_below(&rng, controls - i);
        int chosen = order[at];
        order[at] = order[i];
        order[i] = chosen;
    }
    for (int i = 0; i < controls; i++) {
        copy_unit(j, i, p->treated + order[i], &s);
    }
    int64_t own = (int64_t)p->treated * n;
    memcpy(s.first, p->first, (size_t)p->treated * sizeof *s.first);
    memcpy(s.first + p->treated, p->of, (size_t)own * sizeof *s.first);
    memcpy(s.seen + (int64_t)controls * n, p->in_all, (size_t)own);
    if (!is_covered(&s, arena, err, &status)) {
        return status;
    }
    return measure(j, &s, arena, row_of(j, d), err);
}

/* ---- Xu's parametric bootstrap ---- */

/* A control in the part of the treated, with the first period of each cohort, among controls drawn from
   the others: how far the prediction misses what is not treated. */
static pp_status predict(const job *j, int64_t d, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = j->p;
    int controls = p->units - p->treated;
    pp__factor_fit fit;
    pp_rng rng;
    sample s;
    pp_rng_init(&rng, j->seed, PREDICT, (uint64_t)d);
    int fake = (int)pp_rng_below(&rng, controls);
    PP_TRY(make_room(j, controls + j->cohorts, j->cohorts, arena, &s, err));
    for (int i = 0; i < s.panel.units; i++) {
        int other = i < j->cohorts ? fake : (int)pp_rng_below(&rng, controls - 1);
        other += i >= j->cohorts && other >= fake;
        copy_unit(j, i, p->treated + other, &s);
    }
    memcpy(s.first, j->first, (size_t)j->cohorts * sizeof *s.first);
    PP_TRY(pp__factor_estimate(&s.panel, &j->model, &s.start, arena, &fit, err));
    int64_t n = (int64_t)j->cohorts * p->periods;
    memcpy(j->prediction + d * n, fit.gap, (size_t)n * sizeof *fit.gap);
    return PP_OK;
}

/* Counterfactuals with prediction errors, fits of controls with residuals of others: a panel in which no
   treatment has an effect. */
static pp_status simulate(const job *j, int64_t d, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = j->p;
    int64_t n = p->periods;
    int controls = p->units - p->treated;
    const double *fitted = j->fit->core.fit;
    pp_rng rng;
    sample s;
    pp_rng_init(&rng, j->seed, DRAW, (uint64_t)d);
    PP_TRY(make_room(j, p->units, p->treated, arena, &s, err));
    for (int i = 0; i < p->units; i++) {
        copy_unit(j, i, i, &s);
        int64_t from = pp_rng_below(&rng, i < p->treated ? j->draws : controls);
        const double *error = i < p->treated
                                  ? j->prediction + (from * j->cohorts + j->cohort[i]) * n
                                  : NULL;
        for (int64_t t = 0; t < n; t++) {
            int64_t c = i * n + t, own = c - p->treated * n, other = from * n + t;
            s.y[c] = i < p->treated
                         ? p->y[c] - j->fit->gap[c] + error[t]
                         : fitted[own] + p->y[p->treated * n + other] - fitted[other];
        }
    }
    return measure(j, &s, arena, row_of(j, d), err);
}

static pp_status list_cohorts(job *j, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = j->p;
    j->first = pp_arena_alloc(arena, 2 * p->treated, sizeof *j->first);
    PP_NEED(j->first, err);
    j->cohort = j->first + p->treated;
    for (int i = 0; i < p->treated; i++) {
        int c = 0;
        while (c < j->cohorts && j->first[c] != p->first[i]) {
            c++;
        }
        j->first[c] = p->first[i];
        j->cohorts += c == j->cohorts;
        j->cohort[i] = c;
    }
    j->prediction =
        pp_arena_alloc(arena, j->draws * j->cohorts * p->periods, sizeof *j->prediction);
    PP_NEED(j->prediction, err);
    return PP_OK;
}

/* ---- all draws ---- */

typedef pp_status draw_fn(const job *j, int64_t d, pp_arena *arena, pp_error *err);

typedef struct batch {
    job *j;
    draw_fn *draw;
} batch;

static void run_one(void *payload, int64_t chunk) {
    batch *r = payload;
    int64_t d = r->j->from + chunk;
    pp_arena arena;
    pp_arena_init(&arena);
    r->j->status[chunk] = r->draw(r->j, d, &arena, &r->j->fault[chunk]);
    pp_arena_clear(&arena);
}

static pp_status run_all(job *j, draw_fn *draw, const char *stage, const pp_context *ctx,
                         pp_error *err) {
    batch r = {.j = j, .draw = draw};
    for (j->from = 0; j->from < j->draws; j->from += BATCH) {
        int64_t n = j->draws - j->from < BATCH ? j->draws - j->from : BATCH;
        PP_TRY(pp_progress(ctx, stage, (double)j->from / (double)j->draws, err));
        pp__parallel(ctx, n, run_one, &r);
        for (int64_t i = 0; i < n; i++) {
            if (j->status[i] != PP_OK) {
                if (err) {
                    *err = j->fault[i];
                }
                return j->status[i];
            }
        }
    }
    return PP_OK;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Deviations of draws that have the estimate; of the jackknife, blown up as it must be. */
static void find_error(const job *j, pp__factor_draws *out, int column, double *mean) {
    double n = 0, squares = 0;
    *mean = 0;
    for (int64_t d = 0; d < j->draws; d++) {
        double value = row_of(j, d)[column];
        *mean += isnan(value) ? 0 : value;
        n += !isnan(value);
    }
    *mean /= n;
    for (int64_t d = 0; d < j->draws; d++) {
        double e = row_of(j, d)[column] - *mean;
        squares += isnan(e) ? 0 : e * e;
    }
    squares *= j->kind == PP__JACKKNIFE ? (n - 1) / n : 1 / (n - 1);
    out->error[column] = n > 1 ? sqrt(squares) : NAN;
}

static void describe(const job *j, double level, double *space, pp__factor_draws *out) {
    double *mean = space, *largest = space + j->columns;
    int64_t at = (int64_t)ceil((double)j->draws * level - 1e-9) - 1;
    for (int c = 0; c < j->columns; c++) {
        find_error(j, out, c, &mean[c]);
    }
    for (int64_t d = 0; d < j->draws; d++) {
        const double *value = row_of(j, d);
        out->failed += isnan(value[j->p->means]);
        largest[d] = 0;
        for (int c = 0; c < j->p->means; c++) {
            double z = fabs(value[c] - mean[c]) / out->error[c];
            largest[d] = isnan(z) ? largest[d] : fmax(largest[d], z);
        }
    }
    qsort(largest, (size_t)j->draws, sizeof *largest, compare_numbers);
    int has_band = j->kind == PP__PARAMETRIC || j->kind == PP__BOOTSTRAP;
    *out->factor = has_band ? largest[at < 0 ? 0 : at] : NAN;
}

static int64_t count_draws(const pp__factor_panel *p, pp__factor_errors kind,
                           int64_t draws) {
    return kind == PP__JACKKNIFE                     ? p->units
           : kind == PP__PLACEBOS && p->treated == 1 ? p->units - 1
                                                     : draws;
}

static int tells_anything(const pp__factor_panel *p, pp__factor_errors kind) {
    int controls = p->units - p->treated;
    return kind == PP__PARAMETRIC ||
           (kind == PP__PLACEBOS ? controls >= 2 * p->treated && controls > 3
                                 : p->treated >= PP__FACTOR_MANY_TREATED);
}

pp_status pp__factor_resample(const pp__factor_panel *p, const pp__factor_model *model,
                              const pp__factor_fit *fit, pp__factor_errors kind,
                              int64_t draws, uint64_t seed, double level,
                              const pp_context *ctx, pp_arena *arena,
                              pp__factor_draws *out, pp_error *err) {
    job j = {.p = p,
             .model = *model,
             .fit = fit,
             .kind = kind,
             .seed = seed,
             .draws = count_draws(p, kind, draws),
             .columns = p->means + 1 + p->k};
    int64_t size = j.draws * j.columns;
    j.model.tolerance = 1e-6;
    j.value = pp_arena_alloc(arena, size + 3 * j.columns + j.draws + 1, sizeof *j.value);
    j.status = pp_arena_zalloc(arena, BATCH, sizeof *j.status);
    j.fault = pp_arena_zalloc(arena, BATCH, sizeof *j.fault);
    PP_NEED(j.value && j.status ? j.fault : NULL, err);
    int64_t missing = size + j.columns + 1;
    for (int64_t i = 0; i < missing; i++) {
        j.value[i] = NAN;
    }
    *out = (pp__factor_draws){
        .n = j.draws, .columns = j.columns, .value = j.value, .kind = kind};
    out->error = j.value + size;
    out->factor = out->error + j.columns;
    if (!tells_anything(p, kind)) {
        out->n = 0;
        return PP_OK;
    }
    if (kind == PP__PARAMETRIC) {
        PP_TRY(list_cohorts(&j, arena, err));
        PP_TRY(run_all(&j, predict, "prediction errors", ctx, err));
        PP_TRY(run_all(&j, simulate, "bootstrap", ctx, err));
    } else {
        static draw_fn *const draw[] = {NULL, draw_units, leave_unit, replace_treated};
        static const char *const stage[] = {NULL, "bootstrap", "jackknife", "placebos"};
        PP_TRY(run_all(&j, draw[kind], stage[kind], ctx, err));
    }
    describe(&j, level, out->factor + 1, out);
    return PP_OK;
}
