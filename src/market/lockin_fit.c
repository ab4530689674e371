/* The conditional logit: its rows, its fit. */
#include "market/lockin.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/model.h>
#include <pushpull/text.h>
#include <pushpull/verdict.h>

#include <math.h>
#include <string.h>

enum { OWN = 6, MOST_COLUMNS = OWN + PP__MOST_TIES };

static const char *const own_names[OWN] = {"situation",     "country",
                                           "chosen",        "same_vendor",
                                           "same_supplier", "sold_elsewhere_log"};

/* ---- rows ---- */

/* What is the same for all alternatives, so that it is looked up once. */
typedef struct look {
    double *own; /* by vendor: records of the buyer before */
    char *vendor,
        *supplier; /* by vendor, by supplier: the buyer had bought there before */
    char *is;      /* by vendor: an alternative */
    double *ties;  /* by supplier × ties */
} look;

static pp_status open_look(const pp__lockin *l, look *k, pp_arena *arena, pp_error *err) {
    const pp__market *m = &l->m;
    k->own = pp_arena_alloc(arena, m->vendors.n + 1, sizeof *k->own);
    k->vendor = pp_arena_alloc(arena, m->vendors.n + 1, 1);
    k->supplier = pp_arena_alloc(arena, m->suppliers.n + 1, 1);
    k->is = pp_arena_alloc(arena, m->vendors.n + 1, 1);
    k->ties =
        pp_arena_zalloc(arena, (m->suppliers.n + 1) * PP__MOST_TIES, sizeof *k->ties);
    PP_NEED(k->own && k->vendor && k->supplier && k->is && k->ties, err);
    return PP_OK;
}

static void look_at_buyer(const pp__lockin *l, const pp__situation *s,
                          pp__history history, look *k) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    memset(k->own, 0, (size_t)l->m.vendors.n * sizeof *k->own);
    memset(k->vendor, 0, (size_t)l->m.vendors.n);
    memset(k->supplier, 0, (size_t)l->m.suppliers.n);
    for (int64_t i = s->first; i < s->first + s->n; i++) {
        const pp__purchase *p = &l->purchases[i];
        k->own[p->vendor] += pp__came_before(p, chosen, PP__CERTAINLY);
        if (p != chosen && pp__came_before(p, chosen, history)) {
            k->vendor[p->vendor] = 1;
            if (p->supplier >= 0) {
                k->supplier[p->supplier] = 1;
            }
        }
    }
}

/* 0: a tie has no figure. */
static int look_at_ties(const pp__lockin *l, const pp__situation *s, double *ties) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    int complete = 1;
    for (int f = 0; f < l->m.suppliers.n; f++) {
        for (int t = 0; t < l->options->n_ties; t++) {
            double *value = &ties[f * PP__MOST_TIES + t];
            *value = pp__tie_value(l, t, chosen->record->country, f, chosen->low);
            complete &= !isnan(*value);
        }
    }
    return complete;
}

