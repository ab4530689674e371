/* Conley (1999), J. Econometrics 92, 1-45: rows whose places are within a cutoff on a
 * great circle may go together, at any times, with a uniform or Bartlett's kernel.
 *
 * Scores are summed by place first. Places are sorted by bands of latitude as high as the
 * cutoff and by longitude within a band, so that each looks only at those in reach.
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double RADIUS = 6371.0088; /* km, mean of the Earth (IUGG) */
static const double PI = 3.14159265358979323846;
enum { CHUNK = 256 };

typedef struct place {
    double lat, lon;   /* radians, lon in -π..π */
    double at[3];      /* on the unit sphere */
    int32_t band, own; /* own: which group of scores */
} place;

typedef struct space {
    int64_t n, k, bands;
    place *place;   /* n, sorted by band and longitude */
    int64_t *first; /* bands + 1: the first place of each band */
    double cutoff;  /* an angle */
    double angle;   /* no more than half around */
    double chord2;  /* its chord, squared */
    pp__kernel kernel;
    const double *sums;
    double *smoothed;
} space;

/* ---- places in order ---- */

static int compare(const void *a, const void *b) {
    const place *p = a, *q = b;
    if (p->band != q->band) {
        return p->band < q->band ? -1 : 1;
    }
    if (p->lon != q->lon) {
        return p->lon < q->lon ? -1 : 1;
    }
    return (p->own > q->own) - (p->own < q->own);
}

static pp_status wrong_place(const pp__covariance_work *w, int64_t row, const char *name,
                             double value) {
    char text[32];
    pp_format_number(value, text);
    pp_error_set(w->err, PP_E_INPUT, "no latitude within 90 or longitude within 360");
    pp_error_locate(w->err, NULL, row + 1, name, text);
    pp_error_hint(w->err, "write conley:latitude+longitude:km, in degrees");
    return PP_E_INPUT;
}

static void set_place(place *p, double lat, double lon, int32_t own, double height) {
    p->lat = lat * PI / 180;
    p->lon = remainder(lon * PI / 180, 2 * PI);
    p->at[0] = cos(p->lat) * cos(p->lon);
    p->at[1] = cos(p->lat) * sin(p->lon);
    p->at[2] = sin(p->lat);
    p->band = (int32_t)((p->lat + PI / 2) / height);
    p->own = own;
}

static pp_status read_places(const pp__covariance_work *w, const pp__clustering *groups,
                             double height, place *out) {
    const pp_fit *fit = w->fit;
    pp_column *column[2];
    int32_t seen = 0;
    for (int c = 0; c < 2; c++) {
        PP_TRY(pp_table_require(w->data, fit->vcov.column[c], &column[c], w->err));
        if (column[c]->type != PP_NUMBER) {
            pp_error_set(w->err, PP_E_INPUT, "latitude and longitude must be numbers");
            pp_error_locate(w->err, NULL, 0, fit->vcov.column[c], NULL);
            return PP_E_INPUT;
        }
    }
    for (int32_t g = 0; g < groups->levels; g++) {
        out[g].own = -1;
    }
    for (int64_t i = 0; i < fit->scores.n && seen < groups->levels; i++) {
        place *here = &out[groups->code[i]];
        if (here->own >= 0) {
            continue;
        }
        int64_t row =
            pp__design_row(fit->design, fit->scores.begin ? fit->scores.begin[i] : i);
        double lat = column[0]->number[row], lon = column[1]->number[row];
        if (!(fabs(lat) <= 90)) {
            return wrong_place(w, row, column[0]->name, lat);
        }
        if (!(fabs(lon) <= 360)) {
            return wrong_place(w, row, column[1]->name, lon);
        }
        set_place(here, lat, lon, groups->code[i], height);
        seen++;
    }
    return PP_OK;
}

static pp_status order_places(pp__covariance_work *w, const pp__clustering *groups,
                              space *s) {
    double height = fmax(s->angle, PI / (4.0 * (double)s->n + 16));
    s->bands = (int64_t)(PI / height) + 2;
    s->place = pp_arena_alloc(&w->arena, s->n, sizeof *s->place);
    PP_NEED(s->place, w->err);
    s->first = pp_arena_zalloc(&w->arena, s->bands + 1, sizeof *s->first);
    PP_NEED(s->first, w->err);
    PP_TRY(read_places(w, groups, height, s->place));
    qsort(s->place, (size_t)s->n, sizeof *s->place, compare);
    for (int64_t i = 0; i < s->n; i++) {
        s->first[s->place[i].band + 1]++;
    }
    for (int64_t b = 0; b < s->bands; b++) {
        s->first[b + 1] += s->first[b];
    }
    return PP_OK;
}

/* ---- neighbours ---- */

