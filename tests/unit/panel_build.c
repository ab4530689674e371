#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/panel.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A panel of 2005 to 2010 and one unit for each rule of dates. */
static const char outcomes_sql[] =
    "SELECT * FROM (VALUES "
    "('AAA', 'Aland', 'North', 'adopted', 2006, 2008, NULL, NULL), "
    "('BBB', 'Bland', 'North', 'adopted', NULL, 2007, NULL, NULL), "
    "('CCC', 'Cland', 'North', 'adopted', 2002, 2004, NULL, NULL), "
    "('DDD', 'Dland', 'South', 'adopted', 2003, 2006, NULL, NULL), "
    "('EEE', 'Eland', 'South', 'adopted', 2012, 2013, NULL, NULL), "
    "('FFF', 'Fland', 'South', 'adopted', 2009, 2012, NULL, NULL), "
    "('GGG', 'Gland', 'South', 'adopted', NULL, 2012, NULL, NULL), "
    "('HHH', 'Hland', 'South', 'no_adoption_found', NULL, NULL, NULL, NULL), "
    "('III', 'Iland', 'South', 'supplier_unknown', NULL, NULL, 2007, 2009), "
    "('JJJ', 'Jland', NULL, 'not_searched', NULL, NULL, NULL, NULL), "
    "('KKK', 'Kland', 'North', 'adopted', 2007, 2007, NULL, NULL)) "
    "t(country, name, region, outcome, earliest_year, latest_year, "
    "unknown_earliest_year, "
    "unknown_latest_year)";

/* x is the year within the century and one hundred for each letter; HHH is missing, ZZZ
 * unknown. */
static const char indicators_sql[] =
    "SELECT repeat(chr(65 + c::INT), 3) AS iso3, y AS year, 100.0 * c + y - 2000 AS x, "
    "CASE WHEN c = 1 AND y IN (2005, 2006, 2008) THEN NULL ELSE 1.5 END AS gap, "
    "CASE WHEN c = 0 THEN 2006 END AS since, 'is' || c AS kind, 'other' AS region "
    "FROM range(2003, 2011) a(y), range(0, 26) b(c) WHERE c < 7 OR c IN (8, 9, 10, 25)";

static pp_table *query(const char *sql, const pp_table *from) {
    static const char *const names[] = {"given"};
    pp_error err = {0};
    pp_table *out;
    assert_ok(pp_table_query(sql, names, &from, from != NULL, 0, NULL, &out, &err));
    return out;
}

static pp_result *adoption_of(const char *sql) {
    pp_error err = {0};
    pp_result *adoption;
    assert_ok(pp_result_new("adoption", &adoption, &err));
    assert_ok(pp_result_take(adoption, "outcomes", "Outcomes", query(sql, NULL), &err));
    return adoption;
}

static const char *const excluded[] = {"KKK", NULL};

static pp_panel_spec the_spec(void) {
    return (pp_panel_spec){
        .first_year = 2005, .last_year = 2010, .lag = 1, .excluded = excluded};
}

typedef struct fixture {
    pp_result *adoption, *report;
    pp_table *indicators, *panel;
} fixture;

static fixture build(const pp_panel_spec *spec) {
    fixture f;
    pp_error err = {0};
    f.adoption = adoption_of(outcomes_sql);
    f.indicators = query(indicators_sql, NULL);
    assert_ok(pp_panel_build(spec, f.adoption, f.indicators, NULL, NULL, &f.panel,
                             &f.report, &err));
    return f;
}

static void clear(fixture *f) {
    pp_result_free(f->adoption);
    pp_result_free(f->report);
    pp_table_free(f->indicators);
    pp_table_free(f->panel);
}

static int64_t row_of(const pp_table *panel, const char *unit, int year) {
    for (int64_t row = 0; row < pp_table_rows(panel); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(panel, "unit"), row), unit) == 0 &&
            pp_table_find(panel, "year")->number[row] == year) {
            return row;
        }
    }
    return -1;
}

static double number_at(const pp_table *panel, const char *unit, int year,
                        const char *column) {
    int64_t row = row_of(panel, unit, year);
    assert_true(row >= 0);
    assert_non_null(pp_table_find(panel, column));
    return pp_table_find(panel, column)->number[row];
}

/* The cell of `column` in the first row where `key` holds `value`; NULL: there is none.
 */
