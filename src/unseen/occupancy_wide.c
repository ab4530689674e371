/* Visits of data with one row a unit: columns for visits and for their variables. */
#include "base/check.h"
#include "model/encode.h"
#include "unseen/column_list.h"
#include "unseen/formula_names.h"
#include "unseen/occupancy_reader.h"

#include <string.h>

typedef struct wide {
    pp__visits_reader *r;
    pp__column_list visits;
    int per_season;
} wide;

static pp_status find_certain(const wide *w, uint8_t *certain) {
    const pp__visits_reader *r = w->r;
    pp__column_list list = {0};
    if (r->o->certain) {
        PP_TRY(pp__column_list_read(r->data, r->o->certain, "certain", r->arena, &list,
                                    r->err));
    }
    for (int c = 0; c < list.n; c++) {
        int j = 0;
        while (j < w->visits.n && w->visits.column[j] != list.column[c]) {
            j++;
        }
        if (j == w->visits.n) {
            return pp__visits_fail(r, "certain", list.column[c]->name,
                                   "this is none of the visits",
                                   "name some of the visits");
        }
        certain[j] = 1;
    }
    return PP_OK;
}

static pp_status check_wide(wide *w) {
    pp__visits_reader *r = w->r;
    int seasons = r->o->seasons > 0 ? r->o->seasons : 1;
    if (seasons > w->visits.n || w->visits.n % seasons != 0) {
        pp_error_set(r->err, PP_E_ARGUMENT, "%d visits do not fall into %d equal seasons",
                     w->visits.n, seasons);
        pp_error_locate(r->err, NULL, 0, "seasons", NULL);
        pp_error_hint(r->err, "each season needs the same number of columns; cells may "
                              "be empty");
        return PP_E_ARGUMENT;
    }
    r->v->seasons = seasons;
    w->per_season = w->visits.n / seasons;
    for (int j = 0; j < w->visits.n; j++) {
        PP_TRY(pp__visits_check(r, w->visits.column[j]));
    }
    return PP_OK;
}

static pp_status list_wide(wide *w) {
    pp__visits_reader *r = w->r;
    pp__visits *v = r->v;
    int J = w->visits.n;
    uint8_t *certain = pp_arena_zalloc(r->arena, J, 1);
    PP_NEED(certain, r->err);
    PP_TRY(find_certain(w, certain));
    PP_TRY(pp__visits_allocate(r, v->units * J));
    for (int64_t u = 0; u < v->units; u++) {
        for (int j = 0; j < J; j++) {
            const pp_column *column = w->visits.column[j];
            if (!pp_column_is_missing(column, u)) {
                v->unit[v->n] = u;
                v->season[v->n] = j / w->per_season;
                v->certain[v->n] = certain[j];
                v->place[v->n] = j;
                v->found[v->n++] = column->number[u];
            }
        }
    }
    return PP_OK;
}

