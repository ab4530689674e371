#include "panel/assemble.h"

#include "base/check.h"
#include <math.h>
#include <string.h>

const char *pp__unit_key(const pp__unit *unit, const pp__covariates *covariates) {
    return strcmp(covariates->key, "place_id") == 0 ? unit->id : unit->country;
}

/* ---- what a unit is ---- */

typedef const char *text_of_unit(const pp__unit *unit);

static const char *id_of(const pp__unit *u) {
    return u->id;
}
static const char *country_of(const pp__unit *u) {
    return u->country;
}
static const char *name_of(const pp__unit *u) {
    return u->name;
}
static const char *region_of(const pp__unit *u) {
    return u->region;
}
static const char *subregion_of(const pp__unit *u) {
    return u->subregion;
}
static const char *outcome_of(const pp__unit *u) {
    return u->outcome;
}

typedef struct text_column {
    const char *name, *label;
    text_of_unit *text;
    int category;
} text_column;

static const text_column identity[] = {{"unit", "Unit", id_of, 1},
                                       {"country", "Country", country_of, 1},
                                       {"name", "Name", name_of, 0},
                                       {"region", "Region", region_of, 1},
                                       {"subregion", "Subregion", subregion_of, 1}};
static const text_column outcome[] = {{"outcome", "Outcome", outcome_of, 1}};

static int length_of(const pp__unit *u) {
    return u->exit - u->entry + 1;
}

static pp_status add_texts(pp_table *panel, const pp__units *units,
                           const text_column *columns, int n, pp_error *err) {
    for (int i = 0; i < n; i++) {
        pp_column *column;
        int64_t row = 0;
        PP_TRY(pp_table_add(panel, PP_TEXT, columns[i].name, &column, err));
        PP_TRY(
            pp_column_describe(panel, column, columns[i].label, NULL, NULL, NULL, err));
        for (int64_t k = 0; k < units->n; k++) {
            const char *text = columns[i].text(&units->rows[k]);
            for (int t = length_of(&units->rows[k]); t > 0; t--, row++) {
                PP_TRY(pp_column_set_text(panel, column, row, text && *text ? text : NULL,
                                          err));
            }
        }
        if (columns[i].category) {
            PP_TRY(pp_column_convert(panel, column, PP_CATEGORY, err));
        }
    }
    return PP_OK;
}

/* ---- what changes from year to year ---- */

typedef double number_of_year(const pp__unit *unit, int year, const pp_panel_spec *spec);

static double the_year(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)u, (void)spec;
    return year;
}
static double the_duration(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)u;
    return year - spec->first_year;
}
static double the_population(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)year, (void)spec;
    return u->population < 0 ? NAN : u->population;
}
static double the_lo(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)year, (void)spec;
    return u->lo;
}
static double the_hi(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)year, (void)spec;
    return u->hi;
}

/* `date` is the year that a rule gives the adoption; NaN where it gives none. */
static double event(const pp__unit *u, int year, double date) {
    if (isnan(u->last)) {
        return 0;
    }
    if (isnan(date) || date < u->entry || year > date) {
        return NAN;
    }
    return year == date;
}

static double by_earliest(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)spec;
    return event(u, year, u->first);
}
static double by_latest(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)spec;
    return event(u, year, u->last);
}
static double by_midpoint(const pp__unit *u, int year, const pp_panel_spec *spec) {
    (void)spec;
    return event(u, year, floor((u->first + u->last) / 2));
}

typedef struct number_column {
    const char *name, *label;
    pp_show show;
    number_of_year *number;
} number_column;

static const number_column time_columns[] = {
    {"year", "Year", PP_SHOW_YEAR, the_year},
    {"duration", "Years since the panel's start", PP_SHOW_COUNT, the_duration}};
static const number_column city_columns[] = {
    {"city_population", "Inhabitants of the city", PP_SHOW_COUNT, the_population}};
static const number_column event_columns[] = {
    {"lo", "Earliest year of adoption", PP_SHOW_YEAR, the_lo},
    {"hi", "Latest year of adoption", PP_SHOW_YEAR, the_hi},
    {"event_earliest", "Adopted, by the earliest date", PP_SHOW_FLAG, by_earliest},
    {"event_latest", "Adopted, by the latest date", PP_SHOW_FLAG, by_latest},
    {"event_midpoint", "Adopted, by the middle of the dates", PP_SHOW_FLAG, by_midpoint}};

