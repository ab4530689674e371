/* When each unit was first treated. */
#include "effects/staggered_reader.h"

#include "base/check.h"
#include "effects/columns.h"

#include <math.h>

/* ---- from a column of first periods ---- */

/* How 'never' is written: not at all, as 0, or as a period after the last (or infinity). */
static void count_never(const pp__staggered_reader *r, double value,
                        pp__staggered_report *report) {
    double last = r->time.level_value[r->time.n_levels - 1];
    report->never_empty += isnan(value);
    report->never_zero += value == 0;
    report->never_later += value > last;
}

static double first_period(const pp__staggered_reader *r, double value) {
    double last = r->time.level_value[r->time.n_levels - 1];
    return isnan(value) || value == 0 || value > last ? INFINITY : value;
}

static pp_status check_zero(const pp__staggered_reader *r,
                            const pp__staggered_report *report) {
    double begin = r->time.level_value[0];
    if (report->never_zero == 0 || begin >= 0) {
        return PP_OK;
    }
    pp_error_set(
        r->err, PP_E_INPUT,
        "periods begin at %g: a first period of 0 may be that period, or 'never'", begin);
    pp_error_locate(r->err, NULL, 0, r->options->cohort, "0");
    pp_error_hint(r->err, "leave it empty for units that are never treated, and count "
                          "periods from 1");
    return PP_E_INPUT;
}

static pp_status from_cohorts(pp__staggered_reader *r, pp__staggered_report *report) {
    pp_column *cohort;
    PP_TRY(pp__effects_column(r->data, r->options->cohort, "first period of treatment", 1,
                              &cohort, r->err));
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i];
        double g = first_period(r, cohort->number[i]);
        if (u < 0) {
            continue;
        }
        if (isnan(r->first[u])) {
            r->first[u] = g;
            count_never(r, cohort->number[i], report);
        } else if (r->first[u] != g) {
            return pp__reader_refuse(
                r, u, r->options->cohort,
                "the first period of treatment changes within this unit",
                "write the same period (or nothing, for never) into all rows of a unit");
        }
    }
    return check_zero(r, report);
}

/* ---- from a column of 0 and 1 ---- */

static pp_status check_treatment(const pp__staggered_reader *r, const double *treatment,
                                 pp__staggered_report *report) {
    if (r->form == PP__CROSSSECTION) {
        pp_error_set(r->err, PP_E_ARGUMENT,
                     "in repeated cross-sections nobody is seen before treatment begins");
        pp_error_hint(r->err, "name a column of first periods (cohort) in the place of "
                              "the treatment");
        return PP_E_ARGUMENT;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        double d = treatment[i];
        report->unknown_treatment += isnan(d);
        if (!isnan(d) && d != 0 && d != 1) {
            pp_error_set(r->err, PP_E_INPUT, "the treatment is 0 or 1, not %g", d);
            pp_error_locate(r->err, NULL, i + 1, r->options->treatment, NULL);
            pp_error_hint(r->err, "for doses take the estimator dcdh");
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

/* A unit that is treated whenever it is seen first, was so before: since when, nobody knows. */
static void find_first(pp__staggered_reader *r, const double *treatment, double *before) {
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->first[u] = before[u] = INFINITY;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i], t = r->time.code[i];
        if (u < 0 || t < 0 || isnan(treatment[i])) {
            continue;
        }
        double *at = treatment[i] == 1 ? &r->first[u] : &before[u];
        *at = fmin(*at, r->time.level_value[t]);
    }
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->first[u] =
            isfinite(r->first[u]) && before[u] > r->first[u] ? -INFINITY : r->first[u];
    }
}

static pp_status find_reversals(const pp__staggered_reader *r, const double *treatment,
                                double *off, pp__staggered_report *report) {
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        off[u] = INFINITY;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i], t = r->time.code[i];
        double time = t >= 0 ? r->time.level_value[t] : NAN;
        if (u >= 0 && treatment[i] == 0 && time > r->first[u]) {
            report->reversals += isinf(off[u]) && isfinite(r->first[u]);
            off[u] = fmin(off[u], time);
        }
    }
    pp__reversal *reversal =
        pp_arena_alloc(r->arena, report->reversals, sizeof *reversal);
    PP_NEED(reversal, r->err);
    report->reversal = reversal;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        if (isfinite(off[u]) && isfinite(r->first[u])) {
            *reversal = (pp__reversal){pp__reader_name(r, u), r->first[u], off[u]};
            PP_NEED(reversal->unit, r->err);
            reversal++;
        }
    }
    return PP_OK;
}

static pp_status from_treatment(pp__staggered_reader *r, pp__staggered_report *report) {
    pp_column *treatment;
    PP_TRY(pp__effects_column(r->data, r->options->treatment, "treatment", 1, &treatment,
                              r->err));
    PP_TRY(check_treatment(r, treatment->number, report));
    double *space = pp_arena_alloc(r->arena, r->unit.n_levels, sizeof *space);
    PP_NEED(space, r->err);
    find_first(r, treatment->number, space);
    return find_reversals(r, treatment->number, space, report);
}

pp_status pp__reader_cohorts(pp__staggered_reader *r, pp__staggered_report *report) {
    r->first = pp_arena_alloc(r->arena, r->unit.n_levels, sizeof *r->first);
    PP_NEED(r->first, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->first[u] = NAN;
    }
    if (r->options->treatment && r->options->cohort) {
        pp_error_set(
            r->err, PP_E_ARGUMENT,
            "first periods of treatment come from one column: name the cohort or "
            "the treatment, not both");
        pp_error_hint(r->err, "for treatments that change more than once take the "
                              "estimator dcdh");
        return PP_E_ARGUMENT;
    }
    if (!r->options->treatment && !r->options->cohort) {
        pp_error_set(r->err, PP_E_ARGUMENT,
                     "the column of the first period of treatment is not named");
        pp_error_hint(r->err, "name it (cohort), or a column of 0 and 1 (treatment)");
        return PP_E_ARGUMENT;
    }
    return r->options->treatment ? from_treatment(r, report) : from_cohorts(r, report);
}
