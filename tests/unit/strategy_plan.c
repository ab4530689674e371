/* Plans against all plans there are, what is refused, and what every plan says. */
#include "support/support.h"

#include <pushpull/figure.h>
#include <pushpull/io.h>
#include <pushpull/plan.h>
#include <pushpull/random.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PLACES = 4, ACTIONS = 3, CHOICES = PLACES * ACTIONS };

static pp_plan_file *read_plan(const char *text) {
    pp_plan_file *plan = NULL;
    pp_error err = {0};
    assert_ok(pp_plan_read_text(text, (int64_t)strlen(text), "plan.yml", &plan, &err));
    return plan;
}

static pp_table *read_places(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "places.csv", text), NULL, NULL,
                            &table, &err));
    return table;
}

static const pp_result *keep(pp_result *r) {
    static pp_result *last;
    pp_result_free(last);
    last = r;
    return r;
}

static const pp_result *plan_of(const char *places, const char *text, double budget) {
    pp_table *table = read_places(places);
    pp_plan_file *plan = read_plan(text);
    const pp_plan_options options = {.budget = budget, .draws = 40, .seed = 2};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_plan(table, plan, &options, NULL, &out, &err));
    pp_plan_free(plan);
    pp_table_free(table);
    return keep(out);
}

static double total(const pp_result *r, const char *column) {
    return pp_table_find(pp_result_find(r, "plan_totals"), column)->number[0];
}

/* ---- brute force ---- */

typedef struct instance {
    double objective[PLACES], cost[ACTIONS], effect[ACTIONS], budget;
} instance;

static instance draw_instance(int number) {
    instance x;
    pp_rng rng;
    pp_rng_init(&rng, 5, 1, (uint64_t)number);
    for (int i = 0; i < PLACES; i++) {
        x.objective[i] = (double)(1 + pp_rng_below(&rng, 90)) / 100;
    }
    for (int k = 0; k < ACTIONS; k++) {
        x.cost[k] = (double)(1 + pp_rng_below(&rng, 20));
        x.effect[k] = (double)(1 + pp_rng_below(&rng, 40)) / 100;
    }
    x.budget = (double)(5 + pp_rng_below(&rng, 60));
    return x;
}

/* Actions 0 and 1 have one audience; 2 requires 1; at most two places for 2; at least one choice in the two
   first places. */
static double gain_of(const instance *x, unsigned plan) {
    double gain = 0, cost = 0;
    int last = 0, covered = 0;
    for (int i = 0; i < PLACES; i++) {
        unsigned here = plan >> i * ACTIONS & 7;
        if ((here & 3) == 3 || ((here & 4) && !(here & 2))) {
            return -1;
        }
        last += (here & 4) != 0;
        covered += i < 2 && here;
        for (int k = 0; k < ACTIONS; k++) {
            gain += (here >> k & 1) ? x->objective[i] * x->effect[k] : 0;
            cost += (here >> k & 1) ? x->cost[k] : 0;
        }
    }
    return cost <= x->budget && last <= 2 && covered ? gain : -1;
}

static double best_of(const instance *x) {
    double best = -1;
    for (unsigned plan = 0; plan < 1u << CHOICES; plan++) {
        best = fmax(best, gain_of(x, plan));
    }
    return best;
}

static void write_instance(const instance *x, char *places, char *plan, size_t size) {
    static const char *const audience[] = {"mayor", "mayor", "regulator"};
    static const char *const more[] = {"", "", ", requires: [b], places: 2"};
    size_t n = (size_t)snprintf(places, size, "place_id,name,x,early\n");
    for (int i = 0; i < PLACES; i++) {
        n += (size_t)snprintf(places + n, size - n, "P%d,Place %d,%g,%d\n", i, i,
                              x->objective[i], i < 2);
    }
    n = (size_t)snprintf(plan, size,
                         "placeholder: false\nobjective: {title: t, of: x}\nactions:\n");
    for (int k = 0; k < ACTIONS; k++) {
        n += (size_t)snprintf(plan + n, size - n,
                              "  - {name: %c, title: t, audience: %s, cost: %g, effect: "
                              "%g%s}\n",
                              'a' + k, audience[k], x->cost[k], x->effect[k], more[k]);
    }
    snprintf(plan + n, size - n,
             "coverage:\n  - {title: early, where: early = 1, at_least: 1}\n");
}

