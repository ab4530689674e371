#include "model/design.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/words.h"

#include <math.h>
#include <string.h>

/* ---- variables over the rows in use ---- */

static pp_status judge(const pp__sample *s, int v, const pp__design *d, int first,
                       pp__notes *notes, pp_error *err) {
    const pp__words words = {.column = s->columns[v],
                             .rows = d->row,
                             .origin = s->origin,
                             .n = d->n,
                             .was_asked_for = !s->read_as_category[v]};
    return s->used_as_category[v]
               ? pp__words_judge(&words, &d->variables[v].factor, first, notes, err)
               : PP_OK;
}

static pp_status gather(const pp__sample *s, int v, pp__design *d, pp_arena *arena,
                        pp_error *err) {
    pp__variable *out = &d->variables[v];
    *out = (pp__variable){.name = s->variables[v].name};
    if (s->used_as_number[v]) {
        double *value = pp_arena_alloc(arena, d->n, sizeof *value);
        PP_NEED(value, err);
        for (int64_t i = 0; i < d->n; i++) {
            value[i] = s->variables[v].value[d->row[i]];
        }
        out->value = value;
    }
    if (s->used_as_category[v]) {
        PP_TRY(pp__encode(s->columns[v], d->row, d->n, arena, &out->factor, err));
    }
    return PP_OK;
}

static pp_status gather_all(const pp__sample *s, pp__design *d, int first,
                            pp_arena *arena, pp__notes *notes, pp_error *err) {
    d->n_variables = s->n_variables;
    d->variables = pp_arena_alloc(arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, err);
    for (int v = 0; v < d->n_variables; v++) {
        PP_TRY(gather(s, v, d, arena, err));
        PP_TRY(judge(s, v, d, first, notes, err));
    }
    return PP_OK;
}

/* ---- columns ---- */

/* A column that is a variable as it stands shares its values. */
static const double *shared_values(const pp__design *d, const pp__column *c) {
    const pp__term *term = c->term < 0 ? NULL : &d->formula->terms[c->term];
    if (!term || term->n != 1) {
        return NULL;
    }
    const pp__atom *atom = &d->formula->atoms[term->atom[0]];
    return atom->kind == PP__ATOM_NAME ? d->variables[atom->node->variable].value : NULL;
}

static void fill_columns(const pp__design *d, double *const *own, double *tile,
                         double *scratch) {
    const pp__change as_is = {.kind = PP__AS_IS};
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
        pp__design_change(d, &as_is, begin, n, tile, NULL, scratch);
        for (int j = 0; j < d->k; j++) {
            if (own[j]) {
                memcpy(own[j] + begin, tile + (int64_t)j * PP__TILE,
                       (size_t)n * sizeof *tile);
            }
        }
    }
}

static pp_status make_values(pp__design *d, pp_arena *arena, pp_error *err) {
    double **own = pp_arena_zalloc(arena, d->k, sizeof *own);
    PP_NEED(own, err);
    d->x = pp_arena_alloc(arena, d->k, sizeof *d->x);
    PP_NEED(d->x, err);
    int64_t filled = 0;
    for (int j = 0; j < d->k; j++) {
        d->x[j] = shared_values(d, &d->column[j]);
        if (!d->x[j]) {
            d->x[j] = own[j] = pp_arena_alloc(arena, d->n, sizeof **own);
            PP_NEED(own[j], err);
            filled++;
        }
    }
    if (filled == d->intercept) {
        for (int64_t i = 0; filled && i < d->n; i++) {
            own[0][i] = 1;
        }
        return PP_OK;
    }
    int64_t size = (int64_t)d->k * PP__TILE;
    double *tile = pp_malloc(size + pp__design_scratch(d), sizeof *tile);
    PP_NEED(tile, err);
    fill_columns(d, own, tile, tile + size);
    pp_free(tile);
    return PP_OK;
}

/* ---- standardising ---- */

/* A column whose spread is rounding error of its values is constant. */
static const double CONSTANT = 1e-13;

static void measure_column(void *payload, int64_t j) {
    const pp__design *d = payload;
    const double *x = d->x[j];
    double sum = 0, squares = 0, raw = 0;
    for (int64_t i = 0; i < d->n; i++) {
        sum += x[i];
    }
    double center = d->centred && j >= d->intercept ? sum / (double)d->n : 0;
    for (int64_t i = 0; i < d->n; i++) {
        double z = x[i] - center;
        squares += z * z;
        raw += x[i] * x[i];
    }
    d->center[j] = center;
    d->scale[j] = squares > CONSTANT * CONSTANT * raw ? sqrt(squares / (double)d->n) : 0;
}

