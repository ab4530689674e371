/* A profile in words. */
#include "base/check.h"
#include "strategy/profile_parts.h"

#include <pushpull/render.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_IDS = 6 };

static const struct {
    pp__fact first, last;
    const char *title;
} sections[] = {
    {PP__FACT_OUTCOME, PP__FACT_FACE_RECOGNITION, "On record"},
    {PP__FACT_BUYER_LEVEL, PP__FACT_BUYERS, "Who bought"},
    {PP__FACT_PURPOSES, PP__FACT_PURPOSE_CRIME, "What for, by what sources state"},
    {PP__FACT_FINANCE, PP__FACT_AMOUNT, "With whose money"},
    {PP__FACT_HOMICIDE, PP__FACT_HOMICIDE_RANK, "Crime that is measured"},
    {PP__FACT_HAZARD, PP__FACT_LEANING, "What goes with adoption there"},
    {PP__FACT_DEMOCRACY, PP__FACT_DEMOCRACY, "Democracy"},
    {PP__FACT_EXPOSURE, PP__FACT_DEPENDENCE, "Data and dependence"},
    {PP__FACT_PROTECTION, PP__FACT_CODE_OF_CONDUCT, "Standards"},
    {PP__FACT_NEIGHBOURS, PP__FACT_NEIGHBOURS_ADOPTED, "Neighbours"},
    {PP__FACT_EFFECT_RIGHTS, PP__FACT_EFFECT_CRIME, "What may be said of effects"},
};

typedef struct telling {
    const pp_table *profiles, *facts;
    int width;
    pp_buf *out;
    pp_error *err;
} telling;

static void add_words(const char *code, pp_buf *out) {
    for (; code && *code; code++) {
        pp_buf_add_char(out, *code == '_' ? ' ' : *code);
    }
}

/* ---- values ---- */

static void add_number(const pp_column *column, double value, pp_buf *out) {
    char text[64];
    if (isnan(value)) {
        pp_buf_add(out, "?");
        return;
    }
    if (column->show == PP_SHOW_FLAG) {
        pp_buf_add(out, value == 1 ? "yes" : "no");
        return;
    }
    if (column->show == PP_SHOW_PERCENT) {
        pp_format_fixed(100 * value, 0, text);
        pp_buf_printf(out, "%s%%", text);
        return;
    }
    if (value >= 1e6) {
        pp_format_significant(value / 1e6, 4, text);
        pp_buf_printf(out, "%s million", text);
        return;
    }
    if (column->show == PP_SHOW_YEAR || fabs(value) >= 1000) {
        pp_format_fixed(value, 0, text);
    } else {
        double rounded = value;
        pp_format_significant(value, 3, text);
        if (pp_parse_number(text, &rounded)) {
            pp_format_number(rounded, text);
        }
    }
    pp_buf_add(out, text);
}

static void add_value(const telling *t, const pp_column *column, int64_t row) {
    double low = pp__number_at(t->facts, "low", row);
    double high = pp__number_at(t->facts, "high", row);
    if (column->type == PP_TEXT) {
        add_words(pp__text_at(t->facts, "value", row), t->out);
        return;
    }
    add_number(column, pp__number_at(t->facts, "number", row), t->out);
    if (!isnan(low) || !isnan(high)) {
        pp_buf_add(t->out, " [");
        add_number(column, low, t->out);
        pp_buf_add(t->out, ", ");
        add_number(column, high, t->out);
        pp_buf_add(t->out, "]");
    }
    if (column->unit) {
        int scale = column->unit[0] == '0';
        pp_buf_printf(t->out, scale ? " (%s)" : " %s", column->unit);
    }
}

/* "A1 A2 A3 and 4 more" */
static void add_ids(const char *ids, pp_buf *out) {
    int n = 0;
    while (*ids) {
        size_t length = strcspn(ids, " ");
        if (n < MOST_IDS) {
            pp_buf_printf(out, "%s%.*s", n ? " " : "", (int)length, ids);
        }
        n++;
        ids += length + (ids[length] == ' ');
    }
    if (n > MOST_IDS) {
        pp_buf_printf(out, " and %d more", n - MOST_IDS);
    }
}

/* What it rests on: claims, else the source and its year. */
static void add_basis(const telling *t, const pp_column *column, int64_t row) {
    const char *claims = pp__text_at(t->facts, "claims", row);
    const char *source = pp__text_at(t->facts, "source", row);
    const char *of = pp__text_at(t->facts, "of", row);
    double year = pp__number_at(t->facts, "year", row);
    int city = strcmp(pp__text_at(t->profiles, "kind", 0), "country") != 0;
    pp_buf_add(t->out, "  (");
    if (claims) {
        add_ids(claims, t->out);
    } else {
        pp_buf_add(t->out, source ? source : "no claims");
    }
    if (!isnan(year) && column->show != PP_SHOW_YEAR) {
        pp_buf_printf(t->out, ", %.0f", year);
    }
    if (city && of && strcmp(of, "country") == 0) {
        pp_buf_printf(t->out, ", of %s", pp__text_at(t->profiles, "country_name", 0));
    }
    pp_buf_add(t->out, ")");
}

