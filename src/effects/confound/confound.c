/* Sensitivity to unobserved confounders: the whole, and its tables. */
#include "base/check.h"
#include "effects/confound/regressions.h"
#include "model/tables.h"

#include <pushpull/text.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

enum { MOST_STRENGTHS = 10, CONTOUR_POINTS = 60 };

typedef struct work {
    const pp_confound_options *options;
    pp_error *err;
    pp_arena arena;
    double q, alpha;
    int n_strengths;
    double strength[MOST_STRENGTHS];
    pp__regressions r;
    uint8_t *wanted; /* of benchmarks */
    pp_result *result;
} work;

/* ---- options ---- */

static pp_status read_strengths(work *w) {
    const char *list = w->options->strengths ? w->options->strengths : "1,2,3";
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        const char *one = pp_arena_strndup(&w->arena, at, (int64_t)n);
        PP_NEED(one, w->err);
        double k;
        if (!pp_parse_number(one, &k) || !(k > 0) || !isfinite(k) ||
            w->n_strengths == MOST_STRENGTHS) {
            pp_error_set(w->err, PP_E_ARGUMENT,
                         "strengths are up to ten positive numbers");
            pp_error_locate(w->err, NULL, 0, "strengths", one);
            pp_error_hint(w->err, "as in 1,2,3: times as strong as a covariate");
            return PP_E_ARGUMENT;
        }
        w->strength[w->n_strengths++] = k;
        at += n + (at[n] == ',');
    }
    return PP_OK;
}

static pp_status read_options(work *w) {
    const pp_confound_options *o = w->options;
    w->q = o->q != 0 ? o->q : 1;
    w->alpha = o->alpha != 0 ? o->alpha : 0.05;
    if (!(w->q > 0) || !isfinite(w->q) || !(w->alpha > 0 && w->alpha < 1)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "q is positive and alpha lies between 0 and 1");
    }
    if (!(o->r_max >= 0 && o->r_max <= 1)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "r_max lies between 0 and 1");
    }
    return read_strengths(w);
}

