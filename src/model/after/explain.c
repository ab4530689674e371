/* What one row's linear predictor is made of, term by term. */
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
    pp_table *table;
    const double *mean; /* of each column */
    double mean_outside;
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
static pp_status term_value(const pp_fit *fit, int t, int64_t i, double *scratch,
                            pp_buf *out, pp_error *err) {
    const pp__design *d = fit->design;
    const pp__term *term = &fit->formula->terms[t];
    const pp__change as_is = {.kind = PP__AS_IS};
    for (int a = 0; a < term->n; a++) {
        const pp__atom *atom = &fit->formula->atoms[term->atom[a]];
        char space[32];
        const char *text = space;
        if (atom->kind == PP__ATOM_FACTOR) {
            const pp__encoding *factor = &d->variables[atom->node->variable].factor;
            text = pp__level_name(factor, factor->code[i], space);
        } else {
            pp__evaluate(atom->node, d->variables, &as_is, i, 1, scratch, NULL,
                         scratch + PP__TILE);
            short_number(scratch[0], space);
        }
        pp_buf_printf(out, "%s%s", a ? ", " : "", text);
    }
    return pp_buf_check(out, err);
}

static pp_status put_part(const explanation *e, int64_t at, const char *term,
                          const char *value, int columns, double contribution,
                          double typical) {
    pp_table *t = e->table;
    PP_TRY(pp__put_text(t, at, "term", term, e->err));
    PP_TRY(pp__put_text(t, at, "value", value, e->err));
    PP_TRY(pp__put_number(t, at, "columns", PP_SHOW_COUNT, columns, e->err));
    PP_TRY(pp__put_number(t, at, "contribution", PP_SHOW_DEFAULT, contribution, e->err));
    PP_TRY(pp__put_number(t, at, "average", PP_SHOW_DEFAULT, typical, e->err));
    return pp__put_number(t, at, "difference", PP_SHOW_DEFAULT, contribution - typical,
                          e->err);
}

static pp_status put_term(const explanation *e, int64_t at, int t, int64_t i, int columns,
                          double contribution, double typical, double *scratch) {
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
        if (status == PP_OK) {
            status = term_value(e->fit, t, i, scratch, &value, e->err);
        }
    }
    if (status == PP_OK) {
        status = put_part(e, at, name.data, value.data, columns, contribution, typical);
    }
    pp_buf_clear(&name);
    pp_buf_clear(&value);
    return status;
}

/* Row i of the design; `at` is the table's next row. */
static pp_status explain_row(const explanation *e, int64_t i, double *scratch,
                             int64_t *at) {
    const pp_fit *fit = e->fit;
    const pp__design *d = fit->design;
    int k = pp__regressors(fit);
    double total = 0, total_typical = 0;
    for (int j = 0; j < k;) {
        int first = j, t = d->column[j].term;
        double contribution = 0, typical = 0;
        for (; j < k && d->column[j].term == t; j++) {
            contribution += fit->estimates[j] * d->x[j][i];
            typical += fit->estimates[j] * e->mean[j];
        }
        PP_TRY(put_term(e, (*at)++, t, i, j - first, contribution, typical, scratch));
        total += contribution;
        total_typical += typical;
    }
    if (fit->outside) {
        const char *name = fit->formula->n_effects == 0   ? "(offset)"
                           : fit->formula->n_offsets == 0 ? "(fixed effects)"
                                                          : "(offset and fixed effects)";
        PP_TRY(put_part(e, (*at)++, name, NULL, 0, fit->outside[i], e->mean_outside));
        total += fit->outside[i];
        total_typical += e->mean_outside;
    }
    return put_part(e, (*at)++, "(linear predictor)", NULL, k, total, total_typical);
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
static pp_status name_rows(const explanation *e, const int64_t *row, int64_t n,
                           int64_t parts, const char *ids) {
    pp_table *each = NULL, *taken = NULL;
    int64_t *copies = pp_malloc(n * parts, sizeof *copies);
    PP_NEED(copies, e->err);
    for (int64_t i = 0; i < n * parts; i++) {
        copies[i] = row[i / parts];
    }
    pp_status status = pp_table_new(&each, e->err);
    if (status == PP_OK) {
        status = pp_table_resize(each, e->fit->design->n, e->err);
        status = status == PP_OK ? pp__put_rows(e->fit, NULL, ids, each, e->err) : status;
        status = status == PP_OK
                     ? pp_table_take_rows(each, copies, n * parts, &taken, e->err)
                     : status;
        pp_table_free(each);
    }
    pp_free(copies);
    PP_TRY(status);
    for (int c = 0; c < pp_table_columns(taken) && status == PP_OK; c++) {
        const pp_column *from = pp_table_column(taken, c);
        for (int64_t i = 0; i < n * parts && status == PP_OK; i++) {
            status = from->type == PP_NUMBER
                         ? pp__put_number(e->table, i, from->name, from->show,
                                          from->number[i], e->err)
                         : pp__put_text(e->table, i, from->name, from->text[i], e->err);
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

static pp_status explain(explanation *e, const char *where, const char *ids,
                         const pp_context *ctx, pp_arena *arena) {
    const pp__design *d = e->fit->design;
    int64_t *row = NULL, n, at = 0, parts = count_parts(e->fit);
    PP_TRY(choose(e->fit, where, ctx, arena, &row, &n, e->err));
    double *mean = pp_arena_alloc(arena, d->k, sizeof *mean);
    PP_NEED(mean, e->err);
    for (int j = 0; j < d->k; j++) {
        mean[j] = weighted_mean(e->fit, d->x[j]);
    }
    e->mean = mean;
    e->mean_outside = weighted_mean(e->fit, e->fit->outside);
    double *scratch =
        pp_arena_alloc(arena, (2 * (int64_t)d->buffers + 1) * PP__TILE, sizeof *scratch);
    PP_NEED(scratch, e->err);
    PP_TRY(pp_table_resize(e->table, n * parts, e->err));
    PP_TRY(name_rows(e, row, n, parts, ids));
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(explain_row(e, row[i], scratch, &at));
    }
    return PP_OK;
}

pp_status pp_fit_explain(const pp_fit *fit, const char *where, const char *ids,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    explanation e = {.fit = fit, .err = err};
    pp_arena arena;
    if (fit->equation) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "model '%s' has several equations and no one linear predictor",
                fit->options.model);
    }
    PP_TRY(pp_result_add(result, "contributions", "What a linear predictor is made of",
                         &e.table, err));
    pp_arena_init(&arena);
    pp_status status = explain(&e, where, ids, ctx, &arena);
    pp_arena_clear(&arena);
    return status;
}
