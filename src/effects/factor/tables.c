/* The tables of counterfactuals by factor models. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "model/inference/equivalence.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>

static const char *const METHODS[] = {"gsynth", "ife", "mc"};
static const char *const ERRORS[] = {"parametric", "bootstrap", "jackknife", "placebo"};

enum { FEW_PERIODS = 10 };

typedef struct writer {
    const pp__factor_outcome *o;
    const pp__factor_panel *p;
    pp_arena *arena;
    pp_result *result;
    pp_error *err;
    double z;
} writer;

static double p_value(double estimate, double error) {
    return 2 * pnorm(-fabs(estimate / error), 0, 1, 1, 0);
}

/* Of placebos: the share of them whose mean in the column is as large, the treated among them. */
static double p_of(const writer *w, int column) {
    const pp__factor_draws *d = &w->o->draws;
    double own = w->o->mean[column], large = 1, n = 1;
    if (d->kind != PP__PLACEBOS) {
        return p_value(own, d->error[column]);
    }
    for (int64_t i = 0; i < d->n; i++) {
        double other = d->value[i * d->columns + column];
        n += !isnan(other);
        large += fabs(other) >= fabs(own);
    }
    return n > 1 && !isnan(own) ? large / n : NAN;
}

/* Half an interval: none of placebos, which tell of no effect only. */
static double half(const writer *w, double error) {
    return w->o->draws.kind == PP__PLACEBOS ? NAN : w->z * error;
}

/* Root mean square of the gaps before treatment. */
static double rmspe(const writer *w) {
    double squares = 0, n = 0;
    for (int64_t c = 0; c < (int64_t)w->p->treated * w->p->periods; c++) {
        double gap = w->o->fit.gap[c];
        if (!w->p->in_all[c] && !isnan(gap)) {
            squares += gap * gap;
            n++;
        }
    }
    return sqrt(squares / n);
}

static pp_status put_overall(const writer *w) {
    const pp__factor_outcome *o = w->o;
    double estimate = o->mean[w->p->means], error = o->draws.error[w->p->means];
    int is_path = o->model.method == PP__MC;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factor_overall", "Mean gap of the treated", &table,
                         w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(pp__put_text(table, 0, "method", METHODS[o->model.method], w->err));
    const pp__named cells[] = {
        {"rank", PP_SHOW_COUNT, is_path ? o->fit.core.rank : o->model.rank},
        {"lambda", PP_SHOW_DEFAULT, is_path ? o->model.lambda : NAN},
        {"estimate", PP_SHOW_DEFAULT, estimate},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"conf_low", PP_SHOW_DEFAULT, estimate - half(w, error)},
        {"conf_high", PP_SHOW_DEFAULT, estimate + half(w, error)},
        {"p_value", PP_SHOW_P_VALUE, p_of(w, w->p->means)},
        {"rmspe", PP_SHOW_DEFAULT, rmspe(w)},
        {"treated", PP_SHOW_COUNT, w->p->treated},
        {"control", PP_SHOW_COUNT, w->p->units - w->p->treated},
        {"periods", PP_SHOW_COUNT, w->p->periods},
        {"draws", PP_SHOW_COUNT, (double)(o->draws.n - o->draws.failed)}};
    PP_TRY(pp__put_numbers(table, 0, cells, sizeof cells / sizeof *cells, w->err));
    PP_TRY(pp__put_text(table, 0, "errors", o->draws.n == 0 ? "none" : ERRORS[o->kind],
                        w->err));
    const char *note = pp_arena_printf(
        w->arena,
        "Seen less counterfactual, over treated units and periods. It is an effect of "
        "treatment only if what would have come without it follows the same factors as "
        "what came before; everything else that happened to the treated is in it.%s",
        o->draws.n == 0 ? " No errors are given: units are too few to draw from."
        : o->kind == PP__PLACEBOS
            ? " There is no interval: std_error and p_value are of groups of controls "
              "put in the part of the treated, and ask whether it is unusual, if the "
              "treated are like the others."
        : is_path ? " These intervals are too short: in simulations those of 95% held "
                    "the truth in 86% of samples."
                  : "");
    PP_NEED(note, w->err);
    return pp_result_set_note(w->result, "factor_overall", note, w->err);
}