static const char *text_where(const pp_table *table, const char *key, const char *value,
                              const char *column) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *text = pp_column_get_text(pp_table_find(table, key), row);
        if (text && strcmp(text, value) == 0) {
            return pp_column_get_text(pp_table_find(table, column), row);
        }
    }
    return NULL;
}

static double number_where(const pp_table *table, const char *key, const char *value,
                           const char *column) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *text = pp_column_get_text(pp_table_find(table, key), row);
        if (text && strcmp(text, value) == 0) {
            return pp_table_find(table, column)->number[row];
        }
    }
    fail_msg("no row of %s", value);
    return 0;
}

static void dates_are_fitted(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    fixture f = build(&spec);
    static const struct {
        const char *unit;
        double lo, hi;
    } expected[] = {{"AAA", 2006, 2008}, {"BBB", NAN, 2007},  {"DDD", NAN, 2006},
                    {"EEE", NAN, NAN},   {"FFF", 2009, 2012}, {"HHH", NAN, NAN}};
    for (size_t i = 0; i < 6; i++) {
        for (int year = 2005; year <= 2010; year++) {
            double lo = number_at(f.panel, expected[i].unit, year, "lo");
            double hi = number_at(f.panel, expected[i].unit, year, "hi");
            assert_true(isnan(expected[i].lo) ? isnan(lo) : lo == expected[i].lo);
            assert_true(isnan(expected[i].hi) ? isnan(hi) : hi == expected[i].hi);
        }
    }
    assert_int_equal(pp_table_rows(f.panel), 36);
    const pp_table *out = pp_result_find(f.report, "left_out");
    assert_int_equal(pp_table_rows(out), 5);
    assert_string_equal(text_where(out, "unit", "CCC", "reason"),
                        "adopted before the panel");
    assert_string_equal(text_where(out, "unit", "CCC", "detail"), "by 2004");
    assert_string_equal(text_where(out, "unit", "GGG", "reason"),
                        "adopted at an unknown time, perhaps after the panel");
    assert_string_equal(text_where(out, "unit", "III", "reason"), "supplier unknown");
    assert_string_equal(text_where(out, "unit", "JJJ", "reason"), "never searched");
    assert_string_equal(text_where(out, "unit", "KKK", "reason"),
                        "excluded by the study");
    clear(&f);
}

static void open_ends_are_fitted(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    pp_error err = {0};
    pp_table *panel, *indicators = query(indicators_sql, NULL);
    pp_result *report, *adoption = adoption_of(
                           "SELECT * FROM (VALUES "
                           "('AAA', 'Aland', 'North', 'adopted', 2003, 2012), "
                           "('BBB', 'Bland', 'South', 'adopted', 2008, NULL), "
                           "('CCC', 'Cland', 'South', 'adopted', NULL, NULL), "
                           "('DDD', 'Dland', 'South', 'adopted', 2013, NULL), "
                           "('EEE', 'Eland', 'South', 'adopted', 2005, 2005)) t(country, "
                           "name, region, outcome, earliest_year, latest_year)");
    assert_ok(
        pp_panel_build(&spec, adoption, indicators, NULL, NULL, &panel, &report, &err));
    const pp_table *out = pp_result_find(report, "left_out");
    assert_int_equal(pp_table_rows(out), 2);
    assert_string_equal(text_where(out, "unit", "AAA", "detail"), "by 2012");
    assert_string_equal(text_where(out, "unit", "CCC", "detail"), "by 2011");
    assert_true(number_at(panel, "BBB", 2005, "lo") == 2008);
    assert_true(number_at(panel, "BBB", 2005, "hi") == 2011);
    assert_true(isnan(number_at(panel, "DDD", 2005, "hi")));
    assert_true(number_at(panel, "EEE", 2005, "event_latest") == 1);
    assert_true(number_at(panel, "EEE", 2010, "lo") == 2005);
    pp_table_free(panel);
    pp_result_free(report);
    pp_result_free(adoption);
    pp_table_free(indicators);
}

/* '0' before, '1' the year, '.' missing; from 2005 to 2010. */
static void assert_events(const pp_table *panel, const char *unit, const char *column,
                          const char *expected) {
    char got[7] = "";
    for (int year = 2005; year <= 2010; year++) {
        double v = number_at(panel, unit, year, column);
        got[year - 2005] = isnan(v) ? '.' : v == 1 ? '1' : '0';
    }
    if (strcmp(got, expected) != 0) {
        fail_msg("%s %s: %s, expected %s", unit, column, got, expected);
    }
}

