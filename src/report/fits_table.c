/* Estimates of several fits as texts in one table. */
#include "base/check.h"
#include "model/estimator.h"
#include "report/fits_rows.h"

#include <pushpull/compare.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { MOST_DECIMALS = 10, DECIMALS = 3 };

typedef enum below { ERROR, INTERVAL, STATISTIC, P_VALUE, NOTHING } below;

typedef struct row {
    const char *equation, *term; /* equation NULL: none */
    const char *label;           /* NULL: left out */
} row;

typedef struct table {
    const pp_fit *const *fits;
    int n, n_rows;
    const pp_fits_options *options;
    below below;
    row *rows;
    pp_arena arena;
    pp_table *out;
    const pp_table *estimates; /* all fits', one after the other */
    pp_column **column;        /* n: of the fits */
    pp_column *term;
    pp_error *err;
} table;

static int is_same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* ---- rows ---- */

static int find_row(const table *t, const char *equation, const char *term) {
    for (int i = 0; i < t->n_rows; i++) {
        if (is_same(t->rows[i].equation, equation) && is_same(t->rows[i].term, term)) {
            return i;
        }
    }
    return -1;
}

static pp_status add_row(table *t, const char *equation, const char *term) {
    if (find_row(t, equation, term) >= 0) {
        return PP_OK;
    }
    row *added = &t->rows[t->n_rows++];
    *added = (row){equation, term, term};
    if (equation) {
        added->label = pp_arena_printf(&t->arena, "%s: %s", equation, term);
        PP_NEED(added->label, t->err);
    }
    return PP_OK;
}

static pp_status add_rows(table *t, int intercepts) {
    for (int f = 0; f < t->n; f++) {
        const pp_fit *fit = t->fits[f];
        for (int j = 0; j < fit->k; j++) {
            if ((strcmp(fit->name[j], "(Intercept)") == 0) == intercepts) {
                PP_TRY(add_row(t, fit->equation ? fit->equation[j] : NULL, fit->name[j]));
            }
        }
    }
    return PP_OK;
}

/* Brings the terms that `labels` names before the others, in its order. */
static pp_status order_rows(table *t) {
    pp_column *term, *label;
    int first = 0;
    PP_TRY(pp_table_require(t->options->labels, "term", &term, t->err));
    PP_TRY(pp_table_require(t->options->labels, "label", &label, t->err));
    for (int64_t i = 0; i < pp_table_rows(t->options->labels); i++) {
        const char *name = pp_column_get_text(term, i);
        const char *text = pp_column_get_text(label, i);
        for (int r = first; name && r < t->n_rows; r++) {
            row chosen = t->rows[r];
            if (strcmp(name, chosen.term) != 0 && strcmp(name, chosen.label) != 0) {
                continue;
            }
            chosen.label = text && *text ? text : NULL;
            if (chosen.label && chosen.equation && strcmp(name, chosen.term) == 0) {
                chosen.label =
                    pp_arena_printf(&t->arena, "%s: %s", chosen.equation, text);
                PP_NEED(chosen.label, t->err);
            }
            memmove(&t->rows[first + 1], &t->rows[first],
                    (size_t)(r - first) * sizeof *t->rows);
            t->rows[first++] = chosen;
        }
    }
    return PP_OK;
}

static pp_status make_rows(table *t) {
    int64_t most = 0;
    for (int f = 0; f < t->n; f++) {
        most += t->fits[f]->k;
    }
    t->rows = pp_arena_alloc(&t->arena, most, sizeof *t->rows);
    PP_NEED(t->rows, t->err);
    PP_TRY(add_rows(t, 0));
    PP_TRY(add_rows(t, 1));
    return t->options->labels ? order_rows(t) : PP_OK;
}

/* ---- cells ---- */

static int find_parameter(const pp_fit *fit, const row *r) {
    for (int j = 0; j < fit->k; j++) {
        if (is_same(fit->equation ? fit->equation[j] : NULL, r->equation) &&
            strcmp(fit->name[j], r->term) == 0) {
            return j;
        }
    }
    return -1;
}

/* Of parameter j of fit f, as its table of coefficients has it. */
static double number_of(const table *t, int f, int j, const char *column) {
    int64_t at = j;
    for (int before = 0; before < f; before++) {
        at += t->fits[before]->k;
    }
    return pp_table_find(t->estimates, column)->number[at];
}