static pp_status count_horizon(const writer *w, int h, double *cohorts, double *units) {
    double last = NAN;
    *cohorts = *units = 0;
    for (int i = 0; i < w->p->treated; i++) {
        for (int t = 0; t < w->p->periods; t++) {
            int64_t c = (int64_t)i * w->p->periods + t;
            if (w->p->of[c] == h && !isnan(w->o->fit.gap[c])) {
                ++*units;
                *cohorts += w->o->data.cohort[i] != last;
                last = w->o->data.cohort[i];
            }
        }
    }
    return PP_OK;
}

static pp_status put_dynamic(const writer *w) {
    const pp__factor_outcome *o = w->o;
    double factor = *o->draws.factor;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factor_dynamic", "Gaps by time since treatment",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, w->p->means, w->err));
    for (int h = 0; h < w->p->means; h++) {
        double m = o->mean[h], error = o->draws.error[h], cohorts, units;
        PP_TRY(count_horizon(w, h, &cohorts, &units));
        const pp__named cells[] = {{"horizon", PP_SHOW_YEAR, o->data.horizon[h]},
                                   {"estimate", PP_SHOW_DEFAULT, m},
                                   {"std_error", PP_SHOW_DEFAULT, error},
                                   {"conf_low", PP_SHOW_DEFAULT, m - half(w, error)},
                                   {"conf_high", PP_SHOW_DEFAULT, m + half(w, error)},
                                   {"band_low", PP_SHOW_DEFAULT, m - factor * error},
                                   {"band_high", PP_SHOW_DEFAULT, m + factor * error},
                                   {"p_value", PP_SHOW_P_VALUE, p_of(w, h)},
                                   {"cohorts", PP_SHOW_COUNT, cohorts},
                                   {"nobs_treated", PP_SHOW_COUNT, units}};
        PP_TRY(pp__put_numbers(table, h, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(w->result, "factor_dynamic",
                              "Left of zero are gaps of the fit, which loadings made "
                              "small: they test less than "
                              "the periods held out in factor_tests.",
                              w->err);
}

static pp_status put_paths(const writer *w) {
    const pp__factor_outcome *o = w->o;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factor_paths",
                         "The treated and their counterfactual", &table, w->err));
    PP_TRY(pp_table_resize(table, w->p->means, w->err));
    for (int h = 0; h < w->p->means; h++) {
        double sum = 0, n = 0, error = o->draws.error[h];
        for (int64_t c = 0; c < (int64_t)w->p->treated * w->p->periods; c++) {
            int counts = w->p->of[c] == h && !isnan(o->fit.gap[c]);
            sum += counts ? w->p->y[c] : 0;
            n += counts;
        }
        double without = sum / n - o->mean[h];
        const pp__named cells[] = {
            {"horizon", PP_SHOW_YEAR, o->data.horizon[h]},
            {"treated", PP_SHOW_DEFAULT, sum / n},
            {"counterfactual", PP_SHOW_DEFAULT, without},
            {"conf_low", PP_SHOW_DEFAULT, without - half(w, error)},
            {"conf_high", PP_SHOW_DEFAULT, without + half(w, error)},
            {"nobs", PP_SHOW_COUNT, n}};
        PP_TRY(pp__put_numbers(table, h, cells, sizeof cells / sizeof *cells, w->err));
    }
    return PP_OK;
}

static pp_status put_gaps(const writer *w) {
    const pp__factor_outcome *o = w->o;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factor_gaps", "Gaps of each treated unit", &table,
                         w->err));
    for (int64_t c = 0; c < (int64_t)w->p->treated * w->p->periods; c++) {
        int64_t row;
        if (isnan(o->fit.gap[c])) {
            continue;
        }
        const pp__named cells[] = {
            {"time", PP_SHOW_YEAR, o->data.time[c % w->p->periods]},
            {"observed", PP_SHOW_DEFAULT, w->p->y[c]},
            {"counterfactual", PP_SHOW_DEFAULT, w->p->y[c] - o->fit.gap[c]},
            {"gap", PP_SHOW_DEFAULT, o->fit.gap[c]},
            {"after", PP_SHOW_FLAG, w->p->in_all[c]}};
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "unit", o->data.name[c / w->p->periods], w->err));
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    }
    return PP_OK;
}

