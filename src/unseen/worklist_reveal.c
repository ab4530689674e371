#include "unseen/worklist_reveal.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static pp__part never(const pp__information *f, int64_t unit) {
    return pp__part_of(f, unit, NAN, NAN);
}

static void add(pp__candidate *c, pp__part part, int64_t from, int64_t to) {
    c->reveal[c->n++] = (pp__reveal){part, from, to};
}

/* The rows of the unit from lo to hi. */
static void find_window(const pp__information *f, const pp__candidate *c, int64_t *from,
                        int64_t *to) {
    int64_t end = f->rows.begin[c->unit + 1];
    *from = f->rows.begin[c->unit];
    while (*from < end && !isnan(c->lo) && pp__information_time(f, *from) < c->lo) {
        ++*from;
    }
    *to = *from;
    while (*to < end && !(pp__information_time(f, *to) > c->hi)) {
        ++*to;
    }
}

/* Each year of the window, and after the panel where it reaches that far. */
static void reveal_years(const pp__information *f, pp__candidate *c) {
    int64_t begin = f->rows.begin[c->unit], end = f->rows.begin[c->unit + 1], from, to;
    find_window(f, c, &from, &to);
    for (int64_t i = from; i < to; i++) {
        add(c, (pp__part){begin, i, i + 1, 1}, i, i + 1);
    }
    if (to == end && !(c->hi <= f->last[c->unit])) {
        add(c, never(f, c->unit), end, end);
    }
    c->why = c->n > 1 ? NULL : "its covariates are missing in these years";
}

static void reveal_supplier(const pp__information *f, pp__candidate *c) {
    int64_t end = f->rows.begin[c->unit + 1], from, to;
    find_window(f, c, &from, &to);
    if (from == end) {
        c->why =
            "its platform dates from after the panel: no supplier makes it an adopter "
            "in it";
        return;
    }
    pp__part counts = pp__part_of(f, c->unit, c->lo, c->hi);
    add(c, counts, from, c->hi <= f->last[c->unit] ? to : -1);
    add(c, never(f, c->unit), end, end);
}

/* The standard errors once this is known; those of now where it cannot be had. */
static void find_width(const pp__information *f, const pp__candidate *c,
                       const pp__part *part, double *space, double *width,
                       double *shift) {
    int64_t size = (int64_t)f->k * f->k;
    double *I = space, *B = I + size, *score = B + size, *work = score + f->k;
    memcpy(I, f->I, (size_t)size * sizeof *I);
    memcpy(B, f->B, (size_t)size * sizeof *B);
    memset(score, 0, (size_t)f->k * sizeof *score);
    pp__part_add(f, &c->now, -1, I, B, score);
    pp__part_add(f, part, 1, I, B, score);
    if (!pp__information_widths(f, I, B, score, work, width, shift)) {
        memcpy(width, f->width, (size_t)f->m * sizeof *width);
    }
}

/* A confirmed claim leaves everything as it is; a wrong one is no adoption. */
static pp_status reveal_doubt(const pp__information *f, pp__candidate *c, pp_arena *arena,
                              pp_error *err) {
    int64_t end = f->rows.begin[c->unit + 1];
    add(c, c->now, end, end);
    add(c, never(f, c->unit), end, end);
    c->shift = pp_arena_zalloc(arena, f->m, sizeof *c->shift);
    PP_NEED(c->shift, err);
    return PP_OK;
}

pp_status pp__candidate_reveals(const pp__information *f, pp__candidate *c,
                                pp_arena *arena, pp_error *err) {
    int64_t rows = f->rows.begin[c->unit + 1] - f->rows.begin[c->unit];
    double *space =
        pp_arena_alloc(arena, 5 * (int64_t)f->k * (f->k + 1) + f->k, sizeof *space);
    PP_NEED(space, err);
    c->reveal = pp_arena_alloc(arena, rows + 2, sizeof *c->reveal);
    PP_NEED(c->reveal, err);
    int known = c->field == PP__CODE_DATE || c->field == PP__CODE_CONFIRMATION;
    c->now = known ? pp__part_of(f, c->unit, c->lo, c->hi) : (pp__part){0, 0, 0, 0};
    if (c->field == PP__CODE_SUPPLIER) {
        reveal_supplier(f, c);
    } else if (c->field == PP__CODE_CONFIRMATION) {
        PP_TRY(reveal_doubt(f, c, arena, err));
        c->why = c->now.in ? NULL : "its adoption says nothing in this model now";
    } else {
        reveal_years(f, c);
    }
    if (c->why) {
        c->n = 0;
        return PP_OK;
    }
    c->width = pp_arena_alloc(arena, (int64_t)c->n * f->m, sizeof *c->width);
    PP_NEED(c->width, err);
    for (int y = 0; y < c->n; y++) {
        find_width(f, c, &c->reveal[y].part, space, c->width + (int64_t)y * f->m,
                   y + 1 == c->n ? c->shift : NULL);
    }
    return PP_OK;
}

/* ---- chances ---- */

/* −log of survival to the beginning of each row of the unit, and past its last. */
static void find_survival(const pp__information *f, int64_t unit, const double *b,
                          double *Q) {
    int64_t begin = f->rows.begin[unit], n = f->rows.begin[unit + 1] - begin;
    Q[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        const double *x = f->rows.x[0] + (begin + i) * f->k;
        double eta = f->rows.outside[0] ? f->rows.outside[0][begin + i] : 0, q, slope,
               curve;
        for (int j = 0; j < f->k; j++) {
            eta += b[j] * x[j];
        }
        f->fit->link->survival(1, &eta, &q, &slope, &curve);
        Q[i + 1] = Q[i] + q;
    }
}

static double chance(const pp__information *f, const pp__candidate *c,
                     const pp__reveal *r, const double *Q) {
    int64_t begin = f->rows.begin[c->unit], n = f->rows.begin[c->unit + 1] - begin;
    if (r->to < 0) {
        return exp(-Q[r->from - begin]);
    }
    if (r->from == r->to) {
        return exp(-Q[n]);
    }
    return exp(-Q[r->from - begin]) * -expm1(Q[r->from - begin] - Q[r->to - begin]);
}

void pp__candidate_chances(const pp__information *f, const pp__candidate *c,
                           const double *b, double doubt, double *p) {
    double total = 0, *Q = p + c->n;
    if (c->field == PP__CODE_CONFIRMATION) {
        p[0] = 1 - doubt;
        p[1] = doubt;
        return;
    }
    find_survival(f, c->unit, b, Q);
    for (int y = 0; y < c->n; y++) {
        p[y] = chance(f, c, &c->reveal[y], Q);
        total += p[y];
    }
    for (int y = 0; y < c->n; y++) {
        p[y] = total > 0 ? p[y] / total : 1. / c->n;
    }
}
