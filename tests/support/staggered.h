/* A small panel of staggered adoption. */
#ifndef PP_TESTS_STAGGERED_H
#define PP_TESTS_STAGGERED_H

#include "support/support.h"

#include <pushpull/did.h>
#include <pushpull/random.h>

#include <math.h>

enum { UNITS = 60, PERIODS = 6 };

static const pp_did_options plain = {
    .outcome = "y", .unit = "id", .time = "t", .cohort = "g", .balance = -1};

/* Treated from 3 or 5 on, or never; the effect is 2. `order` turns the rows around. */
static inline pp_table *panel(int order) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c[6];
    static const char *const names[] = {"id", "t", "g", "y", "x", "area"};
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 6; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 5, 0, (uint64_t)u);
        double x = pp_rng_normal(&rng), g = u % 3 == 0 ? 3 : u % 3 == 1 ? 5 : 0;
        for (int t = 0; t < PERIODS; t++) {
            int row = u * PERIODS + t, at = order ? UNITS * PERIODS - 1 - row : row;
            double effect = g > 0 && t + 1 >= g ? 2 : 0;
            const double values[] = {u, t + 1, g, x * t + effect + pp_rng_normal(&rng),
                                     x, u / 5};
            for (int j = 0; j < 6; j++) {
                pp_table_column(table, j)->number[at] = values[j];
            }
        }
    }
    return table;
}

/* With weights w of 1 and 2 by row (of units: by unit), and every seventh outcome missing. */
static inline pp_table *panel_with_holes(int order, int by_unit) {
    pp_error err = {0};
    pp_table *table = panel(order);
    pp_column *w;
    assert_ok(pp_table_add(table, PP_NUMBER, "w", &w, &err));
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        int64_t u = (int64_t)pp_table_find(table, "id")->number[i],
                t = (int64_t)pp_table_find(table, "t")->number[i];
        w->number[i] = by_unit ? 1 + (double)(u % 2) : 1 + (double)((u + t) % 2);
        pp_table_find(table, "y")->number[i] += (u * 5 + t) % 7 == 0 ? NAN : 0;
    }
    return table;
}

#endif