static pp_status put_choice(const writer *w) {
    const pp__factor_choice *choice = &w->o->choice;
    int is_path = w->o->model.method == PP__MC;
    pp_table *table;
    if (choice->n == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(w->result, "factor_cv",
                         is_path ? "How lambda was chosen" : "How the rank was chosen",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, choice->n, w->err));
    for (int v = 0; v < choice->n; v++) {
        const pp__named cells[] = {{is_path ? "lambda" : "rank",
                                    is_path ? PP_SHOW_DEFAULT : PP_SHOW_COUNT,
                                    choice->value[v]},
                                   {"mspe", PP_SHOW_DEFAULT, choice->mspe[v]},
                                   {"chosen", PP_SHOW_FLAG, v == choice->chosen}};
        PP_TRY(pp__put_numbers(table, v, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(
        w->result, "factor_cv",
        w->o->model.method == PP__GSYNTH
            ? "Mean square error of untreated outcomes of the treated, each predicted "
              "from "
              "their others. A greater rank must predict better by a thousandth."
            : "Mean square error of untreated outcomes that were held out in folds.",
        w->err);
}

static pp_status put_factors(const writer *w) {
    const pp__lowrank *core = &w->o->fit.core;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factors", "Factors", &table, w->err));
    PP_TRY(pp_table_resize(table, (int64_t)core->rank * w->p->periods, w->err));
    for (int64_t c = 0; c < (int64_t)core->rank * w->p->periods; c++) {
        int64_t factor = c / w->p->periods + 1;
        const pp__named cells[] = {
            {"factor", PP_SHOW_COUNT, (double)factor},
            {"time", PP_SHOW_YEAR, w->o->data.time[c % w->p->periods]},
            {"value", PP_SHOW_DEFAULT, core->factor[c]}};
        PP_TRY(pp__put_numbers(table, c, cells, sizeof cells / sizeof *cells, w->err));
    }
    return PP_OK;
}

/* Of gsynth the treated units' loadings stand apart from the controls'. */
static double loading_of(const writer *w, int i, int j) {
    const pp__factor_fit *fit = &w->o->fit;
    int apart = fit->loading != NULL, rows = w->p->units - (apart ? w->p->treated : 0);
    return apart && i < w->p->treated
               ? fit->loading[(int64_t)i * (fit->core.rank + 1) + j]
               : fit->core.loading[(int64_t)j * rows + i - (apart ? w->p->treated : 0)];
}

static pp_status put_loadings(const writer *w) {
    pp_table *table;
    int64_t row = 0;
    PP_TRY(pp_result_add(w->result, "factor_loadings", "Loadings", &table, w->err));
    PP_TRY(pp_table_resize(table, (int64_t)w->p->units * w->o->fit.core.rank, w->err));
    for (int j = 0; j < w->o->fit.core.rank; j++) {
        for (int i = 0; i < w->p->units; i++, row++) {
            const pp__named cells[] = {{"factor", PP_SHOW_COUNT, j + 1},
                                       {"loading", PP_SHOW_DEFAULT, loading_of(w, i, j)},
                                       {"treated", PP_SHOW_FLAG, i < w->p->treated}};
            PP_TRY(pp__put_text(table, row, "unit", w->o->data.name[i], w->err));
            PP_TRY(
                pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
        }
    }
    return PP_OK;
}

static pp_status put_covariates(const writer *w) {
    const pp__factor_outcome *o = w->o;
    pp_table *table;
    if (w->p->k == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(w->result, "factor_covariates", "Covariates", &table, w->err));
    PP_TRY(pp_table_resize(table, w->p->k, w->err));
    for (int j = 0; j < w->p->k; j++) {
        int idle = o->fit.core.is_idle[j];
        PP_TRY(pp__put_text(table, j, "term", o->data.x_name[j], w->err));
        PP_TRY(pp__put_number(table, j, "estimate", PP_SHOW_DEFAULT,
                              idle ? NAN : o->fit.core.beta[j], w->err));
        PP_TRY(pp__put_number(
            table, j, "std_error", PP_SHOW_DEFAULT,
            idle || o->kind == PP__PLACEBOS ? NAN : o->draws.error[w->p->means + 1 + j],
            w->err));
    }
    return PP_OK;
}

/* ---- tests ---- */

typedef struct test {
    const char *name, *detail;
    double estimate, std_error, statistic, df, bound, p_value;
} test;

static pp_status put_test(const writer *w, pp_table *table, const test *t) {
    int64_t row;
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, t->estimate},
                               {"std_error", PP_SHOW_DEFAULT, t->std_error},
                               {"statistic", PP_SHOW_DEFAULT, t->statistic},
                               {"df", PP_SHOW_COUNT, t->df},
                               {"bound", PP_SHOW_DEFAULT, t->bound},
                               {"p_value", PP_SHOW_P_VALUE, t->p_value}};
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "test", t->name, w->err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    return pp__put_text(table, row, "detail", t->detail, w->err);
}

static double p_equivalent(const writer *w, double estimate, double error) {
    return pp__equivalence_of(estimate, error, -w->o->bound, w->o->bound, INFINITY, 0.05)
        .p_value;
}

static pp_status put_placebo(const writer *w, pp_table *table) {
    const pp__factor_placebo *pl = &w->o->placebo;
    if (pl->periods == 0) {
        return PP_OK;
    }
    double m = pl->mean[pl->periods], error = pl->error[pl->periods];
    const char *detail = pp_arena_printf(
        w->arena, "the last %d periods before treatment of %d units, held out",
        pl->periods, pl->treated);
    PP_NEED(detail, w->err);
    const test tests[] = {
        {"placebo", detail, m, error, m / error, NAN, NAN, p_value(m, error)},
        {"placebo_joint", "all of these periods at once", NAN, NAN, pl->statistic,
         pl->periods, NAN,
         isnan(pl->statistic) ? NAN : pchisq(pl->statistic, pl->periods, 0, 0)},
        {"placebo_equivalence",
         "a small p value says that the placebo lies within the bound", m, error, NAN,
         NAN, w->o->bound, p_equivalent(w, m, error)}};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        PP_TRY(put_test(w, table, &tests[i]));
    }
    return PP_OK;
}

static pp_status put_tests(const writer *w) {
    const pp__factor_outcome *o = w->o;
    test fit = {.name = "fit_equivalence",
                .detail =
                    "a small p value says that all gaps of the fit before treatment "
                    "lie within the bound",
                .estimate = NAN,
                .std_error = NAN,
                .statistic = NAN,
                .df = NAN,
                .bound = o->bound,
                .p_value = NAN};
    pp_table *table;
    for (int h = 0; h < w->p->means && o->data.horizon[h] < 0; h++) {
        double p = p_equivalent(w, o->mean[h], o->draws.error[h]);
        if (!(p <= fit.p_value)) {
            fit.p_value = p;
            fit.estimate = o->mean[h];
            fit.std_error = o->draws.error[h];
        }
    }
    PP_TRY(pp_result_add(w->result, "factor_tests",
                         "Does the model predict what came before treatment?", &table,
                         w->err));
    PP_TRY(put_placebo(w, table));
    PP_TRY(put_test(w, table, &fit));
    return pp_result_set_note(
        w->result, "factor_tests",
        o->placebo.periods > 0 ? "A large p value of the placebo does not show that the "
                                 "model predicts well: "
                                 "see how wide its interval is, and placebo_equivalence."
        : o->options->placebo < 0
            ? "No periods were held out."
            : "No placebo could be made: too few periods before treatment would be left.",
        w->err);
}

/* ---- what it rests on ---- */

static pp_status put_unit(const writer *w, pp_table *table, const pp__factor_unit *u) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "unit", u->name, w->err));
    PP_TRY(pp__put_number(table, row, "cohort", PP_SHOW_YEAR,
                          isinf(u->cohort) ? NAN : u->cohort, w->err));
    PP_TRY(pp__put_number(table, row, "before", PP_SHOW_COUNT, u->before, w->err));
    PP_TRY(pp__put_number(table, row, "after", PP_SHOW_COUNT, u->after, w->err));
    PP_TRY(pp__put_number(table, row, "missing", PP_SHOW_COUNT, u->missing, w->err));
    PP_TRY(pp__put_number(table, row, "used", PP_SHOW_FLAG, !u->reason, w->err));
    return pp__put_text(table, row, "reason", u->reason, w->err);
}

