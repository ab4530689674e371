/* What to code next: the likelihood's parts, one step against full refits, lists, refusals. */
#include "support/frames.h"
#include "support/support.h"

#include "drivers/asked.h"
#include "unseen/worklist_reveal.h"

#include <pushpull/random.h>
#include <pushpull/worklist.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 150, YEARS = 10, ROWS = UNITS * YEARS, HIDDEN = 10 };

static const char FORMULA[] = "Surv(lo, hi, type = interval) ~ x + z";
static const char *const ASKED[] = {"x", "z", NULL};

static double *column(pp_table *t, const char *name) {
    pp_column *c = NULL;
    pp_error err = {0};
    assert_ok(pp_table_add(t, PP_NUMBER, name, &c, &err));
    return c->number;
}

/* Units of ten years; those that adopted are known by an interval of years, some by an upper
   bound. The last HIDDEN units are kept out of the fit. */
static pp_table *panel(void) {
    pp_table *t = NULL;
    pp_column *unit = NULL;
    pp_error err = {0};
    pp_rng rng;
    pp_rng_init(&rng, 21, 8, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "unit", &unit, &err));
    double *year = column(t, "year"), *x = column(t, "x"), *z = column(t, "z");
    double *lo = column(t, "lo"), *hi = column(t, "hi");
    for (int u = 0; u < UNITS; u++) {
        double own = pp_rng_normal(&rng), when = NAN, a = pp_rng_uniform(&rng);
        for (int i = u * YEARS; i < (u + 1) * YEARS; i++) {
            char name[16];
            snprintf(name, sizeof name, "u%03d", u);
            assert_ok(pp_column_set_text(t, unit, i, name, &err));
            year[i] = 2000 + i % YEARS;
            x[i] = own + pp_rng_normal(&rng) / 2;
            z[i] = pp_rng_normal(&rng);
            double h = 1 / (1 + exp(2.2 - 0.7 * x[i] + 0.4 * z[i]));
            when = isnan(when) && pp_rng_uniform(&rng) < h ? year[i] : when;
        }
        double from = a < 0.2 ? NAN : fmax(2000, when - floor(4 * a));
        double to = fmin(2009, when + floor(6 * (a < 0.5 ? a : 1 - a)));
        for (int i = u * YEARS; i < (u + 1) * YEARS; i++) {
            lo[i] = isnan(when) ? NAN : from;
            hi[i] = isnan(when) ? NAN : to;
        }
    }
    return t;
}

static pp_table *seen(const pp_table *all, int units) {
    int64_t rows[ROWS];
    pp_table *t = NULL;
    pp_error err = {0};
    for (int i = 0; i < units * YEARS; i++) {
        rows[i] = i;
    }
    assert_ok(pp_table_take_rows(all, rows, units * YEARS, &t, &err));
    return t;
}

static pp_fit *fit_to(const pp_table *t) {
    const pp_model_options options = {
        .model = "hazard", .unit = "unit", .time = "year", .vcov = "hc0", .ssc = "none"};
    pp_fit *fit = NULL;
    pp_error err = {0};
    assert_ok(pp_model_fit(FORMULA, t, &options, NULL, &fit, &err));
    return fit;
}

typedef struct test_state {
    pp_table *all, *known;
    pp_fit *fit;
    pp_arena arena;
    pp__information f;
} test_state;

static int open_case(void **state) {
    static test_state s;
    pp_error err = {0};
    s.all = panel();
    s.known = seen(s.all, UNITS - HIDDEN);
    s.fit = fit_to(s.known);
    pp_arena_init(&s.arena);
    assert_ok(pp__information_of(s.fit, s.all, "unit", "year", ASKED, 2, NULL, &s.arena,
                                 &s.f, &err));
    *state = &s;
    return 0;
}

static int close_case(void **state) {
    test_state *s = *state;
    pp_fit_free(s->fit);
    pp_table_free(s->all);
    pp_table_free(s->known);
    pp_arena_clear(&s->arena);
    return 0;
}

