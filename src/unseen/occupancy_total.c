/* How many of these very units have adopted, seen and unseen: by drawing parameters from
 * their distribution and states given them. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/inference/resampled.h"
#include "model/linalg.h"
#include "model/tables.h"
#include "unseen/occupancy.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { DRAW_TASK = 0x746f7461, DRAWS = 1000, CHUNKS = 32, BATCH = 256, GROUPS = 3 };

/* Counts and expectations of a season: visited, never visited, all. */
typedef struct counts {
    double units[GROUPS], detected[GROUPS], expected[GROUPS];
} counts;

typedef struct drawing {
    const pp__occupancy *o;
    const double *factor; /* F with F F' = V */
    int64_t draws, begin, size;
    double *space;   /* CHUNKS × size */
    counts *counted; /* seasons */
    double *drawn;   /* (seasons × GROUPS) × draws */
} drawing;

/* The probability of adoption in each season, given all visits. */
static void present(const pp__occupancy *o, const double *theta, int64_t u,
                    const pp__occupancy_space *space, double *out) {
    pp__occupancy_question q = {.absent_in = PP__NEVER_ABSENT,
                                .unseen = !o->unit[u].used};
    if (o->unit[u].used && o->unit[u].detections > 0 &&
        (o->form == PP__SINGLE || o->form == PP__ROYLE_NICHOLS)) {
        out[0] = 1;
        return;
    }
    pp__occupancy_unit(o, theta, u, &q, space);
    double all = space->out->value;
    int last = o->visits.seasons - 1;
    out[last] = -expm1(fmin(space->state[0].value - all, 0));
    for (int t = 0; t < last; t++) {
        q.absent_in = t;
        pp__occupancy_unit(o, theta, u, &q, space);
        out[t] = -expm1(fmin(space->out->value - all, 0));
    }
}

static void draw_parameters(const drawing *d, pp_rng *rng, double *theta) {
    int k = d->o->k;
    double *normal = theta + k;
    for (int j = 0; j < k; j++) {
        normal[j] = pp_rng_normal(rng);
    }
    for (int64_t i = 0; i < k; i++) {
        theta[i] = d->o->theta[i];
        for (int64_t j = 0; j < k; j++) {
            theta[i] += d->factor[i + j * k] * normal[j];
        }
    }
}

static void draw_once(const drawing *d, int64_t draw, double *scratch) {
    const pp__occupancy *o = d->o;
    int seasons = o->visits.seasons;
    double *theta = scratch, *p = scratch + 2 * (int64_t)o->k;
    const pp__occupancy_space space = pp__occupancy_place(o, 0, p + seasons);
    pp_rng rng;
    pp_rng_init(&rng, o->options->seed, DRAW_TASK, (uint64_t)draw);
    draw_parameters(d, &rng, theta);
    double *to = d->drawn + draw;
    memset(p, 0, (size_t)seasons * sizeof *p);
    for (int64_t i = 0; i < seasons * GROUPS; i++) {
        to[i * d->draws] = 0;
    }
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (o->unit[u].why) {
            continue;
        }
        present(o, theta, u, &space, p);
        for (int64_t t = 0; t < seasons; t++) {
            int here = pp_rng_uniform(&rng) < p[t], group = !o->unit[u].used;
            to[(t * GROUPS + group) * d->draws] += here;
            to[(t * GROUPS + 2) * d->draws] += here;
        }
    }
}

static void draw_chunk(void *payload, int64_t chunk) {
    const drawing *d = payload;
    int64_t last = d->begin + BATCH < d->draws ? d->begin + BATCH : d->draws;
    for (int64_t draw = d->begin + chunk; draw < last; draw += CHUNKS) {
        draw_once(d, draw, d->space + chunk * d->size);
    }
}

static pp_status draw_all(drawing *d, pp_error *err) {
    for (d->begin = 0; d->begin < d->draws; d->begin += BATCH) {
        PP_TRY(pp_progress(d->o->ctx, "total", (double)d->begin / (double)d->draws, err));
        pp__parallel(d->o->ctx, CHUNKS, draw_chunk, d);
    }
    return PP_OK;
}

/* ---- tables ---- */

static int detected_in(const pp__occupancy *o, int64_t u, int t) {
    for (int64_t i = o->unit[u].first; i < o->unit[u].last; i++) {
        if (o->visits.season[i] == t && o->visits.found[i] > 0) {
            return 1;
        }
    }
    return 0;
}

