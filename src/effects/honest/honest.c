/* Bounds on departures from parallel trends: the whole. */
#include "base/check.h"
#include "effects/honest/bounds.h"
#include "effects/honest/pretest.h"
#include "model/draw.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

enum { STEPS = 10, MOST_M = 1000, DRAWS = 1999 };

static const char *const DEPARTURES[] = {"rm", "sd", "sdrm", NULL};
static const char *const METHODS[] = {"flci",        "conditional", "lf",
                                      "hybrid_flci", "hybrid_lf",   NULL};
static const char *const BIASES[] = {"negative", "positive", NULL};
static const char *const TRENDS[] = {"decreasing", "increasing", NULL};

typedef struct work {
    const pp_honest_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__event_study s;
    pp__bounds b;
    pp__pretest pretest;
    double level, estimate, std_error, low, high; /* the original */
    pp_result *result;
} work;

/* ---- options ---- */

/* The place of `value` among the words, `otherwise` of NULL. */
static pp_status choose_word(const char *name, const char *value,
                             const char *const *words, int otherwise, int *out,
                             pp_error *err) {
    *out = otherwise;
    for (int i = 0; value && words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *out = i;
            return PP_OK;
        }
    }
    if (!value) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "'%s' is no %s", value, name);
    pp_error_locate(err, NULL, 0, name, value);
    pp_error_hint(err, "one of %s, %s%s%s%s%s", words[0], words[1], words[2] ? ", " : "",
                  words[2] ? words[2] : "", words[2] && words[3] ? ", " : "",
                  words[2] && words[3] ? "hybrid_flci, hybrid_lf" : "");
    return PP_E_ARGUMENT;
}

