#include "base/check.h"
#include "drivers/dates_tables.h"
#include "drivers/factors.h"
#include "model/after/effects.h"
#include "model/after/newdata.h"
#include "model/impute/impute.h"

#include <math.h>
#include <string.h>

static const pp__dates_answer UNKNOWN = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

/* ---- which terms ---- */

static const char *cell_text(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c ? pp_column_get_text(c, row) : NULL;
}

static pp_status check_terms(const pp_table *margins, const char *terms, pp_error *err) {
    const char *name;
    size_t length;
    while (terms && pp__list_next(&terms, &name, &length)) {
        int found = 0;
        for (int64_t i = 0; i < pp_table_rows(margins); i++) {
            const char *term = cell_text(margins, "term", i);
            found |= strlen(term) == length && strncmp(term, name, length) == 0;
        }
        if (!found) {
            pp_error_set(err, PP_E_NOT_FOUND, "the model has no variable '%.*s'",
                         (int)length, name);
            pp_error_locate(err, NULL, 0, "terms", NULL);
            return PP_E_NOT_FOUND;
        }
    }
    return PP_OK;
}

static const char *label_of(const pp_table *data, const char *term) {
    const pp_column *column = pp_table_find(data, term);
    return column ? column->label : NULL;
}

static pp_status begin_sheet(pp__dates_sheet *s, const pp_table *table,
                             const pp_table *used, const char *terms, int m,
                             pp_arena *arena, pp_error *err) {
    int64_t rows = pp_table_rows(table);
    const pp_column *sd = pp_table_find(table, "sd");
    s->term = pp_arena_zalloc(arena, 3 * rows, sizeof *s->term);
    PP_NEED(s->term, err);
    s->contrast = s->term + rows;
    s->label = s->contrast + rows;
    s->sd = pp_arena_alloc(arena, rows, sizeof *s->sd);
    PP_NEED(s->sd, err);
    for (int64_t i = 0; i < rows; i++) {
        const char *term = cell_text(table, "term", i);
        const char *contrast = cell_text(table, "contrast", i);
        if (terms && !pp__list_has(terms, term)) {
            continue;
        }
        s->term[s->n] = pp_arena_strdup(arena, term);
        s->contrast[s->n] = contrast ? pp_arena_strdup(arena, contrast) : NULL;
        s->label[s->n] = label_of(used, term);
        s->sd[s->n] = sd ? sd->number[i] : NAN;
        PP_NEED(s->term[s->n], err);
        s->n++;
    }
    for (int r = 0; r < PP__DATE_RULES; r++) {
        s->answer[r] = pp_arena_alloc(arena, s->n, sizeof *s->answer[r]);
        PP_NEED(s->answer[r], err);
        for (int64_t i = 0; i < s->n; i++) {
            s->answer[r][i] = UNKNOWN;
        }
    }
    s->estimate = pp_arena_alloc(arena, 2 * s->n * m, sizeof *s->estimate);
    PP_NEED(s->estimate, err);
    s->variance = s->estimate + s->n * m;
    return PP_OK;
}

pp_status pp__dates_begin(pp__dates_told *told, const pp_result *result,
                          const pp_table *used, const char *terms, int m, pp_arena *arena,
                          pp_error *err) {
    static const char *const FROM[] = {"margins", "coefficients"};
    *told = (pp__dates_told){.m = m, .rows = used};
    PP_TRY(check_terms(pp_result_find(result, "margins"), terms, err));
    for (int k = 0; k < PP__DATES_SHEETS; k++) {
        PP_TRY(begin_sheet(&told->sheet[k], pp_result_find(result, FROM[k]), used,
                           k == PP__DATES_EFFECTS ? terms : NULL, m, arena, err));
    }
    return PP_OK;
}

/* ---- what fits answer ---- */

static int64_t find_term(const pp__dates_sheet *s, const char *term,
                         const char *contrast) {
    for (int64_t i = 0; i < s->n; i++) {
        if (strcmp(s->term[i], term) == 0 &&
            strcmp(s->contrast[i] ? s->contrast[i] : "", contrast) == 0) {
            return i;
        }
    }
    return -1;
}

typedef struct answering {
    const pp_fit *fit;
    const pp__dates_sheet *sheet;
    pp__dates_answer *out;
} answering;

static void answer(const answering *a, int64_t i, double estimate, double std_error) {
    double width = pp__fit_quantile(a->fit, a->fit->options.level) * std_error;
    double width_90 = pp__fit_quantile(a->fit, 0.9) * std_error;
    a->out[i] = (pp__dates_answer){estimate,
                                   std_error,
                                   estimate - width,
                                   estimate + width,
                                   estimate - width_90,
                                   estimate + width_90,
                                   NAN};
}

/* Numbers change by the standard deviation that the interval model's rows have. */
static pp_status take_effect(void *payload, const char *term, const char *contrast,
                             double sd, double estimate, const double *gradient,
                             double variance, pp_error *err) {
    const answering *a = payload;
    int64_t i = find_term(a->sheet, term, contrast);
    (void)err;
    if (i >= 0) {
        double by = isnan(sd) ? 1 : a->sheet->sd[i] / sd;
        answer(a, i, by * estimate,
               by * sqrt(pp__delta_variance(a->fit, gradient) + variance));
    }
    return PP_OK;
}

