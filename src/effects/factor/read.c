/* From a table to the panel: which units and periods can be used, and why others cannot. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "effects/names.h"
#include "effects/staggered.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_BEFORE = 5, LEAST_UNTREATED = 2, LEAST_CONTROLS = 3 };

typedef struct reader {
    const pp_counterfactual_options *options;
    pp__factor_method method;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__staggered s;
    pp__staggered_report report;
    double *y;          /* unit i in period t at t n + i; missing where it is not seen */
    double *first;      /* of unit: of its cohort; infinite: never */
    uint8_t *keep, *in; /* of unit; of period */
    pp__factor_unit *unit; /* of unit */
    int least;
} reader;

static int is_seen(const reader *r, int64_t i, int t) {
    return isfinite(r->y[t * r->s.n + i]) != 0;
}

/* Treatment that goes off again. */
static pp_status check_reversals(const reader *r) {
    const pp__reversal *first = r->report.reversal;
    if (r->report.reversals == 0) {
        return PP_OK;
    }
    pp_error_set(r->err, PP_E_INPUT,
                 "treatment ends: that of '%s' is 0 again in %g (such units: %lld)",
                 first->unit, first->off, (long long)r->report.reversals);
    pp_error_locate(r->err, NULL, 0, r->options->treatment, first->unit);
    pp_error_hint(r->err,
                  "counterfactuals by factor models need treatment that stays once "
                  "it has begun; pushpull did --estimator dcdh is for one that "
                  "ends");
    return PP_E_INPUT;
}

static pp_status read_staggered(reader *r, const pp_table *data, const char *cohort) {
    const pp_counterfactual_options *o = r->options;
    const pp_did_options staggered = {.outcome = o->outcome,
                                      .unit = o->unit,
                                      .time = o->time,
                                      .cohort = cohort,
                                      .treatment = o->treatment,
                                      .covariates = o->covariates,
                                      .panel = "unbalanced"};
    PP_TRY(pp__staggered_read(data, &staggered, r->ctx, r->arena, &r->s, &r->report,
                              r->err));
    return check_reversals(r);
}

static pp_status read_dates(reader *r, const pp_table *data) {
    pp_table *dated = NULL;
    const char *cohort = r->options->cohort;
    if (!r->options->treated) {
        return read_staggered(r, data, cohort);
    }
    PP_TRY(pp__factor_dates(data, r->options, r->ctx, &dated, &cohort, r->err));
    pp_status status = read_staggered(r, dated, cohort);
    pp_table_free(dated);
    return status;
}

/* Rows of the panel as a matrix, missing where there is no row. */
static pp_status spread(const reader *r, const double *from, double **out) {
    const pp__staggered_rows *rows = r->s.rows;
    int64_t cells = r->s.n * r->s.periods;
    PP_NEED(*out = pp_arena_alloc(r->arena, cells, sizeof **out), r->err);
    for (int64_t c = 0; c < cells; c++) {
        (*out)[c] = NAN;
    }
    for (int t = 0; t < r->s.periods; t++) {
        for (int64_t k = rows->begin[t]; k < rows->begin[t + 1]; k++) {
            (*out)[t * r->s.n + rows->unit[k]] = from[k];
        }
    }
    return PP_OK;
}

/* ---- what can be used ---- */

static void count_unit(const reader *r, int64_t i, pp__factor_unit *u) {
    u->before = u->after = u->missing = 0;
    for (int t = 0; t < r->s.periods; t++) {
        int seen = r->in[t] && is_seen(r, i, t);
        u->missing += r->in[t] && !seen;
        u->before += seen && r->s.time[t] < r->first[i];
        u->after += seen && r->s.time[t] >= r->first[i];
    }
}

