/* Effects of treatments that change: the tables. */
#include "effects/switching/switching.h"

#include "base/check.h"
#include "effects/did/group_time.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>

enum { LISTED_LEVELS = 20 };

static double quantile(const pp__switching *w) {
    return qnorm(0.5 + w->level / 2, 0, 1, 1, 0);
}

static double p_value(double effect, double std_error) {
    return 2 * pnorm(-fabs(effect / std_error), 0, 1, 1, 0);
}

/* ---- effects ---- */

static pp_status put_overall(pp__switching *w) {
    pp_table *table;
    double z = quantile(w);
    PP_TRY(pp_result_add(w->result, "switching_overall",
                         "Mean effect of a unit of treatment", &table, w->err));
    for (int i = 0; i < w->directions; i++) {
        const pp__per_unit *p = &w->per_unit[i];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "switchers", p->switchers, w->err));
        const pp__named cells[] = {
            {"estimate", PP_SHOW_DEFAULT, p->effect},
            {"std_error", PP_SHOW_DEFAULT, p->std_error},
            {"conf_low", PP_SHOW_DEFAULT, p->effect - z * p->std_error},
            {"conf_high", PP_SHOW_DEFAULT, p->effect + z * p->std_error},
            {"p_value", PP_SHOW_P_VALUE, p_value(p->effect, p->std_error)},
            {"dose", PP_SHOW_DEFAULT, p->dose},
            {"nobs_treated", PP_SHOW_COUNT, (double)p->treated}};
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    }
    return pp_result_set_note(
        w->result, "switching_overall",
        "All differences after the first change, added up, over all that was given more "
        "than at first (out: less, with the sign reversed). in: units whose treatment "
        "first "
        "goes up; out: down. An effect only where units of the same first treatment "
        "would have run "
        "in parallel.",
        w->err);
}

/* Periods since the first change: placebos reach back from the last period before it, -1. */
static double horizon_of(int exposed) {
    return exposed - 1;
}

static pp_status put_horizon(pp__switching *w, pp_table *table, const pp__contrast *c,
                             double error) {
    double z = quantile(w);
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    const pp__named cells[] = {
        {"horizon", PP_SHOW_YEAR, horizon_of(c->exposed)},
        {"estimate", PP_SHOW_DEFAULT, c->effect},
        {"std_error", PP_SHOW_DEFAULT, error},
        {"conf_low", PP_SHOW_DEFAULT, c->effect - z * error},
        {"conf_high", PP_SHOW_DEFAULT, c->effect + z * error},
        {"band_low", PP_SHOW_DEFAULT, c->effect - w->band * error},
        {"band_high", PP_SHOW_DEFAULT, c->effect + w->band * error},
        {"cohorts", PP_SHOW_COUNT, c->cohorts},
        {"nobs_treated", PP_SHOW_COUNT, (double)c->treated},
        {"nobs_control", PP_SHOW_COUNT, (double)c->controls},
        {"exposed", PP_SHOW_YEAR, c->exposed},
        {"dose", PP_SHOW_DEFAULT, c->dose},
        {"per_dose", PP_SHOW_DEFAULT, c->effect / c->dose},
        {"per_dose_error", PP_SHOW_DEFAULT, error / c->dose}};
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err);
}

static pp_status put_dynamic(pp__switching *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "switching_dynamic",
                         "Effects by time since the first change of treatment", &table,
                         w->err));
    /* The last period before the change, with the units of the first effect. */
    pp__contrast reference = w->contrast[w->placebos];
    reference.exposed = 0;
    reference.effect = 0;
    reference.dose = NAN;
    for (int c = 0; c < w->columns; c++) {
        if (c == w->placebos) {
            PP_TRY(put_horizon(w, table, &reference, NAN));
        }
        PP_TRY(put_horizon(w, table, &w->contrast[c], w->std_error[c]));
    }
    return pp_result_set_note(
        w->result, "switching_dynamic",
        "Of having been treated more (or less, sign reversed) than at first for so many "
        "periods, whatever came after the first change; per_dose: divided by what was "
        "given more, summed over these periods. Before -1 the same units are compared "
        "over as many "
        "periods before the change.",
        w->err);
}

