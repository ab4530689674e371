/* What one row's linear predictor is made of, term by term. */
#include "model/after/explain.h"

#include "base/check.h"
#include "model/after/newdata.h"
#include "model/tables.h"
#include "table/expression.h"

#include <pushpull/after.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { MOST_ROWS = 1000 };

typedef struct explanation {
    const pp_fit *fit;
    const pp__frame *frame;
    const double *mean; /* of each column, over the rows used */
    double mean_outside;
    double *x, *scratch; /* one row's columns, PP__TILE apart */
    pp__part_fn *take;
    void *payload;
    pp_error *err;
} explanation;

static double weighted_mean(const pp_fit *fit, const double *x) {
    const double *weight = fit->design->with.weight;
    double sum = 0, total = 0;
    for (int64_t i = 0; x && i < fit->design->n; i++) {
        double w = weight ? weight[i] : 1;
        sum += w * x[i];
        total += w;
    }
    return x ? sum / total : 0;
}

/* Six digits, and no zeros after them. */
static void short_number(double value, char text[32]) {
    double rounded = value;
    pp_format_significant(value, 6, text);
    if (pp_parse_number(text, &rounded)) {
        pp_format_number(rounded, text);
    }
}

/* "0.5", "Asia", "0.5, Asia": the values of the term's atoms in row i. */
static pp_status term_value(const explanation *e, int t, int64_t i, pp_buf *out) {
    const pp__design *d = &e->frame->design;
    const pp__term *term = &e->fit->formula->terms[t];
    const pp__change as_is = {.kind = PP__AS_IS};
    for (int a = 0; a < term->n; a++) {
        const pp__atom *atom = &e->fit->formula->atoms[term->atom[a]];
        char space[32];
        const char *text = space;
        if (atom->kind == PP__ATOM_FACTOR) {
            const pp__encoding *factor = &d->variables[atom->node->variable].factor;
            text = pp__level_name(factor, factor->code[i], space);
        } else {
            pp__evaluate(atom->node, d->variables, &as_is, i, 1, e->scratch, NULL,
                         e->scratch + PP__TILE);
            short_number(e->scratch[0], space);
        }
        pp_buf_printf(out, "%s%s", a ? ", " : "", text);
    }
    return pp_buf_check(out, e->err);
}

static pp_status give_term(const explanation *e, int64_t i, int t, pp__part part) {
    pp_buf name, value;
    pp_buf_init(&name);
    pp_buf_init(&value);
    pp_status status = PP_OK;
    if (t < 0) {
        pp_buf_add(&name, "(Intercept)");
        status = pp_buf_check(&name, e->err);
    } else {
        pp__term_name(e->fit, t, &name);
        status = pp_buf_check(&name, e->err);
        status = status == PP_OK ? term_value(e, t, i, &value) : status;
    }
    if (status == PP_OK) {
        part.term = name.data;
        part.value = value.data;
        status = e->take(e->payload, i, &part, e->err);
    }
    pp_buf_clear(&name);
    pp_buf_clear(&value);
    return status;
}

static pp_status explain_row(const explanation *e, int64_t i) {
    const pp__change as_is = {.kind = PP__AS_IS};
    const pp_fit *fit = e->fit;
    const pp__design *d = fit->design;
    int k = pp__regressors(fit);
    pp__part all = {.term = "(linear predictor)", .columns = k};
    pp__design_change(&e->frame->design, &as_is, i, 1, e->x, NULL, e->scratch);
    for (int j = 0; j < k;) {
        int first = j, t = d->column[j].term;
        pp__part part = {0};
        for (; j < k && d->column[j].term == t; j++) {
            part.contribution += fit->estimates[j] * e->x[(int64_t)j * PP__TILE];
            part.average += fit->estimates[j] * e->mean[j];
        }
        part.columns = j - first;
        PP_TRY(give_term(e, i, t, part));
        all.contribution += part.contribution;
        all.average += part.average;
    }
    if (e->frame->outside) {
        pp__part part = {.contribution = e->frame->outside[i],
                         .average = e->mean_outside};
        part.term = fit->formula->n_effects == 0   ? "(offset)"
                    : fit->formula->n_offsets == 0 ? "(fixed effects)"
                                                   : "(offset and fixed effects)";
        PP_TRY(e->take(e->payload, i, &part, e->err));
        all.contribution += part.contribution;
        all.average += part.average;
    }
    return e->take(e->payload, i, &all, e->err);
}

pp_status pp__explain_each(const pp_fit *fit, const pp__frame *frame, const int64_t *row,
                           int64_t n, pp__part_fn *take, void *payload, pp_arena *arena,
                           pp_error *err) {
    const pp__design *d = fit->design;
    explanation e = {.fit = fit, .frame = frame, .take = take, .payload = payload};
    e.err = err;
    double *mean = pp_arena_alloc(arena, d->k, sizeof *mean);
    PP_NEED(mean, err);
    for (int j = 0; j < d->k; j++) {
        mean[j] = weighted_mean(fit, d->x[j]);
    }
    e.mean = mean;
    e.mean_outside = weighted_mean(fit, fit->outside);
    int64_t width = (2 * (int64_t)d->buffers + 1) * PP__TILE;
    int64_t work = pp__design_scratch(&frame->design);
    e.x = pp_arena_alloc(arena, (int64_t)d->k * PP__TILE + (work > width ? work : width),
                         sizeof *e.x);
    PP_NEED(e.x, err);
    e.scratch = e.x + (int64_t)d->k * PP__TILE;
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(explain_row(&e, row[i]));
    }
    return PP_OK;
}