/* Adds to `table` the variable's value for each row: that of `unit` and `place`. */
static pp_status add_wide(const pp__visits_reader *r, const pp_wide_variable *variable,
                          int wanted, const char *option, pp_table *table,
                          const int64_t *unit, const int32_t *place) {
    pp__column_list list;
    pp_column *out;
    PP_TRY(pp__column_list_read(r->data, variable->columns, option, r->arena, &list,
                                r->err));
    if (list.n != wanted) {
        pp_error_set(r->err, PP_E_ARGUMENT, "%s has %d columns, but there are %d %s",
                     variable->name, list.n, wanted,
                     strcmp(option, "visit-covariate") == 0 ? "visits" : "seasons");
        pp_error_locate(r->err, NULL, 0, option, variable->columns);
        return PP_E_ARGUMENT;
    }
    int numbers = list.column[0]->type == PP_NUMBER;
    PP_TRY(
        pp_table_add(table, numbers ? PP_NUMBER : PP_TEXT, variable->name, &out, r->err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const pp_column *from = list.column[place[i]];
        if ((from->type == PP_NUMBER) != numbers) {
            return pp__visits_fail(r, option, from->name,
                                   "some columns are numbers, others text",
                                   "make them all of one kind");
        }
        if (numbers) {
            out->number[i] = from->number[unit[i]];
        } else {
            PP_TRY(pp_column_set_text(table, out, i, pp_column_get_text(from, unit[i]),
                                      r->err));
        }
    }
    return PP_OK;
}

/* Adds the variables that a formula names and data have only with numbers: w as w1, w2, … */
static pp_status add_implied(const pp__visits_reader *r, const char *terms, int wanted,
                             const char *option, pp_table *table, const int64_t *unit,
                             const int32_t *at) {
    const char *const *name;
    PP_TRY(pp__formula_names(terms, r->arena, &name, r->err));
    for (; *name; name++) {
        const char *columns = pp_arena_printf(r->arena, "%s*", *name);
        pp__column_list list;
        PP_NEED(columns, r->err);
        if (!pp_table_find(table, *name) && strcmp(*name, "visit") != 0 &&
            strcmp(*name, "season") != 0 &&
            pp__column_list_read(r->data, columns, option, r->arena, &list, NULL) ==
                PP_OK &&
            list.n == wanted) {
            const pp_wide_variable implied = {*name, columns};
            PP_TRY(add_wide(r, &implied, wanted, option, table, unit, at));
        }
    }
    return PP_OK;
}

/* Which visit of its season, and which season, unless data have such a column. */
static pp_status add_places(const wide *w) {
    const pp__visits_reader *r = w->r;
    const pp__visits *v = r->v;
    pp_column *column;
    if (!pp_table_find(v->visit_table, "visit")) {
        PP_TRY(pp_table_add(v->visit_table, PP_CATEGORY, "visit", &column, r->err));
        for (int64_t i = 0; i < v->n; i++) {
            PP_TRY(pp_column_set_level(
                v->visit_table, column, i,
                w->visits.column[v->place[i] % w->per_season]->name, r->err));
        }
    }
    if (v->seasons > 1 && !pp_table_find(v->visit_table, "season")) {
        PP_TRY(pp_table_add(v->visit_table, PP_NUMBER, "season", &column, r->err));
        for (int64_t i = 0; i < v->n; i++) {
            column->number[i] = v->season[i] + 1;
        }
    }
    return PP_OK;
}

static pp_status wide_seasons(pp__visits_reader *r) {
    pp__visits *v = r->v;
    int64_t changes = v->seasons - 1, n = v->units * changes;
    int64_t *unit = pp_arena_alloc(r->arena, n, sizeof *unit);
    int32_t *season = pp_arena_alloc(r->arena, n, sizeof *season);
    pp_column *column;
    PP_NEED(unit && season ? unit : NULL, r->err);
    for (int64_t i = 0; i < n; i++) {
        unit[i] = i / changes;
        season[i] = (int32_t)(i % changes);
    }
    PP_TRY(pp_table_take_rows(r->data, unit, n, &v->season_table, r->err));
    for (int i = 0; i < r->o->n_season_variables; i++) {
        PP_TRY(add_wide(r, &r->o->season_variables[i], v->seasons, "season-covariate",
                        v->season_table, unit, season));
    }
    const char *const texts[] = {r->o->colonisation, r->o->extinction};
    for (int i = 0; i < 2; i++) {
        PP_TRY(add_implied(r, texts[i], v->seasons, "season-covariate", v->season_table,
                           unit, season));
    }
    if (!pp_table_find(v->season_table, "season")) {
        PP_TRY(pp_table_add(v->season_table, PP_NUMBER, "season", &column, r->err));
        for (int64_t i = 0; i < n; i++) {
            column->number[i] = season[i] + 1;
        }
    }
    return PP_OK;
}

/* Two rows of one unit would be two units, with half of the visits each. */
static pp_status check_units(const pp__visits_reader *r) {
    pp_column *column;
    pp__encoding units;
    char space[32];
    int64_t n = pp_table_rows(r->data);
    if (!r->o->unit) {
        return PP_OK;
    }
    PP_TRY(pp_table_require(r->data, r->o->unit, &column, r->err));
    PP_TRY(pp__encode(column, NULL, n, r->ctx, r->arena, &units, r->err));
    uint8_t *seen = pp_arena_zalloc(r->arena, units.n_levels + 1, 1);
    PP_NEED(seen, r->err);
    for (int64_t i = 0; i < n; i++) {
        int32_t u = units.code[i];
        if (u >= 0 && seen[u]) {
            pp_error_set(r->err, PP_E_INPUT, "this unit has a row already");
            pp_error_locate(r->err, NULL, i + 1, r->o->unit,
                            pp__level_name(&units, u, space));
            pp_error_hint(r->err, "one row a unit, with a column for each visit; of one "
                                  "row a visit: --unit id --detected y");
            return PP_E_INPUT;
        }
        seen[u < 0 ? units.n_levels : u] = 1;
    }
    return PP_OK;
}

pp_status pp__visits_read_wide(pp__visits_reader *r) {
    pp__visits *v = r->v;
    wide w = {.r = r};
    PP_TRY(pp__column_list_read(r->data, r->o->visits, "visits", r->arena, &w.visits,
                                r->err));
    PP_TRY(check_wide(&w));
    PP_TRY(check_units(r));
    v->units = pp_table_rows(r->data);
    PP_TRY(list_wide(&w));
    PP_TRY(pp__visits_name_units(r, NULL));
    PP_TRY(pp__visits_name_seasons(r));
    PP_TRY(pp_table_copy(r->data, &v->unit_table, r->err));
    PP_TRY(pp_table_take_rows(r->data, v->unit, v->n, &v->visit_table, r->err));
    for (int i = 0; i < r->o->n_visit_variables; i++) {
        PP_TRY(add_wide(r, &r->o->visit_variables[i], w.visits.n, "visit-covariate",
                        v->visit_table, v->unit, v->place));
    }
    const char *const texts[] = {r->o->detect, r->o->false_positive, r->o->certainty};
    for (int i = 0; i < 3; i++) {
        PP_TRY(add_implied(r, texts[i], w.visits.n, "visit-covariate", v->visit_table,
                           v->unit, v->place));
    }
    PP_TRY(add_places(&w));
    return v->seasons > 1 ? wide_seasons(r) : PP_OK;
}
