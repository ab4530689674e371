#include "model/design.h"

#include "base/check.h"
#include "model/basis.h"
#include "model/linalg.h"
#include "model/words.h"

#include <math.h>
#include <string.h>

/* ---- variables over the rows in use ---- */

static pp_status judge(const pp__sample *s, int v, const pp__design *d, int first,
                       pp__notes *notes, pp_error *err) {
    const pp__words words = {.column = s->columns[v],
                             .rows = d->row_of,
                             .origin = s->origin,
                             .n = d->n,
                             .was_asked_for = !s->read_as_category[v]};
    return s->used_as_category[v]
               ? pp__words_judge(&words, &d->variables[v].factor, first, notes, err)
               : PP_OK;
}

typedef struct gathering {
    const pp__design *d;
    const double *from;
    double *to;
} gathering;

static void gather_rows(void *payload, int64_t begin, int64_t end) {
    const gathering *g = payload;
    for (int64_t i = begin; i < end; i++) {
        g->to[i] = g->from[g->d->row_of[i]];
    }
}

pp_status pp__design_gather(const pp__design *d, const double *column, pp_arena *arena,
                            const pp_context *ctx, const double **out, pp_error *err) {
    if (!d->row_of) {
        *out = column;
        return PP_OK;
    }
    gathering g = {d, column, pp_arena_alloc(arena, d->n, sizeof(double))};
    PP_NEED(g.to, err);
    pp__over_rows(d->n, gather_rows, &g, ctx);
    *out = g.to;
    return PP_OK;
}

static pp_status gather(const pp__sample *s, int v, pp__design *d, const pp_context *ctx,
                        pp_arena *arena, pp_error *err) {
    pp__variable *out = &d->variables[v];
    *out = (pp__variable){.name = s->variables[v].name};
    if (s->used_as_number[v]) {
        PP_TRY(pp__design_gather(d, s->variables[v].value, arena, ctx, &out->value, err));
    }
    if (s->used_as_category[v]) {
        PP_TRY(pp__encode(s->columns[v], d->row_of, d->n, ctx, arena, &out->factor, err));
    }
    return PP_OK;
}

static pp_status gather_all(const pp__sample *s, pp__design *d, int first,
                            const pp_context *ctx, pp_arena *arena, pp__notes *notes,
                            pp_error *err) {
    d->n_variables = s->n_variables;
    d->variables = pp_arena_alloc(arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, err);
    for (int v = 0; v < d->n_variables; v++) {
        PP_TRY(gather(s, v, d, ctx, arena, err));
        PP_TRY(judge(s, v, d, first, notes, err));
    }
    return PP_OK;
}

typedef struct evaluation {
    const pp__design *d;
    const pp__node *node;
    double *out;
} evaluation;

static void evaluate_tile(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const evaluation *e = payload;
    const pp__change as_is = {.kind = PP__AS_IS};
    (void)sums;
    pp__evaluate(e->node, e->d->variables, &as_is, begin, n, e->out + begin, NULL,
                 scratch);
}

pp_status pp__design_evaluate(const pp__design *d, const pp__node *node,
                              const pp_context *ctx, double *out, pp_error *err) {
    evaluation e = {d, node, out};
    return pp__pass_rows(d->n, 2 * (int64_t)PP__TILE * d->buffers, evaluate_tile, &e, ctx,
                         err);
}

/* ---- bases ---- */