static int64_t fact_row(const telling *t, const char *name) {
    for (int64_t i = 0; i < pp_table_rows(t->facts); i++) {
        const char *own = pp__text_at(t->facts, "fact", i);
        if (own && strcmp(own, name) == 0) {
            return i;
        }
    }
    return -1;
}

static const char *label_of(const pp_column *column) {
    return column->label ? column->label : column->name;
}

static void tell_fact(const telling *t, const pp_column *column, int64_t row) {
    const char *note = pp__text_at(t->facts, "note", row);
    pp_buf_printf(t->out, "  %s: ", label_of(column));
    add_value(t, column, row);
    add_basis(t, column, row);
    pp_buf_add(t->out, "\n");
    if (note) {
        pp_buf_printf(t->out, "      %s\n", note);
    }
}

static void tell_section(const telling *t, pp__fact first, pp__fact last,
                         const char *title) {
    int unknown = 0;
    pp_buf_printf(t->out, "\n%s\n", title);
    for (int f = (int)first; f <= (int)last; f++) {
        const pp_column *column = pp_table_find(t->profiles, pp__fact_name((pp__fact)f));
        int64_t row = fact_row(t, column->name);
        if (row >= 0 && !pp_column_is_missing(column, 0)) {
            tell_fact(t, column, row);
        }
    }
    for (int f = (int)first; f <= (int)last; f++) {
        const pp_column *column = pp_table_find(t->profiles, pp__fact_name((pp__fact)f));
        if (f != PP__FACT_NO_HAZARD && f != PP__FACT_CONFLICT &&
            pp_column_is_missing(column, 0)) {
            pp_buf_printf(t->out, "%s%s",
                          unknown ? ", " : "  Not known: ", label_of(column));
            unknown = 1;
        }
    }
    pp_buf_add(t->out, unknown ? "\n" : "");
}

/* ---- tables ---- */

typedef struct shown_table {
    const char *name, *title;
    const char *columns[8];
} shown_table;

static const shown_table tables[] = {
    {"profile_drivers",
     "What each factor adds to the log-odds, against a country at the means",
     {"label", "group", "value", "level", "reference", "contribution", "conf_low",
      "conf_high"}},
    {"profile_purposes", "Purposes", {"purpose", "n", "stories"}},
    {"profile_problem",
     "What it was bought for, and what is measured",
     {"homicide_then", "then_year", "homicide_now", "now_year", "homicide_rank",
      "verdict"}},
    {"profile_neighbours", "Neighbours", {"name", "outcome", "since"}},
    {"profile_claims",
     "Claims",
     {"claim_id", "counts", "status", "platform", "vendor", "latest", "confidence",
      "url"}},
};

static pp_status keep_columns(const shown_table *shown, pp_table *part, pp_error *err) {
    for (int c = pp_table_columns(part) - 1; c >= 0; c--) {
        const pp_column *column = pp_table_column(part, c);
        int keep = 0;
        for (int k = 0; k < 8 && shown->columns[k]; k++) {
            keep |= strcmp(shown->columns[k], column->name) == 0;
        }
        PP_TRY(keep ? PP_OK : pp_table_drop(part, column->name, err));
    }
    return PP_OK;
}

static pp_status tell_table(const telling *t, const pp_result *profile,
                            const shown_table *shown) {
    const pp_table *table = pp_result_find(profile, shown->name);
    pp_table *part = NULL;
    if (!table || pp_table_rows(table) == 0) {
        return PP_OK;
    }
    PP_TRY(pp_table_copy(table, &part, t->err));
    pp_status status = keep_columns(shown, part, t->err);
    if (status == PP_OK) {
        pp_buf_add(t->out, "\n");
        status =
            pp_table_render(part, shown->title, PP_FORMAT_TEXT, t->width, t->out, t->err);
    }
    pp_table_free(part);
    return status;
}

pp_status pp_profile_tell(const pp_result *profile, int width, pp_buf *out,
                          pp_error *err) {
    telling t = {pp_result_find(profile, "profiles"),
                 pp_result_find(profile, "profile_facts"), width, out, err};
    if (!t.profiles || !t.facts || pp_table_rows(t.profiles) != 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "this is not the profile of one place");
    }
    pp_buf_printf(out, "%s (%s", pp__text_at(t.profiles, "name", 0),
                  pp__text_at(t.profiles, "place_id", 0));
    if (strcmp(pp__text_at(t.profiles, "kind", 0), "country") != 0) {
        pp_buf_printf(out, ", %s, %s", pp__text_at(t.profiles, "kind", 0),
                      pp__text_at(t.profiles, "country_name", 0));
    }
    pp_buf_add(out, ")\n");
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        tell_section(&t, sections[s].first, sections[s].last, sections[s].title);
    }
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        PP_TRY(tell_table(&t, profile, &tables[i]));
    }
    return pp_buf_check(out, err);
}