static pp_status standardise(pp__design *d, pp_arena *arena, const pp_context *ctx,
                             pp_error *err) {
    d->center = pp_arena_alloc(arena, d->k, sizeof *d->center);
    PP_NEED(d->center, err);
    d->scale = pp_arena_alloc(arena, d->k, sizeof *d->scale);
    PP_NEED(d->scale, err);
    pp__parallel(ctx, d->k, measure_column, d);
    return PP_OK;
}

/* Leaves out columns that are constant beside an intercept, or zero throughout. */
static pp_status remove_constants(pp__design *d, pp_arena *arena, pp__notes *notes,
                                  pp_error *err) {
    uint8_t *keep = pp_arena_alloc(arena, d->k, 1);
    PP_NEED(keep, err);
    for (int j = 0; j < d->k; j++) {
        keep[j] = d->scale[j] > 0;
        if (!keep[j]) {
            const char *name = d->column[j].name;
            PP_TRY(pp__notes_drop(notes, "constant", "terms", name, 1, err));
            PP_TRY(pp__notes_warn(notes, "constant", name, 1, err,
                                  "%s has the same value in all rows and is left out",
                                  name));
        }
    }
    pp__design_select(d, keep);
    return PP_OK;
}

void pp__design_select(pp__design *d, const uint8_t *keep) {
    int k = 0;
    for (int j = 0; j < d->k; j++) {
        if (keep[j]) {
            d->x[k] = d->x[j];
            d->column[k] = d->column[j];
            d->center[k] = d->center[j];
            d->scale[k++] = d->scale[j];
        }
    }
    d->k = k;
}

pp_status pp__design_settle(pp__design *d, pp_arena *arena, pp__notes *notes,
                            const pp_context *ctx, pp_error *err) {
    PP_TRY(standardise(d, arena, ctx, err));
    PP_TRY(remove_constants(d, arena, notes, err));
    return pp__collinear_remove(d, arena, notes, ctx, err);
}

pp_status pp__design_build(const pp__sample *sample, const int64_t *rows, int64_t n,
                           const pp__design_options *options, pp_arena *arena,
                           pp__notes *notes, const pp_context *ctx, pp__design **out,
                           pp_error *err) {
    pp__design *d = pp_arena_zalloc(arena, 1, sizeof *d);
    PP_NEED(d, err);
    d->formula = sample->formula;
    d->n = n;
    d->row = rows;
    d->buffers = sample->buffers;
    d->intercept = sample->formula->intercept && !options->constant_free;
    d->centred = d->intercept || options->constant_free;
    *out = d;
    PP_TRY(pp__companions_gather(sample, options, d, arena, err));
    if (d->with.n_effects > 0 && !options->keep_singletons) {
        PP_TRY(pp__singletons_find(d, arena, notes, &d->alone, err));
    }
    if (d->alone) {
        return PP_OK;
    }
    PP_TRY(gather_all(sample, d, options->first, arena, notes, err));
    PP_TRY(pp__columns_make(d, options->first, arena, notes, err));
    PP_TRY(make_values(d, arena, err));
    return pp__design_settle(d, arena, notes, ctx, err);
}

double pp__design_count(const pp__design *d) {
    const double *weight = d->with.weight;
    double count = weight ? 0 : (double)d->n;
    for (int64_t i = 0; weight && i < d->n; i++) {
        count += d->with.frequency ? weight[i] : weight[i] > 0;
    }
    return count;
}

void pp__design_z(const pp__design *d, int64_t begin, int n, double *z) {
    for (int j = 0; j < d->k; j++) {
        const double *x = d->x[j] + begin;
        double center = d->center[j], factor = 1 / d->scale[j];
        double *out = z + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            out[i] = (x[i] - center) * factor;
        }
    }
}

void pp__design_map(const pp__design *d, int at, int m, double *map) {
    for (int j = 0; j < d->k; j++) {
        int64_t column = (int64_t)(at + j) * m;
        map[at + j + column] += 1 / d->scale[j];
        if (d->intercept && j > 0) {
            map[at + column] -= d->center[j] / d->scale[j];
        }
    }
}