/* The rows over which effects are averaged, as this fit sees them; without those of which it
   knows nothing, such as a region that it has not. A formula with lag() keeps its own. */
static pp_status frame_of(const pp_fit *fit, const pp_table *rows, pp_arena *arena,
                          pp__frame *out, pp_error *err) {
    pp__frame all;
    const char **missing;
    int64_t n = pp_table_rows(rows), left = 0;
    pp_status status = pp__frame_new(fit, rows, arena, &all, &missing, err);
    if (status == PP_E_NOT_FOUND) {
        pp__frame_used(fit, out);
        return PP_OK;
    }
    PP_TRY(status);
    int64_t *row = pp_arena_alloc(arena, n, sizeof *row);
    PP_NEED(row, err);
    for (int64_t i = 0; i < n; i++) {
        if (!missing[i]) {
            row[left++] = i;
        }
    }
    return pp__frame_take(&all, row, left, arena, out, err);
}

static pp_status answer_effects(const pp__dates_told *told, const answering *a,
                                const pp_context *ctx, pp_error *err) {
    pp_arena arena;
    pp__frame frame;
    pp_arena_init(&arena);
    pp_status status = frame_of(a->fit, told->rows, &arena, &frame, err);
    if (status == PP_OK) {
        status = pp__effects_each(a->fit, &frame, 1, ctx, take_effect, (void *)a, err);
    }
    pp_arena_clear(&arena);
    return status;
}

static void answer_coefficients(const answering *a) {
    for (int j = 0; j < a->fit->k; j++) {
        int64_t i = find_term(a->sheet, a->fit->name[j], "");
        if (i >= 0) {
            answer(a, i, a->fit->estimates[j],
                   sqrt(a->fit->V[j + (int64_t)j * a->fit->k]));
        }
    }
}

/* All answers of a fit, to out[sheet]. */
static pp_status answer_all(const pp__dates_told *told, const pp_fit *fit,
                            pp__dates_answer *const *out, const pp_context *ctx,
                            pp_error *err) {
    if (!fit->converged) {
        PP_FAIL(err, PP_E_ESTIMATION, "no convergence after %d iterations",
                fit->iterations);
    }
    for (int k = 0; k < PP__DATES_SHEETS; k++) {
        for (int64_t i = 0; i < told->sheet[k].n; i++) {
            out[k][i] = UNKNOWN;
        }
    }
    answering effects = {fit, &told->sheet[PP__DATES_EFFECTS], out[PP__DATES_EFFECTS]};
    answering coefficients = {fit, &told->sheet[PP__DATES_COEFFICIENTS],
                              out[PP__DATES_COEFFICIENTS]};
    answer_coefficients(&coefficients);
    return answer_effects(told, &effects, ctx, err);
}

static void keep_counts(pp__dates_told *told, int rule, const pp_fit *fit) {
    told->fitted[rule] = 1;
    told->events[rule] = (double)fit->events;
    told->units[rule] = (double)fit->units;
}

pp_status pp__dates_keep(pp__dates_told *told, int rule, const pp_fit *fit,
                         const pp_context *ctx, pp_error *err) {
    pp__dates_answer *const out[] = {told->sheet[0].answer[rule],
                                     told->sheet[1].answer[rule]};
    PP_TRY(answer_all(told, fit, out, ctx, err));
    keep_counts(told, rule, fit);
    return PP_OK;
}

pp_status pp__dates_keep_draw(pp__dates_told *told, const pp_fit *fit,
                              const pp_context *ctx, pp_error *err) {
    pp__dates_answer *const out[] = {told->sheet[0].answer[PP__DATES_IMPUTED],
                                     told->sheet[1].answer[PP__DATES_IMPUTED]};
    PP_TRY(answer_all(told, fit, out, ctx, err));
    for (int k = 0; k < PP__DATES_SHEETS; k++) {
        pp__dates_sheet *s = &told->sheet[k];
        for (int64_t i = 0; i < s->n; i++) {
            int64_t at = i * told->m + told->draws;
            s->estimate[at] = out[k][i].estimate;
            s->variance[at] = out[k][i].std_error * out[k][i].std_error;
        }
    }
    told->draws++;
    keep_counts(told, PP__DATES_IMPUTED, fit);
    return PP_OK;
}

/* Intervals of the other rules are normal: so is this one for complete dates. */
static void pool_term(pp__dates_sheet *s, int64_t i, int m, int draws, double level) {
    pp_pooled p = pp_pool(draws, s->estimate + i * m, s->variance + i * m, INFINITY);
    double width = pp__pooled_quantile(&p, level) * p.std_error;
    double width_90 = pp__pooled_quantile(&p, 0.9) * p.std_error;
    s->answer[PP__DATES_IMPUTED][i] = (pp__dates_answer){p.estimate,
                                                         p.std_error,
                                                         p.estimate - width,
                                                         p.estimate + width,
                                                         p.estimate - width_90,
                                                         p.estimate + width_90,
                                                         p.fmi};
}

void pp__dates_pool(pp__dates_told *told, double level) {
    told->fitted[PP__DATES_IMPUTED] = told->draws >= 2;
    for (int k = 0; k < PP__DATES_SHEETS && told->draws >= 2; k++) {
        for (int64_t i = 0; i < told->sheet[k].n; i++) {
            pool_term(&told->sheet[k], i, told->m, told->draws, level);
        }
    }
}
