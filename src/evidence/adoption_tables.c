#include "evidence/adoption_tables.h"

#include "base/check.h"
#include "evidence/adoption_spell.h"
#include "evidence/dates.h"
#include "evidence/rows.h"

#include <math.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* An open end has neither text nor year. */
static const char *day_text(int64_t day, char out[PP__DATE_TEXT]) {
    if (day == PP__OPEN_LOW || day == PP__OPEN_HIGH) {
        return NULL;
    }
    pp__day_text(day, out);
    return out;
}

static double day_year(int64_t day) {
    return day == PP__OPEN_LOW || day == PP__OPEN_HIGH ? NAN : (double)pp__day_year(day);
}

static const pp__column_spec adoption_columns[] = {
    {"adoption", "Adoption", PP_TEXT, 0},
    {"place_id", "Place id", PP_TEXT, 0},
    {"place", "Place", PP_TEXT, 0},
    {"place_kind", "Kind of place", PP_TEXT, 0},
    {"country", "Country", PP_TEXT, 0},
    {"vendor", "Vendor", PP_TEXT, 0},
    {"supplier", "Home of the vendor", PP_TEXT, 0},
    {"family", "Platform family", PP_TEXT, 0},
    {"status_group", "Status", PP_TEXT, 0},
    {"earliest", "Earliest", PP_TEXT, 0},
    {"latest", "Latest", PP_TEXT, 0},
    {"earliest_year", "Earliest year", PP_NUMBER, PP_SHOW_YEAR},
    {"latest_year", "Latest year", PP_NUMBER, PP_SHOW_YEAR},
    {"dating", "Dating", PP_TEXT, 0},
    {"ended", "Ended", PP_NUMBER, PP_SHOW_FLAG},
    {"ended_earliest", "Ended, earliest", PP_TEXT, 0},
    {"ended_latest", "Ended, latest", PP_TEXT, 0},
    {"confidence", "Highest confidence", PP_TEXT, 0},
    {"n_claims", "Claims", PP_NUMBER, PP_SHOW_COUNT},
    {"n_stories", "Independent stories", PP_NUMBER, PP_SHOW_COUNT},
    {"conflict", "Conflicts", PP_TEXT, 0},
    {"claims", "Claims it rests on", PP_TEXT, 0},
    {"ended_by", "Claims of its end", PP_TEXT, 0},
};

