#include "model/after/frame.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/inference/covariance_scores.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

int pp__regressors(const pp_fit *fit) {
    return fit->k < fit->design->k ? fit->k : fit->design->k;
}

pp_status pp__need_response(const pp_fit *fit, const char *what, pp_error *err) {
    const pp_estimator *e = fit->estimator;
    if (e->outcome != PP__SPELL && !e->categorical && !fit->equation && fit->link &&
        !(e->takes & (PP__TAKES_STRATA | PP__TAKES_RANDOM))) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_UNSUPPORTED, "model '%s' has no mean response, and so no %s",
                 e->info.name, what);
    if (e->outcome == PP__SPELL) {
        pp_error_hint(err,
                      "its coefficients are log hazard ratios: exp(b) is the effect");
    }
    return PP_E_UNSUPPORTED;
}

/* ---- variables ---- */

int pp__mentions(const pp__node *node, int variable) {
    if (node->kind == PP__NAME) {
        return node->variable == variable;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        if (pp__mentions(child, variable)) {
            return 1;
        }
    }
    return 0;
}

int pp__variable_use(const pp_fit *fit, int v, int32_t *reference) {
    const pp__design *d = fit->design;
    int used = 0;
    *reference = -1;
    for (int j = 0; j < pp__regressors(fit); j++) {
        const pp__term *term =
            d->column[j].term < 0 ? NULL : &d->formula->terms[d->column[j].term];
        for (int i = 0; term && i < term->n; i++) {
            const pp__atom *atom = &d->formula->atoms[term->atom[i]];
            int here = atom->kind == PP__ATOM_NUMERIC ? pp__mentions(atom->node, v)
                                                      : atom->node->variable == v;
            used |= here;
            if (here && atom->kind == PP__ATOM_FACTOR && *reference < 0) {
                *reference = d->reference[term->atom[i]];
            }
        }
    }
    return used;
}

void pp__term_name(const pp_fit *fit, int t, pp_buf *out) {
    const pp__term *term = &fit->formula->terms[t];
    for (int i = 0; i < term->n; i++) {
        pp_buf_add(out, i ? ":" : "");
        pp_buf_add(out, fit->formula->atoms[term->atom[i]].label);
    }
}

static void hint_variables(const pp_fit *fit, const char *name, pp_error *err) {
    const char *names[PP__MAX_VARIABLES];
    int n = 0;
    for (int v = 0; v < fit->design->n_variables; v++) {
        int32_t reference;
        if (pp__variable_use(fit, v, &reference)) {
            names[n++] = fit->design->variables[v].name;
        }
    }
    const char *nearest = pp_text_nearest(name, names, n);
    if (nearest) {
        pp_error_hint(err, "did you mean '%s'?", nearest);
    }
}