static pp_status put_preflight(const writer *w, int *left_out) {
    const pp__factor_data *d = &w->o->data;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "factor_preflight", "What the comparison rests on",
                         &table, w->err));
    *left_out = 0;
    for (int i = 0; i < d->all; i++) {
        const pp__factor_unit *u = &d->unit[i];
        *left_out += u->reason != NULL;
        if (!u->is_other && (!isinf(u->cohort) || u->reason || u->missing > 0)) {
            PP_TRY(put_unit(w, table, u));
        }
    }
    for (int64_t i = 0; i < d->lost; i++) {
        const pp__factor_unit u = {.name = d->lost_unit[i],
                                   .cohort = INFINITY,
                                   .reason = d->is_always_treated[i]
                                                 ? "treated from the first period on"
                                                 : "without outcome or covariates"};
        PP_TRY(put_unit(w, table, &u));
    }
    const char *note = pp_arena_printf(
        w->arena,
        "%d treated and %d other units are used, over %d periods. Every treated unit is "
        "listed, and of the others those with gaps or left out.",
        w->p->treated, w->p->units - w->p->treated, w->p->periods);
    PP_NEED(note, w->err);
    return pp_result_set_note(w->result, "factor_preflight", note, w->err);
}

/* A model that misses what came before says nothing of what came after. */
static pp_status warn_fit(const writer *w) {
    const pp__factor_outcome *o = w->o;
    const pp__factor_placebo *pl = &o->placebo;
    int worst = -1;
    for (int h = 0; h < w->p->means && o->data.horizon[h] < 0; h++) {
        if (worst < 0 || fabs(o->mean[h]) > fabs(o->mean[worst])) {
            worst = h;
        }
    }
    if (worst >= 0 && fabs(o->mean[worst]) > o->bound) {
        PP_TRY(pp_result_warn(w->result, "poor_fit", NULL, -1, w->err,
                              "the model misses the treated before treatment: the gap is "
                              "%.3g at %g, and %.3g would be negligible; the estimate "
                              "should not be read",
                              o->mean[worst], o->data.horizon[worst], o->bound));
    }
    if (pl->periods == 0) {
        return PP_OK;
    }
    double own = p_value(pl->mean[pl->periods], pl->error[pl->periods]);
    double joint = isnan(pl->statistic) ? NAN : pchisq(pl->statistic, pl->periods, 0, 0);
    double p = fmin(own, joint);
    return p < 0.05 ? pp_result_warn(w->result, "placebo_rejects", NULL, -1, w->err,
                                     "the model does not predict the %d periods before "
                                     "treatment that were held out (p = %.2g, "
                                     "factor_tests): the estimate should not be read",
                                     pl->periods, p)
                    : PP_OK;
}

