/* A small panel of staggered adoption. */
#ifndef PP_TESTS_STAGGERED_H
#define PP_TESTS_STAGGERED_H

#include "support/support.h"

#include <pushpull/did.h>
#include <pushpull/random.h>

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

#endif