static pp_status put_covariance(pp__switching *w) {
    int n = w->columns;
    double *V = pp_arena_alloc(&w->arena, (int64_t)n * n, sizeof *V);
    pp_table *table;
    PP_NEED(V, w->err);
    PP_TRY(pp__influence_covariance(&w->units, w->influence, n, &w->arena, V, w->err));
    PP_TRY(pp_result_add(w->result, "switching_covariance",
                         "Covariance of the effects by time since the first change",
                         &table, w->err));
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            int64_t row;
            PP_TRY(pp_table_append(table, &row, w->err));
            const pp__named cells[] = {
                {"horizon", PP_SHOW_YEAR, horizon_of(w->contrast[i].exposed)},
                {"other", PP_SHOW_YEAR, horizon_of(w->contrast[j].exposed)},
                {"covariance", PP_SHOW_DEFAULT, V[i + j * n]}};
            PP_TRY(pp__put_numbers(table, row, cells, 3, w->err));
        }
    }
    return pp_result_set_note(w->result, "switching_covariance",
                              "Each pair once; analytic, by influence functions.",
                              w->err);
}

/* ---- joint tests ---- */

static pp_status put_test(pp__switching *w, pp_table *table, const char *test, int begin,
                          int end) {
    int n = end - begin;
    double *effect = pp_arena_alloc(&w->arena, n, sizeof *effect), statistic;
    int64_t row;
    PP_NEED(effect, w->err);
    for (int i = 0; i < n; i++) {
        effect[i] = w->contrast[begin + i].effect;
    }
    PP_TRY(pp__influence_wald(&w->units, effect, w->influence + begin * w->s.n, n,
                              &w->arena, &statistic, w->err));
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "test", test, w->err));
    const pp__named cells[] = {{"statistic", PP_SHOW_DEFAULT, statistic},
                               {"df", PP_SHOW_COUNT, n},
                               {"p_value", PP_SHOW_P_VALUE,
                                isnan(statistic) ? NAN : pchisq(statistic, n, 0, 0)}};
    return pp__put_numbers(table, row, cells, 3, w->err);
}

static pp_status put_pretest(pp__switching *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "switching_pretest",
                         "Are all of them zero: placebos, effects?", &table, w->err));
    PP_TRY(put_test(w, table, "placebos", 0, w->placebos));
    PP_TRY(put_test(w, table, "effects", w->placebos, w->columns));
    return pp_result_set_note(w->result, "switching_pretest",
                              "A large p value of the placebos is no evidence of "
                              "parallel trends: see how large "
                              "a difference in trends their intervals leave open.",
                              w->err);
}

/* ---- what it rests on ---- */

static pp_status put_check(pp__switching *w, pp_table *table, const char *check,
                           int64_t count, const char *detail) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "check", check, w->err));
    PP_TRY(pp__put_number(table, row, "count", PP_SHOW_COUNT, (double)count, w->err));
    return pp__put_text(table, row, "detail", detail, w->err);
}

static int64_t count_unplaced(const pp__switching *w, pp__unplaced why) {
    int64_t n = 0;
    for (int64_t i = 0; i < w->x.n; i++) {
        n += w->report.why[i] == why;
    }
    return n;
}

static int64_t count_sign(const pp__switching *w, int sign) {
    int64_t n = 0;
    for (int c = 0; c < w->s.cohorts; c++) {
        const pp__cohort *g = &w->s.cohort[c];
        n += g->sign == sign ? g->end - g->begin : 0;
    }
    return n;
}

static pp_status put_level(pp__switching *w, pp_table *table, int from) {
    const pp__cohort *g = &w->s.cohort[from];
    int64_t changing = 0, alone = 0;
    for (int c = from; c < w->s.cohorts && w->s.cohort[c].level == g->level; c++) {
        const pp__cohort *of = &w->s.cohort[c];
        changing += of->sign != 0 ? of->end - of->begin : 0;
        alone += w->is_alone[c] ? of->end - of->begin : 0;
    }
    const char *name = pp_arena_printf(&w->arena, "first treatment %.15g", g->base);
    const char *detail =
        pp_arena_printf(&w->arena, "%lld change%s", (long long)changing,
                        alone == 0          ? ""
                        : alone == changing ? ", none with anybody to be compared with"
                                            : ", some with nobody to be compared with");
    PP_NEED(name && detail ? name : NULL, w->err);
    return put_check(w, table, name, g->stop - g->begin, detail);
}

static pp_status put_levels(pp__switching *w, pp_table *table) {
    int listed = 0;
    for (int c = 0; c < w->s.cohorts && listed < LISTED_LEVELS; c++) {
        if (c == 0 || w->s.cohort[c - 1].level != w->s.cohort[c].level) {
            PP_TRY(put_level(w, table, c));
            listed++;
        }
    }
    return w->s.levels <= listed ? PP_OK
                                 : put_check(w, table, "further first treatments",
                                             w->s.levels - listed, NULL);
}