/* Of the treated unit that has the fewest. */
static int shortest_before(const writer *w) {
    int least = w->p->periods;
    for (int u = 0; u < w->o->data.all; u++) {
        const pp__factor_unit *unit = &w->o->data.unit[u];
        if (!unit->reason && !isinf(unit->cohort) && unit->before < least) {
            least = unit->before;
        }
    }
    return least;
}

static pp_status warn_model(const writer *w) {
    const pp__factor_outcome *o = w->o;
    int is_path = o->model.method == PP__MC, before = shortest_before(w);
    if (before < FEW_PERIODS) {
        PP_TRY(pp_result_warn(w->result, "few_periods", NULL, before, w->err,
                              "periods before treatment are few (ten and more are "
                              "advised): a close fit to them comes by construction, and "
                              "is no evidence%s",
                              o->placebo.periods > 0 ? "" : "; no placebo was made"));
    }
    if (is_path && o->kind == PP__PLACEBOS) {
        PP_TRY(pp_result_warn(w->result, "no_interval", NULL, -1, w->err,
                              "mc has no interval: what shrinking takes from the "
                              "factors is in no error that drawing units tells; ife "
                              "and gsynth, which do not shrink, have one"));
    } else if (is_path && o->draws.n > 0) {
        PP_TRY(pp_result_warn(w->result, "undercovers", NULL, -1, w->err,
                              "intervals of mc are too short, as shrinking is not in "
                              "its errors: those of 95%% held the truth in 86%% of "
                              "simulated samples; without --errors it has none"));
    }
    return is_path || o->model.rank > 0
               ? PP_OK
               : pp_result_warn(w->result, "no_factors", NULL, -1, w->err,
                                "the rank is 0: nothing but additive effects (two-way "
                                "effects by default), with which gsynth and ife are the "
                                "same and no shock may be felt more by some");
}