static pp_status add_rows(const pp__lockin *l, int64_t situation, const look *k,
                          pp_table *table, pp_error *err) {
    const pp__situation *s = &l->situations[situation];
    const pp__purchase *chosen = &l->purchases[s->purchase];
    for (int v = 0; v < l->m.vendors.n; v++) {
        pp__cell cells[MOST_COLUMNS];
        int home = l->m.home[v];
        if (!k->is[v]) {
            continue;
        }
        double sold = (double)pp__sold_before(l, v, chosen->low) - k->own[v];
        cells[0] = PP__NUMBER_CELL(situation);
        cells[1] = PP__TEXT_CELL(l->m.countries.text[chosen->record->country]);
        cells[2] = PP__NUMBER_CELL(v == chosen->vendor);
        cells[3] = PP__NUMBER_CELL(k->vendor[v]);
        cells[4] = PP__NUMBER_CELL(home >= 0 && k->supplier[home]);
        cells[5] = PP__NUMBER_CELL(log1p(sold));
        for (int t = 0; t < l->options->n_ties; t++) {
            cells[OWN + t] =
                PP__NUMBER_CELL(home < 0 ? 0 : k->ties[home * PP__MOST_TIES + t]);
        }
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

static pp_status fill_rows(pp__lockin *l, pp__history history, pp_arena *arena,
                           pp_table *table, pp_error *err) {
    pp__column_spec columns[MOST_COLUMNS];
    look k;
    for (int c = 0; c < OWN; c++) {
        columns[c] = (pp__column_spec){own_names[c], own_names[c],
                                       c == 1 ? PP_TEXT : PP_NUMBER, 0};
    }
    for (int t = 0; t < l->options->n_ties; t++) {
        const char *name = l->options->ties[t].column;
        columns[OWN + t] = (pp__column_spec){name, name, PP_NUMBER, 0};
    }
    PP_TRY(pp__rows_begin(table, columns, OWN + l->options->n_ties, err));
    PP_TRY(open_look(l, &k, arena, err));
    for (int64_t i = 0; i < l->n_situations; i++) {
        const pp__situation *s = &l->situations[i];
        if (!s->left_out) {
            pp__alternatives(l, s, k.is);
            look_at_buyer(l, s, history, &k);
            look_at_ties(l, s, k.ties);
            PP_TRY(add_rows(l, i, &k, table, err));
        }
    }
    return PP_OK;
}

pp_status pp__lockin_mark(pp__lockin *l, pp_error *err) {
    double *ties = pp_arena_alloc(
        &l->m.arena, (l->m.suppliers.n + 1) * (int64_t)PP__MOST_TIES, sizeof *ties);
    PP_NEED(ties, err);
    for (int64_t i = 0; i < l->n_situations; i++) {
        pp__situation *s = &l->situations[i];
        if (!s->left_out && !look_at_ties(l, s, ties)) {
            s->left_out = "a tie has no figure before it";
        }
    }
    return PP_OK;
}

pp_status pp__lockin_rows(pp__lockin *l, pp__history history, pp_table **out,
                          pp_error *err) {
    pp_arena arena;
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_arena_init(&arena);
    pp_status status = fill_rows(l, history, &arena, table, err);
    pp_arena_clear(&arena);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}

/* ---- the fit ---- */

static const char *label_of(const pp__lockin *l, const char *term) {
    static const char *const labels[][2] = {
        {"same_vendor", "Bought from this vendor before"},
        {"same_supplier", "Bought from its home country before"},
        {"sold_elsewhere_log", "Sold elsewhere before (log)"}};
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
        if (strcmp(term, labels[k][0]) == 0) {
            return labels[k][1];
        }
    }
    for (int t = 0; t < l->options->n_ties; t++) {
        const pp_lockin_tie *tie = &l->options->ties[t];
        size_t length = strlen(tie->column);
        int quoted = term[0] == '`';
        if (strncmp(term + quoted, tie->column, length) == 0 && tie->label) {
            return tie->label;
        }
    }
    return term;
}

static const char *verdict_of(const pp__lockin *l, double estimate, double error) {
    const double z = 1.959963984540054, z_90 = 1.6448536269514722;
    const pp_effect effect = {.estimate = estimate,
                              .low = estimate - z * error,
                              .high = estimate + z * error,
                              .low_90 = estimate - z_90 * error,
                              .high_90 = estimate + z_90 * error,
                              .smallest = log(l->options->smallest_odds),
                              .discrete = 1};
    return pp_verdict_name(pp_verdict_decide(PP_HYPOTHESIS_POSITIVE, &effect));
}

static pp_status put_term(const pp__lockin *l, pp__history history, const pp_table *from,
                          int64_t row, double situations, double clusters,
                          pp_table *table, pp_error *err) {
    const double z_90 = 1.6448536269514722;
    const char *term = pp_column_get_text(pp_table_find(from, "term"), row);
    double b = pp_table_find(from, "estimate")->number[row],
           error = pp_table_find(from, "std_error")->number[row],
           low = pp_table_find(from, "conf_low")->number[row],
           high = pp_table_find(from, "conf_high")->number[row];
    int is_asked = strcmp(term, "same_vendor") == 0;
    const pp__cell cells[] = {
        PP__TEXT_CELL(pp__history_names[history]),
        PP__TEXT_CELL(term),
        PP__TEXT_CELL(label_of(l, term)),
        PP__NUMBER_CELL(b),
        PP__NUMBER_CELL(error),
        PP__NUMBER_CELL(low),
        PP__NUMBER_CELL(high),
        PP__NUMBER_CELL(b - z_90 * error),
        PP__NUMBER_CELL(b + z_90 * error),
        PP__NUMBER_CELL(exp(b)),
        PP__NUMBER_CELL(exp(low)),
        PP__NUMBER_CELL(exp(high)),
        PP__NUMBER_CELL(pp_table_find(from, "p_value")->number[row]),
        PP__NUMBER_CELL(situations),
        PP__NUMBER_CELL(clusters),
        PP__TEXT_CELL(is_asked ? verdict_of(l, b, error) : NULL)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_fit(const pp__lockin *l, pp__history history, const pp_fit *fit,
                         double situations, pp_table *table, pp_error *err) {
    pp_result *result;
    PP_TRY(pp_fit_result(fit, &result, err));
    const pp_table *from = pp_result_find(result, "coefficients");
    double clusters =
        pp_table_find(pp_result_find(result, "model"), "clusters")->number[0];
    pp_status status = PP_OK;
    for (int64_t i = 0; i < pp_table_rows(from) && status == PP_OK; i++) {
        status = put_term(l, history, from, i, situations, clusters, table, err);
    }
    pp_result_free(result);
    return status;
}

static pp_status fit_rows(const pp__lockin *l, const pp_table *rows,
                          const pp_context *ctx, pp_fit **fit, pp_error *err) {
    const pp_model_options options = {
        .model = "clogit", .vcov = "cr0:country", .ssc = "sandwich"};
    pp_buf formula;
    pp_buf_init(&formula);
    pp_buf_add(&formula, "chosen ~ same_vendor + same_supplier + sold_elsewhere_log");
    for (int t = 0; t < l->options->n_ties; t++) {
        pp_buf_printf(&formula, " + `%s`", l->options->ties[t].column);
    }
    pp_buf_add(&formula, " + strata(situation)");
    pp_status status = pp_buf_check(&formula, err);
    if (status == PP_OK) {
        status = pp_model_fit(formula.data, rows, &options, ctx, fit, err);
    }
    pp_buf_clear(&formula);
    return status;
}

static double count_used(const pp_table *rows) {
    const double *chosen = pp_table_find(rows, "chosen")->number;
    double n = 0;
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        n += chosen[i];
    }
    return n;
}

/* A likelihood without a maximum is told of and is no error of the whole. */
pp_status pp__lockin_fit(pp__lockin *l, pp__history history, const pp_context *ctx,
                         pp_result *out, pp_table *table, pp_error *err) {
    pp_table *rows;
    pp_fit *fit = NULL;
    pp_error why = {0};
    PP_TRY(pp__lockin_rows(l, history, &rows, err));
    pp_status status = fit_rows(l, rows, ctx, &fit, &why);
    if (status == PP_OK) {
        status = put_fit(l, history, fit, count_used(rows), table, err);
    } else if (status == PP_E_ESTIMATION) {
        status = pp_result_warn(out, "not_estimated", pp__history_names[history], -1, err,
                                "%s", why.message);
    } else if (err) {
        *err = why;
    }
    pp_fit_free(fit);
    pp_table_free(rows);
    return status;
}