static int decimals_of(const table *t, const row *r) {
    int decimals = DECIMALS;
    if (t->options->decimals > 0) {
        return t->options->decimals;
    }
    for (int f = 0; f < t->n; f++) {
        int j = find_parameter(t->fits[f], r);
        double error = j < 0 ? NAN : number_of(t, f, j, "std_error");
        if (error > 0 && isfinite(error)) {
            int needed = 1 - (int)floor(log10(error));
            decimals = needed > decimals ? needed : decimals;
        }
    }
    return decimals < MOST_DECIMALS ? decimals : MOST_DECIMALS;
}

static const char *stars_of(double p) {
    return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : "";
}

static void write_below(const table *t, int f, int j, int decimals, pp_buf *out) {
    static const char *const IN_PARENTHESES[] = {
        [ERROR] = "std_error", [STATISTIC] = "statistic", [P_VALUE] = "p_value"};
    char a[32], b[32];
    if (t->below == INTERVAL) {
        pp_format_fixed(number_of(t, f, j, "conf_low"), decimals, a);
        pp_format_fixed(number_of(t, f, j, "conf_high"), decimals, b);
        pp_buf_printf(out, "[%s, %s]", a, b);
    } else if (t->below != NOTHING) {
        pp_format_fixed(number_of(t, f, j, IN_PARENTHESES[t->below]),
                        t->below == ERROR ? decimals : DECIMALS, a);
        pp_buf_printf(out, "(%s)", a);
    }
}

static pp_status set_cell(table *t, int f, int64_t at, const pp_buf *text) {
    PP_TRY(pp_buf_check(text, t->err));
    return pp_column_set_text(t->out, t->column[f], at, text->data ? text->data : "",
                              t->err);
}

/* Adds a row of empty cells. */
static pp_status append(table *t, const char *label, int64_t *at) {
    PP_TRY(pp_table_append(t->out, at, t->err));
    PP_TRY(pp_column_set_text(t->out, t->term, *at, label, t->err));
    for (int f = 0; f < t->n; f++) {
        PP_TRY(pp_column_set_text(t->out, t->column[f], *at, "", t->err));
    }
    return PP_OK;
}

static pp_status fill_estimates(table *t, const row *r, int64_t at) {
    int decimals = decimals_of(t, r);
    for (int f = 0; f < t->n; f++) {
        int j = find_parameter(t->fits[f], r);
        if (j < 0) {
            continue;
        }
        char number[32];
        pp_buf over, under;
        pp_buf_init(&over);
        pp_buf_init(&under);
        pp_format_fixed(number_of(t, f, j, "estimate"), decimals, number);
        pp_buf_add(&over, number);
        if (t->options->stars) {
            pp_buf_add(&over, stars_of(number_of(t, f, j, "p_value")));
        }
        write_below(t, f, j, decimals, &under);
        pp_status status = set_cell(t, f, at, &over);
        if (status == PP_OK && t->below != NOTHING) {
            status = set_cell(t, f, at + 1, &under);
        }
        pp_buf_clear(&over);
        pp_buf_clear(&under);
        PP_TRY(status);
    }
    return PP_OK;
}

static pp_status add_estimates(table *t) {
    for (int i = 0; i < t->n_rows; i++) {
        int64_t at, under;
        if (!t->rows[i].label) {
            continue;
        }
        PP_TRY(append(t, t->rows[i].label, &at));
        if (t->below != NOTHING) {
            PP_TRY(append(t, "", &under));
        }
        PP_TRY(fill_estimates(t, &t->rows[i], at));
    }
    return PP_OK;
}

/* ---- what the fits are ---- */

/* Writes what the fit has to say; nothing: the cell stays empty. */
typedef void fact_fn(const pp_fit *fit, pp_buf *out);

static void write_number(double value, int decimals, pp_buf *out) {
    char text[32];
    if (isfinite(value)) {
        pp_format_fixed(value, decimals, text);
        pp_buf_add(out, text);
    }
}

static void outcome(const pp_fit *fit, pp_buf *out) {
    pp_buf_add(out, fit->formula->outcome_label);
}

static void estimator(const pp_fit *fit, pp_buf *out) {
    pp_buf_add(out, fit->estimator->info.name);
    if (strchr(fit->estimator->info.links, ',')) {
        pp_buf_printf(out, " (%s)", fit->link->name);
    }
}

