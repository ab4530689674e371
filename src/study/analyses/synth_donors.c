#include "study/analyses/synth_donors.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct gatherer {
    pp__run *run;
    const pp__synth_case *c;
    pp__synth_pool *out;
    const pp_table *outcomes; /* of the rule */
    const pp_column *code;    /* of the indicators */
    const double *year, *value;
    const char *unit; /* of the outcome, from the study */
    pp_error *err;
} gatherer;

static const char *join(pp_arena *arena, const char *a, const char *b) {
    return pp_arena_printf(arena, "%s%s%s", a, *a ? ", " : "", b);
}

static int is_among(const pp_table *among, const char *name) {
    const pp_column *column = among ? pp_table_find(among, "name") : NULL;
    for (int64_t i = 0; among && i < pp_table_rows(among); i++) {
        const char *text = pp_column_get_text(column, i);
        if (text && strcmp(text, name) == 0) {
            return 1;
        }
    }
    return among == NULL;
}

const char *pp__synth_names_of(const pp__synth_pool *pool, const int wanted[], int dated,
                               const pp_table *among, pp_arena *arena, int *n) {
    const char *list = "";
    int count = 0;
    for (int i = 0; i < pool->n && list; i++) {
        const pp__synth_place *p = &pool->place[i];
        if (wanted[p->adopted] && is_among(among, p->name)) {
            const char *name = dated && !isnan(p->year)
                                   ? pp_arena_printf(arena, "%s (%.0f)", p->name, p->year)
                                   : p->name;
            list = name ? join(arena, list, name) : NULL;
            count++;
        }
    }
    if (n) {
        *n = count;
    }
    return list;
}

/* Lists part names by commas. */
static const char *name_of(const pp_place *place) {
    return strchr(place->name, ',') ? place->id : place->name;
}

static pp_status find_country(const gatherer *g, const char *field, const char *text,
                              const pp_place **out) {
    pp_place_match match;
    *out = pp_gazetteer_find(g->run->gazetteer, text);
    if (*out && (*out)->kind == PP_PLACE_COUNTRY) {
        return PP_OK;
    }
    pp_gazetteer_resolve(g->run->gazetteer, text, PP_PLACE_COUNTRY, NULL, &match);
    *out = match.place;
    if (*out) {
        return PP_OK;
    }
    pp_error_set(g->err, PP_E_NOT_FOUND, "'%s' is no country", text);
    pp_error_locate(g->err, g->run->study->file, g->c->line, field, text);
    pp_error_hint(g->err, "a name or code, as Ecuador or ECU%s",
                  strcmp(field, "donors") == 0
                      ? "; donors may be regions too, as Americas or South America"
                      : "");
    return PP_E_NOT_FOUND;
}

/* ---- who is who ---- */

