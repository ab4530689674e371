/* Countries as units of an occupancy model: who searched where, what that found, and the variables of
   both formulas. */
#include "study/analyses/occupancy_data.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST_VISITS = 32, MOST_TERMS = 128 };

/* A coder's passes, or a list. */
typedef struct source {
    const char *coder, *visit, *effort; /* its columns */
    int is_list;
    pp_result *adoptions;
} source;

typedef struct work {
    pp__run *run;
    const pp__visited_places *wanted;
    pp_arena *arena;
    pp_error *err;
    source source[MOST_VISITS];
    int n_sources;
    const char *term[MOST_TERMS + 1]; /* variables of the panel that both formulas need */
    int n_terms;
    pp_table *panel, *data;
    pp_result *none, *report;
} work;

/* ---- sources ---- */

static source *find_source(work *w, const char *coder) {
    for (int i = 0; i < w->n_sources; i++) {
        if (strcmp(w->source[i].coder, coder) == 0) {
            return &w->source[i];
        }
    }
    return NULL;
}

static pp_status add_source(work *w, const char *coder, int is_list) {
    source *found = find_source(w, coder);
    if (found) {
        return PP_OK;
    }
    if (w->n_sources == MOST_VISITS) {
        PP_FAIL(w->err, PP_E_INPUT, "more than %d coders and lists", MOST_VISITS);
    }
    source *new = &w->source[w->n_sources++];
    *new = (source){.coder = coder, .is_list = is_list};
    new->visit = pp_arena_printf(w->arena, "%s %s", is_list ? "list" : "coder", coder);
    new->effort = pp_arena_printf(w->arena, "effort of %s", coder);
    PP_NEED(new->visit &&new->effort ? new : NULL, w->err);
    return PP_OK;
}