static const char *why_not(const reader *r, int64_t i, const pp__factor_unit *u) {
    if (u->before < r->least) {
        return pp_arena_printf(
            r->arena,
            isinf(r->first[i]) ? "seen in %d periods: %d are needed"
                               : "seen in %d periods before its treatment: %d are needed",
            u->before, r->least);
    }
    return !isinf(r->first[i]) && u->after == 0 ? "not seen from its treatment on" : "";
}

/* Untreated units of a period; for gsynth, of those never treated. */
static int count_untreated(const reader *r, int t) {
    int n = 0;
    for (int64_t i = 0; i < r->s.n; i++) {
        int counts =
            isinf(r->first[i]) || (r->method != PP__GSYNTH && r->s.time[t] < r->first[i]);
        n += counts && r->keep[i] && is_seen(r, i, t);
    }
    return n;
}

/* Leaving out a period may leave a unit with too few, and the other way round. */
static pp_status choose_cells(reader *r, int *lost) {
    int changed = 1;
    for (int64_t i = 0; i < r->s.n; i++) {
        r->keep[i] = !r->unit[i].is_other;
    }
    memset(r->in, 1, (size_t)r->s.periods);
    *lost = 0;
    while (changed) {
        changed = 0;
        for (int64_t i = 0; i < r->s.n; i++) {
            const char *reason;
            if (!r->keep[i]) {
                continue;
            }
            count_unit(r, i, &r->unit[i]);
            PP_NEED(reason = why_not(r, i, &r->unit[i]), r->err);
            if (*reason) {
                r->unit[i].reason = reason;
                r->keep[i] = 0;
                changed = 1;
            }
        }
        for (int t = 0; t < r->s.periods; t++) {
            if (r->in[t] && count_untreated(r, t) < LEAST_UNTREATED) {
                r->in[t] = 0;
                ++*lost;
                changed = 1;
            }
        }
    }
    return PP_OK;
}

/* Names that were read from the table, used or not. */
static pp_status list_names(const reader *r, const char ***out) {
    int64_t n = r->s.n + r->report.n;
    PP_NEED(*out = pp_arena_alloc(r->arena, n, sizeof **out), r->err);
    for (int64_t i = 0; i < n; i++) {
        (*out)[i] = i < r->s.n ? r->s.name[i] : r->report.unit[i - r->s.n];
    }
    return PP_OK;
}

static pp_status check_donors(const reader *r) {
    const char *at = r->options->donors, *start, **units;
    int64_t n = r->s.n + r->report.n, named = 0;
    size_t length;
    PP_TRY(list_names(r, &units));
    for (; pp__names_next(&at, &start, &length); named++) {
        const char *name = pp_arena_strndup(r->arena, start, (int64_t)length);
        int64_t i = 0;
        PP_NEED(name, r->err);
        while (i < n && strcmp(units[i], name) != 0) {
            i++;
        }
        if (i == n) {
            return pp__names_unknown("donors", name, units, n, r->err);
        }
        if (i < r->s.n && !isinf(r->first[i])) {
            pp_error_set(r->err, PP_E_NOT_FOUND, "'%s' is treated and cannot be a donor",
                         name);
            pp_error_locate(r->err, NULL, 0, "donors", name);
            return PP_E_NOT_FOUND;
        }
    }
    if (named == 0) {
        PP_FAIL(r->err, PP_E_ARGUMENT, "the list 'donors' names no unit");
    }
    for (int64_t i = 0; i < r->s.n; i++) {
        r->unit[i].is_other =
            isinf(r->first[i]) && !pp__names_hold(r->options->donors, r->unit[i].name);
    }
    return PP_OK;
}