static int is_excluded(const gatherer *g, const char *id) {
    for (const char *const *name = g->run->study->panel.exclude; *name; name++) {
        if (strcmp(*name, id) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status is_treated(const gatherer *g, const pp_place *place, int *is) {
    const pp_place *one;
    *is = 0;
    for (const char *const *text = g->c->treated; *text; text++) {
        PP_TRY(find_country(g, "treated", *text, &one));
        *is |= one == place;
    }
    return PP_OK;
}

static int is_region(const gatherer *g, const char *text) {
    const pp_place *const *all;
    int64_t n = pp_gazetteer_countries(g->run->gazetteer, &all);
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(all[i]->region, text) == 0 || strcmp(all[i]->subregion, text) == 0) {
            return 1;
        }
    }
    return 0;
}

/* By default the countries of the region of the first that is treated. */
static pp_status is_candidate(const gatherer *g, const pp_place *place, int *is) {
    const pp_place *one;
    *is = 0;
    if (!g->c->donors[0]) {
        PP_TRY(find_country(g, "treated", g->c->treated[0], &one));
        *is = strcmp(place->region, one->region) == 0;
        return PP_OK;
    }
    for (const char *const *text = g->c->donors; *text; text++) {
        if (is_region(g, *text)) {
            *is |=
                strcmp(place->region, *text) == 0 || strcmp(place->subregion, *text) == 0;
        } else {
            PP_TRY(find_country(g, "donors", *text, &one));
            *is |= one == place;
        }
    }
    return PP_OK;
}

/* ---- adoptions ---- */

static int64_t outcome_row(const gatherer *g, const char *id) {
    const pp_column *country = pp_table_find(g->outcomes, "country");
    for (int64_t i = 0; i < pp_table_rows(g->outcomes); i++) {
        if (strcmp(pp_column_get_text(country, i), id) == 0) {
            return i;
        }
    }
    return -1;
}

/* *year: of an adoption that is certain by the last year; else NaN. */
static pp__synth_adopted find_adoption(const gatherer *g, const char *id, double *year) {
    int64_t row = outcome_row(g, id);
    *year = NAN;
    if (row < 0) {
        return PP__MAY_HAVE;
    }
    const char *what = pp_column_get_text(pp_table_find(g->outcomes, "outcome"), row);
    double earliest = pp_table_find(g->outcomes, "earliest_year")->number[row];
    double latest = pp_table_find(g->outcomes, "latest_year")->number[row];
    if (strcmp(what, "no_adoption_found") == 0) {
        return PP__NOT_ADOPTED;
    }
    if (strcmp(what, "adopted") != 0 || isnan(latest)) {
        return PP__MAY_HAVE;
    }
    if (latest <= g->out->last) {
        *year = latest;
        return PP__HAS_ADOPTED;
    }
    return earliest > g->out->last ? PP__NOT_ADOPTED : PP__MAY_HAVE;
}

/* The years in which a treated place may have begun, by the record. */
static void widen_dates(const gatherer *g, const char *id, int is_first) {
    int64_t row = outcome_row(g, id);
    const char *what =
        row < 0 ? NULL : pp_column_get_text(pp_table_find(g->outcomes, "outcome"), row);
    int adopted = what && strcmp(what, "adopted") == 0;
    double low = adopted ? pp_table_find(g->outcomes, "earliest_year")->number[row] : NAN;
    double high = adopted ? pp_table_find(g->outcomes, "latest_year")->number[row] : NAN;
    pp__synth_pool *out = g->out;
    out->low = is_first || isnan(low) || low < out->low ? low : out->low;
    out->high = is_first || isnan(high) || high > out->high ? high : out->high;
}

/* ---- rows ---- */

static int is_within(const gatherer *g, int64_t row) {
    const int64_t *years = g->c->years;
    return years[1] == 0 ||
           (g->year[row] >= (double)years[0] && g->year[row] <= (double)years[1]);
}

/* Adds the rows of a place; gives how many have a figure. */
static pp_status add_rows(gatherer *g, const pp_place *place, int *seen) {
    pp_table *data = g->out->data;
    *seen = 0;
    for (int64_t i = 0; i < pp_table_rows(g->run->indicators); i++) {
        const char *code = pp_column_get_text(g->code, i);
        int64_t row;
        if (!code || strcmp(code, place->id) != 0 || !isfinite(g->value[i]) ||
            !is_within(g, i)) {
            continue;
        }
        PP_TRY(pp_table_append(data, &row, g->err));
        PP_TRY(pp_column_set_text(data, pp_table_column(data, 0), row, name_of(place),
                                  g->err));
        pp_table_column(data, 1)->number[row] = g->year[i];
        pp_table_column(data, 2)->number[row] = g->value[i];
        *seen += 1;
    }
    return PP_OK;
}

static pp_status add_place(gatherer *g, const pp_place *place) {
    int treated, candidate, seen;
    PP_TRY(is_treated(g, place, &treated));
    PP_TRY(is_candidate(g, place, &candidate));
    if (!treated && (!candidate || is_excluded(g, place->id) || place->to_year)) {
        return PP_OK;
    }
    PP_TRY(add_rows(g, place, &seen));
    if (treated) {
        widen_dates(g, place->id, !*g->out->treated);
        g->out->treated = join(&g->run->arena, g->out->treated, name_of(place));
        PP_NEED(g->out->treated, g->err);
        return PP_OK;
    }
    pp__synth_place *one = &g->out->place[g->out->n++];
    *one = (pp__synth_place){.name = name_of(place)};
    one->adopted = find_adoption(g, place->id, &one->year);
    one->adopted = seen > 0 ? one->adopted : PP__NO_FIGURES;
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status open_data(gatherer *g) {
    const pp_study_variable *v = pp_study_find_variable(g->run->study, g->c->outcome);
    pp_table *data;
    pp_column *column;
    PP_TRY(pp_table_new(&g->out->data, g->err));
    data = g->out->data;
    PP_TRY(pp_table_add(data, PP_TEXT, "unit", NULL, g->err));
    PP_TRY(pp_table_add(data, PP_NUMBER, "year", NULL, g->err));
    PP_TRY(pp_table_add(data, PP_NUMBER, "outcome", &column, g->err));
    return pp_column_describe(data, column, v && v->label ? v->label : g->c->outcome,
                              v ? v->unit : NULL, NULL, NULL, g->err);
}

static pp_status read_indicators(gatherer *g) {
    const pp_table *t = g->run->indicators;
    pp_column *year, *value;
    if (!t) {
        PP_FAIL(g->err, PP_E_INPUT, "the study has no indicators");
    }
    g->code = pp_table_find(t, "iso3");
    if (!g->code) {
        PP_FAIL(g->err, PP_E_INPUT, "the indicators are not of countries (iso3)");
    }
    PP_TRY(pp_table_require(t, "year", &year, g->err));
    pp_status status = pp_table_require(t, g->c->outcome, &value, g->err);
    if (status == PP_OK && value->type != PP_NUMBER) {
        status = pp_error_set(g->err, PP_E_INPUT, "'%s' holds no numbers", g->c->outcome);
    }
    if (status != PP_OK) {
        pp_error_locate(g->err, g->run->study->file, g->c->line, "outcome",
                        g->c->outcome);
        pp_error_hint(g->err, "the outcome of a case is a column of the indicators");
        return status;
    }
    g->year = year->number;
    g->value = value->number;
    return PP_OK;
}

static void find_last(gatherer *g) {
    g->out->last = (int)g->c->years[1];
    for (int64_t i = 0; g->c->years[1] == 0 && i < pp_table_rows(g->run->indicators);
         i++) {
        if (isfinite(g->value[i]) && g->year[i] > g->out->last) {
            g->out->last = (int)g->year[i];
        }
    }
}

pp_status pp__synth_gather(pp__run *run, const pp__synth_case *c, pp__synth_pool *out,
                           pp_error *err) {
    const char *rule = c->rule ? c->rule : run->study->panel.outcome;
    gatherer g = {.run = run, .c = c, .out = out, .err = err};
    const pp_place *const *all;
    *out = (pp__synth_pool){.treated = "", .low = NAN, .high = NAN};
    g.outcomes =
        pp_result_find(run->adoptions[pp__run_rule_index(run, rule)], "outcomes");
    PP_TRY(read_indicators(&g));
    find_last(&g);
    PP_TRY(open_data(&g));
    int64_t n = pp_gazetteer_countries(run->gazetteer, &all);
    out->place = pp_arena_alloc(&run->arena, n, sizeof *out->place);
    PP_NEED(out->place, err);
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(add_place(&g, all[i]));
    }
    return PP_OK;
}