static pp_status list_sources(work *w) {
    const pp_column *coder = pp_table_find(w->run->searches, "coder");
    for (int64_t i = 0; coder && i < pp_table_rows(w->run->searches); i++) {
        const char *name = pp_column_get_text(coder, i);
        PP_TRY(name ? add_source(w, name, 0) : PP_OK);
    }
    for (const char *const *list = w->wanted->lists; *list; list++) {
        PP_TRY(add_source(w, *list, 1));
    }
    if (w->n_sources < 2) {
        pp_error_set(w->err, PP_E_ESTIMATION, "%s",
                     w->n_sources ? "one coder alone searched"
                                  : "no searches are on record");
        pp_error_hint(w->err, "what is missed shows only where two looked: searches by "
                              "two coders, or lists: [coder] of those read by rule");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* What the claims of one coder alone amount to. */
static pp_status derive_alone(work *w, source *from) {
    const pp_table *claims = w->run->claims;
    const pp_column *coder = pp_table_find(claims, "coder");
    int64_t n = 0, all = pp_table_rows(claims);
    int64_t *rows = pp_arena_alloc(w->arena, all, sizeof *rows);
    pp_table *own;
    PP_NEED(rows, w->err);
    for (int64_t i = 0; coder && i < all; i++) {
        const char *name = pp_column_get_text(coder, i);
        if (name && strcmp(name, from->coder) == 0) {
            rows[n++] = i;
        }
    }
    if (n == 0 && from->is_list) {
        pp_error_set(w->err, PP_E_NOT_FOUND, "no claim is of the coder '%s'",
                     from->coder);
        pp_error_locate(w->err, NULL, 0, "lists", from->coder);
        pp_error_hint(w->err, "lists are coders, as the claims name them");
        return PP_E_NOT_FOUND;
    }
    PP_TRY(pp_table_take_rows(claims, rows, n, &own, w->err));
    pp_status status =
        pp_adoption_derive(&w->wanted->rule->rule, own, NULL, w->run->countries,
                           w->run->ctx, &from->adoptions, w->err);
    pp_table_free(own);
    return status;
}

/* ---- variables ---- */

static pp_status add_term(work *w, const char *name) {
    static const char *const OWN[] = {"visit", "effort", "region", "subregion"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) {
        if (strcmp(OWN[i], name) == 0) {
            return PP_OK;
        }
    }
    for (int i = 0; i < w->n_terms; i++) {
        if (strcmp(w->term[i], name) == 0) {
            return PP_OK;
        }
    }
    if (w->n_terms == MOST_TERMS) {
        PP_FAIL(w->err, PP_E_INPUT, "more than %d variables", MOST_TERMS);
    }
    w->term[w->n_terms++] = name;
    return PP_OK;
}

/* "a + b" of variables and groups of them; "1" for none. */
static pp_status write_terms(work *w, const char *const *names, const char **out) {
    const char *text = NULL;
    for (; names && *names; names++) {
        const char *const alone[] = {*names, NULL};
        const pp_study_group *group = pp_study_find_group(w->run->study, *names);
        for (const char *const *v = group ? group->variables : alone; *v; v++) {
            PP_TRY(add_term(w, *v));
            text = text ? pp_arena_printf(w->arena, "%s + %s", text, *v) : *v;
            PP_NEED(text, w->err);
        }
    }
    *out = text ? text : "1";
    return PP_OK;
}

/* Every country in every year, whoever has adopted. */
static pp_status make_panel(work *w) {
    pp__run *run = w->run;
    pp_panel_spec spec = pp_study_panel(run->study, NULL);
    pp_table *no_claims;
    spec.supplier_unknown = spec.not_searched = "not_adopted";
    spec.variables = w->term;
    PP_TRY(pp_table_take_rows(run->claims, NULL, 0, &no_claims, w->err));
    pp_status status = pp_adoption_derive(&w->wanted->rule->rule, no_claims, NULL,
                                          run->countries, run->ctx, &w->none, w->err);
    pp_table_free(no_claims);
    PP_TRY(status);
    return pp_panel_build(&spec, w->none, run->indicators, run->gazetteer, run->ctx,
                          &w->panel, &w->report, w->err);
}

/* ---- one row a country ---- */

static pp_status add_column(work *w, pp_column_type type, const char *name,
                            pp_column **out) {
    return pp_table_add(w->data, type, name, out, w->err);
}

/* The first row of each country in the panel, and one past the last. */
static pp_status find_rows(work *w, int64_t **begin, int64_t *n) {
    const pp_column *unit = pp_table_find(w->panel, "unit");
    int64_t rows = pp_table_rows(w->panel);
    *begin = pp_arena_alloc(w->arena, rows + 1, sizeof **begin);
    PP_NEED(*begin, w->err);
    *n = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (i == 0 || unit->code[i] != unit->code[i - 1]) {
            (*begin)[(*n)++] = i;
        }
    }
    (*begin)[*n] = rows;
    return PP_OK;
}

static double mean_of(const pp_column *c, int64_t begin, int64_t end) {
    double sum = 0, n = 0;
    for (int64_t i = begin; i < end; i++) {
        if (isfinite(c->number[i])) {
            sum += c->number[i];
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

/* Of numbers the mean of the years that are known, of words the last. */
static pp_status add_variable(work *w, const char *name, const int64_t *begin,
                              int64_t n) {
    pp_column *from, *to;
    PP_TRY(pp_table_require(w->panel, name, &from, w->err));
    PP_TRY(add_column(w, from->type == PP_NUMBER ? PP_NUMBER : PP_CATEGORY, name, &to));
    for (int64_t u = 0; u < n; u++) {
        int64_t row = begin[u + 1] - 1;
        if (from->type == PP_NUMBER) {
            to->number[u] = mean_of(from, begin[u], begin[u + 1]);
            continue;
        }
        while (row > begin[u] && pp_column_is_missing(from, row)) {
            row--;
        }
        const char *text = pp_column_get_text(from, row);
        PP_TRY(text ? pp_column_set_level(w->data, to, u, text, w->err) : PP_OK);
    }
    return PP_OK;
}

static int has_text(const pp_table *table, const char *column, int64_t row,
                    const char *text) {
    const pp_column *c = pp_table_find(table, column);
    const char *found = c ? pp_column_get_text(c, row) : NULL;
    return found && strcmp(found, text) == 0;
}

static int has_outcome(const pp_result *adoptions, const char *country,
                       const char *outcome) {
    const pp_table *outcomes = pp_result_find(adoptions, "outcomes");
    for (int64_t i = 0; i < pp_table_rows(outcomes); i++) {
        if (has_text(outcomes, "country", i, country)) {
            return has_text(outcomes, "outcome", i, outcome);
        }
    }
    return 0;
}

/* What the panel makes of platforms whose supplier is not known. */
static int unknown_are(const work *w, const char *what) {
    return strcmp(w->run->study->panel.supplier_unknown, what) == 0;
}

/* 1: this source alone would make the country an adopter. */
static int has_found(const work *w, const source *from, const char *country) {
    return has_outcome(from->adoptions, country, "adopted") ||
           (unknown_are(w, "adopted") &&
            has_outcome(from->adoptions, country, "supplier_unknown"));
}

/* Queries about a country, by a coder (NULL: by anyone); -1: nobody searched. */
static double queries(const pp__run *run, const char *country, const char *coder) {
    const pp_table *searches = run->searches;
    const pp_column *made = pp_table_find(searches, "targeted_queries_at_least");
    double sum = -1;
    for (int64_t i = 0; i < pp_table_rows(searches); i++) {
        if (has_text(searches, "country", i, country) &&
            (!coder || has_text(searches, "coder", i, coder))) {
            double n = made && made->type == PP_NUMBER ? made->number[i] : NAN;
            sum = fmax(sum, 0) + (isfinite(n) ? n : 0);
        }
    }
    return sum;
}

/* A list covers the countries that anyone searched; what a source found it has searched. */
static pp_status add_visits(work *w, const source *from) {
    pp_column *found, *effort;
    const pp_column *country = pp_table_find(w->data, "country");
    PP_TRY(add_column(w, PP_NUMBER, from->visit, &found));
    PP_TRY(add_column(w, PP_NUMBER, from->effort, &effort));
    for (int64_t u = 0; u < pp_table_rows(w->data); u++) {
        const char *code = pp_column_get_text(country, u);
        double n = queries(w->run, code, from->is_list ? NULL : from->coder);
        int here = has_found(w, from, code);
        found->number[u] = n >= 0 || here ? (double)here : NAN;
        effort->number[u] = from->is_list ? 0 : log(fmax(n, 1));
    }
    return PP_OK;
}

static pp_status name_units(work *w, const int64_t *begin, int64_t n) {
    pp_column *country, *name;
    const pp_column *code = pp_table_find(w->panel, "country");
    const pp_column *words = pp_table_find(w->panel, "name");
    PP_TRY(add_column(w, PP_TEXT, "country", &country));
    PP_TRY(add_column(w, PP_TEXT, "name", &name));
    for (int64_t u = 0; u < n; u++) {
        const char *id = pp_column_get_text(code, begin[u]);
        const char *text = pp_column_get_text(words, begin[u]);
        PP_TRY(pp_column_set_text(w->data, country, u, id, w->err));
        PP_TRY(pp_column_set_text(w->data, name, u, text ? text : id, w->err));
    }
    return PP_OK;
}

static pp_status make_data(work *w) {
    int64_t *begin, n;
    PP_TRY(find_rows(w, &begin, &n));
    PP_TRY(pp_table_new(&w->data, w->err));
    PP_TRY(pp_table_resize(w->data, n, w->err));
    PP_TRY(name_units(w, begin, n));
    for (int t = 0; t < w->n_terms; t++) {
        PP_TRY(add_variable(w, w->term[t], begin, n));
    }
    static const char *const PLACES[] = {"region", "subregion"};
    for (int i = 0; i < 2; i++) {
        PP_TRY(add_variable(w, PLACES[i], begin, n));
    }
    for (int i = 0; i < w->n_sources; i++) {
        PP_TRY(derive_alone(w, &w->source[i]));
        PP_TRY(add_visits(w, &w->source[i]));
    }
    return PP_OK;
}

/* Something was found in such countries, and nobody knows whether it counts: as in the panel
   they are neither adopters nor searched in vain. */
static pp_status leave_out_unknown(work *w, pp_table **left_out) {
    const pp_study_rule *rule = w->wanted->rule;
    const pp_result *adoptions =
        w->run->adoptions[pp__run_rule_index(w->run, rule->name)];
    const pp_column *country = pp_table_find(w->data, "country");
    int64_t all = pp_table_rows(w->data), kept = 0, left = 0;
    int64_t *keep = pp_arena_alloc(w->arena, all, sizeof *keep);
    int64_t *leave = pp_arena_alloc(w->arena, all, sizeof *leave);
    pp_table *rest;
    PP_NEED(keep && leave ? keep : NULL, w->err);
    for (int64_t u = 0; u < all; u++) {
        const char *code = pp_column_get_text(country, u);
        if (unknown_are(w, "out") && has_outcome(adoptions, code, "supplier_unknown")) {
            leave[left++] = u;
        } else {
            keep[kept++] = u;
        }
    }
    PP_TRY(pp_table_take_rows(w->data, leave, left, left_out, w->err));
    PP_TRY(pp_table_take_rows(w->data, keep, kept, &rest, w->err));
    pp_table_free(w->data);
    w->data = rest;
    return PP_OK;
}

/* ---- the whole ---- */

static const char *join(work *w, int efforts) {
    const char *list = "";
    for (int i = 0; list && i < w->n_sources; i++) {
        list = pp_arena_printf(w->arena, "%s%s%s", list, i ? "," : "",
                               efforts ? w->source[i].effort : w->source[i].visit);
    }
    return list;
}

static pp_status make_all(work *w, pp__visited_places *out) {
    static const char *const BY_VISIT[] = {"visit", NULL};
    PP_TRY(list_sources(w));
    PP_TRY(write_terms(w, out->state, &out->state_terms));
    PP_TRY(write_terms(w, out->detection ? out->detection : BY_VISIT,
                       &out->detection_terms));
    PP_TRY(make_panel(w));
    PP_TRY(make_data(w));
    PP_TRY(leave_out_unknown(w, &out->left_out));
    out->visits = join(w, 0);
    out->efforts = join(w, 1);
    PP_NEED(out->visits && out->efforts ? out : NULL, w->err);
    return PP_OK;
}

pp_status pp__visited_places_make(pp__run *run, pp__visited_places *out, pp_error *err) {
    work *w = pp_arena_zalloc(&run->arena, 1, sizeof *w);
    PP_NEED(w, err);
    *w = (work){.run = run, .wanted = out, .arena = &run->arena, .err = err};
    pp_status status = make_all(w, out);
    for (int i = 0; i < w->n_sources; i++) {
        pp_result_free(w->source[i].adoptions);
    }
    pp_table_free(w->panel);
    pp_result_free(w->none);
    pp_result_free(w->report);
    if (status != PP_OK) {
        pp_table_free(w->data);
        pp_table_free(out->left_out);
        return status;
    }
    out->data = w->data;
    return PP_OK;
}
