/* What claims to correct the record: coverage of 95% intervals with the right rates of
   detection, and what becomes of it with wrong ones. */
#include "support/record.h"
#include "support/frames.h"
#include "support/support.h"

#include "unseen/tipping_fit.h"

#include <pushpull/misclass.h>

#include <math.h>
#include <string.h>

enum { PANELS = 1000, TABLES = 2000 };

static const record_making PANEL = {
    .units = 260,
    .periods = 10,
    .base = -2.4,
    .push = 0.7,
    .pull = -0.4,
    .democracy = -1.2,
    .source = {[RECORD_PRESS] = {.open = 0.8, .closed = 0.3},
               [RECORD_COMPANY] = {.open = 0.5, .closed = 0.3}}};

static const record_making UNITS = {
    .units = 1500,
    .base = -0.6,
    .push = 0.8,
    .pull = -0.5,
    .democracy = -1,
    .source = {[RECORD_PRESS] = {.open = 0.5, .closed = 0.5, .false_positive = 0.03},
               [RECORD_INDEX] = {.open = 0.4, .closed = 0.4}}};

typedef struct tally {
    int held[3], draws;
    double mean[3];
} tally;

static void count(tally *t, int j, double estimate, double error, double truth) {
    t->held[j] += fabs(estimate - truth) <= 1.959964 * error;
    t->mean[j] += estimate;
    t->draws += j == 0;
}

static void say(const char *what, const tally *t, const double *truth, int n) {
    static const char *const NAME[] = {"push", "pull", "democracy"};
    for (int j = 0; j < n; j++) {
        print_message("%s, %s: %.1f%%, mean %.3f of %.3f\n", what, NAME[j],
                      100.0 * t->held[j] / t->draws, t->mean[j] / t->draws, truth[j]);
    }
}

static void assert_covers(const tally *t, int n) {
    for (int j = 0; j < n; j++) {
        double share = (double)t->held[j] / t->draws;
        assert_true(share > 0.935 && share < 0.965);
    }
}

/* ---- hazards ---- */

static void fit_once(const pp__tipping_model *m, double closed, double open, tally *t) {
    const double truth[] = {PANEL.push, PANEL.pull, PANEL.democracy};
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_ok(pp__tipping_fit(m, closed, open, &fit, &err));
    for (int j = 0; j < 3; j++) {
        count(t, j, fit->estimates[j + 1], sqrt(fit->V[5 * (j + 1)]), truth[j]);
    }
    pp_fit_free(fit);
}

static void hazards(void **state) {
    const double closed = record_detection(&PANEL, 1), open = record_detection(&PANEL, 0);
    const double truth[] = {PANEL.push, PANEL.pull, PANEL.democracy};
    const pp_model_options options = {
        .model = "hazard", .unit = "unit", .time = "period"};
    tally right = {0}, none = {0}, wrong = {0};
    (void)state;
    for (uint64_t d = 0; d < PANELS; d++) {
        pp_error err = {0};
        pp_table *table = record_panel(&PANEL, 41, d);
        pp__tipping_model m;
        pp_arena arena;
        pp_arena_init(&arena);
        assert_ok(
            pp__tipping_prepare("Surv(lo, hi, type = interval) ~ push + pull + democracy",
                                table, &options, "closed = 1", NULL, &arena, &m, &err));
        fit_once(&m, closed, open, &right);
        fit_once(&m, 1, 1, &none);
        fit_once(&m, open, closed, &wrong);
        pp_fit_free(m.fit);
        pp_arena_clear(&arena);
        pp_table_free(table);
    }
    say("hazard, right detection", &right, truth, 3);
    say("hazard, as recorded", &none, truth, 3);
    say("hazard, regimes exchanged", &wrong, truth, 3);
    assert_covers(&right, 3);
    assert_true(none.held[2] < 0.7 * PANELS); /* democracy, where the record differs */
    assert_true(wrong.held[2] < none.held[2]);
}

/* ---- misclassified outcomes ---- */

static void misclass_once(const pp_table *table, const pp_misclass_options *options,
                          tally *t) {
    static const char *const TERM[] = {"push", "pull", "democracy"};
    const double truth[] = {UNITS.push, UNITS.pull, UNITS.democracy};
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_misclass("observed ~ push + pull + democracy", table, NULL, options,
                          NULL, &r, &err));
    for (int j = 0; j < 3; j++) {
        count(t, j, number_at(r, "coefficients", "term", TERM[j], "estimate"),
              number_at(r, "coefficients", "term", TERM[j], "std_error"), truth[j]);
    }
    pp_result_free(r);
}

static void outcomes(void **state) {
    const double truth[] = {UNITS.push, UNITS.pull, UNITS.democracy};
    pp_misclass_options known = {.no_profile = 1}, none = {.no_profile = 1},
                        half = {.no_profile = 1};
    known.false_positive.value = record_false_positive(&UNITS);
    known.false_negative.value = 1 - record_detection(&UNITS, 0);
    half.false_negative.value = 0.15;
    tally right = {0}, naive = {0}, wrong = {0};
    (void)state;
    for (uint64_t d = 0; d < TABLES; d++) {
        pp_table *table = record_units(&UNITS, 42, d);
        misclass_once(table, &known, &right);
        misclass_once(table, &none, &naive);
        misclass_once(table, &half, &wrong);
        pp_table_free(table);
    }
    say("misclass, right rates", &right, truth, 3);
    say("misclass, as recorded", &naive, truth, 3);
    say("misclass, half of the false negatives", &wrong, truth, 3);
    assert_covers(&right, 3);
    assert_true(naive.held[0] < 0.6 * TABLES);
}

/* Free rates: everything rests on the form of the link. Even with 6,000 rows intervals are
   somewhat short: the normal approximation is poor. */
static void free_rates(void **state) {
    enum { FEW = 150 };
    const pp_misclass_options options = {
        .false_positive = {.free = 1}, .false_negative = {.free = 1}, .no_profile = 1};
    record_making many = UNITS;
    int held = 0;
    (void)state;
    many.units = 6000;
    many.push = 1.6;
    for (uint64_t d = 0; d < FEW; d++) {
        pp_error err = {0};
        pp_result *r = NULL;
        pp_table *table = record_units(&many, 43, d);
        assert_ok(pp_misclass("observed ~ push + pull + democracy", table, NULL, &options,
                              NULL, &r, &err));
        double b = number_at(r, "coefficients", "term", "push", "estimate");
        double se = number_at(r, "coefficients", "term", "push", "std_error");
        held += fabs(b - many.push) <= 1.959964 * se;
        pp_result_free(r);
        pp_table_free(table);
    }
    print_message("misclass, free rates, push: %.1f%%\n", 100.0 * held / FEW);
    assert_true(held > 0.85 * FEW);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(hazards),
                                       cmocka_unit_test(outcomes),
                                       cmocka_unit_test(free_rates)};
    return cmocka_run_group_tests_name("simulation record", tests, NULL, NULL);
}