/* No errors: what to do. */
static const char *few_treated(const writer *w) {
    if (w->o->kind == PP__PLACEBOS) {
        return "untreated units are too few to stand in for the treated (twice as many "
               "are needed), and no p value is given";
    }
    return w->o->model.method == PP__GSYNTH
               ? "treated units are too few for errors from drawing units, and none are "
                 "given: take --errors parametric, which needs ten controls that are "
                 "seen in every period (a shorter span may have them), or placebos by "
                 "--method sc or sdid"
               : "treated units are too few for errors from drawing units, and none are "
                 "given: take gsynth with --errors parametric, or placebos by --method "
                 "sc or sdid";
}

static pp_status warn(const writer *w, int left_out) {
    const pp__factor_outcome *o = w->o;
    int idle = 0, at_end = o->choice.n > 0 && o->model.method == PP__MC &&
                           o->choice.chosen == o->choice.n - 1;
    for (int j = 0; j < w->p->k; j++) {
        idle += o->fit.core.is_idle[j];
    }
    const struct {
        const char *code, *words;
        int64_t n;
    } faults[] = {
        {"left_out", "units are left out: factor_preflight says why",
         left_out + o->data.lost},
        {"lost_periods",
         "periods are left out: fewer than two units are untreated in them",
         o->data.lost_periods},
        {"few_treated", few_treated(w), o->draws.n == 0 ? w->p->treated : 0},
        {"failed_draws", "draws have no estimate", o->draws.failed},
        {"not_converged", "the iterations ended before the fit stood still",
         !o->fit.core.converged},
        {"idle_covariates", "covariates have no coefficient: effects explain them", idle},
        {"lambda_at_end",
         "the smallest lambda was chosen: a smaller one may predict better", at_end},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].n > 0) {
            PP_TRY(pp_result_warn(w->result, faults[i].code, NULL, faults[i].n, w->err,
                                  "%s", faults[i].words));
        }
    }
    PP_TRY(warn_fit(w));
    return warn_model(w);
}

pp_status pp__factor_tables(const pp__factor_outcome *o, pp_arena *arena,
                            pp_result *result, pp_error *err) {
    const writer w = {.o = o,
                      .p = &o->data.panel,
                      .arena = arena,
                      .result = result,
                      .err = err,
                      .z = qnorm(0.5 + o->level / 2, 0, 1, 1, 0)};
    int left_out;
    PP_TRY(put_overall(&w));
    PP_TRY(put_dynamic(&w));
    PP_TRY(put_paths(&w));
    PP_TRY(put_tests(&w));
    PP_TRY(put_choice(&w));
    PP_TRY(put_preflight(&w, &left_out));
    PP_TRY(put_gaps(&w));
    PP_TRY(put_covariates(&w));
    PP_TRY(put_factors(&w));
    PP_TRY(put_loadings(&w));
    return warn(&w, left_out);
}