static pp_status check_numbers(const pp_honest_options *o, pp_error *err) {
    if (o->draws < 0 || o->draws > 1000000 || o->level < 0 || o->level >= 1) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "draws lie between 0 and 1000000, the level between 0 and 1");
    }
    if (o->n_m < 0 || o->n_m > MOST_M || o->steps < 0 || o->steps > MOST_M ||
        (o->n_m > 0 && !o->m)) {
        PP_FAIL(err, PP_E_ARGUMENT, "there are at most %d values of M", MOST_M);
    }
    for (int64_t i = 0; i < o->n_m; i++) {
        if (!(o->m[i] >= 0) || isinf(o->m[i]) || (i > 0 && o->m[i] <= o->m[i - 1])) {
            pp_error_set(err, PP_E_ARGUMENT, "values of M are not negative, and ascend");
            pp_error_hint(err, "as in 0, 0.5, 1, 2");
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

/* One of the restrictions that the options name. */
static pp_status check_restriction(work *w, const char *name) {
    const pp_honest_options *o = w->options;
    pp__restriction *r = &w->b.restriction;
    int departure, bias, monotone, method;
    PP_TRY(
        choose_word("restriction", name, DEPARTURES, PP__RELATIVE, &departure, w->err));
    PP_TRY(choose_word("bias", o->bias, BIASES, -1, &bias, w->err));
    PP_TRY(choose_word("monotone", o->monotone, TRENDS, -1, &monotone, w->err));
    *r = (pp__restriction){(pp__departure)departure, bias < 0 ? 0 : 2 * bias - 1,
                           monotone < 0 ? 0 : 2 * monotone - 1};
    int plain = r->bias == 0 && r->monotone == 0;
    PP_TRY(choose_word("method", o->method, METHODS,
                       departure != PP__SMOOTH ? PP__HYBRID_LF
                       : plain                 ? PP__FLCI
                                               : PP__HYBRID_FLCI,
                       &method, w->err));
    w->b.test.method = (pp__honest_method)method;
    if ((method == PP__FLCI && !(departure == PP__SMOOTH && plain)) ||
        (method == PP__HYBRID_FLCI && departure != PP__SMOOTH)) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "intervals of fixed length are for the restriction 'sd'%s",
                     method == PP__FLCI ? " without sign and monotonicity" : "");
        pp_error_locate(w->err, NULL, 0, "method", METHODS[method]);
        pp_error_hint(w->err, method == PP__FLCI && departure == PP__SMOOTH
                                  ? "hybrid_flci makes use of sign and monotonicity"
                                  : "hybrid_lf is for any restriction");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* ---- what the estimates allow ---- */

static pp_status check_parts(work *w) {
    if (pp__restriction_parts(&w->b.restriction, &w->s) > 0) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "there is one estimate before the reference, and no change of slope "
                 "before treatment to compare with");
    pp_error_hint(w->err, "restriction 'rm' needs one estimate before the reference, "
                          "'sdrm' two; 'sd' takes M in units of the outcome");
    return PP_E_ESTIMATION;
}

/* In units of the event study; of "sd" M is in those of the outcome. */
static double unit_of_m(const work *w) {
    return w->b.restriction.departure == PP__SMOOTH ? w->s.unit : 1;
}

static pp_status set_grid(work *w) {
    const pp_honest_options *o = w->options;
    double top = 2;
    if (w->b.restriction.departure == PP__SMOOTH) {
        top *= fmax(pp__largest_before(&w->s, 2), 0);
        top = top > 0 ? top : 2 * w->std_error;
    }
    int64_t steps = o->steps > 0 ? o->steps : STEPS;
    w->b.n = o->n_m > 0 ? o->n_m : steps + 1;
    w->b.bound = pp_arena_zalloc(&w->arena, w->b.n, sizeof *w->b.bound);
    PP_NEED(w->b.bound, w->err);
    for (int64_t i = 0; i < w->b.n; i++) {
        w->b.bound[i].m =
            o->n_m > 0 ? o->m[i] / unit_of_m(w) : top * (double)i / (double)steps;
    }
    return PP_OK;
}

/* The same noise for every M and part. */
static pp_status draw_noise(work *w) {
    pp__test *t = &w->b.test;
    t->draws = w->options->draws > 0 ? w->options->draws : DRAWS;
    if (t->method != PP__LF && t->method != PP__HYBRID_LF) {
        return PP_OK;
    }
    int n = w->s.n;
    double *noise = pp_arena_alloc(&w->arena, t->draws * n, sizeof *noise);
    double *zero = pp_arena_zalloc(&w->arena, n, sizeof *zero);
    PP_NEED(noise && zero ? noise : NULL, w->err);
    for (int64_t i = 0; i < t->draws; i++) {
        pp_rng rng;
        pp_rng_init(&rng, w->options->seed, 0, (uint64_t)i);
        pp__draw_normal(&rng, n, zero, w->s.factor, noise + i * n);
    }
    t->noise = noise;
    return PP_OK;
}

static pp_status compute_original(work *w) {
    double z = qnorm(0.5 + w->level / 2, 0, 1, 1, 0);
    pp__event_study_original(&w->s, &w->estimate, &w->std_error);
    w->low = w->estimate - z * w->std_error;
    w->high = w->estimate + z * w->std_error;
    return pp__pretest_find(&w->s, &w->arena, &w->pretest, w->err);
}

static pp_status compute(work *w) {
    PP_TRY(check_parts(w));
    PP_TRY(set_grid(w));
    w->b.test.alpha = 1 - w->level;
    PP_TRY(draw_noise(w));
    PP_TRY(pp__bounds_find(&w->b, &w->arena, w->err));
    if (w->low > 0 || w->high < 0) {
        PP_TRY(pp__bounds_break(&w->b, &w->arena, w->err));
    }
    return PP_OK;
}

/* ---- tables ---- */

/* Missing: beyond what was tried. */
static double breakdown_of(const work *w) {
    return isinf(w->b.breakdown) ? NAN : w->b.breakdown * unit_of_m(w);
}

static pp_status put_row(work *w, pp_table *table, const char *kind, double m,
                         double middle, const pp__bound *b) {
    int original = strcmp(kind, "original") == 0;
    double u = w->s.unit;
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "restriction", DEPARTURES[w->b.restriction.departure],
                        w->err));
    PP_TRY(pp__put_text(table, row, "kind", kind, w->err));
    PP_TRY(pp__put_number(table, row, "m", PP_SHOW_DEFAULT, m, w->err));
    PP_TRY(pp__put_text(table, row, "method", original ? NULL : METHODS[w->b.test.method],
                        w->err));
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, u * middle},
        {"conf_low", PP_SHOW_DEFAULT, u * b->low},
        {"conf_high", PP_SHOW_DEFAULT, u * b->high},
        {"identified_low", PP_SHOW_DEFAULT, u * b->identified_low},
        {"identified_high", PP_SHOW_DEFAULT, u * b->identified_high},
        {"pieces", PP_SHOW_COUNT, b->pieces},
        {"breakdown", PP_SHOW_DEFAULT, original ? breakdown_of(w) : NAN}};
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_bounds(work *w) {
    const pp__bound original = {.low = w->low,
                                .high = w->high,
                                .identified_low = w->estimate,
                                .identified_high = w->estimate,
                                .pieces = 1};
    pp_table *table = pp_result_find(w->result, "honest");
    PP_TRY(put_row(w, table, "original", NAN, w->estimate, &original));
    for (int64_t i = 0; i < w->b.n; i++) {
        const pp__bound *b = &w->b.bound[i];
        PP_TRY(put_row(w, table, "bounds", b->m * unit_of_m(w), b->middle, b));
    }
    return PP_OK;
}