static void date_rules_give_events(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    fixture f = build(&spec);
    static const char *const expected[][4] = {
        {"AAA", "01....", "0001..", "001..."}, {"BBB", "......", "001...", "......"},
        {"DDD", "......", "01....", "......"}, {"EEE", "000000", "000000", "000000"},
        {"FFF", "00001.", "000000", "000001"}, {"HHH", "000000", "000000", "000000"}};
    for (size_t i = 0; i < 6; i++) {
        assert_events(f.panel, expected[i][0], "event_earliest", expected[i][1]);
        assert_events(f.panel, expected[i][0], "event_latest", expected[i][2]);
        assert_events(f.panel, expected[i][0], "event_midpoint", expected[i][3]);
    }
    const pp_table *risk = pp_result_find(f.report, "risk");
    static const double at_risk[] = {6, 6, 5, 4, 3, 3}, high[] = {2, 3, 2, 1, 1, 1};
    for (int i = 0; i < 6; i++) {
        assert_true(pp_table_find(risk, "units")->number[i] == 6);
        assert_true(pp_table_find(risk, "at_risk")->number[i] == at_risk[i]);
        assert_true(pp_table_find(risk, "events_low")->number[i] == 0);
        assert_true(pp_table_find(risk, "events_high")->number[i] == high[i]);
    }
    clear(&f);
}

static void what_is_out_may_be_in(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    spec.supplier_unknown = "adopted";
    spec.not_searched = "adopted";
    fixture f = build(&spec);
    assert_true(number_at(f.panel, "III", 2005, "lo") == 2007);
    assert_true(number_at(f.panel, "III", 2005, "hi") == 2009);
    assert_true(isnan(number_at(f.panel, "JJJ", 2005, "lo")));
    assert_true(number_at(f.panel, "JJJ", 2005, "hi") == 2010);
    assert_string_equal(text_where(f.panel, "unit", "III", "outcome"),
                        "supplier_unknown");
    assert_null(text_where(f.panel, "unit", "JJJ", "region"));
    clear(&f);
    spec.supplier_unknown = "not_adopted";
    spec.not_searched = "not_adopted";
    f = build(&spec);
    assert_true(isnan(number_at(f.panel, "III", 2005, "hi")));
    assert_events(f.panel, "JJJ", "event_latest", "000000");
    clear(&f);
}

static void variables_are_derived_then_lagged(void **state) {
    (void)state;
    static const pp_derived derived[] = {
        {"joined", "coalesce(year >= since, false) -- a comment", "Joined", NULL, -1},
        {"joined_now", "joined", NULL, NULL, 0},
        {"twice", "2 * x", NULL, "m", 2},
        {"change", "x - lag(x) OVER (PARTITION BY iso3 ORDER BY year)", NULL, NULL, -1},
        {"letter", "substr(iso3, 1, 1)", NULL, NULL, -1}};
    pp_panel_spec spec = the_spec();
    spec.derived = derived;
    spec.n_derived = 5;
    fixture f = build(&spec);
    assert_true(number_at(f.panel, "AAA", 2005, "x") == 4);
    assert_true(number_at(f.panel, "BBB", 2010, "x") == 109);
    assert_true(number_at(f.panel, "AAA", 2006, "joined") == 0);
    assert_true(number_at(f.panel, "AAA", 2007, "joined") == 1);
    assert_true(number_at(f.panel, "AAA", 2006, "joined_now") == 1);
    assert_true(number_at(f.panel, "AAA", 2005, "joined_now") == 0);
    assert_true(number_at(f.panel, "BBB", 2010, "joined") == 0);
    assert_true(number_at(f.panel, "DDD", 2006, "twice") == 608);
    assert_true(number_at(f.panel, "AAA", 2005, "change") == 1);
    assert_true(isnan(number_at(f.panel, "HHH", 2005, "joined")));
    assert_int_equal(pp_table_find(f.panel, "letter")->type, PP_CATEGORY);
    assert_string_equal(text_where(f.panel, "unit", "BBB", "letter"), "B");
    assert_string_equal(pp_table_find(f.panel, "joined")->label, "Joined");
    assert_string_equal(pp_table_find(f.panel, "twice")->unit, "m");
    assert_int_equal(pp_table_find(f.panel, "kind")->type, PP_CATEGORY);
    assert_string_equal(text_where(f.panel, "unit", "AAA", "region"), "North");
    assert_int_equal(pp_result_warnings(f.report), 1);
    assert_string_equal(pp_result_warning(f.report, 0)->subject, "region");
    clear(&f);
}