static int find_benchmark(const work *w, const char *name, size_t length) {
    for (int i = 0; i < w->r.n; i++) {
        if (strlen(w->r.benchmark[i].name) == length &&
            strncmp(w->r.benchmark[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

static pp_status refuse_benchmark(work *w, const char *name) {
    const char **names = pp_arena_alloc(&w->arena, w->r.n + 1, sizeof *names);
    PP_NEED(names, w->err);
    for (int i = 0; i < w->r.n; i++) {
        names[i] = w->r.benchmark[i].name;
    }
    const char *nearest = pp_text_nearest(name, names, w->r.n);
    pp_error_set(w->err, PP_E_NOT_FOUND, "no term beside the treatment is '%s'", name);
    pp_error_locate(w->err, NULL, 0, "benchmarks", name);
    pp_error_hint(w->err,
                  nearest ? "did you mean '%s'?" : "terms as the formula writes them%s",
                  nearest ? nearest : "");
    return PP_E_NOT_FOUND;
}

/* A comma inside brackets is part of a term. */
static size_t term_length(const char *at) {
    size_t n = 0;
    for (int depth = 0; at[n] && (at[n] != ',' || depth > 0); n++) {
        depth += (at[n] == '(') - (at[n] == ')');
    }
    return n;
}

static pp_status choose_benchmarks(work *w) {
    const char *list = w->options->benchmarks;
    w->wanted = pp_arena_zalloc(&w->arena, w->r.n + 1, 1);
    PP_NEED(w->wanted, w->err);
    for (int i = 0; !list && i < w->r.n; i++) {
        w->wanted[i] = 1;
    }
    while (list && *list) {
        list += strspn(list, ", ");
        size_t n = term_length(list), bare = n;
        while (bare > 0 && list[bare - 1] == ' ') {
            bare--;
        }
        int found = find_benchmark(w, list, bare);
        if (found < 0 && bare > 0) {
            const char *name = pp_arena_strndup(&w->arena, list, (int64_t)bare);
            PP_NEED(name, w->err);
            return refuse_benchmark(w, name);
        }
        if (found >= 0) {
            w->wanted[found] = 1;
        }
        list += n;
    }
    return PP_OK;
}

/* ---- strength ---- */

static pp_status put_summary(work *w) {
    const pp__regressions *r = &w->r;
    pp_confound_strength s;
    pp_table *table;
    double width = qt(1 - w->alpha / 2, r->df, 1, 0) * r->std_error;
    PP_TRY(pp_confound_strength_of(r->estimate, r->std_error, r->df, w->q, w->alpha, &s,
                                   w->err));
    PP_TRY(pp_result_add(w->result, "confound",
                         "How strong a confounder would have to be", &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    if (r->outcome) {
        PP_TRY(pp__put_text(table, 0, "treatment", w->options->treatment, w->err));
        PP_TRY(pp__put_text(table, 0, "outcome", r->outcome, w->err));
    }
    const pp__named cells[] = {
        {"estimate", PP_SHOW_DEFAULT, r->estimate},
        {"std_error", PP_SHOW_DEFAULT, r->std_error},
        {"statistic", PP_SHOW_DEFAULT, r->estimate / r->std_error},
        {"df", PP_SHOW_COUNT, r->df},
        {"conf_low", PP_SHOW_DEFAULT, r->estimate - width},
        {"conf_high", PP_SHOW_DEFAULT, r->estimate + width},
        {"robust_error", PP_SHOW_DEFAULT, r->robust_error},
        {"partial_r2", PP_SHOW_PERCENT, s.partial_r2},
        {"rv", PP_SHOW_PERCENT, s.rv},
        {"rv_alpha", PP_SHOW_PERCENT, s.rv_alpha},
        {"q", PP_SHOW_DEFAULT, w->q},
        {"alpha", PP_SHOW_DEFAULT, w->alpha},
    };
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err));
    const char *note =
        pp_arena_printf(&w->arena,
                        "Confounders that explain less than %.3g%% of what is left both "
                        "of the treatment and of "
                        "the outcome cannot take %.3g%% of the estimate away; less than "
                        "%.3g%% of both cannot "
                        "make it insignificant at %g. Whether there are such confounders "
                        "the data do not tell.",
                        100 * s.rv, 100 * w->q, 100 * s.rv_alpha, w->alpha);
    PP_NEED(note, w->err);
    return pp_result_set_note(w->result, "confound", note, w->err);
}

/* What a confounder must explain of the treatment when it explains so much of the outcome. */
static pp_status put_extreme(work *w) {
    static const double shares[] = {1, 0.75, 0.5, 0.3, 0.1};
    double f = w->q * fabs(w->r.estimate / w->r.std_error) / sqrt(w->r.df);
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "confound_extreme",
                         "If it explained much of the outcome", &table, w->err));
    PP_TRY(pp_table_resize(table, 5, w->err));
    for (int64_t i = 0; i < 5; i++) {
        double odds = f * f / shares[i];
        PP_TRY(
            pp__put_number(table, i, "r2_outcome", PP_SHOW_PERCENT, shares[i], w->err));
        PP_TRY(pp__put_number(table, i, "r2_treatment", PP_SHOW_PERCENT,
                              odds / (1 + odds), w->err));
    }
    return pp_result_set_note(
        w->result, "confound_extreme",
        "Shares of what the covariates leave: with so much of the outcome, so "
        "much of the treatment is enough.",
        w->err);
}

/* ---- bounds ---- */

static pp_status put_bound(work *w, pp_table *table, const pp__benchmark *b, double k) {
    const pp__regressions *r = &w->r;
    double treatment, outcome,
        error = isnan(r->robust_error) ? r->std_error : r->robust_error;
    int64_t row;
    pp__confound_bound(k, b->treatment, b->outcome, &treatment, &outcome);
    pp__adjusted a =
        pp__confound_adjust(r->estimate, r->std_error, r->df, treatment, outcome);
    double width = qt(1 - w->alpha / 2, r->df - 1, 1, 0) * error * a.factor;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "benchmark", b->name, w->err));
    const pp__named cells[] = {
        {"strength", PP_SHOW_DEFAULT, k},
        {"r2_treatment", PP_SHOW_PERCENT, treatment},
        {"r2_outcome", PP_SHOW_PERCENT, outcome},
        {"estimate", PP_SHOW_DEFAULT, a.estimate},
        {"std_error", PP_SHOW_DEFAULT, error * a.factor},
        {"statistic", PP_SHOW_DEFAULT, a.estimate / (error * a.factor)},
        {"conf_low", PP_SHOW_DEFAULT, a.estimate - width},
        {"conf_high", PP_SHOW_DEFAULT, a.estimate + width},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_bounds(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "confound_bounds",
                         "With a confounder as strong as a covariate", &table, w->err));
    for (int i = 0; i < w->r.n; i++) {
        for (int k = 0; w->wanted[i] && k < w->n_strengths; k++) {
            PP_TRY(put_bound(w, table, &w->r.benchmark[i], w->strength[k]));
        }
    }
    return pp_result_set_note(w->result, "confound_bounds",
                              "The estimate if something unobserved, working against it, "
                              "were so many times as strong "
                              "as the covariate in what it explains of treatment and "
                              "outcome. Missing: the covariate "
                              "leaves no room for one so strong.",
                              w->err);
}

/* ---- the map ---- */

static pp_status put_point(work *w, pp_table *table, const char *kind, const char *name,
                           double strength, double treatment, double outcome,
                           double estimate) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "kind", kind, w->err));
    PP_TRY(pp__put_text(table, row, "name", name, w->err));
    const pp__named cells[] = {
        {"strength", PP_SHOW_DEFAULT, strength},
        {"r2_treatment", PP_SHOW_PERCENT, treatment},
        {"r2_outcome", PP_SHOW_PERCENT, outcome},
        {"estimate", PP_SHOW_DEFAULT, estimate},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

/* How far the axes go: past the robustness value and the bounds. */
static double reach(const work *w, const pp_table *bounds) {
    pp_confound_strength s = {0};
    double most = 0.05;
    if (pp_confound_strength_of(w->r.estimate, w->r.std_error, w->r.df, 1, w->alpha, &s,
                                NULL) == PP_OK) {
        most = fmax(most, 1.6 * s.rv);
    }
    for (int64_t i = 0; i < pp_table_rows(bounds); i++) {
        most = fmax(most, 1.15 * pp_table_find(bounds, "r2_treatment")->number[i]);
        most = fmax(most, 1.15 * pp_table_find(bounds, "r2_outcome")->number[i]);
    }
    return fmin(most, 1);
}

/* The line on which the estimate is `level` of itself; it enters where the outcome's share is the most. */
static pp_status put_contour(work *w, pp_table *table, double level, double most) {
    const pp__regressions *r = &w->r;
    double f = (1 - level) * fabs(r->estimate / r->std_error) / sqrt(r->df);
    double first = f * f / (f * f + most);
    const char *name =
        level == 0 ? "zero" : pp_arena_printf(&w->arena, "%.2g", level * r->estimate);
    PP_NEED(name, w->err);
    for (int i = 0; first < most && i <= CONTOUR_POINTS; i++) {
        double x = first * pow(most / first, i / (double)CONTOUR_POINTS);
        double y = fmin(f * f * (1 - x) / x, most);
        PP_TRY(put_point(w, table, "contour", name, NAN, x, y, level * r->estimate));
    }
    return PP_OK;
}

static pp_status put_map(work *w) {
    static const double levels[] = {0.8, 0.6, 0.4, 0.2, 0, -0.5, -1};
    const pp_table *bounds = pp_result_find(w->result, "confound_bounds");
    double most = reach(w, bounds);
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "confound_map", "Estimates under confounders", &table,
                         w->err));
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        PP_TRY(put_contour(w, table, levels[i], most));
    }
    for (int64_t i = 0; i < pp_table_rows(bounds); i++) {
        double x = pp_table_find(bounds, "r2_treatment")->number[i];
        if (!isnan(x)) {
            PP_TRY(put_point(w, table, "benchmark",
                             pp_column_get_text(pp_table_find(bounds, "benchmark"), i),
                             pp_table_find(bounds, "strength")->number[i], x,
                             pp_table_find(bounds, "r2_outcome")->number[i],
                             pp_table_find(bounds, "estimate")->number[i]));
        }
    }
    return PP_OK;
}

