/* Outcome, weights, offsets and groups of the rows in use. */
#include "base/check.h"
#include "model/design.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct gathering {
    const pp__sample *sample;
    pp__design *d;
    pp_arena *arena;
    pp_error *err;
} gathering;

/* A node's values; NULL stays NULL. */
static pp_status gather_values(gathering *g, const pp__node *node, const double **out) {
    double *value;
    if (!node) {
        return PP_OK;
    }
    value = pp_arena_alloc(g->arena, g->d->n, sizeof *value);
    PP_NEED(value, g->err);
    *out = value;
    return pp__sample_evaluate(g->sample, node, g->d->row, g->d->n, value, g->err);
}

static pp_status gather_outcome(gathering *g, int categorical) {
    const pp__formula *f = g->d->formula;
    pp__companions *with = &g->d->with;
    if (categorical && f->outcome->kind == PP__NAME) {
        return pp__encode(g->sample->columns[f->outcome->variable], g->d->row, g->d->n,
                          g->arena, &with->category, g->err);
    }
    PP_TRY(gather_values(g, f->outcome, &with->y));
    PP_TRY(gather_values(g, f->start, &with->start));
    PP_TRY(gather_values(g, f->stop, &with->stop));
    return gather_values(g, f->event, &with->event);
}

static pp_status gather_offset(gathering *g) {
    const pp__formula *f = g->d->formula;
    double *sum;
    if (f->n_offsets == 0) {
        return PP_OK;
    }
    sum = pp_arena_zalloc(g->arena, g->d->n, sizeof *sum);
    PP_NEED(sum, g->err);
    for (int o = 0; o < f->n_offsets; o++) {
        const double *value;
        PP_TRY(gather_values(g, f->offset[o], &value));
        for (int64_t i = 0; i < g->d->n; i++) {
            sum[i] += value[i];
        }
    }
    g->d->with.offset = sum;
    return PP_OK;
}

static pp_status wrong_weight(const gathering *g, int64_t i, double weight,
                              const char *wanted) {
    char value[32];
    pp_format_number(weight, value);
    pp_error_set(g->err, PP_E_INPUT, "a weight must be %s", wanted);
    pp_error_locate(g->err, NULL, g->d->row[i] + 1, g->sample->weight->name, value);
    return PP_E_INPUT;
}

static pp_status gather_weights(gathering *g, int frequency) {
    const pp_column *column = g->sample->weight;
    double *weight;
    if (!column) {
        return PP_OK;
    }
    weight = pp_arena_alloc(g->arena, g->d->n, sizeof *weight);
    PP_NEED(weight, g->err);
    for (int64_t i = 0; i < g->d->n; i++) {
        weight[i] = column->number[g->d->row[i]];
        if (weight[i] < 0) {
            return wrong_weight(g, i, weight[i], "zero or more");
        }
        if (frequency && weight[i] != floor(weight[i])) {
            return wrong_weight(g, i, weight[i], "a whole number to count rows");
        }
    }
    g->d->with.weight = weight;
    g->d->with.frequency = frequency;
    return PP_OK;
}

/* ---- groups ---- */

/* out->code becomes the pair of it and `code`. */
static pp_status cross(gathering *g, const pp__encoding *with, pp__grouping *out) {
    pp__encoding pairs;
    pp_column column = {.name = (char *)(uintptr_t) "", .type = PP_NUMBER};
    pp_arena_mark mark;
    column.number = pp_arena_alloc(g->arena, g->d->n, sizeof *column.number);
    PP_NEED(column.number, g->err);
    for (int64_t i = 0; i < g->d->n; i++) {
        column.number[i] =
            (double)((int64_t)out->code[i] * with->n_levels + with->code[i]);
    }
    mark = pp_arena_get_mark(g->arena);
    PP_TRY(pp__encode(&column, NULL, g->d->n, g->arena, &pairs, g->err));
    memcpy(out->code, pairs.code, (size_t)g->d->n * sizeof *out->code);
    out->levels = pairs.n_levels;
    pp_arena_release(g->arena, mark);
    return PP_OK;
}

static pp_status gather_group(gathering *g, const pp__group *group, pp__grouping *out) {
    out->label = group->label;
    for (int i = 0; i < group->n; i++) {
        pp_column *column;
        pp__encoding encoding;
        PP_TRY(pp_table_require(g->sample->data, group->name[i]->text, &column, g->err));
        PP_TRY(pp__encode(column, g->d->row, g->d->n, g->arena, &encoding, g->err));
        if (out->code) {
            PP_TRY(cross(g, &encoding, out));
        } else {
            out->code = encoding.code;
            out->levels = encoding.n_levels;
        }
    }
    return PP_OK;
}

/* All groups of a list crossed into one. */
static pp_status gather_crossed(gathering *g, const pp__group *list, int n,
                                pp__grouping *out) {
    pp__group all = {0};
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < list[i].n && all.n < PP__TERM_ATOMS; j++) {
            all.name[all.n++] = list[i].name[j];
        }
    }
    all.label = n > 0 ? list[0].label : NULL;
    return gather_group(g, &all, out);
}

pp_status pp__companions_gather(const pp__sample *sample,
                                const pp__design_options *options, pp__design *d,
                                pp_arena *arena, pp_error *err) {
    gathering g = {sample, d, arena, err};
    const pp__formula *f = d->formula;
    PP_TRY(gather_outcome(&g, options->categorical));
    PP_TRY(gather_offset(&g));
    PP_TRY(gather_weights(&g, options->frequency));
    for (int i = 0; i < f->n_effects; i++) {
        PP_TRY(gather_group(&g, &f->effect[i], &d->with.effect[i]));
    }
    d->with.n_effects = f->n_effects;
    PP_TRY(gather_crossed(&g, f->strata, f->n_strata, &d->with.strata));
    return gather_crossed(&g, f->random, f->n_random, &d->with.random);
}
