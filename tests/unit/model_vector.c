/* The elementary functions against libm. */
#include "support/support.h"

#include "model/vector.h"

#include <pushpull/random.h>

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { N = 200000 };

typedef void many(int64_t n, const double *x, double *out);
typedef double one(double x);

static double ulps(double a, double b) {
    if (a == b || (isnan(a) && isnan(b))) {
        return 0;
    }
    double unit = fmax(fabs(nextafter(b, INFINITY) - b), 0x1p-1074);
    return fabs(a - b) / unit;
}

static void compare(const char *name, many *function, one *expected, double low,
                    double high, int logarithmic) {
    static double x[N], out[N];
    double worst = 0;
    pp_rng rng;
    pp_rng_init(&rng, 1, 0, 0);
    for (int i = 0; i < N; i++) {
        double u = pp_rng_uniform(&rng);
        x[i] = logarithmic ? copysign(exp(log(fabs(low)) + u * log(high / low)), low)
                           : low + u * (high - low);
    }
    function(N, x, out);
    for (int i = 0; i < N; i++) {
        double off = ulps(out[i], expected(x[i]));
        worst = fmax(worst, off);
        if (!(off <= 2)) {
            fail_msg("%s(%.17g) is %.17g, not %.17g", name, x[i], out[i], expected(x[i]));
        }
    }
    assert_true(worst <= 2);
}

static void ordinary_values(void **state) {
    (void)state;
    compare("exp", pp__exp, exp, -1, 1, 0);
    compare("exp", pp__exp, exp, -50, 50, 0);
    compare("exp", pp__exp, exp, -760, 720, 0);
    compare("expm1", pp__expm1, expm1, -1, 1, 0);
    compare("expm1", pp__expm1, expm1, 1e-18, 1, 1);
    compare("expm1", pp__expm1, expm1, -1e-18, -1, 1);
    compare("expm1", pp__expm1, expm1, -60, 720, 0);
    compare("log", pp__log, log, 0.5, 2, 0);
    compare("log", pp__log, log, 1e-320, 1e308, 1);
    compare("log1p", pp__log1p, log1p, 1e-18, 1e18, 1);
    compare("log1p", pp__log1p, log1p, -1e-18, -0.999999, 1);
    compare("log1p", pp__log1p, log1p, 0, 1, 0);
}

static void ends_of_the_range(void **state) {
    static const double at[] = {0,         -0.0,   1,         -1,        INFINITY,
                                -INFINITY, NAN,    DBL_MIN,   0x1p-1074, DBL_MAX,
                                -DBL_MAX,  709.79, 709.78,    -745.2,    -745.1,
                                -708.4,    -2,     0x1p-1030, -DBL_MIN,  1e-300};
    static const struct {
        const char *name;
        many *function;
        one *expected;
    } cases[] = {{"exp", pp__exp, exp},
                 {"expm1", pp__expm1, expm1},
                 {"log", pp__log, log},
                 {"log1p", pp__log1p, log1p}};
    enum { COUNT = sizeof at / sizeof *at };
    double out[COUNT];
    (void)state;
    for (int c = 0; c < 4; c++) {
        cases[c].function(COUNT, at, out);
        for (int i = 0; i < COUNT; i++) {
            if (!(ulps(out[i], cases[c].expected(at[i])) <= 2)) {
                fail_msg("%s(%g) is %.17g, not %.17g", cases[c].name, at[i], out[i],
                         cases[c].expected(at[i]));
            }
        }
    }
}

/* A value's result is the same wherever it stands, and in place. */
static void place_does_not_matter(void **state) {
    double x[37], whole[37], alone;
    pp_rng rng;
    (void)state;
    pp_rng_init(&rng, 2, 0, 0);
    for (int i = 0; i < 37; i++) {
        x[i] = 20 * pp_rng_normal(&rng);
    }
    pp__exp(37, x, whole);
    for (int i = 0; i < 37; i++) {
        pp__exp(1, x + i, &alone);
        assert_memory_equal(&alone, whole + i, sizeof alone);
    }
    pp__exp(37, x, x);
    assert_memory_equal(x, whole, sizeof x);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ordinary_values),
                                       cmocka_unit_test(ends_of_the_range),
                                       cmocka_unit_test(place_does_not_matter)};
    return cmocka_run_group_tests_name("model vector", tests, NULL, NULL);
}