static pp_status judge(reader *r, int *lost) {
    r->least = (int)(r->options->min_before > 0 ? r->options->min_before : LEAST_BEFORE);
    r->first = pp_arena_alloc(r->arena, r->s.n, sizeof *r->first);
    r->keep = pp_arena_alloc(r->arena, r->s.n + r->s.periods, 1);
    r->unit = pp_arena_zalloc(r->arena, r->s.n, sizeof *r->unit);
    PP_NEED(r->first && r->keep ? r->unit : NULL, r->err);
    r->in = r->keep + r->s.n;
    for (int c = 0; c <= r->s.cohorts; c++) {
        for (int64_t i = r->s.begin[c]; i < r->s.begin[c + 1]; i++) {
            r->first[i] = c < r->s.cohorts ? r->s.first[c] : INFINITY;
            r->unit[i].name = r->s.name[i];
            r->unit[i].cohort = r->first[i];
        }
    }
    if (r->options->donors) {
        PP_TRY(check_donors(r));
    }
    return choose_cells(r, lost);
}

static pp_status check_sizes(const reader *r, const pp__factor_panel *p) {
    int controls = p->units - p->treated, most = 0;
    if (p->treated == 0) {
        for (int64_t i = 0; i < r->s.begin[r->s.cohorts]; i++) {
            most = r->unit[i].before > most ? r->unit[i].before : most;
        }
        pp_error_set(
            r->err, PP_E_ESTIMATION,
            "none of %lld treated units can be used: each needs %d periods before "
            "its treatment, and one from it on",
            (long long)r->s.begin[r->s.cohorts], r->least);
        pp_error_hint(
            r->err,
            "the most that one of them has before is %d; min_before (--min-before) "
            "says how many are needed",
            most);
        return PP_E_ESTIMATION;
    }
    if (controls < LEAST_CONTROLS && r->method == PP__GSYNTH) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "%d units are never treated and have enough periods: %d are needed",
                     controls, LEAST_CONTROLS);
        pp_error_hint(r->err,
                      "the methods ife and mc also learn from units that are not yet "
                      "treated");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* ---- the panel ---- */

static void list_sizes(const reader *r, pp__factor_panel *p) {
    for (int64_t i = 0; i < r->s.n; i++) {
        p->units += r->keep[i];
        p->treated += r->keep[i] && !isinf(r->first[i]);
    }
    for (int t = 0; t < r->s.periods; t++) {
        p->periods += r->in[t];
    }
    p->k = r->s.k - 1;
}

static void gather(const reader *r, const double *from, double *to) {
    for (int64_t i = 0; i < r->s.n; i++) {
        for (int t = 0; r->keep[i] && t < r->s.periods; t++) {
            if (r->in[t]) {
                *to++ = from[t * r->s.n + i];
            }
        }
    }
}

/* Where a unit is not seen, a covariate takes its mean: such cells do not count. */
static void fill(const pp__factor_panel *p, double *x) {
    for (int i = 0; i < p->units; i++) {
        double *own = x + (int64_t)i * p->periods, sum = 0, n = 0;
        for (int t = 0; t < p->periods; t++) {
            sum += isnan(own[t]) ? 0 : own[t];
            n += !isnan(own[t]);
        }
        for (int t = 0; t < p->periods; t++) {
            own[t] = isnan(own[t]) ? sum / n : own[t];
        }
    }
}

static pp_status gather_values(const reader *r, pp__factor_panel *p) {
    int64_t cells = (int64_t)p->units * p->periods;
    double *own, *y = pp_arena_alloc(r->arena, cells, sizeof *y);
    double **x = pp_arena_alloc(r->arena, p->k, sizeof *x);
    uint8_t *seen = pp_arena_alloc(r->arena, cells, 1);
    PP_NEED(y && x ? seen : NULL, r->err);
    gather(r, r->y, y);
    for (int64_t c = 0; c < cells; c++) {
        seen[c] = isfinite(y[c]) != 0;
    }
    for (int k = 0; k < p->k; k++) {
        x[k] = pp_arena_alloc(r->arena, cells, sizeof **x);
        PP_NEED(x[k], r->err);
        PP_TRY(spread(r, r->s.rows->x[k + 1], &own));
        gather(r, own, x[k]);
        fill(p, x[k]);
    }
    p->y = y;
    p->seen = seen;
    p->x = (const double *const *)x;
    return PP_OK;
}