pp_status pp__write_adoptions(const pp__derived *d, pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp__rows_start(result, "adoptions", "Adoptions", adoption_columns,
                          COUNT(adoption_columns), &table, err));
    for (int64_t i = 0; i < d->adoptions.n; i++) {
        const pp__adoption *a = &d->adoptions.rows[i];
        const pp__claim *c = a->first_claim;
        char days[4][PP__DATE_TEXT];
        pp__interval end =
            a->ended ? a->end : (pp__interval){PP__OPEN_LOW, PP__OPEN_HIGH};
        const pp__cell cells[COUNT(adoption_columns)] = {
            PP__TEXT_CELL(a->id),
            PP__TEXT_CELL(c->place_id),
            PP__TEXT_CELL(c->place),
            PP__TEXT_CELL(c->place_kind),
            PP__TEXT_CELL(c->country),
            PP__TEXT_CELL(c->vendor),
            PP__TEXT_CELL(c->home),
            PP__TEXT_CELL(pp__family_name(a->family)),
            PP__TEXT_CELL(pp__group_name(a->group)),
            PP__TEXT_CELL(day_text(a->start.lo, days[0])),
            PP__TEXT_CELL(day_text(a->start.hi, days[1])),
            PP__NUMBER_CELL(day_year(a->start.lo)),
            PP__NUMBER_CELL(day_year(a->start.hi)),
            PP__TEXT_CELL(pp__dating_name(a->dating)),
            PP__NUMBER_CELL(a->ended),
            PP__TEXT_CELL(day_text(end.lo, days[2])),
            PP__TEXT_CELL(day_text(end.hi, days[3])),
            PP__TEXT_CELL(pp__confidence_words.words[a->confidence]),
            PP__NUMBER_CELL(a->n_claims),
            PP__NUMBER_CELL(a->n_stories),
            PP__TEXT_CELL(a->conflict),
            PP__TEXT_CELL(a->claims),
            PP__TEXT_CELL(a->ended_by),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return pp_result_set_note(result, "adoptions",
                              "An adoption is one vendor's platform family at one place "
                              "in one status. Dating: window, both "
                              "ends known; from, no upper bound but the date of the "
                              "record; by, an upper bound only; record, no "
                              "date at all.",
                              err);
}

pp_status pp__write_spells(pp__derived *d, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"country", "Country", PP_TEXT, 0},
        {"spell", "Spell", PP_NUMBER, PP_SHOW_COUNT},
        {"start_earliest", "Start, earliest", PP_NUMBER, PP_SHOW_YEAR},
        {"start_latest", "Start, latest", PP_NUMBER, PP_SHOW_YEAR},
        {"end_earliest", "End, earliest", PP_NUMBER, PP_SHOW_YEAR},
        {"end_latest", "End, latest", PP_NUMBER, PP_SHOW_YEAR},
        {"censored", "Not known to have ended", PP_NUMBER, PP_SHOW_FLAG},
    };
    pp_table *table;
    PP_TRY(
        pp__rows_start(result, "spells", "Spells", columns, COUNT(columns), &table, err));
    int64_t room = d->adoptions.n;
    const pp__adoption **order = pp_arena_alloc(&d->arena, room, sizeof *order);
    pp__spell *spells = pp_arena_alloc(&d->arena, room, sizeof *spells);
    pp__interval *scratch = pp_arena_alloc(&d->arena, room, sizeof *scratch);
    PP_NEED(order && spells && scratch, err);
    for (int64_t i = 0; i < d->countries.n; i++) {
        const pp__country *c = &d->countries.rows[i];
        for (int64_t j = 0; j < c->n_adoptions; j++) {
            order[j] = &c->adoptions[j];
        }
        int64_t n = pp__spells_of(order, c->n_adoptions, d->rule.open, spells, scratch);
        for (int64_t j = 0; j < n; j++) {
            const pp__spell *s = &spells[j];
            const pp__cell cells[COUNT(columns)] = {
                PP__TEXT_CELL(c->id),
                PP__NUMBER_CELL(j + 1),
                PP__NUMBER_CELL(day_year(s->start.lo)),
                PP__NUMBER_CELL(day_year(s->start.hi)),
                PP__NUMBER_CELL(s->censored ? NAN : day_year(s->end.lo)),
                PP__NUMBER_CELL(s->censored ? NAN : day_year(s->end.hi)),
                PP__NUMBER_CELL(s->censored),
            };
            PP_TRY(pp__rows_add_cells(table, cells, err));
        }
    }
    return PP_OK;
}

static const pp__column_spec outcome_columns[] = {
    {"country", "Country", PP_TEXT, 0},
    {"name", "Name", PP_TEXT, 0},
    {"region", "Region", PP_TEXT, 0},
    {"outcome", "Outcome", PP_TEXT, 0},
    {"earliest_year", "Earliest year", PP_NUMBER, PP_SHOW_YEAR},
    {"latest_year", "Latest year", PP_NUMBER, PP_SHOW_YEAR},
    {"dated", "Lower bound known", PP_NUMBER, PP_SHOW_FLAG},
    {"n_adoptions", "Adoptions", PP_NUMBER, PP_SHOW_COUNT},
    {"n_claims", "Claims", PP_NUMBER, PP_SHOW_COUNT},
    {"n_stories", "Independent stories", PP_NUMBER, PP_SHOW_COUNT},
    {"first", "First adoption", PP_TEXT, 0},
    {"conflict", "Conflicts", PP_TEXT, 0},
    {"unknown_earliest_year", "Earliest year, supplier unknown", PP_NUMBER, PP_SHOW_YEAR},
    {"unknown_latest_year", "Latest year, supplier unknown", PP_NUMBER, PP_SHOW_YEAR},
};

