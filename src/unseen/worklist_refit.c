#include "unseen/worklist_refit.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/after/effects.h"

#include <math.h>
#include <string.h>

static const double RARE = 0.03; /* what is revealed less often is not refitted */

/* ---- the findings of a fit ---- */

typedef struct findings {
    const pp_fit *fit;
    const char *const *variable;
    int m;
    const double
        *by; /* m: standard deviations that effects are multiplied by; NULL: its own */
    double *estimate, *width, *sd;
} findings;

static pp_status take(void *payload, const char *term, const char *contrast, double sd,
                      double estimate, const double *gradient, double variance,
                      pp_error *err) {
    const findings *f = payload;
    (void)contrast;
    (void)err;
    for (int v = 0; v < f->m; v++) {
        if (strcmp(term, f->variable[v]) == 0 && isnan(f->width[v])) {
            double factor = f->by && isfinite(sd) ? f->by[v] / sd : 1;
            f->estimate[v] = factor * estimate;
            f->width[v] = factor * sqrt(variance + pp__delta_variance(f->fit, gradient));
            f->sd[v] = sd;
        }
    }
    return PP_OK;
}

/* `space` holds 3 m: estimates, standard errors, standard deviations. */
static pp_status find(const pp__refitter *r, const pp_fit *fit, const double *by,
                      double *space, pp_error *err) {
    int m = r->f->m;
    findings f = {fit, r->variable, m, by, space, space + m, space + 2 * m};
    pp__frame used;
    for (int v = 0; v < m; v++) {
        f.width[v] = NAN;
    }
    pp__frame_used(fit, &used);
    return pp__effects_each(fit, &used, 1, NULL, take, &f, err);
}

/* ---- the table of a refit ---- */

/* The columns that the formula needs; all where one is made of others, or there is a
   condition. */
static pp_status choose_columns(pp__refitter *r, pp_error *err) {
    const pp_fit *fit = r->f->fit;
    const char *const own[] = {fit->options.unit, fit->options.time, r->lo, r->hi};
    uint8_t all = fit->options.where != NULL;
    for (int v = 0; v < fit->design->n_variables; v++) {
        all |= !pp_table_find(r->wide, fit->design->variables[v].name);
    }
    for (int j = pp_table_columns(r->wide) - 1; j >= 0 && !all; j--) {
        const char *name = pp_table_column(r->wide, j)->name;
        int needed = 0;
        for (int i = 0; i < 4; i++) {
            needed |= strcmp(name, own[i]) == 0;
        }
        for (int v = 0; v < fit->design->n_variables; v++) {
            needed |= strcmp(name, fit->design->variables[v].name) == 0;
        }
        if (!needed) {
            PP_TRY(pp_table_drop(r->wide, name, err));
        }
    }
    return PP_OK;
}

/* The unit of each row of the fit's own data has its dates; others have none. */
static pp_status fill_dates(pp__refitter *r, pp_arena *arena, pp_error *err) {
    const pp_fit *fit = r->f->fit;
    const pp__encoding *labels = &r->f->rows.unit_names;
    int64_t all = pp_table_rows(r->wide), n = pp_table_rows(fit->data);
    pp_column *unit, *lo, *hi, *to_lo = pp_table_find(r->wide, r->lo),
                               *to_hi = pp_table_find(r->wide, r->hi);
    pp__encoding known;
    int32_t *first = pp_arena_alloc(arena, labels->n_levels, sizeof *first), at = 0;
    PP_NEED(first, err);
    PP_TRY(pp_table_require(fit->data, fit->options.unit, &unit, err));
    PP_TRY(pp_table_require(fit->data, r->lo, &lo, err));
    PP_TRY(pp_table_require(fit->data, r->hi, &hi, err));
    PP_TRY(pp__encode(unit, NULL, n, NULL, arena, &known, err));
    r->unit_of = pp_arena_alloc(arena, labels->n_levels, sizeof *r->unit_of);
    PP_NEED(r->unit_of, err);
    for (int32_t l = 0; l < labels->n_levels; l++) {
        r->unit_of[l] = -1;
    }
    for (int64_t u = 0; u < r->f->rows.units; u++) {
        r->unit_of[r->f->rows.number[u]] = u;
    }
    int64_t *row = pp_arena_zalloc(arena, known.n_levels + 1, sizeof *row);
    PP_NEED(row, err);
    for (int64_t i = 0; i < n; i++) {
        if (known.code[i] >= 0) {
            row[known.code[i]] = i;
        }
    }
    for (int32_t l = 0; l < labels->n_levels; l++) { /* both are in order */
        char a[32], b[32];
        while (at < known.n_levels &&
               strcmp(pp__level_name(&known, at, a), pp__level_name(labels, l, b)) < 0) {
            at++;
        }
        first[l] = at < known.n_levels && strcmp(pp__level_name(&known, at, a),
                                                 pp__level_name(labels, l, b)) == 0
                       ? at
                       : -1;
    }
    r->in_fit = pp_arena_zalloc(arena, all, 1);
    PP_NEED(r->in_fit, err);
    for (int64_t i = 0; i < all; i++) {
        int32_t code = labels->code[i] < 0 ? -1 : first[labels->code[i]];
        to_lo->number[i] = code < 0 ? NAN : lo->number[row[code]];
        to_hi->number[i] = code < 0 ? NAN : hi->number[row[code]];
        r->in_fit[i] = code >= 0;
    }
    return PP_OK;
}