static void only_wanted_variables_are_kept(void **state) {
    (void)state;
    static const char *const variables[] = {"x", NULL}, *const wrong[] = {"since", "gpa",
                                                                          NULL};
    pp_panel_spec spec = the_spec();
    pp_error err = {0};
    spec.variables = variables;
    fixture f = build(&spec);
    static const char *const columns[] = {
        "unit",           "country", "name", "region", "subregion",      "year",
        "duration",       "x",       "lo",   "hi",     "event_earliest", "event_latest",
        "event_midpoint", "outcome"};
    assert_int_equal(pp_table_columns(f.panel), 14);
    for (int i = 0; i < 14; i++) {
        assert_string_equal(pp_table_column(f.panel, i)->name, columns[i]);
    }
    pp_table *panel;
    pp_result *report;
    spec.variables = wrong;
    assert_int_equal(pp_panel_build(&spec, f.adoption, f.indicators, NULL, NULL, &panel,
                                    &report, &err),
                     PP_E_NOT_FOUND);
    assert_string_equal(err.hint, "did you mean 'gap'?");
    assert_null(panel);
    assert_null(report);
    clear(&f);
}

static void the_join_is_counted(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    fixture f = build(&spec);
    const pp_table *join = pp_result_find(f.report, "join");
    static const struct {
        const char *check;
        double count;
    } expected[] = {{"places considered", 11},
                    {"units left out: adopted before the panel", 1},
                    {"units left out: never searched", 1},
                    {"units in the panel", 6},
                    {"unit-years in the panel", 36},
                    {"units without indicators", 1},
                    {"rows of indicators", 88},
                    {"rows of indicators used", 30},
                    {"rows of indicators of other years", 10},
                    {"rows of indicators of places left out", 40},
                    {"rows of indicators of unknown places", 8}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(number_where(join, "check", expected[i].check, "count") ==
                    expected[i].count);
    }
    const pp_table *unmatched = pp_result_find(f.report, "unmatched");
    assert_int_equal(pp_table_rows(unmatched), 2);
    assert_string_equal(text_where(unmatched, "key", "ZZZ", "side"), "indicators");
    assert_string_equal(text_where(unmatched, "key", "HHH", "name"), "Hland");
    const pp_table *coverage = pp_result_find(f.report, "coverage");
    assert_true(number_where(coverage, "variable", "gap", "missing") == 9);
    assert_true(number_where(coverage, "variable", "gap", "units_part") == 1);
    assert_true(number_where(coverage, "variable", "gap", "units_never") == 1);
    assert_true(number_where(coverage, "variable", "x", "units_complete") == 5);
    clear(&f);
}

static void losses_are_named(void **state) {
    (void)state;
    static const char *const variables[] = {"x", "gap", "kind"}, *const wrong[] = {"gpa"};
    pp_panel_spec spec = the_spec();
    pp_error err = {0};
    fixture f = build(&spec);
    assert_ok(pp_panel_losses(f.panel, variables, 3, f.report, &err));
    const pp_table *lost = pp_result_find(f.report, "lost");
    assert_int_equal(pp_table_rows(lost), 4);
    assert_string_equal(text_where(lost, "unit", "BBB", "years"), "2006-2007");
    assert_string_equal(text_where(lost, "unit", "BBB", "variable"), "gap");
    assert_true(number_where(lost, "unit", "BBB", "of") == 3);
    assert_string_equal(text_where(lost, "unit", "HHH", "years"), "2005-2010");
    const pp_table *events = pp_result_find(f.report, "events");
    assert_true(number_where(events, "dates", "interval", "units") == 5);
    assert_true(number_where(events, "dates", "interval", "events") == 2);
    assert_true(number_where(events, "dates", "interval", "parameters") == 6);
    assert_true(number_where(events, "dates", "interval", "events_per_parameter") ==
                2.0 / 6);
    assert_true(number_where(events, "dates", "latest", "events") == 2);
    assert_true(number_where(events, "dates", "earliest", "events") == 2);
    pp_result *other;
    assert_ok(pp_result_new("x", &other, &err));
    assert_int_equal(pp_panel_losses(f.panel, wrong, 1, other, &err), PP_E_NOT_FOUND);
    pp_result_free(other);
    clear(&f);
}

