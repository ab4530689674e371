/* Rubin's rules against mice, EM against its own iterations run to the end; see
   tests/golden/mi_pool/how.txt. */
#include "golden/golden.h"
#include "model/impute/emb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { M = 10, TERMS = 3 };

static pp_table *reference;

static int open_case(void **state) {
    (void)state;
    reference = golden_table("mi_pool", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(reference);
    return 0;
}

/* R's glm stopped at its tolerance: its variances agree to 1e-6 only. */
static void compare(const char *model, const char *term, const pp_pooled *p,
                    double relative) {
    const struct {
        const char *quantity;
        double value;
    } facts[] = {{"estimate", p->estimate},
                 {"std.error", p->std_error},
                 {"df", p->df},
                 {"ubar", p->within},
                 {"b", p->between},
                 {"riv", p->riv},
                 {"lambda", p->lambda},
                 {"fmi", p->fmi}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        assert_near(facts[i].quantity, facts[i].value,
                    golden_value(reference, model, facts[i].quantity, term), relative);
    }
}

static void pooling(void **state) {
    static const char *const MODELS[][3] = {{"lm", "ols", "y ~ x1 + x2"},
                                            {"glm", "logit", "b ~ x1 + x2"}};
    pp_table *data = golden_table("mi_pool", "completed.csv");
    (void)state;
    for (int model = 0; model < 2; model++) {
        double estimate[TERMS][M], variance[TERMS][M];
        const char *terms[TERMS] = {"(Intercept)", "x1", "x2"};
        double df = 0;
        for (int i = 0; i < M; i++) {
            char where[32];
            snprintf(where, sizeof where, "\".imp\" = %d", i + 1);
            pp_model_options options = {.model = MODELS[model][1], .where = where};
            options.ssc = "none";
            pp_fit *fit = golden_fit(data, MODELS[model][2], &options);
            for (int j = 0; j < TERMS; j++) {
                estimate[j][i] = pp_fit_estimates(fit)[j];
                variance[j][i] = pp_fit_covariance(fit)[j * (TERMS + 1)];
            }
            df = (double)(pp_fit_nobs(fit) - TERMS);
            pp_fit_free(fit);
        }
        for (int j = 0; j < TERMS; j++) {
            pp_pooled p = pp_pool(M, estimate[j], variance[j], df);
            compare(MODELS[model][0], terms[j], &p, model ? 1e-6 : 1e-9);
        }
    }
    pp_table_free(data);
}

static void maximum_likelihood(void **state) {
    enum { P = 4 };
    pp_error err = {0};
    pp_table *data = golden_table("mi_pool", "original.csv");
    pp_table *expected = golden_table("mi_pool", "em.csv");
    static const char *const NAMES[P] = {"x1", "x2", "y", "b"};
    pp__imputation im;
    pp__joint j = {0};
    pp__em em;
    pp_arena arena;
    double mu[P], sigma[P * P], weight[1000];
    (void)state;
    pp_arena_init(&arena);
    assert_ok(pp__imputation_init(data, &(pp_impute_options){.method = "emb"}, NAMES, P,
                                  NULL, 0, &im, &err));
    assert_ok(pp__joint_build(&im, &j, &arena, &err));
    assert_ok(pp__joint_patterns(&j, &arena, &err));
    assert_ok(pp__em_new(&j, &arena, &em, &err));
    assert_true(im.n <= 1000);
    for (int64_t i = 0; i < im.n; i++) {
        weight[i] = 1;
    }
    assert_ok(pp__em_run(&j, weight, 0, 10000, &em, mu, sigma, &err));
    const double *value = pp_table_find(expected, "value")->number;
    for (int v = 0; v < P; v++) {
        assert_true(fabs(mu[v] - value[v]) < 1e-5);
    }
    for (int v = 0; v < P * P; v++) {
        assert_true(fabs(sigma[v] - value[P + v]) < 1e-5);
    }
    pp_arena_clear(&arena);
    pp__imputation_clear(&im);
    pp_table_free(data);
    pp_table_free(expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pooling),
                                       cmocka_unit_test(maximum_likelihood)};
    return cmocka_run_group_tests_name("golden mi_pool", tests, open_case, close_case);
}
