#include "effects/synth/synth_read.h"

#include "base/check.h"
#include "effects/columns.h"
#include "effects/names.h"

#include <math.h>
#include <string.h>

typedef struct reader {
    const pp_synth_options *options;
    pp_arena *arena;
    pp_error *err;
    pp__encoding unit, time;
    double *y; /* units × periods; NaN: missing */
    int *part; /* of each unit */
} reader;

enum { NEITHER, DONOR, TREATED };

/* ---- lists of names ---- */

static const char *name_of(const reader *r, int32_t unit, char space[32]) {
    return pp__level_name(&r->unit, unit, space);
}

/* The part of the unit of this name; NEITHER when there is none. */
static int part_of(const reader *r, const char *wanted) {
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        char space[32];
        if (strcmp(name_of(r, u, space), wanted) == 0) {
            return r->part[u];
        }
    }
    return NEITHER;
}

static pp_status list_units(const reader *r, const char ***out) {
    int32_t n = r->unit.n_levels;
    PP_NEED(*out = pp_arena_alloc(r->arena, n, sizeof **out), r->err);
    for (int32_t u = 0; u < n; u++) {
        char space[32];
        PP_NEED((*out)[u] = pp_arena_strdup(r->arena, name_of(r, u, space)), r->err);
    }
    return PP_OK;
}

/* Every name of a list must be of a unit in that part. */
static pp_status check_list(const reader *r, const char *option, const char *list,
                            int part) {
    const char *at = list, *start, **units;
    size_t length;
    int n = 0;
    for (; pp__names_next(&at, &start, &length); n++) {
        const char *name = pp_arena_strndup(r->arena, start, (int64_t)length);
        PP_NEED(name, r->err);
        int found = part_of(r, name);
        if (found != part && found == TREATED) {
            pp_error_set(r->err, PP_E_NOT_FOUND, "'%s' is treated and cannot be a donor",
                         name);
            pp_error_locate(r->err, NULL, 0, option, name);
            return PP_E_NOT_FOUND;
        }
        if (found != part) {
            PP_TRY(list_units(r, &units));
            return pp__names_unknown(option, name, units, r->unit.n_levels, r->err);
        }
    }
    if (n == 0) {
        PP_FAIL(r->err, PP_E_ARGUMENT, "the list '%s' names no unit", option);
    }
    return PP_OK;
}

/* Every unit's part; a name that no unit has is refused. */
static pp_status assign(reader *r) {
    const pp_synth_options *o = r->options;
    r->part = pp_arena_zalloc(r->arena, r->unit.n_levels, sizeof *r->part);
    PP_NEED(r->part, r->err);
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        char space[32];
        const char *name = name_of(r, u, space);
        if (pp__names_hold(o->treated, name)) {
            r->part[u] = TREATED;
        } else if (!o->donors || pp__names_hold(o->donors, name)) {
            r->part[u] = DONOR;
        }
    }
    PP_TRY(check_list(r, "treated", o->treated, TREATED));
    return o->donors ? check_list(r, "donors", o->donors, DONOR) : PP_OK;
}

/* ---- the matrix ---- */

static pp_status place(reader *r, const double *y, int64_t rows) {
    int64_t cells = (int64_t)r->unit.n_levels * r->time.n_levels;
    r->y = pp_arena_alloc(r->arena, cells, sizeof *r->y);
    PP_NEED(r->y, r->err);
    for (int64_t i = 0; i < cells; i++) {
        r->y[i] = NAN;
    }
    for (int64_t i = 0; i < rows; i++) {
        int32_t u = r->unit.code[i], t = r->time.code[i];
        char space[32];
        if (u < 0 || t < 0 || !isfinite(y[i])) {
            continue;
        }
        double *at = &r->y[(int64_t)u * r->time.n_levels + t];
        if (!isnan(*at)) {
            pp_error_set(r->err, PP_E_INPUT, "this unit has a period twice");
            pp_error_locate(r->err, NULL, i + 1, r->options->unit, name_of(r, u, space));
            return PP_E_INPUT;
        }
        *at = y[i];
    }
    return PP_OK;
}

/* Periods in which every treated unit is seen are those that are used. */
static int list_periods(const reader *r, int *period) {
    int n = 0;
    for (int t = 0; t < r->time.n_levels; t++) {
        int seen = 1;
        for (int32_t u = 0; u < r->unit.n_levels; u++) {
            seen &=
                r->part[u] != TREATED || !isnan(r->y[(int64_t)u * r->time.n_levels + t]);
        }
        if (seen) {
            period[n++] = t;
        }
    }
    return n;
}