static void weights(const pp_fit *fit, pp_buf *out) {
    pp_buf_add(out, fit->options.weights ? fit->options.weights : "");
}

static void covariance(const pp_fit *fit, pp_buf *out) {
    pp_buf_add(out, fit->options.vcov);
}

static void clusters(const pp_fit *fit, pp_buf *out) {
    for (int i = 0; i < fit->vcov.n_columns && i < fit->n_components; i++) {
        pp_buf_printf(out, i ? " + %lld" : "%lld", (long long)fit->component[i].clusters);
    }
}

static void observations(const pp_fit *fit, pp_buf *out) {
    pp_buf_printf(out, "%lld", (long long)fit->nobs);
}

static void units(const pp_fit *fit, pp_buf *out) {
    write_number(fit->units < 0 ? NAN : (double)fit->units, 0, out);
}

static void events(const pp_fit *fit, pp_buf *out) {
    write_number(fit->events < 0 ? NAN : (double)fit->events, 0, out);
}

static void r2(const pp_fit *fit, pp_buf *out) {
    write_number(fit->r2, DECIMALS, out);
}

static void pseudo_r2(const pp_fit *fit, pp_buf *out) {
    write_number(isnan(fit->sigma) ? 1 - fit->loglik / fit->null_loglik : NAN, DECIMALS,
                 out);
}

static void loglik(const pp_fit *fit, pp_buf *out) {
    write_number(fit->loglik, 1, out);
}

static void aic(const pp_fit *fit, pp_buf *out) {
    write_number(-2 * fit->loglik + 2 * fit->parameters, 1, out);
}

static void bic(const pp_fit *fit, pp_buf *out) {
    double n = fit->units < 0 ? (double)fit->nobs : (double)fit->units;
    write_number(-2 * fit->loglik + log(n) * fit->parameters, 1, out);
}

static void not_converged(const pp_fit *fit, pp_buf *out) {
    pp_buf_add(out, fit->converged ? "" : "NOT CONVERGED");
}

/* Adds a row unless all cells are empty. */
static pp_status add_fact(table *t, const char *label, fact_fn *write) {
    int64_t at = -1;
    for (int f = 0; f < t->n; f++) {
        pp_buf text;
        pp_buf_init(&text);
        write(t->fits[f], &text);
        pp_status status = pp_buf_check(&text, t->err);
        if (status == PP_OK && text.length > 0 && at < 0) {
            status = append(t, label, &at);
        }
        if (status == PP_OK && text.length > 0) {
            status = set_cell(t, f, at, &text);
        }
        pp_buf_clear(&text);
        PP_TRY(status);
    }
    return PP_OK;
}

/* A row of ticks for each fixed effect that any fit has. */
static pp_status add_effects(table *t) {
    for (int f = 0; f < t->n; f++) {
        const pp__formula *formula = t->fits[f]->formula;
        for (int e = 0; e < formula->n_effects; e++) {
            const char *name = formula->effect[e].label;
            const char *label = pp_arena_printf(&t->arena, "Fixed effects: %s", name);
            int64_t at = 0;
            PP_NEED(label, t->err);
            while (at < pp_table_rows(t->out) && strcmp(t->term->text[at], label) != 0) {
                at++;
            }
            if (at == pp_table_rows(t->out)) {
                PP_TRY(append(t, label, &at));
            }
            PP_TRY(pp_column_set_text(t->out, t->column[f], at, "\xe2\x9c\x93", t->err));
        }
    }
    return PP_OK;
}

static pp_status add_facts(table *t) {
    static const struct {
        const char *label;
        fact_fn *write;
    } before[] = {{"Outcome", outcome}, {"Estimator", estimator}, {"Weights", weights}},
      after[] = {{"Covariance", covariance},
                 {"Clusters", clusters},
                 {"Observations", observations},
                 {"Units", units},
                 {"Events", events},
                 {"R\xc2\xb2", r2},
                 {"Pseudo R\xc2\xb2", pseudo_r2},
                 {"Log likelihood", loglik},
                 {"AIC", aic},
                 {"BIC", bic},
                 {"Warning", not_converged}};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        PP_TRY(add_fact(t, before[i].label, before[i].write));
    }
    PP_TRY(add_effects(t));
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        PP_TRY(add_fact(t, after[i].label, after[i].write));
    }
    return PP_OK;
}

/* ---- the table ---- */

