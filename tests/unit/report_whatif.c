/* Figures of scenarios and of what to code next. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/figure.h>
#include <pushpull/file.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A share folder with the templates. */
static const char *share_folder(void) {
    static char folder[512];
    char web[600], figures[700];
    pp_error err = {0};
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s", fresh_folder());
        snprintf(web, sizeof web, "%s/web", folder);
        assert_ok(pp_file_make_folder(web, &err));
        snprintf(figures, sizeof figures, "%s/figures", web);
        assert_int_equal(symlink(source_path("web/figures"), figures), 0);
    }
    return folder;
}

static const char YEARS[] =
    "what_if time baseline scenario difference baseline_low baseline_high scenario_low "
    "scenario_high conf_low conf_high conf_low_both conf_high_both\n"
    "less 2000 1 0.8 -0.2 0 3 0 2 -0.5 0.1 -1 0\n"
    "less 2001 2 1.5 -0.5 0 4 0 3 -0.9 0.1 -2 0\n"
    "more 2000 1 1.2 0.2 0 3 0 3 -0.1 0.5 0 1\n"
    "more 2001 2 2.9 0.9 0 4 1 5 0.1 1.5 0 2\n";

static const char NEXT[] =
    "unit name field reason question per_hour simulation_error hours\n"
    "AAA Aland date interval x 0.05 0.01 1\n"
    "BBB \"quoted\" search never z 0.03 0 2\n"
    "CCC . supplier unknown x 0.01 0.02 1\n";

typedef pp_status maker(const pp_table *table, const pp_figure_options *options,
                        pp_figure **out, pp_error *err);

static void draw(maker *make, const char *rows, const char *words) {
    pp_table *table = frame(rows);
    pp_figure *figure = NULL;
    pp_error err = {0};
    const pp_figure_options options = {.data_folder = share_folder()};
    assert_ok(make(table, &options, &figure, &err));
    json_t *spec = json_loads(figure->spec, 0, NULL);
    assert_non_null(spec);
    assert_null(strstr(figure->spec, "\"@"));
    if (!strstr(figure->alt, words)) {
        fail_msg("%s", figure->alt);
    }
    assert_int_equal(pp_table_rows(figure->table), pp_table_rows(table));
    json_decref(spec);
    pp_figure_free(figure);
    pp_table_free(table);
}

static void draws(void **state) {
    (void)state;
    draw(pp_figure_scenario, YEARS, "more: by 2001 2.0 adoptions expected as observed");
    draw(pp_figure_next, NEXT, "Aland: date 5.0%");
}

typedef struct tried {
    maker *make;
    const pp_table *table;
} tried;

static pp_status try_it(void *payload, pp_error *err) {
    const tried *t = payload;
    const pp_figure_options options = {.data_folder = share_folder()};
    pp_figure *figure = NULL;
    pp_status status = t->make(t->table, &options, &figure, err);
    pp_figure_free(figure);
    return status;
}

static void failing_allocations(void **state) {
    const struct {
        maker *make;
        const char *rows;
    } cases[] = {{pp_figure_scenario, YEARS}, {pp_figure_next, NEXT}};
    (void)state;
    share_folder();
    for (int i = 0; i < 2; i++) {
        pp_table *table = frame(cases[i].rows);
        tried t = {cases[i].make, table};
        assert_true(fail_every_allocation(try_it, &t) > 10);
        pp_table_free(table);
    }
}

static void refuses(void **state) {
    pp_table *table = frame("time baseline\n2000 1\n");
    const pp_figure_options options = {.data_folder = share_folder()};
    pp_figure *figure = NULL;
    pp_error err = {0};
    (void)state;
    assert_int_equal(pp_figure_scenario(table, &options, &figure, &err), PP_E_NOT_FOUND);
    assert_int_equal(pp_figure_next(table, &options, &figure, &err), PP_E_NOT_FOUND);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws),
        cmocka_unit_test(failing_allocations),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("figures what if", tests, NULL, NULL);
}
