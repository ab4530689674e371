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

/* The n-th field of a line of fields parted by "|"; "" is missing. */
static const char *field(const char *line, int n, char out[64]) {
    size_t length;
    for (; n > 0; n--) {
        line += strcspn(line, "|\n") + 1;
    }
    length = strcspn(line, "|\n");
    snprintf(out, 64, "%.*s", (int)length, line);
    return length > 0 ? out : NULL;
}

static const char *line_of(const char *text, int n) {
    for (; n > 0; n--) {
        text += strcspn(text, "\n") + 1;
    }
    return text;
}

static int count_of(const char *text, char what, char end) {
    int n = 0;
    for (; *text && *text != end; text++) {
        n += *text == what;
    }
    return n;
}

/* A line of names, then rows; a column whose first row reads as a number is one. */
static pp_status table_of(const char *text, pp_table **out, pp_error *err) {
    int rows = count_of(text, '\n', '\0') - 1, columns = count_of(text, '|', '\n') + 1;
    char name[64], cell[64];
    PP_TRY(pp_table_new(out, err));
    PP_TRY(pp_table_resize(*out, rows, err));
    for (int j = 0; j < columns; j++) {
        double number = NAN;
        pp_column *c;
        int is_number = pp_parse_number(field(line_of(text, 1), j, cell), &number);
        PP_TRY(pp_table_add(*out, is_number ? PP_NUMBER : PP_TEXT, field(text, j, name),
                            &c, err));
        for (int i = 0; i < rows; i++) {
            const char *value = field(line_of(text, i + 1), j, cell);
            if (!is_number) {
                PP_TRY(pp_column_set_text(*out, c, i, value, err));
            } else if (value && pp_parse_number(value, &number)) {
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
    const char *text;
} sample;

static const char counts[] = "region|vendor|count\n"
                             "Africa|huawei|4\n"
                             "Africa|iOmniscient|1\n"
                             "Asia|huawei|2\n"
                             "Asia|national-electronics_service|1\n";
static const sample samples[] = {
    {pp_figure_adoption_map, "country|name|outcome|earliest_year|latest_year|n_claims\n"
                             "KEN|Kenya|adopted|2012|2016|9\n"
                             "UGA|\"</script>|adopted||2022|3\n"
                             "TCD|Chad|no_adoption_found|||0\n"},
    {pp_figure_adopters, "year|low|high|midpoint\n"
                         "2020|1|5|2\n"
                         "2021|2|6|3\n"},
    {pp_figure_by_region, counts},
    {pp_figure_coefficients,
     "term|label|group|estimate|conf_low|conf_high|conf_low_90|conf_high_90\n"
     "x|Distance to a long-named place of origin|Push|0.02|0.01|0.03|0.012|0.028\n"
     "z|Short|Pull|0.1|-0.1|0.3|-0.05|0.25\n"},
    {pp_figure_profiles, "variable|value|estimate|conf_low|conf_high\n"
                         "belt|0|0.1|0.05|0.15\n"
                         "belt|1|0.2|0.15|0.25\n"
                         "crime|1|0.1|0.05|0.15\n"
                         "crime|2|0.1|0.05|0.15\n"
                         "crime|3|0.1|0.05|0.15\n"},
    {pp_figure_forecast_ranking,
     "rank|name|region|year|probability|conf_low|conf_high|rank_low|rank_high|ratio\n"
     "1|Kenya|Africa|2023|0.3|0.1|0.6|1|2|3\n"
     "2|Oman|Asia|2023|0.2|0.1|0.4|1|2|2\n"},
    {pp_figure_forecast_ranking,
     "rank|name|region|year|probability|conf_low|conf_high|rank_low|rank_high|ratio|"
     "past_ratio\n"
     "1|Kenya|Africa|2023|0.3|0.1|0.6|1|2|3|2.8\n"
     "2|Oman|Asia|2023|0.2|0.1|0.4|1|2|2|2.8\n"},
    {pp_figure_curve, "rank|model|formula|estimate|conf_low|conf_high|with c1\n"
                      "2|logit|y ~ x|0.2|0.1|0.3|0\n"
                      "1|logit|y ~ x + c1|-0.1|-0.3|0.1|1\n"},
    {pp_figure_forecast_separation, "name|year|horizon|predicted|observed\n"
                                    "Kenya|2020|1|0.3|1\n"
                                    "Oman|2020|1|0.2|0\n"
                                    "Oman|2021|2|0.4|0\n"},
    {pp_figure_forecast_calibration,
     "horizon|bin|rows|predicted|observed|conf_low|conf_high\n"
     "1|1|20|0.1|0.05|0.01|0.2\n"
     "1|2|20|0.3|0.4|0.2|0.6\n"},
    {pp_figure_shares, "group|factor|percent|percent_low|percent_high|label\n"
                       "push|x1|0.6|0.4|0.8|Distance to a long-named place\n"
                       "push||0.6|0.4|0.8|\n"
                       "|x2|0.4|||\n"},
    {pp_figure_democracy,
     "supplier|factor|form|level|smallest_effect|estimate|conf_low|conf_high|conf_low_90|"
     "conf_high_90\n"
     "From the PRC|dem|regimes|high against low|0.01|0.02|-0.01|0.05|-0.004|0.045\n"
     "From the PRC|dem|linear||0.01|0.02|0.01|0.03|0.012|0.028\n"
     "From elsewhere|dem|linear||0.01|0.03|-0.01|0.07|-0.004|0.064\n"},
    {pp_figure_plan_budget, "budget|reduction|low|high|bound|shadow_price|asked\n"
                            "200|0.4|0.1|0.6|0.5|0.001|1\n"
                            "100|||||0|0\n"},
    {pp_figure_plan, "place_id|name|action|title|cost|cost_low|cost_high|reduction|low|"
                     "high|chosen|share\n"
                     "KEN|Kenya|law|Support a law|3|1|5|0.2|0.1|0.3|1|0.6\n"
                     "NBO|Kenya|law|Support a law|3|1|5|0.2|0.1|0.3|0|0.3\n"
                     "OMN|Oman|own_law|Support a law|3|1|5|0.02|0.01|0.3|0|0.1\n"},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static pp_status make(const sample *s, pp_figure **out, pp_error *err) {
    pp_figure_options options = {.data_folder = share_folder(),
                                 .first_year = 2005,
                                 .last_year = 2020,
                                 .delta = 0.01};
    pp_table *table = NULL;
    *out = NULL;
    pp_status status = table_of(s->text, &table, err);
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
    assert_non_null(strstr(figure->spec, "\"By the end of 2020\""));
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
    assert_int_equal(pp_table_rows(figure->table), 3);
    const pp_column *vendor = pp_table_find(figure->table, "vendor");
    assert_string_equal(pp_column_get_text(vendor, 0), "Huawei");
    assert_string_equal(pp_column_get_text(vendor, 1), "iOmniscient");
    assert_string_equal(pp_column_get_text(vendor, 2), "National electronics service");
    json_t *rows = json_object_get(json_object_get(spec, "datasets"), "rows");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(rows, 4), "label")),
        "National electronics\nservice");
    assert_true(pp_table_find(figure->table, "Asia")->number[0] == 2);
    assert_true(pp_table_find(figure->table, "Asia")->number[1] == 0);
    assert_true(pp_table_find(figure->table, "total")->number[0] == 6);
    json_decref(spec);
    pp_figure_free(figure);
}

static void equal_ends_are_said_once(void **state) {
    (void)state;
    const sample s = {pp_figure_adopters, "year|low|high|midpoint\n"
                                          "2020|1|5|2\n"
                                          "2021|2|6|3\n"
                                          "2022|6|6|6\n"};
    pp_figure *figure;
    json_t *spec = made(&s, &figure);
    assert_string_equal(figure->alt,
                        "Lines from 2020 to 2022. By 2022 6 countries have adopted; by "
                        "2021 between 2 and 6.");
    json_decref(spec);
    pp_figure_free(figure);
}

static void yes_or_no_is_told_from_numbers(void **state) {
    (void)state;
    pp_figure *figure;
    json_t *spec = made(&samples[4], &figure);
    json_t *pairs =
        json_object_get(json_array_get(json_object_get(spec, "params"), 0), "value");
    assert_int_equal(json_array_size(pairs), 1);
    assert_string_equal(json_string_value(json_array_get(pairs, 0)), "belt");
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

static void rows_of_one_term_stay_apart(void **state) {
    (void)state;
    static const char *const expected[] = {"Push", "region: Asia", "region: Europe",
                                           "Push\xe2\x80\x8b"};
    const sample s = {
        pp_figure_coefficients,
        "term|contrast|group|estimate|conf_low|conf_high|conf_low_90|conf_high_90\n"
        "region|Asia|Push|0.2|0.1|0.3|0.1|0.3\n"
        "region|Europe|Push|0.2|0.1|0.3|0.1|0.3\n"
        "Push||Push|0.2|0.1|0.3|0.1|0.3\n"};
    pp_figure *figure;
    json_t *spec = made(&s, &figure);
    json_t *rows = json_object_get(json_object_get(spec, "datasets"), "rows");
    for (size_t i = 0; i < 4; i++) {
        json_t *label = json_object_get(json_array_get(rows, i), "label");
        assert_string_equal(json_string_value(label), expected[i]);
    }
    json_decref(spec);
    pp_figure_free(figure);
}

static void wrong_tables_are_refused(void **state) {
    (void)state;
    pp_error err = {0};
    pp_figure *figure;
    sample wrong = {pp_figure_adopters, counts};
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
        cmocka_unit_test(equal_ends_are_said_once),
        cmocka_unit_test(yes_or_no_is_told_from_numbers),
        cmocka_unit_test(effects_stand_under_headings),
        cmocka_unit_test(rows_of_one_term_stay_apart),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(without_node_there_is_a_reason),
        cmocka_unit_test(node_draws_what_it_can),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
