#include "drivers/forms.h"

#include "base/check.h"
#include "model/after/frame.h"

#include <pushpull/inference.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static const char *const REGIME = "pp_regime"; /* the column that holds them */

const char *pp__form_name(pp__form form) {
    static const char *const NAMES[] = {"linear", "quadratic", "regimes", "within"};
    return NAMES[form];
}

/* ---- regimes ---- */

static pp_status check_thresholds(const double *threshold, int n, pp_error *err) {
    int ascending = n < PP__MOST_REGIMES;
    for (int i = 0; i < n && ascending; i++) {
        ascending = isfinite(threshold[i]) && (i == 0 || threshold[i] > threshold[i - 1]);
    }
    if (!ascending) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "thresholds must be at most %d numbers, each above the one before",
                     PP__MOST_REGIMES - 1);
        pp_error_locate(err, NULL, 0, "thresholds", NULL);
        pp_error_hint(err, "as in [0.25, 0.5]");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

pp_status pp__cuts_init(const double *threshold, int n, pp_arena *arena, pp__cuts *out,
                        pp_error *err) {
    *out = (pp__cuts){.n = n > 0 ? n + 1 : 0, .threshold = threshold};
    PP_TRY(check_thresholds(threshold, n, err));
    for (int r = 0; r < out->n; r++) {
        char low[32] = "", high[32] = "";
        if (r > 0) {
            pp_format_number(threshold[r - 1], low);
        }
        if (r < n) {
            pp_format_number(threshold[r], high);
        }
        out->name[r] = r == 0   ? pp_arena_printf(arena, "below %s", high)
                       : r == n ? pp_arena_printf(arena, "%s and more", low)
                                : pp_arena_printf(arena, "%s to %s", low, high);
        PP_NEED(out->name[r], err);
    }
    return PP_OK;
}

int pp__cuts_of(const pp__cuts *cuts, double value) {
    int r = 0;
    while (r < cuts->n - 1 && value >= cuts->threshold[r]) {
        r++;
    }
    return r;
}

/* A category of the regimes of column `variable`: "1", "2", …, in place of it or beside it. */
static pp_status add_regimes(pp_table *data, const char *variable, const pp__cuts *cuts,
                             int beside, pp_error *err) {
    pp_column *from, *to;
    PP_TRY(pp_table_add(data, PP_CATEGORY, REGIME, &to, err));
    PP_TRY(pp_table_require(data, variable, &from, err));
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        if (!isnan(from->number[i])) {
            char level[2] = {(char)('1' + pp__cuts_of(cuts, from->number[i])), '\0'};
            PP_TRY(pp_column_set_level(data, to, i, level, err));
        }
    }
    if (!beside) {
        PP_TRY(pp_table_drop(data, variable, err));
        PP_TRY(pp_table_rename(data, REGIME, variable, err));
    }
    return PP_OK;
}

/* ---- formulas ---- */

static int is_own_term(const pp_fit *fit, int variable) {
    for (int t = 0; t < fit->formula->n_terms; t++) {
        const pp__term *term = &fit->formula->terms[t];
        const pp__atom *atom = &fit->formula->atoms[term->atom[0]];
        if (term->n == 1 && atom->kind != PP__ATOM_NUMERIC &&
            atom->node->variable == variable) {
            return 1;
        }
    }
    return 0;
}

