/* The world map: what is known of each country by the year of the slider. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct outcome_columns {
    const pp_column *outcome, *earliest, *latest;
} outcome_columns;

/* What the 50 m outlines have inside a country: found by looking up a point of each area. */
#define OUTLINES                                                                         \
    "States too small to be seen are dots. Outlines: Natural Earth (50 m), simplified. " \
    "They have these disputed areas inside a country, so that they cannot be drawn "     \
    "apart: Crimea (Russia), Kashmir but for the Siachen Glacier (India, Pakistan and "  \
    "China), Western Sahara west of the berm (Morocco), the Golan Heights (Israel), "    \
    "Abkhazia and South Ossetia (Georgia), Transnistria (Moldova)."

static int is_outcome(const outcome_columns *c, int64_t row, const char *name) {
    const char *outcome = pp_column_get_text(c->outcome, row);
    return outcome && strcmp(outcome, name) == 0;
}

/* "2014", "2014–2016", "by 2016", "2014 or later"; "" when nothing is known. */
static void write_dates(double earliest, double latest, char out[96]) {
    char from[32], to[32];
    pp_format_number(earliest, from);
    pp_format_number(latest, to);
    if (isnan(latest)) {
        snprintf(out, 96, "%s%s", isnan(earliest) ? "" : from,
                 isnan(earliest) ? "" : " or later");
    } else if (isnan(earliest)) {
        snprintf(out, 96, "by %s", to);
    } else if (earliest == latest) {
        snprintf(out, 96, "%s", to);
    } else {
        snprintf(out, 96, "%s\xe2\x80\x93%s", from, to);
    }
}

static pp_status add_dates(pp_table *rows, const outcome_columns *c, pp_error *err) {
    pp_column *dates;
    PP_TRY(pp_table_add(rows, PP_TEXT, "dates", &dates, err));
    PP_TRY(pp_column_describe(rows, dates, "First adoption", NULL, NULL, NULL, err));
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        char text[96];
        write_dates(c->earliest->number[i], c->latest->number[i], text);
        if (is_outcome(c, i, "adopted") && *text) {
            PP_TRY(pp_column_set_text(rows, dates, i, text, err));
        }
    }
    return PP_OK;
}

/* The twin says outcomes in words and dates as intervals. */
static pp_status make_twin(pp__draft *draft, pp_error *err) {
    static const char *const kept[] = {"country", "name",     "outcome",
                                       "dates",   "n_claims", NULL};
    PP_TRY(pp__select(draft->rows, kept, &draft->twin, err));
    pp_column *outcome = pp_table_find(draft->twin, "outcome");
    for (int64_t i = 0; i < pp_table_rows(draft->twin); i++) {
        const char *code = pp_column_get_text(outcome, i);
        const char *words = pp__words(&draft->arena, code ? code : "");
        PP_NEED(words, err);
        PP_TRY(pp_column_set_text(draft->twin, outcome, i, code ? words : NULL, err));
    }
    PP_TRY(pp_table_rename(draft->twin, "name", "place", err));
    return PP_OK;
}

static void describe(pp__draft *draft, const outcome_columns *c) {
    static const char *const others[] = {"no_adoption_found", "supplier_unknown",
                                         "not_searched"};
    int64_t certain = 0, perhaps = 0, count[3] = {0};
    int64_t rows = pp_table_rows(draft->rows);
    int last = draft->options->last_year;
    for (int64_t i = 0; i < rows; i++) {
        if (is_outcome(c, i, "adopted")) {
            double earliest = c->earliest->number[i];
            certain += c->latest->number[i] <= last;
            perhaps += !(c->latest->number[i] <= last) && !(earliest > last);
        }
        for (int k = 0; k < 3; k++) {
            count[k] += is_outcome(c, i, others[k]);
        }
    }
    pp_buf_printf(
        &draft->alt,
        "World map of %lld countries in %d: %lld have adopted for certain, %lld perhaps; "
        "no adoption was found in %lld, the supplier is unknown in %lld, and %lld were "
        "not searched. A slider goes back to %d.",
        (long long)rows, last, (long long)certain, (long long)perhaps,
        (long long)count[0], (long long)count[1], (long long)count[2],
        draft->options->first_year);
}

static pp_status add_outlines(pp__draft *draft, pp_error *err) {
    static const char *const parts[] = {"countries", "hatch", "dots"};
    for (int k = 0; k < 3; k++) {
        char file[64];
        pp_buf json;
        pp_buf_init(&json);
        snprintf(file, sizeof file, "world_%s.json", parts[k]);
        pp_status status = pp__web_file(draft->options->data_folder, file, &json, err);
        char *copy = status == PP_OK
                         ? pp_arena_strndup(&draft->arena, json.data, json.length)
                         : NULL;
        pp_buf_clear(&json);
        PP_TRY(status);
        PP_NEED(copy, err);
        pp__slot_json(draft, parts[k], copy);
    }
    return PP_OK;
}

static pp_status check_worldview(pp__draft *draft, pp_error *err) {
    const char *worldview = draft->options->worldview;
    worldview = worldview ? worldview : "neutral";
    if (strcmp(worldview, "neutral") != 0 && strcmp(worldview, "evidence") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "unknown worldview");
        pp_error_locate(err, NULL, 0, "worldview", worldview);
        pp_error_hint(err, "one of neutral, evidence");
        return PP_E_ARGUMENT;
    }
    draft->note =
        strcmp(worldview, "neutral") == 0
            ? "Hatched areas are disputed and left uncoloured (worldview: neutral); "
              "the table has what is known of them. " OUTLINES
            : "Hatched areas are disputed; those that the evidence treats as units "
              "have their own colour (worldview: evidence). " OUTLINES;
    pp__slot_text(draft, "worldview", worldview);
    return PP_OK;
}

static pp_status make_map(pp__draft *draft, const pp_table *outcomes, pp_error *err) {
    static const char *const kept[] = {"country",       "name",        "outcome",
                                       "earliest_year", "latest_year", NULL};
    static const char *const counted[] = {
        "country", "name", "outcome", "earliest_year", "latest_year", "n_claims", NULL};
    int has_claims = pp_table_find(outcomes, "n_claims") != NULL;
    PP_TRY(pp__select(outcomes, has_claims ? counted : kept, &draft->rows, err));
    if (!has_claims) {
        pp_column *claims;
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, "n_claims", &claims, err));
    }
    outcome_columns c = {pp_table_find(draft->rows, "outcome"),
                         pp_table_find(draft->rows, "earliest_year"),
                         pp_table_find(draft->rows, "latest_year")};
    draft->title = "Adoption by country and year";
    PP_NEED(draft->subtitle = pp_arena_printf(&draft->arena, "By the end of %d",
                                              draft->options->last_year),
            err);
    PP_TRY(check_worldview(draft, err));
    PP_TRY(add_dates(draft->rows, &c, err));
    PP_TRY(make_twin(draft, err));
    PP_TRY(add_outlines(draft, err));
    describe(draft, &c);
    pp__slot_number(draft, "first_year", draft->options->first_year);
    pp__slot_number(draft, "last_year", draft->options->last_year);
    return PP_OK;
}

pp_status pp_figure_adoption_map(const pp_table *outcomes,
                                 const pp_figure_options *options, pp_figure **out,
                                 pp_error *err) {
    return pp__figure_make(make_map, "adoption_map", outcomes, options, out, err);
}
