#include "support/support.h"

#include "base/check.h"

#include <pushpull/figure.h>
#include <pushpull/file.h>
#include <pushpull/text.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A share folder with the real templates and a world without countries. */
static const char *share_folder(void) {
    static char folder[512];
    char web[600], figures[700];
    pp_error err = {0};
    if (*folder) {
        return folder;
    }
    snprintf(folder, sizeof folder, "%s", fresh_folder());
    snprintf(web, sizeof web, "%s/web", folder);
    assert_ok(pp_file_make_folder(web, &err));
    snprintf(figures, sizeof figures, "%s/figures", web);
    assert_int_equal(symlink(source_path("web/figures"), figures), 0);
    write_text(web, "world_countries.json", "{}");
    write_text(web, "world_hatch.json", "{}");
    write_text(web, "world_dots.json", "[]");
    return folder;
}

/* Rows given as strings: a cell that reads as a number in the second row's column is one.
 */
static pp_status table_of(int columns, int rows, const char *const *cell, pp_table **out,
                          pp_error *err) {
    PP_TRY(pp_table_new(out, err));
    PP_TRY(pp_table_resize(*out, rows, err));
    for (int j = 0; j < columns; j++) {
        double number;
        pp_column *c;
        pp_column_type type =
            pp_parse_number(cell[columns + j], &number) ? PP_NUMBER : PP_TEXT;
        PP_TRY(pp_table_add(*out, type, cell[j], &c, err));
        for (int i = 0; i < rows; i++) {
            const char *text = cell[(i + 1) * columns + j];
            if (type == PP_TEXT) {
                PP_TRY(pp_column_set_text(*out, c, i, text, err));
            } else if (text && pp_parse_number(text, &number)) {
                c->number[i] = number;
            }
        }
    }
    return PP_OK;
}

typedef pp_status figure_function(const pp_table *, const pp_figure_options *,
                                  pp_figure **, pp_error *);

typedef struct sample {
    figure_function *make;
    int columns, rows;
    const char *const *cell;
} sample;

static const char *const outcomes[] = {
    "country",
    "name",
    "outcome",
    "earliest_year",
    "latest_year",
    "n_claims",
    "KEN",
    "Kenya",
    "adopted",
    "2012",
    "2016",
    "9",
    "UGA",
    "\"</script>",
    "adopted",
    NULL,
    "2022",
    "3",
    "TCD",
    "Chad",
    "no_adoption_found",
    NULL,
    NULL,
    "0",
};
static const char *const adopters[] = {
    "year", "low", "high", "midpoint", "2020", "1", "5", "2", "2021", "2", "6", "3",
};
static const char *const counts[] = {
    "vendor", "region", "count", "huawei", "Africa", "4",
    "zte",    "Africa", "1",     "huawei", "Asia",   "2",
};
static const char *const effects[] = {
    "term",        "label",
    "group",       "estimate",
    "conf_low",    "conf_high",
    "conf_low_90", "conf_high_90",
    "x",           "Distance to a long-named place of origin",
    "Push",        "0.02",
    "0.01",        "0.03",
    "0.012",       "0.028",
    "z",           "Short",
    "Pull",        "0.1",
    "-0.1",        "0.3",
    "-0.05",       "0.25",
};
static const char *const profiles[] = {
    "variable", "value", "estimate", "conf_low", "conf_high", "belt", "0",    "0.1",
    "0.05",     "0.15",  "belt",     "1",        "0.2",       "0.15", "0.25", "crime",
    "1",        "0.1",   "0.05",     "0.15",     "crime",     "2",    "0.1",  "0.05",
    "0.15",     "crime", "3",        "0.1",      "0.05",      "0.15",
};
static const sample samples[] = {
    {pp_figure_adoption_map, 6, 3, outcomes}, {pp_figure_adopters, 4, 2, adopters},
    {pp_figure_by_region, 3, 3, counts},      {pp_figure_coefficients, 8, 2, effects},
    {pp_figure_profiles, 5, 5, profiles},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static pp_status make(const sample *s, pp_figure **out, pp_error *err) {
    pp_figure_options options = {.data_folder = share_folder(),
                                 .first_year = 2005,
                                 .last_year = 2020,
                                 .delta = 0.01};
    pp_table *table = NULL;
    *out = NULL;
    pp_status status = table_of(s->columns, s->rows, s->cell, &table, err);
    if (status == PP_OK) {
        status = s->make(table, &options, out, err);
    }
    pp_table_free(table);
    return status;
}

static json_t *made(const sample *s, pp_figure **figure) {
    pp_error err = {0};
    json_error_t where;
    assert_ok(make(s, figure, &err));
    json_t *spec = json_loads((*figure)->spec, 0, &where);
    if (!spec) {
        fail_msg("%s: line %d: %s", (*figure)->name, where.line, where.text);
    }
    return spec;
}

static void specifications_are_complete(void **state) {
    (void)state;
    for (int k = 0; k < SAMPLES; k++) {
        pp_figure *figure;
        json_t *spec = made(&samples[k], &figure);
        json_t *rows = json_object_get(json_object_get(spec, "datasets"), "rows");
        assert_true(json_array_size(rows) >= 2);
        assert_string_equal(json_string_value(json_object_get(spec, "description")),
                            figure->alt);
        assert_non_null(json_object_get(json_object_get(spec, "config"), "range"));
        assert_null(strstr(figure->spec, "\"@"));
        assert_true(pp_table_rows(figure->table) > 0);
        json_decref(spec);
        pp_figure_free(figure);
    }
}

static void the_map_counts_what_is_certain(void **state) {
    (void)state;
    pp_figure *figure;
    json_t *spec = made(&samples[0], &figure);
    assert_string_equal(
        figure->alt,
        "World map of 3 countries in 2020: 1 have adopted for certain, 1 perhaps; "
        "no adoption was found in 1, the supplier is unknown in 0, and 0 were not "
        "searched. A slider goes back to 2005.");
    const pp_column *dates = pp_table_find(figure->table, "dates");
    assert_string_equal(pp_column_get_text(dates, 0), "2012–2016");
    assert_string_equal(pp_column_get_text(dates, 1), "by 2022");
    assert_null(pp_column_get_text(dates, 2));
    assert_string_equal(pp_column_get_text(pp_table_find(figure->table, "outcome"), 2),
                        "no adoption found");
    json_decref(spec);
    pp_figure_free(figure);
}

static void regions_are_crossed_and_sorted(void **state) {
    (void)state;
    pp_figure *figure;
    json_t *spec = made(&samples[2], &figure);
    assert_int_equal(pp_table_rows(figure->table), 2);
    assert_true(pp_table_find(figure->table, "Asia")->number[0] == 2);
    assert_true(pp_table_find(figure->table, "Asia")->number[1] == 0);
    assert_true(pp_table_find(figure->table, "total")->number[0] == 6);
    json_decref(spec);
    pp_figure_free(figure);
}

static void effects_stand_under_headings(void **state) {
    (void)state;
    pp_figure *figure;
    json_t *spec = made(&samples[3], &figure);
    json_t *rows = json_object_get(json_object_get(spec, "datasets"), "rows");
    assert_int_equal(json_array_size(rows), 4);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(rows, 1), "label")),
        "Distance to a long-named\nplace of origin");
    assert_non_null(
        strstr(figure->alt, "Distance to a long-named place of origin is above zero"));
    json_decref(spec);
    pp_figure_free(figure);
}