/* Every budget of the frontier, not only the one asked for. */
static void check_frontier(const pp_result *r, instance x, int number) {
    const pp_table *t = pp_result_find(r, "plan_budget");
    double asked = x.budget;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double found = pp_table_find(t, "reduction")->number[i];
        double bound = pp_table_find(t, "bound")->number[i];
        x.budget = pp_table_find(t, "budget")->number[i];
        double best = best_of(&x);
        if (best < 0 ? !isnan(found) : !(fabs(found - best) < 1e-9 && bound >= found)) {
            fail_msg("%d, budget %g: %.10g (at most %.10g) and not %.10g", number,
                     x.budget, found, bound, best);
        }
        assert_true((pp_table_find(t, "asked")->number[i] == 1) == (x.budget == asked));
    }
}

static void plans_are_the_best_of_all(void **state) {
    (void)state;
    for (int number = 0; number < 12; number++) {
        char places[1000], plan[2000];
        instance x = draw_instance(number);
        double best = best_of(&x);
        if (best < 0) {
            continue;
        }
        write_instance(&x, places, plan, sizeof places);
        const pp_result *r = plan_of(places, plan, x.budget);
        if (fabs(total(r, "reduction") - best) > 1e-9) {
            fail_msg("%d: %.10g and not %.10g", number, total(r, "reduction"), best);
        }
        assert_true(total(r, "spent") <= x.budget && total(r, "gap") == 0);
        assert_true(total(r, "bound") >= best - 1e-9);
        assert_true(total(r, "over_budget") == 0);
        assert_true(total(r, "regret") >= 0);
        check_frontier(r, x, number);
    }
}

/* ---- by hand ---- */

static const char HAND[] =
    "placeholder: true\n"
    "words: These numbers are made up.\n"
    "objective: {title: t, of: hazard * exposure, otherwise: hazard * 0.5}\n"
    "actions:\n"
    "  - {name: one, title: One, audience: mayor, cost: [1, 3], effect: [0.1, 0.3]}\n";
#define HEAD "placeholder: false\nobjective: {title: t, of: hazard}\nactions:\n"
#define ONE  "  - {name: a, title: t, audience: m, cost: 1, effect: 0.1}\n"

static const char THREE[] =
    "place_id,name,hazard,hazard_low,hazard_high,exposure,exposure_low,exposure_high\n"
    "A,Aland,0.5,0.3,0.7,0.8,0.8,0.8\nB,Bland,0.2,0.1,0.4,,,\nC,Cland,,,,0.5,0.5,0.5\n";

static void a_plan_by_hand(void **state) {
    (void)state;
    const pp_result *r = plan_of(THREE, HAND, 2);
    const pp_table *t = pp_result_find(r, "plan");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "place_id"), 0), "A");
    assert_true(pp_table_find(t, "chosen")->number[0] == 1);
    assert_true(pp_table_find(t, "share")->number[0] > 0.6);
    double reduction = total(r, "reduction");
    assert_true(reduction > 0.05 && reduction < 0.11); /* 0.5 × 0.8 × 0.2, and chance */
    assert_true(total(r, "low") < reduction && total(r, "high") > reduction);
    assert_true(total(r, "left_out") == 1 && total(r, "spent") == 2);
    assert_true(fabs(total(r, "over_budget") - 0.5) < 0.25);
    assert_true(total(r, "shadow_price") > 0);
    assert_string_equal(pp_result_warning(r, 0)->code, "placeholder");
    assert_string_equal(pp_result_warning(r, 0)->message, "These numbers are made up.");
    assert_int_equal(pp_table_rows(pp_result_find(r, "plan_assumptions")), 4);
}

