/* Dates coarsened at random: each unit's years are cut into cells that do not depend on its
   date, and only the cell is known. Dates drawn within the cells must recover the truth with
   the coverage that they claim; taking the cell's end must not. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/dates.h>
#include <pushpull/random.h>

#include <math.h>

enum { DRAWS = 800, UNITS = 150, YEARS = 10, WIDEST = 5 };

static const char FORMULA[] = "Surv(lo, hi, type = interval) ~ x + d";
static const double TRUTH[] = {-2.2, 0.6, 0.8};

/* The cell of `year` when the years are cut into cells of `width` from `offset` on. */
static void cut(int year, int width, int offset, double *lo, double *hi) {
    int cell = (year + offset) / width;
    *lo = fmax(0, cell * width - offset);
    *hi = fmin(YEARS - 1, (cell + 1) * width - 1 - offset);
}

static void draw_unit(pp_rng *rng, int64_t first, double *const column[5]) {
    double lo = NAN, hi = NAN, d = pp_rng_uniform(rng) < 0.4;
    int width = 1 + (int)pp_rng_below(rng, WIDEST),
        offset = (int)pp_rng_below(rng, width);
    for (int t = 0; t < YEARS; t++) {
        double x = pp_rng_normal(rng), u = pp_rng_uniform(rng);
        column[2][first + t] = x;
        column[3][first + t] = d;
        if (isnan(hi) && u < 1 / (1 + exp(-(TRUTH[0] + TRUTH[1] * x + TRUTH[2] * d)))) {
            cut(t, width, offset, &lo, &hi);
        }
    }
    for (int t = 0; t < YEARS; t++) {
        column[0][first + t] = lo;
        column[1][first + t] = hi;
        column[4][first + t] = (double)(first / YEARS);
    }
}

static pp_table *draw_panel(uint64_t draw) {
    static const char *const NAMES[] = {"lo", "hi", "x", "d", "unit", "year"};
    pp_error err = {0};
    pp_table *table = NULL;
    double *column[6];
    pp_rng rng;
    pp_rng_init(&rng, 41, 3, draw);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * YEARS, &err));
    for (int c = 0; c < 6; c++) {
        pp_column *made;
        assert_ok(pp_table_add(table, PP_NUMBER, NAMES[c], &made, &err));
        column[c] = made->number;
    }
    for (int64_t i = 0; i < UNITS * YEARS; i++) {
        column[5][i] = (double)(i % YEARS);
    }
    for (int64_t u = 0; u < UNITS; u++) {
        draw_unit(&rng, u * YEARS, column);
    }
    return table;
}

typedef struct tally {
    int interval[3], imputed[3], latest[3];
} tally;

static void count(tally *all, uint64_t draw) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *table = draw_panel(draw);
    pp_model_options model = {.unit = "unit", .time = "year"};
    pp_dates_options options = {.imputations = 10, .seed = draw + 1};
    assert_ok(pp_dates(FORMULA, table, &model, &options, NULL, &r, &err));
    const pp_table *t = pp_result_find(r, "dates_coefficients");
    const double *low = pp_table_find(t, "conf_low")->number;
    const double *high = pp_table_find(t, "conf_high")->number;
    for (int j = 0; j < 3; j++) { /* interval, earliest, latest, midpoint, imputed */
        all->interval[j] += low[5 * j] <= TRUTH[j] && TRUTH[j] <= high[5 * j];
        all->latest[j] += low[5 * j + 2] <= TRUTH[j] && TRUTH[j] <= high[5 * j + 2];
        all->imputed[j] += low[5 * j + 4] <= TRUTH[j] && TRUTH[j] <= high[5 * j + 4];
    }
    pp_result_free(r);
    pp_table_free(table);
}

static void coverage(void **state) {
    tally all = {0};
    (void)state;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        count(&all, draw);
    }
    for (int j = 0; j < 3; j++) {
        double interval = 1. * all.interval[j] / DRAWS;
        double imputed = 1. * all.imputed[j] / DRAWS;
        print_message("coefficient %d: interval %.1f%%, imputed %.1f%%, latest %.1f%%\n",
                      j, 100 * interval, 100 * imputed, 100. * all.latest[j] / DRAWS);
        assert_true(interval >= 0.935 && interval <= 0.965);
        assert_true(imputed >= 0.935 && imputed <= 0.965);
    }
    assert_true(all.latest[1] < 0.8 * DRAWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("coarsened dates", tests, NULL, NULL);
}