static const struct {
    const char *outcomes, *indicators;
    pp_derived derived;
    pp_status status;
    const char *message, *column;
    int64_t line;
} mistakes[] = {
    {NULL,
     "SELECT * FROM (VALUES ('AAA', 2004), ('BBB', 2004), ('AAA', 2004)) t(iso3, year)",
     {0},
     PP_E_INPUT,
     "AAA 2004 twice, in rows 1 and 3",
     "iso3",
     3},
    {NULL,
     "SELECT * FROM (VALUES ('AAA', 2004), (NULL, 2004)) t(iso3, year)",
     {0},
     PP_E_INPUT,
     "has no key",
     "iso3",
     2},
    {NULL,
     "SELECT * FROM (VALUES ('AAA', 2004), ('AAA', NULL)) t(iso3, year)",
     {0},
     PP_E_INPUT,
     "has no year",
     "year",
     2},
    {NULL,
     "SELECT 'AAA' AS iso3, 'MMIV' AS year",
     {0},
     PP_E_INPUT,
     "must hold years",
     "year",
     0},
    {NULL,
     "SELECT 4 AS iso3, 2004 AS year",
     {0},
     PP_E_INPUT,
     "must hold codes",
     "iso3",
     0},
    {NULL, "SELECT 'AAA' AS iso, 2004 AS year", {0}, PP_E_NOT_FOUND, "iso3", "iso3", 0},
    {NULL, NULL, {"d", "no_such + 1", NULL, NULL, -1}, PP_E_ARGUMENT, "no_such", "d", 0},
    {NULL, NULL, {"d", "avg(x)", NULL, NULL, -1}, PP_E_ARGUMENT, "", "d", 0},
    {NULL,
     NULL,
     {"d", "1) AS a, (2", NULL, NULL, -1},
     PP_E_ARGUMENT,
     "one value",
     "d",
     0},
    {NULL,
     NULL,
     {"d", "unnest([1, 2])", NULL, NULL, -1},
     PP_E_ARGUMENT,
     "one value",
     "d",
     0},
    {NULL, NULL, {"hi", "1", NULL, NULL, -1}, PP_E_ARGUMENT, "itself", "hi", 0},
    {NULL, NULL, {"x", "1", NULL, NULL, -1}, PP_E_CONFLICT, "x", "x", 0},
    {"SELECT 'AAA' AS country, 'A' AS name, 'R' AS region, 'adopted' AS outcome, 2010 AS "
     "earliest_year, 2006 AS latest_year",
     NULL,
     {0},
     PP_E_INPUT,
     "ends before it begins",
     "latest_year",
     1},
    {"SELECT 'AAA' AS country, 'A' AS name, 'R' AS region, 'no_adoption_found' AS "
     "outcome, NULL AS "
     "earliest_year, NULL AS latest_year FROM range(2)",
     NULL,
     {0},
     PP_E_INPUT,
     "two rows of outcomes",
     "country",
     0},
};

static void mistakes_are_told(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        pp_error err = {0};
        pp_panel_spec spec = the_spec();
        pp_result *adoption =
            adoption_of(mistakes[i].outcomes ? mistakes[i].outcomes : outcomes_sql);
        pp_table *indicators =
            query(mistakes[i].indicators ? mistakes[i].indicators : indicators_sql, NULL);
        pp_table *panel;
        pp_result *report;
        pp_status status;
        spec.derived = &mistakes[i].derived;
        spec.n_derived = mistakes[i].derived.name != NULL;
        status = pp_panel_build(&spec, adoption, indicators, NULL, NULL, &panel, &report,
                                &err);
        if (status != mistakes[i].status || !strstr(err.message, mistakes[i].message) ||
            strcmp(err.column, mistakes[i].column) != 0 || err.line != mistakes[i].line ||
            panel || report) {
            print_error("%d: %s: '%s' column '%s' line %d hint '%s'\n", (int)i,
                        pp_status_name(status), err.message, err.column, (int)err.line,
                        err.hint);
            failed = 1;
        }
        pp_table_free(panel);
        pp_result_free(report);
        pp_table_free(indicators);
        pp_result_free(adoption);
    }
    assert_false(failed);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *adoption = adoption_of(outcomes_sql), *report;
    pp_table *indicators = query(indicators_sql, NULL), *panel;
    pp_panel_spec specs[4];
    for (int i = 0; i < 4; i++) {
        specs[i] = the_spec();
    }
    specs[0].unit = "town";
    specs[1].first_year = 2011;
    specs[2].not_searched = "maybe";
    specs[3].unit = "city";
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pp_panel_build(&specs[i], adoption, indicators, NULL, NULL,
                                        &panel, &report, &err),
                         PP_E_ARGUMENT);
    }
    pp_result_free(adoption);
    pp_table_free(indicators);
}