/* Until the ranges are the user's own, every figure says under its title that they are made up. */
static void figures_carry_the_line_of_placeholders(void **state) {
    const pp_figure_options options = {.data_folder = source_path("")};
    pp_figure *figures[4];
    int n = 0;
    pp_error err = {0};
    (void)state;
    const pp_result *r = plan_of(THREE, HAND, 2);
    assert_ok(pp_result_figures(r, &options, figures, 4, &n, &err));
    assert_int_equal(n, 2);
    for (int i = 0; i < n; i++) {
        assert_non_null(strstr(figures[i]->spec, "[\"These numbers are made up.\","));
        assert_non_null(strstr(figures[i]->alt, "These numbers are made up."));
        pp_figure_free(figures[i]);
    }
}

/* Nothing to be reduced anywhere: a plan of nothing, and a warning. */
static void without_choices_the_plan_is_empty(void **state) {
    (void)state;
    const pp_result *r = plan_of(
        THREE,
        HEAD
        "  - {name: a, title: t, audience: m, cost: 1, effect: 0.1, when: hazard > 2}\n",
        9);
    assert_true(total(r, "choices") == 0 && total(r, "reduction") == 0);
    assert_true(total(r, "spent") == 0 && total(r, "gap") == 0);
    assert_int_equal(pp_table_rows(pp_result_find(r, "plan")), 0);
    int warned = 0;
    for (int i = 0; i < pp_result_warnings(r); i++) {
        warned |= strcmp(pp_result_warning(r, i)->code, "no_choices") == 0;
    }
    assert_true(warned);
}

static void more_money_never_does_less(void **state) {
    (void)state;
    char places[1000], plan[2000];
    instance x = draw_instance(3);
    write_instance(&x, places, plan, sizeof places);
    const pp_result *r = plan_of(places, plan, 60);
    const pp_table *t = pp_result_find(r, "plan_budget");
    for (int64_t i = 1; i < pp_table_rows(t); i++) {
        const double *reduction = pp_table_find(t, "reduction")->number;
        int less = reduction[i] < reduction[i - 1] - 1e-9;
        assert_false(less);
    }
}

/* ---- what is refused ---- */