/* ---- Oster ---- */

static pp_status put_selection(work *w, pp_table *table, double r_max) {
    const pp__oster *o = &w->r.oster;
    double other, beta = pp__oster_beta(o, r_max, &other);
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    const pp__named cells[] = {
        {"r_max", PP_SHOW_DEFAULT, r_max},
        {"delta", PP_SHOW_DEFAULT, pp__oster_delta(o, r_max, 0)},
        {"beta_star", PP_SHOW_DEFAULT, beta},
        {"other_root", PP_SHOW_DEFAULT, other},
        {"beta_uncontrolled", PP_SHOW_DEFAULT, o->beta_short},
        {"r2_uncontrolled", PP_SHOW_DEFAULT, o->r2_short},
        {"beta_controlled", PP_SHOW_DEFAULT, o->beta},
        {"r2_controlled", PP_SHOW_DEFAULT, o->r2},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_oster(work *w) {
    double r_max = w->options->r_max, usual = fmin(1.3 * w->r.oster.r2, 1);
    pp_table *table;
    if (r_max > 0 && r_max < w->r.oster.r2) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "r_max %.3g is less than the covariates explain already, %.3g",
                     r_max, w->r.oster.r2);
        pp_error_hint(w->err, "between that and 1");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_result_add(w->result, "confound_oster",
                         "Selection on the unobserved, in proportion to the observed",
                         &table, w->err));
    PP_TRY(put_selection(w, table, r_max > 0 ? r_max : usual));
    if (r_max == 0 && usual < 1) {
        PP_TRY(put_selection(w, table, 1));
    }
    return pp_result_set_note(
        w->result, "confound_oster",
        "delta: how strong selection on what is unobserved must be for an effect of "
        "zero, 1 being "
        "as strong as on the covariates; negative: it would have to work against them. "
        "beta_star: "
        "the effect if the two were equal; of two roots the one on the side to which the "
        "covariates moved the estimate.",
        w->err);
}