static char *departures_up_to(work *w, double m) {
    switch (w->b.restriction.departure) {
    case PP__RELATIVE:
        return pp_arena_printf(&w->arena,
                               "departures from parallel trends up to %.2f times the "
                               "largest before treatment",
                               m);
    case PP__SMOOTH:
        return pp_arena_printf(
            &w->arena,
            "departures from a linear trend whose slope changes by up to %.3g a period",
            m);
    default:
        return pp_arena_printf(&w->arena,
                               "departures from a linear trend whose slope changes by up "
                               "to %.2f times the most before treatment",
                               m);
    }
}

/* The answer in words; NULL when memory is out. */
static char *answer(work *w, double largest) {
    double breakdown = w->b.breakdown * unit_of_m(w);
    int linear = w->b.restriction.departure != PP__RELATIVE;
    if (w->low <= 0 && w->high >= 0) {
        return pp_arena_printf(&w->arena,
                               "already the original interval holds zero: no sign is "
                               "told, and none can break down");
    }
    if (breakdown == 0) {
        return pp_arena_printf(&w->arena, "the sign does not survive %s",
                               linear ? "even the linear trend before treatment going on"
                                      : "even departures of zero by this method");
    }
    char *words = departures_up_to(w, isinf(breakdown) ? largest : breakdown);
    return !words
               ? NULL
               : pp_arena_printf(&w->arena, "the sign survives %s%s", words,
                                 isinf(breakdown) ? ", the largest that were tried" : "");
}

static pp_status put_breakdown(work *w) {
    double u = w->s.unit, largest = w->b.bound[w->b.n - 1].m * unit_of_m(w);
    pp_table *table = pp_result_find(w->result, "honest_breakdown");
    char *words = answer(w, largest);
    int64_t row;
    PP_NEED(words, w->err);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "restriction", DEPARTURES[w->b.restriction.departure],
                        w->err));
    PP_TRY(pp__put_text(table, row, "method", METHODS[w->b.test.method], w->err));
    PP_TRY(pp__put_text(table, row, "at", w->options->at ? w->options->at : "0", w->err));
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, u * w->estimate},
                               {"std_error", PP_SHOW_DEFAULT, u * w->std_error},
                               {"conf_low", PP_SHOW_DEFAULT, u * w->low},
                               {"conf_high", PP_SHOW_DEFAULT, u * w->high},
                               {"breakdown", PP_SHOW_DEFAULT, breakdown_of(w)},
                               {"largest", PP_SHOW_DEFAULT, largest}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    return pp__put_text(table, row, "words", words, w->err);
}

static pp_status put_pretest(work *w) {
    const pp__pretest *p = &w->pretest;
    double u = w->s.unit;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "honest_pretest",
                         "What the estimates before treatment could have shown", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    const pp__named cells[] = {{"horizons", PP_SHOW_COUNT, w->s.pre},
                               {"statistic", PP_SHOW_DEFAULT, p->statistic},
                               {"df", PP_SHOW_COUNT, w->s.pre},
                               {"p_value", PP_SHOW_P_VALUE, p->p_value},
                               {"slope_half", PP_SHOW_DEFAULT, u * p->slope[0]},
                               {"bias_half", PP_SHOW_DEFAULT, u * p->bias[0]},
                               {"slope_80", PP_SHOW_DEFAULT, u * p->slope[1]},
                               {"bias_80", PP_SHOW_DEFAULT, u * p->bias[1]}};
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err));
    return pp_result_set_note(w->result, "honest_pretest",
                              "A linear trend of slope_half a period is found by this "
                              "test half the time only, and would add bias_half to the "
                              "estimate; slope_80: four times of five.",
                              w->err);
}