static double weight_of(const space *s, const place *p, const place *q) {
    double x = p->at[0] - q->at[0], y = p->at[1] - q->at[1], z = p->at[2] - q->at[2];
    double chord2 = x * x + y * y + z * z;
    if (chord2 > s->chord2) {
        return 0;
    }
    if (s->kernel == PP__UNIFORM) {
        return 1;
    }
    return fmax(0, 1 - 2 * asin(fmin(1, sqrt(chord2) / 2)) / s->cutoff);
}

/* Adds the neighbours of p with longitudes low..high in places begin..end-1. */
static void add_range(const space *s, const place *p, int64_t begin, int64_t end,
                      double low, double high, double *out) {
    int64_t last = end;
    while (begin < end) {
        int64_t middle = begin + (end - begin) / 2;
        if (s->place[middle].lon < low) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    for (; begin < last && s->place[begin].lon <= high; begin++) {
        double weight = weight_of(s, p, &s->place[begin]);
        const double *from = s->sums + s->place[begin].own * s->k;
        for (int64_t j = 0; weight > 0 && j < s->k; j++) {
            out[j] += weight * from[j];
        }
    }
}

/* How far east and west a circle around p reaches. */
static double reach(const space *s, const place *p) {
    if (fabs(p->lat) + s->angle >= PI / 2) {
        return PI;
    }
    return asin(fmin(1, sin(s->angle) / cos(p->lat))) + 1e-9;
}

static void smooth_chunk(void *payload, int64_t chunk) {
    const space *s = payload;
    int64_t end = (chunk + 1) * CHUNK < s->n ? (chunk + 1) * CHUNK : s->n;
    for (int64_t i = chunk * CHUNK; i < end; i++) {
        const place *p = &s->place[i];
        double *out = s->smoothed + p->own * s->k, wide = reach(s, p);
        double west = p->lon - wide, east = p->lon + wide;
        int around = wide >= PI;
        memset(out, 0, (size_t)s->k * sizeof *out);
        for (int64_t b = p->band > 0 ? p->band - 1 : 0; b <= p->band + 1 && b < s->bands;
             b++) {
            int64_t first = s->first[b], last = s->first[b + 1];
            add_range(s, p, first, last, around ? -4 : west, around ? 4 : east, out);
            if (!around && west < -PI) {
                add_range(s, p, first, last, west + 2 * PI, 4, out);
            }
            if (!around && east > PI) {
                add_range(s, p, first, last, -4, east - 2 * PI, out);
            }
        }
    }
}

/* ---- the covariance ---- */

static pp_status find_places(pp__covariance_work *w, pp__clustering *out) {
    const pp_fit *fit = w->fit;
    pp__clustering lat, lon;
    PP_TRY(pp__group_codes(fit, w->data, fit->vcov.column[0], w->ctx, &w->arena, &lat,
                           w->err));
    PP_TRY(pp__group_codes(fit, w->data, fit->vcov.column[1], w->ctx, &w->arena, &lon,
                           w->err));
    PP_TRY(pp__cluster_cross(&lat, &lon, fit->scores.n, &w->arena, out, w->err));
    out->name = pp_arena_printf(&w->fit->arena, "%s+%s", lat.name, lon.name);
    PP_NEED(out->name, w->err);
    return PP_OK;
}

pp_status pp__covariance_in_space(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    pp__clustering groups;
    double *sums, df;
    PP_TRY(find_places(w, &groups));
    PP_TRY(pp__counted_df(w, &groups, 1, &df));
    PP_TRY(pp__scores_sum(fit, groups.code, groups.levels, w->ctx, &w->arena, &sums,
                          w->err));
    space s = {.n = groups.levels,
               .k = fit->k,
               .cutoff = fit->vcov.cutoff / RADIUS,
               .angle = fmin(fit->vcov.cutoff / RADIUS, PI),
               .kernel = fit->vcov.kernel,
               .sums = sums};
    s.chord2 = 4 * pow(sin(s.angle / 2), 2);
    s.smoothed = pp_arena_alloc(&w->arena, s.n * s.k, sizeof *s.smoothed);
    PP_NEED(s.smoothed, w->err);
    PP_TRY(order_places(w, &groups, &s));
    pp__parallel(w->ctx, (s.n + CHUNK - 1) / CHUNK, smooth_chunk, &s);
    fit->small_sample = pp__smooth_factor(fit, 0, df);
    PP_TRY(pp__scores_products(fit->k, sums, s.smoothed, s.n, fit->small_sample, w->ctx,
                               &w->arena, w->meat, w->err));
    fit->component[0] = (pp__component){groups.name, 1, s.n, fit->small_sample};
    fit->n_components = 1;
    pp__covariance_close(w);
    return PP_OK;
}
