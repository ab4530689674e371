/* Effects of treatments that change: the estimation. */
#include "effects/switching/switching.h"

#include "base/check.h"
#include "effects/did/group_time.h"

#include <math.h>
#include <string.h>

/* ---- options ---- */

static pp_status check_options(const pp_switching_options *o, pp_error *err) {
    if (o->switchers && strcmp(o->switchers, "both") != 0 &&
        strcmp(o->switchers, "in") != 0 && strcmp(o->switchers, "out") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "'%s' are no switchers", o->switchers);
        pp_error_locate(err, NULL, 0, "switchers", o->switchers);
        pp_error_hint(err, "one of both, in (treated more than at first), out (less)");
        return PP_E_ARGUMENT;
    }
    if (o->treatment && o->cohort) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "treatment and its first period (cohort) say the same thing twice");
        pp_error_locate(err, NULL, 0, "cohort", o->cohort);
        pp_error_hint(err, "leave out one of them");
        return PP_E_ARGUMENT;
    }
    if (o->effects < 0 || o->effects > INT16_MAX || o->placebos > INT16_MAX ||
        o->draws < 0 || o->draws == 1 || o->draws > 10000000) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "effects and draws are not negative, and one draw is none");
    }
    if (o->same_switchers && o->effects == 0) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "the same units for all effects need the number of effects");
        pp_error_hint(err, "give effects, for example 3");
        return PP_E_ARGUMENT;
    }
    if (o->level < 0 || o->level >= 1) {
        PP_FAIL(err, PP_E_ARGUMENT, "the level lies between 0 and 1");
    }
    return PP_OK;
}

static int direction(const pp_switching_options *o) {
    return !o->switchers                      ? 0
           : strcmp(o->switchers, "in") == 0  ? 1
           : strcmp(o->switchers, "out") == 0 ? -1
                                              : 0;
}

static pp__reach reach_of(const pp__switching *w, int sign) {
    return (pp__reach){sign, w->options->same_switchers ? (int)w->options->effects : 0};
}

static const char *column_of(const pp_switching_options *o) {
    return o->treatment ? o->treatment : o->cohort;
}

/* ---- before it begins ---- */

static pp_status read(pp__switching *w, const pp_table *data) {
    const pp_switching_options *o = w->options;
    const pp__exposure_columns columns = {.outcome = o->outcome,
                                          .unit = o->unit,
                                          .time = o->time,
                                          .treatment = o->treatment,
                                          .cohort = o->cohort,
                                          .covariates = o->covariates,
                                          .cluster = o->cluster};
    PP_TRY(pp__exposure_read(data, &columns, w->ctx, &w->arena, &w->x, w->err));
    PP_TRY(pp__switchers_find(&w->x, &w->arena, &w->s, &w->report, w->err));
    w->units =
        (pp__staggered){.n = w->s.n, .cluster = w->s.cluster, .clusters = w->s.clusters};
    return PP_OK;
}

/* Units that change, of the direction that is asked for; those without controls are marked. */
static pp_status find_alone(pp__switching *w, int64_t *switchers) {
    int sign = direction(w->options);
    w->is_alone = pp_arena_zalloc(&w->arena, w->s.cohorts, 1);
    PP_NEED(w->is_alone, w->err);
    *switchers = 0;
    for (int c = 0; c < w->s.cohorts; c++) {
        const pp__cohort *g = &w->s.cohort[c];
        if (g->sign == 0 || (sign != 0 && g->sign != sign)) {
            continue;
        }
        *switchers += g->end - g->begin;
        w->is_alone[c] = (uint8_t)!pp__has_controls(&w->s, g);
        w->alone += w->is_alone[c] ? g->end - g->begin : 0;
    }
    return PP_OK;
}