static void wrong_tables_are_refused(void **state) {
    (void)state;
    pp_error err = {0};
    pp_figure *figure;
    sample wrong = {pp_figure_adopters, 3, 3, counts};
    assert_int_equal(make(&wrong, &figure, &err), PP_E_NOT_FOUND);
    assert_null(figure);
    assert_string_equal(err.column, "year");
}

static void without_node_there_is_a_reason(void **state) {
    (void)state;
    pp_error err = {0};
    int drawn = 1;
    char why[PP_ERROR_MESSAGE];
    assert_ok(pp_figures_render_twins("/nonexistent/node", NULL, share_folder(),
                                      share_folder(), NULL, &drawn, why, &err));
    assert_int_equal(drawn, 0);
    assert_string_equal(why, "Node was not found");
    assert_int_equal(pp_figures_render_twins(NULL, NULL, share_folder(), "/nonexistent",
                                             NULL, &drawn, why, &err),
                     PP_E_NOT_FOUND);
}

static void node_draws_what_it_can(void **state) {
    (void)state;
    pp_error err = {0};
    pp_figure *figure;
    int drawn = 0;
    char why[PP_ERROR_MESSAGE] = "";
    const char *share = build_path("share/pushpull"), *folder = fresh_folder();
    if (access("/usr/bin/node", X_OK) != 0 ||
        access(build_path("share/pushpull/web/vega.min.js"), R_OK) != 0) {
        skip();
    }
    assert_ok(make(&samples[3], &figure, &err));
    write_text(folder, "effects.vl.json", figure->spec);
    assert_ok(
        pp_figures_render_twins(NULL, NULL, share, folder, NULL, &drawn, why, &err));
    assert_string_equal(why, "");
    assert_int_equal(drawn, 1);
    write_text(folder, "broken.vl.json", "{");
    assert_ok(
        pp_figures_render_twins(NULL, NULL, share, folder, NULL, &drawn, why, &err));
    assert_string_equal(why, "Node could not draw every figure");
    pp_figure_free(figure);
}

static pp_status make_all(void *payload, pp_error *err) {
    (void)payload;
    for (int k = 0; k < SAMPLES; k++) {
        pp_figure *figure;
        PP_TRY(make(&samples[k], &figure, err));
        pp_figure_free(figure);
    }
    return PP_OK;
}

static void no_allocation_failure_leaks(void **state) {
    (void)state;
    share_folder();
    assert_true(fail_every_allocation(make_all, NULL) > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specifications_are_complete),
        cmocka_unit_test(the_map_counts_what_is_certain),
        cmocka_unit_test(regions_are_crossed_and_sorted),
        cmocka_unit_test(effects_stand_under_headings),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(without_node_there_is_a_reason),
        cmocka_unit_test(node_draws_what_it_can),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
