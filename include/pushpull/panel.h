/* Evidence and indicators → unit × year event-history panel.
 *
 * A unit is in the panel from its first year to its last, as far as it existed: from
 * max(first_year, from_year) to min(last_year, to_year - 1). Its first adoption lies in the years
 * lo..hi. Dates are fitted to the panel by these rules:
 *
 *   hi before the first row            the unit adopted before it could be watched: it is left out,
 *                                      counted and named
 *   lo before the first row, hi not    lo is missing: P(T <= hi), given not before the panel
 *   lo after the last row              no adoption within the panel: lo and hi are missing
 *   lo within, hi after the last row   kept as they are; a hazard model takes S(lo - 1), since "not
 *                                      before lo" is all that it says about the panel's years
 *   lo missing or before the first     it says nothing about the panel's years (its probability is 1)
 *   row, hi after the last row         and is left out, counted and named
 *   hi missing                         as if hi were after the last row
 *
 * Time: everything in the indicator table and every derived variable is read `lag` years before the
 * panel's year, so that belt_road at t is belt_road of t - 1. Nothing is imputed.
 */
#ifndef PUSHPULL_PANEL_H
#define PUSHPULL_PANEL_H

#include <pushpull/adoption.h>
#include <pushpull/io.h>
#include <pushpull/places.h>

/* A variable by an SQL expression, evaluated for each row of the indicator table at the row's own
   year, before the lag. It may use the indicators' columns, `name`, `region` and `subregion` of the
   place, variables before it, and window functions over (PARTITION BY iso3 ORDER BY year). Numbers
   stay numbers, truth values become 0 and 1, text becomes a category. */
typedef struct pp_derived {
    const char *name, *sql, *label, *unit;
    int lag; /* years; -1: that of the panel */
} pp_derived;

typedef struct pp_panel_spec {
    const char *unit;        /* "country" (NULL) or "city" */
    int64_t city_population; /* city: the gazetteer's cities of at least so many people */
    int first_year, last_year;
    const char *const *excluded; /* countries, NULL-terminated; NULL: none */
    const char *const
        *variables; /* indicators and derived variables to keep, NULL-terminated;
                                     NULL: all */
    int lag;
    const pp_derived *derived;
    int64_t n_derived;
    /* "out" (NULL): such units are not in the panel. "adopted": they count as adopters, those of
       unknown suppliers within the years of the claims about them, those never searched by the
       panel's end at an unknown time. "not_adopted": they count as having none. The headline leaves
       both out; the other two give bounds. */
    const char *supplier_unknown;
    const char *not_searched;
    const char *undated; /* city: as in the pp_adoption_rule of the adoptions */
    /* What if? Indicators are set in the rows for which the SQL condition `changed_where` holds (NULL:
       all) as by pp_table_update, at their own year, before derived variables and lags are made;
       derived variables right after they are made, before those that use them. */
    const pp_assignment *changes;
    int64_t n_changes;
    const char *changed_where;
} pp_panel_spec;

/* `adoption` is the result of pp_adoption_derive; `indicators` has iso3, year and one column an
   indicator; for cities it may have place_id in place of iso3, else cities take their country's
   values. `gazetteer` may be NULL for countries: then nothing is known of when they existed, and names
   and regions are those of `outcomes`.

   A city's adoption is its own; a city without one is not searched where its country is not, of
   unknown supplier where its country is, and else without adoption.

   Gives `panel`, ordered by unit and year: unit, country (categories), name (text), region, subregion
   (categories), year, duration (years since the panel's start), city_population (cities), the
   indicators and derived variables (text as categories), lo and hi (the same in every row of a unit;
   missing lo: upper bound only; both: none), event_earliest, event_latest, event_midpoint (1 in the
   year of adoption by that date rule, 0 before, missing after; all missing where the rule gives no
   year at all, as the earliest and the midpoint of an upper bound, or one before the first row), and
   outcome (adopted, no_adoption_found, supplier_unknown, not_searched).

   Tables of `report`: `join` (check, count), `unmatched` (side, key, name, rows), `left_out` (unit,
   name, reason, detail), `coverage` (variable, label, unit_years, missing, units_complete, units_part,
   units_never), with changes `changed` (variable, rows) and `risk` (year, units, at_risk, events_low, events_high: those whose year is certain,
   and all that may be of the year). Columns of `indicators` that bear a name which the panel makes
   itself are left out with a warning.

   Errors: a key given twice is PP_E_INPUT with both rows; a missing key or a year that is no whole
   number PP_E_INPUT with the row; a column that is not there PP_E_NOT_FOUND with a suggestion; SQL that
   does not work PP_E_ARGUMENT with the variable. Cost: one sort of the indicators, one query for each
   derived variable, one search for each unit-year and lag. */
PP_API pp_status pp_panel_build(const pp_panel_spec *spec, const pp_result *adoption,
                                const pp_table *indicators, const pp_gazetteer *gazetteer,
                                const pp_context *ctx, pp_table **panel,
                                pp_result **report, pp_error *err);

/* What a model over `variables` of a panel loses to missing values, in the rows that a model can use
   (to the year hi of a unit, or its last). Adds to `report`: `lost` (unit, name, variable, years,
   missing, of), one row for each unit and variable with a missing value; and `events` (dates, units,
   events, parameters, events_per_parameter), one row for each date rule: units with a complete year at
   risk, adoptions that remain (of the interval: those with every year from lo, or the first, to hi
   complete), parameters of the variables alone (a category has one less than its levels in use),
   without intercept and baseline. An unknown variable is PP_E_NOT_FOUND. */
PP_API pp_status pp_panel_losses(const pp_table *panel, const char *const *variables,
                                 int64_t n, pp_result *report, pp_error *err);

#endif
