/* The facts of a profile: their columns, and the rows that they open down to. */
#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/profile_parts.h"

#include <math.h>
#include <stdio.h>

typedef struct spec {
    const char *name, *label, *unit;
    pp_column_type type;
    pp_show show;
    int interval; /* columns NAME_low and NAME_high stand beside it */
} spec;

static const spec specs[PP__FACTS] = {
    [PP__FACT_OUTCOME] = {"outcome", "Outcome", NULL, PP_TEXT, 0, 0},
    [PP__FACT_ENDED] = {"ended", "All have ended", NULL, 0, PP_SHOW_FLAG, 0},
    [PP__FACT_EARLIEST] = {"earliest_year", "First from", NULL, 0, PP_SHOW_YEAR, 0},
    [PP__FACT_LATEST] = {"latest_year", "First by", NULL, 0, PP_SHOW_YEAR, 0},
    [PP__FACT_YEARS_SINCE] = {"years_since", "Years since", "years", 0, PP_SHOW_COUNT, 0},
    [PP__FACT_ADOPTIONS] = {"adoptions", "Adoptions", NULL, 0, PP_SHOW_COUNT, 0},
    [PP__FACT_CLAIMS] = {"claims", "Claims", NULL, 0, PP_SHOW_COUNT, 0},
    [PP__FACT_STORIES] = {"stories", "Stories", NULL, 0, PP_SHOW_COUNT, 0},
    [PP__FACT_CONFIDENCE] = {"confidence", "Confidence", NULL, PP_TEXT, 0, 0},
    [PP__FACT_CONFLICT] = {"conflict", "Conflict", NULL, PP_TEXT, 0, 0},
    [PP__FACT_VENDORS] = {"vendors", "Vendors", NULL, PP_TEXT, 0, 0},
    [PP__FACT_PLATFORMS] = {"platforms", "Platforms", NULL, PP_TEXT, 0, 0},
    [PP__FACT_LARGEST_VENDOR] = {"largest_vendor", "Largest vendor", NULL, PP_TEXT, 0, 0},
    [PP__FACT_FACE_RECOGNITION] = {"face_recognition", "Facial recognition", NULL, 0,
                                   PP_SHOW_FLAG, 0},
    [PP__FACT_BUYER_LEVEL] = {"buyer_level", "Level of buyers", NULL, PP_TEXT, 0, 0},
    [PP__FACT_BUYERS] = {"buyers", "Buyers", NULL, PP_TEXT, 0, 0},
    [PP__FACT_PURPOSES] = {"purposes", "Stated purposes", NULL, PP_TEXT, 0, 0},
    [PP__FACT_PURPOSE_CRIME] = {"purpose_crime", "Crime is a stated purpose", NULL, 0,
                                PP_SHOW_FLAG, 0},
    [PP__FACT_FINANCE] = {"finance", "Finance", NULL, PP_TEXT, 0, 0},
    [PP__FACT_FINANCE_SUPPLIER] = {"finance_supplier", "Finance from the supplier's side",
                                   NULL, 0, PP_SHOW_FLAG, 0},
    [PP__FACT_AMOUNT] = {"amount_usd", "Largest stated amount", "US$", 0, 0, 0},
    [PP__FACT_HOMICIDE] = {"homicide", "Homicides", "per 100,000", 0, 0, 0},
    [PP__FACT_HOMICIDE_YEAR] = {"homicide_year", "Year of homicides", NULL, 0,
                                PP_SHOW_YEAR, 0},
    [PP__FACT_HOMICIDE_RANK] = {"homicide_rank", "Countries with fewer", NULL, 0,
                                PP_SHOW_PERCENT, 0},
    [PP__FACT_HAZARD] = {"hazard", "Chance of a first adoption", "a year", 0,
                         PP_SHOW_PERCENT, 1},
    [PP__FACT_HAZARD_YEAR] = {"hazard_year", "Year of the chance", NULL, 0, PP_SHOW_YEAR,
                              0},
    [PP__FACT_NO_HAZARD] = {"no_hazard", "Why there is none", NULL, PP_TEXT, 0, 0},
    [PP__FACT_PUSH] = {"push", "Push", "log-odds", 0, 0, 1},
    [PP__FACT_PULL] = {"pull", "Pull", "log-odds", 0, 0, 1},
    [PP__FACT_DRIVER] = {"driver", "Driver", NULL, PP_TEXT, 0, 0},
    [PP__FACT_PUSH_ABOVE] = {"push_above", "Chance that push adds more", NULL, 0,
                             PP_SHOW_PERCENT, 0},
    [PP__FACT_LEANING] = {"leaning", "Leans to", NULL, PP_TEXT, 0, 0},
    [PP__FACT_DEMOCRACY] = {"democracy", "Democracy", "0 to 1", 0, 0, 0},
    [PP__FACT_EXPOSURE] = {"exposure", "Exposure of data", "0 to 1", 0, 0, 1},
    [PP__FACT_DEPENDENCE] = {"dependence", "Share of the largest vendor", "0 to 1", 0, 0,
                             1},
    [PP__FACT_PROTECTION] = {"protection", "Data protection", NULL, PP_TEXT, 0, 0},
    [PP__FACT_COMMITMENTS] = {"commitments", "Commitments on record", NULL, 0,
                              PP_SHOW_COUNT, 0},
    [PP__FACT_CODE_OF_CONDUCT] = {"code_of_conduct", "Code of conduct endorsed", NULL, 0,
                                  PP_SHOW_FLAG, 0},
    [PP__FACT_NEIGHBOURS] = {"neighbours", "Neighbours", NULL, 0, PP_SHOW_COUNT, 0},
    [PP__FACT_NEIGHBOURS_ADOPTED] = {"neighbours_adopted", "of which have adopted", NULL,
                                     0, PP_SHOW_COUNT, 0},
    [PP__FACT_EFFECT_RIGHTS] = {"effect_rights", "Said of rights", NULL, PP_TEXT, 0, 0},
    [PP__FACT_EFFECT_CRIME] = {"effect_crime", "Said of crime", NULL, PP_TEXT, 0, 0},
};

