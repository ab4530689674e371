#include "unseen/worklist_information.h"

#include "base/check.h"
#include "drivers/asked.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* ---- what is known of the rows ---- */

static pp_status standardise(pp__information *f, pp_arena *arena, pp_error *err) {
    const pp__design *d = f->fit->design;
    int64_t n = f->rows.n, k = f->k;
    f->z = pp_arena_alloc(arena, n * k, sizeof *f->z);
    PP_NEED(f->z, err);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < k; j++) {
            f->z[i * k + j] = (f->rows.x[0][i * k + j] - d->center[j]) / d->scale[j];
        }
    }
    return PP_OK;
}

static pp_status find_hazards(pp__information *f, pp_arena *arena, pp_error *err) {
    int64_t n = f->rows.n, k = f->k;
    double *eta = pp_arena_alloc(arena, 4 * n, sizeof *eta);
    PP_NEED(eta, err);
    f->q = eta + n;
    f->slope = f->q + n;
    f->curve = f->slope + n;
    for (int64_t i = 0; i < n; i++) {
        eta[i] = f->rows.outside[0] ? f->rows.outside[0][i] : 0;
        for (int64_t j = 0; j < k; j++) {
            eta[i] += f->fit->estimates[j] * f->rows.x[0][i * k + j];
        }
    }
    for (int64_t i = 0; i < n; i += PP__TILE) {
        int m = n - i < PP__TILE ? (int)(n - i) : PP__TILE;
        f->fit->link->survival(m, eta + i, f->q + i, f->slope + i, f->curve + i);
    }
    return PP_OK;
}

/* The panel's own years of each unit, with rows that the model cannot use. */
static pp_status find_years(pp__information *f, int64_t all, pp_arena *arena,
                            pp_error *err) {
    const pp__scenario_rows *r = &f->rows;
    int32_t labels = r->unit_names.n_levels;
    double *years = pp_arena_alloc(arena, 2 * (labels + r->units), sizeof *years);
    PP_NEED(years, err);
    double *first = years + 2 * r->units, *last = first + labels;
    for (int32_t l = 0; l < labels; l++) {
        first[l] = INFINITY;
        last[l] = -INFINITY;
    }
    for (int64_t i = 0; i < all; i++) {
        int32_t label = r->unit_names.code[i], period = r->period_names.code[i];
        if (label >= 0 && period >= 0) {
            double t = r->period_names.level_value[period];
            first[label] = fmin(first[label], t);
            last[label] = fmax(last[label], t);
        }
    }
    f->first = years;
    f->last = years + r->units;
    for (int64_t u = 0; u < r->units; u++) {
        f->first[u] = first[r->number[u]];
        f->last[u] = last[r->number[u]];
    }
    return PP_OK;
}

/* ---- the fit's own information ---- */

static pp_status find_information(pp__information *f, pp_arena *arena, pp_error *err) {
    const pp__scores *s = &f->fit->scores;
    int64_t k = f->k;
    f->I = pp_arena_zalloc(arena, 2 * k * k, sizeof *f->I);
    PP_NEED(f->I, err);
    f->B = f->I + k * k;
    double *L = pp_arena_alloc(arena, k * k, sizeof *L);
    PP_NEED(L, err);
    memcpy(L, f->fit->bread, (size_t)(k * k) * sizeof *L);
    if (pp__cholesky((int)k, L, 0) != k) {
        PP_FAIL(err, PP_E_ESTIMATION, "the information of the fit cannot be inverted");
    }
    pp__cholesky_inverse((int)k, L, f->I);
    pp__mirror((int)k, f->I);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            f->B[i + j * k] = pp__dot(s->n, s->matrix + i * s->n, s->matrix + j * s->n);
        }
    }
    return PP_OK;
}

static pp_status find_gradients(pp__information *f, const char *const *variable,
                                const pp_context *ctx, pp_arena *arena, pp_error *err) {
    int64_t k = f->k;
    double *map = pp_arena_alloc(arena, k * k, sizeof *map);
    PP_NEED(map, err);
    f->gradient = pp_arena_zalloc(arena, f->m * k, sizeof *f->gradient);
    PP_NEED(f->gradient, err);
    pp__fit_map(f->fit, map);
    for (int64_t v = 0; v < f->m; v++) {
        pp__asked asked;
        PP_TRY(pp__asked_of(f->fit, variable[v], NULL, 0, ctx, arena, &asked, err));
        for (int64_t j = 0; j < k; j++) {
            f->gradient[v * k + j] = pp__dot(k, asked.effect[0].gradient, map + j * k);
        }
    }
    return PP_OK;
}

