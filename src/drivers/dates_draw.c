#include "drivers/dates_draw.h"

#include "base/check.h"
#include "model/after/predict.h"
#include "model/encode.h"
#include "model/estimators/hazard.h"
#include "model/linalg.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TASK = 0x64617465, NAMES_LISTED = 20 };

/* ---- by a rule ---- */

static double year_by(pp__date_rule rule, double lo, double hi) {
    return rule == PP__DATES_EARLIEST ? lo
           : rule == PP__DATES_LATEST ? hi
                                      : floor((lo + hi) / 2);
}

static int is_unknown(pp__date_rule rule, double lo, double hi) {
    return !isnan(hi) && isnan(year_by(rule, lo, hi));
}

static pp_status list_left(const uint8_t *left, const pp__encoding *units, pp_buf *names,
                           int64_t *n_left, pp_error *err) {
    char space[32];
    *n_left = 0;
    for (int32_t u = 0; u < units->n_levels; u++) {
        if (left[u] && ++*n_left <= NAMES_LISTED) {
            pp_buf_printf(names, "%s%s", names->length ? ", " : "",
                          pp__level_name(units, u, space));
        }
    }
    if (*n_left > NAMES_LISTED) {
        pp_buf_printf(names, " and %lld more", (long long)(*n_left - NAMES_LISTED));
    }
    return pp_buf_check(names, err);
}

static pp_status copy_by_rule(const pp_fit *fit, const char *lo, const char *hi,
                              pp__date_rule rule, pp_arena *arena, pp_table **out,
                              pp_buf *left, int64_t *n_left, pp_error *err) {
    const pp_table *data = fit->data;
    const double *from = pp_table_find(data, lo)->number;
    const double *to = pp_table_find(data, hi)->number;
    int64_t n = pp_table_rows(data), kept = 0;
    pp__encoding units;
    PP_TRY(pp__encode(pp_table_find(data, fit->options.unit), NULL, n, NULL, arena,
                      &units, err));
    uint8_t *gone = pp_arena_zalloc(arena, units.n_levels, 1);
    PP_NEED(gone, err);
    int64_t *rows = pp_arena_alloc(arena, n, sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < n; i++) {
        if (!is_unknown(rule, from[i], to[i])) {
            rows[kept++] = i;
        } else if (units.code[i] >= 0) {
            gone[units.code[i]] = 1;
        }
    }
    PP_TRY(list_left(gone, &units, left, n_left, err));
    PP_TRY(pp_table_take_rows(data, rows, kept, out, err));
    double *new_lo = pp_table_find(*out, lo)->number;
    double *new_hi = pp_table_find(*out, hi)->number;
    for (int64_t i = 0; i < kept; i++) {
        new_lo[i] = new_hi[i] = year_by(rule, new_lo[i], new_hi[i]);
    }
    return PP_OK;
}

pp_status pp__dates_by_rule(const pp_fit *fit, const char *lo, const char *hi,
                            pp__date_rule rule, pp_table **out, pp_buf *left,
                            int64_t *n_left, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = copy_by_rule(fit, lo, hi, rule, &arena, out, left, n_left, err);
    pp_arena_clear(&arena);
    return status;
}

/* ---- from the model ---- */

/* Runs of the design's rows of one unit that are in its window. */
static void find_windows(pp__date_windows *w) {
    const pp_fit *fit = w->fit;
    const pp__hazard_rows *rows = fit->workspace;
    for (int64_t i = 0, end; i < fit->design->n; i = end) {
        int64_t row = pp__design_row(fit->design, i);
        end = i + 1;
        if (!rows->in_window[row]) {
            continue;
        }
        while (end < fit->design->n) {
            int64_t next = pp__design_row(fit->design, end);
            if (rows->unit[next] != rows->unit[row] || !rows->in_window[next]) {
                break;
            }
            end++;
        }
        if (end - i > 1) {
            w->begin[w->n] = i;
            w->end[w->n++] = end;
        }
    }
}

/* The window of each row of the data, also of those that the model does not use. */
static pp_status find_rows(pp__date_windows *w, pp_arena *arena, pp_error *err) {
    const pp__hazard_rows *rows = w->fit->workspace;
    int64_t n = pp_table_rows(w->fit->data);
    int32_t units = 0;
    for (int64_t i = 0; i < n; i++) {
        units = rows->unit[i] >= units ? rows->unit[i] + 1 : units;
    }
    int64_t *of_unit = pp_arena_alloc(arena, units, sizeof *of_unit);
    PP_NEED(of_unit, err);
    w->window = pp_arena_alloc(arena, n, sizeof *w->window);
    PP_NEED(w->window, err);
    memset(of_unit, -1, (size_t)units * sizeof *of_unit);
    for (int64_t u = 0; u < w->n; u++) {
        of_unit[rows->unit[pp__design_row(w->fit->design, w->begin[u])]] = u;
    }
    for (int64_t i = 0; i < n; i++) {
        w->window[i] = rows->unit[i] < 0 ? -1 : of_unit[rows->unit[i]];
    }
    return PP_OK;
}