static void wrong_plans_are_refused_where_they_stand(void **state) {
    static const struct {
        const char *text;
        int line;
        const char *words;
    } wrong[] = {
        {HEAD "  - {name: a, title: t, audience: m, cost: [2, 1], effect: 0.1}\n", 4,
         "reversed"},
        {HEAD "  - {name: a, title: t, audience: m, cost: [-2, 1], effect: 0.1}\n", 4,
         "from 0 to"},
        {HEAD "  - {name: a, title: t, audience: m, cost: 1, effect: 1.1}\n", 4,
         "from 0 to 1"},
        {HEAD "  - {name: a, title: t, audience: m, cost: 1, effect: 0, requires: b}\n",
         4, "no action is named 'b'"},
        {HEAD ONE "  - {name: b, title: t, audience: m, cost: 1, effect: 0, requires: "
                  "a}\n",
         5, "same audience"},
        {HEAD "  - {name: a, title: t, audience: m, cost: 1, effect: 0, requires: a}\n",
         4, "cannot require itself"},
        {HEAD "  - {name: a, title: t, audience: m, cost: 1, effect: 0, requires: b}\n"
              "  - {name: b, title: t, audience: n, cost: 1, effect: 0, requires: c}\n"
              "  - {name: c, title: t, audience: o, cost: 1, effect: 0, requires: b}\n",
         5, "'b' requires itself, through"},
        {HEAD ONE ONE, 5, "this name already"},
        {"placeholder: false\nobjective: {title: t, weights: {a: 0.5, b: 0.6}}\n"
         "actions:\n" ONE,
         2, "sum to 1.1"},
        {"objective: {title: t, of: hazard}\nactions:\n" ONE, 1, "'words' is missing"},
        {HEAD ONE "coverage:\n  - {title: t, where: x, at_least: 2, at_most: 1}\n", 6,
         "above"},
        {HEAD ONE "coverage:\n  - {title: t, where: x}\n", 6, "neither"},
        {"budget: 0\n" HEAD ONE, 1, "above 0"},
        {"placeholder: false\nobjective: {title: t}\nactions:\n" ONE, 2, "one of both"},
        {HEAD "  - {name: a, audience: m, cost: 1, effect: 0}\n", 4, "'title'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pp_plan_file *plan;
        pp_error err = {0};
        assert_int_equal(pp_plan_read_text(wrong[i].text, (int64_t)strlen(wrong[i].text),
                                           "plan.yml", &plan, &err),
                         PP_E_INPUT);
        assert_null(plan);
        if (err.line != wrong[i].line || !strstr(err.message, wrong[i].words)) {
            fail_msg("line %d: %s", (int)err.line, err.message);
        }
    }
}

static void refuse(const char *text, double budget, pp_status status, int line,
                   const char *words) {
    pp_table *table = read_places(THREE);
    pp_plan_file *plan = read_plan(text);
    const pp_plan_options options = {.budget = budget, .draws = 10};
    pp_result *out;
    pp_error err = {0};
    assert_int_equal(pp_plan(table, plan, &options, NULL, &out, &err), status);
    assert_null(out);
    if (err.line != line || !(strstr(err.message, words) || strstr(err.hint, words))) {
        fail_msg("line %d: %s (%s)", (int)err.line, err.message, err.hint);
    }
    pp_plan_free(plan);
    pp_table_free(table);
}

static void plans_that_cannot_be_are_refused(void **state) {
    (void)state;
    refuse(HEAD ONE, 0, PP_E_ARGUMENT, 0, "no budget");
    refuse(HEAD ONE "coverage:\n  - {title: all, where: hazard > 0, at_least: 2}\n", 1,
           PP_E_ARGUMENT, 0, "is 2");
    refuse(HEAD ONE "coverage:\n  - {title: few, where: hazard > 0.4, at_most: 1}\n"
                    "  - {title: many, where: hazard > 0, at_least: 5}\n",
           9, PP_E_INPUT, 7, "'many'");
    refuse("placeholder: false\nobjective: {title: t, of: hazzard}\nactions:\n" ONE, 1,
           PP_E_INPUT, 2, "hazzard");
    refuse("placeholder: false\nobjective: {title: t, of: -hazard}\nactions:\n" ONE, 1,
           PP_E_INPUT, 2, "below 0");
    refuse(HEAD "  - {name: a, title: t, audience: m, cost: 1, effect: 0.1, when: hazard "
                "+ 1}\n",
           1, PP_E_INPUT, 4, "no condition");
}

static pp_status everything(void *payload, pp_error *err) {
    const pp_plan_options options = {.budget = 2, .draws = 3};
    pp_plan_file *plan = NULL;
    pp_result *out = NULL;
    pp_status status =
        pp_plan_read_text(HAND, (int64_t)strlen(HAND), "plan.yml", &plan, err);
    if (status == PP_OK) {
        status = pp_plan(payload, plan, &options, NULL, &out, err);
    }
    pp_result_free(out);
    pp_plan_free(plan);
    return status;
}

static void memory_may_run_out(void **state) {
    (void)state;
    pp_table *table = read_places(THREE);
    assert_true(fail_every_allocation(everything, table) > 30);
    pp_table_free(table);
}

static void the_shipped_plan_is_a_placeholder(void **state) {
    pp_plan_file *plan;
    pp_error err = {0};
    (void)state;
    assert_ok(pp_plan_read(source_path("data/strategy/plan.yml"), NULL, &plan, &err));
    assert_true(pp_plan_is_placeholder(plan));
    pp_plan_free(plan);
}

static int close_all(void **state) {
    (void)state;
    keep(NULL);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_the_best_of_all),
        cmocka_unit_test(a_plan_by_hand),
        cmocka_unit_test(without_choices_the_plan_is_empty),
        cmocka_unit_test(figures_carry_the_line_of_placeholders),
        cmocka_unit_test(more_money_never_does_less),
        cmocka_unit_test(wrong_plans_are_refused_where_they_stand),
        cmocka_unit_test(plans_that_cannot_be_are_refused),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(the_shipped_plan_is_a_placeholder),
    };
    return cmocka_run_group_tests(tests, NULL, close_all);
}
