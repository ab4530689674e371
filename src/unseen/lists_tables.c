/* The tables of an analysis of lists. */
#include "base/check.h"
#include "model/tables.h"
#include "unseen/lists_dependence.h"
#include "unseen/lists_work.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static pp_status put(pp__lists *w, pp_table *table, int64_t row, const char *name,
                     double value) {
    return pp__put_number(table, row, name, PP_SHOW_DEFAULT, value, w->err);
}

static pp_status count(pp__lists *w, pp_table *table, int64_t row, const char *name,
                       double value) {
    return pp__put_number(table, row, name, PP_SHOW_COUNT, value, w->err);
}

static pp_status words(pp__lists *w, pp_table *table, int64_t row, const char *name,
                       const char *text) {
    return pp__put_text(table, row, name, text, w->err);
}

const char *pp__lists_names(const pp__histories *h, int set, pp_arena *arena) {
    const char *names = "";
    for (int i = 0; i < h->lists && names; i++) {
        if (set >> i & 1) {
            names = *names ? pp_arena_printf(arena, "%s + %s", names, h->name[i])
                           : h->name[i];
        }
    }
    return names;
}

pp_status pp__lists_put_number(pp__lists *w, pp_table *table, int64_t row,
                               const pp__number *number) {
    PP_TRY(put(w, table, row, "estimate", number->estimate));
    PP_TRY(put(w, table, row, "std_error", number->error));
    PP_TRY(put(w, table, row, "conf_low", number->low));
    return put(w, table, row, "conf_high", number->high);
}

static pp_status put_fit(pp__lists *w, pp_table *table, int64_t row,
                         const pp__number *number) {
    PP_TRY(put(w, table, row, "deviance", number->deviance));
    PP_TRY(count(w, table, row, "df", number->df));
    PP_TRY(put(w, table, row, "aic", number->aic));
    return put(w, table, row, "bic", number->bic);
}

/* ---- models ---- */

static pp_status put_model(pp__lists *w, pp_table *table, const pp__number *given) {
    pp__number number = *given;
    int capped = pp__lists_cap(w, &number);
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(words(w, table, row, "model", number.model));
    PP_TRY(words(w, table, row, "kind", number.kind));
    PP_TRY(pp__lists_put_number(w, table, row, &number));
    PP_TRY(words(w, table, row, "interval", number.interval));
    PP_TRY(put_fit(w, table, row, &number));
    PP_TRY(put(w, table, row, "multinomial", number.multinomial));
    PP_TRY(put(w, table, row, "bias_corrected", number.corrected));
    PP_TRY(put(w, table, row, "bias_corrected_error", number.corrected_error));
    PP_TRY(count(w, table, row, "observed", w->h.observed));
    return w->options.population
               ? pp__put_number(table, row, "capped", PP_SHOW_FLAG, capped, w->err)
               : PP_OK;
}

static pp_status note_models(pp__lists *w) {
    pp_buf note;
    pp_buf_init(&note);
    pp_buf_printf(
        &note,
        "%.0f units are on a list. No model can be tested on those that are on "
        "none: where lists copy from each other, or some units are hard to find "
        "for all of them, models without that say too few. The Chao models are "
        "lower bounds.",
        w->h.observed);
    if (w->options.population) {
        pp_buf_printf(
            &note,
            " There are %lld units at all: estimates end there, and of models whose "
            "interval lies wholly above there is none.",
            (long long)w->options.population);
    }
    pp_status status = pp_buf_check(&note, w->err);
    if (status == PP_OK) {
        status = pp_result_set_note(w->result, "models", note.data, w->err);
    }
    pp_buf_clear(&note);
    return status;
}

pp_status pp__lists_put_models(pp__lists *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "models", "How many there are", &table, w->err));
    for (int i = 0; i < w->n; i++) {
        PP_TRY(put_model(w, table, &w->number[i]));
    }
    return note_models(w);
}

pp_status pp__lists_put_loglinear(pp__lists *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "loglinear",
                         "Log-linear models, the best by BIC first", &table, w->err));
    PP_TRY(pp_table_resize(table, w->hierarchy.n, w->err));
    for (int i = 0; i < w->hierarchy.n; i++) {
        pp__number number = w->hierarchy.number[i];
        pp__lists_cap(w, &number);
        PP_TRY(words(w, table, i, "model", number.model));
        PP_TRY(pp__lists_put_number(w, table, i, &number));
        PP_TRY(put_fit(w, table, i, &number));
        PP_TRY(put(w, table, i, "weight", w->hierarchy.weight[i]));
    }
    return pp_result_note_number(w->result, "nmodels", (double)w->hierarchy.models,
                                 w->err);
}