static pp_status check_switchers(pp__switching *w) {
    int64_t switchers = 0;
    PP_TRY(find_alone(w, &switchers));
    if (switchers == 0) {
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "no unit's treatment changes%s, among %lld units",
                     direction(w->options) > 0   ? " upwards"
                     : direction(w->options) < 0 ? " downwards"
                                                 : "",
                     (long long)w->s.n);
        pp_error_locate(w->err, NULL, 0, column_of(w->options), NULL);
        pp_error_hint(w->err, "see how treatment is coded: one value for each period");
        return PP_E_ESTIMATION;
    }
    if (w->alone == switchers) {
        pp_error_set(w->err, PP_E_ESTIMATION,
                     "none of the %lld units that change shares its first treatment with "
                     "one that has not changed: there are %d first treatments",
                     (long long)switchers, w->s.levels);
        pp_error_locate(w->err, NULL, 0, column_of(w->options), NULL);
        pp_error_hint(w->err,
                      "group the treatment into a few steps, so that units of one "
                      "step can be compared");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- effects and placebos ---- */

/* How long a unit is exposed in these periods at most, and how far one can look back. */
static void find_longest(const pp__switching *w, int *after, int *before) {
    int sign = direction(w->options);
    *after = *before = 0;
    for (int c = 0; c < w->s.cohorts; c++) {
        const pp__cohort *g = &w->s.cohort[c];
        if (g->sign == 0 || (sign != 0 && g->sign != sign)) {
            continue;
        }
        int last = w->s.periods - g->first, back = g->first - 1;
        back = back < last ? back : last;
        *after = last > *after ? last : *after;
        *before = back > *before ? back : *before;
    }
}

static int wanted(int64_t asked, int most) {
    return asked < 0 ? 0 : asked == 0 || asked > most ? most : (int)asked;
}

/* Columns that nobody has are left out. */
static void keep_columns(pp__switching *w, int columns) {
    w->columns = w->placebos = 0;
    for (int c = 0; c < columns; c++) {
        if (w->contrast[c].treated == 0) {
            continue;
        }
        w->placebos += w->contrast[c].exposed < 0;
        w->contrast[w->columns] = w->contrast[c];
        if (w->columns != c) {
            memcpy(w->influence + w->columns * w->s.n, w->influence + c * w->s.n,
                   (size_t)w->s.n * sizeof *w->influence);
        }
        w->columns++;
    }
}

static pp_status make_contrasts(pp__switching *w) {
    int after, before, columns = 0;
    find_longest(w, &after, &before);
    int effects = wanted(w->options->effects, after);
    int placebos = wanted(w->options->placebos, before);
    int *exposed = pp_arena_alloc(&w->arena, effects + placebos, sizeof *exposed);
    w->contrast = pp_arena_alloc(&w->arena, effects + placebos, sizeof *w->contrast);
    w->influence =
        pp_arena_alloc(&w->arena, (effects + placebos) * w->s.n, sizeof *w->influence);
    w->std_error = pp_arena_alloc(&w->arena, effects + placebos, sizeof *w->std_error);
    PP_NEED(exposed && w->contrast && w->influence ? w->std_error : NULL, w->err);
    for (int l = placebos; l >= 1; l--) {
        exposed[columns++] = -l;
    }
    for (int l = 1; l <= effects; l++) {
        exposed[columns++] = l;
    }
    PP_TRY(pp__contrasts_make(&w->s, &w->residuals, reach_of(w, direction(w->options)),
                              exposed, columns, w->ctx, &w->arena, w->contrast,
                              w->influence, w->err));
    keep_columns(w, columns);
    if (w->columns == w->placebos) {
        PP_FAIL(w->err, PP_E_ESTIMATION,
                "no effect can be made: outcomes of units that change and of their "
                "controls are not there in the same periods");
    }
    return pp__influence_errors(&w->units, w->influence, w->columns, &w->arena,
                                w->std_error, w->err);
}

/* The bootstrap is for the band alone: errors stay analytic. */
static pp_status find_band(pp__switching *w) {
    double *unused = pp_arena_alloc(&w->arena, w->columns, sizeof *unused);
    PP_NEED(unused, w->err);
    w->band = NAN;
    return w->options->draws == 0
               ? PP_OK
               : pp__multiplier(&w->units, w->influence, w->columns, w->options->draws,
                                w->options->seed, w->level, w->ctx, 0.5, 0.9, &w->arena,
                                unused, &w->band, w->err);
}

/* ---- a unit of treatment ---- */

/* All effects together over all that was given, which is taken as known. */
static pp_status add_up(pp__switching *w, const char *name, const pp__contrast *contrast,
                        const double *influence, int columns) {
    double *total = pp_arena_zalloc(&w->arena, w->s.n, sizeof *total);
    pp__per_unit *out = &w->per_unit[w->directions];
    double effect = 0, dose = 0;
    PP_NEED(total, w->err);
    *out = (pp__per_unit){.switchers = name};
    for (int c = 0; c < columns; c++) {
        double n = (double)contrast[c].treated;
        if (contrast[c].exposed < 0 || n == 0) {
            continue;
        }
        effect += n * contrast[c].effect;
        dose += n * contrast[c].last;
        out->treated += contrast[c].treated;
        for (int64_t i = 0; i < w->s.n; i++) {
            total[i] += n * influence[c * w->s.n + i];
        }
    }
    if (out->treated == 0) {
        return PP_OK;
    }
    PP_TRY(pp__influence_errors(&w->units, total, 1, &w->arena, &out->std_error, w->err));
    out->effect = effect / dose;
    out->std_error /= dose;
    out->dose = dose / (double)out->treated;
    w->directions++;
    return PP_OK;
}

static pp_status add_direction(pp__switching *w, const char *name, int sign) {
    int columns = w->columns - w->placebos;
    pp__contrast *contrast = pp_arena_alloc(&w->arena, columns, sizeof *contrast);
    int *exposed = pp_arena_alloc(&w->arena, columns, sizeof *exposed);
    double *influence = pp_arena_alloc(&w->arena, columns * w->s.n, sizeof *influence);
    PP_NEED(contrast && exposed ? influence : NULL, w->err);
    for (int c = 0; c < columns; c++) {
        exposed[c] = w->contrast[w->placebos + c].exposed;
    }
    PP_TRY(pp__contrasts_make(&w->s, &w->residuals, reach_of(w, sign), exposed, columns,
                              w->ctx, &w->arena, contrast, influence, w->err));
    return add_up(w, name, contrast, influence, columns);
}

static int has_direction(const pp__switching *w, int sign) {
    for (int c = 0; c < w->s.cohorts; c++) {
        if (w->s.cohort[c].sign == sign) {
            return 1;
        }
    }
    return 0;
}

static pp_status estimate_per_unit(pp__switching *w) {
    static const char *const names[] = {"out", "both", "in"};
    int sign = direction(w->options), both = has_direction(w, 1) && has_direction(w, -1);
    sign = sign == 0 && !both ? has_direction(w, 1) - has_direction(w, -1) : sign;
    PP_TRY(add_up(w, names[sign + 1], w->contrast, w->influence, w->columns));
    if (sign != 0) {
        return PP_OK;
    }
    PP_TRY(add_direction(w, names[2], 1));
    return add_direction(w, names[0], -1);
}

static pp_status estimate(pp__switching *w, const pp_table *data) {
    PP_TRY(read(w, data));
    PP_TRY(check_switchers(w));
    PP_TRY(pp__residuals_take(&w->s, &w->arena, &w->residuals, w->err));
    PP_TRY(make_contrasts(w));
    PP_TRY(find_band(w));
    return estimate_per_unit(w);
}

static pp_status warn_of_range(const pp__switching *w, const char *name, int64_t asked,
                               int most) {
    return asked <= most
               ? PP_OK
               : pp_result_warn(w->result, "fewer_than_asked", name, asked, w->err,
                                "are asked for, and these periods have room "
                                "for %d",
                                most);
}

static pp_status tell(pp__switching *w) {
    int after, before;
    find_longest(w, &after, &before);
    PP_TRY(pp__switching_tell(w));
    PP_TRY(warn_of_range(w, "effects", w->options->effects, after));
    return warn_of_range(w, "placebos", w->options->placebos, before);
}

pp_status pp_switching(const pp_table *data, const pp_switching_options *options,
                       const pp_context *ctx, pp_result **out, pp_error *err) {
    PP_TRY(check_options(options, err));
    pp__switching *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    w->level = options->level > 0 ? options->level : 0.95;
    pp_arena_init(&w->arena);
    pp_status status = estimate(w, data);
    if (status == PP_OK) {
        status = tell(w);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