pp_status pp__write_outcomes(const pp__derived *d, pp_result *result, pp_error *err) {
    pp_table *table;
    PP_TRY(pp__rows_start(result, "outcomes", "Countries", outcome_columns,
                          COUNT(outcome_columns), &table, err));
    for (int64_t i = 0; i < d->countries.n; i++) {
        const pp__country *c = &d->countries.rows[i];
        int adopted = c->outcome == PP__ADOPTED;
        int unknown = c->outcome == PP__SUPPLIER_UNKNOWN;
        const pp__cell cells[COUNT(outcome_columns)] = {
            PP__TEXT_CELL(c->id),
            PP__TEXT_CELL(c->name ? c->name : c->id),
            PP__TEXT_CELL(c->region),
            PP__TEXT_CELL(pp__outcome_name(c->outcome)),
            PP__NUMBER_CELL(adopted ? day_year(c->start.lo) : NAN),
            PP__NUMBER_CELL(adopted ? day_year(c->start.hi) : NAN),
            PP__NUMBER_CELL(adopted ? c->start.lo != PP__OPEN_LOW : NAN),
            PP__NUMBER_CELL(c->n_adoptions),
            PP__NUMBER_CELL(c->n_claims),
            PP__NUMBER_CELL(c->n_stories),
            PP__TEXT_CELL(adopted ? c->first->id : NULL),
            PP__TEXT_CELL(c->conflict),
            PP__NUMBER_CELL(unknown ? day_year(c->start.lo) : NAN),
            PP__NUMBER_CELL(unknown ? day_year(c->start.hi) : NAN),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

pp_status pp__write_counts(const pp__derived *d, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"outcome", "Outcome", PP_TEXT, 0},
        {"countries", "Countries", PP_NUMBER, PP_SHOW_COUNT},
        {"dated", "With a known lower bound", PP_NUMBER, PP_SHOW_COUNT},
    };
    int64_t countries[PP__OUTCOMES] = {0}, dated[PP__OUTCOMES] = {0};
    for (int64_t i = 0; i < d->countries.n; i++) {
        const pp__country *c = &d->countries.rows[i];
        countries[c->outcome]++;
        dated[c->outcome] += c->outcome == PP__ADOPTED && c->start.lo != PP__OPEN_LOW;
    }
    pp_table *table;
    PP_TRY(pp__rows_start(result, "counts", "What is known of countries", columns,
                          COUNT(columns), &table, err));
    for (int o = 0; o < PP__OUTCOMES; o++) {
        const pp__cell cells[COUNT(columns)] = {
            PP__TEXT_CELL(pp__outcome_name((pp__outcome)o)),
            PP__NUMBER_CELL(countries[o]),
            PP__NUMBER_CELL(o == PP__ADOPTED ? (double)dated[o] : NAN),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

pp_status pp__write_conflicts(const pp__derived *d, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"country", "Country", PP_TEXT, 0}, {"adoption", "Adoption", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},       {"detail", "What does not agree", PP_TEXT, 0},
        {"claims", "Claims", PP_TEXT, 0},
    };
    pp_table *table;
    PP_TRY(pp__rows_start(result, "conflicts", "Claims that do not agree", columns,
                          COUNT(columns), &table, err));
    for (int64_t i = 0; i < d->adoptions.conflicts.n; i++) {
        const pp__conflict *c = &d->adoptions.conflicts.rows[i];
        const pp__cell cells[COUNT(columns)] = {
            PP__TEXT_CELL(c->country), PP__TEXT_CELL(c->adoption), PP__TEXT_CELL(c->kind),
            PP__TEXT_CELL(c->detail),  PP__TEXT_CELL(c->claims),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}