static void write_note(const table *t, pp_buf *out) {
    char level[32];
    double first = t->fits[0]->options.level;
    int equal = 1;
    for (int f = 1; f < t->n; f++) {
        equal &= t->fits[f]->options.level == first;
    }
    pp_format_number(round(1e8 * first) / 1e6, level);
    switch (t->below) {
    case ERROR:
        pp_buf_add(out, "Standard errors in parentheses. ");
        break;
    case INTERVAL:
        pp_buf_printf(out, "%s%s intervals in brackets. ", equal ? level : "Confidence",
                      equal ? "%" : "");
        break;
    case STATISTIC:
        pp_buf_add(out, "Statistics in parentheses. ");
        break;
    case P_VALUE:
        pp_buf_add(out, "p values in parentheses. ");
        break;
    default:
        break;
    }
    if (t->options->stars) {
        pp_buf_add(out, "* p < 0.05, ** p < 0.01, *** p < 0.001. ");
    }
    out->length -= out->length > 0; /* the last blank */
    if (out->data) {
        out->data[out->length] = '\0';
    }
}

static pp_status set_note(const table *t, pp_result *result) {
    pp_buf note;
    pp_buf_init(&note);
    write_note(t, &note);
    pp_status status = pp_buf_check(&note, t->err);
    if (status == PP_OK && note.length > 0) {
        status = pp_result_set_note(result, "models", note.data, t->err);
    }
    pp_buf_clear(&note);
    return status;
}

static pp_status add_columns(table *t, const char *const *names) {
    PP_TRY(pp_table_add(t->out, PP_TEXT, "term", &t->term, t->err));
    PP_TRY(pp_column_describe(t->out, t->term, "", NULL, NULL, NULL, t->err));
    for (int f = 0; f < t->n; f++) {
        PP_TRY(pp_table_add(t->out, PP_TEXT, names[f], &t->column[f], t->err));
        t->column[f]->show = PP_SHOW_FIGURES;
    }
    return PP_OK;
}

static pp_status fill(table *t, const char *const *names, pp_result *result) {
    PP_TRY(pp_result_add(result, "models", "Models side by side", &t->out, t->err));
    PP_TRY(pp__fits_rows(t->fits, names, t->n, result, t->err));
    t->estimates = pp_result_find(result, "estimates");
    PP_TRY(add_columns(t, names));
    PP_TRY(make_rows(t));
    PP_TRY(add_estimates(t));
    PP_TRY(pp_result_set_rule(result, "models", pp_table_rows(t->out), t->err));
    PP_TRY(add_facts(t));
    return set_note(t, result);
}

static pp_status read_options(table *t) {
    static const char *const BELOW[] = {"error", "interval", "statistic", "p_value",
                                        "none"};
    const char *wanted = t->options->below ? t->options->below : "error";
    if (t->options->decimals < 0 || t->options->decimals > MOST_DECIMALS) {
        PP_FAIL(t->err, PP_E_ARGUMENT, "decimals are 0 to %d", MOST_DECIMALS);
    }
    for (int i = 0; i <= NOTHING; i++) {
        if (strcmp(wanted, BELOW[i]) == 0) {
            t->below = (below)i;
            return PP_OK;
        }
    }
    pp_error_set(t->err, PP_E_ARGUMENT, "there is no '%s' to put below estimates",
                 wanted);
    pp_error_hint(t->err, "there are: error, interval, statistic, p_value, none");
    return PP_E_ARGUMENT;
}

pp_status pp_fits_table(const pp_fit *const *fits, const char *const *names, int n,
                        const pp_fits_options *options, pp_result *result,
                        pp_error *err) {
    const pp_fits_options usual = {0};
    table t = {.fits = fits, .n = n, .options = options ? options : &usual, .err = err};
    if (n < 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "there are no fits to compare");
    }
    PP_TRY(read_options(&t));
    pp_arena_init(&t.arena);
    const char **heads = pp_arena_alloc(&t.arena, n, sizeof *heads);
    t.column = pp_arena_alloc(&t.arena, n, sizeof *t.column);
    int failed = !heads || !t.column;
    for (int f = 0; f < n && !failed; f++) {
        heads[f] = names ? names[f] : pp_arena_printf(&t.arena, "(%d)", f + 1);
        failed = !heads[f];
    }
    pp_status status = failed ? pp_error_set(err, PP_E_MEMORY, "out of memory")
                              : fill(&t, heads, result);
    pp_arena_clear(&t.arena);
    return status;
}