/* All parts together are the fit's information, and scores that sum to zero. */
static void parts_make_the_whole(void **state) {
    test_state *s = *state;
    int k = s->f.k;
    double I[100] = {0}, B[100] = {0}, score[10] = {0};
    const double *lo = pp_table_find(s->known, "lo")->number;
    const double *hi = pp_table_find(s->known, "hi")->number;
    assert_true(k <= 10);
    for (int u = 0; u < UNITS - HIDDEN; u++) {
        char name[16];
        snprintf(name, sizeof name, "u%03d", u);
        int64_t unit = pp__information_unit(&s->f, name);
        pp__part part = pp__part_of(&s->f, unit, lo[u * YEARS], hi[u * YEARS]);
        assert_true(unit >= 0 && part.in);
        pp__part_add(&s->f, &part, 1, I, B, score);
    }
    for (int j = 0; j < k; j++) {
        assert_true(fabs(score[j]) < 1e-6);
        for (int i = 0; i < k; i++) {
            assert_true(fabs(I[i + j * k] - s->f.I[i + j * k]) <
                        1e-8 * s->f.I[j + j * k]);
            assert_true(fabs(B[i + j * k] - s->f.B[i + j * k]) <
                        1e-8 * s->f.B[j + j * k]);
        }
    }
}

/* Standard errors of now are those of the effects' delta method. */
static void widths_of_now(void **state) {
    test_state *s = *state;
    for (int v = 0; v < 2; v++) {
        pp__asked asked;
        pp_error err = {0};
        assert_ok(pp__asked_of(s->fit, ASKED[v], NULL, 0, NULL, &s->arena, &asked, &err));
        assert_true(fabs(s->f.width[v] / sqrt(asked.effect[0].variance) - 1) < 1e-8);
    }
}

/* The standard errors of a fit in which the unit has this interval. */
static void refit(const test_state *s, int unit, double lo, double hi, double width[2]) {
    int64_t rows[ROWS];
    int n = (UNITS - HIDDEN) * YEARS;
    pp_table *t = NULL;
    pp_error err = {0};
    for (int i = 0; i < n; i++) {
        rows[i] = i;
    }
    for (int i = 0; unit >= UNITS - HIDDEN && i < YEARS; i++) {
        rows[n++] = unit * YEARS + i;
    }
    assert_ok(pp_table_take_rows(s->all, rows, n, &t, &err));
    for (int i = 0; i < n; i++) {
        if (rows[i] / YEARS == unit) {
            pp_table_find(t, "lo")->number[i] = lo;
            pp_table_find(t, "hi")->number[i] = hi;
        }
    }
    pp_fit *fit = fit_to(t);
    for (int v = 0; v < 2; v++) {
        pp__asked now, asked;
        pp_arena arena;
        pp_arena_init(&arena);
        assert_ok(pp__asked_of(s->fit, ASKED[v], NULL, 0, NULL, &arena, &now, &err));
        assert_ok(pp__asked_of(fit, ASKED[v], NULL, now.effect[0].sd, NULL, &arena,
                               &asked, &err));
        width[v] = sqrt(asked.effect[0].variance);
        pp_arena_clear(&arena);
    }
    pp_fit_free(fit);
    pp_table_free(t);
}

/* Expected reduction of a candidate, by one step and by refitting for each thing revealed. */
static void both_ways(test_state *s, int unit, pp__codable field, double out[2]) {
    char name[16];
    double p[40], width[2];
    pp_error err = {0};
    const double *lo = pp_table_find(s->all, "lo")->number;
    const double *hi = pp_table_find(s->all, "hi")->number;
    pp__candidate c = {.field = field,
                       .lo = field == PP__CODE_DATE ? lo[unit * YEARS] : NAN,
                       .hi = field == PP__CODE_DATE ? hi[unit * YEARS] : NAN};
    snprintf(name, sizeof name, "u%03d", unit);
    c.unit = pp__information_unit(&s->f, name);
    assert_ok(pp__candidate_reveals(&s->f, &c, &s->arena, &err));
    assert_null(c.why);
    pp__candidate_chances(&s->f, &c, s->fit->estimates, 0.2, p);
    out[0] = out[1] = 0;
    for (int y = 0; y < c.n; y++) {
        double when = c.reveal[y].from < c.reveal[y].to
                          ? pp__information_time(&s->f, c.reveal[y].from)
                          : NAN;
        refit(s, unit, when, when, width);
        for (int v = 0; v < 2; v++) {
            out[0] += p[y] * (1 - c.width[2 * y + v] / s->f.width[v]) / 2;
            out[1] += p[y] * (1 - width[v] / s->f.width[v]) / 2;
        }
    }
}

/* One step is not a refit, but near enough to rank by: over many candidates the two go
   together, and their means agree. */