/* ---- which rows ---- */

/* The design's rows among `rows` of fit->data, in the design's order. */
static pp_status choose(const pp_fit *fit, const char *where, const pp_context *ctx,
                        pp_arena *arena, int64_t **out, int64_t *count, pp_error *err) {
    int64_t *rows = NULL, n = 0;
    uint8_t *chosen = pp_arena_zalloc(arena, pp_table_rows(fit->data), 1);
    PP_NEED(chosen, err);
    PP_TRY(pp__table_where(fit->data, where, ctx, &rows, &n, err));
    for (int64_t i = 0; i < n; i++) {
        chosen[rows[i]] = 1;
    }
    pp_free(rows);
    *out = pp_arena_alloc(arena, MOST_ROWS, sizeof **out);
    PP_NEED(*out, err);
    *count = 0;
    for (int64_t i = 0; i < fit->design->n; i++) {
        if (!chosen[pp__design_row(fit->design, i)]) {
            continue;
        }
        if (*count == MOST_ROWS) {
            PP_FAIL(err, PP_E_ARGUMENT, "more than %d rows are chosen", MOST_ROWS);
        }
        (*out)[(*count)++] = i;
    }
    if (*count == 0) {
        pp_error_set(err, PP_E_NOT_FOUND, "none of the rows used is chosen");
        pp_error_locate(err, NULL, 0, "explain", where);
        return PP_E_NOT_FOUND;
    }
    return PP_OK;
}

/* Each chosen row once for each of its parts, so that the ids stand beside them. */
static pp_status name_rows(const pp_fit *fit, const int64_t *row, int64_t n,
                           int64_t parts, const char *ids, pp_table *table,
                           pp_error *err) {
    pp_table *each = NULL, *taken = NULL;
    int64_t *copies = pp_malloc(n * parts, sizeof *copies);
    PP_NEED(copies, err);
    for (int64_t i = 0; i < n * parts; i++) {
        copies[i] = row[i / parts];
    }
    pp_status status = pp_table_new(&each, err);
    if (status == PP_OK) {
        status = pp_table_resize(each, fit->design->n, err);
        status = status == PP_OK ? pp__put_rows(fit, NULL, ids, each, err) : status;
        status = status == PP_OK
                     ? pp_table_take_rows(each, copies, n * parts, &taken, err)
                     : status;
        pp_table_free(each);
    }
    pp_free(copies);
    PP_TRY(status);
    for (int c = 0; c < pp_table_columns(taken) && status == PP_OK; c++) {
        const pp_column *from = pp_table_column(taken, c);
        for (int64_t i = 0; i < n * parts && status == PP_OK; i++) {
            status = from->type == PP_NUMBER
                         ? pp__put_number(table, i, from->name, from->show,
                                          from->number[i], err)
                         : pp__put_text(table, i, from->name, from->text[i], err);
        }
    }
    pp_table_free(taken);
    return status;
}

static int64_t count_parts(const pp_fit *fit) {
    int k = pp__regressors(fit);
    int64_t parts = 1 + (fit->outside != NULL);
    for (int j = 0; j < k; j++) {
        parts += j == 0 || fit->design->column[j].term != fit->design->column[j - 1].term;
    }
    return parts;
}

typedef struct listing {
    pp_table *table;
    int64_t at;
} listing;

pp_status pp__put_part(pp_table *table, int64_t at, const pp__part *part, pp_error *err) {
    PP_TRY(pp__put_text(table, at, "term", part->term, err));
    PP_TRY(pp__put_text(table, at, "value", part->value, err));
    PP_TRY(pp__put_number(table, at, "columns", PP_SHOW_COUNT, part->columns, err));
    PP_TRY(pp__put_number(table, at, "contribution", PP_SHOW_DEFAULT, part->contribution,
                          err));
    PP_TRY(pp__put_number(table, at, "average", PP_SHOW_DEFAULT, part->average, err));
    return pp__put_number(table, at, "difference", PP_SHOW_DEFAULT,
                          part->contribution - part->average, err);
}

static pp_status list_part(void *payload, int64_t row, const pp__part *part,
                           pp_error *err) {
    listing *l = payload;
    (void)row;
    return pp__put_part(l->table, l->at++, part, err);
}

static pp_status explain(const pp_fit *fit, const char *where, const char *ids,
                         const pp_context *ctx, pp_arena *arena, pp_table *table,
                         pp_error *err) {
    int64_t *row = NULL, n, parts = count_parts(fit);
    listing list = {.table = table};
    pp__frame used;
    PP_TRY(choose(fit, where, ctx, arena, &row, &n, err));
    PP_TRY(pp_table_resize(table, n * parts, err));
    PP_TRY(name_rows(fit, row, n, parts, ids, table, err));
    pp__frame_used(fit, &used);
    return pp__explain_each(fit, &used, row, n, list_part, &list, arena, err);
}

pp_status pp_fit_explain(const pp_fit *fit, const char *where, const char *ids,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    pp_arena arena;
    pp_table *table;
    if (fit->equation) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "model '%s' has several equations and no one linear predictor",
                fit->options.model);
    }
    PP_TRY(pp_result_add(result, "contributions", "What a linear predictor is made of",
                         &table, err));
    pp_arena_init(&arena);
    pp_status status = explain(fit, where, ids, ctx, &arena, table, err);
    pp_arena_clear(&arena);
    return status;
}