/* ---- warnings ---- */

static pp_status warn_of_bounds(work *w) {
    int64_t empty = 0, unconnected = 0;
    for (int64_t i = 0; i < w->b.n; i++) {
        empty += w->b.bound[i].pieces == 0;
        unconnected += w->b.bound[i].pieces > 1;
    }
    if (empty > 0) {
        PP_TRY(pp_result_warn(w->result, "empty", NULL, empty, w->err,
                              "at so many values of M no value of the parameter is "
                              "accepted: the estimates contradict the restriction"));
    }
    if (unconnected > 0) {
        PP_TRY(pp_result_warn(w->result, "unconnected", NULL, unconnected, w->err,
                              "at so many values of M the accepted values have gaps: "
                              "the interval is their hull"));
    }
    return w->b.unsolved == 0
               ? PP_OK
               : pp_result_warn(w->result, "unsolved", NULL, w->b.unsolved, w->err,
                                "linear programs failed; what they tested is kept");
}

static pp_status warn(work *w) {
    double u = w->s.unit;
    if (w->s.incomplete > 0) {
        PP_TRY(pp_result_warn(w->result, "incomplete", NULL, w->s.incomplete, w->err,
                              "rows without horizon or estimate are left out"));
    }
    if (fabs(w->pretest.bias[0]) >= fabs(w->estimate)) {
        PP_TRY(pp_result_warn(
            w->result, "weak_pretest", NULL, -1, w->err,
            "a linear trend of %.3g a period, which the test of the %d estimates before "
            "treatment misses half the time, would alone make a difference of %.3g; the "
            "estimate is %.3g",
            u * w->pretest.slope[0], w->s.pre, fabs(u * w->pretest.bias[0]),
            u * w->estimate));
    }
    return PP_OK;
}

/* ---- the whole ---- */

/* Each name of the list of restrictions in turn. */
static pp_status each_restriction(work *w, pp_status (*call)(work *, const char *)) {
    const char *rest = w->options->restriction ? w->options->restriction : "rm";
    while (rest) {
        const char *comma = strchr(rest, ',');
        rest += strspn(rest, " ");
        int64_t length = comma ? comma - rest : (int64_t)strlen(rest);
        const char *name = pp_arena_strndup(&w->arena, rest, length);
        PP_NEED(name, w->err);
        PP_TRY(call(w, name));
        rest = comma ? comma + 1 : NULL;
    }
    return PP_OK;
}

static pp_status bound_by(work *w, const char *name) {
    w->b = (pp__bounds){.s = &w->s, .ctx = w->ctx};
    PP_TRY(check_restriction(w, name));
    PP_TRY(compute(w));
    PP_TRY(put_bounds(w));
    PP_TRY(put_breakdown(w));
    return warn_of_bounds(w);
}

static pp_status add_tables(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "honest", "Intervals if trends depart from parallel",
                         &table, w->err));
    PP_TRY(pp_result_set_note(
        w->result, "honest",
        "m of rm: changes of the difference in trends, over the largest change before "
        "treatment; of sdrm: changes of its slope, over the largest before treatment; of "
        "sd: changes of its slope, in units of the outcome (0: the linear trend goes "
        "on).",
        w->err));
    return pp_result_add(w->result, "honest_breakdown",
                         "At which departure the interval first holds zero", &table,
                         w->err);
}

static pp_status run(work *w, const pp_table *estimates, const pp_table *covariance) {
    PP_TRY(check_numbers(w->options, w->err));
    PP_TRY(each_restriction(w, check_restriction));
    PP_TRY(pp__event_study_read(estimates, covariance, w->options, &w->arena, &w->s,
                                w->err));
    PP_TRY(compute_original(w));
    PP_TRY(pp_result_new("honest", &w->result, w->err));
    PP_TRY(add_tables(w));
    PP_TRY(each_restriction(w, bound_by));
    PP_TRY(put_pretest(w));
    PP_TRY(warn(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_honest(const pp_table *estimates, const pp_table *covariance,
                    const pp_honest_options *options, const pp_context *ctx,
                    pp_result **out, pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    w->level = options->level > 0 ? options->level : 0.95;
    pp_arena_init(&w->arena);
    pp_status status = run(w, estimates, covariance);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