static pp_status put_preflight(pp__switching *w) {
    pp_table *table;
    const struct {
        const char *check;
        int64_t count;
        const char *detail;
    } rows[] = {
        {"units", w->x.n, NULL},
        {"rows without outcome, treatment, unit, period or covariates", w->x.incomplete,
         NULL},
        {"left out: treatment known in fewer than two periods",
         count_unplaced(w, PP__SEEN_ONCE), NULL},
        {"left out: the first change falls into a gap", count_unplaced(w, PP__UNDATED),
         NULL},
        {"units used", w->s.n, NULL},
        {"periods", w->s.periods, NULL},
        {"treatment never changes", count_sign(w, 0), NULL},
        {"first change: up", count_sign(w, 1), NULL},
        {"first change: down", count_sign(w, -1), NULL},
        {"change more than once", w->report.more,
         "effects are of the whole course since the first change"},
        {"have had more and less than at first", w->report.crossing,
         "their later periods are left out"},
        {"change with nobody to be compared with", w->alone,
         "no unit of the same first treatment is unchanged then"},
    };
    PP_TRY(pp_result_add(w->result, "switching_preflight", "What the comparison rests on",
                         &table, w->err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PP_TRY(put_check(w, table, rows[i].check, rows[i].count, rows[i].detail));
    }
    return put_levels(w, table);
}

static pp_status name_unit(pp__switching *w, pp_table *table, int32_t unit,
                           const char *reason) {
    char space[32];
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "unit", pp__level_name(&w->x.unit, unit, space),
                        w->err));
    return pp__put_text(table, row, "reason", reason, w->err);
}

static pp_status put_left_out(pp__switching *w) {
    static const char *const words[] = {"", "treatment known in fewer than two periods",
                                        "the first change falls into a gap"};
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "switching_left_out", "Units that are left out",
                         &table, w->err));
    for (int32_t u = 0; u < w->x.n; u++) {
        if (w->report.why[u] != PP__PLACED) {
            PP_TRY(name_unit(w, table, u, words[w->report.why[u]]));
        }
    }
    for (int c = 0; c < w->s.cohorts; c++) {
        const pp__cohort *g = &w->s.cohort[c];
        for (int64_t i = g->begin; w->is_alone[c] && i < g->end; i++) {
            PP_TRY(name_unit(w, table, w->s.unit[i],
                             "nobody of the same first treatment is unchanged when it "
                             "changes"));
        }
    }
    return PP_OK;
}

/* ---- warnings ---- */

static int64_t count_gaps(const pp__switching *w) {
    int64_t n = 0;
    for (int t = 2; t < w->s.periods; t++) {
        n += w->s.time[t] - w->s.time[t - 1] != w->s.time[1] - w->s.time[0];
    }
    return n;
}

static int64_t most_single(const pp__switching *w) {
    int64_t most = 0;
    for (int c = 0; c < w->columns; c++) {
        most = w->contrast[c].single > most ? w->contrast[c].single : most;
    }
    return most;
}

static pp_status warn(pp__switching *w) {
    const struct {
        const char *code, *words;
        int64_t n;
    } faults[] = {
        {"left_out", "units are left out: their treatment or its change is not known",
         count_unplaced(w, PP__SEEN_ONCE) + count_unplaced(w, PP__UNDATED)},
        {"no_controls",
         "units that change have nobody of the same first treatment to be compared with",
         w->alone},
        {"crossing",
         "units have had more and less than at first: their later periods are left out",
         w->report.crossing},
        {"small_cohorts",
         "cohorts are in one cluster: what varies within them is taken from their "
         "controls",
         most_single(w)},
        {"gaps", "steps between periods differ: horizons count periods that are there",
         count_gaps(w)},
        {"covariates",
         "first treatments whose unchanged units cannot tell all covariates apart: these "
         "have no part there",
         w->residuals.unsupported},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].n > 0) {
            PP_TRY(pp_result_warn(w->result, faults[i].code, NULL, faults[i].n, w->err,
                                  "%s", faults[i].words));
        }
    }
    return PP_OK;
}

pp_status pp__switching_tell(pp__switching *w) {
    PP_TRY(pp_result_new("did", &w->result, w->err));
    PP_TRY(put_overall(w));
    PP_TRY(put_dynamic(w));
    PP_TRY(put_pretest(w));
    PP_TRY(put_preflight(w));
    PP_TRY(put_left_out(w));
    PP_TRY(put_covariance(w));
    PP_TRY(warn(w));
    PP_TRY(pp_result_note_text(w->result, "estimator", "dcdh", w->err));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}