static void one_step_against_refits(void **state) {
    test_state *s = *state;
    double x[64], y[64], mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    int n = 0;
    const double *lo = pp_table_find(s->all, "lo")->number;
    const double *hi = pp_table_find(s->all, "hi")->number;
    for (int u = 0; u < UNITS && n < 40; u++) {
        double out[2],
            wide = hi[u * YEARS] - (isnan(lo[u * YEARS]) ? 2000 : lo[u * YEARS]);
        if (u < UNITS - HIDDEN && !(wide > 2)) {
            continue;
        }
        both_ways(s, u, u < UNITS - HIDDEN ? PP__CODE_DATE : PP__CODE_SEARCH, out);
        x[n] = out[0];
        y[n++] = out[1];
    }
    assert_true(n > 25);
    for (int i = 0; i < n; i++) {
        mx += x[i] / n;
        my += y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    if (!(xy / sqrt(xx * yy) > 0.8 && fabs(mx - my) < 0.3 * my)) {
        fail_msg("correlation %.3f, means %.5f and %.5f of %d", xy / sqrt(xx * yy), mx,
                 my, n);
    }
}

/* ---- the whole ---- */

static pp_table *candidates(void) {
    static const struct {
        const char *unit, *field;
        double lo, hi;
    } rows[] = {{"u141", "search", NAN, NAN},     {"u142", "supplier", 2003, 2006},
                {"u143", "supplier", NAN, 2004},  {"u144", "supplier", 2015, 2016},
                {"u001", "date", 2001, 2008},     {"u002", "date", NAN, 2009},
                {"u003", "date", 2005, 2014},     {"u004", "confirmation", 2002, 2004},
                {"u145", "supplier", 2009, 2014}, {"nobody", "search", NAN, NAN}};
    pp_table *t = NULL;
    pp_column *unit = NULL, *field = NULL;
    pp_error err = {0};
    int n = sizeof rows / sizeof *rows;
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, n, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "unit", &unit, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "field", &field, &err));
    double *lo = column(t, "earliest"), *hi = column(t, "latest");
    for (int i = 0; i < n; i++) {
        assert_ok(pp_column_set_text(t, unit, i, rows[i].unit, &err));
        assert_ok(pp_column_set_text(t, field, i, rows[i].field, &err));
        lo[i] = rows[i].lo;
        hi[i] = rows[i].hi;
    }
    return t;
}

static void list(void **state) {
    test_state *s = *state;
    pp_table *c = candidates();
    pp_result *r = NULL;
    pp_error err = {0};
    assert_ok(pp_worklist(s->fit, s->all, c, &(pp_worklist_options){.seed = 4}, NULL, &r,
                          &err));
    const pp_table *next = pp_result_find(r, "next");
    const pp_table *without = pp_result_find(r, "next_without");
    const pp_table *totals = pp_result_find(r, "next_totals");
    assert_int_equal(pp_table_rows(next), 8);
    assert_int_equal(pp_table_rows(without), 2);
    assert_non_null(
        strstr(pp_column_get_text(pp_table_find(without, "why"), 0), "after the panel"));
    double chance = number_at(r, "next", "unit", "u145", "probability");
    assert_true(chance > 0 && chance < 0.3);
    const double *value = pp_table_find(next, "per_hour")->number;
    for (int i = 1; i < 8; i++) {
        assert_true(value[i] <= value[i - 1]);
    }
    assert_true(value[0] > 0);
    int64_t last = pp_table_rows(totals) - 1;
    assert_true(pp_table_find(totals, "expected_reduction")->number[last] > 0);
    pp_result_free(r);
    pp_table_free(c);
}

/* Refits take the place of one step, and number of threads makes no difference. */
static void refitted(void **state) {
    test_state *s = *state;
    pp_table *c = candidates();
    pp_result *r[2] = {NULL, NULL};
    pp_error err = {0};
    for (int i = 0; i < 2; i++) {
        const pp_worklist_options options = {
            .seed = 4, .refits = 4, .draws = 3, .variables = ASKED};
        pp_context ctx = {.threads = 1 + 2 * i};
        assert_ok(pp_worklist(s->fit, s->all, c, &options, &ctx, &r[i], &err));
    }
    static const char *const names[] = {"next", "next_totals"};
    int methods = 0;
    for (int t = 0; t < 2; t++) {
        const pp_table *a = pp_result_find(r[0], names[t]);
        const double *x = pp_table_find(a, "expected_reduction")->number;
        const double *y =
            pp_table_find(pp_result_find(r[1], names[t]), "expected_reduction")->number;
        assert_memory_equal(x, y, (size_t)pp_table_rows(a) * sizeof *x);
        for (int64_t i = 0; t == 0 && i < pp_table_rows(a); i++) {
            methods +=
                strcmp(pp_column_get_text(pp_table_find(a, "method"), i), "refit") == 0;
        }
    }
    assert_int_equal(methods, 4);
    pp_result_free(r[0]);
    pp_result_free(r[1]);
    pp_table_free(c);
}