/* Those that are not. */
static pp_status list_unseen(const reader *r, const int *period, pp__synth_data *out) {
    const char **name = pp_arena_alloc(r->arena, r->time.n_levels, sizeof *name);
    PP_NEED(name, r->err);
    for (int t = 0, k = 0; t < r->time.n_levels; t++) {
        if (k < out->periods && period[k] == t) {
            k++;
            continue;
        }
        name[out->n_unseen] = pp_arena_printf(r->arena, "%.15g", r->time.level_value[t]);
        PP_NEED(name[out->n_unseen++], r->err);
    }
    out->unseen = name;
    return PP_OK;
}

static int is_complete(const reader *r, int32_t unit, const int *period, int n) {
    for (int k = 0; k < n; k++) {
        if (isnan(r->y[(int64_t)unit * r->time.n_levels + period[k]])) {
            return 0;
        }
    }
    return 1;
}

static pp_status take(reader *r, const int *period, pp__synth_data *out) {
    int32_t units = r->unit.n_levels;
    double *y = pp_arena_alloc(r->arena, (int64_t)units * out->periods, sizeof *y);
    const char **name = pp_arena_alloc(r->arena, units, sizeof *name);
    const char **left = pp_arena_alloc(r->arena, units, sizeof *left);
    PP_NEED(y && name ? left : NULL, r->err);
    for (int part = DONOR; part <= TREATED; part++) {
        for (int32_t u = 0; u < units; u++) {
            char space[32];
            int n = out->donors + out->treated;
            if (r->part[u] != part) {
                continue;
            }
            const char *own = pp_arena_strdup(r->arena, name_of(r, u, space));
            PP_NEED(own, r->err);
            if (!is_complete(r, u, period, out->periods)) {
                left[out->n_left_out++] = own;
                continue;
            }
            for (int k = 0; k < out->periods; k++) {
                y[n * out->periods + k] = r->y[(int64_t)u * r->time.n_levels + period[k]];
            }
            name[n] = own;
            out->donors += part == DONOR;
            out->treated += part == TREATED;
        }
    }
    out->y = y;
    out->name = name;
    out->left_out = left;
    return PP_OK;
}

static pp_status check_sizes(const reader *r, const pp__synth_data *d) {
    if (d->donors < 2) {
        pp_error_set(r->err, PP_E_ESTIMATION,
                     "%d donors are seen in all %d periods: two are needed", d->donors,
                     d->periods);
        pp_error_hint(
            r->err,
            "%d donors lack a period in which the treated are seen: shorten the "
            "span with a condition on the time",
            d->n_left_out);
        return PP_E_ESTIMATION;
    }
    if (d->before < 2 || d->before == d->periods) {
        pp_error_set(
            r->err, PP_E_ESTIMATION,
            "there are %d periods before treatment and %d from it on: two and one are "
            "needed",
            d->before, d->periods - d->before);
        pp_error_hint(r->err,
                      "the first period of treatment is %g; only periods in which the "
                      "treated are seen count",
                      r->options->first);
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static pp_status read_measure(const reader *r, const pp_column *outcome,
                              pp__synth_data *out) {
    if (!outcome->unit && !outcome->label) {
        return PP_OK;
    }
    out->measure = pp_arena_printf(
        r->arena, "%s%s%s", outcome->label ? outcome->label : outcome->name,
        outcome->unit ? ", " : "", outcome->unit ? outcome->unit : "");
    PP_NEED(out->measure, r->err);
    return PP_OK;
}

pp_status pp__synth_read(const pp_table *data, const pp_synth_options *options,
                         const pp_context *ctx, pp_arena *arena, pp__synth_data *out,
                         pp_error *err) {
    reader r = {.options = options, .arena = arena, .err = err};
    pp_column *outcome;
    *out = (pp__synth_data){0};
    if (!options->treated) {
        PP_FAIL(err, PP_E_ARGUMENT, "the treated units are not named");
    }
    PP_TRY(pp__effects_column(data, options->outcome, "outcome", 1, &outcome, err));
    PP_TRY(pp__effects_encode(data, options->unit, "units", 0, ctx, arena, &r.unit, err));
    PP_TRY(
        pp__effects_encode(data, options->time, "periods", 1, ctx, arena, &r.time, err));
    PP_TRY(assign(&r));
    PP_TRY(read_measure(&r, outcome, out));
    PP_TRY(place(&r, outcome->number, pp_table_rows(data)));
    int *period = pp_arena_alloc(arena, r.time.n_levels + 1, sizeof *period);
    double *time = pp_arena_alloc(arena, r.time.n_levels + 1, sizeof *time);
    PP_NEED(period && time ? period : NULL, err);
    out->periods = list_periods(&r, period);
    out->time = time;
    for (int k = 0; k < out->periods; k++) {
        time[k] = r.time.level_value[period[k]];
        out->before += time[k] < options->first;
    }
    PP_TRY(list_unseen(&r, period, out));
    PP_TRY(take(&r, period, out));
    return check_sizes(&r, out);
}