static void assert_same(const pp_table *a, const pp_table *b) {
    assert_int_equal(pp_table_rows(a), pp_table_rows(b));
    assert_int_equal(pp_table_columns(a), pp_table_columns(b));
    for (int i = 0; i < pp_table_columns(a); i++) {
        const pp_column *x = pp_table_column(a, i), *y = pp_table_column(b, i);
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->type, y->type);
        for (int64_t row = 0; row < pp_table_rows(a); row++) {
            if (x->type == PP_NUMBER) {
                assert_memory_equal(&x->number[row], &y->number[row], sizeof(double));
            } else if (pp_column_is_missing(x, row)) {
                assert_true(pp_column_is_missing(y, row));
            } else {
                assert_string_equal(pp_column_get_text(x, row),
                                    pp_column_get_text(y, row));
            }
        }
    }
}

static void order_of_rows_does_not_matter(void **state) {
    (void)state;
    static const pp_derived derived[] = {
        {"change", "x - lag(x) OVER (PARTITION BY iso3 ORDER BY year)", NULL, NULL, -1}};
    pp_panel_spec spec = the_spec();
    pp_error err = {0};
    spec.derived = derived;
    spec.n_derived = 1;
    fixture f = build(&spec);
    for (int i = 0; i < 3; i++) {
        static const char *const orders[] = {"year DESC, iso3", "hash(iso3 || year)",
                                             "hash(year || iso3)"};
        char sql[200];
        pp_table *panel;
        pp_result *report, *adoption;
        snprintf(sql, sizeof sql, "SELECT * FROM given ORDER BY %s", orders[i]);
        pp_table *indicators = query(sql, f.indicators);
        snprintf(sql, sizeof sql, "SELECT * FROM given ORDER BY hash(country || %d)", i);
        assert_ok(pp_result_new("adoption", &adoption, &err));
        assert_ok(pp_result_take(adoption, "outcomes", "Outcomes",
                                 query(sql, pp_result_find(f.adoption, "outcomes")),
                                 &err));
        assert_ok(pp_panel_build(&spec, adoption, indicators, NULL, NULL, &panel, &report,
                                 &err));
        assert_same(f.panel, panel);
        assert_same(pp_result_find(f.report, "unmatched"),
                    pp_result_find(report, "unmatched"));
        assert_same(pp_result_find(f.report, "risk"), pp_result_find(report, "risk"));
        pp_table_free(panel);
        pp_result_free(report);
        pp_result_free(adoption);
        pp_table_free(indicators);
    }
    clear(&f);
}

static pp_status build_again(void *payload, pp_error *err) {
    static const char *const variables[] = {"x", "gap", "kind"};
    static const pp_derived derived[] = {{"twice", "2 * x", "Twice", "m", -1}};
    const fixture *f = payload;
    pp_panel_spec spec = the_spec();
    pp_table *panel;
    pp_result *report;
    pp_status status;
    spec.derived = derived;
    spec.n_derived = 1;
    status = pp_panel_build(&spec, f->adoption, f->indicators, NULL, NULL, &panel,
                            &report, err);
    if (status == PP_OK) {
        status = pp_panel_losses(panel, variables, 3, report, err);
    }
    pp_table_free(panel);
    pp_result_free(report);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    pp_panel_spec spec = the_spec();
    fixture f = build(&spec);
    assert_true(fail_every_allocation(build_again, &f) > 20);
    clear(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_fitted),
        cmocka_unit_test(open_ends_are_fitted),
        cmocka_unit_test(date_rules_give_events),
        cmocka_unit_test(what_is_out_may_be_in),
        cmocka_unit_test(variables_are_derived_then_lagged),
        cmocka_unit_test(only_wanted_variables_are_kept),
        cmocka_unit_test(the_join_is_counted),
        cmocka_unit_test(losses_are_named),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