/* What the evidence leaves open, with the claims and pages of each. */
static void from_evidence(void **state) {
    static const char *const excluded[] = {"XZZ", NULL};
    pp_table *claims = frame("claim_id country vendor_home source_id\n"
                             "c1 AAA CHN s1\n"
                             "c2 AAA CHN s2\n"
                             "c3 BBB unknown s1\n"
                             "c4 BBB CHN s2\n"
                             "c5 DDD CHN s3\n");
    pp_table *sources = frame("source_id url\ns1 http://one\ns2 http://two\ns3 .\n");
    pp_table *outcomes =
        frame("country name outcome earliest_year latest_year n_stories first conflict "
              "unknown_earliest_year unknown_latest_year\n"
              "AAA Aland adopted . 2010 2 a1 dates . .\n"
              "BBB Bland supplier_unknown . . . . . 2008 2009\n"
              "CCC Cland not_searched . . . . . . .\n"
              "DDD Dland adopted 2011 2011 1 a2 denied . .\n"
              "EEE Eland no_adoption_found . . . . . . .\n"
              "FFF Fland adopted . 1999 1 a3 . . .\n"
              "XZZ Xland not_searched . . . . . . .\n");
    pp_table *adoptions = frame("adoption confidence claims note\n"
                                "a1 high c1 x\na2 high c5 x\na3 high c9 x\n");
    pp_table *found = NULL;
    pp_result *adoption = NULL;
    pp_error err = {0};
    (void)state;
    assert_ok(pp_result_new("adoption", &adoption, &err));
    assert_ok(pp_result_take(adoption, "outcomes", "Outcomes", outcomes, &err));
    assert_ok(pp_result_take(adoption, "adoptions", "Adoptions", adoptions, &err));
    assert_ok(pp_worklist_candidates(adoption, claims, sources, excluded, 2000, 2020,
                                     &found, &err));
    static const char *const expected[][4] = {
        {"AAA", "date", "c1", "http://one"},
        {"BBB", "supplier", "c3", "http://one"},
        {"CCC", "search", NULL, NULL},
        {"DDD", "confirmation", "c5", NULL},
    };
    static const char *const columns[] = {"unit", "field", "claims", "url"};
    assert_int_equal(pp_table_rows(found), 4);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            const char *text = pp_column_get_text(pp_table_find(found, columns[j]), i);
            assert_true(!text == !expected[i][j]);
            assert_true(!text || strcmp(text, expected[i][j]) == 0);
        }
    }
    assert_true(pp_table_find(found, "latest")->number[1] == 2009);
    pp_table_free(found);
    pp_result_free(adoption);
    pp_table_free(claims);
    pp_table_free(sources);
}

static void refuses(void **state) {
    test_state *s = *state;
    pp_table *c = candidates();
    pp_result *r = NULL;
    pp_error err = {0};
    static const char *const nothing[] = {"nothing", NULL};
    assert_int_equal(pp_worklist(s->fit, s->all, c,
                                 &(pp_worklist_options){.variables = nothing}, NULL, &r,
                                 &err),
                     PP_E_NOT_FOUND);
    assert_int_equal(pp_worklist(s->fit, s->all, c, &(pp_worklist_options){.doubt = 1},
                                 NULL, &r, &err),
                     PP_E_ARGUMENT);
    pp_table_find(c, "earliest")->number[4] = 2020;
    assert_int_equal(pp_worklist(s->fit, s->all, c, NULL, NULL, &r, &err), PP_E_INPUT);
    assert_int_equal(err.line, 5);
    assert_ok(pp_column_set_text(c, pp_table_find(c, "field"), 0, "wish", &err));
    assert_int_equal(pp_worklist(s->fit, s->all, c, NULL, NULL, &r, &err), PP_E_INPUT);
    assert_null(r);
    pp_table_free(c);
}

typedef struct tried {
    const test_state *s;
    const pp_table *candidates;
} tried;

static pp_status try_it(void *payload, pp_error *err) {
    const tried *t = payload;
    pp_result *r = NULL;
    pp_status status = pp_worklist(t->s->fit, t->s->all, t->candidates,
                                   &(pp_worklist_options){.draws = 2, .variables = ASKED},
                                   NULL, &r, err);
    pp_result_free(r);
    return status;
}

static void failing_allocations(void **state) {
    pp_table *c = candidates();
    tried t = {*state, c};
    assert_true(fail_every_allocation(try_it, &t) > 20);
    pp_table_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(widths_of_now),
        cmocka_unit_test(one_step_against_refits),
        cmocka_unit_test(list),
        cmocka_unit_test(refitted),
        cmocka_unit_test(from_evidence),
        cmocka_unit_test(refuses),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests_name("worklist", tests, open_case, close_case);
}