pp_status pp__variable_find(const pp_fit *fit, const char *name, int *variable,
                            int32_t *reference, pp_error *err) {
    const pp__design *d = fit->design;
    for (*variable = 0; *variable < d->n_variables; (*variable)++) {
        if (strcmp(d->variables[*variable].name, name) == 0 &&
            pp__variable_use(fit, *variable, reference)) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the model has no variable '%s'", name);
    pp_error_locate(err, NULL, 0, name, NULL);
    hint_variables(fit, name, err);
    return PP_E_NOT_FOUND;
}

pp_status pp__group_rows(const pp_fit *fit, const char *column, pp_arena *arena,
                         pp__encoding *out, pp_error *err) {
    pp_column *found;
    PP_TRY(pp_table_require(fit->data, column, &found, err));
    return pp__encode(found, fit->design->row_of, fit->design->n, NULL, arena, out, err);
}

/* ---- rows ---- */

void pp__frame_used(const pp_fit *fit, pp__frame *out) {
    *out = (pp__frame){.design = *fit->design,
                       .outside = fit->outside,
                       .weight = fit->design->with.weight};
}

/* ---- following fixed effects ---- */

static int has_effects(const pp_fit *fit) {
    return fit->scores.z || fit->scores.within;
}

/* What the effects explain of the columns of one used row, at z[j × PP__TILE]. */
static void project_row(const pp_fit *fit, int64_t row, double *z) {
    const pp__design *d = fit->design;
    pp__scores_z(fit, row, 1, z);
    for (int j = 0; j < pp__regressors(fit); j++) {
        double *at = z + (int64_t)j * PP__TILE;
        *at = d->x[j][row] - d->scale[j] * *at;
    }
}

static void settle_same(const pp_fit *fit, int64_t begin, int n, double *x, double *z) {
    const pp__design *d = fit->design;
    pp__scores_z(fit, begin, n, z);
    for (int j = 0; j < pp__regressors(fit); j++) {
        int64_t at = (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            x[at + i] -= d->x[j][begin + i] - d->scale[j] * z[at + i];
        }
    }
}

void pp__frame_settle(const pp_fit *fit, const pp__frame *frame, int64_t begin, int n,
                      double *x, double *z) {
    if (!has_effects(fit)) {
        for (int i = 0; fit->formula->n_effects > 0 && i < n; i++) {
            x[i] = NAN; /* what they explain was not kept */
        }
        return;
    }
    if (!frame->source && !frame->projection) {
        settle_same(fit, begin, n, x, z);
        return;
    }
    for (int i = 0; i < n; i++) {
        int64_t row = frame->source ? frame->source[begin + i] : -1;
        if (row >= 0) {
            project_row(fit, row, z);
        }
        for (int j = 0; j < pp__regressors(fit); j++) {
            int64_t at = (int64_t)j * PP__TILE;
            x[i + at] -= frame->projection ? frame->projection[j] : row >= 0 ? z[at] : 0;
        }
    }
}

/* NULL stays NULL. */
static pp_status take_values(const double *from, const int64_t *row, int64_t n,
                             pp_arena *arena, const double **out, pp_error *err) {
    *out = NULL;
    if (from) {
        double *value = pp_arena_alloc(arena, n, sizeof *value);
        PP_NEED(value, err);
        for (int64_t i = 0; i < n; i++) {
            value[i] = from[row[i]];
        }
        *out = value;
    }
    return PP_OK;
}

static pp_status take_codes(const int32_t *from, const int64_t *row, int64_t n,
                            pp_arena *arena, int32_t **out, pp_error *err) {
    *out = NULL;
    if (from) {
        *out = pp_arena_alloc(arena, n, sizeof **out);
        PP_NEED(*out, err);
        for (int64_t i = 0; i < n; i++) {
            (*out)[i] = from[row[i]];
        }
    }
    return PP_OK;
}

static pp_status own_variables(const pp__frame *from, pp_arena *arena, pp__frame *out,
                               pp_error *err) {
    pp__design *d = &out->design;
    d->variables = pp_arena_alloc(arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, err);
    memcpy(d->variables, from->design.variables,
           (size_t)d->n_variables * sizeof *d->variables);
    return PP_OK;
}

pp_status pp__frame_take(const pp__frame *from, const int64_t *row, int64_t n,
                         pp_arena *arena, pp__frame *out, pp_error *err) {
    *out = *from;
    out->design.n = n;
    PP_TRY(own_variables(from, arena, out, err));
    for (int v = 0; v < out->design.n_variables; v++) {
        pp__variable *to = &out->design.variables[v];
        PP_TRY(take_values(to->value, row, n, arena, &to->value, err));
        PP_TRY(take_codes(to->factor.code, row, n, arena, &to->factor.code, err));
    }
    PP_TRY(take_values(from->outside, row, n, arena, &out->outside, err));
    int64_t *source = pp_arena_alloc(arena, n, sizeof *source);
    PP_NEED(source, err);
    for (int64_t i = 0; i < n; i++) {
        source[i] = from->source ? from->source[row[i]] : row[i];
    }
    out->source = source;
    return take_values(from->weight, row, n, arena, &out->weight, err);
}

/* ---- means ---- */

static pp_status mean_of(const double *value, const pp__frame *from, pp_arena *arena,
                         const double **out, pp_error *err) {
    double sum = 0, total = 0, *mean;
    *out = NULL;
    if (!value) {
        return PP_OK;
    }
    for (int64_t i = 0; i < from->design.n; i++) {
        double w = from->weight ? from->weight[i] : 1;
        sum += w * value[i];
        total += w;
    }
    mean = pp_arena_alloc(arena, 1, sizeof *mean);
    PP_NEED(mean, err);
    *mean = sum / total;
    *out = mean;
    return PP_OK;
}

static pp_status mode_of(const pp__encoding *factor, const pp__frame *from,
                         pp_arena *arena, int32_t **out, pp_error *err) {
    double *count = pp_arena_zalloc(arena, factor->n_levels, sizeof *count);
    PP_NEED(count, err);
    *out = pp_arena_zalloc(arena, 1, sizeof **out);
    PP_NEED(*out, err);
    for (int64_t i = 0; i < from->design.n; i++) {
        count[factor->code[i]] += from->weight ? from->weight[i] : 1;
    }
    for (int32_t l = 1; l < factor->n_levels; l++) {
        **out = count[l] > count[**out] ? l : **out;
    }
    return PP_OK;
}

/* The weighted mean of what the effects explain. */
static pp_status mean_projection(const pp_fit *fit, const pp__frame *from,
                                 pp_arena *arena, pp__frame *out, pp_error *err) {
    int64_t k = pp__regressors(fit);
    double *mean = pp_arena_zalloc(arena, k, sizeof *mean), total = 0;
    PP_NEED(mean, err);
    double *z = pp_arena_alloc(arena, k * PP__TILE, sizeof *z);
    PP_NEED(z, err);
    for (int64_t i = 0; i < from->design.n; i++) {
        double w = from->weight ? from->weight[i] : 1;
        project_row(fit, from->source ? from->source[i] : i, z);
        for (int64_t j = 0; j < k; j++) {
            mean[j] += w * z[j * PP__TILE];
        }
        total += w;
    }
    for (int64_t j = 0; j < k; j++) {
        mean[j] /= total;
    }
    out->projection = mean;
    return PP_OK;
}

pp_status pp__frame_means(const pp_fit *fit, const pp__frame *from, pp_arena *arena,
                          pp__frame *out, pp_error *err) {
    *out = *from;
    if (has_effects(fit)) {
        PP_TRY(mean_projection(fit, from, arena, out, err));
    }
    out->source = NULL;
    PP_TRY(own_variables(from, arena, out, err));
    for (int v = 0; v < out->design.n_variables; v++) {
        pp__variable *to = &out->design.variables[v];
        PP_TRY(mean_of(to->value, from, arena, &to->value, err));
        if (to->factor.code) {
            int32_t *mode;
            PP_TRY(mode_of(&to->factor, from, arena, &mode, err));
            to->factor.code = mode;
        }
    }
    PP_TRY(mean_of(from->outside, from, arena, &out->outside, err));
    out->weight = NULL;
    out->design.n = 1;
    return PP_OK;
}

/* ---- setting ---- */

static pp_status set_number(pp__frame *frame, pp__variable *variable, double value,
                            pp_arena *arena, pp_error *err) {
    double *values = pp_arena_alloc(arena, frame->design.n, sizeof *values);
    PP_NEED(values, err);
    for (int64_t i = 0; i < frame->design.n; i++) {
        values[i] = value;
    }
    variable->value = values;
    return PP_OK;
}

static pp_status set_level(pp__frame *frame, pp__variable *variable, const char *text,
                           pp_arena *arena, pp_error *err) {
    pp__encoding *factor = &variable->factor;
    char space[32];
    int32_t level = 0;
    while (level < factor->n_levels &&
           strcmp(pp__level_name(factor, level, space), text) != 0) {
        level++;
    }
    if (level == factor->n_levels) {
        pp_error_set(err, PP_E_NOT_FOUND, "'%s' has no level '%s' in the rows used",
                     variable->name, text);
        pp_error_locate(err, NULL, 0, variable->name, text);
        return PP_E_NOT_FOUND;
    }
    factor->code = pp_arena_alloc(arena, frame->design.n, sizeof *factor->code);
    PP_NEED(factor->code, err);
    for (int64_t i = 0; i < frame->design.n; i++) {
        factor->code[i] = level;
    }
    return PP_OK;
}

pp_status pp__frame_set(pp__frame *frame, int v, const char *text, pp_arena *arena,
                        pp_error *err) {
    pp__variable *variable = &frame->design.variables[v];
    double value;
    if (variable->value && !pp_parse_number(text, &value)) {
        pp_error_set(err, PP_E_ARGUMENT, "'%s' is set to numbers", variable->name);
        pp_error_locate(err, NULL, 0, variable->name, text);
        return PP_E_ARGUMENT;
    }
    pp__frame before = *frame;
    PP_TRY(own_variables(&before, arena, frame, err));
    variable = &frame->design.variables[v];
    if (variable->value) {
        PP_TRY(set_number(frame, variable, value, arena, err));
    }
    return variable->factor.code ? set_level(frame, variable, text, arena, err) : PP_OK;
}