static pp_status gather_names(const reader *r, pp__factor_data *out) {
    pp__factor_panel *p = &out->panel;
    double *time = pp_arena_alloc(r->arena, p->periods, sizeof *time);
    double *cohort = pp_arena_alloc(r->arena, p->treated, sizeof *cohort);
    const char **name = pp_arena_alloc(r->arena, p->units, sizeof *name);
    int *first = pp_arena_zalloc(r->arena, p->treated, sizeof *first), n = 0;
    PP_NEED(time && cohort && name ? first : NULL, r->err);
    for (int t = 0; t < r->s.periods; t++) {
        if (r->in[t]) {
            time[n++] = r->s.time[t];
        }
    }
    n = 0;
    for (int64_t i = 0; i < r->s.n; i++) {
        if (!r->keep[i]) {
            continue;
        }
        for (int t = 0; n < p->treated && t < p->periods; t++) {
            first[n] += time[t] < r->first[i];
        }
        if (n < p->treated) {
            cohort[n] = r->first[i];
        }
        name[n++] = r->s.name[i];
    }
    out->time = time;
    out->cohort = cohort;
    out->name = name;
    p->first = first;
    return PP_OK;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Each horizon that some treated unit is seen at is a mean of the panel. */
static pp_status list_horizons(const reader *r, pp__factor_data *out) {
    pp__factor_panel *p = &out->panel;
    int64_t cells = (int64_t)p->treated * p->periods;
    double *horizon = pp_arena_alloc(r->arena, cells, sizeof *horizon);
    int *of = pp_arena_alloc(r->arena, cells, sizeof *of);
    uint8_t *in_all = pp_arena_alloc(r->arena, cells, 1);
    int64_t n = 0;
    PP_NEED(horizon && of ? in_all : NULL, r->err);
    for (int64_t c = 0; c < cells; c++) {
        if (p->seen[c]) {
            horizon[n++] = out->time[c % p->periods] - out->cohort[c / p->periods];
        }
    }
    qsort(horizon, (size_t)n, sizeof *horizon, compare_numbers);
    for (int64_t i = 0; i < n; i++) {
        if (p->means == 0 || horizon[i] > horizon[p->means - 1]) {
            horizon[p->means++] = horizon[i];
        }
    }
    for (int64_t c = 0; c < cells; c++) {
        double own = out->time[c % p->periods] - out->cohort[c / p->periods];
        double *at =
            bsearch(&own, horizon, (size_t)p->means, sizeof *horizon, compare_numbers);
        of[c] = p->seen[c] && at ? (int)(at - horizon) : -1;
        in_all[c] = own >= 0;
    }
    out->horizon = horizon;
    p->of = of;
    p->in_all = in_all;
    return PP_OK;
}

/* How far untreated outcomes lie from effects of units and periods. */
static pp_status find_deviation(const reader *r, pp__factor_data *out) {
    const pp__factor_panel *p = &out->panel;
    const pp__factor_model additive = {.method = PP__IFE,
                                       .unit_effects = 1,
                                       .time_effects = 1,
                                       .tolerance = 1e-9,
                                       .most = 10000};
    uint8_t *seen = pp_arena_alloc(r->arena, (int64_t)p->units * p->periods, 1);
    pp__lowrank fit;
    PP_NEED(seen, r->err);
    pp__factor_untreated(p, seen);
    pp__lowrank_problem problem = pp__factor_problem(p, &additive, seen);
    PP_TRY(pp__lowrank_fit(&problem, NULL, r->arena, &fit, r->err));
    out->deviation = sqrt(fit.squares / (double)fit.seen);
    return PP_OK;
}

pp_status pp__factor_read(const pp_table *data, const pp_counterfactual_options *options,
                          pp__factor_method method, const pp_context *ctx,
                          pp_arena *arena, pp__factor_data *out, pp_error *err) {
    reader r = {
        .options = options, .method = method, .ctx = ctx, .arena = arena, .err = err};
    *out = (pp__factor_data){0};
    PP_TRY(read_dates(&r, data));
    PP_TRY(spread(&r, r.s.rows->y, &r.y));
    PP_TRY(judge(&r, &out->lost_periods));
    list_sizes(&r, &out->panel);
    PP_TRY(check_sizes(&r, &out->panel));
    PP_TRY(gather_values(&r, &out->panel));
    PP_TRY(gather_names(&r, out));
    PP_TRY(list_horizons(&r, out));
    out->x_name = r.s.x_name + 1;
    out->all = (int)r.s.n;
    out->unit = r.unit;
    out->lost = r.report.n;
    out->lost_unit = (const char *const *)r.report.unit;
    out->is_always_treated = pp_arena_alloc(arena, r.report.n, 1);
    PP_NEED(out->is_always_treated, err);
    for (int64_t i = 0; i < r.report.n; i++) {
        out->is_always_treated[i] = r.report.why[i] == PP__ALWAYS_TREATED;
    }
    return find_deviation(&r, out);
}

/* ---- controls without gaps ---- */

static int is_complete(const pp__factor_panel *p, int i) {
    return memchr(p->seen + (int64_t)i * p->periods, 0, (size_t)p->periods) == NULL;
}

int pp__factor_complete(const pp__factor_panel *p) {
    int n = 0;
    for (int i = p->treated; i < p->units; i++) {
        n += is_complete(p, i);
    }
    return n;
}

static pp_status keep_rows(const pp__factor_panel *p, const double *from,
                           const double **out, pp_arena *arena, pp_error *err) {
    double *to = pp_arena_alloc(arena, (int64_t)p->units * p->periods, sizeof *to);
    PP_NEED(to, err);
    *out = to;
    for (int i = 0; i < p->units; i++) {
        if (i < p->treated || is_complete(p, i)) {
            memcpy(to, from + (int64_t)i * p->periods, (size_t)p->periods * sizeof *to);
            to += p->periods;
        }
    }
    return PP_OK;
}

/* Units of the panel stand in the order of those that are used. */
static pp_status keep_names(pp__factor_data *d, pp_arena *arena, pp_error *err) {
    const pp__factor_panel *p = &d->panel;
    const char **name = pp_arena_alloc(arena, p->units, sizeof *name);
    int at = 0, n = 0;
    PP_NEED(name, err);
    for (int u = 0; u < d->all; u++) {
        if (d->unit[u].reason || d->unit[u].is_other) {
            continue;
        }
        if (at < p->treated || is_complete(p, at)) {
            name[n++] = d->name[at];
        } else {
            d->unit[u].reason = "parametric errors need controls without gaps";
        }
        at++;
    }
    d->name = name;
    return PP_OK;
}

pp_status pp__factor_keep_complete(pp__factor_data *d, pp_arena *arena, pp_error *err) {
    pp__factor_panel *p = &d->panel, kept = *p;
    int64_t own = (int64_t)p->treated * p->periods;
    const double **x = pp_arena_alloc(arena, p->k, sizeof *x);
    kept.units = p->treated + pp__factor_complete(p);
    uint8_t *seen = pp_arena_alloc(arena, (int64_t)kept.units * p->periods, 1);
    PP_NEED(x ? seen : NULL, err);
    memset(seen, 1, (size_t)kept.units * (size_t)p->periods);
    memcpy(seen, p->seen, (size_t)own);
    PP_TRY(keep_rows(p, p->y, &kept.y, arena, err));
    for (int k = 0; k < p->k; k++) {
        PP_TRY(keep_rows(p, p->x[k], &x[k], arena, err));
    }
    PP_TRY(keep_names(d, arena, err));
    kept.seen = seen;
    kept.x = x;
    *p = kept;
    return PP_OK;
}