/* `c` has one for each season; `p` is scratch for as many. */
static void count(const pp__occupancy *o, const pp__occupancy_space *space, double *p,
                  counts *c) {
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (o->unit[u].why) {
            continue;
        }
        const int groups[] = {!o->unit[u].used, 2};
        present(o, o->theta, u, space, p);
        for (int t = 0; t < o->visits.seasons; t++) {
            for (int i = 0; i < 2; i++) {
                c[t].units[groups[i]]++;
                c[t].detected[groups[i]] += detected_in(o, u, t);
                c[t].expected[groups[i]] += p[t];
            }
        }
    }
}

static pp_status put_row(const drawing *d, int t, int g, const counts *c, pp_table *table,
                         pp_error *err) {
    static const char *const NAMES[GROUPS] = {"visited", "never visited", "all"};
    const pp__occupancy *o = d->o;
    double low, high;
    int64_t row;
    pp__resampled r = pp__resampled_of(d->drawn + ((int64_t)t * GROUPS + g) * d->draws,
                                       d->draws, c->expected[g]);
    pp__resampled_interval(&r, PP__PERCENTILE, o->level, &low, &high);
    PP_TRY(pp_table_append(table, &row, err));
    if (o->visits.seasons > 1) {
        PP_TRY(pp__put_text(table, row, "season", o->visits.season_name[t], err));
    }
    PP_TRY(pp__put_text(table, row, "of", NAMES[g], err));
    const pp__named cells[] = {{"units", PP_SHOW_COUNT, c->units[g]},
                               {"detected", PP_SHOW_COUNT, c->detected[g]},
                               {"estimate", PP_SHOW_DEFAULT, c->expected[g]},
                               {"std_error", PP_SHOW_DEFAULT, r.sd},
                               {"conf_low", PP_SHOW_DEFAULT, low},
                               {"conf_high", PP_SHOW_DEFAULT, high},
                               {"share", PP_SHOW_DEFAULT, c->expected[g] / c->units[g]}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return PP_OK;
}

static pp_status put_total(const drawing *d, pp_result *result, pp_error *err) {
    const pp__occupancy *o = d->o;
    const pp__occupancy_space space =
        pp__occupancy_place(o, 0, d->space + o->visits.seasons);
    pp_table *table;
    count(o, &space, d->space, d->counted);
    PP_TRY(
        pp_result_add(result, "occupancy_total", "How many have adopted", &table, err));
    for (int t = 0; t < o->visits.seasons; t++) {
        const counts *c = &d->counted[t];
        for (int g = 0; g < GROUPS; g++) {
            if (c->units[g] > 0 && (g < 2 || c->units[1] > 0)) {
                PP_TRY(put_row(d, t, g, c, table, err));
            }
        }
    }
    return pp_result_set_note(result, "occupancy_total",
                              "Expected numbers among these very units, with what visits "
                              "found; intervals by drawing parameters and states.",
                              err);
}

/* V may have less than full rank: few clusters. */
static pp_status factorise(const pp__occupancy *o, double *factor, double *values,
                           pp_error *err) {
    int64_t k = o->k;
    memcpy(factor, o->V, (size_t)(k * k) * sizeof *factor);
    if (pp__eigen(o->k, factor, values, values + k) != 0) {
        return pp_error_set(err, PP_E_INTERNAL, "eigenvalues do not converge");
    }
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            factor[i + j * k] *= sqrt(fmax(values[j], 0));
        }
    }
    return PP_OK;
}

pp_status pp__occupancy_put_total(const pp__occupancy *o, pp_result *result,
                                  pp_error *err) {
    int64_t k = o->k, seasons = o->visits.seasons;
    drawing d = {.o = o, .draws = o->options->draws > 1 ? o->options->draws : DRAWS};
    d.size = 2 * k + seasons + pp__occupancy_size(o, 0);
    int64_t space = CHUNKS * d.size + seasons * GROUPS * d.draws;
    double *factor = pp_malloc(k * k + 5 * k + space, sizeof *factor);
    d.counted = pp_calloc(seasons, sizeof *d.counted);
    if (!factor || !d.counted) {
        pp_free(factor);
        pp_free(d.counted);
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    d.factor = factor;
    d.space = factor + k * k + 5 * k;
    d.drawn = d.space + CHUNKS * d.size;
    pp_status status = factorise(o, factor, factor + k * k, err);
    if (status == PP_OK) {
        status = draw_all(&d, err);
    }
    if (status == PP_OK) {
        status = put_total(&d, result, err);
    }
    pp_free(factor);
    pp_free(d.counted);
    return status;
}