pp_status pp__date_windows_find(const pp_fit *fit, const pp_context *ctx, pp_arena *arena,
                                pp__date_windows *out, pp_error *err) {
    int64_t n = fit->design->n, k = fit->k;
    double *eta;
    *out = (pp__date_windows){.fit = fit};
    out->time = pp_table_find(fit->data, fit->options.time)->number;
    out->begin = pp_arena_alloc(arena, 2 * n, sizeof *out->begin);
    PP_NEED(out->begin, err);
    out->end = out->begin + n;
    out->factor = pp_arena_alloc(arena, k * k, sizeof *out->factor);
    PP_NEED(out->factor, err);
    out->space = pp_arena_alloc(arena, k + (k + 4) * PP__TILE + n, sizeof *out->space);
    PP_NEED(out->space, err);
    PP_TRY(pp__used_predict(fit, ctx, arena, &eta, NULL, err));
    out->eta = eta;
    memcpy(out->factor, fit->bread, (size_t)(k * k) * sizeof *out->factor);
    if (pp__cholesky(fit->k, out->factor, 0) < fit->k) {
        PP_FAIL(err, PP_E_ESTIMATION, "the information of the model is singular");
    }
    find_windows(out);
    return find_rows(out, arena, err);
}

/* A draw of the coefficients less their estimates, on the standardised columns: L e. */
static void draw_step(const pp__date_windows *w, pp_rng *rng, double *step) {
    int k = w->fit->k;
    memset(step, 0, (size_t)k * sizeof *step);
    for (int j = 0; j < k; j++) {
        double e = pp_rng_normal(rng);
        for (int i = j; i < k; i++) {
            step[i] += w->factor[i + (int64_t)j * k] * e;
        }
    }
}

/* The cumulative hazards q = -log(1 - h) of rows begin..begin+n-1 under the drawn
   coefficients. */
static void draw_hazards(const pp__date_windows *w, const double *step, int64_t begin,
                         int n, double *scratch, double *q) {
    int k = w->fit->k;
    double *eta = scratch + (int64_t)k * PP__TILE, *slope = eta + PP__TILE;
    pp__design_z(w->fit->design, begin, n, scratch);
    for (int i = 0; i < n; i++) {
        eta[i] = w->eta[begin + i];
        for (int j = 0; j < k; j++) {
            eta[i] += step[j] * scratch[i + (int64_t)j * PP__TILE];
        }
    }
    w->fit->link->survival(n, eta, q, slope, slope + PP__TILE);
}

/* The row of the window at which 1 - exp(-Q(t)) passes the share `u` of what it comes to. */
static int64_t draw_row(const double *q, int64_t n, double u) {
    double total = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        total += q[i];
    }
    double bar = -log1p(u * expm1(-total));
    for (int64_t i = 0; i < n; i++) {
        sum += q[i];
        if (sum >= bar) {
            return i;
        }
    }
    return n - 1;
}

void pp__date_windows_draw(const pp__date_windows *w, uint64_t seed, int64_t index,
                           double *year) {
    double *step = w->space, *scratch = step + w->fit->k;
    double *q = scratch + (w->fit->k + 4) * PP__TILE;
    pp_rng rng;
    pp_rng_init(&rng, seed, TASK, (uint64_t)index);
    draw_step(w, &rng, step);
    for (int64_t u = 0; u < w->n; u++) {
        int64_t n = w->end[u] - w->begin[u];
        for (int64_t at = 0; at < n; at += PP__TILE) {
            int part = (int)(n - at < PP__TILE ? n - at : PP__TILE);
            draw_hazards(w, step, w->begin[u] + at, part, scratch, q + at);
        }
        int64_t row = w->begin[u] + draw_row(q, n, pp_rng_uniform(&rng));
        year[u] = w->time[pp__design_row(w->fit->design, row)];
    }
}

void pp__dates_put(const pp__date_windows *w, const double *year, pp_column *lo,
                   pp_column *hi) {
    int64_t n = pp_table_rows(w->fit->data);
    for (int64_t i = 0; i < n; i++) {
        if (w->window[i] >= 0) {
            lo->number[i] = hi->number[i] = year[w->window[i]];
        }
    }
}