static pp_status prepare(pp__refitter *r, const pp_table *panel, pp_arena *arena,
                         pp_error *err) {
    const pp__formula *formula = r->f->fit->formula;
    pp_column *column;
    if (formula->lo->kind != PP__NAME || formula->hi->kind != PP__NAME ||
        !r->f->rows.unit_names.level) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "refits need dates that are columns, and units "
                "that are texts");
    }
    r->lo = formula->lo->text;
    r->hi = formula->hi->text;
    PP_TRY(pp_table_copy(panel, &r->wide, err));
    const char *const dates[] = {r->lo, r->hi};
    for (int i = 0; i < 2; i++) {
        if (!pp_table_find(r->wide, dates[i])) {
            PP_TRY(pp_table_add(r->wide, PP_NUMBER, dates[i], &column, err));
        }
    }
    PP_TRY(fill_dates(r, arena, err));
    PP_TRY(choose_columns(r, err));
    r->estimate = pp_arena_alloc(arena, 3 * (int64_t)r->f->m, sizeof *r->estimate);
    PP_NEED(r->estimate, err);
    r->width = r->estimate + r->f->m;
    r->sd = r->width + r->f->m;
    return find(r, r->f->fit, NULL, r->estimate, err);
}

pp_status pp__refitter_open(const pp__information *f, const pp_table *panel,
                            const char *const *variable, pp_arena *arena,
                            pp__refitter *out, pp_error *err) {
    *out = (pp__refitter){.f = f, .variable = variable};
    pp_status status = prepare(out, panel, arena, err);
    if (status != PP_OK) {
        pp__refitter_clear(out);
    }
    return status;
}

void pp__refitter_clear(pp__refitter *r) {
    pp_table_free(r->wide);
    r->wide = NULL;
}

/* ---- one refit ---- */

/* The dates that a unit has in it. */
typedef struct dates {
    double lo, hi;
    int asked, in; /* it is a candidate; it has a part in the likelihood */
} dates;

/* The rows of the fit, where candidates have the dates revealed. `unit`: of every unit. */
static pp_status make_table(const pp__refitter *r, const dates *unit, pp_table **out,
                            pp_error *err) {
    const int32_t *code = r->f->rows.unit_names.code;
    int64_t all = pp_table_rows(r->wide), n = 0;
    int64_t *row = pp_malloc(all, sizeof *row);
    PP_NEED(row, err);
    for (int64_t i = 0; i < all; i++) {
        int64_t u = code[i] < 0 ? -1 : r->unit_of[code[i]];
        if (u >= 0 && unit[u].asked ? unit[u].in : r->in_fit[i]) {
            row[n++] = i;
        }
    }
    pp_status status = pp_table_take_rows(r->wide, row, n, out, err);
    for (int64_t i = 0; status == PP_OK && i < n; i++) {
        int64_t u = code[row[i]] < 0 ? -1 : r->unit_of[code[row[i]]];
        if (u >= 0 && unit[u].asked) {
            pp_table_find(*out, r->lo)->number[i] = unit[u].lo;
            pp_table_find(*out, r->hi)->number[i] = unit[u].hi;
        }
    }
    pp_free(row);
    return status;
}