/* ---- summary ---- */

static pp_status put_count(pp__lists *w, pp_table *table, const char *kind,
                           const char *term, double value, int64_t *row) {
    PP_TRY(pp_table_append(table, row, w->err));
    PP_TRY(words(w, table, *row, "kind", kind));
    PP_TRY(words(w, table, *row, "term", term));
    PP_TRY(count(w, table, *row, "list", NAN));
    PP_TRY(count(w, table, *row, "count", value));
    PP_TRY(count(w, table, *row, "only", NAN));
    return put(w, table, *row, "expected", NAN);
}

static pp_status put_lists(pp__lists *w, pp_table *table) {
    int64_t row;
    for (int i = 0; i < w->h.lists; i++) {
        PP_TRY(put_count(w, table, "list", w->h.name[i], pp__histories_size(&w->h, i),
                         &row));
        PP_TRY(count(w, table, row, "list", i + 1));
        PP_TRY(count(w, table, row, "only", w->h.count[1 << i]));
    }
    return PP_OK;
}

/* With what independent lists of these sizes would share in Mt's population. */
static pp_status put_overlaps(pp__lists *w, pp_table *table) {
    double N = w->number[1].estimate;
    int64_t row;
    for (int i = 0; i < w->h.lists; i++) {
        for (int j = i + 1; j < w->h.lists; j++) {
            int set = 1 << i | 1 << j;
            const char *term = pp__lists_names(&w->h, set, &w->arena);
            double both = pp__histories_both(&w->h, i, j);
            PP_NEED(term, w->err);
            PP_TRY(put_count(w, table, "overlap", term, both, &row));
            PP_TRY(count(w, table, row, "only", w->h.count[set]));
            PP_TRY(put(w, table, row, "expected",
                       pp__histories_size(&w->h, i) * pp__histories_size(&w->h, j) / N));
        }
    }
    return PP_OK;
}

static pp_status note_coverage(pp__lists *w) {
    double coverage = pp__coverage(&w->h);
    const char *note = pp_arena_printf(
        &w->arena,
        "Sample coverage: %.0f%% of what a list has, another one has too%s. only: on "
        "this list, or "
        "on these two, and no other. expected: if lists were independent (Mt).",
        100 * coverage,
        coverage < 0.55 ? "; below 55% estimates rest on little overlap" : "");
    PP_NEED(note, w->err);
    PP_TRY(pp_result_note_number(w->result, "coverage", coverage, w->err));
    return pp_result_set_note(w->result, "lists_summary", note, w->err);
}

pp_status pp__lists_put_summary(pp__lists *w) {
    pp_table *table;
    int64_t row;
    PP_TRY(pp_result_add(w->result, "lists_summary", "The lists", &table, w->err));
    PP_TRY(put_count(w, table, "observed", "on any list", w->h.observed, &row));
    PP_TRY(put_lists(w, table));
    PP_TRY(put_overlaps(w, table));
    for (int k = 1; k <= w->h.lists; k++) {
        const char *term =
            pp_arena_printf(&w->arena, "on %d list%s", k, k == 1 ? "" : "s");
        PP_NEED(term, w->err);
        PP_TRY(put_count(w, table, "times", term, pp__histories_times(&w->h, k), &row));
    }
    if (w->hierarchy.models) {
        PP_TRY(put_count(w, table, "models", "log-linear models",
                         (double)w->hierarchy.models, &row));
    }
    return note_coverage(w);
}

/* ---- histories ---- */

static pp_status fitted(pp__lists *w, uint64_t terms, double **mu) {
    pp__cells model;
    pp__cells_fit fit;
    PP_TRY(pp__hierarchy_cells(terms, w->h.lists, &w->arena, &model, w->err));
    PP_TRY(pp__cells_estimate(&model, w->h.count, &w->arena, &fit, w->err));
    *mu = fit.mu;
    if (!fit.determined) {
        fit.mu[0] = NAN;
    }
    return PP_OK;
}

static pp_status put_history(pp__lists *w, pp_table *table, int c, const double *mt,
                             const double *best) {
    char digits[PP__MOST_LISTS + 1] = {0};
    int64_t row;
    for (int i = 0; i < w->h.lists; i++) {
        digits[i] = c >> i & 1 ? '1' : '0';
    }
    const char *names = c ? pp__lists_names(&w->h, c, &w->arena) : "none";
    PP_NEED(names, w->err);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(words(w, table, row, "history", digits));
    PP_TRY(words(w, table, row, "lists", names));
    PP_TRY(count(w, table, row, "count", c ? w->h.count[c] : NAN));
    if (mt) {
        PP_TRY(put(w, table, row, "expected", mt[c]));
    }
    return best ? put(w, table, row, "expected_best", best[c]) : PP_OK;
}