static pp_status add_numbers(pp_table *panel, const pp__units *units,
                             const pp_panel_spec *spec, const number_column *columns,
                             int n, pp_error *err) {
    for (int i = 0; i < n; i++) {
        pp_column *column;
        int64_t row = 0;
        PP_TRY(pp_table_add(panel, PP_NUMBER, columns[i].name, &column, err));
        PP_TRY(
            pp_column_describe(panel, column, columns[i].label, NULL, NULL, NULL, err));
        column->show = columns[i].show;
        for (int64_t k = 0; k < units->n; k++) {
            const pp__unit *u = &units->rows[k];
            for (int year = u->entry; year <= u->exit; year++) {
                column->number[row++] = columns[i].number(u, year, spec);
            }
        }
    }
    return PP_OK;
}

/* ---- covariates ---- */

static void find_rows(const pp__units *units, const pp__covariates *c, int lag,
                      int64_t *rows) {
    for (int64_t k = 0; k < units->n; k++) {
        const pp__unit *u = &units->rows[k];
        const char *key = pp__unit_key(u, c);
        for (int year = u->entry; year <= u->exit; year++) {
            *rows++ = pp__covariates_row(c, key, year - lag);
        }
    }
}

static pp_status copy_cells(pp_table *panel, const pp_column *from, const int64_t *rows,
                            pp_column *to, pp_error *err) {
    for (int64_t i = 0; i < pp_table_rows(panel); i++) {
        if (rows[i] >= 0 && from->type == PP_NUMBER) {
            to->number[i] = from->number[rows[i]];
        } else if (rows[i] >= 0) {
            PP_TRY(
                pp_column_set_text(panel, to, i, pp_column_get_text(from, rows[i]), err));
        }
    }
    return to->type == PP_TEXT ? pp_column_convert(panel, to, PP_CATEGORY, err) : PP_OK;
}

static pp_status add_covariates(pp_table *panel, const pp__units *units,
                                const pp__covariates *c, int64_t *rows, pp_error *err) {
    int lag = -1;
    for (int i = 0; i < c->n_kept; i++) {
        const pp_column *from = c->kept[i].column;
        pp_column *to;
        if (c->kept[i].lag != lag) {
            lag = c->kept[i].lag;
            find_rows(units, c, lag, rows);
        }
        PP_TRY(pp_table_add(panel, from->type == PP_NUMBER ? PP_NUMBER : PP_TEXT,
                            from->name, &to, err));
        PP_TRY(pp_column_describe(panel, to, from->label, from->unit, from->source,
                                  from->licence, err));
        to->show = from->show;
        PP_TRY(copy_cells(panel, from, rows, to, err));
    }
    return PP_OK;
}

/* ---- the whole ---- */

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static pp_status fill(pp_table *panel, const pp_panel_spec *spec, const pp__units *units,
                      const pp__covariates *c, int64_t *rows, pp_error *err) {
    int cities = spec->unit && strcmp(spec->unit, "city") == 0;
    PP_TRY(add_texts(panel, units, identity, COUNT(identity), err));
    PP_TRY(add_numbers(panel, units, spec, time_columns, COUNT(time_columns), err));
    PP_TRY(add_numbers(panel, units, spec, city_columns, cities ? COUNT(city_columns) : 0,
                       err));
    PP_TRY(add_covariates(panel, units, c, rows, err));
    PP_TRY(add_numbers(panel, units, spec, event_columns, COUNT(event_columns), err));
    return add_texts(panel, units, outcome, COUNT(outcome), err);
}

pp_status pp__panel_assemble(const pp_panel_spec *spec, const pp__units *units,
                             const pp__covariates *covariates, const pp_context *ctx,
                             pp_table **out, pp_error *err) {
    int64_t n = 0, *rows;
    pp_status status;
    PP_TRY(pp_progress(ctx, "panel", 0.5, err));
    for (int64_t k = 0; k < units->n; k++) {
        n += length_of(&units->rows[k]);
    }
    rows = pp_malloc(n, sizeof *rows);
    PP_NEED(rows, err);
    status = pp_table_new(out, err);
    if (status == PP_OK) {
        status = pp_table_resize(*out, n, err);
    }
    if (status == PP_OK) {
        status = fill(*out, spec, units, covariates, rows, err);
    }
    pp_free(rows);
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}
