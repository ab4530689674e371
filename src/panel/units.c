#include "panel/units.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "panel/cities.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const char adopted[] = "adopted", no_adoption[] = "no_adoption_found",
                  supplier_unknown[] = "supplier_unknown",
                  not_searched[] = "not_searched";

typedef struct builder {
    const pp_panel_spec *spec;
    const pp_gazetteer *gazetteer;
    pp__units *units;
    int64_t capacity;
    pp_arena *arena;
    pp_table *left_out;
} builder;

/* ---- leaving out, with the reason ---- */

static pp_status leave_out(builder *b, const pp__unit *u, const char *reason,
                           pp_error *err, const char *format, ...) PP_PRINTF(5, 6);

static pp_status leave_out(builder *b, const pp__unit *u, const char *reason,
                           pp_error *err, const char *format, ...) {
    char detail[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    return pp__rows_add_cells(b->left_out,
                              (pp__cell[]){PP__TEXT_CELL(u->id), PP__TEXT_CELL(u->name),
                                           PP__TEXT_CELL(reason),
                                           PP__TEXT_CELL(detail[0] ? detail : NULL)},
                              err);
}

/* ---- the outcomes of countries ---- */

typedef struct outcomes {
    const pp_table *table;
    const pp_column *country, *name, *region, *outcome;
    const pp_column *earliest, *latest;
    const pp_column *unknown_earliest,
        *unknown_latest; /* only where they are asked for */
} outcomes;

static pp_status open_outcomes(const pp_result *adoption, const pp_panel_spec *spec,
                               outcomes *o, pp_error *err) {
    const pp_table *t = pp_result_find(adoption, "outcomes");
    int takes_unknown =
        spec->supplier_unknown && strcmp(spec->supplier_unknown, adopted) == 0;
    pp_column *c;
    if (!t) {
        PP_FAIL(err, PP_E_ARGUMENT, "the adoption result has no table 'outcomes'");
    }
    const struct {
        const char *name;
        const pp_column **to;
    } wanted[] = {
        {"country", &o->country},
        {"name", &o->name},
        {"region", &o->region},
        {"outcome", &o->outcome},
        {"earliest_year", &o->earliest},
        {"latest_year", &o->latest},
        {"unknown_earliest_year", &o->unknown_earliest},
        {"unknown_latest_year", &o->unknown_latest},
    };
    o->table = t;
    for (size_t i = 0; i < (takes_unknown ? 8 : 6); i++) {
        PP_TRY(pp_table_require(t, wanted[i].name, &c, err));
        *wanted[i].to = c;
    }
    return PP_OK;
}

/* Which outcome counts as which, by the specification. NULL: the unit is out. */
static const char *treat(const pp_panel_spec *spec, const char *outcome) {
    const char *how = strcmp(outcome, supplier_unknown) == 0 ? spec->supplier_unknown
                      : strcmp(outcome, not_searched) == 0   ? spec->not_searched
                                                             : outcome;
    if (!how || strcmp(how, "out") == 0) {
        return NULL;
    }
    return strcmp(how, adopted) == 0 ? adopted : no_adoption;
}

/* ---- fitting an interval to the unit's years; the rules stand in panel.h ---- */

static pp_status fit_dates(builder *b, pp__unit *u, int *kept, pp_error *err) {
    int open = isnan(u->first) || u->first < u->entry;
    *kept = 0;
    if (isnan(u->last)) { /* no claim at all has a date from above */
        u->last = fmax(u->exit + 1, u->first);
    }
    u->lo = u->first;
    u->hi = u->last;
    if (u->last < u->entry) {
        return leave_out(b, u, "adopted before the panel", err, "by %d", (int)u->last);
    }
    if (open && u->last > u->exit) {
        return leave_out(b, u, "adopted at an unknown time, perhaps after the panel", err,
                         "by %d", (int)u->last);
    }
    *kept = 1;
    if (u->first > u->exit) {
        u->lo = u->hi = NAN;
    } else if (u->first < u->entry) {
        u->lo = NAN;
    }
    return PP_OK;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

static int most(int a, int b) {
    return a > b ? a : b;
}

static int is_excluded(const pp_panel_spec *spec, const char *country) {
    for (const char *const *e = spec->excluded; e && *e; e++) {
        if (strcmp(*e, country) == 0) {
            return 1;
        }
    }
    return 0;
}

/* `place` is the country; NULL: nothing is known of its existence. */
static pp_status set_years(builder *b, pp__unit *u, const pp_place *place, int *kept,
                           pp_error *err) {
    u->entry = b->spec->first_year;
    u->exit = b->spec->last_year;
    *kept = 1;
    if (place && place->from_year > 0) {
        u->entry = most(u->entry, place->from_year);
    }
    if (place && place->to_year > 0) {
        u->exit = least(u->exit, place->to_year - 1);
    }
    if (u->entry > u->exit) {
        *kept = 0;
        return leave_out(b, u, "did not exist in these years", err,
                         place->from_year > b->spec->last_year ? "since %d" : "until %d",
                         place->from_year > b->spec->last_year ? place->from_year
                                                               : place->to_year);
    }
    return PP_OK;
}

static pp_status set_adoption(pp__unit *u, const outcomes *o, int64_t row,
                              pp_error *err) {
    if (strcmp(u->outcome, supplier_unknown) == 0) {
        u->first = o->unknown_earliest->number[row];
        u->last = o->unknown_latest->number[row];
    } else if (strcmp(u->outcome, not_searched) == 0) {
        u->last = u->exit;
    } else {
        u->first = o->earliest->number[row];
        u->last = o->latest->number[row];
    }
    if (u->first > u->last) {
        pp_error_set(err, PP_E_INPUT, "the first adoption of %s ends before it begins",
                     u->id);
        pp_error_locate(err, NULL, row + 1, "latest_year", NULL);
        return PP_E_INPUT;
    }
    return PP_OK;
}

static pp_status keep(builder *b, const pp__unit *u, pp_error *err) {
    pp__units *units = b->units;
    if (units->n == b->capacity) {
        int64_t capacity = 2 * b->capacity + 64;
        pp__unit *rows = pp_arena_alloc(b->arena, capacity, sizeof *rows);
        PP_NEED(rows, err);
        if (units->n > 0) {
            memcpy(rows, units->rows, (size_t)units->n * sizeof *rows);
        }
        units->rows = rows;
        b->capacity = capacity;
    }
    units->rows[units->n++] = *u;
    return PP_OK;
}

/* All that is decided by the row of the unit's country; `u` has identity, outcome and,
   for a city that adopted, first and last (row -1). */
static pp_status consider(builder *b, pp__unit *u, const outcomes *o, int64_t row,
                          const pp_place *country, pp_error *err) {
    const char *counts_as;
    int kept;
    b->units->candidates++;
    if (is_excluded(b->spec, u->country)) {
        return leave_out(b, u, "excluded by the study", err, "%s", "");
    }
    counts_as = treat(b->spec, u->outcome);
    if (!counts_as) {
        return leave_out(b, u,
                         strcmp(u->outcome, not_searched) == 0 ? "never searched"
                                                               : "supplier unknown",
                         err, "%s", "");
    }
    PP_TRY(set_years(b, u, country, &kept, err));
    if (kept && counts_as == adopted) {
        if (row >= 0) {
            PP_TRY(set_adoption(u, o, row, err));
        }
        PP_TRY(fit_dates(b, u, &kept, err));
    }
    return kept ? keep(b, u, err) : PP_OK;
}

/* ---- countries ---- */

static pp__unit country_unit(const builder *b, const outcomes *o, int64_t row,
                             const pp_place **place) {
    const char *id = pp_column_get_text(o->country, row);
    const char *name = pp_column_get_text(o->name, row);
    pp__unit u = {.id = id,
                  .country = id,
                  .name = name ? name : id,
                  .region = pp_column_get_text(o->region, row),
                  .outcome = pp_column_get_text(o->outcome, row),
                  .population = NAN,
                  .lo = NAN,
                  .hi = NAN,
                  .first = NAN,
                  .last = NAN};
    *place = b->gazetteer ? pp_gazetteer_find(b->gazetteer, id) : NULL;
    if (*place) {
        u.region = (*place)->region;
        u.subregion = (*place)->subregion;
    }
    return u;
}

static pp_status check_country(const outcomes *o, int64_t row, pp_error *err) {
    if (!pp_column_get_text(o->country, row) || !pp_column_get_text(o->outcome, row)) {
        pp_error_set(err, PP_E_INPUT,
                     "a row of the outcomes has no country or no outcome");
        pp_error_locate(err, NULL, row + 1, "country", NULL);
        return PP_E_INPUT;
    }
    return PP_OK;
}

static pp_status add_countries(builder *b, const outcomes *o, pp_error *err) {
    for (int64_t row = 0; row < pp_table_rows(o->table); row++) {
        const pp_place *place;
        pp__unit u;
        PP_TRY(check_country(o, row, err));
        u = country_unit(b, o, row, &place);
        PP_TRY(consider(b, &u, o, row, place, err));
    }
    return PP_OK;
}

/* ---- cities ---- */

/* The outcome of a city that has no adoption of its own, from its country's. */
static const char *without_adoption(const outcomes *o, int64_t row) {
    const char *of_country = row < 0 ? NULL : pp_column_get_text(o->outcome, row);
    if (!of_country || strcmp(of_country, not_searched) == 0) {
        return not_searched;
    }
    return strcmp(of_country, supplier_unknown) == 0 ? supplier_unknown : no_adoption;
}

static int64_t row_of(const outcomes *o, const char *country) {
    for (int64_t row = 0; row < pp_table_rows(o->table); row++) {
        const char *code = pp_column_get_text(o->country, row);
        if (code && strcmp(code, country) == 0) {
            return row;
        }
    }
    return -1;
}

static pp_status add_city(builder *b, const outcomes *o, const pp__city_firsts *firsts,
                          const pp_place *city, pp_error *err) {
    const pp__city_first *first = pp__city_firsts_find(firsts, city->id);
    int64_t row = row_of(o, city->country);
    pp__unit u = {.id = city->id,
                  .country = city->country,
                  .name = city->name,
                  .region = city->region,
                  .subregion = city->subregion,
                  .outcome = first ? adopted : without_adoption(o, row),
                  .population = (double)city->population,
                  .lo = NAN,
                  .hi = NAN,
                  .first = first ? first->earliest : NAN,
                  .last = first ? first->latest : NAN};
    return consider(b, &u, o, first ? -1 : row,
                    pp_gazetteer_find(b->gazetteer, city->country), err);
}

static pp_status add_cities(builder *b, const outcomes *o, const pp_result *adoption,
                            pp_error *err) {
    int open = b->spec->undated && strcmp(b->spec->undated, "open") == 0;
    const pp_place **cities = NULL;
    pp__city_firsts firsts;
    pp_status status;
    int64_t n = 0;
    if (!b->gazetteer) {
        PP_FAIL(err, PP_E_ARGUMENT, "a panel of cities needs the gazetteer");
    }
    PP_TRY(pp__city_firsts_read(adoption, open, b->arena, &firsts, err));
    PP_TRY(pp_gazetteer_cities(b->gazetteer, b->spec->city_population, &cities, &n, err));
    status = PP_OK;
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        status = add_city(b, o, &firsts, cities[i], err);
    }
    pp_free(cities);
    return status;
}

/* ---- the whole ---- */

static int compare_units(const void *a, const void *b) {
    return strcmp(((const pp__unit *)a)->id, ((const pp__unit *)b)->id);
}

static pp_status check_unique(const pp__units *units, pp_error *err) {
    for (int64_t i = 1; i < units->n; i++) {
        if (strcmp(units->rows[i - 1].id, units->rows[i].id) == 0) {
            pp_error_set(err, PP_E_INPUT, "%s has two rows of outcomes",
                         units->rows[i].id);
            pp_error_locate(err, NULL, 0, "country", units->rows[i].id);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

pp_status pp__units_build(const pp_panel_spec *spec, const pp_result *adoption,
                          const pp_gazetteer *gazetteer, pp_arena *arena, pp__units *out,
                          pp_result *report, pp_error *err) {
    static const pp__column_spec heads[] = {{"unit", "Unit", PP_TEXT, 0},
                                            {"name", "Name", PP_TEXT, 0},
                                            {"reason", "Reason", PP_TEXT, 0},
                                            {"detail", "Detail", PP_TEXT, 0}};
    builder b = {.spec = spec, .gazetteer = gazetteer, .units = out, .arena = arena};
    outcomes o;
    *out = (pp__units){0};
    PP_TRY(pp__rows_start(report, "left_out", "Units that are not in the panel", heads,
                          COUNT(heads), &b.left_out, err));
    PP_TRY(open_outcomes(adoption, spec, &o, err));
    if (spec->unit && strcmp(spec->unit, "city") == 0) {
        PP_TRY(add_cities(&b, &o, adoption, err));
    } else {
        PP_TRY(add_countries(&b, &o, err));
    }
    if (out->n > 0) {
        qsort(out->rows, (size_t)out->n, sizeof *out->rows, compare_units);
    }
    return check_unique(out, err);
}

const pp__unit *pp__units_find(const pp__units *units, const char *id) {
    pp__unit key = {.id = id};
    return units->n > 0
               ? bsearch(&key, units->rows, (size_t)units->n, sizeof key, compare_units)
               : NULL;
}