pp_status pp__form_check(const pp_fit *fit, const char *variable, pp_error *err) {
    int v, within = 0;
    int32_t reference;
    PP_TRY(pp__variable_find(fit, variable, &v, &reference, err));
    for (int a = 0; a < fit->formula->n_atoms; a++) {
        const pp__atom *atom = &fit->formula->atoms[a];
        within |= atom->kind == PP__ATOM_NUMERIC && pp__mentions(atom->node, v);
    }
    if (within || !is_own_term(fit, v)) {
        pp_error_set(err, PP_E_ARGUMENT, "'%s' is no plain term of '%.200s'", variable,
                     fit->formula->text);
        pp_error_locate(err, NULL, 0, "variable", variable);
        pp_error_hint(err,
                      "name it once, as it is: its square and regimes are added here");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* Where the terms end: at a '|' outside brackets and quotes, or at the end. */
static size_t end_of_terms(const char *text) {
    int depth = 0;
    char quote = '\0';
    size_t i = 0;
    for (; text[i]; i++) {
        char c = text[i];
        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '`' || c == '"' || c == '\'') {
            quote = c;
        } else if (c == '|' && depth == 0) {
            break;
        } else {
            depth += (c == '(') - (c == ')');
        }
    }
    return i;
}

static const char *add_terms(const char *text, const char *more, pp_arena *arena) {
    size_t end = end_of_terms(text);
    return pp_arena_printf(arena, "%.*s + %s%s%s", (int)end, text, more,
                           text[end] ? " " : "", text + end);
}

static const char *formula_of(const pp_fit *fit, const char *variable, pp__form form,
                              pp_arena *arena) {
    const char *more =
        form == PP__QUADRATIC ? pp_arena_printf(arena, "I(`%s`^2)", variable)
        : form == PP__WITHIN  ? pp_arena_printf(arena, "factor(%s) + factor(%s):`%s`",
                                                REGIME, REGIME, variable)
                              : "";
    return more && *more ? add_terms(fit->formula->text, more, arena)
           : more        ? fit->formula->text
                         : NULL;
}

pp_status pp__form_fit(const pp_fit *fit, const char *variable, const pp__cuts *cuts,
                       pp__form form, const pp_context *ctx, pp_fit **out,
                       pp_table **data, pp_error *err) {
    pp_model_options options = fit->options;
    options.where = NULL; /* the fit's data are what it left */
    *out = NULL;
    *data = NULL;
    pp_arena arena;
    pp_arena_init(&arena);
    const char *formula = formula_of(fit, variable, form, &arena);
    pp_status status = formula ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK && form >= PP__REGIMES) {
        status = pp_table_copy(fit->data, data, err);
        if (status == PP_OK) {
            status = add_regimes(*data, variable, cuts, form == PP__WITHIN, err);
        }
    }
    if (status == PP_OK) {
        status =
            pp_model_fit(formula, *data ? *data : fit->data, &options, ctx, out, err);
    }
    if (status != PP_OK) {
        pp_table_free(*data);
        *data = NULL;
    }
    pp_arena_clear(&arena);
    return status;
}

/* ---- tests ---- */

static int has_part(const pp_fit *fit, int column, const char *variable) {
    const pp__design *d = fit->design;
    if (d->column[column].term < 0) {
        return 0;
    }
    const pp__term *term = &d->formula->terms[d->column[column].term];
    for (int i = 0; i < term->n; i++) {
        for (int v = 0; v < d->n_variables; v++) {
            const char *name = d->variables[v].name;
            if ((strcmp(name, variable) == 0 || strcmp(name, REGIME) == 0) &&
                pp__mentions(d->formula->atoms[term->atom[i]].node, v)) {
                return 1;
            }
        }
    }
    return 0;
}

static void name_hypothesis(const pp_fit *fit, const char *variable, int beyond,
                            pp_buf *out) {
    for (int j = 0; j < pp__regressors(fit); j++) {
        if (has_part(fit, j, variable) &&
            !(beyond && strcmp(fit->name[j], variable) == 0)) {
            pp_buf_printf(out, "%s`%s`", out->length ? ", " : "", fit->name[j]);
        }
    }
}

static double number_of(const pp_table *table, const char *column) {
    const pp_column *c = pp_table_find(table, column);
    return c && pp_table_rows(table) > 0 ? c->number[0] : NAN;
}

static pp_status test(const pp_fit *fit, const char *hypothesis, const pp_context *ctx,
                      pp__form_test *out, pp_error *err) {
    pp_result *result;
    PP_TRY(pp_result_new("test", &result, err));
    pp_status status = pp_fit_test(fit, hypothesis, "wald", ctx, result, err);
    if (status == PP_OK) {
        const pp_table *t = pp_result_find(result, "tests");
        *out = (pp__form_test){number_of(t, "statistic"), number_of(t, "df"),
                               number_of(t, "p_value")};
    }
    pp_result_free(result);
    return status == PP_E_ESTIMATION ? PP_OK : status; /* too few clusters for it */
}

pp_status pp__form_test_of(const pp_fit *fit, const char *variable, int beyond,
                           const pp_context *ctx, pp__form_test *out, pp_error *err) {
    pp_buf text;
    *out = (pp__form_test){NAN, NAN, NAN};
    pp_buf_init(&text);
    name_hypothesis(fit, variable, beyond, &text);
    pp_status status = pp_buf_check(&text, err);
    if (status == PP_OK && text.length > 0) {
        status = test(fit, text.data, ctx, out, err);
    }
    pp_buf_clear(&text);
    return status;
}
