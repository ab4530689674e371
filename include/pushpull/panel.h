/* Evidence and indicators → unit × year event-history panel. */
#ifndef PUSHPULL_PANEL_H
#define PUSHPULL_PANEL_H

#include <pushpull/adoption.h>
#include <pushpull/places.h>

typedef struct pp_derived {
    const char *name, *sql, *label, *unit; /* evaluated in order; may use earlier ones */
    int lag; /* years; -1: that of the panel */
} pp_derived;

typedef struct pp_panel_spec {
    const char *unit;            /* "country" or "city" */
    int64_t city_population;     /* of cities in the panel, at least */
    int first_year, last_year;
    const char *const *excluded; /* countries, NULL-terminated */
    const char *const *variables; /* columns the panel keeps, NULL-terminated; NULL: all */
    int lag;                     /* years by which every time-varying indicator is lagged */
    const pp_derived *derived;
    int64_t n_derived;
    const char *const *outcomes; /* which of the four outcomes are at risk; the headline takes
                                    adopted and no_adoption_found */
    const char *supplier_unknown; /* "out" (headline), "adopted", "not_adopted" */
    const char *not_searched;     /* "out" (headline), "adopted", "not_adopted" */
} pp_panel_spec;

/* `adoption` is the result of pp_adoption_derive; `indicators` has iso3 (or place_id for cities), year
   and one column an indicator. Gives `panel`: unit, country, name, region, year, indicators (lagged,
   named as they are), derived variables, and
     lo, hi        the interval of the first adoption in years (missing lo: upper bound only;
                   both missing: none), the same in every row of a unit;
     event_earliest, event_latest, event_midpoint   1 in the year of adoption by that date rule, 0 at
                   risk before, missing after (no longer at risk) — upper bounds only are missing under
                   the earliest and midpoint rules;
     duration      years since the start of the panel.
   Tables of `report`: `join` (check, count), `unmatched`, `lost` (place, name, variable, years),
   `risk` (year, at_risk, events_low, events_high). Duplicated keys are PP_E_INPUT. */
PP_API pp_status pp_panel_build(const pp_panel_spec *spec, const pp_result *adoption,
                                const pp_table *indicators, const pp_gazetteer *gazetteer,
                                const pp_context *ctx, pp_table **panel, pp_result **report,
                                pp_error *err);

/* Which units a model over `variables` loses, by name and variable, and events per parameter. Adds
   `lost` and `events` to `report`. */
PP_API pp_status pp_panel_losses(const pp_table *panel, const char *const *variables, int64_t n,
                                 pp_result *report, pp_error *err);

#endif