/* ---- the whole ---- */

static pp_status warn(work *w) {
    const pp_table *bounds = pp_result_find(w->result, "confound_bounds");
    int64_t missing = 0;
    for (int64_t i = 0; i < pp_table_rows(bounds); i++) {
        missing += isnan(pp_table_find(bounds, "estimate")->number[i]);
    }
    if (missing > 0) {
        PP_TRY(pp_result_warn(
            w->result, "no_room", NULL, missing, w->err,
            "bounds are not to be had: no confounder can be so strong beside "
            "its covariate"));
    }
    return isnan(w->r.robust_error)
               ? PP_OK
               : pp_result_warn(
                     w->result, "robust_errors", w->r.covariance, -1, w->err,
                     "bounds have robust errors, scaled as classical ones; "
                     "robustness values and partial R2 are of the classical error, "
                     "for which the theory is made");
}

static pp_status run_model(work *w, const char *formula, const pp_table *data,
                           const pp_model_options *model, const pp_context *ctx) {
    PP_TRY(read_options(w));
    PP_TRY(pp__regressions_run(formula, data, model, w->options->treatment, ctx,
                               &w->arena, &w->r, w->err));
    PP_TRY(choose_benchmarks(w));
    PP_TRY(pp_result_new("confound", &w->result, w->err));
    PP_TRY(put_summary(w));
    PP_TRY(put_extreme(w));
    PP_TRY(put_bounds(w));
    PP_TRY(put_map(w));
    PP_TRY(put_oster(w));
    return warn(w);
}

static pp_status run_published(work *w, double estimate, double std_error, double df) {
    PP_TRY(read_options(w));
    w->r = (pp__regressions){
        .estimate = estimate, .std_error = std_error, .df = df, .robust_error = NAN};
    PP_TRY(pp_result_new("confound", &w->result, w->err));
    PP_TRY(put_summary(w));
    return put_extreme(w);
}

static pp_status finish(work *w, pp_status status, pp_result **out) {
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}

static work *begin(const pp_confound_options *options, pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    if (w) {
        w->options = options;
        w->err = err;
        pp_arena_init(&w->arena);
    }
    return w;
}

pp_status pp_confound(const char *formula, const pp_table *data,
                      const pp_model_options *model, const pp_confound_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    work *w = begin(options, err);
    PP_NEED(w, err);
    return finish(w, run_model(w, formula, data, model, ctx), out);
}

pp_status pp_confound_published(double estimate, double std_error, double df,
                                const pp_confound_options *options, pp_result **out,
                                pp_error *err) {
    work *w = begin(options, err);
    PP_NEED(w, err);
    return finish(w, run_published(w, estimate, std_error, df), out);
}