pp_status pp__information_of(const pp_fit *fit, const pp_table *panel, const char *unit,
                             const char *time, const char *const *variable, int m,
                             const pp_context *ctx, pp_arena *arena, pp__information *out,
                             pp_error *err) {
    const pp_scenario_options options = {.unit = unit, .time = time};
    *out = (pp__information){.fit = fit, .k = fit->k, .m = m};
    out->robust = fit->vcov.kind == PP__HC;
    if (fit->k > PP__MOST_TERMS) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "the model has %d terms; %d are the most", fit->k,
                PP__MOST_TERMS);
    }
    PP_TRY(pp__scenario_read(fit, panel, panel, &options, arena, &out->rows, err));
    PP_TRY(standardise(out, arena, err));
    PP_TRY(find_hazards(out, arena, err));
    PP_TRY(find_years(out, pp_table_rows(panel), arena, err));
    PP_TRY(find_information(out, arena, err));
    PP_TRY(find_gradients(out, variable, ctx, arena, err));
    out->width = pp_arena_alloc(arena, m, sizeof *out->width);
    PP_NEED(out->width, err);
    double *work =
        pp_arena_alloc(arena, 3 * (int64_t)out->k * (out->k + 1), sizeof *work);
    PP_NEED(work, err);
    if (!pp__information_widths(out, out->I, out->B, NULL, work, out->width, NULL)) {
        PP_FAIL(err, PP_E_ESTIMATION, "the information of the fit cannot be inverted");
    }
    return PP_OK;
}

/* ---- parts ---- */

int64_t pp__information_unit(const pp__information *f, const char *label) {
    char space[32];
    for (int64_t u = 0; u < f->rows.units; u++) {
        if (strcmp(pp__level_name(&f->rows.unit_names, f->rows.number[u], space),
                   label) == 0) {
            return u;
        }
    }
    return -1;
}

double pp__information_time(const pp__information *f, int64_t row) {
    return f->rows.period_names.level_value[f->rows.period[row]];
}

pp__part pp__part_of(const pp__information *f, int64_t unit, double lo, double hi) {
    const pp__part none = {0, 0, 0, 0};
    int64_t begin = f->rows.begin[unit], end = f->rows.begin[unit + 1], pass = begin;
    int open = isnan(lo) || lo < f->first[unit];
    double from = open ? f->first[unit] : lo;
    if ((isnan(lo) && isnan(hi)) || (!open && lo > f->last[unit])) {
        return (pp__part){begin, end, end, 1};
    }
    if (hi < f->first[unit]) {
        return none;
    }
    while (pass < end && pp__information_time(f, pass) < from) {
        pass++;
    }
    int64_t last = pass;
    while (last < end && pp__information_time(f, last) <= hi) {
        last++;
    }
    if (hi <= f->last[unit] && (double)(last - pass) == hi - from + 1) {
        return (pp__part){begin, pass, last, 1};
    }
    return open || pass == begin ? none : (pp__part){begin, pass, pass, 1};
}

static void add_outer(int k, const double *v, double factor, double *A) {
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < k; i++) {
            A[i + j * k] += factor * v[i] * v[j];
        }
    }
}

/* As src/model/estimators/hazard.c has it for a unit. */
void pp__part_add(const pp__information *f, const pp__part *part, double sign, double *I,
                  double *B, double *score) {
    int k = f->k;
    double s[PP__MOST_TERMS] = {0}, v[PP__MOST_TERMS] = {0}, Q = 0, r = 0;
    for (int64_t i = part->pass; part->in && i < part->end; i++) {
        Q += f->q[i];
    }
    if (part->in && part->end > part->pass) {
        r = 1 / expm1(Q);
    }
    for (int64_t i = part->begin; part->in && i < part->end; i++) {
        const double *z = f->z + i * k;
        int window = i >= part->pass;
        add_outer(k, z, sign * f->curve[i] * (window ? -r : 1), I);
        for (int j = 0; j < k; j++) {
            s[j] += f->slope[i] * z[j] * (window ? r : -1);
            v[j] += window ? f->slope[i] * z[j] : 0;
        }
    }
    add_outer(k, v, sign * r * (1 + r), I);
    add_outer(k, s, sign, B);
    for (int j = 0; score && j < k; j++) {
        score[j] += sign * s[j];
    }
}

static void solve(int k, const double *L, const double *b, double *x) {
    memcpy(x, b, (size_t)k * sizeof *x);
    pp__forward(k, L, x);
    pp__backward(k, L, x);
}

int pp__information_widths(const pp__information *f, const double *I, const double *B,
                           const double *score, double *work, double *width,
                           double *shift) {
    int k = f->k;
    double *L = work, *h = L + (int64_t)k * k;
    memcpy(L, I, (size_t)k * (size_t)k * sizeof *L);
    if (pp__cholesky(k, L, 1e-12) != k) {
        return 0;
    }
    for (int v = 0; v < f->m; v++) {
        const double *g = f->gradient + (int64_t)v * k;
        double variance = 0;
        solve(k, L, g, h);
        for (int j = 0; f->robust && j < k; j++) {
            variance += h[j] * pp__dot(k, B + (int64_t)j * k, h);
        }
        width[v] = sqrt(f->robust ? variance : pp__dot(k, g, h));
        if (shift) {
            shift[v] = pp__dot(k, h, score);
        }
    }
    return 1;
}