pp_status pp__lists_put_histories(pp__lists *w) {
    double *mt = NULL, *best = NULL;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "histories", "On which lists", &table, w->err));
    if (w->h.lists <= PP__MOST_INTERACTING) {
        uint64_t terms = 1;
        for (int i = 0; i < w->h.lists; i++) {
            terms |= (uint64_t)1 << (1 << i);
        }
        PP_TRY(fitted(w, terms, &mt));
    }
    if (w->hierarchy.n) {
        PP_TRY(fitted(w, w->hierarchy.terms[0], &best));
    }
    for (int c = 0; c < w->h.cells; c++) {
        PP_TRY(put_history(w, table, c, mt, best));
    }
    return PP_OK;
}

/* ---- the average over graphs ---- */

static pp_status put_posterior(pp__lists *w) {
    const pp__average *a = &w->average;
    pp__number number = pp__lists_averaged(a, &w->h, w->options.level);
    double n = w->h.observed;
    int64_t mode = 0;
    pp_table *table;
    for (int64_t m = 1; m <= a->missing; m++) {
        mode = a->probability[m] > a->probability[mode] ? m : mode;
    }
    PP_TRY(pp_result_add(w->result, "lists_bma", "The average over decomposable graphs",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(put(w, table, 0, "estimate", number.estimate));
    PP_TRY(put(w, table, 0, "std_error", number.error));
    PP_TRY(count(w, table, 0, "median", n + (double)pp__average_quantile(a, 0.5)));
    PP_TRY(count(w, table, 0, "conf_low", number.low));
    PP_TRY(count(w, table, 0, "conf_high", number.high));
    PP_TRY(count(w, table, 0, "mode", n + (double)mode));
    PP_TRY(put(w, table, 0, "complete", a->probability[0]));
    PP_TRY(put(w, table, 0, "at_limit", a->probability[a->missing]));
    PP_TRY(count(w, table, 0, "graphs", a->graphs));
    return count(w, table, 0, "missing", (double)a->missing);
}

static pp_status put_graphs(pp__lists *w) {
    const pp__average *a = &w->average;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "lists_graphs", "The most probable graphs", &table,
                         w->err));
    for (int i = 0; i < a->graphs && i < PP__BEST; i++) {
        int g = a->order[i];
        const char *name =
            pp__generators_name(a->graph[g].cliques, w->h.lists, &w->arena);
        int64_t row;
        PP_NEED(name, w->err);
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(words(w, table, row, "graph", name));
        PP_TRY(put(w, table, row, "weight", a->weight[g]));
        PP_TRY(put(w, table, row, "estimate", a->mean_of[g]));
    }
    return PP_OK;
}

pp_status pp__lists_put_average(pp__lists *w) {
    PP_TRY(put_posterior(w));
    return put_graphs(w);
}

/* ---- dependence ---- */

static pp_status put_ratios(pp__lists *w, pp_table *table, int i, int j) {
    const char *lists =
        i < 0 ? "every pair" : pp__lists_names(&w->h, 1 << i | 1 << j, &w->arena);
    PP_NEED(lists, w->err);
    for (int r = 0; r < PP__RATIOS; r++) {
        pp_arena_mark mark = pp_arena_get_mark(&w->arena);
        pp__number number;
        int64_t row;
        PP_TRY(pp__dependence_estimate(&w->h, i, j, pp__ratios[r], w->options.level,
                                       &w->arena, &number, w->err));
        pp__lists_cap(w, &number);
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(words(w, table, row, "lists", lists));
        PP_TRY(put(w, table, row, "odds_ratio", pp__ratios[r]));
        PP_TRY(pp__lists_put_number(w, table, row, &number));
        pp_arena_release(&w->arena, mark);
    }
    return pp_progress(w->ctx, "dependence", -1, w->err);
}

pp_status pp__lists_put_dependence(pp__lists *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "lists_dependence",
                         "What dependence of lists would mean", &table, w->err));
    for (int i = 0; i < w->h.lists; i++) {
        for (int j = i + 1; j < w->h.lists; j++) {
            PP_TRY(put_ratios(w, table, i, j));
        }
    }
    PP_TRY(w->h.lists > 2 ? put_ratios(w, table, -1, -1) : PP_OK);
    return pp_result_set_note(
        w->result, "lists_dependence",
        "odds_ratio: by how much being on one list of the pair multiplies the odds of "
        "being "
        "on the other. Above 1, lists copy from each other or look at the same places, "
        "and "
        "there are more units than independent lists suggest; below 1, one leaves to the "
        "other what it has.",
        w->err);
}
