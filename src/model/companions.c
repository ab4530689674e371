/* Outcome, weights, offsets and groups of the rows in use. */
#include "base/check.h"
#include "model/design.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct gathering {
    const pp__sample *sample;
    pp__design *d;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
} gathering;

/* ---- values ---- */

/* A node's values; NULL stays NULL. */
static pp_status gather_values(gathering *g, const pp__node *node, const double **out) {
    double *value;
    if (!node) {
        return PP_OK;
    }
    if (node->kind == PP__NAME) {
        *out = g->d->variables[node->variable].value;
        return PP_OK;
    }
    value = pp_arena_alloc(g->arena, g->d->n, sizeof *value);
    PP_NEED(value, g->err);
    *out = value;
    return pp__design_evaluate(g->d, node, g->ctx, value, g->err);
}

static pp_status gather_outcome(gathering *g, int categorical) {
    const pp__formula *f = g->d->formula;
    pp__companions *with = &g->d->with;
    if (categorical && f->outcome->kind == PP__NAME) {
        with->category = g->d->variables[f->outcome->variable].factor;
        return PP_OK;
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
    if (f->n_offsets == 1) {
        return gather_values(g, f->offset[0], &g->d->with.offset);
    }
    sum = pp_arena_zalloc(g->arena, g->d->n, sizeof *sum);
    PP_NEED(sum, g->err);
    for (int o = 0; o < f->n_offsets; o++) {
        const double *value = NULL;
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
    pp_error_locate(g->err, NULL, pp__design_row(g->d, i) + 1, g->sample->weight->name,
                    value);
    return PP_E_INPUT;
}

static pp_status check_weights(const gathering *g, const double *weight, int frequency) {
    for (int64_t i = 0; i < g->d->n; i++) {
        if (weight[i] < 0) {
            return wrong_weight(g, i, weight[i], "zero or more");
        }
        if (frequency && weight[i] != floor(weight[i])) {
            return wrong_weight(g, i, weight[i], "a whole number to count rows");
        }
    }
    return PP_OK;
}

static pp_status gather_weights(gathering *g, int frequency) {
    if (!g->sample->weight) {
        return PP_OK;
    }
    PP_TRY(pp__design_gather(g->d, g->sample->weight->number, g->arena, g->ctx,
                             &g->d->with.weight, g->err));
    g->d->with.frequency = frequency;
    return check_weights(g, g->d->with.weight, frequency);
}

pp_status pp__companions_values(const pp__sample *sample,
                                const pp__design_options *options, pp__design *d,
                                const pp_context *ctx, pp_arena *arena, pp_error *err) {
    gathering g = {sample, d, ctx, arena, err};
    PP_TRY(gather_outcome(&g, options->categorical));
    return gather_offset(&g);
}

/* ---- groups ---- */

static pp_status add_column(gathering *g, const pp__node *name, pp__grouping *out) {
    pp_column *column;
    pp__encoding encoding;
    int64_t levels;
    pp_arena_mark mark = pp_arena_get_mark(g->arena);
    PP_TRY(pp_table_require(g->sample->data, name->text, &column, g->err));
    PP_TRY(
        pp__encode(column, g->d->row_of, g->d->n, g->ctx, g->arena, &encoding, g->err));
    if (!out->code) {
        out->code = encoding.code;
        out->levels = encoding.n_levels;
        return PP_OK;
    }
    PP_TRY(pp__encode_pairs(out->code, out->levels, encoding.code, encoding.n_levels,
                            g->d->n, out->code, &levels, g->err));
    out->levels = (int32_t)levels;
    pp_arena_release(g->arena, mark);
    return PP_OK;
}

static pp_status gather_group(gathering *g, const pp__group *group, pp__grouping *out) {
    out->label = group->label;
    for (int i = 0; i < group->n; i++) {
        PP_TRY(add_column(g, group->name[i], out));
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

pp_status pp__companions_groups(const pp__sample *sample,
                                const pp__design_options *options, pp__design *d,
                                const pp_context *ctx, pp_arena *arena, pp_error *err) {
    gathering g = {sample, d, ctx, arena, err};
    const pp__formula *f = d->formula;
    PP_TRY(gather_weights(&g, options->frequency));
    for (int i = 0; i < f->n_effects; i++) {
        PP_TRY(gather_group(&g, &f->effect[i], &d->with.effect[i]));
    }
    d->with.n_effects = f->n_effects;
    PP_TRY(gather_crossed(&g, f->strata, f->n_strata, &d->with.strata));
    return gather_crossed(&g, f->random, f->n_random, &d->with.random);
}
