/* From columns of the imputation model to jointly normal columns, and back. */
#include "base/check.h"
#include "model/impute/emb.h"

#include <math.h>
#include <string.h>

static int width(const pp__imputed *c) {
    return c->kind == PP__CATEGORIES ? c->levels - 1 : 1;
}

static int is_varying(const pp__imputed *c) {
    return c->kind != PP__CATEGORIES && c->n_missing > 0;
}

static int count_columns(const pp__imputation *im) {
    int p = im->trend ? im->options.degree : 0;
    for (int v = 0; v < im->n_columns; v++) {
        const pp__imputed *c = &im->column[v];
        p += width(c);
        if (is_varying(c)) {
            p += (im->unit != NULL) + 2 * (im->before != NULL);
        }
    }
    return p;
}

/* ---- columns ---- */

static double *next_column(pp__joint *j) {
    return j->x + (int64_t)j->p++ * j->n;
}

static void add_values(pp__joint *j, const pp__imputed *c) {
    if (c->kind != PP__CATEGORIES) {
        memcpy(next_column(j), c->value, (size_t)j->n * sizeof *j->x);
        return;
    }
    for (int l = 1; l < c->levels; l++) {
        double *x = next_column(j);
        for (int64_t i = 0; i < j->n; i++) {
            x[i] = isnan(c->value[i]) ? NAN : c->value[i] == l;
        }
    }
}

/* The mean of the unit's known values; missing where it has none. */
static void add_unit_means(pp__joint *j, const pp__imputation *im, const pp__imputed *c,
                           double *space) {
    double *x = next_column(j), *sum = space, *count = space + im->units;
    memset(space, 0, 2 * (size_t)im->units * sizeof *space);
    for (int64_t i = 0; i < j->n; i++) {
        int known = !isnan(c->value[i]);
        sum[im->unit[i]] += known ? c->value[i] : 0;
        count[im->unit[i]] += known;
    }
    for (int64_t i = 0; i < j->n; i++) {
        int32_t u = im->unit[i];
        x[i] = count[u] > 0 ? sum[u] / count[u] : NAN;
    }
}

static void add_neighbour(pp__joint *j, const pp__imputed *c, const int64_t *neighbour) {
    double *x = next_column(j);
    for (int64_t i = 0; i < j->n; i++) {
        x[i] = neighbour[i] >= 0 ? c->value[neighbour[i]] : NAN;
    }
}

static void standardise(pp__joint *j, int v) {
    double *x = j->x + (int64_t)v * j->n, sum = 0, squares = 0, known = 0;
    for (int64_t i = 0; i < j->n; i++) {
        sum += isnan(x[i]) ? 0 : x[i];
        known += !isnan(x[i]);
    }
    double mean = known > 0 ? sum / known : 0;
    for (int64_t i = 0; i < j->n; i++) {
        squares += isnan(x[i]) ? 0 : (x[i] - mean) * (x[i] - mean);
    }
    double scale = known > 0 ? sqrt(squares / known) : 0;
    j->center[v] = mean;
    j->scale[v] = scale > 1e-13 * fabs(mean) && scale > 0 ? scale : 1;
    for (int64_t i = 0; i < j->n; i++) {
        x[i] = (x[i] - mean) / j->scale[v];
    }
}

pp_status pp__joint_build(const pp__imputation *im, pp__joint *j, pp_arena *arena,
                          pp_error *err) {
    int64_t count = count_columns(im), units = im->unit ? im->units : 0;
    j->n = im->n;
    j->x = pp_arena_alloc(arena, j->n * count, sizeof *j->x);
    j->center = pp_arena_alloc(arena, 2 * count + 2 * units, sizeof *j->center);
    j->first = pp_arena_alloc(arena, im->n_columns, sizeof *j->first);
    PP_NEED(j->x && j->center && j->first ? j : NULL, err);
    j->scale = j->center + count;
    double *space = j->scale + count;
    for (int v = 0; v < im->n_columns; v++) {
        j->first[v] = j->p;
        add_values(j, &im->column[v]);
    }
    for (int v = 0; v < im->n_columns; v++) {
        const pp__imputed *c = &im->column[v];
        if (im->unit && is_varying(c)) {
            add_unit_means(j, im, c, space);
        }
        if (im->before && is_varying(c)) {
            add_neighbour(j, c, im->before);
            add_neighbour(j, c, im->after);
        }
    }
    for (int d = 0; im->trend && d < im->options.degree; d++) {
        memcpy(next_column(j), im->trend + d * j->n, (size_t)j->n * sizeof *j->x);
    }
    for (int v = 0; v < j->p; v++) {
        standardise(j, v);
    }
    return PP_OK;
}

/* ---- back ---- */

static double drawn_value(const pp__joint *j, const double *drawn, int v, int64_t i) {
    return j->center[v] + j->scale[v] * drawn[i + v * j->n];
}

/* A level with the drawn probabilities, each taken into [0, 1]. */
static double draw_level(const pp__joint *j, const double *drawn, const pp__imputed *c,
                         int first, int64_t i, pp_rng *rng) {
    double total = 0, others = 0;
    for (int l = 1; l < c->levels; l++) {
        double share = drawn_value(j, drawn, first + l - 1, i);
        others += fmin(fmax(share, 0), 1);
    }
    double base = fmax(1 - others, 0), u = pp_rng_uniform(rng) * (base + others);
    total = base;
    for (int l = 1; l < c->levels; l++) {
        if (u < total) {
            return l - 1;
        }
        total += fmin(fmax(drawn_value(j, drawn, first + l - 1, i), 0), 1);
    }
    return c->levels - 1;
}

void pp__joint_finish(const pp__imputation *im, const pp__joint *j, const double *drawn,
                      pp_rng *rng, pp__completed *out) {
    for (int v = 0; v < im->n_columns; v++) {
        const pp__imputed *c = &im->column[v];
        memcpy(out->value[v], c->value, (size_t)im->n * sizeof **out->value);
        for (int64_t m = 0; m < c->n_missing; m++) {
            int64_t i = c->missing[m];
            double value = c->kind == PP__CATEGORIES
                               ? draw_level(j, drawn, c, j->first[v], i, rng)
                               : drawn_value(j, drawn, j->first[v], i);
            out->value[v][i] =
                c->kind == PP__BINARY_01 ? pp_rng_uniform(rng) < value : value;
        }
    }
}