const char *pp__fact_name(pp__fact fact) {
    return specs[fact].name;
}

pp__known pp__known_blank(const char *of) {
    return (pp__known){.number = NAN, .low = NAN, .high = NAN, .year = NAN, .of = of};
}

static pp_status add_end(pp_table *table, const spec *s, const char *end, pp_column **out,
                         pp_error *err) {
    char name[64], label[128];
    snprintf(name, sizeof name, "%s_%s", s->name, end);
    snprintf(label, sizeof label, "%s, %s", s->label, end);
    PP_TRY(pp_table_add(table, PP_NUMBER, name, out, err));
    (*out)->show = s->show;
    return pp_column_describe(table, *out, label, s->unit, NULL, NULL, err);
}

pp_status pp__add_fact_columns(pp_table *table, pp__fact_columns *out, pp_error *err) {
    *out = (pp__fact_columns){0};
    for (int f = 0; f < PP__FACTS; f++) {
        const spec *s = &specs[f];
        PP_TRY(pp_table_add(table, s->type, s->name, &out->column[f], err));
        out->column[f]->show = s->show;
        PP_TRY(pp_column_describe(table, out->column[f], s->label, s->unit, NULL, NULL,
                                  err));
        if (s->interval) {
            PP_TRY(add_end(table, s, "low", &out->low[f], err));
            PP_TRY(add_end(table, s, "high", &out->high[f], err));
        }
    }
    return PP_OK;
}