/* Over the rows in use, each as often as it counts. */
static pp_status make_bases(const pp__design *d, pp_arena *arena, const pp_context *ctx,
                            pp_error *err) {
    const pp__formula *f = d->formula;
    const double *count = d->with.frequency ? d->with.weight : NULL;
    double *x = f->n_bases ? pp_malloc(d->n, sizeof *x) : NULL;
    pp_status status = PP_OK;
    for (int b = 0; b < f->n_bases && status == PP_OK; b++) {
        status = x ? pp__design_evaluate(d, f->basis[b]->argument, ctx, x, err)
                   : pp_error_set(err, PP_E_MEMORY, "out of memory");
        if (status == PP_OK) {
            status = pp__basis_make(f->basis[b], x, count, d->n, arena, err);
        }
    }
    pp_free(x);
    return status;
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

typedef struct filling {
    const pp__design *d;
    double **own; /* k; NULL: shared */
} filling;

static void fill_tile(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const filling *f = payload;
    const pp__change as_is = {.kind = PP__AS_IS};
    double *tile = scratch + pp__design_scratch(f->d);
    (void)sums;
    pp__design_change(f->d, &as_is, begin, n, tile, NULL, scratch);
    for (int j = 0; j < f->d->k; j++) {
        if (f->own[j]) {
            memcpy(f->own[j] + begin, tile + (int64_t)j * PP__TILE,
                   (size_t)n * sizeof *tile);
        }
    }
}

pp_status pp__design_fill(pp__design *d, pp_arena *arena, const pp_context *ctx,
                          pp_error *err) {
    filling f = {d, pp_arena_zalloc(arena, d->k, sizeof *f.own)};
    PP_NEED(f.own, err);
    d->x = pp_arena_alloc(arena, d->k, sizeof *d->x);
    PP_NEED(d->x, err);
    int64_t filled = 0;
    for (int j = 0; j < d->k; j++) {
        d->x[j] = shared_values(d, &d->column[j]);
        if (!d->x[j]) {
            d->x[j] = f.own[j] = pp_arena_alloc(arena, d->n, sizeof **f.own);
            PP_NEED(f.own[j], err);
            filled++;
        }
    }
    if (filled == d->intercept) {
        for (int64_t i = 0; filled && i < d->n; i++) {
            f.own[0][i] = 1;
        }
        return PP_OK;
    }
    return pp__pass_rows(d->n, pp__design_scratch(d) + (int64_t)d->k * PP__TILE,
                         fill_tile, &f, ctx, err);
}

static void move_column(pp__design *d, int from, int to) {
    d->x[to] = d->x[from];
    d->column[to] = d->column[from];
    d->center[to] = d->center[from];
    d->scale[to] = d->scale[from];
}

void pp__design_select(pp__design *d, const uint8_t *keep) {
    int k = 0;
    for (int j = 0; j < d->k; j++) {
        if (keep[j]) {
            move_column(d, j, k++);
        }
    }
    for (int j = 0; j < d->n_instruments; j++) {
        move_column(d, d->k + j, k + j);
    }
    d->k = k;
}

pp__role pp__design_role(const pp__design *d, int column) {
    int term = d->column[column].term;
    return term < 0 ? PP__EXOGENOUS : d->formula->terms[term].role;
}

pp_status pp__design_build(const pp__sample *sample, const int64_t *rows, int64_t n,
                           const pp__design_options *options, pp_arena *arena,
                           pp__notes *notes, const pp_context *ctx, pp__design **out,
                           pp_error *err) {
    pp__design *d = pp_arena_zalloc(arena, 1, sizeof *d);
    PP_NEED(d, err);
    d->formula = sample->formula;
    d->n = n;
    d->row_of = rows;
    d->buffers = sample->buffers;
    d->intercept = sample->formula->intercept && !options->constant_free;
    d->centred = d->intercept || options->constant_free;
    *out = d;
    PP_TRY(pp__companions_groups(sample, options, d, ctx, arena, err));
    if (d->with.n_effects > 0 && !options->keep_singletons) {
        PP_TRY(pp__singletons_find(d, arena, notes, ctx, &d->alone, err));
    }
    if (d->alone) {
        return PP_OK;
    }
    pp__notes_mark mark = pp__notes_get_mark(notes);
    PP_TRY(gather_all(sample, d, options->first, ctx, arena, notes, err));
    PP_TRY(pp__companions_values(sample, options, d, ctx, arena, err));
    if (d->with.n_effects > 0 && (options->binary || options->count)) {
        PP_TRY(pp__constant_groups_find(d, options->binary, arena, notes, mark, ctx,
                                        &d->alone, err));
    }
    if (d->alone) {
        return PP_OK;
    }
    PP_TRY(make_bases(d, arena, ctx, err));
    PP_TRY(pp__columns_make(d, options->first, arena, notes, err));
    PP_TRY(pp__design_fill(d, arena, ctx, err));
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
        pp__standardise(n, d->x[j] + begin, d->center[j], 1 / d->scale[j],
                        z + (int64_t)j * PP__TILE);
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