static dates dates_of(const pp__refitter *r, const pp__candidate *c,
                      const pp__reveal *y) {
    int64_t end = r->f->rows.begin[c->unit + 1];
    dates d = {NAN, NAN, 1, y->part.in};
    if (!y->part.in || y->part.pass == end) {
        return d; /* out of it, or without an adoption in the panel */
    }
    if (c->field == PP__CODE_SUPPLIER || c->field == PP__CODE_CONFIRMATION) {
        d.lo = c->lo < r->f->first[c->unit] ? NAN : c->lo;
        d.hi = isnan(c->hi) ? r->f->last[c->unit] + 1 : c->hi;
    } else {
        d.lo = d.hi = pp__information_time(r->f, y->from);
    }
    return d;
}

static pp_status fit_anew(const pp__refitter *r, const dates *unit, double *space,
                          pp_error *err) {
    const pp_fit *now = r->f->fit;
    pp_model_options options = now->options;
    pp_table *table = NULL;
    pp_fit *fit = NULL;
    options.tolerance = 1e-5; /* of a standard error: widths need no more */
    PP_TRY(make_table(r, unit, &table, err));
    pp_status status = pp_model_fit(now->formula->text, table, &options, NULL, &fit, err);
    if (status == PP_OK) {
        status = find(r, fit, r->sd, space, err);
    }
    if (status == PP_OK && !fit->converged) {
        status = PP_E_ESTIMATION;
    }
    pp_fit_free(fit);
    pp_table_free(table);
    return status;
}

pp_status pp__refit_together(const pp__refitter *r, const pp__candidate *candidate,
                             const int *reveal, int64_t n, double *width, double *shift,
                             int *done, pp_error *err) {
    int m = r->f->m;
    dates *unit = pp_calloc(r->f->rows.units, sizeof *unit);
    double *space = pp_malloc(3 * (int64_t)m, sizeof *space);
    pp_status status =
        unit && space ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    for (int64_t i = 0; status == PP_OK && i < n; i++) {
        const pp__candidate *c = &candidate[i];
        int as_now = c->field == PP__CODE_CONFIRMATION && reveal[i] == 0;
        if (reveal[i] >= 0 && !as_now) {
            unit[c->unit] = dates_of(r, c, &c->reveal[reveal[i]]);
        }
    }
    status = status == PP_OK ? fit_anew(r, unit, space, err) : status;
    *done = status == PP_OK;
    for (int v = 0; *done && v < m; v++) {
        double scale = r->f->width[v] / r->width[v];
        width[v] = isnan(space[m + v]) ? width[v] : scale * space[m + v];
        if (shift) {
            shift[v] = scale * (space[v] - r->estimate[v]);
        }
    }
    pp_free(unit);
    pp_free(space);
    return status == PP_E_ESTIMATION ? PP_OK : status;
}

/* ---- a candidate ---- */

/* On the scale of one step: what a refit does to each width now. What is hardly ever revealed
   stays as one step has it. */
static pp_status refit_candidate(const pp__refitter *r, pp__candidate *c, pp_error *err) {
    const int64_t *begin = r->f->rows.begin + c->unit;
    int doubted = c->field == PP__CODE_CONFIRMATION, done;
    double *p = pp_malloc(c->n + begin[1] - begin[0] + 1, sizeof *p);
    PP_NEED(p, err);
    pp__candidate_chances(r->f, c, r->f->fit->estimates, 1, p);
    pp_status status = PP_OK;
    for (int y = 0; y < c->n && status == PP_OK; y++) {
        if (p[y] >= RARE && !(doubted && y == 0)) {
            status = pp__refit_together(r, c, &y, 1, c->width + (int64_t)y * r->f->m,
                                        doubted ? c->shift : NULL, &done, err);
        }
    }
    c->refitted = 1;
    pp_free(p);
    return status;
}

typedef struct job {
    const pp__refitter *r;
    pp__candidate *const *candidate;
    pp_status *status;
    pp_error *err;
} job;

static void run_candidate(void *payload, int64_t i) {
    const job *j = payload;
    j->status[i] = refit_candidate(j->r, j->candidate[i], &j->err[i]);
}

pp_status pp__refit_candidates(const pp__refitter *r, pp__candidate *const *candidate,
                               int64_t n, const pp_context *ctx, pp_error *err) {
    job j = {.r = r, .candidate = candidate};
    j.status = pp_calloc(n, sizeof *j.status);
    j.err = pp_calloc(n, sizeof *j.err);
    pp_status status = j.status && j.err
                           ? pp_progress(ctx, "next", 0, err)
                           : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        pp__parallel(ctx, n, run_candidate, &j);
    }
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        status = j.status[i];
        if (status != PP_OK && err) {
            *err = j.err[i];
        }
    }
    pp_free(j.status);
    pp_free(j.err);
    return status;
}