static pp_status name_places(pp__profiles *p) {
    for (int64_t i = 0; i < p->n_places; i++) {
        const pp__profile_place *place = &p->places[i];
        const char *const texts[] = {place->id,       place->name,         place->kind,
                                     place->country,  place->country_name, place->region,
                                     place->subregion};
        for (int c = 0; c < 7; c++) {
            PP_TRY(pp_column_set_text(p->profiles, pp_table_column(p->profiles, c), i,
                                      texts[c], p->err));
        }
    }
    return PP_OK;
}

/* The columns that name a place, then the facts, one row a place. */
pp_status pp__profile_tables(pp__profiles *p) {
    static const pp__column_spec places[] = {{"place_id", "Place", PP_TEXT, 0},
                                             {"name", "Name", PP_TEXT, 0},
                                             {"kind", "Kind", PP_TEXT, 0},
                                             {"country", "Country", PP_TEXT, 0},
                                             {"country_name", "Its name", PP_TEXT, 0},
                                             {"region", "Region", PP_TEXT, 0},
                                             {"subregion", "Subregion", PP_TEXT, 0}};
    static const pp__column_spec facts[] = {{"place_id", "Place", PP_TEXT, 0},
                                            {"fact", "Fact", PP_TEXT, 0},
                                            {"value", "Value", PP_TEXT, 0},
                                            {"number", "Number", 0, 0},
                                            {"low", "Low", 0, 0},
                                            {"high", "High", 0, 0},
                                            {"unit", "Unit", PP_TEXT, 0},
                                            {"year", "Year", 0, PP_SHOW_YEAR},
                                            {"of", "Of", PP_TEXT, 0},
                                            {"grade", "Grade", PP_TEXT, 0},
                                            {"claims", "Claims", PP_TEXT, 0},
                                            {"source", "Source", PP_TEXT, 0},
                                            {"note", "Note", PP_TEXT, 0}};
    PP_TRY(pp__rows_start(p->result, "profiles", "What is known of each place", places,
                          sizeof places / sizeof *places, &p->profiles, p->err));
    PP_TRY(pp__add_fact_columns(p->profiles, &p->at, p->err));
    PP_TRY(pp_table_resize(p->profiles, p->n_places, p->err));
    PP_TRY(name_places(p));
    return pp__rows_start(p->result, "profile_facts", "What each fact rests on", facts,
                          sizeof facts / sizeof *facts, &p->facts, p->err);
}

static pp_status set_ends(pp__profiles *p, int64_t place, pp__fact fact,
                          const pp__known *known) {
    if (p->at.low[fact]) {
        p->at.low[fact]->number[place] = known->low;
        p->at.high[fact]->number[place] = known->high;
    }
    return PP_OK;
}

/* A fact without a value is told of only when there is a note of why. */
pp_status pp__profile_put(pp__profiles *p, int64_t place, pp__fact fact,
                          const pp__known *known) {
    const spec *s = &specs[fact];
    int missing = s->type == PP_TEXT ? !known->text : isnan(known->number);
    if (missing && !known->note) {
        return PP_OK;
    }
    if (s->type == PP_TEXT) {
        PP_TRY(pp_column_set_text(p->profiles, p->at.column[fact], place, known->text,
                                  p->err));
    } else {
        p->at.column[fact]->number[place] = known->number;
    }
    PP_TRY(set_ends(p, place, fact, known));
    const pp__cell cells[] = {PP__TEXT_CELL(p->places[place].id),
                              PP__TEXT_CELL(s->name),
                              PP__TEXT_CELL(known->text),
                              PP__NUMBER_CELL(known->number),
                              PP__NUMBER_CELL(known->low),
                              PP__NUMBER_CELL(known->high),
                              PP__TEXT_CELL(s->unit),
                              PP__NUMBER_CELL(known->year),
                              PP__TEXT_CELL(known->of),
                              PP__TEXT_CELL(known->grade),
                              PP__TEXT_CELL(known->claims),
                              PP__TEXT_CELL(known->source),
                              PP__TEXT_CELL(known->note)};
    return pp__rows_add_cells(p->facts, cells, p->err);
}
